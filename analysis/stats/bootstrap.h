/* Intervals by resampling. */
#ifndef HC_ANALYSIS_STATS_BOOTSTRAP_H
#define HC_ANALYSIS_STATS_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* A statistic of the items named by `pick` (indices, n of them). */
typedef double hc_statistic(const void *data, const size_t *pick, size_t n);

struct hc_bounds {
    double low, high;
};

/* The 2.5 % and 97.5 % quantiles (linear between order statistics) of a statistic over samples of n with replacement;
 * sample r is drawn from the stream (seed, r).
 * Source: Efron, Annals of Statistics 7, 1979; percentile interval. Missing: n == 0 gives NaN. NaN in a sample is
 * left out. Errors: 0, or -1 out of memory. */
int hc_bootstrap(struct hc_bounds *out, hc_statistic *statistic, const void *data, size_t n, size_t n_samples,
                 uint64_t seed, struct hc_arena *arena);

/* Where chance is sampled to say how rare something is, so many as great say it well enough. */
#define HC_ENOUGH_AS_GREAT 20

/* The statistic "mean" of an array of doubles. */
double hc_statistic_mean(const void *data, const size_t *pick, size_t n);

#endif
