/* Spans with what their trace says of them, on the way to edges. */
#ifndef HC_INGEST_ASSEMBLE_TRACES_H
#define HC_INGEST_ASSEMBLE_TRACES_H

#include "ingest/assemble_parts.h"

#define HC_NO_SPAN ((uint32_t)-1)

struct hc_span_step {
    uint32_t component, operation;
};

/* A column each: most steps look at all spans for one or two things. */
struct hc_span_set {
    size_t n; /* spans, by member, line */
    int64_t *start_ns, *end_ns;
    int64_t *covered_ns;             /* of its own time, what its children take */
    uint32_t *component, *operation; /* operation: into operations */
    uint32_t *parent, *callee;       /* callee: the first child in another component; both: a span, or HC_NO_SPAN */
    uint32_t *caller;                /* the parent's component */
    uint32_t *step;                  /* into steps */
    uint32_t *file, *line;
    uint8_t *phase; /* enum hc_phase */
    bool *error;
    uint32_t *first_child;     /* into children: a span's end where those of the next one begin */
    uint32_t *children;        /* the spans that have a parent, by parent, start */
    uint32_t *by_edge;         /* the spans by caller, component, operation, phase */
    struct hc_str *operations; /* sorted */
    size_t n_operations;
    struct hc_span_step *steps; /* components with their operations, in this order */
    size_t n_steps;
};

/* The spans of all readings, each with its parent, caller, children, step and phase.
 * A row that repeats another's ids, component, operation and times is counted and left out. */
enum hc_status hc_spans_collect(struct hc_assembly *a, struct hc_span_set *set);

/* Whether a span is its component's side of a call to another one. */
bool hc_span_is_client(const struct hc_span_set *set, uint32_t span);

static inline uint32_t hc_span_n_children(const struct hc_span_set *set, uint32_t span)
{
    return set->first_child[span + 1] - set->first_child[span];
}

/* The part of the incident's time that a moment is in. */
static inline enum hc_phase hc_phase_of(const struct hc_incident *incident, int64_t at_ns)
{
    if (at_ns >= incident->window_start.ns && (!hc_time_known(incident->window_end) || at_ns < incident->window_end.ns))
        return HC_PHASE_WINDOW;
    for (size_t i = 0; i < incident->n_baselines; i++) {
        if (at_ns >= incident->baselines[i].start.ns && at_ns < incident->baselines[i].end.ns)
            return HC_PHASE_BASELINE;
    }
    return HC_PHASE_OTHER;
}

/* What comes after what, in spans and in log lines that name a trace: the incident's flows and flow_steps. */
enum hc_status hc_assemble_flows(struct hc_assembly *a, const struct hc_span_set *set);

/* n values, sorted in place, to their statistics; `room` holds n too.
 * Formula: median: the middle value, or the mean of the two; p90: linear between order statistics (type 7 of
 *          Hyndman and Fan 1996); variance: unbiased, 0 for one value.
 * Checked: tests/unit/ingest/test_traces.c by definition. */
struct hc_log_duration hc_log_duration_of(double *values, double *room, size_t n);

#endif
