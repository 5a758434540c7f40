/* Readers of evidence files: plug-ins that bid on bytes.
 *
 * A reader peeks at the first bytes of a file and says how sure it is; the surest wins, the earlier in
 * the table on a tie. It then reads the whole file into a reading, which depends on nothing but
 * the file's bytes, its manifest entry and the incident's time frame; readings are united by path in
 * ingest/assemble.c, so the order of members in an archive cannot show.
 * To add a format: one file here, one line in the table in format.c, one sample, one fuzz target.
 */
#ifndef HC_INGEST_FORMAT_FORMAT_H
#define HC_INGEST_FORMAT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "base/warning.h"
#include "corpus/record/incident.h"
#include "ingest/normalize/shape_memo.h"

/* An `evidence` child of the manifest that names files. */
struct hc_entry {
    struct hc_str kind;          /* "metrics", "logs", "events", "traces", "document" */
    struct hc_str href;          /* checked: relative and below the incident */
    struct hc_str component;     /* absent: none */
    struct hc_str document_kind; /* @kind of a document */
    int utc_offset_s;
    uint32_t line;
    bool is_damaged; /* the file is there, but was refused */
    bool by_place; /* not of the manifest, but what the file's place says: a component that a line names comes first */
};

/* What a reader knows besides the bytes. */
struct hc_read_context {
    struct hc_str member;         /* path below the incident's directory */
    const struct hc_entry *entry; /* NULL: no href names the file */
    bool bystander;               /* collection.h: plain text in it is neither log nor document */
    struct hc_str service;        /* of the incident; may be absent */
    struct hc_time window_start, window_end;
    const struct hc_names *known_components; /* those of the manifest */
    struct hc_shape_memo *shapes;            /* that files share; NULL: none */
    uint8_t n_bom;                           /* bytes of the file's BOM, which readers do not see */
    bool in_parts;                           /* the file comes in parts, none of which stays */
    size_t n_ahead; /* bytes that exemplars, messages and titles keep beyond their bounds; redaction cuts them */
};

/* The bounds of texts that are kept in part. */
#define HC_EXEMPLAR_BYTES 512
#define HC_MESSAGE_BYTES 1024
#define HC_TITLE_BYTES 512

struct hc_read_series {
    uint32_t component; /* into reading->components, or HC_NO_COMPONENT */
    struct hc_str metric, unit;
    size_t n, capacity;
    int64_t *at_ns; /* in the file's order; may be shared with other series of the file */
    double *values; /* no gaps */
    uint32_t line;
    uint32_t first_row; /* line of the first point, where every point stands on the line after the one before; else 0 */
};

/* Lines of one shape: what the template miner unites. */
struct hc_read_log {
    struct hc_str shape; /* the message with its obviously variable tokens masked; the memo's, where known */
    const struct hc_known_shape *known; /* the same, where a memo has kept it; else NULL */
    uint64_t known_hash;                /* of that */
    uint32_t component, n_minutes;
    int64_t *minute; /* HC_TIME_NONE_NS for lines without a time; in order of first sight */
    uint32_t *lines;
    struct hc_time first_at;
    uint32_t first_line;
    uint8_t level;        /* enum hc_level_of_log, or HC_LOG_CAUSE */
    bool clean;           /* redaction would find nothing in the exemplar */
    bool known_has_finds; /* it would find something in the known shape */
    struct hc_str exemplar;
};

/* The log that an event is a line of. */
struct hc_event_log {
    uint32_t log; /* into reading->logs */
    bool clean;   /* redaction would find nothing in the event's message */
};

/* A log line of which a trace is known: with its fellows it tells what follows what. */
struct hc_read_step {
    uint64_t trace; /* hash of the id, as a span's */
    int64_t at_ns;
    uint32_t log; /* into reading->logs */
    uint32_t line;
};

struct hc_read_span {
    uint64_t trace, span, parent;  /* hashes of the ids; parent 0: none */
    uint32_t component, operation; /* into reading->components, reading->operations */
    int64_t start_ns, end_ns;
    uint32_t line;
    bool error;
};

