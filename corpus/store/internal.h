/* What the store's files share; nothing outside corpus/store includes it. */
#ifndef HC_CORPUS_STORE_INTERNAL_H
#define HC_CORPUS_STORE_INTERNAL_H

#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "corpus/store/store.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "packed blobs are written as memory holds them");

#define HC_APPLICATION_ID 1212367938 /* "HCDB" */
#define HC_SCHEMA_VERSION 11

/* The statements of the store: (name, SQL), one list for the enum and the texts. */
#include "corpus/store/statements.h"
#define HC_STATEMENT_NAME(name, sql) HC_SQL_##name,
enum hc_statement { HC_STATEMENTS(HC_STATEMENT_NAME) HC_N_STATEMENTS };
#undef HC_STATEMENT_NAME

/* Texts seen in this session and their keys; emptied whenever something is rolled back. */
struct hc_key_cache {
    struct hc_arena *arena;
    struct hc_names names;
    int64_t *keys;
    size_t n_keys, capacity;
};

/* What an entry of minutes is made of: (whose * n_minutes + minute) * n_lines + lines, where minute 0 is that of lines
 * without a time and minute 1 is `first`. */
struct hc_minute_scale {
    int64_t first;     /* since 1970 */
    int64_t n_minutes; /* one more than the greatest minute */
    int64_t n_lines;   /* one more than the most lines */
};

/* What store.h says of it: an incident's blobs, one after another in one text a kind, and the checksum over all of it. */
struct hc_packed {
    struct hc_packed_points { /* a row of series_points */
        size_t first;         /* series */
        size_t from;          /* in `points`; of the one past the last: the end */
    } * chunks;
    size_t n_chunks;
    struct hc_packed_counts { /* of one template */
        size_t first;         /* count; of the one past the last: their number */
        size_t minutes_from;  /* in `minutes`; of the one past the last: the end */
        uint32_t template_index;
        int64_t lines;
        struct hc_time first_at;
    } * runs;
    size_t n_runs;
    struct hc_minute_scale scale;
    struct hc_str points, minutes, sources, record;
    uint64_t checksum;
};

/* Incidents whose united version is to be made anew; one may stand there several times. */
struct hc_ids {
    struct hc_arena *arena; /* NULL: none yet */
    struct hc_str *items;
    size_t n, capacity;
};

struct hc_store {
    sqlite3 *db;
    bool writable;
    bool in_batch;
    bool batch_broken;      /* a put failed half-way: it can only be rolled back */
    int64_t changes_before; /* rows written before the put at hand */
    sqlite3_stmt *statements[HC_N_STATEMENTS];
    struct hc_key_cache names, templates;
    struct hc_ids to_unite;
    struct hc_feed *feed; /* the list that put_rows gives */
    struct hc_buf scratch;
    struct hc_buf json[2]; /* of the put at hand */
};

extern const unsigned char hc_schema_sql[];
extern const size_t hc_schema_sql_size;

/* ---- errors.c ---- */

/* Turns a result of SQLite into a status and its code; SQLITE_OK, ROW and DONE give HC_OK. */
enum hc_status hc_store_error(sqlite3 *db, int rc, struct hc_err *err);
enum hc_status hc_store_no_memory(struct hc_err *err);
enum hc_status hc_store_corrupt(struct hc_err *err, const char *what);

/* ---- bind.c ---- */

/* A prepared statement, reset and unbound; NULL with err set. */
sqlite3_stmt *hc_store_statement(struct hc_store *store, enum hc_statement which, struct hc_err *err);
/* A statement that gives no rows: binds nothing. */
enum hc_status hc_store_execute(struct hc_store *store, const char *sql, struct hc_err *err);

