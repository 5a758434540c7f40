/* Members that lie in no incident and are records of other tools -> incidents; and what a bundle's own documents say. */
#include <stdlib.h>

#include "ingest/bundle_parts.h"
#include "ingest/format/document.h"
#include "ingest/record/record.h"

#define RESERVE_SHARE 16 /* of a source's memory, for what comes after its records */
#define KEPT_FACTOR 8    /* bytes that are kept of a record, to those that it states, at most */

struct records {
    struct hc_bundles *bundles;
    struct hc_str path; /* of the member */
};

static enum hc_status refuse(void *context, struct hc_str member, const struct hc_err *why, struct hc_err *err)
{
    const struct records *r = context;
    (void)member;
    hc_arena_reset(r->bundles->reader->records);
    return hc_source_refuse(r->bundles->source, r->bundles->reader->redactor, r->path, why, err);
}

static void pass(void *context)
{
    const struct records *r = context;
    hc_arena_reset(r->bundles->reader->records);
}

/* The place of an incident that has no directory of its own: what is told of it names the whole path. */
static struct hc_bundle *add(struct hc_bundles *bundles)
{
    struct hc_arena *arena = bundles->source->arena;
    struct hc_bundle *bundle = hc_arena_calloc(arena, 1, sizeof *bundle);
    void *grown = hc_arena_grow(arena, (void *)bundles->items, bundles->n, bundles->n + 1, &bundles->capacity,
                                sizeof(struct hc_bundle *));
    if (!bundle || !grown)
        return NULL;
    bundle->dir = HC_STR("");
    bundle->state = HC_BUNDLE_REFUSED; /* until it is whole */
    bundles->items = grown;
    bundles->items[bundles->n++] = bundle;
    return bundle;
}

static enum hc_status keep(struct records *r, struct hc_bundle *bundle, struct hc_record *record, struct hc_err *why)
{
    const struct hc_bundle_reader *reader = r->bundles->reader;
    const struct hc_ingest_sink *sink = reader->sink;
    struct hc_arena *kept = r->bundles->source->arena;
    struct hc_incident *incident = NULL;
    enum hc_status status =
        hc_record_incident(&incident, record, reader->redactor, &bundle->redaction, reader->records, why);
    if (status == HC_OK && sink->derive)
        status = sink->derive(sink->context, incident, reader->records, kept, &bundle->derived, why);
    if (status != HC_OK)
        return status;
    bundle->incident = hc_incident_copy(incident, kept);
    if (!bundle->incident)
        return hc_arena_refused(kept, why);
    bundle->state = HC_BUNDLE_DONE;
    return HC_OK;
}

/* Has the source no room for it? What an arena has handed out is a function of the bytes that were read. */
static bool is_full(const struct hc_arena *arena, const struct hc_record *record)
{
    size_t ceiling = hc_arena_ceiling(arena), room = ceiling - ceiling / RESERVE_SHARE;
    size_t used = hc_arena_used(arena);
    return ceiling > 0 && (used > room || record->n_bytes > (room - used) / KEPT_FACTOR);
}

/* HC_FAIL "file-cut": there is no room for this record and those after it. */
static enum hc_status take(void *context, struct hc_record *record, struct hc_err *err)
{
    struct records *r = context;
    struct hc_err why = HC_ERR_NONE;
    if (is_full(r->bundles->source->arena, record)) {
        hc_err_set(err, HC_FAIL, "file-cut",
                   "the records of one archive or file take too much memory: from this line "
                   "on they are left out");
        hc_err_at(err, NULL, NULL, record->line);
        return HC_FAIL;
    }
    struct hc_bundle *bundle = add(r->bundles);
    if (!bundle)
        return hc_arena_refused(r->bundles->source->arena, err);
    enum hc_status status = keep(r, bundle, record, &why);
    if (status == HC_OK) {
        hc_arena_reset(r->bundles->reader->records);
        return HC_OK;
    }
    if (status != HC_FATAL && hc_arena_exceeded(r->bundles->source->arena))
        return hc_arena_refused(r->bundles->source->arena, err);
    if (status == HC_FATAL) {
        *err = why;
        return status;
    }
    hc_err_at(&why, NULL, NULL, record->line);
    return refuse(r, record->member, &why, err);
}