/* What came of one file. Lists grow in the arena. */
struct hc_reading {
    struct hc_arena *arena;
    struct hc_names components, operations;
    struct hc_read_series *series;
    size_t n_series, series_capacity;
    struct hc_read_log *logs;
    size_t n_logs, logs_capacity;
    struct hc_read_step *steps; /* in the file's order */
    size_t n_steps, steps_capacity;
    bool steps_guessed;      /* no line says which of its words is the trace: those that no span shares are none */
    struct hc_event *events; /* component: into reading->components; template_id: 0 until assembled */
    struct hc_event_log *event_logs; /* of each event; NULL: they are of none */
    size_t n_events, events_capacity;
    struct hc_change *changes; /* component: into reading->components */
    size_t n_changes, changes_capacity;
    struct hc_read_span *spans;
    size_t n_spans, spans_capacity;
    struct hc_document *documents;
    size_t n_documents, documents_capacity;
    struct hc_warnings warnings;
    uint64_t n_rows, n_bad_rows;
};

/* What a CSV is, is decided by its header, in this order; a bid below HC_BID_BY_CONTENT counts only where the
 * manifest's entry says this kind. */
enum hc_bid {
    HC_BID_CERTAIN = 99, /* keys that no other format has */
    HC_BID_TRACES_CSV = 98,
    HC_BID_METRICS_LONG = 96,
    HC_BID_METRICS_GRAFANA = 95,
    HC_BID_EVENTS = 94, /* CSV and JSON Lines */
    HC_BID_LOGS_CSV = 90,
    HC_BID_METRICS_SHOWN = 85, /* Grafana's, told by nothing but the units of its values */
    HC_BID_METRICS_WIDE = 80,
    HC_BID_BY_CONTENT = 10,
    HC_BID_IF_NAMED = 5
};

/* Sixteenths of an incident's memory that what is told by one file may take; uniting it, and its evidence, takes the rest. */
enum hc_file_share {
    HC_SHARE_METRICS = 5,
    HC_SHARE_LOGS = 8,
    HC_SHARE_EVENTS = 4,
    HC_SHARE_TRACES = 4,
    HC_SHARE_DOCUMENT = 6
};

struct hc_reader {
    const char *name; /* "metrics-csv-wide" */
    const char *kind; /* "metrics", "logs", "events", "traces", "document" */
    int most;         /* that it bids: it is not asked where another bids more */
    /* 0: not this format … 100: certain. `head` is the file's first 64 KiB at most, without its BOM. */
    int (*bid)(struct hc_str head, const struct hc_read_context *context);
    /* HC_FAIL: the file is not in this format after all (nothing of the reading may be kept). Defects of rows
     * are warnings and n_bad_rows. NULL: the three below do it. */
    enum hc_status (*read)(struct hc_str bytes, const struct hc_read_context *context, struct hc_reading *reading,
                           struct hc_err *err);
    /* Of a format of lines, whose files may come in parts that end where lines do. `open` makes the state, in the reading's
     * arena, and takes off the first part what stands above its lines; `take` reads those of each part, the first one's too;
     * `close` (NULL: there is nothing to do) ends the reading. HC_FAIL: as above, and in `take` only while no line was one
     * of this format. Where context->in_parts, the bytes are gone when `take` returns. */
    enum hc_status (*open)(void **state, struct hc_str *bytes, const struct hc_read_context *context,
                           struct hc_reading *reading, struct hc_err *err);
    enum hc_status (*take)(void *state, struct hc_str bytes, struct hc_err *err);
    enum hc_status (*close)(void *state, struct hc_err *err);
    enum hc_file_share share;
};

extern const struct hc_reader hc_reader_metrics_csv_long;
extern const struct hc_reader hc_reader_metrics_csv_wide;
extern const struct hc_reader hc_reader_metrics_openmetrics;
extern const struct hc_reader hc_reader_metrics_prometheus;
extern const struct hc_reader hc_reader_metrics_grafana;
extern const struct hc_reader hc_reader_metrics_otlp;
extern const struct hc_reader hc_reader_events_csv;
extern const struct hc_reader hc_reader_events_jsonl;
extern const struct hc_reader hc_reader_events_json;
extern const struct hc_reader hc_reader_traces_csv;
extern const struct hc_reader hc_reader_traces_otlp;
extern const struct hc_reader hc_reader_traces_jaeger;
extern const struct hc_reader hc_reader_traces_zipkin;
extern const struct hc_reader hc_reader_logs_jsonl;
extern const struct hc_reader hc_reader_logs_csv;
extern const struct hc_reader hc_reader_logs_text;
extern const struct hc_reader hc_reader_logs_otlp;
extern const struct hc_reader hc_reader_document_markdown;
extern const struct hc_reader hc_reader_document_html;

