#include "analysis/stats/bootstrap.h"

#include <math.h>

#include "analysis/stats/quantile.h"
#include "base/random.h"
#include "base/sort.h"

double hc_statistic_mean(const void *data, const size_t *pick, size_t n)
{
    const double *x = data;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[pick[i]];
    return sum / (double)n;
}

int hc_bootstrap(struct hc_bounds *out, hc_statistic *statistic, const void *data, size_t n, size_t n_samples,
                 uint64_t seed, struct hc_arena *arena)
{
    *out = (struct hc_bounds){NAN, NAN};
    size_t *pick = hc_arena_alloc(arena, n * sizeof *pick);
    double *values = hc_arena_alloc(arena, n_samples * sizeof *values);
    double *room = hc_arena_alloc(arena, n_samples * sizeof *room);
    if (!pick || !values || !room)
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
    hc_sort_doubles(values, room, n_values);
    out->low = hc_quantile(values, n_values, 0.025);
    out->high = hc_quantile(values, n_values, 0.975);
    return 0;
}
