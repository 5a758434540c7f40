#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/normalize/letters.h"
#include "ingest/normalize/shape_memo.h"
#include "ingest/normalize/signature.h"
#include "ingest/normalize/templates.h"

static void expect(const char *message, const char *shape)
{
    struct hc_buf out = {0};
    hc_shape_of(hc_str_of(message), &out);
    hc_buf_char(&out, '\0');
    assert_false(out.failed);
    assert_string_equal(out.p, shape);
    hc_buf_free(&out);
}

static void masks_what_surely_varies(void **state)
{
    (void)state;
    expect("took 1500 ms", "took <*>");
    expect("PacketResponder 1 for block blk_-38865049064139660 terminating",
           "PacketResponder <*> for block blk_<*> terminating");
    expect("Received from /10.251.73.220:50010", "Received from <*>");
    expect("[Pay for: c0f1e7ff-089c-4a84-9373-f208e367e447]", "[Pay for: <*>]");
    expect("TraceID: 6f3cbf058c2765548a39ad724905d6a1 ok", "TraceID: <*> ok");
    expect("at 0x1fffffffe mask=ffffffff", "at <*> mask=<*>");
    expect("free 470.2 MB of 2 TB", "free <*> of <*>");
    expect("user=\"jane doe\" n=3", "user=\"<*>\" n=<*>");
    expect("connected to db-3.eu.example.com:5432", "connected to <*>");
    expect("date: Sun, 29 Jan 2023 08:42:09 GMT end", "date: <*> end");
    expect("ids 1, 2, 3 done", "ids <*> done");
    expect("delete blk_1 blk_22 blk_-3", "delete blk_<*>");
    expect("read 2,612 bytes (2.55 KB) bytes", "read <*>");
    expect("x_1, 2 x_3 y", "x_<*> y");
    expect("7 B, 7 KB, 7 kB, 7 MB, 7 KiB, 7 TiB, 7 ms, 7 s, 7 sec, 7 secs, 7 min", "<*>");
    expect("7 b 7 K 7 mB 7 minute 7 bytes", "<*> b <*> K <*> mB <*>");
    expect("up 5min 22.877s (kernel)", "up <*> (kernel)");
    expect("temperature -5 above", "temperature <*> above");
}

static void masks_values_that_are_told_by_how_they_are_written(void **state)
{
    (void)state;
    expect("GET https://web-1:8443/a?id=7, retried", "GET <*>, retried");
    expect("saved /var/lib/app/core.db: done", "saved <*>: done");
    expect("read/write at 5 MB/s", "read/write at <*>/s");
    expect("mail for bob@example.com bounced", "mail for <*> bounced");
    expect("no queue 'email' in vhost \"/\", can't go on", "no queue '<*>' in vhost \"<*>\", can't go on");
    expect("\"Probe failed\" {\"name\": 1}", "\"Probe failed\" {\"name\": <*>}");
    expect("err=\"no \\\"x\\\" here\" end", "err=\"<*>\" end");
    expect("nodes: [a, b-1, c] and [] of [one]", "nodes: [<*>] and [<*>] of [one]");
    expect("Running: ['a', 'b']", "Running: [<*>]");
    expect("lock ::1:46922 by 2001:500::1#53 and 10.0.0.1#53 of fe80::1ff:fe23", "lock <*> by <*> and <*> of <*>");
    expect("std::vector or ab::cd, a::", "std::vector or ab::cd, a::");
    expect("scan [jrt:/java.xml] and [file:/usr/lib/a.jar] not a:/", "scan [<*>] and [<*>] not a:/");
    expect("state of [x.Y[Engine[main].Host[local]]] is [on [off]]", "state of [<*>] is [on [off]]");
    expect("id=4 name= age=0 idle= x", "id=<*> name=<*> age=<*> idle= x");
    expect("resolving './NS/IN': refused, 'a': 1 {'b': 2}", "resolving '<*>': refused, 'a': <*> {'b': <*>}");
    expect("user=<>, session=<Wh2f-Zp> in <0.514.0>", "user=<<*>>, session=<<*>> in <<*>>");
}

