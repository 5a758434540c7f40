#include "ingest/normalize/templates_parts.h"

#define ROUNDS 12

/* How much each filler says that its slot varies, and how much a slot needs: a word that opens a message is mostly
 * what the message is about, a value after its key mostly is not. */
static const uint8_t worth[] = {[HC_PART_GAP] = 0,  [HC_PART_WILD] = 0,       [HC_PART_CLOSED] = 0,
                                [HC_PART_WORD] = 2, [HC_PART_IDENTIFIER] = 3, [HC_PART_NUMBERED] = 4};

enum { NEED_NOUN = 6, NEED_KEY = 8, NEED = 12, NEED_FIRST = 40 };

/* A shape with one slot left open. */
struct entry {
    uint64_t key; /* 0: free */
    uint32_t worth;
    bool wild; /* the mask itself fills the slot elsewhere */
};

struct table {
    struct entry *entries;
    size_t n; /* a power of two */
};

/* Empties the table and makes it no larger than `n_most` keys need: clearing it is what a round costs. */
static void clear(struct table *table, size_t n_most)
{
    table->n = 64;
    while (table->n < 3 * n_most)
        table->n *= 2;
    memset(table->entries, 0, table->n * sizeof *table->entries);
}

static struct entry *entry_of(const struct table *table, uint64_t key)
{
    key |= 1;
    size_t i = (size_t)(key >> 7) & (table->n - 1);
    while (table->entries[i].key != 0 && table->entries[i].key != key)
        i = (i + 1) & (table->n - 1);
    table->entries[i].key = key;
    return &table->entries[i];
}

static bool varies(const struct hc_part *part)
{
    return part->kind > HC_PART_WILD;
}

/* The shape's hash with a mask at that position: equal for all that differ there alone. */
static uint64_t open_hash(const struct hc_parted *shape, size_t position)
{
    return shape->hash - hc_part_weight(position, shape->parts[position].hash) +
           hc_part_weight(position, HC_PART_WILD_HASH);
}

/* An open slot is told apart by its position, as two may leave the same shape. */
static uint64_t slot_key(const struct hc_parted *shape, size_t position)
{
    return open_hash(shape, position) ^ hc_part_weight(position, 1);
}

/* Shapes that became equal go on as one: the first of them. */
static void unite_equal(struct hc_parted *shapes, size_t n, struct table *table, uint32_t *first)
{
    clear(table, n);
    for (size_t i = 0; i < n; i++) {
        if (shapes[i].same != i)
            continue;
        struct entry *entry = entry_of(table, shapes[i].hash);
        size_t slot = (size_t)(entry - table->entries);
        if (entry->wild)
            shapes[i].same = first[slot];
        else
            first[slot] = (uint32_t)i;
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

static void count_fillers(const struct hc_parted *shapes, size_t n, struct table *table)
{
    clear(table, count_slots(shapes, n));
    for (size_t i = 0; i < n; i++) {
        if (shapes[i].same != i)
            continue;
        for (size_t p = 0; p < shapes[i].n_parts; p++) {
            if (shapes[i].parts[p].kind == HC_PART_GAP)
                continue;
            struct entry *entry = entry_of(table, slot_key(&shapes[i], p));
            entry->worth += worth[shapes[i].parts[p].kind];
            entry->wild = entry->wild || shapes[i].parts[p].kind == HC_PART_WILD;
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

static size_t mask_fillers(struct hc_parted *shapes, size_t n, const struct table *table)
{
    size_t n_masked = 0;
    bool mask[HC_SHAPE_PARTS];
    for (size_t i = 0; i < n; i++) {
        struct hc_parted *shape = &shapes[i];
        if (shape->same != i)
            continue;
        size_t n_here = 0;
        for (size_t p = 0; p < shape->n_parts; p++) {
            mask[p] = varies(&shape->parts[p]) && is_enough(entry_of(table, slot_key(shape, p)), &shape->parts[p]);
            n_here += mask[p];
        }
        if (n_here == 0 || !keeps_word(shape, mask))
            continue;
        for (size_t p = 0; p < shape->n_parts; p++)
            if (mask[p])
                hc_parted_mask(shape, p);
        n_masked += n_here;
    }
    return n_masked;
}

bool hc_templates_merge_slots(struct hc_parted *shapes, size_t n, struct hc_arena *arena)
{
    size_t n_most = count_slots(shapes, n) + n, room = 6 * n_most + 64;
    struct table table = {.entries = hc_arena_alloc(arena, room * sizeof *table.entries)};
    uint32_t *first = hc_arena_alloc(arena, room * sizeof *first);
    if (!table.entries || !first)
        return false;
    for (int round = 0; round < ROUNDS; round++) {
        unite_equal(shapes, n, &table, first);
        count_fillers(shapes, n, &table);
        if (mask_fillers(shapes, n, &table) == 0)
            break;
    }
    unite_equal(shapes, n, &table, first);
    return true;
}
