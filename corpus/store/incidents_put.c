/* One content of an incident into its rows. */
#include "corpus/store/internal.h"

/* What a put works on. */
struct put {
    struct hc_store *store;
    const struct hc_incident *incident;
    int64_t version;
    int64_t *template_keys; /* of the incident's templates; 0: not asked for yet */
};

static enum hc_status bind_name(struct put *put, struct hc_binder *b, struct hc_str text, struct hc_err *err)
{
    int64_t key;
    enum hc_status status = hc_store_name(put->store, text, &key, err);
    if (status == HC_OK)
        hc_bind_key(b, key);
    return status;
}

static enum hc_status bind_place(struct put *put, struct hc_binder *b, struct hc_source_place place, struct hc_err *err)
{
    enum hc_status status = bind_name(put, b, place.member, err);
    hc_bind_int(b, place.line);
    return status;
}

/* A row's statement with its version and ordinal bound; a NULL statement: err is set. */
static struct hc_binder row_of(struct put *put, enum hc_statement which, size_t ordinal, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(put->store, which, err), 0};
    if (b.statement) {
        hc_bind_int(&b, put->version);
        hc_bind_int(&b, (int64_t)ordinal);
    }
    return b;
}

static enum hc_status finish_row(struct put *put, struct hc_binder *b, enum hc_status status, struct hc_err *err)
{
    return status == HC_OK ? hc_store_run(put->store, b->statement, err) : status;
}

static enum hc_status put_component(struct put *put, size_t i, struct hc_err *err)
{
    const struct hc_component *component = &put->incident->components[i];
    struct hc_binder b = row_of(put, HC_SQL_COMPONENT_INSERT, i, err);
    if (!b.statement)
        return HC_FATAL;
    enum hc_status status = bind_name(put, &b, component->name, err);
    hc_bind_text(&b, component->kind);
    return finish_row(put, &b, status, err);
}

static enum hc_status put_dependency(struct put *put, size_t i, struct hc_err *err)
{
    const struct hc_dependency *dependency = &put->incident->dependencies[i];
    struct hc_binder b = row_of(put, HC_SQL_DEPENDENCY_INSERT, i, err);
    if (!b.statement)
        return HC_FATAL;
    hc_bind_component(&b, dependency->from);
    hc_bind_component(&b, dependency->to);
    hc_bind_int(&b, dependency->derived);
    return finish_row(put, &b, bind_place(put, &b, dependency->place, err), err);
}

static enum hc_status put_change(struct put *put, size_t i, struct hc_err *err)
{
    const struct hc_change *change = &put->incident->changes[i];
    struct hc_binder b = row_of(put, HC_SQL_CHANGE_INSERT, i, err);
    if (!b.statement)
        return HC_FATAL;
    hc_bind_time(&b, change->at);
    hc_bind_text(&b, change->kind);
    hc_bind_component(&b, change->component);
    hc_bind_text(&b, change->version);
    hc_bind_text(&b, change->commit);
    hc_bind_text(&b, change->text);
    return finish_row(put, &b, bind_place(put, &b, change->place, err), err);
}

static enum hc_status put_event(struct put *put, size_t i, struct hc_err *err)
{
    const struct hc_event *event = &put->incident->events[i];
    struct hc_binder b = row_of(put, HC_SQL_EVENT_INSERT, i, err);
    if (!b.statement)
        return HC_FATAL;
    hc_bind_time(&b, event->at);
    hc_bind_component(&b, event->component);
    hc_bind_int(&b, event->level);
    enum hc_status status = bind_name(put, &b, event->kind, err);
    hc_bind_text(&b, event->message);
    hc_bind_key(&b, (int64_t)event->template_id);
    if (status == HC_OK)
        status = bind_place(put, &b, event->place, err);
    return finish_row(put, &b, status, err);
}

static enum hc_status template_key(struct put *put, uint32_t index, int64_t *key, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    if (put->template_keys[index] == 0)
        status = hc_store_template(put->store, &put->incident->templates[index], &put->template_keys[index], err);
    *key = put->template_keys[index];
    return status;
}

static enum hc_status put_log_count(struct put *put, size_t i, struct hc_err *err)
{
    const struct hc_log_count *count = &put->incident->log_counts[i];
    int64_t template = 0, lines = 0;
    enum hc_status status = template_key(put, count->template_index, &template, err);
    if (status == HC_OK)
        status = hc_pack_minutes(&put->store->scratch, count, err);
    struct hc_binder b = row_of(put, HC_SQL_LOG_COUNT_INSERT, i, err);
    if (status != HC_OK || !b.statement)
        return status != HC_OK ? status : HC_FATAL;
    for (size_t k = 0; k < count->n_minutes; k++)
        lines += count->lines[k];
    hc_bind_key(&b, template);
    hc_bind_component(&b, count->component);
    hc_bind_int(&b, count->level);
    hc_bind_int(&b, lines);
    status = bind_place(put, &b, count->first, err);
    hc_bind_text(&b, count->exemplar);
    hc_bind_time(&b, count->first_at);
    hc_bind_blob(&b, put->store->scratch.p, put->store->scratch.n);
    return finish_row(put, &b, status, err);
}

