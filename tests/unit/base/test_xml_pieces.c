/* A long document, element by element. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/xml_pieces.h"

static struct hc_arena *arena;

static bool wants_item(void *context, struct hc_str path)
{
    return hc_str_is(path, context);
}

struct walk {
    struct hc_xml_pieces pieces;
    struct hc_xml_piece piece;
    struct hc_err err;
};

static enum hc_status open_at(struct walk *w, const char *text, char *path)
{
    *w = (struct walk){.pieces = {.context = path, .wants = wants_item}, .err = HC_ERR_NONE};
    return hc_xml_pieces_open(&w->pieces, hc_str_of(text), arena, &w->err);
}

static void begin(struct walk *w, const char *text)
{
    static char path[] = "c.i";
    assert_int_equal(open_at(w, text, path), HC_OK);
}

static const struct hc_xml_node *next(struct walk *w)
{
    const struct hc_xml_node *node = NULL;
    assert_int_equal(hc_xml_pieces_next(&w->pieces, &w->piece, &w->err), HC_OK);
    w->err = HC_ERR_NONE;
    if (hc_xml_piece_parse(&node, &w->piece, 0, arena, &w->err) != HC_OK)
        return NULL;
    return node;
}

static void assert_next(struct walk *w, const char *text, long line)
{
    const struct hc_xml_node *node = next(w);
    assert_non_null(node);
    assert_true(hc_str_is(node->name, "i"));
    assert_true(hc_str_is(node->text, text));
    assert_int_equal(node->line, line);
}

static void assert_damaged(struct walk *w, const char *code, long line)
{
    assert_null(next(w));
    assert_string_equal(w->err.code, code);
    assert_int_equal(w->err.line, line);
}

static void assert_end(struct walk *w)
{
    assert_int_equal(hc_xml_pieces_next(&w->pieces, &w->piece, &w->err), HC_END);
}

static void gives_what_is_wanted_with_the_lines_of_the_document(void **state)
{
    (void)state;
    struct walk w;
    begin(
        &w,
        "\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?>\n<!-- <i>no</i> -->\n<a\n k='>'><i>no</i>\n<c><i>1</i>\n"
        "<!-- <i>no</i> --><j><i>no</i></j>\n<i k='1'\n/><i>a<i>in</i>b\n</i></c><c>\n<i><![CDATA[</i>]]></i></c></a>\n");
    assert_next(&w, "1", 5);
    assert_next(&w, "", 7);
    const struct hc_xml_node *outer = next(&w);
    assert_true(hc_str_is(outer->text, "ab\n"));
    assert_int_equal(outer->line, 8);
    assert_int_equal(outer->first_child->line, 8);
    assert_next(&w, "</i>", 10);
    assert_end(&w);
}

static void a_piece_has_the_prefixes_of_what_it_stands_in(void **state)
{
    (void)state;
    struct walk w;
    begin(&w, "<p:a xmlns:p='u'\nxmlns='v'>\n<c xmlns:q='w'><p:i><q:b/></p:i></c></p:a>");
    const struct hc_xml_node *node = next(&w);
    assert_true(hc_str_is(node->ns, "u"));
    assert_true(hc_str_is(node->first_child->ns, "w"));
    assert_int_equal(node->line, 3);
    assert_end(&w);
}

static void the_root_may_be_wanted(void **state)
{
    (void)state;
    struct walk w;
    static char path[] = "";
    assert_int_equal(open_at(&w, "<i>\n<b/>t</i>", path), HC_OK);
    assert_next(&w, "\nt", 1);
    assert_end(&w);
}

static void a_damaged_element_costs_itself(void **state)
{
    (void)state;
    struct walk w;
    begin(&w, "<a><c><i>1</i>\n<i>a</b></i>\n<i>&no;</i>\n<i>\x01</i>\n<i>\xff</i>\n<i>\n<b></i>\n<i>2</i></c></a>");
    assert_next(&w, "1", 1);
    assert_damaged(&w, "xml-syntax", 2);
    assert_damaged(&w, "xml-syntax", 3);
    assert_damaged(&w, "xml-syntax", 4);
    assert_damaged(&w, "xml-encoding", 5);
    assert_damaged(&w, "xml-syntax", 7);
    assert_next(&w, "2", 8);
    assert_end(&w);
}

static void an_element_that_nothing_closes_ends_at_the_next(void **state)
{
    (void)state;
    struct walk w;
    begin(&w, "<a><c>\n<i>1</i><i>cut\n<i>2</i>\n<i><![CDATA[cut</i>\n<i>3</i></c></a>");
    assert_next(&w, "1", 2);
    assert_damaged(&w, "xml-syntax", 3);
    assert_next(&w, "2", 3);
    assert_damaged(&w, "xml-syntax", 5);
    assert_next(&w, "3", 5);
    assert_end(&w);
}

static void says_that_the_document_is_cut_short(void **state)
{
    (void)state;
    struct walk w;
    begin(&w, "<a><c>\n<i>1</i>\n");
    assert_next(&w, "1", 2);
    assert_int_equal(hc_xml_pieces_next(&w.pieces, &w.piece, &w.err), HC_FAIL);
    assert_string_equal(w.err.code, "xml-syntax");
    assert_int_equal(w.err.line, 3);
}

static void refuses_what_the_reader_of_whole_documents_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text, *code;
    } cases[] = {{"", "xml-syntax"},
                 {"words", "xml-syntax"},
                 {"<", "xml-syntax"},
                 {"<a k='1", "xml-syntax"},
                 {"<?xml version='1.0'", "xml-syntax"},
                 {"<?xml version='1.0' encoding='latin1'?><a/>", "xml-encoding"},
                 {"<!DOCTYPE a><a/>", "xml-doctype"},
                 {"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "xml-doctype"}};
    static char path[] = "c.i";
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct walk w;
        assert_int_equal(open_at(&w, cases[i].text, path), HC_FAIL);
        assert_string_equal(w.err.code, cases[i].code);
    }
}

/* Each would else be looked for up to the end. */
static void many_that_nothing_closes_cost_no_more_than_their_bytes(void **state)
{
    (void)state;
    struct hc_buf text = {.n = 0};
    struct walk w;
    size_t n = 0;
    hc_buf_text(&text, "<a><c>");
    for (size_t i = 0; i < 200000; i++)
        hc_buf_text(&text, "<i><![CDATA[");
    hc_buf_char(&text, '\0');
    begin(&w, text.p);
    while (hc_xml_pieces_next(&w.pieces, &w.piece, &w.err) == HC_OK)
        n++;
    assert_int_equal(n, 200000);
    hc_buf_free(&text);
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
        cmocka_unit_test(gives_what_is_wanted_with_the_lines_of_the_document),
        cmocka_unit_test(a_piece_has_the_prefixes_of_what_it_stands_in),
        cmocka_unit_test(the_root_may_be_wanted),
        cmocka_unit_test(a_damaged_element_costs_itself),
        cmocka_unit_test(an_element_that_nothing_closes_ends_at_the_next),
        cmocka_unit_test(says_that_the_document_is_cut_short),
        cmocka_unit_test(refuses_what_the_reader_of_whole_documents_refuses),
        cmocka_unit_test(many_that_nothing_closes_cost_no_more_than_their_bytes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
