#include "tests/unit/ingest/reading.h"

static struct test_reading t;

static int fresh(void **state)
{
    (void)state;
    test_reading_open(&t);
    return 0;
}

static int spent(void **state)
{
    (void)state;
    test_reading_close(&t);
    return 0;
}

static const struct hc_document *read_document(const char *text)
{
    t.entry = (struct hc_entry){.kind = HC_STR("document"), .document_kind = HC_STR("postmortem")};
    assert_int_equal(test_read(&t, text), HC_OK);
    assert_text(t.file.kind, "document");
    assert_int_equal(t.reading.n_documents, 1);
    return t.reading.documents;
}

static void keeps_markdown_with_its_front_matter(void **state)
{
    (void)state;
    const char *text = "---\ntitle: \"From above\"\n# not a heading\n---\n\nIntro\n\n## What happened ##\ntext\n";
    const struct hc_document *d = read_document(text);
    assert_text(d->text, text);
    assert_text(d->title, "What happened");
    assert_text(d->kind, "postmortem");
}

static void takes_the_front_matter_s_title_where_no_heading_is(void **state)
{
    (void)state;
    assert_text(read_document("---\ntitle: 'The outage'\n---\njust text\n")->title, "The outage");
}

static void knows_underlined_headings_and_skips_code(void **state)
{
    (void)state;
    assert_text(read_document("```\n# a comment\n```\nThe title\n=========\n")->title, "The title");
}

static void has_no_title_where_there_is_none(void **state)
{
    (void)state;
    assert_null(read_document("#hashtag and text\nmore\n")->title.p);
}

static void is_told_by_content_where_no_entry_names_it(void **state)
{
    (void)state;
    assert_int_equal(test_read(&t, "# Post-mortem of 7 May\n\nWe were down.\n"), HC_OK);
    assert_text(t.file.format, "document-markdown");
    assert_null(t.reading.documents[0].kind.p);
}

static void makes_bad_bytes_visible(void **state)
{
    (void)state;
    const struct hc_document *d = read_document("# A\xC0\xAF\n\ntext\n");
    assert_int_equal(hc_utf8_valid_prefix(d->text), d->text.n);
    assert_int_equal(test_warnings(&t.reading, "text-encoding"), 1);
}

static void reads_the_words_of_html(void **state)
{
    (void)state;
    const struct hc_document *d =
        read_document("<!DOCTYPE html><html><head><title>Outage &amp; after</title>"
                      "<script>alert('<p>no</p>')</script><style>p{}</style></head>"
                      "<body><!-- <p>hidden</p> --><h1>Other</h1><p>It   was\n 5 &lt; 6 &#8211; &#x41;&bogus; &.</p>"
                      "<ul><li>one<li>two</ul></body></html>");
    assert_text(t.file.format, "document-html");
    assert_text(d->title, "Outage & after");
    assert_text(d->text, "Outage & after\n\nOther\n\nIt was\n5 < 6 – A&bogus; &.\n\none\ntwo\n");
}

static void leaves_out_what_stands_beside_the_text(void **state)
{
    (void)state;
    const struct hc_document *d =
        read_document("<!DOCTYPE html><body><header><img><p>ACME &amp; co</p><h1>Outage</h1></header>"
                      "<NAV><ul><li>Home<nav>x</nav></ul>&lt;</NAV><main><article><header><p>By the team</p></header>"
                      "<p>It broke.</p><aside><p>Read <b>on</b></p></aside><p>We fixed it.</p></article></main>"
                      "<footer><p>All rights</p></footer></body>");
    assert_text(d->title, "Outage");
    assert_text(d->text, "Outage\n\nBy the team\n\nIt broke.\n\nWe fixed it.\n");
    test_reading_close(&t);
    test_reading_open(&t);
    assert_text(read_document("<html><nav>never closed<main><p>All there is.</p>")->text, "All there is.\n");
}

static void survives_html_that_breaks_off(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "<html",   "<html><!-- ", "<html><script>x",       "<html>&#x",        "<html>&",
        "<html><", "<html></",    "<html><script></scrip", "<html>&#99999999;"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        test_reading_close(&t);
        test_reading_open(&t);
        assert_non_null(read_document(broken[i])->text.p);
    }
}

static void reads_html_of_a_million_tags_in_linear_time(void **state)
{
    (void)state;
    struct hc_buf text = {0};
    hc_buf_text(&text, "<html>");
    for (int i = 0; i < 200000; i++)
        hc_buf_text(&text, "<a &<!-<script");
    hc_buf_char(&text, '\0');
    clock_t start = clock();
    (void)read_document(text.p);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 5);
    hc_buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keeps_markdown_with_its_front_matter, fresh, spent),
        cmocka_unit_test_setup_teardown(takes_the_front_matter_s_title_where_no_heading_is, fresh, spent),
        cmocka_unit_test_setup_teardown(knows_underlined_headings_and_skips_code, fresh, spent),
        cmocka_unit_test_setup_teardown(has_no_title_where_there_is_none, fresh, spent),
        cmocka_unit_test_setup_teardown(is_told_by_content_where_no_entry_names_it, fresh, spent),
        cmocka_unit_test_setup_teardown(makes_bad_bytes_visible, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_the_words_of_html, fresh, spent),
        cmocka_unit_test_setup_teardown(leaves_out_what_stands_beside_the_text, fresh, spent),
        cmocka_unit_test_setup_teardown(survives_html_that_breaks_off, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_html_of_a_million_tags_in_linear_time, fresh, spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
