#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include "base/xml.h"

static struct hc_arena *arena;

static enum hc_status parse(struct hc_str text, const struct hc_xml_node **root, struct hc_err *err)
{
    return hc_xml_parse(root, text, 0, NULL, arena, err);
}

static const struct hc_xml_node *parse_good(const char *text)
{
    const struct hc_xml_node *root = NULL;
    struct hc_err err = HC_ERR_NONE;
    if (parse(hc_str_of(text), &root, &err) != HC_OK)
        fail_msg("refused %.80s: %s", text, err.text);
    return root;
}

static void assert_refused(struct hc_str text, const char *code, long line)
{
    const struct hc_xml_node *root = NULL;
    struct hc_err err = HC_ERR_NONE;
    if (parse(text, &root, &err) != HC_FAIL)
        fail_msg("accepted %.*s", (int)(text.n < 200 ? text.n : 200), text.p);
    assert_string_equal(err.code, code);
    if (line > 0)
        assert_int_equal(err.line, line);
    assert_true(strlen(err.text) > 0);
    assert_null(root);
}

static void builds_the_tree_with_lines(void **state)
{
    (void)state;
    const struct hc_xml_node *a = parse_good("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                             "<!-- <x> -->\n"
                                             "<a xmlns='u' k='1 &amp; &#65;&lt;&quot;' j=\"\">one\n"
                                             "<b\n"
                                             "  c='1'\n"
                                             "/><![CDATA[<two>&amp;]]><?pi <y>?><!-- c --> three &gt;\n"
                                             "<o:b xmlns:o='v' o:c='2' c='3'/><b>x</b></a>\n");
    assert_true(hc_str_is(a->ns, "u"));
    assert_true(hc_str_is(a->name, "a"));
    assert_true(hc_str_is(a->text, "one\n<two>&amp; three >\n"));
    assert_int_equal(a->line, 3);
    assert_true(hc_str_is(hc_xml_attribute(a, "k"), "1 & A<\""));
    assert_non_null(hc_xml_attribute(a, "j").p);
    assert_null(hc_xml_attribute(a, "z").p);
    const struct hc_xml_node *b = hc_xml_child(a, "b");
    assert_int_equal(b->line, 4);
    assert_true(hc_str_is(hc_xml_attribute(b, "c"), "1"));
    const struct hc_xml_node *foreign = b->next;
    assert_true(hc_str_is(foreign->ns, "v"));
    assert_true(hc_str_is(hc_xml_attribute(foreign, "c"), "3"));
    assert_int_equal(foreign->n_attributes, 2);
    const struct hc_xml_node *last = hc_xml_next(b, "b");
    assert_ptr_equal(last, foreign->next);
    assert_true(hc_str_is(last->text, "x"));
    assert_int_equal(last->line, 7);
    assert_null(hc_xml_next(last, "b"));
    assert_null(hc_xml_child(a, "o"));
}

static void lines_count_beyond_sixteen_bits(void **state)
{
    (void)state;
    struct hc_buf text = {0};
    hc_buf_text(&text, "<a>");
    for (int i = 0; i < 70000; i++)
        hc_buf_char(&text, '\n');
    hc_buf_text(&text, "<b/></a>");
    const struct hc_xml_node *root = NULL;
    assert_int_equal(parse(hc_buf_view(&text), &root, NULL), HC_OK);
    assert_int_equal(hc_xml_child(root, "b")->line, 70001);
    hc_buf_free(&text);
}

static void refuses_every_document_type(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "<!DOCTYPE a><a/>",
        "<?xml version='1.0'?>\n<!DOCTYPE a []>\n<a/>",
        "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        "<!DOCTYPE a PUBLIC 'x' 'http://example.org/x.dtd'><a/>",
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        "<!DOCTYPE a [<!ENTITY % x SYSTEM 'http://example.org/'> %x;]><a/>",
        "<!DOCTYPE a [<!ENTITY b 'lol'><!ENTITY c '&b;&b;&b;&b;'>]><a>&c;</a>",
        "<!DOCTYPE outcome [<!ATTLIST outcome cause CDATA 'x'>]><outcome/>",
        "<!-- x --><!DOCTYPE a><a/>",
        "<!ENTITY x 'y'><a/>",
        "<a><!DOCTYPE a></a>",
        "<!doctype a><a/>",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_refused(hc_str_of(texts[i]), "xml-doctype", 0);
    assert_refused(HC_STR("<?xml version='1.0'?>\n\n<!DOCTYPE a><a/>"), "xml-doctype", 3);
}

