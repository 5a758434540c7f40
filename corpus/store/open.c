/* Opening and closing a corpus, and transactions. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "corpus/store/internal.h"

#define BUSY_MS 6000 /* a query may hold the corpus for its 5 s */
#define PAGE_BYTES 16384
#define CACHE_KIB 24576
#define SQL_OF_VALUE(number) #number
#define SQL_OF(number) SQL_OF_VALUE(number)

/* The schema as one text, without what SQLite or a user's ANALYZE adds. Order: by type and name. */
static const char schema_text_sql[] = "SELECT type, name, tbl_name, sql FROM sqlite_schema"
                                      " WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name";

static enum hc_status schema_text(sqlite3 *db, struct hc_buf *out, struct hc_err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(db, schema_text_sql, -1, &statement, NULL);
    while (rc == SQLITE_OK || rc == SQLITE_ROW) {
        rc = sqlite3_step(statement);
        for (int i = 0; rc == SQLITE_ROW && i < 4; i++)
            hc_put_text(out, hc_str_of((const char *)sqlite3_column_text(statement, i)));
    }
    enum hc_status status = hc_store_error(db, rc, err);
    sqlite3_finalize(statement);
    if (status == HC_OK && out->failed)
        return hc_store_no_memory(err);
    return status;
}

static enum hc_status make_schema(sqlite3 *db, struct hc_err *err)
{
    struct hc_buf sql = {0};
    hc_buf_text(&sql, "BEGIN IMMEDIATE;");
    hc_buf_add(&sql, hc_schema_sql, hc_schema_sql_size);
    hc_buf_text(&sql, "COMMIT;");
    hc_buf_char(&sql, '\0');
    if (sql.failed) {
        hc_buf_free(&sql);
        return hc_store_no_memory(err);
    }
    enum hc_status status = hc_store_error(db, sqlite3_exec(db, sql.p, NULL, NULL, NULL), err);
    hc_buf_free(&sql);
    return status;
}

/* A view or trigger that this program did not write would run with its rights: the schema must be ours, word for
 * word. */
static enum hc_status check_schema(sqlite3 *db, struct hc_err *err)
{
    sqlite3 *model = NULL;
    struct hc_buf ours = {0}, theirs = {0};
    enum hc_status status = hc_store_error(model, sqlite3_open(":memory:", &model), err);
    if (status == HC_OK)
        status = make_schema(model, err);
    if (status == HC_OK)
        status = schema_text(model, &ours, err);
    if (status == HC_OK)
        status = schema_text(db, &theirs, err);
    if (status == HC_OK && !hc_str_equal(hc_buf_view(&ours), hc_buf_view(&theirs)))
        status = hc_store_corrupt(err, "its tables or views are not those that this program writes");
    hc_buf_free(&ours);
    hc_buf_free(&theirs);
    sqlite3_close(model);
    return status;
}

static enum hc_status ask_int(sqlite3 *db, const char *sql, int64_t *value, struct hc_err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(statement);
    *value = rc == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    enum hc_status status = hc_store_error(db, rc, err);
    sqlite3_finalize(statement);
    return status;
}

/* Is it a corpus, and one that this program knows? */
static enum hc_status check_identity(sqlite3 *db, struct hc_err *err)
{
    int64_t id, version;
    enum hc_status status = ask_int(db, "PRAGMA application_id", &id, err);
    if (status == HC_OK)
        status = ask_int(db, "PRAGMA user_version", &version, err);
    if (status != HC_OK)
        return status;
    if (id != HC_APPLICATION_ID)
        return hc_err_set(err, HC_FATAL, "corpus-foreign", "not a Hindcast corpus");
    if (version > HC_SCHEMA_VERSION)
        return hc_err_set(err, HC_FATAL, "corpus-newer",
                          "the corpus has schema version %lld, this program knows %d: use a newer one",
                          (long long)version, HC_SCHEMA_VERSION);
    if (version < HC_SCHEMA_VERSION)
        return hc_err_set(err, HC_FATAL, "corpus-older",
                          "the corpus has schema version %lld, this program writes %d: ingest its archives anew",
                          (long long)version, HC_SCHEMA_VERSION);
    return check_schema(db, err);
}

/* A row of a version to come would be taken for one of that which is put next, or draw others to it: the items of a
 * long list take SQLite's next key (incidents_put.c). Each question is one search. */
