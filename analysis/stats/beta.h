/* The beta distribution, and the exact interval of a share. */
#ifndef HC_ANALYSIS_STATS_BETA_H
#define HC_ANALYSIS_STATS_BETA_H

#include <stdint.h>

/* Regularised incomplete beta function I_x(a, b).
 * Formula: continued fraction DLMF 8.17.22 by Lentz's method as modified by Thompson and Barnett (J. Comput. Phys. 64,
 *          1986); x > (a + 1) / (a + b + 2) by symmetry.
 * Missing: NaN where a or b is not above 0, or x is NaN. x outside [0, 1] counts as the nearer end.
 * Checked: tests/unit/analysis/test_model_beta.c against scipy (tests/reference/beta.py) to 1e-12, and closed forms. */
double hc_beta_cdf(double x, double a, double b);

/* The x with I_x(a, b) = p, by bisection, to 1e-15 of itself. NaN as above. */
double hc_beta_quantile(double p, double a, double b);

/* Clopper and Pearson's exact interval (Biometrika 26, 1934) of a share of k in n at `level` (0.95); the beta
 * quantiles serve a k that is no whole number (an expected count) too.
 * Missing: n == 0 gives [0, 1]. */
void hc_share_interval(double k, uint32_t n, double level, double *low, double *high);

/* How rare k and fewer, or k and more, right of n are where `share` of them are on average: the exact binomial tail, twice the
 * smaller, at most 1. Of cases whose own shares differ the tails are smaller still, beyond a case from the mean (Hoeffding,
 * Annals of Mathematical Statistics 27, 1956), so that this p is no less than theirs; a k that is no whole number counts as the one
 * nearer to the mean.
 * Missing: n == 0, or a share that is NaN, gives 1.
 * Checked: test_model_beta.c, by sums over all counts, of one share and of shares that differ. */
double hc_share_rarity(double k, uint32_t n, double share);

#endif
