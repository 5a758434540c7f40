/* copy CORPUS NEW: writes the rows and indexes of a corpus into a new file by SQLite alone, with no journal, and nothing
 * else: no ingest that stores the same can write faster. */
#include <sqlite3.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    sqlite3 *db = NULL;
    int status = argc == 3 ? sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL) : SQLITE_MISUSE;
    char *sql = status == SQLITE_OK ? sqlite3_mprintf("VACUUM INTO %Q", argv[2]) : NULL;
    if (sql)
        status = sqlite3_exec(db, sql, NULL, NULL, NULL);
    if (status != SQLITE_OK)
        fprintf(stderr, "copy: %s\n", argc == 3 ? sqlite3_errmsg(db) : "usage: copy CORPUS NEW");
    sqlite3_free(sql);
    sqlite3_close(db);
    return status != SQLITE_OK;
}
