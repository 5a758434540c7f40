/* Objects as those of a form: what is told of them is what each of them says by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "corpus/record/incident.h"
#include "ingest/format/logs_lines.h"
#include "ingest/format/logs_objects.h"
#include "ingest/format/logs_steps.h"
#include "tests/unit/ingest/alike_lines.h"

static const char *const members[] = {
    "\"time\":\"#\"",
    "\"level\":\"INFO\"",
    "\"msg\":\"took D ms for H\"",
    "\"time\":\"#\"",
    "\"msg\":\"D items, key H\"",
    "\"ts\":\"#\"",
    "\"level\":D",
    "\"level\":\"D\"",
    "\"msg\":\"[worker-D] c.shop.cart.Handler - H\"",
    "\"trace_id\":\"H\"",
    "\"TraceID\":\"H\"",
    "\"x\": H",
    "\"x\":D",
    "\"D\":\"H\"",
    "\"H\":H",
    "\"x\":-D.D",
    "\"time\":D000000000",
    "\"time\":\"D #\"",
    "\"logger\":\"pool-D\"",
    "\"service\":\"cart\"",
    "\"service\":{\"name\":\"cart-H\",\"x\":[D,{\"y\":H}]}",
    "\"msg\":\"level=info msg=D\"",
    "\"msg\":\"{D}\"",
    "\"msg\":\"<D>app: H\"",
    "\"msg\":\"H stdout F D\"",
    "\"msg\":\"a \\\"D\\\" H\"",
    "\"msg\":\"\"",
    "\"msg\":\"# D\"",
    "\"trace\":\"#\"",
    "\"msg\":\"trace=H D\"",
    "\"msg\":\"0000000000 up\"",
    "\"msg\":\"WARN: D\"",
    "\"log.level\":\"WARN\"",
    "\"@timestamp\":\"#\"",
    "\"message\":\"D:\"",
    "\"message\":\"H: lost D of D\"",
    "\"x\":\"#\"",
    "\"x\":[H,D]",
    "\"x\":tH",
};

/* Alike for one `seed` but for numbers, ids and times, which `other` decides. */
static struct hc_str object_of(unsigned seed, unsigned other, char out[4096])
{
    size_t used = 0;
    unsigned x = seed * 2654435761u, y = other * 2246822519u + 7;
    out[used++] = '{';
    for (unsigned i = 0, n = 1 + next(&x) % 6; i < n; i++) {
        size_t usual = seed % 2 && i < 3 ? i : next(&x) % (sizeof members / sizeof *members);
        if (i > 0)
            out[used++] = ',';
        used += write_piece(out + used, members[usual], &y);
    }
    out[used++] = '}';
    if (next(&x) % 16 == 0)
        out[used++] = ' ';
    return (struct hc_str){out, used};
}

static void assert_same_stamp(const struct hc_stamp *a, const struct hc_stamp *b)
{
    assert_int_equal(a->civil.year, b->civil.year);
    assert_int_equal(a->civil.hour, b->civil.hour);
    assert_int_equal(a->civil.second, b->civil.second);
    assert_int_equal(a->civil.nanosecond, b->civil.nanosecond);
    assert_int_equal(a->has_offset, b->has_offset);
    assert_int_equal(a->offset_s, b->offset_s);
    assert_int_equal(a->date, b->date);
    assert_int_equal(a->digits, b->digits);
    assert_true(a->epoch_ns == b->epoch_ns);
}

static void assert_same(const struct hc_formed_line *formed, struct hc_str line)
{
    static struct hc_unwrap_room room;
    struct hc_unwrapped inner, wanted;
    struct hc_columns alone;
    const struct hc_columns *columns = formed->form->columns;
    hc_log_unwrap(line, &room, &wanted);
    hc_log_object_recall(formed, line, &inner);
    assert_true(inner.text.p == wanted.text.p && inner.text.n == wanted.text.n);
    assert_true(inner.component.p == wanted.component.p && inner.component.n == wanted.component.n);
    assert_int_equal(inner.level, wanted.level);
    assert_int_equal(inner.has_stamp, wanted.has_stamp);
    assert_true(inner.structured && wanted.structured && !inner.in_room && !wanted.in_room);
    if (wanted.has_stamp)
        assert_same_stamp(&inner.stamp, &wanted.stamp);
    hc_columns_open(&alone, wanted.text, NULL);
    hc_columns_read(&alone, HC_HEADER_COLUMNS - 1);
    assert_int_equal(columns->n, alone.n);
    assert_int_equal(columns->classes, alone.classes);
    assert_int_equal(columns->continues, alone.continues);
    size_t before = (size_t)(columns->text.p - formed->form->line.p), here = (size_t)(wanted.text.p - line.p);
    for (size_t i = 0; i < alone.n; i++) {
        assert_int_equal(columns->at[i].level, alone.at[i].level);
        assert_int_equal(hc_formed_place(formed, hc_form_place_of(formed->form, before + columns->at[i].begin)) - here,
                         alone.at[i].begin);
        assert_int_equal(hc_formed_place(formed, hc_form_place_of(formed->form, before + columns->at[i].end)) - here,
                         alone.at[i].end);
    }
}

