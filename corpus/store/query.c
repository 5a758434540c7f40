/* One read-only statement of a user, within a budget. */
#include <time.h>

#include "corpus/store/internal.h"

#define VALUE_BYTES_MOST 1000000000 /* SQLite's own */
#define SQL_BYTES (1 << 20)
#define PATTERN_BYTES 1000 /* of LIKE and GLOB: their cost is the square of it */
#define STEPS_BETWEEN_LOOKS 1000

struct budget {
    struct hc_query_budget of;
    int value_bytes; /* the largest text or blob */
    int64_t end_ns;
    bool spent;
    bool refused;
};

static int64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * HC_NS_PER_SECOND + now.tv_nsec;
}

static int look_at_clock(void *context)
{
    struct budget *budget = context;
    budget->spent = budget->spent || monotonic_ns() > budget->end_ns;
    return budget->spent;
}

/* data_version is what full-text search asks of itself. */
static bool is_allowed(int action, const char *first, const char *second)
{
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
        return true;
    case SQLITE_FUNCTION:
        return second && hc_store_function_allowed(second);
    case SQLITE_PRAGMA:
        return first && !second && sqlite3_stricmp(first, "data_version") == 0;
    default:
        return false;
    }
}

/* Reading, and nothing else. */
static int authorize(void *context, int action, const char *first, const char *second, const char *database,
                     const char *trigger)
{
    struct budget *budget = context;
    (void)database;
    (void)trigger;
    if (is_allowed(action, first, second))
        return SQLITE_OK;
    budget->refused = true;
    return SQLITE_DENY;
}

/* Passes over white space and comments. */
static struct hc_str without_lead(struct hc_str sql)
{
    for (;;) {
        size_t i = 0;
        sql = hc_str_trim(sql);
        if (hc_str_starts(sql, HC_STR("--"))) {
            while (i < sql.n && sql.p[i] != '\n')
                i++;
        } else if (hc_str_starts(sql, HC_STR("/*"))) {
            for (i = 2; i < sql.n && !(sql.p[i - 1] == '*' && sql.p[i] == '/' && i > 2); i++)
                ;
            i += i < sql.n;
        } else {
            return sql;
        }
        sql = (struct hc_str){sql.p + i, sql.n - i};
    }
}

static bool begins_as_question(struct hc_str sql)
{
    static const char *const words[] = {"SELECT", "WITH", "VALUES", "EXPLAIN"};
    struct hc_str rest = without_lead(sql);
    size_t n = 0;
    while (n < rest.n && ((rest.p[n] | 32) >= 'a' && (rest.p[n] | 32) <= 'z'))
        n++;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (hc_str_equal_nocase((struct hc_str){rest.p, n}, hc_str_of(words[i])))
            return true;
    return false;
}

static enum hc_status query_error(struct hc_store *store, int rc, const struct budget *budget, struct hc_err *err)
{
    if (budget->refused)
        return hc_err_set(err, HC_FAIL, "sql-refused", "refused: %s", sqlite3_errmsg(store->db));
    switch (rc & 0xff) {
    case SQLITE_INTERRUPT:
        if (!budget->spent)
            return hc_err_set(err, HC_FAIL, "query-budget", "the query was interrupted");
        return hc_err_set(err, HC_FAIL, "query-budget", "the query ran longer than %lld s",
                          (long long)budget->of.seconds);
    case SQLITE_NOMEM:
        return hc_err_set(err, HC_FAIL, "query-budget", "the query needs more than %lld MiB",
                          (long long)budget->of.bytes >> 20);
    case SQLITE_TOOBIG:
        return hc_err_set(err, HC_FAIL, "query-budget", "a value of the query is larger than %d MiB",
                          budget->value_bytes >> 20);
    case SQLITE_READONLY:
        return hc_err_set(err, HC_FAIL, "sql-refused", "refused: the statement writes");
    case SQLITE_ERROR:
        if (strncmp(sqlite3_errmsg(store->db), "cannot modify ", 14) == 0) /* "… because it is a view" */
            return hc_err_set(err, HC_FAIL, "sql-refused", "refused: the statement writes");
        return hc_err_set(err, HC_FAIL, "sql-error", "%s", sqlite3_errmsg(store->db));
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
        return hc_err_set(err, HC_FAIL, "sql-error", "%s", sqlite3_errmsg(store->db));
    default:
        return hc_store_error(store->db, rc, err);
    }
}

