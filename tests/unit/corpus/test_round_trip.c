/* What is put comes back: every list, every absent, empty and extreme value. */
#include "tests/unit/corpus/fixture.h"

static void same_text(struct hc_str a, struct hc_str b)
{
    assert_int_equal(a.p == NULL, b.p == NULL);
    assert_true(hc_str_equal(a, b));
}

static void same_time(struct hc_time a, struct hc_time b)
{
    assert_true(a.ns == b.ns);
    if (hc_time_known(a))
        assert_int_equal(a.digits, b.digits);
}

static void same_place(struct hc_source_place a, struct hc_source_place b)
{
    same_text(a.member, b.member);
    assert_int_equal(a.line, b.line);
}

static void same_number(double a, double b)
{
    assert_true(a == b || (isnan(a) && isnan(b)));
}

static void same_duration(const struct hc_log_duration *a, const struct hc_log_duration *b)
{
    assert_int_equal(a->n, b->n);
    same_number(a->median, b->median);
    same_number(a->p90, b->p90);
    same_number(a->mean, b->mean);
    same_number(a->variance, b->variance);
}

static void same_head(const struct hc_incident *a, const struct hc_incident *b)
{
    same_text(a->id, b->id);
    assert_memory_equal(a->content, b->content, HC_SHA256_BYTES);
    same_time(a->updated, b->updated);
    same_text(a->title, b->title);
    same_text(a->service, b->service);
    same_text(a->severity, b->severity);
    same_time(a->window_start, b->window_start);
    same_time(a->detected, b->detected);
    same_time(a->mitigated, b->mitigated);
    same_time(a->window_end, b->window_end);
    same_place(a->window_place, b->window_place);
}

static void same_stated(const struct hc_incident *a, const struct hc_incident *b)
{
    assert_int_equal(a->n_baselines, b->n_baselines);
    for (size_t i = 0; i < a->n_baselines; i++) {
        same_time(a->baselines[i].start, b->baselines[i].start);
        same_time(a->baselines[i].end, b->baselines[i].end);
    }
    assert_int_equal(a->n_components, b->n_components);
    for (size_t i = 0; i < a->n_components; i++) {
        same_text(a->components[i].name, b->components[i].name);
        same_text(a->components[i].kind, b->components[i].kind);
    }
    assert_int_equal(a->n_dependencies, b->n_dependencies);
    for (size_t i = 0; i < a->n_dependencies; i++) {
        assert_int_equal(a->dependencies[i].from, b->dependencies[i].from);
        assert_int_equal(a->dependencies[i].to, b->dependencies[i].to);
        assert_int_equal(a->dependencies[i].derived, b->dependencies[i].derived);
        same_place(a->dependencies[i].place, b->dependencies[i].place);
    }
    assert_int_equal(a->n_symptoms, b->n_symptoms);
    for (size_t i = 0; i < a->n_symptoms; i++) {
        assert_int_equal(a->symptoms[i].component, b->symptoms[i].component);
        same_text(a->symptoms[i].metric, b->symptoms[i].metric);
        same_time(a->symptoms[i].at, b->symptoms[i].at);
        same_place(a->symptoms[i].place, b->symptoms[i].place);
    }
    assert_int_equal(a->n_changes, b->n_changes);
    for (size_t i = 0; i < a->n_changes; i++) {
        same_time(a->changes[i].at, b->changes[i].at);
        same_text(a->changes[i].kind, b->changes[i].kind);
        assert_int_equal(a->changes[i].component, b->changes[i].component);
        same_text(a->changes[i].version, b->changes[i].version);
        same_text(a->changes[i].commit, b->changes[i].commit);
        same_text(a->changes[i].text, b->changes[i].text);
        same_place(a->changes[i].place, b->changes[i].place);
    }
}