/* Binds values one after another; texts are not copied: step before they die. */
struct hc_binder {
    sqlite3_stmt *statement;
    int n;
};
void hc_bind_int(struct hc_binder *b, int64_t value);
void hc_bind_key(struct hc_binder *b, int64_t key);              /* 0: NULL */
void hc_bind_component(struct hc_binder *b, uint32_t component); /* HC_NO_COMPONENT: NULL */
void hc_bind_real(struct hc_binder *b, double value);            /* NaN: NULL */
void hc_bind_text(struct hc_binder *b, struct hc_str text);      /* absent: NULL */
void hc_bind_blob(struct hc_binder *b, const void *bytes, size_t n);
void hc_bind_time(struct hc_binder *b, struct hc_time time); /* two values: ns, digits */
/* Runs to its end a statement that gives no rows, and resets it. */
enum hc_status hc_store_run(struct hc_store *store, sqlite3_stmt *statement, struct hc_err *err);
/* HC_OK: a row is there; HC_END: no more (and it is reset). */
enum hc_status hc_store_step(struct hc_store *store, sqlite3_stmt *statement, struct hc_err *err);

/* Reads columns one after another; texts are copied into the arena. */
struct hc_columns {
    sqlite3_stmt *statement;
    struct hc_arena *arena;
    int n;
    bool no_memory; /* check once a row */
};
int64_t hc_column_int(struct hc_columns *c);
uint32_t hc_column_component(struct hc_columns *c); /* NULL: HC_NO_COMPONENT */
double hc_column_real(struct hc_columns *c);        /* NULL: NaN */
struct hc_str hc_column_text(struct hc_columns *c);
struct hc_str hc_column_blob(struct hc_columns *c); /* valid until the next step */
struct hc_time hc_column_time(struct hc_columns *c);
struct hc_source_place hc_column_place(struct hc_columns *c); /* two columns: member, line */

/* Makes what follows whole: hc_store_leave commits it where `status` is HC_OK, else undoes it. Within a batch what
 * fails after it wrote fails the batch. Gives the status back, or that of the commit. */
enum hc_status hc_store_enter(struct hc_store *store, struct hc_err *err);
enum hc_status hc_store_leave(struct hc_store *store, enum hc_status status, struct hc_err *err);

/* ---- rows.c ---- */

/* A row on its way into its table: values in the order of the statement's columns. */
#define HC_ROW_VALUES 17
struct hc_value {
    enum hc_cell_type type;
    union {
        int64_t integer;
        double real;
        struct hc_str text;
    };
};
struct hc_row {
    int n;
    struct hc_value values[HC_ROW_VALUES];
};
void hc_row_int(struct hc_row *row, int64_t value);
void hc_row_key(struct hc_row *row, int64_t key);              /* 0: NULL */
void hc_row_component(struct hc_row *row, uint32_t component); /* HC_NO_COMPONENT: NULL */
void hc_row_real(struct hc_row *row, double value);            /* NaN: NULL */
void hc_row_text(struct hc_row *row, struct hc_str text);      /* absent: NULL; lives until the next row is asked for */
void hc_row_blob(struct hc_row *row, struct hc_str bytes);     /* as a text */
void hc_row_ns(struct hc_row *row, struct hc_time time);       /* not known: NULL */
void hc_row_time(struct hc_row *row, struct hc_time time);     /* two values: ns, digits */

/* A list: `row` gives its i-th row, and may put names and templates. */
struct hc_feed {
    enum hc_status (*row)(void *context, size_t i, struct hc_row *row, struct hc_err *err);
    void *context;
    size_t n;
    enum hc_status status; /* set by hc_store_put_rows, as err is */
    struct hc_err *err;
};
/* Runs once a statement that inserts all rows of put_rows. */
enum hc_status hc_store_put_rows(struct hc_store *store, enum hc_statement which, struct hc_feed *feed,
                                 struct hc_err *err);
enum hc_status hc_store_rows_register(struct hc_store *store, struct hc_err *err);

/* ---- names.c ---- */

void hc_key_cache_clear(struct hc_key_cache *cache);
/* The key of a text, added if need be; absent gives key 0. */
enum hc_status hc_store_name(struct hc_store *store, struct hc_str text, int64_t *key, struct hc_err *err);
enum hc_status hc_store_template(struct hc_store *store, const struct hc_template *template, int64_t *key,
                                 struct hc_err *err);

/* ---- pack_points.c ---- */

