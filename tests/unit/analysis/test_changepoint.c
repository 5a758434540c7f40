#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "analysis/stats/changepoint.h"
#include "base/random.h"
#include "near.h"

/* Coal-mining disasters in Britain by year, 1851 to 1962 (Jarrett, Biometrika 66, 1979; Carlin, Gelfand and Smith, Applied
 * Statistics 41, 1992): the level fell about 1890. */
static const uint32_t coal[112] = {4, 5, 4, 1, 0, 4, 3, 4, 0, 6, 3, 3, 4, 0, 2, 6, 3, 3, 5, 4, 5, 3, 1, 4, 4, 1, 5, 5,
                                   3, 4, 2, 5, 2, 2, 3, 4, 2, 1, 3, 2, 2, 1, 1, 1, 1, 3, 0, 0, 1, 0, 1, 1, 0, 0, 3, 1,
                                   0, 3, 2, 2, 0, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 2, 1, 0, 0, 0, 1, 1, 0, 2, 3, 3, 1, 1,
                                   2, 1, 1, 1, 1, 2, 4, 2, 0, 0, 0, 1, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1};
static const struct hc_change_scan by = {4, 0.05, 1999, 7};

static void finds_the_published_change(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_change_point point;
    assert_int_equal(hc_change_point_find(&point, coal, 112, &by, arena), 0);
    assert_int_equal(1851 + point.at, 1892); /* the last year of the old level: 1891, as Raftery and Akman 1986 */
    assert_true(point.p <= 0.001);
    hc_arena_free(arena);
}

/* The likelihood of two levels, by its definition. */
static double likelihood(const uint32_t *counts, size_t from, size_t to)
{
    double sum = 0, ln = 0;
    for (size_t i = from; i < to; i++)
        sum += counts[i];
    const double mean = sum / (double)(to - from);
    for (size_t i = from; i < to; i++)
        ln += (counts[i] ? counts[i] * log(mean) : 0) - mean;
    return ln;
}

static void the_split_is_the_likeliest(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    for (uint64_t r = 0; r < 50; r++) {
        struct hc_random random = hc_random_new(3, r);
        const struct hc_change_scan few = {3, 0.05, 19, 1};
        uint32_t counts[30];
        size_t best = 0;
        struct hc_change_point point;
        for (size_t i = 0; i < 30; i++)
            counts[i] = (uint32_t)hc_random_below(&random, 4);
        for (size_t k = 3; k <= 27; k++)
            if (best == 0 || likelihood(counts, 0, k) + likelihood(counts, k, 30) >
                                 likelihood(counts, 0, best) + likelihood(counts, best, 30) + 1e-9)
                best = k;
        assert_int_equal(hc_change_point_find(&point, counts, 30, &few, arena), 0);
        assert_int_equal(point.at, best);
    }
    hc_arena_free(arena);
}

static void alarms_falsely_as_often_as_stated(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    const struct hc_change_scan quick = {4, 0.05, 399, 11};
    size_t n_alarms = 0;
    for (uint64_t r = 0; r < 600; r++) {
        struct hc_random random = hc_random_new(21, r);
        uint32_t counts[60] = {0};
        struct hc_change_point points[60];
        size_t n;
        for (int i = 0; i < 90; i++)
            counts[hc_random_below(&random, 60)]++;
        assert_int_equal(hc_change_points(points, &n, 60, counts, 60, &quick, arena), 0);
        n_alarms += n > 0;
    }
    assert_in_range(n_alarms, 15, 45); /* 30 are due */
    hc_arena_free(arena);
}

static void finds_a_rise_and_the_fall_after_it(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    uint32_t counts[90];
    struct hc_change_point points[90];
    size_t n;
    for (size_t i = 0; i < 90; i++)
        counts[i] = i >= 30 && i < 60 ? 5 + i % 2 : i % 2;
    assert_int_equal(hc_change_points(points, &n, 90, counts, 90, &by, arena), 0);
    assert_int_equal(n, 2);
    assert_int_equal(points[0].at, 30);
    assert_int_equal(points[1].at, 60);
    assert_int_equal(hc_change_points(points, &n, 1, counts, 90, &by, arena), 0);
    assert_int_equal(n, 1);
    hc_arena_free(arena);
}