static void same_found(const struct hc_incident *a, const struct hc_incident *b)
{
    assert_int_equal(a->n_levels, b->n_levels);
    for (size_t i = 0; i < a->n_levels; i++) {
        assert_int_equal(a->levels[i].component, b->levels[i].component);
        same_text(a->levels[i].metric, b->levels[i].metric);
        same_text(a->levels[i].unit, b->levels[i].unit);
        same_number(a->levels[i].baseline, b->levels[i].baseline);
        same_number(a->levels[i].before, b->levels[i].before);
        same_number(a->levels[i].peak, b->levels[i].peak);
        same_place(a->levels[i].place, b->levels[i].place);
    }
    assert_int_equal(a->n_missing, b->n_missing);
    for (size_t i = 0; i < a->n_missing; i++) {
        same_text(a->missing[i].kind, b->missing[i].kind);
        same_text(a->missing[i].reason, b->missing[i].reason);
        same_place(a->missing[i].place, b->missing[i].place);
    }
    assert_int_equal(a->n_outcomes, b->n_outcomes);
    for (size_t i = 0; i < a->n_outcomes; i++) {
        assert_int_equal(a->outcomes[i].ordinal, b->outcomes[i].ordinal);
        same_text(a->outcomes[i].status, b->outcomes[i].status);
        same_text(a->outcomes[i].category, b->outcomes[i].category);
        same_text(a->outcomes[i].cause, b->outcomes[i].cause);
        same_text(a->outcomes[i].metric, b->outcomes[i].metric);
        same_text(a->outcomes[i].text, b->outcomes[i].text);
        same_text(a->outcomes[i].component, b->outcomes[i].component);
        same_time(a->outcomes[i].known_at, b->outcomes[i].known_at);
        same_text(a->outcomes[i].given_by, b->outcomes[i].given_by);
        same_place(a->outcomes[i].place, b->outcomes[i].place);
    }
}

static void same_numbers(const struct hc_incident *a, const struct hc_incident *b)
{
    assert_int_equal(a->n_series, b->n_series);
    for (size_t i = 0; i < a->n_series; i++) {
        const struct hc_series *x = &a->series[i], *y = &b->series[i];
        assert_int_equal(x->first_row, y->first_row);
        assert_int_equal(x->component, y->component);
        same_text(x->metric, y->metric);
        same_text(x->unit, y->unit);
        assert_int_equal(x->n, y->n);
        for (size_t k = 0; k < x->n; k++) {
            assert_true(x->at_ns[k] == y->at_ns[k]);
            same_number(x->values[k], y->values[k]);
        }
        same_place(x->place, y->place);
        same_number(x->baseline_median, y->baseline_median);
        same_number(x->baseline_mad, y->baseline_mad);
        same_number(x->peak, y->peak);
        same_number(x->score, y->score);
        same_time(x->onset_at, y->onset_at);
    }
    assert_int_equal(a->n_trace_edges, b->n_trace_edges);
    for (size_t i = 0; i < a->n_trace_edges; i++) {
        const struct hc_trace_edge *x = &a->trace_edges[i], *y = &b->trace_edges[i];
        assert_int_equal(x->caller, y->caller);
        assert_int_equal(x->callee, y->callee);
        same_text(x->operation, y->operation);
        for (int k = 0; k < HC_PHASES; k++) {
            assert_int_equal(x->phase[k].n_spans, y->phase[k].n_spans);
            assert_int_equal(x->phase[k].n_errors, y->phase[k].n_errors);
            same_duration(&x->phase[k].server, &y->phase[k].server);
            same_duration(&x->phase[k].residual, &y->phase[k].residual);
            same_duration(&x->phase[k].exclusive, &y->phase[k].exclusive);
        }
        same_place(x->place, y->place);
    }
}

static void same_flows(const struct hc_incident *a, const struct hc_incident *b)
{
    assert_int_equal(a->n_flow_steps, b->n_flow_steps);
    for (size_t i = 0; i < a->n_flow_steps; i++) {
        assert_int_equal(a->flow_steps[i].component, b->flow_steps[i].component);
        same_text(a->flow_steps[i].operation, b->flow_steps[i].operation);
        assert_true(a->flow_steps[i].template_id == b->flow_steps[i].template_id);
    }
    assert_int_equal(a->n_flows, b->n_flows);
    for (size_t i = 0; i < a->n_flows; i++) {
        const struct hc_flow_count *x = &a->flows[i], *y = &b->flows[i];
        assert_int_equal(x->kind, y->kind);
        assert_int_equal(x->component, y->component);
        assert_int_equal(x->within, y->within);
        assert_int_equal(x->after, y->after);
        assert_int_equal(x->then, y->then);
        assert_memory_equal(x->n, y->n, sizeof x->n);
        same_place(x->place, y->place);
    }
}

