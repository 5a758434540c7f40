/* The backtest over many orders in which the labels may have become known. */
#ifndef HC_ANALYSIS_MODEL_PERMUTATIONS_H
#define HC_ANALYSIS_MODEL_PERMUTATIONS_H

#include "analysis/model/backtest.h"

/* Scores of one order. */
enum hc_point {
    HC_POINT_TOP1,
    HC_POINT_TOP3,
    HC_POINT_TOP5,
    HC_POINT_LOG_LOSS,
    HC_POINT_BRIER,
    HC_POINT_ECE,
    HC_POINT_PERFECT, /* the ECE of a perfectly calibrated model with these confidences: mean, 95th percentile */
    HC_POINT_PERFECT_P95,
    HC_POINTS
};

/* Over the orders: mean, standard deviation (n - 1; NaN for one order), 2.5th and 97.5th percentile. */
struct hc_permuted_score {
    double mean, deviation, low, high;
};

struct hc_permuted {
    const char *method; /* hindcast, then the baselines */
    struct hc_permuted_score of[HC_QUESTIONS][HC_POINTS];
};

struct hc_permutations {
    size_t n;           /* orders; 0: they were not asked for */
    size_t n_incidents; /* predicted in each */
    uint64_t seed;
    struct hc_permuted methods[1 + HC_N_BASELINES];
};

/* The order of number `number`: a permutation of 0 … n - 1, all of them as likely.
 * Source: Fisher and Yates as in Knuth, TAOCP 2, 3.4.2, algorithm P; the stream is `number`. */
void hc_permutation_order(uint32_t *order, size_t n, uint64_t seed, uint64_t number);

/* Backtests `n_orders` random orders of the labels. Faults may follow a schedule in which what was learned yesterday is
 * asked today; in a random order it is not. In each order an incident is predicted with what is learned from the labels
 * before it, by the schedule of hc_backtest_schedule, never with its own or a later one: weights, shares, confidence,
 * "it was the culprit before" and the baselines alike. Times count for nothing but `from` and `to`.
 * `labelled` is as for hc_backtest_run, and orders are of those whose known_at is known, sorted by it, so that they do not
 * hang on the order of `labelled`. Of the options `seed` is that of the orders; `ablation` does not count.
 * Threads: over orders; the same bytes on any number. Cost: that of a backtest for each. Errors: HC_FATAL out of memory.
 * Checked: test_permutations.c, against hc_backtest_run of incidents whose times are in that order. */
enum hc_status hc_permutations_run(struct hc_permutations *out, size_t n_orders, const struct hc_labelled *labelled,
                                   size_t n, const struct hc_backtest_options *options,
                                   const struct hc_catalogue *catalogue, struct hc_err *err);

#endif
