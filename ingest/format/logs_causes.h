/* What records of a log name as the cause of what they tell: in lines that go on with them, or in a field. */
#ifndef HC_INGEST_FORMAT_LOGS_CAUSES_H
#define HC_INGEST_FORMAT_LOGS_CAUSES_H

#include "base/arena.h"
#include "ingest/format/logs_lines.h"
#include "ingest/normalize/cause.h"

/* A line, without the white space around it. */
struct hc_log_cause {
    struct hc_str text; /* absent: there is none */
    uint32_t line;
};

/* The record that is read, and what it has shown. A zeroed one is of none.
 * Owns: `unescaped`, `shape` and `part` are freed by hc_log_causes_free. */
struct hc_log_causes {
    struct hc_str said; /* its first line, as it came; absent: not known */
    struct hc_cause_finder finder;
    struct hc_log_cause best, may_be;
    bool any; /* lines were looked at */
    struct hc_buf unescaped, shape, part;
    char *room[2]; /* of the best and of the one that may be: for texts that go with their lines, or their part */
    char *said_room;
};

/* Looks at a line that goes on with the record. Keeps no more than `most` bytes of a text that goes with its line.
 * Memory: the arena's, once a file. False: no memory. */
bool hc_log_causes_take(struct hc_log_causes *causes, const struct hc_log_line *line, size_t most,
                        struct hc_arena *arena);

/* At the end of a part of a file, whose bytes go: what is known of the record stays, for its lines in the next. `most` as above.
 * Memory: the arena's, once a file. False: no memory. */
bool hc_log_causes_hold(struct hc_log_causes *causes, size_t most, struct hc_arena *arena);

/* At the end of a record, what its lines name; none where its first line has said that itself. The next lines are another's. */
struct hc_log_cause hc_log_causes_end(struct hc_log_causes *causes);

/* What the field of a record names: all of one line, one of several. None where the message says that itself. */
struct hc_log_cause hc_log_causes_of_field(struct hc_log_causes *causes, const struct hc_log_line *line);

/* Shape of a cause, in which the type of an exception stays as it is written: it is what most of them differ in. */
struct hc_str hc_log_causes_shape(struct hc_log_causes *causes, struct hc_str text);

bool hc_log_causes_failed(const struct hc_log_causes *causes); /* out of memory */
void hc_log_causes_free(struct hc_log_causes *causes);

#endif