static enum hc_status put_series(struct put *put, size_t i, struct hc_err *err)
{
    const struct hc_series *series = &put->incident->series[i];
    enum hc_status status = hc_pack_points(&put->store->scratch, series, err);
    struct hc_binder b = row_of(put, HC_SQL_SERIES_INSERT, i, err);
    if (status != HC_OK || !b.statement)
        return status != HC_OK ? status : HC_FATAL;
    hc_bind_component(&b, series->component);
    status = bind_name(put, &b, series->metric, err);
    if (status == HC_OK)
        status = bind_name(put, &b, series->unit, err);
    hc_bind_int(&b, (int64_t)series->n);
    hc_bind_real(&b, series->baseline_median);
    hc_bind_real(&b, series->baseline_mad);
    hc_bind_real(&b, series->peak);
    hc_bind_real(&b, series->score);
    hc_bind_time(&b, series->onset_at);
    if (status == HC_OK)
        status = bind_place(put, &b, series->place, err);
    status = finish_row(put, &b, status, err);
    struct hc_binder points = row_of(put, HC_SQL_POINTS_INSERT, i, err);
    if (status != HC_OK || !points.statement)
        return status != HC_OK ? status : HC_FATAL;
    hc_bind_blob(&points, put->store->scratch.p, put->store->scratch.n);
    return hc_store_run(put->store, points.statement, err);
}

static enum hc_status put_outcome(struct put *put, size_t i, struct hc_err *err)
{
    const struct hc_outcome *outcome = &put->incident->outcomes[i];
    struct hc_binder b = row_of(put, HC_SQL_OUTCOME_INSERT, outcome->ordinal, err);
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, outcome->status);
    hc_bind_text(&b, outcome->category);
    hc_bind_text(&b, outcome->component);
    hc_bind_text(&b, outcome->cause);
    hc_bind_text(&b, outcome->metric);
    hc_bind_text(&b, outcome->text);
    hc_bind_text(&b, outcome->given_by);
    hc_bind_time(&b, outcome->known_at);
    return finish_row(put, &b, bind_place(put, &b, outcome->place, err), err);
}

static enum hc_status put_document(struct put *put, size_t i, struct hc_err *err)
{
    const struct hc_document *document = &put->incident->documents[i];
    struct hc_binder b = row_of(put, HC_SQL_DOCUMENT_INSERT, i, err);
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, document->kind);
    hc_bind_text(&b, document->title);
    hc_bind_text(&b, document->text);
    enum hc_status status = finish_row(put, &b, bind_place(put, &b, document->place, err), err);
    struct hc_binder search = {hc_store_statement(put->store, HC_SQL_DOCUMENT_SEARCH_INSERT, err), 0};
    if (status != HC_OK || !search.statement)
        return status != HC_OK ? status : HC_FATAL;
    hc_bind_int(&search, sqlite3_last_insert_rowid(put->store->db));
    hc_bind_text(&search, document->title);
    hc_bind_text(&search, document->text);
    return hc_store_run(put->store, search.statement, err);
}

static enum hc_status put_warning(struct put *put, size_t i, struct hc_err *err)
{
    const struct hc_warning *warning = &put->incident->warnings[i];
    struct hc_binder b = row_of(put, HC_SQL_WARNING_INSERT, i, err);
    if (!b.statement)
        return HC_FATAL;
    enum hc_status status = bind_name(put, &b, warning->member, err);
    hc_bind_int(&b, warning->line);
    hc_bind_text(&b, warning->code);
    hc_bind_text(&b, warning->message);
    hc_bind_int(&b, (int64_t)warning->n_more);
    return finish_row(put, &b, status, err);
}

