/* One content of an incident into its rows. */
#include "corpus/store/put.h"

static enum hc_status row_name(struct hc_put *put, struct hc_row *row, struct hc_str text, struct hc_err *err)
{
    int64_t key = 0;
    enum hc_status status = hc_put_name(put, text, &key, err);
    hc_row_key(row, key);
    return status;
}

static enum hc_status row_place(struct hc_put *put, struct hc_row *row, struct hc_source_place place,
                                struct hc_err *err)
{
    enum hc_status status = row_name(put, row, place.member, err);
    hc_row_int(row, place.line);
    return status;
}

static int64_t item_of(const struct hc_put *put, size_t ordinal)
{
    return put->version << 32 | (int64_t)ordinal;
}

/* A place in one value: the key of its member, and the line. */
static enum hc_status item_place(struct hc_put *put, struct hc_row *row, struct hc_source_place place,
                                 struct hc_err *err)
{
    int64_t member = 0;
    enum hc_status status = hc_put_name(put, place.member, &member, err);
    hc_row_int(row, member << 32 | place.line);
    return status;
}

static int64_t digits_of(struct hc_time time)
{
    return hc_time_known(time) ? time.digits : 0;
}

/* What every row of a list begins with. */
static const struct hc_incident *begin_row(const struct hc_put *put, struct hc_row *row, size_t ordinal)
{
    hc_row_int(row, put->version);
    hc_row_int(row, (int64_t)ordinal);
    return put->incident;
}

/* And what one of a long list begins with. The greatest version is put last, so the first item is the greatest yet; for
 * those after it SQLite's own next key is the right one, and it finds the end of the table without a search. */
static const struct hc_incident *begin_item(const struct hc_put *put, struct hc_row *row, size_t ordinal)
{
    hc_row_key(row, ordinal == 0 ? item_of(put, 0) : 0);
    return put->incident;
}

static enum hc_status component_row(void *context, size_t i, struct hc_row *row, struct hc_err *err)
{
    struct hc_put *put = context;
    const struct hc_component *component = &begin_item(put, row, i)->components[i];
    enum hc_status status = row_name(put, row, component->name, err);
    hc_row_text(row, component->kind);
    return status;
}

static enum hc_status change_row(void *context, size_t i, struct hc_row *row, struct hc_err *err)
{
    struct hc_put *put = context;
    const struct hc_change *change = &begin_row(put, row, i)->changes[i];
    hc_row_text(row, change->kind);
    hc_row_component(row, change->component);
    hc_row_text(row, change->version);
    hc_row_text(row, change->commit);
    hc_row_text(row, change->text);
    enum hc_status status = row_place(put, row, change->place, err);
    hc_row_time(row, change->at);
    return status;
}

static enum hc_status event_row(void *context, size_t i, struct hc_row *row, struct hc_err *err)
{
    struct hc_put *put = context;
    const struct hc_event *event = &begin_item(put, row, i)->events[i];
    int64_t kind = 0;
    enum hc_status status = hc_put_name(put, event->kind, &kind, err);
    hc_row_component(row, event->component);
    hc_row_int(row, kind << 8 | event->level << 4 | digits_of(event->at));
    hc_row_text(row, event->message);
    hc_row_key(row, (int64_t)event->template_id);
    if (status == HC_OK)
        status = item_place(put, row, event->place, err);
    hc_row_ns(row, event->at);
    return status;
}

static enum hc_status put_points(const struct hc_put *put, struct hc_err *err)
{
    const struct hc_packed *packed = put->packed;
    enum hc_status status = HC_OK;
    for (size_t i = 0; status == HC_OK && i < packed->n_chunks; i++) {
        const struct hc_packed_points *chunk = &packed->chunks[i];
        struct hc_binder b = {hc_store_statement(put->store, HC_SQL_POINTS_INSERT, err), 0};
        if (!b.statement)
            return HC_FATAL;
        hc_bind_int(&b, item_of(put, chunk->first));
        hc_bind_blob(&b, packed->points.p + chunk->from, chunk[1].from - chunk->from);
        status = hc_store_run(put->store, b.statement, err);
    }
    return status;
}