static void keeps_what_names_the_statement(void **state)
{
    (void)state;
    expect("process crashed without clean shutdown", "process crashed without clean shutdown");
    expect("interface eth0 up, ssh2", "interface eth0 up, ssh2");
    expect("node-246 down", "node-<*> down");
    expect("workerEnv.init() ok", "workerEnv.init() ok");
    expect("  two   spaces\tand a tab ", "two spaces and a tab");
    expect("", "");
}

static void shapes_are_valid_utf8_whatever_comes(void **state)
{
    struct hc_buf out = {0};
    char message[3000];
    (void)state;
    for (unsigned seed = 1; seed < 400; seed++) {
        unsigned x = seed * 2654435761u;
        for (size_t i = 0; i < sizeof message; i++) {
            x = x * 1664525u + 1013904223u;
            message[i] = seed % 2 ? (char)(x >> 24) : "0a9.:-_ <(\"=\\\xC3\xA9"[(x >> 24) % 15];
        }
        struct hc_str text = {message, (x >> 8) % sizeof message};
        hc_shape_of(text, &out);
        struct hc_str shape = hc_buf_view(&out);
        if (shape.n)
            assert_int_equal(hc_utf8_valid_prefix(shape), shape.n);
        assert_null(shape.n ? memchr(shape.p, '\0', shape.n) : NULL);
    }
    hc_buf_free(&out);
}

static void letters_are_counted_eight_at_a_time_as_one_by_one(void **state)
{
    char text[8];
    (void)state;
    for (int c = 0; c < 256; c++)
        for (size_t place = 0; place < sizeof text; place++) {
            memcpy(text, "aZzAkmbY", sizeof text);
            text[place] = (char)c;
            bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            assert_int_equal(hc_count_letters(text), letter ? sizeof text : place);
        }
}

static void hexadecimal_digits_are_counted_eight_at_a_time_as_one_by_one(void **state)
{
    char text[8];
    (void)state;
    for (size_t place = 0; place < sizeof text; place++)
        for (int c = 0; c < 256; c++) {
            memcpy(text, "0afA9F5d", sizeof text);
            text[place] = (char)c;
            bool hex = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9');
            assert_int_equal(hc_count_hex(text), hex ? sizeof text : place);
        }
}

static void digits_are_told_sixteen_at_a_time_as_one_by_one(void **state)
{
    (void)state;
    for (size_t place = 0; place < 16; place++)
        for (int c = 0; c < 256; c++) {
            char others[] = "/:@G`gz \x80\xB0\xE1\xFF\0[_\x10", hex[] = "0123456789abcdef";
            bool digit = c >= '0' && c <= '9';
            bool is_hex = digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
            others[place] = hex[place] = (char)c;
            assert_int_equal(hc_digit_bits(others), digit ? 1u << place : 0);
            assert_int_equal(hc_hex_bits(others), is_hex ? 1u << place : 0);
            assert_int_equal(hc_hex_bits(hex), is_hex ? 0xFFFF : 0xFFFF & ~(1u << place));
        }
}

static void finds_two_letters_at_any_place(void **state)
{
    (void)state;
    for (size_t place = 0; place < 16; place++)
        for (int c = 0; c < 256; c++) {
            char before[] = "RRRRRRRRRRRRRRRRR", behind[] = "aaaaaaaaaaaaaaaaa";
            before[place + 1] = behind[place] = (char)c;
            assert_int_equal(hc_pair_bits(before, 'r', 'a'), c == 'a' || c == 'A' ? 1u << place : 0);
            assert_int_equal(hc_pair_bits(behind, 'r', 'a'), c == 'r' || c == 'R' ? 1u << place : 0);
        }
}

