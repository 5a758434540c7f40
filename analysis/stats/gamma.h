/* The gamma distribution, and the exact interval of a count. */
#ifndef HC_ANALYSIS_STATS_GAMMA_H
#define HC_ANALYSIS_STATS_GAMMA_H

/* ln Gamma(x), x above 0. glibc's lgamma writes a global, which this does not. */
double hc_ln_gamma(double x);

/* Regularised lower incomplete gamma function P(a, x); also the chance that a Poisson count of mean x is a or more.
 * Formula: the series DLMF 8.11.4 below a + 1, else 1 - Q by the continued fraction DLMF 8.9.2, by Lentz's method.
 * Missing: NaN where a is not above 0, or x is NaN. x below 0 counts as 0.
 * Checked: tests/unit/analysis/test_gamma.c, against scipy (tests/reference/trend.py) and sums of Poisson's terms. */
double hc_gamma_cdf(double x, double a);

/* The x with P(a, x) = p, by bisection, to 1e-15 of itself. NaN as above. */
double hc_gamma_quantile(double p, double a);

/* Garwood's exact interval (Biometrika 28, 1936) of the mean of a Poisson count k at `level` (0.95).
 * Formula: [G(tail; k), G(1 - tail; k + 1)], G the gamma quantile; 0 below for k = 0.
 * Checked: test_gamma.c, against scipy, and by how often it holds the mean. */
void hc_count_interval(double k, double level, double *low, double *high);

#endif
