/* Metrics as a table: the first column is the time, every other one a series. */
#include <math.h>

#include "base/number.h"
#include "ingest/format/metrics_csv.h"
#include "ingest/format/metrics_units.h"

/* A number this small since 1970 is as likely a row's number as a time. */
#define TIME_LIKELY_NS (INT64_C(100000000) * HC_NS_PER_SECOND)
#define LABELS_NAMED 5

/* Rows are gathered in blocks of so many values, and of no more rows than this. */
#define BLOCK_VALUES 4096
#define BLOCK_ROWS 64

struct column {
    size_t series; /* into the reading, or HC_CSV_NO_COLUMN before the first number */
    size_t n, capacity, times_capacity;
    double *values;
    int64_t *at_ns; /* NULL while every row has a number: then those of the rows */
    size_t n_words;
    size_t first_word_line;
};

struct wide_reader {
    struct hc_csv_table table;
    struct column *columns;
    size_t n_unnamed;  /* columns without a series yet */
    double *block;     /* [block_rows][n_columns], NaN: a gap; the last rows, which no column has yet */
    size_t block_rows; /* room in it */
    int64_t *at_ns;    /* of all rows with a time */
    size_t n_rows, capacity;
    size_t first_line, last_line; /* of these rows; apart by n_rows - 1 where they stand one after the other */
    size_t n_block;               /* of these, in the block */
    bool block_gaps;              /* there may be some */
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

/* One within the brackets that end a name is of its unit: "in (req/s)". */
static const char *last_slash(struct hc_str name)
{
    char last = name.n == 0 ? '\0' : name.p[name.n - 1], open = last == ')' ? '(' : '[';
    const char *bracket = last == ')' || last == ']' ? memrchr(name.p, open, name.n) : NULL;
    size_t n = bracket == NULL ? name.n : (size_t)(bracket - name.p);
    return n == 0 ? NULL : memrchr(name.p, '/', n);
}

/* "component/metric" is split at the last '/', unless the entry says whose metrics these are. */
static bool split_name(const struct wide_reader *r, size_t i, struct hc_str *component, struct hc_str *metric)
{
    const struct hc_read_context *context = r->table.context;
    struct hc_str name = r->table.header[i];
    bool whole = context->entry != NULL && context->entry->component.n > 0;
    const char *slash = whole ? NULL : last_slash(name);
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
    return hc_reading_add_series(reading, number, metric, hc_unit_of_name(metric), 1) != NULL;
}

static const double *cells_of(const struct wide_reader *r, size_t row)
{
    return r->block + row * r->table.n_columns;
}

/* Gives columns with a number in the block a series, in the order in which a row tells them. */
static bool name_series(struct wide_reader *r)
{
    for (size_t row = 0; row < r->n_block && r->n_unnamed > 0; row++) {
        const double *cells = cells_of(r, row);
        for (size_t i = 1; i < r->table.n_columns; i++) {
            if (r->columns[i].series != HC_CSV_NO_COLUMN || isnan(cells[i]))
                continue;
            r->n_unnamed--;
            if (!add_column_series(r, i))
                return false;
        }
    }
    return true;
}

static size_t count_numbers(const struct wide_reader *r, size_t i)
{
    size_t n = 0;
    for (size_t row = 0; row < r->n_block; row++)
        n += isnan(cells_of(r, row)[i]) ? 0 : 1;
    return n;
}

/* Room for `n` more; with `own_times` for their times too, those of the rows before among them. */
static bool grow_column(const struct wide_reader *r, struct column *column, size_t n, bool own_times)
{
    struct hc_arena *arena = r->table.reading->arena;
    bool parts = own_times && column->at_ns == NULL;
    double *values =
        hc_arena_regrow(arena, column->values, column->n, column->n + n, &column->capacity, sizeof *column->values);
    if (values == NULL)
        return false;
    column->values = values;
    if (!own_times)
        return true;
    int64_t *at_ns =
        hc_arena_regrow(arena, column->at_ns, column->n, column->n + n, &column->times_capacity, sizeof *at_ns);
    if (at_ns == NULL)
        return false;
    column->at_ns = at_ns;
    if (parts && column->n > 0)
        memcpy(at_ns, r->at_ns, column->n * sizeof *at_ns);
    return true;
}

/* Rows of the block that have a number. */
static void take_numbers(struct wide_reader *r, struct column *column, const double *cells, const int64_t *at_ns)
{
    for (size_t row = 0; row < r->n_block; row++, cells += r->table.n_columns) {
        if (isnan(*cells))
            continue;
        column->at_ns[column->n] = at_ns[row];
        column->values[column->n++] = *cells;
    }
}

/* Takes a column of the block over. The first gap parts its times from those of the rows. */
static bool take_column(struct wide_reader *r, size_t i)
{
    struct column *column = &r->columns[i];
    size_t n = r->block_gaps ? count_numbers(r, i) : r->n_block, first = r->n_rows - r->n_block;
    bool own_times = column->n < first || n < r->n_block;
    const double *cells = r->block + i;
    if (n == 0)
        return true;
    if (!grow_column(r, column, n, own_times))
        return false;
    if (own_times) {
        take_numbers(r, column, cells, r->at_ns + first);
        return true;
    }
    for (size_t row = 0; row < n; row++, cells += r->table.n_columns)
        column->values[column->n + row] = *cells;
    column->n += n;
    return true;
}

static bool take_block(struct wide_reader *r)
{
    bool well = name_series(r);
    for (size_t i = 1; i < r->table.n_columns && well; i++)
        well = take_column(r, i);
    r->n_block = 0;
    r->block_gaps = false;
    return well;
}

/* The row at hand is in the block. */
static bool add_row(struct wide_reader *r, int64_t at_ns)
{
    if (r->n_rows == r->capacity) {
        size_t n = r->n_rows == 0 ? r->block_rows : r->n_rows + 1;
        int64_t *grown = hc_arena_regrow(r->table.reading->arena, r->at_ns, r->n_rows, n, &r->capacity, sizeof *grown);
        if (grown == NULL)
            return false;
        r->at_ns = grown;
    }
    if (r->n_rows == 0)
        r->first_line = r->table.csv.line;
    r->last_line = r->table.csv.line;
    r->at_ns[r->n_rows++] = at_ns;
    return ++r->n_block < r->block_rows || take_block(r);
}

static double *next_row(const struct wide_reader *r)
{
    return r->block + r->n_block * r->table.n_columns;
}

static void take_field(struct wide_reader *r, size_t i)
{
    struct hc_str field = r->table.csv.fields[i];
    struct column *column = &r->columns[i];
    double *cell = &next_row(r)[i];
    *cell = (double)NAN;
    r->block_gaps = true;
    if (field.n == 0 || hc_number_parse(field, cell))
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

/* Takes the field at `p` where it is no plain number, and gives where it ends: at `stop`, a comma or a line feed. NULL: it
 * is a word, quoted, or ends elsewhere. */
static const char *scan_odd_field(struct wide_reader *r, const char *p, char stop, double *value)
{
    const char *stopped = p;
    while (*stopped != ',' && *stopped != '\n') /* there is a last line feed */
        stopped++;
    if (*stopped != stop || *p == '"')
        return NULL;
    const char *end = stop == '\n' && stopped > p && stopped[-1] == '\r' ? stopped - 1 : stopped;
    *value = (double)NAN;
    r->block_gaps = true;
    return end == p || hc_number_parse((struct hc_str){p, (size_t)(end - p)}, value) ? stopped : NULL;
}

/* The common row, a time and numbers, from its bytes; false: it is another, and nothing is taken. read_row would do the
 * same. */
static bool scan_row(struct wide_reader *r, struct hc_time *time)
{
    double *cell = next_row(r) + 1, *last = next_row(r) + r->table.n_columns - 1;
    const char *p = hc_csv_table_scan_time(&r->table, time), *last_feed = r->table.last_feed;
    if (p == NULL || *p != ',')
        return false;
    for (; cell < last; cell++) {
        const char *end = hc_number_scan(p + 1, last_feed, cell);
        p = end != NULL && *end == ',' ? end : scan_odd_field(r, p + 1, ',', cell);
        if (p == NULL)
            return false;
    }
    const char *end = hc_number_scan(p + 1, last_feed, cell);
    if (end != NULL && *end == '\r')
        end++;
    p = end != NULL && *end == '\n' ? end : scan_odd_field(r, p + 1, '\n', cell);
    if (p != NULL)
        hc_csv_table_took(&r->table, p + 1, 1);
    return p != NULL;
}

static bool read_rows(struct wide_reader *r)
{
    struct hc_time time;
    while (!r->table.failed) {
        if (scan_row(r, &time))
            r->table.failed = !add_row(r, time.ns);
        else if (hc_csv_table_next(&r->table))
            r->table.failed = !read_row(r);
        else
            break;
    }
    return !r->table.failed && take_block(r);
}

static void hand_over(const struct wide_reader *r)
{
    const bool line_by_line = r->n_rows > 0 && r->last_line - r->first_line == r->n_rows - 1;
    for (size_t i = 1; i < r->table.n_columns; i++) {
        const struct column *column = &r->columns[i];
        if (column->series == HC_CSV_NO_COLUMN)
            continue;
        struct hc_read_series *series = &r->table.reading->series[column->series];
        series->n = series->capacity = column->n;
        series->values = column->values;
        series->at_ns = column->at_ns == NULL ? r->at_ns : column->at_ns;
        series->first_row = line_by_line && column->at_ns == NULL ? (uint32_t)r->first_line : 0;
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

static bool make_room(struct wide_reader *r)
{
    struct hc_arena *arena = r->table.reading->arena;
    size_t n = r->table.n_columns;
    r->n_unnamed = n - 1;
    r->block_rows = n * BLOCK_ROWS <= BLOCK_VALUES ? BLOCK_ROWS : BLOCK_VALUES / n + 1;
    r->columns = hc_arena_calloc(arena, n, sizeof *r->columns);
    r->block = hc_arena_alloc(arena, r->block_rows * n * sizeof *r->block);
    for (size_t i = 0; i < n && r->columns != NULL; i++)
        r->columns[i].series = HC_CSV_NO_COLUMN;
    return r->columns != NULL && r->block != NULL;
}

static enum hc_status open_wide(void **state, struct hc_str *bytes, const struct hc_read_context *context,
                                struct hc_reading *reading, struct hc_err *err)
{
    struct wide_reader *r = hc_arena_calloc(reading->arena, 1, sizeof *r);
    *state = r;
    if (r == NULL)
        return hc_arena_refused(reading->arena, err);
    if (!hc_csv_table_open(&r->table, bytes, context, reading) || r->table.n_columns < 2)
        return r->table.failed ? hc_arena_refused(reading->arena, err)
                               : hc_err_set(err, HC_FAIL, "format-mismatch", "no header of a table of metrics");
    return make_room(r) ? HC_OK : hc_arena_refused(reading->arena, err);
}

static enum hc_status take_wide(void *state, struct hc_str bytes, struct hc_err *err)
{
    struct wide_reader *r = state;
    hc_csv_table_part(&r->table, bytes);
    r->table.failed = !read_rows(r);
    return hc_csv_table_taken(&r->table, err);
}

static enum hc_status close_wide(void *state, struct hc_err *err)
{
    struct wide_reader *r = state;
    hand_over(r);
    warn_of_words(r);
    return name_components(r) ? HC_OK : hc_arena_refused(r->table.reading->arena, err);
}

const struct hc_reader hc_reader_metrics_csv_wide = {.name = "metrics-csv-wide",
                                                     .kind = "metrics",
                                                     .most = HC_BID_METRICS_WIDE,
                                                     .bid = bid,
                                                     .open = open_wide,
                                                     .take = take_wide,
                                                     .close = close_wide,
                                                     .share = HC_SHARE_METRICS};
