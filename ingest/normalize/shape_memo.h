/* Shapes of messages, each made once for all messages that differ in their numbers alone. */
#ifndef HC_INGEST_NORMALIZE_SHAPE_MEMO_H
#define HC_INGEST_NORMALIZE_SHAPE_MEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

#define HC_SIGNATURE_BYTES 1024

/* A message's bytes with each plain number as one byte, each hexadecimal id as two: messages of one signature
 * have one shape. Returns its length; 0: none is given (an empty or long message, one that may hold a date or a backslash).
 * Checked: tests/unit/ingest/test_templates_shape.c, against hc_shape_of of messages made alike. */
size_t hc_signature_of(struct hc_str message, char out[HC_SIGNATURE_BYTES]);

struct hc_shape {
    struct hc_str text; /* see hc_shape_of */
    uint64_t hash;      /* hc_str_hash of it */
    bool stays;         /* the text lives as long as the arena, else until the next message */
};

struct hc_shape_memo {
    struct hc_arena *arena;
    struct hc_buf room;
    struct hc_shape_memo_entry *entries;
    size_t n, capacity, n_bytes;
    uint32_t *slots; /* index into entries + 1; 0: free */
    size_t n_slots;  /* a power of two */
};

/* The shape of a message, and its hash. A zeroed memo with an arena is new; it keeps 1 MiB of text at most.
 * Owns: memo->room, hc_buf_free; where that has failed, so have the shapes. False: no memory in the arena. */
bool hc_shape_memo_find(struct hc_shape_memo *memo, struct hc_str message, struct hc_shape *shape);

#endif
