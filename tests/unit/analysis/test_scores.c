#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/model/scores.h"
#include "base/random.h"

static const struct hc_share three[3] = {{{"b", 1}, 0.5}, {{"a", 1}, 0.3}, {{"c", 1}, 0.1}};

static void scores_a_listed_truth_by_its_share(void **state)
{
    (void)state;
    const struct hc_answer a = hc_answer_of(three, 3, 0.1, HC_STR("a"), 4);
    assert_int_equal(a.rank, 2);
    assert_true(fabs(hc_answer_hit(&a, 1)) < 1e-15);
    assert_true(fabs(hc_answer_hit(&a, 2) - 1) < 1e-15);
    assert_true(fabs(a.probability - 0.3) < 1e-15);
    assert_true(fabs(a.brier - (0.25 + 0.49 + 0.01 + 0.01)) < 1e-12);
}

static void spreads_the_unexplained_over_what_is_not_listed(void **state)
{
    (void)state;
    const struct hc_answer a = hc_answer_of(three, 3, 0.1, HC_STR("z"), 4);
    assert_int_equal(a.rank, 0);
    assert_true(fabs(hc_answer_hit(&a, 3)) < 1e-15);
    assert_true(fabs(a.probability - 0.025) < 1e-15);
    assert_true(fabs(a.brier - (0.25 + 0.09 + 0.01 + 0.81)) < 1e-12);
    assert_true(fabs(hc_answer_of(three, 3, 0.1, HC_STR("z"), 0).probability - 0.1) < 1e-15);
}

static void a_truth_is_found_by_its_place_in_a_list_of_any_order(void **state)
{
    (void)state;
    const struct hc_share shares[3] = {{HC_STR_NONE, 0.1}, {HC_STR_NONE, 0.5}, {HC_STR_NONE, 0.3}};
    const struct hc_answer second = hc_answer_at(shares, 3, 0.1, 2, 1), none = hc_answer_at(shares, 3, 0.1, 3, 1);
    assert_true(fabs(second.top - 0.5) < 1e-15 && fabs(second.probability - 0.3) < 1e-15);
    assert_true(fabs(hc_answer_hit(&second, 1)) < 1e-15 && fabs(hc_answer_hit(&second, 2) - 1) < 1e-15);
    assert_true(fabs(second.brier - (0.01 + 0.25 + 0.49 + 0.01)) < 1e-12);
    assert_int_equal(none.rank, 0);
    assert_true(fabs(none.probability - 0.1) < 1e-15);
}

/* Behind a first one, each of three equal answers is second in a third of their orders, second or third in two. */
static void equal_answers_are_hit_as_often_as_in_all_their_orders(void **state)
{
    (void)state;
    const struct hc_share shares[6] = {{{"a", 1}, .3},  {{"b", 1}, .2}, {{"c", 1}, .2}, {{"d", 1}, .2 * (1 - 1e-12)},
                                       {{"e", 1}, .05}, {{"f", 1}, .05}};
    const char *names[6] = {"a", "b", "c", "d", "e", "f"};
    const double expected[6][3] = {{1, 1, 1}, {0, 1. / 3, 2. / 3}, {0, 1. / 3, 2. / 3}, {0, 1. / 3, 2. / 3}};
    for (size_t i = 0; i < 6; i++) {
        const struct hc_answer a = hc_answer_of(shares, 6, 0, hc_str_of(names[i]), 1);
        for (uint32_t k = 1; k <= 3; k++)
            assert_true(fabs(hc_answer_hit(&a, k) - expected[i][k - 1]) < 1e-15);
        assert_true(fabs(hc_answer_hit(&a, 6) - 1) < 1e-15);
    }
}

