/* Whether texts that differ in their numbers and ids alone can hold what rules look near, asked of all of them at once. */
#ifndef HC_INGEST_REDACT_ALIKE_H
#define HC_INGEST_REDACT_ALIKE_H

#include "ingest/redact/rules.h"

/* May part of the literal be what a signature masks? In a mask, which is a word of hexadecimal digits, lies one of its
 * words, or the end or begin of one. */
bool hc_literal_touches_masks(struct hc_str literal);

/* A text, or a signature, with one digit for each run of hexadecimal digits and each mask. The texts of a signature are the
 * same so, and what stands in a text stands in it so, too. `out` has room for as many bytes; gives how many there are. */
size_t hc_squeeze(struct hc_str text, char *out);

/* May a text of the signature hold a literal of a rule, or have a rule that is near to none?
 * Checked: tests/unit/ingest/test_redact_alike.c, and fuzz_redact, against redaction of the texts. */
bool hc_rules_may_find(const struct hc_redaction_rules *rules, struct hc_str signature);

#endif
