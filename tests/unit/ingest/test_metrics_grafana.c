/* CSV in the shapes that Grafana's panels export; the samples are those of tests/bundles/grafana. */
#include "tests/unit/ingest/reading.h"

#include <math.h>
#include <stdio.h>

static struct test_reading t;

static int fresh(void **state)
{
    (void)state;
    test_reading_open(&t);
    t.context.service = HC_STR("shop");
    return 0;
}

static int spent(void **state)
{
    (void)state;
    test_reading_close(&t);
    return 0;
}

static const char *sample(const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, HC_SOURCE_DIR "/tests/bundles/grafana/%s.csv", name);
    FILE *file = fopen(path, "rb");
    char *text = hc_arena_calloc(t.arena, 1, 4096);
    assert_true(file != NULL && text != NULL);
    assert_true(fread(text, 1, 4095, file) > 0);
    (void)fclose(file);
    return text;
}

static void read_text(const char *text)
{
    hc_reading_init(&t.reading, t.arena);
    assert_int_equal(test_read(&t, text), HC_OK);
    assert_text(t.file.format, "metrics-grafana");
    assert_text(t.file.kind, "metrics");
}

static void assert_near(double value, double expected)
{
    assert_true(fabs(value - expected) <= 1e-9 * fabs(expected));
}

static void reads_series_joined_by_time(void **state)
{
    (void)state;
    read_text(sample("joined"));
    assert_int_equal(t.reading.n_series, 3);
    assert_int_equal(t.file.n_rows, 3);
    assert_int_equal(t.file.n_bad_rows, 0);
    const struct hc_read_series *s =
        test_series(&t.reading, "checkout", "http_requests_in_flight{instance=\"10.0.0.1:80\"}");
    assert_int_equal(s->n, 2);
    assert_near((double)s->at_ns[1], 1674986460e9);
    assert_near(s->values[1], 5);
    s = test_series(&t.reading, "cart", "process_resident_memory_bytes");
    assert_int_equal(s->n, 3);
    assert_text(s->unit, "bytes");
    assert_near(s->values[1], 1.2e9);
    s = test_series(&t.reading, "shop", "p99");
    assert_text(s->unit, "s");
    assert_near(s->values[0], 0.0123);
    assert_near(s->values[1], 1.5);
}

/* Units of values are a weaker sign than a header with a time and a message. */
static void leaves_logs_whose_messages_begin_with_a_number(void **state)
{
    (void)state;
    hc_reading_init(&t.reading, t.arena);
    assert_int_equal(test_read(&t, "Time,Message,Took\n60,5 ms elapsed,5 ms\n120,6 ms elapsed,6 ms\n"), HC_OK);
    assert_text(t.file.format, "logs-csv");
    hc_reading_init(&t.reading, t.arena);
    assert_int_equal(test_read(&t, "Time;Level;Message\n60;INFO;started\n120;ERROR;failed\n"), HC_OK);
    assert_text(t.file.format, "logs-csv");
}

static void reads_series_as_rows(void **state)
{
    (void)state;
    read_text(sample("rows"));
    assert_int_equal(t.reading.n_series, 2);
    const struct hc_read_series *s = test_series(&t.reading, "checkout", "error_rate");
    assert_int_equal(s->n, 2);
    assert_text(s->unit, "percent");
    assert_near(s->values[1], 50.5);
    assert_int_equal(s->line, 3);
    assert_int_equal(test_series(&t.reading, "cart", "error_rate")->n, 1);
    assert_int_equal(t.reading.warnings.n, 0);
}

static void says_where_a_row_is_damaged(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        long line;
    } said[] = {{"bad-time", 3}, {"csv-ragged", 4}, {"bad-number", 5}, {"metrics-no-name", 6}, {"csv-quotes", 7}};
    read_text(sample("damaged"));
    assert_int_equal(t.reading.warnings.n, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_text(t.reading.warnings.items[i].code, said[i].code);
        assert_int_equal(t.reading.warnings.items[i].line, said[i].line);
    }
    const struct hc_read_series *s = test_series(&t.reading, "shop", "checkout");
    assert_int_equal(s->n, 2);
    assert_near(s->values[0], 1200);
    assert_int_equal(t.file.n_rows, 7);
    assert_int_equal(t.file.n_bad_rows, 5);
}

/* The values of the one series of a table of rows; `unit` is its unit. */
static const struct hc_read_series *read_cells(const char *const *cells, size_t n)
{
    struct hc_buf text = {0};
    hc_buf_text(&text, "Series,Time,Value\n");
    for (size_t i = 0; i < n; i++)
        hc_buf_format(&text, "cpu,%zu,%s\n", 1600000000 + i, cells[i]);
    hc_buf_char(&text, '\0');
    read_text(text.p);
    hc_buf_free(&text);
    return test_series(&t.reading, "shop", "cpu");
}

