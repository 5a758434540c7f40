#include <string.h>

#include "ingest/bundle_parts.h"

#define RECENT 256 /* names */

/* Names and places repeat in every row: they are kept once. Many rows hold one text in one place of memory: where it
 * lies says most often which it is. What is kept does not depend on that. */
struct copier {
    struct hc_arena *arena;
    struct hc_names shared;
    struct {
        struct hc_str from, to;
    } recent[RECENT];
    bool failed;
};

static __attribute__((noinline)) struct hc_str shared_name(struct copier *c, struct hc_str s, size_t slot)
{
    size_t index = hc_names_add(&c->shared, s);
    c->failed |= index == HC_NAME_NONE;
    if (c->failed)
        return HC_STR_NONE;
    c->recent[slot].from = s;
    c->recent[slot].to = c->shared.items[index];
    return c->recent[slot].to;
}

static inline struct hc_str name(struct copier *c, struct hc_str s)
{
    if (!s.p)
        return s;
    size_t slot = ((uintptr_t)s.p ^ (uintptr_t)s.p >> 8) % RECENT;
    bool is_recent = c->recent[slot].from.p == s.p && c->recent[slot].from.n == s.n;
    return is_recent ? c->recent[slot].to : shared_name(c, s, slot);
}

/* What is not likely to be there twice. */
static struct hc_str text(struct copier *c, struct hc_str s)
{
    if (!s.p)
        return s;
    struct hc_str copy = hc_str_copy(c->arena, s);
    c->failed |= !copy.p;
    return copy;
}

static struct hc_source_place place(struct copier *c, struct hc_source_place p)
{
    return (struct hc_source_place){name(c, p.member), p.line};
}

/* The rows as they are; what they point to is copied by the caller. */
static void *rows(struct copier *c, const void *from, size_t n, size_t size_bytes)
{
    void *to = hc_arena_alloc(c->arena, n * size_bytes);
    c->failed |= !to;
    if (to && from)
        memcpy(to, from, n * size_bytes);
    return c->failed ? NULL : to;
}

static void copy_topology(struct copier *c, struct hc_incident *to)
{
    to->baselines = rows(c, to->baselines, to->n_baselines, sizeof *to->baselines);
    to->components = rows(c, to->components, to->n_components, sizeof *to->components);
    to->dependencies = rows(c, to->dependencies, to->n_dependencies, sizeof *to->dependencies);
    for (size_t i = 0; !c->failed && i < to->n_components; i++) {
        to->components[i].name = name(c, to->components[i].name);
        to->components[i].kind = name(c, to->components[i].kind);
    }
    for (size_t i = 0; !c->failed && i < to->n_dependencies; i++)
        to->dependencies[i].place = place(c, to->dependencies[i].place);
}

static void copy_statements(struct copier *c, struct hc_incident *to)
{
    to->symptoms = rows(c, to->symptoms, to->n_symptoms, sizeof *to->symptoms);
    to->changes = rows(c, to->changes, to->n_changes, sizeof *to->changes);
    to->levels = rows(c, to->levels, to->n_levels, sizeof *to->levels);
    to->missing = rows(c, to->missing, to->n_missing, sizeof *to->missing);
    for (size_t i = 0; !c->failed && i < to->n_symptoms; i++) {
        to->symptoms[i].metric = name(c, to->symptoms[i].metric);
        to->symptoms[i].place = place(c, to->symptoms[i].place);
    }
    for (size_t i = 0; !c->failed && i < to->n_changes; i++) {
        struct hc_change *change = &to->changes[i];
        change->kind = name(c, change->kind);
        change->version = name(c, change->version);
        change->commit = name(c, change->commit);
        change->text = text(c, change->text);
        change->place = place(c, change->place);
    }
    for (size_t i = 0; !c->failed && i < to->n_levels; i++) {
        to->levels[i].metric = name(c, to->levels[i].metric);
        to->levels[i].unit = name(c, to->levels[i].unit);
        to->levels[i].place = place(c, to->levels[i].place);
    }
    for (size_t i = 0; !c->failed && i < to->n_missing; i++) {
        to->missing[i].kind = name(c, to->missing[i].kind);
        to->missing[i].reason = text(c, to->missing[i].reason);
        to->missing[i].place = place(c, to->missing[i].place);
    }
}

static void copy_outcomes(struct copier *c, struct hc_incident *to)
{
    to->outcomes = rows(c, to->outcomes, to->n_outcomes, sizeof *to->outcomes);
    for (size_t i = 0; !c->failed && i < to->n_outcomes; i++) {
        struct hc_outcome *outcome = &to->outcomes[i];
        outcome->status = name(c, outcome->status);
        outcome->category = name(c, outcome->category);
        outcome->cause = name(c, outcome->cause);
        outcome->metric = name(c, outcome->metric);
        outcome->text = text(c, outcome->text);
        outcome->component = name(c, outcome->component);
        outcome->given_by = name(c, outcome->given_by);
        outcome->place = place(c, outcome->place);
    }
}

