/* What is read of the tools' incident records, field by field; the samples are those of tests/bundles/tool-records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/xml.h"
#include "ingest/record/record.h"

#define MOST 8
#define TEXT 16384

static struct hc_mapping *mapping;
static struct hc_arena *arena;
static struct hc_record records[MOST];
static struct hc_err refused[MOST];
static size_t n_records, n_refused;

static int set_up(void **state)
{
    (void)state;
    hc_xml_setup();
    return hc_mapping_new(&mapping, HC_STR_NONE, NULL) == HC_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    hc_mapping_free(mapping);
    hc_xml_cleanup();
    return 0;
}

static int fresh(void **state)
{
    (void)state;
    arena = hc_arena_new(0);
    n_records = n_refused = 0;
    return arena ? 0 : -1;
}

static int spent(void **state)
{
    (void)state;
    hc_arena_free(arena);
    return 0;
}

static enum hc_status take(void *context, struct hc_record *record, struct hc_err *err)
{
    (void)context;
    (void)err;
    assert_true(n_records < MOST);
    records[n_records++] = *record;
    return HC_OK;
}

static enum hc_status count(void *context, struct hc_record *record, struct hc_err *err)
{
    (void)context;
    (void)err;
    assert_int_equal(record->line, ++n_records + 2);
    hc_arena_reset(arena);
    return HC_OK;
}

static enum hc_status refuse(void *context, struct hc_str member, const struct hc_err *why, struct hc_err *err)
{
    (void)context;
    (void)member;
    (void)err;
    assert_true(n_refused < MOST);
    refused[n_refused++] = *why;
    return HC_OK;
}

static enum hc_status read_sample(const char *name, struct hc_err *err)
{
    const struct hc_record_sink sink = {.take = take, .refuse = refuse};
    char path[512];
    (void)snprintf(path, sizeof path, HC_SOURCE_DIR "/tests/bundles/tool-records/%s", name);
    FILE *file = fopen(path, "rb");
    char *text = hc_arena_alloc(arena, TEXT);
    assert_true(file != NULL && text != NULL);
    struct hc_str bytes = {text, fread(text, 1, TEXT, file)};
    (void)fclose(file);
    const struct hc_record_context context = {
        .mapping = mapping, .member = hc_str_of(name), .arena = arena, .of_file = arena, .sink = &sink};
    assert_true(hc_record_recognises(bytes, mapping));
    return hc_record_read(bytes, &context, err);
}

static void read_text(const char *text)
{
    const struct hc_record_sink sink = {.take = take, .refuse = refuse};
    struct hc_err err = HC_ERR_NONE;
    const struct hc_record_context context = {
        .mapping = mapping, .member = HC_STR("a"), .arena = arena, .of_file = arena, .sink = &sink};
    assert_int_equal(hc_record_read(hc_str_of(text), &context, &err), HC_OK);
    assert_int_equal(n_refused, 0);
}

/* What a record is expected to be; NULL: absent. */
struct expected {
    const char *id, *origin, *title, *service, *severity, *start, *end, *updated, *text;
};

static void assert_is(struct hc_str found, const char *expected)
{
    if (!expected ? found.n > 0 : !hc_str_is(found, expected))
        fail_msg("\"%.*s\" is not \"%s\"", HC_STR_ARG(found), expected ? expected : "");
}

static void assert_at(struct hc_time found, const char *expected)
{
    struct hc_time time = HC_TIME_NONE;
    assert_true(!expected || hc_time_parse_rfc3339(hc_str_of(expected), &time));
    assert_int_equal(found.ns, time.ns);
}

static void assert_record(size_t i, const struct expected *e)
{
    assert_true(i < n_records);
    const struct hc_incident *incident = &records[i].manifest.incident;
    assert_is(incident->id, e->id);
    assert_is(incident->origin, e->origin);
    assert_is(incident->title, e->title);
    assert_is(incident->service, e->service);
    assert_is(incident->severity, e->severity);
    assert_at(incident->window_start, e->start);
    assert_at(incident->window_end, e->end);
    assert_at(incident->updated, e->updated);
    assert_is(records[i].reading.n_documents ? records[i].reading.documents[0].text : HC_STR_NONE, e->text);
}

