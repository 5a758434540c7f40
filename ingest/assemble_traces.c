/* Spans -> what each edge of the call graph did in the baseline and in the window. */
#include <math.h>

#include "ingest/assemble_traces.h"

/* Clocks of tracers tick in microseconds at best: no duration is taken for shorter. */
#define SHORTEST_NS 1000

struct samples {
    double *server, *residual, *exclusive;
    size_t n_server, n_residual, n_exclusive;
};

static double log_ns(int64_t ns)
{
    return log((double)(ns < SHORTEST_NS ? SHORTEST_NS : ns));
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

struct hc_log_duration hc_log_duration_of(double *values, size_t n)
{
    struct hc_log_duration d = {.n = (uint32_t)n, .median = NAN, .p90 = NAN, .mean = NAN, .variance = NAN};
    if (n == 0)
        return d;
    qsort(values, n, sizeof *values, by_value);
    d.median = n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
    double position = 0.9 * (double)(n - 1);
    size_t below = (size_t)position;
    double above = below + 1 < n ? values[below + 1] : values[below];
    d.p90 = values[below] + (position - (double)below) * (above - values[below]);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    d.mean = sum / (double)n;
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (values[i] - d.mean) * (values[i] - d.mean);
    d.variance = n > 1 ? squares / (double)(n - 1) : 0;
    return d;
}

/* A client span lies within its component's own work; a trace that begins with one shows it by the name that
 * both sides share. */
bool hc_span_is_client(const struct hc_span_set *set, const struct hc_span *span)
{
    if (!span->has_child_elsewhere)
        return false;
    return span->parent != HC_NO_SPAN ? set->items[span->parent].component == span->component
                                      : span->n_children == 1 && span->shares_name;
}

/* ln(client span) - ln(server span) for a call that its client span wraps alone; NaN otherwise. */
static double residual_of(const struct hc_span_set *set, const struct hc_span *span)
{
    if (span->parent == HC_NO_SPAN || span->caller == span->component)
        return NAN;
    const struct hc_span *client = &set->items[span->parent];
    if (client->n_children != 1 || !hc_span_is_client(set, client))
        return NAN;
    return log_ns(client->end_ns - client->start_ns) - log_ns(span->end_ns - span->start_ns);
}

static int compare_edge(const struct hc_span *x, const struct hc_span *y)
{
    if (x->caller != y->caller)
        return x->caller < y->caller ? -1 : 1;
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    return (x->operation > y->operation) - (x->operation < y->operation);
}

static int by_edge(const void *a, const void *b, void *context)
{
    const struct hc_span *spans = context;
    uint32_t i = *(const uint32_t *)a;
    uint32_t j = *(const uint32_t *)b;
    int order = compare_edge(&spans[i], &spans[j]);
    return order != 0 ? order : (i > j) - (i < j);
}

static void sample_phase(const struct hc_span_set *set, const uint32_t *order, size_t n, enum hc_phase phase,
                         struct samples *s, struct hc_trace_edge *edge)
{
    s->n_server = s->n_residual = s->n_exclusive = 0;
    for (size_t i = 0; i < n; i++) {
        const struct hc_span *span = &set->items[order[i]];
        if (span->phase != phase)
            continue;
        int64_t own_ns = span->end_ns - span->start_ns;
        double residual = residual_of(set, span);
        edge->phase[phase].n_spans++;
        edge->phase[phase].n_errors += span->error;
        s->server[s->n_server++] = log_ns(own_ns);
        if (!isnan(residual))
            s->residual[s->n_residual++] = residual;
        if (!hc_span_is_client(set, span))
            s->exclusive[s->n_exclusive++] = log_ns(own_ns - span->covered_ns);
    }
    edge->phase[phase].server = hc_log_duration_of(s->server, s->n_server);
    edge->phase[phase].residual = hc_log_duration_of(s->residual, s->n_residual);
    edge->phase[phase].exclusive = hc_log_duration_of(s->exclusive, s->n_exclusive);
}

static const struct hc_span *telling_span(const struct hc_span_set *set, const uint32_t *order, size_t n)
{
    const struct hc_span *slowest = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct hc_span *span = &set->items[order[i]];
        if (span->phase == HC_PHASE_WINDOW &&
            (slowest == NULL || span->end_ns - span->start_ns > slowest->end_ns - slowest->start_ns))
            slowest = span;
    }
    return slowest == NULL ? &set->items[order[0]] : slowest;
}