/* HC_SKIP: it is no record. HC_END: it was refused, or the rest of it. */
static enum hc_status read_records(struct records *r, const struct hc_member *member, struct hc_err *err)
{
    const struct hc_record_sink sink = {.context = r, .take = take, .refuse = refuse, .pass = pass};
    const struct hc_bundle_reader *reader = r->bundles->reader;
    struct hc_record_context context = {.mapping = reader->mapping,
                                        .member = r->path,
                                        .arena = reader->records,
                                        .sink = &sink,
                                        .of_file = reader->scratch,
                                        .in_parts = member->more || member->part > 0,
                                        .n_lines = member->part > 0 ? r->bundles->record_parts.n_lines : 0};
    struct hc_err why = HC_ERR_NONE;
    hc_arena_reset(reader->scratch);
    hc_arena_reset(reader->records);
    enum hc_status status = hc_record_read(member->bytes, &context, &why);
    if (status == HC_FAIL && !hc_arena_exceeded(r->bundles->source->arena)) {
        status = hc_source_refuse(r->bundles->source, r->bundles->reader->redactor, r->path, &why, err);
        return status == HC_OK ? HC_END : status;
    }
    if (status == HC_FAIL || status == HC_FATAL)
        *err = why;
    return status;
}

bool hc_bundles_may_have_records(const struct hc_bundles *bundles)
{
    for (size_t i = 0; bundles->reader->mapping && i < bundles->n_waiting; i++)
        if (!bundles->waiting[i].is_read && !hc_bundle_of(bundles, bundles->waiting[i].path))
            return true;
    return false;
}

/* A file, or the first part of one. */
static enum hc_status read_first(struct records *r, const struct hc_member *member, struct hc_err *err)
{
    struct hc_bundles *bundles = r->bundles;
    bundles->record_parts = (struct hc_record_parts){.n_lines = 0};
    /* Those that wait did so in the order in which they come now. */
    while (bundles->next_waiting < bundles->n_waiting &&
           !hc_str_equal(bundles->waiting[bundles->next_waiting].path, member->path))
        bundles->next_waiting++;
    if (bundles->next_waiting == bundles->n_waiting || bundles->waiting[bundles->next_waiting].is_read)
        return HC_SKIP;
    enum hc_status status = read_records(r, member, err);
    bundles->waiting[bundles->next_waiting].is_read = status != HC_SKIP;
    return status;
}

/* A further part, below the file's first line. */
static enum hc_status read_further(struct records *r, const struct hc_member *member, struct hc_err *err)
{
    struct hc_buf text = {.n = 0};
    struct hc_member with_head = *member;
    hc_buf_str(&text, r->bundles->record_parts.head);
    hc_buf_str(&text, member->bytes);
    with_head.bytes = hc_buf_view(&text);
    enum hc_status status = text.failed
                                ? hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while reading records")
                                : read_records(r, &with_head, err);
    hc_buf_free(&text);
    return status;
}

static enum hc_status keep_head(struct hc_bundles *bundles, struct hc_str part, struct hc_err *err)
{
    struct hc_str rest = part;
    (void)hc_str_take_line(&rest);
    struct hc_str head = hc_str_copy(bundles->source->arena, (struct hc_str){part.p, part.n - rest.n});
    bundles->record_parts.head = head;
    return head.p ? HC_OK : hc_arena_refused(bundles->source->arena, err);
}

