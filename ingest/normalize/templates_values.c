#include "ingest/normalize/templates_values.h"

struct hc_value_words {
    size_t mask, n;  /* n: words */
    uint64_t *slots; /* 0: free */
};

struct hc_value_words *hc_value_words_new(size_t n, struct hc_arena *arena)
{
    struct hc_value_words *words = hc_arena_alloc(arena, sizeof *words);
    size_t size = 2;
    while (size < 2 * n)
        size *= 2;
    if (!words)
        return NULL;
    *words = (struct hc_value_words){.mask = size - 1, .slots = hc_arena_calloc(arena, size, sizeof *words->slots)};
    return words->slots ? words : NULL;
}

static uint64_t *find(const struct hc_value_words *words, uint64_t hash)
{
    size_t i = (size_t)(hash >> 7) & words->mask;
    while (words->slots[i] != 0 && words->slots[i] != hash)
        i = (i + 1) & words->mask;
    return &words->slots[i];
}

void hc_value_words_add(struct hc_value_words *words, uint64_t hash)
{
    uint64_t *slot = find(words, hash);
    words->n += *slot == 0;
    *slot = hash;
}

bool hc_value_words_any(const struct hc_value_words *words)
{
    return words->n > 0;
}

bool hc_value_words_have(const struct hc_value_words *words, uint64_t hash)
{
    return words->n > 0 && *find(words, hash) != 0;
}

bool hc_slot_is_name(const struct hc_slot *slot)
{
    return slot->kind == HC_SLOT_WORD || slot->kind == HC_SLOT_IDENTIFIER;
}

bool hc_slot_can_be_known(const struct hc_slot *slot)
{
    return slot->kind == HC_SLOT_WORD && !slot->key;
}
