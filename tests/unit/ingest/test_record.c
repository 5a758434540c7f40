/* Records of other tools: the mapping, what is built of statements, and post-mortems. */
#include "tests/unit/ingest/record_fixture.h"

/* ---- post-mortems ---- */

static void takes_what_front_matter_states_and_nothing_else(void **state)
{
    (void)state;
    struct fixture f;
    begin_with(&f, HC_STR_NONE);
    assert_int_equal(read(&f,
                          "---\r\nuuid: 0-1\r\ntitle: 'It broke: twice'\r\nstart_time: 2009-01-01T01:00:00+01:00\r\n"
                          "product: \"\"\r\nend_time: null\r\ncategories:\r\n- cloud\r\n- config-change\r\n"
                          "keywords: [a b, c]\r\ncompany: Linux\r\n---\r\n\r\nWords.\r\n"),
                     HC_OK);
    const struct hc_incident *incident = only(&f);
    ASSERT_TEXT(incident->id, "0-1");
    ASSERT_TEXT(incident->origin, "postmortem:0-1");
    ASSERT_TEXT(incident->title, "It broke: twice");
    assert_time(incident->window_start, "2009-01-01T00:00:00Z");
    assert_int_equal(incident->window_place.line, 4);
    assert_false(hc_time_known(incident->window_end));
    assert_null(incident->service.p);
    assert_null(incident->severity.p);
    assert_int_equal(incident->n_tags, 5);
    ASSERT_TEXT(incident->tags[0].text, "cloud");
    assert_null(incident->tags[0].category.p);
    ASSERT_TEXT(incident->tags[1].text, "config-change");
    ASSERT_TEXT(incident->tags[1].category, "configuration");
    assert_int_equal(incident->tags[1].place.line, 9);
    ASSERT_TEXT(incident->tags[3].name, "keywords");
    ASSERT_TEXT(incident->tags[3].text, "c");
    assert_int_equal(f.records[0].reading.n_documents, 1);
    ASSERT_TEXT(f.records[0].reading.documents[0].kind, "postmortem");
    assert_non_null(strstr(f.records[0].reading.documents[0].text.p, "Words."));
    end(&f);
}

static void a_category_by_tags_is_probable_and_known_at_no_time(void **state)
{
    (void)state;
    struct fixture f;
    begin_with(&f, HC_STR_NONE);
    read(&f, "---\nuuid: a\ntags: [Hardware, cloud]\nend_time: 2015-03-16\nsummary: a disk\n---\n");
    assert_int_equal(only(&f)->n_outcomes, 1);
    ASSERT_TEXT(only(&f)->outcomes[0].status, "probable");
    ASSERT_TEXT(only(&f)->outcomes[0].category, "infrastructure");
    ASSERT_TEXT(only(&f)->outcomes[0].text, "a disk");
    assert_false(hc_time_known(only(&f)->outcomes[0].known_at));
    end(&f);
}

static void tags_that_disagree_speak_for_nothing(void **state)
{
    (void)state;
    struct fixture f;
    begin_with(&f, HC_STR_NONE);
    read(&f, "---\nuuid: a\ntags: [hardware, config-change]\n---\n");
    assert_int_equal(only(&f)->n_outcomes, 0);
    end(&f);
}

static void a_root_cause_that_was_found_confirms_the_category_that_is_stated_with_it(void **state)
{
    (void)state;
    struct fixture f;
    begin_with(&f, HC_STR_NONE);
    read(
        &f,
        "---\nincident: INC-1\nroot_cause_category: capacity\nend_time: 2015-03-17T00:00:00Z\n---\n# Outage of storage\n\n"
        "## Root Cause\n\nThe disk *was* full.\n\n## Lessons\n\nNone.\n");
    const struct hc_outcome *outcome = only(&f)->outcomes;
    ASSERT_TEXT(only(&f)->id, "INC-1");
    ASSERT_TEXT(only(&f)->origin, "postmortem:a.md");
    ASSERT_TEXT(only(&f)->title, "Outage of storage");
    ASSERT_TEXT(outcome->status, "confirmed");
    ASSERT_TEXT(outcome->category, "capacity");
    ASSERT_TEXT(outcome->text, "The disk was full.");
    ASSERT_TEXT(outcome->given_by, "postmortem:a.md");
    assert_time(outcome->known_at, "2015-03-17T00:00:00Z");
    end(&f);
}

