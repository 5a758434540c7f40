#include "analysis/stats/quantile.h"

#include <math.h>

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

/* Distances from the centre ascend on both of its sides: merged from the centre outwards as far as the middle. */
double hc_mad(const double *ascending, size_t n, double centre)
{
    size_t above = 0;
    double before = (double)NAN, at = (double)NAN;
    while (above < n && ascending[above] < centre)
        above++;
    size_t below = above;
    for (size_t taken = 0; taken <= n / 2 && n > 0; taken++) {
        before = at;
        if (below == 0 || (above < n && ascending[above] - centre < centre - ascending[below - 1]))
            at = ascending[above++] - centre;
        else
            at = centre - ascending[--below];
    }
    return n % 2 ? at : 0.5 * (before + at);
}
