/* Log lines that name a trace -> the steps of a reading. */
#ifndef HC_INGEST_FORMAT_LOGS_STEPS_H
#define HC_INGEST_FORMAT_LOGS_STEPS_H

#include "ingest/format/format.h"
#include "ingest/format/logs_lines.h"

/* What a file has shown so far. A zeroed one is new. */
struct hc_step_finder {
    size_t n_expected; /* lines, for which there is room from the first step on */
    uint32_t n_lines;
    bool by_key, by_look;
    unsigned shift; /* of all traces one in 2^shift is kept */
};

/* The id that follows a key such as TraceID, trace_id or traceparent, in the first 1,024 bytes; absent: none.
 * `sure`: in a line that differs from this one in the letters and digits of its ids alone it stands in the same place, if
 * what stands there is one (hc_trace_is_id). */
struct hc_str hc_trace_by_key(struct hc_str line, bool *sure);

/* Is that what hc_trace_by_key finds in a line, which has `value` behind a key of a trace and such a key nowhere but behind
 * `from`, as far as is known? False: it may be.
 * Checked: fuzz_log_lines and test_logs_json, against hc_trace_by_key. */
bool hc_trace_is_found(struct hc_str line, size_t from, struct hc_str value);

/* Are these letters, digits and dashes from eight to 64, a digit among them? */
bool hc_trace_is_id(struct hc_str value);

/* The first word of 32 or 16 hexadecimal digits in the first 1,024 bytes, not all of one kind; absent: none. */
struct hc_str hc_trace_by_look(struct hc_str line);

/* Adds a step for a line of known time that names its trace. A file whose first 256 lines name none is asked one line in 64
 * from there on. Beyond 131,072 steps half of the traces are let go, by their hash: which ones depends on nothing else.
 * False: no memory. */
bool hc_step_finder_take(struct hc_step_finder *finder, struct hc_reading *reading, const struct hc_log_line *line,
                         uint32_t log);

#endif
