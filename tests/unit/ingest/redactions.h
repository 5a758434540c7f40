/* What tests of redaction share: rules, a redactor and an incident's names; and how a redacted text is told. */
#ifndef HC_TESTS_UNIT_INGEST_REDACTIONS_H
#define HC_TESTS_UNIT_INGEST_REDACTIONS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/redact/redact.h"

struct fixture {
    struct hc_arena *arena;
    struct hc_redaction_rules *rules;
    struct hc_redactor *redactor;
    struct hc_names names;
    struct hc_redaction redaction;
};

static inline void begin_with(struct fixture *f, struct hc_str xml, struct hc_str key)
{
    struct hc_err err = HC_ERR_NONE;
    f->arena = hc_arena_new(0);
    enum hc_status status = hc_redaction_rules_new(&f->rules, xml, key, &err);
    if (status != HC_OK)
        print_error("%s, line %ld\n", err.text, err.line);
    assert_int_equal(status, HC_OK);
    f->redactor = hc_redactor_new(f->rules);
    hc_names_init(&f->names, f->arena);
    assert_true(hc_redaction_begin(&f->redaction, f->redactor, &f->names, f->arena));
}

static inline void begin(struct fixture *f)
{
    begin_with(f, hc_redaction_shipped(), HC_STR("key"));
}

static inline void end(struct fixture *f)
{
    hc_redactor_free(f->redactor);
    hc_redaction_rules_free(f->rules);
    hc_arena_free(f->arena);
}

/* Each run of twelve hexadecimal digits behind a dash becomes "#": what a pseudonym is does not matter here. */
static inline const char *redacted(struct fixture *f, const char *text)
{
    struct hc_str out = hc_redact(&f->redaction, hc_str_of(text), f->arena);
    char *shown = hc_arena_copy(f->arena, out.p, out.n), *to = shown;
    for (const char *from = shown; *from;) {
        if (*from == '-' && strspn(from + 1, "0123456789abcdef") == 12) {
            *to++ = '#';
            from += 13;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
    return shown;
}

struct example {
    const char *text, *expected;
};

#endif