static enum hc_status check_versions(sqlite3 *db, struct hc_err *err)
{
    static const char sql[] =
        "SELECT (SELECT coalesce(max(key), 0) FROM version) < (SELECT max(v) FROM ("
        "SELECT max(item) >> 32 AS v FROM component UNION ALL SELECT max(item) >> 32 FROM event"
        " UNION ALL SELECT max(item) >> 32 FROM series UNION ALL SELECT max(item) >> 32 FROM series_points"
        " UNION ALL SELECT max(version) FROM dependency UNION ALL SELECT max(version) FROM change"
        " UNION ALL SELECT max(version) FROM log_count UNION ALL SELECT max(version) FROM outcome"
        " UNION ALL SELECT max(version) FROM document UNION ALL SELECT max(version) FROM warning"
        " UNION ALL SELECT max(version) FROM tag UNION ALL SELECT max(version) FROM part"
        " UNION ALL SELECT max(version) FROM version_source UNION ALL SELECT max(version) FROM record"
        " UNION ALL SELECT max(version) FROM packed_evidence))";
    int64_t beyond;
    enum hc_status status = ask_int(db, sql, &beyond, err);
    return status == HC_OK && beyond ? hc_store_corrupt(err, "it holds rows of a version that is not there") : status;
}

static enum hc_status configure(sqlite3 *db, struct hc_err *err)
{
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, BUSY_MS);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    static const char pragmas[] = "PRAGMA page_size = " SQL_OF(PAGE_BYTES) "; PRAGMA cache_size = -" SQL_OF(
        CACHE_KIB) "; PRAGMA foreign_keys = OFF; PRAGMA cell_size_check = ON;"
                   "PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL; PRAGMA secure_delete = OFF";
    return hc_store_error(db, sqlite3_exec(db, pragmas, NULL, NULL, NULL), err);
}

/* A run that was killed may have left a journal, which a read-only connection cannot undo. Undoing it is SQLite's
 * own way back to what the corpus held. */
static enum hc_status roll_back_journal(const char *path, struct hc_err *err)
{
    sqlite3 *db = NULL;
    int64_t ignored;
    int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
    enum hc_status status = hc_store_error(db, rc, err);
    if (status == HC_OK) {
        sqlite3_busy_timeout(db, BUSY_MS);
        status = ask_int(db, "PRAGMA schema_version", &ignored, err);
    }
    sqlite3_close(db);
    return status;
}

