/* The corpus: one SQLite file; the only home of sqlite3.
 *
 * Tables are documented in schema.sql; analysts use its views. One writer at a time; every put is a
 * transaction of its own unless a batch is open, and an incident is whole or not there.
 * Threads: a store belongs to one thread at a time.
 * Errors: HC_FATAL with code "corpus-missing", "corpus-foreign", "corpus-newer", "corpus-older", "corpus-corrupt", "corpus-locked",
 *         "corpus-unreadable", "corpus-readonly", "corpus-error", "batch-broken" (exit 3), "disk-full", "disk-error",
 *         "out-of-memory" (exit 4). HC_FAIL with "record-invalid" where a record breaks a rule of the schema: nothing
 *         of it is written, and a batch goes on.
 */
#ifndef HC_CORPUS_STORE_STORE_H
#define HC_CORPUS_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/status.h"
#include "base/text.h"
#include "corpus/record/analysis.h"
#include "corpus/record/backtest.h"
#include "corpus/record/calibration.h"
#include "corpus/record/incident.h"

struct hc_store;

enum hc_store_mode { HC_STORE_READ, HC_STORE_WRITE, HC_STORE_CREATE }; /* CREATE: makes it if need be */

/* For a process that opens one store and asks no question of the kind that hc_store_query budgets: SQLite then neither
 * locks nor counts what it allocates. Before any store is opened; later it does nothing.
 * Threads: that one store may go from thread to thread, one at a time. */
void hc_store_setup_alone(void);

/* Owns: the caller; hc_store_close (which leaves the file without a write-ahead log). */
enum hc_status hc_store_open(struct hc_store **out, const char *path, enum hc_store_mode mode, struct hc_err *err);
enum hc_status hc_store_close(struct hc_store *store, struct hc_err *err);

/* Groups what follows into one transaction, for speed or because it belongs together. What records add to incidents counts
 * once it is committed. */
enum hc_status hc_store_begin(struct hc_store *store, struct hc_err *err);
enum hc_status hc_store_commit(struct hc_store *store, struct hc_err *err);
void hc_store_rollback(struct hc_store *store);

/* ---- sources ------------------------------------------------------------------------------------------- */

struct hc_source_record {
    uint8_t sha256[HC_SHA256_BYTES];
    struct hc_str path, status, reason; /* accepted, partial, rejected */
    uint64_t n_bytes;
    const struct hc_warning *warnings; /* those of no incident, refusals included */
    size_t n_warnings;
    bool again; /* put it, even if it is known: it is told of under this path from now on */
};
/* *known: it is there already with this status (then nothing changes). */
enum hc_status hc_store_source_put(struct hc_store *store, const struct hc_source_record *source, bool *known,
                                   struct hc_err *err);
enum hc_status hc_store_source_known(struct hc_store *store, const uint8_t sha256[HC_SHA256_BYTES], bool *known,
                                     struct hc_err *err);
/* Are there any? */
enum hc_status hc_store_source_any(struct hc_store *store, bool *any, struct hc_err *err);
/* Known, and all of it was taken. */
enum hc_status hc_store_source_accepted(struct hc_store *store, const uint8_t sha256[HC_SHA256_BYTES], bool *accepted,
                                        struct hc_err *err);
/* Known, not rejected, and from a path whose last name is one that comes after `name`. */
enum hc_status hc_store_source_named_later(struct hc_store *store, const uint8_t sha256[HC_SHA256_BYTES],
                                           struct hc_str name, bool *later, struct hc_err *err);

/* ---- incidents ----------------------------------------------------------------------------------------- */

enum hc_put_result { HC_PUT_NEW, HC_PUT_KNOWN, HC_PUT_UPDATED, HC_PUT_OLDER, HC_PUT_CONFLICT, HC_PUT_ATTACHED };
#define HC_PUT_RESULTS 6

/* What the corpus keeps of an incident beside its rows, as it is written: points, counts of log lines, and the lists that
 * analysts do not query. */
struct hc_packed;

/* Makes an incident ready to be put. It asks no store: any thread may.
 * Memory: *out lies in the arena, and points to nothing of the incident.
 * Errors: HC_FAIL "record-invalid", "memory-limit". */
enum hc_status hc_store_incident_pack(struct hc_packed **out, const struct hc_incident *incident,
                                      struct hc_arena *arena, struct hc_err *err);
/* Empties what a put of a packed incident does not read, so that it need not be kept until then. */
void hc_store_incident_drop_packed(struct hc_incident *incident);

