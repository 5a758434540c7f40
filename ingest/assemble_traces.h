/* Spans with what their trace says of them, on the way to edges. */
#ifndef HC_INGEST_ASSEMBLE_TRACES_H
#define HC_INGEST_ASSEMBLE_TRACES_H

#include "ingest/assemble_parts.h"

#define HC_NO_SPAN ((uint32_t)-1)

struct hc_span {
    uint64_t trace, id, parent_id;
    int64_t start_ns, end_ns;
    int64_t covered_ns; /* of its own time, what its children take */
    uint32_t parent;    /* into the spans, or HC_NO_SPAN */
    uint32_t callee;    /* the first child in another component, or HC_NO_SPAN */
    uint32_t component, operation, caller;
    uint32_t step; /* its component and operation, numbered in their order */
    uint32_t file, line;
    uint32_t n_children;
    uint8_t phase;
    bool error;
};

struct hc_span_step {
    uint32_t component, operation;
};

struct hc_span_set {
    struct hc_span *items; /* by member, line */
    size_t n;
    struct hc_str *operations; /* sorted; span.operation is into it */
    size_t n_operations;
    uint32_t *children; /* the spans that have a parent, by parent, start */
    size_t n_children;
    uint32_t *by_edge;          /* the spans by caller, component, operation */
    struct hc_span_step *steps; /* in their order; span.step is into it */
    size_t n_steps;
};

/* The spans of all readings, each with its parent, caller, children, step and phase.
 * A row that repeats another's ids, component, operation and times is counted and left out. */
enum hc_status hc_spans_collect(struct hc_assembly *a, struct hc_span_set *set);

/* Whether a span is its component's side of a call to another one. */
bool hc_span_is_client(const struct hc_span_set *set, const struct hc_span *span);

/* The part of the incident's time that a moment is in. */
enum hc_phase hc_phase_of(const struct hc_incident *incident, int64_t at_ns);

/* What comes after what, in spans and in log lines that name a trace: the incident's flows and flow_steps. */
enum hc_status hc_assemble_flows(struct hc_assembly *a, const struct hc_span_set *set);

/* n values, sorted in place, to their statistics; `room` holds n too.
 * Formula: median: the middle value, or the mean of the two; p90: linear between order statistics (type 7 of
 *          Hyndman and Fan 1996); variance: unbiased, 0 for one value.
 * Checked: tests/unit/ingest/test_traces.c by definition. */
struct hc_log_duration hc_log_duration_of(double *values, double *room, size_t n);

#endif
