#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/format/format.h"
#include "ingest/format/logs_causes.h"

#define START_S INT64_C(1426547700) /* 2015-03-16T23:15:00Z */

struct fixture {
    struct hc_arena *arena;
    struct hc_entry entry;
    struct hc_read_context context;
    struct hc_reading reading;
    struct hc_err err;
};

static void read(struct fixture *f, const struct hc_reader *reader, const char *text)
{
    *f = (struct fixture){.arena = hc_arena_new(0)};
    f->entry = (struct hc_entry){.kind = HC_STR("logs"), .component = HC_STR("storage")};
    f->context = (struct hc_read_context){.member = HC_STR("logs/a.log"),
                                          .entry = &f->entry,
                                          .window_start = {START_S * HC_NS_PER_SECOND, 0},
                                          .window_end = {(START_S + 300) * HC_NS_PER_SECOND, 0}};
    hc_reading_init(&f->reading, f->arena);
    assert_int_equal(hc_reader_read(reader, hc_str_of(text), &f->context, &f->reading, &f->err), HC_OK);
}

static const struct hc_read_log *cause_of(const struct fixture *f)
{
    const struct hc_read_log *found = NULL;
    for (size_t i = 0; i < f->reading.n_logs; i++) {
        if (f->reading.logs[i].level != HC_LOG_CAUSE)
            continue;
        assert_null(found);
        found = &f->reading.logs[i];
    }
    return found;
}

static const struct hc_event *event_of(const struct fixture *f, const struct hc_read_log *log)
{
    for (size_t i = 0; i < f->reading.n_events; i++)
        if (&f->reading.logs[f->reading.event_logs[i].log] == log)
            return &f->reading.events[i];
    return NULL;
}

/* Takes the text in parts of which the first has n bytes; none of them stays. */
static void read_parts(struct fixture *f, const char *text, size_t n)
{
    const struct hc_reader *reader = &hc_reader_logs_text;
    size_t all = strlen(text), begin = 0;
    void *state = NULL;
    struct hc_str head = {text, n};
    *f = (struct fixture){.arena = hc_arena_new(0)};
    f->entry = (struct hc_entry){.kind = HC_STR("logs"), .component = HC_STR("storage")};
    f->context = (struct hc_read_context){.member = HC_STR("logs/a.log"), .entry = &f->entry, .in_parts = true};
    hc_reading_init(&f->reading, f->arena);
    assert_int_equal(reader->open(&state, &head, &f->context, &f->reading, &f->err), HC_OK);
    for (size_t end = n; begin < all; begin = end, end = all) {
        char *part = test_malloc(end - begin);
        memcpy(part, text + begin, end - begin);
        assert_int_equal(reader->take(state, (struct hc_str){part, end - begin}, &f->err), HC_OK);
        memset(part, '#', end - begin);
        test_free(part);
    }
    assert_int_equal(reader->close(state, &f->err), HC_OK);
}

static void assert_same_logs(const struct hc_reading *a, const struct hc_reading *b)
{
    assert_int_equal(a->n_rows, b->n_rows);
    assert_int_equal(a->n_logs, b->n_logs);
    for (size_t i = 0; i < a->n_logs; i++) {
        const struct hc_read_log *x = &a->logs[i], *y = &b->logs[i];
        assert_true(hc_str_equal(x->shape, y->shape) && hc_str_equal(x->exemplar, y->exemplar));
        assert_true(x->level == y->level && x->first_line == y->first_line && x->n_minutes == y->n_minutes);
        for (size_t m = 0; m < x->n_minutes; m++)
            assert_true(x->minute[m] == y->minute[m] && x->lines[m] == y->lines[m]);
    }
    assert_int_equal(a->n_events, b->n_events);
    for (size_t i = 0; i < a->n_events; i++)
        assert_true(hc_str_equal(a->events[i].message, b->events[i].message) &&
                    a->events[i].level == b->events[i].level && a->events[i].place.line == b->events[i].place.line);
}

static void a_record_that_a_part_cuts_names_the_same_cause(void **state)
{
    static const char text[] = "2015-03-16T23:16:43Z ERROR request failed\n"
                               "java.lang.IllegalStateException: bad\n\tat a.b.C.d(C.java:1)\n"
                               "Caused by: com.x.DeepException: deep\n\tat a.b.C.e(C.java:2)\n"
                               "2015-03-16T23:16:44Z ERROR no order: a.b.GoneError\n"
                               "a.b.GoneError\n\tat a.b.C.d(C.java:1)\n"
                               "2015-03-16T23:16:45Z ERROR Traceback (most recent call last):\n"
                               "  File \"a.py\", line 1, in f\n    g()\nit has failed\n"
                               "2015-03-16T23:16:46Z ERROR panicked\nno more room\n\tat a.b.C.d(C.java:1)\n"
                               "2015-03-16T23:16:47Z ERROR last\na.b.LastError: x\n\tat a.b.C.d(C.java:1)\n";
    struct fixture whole;
    (void)state;
    read_parts(&whole, text, sizeof text - 1);
    for (size_t n = 1; n < sizeof text - 1; n++) {
        if (text[n - 1] != '\n')
            continue;
        struct fixture parts;
        read_parts(&parts, text, n);
        assert_same_logs(&whole.reading, &parts.reading);
        hc_arena_free(parts.arena);
    }
    hc_arena_free(whole.arena);
}

