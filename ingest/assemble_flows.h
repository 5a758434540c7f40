/* Courses of traces -> how often one step came after another. */
#ifndef HC_INGEST_ASSEMBLE_FLOWS_H
#define HC_INGEST_ASSEMBLE_FLOWS_H

#include "ingest/assemble_traces.h"

/* All steps that a course may have, in the record's order: a step is its number here, or HC_FLOW_BEGIN, _END, _OTHER.
 * Those of spans come first, as the set numbers them. */
struct hc_flow_steps {
    const struct hc_span_set *spans;
    size_t n;
    uint32_t *component; /* by step */
    uint32_t *count;     /* by step of lines: the first count of logs that is of it */
    uint32_t *of_count;  /* by count of logs: the step of its lines */
};

/* What the table counts. */
struct hc_transition {
    uint32_t within, after, then; /* steps; within: HC_FLOW_BEGIN in a course of log lines */
};

/* Where one was seen: the more, the earlier, those of the window before all others; 0 is nowhere. */
struct hc_flow_place {
    uint64_t rank;
    uint8_t phase; /* enum hc_phase: that of the course */
};

/* How often, and where first. */
struct hc_flow_tally {
    uint32_t n[HC_PHASES];
    uint64_t first; /* rank */
};

struct hc_flow_entry {
    struct hc_transition transition;
    uint32_t component; /* whose course it is, once in order: that of its steps */
    struct hc_flow_tally tally;
};

struct hc_flow_table {
    struct hc_arena *arena;
    struct hc_flow_steps steps;
    struct hc_flow_tally *begins, *ends; /* by step: how often courses of lines begin and end with it */
    struct hc_flow_entry *entries;       /* the other transitions */
    size_t n, capacity;
    uint32_t *slots; /* index into entries + 1; 0: free */
    size_t n_slots;  /* a power of two */
};

/* Without an entry, with the steps of the spans and of the incident's counts of logs. False: no memory. */
bool hc_flow_table_new(struct hc_flow_table *table, const struct hc_assembly *a, const struct hc_span_set *spans);

/* Counts it n times. What the table holds does not depend on the order of calls. False: no memory. */
bool hc_flow_table_add(struct hc_flow_table *table, const struct hc_transition *transition, struct hc_flow_place place,
                       uint32_t n);

/* Sorts the entries and keeps, of each kind and component, the 128 steps that were come through most often and of each of
 * those the 24 most frequent ones that followed; what else followed is pooled. Fills the incident's flows and steps. */
bool hc_flow_table_finish(struct hc_flow_table *table, struct hc_assembly *a);

static inline struct hc_flow_place hc_flow_place_of(uint32_t file, uint32_t line, uint8_t phase)
{
    uint64_t after = phase == HC_PHASE_WINDOW ? 0 : UINT64_C(1) << 63;
    return (struct hc_flow_place){~(after | (uint64_t)file << 32 | line), phase};
}

static inline struct hc_source_place hc_flow_first(const struct hc_assembly *a, const struct hc_flow_tally *tally)
{
    uint64_t at = ~tally->first;
    return (struct hc_source_place){a->files[at << 1 >> 33]->file.member, (uint32_t)at};
}

static inline void hc_flow_tally_add(struct hc_flow_tally *tally, struct hc_flow_place place, uint32_t n)
{
    tally->n[place.phase] += n;
    tally->first = place.rank > tally->first ? place.rank : tally->first;
}

#endif
