/* The files of an incident: what is read of each, whole or in parts. */
#include <string.h>

#include "ingest/bundle_parts.h"

/* Sixteenths of an incident's memory that the parts of one file may take: uniting points and spans, and their evidence, takes
 * three times as much, uniting lines of logs little. */
#define PARTS_SHARE 3
#define PARTS_SHARE_LOGS 6

static struct hc_assembly_file *new_file(const struct hc_bundles *bundles, struct hc_bundle *bundle,
                                         const struct hc_member *member)
{
    struct hc_arena *scratch = bundles->reader->scratch;
    void *grown = hc_arena_grow(scratch, bundle->files, bundle->n_files, bundle->n_files + 1, &bundle->capacity,
                                sizeof *bundle->files);
    if (!grown)
        return NULL;
    bundle->files = grown;
    struct hc_assembly_file *file = &bundle->files[bundle->n_files];
    *file = (struct hc_assembly_file){.file.member = hc_str_copy(scratch, hc_bundle_member(bundle, member->path)),
                                      .file.n_bytes = member->bytes.n - member->n_head,
                                      .part = member->part};
    if (!file->file.member.p)
        return NULL;
    bundle->n_files++;
    return file;
}

/* What stays is hashed together with the members that follow, else at once; what comes in parts, with them. */
struct hc_assembly_file *hc_bundle_add_file(const struct hc_bundles *bundles, struct hc_bundle *bundle,
                                            const struct hc_member *member)
{
    struct hc_sha256_lanes *digests = bundles->reader->digests;
    uint8_t *sha256 = hc_arena_calloc(bundles->reader->scratch, 1, HC_SHA256_BYTES);
    struct hc_assembly_file *file = sha256 ? new_file(bundles, bundle, member) : NULL;
    if (!file)
        return NULL;
    file->sha256 = sha256;
    if (member->more)
        return file;
    hc_sha256_lanes_submit(digests, member->bytes.p, member->bytes.n, sha256);
    if (!member->stays)
        hc_sha256_lanes_await(digests, sha256);
    return file;
}

static struct hc_read_context context_of(const struct hc_bundles *bundles, const struct hc_bundle *bundle,
                                         const struct hc_assembly_file *file)
{
    const struct hc_incident *incident = &bundle->manifest.incident;
    return (struct hc_read_context){.member = file->file.member,
                                    .entry = hc_manifest_entry(&bundle->manifest, file->file.member),
                                    .service = incident->service,
                                    .window_start = incident->window_start,
                                    .window_end = incident->window_end,
                                    .known_components = &bundle->manifest.components,
                                    .shapes = bundles->reader->shapes,
                                    .n_ahead = bundles->reader->redactor ? HC_REDACTION_AHEAD : 0};
}

static bool redact(const struct hc_bundles *bundles, struct hc_bundle *bundle, struct hc_reading *reading)
{
    return !bundles->reader->redactor || hc_redact_reading(&bundle->redaction, reading, bundles->reader->scratch);
}

static struct hc_reading *new_reading(struct hc_arena *scratch)
{
    struct hc_reading *reading = hc_arena_calloc(scratch, 1, sizeof *reading);
    if (reading)
        hc_reading_init(reading, scratch);
    return reading;
}

static uint64_t count_lines(struct hc_str bytes)
{
    uint64_t n = 0;
    for (size_t i = 0; i < bytes.n; i++)
        n += bytes.p[i] == '\n';
    return n;
}

static void open_parts(struct hc_bundle *bundle, const struct hc_member *member, size_t used_before, bool is_read)
{
    bundle->parts = (struct hc_file_parts){.first = bundle->n_files - 1,
                                           .n_lines = count_lines(member->bytes),
                                           .n_bytes_before = used_before,
                                           .is_open = true,
                                           .is_closed = !is_read};
}

