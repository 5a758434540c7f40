#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/stats/isotonic.h"
#include "base/random.h"

enum { MOST = 40 };

static void spread(double *fit, const double *y, const double *weight, size_t n)
{
    struct hc_isotonic_block blocks[MOST];
    const size_t n_blocks = hc_isotonic_fit(blocks, y, weight, n);
    for (size_t b = 0, i = 0; b < n_blocks; b++)
        for (; i < blocks[b].end; i++)
            fit[i] = blocks[b].sum / blocks[b].weight;
}

static double mean(const double *y, const double *w, size_t from, size_t to)
{
    double sum = 0, weight = 0;
    for (size_t i = from; i <= to; i++) {
        sum += w[i] * y[i];
        weight += w[i];
    }
    return sum / weight;
}

static double by_formula(const double *y, const double *w, size_t n, size_t i)
{
    double greatest = -INFINITY;
    for (size_t a = 0; a <= i; a++) {
        double least = INFINITY;
        for (size_t b = i; b < n; b++)
            least = fmin(least, mean(y, w, a, b));
        greatest = fmax(greatest, least);
    }
    return greatest;
}

static void agrees_with_the_greatest_of_the_least_means(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 200; round++) {
        struct hc_random random = hc_random_new(4, round);
        const size_t n = 1 + hc_random_below(&random, MOST);
        double y[MOST], w[MOST], fit[MOST];
        for (size_t i = 0; i < n; i++) {
            y[i] = round % 2 ? hc_random_uniform(&random) + (double)i / 20 : (double)hc_random_below(&random, 2);
            w[i] = 1 + (double)hc_random_below(&random, 4);
        }
        spread(fit, y, w, n);
        for (size_t i = 0; i < n; i++)
            assert_true(fabs(fit[i] - by_formula(y, w, n, i)) < 1e-12);
    }
}

/* The documentation of R's isoreg, and of scikit-learn's isotonic_regression. */
static void agrees_with_published_fits(void **state)
{
    (void)state;
    const double r[9] = {1, 0, 4, 3, 3, 5, 4, 2, 0}, learn[10] = {5, 3, 1, 2, 8, 10, 7, 9, 6, 4};
    double fit[10];
    spread(fit, r, NULL, 9);
    for (size_t i = 0; i < 9; i++)
        assert_true(fabs(fit[i] - (i < 2 ? .5 : 3)) < 1e-12);
    spread(fit, learn, NULL, 10);
    for (size_t i = 0; i < 10; i++)
        assert_true(fabs(fit[i] - (i < 4 ? 2.75 : 22. / 3)) < 1e-12);
}

static void agrees_with_scipys_non_negative_least_squares(void **state)
{
    (void)state;
    const double y[10] = {0.3, -1.0, 2.5, 2.0, 1.0, 4.0, 3.5, 3.9, 3.0, 6.0}, w[10] = {1, 2, 1, 3, 0.5, 1, 2, 1, 4, 1};
    const double expected[10] = {
        -0.566666666666667, -0.566666666666667, 2, 2, 2, 3.3625, 3.3625, 3.3625, 3.3625, 6}; /* corp.py */
    double fit[10];
    spread(fit, y, w, 10);
    for (size_t i = 0; i < 10; i++)
        assert_true(fabs(fit[i] - expected[i]) < 1e-12);
}

static void what_is_in_order_is_left_alone_and_none_is_no_block(void **state)
{
    (void)state;
    const double y[3] = {-1, 0, 7};
    struct hc_isotonic_block blocks[3];
    assert_int_equal(hc_isotonic_fit(blocks, y, NULL, 3), 3);
    assert_int_equal(hc_isotonic_fit(blocks, y, NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_greatest_of_the_least_means),
        cmocka_unit_test(agrees_with_published_fits),
        cmocka_unit_test(agrees_with_scipys_non_negative_least_squares),
        cmocka_unit_test(what_is_in_order_is_left_alone_and_none_is_no_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
