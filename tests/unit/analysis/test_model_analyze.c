#include "tests/unit/analysis/synthetic.h"

#include <string.h>

#include "analysis/model/parameters.h"
#include "analysis/model/timeline.h"

static struct hc_analysis analysis_of(struct made *m, const struct hc_model *model, const struct hc_incident *incident,
                                      const struct hc_evidence *e)
{
    struct hc_analysis a;
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_model_analyze(model, m->catalogue, incident, e, m->arena, &a, &err), HC_OK);
    return a;
}

static struct hc_model *expert_of(const struct made *m)
{
    struct hc_model *model;
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_model_expert(&model, m->catalogue, &err), HC_OK);
    return model;
}

static double sum_of(const struct hc_share *shares, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += shares[i].probability;
    return sum;
}

static void closes_every_budget(void **state)
{
    (void)state;
    struct made m = make_incidents(12, 9, 2);
    struct hc_model *expert = expert_of(&m);
    const struct hc_incident incident = {.id = HC_STR("X")};
    for (size_t i = 0; i < 12; i++) {
        const struct hc_analysis a = analysis_of(&m, expert, &incident, &m.evidence[i]);
        double sum = a.unexplained;
        for (size_t h = 0; h < a.n_hypotheses; h++) {
            sum += a.hypotheses[h].probability;
            assert_int_equal(a.hypotheses[h].rank, h + 1);
            if (h)
                assert_true(a.hypotheses[h].probability <= a.hypotheses[h - 1].probability);
            if (!hc_str_is(a.hypotheses[h].category, "other"))
                assert_true(a.hypotheses[h].probability >= 1e-6);
        }
        assert_true(fabs(sum - 1) < 1e-9);
        assert_true(fabs(sum_of(a.categories, a.n_categories) + a.unexplained - 1) < 1e-9);
        assert_true(fabs(sum_of(a.components, a.n_components) + a.unexplained - 1) < 1e-9);
    }
    hc_model_free(expert);
    forget(&m);
}

static void reasons_add_up_to_the_log_odds(void **state)
{
    (void)state;
    struct made m = make_incidents(6, 5, 3);
    struct hc_model *expert = expert_of(&m);
    const struct hc_incident incident = {.id = HC_STR("X")};
    size_t n_checked = 0;
    for (size_t i = 0; i < 6; i++) {
        const struct hc_analysis a = analysis_of(&m, expert, &incident, &m.evidence[i]);
        for (size_t h = 0; h < a.n_hypotheses && a.hypotheses[h].n_reasons; h++) {
            const double p = a.hypotheses[h].probability;
            double sum = 0;
            for (size_t r = 0; r < a.hypotheses[h].n_reasons; r++)
                sum += a.hypotheses[h].reasons[r].weight;
            assert_true(fabs(sum - log(p / (1 - p))) < 1e-9);
            n_checked++;
        }
    }
    assert_true(n_checked > 20);
    hc_model_free(expert);
    forget(&m);
}

static void says_the_prior_where_nothing_was_observed(void **state)
{
    (void)state;
    struct made m = make_incidents(1, 3, 3);
    struct hc_model *expert = expert_of(&m);
    struct hc_evidence none = bare_evidence(&m, 0, 9);
    none.kinds = 0;
    const struct hc_incident incident = {.id = HC_STR("X")};
    const struct hc_analysis a = analysis_of(&m, expert, &incident, &none);
    assert_true(fabs(a.unexplained - m.catalogue->unexplained_share) < 1e-9);
    assert_int_equal(a.n_components, 1);
    assert_null(a.components[0].name.p);
    for (size_t c = 0; c < a.n_categories; c++) {
        const size_t at = hc_catalogue_category(m.catalogue, a.categories[c].name);
        assert_true(fabs(a.categories[c].probability / (1 - a.unexplained) - m.catalogue->categories[at].share) < 1e-9);
    }
    assert_int_equal(a.n_penalties, m.catalogue->n_kinds);
    hc_model_free(expert);
    forget(&m);
}

static const struct hc_hypothesis *same_hypothesis(const struct hc_analysis *a, const struct hc_hypothesis *like)
{
    for (size_t i = 0; i < a->n_hypotheses; i++)
        if (hc_str_compare(a->hypotheses[i].cause, like->cause) == 0 &&
            hc_str_compare(a->hypotheses[i].component, like->component) == 0)
            return &a->hypotheses[i];
    return NULL;
}

