#include "tests/unit/analysis/synthetic.h"

#include "analysis/model/backtest.h"
#include "analysis/model/parameters.h"
#include "analysis/model/promotion.h"

static struct hc_model *model_of(struct made *m, size_t n)
{
    struct hc_calibration c;
    struct hc_model *model;
    struct hc_err err = HC_ERR_NONE;
    const struct hc_learning with = {m->catalogue, 1, m->arena};
    assert_int_equal(hc_model_calibrate(&c, m->labelled, n, HC_TIME_NONE, &with, &err), HC_OK);
    assert_int_equal(hc_model_unpack(&model, c.model, m->catalogue, &err), HC_OK);
    return model;
}

static struct hc_promotion decision(struct made *m, size_t n, size_t n_learned, int n_threads)
{
    struct hc_promotion p;
    struct hc_calibration learned;
    struct hc_err err = HC_ERR_NONE;
    struct hc_model *model = model_of(m, n_learned);
    const struct hc_learning with = {m->catalogue, n_threads, m->arena};
    const struct hc_in_use in_use = {model, n_learned};
    assert_int_equal(hc_promotion_decide(&p, &learned, m->labelled, n, &in_use, &with, &err), HC_OK);
    hc_model_free(model);
    return p;
}

static void what_learns_more_is_promoted(void **state)
{
    (void)state;
    struct made m = make_incidents(90, 5, 1);
    const struct hc_promotion p = decision(&m, 90, 0, 1);
    assert_int_equal(p.n, 30); /* a third */
    assert_int_equal(p.n_refit, 30);
    assert_true(p.promoted && p.log_loss < p.in_use_log_loss);
    forget(&m);
}

/* Whoever learns from wrong labels predicts the right ones that come after them worse. */
static void what_learned_wrong_things_is_not(void **state)
{
    (void)state;
    struct made m = make_incidents(90, 5, 1);
    for (size_t i = 40; i < 80; i++)
        m.labelled[i].component =
            hc_str_equal(m.labelled[i].component, HC_STR("service-00")) ? HC_STR("service-01") : HC_STR("service-00");
    struct hc_labelled *const labelled = m.labelled;
    struct hc_promotion p;
    struct hc_calibration learned;
    struct hc_err err = HC_ERR_NONE;
    struct hc_model *model = model_of(&m, 40);
    const struct hc_learning with = {m.catalogue, 2, m.arena};
    for (size_t i = 40; i < 80; i++)
        labelled[i].started = HC_TIME_NONE; /* the wrong ones are learned, not compared on */
    assert_int_equal(hc_promotion_decide(&p, &learned, labelled, 90, &(struct hc_in_use){model, 40}, &with, &err),
                     HC_OK);
    assert_int_equal(p.n, 10);
    assert_int_equal(p.n_refit, 10);
    assert_false(p.promoted);
    assert_true(p.log_loss > p.in_use_log_loss);
    hc_model_free(model);
    forget(&m);
}

/* The past that both rest on is replayed once; that must not be seen, on any number of threads. */
static void what_was_learned_is_what_is_learned_alone(void **state)
{
    (void)state;
    struct made m = make_incidents(120, 5, 4);
    struct hc_err err = HC_ERR_NONE;
    struct hc_model *model = model_of(&m, 70);
    struct hc_calibration alone;
    const struct hc_learning once = {m.catalogue, 1, m.arena};
    assert_int_equal(hc_model_calibrate(&alone, m.labelled, 120, HC_TIME_NONE, &once, &err), HC_OK);
    for (int n_threads = 1; n_threads <= 64; n_threads *= 8) { /* fewer and more than there are refits */
        struct hc_promotion p;
        struct hc_calibration learned;
        const struct hc_learning with = {m.catalogue, n_threads, m.arena};
        assert_int_equal(
            hc_promotion_decide(&p, &learned, m.labelled, 120, &(struct hc_in_use){model, 70}, &with, &err), HC_OK);
        assert_int_equal(learned.n_incidents, 120);
        assert_true(hc_str_equal(learned.model, alone.model));
        assert_int_equal(learned.n_weights, alone.n_weights);
    }
    hc_model_free(model);
    forget(&m);
}

static void with_nothing_new_there_is_nothing_to_compare(void **state)
{
    (void)state;
    struct made m = make_incidents(20, 4, 3);
    const struct hc_promotion p = decision(&m, 20, 20, 1);
    assert_true(p.promoted);
    assert_int_equal(p.n, 0);
    assert_true(isnan(p.log_loss) && isnan(p.in_use_log_loss));
    forget(&m);
}

/* By hand: each new incident's label under the model in use, and under that of the schedule. */
static void the_losses_are_those_of_the_labels(void **state)
{
    (void)state;
    struct made m = make_incidents(44, 4, 9);
    const struct hc_promotion p = decision(&m, 44, 40, 8);
    double sum[2] = {0, 0};
    assert_int_equal(p.n, 4);
    for (size_t i = 40; i < 44; i++) {
        size_t known = 0;
        while (known < i && m.labelled[known].known_at.ns <= m.labelled[i].started.ns)
            known++;
        const size_t size = hc_backtest_schedule(known) > 40 ? hc_backtest_schedule(known) : 40;
        for (int column = 0; column < 2; column++) {
            struct hc_model *model = model_of(&m, column ? 40 : size);
            struct hc_backtest b;
            struct hc_err err = HC_ERR_NONE;
            const struct hc_backtest_options options = {HC_TIME_NONE, HC_TIME_NONE, 1, 1, false};
            const struct hc_backtest_split split = {model, NULL, &m.labelled[i], 0, 1};
            assert_int_equal(hc_backtest_split(&b, &split, &options, m.catalogue, m.arena, &err), HC_OK);
            sum[column] -= (log(b.rows[0].probability) + log(b.rows[0].category_probability)) / 2;
            hc_model_free(model);
        }
    }
    assert_true(fabs(p.log_loss - sum[0] / 4) < 1e-9);
    assert_true(fabs(p.in_use_log_loss - sum[1] / 4) < 1e-9);
    forget(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_learns_more_is_promoted),
        cmocka_unit_test(what_learned_wrong_things_is_not),
        cmocka_unit_test(what_was_learned_is_what_is_learned_alone),
        cmocka_unit_test(with_nothing_new_there_is_nothing_to_compare),
        cmocka_unit_test(the_losses_are_those_of_the_labels),
    };
    return cmocka_run_group_tests(tests, set_up_xml, NULL);
}