static void refuses_what_only_begins_as_a_number(void **state)
{
    (void)state;
    static const char *const cells[] = {"7",        "12:30:00", "\"1,23 ms\"",    "\"1,2345\"",
                                        "\",234\"", "1.2.3 s",  "\"2 min, 5 s\"", "1h30m",
                                        "3 / 4",    "12;5",     "\"0,123\"",      "5 :30"};
    const size_t n = sizeof cells / sizeof *cells;
    const struct hc_read_series *s = read_cells(cells, n);
    assert_int_equal(s->n, 1);
    assert_int_equal(test_warnings(&t.reading, "bad-number"), n - 1);
    assert_int_equal(t.reading.warnings.items[0].line, 3);
    assert_int_equal(t.file.n_rows, n);
    assert_int_equal(t.file.n_bad_rows, n - 1);
}

static void takes_an_overflow_for_a_gap(void **state)
{
    (void)state;
    static const char *const cells[] = {"1 K", "1e308 Tri"};
    assert_int_equal(read_cells(cells, 2)->n, 1);
    assert_int_equal(t.reading.warnings.n, 0);
}

static void counts_a_row_of_bad_cells_once(void **state)
{
    (void)state;
    read_text("sep=,\nTime,a,b,c\n1600000000,1:2,1:2,3\n");
    assert_int_equal(test_warnings(&t.reading, "bad-number"), 2);
    assert_int_equal(t.file.n_bad_rows, 1);
    assert_int_equal(test_series(&t.reading, "shop", "c")->n, 1);
    read_text("sep=;\nTime;a\n1600000000;1\n1600000060;1,234 ms\n");
    assert_int_equal(t.file.n_bad_rows, 1);
    assert_int_equal(test_series(&t.reading, "shop", "a")->n, 1);
}

static void undoes_groups_of_three_digits(void **state)
{
    (void)state;
    static const char *const cells[] = {"\"1,234\"", "\"-12,345,678.25\"", "\"1,234 ms\""};
    static const double values[] = {1234, -12345678.25};
    const struct hc_read_series *s = read_cells(cells, 2);
    assert_int_equal(s->n, 2);
    for (size_t i = 0; i < 2; i++)
        assert_near(s->values[i], values[i]);
    s = read_cells(cells + 2, 1);
    assert_near(s->values[0], 1.234);
    assert_text(s->unit, "s");
}

static void brings_scaled_units_to_one(void **state)
{
    (void)state;
    static const struct {
        const char *cells[6], *unit;
        double values[6];
    } columns[] = {
        {{"2 \xC2\xB5s", "5 ms", "1.5 s", "2 mins", "3 hours", "0"}, "s", {2e-6, 5e-3, 1.5, 120, 10800, 0}},
        {{"1 B", "2 KiB", "3 MiB", "4 GiB", "5 kB", "6 MB"}, "bytes", {1, 2048, 3145728, 4294967296, 5000, 6e6}},
        {{"1 b/s", "2 kb/s", "3 Mb/s", "4 Kib/s", "5 Gb/s", "6 Mib/s"}, "bits/s", {1, 2e3, 3e6, 4096, 5e9, 6291456}},
        {{"950", "1 K", "2 Mil", "3 Bil", "4 Tri", "5 k"}, "", {950, 1e3, 2e6, 3e9, 4e12, 5e3}},
        {{"950 req/s", "1.5K req/s", "2 M req/s", "3B req/s", "4 K req/s", "0"},
         "req/s",
         {950, 1500, 2e6, 3e9, 4e3, 0}},
        {{"500 mW", "7 W", "1.5 kW", "2 MW", "3 GW", "4 \xC2\xB5W"}, "W", {.5, 7, 1500, 2e6, 3e9, 4e-6}},
        {{"0%", "1%", "2 %", "99.5%", "3%", "4%"}, "percent", {0, 1, 2, 99.5, 3, 4}},
    };
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        const struct hc_read_series *s = read_cells(columns[c].cells, 6);
        assert_int_equal(s->n, 6);
        assert_int_equal(t.reading.warnings.n, 0);
        assert_text(s->unit, columns[c].unit);
        for (size_t i = 0; i < 6; i++)
            assert_near(s->values[i], columns[c].values[i]);
    }
}

/* What cannot be compared is a gap, and said. */
static void mixes_no_units_of_which_one_is_not_known(void **state)
{
    (void)state;
    static const char *const cells[] = {"0", "5 furlongs", "3 miles", "7", "6 furlongs"};
    const struct hc_read_series *s = read_cells(cells, 5);
    assert_text(s->unit, "furlongs");
    assert_int_equal(s->n, 3);
    assert_near(s->values[1], 5);
    assert_near(s->values[2], 6);
    assert_int_equal(test_warnings(&t.reading, "unit-mixed"), 2);
    assert_int_equal(t.reading.warnings.items[0].line, 4);
    assert_int_equal(t.reading.warnings.items[1].line, 5);
    assert_int_equal(t.file.n_bad_rows, 2);
}

