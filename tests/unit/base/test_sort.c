#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts_as_qsort_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
