/* Which of a few short texts stand in a text, in capitals or not, a digit for any
 * other: one pass over its bytes (Aho and Corasick 1975). */
#ifndef HC_INGEST_REDACT_LITERALS_H
#define HC_INGEST_REDACT_LITERALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define HC_LITERALS_MOST 64

struct hc_literals;

/* n <= HC_LITERALS_MOST, none empty. Owns: the caller. NULL: no memory, or too much of them (their bytes by their distinct ones: 32,768). */
struct hc_literals *hc_literals_new(const struct hc_str *items, size_t n);
void hc_literals_free(struct hc_literals *literals);

/* Bit i: item i stands in the text. `ends`, if it is not NULL: where its first occurrence ends, by item; of items that do
 * not stand there nothing is written.
 * Checked: tests/unit/ingest/test_redact_literals.c, against a plain search. */
uint64_t hc_literals_in(const struct hc_literals *literals, struct hc_str text, size_t ends[HC_LITERALS_MOST]);

#endif
