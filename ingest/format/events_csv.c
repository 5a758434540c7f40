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

struct event_reader {
    struct hc_csv_table table;
    struct columns columns;
};

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

static enum hc_status open_events(void **state, struct hc_str *bytes, const struct hc_read_context *context,
                                  struct hc_reading *reading, struct hc_err *err)
{
    struct event_reader *r = hc_arena_calloc(reading->arena, 1, sizeof *r);
    bool open = r != NULL && hc_csv_table_open(&r->table, bytes, context, reading);
    if (r == NULL || r->table.failed)
        return hc_arena_refused(reading->arena, err);
    if (open)
        r->columns = find_columns(r->table.header, r->table.n_columns);
    *state = r;
    bool fits = open && r->columns.time != HC_CSV_NO_COLUMN &&
                (r->columns.kind != HC_CSV_NO_COLUMN || r->columns.message != HC_CSV_NO_COLUMN);
    return fits ? HC_OK : hc_err_set(err, HC_FAIL, "format-mismatch", "the header is not that of events");
}

static enum hc_status take_events(void *state, struct hc_str bytes, struct hc_err *err)
{
    struct event_reader *r = state;
    hc_csv_table_part(&r->table, bytes);
    read_rows(&r->table, &r->columns);
    return hc_csv_table_taken(&r->table, err);
}

const struct hc_reader hc_reader_events_csv = {.name = "events-csv",
                                               .kind = "events",
                                               .most = HC_BID_EVENTS,
                                               .bid = bid,
                                               .open = open_events,
                                               .take = take_events,
                                               .share = HC_SHARE_EVENTS};
