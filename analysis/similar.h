/* Past incidents nearest to one, by what their evidence shows. */
#ifndef HC_ANALYSIS_SIMILAR_H
#define HC_ANALYSIS_SIMILAR_H

#include "analysis/evidence/evidence.h"
#include "analysis/model/catalogue.h"

/* The loudest value of each feature over an incident's components: what is compared.
 * Shapes: profile[catalogue->n_features]; unobserved and quiet are 0. */
void hc_evidence_profile(const struct hc_evidence *evidence, const struct hc_catalogue *catalogue, double *profile);

/* Formula: .8 cos(a, b) over profiles + .2 where the incidents are of one service.
 * Units:   0 (nothing in common) to 1. Two silent profiles have cosine 0. */
double hc_profile_similarity(const double *a, const double *b, size_t n, bool same_service);

/* The features that both show, most shared first (smaller of the two values; ties by index).
 * Shapes: shared[at most `limit`]; returns how many. */
size_t hc_profile_shared(const double *a, const double *b, size_t n, size_t limit, uint32_t *shared);

#endif
