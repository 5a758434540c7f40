#include "tests/unit/ingest/reading.h"

#include <math.h>

static struct test_reading t;

static int begin(void **state)
{
    (void)state;
    test_reading_open(&t);
    return 0;
}

static int end(void **state)
{
    (void)state;
    test_reading_close(&t);
    return 0;
}

static void assert_points(const struct hc_read_series *series, const double (*points)[2], size_t n)
{
    assert_int_equal(series->n, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(series->at_ns[i], (int64_t)points[i][0] * HC_NS_PER_SECOND);
        assert_true(fabs(series->values[i] - points[i][1]) < 1e-9);
    }
}

#define POINTS(...) (const double[][2]){__VA_ARGS__}, sizeof((const double[][2]){__VA_ARGS__}) / sizeof(double[2])

/* As Prometheus 3 writes names of other characters, and as `promtool tsdb dump` writes all. */
static void a_name_may_stand_among_the_labels(void **state)
{
    (void)state;
    assert_int_equal(test_read(&t, "# TYPE \"http.in-flight\" gauge\n"
                                   "{\"http.in-flight\",app=\"shop\",\"net.peer-name\"=\"x\"} 3 1600000000\n"
                                   "{__name__=\"up\",app=\"shop\"} 1 1600000000000\n"
                                   "{app=\"shop\"} 1 1600000000000\n"
                                   "{\"a\",\"b\"} 1 1600000000000\n"),
                     HC_OK);
    assert_points(test_series(&t.reading, "shop", "http.in-flight{net.peer-name=\"x\"}"), POINTS({1600000000, 3}));
    assert_points(test_series(&t.reading, "shop", "up"), POINTS({1600000000, 1}));
    assert_int_equal(t.file.n_bad_rows, 2);
    hc_reading_init(&t.reading, t.arena);
    assert_int_equal(test_read(&t, "{__name__=\"up\",app=\"shop\"} 1 1600000000000\n"), HC_OK);
    assert_text(t.file.format, "metrics-openmetrics");
}

#define GOROUTINES "go_goroutines 12 1600000000000\ngo_goroutines 14 1600000060000\n"

static void tells_samples_without_labels_by_their_time(void **state)
{
    (void)state;
    t.context.service = HC_STR("shop");
    assert_int_equal(test_read(&t, GOROUTINES), HC_OK);
    assert_text(t.file.format, "metrics-openmetrics");
    assert_points(test_series(&t.reading, "shop", "go_goroutines"), POINTS({1600000000, 12}, {1600000060, 14}));
    hc_reading_init(&t.reading, t.arena);
    assert_int_equal(test_read(&t, "go_gor\x01\n" GOROUTINES), HC_OK);
    assert_int_equal(t.file.n_bad_rows, 1);
    assert_int_equal(t.reading.warnings.items[0].line, 1);
    hc_reading_init(&t.reading, t.arena);
    assert_int_equal(test_read(&t, "retry 3 5\n"), HC_SKIP);
    hc_reading_init(&t.reading, t.arena);
    assert_int_equal(test_read(&t, "worker 3 1600000000 started\n"), HC_SKIP);
}

/* Without a type: half is where a restart may leave a counter. */
static void a_lone_count_that_falls_a_little_is_no_counter(void **state)
{
    (void)state;
    assert_int_equal(test_read(&t, "threads_count{app=\"shop\"} 200 1600000000\n"
                                   "threads_count{app=\"shop\"} 150 1600000060\n"
                                   "seen_count{app=\"shop\"} 200 1600000000\n"
                                   "seen_count{app=\"shop\"} 60 1600000060\n"
                                   "memory_sum{app=\"shop\"} 9 1600000000\n"
                                   "memory_sum{app=\"shop\"} 8 1600000060\n"
                                   "wait_seconds_sum{app=\"shop\"} 1 1600000000\n"
                                   "wait_seconds_sum{app=\"shop\"} 7 1600000060\n"
                                   "# TYPE told_count counter\n"
                                   "told_count{app=\"shop\"} 200 1600000000\n"
                                   "told_count{app=\"shop\"} 150 1600000060\n"),
                     HC_OK);
    const struct hc_read_series *threads = test_series(&t.reading, "shop", "threads_count");
    assert_points(threads, POINTS({1600000000, 200}, {1600000060, 150}));
    assert_text(threads->unit, "");
    assert_points(test_series(&t.reading, "shop", "rate(seen_count)"), POINTS({1600000060, 1}));
    assert_points(test_series(&t.reading, "shop", "memory_sum"), POINTS({1600000000, 9}, {1600000060, 8}));
    assert_points(test_series(&t.reading, "shop", "rate(wait_seconds_sum)"), POINTS({1600000060, 0.1}));
    assert_points(test_series(&t.reading, "shop", "rate(told_count)"), POINTS({1600000060, 2.5}));
}

