#include "base/sort.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define QUAD 4

/* The lesser to the front, without a branch. */
static inline void order_pair(double *a, double *b)
{
    double x = *a, y = *b;
    *a = y < x ? y : x;
    *b = y < x ? x : y;
}

static void sort_quads(double *values, size_t n)
{
    size_t i = 0;
    for (; i + QUAD <= n; i += QUAD) {
        double *v = values + i;
        order_pair(v, v + 1);
        order_pair(v + 2, v + 3);
        order_pair(v, v + 2);
        order_pair(v + 1, v + 3);
        order_pair(v + 1, v + 2);
    }
    for (size_t from = i; i < n; i++)
        for (size_t at = i; at > from; at--)
            order_pair(values + at - 1, values + at);
}

/* Two runs of one width, from both ends at once: neither runs out before the ends meet, so no step asks. */
static void merge_equal(double *out, const double *a, size_t width)
{
    const double *b = a + width, *a_last = b - 1, *b_last = b + width - 1;
    double *last = out + 2 * width - 1;
    for (size_t i = 0; i < width; i++) {
        bool second = *b < *a, first_last = *b_last < *a_last;
        *out++ = second ? *b : *a;
        *last-- = first_last ? *a_last : *b_last;
        a += !second;
        b += second;
        a_last -= first_last;
        b_last -= !first_last;
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

void hc_sort_doubles(double *values, double *room, size_t n)
{
    double *from = values, *to = room;
    sort_quads(values, n);
    for (size_t width = QUAD; width < n; width *= 2) {
        merge_runs(to, from, n, width);
        double *swap = from;
        from = to;
        to = swap;
    }
    if (from != values)
        memcpy(values, from, n * sizeof *values);
}

void hc_sort(void *items, size_t n, size_t size_bytes, int (*compare)(const void *, const void *))
{
    const char *item = items;
    for (size_t i = 1; i < n; i++, item += size_bytes)
        if (compare(item, item + size_bytes) > 0) {
            qsort(items, n, size_bytes, compare);
            return;
        }
}
