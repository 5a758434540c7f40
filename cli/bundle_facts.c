#include "cli/bundle_facts.h"

#include <math.h>

struct hc_bundle_incident {
    const struct hc_incident *incident;
    struct hc_str path, directory; /* of its source; in that */
    bool is_directory;             /* the source is one */
};

/* ---- reading ---- */

static enum hc_status take_source(void *context, struct hc_source *source, struct hc_err *err)
{
    struct hc_bundle *b = context;
    if (source->n_refusals)
        hc_say_refusals(source);
    b->cli->partial = b->cli->partial || source->status != HC_SOURCE_ACCEPTED;
    b->refused = b->refused || source->n_refusals > 0;
    b->sources =
        hc_arena_grow(b->arena, b->sources, b->n_sources, b->n_sources + 1, &b->sources_capacity, sizeof *b->sources);
    b->incidents = hc_arena_grow(b->arena, b->incidents, b->n_incidents, b->n_incidents + source->n_incidents,
                                 &b->incidents_capacity, sizeof *b->incidents);
    const struct hc_str path = hc_str_copy(b->arena, source->path); /* which dies with the run */
    if (!b->sources || (!b->incidents && source->n_incidents > 0) || !path.p)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a bundle");
    for (size_t i = 0; i < source->n_incidents; i++)
        b->incidents[b->n_incidents++] = (struct hc_bundle_incident){source->incidents[i], path, source->directories[i],
                                                                     hc_str_is(source->container, "directory")};
    b->sources[b->n_sources++] = source->arena;
    source->arena = NULL;
    return HC_OK;
}

static void say_left_out(void *context, const struct hc_warning *warning)
{
    const struct hc_bundle *b = context;
    hc_say_left_out(b->cli, warning);
}

/* ---- which incident ---- */

static bool is_id_byte(char b)
{
    return (b >= '0' && b <= '9') || ((b | 32) >= 'a' && (b | 32) <= 'z') || b == '_' || b == '-';
}

/* Where the document names the id first; its length: nowhere. */
static size_t named_at(struct hc_str document, struct hc_str id)
{
    for (size_t i = 0; i + id.n <= document.n; i++)
        if (hc_str_equal_nocase((struct hc_str){document.p + i, id.n}, id) &&
            (i == 0 || !is_id_byte(document.p[i - 1])) && (i + id.n == document.n || !is_id_byte(document.p[i + id.n])))
            return i;
    return document.n;
}

/* That which the document names first; of several contents of one id the latest. The only id need not be named. */
static enum hc_status choose(const struct hc_bundle *b, const char *path, struct hc_str document,
                             const struct hc_bundle_incident **chosen, struct hc_err *err)
{
    size_t least = document.n;
    bool only = true;
    *chosen = NULL;
    for (size_t i = 1; i < b->n_incidents; i++)
        only = only && hc_str_equal(b->incidents[i].incident->id, b->incidents[0].incident->id);
    for (size_t i = 0; i < b->n_incidents; i++) {
        const struct hc_bundle_incident *one = &b->incidents[i];
        size_t at = only ? 0 : named_at(document, one->incident->id);
        bool later = *chosen && at == least && one->incident->updated.ns > (*chosen)->incident->updated.ns;
        if (at < least || later || (only && !*chosen))
            *chosen = one;
        least = at < least ? at : least;
    }
    if (b->n_incidents == 0)
        return hc_err_set(err, HC_FAIL, "bundle-empty", "there is no incident in %s to hold the document against",
                          path);
    if (!*chosen)
        return hc_err_set(err, HC_FAIL, "bundle-ambiguous",
                          "there are %zu incidents in %s, and the document names the id of none", b->n_incidents, path);
    return HC_OK;
}

/* ---- its facts ---- */

struct filling {
    struct hc_arena *arena;
    const struct hc_bundle_incident *from;
    struct hc_lint_facts *facts;
    bool failed;
};

