#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "corpus/record/incident.h"
#include "ingest/normalize/logheader.h"

#define LINES 60

/* Lines of one made-up format, here and there of another. */
static void write_lines(char lines[LINES][160], unsigned seed)
{
    static const char *const times[] = {"2015-03-16T23:17:43Z", "Mar 16 23:17:43", "1426547863",
                                        "[16/Mar/2015:23:17:43]"};
    static const char *const words[] = {"ERROR",  "warn:", "-",     "|",   "[main]",         "sshd[12]:", "org.foo.Bar",
                                        "(1234)", "host",  "0x1f,", "for", "6f3cbf058c2765", "TraceID:",  "Sun"};
    for (size_t i = 0; i < LINES; i++) {
        unsigned x = seed * 2654435761u, y = (seed * 131u + (unsigned)i) * 2246822519u;
        bool odd = (y >> 8) % (2 + seed % 23) == 0;
        int n = snprintf(lines[i], 160, "%s", (y >> 4) % (3 + seed % 9) == 0 ? "  at" : times[(x >> 6) % 4]);
        for (int word = 0; word < 8; word++) {
            x = x * 1664525u + 1013904223u;
            y = y * 1664525u + 1013904223u;
            n += snprintf(lines[i] + n, 160 - (size_t)n, " %s", words[((odd || word > 3 ? y : x) >> 16) % 14]);
        }
    }
}

static void learn(struct hc_header_program *program, char lines[LINES][160], bool ahead)
{
    static struct hc_columns columns[LINES];
    struct hc_header_line sample[LINES];
    for (size_t i = 0; i < LINES; i++) {
        hc_columns_open(&columns[i], hc_str_of(lines[i]), NULL);
        if (ahead)
            hc_columns_read(&columns[i], HC_HEADER_COLUMNS - 1);
        sample[i] = (struct hc_header_line){&columns[i], 1};
    }
    hc_header_learn(sample, LINES, program);
}

static void assert_same_program(const struct hc_header_program *a, const struct hc_header_program *b)
{
    assert_int_equal(a->n_steps, b->n_steps);
    assert_int_equal(a->has_time, b->has_time);
    assert_int_equal(a->source_column, b->source_column);
    for (size_t s = 0; s < a->n_steps; s++) {
        assert_int_equal(a->steps[s].class, b->steps[s].class);
        assert_int_equal(a->steps[s].reach, b->steps[s].reach);
    }
}

static void columns_read_when_asked_for_teach_the_same(void **state)
{
    static char lines[LINES][160];
    size_t n_steps = 0;
    (void)state;
    for (unsigned seed = 1; seed < 3000; seed++) {
        struct hc_header_program lazy, eager;
        write_lines(lines, seed);
        learn(&lazy, lines, false);
        learn(&eager, lines, true);
        assert_same_program(&lazy, &eager);
        n_steps += lazy.n_steps;
    }
    assert_true(n_steps > 3000);
}

static void a_line_of_weight_teaches_as_that_many(void **state)
{
    static char lines[LINES][160];
    static struct hc_columns columns[LINES];
    (void)state;
    for (unsigned seed = 1; seed < 1000; seed++) {
        struct hc_header_line each[3 * LINES], weighted[LINES];
        struct hc_header_program by_each, by_weight;
        size_t n = 0;
        write_lines(lines, seed);
        for (size_t i = 0; i < LINES; i++) {
            hc_columns_open(&columns[i], hc_str_of(lines[i]), NULL);
            weighted[i] = (struct hc_header_line){&columns[i], 1 + (uint32_t)(seed + i) % 3};
        }
        for (size_t i = 0; i < LINES; i++)
            for (uint32_t k = 0; k < weighted[i].weight; k++)
                each[n++] = (struct hc_header_line){&columns[i], 1};
        hc_header_learn(each, n, &by_each);
        hc_header_learn(weighted, LINES, &by_weight);
        assert_same_program(&by_weight, &by_each);
    }
}

static void assert_taken_over_as_read(const char *line_before, const char *line)
{
    struct hc_columns before, alone, alike;
    hc_columns_open(&before, hc_str_of(line_before), NULL);
    hc_columns_read(&before, HC_HEADER_COLUMNS - 1);
    hc_columns_open(&alone, hc_str_of(line), NULL);
    hc_columns_read(&alone, HC_HEADER_COLUMNS - 1);
    hc_columns_open(&alike, hc_str_of(line), &before);
    hc_columns_read(&alike, HC_HEADER_COLUMNS - 1);
    assert_int_equal(alike.n, alone.n);
    assert_int_equal(alike.stamped, alone.stamped);
    for (size_t k = 0; k < alone.n; k++) {
        assert_int_equal(alike.at[k].begin, alone.at[k].begin);
        assert_int_equal(alike.at[k].end, alone.at[k].end);
        assert_int_equal(alike.at[k].class, alone.at[k].class);
        assert_int_equal(alike.at[k].level, alone.at[k].level);
    }
}

