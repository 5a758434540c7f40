#include "ingest/assemble_flows.h"

#define CONTEXTS_MOST 128
#define FOLLOWERS_MOST 24

/* ---- steps ---- */

static bool steps_new(struct hc_flow_steps *steps, const struct hc_assembly *a, const struct hc_span_set *spans)
{
    size_t n_counts = a->incident->n_log_counts, n_most = spans->n_steps + n_counts;
    steps->spans = spans;
    steps->component = hc_arena_alloc(a->arena, n_most * sizeof *steps->component);
    steps->count = hc_arena_alloc(a->arena, n_most * sizeof *steps->count);
    steps->of_count = hc_arena_alloc(a->arena, n_counts * sizeof *steps->of_count);
    return steps->component != NULL && steps->count != NULL && steps->of_count != NULL;
}

/* Of spans: they are numbered by component and operation already. */
static void put_span_steps(struct hc_flow_steps *steps)
{
    for (size_t k = 0; k < steps->spans->n_steps; k++)
        steps->component[k] = steps->spans->steps[k].component;
    steps->n = steps->spans->n_steps;
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
        if (last == NULL || last->component != count->component || last->template_index != count->template_index) {
            steps->component[steps->n] = count->component;
            steps->count[steps->n++] = order.items[i];
        }
        steps->of_count[order.items[i]] = (uint32_t)(steps->n - 1);
        last = count;
    }
    return true;
}

/* ---- the table ---- */

static uint64_t hash_of(const struct hc_transition *t)
{
    uint64_t hash = ((uint64_t)t->after << 32 | t->then) * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ hash >> 32 ^ t->within) * UINT64_C(0xbf58476d1ce4e5b9);
    return hash ^ hash >> 29;
}

static size_t slot_of(const struct hc_flow_table *table, const struct hc_transition *t)
{
    size_t at = (size_t)hash_of(t) & (table->n_slots - 1);
    for (; table->slots[at] != 0; at = (at + 1) & (table->n_slots - 1)) {
        const struct hc_transition *there = &table->entries[table->slots[at] - 1].transition;
        if (there->then == t->then && there->after == t->after && there->within == t->within)
            break;
    }
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
        table->slots[slot_of(table, &entries[i].transition)] = (uint32_t)(i + 1);
    return true;
}

bool hc_flow_table_new(struct hc_flow_table *table, const struct hc_assembly *a, const struct hc_span_set *spans)
{
    *table = (struct hc_flow_table){.arena = a->arena};
    if (!steps_new(&table->steps, a, spans))
        return false;
    put_span_steps(&table->steps);
    if (!put_log_steps(&table->steps, a))
        return false;
    table->begins = hc_arena_calloc(a->arena, table->steps.n, sizeof *table->begins);
    table->ends = hc_arena_calloc(a->arena, table->steps.n, sizeof *table->ends);
    /* A call's step mostly stands before and after some others, a line's alone. */
    return table->begins != NULL && table->ends != NULL && make_room(table, 8 * spans->n_steps + 8);
}

bool hc_flow_table_add(struct hc_flow_table *table, const struct hc_transition *transition, struct hc_flow_place place,
                       uint32_t n)
{
    if (table->n == table->capacity && !make_room(table, 2 * table->capacity))
        return false;
    size_t at = slot_of(table, transition);
    if (table->slots[at] == 0) {
        table->entries[table->n++] = (struct hc_flow_entry){.transition = *transition};
        table->slots[at] = (uint32_t)table->n;
    }
    hc_flow_tally_add(&table->entries[table->slots[at] - 1].tally, place, n);
    return true;
}

/* ---- in order ---- */

/* What is no step comes after all steps, as it does by its value. */
static uint32_t key_of(const struct hc_flow_table *table, uint32_t step)
{
    return step < table->steps.n ? step : (uint32_t)table->steps.n + (step - HC_FLOW_OTHER);
}

/* By what came within, after and then. */
static bool sort_entries(const struct hc_flow_table *table, struct hc_order *order)
{
    const struct hc_flow_entry *entries = table->entries;
    size_t n_keys = table->steps.n + 3;
    if (!hc_order_new(order, table->n, n_keys, table->arena))
        return false;
    for (size_t i = 0; i < table->n; i++)
        order->keys[i] = key_of(table, entries[i].transition.then);
    hc_order_by_keys(order, n_keys);
    for (size_t i = 0; i < table->n; i++)
        order->keys[i] = key_of(table, entries[i].transition.after);
    hc_order_by_keys(order, n_keys);
    for (size_t i = 0; i < table->n; i++)
        order->keys[i] = key_of(table, entries[i].transition.within);
    hc_order_by_keys(order, n_keys);
    return true;
}

