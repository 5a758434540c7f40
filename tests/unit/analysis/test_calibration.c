#include "tests/unit/analysis/synthetic.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/model/breakdown.h"
#include "analysis/model/history.h"
#include "analysis/model/parameters.h"
#include "tests/unit/analysis/near.h"

static struct hc_calibration calibration_of(struct made *m, size_t n, int n_threads)
{
    struct hc_calibration c;
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_model_calibrate(&c, m->labelled, n, HC_TIME_NONE,
                                        &(struct hc_learning){m->catalogue, n_threads, m->arena}, &err),
                     HC_OK);
    return c;
}

static void gives_the_same_bytes_on_any_number_of_threads_and_in_any_order(void **state)
{
    (void)state;
    struct made m = make_incidents(70, 5, 1);
    const struct hc_calibration one = calibration_of(&m, 70, 1);
    for (size_t i = 0; i < 35; i++) {
        const struct hc_labelled swap = m.labelled[i];
        m.labelled[i] = m.labelled[69 - i];
        m.labelled[69 - i] = swap;
    }
    const int threads[2] = {2, 8};
    for (int t = 0; t < 2; t++) {
        const struct hc_calibration other = calibration_of(&m, 70, threads[t]);
        assert_true(hc_str_equal(one.model, other.model));
        assert_int_equal(one.n_weights, other.n_weights);
        for (size_t i = 0; i < one.n_weights; i++) {
            assert_memory_equal(&one.weights[i].weight, &other.weights[i].weight, 4 * sizeof(double));
            assert_true(hc_str_equal(one.weights[i].evidence, other.weights[i].evidence));
        }
    }
    forget(&m);
}

static void what_is_packed_comes_back(void **state)
{
    (void)state;
    struct made m = make_incidents(30, 5, 4);
    struct hc_err err = HC_ERR_NONE;
    const struct hc_calibration c = calibration_of(&m, 30, 1);
    struct hc_model *model;
    struct hc_str again;
    assert_int_equal(hc_model_unpack(&model, c.model, m.catalogue, &err), HC_OK);
    assert_int_equal(hc_model_pack(model, m.arena, &again, &err), HC_OK);
    assert_true(hc_str_equal(c.model, again));
    hc_model_free(model);
    forget(&m);
}

static void refuses_a_damaged_model(void **state)
{
    (void)state;
    struct made m = make_incidents(12, 3, 4);
    const struct hc_calibration c = calibration_of(&m, 12, 1);
    size_t n_refused = 0;
    for (size_t n = 0; n < c.model.n; n += 37) {
        struct hc_err err = HC_ERR_NONE;
        struct hc_model *model = NULL;
        char *cut = malloc(n + 1); /* its own block, so that reading beyond it is seen */
        assert_non_null(cut);
        memcpy(cut, c.model.p, n);
        const enum hc_status status = hc_model_unpack(&model, (struct hc_str){cut, n}, m.catalogue, &err);
        assert_int_equal(status, HC_FAIL);
        n_refused++;
        free(cut);
    }
    for (size_t at = 0; at < c.model.n; at += 101) {
        struct hc_err err = HC_ERR_NONE;
        struct hc_model *model = NULL;
        char *copy = malloc(c.model.n);
        assert_non_null(copy);
        memcpy(copy, c.model.p, c.model.n);
        copy[at] = (char)(copy[at] ^ 0x41);
        if (hc_model_unpack(&model, (struct hc_str){copy, c.model.n}, m.catalogue, &err) == HC_OK)
            hc_model_free(model);
        free(copy);
    }
    assert_true(n_refused > 10);
    forget(&m);
}