static enum hc_status series_row(void *context, size_t i, struct hc_row *row, struct hc_err *err)
{
    struct hc_put *put = context;
    const struct hc_series *series = &begin_item(put, row, i)->series[i];
    int64_t metric = 0, unit = 0;
    enum hc_status status = hc_put_name(put, series->metric, &metric, err);
    if (status == HC_OK)
        status = hc_put_name(put, series->unit, &unit, err);
    hc_row_component(row, series->component);
    hc_row_int(row, metric << 32 | unit);
    hc_row_int(row, (int64_t)series->first_row << 29 | (int64_t)series->n << 4 | digits_of(series->onset_at));
    hc_row_real(row, series->baseline_median);
    hc_row_real(row, series->baseline_mad);
    hc_row_real(row, series->peak);
    hc_row_real(row, series->score);
    if (status == HC_OK)
        status = item_place(put, row, series->place, err);
    hc_row_ns(row, series->onset_at);
    return status;
}

static enum hc_status outcome_row(void *context, size_t i, struct hc_row *row, struct hc_err *err)
{
    struct hc_put *put = context;
    const struct hc_outcome *outcome = &put->incident->outcomes[i];
    begin_row(put, row, outcome->ordinal);
    hc_row_text(row, outcome->status);
    hc_row_text(row, outcome->category);
    hc_row_text(row, outcome->component);
    hc_row_text(row, outcome->cause);
    hc_row_text(row, outcome->metric);
    hc_row_text(row, outcome->text);
    hc_row_text(row, outcome->given_by);
    enum hc_status status = row_place(put, row, outcome->place, err);
    hc_row_time(row, outcome->known_at);
    return status;
}

static enum hc_status warning_row(void *context, size_t i, struct hc_row *row, struct hc_err *err)
{
    struct hc_put *put = context;
    const struct hc_warning *warning = &begin_row(put, row, i)->warnings[i];
    enum hc_status status = row_name(put, row, warning->member, err);
    hc_row_int(row, warning->line);
    hc_row_text(row, warning->code);
    hc_row_text(row, warning->message);
    hc_row_int(row, (int64_t)warning->n_more);
    return status;
}

static enum hc_status tag_row(void *context, size_t i, struct hc_row *row, struct hc_err *err)
{
    struct hc_put *put = context;
    const struct hc_tag *tag = &begin_row(put, row, i)->tags[i];
    enum hc_status status = row_name(put, row, tag->name, err);
    hc_row_text(row, tag->text);
    hc_row_text(row, tag->category);
    hc_row_text(row, tag->given_by);
    return status == HC_OK ? row_place(put, row, tag->place, err) : status;
}

/* Its key ties it to its words, so each goes alone. */
static enum hc_status put_document(struct hc_put *put, size_t i, struct hc_err *err)
{
    const struct hc_document *document = &put->incident->documents[i];
    int64_t member;
    enum hc_status status = hc_store_name(put->store, document->place.member, &member, err);
    struct hc_binder b = {hc_store_statement(put->store, HC_SQL_DOCUMENT_INSERT, err), 0};
    if (status != HC_OK || !b.statement)
        return status != HC_OK ? status : HC_FATAL;
    hc_bind_int(&b, put->version);
    hc_bind_int(&b, (int64_t)i);
    hc_bind_text(&b, document->kind);
    hc_bind_text(&b, document->title);
    hc_bind_text(&b, document->text);
    hc_bind_key(&b, member);
    hc_bind_int(&b, document->place.line);
    status = hc_store_run(put->store, b.statement, err);
    struct hc_binder search = {hc_store_statement(put->store, HC_SQL_DOCUMENT_SEARCH_INSERT, err), 0};
    if (status != HC_OK || !search.statement)
        return status != HC_OK ? status : HC_FATAL;
    hc_bind_int(&search, sqlite3_last_insert_rowid(put->store->db));
    hc_bind_text(&search, document->title);
    hc_bind_text(&search, document->text);
    return hc_store_run(put->store, search.statement, err);
}

static enum hc_status put_record(struct hc_put *put, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(put->store, HC_SQL_RECORD_INSERT, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, put->version);
    hc_bind_blob(&b, put->packed->record.p, put->packed->record.n);
    return hc_store_run(put->store, b.statement, err);
}

