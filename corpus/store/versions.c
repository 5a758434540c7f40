/* Which content of an incident counts, and lists of incidents. */
#include "corpus/store/internal.h"

struct choice {
    int64_t current;
    int64_t updated_ns; /* HC_TIME_NONE_NS: none, which is older than any */
    bool conflict;
};

static int64_t column_ns(sqlite3_stmt *statement, int i)
{
    return sqlite3_column_type(statement, i) == SQLITE_NULL ? HC_TIME_NONE_NS : sqlite3_column_int64(statement, i);
}

/* The statement gives the best two: greatest `updated` first (none is the least), then the smallest content. */
static enum hc_status best_versions(struct hc_store *store, struct hc_str id, struct choice *choice, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_VERSION_BEST, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, id);
    enum hc_status status = hc_store_step(store, b.statement, err);
    if (status != HC_OK) /* only records tell of it */
        return status == HC_END ? HC_OK : status;
    choice->current = sqlite3_column_int64(b.statement, 0);
    choice->updated_ns = column_ns(b.statement, 1);
    status = hc_store_step(store, b.statement, err);
    choice->conflict = status == HC_OK && choice->updated_ns == column_ns(b.statement, 1);
    sqlite3_reset(b.statement);
    return status == HC_END ? HC_OK : status;
}

static enum hc_status chosen_before(struct hc_store *store, struct hc_str id, struct choice *before, bool *found,
                                    struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_INCIDENT_FIND, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, id);
    enum hc_status status = hc_store_step(store, b.statement, err);
    *found = status == HC_OK;
    if (*found) {
        before->current = sqlite3_column_int64(b.statement, 0);
        before->conflict = sqlite3_column_int(b.statement, 1) != 0;
    }
    sqlite3_reset(b.statement);
    return status == HC_END ? HC_OK : status;
}

static enum hc_put_result result_of(const struct choice *now, int64_t added, int64_t updated_ns)
{
    if (now->updated_ns != updated_ns)
        return HC_PUT_OLDER;
    if (now->conflict)
        return HC_PUT_CONFLICT;
    return now->current == added ? HC_PUT_UPDATED : HC_PUT_OLDER;
}

/* What became of a record: it is one of the parts, or another of its origin is later. */
static enum hc_status result_of_record(struct hc_store *store, const struct hc_incident *incident, int64_t added,
                                       enum hc_put_result *result, struct hc_err *err)
{
    int64_t latest = 0;
    enum hc_status status = hc_store_record_latest(store, incident, &latest, err);
    *result = latest == added ? HC_PUT_ATTACHED : HC_PUT_OLDER;
    return status;
}

/* Where there are records, what was current stays so until all is united. */
static enum hc_status choose(struct hc_store *store, const struct hc_incident *incident, int64_t added,
                             struct choice *now, enum hc_put_result *result, struct hc_err *err)
{
    bool has_records = false;
    int64_t before = now->current;
    enum hc_status status = best_versions(store, incident->id, now, err);
    *result = result_of(now, added, incident->updated.ns);
    if (status == HC_OK)
        status = hc_store_has_records(store, incident->id, &has_records, err);
    if (status == HC_OK && has_records) {
        now->current = before;
        status = hc_store_unite_later(store, incident->id, err);
    }
    return status == HC_OK && incident->origin.p ? result_of_record(store, incident, added, result, err) : status;
}