/* How the times of the last series are kept: those of the next one mostly are the same memory, and not looked at again. */
struct hc_times_kept {
    const int64_t *at_ns;
    size_t n;
    int64_t step;
    uint8_t times; /* pack_points.c */
};
#define HC_POINTS_MOST 33554431 /* of a series: 25 bits of series.rows, which schema.sql and SERIES_GET cut out */

/* Adds one series' points; `last` begins zeroed. HC_FAIL "record-invalid": too many. */
enum hc_status hc_pack_points(struct hc_buf *out, const struct hc_series *series, struct hc_times_kept *last,
                              struct hc_err *err);
enum hc_status hc_unpack_points(struct hc_series *series, struct hc_str bytes, struct hc_arena *arena,
                                struct hc_err *err);
/* The length of the first series' points of several; 0: they are cut. */
size_t hc_points_length(struct hc_str bytes);
/* Two times or more that ascend by one step. */
bool hc_times_are_regular(const int64_t *at_ns, size_t n, int64_t *step);

/* ---- pack_record.c, unpack_record.c ---- */

#define HC_RECORD_LAYOUT 3  /* 2: fields of fixed width */
#define HC_INDEX_SPECIALS 3 /* the greatest numbers say that there is no component, no step: they become the least */
_Static_assert((uint32_t)(HC_NO_COMPONENT + HC_INDEX_SPECIALS) < HC_INDEX_SPECIALS &&
                   (uint32_t)(HC_FLOW_OTHER + HC_INDEX_SPECIALS) < HC_INDEX_SPECIALS,
               "no special index is long");

/* The lists of an incident that have no rows: baselines, symptoms, levels, missing, trace edges, files, flows, and the
 * templates that no count names. */
void hc_pack_record(struct hc_buf *out, const struct hc_incident *incident);
enum hc_status hc_unpack_record(struct hc_incident *incident, struct hc_str bytes, struct hc_arena *arena,
                                struct hc_err *err);

/* The same lists for a digest, in fields of fixed width: how the file packs them does not show. */
void hc_spread_record(struct hc_buf *out, const struct hc_incident *incident);

/* Which of an incident's files places are in: thousands share a few, and most are one text in the memory of many places. */
#define HC_NO_FILE UINT32_MAX
#define HC_FILES_RECENT 64
struct hc_file_finder {
    const struct hc_incident *incident;
    struct {
        struct hc_str member;
        uint32_t file;
    } recent[HC_FILES_RECENT]; /* by where the text lies; it begins zeroed */
};
/* HC_NO_FILE: it is none of them. */
uint32_t hc_file_of(struct hc_file_finder *finder, struct hc_str member);

/* ---- pack_counts.c ---- */

void hc_put_decimal(struct hc_buf *out, int64_t value);

/* HC_FAIL "record-invalid": a minute out of range, or an entry would not fit 63 bits. */
enum hc_status hc_minute_scale_of(struct hc_minute_scale *scale, const struct hc_incident *incident,
                                  struct hc_err *err);
/* A template's text between its masks; n 0: it is too long, or has too many of them. */
#define HC_PIECES_MOST 64
struct hc_pieces {
    struct hc_str items[HC_PIECES_MOST]; /* one more than there are masks */
    size_t n;
};
void hc_pieces_of(struct hc_pieces *pieces, struct hc_str template);
struct reader;
/* An exemplar as what it has at the masks, or, where it is not of the pieces, as it is. */
void hc_put_exemplar(struct hc_buf *out, const struct hc_pieces *pieces, struct hc_str exemplar);
struct hc_str hc_get_exemplar(struct reader *r, const struct hc_pieces *pieces);

/* The counts of each of `runs` by `scale`: minutes as JSON lists, which a view unpacks, and where each component's
 * began. */
void hc_pack_counts(struct hc_packed *packed, struct hc_buf *minutes, struct hc_buf *sources,
                    const struct hc_incident *incident);

/* The two on their way back, the minutes of each template as a member of an object, by its key: `begin` copies them into
 * the arena, `next` gives each count of the next template to `take`, without its template; what it points to lives in
 * the arena. */
