/* Redaction of any bytes by the shipped rules: a text is changed if and only if something is found in it, and that is
 * counted; and its signature tells that it may be. */
#include "base/xml.h"
#include "ingest/normalize/signature.h"
#include "ingest/redact/redact.h"
#include "tests/fuzz/fuzz.h"

static struct hc_redactor *redactor;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct hc_err err = HC_ERR_NONE;
    struct hc_redaction_rules *rules = NULL;
    (void)argc;
    (void)argv;
    hc_xml_setup();
    HOLDS(hc_redaction_rules_new(&rules, hc_redaction_shipped(), HC_STR("key"), &err) == HC_OK);
    redactor = hc_redactor_new(rules);
    HOLDS(redactor != NULL);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_redaction redaction;
    struct hc_names names;
    struct hc_str text = {(const char *)data, size};
    uint64_t n_replaced = 0;
    if (!arena)
        return 0;
    hc_names_init(&names, arena);
    HOLDS(hc_redaction_begin(&redaction, redactor, &names, arena));
    bool finds = hc_redactor_finds(redactor, text);
    struct hc_signature signature;
    hc_signature_of(text, &signature);
    HOLDS(!finds || signature.n == 0 || hc_redactor_may_find(redactor, (struct hc_str){signature.bytes, signature.n}));
    struct hc_str out = hc_redact(&redaction, text, arena);
    HOLDS(size == 0 || out.p != NULL);
    HOLDS((out.p != text.p) == finds);
    for (size_t i = 0; i < HC_REDACTION_NAMES; i++)
        n_replaced += redaction.counts[i];
    HOLDS((n_replaced > 0) == finds);
    hc_arena_free(arena);
    return 0;
}