/* Of 60 that all say .25 of four equal answers the first is right in 15, whatever the truth is called. */
static void a_model_that_says_nothing_scores_what_chance_scores(void **state)
{
    (void)state;
    enum { N = 60 };
    static const struct hc_share four[4] = {{{"a", 1}, .25}, {{"b", 1}, .25}, {{"c", 1}, .25}, {{"d", 1}, .25}};
    struct hc_answer answers[N];
    struct hc_backtest_scores scores;
    struct hc_err err = HC_ERR_NONE;
    for (size_t i = 0; i < N; i++)
        answers[i] = hc_answer_of(four, 4, 0, four[i % 3].name, 1);
    assert_int_equal(hc_scores_of(&scores, answers, N, 3, &err), HC_OK);
    assert_true(fabs(scores.top1.value - .25) < 1e-12);
    assert_true(fabs(scores.top3.value - .75) < 1e-12);
    assert_true(scores.ece.value < 1e-12);
    assert_true(fabs(scores.mean_confidence - .25) < 1e-12);
    assert_int_equal(scores.n_promised, 0);
    assert_true(isnan(scores.coverage.value) && isnan(scores.coverage.low) && isnan(scores.coverage.high));
}

static void brier_runs_from_nought_to_two(void **state)
{
    (void)state;
    const struct hc_share sure = {{"a", 1}, 1};
    assert_true(fabs(hc_answer_of(&sure, 1, 0, HC_STR("a"), 1).brier) < 1e-15);
    assert_true(fabs(hc_answer_of(&sure, 1, 0, HC_STR("b"), 1).brier - 2) < 1e-15);
}

static void calibration_error_agrees_with_a_hand_count(void **state)
{
    (void)state;
    /* five bins of two: |.1 - 0|, |.3 - .5|, |.5 - .5|, |.7 - 1|, |.9 - .5| */
    const double confidence[10] = {.1, .1, .3, .3, .5, .5, .7, .7, .9, .9};
    const double right[10] = {0, 0, 1, 0, 0, 1, 1, 1, 1, 0};
    assert_true(fabs(hc_calibration_error(confidence, right, 10) - (.1 + .2 + 0 + .3 + .4) / 5) < 1e-12);
    assert_true(fabs(hc_calibration_error(confidence, right, 1) - .1) < 1e-12);
    assert_true(isnan(hc_calibration_error(confidence, right, 0)));
}

static double error_by_bins(const double *confidence, const double *right, size_t n, size_t bins)
{
    double error = 0;
    size_t at = 0;
    for (size_t b = 0; b < bins; b++) {
        double mean = 0, share = 0, size = 0;
        for (; at < n * (b + 1) / bins; at++, size++)
            mean += confidence[at], share += right[at];
        error += fabs(mean / size - share / size) * size / (double)n;
    }
    return error;
}

static void uses_five_bins_below_two_hundred_answers_and_fifteen_from_there(void **state)
{
    (void)state;
    double confidence[200], right[200];
    struct hc_random random = hc_random_new(2, 0);
    for (size_t i = 0; i < 200; i++) {
        confidence[i] = (double)i / 200;
        right[i] = hc_random_uniform(&random) < confidence[i];
    }
    assert_true(fabs(hc_calibration_error(confidence, right, 199) - error_by_bins(confidence, right, 199, 5)) < 1e-12);
    assert_true(fabs(hc_calibration_error(confidence, right, 200) - error_by_bins(confidence, right, 200, 15)) < 1e-12);
}

/* Where one bin holds all of n equal confidences c, the error is |K/n - c| with K binomial: its mean by its sum. */
static void the_perfect_models_error_agrees_with_the_binomial(void **state)
{
    (void)state;
    const double c = 0.7, confidence[1] = {c};
    struct hc_perfect perfect;
    struct hc_arena *arena = hc_arena_new(0);
    assert_int_equal(hc_calibration_error_perfect(&perfect, confidence, 1, 5, arena), HC_OK);
    assert_true(fabs(perfect.mean - 2 * c * (1 - c)) < 0.03);
    assert_true(fabs(perfect.p95 - 0.7) < 1e-12);
    assert_true(fabs(perfect.p9975 - 0.7) < 1e-12);
    hc_arena_free(arena);
}

