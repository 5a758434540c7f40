/* Courses of traces -> how often one step came after another. */
#ifndef HC_INGEST_ASSEMBLE_FLOWS_H
#define HC_INGEST_ASSEMBLE_FLOWS_H

#include "ingest/assemble_traces.h"

/* A step by its component and its operation or template; or one of HC_COURSE_*. */
typedef uint64_t hc_course_step;
#define HC_COURSE_BEGIN UINT64_MAX
#define HC_COURSE_END (UINT64_MAX - 1)
#define HC_COURSE_OTHER (UINT64_MAX - 2)

static inline hc_course_step hc_course_step_of(uint32_t component, uint32_t what)
{
    return (uint64_t)component << 32 | what;
}

/* One step of a course: what the table counts. */
struct hc_transition {
    hc_course_step within, after, then;
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
    struct hc_flow_entry *entries;
    size_t n, capacity;
    uint32_t *slots; /* index into entries + 1; 0: free */
    size_t n_slots;  /* a power of two */
};

/* Counts it n times. What the table holds does not depend on the order of calls. False: no memory. */
bool hc_flow_table_add(struct hc_flow_table *table, const struct hc_transition *transition, uint32_t n);

/* Sorts the entries and keeps, of each kind and component, the 128 steps that were come through most often and of each of
 * those the 24 most frequent ones that followed; what else followed is pooled. Fills the incident's flows and steps. */
bool hc_flow_table_finish(struct hc_flow_table *table, struct hc_assembly *a, const struct hc_span_set *spans);

#endif
