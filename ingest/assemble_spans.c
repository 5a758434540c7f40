#include "ingest/assemble_traces.h"

#define OPERATION_BYTES 512
#define FEW 32 /* children that are put in order by insertion */

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

static bool columns_new(struct hc_span_set *set, size_t n, struct hc_arena *arena)
{
    *set = (struct hc_span_set){
        .start_ns = hc_arena_alloc(arena, n * sizeof *set->start_ns),
        .end_ns = hc_arena_alloc(arena, n * sizeof *set->end_ns),
        .covered_ns = hc_arena_alloc(arena, n * sizeof *set->covered_ns),
        .component = hc_arena_alloc(arena, n * sizeof *set->component),
        .operation = hc_arena_alloc(arena, n * sizeof *set->operation),
        .parent = hc_arena_alloc(arena, n * sizeof *set->parent),
        .callee = hc_arena_alloc(arena, n * sizeof *set->callee),
        .caller = hc_arena_alloc(arena, n * sizeof *set->caller),
        .step = hc_arena_alloc(arena, n * sizeof *set->step),
        .file = hc_arena_alloc(arena, n * sizeof *set->file),
        .line = hc_arena_alloc(arena, n * sizeof *set->line),
        .phase = hc_arena_alloc(arena, n * sizeof *set->phase),
        .error = hc_arena_alloc(arena, n * sizeof *set->error),
        .first_child = hc_arena_calloc(arena, n + 1, sizeof *set->first_child),
        .children = hc_arena_alloc(arena, n * sizeof *set->children),
        .steps = hc_arena_alloc(arena, n * sizeof *set->steps),
    };
    return set->start_ns != NULL && set->end_ns != NULL && set->covered_ns != NULL && set->component != NULL &&
           set->operation != NULL && set->parent != NULL && set->callee != NULL && set->caller != NULL &&
           set->step != NULL && set->file != NULL && set->line != NULL && set->phase != NULL && set->error != NULL &&
           set->first_child != NULL && set->children != NULL && set->steps != NULL;
}

/* ---- by id ---- */

/* Spans by key, which is made of the trace and the span's own id. */
struct index {
    uint64_t *keys, *parent_keys; /* by span; 0: no parent */
    uint32_t *slots;
    size_t mask;
};

static bool index_new(struct index *index, size_t n, struct hc_arena *arena)
{
    size_t size = 16;
    while (size < 2 * n)
        size *= 2;
    index->mask = size - 1;
    index->keys = hc_arena_alloc(arena, n * sizeof *index->keys);
    index->parent_keys = hc_arena_alloc(arena, n * sizeof *index->parent_keys);
    index->slots = hc_arena_alloc(arena, size * sizeof *index->slots);
    if (index->slots != NULL)
        memset(index->slots, 0xFF, size * sizeof *index->slots);
    return index->keys != NULL && index->parent_keys != NULL && index->slots != NULL;
}

/* Both are hashes: two pairs of a bundle give one key by chance only, or by its author's will, who harms no other. */
static uint64_t key_of(uint64_t trace, uint64_t id)
{
    uint64_t key = trace * UINT64_C(0x9E3779B97F4A7C15) + id;
    return key == 0 ? 1 : key;
}

/* The slot that holds the span of this key, or the empty one where it would go. */
static uint32_t *index_slot(const struct index *index, uint64_t key)
{
    size_t at = (size_t)(key ^ key >> 32) & index->mask;
    while (index->slots[at] != HC_NO_SPAN && index->keys[index->slots[at]] != key)
        at = (at + 1) & index->mask;
    return &index->slots[at];
}

static bool repeats(const struct hc_span_set *set, const struct index *index, size_t a, size_t b)
{
    return set->component[a] == set->component[b] && set->operation[a] == set->operation[b] &&
           set->start_ns[a] == set->start_ns[b] && set->end_ns[a] == set->end_ns[b] &&
           index->parent_keys[a] == index->parent_keys[b];
}

/* Tracers may give both sides of a call one id: such spans are both kept, the first is found as a parent. */
static void add_file(struct hc_assembly *a, size_t f, const uint32_t *operation_of, struct hc_span_set *set,
                     struct index *index)
{
    const struct hc_reading *reading = a->files[f]->reading;
    size_t n_repeated = 0;
    for (size_t i = 0; i < reading->n_spans; i++) {
        const struct hc_read_span *from = &reading->spans[i];
        size_t at = set->n;
        set->start_ns[at] = from->start_ns;
        set->end_ns[at] = from->end_ns;
        set->component[at] = hc_assembly_component(a, f, from->component);
        set->operation[at] = operation_of[from->operation];
        set->file[at] = (uint32_t)f;
        set->line[at] = from->line;
        set->phase[at] = (uint8_t)hc_phase_of(a->incident, from->start_ns);
        set->error[at] = from->error;
        index->keys[at] = key_of(from->trace, from->span);
        index->parent_keys[at] = from->parent == 0 ? 0 : key_of(from->trace, from->parent);
        uint32_t *slot = index_slot(index, index->keys[at]);
        if (*slot == HC_NO_SPAN)
            *slot = (uint32_t)set->n++;
        else if (repeats(set, index, *slot, at))
            n_repeated++;
        else
            set->n++;
    }
    if (n_repeated > 0)
        hc_warnings_add(&a->warnings, "trace-repeated", a->files[f]->file.member, 0,
                        "%zu spans repeat another one and are left out", n_repeated);
}

