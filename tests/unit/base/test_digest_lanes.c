#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest_lanes.h"

#define MESSAGES 400
#define LONGEST ((size_t)700)

struct message {
    size_t at, n;
    uint8_t out[HC_SHA256_BYTES];
};

struct fixture {
    struct hc_sha256_lanes *lanes;
    uint8_t bytes[MESSAGES + LONGEST];
    struct message messages[MESSAGES];
};

static struct fixture fixture;

static int set_up(void **state)
{
    memset(&fixture, 0, sizeof fixture);
    for (size_t i = 0; i < sizeof fixture.bytes; i++)
        fixture.bytes[i] = (uint8_t)(i * i + 7 * i + (i >> 8));
    fixture.lanes = hc_sha256_lanes_new();
    *state = &fixture;
    return fixture.lanes ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    hc_sha256_lanes_free(f->lanes);
    return 0;
}

static void submit(struct fixture *f, struct message *message, size_t at, size_t n)
{
    message->at = at;
    message->n = n;
    hc_sha256_lanes_submit(f->lanes, f->bytes + at, n, message->out);
}

static void assert_message(const struct fixture *f, const struct message *message)
{
    uint8_t expected[HC_SHA256_BYTES];
    hc_sha256_once(f->bytes + message->at, message->n, expected);
    assert_memory_equal(message->out, expected, sizeof expected);
}

static void agrees_with_one_message_alone_at_every_length_beside_up_to_four_others(void **state)
{
    struct fixture *f = *state;
    for (size_t n = 0; n < MESSAGES; n++) {
        static const size_t factors[] = {1, 131, 17, 59, 7};
        struct message *beside = f->messages;
        for (size_t i = 0; i < 1 + n % 5; i++)
            submit(f, &beside[i], 1 + 2 * i, (n * factors[i]) % LONGEST);
        hc_sha256_lanes_flush(f->lanes);
        for (size_t i = 0; i < 1 + n % 5; i++)
            assert_message(f, &beside[i]);
    }
}

static void keeps_apart_what_runs_on_while_others_end(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < MESSAGES; i++)
        submit(f, &f->messages[i], i, (i * i * 37) % (i % 5 == 0 ? 20 : LONGEST));
    hc_sha256_lanes_flush(f->lanes);
    for (size_t i = 0; i < MESSAGES; i++)
        assert_message(f, &f->messages[i]);
}

static void one_that_is_awaited_is_there_and_its_bytes_may_go(void **state)
{
    struct fixture *f = *state;
    uint8_t borrowed[LONGEST];
    for (size_t i = 0; i + 1 < MESSAGES; i += 2) {
        struct message *stays = &f->messages[i], *goes = &f->messages[i + 1];
        submit(f, stays, i, LONGEST - i);
        *goes = (struct message){.at = 5, .n = i};
        memcpy(borrowed, f->bytes + goes->at, goes->n);
        hc_sha256_lanes_submit(f->lanes, borrowed, goes->n, goes->out);
        hc_sha256_lanes_await(f->lanes, goes->out);
        memset(borrowed, 0xff, sizeof borrowed);
        assert_message(f, goes);
    }
    hc_sha256_lanes_flush(f->lanes);
    for (size_t i = 0; i < MESSAGES; i++)
        assert_message(f, &f->messages[i]);
}

/* NIST's examples: not only what the library says that it is checked against. */
static void agrees_with_the_published_values(void **state)
{
    struct fixture *f = *state;
    static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    uint8_t digests[3][HC_SHA256_BYTES];
    char hex[HC_SHA256_HEX];
    hc_sha256_lanes_submit(f->lanes, "abc", 3, digests[0]);
    hc_sha256_lanes_submit(f->lanes, two_blocks, strlen(two_blocks), digests[1]);
    hc_sha256_lanes_submit(f->lanes, NULL, 0, digests[2]);
    hc_sha256_lanes_flush(f->lanes);
    hc_sha256_hex(digests[0], hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hc_sha256_hex(digests[1], hex);
    assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    hc_sha256_hex(digests[2], hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(agrees_with_one_message_alone_at_every_length_beside_up_to_four_others, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(keeps_apart_what_runs_on_while_others_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_is_awaited_is_there_and_its_bytes_may_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(agrees_with_the_published_values, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
