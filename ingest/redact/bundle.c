#include "ingest/redact/bundle.h"

#include <inttypes.h>

#include "ingest/normalize/shape_memo.h"
#include "ingest/normalize/templates.h"

/* A redaction and the memory for it; once it failed, it does nothing. */
struct pass {
    struct hc_redaction *redaction;
    struct hc_arena *arena;
    bool failed;
};

static void replace(struct pass *pass, struct hc_str *text)
{
    if (pass->failed || text->n == 0)
        return;
    struct hc_str out = hc_redact(pass->redaction, *text, pass->arena);
    pass->failed = out.p == NULL;
    *text = out;
}

static void replace_and_cut(struct pass *pass, struct hc_str *text, bool clean, size_t most)
{
    if (!clean)
        replace(pass, text);
    *text = hc_str_cut(*text, most);
}

static void replace_in_warnings(struct pass *pass, struct hc_warnings *warnings)
{
    for (size_t i = 0; i < warnings->n; i++)
        replace(pass, &warnings->items[i].message);
}

/* False: no memory. */
static bool add_name(struct hc_names *names, struct hc_str name)
{
    return name.n == 0 || hc_names_add(names, name) != HC_NAME_NONE;
}

static bool name_all(struct hc_names *names, const struct hc_manifest *manifest)
{
    const struct hc_incident *incident = &manifest->incident;
    bool added = add_name(names, incident->id);
    for (size_t i = 0; i < manifest->components.n; i++)
        added = added && add_name(names, manifest->components.items[i]);
    for (size_t i = 0; i < incident->n_symptoms; i++)
        added = added && add_name(names, incident->symptoms[i].metric);
    for (size_t i = 0; i < incident->n_levels; i++)
        added = added && add_name(names, incident->levels[i].metric);
    for (size_t i = 0; i < incident->n_outcomes; i++)
        added =
            added && add_name(names, incident->outcomes[i].component) && add_name(names, incident->outcomes[i].metric);
    return added;
}

bool hc_redact_manifest(struct hc_redaction *redaction, struct hc_redactor *redactor, struct hc_manifest *manifest,
                        struct hc_arena *arena)
{
    struct hc_names names;
    struct hc_incident *incident = &manifest->incident;
    struct pass pass = {.redaction = redaction, .arena = arena};
    hc_names_init(&names, arena);
    if (!name_all(&names, manifest) || !hc_redaction_begin(redaction, redactor, &names, arena))
        return false;
    replace(&pass, &incident->title);
    replace(&pass, &incident->severity);
    for (size_t i = 0; i < incident->n_changes; i++)
        replace(&pass, &incident->changes[i].text);
    for (size_t i = 0; i < incident->n_levels; i++)
        replace(&pass, &incident->levels[i].unit);
    for (size_t i = 0; i < incident->n_missing; i++)
        replace(&pass, &incident->missing[i].reason);
    for (size_t i = 0; i < incident->n_outcomes; i++)
        replace(&pass, &incident->outcomes[i].text);
    for (size_t i = 0; i < incident->n_tags; i++)
        replace(&pass, &incident->tags[i].text);
    replace_in_warnings(&pass, &manifest->warnings);
    return !pass.failed;
}

/* Names that were met in evidence: those that are the manifest's too stay. */
static void replace_names(struct pass *pass, const struct hc_names *names)
{
    for (size_t i = 0; i < names->n; i++)
        replace(pass, &names->items[i]);
}

/* A shape that a memo keeps says itself whether a rule would find anything in it. */
static void replace_shape(struct pass *pass, struct hc_read_log *log)
{
    const char *before = log->shape.p;
    if (log->known != NULL && !log->known_has_finds)
        return;
    replace(pass, &log->shape);
    if (log->shape.p != before)
        log->known = NULL;
}

/* Of what is left of the message. */
static void make_shape(struct pass *pass, struct hc_read_log *log)
{
    struct hc_buf shape = {.n = 0};
    hc_shape_of(log->exemplar, &shape);
    log->shape = shape.failed ? HC_STR_NONE : hc_str_copy(pass->arena, hc_buf_view(&shape));
    log->known = NULL;
    pass->failed = log->shape.p == NULL;
    hc_buf_free(&shape);
}

/* A find may not be one in the shape, whose masks and end can stand within it. */
static void replace_log(struct pass *pass, struct hc_read_log *log)
{
    struct hc_str exemplar = log->exemplar;
    replace_shape(pass, log);
    if (!log->clean)
        replace(pass, &log->exemplar);
    if (!pass->failed && log->exemplar.p != exemplar.p &&
        (exemplar.n > HC_MESSAGE_BYTES || hc_redactor_left_in(pass->redaction->redactor, exemplar, log->shape)))
        make_shape(pass, log);
    log->exemplar = hc_str_cut(log->exemplar, HC_EXEMPLAR_BYTES);
}

bool hc_redact_reading(struct hc_redaction *redaction, struct hc_reading *reading, struct hc_arena *arena)
{
    struct pass pass = {.redaction = redaction, .arena = arena};
    replace_names(&pass, &reading->components);
    replace_names(&pass, &reading->operations);
    for (size_t i = 0; i < reading->n_series; i++) {
        replace(&pass, &reading->series[i].metric);
        replace(&pass, &reading->series[i].unit);
    }
    for (size_t i = 0; i < reading->n_logs; i++)
        replace_log(&pass, &reading->logs[i]);
    for (size_t i = 0; i < reading->n_events; i++) {
        replace_and_cut(&pass, &reading->events[i].message, reading->event_logs && reading->event_logs[i].clean,
                        HC_MESSAGE_BYTES);
        replace(&pass, &reading->events[i].kind);
    }
    for (size_t i = 0; i < reading->n_changes; i++)
        replace_and_cut(&pass, &reading->changes[i].text, false, HC_MESSAGE_BYTES);
    for (size_t i = 0; i < reading->n_documents; i++) {
        replace_and_cut(&pass, &reading->documents[i].title, false, HC_TITLE_BYTES);
        replace(&pass, &reading->documents[i].text);
    }
    replace_in_warnings(&pass, &reading->warnings);
    return !pass.failed;
}

bool hc_redact_absent_files(struct hc_redaction *redaction, struct hc_incident *incident, struct hc_arena *arena)
{
    struct pass pass = {.redaction = redaction, .arena = arena};
    for (size_t i = 0; i < incident->n_warnings; i++)
        if (hc_str_is(incident->warnings[i].code, "href-missing"))
            replace(&pass, &incident->warnings[i].message);
    return !pass.failed;
}

/* "12 ip, 3 email", in the order of the rules. */
static void tell_counts(const struct hc_redaction *redaction, struct hc_buf *out)
{
    size_t n;
    const char *const *names = hc_redactor_names(redaction->redactor, &n);
    for (size_t i = 0; i < n; i++)
        if (redaction->counts[i] > 0)
            hc_buf_format(out, "%s%" PRIu64 " %s", out->n > 0 ? ", " : "", redaction->counts[i], names[i]);
}

bool hc_redact_tell(const struct hc_redaction *redaction, struct hc_manifest *manifest)
{
    struct hc_buf counts = {.n = 0};
    tell_counts(redaction, &counts);
    bool told = !counts.failed;
    if (told && counts.n > 0)
        hc_warnings_add(&manifest->warnings, "redacted", HC_STR_NONE, 0, "pseudonyms in the place of %.*s",
                        HC_STR_ARG(hc_buf_view(&counts)));
    hc_buf_free(&counts);
    return told;
}

bool hc_redact_is_told(const struct hc_warning *warning)
{
    return hc_str_is(warning->code, "redacted");
}
