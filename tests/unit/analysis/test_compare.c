#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "analysis/stats/compare.h"
#include "base/random.h"
#include "near.h"

/* tests/reference/trend.py */
static const struct {
    uint32_t n;
    double t;
    uint32_t b;
    double s, value, low, high, p;
} rates[] = {
    {12, 92, 5, 91, 2.3739130434782609, 0.77849104749702469, 8.6014595847815709, 0.14975681589291981},
    {5, 92, 12, 91, 0.41213768115942029, 0.11374569715403463, 1.2567633502772835, 0.13737245076167875},
    {40, 30, 100, 92, 1.2266666666666666, 0.82802790748997801, 1.7866610068191686, 0.31908051690292116},
    {7, 1, 0, 1, INFINITY, 1.441308518835239, INFINITY, 0.015625},
    {0, 1, 4, 2, 0, 0, 3.0297337187317406, 0.39506172839506171},
    {3, 1, 3, 1, 1, 0.13393758817773016, 7.4661640067240667, 1},
    {300, 92, 240, 90, 1.2228260869565217, 1.0284758596803862, 1.4551534870746978, 0.022260624763349418},
};
static const double power[][6] = {
    {1, 1, 0.05, 5, 3, 0.5421538433997467},
    {92, 91, 0.025, 20, 1.5, 0.16938619559283144},
    {30, 92, 0.01, 40, 0.3, 0.45354083669426531},
    {1, 1, 0.05, 10, 1, 0.029312891540421757},
};
static const struct {
    uint32_t k, n, j, m;
    double value, low, high, p;
} shares[] = {
    {5, 10, 1, 10, 0.40000000000000002, -0.0023561093922479515, 0.67591215330486665, 0.14086687306501547},
    {0, 6, 6, 6, -1, -1, -0.44798395618951348, 0.0021645021645021645},
    {30, 60, 20, 55, 0.13636363636363635, -0.04392194591557233, 0.30403758081688709, 0.19841406032341641},
    {3, 3, 3, 3, 0, -0.56149703175504539, 0.56149703175504539, 1},
    {120, 300, 90, 310, 0.10967741935483871, 0.034236283214048896, 0.18352726683770793, 0.0056459683505264138},
};

/* Either may be infinite. */
static void same(double a, double b)
{
    if (isinf(b))
        assert_true(isinf(a));
    else
        assert_near(a, b, 1e-10 * (1 + fabs(b)));
}

static void agrees_with_the_reference(void **state)
{
    (void)state;
    struct hc_comparison c;
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        hc_rates_compare(&c, rates[i].n, rates[i].t, rates[i].b, rates[i].s);
        same(c.value, rates[i].value);
        same(c.low, rates[i].low);
        same(c.high, rates[i].high);
        same(c.p, rates[i].p);
    }
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        hc_shares_compare(&c, shares[i].k, shares[i].n, shares[i].j, shares[i].m);
        same(c.value, shares[i].value);
        same(c.low, shares[i].low);
        same(c.high, shares[i].high);
        same(c.p, shares[i].p);
    }
    assert_near(hc_shares_smallest(0.3, 100, 120, 0.05, 0.8, 1), 0.18391256981782722, 1e-10);
    assert_near(hc_shares_smallest(0.3, 100, 120, 0.05, 0.8, -1), -0.15547679467547362, 1e-10);
    assert_near(hc_shares_smallest(0.5, 20, 20, 0.01, 0.5, 1), 0.36370801193390279, 1e-10);
    assert_near(hc_normal_quantile(0.975), 1.959963984540054, 1e-10);
    assert_near(hc_normal_quantile(0.9999999), 5.1993375822906609, 1e-8);
    assert_near(hc_normal_quantile(0.001), -3.0902323061678132, 1e-10);
}

/* The definition: all splits of the total, each with its binomial chance. */
static void the_tails_are_those_of_all_splits(void **state)
{
    (void)state;
    const double t = 2, s = 3, q = t / (t + s);
    for (uint32_t n = 0; n < 14; n++)
        for (uint32_t b = n == 0; b < 14; b++) {
            double above = 0, up_to = 0, chance = pow(1 - q, n + b);
            for (uint32_t i = 0; i <= n + b; i++) {
                above += i >= n ? chance : 0;
                up_to += i <= n ? chance : 0;
                chance *= q / (1 - q) * (n + b - i) / (i + 1);
            }
            struct hc_comparison c;
            hc_rates_compare(&c, n, t, b, s);
            assert_near(c.p, fmin(1, 2 * fmin(above, up_to)), 1e-12);
        }
}

