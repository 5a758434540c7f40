/* Shapes of messages, each made once for all messages that differ in their numbers alone. */
#ifndef HC_INGEST_NORMALIZE_SHAPE_MEMO_H
#define HC_INGEST_NORMALIZE_SHAPE_MEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "ingest/normalize/templates_parts.h"
#include "ingest/redact/redact.h"

/* A shape that a memo keeps, and its parts. */
struct hc_known_shape {
    struct hc_str text;
    uint64_t hash;
    bool has_finds; /* of the memo's redactor */
    struct hc_parted parted;
};

/* The shape of a message, with what most who meet it ask of a known one, whose own memory is not at hand where there are
 * many. */
struct hc_shape {
    struct hc_str text;                 /* see hc_shape_of; where known, the same bytes as its */
    uint64_t hash;                      /* hc_str_hash of it */
    const struct hc_known_shape *known; /* NULL: not kept, the text lives until the next message */
    bool clean; /* the memo's redactor finds nothing in the message, nor in any of its signature; false: not known */
    bool has_finds; /* of a known one, as it says */
};

struct hc_shape_memo;
struct hc_line_forms;

/* Memory: the arena's; it keeps a few MiB, and knows nothing new from then on. The text and the hash of a shape do
 * not depend on what is known. `redactor` is asked of each shape that is kept; NULL: there is none. NULL: no memory. */
struct hc_shape_memo *hc_shape_memo_new(struct hc_arena *arena, struct hc_redactor *redactor);

bool hc_shape_memo_is_full(const struct hc_shape_memo *memo);

/* The forms of the lines that the messages stand in, which live as long. */
struct hc_line_forms *hc_shape_memo_forms(struct hc_shape_memo *memo);

/* The shape of a message, and its hash. A shape that is not kept is written into `room`; where that fails, it is empty.
 * False: no memory in the arena. */
bool hc_shape_memo_find(struct hc_shape_memo *memo, struct hc_str message, struct hc_buf *room, struct hc_shape *shape);

#endif
