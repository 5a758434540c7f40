#include "analysis/model/timeline.h"

#include <stdlib.h>

#define HC_TIMELINE_EVENTS 40 /* a page of a report */
#define HC_TIMELINE_ONSETS 12
#define HC_TIMELINE_LEAD_NS HC_NS_PER_HOUR /* events before the window are of interest this long */

struct group { /* events of one template, component and level */
    const struct hc_event *first, *last;
    uint64_t n;
    int64_t last_minute; /* where lines were counted that are no events; HC_TIME_NONE_NS: `last` is the last */
};

struct timeline {
    struct hc_analysis *out;
    const struct hc_incident *incident;
    struct hc_arena *arena;
    bool failed;
};

/* An entry without a time is none. */
static void add(struct timeline *k, struct hc_timeline_entry entry)
{
    if (!hc_time_known(entry.at))
        return;
    if (!entry.text.p)
        k->failed = true;
    else
        k->out->timeline[k->out->n_timeline++] = entry;
}

static void add_mark(struct timeline *k, struct hc_time at, const char *text)
{
    add(k, (struct hc_timeline_entry){
               .at = at, .text = hc_str_of(text), .place = k->incident->window_place, .kind = HC_ENTRY_INCIDENT});
}

static struct hc_str name_of(const struct hc_incident *incident, uint32_t component)
{
    return component < incident->n_components ? incident->components[component].name : HC_STR_NONE;
}

static void add_changes(struct timeline *k)
{
    for (size_t i = 0; i < k->incident->n_changes; i++) {
        const struct hc_change *c = &k->incident->changes[i];
        const struct hc_str name = name_of(k->incident, c->component);
        const struct hc_str commit = {c->commit.p, c->commit.n < 7 ? c->commit.n : 7}, said = hc_str_trim(c->text);
        const struct hc_str text =
            hc_str_format(k->arena, "Change (%.*s)%s%.*s%s%.*s%s%.*s%s%.*s", HC_STR_ARG(c->kind), name.n ? " of " : "",
                          HC_STR_ARG(name), c->version.n ? " to " : "", HC_STR_ARG(c->version),
                          commit.n ? ", commit " : "", HC_STR_ARG(commit), said.n ? ": " : "", HC_STR_ARG(said));
        add(k, (struct hc_timeline_entry){c->at, text, c->place, HC_ENTRY_CHANGE, name});
    }
}

static void add_symptoms(struct timeline *k)
{
    for (size_t i = 0; i < k->incident->n_symptoms; i++) {
        const struct hc_symptom *s = &k->incident->symptoms[i];
        const struct hc_str name = name_of(k->incident, s->component);
        const struct hc_str text = hc_str_format(k->arena, "Symptom%s%.*s%s%.*s", name.n ? " at " : "",
                                                 HC_STR_ARG(name), s->metric.n ? ": " : "", HC_STR_ARG(s->metric));
        add(k, (struct hc_timeline_entry){s->at, text, s->place, HC_ENTRY_SYMPTOM, name});
    }
}

static bool same_kind(const struct hc_event *a, const struct hc_event *b)
{
    if (a->component != b->component || a->level != b->level || !hc_str_equal(a->kind, b->kind))
        return false;
    if (a->template_id || b->template_id)
        return a->template_id == b->template_id;
    return hc_str_equal(a->message, b->message);
}

static bool of_interest(const struct timeline *k, const struct hc_event *e, bool severe)
{
    const struct hc_incident *incident = k->incident;
    if (!hc_time_known(e->at))
        return false;
    if (hc_time_known(incident->window_start) && e->at.ns < incident->window_start.ns - HC_TIMELINE_LEAD_NS)
        return false;
    if (hc_time_known(incident->window_end) && e->at.ns > incident->window_end.ns)
        return false;
    const bool is_severe = e->level >= HC_LOG_ERROR || (e->kind.p && !hc_str_is(e->kind, "log"));
    return severe ? is_severe : !is_severe && e->level == HC_LOG_WARN;
}

