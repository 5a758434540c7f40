#include "ingest/bundle_parts.h"

#include <stdlib.h>
#include <string.h>

#define STARVED_MOST 6         /* times that an incident is read again with less for each file */
#define SOURCE_STARVED_MOST 64 /* times that a source's incidents are, in all */
#define LOOK_BACK 1024 /* how far back a manifest looks for members that came before it; older ones wait for the end */

/* Capacity is told by the count: it doubles at each power of two. */
enum hc_status hc_source_refuse(struct hc_source *source, struct hc_redactor *redactor, struct hc_str member,
                                const struct hc_err *why, struct hc_err *err)
{
    size_t n = source->n_refusals, capacity = n;
    struct hc_refusal *items = source->refusals;
    struct hc_refusal refusal = {.member = hc_str_copy(source->arena, member),
                                 .line = why->line,
                                 .code = hc_str_of(why->code),
                                 .text = hc_str_copy(source->arena, hc_str_of(why->text))};
    if (redactor && refusal.text.p)
        refusal.text = hc_redact_alone(redactor, refusal.text, source->arena);
    if ((n & (n - 1)) == 0) /* none, or full */
        items = hc_arena_grow(source->arena, items, n, n ? 2 * n : 1, &capacity, sizeof *items);
    if (!items || !refusal.text.p)
        return hc_arena_refused(source->arena, err);
    source->refusals = items;
    source->refusals[source->n_refusals++] = refusal;
    return HC_OK;
}

/* May it fit if it is read again, with less for each file, or among fewer? */
static bool starves(struct hc_bundles *bundles, struct hc_bundle *bundle, enum hc_status status)
{
    bool is_alone = !bundles->is_crowded;
    if (status != HC_FAIL || !hc_arena_exceeded(bundles->reader->scratch) ||
        (is_alone && (bundle->n_starved == STARVED_MOST || bundles->n_starved == SOURCE_STARVED_MOST)))
        return false;
    bundles->n_starved += is_alone;
    bundle->n_starved += is_alone;
    bundle->state = HC_BUNDLE_STARVED;
    bundles->is_short = true;
    hc_arena_forgive(bundles->reader->scratch); /* the others may have room yet */
    return true;
}

/* A failure that is the incident's own: the source goes on. */
static enum hc_status refuse_incident(struct hc_bundles *bundles, struct hc_bundle *bundle, struct hc_str path,
                                      enum hc_status status, const struct hc_err *why, struct hc_err *err)
{
    if (status == HC_FATAL) {
        *err = *why;
        return HC_FATAL;
    }
    if (starves(bundles, bundle, status))
        return HC_OK;
    bundle->state = HC_BUNDLE_REFUSED;
    return hc_source_refuse(bundles->source, bundles->reader->redactor, path, why, err);
}

/* ---- one incident ---- */

static enum hc_status read_evidence(struct hc_bundles *bundles, struct hc_bundle *bundle,
                                    const struct hc_member *member, struct hc_err *err)
{
    struct hc_err why = HC_ERR_NONE;
    if (bundle->state == HC_BUNDLE_DONE && bundles->pass == HC_PASS_ALL)
        bundle->state = HC_BUNDLE_AGAIN;
    if (bundle->state != HC_BUNDLE_OPEN)
        return HC_OK;
    enum hc_status status = hc_bundle_read_file(bundles, bundle, member, &why);
    return status == HC_OK || status == HC_SKIP ? HC_OK
                                                : refuse_incident(bundles, bundle, member->path, status, &why, err);
}

/* Assembles, derives, and copies what is to stay. HC_SKIP: the source's arena has no room for it. */
static enum hc_status assemble(const struct hc_bundles *bundles, struct hc_bundle *bundle, struct hc_err *why)
{
    const struct hc_ingest_sink *sink = bundles->reader->sink;
    struct hc_arena *scratch = bundles->reader->scratch, *kept = bundles->source->arena;
    struct hc_incident *incident = NULL;
    enum hc_status status = hc_bundle_ask_documents(bundles, bundle, why);
    if (status != HC_OK)
        return status;
    if (bundles->reader->redactor && !hc_redact_tell(&bundle->redaction, &bundle->manifest))
        return hc_arena_refused(scratch, why);
    for (size_t i = 0; i < bundle->n_files; i++)
        memcpy(bundle->files[i].file.sha256, bundle->files[i].sha256, HC_SHA256_BYTES);
    if (bundles->source->n_refusals > 0 && !hc_bundle_find_damaged(bundles, bundle))
        return hc_arena_refused(scratch, why);
    status = hc_assemble(&incident, &bundle->manifest, bundle->files, bundle->n_files, scratch, why);
    if (status == HC_OK && bundles->reader->redactor && !hc_redact_absent_files(&bundle->redaction, incident, scratch))
        return hc_arena_refused(scratch, why);
    if (status == HC_OK && !hc_bundle_tell_damaged(bundle, incident, scratch))
        return hc_arena_refused(scratch, why);
    if (status == HC_OK && sink->derive)
        status = sink->derive(sink->context, incident, scratch, kept, &bundle->derived, why);
    if (status != HC_OK)
        return hc_arena_exceeded(kept) ? HC_SKIP : status;
    bundle->incident = hc_incident_copy(incident, kept);
    return bundle->incident ? HC_OK : HC_SKIP;
}

