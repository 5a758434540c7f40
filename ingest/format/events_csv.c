/* Events as rows of time, kind, component and message, in any order of columns. */
#include "ingest/format/csv.h"
#include "ingest/format/event_text.h"

#define PEEK 64

struct columns {
    size_t time, kind, component, message, level;
};

static struct columns find_columns(const struct hc_str *header, size_t n)
{
    return (struct columns){
        .time = hc_csv_column(header, n, "time|timestamp"),
        .kind = hc_csv_column(header, n, "kind"),
        .component = hc_csv_column(header, n, "component|service"),
        .message = hc_csv_column(header, n, "message"),
        .level = hc_csv_column(header, n, "level|severity"),
    };
}

static int bid(struct hc_str head, const struct hc_read_context *context)
{
    (void)context;
    struct hc_str names[PEEK];
    size_t n = hc_csv_peek(head, names, PEEK);
    struct columns c = find_columns(names, n);
    if (c.time == HC_CSV_NO_COLUMN || (c.kind == HC_CSV_NO_COLUMN && c.message == HC_CSV_NO_COLUMN))
        return 0;
    return c.kind != HC_CSV_NO_COLUMN && c.message != HC_CSV_NO_COLUMN ? HC_BID_EVENTS : HC_BID_IF_NAMED;
}

static void read_rows(struct hc_csv_table *table, const struct columns *c)
{
    struct hc_csv *csv = &table->csv;
    while (hc_csv_table_next(table)) {
        struct hc_event_text event = {.kind = hc_csv_field(csv, c->kind),
                                      .component = hc_csv_field(csv, c->component),
                                      .message = hc_csv_field(csv, c->message),
                                      .level = hc_csv_field(csv, c->level),
                                      .line = (uint32_t)csv->line};
        if (!hc_csv_table_time(table, c->time, &event.at))
            continue;
        if (!hc_event_text_add(&event, table->context, table->reading))
            table->failed = true;
    }
}

static enum hc_status read_events(struct hc_str bytes, const struct hc_read_context *context,
                                  struct hc_reading *reading, struct hc_err *err)
{
    struct hc_csv_table table;
    struct columns columns = {0};
    bool open = hc_csv_table_open(&table, bytes, context, reading);
    if (open)
        columns = find_columns(table.header, table.n_columns);
    bool fits = open && columns.time != HC_CSV_NO_COLUMN &&
                (columns.kind != HC_CSV_NO_COLUMN || columns.message != HC_CSV_NO_COLUMN);
    if (!fits && !table.failed)
        return hc_err_set(err, HC_FAIL, "format-mismatch", "the header is not that of events");
    if (fits)
        read_rows(&table, &columns);
    return hc_csv_table_close(&table, err);
}

const struct hc_reader hc_reader_events_csv = {"events-csv", "events", HC_BID_EVENTS, bid, read_events, HC_READS_ROWS};
