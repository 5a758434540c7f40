/* How long things last, where some have not ended yet. */
#ifndef HC_ANALYSIS_STATS_SURVIVAL_H
#define HC_ANALYSIS_STATS_SURVIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/stats/bootstrap.h"
#include "base/arena.h"

struct hc_duration {
    double length; /* at least 0 */
    bool ended;    /* false: it lasted at least that long */
};

/* A set of them, sorted. */
struct hc_durations {
    const struct hc_duration *of;
    size_t n;
};

/* Ascending; of equal lengths those that ended first, as Kaplan and Meier take them. */
void hc_durations_sort(struct hc_duration *durations, size_t n);

/* The exceedance curve: the share that lasts longer than `at`, with its interval. It falls at lengths at which one ended. */
struct hc_survival {
    double *at, *exceeds, *low, *high; /* [n], at ascending */
    size_t n;
};

/* Shapes:  durations sorted.
 * Formula: the product over lengths of 1 - ended / at risk; Greenwood's variance; the 95 % interval by ln(-ln S).
 * Source:  Kaplan and Meier, Journal of the American Statistical Association 53, 1958; Greenwood 1926; Kalbfleisch and
 *          Prentice, The Statistical Analysis of Failure Time Data, 2002, section 1.4 (the interval).
 * Missing: where all have ended and the share is 0, the interval is [0, 0]: none is known.
 * Errors:  0, or -1 out of memory.
 * Checked: tests/unit/analysis/test_survival.c, against a published example and, without censoring, by counting. */
int hc_survival_curve(struct hc_survival *out, const struct hc_duration *durations, size_t n, struct hc_arena *arena);
/* Its value at a length. */
double hc_survival_at(const struct hc_survival *curve, double length, double *low, double *high);

/* The least length that half last no longer than; infinite where less than half are known to have ended, NaN for none.
 * Shapes: durations sorted. */
double hc_survival_median(const struct hc_duration *durations, size_t n);
/* Its 95 % interval, by drawing durations anew; an end may be infinite. Errors: 0, or -1 out of memory. */
int hc_survival_median_bounds(struct hc_bounds *out, const struct hc_duration *durations, size_t n, size_t n_samples,
                              uint64_t seed, struct hc_arena *arena);

/* The 95 % interval of the ratio of two medians, by drawing both sets anew. Errors: as above.
 * Checked: test_survival.c, by how often it holds the ratio. */
int hc_survival_ratio_bounds(struct hc_bounds *out, struct hc_durations a, struct hc_durations b, size_t n_samples,
                             uint64_t seed, struct hc_arena *arena);

/* Whether two sets last alike: the two-sided p-value of the generalised Wilcoxon test, by permutation.
 * Formula: scores S(t-) + S(t) - 1 of one that ended at t, S(t) - 1 of one that had not, S of both sets together; the
 *          distribution of the first set's sum over `n_samples` random exchanges; p = (1 + as extreme) / (1 + n_samples), or,
 *          once HC_ENOUGH_AS_GREAT were as extreme, these / those drawn.
 * Source:  Peto and Peto, Journal of the Royal Statistical Society A 135, 1972. Without censoring it is Wilcoxon's.
 * Missing: an empty set gives 1.
 * Errors:  0, or -1 out of memory.
 * Checked: test_survival.c, against all exchanges of a small case and by its size. */
int hc_survival_compare(double *p, struct hc_durations a, struct hc_durations b, size_t n_samples, uint64_t seed,
                        struct hc_arena *arena);

/* By which factor durations would have to be longer for that to be seen with this power, about.
 * Formula: exp((z(1 - alpha / 2) + z(power)) s sqrt(pi / 3 (1 / n + 1 / m))), s the scatter of ln length: the quartiles'
 *          distance over 1.349, the mean of both sets'; lengths are taken as lognormal and below one second as that.
 * Source:  Noether, Journal of the American Statistical Association 82, 1987; 3 / pi is the test's efficiency there.
 * Missing: NaN where fewer than 3 of a set ended, or half of both are of one length. Errors: 0, or -1 out of memory. */
int hc_survival_smallest(double *factor, struct hc_durations a, struct hc_durations b, double alpha, double power,
                         struct hc_arena *arena);

#endif