static enum hc_status put_record(struct put *put, struct hc_err *err)
{
    struct hc_buf *packed = &put->store->scratch;
    hc_buf_clear(packed);
    hc_pack_record(packed, put->incident);
    if (packed->failed)
        return hc_store_no_memory(err);
    struct hc_binder b = {hc_store_statement(put->store, HC_SQL_RECORD_INSERT, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, put->version);
    hc_bind_blob(&b, packed->p, packed->n);
    return hc_store_run(put->store, b.statement, err);
}

static enum hc_status put_title(struct put *put, struct hc_err *err)
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

static enum hc_status put_version(struct put *put, struct hc_err *err)
{
    const struct hc_incident *incident = put->incident;
    struct hc_digester digester = {0};
    enum hc_status status = hc_digest_incident(&digester, incident, err);
    hc_buf_free(&digester.record);
    struct hc_binder b = {hc_store_statement(put->store, HC_SQL_VERSION_INSERT, err), 0};
    if (status != HC_OK || !b.statement)
        return status != HC_OK ? status : HC_FATAL;
    hc_bind_text(&b, incident->id);
    hc_bind_blob(&b, incident->content, HC_SHA256_BYTES);
    hc_bind_text(&b, incident->title);
    hc_bind_text(&b, incident->service);
    hc_bind_text(&b, incident->severity);
    status = bind_place(put, &b, incident->window_place, err);
    hc_bind_int(&b, (int64_t)digester.checksum);
    hc_bind_time(&b, incident->updated);
    hc_bind_time(&b, incident->window_start);
    hc_bind_time(&b, incident->detected);
    hc_bind_time(&b, incident->mitigated);
    hc_bind_time(&b, incident->window_end);
    status = finish_row(put, &b, status, err);
    put->version = sqlite3_last_insert_rowid(put->store->db);
    return status;
}

typedef enum hc_status put_item(struct put *put, size_t i, struct hc_err *err);

static enum hc_status put_lists(struct put *put, struct hc_err *err)
{
    const struct hc_incident *incident = put->incident;
    const struct {
        put_item *put_one;
        size_t n;
    } lists[] = {
        {put_component, incident->n_components}, {put_dependency, incident->n_dependencies},
        {put_change, incident->n_changes},       {put_event, incident->n_events},
        {put_log_count, incident->n_log_counts}, {put_series, incident->n_series},
        {put_outcome, incident->n_outcomes},     {put_document, incident->n_documents},
        {put_warning, incident->n_warnings},
    };
    enum hc_status status = HC_OK;
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
        for (size_t i = 0; status == HC_OK && i < lists[k].n; i++)
            status = lists[k].put_one(put, i, err);
    return status;
}

static enum hc_status put_content(struct put *put, struct hc_err *err)
{
    put->template_keys = calloc(put->incident->n_templates + 1, sizeof(int64_t));
    enum hc_status status = put->template_keys ? put_version(put, err) : hc_store_no_memory(err);
    if (status == HC_OK)
        status = put_lists(put, err);
    if (status == HC_OK)
        status = put_record(put, err);
    if (status == HC_OK)
        status = put_title(put, err);
    free(put->template_keys);
    return status;
}

static enum hc_status find_version(struct put *put, struct hc_err *err)
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

static enum hc_status put_source_link(struct put *put, const uint8_t *source, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(put->store, HC_SQL_VERSION_SOURCE_INSERT, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, put->version);
    hc_bind_blob(&b, source, HC_SHA256_BYTES);
    return hc_store_run(put->store, b.statement, err);
}

static enum hc_status validate(struct put *put, const uint8_t *source, struct hc_err *err)
{
    bool known;
    enum hc_status status = hc_record_validate(put->incident, err);
    if (status == HC_OK)
        status = hc_store_source_known(put->store, source, &known, err);
    if (status == HC_OK && !known)
        status = hc_err_set(err, HC_FAIL, "source-unknown", "the incident's source was not put before it");
    return status == HC_OK ? find_version(put, err) : status;
}

static enum hc_status put_all(struct put *put, const uint8_t *source, struct hc_str evidence,
                              enum hc_put_result *result, struct hc_err *err)
{
    enum hc_status status = validate(put, source, err);
    if (status != HC_OK)
        return status;
    bool known = put->version != 0;
    if (!known)
        status = put_content(put, err);
    if (status == HC_OK)
        status = put_source_link(put, source, err);
    if (status == HC_OK && !known)
        status = hc_store_version_choose(put->store, put->incident, put->version, result, err);
    if (status == HC_OK && !known && evidence.p)
        status = hc_store_evidence_put(put->store, put->version, evidence, err);
    if (known)
        *result = HC_PUT_KNOWN;
    return status;
}

enum hc_status hc_store_incident_put(struct hc_store *store, const struct hc_incident *incident,
                                     const uint8_t source_sha256[HC_SHA256_BYTES], struct hc_str evidence,
                                     enum hc_put_result *result, struct hc_err *err)
{
    struct put put = {.store = store, .incident = incident};
    enum hc_status status = hc_store_enter(store, err);
    if (status == HC_OK)
        status = hc_store_leave(store, put_all(&put, source_sha256, evidence, result, err), err);
    return status;
}
