/* Which of the catalogue's evidence kinds the record holds, by the rules of each (docs/evidence.md). */
#include "analysis/evidence/detect.h"

struct rules {
    const struct hc_detection *d;
    const struct hc_event **events; /* those that are no log lines */
    size_t n_events;
};

static bool has_metric(const struct hc_detection *d, struct hc_str class)
{
    const struct hc_incident *incident = d->incident;
    for (size_t i = 0; i < incident->n_series; i++) {
        size_t found = d->class_of[i].class;
        if (found < d->catalogue->n_metric_classes && hc_str_equal(d->catalogue->metric_classes[found].id, class))
            return true;
    }
    for (size_t i = 0; i < incident->n_levels; i++) {
        size_t found = hc_metric_class_of(d, incident->levels[i].metric).class;
        if (found < d->catalogue->n_metric_classes && hc_str_equal(d->catalogue->metric_classes[found].id, class))
            return true;
    }
    return false;
}

/* Log lines that were kept are logs, not events. */
static bool has_event(const struct rules *r, struct hc_str word)
{
    for (size_t i = 0; i < r->n_events; i++) {
        const struct hc_event *event = r->events[i];
        if (word.n == 0 || hc_text_has(event->kind, word) || hc_text_has(event->message, word))
            return true;
    }
    return false;
}

static bool has_component_kind(const struct hc_incident *incident, struct hc_str kind)
{
    for (size_t i = 0; i < incident->n_series; i++) {
        uint32_t c = incident->series[i].component;
        if (c != HC_NO_COMPONENT && hc_str_equal(incident->components[c].kind, kind))
            return true;
    }
    for (size_t i = 0; i < incident->n_levels; i++) {
        uint32_t c = incident->levels[i].component;
        if (c != HC_NO_COMPONENT && hc_str_equal(incident->components[c].kind, kind))
            return true;
    }
    return false;
}

static bool has_document(const struct hc_incident *incident, struct hc_str kind)
{
    for (size_t i = 0; i < incident->n_documents; i++) {
        if (hc_str_equal(incident->documents[i].kind, kind))
            return true;
    }
    return false;
}

static bool has_file(const struct hc_incident *incident, struct hc_str kind)
{
    for (size_t i = 0; i < incident->n_files; i++) {
        if (hc_str_equal(incident->files[i].kind, kind))
            return true;
    }
    return false;
}

static bool holds_item(const struct rules *r, struct hc_str rule)
{
    const struct hc_incident *incident = r->d->incident;
    if (hc_str_is(rule, "series"))
        return incident->n_series > 0;
    if (hc_str_is(rule, "level"))
        return incident->n_levels > 0;
    if (hc_str_is(rule, "log"))
        return incident->n_log_counts > 0;
    if (hc_str_is(rule, "span"))
        return incident->n_trace_edges > 0;
    if (hc_str_is(rule, "edge"))
        return incident->n_dependencies > 0;
    if (hc_str_is(rule, "change"))
        return incident->n_changes > 0;
    return hc_str_is(rule, "event") && has_event(r, HC_STR_NONE);
}

static bool holds(const struct rules *r, struct hc_str rule)
{
    size_t colon = 0;
    while (colon < rule.n && rule.p[colon] != ':')
        colon++;
    if (colon == rule.n)
        return holds_item(r, rule);
    struct hc_str what = {rule.p, colon}, value = {rule.p + colon + 1, rule.n - colon - 1};
    if (hc_str_is(what, "metric"))
        return has_metric(r->d, value);
    if (hc_str_is(what, "event"))
        return has_event(r, value);
    if (hc_str_is(what, "series-of"))
        return has_component_kind(r->d->incident, value);
    if (hc_str_is(what, "document"))
        return has_document(r->d->incident, value);
    return hc_str_is(what, "file") && has_file(r->d->incident, value);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next rule of a list, taken off it. False: none is left. */
static bool next_rule(struct hc_str *rules, struct hc_str *rule)
{
    while (rules->n && is_space(*rules->p))
        *rules = (struct hc_str){rules->p + 1, rules->n - 1};
    size_t n = 0;
    while (n < rules->n && !is_space(rules->p[n]))
        n++;
    *rule = (struct hc_str){rules->p, n};
    *rules = (struct hc_str){rules->p + n, rules->n - n};
    return n > 0;
}

static bool holds_any(const struct rules *r, struct hc_str rules)
{
    struct hc_str rule;
    while (next_rule(&rules, &rule))
        if (holds(r, rule))
            return true;
    return false;
}

void hc_detect_kinds(struct hc_detection *d)
{
    const struct hc_incident *incident = d->incident;
    struct rules r = {.d = d, .events = hc_detect_alloc(d, incident->n_events, sizeof(struct hc_event *))};
    for (size_t i = 0; i < incident->n_events && !d->refused; i++) {
        if (!hc_str_is(incident->events[i].kind, "log"))
            r.events[r.n_events++] = &incident->events[i];
    }
    d->out->kinds = 0;
    for (size_t i = 0; i < d->catalogue->n_kinds && i < 64; i++) {
        if (holds_any(&r, d->catalogue->kinds[i].counts_as))
            d->out->kinds |= UINT64_C(1) << i;
    }
}

/* The kind of which the items are that a rule looks at: the first that counts any of them. 0: of none, as documents. */
static uint64_t source_of(const struct hc_catalogue *catalogue, struct hc_str rule)
{
    if (hc_str_starts(rule, HC_STR("metric:")) || hc_str_starts(rule, HC_STR("series-of:")))
        rule = HC_STR("series");
    if (hc_str_starts(rule, HC_STR("event:")))
        rule = HC_STR("event");
    if (hc_str_starts(rule, HC_STR("document:")) || hc_str_starts(rule, HC_STR("file:")))
        return 0;
    for (size_t i = 0; i < catalogue->n_kinds; i++) {
        struct hc_str rules = catalogue->kinds[i].counts_as, one;
        while (next_rule(&rules, &one))
            if (hc_str_equal(one, rule))
                return UINT64_C(1) << i;
    }
    return 0;
}

void hc_kinds_find_sources(struct hc_catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->n_kinds; i++) {
        struct hc_str rules = catalogue->kinds[i].counts_as, rule;
        while (next_rule(&rules, &rule))
            catalogue->kinds[i].sources |= source_of(catalogue, rule);
    }
}

uint64_t hc_kinds_gone(const struct hc_catalogue *catalogue, uint64_t kinds, uint64_t removed)
{
    uint64_t gone = removed;
    for (size_t i = 0; i < catalogue->n_kinds; i++) {
        const uint64_t sources = catalogue->kinds[i].sources;
        if ((sources & removed) && !(sources & kinds & ~removed))
            gone |= kinds & UINT64_C(1) << i;
    }
    return gone;
}
