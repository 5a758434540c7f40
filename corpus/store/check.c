/* Does the corpus hold what it held? And the two digests of it. */
#include "corpus/store/internal.h"

#define FINDINGS_KEPT 100

struct hc_check {
    struct hc_store *store;
    bool full;
    enum hc_status (*recompute)(void *context, const struct hc_incident *incident, struct hc_arena *arena,
                                struct hc_str *evidence, struct hc_err *err);
    void *context;
    struct hc_arena *arena; /* of the report */
    struct hc_arena *work;  /* of one incident */
    struct hc_check_report *report;
    size_t capacity;
    struct hc_digester digest, derived;
};

/* Counts a finding and keeps the first ones. */
static enum hc_status add_finding(struct hc_check *check, struct hc_str finding, struct hc_err *err)
{
    struct hc_check_report *report = check->report;
    if (report->n_findings >= FINDINGS_KEPT)
        return HC_OK;
    struct hc_str *grown = hc_arena_grow(check->arena, report->findings, report->n_findings, report->n_findings + 1,
                                         &check->capacity, sizeof *grown);
    struct hc_str copy = hc_str_copy(check->arena, finding);
    if (!grown || !copy.p)
        return hc_store_no_memory(err);
    report->findings = grown;
    grown[report->n_findings++] = copy;
    return HC_OK;
}

typedef enum hc_status take_row(struct hc_check *check, sqlite3_stmt *row, struct hc_err *err);

/* A statement that cannot be run to its end is a finding too. */
static enum hc_status for_rows(struct hc_check *check, const char *sql, take_row *take, struct hc_err *err)
{
    sqlite3_stmt *statement = NULL;
    enum hc_status status = HC_OK;
    int rc = sqlite3_prepare_v2(check->store->db, sql, -1, &statement, NULL);
    while (status == HC_OK && (rc == SQLITE_OK || rc == SQLITE_ROW)) {
        rc = sqlite3_step(statement);
        if (rc == SQLITE_ROW)
            status = take(check, statement, err);
    }
    if (status == HC_OK && rc != SQLITE_DONE)
        status = add_finding(check, hc_str_of(sqlite3_errmsg(check->store->db)), err);
    sqlite3_finalize(statement);
    return status;
}

/* The row says it in its first column; SQLite's own check says "ok" where it has nothing to say. */
static enum hc_status take_finding(struct hc_check *check, sqlite3_stmt *row, struct hc_err *err)
{
    struct hc_str text = hc_str_of((const char *)sqlite3_column_text(row, 0));
    return hc_str_is(text, "ok") ? HC_OK : add_finding(check, text, err);
}

