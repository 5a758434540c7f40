/* Every number that the model is given rather than learns, each with its reason. docs/model.md explains the model. */
#ifndef HC_ANALYSIS_MODEL_CONSTANTS_H
#define HC_ANALYSIS_MODEL_CONSTANTS_H

/* Contract: thresholds of a status, and the level that is promised. */
#define HC_CONFIRMED_PROBABILITY 0.90
#define HC_RULED_OUT_PROBABILITY 0.05 /* only where there is no guarantee */
#define HC_GUARANTEE_LEVEL 0.95
/* 19 would do for the quantile to exist; below 60 it rests on three incidents or fewer and jumps with each. */
#define HC_GUARANTEE_INCIDENTS 60

/* Contract: hypotheses below are summed into "other"; the log loss is floored. */
#define HC_LISTED_PROBABILITY 1e-6
#define HC_LOG_LOSS_FLOOR 1e-6

/* Reasons are worked out for hypotheses a reader may ask about; smaller parts are summed into one reason. */
#define HC_REASONED_HYPOTHESES 50
#define HC_REASONED_PROBABILITY 1e-3
#define HC_SMALL_REASON_NATS 0.05

/* Dirichlet strengths, in incidents: how many confirmed ones weigh as much as the catalogue's shares. One operator's
 * figures are worth about ten incidents of one's own; within a category, where they are a guess, about five. */
#define HC_CATEGORY_STRENGTH 10.0
#define HC_CAUSE_STRENGTH 5.0
/* The strength of the shares of all for one service, and for one kind of component, is chosen among these by marginal
 * likelihood. */
#define HC_SHARE_STRENGTHS                        \
    {                                             \
        2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0 \
    }
#define HC_SERVICE_STRENGTHS HC_SHARE_STRENGTHS
#define HC_COMPONENT_KIND_STRENGTHS HC_SHARE_STRENGTHS
/* A type learned from labels starts with this many incidents, so that its prior is not the labels' alone. */
#define HC_NEW_TYPE_INCIDENTS 0.5

/* Ridge: standard deviations, in nats a unit, of the learned weights around the expert's. A general weight may move
 * by about its own size on evidence; a category's or cause's deviation by half of that (at .5, eight incidents of one
 * category made the model sure of it for a system's new faults); being quiet says less; how a missing kind changes the
 * weight of another is second order. Weaker ridges rank known faults better and new ones worse. */
#define HC_RIDGE_GENERAL 0.5
#define HC_RIDGE_CATEGORY 0.25
#define HC_RIDGE_CAUSE 0.25
#define HC_RIDGE_QUIET 0.4
#define HC_RIDGE_SHOWN 0.3
#define HC_RIDGE_MISSING 0.2
#define HC_RIDGE_RECURRENCE 0.5
#define HC_RIDGE_BIAS 0.5

/* What sets a category (or cause) apart can be learned from incidents of others only: with n of those its ridge's deviation
 * is sqrt(n / (n + this)) of the above, and nothing is learned where all incidents are of it. */
#define HC_CATEGORY_CONTRAST_INCIDENTS 1.0
#define HC_CAUSE_CONTRAST_INCIDENTS 1.0

/* In the fit each incident also comes with one kind removed, in turn, so that weights hold where a kind is missing. */
#define HC_REPLAY_WEIGHT 0.3
/* Weights and nulls are learned from the latest so many incidents: there are far fewer weights than that, and older
 * incidents are of another system by then. Shares are learned from all. */
#define HC_FIT_INCIDENTS 10000
/* Fixed, whatever the threads: partial sums over so many examples and more, at most so many, are added in order. */
#define HC_FIT_CHUNK 8
#define HC_FIT_CHUNKS 16
#define HC_FIT_NEGLIGIBLE 1e-12 /* a row's residual: rounding */
#define HC_FIT_ITERATIONS 100
#define HC_FIT_DECREASE 6e-4 /* relative, over five iterations: some 6e-4 nats an incident */
#define HC_FIT_SAMPLED 1000  /* so many examples, evenly spread, tell the scale of the weights at the start */

/* Null-calibrated surprise: the default null, exp(-v), counts as this many values, about those of fifty incidents of
 * twenty components (with 200, what was learned on one system misled on the next); the rarest event counts e^-8. */
