#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "corpus/record/incident.h"
#include "ingest/format/logs_lines.h"
#include "ingest/format/logs_steps.h"

#define MOST 64

struct seen {
    char time[HC_TIME_TEXT];
    char component[64], message[160];
    uint8_t level, date;
    bool continues;
};

struct log {
    struct seen lines[MOST];
    size_t n;
};

static void copy(char *out, size_t size, struct hc_str s)
{
    size_t n = s.n < size - 1 ? s.n : size - 1;
    if (n)
        memcpy(out, s.p, n);
    out[n] = '\0';
}

static enum hc_status take(void *context, const struct hc_log_line *line, struct hc_err *err)
{
    struct log *log = context;
    (void)err;
    assert_true(log->n < MOST);
    assert_int_equal(line->line, log->n + 1);
    struct seen *seen = &log->lines[log->n++];
    hc_time_format(line->at, seen->time);
    copy(seen->component, sizeof seen->component, line->component);
    copy(seen->message, sizeof seen->message, line->message);
    seen->level = line->level;
    seen->date = line->date;
    seen->continues = line->continues;
    return HC_OK;
}

static void read_log(struct log *log, struct hc_str bytes)
{
    /* 2015-03-16T23:15:00Z */
    struct hc_stamp_frame frame = {.window_start = {INT64_C(1426547700) * HC_NS_PER_SECOND, 0}};
    struct hc_log_lines_sink sink = {log, take};
    struct hc_err err = HC_ERR_NONE;
    struct hc_arena *arena = hc_arena_new(0);
    log->n = 0;
    assert_int_equal(hc_log_lines(bytes, &frame, hc_shape_memo_new(arena, NULL), arena, &sink, &err), HC_OK);
    hc_arena_free(arena);
}

static void expect(const struct seen *line, const char *time, uint8_t level, const char *component, const char *message)
{
    assert_string_equal(line->time, time);
    assert_int_equal(line->level, level);
    assert_string_equal(line->component, component);
    assert_string_equal(line->message, message);
    assert_false(line->continues);
}

static void finds_time_level_component_and_message_without_being_told(void **state)
{
    struct log log;
    (void)state;
    read_log(&log, HC_STR("2015-03-16T23:17:43Z WARN storage_service performance degradation detected\n"
                          "2015-03-16T23:17:46Z ERROR storage_service IO error\n"
                          "2015-03-16T23:17:58Z FATAL storage_service process crashed without clean shutdown\n"));
    assert_int_equal(log.n, 3);
    expect(&log.lines[0], "2015-03-16T23:17:43Z", HC_LOG_WARN, "storage_service", "performance degradation detected");
    expect(&log.lines[2], "2015-03-16T23:17:58Z", HC_LOG_FATAL, "storage_service",
           "process crashed without clean shutdown");
}

static void takes_the_tag_of_syslog_and_its_year_from_the_window(void **state)
{
    struct log log;
    (void)state;
    read_log(&log, HC_STR("Mar 16 23:17:43 combo sshd(pam_unix)[19939]: check pass; user unknown\r\n"
                          "Mar 16 23:17:44 combo syslogd 1.4.1: restart.\r\n"
                          "Mar 16 23:17:45 combo kernel: out of memory\r\n"
                          "Mar 16 23:17:46 combo kernel: killed\r\n"));
    expect(&log.lines[0], "2015-03-16T23:17:43Z", HC_LOG_NONE, "sshd(pam_unix)", "check pass; user unknown");
    assert_int_equal(log.lines[0].date, HC_STAMP_DATE_NO_YEAR);
    expect(&log.lines[2], "2015-03-16T23:17:45Z", HC_LOG_NONE, "kernel", "out of memory");
}

