#include "tests/unit/ingest/reading.h"

#include <math.h>

#include "base/random.h"

static struct test_reading t;

static int fresh(void **state)
{
    (void)state;
    test_reading_open(&t);
    return 0;
}

static int spent(void **state)
{
    (void)state;
    test_reading_close(&t);
    return 0;
}

static void reads_long_rows_in_any_column_order(void **state)
{
    (void)state;
    assert_int_equal(test_read(&t, "value,METRIC,unit,Time,component\n"
                                   "5,memory,MB,1970-01-01T00:01:00Z,db\n"
                                   "6.5,memory,MB,120,db\n"
                                   "1e-3,cpu,,60,api\n"),
                     HC_OK);
    assert_text(t.file.kind, "metrics");
    assert_text(t.file.format, "metrics-csv-long");
    assert_int_equal(t.reading.n_series, 2);
    const struct hc_read_series *s = test_series(&t.reading, "db", "memory");
    assert_int_equal(s->n, 2);
    assert_text(s->unit, "MB");
    assert_int_equal(s->at_ns[0], 60 * HC_NS_PER_SECOND);
    assert_int_equal(s->at_ns[1], 120 * HC_NS_PER_SECOND);
    assert_true(s->values[1] == 6.5);
    assert_true(test_series(&t.reading, "api", "cpu")->values[0] == 1e-3);
    assert_int_equal(t.file.n_rows, 3);
    assert_int_equal(t.file.n_bad_rows, 0);
}

static void series_of_equal_times_share_them(void **state)
{
    (void)state;
    assert_int_equal(test_read(&t, "time,component,metric,value\n"
                                   "60,a,m,1\n60,a,n,2\n60,a,late,3\n60,a,few,4\n60,a,o,5\n"
                                   "120,a,m,6\n120,a,n,7\n180,a,late,8\n120,a,o,9\n"),
                     HC_OK);
    const int64_t *at_ns = test_series(&t.reading, "a", "m")->at_ns;
    assert_ptr_equal(test_series(&t.reading, "a", "n")->at_ns, at_ns);
    assert_ptr_equal(test_series(&t.reading, "a", "o")->at_ns, at_ns);
    assert_int_equal(test_series(&t.reading, "a", "few")->n, 1);
    assert_int_equal(test_series(&t.reading, "a", "late")->at_ns[1], 180 * HC_NS_PER_SECOND);
    assert_int_equal(at_ns[1], 120 * HC_NS_PER_SECOND);
}

static void takes_the_other_names_of_long_columns(void **state)
{
    (void)state;
    assert_int_equal(test_read(&t, "timestamp,service,name,value\n1,a,b,2\n"), HC_OK);
    assert_text(t.file.format, "metrics-csv-long");
    assert_int_equal(test_series(&t.reading, "a", "b")->n, 1);
}

static void keeps_units_apart(void **state)
{
    (void)state;
    assert_int_equal(test_read(&t, "time,component,metric,value,unit\n1,a,m,2,MB\n1,a,m,2000,kB\n"), HC_OK);
    assert_int_equal(t.reading.n_series, 2);
}