static void *room(struct filling *x, size_t n, size_t size)
{
    void *list = hc_arena_calloc(x->arena, n > 0 ? n : 1, size);
    x->failed = x->failed || !list;
    return list;
}

static struct hc_lint_place place_of(struct filling *x, struct hc_source_place place)
{
    if (!place.member.p)
        return (struct hc_lint_place){.line = 0};
    if (x->from->directory.n == 0)
        return (struct hc_lint_place){place.member, place.line};
    struct hc_str member =
        hc_str_format(x->arena, "%.*s/%.*s", HC_STR_ARG(x->from->directory), HC_STR_ARG(place.member));
    x->failed = x->failed || !member.p;
    return (struct hc_lint_place){member, place.line};
}

static struct hc_str name_of(const struct hc_incident *incident, uint32_t component)
{
    return component == HC_NO_COMPONENT ? HC_STR_NONE : incident->components[component].name;
}

static void fill_lists(struct filling *x, const struct hc_incident *in)
{
    struct hc_str *components = room(x, in->n_components, sizeof *components);
    struct hc_lint_change *changes = room(x, in->n_changes, sizeof *changes);
    struct hc_time *symptoms = room(x, in->n_symptoms, sizeof *symptoms);
    struct hc_str *causes = room(x, in->n_outcomes, sizeof *causes);
    struct hc_lint_facts *f = x->facts;
    for (size_t i = 0; i < in->n_components && !x->failed; i++)
        components[f->n_components++] = in->components[i].name;
    for (size_t i = 0; i < in->n_changes && !x->failed; i++) {
        const struct hc_change *change = &in->changes[i];
        changes[f->n_changes++] = (struct hc_lint_change){.at = change->at,
                                                          .kind = change->kind,
                                                          .component = name_of(in, change->component),
                                                          .version = change->version,
                                                          .commit = change->commit,
                                                          .text = change->text,
                                                          .place = place_of(x, change->place)};
    }
    for (size_t i = 0; i < in->n_symptoms && !x->failed; i++)
        if (hc_time_known(in->symptoms[i].at))
            symptoms[f->n_symptoms++] = in->symptoms[i].at;
    for (size_t i = 0; i < in->n_outcomes && !x->failed; i++) {
        const struct hc_outcome *outcome = &in->outcomes[i];
        if (!hc_str_is(in->outcomes[0].status, "confirmed") || outcome->component.n == 0)
            continue;
        f->cause_place = f->n_cause_components == 0 ? place_of(x, outcome->place) : f->cause_place;
        causes[f->n_cause_components++] = outcome->component;
    }
    f->components = components;
    f->changes = changes;
    f->symptoms = symptoms;
    f->cause_components = causes;
}

/* ---- lines and events ---- */

static enum hc_lint_level level_of(uint8_t level)
{
    return level == HC_LOG_FATAL   ? HC_LINT_FATAL
           : level == HC_LOG_ERROR ? HC_LINT_ERRORS
           : level == HC_LOG_WARN  ? HC_LINT_WARN
                                   : HC_LINT_OTHER;
}

/* The kept lines of a template, and when they were. */
static void fill_kept(struct filling *x, const struct hc_incident *in, const struct hc_log_count *count,
                      struct hc_lint_happening *h)
{
    size_t n = 0;
    const uint64_t id = in->templates[count->template_index].id;
    for (int pass = 0; pass < 2; pass++) {
        int64_t *at_ns = pass ? room(x, n, sizeof *at_ns) : NULL;
        size_t k = 0;
        for (size_t i = 0; i < in->n_events && !x->failed; i++) {
            const struct hc_event *e = &in->events[i];
            if (e->template_id != id || e->component != count->component || e->level != count->level ||
                !hc_time_known(e->at))
                continue;
            if (at_ns)
                at_ns[k] = e->at.ns;
            k++;
        }
        n = k;
        h->at_ns = at_ns;
    }
    h->n_at = n;
    if (hc_time_known(count->first_at) && count->first_at.ns >= in->window_start.ns) {
        h->first = count->first_at;
        return;
    }
    for (size_t i = 0; i < n && !hc_time_known(h->first); i++)
        if (h->at_ns[i] >= in->window_start.ns)
            h->first = (struct hc_time){h->at_ns[i], 0};
}

