/* A backtest's rows looked at closely: by what kind of incident, how far what was stated holds, what learning brought. */
#ifndef HC_ANALYSIS_MODEL_BREAKDOWN_H
#define HC_ANALYSIS_MODEL_BREAKDOWN_H

#include "analysis/model/backtest.h"
#include "analysis/stats/reliability.h"

/* The scores of some of the incidents. The skills are shares of the log loss saved: over the priors alone, and over no
 * learning (the expert). */
struct hc_breakdown_group {
    struct hc_str name; /* absent: those of which it is not known */
    size_t n;           /* incidents; a question is asked of those whose label answers it */
    struct hc_backtest_scores of[HC_QUESTIONS];
    struct hc_score over_priors[HC_QUESTIONS], over_expert[HC_QUESTIONS];
    struct hc_backtest_scores *priors; /* [HC_QUESTIONS] of the priors alone; NULL but in HC_BY_KNOWN */
};

/* HC_BY_EVIDENCE: for each kind "logs" (it is there) and "no-logs", so that an incident is in many groups; else it is in
 * one. HC_BY_KNOWN: the learning curve, by how many labels were known: "0", "1-9", "10-29", "30-99" … */
enum hc_breakdown_by { HC_BY_CATEGORY, HC_BY_SERVICE, HC_BY_EVIDENCE, HC_BY_QUARTER, HC_BY_KNOWN, HC_BREAKDOWNS };

struct hc_breakdown {
    const char *by; /* "category" … */
    struct hc_breakdown_group
        *groups; /* categories, services: largest first; kinds: the catalogue's order; else ascending */
    size_t n_groups;
};

/* What a kind of evidence is worth: incidents that have it, answered with it and without. */
struct hc_ablation {
    struct hc_str kind;
    struct hc_backtest_scores whole[HC_QUESTIONS], without[HC_QUESTIONS];
    struct hc_score lost[HC_QUESTIONS]; /* nats of log loss that its absence costs; by bootstrap over incidents */
};

struct hc_breakdowns {
    struct hc_breakdown_group all;
    struct hc_breakdown by[HC_BREAKDOWNS];
    struct hc_ablation *ablations; /* none where the backtest was run without --ablation */
    size_t n_ablations;
};

/* Rows may be those of a backtest or of the store.
 * Threads: over groups; the same bytes on any number. Checked: test_breakdown.c, each group against the scores of its
 *          rows alone. Errors: HC_FATAL out of memory. */
enum hc_status hc_breakdowns_make(struct hc_breakdowns *out, const struct hc_backtest_row *rows, size_t n,
                                  const struct hc_catalogue *catalogue, const struct hc_backtest_options *options,
                                  struct hc_arena *arena, struct hc_err *err);

/* First answers by how probable they were said to be. */
#define HC_STATED_RANGES 5
#define HC_STATED_RATE 0.05 /* how often a calibrated model fails one of its tests, at most */
struct hc_stated_range {
    double from, to; /* from inclusive, to exclusive, but the last */
    uint32_t n;
    double mean;           /* of what was stated; NaN for none */
    double n_right;        /* equal answers share */
    struct hc_score right; /* the share, with its exact interval */
    double p;              /* how rare that is for a calibrated model: hc_share_rarity; 1 for none */
};

struct hc_stated {
    struct hc_stated_range ranges[HC_STATED_RANGES], high; /* high: .7 and more */
    struct hc_reliability diagram;
    struct hc_reliability_band band; /* of a calibrated model that states the same */
};

#define HC_BAND_PLACES 40
enum hc_status hc_stated_of(struct hc_stated *out, const struct hc_backtest_row *rows, size_t n,
                            enum hc_question question, const struct hc_backtest_options *options,
                            struct hc_arena *arena, struct hc_err *err);

/* What a model promises of its sets: from how many replayed incidents. 0: it promises nothing. */
uint32_t hc_model_promised_from(const struct hc_model *model);
/* How many replayed incidents a promise needs. */
uint32_t hc_promise_needs(void);

#endif