static void a_cause_is_counted_and_kept_with_the_number_of_its_own_line(void **state)
{
    struct fixture f;
    (void)state;
    read(&f, &hc_reader_logs_text,
         "2015-03-16T23:16:43Z ERROR order 1 failed\n"
         "java.lang.IllegalStateException: no order\n\tat a.b.C.d(C.java:1)\n"
         "Caused by: java.net.ConnectException: Connection to 10.0.0.1:5432 refused\n\t... 3 more\n"
         "2015-03-16T23:16:49Z ERROR order 2 failed\n"
         "java.lang.IllegalStateException: no order\n\tat a.b.C.d(C.java:1)\n"
         "Caused by: java.net.ConnectException: Connection to 10.0.0.2:5432 refused\n\t... 3 more\n"
         "2015-03-16T23:17:01Z INFO order 3 placed\n");
    assert_int_equal(f.reading.n_rows, 3);
    const struct hc_read_log *log = cause_of(&f);
    assert_non_null(log);
    assert_true(hc_str_is(log->shape, "Caused by: java.net.ConnectException: Connection to <*> refused"));
    assert_true(hc_str_is(f.reading.components.items[log->component], "storage"));
    assert_int_equal(log->n_minutes, 1);
    assert_int_equal(log->lines[0], 2);
    assert_int_equal(log->first_line, 4);
    const struct hc_event *event = event_of(&f, log);
    assert_non_null(event);
    assert_int_equal(event->place.line, 4);
    assert_int_equal(event->level, HC_LOG_ERROR);
    assert_int_equal(event->at.ns, (START_S + 103) * HC_NS_PER_SECOND);
    assert_true(hc_str_is(event->message, "Caused by: java.net.ConnectException: Connection to 10.0.0.1:5432 refused"));
    hc_arena_free(f.arena);
}

static void the_last_record_of_a_file_has_one_too(void **state)
{
    struct fixture f;
    (void)state;
    read(&f, &hc_reader_logs_text,
         "2015-03-16T23:16:43Z INFO order 1 placed\n"
         "2015-03-16T23:16:44Z ERROR order 2 failed\n"
         "Traceback (most recent call last):\n"
         "  File \"/app/w.py\", line 10, in run\n"
         "redis.exceptions.ConnectionError: Error 111 connecting to cache. Connection refused.");
    const struct hc_read_log *log = cause_of(&f);
    assert_non_null(log);
    assert_int_equal(log->first_line, 5);
    assert_true(hc_str_is(log->exemplar,
                          "redis.exceptions.ConnectionError: Error 111 connecting to cache. Connection refused."));
    hc_arena_free(f.arena);
}

static void a_traceback_may_open_in_the_records_own_line(void **state)
{
    struct fixture f;
    (void)state;
    read(&f, &hc_reader_logs_text,
         "2015-03-16T23:16:43Z INFO order 1 placed\n"
         "2015-03-16T23:16:44Z ERROR Traceback (most recent call last):\n"
         "  File \"/app/w.py\", line 10, in run\n"
         "app.Unreachable: no host\n"
         "2015-03-16T23:16:45Z INFO order 2 placed\n");
    assert_true(hc_str_is(cause_of(&f)->exemplar, "app.Unreachable: no host"));
    hc_arena_free(f.arena);
}

static void what_the_record_says_itself_is_not_counted_again(void **state)
{
    struct fixture f;
    (void)state;
    read(&f, &hc_reader_logs_text,
         "2015-03-16T23:16:43Z INFO order 1 placed\n"
         "2015-03-16T23:16:44Z ERROR order 2 failed: java.net.ConnectException: refused\n"
         "java.net.ConnectException: refused\n\tat a.b.C.d(C.java:1)\n");
    assert_null(cause_of(&f));
    hc_arena_free(f.arena);
}

