/* What the steps of the assembly share. */
#ifndef HC_INGEST_ASSEMBLE_PARTS_H
#define HC_INGEST_ASSEMBLE_PARTS_H

#include "ingest/assemble.h"

struct hc_assembly {
    struct hc_arena *arena;
    struct hc_err *err;
    struct hc_manifest *manifest;
    struct hc_incident *incident;
    const struct hc_assembly_file **files; /* by member */
    size_t n_files;
    uint32_t **component_of; /* by file: the reading's component -> the incident's */
    uint32_t **count_of;     /* by file: the reading's log -> the incident's count of logs; once those are assembled */
    struct hc_warnings warnings;
};

/* Each reduces one kind of evidence of all readings. HC_FAIL and HC_FATAL as hc_assemble. */
enum hc_status hc_assemble_series(struct hc_assembly *a);
enum hc_status hc_assemble_logs(struct hc_assembly *a);
enum hc_status hc_assemble_traces(struct hc_assembly *a); /* and the flows: templates are known by then */

/* The incident's component for a reading's, HC_NO_COMPONENT for none. */
static inline uint32_t hc_assembly_component(const struct hc_assembly *a, size_t file, uint32_t component)
{
    return component == HC_NO_COMPONENT ? HC_NO_COMPONENT : a->component_of[file][component];
}

/* Adds every name of `from` to the union, clean and at most max_bytes long (0: any length); the union's number of
 * each, NULL: no memory. */
uint32_t *hc_names_unite(struct hc_names *all, const struct hc_names *from, size_t max_bytes);

/* A list in order: `items` are its indices, 0 … n - 1 at first. */
struct hc_order {
    uint32_t *items, *room;
    uint32_t *keys;    /* by index: what to sort by */
    uint32_t *n_below; /* by key */
    size_t n;
};

/* False: no memory. */
bool hc_order_new(struct hc_order *order, size_t n, size_t n_keys_most, struct hc_arena *arena);

/* Sorts by the keys, which are below n_keys; items of one key stay as they stand, so that the last key to sort by is
 * the first that counts.
 * Cost: linear in n and n_keys. */
void hc_order_by_keys(struct hc_order *order, size_t n_keys);

/* A component as a key: none comes after all others. */
static inline uint32_t hc_component_key(uint32_t component, size_t n_components)
{
    return component == HC_NO_COMPONENT ? (uint32_t)n_components : component;
}

/* Positions of the names when sorted bytewise: rank[i] of names->items[i]; NULL: no memory. */
uint32_t *hc_names_rank(const struct hc_names *names, struct hc_arena *arena);

#endif
