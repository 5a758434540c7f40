#include "ingest/normalize/templates_parts.h"

#define ROUNDS 12

/* How much each filler says that its slot varies, and how much a slot needs: a word that opens a message is mostly
 * what the message is about, a value after its key mostly is not. */
static const uint8_t worth[] = {[HC_PART_GAP] = 0,  [HC_PART_WILD] = 0,       [HC_PART_CLOSED] = 0,
                                [HC_PART_WORD] = 2, [HC_PART_IDENTIFIER] = 3, [HC_PART_NUMBERED] = 4};

enum { NEED_NOUN = 6, NEED_KEY = 8, NEED = 12, NEED_FIRST = 40 };

/* A shape with one slot left open. */
struct entry {
    uint64_t key;
    uint32_t worth;
    uint16_t filling; /* of the table that it belongs to: any other than the last is free */
    bool wild;        /* the mask itself fills the slot elsewhere */
};

/* Filled many times, each time by counting `filling` up: nothing needs to be cleared. */
struct hc_slot_room {
    struct entry *entries;
    size_t n; /* a power of two */
    uint16_t filling;
    uint32_t *slots; /* the entry of each slot, in the order of shapes and positions */
};

struct hc_slot_room *hc_slot_room_new(const struct hc_parted *shapes, size_t n, struct hc_arena *arena)
{
    struct hc_slot_room *room = hc_arena_alloc(arena, sizeof *room);
    size_t n_slots = 0;
    for (size_t i = 0; i < n; i++)
        n_slots += shapes[i].n_slots;
    size_t n_most = n_slots > n ? n_slots : n;
    if (!room)
        return NULL;
    *room = (struct hc_slot_room){.n = 64};
    while (room->n < 2 * n_most)
        room->n *= 2;
    room->entries = hc_arena_calloc(arena, room->n, sizeof *room->entries);
    room->slots = hc_arena_alloc(arena, n_slots * sizeof *room->slots);
    return room->entries && room->slots ? room : NULL;
}

static struct entry *entry_of(const struct hc_slot_room *room, uint64_t key)
{
    size_t i = (size_t)(key >> 7) & (room->n - 1);
    while (room->entries[i].filling == room->filling && room->entries[i].key != key)
        i = (i + 1) & (room->n - 1);
    struct entry *entry = &room->entries[i];
    if (entry->filling != room->filling)
        *entry = (struct entry){.key = key, .filling = room->filling};
    return entry;
}

static bool varies(const struct hc_part *part)
{
    return part->kind > HC_PART_WILD;
}

/* Equal for all shapes that differ at that position alone; an open slot is told apart by its position, as two may leave
 * the same shape. */
static uint64_t slot_key(const struct hc_parted *shape, size_t position)
{
    return (shape->hash - shape->parts[position].weight) ^ (position + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

/* Shapes that became equal go on as one: the one of them that was first in order, wherever it stands. */
static void unite_equal(struct hc_parted *shapes, size_t n, struct hc_slot_room *room)
{
    room->filling++;
    for (size_t i = 0; i < n; i++) {
        if (shapes[i].same != i)
            continue;
        struct entry *entry = entry_of(room, shapes[i].hash);
        uint32_t here = (uint32_t)i, there = entry->wild ? entry->worth : here;
        bool lesser = there == here || hc_str_compare(shapes[here].text, shapes[there].text) < 0;
        entry->worth = lesser ? here : there;
        entry->wild = true;
        shapes[lesser ? there : here].same = entry->worth;
    }
}

static void count_fillers(const struct hc_parted *shapes, size_t n, struct hc_slot_room *room)
{
    uint32_t *slots = room->slots;
    room->filling++;
    for (size_t i = 0; i < n; i++) {
        if (shapes[i].same != i)
            continue;
        for (size_t p = 0; p < shapes[i].n_parts; p++) {
            uint8_t kind = shapes[i].parts[p].kind;
            if (kind == HC_PART_GAP)
                continue;
            struct entry *entry = entry_of(room, slot_key(&shapes[i], p));
            entry->worth += worth[kind];
            entry->wild = entry->wild || kind == HC_PART_WILD;
            *slots++ = (uint32_t)(entry - room->entries);
        }
    }
}

static bool is_enough(const struct entry *entry, const struct hc_part *part)
{
    uint32_t need = part->noun ? NEED_NOUN : part->key ? NEED_KEY : part->first ? NEED_FIRST : NEED;
    if (entry->wild && part->kind != HC_PART_CLOSED)
        need = part->noun || part->key ? 2 : need / 2;
    return entry->worth >= need;
}

/* A message keeps a word of its own: masked whole it would swallow every other. */
static bool keeps_word(const struct hc_parted *shape, const bool *mask)
{
    for (size_t p = 0; p < shape->n_parts; p++)
        if (!mask[p] && (shape->parts[p].kind > HC_PART_WILD))
            return true;
    return false;
}

static size_t mask_fillers(struct hc_parted *shapes, size_t n, const struct hc_slot_room *room)
{
    const uint32_t *slots = room->slots;
    size_t n_masked = 0;
    bool mask[HC_SHAPE_PARTS];
    for (size_t i = 0; i < n; i++) {
        struct hc_parted *shape = &shapes[i];
        if (shape->same != i)
            continue;
        const size_t n_parts = shape->n_parts;
        size_t n_here = 0;
        for (size_t p = 0; p < n_parts; p++) {
            const struct hc_part *part = &shape->parts[p];
            const struct entry *entry = part->kind == HC_PART_GAP ? NULL : &room->entries[*slots++];
            mask[p] = varies(part) && is_enough(entry, part);
            n_here += mask[p];
        }
        if (n_here == 0 || !keeps_word(shape, mask))
            continue;
        for (size_t p = 0; p < n_parts; p++)
            if (mask[p])
                hc_parted_mask(shape, p);
        n_masked += n_here;
    }
    return n_masked;
}

bool hc_templates_merge_slots(struct hc_parted *shapes, size_t n, struct hc_slot_room *room)
{
    bool settled = false;
    unite_equal(shapes, n, room);
    for (int round = 0; !settled && round < ROUNDS; round++) {
        count_fillers(shapes, n, room);
        settled = mask_fillers(shapes, n, room) == 0;
        if (!settled)
            unite_equal(shapes, n, room);
    }
    return settled;
}
