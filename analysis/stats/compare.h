/* Whether two counts, or two shares, are more apart than chance makes them, and how far apart they would have to be for
 * that to be seen. */
#ifndef HC_ANALYSIS_STATS_COMPARE_H
#define HC_ANALYSIS_STATS_COMPARE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct hc_comparison {
    double value, low, high; /* of what is compared, with its 95 % interval */
    double p;                /* two-sided; 1 where nothing can be told */
};

/* Two Poisson rates: n in an exposure t, against b in an exposure s. The value is the ratio of the rates.
 * Formula: given n + b, n is binomial with share t / (t + s) where the rates are equal; p is twice the smaller tail, at
 *          most 1; the interval is Clopper and Pearson's of that share, as odds, times s / t.
 * Source:  Przyborowski and Wilenski, Biometrika 31, 1940; the central variant: Fay, The R Journal 2(1), 2010.
 * Missing: b = 0 gives a ratio and an end that are infinite; both 0, NaN and p = 1.
 * Checked: tests/unit/analysis/test_compare.c, against scipy (tests/reference/trend.py), sums over all splits, and by
 *          exchange of the two. */
void hc_rates_compare(struct hc_comparison *out, uint32_t n, double t, uint32_t b, double s);

/* Two shares: k of n against j of m. The value is the difference k / n - j / m.
 * Formula: Fisher's exact test, central (twice the smaller tail of the hypergeometric); the interval is Newcombe's hybrid
 *          of Wilson's (Statistics in Medicine 17, 1998: method 10).
 * Missing: n or m 0: NaN and p = 1.
 * Checked: test_compare.c, against scipy, and by enumeration. */
void hc_shares_compare(struct hc_comparison *out, uint32_t k, uint32_t n, uint32_t j, uint32_t m);

/* The difference from `share`, upwards (`sign` 1) or downwards (-1), that is seen at `alpha`, two-sided, with this power; about.
 * Formula: Cohen's h = 2 asin sqrt(p) - 2 asin sqrt(q) = (z(1 - alpha / 2) + z(power)) sqrt(1 / n + 1 / m).
 * Source:  Cohen, Statistical Power Analysis, 1988, chapter 6. Missing: NaN where n or m is 0, or no share is so far away.
 * Checked: test_compare.c, against scipy and, for hundreds, the exact test's power. */
double hc_shares_smallest(double share, uint32_t n, uint32_t m, double alpha, double power, int sign);

/* What hc_rates_compare says is unlike at `alpha`, for each count of the reference. */
struct hc_rate_test {
    double t, s;
    uint32_t *high, *low; /* [n]: with b in the reference, `high` and more is, and less than `low` */
    size_t n;
};

/* For every b up to `most`. Errors: 0, or -1 out of memory. */
int hc_rate_test_make(struct hc_rate_test *out, double t, double s, double alpha, uint32_t most,
                      struct hc_arena *arena);
/* How large `most` must be for a mean of the reference. */
uint32_t hc_rate_test_most(double mean);

/* How often it sees a rate that is `ratio` times the reference's, where that makes `mean` on average.
 * Formula: the sum over Poisson counts of both.
 * Checked: test_compare.c, against simulation and the size of the test. */
double hc_rate_test_power(const struct hc_rate_test *test, double mean, double ratio);
/* The ratio above 1 (`sign` 1) or below (-1) that it sees with this power. NaN: not even a hundredfold, or none at all. */
double hc_rate_test_smallest(const struct hc_rate_test *test, double mean, double power, int sign);

/* The z with Phi(z) = p, by bisection. */
double hc_normal_quantile(double p);

#endif
