/* Lists in order. */
#ifndef HC_BASE_SORT_H
#define HC_BASE_SORT_H

#include <stddef.h>

/* Sorts ascending.
 * Shapes:  `room` is overwritten and holds n as `values` does.
 * Missing: the caller leaves NaN out.
 * Cost:    n log n, and hardly a branch that the values decide.
 * Checked: test_sort, against qsort. */
void hc_sort_doubles(double *values, double *room, size_t n);

/* Sorts every column of a table of HC_SORT_COLUMNS columns, which lie row by row, ascending.
 * Missing: the caller leaves NaN out.
 * Cost:    n (log n)^2, without a branch that the values decide; a few hundred rows are sorted sooner than one by one.
 * Checked: test_sort, against qsort. */
#define HC_SORT_COLUMNS ((size_t)8)
void hc_sort_columns(double *rows, size_t n);

/* qsort for lists that mostly are in order already, or short: to find that out costs n - 1 comparisons.
 * Checked: test_sort, a step down at each place, and lists of all lengths against qsort. */
void hc_sort(void *items, size_t n, size_t size_bytes, int (*compare)(const void *, const void *));

#endif
