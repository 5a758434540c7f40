/* Metrics as rows of time, metric, value and perhaps component and unit, in any order of columns. */
#include <math.h>

#include "base/number.h"
#include "ingest/format/metrics_csv.h"
#include "ingest/format/metrics_labels.h"
#include "ingest/format/metrics_units.h"

#define PEEK 64

struct columns {
    size_t time, component, metric, value, unit;
};

/* False: the table is no long one, and it was not looked for all of them. */
static bool find_columns(const struct hc_str *header, size_t n, struct columns *c)
{
    const struct {
        size_t *column;
        const char *names;
    } needed[] = {
        {&c->time, "time|timestamp"},
        {&c->metric, "metric|name"},
        {&c->value, "value"},
    };
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if ((*needed[i].column = hc_csv_column(header, n, needed[i].names)) == HC_CSV_NO_COLUMN)
            return false;
    c->component = hc_labels_component_column(header, n);
    c->unit = hc_csv_column(header, n, "unit");
    return true;
}

struct hc_str hc_metrics_default_component(const struct hc_read_context *context)
{
    if (context->entry != NULL && context->entry->component.n > 0)
        return context->entry->component;
    return context->service.n > 0 ? context->service : HC_STR_NONE;
}

bool hc_reading_component(struct hc_reading *reading, struct hc_str name, uint32_t *component)
{
    *component = HC_NO_COMPONENT;
    if (name.n == 0)
        return true;
    size_t index = hc_names_add(&reading->components, name);
    if (index == HC_NAME_NONE)
        return false;
    *component = (uint32_t)index;
    return true;
}

static int bid(struct hc_str head, const struct hc_read_context *context)
{
    (void)context;
    struct hc_str names[PEEK];
    size_t n = hc_csv_peek(head, names, PEEK);
    struct columns columns;
    return find_columns(names, n, &columns) ? HC_BID_METRICS_LONG : 0;
}

/* What tells a series from another, as the row that began it has it. */
struct long_key {
    struct hc_str component, metric, unit;
    struct hc_str between; /* its bytes from the time to the value; absent where these are not the first and the last */
};

struct long_reader {
    struct hc_csv_table table;
    struct columns columns;
    struct hc_str fallback;
    struct hc_names names; /* keys joined by NUL; numbered as the series */
    struct hc_buf name;
    struct long_key *keys; /* by series */
    size_t keys_capacity, last;
    bool advances;           /* the row before was of the series that follows the one before it */
    struct hc_str time_text; /* of the row before, and what it says */
    struct hc_time time;
};

static bool is_same_key(const struct long_key *x, const struct long_key *y)
{
    return hc_str_equal(x->metric, y->metric) && hc_str_equal(x->component, y->component) &&
           hc_str_equal(x->unit, y->unit);
}

/* Of the row at hand. Quotes would stand between two of its fields. */
static struct hc_str between_of(const struct long_reader *r)
{
    const struct hc_csv *csv = &r->table.csv;
    const char *end = csv->fields->p + csv->fields->n;
    if (r->columns.time != 0 || r->columns.value + 1 != r->table.n_columns)
        return HC_STR_NONE;
    for (size_t i = 1; i < r->table.n_columns; i++) {
        if (csv->fields[i].p != end + 1)
            return HC_STR_NONE;
        end = csv->fields[i].p + csv->fields[i].n;
    }
    const char *begin = csv->fields->p + csv->fields->n;
    return (struct hc_str){begin, (size_t)(csv->fields[r->columns.value].p - begin)};
}

/* The key of series n in memory that stays when the part goes. */
static bool keep_key(const struct long_reader *r, size_t n)
{
    struct long_key *key = &r->keys[n];
    const char *name = r->names.items[n].p;
    struct hc_str between = hc_str_copy(r->table.reading->arena, key->between);
    bool kept = between.p != NULL || key->between.p == NULL;
    key->between = between;
    key->component.p = name;
    key->metric.p = name + key->component.n + 1;
    key->unit.p = key->metric.p + key->metric.n + 1;
    return kept;
}

static bool add_series(struct long_reader *r, const struct long_key *key)
{
    struct hc_reading *reading = r->table.reading;
    size_t n = reading->n_series;
    uint32_t component;
    struct hc_str unit = key->unit.n > 0 ? key->unit : hc_unit_of_name(key->metric);
    struct long_key *keys = hc_arena_grow(reading->arena, r->keys, n, n + 1, &r->keys_capacity, sizeof *keys);
    if (keys == NULL || !hc_reading_component(reading, key->component, &component) ||
        hc_reading_add_series(reading, component, key->metric, unit, (uint32_t)r->table.csv.line) == NULL)
        return false;
    r->keys = keys;
    keys[n] = *key;
    keys[n].between = between_of(r);
    return !r->table.context->in_parts || keep_key(r, n);
}

/* Rows come series by series, or every series in turn: the row's is most often as far from the last as that was from the
 * one before. */
static size_t likely_series(const struct long_reader *r)
{
    size_t next = r->last + r->advances;
    return next < r->table.reading->n_series ? next : 0;
}

/* It, else the one at hand or the one that follows it. */
static bool is_near(struct long_reader *r, const struct long_key *key)
{
    for (int i = 0; i < 2 && r->table.reading->n_series > 0; i++) {
        size_t next = likely_series(r);
        if (is_same_key(&r->keys[next], key)) {
            r->last = next;
            return true;
        }
        r->advances = !r->advances;
    }
    return false;
}

