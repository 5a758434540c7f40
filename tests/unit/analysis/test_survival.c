#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "analysis/stats/compare.h"
#include "analysis/stats/survival.h"
#include "base/random.h"
#include "near.h"

/* Weeks of remission under 6-MP (Freireich and others, Blood 21, 1963), the example of Kalbfleisch and Prentice and of
 * Cox's paper; + is still in remission: 6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+. */
static struct hc_duration treated[] = {{6, 1},  {6, 1},  {6, 1},  {6, 0},  {7, 1},  {9, 0},  {10, 1},
                                       {10, 0}, {11, 0}, {13, 1}, {16, 1}, {17, 0}, {19, 0}, {20, 0},
                                       {22, 1}, {23, 1}, {25, 0}, {32, 0}, {32, 0}, {34, 0}, {35, 0}};
static struct hc_duration placebo[] = {{1, 1},  {1, 1},  {2, 1},  {2, 1},  {3, 1},  {4, 1},  {4, 1},
                                       {5, 1},  {5, 1},  {8, 1},  {8, 1},  {8, 1},  {8, 1},  {11, 1},
                                       {11, 1}, {12, 1}, {12, 1}, {15, 1}, {17, 1}, {22, 1}, {23, 1}};
enum { PATIENTS = 21 };

static void the_curve_is_the_published_one(void **state)
{
    (void)state;
    static const double at[] = {6, 7, 10, 13, 16, 22, 23};
    static const double exceeds[] = {0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482};
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_survival curve;
    double low, high;
    assert_int_equal(hc_survival_curve(&curve, treated, PATIENTS, arena), 0);
    assert_int_equal(curve.n, 7);
    for (size_t i = 0; i < 7; i++) {
        assert_near(curve.at[i], at[i], 0);
        assert_near(curve.exceeds[i], exceeds[i], 5e-5);
        assert_true(curve.low[i] < curve.exceeds[i] && curve.exceeds[i] < curve.high[i]);
    }
    /* Greenwood's standard error at 10 weeks is .0963; ln(-ln S) gives .503 to .889 */
    assert_near(hc_survival_at(&curve, 12, &low, &high), 0.7529, 5e-5);
    assert_near(low, 0.503, 5e-4);
    assert_near(high, 0.889, 5e-4);
    assert_near(hc_survival_at(&curve, 5.9, &low, &high), 1, 0);
    assert_near(hc_survival_median(treated, PATIENTS), 23, 0);
    assert_near(hc_survival_median(placebo, PATIENTS), 8, 0);
    hc_arena_free(arena);
}

static void without_censoring_it_counts(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_survival curve;
    assert_int_equal(hc_survival_curve(&curve, placebo, PATIENTS, arena), 0);
    for (double length = 0; length < 25; length += 0.5) {
        double low, high, n = 0;
        for (size_t i = 0; i < PATIENTS; i++)
            n += placebo[i].length > length;
        assert_near(hc_survival_at(&curve, length, &low, &high), n / PATIENTS, 1e-12);
    }
    hc_arena_free(arena);
}

static void half_that_have_not_ended_have_no_median(void **state)
{
    (void)state;
    const struct hc_duration few[] = {{3, 1}, {5, 0}, {7, 0}};
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_bounds bounds;
    assert_true(isinf(hc_survival_median(few, 3)));
    assert_true(isnan(hc_survival_median(few, 0)));
    assert_int_equal(hc_survival_median_bounds(&bounds, few, 3, 400, 1, arena), 0);
    assert_near(bounds.low, 3, 0);
    assert_true(isinf(bounds.high));
    assert_int_equal(hc_survival_median_bounds(&bounds, treated, PATIENTS, 400, 1, arena), 0);
    assert_true(bounds.low >= 10 && bounds.low <= 23 && bounds.high >= 23);
    hc_arena_free(arena);
}

/* All exchanges of 3 among 7, each scored by the definition: pairs won less pairs lost, which Wilcoxon counts. */
static void the_p_value_is_that_of_all_exchanges(void **state)
{
    (void)state;
    static const double values[7] = {9, 14, 30, 1, 4, 5, 7};
    struct hc_duration a[3], b[4];
    struct hc_arena *arena = hc_arena_new(0);
    int seen = 0, n = 0, n_extreme = 0;
    double p;
    for (int pass = 0; pass < 2; pass++)
        for (int mask = 0; mask < 128; mask++) {
            int won = 0;
            if (__builtin_popcount((unsigned)mask) != 3)
                continue;
            for (int i = 0; i < 7; i++)
                for (int j = 0; j < 7; j++)
                    if (mask >> i & 1 && !(mask >> j & 1))
                        won += (values[i] > values[j]) - (values[i] < values[j]);
            if (pass == 0 && mask == 7)
                seen = won;
            n += pass;
            n_extreme += pass && abs(won) >= abs(seen);
        }
    for (int i = 0; i < 7; i++)
        *(i < 3 ? &a[i] : &b[i - 3]) = (struct hc_duration){values[i], true};
    hc_durations_sort(a, 3);
    hc_durations_sort(b, 4);
    assert_int_equal(hc_survival_compare(&p, (struct hc_durations){a, 3}, (struct hc_durations){b, 4}, 19999, 3, arena),
                     0);
    assert_int_equal(n, 35);
    assert_near(p, (double)n_extreme / n, 0.03);
    hc_arena_free(arena);
}