static void does_not_depend_on_the_order_of_components(void **state)
{
    (void)state;
    struct made m = make_incidents(1, 6, 8);
    struct hc_model *expert = expert_of(&m);
    const struct hc_incident incident = {.id = HC_STR("X")};
    const size_t width = m.catalogue->n_features;
    struct hc_evidence turned = bare_evidence(&m, 6, 0);
    for (size_t s = 0; s < 6; s++) {
        turned.components[s] = m.evidence[0].components[5 - s];
        memcpy(turned.values + s * width, m.evidence[0].values + (5 - s) * width, width * sizeof(double));
    }
    const struct hc_analysis a = analysis_of(&m, expert, &incident, &m.evidence[0]);
    const struct hc_analysis b = analysis_of(&m, expert, &incident, &turned);
    assert_int_equal(a.n_hypotheses, b.n_hypotheses);
    for (size_t i = 0; i < a.n_hypotheses; i++) {
        const struct hc_hypothesis *twin = same_hypothesis(&b, &a.hypotheses[i]);
        assert_non_null(twin);
        assert_true(fabs(twin->probability - a.hypotheses[i].probability) < 1e-12);
    }
    hc_model_free(expert);
    forget(&m);
}

static void never_names_an_observation_point(void **state)
{
    (void)state;
    struct made m = make_incidents(1, 4, 8);
    struct hc_model *expert = expert_of(&m);
    const struct hc_incident incident = {.id = HC_STR("X")};
    m.evidence[0].components[2].candidate = false;
    const struct hc_analysis a = analysis_of(&m, expert, &incident, &m.evidence[0]);
    for (size_t i = 0; i < a.n_components; i++)
        assert_false(hc_str_equal(a.components[i].name, m.evidence[0].components[2].name));
    hc_model_free(expert);
    forget(&m);
}

static void twins_share_a_probability(void **state)
{
    (void)state;
    struct made m = make_incidents(1, 4, 8);
    struct hc_model *expert = expert_of(&m);
    const struct hc_incident incident = {.id = HC_STR("X")};
    const size_t width = m.catalogue->n_features;
    memcpy(m.evidence[0].values + width, m.evidence[0].values, width * sizeof(double));
    const struct hc_analysis a = analysis_of(&m, expert, &incident, &m.evidence[0]);
    double first = -1, second = -2;
    for (size_t i = 0; i < a.n_components; i++) {
        if (hc_str_equal(a.components[i].name, m.evidence[0].components[0].name))
            first = a.components[i].probability;
        if (hc_str_equal(a.components[i].name, m.evidence[0].components[1].name))
            second = a.components[i].probability;
    }
    assert_true(fabs(first - second) < 1e-12);
    hc_model_free(expert);
    forget(&m);
}

static void a_missing_kind_costs_what_its_term_in_the_temperature_takes(void **state)
{
    (void)state;
    struct made m = make_incidents(1, 3, 8);
    struct hc_model *expert = expert_of(&m);
    const struct hc_incident incident = {.id = HC_STR("X")};
    *value_at(&m, &m.evidence[0], 0, "memory-up") = 5;
    const struct hc_analysis a = analysis_of(&m, expert, &incident, &m.evidence[0]);
    bool found = false;
    for (size_t i = 0; i < a.n_penalties; i++) {
        assert_int_equal(a.penalties[i].learned_from, 0);
        if (i)
            assert_true(a.penalties[i].points >= a.penalties[i - 1].points);
        if (!hc_str_is(a.penalties[i].missing, "lifecycle"))
            continue;
        found = true;
        for (size_t k = 0; k < m.catalogue->n_kinds; k++)
            if (hc_str_is(m.catalogue->kinds[k].id, "lifecycle"))
                expert->confidence.missing[k] = 0;
        const struct hc_analysis without = analysis_of(&m, expert, &incident, &m.evidence[0]);
        assert_true(fabs(a.hypotheses[0].probability - without.hypotheses[0].probability - a.penalties[i].points) <
                    1e-12);
        assert_true(a.penalties[i].points < 0);
    }
    assert_true(found);
    hc_model_free(expert);
    forget(&m);
}

static void an_incident_without_the_usual_has_the_stated_temperature(void **state)
{
    (void)state;
    struct made m = make_incidents(1, 4, 1);
    struct hc_model *model = expert_of(&m);
    double usual = model->confidence.log_t;
    for (size_t k = 0; k < model->n_kinds; k++) {
        assert_true(m.catalogue->kinds[k].had >= 0 && m.catalogue->kinds[k].had <= 1);
        usual += (1 - m.catalogue->kinds[k].had) * model->confidence.missing[k];
    }
    assert_true(fabs(usual - HC_LOG_TEMPERATURE) < 1e-12);
    assert_true(model->confidence.log_t < HC_LOG_TEMPERATURE);
    hc_model_free(model);
    forget(&m);
}

