/* Each detector on an incident made for it. */
#include "shop.h"

static void a_metric_that_rose_says_from_what_to_what_and_since_when(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    const double window[] = {10, 10, 25, 30, 28};
    add_series(&s, SHOP, "cpu_usage", window, 5);
    for (int i = 0; i < 60; i++)
        s.made[0].values[i] = i % 2 ? 9.5 : 10.5;
    extract(f, &s.incident);
    says(f, SHOP, "cpu-up",
         "cpu_usage of shop rose from 10 to 30 (+200 %, 3.0 x), away from its usual level since 2026-03-01T12:02:00Z");
    /* scale 1.4826 * 0.5, the two worst 30 and 28 */
    assert_near(value_of(f, SHOP, "cpu-up"), hc_shift_surprise(19 / (1.4826 * 0.5), 1), 1e-12);
    assert_near(value_of(f, SHOP, "cpu-down"), 0, 0);
    assert_true(isnan(value_of(f, FRONT, "cpu-up")));
    assert_true(isnan(value_of(f, SHOP, "memory-up")));
}

static void the_summary_of_a_series_says_the_same_numbers_as_its_sentence(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    const double window[] = {10, 10, 25, 30, 28};
    add_series(&s, SHOP, "cpu_usage", window, 5);
    assert_int_equal(hc_evidence_derive(&s.incident, f->catalogue, f->arena, &f->evidence, &f->err), HC_OK);
    assert_near(s.series[0].peak, 30, 0);
    assert_near(s.series[0].score, value_of(f, SHOP, "cpu-up"), 0);
    assert_true(s.series[0].onset_at.ns == at_time("2026-03-01T12:02:00Z").ns);
    assert_near(s.series[0].baseline_median, 10, 0.2);
}

static void scaling_a_metric_by_a_thousand_changes_no_value(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    const double window[] = {10, 12, 25, 30, 3};
    add_series(&s, SHOP, "latency_avg", window, 5);
    add_series(&s, STORE, "cpu", window, 5);
    extract(f, &s.incident);
    size_t n_cells = N_COMPONENTS * f->catalogue->n_features;
    double *before = hc_arena_calloc(f->arena, n_cells, sizeof *before);
    memcpy(before, f->evidence.values, n_cells * sizeof *before);
    for (size_t i = 0; i < 128; i++)
        s.made[0].values[i] *= 1000;
    extract(f, &s.incident);
    for (size_t i = 0; i < n_cells; i++) {
        assert_true(isnan(before[i]) == isnan(f->evidence.values[i]));
        if (!isnan(before[i]))
            assert_near(f->evidence.values[i], before[i], 1e-12);
    }
}

static void a_baseline_that_drifted_is_taken_at_the_level_of_the_hour_before(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    const double window[] = {10, 10.2, 9.8, 10.1};
    struct hc_interval months_ago = {at_time("2025-11-01T00:00:00Z"), at_time("2025-11-01T00:20:00Z")};
    add_series(&s, SHOP, "cpu", window, 4);
    s.incident.baselines = &months_ago;
    for (int i = 0; i < 20; i++) {
        s.made[0].at_ns[i] = months_ago.start.ns + i * HC_NS_PER_MINUTE;
        s.made[0].values[i] = 3 + 0.01 * i;
    }
    extract(f, &s.incident);
    assert_near(value_of(f, SHOP, "cpu-up"), 0, 0);
}

static void a_far_baseline_is_moved_to_the_rows_before_the_symptom(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    const double quiet[] = {30, 31, 30, 31, 30}, loud[] = {30, 30, 90, 90, 90};
    struct hc_interval months_later = {at_time("2026-07-01T00:00:00Z"), at_time("2026-07-01T01:00:00Z")};
    add_series(&s, SHOP, "cpu", quiet, 5);
    add_series(&s, STORE, "cpu", loud, 5);
    s.symptom.at = at_time("2026-03-01T12:01:30Z");
    s.incident.baselines = &months_later;
    for (size_t k = 0; k < 2; k++) {
        struct made_series later;
        for (size_t i = 0; i < 65; i++) {
            bool in_window = i < 5;
            size_t from = in_window ? 60 + i : i - 5;
            later.values[i] = s.made[k].values[from];
            later.at_ns[i] =
                in_window ? s.made[k].at_ns[from] : months_later.start.ns + (int64_t)(i - 5) * HC_NS_PER_MINUTE;
        }
        s.made[k] = later;
    }
    extract(f, &s.incident);
    assert_near(value_of(f, SHOP, "cpu-up"), 0, 0);
    assert_true(value_of(f, STORE, "cpu-up") > 3);
}

