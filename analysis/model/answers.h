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

/* Hindcast and the baselines it is held against, and their names. */
enum hc_method { HC_METHOD_MODEL, HC_METHOD_UNIFORM, HC_METHOD_PRIORS, HC_METHOD_EXPERT, HC_METHOD_LAST, HC_METHODS };
extern const char *const hc_method_names[HC_METHODS];

/* Fills those that look at no evidence: HC_METHOD_UNIFORM, _PRIORS (of the model's) and _LAST; `last` NULL: nothing was
 * confirmed before, and all are as likely. */
enum hc_status hc_answers_without_evidence(struct hc_answers out[HC_METHODS], const struct hc_labelled *label,
                                           const struct hc_labelled *last, const struct hc_model *priors,
                                           const struct hc_catalogue *catalogue, struct hc_arena *work);

/* Whether the label names what the question asks for. */
bool hc_label_answers(const struct hc_labelled *label, enum hc_question question);
/* Whether an incident is to be predicted, and if not why. */
enum hc_choice hc_label_choice(const struct hc_labelled *label, const struct hc_backtest_options *options);

#endif