static void the_word_doctype_is_no_document_type(void **state)
{
    (void)state;
    const struct hc_xml_node *a =
        parse_good("<a k='&lt;!DOCTYPE a>'><!-- <!DOCTYPE a> --><![CDATA[<!DOCTYPE a>]]></a>");
    assert_true(hc_str_is(a->text, "<!DOCTYPE a>"));
}

static void refuses_entities_beyond_the_five(void **state)
{
    (void)state;
    assert_refused(HC_STR("<a>\n&x;</a>"), "xml-syntax", 2);
    assert_refused(HC_STR("<a k='&nbsp;'/>"), "xml-syntax", 1);
    assert_refused(HC_STR("<?xml version='1.0' standalone='no'?><a>&x;</a>"), "xml-syntax", 1);
    assert_refused(HC_STR("<a>&#0;</a>"), "xml-syntax", 1);
    assert_true(hc_str_is(parse_good("<a>&lt;&gt;&amp;&apos;&quot;&#x41;</a>")->text, "<>&'\"A"));
}

static void loads_nothing_for_xinclude_or_stylesheets(void **state)
{
    (void)state;
    const struct hc_xml_node *a =
        parse_good("<?xml-stylesheet href='file:///etc/passwd' type='text/xsl'?>"
                   "<a xmlns:xi='http://www.w3.org/2001/XInclude' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
                   " xsi:schemaLocation='u file:///etc/passwd'>"
                   "<xi:include href='file:///etc/passwd' parse='text'/></a>");
    assert_int_equal(a->text.n, 0);
    assert_true(hc_str_is(a->first_child->name, "include"));
    assert_null(a->first_child->first_child);
    assert_null(a->first_child->next);
}

