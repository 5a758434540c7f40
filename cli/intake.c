#include "cli/intake.h"

#include <unistd.h>

#include "analysis/evidence/evidence.h"
#include "base/arena.h"
#include "cli/outcomes.h"
#include "ingest/container/container.h"
#include "ingest/format/format.h"
#include "ingest/redact/bundle.h"

#define SOURCES_PER_COMMIT 128
#define SOURCES_AT_END 16 /* what is open is committed while the last ones are read: then nobody waits for the disk */
#define WARNINGS_SAID 10  /* a run: what is odd in one incident mostly is in every one */
#define CONFLICTS_SAID 10 /* a run */

static bool any_limit(const struct hc_ingest_limits *limits)
{
    return limits->member_bytes || limits->whole_bytes || limits->archive_bytes || limits->n_members || limits->ratio ||
           limits->arena_bytes;
}

static struct hc_str digest_name(const uint8_t sha256[HC_SHA256_BYTES])
{
    return (struct hc_str){(const char *)sha256, HC_SHA256_BYTES};
}

/* No archive: what is told of it hangs on its name. */
static bool is_lone_file(const struct hc_source *source)
{
    return hc_str_is(source->container, HC_CONTAINER_FILE);
}

/* Of a file that comes under several names the first of them counts, whichever came first. */
static enum hc_status is_renamed(struct hc_intake *in, const struct hc_source *source, bool *renamed)
{
    return hc_store_source_named_later(in->store, source->sha256, hc_str_after_last(source->path, '/'), renamed, NULL);
}

/* With limits of its own a run reads again what an earlier one did not take whole: one may have been raised. */
static bool source_known(void *context, const struct hc_source *source)
{
    struct hc_intake *in = context;
    bool known = false, renamed = false;
    enum hc_status status = HC_OK;
    pthread_mutex_lock(&in->lock);
    if (in->was_empty)
        known = hc_names_find(&in->known, digest_name(source->sha256)) != HC_NAME_NONE;
    else
        status = in->has_limits ? hc_store_source_accepted(in->store, source->sha256, &known, NULL)
                                : hc_store_source_known(in->store, source->sha256, &known, NULL);
    if (status == HC_OK && known && is_lone_file(source))
        status = is_renamed(in, source, &renamed);
    pthread_mutex_unlock(&in->lock);
    return status == HC_OK && known && !renamed;
}

/* What is made of an incident where it is read, so that the one writer has less to do. */
struct made {
    struct hc_packed *packed;
    struct hc_str evidence;
};

static enum hc_status derive(void *context, struct hc_incident *incident, struct hc_arena *scratch,
                             struct hc_arena *kept, void **derived, struct hc_err *err)
{
    const struct hc_intake *in = context;
    struct hc_evidence evidence;
    struct made *made = hc_arena_calloc(kept, 1, sizeof *made);
    if (!made)
        return hc_arena_refused(kept, err);
    *derived = made;
    enum hc_status status = hc_outcomes_check(incident, in->catalogue, scratch, err);
    if (status == HC_OK)
        status = hc_evidence_derive(incident, in->catalogue, scratch, &evidence, err);
    if (status == HC_OK)
        status = hc_evidence_pack(&evidence, in->catalogue, kept, &made->evidence, err);
    if (status == HC_OK)
        status = hc_store_incident_pack(&made->packed, incident, kept, err);
    if (status == HC_OK)
        hc_store_incident_drop_packed(incident);
    return status;
}

static void clear_progress(const struct hc_intake *in)
{
    if (in->shows_progress)
        fputs("\r\033[K", stderr);
}

/* A word that is perhaps a slip, since what is learned from it would be known by that word from then on; a whole file that
 * is lost, or taken for another kind than it was said to be. */
static bool is_said(const struct hc_warning *warning)
{
    return hc_outcomes_is_warning(warning) || hc_str_is(warning->code, "format-unknown") ||
           hc_str_is(warning->code, "format-disagrees");
}