/* Entries in the record's order, as far as they are put there. */
struct list {
    struct hc_flow_entry *items;
    size_t n;
};

static void put_entry(struct list *list, const struct hc_flow_entry *entry, uint32_t component)
{
    struct hc_flow_entry *item = &list->items[list->n++];
    *item = *entry;
    item->component = component;
}

static void put_tally(struct list *list, struct hc_transition transition, uint32_t component,
                      const struct hc_flow_tally *tally)
{
    if (tally->first != 0)
        list->items[list->n++] = (struct hc_flow_entry){transition, component, *tally};
}

/* Those of spans, which come first, then those of lines: of each component the steps with what followed, and what courses
 * began with. */
static void put_entries(struct list *list, const struct hc_flow_table *table, const uint32_t *order)
{
    const struct hc_flow_entry *entries = table->entries;
    const uint32_t *component = table->steps.component;
    uint32_t n_steps = (uint32_t)table->steps.n;
    size_t i = 0;
    for (; i < table->n && entries[order[i]].transition.within != HC_FLOW_BEGIN; i++)
        put_entry(list, &entries[order[i]], component[entries[order[i]].transition.within]);
    for (uint32_t from = (uint32_t)table->steps.spans->n_steps, to = from; from < n_steps; from = to) {
        for (; to < n_steps && component[to] == component[from]; to++) {
            for (; i < table->n && entries[order[i]].transition.after == to; i++)
                put_entry(list, &entries[order[i]], component[to]);
            put_tally(list, (struct hc_transition){HC_FLOW_BEGIN, to, HC_FLOW_END}, component[to], &table->ends[to]);
        }
        for (uint32_t step = from; step < to; step++)
            put_tally(list, (struct hc_transition){HC_FLOW_BEGIN, HC_FLOW_BEGIN, step}, component[step],
                      &table->begins[step]);
    }
}

/* ---- what is kept ---- */

/* A run of the entries and how often it was come through. */
struct run {
    uint32_t from, to;
    uint64_t n;
};

