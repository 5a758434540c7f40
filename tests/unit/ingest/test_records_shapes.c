/* Shapes of tools' records that the samples do not have. */
#include "tests/unit/ingest/tools_fixture.h"

/* A whole document may have no more elements than HC_XML_ELEMENTS: an export is read record by record. */
static void reads_an_export_of_many_years(void **state)
{
    (void)state;
    const struct hc_record_sink sink = {.take = count, .refuse = refuse};
    struct hc_buf text = {.n = 0};
    struct hc_err err = HC_ERR_NONE;
    hc_buf_text(&text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"0.92\"><channel>\n");
    for (int i = 0; i < 20000; i++)
        hc_buf_format(&text,
                      "<item><key>ED-%d</key><summary>a &amp; b</summary><project key=\"ED\">E</project></item>\n", i);
    hc_buf_text(&text, "</channel></rss>\n");
    const struct hc_record_context context = {
        .mapping = mapping, .member = HC_STR("a.xml"), .arena = arena, .of_file = arena, .sink = &sink};
    assert_int_equal(hc_record_read(hc_buf_view(&text), &context, &err), HC_OK);
    assert_int_equal(n_records, 20000);
    assert_int_equal(n_refused, 0);
    hc_buf_free(&text);
}

#define PARAGRAPH(text) "{\"type\":\"paragraph\",\"content\":[{\"type\":\"text\",\"text\":\"" text "\"}]}"

/* Its texts are trees of any depth. */
static void reads_all_words_of_a_document_of_jira_cloud(void **state)
{
    (void)state;
    read_text(
        "{\"issue\":{\"id\":\"7\",\"key\":\"ED-7\",\"fields\":{\"summary\":\"s\",\"project\":{\"key\":\"ED\"},"
        "\"description\":{\"type\":\"doc\",\"version\":1,\"content\":[" PARAGRAPH("one") ",{\"type\":\"bulletList\",\"content\":[{\"type\":\"listItem\",\"content\":[" PARAGRAPH(
            "two") "]}]},"
                   "{\"type\":\"codeBlock\",\"content\":[{\"type\":\"text\",\"text\":\"three\"}]}]},"
                   "\"comment\":{\"comments\":[{\"created\":\"2021-01-18T12:34:00.000+0000\",\"body\":{\"type\":\"doc\",\"content\":[" PARAGRAPH(
                       "a") "," PARAGRAPH("b") "]}}]}}}}");
    assert_int_equal(n_records, 1);
    assert_is(records[0].manifest.incident.id, "ED-7");
    assert_is(records[0].reading.documents[0].text, "one\ntwo\nthree");
    assert_event(0, "2021-01-18T12:34:00Z", "jira", NULL, "a\nb");
}

static void what_was_planned_is_no_incident(void **state)
{
    (void)state;
    read_text("{\"page\":{},\"incidents\":["
              "{\"id\":\"a\",\"name\":\"Upgrade\",\"impact\":\"maintenance\",\"incident_updates\":[]},"
              "{\"id\":\"b\",\"name\":\"Move\",\"impact\":\"none\",\"scheduled_for\":\"2014-05-17T22:00:00Z\","
              "\"incident_updates\":[]},{\"id\":\"c\",\"name\":\"Outage\",\"impact\":\"minor\",\"scheduled_for\":null,"
              "\"incident_updates\":[{\"body\":\"Fixed.\"},{\"body\":\"We look.\"}]}]}");
    assert_int_equal(n_records, 1);
    assert_is(records[0].manifest.incident.title, "Outage");
    assert_is(records[0].reading.documents[0].text, "Fixed.\nWe look.");
    read_text("<feed xmlns=\"http://www.w3.org/2005/Atom\">"
              "<entry><id>tag:x,2005:Incident/1</id><published>2014-05-14T20:00:00Z</published><title>Upgrade</title>"
              "<content type=\"html\">&lt;strong&gt;THIS IS A SCHEDULED EVENT&lt;/strong&gt;</content></entry>"
              "<entry><id>tag:x,2005:Incident/2</id><published>2014-05-14T20:00:00Z</published><title>Down &amp;amp; up"
              "</title></entry></feed>");
    assert_int_equal(n_records, 2);
    assert_is(records[1].manifest.incident.title, "Down & up");
}

static void reads_an_incident_of_pagerduty_with_what_lies_in_it(void **state)
{
    (void)state;
    read_text("{\"incident\":{\"id\":\"P1\",\"incident_number\":1,\"created_at\":\"2015-10-06T21:30:42Z\","
              "\"title\":\"Fire\",\"service\":{\"summary\":\"mail\"},"
              "\"notes\":[{\"created_at\":\"2015-10-06T21:35:00Z\",\"content\":\"Help is here.\"}],"
              "\"log_entries\":[{\"type\":\"trigger_log_entry\",\"created_at\":\"2015-10-06T21:30:43Z\","
              "\"summary\":\"Triggered through the API\"}]}}");
    assert_int_equal(n_records, 1);
    assert_event(0, "2015-10-06T21:35:00Z", "pagerduty", NULL, "Help is here.");
    assert_event(1, "2015-10-06T21:30:43Z", "trigger_log_entry", NULL, "Triggered through the API");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_an_export_of_many_years, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_all_words_of_a_document_of_jira_cloud, fresh, spent),
        cmocka_unit_test_setup_teardown(what_was_planned_is_no_incident, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_an_incident_of_pagerduty_with_what_lies_in_it, fresh, spent),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