static void many_at_once_are_what_each_is_alone(void **state)
{
    enum { N = 5 };
    static const uint32_t sizes[N] = {1, 4, 23, 24, 40};
    (void)state;
    struct made m = make_incidents(40, 4, 6);
    struct hc_err err = HC_ERR_NONE;
    for (int n_threads = 1; n_threads < 9; n_threads += 7) {
        struct hc_calibration all[N] = {0};
        for (size_t i = 0; i < N; i++)
            all[i].n_incidents = sizes[i];
        const struct hc_learning with = {m.catalogue, n_threads, m.arena};
        assert_int_equal(hc_model_calibrate_all(all, N, m.labelled, &with, &err), HC_OK);
        for (size_t i = 0; i < N; i++) {
            const struct hc_calibration alone = calibration_of(&m, sizes[i], 1);
            assert_true(hc_str_equal(all[i].model, alone.model));
            assert_int_equal(all[i].n_incidents, alone.n_incidents);
            assert_true(all[i].as_of.ns == alone.as_of.ns);
            assert_int_equal(all[i].n_weights, alone.n_weights);
            assert_int_equal(all[i].n_priors, alone.n_priors);
            assert_int_equal(all[i].n_penalties, alone.n_penalties);
        }
    }
    assert_int_equal(hc_model_calibrate_all(NULL, 0, NULL, NULL, &err), HC_OK);
    forget(&m);
}

static void folded_evidence_teaches_the_same(void **state)
{
    (void)state;
    struct made m = make_incidents(60, 5, 6);
    const struct hc_calibration before = calibration_of(&m, 60, 1);
    for (size_t i = 0; i < 60; i++)
        assert_true(hc_evidence_fold(&m.evidence[i], m.catalogue->n_features, m.arena));
    const struct hc_calibration after = calibration_of(&m, 60, 2);
    assert_true(hc_str_equal(before.model, after.model));
    forget(&m);
}

static void learns_only_what_was_known_by_then(void **state)
{
    (void)state;
    struct made m = make_incidents(40, 4, 6);
    struct hc_err err = HC_ERR_NONE;
    struct hc_calibration early, alone;
    const struct hc_time as_of = m.labelled[19].known_at;
    assert_int_equal(
        hc_model_calibrate(&early, m.labelled, 40, as_of, &(struct hc_learning){m.catalogue, 1, m.arena}, &err), HC_OK);
    assert_int_equal(
        hc_model_calibrate(&alone, m.labelled, 20, as_of, &(struct hc_learning){m.catalogue, 1, m.arena}, &err), HC_OK);
    assert_int_equal(early.n_incidents, 20);
    assert_true(hc_str_equal(early.model, alone.model));
    forget(&m);
}

static void with_no_labels_it_is_the_expert(void **state)
{
    (void)state;
    struct made m = make_incidents(3, 4, 6);
    struct hc_err err = HC_ERR_NONE;
    const struct hc_calibration none = calibration_of(&m, 0, 1);
    struct hc_model *model, *expert;
    struct hc_analysis a, b;
    const struct hc_incident incident = {.id = HC_STR("X")};
    assert_int_equal(hc_model_unpack(&model, none.model, m.catalogue, &err), HC_OK);
    assert_int_equal(hc_model_expert(&expert, m.catalogue, &err), HC_OK);
    assert_int_equal(hc_model_analyze(model, m.catalogue, &incident, &m.evidence[0], m.arena, &a, &err), HC_OK);
    assert_int_equal(hc_model_analyze(expert, m.catalogue, &incident, &m.evidence[0], m.arena, &b, &err), HC_OK);
    assert_int_equal(a.n_hypotheses, b.n_hypotheses);
    for (size_t i = 0; i < a.n_hypotheses; i++)
        assert_true(fabs(a.hypotheses[i].probability - b.hypotheses[i].probability) < 1e-12);
    hc_model_free(model);
    hc_model_free(expert);
    forget(&m);
}

static void priors_sum_to_one_and_lie_within_their_intervals(void **state)
{
    (void)state;
    struct made m = make_incidents(40, 4, 6);
    const struct hc_calibration c = calibration_of(&m, 40, 1);
    double overall = 0, of_service = 0;
    for (size_t i = 0; i < c.n_priors; i++) {
        assert_true(c.priors[i].low <= c.priors[i].probability && c.priors[i].probability <= c.priors[i].high);
        if (c.priors[i].service.p)
            of_service += c.priors[i].probability;
        else
            overall += c.priors[i].probability;
    }
    assert_true(fabs(overall - 1) < 1e-12);
    assert_true(fabs(of_service - 1) < 1e-12);
    forget(&m);
}

