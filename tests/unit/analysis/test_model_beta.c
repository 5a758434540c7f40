#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/stats/beta.h"

/* tests/reference/beta.py */
static const double cdf[][4] = {
    {0.5, 0.5, 0.1, 0.2048327646991335},    {1, 3, 0.2, 0.48799999999999999},
    {2.5, 7, 0.4, 0.83567307617740605},     {50, 3, 0.9, 0.096633285137252181},
    {200, 300, 0.41, 0.67762816477218646},  {0.01, 4, 0.001, 0.95042922672428032},
    {1000, 1000, 0.5, 0.49999999999995753}, {5, 0.2, 0.99, 0.41533014682459413},
};
static const struct {
    uint32_t k, n;
    double low, high;
} exact[] = {
    {0, 10, 0, 0.30849710781876077},
    {1, 10, 0.0025285785444617848, 0.44501611702819532},
    {5, 10, 0.18708602844739855, 0.81291397155260148},
    {9, 10, 0.55498388297180457, 0.99747142145553824},
    {10, 10, 0.69150289218123917, 1},
    {17, 18, 0.72705640032663155, 0.99859444383263063},
    {29, 32, 0.74977304931620536, 0.98023281982671517},
    {45, 48, 0.82804006920942952, 0.98692075559044734},
    {300, 400, 0.70455828136468279, 0.79169849331803643},
};

static void agrees_with_the_reference(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cdf / sizeof *cdf; i++)
        assert_true(fabs(hc_beta_cdf(cdf[i][2], cdf[i][0], cdf[i][1]) - cdf[i][3]) < 2e-12);
}

static void agrees_with_closed_forms(void **state)
{
    (void)state;
    for (double x = 0; x <= 1; x += 0.0625) {
        assert_true(fabs(hc_beta_cdf(x, 1, 1) - x) < 1e-13);
        assert_true(fabs(hc_beta_cdf(x, 3, 1) - x * x * x) < 1e-13);
        assert_true(fabs(hc_beta_cdf(x, 2.5, 4) + hc_beta_cdf(1 - x, 4, 2.5) - 1) < 1e-13);
    }
}

static void the_quantile_undoes_the_distribution(void **state)
{
    (void)state;
    for (double p = 0.001; p < 1; p += 0.037)
        for (double a = 0.3; a < 60; a *= 3)
            assert_true(fabs(hc_beta_cdf(hc_beta_quantile(p, a, 2.2), a, 2.2) - p) < 1e-12);
}

/* The definition: the bound is the share at which as many or more of n would be seen with probability 2.5 %. */
static double tail_by_sum(uint32_t k, uint32_t n, double p)
{
    double sum = 0;
    for (uint32_t i = k; i <= n; i++)
        sum += exp(lgamma(n + 1.0) - lgamma(i + 1.0) - lgamma(n - i + 1.0) + i * log(p) + (n - i) * log1p(-p));
    return sum;
}

static void the_exact_interval_agrees_with_the_reference_and_its_definition(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof exact / sizeof *exact; i++) {
        double low, high;
        hc_share_interval(exact[i].k, exact[i].n, 0.95, &low, &high);
        assert_true(fabs(low - exact[i].low) < 1e-11);
        assert_true(fabs(high - exact[i].high) < 1e-11);
        if (exact[i].k)
            assert_true(fabs(tail_by_sum(exact[i].k, exact[i].n, low) - 0.025) < 1e-9);
    }
}

static void nothing_seen_gives_the_whole_interval(void **state)
{
    (void)state;
    double low = 7, high = 7;
    hc_share_interval(0, 0, 0.95, &low, &high);
    assert_true(fabs(low) < 1e-300 && fabs(high - 1) < 1e-15);
}

static void refuses_parameters_that_are_not_above_zero(void **state)
{
    (void)state;
    assert_true(isnan(hc_beta_cdf(0.5, 0, 1)));
    assert_true(isnan(hc_beta_cdf(0.5, 1, -1)));
    assert_true(isnan(hc_beta_cdf(NAN, 1, 1)));
    assert_true(isnan(hc_beta_quantile(0.5, NAN, 1)));
}

/* The chance of each count of right ones, case by case. */
static void sum_counts(double *p, const double *shares, uint32_t n)
{
    p[0] = 1;
    for (uint32_t i = 0; i < n; i++) {
        p[i + 1] = p[i] * shares[i];
        for (uint32_t j = i; j > 0; j--)
            p[j] = p[j] * (1 - shares[i]) + p[j - 1] * shares[i];
        p[0] *= 1 - shares[i];
    }
}

static double rarity(const double *p, uint32_t n, uint32_t k)
{
    double at_most = 0, at_least = 0;
    for (uint32_t j = 0; j <= n; j++) {
        at_most += j <= k ? p[j] : 0;
        at_least += j >= k ? p[j] : 0;
    }
    return fmin(1, 2 * fmin(at_most, at_least));
}

static void the_rarity_of_a_share_is_its_tail_and_holds_where_shares_differ(void **state)
{
    (void)state;
    enum { N = 31 };
    double even[N], differ[N], p[N + 1], q[N + 1];
    for (uint32_t i = 0; i < N; i++) {
        even[i] = .84;
        differ[i] = .84 + (i % 2 ? .1 : -.1) * (i < N - 1);
    }
    sum_counts(p, even, N);
    sum_counts(q, differ, N);
    for (uint32_t k = 0; k <= N; k++) {
        assert_true(fabs(hc_share_rarity(k, N, .84) - rarity(p, N, k)) < 1e-12);
        if (fabs(k - N * .84) > 1)
            assert_true(hc_share_rarity(k, N, .84) >= rarity(q, N, k));
    }
    assert_true(hc_share_rarity(21, N, .84) < .05); /* 21 of 31 where 84 % was said */
    assert_true(fabs(hc_share_rarity(20.5, N, .84) - rarity(p, N, 21)) < 1e-12);
    assert_true(fabs(hc_share_rarity(30.5, N, .84) - rarity(p, N, 30)) < 1e-12);
    assert_true(hc_share_rarity(0, 0, .5) >= 1 && hc_share_rarity(3, 3, 1) >= 1 && hc_share_rarity(2, 3, 1) <= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_reference),
        cmocka_unit_test(agrees_with_closed_forms),
        cmocka_unit_test(the_quantile_undoes_the_distribution),
        cmocka_unit_test(the_exact_interval_agrees_with_the_reference_and_its_definition),
        cmocka_unit_test(nothing_seen_gives_the_whole_interval),
        cmocka_unit_test(refuses_parameters_that_are_not_above_zero),
        cmocka_unit_test(the_rarity_of_a_share_is_its_tail_and_holds_where_shares_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