static void read_whole(const char *name, size_t n, const struct expected *e)
{
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(read_sample(name, &err), HC_OK);
    assert_int_equal(n_records, n);
    assert_int_equal(n_refused, 0);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(records[i].manifest.warnings.n, 0);
        assert_record(i, &e[i]);
    }
}

struct refusal {
    const char *code;
    long line;
};

/* Two records come through, the second with a warning of a time; the others are refused each for itself. */
static void read_damaged(const char *name, size_t n, const struct refusal *r, const char *warned)
{
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(read_sample(name, &err), HC_OK);
    assert_int_equal(n_refused, n);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(refused[i].code, r[i].code);
        assert_int_equal(refused[i].line, r[i].line);
    }
    assert_int_equal(n_records, warned ? 2 : 1);
    assert_is(records[0].manifest.incident.title, "whole");
    assert_int_equal(records[0].manifest.warnings.n, 0);
    if (!warned)
        return;
    assert_int_equal(records[1].manifest.warnings.n, 1);
    assert_is(records[1].manifest.warnings.items[0].code, warned);
}

static bool has_tag(size_t i, const char *name, const char *text, const char *category)
{
    const struct hc_incident *incident = &records[i].manifest.incident;
    for (size_t k = 0; k < incident->n_tags; k++) {
        const struct hc_tag *tag = &incident->tags[k];
        if (hc_str_is(tag->name, name) && hc_str_is(tag->text, text) &&
            (category ? hc_str_is(tag->category, category) : tag->category.n == 0))
            return true;
    }
    return false;
}

static void assert_event(size_t i, const char *at, const char *kind, const char *where, const char *message)
{
    const struct hc_reading *reading = &records[0].reading;
    assert_true(i < reading->n_events);
    const struct hc_event *event = &reading->events[i];
    assert_at(event->at, at);
    assert_is(event->kind, kind);
    assert_is(event->component == HC_NO_COMPONENT ? HC_STR_NONE : reading->components.items[event->component], where);
    assert_is(event->message, message);
}

static void reads_pagerduty(void **state)
{
    (void)state;
    read_whole("pagerduty.json", 2,
               (const struct expected[]){{"pagerduty:PT4KHLK", "pagerduty:PT4KHLK", "The server is on fire.",
                                          "My Mail Service", "sev2", "2015-10-06T21:30:42Z", "2015-10-06T21:38:23Z",
                                          "2015-10-06T21:40:23Z", "A disk is getting full on this machine."},
                                         {"pagerduty:PRJ4208", "pagerduty:PRJ4208", "cart: 5xx", "cart", "sev4",
                                          "2015-10-07T06:00:00Z", NULL, "2015-10-07T06:00:00Z", NULL}});
    assert_int_equal(records[0].line, 3);
    assert_int_equal(records[0].manifest.incident.window_place.line, 11);
    assert_true(has_tag(0, "status", "resolved", NULL));
    assert_true(has_tag(0, "teams.summary", "Engineering", NULL));
    assert_int_equal(records[0].manifest.incident.n_outcomes, 0);
}

static void reads_pagerdutys_analytics(void **state)
{
    (void)state;
    read_whole("pagerduty-analytics.json", 1,
               (const struct expected[]){{"pagerduty:PHX9OKD", "pagerduty:PHX9OKD", "Checkout is slow", "checkout",
                                          "sev1", "2020-03-09T10:00:00Z", "2020-03-09T11:30:00Z", NULL, NULL}});
}