/* A table's columns share their times; a sink may have dropped all points. */
static void copy_series(struct copier *c, struct hc_incident *to)
{
    const int64_t *shared = NULL, *copied = NULL;
    size_t n_copied = 0;
    to->series = rows(c, to->series, to->n_series, sizeof *to->series);
    for (size_t i = 0; !c->failed && i < to->n_series; i++) {
        struct hc_series *series = &to->series[i];
        series->metric = name(c, series->metric);
        series->unit = name(c, series->unit);
        series->place = place(c, series->place);
        if (!series->at_ns)
            continue;
        if (series->at_ns != shared || series->n > n_copied) {
            shared = series->at_ns;
            n_copied = series->n;
            copied = rows(c, shared, n_copied, sizeof *shared);
        }
        series->at_ns = copied;
        series->values = rows(c, series->values, series->n, sizeof *series->values);
    }
}

static void copy_logs(struct copier *c, struct hc_incident *to)
{
    to->templates = rows(c, to->templates, to->n_templates, sizeof *to->templates);
    to->log_counts = rows(c, to->log_counts, to->n_log_counts, sizeof *to->log_counts);
    to->events = rows(c, to->events, to->n_events, sizeof *to->events);
    for (size_t i = 0; !c->failed && i < to->n_templates; i++)
        to->templates[i].text = text(c, to->templates[i].text);
    for (size_t i = 0; !c->failed && i < to->n_log_counts; i++) {
        struct hc_log_count *count = &to->log_counts[i];
        count->minute = rows(c, count->minute, count->n_minutes, sizeof *count->minute);
        count->lines = rows(c, count->lines, count->n_minutes, sizeof *count->lines);
        count->first = place(c, count->first);
        count->exemplar = text(c, count->exemplar);
    }
    for (size_t i = 0; !c->failed && i < to->n_events; i++) {
        to->events[i].kind = name(c, to->events[i].kind);
        to->events[i].message = text(c, to->events[i].message);
        to->events[i].place = place(c, to->events[i].place);
    }
}

static void copy_traces(struct copier *c, struct hc_incident *to)
{
    to->trace_edges = rows(c, to->trace_edges, to->n_trace_edges, sizeof *to->trace_edges);
    to->flow_steps = rows(c, to->flow_steps, to->n_flow_steps, sizeof *to->flow_steps);
    to->flows = rows(c, to->flows, to->n_flows, sizeof *to->flows);
    for (size_t i = 0; !c->failed && i < to->n_trace_edges; i++) {
        to->trace_edges[i].operation = name(c, to->trace_edges[i].operation);
        to->trace_edges[i].place = place(c, to->trace_edges[i].place);
    }
    for (size_t i = 0; !c->failed && i < to->n_flow_steps; i++)
        to->flow_steps[i].operation = name(c, to->flow_steps[i].operation);
    for (size_t i = 0; !c->failed && i < to->n_flows; i++)
        to->flows[i].place = place(c, to->flows[i].place);
}

static void copy_files(struct copier *c, struct hc_incident *to)
{
    to->documents = rows(c, to->documents, to->n_documents, sizeof *to->documents);
    to->files = rows(c, to->files, to->n_files, sizeof *to->files);
    to->warnings = rows(c, to->warnings, to->n_warnings, sizeof *to->warnings);
    to->tags = rows(c, to->tags, to->n_tags, sizeof *to->tags);
    for (size_t i = 0; !c->failed && i < to->n_documents; i++) {
        struct hc_document *document = &to->documents[i];
        document->kind = name(c, document->kind);
        document->title = text(c, document->title);
        document->text = text(c, document->text);
        document->place = place(c, document->place);
    }
    for (size_t i = 0; !c->failed && i < to->n_tags; i++) {
        struct hc_tag *tag = &to->tags[i];
        tag->name = name(c, tag->name);
        tag->text = text(c, tag->text);
        tag->category = name(c, tag->category);
        tag->given_by = name(c, tag->given_by);
        tag->place = place(c, tag->place);
    }
    for (size_t i = 0; !c->failed && i < to->n_files; i++) {
        to->files[i].member = name(c, to->files[i].member);
        to->files[i].kind = name(c, to->files[i].kind);
        to->files[i].format = name(c, to->files[i].format);
    }
    for (size_t i = 0; !c->failed && i < to->n_warnings; i++) {
        to->warnings[i].code = name(c, to->warnings[i].code);
        to->warnings[i].member = name(c, to->warnings[i].member);
        to->warnings[i].message = text(c, to->warnings[i].message);
    }
}

struct hc_incident *hc_incident_copy(const struct hc_incident *incident, struct hc_arena *arena)
{
    struct copier c = {.arena = arena};
    struct hc_incident *to = rows(&c, incident, 1, sizeof *incident);
    hc_names_init(&c.shared, arena);
    if (!to)
        return NULL;
    to->id = text(&c, to->id);
    to->origin = text(&c, to->origin);
    to->title = text(&c, to->title);
    to->service = text(&c, to->service);
    to->severity = text(&c, to->severity);
    to->window_place = place(&c, to->window_place);
    copy_topology(&c, to);
    copy_statements(&c, to);
    copy_outcomes(&c, to);
    copy_series(&c, to);
    copy_logs(&c, to);
    copy_traces(&c, to);
    copy_files(&c, to);
    return c.failed ? NULL : to;
}