/* Adds one content of an incident, packed before, with its evidence as packed by analysis (may be absent). The version
 * with the greatest `updated` is current; two with the same greatest one are a conflict. A record of another tool (with
 * an origin) never is: it says more of the incident of its id, or is one alone; of one origin the latest counts. Its
 * source must have been put before, in the same batch: else a run that dies between them leaves a source that is known
 * and an incident that is not.
 * Errors: HC_FAIL "source-unknown". */
enum hc_status hc_store_incident_put(struct hc_store *store, const struct hc_incident *incident,
                                     const struct hc_packed *packed, const uint8_t source_sha256[HC_SHA256_BYTES],
                                     struct hc_str evidence, enum hc_put_result *result, struct hc_err *err);

/* What a listing needs of an incident; ordered by id. Texts live in the arena. */
struct hc_incident_brief {
    int64_t key;     /* of the content whose evidence is the incident's; of this corpus file, never shown */
    int64_t current; /* of the content that is all that is known of it: the same, or what it is united with */
    struct hc_str id, title, service;
    uint8_t content[HC_SHA256_BYTES];
    uint8_t source[HC_SHA256_BYTES]; /* of the archive that holds it; of several the smallest */
    struct hc_time started;
    bool conflict;
    bool has_outcome;
    bool confirmed;                           /* the root outcome is confirmed and not in conflict: a label */
    struct hc_time known_at;                  /* of the root outcome; absent: never usable by rolling origin */
    struct hc_str category, cause, component; /* of the root outcome */
    struct hc_str found;                      /* its words */
    struct hc_time written;                   /* incident/@updated, else window/@end */
    uint64_t checksum;                        /* over all that hc_store_incident_get gives of it */
};
enum hc_status hc_store_incident_list(struct hc_store *store, struct hc_arena *arena, struct hc_incident_brief **out,
                                      size_t *n, struct hc_err *err);

/* The current version by id (or by content under another id), as ingest gave it. HC_SKIP: not there. */
enum hc_status hc_store_incident_get(struct hc_store *store, struct hc_str id, struct hc_arena *arena,
                                     struct hc_incident **out, struct hc_err *err);
enum hc_status hc_store_incident_find_content(struct hc_store *store, const uint8_t content[HC_SHA256_BYTES],
                                              struct hc_arena *arena, struct hc_str *id, struct hc_err *err);

/* A content by its key. */
enum hc_status hc_store_version_get(struct hc_store *store, int64_t key, struct hc_arena *arena,
                                    struct hc_incident **out, struct hc_err *err);

/* Parts of a content, the rest left empty: its documents alone; or all that people tell of it, which is its head, components,
 * changes, outcomes, documents and tags. */
enum hc_status hc_store_documents_get(struct hc_store *store, int64_t key, struct hc_arena *arena,
                                      struct hc_incident **out, struct hc_err *err);
enum hc_status hc_store_told_get(struct hc_store *store, int64_t key, struct hc_arena *arena, struct hc_incident **out,
                                 struct hc_err *err);

/* The packed evidence of the current version; absent where none is kept. Valid in the arena. */
enum hc_status hc_store_evidence_get(struct hc_store *store, int64_t key, struct hc_arena *arena,
                                     struct hc_str *evidence, struct hc_err *err);
enum hc_status hc_store_evidence_put(struct hc_store *store, int64_t key, struct hc_str evidence, struct hc_err *err);

/* The latest time the corpus knows of (windows, outcomes); absent in an empty one. */
enum hc_status hc_store_latest_time(struct hc_store *store, struct hc_time *latest, struct hc_err *err);

/* ---- what was learned ----------------------------------------------------------------------------------- */

/* Gives calibration->number. The same model as of the same time is kept once. */
enum hc_status hc_store_calibration_put(struct hc_store *store, struct hc_calibration *calibration, struct hc_err *err);
/* By number, or the latest promoted one with as_of <= `as_of` (absent: any) that was asked for; those of a backtest's
 * schedule serve only the incidents they were learned for. HC_SKIP: none. */
enum hc_status hc_store_calibration_get(struct hc_store *store, int64_t number, struct hc_arena *arena,
                                        struct hc_calibration *out, struct hc_err *err);
enum hc_status hc_store_calibration_latest(struct hc_store *store, struct hc_time as_of, struct hc_arena *arena,
                                           struct hc_calibration *out, struct hc_err *err);

/* The latest promoted one that was asked for with as_of <= `as_of`, but that of the same time and labels: what one of
 * these labels would replace. HC_SKIP: none. */