static enum hc_status find_rows(struct hc_check *check, struct hc_err *err)
{
    static const char *const questions[] = {
        "SELECT * FROM pragma_integrity_check(100)",
        "SELECT 'foreign key: a row of ' || \"table\" || ' names no row of ' || parent FROM pragma_foreign_key_check",
        /* Which version is current, and whether it is disputed, follows from the versions. */
        "SELECT 'incident ' || id || ': the current version is not the one that should be' FROM incident AS i"
        " WHERE coalesce((SELECT group_concat(part) FROM (SELECT part FROM part WHERE version = i.current"
        "  ORDER BY ordinal)), CAST(i.current AS TEXT)) IS NOT (SELECT group_concat(key) FROM (" HC_SQL_PARTS(
            "i.id") "))",
        "SELECT 'incident ' || i.id || ': the conflict mark is wrong' FROM incident AS i JOIN version AS v"
        " ON v.key = i.current WHERE conflict <> ((SELECT count(*) FROM version AS w WHERE w.incident = i.id"
        "  AND w.origin IS NULL AND w.updated_at_ns IS v.updated_at_ns) > 1)",
        "SELECT 'incident ' || incident || ': a version without a source' FROM version AS v"
        " WHERE NOT EXISTS (SELECT 1 FROM version_source WHERE version = v.key)",
        "SELECT 'template ' || printf('%016x', id) || ': kept twice' FROM template GROUP BY id, text"
        " HAVING count(*) > 1",
        "SELECT name || ': a row of no version' FROM (SELECT 'event' AS name, item FROM event"
        " UNION ALL SELECT 'component', item FROM component"
        " UNION ALL SELECT 'series', item FROM series UNION ALL SELECT 'series_points', item FROM series_points)"
        " WHERE item >> 32 NOT IN (SELECT key FROM version)",
        /* Other rows name them by their ordinals. */
        "SELECT 'event: a row is missing' FROM event AS e WHERE item & 4294967295 <> 0"
        " AND NOT EXISTS (SELECT 1 FROM event WHERE item = e.item - 1)",
        "SELECT 'component: a row is missing' FROM component AS c WHERE item & 4294967295 <> 0"
        " AND NOT EXISTS (SELECT 1 FROM component WHERE item = c.item - 1)",
        "SELECT 'series: a row is missing' FROM series AS s WHERE item & 4294967295 <> 0"
        " AND NOT EXISTS (SELECT 1 FROM series WHERE item = s.item - 1)",
        "SELECT 'analysis of ' || incident || ': calibration ' || calibration || ' is not there' FROM analysis"
        " WHERE calibration <> 0 AND calibration NOT IN (SELECT number FROM calibration)",
        "SELECT 'full-text search: titles' WHERE (SELECT count(*) FROM search_title_docsize)"
        " <> (SELECT count(title) FROM version)",
        "SELECT 'full-text search: documents' WHERE (SELECT count(*) FROM search_document_docsize)"
        " <> (SELECT count(*) FROM document)",
        "SELECT 'full-text search: templates' WHERE (SELECT count(*) FROM search_template_docsize)"
        " <> (SELECT count(*) FROM template)",
    };
    enum hc_status status = HC_OK;
    for (size_t i = 0; status == HC_OK && i < sizeof questions / sizeof *questions; i++)
        status = for_rows(check, questions[i], take_finding, err);
    return status;
}

/* ---- incidents ---- */

/* A damaged incident is a finding, and the next one is looked at; but memory or a disk that fails ends the check. */
static enum hc_status as_finding(struct hc_check *check, struct hc_str id, const struct hc_err *cause,
                                 struct hc_err *err)
{
    if (cause->code && strcmp(cause->code, "out-of-memory") == 0)
        return hc_err_set(err, HC_FATAL, cause->code, "%s", cause->text);
    struct hc_str text = hc_str_format(check->arena, "incident %.*s: %s", HC_STR_ARG(id), cause->text);
    return text.p ? add_finding(check, text, err) : hc_store_no_memory(err);
}

static enum hc_status check_evidence(struct hc_check *check, int64_t key, const struct hc_incident *incident,
                                     struct hc_err *err)
{
    struct hc_str kept = HC_STR_NONE, made = HC_STR_NONE;
    enum hc_status status = hc_store_evidence_get(check->store, key, check->work, &kept, err);
    hc_put_text(&check->derived.record, incident->id);
    hc_buf_add(&check->derived.record, incident->content, HC_SHA256_BYTES);
    hc_put_text(&check->derived.record, kept);
    hc_digester_flush(&check->derived);
    if (status != HC_OK || !check->full || !check->recompute || !kept.p)
        return status;
    status = check->recompute(check->context, incident, check->work, &made, err);
    if (status != HC_OK || hc_str_equal(kept, made))
        return status;
    struct hc_str text = hc_str_format(check->arena, "incident %.*s: its evidence is not what its record gives",
                                       HC_STR_ARG(incident->id));
    return text.p ? add_finding(check, text, err) : hc_store_no_memory(err);
}

/* What is united follows from its parts. */
static enum hc_status check_united(struct hc_check *check, int64_t key, int64_t checksum, struct hc_err *cause)
{
    struct hc_incident *again = NULL;
    struct hc_packed *packed = NULL;
    enum hc_status status = hc_store_united_again(check->store, key, check->work, &again, cause);
    if (status == HC_OK)
        status = hc_store_incident_pack(&packed, again, check->work, cause);
    if (status == HC_OK && (int64_t)packed->checksum != checksum)
        status = hc_err_set(cause, HC_FAIL, "corpus-corrupt", "what is known of it is not what its parts say together");
    return status;
}

