#include "ingest/normalize/templates_parts.h"
#include "ingest/normalize/templates_values.h"

#define ROUNDS 12
#define COLUMNS_ALIKE 16 /* more are not compared with one another */

/* How much each filler says that its slot varies, and how much a slot needs: a word that opens a message is mostly
 * what the message is about, a value after its key mostly is not. */
static const uint8_t worth[] = {
    [HC_SLOT_WILD] = 0, [HC_SLOT_CLOSED] = 0, [HC_SLOT_WORD] = 4, [HC_SLOT_IDENTIFIER] = 7, [HC_SLOT_NUMBERED] = 11};

enum { NEED_NOUN = 12, NEED_KEY = 14, NEED = 18, NEED_FIRST = 80 };

/* A name that is known from elsewhere is news where no key announces a value. */
static uint8_t worth_of(const struct hc_slot *slot)
{
    if (slot->member && slot->kind == HC_SLOT_CLOSED)
        return worth[HC_SLOT_WORD];
    return slot->known && hc_slot_can_be_known(slot) ? worth[HC_SLOT_IDENTIFIER] : worth[slot->kind];
}

/* A shape with one slot left open. */
struct entry {
    uint64_t key;
    uint32_t filling; /* of the table that it belongs to: any other than the last is free */
    uint32_t worth;   /* of its fillers, or the index of the first of equal shapes; and WILD */
};

#define WILD (UINT32_C(1) << 31) /* the mask itself fills the slot elsewhere; there is an equal shape */

/* Filled many times, each time by counting `filling` up: what was cleared once need not be again. */
struct hc_slot_room {
    struct entry *entries;
    size_t n_cleared; /* of them */
    size_t mask;      /* of the entries that are used: as many as these shapes need */
    uint32_t filling;
    uint32_t *slots;                  /* the entry of each slot, in the order of shapes and columns */
    uint16_t columns[HC_SHAPE_PARTS]; /* the slots that not all shapes fill alike: two that differ do so there */
    size_t n_columns;
    bool shares_word; /* a slot that all fill alike holds a word */
};

struct hc_slot_room *hc_slot_room_new(size_t n, size_t n_slots, struct hc_arena *arena)
{
    struct hc_slot_room *room = hc_arena_alloc(arena, sizeof *room);
    if (!room)
        return NULL;
    *room = (struct hc_slot_room){.filling = 0};
    room->entries = hc_arena_alloc(arena, hc_table_size(n_slots > n ? n_slots : n) * sizeof *room->entries);
    room->slots = hc_arena_alloc(arena, n_slots * sizeof *room->slots);
    return room->entries && room->slots ? room : NULL;
}

static struct entry *entry_of(const struct hc_slot_room *room, uint64_t key)
{
    size_t i = (size_t)(key >> 7) & room->mask;
    while (room->entries[i].filling == room->filling && room->entries[i].key != key)
        i = (i + 1) & room->mask;
    struct entry *entry = &room->entries[i];
    if (entry->filling != room->filling)
        *entry = (struct entry){.key = key, .filling = room->filling};
    return entry;
}

static bool varies(const struct hc_slot *slot)
{
    return slot->kind > HC_SLOT_WILD;
}

/* What the slots weigh that hold the same word as one does: where a message says a value twice, both vary at once. */
static uint64_t weigh_alike(const struct hc_parted *shape, const struct hc_slot *slot, const struct hc_slot_room *room)
{
    uint64_t weight = 0;
    for (size_t c = 0; c < room->n_columns; c++) {
        const struct hc_slot *other = &shape->slots[room->columns[c]];
        weight += other == slot || (varies(slot) && other->hash == slot->hash) ? other->weight : 0;
    }
    return weight;
}

/* Equal for all shapes that differ at that position alone, of which `open` is the weight; an open slot is told apart by its
 * position, as two may leave the same shape. */
static uint64_t slot_key(const struct hc_parted *shape, const struct hc_slot *slot, uint64_t open)
{
    return (shape->hash - open) ^ (slot->position + UINT64_C(1)) * UINT64_C(0x9e3779b97f4a7c15);
}

