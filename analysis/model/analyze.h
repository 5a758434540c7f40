/* An analysis without its reasons and timeline, for the backtest; private to analysis/model. */
#ifndef HC_ANALYSIS_MODEL_ANALYZE_H
#define HC_ANALYSIS_MODEL_ANALYZE_H

#include "analysis/model/history.h"
#include "analysis/model/predict.h"
#include "analysis/model/reasons.h"
#include "analysis/model/scores.h"
#include "analysis/model/timeline.h"

struct hc_answered {
    struct hc_analysis analysis; /* hypotheses, their statuses, marginals */
    bool covered;                /* a hypothesis that the label allows is not ruled out */
    struct hc_answer hypothesis; /* of (category, cause, component) */
    double label_probability;    /* of all hypotheses that the label allows, or of the unexplained */
    uint32_t n_candidates;
    uint32_t n_set; /* hypotheses not ruled out, the unexplained among them where it is not */
};

/* `removed`: kinds (bits as in hc_evidence.kinds) that are taken from the evidence first. */
enum hc_status hc_answer_label(struct hc_answered *out, const struct hc_model *model,
                               const struct hc_catalogue *catalogue, const struct hc_labelled *label, uint64_t removed,
                               struct hc_arena *arena);

#endif
