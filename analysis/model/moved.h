/* Two calibrations beside each other: what moved by more than chance makes of it, and what came between that speaks for it.
 *
 * The later one learned what the earlier did, and more. So a weight that was held to be m with deviation s moves by itself: by
 * N(0, s^2 - t^2) where t is the deviation after, which is no more than N(0, s^2). It is tested by the latter: its new value
 * against its old interval. (The difference of the variances is too small to be told where little came: on teams that do not
 * change it called 1 to 6 % of the weights of causes moved.) A penalty is a mean over incidents that were replayed by models which know
 * ever more, so that the one before is no part of the one now: it is tested as if the two had no incident in common, by
 * N(0, s^2 + t^2), which their overlap makes cautious. A share is tested by the labels that came: how many of them the earlier
 * calibration had to expect. In each of four families (shares over all, shares by service, weights, penalties) the false-discovery
 * rate is held at HC_MOVED_RATE.
 * Source: Hausman, Econometrica 46, 1978 (the variance of a difference of nested estimates); the bound: a posterior mean is a
 *         martingale. Checked: test_moved.c, by simulation of what does not change, and by what was planted. */
#ifndef HC_ANALYSIS_MODEL_MOVED_H
#define HC_ANALYSIS_MODEL_MOVED_H

#include "analysis/model/model.h"
#include "analysis/stats/betabinomial.h"
#include "corpus/record/analysis.h"

#define HC_MOVED_RATE 0.05

struct hc_moved_share {
    const struct hc_prior_row *before, *now; /* before NULL: of a service or category that was not known then */
    uint32_t n_came, n_of;                   /* labels of the service (or all) that came, and those of the category */
    bool tested;                             /* the labels known then are still among those known now */
    struct hc_expected expected;             /* of n_came, by what was held before */
    double q;                                /* p, adjusted for how many are looked at; 1: not tested */
    bool moved;
};

/* How often a sign was seen, where it could be: incidents with their component at fault, other components of theirs. */
struct hc_moved_seen {
    uint32_t n, k;
};
enum { HC_MOVED_BEFORE, HC_MOVED_SINCE, HC_MOVED_TIMES };

struct hc_moved_value {
    struct hc_str name;
    struct hc_score before, now;
    bool tested;       /* both have an interval */
    bool outside;      /* now lies outside of before's interval */
    double deviations; /* how far it moved, in the deviations that it is tested by */
    double q;
    bool moved;
    /* Of weights that lie outside: the sign's, by hc_moves_explain. */
    bool explained;
    struct hc_moved_seen at_fault[HC_MOVED_TIMES], elsewhere[HC_MOVED_TIMES];
};

struct hc_moved_values {
    struct hc_moved_value *items; /* those both have; the least q first, then the greatest change in deviations */
    size_t n, n_new, n_gone;      /* new, gone: that only one of them has */
    size_t n_tested, n_outside, n_moved;
};

/* How sure it says to be. */
struct hc_moved_confidence {
    bool known;         /* its model could be read: it was made with this catalogue and version */
    double temperature; /* that the evidence's nats are divided by, where nothing is missing */
    double unexplained; /* the share of no listed hypothesis, where the evidence speaks for none */
    uint32_t promised_from;
    double mass; /* that a promised set of an incident like no group of past ones holds; NaN: nothing is promised */
};

enum { HC_MOVED_OVERALL, HC_MOVED_BY_SERVICE, HC_MOVED_SHARES };
struct hc_moves {
    const struct hc_calibration *before, *now;
    struct hc_moved_share *shares; /* as the later one has them: over all services, then by service */
    size_t n_shares;
    size_t n_tested[HC_MOVED_SHARES], n_moved[HC_MOVED_SHARES]; /* of them */
    bool grown; /* no category has fewer labels than before: what came can be told */
    struct hc_moved_values weights, penalties;
    struct hc_moved_confidence confidence[HC_MOVED_TIMES];
};

/* Models NULL: could not be read; then shares by service are not tested. Texts are borrowed from the calibrations. */
enum hc_status hc_moves_make(struct hc_moves *out, const struct hc_calibration *before,
                             const struct hc_calibration *now, const struct hc_model *model_before,
                             const struct hc_model *model_now, struct hc_arena *arena, struct hc_err *err);

/* Counts how often the sign of each weight that lies outside was seen, in the labels the earlier one had learned, the first
 * `n_before`, and in those that came, up to `n`. Of a weight of one cause, in the incidents of that cause. */
enum hc_status hc_moves_explain(struct hc_moves *moves, const struct hc_labelled *labelled, size_t n_before, size_t n,
                                const struct hc_catalogue *catalogue, struct hc_err *err);

/* What a weight is of, as the tables name it: "cpu-up quiet @ application/memory-leak". */
struct hc_weight_name {
    struct hc_str feature, type; /* type: category/cause; absent: of all causes */
    bool quiet;                  /* of being observed and quiet */
};
struct hc_weight_name hc_weight_name_of(struct hc_str name);

#endif
