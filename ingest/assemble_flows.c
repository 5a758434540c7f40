#include "ingest/assemble_flows.h"

#define CONTEXTS_MOST 128
#define FOLLOWERS_MOST 24

static uint64_t hash_of(const struct hc_transition *t)
{
    uint64_t hash = (t->after ^ t->kind) * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ hash >> 32 ^ t->then) * UINT64_C(0xbf58476d1ce4e5b9);
    hash = (hash ^ hash >> 29 ^ t->within ^ t->component) * UINT64_C(0x94d049bb133111eb);
    return hash ^ hash >> 31;
}

static bool is_same(const struct hc_transition *x, const struct hc_transition *y)
{
    return x->then == y->then && x->after == y->after && x->within == y->within && x->component == y->component &&
           x->kind == y->kind;
}

static bool grow(struct hc_flow_table *table)
{
    size_t n_slots = table->n_slots == 0 ? 1024 : table->n_slots * 2;
    uint32_t *slots = hc_arena_calloc(table->arena, n_slots, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < table->n; i++) {
        size_t at = (size_t)hash_of(&table->entries[i].first) & (n_slots - 1);
        while (slots[at] != 0)
            at = (at + 1) & (n_slots - 1);
        slots[at] = (uint32_t)(i + 1);
    }
    table->slots = slots;
    table->n_slots = n_slots;
    return true;
}

/* The window's first place, else the first. */
static void keep_first(struct hc_transition *first, const struct hc_transition *t)
{
    bool in_window = t->phase == HC_PHASE_WINDOW;
    if (in_window != (first->phase == HC_PHASE_WINDOW) ? !in_window
        : t->file != first->file                       ? t->file > first->file
                                                       : t->line >= first->line)
        return;
    first->phase = t->phase;
    first->file = t->file;
    first->line = t->line;
}

static size_t slot_of(const struct hc_flow_table *table, const struct hc_transition *transition)
{
    size_t at = (size_t)hash_of(transition) & (table->n_slots - 1);
    while (table->slots[at] != 0 && !is_same(&table->entries[table->slots[at] - 1].first, transition))
        at = (at + 1) & (table->n_slots - 1);
    return at;
}

/* Its entry, + 1, which is made where there is none; 0: no memory. */
static uint32_t entry_of(struct hc_flow_table *table, const struct hc_transition *transition)
{
    if (2 * table->n >= table->n_slots && !grow(table))
        return 0;
    size_t at = slot_of(table, transition);
    if (table->slots[at] == 0) {
        struct hc_flow_entry *entries =
            hc_arena_grow(table->arena, table->entries, table->n, table->n + 1, &table->capacity, sizeof *entries);
        if (entries == NULL)
            return 0;
        table->entries = entries;
        entries[table->n++] = (struct hc_flow_entry){.first = *transition};
        table->slots[at] = (uint32_t)table->n;
    }
    return table->slots[at];
}

bool hc_flow_table_add(struct hc_flow_table *table, const struct hc_transition *transition, uint32_t n)
{
    uint32_t number = entry_of(table, transition);
    if (number == 0)
        return false;
    struct hc_flow_entry *entry = &table->entries[number - 1];
    entry->n[transition->phase] += n;
    keep_first(&entry->first, transition);
    return true;
}

/* ---- in order ---- */

struct numbered {
    hc_course_step step;
    uint8_t kind;
};

/* The steps of all entries: by first sight, then in order. */
struct numbering {
    struct numbered *steps;
    uint32_t *slots; /* index into steps + 1; 0: free */
    size_t n, mask;
};

static bool numbering_new(struct numbering *numbering, struct hc_arena *arena, size_t n)
{
    size_t size = 16;
    while (size < 2 * n)
        size *= 2;
    *numbering = (struct numbering){.mask = size - 1};
    numbering->steps = hc_arena_alloc(arena, n * sizeof *numbering->steps);
    numbering->slots = hc_arena_calloc(arena, size, sizeof *numbering->slots);
    return numbering->steps != NULL && numbering->slots != NULL;
}