/* Shapes that became equal go on as one: the one of them that was first in order, wherever it stands. */
static void unite_equal(struct hc_parted *shapes, size_t n, struct hc_slot_room *room)
{
    room->filling++;
    for (size_t i = 0; i < n; i++) {
        if (shapes[i].same != i)
            continue;
        struct entry *entry = entry_of(room, shapes[i].hash);
        uint32_t here = (uint32_t)i, there = entry->worth & WILD ? entry->worth & ~WILD : here;
        bool lesser = there == here || hc_str_compare(shapes[here].text, shapes[there].text) < 0;
        uint32_t first = lesser ? here : there;
        entry->worth = first | WILD;
        shapes[lesser ? there : here].same = first;
    }
}

static void count_fillers(const struct hc_parted *shapes, size_t n, struct hc_slot_room *room)
{
    uint32_t *slots = room->slots;
    room->filling++;
    for (size_t i = 0; i < n; i++) {
        if (shapes[i].same != i)
            continue;
        bool repeats = shapes[i].repeats && room->n_columns <= COLUMNS_ALIKE;
        for (size_t c = 0; c < room->n_columns; c++) {
            const struct hc_slot *slot = &shapes[i].slots[room->columns[c]];
            uint64_t open = repeats ? weigh_alike(&shapes[i], slot, room) : slot->weight;
            struct entry *entry = entry_of(room, slot_key(&shapes[i], slot, open));
            entry->worth += worth_of(slot);
            entry->worth |= slot->kind == HC_SLOT_WILD ? WILD : 0;
            *slots++ = (uint32_t)(entry - room->entries);
        }
    }
}

static bool is_enough(uint32_t sum, const struct hc_slot *slot)
{
    if (sum < NEED_NOUN) /* and no mask: most fillers are alone */
        return false;
    uint32_t need = slot->noun ? NEED_NOUN : slot->key ? NEED_KEY : slot->begin == 0 ? NEED_FIRST : NEED;
    if ((sum & WILD) != 0 && (slot->kind != HC_SLOT_CLOSED || slot->member))
        need = slot->noun || slot->key ? 1 : need / 2;
    return (sum & ~WILD) >= need;
}

/* A message keeps a word of its own: masked whole it would swallow every other. `mask`: by column. */
static bool keeps_word(const struct hc_parted *shape, const bool *mask, const struct hc_slot_room *room)
{
    bool keeps = room->shares_word;
    for (size_t c = 0; c < room->n_columns && !keeps; c++)
        keeps = !mask[c] && varies(&shape->slots[room->columns[c]]);
    return keeps;
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
        size_t n_here = 0;
        for (size_t c = 0; c < room->n_columns; c++) {
            const struct hc_slot *slot = &shape->slots[room->columns[c]];
            mask[c] = varies(slot) && is_enough(room->entries[*slots].worth, slot);
            n_here += mask[c];
            slots++;
        }
        if (n_here == 0 || !keeps_word(shape, mask, room))
            continue;
        for (size_t c = 0; c < room->n_columns; c++)
            if (mask[c])
                hc_parted_mask(shape, room->columns[c]);
        n_masked += n_here;
    }
    return n_masked;
}

static bool is_filled_alike(const struct hc_parted *shapes, size_t n, size_t slot)
{
    size_t i = 1;
    while (i < n && shapes[i].slots[slot].weight == shapes[0].slots[slot].weight)
        i++;
    return i == n;
}

/* A slot that all shapes fill alike cannot be the only one in which two differ. */
static void find_columns(const struct hc_parted *shapes, size_t n, struct hc_slot_room *room)
{
    room->n_columns = 0;
    room->shares_word = false;
    for (size_t s = 0; s < shapes->n_slots; s++) {
        if (!is_filled_alike(shapes, n, s))
            room->columns[room->n_columns++] = (uint16_t)s;
        else
            room->shares_word = room->shares_word || varies(&shapes->slots[s]);
    }
}

static void use_entries(struct hc_slot_room *room, size_t n)
{
    size_t size = hc_table_size(n);
    if (size > room->n_cleared) {
        memset(room->entries + room->n_cleared, 0, (size - room->n_cleared) * sizeof *room->entries);
        room->n_cleared = size;
    }
    room->mask = size - 1;
}

bool hc_templates_merge_slots(struct hc_parted *shapes, size_t n, struct hc_slot_room *room)
{
    bool settled = false;
    find_columns(shapes, n, room);
    use_entries(room, n * (room->n_columns > 0 ? room->n_columns : 1));
    unite_equal(shapes, n, room);
    for (int round = 0; !settled && round < ROUNDS; round++) {
        count_fillers(shapes, n, room);
        settled = mask_fillers(shapes, n, room) == 0;
        if (!settled)
            unite_equal(shapes, n, room);
    }
    return settled;
}
