#include "ingest/format/logs_reader.h"

#include <string.h>

#include "ingest/format/logs_collect.h"

/* Of a small log how many there are; of another as many as if all were as long as the first, and a few more. */
static size_t estimate_lines(struct hc_str bytes)
{
    size_t n = 0;
    struct hc_str rest = bytes;
    while (rest.n > 0 && n <= HC_LOG_FEW_LINES) {
        const char *newline = memchr(rest.p, '\n', rest.n);
        size_t used = newline ? (size_t)(newline - rest.p) + 1 : rest.n;
        rest = (struct hc_str){rest.p + used, rest.n - used};
        n++;
    }
    if (n <= HC_LOG_FEW_LINES)
        return n;
    n = n * bytes.n / (bytes.n - rest.n);
    return n + n / 8;
}

struct log_reader {
    const struct hc_read_context *context;
    struct hc_reading *reading;
    struct hc_stamp_frame frame;
    struct hc_log_lines_sink sink;
    struct hc_log_collector *collector;
    struct hc_log_pass *pass;
};

enum hc_status hc_log_open(void **state, struct hc_str *bytes, const struct hc_read_context *context,
                           struct hc_reading *reading, struct hc_err *err)
{
    struct log_reader *r = hc_arena_alloc(reading->arena, sizeof *r);
    struct hc_shape_memo *shapes = hc_reading_shapes(reading, context);
    if (!r || !shapes)
        return hc_arena_refused(reading->arena, err);
    r->context = context;
    r->reading = reading;
    r->frame = (struct hc_stamp_frame){.utc_offset_s = context->entry ? context->entry->utc_offset_s : 0,
                                       .window_start = context->window_start};
    r->collector = hc_log_collector_new(context, reading, estimate_lines(*bytes));
    r->sink = (struct hc_log_lines_sink){r->collector, hc_log_collector_take};
    r->pass = r->collector ? hc_log_pass_new(&r->frame, shapes, reading->arena, &r->sink) : NULL;
    *state = r;
    return r->pass ? HC_OK : hc_arena_refused(reading->arena, err);
}

enum hc_status hc_log_take(void *state, struct hc_str bytes, struct hc_err *err)
{
    const struct log_reader *r = state;
    return hc_log_collector_part(r->collector, hc_log_pass_take(r->pass, bytes, err), err);
}

enum hc_status hc_log_close(void *state, struct hc_err *err)
{
    const struct log_reader *r = state;
    struct hc_reading *reading = r->reading;
    enum hc_status status = hc_log_collector_close(r->collector, err);
    bool timed = false;
    for (size_t i = 0; i < reading->n_logs && !timed; i++)
        timed = hc_time_known(reading->logs[i].first_at);
    if (status == HC_OK && !timed && reading->n_rows > 0)
        hc_warnings_add(&reading->warnings, "log-no-time", r->context->member, 0,
                        "no line has a time that can be read");
    return status;
}
