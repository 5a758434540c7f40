/* An incident's evidence as sparse rows, one a candidate. */
#ifndef HC_ANALYSIS_MODEL_DESIGN_H
#define HC_ANALYSIS_MODEL_DESIGN_H

#include "analysis/model/parameters.h"

struct hc_design {
    size_t n_rows;
    uint32_t *component; /* into the evidence's components; HC_NO_COMPONENT: the incident as a whole */
    uint32_t *start;     /* [n_rows + 1] into column, value */
    uint32_t *column;    /* ascending within a row */
    double *value;
    uint64_t missing; /* bit m: kind m is not there, or was removed */
};

/* Rows of the candidates with the kinds in `removed` taken away; one row for the whole where there is no candidate.
 * What concerns the incident as a whole counts for each row. */
enum hc_status hc_design_make(struct hc_design *out, const struct hc_model *model, const struct hc_catalogue *catalogue,
                              const struct hc_evidence *evidence, uint64_t removed, struct hc_arena *arena);
/* Gives each row its last column: `value` by row, n_rows of them. For a fit. */
enum hc_status hc_design_append(struct hc_design *design, uint32_t column, const double *value, struct hc_arena *arena);

/* A feature's value as nats of surprise. Formula: -ln((k exp(-v) + N G(v)) / (k + N)), G the null's share at or above
 * v with an exponential tail beyond its 95th percentile; a service's own null is mixed in alike, with the global one
 * as its prior. 0 stays 0; at most HC_SURPRISE_CAP; v itself where nothing was learned.
 * Source: science of the project; the mixing is the posterior mean of a Dirichlet process. */
double hc_surprise(const struct hc_model *model, const struct hc_service *service, size_t feature, double value);

/* The null of `n` values (sorted in place). */
void hc_null_learn(struct hc_null *null, double *values, size_t n);

#endif