static void availability_that_falls_is_found_from_a_few_per_cent(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    const double window[] = {100, 100, 97, 98};
    add_series(&s, SHOP, "availability_Average", window, 4);
    for (int i = 0; i < 60; i++)
        s.made[0].values[i] = 100;
    extract(f, &s.incident);
    assert_near(value_of(f, SHOP, "errors-up"), hc_shift_surprise(12.5, 1), 1e-9);
    says(f, SHOP, "errors-up",
         "availability_Average of shop fell from 100 to 97 (-3 %), away from its usual level since "
         "2026-03-01T12:02:00Z");
}

static struct hc_log_duration duration(uint32_t n, double mean)
{
    return (struct hc_log_duration){n, mean, mean, mean, 0.01};
}

static void a_slow_network_shows_in_the_residual_of_the_callee(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    struct hc_trace_edge edges[2] = {{FRONT, SHOP, HC_STR("buy"), {{0}}, {HC_STR("traces.csv"), 7}},
                                     {SHOP, STORE, HC_STR("read"), {{0}}, {HC_STR("traces.csv"), 8}}};
    for (int i = 0; i < 2; i++) {
        for (int p = 0; p < 2; p++) {
            edges[i].phase[p].n_spans = 100;
            edges[i].phase[p].server = duration(100, 15);
            edges[i].phase[p].residual = duration(100, i == 1 && p == HC_PHASE_WINDOW ? 1.5 : 0.5);
            edges[i].phase[p].exclusive = duration(100, 14);
        }
    }
    s.incident.trace_edges = edges;
    s.incident.n_trace_edges = 2;
    extract(f, &s.incident);
    assert_near(value_of(f, STORE, "edge-residual-up"), hc_shift_surprise(5, 1), 1e-9);
    assert_near(value_of(f, SHOP, "edge-residual-up"), 0, 1e-12);
    assert_near(value_of(f, STORE, "exclusive-latency-up"), 0, 1e-12);
    says(f, STORE, "edge-residual-up",
         "the time of a call beyond the callee's own, to store is 2.72 x its baseline, over 100 spans of the window");
    assert_true(isnan(value_of(f, STORE, "span-errors-up")));
}

static void calls_that_stopped_are_their_callers(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    struct hc_trace_edge edges[3] = {{HC_NO_COMPONENT, FRONT, HC_STR("get"), {{0}}, {HC_STR("traces.csv"), 2}},
                                     {FRONT, SHOP, HC_STR("buy"), {{0}}, {HC_STR("traces.csv"), 3}},
                                     {SHOP, STORE, HC_STR("read"), {{0}}, {HC_STR("traces.csv"), 4}}};
    static const uint32_t n[3][2] = {{100, 50}, {100, 50}, {200, 10}};
    for (int i = 0; i < 3; i++) {
        edges[i].phase[HC_PHASE_BASELINE].n_spans = n[i][0];
        edges[i].phase[HC_PHASE_WINDOW].n_spans = n[i][1];
    }
    s.incident.trace_edges = edges;
    s.incident.n_trace_edges = 3;
    extract(f, &s.incident);
    assert_true(value_of(f, SHOP, "spans-gone") > 1.5);
    assert_true(value_of(f, FRONT, "spans-gone") < 0.2);
    says(f, SHOP, "spans-gone",
         "shop made 10 spans read of store for 50 calls it received in the window, 200 for 100 in the baseline");
    assert_true(has_kind(f, "traces"));
    assert_true(has_kind(f, "traffic"));
}

static void a_callee_that_is_asked_for_less_is_not_blamed_for_its_paths(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    struct hc_trace_edge edges[3] = {{HC_NO_COMPONENT, FRONT, HC_STR("get"), {{0}}, {HC_STR("traces.csv"), 2}},
                                     {FRONT, SHOP, HC_STR("buy"), {{0}}, {HC_STR("traces.csv"), 3}},
                                     {SHOP, STORE, HC_STR("read"), {{0}}, {HC_STR("traces.csv"), 4}}};
    static const uint32_t n[3][2] = {{100, 100}, {100, 20}, {100, 10}};
    for (int i = 0; i < 3; i++) {
        edges[i].phase[HC_PHASE_BASELINE].n_spans = n[i][0];
        edges[i].phase[HC_PHASE_WINDOW].n_spans = n[i][1];
    }
    s.incident.trace_edges = edges;
    s.incident.n_trace_edges = 3;
    extract(f, &s.incident);
    assert_true(value_of(f, FRONT, "spans-gone") > 1.5);
    assert_near(value_of(f, SHOP, "spans-gone"), 0, 0);
}

