
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "analysis/stats/quantile.h"
#include "base/sort.h"
#include "near.h"

static void gives_the_published_type_7_quantiles(void **state)
{
    (void)state;
    /* R: quantile(1:10, c(0, .1, .25, .5, .9, 1), type = 7) */
    double x[] = {10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, room[10];
    hc_sort_doubles(x, room, 10);
    assert_near(hc_quantile(x, 10, 0), 1, 0);
    assert_near(hc_quantile(x, 10, 0.1), 1.9, 1e-15);
    assert_near(hc_quantile(x, 10, 0.25), 3.25, 1e-15);
    assert_near(hc_quantile(x, 10, 0.5), 5.5, 1e-15);
    assert_near(hc_quantile(x, 10, 0.9), 9.1, 1e-14);
    assert_near(hc_quantile(x, 10, 1), 10, 0);
}

static void the_median_has_as_many_below_as_above(void **state)
{
    (void)state;
    uint64_t seed = 12345;
    for (size_t n = 1; n < 60; n++) {
        double x[60], room[60];
        size_t below = 0, above = 0;
        for (size_t i = 0; i < n; i++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            x[i] = (double)(seed >> 40) / 1024;
        }
        double median = hc_median(x, room, n);
        for (size_t i = 0; i < n; i++) {
            below += x[i] < median;
            above += x[i] > median;
        }
        assert_true(2 * below <= n && 2 * above <= n);
        assert_true(below == above);
    }
}

static void knows_the_textbook_mad(void **state)
{
    (void)state;
    /* 1 1 2 2 4 6 9: median 2, deviations 1 1 0 0 2 4 7, their median 1 */
    double x[] = {1, 1, 2, 2, 4, 6, 9};
    assert_near(hc_mad(x, 7, 2), 1, 0);
}

static void the_mad_is_the_median_of_the_distances(void **state)
{
    (void)state;
    uint64_t seed = 99;
    for (size_t n = 1; n < 60; n++) {
        double x[60], distance[60], room[60];
        for (size_t i = 0; i < n; i++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            x[i] = (double)(seed >> 60);
        }
        hc_sort_doubles(x, room, n);
        for (int centre = -2; centre < 20; centre++) {
            for (size_t i = 0; i < n; i++)
                distance[i] = fabs(x[i] - centre);
            assert_near(hc_mad(x, n, centre), hc_median(distance, room, n), 0);
        }
    }
}

static void an_empty_array_has_no_median(void **state)
{
    (void)state;
    double none[1] = {7}, room[1];
    assert_true(isnan(hc_median(none, room, 0)));
    assert_true(isnan(hc_quantile(none, 0, 0.5)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_published_type_7_quantiles),
        cmocka_unit_test(the_median_has_as_many_below_as_above),
        cmocka_unit_test(knows_the_textbook_mad),
        cmocka_unit_test(the_mad_is_the_median_of_the_distances),
        cmocka_unit_test(an_empty_array_has_no_median),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