static void a_root_cause_without_its_kind_is_only_probable(void **state)
{
    (void)state;
    struct fixture f;
    begin_with(&f, HC_STR_NONE);
    read(&f, "---\nupdated: 2015-03-17\n---\n# Outage\n\n## Root cause\n\nThe disk was full.\n");
    ASSERT_TEXT(only(&f)->outcomes[0].status, "probable");
    assert_false(hc_time_known(only(&f)->outcomes[0].known_at)); /* an edit is no find */
    end(&f);
}

static void a_key_that_is_too_long_hides_none_below_it(void **state)
{
    (void)state;
    struct fixture f;
    struct hc_buf text = {.n = 0};
    begin_with(&f, HC_STR_NONE);
    hc_buf_text(&text, "---\ntitle: t\n");
    for (int i = 0; i < 600; i++)
        hc_buf_char(&text, 'x');
    hc_buf_text(&text, ": 1\nincident: R-9\nstart_time: 2024-05-05T10:00:00Z\n---\nWords.\n");
    hc_buf_char(&text, '\0');
    assert_int_equal(read(&f, text.p), HC_OK);
    hc_buf_free(&text);
    end(&f);
}

static void a_document_without_front_matter_is_one_by_its_first_heading(void **state)
{
    (void)state;
    struct fixture f;
    begin_with(&f, HC_STR_NONE);
    assert_int_equal(read(&f, "# How to build it\n\nAn incident is not what this is about.\n"), HC_SKIP);
    assert_int_equal(read(&f, "An outage\n\nwithout a heading.\n"), HC_SKIP);
    assert_int_equal(read(&f, "---\nlayout: page\n---\nNothing.\n"), HC_SKIP);
    assert_int_equal(read(&f, "---\ntitle: x\ntags: [dns]\ndate: 2024-01-01\n---\n# How to\n"), HC_SKIP);
    assert_int_equal(read(&f, "# HELP incident\nincident 1\n"), HC_OK); /* not evidence: no bundle holds it */
    assert_int_equal(read(&f, "# How we handle incidents\n\nA guide.\n"), HC_SKIP);
    assert_int_equal(read(&f, "Post-Mortem: disk\n=====\n\nWords.\n"), HC_OK);
    ASSERT_TEXT(f.records[1].manifest.incident.title, "Post-Mortem: disk");
    assert_int_equal(f.records[1].manifest.incident.id.n, strlen("postmortem:") + 12);
    assert_int_equal(read(&f, "# Incident Report\n\n## Root cause(s)\n\nThe disk.\n"), HC_OK);
    assert_null(f.records[2].manifest.incident.title.p);
    ASSERT_TEXT(f.records[2].manifest.incident.outcomes[0].text, "The disk.");
    end(&f);
}

static void a_documents_text_comes_before_what_it_states(void **state)
{
    (void)state;
    struct fixture f;
    begin_with(&f, HC_STR_NONE);
    read(&f, "---\nuuid: a\ntags: dns, third party\ntimeline:\n- time: 2024-03-04T10:00Z\n  event: a deploy\n"
             "categories:\n- one, two\n---\n\nWords.\n");
    const struct hc_reading *reading = &f.records[0].reading;
    ASSERT_TEXT(
        reading->documents[0].text,
        "Words.\n\n\n---\nuuid: a\ntags: dns, third party\ntimeline:\n- time: 2024-03-04T10:00Z\n  event: a deploy\n"
        "categories:\n- one, two\n---");
    assert_int_equal(only(&f)->n_tags, 3);
    ASSERT_TEXT(only(&f)->tags[0].text, "dns");
    ASSERT_TEXT(only(&f)->tags[1].text, "third party");
    ASSERT_TEXT(only(&f)->tags[2].text, "one, two");
    assert_int_equal(reading->n_events, 1);
    assert_time(reading->events[0].at, "2024-03-04T10:00:00Z");
    ASSERT_TEXT(reading->events[0].message, "a deploy");
    end(&f);
}

