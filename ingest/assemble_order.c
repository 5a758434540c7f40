/* The spans in order. Keys are small numbers, so they are counted, not compared. */
#include "ingest/assemble_traces.h"

#define FEW 32 /* children that are put in order by insertion */

struct order {
    uint32_t *spans, *room;
    uint32_t *keys;    /* by span */
    uint32_t *n_below; /* by key */
    size_t n;
};

/* Sorts by the keys, which are below n_keys; those of one key stay as they stand. */
static void sort_by_keys(struct order *o, size_t n_keys)
{
    uint32_t n_below = 0;
    memset(o->n_below, 0, n_keys * sizeof *o->n_below);
    for (size_t i = 0; i < o->n; i++)
        o->n_below[o->keys[i]]++;
    for (size_t k = 0; k < n_keys; k++) {
        uint32_t n = o->n_below[k];
        o->n_below[k] = n_below;
        n_below += n;
    }
    for (size_t i = 0; i < o->n; i++)
        o->room[o->n_below[o->keys[o->spans[i]]]++] = o->spans[i];
    uint32_t *sorted = o->room;
    o->room = o->spans;
    o->spans = sorted;
}

static void number_steps(struct hc_span_set *set, const uint32_t *by_step)
{
    const struct hc_span *last = NULL;
    set->n_steps = 0;
    for (size_t i = 0; i < set->n; i++) {
        struct hc_span *span = &set->items[by_step[i]];
        set->n_steps += last == NULL || last->component != span->component || last->operation != span->operation;
        span->step = (uint32_t)set->n_steps - 1;
        last = span;
    }
}

/* No component comes after all others. */
static uint32_t key_of(uint32_t component, size_t n_components)
{
    return component == HC_NO_COMPONENT ? (uint32_t)n_components : component;
}

static bool order_by_edge(struct hc_assembly *a, struct hc_span_set *set)
{
    size_t n_components = a->incident->n_components;
    size_t n_keys = set->n_operations > n_components + 1 ? set->n_operations : n_components + 1;
    struct order o = {.n = set->n};
    o.spans = hc_arena_alloc(a->arena, set->n * sizeof *o.spans);
    o.room = hc_arena_alloc(a->arena, set->n * sizeof *o.room);
    o.keys = hc_arena_alloc(a->arena, set->n * sizeof *o.keys);
    o.n_below = hc_arena_alloc(a->arena, n_keys * sizeof *o.n_below);
    if (o.spans == NULL || o.room == NULL || o.keys == NULL || o.n_below == NULL)
        return false;
    for (size_t i = 0; i < set->n; i++) {
        o.spans[i] = (uint32_t)i;
        o.keys[i] = set->items[i].operation;
    }
    sort_by_keys(&o, set->n_operations);
    for (size_t i = 0; i < set->n; i++)
        o.keys[i] = key_of(set->items[i].component, n_components);
    sort_by_keys(&o, n_components + 1);
    number_steps(set, o.spans);
    for (size_t i = 0; i < set->n; i++)
        o.keys[i] = key_of(set->items[i].caller, n_components);
    sort_by_keys(&o, n_components + 1);
    set->by_edge = o.spans;
    return true;
}

/* ---- children ---- */

static int by_start(const void *a, const void *b, void *context)
{
    const struct hc_span *spans = context;
    uint32_t i = *(const uint32_t *)a;
    uint32_t j = *(const uint32_t *)b;
    if (spans[i].start_ns != spans[j].start_ns)
        return spans[i].start_ns < spans[j].start_ns ? -1 : 1;
    return (i > j) - (i < j);
}

/* By start, those of one start as they stand. */
static void sort_siblings(struct hc_span *spans, uint32_t *children, size_t n)
{
    if (n > FEW) {
        qsort_r(children, n, sizeof *children, by_start, spans);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        uint32_t child = children[i];
        int64_t start_ns = spans[child].start_ns;
        size_t at = i;
        for (; at > 0 && spans[children[at - 1]].start_ns > start_ns; at--)
            children[at] = children[at - 1];
        children[at] = child;
    }
}

static bool order_children(struct hc_assembly *a, struct hc_span_set *set)
{
    uint32_t *end_of = hc_arena_alloc(a->arena, set->n * sizeof *end_of); /* by parent: where its next child goes */
    set->children = hc_arena_alloc(a->arena, set->n * sizeof *set->children);
    if (end_of == NULL || set->children == NULL)
        return false;
    set->n_children = 0;
    for (size_t i = 0; i < set->n; i++) {
        end_of[i] = (uint32_t)set->n_children;
        set->n_children += set->items[i].n_children;
    }
    for (size_t i = 0; i < set->n; i++) {
        if (set->items[i].parent != HC_NO_SPAN)
            set->children[end_of[set->items[i].parent]++] = (uint32_t)i;
    }
    for (size_t i = 0; i < set->n; i++) {
        size_t n = set->items[i].n_children;
        if (n > 1)
            sort_siblings(set->items, set->children + end_of[i] - n, n);
    }
    return true;
}

bool hc_spans_order(struct hc_assembly *a, struct hc_span_set *set)
{
    return order_children(a, set) && order_by_edge(a, set);
}
