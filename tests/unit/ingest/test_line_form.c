/* Lines as those of a form: what is told of them is what each of them says by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "corpus/record/incident.h"
#include "ingest/format/logs_unwrap.h"
#include "tests/unit/ingest/alike_lines.h"

static const char *const pieces[] = {
    "INFO",
    "[worker-D]",
    "c.shop.cart.Handler",
    "sshd[D]:",
    "took D ms",
    "id=H",
    "/v1/D/H",
    "key H,",
    "(D)",
    "D:",
    "H:",
    "000000 000000",
    "00000000",
    "D",
    "0000000000",
    "000000000000",
    "0000000000000",
    "00000000000000",
    "@400000000H",
    "@H",
    "H.x",
    "H-D",
    "a-D",
    "ab,H,D",
    "ax-D",
    "ax-H",
    "H]",
    "[H:error]",
    "[D",
    "[x",
    "[0000000000]",
    "Mar D",
    "2010.00.00-00.00.00",
    "d]",
    "x:D]:",
    "debug",
    "stdout F ",
    "0000-aaaaaTD",
    "D-D-aaaaaTD",
    "HD=D",
    "level=info msg=",
    "WARN:",
    "|",
    "e0000",
    "Caused by: D",
    "D.D.D.D",
    "at D",
    "0000.00.00-00.00.00",
    "[D:error]",
    "H",
    "D,",
    "a.very.long.name.of.some.sixty.bytes.with.parts.of.it.joined-H:",
    "[a bracket of some two hundred and forty bytes that is closed or not as its number is long or short, which goes on "
    "and on and on until it has come to where a bracket ends because it is too long to be one of them, say at D or H or D]"};

static const char *const times[] = {"2015-03-16T23:17:43Z", "2015-03-16 23:17:43,120", "23:17:43", "081109 203615",
                                    "20150316T231743"};

/* Alike for one `seed` but for numbers and ids, which `other` decides. */
static struct hc_str line_of(unsigned seed, unsigned other, char out[4096])
{
    size_t used = 0;
    unsigned x = seed * 2654435761u, y = other * 2246822519u + 7;
    if (seed % 4 == 0)
        used += (size_t)snprintf(out, 64, "%s%s", times[seed / 4 % 5], seed % 3 ? " " : ": ");
    for (unsigned n = 1 + next(&x) % (seed % 16 ? 4 : 14); n > 0; n--) {
        used += write_piece(out + used, pieces[next(&x) % (sizeof pieces / sizeof *pieces)], &y);
        if (next(&x) % 4)
            out[used++] = ' ';
    }
    return (struct hc_str){out, used};
}

static const struct hc_header_program programs[] = {
    {.n_steps = 0},
    {.steps = {{HC_COLUMN_TIME, 7}, {HC_COLUMN_LEVEL, 4}, {HC_COLUMN_BRACKET, 1}, {HC_COLUMN_IDENTIFIER, 0}},
     .n_steps = 4},
    {.steps = {{HC_COLUMN_LEVEL, 3}, {HC_COLUMN_NUMBER, 2}, {HC_COLUMN_TAG, 2}, {HC_COLUMN_DASH, 2}}, .n_steps = 4},
    {.steps = {{HC_COLUMN_EPOCH, 5}}, .n_steps = 1, .source_column = 1},
};

static void assert_same_columns(const struct hc_formed_line *formed, const struct hc_columns *alone)
{
    const struct hc_columns *columns = formed->form->columns;
    assert_int_equal(columns->n, alone->n);
    assert_int_equal(columns->ended, alone->ended);
    assert_int_equal(columns->continues, alone->continues);
    for (size_t i = 0; i < alone->n; i++) {
        assert_int_equal(columns->at[i].class, alone->at[i].class);
        assert_int_equal(columns->at[i].level, alone->at[i].level);
        assert_int_equal(hc_formed_place(formed, hc_form_place_of(formed->form, columns->at[i].begin)),
                         alone->at[i].begin);
        assert_int_equal(hc_formed_place(formed, hc_form_place_of(formed->form, columns->at[i].end)), alone->at[i].end);
    }
}

static void assert_same_header(const struct hc_header *header, const struct hc_header *alone)
{
    assert_int_equal(header->has_stamp, alone->has_stamp);
    assert_int_equal(header->matched, alone->matched);
    assert_int_equal(header->level, alone->level);
    assert_int_equal(header->message, alone->message);
    assert_true(hc_str_equal(header->component, alone->component));
    assert_true(!alone->has_stamp || (header->stamp.civil.second == alone->stamp.civil.second &&
                                      header->stamp.civil.nanosecond == alone->stamp.civil.nanosecond &&
                                      header->stamp.has_offset == alone->stamp.has_offset));
}

/* There is nothing around a line if its form says so. */
static void assert_bare(const struct hc_line_form *form, struct hc_str line)
{
    static struct hc_unwrap_room room;
    struct hc_unwrapped inner;
    if (!hc_log_is_bare(form->columns->text, form->timed ? form->masks[0].end : 0))
        return;
    hc_log_unwrap(line, &room, &inner);
    assert_ptr_equal(inner.text.p, line.p);
    assert_int_equal(inner.text.n, line.n);
    assert_false(inner.has_stamp || inner.structured || inner.in_room || inner.component.p);
    assert_int_equal(inner.level, HC_LOG_NONE);
}