static void all_scores_agree_with_their_definitions(void **state)
{
    (void)state;
    enum { N = 60 };
    struct hc_answer answers[N];
    struct hc_backtest_scores scores, again;
    struct hc_err err = HC_ERR_NONE;
    struct hc_random random = hc_random_new(8, 0);
    double loss = 0, brier = 0, first = 0, three_best = 0;
    for (size_t i = 0; i < N; i++) {
        const double p = hc_random_uniform(&random);
        const uint32_t rank = (uint32_t)hc_random_below(&random, 6);
        answers[i] = (struct hc_answer){.rank = rank,
                                        .n_before = rank ? rank - 1 : 0,
                                        .n_tied = rank > 0,
                                        .probability = p,
                                        .top = fmax(p, 0.3),
                                        .brier = 1 - p,
                                        .promised = i >= 20,
                                        .covered = i % 10 != 0};
        if (i == 7)
            answers[i].probability = 0;
        loss -= log(fmax(answers[i].probability, 1e-6)) / N;
        brier += answers[i].brier / N;
        first += answers[i].rank == 1;
        three_best += answers[i].rank >= 1 && answers[i].rank <= 3;
    }
    assert_int_equal(hc_scores_of(&scores, answers, N, 3, &err), HC_OK);
    assert_true(fabs(scores.log_loss.value - loss) < 1e-12);
    assert_true(fabs(scores.brier.value - brier) < 1e-12);
    assert_true(fabs(scores.top1.value - first / N) < 1e-12);
    assert_true(fabs(scores.top3.value - three_best / N) < 1e-12);
    assert_true(fabs(scores.coverage.value - 0.9) < 1e-12);
    assert_int_equal(scores.n_promised, 40);
    assert_true(scores.log_loss.low < loss && loss < scores.log_loss.high);
    assert_true(scores.ece_perfect_mean < scores.ece_perfect_p95);
    assert_int_equal(hc_scores_of(&again, answers, N, 3, &err), HC_OK);
    assert_memory_equal(&scores, &again, sizeof scores);
}

static void scores_do_not_depend_on_the_order_of_answers(void **state)
{
    (void)state;
    struct hc_answer a[40], b[40];
    struct hc_backtest_scores x, y;
    struct hc_err err = HC_ERR_NONE;
    struct hc_random random = hc_random_new(8, 0);
    for (size_t i = 0; i < 40; i++) {
        const double p = hc_random_uniform(&random);
        const bool right = hc_random_uniform(&random) < p;
        a[i] = (struct hc_answer){.rank = right ? 1 : 2,
                                  .n_before = right ? 0 : 1,
                                  .n_tied = 1,
                                  .probability = right ? p : 1 - p,
                                  .top = p,
                                  .brier = 2 * (1 - p) * (1 - p)};
        b[39 - i] = a[i];
    }
    assert_int_equal(hc_scores_of(&x, a, 40, 3, &err), HC_OK);
    assert_int_equal(hc_scores_of(&y, b, 40, 3, &err), HC_OK);
    assert_true(fabs(x.ece.value - y.ece.value) < 1e-12);
    assert_true(fabs(x.log_loss.value - y.log_loss.value) < 1e-12);
    assert_true(fabs(x.ece_perfect_mean - y.ece_perfect_mean) < 1e-12);
}

/* Of a calibrated model a sample's error is mostly noise; resampling it adds as much again. */
static void the_interval_of_a_small_calibration_error_holds_it(void **state)
{
    (void)state;
    enum { N = 300 };
    static struct hc_answer answers[N];
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct hc_backtest_scores scores;
        struct hc_err err = HC_ERR_NONE;
        struct hc_random random = hc_random_new(seed, 0);
        for (size_t i = 0; i < N; i++) {
            const double p = 0.2 + 0.7 * hc_random_uniform(&random);
            const bool right = hc_random_uniform(&random) < p;
            answers[i] = (struct hc_answer){.rank = right ? 1 : 2,
                                            .n_before = right ? 0 : 1,
                                            .n_tied = 1,
                                            .probability = right ? p : 1 - p,
                                            .top = p};
        }
        assert_int_equal(hc_scores_of(&scores, answers, N, seed, &err), HC_OK);
        assert_true(0 <= scores.ece.low && scores.ece.low < scores.ece.value);
        assert_true(scores.ece.value < scores.ece.high);
    }
}

