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
struct table {
    struct entry *entries;
    size_t n; /* a power of two */
    uint16_t filling;
};

static bool table_open(struct table *table, size_t n_most, struct hc_arena *arena)
{
    *table = (struct table){.n = 64};
    while (table->n < 2 * n_most)
        table->n *= 2;
    table->entries = hc_arena_calloc(arena, table->n, sizeof *table->entries);
    return table->entries != NULL;
}

static struct entry *entry_of(const struct table *table, uint64_t key)
{
    size_t i = (size_t)(key >> 7) & (table->n - 1);
    while (table->entries[i].filling == table->filling && table->entries[i].key != key)
        i = (i + 1) & (table->n - 1);
    struct entry *entry = &table->entries[i];
    if (entry->filling != table->filling)
        *entry = (struct entry){.key = key, .filling = table->filling};
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

/* Shapes that became equal go on as one: the first of them. */
static void unite_equal(struct hc_parted *shapes, size_t n, struct table *table)
{
    table->filling++;
    for (size_t i = 0; i < n; i++) {
        if (shapes[i].same != i)
            continue;
        struct entry *entry = entry_of(table, shapes[i].hash);
        if (entry->wild)
            shapes[i].same = entry->worth;
        entry->worth = shapes[i].same;
        entry->wild = true;
    }
}

static size_t count_slots(const struct hc_parted *shapes, size_t n)
{
    size_t n_slots = 0;
    for (size_t i = 0; i < n; i++)
        n_slots += shapes[i].same == i ? shapes[i].n_parts / 2 + 2 : 0;
    return n_slots;
}

/* `slots` is the entry of each slot, in the order of shapes and positions. */
static void count_fillers(const struct hc_parted *shapes, size_t n, struct table *table, uint32_t *slots)
{
    table->filling++;
    for (size_t i = 0; i < n; i++) {
        if (shapes[i].same != i)
            continue;
        for (size_t p = 0; p < shapes[i].n_parts; p++) {
            uint8_t kind = shapes[i].parts[p].kind;
            if (kind == HC_PART_GAP)
                continue;
            struct entry *entry = entry_of(table, slot_key(&shapes[i], p));
            entry->worth += worth[kind];
            entry->wild = entry->wild || kind == HC_PART_WILD;
            *slots++ = (uint32_t)(entry - table->entries);
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

static size_t mask_fillers(struct hc_parted *shapes, size_t n, const struct table *table, const uint32_t *slots)
{
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
            const struct entry *entry = part->kind == HC_PART_GAP ? NULL : &table->entries[*slots++];
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

bool hc_templates_merge_slots(struct hc_parted *shapes, size_t n, struct hc_arena *arena)
{
    size_t n_most = count_slots(shapes, n) + n;
    struct table table;
    uint32_t *slots = hc_arena_alloc(arena, n_most * sizeof *slots);
    if (!slots || !table_open(&table, n_most, arena))
        return false;
    for (int round = 0; round < ROUNDS; round++) {
        unite_equal(shapes, n, &table);
        count_fillers(shapes, n, &table, slots);
        if (mask_fillers(shapes, n, &table, slots) == 0)
            break;
    }
    unite_equal(shapes, n, &table);
    return true;
}
