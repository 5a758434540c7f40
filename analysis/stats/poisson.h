/* Counts against counts. */
#ifndef HC_ANALYSIS_STATS_POISSON_H
#define HC_ANALYSIS_STATS_POISSON_H

#include <stddef.h>

/* How far a count lies from what a reference count lets expect: the signed root of the deviance.
 * Formula: given t = n + b, n is binomial with share q = ratio / (1 + ratio);
 *          z = sign(n - tq) sqrt(2 (n ln(n / tq) + b ln(b / t(1 - q)))) sqrt(v / (v + s^2)),
 *          v = 1 / tq + 1 / t(1 - q): s is a scatter of log rates beyond Poisson's.
 * Source:  Przyborowski and Wilenski, Homogeneity of results in testing samples from Poisson series, 1940;
 *          McCullagh and Nelder, Generalized Linear Models, 1989, section 2.3 (deviance).
 * Shapes:  n, b counts (b of the reference); ratio > 0: what of the reference's exposure the window has.
 * Missing: 0 where both counts are 0.
 * Checked: tests/unit/analysis/test_poisson.c against values worked by hand, and by symmetry. */
double hc_rate_z(double n, double b, double ratio, double scatter);

/* How far a count of calls lies from what its callers' calls let expect: z = (n - e) / sqrt(v).
 * Formula: r = (b + 1/2) / (B + 1), e = r N, v = e f (1 + N / B) + (0.1 e)^2 + 1/4, f = 1 - r below r = 1, else 1: binomial
 *          where a call makes at most one, Poisson where it makes more, widened by the reference's own error and by a
 *          tenth for the mix of operations.
 * Shapes:  b of B calls in the reference, n of N in the window; B > 0.
 * Checked: tests/unit/analysis/test_poisson.c. */
double hc_ratio_z(double n, double n_calls, double b, double b_calls);

/* How far a share lies from that of a reference: the signed root of the deviance of two binomials.
 * Formula: p pooled; z = sign(n/N - b/B) sqrt(2 (n ln(n / Np) + (N-n) ln((N-n) / N(1-p)) + the same of b, B)) sqrt(v / (v + s^2)),
 *          v = 1/N + 1/B: s is a scatter of log odds beyond the binomial's.
 * Source:  McCullagh and Nelder, Generalized Linear Models, 1989, section 4.4 (deviance).
 * Shapes:  n of N in the window, b of B in the reference; N, B > 0.
 * Missing: 0 where the pooled share is 0 or 1.
 * Checked: tests/unit/analysis/test_poisson.c against values worked by hand, and by symmetry. */
double hc_share_z(double n, double n_all, double b, double b_all, double scatter);

/* No less than |hc_share_z| but for rounding, and no logarithm: what it need not be computed for.
 * Formula: z^2 <= 2 (n/N - b/B)^2 / (p (1-p) (v + s^2)), since ln x <= x - 1 makes the deviance at most twice Pearson's chi^2.
 * Missing: NaN where the pooled share is 0 or 1.
 * Checked: tests/unit/analysis/test_poisson.c against hc_share_z. */
double hc_share_z_most(double n, double n_all, double b, double b_all, double scatter);

/* Total variation between two distributions over the same m classes, less what sampling alone would show.
 * Formula: (1/2) sum |b_i/B - n_i/N| - (1/2) sum sqrt((2/pi) p_i (1 - p_i) (1/B + 1/N)), p_i pooled; at least 0.
 * Missing: NaN where a total is 0. */
double hc_total_variation(const double *b, const double *n, size_t m);

#endif