static void finds_what_is_known_to_differ_and_not_what_is_alike(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    double p;
    assert_int_equal(hc_survival_compare(&p, (struct hc_durations){treated, PATIENTS},
                                         (struct hc_durations){placebo, PATIENTS}, 19999, 1, arena),
                     0);
    assert_true(p < 0.001); /* published: chi squared 13 to 17 */
    assert_int_equal(hc_survival_compare(&p, (struct hc_durations){treated, PATIENTS},
                                         (struct hc_durations){treated, PATIENTS}, 1999, 1, arena),
                     0);
    assert_true(p > 0.9);
    assert_int_equal(hc_survival_compare(&p, (struct hc_durations){treated, PATIENTS},
                                         (struct hc_durations){placebo, 0}, 1999, 1, arena),
                     0);
    assert_near(p, 1, 0);
    hc_arena_free(arena);
}

/* Heavy tails: lognormal with a scatter of 1.5. */
static double draw(struct hc_random *random, double factor)
{
    return 1000 * factor * exp(1.5 * hc_normal_quantile(hc_random_uniform(random)));
}

/* How often in 300 sets of 40 the test says "unlike" at .05, lengths of the first being longer by the factor. */
static size_t n_unlike(double factor, double *smallest, struct hc_arena *arena)
{
    size_t n = 0;
    double ln_smallest = 0;
    for (uint64_t r = 0; r < 300; r++) {
        struct hc_random random = hc_random_new(99, r);
        struct hc_duration a[40], b[40];
        double p, least;
        for (int i = 0; i < 40; i++) {
            a[i] = (struct hc_duration){draw(&random, factor), true};
            b[i] = (struct hc_duration){draw(&random, 1), true};
        }
        hc_durations_sort(a, 40);
        hc_durations_sort(b, 40);
        assert_int_equal(
            hc_survival_compare(&p, (struct hc_durations){a, 40}, (struct hc_durations){b, 40}, 999, r, arena), 0);
        assert_int_equal(
            hc_survival_smallest(&least, (struct hc_durations){a, 40}, (struct hc_durations){b, 40}, 0.05, 0.5, arena),
            0);
        ln_smallest += log(least) / 300;
        n += p <= 0.05;
    }
    *smallest = exp(ln_smallest);
    return n;
}

static void keeps_its_size_and_sees_the_smallest_factor_half_of_the_time(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    double factor, again;
    assert_in_range(n_unlike(1, &factor, arena), 5, 27); /* 15 of 300 are due */
    assert_true(factor > 1.5 && factor < 2.5);
    assert_in_range(n_unlike(factor, &again, arena), 125, 180);
    hc_arena_free(arena);
}

static void the_interval_of_the_ratio_holds_it_as_often_as_said(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    size_t n_held = 0;
    for (uint64_t r = 0; r < 200; r++) {
        struct hc_random random = hc_random_new(17, r);
        struct hc_duration a[30], b[30];
        struct hc_bounds bounds;
        for (int i = 0; i < 30; i++) {
            a[i] = (struct hc_duration){draw(&random, 3), true};
            b[i] = (struct hc_duration){draw(&random, 1), true};
        }
        hc_durations_sort(a, 30);
        hc_durations_sort(b, 30);
        assert_int_equal(hc_survival_ratio_bounds(&bounds, (struct hc_durations){a, 30}, (struct hc_durations){b, 30},
                                                  399, r, arena),
                         0);
        n_held += bounds.low <= 3 && bounds.high >= 3;
    }
    assert_in_range(n_held, 182, 198); /* 190 are due */
    hc_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_curve_is_the_published_one),
        cmocka_unit_test(without_censoring_it_counts),
        cmocka_unit_test(half_that_have_not_ended_have_no_median),
        cmocka_unit_test(the_p_value_is_that_of_all_exchanges),
        cmocka_unit_test(finds_what_is_known_to_differ_and_not_what_is_alike),
        cmocka_unit_test(the_interval_of_the_ratio_holds_it_as_often_as_said),
        cmocka_unit_test(keeps_its_size_and_sees_the_smallest_factor_half_of_the_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
