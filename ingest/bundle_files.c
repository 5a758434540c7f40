/* The files of an incident: what is read of each, whole or in parts. */
#include <string.h>

#include "ingest/bundle_parts.h"

#define TOO_MUCH "what it tells takes too much memory"
#define SLICE_BYTES ((size_t)1 << 20) /* that are read before it is looked at what they took, at most */
#define SLICES 256                    /* how small they are, to an incident's memory */

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
                                      .file.n_bytes = member->bytes.n};
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

/* Does what was read of the file take more than its share? What an arena has handed out is a function of the incident's
 * bytes. */
static bool takes_too_much(const struct hc_bundle *bundle, const struct hc_arena *scratch)
{
    const struct hc_file_parts *parts = &bundle->parts;
    size_t ceiling = hc_arena_ceiling(scratch), n = hc_arena_used(scratch) - parts->n_bytes_before;
    unsigned n_halvings = bundle->n_starved > 0 ? bundle->n_starved - 1 : 0;
    return ceiling > 0 && parts->open.reader && n > (ceiling / 16 * parts->open.reader->share) >> n_halvings;
}

/* Ends the reading of a file, whether or not more of it comes. */
static enum hc_status close_parts(const struct hc_bundles *bundles, struct hc_bundle *bundle, struct hc_err *why)
{
    struct hc_file_parts *parts = &bundle->parts;
    struct hc_assembly_file *file = &bundle->files[parts->first];
    parts->is_closed = true;
    enum hc_status status = parts->open.reader ? hc_file_close(&parts->open, &file->file, why) : HC_SKIP;
    if ((status == HC_OK || status == HC_SKIP) && !redact(bundles, bundle, file->reading))
        return hc_arena_refused(bundles->reader->scratch, why);
    return status;
}

/* Of a file that takes too much, or is no more in its format, the rest is left out. */
static enum hc_status cut(const struct hc_bundles *bundles, struct hc_bundle *bundle, const char *reason,
                          struct hc_err *why)
{
    const struct hc_assembly_file *file = &bundle->files[bundle->parts.first];
    hc_warnings_add(&file->reading->warnings, "file-cut", file->file.member, (long)bundle->parts.n_lines + 1,
                    "%s: from this line on the file is left out", reason);
    return close_parts(bundles, bundle, why);
}

static enum hc_status read_slice(const struct hc_bundles *bundles, struct hc_bundle *bundle, struct hc_str slice,
                                 struct hc_err *why)
{
    struct hc_file_parts *parts = &bundle->parts;
    const struct hc_assembly_file *file = &bundle->files[parts->first];
    enum hc_status status;
    if (parts->open.reader) {
        if (takes_too_much(bundle, bundles->reader->scratch))
            return cut(bundles, bundle, TOO_MUCH, why);
        status = hc_file_take(&parts->open, slice, why);
        if (status == HC_SKIP)
            return cut(bundles, bundle, "it is not what it was at its beginning", why);
    } else {
        struct hc_read_context context = context_of(bundles, bundle, file);
        context.in_parts = true;
        status = hc_file_open(&parts->open, slice, &context, file->reading, why);
        if (status == HC_SKIP)
            return close_parts(bundles, bundle, why);
    }
    parts->n_lines += hc_str_count(slice, '\n');
    return status;
}

static size_t slice_bytes(const struct hc_arena *scratch)
{
    size_t n = hc_arena_ceiling(scratch) / SLICES;
    return n > 0 && n < SLICE_BYTES ? n : SLICE_BYTES;
}

/* A part of a file, slice by slice. */
static enum hc_status read_part(const struct hc_bundles *bundles, struct hc_bundle *bundle, struct hc_str bytes,
                                bool more, struct hc_err *why)
{
    size_t most = slice_bytes(bundles->reader->scratch);
    enum hc_status status = HC_OK;
    while (status == HC_OK && bytes.n > 0 && !bundle->parts.is_closed) {
        size_t n = bytes.n > most ? hc_part_bytes(bytes.p, most) : bytes.n;
        status = read_slice(bundles, bundle, (struct hc_str){bytes.p, n}, why);
        bytes = (struct hc_str){bytes.p + n, bytes.n - n};
    }
    if (status == HC_OK && !more && !bundle->parts.is_closed)
        return close_parts(bundles, bundle, why);
    return status;
}