static void same_logs(const struct hc_incident *a, const struct hc_incident *b)
{
    assert_int_equal(a->n_templates, b->n_templates);
    for (size_t i = 0; i < a->n_templates; i++) {
        assert_true(a->templates[i].id == b->templates[i].id);
        same_text(a->templates[i].text, b->templates[i].text);
    }
    assert_int_equal(a->n_log_counts, b->n_log_counts);
    for (size_t i = 0; i < a->n_log_counts; i++) {
        const struct hc_log_count *x = &a->log_counts[i], *y = &b->log_counts[i];
        assert_int_equal(x->template_index, y->template_index);
        assert_int_equal(x->component, y->component);
        assert_int_equal(x->level, y->level);
        assert_int_equal(x->n_minutes, y->n_minutes);
        for (size_t k = 0; k < x->n_minutes; k++) {
            assert_true(x->minute[k] == y->minute[k]);
            assert_true(x->lines[k] == y->lines[k]);
        }
        same_place(x->first, y->first);
        same_time(x->first_at, y->first_at);
        same_text(x->exemplar, y->exemplar);
    }
    assert_int_equal(a->n_events, b->n_events);
    for (size_t i = 0; i < a->n_events; i++) {
        const struct hc_event *x = &a->events[i], *y = &b->events[i];
        same_time(x->at, y->at);
        assert_int_equal(x->component, y->component);
        assert_int_equal(x->level, y->level);
        same_text(x->kind, y->kind);
        same_text(x->message, y->message);
        assert_true(x->template_id == y->template_id);
        same_place(x->place, y->place);
    }
}

static void same_papers(const struct hc_incident *a, const struct hc_incident *b)
{
    assert_int_equal(a->n_documents, b->n_documents);
    for (size_t i = 0; i < a->n_documents; i++) {
        same_text(a->documents[i].kind, b->documents[i].kind);
        same_text(a->documents[i].title, b->documents[i].title);
        same_text(a->documents[i].text, b->documents[i].text);
        same_place(a->documents[i].place, b->documents[i].place);
    }
    assert_int_equal(a->n_files, b->n_files);
    for (size_t i = 0; i < a->n_files; i++) {
        same_text(a->files[i].member, b->files[i].member);
        same_text(a->files[i].kind, b->files[i].kind);
        same_text(a->files[i].format, b->files[i].format);
        assert_true(a->files[i].n_bytes == b->files[i].n_bytes);
        assert_true(a->files[i].n_rows == b->files[i].n_rows);
        assert_true(a->files[i].n_bad_rows == b->files[i].n_bad_rows);
        assert_memory_equal(a->files[i].sha256, b->files[i].sha256, HC_SHA256_BYTES);
    }
    assert_int_equal(a->n_warnings, b->n_warnings);
    for (size_t i = 0; i < a->n_warnings; i++) {
        same_text(a->warnings[i].code, b->warnings[i].code);
        same_text(a->warnings[i].member, b->warnings[i].member);
        assert_int_equal(a->warnings[i].line, b->warnings[i].line);
        same_text(a->warnings[i].message, b->warnings[i].message);
        assert_int_equal(a->warnings[i].n_more, b->warnings[i].n_more);
    }
}

static void same_incident(const struct hc_incident *a, const struct hc_incident *b)
{
    same_head(a, b);
    same_stated(a, b);
    same_found(a, b);
    same_flows(a, b);
    same_numbers(a, b);
    same_logs(a, b);
    same_papers(a, b);
}

static void gives_back_every_list_as_it_was_put(void **state)
{
    (void)state;
    struct world world;
    struct hc_incident *got = NULL;
    world_begin(&world);
    struct hc_incident *put = rich_incident(world.arena, "INC-1", 1);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    assert_int_equal(put_from(&world, store, put, 9), HC_PUT_NEW);
    close_it(&world, store);
    store = open_as(&world, HC_STORE_READ);
    assert_ok(&world, hc_store_incident_get(store, HC_STR("INC-1"), world.arena, &got, &world.err));
    same_incident(put, got);
    assert_int_equal(hc_store_incident_get(store, HC_STR("INC-2"), world.arena, &got, &world.err), HC_SKIP);
    assert_int_equal(check_it(&world, store).n_findings, 0);
    close_it(&world, store);
    world_end(&world);
}

static void keeps_an_incident_of_which_nothing_but_the_start_is_known(void **state)
{
    (void)state;
    struct world world;
    struct hc_incident *got = NULL;
    world_begin(&world);
    struct hc_incident put = {.id = HC_STR("x"),
                              .updated = HC_TIME_NONE,
                              .window_start = TIME(0, 0),
                              .detected = HC_TIME_NONE,
                              .mitigated = HC_TIME_NONE,
                              .window_end = HC_TIME_NONE};
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    put_from(&world, store, &put, 9);
    assert_ok(&world, hc_store_incident_get(store, HC_STR("x"), world.arena, &got, &world.err));
    same_incident(&put, got);
    assert_int_equal(check_it(&world, store).n_findings, 0);
    close_it(&world, store);
    world_end(&world);
}

