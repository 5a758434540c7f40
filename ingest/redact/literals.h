/* Of which of a few sets of short texts one stands in a text, in capitals or not, a digit for any
 * other: one pass over its bytes (Aho and Corasick 1975). */
#ifndef HC_INGEST_REDACT_LITERALS_H
#define HC_INGEST_REDACT_LITERALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

#define HC_LITERAL_SETS 64

struct hc_literals;

struct hc_literal {
    struct hc_str text; /* not empty */
    unsigned set;       /* below HC_LITERAL_SETS; a text may be in several */
};

/* Owns: the caller. HC_FAIL: too much of them for a table of 65,536 ways on, from each begin of one by each of their distinct
 * bytes; HC_FATAL: no memory. */
enum hc_status hc_literals_new(struct hc_literals **out, const struct hc_literal *items, size_t n);
void hc_literals_free(struct hc_literals *literals);

/* Bit i: one of set i stands in the text. `ends`, if it is not NULL: where the first of them ends, by set; of sets of which
 * none stands there nothing is written.
 * Checked: tests/unit/ingest/test_redact_literals.c, against a plain search. */
uint64_t hc_literals_in(const struct hc_literals *literals, struct hc_str text, size_t ends[HC_LITERAL_SETS]);

#endif