static void count_lines(const struct hc_incident *in, const struct hc_log_count *count, struct hc_lint_happening *h)
{
    int64_t end_ns = hc_time_known(in->window_end) ? in->window_end.ns : INT64_MAX;
    for (size_t i = 0; i < count->n_minutes; i++) {
        h->n += count->lines[i];
        if (count->minute[i] == HC_TIME_NONE_NS)
            continue;
        int64_t from_ns = count->minute[i] * HC_NS_PER_MINUTE;
        int64_t to_ns = from_ns > INT64_MAX - HC_NS_PER_MINUTE ? INT64_MAX : from_ns + HC_NS_PER_MINUTE;
        h->n_least += from_ns >= in->window_start.ns && to_ns <= end_ns ? count->lines[i] : 0;
        h->n_most += to_ns > in->window_start.ns && from_ns <= end_ns ? count->lines[i] : 0;
        h->last = (struct hc_time){to_ns, 0};
    }
}

static void fill_event(struct filling *x, const struct hc_incident *in, const struct hc_event *e,
                       struct hc_lint_happening *h)
{
    bool inside = hc_time_known(e->at) && e->at.ns >= in->window_start.ns &&
                  (!hc_time_known(in->window_end) || e->at.ns <= in->window_end.ns);
    *h = (struct hc_lint_happening){.kind = e->kind,
                                    .component = name_of(in, e->component),
                                    .message = e->message,
                                    .level = level_of(e->level),
                                    .at_ns = &e->at.ns,
                                    .n_at = hc_time_known(e->at),
                                    .first = e->at,
                                    .last = e->at,
                                    .n = 1,
                                    .n_least = inside,
                                    .n_most = inside,
                                    .place = place_of(x, e->place)};
}

static void fill_happenings(struct filling *x, const struct hc_incident *in)
{
    struct hc_lint_happening *list = room(x, in->n_log_counts + in->n_events, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < in->n_log_counts && !x->failed; i++) {
        const struct hc_log_count *count = &in->log_counts[i];
        if (count->level > HC_LOG_FATAL)
            continue;
        struct hc_lint_happening *h = &list[n++];
        *h = (struct hc_lint_happening){.kind = HC_STR("log"),
                                        .component = name_of(in, count->component),
                                        .message = in->templates[count->template_index].text,
                                        .level = level_of(count->level),
                                        .first = HC_TIME_NONE,
                                        .last = HC_TIME_NONE,
                                        .place = place_of(x, count->first)};
        fill_kept(x, in, count, h);
        count_lines(in, count, h);
    }
    for (size_t i = 0; i < in->n_events && !x->failed; i++)
        if (!hc_str_is(in->events[i].kind, "log"))
            fill_event(x, in, &in->events[i], &list[n++]);
    x->facts->happenings = list;
    x->facts->n_happenings = n;
}

/* ---- metrics ---- */

static void fill_level(struct filling *x, const struct hc_incident *in, const struct hc_level *level,
                       struct hc_lint_series *s)
{
    const double stated[] = {level->baseline, level->before, level->peak};
    double *values = room(x, 3, sizeof *values);
    *s = (struct hc_lint_series){.component = name_of(in, level->component),
                                 .metric = level->metric,
                                 .unit = level->unit,
                                 .values = values,
                                 .place = place_of(x, level->place)};
    for (size_t i = 0; i < 3 && !x->failed; i++)
        if (isfinite(stated[i]))
            values[s->n++] = stated[i];
}