static void gives_and_replaces_the_packed_evidence(void **state)
{
    (void)state;
    struct world world;
    struct hc_incident_brief *briefs;
    struct hc_str evidence;
    size_t n;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    put_from(&world, store, rich_incident(world.arena, "INC-1", 1), 9);
    assert_ok(&world, hc_store_incident_list(store, world.arena, &briefs, &n, &world.err));
    assert_int_equal(n, 1);
    assert_ok(&world, hc_store_evidence_get(store, briefs[0].key, world.arena, &evidence, &world.err));
    assert_true(hc_str_is(evidence, "packed evidence"));
    assert_ok(&world, hc_store_evidence_put(store, briefs[0].key, HC_STR("other"), &world.err));
    assert_ok(&world, hc_store_evidence_get(store, briefs[0].key, world.arena, &evidence, &world.err));
    assert_true(hc_str_is(evidence, "other"));
    assert_ok(&world, hc_store_evidence_put(store, briefs[0].key, HC_STR_NONE, &world.err));
    assert_ok(&world, hc_store_evidence_get(store, briefs[0].key, world.arena, &evidence, &world.err));
    assert_null(evidence.p);
    close_it(&world, store);
    world_end(&world);
}

static void lists_what_was_confirmed_and_when_it_was_known(void **state)
{
    (void)state;
    struct world world;
    struct hc_incident_brief *briefs;
    struct hc_time latest;
    size_t n;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    assert_ok(&world, hc_store_latest_time(store, &latest, &world.err));
    assert_false(hc_time_known(latest));
    struct hc_incident *open = rich_incident(world.arena, "B-open", 2);
    open->n_outcomes = 0;
    put_from(&world, store, open, 9);
    put_from(&world, store, rich_incident(world.arena, "A-known", 1), 9);
    assert_ok(&world, hc_store_incident_list(store, world.arena, &briefs, &n, &world.err));
    assert_int_equal(n, 2);
    assert_true(hc_str_is(briefs[0].id, "A-known"));
    assert_true(briefs[0].confirmed && briefs[0].has_outcome && !briefs[0].conflict);
    assert_true(hc_str_is(briefs[0].category, "application"));
    assert_true(hc_str_is(briefs[0].cause, "memory-leak"));
    assert_true(hc_str_is(briefs[0].component, "not in the topology"));
    same_time(briefs[0].known_at, TIME(86400, 0));
    assert_true(hc_str_is(briefs[1].id, "B-open"));
    assert_false(briefs[1].confirmed || briefs[1].has_outcome);
    assert_ok(&world, hc_store_latest_time(store, &latest, &world.err));
    same_time(latest, TIME(86400, 0));
    close_it(&world, store);
    world_end(&world);
}

static void refuses_an_incident_that_names_no_component_and_keeps_nothing_of_it(void **state)
{
    (void)state;
    struct world world;
    struct hc_incident *got;
    struct hc_packed *packed = NULL;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    struct hc_incident *bad = rich_incident(world.arena, "BAD", 2);
    assert_ok(&world, hc_store_begin(store, &world.err));
    put_from(&world, store, rich_incident(world.arena, "GOOD", 1), 9);
    bad->events[1].component = 17;
    assert_int_equal(hc_store_incident_pack(&packed, bad, world.arena, &world.err), HC_FAIL);
    assert_string_equal(world.err.code, "record-invalid");
    world.err = HC_ERR_NONE;
    put_from(&world, store, rich_incident(world.arena, "GOOD-2", 3), 9);
    assert_ok(&world, hc_store_commit(store, &world.err));
    assert_int_equal(hc_store_incident_get(store, HC_STR("BAD"), world.arena, &got, &world.err), HC_SKIP);
    assert_ok(&world, hc_store_incident_get(store, HC_STR("GOOD-2"), world.arena, &got, &world.err));
    assert_int_equal(check_it(&world, store).n_findings, 0);
    close_it(&world, store);
    world_end(&world);
}

