#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/sort.h"

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void sorts_as_qsort_does(void **state)
{
    (void)state;
    enum { MOST = 1100 };
    static double x[MOST], expected[MOST], room[MOST];
    uint64_t seed = 4;
    for (size_t n = 0; n < MOST; n = n < 300 ? n + 1 : n + 37) {
        for (unsigned bits = 1; bits <= 33; bits += 8) {
            for (size_t i = 0; i < n; i++) {
                seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
                x[i] = expected[i] = (double)(seed >> (64 - bits)) - 100;
            }
            qsort(expected, n, sizeof *expected, compare_doubles);
            hc_sort_doubles(x, room, n);
            assert_memory_equal(x, expected, n * sizeof *x);
        }
    }
}

/* Infinities, which a block may be filled up with, zeros of both signs, fractions. */
static void sorts_numbers_of_every_kind(void **state)
{
    static const double kinds[] = {INFINITY, -INFINITY, 0.0, -0.0, 0.5, -1e-300, 1e300, DBL_MAX, -DBL_MAX};
    double x[130], expected[130], room[130];
    uint64_t seed = 9;
    (void)state;
    for (size_t n = 0; n < 130; n++) {
        for (size_t i = 0; i < n; i++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            x[i] = expected[i] = kinds[(seed >> 40) % (sizeof kinds / sizeof *kinds)];
        }
        qsort(expected, n, sizeof *expected, compare_doubles);
        hc_sort_doubles(x, room, n);
        for (size_t i = 0; i < n; i++)
            assert_true(compare_doubles(&x[i], &expected[i]) == 0);
    }
}

static void sorts_every_column_as_qsort_does(void **state)
{
    (void)state;
    enum { MOST = 300 };
    static double rows[MOST * HC_SORT_COLUMNS], expected[HC_SORT_COLUMNS][MOST];
    uint64_t seed = 6;
    for (size_t n = 0; n < MOST; n++) {
        for (size_t i = 0; i < n * HC_SORT_COLUMNS; i++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            rows[i] = expected[i % HC_SORT_COLUMNS][i / HC_SORT_COLUMNS] = (double)(seed >> (n % 2 ? 60 : 31)) - 5;
        }
        hc_sort_columns(rows, n);
        for (size_t c = 0; c < HC_SORT_COLUMNS; c++) {
            qsort(expected[c], n, sizeof *expected[c], compare_doubles);
            for (size_t i = 0; i < n; i++)
                assert_true(compare_doubles(&rows[i * HC_SORT_COLUMNS + c], &expected[c][i]) == 0);
        }
    }
}

struct item {
    int key;
    char rest[20];
};

static int compare_items(const void *a, const void *b)
{
    return ((const struct item *)a)->key - ((const struct item *)b)->key;
}

static void lists_of_all_lengths_are_in_the_order_of_qsort(void **state)
{
    struct item items[80], same[80];
    unsigned x = 1;
    (void)state;
    for (size_t n = 0; n < 80; n++) {
        for (size_t i = 0; i < n; i++) {
            x = x * 1664525u + 1013904223u;
            items[i] = same[i] = (struct item){.key = (int)(x >> 24)};
        }
        hc_sort(items, n, sizeof *items, compare_items);
        qsort(same, n, sizeof *same, compare_items);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(items[i].key, same[i].key);
    }
}

/* In order but for one step down, at each place; and without one. */
static void a_list_out_of_order_anywhere_is_sorted(void **state)
{
    struct item items[40];
    (void)state;
    for (size_t n = 0; n < 40; n++)
        for (size_t down = 0; down <= n; down++) {
            for (size_t i = 0; i < n; i++)
                items[i].key = (int)(i < down ? 2 * i + 1 : 2 * (i - down));
            hc_sort(items, n, sizeof *items, compare_items);
            for (size_t i = 1; i < n; i++)
                assert_true(items[i - 1].key <= items[i].key);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts_as_qsort_does),
        cmocka_unit_test(sorts_every_column_as_qsort_does),
        cmocka_unit_test(sorts_numbers_of_every_kind),
        cmocka_unit_test(lists_of_all_lengths_are_in_the_order_of_qsort),
        cmocka_unit_test(a_list_out_of_order_anywhere_is_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