/* Row i is of a series that its value names: series by series, every series in turn, and at random. */
static void finds_the_series_of_long_rows_in_any_order(void **state)
{
    (void)state;
    enum { ROWS = 600, SERIES = 12 };
    static char text[ROWS * 40];
    for (int order = 0; order < 3; order++) {
        struct hc_random random = hc_random_new(5, 0);
        size_t of[ROWS], n = (size_t)snprintf(text, sizeof text, "time,component,metric,value,unit\n");
        for (size_t i = 0; i < ROWS; i++) {
            size_t s = order == 0 ? i * SERIES / ROWS : order == 1 ? i % SERIES : hc_random_below(&random, SERIES);
            of[i] = s;
            n += (size_t)snprintf(text + n, sizeof text - n, "%zu,c%zu,m%zu,%zu,%s\n", 60 + i / 5, s % 2, s / 4, s,
                                  s % 4 < 2 ? "" : "MB");
        }
        test_reading_close(&t);
        test_reading_open(&t);
        assert_int_equal(test_read(&t, text), HC_OK);
        assert_int_equal(t.reading.n_series, SERIES);
        for (size_t k = 0; k < SERIES; k++) {
            const struct hc_read_series *series = &t.reading.series[k];
            size_t at = 0, s = (size_t)series->values[0];
            char component[24], metric[24];
            snprintf(component, sizeof component, "c%zu", s % 2);
            snprintf(metric, sizeof metric, "m%zu", s / 4);
            assert_text(t.reading.components.items[series->component], component);
            assert_text(series->metric, metric);
            assert_text(series->unit, s % 4 < 2 ? "" : "MB");
            for (size_t i = 0; i < ROWS; i++) {
                if (of[i] != s)
                    continue;
                assert_true(series->values[at] == (double)s);
                assert_int_equal(series->at_ns[at++], (int64_t)(60 + i / 5) * HC_NS_PER_SECOND);
            }
            assert_int_equal(series->n, at);
        }
    }
}

/* One row of a file of long metrics; a quoted metric keeps it from the way that plain rows take. */
static size_t put_long_row(char *out, size_t size, struct hc_random *random, const char *quote)
{
    static const char *const times[] = {"60", "60", "120", " 120", "", "soon", "1970-01-01T00:02:00Z", "61", "\n62"};
    static const char *const components[] = {"a", "a", "b", ""};
    static const char *const metrics[] = {"m", "m", "latency", ""};
    static const char *const values[] = {"1",     "2.5", "-3e2", "",    "high",
                                         "1e999", " 7",  "8 ",   "0.1", "12345678901234567890"};
    static const char *const ends[] = {"\n", "\n", "\n", "\r\n", ",\n", ",x\n", "\r \n"};
    return (size_t)snprintf(out, size, "%s,%s,%s%s%s,%s%s", times[hc_random_below(random, 9)],
                            components[hc_random_below(random, 4)], quote, metrics[hc_random_below(random, 4)], quote,
                            values[hc_random_below(random, 10)], ends[hc_random_below(random, 7)]);
}

static void reads_plain_long_rows_as_quoted_ones(void **state)
{
    (void)state;
    enum { ROWS = 40, FILES = 500 };
    static char text[2][ROWS * 80];
    for (uint64_t file = 0; file < FILES; file++) {
        struct test_reading read[2];
        for (int quoted = 0; quoted < 2; quoted++) {
            struct hc_random random = hc_random_new(9, file);
            size_t n = (size_t)snprintf(text[quoted], sizeof text[quoted], "time,component,metric,value\n1,z,z,1\n");
            for (size_t i = 0; i < ROWS; i++)
                n += put_long_row(text[quoted] + n, sizeof text[quoted] - n, &random, quoted ? "\"" : "");
            test_reading_open(&read[quoted]);
            assert_int_equal(test_read(&read[quoted], text[quoted]), HC_OK);
        }
        const struct hc_reading *x = &read[0].reading, *y = &read[1].reading;
        assert_int_equal(x->n_rows, y->n_rows);
        assert_int_equal(x->n_bad_rows, y->n_bad_rows);
        assert_int_equal(x->warnings.n, y->warnings.n);
        for (size_t w = 0; w < x->warnings.n; w++) {
            assert_true(hc_str_equal(x->warnings.items[w].code, y->warnings.items[w].code));
            assert_int_equal(x->warnings.items[w].line, y->warnings.items[w].line);
        }
        assert_int_equal(x->n_series, y->n_series);
        for (size_t i = 0; i < x->n_series; i++) {
            assert_int_equal(x->series[i].n, y->series[i].n);
            assert_int_equal(x->series[i].line, y->series[i].line);
            assert_true(hc_str_equal(x->series[i].metric, y->series[i].metric));
            assert_int_equal(x->series[i].component, y->series[i].component);
            assert_memory_equal(x->series[i].at_ns, y->series[i].at_ns, x->series[i].n * sizeof(int64_t));
            assert_memory_equal(x->series[i].values, y->series[i].values, x->series[i].n * sizeof(double));
        }
        test_reading_close(&read[0]);
        test_reading_close(&read[1]);
    }
}