/* And counts the children of each, one place further on. */
static void find_parents(struct hc_span_set *set, const struct index *index)
{
    for (size_t i = 0; i < set->n; i++) {
        uint32_t parent = index->parent_keys[i] == 0 ? HC_NO_SPAN : *index_slot(index, index->parent_keys[i]);
        bool has_parent = parent != HC_NO_SPAN && parent != i;
        set->parent[i] = has_parent ? parent : HC_NO_SPAN;
        set->caller[i] = has_parent ? set->component[parent] : HC_NO_COMPONENT;
        if (has_parent)
            set->first_child[parent + 1]++;
    }
}

/* ---- in order ---- */

static void number_steps(struct hc_span_set *set, const uint32_t *by_step)
{
    struct hc_span_step last = {HC_NO_COMPONENT, 0};
    for (size_t i = 0; i < set->n; i++) {
        uint32_t span = by_step[i];
        if (i == 0 || set->component[span] != last.component || set->operation[span] != last.operation) {
            last = (struct hc_span_step){set->component[span], set->operation[span]};
            set->steps[set->n_steps++] = last;
        }
        set->step[span] = (uint32_t)set->n_steps - 1;
    }
}

static bool order_by_edge(struct hc_assembly *a, struct hc_span_set *set)
{
    size_t n_components = a->incident->n_components;
    struct hc_order order;
    if (!hc_order_new(&order, set->n, HC_PHASES * set->n_operations + n_components + 1, a->arena))
        return false;
    for (size_t i = 0; i < set->n; i++)
        order.keys[i] = set->operation[i] * HC_PHASES + set->phase[i];
    hc_order_by_keys(&order, HC_PHASES * set->n_operations);
    for (size_t i = 0; i < set->n; i++)
        order.keys[i] = hc_component_key(set->component[i], n_components);
    hc_order_by_keys(&order, n_components + 1);
    number_steps(set, order.items);
    for (size_t i = 0; i < set->n; i++)
        order.keys[i] = hc_component_key(set->caller[i], n_components);
    hc_order_by_keys(&order, n_components + 1);
    set->by_edge = order.items;
    return true;
}

static int by_start(const void *a, const void *b, void *context)
{
    const int64_t *start_ns = context;
    uint32_t i = *(const uint32_t *)a;
    uint32_t j = *(const uint32_t *)b;
    if (start_ns[i] != start_ns[j])
        return start_ns[i] < start_ns[j] ? -1 : 1;
    return (i > j) - (i < j);
}

/* By start, those of one start as they stand. */
static void sort_siblings(int64_t *start_ns, uint32_t *children, size_t n)
{
    if (n > FEW) {
        qsort_r(children, n, sizeof *children, by_start, start_ns);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        uint32_t child = children[i];
        size_t at = i;
        for (; at > 0 && start_ns[children[at - 1]] > start_ns[child]; at--)
            children[at] = children[at - 1];
        children[at] = child;
    }
}

/* What the n children of one span, by start, say of it. The time within a span that its children cover: calls in
 * parallel count once, what outlives it not. */
static void learn_of_children(struct hc_span_set *set, uint32_t parent, const uint32_t *children, size_t n)
{
    int64_t reached = set->start_ns[parent], end_ns = set->end_ns[parent], covered_ns = 0;
    uint32_t callee = HC_NO_SPAN;
    for (size_t i = 0; i < n; i++) {
        uint32_t child = children[i];
        if (callee == HC_NO_SPAN && set->component[child] != set->component[parent])
            callee = child;
        int64_t from = set->start_ns[child] > reached ? set->start_ns[child] : reached;
        int64_t to = set->end_ns[child] < end_ns ? set->end_ns[child] : end_ns;
        if (to > from) {
            covered_ns += to - from;
            reached = to;
        }
    }
    set->callee[parent] = callee;
    set->covered_ns[parent] = covered_ns;
}

static void order_children(struct hc_span_set *set)
{
    uint32_t n_before = 0;
    for (size_t i = 0; i < set->n; i++) {
        uint32_t n = set->first_child[i + 1];
        set->first_child[i + 1] = n_before;
        n_before += n;
    }
    for (size_t i = 0; i < set->n; i++) { /* what is the first place of one span becomes that of the next one */
        if (set->parent[i] != HC_NO_SPAN)
            set->children[set->first_child[set->parent[i] + 1]++] = (uint32_t)i;
    }
    for (uint32_t i = 0; i < set->n; i++) {
        uint32_t *children = set->children + set->first_child[i];
        size_t n = hc_span_n_children(set, i);
        if (n > 1)
            sort_siblings(set->start_ns, children, n);
        learn_of_children(set, i, children, n);
    }
}

enum hc_status hc_spans_collect(struct hc_assembly *a, struct hc_span_set *set)
{
    struct index index;
    size_t n = 0;
    for (size_t f = 0; f < a->n_files; f++)
        n += a->files[f]->reading == NULL ? 0 : a->files[f]->reading->n_spans;
    *set = (struct hc_span_set){.n = 0};
    if (n == 0)
        return HC_OK;
    if (n >= HC_NO_SPAN || !columns_new(set, n, a->arena) || !index_new(&index, n, a->arena))
        return hc_arena_refused(a->arena, a->err);
    uint32_t **operation_of = unite_operations(a, set);
    if (operation_of == NULL)
        return hc_arena_refused(a->arena, a->err);
    for (size_t f = 0; f < a->n_files; f++) {
        if (operation_of[f] != NULL)
            add_file(a, f, operation_of[f], set, &index);
    }
    find_parents(set, &index);
    order_children(set);
    return order_by_edge(a, set) ? HC_OK : hc_arena_refused(a->arena, a->err);
}