static void skill_agrees_with_its_definition_and_has_no_unit(void **state)
{
    (void)state;
    const double own[4] = {1, 2, 0, 3}, base[4] = {2, 2, 4, 4}, tenth[4] = {.1, .2, 0, .3},
                 base_tenth[4] = {.2, .2, .4, .4};
    const double none[2] = {0, 0};
    struct hc_score skill, scaled;
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_skill_of(&skill, own, base, 4, 1, &err), HC_OK);
    assert_true(fabs(skill.value - 0.5) < 1e-12);
    assert_true(skill.low >= 0 && skill.low < .5 && skill.high > .5 && skill.high <= 1); /* the worst case: 2 of 2 */
    assert_int_equal(hc_skill_of(&scaled, tenth, base_tenth, 4, 1, &err), HC_OK);
    assert_true(fabs(skill.low - scaled.low) < 1e-12 && fabs(skill.high - scaled.high) < 1e-12);
    assert_int_equal(hc_skill_of(&skill, none, none, 2, 1, &err), HC_OK);
    assert_true(isnan(skill.value));
    assert_int_equal(hc_skill_of(&skill, NULL, NULL, 0, 1, &err), HC_OK);
    assert_true(isnan(skill.value) && isnan(skill.low));
}

/* Two answers of .9 in a bin each are both wrong once in a hundred, and one is in 18: the error is .9, .5, else .1. */
static void the_perfect_models_tail_agrees_with_its_closed_form(void **state)
{
    (void)state;
    const double confidence[2] = {.9, .9};
    struct hc_perfect perfect;
    struct hc_arena *arena = hc_arena_new(0);
    assert_int_equal(hc_calibration_error_perfect(&perfect, confidence, 2, 5, arena), HC_OK);
    assert_true(fabs(perfect.mean - (.01 * .9 + .18 * .5 + .81 * .1)) < 0.01);
    assert_true(fabs(perfect.p95 - .5) < 1e-12);
    assert_true(fabs(perfect.p9975 - .9) < 1e-12);
    hc_arena_free(arena);
}

/* Sets that were not promised do not count. */
static void the_mean_set_is_of_those_promised(void **state)
{
    (void)state;
    struct hc_answer answers[10];
    struct hc_backtest_scores scores;
    struct hc_err err = HC_ERR_NONE;
    for (size_t i = 0; i < 10; i++)
        answers[i] = (struct hc_answer){.rank = 5,
                                        .n_before = 4,
                                        .n_tied = 1,
                                        .probability = .1,
                                        .top = .5,
                                        .n_set = i < 4 ? 3 + (uint32_t)i % 2 : 99,
                                        .promised = i < 4};
    assert_int_equal(hc_scores_of(&scores, answers, 10, 5, &err), HC_OK);
    assert_true(fabs(scores.mean_set - 3.5) < 1e-12);
    assert_true(fabs(scores.top5.value - 1) < 1e-12 && scores.top3.value < 1e-12);
    assert_int_equal(hc_scores_of(&scores, answers + 4, 6, 5, &err), HC_OK);
    assert_true(isnan(scores.mean_set));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_a_listed_truth_by_its_share),
        cmocka_unit_test(spreads_the_unexplained_over_what_is_not_listed),
        cmocka_unit_test(a_truth_is_found_by_its_place_in_a_list_of_any_order),
        cmocka_unit_test(equal_answers_are_hit_as_often_as_in_all_their_orders),
        cmocka_unit_test(a_model_that_says_nothing_scores_what_chance_scores),
        cmocka_unit_test(brier_runs_from_nought_to_two),
        cmocka_unit_test(calibration_error_agrees_with_a_hand_count),
        cmocka_unit_test(uses_five_bins_below_two_hundred_answers_and_fifteen_from_there),
        cmocka_unit_test(the_perfect_models_error_agrees_with_the_binomial),
        cmocka_unit_test(all_scores_agree_with_their_definitions),
        cmocka_unit_test(scores_do_not_depend_on_the_order_of_answers),
        cmocka_unit_test(the_interval_of_a_small_calibration_error_holds_it),
        cmocka_unit_test(skill_agrees_with_its_definition_and_has_no_unit),
        cmocka_unit_test(the_perfect_models_tail_agrees_with_its_closed_form),
        cmocka_unit_test(the_mean_set_is_of_those_promised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