/* Memory leaks strike components of one kind, cpu contention those of another. */
static void each_kind_of_component_has_its_own_shares_of_causes(void **state)
{
    (void)state;
    struct made m = make_incidents(60, 5, 4);
    for (size_t i = 0; i < m.n; i++)
        for (size_t s = 0; s < m.evidence[i].n_components; s++) {
            const bool leaks = hc_str_is(m.labelled[i].cause, "memory-leak");
            const bool culprit = hc_str_equal(m.evidence[i].components[s].name, m.labelled[i].component);
            m.evidence[i].components[s].kind = culprit && !leaks ? HC_STR("host") : HC_STR("service");
        }
    const struct hc_calibration c = calibration_of(&m, 60, 1);
    struct hc_model *model = NULL;
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_model_unpack(&model, c.model, m.catalogue, &err), HC_OK);
    const struct hc_component_kind *service = hc_model_component_kind(model, HC_STR("service"));
    const struct hc_component_kind *host = hc_model_component_kind(model, HC_STR("host"));
    assert_non_null(service);
    assert_non_null(host);
    assert_null(hc_model_component_kind(model, HC_STR("queue")));
    const size_t leak = hc_model_type(model, m.catalogue, HC_STR("application"), HC_STR("memory-leak"));
    double *all = hc_arena_alloc(m.arena, model->n_types * sizeof *all);
    double *own = hc_arena_alloc(m.arena, model->n_types * sizeof *own);
    hc_model_type_priors(model, NULL, NULL, all);
    hc_model_type_priors(model, NULL, service, own);
    assert_true(exp(own[leak]) > 0.8);
    double sum = 0, expected = 0;
    for (size_t t = 0; t < model->n_types; t++) { /* by hand, from the strength that the tilts imply */
        sum += exp(own[t]);
        expected += exp(all[t] + service->tilt[t]);
    }
    assert_near(sum, 1, 1e-12);
    assert_near(expected, 1, 1e-12);
    hc_model_type_priors(model, NULL, host, own);
    assert_true(exp(own[leak]) < 0.1 * exp(all[leak]) + 0.05);
    hc_model_free(model);
    forget(&m);
}

static double learned_recurrence(struct made *m)
{
    const struct hc_calibration c = calibration_of(m, m->n, 1);
    struct hc_model *model = NULL;
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_model_unpack(&model, c.model, m->catalogue, &err), HC_OK);
    const double weight = model->recurrence;
    hc_model_free(model);
    return weight;
}

static void recurrence_is_learned_where_culprits_recur_and_left_out_where_not(void **state)
{
    (void)state;
    struct made m = make_incidents(120, 8, 4);
    assert_near(learned_recurrence(&m), 0, 0); /* culprits are drawn evenly */
    for (size_t i = 0; i < m.n; i++) {         /* the culprit of each is called the same, two times in three */
        struct hc_evidence *e = &m.evidence[i];
        size_t culprit = 0;
        while (!hc_str_equal(e->components[culprit].name, m.labelled[i].component))
            culprit++;
        if (i % 3 == 0 || culprit == 0)
            continue;
        e->components[culprit].name = e->components[0].name;
        e->components[0].name = m.labelled[i].component;
        m.labelled[i].component = e->components[culprit].name;
    }
    assert_true(learned_recurrence(&m) > 0.4);
    forget(&m);
}

static void conformal_quantile_covers_exchangeable_scores(void **state)
{
    (void)state;
    enum { N = 60, REPLICATES = 2000 };
    size_t covered = 0;
    for (size_t r = 0; r < REPLICATES; r++) {
        struct hc_random random = hc_random_new(5, r);
        double scores[N];
        for (size_t i = 0; i < N; i++)
            scores[i] = hc_random_uniform(&random) * hc_random_uniform(&random);
        const double next = hc_random_uniform(&random) * hc_random_uniform(&random);
        covered += next <= hc_conformal_quantile(scores, N, 0.95);
    }
    /* exactly ceil(61 * .95) / 61 = .9508; three standard errors are .0145 */
    assert_true(fabs((double)covered / REPLICATES - 58.0 / 61) < 0.0145);
}

