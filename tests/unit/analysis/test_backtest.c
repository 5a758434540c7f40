#include "tests/unit/analysis/synthetic.h"

#include "analysis/model/backtest.h"

static struct hc_backtest backtest_of(struct made *m, int n_threads)
{
    struct hc_backtest b;
    struct hc_err err = HC_ERR_NONE;
    const struct hc_backtest_options options = {HC_TIME_NONE, HC_TIME_NONE, n_threads, 1, false};
    assert_int_equal(hc_backtest_run(&b, m->labelled, m->n, &options, m->catalogue, m->arena, &err), HC_OK);
    return b;
}

static void gives_the_same_rows_and_scores_on_any_number_of_threads(void **state)
{
    (void)state;
    struct made m = make_incidents(30, 4, 1);
    const struct hc_backtest one = backtest_of(&m, 1);
    const int threads[2] = {2, 8};
    for (int t = 0; t < 2; t++) {
        const struct hc_backtest other = backtest_of(&m, threads[t]);
        assert_int_equal(one.n_rows, other.n_rows);
        for (size_t i = 0; i < one.n_rows; i++) {
            assert_memory_equal(&one.rows[i].probability, &other.rows[i].probability, 3 * sizeof(double));
            assert_int_equal(one.rows[i].rank, other.rows[i].rank);
        }
        assert_memory_equal(&one.component, &other.component, sizeof one.component);
        assert_int_equal(one.n_schedule, other.n_schedule);
        for (size_t i = 0; i < one.n_schedule; i++)
            assert_true(hc_str_equal(one.schedule[i].model, other.schedule[i].model));
    }
    forget(&m);
}

static void later_labels_change_no_earlier_row(void **state)
{
    (void)state;
    struct made m = make_incidents(30, 4, 1);
    const struct hc_backtest before = backtest_of(&m, 1);
    for (size_t i = 20; i < 30; i++) { /* known from 15 minutes after they began: after the 20th row's start */
        m.labelled[i].component = m.evidence[i].components[0].name;
        m.labelled[i].category = HC_STR("security");
        m.labelled[i].cause = HC_STR("intrusion");
    }
    const struct hc_backtest after = backtest_of(&m, 1);
    for (size_t i = 0; i < 20; i++)
        assert_memory_equal(&before.rows[i].probability, &after.rows[i].probability, 3 * sizeof(double));
    size_t n_changed = 0;
    for (size_t i = 21; i < 30; i++)
        n_changed += fabs(before.rows[i].top_probability - after.rows[i].top_probability) > 0;
    assert_true(n_changed > 0);
    forget(&m);
}

static void the_first_incident_is_answered_by_the_expert(void **state)
{
    (void)state;
    struct made m = make_incidents(8, 4, 1);
    const struct hc_backtest b = backtest_of(&m, 1);
    struct hc_model *expert;
    struct hc_analysis a;
    struct hc_err err = HC_ERR_NONE;
    const struct hc_incident incident = {.id = HC_STR("X")};
    assert_int_equal(hc_model_expert(&expert, m.catalogue, &err), HC_OK);
    assert_int_equal(hc_model_analyze(expert, m.catalogue, &incident, &m.evidence[0], m.arena, &a, &err), HC_OK);
    assert_int_equal(b.rows[0].calibration, 0);
    assert_true(fabs(b.rows[0].top_probability - a.components[0].probability) < 1e-12);
    assert_int_equal(b.rows[1].calibration, 1);
    assert_int_equal(b.schedule[0].n_incidents, 1);
    hc_model_free(expert);
    forget(&m);
}

static void one_that_does_not_say_when_it_began_is_learned_from_and_not_scored(void **state)
{
    (void)state;
    struct made m = make_incidents(8, 4, 1);
    m.labelled[2].started = HC_TIME_NONE;
    const struct hc_backtest b = backtest_of(&m, 1);
    assert_int_equal(b.n_rows, 7);
    assert_int_equal(b.n_chosen[HC_CHOICE_PREDICTED], 7);
    assert_int_equal(b.n_chosen[HC_CHOICE_NO_START], 1);
    forget(&m);
}

