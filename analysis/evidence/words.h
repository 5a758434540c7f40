/* Words looked for in a text, all in one pass. Used inside analysis/evidence. */
#ifndef HC_ANALYSIS_EVIDENCE_WORDS_H
#define HC_ANALYSIS_EVIDENCE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/text.h"

struct hc_words;

/* Owns:   the arena; the words' bytes must live as long. An empty word is never met.
 * Errors: NULL where the arena has no room. */
struct hc_words *hc_words_new(const struct hc_str *words, size_t n, struct hc_arena *arena);

/* Told of a word that stands at a place of the text. */
typedef void (*hc_word_met)(void *context, size_t word, size_t at);

/* Tells of each place where a word stands, whatever the case of either, in no order that means anything, of some places twice.
 * Threads: any.
 * Cost:    a look at four bytes of every third place, and comparisons where a word has these four; for each word of less
 *          than six bytes a pass more, 16 bytes a step.
 * Checked: test_evidence_words, against comparing each word at each place. */
void hc_words_find(const struct hc_words *words, struct hc_str text, hc_word_met met, void *context);

#endif