/* Its number by first sight; what is no step stays. */
static hc_course_step number_of(struct numbering *numbering, uint8_t kind, hc_course_step step)
{
    if (step >= HC_COURSE_OTHER)
        return step;
    uint64_t hash = (step ^ kind) * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(hash ^ hash >> 32) & numbering->mask;
    for (; numbering->slots[at] != 0; at = (at + 1) & numbering->mask) {
        const struct numbered *known = &numbering->steps[numbering->slots[at] - 1];
        if (known->step == step && known->kind == kind)
            return numbering->slots[at] - 1;
    }
    numbering->steps[numbering->n] = (struct numbered){step, kind};
    numbering->slots[at] = (uint32_t)++numbering->n;
    return numbering->n - 1;
}

/* Puts the steps in order, by kind, component and what they are; the place there of each number. NULL: no memory. */
static uint32_t *sort_steps(struct numbering *numbering, const struct hc_assembly *a, size_t n_operations)
{
    struct hc_order order;
    size_t n = numbering->n, n_own = a->incident->n_components + 1;
    size_t n_what = a->incident->n_templates > n_operations ? a->incident->n_templates : n_operations;
    struct numbered *sorted = hc_arena_alloc(a->arena, n * sizeof *sorted);
    uint32_t *rank = hc_arena_alloc(a->arena, n * sizeof *rank);
    if (sorted == NULL || rank == NULL || !hc_order_new(&order, n, n_what > 2 * n_own ? n_what : 2 * n_own, a->arena))
        return NULL;
    for (size_t i = 0; i < n; i++)
        order.keys[i] = (uint32_t)numbering->steps[i].step;
    hc_order_by_keys(&order, n_what);
    for (size_t i = 0; i < n; i++) {
        const struct numbered *step = &numbering->steps[i];
        order.keys[i] =
            (uint32_t)(step->kind * n_own) + hc_component_key((uint32_t)(step->step >> 32), a->incident->n_components);
    }
    hc_order_by_keys(&order, 2 * n_own);
    for (size_t i = 0; i < n; i++) {
        sorted[i] = numbering->steps[order.items[i]];
        rank[order.items[i]] = (uint32_t)i;
    }
    numbering->steps = sorted;
    return rank;
}

/* Puts the steps in order, and their places there for the steps of the entries. */
static bool rank_steps(struct hc_flow_table *table, struct numbering *numbering, const struct hc_assembly *a,
                       size_t n_operations)
{
    if (!numbering_new(numbering, table->arena, 3 * table->n))
        return false;
    for (size_t i = 0; i < table->n; i++) {
        struct hc_transition *t = &table->entries[i].first;
        t->within = number_of(numbering, t->kind, t->within);
        t->after = number_of(numbering, t->kind, t->after);
        t->then = number_of(numbering, t->kind, t->then);
    }
    const uint32_t *rank = sort_steps(numbering, a, n_operations);
    for (size_t i = 0; rank != NULL && i < table->n; i++) {
        struct hc_transition *t = &table->entries[i].first;
        t->within = t->within < numbering->n ? rank[t->within] : t->within;
        t->after = t->after < numbering->n ? rank[t->after] : t->after;
        t->then = t->then < numbering->n ? rank[t->then] : t->then;
    }
    return rank != NULL;
}

/* What is no step comes after all steps, as it does by its value. */
static uint32_t key_of(hc_course_step rank, size_t n_steps)
{
    return (uint32_t)(rank < n_steps ? rank : n_steps + (rank - HC_COURSE_OTHER));
}