static void records_keep_their_shape_whatever_their_lines_name(void **state)
{
    struct fixture f;
    (void)state;
    read(&f, &hc_reader_logs_text,
         "2015-03-16T23:16:43Z ERROR order 1 failed\njava.io.IOException: a\n\tat a.b.C.d(C.java:1)\n"
         "2015-03-16T23:16:44Z ERROR order 2 failed\njava.lang.Error: b\n\tat a.b.C.d(C.java:1)\n"
         "2015-03-16T23:16:45Z ERROR order 3 failed\n");
    assert_int_equal(f.reading.n_logs, 3);
    assert_true(hc_str_is(f.reading.logs[0].shape, "order <*> failed"));
    assert_int_equal(f.reading.logs[0].lines[0], 3);
    hc_arena_free(f.arena);
}

static void lines_that_a_runtime_has_wrapped_are_unescaped(void **state)
{
    struct fixture f;
    (void)state;
    read(&f, &hc_reader_logs_text,
         "{\"log\":\"2015-03-16T23:16:43Z ERROR order 1 failed\\n\",\"time\":\"2015-03-16T23:16:43.1Z\"}\n"
         "{\"log\":\"java.io.IOException: \\\"a\\\" is gone\\n\",\"time\":\"2015-03-16T23:16:43.1Z\"}\n"
         "{\"log\":\"\\tat a.b.C.d(C.java:1)\\n\",\"time\":\"2015-03-16T23:16:43.1Z\"}\n"
         "{\"log\":\"2015-03-16T23:16:44Z ERROR order 2 failed\\n\",\"time\":\"2015-03-16T23:16:44.1Z\"}\n");
    assert_true(hc_str_is(cause_of(&f)->exemplar, "java.io.IOException: \"a\" is gone"));
    assert_int_equal(cause_of(&f)->first_line, 2);
    hc_arena_free(f.arena);
}