static void an_id_that_is_made_holds_no_words_and_stays_while_title_and_start_do(void **state)
{
    (void)state;
    struct fixture f;
    begin_with(&f, HC_STR_NONE);
    read(&f, "---\ntitle: key hunter2 leaked\nstart_time: 2024-03-04T10:00:00Z\n---\nOne.\n");
    read(&f, "---\ntitle: key hunter2 leaked\nstart_time: 2024-03-04T10:00:00Z\n---\nTwo.\n");
    read(&f, "---\ntitle: key hunter2 leaked\nstart_time: 2024-03-05T10:00:00Z\n---\nTwo.\n");
    const struct hc_str id = f.records[0].manifest.incident.id;
    assert_null(memmem(id.p, id.n, "hunter2", 7));
    assert_int_equal(id.n, strlen("postmortem:") + 12);
    assert_true(hc_str_equal(id, f.records[1].manifest.incident.id));
    assert_false(hc_str_equal(id, f.records[2].manifest.incident.id));
    end(&f);
}

static void numbers_that_differ_are_different_records(void **state)
{
    (void)state;
    static const char *const numbers[] = {"\u4e8b\u6545\u4e00", "\u4e8b\u6545\u4e8c", "A 1", "A/1", "A--1", "A-1"};
    struct fixture f;
    char text[64];
    begin_with(&f, HC_STR_NONE);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        (void)snprintf(text, sizeof text, "---\nid: %s\n---\n", numbers[i]);
        read(&f, text);
        assert_true(hc_manifest_is_id(f.records[i].manifest.incident.origin));
        for (size_t k = 0; k < i; k++)
            assert_false(hc_str_equal(f.records[i].manifest.incident.origin, f.records[k].manifest.incident.origin));
    }
    ASSERT_TEXT(f.records[5].manifest.incident.origin, "postmortem:A-1");
    end(&f);
}

static void reads_a_page_as_a_reader_sees_it(void **state)
{
    (void)state;
    struct fixture f;
    begin_with(&f, HC_STR_NONE);
    assert_int_equal(read(&f, "<!doctype html><title>A page</title><p>Nothing"), HC_SKIP);
    assert_int_equal(
        read(
            &f,
            "<!DOCTYPE html><title>Incident review</title>\n<meta name=incident_id content=P-1>\n"
            "<meta name=start_time content='Mon, 16 Mar 2015 23:15:00 +0000'><script>secret</script>"
            "<nav><ul><li>Home</ul></nav><h1>Herons</h1><p>All &amp; <b>left</b>.<h2>Root cause</h2><p>A door.<footer>All rights</footer>"),
        HC_OK);
    ASSERT_TEXT(only(&f)->id, "P-1");
    ASSERT_TEXT(only(&f)->title, "Herons");
    assert_time(only(&f)->window_start, "2015-03-16T23:15:00Z");
    ASSERT_TEXT(f.records[0].reading.documents[0].text, "Herons\nAll & left.\nRoot cause\nA door.");
    ASSERT_TEXT(only(&f)->outcomes[0].text, "A door.");
    end(&f);
}

/* ---- statements ---- */

static const char *const tool_xml =
    "<mapping xmlns='urn:hindcast:mapping:1'><tool name='pager' format='json'>"
    "<field from='number' to='number'/><field from='title' to='title'/><field from='service.name' to='service'/>"
    "<field from='urgency' to='severity'/><field from='opened' to='start'/><field from='closed' to='end'/>"
    "<field from='labels' to='tag'/><field from='code' to='category' confirms='yes'/>"
    "<word of='severity' from='High' to='sev2'/><word of='category' from='DB' to='data'/>"
    "<events in='log'><field from='when' to='at'/><field from='what' to='message'/><field from='who' to='where'/></events>"
    "<changes in='deploys'><field from='when' to='at'/><field from='kind' to='kind'/></changes>"
    "</tool><tag name='bees' category='network'/></mapping>";