static void say_warnings(struct hc_intake *in, const struct hc_source *source, size_t incident)
{
    const struct hc_incident *of = source->incidents[incident];
    const struct hc_str directory = source->directories[incident];
    for (size_t i = 0; i < of->n_warnings && !in->silent && !in->cli->quiet; i++) {
        const struct hc_warning *warning = &of->warnings[i];
        if (!is_said(warning) || in->n_warnings_said++ >= WARNINGS_SAID)
            continue;
        struct hc_err said = HC_ERR_NONE;
        const struct hc_str code = hc_str_copy(source->arena, warning->code);
        const struct hc_str member = hc_str_format(source->arena, "%.*s%s%.*s", HC_STR_ARG(directory),
                                                   directory.n ? "/" : "", HC_STR_ARG(warning->member));
        if (!code.p || !member.p)
            return;
        hc_err_set(&said, HC_FAIL, code.p, "%.*s", HC_STR_ARG(warning->message));
        hc_err_at(&said, source->path.p, member.p, warning->line);
        clear_progress(in);
        hc_say_err(&said);
    }
}

/* Neither content is learned from until one of them is newer: only a person can tell which is right. */
static void say_conflict(const struct hc_intake *in, const struct hc_source *source, size_t incident)
{
    struct hc_err said = HC_ERR_NONE;
    const struct hc_str directory = hc_str_copy(source->arena, source->directories[incident]);
    if (in->silent || in->cli->quiet || in->n_results[HC_PUT_CONFLICT] > CONFLICTS_SAID)
        return;
    hc_err_set(&said, HC_FAIL, "incident-conflict",
               "%.*s: two contents share the latest \"updated\", or have none: neither is learned from; give the right "
               "one a later \"updated\"",
               HC_STR_ARG(source->incidents[incident]->id));
    hc_err_at(&said, source->path.p, directory.n ? directory.p : NULL, 0);
    clear_progress(in);
    hc_say_err(&said);
}

static struct hc_str status_word(enum hc_source_status status)
{
    return status == HC_SOURCE_ACCEPTED  ? HC_STR("accepted")
           : status == HC_SOURCE_PARTIAL ? HC_STR("partial")
                                         : HC_STR("rejected");
}

/* The source's own warnings, its refusals among them. */
static enum hc_status put_source(struct hc_intake *in, const struct hc_source *source, struct hc_err *err)
{
    size_t n = source->n_warnings + source->n_refusals;
    bool known = false;
    struct hc_warning *warnings = hc_arena_calloc(source->arena, n, sizeof *warnings);
    if (!warnings)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the warnings of a source");
    for (size_t i = 0; i < source->n_refusals; i++) {
        const struct hc_refusal *r = &source->refusals[i];
        warnings[i] = (struct hc_warning){.code = r->code, .member = r->member, .line = r->line, .message = r->text};
    }
    for (size_t i = 0; i < source->n_warnings; i++)
        warnings[source->n_refusals + i] = source->warnings[i];
    struct hc_source_record record = {
        .path = source->path,
        .status = status_word(source->status),
        .reason = source->n_refusals ? source->refusals[0].text : HC_STR_NONE,
        .n_bytes = source->n_bytes,
        .warnings = warnings,
        .n_warnings = n,
        .again = is_lone_file(source),
    };
    memcpy(record.sha256, source->sha256, sizeof record.sha256);
    return hc_store_source_put(in->store, &record, &known, err);
}

/* An incident that the store refuses costs itself, as one that the reader refused. */
static enum hc_status refuse(struct hc_source *source, const struct hc_incident *incident, const struct hc_err *cause,
                             struct hc_err *err)
{
    size_t n = source->n_refusals;
    struct hc_refusal *grown = hc_arena_calloc(source->arena, n + 1, sizeof *grown);
    struct hc_refusal refusal = {
        .code = hc_str_copy(source->arena, hc_str_of(cause->code)),
        .text = hc_str_format(source->arena, "incident %.*s: %s", HC_STR_ARG(incident->id), cause->text)};
    if (!grown || !refusal.code.p || !refusal.text.p)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a refusal");
    if (n)
        memcpy(grown, source->refusals, n * sizeof *grown);
    grown[n] = refusal;
    source->refusals = grown;
    source->n_refusals = n + 1;
    source->status = HC_SOURCE_PARTIAL;
    return HC_OK;
}

static void count_incident(struct hc_intake *in, const struct hc_incident *incident)
{
    for (size_t i = 0; i < incident->n_warnings; i++)
        in->n_warnings += !hc_redact_is_told(&incident->warnings[i]); /* that is nothing to look into */
}

