/* What was offered: archives, directories, files. */
#include <time.h>

#include "corpus/store/internal.h"

int64_t hc_store_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * HC_NS_PER_SECOND;
}

static enum hc_status find_status(struct hc_store *store, const uint8_t *sha256, struct hc_str expected, bool *found,
                                  bool *same, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_SOURCE_FIND, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_blob(&b, sha256, HC_SHA256_BYTES);
    enum hc_status status = hc_store_step(store, b.statement, err);
    *found = status == HC_OK;
    *same = status == HC_OK && hc_str_equal(expected, hc_str_of((const char *)sqlite3_column_text(b.statement, 0)));
    sqlite3_reset(b.statement);
    return status == HC_END ? HC_OK : status;
}

enum hc_status hc_store_source_known(struct hc_store *store, const uint8_t sha256[HC_SHA256_BYTES], bool *known,
                                     struct hc_err *err)
{
    bool same;
    return find_status(store, sha256, HC_STR_NONE, known, &same, err);
}

enum hc_status hc_store_source_any(struct hc_store *store, bool *any, struct hc_err *err)
{
    sqlite3_stmt *statement = hc_store_statement(store, HC_SQL_SOURCE_ANY, err);
    if (!statement)
        return HC_FATAL;
    enum hc_status status = hc_store_step(store, statement, err);
    *any = status == HC_OK && sqlite3_column_int(statement, 0) != 0;
    sqlite3_reset(statement);
    return status;
}

enum hc_status hc_store_source_accepted(struct hc_store *store, const uint8_t sha256[HC_SHA256_BYTES], bool *accepted,
                                        struct hc_err *err)
{
    bool found;
    return find_status(store, sha256, HC_STR("accepted"), &found, accepted, err);
}

enum hc_status hc_store_source_named_later(struct hc_store *store, const uint8_t sha256[HC_SHA256_BYTES],
                                           struct hc_str name, bool *later, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_SOURCE_PATH, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_blob(&b, sha256, HC_SHA256_BYTES);
    enum hc_status status = hc_store_step(store, b.statement, err);
    *later = false;
    if (status == HC_OK) {
        struct hc_str path = hc_str_of((const char *)sqlite3_column_text(b.statement, 0));
        *later = hc_str_compare(name, hc_str_after_last(path, '/')) < 0;
    }
    sqlite3_reset(b.statement);
    return status == HC_END ? HC_OK : status;
}

static enum hc_status put_warning(struct hc_store *store, const struct hc_source_record *source, size_t i,
                                  struct hc_err *err)
{
    const struct hc_warning *warning = &source->warnings[i];
    int64_t member;
    enum hc_status status = hc_store_name(store, warning->member, &member, err);
    struct hc_binder b = {hc_store_statement(store, HC_SQL_SOURCE_WARNING_INSERT, err), 0};
    if (status != HC_OK || !b.statement)
        return status != HC_OK ? status : HC_FATAL;
    hc_bind_blob(&b, source->sha256, HC_SHA256_BYTES);
    hc_bind_int(&b, (int64_t)i);
    hc_bind_key(&b, member);
    hc_bind_int(&b, warning->line);
    hc_bind_text(&b, warning->code);
    hc_bind_text(&b, warning->message);
    hc_bind_int(&b, (int64_t)warning->n_more);
    return hc_store_run(store, b.statement, err);
}

static enum hc_status drop_warnings(struct hc_store *store, const struct hc_source_record *source, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_SOURCE_WARNINGS_DELETE, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_blob(&b, source->sha256, HC_SHA256_BYTES);
    return hc_store_run(store, b.statement, err);
}

static enum hc_status put_source(struct hc_store *store, const struct hc_source_record *source, bool found,
                                 struct hc_err *err)
{
    enum hc_status status = found ? drop_warnings(store, source, err) : HC_OK;
    struct hc_binder b = {hc_store_statement(store, found ? HC_SQL_SOURCE_UPDATE : HC_SQL_SOURCE_INSERT, err), 0};
    if (status != HC_OK || !b.statement)
        return status != HC_OK ? status : HC_FATAL;
    hc_bind_blob(&b, source->sha256, HC_SHA256_BYTES);
    hc_bind_text(&b, source->path);
    hc_bind_int(&b, (int64_t)source->n_bytes);
    hc_bind_text(&b, source->status);
    hc_bind_text(&b, source->reason);
    hc_bind_time(&b, (struct hc_time){hc_store_clock_ns(), 0});
    status = hc_store_run(store, b.statement, err);
    for (size_t i = 0; status == HC_OK && i < source->n_warnings; i++)
        status = put_warning(store, source, i, err);
    return status;
}

enum hc_status hc_store_source_put(struct hc_store *store, const struct hc_source_record *source, bool *known,
                                   struct hc_err *err)
{
    bool found;
    enum hc_status status = find_status(store, source->sha256, source->status, &found, known, err);
    if (status != HC_OK || (*known && !source->again))
        return status;
    status = hc_store_enter(store, err);
    if (status == HC_OK)
        status = hc_store_leave(store, put_source(store, source, found, err), err);
    return status;
}
