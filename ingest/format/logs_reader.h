/* Reads a log of text, line by line: what its readers share. */
#ifndef HC_INGEST_FORMAT_LOGS_READER_H
#define HC_INGEST_FORMAT_LOGS_READER_H

#include "ingest/format/format.h"

/* As those of struct hc_reader; the state is in the reading's arena. */
enum hc_status hc_log_open(void **state, struct hc_str *bytes, const struct hc_read_context *context,
                           struct hc_reading *reading, struct hc_err *err);
enum hc_status hc_log_take(void *state, struct hc_str bytes, struct hc_err *err);
enum hc_status hc_log_close(void *state, struct hc_err *err);

#endif