static void reads_log4j_glog_android_python_and_apache(void **state)
{
    struct log log;
    (void)state;
    read_log(&log, HC_STR("2015-03-16 23:17:43,123 INFO [main] org.foo.Bar: started 3 workers\n"
                          "2015-03-16 23:17:44,123 WARN [IPC handler 3] org.foo.Baz: slow\n"));
    expect(&log.lines[1], "2015-03-16T23:17:44.123Z", HC_LOG_WARN, "org.foo.Baz", "slow");
    read_log(&log,
             HC_STR("I0316 23:17:43.123456   7 server.go:12] listening\nE0316 23:17:44.000000   7 db.go:9] gone\n"));
    expect(&log.lines[1], "2015-03-16T23:17:44.000000Z", HC_LOG_ERROR, "db.go", "gone");
    read_log(&log,
             HC_STR("03-16 23:17:43.811  1702  2395 D WindowManager: a\n03-16 23:17:44.811  1702  99 E Power: b c\n"));
    expect(&log.lines[1], "2015-03-16T23:17:44.811Z", HC_LOG_ERROR, "Power", "b c");
    read_log(
        &log,
        HC_STR("2015-03-16 23:17:43,123 - app.db - ERROR - lost it\n2015-03-16 23:17:44,000 - app.db - INFO - ok\n"));
    expect(&log.lines[0], "2015-03-16T23:17:43.123Z", HC_LOG_ERROR, "app.db", "lost it");
    read_log(&log, HC_STR("[Mon Mar 16 23:17:43 2015] [error] mod_jk child in error state 6\n"));
    expect(&log.lines[0], "2015-03-16T23:17:43Z", HC_LOG_ERROR, "", "mod_jk child in error state 6");
}

/* What looks like the beginning of "E/ActivityManager( 1234):" and is none. */
static void a_bracket_before_a_slash_names_nothing(void **state)
{
    struct log log;
    (void)state;
    read_log(
        &log,
        HC_STR("2015-03-16 23:17:20 INFO: hello\n2015-03-16 23:17:20 INFO: hello\n2015-03-16 23:17:20 INFO: hello\n"
               "2015-03-16 23:17:20 INFO: hello\n2015-03-16 23:17:20 (/a.WARN: hello\n"));
    expect(&log.lines[0], "2015-03-16T23:17:20Z", HC_LOG_INFO, "", "hello");
    assert_true(log.lines[4].component[0] == '\0');
}

static void a_level_that_few_lines_have_is_one_all_the_same(void **state)
{
    struct log log;
    (void)state;
    read_log(&log, HC_STR("2015-03-16 23:17:43.123 UTC [4321] ERROR:  relation \"foo\" does not exist\n"
                          "2015-03-16 23:17:43.123 UTC [4321] QUERY:  select * from foo\n"
                          "\twhere x = 1\n"
                          "2015-03-16 23:17:44.123 UTC [4322] QUERY:  select 1\n"));
    expect(&log.lines[0], "2015-03-16T23:17:43.123Z", HC_LOG_ERROR, "", "relation \"foo\" does not exist");
    assert_true(log.lines[2].continues);
    assert_int_equal(log.lines[3].level, HC_LOG_NONE);
}

static void an_epoch_is_a_time_where_each_line_has_one(void **state)
{
    struct log log;
    (void)state;
    read_log(&log, HC_STR("134681 node-246 unix.hw unavailable 1426547863 1 Link error\n"
                          "350766 node-109 unix.hw unavailable 1426547864 1 Link ok now\n"));
    assert_string_equal(log.lines[0].time, "2015-03-16T23:17:43Z");
    assert_string_equal(log.lines[1].message, "Link ok now");
}

