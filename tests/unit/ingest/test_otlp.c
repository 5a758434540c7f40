/* OTLP's metrics and logs as JSON, field by field; the samples are those of tests/bundles/otlp. */
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

static void read_sample(const char *name, const char *format)
{
    char path[512];
    (void)snprintf(path, sizeof path, HC_SOURCE_DIR "/tests/bundles/otlp/%s", name);
    FILE *file = fopen(path, "rb");
    char *text = hc_arena_calloc(t.arena, 1, 16384);
    assert_true(file != NULL && text != NULL);
    assert_true(fread(text, 1, 16383, file) > 0);
    (void)fclose(file);
    assert_int_equal(test_read(&t, text), HC_OK);
    assert_text(t.file.format, format);
}

/* Times are seconds from 1600000000 on. */
static void assert_points(const char *component, const char *metric, const char *unit, size_t n,
                          const double points[][2])
{
    const struct hc_read_series *s = test_series(&t.reading, component, metric);
    assert_text(s->unit, unit);
    assert_int_equal(s->n, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(s->at_ns[i], (1600000000 + (int64_t)points[i][0]) * HC_NS_PER_SECOND);
        assert_true(fabs(s->values[i] - points[i][1]) <= 1e-9 * fabs(points[i][1]));
    }
}

#define INSTANCE "instance=\"checkout-7d9f\""

static void reads_gauges_and_sums(void **state)
{
    (void)state;
    read_sample("metrics.json", "metrics-otlp");
    assert_text(t.file.kind, "metrics");
    assert_int_equal(t.reading.warnings.n, 0);
    assert_int_equal(t.file.n_rows, 19);
    assert_int_equal(t.file.n_bad_rows, 0);
    assert_points("checkout", "process.memory.usage{" INSTANCE ",state=\"used\"}", "bytes", 2,
                  (const double[][2]){{0, 340}, {60, 980.5}});
    assert_points("checkout", "rate(http.requests{code=\"500\"," INSTANCE "})", "request/s", 2,
                  (const double[][2]){{60, 1}, {120, 0.5}});
    assert_points("checkout", "rate(jobs.done{" INSTANCE "})", "1/s", 2, (const double[][2]){{60, 1}, {120, 2}});
    assert_points("checkout", "queue.depth{" INSTANCE "}", "", 3, (const double[][2]){{0, 0}, {60, 5}, {120, 3}});
    assert_points("checkout", "open.files{" INSTANCE "}", "", 2, (const double[][2]){{60, 9}, {120, 4}});
}

/* The same of both temporalities: .1 + .9 * 4.9 / 5 for 9.9 of 10. */
static void reads_histograms_and_summaries(void **state)
{
    (void)state;
    read_sample("metrics.json", "metrics-otlp");
    assert_points("checkout", "mean(http.duration{" INSTANCE "})", "s", 1, (const double[][2]){{60, 0.3}});
    assert_points("checkout", "p99(http.duration{" INSTANCE "})", "s", 1, (const double[][2]){{60, 0.982}});
    assert_points("checkout", "mean(db.duration{" INSTANCE "})", "s", 2, (const double[][2]){{60, 0.3}, {120, 2}});
    assert_points("checkout", "p99(db.duration{" INSTANCE "})", "s", 2, (const double[][2]){{60, 0.982}, {120, 1}});
    assert_points("checkout", "rate(db.duration_count{" INSTANCE "})", "1/s", 2,
                  (const double[][2]){{60, 10.0 / 60}, {120, 10.0 / 60}});
    assert_points("checkout", "mean(rpc.duration{" INSTANCE "})", "ms", 1, (const double[][2]){{60, 2.5}});
    assert_points("checkout", "mean(gc.pause{" INSTANCE "})", "s", 1, (const double[][2]){{60, 0.5}});
    assert_points("checkout", "gc.pause{" INSTANCE ",quantile=\"0.99\"}", "s", 2,
                  (const double[][2]){{0, 0.9}, {60, 1.9}});
}