static enum hc_status finish(struct hc_bundles *bundles, struct hc_bundle *bundle, struct hc_err *err)
{
    struct hc_err why = HC_ERR_NONE;
    enum hc_status status = HC_OK;
    hc_sha256_lanes_flush(bundles->reader->digests);
    if (bundle->state == HC_BUNDLE_OPEN) {
        bundle->state = HC_BUNDLE_DONE;
        status = assemble(bundles, bundle, &why);
    }
    if (status == HC_SKIP) /* it is the source that has no more room */
        return hc_arena_refused(bundles->source->arena, err);
    bundle->files = NULL;
    bundle->n_files = bundle->capacity = 0;
    return status == HC_OK ? HC_OK : refuse_incident(bundles, bundle, bundle->dir, status, &why, err);
}

/* In the first pass one incident is open at a time, so that its scratch memory serves the next. */
static enum hc_status turn_to(struct hc_bundles *bundles, struct hc_bundle *bundle, struct hc_err *err)
{
    struct hc_bundle *last = bundles->current;
    enum hc_status status;
    if (bundles->pass != HC_PASS_ALL || last == bundle)
        return HC_OK;
    status = last ? finish(bundles, last, err) : HC_OK;
    bundles->current = bundle;
    hc_arena_reset(bundles->reader->scratch);
    return status;
}

/* ---- the passes ---- */

/* What waited, from number `first` on, and has its manifest now. */
static enum hc_status read_waiting(struct hc_bundles *bundles, size_t first, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    for (size_t i = first; status == HC_OK && i < bundles->n_waiting; i++) {
        struct hc_waiting *w = &bundles->waiting[i];
        struct hc_bundle *bundle = w->bytes ? hc_bundle_of(bundles, w->path) : NULL;
        if (!bundle)
            continue;
        struct hc_member member = {.path = w->path, .bytes = {w->bytes, w->n}, .stays = w->owned == NULL};
        status = read_evidence(bundles, bundle, &member, err);
        w->is_read = true;
        hc_bundle_stop_waiting(bundles, w);
    }
    return status;
}

/* At the end of the first pass: what could not wait, or came too long before its manifest. */
static void call_again(struct hc_bundles *bundles)
{
    for (size_t i = 0; i < bundles->n_waiting; i++) {
        struct hc_waiting *w = &bundles->waiting[i];
        struct hc_bundle *bundle = w->is_read ? NULL : hc_bundle_of(bundles, w->path);
        if (bundle && bundle->state == HC_BUNDLE_DONE)
            bundle->state = HC_BUNDLE_AGAIN;
        hc_bundle_stop_waiting(bundles, w);
    }
}

static enum hc_status parse_manifest(struct hc_bundles *bundles, struct hc_bundle *bundle,
                                     const struct hc_member *member, struct hc_err *err)
{
    struct hc_arena *scratch = bundles->reader->scratch;
    struct hc_err why = HC_ERR_NONE;
    enum hc_status status;
    bundle->state = HC_BUNDLE_OPEN;
    bundle->has_large = bundle->has_shares = false;
    if (member->more)
        status = hc_err_set(&why, HC_FAIL, "xml-limit", "the manifest is larger than a file that is held whole");
    else if (hc_bundle_add_file(bundles, bundle, member))
        status = hc_manifest_read(&bundle->manifest, member->bytes, bundles->reader->schema, scratch, &why);
    else
        status = hc_arena_refused(scratch, &why);
    if (status == HC_OK && bundles->reader->redactor &&
        !hc_redact_manifest(&bundle->redaction, bundles->reader->redactor, &bundle->manifest, scratch))
        status = hc_arena_refused(scratch, &why);
    return status == HC_OK ? HC_OK : refuse_incident(bundles, bundle, member->path, status, &why, err);
}

