#include "base/sort.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

#define COLUMNS ((size_t)4) /* of a block */
#define BLOCK ((size_t)64)
#define FEW 8

/* The lesser to the front, without a branch. */
static inline void order_pair(double *a, double *b)
{
    double x = *a, y = *b;
    *a = y < x ? y : x;
    *b = y < x ? x : y;
}

static void sort_few(double *values, size_t n)
{
    for (size_t i = 1; i < n; i++)
        for (size_t at = i; at > 0; at--)
            order_pair(values + at - 1, values + at);
}

/* Two runs of one width, from both ends at once: neither runs out before the ends meet, so no step asks. Of the i values
 * that either end has given, `n_a` and `n_a_last` are of the first run. */
static void merge_equal(double *out, const double *a, size_t width)
{
    const double *b = a + width, *a_last = b - 1, *b_last = b + width - 1;
    double *last = out + 2 * width - 1;
    size_t n_a = 0, n_a_last = 0;
    for (size_t i = 0; i < width; i++) {
        double x = a[n_a], y = b[i - n_a];
        double x_last = *(a_last - n_a_last), y_last = *(b_last - (i - n_a_last));
        out[i] = y < x ? y : x;
        *(last - i) = y_last < x_last ? x_last : y_last;
        n_a += !(y < x);
        n_a_last += y_last < x_last;
    }
}

static void merge(double *out, const double *a, size_t n_a, size_t n_b)
{
    const double *a_end = a + n_a, *b = a_end, *b_end = b + n_b;
    while (a < a_end && b < b_end) {
        bool second = *b < *a;
        *out++ = second ? *b : *a;
        a += !second;
        b += second;
    }
    while (a < a_end)
        *out++ = *a++;
    while (b < b_end)
        *out++ = *b++;
}

static void merge_runs(double *out, const double *in, size_t n, size_t width)
{
    for (size_t i = 0; i < n; i += 2 * width) {
        size_t left = n - i;
        if (left >= 2 * width)
            merge_equal(out + i, in + i, width);
        else
            merge(out + i, in + i, left < width ? left : width, left < width ? 0 : left - width);
    }
}

/* Each column's lesser to the upper row; column by column, where the processor has no pairs. */
#ifdef __x86_64__
static inline void order_rows(double *upper, double *below, size_t n_columns)
{
    for (size_t c = 0; c < n_columns; c += 2) {
        __m128d x = _mm_loadu_pd(upper + c), y = _mm_loadu_pd(below + c);
        _mm_storeu_pd(upper + c, _mm_min_pd(y, x));
        _mm_storeu_pd(below + c, _mm_max_pd(x, y));
    }
}
#else
static inline void order_rows(double *upper, double *below, size_t n_columns)
{
    for (size_t c = 0; c < n_columns; c++)
        order_pair(upper + c, below + c);
}
#endif

/* Puts every column of `n` rows in order. Which rows are compared does not depend on what is in them.
 * Source: Knuth, The Art of Computer Programming 3, 1998, 5.2.2, algorithm M (Batcher's merge exchange). */
static inline __attribute__((always_inline)) void sort_columns(double *rows, size_t n, size_t n_columns,
                                                               void (*order)(double *, double *, size_t))
{
    size_t most = n_columns;
    while (2 * most < n * n_columns)
        most *= 2;
    for (size_t p = n > 1 ? most : 0; p >= n_columns; p /= 2) {
        size_t apart = p, phase = 0;
        for (size_t q = most;; q /= 2) {
            const size_t end = n * n_columns - apart; /* of the upper rows */
            for (size_t from = phase; from < end; from += 2 * p) {
                const size_t last = from + p < end ? from + p : end;
                for (size_t at = from; at < last; at += n_columns)
                    order(rows + at, rows + at + apart, n_columns);
            }
            if (q == p)
                break;
            apart = q - p;
            phase = p;
        }
    }
}

/* Twice as wide, where the processor is. */
#ifdef __x86_64__
#define WIDE_TARGET __attribute__((target("avx")))

WIDE_TARGET static inline void order_wide_rows(double *upper, double *below, size_t n_columns)
{
    for (size_t c = 0; c < n_columns; c += 4) {
        __m256d x = _mm256_loadu_pd(upper + c), y = _mm256_loadu_pd(below + c);
        _mm256_storeu_pd(upper + c, _mm256_min_pd(y, x));
        _mm256_storeu_pd(below + c, _mm256_max_pd(x, y));
    }
}

WIDE_TARGET static void sort_wide_columns(double *rows, size_t n)
{
    sort_columns(rows, n, HC_SORT_COLUMNS, order_wide_rows);
}
#endif

void hc_sort_columns(double *rows, size_t n)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx")) {
        sort_wide_columns(rows, n);
        return;
    }
#endif
    sort_columns(rows, n, HC_SORT_COLUMNS, order_rows);
}

/* Up to BLOCK values: as the columns of a table, which are then merged. */
static void sort_block(double *values, size_t n)
{
    double a[BLOCK], b[BLOCK];
    size_t n_rows = (n + COLUMNS - 1) / COLUMNS;
    if (n <= FEW) {
        sort_few(values, n);
        return;
    }
    memcpy(a, values, n * sizeof *values);
    for (size_t i = n; i < n_rows * COLUMNS; i++)
        a[i] = (double)INFINITY;
    sort_columns(a, n_rows, COLUMNS, order_rows);
    for (size_t row = 0; row < n_rows; row++)
        for (size_t c = 0; c < COLUMNS; c++)
            b[c * n_rows + row] = a[row * COLUMNS + c];
    merge_equal(a, b, n_rows);
    merge_equal(a + 2 * n_rows, b + 2 * n_rows, n_rows);
    merge_equal(b, a, 2 * n_rows);
    memcpy(values, b, n * sizeof *values);
}

void hc_sort_doubles(double *values, double *room, size_t n)
{
    double *from = values, *to = room;
    for (size_t i = 0; i < n; i += BLOCK)
        sort_block(values + i, n - i < BLOCK ? n - i : BLOCK);
    for (size_t width = BLOCK; width < n; width *= 2) {
        merge_runs(to, from, n, width);
        double *swap = from;
        from = to;
        to = swap;
    }
    if (from != values)
        memcpy(values, from, n * sizeof *values);
}

#define ITEMS_FEW 32
#define ITEM_BYTES 64

/* From the i-th item on, each is put among those before it. */
static void insert_each(char *items, size_t i, size_t n, size_t size, int (*compare)(const void *, const void *))
{
    char item[ITEM_BYTES];
    for (; i < n; i++) {
        char *to = items + i * size;
        if (compare(to - size, to) <= 0)
            continue;
        memcpy(item, to, size);
        for (; to > items && compare(to - size, item) > 0; to -= size)
            memcpy(to, to - size, size);
        memcpy(to, item, size);
    }
}

void hc_sort(void *items, size_t n, size_t size_bytes, int (*compare)(const void *, const void *))
{
    const char *item = items;
    size_t i = 1;
    for (; i < n && compare(item, item + size_bytes) <= 0; i++)
        item += size_bytes;
    if (i < n && n <= ITEMS_FEW && size_bytes <= ITEM_BYTES)
        insert_each(items, i, n, size_bytes, compare);
    else if (i < n)
        qsort(items, n, size_bytes, compare);
}
