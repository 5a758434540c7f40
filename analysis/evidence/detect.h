/* What the detectors share: the incident, its window, and where their items go. Used inside analysis/evidence. */
#ifndef HC_ANALYSIS_EVIDENCE_DETECT_H
#define HC_ANALYSIS_EVIDENCE_DETECT_H

#include "analysis/evidence/evidence.h"
#include "analysis/evidence/features.h"
#include "analysis/evidence/phrases.h"
#include "analysis/model/catalogue.h"

/* An item below this is no sentence worth reading; its value counts all the same. */
#define HC_ITEM_LEAST 0.5

struct hc_series_cut;
struct hc_log_table;
struct hc_flow_lines;

/* What a metric's name says. `turned`: of the class `errors`, but it counts what goes well (availability, success), so its
 * fall is errors-up. */
struct hc_named_class {
    size_t class;        /* into the catalogue's metric classes; their number: none */
    unsigned percentile; /* 90 for "latency_p90"; 0: it names none */
    bool turned;
};

struct hc_detection {
    const struct hc_incident *incident;
    const struct hc_catalogue *catalogue;
    struct hc_arena *arena;
    struct hc_evidence *out;
    int64_t start_ns, end_ns;               /* of the window, half-open; open: INT64_MAX */
    int64_t symptom_ns;                     /* the manifest's first symptom or detection; HC_TIME_NONE_NS */
    struct hc_time onset;                   /* of the incident: known once the detectors of signals have run */
    bool onset_stated;                      /* from the manifest, not from signals */
    uint32_t service;                       /* the service's component, or HC_NO_COMPONENT */
    const struct hc_series_cut *cuts;       /* of each series (series.h) */
    const struct hc_log_table *log_table;   /* logcount.h */
    const struct hc_flow_lines *flow_lines; /* flows.c, once they are looked up */
    const struct hc_named_class *class_of;  /* of each series */
    bool *metric_words;                     /* room for hc_metric_class_of */
    const bool *complains;                  /* by log count: lines that speak of another component (complaints.h) */
    const uint32_t *statement_of; /* by log count: the template that stands for all of its statement (statements.h) */
    bool *
        recovered; /* by component: its log has a smaller share of errors and warnings than in the reference (logs.c) */
    uint32_t *item_of; /* [component][feature] 1 + index into items, 0: none */
    size_t item_capacity;
    bool refused; /* the arena refused a request: every later call does nothing */
};

/* What a detector found; text may be absent where value is 0. */
struct hc_finding {
    uint32_t component;
    size_t feature;
    double value;
    struct hc_str text;
    struct hc_time onset;
    struct hc_source_place place;
};

/* Marks a feature as observed: NaN becomes 0. */
void hc_detect_observe(struct hc_detection *d, uint32_t component, size_t feature);
void hc_detect_observe_all(struct hc_detection *d, size_t feature);
double hc_detect_value(const struct hc_detection *d, uint32_t component, size_t feature); /* NaN: not observed */

/* Raises a feature to what was found, and keeps the greatest finding's sentence (on a tie that of the earlier place).
 * A value below 0 counts as 0. */
void hc_detect_add(struct hc_detection *d, const struct hc_finding *finding);
/* Whether a sentence of this value would be kept: saves writing those that are not. */
bool hc_detect_wants(const struct hc_detection *d, uint32_t component, size_t feature, double value);

bool hc_detect_in_window(const struct hc_detection *d, int64_t at_ns);
bool hc_detect_in_baseline(const struct hc_detection *d, int64_t at_ns); /* and not in the window */

void *hc_detect_alloc(struct hc_detection *d, size_t n, size_t size_bytes); /* zeroed; NULL: refused */
void *hc_detect_room(struct hc_detection *d, size_t n, size_t size_bytes);  /* the same, but not zeroed */
struct hc_str hc_detect_component_name(const struct hc_detection *d, uint32_t component);

/* The catalogue's class of a metric's name; of traffic, that of its labels. */
struct hc_named_class hc_metric_class_of(const struct hc_detection *d, struct hc_str metric);
size_t hc_metric_class_by_id(const struct hc_catalogue *catalogue, const char *id);

/* By component: whether its log lines tell what follows what within traces: then their mix says nothing more. NULL:
 * refused. */
const bool *hc_flows_cover(struct hc_detection *d);

/* By log count: whether a step that the reference took leads to its lines, so that what is new begins with them and not
 * before; true where no trace tells. NULL: refused. */
const bool *hc_flows_lead(struct hc_detection *d);

/* The detectors, in the order they run. */
void hc_detect_metrics(struct hc_detection *d);
void hc_detect_levels(struct hc_detection *d);
void hc_detect_logs(struct hc_detection *d);
void hc_detect_signatures(struct hc_detection *d);
void hc_detect_traces(struct hc_detection *d);
void hc_detect_paths(struct hc_detection *d);
void hc_detect_flows(struct hc_detection *d);
void hc_detect_lifecycle(struct hc_detection *d);
void hc_detect_onset(struct hc_detection *d); /* sets d->onset */
void hc_detect_changes(struct hc_detection *d);
void hc_detect_topology(struct hc_detection *d);
void hc_detect_kinds(struct hc_detection *d); /* sets out->kinds */

#endif
