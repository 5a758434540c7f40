/* Metrics as a table: the first column is the time, every other one a series. */
#include <math.h>

#include "base/number.h"
#include "ingest/format/metrics_csv.h"

/* A number this small since 1970 is as likely a row's number as a time. */
#define TIME_LIKELY_NS (INT64_C(100000000) * HC_NS_PER_SECOND)
#define LABELS_NAMED 5

#define ROWS_EXPECTED_MOST 64 /* from there on arrays double: a sparse column holds no room for every row */

struct column {
    size_t series; /* into the reading, or HC_CSV_NO_COLUMN before the first number */
    size_t n, capacity;
    double *values;
    int64_t *at_ns;  /* NULL while every row has a number: then those of the first n rows */
    size_t n_direct; /* up to so many rows a number only follows the last: no gap, and there is room */
    size_t n_words;
    size_t first_word_line;
};

struct wide_reader {
    struct hc_csv_table table;
    const char *first_row;
    struct column *columns;
    double *row; /* of one row, NaN: a gap */
    int64_t *at_ns;
    size_t n_rows, capacity; /* rows with a time */
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

/* As many as the rest of the file may have, by the rows so far. */
static size_t rows_expected(const struct wide_reader *r)
{
    const struct hc_csv *csv = &r->table.csv;
    size_t n_bytes = (size_t)(csv->at - r->first_row), n_left = (size_t)(csv->end - csv->at);
    size_t n = r->n_rows == 0 || n_bytes < r->n_rows ? n_left : n_left / (n_bytes / r->n_rows);
    n += n / 8 + 2;
    return n < ROWS_EXPECTED_MOST ? n : ROWS_EXPECTED_MOST;
}

static bool add_time(struct wide_reader *r, int64_t at_ns)
{
    if (r->n_rows == r->capacity) {
        size_t n = r->n_rows == 0 ? rows_expected(r) : r->n_rows + 1;
        int64_t *grown = hc_arena_grow(r->table.reading->arena, r->at_ns, r->n_rows, n, &r->capacity, sizeof *grown);
        if (grown == NULL)
            return false;
        r->at_ns = grown;
    }
    r->at_ns[r->n_rows++] = at_ns;
    return true;
}

static bool grow_column(const struct wide_reader *r, struct column *column)
{
    struct hc_arena *arena = r->table.reading->arena;
    size_t n = column->n == 0 ? rows_expected(r) : column->n + 1, capacity = column->capacity;
    double *values = hc_arena_grow(arena, column->values, column->n, n, &column->capacity, sizeof *values);
    int64_t *at_ns = column->at_ns;
    if (at_ns != NULL)
        at_ns = hc_arena_grow(arena, at_ns, column->n, n, &capacity, sizeof *at_ns);
    if (values == NULL || (column->at_ns != NULL && at_ns == NULL))
        return false;
    column->values = values;
    column->at_ns = at_ns;
    return true;
}

/* The first gap of a column: from here on its times are its own. */
static bool part_times(const struct wide_reader *r, struct column *column)
{
    column->at_ns = hc_arena_alloc(r->table.reading->arena, column->capacity * sizeof *column->at_ns);
    if (column->at_ns != NULL)
        memcpy(column->at_ns, r->at_ns, column->n * sizeof *column->at_ns);
    return column->at_ns != NULL;
}

static bool add_value(struct wide_reader *r, size_t i, double value)
{
    struct column *column = &r->columns[i];
    if (column->series == HC_CSV_NO_COLUMN && !add_column_series(r, i))
        return false;
    if (column->n == column->capacity && !grow_column(r, column))
        return false;
    if (column->at_ns == NULL && column->n + 1 < r->n_rows && !part_times(r, column))
        return false;
    if (column->at_ns != NULL)
        column->at_ns[column->n] = r->at_ns[r->n_rows - 1];
    column->values[column->n++] = value;
    column->n_direct = column->at_ns == NULL ? column->capacity : 0;
    return true;
}

/* Adds the values of the row at hand. */
static bool add_row(struct wide_reader *r, int64_t at_ns)
{
    if (!add_time(r, at_ns))
        return false;
    for (size_t i = 1; i < r->table.n_columns; i++) {
        struct column *column = &r->columns[i];
        double value = r->row[i];
        if (isnan(value))
            column->n_direct = 0;
        else if (r->n_rows <= column->n_direct)
            column->values[column->n++] = value;
        else if (!add_value(r, i, value))
            return false;
    }
    return true;
}

static void take_field(struct wide_reader *r, size_t i)
{
    struct hc_str field = r->table.csv.fields[i];
    struct column *column = &r->columns[i];
    r->row[i] = (double)NAN;
    if (field.n == 0 || hc_number_parse(field, &r->row[i]))
        return;
    column->n_words++;
    if (column->first_word_line == 0)
        column->first_word_line = r->table.csv.line;
}

static bool read_row(struct wide_reader *r)
{
    struct hc_time time;
    if (!hc_csv_table_time(&r->table, 0, &time))
        return true;
    for (size_t i = 1; i < r->table.n_columns; i++)
        take_field(r, i);
    return add_row(r, time.ns);
}

/* Takes the field at `p` of a line that ends at `feed`, where it is no plain number; gives where it ends. NULL: it is a
 * word, or quoted. */
static const char *scan_odd_field(const char *p, const char *feed, double *value)
{
    const char *end = memchr(p, ',', (size_t)(feed - p));
    if (end == NULL)
        end = feed > p && feed[-1] == '\r' ? feed - 1 : feed;
    *value = (double)NAN;
    bool known = end == p || (*p != '"' && hc_number_parse((struct hc_str){p, (size_t)(end - p)}, value));
    return !known ? NULL : *end == '\r' ? feed : end;
}

/* The common row, a time and numbers, from its bytes; false: it is another, and nothing is taken. read_row would do the
 * same. */
static bool scan_row(struct wide_reader *r, struct hc_time *time)
{
    struct hc_csv *csv = &r->table.csv;
    const struct hc_entry *entry = r->table.context->entry;
    const char *feed = memchr(csv->at, '\n', (size_t)(csv->end - csv->at));
    const char *p = feed == NULL ? NULL : memchr(csv->at, ',', (size_t)(feed - csv->at));
    if (p == NULL || !hc_time_parse_evidence((struct hc_str){csv->at, (size_t)(p - csv->at)},
                                             entry == NULL ? 0 : entry->utc_offset_s, time))
        return false;
    for (size_t i = 1; i < r->table.n_columns; i++) {
        const char *field = p + 1;
        if (p == feed)
            return false;
        p = hc_number_scan(field, &r->row[i]);
        if (p == NULL || (*p != ',' && p != feed))
            p = scan_odd_field(field, feed, &r->row[i]);
        if (p == NULL)
            return false;
    }
    if (p != feed)
        return false;
    csv->line = csv->next_line++;
    csv->at = feed + 1;
    r->table.reading->n_rows++;
    return true;
}

static void read_rows(struct wide_reader *r)
{
    struct hc_time time;
    r->first_row = r->table.csv.at;
    while (!r->table.failed) {
        if (r->table.csv.at < r->table.csv.end && scan_row(r, &time))
            r->table.failed = !add_row(r, time.ns);
        else if (hc_csv_table_next(&r->table))
            r->table.failed = !read_row(r);
        else
            return;
    }
}

static void hand_over(const struct wide_reader *r)
{
    for (size_t i = 1; i < r->table.n_columns && !r->table.failed; i++) {
        const struct column *column = &r->columns[i];
        if (column->series == HC_CSV_NO_COLUMN)
            continue;
        struct hc_read_series *series = &r->table.reading->series[column->series];
        series->n = series->capacity = column->n;
        series->values = column->values;
        series->at_ns = column->at_ns == NULL ? r->at_ns : column->at_ns;
    }
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
                        "%zu column%s no number (labels, or empty): %.*s%s", n_labels,
                        n_labels == 1 ? " holds" : "s hold", HC_STR_ARG(view), n_labels > LABELS_NAMED ? " …" : "");
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
    r.row = hc_arena_calloc(reading->arena, r.table.n_columns, sizeof *r.row);
    if (r.columns == NULL || r.row == NULL)
        return hc_arena_refused(reading->arena, err);
    for (size_t i = 0; i < r.table.n_columns; i++)
        r.columns[i].series = HC_CSV_NO_COLUMN;
    read_rows(&r);
    hand_over(&r);
    warn_of_words(&r);
    if (!r.table.failed)
        r.table.failed = !name_components(&r);
    return hc_csv_table_close(&r.table, err);
}

const struct hc_reader hc_reader_metrics_csv_wide = {"metrics-csv-wide", "metrics", HC_BID_METRICS_WIDE, bid,
                                                     read_wide};