static enum hc_status first_manifest(struct hc_bundles *bundles, const struct hc_member *member, struct hc_err *err)
{
    struct hc_bundle *bundle = hc_bundle_add(bundles, member->path);
    enum hc_status status;
    if (!bundle)
        return hc_arena_refused(bundles->source->arena, err);
    status = turn_to(bundles, bundle, err);
    if (status == HC_OK)
        status = parse_manifest(bundles, bundle, member, err);
    if (status != HC_OK)
        return status;
    return read_waiting(bundles, bundles->n_waiting > LOOK_BACK ? bundles->n_waiting - LOOK_BACK : 0, err);
}

static bool is_lone_file(const struct hc_bundles *bundles)
{
    return hc_str_is(hc_str_of(hc_container_kind(bundles->reader->container)), HC_CONTAINER_FILE);
}

static enum hc_status first_read(struct hc_bundles *bundles, const struct hc_member *member, struct hc_err *err)
{
    struct hc_bundle *bundle;
    if (hc_is_manifest(member->path) && !is_lone_file(bundles)) /* a manifest without its evidence is no bundle */
        return member->part == 0 ? first_manifest(bundles, member, err) : HC_OK;
    bundle = hc_bundle_of(bundles, member->path);
    if (bundle)
        return read_evidence(bundles, bundle, member, err);
    return member->part == 0 ? hc_bundle_wait(bundles, member, err) : HC_OK;
}

static enum hc_status read_again(struct hc_bundles *bundles, const struct hc_member *member, struct hc_err *err)
{
    struct hc_bundle *bundle = hc_bundle_of(bundles, member->path);
    bool is_manifest = hc_is_manifest(member->path);
    if (bundles->pass == HC_PASS_RECORDS)
        return is_manifest ? HC_OK : hc_bundle_record(bundles, member, err);
    if (!bundle)
        return HC_OK;
    if (bundles->pass == HC_PASS_EVIDENCE_AGAIN)
        return is_manifest ? HC_OK : read_evidence(bundles, bundle, member, err);
    return is_manifest && member->part == 0 && bundle->state == HC_BUNDLE_AGAIN
               ? parse_manifest(bundles, bundle, member, err)
               : HC_OK;
}

static enum hc_status refuse_member(struct hc_bundles *bundles, const struct hc_member *member,
                                    const struct hc_err *why, struct hc_err *err)
{
    struct hc_bundle *bundle = hc_bundle_of(bundles, member->path);
    enum hc_status status = HC_OK;
    if (bundle && member->part > 0)
        hc_bundle_drop_parts(bundle);
    if (bundles->pass != HC_PASS_ALL)
        return HC_OK; /* told already */
    if (member->part > 0)
        hc_bundle_forget_last(bundles, member->path);
    if (bundle && bundle->state == HC_BUNDLE_DONE && hc_bundle_is_damage(hc_str_of(why->code)))
        bundle->state = HC_BUNDLE_AGAIN; /* to tell of it */
    if (hc_str_is(hc_str_of(why->code), "member-duplicate"))
        status = hc_bundle_doubled(bundles, member->path, err);
    return status == HC_OK ? hc_source_refuse(bundles->source, bundles->reader->redactor, member->path, why, err)
                           : status;
}

static enum hc_status read_pass(struct hc_bundles *bundles, enum hc_pass pass, struct hc_err *err)
{
    struct hc_container *container = bundles->reader->container;
    struct hc_err why;
    struct hc_member member;
    enum hc_status status = pass == HC_PASS_ALL ? HC_OK : hc_container_rewind(container, err);
    bundles->pass = pass;
    while (status == HC_OK) {
        status = hc_container_next(container, &member, &why);
        if (status == HC_OK)
            status = pass == HC_PASS_ALL ? first_read(bundles, &member, err) : read_again(bundles, &member, err);
        else if (status == HC_SKIP)
            status = refuse_member(bundles, &member, &why, err);
        else if (status != HC_END)
            *err = why;
    }
    hc_sha256_lanes_flush(bundles->reader->digests); /* while the bytes are there */
    return status == HC_END ? HC_OK : status;
}

/* The incidents whose members do not come together: all at once, within the memory of one. */
static enum hc_status read_scattered(struct hc_bundles *bundles, struct hc_err *err)
{
    enum hc_status status;
    size_t n = 0;
    for (size_t i = 0; i < bundles->n; i++)
        n += bundles->items[i]->state == HC_BUNDLE_AGAIN;
    if (n == 0)
        return HC_OK;
    bundles->is_crowded = n > 1;
    hc_arena_reset(bundles->reader->scratch);
    status = read_pass(bundles, HC_PASS_MANIFESTS_AGAIN, err);
    if (status == HC_OK)
        status = read_pass(bundles, HC_PASS_EVIDENCE_AGAIN, err);
    for (size_t i = 0; status == HC_OK && i < bundles->n; i++)
        status = finish(bundles, bundles->items[i], err);
    return status;
}

