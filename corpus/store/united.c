/* The united version of an incident that records of other tools say more of: made anew
 * once the batch in which parts of it came is committed. */
#include "base/sort.h"
#include "corpus/store/put.h"

enum hc_status hc_store_has_records(struct hc_store *store, struct hc_str id, bool *has, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_RECORDS_ANY, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, id);
    enum hc_status status = hc_store_step(store, b.statement, err);
    *has = status == HC_OK && sqlite3_column_int(b.statement, 0) != 0;
    sqlite3_reset(b.statement);
    return status;
}

enum hc_status hc_store_record_latest(struct hc_store *store, const struct hc_incident *incident, int64_t *latest,
                                      struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_RECORD_LATEST, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, incident->id);
    hc_bind_text(&b, incident->origin);
    enum hc_status status = hc_store_step(store, b.statement, err);
    *latest = status == HC_OK ? sqlite3_column_int64(b.statement, 0) : 0;
    sqlite3_reset(b.statement);
    return status == HC_END ? HC_OK : status;
}

struct keys {
    int64_t *items;
    size_t n, capacity;
};

/* What a statement, bound, gives in its first column. */
static enum hc_status take_keys(struct hc_store *store, sqlite3_stmt *statement, struct hc_arena *arena,
                                struct keys *keys, struct hc_err *err)
{
    enum hc_status status;
    while ((status = hc_store_step(store, statement, err)) == HC_OK) {
        int64_t *grown = hc_arena_grow(arena, keys->items, keys->n, keys->n + 1, &keys->capacity, sizeof *grown);
        if (!grown) {
            sqlite3_reset(statement);
            return hc_store_no_memory(err);
        }
        keys->items = grown;
        grown[keys->n++] = sqlite3_column_int64(statement, 0);
    }
    return status == HC_END ? HC_OK : status;
}

static enum hc_status unite_keys(struct hc_store *store, const struct keys *keys, struct hc_arena *arena,
                                 struct hc_incident **out, struct hc_err *err)
{
    struct hc_incident **parts = hc_arena_calloc(arena, keys->n, sizeof(struct hc_incident *));
    enum hc_status status = parts ? HC_OK : hc_store_no_memory(err);
    for (size_t i = 0; status == HC_OK && i < keys->n; i++)
        status = hc_store_version_get(store, keys->items[i], arena, &parts[i], err);
    return status == HC_OK ? hc_unite(out, parts, keys->n, arena, err) : status;
}

/* ---- the old one goes ---- */

static enum hc_status delete_rows(struct hc_store *store, const char *table, const char *where, int64_t version,
                                  struct hc_err *err)
{
    char *sql = sqlite3_mprintf("DELETE FROM %s WHERE %s", table, where);
    sqlite3_stmt *statement = NULL;
    if (!sql)
        return hc_store_no_memory(err);
    int rc = sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL);
    sqlite3_free(sql);
    if (rc == SQLITE_OK) {
        sqlite3_bind_int64(statement, 1, version);
        rc = sqlite3_step(statement);
    }
    enum hc_status status = hc_store_error(store->db, rc, err);
    sqlite3_finalize(statement);
    return status;
}

static enum hc_status run_on(struct hc_store *store, enum hc_statement which, int64_t version, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, which, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, version);
    return hc_store_run(store, b.statement, err);
}

/* All tables that hold rows of a version's record; one more goes here. */
enum hc_status hc_store_version_delete(struct hc_store *store, int64_t version, struct hc_err *err)
{
    static const char *const tables[] = {"dependency", "change", "log_count",       "outcome", "document",
                                         "warning",    "record", "packed_evidence", "tag"};
    static const char *const long_tables[] = {"component", "event", "series", "series_points"};
    enum hc_status status = run_on(store, HC_SQL_TITLE_SEARCH_DELETE, version, err);
    if (status == HC_OK)
        status = run_on(store, HC_SQL_DOCUMENT_SEARCH_DELETE, version, err);
    for (size_t i = 0; status == HC_OK && i < sizeof tables / sizeof *tables; i++)
        status = delete_rows(store, tables[i], "version = ?1", version, err);
    for (size_t i = 0; status == HC_OK && i < sizeof long_tables / sizeof *long_tables; i++)
        status = delete_rows(store, long_tables[i], "item BETWEEN ?1 << 32 AND ?1 << 32 | 4294967295", version, err);
    return status == HC_OK ? delete_rows(store, "version", "key = ?1", version, err) : status;
}

static enum hc_status delete_united(struct hc_store *store, int64_t version, struct hc_err *err)
{
    enum hc_status status = hc_store_version_delete(store, version, err);
    if (status == HC_OK)
        status = delete_rows(store, "part", "version = ?1", version, err);
    return status == HC_OK ? delete_rows(store, "version_source", "version = ?1", version, err) : status;
}

/* ---- the new one comes ---- */

