/* A log's bytes -> its lines, each with time, level, component, message and shape. No configuration. */
#ifndef HC_INGEST_FORMAT_LOGS_LINES_H
#define HC_INGEST_FORMAT_LOGS_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "base/time.h"
#include "ingest/normalize/logtime.h"
#include "ingest/normalize/shape_memo.h"

/* One line. The slices live until the callback returns. */
struct hc_log_line {
    uint32_t line;  /* 1-based */
    bool continues; /* belongs to the record before it; only `line`, `whole` and `message` are set then */
    struct hc_time at;
    uint8_t date;            /* enum hc_stamp_date: what of `at` was written, or filled in from the frame */
    uint8_t level;           /* enum hc_level_of_log */
    struct hc_str component; /* as the header or a field names it; absent: none */
    bool is_component;       /* it names one, whether the manifest knows it or not */
    struct hc_str whole;     /* the line as it came; absent: the message is all there is */
    struct hc_str message;   /* without header, colours and outer layers; bytes as they came */
    struct hc_shape shape;   /* of the message */
    bool trace_told;         /* `trace` is what hc_trace_by_key finds in the whole line; else nobody has looked */
    bool cause_escaped;      /* as strings of JSON are */
    struct hc_str trace;
    struct hc_str cause; /* what a field says of what failed: a line, or lines that tell it; absent: none */
};

struct hc_log_lines_sink {
    void *context;
    enum hc_status (*take)(void *context, const struct hc_log_line *line, struct hc_err *err);
};

/* Reads every line in order. A line without its newline at the end counts; CRLF and a byte-order mark are taken off.
 * Memory: the arena holds a block of lines and the sample that the header is learned from, 1,024 lines at most.
 * Errors: HC_FATAL out of memory, and whatever but HC_OK `take` returns.
 * Cost: linear; of more than 1,024 lines a sample of each 4,096 is looked at twice. */
enum hc_status hc_log_lines(struct hc_str bytes, const struct hc_stamp_frame *frame, struct hc_shape_memo *shapes,
                            struct hc_arena *arena, const struct hc_log_lines_sink *sink, struct hc_err *err);

/* The same of a log that comes in parts, each of which ends where a line does.
 * Memory: the arena's; frame, shapes and sink must live as long. NULL: refused. */
struct hc_log_pass;
struct hc_log_pass *hc_log_pass_new(const struct hc_stamp_frame *frame, struct hc_shape_memo *shapes,
                                    struct hc_arena *arena, const struct hc_log_lines_sink *sink);
enum hc_status hc_log_pass_take(struct hc_log_pass *pass, struct hc_str bytes, struct hc_err *err);

#endif
