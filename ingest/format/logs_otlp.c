/* OTLP logs as JSON: {"resourceLogs":[{"resource":…,"scopeLogs":[{"logRecords":[…]}]}]}, as exporters and the collector's
 * file exporter (one a line) write it.
 * Source: OpenTelemetry, OTLP specification, JSON Protobuf encoding; opentelemetry-proto, logs.proto. */
#include "base/json.h"
#include "base/number.h"
#include "ingest/format/logs_collect.h"
#include "ingest/format/logs_unwrap.h"
#include "ingest/format/otlp.h"
#include "ingest/normalize/severity.h"

#define MANY_LINES 1000

struct records {
    struct hc_log_collector *collector;
    struct hc_shape_memo *shapes;
    struct hc_unwrap_room room;
    struct hc_buf shape; /* that the memo does not keep */
    bool any_time;
};

/* A number of 1 to 24, or its name: SEVERITY_NUMBER_WARN2. */
static uint8_t level_of(struct hc_str number, struct hc_str word)
{
    static const struct hc_str begin = {"SEVERITY_NUMBER_", 16};
    int64_t value;
    uint8_t level = hc_int64_parse(number, &value) ? hc_severity_of_otel(value) : HC_LOG_NONE;
    if (level == HC_LOG_NONE && hc_str_starts(number, begin)) {
        struct hc_str name = {number.p + begin.n, number.n - begin.n};
        while (name.n > 0 && name.p[name.n - 1] >= '0' && name.p[name.n - 1] <= '9')
            name.n--;
        level = hc_severity_of_word(name);
    }
    return level == HC_LOG_NONE ? hc_severity_of_word(word) : level;
}

/* What a record says: its body, of a map the message in it; else the name of its event. */
static struct hc_str message_of(struct hc_json_export *export, struct hc_str record)
{
    struct hc_str body = hc_json_member(record, "body");
    struct hc_str fields = hc_json_member(hc_json_member(body, "kvlistValue"), "values");
    struct hc_str message = fields.n > 0 ? hc_otlp_attribute(export, fields, "message") : HC_STR_NONE;
    message = hc_str_trim(message);
    if (message.n == 0)
        message = hc_str_trim(hc_otlp_value(export, body));
    return message.n > 0 ? message : hc_str_trim(hc_json_export_text(export, hc_json_member(record, "eventName")));
}

/* The first that has a text. */
static struct hc_str without_more_lines(struct hc_str message)
{
    message = hc_str_trim(message);
    const char *feed = message.n > 0 ? memchr(message.p, '\n', message.n) : NULL;
    return hc_str_trim(feed == NULL ? message : (struct hc_str){message.p, (size_t)(feed - message.p)});
}

/* Its own time, else when it was seen. False: what stands there is no time. */
static bool time_of(struct hc_json_export *export, struct hc_str record, struct hc_time *time)
{
    struct hc_str own = hc_json_member(record, "timeUnixNano");
    int64_t at_ns = hc_json_export_time(export, own, 1);
    if (own.n > 0 && at_ns == HC_TIME_NONE_NS)
        return false;
    if (at_ns <= 0) /* 0: not known */
        at_ns = hc_json_export_time(export, hc_json_member(record, "observedTimeUnixNano"), 1);
    *time = at_ns > 0 ? (struct hc_time){at_ns, 0} : HC_TIME_NONE;
    return true;
}

/* What the message is wrapped in may say more, as where the body is a line of JSON. */
static void take_message(struct records *r, struct hc_log_line *line, struct hc_str message)
{
    struct hc_unwrapped inner;
    hc_log_unwrap(message, &r->room, &inner);
    line->message = without_more_lines(inner.text);
    if (line->message.n == 0)
        line->message = without_more_lines(message);
    line->cause = inner.cause;
    line->cause_escaped = inner.cause_escaped;
    if (line->level == HC_LOG_NONE)
        line->level = inner.level;
}

/* By the conventions of OpenTelemetry; else what the message says in its further lines. */
static void take_cause(struct hc_json_export *export, struct hc_log_line *line, struct hc_str record,
                       struct hc_str message)
{
    static const char *const names[] = {"exception.stacktrace", "exception.message"};
    struct hc_str attributes = hc_json_member(record, "attributes");
    bool any = attributes.n > 0 && memmem(attributes.p, attributes.n, "exception.", 10) != NULL;
    for (size_t i = 0; any && line->cause.n == 0 && i < sizeof names / sizeof *names; i++) {
        line->cause = hc_otlp_attribute(export, attributes, names[i]);
        line->cause_escaped = false;
    }
    const char *feed = line->cause.n == 0 ? memchr(message.p, '\n', message.n) : NULL;
    if (feed)
        line->cause = (struct hc_str){feed, (size_t)(message.p + message.n - feed)};
}

