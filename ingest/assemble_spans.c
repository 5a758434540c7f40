#include "ingest/assemble_traces.h"

#define OPERATION_BYTES 512
#define FEW 32 /* children that are put in order by insertion */

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

/* Gives the set its operations, sorted; by file, the number there of each of the reading's. NULL: no memory. */
static uint32_t **unite_operations(struct hc_assembly *a, struct hc_span_set *set)
{
    struct hc_names all;
    hc_names_init(&all, a->arena);
    uint32_t **operation_of = hc_arena_calloc(a->arena, a->n_files + 1, sizeof *operation_of);
    if (operation_of == NULL)
        return NULL;
    for (size_t f = 0; f < a->n_files; f++) {
        const struct hc_reading *reading = a->files[f]->reading;
        if (reading != NULL && reading->n_spans > 0 &&
            (operation_of[f] = hc_names_unite(&all, &reading->operations, OPERATION_BYTES)) == NULL)
            return NULL;
    }
    uint32_t *rank = hc_names_rank(&all, a->arena);
    set->n_operations = all.n;
    set->operations = hc_arena_calloc(a->arena, all.n + 1, sizeof *set->operations);
    if (rank == NULL || set->operations == NULL)
        return NULL;
    for (size_t i = 0; i < all.n; i++)
        set->operations[rank[i]] = all.items[i];
    for (size_t f = 0; f < a->n_files; f++) {
        for (size_t i = 0; operation_of[f] != NULL && i < a->files[f]->reading->operations.n; i++)
            operation_of[f][i] = rank[operation_of[f][i]];
    }
    return operation_of;
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
static void add_file(struct hc_assembly *a, size_t f, const uint32_t *operation_of, struct hc_span_set *set,
                     struct index *index)
{
    const struct hc_reading *reading = a->files[f]->reading;
    size_t n_repeated = 0;
    for (size_t i = 0; i < reading->n_spans; i++) {
        const struct hc_read_span *from = &reading->spans[i];
        struct hc_span *span = &set->items[set->n];
        *span = (struct hc_span){
            .trace = from->trace,
            .id = from->span,
            .parent_id = from->parent,
            .start_ns = from->start_ns,
            .end_ns = from->end_ns,
            .covered_ns = 0,
            .parent = HC_NO_SPAN,
            .callee = HC_NO_SPAN,
            .component = hc_assembly_component(a, f, from->component),
            .operation = operation_of[from->operation],
            .caller = HC_NO_COMPONENT,
            .step = 0,
            .file = (uint32_t)f,
            .line = from->line,
            .n_children = 0,
            .phase = (uint8_t)hc_phase_of(a->incident, from->start_ns),
            .error = from->error,
        };
        uint32_t *slot = index_slot(index, set->items, span->trace, span->id);
        if (*slot == HC_NO_SPAN)
            *slot = (uint32_t)set->n++;
        else if (repeats(&set->items[*slot], span))
            n_repeated++;
        else
            set->n++;
    }
    if (n_repeated > 0)
        hc_warnings_add(&a->warnings, "trace-repeated", a->files[f]->file.member, 0,
                        "%zu spans repeat another one and are left out", n_repeated);
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
    }
}

/* ---- in order ---- */

static void number_steps(struct hc_span_set *set, const uint32_t *by_step)
{
    const struct hc_span *last = NULL;
    set->n_steps = 0;
    for (size_t i = 0; i < set->n; i++) {
        struct hc_span *span = &set->items[by_step[i]];
        if (last == NULL || last->component != span->component || last->operation != span->operation)
            set->steps[set->n_steps++] = (struct hc_span_step){span->component, span->operation};
        span->step = (uint32_t)set->n_steps - 1;
        last = span;
    }
}

static bool order_by_edge(struct hc_assembly *a, struct hc_span_set *set)
{
    size_t n_components = a->incident->n_components;
    struct hc_order order;
    set->steps = hc_arena_alloc(a->arena, set->n * sizeof *set->steps);
    if (set->steps == NULL || !hc_order_new(&order, set->n, set->n_operations + n_components + 1, a->arena))
        return false;
    for (size_t i = 0; i < set->n; i++)
        order.keys[i] = set->items[i].operation;
    hc_order_by_keys(&order, set->n_operations);
    for (size_t i = 0; i < set->n; i++)
        order.keys[i] = hc_component_key(set->items[i].component, n_components);
    hc_order_by_keys(&order, n_components + 1);
    number_steps(set, order.items);
    for (size_t i = 0; i < set->n; i++)
        order.keys[i] = hc_component_key(set->items[i].caller, n_components);
    hc_order_by_keys(&order, n_components + 1);
    set->by_edge = order.items;
    return true;
}

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

/* What the children of one span, by start, say of it. The time within a span that its children cover: calls in
 * parallel count once, what outlives it not. */
static void learn_of_children(struct hc_span_set *set, struct hc_span *parent, const uint32_t *children)
{
    int64_t reached = parent->start_ns;
    for (size_t i = 0; i < parent->n_children; i++) {
        const struct hc_span *child = &set->items[children[i]];
        if (parent->callee == HC_NO_SPAN && child->component != parent->component)
            parent->callee = children[i];
        int64_t from = child->start_ns > reached ? child->start_ns : reached;
        int64_t to = child->end_ns < parent->end_ns ? child->end_ns : parent->end_ns;
        if (to > from) {
            parent->covered_ns += to - from;
            reached = to;
        }
    }
}

enum hc_status hc_spans_collect(struct hc_assembly *a, struct hc_span_set *set)
{
    struct index index;
    size_t n = 0;
    for (size_t f = 0; f < a->n_files; f++)
        n += a->files[f]->reading == NULL ? 0 : a->files[f]->reading->n_spans;
    *set = (struct hc_span_set){.items = hc_arena_alloc(a->arena, (n + 1) * sizeof *set->items)};
    if (n == 0 && set->items != NULL)
        return HC_OK;
    if (set->items == NULL || n >= HC_NO_SPAN || !index_new(a, &index, n))
        return hc_arena_refused(a->arena, a->err);
    uint32_t **operation_of = unite_operations(a, set);
    if (operation_of == NULL)
        return hc_arena_refused(a->arena, a->err);
    for (size_t f = 0; f < a->n_files; f++) {
        if (operation_of[f] != NULL)
            add_file(a, f, operation_of[f], set, &index);
    }
    find_parents(set, &index);
    if (!order_children(a, set) || !order_by_edge(a, set))
        return hc_arena_refused(a->arena, a->err);
    for (size_t at = 0; at < set->n_children;) {
        struct hc_span *parent = &set->items[set->items[set->children[at]].parent];
        learn_of_children(set, parent, set->children + at);
        at += parent->n_children;
    }
    return HC_OK;
}
