#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "corpus/record/incident.h"
#include "ingest/format/logs_json.h"
#include "ingest/format/logs_steps.h"
#include "ingest/format/logs_unwrap.h"

struct seen {
    struct hc_str values[64];
    size_t n;
    bool plain; /* strings without escapes alone */
};

static void take(void *context, const struct hc_flat_member *member)
{
    struct seen *seen = context;
    assert_true(seen->n < 64);
    seen->plain = seen->plain && member->string && !member->escaped;
    seen->values[seen->n++] = member->value;
}

/* An object of a few made-up members; the same seed, another turn: other values. */
static void write_object(struct hc_buf *out, unsigned seed, unsigned turn)
{
    static const char *const keys[] = {"time", "level", "msg", "log", "service", "name", "x", ""};
    static const char *const values[] = {"\"\"",
                                         "\"INFO\"",
                                         "\"a b, {c}: d\"",
                                         "12",
                                         "null",
                                         "\"e\\n\"",
                                         "{\"g\":\"h\"}",
                                         "[\"i\", {\"j\": 1}]",
                                         "\"k"
                                         "\xC3\xA9\""};
    unsigned x = seed * 2654435761u, y = (seed * 31u + turn) * 2246822519u;
    hc_buf_clear(out);
    hc_buf_text(out, seed % 7 == 0 ? " { " : "{");
    for (unsigned i = 0, n = 1 + seed % 10; i < n; i++) {
        x = x * 1664525u + 1013904223u;
        y = y * 1664525u + 1013904223u;
        hc_buf_format(out, "%s\"%s\":%s", i ? "," : "", keys[(x >> 16) % 8],
                      values[((seed % 3 ? y % 3 : y) >> 13) % 9]);
    }
    hc_buf_text(out, (y >> 9) % 40 == 0 ? "} x" : (y >> 9) % 41 == 0 ? "" : "}");
}

static void an_object_built_alike_has_the_values_of_a_whole_reading(void **state)
{
    struct hc_buf one = {0}, two = {0};
    size_t n_alike = 0;
    (void)state;
    for (unsigned seed = 1; seed < 20000; seed++) {
        struct hc_json_form form = {.n_values = 0};
        struct seen first = {.plain = true}, second = {.plain = true};
        struct hc_str values[HC_JSON_FORM_VALUES];
        write_object(&one, seed, 1);
        write_object(&two, seed, 2);
        if (!hc_flat_json(hc_buf_view(&one), take, &first) || !first.plain)
            continue;
        hc_json_form_learn(&form, hc_buf_view(&one), first.values, first.n);
        size_t n = 0;
        if (memchr(two.p, '\\', two.n) || !hc_json_form_read(&form, hc_buf_view(&two), values, &n))
            continue;
        assert_int_equal(n, first.n);
        n_alike++;
        assert_true(hc_flat_json(hc_buf_view(&two), take, &second));
        assert_true(second.plain);
        assert_int_equal(second.n, first.n);
        for (size_t i = 0; i < second.n; i++)
            assert_true(values[i].p == second.values[i].p && values[i].n == second.values[i].n);
    }
    assert_true(n_alike > 500);
    hc_buf_free(&one);
    hc_buf_free(&two);
}

/* A room that has seen other lines unwraps as a fresh one. */
static void what_the_line_before_was_like_does_not_show(void **state)
{
    struct hc_buf line = {0};
    struct hc_unwrap_room used = {.plain = {.n = 0}};
    (void)state;
    for (unsigned seed = 1; seed < 20000; seed++) {
        struct hc_unwrap_room fresh = {.plain = {.n = 0}};
        struct hc_unwrapped one, two;
        write_object(&line, seed / 5, seed % 5);
        hc_log_unwrap(hc_buf_view(&line), &used, &one);
        hc_log_unwrap(hc_buf_view(&line), &fresh, &two);
        assert_true(hc_str_equal(one.text, two.text) && hc_str_equal(one.component, two.component));
        assert_true(one.structured == two.structured && one.level == two.level && one.in_room == two.in_room);
        assert_true(one.has_stamp == two.has_stamp);
        hc_unwrap_room_free(&fresh);
    }
    hc_unwrap_room_free(&used);
    hc_buf_free(&line);
}

/* A key that a value holds may come before the one that named the trace of the line before. */
static void a_trace_that_a_form_tells_is_the_one_that_its_key_names(void **state)
{
    static const char *const values[] = {
        "4bf92f3577b34da6",  "9f86d081-884c",   "(9f86d081", "9f86d081 and more", "no digit here", "a5", "trace one",
        "Trace id=9f86d081", "a retraced step", "",          "TRACE: 81d6",       "path traced"};
    static const char *const keys[] = {"msg", "trace_id", "x", "TRACE"};
    struct hc_buf line = {0};
    struct hc_unwrap_room room;
    unsigned n_told = 0;
    (void)state;
    hc_unwrap_room_init(&room);
    for (unsigned i = 0, x = 1; i < 20000; i++) {
        struct hc_unwrapped out;
        bool sure;
        unsigned first = i / 1000 % 4;
        hc_buf_text(&line, "{\"level\":\"info\"");
        for (unsigned k = 0; k < 3; k++) {
            x = x * 1664525u + 1013904223u;
            hc_buf_format(&line, ",\"%s\":\"%s\"", keys[(first + k) % 4], values[(x >> 16) % (i % 3 ? 12 : 2)]);
        }
        hc_buf_char(&line, '}');
        hc_log_unwrap(hc_buf_view(&line), &room, &out);
        struct hc_str wanted = hc_trace_by_key(hc_buf_view(&line), &sure);
        assert_true(!out.trace.p || (out.trace.p == wanted.p && out.trace.n == wanted.n));
        n_told += out.trace.p != NULL;
        hc_buf_clear(&line);
    }
    assert_true(n_told > 1500);
    hc_unwrap_room_free(&room);
    hc_buf_free(&line);
}

/* The long list leaves the form as it was: so must what the form's values are. */
static void a_form_that_is_too_long_to_keep_changes_nothing(void **state)
{
    struct hc_unwrap_room room = {.plain = {.n = 0}};
    struct hc_unwrapped out;
    struct hc_buf line = {0};
    (void)state;
    for (int i = 0; i < 3; i++) {
        hc_buf_clear(&line);
        if (i == 1) {
            hc_buf_text(&line, "{\"msg\":\"batch\",\"level\":\"info\",\"ids\":[1");
            for (int id = 0; id < 300; id++)
                hc_buf_format(&line, ",%d", id);
            hc_buf_text(&line, "]}");
        } else {
            hc_buf_text(&line, "{\"level\":\"error\",\"msg\":\"db down\"}");
        }
        hc_log_unwrap(hc_buf_view(&line), &room, &out);
        assert_true(hc_str_is(out.text, i == 1 ? "batch" : "db down"));
        assert_int_equal(out.level, i == 1 ? HC_LOG_INFO : HC_LOG_ERROR);
    }
    hc_buf_free(&line);
    hc_unwrap_room_free(&room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_built_alike_has_the_values_of_a_whole_reading),
        cmocka_unit_test(what_the_line_before_was_like_does_not_show),
        cmocka_unit_test(a_trace_that_a_form_tells_is_the_one_that_its_key_names),
        cmocka_unit_test(a_form_that_is_too_long_to_keep_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
