/* Records: the mapping, and front matter. */
#include "tests/unit/ingest/record_fixture.h"

static void a_teams_mapping_comes_before_the_shipped_one(void **state)
{
    (void)state;
    struct fixture f;
    begin_with(&f, HC_STR("<mapping xmlns='urn:hindcast:mapping:1'><tool name='postmortem' format='document'>"
                          "<field from='headline' to='title'/><word of='severity' from='critical' to='sev3'/></tool>"
                          "<tag name='cloud' category='capacity'/><opening>kaput</opening></mapping>"));
    read(&f, "---\nuuid: a\ntitle: second\nheadline: first\nseverity: Critical\ntags: [cloud]\n---\n");
    ASSERT_TEXT(only(&f)->title, "first");
    ASSERT_TEXT(only(&f)->severity, "sev3");
    ASSERT_TEXT(only(&f)->outcomes[0].category, "capacity");
    assert_int_equal(read(&f, "# All kaput\n\nWords.\n"), HC_OK);
    end(&f);
}

/* A tool may be shipped in several forms. */
static void a_teams_field_joins_the_form_whose_records_stand_at_its_path(void **state)
{
    (void)state;
    struct fixture f;
    begin_with(&f,
               HC_STR("<mapping xmlns='urn:hindcast:mapping:1'><tool name='pagerduty' format='json' records='data'>"
                      "<field from='escalation_policy_name' to='tag'/><other path='urgency=low'/></tool></mapping>"));
    read(
        &f,
        "{\"data\":[{\"id\":\"P0\",\"incident_number\":1,\"service_name\":\"s\",\"created_at\":\"2024-03-04T00:00:00Z\","
        "\"urgency\":\"low\"},{\"id\":\"P1\",\"incident_number\":1,\"service_name\":\"s\","
        "\"created_at\":\"2024-03-04T00:00:00Z\",\"urgency\":\"high\",\"escalation_policy_name\":\"dns\"}]}");
    ASSERT_TEXT(only(&f)->origin, "pagerduty:P1");
    ASSERT_TEXT(only(&f)->tags[1].text, "dns");
    end(&f);
}

static void refuses_a_mapping_that_is_none_with_the_line(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "<mapping>", "<mapping xmlns='urn:hindcast:mapping:1'>\n<tool name='x'/></mapping>",
        "<mapping xmlns='urn:hindcast:mapping:1'>\n<tool name='x' format='csv'><field from='a' to='nowhere'/></tool></mapping>"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct hc_mapping *mapping;
        struct hc_err err = HC_ERR_NONE;
        assert_int_equal(hc_mapping_new(&mapping, hc_str_of(bad[i]), &err), HC_FAIL);
        assert_null(mapping);
        assert_true(err.line > 0);
    }
}

static void damaged_yaml_costs_the_key_that_it_stands_at(void **state)
{
    (void)state;
    struct fixture f;
    begin_with(&f, HC_STR_NONE);
    read(&f, "---\nuuid: a\ntitle: kept\nstart_time: yesterday\ntags: [dns, \"x\n---\nAll these words stay.\n");
    ASSERT_TEXT(only(&f)->title, "kept");
    assert_true(warned(&f, "record-time", 4));
    assert_true(warned(&f, "record-yaml", 6));
    assert_false(hc_time_known(only(&f)->window_start));
    assert_non_null(strstr(f.records[0].reading.documents[0].text.p, "All these words stay."));
    read(&f,
         "---\ntitle: Broken: twice\nuuid: b\nsummary: \"not closed\nstart_time: 2024-03-04T10:00:00Z\ntags: [a, b\n"
         "severity: sev1\n---\n");
    const struct hc_incident *second = &f.records[1].manifest.incident;
    ASSERT_TEXT(second->id, "b");
    assert_null(second->title.p);
    assert_time(second->window_start, "2024-03-04T10:00:00Z");
    ASSERT_TEXT(second->severity, "sev1");
    assert_int_equal(second->window_place.line, 5);
    end(&f);
}

static void yaml_may_refer_to_a_text_before_it(void **state)
{
    (void)state;
    struct fixture f;
    begin_with(&f, HC_STR_NONE);
    read(&f, "---\nuuid: a\nstart_time: &s 2024-03-04T10:00:00Z\ndetected_at: *s\nlabels: &l [dns]\ntags: *l\n"
             "severity: *none\ntitle: last\n---\n");
    assert_time(only(&f)->detected, "2024-03-04T10:00:00Z");
    assert_int_equal(only(&f)->n_tags, 1);
    assert_true(warned(&f, "record-yaml", 6));
    assert_true(warned(&f, "record-yaml", 7));
    ASSERT_TEXT(only(&f)->title, "last");
    end(&f);
}

static void yaml_that_refers_to_itself_or_goes_deep_states_nothing(void **state)
{
    (void)state;
    struct fixture f;
    struct hc_buf text = {.n = 0};
    begin_with(&f, HC_STR_NONE);
    read(&f, "---\nuuid: a\na: &a [x, x]\nb: &b [*a, *a]\ntitle: *b\n? [q]\n: r\n---\n");
    assert_null(only(&f)->title.p);
    read(&f, "---\nuuid: c\nk: &k [q]\n? [title]\n: [severity, s]\n*k : y\ntitle: mine\n? {title: z}\n: {title: z}\n"
             "severity: sev1\n---\n");
    ASSERT_TEXT(f.records[1].manifest.incident.title, "mine");
    ASSERT_TEXT(f.records[1].manifest.incident.severity, "sev1");
    hc_buf_text(&text, "---\nuuid: b\nx: ");
    for (int i = 0; i < 2000; i++)
        hc_buf_char(&text, '[');
    hc_buf_text(&text, "\n---\n");
    hc_buf_char(&text, '\0');
    read(&f, text.p);
    assert_int_equal(f.n_records, 3);
    hc_buf_free(&text);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_teams_mapping_comes_before_the_shipped_one),
        cmocka_unit_test(a_teams_field_joins_the_form_whose_records_stand_at_its_path),
        cmocka_unit_test(refuses_a_mapping_that_is_none_with_the_line),
        cmocka_unit_test(damaged_yaml_costs_the_key_that_it_stands_at),
        cmocka_unit_test(yaml_may_refer_to_a_text_before_it),
        cmocka_unit_test(yaml_that_refers_to_itself_or_goes_deep_states_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
