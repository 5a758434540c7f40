/* What a model consists of; private to analysis/model. */
#ifndef HC_ANALYSIS_MODEL_PARAMETERS_H
#define HC_ANALYSIS_MODEL_PARAMETERS_H

#include "analysis/model/constants.h"
#include "analysis/model/model.h"
#include "analysis/stats/wording.h"

#define HC_MODEL_VERSION 4
#define HC_NONE ((uint32_t)-1)
#define HC_INTERACTING_KINDS 4 /* metrics, logs, traces, topology: the kinds whose absence changes weights */

/* A kind of fault: a cause of the catalogue, or one learned from labels. */
struct hc_type {
    struct hc_str category_id, cause_id; /* cause absent: a category of the labels' own, known by no cause */
    uint32_t category;                   /* into hc_model.categories */
    uint32_t cause;                      /* into the catalogue's, HC_NONE: learned */
    double within;                       /* share within the category */
    uint32_t n;                          /* confirmed incidents */
};

/* The null of one feature: what it shows at components that were not the culprit. */
struct hc_null {
    uint32_t n;
    double knots[HC_SURPRISE_KNOTS]; /* quantiles at 0, .05 … .95 */
    double tail;                     /* mean excess over the last knot */
};

struct hc_service {
    struct hc_str name;
    double *shares; /* by category */
    uint32_t n, *counts;
    struct hc_null *nulls; /* by feature; NULL: too few incidents, the global ones serve */
};

/* What strikes a host does not strike a queue: how much likelier each type is for components of one kind. */
struct hc_component_kind {
    struct hc_str name;
    uint32_t n;
    double *tilt; /* by type: ln of its share among this kind's culprits less that among all */
};

struct hc_culprit {
    struct hc_str name;
    uint32_t n;
};

/* The conformal quantile of the incidents that miss, of `kinds`, exactly `missing`, and have no cell before it. */
struct hc_set_cell {
    uint64_t kinds, missing;
    double quantile; /* largest mass before a hypothesis that is still in the set */
    uint32_t n;      /* past incidents that it rests on */
};

/* What turns evidence into confidence. */
struct hc_confidence {
    double log_t, *missing; /* ln T = log_t + sum of missing[kind] */
    double wrong_labels;    /* the share of labels that are taken to be wrong */
    double bias, slope;     /* logit P(unexplained) = bias - slope * support */
    bool has_guarantee;
    struct hc_set_cell *cells; /* the first that fits an incident is its own; the last fits all */
    size_t n_cells;
    double *points; /* by kind: mean change of the greatest probability with it removed */
    double *points_low, *points_high;
    uint32_t *points_n;
    double *entropy_ratio; /* by kind: entropy with it, as a share of that without it */
    double *doubt_ratio;   /* by kind: of one less the top probability, likewise */
};

/* Columns of a row: [0, F) the value of each feature, [F, 2F) observed and quiet, [2F, 3F) shown at all (the value, but
 * no more than 1), 3F: anything observed; then, of the general weights only, F for each interacting kind: the value where
 * that kind is missing; last the recurrence, ln of the component's share of the culprits before (the fit's alone: a
 * prediction has it in its prior). */
struct hc_model {
    struct hc_arena *arena;
    uint64_t catalogue_checksum;
    size_t n_features, n_kinds;
    size_t n_columns;        /* 3F + 1 */
    size_t n_general;        /* 3F + 1 + interactions + 1 */
    uint64_t *feature_kinds; /* bit m: the feature cannot be observed without kind m */
    bool *quiet_counts;      /* the catalogue expects something of this feature's quiet */
    bool *surprising;        /* measured against its null */
    uint32_t interacting[HC_INTERACTING_KINDS];

    struct hc_str *categories;
    size_t n_categories;
    double *category_share;
    uint32_t *category_n;
    struct hc_type *types; /* the catalogue's causes, then learned ones by category, cause */
    size_t n_types;
    double *general;    /* [n_general] */
    double *categorial; /* [n_categories][n_columns] */
    double *specific;   /* [n_types][n_columns]: category's and cause's together */
    size_t n_width;     /* n_types, padded for vectors */
    double *by_column;  /* [n_columns][n_width]: `specific` again, as scores are worked out (hc_model_arrange) */

    struct hc_null *nulls;       /* by feature */
    struct hc_service *services; /* by name */
    size_t n_services;
    double service_strength;     /* incidents that the overall shares count as for one service */
    struct hc_culprit *culprits; /* by name */
    size_t n_culprits;
    uint32_t n_learned, n_with_culprit;
    struct hc_component_kind *component_kinds; /* by name */
    size_t n_component_kinds;
    struct hc_wording wording; /* of texts, by category */
    double recurrence;         /* as confidence chose: the learned weight, or 0 */
    struct hc_confidence confidence;
};

/* A model of that many categories and types whose arrays are zero; texts are the caller's to set. */
enum hc_status hc_model_new(struct hc_model **out, const struct hc_catalogue *catalogue, size_t n_categories,
                            size_t n_types, struct hc_err *err);
/* Copies `specific` to `by_column`; whoever changes the one calls it. */
void hc_model_arrange(struct hc_model *model);
/* Sets expert means: weights, shares of the catalogue, confidence. */
void hc_model_set_expert(struct hc_model *model, const struct hc_catalogue *catalogue);
/* The expert's ln T where nothing is missing: what makes it HC_LOG_TEMPERATURE where the usual is missing, since it is
 * for incidents as they usually come that the catalogue's nats were reasoned. */
double hc_expert_log_temperature(const struct hc_catalogue *catalogue);

/* How many incidents the shares of a service count as (NULL: those over all), the catalogue's or the overall ones among them. */
double hc_model_share_incidents(const struct hc_model *model, const struct hc_service *service);

const struct hc_service *hc_model_service(const struct hc_model *model, struct hc_str name); /* NULL: not known */
size_t hc_model_category(const struct hc_model *model, struct hc_str id);                    /* n_categories: none */
/* The type of a label: n_types where the model knows none such. */
size_t hc_model_type(const struct hc_model *model, const struct hc_catalogue *catalogue, struct hc_str category,
                     struct hc_str cause);
/* NULL: not known */
struct hc_component_kind *hc_model_component_kind(const struct hc_model *model, struct hc_str name);
/* ln of each type's prior for a service's component of a kind, either of which may be NULL; `out` has n_types. */
void hc_model_type_priors(const struct hc_model *model, const struct hc_service *service,
                          const struct hc_component_kind *kind, double *out);
/* The learned weight of recurrence. */
double hc_model_recurrence(const struct hc_model *model);

/* The cell of an incident that misses these kinds; NULL: nothing was learned. */
const struct hc_set_cell *hc_set_cell_of(const struct hc_model *model, uint64_t missing);

/* What `members` equal hypotheses of p together add to the entropy, in nats. */
double hc_entropy_part(double p, double members);

/* ln sum exp. -INFINITY for none. */
double hc_log_sum_exp(const double *x, size_t n);

/* As bytes, little-endian. */
enum hc_status hc_model_pack(const struct hc_model *model, struct hc_arena *arena, struct hc_str *out,
                             struct hc_err *err);

#endif
