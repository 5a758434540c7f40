/* The set of numbered strings of base/text.h: open addressing over indices plus one; and the hash, so that it needs
 * no call. */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

__extension__ typedef unsigned __int128 wide;

/* The high half of a product depends on every bit of both factors, the low half makes up for it where that is 0; where
 * a factor is 0, as whoever wrote the text may wish, what was multiplied still counts. */
static uint64_t mix(uint64_t a, uint64_t b)
{
    wide product = (wide)(a ^ UINT64_C(0xd6e8feb86659fd93)) * (b ^ UINT64_C(0xa0761d6478bd642f));
    return (uint64_t)product ^ (uint64_t)(product >> 64) ^ a ^ b;
}

/* The first byte is the lowest, on any machine. */
static uint64_t eight_bytes(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(word) : word;
}

static uint32_t four_bytes(const char *p)
{
    uint32_t word;
    memcpy(&word, p, sizeof word);
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap32(word) : word;
}

/* All of up to seven bytes as one number. */
static uint64_t few_bytes(const char *p, size_t n)
{
    if (n >= 4)
        return (uint64_t)four_bytes(p) << 32 | four_bytes(p + n - 4);
    return n == 0
               ? 0
               : (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[n / 2] << 8 | (unsigned char)p[n - 1];
}

static inline uint64_t hash_of(struct hc_str s)
{
    uint64_t h = UINT64_C(0x9e3779b97f4a7c15) ^ s.n;
    if (s.n < 8)
        return mix(h, few_bytes(s.p, s.n));
    if (s.n < 16)
        return mix(h ^ eight_bytes(s.p), eight_bytes(s.p + s.n - 8));
    for (size_t i = 0; i + 16 < s.n; i += 16)
        h = mix(h ^ eight_bytes(s.p + i), eight_bytes(s.p + i + 8));
    return mix(h ^ eight_bytes(s.p + s.n - 16), eight_bytes(s.p + s.n - 8));
}

uint64_t hc_str_hash(struct hc_str s)
{
    return hash_of(s);
}

/* Names are short: a few words are compared sooner than memcmp is called. */
static inline bool is_same(struct hc_str a, struct hc_str b)
{
    if (a.n != b.n)
        return false;
    if (a.n < 8)
        return few_bytes(a.p, a.n) == few_bytes(b.p, b.n);
    size_t i = 0;
    for (; i + 8 < a.n && eight_bytes(a.p + i) == eight_bytes(b.p + i); i += 8)
        continue;
    return i + 8 >= a.n && eight_bytes(a.p + a.n - 8) == eight_bytes(b.p + a.n - 8);
}

void hc_names_init(struct hc_names *names, struct hc_arena *arena)
{
    *names = (struct hc_names){.arena = arena};
}

/* The slot that holds `s`, or the empty one where it would go. */
static inline size_t slot_of(const struct hc_names *names, struct hc_str s, uint64_t hash)
{
    size_t mask = names->n_slots - 1;
    size_t slot = (size_t)hash & mask;
    while (names->slots[slot] != 0 && !is_same(names->items[names->slots[slot] - 1], s))
        slot = (slot + 1) & mask;
    return slot;
}

/* Those that are there differ from each other: each goes to the first empty slot from its own. */
static bool grow_slots(struct hc_names *names)
{
    if (names->n < names->n_slots / 2)
        return true;
    size_t n_slots = names->n_slots ? names->n_slots * 2 : 16;
    uint32_t *slots = hc_arena_calloc(names->arena, n_slots, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < names->n; i++) {
        size_t slot = (size_t)hash_of(names->items[i]) & (n_slots - 1);
        while (slots[slot] != 0)
            slot = (slot + 1) & (n_slots - 1);
        slots[slot] = (uint32_t)(i + 1);
    }
    names->slots = slots;
    names->n_slots = n_slots;
    return true;
}

static __attribute__((noinline)) size_t add_new(struct hc_names *names, struct hc_str s, uint64_t hash)
{
    if (names->n >= UINT32_MAX - 1 || !grow_slots(names))
        return HC_NAME_NONE;
    struct hc_str *items =
        hc_arena_grow(names->arena, names->items, names->n, names->n + 1, &names->capacity, sizeof *items);
    char *copy = items ? hc_arena_copy(names->arena, s.p, s.n) : NULL;
    if (items)
        names->items = items;
    if (!copy)
        return HC_NAME_NONE;
    names->slots[slot_of(names, s, hash)] = (uint32_t)(names->n + 1);
    items[names->n] = (struct hc_str){copy, s.n};
    return names->n++;
}

size_t hc_names_add(struct hc_names *names, struct hc_str s)
{
    uint64_t hash = hash_of(s);
    uint32_t found = names->n == 0 ? 0 : names->slots[slot_of(names, s, hash)];
    return found ? found - 1 : add_new(names, s, hash);
}

size_t hc_names_find(const struct hc_names *names, struct hc_str s)
{
    if (names->n == 0)
        return HC_NAME_NONE;
    uint32_t found = names->slots[slot_of(names, s, hash_of(s))];
    return found ? found - 1 : HC_NAME_NONE;
}