static void makes_gaps_of_what_is_no_finite_number(void **state)
{
    (void)state;
    assert_int_equal(test_read(&t, "time,component,metric,value\n1,a,m,\n2,a,m,NaN\n3,a,m,inf\n4,a,m,1e999\n"
                                   "5,a,m,-Infinity\n6,a,m,7\n"),
                     HC_OK);
    const struct hc_read_series *s = test_series(&t.reading, "a", "m");
    assert_int_equal(s->n, 1);
    assert_int_equal(s->at_ns[0], 6 * HC_NS_PER_SECOND);
    assert_int_equal(t.file.n_bad_rows, 0);
}

static void counts_bad_rows_and_keeps_the_others(void **state)
{
    (void)state;
    assert_int_equal(test_read(&t, "time,component,metric,value\n"
                                   "1,a,m,high\n"
                                   "soon,a,m,1\n"
                                   "1,a,m\n"
                                   "1,a,m,1,2\n"
                                   "1,a,,1\n"
                                   "2,a,m,\"5\"\n"),
                     HC_OK);
    assert_int_equal(t.file.n_rows, 6);
    assert_int_equal(t.file.n_bad_rows, 5);
    assert_int_equal(test_warnings(&t.reading, "bad-number"), 1);
    assert_int_equal(test_warnings(&t.reading, "bad-time"), 1);
    assert_int_equal(test_warnings(&t.reading, "csv-ragged"), 2);
    assert_int_equal(test_warnings(&t.reading, "metrics-no-name"), 1);
    assert_int_equal(test_series(&t.reading, "a", "m")->n, 1);
}

static void gives_a_row_without_component_the_entry_s(void **state)
{
    (void)state;
    t.entry = (struct hc_entry){.kind = HC_STR("metrics"), .component = HC_STR("db")};
    assert_int_equal(test_read(&t, "time,component,metric,value\n1,,m,2\n1,a,m,2\n"), HC_OK);
    assert_int_equal(test_series(&t.reading, "db", "m")->n, 1);
    assert_int_equal(test_series(&t.reading, "a", "m")->n, 1);
}

static void splits_wide_columns_at_the_last_slash(void **state)
{
    (void)state;
    t.context.service = HC_STR("shop");
    assert_int_equal(test_read(&t, "time,api/cpu,https://q.example/AWS::SQS/latency_p90,load\n"
                                   "1600000000,1,2,3\n1600000060,4,,6\n"),
                     HC_OK);
    assert_text(t.file.format, "metrics-csv-wide");
    assert_int_equal(test_series(&t.reading, "api", "cpu")->n, 2);
    assert_int_equal(test_series(&t.reading, "https://q.example/AWS::SQS", "latency_p90")->n, 1);
    assert_true(test_series(&t.reading, "shop", "load")->values[1] == 6);
}

