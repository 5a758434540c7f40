/* The items of a list into their table by one statement: SQLite sets up and tears down a statement at each run, which
 * costs more than most of our rows. The statement reads them from put_rows, a table that is the list at hand. */
#include "corpus/store/internal.h"

struct table {
    sqlite3_vtab base;
    struct hc_store *store;
};

struct cursor {
    sqlite3_vtab_cursor base;
    size_t i;
    struct hc_row row;
};

/* As many columns as HC_ROW_VALUES. */
static const char declaration[] =
    "CREATE TABLE x (c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15,"
    " c16)";

static struct hc_value *next_value(struct hc_row *row, enum hc_cell_type type)
{
    struct hc_value *value = &row->values[row->n++];
    value->type = type;
    return value;
}

void hc_row_int(struct hc_row *row, int64_t value)
{
    next_value(row, HC_CELL_INTEGER)->integer = value;
}

void hc_row_key(struct hc_row *row, int64_t key)
{
    next_value(row, key == 0 ? HC_CELL_NULL : HC_CELL_INTEGER)->integer = key;
}

void hc_row_component(struct hc_row *row, uint32_t component)
{
    next_value(row, component == HC_NO_COMPONENT ? HC_CELL_NULL : HC_CELL_INTEGER)->integer = component;
}

void hc_row_real(struct hc_row *row, double value)
{
    next_value(row, isnan(value) ? HC_CELL_NULL : HC_CELL_REAL)->real = value;
}

void hc_row_text(struct hc_row *row, struct hc_str text)
{
    next_value(row, text.p ? HC_CELL_TEXT : HC_CELL_NULL)->text = text;
}

void hc_row_blob(struct hc_row *row, struct hc_str bytes)
{
    next_value(row, HC_CELL_BLOB)->text = bytes;
}

void hc_row_ns(struct hc_row *row, struct hc_time time)
{
    next_value(row, hc_time_known(time) ? HC_CELL_INTEGER : HC_CELL_NULL)->integer = time.ns;
}

void hc_row_time(struct hc_row *row, struct hc_time time)
{
    hc_row_ns(row, time);
    next_value(row, hc_time_known(time) ? HC_CELL_INTEGER : HC_CELL_NULL)->integer = time.digits;
}

static int table_connect(sqlite3 *db, void *context, int n_arguments, const char *const *arguments, sqlite3_vtab **out,
                         char **message)
{
    (void)n_arguments;
    (void)arguments;
    (void)message;
    int rc = sqlite3_declare_vtab(db, declaration);
    struct table *table = rc == SQLITE_OK ? sqlite3_malloc(sizeof *table) : NULL;
    if (!table)
        return rc == SQLITE_OK ? SQLITE_NOMEM : rc;
    *table = (struct table){.store = context};
    *out = &table->base;
    return sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
}

static int table_disconnect(sqlite3_vtab *base)
{
    sqlite3_free(base);
    return SQLITE_OK;
}

static int table_plan(sqlite3_vtab *base, sqlite3_index_info *info)
{
    (void)base;
    info->estimatedCost = 1.0;
    return SQLITE_OK;
}

static int cursor_open(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    (void)base;
    struct cursor *cursor = sqlite3_malloc(sizeof *cursor);
    if (!cursor)
        return SQLITE_NOMEM;
    *out = &cursor->base;
    return SQLITE_OK;
}

static int cursor_close(sqlite3_vtab_cursor *base)
{
    sqlite3_free(base);
    return SQLITE_OK;
}

static struct hc_feed *feed_of(const sqlite3_vtab_cursor *base)
{
    return ((const struct table *)base->pVtab)->store->feed;
}

/* Why an item cannot be given stays with the feed. */
static int give_item(struct cursor *cursor, size_t i)
{
    struct hc_feed *feed = feed_of(&cursor->base);
    cursor->i = i;
    cursor->row.n = 0;
    if (feed && i < feed->n)
        feed->status = feed->row(feed->context, i, &cursor->row, feed->err);
    return feed && feed->status != HC_OK ? SQLITE_ERROR : SQLITE_OK;
}

static int cursor_filter(sqlite3_vtab_cursor *base, int plan, const char *text, int n, sqlite3_value **values)
{
    (void)plan;
    (void)text;
    (void)n;
    (void)values;
    return give_item((struct cursor *)base, 0);
}

static int cursor_next(sqlite3_vtab_cursor *base)
{
    struct cursor *cursor = (struct cursor *)base;
    return give_item(cursor, cursor->i + 1);
}

static int cursor_end(sqlite3_vtab_cursor *base)
{
    const struct hc_feed *feed = feed_of(base);
    return !feed || ((const struct cursor *)base)->i >= feed->n;
}

/* The record is made before the next item is asked for, so nothing is copied here. */
static int cursor_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
    const struct hc_row *row = &((const struct cursor *)base)->row;
    if (column >= row->n)
        return SQLITE_OK;
    const struct hc_value *value = &row->values[column];
    switch (value->type) {
    case HC_CELL_NULL:
        break;
    case HC_CELL_INTEGER:
        sqlite3_result_int64(context, value->integer);
        break;
    case HC_CELL_REAL:
        sqlite3_result_double(context, value->real);
        break;
    case HC_CELL_TEXT:
        sqlite3_result_text64(context, value->text.p, value->text.n, SQLITE_STATIC, SQLITE_UTF8);
        break;
    case HC_CELL_BLOB:
        sqlite3_result_blob64(context, value->text.p ? value->text.p : "", value->text.n, SQLITE_STATIC);
        break;
    }
    return SQLITE_OK;
}

static int cursor_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = (sqlite3_int64)((const struct cursor *)base)->i;
    return SQLITE_OK;
}

static const sqlite3_module module = {
    .iVersion = 0,
    .xConnect = table_connect,
    .xBestIndex = table_plan,
    .xDisconnect = table_disconnect,
    .xOpen = cursor_open,
    .xClose = cursor_close,
    .xFilter = cursor_filter,
    .xNext = cursor_next,
    .xEof = cursor_end,
    .xColumn = cursor_column,
    .xRowid = cursor_rowid,
};

enum hc_status hc_store_rows_register(struct hc_store *store, struct hc_err *err)
{
    return hc_store_error(store->db, sqlite3_create_module(store->db, "put_rows", &module, store), err);
}

enum hc_status hc_store_put_rows(struct hc_store *store, enum hc_statement which, struct hc_feed *feed,
                                 struct hc_err *err)
{
    if (feed->n == 0)
        return HC_OK;
    sqlite3_stmt *statement = hc_store_statement(store, which, err);
    if (!statement)
        return HC_FATAL;
    feed->err = err;
    feed->status = HC_OK;
    store->feed = feed;
    int rc = sqlite3_step(statement);
    enum hc_status status = feed->status == HC_OK ? hc_store_error(store->db, rc, err) : feed->status;
    sqlite3_reset(statement);
    store->feed = NULL;
    return status;
}