struct hc_counts_reader {
    const struct hc_incident *incident; /* its components and files are there already */
    struct hc_arena *arena;
    struct hc_minute_scale scale;
    struct hc_str minutes, sources; /* what is left */
    bool any, no_memory;
};
typedef enum hc_status hc_take_count(void *context, const struct hc_log_count *count, struct hc_err *err);
enum hc_status hc_counts_begin(struct hc_counts_reader *reader, const struct hc_minute_scale *scale,
                               struct hc_str minutes, struct hc_str sources, struct hc_err *err);
struct hc_counted { /* a template */
    int64_t key;
    struct hc_str text;
};
enum hc_status hc_counts_next(struct hc_counts_reader *reader, const struct hc_counted *of, hc_take_count *take,
                              void *context, struct hc_err *err);
bool hc_counts_at_end(const struct hc_counts_reader *reader);

/* Fields of packed bytes, also what digests are made of. Here, so that what comes by the thousand costs no call. */
static inline void hc_put_bytes(struct hc_buf *out, const void *bytes, size_t n)
{
    if (out->capacity - out->n <= n) { /* with no bytes too: there may be no memory */
        hc_buf_add(out, bytes, n);
        return;
    }
    memcpy(out->p + out->n, bytes, n);
    out->n += n;
}

/* Where the next `most` bytes go: the caller adds to out->n how many it wrote. NULL: no memory. */
static inline uint8_t *hc_put_room(struct hc_buf *out, size_t most)
{
    if (out->capacity - out->n < most && !hc_buf_reserve(out, most))
        return NULL;
    return (uint8_t *)out->p + out->n;
}

static inline void hc_put_u8(struct hc_buf *out, uint8_t value)
{
    hc_put_bytes(out, &value, sizeof value);
}

static inline void hc_put_u32(struct hc_buf *out, uint32_t value)
{
    hc_put_bytes(out, &value, sizeof value);
}

static inline void hc_put_i64(struct hc_buf *out, int64_t value)
{
    hc_put_bytes(out, &value, sizeof value);
}

/* Seven bits a byte, the lowest first; the last byte is below 128. Gives the number of bytes; `out` has room for the most
 * of them. Nearly all are one or two, and which of the two is no branch: it would be guessed wrong too often. */
#define HC_VARINT_BYTES ((size_t)10)
static inline size_t hc_varint_write(uint8_t *out, uint64_t value)
{
    size_t n = 0;
    if (value < 1 << 14) {
        out[0] = (uint8_t)((value & 127) | (uint64_t)(value >= 128) << 7);
        out[1] = (uint8_t)(value >> 7);
        return 1 + (value >= 128);
    }
    for (; value >= 128; value >>= 7)
        out[n++] = (uint8_t)(value | 128);
    out[n++] = (uint8_t)value;
    return n;
}

static inline void hc_put_varint(struct hc_buf *out, uint64_t value)
{
    uint8_t *room = hc_put_room(out, HC_VARINT_BYTES);
    if (room)
        out->n += hc_varint_write(room, value);
}

/* One NaN and one zero: SQLite keeps no others, and which was written must not show. */
static inline void hc_put_f64(struct hc_buf *out, double value)
{
    double clean = isnan(value) ? (double)NAN : value + 0.0;
    hc_put_bytes(out, &clean, sizeof clean);
}

#define HC_TEXT_ABSENT UINT32_MAX /* the length of an absent text */
static inline void hc_put_text(struct hc_buf *out, struct hc_str text)
{
    hc_put_u32(out, text.p ? (uint32_t)text.n : HC_TEXT_ABSENT);
    if (text.p)
        hc_put_bytes(out, text.p, text.n);
}

/* Its length and one, or 0 where it is absent. */
static inline void hc_put_short_text(struct hc_buf *out, struct hc_str text)
{
    hc_put_varint(out, text.p ? (uint64_t)text.n + 1 : 0);
    if (text.p)
        hc_put_bytes(out, text.p, text.n);
}

/* A member is mostly one of the files: then its number and one, else 0 and a text. */
static inline void hc_put_short_place(struct hc_buf *out, struct hc_source_place place, struct hc_file_finder *finder)
{
    uint32_t file = hc_file_of(finder, place.member);
    hc_put_varint(out, (uint32_t)(file + 1));
    if (file == HC_NO_FILE)
        hc_put_short_text(out, place.member);
    hc_put_varint(out, place.line);
}

