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
#define RECEIVED_WINDOW 5
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
    size_t n_made; /* edges of calls that it makes, expected often enough */
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

static void add_edge(struct hc_detection *d, const struct hc_trace_edge *edge, const struct received *in,
                     enum hc_phase reference)
{
    if (edge->caller == HC_NO_COMPONENT || edge->callee == HC_NO_COMPONENT)
        return;
    if (in->reference < RECEIVED_REFERENCE || in->window < RECEIVED_WINDOW)
        return;
    hc_detect_observe(d, edge->caller, HC_FEATURE_SPANS_GONE);
    if (!is_tested(edge, in, reference))
        return;
    double n = edge->phase[HC_PHASE_WINDOW].n_spans, b = edge->phase[reference].n_spans;
    struct hc_finding f = {
        .component = edge->caller,
        .feature = HC_FEATURE_SPANS_GONE,
        .value = hc_shift_surprise(-hc_ratio_z(n, in->window, b, in->reference), hc_greatest_of(in->n_made)),
        .onset = HC_TIME_NONE,
        .place = edge->place};
    if (hc_detect_wants(d, f.component, f.feature, f.value))
        f.text = sentence_of(d, edge, in, reference);
    hc_detect_add(d, &f);
}

void hc_detect_paths(struct hc_detection *d)
{
    const struct hc_incident *incident = d->incident;
    struct hc_trace_phases phases = hc_trace_phases_of(incident);
    struct received *in = hc_detect_alloc(d, incident->n_components, sizeof *in);
    if (d->refused || phases.reference == HC_PHASES || !(phases.n_window > 0))
        return;
    for (size_t i = 0; i < incident->n_trace_edges; i++) {
        const struct hc_trace_edge *edge = &incident->trace_edges[i];
        if (edge->callee == HC_NO_COMPONENT || edge->caller == edge->callee)
            continue;
        in[edge->callee].reference += edge->phase[phases.reference].n_spans;
        in[edge->callee].window += edge->phase[HC_PHASE_WINDOW].n_spans;
    }
    for (size_t i = 0; i < incident->n_trace_edges; i++) {
        const struct hc_trace_edge *edge = &incident->trace_edges[i];
        if (edge->caller != HC_NO_COMPONENT)
            in[edge->caller].n_made += is_tested(edge, &in[edge->caller], phases.reference);
    }
    for (size_t i = 0; i < incident->n_trace_edges && !d->refused; i++) {
        const struct hc_trace_edge *edge = &incident->trace_edges[i];
        if (edge->caller != HC_NO_COMPONENT)
            add_edge(d, edge, &in[edge->caller], phases.reference);
    }
}