static void refuses_encodings_other_than_utf8_and_ascii(void **state)
{
    (void)state;
    static const struct hc_str texts[] = {
        {"\xfe\xff\0<\0a\0/\0>", 10}, {"\xff\xfe<\0a\0/\0>\0", 10},
        {"\0<\0a\0/\0>", 8},          {"<\0a\0/\0>\0", 8},
        {"\0\0\xfe\xff\0\0\0<", 8},   {"\x4c\x6f\xa7\x94", 4},
        {"<a>\xc0\xbc</a>", 9},       {"<a>\xed\xa0\x80</a>", 10},
        {"<a>caf\xe9</a>", 11},       {"<a>\0</a>", 8},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_refused(texts[i], "xml-encoding", 1);
    static const char *const names[] = {"UTF-7",     "utf-16",       "UTF-16LE", "ISO-8859-1", "latin1", "UCS-4",
                                        "Shift_JIS", "EBCDIC-CP-US", "x",        "",           "UTF-8x", "HTML"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char text[200];
        int n = snprintf(text, sizeof text, "<?xml version='1.0' encoding='%s'?><a>+ADw-b/+AD4-</a>", names[i]);
        assert_refused((struct hc_str){text, (size_t)n}, "xml-encoding", 1);
        n = snprintf(text, sizeof text, "<?xml\tversion='1.0'\n encoding = \"%s\" ?><a/>", names[i]);
        assert_refused((struct hc_str){text, (size_t)n}, "xml-encoding", 1);
    }
    assert_refused(HC_STR("<?xml version='1.0' encoding='US-ASCII'?>\n<a>\xc3\xa9</a>"), "xml-encoding", 2);
    assert_refused(HC_STR("<?xml version='1.0' encoding='UTF-8'?>\n<a>\n\xe9</a>"), "xml-encoding", 3);
}

static void accepts_utf8_however_it_is_declared(void **state)
{
    (void)state;
    assert_true(hc_str_is(parse_good("\xef\xbb\xbf<a>\xc3\xa9</a>")->text, "\xc3\xa9"));
    assert_true(
        hc_str_is(parse_good("\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?><a>\xc3\xa9</a>")->text, "\xc3\xa9"));
    assert_true(hc_str_is(parse_good("<?xml version=\"1.0\" encoding=\"Utf-8\"?><a>\xf0\x9f\x98\x80</a>")->text,
                          "\xf0\x9f\x98\x80"));
    assert_true(hc_str_is(parse_good("<?xml version='1.0' encoding='us-ascii'?><a>+ADw-</a>")->text, "+ADw-"));
    assert_true(hc_str_is(parse_good("<?xml version='1.0'?><a>encoding='UTF-7'</a>")->text, "encoding='UTF-7'"));
}

static struct hc_buf nested(size_t depth, bool close)
{
    struct hc_buf text = {0};
    for (size_t i = 0; i < depth; i++)
        hc_buf_text(&text, "<a>\n");
    for (size_t i = 0; i < depth && close; i++)
        hc_buf_text(&text, "</a>");
    return text;
}

static void the_depth_ends_at_its_limit(void **state)
{
    (void)state;
    for (size_t depth = HC_XML_DEPTH - 1; depth <= HC_XML_DEPTH; depth++) {
        struct hc_buf text = nested(depth, true);
        const struct hc_xml_node *node = NULL;
        assert_int_equal(parse(hc_buf_view(&text), &node, NULL), HC_OK);
        size_t met = 0;
        for (; node; node = node->first_child)
            met++;
        assert_int_equal(met, depth);
        hc_buf_free(&text);
    }
    struct hc_buf over = nested(HC_XML_DEPTH + 1, true);
    assert_refused(hc_buf_view(&over), "xml-limit", HC_XML_DEPTH + 1);
    hc_buf_free(&over);
    struct hc_buf far = nested(100000, false);
    assert_refused(hc_buf_view(&far), "xml-limit", HC_XML_DEPTH + 1);
    hc_buf_free(&far);
    struct hc_buf leaf = nested(HC_XML_DEPTH, false);
    hc_buf_text(&leaf, "<b/>");
    assert_refused(hc_buf_view(&leaf), "xml-limit", HC_XML_DEPTH + 1);
    hc_buf_free(&leaf);
}

static struct hc_buf tag_of(size_t n_bytes)
{
    struct hc_buf text = {0};
    hc_buf_text(&text, "<r>\n<a k='>");
    while (text.n < n_bytes + 4 - 3)
        hc_buf_char(&text, 'x');
    hc_buf_text(&text, "'/></r>");
    return text;
}

static void a_tag_ends_at_its_limit(void **state)
{
    (void)state;
    for (size_t n = HC_XML_TAG_BYTES - 1; n <= HC_XML_TAG_BYTES + 1; n++) {
        struct hc_buf text = tag_of(n);
        assert_int_equal(text.n, n + 4 + 4);
        if (n > HC_XML_TAG_BYTES)
            assert_refused(hc_buf_view(&text), "xml-limit", 2);
        else
            assert_int_equal(parse(hc_buf_view(&text), &(const struct hc_xml_node *){NULL}, NULL), HC_OK);
        hc_buf_free(&text);
    }
}

static void as_many_attributes_as_a_tag_holds_are_quick(void **state)
{
    (void)state;
    struct hc_buf text = {0};
    hc_buf_text(&text, "<a");
    for (int i = 0; text.n < HC_XML_TAG_BYTES - 20; i++)
        hc_buf_format(&text, " a%x=''", (unsigned)i);
    hc_buf_text(&text, "/>");
    clock_t start = clock();
    assert_int_equal(parse(hc_buf_view(&text), &(const struct hc_xml_node *){NULL}, NULL), HC_OK);
    assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
    hc_buf_free(&text);
}

static void the_size_ends_at_its_limit(void **state)
{
    (void)state;
    struct hc_buf text = {0};
    hc_buf_text(&text, "<a/>");
    while (text.n < HC_XML_BYTES)
        hc_buf_char(&text, '\n');
    const struct hc_xml_node *root = NULL;
    assert_int_equal(parse(hc_buf_view(&text), &root, NULL), HC_OK);
    assert_int_equal(hc_xml_parse(&root, hc_buf_view(&text), HC_XML_BYTES, NULL, arena, NULL), HC_OK);
    assert_int_equal(hc_xml_parse(&root, hc_buf_view(&text), HC_XML_BYTES - 1, NULL, arena, NULL), HC_FAIL);
    hc_buf_char(&text, '\n');
    assert_refused(hc_buf_view(&text), "xml-limit", 0);
    assert_int_equal(hc_xml_parse(&root, hc_buf_view(&text), 2 * HC_XML_BYTES, NULL, arena, NULL), HC_OK);
    hc_buf_free(&text);
}

static void refuses_what_is_not_well_formed(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        " ",
                                        "x",
                                        "<a>",
                                        "<a></b>",
                                        "<a/><b/>",
                                        "<a/>x",
                                        "<a b/>",
                                        "<a b='1' b='2'/>",
                                        "<a b=1/>",
                                        "<p:a/>",
                                        "<a b='<'/>",
                                        "<a",
                                        "<",
                                        "</a>",
                                        "<a>]]></a>",
                                        "<!-- -- --><a/>",
                                        "<!--",
                                        "<![CDATA[",
                                        "<a><![CDATA[</a>",
                                        "<?",
                                        "<a b='",
                                        "\xef\xbb\xbf",
                                        "<a>\x01</a>"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_refused(hc_str_of(texts[i]), "xml-syntax", 0);
    assert_refused(HC_STR("<a>\n<b>\n</a>"), "xml-syntax", 3);
    assert_refused(HC_STR_NONE, "xml-syntax", 0);
}

/* Cut anywhere, a document is refused, and the sanitizers see each read past its end. */
static void a_document_cut_anywhere_is_refused(void **state)
{
    (void)state;
    static const char text[] =
        "\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?><!-- c --><a k='v>'>x<![CDATA[y]]>&amp;<b/></a>";
    for (size_t n = 0; n < sizeof text - 1; n++) {
        char *cut = malloc(n + 1);
        assert_non_null(cut);
        memcpy(cut, text, n);
        const struct hc_xml_node *root = NULL;
        assert_int_equal(parse((struct hc_str){cut, n}, &root, NULL), HC_FAIL);
        free(cut);
    }
    parse_good(text);
}

static void the_arenas_ceiling_fails_only_this_document(void **state)
{
    (void)state;
    struct hc_arena *small = hc_arena_new(300);
    const struct hc_xml_node *root = NULL;
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_xml_parse(&root, HC_STR("<a><b/><c/><d/></a>"), 0, NULL, small, &err), HC_FAIL);
    assert_string_equal(err.code, "xml-limit");
    hc_arena_reset(small);
    assert_int_equal(hc_xml_parse(&root, HC_STR("<a/>"), 0, NULL, small, NULL), HC_OK);
    hc_arena_free(small);
}

