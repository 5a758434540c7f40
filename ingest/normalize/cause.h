/* Which line of a record of many lines names the cause of what the record tells.
 *
 * No language is known by name. What tells is how stack traces are built: a line that frames follow, a line that ends the
 * frames of a traceback, a line that says of itself that it is the cause of the one before, and types that are named as
 * exceptions are.
 */
#ifndef HC_INGEST_NORMALIZE_CAUSE_H
#define HC_INGEST_NORMALIZE_CAUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* What the lines of a record have shown so far. A zeroed one is of a new record. */
struct hc_cause_finder {
    uint8_t rank;            /* of the best line so far; 0: none */
    bool may_be;             /* the last HC_CAUSE_MAY_BE still may */
    bool in_traceback;       /* the line that ends it is to come */
    bool lists_causes;       /* "Caused by:" with nothing behind it: the lines below it are */
    size_t traceback_indent; /* of the line that opens it */
    size_t suppressed; /* one more than the indent of what was suppressed, whose causes are none; 0: nothing was */
};

enum hc_cause_verdict {
    HC_CAUSE_NO,
    HC_CAUSE_MAY_BE, /* it is if a frame follows */
    HC_CAUSE_WAS,    /* that may-be is it; not this line */
    HC_CAUSE_IS      /* better than any before it */
};

/* Looks at the next line of a record. The cause is what the last HC_CAUSE_IS or HC_CAUSE_WAS says: the deepest of those that
 * say "Caused by:", and the like; else what ends the last traceback; else the first type of an exception; else the line
 * that frames follow.
 * Checked: tests/unit/ingest/test_normalize_cause.c, on traces of Java, Python, Go, .NET, Node, Rust, Ruby, PHP, C++. */
enum hc_cause_verdict hc_cause_look(struct hc_cause_finder *finder, struct hc_str line);

/* The first word of a line that names a type of exceptions, and is no more general than that; absent: none does. */
struct hc_str hc_cause_type(struct hc_str line);

/* Does a line open as one does that names a cause, so that a level in it is none? */
bool hc_cause_opens(struct hc_str line);

/* Is the text not a value that says that there was none ("nil", "false")? */
bool hc_cause_says(struct hc_str text);

#endif