/* Of a column with gaps, or where a row was left out, nobody knows from the first row where another stands. */
static void says_where_rows_stand_that_follow_each_other_line_by_line(void **state)
{
    (void)state;
    t.context.service = HC_STR("shop");
    assert_int_equal(test_read(&t, "time,cpu,load\n1600000000,1,2\n1600000060,4,\n1600000120,4,5\n"), HC_OK);
    assert_int_equal(test_series(&t.reading, "shop", "cpu")->first_row, 2);
    assert_int_equal(test_series(&t.reading, "shop", "load")->first_row, 0);
    test_reading_close(&t);
    test_reading_open(&t);
    t.context.service = HC_STR("shop");
    assert_int_equal(test_read(&t, "time,cpu\n1600000000,1\nno time,2\n1600000120,4\n"), HC_OK);
    assert_int_equal(test_series(&t.reading, "shop", "cpu")->first_row, 0);
    test_reading_close(&t);
    test_reading_open(&t);
    t.context.service = HC_STR("shop");
    assert_int_equal(test_read(&t, "time,cpu,\"two\nlines\"\n1600000000,1,2\n\n1600000120,\"4\",2\n"), HC_OK);
    assert_int_equal(test_series(&t.reading, "shop", "cpu")->first_row, 0);
    test_reading_close(&t);
    test_reading_open(&t);
    t.context.service = HC_STR("shop");
    assert_int_equal(test_read(&t, "time,cpu,\"two\nlines\"\n1600000000,1,2\n1600000120,\"4\",2\n"), HC_OK);
    assert_int_equal(test_series(&t.reading, "shop", "cpu")->first_row, 3);
}

static void keeps_the_whole_header_where_the_entry_names_a_component(void **state)
{
    (void)state;
    t.entry = (struct hc_entry){.kind = HC_STR("metrics"), .component = HC_STR("db")};
    t.context.service = HC_STR("shop");
    assert_int_equal(test_read(&t, "time,disk/read,CpuUsage(m)\n1600000000,1,2\n"), HC_OK);
    assert_int_equal(test_series(&t.reading, "db", "disk/read")->n, 1);
    assert_int_equal(test_series(&t.reading, "db", "CpuUsage(m)")->n, 1);
    assert_null(test_series(&t.reading, "db", "CpuUsage(m)")->unit.p);
}

static void warns_once_of_columns_without_a_number(void **state)
{
    (void)state;
    t.context.service = HC_STR("s");
    assert_int_equal(test_read(&t, "time,zone,cpu,rack,other/empty\n1600000000,eu,1,a,\n1600000060,eu,n/a,b,\n"),
                     HC_OK);
    assert_int_equal(t.reading.n_series, 1);
    assert_int_equal(test_warnings(&t.reading, "metrics-label-column"), 1);
    assert_int_equal(test_warnings(&t.reading, "bad-number"), 1);
    assert_true(hc_names_find(&t.reading.components, HC_STR("other")) != HC_NAME_NONE);
    assert_int_equal(t.file.n_bad_rows, 0);
}

static void reads_times_by_magnitude_and_offset(void **state)
{
    (void)state;
    t.entry = (struct hc_entry){.kind = HC_STR("metrics"), .component = HC_STR("c"), .utc_offset_s = 3600};
    assert_int_equal(test_read(&t, "time,m\n1600000000.5,1\n1600000000500,2\n1600000000500000,3\n"
                                   "1600000000500000000,4\n2020-09-13T12:26:40.5Z,5\n2020-09-13 13:26:40.5,6\n"),
                     HC_OK);
    const struct hc_read_series *s = test_series(&t.reading, "c", "m");
    assert_int_equal(s->n, 6);
    for (size_t i = 0; i < s->n; i++)
        assert_int_equal(s->at_ns[i], INT64_C(1600000000500000000));
}

static void keeps_the_file_s_order_and_equal_times_for_the_assembly(void **state)
{
    (void)state;
    t.context.service = HC_STR("s");
    assert_int_equal(test_read(&t, "time,m\n1600000060,1\n1600000000,2\n1600000060,3\n"), HC_OK);
    const struct hc_read_series *s = test_series(&t.reading, "s", "m");
    assert_int_equal(s->n, 3);
    assert_true(s->values[2] == 3);
}

static void takes_crlf_a_byte_order_mark_and_quotes(void **state)
{
    (void)state;
    t.context.service = HC_STR("s");
    assert_int_equal(test_read(&t, "\xEF\xBB\xBF\"time\",\"m, total\"\r\n\"1600000000\",\"7\"\r\n"), HC_OK);
    assert_true(test_series(&t.reading, "s", "m, total")->values[0] == 7);
}

