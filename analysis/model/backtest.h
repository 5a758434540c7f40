/* Rolling origin: every past incident analysed with only what had been learned before it. */
#ifndef HC_ANALYSIS_MODEL_BACKTEST_H
#define HC_ANALYSIS_MODEL_BACKTEST_H

#include "analysis/model/model.h"
#include "corpus/record/backtest.h"

#define HC_N_BASELINES 4
#define HC_BOOTSTRAP_SEED 20150316u /* of the figures that are printed, in a backtest and in the report of it */

struct hc_backtest_scores {
    uint32_t n, n_promised; /* promised: coverage is over these, NaN for none */
    struct hc_score top1, top3, top5, log_loss, brier, ece, coverage;
    double mean_confidence;                   /* the mean probability of the first answers; NaN for none */
    double mean_set;                          /* hypotheses in a promised set; NaN for none promised */
    double ece_perfect_mean, ece_perfect_p95; /* of a perfectly calibrated model with these confidences */
    double ece_perfect_p9975;
};

/* Why a confirmed incident is predicted, or is not. */
enum hc_choice {
    HC_CHOICE_PREDICTED,
    HC_CHOICE_NO_START,   /* it does not say when it began: nothing is known to have been before it */
    HC_CHOICE_NO_CAUSE,   /* its outcome names neither component nor category */
    HC_CHOICE_OTHER_TIME, /* it began before `from`, or not before `to` */
    HC_CHOICES
};

struct hc_backtest {
    struct hc_backtest_row *rows; /* by started, then incident */
    size_t n_rows;
    size_t n_chosen[HC_CHOICES]; /* of the confirmed incidents that were given; 0 each for stored rows */
    /* Of the marginals over components and categories, and of (category, cause, component) together, where the label
     * names all three. */
    struct hc_backtest_scores component, category, hypothesis;
    struct { /* uniform, priors, expert, last-component: HC_N_BASELINES */
        const char *name;
        struct hc_backtest_scores component, category, hypothesis;
    } baselines[HC_N_BASELINES];
    /* The schedule: one calibration each time the labels known grew by 5 %, as the rows used them. */
    struct hc_calibration *schedule; /* a row's `calibration` is 1 + the index into it, 0: the expert's */
    size_t n_schedule;
};

/* How many of `n_known` labels (by known_at, then id) the schedule's calibration has learned from: refits happen
 * each time the labels known grew by 5 %. 0: the expert prior. */
size_t hc_backtest_schedule(size_t n_known);

/* `labelled` is every confirmed incident, by known_at then id; from, to (absent: open) choose by `started` what is
 * predicted. */
struct hc_backtest_options {
    struct hc_time from, to;
    int n_threads;
    uint64_t seed; /* of the bootstrap */
    bool
        ablation; /* each incident also with each of HC_ABLATED_KINDS kinds removed that it has, unless nothing is left */
};

/* Methods of rows' answers: "hindcast", the baselines, and this with a kind's id behind it. */
#define HC_METHOD_WITHOUT "without-"
#define HC_ABLATED_KINDS 6 /* metrics, logs, traces, topology, changes, events */

enum hc_status hc_backtest_run(struct hc_backtest *out, const struct hc_labelled *labelled, size_t n,
                               const struct hc_backtest_options *options, const struct hc_catalogue *catalogue,
                               struct hc_arena *arena, struct hc_err *err);

/* Scores b->rows, which may be the store's: fills all but `schedule`. The seed and threads of the options count. */
enum hc_status hc_backtest_score(struct hc_backtest *b, const struct hc_backtest_options *options, struct hc_err *err);

/* The shipped-split protocol: each of `test` is analysed with one given model (the expert's, or one calibrated on
 * other incidents); `train` (may be empty) serves the baselines "priors" and "last-component". Same scores. */
struct hc_backtest_split {
    const struct hc_model *model;
    const struct hc_labelled *train, *test;
    size_t n_train, n_test;
};
enum hc_status hc_backtest_split(struct hc_backtest *out, const struct hc_backtest_split *split,
                                 const struct hc_backtest_options *options, const struct hc_catalogue *catalogue,
                                 struct hc_arena *arena, struct hc_err *err);

#endif
