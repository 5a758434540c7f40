/* What the model and the baselines answer about one incident, scored by its label; private to analysis/model. */
#ifndef HC_ANALYSIS_MODEL_ANSWERS_H
#define HC_ANALYSIS_MODEL_ANSWERS_H

#include "analysis/model/analyze.h"

struct hc_answers {
    struct hc_answer component, category, hypothesis; /* hypothesis: category, cause and component together */
};

struct hc_answers hc_answers_of(const struct hc_answered *answered, const struct hc_labelled *label);

/* Without looking at evidence: even over candidates, and over categories and types even, or as the priors say. */
struct hc_blind {
    const struct hc_model *priors;
    const struct hc_catalogue *catalogue;
    bool uniform;
    double unexplained;
};
enum hc_status hc_answers_blind(struct hc_answers *out, const struct hc_labelled *label, const struct hc_blind *with,
                                struct hc_arena *work);

/* All on what was confirmed last. */
struct hc_answers hc_answers_last(const struct hc_labelled *label, const struct hc_labelled *last);

#endif