#define RESOURCE "{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"cart\"}}]},"
#define METRICS                                                                                                        \
    "\"resourceMetrics\":[" RESOURCE "\"scopeMetrics\":[{\"metrics\":[{\"name\":\"depth\",\"gauge\":{\"dataPoints\":[" \
    "{\"timeUnixNano\":1600000000000000000,\"asInt\":5}]}}]}]}]"
#define LOGS                                                                                                   \
    "\"resourceLogs\":[" RESOURCE "\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":\"1600000000000000000\"," \
    "\"severityNumber\":17,\"body\":{\"stringValue\":\"payment failed\"}}]}]}]"
#define SPANS(key)                                                                                            \
    "\"" key "\":[" RESOURCE "\"scopeSpans\":[{\"spans\":[{\"traceId\":\"5b8efff798038103d269b633813fc60c\"," \
    "\"spanId\":\"eee19b7ec3c1b174\",\"name\":\"add\",\"startTimeUnixNano\":\"1600000000000000000\","         \
    "\"endTimeUnixNano\":\"1600000001000000000\"}]}]}]"

static void reads_all_signals_of_a_file(void **state)
{
    (void)state;
    static const char *const texts[] = {"{" METRICS "}\n{" SPANS("resourceSpans") "}\n{" LOGS "}\n",
                                        "{" METRICS "," SPANS("resourceSpans") "," LOGS "}"};
    static const char *const kinds[] = {"metrics", "logs", "traces"};
    for (int i = 0; i < 6; i++) {
        hc_reading_init(&t.reading, t.arena);
        t.entry = (struct hc_entry){.kind = i < 3 ? hc_str_of(kinds[i]) : HC_STR_NONE};
        assert_int_equal(test_read(&t, texts[i % 2]), HC_OK);
        assert_text(t.file.kind, i < 3 ? kinds[i] : "metrics");
        assert_points("cart", "depth", "", 1, (const double[][2]){{0, 5}});
        assert_int_equal(t.reading.n_spans, 1);
        assert_int_equal(t.reading.n_logs, 1);
        assert_int_equal(t.file.n_rows, 3);
        assert_int_equal(t.reading.warnings.n, 0);
    }
}

static void reads_a_trace_as_those_who_store_it_answer(void **state)
{
    (void)state;
    static const char *const texts[] = {"{" SPANS("batches") "}", "{\"trace\":{" SPANS("resourceSpans") "}}",
                                        "{\"result\":{" SPANS("resourceSpans") "}}\n"};
    for (size_t i = 0; i < 3; i++) {
        hc_reading_init(&t.reading, t.arena);
        assert_int_equal(test_read(&t, texts[i]), HC_OK);
        assert_text(t.file.format, "traces-otlp");
        assert_int_equal(t.reading.n_spans, 1);
    }
}

static void an_entry_that_names_a_signal_that_is_not_there_is_wrong(void **state)
{
    (void)state;
    t.entry = (struct hc_entry){.kind = HC_STR("traces")};
    assert_int_equal(test_read(&t, "{" METRICS "}"), HC_OK);
    assert_text(t.file.kind, "metrics");
    assert_int_equal(test_warnings(&t.reading, "format-disagrees"), 1);
}

static void says_which_samples_are_damaged(void **state)
{
    (void)state;
    read_sample("metrics-damaged.jsonl", "metrics-otlp");
    assert_points("cart-1", "cpu", "", 1, (const double[][2]){{0, 0.5}});
    assert_points("cart", "load", "", 1, (const double[][2]){{60, 0.25}}); /* of a line that is cut short */
    static const long lines[] = {2, 2, 2, 3, 3, 3};
    assert_int_equal(test_warnings(&t.reading, "metrics-sample"), 6);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(t.reading.warnings.items[i].line, lines[i]);
    assert_int_equal(test_warnings(&t.reading, "metrics-document"), 1);
    assert_int_equal(test_warnings(&t.reading, "json-syntax"), 1);
    assert_int_equal(t.file.n_bad_rows, 8);
    assert_int_equal(t.file.n_rows, 10);
}