static void masks_long_hexadecimal_ids_where_they_end(void **state)
{
    static const char *const cases[][2] = {
        {"trace_id=0af7651916cd43dd8448eb211c80319c done", "trace_id=<*> done"},
        {"id deadbeefdeadbeef", "id <*>"},
        {"id deadbeefdeadbee1-f", "id <*>-f"},
        {"id 0af7651916cd43dd:deadbeefdeadbeef", "id <*>"},
        {"at 0af7651916cd43dd8448.shop.local open", "at <*> open"},
        {"at 0af7651916cd43dd8448. It ended.", "at <*>. It ended."},
        {"id 0af7651916cd43dg", "id <*>"},
        {"id deadbeefdeadbees", "id deadbeefdeadbees"},
        {"id 0af7651916cd43dd\xc3\xa9 x", "id <*> x"},
    };
    (void)state;
    struct hc_buf shape = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hc_shape_of(hc_str_of(cases[i][0]), &shape);
        if (!hc_str_is(hc_buf_view(&shape), cases[i][1]))
            fail_msg("%s: %.*s", cases[i][0], (int)shape.n, shape.p);
    }
    hc_buf_free(&shape);
}

static void digits_are_counted_eight_at_a_time_as_one_by_one(void **state)
{
    char text[40];
    (void)state;
    for (unsigned seed = 1; seed < 5000; seed++) {
        unsigned x = seed * 2654435761u, n = (x >> 9) % sizeof text, n_digits = 0;
        for (unsigned i = 0; i < n; i++) {
            x = x * 1664525u + 1013904223u;
            text[i] = seed % 2 ? (char)(x >> 24) : "0123456789/:a9\xB0 "[(x >> 24) % 17];
            n_digits += text[i] >= '0' && text[i] <= '9';
        }
        struct hc_str all = {text, n};
        assert_true(hc_has_digits(all, n_digits));
        assert_false(hc_has_digits(all, n_digits + 1));
    }
}

/* Pieces that what makes shapes looks at more closely than at others. */
static const char *const pieces[] = {
    "served",    " ",     "=",     "trace_id", ":",    "<",        "-",  "/",  ".",    ",",        "\"",   "(",
    ")",         "Mar",   "Sun",   "may",      "_",    "bytes",    "MB", "ms", "ab",   "deadbeef", "c0f1", "0x",
    "x",         "\xC3",  "host",  "eth",      "blk_", " bytes (", "7",  "42", "2024", "+",        "$",    "12:30:01",
    "8a533bf9-", "bf12-", "a608-", "a8eb-",    "A",    "\\042",    "::", "::", "#",    "[",        "]",    "= "};

static size_t put_digits(char *out, size_t n, unsigned x, bool hex)
{
    for (size_t i = 0; i < n; i++) {
        x = x * 1664525u + 1013904223u;
        out[i] = (hex ? "0123456789abcdef" : "01234567890123456")[x >> 28];
    }
    return n;
}

/* Alike for one `seed` but for numbers and ids, which `other` decides. */
static struct hc_str message_of(unsigned seed, unsigned other, char out[1024])
{
    size_t used = 0;
    unsigned x = seed * 2654435761u, y = other * 2246822519u + 7;
    size_t n_pieces = 1 + (seed >> 3) % 14;
    for (size_t i = 0; i < n_pieces; i++) {
        x = x * 1664525u + 1013904223u;
        y = y * 1664525u + 1013904223u;
        unsigned kind = (x >> 16) % 8;
        if (kind == 0) {
            used += put_digits(out + used, 1 + (y >> 20) % 13, y, false);
        } else if (kind == 1) {
            used += put_digits(out + used, 1 + (y >> 20) % 20, y, true);
        } else {
            const char *piece = pieces[(x >> 20) % (sizeof pieces / sizeof *pieces)];
            size_t n = strlen(piece);
            memcpy(out + used, piece, n);
            used += n;
            if (kind < 5)
                out[used++] = ' ';
        }
    }
    return (struct hc_str){out, used};
}