static void an_id_the_host_and_the_source_may_stand_before_the_time(void **state)
{
    struct log log;
    (void)state;
    read_log(&log, HC_STR("134681 node-246 unix.hw unavailable 1426547863 1 Link error\n"
                          "350766 node-109 switch_module status 1426547864 1 Link ok now\n"));
    expect(&log.lines[0], "2015-03-16T23:17:43Z", HC_LOG_NONE, "unix.hw", "Link error");
    expect(&log.lines[1], "2015-03-16T23:17:44Z", HC_LOG_NONE, "switch_module", "Link ok now");
    read_log(&log, HC_STR("10.0.0.1 - frank [16/Mar/2015:23:17:43 +0000] \"GET /a HTTP/1.0\" 200 231\n"
                          "10.0.0.2 - frank [16/Mar/2015:23:17:44 +0000] \"GET /b HTTP/1.0\" 200 232\n"));
    assert_string_equal(log.lines[0].component, "");
    read_log(&log, HC_STR("Backup to tape began 2015-03-16T23:17:43Z and goes on\n"
                          "Backup to disk began 2015-03-16T23:17:44Z and goes on\n"));
    assert_string_equal(log.lines[0].component, "");
}

static void words_before_a_dash_are_the_source_whole(void **state)
{
    struct log log;
    (void)state;
    read_log(&log, HC_STR("[03.16 23:17:43] chrome.exe - opened it\n"
                          "[03.16 23:17:44] svchost.exe *64 - closed it\n"));
    expect(&log.lines[0], "2015-03-16T23:17:43Z", HC_LOG_NONE, "chrome.exe", "opened it");
    expect(&log.lines[1], "2015-03-16T23:17:44Z", HC_LOG_NONE, "svchost.exe *64", "closed it");
    read_log(&log, HC_STR("2015-03-16 23:17:43 user alice - logged in\n2015-03-16 23:17:44 user bob - logged in\n"));
    expect(&log.lines[1], "2015-03-16T23:17:44Z", HC_LOG_NONE, "user", "logged in");
}

static void a_stack_trace_belongs_to_the_line_before_it(void **state)
{
    struct log log;
    (void)state;
    read_log(&log, HC_STR("2015-03-16 23:17:43,123 ERROR [main] org.foo.Bar: failed\n"
                          "java.io.IOException: no space\n"
                          "\tat org.foo.Bar.run(Bar.java:17)\n"
                          "Caused by: java.lang.Error\n"
                          "\n"
                          "2015-03-16 23:17:44,123 INFO [main] org.foo.Bar: next\n"));
    assert_int_equal(log.n, 6);
    for (size_t i = 1; i < 5; i++)
        assert_true(log.lines[i].continues);
    expect(&log.lines[5], "2015-03-16T23:17:44.123Z", HC_LOG_INFO, "org.foo.Bar", "next");
}

static void an_exception_belongs_to_the_trace_above_it_in_a_log_without_times(void **state)
{
    struct log log;
    (void)state;
    read_log(&log, HC_STR("ERROR:app.db:lost it\nTraceback (most recent call last):\n  File \"m.py\", line 3, in get\n"
                          "    return table[key]\napp.errors.Missing: 'user'\nINFO:app.db:opened\n"
                          "INFO:root:served a\nWARNING:root:served b\n"));
    for (size_t i = 1; i < 5; i++)
        assert_true(log.lines[i].continues);
    expect(&log.lines[5], "", HC_LOG_INFO, "app.db", "opened");
}

static void the_few_lines_with_a_time_have_it_and_the_others_stay_records(void **state)
{
    struct log log;
    (void)state;
    read_log(&log, HC_STR("2015-03-16 23:17:43 mysqld started\nkey buffer is 8 MB\nit is possible that it\n"
                          "could use up to that\nand some more\nthe manual page says it\nwriting a core file\n"
                          "for the threads\nthat are there\nand for others\n"));
    expect(&log.lines[0], "2015-03-16T23:17:43Z", HC_LOG_NONE, "", "mysqld started");
    expect(&log.lines[4], "", HC_LOG_NONE, "", "and some more");
}

