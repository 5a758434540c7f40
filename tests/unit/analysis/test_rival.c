#include "tests/unit/analysis/synthetic.h"

#include <string.h>

#include "analysis/model/parameters.h"
#include "analysis/model/predict.h"

static struct hc_model *model_of(struct made *m, size_t n)
{
    struct hc_calibration c;
    struct hc_model *model;
    struct hc_err err = HC_ERR_NONE;
    const struct hc_learning with = {m->catalogue, 2, m->arena};
    assert_int_equal(hc_model_calibrate(&c, m->labelled, n, HC_TIME_NONE, &with, &err), HC_OK);
    assert_int_equal(hc_model_unpack(&model, c.model, m->catalogue, &err), HC_OK);
    return model;
}

static struct hc_analysis analysis_of(struct made *m, const struct hc_model *model, size_t i)
{
    struct hc_analysis a;
    struct hc_err err = HC_ERR_NONE;
    const struct hc_incident incident = {.id = HC_STR("X")};
    assert_int_equal(hc_model_analyze(model, m->catalogue, &incident, &m->evidence[i], m->arena, &a, &err), HC_OK);
    return a;
}

static void the_runner_up_is_as_far_behind_as_its_odds_say(void **state)
{
    (void)state;
    struct made m = make_incidents(60, 5, 1);
    struct hc_model *model = model_of(&m, 40);
    for (size_t i = 40; i < 60; i++) {
        const struct hc_analysis a = analysis_of(&m, model, i);
        if (a.runner_up)
            assert_true(fabs(a.runner_up->behind - log(a.hypotheses[0].probability / a.hypotheses[1].probability)) <
                        1e-9);
    }
    hc_model_free(model);
    forget(&m);
}

/* The parts that are named come to more than it is behind, and without the least of them to less. */
static void the_fewest_absences_flip_the_order(void **state)
{
    (void)state;
    struct made m = make_incidents(60, 5, 1);
    struct hc_model *model = model_of(&m, 40);
    size_t n_flipped = 0;
    for (size_t i = 40; i < 60; i++) {
        const struct hc_analysis a = analysis_of(&m, model, i);
        double sum = 0;
        if (!a.runner_up || !a.runner_up->n_flips_without)
            continue;
        const struct hc_runner_up *r = a.runner_up;
        for (size_t k = 0; k < r->n_flips_without; k++) {
            assert_true(k == 0 || r->flips_without[k].weight <= r->flips_without[k - 1].weight);
            assert_true(r->flips_without[k].text.n > 0);
            sum += r->flips_without[k].weight;
        }
        assert_true(sum > r->behind);
        assert_true(sum - r->flips_without[r->n_flips_without - 1].weight <= r->behind);
        n_flipped++;
    }
    assert_true(n_flipped > 5);
    hc_model_free(model);
    forget(&m);
}

static bool says(struct hc_str text, const char *words, struct hc_arena *arena)
{
    const struct hc_str copy = hc_str_format(arena, "%.*s", HC_STR_ARG(text)); /* ends with a 0 */
    return strstr(copy.p, words) != NULL;
}

/* Two components out of memory; of the second it was looked whether its memory grew, and it did not, of the first it was
 * not looked. */