static void a_native_histogram_becomes_a_mean_and_a_rate(void **state)
{
    (void)state;
    static const char text[] =
        "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"__name__\":\"wait\","
        "\"app\":\"shop\"},\"histograms\":[[1600000000,{\"count\":\"10\",\"sum\":\"1.5\",\"buckets\":[[1,\"0\",\"1\",\"10\"]]}],"
        "[1600000060,{\"count\":\"70\",\"sum\":\"31.5\"}],[1600000120,{\"sum\":\"31.5\"}]]}]}}";
    assert_int_equal(test_read(&t, text), HC_OK);
    assert_points(test_series(&t.reading, "shop", "rate(wait_count)"), POINTS({1600000060, 1}));
    assert_points(test_series(&t.reading, "shop", "mean(wait)"), POINTS({1600000060, 0.5}));
    assert_int_equal(t.file.n_rows, 3);
    assert_int_equal(t.file.n_bad_rows, 1);
    assert_int_equal(test_warnings(&t.reading, "metrics-sample"), 1);
}

static void reads_the_example_of_the_text_format(void **state)
{
    (void)state;
    assert_int_equal(test_read(&t,
                               "# HELP http_requests_total The total number of HTTP requests.\n"
                               "# TYPE http_requests_total gauge\n"
                               "http_requests_total{method=\"post\",code=\"200\",app=\"shop\"} 1027 1395066363000\n"
                               "http_requests_total{code=\"400\",method=\"post\",app=\"shop\",}    3 1395066363000\n"
                               "\n"
                               "# Escaping in label values:\n"
                               "msdos_file_access_time_seconds{path=\"C:\\\\DIR\\\\FILE.TXT\",error=\"no "
                               "file:\\n\\\"FILE.TXT\\\"\",pod=\"a\"} 1.458255915e9 1395066364000\n"
                               "metric_without_timestamp_and_labels 12.47\n"
                               "something_weird{problem=\"division by zero\",pod=\"a\"} +Inf 1395066363000\n"),
                     HC_OK);
    assert_text(t.file.format, "metrics-openmetrics");
    assert_int_equal(t.reading.n_rows, 5);
    assert_int_equal(t.reading.n_bad_rows, 0);
    assert_points(test_series(&t.reading, "shop", "http_requests_total{code=\"200\",method=\"post\"}"),
                  POINTS({1395066363, 1027}));
    assert_points(test_series(&t.reading, "shop", "http_requests_total{code=\"400\",method=\"post\"}"),
                  POINTS({1395066363, 3}));
    const struct hc_read_series *file = test_series(
        &t.reading, "a", "msdos_file_access_time_seconds{error=\"no file:\n\"FILE.TXT\"\",path=\"C:\\DIR\\FILE.TXT\"}");
    assert_points(file, POINTS({1395066364, 1.458255915e9}));
    assert_text(file->unit, "seconds");
    assert_int_equal(file->line, 7);
    assert_int_equal(test_warnings(&t.reading, "metrics-untimed"), 1);
}

static void a_counter_becomes_a_rate_and_a_fall_is_a_reset(void **state)
{
    (void)state;
    t.context.service = HC_STR("shop");
    assert_int_equal(test_read(&t, "# TYPE sent_bytes counter\n"
                                   "sent_bytes_total 100 1600000000\n"
                                   "sent_bytes_total 160 1600000060\n"
                                   "sent_bytes_total 30 1600000120\n"
                                   "sent_bytes_total 30 1600000180\n"
                                   "sent_bytes_created 1600000000 1600000000\n"
                                   "# EOF\n"),
                     HC_OK);
    const struct hc_read_series *rate = test_series(&t.reading, "shop", "rate(sent_bytes_total)");
    assert_points(rate, POINTS({1600000060, 1}, {1600000120, 0.5}, {1600000180, 0}));
    assert_text(rate->unit, "bytes/s");
    assert_int_equal(t.reading.n_series, 1);
}