static void a_form_tells_what_each_line_says(void **state)
{
    enum { OTHERS = 12, SEEDS = 40000 };
    size_t n_told = 0;
    char text[4096];
    (void)state;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        struct hc_arena *arena = hc_arena_new(0);
        struct hc_line_forms *forms = hc_line_forms_new(arena);
        for (unsigned i = 0; i < OTHERS; i++) {
            struct hc_str line = line_of(seed, seed * OTHERS + i, text);
            struct hc_formed_line formed;
            struct hc_columns alone;
            assert_true(find_or_add(forms, hc_line_forms_seek(forms, line, &formed)));
            if (!formed.form)
                continue;
            n_told++;
            assert_bare(formed.form, line);
            hc_columns_open(&alone, line, NULL);
            hc_columns_read(&alone, HC_HEADER_COLUMNS - 1);
            assert_same_columns(&formed, &alone);
            for (uint32_t p = 0; p < sizeof programs / sizeof *programs; p++) {
                struct hc_header header, wanted;
                hc_header_apply(&programs[p], &alone, &wanted);
                hc_formed_header(&programs[p], 1 + p, &formed, line, &header);
                header.stamp = formed.stamp;
                assert_same_header(&header, &wanted);
            }
        }
        hc_arena_free(arena);
    }
    assert_true(n_told > SEEDS);
}

/* A bracket that is too long to be one in the first line and not in the next: whichever comes first, each says what it
 * says by itself. */
static void a_bracket_is_closed_whatever_line_came_first(void **state)
{
    (void)state;
    for (int first = 0; first < 2; first++) {
        struct hc_arena *arena = hc_arena_new(0);
        struct hc_line_forms *forms = hc_line_forms_new(arena);
        for (int i = 0; i < 2; i++) {
            char text[512];
            const char *number = i == first ? "11111" : "1";
            int n = snprintf(text, sizeof text, "2024-01-01 00:00:00 INFO [[x] %0246d %s]", 0, number);
            memset(text + 30, 'y', 246);
            struct hc_str line = {text, (size_t)n};
            struct hc_formed_line formed;
            struct hc_columns alone;
            assert_true(find_or_add(forms, hc_line_forms_seek(forms, line, &formed)));
            hc_columns_open(&alone, line, NULL);
            hc_columns_read(&alone, HC_HEADER_COLUMNS - 1);
            if (formed.form)
                assert_same_columns(&formed, &alone);
        }
        hc_arena_free(arena);
    }
}

static struct hc_line_form *form_of(struct hc_line_forms *forms, const char *line)
{
    struct hc_formed_line formed;
    assert_true(find_or_add(forms, hc_line_forms_seek(forms, hc_str_of(line), &formed)));
    return formed.form;
}

static void lines_that_differ_in_time_and_numbers_are_of_one_form(void **state)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_line_forms *forms = hc_line_forms_new(arena);
    (void)state;
    struct hc_line_form *form =
        form_of(forms, "2015-03-16 23:17:43,123 INFO [worker-6] Handler - took 82 ms for 4afd2f8a");
    assert_non_null(form);
    assert_ptr_equal(form, form_of(forms, "2016-03-16 03:17:43 INFO [worker-12] Handler - took 7 ms for 0bfd2f81"));
    assert_ptr_not_equal(form, form_of(forms, "2016-03-16 03:17:43 WARN [worker-12] Handler - took 7 ms for 0bfd2f81"));
    assert_null(form_of(forms, "x 081109 203615 INFO terminating")); /* may be a time or not */
    assert_null(form_of(forms, "1117838570 2005.06.03 R02 INFO terminating"));
    assert_null(form_of(forms, "up since 23:17:43"));
    hc_arena_free(arena);
}

static void a_line_that_is_sought_ahead_keeps_its_form_and_time(void **state)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_line_forms *forms = hc_line_forms_new(arena);
    struct hc_formed_line line, next;
    (void)state;
    struct hc_line_form *took = form_of(forms, "2015-03-16 23:17:43 INFO Handler - took 82 ms");
    struct hc_line_form *hit = form_of(forms, "cache hit for 7");
    const struct hc_sought *first =
        hc_line_forms_seek(forms, hc_str_of("2015-03-16 23:18:44 INFO Handler - took 9 ms"), &line);
    const struct hc_sought *ahead = hc_line_forms_seek(forms, hc_str_of("cache hit for 12"), &next);
    hc_line_forms_fetch(forms, first);
    assert_true(hc_line_forms_find(forms, first));
    assert_ptr_equal(line.form, took);
    assert_int_equal(line.stamp.civil.second, 44);
    hc_line_forms_seek(forms, hc_str_of("2015-03-16 23:19:45 INFO Handler - took 10 ms"), &line);
    hc_line_forms_fetch(forms, ahead);
    assert_true(hc_line_forms_find(forms, ahead));
    assert_ptr_equal(next.form, hit);
    hc_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_tells_what_each_line_says),
        cmocka_unit_test(a_bracket_is_closed_whatever_line_came_first),
        cmocka_unit_test(lines_that_differ_in_time_and_numbers_are_of_one_form),
        cmocka_unit_test(a_line_that_is_sought_ahead_keeps_its_form_and_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
