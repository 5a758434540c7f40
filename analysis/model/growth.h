/* Whether more labels still help: how what learning saves grew with the labels known. */
#ifndef HC_ANALYSIS_MODEL_GROWTH_H
#define HC_ANALYSIS_MODEL_GROWTH_H

#include "analysis/model/backtest.h"

#define HC_GROWTH_LEAST 30      /* answers; of fewer nothing is told */
#define HC_GROWTH_DOUBLINGS 2.0 /* the latest, that are looked at: earlier ones bring more than the next can */

/* Each incident's nats saved by learning are the expert's loss less Hindcast's, so that hard and easy incidents are held against
 * themselves; their slope over the base-2 logarithm of the labels known is what a doubling brings.
 * Formula: least squares over the answers with at least a quarter of the most labels known (and 1 and more); the interval by bootstrap
 *          over incidents.
 * Missing: fewer than HC_GROWTH_LEAST answers, or one number of labels alone, give NaN.
 * Checked: test_growth.c, by a slope that was planted and by the closed form. */
struct hc_growth {
    uint32_t n;            /* answers looked at */
    uint32_t from, to;     /* labels known when they were answered */
    struct hc_score saved; /* nats a doubling takes off the log loss; below 0: it adds */
    double seen;           /* so much would be seen 8 times in 10; NaN where nothing is told */
};
enum hc_status hc_growth_of(struct hc_growth out[HC_QUESTIONS], const struct hc_backtest_row *rows, size_t n,
                            uint64_t seed, struct hc_err *err);

#endif
