/* Statements: prepared once, bound and read value after value. */
#include <math.h>

#include "corpus/store/internal.h"

#define STATEMENT_SQL(name, sql) [HC_SQL_##name] = (sql),
static const char *const statement_sql[HC_N_STATEMENTS] = {HC_STATEMENTS(STATEMENT_SQL)};
#undef STATEMENT_SQL

sqlite3_stmt *hc_store_statement(struct hc_store *store, enum hc_statement which, struct hc_err *err)
{
    sqlite3_stmt **statement = &store->statements[which];
    if (*statement) {
        sqlite3_reset(*statement);
        return *statement;
    }
    int rc = sqlite3_prepare_v3(store->db, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
    if (rc != SQLITE_OK)
        hc_store_error(store->db, rc, err);
    return *statement;
}

enum hc_status hc_store_execute(struct hc_store *store, const char *sql, struct hc_err *err)
{
    return hc_store_error(store->db, sqlite3_exec(store->db, sql, NULL, NULL, NULL), err);
}

void hc_bind_int(struct hc_binder *b, int64_t value)
{
    sqlite3_bind_int64(b->statement, ++b->n, value);
}

void hc_bind_key(struct hc_binder *b, int64_t key)
{
    if (key == 0)
        sqlite3_bind_null(b->statement, ++b->n);
    else
        sqlite3_bind_int64(b->statement, ++b->n, key);
}

void hc_bind_component(struct hc_binder *b, uint32_t component)
{
    if (component == HC_NO_COMPONENT)
        sqlite3_bind_null(b->statement, ++b->n);
    else
        sqlite3_bind_int64(b->statement, ++b->n, component);
}

void hc_bind_real(struct hc_binder *b, double value)
{
    if (isnan(value))
        sqlite3_bind_null(b->statement, ++b->n);
    else
        sqlite3_bind_double(b->statement, ++b->n, value);
}

void hc_bind_text(struct hc_binder *b, struct hc_str text)
{
    sqlite3_bind_text64(b->statement, ++b->n, text.p, text.n, SQLITE_STATIC, SQLITE_UTF8);
}

void hc_bind_blob(struct hc_binder *b, const void *bytes, size_t n)
{
    /* A NULL pointer would bind NULL where the blob is empty. */
    sqlite3_bind_blob64(b->statement, ++b->n, n ? bytes : "", n, SQLITE_STATIC);
}

void hc_bind_time(struct hc_binder *b, struct hc_time time)
{
    if (!hc_time_known(time)) {
        sqlite3_bind_null(b->statement, ++b->n);
        sqlite3_bind_null(b->statement, ++b->n);
        return;
    }
    sqlite3_bind_int64(b->statement, ++b->n, time.ns);
    sqlite3_bind_int64(b->statement, ++b->n, time.digits);
}

enum hc_status hc_store_run(struct hc_store *store, sqlite3_stmt *statement, struct hc_err *err)
{
    int rc = sqlite3_step(statement);
    enum hc_status status = hc_store_error(store->db, rc, err);
    sqlite3_reset(statement);
    return status;
}

enum hc_status hc_store_step(struct hc_store *store, sqlite3_stmt *statement, struct hc_err *err)
{
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        return HC_OK;
    enum hc_status status = hc_store_error(store->db, rc, err);
    sqlite3_reset(statement);
    return status == HC_OK ? HC_END : status;
}

int64_t hc_column_int(struct hc_columns *c)
{
    return sqlite3_column_int64(c->statement, c->n++);
}

uint32_t hc_column_component(struct hc_columns *c)
{
    int i = c->n++;
    if (sqlite3_column_type(c->statement, i) == SQLITE_NULL)
        return HC_NO_COMPONENT;
    return (uint32_t)sqlite3_column_int64(c->statement, i);
}

double hc_column_real(struct hc_columns *c)
{
    int i = c->n++;
    if (sqlite3_column_type(c->statement, i) == SQLITE_NULL)
        return NAN;
    return sqlite3_column_double(c->statement, i);
}

struct hc_str hc_column_text(struct hc_columns *c)
{
    int i = c->n++;
    if (sqlite3_column_type(c->statement, i) == SQLITE_NULL)
        return HC_STR_NONE;
    const char *text = (const char *)sqlite3_column_text(c->statement, i);
    size_t n = (size_t)sqlite3_column_bytes(c->statement, i);
    char *copy = text ? hc_arena_copy(c->arena, text, n) : NULL;
    if (!copy) {
        c->no_memory = true;
        return HC_STR_NONE;
    }
    return (struct hc_str){copy, n};
}

struct hc_str hc_column_blob(struct hc_columns *c)
{
    int i = c->n++;
    const char *bytes = sqlite3_column_blob(c->statement, i);
    size_t n = (size_t)sqlite3_column_bytes(c->statement, i);
    return (struct hc_str){bytes, bytes ? n : 0};
}

struct hc_time hc_column_time(struct hc_columns *c)
{
    int i = c->n;
    c->n += 2;
    if (sqlite3_column_type(c->statement, i) == SQLITE_NULL)
        return HC_TIME_NONE;
    return (struct hc_time){sqlite3_column_int64(c->statement, i), (int8_t)sqlite3_column_int(c->statement, i + 1)};
}

struct hc_source_place hc_column_place(struct hc_columns *c)
{
    struct hc_source_place place;
    place.member = hc_column_text(c);
    place.line = (uint32_t)hc_column_int(c);
    return place;
}