static void a_level_alone_before_a_message_is_of_the_time_above_it(void **state)
{
    struct log log;
    (void)state;
    read_log(&log, HC_STR("Mar 16, 2015 11:17:43 PM org.foo.Bar run\nSEVERE: pool is full\n"
                          "Mar 16, 2015 11:17:44 PM org.foo.Bar run\nINFO: opened\nError: no\n    at x (a.js:1)\n"));
    expect(&log.lines[1], "2015-03-16T23:17:43Z", HC_LOG_ERROR, "", "pool is full");
    expect(&log.lines[3], "2015-03-16T23:17:44Z", HC_LOG_INFO, "", "opened");
    assert_true(log.lines[4].continues && log.lines[5].continues);
}

static void a_word_like_a_level_within_a_trace_begins_no_record(void **state)
{
    struct log log;
    (void)state;
    read_log(&log, HC_STR("[2015-03-16 23:17:43] app.ERROR: pool is full [] []\nStack trace:\n#0 /srv/a.php(3): run()\n"
                          "[2015-03-16 23:17:44] app.INFO: opened [] []\n"));
    expect(&log.lines[0], "2015-03-16T23:17:43Z", HC_LOG_ERROR, "app", "pool is full [] []");
    assert_true(log.lines[1].continues && log.lines[2].continues);
}

static void unwraps_docker_and_takes_its_time_over_a_bare_clock(void **state)
{
    struct log log;
    (void)state;
    read_log(&log,
             HC_STR("{\"log\":\"07:17:43.558 INFO  s.c.Seat#57 TraceID: 6f3cbf058c2765548a39ad724905d6a1 left\\n\","
                    "\"stream\":\"stdout\",\"time\":\"2015-03-16T23:17:43.559714267Z\"}\n"
                    "{\"log\":\"07:17:43.600 INFO  s.c.Price#9 none\\n\","
                    "\"stream\":\"stdout\",\"time\":\"2015-03-16T23:17:43.6Z\"}\n"
                    "{\"log\":\"07:17:44.558 WARN  s.c.Seat#58 TraceID: 7f3cbf058c2765548a39ad724905d6a1 right\\n\","
                    "\"stream\":\"stdout\",\"time\":\"2015-03-16T23:17:44.559714267Z\"}\n"));
    expect(&log.lines[0], "2015-03-16T23:17:43.559714267Z", HC_LOG_INFO, "s.c.Seat#57",
           "TraceID: 6f3cbf058c2765548a39ad724905d6a1 left");
    assert_int_equal(log.lines[2].level, HC_LOG_WARN);
}

static void unwraps_json_within_docker_and_prefers_its_certain_time(void **state)
{
    struct log log;
    (void)state;
    read_log(&log, HC_STR("{\"log\":\"{\\\"message\\\":\\\"say \\\\\\\"hi\\\\\\\"\\\",\\\"severity\\\":\\\"error\\\","
                          "\\\"name\\\":\\\"cart\\\",\\\"timestamp\\\":\\\"2015-03-16T23:17:42.5Z\\\"}\\n\","
                          "\"stream\":\"stdout\",\"time\":\"2015-03-16T23:17:43.559714267Z\"}\n"));
    expect(&log.lines[0], "2015-03-16T23:17:42.5Z", HC_LOG_ERROR, "cart", "say \"hi\"");
}

static void reads_the_fields_of_json_loggers(void **state)
{
    struct log log;
    (void)state;
    read_log(&log, HC_STR("{\"level\":\"warn\",\"ts\":1426547863.25,\"logger\":\"a.b\",\"msg\":\"zap\"}\n"
                          "{\"name\":\"api\",\"hostname\":\"h\",\"pid\":1,\"level\":50,\"msg\":\"bunyan\","
                          "\"time\":\"2015-03-16T23:17:44.000Z\",\"v\":0}\n"
                          "{\"@timestamp\":\"2015-03-16T23:17:45Z\",\"log\":{\"level\":\"INFO\",\"logger\":\"x\"},"
                          "\"message\":\"ecs\",\"service\":{\"name\":\"pay\"}}\n"
                          "{\"MESSAGE\":\"journal\",\"PRIORITY\":\"3\",\"SYSLOG_IDENTIFIER\":\"sshd\","
                          "\"__REALTIME_TIMESTAMP\":\"1426547866000000\"}\n"));
    expect(&log.lines[0], "2015-03-16T23:17:43.25Z", HC_LOG_WARN, "a.b", "zap");
    expect(&log.lines[1], "2015-03-16T23:17:44.000Z", HC_LOG_ERROR, "api", "bunyan");
    expect(&log.lines[2], "2015-03-16T23:17:45Z", HC_LOG_INFO, "pay", "ecs");
    expect(&log.lines[3], "2015-03-16T23:17:46.000000Z", HC_LOG_ERROR, "sshd", "journal");
}

