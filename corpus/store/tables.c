/* Table-valued functions that unpack what is packed: metric_points and log_minutes. */
#include "corpus/store/internal.h"

/* Both read rows of a statement of ours: one holds a blob, of which each point gives a row, or is an entry of minutes.
 * Hidden columns come last: incident, component, and metric or template. */
struct kind {
    const char *declaration;
    const char *sql; /* ?1 incident, ?2 component, ?3 metric or template; NULL: any */
    bool is_points;
    int first_hidden;
};

static const struct kind kinds[] = {
    {"CREATE TABLE x (component TEXT, metric TEXT, unit TEXT, at TEXT, at_ns INTEGER, value REAL,"
     " of_incident HIDDEN, of_component HIDDEN, of_metric HIDDEN)",
     "SELECT n.text, k.text, u.text, p.points, s.item - p.item FROM incident AS i"
     " CROSS JOIN series AS s ON s.item BETWEEN i.current << 32 AND i.current << 32 | 4294967295"
     " CROSS JOIN series_points AS p ON p.item = (SELECT max(item) FROM series_points WHERE item <= s.item)"
     " LEFT JOIN component AS o ON o.item = i.current << 32 | s.component"
     " LEFT JOIN name AS n ON n.key = o.name LEFT JOIN name AS k ON k.key = s.names >> 32"
     " LEFT JOIN name AS u ON u.key = s.names & 4294967295"
     " WHERE i.id = ?1 AND (?2 IS NULL OR n.text = ?2) AND (?3 IS NULL OR k.text = ?3) ORDER BY s.item",
     true, 6},
    {"CREATE TABLE x (component TEXT, template TEXT, level TEXT, at TEXT, at_ns INTEGER, lines INTEGER,"
     " of_incident HIDDEN, of_component HIDDEN, of_template HIDDEN)",
     "SELECT n.text, printf('%016x', t.id), e.value / c.line_n / c.minute_n & 7,"
     " CASE WHEN e.value / c.line_n % c.minute_n > 0 THEN c.minute_first + e.value / c.line_n % c.minute_n - 1 END,"
     " e.value % c.line_n FROM incident AS i CROSS JOIN log_count AS c ON c.version = i.current"
     " CROSS JOIN json_each(c.minutes) AS m"
     " CROSS JOIN template AS t ON t.key = CAST(m.key AS INTEGER)"
     " CROSS JOIN json_each(m.value) AS e"
     " LEFT JOIN component AS o ON o.item = i.current << 32 | (e.value / c.line_n / c.minute_n >> 3)"
     " LEFT JOIN name AS n ON n.key = o.name"
     " WHERE i.id = ?1 AND (?2 IS NULL OR n.text = ?2) AND (?3 IS NULL OR printf('%016x', t.id) = ?3)"
     " ORDER BY m.id, e.key",
     false, 6},
};

struct table {
    sqlite3_vtab base;
    sqlite3 *db;
    const struct kind *kind;
};

struct cursor {
    sqlite3_vtab_cursor base;
    sqlite3_stmt *rows; /* NULL: nothing asked, nothing there */
    struct hc_arena *arena;
    struct hc_series series;
    size_t i, n; /* the point at hand, and their number */
    sqlite3_int64 row;
    bool end;
};

static int table_connect(sqlite3 *db, void *context, int n_arguments, const char *const *arguments, sqlite3_vtab **out,
                         char **message)
{
    (void)n_arguments;
    (void)arguments;
    (void)message;
    const struct kind *kind = context;
    int rc = sqlite3_declare_vtab(db, kind->declaration);
    struct table *table = rc == SQLITE_OK ? sqlite3_malloc(sizeof *table) : NULL;
    if (!table)
        return rc == SQLITE_OK ? SQLITE_NOMEM : rc;
    *table = (struct table){.db = db, .kind = kind};
    *out = &table->base;
    return sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
}