#define HC_SURPRISE_VALUES 1000.0
#define HC_SURPRISE_SERVICE_VALUES 1000.0
#define HC_SURPRISE_SERVICE_INCIDENTS 8
#define HC_SURPRISE_CAP 8.0
#define HC_SURPRISE_KNOTS 20 /* quantiles 0, .05 … .95 */
#define HC_SURPRISE_TAIL_FLOOR 0.05

/* Temperature: ln T of an incident from which the usual is missing (the catalogue's `had` says what that is). The
 * expert's weights were reasoned as nats of such an incident, so ln T must be near 0; -.1 is where the component's log
 * loss, averaged over Train Ticket (best at -.4) and three generated teams (best at .3), is least, and the two are as
 * far from their shares right, on either side. What is learned is held to it by these deviations. A penalty of one
 * point costs about 1.2 % of the temperature's logarithm near the middle of the scale, where penalties were stated. */
#define HC_LOG_TEMPERATURE (-0.1)
#define HC_LOG_TEMPERATURE_RIDGE 0.5
#define HC_MISSING_RIDGE 0.1
#define HC_MISSING_PER_POINT 1.2
#define HC_LOG_TEMPERATURE_FLOOR (-1.2)
#define HC_LOG_TEMPERATURE_CEILING 2.5

/* Labels that the evidence and the model cannot account for: some are wrong, some are the model's own faults, and only
 * where they are more than the latter may be is the rest taken for wrong labels. On generated incidents the model leaves 4
 * to 6 in a hundred at 600 labels and more where 2 are wrong, 11 to 14 where 10 are, on the real sets below 2: docs/model.md.
 * Of what nobody knows, 2 in a hundred are expected, as if fifty incidents had said so. */
#define HC_OUTLIERS 0.02
#define HC_OUTLIERS_INCIDENTS 50.0
#define HC_OUTLIERS_OF_MODEL 0.04

/* How fast the unexplained loses to what the evidence explains: a nat of support is a quarter of one against it. */
#define HC_UNEXPLAINED_SLOPE 0.25
#define HC_UNEXPLAINED_SLOPE_RIDGE 0.1
#define HC_UNEXPLAINED_BIAS_RIDGE 1.0

/* Confidence is learned on predictions made with four fifths to all of the labels known by then: 0, 4, 5, 6, 7, 8, 10 … */
#define HC_INNER_FIRST 4
#define HC_INNER_GROWTH 1.25
#define HC_CONFIDENCE_INCIDENTS 600 /* the latest ones; older ones are of another system by then */
/* Conformal quantiles are of the latest so many, since each set of missing kinds has one of its own. */
#define HC_SET_INCIDENTS 1200
/* The first so many are replayed without each kind they have, later ones without every fourth, in turn: of six hundred
 * that is still more than a penalty's interval shows. */
#define HC_REPLAYED_WITHOUT_ALL 100
#define HC_REPLAYED_IN_TURN 4
/* Hypotheses kept one by one in a record; then come lumps, each an eighth of what stands before it, of which there are
 * never more than these: 64 (9/8)^96 is five million. */
#define HC_RECORD_KEPT 64
#define HC_RECORD_LUMPS 96
#define HC_RECORD_SIDE (HC_RECORD_KEPT + HC_RECORD_LUMPS)
#define HC_PENALTY_LEARNED 10 /* incidents from which a penalty or a value of evidence is learned */

/* Recurrence of a culprit: its weight is learned with the others, each incident seen with the culprits before it, from
 * so many labels on; it is 0 unless the replayed log loss gains this much, over enough incidents. */
#define HC_RECURRENCE_ALPHA 1.0
#define HC_RECURRENCE_GAIN_NATS 0.03
#define HC_RECURRENCE_INCIDENTS 30

/* Promotion: the latest so many incidents are compared on; of fewer than the second the sampling error (nats vary by
 * about one and a half an incident) is of the size of what learning brings. */
#define HC_PROMOTION_INCIDENTS 100
#define HC_PROMOTION_FEW 30

/* Backtest: a new calibration whenever the labels known grew by this; resampling. */
#define HC_SCHEDULE_GROWTH 1.05
#define HC_BOOTSTRAP_REPLICATES 1000
#define HC_PERFECT_REPLICATES 4000 /* ten of them lie beyond the 99.75th percentile */
#define HC_ECE_BINS_FEW 5
#define HC_ECE_BINS_MANY 15
#define HC_ECE_MANY 200

#endif
