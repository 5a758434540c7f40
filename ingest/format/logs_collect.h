/* Log lines -> a reading: shapes counted by component, level and minute, and the lines worth keeping. */
#ifndef HC_INGEST_FORMAT_LOGS_COLLECT_H
#define HC_INGEST_FORMAT_LOGS_COLLECT_H

#include "ingest/format/format.h"
#include "ingest/format/logs_lines.h"

#define HC_LOG_FEW_LINES 50

struct hc_log_collector;

/* `n_lines` is about how many lines will come: of a log of at most HC_LOG_FEW_LINES every one from level warn on is kept.
 * Memory: the reading's arena. NULL: refused. */
struct hc_log_collector *hc_log_collector_new(const struct hc_read_context *context, struct hc_reading *reading,
                                              size_t n_lines);

/* Counts a line; the `take` of a struct hc_log_lines_sink. Kept as events of kind "log": lines of level error and
 * fatal in the window (or without a time), 20 of a shape and 200 of a file; the first line in the window of a shape
 * from level warn on, or of one that a log from before the window did not have, 50 of a file. What a record names as the
 * cause of what it tells, in a line that goes on with it or in a field, is counted as a line of its own, of level
 * HC_LOG_CAUSE, and kept by the same rule as an event of the record's level (in lines: at least warn), with the number of its
 * own line; as many as of records. */
enum hc_status hc_log_collector_take(void *collector, const struct hc_log_line *line, struct hc_err *err);

/* After the last line of a part, whatever `status` taking them has ended with, which is given back: a record that goes on in
 * the next part is the same. One that fails is not closed. */
enum hc_status hc_log_collector_part(struct hc_log_collector *collector, enum hc_status status, struct hc_err *err);
/* After the last part: the last record ends, and the logs' minutes are the reading's. */
enum hc_status hc_log_collector_close(struct hc_log_collector *collector, struct hc_err *err);

#endif