static void makes_names_valid_text(void **state)
{
    (void)state;
    t.context.service = HC_STR("s");
    assert_int_equal(test_read(&t, "time,m\xFF\n1600000000,7\n"), HC_OK);
    assert_text(t.reading.series[0].metric, "m\xEF\xBF\xBD");
}

static void fails_over_the_ceiling_without_a_crash(void **state)
{
    (void)state;
    for (size_t ceiling = 256; ceiling < 60000; ceiling += 997) {
        struct hc_arena *small = hc_arena_new(ceiling);
        struct hc_reading reading;
        struct hc_evidence_file file = {0};
        struct hc_err err = HC_ERR_NONE;
        hc_reading_init(&reading, small);
        enum hc_status status =
            hc_file_read(HC_STR("time,a/m,b/n\n1600000000,1,2\n1600000060,3,4\n"), &t.context, &reading, &file, &err);
        assert_true(status == HC_OK || (status == HC_FAIL && strcmp(err.code, "memory-limit") == 0));
        hc_arena_free(small);
    }
}

static uint32_t draw(uint64_t *seed, uint32_t n)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % n;
}

/* One table twice: its times plain, so that rows of numbers are scanned, and quoted, so that none is. */
static void write_table(uint64_t seed, struct hc_buf *plain, struct hc_buf *quoted)
{
    static const char *const cells[] = {"",
                                        "1",
                                        "-2.5",
                                        "3e2",
                                        "1.442e+06",
                                        "NaN",
                                        "-inf",
                                        "word",
                                        " 7 ",
                                        ".5",
                                        "5.",
                                        "-",
                                        "+3",
                                        "\"4\"",
                                        "1e",
                                        "5\"x",
                                        "8",
                                        "9.25",
                                        "1e22",
                                        "-0.",
                                        "1e999",
                                        "12e-25",
                                        "1234567.",
                                        "0.1234567890123456789",
                                        "123456789012345678901"};
    uint32_t n_columns = 1 + draw(&seed, 5), n_rows = draw(&seed, 150), n_odd = draw(&seed, 3), date = draw(&seed, 2);
    const char *end = draw(&seed, 2) ? "\r\n" : "\n";
    hc_buf_text(plain, "time");
    for (uint32_t i = 0; i < n_columns; i++)
        hc_buf_format(plain, ",c%u/m%u", (unsigned)draw(&seed, 3), (unsigned)i);
    hc_buf_text(plain, end);
    hc_buf_str(quoted, hc_buf_view(plain));
    for (uint32_t row = 0; row < n_rows; row++) {
        size_t from;
        const char *time = n_odd && draw(&seed, 20) == 0 ? "soon" : date ? "2015-03-16T" : "1600000";
        char rest[16];
        snprintf(rest, sizeof rest, date ? "2%u:%02u:5%u" : "%u%02u%u", (unsigned)(1 + draw(&seed, 4)),
                 (unsigned)(10 + draw(&seed, 50)), (unsigned)draw(&seed, 10));
        hc_buf_format(plain, "%s%s", time, rest);
        hc_buf_format(quoted, "\"%s%s\"", time, rest);
        from = plain->n;
        uint32_t n_fields = n_odd && draw(&seed, 20) == 0 ? draw(&seed, 8) : n_columns;
        for (uint32_t i = 0; i < n_fields; i++) {
            if (draw(&seed, 6) < n_odd)
                hc_buf_format(plain, ",%s", cells[draw(&seed, sizeof cells / sizeof *cells)]);
            else
                hc_buf_format(plain, ",%u.%u", (unsigned)draw(&seed, 1000), (unsigned)draw(&seed, 100));
        }
        hc_buf_text(plain, row + 1 == n_rows && draw(&seed, 2) ? "" : end);
        hc_buf_text(plain, draw(&seed, 30) == 0 ? end : "");
        hc_buf_add(quoted, plain->p + from, plain->n - from);
    }
}