static void reads_pagerdutys_csv(void **state)
{
    (void)state;
    read_whole("pagerduty.csv", 2,
               (const struct expected[]){{"pagerduty:PQ0001", "pagerduty:PQ0001", "disk full, again", "storage", "sev2",
                                          "2019-05-01T00:10:00Z", "2019-05-01T01:10:00Z", NULL, NULL},
                                         {"pagerduty:PQ0002", "pagerduty:PQ0002", "latency", "checkout", "sev4",
                                          "2019-05-02T00:10:00Z", NULL, NULL, NULL}});
    assert_int_equal(records[1].line, 3);
}

static void a_damaged_record_of_pagerduty_costs_itself(void **state)
{
    (void)state;
    read_damaged("pagerduty-damaged.json", 2, (const struct refusal[]){{"record-shape", 4}, {"json-syntax", 6}},
                 "record-time");
}

static void a_damaged_row_of_pagerduty_costs_itself(void **state)
{
    (void)state;
    read_damaged("pagerduty-damaged.csv", 2, (const struct refusal[]){{"csv-ragged", 3}, {"csv-quotes", 4}},
                 "window-order");
}

static void reads_opsgenies_alerts(void **state)
{
    (void)state;
    read_whole("opsgenie-alerts.json", 1,
               (const struct expected[]){{"opsgenie:70413a06-38d6-4c85-92b8-5ebc900d42e2",
                                          "opsgenie:70413a06-38d6-4c85-92b8-5ebc900d42e2", "Our servers are in danger",
                                          "mail-gateway", "sev4", "2017-03-21T20:32:52.353Z", NULL,
                                          "2017-04-03T20:32:57.301Z", NULL}});
    assert_true(has_tag(0, "tags", "network", "network"));
}

static void reads_opsgenies_incidents(void **state)
{
    (void)state;
    read_whole("opsgenie-incidents.json", 1,
               (const struct expected[]){{"opsgenie:e5a6b4a3-0f42-41ff-8b32-2d2a4a4c6e3d",
                                          "opsgenie:e5a6b4a3-0f42-41ff-8b32-2d2a4a4c6e3d", "Checkout is down", NULL,
                                          "sev1", "2018-06-27T13:50:00Z", "2018-06-27T15:30:00Z",
                                          "2018-06-27T16:00:00Z", "Checkout answers 500"}});
    assert_true(has_tag(0, "impactedServices", "cart", NULL));
    assert_true(has_tag(0, "tags", "config-change", "configuration"));
    assert_int_equal(records[0].manifest.incident.n_outcomes, 1);
    assert_is(records[0].manifest.incident.outcomes[0].status, "probable");
    assert_is(records[0].manifest.incident.outcomes[0].category, "configuration");
}

static void reads_opsgenies_csv(void **state)
{
    (void)state;
    read_whole("opsgenie.csv", 2,
               (const struct expected[]){{"opsgenie:b3c1", "opsgenie:b3c1", "Disk of mail is full", "mail", "sev3",
                                          "2017-03-21T20:32:52.353Z", NULL, "2017-03-21T21:32:52.353Z", NULL},
                                         {"opsgenie:b3c2", "opsgenie:b3c2", "Latency of cart", "cart", "sev2",
                                          "2017-03-21T21:32:52Z", NULL, "2017-03-21T21:40:00Z", NULL}});
}

static void a_damaged_record_of_opsgenie_costs_itself(void **state)
{
    (void)state;
    read_damaged("opsgenie-damaged.json", 1, (const struct refusal[]){{"record-shape", 3}}, "record-time");
}

static void a_damaged_row_of_opsgenie_costs_itself(void **state)
{
    (void)state;
    read_damaged("opsgenie-damaged.csv", 1, (const struct refusal[]){{"csv-ragged", 3}}, NULL);
}

