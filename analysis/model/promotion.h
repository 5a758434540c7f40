/* Whether a new calibration is to replace the one in use. */
#ifndef HC_ANALYSIS_MODEL_PROMOTION_H
#define HC_ANALYSIS_MODEL_PROMOTION_H

#include "analysis/model/model.h"

/* The one in use: its model (the expert's, where there is none) and how many of the labels, in order, it has learned. */
struct hc_in_use {
    const struct hc_model *model;
    size_t n_learned;
};

struct hc_promotion {
    bool promoted;    /* log_loss is not above in_use_log_loss, or there was nothing to compare on */
    uint32_t n;       /* incidents compared on */
    uint32_t n_refit; /* of them, those that a refit after the one in use predicted */
    double log_loss, in_use_log_loss;
};

/* Compares going on learning with staying, on the latest incidents that the one in use has not learned (at most
 * HC_PROMOTION_INCIDENTS and a third of all, of those that say when they began): each is predicted by the one in use, and by rolling
 * origin, the schedule's calibration of what was known when it began or the one in use where that is no older.
 * `learned` is the calibration of all n labels, as hc_model_calibrate makes it but for as_of and purpose: the past that both
 * rest on is replayed once.
 * Units: nats an incident, the mean of the component's and the category's marginal. Shapes: labelled [n], by known_at then id.
 * Missing: without any such incident it is promoted, and the losses are NaN.
 * Threads: as hc_model_calibrate_all; the same result on any number. Checked: test_promotion.c. */
enum hc_status hc_promotion_decide(struct hc_promotion *out, struct hc_calibration *learned,
                                   const struct hc_labelled *labelled, size_t n, const struct hc_in_use *in_use,
                                   const struct hc_learning *with, struct hc_err *err);

#endif
