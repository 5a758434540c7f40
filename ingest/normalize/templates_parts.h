/* Inside of the template miner: shapes as parts. */
#ifndef HC_INGEST_NORMALIZE_TEMPLATES_PARTS_H
#define HC_INGEST_NORMALIZE_TEMPLATES_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

/* What fills a slot tells how likely it varies. */
enum hc_slot_kind {
    HC_SLOT_WILD,       /* <*> */
    HC_SLOT_CLOSED,     /* true, off, null …: a closed set, never a reason to mask */
    HC_SLOT_WORD,       /* letters */
    HC_SLOT_IDENTIFIER, /* letters joined by . / _ @ …, or with a capital inside: TermSignal */
    HC_SLOT_NUMBERED    /* with a digit or a mask inside */
};

/* A part that is no gap (white space and punctuation, which never vary). */
struct hc_slot {
    uint64_t hash;   /* of the text */
    uint64_t weight; /* what it adds to its shape's hash */
    uint16_t begin;  /* a shape that is longer is cut before; 0: it opens the message */
    uint16_t n;
    uint16_t position; /* among the parts */
    uint8_t kind;      /* enum hc_slot_kind */
    bool key : 1;      /* stands right after '=', ':' or a quote */
    bool member : 1;   /* the value of a member: "state=up" */
    bool known : 1;    /* its word is a value elsewhere: another slot of it was masked */
    bool noun : 1;     /* stands after a word that announces a value: "user root" */
};

#define HC_SHAPE_PARTS 512

struct hc_template;

struct hc_parted {
    struct hc_str text;
    struct hc_slot *slots;
    uint32_t n_slots;
    uint32_t n_parts;              /* gaps too */
    uint64_t hash;                 /* sum over its parts by position: one slot can be taken out and put back */
    uint64_t frame;                /* the gaps' part of the sum */
    bool repeats;                  /* two of its slots are of the same text, and no masks */
    uint32_t same;                 /* index of the shape it became equal to; itself: it stands for its group */
    const struct hc_template *own; /* what it is with no slot masked; NULL: not known, or a slot was */
};

#define HC_SLOT_WILD_HASH UINT64_C(0x9e3779b97f4a7c15)

/* What a part with that hash adds to its shape's at a position. */
uint64_t hc_part_weight(size_t position, uint64_t hash);

/* Cuts a shape into parts. False out of memory. */
bool hc_parted_of(struct hc_str shape, struct hc_arena *arena, struct hc_parted *parted);

/* The shape that stands for the one at `i`. */
size_t hc_parted_group(const struct hc_parted *shapes, size_t i);

/* How many shapes each stands for; 0: it is of another's group. */
void hc_parted_count(const struct hc_parted *shapes, size_t n, uint32_t *n_shapes);

/* Entries of a table of up to n keys: a power of two, at most half of them taken. */
size_t hc_table_size(size_t n);

/* Masks a slot of a shape. */
void hc_parted_mask(struct hc_parted *parted, size_t slot);

/* The functions below are given shapes of one frame: as many parts and slots, the gaps in the same places and of the
 * same text. Only such shapes can differ in one slot alone, or be of one skeleton. */

/* What merging slots takes room for. */
struct hc_slot_room;

/* For up to n shapes at a time, of n_slots in all. NULL out of memory. */
struct hc_slot_room *hc_slot_room_new(size_t n, size_t n_slots, struct hc_arena *arena);

/* Masks slots whose fillers vary while the rest of the shape stays, to a fixed point: then again would mask nothing.
 * False: the rounds ended before it was reached. */
bool hc_templates_merge_slots(struct hc_parted *shapes, size_t n, struct hc_slot_room *room);

/* What merging skeletons takes room for. */
struct hc_skeleton_room;

/* For up to n shapes at a time. NULL out of memory. */
struct hc_skeleton_room *hc_skeleton_room_new(size_t n, struct hc_arena *arena);

/* Masks several slots at once in shapes of one skeleton that share enough of their words; how many shapes. */
size_t hc_templates_merge_skeletons(struct hc_parted *shapes, size_t n, struct hc_skeleton_room *room);

/* What following siblings takes room for. */
struct hc_sibling_room;

/* For up to n shapes at a time, of n_slots in all. NULL out of memory. */
struct hc_sibling_room *hc_sibling_room_new(size_t n, size_t n_slots, struct hc_arena *arena);

/* Masks in a shape what is masked in a template that differs from it in one word beside: what varies in "<*> of user <*>
 * sent" does so in "<*> of user ann received". How many shapes. */
size_t hc_templates_follow_siblings(struct hc_parted *shapes, size_t n, struct hc_sibling_room *room);

/* What absorbing takes room for. */
struct hc_absorb_room;

/* For up to n shapes at a time, of n_slots in all. NULL out of memory. */
struct hc_absorb_room *hc_absorb_room_new(size_t n, size_t n_slots, struct hc_arena *arena);

/* A shape that fits a template which stands for enough others (where they differ, the template has a mask) goes to it: to
 * the one that masks least of it. Cost: linear, as a word that many templates have is not asked. */
void hc_templates_absorb(struct hc_parted *shapes, size_t n, struct hc_absorb_room *room);

#endif
