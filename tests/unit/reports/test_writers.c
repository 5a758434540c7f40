#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reports/html.h"
#include "reports/markdown.h"

static void check(struct hc_buf *out, const char *expected)
{
    hc_buf_char(out, '\0');
    assert_false(out->failed);
    assert_string_equal(out->p, expected);
    hc_buf_clear(out);
}

/* ---- HTML ---------------------------------------------------------------------------------------------- */

static void escapes_text_and_attributes(void **state)
{
    (void)state;
    struct hc_buf out = {0};
    struct hc_html w = {.out = &out};
    hc_html_open(&w, "em");
    hc_html_attribute(&w, "title", HC_STR("\"><script>"));
    hc_html_text(&w, HC_STR("a < b && c > 'd'"));
    hc_html_close(&w);
    check(&out, "<em title=\"&quot;&gt;&lt;script&gt;\">a &lt; b &amp;&amp; c &gt; &#39;d&#39;</em>");
    hc_buf_free(&out);
}

static void closes_void_elements_the_way_xml_wants(void **state)
{
    (void)state;
    struct hc_buf out = {0};
    struct hc_html w = {.out = &out};
    hc_html_open(&w, "meta");
    hc_html_attribute_text(&w, "charset", "utf-8");
    hc_html_close(&w);
    hc_html_open(&w, "td");
    hc_html_close(&w);
    check(&out, "<meta charset=\"utf-8\"/>\n<td></td>\n");
    assert_int_equal(w.depth, 0);
    hc_buf_free(&out);
}

static void shows_what_hides_and_replaces_what_breaks(void **state)
{
    (void)state;
    struct hc_buf out = {0};
    struct hc_html w = {.out = &out};
    hc_html_text(&w, HC_STR("a\r\n\tb\x1b[0m\x7f"));
    check(&out, "a b\xE2\x90\x9B[0m\xE2\x90\xA1");
    hc_html_text(&w, HC_STR("x\xE2\x80\xAEy\xEF\xBB\xBF"));
    check(&out, "x\xE2\x80\xB9U+202E\xE2\x80\xBAy\xE2\x80\xB9U+FEFF\xE2\x80\xBA");
    hc_html_text(&w, HC_STR("\xff\xc0\x80\xed\xa0\x80\xEF\xBF\xBE"));
    check(&out, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    hc_html_text(&w, HC_STR("caf\xC3\xA9 \xF0\x9F\x94\xA5 \xE6\x97\xA5"));
    check(&out, "caf\xC3\xA9 \xF0\x9F\x94\xA5 \xE6\x97\xA5");
    hc_buf_free(&out);
}

static void links_only_beside_or_within(void **state)
{
    (void)state;
    struct hc_buf out = {0};
    struct hc_html w = {.out = &out};
    hc_html_open(&w, "a");
    hc_html_href_file(&w, HC_STR("javascript:alert(1)//../x"), ".html");
    hc_html_close(&w);
    check(&out, "<a href=\"javascript%3Aalert%281%29%2F%2F..%2Fx.html\"></a>");
    hc_html_open(&w, "a");
    hc_html_href_anchor(&w, HC_STR("a\" onclick=\"b"));
    hc_html_close(&w);
    check(&out, "<a href=\"#a%22%20onclick%3D%22b\"></a>");
    hc_buf_free(&out);
}

static void refuses_an_attribute_after_the_text(void **state)
{
    (void)state;
    struct hc_buf out = {0};
    struct hc_html w = {.out = &out};
    hc_html_open(&w, "p");
    hc_html_literal(&w, "text");
    hc_html_attribute_text(&w, "id", "late");
    assert_true(out.failed);
    hc_buf_free(&out);
}

static void refuses_a_style_that_could_end_itself(void **state)
{
    (void)state;
    struct hc_buf out = {0};
    struct hc_html w = {.out = &out};
    hc_html_style(&w, HC_STR("p { } </style>"));
    assert_true(out.failed);
    hc_buf_free(&out);
}

/* ---- Markdown ------------------------------------------------------------------------------------------ */

static void check_text(const char *text, const char *expected)
{
    struct hc_buf out = {0};
    struct hc_markdown w = {.out = &out, .at_start = true};
    hc_markdown_text(&w, hc_str_of(text));
    check(&out, expected);
    hc_buf_free(&out);
}

static void keeps_text_from_becoming_markup(void **state)
{
    (void)state;
    check_text("a | b * c ` d", "a \\| b \\* c \\` d");
    check_text("storage_service _x_", "storage_service \\_x\\_");
    check_text("[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))");
    check_text("<b>", "\\<b\\>");
    check_text("# no heading", "\\# no heading");
    check_text("- no item", "\\- no item");
    check_text("1. no item", "1\\. no item");
    check_text("2) no item", "2\\) no item");
    check_text("version 2.8.1, 88 s.", "version 2.8.1, 88 s.");
    check_text("&amp; & &#65;", "&amp;amp; & &amp;\\#65;");
    check_text("http://x www.x a@b", "http:\\//x www\\.x a@<!-- -->b");
    check_text("two\n\n# lines", "two \\# lines");
}

static void does_not_escape_a_sign_within_a_line(void **state)
{
    (void)state;
    struct hc_buf out = {0};
    struct hc_markdown w = {.out = &out};
    hc_markdown_block(&w, "- ");
    hc_markdown_text(&w, HC_STR("x "));
    hc_markdown_text(&w, HC_STR("+188 %"));
    check(&out, "- x +188 %");
    hc_buf_free(&out);
}

static void fences_code_that_holds_backticks(void **state)
{
    (void)state;
    struct hc_buf out = {0};
    struct hc_markdown w = {.out = &out};
    hc_markdown_code(&w, HC_STR("a`b"));
    check(&out, "``a`b``");
    hc_markdown_code(&w, HC_STR("`a``"));
    check(&out, "``` `a`` ```");
    hc_markdown_code(&w, HC_STR("a|b"));
    check(&out, "`a|b`");
    w.in_table = true;
    hc_markdown_code(&w, HC_STR("a|b\nc"));
    check(&out, "`a\\|b c`");
    hc_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_text_and_attributes),
        cmocka_unit_test(closes_void_elements_the_way_xml_wants),
        cmocka_unit_test(shows_what_hides_and_replaces_what_breaks),
        cmocka_unit_test(links_only_beside_or_within),
        cmocka_unit_test(refuses_an_attribute_after_the_text),
        cmocka_unit_test(refuses_a_style_that_could_end_itself),
        cmocka_unit_test(keeps_text_from_becoming_markup),
        cmocka_unit_test(does_not_escape_a_sign_within_a_line),
        cmocka_unit_test(fences_code_that_holds_backticks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