static void a_field_of_an_object_names_one(void **state)
{
    static const struct {
        const char *fields, *cause;
    } samples[] = {
        {"\"stack_trace\":\"java.lang.RuntimeException: a\\n\\tat a.b.C(C.java:1)\\nCaused by: java.io.IOException: b\\n"
         "\\t... 3 more\\n\"",
         "Caused by: java.io.IOException: b"},
        {"\"error\":\"request failed\",\"exc_info\":\"Traceback (most recent call last):\\n  File \\\"a.py\\\", line 1\\n"
         "KeyError: 'user'\"",
         "KeyError: 'user'"},
        {"\"error.stack_trace\":\"java.io.IOException: c\\n\\tat a.b.C(C.java:1)\"", "java.io.IOException: c"},
        {"\"error\":{\"message\":\"d e\",\"stack_trace\":\"java.io.IOException: d\\n\\tat a.b.C(C.java:1)\"}",
         "java.io.IOException: d"},
        {"\"exception\":\"System.Exception: e\\n   at A.B() in /a.cs:line 1\"", "System.Exception: e"},
        {"\"err\":{\"type\":\"Error\",\"stack\":\"Error: f\\n    at g (/app/x.js:1:2)\"}", "Error: f"},
        {"\"error\":\"dial tcp: connection refused\",\"stacktrace\":\"main.run\\n\\t/app/main.go:10\"",
         "dial tcp: connection refused"},
        {"\"stack_trace\":null,\"error\":\"i j\"", "i j"},
        {"\"stack_trace\":\"\",\"error\":\"k l\"", "k l"},
        {"\"error\":\"\"", NULL},
        {"\"error\":\"nil\"", NULL},
        {"\"error\":false", NULL},
        {"\"error\":\"request 7 failed\"", NULL}, /* as the message says */
        {"\"stacktrace\":\"main.run\\n\\t/app/main.go:10\"", NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct fixture f;
        struct hc_buf text = {.n = 0};
        for (int twice = 0; twice < 2; twice++)
            hc_buf_format(&text,
                          "{\"time\":\"2015-03-16T23:16:4%dZ\",\"level\":\"error\",\"msg\":\"request 7 failed\",%s}\n",
                          twice, samples[i].fields);
        hc_buf_char(&text, '\0');
        read(&f, &hc_reader_logs_jsonl, text.p);
        const struct hc_read_log *log = cause_of(&f);
        if (!hc_str_equal(log ? log->exemplar : HC_STR_NONE, hc_str_of(samples[i].cause)))
            fail_msg("%s: %.*s", samples[i].fields, HC_STR_ARG(log ? log->exemplar : HC_STR_NONE));
        assert_int_equal(log ? log->lines[0] : 2, 2);
        assert_int_equal(log ? log->first_line : 1, 1);
        hc_buf_free(&text);
        hc_arena_free(f.arena);
    }
}

static void a_field_of_pairs_names_one(void **state)
{
    struct fixture f;
    (void)state;
    read(&f, &hc_reader_logs_text,
         "time=2015-03-16T23:16:43Z level=error msg=\"list failed\" err=\"dial tcp: \\\"db\\\": connection refused\"\n"
         "time=2015-03-16T23:16:44Z level=info msg=\"list done\" err=nil\n");
    assert_true(hc_str_is(cause_of(&f)->exemplar, "dial tcp: \"db\": connection refused"));
    hc_arena_free(f.arena);
}

static void a_stack_below_a_quiet_record_is_a_warning(void **state)
{
    struct fixture f;
    struct hc_buf text = {.n = 0};
    (void)state;
    for (int i = 0; i < 60; i++)
        hc_buf_format(&text, "2015-03-16T23:14:%02dZ INFO poll %d\n", i, i);
    hc_buf_text(&text, "2015-03-16T23:16:43Z INFO poll 61\n"
                       "Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space\n"
                       "\tat java.base/java.util.Arrays.copyOf(Arrays.java:3512)\n");
    hc_buf_char(&text, '\0');
    read(&f, &hc_reader_logs_text, text.p);
    const struct hc_read_log *log = cause_of(&f);
    assert_non_null(log);
    assert_true(hc_str_is(log->shape, "Exception in thread \"<*>\" java.lang.OutOfMemoryError: Java heap space"));
    const struct hc_event *event = event_of(&f, log);
    assert_non_null(event);
    assert_int_equal(event->level, HC_LOG_WARN);
    assert_int_equal(event->place.line, 62);
    hc_buf_free(&text);
    hc_arena_free(f.arena);
}

static void long_causes_are_cut(void **state)
{
    struct fixture f;
    struct hc_buf text = {.n = 0};
    (void)state;
    hc_buf_text(&text, "2015-03-16T23:16:43Z ERROR order 1 failed\njava.io.IOException: ");
    for (int i = 0; i < 10000; i++)
        hc_buf_text(&text, "\xC3\xA4 ");
    hc_buf_text(&text, "\n\tat a.b.C.d(C.java:1)\n");
    hc_buf_char(&text, '\0');
    read(&f, &hc_reader_logs_text, text.p);
    const struct hc_event *event = event_of(&f, cause_of(&f));
    assert_non_null(event);
    assert_true(event->message.n <= HC_MESSAGE_BYTES && event->message.n > HC_MESSAGE_BYTES - 4);
    assert_int_equal(hc_utf8_valid_prefix(event->message), event->message.n);
    hc_buf_free(&text);
    hc_arena_free(f.arena);
}

static void a_record_of_otlp_names_one(void **state)
{
    struct fixture f;
    (void)state;
    read(
        &f, &hc_reader_logs_otlp,
        "{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"storage\"}}]},"
        "\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":\"1426547803000000000\",\"severityNumber\":17,"
        "\"body\":{\"stringValue\":\"list failed\"},\"attributes\":[{\"key\":\"exception.type\",\"value\":{\"stringValue\":\"E\"}},"
        "{\"key\":\"exception.stacktrace\",\"value\":{\"stringValue\":\"java.io.IOException: m\\n\\tat a.b.C(C.java:1)\"}}]}]}]}]}");
    assert_true(hc_str_is(cause_of(&f)->exemplar, "java.io.IOException: m"));
    hc_arena_free(f.arena);
    read(
        &f, &hc_reader_logs_otlp,
        "{\"resourceLogs\":[{\"resource\":{},\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":\"1426547803000000000\","
        "\"severityNumber\":17,\"body\":{\"stringValue\":\"list failed\\njava.io.IOException: n\\n\\tat a.b.C(C.java:1)\"}},"
        "{\"timeUnixNano\":\"1426547803000000000\",\"body\":{\"stringValue\":\"SELECT\\n1\\n\"}}]}]}]}");
    assert_true(hc_str_is(cause_of(&f)->exemplar, "java.io.IOException: n"));
    hc_arena_free(f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_that_a_part_cuts_names_the_same_cause),
        cmocka_unit_test(a_cause_is_counted_and_kept_with_the_number_of_its_own_line),
        cmocka_unit_test(the_last_record_of_a_file_has_one_too),
        cmocka_unit_test(a_traceback_may_open_in_the_records_own_line),
        cmocka_unit_test(what_the_record_says_itself_is_not_counted_again),
        cmocka_unit_test(records_keep_their_shape_whatever_their_lines_name),
        cmocka_unit_test(lines_that_a_runtime_has_wrapped_are_unescaped),
        cmocka_unit_test(a_field_of_an_object_names_one),
        cmocka_unit_test(a_field_of_pairs_names_one),
        cmocka_unit_test(a_stack_below_a_quiet_record_is_a_warning),
        cmocka_unit_test(long_causes_are_cut),
        cmocka_unit_test(a_record_of_otlp_names_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