static enum hc_status read_first(const struct hc_bundles *bundles, struct hc_bundle *bundle,
                                 const struct hc_member *member, struct hc_err *why)
{
    struct hc_arena *scratch = bundles->reader->scratch;
    size_t used_before = hc_arena_used(scratch);
    struct hc_assembly_file *file = hc_bundle_add_file(bundles, bundle, member);
    struct hc_reading *reading = new_reading(scratch);
    if (!file || !reading)
        return hc_arena_refused(scratch, why);
    file->reading = reading;
    struct hc_read_context context = context_of(bundles, bundle, file);
    context.in_parts = member->more;
    enum hc_status status = hc_file_read(member->bytes, &context, reading, &file->file, why);
    if ((status == HC_OK || status == HC_SKIP) && !redact(bundles, bundle, reading))
        return hc_arena_refused(scratch, why);
    if (status == HC_OK && reading->n_documents > 0)
        status = hc_bundle_note_document(bundles, file, member->bytes, why);
    if (member->more)
        open_parts(bundle, member, used_before, status == HC_OK);
    return status;
}

/* Would another part, if it took as much as those before, take more than the share? What an arena has handed out is a
 * function of the incident's bytes. */
static bool takes_too_much(const struct hc_bundle *bundle, uint32_t n_parts, const struct hc_arena *scratch)
{
    size_t n = hc_arena_used(scratch) - bundle->parts.n_bytes_before, ceiling = hc_arena_ceiling(scratch);
    size_t share = hc_str_is(bundle->files[bundle->parts.first].file.kind, "logs") ? PARTS_SHARE_LOGS : PARTS_SHARE;
    return ceiling > 0 && n + n / n_parts > ceiling / 16 * share;
}

/* Of a file whose readings take too much, or of a part that is no more in its format, the rest is left out. */
static void close_parts(struct hc_bundle *bundle, const struct hc_assembly_file *file, const char *why)
{
    bundle->parts.is_closed = true;
    hc_warnings_add(&file->reading->warnings, "file-cut", file->file.member, (long)bundle->parts.n_lines + 1,
                    "%s: from this line on the file is left out", why);
}

static enum hc_status read_part(const struct hc_bundles *bundles, struct hc_bundle *bundle,
                                const struct hc_member *member, struct hc_err *why)
{
    struct hc_arena *scratch = bundles->reader->scratch;
    struct hc_file_parts *parts = &bundle->parts;
    struct hc_assembly_file *file = new_file(bundles, bundle, member);
    struct hc_reading *reading = new_reading(scratch);
    if (!file || !reading)
        return hc_arena_refused(scratch, why);
    struct hc_assembly_file *first = &bundle->files[parts->first];
    struct hc_read_context context = context_of(bundles, bundle, file);
    file->reading = reading;
    file->sha256 = first->sha256;
    enum hc_status status = HC_SKIP;
    if (takes_too_much(bundle, member->part, scratch)) {
        close_parts(bundle, file, "what it tells takes too much memory");
    } else {
        status = hc_part_read(member->bytes, member->n_head, parts->n_lines, &context, reading, &first->file, why);
        if (status == HC_SKIP)
            close_parts(bundle, file, "it is not what it was at its beginning");
    }
    if ((status == HC_OK || status == HC_SKIP) && !redact(bundles, bundle, reading))
        return hc_arena_refused(scratch, why);
    return status;
}

static enum hc_status read_further(const struct hc_bundles *bundles, struct hc_bundle *bundle,
                                   const struct hc_member *member, struct hc_err *why)
{
    struct hc_file_parts *parts = &bundle->parts;
    enum hc_status status = parts->is_closed ? HC_SKIP : read_part(bundles, bundle, member, why);
    struct hc_assembly_file *first = &bundle->files[parts->first];
    struct hc_str bytes = {member->bytes.p + member->n_head, member->bytes.n - member->n_head};
    first->file.n_bytes += bytes.n;
    parts->n_lines += count_lines(bytes);
    parts->is_open = member->more;
    if (!member->more)
        memcpy(first->sha256, member->sha256, HC_SHA256_BYTES);
    return status;
}

enum hc_status hc_bundle_read_file(const struct hc_bundles *bundles, struct hc_bundle *bundle,
                                   const struct hc_member *member, struct hc_err *why)
{
    return member->part == 0 ? read_first(bundles, bundle, member, why) : read_further(bundles, bundle, member, why);
}

void hc_bundle_drop_parts(struct hc_bundle *bundle)
{
    if (bundle->parts.is_open)
        bundle->n_files = bundle->parts.first;
    bundle->parts.is_open = false;
}
