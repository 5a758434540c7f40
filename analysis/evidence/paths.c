/* Paths: what a component calls for each call that it receives. A component whose callees are called less often while
 * it is called as before has changed its own course; the callees only follow. */
#include <math.h>

#include "analysis/evidence/detect.h"
#include "analysis/evidence/phases.h"
#include "analysis/stats/poisson.h"
#include "analysis/stats/shift.h"

#define SPANS_LEAST 50   /* of a reference */
#define SHARE_LEAST 0.05 /* of the window's spans */
#define RECEIVED_REFERENCE 8
#define RECEIVED_WINDOW 3
#define EXPECTED_LEAST 3

struct hc_trace_phases hc_trace_phases_of(const struct hc_incident *incident)
{
    struct hc_trace_phases p = {.reference = HC_PHASES};
    for (size_t i = 0; i < incident->n_trace_edges; i++) {
        const struct hc_trace_edge *edge = &incident->trace_edges[i];
        p.n_baseline += edge->phase[HC_PHASE_BASELINE].n_spans;
        p.n_window += edge->phase[HC_PHASE_WINDOW].n_spans;
        p.n_other += edge->phase[HC_PHASE_OTHER].n_spans;
    }
    if (p.n_baseline >= SPANS_LEAST && p.n_baseline >= SHARE_LEAST * p.n_window)
        p.reference = HC_PHASE_BASELINE;
    else if (p.n_other >= SPANS_LEAST && p.n_other >= SHARE_LEAST * p.n_window)
        p.reference = HC_PHASE_OTHER;
    return p;
}

struct received {
    double reference, window;
    size_t n_made;     /* edges of calls that it makes, expected often enough */
    double own;        /* surprise of the call most missed among those it makes */
    double of_callers; /* the greatest of its callers' own */
};

static struct hc_str sentence_of(struct hc_detection *d, const struct hc_trace_edge *edge, const struct received *in,
                                 enum hc_phase reference)
{
    return hc_str_format(d->arena,
                         "%.*s made %u spans %.*s of %.*s for %.0f calls it received in the window, %u for "
                         "%.0f in the baseline",
                         HC_STR_ARG(hc_detect_component_name(d, edge->caller)), edge->phase[HC_PHASE_WINDOW].n_spans,
                         HC_STR_ARG(edge->operation), HC_STR_ARG(hc_detect_component_name(d, edge->callee)), in->window,
                         edge->phase[reference].n_spans, in->reference);
}

static bool is_tested(const struct hc_trace_edge *edge, const struct received *in, enum hc_phase reference)
{
    double n = edge->phase[HC_PHASE_WINDOW].n_spans, b = edge->phase[reference].n_spans;
    return in->reference > 0 && fmax(n, b * in->window / in->reference) >= EXPECTED_LEAST;
}

static double surprise_of(const struct hc_trace_edge *edge, const struct received *in, enum hc_phase reference)
{
    if (in->reference < RECEIVED_REFERENCE || in->window < RECEIVED_WINDOW || !is_tested(edge, in, reference))
        return 0;
    double n = edge->phase[HC_PHASE_WINDOW].n_spans, b = edge->phase[reference].n_spans;
    return hc_shift_surprise(-hc_ratio_z(n, in->window, b, in->reference), hc_greatest_of(in->n_made));
}

static void add_edge(struct hc_detection *d, const struct hc_trace_edge *edge, const struct received *in,
                     enum hc_phase reference)
{
    if (edge->callee == HC_NO_COMPONENT || in->reference < RECEIVED_REFERENCE || in->window < RECEIVED_WINDOW)
        return;
    struct hc_finding f = {.component = edge->caller,
                           .feature = HC_FEATURE_SPANS_GONE,
                           .value = d->recovered[edge->caller] ? 0 : surprise_of(edge, in, reference) - in->of_callers,
                           .onset = HC_TIME_NONE,
                           .place = edge->place};
    if (hc_detect_wants(d, f.component, f.feature, f.value))
        f.text = sentence_of(d, edge, in, reference);
    hc_detect_add(d, &f);
}

static void count_received(struct received *in, const struct hc_incident *incident, enum hc_phase reference)
{
    for (size_t i = 0; i < incident->n_trace_edges; i++) {
        const struct hc_trace_edge *edge = &incident->trace_edges[i];
        if (edge->callee == HC_NO_COMPONENT || edge->caller == edge->callee)
            continue;
        in[edge->callee].reference += edge->phase[reference].n_spans;
        in[edge->callee].window += edge->phase[HC_PHASE_WINDOW].n_spans;
    }
    for (size_t i = 0; i < incident->n_trace_edges; i++) {
        const struct hc_trace_edge *edge = &incident->trace_edges[i];
        if (edge->caller != HC_NO_COMPONENT)
            in[edge->caller].n_made += is_tested(edge, &in[edge->caller], reference);
    }
}

/* A component that is asked for other things runs other paths: its callers' change comes first. */
static void compare_with_callers(struct received *in, const struct hc_incident *incident, enum hc_phase reference)
{
    for (size_t i = 0; i < incident->n_trace_edges; i++) {
        const struct hc_trace_edge *edge = &incident->trace_edges[i];
        if (edge->caller == HC_NO_COMPONENT)
            continue;
        struct received *caller = &in[edge->caller];
        caller->own = fmax(caller->own, surprise_of(edge, caller, reference));
    }
    for (size_t i = 0; i < incident->n_trace_edges; i++) {
        const struct hc_trace_edge *edge = &incident->trace_edges[i];
        if (edge->caller == HC_NO_COMPONENT || edge->callee == HC_NO_COMPONENT || edge->caller == edge->callee)
            continue;
        in[edge->callee].of_callers = fmax(in[edge->callee].of_callers, in[edge->caller].own);
    }
}

void hc_detect_paths(struct hc_detection *d)
{
    const struct hc_incident *incident = d->incident;
    struct hc_trace_phases phases = hc_trace_phases_of(incident);
    struct received *in = hc_detect_alloc(d, incident->n_components, sizeof *in);
    if (d->refused || phases.reference == HC_PHASES || !(phases.n_window > 0))
        return;
    count_received(in, incident, phases.reference);
    compare_with_callers(in, incident, phases.reference);
    for (size_t i = 0; i < incident->n_trace_edges && !d->refused; i++) {
        const struct hc_trace_edge *edge = &incident->trace_edges[i];
        if (edge->caller != HC_NO_COMPONENT)
            add_edge(d, edge, &in[edge->caller], phases.reference);
    }
}
