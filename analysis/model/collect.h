/* What to collect: the missing evidence that costs most, and where more labels would tell something. */
#ifndef HC_ANALYSIS_MODEL_COLLECT_H
#define HC_ANALYSIS_MODEL_COLLECT_H

#include "analysis/model/breakdown.h"

#define HC_COLLECT_FACTOR 2.0     /* a share that is held to this factor either way is known well enough */
#define HC_COLLECT_HALF_WIDTH 0.1 /* likewise how often what was stated was right, either way */
#define HC_COLLECT_CAUSE_FEW \
    5 /* labels of a cause; below, the catalogue's share within the category weighs more than they do */

/* A kind of evidence that some incidents of the backtest lacked. What that cost is what its removal takes where it is there, by how
 * often it is missing; the share missing is a fact of these incidents and adds nothing to the interval. */
struct hc_collect_kind {
    struct hc_str kind;
    uint32_t n_missing;
    const struct hc_penalty_row *penalty; /* NULL: not learned */
    const struct hc_ablation *ablation;   /* NULL: not looked at */
    struct hc_score points, nats;         /* mean over all incidents; NaN: not known */
};

/* A category's share over all services. */
struct hc_collect_share {
    const struct hc_prior_row *row;
    double factor;         /* the root of high / low; infinite where low is 0 */
    uint32_t lacking;      /* labels of it, at the same share, until that is HC_COLLECT_FACTOR */
    double lacking_of_all; /* labels of any category that bring them, on average */
};

/* Incidents that miss the same kinds of evidence: they have a promise of their own from so many on. */
struct hc_collect_set {
    struct hc_str evidence; /* the kinds that are there */
    uint32_t n, lacking;
};

struct hc_collect_range {
    const struct hc_stated_range *range;
    uint32_t
        lacking; /* answers until its interval is, right as often as so far or as is said, HC_COLLECT_HALF_WIDTH either way */
    double lacking_incidents; /* that bring them, on average; infinite: none did so far */
};

struct hc_collect {
    uint32_t n;                    /* incidents of the backtest */
    struct hc_collect_kind *kinds; /* what cost most first; those of which nothing is known last */
    size_t n_kinds;
    struct hc_collect_share
        *shares; /* those that lack labels, the least known first; all but these are known well enough */
    size_t n_shares;
    uint32_t *of_cause; /* [catalogue->n_causes] labels */
    size_t n_causes_none, n_causes_few;
    size_t n_at_fault, n_once;   /* components ever confirmed at fault; those once */
    struct hc_collect_set *sets; /* the most frequent first */
    size_t n_sets;
    struct hc_collect_range ranges[HC_QUESTIONS][HC_STATED_RANGES];
};

struct hc_collect_from {
    const struct hc_backtest_row *rows;
    size_t n_rows;
    const struct hc_breakdowns *breakdowns;
    const struct hc_stated *stated;           /* [HC_QUESTIONS] */
    const struct hc_calibration *calibration; /* NULL: none */
    const struct hc_labelled *labelled;       /* all confirmed incidents */
    size_t n_labelled;
    const struct hc_catalogue *catalogue;
};
/* Checked: test_collect.c, by brute force. */
enum hc_status hc_collect_make(struct hc_collect *out, const struct hc_collect_from *from, struct hc_arena *arena,
                               struct hc_err *err);

#endif