static void assert_same_series(const struct hc_read_series *a, const struct hc_read_series *b)
{
    assert_int_equal(a->component, b->component);
    assert_true(hc_str_equal(a->metric, b->metric));
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->at_ns, b->at_ns, a->n * sizeof *a->at_ns);
    assert_memory_equal(a->values, b->values, a->n * sizeof *a->values);
}

static void scans_rows_of_numbers_as_it_reads_field_by_field(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 3000; seed++) {
        struct test_reading u;
        struct hc_buf plain = {0}, quoted = {0};
        write_table(seed, &plain, &quoted);
        hc_buf_char(&plain, '\0');
        hc_buf_char(&quoted, '\0');
        test_reading_open(&t);
        test_reading_open(&u);
        enum hc_status status = test_read(&t, plain.p);
        assert_int_equal(test_read(&u, quoted.p), status);
        assert_int_equal(t.reading.n_series, u.reading.n_series);
        for (size_t i = 0; i < t.reading.n_series; i++)
            assert_same_series(&t.reading.series[i], &u.reading.series[i]);
        assert_int_equal(t.reading.components.n, u.reading.components.n);
        assert_int_equal(t.reading.n_rows, u.reading.n_rows);
        assert_int_equal(t.reading.n_bad_rows, u.reading.n_bad_rows);
        assert_int_equal(t.reading.warnings.n, u.reading.warnings.n);
        for (size_t i = 0; i < t.reading.warnings.n; i++) {
            assert_int_equal(t.reading.warnings.items[i].line, u.reading.warnings.items[i].line);
            assert_int_equal(t.reading.warnings.items[i].n_more, u.reading.warnings.items[i].n_more);
        }
        test_reading_close(&t);
        test_reading_close(&u);
        hc_buf_free(&plain);
        hc_buf_free(&quoted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_long_rows_in_any_column_order, fresh, spent),
        cmocka_unit_test_setup_teardown(series_of_equal_times_share_them, fresh, spent),
        cmocka_unit_test_setup_teardown(takes_the_other_names_of_long_columns, fresh, spent),
        cmocka_unit_test_setup_teardown(keeps_units_apart, fresh, spent),
        cmocka_unit_test_setup_teardown(finds_the_series_of_long_rows_in_any_order, fresh, spent),
        cmocka_unit_test(reads_plain_long_rows_as_quoted_ones),
        cmocka_unit_test_setup_teardown(makes_gaps_of_what_is_no_finite_number, fresh, spent),
        cmocka_unit_test_setup_teardown(counts_bad_rows_and_keeps_the_others, fresh, spent),
        cmocka_unit_test_setup_teardown(gives_a_row_without_component_the_entry_s, fresh, spent),
        cmocka_unit_test_setup_teardown(splits_wide_columns_at_the_last_slash, fresh, spent),
        cmocka_unit_test_setup_teardown(says_where_rows_stand_that_follow_each_other_line_by_line, fresh, spent),
        cmocka_unit_test_setup_teardown(keeps_the_whole_header_where_the_entry_names_a_component, fresh, spent),
        cmocka_unit_test_setup_teardown(warns_once_of_columns_without_a_number, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_times_by_magnitude_and_offset, fresh, spent),
        cmocka_unit_test_setup_teardown(keeps_the_file_s_order_and_equal_times_for_the_assembly, fresh, spent),
        cmocka_unit_test_setup_teardown(takes_crlf_a_byte_order_mark_and_quotes, fresh, spent),
        cmocka_unit_test_setup_teardown(makes_names_valid_text, fresh, spent),
        cmocka_unit_test(scans_rows_of_numbers_as_it_reads_field_by_field),
        cmocka_unit_test_setup_teardown(fails_over_the_ceiling_without_a_crash, fresh, spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
