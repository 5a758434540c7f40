#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/stats/bootstrap.h"
#include "analysis/stats/random.h"

/* The first numbers that the authors' C code gives from the state 1, 2, 3, 4. */
static void agrees_with_the_authors_code(void **state)
{
    (void)state;
    struct hc_random random = {{1, 2, 3, 4}};
    const uint64_t expected[] = {UINT64_C(41943041), UINT64_C(58720359), UINT64_C(3588806011781223),
                                 UINT64_C(3591011842654386)};
    for (size_t i = 0; i < 4; i++)
        assert_true(hc_random_next(&random) == expected[i]);
}

static void streams_of_one_seed_differ_and_repeat(void **state)
{
    (void)state;
    struct hc_random a = hc_random_new(1, 0), b = hc_random_new(1, 1), again = hc_random_new(1, 0);
    size_t n_equal = 0;
    for (int i = 0; i < 100; i++) {
        const uint64_t x = hc_random_next(&a);
        n_equal += x == hc_random_next(&b);
        assert_true(x == hc_random_next(&again));
    }
    assert_int_equal(n_equal, 0);
}

static void draws_evenly_below_a_bound(void **state)
{
    (void)state;
    struct hc_random random = hc_random_new(3, 0);
    size_t counts[7] = {0};
    for (int i = 0; i < 70000; i++)
        counts[hc_random_below(&random, 7)]++;
    for (int i = 0; i < 7; i++)
        assert_true(counts[i] > 9600 && counts[i] < 10400); /* four standard deviations */
}

static void the_bootstrap_of_a_mean_is_near_its_normal_interval(void **state)
{
    (void)state;
    double x[400], sum = 0, squares = 0, low, high;
    struct hc_random random = hc_random_new(9, 0);
    for (size_t i = 0; i < 400; i++) {
        x[i] = hc_random_uniform(&random);
        sum += x[i];
        squares += x[i] * x[i];
    }
    const double mean = sum / 400, error = sqrt((squares / 400 - mean * mean) / 400);
    struct hc_arena *arena = hc_arena_new(0);
    assert_int_equal(hc_bootstrap(hc_statistic_mean, x, 400, 2000, 4, arena, &low, &high), 0);
    assert_true(fabs(low - (mean - 1.96 * error)) < 0.15 * error);
    assert_true(fabs(high - (mean + 1.96 * error)) < 0.15 * error);
    hc_arena_free(arena);
}

static void the_bootstrap_of_nothing_is_nan(void **state)
{
    (void)state;
    double low = 0, high = 0;
    struct hc_arena *arena = hc_arena_new(0);
    assert_int_equal(hc_bootstrap(hc_statistic_mean, NULL, 0, 10, 4, arena, &low, &high), 0);
    assert_true(isnan(low) && isnan(high));
    hc_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_authors_code),
        cmocka_unit_test(streams_of_one_seed_differ_and_repeat),
        cmocka_unit_test(draws_evenly_below_a_bound),
        cmocka_unit_test(the_bootstrap_of_a_mean_is_near_its_normal_interval),
        cmocka_unit_test(the_bootstrap_of_nothing_is_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