static void keeps_apart_two_templates_that_share_an_id(void **state)
{
    (void)state;
    struct world world;
    struct hc_incident *got;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    struct hc_incident *first = rich_incident(world.arena, "A", 1), *second = rich_incident(world.arena, "B", 2);
    second->templates[0].text = HC_STR("another text under the same id");
    put_from(&world, store, first, 9);
    put_from(&world, store, second, 9);
    assert_ok(&world, hc_store_incident_get(store, HC_STR("A"), world.arena, &got, &world.err));
    same_incident(first, got);
    assert_ok(&world, hc_store_incident_get(store, HC_STR("B"), world.arena, &got, &world.err));
    same_incident(second, got);
    close_it(&world, store);
    world_end(&world);
}

static void knows_the_file_of_each_flow_however_they_alternate(void **state)
{
    (void)state;
    static const char twin[] = "a.log";
    static const struct hc_str members[] = {
        {NULL, 0},    {"a.log", 5}, {"a.log", 5}, {"b.log", 5}, {NULL, 0}, {NULL, 0},
        {"c.log", 5}, {twin, 5},    {"a.log", 5}, {"c.log", 5}, {twin, 5}, {"b.log", 5},
    };
    struct world world;
    struct hc_incident *got;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    struct hc_incident *incident = rich_incident(world.arena, "A", 1);
    struct hc_evidence_file files[] = {incident->files[0], incident->files[0], incident->files[0]};
    struct hc_flow_count flows[COUNT(members)];
    files[1].member = HC_STR("b.log");
    files[2].member = HC_STR("c.log");
    incident->files = files;
    incident->n_files = COUNT(files);
    for (size_t i = 0; i < COUNT(members); i++) {
        flows[i] = incident->flows[0];
        flows[i].n[0] = (uint32_t)i;
        flows[i].place.member = members[i];
    }
    incident->flows = flows;
    incident->n_flows = COUNT(flows);
    put_from(&world, store, incident, 9);
    assert_ok(&world, hc_store_incident_get(store, HC_STR("A"), world.arena, &got, &world.err));
    same_incident(incident, got);
    close_it(&world, store);
    world_end(&world);
}

/* Many, some without any: the views and the function must find whose entries are whose. */
static void keeps_the_minutes_of_many_templates(void **state)
{
    (void)state;
    enum { N = 100 };
    static struct hc_template templates[N];
    static struct hc_log_count counts[N];
    struct world world;
    struct hc_incident *got;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    struct hc_incident *incident = rich_incident(world.arena, "A", 1);
    for (size_t i = 0; i < N; i++) {
        templates[i] = (struct hc_template){i + 1, hc_str_format(world.arena, "line %zu", i)};
        counts[i] = incident->log_counts[0];
        counts[i].template_index = (uint32_t)i;
        counts[i].n_minutes = i % 5 ? COUNT(some_minutes) : 0;
    }
    incident->templates = templates;
    incident->n_templates = N;
    incident->log_counts = counts;
    incident->n_log_counts = N;
    put_from(&world, store, incident, 9);
    assert_ok(&world, hc_store_incident_get(store, HC_STR("A"), world.arena, &got, &world.err));
    same_incident(incident, got);
    assert_int_equal(check_it(&world, store).n_findings, 0);
    assert_string_equal(
        answer(&world, store,
               "SELECT count(*), count(DISTINCT template), sum(lines), count(DISTINCT at) FROM log_counts"),
        "320|80|320000001760|3\n");
    assert_string_equal(answer(&world, store, "SELECT count(*), count(DISTINCT template) FROM log_minutes('A', 'db')"),
                        "320|80\n");
    assert_string_equal(answer(&world, store,
                               "SELECT count(*) FROM (SELECT template, at_ns, lines FROM log_counts"
                               " EXCEPT SELECT template, at_ns, lines FROM log_minutes('A'))"),
                        "0\n");
    close_it(&world, store);
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_every_list_as_it_was_put),
        cmocka_unit_test(keeps_an_incident_of_which_nothing_but_the_start_is_known),
        cmocka_unit_test(gives_and_replaces_the_packed_evidence),
        cmocka_unit_test(lists_what_was_confirmed_and_when_it_was_known),
        cmocka_unit_test(refuses_an_incident_that_names_no_component_and_keeps_nothing_of_it),
        cmocka_unit_test(keeps_apart_two_templates_that_share_an_id),
        cmocka_unit_test(knows_the_file_of_each_flow_however_they_alternate),
        cmocka_unit_test(keeps_the_minutes_of_many_templates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
