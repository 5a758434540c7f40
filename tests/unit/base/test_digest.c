#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"

static void assert_digest(const uint8_t digest[HC_SHA256_BYTES], const char *expected)
{
    char hex[HC_SHA256_HEX];
    hc_sha256_hex(digest, hex);
    assert_string_equal(hex, expected);
}

/* FIPS 180-4 and NIST's examples with intermediate values. */
static const char *const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char *const nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char *const two_blocks = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
static const char *const million = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static void agrees_with_the_published_values(void **state)
{
    (void)state;
    uint8_t digest[HC_SHA256_BYTES];
    hc_sha256_once("abc", 3, digest);
    assert_digest(digest, abc);
    hc_sha256_once(NULL, 0, digest);
    assert_digest(digest, nothing);
    hc_sha256_once("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, digest);
    assert_digest(digest, two_blocks);
}

static void pieces_give_what_the_whole_gives_and_it_starts_anew(void **state)
{
    (void)state;
    uint8_t digest[HC_SHA256_BYTES];
    struct hc_sha256 *running = hc_sha256_new();
    assert_non_null(running);
    char piece[997];
    memset(piece, 'a', sizeof piece);
    for (size_t left = 1000000; left > 0;) {
        size_t n = left < sizeof piece ? left : sizeof piece;
        hc_sha256_add(running, piece, n);
        left -= n;
    }
    hc_sha256_finish(running, digest);
    assert_digest(digest, million);
    hc_sha256_add(running, "ab", 2);
    hc_sha256_add(running, NULL, 0);
    hc_sha256_add(running, "c", 1);
    hc_sha256_finish(running, digest);
    assert_digest(digest, abc);
    hc_sha256_finish(running, digest);
    assert_digest(digest, nothing);
    hc_sha256_free(running);
    hc_sha256_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_published_values),
        cmocka_unit_test(pieces_give_what_the_whole_gives_and_it_starts_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