static enum hc_status prepare(struct hc_store *store, struct hc_str sql, sqlite3_stmt **statement,
                              const struct budget *budget, struct hc_err *err)
{
    const char *tail = NULL;
    if (sql.n > SQL_BYTES)
        return hc_err_set(err, HC_FAIL, "sql-refused", "the statement is longer than %d bytes", SQL_BYTES);
    if (sql.n && memchr(sql.p, '\0', sql.n))
        return hc_err_set(err, HC_FAIL, "sql-error", "the statement holds a NUL byte");
    if (!begins_as_question(sql))
        return hc_err_set(err, HC_FAIL, "sql-refused", "refused: only SELECT, WITH, VALUES and EXPLAIN are run");
    int rc = sqlite3_prepare_v3(store->db, sql.p, (int)sql.n, 0, statement, &tail);
    if (rc != SQLITE_OK)
        return query_error(store, rc, budget, err);
    struct hc_str rest = without_lead((struct hc_str){tail, sql.n - (size_t)(tail - sql.p)});
    if (rest.n)
        return hc_err_set(err, HC_FAIL, "sql-refused", "refused: one statement at a time");
    if (!sqlite3_stmt_readonly(*statement))
        return hc_err_set(err, HC_FAIL, "sql-refused", "refused: the statement writes");
    return HC_OK;
}

static struct hc_cell cell_of(sqlite3_stmt *statement, int i)
{
    struct hc_cell cell = {.type = HC_CELL_NULL};
    switch (sqlite3_column_type(statement, i)) {
    case SQLITE_INTEGER:
        cell.type = HC_CELL_INTEGER;
        cell.integer = sqlite3_column_int64(statement, i);
        break;
    case SQLITE_FLOAT:
        cell.type = HC_CELL_REAL;
        cell.real = sqlite3_column_double(statement, i);
        break;
    case SQLITE_TEXT:
        cell.type = HC_CELL_TEXT;
        cell.text.p = (const char *)sqlite3_column_text(statement, i);
        cell.text.n = (size_t)sqlite3_column_bytes(statement, i);
        break;
    case SQLITE_BLOB:
        cell.type = HC_CELL_BLOB;
        cell.text.p = sqlite3_column_blob(statement, i);
        cell.text.n = (size_t)sqlite3_column_bytes(statement, i);
        break;
    default:
        break;
    }
    return cell;
}

static enum hc_status send_columns(sqlite3_stmt *statement, const struct hc_query_sink *sink, struct hc_err *err)
{
    size_t n = (size_t)sqlite3_column_count(statement);
    struct hc_str *names = calloc(n + 1, sizeof *names);
    if (!names)
        return hc_store_no_memory(err);
    for (size_t i = 0; i < n; i++)
        names[i] = hc_str_of(sqlite3_column_name(statement, (int)i));
    enum hc_status status = sink->columns ? sink->columns(sink->context, names, n, err) : HC_OK;
    free(names);
    return status;
}

static enum hc_status send_rows(struct hc_store *store, sqlite3_stmt *statement, const struct hc_query_sink *sink,
                                const struct budget *budget, struct hc_err *err)
{
    size_t n = (size_t)sqlite3_column_count(statement);
    struct hc_cell *cells = calloc(n + 1, sizeof *cells);
    enum hc_status status = HC_OK;
    int rc = SQLITE_ROW;
    if (!cells)
        return hc_store_no_memory(err);
    while (status == HC_OK && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
        for (size_t i = 0; i < n; i++)
            cells[i] = cell_of(statement, (int)i);
        status = sink->row ? sink->row(sink->context, cells, n, err) : HC_OK;
    }
    free(cells);
    if (status == HC_OK && rc != SQLITE_DONE)
        status = query_error(store, rc, budget, err);
    return status;
}

/* Virtual tables set themselves up when first named, by statements that the authorizer would refuse. */
static enum hc_status set_up_tables(struct hc_store *store, struct hc_err *err)
{
    static const char sql[] = "SELECT 1 FROM metric_points, log_minutes, json_each('[]'), json_tree('[]'),"
                              " search_title, search_document, search_template";
    sqlite3_stmt *statement = NULL;
    enum hc_status status = hc_store_error(store->db, sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL), err);
    sqlite3_finalize(statement);
    return status;
}

/* What a query may not exceed, and what held before. */
struct limits {
    int length, sql_length, pattern;
    int64_t heap;
};