static void too_few_periods_or_no_counts_say_nothing(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_change_point point;
    assert_int_equal(hc_change_point_find(&point, coal, 7, &by, arena), 0);
    assert_true(point.at == 0 && point.p >= 1);
    assert_int_equal(hc_change_point_find(&point, (const uint32_t[20]){0}, 20, &by, arena), 0);
    assert_true(point.at == 0 && point.p >= 1);
    hc_arena_free(arena);
}

/* Raftery and Akman 1986: the ratio about 0.3, with nine tenths of the splits from 1886 to 1893 or so. */
static void tells_how_large_and_when_the_published_change_was(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_change_size size;
    assert_int_equal(hc_change_point_size(&size, coal, 112, 4, arena), 0);
    assert_true(size.ratio > 0.27 && size.ratio < 0.32);
    assert_true(size.low > 0.2 && size.high < 0.42);
    assert_true(1851 + size.first_low >= 1886 && 1851 + size.first_high <= 1897);
    hc_arena_free(arena);
}

/* The posterior by a sum over rates and splits, both on a grid. */
static void the_ratio_is_what_a_grid_gives(void **state)
{
    (void)state;
    static const uint32_t counts[10] = {2, 3, 1, 2, 2, 6, 4, 5, 7, 4};
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_change_size size;
    double all = 0, below[3] = {0};
    assert_int_equal(hc_change_point_size(&size, counts, 10, 3, arena), 0);
    for (size_t k = 3; k <= 7; k++) {
        double a = 0, b = 0;
        for (size_t i = 0; i < 10; i++)
            *(i < k ? &a : &b) += counts[i];
        for (int i = 0; i < 800; i++)
            for (int j = 0; j < 800; j++) { /* logarithms of the rates: the prior is the root of the rate */
                const double u = -2.5 + 0.006875 * (i + 0.5), v = -2.5 + 0.006875 * (j + 0.5);
                const double density =
                    exp((a + 0.5) * u - (double)k * exp(u) + (b + 0.5) * v - (double)(10 - k) * exp(v));
                const double ends[3] = {size.low, size.ratio, size.high};
                all += density;
                for (int e = 0; e < 3; e++)
                    below[e] += exp(v - u) <= ends[e] ? density : 0;
            }
    }
    assert_near(below[0] / all, 0.025, 5e-4);
    assert_near(below[1] / all, 0.5, 2e-3);
    assert_near(below[2] / all, 0.975, 5e-4);
    hc_arena_free(arena);
}

static void holds_a_planted_change_as_often_as_it_says(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    size_t n_held = 0, n_weeks_held = 0, n = 400;
    for (uint64_t r = 0; r < n; r++) {
        struct hc_random random = hc_random_new(5, r);
        const size_t at = 20 + hc_random_below(&random, 60);
        const double ratio = exp(4 * hc_random_uniform(&random) - 2);
        uint32_t counts[100] = {0};
        struct hc_change_size size;
        for (size_t i = 0; i < 100; i++) /* Poisson, by waiting times */
            for (double t = 0; (t -= log(1 - hc_random_uniform(&random))) < 1.5 * (i < at ? 1 : ratio);)
                counts[i]++;
        assert_int_equal(hc_change_point_size(&size, counts, 100, 4, arena), 0);
        n_held += size.low <= ratio && ratio <= size.high;
        n_weeks_held += size.first_low <= at && at <= size.first_high;
    }
    assert_true(n_held >= 366 && n_held <= 395); /* 380 are expected, with a deviation of 4.4 */
    assert_true(n_weeks_held >= 366);            /* whole weeks: more is held than said */
    hc_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_how_large_and_when_the_published_change_was),
        cmocka_unit_test(the_ratio_is_what_a_grid_gives),
        cmocka_unit_test(holds_a_planted_change_as_often_as_it_says),
        cmocka_unit_test(finds_the_published_change),
        cmocka_unit_test(the_split_is_the_likeliest),
        cmocka_unit_test(alarms_falsely_as_often_as_stated),
        cmocka_unit_test(finds_a_rise_and_the_fall_after_it),
        cmocka_unit_test(too_few_periods_or_no_counts_say_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
