#include "ingest/bundle_parts.h"

#include <stdlib.h>

#define LOOK_BACK 1024 /* members that may wait just before their manifest; older ones wait for the end */

/* Capacity is told by the count: it doubles at each power of two. */
enum hc_status hc_source_refuse(struct hc_source *source, struct hc_str member, const struct hc_err *why,
                                struct hc_err *err)
{
    size_t n = source->n_refusals, capacity = n;
    struct hc_refusal *items = source->refusals;
    struct hc_refusal refusal = {.member = hc_str_copy(source->arena, member),
                                 .line = why->line,
                                 .code = hc_str_of(why->code),
                                 .text = hc_str_copy(source->arena, hc_str_of(why->text))};
    if ((n & (n - 1)) == 0) /* none, or full */
        items = hc_arena_grow(source->arena, items, n, n ? 2 * n : 1, &capacity, sizeof *items);
    if (!items || !refusal.text.p)
        return hc_arena_refused(source->arena, err);
    source->refusals = items;
    source->refusals[source->n_refusals++] = refusal;
    return HC_OK;
}

/* A failure that is the incident's own: the source goes on. */
static enum hc_status refuse_incident(struct hc_bundles *bundles, struct hc_bundle *bundle, struct hc_str path,
                                      enum hc_status status, struct hc_err *why, struct hc_err *err)
{
    if (status == HC_FATAL || hc_arena_exceeded(bundles->source->arena)) {
        *err = *why;
        return status;
    }
    bundle->refused = true;
    return hc_source_refuse(bundles->source, path, why, err);
}

static struct hc_assembly_file *add_file(struct hc_bundles *bundles, struct hc_bundle *bundle, struct hc_str path,
                                         struct hc_str bytes)
{
    struct hc_arena *arena = bundles->source->arena;
    struct hc_assembly_file *file;
    void *grown = hc_arena_grow(arena, bundle->files, bundle->n_files, bundle->n_files + 1, &bundle->capacity,
                                sizeof *bundle->files);
    if (!grown)
        return NULL;
    bundle->files = grown;
    file = &bundle->files[bundle->n_files];
    *file = (struct hc_assembly_file){.file.member = hc_str_copy(arena, hc_bundle_member(bundle, path)),
                                      .file.n_bytes = bytes.n};
    if (!file->file.member.p)
        return NULL;
    hc_sha256_once(bytes.p, bytes.n, file->file.sha256);
    bundle->n_files++;
    return file;
}

static enum hc_status read_evidence(struct hc_bundles *bundles, struct hc_bundle *bundle, struct hc_str path,
                                    struct hc_str bytes, struct hc_err *err)
{
    struct hc_arena *arena = bundles->source->arena;
    const struct hc_incident *incident = &bundle->manifest.incident;
    struct hc_assembly_file *file;
    struct hc_err why = HC_ERR_NONE;
    enum hc_status status;
    if (bundle->refused)
        return HC_OK;
    file = add_file(bundles, bundle, path, bytes);
    if (file)
        file->reading = hc_arena_calloc(arena, 1, sizeof *file->reading);
    if (!file || !file->reading)
        return hc_arena_refused(arena, err);
    struct hc_read_context context = {.member = file->file.member,
                                      .entry = hc_manifest_entry(&bundle->manifest, file->file.member),
                                      .service = incident->service,
                                      .window_start = incident->window_start,
                                      .window_end = incident->window_end,
                                      .known_components = &bundle->manifest.components};
    hc_reading_init(file->reading, arena);
    status = hc_file_read(bytes, &context, file->reading, &file->file, &why);
    if (status == HC_OK || status == HC_SKIP)
        return HC_OK;
    return refuse_incident(bundles, bundle, path, status, &why, err);
}

/* What waited, from number `first` on, and has its manifest now. */
static enum hc_status read_waiting(struct hc_bundles *bundles, size_t first, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    for (size_t i = first; status == HC_OK && i < bundles->n_waiting; i++) {
        struct hc_waiting *w = &bundles->waiting[i];
        struct hc_bundle *bundle = w->bytes ? hc_bundle_of(bundles, w->path) : NULL;
        if (!bundle)
            continue;
        status = read_evidence(bundles, bundle, w->path, (struct hc_str){w->bytes, w->n}, err);
        free(w->bytes);
        w->bytes = NULL;
        bundles->waiting_bytes -= w->n;
    }
    return status;
}

