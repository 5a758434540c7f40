/* Spans as rows of trace_id, span_id, parent_id, component, operation, start, end and perhaps status. */
#include "ingest/format/metrics_csv.h"
#include "ingest/format/traces.h"

#define PEEK 64
#define SPANS_EXPECTED_MOST 65536

struct columns {
    size_t trace, span, parent, component, operation, start, end, status;
};

static struct columns find_columns(const struct hc_str *header, size_t n)
{
    return (struct columns){
        .trace = hc_csv_column(header, n, "trace_id"),
        .span = hc_csv_column(header, n, "span_id"),
        .parent = hc_csv_column(header, n, "parent_id"),
        .component = hc_csv_column(header, n, "component|service"),
        .operation = hc_csv_column(header, n, "operation"),
        .start = hc_csv_column(header, n, "start"),
        .end = hc_csv_column(header, n, "end"),
        .status = hc_csv_column(header, n, "status"),
    };
}

static bool is_complete(const struct columns *c)
{
    return c->trace != HC_CSV_NO_COLUMN && c->span != HC_CSV_NO_COLUMN && c->parent != HC_CSV_NO_COLUMN &&
           c->component != HC_CSV_NO_COLUMN && c->operation != HC_CSV_NO_COLUMN && c->start != HC_CSV_NO_COLUMN &&
           c->end != HC_CSV_NO_COLUMN;
}

static int bid(struct hc_str head, const struct hc_read_context *context)
{
    (void)context;
    struct hc_str names[PEEK];
    size_t n = hc_csv_peek(head, names, PEEK);
    struct columns c = find_columns(names, n);
    return is_complete(&c) ? HC_BID_TRACES_CSV : 0;
}

struct trace_reader {
    struct hc_csv_table table;
    struct columns columns;
    const char *first_row; /* of the part, and how many came before it */
    uint64_t n_rows_before;
    struct hc_str status; /* of the last row, and what it says: rows repeat it */
    bool error;
};

static bool reads_error(struct trace_reader *r)
{
    struct hc_str status = hc_csv_field(&r->table.csv, r->columns.status);
    if (!hc_str_equal(status, r->status)) {
        r->status = status;
        r->error = hc_trace_status_is_error(status);
    }
    return r->error;
}

/* Makes room for as many spans as the file may have, by its rows so far. */
static bool expect_spans(const struct trace_reader *r, struct hc_reading *reading)
{
    const struct hc_csv *csv = &r->table.csv;
    size_t row_bytes = (size_t)(csv->at - r->first_row) / (size_t)(reading->n_rows - r->n_rows_before);
    size_t n = (size_t)(csv->end - csv->at) / (row_bytes + 1);
    n = n > SPANS_EXPECTED_MOST ? SPANS_EXPECTED_MOST : n + n / 8 + 2;
    reading->spans = hc_arena_regrow(reading->arena, NULL, 0, n, &reading->spans_capacity, sizeof *reading->spans);
    return reading->spans != NULL;
}

static bool read_row(struct trace_reader *r)
{
    struct hc_csv_table *table = &r->table;
    const struct columns *c = &r->columns;
    struct hc_csv *csv = &table->csv;
    struct hc_reading *reading = table->reading;
    struct hc_time start;
    struct hc_time end;
    if (!hc_csv_table_time(table, c->start, &start) || !hc_csv_table_time(table, c->end, &end))
        return true;
    struct hc_str id = hc_csv_field(csv, c->span);
    struct hc_str component = hc_csv_field(csv, c->component);
    if (component.n == 0 && table->context->entry != NULL)
        component = table->context->entry->component;
    if (end.ns < start.ns || id.n == 0 || component.n == 0) {
        hc_csv_table_bad(
            table, "trace-span",
            end.ns < start.ns ? "a span that ends before it starts" : "a span without an id or a component", id);
        return true;
    }
    struct hc_str operation = hc_csv_field(csv, c->operation);
    size_t component_number = hc_names_add(&reading->components, component);
    size_t operation_number = hc_names_add(&reading->operations, operation.p == NULL ? HC_STR("") : operation);
    bool has_room = reading->spans != NULL || expect_spans(r, reading);
    struct hc_read_span *span = has_room ? hc_reading_add_span(reading) : NULL;
    if (span == NULL || component_number == HC_NAME_NONE || operation_number == HC_NAME_NONE)
        return false;
    *span = (struct hc_read_span){.trace = hc_trace_id(hc_csv_field(csv, c->trace)),
                                  .span = hc_trace_id(id),
                                  .parent = hc_trace_id(hc_csv_field(csv, c->parent)),
                                  .component = (uint32_t)component_number,
                                  .operation = (uint32_t)operation_number,
                                  .start_ns = start.ns,
                                  .end_ns = end.ns,
                                  .line = (uint32_t)csv->line,
                                  .error = reads_error(r)};
    return true;
}

static enum hc_status open_traces(void **state, struct hc_str *bytes, const struct hc_read_context *context,
                                  struct hc_reading *reading, struct hc_err *err)
{
    struct trace_reader *r = hc_arena_calloc(reading->arena, 1, sizeof *r);
    bool open = r != NULL && hc_csv_table_open(&r->table, bytes, context, reading);
    if (r == NULL || r->table.failed)
        return hc_arena_refused(reading->arena, err);
    if (open)
        r->columns = find_columns(r->table.header, r->table.n_columns);
    *state = r;
    return open && is_complete(&r->columns)
               ? HC_OK
               : hc_err_set(err, HC_FAIL, "format-mismatch", "the header is not that of traces");
}

static enum hc_status take_traces(void *state, struct hc_str bytes, struct hc_err *err)
{
    struct trace_reader *r = state;
    hc_csv_table_part(&r->table, bytes);
    r->first_row = bytes.p;
    r->n_rows_before = r->table.reading->n_rows;
    r->status = HC_STR_NONE;
    r->error = false;
    while (!r->table.failed && hc_csv_table_next(&r->table))
        r->table.failed = !read_row(r);
    return hc_csv_table_taken(&r->table, err);
}

const struct hc_reader hc_reader_traces_csv = {.name = "traces-csv",
                                               .kind = "traces",
                                               .most = HC_BID_TRACES_CSV,
                                               .bid = bid,
                                               .open = open_traces,
                                               .take = take_traces,
                                               .share = HC_SHARE_TRACES};
