/* What a metric's name says of it, and what its labels say. */
#include "tests/unit/analysis/synthetic.h"

#include "analysis/evidence/detect.h"
#include "analysis/model/catalogue.h"

static struct hc_catalogue *catalogue;
static struct hc_detection d;

static int fresh(void **state)
{
    (void)state;
    catalogue = built_in_catalogue();
    d = (struct hc_detection){.catalogue = catalogue, .arena = hc_arena_new(0)};
    assert_non_null(d.arena);
    d.metric_words = hc_detect_alloc(&d, HC_METRIC_LISTS * catalogue->n_metric_classes, sizeof *d.metric_words);
    return 0;
}

static int spent(void **state)
{
    (void)state;
    hc_arena_free(d.arena);
    hc_catalogue_free(catalogue);
    return 0;
}

static void assert_class(const char *metric, const char *class)
{
    size_t found = hc_metric_class_of(&d, hc_str_of(metric)).class;
    struct hc_str id = found < catalogue->n_metric_classes ? catalogue->metric_classes[found].id : HC_STR("none");
    if (!hc_str_is(id, class))
        fail_msg("%s is %.*s, not %s", metric, HC_STR_ARG(id), class);
}

static void calls_that_labels_tell_failed_are_errors(void **state)
{
    (void)state;
    static const char *const failed[] = {
        "http_requests_total{code=\"500\"}",
        "rate(http_requests_total{code=\"503\",method=\"get\"})",
        "requests{method=\"get\",status=\"404\"}",
        "rate(http_server_requests_total{http_response_status_code=\"502\"})",
        "rate(rpc_calls_total{outcome=\"error\"})",
        "invocations{Result=\"Failure\"}",
        "rate(http_request_duration_seconds_count{code=\"500\"})",
    };
    for (size_t i = 0; i < sizeof failed / sizeof *failed; i++)
        assert_class(failed[i], "errors");
}

static void other_calls_are_traffic(void **state)
{
    (void)state;
    static const char *const calls[] = {
        "http_requests_total{code=\"200\"}",
        "requests{path=\"/errors\"}",
        "requests{country_code=\"49\",zip=\"50000\"}",
        "requests{status=\"ok\"}",
        "requests",
        "rate(http_request_duration_seconds_count{code=\"200\"})",
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        assert_class(calls[i], "traffic");
}

static void what_counts_no_calls_keeps_its_class(void **state)
{
    (void)state;
    assert_class("mean(http_request_duration_seconds{code=\"500\"})", "latency");
    assert_class("queue_length{code=\"500\"}", "saturation");
    assert_class("cpu{status=\"500\"}", "cpu");
    assert_class("temperature{code=\"500\"}", "none");
}

/* A label is no part of what is counted. */
static void only_a_name_says_that_success_is_counted(void **state)
{
    (void)state;
    assert_true(hc_metric_class_of(&d, HC_STR("success_ratio{status=\"500\"}")).turned);
    assert_false(hc_metric_class_of(&d, HC_STR("requests{path=\"/success\",status=\"500\"}")).turned);
    assert_false(hc_metric_class_of(&d, HC_STR("errors{path=\"/success\"}")).turned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(calls_that_labels_tell_failed_are_errors, fresh, spent),
        cmocka_unit_test_setup_teardown(other_calls_are_traffic, fresh, spent),
        cmocka_unit_test_setup_teardown(only_a_name_says_that_success_is_counted, fresh, spent),
        cmocka_unit_test_setup_teardown(what_counts_no_calls_keeps_its_class, fresh, spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
