/* What is read without the XML library, held against it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/xml_plain.h"
#include "base/xml_scan.h"

static struct hc_arena *arena;

static void assert_same_tree(const struct hc_xml_node *a, const struct hc_xml_node *b)
{
    for (; a && b; a = a->next, b = b->next) {
        assert_true(hc_str_equal(a->ns, b->ns) && hc_str_equal(a->name, b->name) && hc_str_equal(a->text, b->text));
        assert_int_equal(a->line, b->line);
        assert_int_equal(a->n_attributes, b->n_attributes);
        for (size_t i = 0; i < a->n_attributes; i++) {
            const struct hc_xml_attribute *x = &a->attributes[i], *y = &b->attributes[i];
            assert_true(hc_str_equal(x->ns, y->ns) && hc_str_equal(x->name, y->name));
            assert_true(hc_str_equal(x->value, y->value) && !x->value.p == !y->value.p);
        }
        assert_same_tree(a->first_child, b->first_child);
    }
    assert_true(!a && !b);
}

static uint64_t seed = 1;

static size_t below(size_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(seed >> 33) % n;
}

static void change_at_random(struct hc_buf *text)
{
    static const char *const pieces[] = {"<",
                                         ">",
                                         "/",
                                         "\"",
                                         "'",
                                         "=",
                                         " ",
                                         "\n",
                                         "\t",
                                         "\r",
                                         "&",
                                         "&amp;",
                                         "&#10;",
                                         "&#0;",
                                         "]",
                                         "]]>",
                                         "<a/>",
                                         "<a>",
                                         "</a>",
                                         "</b>",
                                         "<!-- -->",
                                         "<!--",
                                         "-->",
                                         "--",
                                         "&lt;",
                                         "&quot;",
                                         "&gt",
                                         "&nbsp;",
                                         "<![CDATA[x]]>",
                                         "<?p?>",
                                         ":",
                                         "x:y=\"\"",
                                         " xmlns=\"urn:hindcast:x:1\"",
                                         " xmlns=\"\"",
                                         " xmlns:x=\"u\"",
                                         " xml:lang=\"en\"",
                                         " k=\"1\"",
                                         " j=\"2\"",
                                         " k='1'",
                                         "\xc3\xa9",
                                         "\xef\xbf\xbe",
                                         "\xef\xbb\xbf",
                                         "\xef\xbf\xbd",
                                         "\xc2\x85",
                                         "\xed\x9f\xbf",
                                         "\x7f",
                                         "\x01",
                                         "\x0c",
                                         "-",
                                         ".",
                                         "0",
                                         "x",
                                         "xmlns",
                                         "xml",
                                         "<?xml version=\"1.0\"?>",
                                         "<?xml version=\"1.1\"?>",
                                         "\xf4\x8f\xbf\xbf",
                                         "\xc2\xa0",
                                         "\xe2\x80\xa8"};
    struct hc_str before = hc_buf_view(text);
    size_t at = below(before.n + 1), n = below(3) ? 0 : below(before.n - at + 1) % 12;
    struct hc_buf out = {0};
    hc_buf_add(&out, before.p, at);
    if (below(4))
        hc_buf_text(&out, pieces[below(sizeof pieces / sizeof *pieces)]);
    hc_buf_add(&out, before.p + at + n, before.n - at - n);
    hc_buf_free(text);
    *text = out;
}

/* With a schema the library reads it, without one what is plain is read without the library. */
static void what_is_read_without_the_library_it_reads_alike(void **state)
{
    (void)state;
    static const char *const samples[] = {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a xmlns=\"urn:hindcast:incident:1\" id=\"a-1\">\n  <b k=\"1\" "
        "j=\"x y\"/>\n  <c>one<d/> two<d\n  k=\"\"/></c >three\n</a>\n",
        "<a><b><c k=\"1\"/></b><b/><b></b> text </a>",
        "<a/>",
        "<a k=\"1\" j=\"2\" i=\"3\"\tl=\"4\">x</a>",
        "<?xml version=\"1.0\"?>\n<!-- a <b> & ]]> - c -->\n<a>x<!--\n--> y<b/><!----></a><!-- d -->\n",
        "<a k=\"&lt;1&gt;&amp;\" j=\"&quot;&apos;\">&amp;lt;x&gt; ] ]] [y]<b>]]&gt;</b>&apos;&quot;</a>",
    };
    static const char anything[] =
        "<grammar xmlns='http://relaxng.org/ns/structure/1.0'><start><ref name='any'/></start><define name='any'>"
        "<element><anyName/><zeroOrMore><choice><attribute><anyName/></attribute><text/><ref name='any'/></choice>"
        "</zeroOrMore></element></define></grammar>";
    struct hc_err err = HC_ERR_NONE;
    struct hc_xml_schema *schema = NULL;
    size_t n_plain = 0, n_refused = 0;
    assert_int_equal(hc_xml_schema_new(&schema, HC_STR(anything), &err), HC_OK);
    for (int round = 0; round < 40000; round++) {
        struct hc_xml_scan scan;
        struct hc_buf text = {0};
        const struct hc_xml_node *plain = NULL, *full = NULL;
        hc_arena_reset(arena);
        hc_buf_text(&text, samples[(size_t)round % (sizeof samples / sizeof *samples)]);
        for (size_t n = below(4); n > 0; n--)
            change_at_random(&text);
        struct hc_str bytes = hc_buf_view(&text);
        enum hc_status status = hc_xml_parse(&full, bytes, 0, schema, arena, &(struct hc_err){0});
        n_refused += status != HC_OK;
        if (hc_xml_plain(&plain, bytes, HC_XML_BYTES, arena, &err) == HC_OK) {
            assert_int_equal(hc_xml_scan(&scan, bytes, HC_XML_BYTES, arena, &err), HC_OK);
            if (status != HC_OK)
                fail_msg("the library refuses %.*s", HC_STR_ARG(bytes));
            assert_same_tree(plain, full);
            n_plain++;
        }
        hc_buf_free(&text);
    }
    assert_true(n_plain > 5000 && n_refused > 5000);
    hc_xml_schema_free(schema);
}

static void comments_and_characters_by_name_are_plain(void **state)
{
    (void)state;
    const struct hc_xml_node *root = NULL;
    struct hc_err err = HC_ERR_NONE;
    struct hc_str text =
        HC_STR("<!-- of\n two lines -->\n<a k=\"&lt;&amp;&gt;\">[x]&quot;<!-- & --> <b/>&apos;</a>\n<!-- -->");
    assert_int_equal(hc_xml_plain(&root, text, HC_XML_BYTES, arena, &err), HC_OK);
    assert_true(hc_str_is(root->attributes[0].value, "<&>") && hc_str_is(root->text, "[x]\" '"));
    assert_int_equal(root->line, 3);
    assert_int_equal(hc_xml_plain(&root, HC_STR("<a>&#38;</a>"), HC_XML_BYTES, arena, &err), HC_SKIP);
    assert_int_equal(hc_xml_plain(&root, HC_STR("<a>]]></a>"), HC_XML_BYTES, arena, &err), HC_SKIP);
    assert_int_equal(hc_xml_plain(&root, HC_STR("<a><!-- -- --></a>"), HC_XML_BYTES, arena, &err), HC_SKIP);
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
        cmocka_unit_test(comments_and_characters_by_name_are_plain),
        cmocka_unit_test(what_is_read_without_the_library_it_reads_alike),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