static const char rng[] =
    "<grammar xmlns='http://relaxng.org/ns/structure/1.0' ns='u'"
    " datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'>"
    "<start><element name='a'><interleave>"
    "<zeroOrMore><element name='b'><attribute name='n' ns=''><data type='integer'/></attribute></element></zeroOrMore>"
    "<optional><element name='c'><text/></element></optional>"
    "</interleave></element></start></grammar>";

static struct hc_xml_schema *new_schema(void)
{
    struct hc_xml_schema *schema = NULL;
    struct hc_err err = HC_ERR_NONE;
    if (hc_xml_schema_new(&schema, HC_STR(rng), &err) != HC_OK)
        fail_msg("%s", err.text);
    return schema;
}

static void a_schema_says_what_is_wrong_and_where(void **state)
{
    (void)state;
    struct hc_xml_schema *schema = new_schema();
    const struct hc_xml_node *root = NULL;
    assert_int_equal(
        hc_xml_parse(&root, HC_STR("<a xmlns='u'><b n='1'/><c>x</c><b n='2'/></a>"), 0, schema, arena, NULL), HC_OK);
    assert_true(hc_str_is(hc_xml_child(root, "c")->text, "x"));
    static const struct {
        const char *text;
        long line;
    } bad[] = {
        {"<a xmlns='u'>\n<b n='x'/></a>", 2},
        {"<a xmlns='u'>\n<b n='1'/>\n<d/></a>", 3},
        {"<a xmlns='u'>\n<b n='1'/>\n\n<b/></a>", 4},
        {"<z/>", 1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct hc_err err = HC_ERR_NONE;
        root = NULL;
        assert_int_equal(hc_xml_parse(&root, hc_str_of(bad[i].text), 0, schema, arena, &err), HC_FAIL);
        assert_string_equal(err.code, "xml-schema");
        assert_int_equal(err.line, bad[i].line);
        assert_null(root);
    }
    hc_xml_schema_free(schema);
    hc_xml_schema_free(NULL);
}

static struct hc_buf siblings(size_t n_elements)
{
    struct hc_buf text = {0};
    hc_buf_text(&text, "<a xmlns='u'>");
    for (size_t i = 1; i < n_elements; i++)
        hc_buf_text(&text, "<b n='1'/>");
    hc_buf_text(&text, "</a>");
    return text;
}

static void the_number_of_elements_ends_at_its_limit(void **state)
{
    (void)state;
    for (size_t n = HC_XML_ELEMENTS - 1; n <= HC_XML_ELEMENTS + 1; n++) {
        struct hc_buf text = siblings(n);
        assert_true(text.n < HC_XML_BYTES);
        if (n > HC_XML_ELEMENTS)
            assert_refused(hc_buf_view(&text), "xml-limit", 1);
        else
            assert_int_equal(parse(hc_buf_view(&text), &(const struct hc_xml_node *){NULL}, NULL), HC_OK);
        hc_buf_free(&text);
    }
}

static void the_most_elements_validate_in_time(void **state)
{
    (void)state;
    struct hc_xml_schema *schema = new_schema();
    struct hc_buf text = siblings(HC_XML_ELEMENTS);
    const struct hc_xml_node *root = NULL;
    clock_t start = clock();
    assert_int_equal(hc_xml_parse(&root, hc_buf_view(&text), 0, schema, arena, NULL), HC_OK);
    assert_true(clock() - start < 10 * CLOCKS_PER_SEC);
    hc_buf_free(&text);
    hc_xml_schema_free(schema);
}

static void refuses_a_schema_that_is_none(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "x", "<a/>", "<element xmlns='http://relaxng.org/ns/structure/1.0'/>",
        "<grammar xmlns='http://relaxng.org/ns/structure/1.0'><include href='/etc/passwd'/></grammar>"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct hc_xml_schema *schema = NULL;
        struct hc_err err = HC_ERR_NONE;
        assert_int_not_equal(hc_xml_schema_new(&schema, hc_str_of(texts[i]), &err), HC_OK);
        assert_null(schema);
        assert_string_equal(err.code, "xml-schema");
    }
}