enum hc_status hc_store_version_choose(struct hc_store *store, const struct hc_incident *incident, int64_t added,
                                       enum hc_put_result *result, struct hc_err *err)
{
    struct choice before = {0, 0, false}, now = {added, HC_TIME_NONE_NS, false}; /* of the first it is the only one */
    bool found = false;
    enum hc_status status = chosen_before(store, incident->id, &before, &found, err);
    *result = HC_PUT_NEW;
    if (status == HC_OK && found) {
        now.current = before.current;
        status = choose(store, incident, added, &now, result, err);
    }
    if (status != HC_OK || (found && now.current == before.current && now.conflict == before.conflict))
        return status;
    struct hc_binder b = {hc_store_statement(store, found ? HC_SQL_INCIDENT_UPDATE : HC_SQL_INCIDENT_INSERT, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, incident->id);
    hc_bind_int(&b, now.current);
    hc_bind_int(&b, now.conflict);
    return hc_store_run(store, b.statement, err);
}

/* ---- lists ---- */

static struct hc_incident_brief brief_of(struct hc_columns *c)
{
    struct hc_incident_brief brief = {0};
    brief.key = hc_column_int(c);
    brief.id = hc_column_text(c);
    brief.title = hc_column_text(c);
    brief.service = hc_column_text(c);
    struct hc_str content = hc_column_blob(c);
    if (content.n == HC_SHA256_BYTES)
        memcpy(brief.content, content.p, HC_SHA256_BYTES);
    brief.started = hc_column_time(c);
    brief.conflict = hc_column_int(c) != 0;
    struct hc_str status = hc_column_text(c);
    brief.confirmed = hc_str_is(status, "confirmed") && !brief.conflict;
    brief.known_at = hc_column_time(c);
    brief.category = hc_column_text(c);
    brief.cause = hc_column_text(c);
    brief.component = hc_column_text(c);
    brief.has_outcome = hc_column_int(c) != 0;
    struct hc_str source = hc_column_blob(c);
    if (source.n == HC_SHA256_BYTES)
        memcpy(brief.source, source.p, HC_SHA256_BYTES);
    brief.current = hc_column_int(c);
    brief.found = hc_column_text(c);
    brief.written = hc_column_time(c);
    brief.checksum = (uint64_t)hc_column_int(c);
    return brief;
}

enum hc_status hc_store_incident_list(struct hc_store *store, struct hc_arena *arena, struct hc_incident_brief **out,
                                      size_t *n, struct hc_err *err)
{
    sqlite3_stmt *statement = hc_store_statement(store, HC_SQL_INCIDENT_LIST, err);
    size_t capacity = 0;
    enum hc_status status = statement ? HC_OK : HC_FATAL;
    *out = NULL;
    *n = 0;
    while (status == HC_OK && (status = hc_store_step(store, statement, err)) == HC_OK) {
        struct hc_incident_brief *grown = hc_arena_grow(arena, *out, *n, *n + 1, &capacity, sizeof **out);
        struct hc_columns c = {statement, arena, 0, grown == NULL};
        if (grown) {
            *out = grown;
            grown[(*n)++] = brief_of(&c);
        }
        if (c.no_memory)
            status = hc_store_no_memory(err);
    }
    sqlite3_reset(statement);
    return status == HC_END ? HC_OK : status;
}

enum hc_status hc_store_incident_get(struct hc_store *store, struct hc_str id, struct hc_arena *arena,
                                     struct hc_incident **out, struct hc_err *err)
{
    struct choice choice = {0, 0, false};
    bool found = false;
    enum hc_status status = chosen_before(store, id, &choice, &found, err);
    if (status != HC_OK)
        return status;
    return found ? hc_store_version_get(store, choice.current, arena, out, err) : HC_SKIP;
}

enum hc_status hc_store_incident_find_content(struct hc_store *store, const uint8_t content[HC_SHA256_BYTES],
                                              struct hc_arena *arena, struct hc_str *id, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_CONTENT_FIND, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_blob(&b, content, HC_SHA256_BYTES);
    enum hc_status status = hc_store_step(store, b.statement, err);
    struct hc_columns c = {b.statement, arena, 0, false};
    if (status == HC_OK)
        *id = hc_column_text(&c);
    sqlite3_reset(b.statement);
    if (status != HC_OK)
        return status;
    if (c.no_memory)
        return hc_store_no_memory(err);
    return id->p ? HC_OK : HC_SKIP;
}

enum hc_status hc_store_evidence_get(struct hc_store *store, int64_t key, struct hc_arena *arena,
                                     struct hc_str *evidence, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_EVIDENCE_GET, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, key);
    *evidence = HC_STR_NONE;
    enum hc_status status = hc_store_step(store, b.statement, err);
    if (status == HC_OK) {
        struct hc_columns c = {b.statement, arena, 0, false};
        struct hc_str bytes = hc_column_blob(&c);
        *evidence = (struct hc_str){hc_arena_copy(arena, bytes.p, bytes.n), bytes.n};
        if (!evidence->p)
            status = hc_store_no_memory(err);
    }
    sqlite3_reset(b.statement);
    return status == HC_END ? HC_OK : status;
}

enum hc_status hc_store_evidence_put(struct hc_store *store, int64_t key, struct hc_str evidence, struct hc_err *err)
{
    enum hc_statement which = evidence.p ? HC_SQL_EVIDENCE_INSERT : HC_SQL_EVIDENCE_DELETE;
    struct hc_binder b = {hc_store_statement(store, which, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, key);
    if (evidence.p)
        hc_bind_blob(&b, evidence.p, evidence.n);
    enum hc_status status = hc_store_run(store, b.statement, err);
    sqlite3_clear_bindings(b.statement);
    return status;
}

enum hc_status hc_store_latest_time(struct hc_store *store, struct hc_time *latest, struct hc_err *err)
{
    sqlite3_stmt *statement = hc_store_statement(store, HC_SQL_LATEST_TIME, err);
    if (!statement)
        return HC_FATAL;
    *latest = HC_TIME_NONE;
    enum hc_status status = hc_store_step(store, statement, err);
    struct hc_columns c = {statement, NULL, 0, false};
    if (status == HC_OK)
        *latest = hc_column_time(&c);
    sqlite3_reset(statement);
    return status == HC_END ? HC_OK : status;
}
