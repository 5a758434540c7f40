#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/normalize/letters.h"
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
    expect("Received from /10.251.73.220:50010", "Received from /<*>");
    expect("[Pay for: c0f1e7ff-089c-4a84-9373-f208e367e447]", "[Pay for: <*>]");
    expect("TraceID: 6f3cbf058c2765548a39ad724905d6a1 ok", "TraceID: <*> ok");
    expect("at 0x1fffffffe mask=ffffffff", "at <*> mask=<*>");
    expect("free 470.2 MB of 2 TB", "free <*> of <*>");
    expect("user=\"jane doe\" n=3", "user=\"<*>\" n=<*>");
    expect("connected to db-3.eu.example.com:5432", "connected to <*>");
    expect("date: Sun, 29 Jan 2023 08:42:09 GMT end", "date: <*> end");
    expect("ids 1, 2, 3 done", "ids <*> done");
    expect("delete blk_1 blk_22 blk_-3", "delete blk_<*>");
    expect("read 2,612 bytes (2.55 KB) bytes", "read <*> bytes bytes");
    expect("x_1, 2 x_3 y", "x_<*> y");
    expect("7 B 7 KB 7 kB 7 MB 7 KiB 7 TiB 7 ms 7 s 7 sec 7 secs 7 min", "<*> <*> <*> <*> <*> <*> <*> <*> <*> <*> <*>");
    expect("7 b 7 K 7 mB 7 minute", "<*> b <*> K <*> mB <*> minute");
    expect("temperature -5 above", "temperature <*> above");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_what_surely_varies),
        cmocka_unit_test(keeps_what_names_the_statement),
        cmocka_unit_test(shapes_are_valid_utf8_whatever_comes),
        cmocka_unit_test(letters_are_counted_eight_at_a_time_as_one_by_one),
        cmocka_unit_test(hexadecimal_digits_are_counted_eight_at_a_time_as_one_by_one),
        cmocka_unit_test(masks_long_hexadecimal_ids_where_they_end),
        cmocka_unit_test(digits_are_counted_eight_at_a_time_as_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
