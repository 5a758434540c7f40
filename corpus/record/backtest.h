/* What a backtest found of an incident: what was answered without having seen its outcome, beside that outcome. */
#ifndef HC_CORPUS_RECORD_BACKTEST_H
#define HC_CORPUS_RECORD_BACKTEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "base/time.h"

/* Which component? Which category? Which category, cause and component together? */
enum hc_question { HC_OF_COMPONENT, HC_OF_CATEGORY, HC_OF_HYPOTHESIS, HC_QUESTIONS };

/* One question of one incident, with what was answered. */
struct hc_answer {
    uint32_t rank;      /* the truth's place in the list, from 1; 0: it was not listed */
    uint32_t n_before;  /* answers more probable than the truth */
    uint32_t n_tied;    /* answers as probable as the truth, itself among them; 0: it was not listed */
    double probability; /* of the truth, as the log loss takes it, before its floor */
    double top;         /* probability of the first answer */
    double brier;
    bool promised, covered; /* a set was promised; it held the truth */
    uint32_t n_set;         /* hypotheses in that set, the unexplained among them where it is */
};

/* Who answered: "hindcast", a baseline ("uniform", "priors", "expert", "last-component"), or "without-logs": hindcast
 * with that kind of evidence removed. */
struct hc_backtest_answer {
    struct hc_str method;
    struct hc_answer of[HC_QUESTIONS];
};

/* Rolling origin. */
struct hc_backtest_row {
    struct hc_str incident;
    struct hc_time as_of;
    struct hc_str service;
    struct hc_time started;
    struct hc_str evidence; /* the kinds that are there, in the catalogue's order, parted by a space */
    uint32_t n_known;       /* labels known when it began */
    struct hc_str category, cause, component; /* those confirmed */
    double probability;                       /* the marginal the analysis gave that component */
    double category_probability;
    double hypothesis_probability; /* of (category, cause, component) */
    uint32_t rank;                 /* of that component; 0: it was no candidate */
    struct hc_str top_category, top_component;
    double top_probability;
    double unexplained;
    uint32_t n_candidates;
    bool promised, covered; /* a conformal set was promised; it held the confirmed cause */
    int64_t calibration;
    bool current;                       /* of a stored one: what was confirmed then is confirmed now */
    bool asked[HC_QUESTIONS];           /* the label names what the question asks for */
    struct hc_backtest_answer *answers; /* "hindcast" first */
    size_t n_answers;
};

#endif