enum hc_status hc_store_calibration_before(struct hc_store *store, struct hc_time as_of, struct hc_str labels,
                                           struct hc_arena *arena, struct hc_calibration *out, struct hc_err *err);

/* What this one is compared with: the latest promoted one before it that had learned from a tenth fewer labels, or more; where
 * there is none, the latest of other labels. HC_SKIP: none. */
enum hc_status hc_store_calibration_compared(struct hc_store *store, const struct hc_calibration *with,
                                             struct hc_arena *arena, struct hc_calibration *out, struct hc_err *err);

/* Their numbers alone: of the latest, and of the latest promoted one of a purpose that learned from these labels. HC_SKIP:
 * none. */
enum hc_status hc_store_calibration_latest_number(struct hc_store *store, struct hc_time as_of, int64_t *number,
                                                  struct hc_err *err);
enum hc_status hc_store_calibration_number_of_labels(struct hc_store *store, struct hc_str purpose,
                                                     struct hc_str labels, int64_t *number, struct hc_err *err);

/* Replaces the one of the same incident and calibration. HC_FAIL "incident-unknown". */
enum hc_status hc_store_analysis_put(struct hc_store *store, const struct hc_analysis *analysis, struct hc_err *err);

/* Replaces the stored results of these incidents, with all their answers. HC_FAIL "incident-unknown". */
enum hc_status hc_store_backtest_put(struct hc_store *store, const struct hc_backtest_row *rows, size_t n,
                                     struct hc_err *err);
/* All stored results, by started_at, then incident. */
enum hc_status hc_store_backtest_list(struct hc_store *store, struct hc_arena *arena, struct hc_backtest_row **out,
                                      size_t *n, struct hc_err *err);

/* ---- questions ------------------------------------------------------------------------------------------ */

enum hc_cell_type { HC_CELL_NULL, HC_CELL_INTEGER, HC_CELL_REAL, HC_CELL_TEXT, HC_CELL_BLOB };
struct hc_cell {
    enum hc_cell_type type;
    int64_t integer;
    double real;
    struct hc_str text;
};
struct hc_query_sink {
    void *context;
    enum hc_status (*columns)(void *context, const struct hc_str *names, size_t n, struct hc_err *err);
    enum hc_status (*row)(void *context, const struct hc_cell *cells, size_t n, struct hc_err *err);
};
/* What a query may take; 0: the default. A text or blob may take half the bytes. */
#define HC_QUERY_SECONDS 5
#define HC_QUERY_SECONDS_MOST 1000000
#define HC_QUERY_BYTES ((int64_t)128 << 20)
struct hc_query_budget {
    int64_t seconds, bytes;
};
/* One read-only statement under an authorizer, within the budget. Errors: HC_FAIL with code "sql-refused", "sql-error"
 * (exit 2) or "query-budget" (exit 1). */
enum hc_status hc_store_query(struct hc_store *store, struct hc_str sql, struct hc_query_budget given,
                              const struct hc_query_sink *sink, struct hc_err *err);

struct hc_view_column {
    struct hc_str view, column;
};
/* The columns of all views, by view, as they are declared; texts in the arena. */
enum hc_status hc_store_view_columns(struct hc_store *store, struct hc_arena *arena, struct hc_view_column **out,
                                     size_t *n, struct hc_err *err);

struct hc_search_hit {
    struct hc_str incident, where, snippet; /* where: title, postmortem, document, template */
};
struct hc_search {
    struct hc_search_hit *hits; /* titles, documents, templates; best first */
    size_t n, n_all;            /* at most `limit`; how many there are */
};
enum hc_status hc_store_search(struct hc_store *store, struct hc_str words, size_t limit, struct hc_arena *arena,
                               struct hc_search *out, struct hc_err *err);

/* The documented views as text: name, what a row is, columns. */
struct hc_str hc_store_schema(void);

struct hc_check_report {
    size_t n_findings;
    struct hc_str *findings; /* in the arena */
    char digest[HC_SHA256_HEX], derived[HC_SHA256_HEX];
};
/* `recompute` (NULL: not asked) gives an incident's packed evidence anew, compared under `full`. */
enum hc_status
hc_store_check(struct hc_store *store, bool full,
               enum hc_status (*recompute)(void *context, const struct hc_incident *incident, struct hc_arena *arena,
                                           struct hc_str *evidence, struct hc_err *err),
               void *context, struct hc_arena *arena, struct hc_check_report *report, struct hc_err *err);

#endif