static inline void hc_pack_time(struct hc_buf *out, struct hc_time time)
{
    hc_put_i64(out, time.ns);
    hc_put_u8(out, hc_time_known(time) ? (uint8_t)time.digits : 0);
}

static inline void hc_put_place(struct hc_buf *out, struct hc_source_place place)
{
    hc_put_text(out, place.member);
    hc_put_u32(out, place.line);
}

/* ---- digest.c ---- */

/* A digest over records: each flush adds what `record` holds, with its length. */
struct hc_digester {
    struct hc_sha256 *sha;
    struct hc_buf record;
};
void hc_digester_flush(struct hc_digester *digester);
/* Everything that is known of an incident, field by field. */
enum hc_status hc_digest_incident(struct hc_digester *digester, const struct hc_incident *incident, struct hc_err *err);
/* Over all of it, in the rows and packed: finds damage, not ill will. False: no memory. */
bool hc_checksum_incident(struct hc_packed *packed, const struct hc_incident *incident);
/* SHA-256 of what a calibration is; its number, promotion and reason do not count. */
enum hc_status hc_calibration_digest(const struct hc_calibration *calibration, uint8_t out[HC_SHA256_BYTES],
                                     struct hc_err *err);

/* ---- validate.c ---- */

/* What is wrong with a record: it names what is not there, or is larger than can be kept. NULL: nothing. */
const char *hc_record_fault(const struct hc_incident *incident);
/* Asked before anything is written. HC_FAIL "record-invalid". */
enum hc_status hc_record_validate(const struct hc_incident *incident, struct hc_err *err);
/* HC_FAIL "incident-unknown": the corpus does not hold it. */
enum hc_status hc_store_incident_exists(struct hc_store *store, struct hc_str id, struct hc_err *err);

/* ---- others ---- */

/* Which templates of an incident a count names; the caller frees it. NULL: out of memory. */
bool *hc_templates_counted(const struct hc_incident *incident);
/* Chooses the current version of an incident anew, after one was added; says what became of that one. */
enum hc_status hc_store_version_choose(struct hc_store *store, const struct hc_incident *incident, int64_t added,
                                       enum hc_put_result *result, struct hc_err *err);

/* ---- unite.c ---- */

/* Unites an incident of a bundle and records, or of several records: in fields the first part that states one counts,
 * lists are joined, of outcomes those of the latest known time come first, of equal ones confirmed before probable before
 * unknown. Where the first is a bundle its components are the incident's: another's are said to be none.
 * Shapes: parts[0] is the bundle, if there is one. *out shares what the parts point to. */
enum hc_status hc_unite(struct hc_incident **out, struct hc_incident *const *parts, size_t n, struct hc_arena *arena,
                        struct hc_err *err);

/* ---- united.c ---- */

/* Do records say something of it? */
enum hc_status hc_store_has_records(struct hc_store *store, struct hc_str id, bool *has, struct hc_err *err);
/* Its rows go, but not what says where it came from and what it is united of. */
enum hc_status hc_store_version_delete(struct hc_store *store, int64_t version, struct hc_err *err);
/* Its united version is made anew when the batch, or else the put, is committed: once, however many parts came. */
enum hc_status hc_store_unite_later(struct hc_store *store, struct hc_str id, struct hc_err *err);
/* Makes them, in the order of their ids. */
enum hc_status hc_store_unite_now(struct hc_store *store, struct hc_err *err);
void hc_store_unite_none(struct hc_store *store);
/* What a united version should hold, made of its parts. */
enum hc_status hc_store_united_again(struct hc_store *store, int64_t version, struct hc_arena *arena,
                                     struct hc_incident **out, struct hc_err *err);
/* Of the records of its origin the one that counts. */
enum hc_status hc_store_record_latest(struct hc_store *store, const struct hc_incident *incident, int64_t *latest,
                                      struct hc_err *err);

int64_t hc_store_clock_ns(void);
enum hc_status hc_store_tables_register(struct hc_store *store, struct hc_err *err);
bool hc_store_function_allowed(const char *name);

#endif
