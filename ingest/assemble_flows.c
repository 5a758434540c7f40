#include "ingest/assemble_flows.h"

#define CONTEXTS_MOST 128
#define FOLLOWERS_MOST 24

/* ---- steps ---- */

/* Of spans: they are numbered by component and operation already. */
static void put_span_steps(struct hc_flow_steps *steps, const struct hc_span_set *spans)
{
    for (size_t i = 0; i < spans->n; i++) {
        const struct hc_span *span = &spans->items[i];
        steps->items[span->step] =
            (struct hc_flow_step){.component = span->component, .operation = spans->operations[span->operation]};
    }
    steps->n = spans->n_steps;
}

/* Of lines, by component and template. */
static bool put_log_steps(struct hc_flow_steps *steps, const struct hc_assembly *a)
{
    const struct hc_incident *incident = a->incident;
    const struct hc_log_count *last = NULL;
    struct hc_order order;
    if (!hc_order_new(&order, incident->n_log_counts, incident->n_components + 1, a->arena))
        return false;
    for (size_t i = 0; i < order.n; i++)
        order.keys[i] = hc_component_key(incident->log_counts[i].component, incident->n_components);
    hc_order_by_keys(&order, incident->n_components + 1); /* the counts stand by template */
    for (size_t i = 0; i < order.n; i++) {
        const struct hc_log_count *count = &incident->log_counts[order.items[i]];
        if (last == NULL || last->component != count->component || last->template_index != count->template_index)
            steps->items[steps->n++] =
                (struct hc_flow_step){.component = count->component,
                                      .operation = HC_STR_NONE,
                                      .template_id = incident->templates[count->template_index].id};
        steps->of_count[order.items[i]] = (uint32_t)(steps->n - 1);
        last = count;
    }
    return true;
}

/* ---- the table ---- */

static uint64_t hash_of(const struct hc_transition *t)
{
    uint64_t hash = ((uint64_t)t->after << 32 | t->then) * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ hash >> 32 ^ ((uint64_t)t->within << 32 | t->component)) * UINT64_C(0xbf58476d1ce4e5b9);
    return hash ^ hash >> 29 ^ t->kind;
}

static bool is_same(const struct hc_transition *x, const struct hc_transition *y)
{
    return x->then == y->then && x->after == y->after && x->within == y->within && x->component == y->component &&
           x->kind == y->kind;
}

static size_t slot_of(const struct hc_flow_table *table, const struct hc_transition *transition)
{
    size_t at = (size_t)hash_of(transition) & (table->n_slots - 1);
    while (table->slots[at] != 0 && !is_same(&table->entries[table->slots[at] - 1].first, transition))
        at = (at + 1) & (table->n_slots - 1);
    return at;
}

static bool make_room(struct hc_flow_table *table, size_t n)
{
    size_t n_slots = 16;
    while (n_slots < 2 * n)
        n_slots *= 2;
    struct hc_flow_entry *entries = hc_arena_alloc(table->arena, n * sizeof *entries);
    table->slots = hc_arena_calloc(table->arena, n_slots, sizeof *table->slots);
    if (entries == NULL || table->slots == NULL)
        return false;
    if (table->n > 0)
        memcpy(entries, table->entries, table->n * sizeof *entries);
    table->entries = entries;
    table->capacity = n;
    table->n_slots = n_slots;
    for (size_t i = 0; i < table->n; i++)
        table->slots[slot_of(table, &entries[i].first)] = (uint32_t)(i + 1);
    return true;
}