/* By kind, component, and what came within, after and then. */
static bool sort_entries(struct hc_flow_table *table, size_t n_steps, size_t n_components)
{
    struct hc_order order;
    size_t n_keys = n_steps + 3, n_own = 2 * (n_components + 1);
    struct hc_flow_entry *sorted = hc_arena_alloc(table->arena, table->n * sizeof *sorted);
    if (sorted == NULL || !hc_order_new(&order, table->n, n_keys > n_own ? n_keys : n_own, table->arena))
        return false;
    for (size_t i = 0; i < table->n; i++)
        order.keys[i] = key_of(table->entries[i].first.then, n_steps);
    hc_order_by_keys(&order, n_keys);
    for (size_t i = 0; i < table->n; i++)
        order.keys[i] = key_of(table->entries[i].first.after, n_steps);
    hc_order_by_keys(&order, n_keys);
    for (size_t i = 0; i < table->n; i++)
        order.keys[i] = key_of(table->entries[i].first.within, n_steps);
    hc_order_by_keys(&order, n_keys);
    for (size_t i = 0; i < table->n; i++) {
        const struct hc_transition *t = &table->entries[i].first;
        order.keys[i] = (uint32_t)(t->kind * (n_components + 1)) + hc_component_key(t->component, n_components);
    }
    hc_order_by_keys(&order, n_own);
    for (size_t i = 0; i < table->n; i++)
        sorted[i] = table->entries[order.items[i]];
    table->entries = sorted;
    return true;
}

/* ---- what is kept ---- */

/* A run of entries and how often it was come through. */
struct run {
    size_t from, to;
    uint64_t n;
};

static int by_frequency(const void *a, const void *b)
{
    const struct run *x = a;
    const struct run *y = b;
    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return (x->from > y->from) - (x->from < y->from);
}

static int by_place(const void *a, const void *b)
{
    const struct run *x = a;
    const struct run *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

static uint64_t count_of(const struct hc_flow_entry *entry)
{
    uint64_t n = 0;
    for (int k = 0; k < HC_PHASES; k++)
        n += entry->n[k];
    return n;
}

static size_t most_frequent(struct run *runs, size_t n, size_t n_most)
{
    if (n <= n_most)
        return n;
    qsort(runs, n, sizeof *runs, by_frequency);
    qsort(runs, n_most, sizeof *runs, by_place);
    return n_most;
}

static void pool(struct hc_flow_entry *other, const struct hc_flow_entry *entry)
{
    for (int k = 0; k < HC_PHASES; k++)
        other->n[k] += entry->n[k];
    keep_first(&other->first, &entry->first);
}

/* Entries [from, to) of one context -> at most FOLLOWERS_MOST and one that pools the rest, at `out`. */
static size_t keep_followers(const struct hc_flow_table *table, const struct run *context, struct run *runs,
                             struct hc_flow_entry *out)
{
    size_t n_kept = 0;
    size_t n = context->to - context->from;
    for (size_t i = 0; i < n; i++)
        runs[i] = (struct run){context->from + i, context->from + i + 1, count_of(&table->entries[context->from + i])};
    size_t n_most = most_frequent(runs, n, FOLLOWERS_MOST);
    for (size_t i = 0; i < n_most; i++)
        out[n_kept++] = table->entries[runs[i].from];
    if (n_most == n)
        return n_kept;
    struct hc_flow_entry *other = &out[n_kept++];
    *other = table->entries[runs[n_most].from];
    other->first.then = HC_COURSE_OTHER;
    for (size_t i = n_most + 1; i < n; i++)
        pool(other, &table->entries[runs[i].from]);
    return n_kept;
}

static bool is_same_context(const struct hc_transition *x, const struct hc_transition *y)
{
    return x->after == y->after && x->within == y->within && x->component == y->component && x->kind == y->kind;
}

static size_t contexts_of(const struct hc_flow_table *table, size_t from, size_t to, struct run *contexts)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        if (i == from || !is_same_context(&table->entries[i - 1].first, &table->entries[i].first))
            contexts[n++] = (struct run){i, i, 0};
        contexts[n - 1].to = i + 1;
        contexts[n - 1].n += count_of(&table->entries[i]);
    }
    return n;
}

