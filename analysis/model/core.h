/* What is learned of a system from the first so many labels: types, priors, nulls, weights. Confidence comes after. */
#ifndef HC_ANALYSIS_MODEL_CORE_H
#define HC_ANALYSIS_MODEL_CORE_H

#include "analysis/model/fit.h"

/* `past` is in order of known_at; its first n are learned from. `before` is a model of fewer of them, from whose weights
 * the fit starts; NULL: from the expert's. `intervals` may be NULL; else they are the arena's. */
enum hc_status hc_core_learn(struct hc_model **out, const struct hc_model *before,
                             const struct hc_labelled *const *past, size_t n, const struct hc_learning *with,
                             struct hc_weight_interval *intervals, struct hc_err *err);

/* What the label says in terms of a model and a design. */
struct hc_target hc_target_of(const struct hc_labelled *labelled, const struct hc_model *model,
                              const struct hc_catalogue *catalogue, const struct hc_design *design);

/* Incidents that a category counts as having had before any was confirmed: the catalogue's share of them, or, of one that only
 * labels name, its own. */
double hc_category_base(const struct hc_catalogue *catalogue, size_t category);

/* Parts of the above. */
enum hc_status hc_types_learn(struct hc_model **out, const struct hc_labelled *const *past, size_t n,
                              const struct hc_catalogue *catalogue, struct hc_err *err);
enum hc_status hc_priors_learn(struct hc_model *model, const struct hc_labelled *const *past, size_t n,
                               const struct hc_catalogue *catalogue);
enum hc_status hc_nulls_learn(struct hc_model *model, const struct hc_labelled *const *past, size_t n);

#endif
