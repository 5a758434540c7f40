/* Whether stated probabilities hold: the CORP reliability diagram.
 *
 * CORP: consistent, optimally binned, reproducible, by pool adjacent violators. What was right is regressed on what was
 * stated under nothing but an order (who says more is right no less often), so that no bins are chosen.
 * Source: Dimitriadis, Gneiting, Jordan, Stable reliability diagrams for probabilistic classifiers, PNAS 118(8), 2021.
 */
#ifndef HC_ANALYSIS_STATS_RELIABILITY_H
#define HC_ANALYSIS_STATS_RELIABILITY_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Forecasts that the order makes share one recalibrated probability. */
struct hc_reliability_bin {
    double low, high, mean; /* least, greatest and mean of the forecasts */
    double right;           /* the share of them that came true: the recalibrated probability */
    size_t n;
};

struct hc_reliability {
    struct hc_reliability_bin *bins; /* ascending */
    size_t n_bins, n;
    double brier;          /* mean of (forecast - outcome)^2 = miscalibration - discrimination + uncertainty */
    double miscalibration; /* what recalibrating would take off; 0: none needed; at least 0 */
    double discrimination; /* what telling cases apart takes off the score of one base rate for all; at least 0 */
    double uncertainty;    /* the score of the base rate */
};

/* Shapes:  forecast ascending, outcome alongside, both n. An outcome is 0, 1, or a share between.
 * Formula: S = mean (x - y)^2, S_C the same of the isotonic fit, S_R that of the mean of y;
 *          miscalibration S - S_C, discrimination S_R - S_C, uncertainty S_R.
 * Missing: n == 0 gives no bins and NaN.
 * Errors:  0, or -1 out of memory.
 * Cost:    linear.
 * Checked: test_reliability.c, against the definitions, scipy (tests/reference/corp.py) and the mirrored problem. */
int hc_reliability_diagram(struct hc_reliability *out, const double *forecast, const double *outcome, size_t n,
                           struct hc_arena *arena);

/* Where the diagram of a calibrated forecaster with these forecasts lies. */
struct hc_reliability_band {
    double *at, *low,
        *high; /* at ascending, distinct forecasts; 2.5 % and 97.5 % of the recalibrated probability there */
    size_t n;
};

struct hc_resampling {
    size_t n_samples;
    uint64_t seed;
    int n_threads;
};

/* A consistency band: outcomes drawn from the forecasts themselves, and the diagram made anew, n_samples times.
 * The forecasts stay as they are: the band is of the very forecasts shown (Broecker and Smith 2007 draw them too).
 * Shapes:  at most `most` places, spread evenly over the ranks of distinct forecasts, the first and the last among them.
 * Errors:  0, or -1 out of memory. Missing: n == 0 gives none.
 * Threads: sample r is drawn from the stream (seed, r): the same bytes on any number.
 * Memory:  n_samples * most doubles for a time.
 * Checked: test_reliability.c, against the binomial where all forecasts are equal, and by how often a calibrated
 *          forecaster stays inside. */
int hc_reliability_consistency(struct hc_reliability_band *out, const double *forecast, size_t n, size_t most,
                               const struct hc_resampling *by, struct hc_arena *arena);

#endif
