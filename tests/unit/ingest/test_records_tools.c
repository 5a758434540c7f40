/* What is read of the tools' incident records, field by field; the samples are those of tests/bundles/tool-records. */
#include "tests/unit/ingest/tools_fixture.h"

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
        cmocka_unit_test_setup_teardown(reads_servicenow, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_servicenows_xml, fresh, spent),
        cmocka_unit_test_setup_teardown(a_damaged_record_of_servicenow_costs_itself, fresh, spent),
        cmocka_unit_test_setup_teardown(a_damaged_element_of_servicenow_costs_itself, fresh, spent),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