static enum hc_status check_version(struct hc_check *check, int64_t key, struct hc_str id, int64_t checksum,
                                    struct hc_err *err)
{
    struct hc_incident *incident = NULL;
    struct hc_packed *packed = NULL;
    struct hc_err cause = HC_ERR_NONE;
    hc_arena_reset(check->work);
    enum hc_status status = hc_store_version_get(check->store, key, check->work, &incident, &cause);
    if (status == HC_OK)
        status = hc_digest_incident(&check->digest, incident, &cause);
    if (status == HC_OK)
        status = hc_store_incident_pack(&packed, incident, check->work, &cause);
    if (status == HC_OK && (int64_t)packed->checksum != checksum)
        status = hc_err_set(&cause, HC_FAIL, "corpus-corrupt", "its rows are not those that were put");
    if (status == HC_OK && incident->origin.p && incident->origin.n == 0)
        status = check_united(check, key, checksum, &cause);
    if (status == HC_OK)
        return check_evidence(check, key, incident, err);
    return as_finding(check, id, &cause, err);
}

static enum hc_status take_version(struct hc_check *check, sqlite3_stmt *row, struct hc_err *err)
{
    struct hc_buf *record = &check->digest.record;
    struct hc_str id = {(const char *)sqlite3_column_text(row, 1), (size_t)sqlite3_column_bytes(row, 1)};
    hc_put_text(record, id);
    hc_put_u8(record, (uint8_t)sqlite3_column_int(row, 3));
    hc_put_u8(record, (uint8_t)sqlite3_column_int(row, 4));
    hc_buf_add(record, sqlite3_column_blob(row, 5), (size_t)sqlite3_column_bytes(row, 5));
    hc_digester_flush(&check->digest);
    return check_version(check, sqlite3_column_int64(row, 0), id, sqlite3_column_int64(row, 2), err);
}

static enum hc_status check_versions(struct hc_check *check, struct hc_err *err)
{
    static const char sql[] = "SELECT v.key, i.id, v.checksum, v.key = i.current, i.conflict, v.content"
                              " FROM incident AS i CROSS JOIN version AS v ON v.incident = i.id"
                              " ORDER BY i.id, v.content";
    return for_rows(check, sql, take_version, err);
}

/* ---- what was learned ---- */

/* Adds the row, value by value, to the digest of what is derived. */
static enum hc_status take_derived(struct hc_check *check, sqlite3_stmt *row, struct hc_err *err)
{
    struct hc_buf *record = &check->derived.record;
    (void)err;
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        int type = sqlite3_column_type(row, i);
        hc_put_u8(record, (uint8_t)type);
        if (type == SQLITE_INTEGER)
            hc_put_i64(record, sqlite3_column_int64(row, i));
        else if (type == SQLITE_FLOAT)
            hc_put_f64(record, sqlite3_column_double(row, i));
        else if (type != SQLITE_NULL)
            hc_put_text(record, (struct hc_str){sqlite3_column_blob(row, i), (size_t)sqlite3_column_bytes(row, i)});
    }
    hc_digester_flush(&check->derived);
    return HC_OK;
}

static enum hc_status take_calibration(struct hc_check *check, sqlite3_stmt *row, struct hc_err *err)
{
    struct hc_calibration calibration;
    uint8_t digest[HC_SHA256_BYTES];
    hc_arena_reset(check->work);
    enum hc_status status =
        hc_store_calibration_get(check->store, sqlite3_column_int64(row, 0), check->work, &calibration, err);
    if (status == HC_OK)
        status = hc_calibration_digest(&calibration, digest, err);
    if (status != HC_OK)
        return status;
    if (sqlite3_column_bytes(row, 1) == HC_SHA256_BYTES &&
        memcmp(sqlite3_column_blob(row, 1), digest, HC_SHA256_BYTES) == 0)
        return HC_OK;
    struct hc_str text = hc_str_format(check->arena, "calibration %lld: its rows are not those that were put",
                                       (long long)calibration.number);
    return text.p ? add_finding(check, text, err) : hc_store_no_memory(err);
}