static void without_a_guarantee_statuses_follow_the_stated_thresholds(void **state)
{
    (void)state;
    struct made m = make_incidents(4, 3, 8);
    struct hc_model *expert = expert_of(&m);
    const struct hc_incident incident = {.id = HC_STR("X")};
    *value_at(&m, &m.evidence[0], 0, "edge-residual-up") = 40;
    for (size_t e = 0; e < 4; e++) {
        const struct hc_analysis a = analysis_of(&m, expert, &incident, &m.evidence[e]);
        assert_false(a.has_guarantee);
        for (size_t i = 0; i < a.n_hypotheses; i++) {
            const struct hc_hypothesis *h = &a.hypotheses[i];
            assert_int_equal(h->status == HC_RULED_OUT, h->probability < 0.05);
            assert_int_equal(h->status == HC_CONFIRMED, h->probability >= 0.90);
        }
    }
    hc_model_free(expert);
    forget(&m);
}

static void an_amplifier_of_the_leading_cause_is_contributing(void **state)
{
    (void)state;
    struct made m = make_incidents(1, 2, 8);
    struct hc_model *expert = expert_of(&m);
    const struct hc_incident incident = {.id = HC_STR("X")};
    struct hc_evidence e = bare_evidence(&m, 1, 1);
    *value_at(&m, &e, 0, "signature-disk-full") = 2;
    *value_at(&m, &e, 0, "disk-space-up") = 2;
    *value_at(&m, &e, 0, "signature-io-error") = 5;
    const struct hc_analysis a = analysis_of(&m, expert, &incident, &e);
    /* the catalogue: a failing disk amplifies a full one */
    assert_true(hc_str_is(a.hypotheses[0].cause, "disk-full") || hc_str_is(a.hypotheses[0].cause, "disk-failure"));
    for (size_t i = 1; i < a.n_hypotheses; i++) {
        const bool disk =
            hc_str_is(a.hypotheses[0].cause, "disk-full") && hc_str_is(a.hypotheses[i].cause, "disk-failure");
        if (disk && a.hypotheses[i].probability >= 0.05)
            assert_int_equal(a.hypotheses[i].status, HC_CONTRIBUTING);
        else
            assert_int_not_equal(a.hypotheses[i].status, HC_CONTRIBUTING);
    }
    hc_model_free(expert);
    forget(&m);
}

static const char *timeline_text(const struct hc_analysis *a, const char *part)
{
    for (size_t i = 0; i < a->n_timeline; i++)
        if (memmem(a->timeline[i].text.p, a->timeline[i].text.n, part, strlen(part)))
            return a->timeline[i].text.p;
    return NULL;
}

static void the_timeline_says_how_many_lines_there_were_not_how_many_were_kept(void **state)
{
    (void)state;
    struct made m = make_incidents(1, 2, 8);
    struct hc_model *expert = expert_of(&m);
    const int64_t start = INT64_C(1426547700) * 1000000000, minute = start / HC_NS_PER_MINUTE;
    const int64_t minutes[] = {minute, minute + 1, minute + 4, minute + 5}; /* the last is after the window */
    const uint32_t lines[] = {30, 28, 2, 40};
    struct hc_component component = {.name = HC_STR("api")};
    struct hc_template template = {.id = 7, .text = HC_STR("it failed")};
    struct hc_log_count count = {
        .level = HC_LOG_ERROR, .n_minutes = 4, .minute = minutes, .lines = lines, .first_at = {start, 0}};
    struct hc_event events[20];
    for (int i = 0; i < 20; i++)
        events[i] = (struct hc_event){.at = {start + i * INT64_C(1000000000), 0},
                                      .level = HC_LOG_ERROR,
                                      .kind = HC_STR("log"),
                                      .message = HC_STR("it failed"),
                                      .template_id = 7};
    struct hc_incident incident = {.id = HC_STR("X"),
                                   .window_start = {start, 0},
                                   .detected = HC_TIME_NONE,
                                   .mitigated = HC_TIME_NONE,
                                   .window_end = {start + 5 * HC_NS_PER_MINUTE, 0},
                                   .components = &component,
                                   .n_components = 1,
                                   .templates = &template,
                                   .n_templates = 1,
                                   .log_counts = &count,
                                   .n_log_counts = 1,
                                   .events = events,
                                   .n_events = 20};
    struct hc_analysis a = analysis_of(&m, expert, &incident, &m.evidence[0]);
    assert_non_null(timeline_text(&a, "it failed (60 times, the last in the minute from 2015-03-16T23:19:00Z)"));
    count.n_minutes = 0; /* nothing counted: the kept lines are all that is known */
    a = analysis_of(&m, expert, &incident, &m.evidence[0]);
    assert_non_null(timeline_text(&a, "it failed (20 times, the last at 2015-03-16T23:15:19Z)"));
    hc_model_free(expert);
    forget(&m);
}