/* Ten observations a minute: half below 0.1 s; then two of ten. */
static void a_histogram_becomes_its_mean_and_its_percentile(void **state)
{
    (void)state;
    assert_int_equal(test_read(&t, "# TYPE latency_seconds histogram\n"
                                   "latency_seconds_bucket{service=\"api\",le=\"0.1\"} 0 1600000000\n"
                                   "latency_seconds_bucket{service=\"api\",le=\"+Inf\"} 0 1600000000\n"
                                   "latency_seconds_bucket{service=\"api\",le=\"1.0\"} 0 1600000000\n"
                                   "latency_seconds_sum{service=\"api\"} 0 1600000000\n"
                                   "latency_seconds_count{service=\"api\"} 0 1600000000\n"
                                   "latency_seconds_bucket{service=\"api\",le=\"0.1\"} 5 1600000060\n"
                                   "latency_seconds_bucket{service=\"api\",le=\"+Inf\"} 10 1600000060\n"
                                   "latency_seconds_bucket{service=\"api\",le=\"1.0\"} 10 1600000060\n"
                                   "latency_seconds_sum{service=\"api\"} 3 1600000060\n"
                                   "latency_seconds_count{service=\"api\"} 10 1600000060\n"
                                   "latency_seconds_bucket{service=\"api\",le=\"0.1\"} 7 1600000120\n"
                                   "latency_seconds_bucket{service=\"api\",le=\"+Inf\"} 20 1600000120\n"
                                   "latency_seconds_bucket{service=\"api\",le=\"1.0\"} 12 1600000120\n"
                                   "latency_seconds_sum{service=\"api\"} 23 1600000120\n"
                                   "latency_seconds_count{service=\"api\"} 20 1600000120\n"),
                     HC_OK);
    assert_points(test_series(&t.reading, "api", "mean(latency_seconds)"), POINTS({1600000060, 0.3}, {1600000120, 2}));
    /* 9.9 of 10: .1 + .9 * 4.9 / 5; then it lies in the bucket without an end. */
    assert_points(test_series(&t.reading, "api", "p99(latency_seconds)"), POINTS({1600000060, 0.982}, {1600000120, 1}));
    const struct hc_read_series *rate = test_series(&t.reading, "api", "rate(latency_seconds_count)");
    assert_points(rate, POINTS({1600000060, 10.0 / 60}, {1600000120, 10.0 / 60}));
    assert_text(rate->unit, "1/s");
}

static void a_damaged_line_costs_itself(void **state)
{
    (void)state;
    t.context.service = HC_STR("shop");
    assert_int_equal(test_read(&t, "# TYPE up gauge\n"
                                   "up 1 1600000000\n"
                                   "up{broken 1 1600000060\n"
                                   "up{a=\"unending 1 1600000060\n"
                                   "up one 1600000060\n"
                                   "up 1 later\n"
                                   "up 0 1600000120\n"),
                     HC_OK);
    assert_int_equal(t.reading.n_bad_rows, 4);
    assert_int_equal(test_warnings(&t.reading, "metrics-sample"), 4);
    assert_int_equal(t.reading.warnings.items[0].line, 3);
    assert_points(test_series(&t.reading, "shop", "up"), POINTS({1600000000, 1}, {1600000120, 0}));
}

static void the_component_is_the_entrys_or_the_label_that_the_manifest_knows(void **state)
{
    (void)state;
    struct hc_names known;
    hc_names_init(&known, t.arena);
    hc_names_add(&known, HC_STR("cart"));
    t.context.known_components = &known;
    assert_int_equal(test_read(&t, "# TYPE up gauge\nup{job=\"kube\",pod=\"cart\",zone=\"b\"} 1 1600000000\n"
                                   "up{job=\"kube\",pod=\"other\"} 1 1600000000\n"),
                     HC_OK);
    test_series(&t.reading, "cart", "up{job=\"kube\",zone=\"b\"}");
    test_series(&t.reading, "other", "up{job=\"kube\"}");
    hc_reading_init(&t.reading, t.arena);
    t.entry = (struct hc_entry){.kind = HC_STR("metrics"), .component = HC_STR("db")};
    assert_int_equal(test_read(&t, "# TYPE up gauge\nup{job=\"kube\"} 1 1600000000\nup{service=\"db\"} 1 1600000000\n"),
                     HC_OK);
    test_series(&t.reading, "db", "up{job=\"kube\"}");
    test_series(&t.reading, "db", "up");
}