static void latency_that_traces_do_not_find_is_not_its_own(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    const double window[] = {10, 10, 40, 40};
    struct hc_trace_edge edge = {SHOP, STORE, HC_STR("read"), {{0}}, {HC_STR("traces.csv"), 8}};
    for (int p = 0; p < 2; p++) {
        edge.phase[p].n_spans = 100;
        edge.phase[p].server = duration(100, 15);
        edge.phase[p].residual = duration(100, 0.5);
        edge.phase[p].exclusive = duration(100, 14);
    }
    add_series(&s, STORE, "latency", window, 4);
    extract(f, &s.incident);
    assert_true(value_of(f, STORE, "own-anomaly") > 3);
    s.incident.trace_edges = &edge;
    s.incident.n_trace_edges = 1;
    extract(f, &s.incident);
    assert_near(value_of(f, STORE, "own-anomaly"), 0, 0);
    assert_true(value_of(f, STORE, "latency-up") > 3);
}

struct made_logs {
    struct hc_template templates[3];
    struct hc_log_count counts[3];
    int64_t minutes[3][2];
    uint32_t lines[3][2];
};

/* Lines of a template in a minute of the baseline and in one of the window. */
static void make_logs(struct made_logs *m, struct shop *s, const uint32_t lines[3][2])
{
    static const char *const texts[] = {"order <*> read", "order <*> stored", "cannot store order: connection refused"};
    memset(m, 0, sizeof *m);
    for (uint32_t i = 0; i < 3; i++) {
        struct hc_log_count *c = &m->counts[i];
        size_t n = 0;
        for (int p = 0; p < 2; p++) {
            if (lines[i][p] == 0)
                continue;
            m->minutes[i][n] = at_time(p ? "2026-03-01T12:03:00Z" : "2026-03-01T11:30:00Z").ns / HC_NS_PER_MINUTE;
            m->lines[i][n++] = lines[i][p];
        }
        m->templates[i] = (struct hc_template){i, hc_str_of(texts[i])};
        *c = (struct hc_log_count){.template_index = i,
                                   .component = SHOP,
                                   .level = i == 2 ? HC_LOG_ERROR : HC_LOG_INFO,
                                   .n_minutes = n,
                                   .minute = m->minutes[i],
                                   .lines = m->lines[i],
                                   .first = {HC_STR("shop.log"), i + 1},
                                   .first_at = HC_TIME_NONE,
                                   .exemplar = hc_str_of(texts[i])};
    }
    s->incident.templates = m->templates;
    s->incident.n_templates = 3;
    s->incident.log_counts = m->counts;
    s->incident.n_log_counts = 3;
}

static void a_template_that_stopped_and_one_that_began_are_found(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    struct made_logs m;
    make_shop(&s);
    make_logs(&m, &s, (const uint32_t[3][2]){{100, 50}, {60, 0}, {0, 30}});
    extract(f, &s.incident);
    assert_true(value_of(f, SHOP, "log-errors-up") > 1);
    assert_true(value_of(f, SHOP, "log-new-template") > 1);
    assert_true(value_of(f, SHOP, "log-gone-template") > 1);
    assert_true(value_of(f, SHOP, "log-flow-shift") > 1);
    assert_true(isnan(value_of(f, STORE, "log-errors-up")));
    says(f, SHOP, "signature-connection-refused",
         "30 lines 'cannot store order: connection refused' from shop, none in the baseline");
    says(f, SHOP, "log-errors-up",
         "30 error lines from shop, most often 'cannot store order: connection refused' (30), against 0 of 160 lines "
         "in the baseline");
    make_logs(&m, &s, (const uint32_t[3][2]){{100, 50}, {60, 0}, {0, 1}});
    extract(f, &s.incident);
    says(f, SHOP, "log-errors-up",
         "1 error line from shop, most often 'cannot store order: connection refused' (1), against 0 of 160 lines in "
         "the baseline");
}