static void an_incident_never_sees_its_own_label(void **state)
{
    (void)state;
    struct made m = make_incidents(12, 4, 1);
    for (size_t i = 0; i < 12; i++)
        m.labelled[i].known_at = m.labelled[i].started; /* known at once */
    const struct hc_backtest b = backtest_of(&m, 1);
    for (size_t i = 0; i < 12; i++)
        if (b.rows[i].calibration)
            assert_true(b.schedule[b.rows[i].calibration - 1].n_incidents <= i);
    forget(&m);
}

static void refits_when_labels_grew_by_a_twentieth(void **state)
{
    (void)state;
    size_t last = 0;
    assert_int_equal(hc_backtest_schedule(0), 0);
    for (size_t n = 1; n < 3000; n++) {
        const size_t size = hc_backtest_schedule(n);
        assert_true(size <= n && size >= last);
        assert_true((double)n < (double)size * 1.05 + 1);
        assert_int_equal(hc_backtest_schedule(size), size);
        last = size;
    }
}

static void learning_beats_the_baselines_on_a_made_system(void **state)
{
    (void)state;
    struct made m = make_incidents(120, 5, 9);
    const struct hc_backtest b = backtest_of(&m, 2);
    assert_int_equal(b.component.n, 120);
    for (int i = 0; i < HC_N_BASELINES; i++)
        assert_true(b.component.log_loss.value < b.baselines[i].component.log_loss.value);
    assert_true(b.component.coverage.value > 0.85);
    assert_true(b.component.ece.value < 3 * b.component.ece_perfect_p95);
    forget(&m);
}

static void a_split_uses_the_model_it_is_given(void **state)
{
    (void)state;
    struct made m = make_incidents(60, 5, 9);
    struct hc_err err = HC_ERR_NONE;
    struct hc_calibration c;
    struct hc_model *model;
    struct hc_backtest b;
    const struct hc_backtest_options options = {HC_TIME_NONE, HC_TIME_NONE, 1, 1, false};
    assert_int_equal(
        hc_model_calibrate(&c, m.labelled, 40, HC_TIME_NONE, &(struct hc_learning){m.catalogue, 1, m.arena}, &err),
        HC_OK);
    assert_int_equal(hc_model_unpack(&model, c.model, m.catalogue, &err), HC_OK);
    assert_int_equal(hc_backtest_split(&b, &(struct hc_backtest_split){model, m.labelled, m.labelled + 40, 40, 20},
                                       &options, m.catalogue, m.arena, &err),
                     HC_OK);
    assert_int_equal(b.n_rows, 20);
    for (size_t i = 0; i < 20; i++) {
        struct hc_analysis a;
        const struct hc_incident incident = {.id = HC_STR("X")};
        assert_int_equal(hc_model_analyze(model, m.catalogue, &incident, &m.evidence[40 + i], m.arena, &a, &err),
                         HC_OK);
        assert_true(fabs(b.rows[i].top_probability - a.components[0].probability) < 1e-12);
    }
    hc_model_free(model);
    forget(&m);
}

/* 1840 hypotheses an incident, of which a record keeps 64 one by one: what it lumps must not widen the sets until they
 * hold everything. Of 200 new incidents .95 is promised; three deviations of that share and of the quantile are .06. That
 * the sets hold no more than promised either is test_sets' to show: here the past was predicted by models of fewer labels. */
