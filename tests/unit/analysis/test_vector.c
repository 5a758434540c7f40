#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/stats/vector.h"
#include "base/random.h"

enum { WIDTH = 40, COLUMNS = 12 };

static void exponentials_agree_with_the_c_library(void **state)
{
    (void)state;
    struct hc_random random = hc_random_new(5, 0);
    double x[13], out[13];
    for (int round = 0; round < 20000; round++) {
        const double scale = round % 2 ? 1400 : 2;
        double sum = 0;
        for (size_t i = 0; i < 13; i++)
            x[i] = (hc_random_uniform(&random) - 0.5) * scale;
        const double total = hc_vector_exp(out, x, 13, 0.25);
        for (size_t i = 0; i < 13; i++) {
            const double right = exp(x[i] - 0.25);
            assert_true(fabs(out[i] - right) <= 4e-16 * right);
            sum += out[i];
        }
        assert_true(fabs(sum - total) <= 1e-14 * total);
    }
}

static void exponentials_far_below_are_nought(void **state)
{
    (void)state;
    double x[3] = {-INFINITY, -709, 0};
    assert_true(fabs(hc_vector_exp(x, x, 3, 0) - 1) < 1e-15);
    assert_true(x[0] >= 0 && x[0] <= 0 && x[1] >= 0 && x[1] <= 0);
    assert_true(fabs(x[2] - 1) < 1e-15);
    assert_true(hc_vector_exp(x, x, 0, 0) <= 0);
}

static void the_greatest_is_found_wherever_it_stands(void **state)
{
    (void)state;
    double x[21];
    for (size_t at = 0; at < 21; at++) {
        for (size_t i = 0; i < 21; i++)
            x[i] = -(double)i - 1;
        x[at] = 3;
        assert_true(fabs(hc_vector_max(x, 21) - 3) < 1e-15);
    }
    assert_true(isinf(hc_vector_max(x, 0)));
}

/* Eleven of what need be no multiple of a vector. */
static void sums_and_products_are_as_by_hand(void **state)
{
    (void)state;
    struct hc_random random = hc_random_new(9, 0);
    double a[WIDTH], b[WIDTH], out[WIDTH], total[WIDTH], size;
    double sum = 0, absolute = 0;
    for (size_t i = 0; i < WIDTH; i++) {
        a[i] = hc_random_uniform(&random) - 0.5;
        b[i] = total[i] = hc_random_uniform(&random);
        out[i] = -7;
        sum += a[i];
        absolute += fabs(a[i]);
    }
    hc_vector_add_pair(out, a, b, 0.25, 11);
    for (size_t i = 0; i < WIDTH; i++)
        assert_true(fabs(out[i] - (i < 11 ? a[i] + b[i] + 0.25 : -7)) < 1e-15);
    hc_vector_scale(out, 11, 3);
    for (size_t i = 0; i < WIDTH; i++)
        assert_true(fabs(out[i] - (i < 11 ? 3 * (a[i] + b[i] + 0.25) : -7)) < 1e-14);
    assert_true(fabs(hc_vector_add_to(total, a, WIDTH, &size) - sum) < 1e-13);
    assert_true(fabs(size - absolute) < 1e-13);
    for (size_t i = 0; i < WIDTH; i++)
        assert_true(fabs(total[i] - (a[i] + b[i])) < 1e-15);
}

/* A row of seven entries, so that blocks and what is left over are both tried. */
static void rows_are_multiplied_as_by_hand(void **state)
{
    (void)state;
    const uint32_t column[7] = {0, 2, 3, 5, 7, 8, 11};
    double value[7], matrix[COLUMNS * WIDTH], z[WIDTH], added[COLUMNS * WIDTH], squared[COLUMNS * WIDTH];
    struct hc_random random = hc_random_new(6, 0);
    for (size_t i = 0; i < COLUMNS * WIDTH; i++)
        matrix[i] = hc_random_uniform(&random) - 0.5;
    for (size_t j = 0; j < 7; j++)
        value[j] = hc_random_uniform(&random) * 3;
    for (size_t n = 0; n <= 7; n++) {
        for (size_t t = 0; t < WIDTH; t++)
            z[t] = 0.5;
        hc_vector_gather(z, matrix, WIDTH, column, value, n);
        memcpy(added, matrix, sizeof added);
        memcpy(squared, matrix, sizeof squared);
        hc_vector_scatter(added, WIDTH, column, value, n, z);
        hc_vector_scatter_squared(squared, WIDTH, column, value, n, z);
        for (size_t t = 0; t < WIDTH; t++) {
            double sum = 0.5;
            for (size_t j = 0; j < n; j++) {
                const size_t at = column[j] * WIDTH + t;
                sum += value[j] * matrix[at];
                assert_true(fabs(added[at] - (matrix[at] + value[j] * z[t])) < 1e-12);
                assert_true(fabs(squared[at] - (matrix[at] + value[j] * value[j] * z[t])) < 1e-12);
            }
            assert_true(fabs(z[t] - sum) < 1e-12);
            assert_true(fabs(added[WIDTH + t] - matrix[WIDTH + t]) < 1e-15); /* a column that is not named */
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exponentials_agree_with_the_c_library),
        cmocka_unit_test(exponentials_far_below_are_nought),
        cmocka_unit_test(sums_and_products_are_as_by_hand),
        cmocka_unit_test(the_greatest_is_found_wherever_it_stands),
        cmocka_unit_test(rows_are_multiplied_as_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
