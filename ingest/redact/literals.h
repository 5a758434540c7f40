/* Of which of a few sets of short texts one stands in a text, in capitals or not, a digit for any
 * other: one pass over its bytes (Aho and Corasick 1975). */
#ifndef HC_INGEST_REDACT_LITERALS_H
#define HC_INGEST_REDACT_LITERALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define HC_LITERAL_SETS 64

struct hc_literals;

struct hc_literal {
    struct hc_str text; /* not empty */
    unsigned set;       /* below HC_LITERAL_SETS; a text may be in several */
};

/* Are they not too much for one pass (their bytes by their distinct ones: 32,768)? */
bool hc_literals_fit(const struct hc_literal *items, size_t n);

/* Of what fits. Owns: the caller. NULL: no memory. */
struct hc_literals *hc_literals_new(const struct hc_literal *items, size_t n);
void hc_literals_free(struct hc_literals *literals);

/* Bit i: one of set i stands in the text. `ends`, if it is not NULL: where the first of them ends, by set; of sets of which
 * none stands there nothing is written.
 * Checked: tests/unit/ingest/test_redact_literals.c, against a plain search. */
uint64_t hc_literals_in(const struct hc_literals *literals, struct hc_str text, size_t ends[HC_LITERAL_SETS]);

#endif
