/* Spans -> what each edge of the call graph did in the baseline and in the window. */
#include <math.h>

#include "base/sort.h"
#include "ingest/assemble_traces.h"

/* Clocks of tracers tick in microseconds at best: no duration is taken for shorter. */
#define SHORTEST_NS 1000

/* The spans of one edge after another. */
struct reducer {
    struct hc_assembly *a;
    const struct hc_span_set *set;
    double *own; /* ln of each span's duration */
    double *room, *sort_room;
    size_t largest; /* edge, in spans */
};

/* The values of one edge and phase. */
struct samples {
    double *server, *residual, *exclusive;
    size_t n_server, n_residual, n_exclusive;
};

static double log_ns(int64_t ns)
{
    return log((double)(ns < SHORTEST_NS ? SHORTEST_NS : ns));
}

struct hc_log_duration hc_log_duration_of(double *values, double *room, size_t n)
{
    struct hc_log_duration d = {.n = (uint32_t)n, .median = NAN, .p90 = NAN, .mean = NAN, .variance = NAN};
    if (n == 0)
        return d;
    hc_sort_doubles(values, room, n);
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
    if (span->callee == HC_NO_SPAN)
        return false;
    return span->parent != HC_NO_SPAN ? set->items[span->parent].component == span->component
                                      : span->n_children == 1 && set->items[span->callee].operation == span->operation;
}

/* Whether a call's client span wraps it alone, so that the one less the other is what the network took. */
static bool has_residual(const struct hc_span_set *set, const struct hc_span *span)
{
    if (span->parent == HC_NO_SPAN || span->caller == span->component)
        return false;
    const struct hc_span *client = &set->items[span->parent];
    return client->n_children == 1 && hc_span_is_client(set, client);
}

static bool is_same_edge(const struct hc_span *x, const struct hc_span *y)
{
    return x->caller == y->caller && x->step == y->step;
}

static void add_sample(const struct reducer *r, uint32_t index, struct samples *s)
{
    const struct hc_span *span = &r->set->items[index];
    s->server[s->n_server++] = r->own[index];
    if (has_residual(r->set, span))
        s->residual[s->n_residual++] = r->own[span->parent] - r->own[index];
    if (!hc_span_is_client(r->set, span))
        s->exclusive[s->n_exclusive++] =
            span->covered_ns == 0 ? r->own[index] : log_ns(span->end_ns - span->start_ns - span->covered_ns);
}

static struct hc_source_place place_of(const struct hc_assembly *a, const struct hc_span *span)
{
    return (struct hc_source_place){a->files[span->file]->file.member, span->line};
}

/* The slowest span of the window tells most of an edge, else its first. */
static const struct hc_span *more_telling(const struct hc_span *best, const struct hc_span *span)
{
    if (span->phase != HC_PHASE_WINDOW)
        return best;
    return best->phase != HC_PHASE_WINDOW || span->end_ns - span->start_ns > best->end_ns - best->start_ns ? span
                                                                                                           : best;
}

/* The n spans of an edge: each phase has its part of the room, as long as it has spans. */
static void sample_edge(const struct reducer *r, const uint32_t *order, size_t n, struct hc_trace_edge *edge)
{
    struct samples samples[HC_PHASES];
    const struct hc_span *items = r->set->items;
    const struct hc_span *telling = &items[order[0]];
    for (size_t i = 0; i < n; i++) {
        const struct hc_span *span = &items[order[i]];
        edge->phase[span->phase].n_spans++;
        edge->phase[span->phase].n_errors += span->error;
        telling = more_telling(telling, span);
    }
    double *room = r->room;
    for (int phase = 0; phase < HC_PHASES; phase++) {
        samples[phase] =
            (struct samples){.server = room, .residual = room + r->largest, .exclusive = room + 2 * r->largest};
        room += edge->phase[phase].n_spans;
    }
    for (size_t i = 0; i < n; i++)
        add_sample(r, order[i], &samples[items[order[i]].phase]);
    for (int phase = 0; phase < HC_PHASES; phase++) {
        const struct samples *s = &samples[phase];
        edge->phase[phase].server = hc_log_duration_of(s->server, r->sort_room, s->n_server);
        edge->phase[phase].residual = hc_log_duration_of(s->residual, r->sort_room, s->n_residual);
        edge->phase[phase].exclusive = hc_log_duration_of(s->exclusive, r->sort_room, s->n_exclusive);
    }
    edge->place = place_of(r->a, telling);
}

static size_t edge_length(const struct hc_span_set *set, size_t from)
{
    size_t to = from + 1;
    while (to < set->n && is_same_edge(&set->items[set->by_edge[from]], &set->items[set->by_edge[to]]))
        to++;
    return to - from;
}

static bool reduce(struct hc_assembly *a, const struct hc_span_set *set)
{
    struct reducer r = {.a = a, .set = set, .own = hc_arena_alloc(a->arena, set->n * sizeof *r.own)};
    size_t n_edges = 0;
    for (size_t at = 0, n; at < set->n; at += n, n_edges++) {
        n = edge_length(set, at);
        r.largest = n > r.largest ? n : r.largest;
    }
    r.room = hc_arena_alloc(a->arena, 3 * r.largest * sizeof *r.room);
    r.sort_room = hc_arena_alloc(a->arena, r.largest * sizeof *r.sort_room);
    a->incident->trace_edges = hc_arena_alloc(a->arena, n_edges * sizeof *a->incident->trace_edges);
    if (r.own == NULL || r.room == NULL || r.sort_room == NULL || a->incident->trace_edges == NULL)
        return false;
    for (size_t i = 0; i < set->n; i++)
        r.own[i] = log_ns(set->items[i].end_ns - set->items[i].start_ns);
    for (size_t at = 0, n; at < set->n; at += n) {
        struct hc_trace_edge *edge = &a->incident->trace_edges[a->incident->n_trace_edges++];
        const struct hc_span *first = &set->items[set->by_edge[at]];
        n = edge_length(set, at);
        *edge = (struct hc_trace_edge){
            .caller = first->caller, .callee = first->component, .operation = set->operations[first->operation]};
        sample_edge(&r, set->by_edge + at, n, edge);
    }
    return true;
}

/* Where the manifest has no topology, who was seen to call whom. */
static bool derive_dependencies(struct hc_assembly *a, const struct hc_span_set *set)
{
    struct hc_incident *incident = a->incident;
    size_t capacity = 0;
    for (size_t i = 0; i < set->n; i++) {
        const struct hc_span *span = &set->items[set->by_edge[i]];
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
    if (set.n > 0 && !reduce(a, &set))
        return hc_arena_refused(a->arena, a->err);
    if (set.n > 0 && a->incident->n_dependencies == 0 && !derive_dependencies(a, &set))
        return hc_arena_refused(a->arena, a->err);
    return hc_assemble_flows(a, &set);
}