static void fill_series(struct filling *x, const struct hc_incident *in)
{
    struct hc_lint_series *list = room(x, in->n_series + in->n_levels, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < in->n_series && !x->failed; i++) {
        const struct hc_series *s = &in->series[i];
        list[n++] = (struct hc_lint_series){.component = name_of(in, s->component),
                                            .metric = s->metric,
                                            .unit = s->unit,
                                            .n = s->n,
                                            .at_ns = s->at_ns,
                                            .values = s->values,
                                            .place = place_of(x, s->place),
                                            .first_row = s->first_row};
    }
    for (size_t i = 0; i < in->n_levels && !x->failed; i++)
        fill_level(x, in, &in->levels[i], &list[n++]);
    x->facts->series = list;
    x->facts->n_series = n;
    x->facts->has_metrics = n > 0;
}

static void fill_files(struct hc_lint_facts *f, const struct hc_incident *in)
{
    f->has_logs = in->n_log_counts > 0;
    f->has_traces = in->n_trace_edges > 0;
    for (size_t i = 0; i < in->n_files; i++) {
        const struct hc_evidence_file *file = &in->files[i];
        f->has_logs = f->has_logs || hc_str_is(file->kind, "logs");
        f->has_metrics = f->has_metrics || hc_str_is(file->kind, "metrics");
        f->has_traces = f->has_traces || hc_str_is(file->kind, "traces");
        f->has_heap_dump = f->has_heap_dump || memmem(file->member.p, file->member.n, "heap", 4) ||
                           memmem(file->member.p, file->member.n, "hprof", 5);
    }
    for (size_t i = 0; i < in->n_documents; i++)
        f->has_heap_dump = f->has_heap_dump || hc_str_is(in->documents[i].kind, "heap-dump");
}

static enum hc_status fill(struct hc_bundle *b, const struct hc_bundle_incident *one, struct hc_err *err)
{
    const struct hc_incident *in = one->incident;
    struct filling x = {.arena = b->arena, .from = one, .facts = &b->facts};
    b->facts = (struct hc_lint_facts){.path = one->path,
                                      .is_directory = one->is_directory,
                                      .id = in->id,
                                      .service = in->service,
                                      .severity = in->severity,
                                      .start = in->window_start,
                                      .detected = in->detected,
                                      .mitigated = in->mitigated,
                                      .end = in->window_end,
                                      .place = place_of(&x, in->window_place)};
    fill_lists(&x, in);
    fill_happenings(&x, in);
    fill_series(&x, in);
    fill_files(&b->facts, in);
    return x.failed ? hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the facts of a bundle") : HC_OK;
}

enum hc_status hc_bundle_read(struct hc_bundle *bundle, struct hc_cli *cli, const char *path, struct hc_str document,
                              struct hc_err *err)
{
    *bundle = (struct hc_bundle){.cli = cli, .arena = hc_arena_new(0)};
    struct hc_redaction_rules *redaction = NULL;
    struct hc_mapping *mapping = NULL;
    struct hc_ingest_options options = {.n_threads = cli->n_threads, .limits = cli->limits};
    struct hc_ingest_sink sink = {.context = bundle, .accept = take_source, .left_out = say_left_out};
    const struct hc_bundle_incident *one = NULL;
    enum hc_status status = bundle->arena ? hc_cli_redaction(cli, &redaction, err)
                                          : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a bundle");
    if (status == HC_OK)
        status = hc_cli_mapping(cli, &mapping, err);
    options.redaction = redaction;
    options.mapping = mapping;
    if (status == HC_OK)
        status = hc_ingest_run(&path, 1, &options, &sink, err);
    if (status == HC_OK)
        status = choose(bundle, path, document, &one, err);
    if (status == HC_OK && one)
        status = fill(bundle, one, err);
    hc_redaction_rules_free(redaction);
    hc_mapping_free(mapping);
    return status;
}

void hc_bundle_free(struct hc_bundle *bundle)
{
    for (size_t i = 0; i < bundle->n_sources; i++)
        hc_arena_free(bundle->sources[i]);
    hc_arena_free(bundle->arena);
}
