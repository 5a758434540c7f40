/* What a result of SQLite means to a caller. */
#include "corpus/store/internal.h"

static const char *code_of(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "corpus-locked";
    case SQLITE_NOTADB:
        return "corpus-foreign";
    case SQLITE_CORRUPT:
        return "corpus-corrupt";
    case SQLITE_FULL:
        return "disk-full";
    case SQLITE_NOMEM:
        return "out-of-memory";
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return "corpus-unreadable";
    case SQLITE_READONLY:
        return "corpus-readonly";
    case SQLITE_IOERR:
        return rc == SQLITE_IOERR_SHORT_READ ? "corpus-corrupt" : "disk-error";
    default:
        return "corpus-error";
    }
}

enum hc_status hc_store_error(sqlite3 *db, int rc, struct hc_err *err)
{
    if (rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE)
        return HC_OK;
    if ((rc & 0xff) == SQLITE_CONSTRAINT || (rc & 0xff) == SQLITE_TOOBIG)
        return hc_err_set(err, HC_FAIL, "record-invalid", "the record breaks a rule of the corpus: %s",
                          sqlite3_errmsg(db));
    if (rc == SQLITE_ERROR && db && strcmp(sqlite3_errmsg(db), "malformed JSON") == 0)
        return hc_store_corrupt(err, "a list is no JSON");
    if ((rc & 0xff) == SQLITE_NOTADB)
        return hc_err_set(err, HC_FATAL, code_of(rc), "not a Hindcast corpus");
    return hc_err_set(err, HC_FATAL, code_of(rc), "corpus: %s", db ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
}

enum hc_status hc_store_no_memory(struct hc_err *err)
{
    return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for what the corpus holds");
}

enum hc_status hc_store_corrupt(struct hc_err *err, const char *what)
{
    return hc_err_set(err, HC_FATAL, "corpus-corrupt", "the corpus is damaged: %s", what);
}