/* Counters become rates, and what a query computed is called as its file. */
static void takes_names_as_prometheus_has_them(void **state)
{
    (void)state;
    t.context.member = HC_STR("panels/errors.csv");
    read_text("\"Time\",\"requests_total{code=\"\"500\"\"}\",\"{app=\"\"cart\"\"}\"\n"
              "1674986400000,10,1\n1674986410000,30,2\n");
    const struct hc_read_series *s = test_series(&t.reading, "shop", "rate(requests_total{code=\"500\"})");
    assert_int_equal(s->n, 1);
    assert_near(s->values[0], 2);
    assert_int_equal(test_series(&t.reading, "cart", "errors")->n, 2);
    read_text("sep=;\nTime;\"\"\n1674986400000;10\n");
    assert_int_equal(test_series(&t.reading, "shop", "errors")->n, 1);
}

static void keeps_a_name_that_only_looks_labelled(void **state)
{
    (void)state;
    read_text("sep=,\nTime,cpu {not labels},\"{a=\"\"b}\"\n1674986400,1,2\n");
    assert_int_equal(test_series(&t.reading, "shop", "cpu {not labels}")->n, 1);
    assert_int_equal(test_series(&t.reading, "shop", "{a=\"b}")->n, 1);
}

static void leaves_other_tables_to_other_readers(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "time,cpu,load\n1600000000,1,2\n",
        "time,component,metric,value\n1600000000,c,m,1\n",
        "\"Time\",\"shop/cpu\"\n2023-01-29 10:00:00,1\n",
        "Time,Level,Message\n2023-01-29 10:00:00,INFO,started\n",
        "Metric,Value\na,1\n",
        "timeline of the incident\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(hc_reader_metrics_grafana.bid(hc_str_of(texts[i]), &t.context), 0);
}

/* Of a column in which all cells are values one that has a unit is enough. */
static void is_told_by_a_unit_in_any_row(void **state)
{
    (void)state;
    read_text("Time,load\n2023-01-29 10:00:00,950\n2023-01-29 10:01:00,1.2 K\n2023-01-29 10:02:00,null\n"
              "2023-01-29 10:03:00,960\n");
    const struct hc_read_series *s = test_series(&t.reading, "shop", "load");
    assert_int_equal(s->n, 3);
    assert_near(s->values[0], 950);
    assert_near(s->values[1], 1200);
    read_text("Time,load,latency\n2023-01-29 10:00:00,1,0\n2023-01-29 10:01:00,2,3 ms\n");
    assert_near(test_series(&t.reading, "shop", "latency")->values[1], 0.003);
    hc_reading_init(&t.reading, t.arena);
    (void)test_read(&t, "Time,message\n2023-01-29 10:00:00,started\n2023-01-29 10:01:00,3 retries left\n");
    assert_text(t.file.format, "logs-csv");
}

static void leaves_out_a_unit_that_is_none(void **state)
{
    (void)state;
    read_text("Series,Time,Value\nload,2023-01-29 10:00:00,5 alice@example.com\n");
    const struct hc_read_series *s = test_series(&t.reading, "shop", "load");
    assert_int_equal(s->n, 1);
    assert_text(s->unit, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_series_joined_by_time, fresh, spent),
        cmocka_unit_test_setup_teardown(leaves_logs_whose_messages_begin_with_a_number, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_series_as_rows, fresh, spent),
        cmocka_unit_test_setup_teardown(says_where_a_row_is_damaged, fresh, spent),
        cmocka_unit_test_setup_teardown(refuses_what_only_begins_as_a_number, fresh, spent),
        cmocka_unit_test_setup_teardown(takes_an_overflow_for_a_gap, fresh, spent),
        cmocka_unit_test_setup_teardown(counts_a_row_of_bad_cells_once, fresh, spent),
        cmocka_unit_test_setup_teardown(undoes_groups_of_three_digits, fresh, spent),
        cmocka_unit_test_setup_teardown(brings_scaled_units_to_one, fresh, spent),
        cmocka_unit_test_setup_teardown(mixes_no_units_of_which_one_is_not_known, fresh, spent),
        cmocka_unit_test_setup_teardown(takes_names_as_prometheus_has_them, fresh, spent),
        cmocka_unit_test_setup_teardown(keeps_a_name_that_only_looks_labelled, fresh, spent),
        cmocka_unit_test_setup_teardown(leaves_other_tables_to_other_readers, fresh, spent),
        cmocka_unit_test_setup_teardown(is_told_by_a_unit_in_any_row, fresh, spent),
        cmocka_unit_test_setup_teardown(leaves_out_a_unit_that_is_none, fresh, spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
