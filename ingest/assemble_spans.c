#include "ingest/assemble_traces.h"

enum hc_phase hc_phase_of(const struct hc_incident *incident, int64_t at_ns)
{
    if (at_ns >= incident->window_start.ns && (!hc_time_known(incident->window_end) || at_ns < incident->window_end.ns))
        return HC_PHASE_WINDOW;
    for (size_t i = 0; i < incident->n_baselines; i++) {
        if (at_ns >= incident->baselines[i].start.ns && at_ns < incident->baselines[i].end.ns)
            return HC_PHASE_BASELINE;
    }
    return HC_PHASE_OTHER;
}

static bool add_file(struct hc_assembly *a, size_t f, struct hc_span_set *set, struct hc_names *operations)
{
    const struct hc_reading *reading = a->files[f]->reading;
    uint32_t *map = hc_arena_calloc(a->arena, reading->operations.n + 1, sizeof *map);
    for (size_t i = 0; map != NULL && i < reading->operations.n; i++) {
        struct hc_str clean = hc_text_clean(a->arena, reading->operations.items[i], 512);
        size_t index = clean.p == NULL ? HC_NAME_NONE : hc_names_add(operations, clean);
        if (index == HC_NAME_NONE)
            return false;
        map[i] = (uint32_t)index;
    }
    for (size_t i = 0; map != NULL && i < reading->n_spans; i++) {
        const struct hc_read_span *from = &reading->spans[i];
        set->items[set->n++] = (struct hc_span){
            .trace = from->trace,
            .id = from->span,
            .parent_id = from->parent,
            .start_ns = from->start_ns,
            .end_ns = from->end_ns,
            .parent = HC_NO_SPAN,
            .component = hc_assembly_component(a, f, from->component),
            .operation = map[from->operation],
            .caller = HC_NO_COMPONENT,
            .file = (uint32_t)f,
            .line = from->line,
            .phase = (uint8_t)hc_phase_of(a->incident, from->start_ns),
            .error = from->error,
        };
    }
    return map != NULL;
}

static bool sort_operations(struct hc_assembly *a, struct hc_span_set *set, const struct hc_names *operations)
{
    uint32_t *rank = hc_names_rank(operations, a->arena);
    set->operations = hc_arena_calloc(a->arena, operations->n + 1, sizeof *set->operations);
    if (rank == NULL || set->operations == NULL)
        return false;
    for (size_t i = 0; i < operations->n; i++)
        set->operations[rank[i]] = operations->items[i];
    for (size_t i = 0; i < set->n; i++)
        set->items[i].operation = rank[set->items[i].operation];
    return true;
}

/* ---- by id ---- */

struct index {
    uint32_t *slots;
    size_t mask;
};

static bool index_new(struct hc_assembly *a, struct index *index, size_t n)
{
    size_t size = 16;
    while (size < 2 * n)
        size *= 2;
    index->mask = size - 1;
    index->slots = hc_arena_alloc(a->arena, size * sizeof *index->slots);
    if (index->slots != NULL)
        memset(index->slots, 0xFF, size * sizeof *index->slots);
    return index->slots != NULL;
}

/* The slot that holds the span of these ids, or the empty one where it would go. */
static uint32_t *index_slot(const struct index *index, const struct hc_span *spans, uint64_t trace, uint64_t id)
{
    uint64_t hash = (trace ^ (id << 31 | id >> 33)) * UINT64_C(0x9E3779B97F4A7C15);
    size_t at = (size_t)(hash >> 20) & index->mask;
    while (index->slots[at] != HC_NO_SPAN &&
           (spans[index->slots[at]].trace != trace || spans[index->slots[at]].id != id))
        at = (at + 1) & index->mask;
    return &index->slots[at];
}

static bool repeats(const struct hc_span *a, const struct hc_span *b)
{
    return a->component == b->component && a->operation == b->operation && a->start_ns == b->start_ns &&
           a->end_ns == b->end_ns && a->parent_id == b->parent_id;
}

