/* Metrics as a table: the first column is the time, every other one a series. */
#include <math.h>

#include "base/number.h"
#include "ingest/format/metrics_csv.h"

/* A number this small since 1970 is as likely a row's number as a time. */
#define TIME_LIKELY_NS (INT64_C(100000000) * HC_NS_PER_SECOND)
#define LABELS_NAMED 5

struct column {
    size_t series; /* into the reading, or HC_CSV_NO_COLUMN before the first number */
    size_t n_words;
    size_t first_word_line;
};

struct wide_reader {
    struct hc_csv_table table;
    struct column *columns;
};

static struct hc_str line_after_header(struct hc_str head)
{
    const char *feed = memchr(head.p, '\n', head.n);
    if (feed == NULL)
        return HC_STR_NONE;
    return (struct hc_str){feed + 1, head.n - (size_t)(feed + 1 - head.p)};
}

static bool names_a_time(struct hc_str name)
{
    return hc_csv_column(&name, 1, "time|timestamp|ts|date|datetime|@timestamp|_time|t|at|time_utc|timestamp_ms") == 0;
}

static int bid(struct hc_str head, const struct hc_read_context *context)
{
    struct hc_str names[2];
    struct hc_str fields[1];
    if (head.n == 0 || hc_csv_peek(head, names, 2) < 2)
        return 0;
    if (hc_csv_peek(line_after_header(head), fields, 1) == 0)
        return names_a_time(names[0]) ? HC_BID_METRICS_WIDE : HC_BID_IF_NAMED;
    struct hc_time time;
    int offset = context->entry == NULL ? 0 : context->entry->utc_offset_s;
    struct hc_time header_time;
    if (!hc_time_parse_evidence(fields[0], offset, &time) || hc_time_parse_evidence(names[0], offset, &header_time))
        return names_a_time(names[0]) ? HC_BID_METRICS_WIDE : HC_BID_IF_NAMED;
    return names_a_time(names[0]) || time.ns > TIME_LIKELY_NS ? HC_BID_METRICS_WIDE : HC_BID_IF_NAMED;
}

/* "component/metric" is split at the last '/', unless the entry says whose metrics these are. */
static bool split_name(const struct wide_reader *r, size_t i, struct hc_str *component, struct hc_str *metric)
{
    const struct hc_read_context *context = r->table.context;
    struct hc_str name = r->table.header[i];
    bool whole = context->entry != NULL && context->entry->component.n > 0;
    const char *slash = whole || name.n == 0 ? NULL : memrchr(name.p, '/', name.n);
    size_t split = slash == NULL ? 0 : (size_t)(slash - name.p);
    *metric = name;
    if (split == 0 || split + 1 == name.n)
        return false;
    *component = (struct hc_str){name.p, split};
    *metric = (struct hc_str){slash + 1, name.n - split - 1};
    return true;
}

static bool add_column_series(struct wide_reader *r, size_t i)
{
    struct hc_reading *reading = r->table.reading;
    struct hc_str component = hc_metrics_default_component(r->table.context);
    struct hc_str metric;
    uint32_t number;
    (void)split_name(r, i, &component, &metric);
    if (!hc_reading_component(reading, component, &number))
        return false;
    r->columns[i].series = reading->n_series;
    return hc_reading_add_series(reading, number, metric, HC_STR_NONE, 1) != NULL;
}

static bool read_field(struct wide_reader *r, size_t i, int64_t at_ns)
{
    struct hc_str field = r->table.csv.fields[i];
    struct column *column = &r->columns[i];
    double value;
    if (field.n == 0)
        return true;
    if (!hc_number_parse(field, &value)) {
        column->n_words++;
        if (column->first_word_line == 0)
            column->first_word_line = r->table.csv.line;
        return true;
    }
    if (isnan(value))
        return true;
    if (column->series == HC_CSV_NO_COLUMN && !add_column_series(r, i))
        return false;
    struct hc_reading *reading = r->table.reading;
    return hc_reading_add_point(reading, &reading->series[column->series], at_ns, value);
}

static bool read_row(struct wide_reader *r)
{
    struct hc_time time;
    if (!hc_csv_table_time(&r->table, 0, &time))
        return true;
    for (size_t i = 1; i < r->table.n_columns; i++) {
        if (!read_field(r, i, time.ns))
            return false;
    }
    return true;
}

/* Says once a file which columns hold no number, and column by column which fields are none. */
static void warn_of_words(struct wide_reader *r)
{
    struct hc_reading *reading = r->table.reading;
    struct hc_str member = r->table.context->member;
    struct hc_buf labels = {0};
    size_t n_labels = 0;
    for (size_t i = 1; i < r->table.n_columns; i++) {
        const struct column *column = &r->columns[i];
        struct hc_str name = r->table.header[i];
        name.n = name.n > 80 ? 80 : name.n;
        if (column->series == HC_CSV_NO_COLUMN && n_labels++ < LABELS_NAMED)
            hc_buf_format(&labels, "%s\"%.*s\"", n_labels > 1 ? ", " : "", HC_STR_ARG(name));
        if (column->series != HC_CSV_NO_COLUMN && column->n_words > 0)
            hc_warnings_add(&reading->warnings, "bad-number", member, (long)column->first_word_line,
                            "%zu fields of column \"%.*s\" are no numbers and are gaps", column->n_words,
                            HC_STR_ARG(name));
    }
    struct hc_str view = hc_buf_view(&labels);
    if (n_labels > 0 && reading->n_rows > 0)
        hc_warnings_add(&reading->warnings, "metrics-label-column", member, 1,
                        "%zu columns hold no number (labels, or empty): %.*s%s", n_labels, HC_STR_ARG(view),
                        n_labels > LABELS_NAMED ? " …" : "");
    hc_buf_free(&labels);
}

/* A column that stayed empty still names its component. */
static bool name_components(struct wide_reader *r)
{
    for (size_t i = 1; i < r->table.n_columns; i++) {
        struct hc_str component;
        struct hc_str metric;
        uint32_t number;
        if (r->columns[i].series == HC_CSV_NO_COLUMN && r->columns[i].n_words == 0 &&
            split_name(r, i, &component, &metric) && !hc_reading_component(r->table.reading, component, &number))
            return false;
    }
    return true;
}

static enum hc_status read_wide(struct hc_str bytes, const struct hc_read_context *context, struct hc_reading *reading,
                                struct hc_err *err)
{
    struct wide_reader r = {0};
    if (!hc_csv_table_open(&r.table, bytes, context, reading) || r.table.n_columns < 2)
        return r.table.failed ? hc_arena_refused(reading->arena, err)
                              : hc_err_set(err, HC_FAIL, "format-mismatch", "no header of a table of metrics");
    r.columns = hc_arena_calloc(reading->arena, r.table.n_columns, sizeof *r.columns);
    if (r.columns == NULL)
        return hc_arena_refused(reading->arena, err);
    for (size_t i = 0; i < r.table.n_columns; i++)
        r.columns[i].series = HC_CSV_NO_COLUMN;
    while (!r.table.failed && hc_csv_table_next(&r.table))
        r.table.failed = !read_row(&r);
    warn_of_words(&r);
    if (!r.table.failed)
        r.table.failed = !name_components(&r);
    return hc_csv_table_close(&r.table, err);
}

const struct hc_reader hc_reader_metrics_csv_wide = {"metrics-csv-wide", "metrics", bid, read_wide};
