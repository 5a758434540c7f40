/* The example incident, as the manifest and the log tell it. */
#include "evidence_fixture.h"

static const char *const hc_texts[] = {"performance degradation detected", "IO error", "resource allocation failed",
                                       "process crashed without clean shutdown"};

struct example {
    struct hc_incident incident;
    struct hc_component component;
    struct hc_change change;
    struct hc_level levels[2];
    struct hc_interval baseline;
    struct hc_template templates[4];
    struct hc_log_count counts[4];
    int64_t minute;
    uint32_t lines[4];
};

static void make_example(struct example *e)
{
    static const uint32_t lines[] = {1, 1, 9, 2};
    static const uint8_t levels[] = {HC_LOG_WARN, HC_LOG_ERROR, HC_LOG_ERROR, HC_LOG_FATAL};
    static const char *const first[] = {"2015-03-16T23:17:43Z", "2015-03-16T23:17:46Z", "2015-03-16T23:17:47Z",
                                        "2015-03-16T23:17:58Z"};
    memset(e, 0, sizeof *e);
    e->component = (struct hc_component){HC_STR("storage_service"), HC_STR_NONE};
    e->change = (struct hc_change){.at = at_time("2015-03-16T23:16:30Z"),
                                   .kind = HC_STR("deploy"),
                                   .version = HC_STR("v2.8.1"),
                                   .commit = HC_STR("a02622fb2800f89c322bfe51359fe8f3d590e17f"),
                                   .place = {HC_STR("incident.xml"), 7}};
    e->levels[0] = (struct hc_level){0, HC_STR("error_rate"), HC_STR("%"), 0.1, NAN, 3.8, {HC_STR("incident.xml"), 12}};
    e->levels[1] = (struct hc_level){0, HC_STR("memory"), HC_STR("MB"), 120, 340, 980, {HC_STR("incident.xml"), 11}};
    e->baseline = (struct hc_interval){at_time("2015-03-16T22:15:00Z"), at_time("2015-03-16T23:15:00Z")};
    e->minute = at_time("2015-03-16T23:17:00Z").ns / HC_NS_PER_MINUTE;
    for (uint32_t i = 0; i < 4; i++) {
        e->lines[i] = lines[i];
        e->templates[i] = (struct hc_template){i, hc_str_of(hc_texts[i])};
        e->counts[i] = (struct hc_log_count){.template_index = i,
                                             .level = levels[i],
                                             .n_minutes = 1,
                                             .minute = &e->minute,
                                             .lines = &e->lines[i],
                                             .first = {HC_STR("logs/storage_service.log"), i + 1},
                                             .first_at = at_time(first[i]),
                                             .exemplar = hc_str_of(hc_texts[i])};
    }
    e->incident = (struct hc_incident){.id = HC_STR("INC-123"),
                                       .service = HC_STR("storage_service"),
                                       .window_start = at_time("2015-03-16T23:15:00Z"),
                                       .detected = at_time("2015-03-16T23:17:43Z"),
                                       .window_end = at_time("2015-03-16T23:20:00Z"),
                                       .mitigated = HC_TIME_NONE,
                                       .window_place = {HC_STR("incident.xml"), 5},
                                       .baselines = &e->baseline,
                                       .n_baselines = 1,
                                       .components = &e->component,
                                       .n_components = 1,
                                       .changes = &e->change,
                                       .n_changes = 1,
                                       .levels = e->levels,
                                       .n_levels = 2,
                                       .templates = e->templates,
                                       .n_templates = 4,
                                       .log_counts = e->counts,
                                       .n_log_counts = 4};
}

static void says_the_rise_of_memory_and_errors_without_a_wrong_number(void **state)
{
    struct fixture *f = *state;
    struct example e;
    make_example(&e);
    extract(f, &e.incident);
    says(f, 0, "memory-up", "memory of storage_service rose from 340 MB to 980 MB (+188 %, 2.9 x), baseline 120 MB");
    says(f, 0, "errors-up", "error_rate of storage_service rose from 0.1 % to 3.8 % (38 x)");
    assert_int_equal(item_of(f, 0, "memory-up")->place.line, 11);
}

static void says_how_long_before_the_first_symptom_the_deployment_was(void **state)
{
    struct fixture *f = *state;
    struct example e;
    make_example(&e);
    extract(f, &e.incident);
    says(f, 0, "change-deploy", "deploy of v2.8.1 (a02622f) to storage_service 73 s before the first symptom");
    assert_near(value_of(f, 0, "change-deploy"), exp2(-73.0 / 1800), 1e-12);
    assert_near(value_of(f, 0, "change-config"), 0, 0);
}

static void counts_lines_and_claims_nothing_of_a_baseline_it_has_not(void **state)
{
    struct fixture *f = *state;
    struct example e;
    make_example(&e);
    extract(f, &e.incident);
    says(f, 0, "signature-allocation-failure",
         "9 lines 'resource allocation failed' from storage_service; no line of it from the baseline is in the bundle");
    says(f, 0, "log-errors-up",
         "12 error lines from storage_service, most often 'resource allocation failed' (9); no line of it from the "
         "baseline is in the bundle");
    assert_true(isnan(value_of(f, 0, "log-new-template")));
    const struct hc_evidence_item *crash = item_of(f, 0, "signature-crash");
    const struct hc_evidence_item *io = item_of(f, 0, "signature-io-error");
    assert_true(crash->onset.ns - io->onset.ns == 12 * HC_NS_PER_SECOND);
    assert_true(crash->onset.ns - e.incident.detected.ns == 15 * HC_NS_PER_SECOND);
}