/* Tracers may give both sides of a call one id: such spans are both kept, the first is found as a parent. */
static bool index_spans(struct hc_assembly *a, struct hc_span_set *set, struct index *index)
{
    uint64_t *n_repeated = hc_arena_calloc(a->arena, a->n_files + 1, sizeof *n_repeated);
    if (n_repeated == NULL || !index_new(a, index, set->n))
        return false;
    size_t n = 0;
    for (size_t i = 0; i < set->n; i++) {
        struct hc_span *span = &set->items[i];
        uint32_t *slot = index_slot(index, set->items, span->trace, span->id);
        if (*slot != HC_NO_SPAN && repeats(&set->items[*slot], span)) {
            n_repeated[span->file]++;
            continue;
        }
        set->items[n] = *span;
        if (*slot == HC_NO_SPAN)
            *slot = (uint32_t)n;
        n++;
    }
    set->n = n;
    for (size_t f = 0; f < a->n_files; f++) {
        if (n_repeated[f] > 0)
            hc_warnings_add(&a->warnings, "trace-repeated", a->files[f]->file.member, 0,
                            "%llu spans repeat another one and are left out", (unsigned long long)n_repeated[f]);
    }
    return true;
}

static void find_parents(struct hc_span_set *set, const struct index *index)
{
    for (size_t i = 0; i < set->n; i++) {
        struct hc_span *span = &set->items[i];
        uint32_t parent =
            span->parent_id == 0 ? HC_NO_SPAN : *index_slot(index, set->items, span->trace, span->parent_id);
        if (parent == HC_NO_SPAN || parent == i)
            continue;
        span->parent = parent;
        span->caller = set->items[parent].component;
        set->items[parent].n_children++;
        bool elsewhere = span->caller != span->component;
        set->items[parent].has_child_elsewhere |= elsewhere;
        set->items[parent].shares_name |= elsewhere && set->items[parent].operation == span->operation;
    }
}

/* ---- children ---- */

static int by_parent(const void *a, const void *b, void *context)
{
    const struct hc_span *spans = context;
    uint32_t i = *(const uint32_t *)a;
    uint32_t j = *(const uint32_t *)b;
    if (spans[i].parent != spans[j].parent)
        return spans[i].parent < spans[j].parent ? -1 : 1;
    if (spans[i].start_ns != spans[j].start_ns)
        return spans[i].start_ns < spans[j].start_ns ? -1 : 1;
    return (i > j) - (i < j);
}

/* The time within a span that its children cover: calls in parallel count once, what outlives it not. */
static bool cover(struct hc_assembly *a, struct hc_span_set *set)
{
    uint32_t *children = hc_arena_alloc(a->arena, (set->n + 1) * sizeof *children);
    if (children == NULL)
        return false;
    size_t n = 0;
    for (size_t i = 0; i < set->n; i++) {
        if (set->items[i].parent != HC_NO_SPAN)
            children[n++] = (uint32_t)i;
    }
    if (n > 1)
        qsort_r(children, n, sizeof *children, by_parent, set->items);
    set->children = children;
    set->n_children = n;
    int64_t reached = 0;
    for (size_t i = 0; i < n; i++) {
        const struct hc_span *child = &set->items[children[i]];
        struct hc_span *parent = &set->items[child->parent];
        if (i == 0 || set->items[children[i - 1]].parent != child->parent)
            reached = parent->start_ns;
        int64_t from = child->start_ns > reached ? child->start_ns : reached;
        int64_t to = child->end_ns < parent->end_ns ? child->end_ns : parent->end_ns;
        if (to > from) {
            parent->covered_ns += to - from;
            reached = to;
        }
    }
    return true;
}

enum hc_status hc_spans_collect(struct hc_assembly *a, struct hc_span_set *set)
{
    struct hc_names operations;
    struct index index;
    size_t n = 0;
    hc_names_init(&operations, a->arena);
    for (size_t f = 0; f < a->n_files; f++)
        n += a->files[f]->reading == NULL ? 0 : a->files[f]->reading->n_spans;
    *set = (struct hc_span_set){.items = hc_arena_alloc(a->arena, (n + 1) * sizeof *set->items)};
    if (set->items == NULL || n >= HC_NO_SPAN)
        return hc_arena_refused(a->arena, a->err);
    for (size_t f = 0; f < a->n_files; f++) {
        if (a->files[f]->reading != NULL && a->files[f]->reading->n_spans > 0 && !add_file(a, f, set, &operations))
            return hc_arena_refused(a->arena, a->err);
    }
    if (!sort_operations(a, set, &operations) || !index_spans(a, set, &index))
        return hc_arena_refused(a->arena, a->err);
    find_parents(set, &index);
    return cover(a, set) ? HC_OK : hc_arena_refused(a->arena, a->err);
}