/* Makes the series of the row at hand the last; false: no memory. */
static bool find_series(struct long_reader *r, const struct long_key *key)
{
    if (is_near(r, key))
        return true;
    size_t n = r->table.reading->n_series;
    hc_buf_clear(&r->name);
    hc_buf_str(&r->name, key->component);
    hc_buf_char(&r->name, '\0');
    hc_buf_str(&r->name, key->metric);
    hc_buf_char(&r->name, '\0');
    hc_buf_str(&r->name, key->unit);
    r->last = r->name.failed ? HC_NAME_NONE : hc_names_add(&r->names, hc_buf_view(&r->name));
    return r->last != HC_NAME_NONE && (r->last < n || add_series(r, key));
}

/* Whether the text says a time, which becomes that of the row at hand. The rows of a moment say the same time, one after
 * the other. */
static bool take_time(struct long_reader *r, struct hc_str text)
{
    if (text.n > 0 && hc_str_equal(text, r->time_text))
        return true;
    if (!hc_time_column_parse(&r->table.times, text, &r->time))
        return false;
    r->time_text = text;
    return true;
}

static bool read_row(struct long_reader *r)
{
    const struct hc_csv *csv = &r->table.csv;
    struct hc_str time = hc_csv_field(csv, r->columns.time);
    if (!take_time(r, time)) {
        hc_csv_table_bad(&r->table, "bad-time", "not a time", time);
        return true;
    }
    struct long_key key = {.component = hc_csv_field(csv, r->columns.component),
                           .metric = hc_csv_field(csv, r->columns.metric),
                           .unit = hc_csv_field(csv, r->columns.unit)};
    struct hc_str text = hc_csv_field(csv, r->columns.value);
    double value = NAN;
    if (key.metric.n == 0) {
        hc_csv_table_bad(&r->table, "metrics-no-name", "no metric is named", key.metric);
        return true;
    }
    if (text.n > 0 && !hc_number_parse(text, &value)) {
        hc_csv_table_bad(&r->table, "bad-number", "not a number", text);
        return true;
    }
    if (key.component.n == 0)
        key.component = r->fallback;
    if (!find_series(r, &key))
        return false;
    struct hc_reading *reading = r->table.reading;
    return isnan(value) || hc_reading_add_point(reading, &reading->series[r->last], r->time.ns, value);
}

/* Takes the time of the row to come over, and leaves the row. */
static bool scan_time(struct long_reader *r)
{
    const char *at = r->table.csv.at;
    const char *end = hc_csv_table_scan_time(&r->table, &r->time);
    if (end != NULL)
        r->time_text = (struct hc_str){at, (size_t)(end - at)};
    return end != NULL;
}

/* Takes the rows to come that say the time of the first one, the bytes of the likely series and a plain number. False:
 * no memory. read_row would do the same. */
static bool scan_rows(struct long_reader *r)
{
    struct hc_reading *reading = r->table.reading;
    const char *at = r->table.csv.at, *last_feed = r->table.last_feed;
    struct hc_str time = r->time_text;
    size_t n_rows = 0;
    bool well = true;
    while (well) {
        size_t next = likely_series(r);
        const struct hc_str *between = &r->keys[next].between;
        const char *p = at + time.n;
        double value;
        if (between->n == 0 || last_feed - at <= (ptrdiff_t)(time.n + between->n) ||
            !hc_bytes_equal(at, time.p, time.n) || !hc_bytes_equal(p, between->p, between->n))
            break;
        p = hc_number_scan(p + between->n, last_feed, &value);
        if (p == NULL || (*p != '\n' && (*p != '\r' || *++p != '\n')))
            break;
        r->last = next;
        at = p + 1;
        n_rows++;
        well = hc_reading_add_point(reading, &reading->series[next], r->time.ns, value);
    }
    hc_csv_table_took(&r->table, at, n_rows);
    return well;
}

static void read_rows(struct long_reader *r)
{
    while (!r->table.failed) {
        const char *at = r->table.csv.at;
        if (r->table.reading->n_series > 0 && scan_time(r))
            r->table.failed = !scan_rows(r);
        if (r->table.csv.at != at)
            continue;
        if (!hc_csv_table_next(&r->table))
            return;
        r->table.failed = !read_row(r);
    }
}

static enum hc_status open_long(void **state, struct hc_str *bytes, const struct hc_read_context *context,
                                struct hc_reading *reading, struct hc_err *err)
{
    struct long_reader *r = hc_arena_calloc(reading->arena, 1, sizeof *r);
    *state = r;
    if (r == NULL)
        return hc_arena_refused(reading->arena, err);
    r->fallback = hc_metrics_default_component(context);
    hc_names_init(&r->names, reading->arena);
    bool open = hc_csv_table_open(&r->table, bytes, context, reading);
    if (r->table.failed)
        return hc_arena_refused(reading->arena, err);
    return open && find_columns(r->table.header, r->table.n_columns, &r->columns)
               ? HC_OK
               : hc_err_set(err, HC_FAIL, "format-mismatch", "the header is not that of long metrics");
}

static enum hc_status take_long(void *state, struct hc_str bytes, struct hc_err *err)
{
    struct long_reader *r = state;
    hc_csv_table_part(&r->table, bytes);
    r->time_text = HC_STR_NONE;
    read_rows(r);
    hc_buf_free(&r->name);
    return hc_csv_table_taken(&r->table, err);
}

const struct hc_reader hc_reader_metrics_csv_long = {.name = "metrics-csv-long",
                                                     .kind = "metrics",
                                                     .most = HC_BID_METRICS_LONG,
                                                     .bid = bid,
                                                     .open = open_long,
                                                     .take = take_long,
                                                     .share = HC_SHARE_METRICS};