/* The lines again behind each other, moved by a few bytes, so that much can be taken over. */
static void columns_of_a_line_before_are_taken_over_as_they_would_be_read(void **state)
{
    static char lines[LINES][160];
    (void)state;
    for (unsigned seed = 1; seed < 3000; seed++) {
        write_lines(lines, seed);
        for (size_t i = 1; i < LINES; i++)
            assert_taken_over_as_read(lines[i - 1] + seed % 3, lines[i]);
    }
}

/* What begins like a time is one or none by what stands behind it; so is a word before a tab a field or a message. */
static void a_word_that_hangs_on_what_is_around_it_is_not_taken_over(void **state)
{
    static const char *const pairs[][2] = {
        {"Mar-16-15 not a clock", "Mar-16-15 23:17:43 error foo"},
        {"Mar/16/2015 not a clock", "Mar/16/2015 23:17:43 error foo"},
        {"Mar 16 not a clock", "Mar 16 23:17:43 error foo"},
        {"at [2015-03-16 23:17:43 of build] go", "at [2015-03-16 23:17:43 of build] 2015-03-16 23:17:44 go"},
        {"23:17:43 [2015-03-16 23:17:43 of build] go", "at [2015-03-16 23:17:43 of build] go"},
        {"request\t{\"path\": 1}", "request\tstarted"},
        {"Sun, 16 not a clock", "Sun, 16 Mar 2015 23:17:43 error foo"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        assert_taken_over_as_read(pairs[i][0], pairs[i][1]);
}

/* Every form of a time has six digits and more: a line of fewer is not looked at for one. */
static void a_time_of_few_digits_starts_a_record(void **state)
{
    static const char *const texts[] = {"x Mar 1 1:02:03 a", "x 1:02:03 a", "x 01:02:03 a", "x 1/2 1:02:03 a"};
    static const uint8_t classes[] = {HC_COLUMN_TIME, HC_COLUMN_WORD, HC_COLUMN_TIME, HC_COLUMN_TIME};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct hc_columns columns;
        struct hc_header_line sample = {&columns, 1};
        struct hc_header_program program;
        hc_columns_open(&columns, hc_str_of(texts[i]), NULL);
        assert_int_equal(hc_columns_class(&columns, 1), classes[i]);
        hc_columns_open(&columns, hc_str_of(texts[i]), NULL);
        hc_header_learn(&sample, 1, &program);
        assert_int_equal(program.has_time, classes[i] == HC_COLUMN_TIME);
    }
}

/* The stamp of a later time column is read again. */
static void a_program_may_take_a_later_time(void **state)
{
    struct hc_columns columns;
    struct hc_header header;
    struct hc_header_program program = {.steps = {{HC_COLUMN_TIME, 2}}, .n_steps = 1, .has_time = true};
    (void)state;
    hc_columns_open(&columns, HC_STR("1426547863 2015-03-16T23:17:43Z INFO started"), NULL);
    hc_header_apply(&program, &columns, &header);
    assert_true(header.has_stamp && header.matched);
    assert_int_equal(header.stamp.civil.year, 2015);
    assert_int_equal(header.message, 32);
}

/* In a block of its own, so that a sanitizer sees what is read behind it. */
static void a_level_that_ends_the_line_is_not_read_beyond(void **state)
{
    static const char line[] = "2015-03-16T23:17:43Z E";
    const struct hc_header_program program = {.steps = {{HC_COLUMN_TIME, 0}, {HC_COLUMN_LEVEL, 0}}, .n_steps = 2};
    struct hc_columns columns;
    struct hc_header header;
    char *text = malloc(sizeof line - 1);
    (void)state;
    assert_non_null(text);
    memcpy(text, line, sizeof line - 1);
    hc_columns_open(&columns, (struct hc_str){text, sizeof line - 1}, NULL);
    hc_header_apply(&program, &columns, &header);
    assert_true(header.matched);
    assert_int_equal(header.level, HC_LOG_ERROR);
    assert_null(header.component.p);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_read_when_asked_for_teach_the_same),
        cmocka_unit_test(a_line_of_weight_teaches_as_that_many),
        cmocka_unit_test(columns_of_a_line_before_are_taken_over_as_they_would_be_read),
        cmocka_unit_test(a_word_that_hangs_on_what_is_around_it_is_not_taken_over),
        cmocka_unit_test(a_time_of_few_digits_starts_a_record),
        cmocka_unit_test(a_program_may_take_a_later_time),
        cmocka_unit_test(a_level_that_ends_the_line_is_not_read_beyond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