bool hc_flow_table_new(struct hc_flow_table *table, const struct hc_assembly *a, const struct hc_span_set *spans)
{
    struct hc_flow_steps *steps = &table->steps;
    size_t n_counts = a->incident->n_log_counts;
    *table = (struct hc_flow_table){.arena = a->arena};
    steps->items = hc_arena_alloc(a->arena, (spans->n_steps + n_counts) * sizeof *steps->items);
    steps->of_count = hc_arena_alloc(a->arena, n_counts * sizeof *steps->of_count);
    if (steps->items == NULL || steps->of_count == NULL)
        return false;
    put_span_steps(steps, spans);
    /* A line's step mostly stands alone, between begin and end; a call's before and after some others. */
    return put_log_steps(steps, a) && make_room(table, 4 * spans->n_steps + 2 * n_counts + 8);
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

bool hc_flow_table_add(struct hc_flow_table *table, const struct hc_transition *transition, uint32_t n)
{
    if (table->n == table->capacity && !make_room(table, 2 * table->capacity))
        return false;
    size_t at = slot_of(table, transition);
    if (table->slots[at] == 0) {
        table->entries[table->n++] = (struct hc_flow_entry){.first = *transition};
        table->slots[at] = (uint32_t)table->n;
    }
    struct hc_flow_entry *entry = &table->entries[table->slots[at] - 1];
    entry->n[transition->phase] += n;
    keep_first(&entry->first, transition);
    return true;
}

/* ---- in order ---- */

/* What is no step comes after all steps, as it does by its value. */
static uint32_t key_of(const struct hc_flow_table *table, uint32_t step)
{
    return step < table->steps.n ? step : (uint32_t)table->steps.n + (step - HC_FLOW_OTHER);
}

/* By kind, component, and what came within, after and then. */
static bool sort_entries(const struct hc_flow_table *table, size_t n_components, struct hc_order *order)
{
    const struct hc_flow_entry *entries = table->entries;
    size_t n_keys = table->steps.n + 3, n_own = 2 * (n_components + 1);
    if (!hc_order_new(order, table->n, n_keys > n_own ? n_keys : n_own, table->arena))
        return false;
    for (size_t i = 0; i < table->n; i++)
        order->keys[i] = key_of(table, entries[i].first.then);
    hc_order_by_keys(order, n_keys);
    for (size_t i = 0; i < table->n; i++)
        order->keys[i] = key_of(table, entries[i].first.after);
    hc_order_by_keys(order, n_keys);
    for (size_t i = 0; i < table->n; i++)
        order->keys[i] = key_of(table, entries[i].first.within);
    hc_order_by_keys(order, n_keys);
    for (size_t i = 0; i < table->n; i++)
        order->keys[i] = (uint32_t)(entries[i].first.kind * (n_components + 1)) +
                         hc_component_key(entries[i].first.component, n_components);
    hc_order_by_keys(order, n_own);
    return true;
}

/* ---- what is kept ---- */

/* A run of the order and how often it was come through. */
struct run {
    uint32_t from, to;
    uint64_t n;
};

/* The entries in order, and room to choose from them. */
struct chooser {
    struct hc_flow_entry *entries;
    const uint32_t *order;
    size_t n;
    struct run *contexts, *followers;
    uint32_t *kept; /* entries, in order */
    size_t n_kept;
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

/* The followers of one context: at most FOLLOWERS_MOST, and one of the others that stands for all of them. */
static void keep_followers(struct chooser *c, const struct run *context)
{
    size_t n = context->to - context->from;
    if (n <= FOLLOWERS_MOST) {
        for (size_t i = context->from; i < context->to; i++)
            c->kept[c->n_kept++] = c->order[i];
        return;
    }
    for (uint32_t i = context->from; i < context->to; i++)
        c->followers[i - context->from] = (struct run){i, i + 1, count_of(&c->entries[c->order[i]])};
    size_t n_most = most_frequent(c->followers, n, FOLLOWERS_MOST);
    for (size_t i = 0; i <= n_most; i++)
        c->kept[c->n_kept++] = c->order[c->followers[i].from];
    struct hc_flow_entry *other = &c->entries[c->kept[c->n_kept - 1]];
    other->first.then = HC_FLOW_OTHER;
    for (size_t i = n_most + 1; i < n; i++)
        pool(other, &c->entries[c->order[c->followers[i].from]]);
}

static bool is_same_context(const struct hc_transition *x, const struct hc_transition *y)
{
    return x->after == y->after && x->within == y->within && x->component == y->component && x->kind == y->kind;
}

/* Of entries [from, to) in order. */
static size_t contexts_of(const struct chooser *c, uint32_t from, uint32_t to)
{
    size_t n = 0;
    const struct hc_flow_entry *last = NULL;
    for (uint32_t i = from; i < to; i++) {
        const struct hc_flow_entry *entry = &c->entries[c->order[i]];
        if (last == NULL || !is_same_context(&last->first, &entry->first))
            c->contexts[n++] = (struct run){i, i, 0};
        c->contexts[n - 1].to = i + 1;
        c->contexts[n - 1].n += count_of(entry);
        last = entry;
    }
    return n;
}

static void keep(struct chooser *c)
{
    for (uint32_t from = 0, to; from < c->n; from = to) {
        const struct hc_transition *first = &c->entries[c->order[from]].first;
        for (to = from + 1; to < c->n; to++) {
            const struct hc_transition *next = &c->entries[c->order[to]].first;
            if (next->kind != first->kind || next->component != first->component)
                break;
        }
        size_t n = most_frequent(c->contexts, contexts_of(c, from, to), CONTEXTS_MOST);
        for (size_t i = 0; i < n; i++)
            keep_followers(c, &c->contexts[i]);
    }
}

/* ---- into the record ---- */

/* Gives the incident the steps that are kept; by key: where, as what is no step has its own place. NULL: no memory. */
static uint32_t *put_steps(struct hc_assembly *a, const struct hc_flow_table *table, const struct chooser *c)
{
    struct hc_incident *incident = a->incident;
    size_t n = table->steps.n;
    uint32_t *place_of = hc_arena_calloc(a->arena, n + 3, sizeof *place_of);
    if (place_of == NULL)
        return NULL;
    for (size_t i = 0; i < c->n_kept; i++) {
        const struct hc_transition *t = &c->entries[c->kept[i]].first;
        place_of[key_of(table, t->within)] = 1;
        place_of[key_of(table, t->after)] = 1;
        place_of[key_of(table, t->then)] = 1;
    }
    incident->flow_steps = table->steps.items;
    for (size_t i = 0; i < n; i++) {
        if (place_of[i] == 0)
            continue;
        place_of[i] = (uint32_t)incident->n_flow_steps;
        incident->flow_steps[incident->n_flow_steps++] = table->steps.items[i];
    }
    place_of[n] = HC_FLOW_OTHER;
    place_of[n + 1] = HC_FLOW_END;
    place_of[n + 2] = HC_FLOW_BEGIN;
    return place_of;
}

static void put_flow(struct hc_assembly *a, const struct hc_flow_table *table, const uint32_t *place_of,
                     const struct hc_flow_entry *entry)
{
    const struct hc_transition *first = &entry->first;
    struct hc_flow_count *flow = &a->incident->flows[a->incident->n_flows++];
    *flow = (struct hc_flow_count){.kind = first->kind,
                                   .component = first->component,
                                   .within = place_of[key_of(table, first->within)],
                                   .after = place_of[key_of(table, first->after)],
                                   .then = place_of[key_of(table, first->then)],
                                   .place = {a->files[first->file]->file.member, first->line}};
    memcpy(flow->n, entry->n, sizeof flow->n);
}

bool hc_flow_table_finish(struct hc_flow_table *table, struct hc_assembly *a)
{
    struct hc_order order;
    if (table->n == 0)
        return true;
    if (!sort_entries(table, a->incident->n_components, &order))
        return false;
    struct chooser c = {.entries = table->entries, .order = order.items, .n = table->n, .kept = order.room};
    c.contexts = hc_arena_alloc(a->arena, table->n * sizeof *c.contexts);
    c.followers = hc_arena_alloc(a->arena, table->n * sizeof *c.followers);
    if (c.contexts == NULL || c.followers == NULL)
        return false;
    keep(&c);
    const uint32_t *place_of = put_steps(a, table, &c);
    a->incident->flows = hc_arena_alloc(a->arena, c.n_kept * sizeof *a->incident->flows);
    if (place_of == NULL || a->incident->flows == NULL)
        return false;
    for (size_t i = 0; i < c.n_kept; i++)
        put_flow(a, table, place_of, &table->entries[c.kept[i]]);
    return true;
}