static void say(struct hc_record_builder *b, const char *path, const char *value, uint32_t line)
{
    hc_record_state(b, hc_str_of(path), hc_str_of(value), line);
}

static void builds_a_record_with_its_timeline_as_the_mapping_says(void **state)
{
    (void)state;
    struct fixture f;
    struct hc_record_builder b;
    struct hc_err err = HC_ERR_NONE;
    begin_with(&f, hc_str_of(tool_xml));
    hc_record_begin(&b, &f.context, &f.mapping->tools[0], 1);
    say(&b, "number", "Q 7/x", 2);
    say(&b, "service.name", "api", 3);
    say(&b, "urgency", "high", 4);
    say(&b, "code", "db", 5);
    say(&b, "labels", "bees", 6);
    say(&b, "labels", " ", 6);
    say(&b, "nothing.of.ours", "x", 7);
    hc_record_item(&b, HC_STR("log"));
    say(&b, "log.when", "1426547700", 8);
    say(&b, "log.what", "rang", 8);
    say(&b, "log.who", "api", 8);
    hc_record_item(&b, HC_STR("log"));
    say(&b, "log.what", "stopped", 9);
    hc_record_item(&b, HC_STR("deploys"));
    say(&b, "deploys.when", "2015-03-16 23:00", 10);
    say(&b, "deploys.when", "2015-03-16 23:00:00", 10);
    assert_int_equal(hc_record_end(&b, &err), HC_OK);
    const struct hc_incident *incident = only(&f);
    assert_true(hc_str_starts(incident->id, HC_STR("pager:Q-7-x-")));
    ASSERT_TEXT(incident->severity, "sev2");
    ASSERT_TEXT(incident->service, "api");
    ASSERT_TEXT(incident->outcomes[0].category, "data");
    ASSERT_TEXT(incident->outcomes[0].status, "confirmed");
    assert_int_equal(incident->n_tags, 2);
    ASSERT_TEXT(incident->tags[0].category, "network");
    ASSERT_TEXT(incident->tags[1].name, "urgency"); /* as it was written */
    ASSERT_TEXT(incident->tags[1].text, "high");
    assert_int_equal(f.records[0].reading.n_events, 2);
    assert_time(f.records[0].reading.events[0].at, "2015-03-16T23:15:00Z");
    ASSERT_TEXT(f.records[0].reading.events[0].message, "rang");
    assert_int_equal(f.records[0].reading.events[0].component, 0);
    assert_int_equal(f.records[0].reading.events[1].place.line, 9);
    assert_false(hc_time_known(f.records[0].reading.events[1].at));
    assert_int_equal(f.records[0].reading.n_changes, 1);
    ASSERT_TEXT(f.records[0].reading.changes[0].kind, "other");
    end(&f);
}

static void refuses_a_record_that_states_nothing_it_is_known_by(void **state)
{
    (void)state;
    struct fixture f;
    struct hc_record_builder b;
    struct hc_err err = HC_ERR_NONE;
    begin_with(&f, hc_str_of(tool_xml));
    hc_record_begin(&b, &f.context, &f.mapping->tools[0], 41);
    say(&b, "urgency", "high", 42);
    assert_int_equal(hc_record_end(&b, &err), HC_OK);
    assert_int_equal(f.n_records, 0);
    assert_string_equal(f.refused_code, "record-empty");
    assert_int_equal(f.refused_line, 41);
    end(&f);
}

static void a_time_before_the_start_is_left_out(void **state)
{
    (void)state;
    struct fixture f;
    struct hc_record_builder b;
    struct hc_err err = HC_ERR_NONE;
    begin_with(&f, hc_str_of(tool_xml));
    hc_record_begin(&b, &f.context, &f.mapping->tools[0], 1);
    say(&b, "number", "1", 1);
    say(&b, "closed", "2015-03-15", 3);
    say(&b, "opened", "2015-03-16", 2);
    hc_record_end(&b, &err);
    assert_time(only(&f)->window_start, "2015-03-16T00:00:00Z");
    assert_false(hc_time_known(only(&f)->window_end));
    assert_true(warned(&f, "window-order", 3));
    end(&f);
}

