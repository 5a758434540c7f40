/* Lists of lower-case phrases, all looked for in one pass over a text. Used inside analysis. */
#ifndef HC_ANALYSIS_EVIDENCE_PHRASES_H
#define HC_ANALYSIS_EVIDENCE_PHRASES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/text.h"

struct hc_phrase_list {
    const struct hc_str *phrases; /* lower-case; '*' inside matches any run */
    size_t n;
};

struct hc_phrases;

/* Owns:   the arena; the phrases' texts must live as long.
 * Errors: NULL where the arena has no room. */
struct hc_phrases *hc_phrases_new(const struct hc_phrase_list *lists, size_t n_lists, struct hc_arena *arena);

/* Sets found[i] where list i has a phrase that stands in the text, whatever the text's case; leaves the others. Whether it
 * set any that was not.
 * Threads: any.
 * Cost:    that of hc_words_find for the texts before a '*'; a pass more for each that begins with '*'.
 * Checked: test_evidence_phrases, against hc_text_has phrase by phrase. */
bool hc_phrases_find(const struct hc_phrases *phrases, struct hc_str text, bool *found);

/* Whether a lower-case phrase stands somewhere in `text`, whatever the text's case. */
bool hc_text_has(struct hc_str text, struct hc_str phrase);

#endif