static void a_form_tells_what_is_around_each_object(void **state)
{
    enum { OTHERS = 12, SEEDS = 40000 };
    static struct hc_unwrap_room room;
    size_t n_told = 0;
    char text[4096];
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        struct hc_arena *arena = hc_arena_new(0);
        struct hc_line_forms *forms = hc_line_forms_new(arena);
        for (unsigned i = 0; i < OTHERS; i++) {
            struct hc_str line = object_of(seed, seed * OTHERS + i, text);
            struct hc_formed_line formed;
            assert_true(find_or_add(forms, hc_line_forms_seek_object(forms, line, &formed)));
            if (!formed.form || (!formed.form->around.found && !hc_log_object_learn(formed.form, &room)))
                continue;
            assert_same(&formed, line);
            n_told++;
        }
        hc_arena_free(arena);
    }
    hc_unwrap_room_free(&room);
    assert_true(n_told > SEEDS);
}

struct seen {
    size_t n, n_told;
    struct hc_unwrap_room room;
};

static enum hc_status take(void *context, const struct hc_log_line *line, struct hc_err *err)
{
    struct seen *seen = context;
    struct hc_unwrapped wanted;
    bool sure;
    (void)err;
    seen->n++;
    if (line->continues)
        return HC_OK;
    hc_log_unwrap(line->whole, &seen->room, &wanted);
    struct hc_str trace = hc_trace_by_key(line->whole, &sure);
    if (line->trace_told)
        assert_true(line->trace.p == trace.p && (!trace.p || line->trace.n == trace.n));
    seen->n_told += line->trace_told && trace.p != NULL;
    assert_true(wanted.in_room || line->message.p + line->message.n == wanted.text.p + wanted.text.n);
    if (wanted.component.p)
        assert_true(hc_str_equal(line->component, wanted.component));
    return HC_OK;
}

static void lines_name_the_trace_that_stands_in_them(void **state)
{
    enum { LINES = 40 };
    static struct seen seen;
    static char text[LINES * 4096];
    struct hc_stamp_frame frame = {.window_start = HC_TIME_NONE, .year = 2015};
    struct hc_log_lines_sink sink = {&seen, take};
    struct hc_err err = HC_ERR_NONE;
    (void)state;
    for (unsigned seed = 0; seed < 2000; seed++) {
        struct hc_arena *arena = hc_arena_new(0);
        size_t used = 0;
        for (unsigned i = 0; i < LINES; i++) {
            used += object_of(seed * 7 + i % 3, seed * LINES + i, text + used).n;
            text[used++] = '\n';
        }
        assert_int_equal(
            hc_log_lines((struct hc_str){text, used}, &frame, hc_shape_memo_new(arena, NULL), arena, &sink, &err),
            HC_OK);
        hc_arena_free(arena);
    }
    hc_unwrap_room_free(&seen.room);
    assert_int_equal(seen.n, 2000 * LINES);
    assert_true(seen.n_told > 2000);
}

static struct hc_line_form *form_of(struct hc_line_forms *forms, const char *line)
{
    static struct hc_unwrap_room room;
    struct hc_formed_line formed;
    assert_true(find_or_add(forms, hc_line_forms_seek_object(forms, hc_str_of(line), &formed)));
    if (formed.form && !formed.form->around.found && !hc_log_object_learn(formed.form, &room))
        return NULL;
    return formed.form;
}

static void objects_that_differ_in_time_and_numbers_are_of_one_form(void **state)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_line_forms *forms = hc_line_forms_new(arena);
    (void)state;
    struct hc_line_form *form =
        form_of(forms, "{\"time\":\"2015-03-16T23:17:43.123Z\",\"level\":\"INFO\",\"msg\":\"took 82 ms\",\"n\":15}");
    assert_non_null(form);
    assert_ptr_equal(
        form, form_of(forms, "{\"time\":\"2016-03-16 03:17:43\",\"level\":\"INFO\",\"msg\":\"took 7 ms\",\"n\":17}"));
    assert_ptr_not_equal(
        form, form_of(forms, "{\"@t\":\"2016-03-16 03:17:43\",\"level\":\"INFO\",\"msg\":\"took 7 ms\",\"n\":17}"));
    /* A level that varies, a text that may be a layer of its own, a value that may be none, no time first. */
    assert_null(form_of(forms, "{\"time\":\"2016-03-16 03:17:43\",\"level\":30,\"msg\":\"took 7 ms\"}"));
    assert_null(form_of(forms, "{\"time\":\"2016-03-16 03:17:43\",\"msg\":\"level=info msg=7\"}"));
    assert_null(form_of(forms, "{\"time\":\"2016-03-16 03:17:43\",\"msg\":\"took 7 ms\",\"x\": 1234abcd}"));
    assert_null(form_of(forms, "{\"msg\":\"took 7 ms\",\"time\":\"2016-03-16 03:17:43\"}"));
    hc_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_tells_what_is_around_each_object),
        cmocka_unit_test(lines_name_the_trace_that_stands_in_them),
        cmocka_unit_test(objects_that_differ_in_time_and_numbers_are_of_one_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