/* Calibrations are known by their digest here: their numbers say in which order they were asked for. */
static enum hc_status digest_learned(struct hc_check *check, struct hc_err *err)
{
    static const char *const questions[] = {
        "SELECT digest, promoted, reason FROM calibration ORDER BY digest",
        "SELECT incident, c.digest, label_seen, guarantee_level, guarantee_incidents, unexplained FROM analysis AS a"
        " LEFT JOIN calibration AS c ON c.number = a.calibration ORDER BY incident, c.digest",
        "SELECT incident, c.digest, ordinal, rank, category, cause, component, probability, h.status"
        " FROM hypothesis AS h LEFT JOIN calibration AS c ON c.number = h.calibration"
        " ORDER BY incident, c.digest, ordinal",
        "SELECT incident, c.digest, hypothesis, ordinal, evidence, weight, r.text, m.text, line FROM reason AS r"
        " LEFT JOIN calibration AS c ON c.number = r.calibration LEFT JOIN name AS m ON m.key = r.member"
        " ORDER BY incident, c.digest, hypothesis, ordinal",
        "SELECT incident, c.digest, ordinal, missing, points, low, high, learned_from FROM analysis_penalty AS p"
        " LEFT JOIN calibration AS c ON c.number = p.calibration ORDER BY incident, c.digest, ordinal",
        "SELECT incident, b.as_of_ns, category, cause, component, probability, category_probability,"
        " hypothesis_probability, rank, top_category, top_component, top_probability, unexplained, candidates, covered,"
        " c.digest, service, started_at_ns, evidence, labels_known"
        " FROM backtest AS b LEFT JOIN calibration AS c ON c.number = b.calibration ORDER BY incident",
        "SELECT incident, ordinal, question, method, rank, before, tied, probability, top_probability, brier, covered,"
        " set_size FROM backtest_answer ORDER BY incident, ordinal, question",
    };
    enum hc_status status =
        for_rows(check, "SELECT number, digest FROM calibration ORDER BY number", take_calibration, err);
    for (size_t i = 0; status == HC_OK && i < sizeof questions / sizeof *questions; i++) {
        status = for_rows(check, questions[i], take_derived, err);
        hc_digester_flush(&check->derived); /* an empty record parts the lists */
    }
    return status;
}

static void finish_digest(struct hc_digester *digester, char out[HC_SHA256_HEX])
{
    uint8_t digest[HC_SHA256_BYTES];
    hc_sha256_finish(digester->sha, digest);
    hc_sha256_hex(digest, out);
}

static void end_check(struct hc_check *check)
{
    hc_arena_free(check->work);
    hc_sha256_free(check->digest.sha);
    hc_sha256_free(check->derived.sha);
    hc_buf_free(&check->digest.record);
    hc_buf_free(&check->derived.record);
}

enum hc_status hc_store_check(struct hc_store *store, bool full,
                              enum hc_status (*recompute)(void *context, const struct hc_incident *incident,
                                                          struct hc_arena *arena, struct hc_str *evidence,
                                                          struct hc_err *err),
                              void *context, struct hc_arena *arena, struct hc_check_report *report, struct hc_err *err)
{
    struct hc_check check = {.store = store,
                             .full = full,
                             .recompute = recompute,
                             .context = context,
                             .arena = arena,
                             .work = hc_arena_new(0),
                             .report = report};
    check.digest.sha = hc_sha256_new();
    check.derived.sha = hc_sha256_new();
    *report = (struct hc_check_report){0};
    enum hc_status status = HC_OK;
    if (!check.work || !check.digest.sha || !check.derived.sha)
        status = hc_store_no_memory(err);
    if (status == HC_OK)
        status = find_rows(&check, err);
    if (status == HC_OK)
        status = check_versions(&check, err);
    if (status == HC_OK)
        status = digest_learned(&check, err);
    if (status == HC_OK && (check.digest.record.failed || check.derived.record.failed))
        status = hc_store_no_memory(err);
    if (status == HC_OK) {
        finish_digest(&check.digest, report->digest);
        finish_digest(&check.derived, report->derived);
    }
    end_check(&check);
    return status;
}