static void reads_an_answer_to_a_range_query(void **state)
{
    (void)state;
    t.context.member = HC_STR("metrics/error_rate.json");
    assert_int_equal(
        test_read(&t,
                  "{\n  \"status\": \"success\",\n  \"data\": {\n    \"resultType\": \"matrix\",\n    \"result\": [\n"
                  "{\"metric\": {\"__name__\": \"up\", \"job\": \"node\", \"instance\": \"localhost:9091\"},\n"
                  "\"values\": [[1435781430.781, \"0\"], [1435781445, \"1\"], [1435781460, \"NaN\"]]},\n"
                  "{\"metric\": {\"service\": \"caf\\u00e9\"}, \"values\": [[1435781430, \"0.5\"], [\"x\", "
                  "\"1\"]]},\n"
                  "{\"metric\": {\"__name__\": \"hits_total\", \"service\": \"api\"}, \"values\": [[1435781400, "
                  "\"6\"], [1435781430, \"36\"]]}\n]}}"),
        HC_OK);
    assert_text(t.file.format, "metrics-prometheus");
    const struct hc_read_series *up = test_series(&t.reading, "node", "up{instance=\"localhost:9091\"}");
    assert_int_equal(up->n, 2);
    assert_int_equal(up->at_ns[0], INT64_C(1435781430781000000));
    assert_points(test_series(&t.reading, "caf\xC3\xA9", "error_rate"), POINTS({1435781430, 0.5}));
    assert_points(test_series(&t.reading, "api", "rate(hits_total)"), POINTS({1435781430, 1}));
    assert_int_equal(t.reading.n_bad_rows, 1);
    assert_int_equal(t.reading.warnings.items[0].line, 8);
}

static void reads_an_instant_vector_and_a_list_of_answers(void **state)
{
    (void)state;
    t.context.service = HC_STR("shop");
    assert_int_equal(
        test_read(&t,
                  "[{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"__name__\":"
                  "\"up\"},\"value\":[1435781451.781,\"1\"]}]}},{\"data\":{\"resultType\":\"matrix\",\"result\":[]}}]"),
        HC_OK);
    assert_int_equal(test_series(&t.reading, "shop", "up")->n, 1);
}

static void an_answer_that_is_cut_short_is_read_up_to_there(void **state)
{
    (void)state;
    t.context.service = HC_STR("shop");
    assert_int_equal(test_read(&t, "{\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"__name__\":\"up\"},"
                                   "\n\"values\":[[1435781430,\"1\"],\n[1435781"),
                     HC_OK);
    assert_points(test_series(&t.reading, "shop", "up"), POINTS({1435781430, 1}));
    assert_int_equal(test_warnings(&t.reading, "json-syntax"), 1);
    assert_int_equal(t.reading.warnings.items[0].line, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_name_may_stand_among_the_labels, begin, end),
        cmocka_unit_test_setup_teardown(tells_samples_without_labels_by_their_time, begin, end),
        cmocka_unit_test_setup_teardown(a_lone_count_that_falls_a_little_is_no_counter, begin, end),
        cmocka_unit_test_setup_teardown(a_native_histogram_becomes_a_mean_and_a_rate, begin, end),
        cmocka_unit_test_setup_teardown(reads_the_example_of_the_text_format, begin, end),
        cmocka_unit_test_setup_teardown(a_counter_becomes_a_rate_and_a_fall_is_a_reset, begin, end),
        cmocka_unit_test_setup_teardown(a_histogram_becomes_its_mean_and_its_percentile, begin, end),
        cmocka_unit_test_setup_teardown(a_damaged_line_costs_itself, begin, end),
        cmocka_unit_test_setup_teardown(the_component_is_the_entrys_or_the_label_that_the_manifest_knows, begin, end),
        cmocka_unit_test_setup_teardown(reads_an_answer_to_a_range_query, begin, end),
        cmocka_unit_test_setup_teardown(reads_an_instant_vector_and_a_list_of_answers, begin, end),
        cmocka_unit_test_setup_teardown(an_answer_that_is_cut_short_is_read_up_to_there, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