static void less_of_everything_is_no_change_of_proportions(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    struct made_logs m;
    make_shop(&s);
    make_logs(&m, &s, (const uint32_t[3][2]){{100, 20}, {60, 12}, {20, 4}});
    extract(f, &s.incident);
    assert_true(value_of(f, SHOP, "log-gone-template") < 0.2);
    assert_true(value_of(f, SHOP, "log-errors-up") < 0.2);
    assert_near(value_of(f, SHOP, "log-flow-shift"), 0, 1e-12);
}

static void a_change_decays_reaches_callers_and_is_undone(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    struct hc_change changes[] = {{.at = at_time("2026-03-01T11:32:00Z"),
                                   .kind = HC_STR("config"),
                                   .component = STORE,
                                   .place = {HC_STR("incident.xml"), 20}},
                                  {.at = at_time("2026-03-01T12:05:00Z"),
                                   .kind = HC_STR("rollback"),
                                   .component = STORE,
                                   .place = {HC_STR("incident.xml"), 21}}};
    s.incident.changes = changes;
    s.incident.n_changes = 2;
    extract(f, &s.incident);
    assert_near(value_of(f, STORE, "change-config"), 0.5, 1e-12);
    assert_near(value_of(f, STORE, "change-near-onset"), 0.5, 1e-12);
    assert_near(value_of(f, SHOP, "change-upstream"), 0.5, 1e-12);
    assert_near(value_of(f, FRONT, "change-upstream"), 0, 0);
    assert_near(value_of(f, STORE, "change-rollback"), 0, 0);
    says(f, STORE, "change-config", "config change of store 30 min before the first symptom");
    says(f, STORE, "change-undone", "rollback of store, and the trouble was over 5 min later");
    assert_near(value_of(f, SHOP, "change-undone"), 0, 0);
}

static void a_strong_signal_before_the_stated_symptom_is_the_onset(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    const double window[] = {10, 90, 95, 92};
    struct hc_change change = {.at = at_time("2026-03-01T12:00:30Z"), .kind = HC_STR("deploy"), .component = STORE};
    add_series(&s, STORE, "cpu", window, 4);
    s.symptom.at = at_time("2026-03-01T12:05:00Z");
    s.incident.changes = &change;
    s.incident.n_changes = 1;
    extract(f, &s.incident);
    says(f, STORE, "change-deploy", "deploy of store 30 s before the first sign of trouble");
}

static void an_incident_with_nothing_but_a_start_gives_no_evidence(void **state)
{
    struct fixture *f = *state;
    struct hc_incident bare = {.id = HC_STR("bare"), .window_start = at_time("2026-03-01T12:00:00Z")};
    bare.detected = bare.mitigated = bare.window_end = bare.updated = HC_TIME_NONE;
    extract(f, &bare);
    assert_int_equal(f->evidence.n_components, 0);
    assert_int_equal(f->evidence.n_items, 0);
    assert_true(f->evidence.kinds == 0);
}

static void a_ceiling_fails_the_incident_alone(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    struct hc_arena *small = hc_arena_new(1024);
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_evidence_extract(&s.incident, f->catalogue, small, &f->evidence, &err), HC_FAIL);
    hc_arena_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_metric_that_rose_says_from_what_to_what_and_since_when),
        TEST(the_summary_of_a_series_says_the_same_numbers_as_its_sentence),
        TEST(scaling_a_metric_by_a_thousand_changes_no_value),
        TEST(a_baseline_that_drifted_is_taken_at_the_level_of_the_hour_before),
        TEST(a_far_baseline_is_moved_to_the_rows_before_the_symptom),
        TEST(availability_that_falls_is_found_from_a_few_per_cent),
        TEST(a_slow_network_shows_in_the_residual_of_the_callee),
        TEST(calls_that_stopped_are_their_callers),
        TEST(a_callee_that_is_asked_for_less_is_not_blamed_for_its_paths),
        TEST(latency_that_traces_do_not_find_is_not_its_own),
        TEST(a_template_that_stopped_and_one_that_began_are_found),
        TEST(less_of_everything_is_no_change_of_proportions),
        TEST(a_change_decays_reaches_callers_and_is_undone),
        TEST(a_strong_signal_before_the_stated_symptom_is_the_onset),
        TEST(an_incident_with_nothing_but_a_start_gives_no_evidence),
        TEST(a_ceiling_fails_the_incident_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