static const struct hc_read_log *log_of(const char *exemplar)
{
    for (size_t i = 0; i < t.reading.n_logs; i++)
        if (hc_str_is(t.reading.logs[i].exemplar, exemplar))
            return &t.reading.logs[i];
    fail_msg("no log line \"%s\"", exemplar);
    return NULL;
}

static void assert_log(const char *message, int level, int64_t second)
{
    const struct hc_read_log *log = log_of(message);
    assert_int_equal(log->level, level);
    assert_int_equal(log->first_at.ns, (1600000000 + second) * HC_NS_PER_SECOND);
}

static void reads_log_records(void **state)
{
    (void)state;
    read_sample("logs.json", "logs-otlp");
    assert_text(t.file.kind, "logs");
    assert_int_equal(t.reading.warnings.n, 0);
    assert_int_equal(t.file.n_rows, 6);
    assert_log("payment of order 17 refused", HC_LOG_ERROR, 0);
    assert_log("retries=3 target=bank", HC_LOG_WARN, 60);
    assert_log("cart emptied", HC_LOG_INFO, 120);
    assert_log("disk is full", HC_LOG_ERROR, 120);
    assert_log("a true", HC_LOG_NONE, 180);
    assert_log("session.start", HC_LOG_INFO, 180);
    const struct hc_read_log *first = log_of("payment of order 17 refused");
    assert_text(t.reading.components.items[first->component], "checkout");
    assert_int_equal(first->first_line, 9);
    assert_int_equal(t.reading.n_events, 3); /* from warn on, of a small log */
    assert_text(t.reading.events[0].message, "payment of order 17 refused");
    assert_int_equal(t.reading.n_steps, 1);
    assert_int_equal(t.reading.steps[0].trace, hc_str_hash(HC_STR("5b8efff798038103d269b633813fc60c")));
}

static void says_which_records_are_damaged(void **state)
{
    (void)state;
    read_sample("logs-damaged.jsonl", "logs-otlp");
    assert_int_equal(t.file.n_rows, 8);
    assert_int_equal(t.file.n_bad_rows, 5);
    assert_int_equal(test_warnings(&t.reading, "bad-time"), 1);
    assert_int_equal(test_warnings(&t.reading, "log-record"), 2);
    assert_int_equal(test_warnings(&t.reading, "log-document"), 1);
    assert_int_equal(test_warnings(&t.reading, "json-syntax"), 1);
    assert_log("first", HC_LOG_WARN, 0);
    assert_log("last whole", HC_LOG_FATAL, 120);
    assert_int_equal(t.reading.n_logs, 3);
}

/* The entry's component wins over the resource's. */
static void takes_the_component_from_the_entry_first(void **state)
{
    (void)state;
    t.entry = (struct hc_entry){.kind = HC_STR("logs"), .component = HC_STR("edge")};
    read_sample("logs.json", "logs-otlp");
    assert_text(t.reading.components.items[t.reading.logs[0].component], "edge");
}

/* What overflows is left out, as far too short steps and far too large sums. */
static void keeps_only_finite_values(void **state)
{
    (void)state;
    static const char text[] =
        "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"n\",\"sum\":{\"aggregationTemporality\":2,"
        "\"isMonotonic\":true,\"dataPoints\":[{\"asDouble\":0,\"timeUnixNano\":\"1600000000000000000\"},"
        "{\"asDouble\":1e308,\"timeUnixNano\":\"1600000000000000001\"},"
        "{\"asDouble\":1e308,\"timeUnixNano\":\"1600000001000000001\"}]}},"
        "{\"name\":\"d\",\"sum\":{\"aggregationTemporality\":1,\"dataPoints\":["
        "{\"asDouble\":1e308,\"timeUnixNano\":\"1600000000000000000\"},"
        "{\"asDouble\":1e308,\"timeUnixNano\":\"1600000060000000000\"}]}}]}]}]}";
    assert_int_equal(test_read(&t, text), HC_OK);
    const struct hc_read_series *rate = test_series(&t.reading, "shop", "rate(n)");
    assert_int_equal(rate->n, 1);
    assert_int_equal(rate->at_ns[0], 1600000001000000001);
    assert_true(isfinite(test_series(&t.reading, "shop", "d")->values[1]));
}