static int table_disconnect(sqlite3_vtab *base)
{
    sqlite3_free(base);
    return SQLITE_OK;
}

/* The plan: which of the three hidden columns are given; without the incident there is nothing to give. */
static int table_plan(sqlite3_vtab *base, sqlite3_index_info *info)
{
    const struct table *table = (const struct table *)base;
    int given[3] = {-1, -1, -1}, n = 0;
    for (int i = 0; i < info->nConstraint; i++) {
        int hidden = info->aConstraint[i].iColumn - table->kind->first_hidden;
        if (hidden < 0 || hidden > 2 || info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
            continue;
        if (!info->aConstraint[i].usable)
            return SQLITE_CONSTRAINT;
        given[hidden] = i;
    }
    info->idxNum = 0;
    for (int hidden = 0; hidden < 3; hidden++) {
        if (given[hidden] < 0)
            continue;
        info->aConstraintUsage[given[hidden]].argvIndex = ++n;
        info->aConstraintUsage[given[hidden]].omit = 1;
        info->idxNum |= 1 << hidden;
    }
    info->estimatedCost = given[0] < 0 ? 1e12 : 1e4;
    return SQLITE_OK;
}

static int cursor_open(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    (void)base;
    struct cursor *cursor = sqlite3_malloc(sizeof *cursor);
    if (!cursor)
        return SQLITE_NOMEM;
    *cursor = (struct cursor){.end = true};
    *out = &cursor->base;
    return SQLITE_OK;
}

static int cursor_close(sqlite3_vtab_cursor *base)
{
    struct cursor *cursor = (struct cursor *)base;
    sqlite3_finalize(cursor->rows);
    hc_arena_free(cursor->arena);
    sqlite3_free(cursor);
    return SQLITE_OK;
}

static enum hc_status read_points(struct cursor *cursor, struct hc_str bytes, struct hc_err *err)
{
    sqlite3_int64 n_before = sqlite3_column_int64(cursor->rows, 4);
    hc_arena_reset(cursor->arena);
    for (; n_before > 0 && bytes.n > 0; n_before--) {
        size_t n = hc_points_length(bytes);
        bytes = n ? (struct hc_str){bytes.p + n, bytes.n - n} : HC_STR_NONE;
    }
    bytes.n = hc_points_length(bytes);
    enum hc_status status = hc_unpack_points(&cursor->series, bytes, cursor->arena, err);
    cursor->i = 0;
    cursor->n = status == HC_OK ? cursor->series.n : 0;
    return status;
}

/* The next row that has something to give. */
static int next_row(struct cursor *cursor, bool is_points)
{
    int rc;
    while ((rc = sqlite3_step(cursor->rows)) == SQLITE_ROW) {
        if (!is_points)
            return SQLITE_OK;
        struct hc_str bytes = {sqlite3_column_blob(cursor->rows, 3), (size_t)sqlite3_column_bytes(cursor->rows, 3)};
        struct hc_err err = HC_ERR_NONE;
        if (read_points(cursor, bytes, &err) != HC_OK)
            return strcmp(err.code, "out-of-memory") == 0 ? SQLITE_NOMEM : SQLITE_CORRUPT;
        if (cursor->n > 0)
            return SQLITE_OK;
    }
    cursor->end = true;
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int cursor_filter(sqlite3_vtab_cursor *base, int plan, const char *text, int n, sqlite3_value **values)
{
    (void)text;
    (void)n;
    struct cursor *cursor = (struct cursor *)base;
    const struct table *table = (const struct table *)base->pVtab;
    int next = 0;
    sqlite3_finalize(cursor->rows);
    cursor->rows = NULL;
    cursor->end = !(plan & 1);
    cursor->row = 0;
    if (cursor->end)
        return SQLITE_OK;
    if (!cursor->arena)
        cursor->arena = hc_arena_new(0);
    if (!cursor->arena)
        return SQLITE_NOMEM;
    int rc = sqlite3_prepare_v2(table->db, table->kind->sql, -1, &cursor->rows, NULL);
    for (int hidden = 0; rc == SQLITE_OK && hidden < 3; hidden++)
        if (plan & 1 << hidden)
            rc = sqlite3_bind_value(cursor->rows, hidden + 1, values[next++]);
    return rc == SQLITE_OK ? next_row(cursor, table->kind->is_points) : rc;
}

static int cursor_next(sqlite3_vtab_cursor *base)
{
    struct cursor *cursor = (struct cursor *)base;
    const struct table *table = (const struct table *)base->pVtab;
    cursor->row++;
    if (++cursor->i < cursor->n)
        return SQLITE_OK;
    return next_row(cursor, table->kind->is_points);
}

static int cursor_end(sqlite3_vtab_cursor *base)
{
    return ((const struct cursor *)base)->end;
}

static void give_time(sqlite3_context *context, int64_t ns, int8_t digits)
{
    char text[HC_TIME_TEXT];
    size_t n = hc_time_format((struct hc_time){ns, digits}, text);
    sqlite3_result_text(context, text, (int)n, SQLITE_TRANSIENT);
}

/* Points keep no digits: as many as the time needs. */
static int8_t digits_of(int64_t ns)
{
    int8_t digits = 9;
    for (; digits > 0 && ns % 10 == 0; ns /= 10)
        digits--;
    return digits;
}

static void give_point(sqlite3_context *context, const struct cursor *cursor, int column)
{
    int64_t ns = cursor->series.at_ns[cursor->i];
    if (column == 3)
        give_time(context, ns, digits_of(ns));
    else if (column == 4)
        sqlite3_result_int64(context, ns);
    else
        sqlite3_result_double(context, cursor->series.values[cursor->i]);
}

static void give_level(sqlite3_context *context, sqlite3_int64 level)
{
    static const char *const words[] = {NULL, "trace", "debug", "info", "warn", "error", "fatal", "cause"};
    if (level > 0 && level < (sqlite3_int64)(sizeof words / sizeof *words))
        sqlite3_result_text(context, words[level], -1, SQLITE_STATIC);
}

static void give_minute(sqlite3_context *context, const struct cursor *cursor, int column)
{
    int64_t ns;
    if (column == 2)
        give_level(context, sqlite3_column_int64(cursor->rows, 2));
    if (column == 5)
        sqlite3_result_int64(context, sqlite3_column_int64(cursor->rows, 4));
    if (column == 2 || column == 5 || sqlite3_column_type(cursor->rows, 3) == SQLITE_NULL ||
        __builtin_mul_overflow(sqlite3_column_int64(cursor->rows, 3), HC_NS_PER_MINUTE, &ns))
        return;
    if (column == 3)
        give_time(context, ns, 0);
    else
        sqlite3_result_int64(context, ns);
}

static int cursor_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
    const struct cursor *cursor = (const struct cursor *)base;
    const struct table *table = (const struct table *)base->pVtab;
    if (column < (table->kind->is_points ? 3 : 2))
        sqlite3_result_value(context, sqlite3_column_value(cursor->rows, column));
    else if (column >= table->kind->first_hidden)
        sqlite3_result_null(context);
    else if (table->kind->is_points)
        give_point(context, cursor, column);
    else
        give_minute(context, cursor, column);
    return SQLITE_OK;
}

static int cursor_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = ((const struct cursor *)base)->row;
    return SQLITE_OK;
}

/* No xCreate: the tables are there without being made. */
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

enum hc_status hc_store_tables_register(struct hc_store *store, struct hc_err *err)
{
    static const char *const names[] = {"metric_points", "log_minutes"};
    enum hc_status status = HC_OK;
    for (size_t i = 0; status == HC_OK && i < sizeof names / sizeof *names; i++)
        status = hc_store_error(store->db, sqlite3_create_module(store->db, names[i], &module, (void *)&kinds[i]), err);
    return status;
}
