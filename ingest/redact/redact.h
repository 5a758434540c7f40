/* Secrets and personal data in what is kept, replaced by pseudonyms before anything is stored.
 *
 * A pseudonym is the rule's name and twelve hexadecimal digits, email-1f3a9c02d4e5: of an HMAC-SHA-256 of the rule's name
 * and what was found, under the rules' key. The same find is the same pseudonym wherever the same key is used.
 */
#ifndef HC_INGEST_REDACT_REDACT_H
#define HC_INGEST_REDACT_REDACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

#define HC_REDACTION_NAMES 64 /* that rules may have together */

/* A text is redacted first and cut then: so many bytes behind the cut are read, which decide on a find that begins before
 * it. No shipped rule asks for more: it finds what it does by less, and takes what follows as far as it goes. */
#define HC_REDACTION_AHEAD 2048

/* Rules and a key, fixed: threads may share them. */
struct hc_redaction_rules;

/* The rules that are shipped (ingest/redact/rules.xml) and built in. */
struct hc_str hc_redaction_shipped(void);

/* Owns:   the caller; hc_redaction_rules_free. Nothing given is referred to afterwards.
 * Errors: HC_FAIL "redaction-rules" and the line: no XML of this kind, a pattern that is none, too many;
 *         HC_FATAL out of memory. */
enum hc_status hc_redaction_rules_new(struct hc_redaction_rules **out, struct hc_str xml, struct hc_str key,
                                      struct hc_err *err);
void hc_redaction_rules_free(struct hc_redaction_rules *rules);

/* The names that finds are counted by, in the order of the file, each once. */
const char *const *hc_redaction_names(const struct hc_redaction_rules *rules, size_t *n);

/* A thread's. NULL: no memory. */
struct hc_redactor;
struct hc_redactor *hc_redactor_new(const struct hc_redaction_rules *rules);
void hc_redactor_free(struct hc_redactor *redactor);

/* As hc_redaction_names, of its rules. */
const char *const *hc_redactor_names(const struct hc_redactor *redactor, size_t *n);

/* Would any of it be replaced, whatever names are kept? */
bool hc_redactor_finds(struct hc_redactor *redactor, struct hc_str text);

/* May anything be found in a text of that signature (hc_signature_of)? If not, hc_redact gives back each as it is. */
bool hc_redactor_may_find(const struct hc_redactor *redactor, struct hc_str signature);

/* Does another text hold a word, of three letters or more, of what was found in the text that was redacted last? */
bool hc_redactor_left_in(const struct hc_redactor *redactor, struct hc_str text, struct hc_str other);

/* In a name of so many bytes a find begins here. */
struct hc_redaction_frame {
    size_t n, begin;
};

/* One incident's: what of the names that it goes by (components may be addresses) a rule would find, where in them, and how
 * many finds were replaced, by the number of their name. */
struct hc_redaction {
    struct hc_redactor *redactor;
    struct hc_names kept;
    struct hc_redaction_frame *frames; /* each once: of many names there are few */
    size_t n_frames, frames_capacity;
    uint64_t counts[HC_REDACTION_NAMES];
};

/* Those of `names` that must be kept go into the arena. False: no memory. */
bool hc_redaction_begin(struct hc_redaction *redaction, struct hc_redactor *redactor, const struct hc_names *names,
                        struct hc_arena *arena);

/* The text with its finds replaced; the text itself where there are none. A rule that does not come to an end with it
 * leaves a pseudonym of the whole. What it takes to work on a text of many finds is the arena's, too. p NULL: absent, or no
 * memory (hc_arena_refused tells which). */
struct hc_str hc_redact(struct hc_redaction *redaction, struct hc_str text, struct hc_arena *arena);

/* Likewise, of a text that is no incident's: no names are kept, and nothing is counted. */
struct hc_str hc_redact_alone(struct hc_redactor *redactor, struct hc_str text, struct hc_arena *arena);

#endif