static void a_sign_that_the_runner_up_lacks_is_told_of_it(void **state)
{
    (void)state;
    struct made m = make_incidents(1, 2, 1);
    struct hc_err err = HC_ERR_NONE;
    struct hc_model *model;
    m.evidence[0] = bare_evidence(&m, 2, 0);
    for (size_t s = 0; s < 2; s++)
        *value_at(&m, &m.evidence[0], s, "signature-out-of-memory") = 6 + 0.1 * (double)s;
    *value_at(&m, &m.evidence[0], 1, "memory-up") = 0;
    assert_int_equal(hc_model_expert(&model, m.catalogue, &err), HC_OK);
    const struct hc_analysis a = analysis_of(&m, model, 0);
    size_t rival = 1;
    while (rival < a.n_hypotheses && !(hc_str_equal(a.hypotheses[rival].cause, a.hypotheses[0].cause) &&
                                       hc_str_equal(a.hypotheses[rival].category, a.hypotheses[0].category)))
        rival++;
    assert_true(hc_str_is(a.hypotheses[0].component, "service-00"));
    assert_int_equal(rival, 1); /* the same at the other component */
    assert_int_equal(a.runner_up->n_flips_without, 1);
    assert_true(hc_str_is(a.runner_up->flips_without[0].evidence, "memory-up"));
    assert_true(says(a.runner_up->flips_without[0].text, "service-01: looked for, not seen", m.arena));
    for (size_t i = 0; i < a.hypotheses[0].n_reasons; i++) /* nothing was seen of the other, so that is not said */
        assert_false(says(a.hypotheses[0].reasons[i].text, "Seen of other", m.arena));
    hc_model_free(model);
    forget(&m);
}

static void leaders_that_are_as_likely_are_counted(void **state)
{
    (void)state;
    struct made m = make_incidents(1, 3, 1);
    struct hc_err err = HC_ERR_NONE;
    struct hc_model *model;
    m.evidence[0] = bare_evidence(&m, 3, 0);
    *value_at(&m, &m.evidence[0], 0, "memory-up") = 3;
    *value_at(&m, &m.evidence[0], 2, "memory-up") = 3;
    assert_int_equal(hc_model_expert(&model, m.catalogue, &err), HC_OK);
    const struct hc_analysis two = analysis_of(&m, model, 0);
    assert_int_equal(two.n_tied, 2);
    *value_at(&m, &m.evidence[0], 2, "memory-up") = 2.9;
    const struct hc_analysis one = analysis_of(&m, model, 0);
    assert_int_equal(one.n_tied, 1);
    hc_model_free(model);
    forget(&m);
}

/* Whether the second of `a` goes before its first once the second's component shows that much of a feature. */
static bool goes_first(struct made *m, struct hc_model *model, size_t number, const struct hc_analysis *a,
                       size_t feature, double value)
{
    struct hc_evidence *e = &m->evidence[number];
    for (size_t s = 0; s < e->n_components; s++)
        if (hc_str_equal(e->components[s].name, a->hypotheses[1].component))
            e->values[s * m->catalogue->n_features + feature] = value;
    const struct hc_analysis after = analysis_of(m, model, number);
    size_t rank[2] = {0, 0};
    for (size_t h = 0; h < after.n_hypotheses; h++)
        for (int which = 0; which < 2; which++)
            if (hc_str_equal(after.hypotheses[h].cause, a->hypotheses[which].cause) &&
                hc_str_equal(after.hypotheses[h].component, a->hypotheses[which].component))
                rank[which] = after.hypotheses[h].rank;
    return rank[1] < rank[0];
}

/* Incidents without logs: the sign that is named is shown of the runner-up, a bit below what it needs and a bit above. */
static void the_order_flips_at_what_is_needed(double shown)
{
    struct made m = make_incidents(60, 5, 1);
    struct hc_err err = HC_ERR_NONE;
    struct hc_model *model;
    assert_int_equal(hc_model_expert(&model, m.catalogue, &err), HC_OK);
    for (size_t f = 0; f < model->n_features; f++)
        model->general[2 * model->n_features + f] = shown;
    static const char *const logs[] = {"logs"};
    const uint64_t logs_bit = kinds_named(m.catalogue, logs, 1);
    size_t n_tried = 0;
    for (size_t i = 0; i < 60; i++) {
        m.evidence[i].kinds &= ~logs_bit;
        const struct hc_analysis a = analysis_of(&m, model, i);
        for (size_t k = 0; a.runner_up && k < a.runner_up->n_flips_with; k++) {
            const struct hc_flip *flip = &a.runner_up->flips_with[k];
            const size_t f = hc_catalogue_feature(m.catalogue, flip->evidence);
            if (!hc_str_is(flip->missing, "logs") || !model->surprising[f] || !a.hypotheses[1].component.p ||
                hc_str_equal(a.hypotheses[0].component, a.hypotheses[1].component))
                continue;
            assert_true(flip->needs >= 0 && flip->needs < 1);
            const double needed = flip->needs * HC_SURPRISE_CAP;
            m.evidence[i].kinds |= logs_bit;
            if (needed > 0.05)
                assert_false(goes_first(&m, model, i, &a, f, needed - 0.05));
            assert_true(goes_first(&m, model, i, &a, f, needed + 0.05));
            n_tried++;
            break;
        }
    }
    assert_true(n_tried > 5);
    hc_model_free(model);
    forget(&m);
}

