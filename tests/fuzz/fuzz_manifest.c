/* The manifest: what it takes, the schema takes. */
#include "ingest/manifest.h"
#include "tests/fuzz/fuzz.h"

static struct hc_xml_schema *schema;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct hc_err err = HC_ERR_NONE;
    (void)argc;
    (void)argv;
    hc_xml_setup();
    HOLDS(hc_xml_schema_new(&schema, hc_manifest_schema(), &err) == HC_OK);
    return 0;
}

static void check(const struct hc_manifest *manifest)
{
    const struct hc_incident *incident = &manifest->incident;
    HOLDS(incident->id.n > 0 && fuzz_is_text(incident->id) && hc_time_known(incident->window_start));
    HOLDS(memchr(incident->id.p, '/', incident->id.n) == NULL);
    for (size_t i = 0; i < manifest->n_entries; i++) {
        struct hc_str href = manifest->entries[i].href;
        HOLDS(fuzz_stays_below(href) && fuzz_is_text(href));
    }
    for (size_t i = 0; i < incident->n_changes; i++) {
        uint32_t component = incident->changes[i].component;
        HOLDS(component == HC_NO_COMPONENT || component < manifest->components.n);
    }
    for (size_t i = 0; i < incident->n_dependencies; i++)
        HOLDS(incident->dependencies[i].from < manifest->components.n &&
              incident->dependencies[i].to < manifest->components.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hc_arena *arena = fuzz_arena();
    struct hc_err err = HC_ERR_NONE;
    struct hc_manifest manifest;
    enum hc_status status = hc_manifest_read(&manifest, (struct hc_str){(const char *)data, size}, schema, arena, &err);
    fuzz_status(status, &err);
    if (status == HC_OK) {
        const struct hc_xml_node *root = NULL;
        check(&manifest);
        /* What is taken for plain, without asking the schema, the schema takes. */
        HOLDS(hc_xml_parse(&root, (struct hc_str){(const char *)data, size}, 0, schema, arena, &err) == HC_OK);
    }
    hc_arena_free(arena);
    return 0;
}