static void conformal_quantile_promises_nothing_with_too_few(void **state)
{
    (void)state;
    double scores[19] = {0};
    assert_true(fabs(hc_conformal_quantile(scores, 18, 0.95) - 1) < 1e-12);
    assert_true(hc_conformal_quantile(scores, 19, 0.95) < 0.5);
}

static void a_promise_rests_on_each_past_incident_once(void **state)
{
    (void)state;
    static const char *const logs[] = {"logs"};
    struct made m = make_incidents(160, 5, 4);
    for (size_t i = 0; i < 59; i++) /* too few for sets of their own: they take those of all */
        m.evidence[i].kinds &= ~kinds_named(m.catalogue, logs, 1);
    const struct hc_calibration c = calibration_of(&m, 160, 1);
    struct hc_model *model = NULL;
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_model_unpack(&model, c.model, m.catalogue, &err), HC_OK);
    assert_int_equal(hc_model_promised_from(model), 160);
    hc_model_free(model);
    forget(&m);
}

static void sets_hold_the_truth_of_new_incidents(void **state)
{
    (void)state;
    struct made m = make_incidents(300, 5, 21);
    struct hc_err err = HC_ERR_NONE;
    const struct hc_calibration c = calibration_of(&m, 150, 2);
    struct hc_model *model;
    assert_int_equal(hc_model_unpack(&model, c.model, m.catalogue, &err), HC_OK);
    assert_true(model->confidence.has_guarantee);
    size_t held = 0, n_alone = 0;
    for (size_t i = 150; i < 300; i++) {
        struct hc_analysis a;
        const struct hc_incident incident = {.id = HC_STR("X")};
        assert_int_equal(hc_model_analyze(model, m.catalogue, &incident, &m.evidence[i], m.arena, &a, &err), HC_OK);
        assert_int_equal(a.guarantee_incidents, 150);
        for (size_t h = 0; h < a.n_hypotheses; h++) {
            const struct hc_hypothesis *x = &a.hypotheses[h];
            const bool truth =
                hc_str_equal(x->cause, m.labelled[i].cause) && hc_str_equal(x->component, m.labelled[i].component);
            held += truth && x->status != HC_RULED_OUT;
            n_alone += x->status == HC_CONFIRMED;
        }
    }
    assert_true(held >= 135); /* .95 of 150 less two standard errors */
    assert_true(n_alone > 0);
    hc_model_free(model);
    forget(&m);
}

static void learning_moves_towards_the_labels(void **state)
{
    (void)state;
    struct made m = make_incidents(120, 6, 13);
    const struct hc_calibration c = calibration_of(&m, 120, 2);
    const char *const expected = "node-cpu-up @ infrastructure/cpu-contention";
    bool found = false;
    for (size_t i = 0; i < c.n_weights; i++) {
        assert_true(c.weights[i].low <= c.weights[i].weight && c.weights[i].weight <= c.weights[i].high);
        found = found || hc_str_is(c.weights[i].evidence, expected);
    }
    assert_true(found);
    forget(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_same_bytes_on_any_number_of_threads_and_in_any_order),
        cmocka_unit_test(what_is_packed_comes_back),
        cmocka_unit_test(refuses_a_damaged_model),
        cmocka_unit_test(many_at_once_are_what_each_is_alone),
        cmocka_unit_test(folded_evidence_teaches_the_same),
        cmocka_unit_test(learns_only_what_was_known_by_then),
        cmocka_unit_test(with_no_labels_it_is_the_expert),
        cmocka_unit_test(priors_sum_to_one_and_lie_within_their_intervals),
        cmocka_unit_test(each_kind_of_component_has_its_own_shares_of_causes),
        cmocka_unit_test(recurrence_is_learned_where_culprits_recur_and_left_out_where_not),
        cmocka_unit_test(conformal_quantile_covers_exchangeable_scores),
        cmocka_unit_test(conformal_quantile_promises_nothing_with_too_few),
        cmocka_unit_test(a_promise_rests_on_each_past_incident_once),
        cmocka_unit_test(sets_hold_the_truth_of_new_incidents),
        cmocka_unit_test(learning_moves_towards_the_labels),
    };
    return cmocka_run_group_tests(tests, set_up_xml, NULL);
}