static void reads_statuspage(void **state)
{
    (void)state;
    read_whole("statuspage.json", 1,
               (const struct expected[]){
                   {"statuspage:cp306tmzcl0y", "statuspage:cp306tmzcl0y", "Unplanned Database Outage", "API", "sev1",
                    "2014-05-14T20:20:00Z", "2014-05-14T20:35:21.711Z", "2014-05-14T20:35:21.711Z",
                    "All is well again.\nOur master database has ham sandwiches flying out of the rack."}});
    assert_at(records[0].manifest.incident.mitigated, "2014-05-14T20:30:00Z");
    assert_int_equal(records[0].reading.n_events, 2);
    assert_event(0, "2014-05-14T20:35:21.711Z", "resolved", "API", "All is well again.");
    assert_event(1, "2014-05-14T20:22:40.301Z", "identified", NULL,
                 "Our master database has ham sandwiches flying out of the rack.");
}

static void reads_statuspages_feeds(void **state)
{
    (void)state;
    read_whole("statuspage.atom", 1,
               (const struct expected[]){{"statuspage:tag-status.example.com-2005-Incident-27401-ccfe1724ae62",
                                          "statuspage:tag-status.example.com-2005-Incident-27401-ccfe1724ae62",
                                          "Unplanned Database Outage", NULL, NULL, "2014-05-14T20:35:21Z", NULL,
                                          "2014-05-14T20:35:21Z", "May 14, 20:35 UTC\nResolved - All is well again."}});
    assert_int_equal(records[0].line, 9);
    n_records = 0;
    read_whole("statuspage.rss", 1,
               (const struct expected[]){{"statuspage:https-status.example.com-incidents-cp306tmzcl0y-59dfdd16b091",
                                          "statuspage:https-status.example.com-incidents-cp306tmzcl0y-59dfdd16b091",
                                          "Unplanned Database Outage", NULL, NULL, "2014-05-14T20:35:21Z", NULL,
                                          "2014-05-14T20:35:21Z", "Resolved - All is well again."}});
}

static void a_damaged_record_of_statuspage_costs_itself(void **state)
{
    (void)state;
    read_damaged("statuspage-damaged.json", 2, (const struct refusal[]){{"record-shape", 3}, {"json-syntax", 5}},
                 "record-time");
}

static void a_damaged_entry_of_statuspage_costs_itself(void **state)
{
    (void)state;
    read_damaged("statuspage-damaged.atom", 1, (const struct refusal[]){{"record-shape", 3}}, "record-time");
}

static const struct expected jira = {"ED-1",
                                     "jira:ED-1",
                                     "Login fails after the release",
                                     "auth",
                                     "sev1",
                                     "2021-01-18T12:34:00Z",
                                     "2021-01-18T15:00:00Z",
                                     "2021-01-19T09:00:00Z",
                                     "Users cannot log in since 12:30."};

static void reads_jira(void **state)
{
    (void)state;
    read_whole("jira.json", 1, &jira);
    assert_int_equal(records[0].reading.n_events, 1);
    assert_event(0, "2021-01-18T14:30:00Z", "jira", NULL, "Rolled back.");
    assert_true(has_tag(0, "fields.labels", "config", "configuration"));
    assert_true(has_tag(0, "fields.status.name", "Closed", NULL));
}

static void reads_jiras_xml(void **state)
{
    (void)state;
    read_whole("jira.xml", 1, &jira);
    assert_int_equal(records[0].reading.n_events, 1);
    assert_event(0, "2021-01-18T14:30:00Z", "jira", NULL, "Rolled back.");
    assert_true(has_tag(0, "labels.label", "config", "configuration"));
    assert_true(has_tag(0, "resolution", "Fixed", NULL));
}

static void a_damaged_issue_of_jira_costs_itself(void **state)
{
    (void)state;
    read_damaged("jira-damaged.json", 1, (const struct refusal[]){{"record-shape", 3}}, "record-time");
}

static void a_damaged_item_of_jira_costs_itself(void **state)
{
    (void)state;
    read_damaged("jira-damaged.xml", 3,
                 (const struct refusal[]){{"record-shape", 3}, {"xml-syntax", 4}, {"xml-syntax", 5}}, "record-time");
}

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