static void one_signature_means_one_shape(void **state)
{
    enum { OTHERS = 12 };
    static char texts[OTHERS][1024];
    static struct hc_signature signatures[OTHERS];
    struct hc_buf shapes[OTHERS] = {{0}};
    size_t n_same = 0;
    (void)state;
    for (unsigned seed = 1; seed < 60000; seed++) {
        for (unsigned i = 0; i < OTHERS; i++) {
            struct hc_str message = message_of(seed, seed * OTHERS + i, texts[i]);
            hc_shape_of(message, &shapes[i]);
            hc_signature_of(message, &signatures[i]);
            for (unsigned k = 0; k < i; k++) {
                if (signatures[i].n == 0 || signatures[i].n != signatures[k].n ||
                    memcmp(signatures[i].bytes, signatures[k].bytes, signatures[i].n) != 0)
                    continue;
                n_same++;
                assert_true(hc_str_equal(hc_buf_view(&shapes[i]), hc_buf_view(&shapes[k])));
            }
        }
    }
    assert_true(n_same > 100000);
    for (unsigned i = 0; i < OTHERS; i++)
        hc_buf_free(&shapes[i]);
}

static size_t signature_of(const char *message, struct hc_signature *out)
{
    hc_signature_of(hc_str_of(message), out);
    return out->n;
}

static void numbers_and_ids_do_not_show_in_a_signature(void **state)
{
    struct hc_signature a, b;
    (void)state;
    size_t n = signature_of("key 8b312a1b took 5 ms id=4afd2f8afa99fd17758d600f9352eb86 from 10.0.89.154:5", &a);
    assert_true(n > 0);
    assert_int_equal(signature_of("key accbadd1 took 150 ms id=04cc732fd200e1a6b6e2e4037cf68216 from 10.0.7.1:5", &b),
                     n);
    assert_memory_equal(a.bytes, b.bytes, n);
    assert_int_equal(a.n_masks, 7);
    assert_int_equal(a.masks[1].begin, 18);
    assert_int_equal(b.masks[1].end, 21);
    assert_int_equal(signature_of("at Mar 16 23:17:43", &a), 0);
    assert_int_equal(signature_of("at 2015-03-16 23:17:43", &a), 0);
    assert_int_equal(signature_of("\\0421", &a), 0);
    assert_int_equal(signature_of("a 5 \\ b", &a), 0);
    assert_int_equal(signature_of("", &a), 0);
}

static void a_memo_gives_the_shape_of_each_message(void **state)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_shape_memo *memo = hc_shape_memo_new(arena, NULL);
    struct hc_buf room = {0}, shaped = {0};
    char text[1024];
    (void)state;
    for (unsigned i = 0; i < 60000; i++) {
        struct hc_shape shape;
        struct hc_str message = message_of(i % 5000, i, text);
        hc_shape_of(message, &shaped);
        assert_true(hc_shape_memo_find(memo, message, &room, &shape));
        assert_true(hc_str_equal(shape.text, hc_buf_view(&shaped)));
        assert_true(!shape.known || hc_str_equal(shape.known->parted.text, shape.text));
        assert_true(shape.hash == hc_str_hash(shape.text));
    }
    hc_buf_free(&shaped);
    hc_buf_free(&room);
    hc_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_what_surely_varies),
        cmocka_unit_test(masks_values_that_are_told_by_how_they_are_written),
        cmocka_unit_test(keeps_what_names_the_statement),
        cmocka_unit_test(shapes_are_valid_utf8_whatever_comes),
        cmocka_unit_test(letters_are_counted_eight_at_a_time_as_one_by_one),
        cmocka_unit_test(hexadecimal_digits_are_counted_eight_at_a_time_as_one_by_one),
        cmocka_unit_test(digits_are_told_sixteen_at_a_time_as_one_by_one),
        cmocka_unit_test(finds_two_letters_at_any_place),
        cmocka_unit_test(masks_long_hexadecimal_ids_where_they_end),
        cmocka_unit_test(digits_are_counted_eight_at_a_time_as_one_by_one),
        cmocka_unit_test(one_signature_means_one_shape),
        cmocka_unit_test(numbers_and_ids_do_not_show_in_a_signature),
        cmocka_unit_test(a_memo_gives_the_shape_of_each_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
