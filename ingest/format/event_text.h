/* An event as a reader found it: texts into the file's bytes. */
#ifndef HC_INGEST_FORMAT_EVENT_TEXT_H
#define HC_INGEST_FORMAT_EVENT_TEXT_H

#include "ingest/format/format.h"

struct hc_event_text {
    struct hc_time at;
    struct hc_str kind, component, message, level; /* absent where not stated */
    uint32_t line;
};

/* Adds it to the reading: the kind "event" and the entry's component where none is stated, the message
 * cut, all of it valid UTF-8. False: no memory. */
bool hc_event_text_add(const struct hc_event_text *text, const struct hc_read_context *context,
                       struct hc_reading *reading);

#endif
