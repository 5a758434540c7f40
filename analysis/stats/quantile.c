#include "analysis/stats/quantile.h"

#include <math.h>
#include <stdlib.h>

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void hc_sort_doubles(double *values, size_t n)
{
    if (n > 1)
        qsort(values, n, sizeof *values, compare_doubles);
}

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

double hc_median(double *values, size_t n)
{
    hc_sort_doubles(values, n);
    return hc_median_of_sorted(values, n);
}

double hc_mad(const double *values, size_t n, double centre, double *scratch)
{
    for (size_t i = 0; i < n; i++)
        scratch[i] = fabs(values[i] - centre);
    return hc_median(scratch, n);
}
