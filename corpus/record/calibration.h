/* What was learned from the confirmed incidents, as of a time. The store keeps it, analysis uses it. */
#ifndef HC_CORPUS_RECORD_CALIBRATION_H
#define HC_CORPUS_RECORD_CALIBRATION_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "base/time.h"

struct hc_prior_row {
    struct hc_str service; /* absent: over all services */
    struct hc_str category;
    double probability, low, high;
    uint32_t n_incidents;
};

struct hc_weight_row {
    struct hc_str evidence;
    double weight, low, high; /* nats */
    double expert_weight;
};

struct hc_penalty_row {
    struct hc_str missing;
    double points, low, high; /* mean change of the greatest probability with the kind removed */
    uint32_t n_incidents;
};

#define HC_WRONG_LABELS_SAID 0.005 /* of a smaller share of wrong labels nothing is said to people */

struct hc_calibration {
    int64_t number; /* 0: not stored */
    struct hc_time as_of;
    uint32_t n_incidents; /* it learned from */
    double wrong_labels;  /* share of their labels that are taken to be wrong, beyond what may be the model's faults */
    bool promoted;
    struct hc_str reason;  /* why promoted or not */
    struct hc_str purpose; /* "calibrate", or "rolling-origin" for those of a backtest's schedule */
    struct hc_str labels;  /* SHA-256 over the incidents it learned from, in their order; absent: not said */
    struct hc_prior_row *priors;
    size_t n_priors;
    struct hc_weight_row *weights;
    size_t n_weights;
    struct hc_penalty_row *penalties;
    size_t n_penalties;
    /* The model itself, packed by analysis/model (little-endian, versioned); opaque to the store. */
    struct hc_str model;
};

#endif
