/* Least squares under an order. */
#ifndef HC_ANALYSIS_STATS_ISOTONIC_H
#define HC_ANALYSIS_STATS_ISOTONIC_H

#include <stddef.h>

/* Neighbours that the order makes equal. */
struct hc_isotonic_block {
    double sum, weight; /* of weight * y, and of weight: the fit is sum / weight */
    size_t end;         /* one past its last item; it begins where the one before ends */
};

/* The non-decreasing f that minimises the sum of weight[i] (y[i] - f[i])^2, as blocks of equal f, ascending. Gives how
 * many there are.
 * Shapes:  y, weight and blocks have n; `weight` may be NULL (all 1), else it is above 0.
 * Formula: pool adjacent violators; f[i] = max over a <= i of min over b >= i of the mean of y[a..b].
 * Source:  Ayer, Brunk, Ewing, Reid, Silverman, Annals of Mathematical Statistics 26, 1955.
 * Missing: the caller leaves NaN out. n == 0 gives no block.
 * Cost:    linear.
 * Checked: test_isotonic.c, against that formula, published fits, and scipy's non-negative least squares
 *          (tests/reference/corp.py). */
size_t hc_isotonic_fit(struct hc_isotonic_block *blocks, const double *y, const double *weight, size_t n);

#endif
