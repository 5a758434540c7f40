/* Many tests at once. */
#ifndef HC_ANALYSIS_STATS_DISCOVERY_H
#define HC_ANALYSIS_STATS_DISCOVERY_H

#include <stddef.h>

/* p-values adjusted so that of those at most `rate` no more than that share is false, on average; where all are of chance,
 * any is at most `rate` in no more than that share of cases.
 * Formula: q of the i-th smallest = min over j >= i of p_(j) n / j, at most 1.
 * Source:  Benjamini and Hochberg, Journal of the Royal Statistical Society B 57, 1995; under positive dependence:
 *          Benjamini and Yekutieli, Annals of Statistics 29, 2001.
 * Shapes:  p and q have n, and are not the same; no NaN.
 * Cost:    n squared: a report has some dozens.
 * Checked: tests/unit/analysis/test_discovery.c, against published values and the step-up rule. */
void hc_false_discovery(const double *p, size_t n, double *q);

#endif
