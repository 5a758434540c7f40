/* Metrics as rows of time, component, metric, value and perhaps unit, in any order of columns. */
#include <math.h>

#include "base/number.h"
#include "ingest/format/metrics_csv.h"

#define PEEK 64

struct columns {
    size_t time, component, metric, value, unit;
};

static struct columns find_columns(const struct hc_str *header, size_t n)
{
    return (struct columns){
        .time = hc_csv_column(header, n, "time|timestamp"),
        .component = hc_csv_column(header, n, "component|service"),
        .metric = hc_csv_column(header, n, "metric|name"),
        .value = hc_csv_column(header, n, "value"),
        .unit = hc_csv_column(header, n, "unit"),
    };
}

static bool is_long(const struct columns *c)
{
    return c->time != HC_CSV_NO_COLUMN && c->component != HC_CSV_NO_COLUMN && c->metric != HC_CSV_NO_COLUMN &&
           c->value != HC_CSV_NO_COLUMN;
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
    struct columns columns = find_columns(names, n);
    return is_long(&columns) ? HC_BID_METRICS_LONG : 0;
}

struct long_reader {
    struct hc_csv_table table;
    struct columns columns;
    struct hc_str fallback;
    struct hc_names keys; /* component, metric and unit joined by NUL; numbered as the series */
    struct hc_buf key;
};

/* The series of the row at hand; NULL: no memory. */
static struct hc_read_series *find_series(struct long_reader *r, struct hc_str metric)
{
    struct hc_reading *reading = r->table.reading;
    struct hc_str component = hc_csv_field(&r->table.csv, r->columns.component);
    struct hc_str unit = hc_csv_field(&r->table.csv, r->columns.unit);
    if (component.n == 0)
        component = r->fallback;
    hc_buf_clear(&r->key);
    hc_buf_str(&r->key, component);
    hc_buf_char(&r->key, '\0');
    hc_buf_str(&r->key, metric);
    hc_buf_char(&r->key, '\0');
    hc_buf_str(&r->key, unit);
    if (r->key.failed)
        return NULL;
    size_t index = hc_names_add(&r->keys, hc_buf_view(&r->key));
    if (index == HC_NAME_NONE || index < reading->n_series)
        return index == HC_NAME_NONE ? NULL : &reading->series[index];
    uint32_t number;
    if (!hc_reading_component(reading, component, &number))
        return NULL;
    return hc_reading_add_series(reading, number, metric, unit, (uint32_t)r->table.csv.line);
}

static bool read_row(struct long_reader *r)
{
    struct hc_time time;
    if (!hc_csv_table_time(&r->table, r->columns.time, &time))
        return true;
    struct hc_str metric = hc_csv_field(&r->table.csv, r->columns.metric);
    struct hc_str text = hc_csv_field(&r->table.csv, r->columns.value);
    double value = NAN;
    if (metric.n == 0) {
        hc_csv_table_bad(&r->table, "metrics-no-name", "no metric is named", metric);
        return true;
    }
    if (text.n > 0 && !hc_number_parse(text, &value)) {
        hc_csv_table_bad(&r->table, "bad-number", "not a number", text);
        return true;
    }
    struct hc_read_series *series = find_series(r, metric);
    if (series == NULL)
        return false;
    return isnan(value) || hc_reading_add_point(r->table.reading, series, time.ns, value);
}

static enum hc_status read_long(struct hc_str bytes, const struct hc_read_context *context, struct hc_reading *reading,
                                struct hc_err *err)
{
    struct long_reader r = {.fallback = hc_metrics_default_component(context)};
    hc_names_init(&r.keys, reading->arena);
    bool open = hc_csv_table_open(&r.table, bytes, context, reading);
    if (open)
        r.columns = find_columns(r.table.header, r.table.n_columns);
    if (!open || !is_long(&r.columns))
        return r.table.failed ? hc_arena_refused(reading->arena, err)
                              : hc_err_set(err, HC_FAIL, "format-mismatch", "the header is not that of long metrics");
    while (!r.table.failed && hc_csv_table_next(&r.table))
        r.table.failed = !read_row(&r);
    hc_buf_free(&r.key);
    return hc_csv_table_close(&r.table, err);
}

const struct hc_reader hc_reader_metrics_csv_long = {"metrics-csv-long", "metrics", bid, read_long};