static enum hc_status put_incidents(struct hc_intake *in, struct hc_source *source, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    size_t n_refusals = source->n_refusals;
    for (size_t i = 0; status == HC_OK && i < source->n_incidents; i++) {
        const struct hc_incident *incident = source->incidents[i];
        const struct made *made = source->derived[i];
        enum hc_put_result result = HC_PUT_KNOWN;
        struct hc_err cause = HC_ERR_NONE;
        status =
            hc_store_incident_put(in->store, incident, made->packed, source->sha256, made->evidence, &result, &cause);
        if (status == HC_FAIL) {
            status = refuse(source, incident, &cause, err);
            in->n_refused++;
            continue;
        }
        if (status != HC_OK)
            return hc_err_set(err, status, cause.code, "%s", cause.text);
        in->n_results[result]++;
        count_incident(in, incident);
        if (result != HC_PUT_KNOWN)
            say_warnings(in, source, i);
        if (result == HC_PUT_CONFLICT)
            say_conflict(in, source, i);
    }
    return status == HC_OK && source->n_refusals > n_refusals ? put_source(in, source, err) : status;
}

/* What the store would say of it from now on. */
static enum hc_status remember(struct hc_intake *in, const struct hc_source *source, struct hc_err *err)
{
    if (!in->was_empty || (in->has_limits && source->status != HC_SOURCE_ACCEPTED))
        return HC_OK;
    bool added = hc_names_add(&in->known, digest_name(source->sha256)) != HC_NAME_NONE;
    return added ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the digest of a source");
}

static bool commits_now(const struct hc_intake *in)
{
    return in->n_open >= SOURCES_PER_COMMIT || (in->n_left <= SOURCES_AT_END && in->n_open > SOURCES_AT_END);
}

static enum hc_status put_all(struct hc_intake *in, struct hc_source *source, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    if (in->n_open++ == 0)
        status = hc_store_begin(in->store, err);
    if (status == HC_OK)
        status = put_source(in, source, err);
    if (status == HC_OK)
        status = put_incidents(in, source, err);
    if (status == HC_OK)
        status = remember(in, source, err);
    if (status == HC_OK && commits_now(in)) {
        in->n_open = 0;
        status = hc_store_commit(in->store, err);
    }
    return status;
}

/* A source that could not be read at all has no digest to be known by. */
static bool was_read(const struct hc_source *source)
{
    static const uint8_t NOTHING[HC_SHA256_BYTES];
    return memcmp(source->sha256, NOTHING, sizeof NOTHING) != 0;
}

/* Exit and refusals are of the run that read it; that there were some is said of each. */
static enum hc_status count_known(struct hc_intake *in, const struct hc_source *source, struct hc_err *err)
{
    bool whole = true;
    pthread_mutex_lock(&in->lock);
    enum hc_status status = hc_store_source_accepted(in->store, source->sha256, &whole, err);
    pthread_mutex_unlock(&in->lock);
    in->n_known_part += status == HC_OK && !whole;
    return status;
}

/* Whether one that came before it in the plan is the same is known for sure only now: it may not have been taken yet when
 * this one was read. */
static void settle_known(struct hc_intake *in, struct hc_source *source)
{
    if (source->status == HC_SOURCE_KNOWN || !was_read(source) || !source_known(in, source))
        return;
    source->status = HC_SOURCE_KNOWN;
    source->n_incidents = source->n_refusals = source->n_refused_incidents = source->n_warnings = 0;
}

static enum hc_status accept_source(void *context, struct hc_source *source, struct hc_err *err)
{
    struct hc_intake *in = context;
    enum hc_status status = HC_OK;
    settle_known(in, source);
    if (source->status != HC_SOURCE_KNOWN && was_read(source)) {
        pthread_mutex_lock(&in->lock);
        status = put_all(in, source, err);
        pthread_mutex_unlock(&in->lock);
    } else if (source->status == HC_SOURCE_KNOWN) {
        status = count_known(in, source, err);
    }
    for (size_t i = 0; i < HC_REDACTION_NAMES && source->status != HC_SOURCE_KNOWN; i++)
        in->n_replaced[i] += source->n_replaced[i];
    in->n_sources[source->status]++;
    in->n_refused += source->n_refused_incidents;
    in->cli->partial |= source->status == HC_SOURCE_PARTIAL || source->status == HC_SOURCE_REJECTED;
    if (source->n_refusals && !in->silent) {
        clear_progress(in);
        hc_say_refusals(source);
    }
    return status == HC_OK ? HC_OK : HC_FATAL;
}

