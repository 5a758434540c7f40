/* When counts a period changed their level. */
#ifndef HC_ANALYSIS_STATS_CHANGEPOINT_H
#define HC_ANALYSIS_STATS_CHANGEPOINT_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct hc_change_point {
    size_t at; /* the first period of the new level */
    double p;  /* how often counts without a change show one as clear, anywhere */
};

struct hc_change_scan {
    size_t least; /* periods a level must last */
    double alpha; /* the false-alarm rate of each look */
    size_t n_samples;
    uint64_t seed;
};

/* The split that Poisson counts of two levels fit best.
 * Formula: max over k of a ln(a / k) + b ln(b / (n - k)) - (a + b) ln((a + b) / n), a counts before, b after; p by drawing the
 *          periods of all counts anew, n_samples times: (1 + as great) / (1 + n_samples), or, once HC_ENOUGH_AS_GREAT were as
 *          great, these / those drawn.
 * Source:  Akman and Raftery, Journal of the Royal Statistical Society B 48, 1986 (the likelihood ratio); the distribution
 *          given the total is free of the level, so the false-alarm rate is exact;
 *          Besag and Clifford, Biometrika 78, 1991 (to stop).
 * Missing: fewer than 2 `least` periods, or no counts: at 0 and p = 1.
 * Errors:  0, or -1 out of memory.
 * Checked: tests/unit/analysis/test_changepoint.c, against a definition by brute force, the coal-mining disasters (Jarrett
 *          1979), and by how often it alarms falsely. */
int hc_change_point_find(struct hc_change_point *out, const uint32_t *counts, size_t n, const struct hc_change_scan *by,
                         struct hc_arena *arena);

struct hc_change_size {
    double ratio, low, high;      /* of the new level to the old one: the median, and the ends of 95 % */
    size_t first_low, first_high; /* the first period of the new level lies in there, at 95 % */
};

/* How large a change was, and when, with all that is not known of the split: at the best split alone the interval would be too
 * narrow, and its ratio too far from 1.
 * Formula: the posterior of (split, old rate, new rate) with Jeffreys' priors of the rates and all splits alike; given the split,
 *          the share of the new rate's part is beta distributed, and the ratio's distribution is their mixture.
 * Source:  Raftery and Akman, Biometrika 73, 1986.
 * Missing: where hc_change_point_find has no split: NaN, and 0.
 * Errors:  0, or -1 out of memory.
 * Checked: test_changepoint.c, against a sum over a grid, by how often it holds a planted ratio and week, and by the coal-mining
 *          disasters. */
int hc_change_point_size(struct hc_change_size *out, const uint32_t *counts, size_t n, size_t least,
                         struct hc_arena *arena);

/* All of them: the series is split at its change, and each part looked at again, as long as p is at most alpha.
 * Source:  binary segmentation, Scott and Knott, Biometrics 30, 1974. A series without a change gives one in at most a share
 *          alpha of cases.
 * Shapes:  at most `most`, ascending. Errors: 0, or -1 out of memory. */
int hc_change_points(struct hc_change_point *out, size_t *n_out, size_t most, const uint32_t *counts, size_t n,
                     const struct hc_change_scan *by, struct hc_arena *arena);

#endif
