/* The parsed rules of redaction; the only home of PCRE2, with redact.c. */
#ifndef HC_INGEST_REDACT_RULES_H
#define HC_INGEST_REDACT_RULES_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/digest.h"
#include "ingest/redact/literals.h"
#include "ingest/redact/redact.h"

#define HC_REDACTION_MATCHES_MOST 100000 /* steps of a match, before its rule gives up */

struct hc_redaction_rule {
    size_t name;   /* into names */
    uint64_t near; /* bits of the literals, one of which must be there; 0: no matter */
    bool luhn;
    pcre2_code *pattern;
};

struct hc_redaction_rules {
    struct hc_arena *arena;
    struct hc_redaction_rule *items;
    size_t n;
    const char *names[HC_REDACTION_NAMES];
    size_t n_names;
    struct hc_literals *literals;
    struct hc_hmac *hmac;
};

#endif