static void say_left_out(void *context, const struct hc_warning *warning)
{
    const struct hc_intake *in = context;
    if (in->silent)
        return;
    clear_progress(in);
    hc_say_left_out(in->cli, warning);
}

static void show_progress(const struct hc_intake *in, const struct hc_progress *p)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double seconds = (double)(now.tv_sec - in->began.tv_sec) + 1e-9 * (double)(now.tv_nsec - in->began.tv_nsec);
    double rate = seconds > 0.0 ? (double)p->bytes_done / seconds : 0.0;
    double left = rate > 0.0 ? (double)(p->bytes - p->bytes_done) / rate : 0.0;
    fprintf(stderr, "\r\033[K%zu of %zu bundles, %.1f of %.1f MB, %.1f MB/s, %.0f s left, %zu rejected",
            p->n_sources_done, p->n_sources, (double)p->bytes_done / 1e6, (double)p->bytes / 1e6, rate / 1e6, left,
            p->n_rejected);
    fflush(stderr);
}

static void take_progress(void *context, const struct hc_progress *p)
{
    struct hc_intake *in = context;
    in->n_left = p->n_sources - p->n_sources_done;
    if (in->shows_progress)
        show_progress(in, p);
}

static enum hc_status begin(struct hc_intake *in, struct hc_err *err)
{
    bool any = true;
    enum hc_status status = hc_store_source_any(in->store, &any, err);
    if (status != HC_OK)
        return status;
    in->was_empty = !any;
    in->arena = hc_arena_new(0);
    if (!in->arena)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for an intake");
    in->lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    hc_names_init(&in->known, in->arena);
    return HC_OK;
}

enum hc_status hc_intake_run(struct hc_intake *in, const char *const *paths, size_t n, struct hc_err *err)
{
    struct hc_ingest_options options = {
        .n_threads = in->cli->n_threads, .limits = in->cli->limits, .mapping = in->mapping, .redaction = in->redaction};
    struct hc_ingest_sink sink = {
        .context = in, .derive = derive, .accept = accept_source, .progress = take_progress, .left_out = say_left_out};
    in->has_limits = any_limit(&in->cli->limits);
    in->shows_progress = !in->cli->quiet && isatty(STDERR_FILENO);
    clock_gettime(CLOCK_MONOTONIC, &in->began);
    enum hc_status status = begin(in, err);
    if (status != HC_OK)
        return status;
    /* Else none was known before this run, and asking would only keep a source's digest from its members'; what comes twice
     * in one run is read twice, and settled where it is accepted. */
    if (!in->was_empty)
        sink.source_known = source_known;
    status = hc_ingest_run(paths, n, &options, &sink, err);
    if (status == HC_OK && in->n_open)
        status = hc_store_commit(in->store, err);
    else if (in->n_open)
        hc_store_rollback(in->store);
    in->n_open = 0;
    clear_progress(in);
    if (in->n_warnings_said > WARNINGS_SAID)
        hc_say("and %zu more warnings like these", in->n_warnings_said - WARNINGS_SAID);
    if (in->n_results[HC_PUT_CONFLICT] > CONFLICTS_SAID && !in->silent && !in->cli->quiet)
        hc_say("and %zu more incidents in conflict", in->n_results[HC_PUT_CONFLICT] - CONFLICTS_SAID);
    pthread_mutex_destroy(&in->lock);
    hc_arena_free(in->arena);
    return status;
}

/* Whoever knows the key can try all addresses there are. */
void hc_intake_say_key(const struct hc_intake *intake)
{
    size_t n = 0, n_replaced = 0;
    if (intake->redaction)
        hc_redaction_names(intake->redaction, &n);
    for (size_t i = 0; i < n; i++)
        n_replaced += intake->n_replaced[i] > 0;
    if (n_replaced > 0 && !intake->cli->redaction_key_path && !intake->cli->quiet)
        hc_say("pseudonyms were made with the key that everybody has: what was replaced can be guessed and tried; "
               "--redaction-key FILE gives a key of your own");
}