/* Calls again what starved: one that did alone by itself, of those that did among others up to `most`. Gives how many. */
static size_t call_starved(struct hc_bundles *bundles, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < bundles->n && n < most; i++) {
        struct hc_bundle *bundle = bundles->items[i];
        bool was_alone = bundle->n_starved > 0;
        if (bundle->state != HC_BUNDLE_STARVED || (was_alone && n > 0))
            continue;
        bundle->state = HC_BUNDLE_AGAIN;
        n++;
        if (was_alone)
            break;
    }
    return n;
}

/* The incidents that took too much memory: alone, each with less and less for each file until it fits; among others, among
 * half as many while that is too much and twice as many when it is not, so that how often the source is read hangs on what
 * they take rather than on how many they are. */
static enum hc_status read_starved(struct hc_bundles *bundles, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    size_t n, most = bundles->n;
    while (status == HC_OK && (n = call_starved(bundles, most)) > 0) {
        bundles->is_short = false;
        status = read_scattered(bundles, err);
        most = !bundles->is_short ? 2 * n : n > 1 ? n / 2 : 1;
    }
    return status;
}

/* ---- the source ---- */

static int by_id(const void *a, const void *b)
{
    const struct hc_incident *x = (*(struct hc_bundle *const *)a)->incident;
    const struct hc_incident *y = (*(struct hc_bundle *const *)b)->incident;
    int order = hc_str_compare(x->id, y->id);
    return order != 0 ? order : memcmp(x->content, y->content, sizeof x->content);
}

static enum hc_status hand_over(struct hc_bundles *bundles, struct hc_err *err)
{
    struct hc_source *source = bundles->source;
    size_t n = 0;
    for (size_t i = 0; i < bundles->n; i++)
        if (bundles->items[i]->state == HC_BUNDLE_DONE)
            bundles->items[n++] = bundles->items[i];
    if (n > 1)
        qsort((void *)bundles->items, n, sizeof(struct hc_bundle *), by_id);
    source->incidents = hc_arena_alloc(source->arena, n * sizeof(struct hc_incident *));
    source->derived = hc_arena_alloc(source->arena, n * sizeof(void *));
    source->directories = hc_arena_alloc(source->arena, n * sizeof *source->directories);
    if (!source->incidents || !source->derived || !source->directories)
        return hc_arena_refused(source->arena, err);
    for (size_t i = 0; i < n; i++) {
        source->incidents[i] = bundles->items[i]->incident;
        source->derived[i] = bundles->items[i]->derived;
        source->directories[i] = bundles->items[i]->dir;
        for (size_t k = 0; k < HC_REDACTION_NAMES; k++)
            source->n_replaced[k] += bundles->items[i]->redaction.counts[k];
    }
    source->n_incidents = n;
    source->n_refused_incidents = bundles->n - n;
    return HC_OK;
}

/* In memory that no incident needs any more. */
static enum hc_status read_lone_records(struct hc_bundles *bundles, struct hc_err *err)
{
    enum hc_status status = hc_bundles_may_have_records(bundles) ? read_pass(bundles, HC_PASS_RECORDS, err) : HC_OK;
    if (status != HC_OK || bundles->n > 0)
        return status;
    if (is_lone_file(bundles) && bundles->source->n_refusals == 0)
        return hc_err_set(err, HC_FAIL, "archive-unknown",
                          "neither tar, zip, a compressed tar, nor a post-mortem or an export that is known");
    return hc_err_set(err, HC_FAIL, "no-incident", "there is no incident.xml in it");
}

enum hc_status hc_bundles_read(struct hc_source *source, const struct hc_bundle_reader *reader, struct hc_err *err)
{
    struct hc_bundles bundles = {.source = source, .reader = reader};
    enum hc_status status;
    hc_names_init(&bundles.dirs, source->arena);
    status = read_pass(&bundles, HC_PASS_ALL, err);
    if (status == HC_OK)
        status = turn_to(&bundles, NULL, err);
    call_again(&bundles);
    if (status == HC_OK)
        status = hc_bundles_settle(&bundles, err);
    if (status == HC_OK)
        status = read_scattered(&bundles, err);
    if (status == HC_OK)
        status = read_starved(&bundles, err);
    if (status == HC_OK)
        status = read_lone_records(&bundles, err);
    if (status == HC_OK) {
        hc_bundles_warn_of_strays(&bundles);
        status = hand_over(&bundles, err);
    }
    hc_arena_reset(reader->scratch);
    return status;
}