static size_t group_events(const struct timeline *k, struct group *groups, size_t n, bool severe)
{
    for (size_t i = 0; i < k->incident->n_events; i++) {
        const struct hc_event *e = &k->incident->events[i];
        if (!of_interest(k, e, severe))
            continue;
        size_t g = 0;
        while (g < n && !same_kind(groups[g].first, e))
            g++;
        if (g == HC_TIMELINE_EVENTS)
            continue;
        if (g == n)
            groups[n++] = (struct group){e, e, 0, HC_TIME_NONE_NS};
        groups[g].last = e;
        groups[g].n++;
    }
    return n;
}

static int64_t minute_of(int64_t at_ns)
{
    return at_ns / HC_NS_PER_MINUTE - (at_ns % HC_NS_PER_MINUTE < 0);
}

/* Of a template only the first lines are kept as events; how many there were is counted by the minute. */
static void count_lines(const struct timeline *k, struct group *group)
{
    const struct hc_incident *incident = k->incident;
    const struct hc_event *e = group->first;
    const int64_t first = minute_of(e->at.ns);
    const int64_t end = hc_time_known(incident->window_end) ? minute_of(incident->window_end.ns - 1) : INT64_MAX;
    uint64_t n = 0;
    int64_t last = HC_TIME_NONE_NS;
    for (size_t i = 0; e->template_id && i < incident->n_log_counts; i++) {
        const struct hc_log_count *count = &incident->log_counts[i];
        if (incident->templates[count->template_index].id != e->template_id || count->component != e->component ||
            (count->level != e->level && count->level != HC_LOG_CAUSE))
            continue;
        for (size_t m = 0; m < count->n_minutes; m++) {
            const int64_t minute = count->minute[m];
            if (minute == HC_TIME_NONE_NS || minute < first || minute > end)
                continue;
            n += count->lines[m];
            last = last == HC_TIME_NONE_NS || minute > last ? minute : last;
        }
    }
    if (n <= group->n)
        return;
    group->n = n;
    group->last_minute = last;
}

static void say_repeats(const struct group *group, char *out, size_t size)
{
    struct hc_time last = group->last->at;
    char until[HC_TIME_TEXT];
    if (group->last_minute != HC_TIME_NONE_NS)
        last = (struct hc_time){group->last_minute * HC_NS_PER_MINUTE, 0};
    hc_time_format(last, until);
    out[0] = '\0';
    if (group->n > 1)
        snprintf(out, size, " (%llu times, the last %s%s)", (unsigned long long)group->n,
                 group->last_minute != HC_TIME_NONE_NS ? "in the minute from " : "at ", until);
}

static void add_events(struct timeline *k)
{
    struct group groups[HC_TIMELINE_EVENTS];
    size_t n = group_events(k, groups, 0, true);
    n = group_events(k, groups, n, false);
    for (size_t g = 0; g < n; g++) {
        const struct hc_event *e = groups[g].first;
        const struct hc_str name = name_of(k->incident, e->component);
        char more[128];
        count_lines(k, &groups[g]);
        say_repeats(&groups[g], more, sizeof more);
        const struct hc_str text =
            hc_str_format(k->arena, "%.*s%s%.*s%s", HC_STR_ARG(name), name.n ? ": " : "", HC_STR_ARG(e->message), more);
        add(k, (struct hc_timeline_entry){e->at, text, e->place, HC_ENTRY_EVENT, name});
    }
}

static bool same_place(struct hc_source_place a, struct hc_source_place b)
{
    return a.line == b.line && hc_str_equal(a.member, b.member);
}

static bool is_of(const struct hc_incident *incident, const struct hc_log_count *count, struct hc_str component)
{
    const struct hc_str name =
        count->component < incident->n_components ? incident->components[count->component].name : incident->service;
    return hc_str_equal(name, component);
}

/* A record goes before the causes that records name. */
static int weight(const struct hc_log_count *count)
{
    return count->level == HC_LOG_CAUSE ? -1 : count->level;
}

static bool is_better(const struct hc_log_count *a, const struct hc_log_count *b)
{
    if (!b || a->level != b->level)
        return !b || weight(a) > weight(b);
    const int member = hc_str_compare(a->first.member, b->first.member);
    return member ? member < 0 : a->first.line < b->first.line;
}

