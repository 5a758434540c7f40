/* The set of numbered strings of base/text.h: open addressing over indices plus one. */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

void hc_names_init(struct hc_names *names, struct hc_arena *arena)
{
    *names = (struct hc_names){.arena = arena};
}

/* The slot that holds `s`, or the empty one where it would go. */
static size_t slot_of(const struct hc_names *names, struct hc_str s)
{
    size_t mask = names->n_slots - 1;
    size_t slot = (size_t)hc_str_hash(s) & mask;
    while (names->slots[slot] != 0 && !hc_str_equal(names->items[names->slots[slot] - 1], s))
        slot = (slot + 1) & mask;
    return slot;
}

static bool grow_slots(struct hc_names *names)
{
    if (names->n < names->n_slots / 2)
        return true;
    size_t n_slots = names->n_slots ? names->n_slots * 2 : 16;
    uint32_t *slots = hc_arena_calloc(names->arena, n_slots, sizeof *slots);
    if (!slots)
        return false;
    names->slots = slots;
    names->n_slots = n_slots;
    for (size_t i = 0; i < names->n; i++)
        slots[slot_of(names, names->items[i])] = (uint32_t)(i + 1);
    return true;
}

size_t hc_names_add(struct hc_names *names, struct hc_str s)
{
    if (names->n >= UINT32_MAX - 1 || !grow_slots(names))
        return HC_NAME_NONE;
    size_t slot = slot_of(names, s);
    if (names->slots[slot] != 0)
        return names->slots[slot] - 1;
    struct hc_str *items =
        hc_arena_grow(names->arena, names->items, names->n, names->n + 1, &names->capacity, sizeof *items);
    char *copy = items ? hc_arena_copy(names->arena, s.p, s.n) : NULL;
    if (items)
        names->items = items;
    if (!copy)
        return HC_NAME_NONE;
    items[names->n] = (struct hc_str){copy, s.n};
    names->slots[slot] = (uint32_t)++names->n;
    return names->n - 1;
}

size_t hc_names_find(const struct hc_names *names, struct hc_str s)
{
    if (names->n == 0)
        return HC_NAME_NONE;
    uint32_t found = names->slots[slot_of(names, s)];
    return found ? found - 1 : HC_NAME_NONE;
}