static void an_onset_is_cited_where_it_is_written_not_where_the_sentence_is_quoted_from(void **state)
{
    (void)state;
    const struct hc_str member = HC_STR("logs/a.log");
    struct hc_component component = {.name = HC_STR("api")};
    struct hc_log_count counts[] = {{.level = HC_LOG_WARN, .component = 0, .first_at = {10, 0}, .first = {member, 1}},
                                    {.level = HC_LOG_ERROR, .component = 0, .first_at = {10, 0}, .first = {member, 2}},
                                    {.level = HC_LOG_ERROR, .component = 0, .first_at = {20, 0}, .first = {member, 3}},
                                    {.level = HC_LOG_FATAL, .component = 1, .first_at = {10, 0}, .first = {member, 4}}};
    const struct hc_incident incident = {.id = HC_STR("X"),
                                         .service = HC_STR("edge"),
                                         .window_start = {5, 0},
                                         .window_place = {HC_STR("incident.xml"), 6},
                                         .components = &component,
                                         .n_components = 1,
                                         .log_counts = counts,
                                         .n_log_counts = 4};
    struct hc_evidence_component of = {.name = HC_STR("api")};
    const struct hc_evidence evidence = {.components = &of, .n_components = 1};
    struct hc_evidence_item item = {.onset = {10, 0}, .place = {member, 3}};
    assert_int_equal(hc_onset_place(&incident, &evidence, &item).line, 2);
    item.onset.ns = 20; /* its own */
    assert_int_equal(hc_onset_place(&incident, &evidence, &item).line, 3);
    item.onset.ns = 15; /* known by the minute alone */
    assert_int_equal(hc_onset_place(&incident, &evidence, &item).line, 3);
    item.onset.ns = 5; /* known by a minute that began before the window: no line has this time, the manifest does */
    assert_int_equal(hc_onset_place(&incident, &evidence, &item).line, 6);
    item = (struct hc_evidence_item){.onset = {10, 0}, .place = {HC_STR("metrics/a.csv"), 2}};
    assert_int_equal(hc_onset_place(&incident, &evidence, &item).line, 2);
    assert_true(hc_str_is(hc_onset_place(&incident, &evidence, &item).member, "metrics/a.csv"));
}

static void counts_one_in_the_singular_and_says_what_was_not_seen_as_such(void **state)
{
    (void)state;
    struct made m = make_incidents(1, 3, 8);
    struct hc_model *expert = expert_of(&m);
    const struct hc_incident incident = {.id = HC_STR("X")};
    struct hc_evidence e = bare_evidence(&m, 1, 1);
    for (size_t f = 0; f < m.catalogue->n_features; f++)
        e.values[f] = 0;
    const struct hc_analysis a = analysis_of(&m, expert, &incident, &e);
    size_t n_quiet = 0, n_silent = 0;
    for (size_t h = 0; h < a.n_hypotheses; h++)
        for (size_t r = 0; r < a.hypotheses[h].n_reasons; r++) {
            const struct hc_str text = a.hypotheses[h].reasons[r].text;
            assert_null(memmem(text.p, text.n, " 1 candidates", 13));
            assert_null(memmem(text.p, text.n, "nothing unusual", 15));
            n_quiet += memmem(text.p, text.n, ": not seen in its log lines that name no other component: ", 58) != NULL;
            n_silent +=
                memmem(text.p, text.n, ": of its log lines that name no other component, none says: ", 60) != NULL;
            assert_null(memmem(text.p, text.n, "as its log lines say", 20));
        }
    assert_true(n_quiet > 0);
    assert_true(n_silent > 0);
    hc_model_free(expert);
    forget(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closes_every_budget),
        cmocka_unit_test(reasons_add_up_to_the_log_odds),
        cmocka_unit_test(says_the_prior_where_nothing_was_observed),
        cmocka_unit_test(does_not_depend_on_the_order_of_components),
        cmocka_unit_test(never_names_an_observation_point),
        cmocka_unit_test(twins_share_a_probability),
        cmocka_unit_test(a_missing_kind_costs_what_its_term_in_the_temperature_takes),
        cmocka_unit_test(an_incident_without_the_usual_has_the_stated_temperature),
        cmocka_unit_test(without_a_guarantee_statuses_follow_the_stated_thresholds),
        cmocka_unit_test(an_amplifier_of_the_leading_cause_is_contributing),
        cmocka_unit_test(the_timeline_says_how_many_lines_there_were_not_how_many_were_kept),
        cmocka_unit_test(an_onset_is_cited_where_it_is_written_not_where_the_sentence_is_quoted_from),
        cmocka_unit_test(counts_one_in_the_singular_and_says_what_was_not_seen_as_such),
    };
    return cmocka_run_group_tests(tests, set_up_xml, NULL);
}