/* `S` stands for the zeros behind a time of seconds. */
#define S "000000000\""
#define POINT(start, at) "{\"startTimeUnixNano\":\"" start S ",\"timeUnixNano\":\"" at S ","

/* Reads what was formatted, and frees it. */
static void read_formatted(struct hc_buf *text)
{
    hc_buf_char(text, '\0');
    char *copy = hc_arena_alloc(t.arena, text->n);
    assert_true(copy != NULL && !text->failed);
    memcpy(copy, text->p, text->n);
    hc_buf_free(text);
    hc_reading_init(&t.reading, t.arena);
    assert_int_equal(test_read(&t, copy), HC_OK);
}

static void read_metric(const char *metric)
{
    struct hc_buf text = {0};
    hc_buf_format(&text, "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[%s]}]}]}", metric);
    read_formatted(&text);
}

/* An hour without export; then a start that is a little late, as timers are. */
static void a_delta_counts_from_its_own_start(void **state)
{
    (void)state;
    read_metric("{\"name\":\"n\",\"sum\":{\"aggregationTemporality\":1,\"isMonotonic\":true,\"dataPoints\":[" POINT(
        "1600000000",
        "1600000060") "\"asInt\":\"60\"}," POINT("1600003600",
                                                 "1600003660") "\"asInt\":\"600\"}," POINT("1600003661",
                                                                                           "1600003720") "\"asInt\":\"120\"}]}}");
    assert_points("shop", "rate(n)", "1/s", 4, (const double[][2]){{60, 1}, {3600, 0}, {3660, 10}, {3720, 2}});
    read_metric("{\"name\":\"h\",\"histogram\":{\"aggregationTemporality\":1,\"dataPoints\":[" POINT(
        "1600003600",
        "1600003660") "\"count\":10,\"sum\":30,\"bucketCounts\":[10,0],\"explicitBounds\":[4]}," POINT("1600000000",
                                                                                                       "1600000060") "\"count\":20,\"sum\":20,\"bucketCounts\":[20,0],\"explicitBounds\":[4]}]}}");
    assert_points("shop", "mean(h)", "", 2, (const double[][2]){{60, 1}, {3660, 3}});
    assert_points("shop", "p99(h)", "", 2, (const double[][2]){{60, 3.96}, {3660, 3.96}});
}

/* All that was counted after a new start is growth, whether it is less than before or more. */
static void a_new_start_is_a_restart(void **state)
{
    (void)state;
    read_metric(
        "{\"name\":\"n\",\"sum\":{\"aggregationTemporality\":2,\"isMonotonic\":true,\"dataPoints\":[" POINT("1599990000", "1600000000") "\"asInt\":\"100\"}," POINT(
            "1599990000",
            "1600000050") "\"asInt\":\"200\"}," POINT("1600000060",
                                                      "1600000100") "\"asInt\":\"250\"}," POINT("1600000060",
                                                                                                "1600000150") "\"asInt\":\"300\"}," POINT("1600000060",
                                                                                                                                          "1600000200") "\"asInt\":\"50\"}]}}");
    assert_points("shop", "rate(n)", "1/s", 4, (const double[][2]){{50, 2}, {100, 5}, {150, 1}, {200, 1}});
    read_metric("{\"name\":\"h\",\"histogram\":{\"aggregationTemporality\":2,\"dataPoints\":[" POINT(
        "1599990000",
        "1600000000") "\"count\":10,\"sum\":90,\"bucketCounts\":[1,9],\"explicitBounds\":[4]}," POINT("1600000010",
                                                                                                      "1600000060") "\"count\":20,\"sum\":80,\"bucketCounts\":[20,0],\"explicitBounds\":[4]}]}}");
    assert_points("shop", "mean(h)", "", 1, (const double[][2]){{60, 4}});
    assert_points("shop", "p99(h)", "", 1, (const double[][2]){{60, 3.96}});
    assert_points("shop", "rate(h_count)", "1/s", 1, (const double[][2]){{60, 20.0 / 60}});
}