static void knows_which_kinds_are_missing(void **state)
{
    struct fixture *f = *state;
    struct example e;
    make_example(&e);
    extract(f, &e.incident);
    assert_true(has_kind(f, "metrics"));
    assert_true(has_kind(f, "logs"));
    assert_true(has_kind(f, "changes"));
    assert_false(has_kind(f, "traffic"));
    assert_false(has_kind(f, "lifecycle"));
    assert_false(has_kind(f, "traces"));
    assert_false(has_kind(f, "topology"));
    assert_true(isnan(value_of(f, 0, "lifecycle-event")));
    assert_true(isnan(value_of(f, 0, "traffic-up")));
}

static void an_event_log_line_is_no_lifecycle_event(void **state)
{
    struct fixture *f = *state;
    struct example e;
    make_example(&e);
    struct hc_event events[] = {
        {.at = at_time("2015-03-16T23:17:58Z"), .kind = HC_STR("log"), .message = HC_STR("clean shutdown, restart")},
        {.at = at_time("2015-03-16T23:18:30Z"),
         .kind = HC_STR("restart"),
         .message = HC_STR("OOMKilled"),
         .place = {HC_STR("events.jsonl"), 2}}};
    e.incident.events = events;
    e.incident.n_events = 1;
    extract(f, &e.incident);
    assert_false(has_kind(f, "lifecycle"));
    e.incident.n_events = 2;
    extract(f, &e.incident);
    assert_true(has_kind(f, "lifecycle"));
    says(f, 0, "lifecycle-event",
         "1 lifecycle event of storage_service in the window, the first at 2015-03-16T23:18:30Z: restart OOMKilled");
}

static void a_failover_is_told_apart_from_other_lifecycle_events(void **state)
{
    struct fixture *f = *state;
    struct example e;
    make_example(&e);
    struct hc_event events[] = {{.at = at_time("2015-03-16T23:18:30Z"),
                                 .kind = HC_STR("failover"),
                                 .message = HC_STR("replica 2 took over"),
                                 .place = {HC_STR("events.jsonl"), 2}}};
    e.incident.events = events;
    e.incident.n_events = 1;
    extract(f, &e.incident);
    assert_near(value_of(f, 0, "lifecycle-event"), 0, 0);
    assert_near(value_of(f, 0, "failover-event"), log(2), 1e-12);
    says(
        f, 0, "failover-event",
        "1 failover event of storage_service in the window, the first at 2015-03-16T23:18:30Z: failover replica 2 took over");
}

static void packs_and_unpacks_to_the_same(void **state)
{
    struct fixture *f = *state;
    struct example e;
    make_example(&e);
    extract(f, &e.incident);
    struct hc_str bytes, again;
    struct hc_evidence copy;
    assert_int_equal(hc_evidence_pack(&f->evidence, f->catalogue, f->arena, &bytes, &f->err), HC_OK);
    assert_int_equal(hc_evidence_unpack(bytes, f->catalogue, f->arena, &copy, &f->err), HC_OK);
    assert_int_equal(hc_evidence_pack(&copy, f->catalogue, f->arena, &again, &f->err), HC_OK);
    assert_true(hc_str_equal(bytes, again));
    assert_int_equal(copy.n_items, f->evidence.n_items);
    assert_true(copy.n_items > 5);
}

static void folded_values_are_the_same(void **state)
{
    struct fixture *f = *state;
    struct example e;
    make_example(&e);
    extract(f, &e.incident);
    const size_t n_features = f->catalogue->n_features, n = f->evidence.n_components * n_features;
    const double *before = f->evidence.values;
    assert_ptr_equal(hc_evidence_values(&f->evidence, n_features, f->arena), before);
    assert_true(hc_evidence_fold(&f->evidence, n_features, f->arena));
    assert_null(f->evidence.values);
    assert_true(f->evidence.folded.n * 4 < n * sizeof *before);
    const double *after = hc_evidence_values(&f->evidence, n_features, f->arena);
    size_t n_absent = 0;
    for (size_t i = 0; i < n; i++) {
        assert_true(isnan(before[i]) ? isnan(after[i]) : before[i] >= after[i] && before[i] <= after[i]);
        n_absent += isnan(before[i]) != 0;
    }
    assert_true(n_absent > 0 && n_absent < n);
    struct hc_evidence none = {.values = NULL}; /* of no component */
    assert_true(hc_evidence_fold(&none, n_features, f->arena));
    assert_non_null(hc_evidence_values(&none, n_features, f->arena));
}

static void skips_packed_bytes_that_are_cut_or_of_another_version(void **state)
{
    struct fixture *f = *state;
    struct example e;
    make_example(&e);
    extract(f, &e.incident);
    struct hc_str bytes;
    struct hc_evidence copy;
    assert_int_equal(hc_evidence_pack(&f->evidence, f->catalogue, f->arena, &bytes, &f->err), HC_OK);
    for (size_t n = 0; n < bytes.n; n += 1 + n / 64) {
        struct hc_err err = HC_ERR_NONE;
        assert_int_equal(hc_evidence_unpack((struct hc_str){bytes.p, n}, f->catalogue, f->arena, &copy, &err), HC_SKIP);
    }
    char *other = hc_arena_copy(f->arena, bytes.p, bytes.n);
    other[8]++;
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_evidence_unpack((struct hc_str){other, bytes.n}, f->catalogue, f->arena, &copy, &err), HC_SKIP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(says_the_rise_of_memory_and_errors_without_a_wrong_number, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(says_how_long_before_the_first_symptom_the_deployment_was, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(counts_lines_and_claims_nothing_of_a_baseline_it_has_not, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(knows_which_kinds_are_missing, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(an_event_log_line_is_no_lifecycle_event, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_failover_is_told_apart_from_other_lifecycle_events, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(packs_and_unpacks_to_the_same, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(folded_values_are_the_same, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(skips_packed_bytes_that_are_cut_or_of_another_version, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