struct hc_source_place hc_onset_place(const struct hc_incident *incident, const struct hc_evidence *evidence,
                                      const struct hc_evidence_item *item)
{
    const struct hc_log_count *best = NULL;
    bool quotes_other = false;
    if (item->component >= evidence->n_components || !hc_time_known(item->onset))
        return item->place;
    const struct hc_str name = evidence->components[item->component].name;
    for (size_t i = 0; i < incident->n_log_counts; i++) {
        const struct hc_log_count *count = &incident->log_counts[i];
        if (!hc_time_known(count->first_at) || !is_of(incident, count, name))
            continue;
        quotes_other |= same_place(count->first, item->place) && count->first_at.ns != item->onset.ns;
        if (count->first_at.ns == item->onset.ns && is_better(count, best))
            best = count;
    }
    if (quotes_other && !best && item->onset.ns == incident->window_start.ns)
        return incident->window_place;
    return quotes_other && best ? best->first : item->place;
}

static int by_loudness(const void *a, const void *b)
{
    const struct hc_evidence_item *x = *(const struct hc_evidence_item *const *)a;
    const struct hc_evidence_item *y = *(const struct hc_evidence_item *const *)b;
    if (x->value < y->value || x->value > y->value)
        return x->value < y->value ? 1 : -1;
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    return (x->feature > y->feature) - (x->feature < y->feature);
}

static void add_onsets(struct timeline *k, const struct hc_evidence *evidence)
{
    const struct hc_evidence_item **loud = hc_arena_alloc(k->arena, evidence->n_items * sizeof *loud);
    size_t n = 0;
    if (!loud)
        k->failed = true;
    for (size_t i = 0; loud && i < evidence->n_items; i++)
        if (hc_time_known(evidence->items[i].onset) && evidence->items[i].value >= 1)
            loud[n++] = &evidence->items[i];
    if (n)
        qsort(loud, n, sizeof *loud, by_loudness);
    for (size_t i = 0; i < n && i < HC_TIMELINE_ONSETS; i++) {
        const struct hc_evidence_item *item = loud[i];
        const struct hc_str name =
            item->component < evidence->n_components ? evidence->components[item->component].name : HC_STR_NONE;
        add(k, (struct hc_timeline_entry){item->onset, item->text, hc_onset_place(k->incident, evidence, item),
                                          HC_ENTRY_ONSET, name});
    }
}

static int by_time(const void *a, const void *b)
{
    const struct hc_timeline_entry *x = a, *y = b;
    if (x->at.ns != y->at.ns)
        return x->at.ns < y->at.ns ? -1 : 1;
    const int member = hc_str_compare(x->place.member, y->place.member);
    if (member)
        return member;
    if (x->place.line != y->place.line)
        return x->place.line < y->place.line ? -1 : 1;
    return hc_str_compare(x->text, y->text);
}

enum hc_status hc_timeline_make(struct hc_analysis *out, const struct hc_incident *incident,
                                const struct hc_evidence *evidence, struct hc_arena *arena)
{
    struct timeline k = {out, incident, arena, false};
    const size_t most = 4 + incident->n_changes + incident->n_symptoms + HC_TIMELINE_EVENTS + HC_TIMELINE_ONSETS;
    out->timeline = hc_arena_alloc(arena, most * sizeof *out->timeline);
    if (!out->timeline)
        return HC_FATAL;
    add_mark(&k, incident->window_start, "The incident's window begins");
    add_mark(&k, incident->detected, "Detected");
    add_mark(&k, incident->mitigated, "Mitigated");
    add_mark(&k, incident->window_end, "The incident's window ends");
    add_changes(&k);
    add_symptoms(&k);
    add_events(&k);
    add_onsets(&k, evidence);
    qsort(out->timeline, out->n_timeline, sizeof *out->timeline, by_time);
    size_t kept = 0; /* two features may point at one event with one sentence */
    for (size_t i = 0; i < out->n_timeline; i++)
        if (!kept || by_time(&out->timeline[kept - 1], &out->timeline[i]) != 0)
            out->timeline[kept++] = out->timeline[i];
    out->n_timeline = kept;
    return k.failed ? HC_FATAL : HC_OK;
}