static void reads_cri_logfmt_syslog_and_colours(void **state)
{
    struct log log;
    (void)state;
    read_log(&log, HC_STR("2015-03-16T23:17:43.669794202Z stderr F disk is full\n"));
    expect(&log.lines[0], "2015-03-16T23:17:43.669794202Z", HC_LOG_NONE, "", "disk is full");
    read_log(&log, HC_STR("time=\"2015-03-16T23:17:43Z\" level=error msg=\"no \\\"route\\\"\" service=api code=7\n"));
    expect(&log.lines[0], "2015-03-16T23:17:43Z", HC_LOG_ERROR, "api", "no \"route\"");
    read_log(&log, HC_STR("<34>1 2015-03-16T23:17:43.003Z host su - ID47 [x@1 k=\"v]\"] failed\n"));
    expect(&log.lines[0], "2015-03-16T23:17:43.003Z", HC_LOG_FATAL, "su", "failed");
    read_log(&log, HC_STR("2015-03-16 23:17:43 \x1b[31mERROR\x1b[0m it broke\n"));
    expect(&log.lines[0], "2015-03-16T23:17:43Z", HC_LOG_ERROR, "", "it broke");
}

static void broken_json_is_text(void **state)
{
    struct log log;
    (void)state;
    read_log(&log, HC_STR("{\"log\":\"cut\n{\"a\":[1,{}\n{}\n{\"log\":\"\\u12\"}\n{\"log\":\"\\ud800x\"}\n"));
    assert_int_equal(log.n, 5);
    assert_string_equal(log.lines[0].message, "{\"log\":\"cut");
    assert_string_equal(log.lines[4].message, "\xEF\xBF\xBDx");
}

static void arbitrary_bytes_are_lines_all_the_same(void **state)
{
    static const char alphabet[] = "\n {}[]\"\\:=<>0123456789TZabI-|.,\x1b\xff\x00u";
    char bytes[700];
    (void)state;
    for (unsigned seed = 1; seed < 600; seed++) {
        unsigned x = seed * 2654435761u;
        struct log log;
        size_t n_lines = 0, budget = MOST - 1;
        for (size_t i = 0; i < sizeof bytes; i++) {
            x = x * 1664525u + 1013904223u;
            bytes[i] = alphabet[(x >> 16) % (sizeof alphabet - 1)];
            if (bytes[i] == '\n' && budget-- <= 1)
                bytes[i] = ' ';
            n_lines += bytes[i] == '\n';
            budget = budget > MOST ? 1 : budget;
        }
        read_log(&log, (struct hc_str){bytes, sizeof bytes});
        assert_int_equal(log.n, n_lines + (bytes[sizeof bytes - 1] != '\n'));
    }
}

/* The unescaped text of a line is gone when the next one is unwrapped: only the last one goes on with a record. */
static void learns_from_texts_that_do_not_stay(void **state)
{
    struct log log;
    (void)state;
    read_log(&log,
             HC_STR("{\"msg\":\"WARN disk \\\"a\\\" is slow, and what is more it is getting slower by the day\"}\n"
                    "{\"msg\":\"WARN disk \\\"b\\\" is slow\"}\n"
                    "{\"msg\":\"WARN disk \\\"c\\\" is slow\"}\n"
                    "{\"msg\":\"  at \\\"d\\\"\"}\n"));
    assert_int_equal(log.lines[0].level, HC_LOG_WARN);
    assert_int_equal(log.lines[1].level, HC_LOG_WARN);
    assert_string_equal(log.lines[2].message, "disk \"c\" is slow");
}

