/* Logs as CSV with a time column and a message column. */
#include "ingest/format/csv.h"
#include "ingest/format/logs_collect.h"
#include "ingest/normalize/severity.h"

#define PEEK 64
#define MANY_LINES 1000

struct columns {
    size_t time, message, level, component;
};

/* One pass over the rows. */
struct pass {
    struct hc_csv_table table;
    struct columns columns;
    struct hc_stamp_frame frame;
    struct hc_log_collector *collector;
    struct hc_shape_memo *shapes;
    struct hc_buf shape; /* that the memo does not keep */
};

/* Those that a log must have. */
static bool find_time_and_message(const struct hc_str *header, size_t n, struct columns *c)
{
    c->time = hc_csv_column(header, n, "time|timestamp|@timestamp|datetime|date|ts");
    if (c->time == HC_CSV_NO_COLUMN)
        return false;
    c->message = hc_csv_column(header, n, "message|msg|log|content|text|body");
    return c->message != HC_CSV_NO_COLUMN;
}

static bool find_columns(const struct hc_str *header, size_t n, struct columns *c)
{
    c->level = hc_csv_column(header, n, "level|severity|loglevel|priority");
    c->component = hc_csv_column(header, n, "component|service|app|logger|source");
    return find_time_and_message(header, n, c);
}

static int bid(struct hc_str head, const struct hc_read_context *context)
{
    struct hc_str names[PEEK];
    struct columns columns;
    (void)context;
    return find_time_and_message(names, hc_csv_peek(head, names, PEEK), &columns) ? HC_BID_LOGS_CSV : 0;
}

/* As evidence times are written, or in a form that logs use. */
static bool read_time(const struct pass *pass, struct hc_str field, struct hc_time *time)
{
    struct hc_stamp stamp;
    if (hc_time_parse_evidence(field, pass->frame.utc_offset_s, time))
        return true;
    return hc_stamp_scan(field, &stamp) == field.n && field.n > 0 && hc_stamp_resolve(&stamp, &pass->frame, time);
}

static enum hc_status read_row(struct pass *pass, struct hc_err *err)
{
    const struct hc_csv *csv = &pass->table.csv;
    struct hc_str time = hc_csv_field(csv, pass->columns.time), level = hc_csv_field(csv, pass->columns.level);
    struct hc_log_line line = {.line = (uint32_t)csv->line, .date = HC_STAMP_DATE_WHOLE};
    if (!read_time(pass, time, &line.at)) {
        hc_csv_table_bad(&pass->table, "bad-time", "not a time", time);
        return HC_OK;
    }
    line.level = level.p ? hc_severity_of_word(level) : HC_LOG_NONE;
    line.component = hc_csv_field(csv, pass->columns.component);
    line.message = hc_csv_field(csv, pass->columns.message);
    if (!line.message.p)
        line.message = HC_STR("");
    if (!hc_shape_memo_find(pass->shapes, line.message, &pass->shape, &line.shape))
        return hc_arena_refused(pass->table.reading->arena, err);
    pass->table.reading->n_rows--; /* the table has counted the row, the collector counts it again */
    return hc_log_collector_take(pass->collector, &line, err);
}

static enum hc_status read_rows(struct pass *pass, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    while (status == HC_OK && hc_csv_table_next(&pass->table))
        status = read_row(pass, err);
    if (status == HC_OK && pass->shape.failed)
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory");
    return status;
}

static enum hc_status open_csv(void **state, struct hc_str *bytes, const struct hc_read_context *context,
                               struct hc_reading *reading, struct hc_err *err)
{
    struct pass *pass = hc_arena_calloc(reading->arena, 1, sizeof *pass);
    *state = pass;
    if (!pass)
        return hc_arena_refused(reading->arena, err);
    pass->shapes = hc_reading_shapes(reading, context);
    bool open = hc_csv_table_open(&pass->table, bytes, context, reading);
    if (pass->table.failed || !pass->shapes)
        return hc_arena_refused(reading->arena, err);
    if (!open || !find_columns(pass->table.header, pass->table.n_columns, &pass->columns))
        return hc_err_set(err, HC_FAIL, "format-mismatch", "the header has no time and message");
    pass->frame = (struct hc_stamp_frame){.utc_offset_s = context->entry ? context->entry->utc_offset_s : 0,
                                          .window_start = context->window_start};
    size_t n_lines = 1; /* that of the header */
    for (size_t i = 0; i < bytes->n && n_lines < MANY_LINES; i++)
        n_lines += bytes->p[i] == '\n';
    pass->collector = hc_log_collector_new(context, reading, n_lines);
    return pass->collector ? HC_OK : hc_arena_refused(reading->arena, err);
}

static enum hc_status take_csv(void *state, struct hc_str bytes, struct hc_err *err)
{
    struct pass *pass = state;
    hc_csv_table_part(&pass->table, bytes);
    enum hc_status status = read_rows(pass, err);
    hc_buf_free(&pass->shape);
    status = hc_log_collector_part(pass->collector, status, err);
    return status == HC_OK ? hc_csv_table_taken(&pass->table, err) : status;
}

static enum hc_status close_csv(void *state, struct hc_err *err)
{
    return hc_log_collector_close(((struct pass *)state)->collector, err);
}

const struct hc_reader hc_reader_logs_csv = {.name = "logs-csv",
                                             .kind = "logs",
                                             .most = HC_BID_LOGS_CSV,
                                             .bid = bid,
                                             .open = open_csv,
                                             .take = take_csv,
                                             .close = close_csv,
                                             .share = HC_SHARE_LOGS};
