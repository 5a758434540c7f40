/* What confidence is learned with: parts of hc_confidence_learn; private to analysis/model. */
#ifndef HC_ANALYSIS_MODEL_CONFIDENCE_H
#define HC_ANALYSIS_MODEL_CONFIDENCE_H

#include "analysis/model/history.h"

struct hc_sample {
    const struct hc_record *record;
    double weight;   /* whole and replays of one incident share its weight */
    double ln_prior; /* of the label, whatever the evidence */
    size_t incident;
};

struct hc_learner {
    struct hc_model *model;
    const struct hc_catalogue *catalogue;
    const struct hc_history *history;
    size_t n_known; /* incidents of the history that may be learned from */
    struct hc_sample *samples;
    size_t n;
    int variant;     /* 1: with recurrence */
    double *buffer;  /* of a record's logits */
    double *weights; /* of their exponentials */
    double *support; /* by sample, once the temperature is known */
    double wrong;    /* share of labels that are taken to be wrong */
};

/* A record's probabilities with the model's confidence; returns the unexplained. Shapes: p [record's n]. */
double hc_record_probabilities(const struct hc_learner *learner, const struct hc_record *record, double *p,
                               double *support);

/* The conformal quantiles, by which kinds of evidence are missing (docs/model.md). */
enum hc_status hc_sets_learn(struct hc_learner *learner, struct hc_arena *work);

/* What each kind of evidence is worth: penalties, and what an incident without it may expect of it. */
enum hc_status hc_values_learn(struct hc_learner *learner, struct hc_arena *work);

#endif