/* The entries in order, of which those that are kept move to the front, and room to choose. */
struct chooser {
    struct hc_flow_entry *entries;
    size_t n, n_kept;
    struct run *contexts, *followers;
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

/* Puts the most frequent ones first, in order, then the others; how many come first. */
static size_t choose(const struct chooser *c, struct run *runs, size_t n, size_t n_most)
{
    if (n <= n_most)
        return n;
    for (size_t i = 0; i < n; i++) {
        runs[i].n = 0;
        for (uint32_t at = runs[i].from; at < runs[i].to; at++)
            for (int k = 0; k < HC_PHASES; k++)
                runs[i].n += c->entries[at].tally.n[k];
    }
    qsort(runs, n, sizeof *runs, by_frequency);
    qsort(runs, n_most, sizeof *runs, by_place);
    return n_most;
}

static void pool(struct hc_flow_tally *other, const struct hc_flow_tally *tally)
{
    for (int k = 0; k < HC_PHASES; k++)
        other->n[k] += tally->n[k];
    other->first = tally->first > other->first ? tally->first : other->first;
}

/* Leaves of the n followers that begin at `from` FOLLOWERS_MOST, and one of the others that stands for all of them. */
static size_t pool_followers(struct chooser *c, uint32_t from, size_t n)
{
    for (uint32_t i = 0; i < n; i++)
        c->followers[i] = (struct run){.from = from + i, .to = from + i + 1};
    size_t n_most = choose(c, c->followers, n, FOLLOWERS_MOST);
    if (n == n_most)
        return n;
    struct hc_flow_entry other = c->entries[c->followers[n_most].from];
    other.transition.then = HC_FLOW_OTHER;
    for (size_t i = n_most + 1; i < n; i++)
        pool(&other.tally, &c->entries[c->followers[i].from].tally);
    for (size_t i = 0; i < n_most; i++)
        c->entries[from + i] = c->entries[c->followers[i].from];
    c->entries[from + n_most] = other;
    return n_most + 1;
}

static void keep_context(struct chooser *c, const struct run *context)
{
    size_t n = context->to - context->from;
    if (n > FOLLOWERS_MOST)
        n = pool_followers(c, context->from, n);
    if (c->n_kept != context->from)
        memmove(c->entries + c->n_kept, c->entries + context->from, n * sizeof *c->entries);
    c->n_kept += n;
}

static enum hc_flow_kind kind_of(const struct hc_transition *t)
{
    return t->within == HC_FLOW_BEGIN ? HC_FLOW_LOGS : HC_FLOW_SPANS;
}

/* The contexts of one kind and component that begin at entry `from`; gives where the next ones begin. */
static uint32_t list_contexts(struct chooser *c, uint32_t from, size_t *n)
{
    const struct hc_flow_entry *first = &c->entries[from];
    const struct hc_transition *last = NULL;
    uint32_t to = from;
    for (*n = 0; to < c->n; to++) {
        const struct hc_transition *t = &c->entries[to].transition;
        if (c->entries[to].component != first->component || kind_of(t) != kind_of(&first->transition))
            break;
        if (last == NULL || last->after != t->after || last->within != t->within)
            c->contexts[(*n)++].from = to;
        c->contexts[*n - 1].to = to + 1;
        last = t;
    }
    return to;
}

static void keep(struct chooser *c)
{
    size_t n_contexts;
    for (uint32_t from = 0, to; from < c->n; from = to) {
        to = list_contexts(c, from, &n_contexts);
        n_contexts = choose(c, c->contexts, n_contexts, CONTEXTS_MOST);
        for (size_t i = 0; i < n_contexts; i++)
            keep_context(c, &c->contexts[i]);
    }
}

/* ---- into the record ---- */

static struct hc_flow_step step_of(const struct hc_assembly *a, const struct hc_flow_steps *steps, size_t step)
{
    const struct hc_span_set *spans = steps->spans;
    if (step < spans->n_steps)
        return (struct hc_flow_step){.component = steps->component[step],
                                     .operation = spans->operations[spans->steps[step].operation]};
    const struct hc_log_count *count = &a->incident->log_counts[steps->count[step]];
    return (struct hc_flow_step){.component = count->component,
                                 .operation = HC_STR_NONE,
                                 .template_id = a->incident->templates[count->template_index].id};
}

/* Gives the incident the steps that are kept; by key: where, as what is no step has its own place. NULL: no memory. */
static uint32_t *put_steps(struct hc_assembly *a, const struct hc_flow_table *table, const struct chooser *c)
{
    struct hc_incident *incident = a->incident;
    size_t n = table->steps.n;
    uint32_t *place_of = hc_arena_calloc(a->arena, n + 3, sizeof *place_of);
    incident->flow_steps = hc_arena_alloc(a->arena, n * sizeof *incident->flow_steps);
    if (place_of == NULL || incident->flow_steps == NULL)
        return NULL;
    for (size_t i = 0; i < c->n_kept; i++) {
        const struct hc_transition *t = &c->entries[i].transition;
        place_of[key_of(table, t->within)] = 1;
        place_of[key_of(table, t->after)] = 1;
        place_of[key_of(table, t->then)] = 1;
    }
    for (size_t i = 0; i < n; i++) {
        if (place_of[i] == 0)
            continue;
        place_of[i] = (uint32_t)incident->n_flow_steps;
        incident->flow_steps[incident->n_flow_steps++] = step_of(a, &table->steps, i);
    }
    place_of[n] = HC_FLOW_OTHER;
    place_of[n + 1] = HC_FLOW_END;
    place_of[n + 2] = HC_FLOW_BEGIN;
    return place_of;
}

static void put_flow(struct hc_assembly *a, const struct hc_flow_table *table, const uint32_t *place_of,
                     const struct hc_flow_entry *entry)
{
    const struct hc_transition *t = &entry->transition;
    struct hc_flow_count *flow = &a->incident->flows[a->incident->n_flows++];
    *flow = (struct hc_flow_count){.kind = (uint8_t)kind_of(t),
                                   .component = entry->component,
                                   .within = place_of[key_of(table, t->within)],
                                   .after = place_of[key_of(table, t->after)],
                                   .then = place_of[key_of(table, t->then)],
                                   .place = hc_flow_first(a, &entry->tally)};
    memcpy(flow->n, entry->tally.n, sizeof flow->n);
}

bool hc_flow_table_finish(struct hc_flow_table *table, struct hc_assembly *a)
{
    struct hc_order order;
    size_t n_most = table->n + 2 * (table->steps.n - table->steps.spans->n_steps);
    struct list list = {.items = hc_arena_alloc(a->arena, n_most * sizeof *list.items)};
    if (list.items == NULL || !sort_entries(table, &order))
        return false;
    put_entries(&list, table, order.items);
    if (list.n == 0)
        return true;
    struct chooser c = {.entries = list.items, .n = list.n};
    c.contexts = hc_arena_alloc(a->arena, c.n * sizeof *c.contexts);
    c.followers = hc_arena_alloc(a->arena, c.n * sizeof *c.followers);
    if (c.contexts == NULL || c.followers == NULL)
        return false;
    keep(&c);
    const uint32_t *place_of = put_steps(a, table, &c);
    a->incident->flows = hc_arena_alloc(a->arena, c.n_kept * sizeof *a->incident->flows);
    if (place_of == NULL || a->incident->flows == NULL)
        return false;
    for (size_t i = 0; i < c.n_kept; i++)
        put_flow(a, table, place_of, &c.entries[i]);
    return true;
}