/* The part at this line is no more of what the file was: those before it stand. */
static enum hc_status cut_records(const struct records *r, uint32_t line, struct hc_err *err)
{
    struct hc_err why = HC_ERR_NONE;
    hc_err_set(&why, HC_FAIL, "file-cut",
               "it is not what it was at its beginning: from this line on its records are left out");
    hc_err_at(&why, NULL, NULL, line);
    enum hc_status status = hc_source_refuse(r->bundles->source, r->bundles->reader->redactor, r->path, &why, err);
    return status == HC_OK ? HC_END : status;
}

enum hc_status hc_bundle_record(struct hc_bundles *bundles, const struct hc_member *member, struct hc_err *err)
{
    struct records r = {bundles, member->path};
    struct hc_record_parts *parts = &bundles->record_parts;
    if (hc_bundle_of(bundles, member->path) || (member->part > 0 && !parts->is_open))
        return HC_OK; /* an incident's own, which may never have waited; or the rest of what is not read */
    enum hc_status status = member->part > 0 ? read_further(&r, member, err) : read_first(&r, member, err);
    if (member->part > 0 && status == HC_SKIP)
        status = cut_records(&r, parts->n_lines + 1, err);
    parts->n_lines += (uint32_t)hc_str_count(member->bytes, '\n');
    parts->is_open = status == HC_OK && member->more;
    if (parts->is_open && member->part == 0)
        status = keep_head(bundles, member->bytes, err);
    return status == HC_SKIP || status == HC_END ? HC_OK : status;
}

/* ---- a bundle's own documents ---- */

/* Of Markdown the text that is kept states all; of a page only its bytes do. */
enum hc_status hc_bundle_note_document(const struct hc_bundles *bundles, struct hc_assembly_file *file,
                                       struct hc_str bytes, struct hc_err *why)
{
    const struct hc_bundle_reader *reader = bundles->reader;
    struct hc_document *document = &file->reading->documents[0];
    if (!document->kind.p && hc_record_is_postmortem(bytes, reader->mapping))
        document->kind = HC_STR("postmortem");
    if (!reader->mapping || !document->kind.p || !hc_str_is(document->kind, "postmortem"))
        return HC_OK;
    bool is_page = !hc_str_is(file->file.format, "document-markdown");
    file->postmortem = is_page ? hc_str_copy(reader->scratch, bytes) : document->text;
    if (is_page && reader->redactor && file->postmortem.p)
        file->postmortem = hc_redact_alone(reader->redactor, file->postmortem, reader->scratch);
    return file->postmortem.p ? HC_OK : hc_arena_refused(reader->scratch, why);
}

struct asking {
    struct hc_incident *incident;
    struct hc_reading *reading; /* of the document */
};

/* As one of the manifest's. */
static void date(const struct hc_incident *incident, struct hc_outcome *outcome)
{
    if (hc_str_is(outcome->status, "confirmed") && !hc_time_known(outcome->known_at))
        outcome->known_at = hc_time_known(incident->updated) ? incident->updated : incident->window_end;
}

/* Of several documents that tell of an outcome one that confirms it comes before those that do not, else the first. */
static bool is_open(const struct hc_incident *incident, const struct hc_incident *stated)
{
    const struct hc_outcome *known = incident->outcomes;
    if (incident->n_outcomes == 0 || stated->n_outcomes == 0)
        return stated->n_outcomes > 0;
    return !hc_str_is(known->given_by, "manifest") && !hc_str_is(known->status, "confirmed") &&
           hc_str_is(stated->outcomes->status, "confirmed");
}

