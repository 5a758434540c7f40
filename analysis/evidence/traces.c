/* Traces: the network's share of a call, a component's own time, failed spans, calls received. */
#include <math.h>

#include "analysis/evidence/detect.h"
#include "analysis/evidence/phases.h"
#include "analysis/evidence/sentence.h"
#include "analysis/stats/poisson.h"
#include "analysis/stats/quantile.h"
#include "analysis/stats/shift.h"

#define REFERENCE_LEAST 5
#define WINDOW_LEAST 3
#define SHIFT_QUIET 1
#define SHIFT_UNIT 0.2 /* a fifth on the log scale is one scatter: the means of healthy spans wander by that */
#define RATE_SCATTER 0.3

/* A log ratio of window to reference, pooled over edges by the window's spans. */
struct pooled {
    double sum, variance, n;
    double reference_sum; /* means of the reference, for sentences */
    struct hc_source_place place;
    double loudest;
};

typedef const struct hc_log_duration *(*pick_fn)(const struct hc_trace_edge *edge, enum hc_phase phase);

static const struct hc_log_duration *pick_residual(const struct hc_trace_edge *edge, enum hc_phase phase)
{
    return &edge->phase[phase].residual;
}

static const struct hc_log_duration *pick_exclusive(const struct hc_trace_edge *edge, enum hc_phase phase)
{
    return &edge->phase[phase].exclusive;
}

static void pool_edge(struct pooled *p, const struct hc_trace_edge *edge, pick_fn pick, enum hc_phase reference)
{
    const struct hc_log_duration *b = pick(edge, reference), *w = pick(edge, HC_PHASE_WINDOW);
    if (b->n < REFERENCE_LEAST || w->n < WINDOW_LEAST)
        return;
    double n = w->n, shift = w->mean - b->mean;
    p->sum += n * shift;
    p->variance += n * n * (w->variance / n + b->variance / (double)b->n);
    p->n += n;
    if (!p->place.member.p || n * shift > p->loudest) {
        p->loudest = n * shift;
        p->place = edge->place;
    }
}

static void add_pooled(struct hc_detection *d, uint32_t component, size_t feature, const struct pooled *p,
                       const char *what)
{
    if (!(p->n > 0))
        return;
    double shift = p->sum / p->n, error = 2 * sqrt(p->variance) / p->n;
    double unit = error > SHIFT_UNIT ? error : SHIFT_UNIT;
    struct hc_finding f = {.component = component,
                           .feature = feature,
                           .value = hc_shift_surprise(shift / unit, SHIFT_QUIET),
                           .onset = HC_TIME_NONE,
                           .place = p->place};
    if (hc_detect_wants(d, component, feature, f.value))
        f.text = hc_str_format(d->arena, "%s %.*s is %.2f x its baseline, over %.0f spans of the window", what,
                               HC_STR_ARG(hc_detect_component_name(d, component)), exp(shift), p->n);
    hc_detect_add(d, &f);
}

static bool is_call(const struct hc_trace_edge *edge)
{
    return edge->caller != edge->callee && edge->caller != HC_NO_COMPONENT;
}

static void add_shifts(struct hc_detection *d, enum hc_phase reference, struct pooled *residual,
                       struct pooled *exclusive)
{
    for (size_t i = 0; i < d->incident->n_trace_edges; i++) {
        const struct hc_trace_edge *edge = &d->incident->trace_edges[i];
        if (edge->callee == HC_NO_COMPONENT)
            continue;
        if (is_call(edge))
            pool_edge(&residual[edge->callee], edge, pick_residual, reference);
        pool_edge(&exclusive[edge->callee], edge, pick_exclusive, reference);
    }
    for (uint32_t c = 0; c < d->incident->n_components; c++) {
        add_pooled(d, c, HC_FEATURE_EDGE_RESIDUAL_UP, &residual[c], "the time of a call beyond the callee's own, to");
        add_pooled(d, c, HC_FEATURE_EXCLUSIVE_LATENCY_UP, &exclusive[c], "the own time of spans of");
    }
}

/* No span of a reference: a residual can still stand out among the residuals of the others. */
static void add_cross_section(struct hc_detection *d, struct pooled *residual, double *levels)
{
    size_t n = 0;
    for (size_t i = 0; i < d->incident->n_trace_edges; i++) {
        const struct hc_trace_edge *edge = &d->incident->trace_edges[i];
        const struct hc_log_duration *w = &edge->phase[HC_PHASE_WINDOW].residual;
        if (!is_call(edge) || edge->callee == HC_NO_COMPONENT || w->n < WINDOW_LEAST)
            continue;
        residual[edge->callee].sum += w->n * w->mean;
        residual[edge->callee].n += w->n;
        residual[edge->callee].place = edge->place;
    }
    for (uint32_t c = 0; c < d->incident->n_components; c++) {
        if (residual[c].n >= REFERENCE_LEAST)
            levels[n++] = residual[c].sum / residual[c].n;
    }
    if (n < 3)
        return;
    double median = hc_median(levels, levels + d->incident->n_components, n);
    double scale = fmax(0.1, 1.4826 * hc_mad(levels, n, median));
    for (uint32_t c = 0; c < d->incident->n_components; c++) {
        if (residual[c].n < REFERENCE_LEAST)
            continue;
        double level = residual[c].sum / residual[c].n;
        struct hc_finding f = {.component = c,
                               .feature = HC_FEATURE_EDGE_RESIDUAL_UP,
                               .value = hc_shift_surprise((level - median) / (2 * scale), 0),
                               .onset = HC_TIME_NONE,
                               .place = residual[c].place};
        if (hc_detect_wants(d, c, f.feature, f.value))
            f.text = hc_str_format(d->arena,
                                   "a call to %.*s takes %.2f x its own time, against %.2f x at the median "
                                   "callee of the window; no span of the baseline is in the bundle",
                                   HC_STR_ARG(hc_detect_component_name(d, c)), exp(level), exp(median));
        hc_detect_add(d, &f);
    }
}

