#include "analysis/stats/quantile.h"

#include <math.h>
#include <stdbool.h>

#include "base/sort.h"

double hc_quantile(const double *ascending, size_t n, double p)
{
    if (n == 0)
        return (double)NAN;
    double h = (double)(n - 1) * p;
    size_t j = h <= 0 ? 0 : (size_t)h;
    if (j + 1 >= n)
        return ascending[n - 1];
    return ascending[j] + (h - (double)j) * (ascending[j + 1] - ascending[j]);
}

double hc_median_of_sorted(const double *ascending, size_t n)
{
    if (n == 0)
        return (double)NAN;
    return n % 2 ? ascending[n / 2] : 0.5 * (ascending[n / 2 - 1] + ascending[n / 2]);
}

double hc_median(double *values, double *room, size_t n)
{
    hc_sort_doubles(values, room, n);
    return hc_median_of_sorted(values, n);
}

/* How far the `n_near` values that lie nearest to the centre reach from it: they stand together, so that it is asked
 * where, in steps that no branch decides. */
static double reach_of(const double *ascending, size_t n, double centre, size_t n_near)
{
    size_t from = 0, left = n - n_near;
    while (left > 0) {
        size_t half = left / 2;
        bool farther = centre - ascending[from + half] > ascending[from + half + n_near] - centre;
        from += farther ? half + 1 : 0;
        left = farther ? left - half - 1 : half;
    }
    double below = fabs(centre - ascending[from]), above = fabs(ascending[from + n_near - 1] - centre);
    return below > above ? below : above;
}

double hc_mad(const double *ascending, size_t n, double centre)
{
    if (n == 0)
        return (double)NAN;
    double reach = reach_of(ascending, n, centre, n / 2 + 1);
    return n % 2 ? reach : 0.5 * (reach_of(ascending, n, centre, n / 2) + reach);
}

size_t hc_keep_greatest(uint32_t *list, double *values, size_t n, size_t limit, uint32_t index, double value)
{
    size_t at = n;
    while (at > 0 && values[at - 1] < value)
        at--;
    if (at >= limit)
        return n;
    const size_t last = n < limit ? n++ : limit - 1;
    for (size_t i = last; i > at; i--) {
        list[i] = list[i - 1];
        values[i] = values[i - 1];
    }
    list[at] = index;
    values[at] = value;
    return n;
}
