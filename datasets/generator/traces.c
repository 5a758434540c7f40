#include <math.h>

#include "datasets/generator/generator.h"

/* One request as a tree of spans: each call is a client span in the caller around a server span in the callee. */
struct walk {
    struct gen_view *view;
    struct hc_buf *out;
    unsigned trace, next_span;
    bool in_window;
};

static double own_ms(struct walk *walk, size_t component)
{
    int level = walk->view->incident->level[component][GEN_EXCLUSIVE];
    double factor = walk->in_window && level > 0 ? (level == 2 ? 9.0 : 2.6) : 1.0;
    double usual = walk->view->topology->kinds[component] == GEN_EXTERNAL ? 60.0 : 4.0 + (double)(component % 5);
    return usual * factor * exp(0.18 * gen_normal(&walk->view->random));
}

static double wire_ms(struct walk *walk, size_t callee)
{
    int level = walk->view->incident->level[callee][GEN_RESIDUAL];
    double added = walk->in_window && level > 0 ? (level == 2 ? 220.0 : 14.0) : 0.0;
    return (0.8 + added) * exp(0.2 * gen_normal(&walk->view->random));
}

static void write_span(struct walk *walk, unsigned span, unsigned parent, size_t component, const char *operation,
                       double start_ms, double end_ms, int64_t origin_ns)
{
    char parent_text[20] = "";
    if (parent)
        snprintf(parent_text, sizeof parent_text, "%08x%04x", walk->trace, parent);
    hc_buf_format(walk->out, "%016x,%08x%04x,%s,%s,%s,%lld,%lld,OK\n", walk->trace, walk->trace, span, parent_text,
                  walk->view->topology->names[component], operation, (long long)(origin_ns + (int64_t)(start_ms * 1e6)),
                  (long long)(origin_ns + (int64_t)(end_ms * 1e6)));
}

/* Serves a call: returns when the server span ends. */
static double serve(struct walk *walk, size_t component, unsigned parent, double start_ms, int64_t origin_ns)
{
    const struct gen_topology *t = walk->view->topology;
    unsigned span = ++walk->next_span;
    double now = start_ms + 0.5 * own_ms(walk, component);
    for (size_t to = component + 1; to < GEN_COMPONENTS; to++) {
        char operation[48];
        if (!t->calls[component][to] || t->kinds[to] == GEN_HOST || !gen_chance(&walk->view->random, .6))
            continue;
        unsigned client = ++walk->next_span;
        double wire = wire_ms(walk, to), began = now;
        snprintf(operation, sizeof operation, "call %s", t->names[to]);
        double served = serve(walk, to, client, now + 0.5 * wire, origin_ns);
        now = served + 0.5 * wire;
        write_span(walk, client, span, component, operation, began, now, origin_ns);
    }
    now += 0.5 * own_ms(walk, component);
    write_span(walk, span, parent, component, "handle", start_ms, now, origin_ns);
    return now;
}

void gen_render_traces(struct gen_view *view, struct gen_bundle *bundle)
{
    const struct gen_incident *in = view->incident;
    if (in->missing[GEN_TRACES] || view->settings->n_traces == 0)
        return;
    struct hc_buf *out = gen_bundle_add(bundle, "traces.csv");
    if (!out)
        return;
    hc_buf_text(out, "trace_id,span_id,parent_id,component,operation,start,end,status\n");
    for (size_t i = 0; i < view->settings->n_traces; i++) {
        struct walk walk = {.view = view,
                            .out = out,
                            .trace = (unsigned)(gen_random_bits(&view->random) >> 33) | 1,
                            .in_window = i % 2 == 0};
        int64_t origin_ns =
            in->start_ns + INT64_C(150000000000) +
            (int64_t)gen_below(&view->random, (size_t)((in->end_ns - in->start_ns) / 1000000000 - 160)) *
                INT64_C(1000000000);
        if (!walk.in_window)
            origin_ns =
                in->start_ns - (int64_t)(1 + gen_below(&view->random, GEN_BASELINE_S - 60)) * INT64_C(1000000000);
        serve(&walk, 1, 0, 0.0, origin_ns);
    }
}
