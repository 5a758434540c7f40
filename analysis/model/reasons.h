/* Why a hypothesis has the odds that it has; private to analysis/model. */
#ifndef HC_ANALYSIS_MODEL_REASONS_H
#define HC_ANALYSIS_MODEL_REASONS_H

#include "analysis/model/predict.h"

struct hc_explainer {
    const struct hc_model *model;
    const struct hc_catalogue *catalogue;
    const struct hc_evidence *evidence;
    const struct hc_prediction *prediction;
    struct hc_arena *arena;
    double *mean;      /* [n_features]: the probability-weighted mean of each feature's contribution */
    double *own;       /* scratch, [n_features] */
    double mean_words; /* the same mean of what words say of the category */
};

enum hc_status hc_explainer_init(struct hc_explainer *out, const struct hc_model *model,
                                 const struct hc_catalogue *catalogue, const struct hc_evidence *evidence,
                                 const struct hc_prediction *prediction, struct hc_arena *arena);

/* Formula: the log odds of hypothesis h are ln p - ln(1 - p) = sum over features f of (c_f(h) - E[c_f]) + words + prior, with
 * c_f the nats (after the temperature) that f adds to h, E over the other hypotheses by their probability (the
 * unexplained adds 0), `words` likewise what words say of h's category, and `prior` what remains: how usual h is, and how many rivals there are. The reasons' weights
 * add up to the log odds. Checked: test_model_analyze.c. */
enum hc_status hc_explain(struct hc_explainer *explainer, size_t index, struct hc_hypothesis *out);

/* The nats, after the temperature, that each feature adds to a hypothesis. Shapes: out [n_features]. */
void hc_contributions(const struct hc_explainer *k, size_t index, double *out);
/* A feature as a reason of that weight. The text is absent where memory is short. */
struct hc_reason hc_reason_of(const struct hc_explainer *k, size_t index, size_t feature, double nats);

/* The feature that speaks loudest for a hypothesis; n_features: none does. */
size_t hc_strongest_feature(struct hc_explainer *explainer, size_t index);

#endif