/* The reader for a file by the format's rule: the entry's kind wins if the file parses as it says, else the
 * content, with a warning. NULL: nothing bids. `kind` absent: any. */
const struct hc_reader *hc_reader_choose(struct hc_str bytes, const struct hc_read_context *context,
                                         struct hc_str kind);

/* Reads one file by the rule above into an empty reading; fills file->kind, format, rows.
 * HC_SKIP: not recognised, with a warning in the reading; or a bystander (collection.h), without. */
enum hc_status hc_file_read(struct hc_str bytes, const struct hc_read_context *context, struct hc_reading *reading,
                            struct hc_evidence_file *file, struct hc_err *err);

/* A file that is being read. It must not be moved. */
struct hc_open_file {
    const struct hc_reader *reader; /* NULL: none */
    void *state;                    /* the reader's */
    struct hc_reading *reading;
    struct hc_read_context context;
    struct hc_entry entry; /* what the file's place says */
    char separator;        /* of a table that is not parted by commas; else 0 */
};

/* The same with the first part of a file (if context->in_parts), then with each further one, then when it is read. A file in
 * parts must be in a format of lines, else it is skipped.
 * HC_SKIP: hc_file_open as above; hc_file_take: that part is in another format, and nothing of it is kept. */
enum hc_status hc_file_open(struct hc_open_file *open, struct hc_str bytes, const struct hc_read_context *context,
                            struct hc_reading *reading, struct hc_err *err);
enum hc_status hc_file_take(struct hc_open_file *open, struct hc_str bytes, struct hc_err *err);
enum hc_status hc_file_close(struct hc_open_file *open, struct hc_evidence_file *file, struct hc_err *err);

/* Reads a text by one reader, whatever it bids. */
enum hc_status hc_reader_read(const struct hc_reader *reader, struct hc_str bytes,
                              const struct hc_read_context *context, struct hc_reading *reading, struct hc_err *err);

void hc_reading_init(struct hc_reading *reading, struct hc_arena *arena);
/* Each adds one and returns it zeroed but for what is given; NULL: out of memory. */
struct hc_read_series *hc_reading_add_series(struct hc_reading *reading, uint32_t component, struct hc_str metric,
                                             struct hc_str unit, uint32_t line);
bool hc_reading_more_points(struct hc_reading *reading, struct hc_read_series *series); /* room; false: no memory */
static inline bool hc_reading_add_point(struct hc_reading *reading, struct hc_read_series *series, int64_t at_ns,
                                        double value)
{
    if (series->n == series->capacity && !hc_reading_more_points(reading, series))
        return false;
    series->at_ns[series->n] = at_ns;
    series->values[series->n] = value;
    series->n++;
    return true;
}
struct hc_event *hc_reading_add_event(struct hc_reading *reading);
struct hc_change *hc_reading_add_change(struct hc_reading *reading);
struct hc_read_span *hc_reading_add_span(struct hc_reading *reading);
struct hc_document *hc_reading_add_document(struct hc_reading *reading);

/* The memo that the file's readings of shapes go through: the context's, else one of its own. NULL: out of memory. */
struct hc_shape_memo *hc_reading_shapes(const struct hc_reading *reading, const struct hc_read_context *context);

/* Valid UTF-8 without NUL in the arena, at most max_bytes long (0: any length), cut between characters.
 * p == NULL: out of memory or absent. */
struct hc_str hc_text_clean(struct hc_arena *arena, struct hc_str s, size_t max_bytes);

/* Numbers the lines of places that only go forward. */
struct hc_lines {
    const char *counted; /* up to where lines were counted */
    uint32_t line;
};
uint32_t hc_lines_at(struct hc_lines *lines, const char *p);

/* The failure for a request that the arena refused: HC_FAIL "memory-limit" over its ceiling, else HC_FATAL
 * "out-of-memory". */
enum hc_status hc_arena_refused(const struct hc_arena *arena, struct hc_err *err);

#endif
