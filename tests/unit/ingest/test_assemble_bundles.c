/* The sample bundles, from their files to the incident. */
#include "tests/unit/ingest/assembling.h"

#include <math.h>

static struct hc_arena *arena;
static struct test_file files[TEST_FILES];
static size_t n_files;

static int fresh(void **state)
{
    (void)state;
    hc_xml_setup();
    arena = hc_arena_new(0);
    n_files = 0;
    return arena == NULL;
}

static int spent(void **state)
{
    (void)state;
    hc_arena_free(arena);
    return 0;
}

static const char *load(const char *bundle, const char *member)
{
    char path[1024];
    (void)snprintf(path, sizeof path, HC_SOURCE_DIR "/tests/bundles/%s/%s", bundle, member);
    FILE *file = fopen(path, "rb");
    char *bytes = hc_arena_calloc(arena, 1, 65536);
    assert_true(file != NULL && bytes != NULL);
    assert_true(fread(bytes, 1, 65535, file) < 65535);
    (void)fclose(file);
    return bytes;
}

static void add(const char *bundle, const char *member)
{
    files[n_files++] = (struct test_file){member, load(bundle, member)};
}

static void reads_every_kind_of_evidence(void **state)
{
    (void)state;
    static const char *const members[] = {"metrics/wide.csv", "metrics/long.csv", "logs/checkout.log",
                                          "events.jsonl",     "spans.csv",        "postmortem.md"};
    for (size_t k = 0; k < sizeof members / sizeof *members; k++)
        add("whole", members[k]);
    struct hc_incident *i = test_assemble(arena, load("whole", "incident.xml"), files, n_files, NULL);
    assert_int_equal(i->n_components, 3);
    assert_int_equal(i->n_series, 3);
    assert_int_equal(i->series[0].n, 4);
    assert_text(i->series[2].unit, "1/s");
    assert_int_equal(i->n_log_counts > 0, 1);
    assert_true(i->n_events >= 2);
    assert_int_equal(i->n_trace_edges, 3);
    const struct hc_trace_edge *call = &i->trace_edges[0];
    assert_text(i->components[call->caller].name, "web");
    assert_text(i->components[call->callee].name, "checkout");
    assert_true(fabs(call->phase[HC_PHASE_BASELINE].residual.median - log(50.0 / 40)) < 1e-9);
    assert_int_equal(call->phase[HC_PHASE_WINDOW].n_errors, 1);
    assert_text(i->documents[0].kind, "postmortem");
    assert_text(i->documents[0].title, "Checkout timed out after v41");
    assert_int_equal(i->n_dependencies, 2);
    assert_int_equal(i->n_warnings, 1);
    assert_text(i->warnings[0].code, "metrics-label-column");
}

static void reads_an_incident_that_has_only_a_title(void **state)
{
    (void)state;
    struct hc_incident *i = test_assemble(arena, load("title-only", "incident.xml"), NULL, 0, NULL);
    assert_text(i->title, "something was slow");
    assert_int_equal(i->n_warnings, 0);
    assert_int_equal(i->n_baselines, 1);
}

static void loses_rows_to_damage_but_not_the_incident(void **state)
{
    (void)state;
    static const char *const members[] = {"metrics.csv", "events.csv", "not-traces.csv", "metrics.prom"};
    for (size_t k = 0; k < sizeof members / sizeof *members; k++)
        add("damaged", members[k]);
    struct hc_incident *i = test_assemble(arena, load("damaged", "incident.xml"), files, n_files, NULL);
    static const char *const codes[] = {"window-order",    "href-refused",       "href-missing", "csv-ragged",
                                        "csv-quotes",      "bad-time",           "bad-number",   "format-disagrees",
                                        "metrics-untimed", "metrics-equal-times"};
    for (size_t k = 0; k < sizeof codes / sizeof *codes; k++) {
        if (test_incident_warnings(i, codes[k]) == 0)
            fail_msg("no warning %s", codes[k]);
    }
    assert_false(hc_time_known(i->window_end));
    assert_int_equal(i->n_events, 1);
    assert_text(i->events[0].message, "a, b");
    assert_int_equal(i->n_series, 3);
    assert_text(i->series[0].metric, "cpu");
    assert_int_equal(i->series[0].n, 1);
    assert_true(i->series[0].values[0] == 9);
    assert_text(i->series[2].metric, "mem");
    assert_int_equal(i->series[2].n, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_every_kind_of_evidence, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_an_incident_that_has_only_a_title, fresh, spent),
        cmocka_unit_test_setup_teardown(loses_rows_to_damage_but_not_the_incident, fresh, spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
