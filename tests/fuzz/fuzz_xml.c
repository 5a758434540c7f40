/* The safe XML reader without a schema. */
#include "base/xml.h"
#include "tests/fuzz/fuzz.h"

static void walk(const struct hc_xml_node *node, int depth)
{
    HOLDS(depth <= HC_XML_DEPTH);
    HOLDS(node->name.n > 0 && fuzz_is_text(node->name) && fuzz_is_text(node->text) && node->line > 0);
    for (size_t i = 0; i < node->n_attributes; i++)
        HOLDS(node->attributes[i].name.n > 0 && fuzz_is_text(node->attributes[i].value));
    for (const struct hc_xml_node *child = node->first_child; child; child = child->next)
        walk(child, depth + 1);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    hc_xml_setup();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hc_arena *arena = fuzz_arena();
    struct hc_err err = HC_ERR_NONE;
    const struct hc_xml_node *root = NULL;
    enum hc_status status = hc_xml_parse(&root, (struct hc_str){(const char *)data, size}, 0, NULL, arena, &err);
    fuzz_status(status, &err);
    if (status == HC_OK)
        walk(root, 1);
    hc_arena_free(arena);
    return 0;
}