static void read_record(struct hc_json_export *export, const struct hc_otlp_resource *resource, struct hc_str record)
{
    struct records *r = export->own;
    struct hc_log_line line = {.line = hc_lines_at(&export->lines, record.p), .date = HC_STAMP_DATE_WHOLE};
    struct hc_str message = message_of(export, record);
    bool timed = time_of(export, record, &line.at);
    if (message.n == 0 || !timed) {
        export->reading->n_rows++;
        hc_json_export_bad(export, timed ? "log-record" : "bad-time", record.p,
                           timed ? "a log record without a text" : "a log record whose time is none");
        return;
    }
    line.level = level_of(hc_json_export_text(export, hc_json_member(record, "severityNumber")),
                          hc_json_export_text(export, hc_json_member(record, "severityText")));
    line.component = resource->component;
    line.is_component = true;
    line.trace = hc_otlp_id(export, hc_json_member(record, "traceId"), HC_OTLP_TRACE_ID_BYTES);
    line.trace_told = line.trace.n > 0;
    r->any_time |= hc_time_known(line.at);
    take_message(r, &line, message);
    take_cause(export, &line, record, message);
    export->no_memory |= !hc_shape_memo_find(r->shapes, line.message, &r->shape, &line.shape) ||
                         hc_log_collector_take(r->collector, &line, NULL) != HC_OK;
}

/* About how many records there are, up to many. */
static size_t estimate_records(struct hc_str bytes)
{
    static const struct hc_str key = {"\"body\"", 6};
    size_t n = 0;
    const char *p = bytes.p, *end = bytes.p + bytes.n;
    while (n < MANY_LINES && (p = memmem(p, (size_t)(end - p), key.p, key.n)) != NULL) {
        p += key.n;
        n++;
    }
    return n;
}

static bool open_records(struct hc_json_export *export, struct hc_str bytes)
{
    struct records *r = hc_arena_calloc(export->reading->arena, 1, sizeof *r);
    export->own = r;
    if (r == NULL)
        return false;
    r->collector = hc_log_collector_new(export->context, export->reading, estimate_records(bytes));
    r->shapes = hc_reading_shapes(export->reading, export->context);
    return r->collector != NULL && r->shapes != NULL;
}

static enum hc_status close_records(struct hc_json_export *export, struct hc_err *err)
{
    struct records *r = export->own;
    struct hc_reading *reading = export->reading;
    if (r == NULL || r->collector == NULL || r->shapes == NULL)
        return hc_arena_refused(reading->arena, err);
    bool failed = r->shape.failed || hc_unwrap_room_failed(&r->room);
    hc_unwrap_room_free(&r->room);
    hc_buf_free(&r->shape);
    enum hc_status status = failed ? hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory") : HC_OK;
    status = hc_log_collector_part(r->collector, status, err);
    if (status == HC_OK)
        status = hc_log_collector_close(r->collector, err);
    if (status == HC_OK && !r->any_time && reading->n_logs > 0)
        hc_warnings_add(&reading->warnings, "log-no-time", export->context->member, 0, "no record has a time");
    return status;
}

const struct hc_otlp_signal hc_otlp_logs = {"resourceLogs", "scopeLogs",    "instrumentationLibraryLogs",
                                            "logRecords",   "log-document", read_record,
                                            open_records,   close_records};

static int bid(struct hc_str head, const struct hc_read_context *context)
{
    (void)context;
    return hc_otlp_bid(head, &hc_otlp_logs);
}

static enum hc_status read_otlp(struct hc_str bytes, const struct hc_read_context *context, struct hc_reading *reading,
                                struct hc_err *err)
{
    return hc_otlp_read(bytes, context, reading, &hc_otlp_logs, err);
}

const struct hc_reader hc_reader_logs_otlp = {
    .name = "logs-otlp", .kind = "logs", .most = HC_BID_CERTAIN, .bid = bid, .read = read_otlp, .share = HC_SHARE_LOGS};
