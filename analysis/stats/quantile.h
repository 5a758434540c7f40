/* Order statistics of small arrays. */
#ifndef HC_ANALYSIS_STATS_QUANTILE_H
#define HC_ANALYSIS_STATS_QUANTILE_H

#include <stddef.h>
#include <stdint.h>

/* The p-quantile of ascending values.
 * Formula: x[j] + (h - j)(x[j + 1] - x[j]) with h = (n - 1) p, j = floor(h).
 * Source:  Hyndman and Fan, Sample quantiles in statistical packages, 1996: type 7.
 * Missing: NaN where n is 0.
 * Checked: tests/unit/analysis/test_quantile.c against a definition by counting and published values. */
double hc_quantile(const double *ascending, size_t n, double p);

/* The median of ascending values, and of any values (which it sorts, as base/sort.h does). */
double hc_median_of_sorted(const double *ascending, size_t n);
double hc_median(double *values, double *room, size_t n);

/* The median of |x - centre| of ascending values, not scaled (times 1.4826 it estimates a normal's standard deviation).
 * Missing: NaN where n is 0.
 * Cost:    the logarithm of n.
 * Checked: test_quantile.c, against the median of the distances. */
double hc_mad(const double *ascending, size_t n, double centre);

/* Puts an index and its value into lists of n, at most `limit`, whose values fall; of equal ones the earlier stays first. The
 * new n. */
size_t hc_keep_greatest(uint32_t *list, double *values, size_t n, size_t limit, uint32_t index, double value);

#endif
