/* From a design to probabilities. */
#ifndef HC_ANALYSIS_MODEL_PREDICT_H
#define HC_ANALYSIS_MODEL_PREDICT_H

#include "analysis/model/design.h"

/* Shapes: prior, evidence, probability are [rows][types]. */
struct hc_prediction {
    struct hc_design design;
    size_t n_types;
    double *prior; /* ln of the prior: type's share for the service, component's among the candidates */
    double *words,
        *words_norm;  /* nats by category that words moved the prior by, and by row what normed it; NULL: none did */
    double *evidence; /* nats, before the temperature */
    double *probability;
    double log_t;
    double support;     /* ln of the mean, over the prior, of exp(evidence / T) */
    double unexplained; /* probability of a cause not listed */
};

/* Fills all but the confidence. */
enum hc_status hc_predict_scores(struct hc_prediction *out, const struct hc_model *model,
                                 const struct hc_catalogue *catalogue, const struct hc_evidence *evidence,
                                 uint64_t removed, struct hc_arena *arena);
/* ln T where the kinds in `missing` are missing. */
double hc_log_temperature(const struct hc_model *model, uint64_t missing);
/* Formula: P(u) = logistic(bias - slope * support); P(s, t) = (1 - P(u)) softmax(prior + evidence / T). */
void hc_predict_probabilities(struct hc_prediction *prediction, const struct hc_model *model, double log_t);

/* Scores of one design with given weights, used by the fit too.
 * Shapes: out [rows][stride], stride at least n_types; room for HC_VECTOR_WIDTH more behind it, and what stands between
 * the types and the next row is spoilt. */
void hc_design_scores(const struct hc_design *design, const struct hc_model *model, size_t stride, double *out);
/* The culprit of that name; n_culprits: it never was one. */
size_t hc_model_culprit(const struct hc_model *model, struct hc_str name);
/* ln of a component's share of the culprits: of n_times, over n_rows candidates. */
double hc_culprit_share(uint32_t times, uint32_t n_times, size_t n_rows);
/* What is known of the kind of a row's component; NULL: nothing. */
const struct hc_component_kind *hc_design_kind(const struct hc_design *design, size_t row, const struct hc_model *model,
                                               const struct hc_evidence *evidence);
/* ln of the prior over components: uniform where recurrence is 0. `out` has n_rows. */
void hc_component_priors(const struct hc_model *model, const struct hc_design *design,
                         const struct hc_evidence *evidence, double recurrence, double *out);

#endif
