/* The case for the runner-up, and what would put it first; private to analysis/model. */
#ifndef HC_ANALYSIS_MODEL_RIVAL_H
#define HC_ANALYSIS_MODEL_RIVAL_H

#include "analysis/model/reasons.h"

/* Fills what would flip the order of two hypotheses, of which `lead` is the more probable; both are indices into the
 * prediction.
 * Formula: ln p_lead - ln p_rival = prior_lead - prior_rival + (evidence_lead - evidence_rival) / T, and of the latter
 * feature f's part is c_f(lead) - c_f(rival). Without a feature its part is gone: taking the largest first gives the fewest that flip the order. With a
 * missing kind its term in T is gone, and a sign that it may show, at the rival and not at the leading one, adds
 * its weight times what the sign may come to at most (HC_SURPRISE_CAP, or 1 for one without a null).
 * Missing: an empty list where nothing of the kind flips the order. Checked: test_rival.c, by predicting anew. */
enum hc_status hc_rival_flips(struct hc_explainer *explainer, size_t lead, size_t rival, struct hc_runner_up *out);

#endif
