/* The result of analysing an incident, as `analyze --json` prints it and the store keeps it. */
#ifndef HC_CORPUS_RECORD_ANALYSIS_H
#define HC_CORPUS_RECORD_ANALYSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "base/time.h"
#include "corpus/record/incident.h"

enum hc_hypothesis_status { HC_POSSIBLE, HC_CONFIRMED, HC_RULED_OUT, HC_CONTRIBUTING };

/* One reason for or against a hypothesis. */
struct hc_reason {
    struct hc_str evidence; /* the detector's name: deploy-before-onset */
    double weight;          /* nats it adds to this hypothesis against the mean hypothesis; below 0: against */
    struct hc_str text;     /* a sentence with value and unit */
    struct hc_source_place place;
};

struct hc_hypothesis {
    uint32_t rank;                            /* from 1 */
    struct hc_str category, cause, component; /* cause and component may be absent */
    double probability;
    enum hc_hypothesis_status status;
    struct hc_reason *reasons; /* by |weight| descending, then evidence */
    size_t n_reasons;
};

struct hc_share {       /* of a marginal */
    struct hc_str name; /* absent: no component (or cause) is named */
    double probability;
};

struct hc_penalty {
    struct hc_str missing;
    double points; /* change of the leading hypothesis's probability: -0.09 is nine percentage points */
    double low, high;
    uint32_t learned_from; /* incidents; 0: the expert's value */
};

struct hc_next_evidence {
    struct hc_str kind;
    double expected_confidence; /* of the leading hypothesis, were this kind there */
    double expected_entropy;    /* nats, over all hypotheses and the unexplained, were it there */
    double entropy_change;      /* to what it is now; below 0: one would know more */
    uint32_t learned_from;      /* incidents that had it; 0: the expert's value */
};

struct hc_flip { /* what a missing kind may show that would put the runner-up first */
    struct hc_str missing;
    struct hc_str evidence; /* the detector's name */
    struct hc_str text;
    double needs; /* of what this sign may come to at most, the share that would do: 0 to 1 */
};

/* The strongest case against the leading hypothesis: what there is for the second. Reasons for it, and against the
 * leading one, are those of `hypotheses`. */
struct hc_runner_up {
    double behind;                   /* nats: ln of the leading one's probability over its own */
    struct hc_reason *flips_without; /* the fewest whose absence puts it first, largest first; weights as in `behind` */
    size_t n_flips_without;          /* 0: no absence does */
    struct hc_flip *flips_with;      /* by need, least first */
    size_t n_flips_with;
};

enum hc_entry_kind { HC_ENTRY_INCIDENT, HC_ENTRY_CHANGE, HC_ENTRY_SYMPTOM, HC_ENTRY_EVENT, HC_ENTRY_ONSET };

struct hc_timeline_entry {
    struct hc_time at;
    struct hc_str text;
    struct hc_source_place place;
    enum hc_entry_kind kind;
    struct hc_str component; /* absent: the incident as a whole */
};

struct hc_analysis {
    struct hc_str incident;
    int64_t calibration; /* 0: none, the expert prior */
    bool label_seen;
    bool has_guarantee;
    double guarantee_level;
    uint32_t guarantee_incidents;
    uint32_t n_learned;               /* past incidents that the model learned from */
    struct hc_hypothesis *hypotheses; /* most probable first; ties by category, cause, component */
    size_t n_hypotheses;
    size_t n_tied; /* of them as probable as the first, itself among them: their order is that of their names */
    double unexplained;
    struct hc_share *categories; /* most probable first */
    size_t n_categories;
    struct hc_share *components;
    size_t n_components;
    struct hc_penalty *penalties; /* by points, most negative first */
    size_t n_penalties;
    struct hc_next_evidence *next_evidence; /* what lowers the entropy most first */
    size_t n_next_evidence;
    double entropy;                     /* nats, over all hypotheses and the unexplained */
    struct hc_runner_up *runner_up;     /* of hypotheses[1]; NULL: none is worth a case */
    struct hc_timeline_entry *timeline; /* by time, place */
    size_t n_timeline;
};

struct hc_score {
    double value, low, high;
};

#endif
