/* The words of texts, each once: what texts are compared and weighed by. */
#ifndef HC_ANALYSIS_STATS_WORDSET_H
#define HC_ANALYSIS_STATS_WORDSET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/text.h"

struct hc_word_set {
    struct hc_str *words; /* in order of their bytes, each once */
    size_t n;
};

/* The words of `texts`, without those of `without`.
 * Formula: a word is a run of letters (ASCII's in lower case, and every byte above 127) of 3 to 32 bytes; endings of English
 *          plurals are taken off: -ies becomes -y unless after a or e, -es -e unless after a, e or o (then it stays), -s falls unless after u or s;
 *          words of 3 bytes stay (dns).
 * Source:  the S stemmer: Harman, How effective is suffixing?, JASIS 42(1), 1991.
 * Owns:    the arena. Errors: false where it has no room.
 * Checked: test_wordset.c. */
bool hc_word_set_make(struct hc_word_set *out, const struct hc_str *texts, size_t n_texts, struct hc_str without,
                      struct hc_arena *arena);

/* With bytes of its own, in the arena. False: no room. */
bool hc_word_set_copy(struct hc_word_set *out, const struct hc_word_set *words, struct hc_arena *arena);

/* What is in either. The words' bytes stay those of a and b. */
bool hc_word_set_unite(struct hc_word_set *out, const struct hc_word_set *a, const struct hc_word_set *b,
                       struct hc_arena *arena);

#endif