struct calls {
    double reference, window, reference_errors, window_errors;
    struct hc_source_place place;
};

static void add_errors(struct hc_detection *d, uint32_t c, const struct calls *calls)
{
    double z = sqrt(calls->window_errors);
    if (calls->reference > 0)
        z = hc_rate_z(calls->window_errors, calls->reference_errors, calls->window / calls->reference, RATE_SCATTER);
    struct hc_finding f = {.component = c,
                           .feature = HC_FEATURE_SPAN_ERRORS_UP,
                           .value = hc_shift_surprise(z, 0),
                           .onset = HC_TIME_NONE,
                           .place = calls->place};
    if (hc_detect_wants(d, c, f.feature, f.value))
        f.text = hc_str_format(d->arena,
                               "%.0f of %.0f spans of %.*s failed in the window, %.0f of %.0f in the "
                               "baseline",
                               calls->window_errors, calls->window, HC_STR_ARG(hc_detect_component_name(d, c)),
                               calls->reference_errors, calls->reference);
    hc_detect_add(d, &f);
}

/* Of all calls, since the two phases cover times of unlike length. */
static void add_calls(struct hc_detection *d, uint32_t c, const struct calls *calls, double ratio)
{
    if (calls->reference < REFERENCE_LEAST || !(ratio > 0))
        return;
    double z = hc_rate_z(calls->window, calls->reference, ratio, RATE_SCATTER);
    struct hc_finding f = {.component = c,
                           .feature = HC_FEATURE_CALLS_UP,
                           .value = hc_shift_surprise(z, 1),
                           .onset = HC_TIME_NONE,
                           .place = calls->place};
    if (hc_detect_wants(d, c, f.feature, f.value))
        f.text = hc_str_format(d->arena,
                               "%.0f spans of %.*s in the window, where its share of the baseline lets expect "
                               "%.0f",
                               calls->window, HC_STR_ARG(hc_detect_component_name(d, c)), calls->reference * ratio);
    hc_detect_add(d, &f);
}

static void add_counts(struct hc_detection *d, enum hc_phase reference)
{
    struct calls *calls = hc_detect_alloc(d, d->incident->n_components, sizeof *calls);
    struct calls all = {0};
    for (size_t i = 0; i < d->incident->n_trace_edges && !d->refused; i++) {
        const struct hc_trace_edge *edge = &d->incident->trace_edges[i];
        if (edge->callee == HC_NO_COMPONENT || edge->caller == edge->callee)
            continue;
        struct calls *c = &calls[edge->callee];
        c->window += edge->phase[HC_PHASE_WINDOW].n_spans;
        c->window_errors += edge->phase[HC_PHASE_WINDOW].n_errors;
        all.window += edge->phase[HC_PHASE_WINDOW].n_spans;
        all.window_errors += edge->phase[HC_PHASE_WINDOW].n_errors;
        if (!c->place.member.p)
            c->place = edge->place;
        if (reference == HC_PHASES)
            continue;
        c->reference += edge->phase[reference].n_spans;
        c->reference_errors += edge->phase[reference].n_errors;
        all.reference += edge->phase[reference].n_spans;
        all.reference_errors += edge->phase[reference].n_errors;
    }
    /* Spans without one failure may come from a tracer that records none. */
    bool has_errors = all.window_errors + all.reference_errors > 0;
    for (uint32_t c = 0; c < d->incident->n_components && !d->refused; c++) {
        if (has_errors && calls[c].window > 0)
            add_errors(d, c, &calls[c]);
        add_calls(d, c, &calls[c], all.reference > 0 ? all.window / all.reference : 0);
    }
}

void hc_detect_traces(struct hc_detection *d)
{
    size_t n = d->incident->n_components;
    struct hc_trace_phases phases = hc_trace_phases_of(d->incident);
    struct pooled *residual = hc_detect_alloc(d, n, sizeof *residual);
    struct pooled *exclusive = hc_detect_alloc(d, n, sizeof *exclusive);
    double *levels = hc_detect_alloc(d, 2 * n, sizeof *levels); /* and room to sort them */
    if (d->refused || !(phases.n_window > 0))
        return;
    if (phases.reference == HC_PHASES)
        add_cross_section(d, residual, levels);
    else
        add_shifts(d, phases.reference, residual, exclusive);
    add_counts(d, phases.reference);
}