static enum hc_status take_trace(void *context, const struct hc_log_line *line, struct hc_err *err)
{
    bool sure;
    struct hc_str wanted = hc_trace_by_key(line->whole, &sure);
    size_t *n_told = context;
    (void)err;
    assert_true(!line->trace_told || (line->trace.n == wanted.n && (wanted.n == 0 || line->trace.p == wanted.p)));
    *n_told += line->trace_told;
    return HC_OK;
}

/* Objects that name a trace, and plain lines that do not: `period` of a row. */
static void put_lines(struct hc_buf *log, unsigned n, unsigned period, bool objects_first)
{
    for (unsigned i = 0; i < n; i++)
        if ((i / period % 2 == 0) == objects_first)
            hc_buf_format(log, "{\"level\":\"info\",\"msg\":\"paid %u\",\"trace_id\":\"4bf92f3577b3%04u\"}\n", i, i);
        else
            hc_buf_format(log, "2015-03-16T23:17:%02uZ INFO billing took order %u\n", i % 60, i);
}

static void a_line_without_a_trace_has_none_of_lines_before_it_or_logs_before_its_own(void **state)
{
    static const unsigned periods[] = {1000, 1000, 1, 2, 3, 7};
    struct hc_stamp_frame frame = {.window_start = {INT64_C(1426547700) * HC_NS_PER_SECOND, 0}};
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_shape_memo *memo = hc_shape_memo_new(arena, NULL);
    (void)state;
    for (size_t k = 0; k < sizeof periods / sizeof *periods; k++) {
        struct hc_buf log = {0};
        struct hc_err err = HC_ERR_NONE;
        size_t n_told = 0;
        struct hc_log_lines_sink sink = {&n_told, take_trace};
        put_lines(&log, 600, periods[k], k != 1);
        assert_int_equal(hc_log_lines(hc_buf_view(&log), &frame, memo, arena, &sink, &err), HC_OK);
        assert_true(n_told > 100);
        hc_buf_free(&log);
    }
    hc_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learns_from_texts_that_do_not_stay),
        cmocka_unit_test(finds_time_level_component_and_message_without_being_told),
        cmocka_unit_test(takes_the_tag_of_syslog_and_its_year_from_the_window),
        cmocka_unit_test(reads_log4j_glog_android_python_and_apache),
        cmocka_unit_test(a_bracket_before_a_slash_names_nothing),
        cmocka_unit_test(a_level_that_few_lines_have_is_one_all_the_same),
        cmocka_unit_test(an_epoch_is_a_time_where_each_line_has_one),
        cmocka_unit_test(an_id_the_host_and_the_source_may_stand_before_the_time),
        cmocka_unit_test(words_before_a_dash_are_the_source_whole),
        cmocka_unit_test(a_stack_trace_belongs_to_the_line_before_it),
        cmocka_unit_test(an_exception_belongs_to_the_trace_above_it_in_a_log_without_times),
        cmocka_unit_test(the_few_lines_with_a_time_have_it_and_the_others_stay_records),
        cmocka_unit_test(a_level_alone_before_a_message_is_of_the_time_above_it),
        cmocka_unit_test(a_word_like_a_level_within_a_trace_begins_no_record),
        cmocka_unit_test(unwraps_docker_and_takes_its_time_over_a_bare_clock),
        cmocka_unit_test(unwraps_json_within_docker_and_prefers_its_certain_time),
        cmocka_unit_test(reads_the_fields_of_json_loggers),
        cmocka_unit_test(reads_cri_logfmt_syslog_and_colours),
        cmocka_unit_test(broken_json_is_text),
        cmocka_unit_test(a_line_without_a_trace_has_none_of_lines_before_it_or_logs_before_its_own),
        cmocka_unit_test(arbitrary_bytes_are_lines_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
