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

static void reads_json_lines(void **state)
{
    (void)state;
    assert_int_equal(test_read(&t, "{\"time\":\"1970-01-01T00:01:00Z\",\"kind\":\"restart\",\"component\":\"db\","
                                   "\"message\":\"container \\\"db\\\" restarted\"}\r\n"
                                   "\n"
                                   "{\"time\":120,\"kind\":\"alert\",\"message\":\"m\",\"severity\":\"error\"}\n"),
                     HC_OK);
    assert_text(t.file.format, "events-jsonl");
    assert_int_equal(t.reading.n_events, 2);
    const struct hc_event *e = t.reading.events;
    assert_int_equal(e[0].at.ns, 60 * HC_NS_PER_SECOND);
    assert_text(e[0].kind, "restart");
    assert_text(t.reading.components.items[e[0].component], "db");
    assert_text(e[0].message, "container \"db\" restarted");
    assert_int_equal(e[0].place.line, 1);
    assert_int_equal(e[1].at.ns, 120 * HC_NS_PER_SECOND);
    assert_int_equal(e[1].component, HC_NO_COMPONENT);
    assert_int_equal(e[1].level, HC_LOG_ERROR);
    assert_int_equal(e[1].place.line, 3);
}

static void reads_csv(void **state)
{
    (void)state;
    assert_int_equal(test_read(&t, "Kind,time,message,component\nkill,1970-01-01T00:01:00Z,\"a, b\",api\n"), HC_OK);
    assert_text(t.file.format, "events-csv");
    assert_int_equal(t.reading.n_events, 1);
    assert_text(t.reading.events[0].kind, "kill");
    assert_text(t.reading.events[0].message, "a, b");
}

static void counts_bad_lines_and_keeps_the_others(void **state)
{
    (void)state;
    assert_int_equal(test_read(&t, "{\"time\":1,\"kind\":\"a\",\"message\":\"m\"}\n"
                                   "{\"time\":1,\n"
                                   "[1]\n"
                                   "{\"kind\":\"a\",\"message\":\"no time\"}\n"
                                   "{\"time\":\"soon\",\"kind\":\"a\"}\n"
                                   "{\"time\":1}\n"),
                     HC_OK);
    assert_int_equal(t.reading.n_events, 1);
    assert_int_equal(t.file.n_rows, 6);
    assert_int_equal(t.file.n_bad_rows, 5);
    assert_int_equal(test_warnings(&t.reading, "json-syntax"), 2);
    assert_int_equal(test_warnings(&t.reading, "bad-time"), 2);
    assert_int_equal(test_warnings(&t.reading, "event-empty"), 1);
}

static void a_line_of_too_many_values_costs_itself(void **state)
{
    struct hc_buf text = {.n = 0};
    (void)state;
    hc_buf_text(&text, "{\"time\":1,\"kind\":\"a\",\"message\":\"m\"}\n{\"time\":1,\"kind\":\"b\",\"v\":[0");
    for (int i = 0; i < 500000; i++)
        hc_buf_text(&text, ",0");
    hc_buf_text(&text, "]}\n{\"time\":2,\"kind\":\"a\",\"message\":\"m\"}\n");
    hc_buf_char(&text, '\0');
    assert_int_equal(test_read(&t, text.p), HC_OK);
    assert_int_equal(t.reading.n_events, 2);
    assert_int_equal(test_warnings(&t.reading, "line-too-long"), 1);
    hc_buf_free(&text);
}

static void takes_the_entry_s_component_and_offset(void **state)
{
    (void)state;
    t.entry = (struct hc_entry){.kind = HC_STR("events"), .component = HC_STR("db"), .utc_offset_s = 60};
    assert_int_equal(test_read(&t, "time,kind,component,message\n1970-01-01 00:02:00,a,,m\n"), HC_OK);
    assert_int_equal(t.reading.events[0].at.ns, 60 * HC_NS_PER_SECOND);
    assert_text(t.reading.components.items[t.reading.events[0].component], "db");
}

static void takes_fewer_columns_where_the_manifest_says_events(void **state)
{
    (void)state;
    t.entry = (struct hc_entry){.kind = HC_STR("events")};
    assert_int_equal(test_read(&t, "time,message\n1,m\n"), HC_OK);
    assert_text(t.file.format, "events-csv");
    assert_text(t.reading.events[0].kind, "event");
}

static void cuts_long_messages_between_characters(void **state)
{
    (void)state;
    struct hc_buf text = {0};
    hc_buf_text(&text, "time,kind,component,message\n1,k,c,x");
    for (int i = 0; i < 1000; i++)
        hc_buf_text(&text, "ä");
    hc_buf_char(&text, '\n');
    hc_buf_char(&text, '\0');
    assert_int_equal(test_read(&t, text.p), HC_OK);
    assert_int_equal(t.reading.events[0].message.n, 1023);
    assert_int_equal(hc_utf8_valid_prefix(t.reading.events[0].message), 1023);
    hc_buf_free(&text);
}

static void survives_json_nested_without_end(void **state)
{
    (void)state;
    struct hc_buf text = {0};
    hc_buf_text(&text, "{\"time\":1,\"kind\":\"a\",\"message\":\"m\"}\n{\"time\":");
    for (int i = 0; i < 100000; i++)
        hc_buf_char(&text, '[');
    hc_buf_char(&text, '\0');
    assert_int_equal(test_read(&t, text.p), HC_OK);
    assert_int_equal(t.file.n_bad_rows, 1);
    hc_buf_free(&text);
}

/* As Flux sends them to any webhook. */
static void reads_an_event_that_a_controller_sends_on(void **state)
{
    (void)state;
    assert_int_equal(
        test_read(
            &t,
            "{\"involvedObject\":{\"kind\":\"HelmRelease\",\"namespace\":\"shop\",\"name\":\"checkout\"},\"severity\":"
            "\"error\",\"timestamp\":\"1970-01-01T00:16:40Z\",\"message\":\"upgrade failed\",\"reason\":"
            "\"UpgradeFailed\",\"metadata\":{\"revision\":\"1.2\"},\"reportingController\":\"helm-controller\"}"),
        HC_OK);
    assert_text(t.file.format, "events-json");
    assert_int_equal(t.reading.n_events, 1);
    const struct hc_event *event = &t.reading.events[0];
    assert_text(event->kind, "UpgradeFailed");
    assert_text(t.reading.components.items[event->component], "checkout");
    assert_int_equal(event->level, HC_LOG_ERROR);
    assert_int_equal(event->at.ns, 1000 * HC_NS_PER_SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_an_event_that_a_controller_sends_on, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_json_lines, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_csv, fresh, spent),
        cmocka_unit_test_setup_teardown(a_line_of_too_many_values_costs_itself, fresh, spent),
        cmocka_unit_test_setup_teardown(counts_bad_lines_and_keeps_the_others, fresh, spent),
        cmocka_unit_test_setup_teardown(takes_the_entry_s_component_and_offset, fresh, spent),
        cmocka_unit_test_setup_teardown(takes_fewer_columns_where_the_manifest_says_events, fresh, spent),
        cmocka_unit_test_setup_teardown(cuts_long_messages_between_characters, fresh, spent),
        cmocka_unit_test_setup_teardown(survives_json_nested_without_end, fresh, spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