static enum hc_status put_parts(struct hc_store *store, int64_t version, const struct keys *keys, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    for (size_t i = 0; status == HC_OK && i < keys->n; i++) {
        struct hc_binder b = {hc_store_statement(store, HC_SQL_PART_INSERT, err), 0};
        if (!b.statement)
            return HC_FATAL;
        hc_bind_int(&b, version);
        hc_bind_int(&b, (int64_t)i);
        hc_bind_int(&b, keys->items[i]);
        status = hc_store_run(store, b.statement, err);
    }
    return status == HC_OK ? run_on(store, HC_SQL_PART_SOURCES, version, err) : status;
}

static enum hc_status find(struct hc_store *store, enum hc_statement which, struct hc_str id, struct hc_arena *arena,
                           struct keys *keys, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, which, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, id);
    return take_keys(store, b.statement, arena, keys, err);
}

static enum hc_status put_united(struct hc_store *store, const struct keys *keys, struct hc_arena *arena,
                                 int64_t *version, struct hc_err *err)
{
    struct hc_incident *united = NULL;
    struct hc_packed *packed = NULL;
    enum hc_status status = unite_keys(store, keys, arena, &united, err);
    if (status == HC_OK)
        status = hc_store_incident_pack(&packed, united, arena, err);
    struct hc_put put = {.store = store, .incident = united, .packed = packed};
    if (status == HC_OK)
        status = hc_put_content(&put, err);
    *version = put.version;
    return status == HC_OK ? put_parts(store, put.version, keys, err) : status;
}

static enum hc_status set_current(struct hc_store *store, struct hc_str id, int64_t current, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_INCIDENT_CURRENT, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, id);
    hc_bind_int(&b, current);
    return hc_store_run(store, b.statement, err);
}

static enum hc_status unite(struct hc_store *store, struct hc_str id, struct hc_arena *arena, struct hc_err *err)
{
    struct keys old = {.n = 0}, parts = {.n = 0};
    int64_t current = 0;
    enum hc_status status = find(store, HC_SQL_UNITED_FIND, id, arena, &old, err);
    for (size_t i = 0; status == HC_OK && i < old.n; i++)
        status = delete_united(store, old.items[i], err);
    if (status == HC_OK)
        status = find(store, HC_SQL_PARTS_OF, id, arena, &parts, err);
    if (status == HC_OK && parts.n == 1)
        current = parts.items[0];
    else if (status == HC_OK)
        status = put_united(store, &parts, arena, &current, err);
    return status == HC_OK ? set_current(store, id, current, err) : status;
}

/* ---- which ---- */

static int by_id(const void *a, const void *b)
{
    const struct hc_str *x = a, *y = b;
    return hc_str_compare(*x, *y);
}

enum hc_status hc_store_unite_later(struct hc_store *store, struct hc_str id, struct hc_err *err)
{
    struct hc_ids *ids = &store->to_unite;
    if (ids->n > 0 && hc_str_equal(ids->items[ids->n - 1], id))
        return HC_OK;
    if (!ids->arena)
        ids->arena = hc_arena_new(0);
    struct hc_str *grown =
        ids->arena ? hc_arena_grow(ids->arena, ids->items, ids->n, ids->n + 1, &ids->capacity, sizeof *grown) : NULL;
    const char *copy = grown ? hc_arena_copy(ids->arena, id.p, id.n) : NULL;
    if (!copy)
        return hc_store_no_memory(err);
    ids->items = grown;
    grown[ids->n++] = (struct hc_str){copy, id.n};
    return HC_OK;
}

void hc_store_unite_none(struct hc_store *store)
{
    hc_arena_free(store->to_unite.arena);
    store->to_unite = (struct hc_ids){.arena = NULL};
}

enum hc_status hc_store_unite_now(struct hc_store *store, struct hc_err *err)
{
    const struct hc_ids *ids = &store->to_unite;
    if (ids->n == 0)
        return HC_OK;
    struct hc_arena *arena = hc_arena_new(0);
    enum hc_status status = arena ? HC_OK : hc_store_no_memory(err);
    hc_sort(ids->items, ids->n, sizeof *ids->items, by_id);
    for (size_t i = 0; status == HC_OK && i < ids->n; i++) {
        if (i > 0 && hc_str_equal(ids->items[i - 1], ids->items[i]))
            continue;
        status = unite(store, ids->items[i], arena, err);
        hc_arena_reset(arena);
    }
    hc_arena_free(arena);
    hc_store_unite_none(store);
    return status;
}

enum hc_status hc_store_united_again(struct hc_store *store, int64_t version, struct hc_arena *arena,
                                     struct hc_incident **out, struct hc_err *err)
{
    struct keys parts = {.n = 0};
    struct hc_binder b = {hc_store_statement(store, HC_SQL_PARTS_GET, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, version);
    enum hc_status status = take_keys(store, b.statement, arena, &parts, err);
    if (status == HC_OK && parts.n < 2)
        return hc_store_corrupt(err, "a united version without its parts");
    return status == HC_OK ? unite_keys(store, &parts, arena, out, err) : status;
}
