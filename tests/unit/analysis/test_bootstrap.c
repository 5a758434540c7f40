#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/stats/bootstrap.h"
#include "base/random.h"

static void the_bootstrap_of_a_mean_is_near_its_normal_interval(void **state)
{
    (void)state;
    double x[400], sum = 0, squares = 0;
    struct hc_bounds interval;
    struct hc_random random = hc_random_new(9, 0);
    for (size_t i = 0; i < 400; i++) {
        x[i] = hc_random_uniform(&random);
        sum += x[i];
        squares += x[i] * x[i];
    }
    const double mean = sum / 400, error = sqrt((squares / 400 - mean * mean) / 400);
    struct hc_arena *arena = hc_arena_new(0);
    assert_int_equal(hc_bootstrap(&interval, hc_statistic_mean, x, 400, 2000, 4, arena), 0);
    assert_true(fabs(interval.low - (mean - 1.96 * error)) < 0.15 * error);
    assert_true(fabs(interval.high - (mean + 1.96 * error)) < 0.15 * error);
    hc_arena_free(arena);
}

static void the_bootstrap_of_nothing_is_nan(void **state)
{
    (void)state;
    struct hc_bounds interval = {0};
    struct hc_arena *arena = hc_arena_new(0);
    assert_int_equal(hc_bootstrap(&interval, hc_statistic_mean, NULL, 0, 10, 4, arena), 0);
    assert_true(isnan(interval.low) && isnan(interval.high));
    hc_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bootstrap_of_a_mean_is_near_its_normal_interval),
        cmocka_unit_test(the_bootstrap_of_nothing_is_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
