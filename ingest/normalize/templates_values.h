/* Words that are known to be values, as a slot that they fill was masked: names of users, queues, tables, hosts. */
#ifndef HC_INGEST_NORMALIZE_TEMPLATES_VALUES_H
#define HC_INGEST_NORMALIZE_TEMPLATES_VALUES_H

#include "ingest/normalize/templates_parts.h"

struct hc_value_words;

/* Room for n words. NULL out of memory. */
struct hc_value_words *hc_value_words_new(size_t n, struct hc_arena *arena);

void hc_value_words_add(struct hc_value_words *words, uint64_t hash);
bool hc_value_words_any(const struct hc_value_words *words);
bool hc_value_words_have(const struct hc_value_words *words, uint64_t hash);

/* Is what fills the slot a word by which something may be called? */
bool hc_slot_is_name(const struct hc_slot *slot);

/* Does it matter where the slot stands whether its word is known? */
bool hc_slot_can_be_known(const struct hc_slot *slot);

#endif