static int set_up(void **state)
{
    (void)state;
    hc_xml_setup();
    arena = hc_arena_new(0);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    hc_arena_free(arena);
    hc_xml_cleanup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builds_the_tree_with_lines),
        cmocka_unit_test(lines_count_beyond_sixteen_bits),
        cmocka_unit_test(refuses_every_document_type),
        cmocka_unit_test(the_word_doctype_is_no_document_type),
        cmocka_unit_test(refuses_entities_beyond_the_five),
        cmocka_unit_test(loads_nothing_for_xinclude_or_stylesheets),
        cmocka_unit_test(refuses_encodings_other_than_utf8_and_ascii),
        cmocka_unit_test(accepts_utf8_however_it_is_declared),
        cmocka_unit_test(the_depth_ends_at_its_limit),
        cmocka_unit_test(a_tag_ends_at_its_limit),
        cmocka_unit_test(as_many_attributes_as_a_tag_holds_are_quick),
        cmocka_unit_test(the_size_ends_at_its_limit),
        cmocka_unit_test(refuses_what_is_not_well_formed),
        cmocka_unit_test(a_document_cut_anywhere_is_refused),
        cmocka_unit_test(the_arenas_ceiling_fails_only_this_document),
        cmocka_unit_test(a_schema_says_what_is_wrong_and_where),
        cmocka_unit_test(the_number_of_elements_ends_at_its_limit),
        cmocka_unit_test(the_most_elements_validate_in_time),
        cmocka_unit_test(refuses_a_schema_that_is_none),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