static struct hc_source_place place_of(const struct hc_assembly *a, const struct hc_span *span)
{
    return (struct hc_source_place){a->files[span->file]->file.member, span->line};
}

static void add_edge(struct hc_assembly *a, const struct hc_span_set *set, const uint32_t *order, size_t n,
                     struct samples *s)
{
    struct hc_trace_edge *edge = &a->incident->trace_edges[a->incident->n_trace_edges++];
    const struct hc_span *first = &set->items[order[0]];
    *edge = (struct hc_trace_edge){.caller = first->caller,
                                   .callee = first->component,
                                   .operation = set->operations[first->operation],
                                   .place = place_of(a, telling_span(set, order, n))};
    for (int phase = 0; phase < HC_PHASES; phase++)
        sample_phase(set, order, n, (enum hc_phase)phase, s, edge);
}

/* How many edges, and how many spans the largest has. */
static void measure(const struct hc_span_set *set, const uint32_t *order, size_t *n_edges, size_t *largest)
{
    size_t run = 0;
    *n_edges = *largest = 0;
    for (size_t i = 0; i < set->n; i++) {
        bool new_edge = i == 0 || compare_edge(&set->items[order[i - 1]], &set->items[order[i]]) != 0;
        *n_edges += new_edge;
        run = new_edge ? 1 : run + 1;
        *largest = run > *largest ? run : *largest;
    }
}

static bool reduce(struct hc_assembly *a, const struct hc_span_set *set, uint32_t *order)
{
    size_t n_edges;
    size_t largest;
    for (size_t i = 0; i < set->n; i++)
        order[i] = (uint32_t)i;
    qsort_r(order, set->n, sizeof *order, by_edge, set->items);
    measure(set, order, &n_edges, &largest);
    double *room = hc_arena_calloc(a->arena, largest, 3 * sizeof *room);
    a->incident->trace_edges = hc_arena_calloc(a->arena, n_edges, sizeof *a->incident->trace_edges);
    if (room == NULL || a->incident->trace_edges == NULL)
        return false;
    struct samples s = {.server = room, .residual = room + largest, .exclusive = room + 2 * largest};
    for (size_t from = 0, to; from < set->n; from = to) {
        for (to = from + 1; to < set->n; to++) {
            if (compare_edge(&set->items[order[from]], &set->items[order[to]]) != 0)
                break;
        }
        add_edge(a, set, order + from, to - from, &s);
    }
    return true;
}

/* Where the manifest has no topology, who was seen to call whom. The spans are in the order of edges. */
static bool derive_dependencies(struct hc_assembly *a, const struct hc_span_set *set, const uint32_t *order)
{
    struct hc_incident *incident = a->incident;
    size_t capacity = 0;
    for (size_t i = 0; i < set->n; i++) {
        const struct hc_span *span = &set->items[order[i]];
        struct hc_dependency *last =
            incident->n_dependencies == 0 ? NULL : &incident->dependencies[incident->n_dependencies - 1];
        if (span->caller == HC_NO_COMPONENT || span->caller == span->component ||
            (last != NULL && last->from == span->caller && last->to == span->component))
            continue;
        struct hc_dependency *items = hc_arena_grow(a->arena, incident->dependencies, incident->n_dependencies,
                                                    incident->n_dependencies + 1, &capacity, sizeof *items);
        if (items == NULL)
            return false;
        incident->dependencies = items;
        items[incident->n_dependencies++] =
            (struct hc_dependency){span->caller, span->component, true, place_of(a, span)};
    }
    return true;
}

enum hc_status hc_assemble_traces(struct hc_assembly *a)
{
    struct hc_span_set set;
    enum hc_status status = hc_spans_collect(a, &set);
    if (status != HC_OK)
        return status;
    if (set.n == 0)
        return hc_assemble_flows(a, &set);
    uint32_t *order = hc_arena_alloc(a->arena, set.n * sizeof *order);
    if (order == NULL || !reduce(a, &set, order))
        return hc_arena_refused(a->arena, a->err);
    if (a->incident->n_dependencies == 0 && !derive_dependencies(a, &set, order))
        return hc_arena_refused(a->arena, a->err);
    return hc_assemble_flows(a, &set);
}