static enum hc_status fill(void *context, struct hc_record *record, struct hc_err *err)
{
    struct asking *asking = context;
    struct hc_incident *incident = asking->incident;
    const struct hc_incident *stated = &record->manifest.incident;
    const struct hc_warnings *warnings = &record->manifest.warnings;
    (void)err;
    if (!incident->title.p) {
        incident->title = stated->title;
        if (stated->title.p && asking->reading->n_documents) /* so that it is known whose it is */
            asking->reading->documents[0].title = stated->title;
    }
    if (!incident->severity.p)
        incident->severity = stated->severity;
    if (incident->n_tags == 0) {
        incident->tags = stated->tags;
        incident->n_tags = stated->n_tags;
    }
    if (is_open(incident, stated)) {
        incident->outcomes = stated->outcomes;
        incident->n_outcomes = stated->n_outcomes;
        for (size_t i = 0; i < incident->n_outcomes; i++)
            date(incident, &incident->outcomes[i]);
    }
    for (size_t i = 0; i < warnings->n; i++) {
        const struct hc_warning *w = &warnings->items[i];
        hc_warnings_add(&asking->reading->warnings, w->code.p, w->member, w->line, "%.*s", HC_STR_ARG(w->message));
    }
    return HC_OK;
}

/* It is the bundle's all the same. */
static enum hc_status pass_over(void *context, struct hc_str member, const struct hc_err *why, struct hc_err *err)
{
    (void)context;
    (void)member;
    (void)why;
    (void)err;
    return HC_OK;
}

static int by_member(const void *a, const void *b)
{
    const struct hc_assembly_file *const *x = a, *const *y = b;
    return hc_str_compare((*x)->file.member, (*y)->file.member);
}

/* As that of a post-mortem that is a record. */
static enum hc_status put_matter_last(struct hc_document *document, struct hc_arena *arena, struct hc_err *why)
{
    struct hc_str matter, body = hc_front_matter_split(document->text, &matter);
    struct hc_buf text = {.n = 0};
    if (!matter.p)
        return HC_OK;
    hc_buf_str(&text, body);
    hc_front_matter_put(&text, matter);
    document->text = text.failed ? HC_STR_NONE : hc_str_copy(arena, hc_str_trim(hc_buf_view(&text)));
    hc_buf_free(&text);
    return document->text.p ? HC_OK : hc_arena_refused(arena, why);
}

static enum hc_status ask(const struct hc_bundles *bundles, struct hc_bundle *bundle,
                          const struct hc_assembly_file *file, struct hc_err *why)
{
    struct asking asking = {&bundle->manifest.incident, file->reading};
    struct hc_arena *scratch = bundles->reader->scratch;
    const struct hc_record_sink sink = {.context = &asking, .take = fill, .refuse = pass_over};
    const struct hc_record_context from = {.mapping = bundles->reader->mapping,
                                           .member = file->file.member,
                                           .arena = scratch,
                                           .sink = &sink,
                                           .of_file = scratch,
                                           .of = &bundle->manifest.incident};
    bool is_page = !hc_str_is(file->file.format, "document-markdown");
    const struct hc_record_reader *reader = is_page ? &hc_record_reader_html : &hc_record_reader_markdown;
    enum hc_status status = reader->read(file->postmortem, &from, why);
    if (!is_page && (status == HC_OK || status == HC_SKIP))
        status = put_matter_last(&file->reading->documents[0], scratch, why);
    return status == HC_SKIP ? HC_OK : status;
}

enum hc_status hc_bundle_ask_documents(const struct hc_bundles *bundles, struct hc_bundle *bundle, struct hc_err *why)
{
    struct hc_arena *scratch = bundles->reader->scratch;
    const struct hc_assembly_file **files = NULL;
    size_t n = 0, capacity = 0;
    enum hc_status status = HC_OK;
    for (size_t f = 0; f < bundle->n_files; f++) {
        if (!bundle->files[f].postmortem.p)
            continue;
        void *grown = hc_arena_grow(scratch, (void *)files, n, n + 1, &capacity, sizeof(struct hc_assembly_file *));
        if (!grown)
            return hc_arena_refused(scratch, why);
        files = grown;
        files[n++] = &bundle->files[f];
    }
    if (n > 1) /* the order of members must not show */
        qsort((void *)files, n, sizeof(struct hc_assembly_file *), by_member);
    for (size_t i = 0; status == HC_OK && i < n; i++)
        status = ask(bundles, bundle, files[i], why);
    return status;
}