static enum hc_status read_manifest(struct hc_bundles *bundles, const struct hc_member *member, struct hc_err *err)
{
    struct hc_bundle *bundle = hc_bundle_add(bundles, member->path);
    struct hc_err why = HC_ERR_NONE;
    enum hc_status status;
    if (!bundle || !add_file(bundles, bundle, member->path, member->bytes))
        return hc_arena_refused(bundles->source->arena, err);
    status = hc_manifest_read(&bundle->manifest, member->bytes, bundles->reader->schema, bundles->source->arena, &why);
    if (status != HC_OK)
        status = refuse_incident(bundles, bundle, member->path, status, &why, err);
    if (status != HC_OK)
        return status;
    return read_waiting(bundles, bundles->n_waiting > LOOK_BACK ? bundles->n_waiting - LOOK_BACK : 0, err);
}

static enum hc_status read_member(struct hc_bundles *bundles, const struct hc_member *member, struct hc_err *err)
{
    struct hc_bundle *bundle;
    if (hc_is_manifest(member->path))
        return read_manifest(bundles, member, err);
    bundle = hc_bundle_of(bundles, member->path);
    return bundle ? read_evidence(bundles, bundle, member->path, member->bytes, err)
                  : hc_bundle_wait(bundles, member, err);
}

static enum hc_status refuse_member(struct hc_bundles *bundles, struct hc_str path, const struct hc_err *why,
                                    struct hc_err *err)
{
    struct hc_arena *arena = bundles->source->arena;
    if (hc_str_is(hc_str_of(why->code), "member-duplicate")) {
        void *grown = hc_arena_grow(arena, bundles->doubles, bundles->n_doubles, bundles->n_doubles + 1,
                                    &bundles->doubles_capacity, sizeof *bundles->doubles);
        struct hc_str copy = hc_str_copy(arena, path);
        if (!grown || !copy.p)
            return hc_arena_refused(arena, err);
        bundles->doubles = grown;
        bundles->doubles[bundles->n_doubles++] = copy;
    }
    return hc_source_refuse(bundles->source, path, why, err);
}

static enum hc_status first_pass(struct hc_bundles *bundles, struct hc_err *err)
{
    struct hc_err why;
    struct hc_member member;
    enum hc_status status = HC_OK;
    while (status == HC_OK) {
        status = hc_container_next(bundles->reader->container, &member, &why);
        if (status == HC_OK)
            status = read_member(bundles, &member, err);
        else if (status == HC_SKIP)
            status = refuse_member(bundles, member.path, &why, err);
        else if (status != HC_END)
            *err = why;
    }
    return status == HC_END ? read_waiting(bundles, 0, err) : status;
}

static bool name_given_up(const struct hc_bundles *bundles, struct hc_names *names)
{
    hc_names_init(names, bundles->source->arena);
    for (size_t i = 0; i < bundles->n_waiting; i++) {
        const struct hc_waiting *w = &bundles->waiting[i];
        if (w->given_up && hc_bundle_of(bundles, w->path) && hc_names_add(names, w->path) == HC_NAME_NONE)
            return false;
    }
    return true;
}

/* Members that came before their manifest and were too much to keep. */
static enum hc_status second_pass(struct hc_bundles *bundles, struct hc_err *err)
{
    struct hc_container *container = bundles->reader->container;
    struct hc_names wanted;
    struct hc_err why = HC_ERR_NONE;
    struct hc_member member;
    enum hc_status status;
    if (!name_given_up(bundles, &wanted))
        return hc_arena_refused(bundles->source->arena, err);
    if (wanted.n == 0)
        return HC_OK;
    status = hc_container_rewind(container, err);
    while (status == HC_OK) {
        status = hc_container_next(container, &member, &why);
        if (status == HC_OK && hc_names_find(&wanted, member.path) != HC_NAME_NONE)
            status = read_evidence(bundles, hc_bundle_of(bundles, member.path), member.path, member.bytes, err);
        else if (status == HC_SKIP)
            status = HC_OK; /* told in the first pass */
        else if (status == HC_FAIL || status == HC_FATAL)
            *err = why;
    }
    return status == HC_END ? HC_OK : status;
}

