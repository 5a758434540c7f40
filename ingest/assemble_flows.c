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
    return x->then == y->then && compare_context(x, y) == 0;
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
    uint8_t kind;
};

static int by_number(const void *a, const void *b)
{
    const struct numbered *x = a;
    const struct numbered *y = b;
    return x->kind != y->kind ? (x->kind > y->kind) - (x->kind < y->kind) : compare_step(x->step, y->step);
}

static uint32_t number_of(const struct numbered *steps, size_t n, uint8_t kind, hc_course_step step)
{
    if (step >= HC_COURSE_OTHER)
        return step == HC_COURSE_BEGIN ? HC_FLOW_BEGIN : step == HC_COURSE_END ? HC_FLOW_END : HC_FLOW_OTHER;
    struct numbered key = {step, kind};
    const struct numbered *found = bsearch(&key, steps, n, sizeof key, by_number);
    return (uint32_t)(found - steps);
}

static size_t number_steps(struct numbered *steps, const struct hc_flow_entry *kept, size_t n_kept)
{
    size_t n = 0;
    size_t n_distinct = 0;
    for (size_t i = 0; i < n_kept; i++) {
        const hc_course_step of[] = {kept[i].first.within, kept[i].first.after, kept[i].first.then};
        for (int k = 0; k < 3; k++) {
            if (of[k] < HC_COURSE_OTHER)
                steps[n++] = (struct numbered){of[k], kept[i].first.kind};
        }
    }
    if (n > 1)
        qsort(steps, n, sizeof *steps, by_number);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || by_number(&steps[i - 1], &steps[i]) != 0)
            steps[n_distinct++] = steps[i];
    }
    return n_distinct;
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

bool hc_flow_table_finish(struct hc_flow_table *table, struct hc_assembly *a, const struct hc_span_set *spans)
{
    struct hc_incident *incident = a->incident;
    struct hc_flow_entry *kept = NULL;
    if (table->n == 0)
        return true;
    size_t n = keep(table, &kept);
    struct numbered *steps = hc_arena_alloc(a->arena, (3 * n + 1) * sizeof *steps);
    incident->flows = hc_arena_alloc(a->arena, (n + 1) * sizeof *incident->flows);
    if (n == 0 || steps == NULL || incident->flows == NULL)
        return false;
    size_t n_steps = number_steps(steps, kept, n);
    incident->flow_steps = hc_arena_alloc(a->arena, (n_steps + 1) * sizeof *incident->flow_steps);
    if (incident->flow_steps == NULL)
        return false;
    for (size_t i = 0; i < n_steps; i++)
        incident->flow_steps[i] = name_step(a, spans, &steps[i]);
    incident->n_flow_steps = n_steps;
    for (size_t i = 0; i < n; i++) {
        const struct hc_transition *first = &kept[i].first;
        struct hc_flow_count *flow = &incident->flows[incident->n_flows++];
        *flow = (struct hc_flow_count){.kind = first->kind,
                                       .component = first->component,
                                       .within = number_of(steps, n_steps, first->kind, first->within),
                                       .after = number_of(steps, n_steps, first->kind, first->after),
                                       .then = number_of(steps, n_steps, first->kind, first->then),
                                       .place = {a->files[first->file]->file.member, first->line}};
        memcpy(flow->n, kept[i].n, sizeof flow->n);
    }
    return true;
}
