#include "analysis/stats/bootstrap.h"
#include "base/random.h"

#include <math.h>
#include <stdlib.h>

double hc_sorted_quantile(const double *sorted, size_t n, double p)
{
    if (!n)
        return NAN;
    const double at = p * (double)(n - 1);
    const size_t low = (size_t)at;
    if (low + 1 >= n)
        return sorted[n - 1];
    return sorted[low] + (at - (double)low) * (sorted[low + 1] - sorted[low]);
}

double hc_statistic_mean(const void *data, const size_t *pick, size_t n)
{
    const double *x = data;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[pick[i]];
    return sum / (double)n;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int hc_bootstrap(struct hc_bounds *out, hc_statistic *statistic, const void *data, size_t n, size_t n_samples,
                 uint64_t seed, struct hc_arena *arena)
{
    *out = (struct hc_bounds){NAN, NAN};
    size_t *pick = hc_arena_alloc(arena, n * sizeof *pick);
    double *values = hc_arena_alloc(arena, n_samples * sizeof *values);
    if (!pick || !values)
        return -1;
    size_t n_values = 0;
    for (size_t r = 0; r < n_samples && n; r++) {
        struct hc_random random = hc_random_new(seed, r);
        for (size_t i = 0; i < n; i++)
            pick[i] = hc_random_below(&random, n);
        const double value = statistic(data, pick, n);
        if (!isnan(value))
            values[n_values++] = value;
    }
    qsort(values, n_values, sizeof *values, ascending);
    out->low = hc_sorted_quantile(values, n_values, 0.025);
    out->high = hc_sorted_quantile(values, n_values, 0.975);
    return 0;
}