/* All of them, in order, to those that are kept; 0 with n > 0: no memory. */
static size_t keep(struct hc_flow_table *table, struct hc_flow_entry **kept)
{
    struct run *contexts = hc_arena_alloc(table->arena, 2 * (table->n + 1) * sizeof *contexts);
    /* A pooled entry stands for two or more. */
    *kept = hc_arena_alloc(table->arena, (table->n + 1) * sizeof **kept);
    if (contexts == NULL || *kept == NULL)
        return 0;
    size_t n_kept = 0;
    struct run *followers = contexts + table->n + 1;
    for (size_t from = 0, to; from < table->n; from = to) {
        const struct hc_transition *first = &table->entries[from].first;
        for (to = from + 1; to < table->n; to++) {
            const struct hc_transition *next = &table->entries[to].first;
            if (next->kind != first->kind || next->component != first->component)
                break;
        }
        size_t n = most_frequent(contexts, contexts_of(table, from, to, contexts), CONTEXTS_MOST);
        for (size_t i = 0; i < n; i++)
            n_kept += keep_followers(table, &contexts[i], followers, *kept + n_kept);
    }
    return n_kept;
}

/* ---- into the record ---- */

static struct hc_flow_step name_step(const struct hc_assembly *a, const struct hc_span_set *spans,
                                     const struct numbered *step)
{
    struct hc_flow_step out = {.component = (uint32_t)(step->step >> 32), .operation = HC_STR_NONE};
    uint32_t what = (uint32_t)step->step;
    if (step->kind == HC_FLOW_LOGS)
        out.template_id = a->incident->templates[what].id;
    else
        out.operation = spans->operations[what];
    return out;
}

/* Gives the incident the steps that are kept; by rank: where, as what is no step has its own place. */
static uint32_t *put_steps(struct hc_assembly *a, const struct hc_span_set *spans, const struct numbering *numbering,
                           const struct hc_flow_entry *kept, size_t n)
{
    struct hc_incident *incident = a->incident;
    uint32_t *place_of = hc_arena_calloc(a->arena, numbering->n + 3, sizeof *place_of);
    incident->flow_steps = hc_arena_alloc(a->arena, (numbering->n + 1) * sizeof *incident->flow_steps);
    if (place_of == NULL || incident->flow_steps == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        const struct hc_transition *t = &kept[i].first;
        place_of[key_of(t->within, numbering->n)] = 1;
        place_of[key_of(t->after, numbering->n)] = 1;
        place_of[key_of(t->then, numbering->n)] = 1;
    }
    for (size_t i = 0; i < numbering->n; i++) {
        if (place_of[i] == 0)
            continue;
        place_of[i] = (uint32_t)incident->n_flow_steps;
        incident->flow_steps[incident->n_flow_steps++] = name_step(a, spans, &numbering->steps[i]);
    }
    place_of[key_of(HC_COURSE_OTHER, numbering->n)] = HC_FLOW_OTHER;
    place_of[key_of(HC_COURSE_END, numbering->n)] = HC_FLOW_END;
    place_of[key_of(HC_COURSE_BEGIN, numbering->n)] = HC_FLOW_BEGIN;
    return place_of;
}

static void put_flow(struct hc_assembly *a, const uint32_t *place_of, size_t n_steps, const struct hc_flow_entry *entry)
{
    const struct hc_transition *first = &entry->first;
    struct hc_flow_count *flow = &a->incident->flows[a->incident->n_flows++];
    *flow = (struct hc_flow_count){.kind = first->kind,
                                   .component = first->component,
                                   .within = place_of[key_of(first->within, n_steps)],
                                   .after = place_of[key_of(first->after, n_steps)],
                                   .then = place_of[key_of(first->then, n_steps)],
                                   .place = {a->files[first->file]->file.member, first->line}};
    memcpy(flow->n, entry->n, sizeof flow->n);
}

bool hc_flow_table_finish(struct hc_flow_table *table, struct hc_assembly *a, const struct hc_span_set *spans)
{
    struct hc_flow_entry *kept = NULL;
    struct numbering numbering;
    if (table->n == 0)
        return true;
    if (!rank_steps(table, &numbering, a, spans->n_operations) ||
        !sort_entries(table, numbering.n, a->incident->n_components))
        return false;
    size_t n = keep(table, &kept);
    const uint32_t *place_of = n == 0 ? NULL : put_steps(a, spans, &numbering, kept, n);
    a->incident->flows = hc_arena_alloc(a->arena, (n + 1) * sizeof *a->incident->flows);
    if (place_of == NULL || a->incident->flows == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        put_flow(a, place_of, numbering.n, &kept[i]);
    return true;
}
