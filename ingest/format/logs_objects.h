/* Log lines that are objects of one form: what is around their text, found out once. */
#ifndef HC_INGEST_FORMAT_LOGS_OBJECTS_H
#define HC_INGEST_FORMAT_LOGS_OBJECTS_H

#include "ingest/format/logs_unwrap.h"
#include "ingest/normalize/line_form.h"

/* Finds out what is around the text of the lines of a form of objects, so that hc_log_object_recall tells of each what
 * hc_log_unwrap would, but for the trace. False: each must be unwrapped by itself. */
bool hc_log_object_learn(struct hc_line_form *form, struct hc_unwrap_room *room);

/* Checked: tests/unit/ingest/test_logs_objects.c, against hc_log_unwrap. */
void hc_log_object_recall(const struct hc_formed_line *line, struct hc_str whole, struct hc_unwrapped *out);

#endif
