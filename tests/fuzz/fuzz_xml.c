/* The safe XML reader without a schema; and with one that takes anything, which makes the library read what is plain. */
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

static void same(const struct hc_xml_node *a, const struct hc_xml_node *b)
{
    for (; a && b; a = a->next, b = b->next) {
        HOLDS(hc_str_equal(a->ns, b->ns) && hc_str_equal(a->name, b->name) && hc_str_equal(a->text, b->text));
        HOLDS(a->line == b->line && a->n_attributes == b->n_attributes);
        for (size_t i = 0; i < a->n_attributes; i++)
            HOLDS(hc_str_equal(a->attributes[i].ns, b->attributes[i].ns) &&
                  hc_str_equal(a->attributes[i].name, b->attributes[i].name) &&
                  hc_str_equal(a->attributes[i].value, b->attributes[i].value));
        same(a->first_child, b->first_child);
    }
    HOLDS(!a && !b);
}

static struct hc_xml_schema *anything;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char rng[] =
        "<grammar xmlns='http://relaxng.org/ns/structure/1.0'><start><ref name='any'/></start><define name='any'>"
        "<element><anyName/><zeroOrMore><choice><attribute><anyName/></attribute><text/><ref name='any'/></choice>"
        "</zeroOrMore></element></define></grammar>";
    struct hc_err err = HC_ERR_NONE;
    (void)argc;
    (void)argv;
    hc_xml_setup();
    HOLDS(hc_xml_schema_new(&anything, HC_STR(rng), &err) == HC_OK);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hc_arena *arena = fuzz_arena();
    struct hc_err err = HC_ERR_NONE;
    const struct hc_xml_node *root = NULL;
    enum hc_status status = hc_xml_parse(&root, (struct hc_str){(const char *)data, size}, 0, NULL, arena, &err);
    fuzz_status(status, &err);
    if (status == HC_OK) {
        const struct hc_xml_node *again = NULL;
        walk(root, 1);
        HOLDS(hc_xml_parse(&again, (struct hc_str){(const char *)data, size}, 0, anything, arena, &err) == HC_OK);
        same(root, again);
    }
    hc_arena_free(arena);
    return 0;
}
