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
    double *own;       /* ln of each span's duration */
    uint32_t *edge_at; /* by edge: where its spans begin in the set's by_edge, and where the last one's end */
    size_t n_edges, largest;
    double *server, *residual, *exclusive, *room; /* for the values of the largest edge */
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
bool hc_span_is_client(const struct hc_span_set *set, uint32_t span)
{
    uint32_t callee = set->callee[span];
    if (callee == HC_NO_SPAN)
        return false;
    return set->parent[span] != HC_NO_SPAN
               ? set->caller[span] == set->component[span]
               : hc_span_n_children(set, span) == 1 && set->operation[callee] == set->operation[span];
}

/* Whether a call's client span wraps it alone, so that the one less the other is what the network took. */
static bool has_residual(const struct hc_span_set *set, uint32_t span)
{
    uint32_t client = set->parent[span];
    return client != HC_NO_SPAN && set->caller[span] != set->component[span] && hc_span_n_children(set, client) == 1 &&
           hc_span_is_client(set, client);
}

static struct hc_source_place place_of(const struct hc_assembly *a, const struct hc_span_set *set, uint32_t span)
{
    return (struct hc_source_place){a->files[set->file[span]]->file.member, set->line[span]};
}

static uint32_t earliest(const uint32_t *spans, size_t n)
{
    uint32_t first = spans[0];
    for (size_t i = 1; i < n; i++)
        first = spans[i] < first ? spans[i] : first;
    return first;
}

static uint32_t slowest(const struct hc_span_set *set, const uint32_t *spans, size_t n)
{
    uint32_t best = spans[0];
    for (size_t i = 1; i < n; i++) {
        if (set->end_ns[spans[i]] - set->start_ns[spans[i]] > set->end_ns[best] - set->start_ns[best])
            best = spans[i];
    }
    return best;
}

/* The n spans of an edge in one phase. Where nothing covers any of them, all that they took is their own. */
static void sample(const struct reducer *r, const uint32_t *spans, size_t n, struct hc_trace_edge *edge, size_t phase)
{
    const struct hc_span_set *set = r->set;
    size_t n_residual = 0, n_exclusive = 0, n_alone = 0;
    uint32_t n_errors = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t span = spans[i];
        double own = r->own[span];
        n_errors += set->error[span];
        r->server[i] = own;
        if (has_residual(set, span))
            r->residual[n_residual++] = r->own[set->parent[span]] - own;
        if (hc_span_is_client(set, span))
            continue;
        n_alone += set->covered_ns[span] == 0;
        r->exclusive[n_exclusive++] =
            set->covered_ns[span] == 0 ? own : log_ns(set->end_ns[span] - set->start_ns[span] - set->covered_ns[span]);
    }
    edge->phase[phase].n_spans = (uint32_t)n;
    edge->phase[phase].n_errors = n_errors;
    edge->phase[phase].server = hc_log_duration_of(r->server, r->room, n);
    edge->phase[phase].residual = hc_log_duration_of(r->residual, r->room, n_residual);
    edge->phase[phase].exclusive =
        n_alone == n ? edge->phase[phase].server : hc_log_duration_of(r->exclusive, r->room, n_exclusive);
}

/* The n spans of an edge, by phase. The slowest one of the window tells most of it, else its first. */
static void reduce_edge(const struct reducer *r, const uint32_t *spans, size_t n, struct hc_trace_edge *edge)
{
    const struct hc_span_set *set = r->set;
    uint32_t step = set->step[spans[0]], telling = HC_NO_SPAN;
    *edge = (struct hc_trace_edge){.caller = set->caller[spans[0]],
                                   .callee = set->steps[step].component,
                                   .operation = set->operations[set->steps[step].operation]};
    for (size_t from = 0, to = 0, phase = 0; phase < HC_PHASES; from = to, phase++) {
        while (to < n && set->phase[spans[to]] == phase)
            to++;
        sample(r, spans + from, to - from, edge, phase);
        if (phase == HC_PHASE_WINDOW && to > from)
            telling = slowest(set, spans + from, to - from);
    }
    edge->place = place_of(r->a, set, telling != HC_NO_SPAN ? telling : earliest(spans, n));
}