static enum hc_status put_title(struct hc_put *put, struct hc_err *err)
{
    if (!put->incident->title.p)
        return HC_OK;
    struct hc_binder b = {hc_store_statement(put->store, HC_SQL_TITLE_SEARCH_INSERT, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, put->version);
    hc_bind_text(&b, put->incident->title);
    return hc_store_run(put->store, b.statement, err);
}

static enum hc_status put_version(struct hc_put *put, struct hc_err *err)
{
    const struct hc_incident *incident = put->incident;
    int64_t member = 0;
    enum hc_status status = hc_store_name(put->store, incident->window_place.member, &member, err);
    struct hc_binder b = {hc_store_statement(put->store, HC_SQL_VERSION_INSERT, err), 0};
    if (status != HC_OK || !b.statement)
        return status != HC_OK ? status : HC_FATAL;
    hc_bind_text(&b, incident->id);
    hc_bind_blob(&b, incident->content, HC_SHA256_BYTES);
    hc_bind_text(&b, incident->origin);
    hc_bind_text(&b, incident->title);
    hc_bind_text(&b, incident->service);
    hc_bind_text(&b, incident->severity);
    hc_bind_key(&b, member);
    hc_bind_int(&b, incident->window_place.line);
    hc_bind_int(&b, (int64_t)put->packed->checksum);
    hc_bind_time(&b, incident->updated);
    hc_bind_time(&b, incident->window_start);
    hc_bind_time(&b, incident->detected);
    hc_bind_time(&b, incident->mitigated);
    hc_bind_time(&b, incident->window_end);
    status = hc_store_run(put->store, b.statement, err);
    put->version = sqlite3_last_insert_rowid(put->store->db);
    return status;
}

static enum hc_status put_lists(struct hc_put *put, struct hc_err *err)
{
    const struct hc_incident *incident = put->incident;
    const struct {
        enum hc_statement which;
        enum hc_status (*row)(void *context, size_t i, struct hc_row *row, struct hc_err *err);
        size_t n;
    } lists[] = {
        {HC_SQL_COMPONENT_INSERT, component_row, incident->n_components},
        {HC_SQL_CHANGE_INSERT, change_row, incident->n_changes},
        {HC_SQL_EVENT_INSERT, event_row, incident->n_events},
        {HC_SQL_SERIES_INSERT, series_row, incident->n_series},
        {HC_SQL_OUTCOME_INSERT, outcome_row, incident->n_outcomes},
        {HC_SQL_WARNING_INSERT, warning_row, incident->n_warnings},
        {HC_SQL_TAG_INSERT, tag_row, incident->n_tags},
    };
    enum hc_status status = HC_OK;
    for (size_t k = 0; status == HC_OK && k < sizeof lists / sizeof *lists; k++) {
        struct hc_feed feed = {.row = lists[k].row, .context = put, .n = lists[k].n};
        status = hc_store_put_rows(put->store, lists[k].which, &feed, err);
    }
    if (status == HC_OK)
        status = put_points(put, err);
    if (status == HC_OK && incident->n_dependencies > 0)
        status = hc_put_dependencies(put, err);
    if (status == HC_OK && put->packed->n_runs > 0)
        status = hc_put_log_counts(put, err);
    for (size_t i = 0; status == HC_OK && i < incident->n_documents; i++)
        status = put_document(put, i, err);
    return status;
}

enum hc_status hc_put_content(struct hc_put *put, struct hc_err *err)
{
    enum hc_status status = put_version(put, err);
    if (status == HC_OK)
        status = put_lists(put, err);
    if (status == HC_OK)
        status = put_record(put, err);
    return status == HC_OK ? put_title(put, err) : status;
}

static enum hc_status find_version(struct hc_put *put, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(put->store, HC_SQL_VERSION_FIND, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, put->incident->id);
    hc_bind_blob(&b, put->incident->content, HC_SHA256_BYTES);
    enum hc_status status = hc_store_step(put->store, b.statement, err);
    if (status == HC_OK)
        put->version = sqlite3_column_int64(b.statement, 0);
    sqlite3_reset(b.statement);
    return status == HC_END ? HC_OK : status;
}

static enum hc_status put_source_link(struct hc_put *put, const uint8_t *source, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(put->store, HC_SQL_VERSION_SOURCE_INSERT, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, put->version);
    hc_bind_blob(&b, source, HC_SHA256_BYTES);
    return hc_store_run(put->store, b.statement, err);
}

/* What is united of it came from there too. */
static enum hc_status put_united_source(struct hc_put *put, const uint8_t *source, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(put->store, HC_SQL_PART_SOURCE, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, put->incident->id);
    hc_bind_int(&b, put->version);
    hc_bind_blob(&b, source, HC_SHA256_BYTES);
    return hc_store_run(put->store, b.statement, err);
}

/* ---- a record that came before ---- */

/* Does it stand in an earlier place now, by source, member and line? */
static enum hc_status stands_earlier(struct hc_put *put, const uint8_t *source, bool *earlier, struct hc_err *err)
{
    const struct hc_source_place now = put->incident->window_place;
    struct hc_binder b = {hc_store_statement(put->store, HC_SQL_VERSION_PLACE, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, put->version);
    enum hc_status status = hc_store_step(put->store, b.statement, err);
    if (status == HC_OK) {
        const void *of = sqlite3_column_blob(b.statement, 0);
        const struct hc_str member = hc_str_of((const char *)sqlite3_column_text(b.statement, 1));
        const int64_t line = sqlite3_column_int64(b.statement, 2);
        int order = of ? memcmp(source, of, HC_SHA256_BYTES) : 0;
        order = order ? order : hc_str_compare(now.member, member);
        *earlier = order ? order < 0 : now.line < line;
    }
    sqlite3_reset(b.statement);
    return status == HC_END ? HC_OK : status;
}

static enum hc_status move_sources(struct hc_put *put, int64_t from, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(put->store, HC_SQL_VERSION_SOURCES_MOVE, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, from);
    hc_bind_int(&b, put->version);
    return hc_store_run(put->store, b.statement, err);
}

/* What a record says does not hang on where it stands, what is shown with it does: the earliest place counts, so that the
 * order in which files come cannot show. */
static enum hc_status tell_of_earliest(struct hc_put *put, const uint8_t *source, struct hc_str evidence,
                                       struct hc_err *err)
{
    bool earlier = false;
    int64_t before = put->version;
    enum hc_status status = stands_earlier(put, source, &earlier, err);
    if (status != HC_OK || !earlier)
        return status;
    status = hc_store_version_delete(put->store, before, err);
    if (status == HC_OK)
        status = hc_put_content(put, err);
    if (status == HC_OK)
        status = move_sources(put, before, err);
    if (status == HC_OK && evidence.p)
        status = hc_store_evidence_put(put->store, put->version, evidence, err);
    return status == HC_OK ? hc_store_unite_later(put->store, put->incident->id, err) : status;
}

/* ---- all of it ---- */

static enum hc_status find_known(struct hc_put *put, const uint8_t *source, struct hc_err *err)
{
    bool known;
    enum hc_status status = hc_store_source_known(put->store, source, &known, err);
    if (status == HC_OK && !known)
        status = hc_err_set(err, HC_FAIL, "source-unknown", "the incident's source was not put before it");
    return status == HC_OK ? find_version(put, err) : status;
}

static enum hc_status put_new(struct hc_put *put, const uint8_t *source, struct hc_str evidence,
                              enum hc_put_result *result, struct hc_err *err)
{
    enum hc_status status = hc_put_content(put, err);
    if (status == HC_OK)
        status = put_source_link(put, source, err);
    if (status == HC_OK)
        status = hc_store_version_choose(put->store, put->incident, put->version, result, err);
    return status == HC_OK && evidence.p ? hc_store_evidence_put(put->store, put->version, evidence, err) : status;
}

static enum hc_status put_known(struct hc_put *put, const uint8_t *source, struct hc_str evidence,
                                enum hc_put_result *result, struct hc_err *err)
{
    enum hc_status status = put->incident->origin.p ? tell_of_earliest(put, source, evidence, err) : HC_OK;
    *result = HC_PUT_KNOWN;
    if (status == HC_OK)
        status = put_source_link(put, source, err);
    return status == HC_OK ? put_united_source(put, source, err) : status;
}

static enum hc_status put_all(struct hc_put *put, const uint8_t *source, struct hc_str evidence,
                              enum hc_put_result *result, struct hc_err *err)
{
    enum hc_status status = find_known(put, source, err);
    if (status != HC_OK)
        return status;
    return put->version ? put_known(put, source, evidence, result, err) : put_new(put, source, evidence, result, err);
}

enum hc_status hc_store_incident_put(struct hc_store *store, const struct hc_incident *incident,
                                     const struct hc_packed *packed, const uint8_t source_sha256[HC_SHA256_BYTES],
                                     struct hc_str evidence, enum hc_put_result *result, struct hc_err *err)
{
    struct hc_put put = {.store = store, .incident = incident, .packed = packed};
    enum hc_status status = hc_store_enter(store, err);
    if (status == HC_OK)
        status = hc_store_leave(store, put_all(&put, source_sha256, evidence, result, err), err);
    return status;
}