/* A table that is not parted by commas may have found no room to be, and so no reader. */
static bool is_of_format_of_lines(const struct hc_open_file *open)
{
    return open->reader ? open->reader->open != NULL : open->separator != '\0';
}

/* Nothing of it was read: it is read in parts, or left out. */
static enum hc_status read_anew(const struct hc_bundles *bundles, struct hc_bundle *bundle, struct hc_str bytes,
                                struct hc_err *why)
{
    struct hc_file_parts *parts = &bundle->parts;
    bool is_of_lines = is_of_format_of_lines(&parts->open);
    hc_reading_init(bundle->files[parts->first].reading, bundles->reader->scratch);
    parts->open.reader = NULL;
    bundle->has_shares = true;
    return is_of_lines ? read_part(bundles, bundle, bytes, false, why) : cut(bundles, bundle, TOO_MUCH, why);
}

/* A file that is held whole. Where memory is too short for what it tells, or was for the incident's files and it takes more
 * than its share, it is read anew in parts. What is cut must hang neither on others that share the memory, so it is once its
 * incident is alone, nor on which file comes first, so the incident starves where one before it takes more than its share. */
static enum hc_status read_whole(const struct hc_bundles *bundles, struct hc_bundle *bundle, struct hc_str bytes,
                                 struct hc_err *why)
{
    struct hc_arena *scratch = bundles->reader->scratch;
    struct hc_file_parts *parts = &bundle->parts;
    struct hc_assembly_file *file = &bundle->files[parts->first];
    struct hc_read_context context = context_of(bundles, bundle, file);
    struct hc_arena_mark mark = hc_arena_mark(scratch);
    bool has_shares = bundle->n_starved > 0 || bundle->has_shares;
    enum hc_status status = hc_file_open(&parts->open, bytes, &context, file->reading, why);
    if (status == HC_FATAL)
        return status;
    bool is_short = hc_arena_exceeded(scratch), is_large = takes_too_much(bundle, scratch);
    if (is_short && (bundles->is_crowded || bundle->has_large))
        return hc_arena_refused(scratch, why);
    if (is_short || (is_large && has_shares)) {
        hc_arena_release(scratch, &mark);
        return read_anew(bundles, bundle, bytes, why);
    }
    bundle->has_large |= is_large;
    return close_parts(bundles, bundle, why);
}

static enum hc_status read_first(const struct hc_bundles *bundles, struct hc_bundle *bundle,
                                 const struct hc_member *member, struct hc_err *why)
{
    struct hc_arena *scratch = bundles->reader->scratch;
    size_t used_before = hc_arena_used(scratch);
    struct hc_assembly_file *file = hc_bundle_add_file(bundles, bundle, member);
    struct hc_reading *reading = hc_arena_alloc(scratch, sizeof *reading);
    if (!file || !reading)
        return hc_arena_refused(scratch, why);
    hc_reading_init(reading, scratch);
    file->reading = reading;
    bundle->parts =
        (struct hc_file_parts){.first = bundle->n_files - 1, .n_bytes_before = used_before, .is_open = member->more};
    if (member->more)
        return read_part(bundles, bundle, member->bytes, true, why);
    enum hc_status status = read_whole(bundles, bundle, member->bytes, why);
    return status == HC_OK && reading->n_documents > 0 ? hc_bundle_note_document(bundles, file, member->bytes, why)
                                                       : status;
}

static enum hc_status read_further(const struct hc_bundles *bundles, struct hc_bundle *bundle,
                                   const struct hc_member *member, struct hc_err *why)
{
    struct hc_file_parts *parts = &bundle->parts;
    enum hc_status status = read_part(bundles, bundle, member->bytes, member->more, why);
    struct hc_assembly_file *file = &bundle->files[parts->first];
    file->file.n_bytes += member->bytes.n;
    parts->is_open = member->more;
    if (!member->more)
        memcpy(file->sha256, member->sha256, HC_SHA256_BYTES);
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
