/* How many of the next m a share that is known only so well would bring. */
#ifndef HC_ANALYSIS_STATS_BETABINOMIAL_H
#define HC_ANALYSIS_STATS_BETABINOMIAL_H

#include <stdint.h>

struct hc_expected {
    double mean;
    uint32_t low, high; /* the least and the greatest count of which neither tail has 2.5 % and less */
    double p;           /* two-sided, of the count that came: twice the smaller tail, at most 1 */
};

/* k came of m, where the share is distributed Beta(a, b).
 * Formula: P(j) = C(m, j) B(j + a, m - j + b) / B(a, b), by the ratio of one to the next from P(0).
 * Source:  Skellam, Journal of the Royal Statistical Society B 10, 1948; as a predictive check of a prior: Box, Journal of the
 *          Royal Statistical Society A 143, 1980.
 * Missing: a or b not above 0, or k > m, gives NaN, 0 to m and p = 1; m = 0 gives 0 and p = 1.
 * Cost:    linear in m.
 * Checked: test_betabinomial.c, against exact fractions (tests/reference/betabinomial.py), the binomial for a share that is known,
 *          and by exchange of the two sides. */
void hc_expected_count(struct hc_expected *out, uint32_t k, uint32_t m, double a, double b);

#endif
