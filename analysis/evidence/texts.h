/* The words of an incident: which of them may be read when its cause is asked, and which only later. */
#ifndef HC_ANALYSIS_EVIDENCE_TEXTS_H
#define HC_ANALYSIS_EVIDENCE_TEXTS_H

#include "analysis/stats/wordset.h"
#include "corpus/record/incident.h"

#define HC_DOCUMENT_BYTES ((size_t)64 << 10) /* of each document so much is read */

/* A document's text without its front matter, which states tags, categories and keywords: it stands first, or last, between
 * two lines "---" (docs/records.md). */
struct hc_str hc_document_body(struct hc_str text);

/* What may be read when the incident is analysed: its title, unless that is a post-mortem's (which may be longer), and its
 * documents but for post-mortems, by whatever name, and tools' records. Without the words of the service's name: how usual a cause is for a service is in the prior.
 * Owns: the arena. Errors: false where it has no room. */
bool hc_words_read(struct hc_word_set *out, const struct hc_incident *incident, struct hc_arena *arena);

/* What is told once the cause is known: all documents with their titles, and the outcome's words where `found` has any. Owns, Errors: as above. */
bool hc_words_told(struct hc_word_set *out, const struct hc_document *documents, size_t n, struct hc_str found,
                   struct hc_str service, struct hc_arena *arena);

#endif