static void reads_times_as_tools_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text, *time;
    } times[] = {
        {"2015-03-16T23:15:00.250Z", "2015-03-16T23:15:00.250Z"},
        {"2015-03-16T23:15:00.000+0100", "2015-03-16T22:15:00.000Z"},
        {"2015-03-16 23:15:00", "2015-03-16T23:15:00Z"},
        {"2015-03-16", "2015-03-16T00:00:00Z"},
        {"Mon, 16 Mar 2015 23:15:00 +0000", "2015-03-16T23:15:00Z"},
        {"1426547700", "2015-03-16T23:15:00Z"},
        {"20150316", "2015-03-16T00:00:00Z"},
        {"2015-03-16T23:15", "2015-03-16T23:15:00Z"},
        {"2015-03-16 23:15", "2015-03-16T23:15:00Z"},
        {"2015-03-16T23:15+01:00", "2015-03-16T22:15:00Z"},
        {"2015-03-16 23:15 UTC", "2015-03-16T23:15:00Z"},
        {"2015-03-16 23:15:00 UTC", "2015-03-16T23:15:00Z"},
        {"23:15 UTC", NULL},
        {"2015-03-16 UTC", NULL},
        {"2015", NULL},
        {"0000002015.5", NULL},
        {"20151316", NULL},
        {"99999999", NULL},
        {"2015-02-30", NULL},
        {"soon", NULL},
        {"2015-03-16 and later", NULL},
        {"23:15:00", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct hc_time time;
        bool read = hc_record_time(hc_str_of(times[i].text), &time);
        assert_int_equal(read, times[i].time != NULL);
        if (read)
            assert_time(time, times[i].time);
    }
}

static void paths_that_are_too_long_state_nothing_and_come_back(void **state)
{
    (void)state;
    struct hc_record_path path = {.n = 0};
    char name[200] = {0};
    memset(name, 'x', sizeof name - 1);
    size_t first = hc_record_path_down(&path, HC_STR("a"));
    size_t second = hc_record_path_down(&path, hc_str_of(name));
    size_t third = hc_record_path_down(&path, hc_str_of(name));
    size_t fourth = hc_record_path_down(&path, hc_str_of(name));
    assert_null(hc_record_path_view(&path).p);
    hc_record_path_up(&path, fourth);
    hc_record_path_up(&path, third);
    assert_int_equal(hc_record_path_view(&path).n, 201);
    hc_record_path_up(&path, second);
    ASSERT_TEXT(hc_record_path_view(&path), "a");
    hc_record_path_up(&path, first);
    assert_int_equal(path.n, 0);
}

/* ---- the mapping ---- */

int main(void)
{
    hc_xml_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_front_matter_states_and_nothing_else),
        cmocka_unit_test(a_category_by_tags_is_probable_and_known_at_no_time),
        cmocka_unit_test(tags_that_disagree_speak_for_nothing),
        cmocka_unit_test(a_root_cause_that_was_found_confirms_the_category_that_is_stated_with_it),
        cmocka_unit_test(a_root_cause_without_its_kind_is_only_probable),
        cmocka_unit_test(a_key_that_is_too_long_hides_none_below_it),
        cmocka_unit_test(a_document_without_front_matter_is_one_by_its_first_heading),
        cmocka_unit_test(a_documents_text_comes_before_what_it_states),
        cmocka_unit_test(an_id_that_is_made_holds_no_words_and_stays_while_title_and_start_do),
        cmocka_unit_test(numbers_that_differ_are_different_records),
        cmocka_unit_test(reads_a_page_as_a_reader_sees_it),
        cmocka_unit_test(builds_a_record_with_its_timeline_as_the_mapping_says),
        cmocka_unit_test(refuses_a_record_that_states_nothing_it_is_known_by),
        cmocka_unit_test(a_time_before_the_start_is_left_out),
        cmocka_unit_test(reads_times_as_tools_write_them),
        cmocka_unit_test(paths_that_are_too_long_state_nothing_and_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
