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

static int compare_step(hc_course_step x, hc_course_step y)
{
    return (x > y) - (x < y);
}

static int compare_context(const struct hc_transition *x, const struct hc_transition *y)
{
    int order = (x->kind > y->kind) - (x->kind < y->kind);
    order = order != 0 ? order : (x->component > y->component) - (x->component < y->component);
    order = order != 0 ? order : compare_step(x->within, y->within);
    return order != 0 ? order : compare_step(x->after, y->after);
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

bool hc_flow_table_add(struct hc_flow_table *table, const struct hc_transition *transition, uint32_t n)
{
    if (2 * table->n >= table->n_slots && !grow(table))
        return false;
    size_t at = slot_of(table, transition);
    if (table->slots[at] == 0) {
        struct hc_flow_entry *entries =
            hc_arena_grow(table->arena, table->entries, table->n, table->n + 1, &table->capacity, sizeof *entries);
        if (entries == NULL)
            return false;
        table->entries = entries;
        entries[table->n++] = (struct hc_flow_entry){.first = *transition};
        table->slots[at] = (uint32_t)table->n;
    }
    struct hc_flow_entry *entry = &table->entries[table->slots[at] - 1];
    entry->n[transition->phase] += n;
    keep_first(&entry->first, transition);
    return true;
}

/* ---- what is kept ---- */

static int by_key(const void *a, const void *b)
{
    const struct hc_flow_entry *x = a;
    const struct hc_flow_entry *y = b;
    int order = compare_context(&x->first, &y->first);
    return order != 0 ? order : compare_step(x->first.then, y->first.then);
}

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

static size_t contexts_of(const struct hc_flow_table *table, size_t from, size_t to, struct run *contexts)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        if (i == from || compare_context(&table->entries[i - 1].first, &table->entries[i].first) != 0)
            contexts[n++] = (struct run){i, i, 0};
        contexts[n - 1].to = i + 1;
        contexts[n - 1].n += count_of(&table->entries[i]);
    }
    return n;
}

/* All of them, sorted, to those that are kept; 0 with n > 0: no memory. */
static size_t keep(struct hc_flow_table *table, struct hc_flow_entry **kept)
{
    struct run *contexts = hc_arena_alloc(table->arena, 2 * (table->n + 1) * sizeof *contexts);
    /* A pooled entry stands for two or more. */
    *kept = hc_arena_alloc(table->arena, (table->n + 1) * sizeof **kept);
    if (contexts == NULL || *kept == NULL)
        return 0;
    size_t n_kept = 0;
    struct run *followers = contexts + table->n + 1;
    qsort(table->entries, table->n, sizeof *table->entries, by_key);
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

struct numbered {
    hc_course_step step;
    uint32_t number; /* by first sight */
    uint8_t kind;
};

struct numbering {
    struct numbered *steps;
    uint32_t *slots; /* index into steps + 1; 0: free */
    size_t n, mask;
};

static int by_step(const void *a, const void *b)
{
    const struct numbered *x = a;
    const struct numbered *y = b;
    return x->kind != y->kind ? (x->kind > y->kind) - (x->kind < y->kind) : compare_step(x->step, y->step);
}

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

/* Its number by first sight. */
static uint32_t number_of(struct numbering *numbering, uint8_t kind, hc_course_step step)
{
    if (step >= HC_COURSE_OTHER)
        return step == HC_COURSE_BEGIN ? HC_FLOW_BEGIN : step == HC_COURSE_END ? HC_FLOW_END : HC_FLOW_OTHER;
    uint64_t hash = (step ^ kind) * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(hash ^ hash >> 32) & numbering->mask;
    for (; numbering->slots[at] != 0; at = (at + 1) & numbering->mask) {
        const struct numbered *known = &numbering->steps[numbering->slots[at] - 1];
        if (known->step == step && known->kind == kind)
            return known->number;
    }
    numbering->steps[numbering->n] = (struct numbered){step, (uint32_t)numbering->n, kind};
    numbering->slots[at] = (uint32_t)++numbering->n;
    return (uint32_t)numbering->n - 1;
}

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

static void put_flow(struct hc_assembly *a, struct numbering *numbering, const struct hc_flow_entry *entry)
{
    const struct hc_transition *first = &entry->first;
    struct hc_flow_count *flow = &a->incident->flows[a->incident->n_flows++];
    *flow = (struct hc_flow_count){.kind = first->kind,
                                   .component = first->component,
                                   .within = number_of(numbering, first->kind, first->within),
                                   .after = number_of(numbering, first->kind, first->after),
                                   .then = number_of(numbering, first->kind, first->then),
                                   .place = {a->files[first->file]->file.member, first->line}};
    memcpy(flow->n, entry->n, sizeof flow->n);
}

/* Gives the incident its steps, sorted, and the flows their places there. */
static bool put_steps(struct hc_assembly *a, const struct hc_span_set *spans, struct numbering *numbering)
{
    struct hc_incident *incident = a->incident;
    uint32_t *rank = hc_arena_alloc(a->arena, (numbering->n + 1) * sizeof *rank);
    incident->flow_steps = hc_arena_alloc(a->arena, (numbering->n + 1) * sizeof *incident->flow_steps);
    if (rank == NULL || incident->flow_steps == NULL)
        return false;
    if (numbering->n > 1)
        qsort(numbering->steps, numbering->n, sizeof *numbering->steps, by_step);
    for (size_t i = 0; i < numbering->n; i++) {
        rank[numbering->steps[i].number] = (uint32_t)i;
        incident->flow_steps[i] = name_step(a, spans, &numbering->steps[i]);
    }
    incident->n_flow_steps = numbering->n;
    for (size_t i = 0; i < incident->n_flows; i++) {
        uint32_t *steps[] = {&incident->flows[i].within, &incident->flows[i].after, &incident->flows[i].then};
        for (size_t k = 0; k < 3; k++)
            *steps[k] = *steps[k] < numbering->n ? rank[*steps[k]] : *steps[k];
    }
    return true;
}

bool hc_flow_table_finish(struct hc_flow_table *table, struct hc_assembly *a, const struct hc_span_set *spans)
{
    struct hc_flow_entry *kept = NULL;
    struct numbering numbering;
    if (table->n == 0)
        return true;
    size_t n = keep(table, &kept);
    a->incident->flows = hc_arena_alloc(a->arena, (n + 1) * sizeof *a->incident->flows);
    if (n == 0 || a->incident->flows == NULL || !numbering_new(&numbering, a->arena, 3 * n))
        return false;
    for (size_t i = 0; i < n; i++)
        put_flow(a, &numbering, &kept[i]);
    return put_steps(a, spans, &numbering);
}
