/* The maximum of the posterior over the weights. */
#ifndef HC_ANALYSIS_MODEL_FIT_H
#define HC_ANALYSIS_MODEL_FIT_H

#include "analysis/model/common.h"

#define HC_ANY (-1) /* the label does not say */

/* What a label says, by index into a design's rows and a model's categories and types. */
struct hc_target {
    int64_t row, category, type; /* HC_ANY each */
    bool among;                  /* false: its component is no candidate, or its category is unknown */
};

struct hc_example {
    struct hc_common rows;
    const double **priors; /* of each row: ln, by type */
    struct hc_target target;
    double weight;
};

/* Which weights are free: the general ones; those of categories and types that a label named, where another named another. */
struct hc_layout {
    size_t n_free;                             /* padded to what the optimiser's vector code needs */
    size_t *category_at, *type_at;             /* offset of each one's columns; SIZE_MAX: held at the expert's */
    double *category_contrast, *type_contrast; /* of each one's ridge so much, for the incidents of others (0 to 1) */
};
enum hc_status hc_layout_make(struct hc_layout *out, const struct hc_model *model, struct hc_arena *arena);

struct hc_weight_interval { /* of a free weight, for the tables */
    struct hc_layout layout;
    double *deviations;
};

struct hc_objective; /* opaque: model, examples, buffers */
enum hc_status hc_objective_new(struct hc_objective **out, struct hc_model *model, const struct hc_example *examples,
                                size_t n, int n_threads, struct hc_arena *arena);
const struct hc_layout *hc_objective_layout(const struct hc_objective *objective);
/* Minus the log posterior at u, in units of the ridge's deviations around the expert's weights, and its gradient.
 * Formula: sum of w_i (ln sum over all exp z - ln sum over what the label allows exp z) + |u|^2 / 2.
 * Threads: inside; partial sums over fixed chunks are added in order. Checked: test_model_fit.c, finite differences. */
double hc_objective_value(struct hc_objective *objective, const double *u, double *gradient);
/* Writes the weights at u into the model. */
void hc_objective_apply(struct hc_objective *objective, const double *u);
/* Posterior deviations of the free weights by the diagonal of Fisher's information; `out` has n_free. */
void hc_objective_deviations(struct hc_objective *objective, double *out);

/* The prior deviation of a weight; `loud`: that of a feature's value. */
double hc_ridge_of(const struct hc_model *model, size_t column, double loud);
/* That of a type's own. */
double hc_type_ridge(const struct hc_layout *layout, const struct hc_model *model, size_t type, size_t column);

struct hc_fitting {
    const struct hc_model *before; /* the search starts from its weights: of fewer labels; NULL: from the expert's */
    int n_threads;
    struct hc_arena *arena; /* of what it works with and of the intervals' lists */
};

/* Fits the model's weights to the examples; its weights must be the expert's when it is called. `intervals`, where not
 * NULL, are filled. */
enum hc_status hc_fit(struct hc_model *model, const struct hc_example *examples, size_t n,
                      const struct hc_fitting *with, struct hc_weight_interval *intervals, struct hc_err *err);

bool hc_target_allows(const struct hc_target *target, const struct hc_model *model, size_t row, size_t type);

#endif