static void what_a_missing_kind_may_show_flips_the_order(void **state)
{
    (void)state;
    the_order_flips_at_what_is_needed(0);
    the_order_flips_at_what_is_needed(0.5);
}

/* What is expected of a kind is what new incidents show, on average: learned from the first hundred and fifty, looked
 * at in the next as they are and without it. */
static void what_a_kind_is_expected_to_tell_is_what_it_tells(void **state)
{
    (void)state;
    struct made m = make_incidents(300, 5, 21);
    struct hc_model *model = model_of(&m, 150);
    static const char *const metrics[] = {"metrics"};
    const uint64_t bit = kinds_named(m.catalogue, metrics, 1);
    double expected = 0, told = 0, confidence = 0, top = 0, least = 0;
    for (size_t i = 150; i < 300; i++) {
        const struct hc_analysis whole = analysis_of(&m, model, i);
        struct hc_evidence *e = &m.evidence[i];
        const uint64_t kinds = e->kinds;
        const size_t n = e->n_components * m.catalogue->n_features;
        double *const values = e->values;
        e->values = hc_arena_alloc(m.arena, n * sizeof *values);
        memcpy(e->values, values, n * sizeof *values);
        e->kinds &= ~bit;
        for (size_t k = 0; k < n; k++)
            if (model->feature_kinds[k % m.catalogue->n_features] & bit)
                e->values[k] = NAN;
        const struct hc_analysis without = analysis_of(&m, model, i);
        e->values = values;
        e->kinds = kinds;
        for (size_t k = 0; k < without.n_next_evidence; k++) {
            const struct hc_next_evidence *next = &without.next_evidence[k];
            assert_true(fabs(next->expected_entropy - without.entropy - next->entropy_change) < 1e-12);
            assert_true(!k || next->expected_entropy >= next[-1].expected_entropy);
            if (!hc_str_is(next->kind, "metrics"))
                continue;
            assert_true(next->learned_from >= HC_PENALTY_LEARNED);
            expected += next->entropy_change / 150;
            confidence += next->expected_confidence / 150;
            least += without.hypotheses[0].probability / 150;
        }
        told += (whole.entropy - without.entropy) / 150;
        top += whole.hypotheses[0].probability / 150;
    }
    assert_true(told < -0.2 && top > least); /* it is worth something */
    assert_true(fabs(expected - told) < 0.25 * fabs(told));
    assert_true(fabs(confidence - top) < 0.25 * (top - least));
    hc_model_free(model);
    forget(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_runner_up_is_as_far_behind_as_its_odds_say),
        cmocka_unit_test(the_fewest_absences_flip_the_order),
        cmocka_unit_test(a_sign_that_the_runner_up_lacks_is_told_of_it),
        cmocka_unit_test(leaders_that_are_as_likely_are_counted),
        cmocka_unit_test(what_a_missing_kind_may_show_flips_the_order),
        cmocka_unit_test(what_a_kind_is_expected_to_tell_is_what_it_tells),
    };
    return cmocka_run_group_tests(tests, set_up_xml, NULL);
}
