#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "analysis/stats/gamma.h"
#include "near.h"

/* tests/reference/trend.py */
static const double cdf[][3] = {
    {0.5, 0.1, 0.34527915398142317},   {1, 1, 0.63212055882855767},     {2.5, 7, 0.98439058389973311},
    {50, 40, 0.070335066659394943},    {200, 230, 0.97966885667116377}, {0.01, 0.001, 0.93857065252612881},
    {1000, 1000, 0.50420524418021551}, {12, 3, 7.1386628974206577e-05},
};
static const double garwood[][3] = {
    {0, 0, 3.6888794541139354},
    {1, 0.025317807984289876, 5.571643390938898},
    {5, 1.6234863901184207, 11.668332079322671},
    {17, 9.9031264696072938, 27.218646815906613},
    {100, 81.363991250923135, 121.62679379242638},
    {2500, 2402.9523654311238, 2599.9614843405425},
};

static void agrees_with_the_reference(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cdf / sizeof *cdf; i++)
        assert_near(hc_gamma_cdf(cdf[i][1], cdf[i][0]), cdf[i][2], 1e-12);
    for (size_t i = 0; i < sizeof garwood / sizeof *garwood; i++) {
        double low, high;
        hc_count_interval(garwood[i][0], 0.95, &low, &high);
        assert_near(low, garwood[i][1], 1e-10 * (1 + low));
        assert_near(high, garwood[i][2], 1e-10 * high);
    }
}

static void is_the_chance_of_a_count_that_large(void **state)
{
    (void)state;
    for (double mean = 0.25; mean < 40; mean *= 2.1) {
        double term = exp(-mean), below = 0;
        for (int k = 1; k < 60; k++) {
            below += term;
            term *= mean / k;
            assert_near(hc_gamma_cdf(mean, k), 1 - below, 1e-12);
        }
    }
}

static void the_quantile_undoes_the_distribution(void **state)
{
    (void)state;
    for (double p = 0.001; p < 1; p += 0.037)
        for (double a = 0.3; a < 3000; a *= 3)
            assert_near(hc_gamma_cdf(hc_gamma_quantile(p, a), a), p, 1e-11);
}

static void says_nan_where_nothing_is_defined(void **state)
{
    (void)state;
    assert_true(isnan(hc_gamma_cdf(1, 0)));
    assert_true(isnan(hc_gamma_cdf(NAN, 1)));
    assert_true(isnan(hc_gamma_quantile(NAN, 1)));
    assert_near(hc_gamma_cdf(-1, 2), 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_reference),
        cmocka_unit_test(is_the_chance_of_a_count_that_large),
        cmocka_unit_test(the_quantile_undoes_the_distribution),
        cmocka_unit_test(says_nan_where_nothing_is_defined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
