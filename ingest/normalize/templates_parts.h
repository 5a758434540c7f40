/* Inside of the template miner: shapes as parts. */
#ifndef HC_INGEST_NORMALIZE_TEMPLATES_PARTS_H
#define HC_INGEST_NORMALIZE_TEMPLATES_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

/* What fills a slot tells how likely it varies. */
enum hc_part_kind {
    HC_PART_GAP,        /* white space and punctuation: never varies */
    HC_PART_WILD,       /* <*> */
    HC_PART_CLOSED,     /* true, off, null …: a closed set, never a reason to mask */
    HC_PART_WORD,       /* letters */
    HC_PART_IDENTIFIER, /* letters joined by . / _ @ …, or with a capital inside */
    HC_PART_NUMBERED    /* with a digit or a mask inside */
};

struct hc_part {
    uint64_t hash;   /* of the text */
    uint64_t weight; /* what the part adds to its shape's hash */
    uint16_t begin;  /* a shape that is longer is cut before */
    uint16_t n;
    uint8_t kind;
    bool key;   /* stands right after '=', ':' or a quote */
    bool noun;  /* stands after a word that announces a value: "user root" */
    bool first; /* opens the message */
};

#define HC_SHAPE_PARTS 512

struct hc_parted {
    struct hc_str text;
    struct hc_part *parts;
    uint32_t n_parts;
    uint32_t n_slots; /* parts that are no gap */
    uint64_t hash;    /* sum over its parts by position: one slot can be taken out and put back */
    uint32_t same;    /* index of the shape it became equal to; itself: it stands for its group */
};

#define HC_PART_WILD_HASH UINT64_C(0x9e3779b97f4a7c15)

/* What a part with that hash adds to its shape's at a position. */
uint64_t hc_part_weight(size_t position, uint64_t hash);

/* Cuts a shape into parts. False out of memory. */
bool hc_parted_of(struct hc_str shape, struct hc_arena *arena, struct hc_parted *parted);

/* A copy to mask. False out of memory. */
bool hc_parted_copy(const struct hc_parted *from, struct hc_arena *arena, struct hc_parted *parted);

/* What merging slots of some shapes takes room for, to be used for the same shapes again. */
struct hc_slot_room;

/* NULL out of memory. */
struct hc_slot_room *hc_slot_room_new(const struct hc_parted *shapes, size_t n, struct hc_arena *arena);

/* Masks slots whose fillers vary while the rest of the shape stays, to a fixed point: then again would mask nothing.
 * False: the rounds ended before it was reached. */
bool hc_templates_merge_slots(struct hc_parted *shapes, size_t n, struct hc_slot_room *room);

/* Masks several slots at once in shapes of one skeleton that share enough of their words; `n_masked` shapes. False out
 * of memory. */
bool hc_templates_merge_skeletons(struct hc_parted *shapes, size_t n, size_t *n_masked, struct hc_arena *arena);

/* Masks a part of a shape. */
void hc_parted_mask(struct hc_parted *parted, size_t position);

#endif