#define RECORD(body) "{\"timeUnixNano\":\"1600000000" S ",\"body\":{\"stringValue\":\"" body "\"}}"

static void reads_a_body_from_its_first_line_with_a_text(void **state)
{
    (void)state;
    static const char text[] = "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[" RECORD(
        "\\nreal text here\\nand more") "," RECORD(" ") "," RECORD("\\n") "]}]}]}";
    assert_int_equal(test_read(&t, text), HC_OK);
    assert_int_equal(t.reading.n_logs, 1);
    assert_log("real text here", HC_LOG_NONE, 0);
    assert_int_equal(t.file.n_rows, 3);
    assert_int_equal(t.file.n_bad_rows, 2);
    assert_int_equal(test_warnings(&t.reading, "log-record"), 2);
}

static void assert_unit(const char *written, const char *unit)
{
    char text[256];
    (void)snprintf(text, sizeof text, "{\"name\":\"g\",\"unit\":\"%s\",\"gauge\":{\"dataPoints\":[%s\"asInt\":1}]}}",
                   written, "{\"timeUnixNano\":\"1600000000" S ",");
    read_metric(text);
    assert_points("shop", "g", unit, 1, (const double[][2]){{0, 1}});
}

static void leaves_out_a_unit_that_is_none(void **state)
{
    (void)state;
    assert_unit("{requests}/s", "{requests}/s");
    assert_unit("{requests}", "requests");
    assert_unit("alice@example.com", "");
    assert_unit("{alice@example.com}", "");
    assert_unit("password=hunter2", "");
    assert_unit("key:hunter2", "");
    assert_unit("a text that is no unit at all", "");
}

#define GAUGE(points) "{\"name\":\"g\",\"gauge\":{\"dataPoints\":[" points "]}}"

static void a_value_that_is_no_number_is_a_gap(void **state)
{
    (void)state;
    read_metric(GAUGE("{\"timeUnixNano\":\"1600000000" S ",\"asDouble\":\"NaN\"},"
                      "{\"timeUnixNano\":\"1600000001" S ",\"asDouble\":\"-Infinity\"},"
                      "{\"timeUnixNano\":\"1600000002" S ",\"asDouble\":2},"
                      "{\"timeUnixNano\":\"1600000003" S ",\"asDouble\":\"two\"},"
                      "{\"timeUnixNano\":\"1600000004" S "}"));
    assert_points("shop", "g", "", 1, (const double[][2]){{2, 2}});
    assert_int_equal(test_warnings(&t.reading, "metrics-sample"), 2);
    assert_int_equal(t.file.n_bad_rows, 2);
}

static void read_point_of_cart(const char *attributes)
{
    struct hc_buf text = {0};
    hc_buf_format(&text,
                  "{\"resourceMetrics\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":"
                  "{\"stringValue\":\"cart\"}}]},\"scopeMetrics\":[{\"metrics\":[{\"name\":\"g\",\"gauge\":"
                  "{\"dataPoints\":[{\"timeUnixNano\":\"1600000000" S ",\"asInt\":1,\"attributes\":[%s]}]}}]}]}]}",
                  attributes);
    read_formatted(&text);
}

static void the_resource_owns_a_point_unless_a_known_one_is_named(void **state)
{
    (void)state;
    static const char queue[] = "{\"key\":\"component\",\"value\":{\"stringValue\":\"queue\"}}";
    struct hc_names known;
    read_point_of_cart(queue);
    assert_int_equal(test_series(&t.reading, "cart", "g{component=\"queue\"}")->n, 1);
    hc_names_init(&known, t.arena);
    assert_int_not_equal(hc_names_add(&known, HC_STR("queue")), HC_NAME_NONE);
    t.context.known_components = &known;
    read_point_of_cart(queue);
    assert_int_equal(test_series(&t.reading, "queue", "g{service=\"cart\"}")->n, 1);
}

