/* How good answers were: the contract's scores. */
#ifndef HC_ANALYSIS_MODEL_SCORES_H
#define HC_ANALYSIS_MODEL_SCORES_H

#include "analysis/model/backtest.h"
#include "analysis/model/permutations.h"

/* Whether probabilities differ by no more than 1e-9 of the second: by the rounding of their sums. */
bool hc_equally_probable(double a, double b);

/* Of equal answers none goes before another. Formula: the share of the orders of equal answers that have the truth
 * among the first k; probabilities that differ by less than 1e-9 of themselves are equal. */
double hc_answer_hit(const struct hc_answer *answer, uint32_t k);

/* The truth is shares[truth]; n and more: not listed. The shares may be in any order.
 * Formula: the log loss takes the truth's share; a truth that is not listed takes `unexplained` spread over
 * `n_unlisted` (at least one) others. Brier: (1 - p)^2 of the truth's class plus the squares of all others, the
 * unexplained being the class of what is not listed: 0 to 2. */
struct hc_answer hc_answer_at(const struct hc_share *shares, size_t n, double unexplained, size_t truth,
                              uint32_t n_unlisted);
/* The same with the truth's name. */
struct hc_answer hc_answer_of(const struct hc_share *shares, size_t n, double unexplained, struct hc_str truth,
                              uint32_t n_unlisted);

/* Expected calibration error of the first answers: equal-mass bins by confidence (5 below 200 answers, 15 from there,
 * never more than answers), each bin's |mean confidence - share right| by its size.
 * `confidence` ascending, `right` alongside. Missing: n == 0 gives NaN. */
double hc_calibration_error(const double *confidence, const double *right, size_t n);

/* The error that a perfectly calibrated model with these confidences would show: mean, 95th and 99.75th percentile over
 * labels drawn from the confidences themselves. Missing: n == 0 gives NaN. */
struct hc_perfect {
    double mean, p95, p9975;
};
enum hc_status hc_calibration_error_perfect(struct hc_perfect *out, const double *confidence, size_t n, uint64_t seed,
                                            struct hc_arena *arena);

/* The share of the loss of `base` that `own` saves: 1 - sum of own / sum of base. 1: all, 0: none, below: it loses more.
 * The interval is by bootstrap over the n incidents, whose two losses stay together.
 * Missing: n == 0, and a base that loses nothing, give NaN.
 * Checked: test_scores.c, against the definition, and bounds that do not depend on the scale of the losses. */
enum hc_status hc_skill_of(struct hc_score *out, const double *own, const double *base, size_t n, uint64_t seed,
                           struct hc_err *err);
/* As the contract has it: floored. */
double hc_answer_loss(const struct hc_answer *answer);

/* All scores with their intervals: Clopper and Pearson for shares, bootstrap over answers (percentiles) for the rest. A
 * sample's calibration error is larger than what it is sampled from, as it has the sample's noise too, so its percentiles
 * are moved by the mean of that (Efron and Tibshirani 1993, 10.2: the bootstrap's estimate of bias). Coverage is over the
 * answers to which a set was promised. Missing: n == 0 gives NaN, and [0, 1] for the interval of a share; coverage
 * that was promised to none is NaN throughout. Checked: test_scores.c by brute force and closed forms. */
enum hc_status hc_scores_of(struct hc_backtest_scores *out, const struct hc_answer *answers, size_t n, uint64_t seed,
                            struct hc_err *err);

/* The values of hc_scores_of alone, for where their spread comes from elsewhere; HC_POINT_PERFECT and _PERFECT_P95 are of
 * a perfectly calibrated model with the same confidences. Missing: NaN each where n == 0.
 * Checked: test_permutations.c, against hc_scores_of. */
enum hc_status hc_points_of(double out[HC_POINTS], const struct hc_answer *answers, size_t n, uint64_t seed);

#endif