static void exchanging_the_two_turns_the_ratio_over(void **state)
{
    (void)state;
    struct hc_comparison a, b;
    hc_rates_compare(&a, 14, 90, 6, 30);
    hc_rates_compare(&b, 6, 30, 14, 90);
    assert_near(a.p, b.p, 1e-13);
    assert_near(a.value * b.value, 1, 1e-13);
    assert_near(a.low * b.high, 1, 1e-9);
    hc_shares_compare(&a, 4, 9, 7, 20);
    hc_shares_compare(&b, 7, 20, 4, 9);
    assert_near(a.p, b.p, 1e-12);
    assert_near(a.low, -b.high, 1e-12);
}

static void nothing_compared_is_no_change(void **state)
{
    (void)state;
    struct hc_comparison c;
    hc_rates_compare(&c, 0, 92, 0, 92);
    assert_true(isnan(c.value) && c.p >= 1);
    hc_shares_compare(&c, 0, 0, 3, 4);
    assert_true(isnan(c.value) && c.p >= 1);
}

static void the_power_is_that_of_the_test(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    for (size_t i = 0; i < sizeof power / sizeof *power; i++) {
        struct hc_rate_test test;
        const double *w = power[i];
        assert_int_equal(hc_rate_test_make(&test, w[0], w[1], w[2], hc_rate_test_most(w[3]), arena), 0);
        assert_near(hc_rate_test_power(&test, w[3], w[4]), w[5], 1e-9);
    }
    hc_arena_free(arena);
}

/* Its limits are where hc_rates_compare changes its mind. */
static void the_limits_are_where_p_crosses_alpha(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_rate_test test;
    assert_int_equal(hc_rate_test_make(&test, 92, 61, 0.05, 60, arena), 0);
    for (uint32_t b = 0; b <= 60; b++)
        for (uint32_t n = 0; n < 200; n++) {
            struct hc_comparison c;
            hc_rates_compare(&c, n, 92, b, 61);
            assert_int_equal(c.p <= 0.05, n >= test.high[b] || n < test.low[b]);
        }
    hc_arena_free(arena);
}

static void the_smallest_change_has_its_power_and_fewer_counts_need_a_larger_one(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_rate_test test;
    assert_int_equal(hc_rate_test_make(&test, 1, 1, 0.025, hc_rate_test_most(100), arena), 0);
    const double up = hc_rate_test_smallest(&test, 30, 0.5, 1), down = hc_rate_test_smallest(&test, 30, 0.5, -1);
    assert_near(hc_rate_test_power(&test, 30, up), 0.5, 1e-6);
    assert_near(hc_rate_test_power(&test, 30, down), 0.5, 1e-6);
    assert_true(up > 1 && down < 1);
    assert_true(hc_rate_test_smallest(&test, 30, 0.8, 1) > up);
    assert_true(hc_rate_test_smallest(&test, 5, 0.5, 1) > up);
    assert_true(hc_rate_test_smallest(&test, 100, 0.5, 1) < up);
    assert_true(isnan(hc_rate_test_smallest(&test, 2, 0.5, -1))); /* two cannot become significantly fewer */
    hc_arena_free(arena);
}

/* Cohen's formula against the exact test, which needs somewhat more. */
static void a_difference_of_the_smallest_size_is_seen_about_as_often_as_said(void **state)
{
    (void)state;
    const double share = 0.3, other = share + hc_shares_smallest(share, 200, 200, 0.05, 0.8, 1);
    size_t n_seen = 0;
    for (uint64_t r = 0; r < 1000; r++) {
        struct hc_random random = hc_random_new(5, r);
        struct hc_comparison c;
        uint32_t k = 0, j = 0;
        for (int i = 0; i < 200; i++) {
            k += hc_random_uniform(&random) < other;
            j += hc_random_uniform(&random) < share;
        }
        hc_shares_compare(&c, k, 200, j, 200);
        n_seen += c.p <= 0.05;
    }
    assert_in_range(n_seen, 720, 840);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_reference),
        cmocka_unit_test(the_tails_are_those_of_all_splits),
        cmocka_unit_test(exchanging_the_two_turns_the_ratio_over),
        cmocka_unit_test(nothing_compared_is_no_change),
        cmocka_unit_test(the_power_is_that_of_the_test),
        cmocka_unit_test(the_limits_are_where_p_crosses_alpha),
        cmocka_unit_test(the_smallest_change_has_its_power_and_fewer_counts_need_a_larger_one),
        cmocka_unit_test(a_difference_of_the_smallest_size_is_seen_about_as_often_as_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
