/* Courses of traces -> how often one step came after another. */
#ifndef HC_INGEST_ASSEMBLE_FLOWS_H
#define HC_INGEST_ASSEMBLE_FLOWS_H

#include "ingest/assemble_traces.h"

/* All steps that a course may have, in the record's order: a step is its number here, or HC_FLOW_BEGIN, _END, _OTHER. */
struct hc_flow_steps {
    struct hc_flow_step *items; /* those of spans first: a span's is span.step */
    size_t n;
    uint32_t *of_count; /* by count of logs: the step of its lines */
};

/* One step of a course: what the table counts. */
struct hc_transition {
    uint32_t within, after, then; /* steps */
    uint32_t component;
    uint32_t file, line;
    uint8_t kind;  /* enum hc_flow_kind */
    uint8_t phase; /* enum hc_phase */
};

struct hc_flow_entry {
    struct hc_transition first; /* phase: that of the place */
    uint32_t n[HC_PHASES];
};

struct hc_flow_table {
    struct hc_arena *arena;
    struct hc_flow_steps steps;
    struct hc_flow_entry *entries;
    size_t n, capacity;
    uint32_t *slots; /* index into entries + 1; 0: free */
    size_t n_slots;  /* a power of two */
};

/* Without an entry, with the steps of the spans and of the incident's counts of logs. False: no memory. */
bool hc_flow_table_new(struct hc_flow_table *table, const struct hc_assembly *a, const struct hc_span_set *spans);

/* Counts it n times. What the table holds does not depend on the order of calls. False: no memory. */
bool hc_flow_table_add(struct hc_flow_table *table, const struct hc_transition *transition, uint32_t n);

/* Sorts the entries and keeps, of each kind and component, the 128 steps that were come through most often and of each of
 * those the 24 most frequent ones that followed; what else followed is pooled. Fills the incident's flows and steps. */
bool hc_flow_table_finish(struct hc_flow_table *table, struct hc_assembly *a);

#endif