/* All that is observed lies in the last bucket. */
static void has_no_percentile_of_very_many_buckets(void **state)
{
    (void)state;
    struct hc_buf text = {0};
    hc_buf_text(&text, "{\"name\":\"h\",\"histogram\":{\"aggregationTemporality\":1,\"dataPoints\":[");
    hc_buf_text(&text, POINT("1600000000", "1600000060") "\"count\":10,\"sum\":10,\"bucketCounts\":[5");
    for (int i = 1; i < 300; i++)
        hc_buf_format(&text, ",%d", i == 299 ? 5 : 0);
    hc_buf_text(&text, "],\"explicitBounds\":[1");
    for (int i = 2; i < 300; i++)
        hc_buf_format(&text, ",%d", i);
    hc_buf_text(&text, "]}]}}");
    hc_buf_char(&text, '\0');
    read_metric(text.p);
    hc_buf_free(&text);
    assert_int_equal(test_series(&t.reading, "shop", "mean(h)")->n, 1);
    for (size_t i = 0; i < t.reading.n_series; i++)
        assert_false(hc_str_starts(t.reading.series[i].metric, HC_STR("p99(")) && t.reading.series[i].n > 0);
}

static void says_once_that_a_point_has_too_many_attributes(void **state)
{
    (void)state;
    struct hc_buf text = {0};
    hc_buf_text(&text, "{\"name\":\"g\",\"gauge\":{\"dataPoints\":[");
    for (int point = 0; point < 2; point++) {
        hc_buf_format(&text, "%s{\"timeUnixNano\":\"160000000%d" S ",\"asInt\":1,\"attributes\":[", point ? "," : "",
                      point);
        for (int i = 0; i < 70; i++)
            hc_buf_format(&text, "%s{\"key\":\"k%d\",\"value\":{\"intValue\":1}}", i ? "," : "", i);
        hc_buf_text(&text, "]}");
    }
    hc_buf_text(&text, "]}}");
    hc_buf_char(&text, '\0');
    read_metric(text.p);
    hc_buf_free(&text);
    assert_int_equal(test_warnings(&t.reading, "metrics-attributes"), 1);
    assert_int_equal(t.reading.series[0].n, 2);
    assert_int_equal(t.file.n_bad_rows, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_gauges_and_sums, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_histograms_and_summaries, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_all_signals_of_a_file, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_a_trace_as_those_who_store_it_answer, fresh, spent),
        cmocka_unit_test_setup_teardown(an_entry_that_names_a_signal_that_is_not_there_is_wrong, fresh, spent),
        cmocka_unit_test_setup_teardown(says_which_samples_are_damaged, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_log_records, fresh, spent),
        cmocka_unit_test_setup_teardown(says_which_records_are_damaged, fresh, spent),
        cmocka_unit_test_setup_teardown(keeps_only_finite_values, fresh, spent),
        cmocka_unit_test_setup_teardown(takes_the_component_from_the_entry_first, fresh, spent),
        cmocka_unit_test_setup_teardown(a_delta_counts_from_its_own_start, fresh, spent),
        cmocka_unit_test_setup_teardown(a_new_start_is_a_restart, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_a_body_from_its_first_line_with_a_text, fresh, spent),
        cmocka_unit_test_setup_teardown(leaves_out_a_unit_that_is_none, fresh, spent),
        cmocka_unit_test_setup_teardown(a_value_that_is_no_number_is_a_gap, fresh, spent),
        cmocka_unit_test_setup_teardown(the_resource_owns_a_point_unless_a_known_one_is_named, fresh, spent),
        cmocka_unit_test_setup_teardown(has_no_percentile_of_very_many_buckets, fresh, spent),
        cmocka_unit_test_setup_teardown(says_once_that_a_point_has_too_many_attributes, fresh, spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
