/* The parsed rules of redaction; the only home of PCRE2, with redact.c. */
#ifndef HC_INGEST_REDACT_RULES_H
#define HC_INGEST_REDACT_RULES_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/digest.h"
#include "ingest/redact/literals.h"
#include "ingest/redact/redact.h"

/* Steps of a match before its rule gives up: of compiled code, which counts them in a way of its own; then of the
 * interpreter, whose word is the last. It is so much more patient that what the one ends the other ends too, so that it
 * does not show whether the machine allows compiled code.
 * Checked: tests/unit/ingest/test_redact.c, of patterns that take exponential time. */
#define HC_REDACTION_STEPS_COMPILED 100000
#define HC_REDACTION_STEPS_MOST 1000000

struct hc_redaction_rule {
    size_t name;          /* into names */
    uint64_t near;        /* the bit of its literals, one of which must be there; 0: no matter */
    bool luhn, only_word; /* what a find must pass; the text must be one word */
    uint32_t least;       /* bytes that a match takes */
    size_t before;        /* a match begins at most so many bytes before a literal ends; SIZE_MAX: no matter */
    pcre2_code *pattern;
};

struct hc_redaction_rules {
    struct hc_arena *arena;
    struct hc_redaction_rule *items;
    size_t n;
    bool of_any_text, of_any_word; /* has one that is near to nothing; one that is, and is of words only */
    const char *names[HC_REDACTION_NAMES];
    size_t n_names;
    struct hc_literals *literals, *squeezed; /* all; and those that touch masks, as hc_squeeze has them */
    struct hc_hmac *hmac;
};

#endif
