#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/evidence/complaints.h"
#include "analysis/evidence/logcount.h"
#include "analysis/evidence/series.h"
#include "analysis/evidence/statements.h"
#include "analysis/evidence/texts.h"
#include "base/number.h"

/* client and remote: a component as its caller or its callee sees it. */
static bool is_observation_point(struct hc_str kind)
{
    return hc_str_is(kind, "client") || hc_str_is(kind, "remote");
}

static void fill_heads(struct hc_detection *d)
{
    const struct hc_incident *incident = d->incident;
    struct hc_evidence *out = d->out;
    out->incident = incident->id;
    out->service = incident->service;
    out->window_start = incident->window_start;
    out->known_at = HC_TIME_NONE;
    for (size_t i = 0; i < incident->n_outcomes; i++) {
        if (incident->outcomes[i].ordinal == 0)
            out->known_at = incident->outcomes[i].known_at;
    }
    for (size_t i = 0; i < incident->n_components; i++) {
        const struct hc_component *c = &incident->components[i];
        out->components[i] = (struct hc_evidence_component){c->name, c->kind, !is_observation_point(c->kind)};
        if (incident->service.p && hc_str_equal(c->name, incident->service))
            d->service = (uint32_t)i;
    }
    for (size_t i = 0; i < out->n_components * d->catalogue->n_features; i++)
        out->values[i] = (double)NAN;
}

/* Many series share a few names. */
static const struct hc_named_class *classify_series(struct hc_detection *d)
{
    const struct hc_incident *incident = d->incident;
    struct hc_names names;
    struct hc_named_class *of_name = hc_detect_room(d, incident->n_series, sizeof *of_name);
    struct hc_named_class *of_series = hc_detect_room(d, incident->n_series, sizeof *of_series);
    hc_names_init(&names, d->arena);
    for (size_t i = 0; i < incident->n_series && !d->refused; i++) {
        struct hc_str metric = incident->series[i].metric;
        size_t n_known = names.n;
        size_t name = hc_names_add(&names, metric);
        d->refused = name == HC_NAME_NONE;
        if (name == n_known)
            of_name[name] = hc_metric_class_of(d, metric);
        if (!d->refused)
            of_series[i] = of_name[name];
    }
    return of_series;
}

static void start(struct hc_detection *d)
{
    struct hc_frame frame = hc_frame_of(d->incident);
    size_t n_cells = 0;
    d->start_ns = frame.start_ns;
    d->end_ns = frame.end_ns;
    d->symptom_ns = frame.symptom_ns;
    d->service = HC_NO_COMPONENT;
    d->out->n_components = d->incident->n_components;
    d->refused = !hc_size_multiply(d->out->n_components, d->catalogue->n_features, &n_cells);
    d->out->components = hc_detect_alloc(d, d->out->n_components, sizeof *d->out->components);
    d->out->values = hc_detect_room(d, n_cells, sizeof *d->out->values);
    d->item_of = hc_detect_alloc(d, n_cells, sizeof *d->item_of);
    d->metric_words = hc_detect_alloc(d, HC_METRIC_LISTS * d->catalogue->n_metric_classes, sizeof *d->metric_words);
    d->class_of = classify_series(d);
    d->cuts = d->refused ? NULL : hc_series_cut_all(d->incident, d->arena);
    d->refused = d->refused || !d->cuts;
    d->recovered = hc_detect_alloc(d, d->incident->n_components, sizeof *d->recovered);
    d->complains = hc_complaints_of(d);
    d->statement_of = hc_statements_of(d);
    if (!d->refused)
        fill_heads(d);
    d->log_table = hc_log_table_of(d);
}

/* By component and feature: as item_of tells where they are. */
static void order_items(struct hc_detection *d)
{
    struct hc_evidence *out = d->out;
    struct hc_evidence_item *items = hc_detect_room(d, out->n_items, sizeof *items);
    size_t n = 0;
    for (size_t cell = 0; !d->refused && n < out->n_items; cell++) {
        if (d->item_of[cell])
            items[n++] = out->items[d->item_of[cell] - 1];
    }
    out->items = items;
}

static enum hc_status detect(struct hc_detection *d, struct hc_err *err)
{
    static void (*const detectors[])(struct hc_detection *) = {
        hc_detect_metrics, hc_detect_levels,  hc_detect_logs,     hc_detect_signatures,
        hc_detect_traces,  hc_detect_paths,   hc_detect_flows,    hc_detect_lifecycle,
        hc_detect_onset,   hc_detect_changes, hc_detect_topology, hc_detect_kinds};
    struct hc_evidence *out = d->out;
    *out = (struct hc_evidence){0};
    start(d);
    for (size_t i = 0; i < sizeof detectors / sizeof *detectors && !d->refused; i++)
        detectors[i](d);
    order_items(d);
    d->refused = d->refused || !hc_words_read(&out->words, d->incident, d->arena);
    if (d->refused)
        return hc_err_set(err, hc_arena_exceeded(d->arena) ? HC_FAIL : HC_FATAL,
                          hc_arena_exceeded(d->arena) ? "memory-limit" : "out-of-memory",
                          "no memory for the evidence of %.*s", HC_STR_ARG(d->incident->id));
    return HC_OK;
}

enum hc_status hc_evidence_extract(const struct hc_incident *incident, const struct hc_catalogue *catalogue,
                                   struct hc_arena *arena, struct hc_evidence *out, struct hc_err *err)
{
    struct hc_detection d = {.incident = incident, .catalogue = catalogue, .arena = arena, .out = out};
    return detect(&d, err);
}

enum hc_status hc_evidence_derive(struct hc_incident *incident, const struct hc_catalogue *catalogue,
                                  struct hc_arena *arena, struct hc_evidence *out, struct hc_err *err)
{
    struct hc_detection d = {.incident = incident, .catalogue = catalogue, .arena = arena, .out = out};
    enum hc_status status = detect(&d, err);
    if (status == HC_OK)
        hc_series_summarise(incident, d.cuts);
    return status;
}