/* Connects and reads the file's head, so that what is wrong with it shows here. */
static enum hc_status connect_file(sqlite3 **db, const char *path, enum hc_store_mode mode, struct hc_err *err)
{
    int flags = SQLITE_OPEN_NOMUTEX | (mode == HC_STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
                (mode == HC_STORE_CREATE ? SQLITE_OPEN_CREATE : 0);
    int64_t ignored;
    enum hc_status status = hc_store_error(*db, sqlite3_open_v2(path, db, flags, NULL), err);
    if (status == HC_OK)
        status = configure(*db, err);
    return status == HC_OK ? ask_int(*db, "PRAGMA schema_version", &ignored, err) : status;
}

static enum hc_status connect_after_rollback(sqlite3 **db, const char *path, enum hc_store_mode mode,
                                             struct hc_err *err)
{
    struct hc_err first = HC_ERR_NONE;
    enum hc_status status = connect_file(db, path, mode, &first);
    if (status == HC_OK)
        return HC_OK;
    if (sqlite3_extended_errcode(*db) != SQLITE_READONLY_ROLLBACK)
        return hc_err_set(err, status, first.code, "%s", first.text);
    sqlite3_close(*db);
    *db = NULL;
    status = roll_back_journal(path, err);
    return status == HC_OK ? connect_file(db, path, mode, err) : status;
}

static bool is_empty(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 && S_ISREG(file.st_mode) && file.st_size == 0;
}

static enum hc_status open_database(struct hc_store *store, const char *path, enum hc_store_mode mode,
                                    struct hc_err *err)
{
    enum hc_status status = connect_after_rollback(&store->db, path, mode, err);
    if (status == HC_OK && mode == HC_STORE_CREATE) {
        /* Asking locks, so of two that start on a new file one makes it and the other finds it made. */
        int64_t n_tables;
        status = ask_int(store->db, "SELECT count(*) FROM sqlite_schema", &n_tables, err);
        if (status == HC_OK && n_tables == 0 && is_empty(path))
            return make_schema(store->db, err); /* so it is ours, word for word */
    }
    if (status == HC_OK)
        status = check_identity(store->db, err);
    return status == HC_OK && store->writable ? check_versions(store->db, err) : status;
}

/* The cache of pages in few, large pages of memory: a load touches all of it, and each small page costs a fault.
 * The process keeps it. What does not fit, or all of it where the system gives none, SQLite allocates as ever. */
static void set_up_cache(void)
{
    int header = 0;
    sqlite3_config(SQLITE_CONFIG_PCACHE_HDRSZ, &header);
    int slot = PAGE_BYTES + header, n_slots = CACHE_KIB / (PAGE_BYTES / 1024);
    size_t size = (size_t)slot * (size_t)n_slots;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return;
    (void)madvise(memory, size, MADV_HUGEPAGE);
    sqlite3_config(SQLITE_CONFIG_PAGECACHE, memory, slot, n_slots);
}

void hc_store_setup_alone(void)
{
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    set_up_cache();
}

/* SQLite would only say that it cannot open the file. */
static enum hc_status check_folder(const char *path, struct hc_err *err)
{
    const char *slash = strrchr(path, '/');
    struct stat folder;
    if (!slash || slash == path)
        return HC_OK;
    char *name = strndup(path, (size_t)(slash - path));
    if (!name)
        return hc_store_no_memory(err);
    enum hc_status status = HC_OK;
    if (stat(name, &folder) != 0 && errno == ENOENT)
        status = hc_err_set(err, HC_FATAL, "corpus-unreadable", "there is no directory %s to make a corpus in", name);
    free(name);
    return status;
}

enum hc_status hc_store_open(struct hc_store **out, const char *path, enum hc_store_mode mode, struct hc_err *err)
{
    struct stat file;
    bool there = stat(path, &file) == 0;
    if (!there && errno == ENOENT && mode != HC_STORE_CREATE)
        return hc_err_set(err, HC_FATAL, "corpus-missing", "there is no corpus at %s", path);
    if (there && !S_ISREG(file.st_mode))
        return hc_err_set(err, HC_FATAL, "corpus-foreign", "%s is not a file", path);
    if (!there && check_folder(path, err) != HC_OK)
        return HC_FATAL;
    struct hc_store *store = calloc(1, sizeof *store);
    if (!store)
        return hc_store_no_memory(err);
    store->writable = mode != HC_STORE_READ;
    enum hc_status status = open_database(store, path, mode, err);
    if (status == HC_OK)
        status = hc_store_tables_register(store, err);
    if (status == HC_OK && store->writable)
        status = hc_store_rows_register(store, err);
    if (status != HC_OK) {
        hc_store_close(store, NULL);
        hc_err_at(err, path, NULL, 0);
        return status == HC_FAIL ? HC_FATAL : status;
    }
    *out = store;
    return HC_OK;
}

enum hc_status hc_store_close(struct hc_store *store, struct hc_err *err)
{
    if (!store)
        return HC_OK;
    if (store->in_batch)
        hc_store_rollback(store);
    for (int i = 0; i < HC_N_STATEMENTS; i++)
        sqlite3_finalize(store->statements[i]);
    enum hc_status status = hc_store_error(store->db, sqlite3_close(store->db), err);
    hc_store_unite_none(store);
    hc_arena_free(store->names.arena);
    hc_arena_free(store->templates.arena);
    hc_buf_free(&store->scratch);
    hc_buf_free(&store->json[0]);
    hc_buf_free(&store->json[1]);
    free(store);
    return status;
}

enum hc_status hc_store_begin(struct hc_store *store, struct hc_err *err)
{
    enum hc_status status = hc_store_execute(store, "BEGIN IMMEDIATE", err);
    store->in_batch = status == HC_OK;
    return status;
}

enum hc_status hc_store_commit(struct hc_store *store, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    if (store->batch_broken)
        status = hc_err_set(err, HC_FATAL, "batch-broken", "a put of this batch failed half-way: none of it is kept");
    if (status == HC_OK)
        status = hc_store_unite_now(store, err);
    if (status == HC_OK)
        status = hc_store_execute(store, "COMMIT", err);
    if (status == HC_OK)
        store->in_batch = false;
    else
        hc_store_rollback(store);
    return status == HC_FAIL ? HC_FATAL : status;
}

void hc_store_rollback(struct hc_store *store)
{
    for (int i = 0; i < HC_N_STATEMENTS; i++)
        sqlite3_reset(store->statements[i]);
    if (!sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    hc_store_unite_none(store);
    hc_key_cache_clear(&store->names);
    hc_key_cache_clear(&store->templates);
    store->in_batch = false;
    store->batch_broken = false;
}

enum hc_status hc_store_enter(struct hc_store *store, struct hc_err *err)
{
    if (store->batch_broken)
        return hc_err_set(err, HC_FATAL, "batch-broken", "a put of this batch failed half-way");
    store->changes_before = sqlite3_total_changes64(store->db);
    return store->in_batch ? HC_OK : hc_store_execute(store, "BEGIN IMMEDIATE", err);
}

/* Within a batch there is no savepoint, which would copy each page that a put touches: what can be wrong with a
 * record is looked at before its first row is written, so a put that fails later fails the batch. */
enum hc_status hc_store_leave(struct hc_store *store, enum hc_status status, struct hc_err *err)
{
    if (store->in_batch) {
        if (status == HC_OK || sqlite3_total_changes64(store->db) == store->changes_before)
            return status;
        store->batch_broken = true;
        return HC_FATAL;
    }
    if (status == HC_OK)
        status = hc_store_unite_now(store, err);
    if (status == HC_OK)
        status = hc_store_execute(store, "COMMIT", err);
    if (status != HC_OK)
        hc_store_rollback(store);
    return status;
}