static bool find_edges(struct reducer *r)
{
    const struct hc_span_set *set = r->set;
    const uint32_t *by_edge = set->by_edge;
    size_t at = 0;
    r->edge_at = hc_arena_alloc(r->a->arena, (set->n + 1) * sizeof *r->edge_at);
    if (r->edge_at == NULL)
        return false;
    for (uint32_t i = 0; i < set->n; i++) {
        if (i > 0 && set->step[by_edge[i]] == set->step[by_edge[i - 1]] &&
            set->caller[by_edge[i]] == set->caller[by_edge[i - 1]])
            continue;
        r->edge_at[r->n_edges++] = i;
        r->largest = i - at > r->largest ? i - at : r->largest;
        at = i;
    }
    r->edge_at[r->n_edges] = (uint32_t)set->n;
    r->largest = set->n - at > r->largest ? set->n - at : r->largest;
    return true;
}

static bool reduce(struct reducer *r)
{
    const struct hc_span_set *set = r->set;
    struct hc_arena *arena = r->a->arena;
    struct hc_trace_edge *edges = hc_arena_alloc(arena, r->n_edges * sizeof *edges);
    r->own = hc_arena_alloc(arena, set->n * sizeof *r->own);
    r->server = hc_arena_alloc(arena, r->largest * sizeof *r->server);
    r->residual = hc_arena_alloc(arena, r->largest * sizeof *r->residual);
    r->exclusive = hc_arena_alloc(arena, r->largest * sizeof *r->exclusive);
    r->room = hc_arena_alloc(arena, r->largest * sizeof *r->room);
    if (edges == NULL || r->own == NULL || r->server == NULL || r->residual == NULL || r->exclusive == NULL ||
        r->room == NULL)
        return false;
    for (size_t i = 0; i < set->n; i++)
        r->own[i] = log_ns(set->end_ns[i] - set->start_ns[i]);
    for (size_t e = 0; e < r->n_edges; e++)
        reduce_edge(r, set->by_edge + r->edge_at[e], r->edge_at[e + 1] - r->edge_at[e], &edges[e]);
    r->a->incident->trace_edges = edges;
    r->a->incident->n_trace_edges = r->n_edges;
    return true;
}

/* Where the manifest has no topology, who was seen to call whom. */
static bool derive_dependencies(const struct reducer *r)
{
    struct hc_incident *incident = r->a->incident;
    incident->dependencies = hc_arena_alloc(r->a->arena, r->n_edges * sizeof *incident->dependencies);
    if (incident->dependencies == NULL)
        return false;
    for (size_t e = 0; e < r->n_edges; e++) {
        const struct hc_trace_edge *edge = &incident->trace_edges[e];
        const struct hc_dependency *last =
            incident->n_dependencies == 0 ? NULL : &incident->dependencies[incident->n_dependencies - 1];
        if (edge->caller == HC_NO_COMPONENT || edge->caller == edge->callee ||
            (last != NULL && last->from == edge->caller && last->to == edge->callee))
            continue;
        uint32_t first = earliest(r->set->by_edge + r->edge_at[e], r->edge_at[e + 1] - r->edge_at[e]);
        incident->dependencies[incident->n_dependencies++] =
            (struct hc_dependency){edge->caller, edge->callee, true, place_of(r->a, r->set, first)};
    }
    return true;
}

enum hc_status hc_assemble_traces(struct hc_assembly *a)
{
    struct hc_span_set set;
    struct reducer r = {.a = a, .set = &set};
    enum hc_status status = hc_spans_collect(a, &set);
    if (status != HC_OK)
        return status;
    if (set.n > 0 && (!find_edges(&r) || !reduce(&r)))
        return hc_arena_refused(a->arena, a->err);
    if (set.n > 0 && a->incident->n_dependencies == 0 && !derive_dependencies(&r))
        return hc_arena_refused(a->arena, a->err);
    return hc_assemble_flows(a, &set);
}