static enum hc_status finish_incident(struct hc_bundles *bundles, struct hc_bundle *bundle, struct hc_err *err)
{
    struct hc_source *source = bundles->source;
    const struct hc_ingest_sink *sink = bundles->reader->sink;
    struct hc_incident *incident = NULL;
    struct hc_str derived = HC_STR_NONE;
    struct hc_err why = HC_ERR_NONE;
    enum hc_status status =
        hc_assemble(&incident, &bundle->manifest, bundle->files, bundle->n_files, source->arena, &why);
    if (status == HC_OK && sink->derive)
        status = sink->derive(sink->context, incident, source->arena, &derived, &why);
    if (status != HC_OK)
        return refuse_incident(bundles, bundle, bundle->dir, status, &why, err);
    source->incidents[source->n_incidents] = incident;
    source->derived[source->n_incidents++] = derived;
    return HC_OK;
}

static int by_id(const void *a, const void *b, void *incidents)
{
    const struct hc_incident *const *items = incidents;
    const struct hc_incident *x = items[*(const size_t *)a];
    const struct hc_incident *y = items[*(const size_t *)b];
    int order = hc_str_compare(x->id, y->id);
    return order != 0 ? order : memcmp(x->content, y->content, sizeof x->content);
}

/* By id, then content; each with what was derived from it. */
static bool sort_incidents(struct hc_source *source)
{
    size_t n = source->n_incidents;
    size_t *order = hc_arena_alloc(source->arena, (n + 1) * sizeof *order);
    struct hc_incident **incidents = hc_arena_alloc(source->arena, (n + 1) * sizeof(struct hc_incident *));
    struct hc_str *derived = hc_arena_alloc(source->arena, (n + 1) * sizeof *derived);
    if (!order || !incidents || !derived)
        return false;
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    if (n > 1)
        qsort_r(order, n, sizeof *order, by_id, (void *)source->incidents);
    for (size_t i = 0; i < n; i++) {
        incidents[i] = source->incidents[order[i]];
        derived[i] = source->derived[order[i]];
    }
    source->incidents = incidents;
    source->derived = derived;
    return true;
}

static enum hc_status finish_incidents(struct hc_bundles *bundles, struct hc_err *err)
{
    struct hc_source *source = bundles->source;
    enum hc_status status = hc_bundles_settle(bundles, err);
    if (status != HC_OK)
        return status;
    source->incidents = hc_arena_alloc(source->arena, bundles->n * sizeof(struct hc_incident *));
    source->derived = hc_arena_alloc(source->arena, bundles->n * sizeof *source->derived);
    if (!source->incidents || !source->derived)
        return hc_arena_refused(source->arena, err);
    for (size_t i = 0; status == HC_OK && i < bundles->n; i++)
        if (!bundles->items[i]->refused)
            status = finish_incident(bundles, bundles->items[i], err);
    if (status == HC_OK && !sort_incidents(source))
        status = hc_arena_refused(source->arena, err);
    return status;
}

enum hc_status hc_bundles_read(struct hc_source *source, const struct hc_bundle_reader *reader, struct hc_err *err)
{
    struct hc_bundles bundles = {.source = source, .reader = reader};
    enum hc_status status;
    hc_names_init(&bundles.dirs, source->arena);
    status = first_pass(&bundles, err);
    if (status == HC_OK && bundles.any_given_up)
        status = second_pass(&bundles, err);
    if (status == HC_OK && bundles.n == 0)
        status = hc_err_set(err, HC_FAIL, "no-incident", "there is no incident.xml in it");
    if (status == HC_OK)
        status = finish_incidents(&bundles, err);
    if (status == HC_OK)
        hc_bundles_warn_of_strays(&bundles);
    hc_bundle_drop_waiting(&bundles);
    return status;
}