static struct limits restrain(struct hc_store *store, struct budget *budget)
{
    struct limits before = {sqlite3_limit(store->db, SQLITE_LIMIT_LENGTH, budget->value_bytes),
                            sqlite3_limit(store->db, SQLITE_LIMIT_SQL_LENGTH, SQL_BYTES),
                            sqlite3_limit(store->db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, PATTERN_BYTES),
                            sqlite3_hard_heap_limit64(budget->of.bytes)};
    budget->end_ns = monotonic_ns() + budget->of.seconds * HC_NS_PER_SECOND;
    sqlite3_progress_handler(store->db, STEPS_BETWEEN_LOOKS, look_at_clock, budget);
    sqlite3_set_authorizer(store->db, authorize, budget);
    return before;
}

static void release(struct hc_store *store, const struct limits *before)
{
    sqlite3_set_authorizer(store->db, NULL, NULL);
    sqlite3_progress_handler(store->db, 0, NULL, NULL);
    sqlite3_hard_heap_limit64(before->heap);
    sqlite3_limit(store->db, SQLITE_LIMIT_LENGTH, before->length);
    sqlite3_limit(store->db, SQLITE_LIMIT_SQL_LENGTH, before->sql_length);
    sqlite3_limit(store->db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, before->pattern);
}

static struct budget budget_of(struct hc_query_budget given)
{
    struct budget budget = {.of = given};
    if (budget.of.seconds <= 0)
        budget.of.seconds = HC_QUERY_SECONDS;
    if (budget.of.seconds > HC_QUERY_SECONDS_MOST)
        budget.of.seconds = HC_QUERY_SECONDS_MOST;
    if (budget.of.bytes <= 0)
        budget.of.bytes = HC_QUERY_BYTES;
    const int64_t half = budget.of.bytes / 2;
    budget.value_bytes = half < VALUE_BYTES_MOST ? (int)half : VALUE_BYTES_MOST;
    return budget;
}

enum hc_status hc_store_query(struct hc_store *store, struct hc_str sql, struct hc_query_budget given,
                              const struct hc_query_sink *sink, struct hc_err *err)
{
    sqlite3_stmt *statement = NULL;
    struct budget budget = budget_of(given);
    enum hc_status status = set_up_tables(store, err);
    if (status != HC_OK)
        return status;
    struct limits before = restrain(store, &budget);
    status = prepare(store, sql, &statement, &budget, err);
    if (status == HC_OK)
        status = send_columns(statement, sink, err);
    if (status == HC_OK)
        status = send_rows(store, statement, sink, &budget, err);
    sqlite3_finalize(statement);
    release(store, &before);
    return status;
}

static enum hc_status add_view_column(struct hc_arena *arena, sqlite3_stmt *statement, struct hc_view_column **out,
                                      size_t *n, size_t *capacity, struct hc_err *err)
{
    struct hc_view_column *grown = hc_arena_grow(arena, *out, *n, *n + 1, capacity, sizeof *grown);
    if (!grown)
        return hc_store_no_memory(err);
    *out = grown;
    grown[*n].view = hc_str_copy(arena, hc_str_of((const char *)sqlite3_column_text(statement, 0)));
    grown[*n].column = hc_str_copy(arena, hc_str_of((const char *)sqlite3_column_text(statement, 1)));
    const bool kept = grown[*n].view.p && grown[*n].column.p;
    *n += kept;
    return kept ? HC_OK : hc_store_no_memory(err);
}

enum hc_status hc_store_view_columns(struct hc_store *store, struct hc_arena *arena, struct hc_view_column **out,
                                     size_t *n, struct hc_err *err)
{
    static const char sql[] = "SELECT v.name, c.name FROM sqlite_schema AS v, pragma_table_info(v.name) AS c"
                              " WHERE v.type = 'view' ORDER BY v.name, c.cid";
    sqlite3_stmt *statement = NULL;
    size_t capacity = 0;
    int rc = sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL);
    enum hc_status status = hc_store_error(store->db, rc, err);
    *out = NULL;
    *n = 0;
    while (status == HC_OK && (rc = sqlite3_step(statement)) == SQLITE_ROW)
        status = add_view_column(arena, statement, out, n, &capacity, err);
    if (status == HC_OK && rc != SQLITE_DONE)
        status = hc_store_error(store->db, rc, err);
    sqlite3_finalize(statement);
    return status;
}

struct hc_str hc_store_schema(void)
{
    const char *sql = (const char *)hc_schema_sql;
    const char *begin = memmem(sql, hc_schema_sql_size, "-- Times are RFC 3339", 21);
    const char *end = begin ? memmem(begin, hc_schema_sql_size - (size_t)(begin - sql), "\n\n", 2) : NULL;
    return end ? (struct hc_str){begin, (size_t)(end + 1 - begin)} : HC_STR_NONE;
}
