/* Takes off what is around a log line: colours, container runtimes, JSON, logfmt, syslog's priority. */
#ifndef HC_INGEST_FORMAT_LOGS_UNWRAP_H
#define HC_INGEST_FORMAT_LOGS_UNWRAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "ingest/format/logs_json.h"
#include "ingest/normalize/logtime.h"

#define HC_UNWRAP_DEPTH 4
#define HC_UNWRAP_FORMS 8 /* with fields that only some lines have */

/* How an object is built, and which field each of its values is. */
struct hc_unwrap_form {
    struct hc_json_form json;
    uint8_t fields[HC_JSON_FORM_VALUES];
    uint8_t trace; /* the value that hc_trace_by_key has found, counted from 1; 0: none */
};

/* Room that is used again for each line, and what the lines before were like, which stays when the room is freed: it may
 * be of another log. A zeroed one is empty. Owns: the caller. */
struct hc_unwrap_room {
    struct hc_unwrap_layer {
        struct hc_buf text;
        struct hc_unwrap_form forms[HC_UNWRAP_FORMS];
        uint8_t n_forms, last; /* of these */
    } layers[HC_UNWRAP_DEPTH];
    struct hc_buf plain;
    struct hc_stamp_hour hour; /* that the layers tell */
    struct hc_unwrap_level {
        char word[8];
        uint8_t n, level;
    } level; /* that a field named last; n at 0: none */
};

/* Makes it empty without a look at the forms, which are much of it. */
void hc_unwrap_room_init(struct hc_unwrap_room *room);
bool hc_unwrap_room_failed(const struct hc_unwrap_room *room);
void hc_unwrap_room_free(struct hc_unwrap_room *room);

/* A line as its innermost layer has it, with what the layers said. */
struct hc_unwrapped {
    struct hc_str text;      /* to be read for a header of its own; in the line or in the room */
    struct hc_str component; /* a field's own word, absent: none; still escaped */
    struct hc_str trace;     /* in the line: what hc_trace_by_key finds there; absent: nobody has looked */
    struct hc_str cause;     /* a field's text of what failed, a stack perhaps; absent: none */
    uint8_t level;
    bool cause_escaped; /* as strings of JSON are */
    bool has_stamp;
    bool structured;       /* the text is a field of its own: it need not have a header */
    bool in_room;          /* what the slices show goes with the next line */
    struct hc_stamp stamp; /* where has_stamp: the innermost one with date and offset, else the outermost */
};

void hc_log_unwrap(struct hc_str line, struct hc_unwrap_room *room, struct hc_unwrapped *out);

/* Is there nothing around a line, and around no other that differs in the time that it begins with, which is `n_time` bytes
 * long, and in words of digits and hexadecimal digits alone?
 * Checked: tests/unit/ingest/test_line_form.c and fuzz_log_lines, against hc_log_unwrap. */
bool hc_log_is_bare(struct hc_str line, size_t n_time);

#endif