static void sets_hold_what_they_promise_and_not_everything(void **state)
{
    (void)state;
    struct made m = make_incidents(500, 40, 3);
    struct hc_err err = HC_ERR_NONE;
    struct hc_calibration c;
    struct hc_model *model;
    struct hc_backtest b;
    const struct hc_backtest_options options = {HC_TIME_NONE, HC_TIME_NONE, 2, 1, false};
    assert_int_equal(
        hc_model_calibrate(&c, m.labelled, 300, HC_TIME_NONE, &(struct hc_learning){m.catalogue, 2, m.arena}, &err),
        HC_OK);
    assert_int_equal(hc_model_unpack(&model, c.model, m.catalogue, &err), HC_OK);
    assert_int_equal(hc_backtest_split(&b, &(struct hc_backtest_split){model, m.labelled, m.labelled + 300, 300, 200},
                                       &options, m.catalogue, m.arena, &err),
                     HC_OK);
    assert_int_equal(b.component.n_promised, 200);
    assert_int_equal(b.baselines[2].component.n_promised, 0); /* the expert promises nothing */
    assert_true(b.component.coverage.value > 0.89);
    assert_true(b.component.mean_set < 100);
    hc_model_free(model);
    forget(&m);
}

static void a_culprit_that_is_no_candidate_is_scored_by_the_unexplained(void **state)
{
    (void)state;
    struct made m = make_incidents(10, 4, 1);
    m.labelled[9].component = HC_STR("somewhere-else");
    const struct hc_backtest b = backtest_of(&m, 1);
    assert_int_equal(b.rows[9].rank, 0);
    assert_true(fabs(b.rows[9].probability - b.rows[9].unexplained) < 1e-12);
    forget(&m);
}

/* Category, cause and component have to be right together: no answer to all can be better than to one of them. */
static void hypotheses_are_scored_where_the_label_names_all_of_one(void **state)
{
    (void)state;
    struct made m = make_incidents(60, 4, 5);
    m.labelled[3].cause = HC_STR_NONE;
    m.labelled[7].component = HC_STR_NONE;
    m.labelled[11].cause = HC_STR("never-heard-of");
    const struct hc_backtest b = backtest_of(&m, 1);
    assert_int_equal(b.hypothesis.n, 58);
    assert_true(b.hypothesis.top1.value < b.component.top1.value);
    assert_true(b.hypothesis.log_loss.value > b.component.log_loss.value);
    assert_true(b.hypothesis.mean_confidence < b.component.mean_confidence);
    assert_true(b.hypothesis.top1.value > 10 * b.baselines[0].hypothesis.top1.value);
    const double even = 1 / (4.0 * (double)m.catalogue->n_causes);
    assert_true(b.baselines[0].hypothesis.mean_confidence < even);
    assert_true(b.baselines[0].hypothesis.mean_confidence > 0.9 * even);
    assert_true(b.baselines[3].hypothesis.top1.value > 0); /* the same fault at the same place twice running */
    forget(&m);
}

static void no_labels_give_no_rows(void **state)
{
    (void)state;
    struct made m = make_incidents(0, 4, 1);
    const struct hc_backtest b = backtest_of(&m, 1);
    assert_int_equal(b.n_rows, 0);
    assert_true(isnan(b.component.log_loss.value));
    forget(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_same_rows_and_scores_on_any_number_of_threads),
        cmocka_unit_test(later_labels_change_no_earlier_row),
        cmocka_unit_test(the_first_incident_is_answered_by_the_expert),
        cmocka_unit_test(one_that_does_not_say_when_it_began_is_learned_from_and_not_scored),
        cmocka_unit_test(an_incident_never_sees_its_own_label),
        cmocka_unit_test(refits_when_labels_grew_by_a_twentieth),
        cmocka_unit_test(learning_beats_the_baselines_on_a_made_system),
        cmocka_unit_test(a_split_uses_the_model_it_is_given),
        cmocka_unit_test(sets_hold_what_they_promise_and_not_everything),
        cmocka_unit_test(a_culprit_that_is_no_candidate_is_scored_by_the_unexplained),
        cmocka_unit_test(hypotheses_are_scored_where_the_label_names_all_of_one),
        cmocka_unit_test(no_labels_give_no_rows),
    };
    return cmocka_run_group_tests(tests, set_up_xml, NULL);
}
