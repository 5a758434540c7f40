/* Tables of metrics as other tools write them: without a component, parted otherwise, with units in their names. */
#include "tests/unit/ingest/reading.h"

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

/* Told apart by the metric's name, whoever they are of. */
static void reads_long_rows_without_a_component(void **state)
{
    (void)state;
    t.context.service = HC_STR("shop");
    assert_int_equal(test_read(&t, "time,metric,value,unit\n60,cpu,1,%\n60,memory,100,MB\n120,cpu,2,%\n"), HC_OK);
    assert_text(t.file.format, "metrics-csv-long");
    assert_int_equal(test_series(&t.reading, "shop", "cpu")->n, 2);
    assert_true(test_series(&t.reading, "shop", "memory")->values[0] == 100);
}

static void takes_what_labels_name_as_the_component_of_long_rows(void **state)
{
    (void)state;
    assert_int_equal(test_read(&t, "timestamp,host,pod,metric,value\n60,h,a,cpu,1\n60,h,b,cpu,2\n"), HC_OK);
    assert_true(test_series(&t.reading, "a", "cpu")->values[0] == 1);
    assert_true(test_series(&t.reading, "b", "cpu")->values[0] == 2);
}

/* Lines stay lines; a comma within a field is no end of it, and a decimal comma no number. */
static void reads_tables_parted_by_semicolons_and_tabs(void **state)
{
    (void)state;
    t.context.service = HC_STR("shop");
    assert_int_equal(test_read(&t, "timestamp;cpu;\"a;b\"\r\n60;1.5;10\r\n120;2,5;20\r\n180;\"3\";30\r\n"), HC_OK);
    assert_text(t.file.format, "metrics-csv-wide");
    assert_int_equal(test_series(&t.reading, "shop", "cpu")->n, 2);
    assert_true(test_series(&t.reading, "shop", "cpu")->values[1] == 3);
    assert_int_equal(test_series(&t.reading, "shop", "a;b")->n, 3);
    assert_int_equal(test_warnings(&t.reading, "bad-number"), 1);
    assert_int_equal(t.reading.warnings.items[0].line, 3);
    hc_reading_init(&t.reading, t.arena);
    assert_int_equal(test_read(&t, "time\tcomponent\tmetric\tvalue\n60\ta\tx, y\t1\n120\ta\tx, y\t2\n"), HC_OK);
    assert_text(t.file.format, "metrics-csv-long");
    assert_int_equal(test_series(&t.reading, "a", "x, y")->n, 2);
    hc_reading_init(&t.reading, t.arena);
    assert_int_equal(test_read(&t, "Time;kind;component;message\n60;restart;a;of it, and so on\n"), HC_OK);
    assert_text(t.file.format, "events-csv");
    assert_text(t.reading.events[0].message, "of it, and so on");
}

static void a_quote_that_nothing_closes_costs_its_row_whatever_parts_the_fields(void **state)
{
    (void)state;
    t.context.service = HC_STR("shop");
    assert_int_equal(test_read(&t, "timestamp;cpu\n60;1\n120;\"2\n180;3\n"), HC_OK);
    assert_int_equal(test_series(&t.reading, "shop", "cpu")->n, 2);
    assert_int_equal(t.file.n_bad_rows, 1);
    assert_int_equal(test_warnings(&t.reading, "csv-quotes"), 1);
}

static void assert_unit(const char *metric, const char *unit)
{
    assert_text(test_series(&t.reading, "shop", metric)->unit, unit);
}

static void takes_the_unit_that_a_name_tells(void **state)
{
    (void)state;
    t.entry = (struct hc_entry){.kind = HC_STR("metrics"), .component = HC_STR("shop")};
    assert_int_equal(test_read(&t, "time,cpu (%),memory [MB],latency_ms,disk_bytes,cpu (user),wait (s),in (req/s),"
                                   "items,_ms,used (B),heap_used_mb,rows_total\n60,1,2,3,4,5,6,7,8,9,10,11,12\n"),
                     HC_OK);
    assert_unit("cpu (%)", "percent");
    assert_unit("memory [MB]", "MB");
    assert_unit("latency_ms", "ms");
    assert_unit("disk_bytes", "bytes");
    assert_unit("cpu (user)", "");
    assert_unit("wait (s)", "s");
    assert_unit("in (req/s)", "req/s");
    assert_unit("items", "");
    assert_unit("_ms", "");
    assert_unit("used (B)", "bytes");
    assert_unit("heap_used_mb", "MB");
    assert_unit("rows_total", "");
    t.entry = (struct hc_entry){.kind = HC_STR_NONE};
    hc_reading_init(&t.reading, t.arena);
    assert_int_equal(test_read(&t, "time,shop/in (req/s),shop/of [it/all]\n60,1,2\n"), HC_OK);
    assert_unit("in (req/s)", "req/s");
    assert_unit("of [it/all]", "");
    hc_reading_init(&t.reading, t.arena);
    assert_int_equal(test_read(&t, "time,component,metric,value,unit\n60,shop,latency_ms,1,\n60,shop,used_mb,1,kB\n"),
                     HC_OK);
    assert_unit("latency_ms", "ms");
    assert_unit("used_mb", "kB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_long_rows_without_a_component, fresh, spent),
        cmocka_unit_test_setup_teardown(takes_what_labels_name_as_the_component_of_long_rows, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_tables_parted_by_semicolons_and_tabs, fresh, spent),
        cmocka_unit_test_setup_teardown(a_quote_that_nothing_closes_costs_its_row_whatever_parts_the_fields, fresh,
                                        spent),
        cmocka_unit_test_setup_teardown(takes_the_unit_that_a_name_tells, fresh, spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