static const struct expected servicenow = {"INC0010001",
                                           "servicenow:INC0010001",
                                           "Unable to access the shared folder",
                                           "Storage Area Network 001",
                                           "sev2",
                                           "2016-12-12T15:19:57Z",
                                           "2016-12-12T17:00:00Z",
                                           "2016-12-19T17:00:01Z",
                                           "The shared folder answers slowly, then not at all."};

static void assert_servicenows_outcome(void)
{
    const struct hc_incident *incident = &records[0].manifest.incident;
    assert_true(has_tag(0, "category", "hardware", "infrastructure"));
    assert_true(has_tag(0, "close_code", "Solved (Permanently)", NULL));
    assert_int_equal(incident->n_outcomes, 1);
    assert_is(incident->outcomes[0].status, "probable");
    assert_is(incident->outcomes[0].category, "infrastructure");
    assert_is(incident->outcomes[0].text, "A disk of the array was replaced.");
}

static void reads_servicenow(void **state)
{
    (void)state;
    read_whole("servicenow.json", 1, &servicenow);
    assert_servicenows_outcome();
}

static void reads_servicenows_xml(void **state)
{
    (void)state;
    read_whole("servicenow.xml", 1, &servicenow);
    assert_servicenows_outcome();
}

static void a_damaged_record_of_servicenow_costs_itself(void **state)
{
    (void)state;
    read_damaged("servicenow-damaged.json", 2, (const struct refusal[]){{"record-shape", 3}, {"json-syntax", 5}},
                 "record-time");
}

static void a_damaged_element_of_servicenow_costs_itself(void **state)
{
    (void)state;
    read_damaged("servicenow-damaged.xml", 1, (const struct refusal[]){{"record-shape", 3}}, "record-time");
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

/* So no run has to ask the schema about it, which is asked about a team's. */
static void holds_the_shipped_mapping_to_the_schema(void **state)
{
    (void)state;
    struct hc_mapping *as_of_a_team;
    assert_int_equal(hc_mapping_new(&as_of_a_team, hc_mapping_shipped(), NULL), HC_OK);
    hc_mapping_free(as_of_a_team);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_the_shipped_mapping_to_the_schema),
        cmocka_unit_test_setup_teardown(reads_pagerduty, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_pagerdutys_analytics, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_pagerdutys_csv, fresh, spent),
        cmocka_unit_test_setup_teardown(a_damaged_record_of_pagerduty_costs_itself, fresh, spent),
        cmocka_unit_test_setup_teardown(a_damaged_row_of_pagerduty_costs_itself, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_opsgenies_alerts, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_opsgenies_incidents, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_opsgenies_csv, fresh, spent),
        cmocka_unit_test_setup_teardown(a_damaged_record_of_opsgenie_costs_itself, fresh, spent),
        cmocka_unit_test_setup_teardown(a_damaged_row_of_opsgenie_costs_itself, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_statuspage, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_statuspages_feeds, fresh, spent),
        cmocka_unit_test_setup_teardown(a_damaged_record_of_statuspage_costs_itself, fresh, spent),
        cmocka_unit_test_setup_teardown(a_damaged_entry_of_statuspage_costs_itself, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_jira, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_jiras_xml, fresh, spent),
        cmocka_unit_test_setup_teardown(a_damaged_issue_of_jira_costs_itself, fresh, spent),
        cmocka_unit_test_setup_teardown(a_damaged_item_of_jira_costs_itself, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_an_export_of_many_years, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_all_words_of_a_document_of_jira_cloud, fresh, spent),
        cmocka_unit_test_setup_teardown(what_was_planned_is_no_incident, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_an_incident_of_pagerduty_with_what_lies_in_it, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_servicenow, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_servicenows_xml, fresh, spent),
        cmocka_unit_test_setup_teardown(a_damaged_record_of_servicenow_costs_itself, fresh, spent),
        cmocka_unit_test_setup_teardown(a_damaged_element_of_servicenow_costs_itself, fresh, spent),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
