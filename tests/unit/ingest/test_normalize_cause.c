#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/normalize/cause.h"

/* What is found in the lines behind the first one of a record; absent: nothing. */
static struct hc_str found_in(const char *text)
{
    struct hc_cause_finder finder = {.rank = 0};
    struct hc_str rest = hc_str_of(text), best = HC_STR_NONE, may_be = HC_STR_NONE;
    while (rest.n > 0) {
        const char *begin = rest.p;
        struct hc_str trimmed = hc_str_take_line(&rest);
        switch (hc_cause_look(&finder, (struct hc_str){begin, (size_t)(rest.p - begin)})) {
        case HC_CAUSE_MAY_BE:
            may_be = trimmed;
            break;
        case HC_CAUSE_WAS:
            best = may_be;
            break;
        case HC_CAUSE_IS:
            best = trimmed;
            break;
        default:
            break;
        }
    }
    return best;
}

struct sample {
    const char *lines;
    const char *cause; /* NULL: none */
};

static void hold(const struct sample *samples, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct hc_str found = found_in(samples[i].lines), wanted = hc_str_of(samples[i].cause);
        if (!hc_str_equal(found, wanted) || (found.p == NULL) != (wanted.p == NULL))
            fail_msg("%s\nhas \"%.*s\"", samples[i].lines, HC_STR_ARG(found));
    }
}

static void takes_the_deepest_cause_that_says_so(void **state)
{
    static const struct sample samples[] = {
        {"org.springframework.dao.DataAccessResourceFailureException: Unable to acquire JDBC Connection\n"
         "\tat org.springframework.orm.jpa.X.y(X.java:10)\n"
         "Caused by: java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available\n"
         "\tat com.zaxxer.hikari.pool.HikariPool.f(HikariPool.java:696)\n\t... 40 common frames omitted\n"
         "Caused by: org.postgresql.util.PSQLException: Connection to db:5432 refused.\n"
         "\tat org.postgresql.Driver.connect(Driver.java:1)\n\t... 42 common frames omitted\n",
         "Caused by: org.postgresql.util.PSQLException: Connection to db:5432 refused."},
        {"java.lang.RuntimeException: a\n\tat a.b.C.d(C.java:1)\n"
         "\tSuppressed: java.lang.IllegalStateException: closed\n\t\tat a.b.R.close(R.java:3)\n"
         "\tCaused by: java.io.IOException: in what was suppressed\n\t\tat a.b.R.close(R.java:4)\n"
         "Caused by: java.net.ConnectException: Connection refused\n\tat a.b.N.c(N.java:2)\n",
         "Caused by: java.net.ConnectException: Connection refused"},
        {"java.lang.RuntimeException: a\n\tat a.b.C.d(C.java:1)\nCaused by: java.io.IOException: of it\n"
         "\tat a.b.C.e(C.java:1)\n\tSuppressed: java.lang.Exception: s\n"
         "\tCaused by: java.lang.Exception: of s\n\t\tat a.b.C.f(C.java:1)\n",
         "Caused by: java.io.IOException: of it"},
        {"System.InvalidOperationException: An error occurred.\n"
         " ---> System.Net.Http.HttpRequestException: Connection refused (db:1433)\n"
         " ---> System.Net.Sockets.SocketException (111): Connection refused\n"
         "   at System.Net.Sockets.Socket.Connect()\n   --- End of inner exception stack trace ---\n"
         "   at App.Run() in /src/App.cs:line 5\n",
         "---> System.Net.Sockets.SocketException (111): Connection refused"},
        {"Error: query failed\n    at Pool.query (/app/pool.js:1:2) {\n  [cause]: Error: connect ECONNREFUSED\n"
         "      at TCPConnectWrap.afterConnect (node:net:1595:16) {\n    errno: -111\n  }\n}\n",
         "[cause]: Error: connect ECONNREFUSED"},
        {"Error: failed to read the configuration\n\nCaused by:\n    0: could not connect\n"
         "    1: Connection refused (os error 111)\n\nLocation:\n    src/main.rs:3\n",
         "1: Connection refused (os error 111)"},
        {"terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n",
         "what():  std::bad_alloc"}};
    (void)state;
    hold(samples, sizeof samples / sizeof *samples);
}

static void else_what_ends_the_last_traceback(void **state)
{
    static const struct sample samples[] = {
        {"Traceback (most recent call last):\n  File \"/app/w.py\", line 10, in run\n    conn = connect()\n"
         "ConnectionRefusedError: [Errno 111] Connection refused\n",
         "ConnectionRefusedError: [Errno 111] Connection refused"},
        {"Traceback (most recent call last):\n  File \"/app/w.py\", line 10, in run\n    conn = connect()\n"
         "KeyError: 'host'\n\nDuring handling of the above exception, another exception occurred:\n\n"
         "Traceback (most recent call last):\n  File \"/app/w.py\", line 20, in main\n    run()\n"
         "app.errors.Unreachable: no host\n(Background on this error at: https://example.org)\n",
         "app.errors.Unreachable: no host"},
        {"    Traceback (most recent call last):\n      File \"/app/w.py\", line 10, in run\n        f()\n    SystemExit: 3\n",
         "SystemExit: 3"}};
    (void)state;
    hold(samples, sizeof samples / sizeof *samples);
}

static void else_the_first_type_or_what_frames_follow(void **state)
{
    static const struct sample samples[] = {
        {"java.net.ConnectException: Connection refused\n\tat a.b.C.d(C.java:1)\n",
         "java.net.ConnectException: Connection refused"},
        {"java.lang.IllegalStateException: Failed to load\n  the context of\n  this\n\tat a.b.C.d(C.java:1)\n",
         "java.lang.IllegalStateException: Failed to load"},
        {"java.net.SocketTimeoutException\n", "java.net.SocketTimeoutException"},
        {"Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space\n"
         "\tat java.base/java.util.Arrays.copyOf(Arrays.java:3512)\n",
         "Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space"},
        {"panic: dial tcp 10.0.0.5:5432: connect: connection refused\n[signal SIGSEGV: segmentation violation]\n\n"
         "goroutine 1 [running]:\nmain.main()\n\t/app/main.go:10 +0x1d\n",
         "panic: dial tcp 10.0.0.5:5432: connect: connection refused"},
        {"PDOException: SQLSTATE[HY000] [2002] Connection refused in /app/x.php:3\nStack trace:\n#0 /app/x.php(3)\n",
         "PDOException: SQLSTATE[HY000] [2002] Connection refused in /app/x.php:3"},
        {"ActiveRecord::ConnectionTimeoutError (could not obtain a connection from the pool)\n"
         "\tfrom app/models/a.rb:10:in `b'\n",
         "ActiveRecord::ConnectionTimeoutError (could not obtain a connection from the pool)"},
        {"called `Result::unwrap()` on an `Err` value: ConnectionRefused\n"
         "note: run with `RUST_BACKTRACE=1`\nstack backtrace:\n   0: rust_begin_unwind\n",
         "called `Result::unwrap()` on an `Err` value: ConnectionRefused"},
        {"Error [ERR_HTTP_HEADERS_SENT]: Cannot set headers\n    at f (/app/x.js:1:2)\n",
         "Error [ERR_HTTP_HEADERS_SENT]: Cannot set headers"}};
    (void)state;
    hold(samples, sizeof samples / sizeof *samples);
}

static void other_lines_of_a_record_name_none(void **state)
{
    static const struct sample samples[] = {
        {"  SELECT id, total\n    FROM orders\n   WHERE id = 3\n", NULL},
        {"{\n  \"status\": 200,\n  \"items\": []\n}\n", NULL},
        {"\tat org.foo.Bar.baz(Bar.java:1)\n\tat org.foo.Bar.main(Bar.java:2)\n\t... 3 more\n", NULL},
        {"Host: example.org\nAccept: text/html\n\nat noon it was sent\n", NULL},
        {"\n\n", NULL},
        {"", NULL}};
    (void)state;
    hold(samples, sizeof samples / sizeof *samples);
}

static void knows_types_of_exceptions(void **state)
{
    static const struct {
        const char *line, *type;
    } samples[] = {{"Caused by: java.net.ConnectException: refused", "java.net.ConnectException"},
                   {"thrown Illuminate\\Database\\QueryException: x", "Illuminate\\Database\\QueryException"},
                   {"PG::ConnectionBadError (x)", "PG::ConnectionBadError"},
                   {"Exception in thread \"main\" java.lang.OutOfMemoryError: x", "java.lang.OutOfMemoryError"},
                   {"Error: connect", NULL},
                   {"Errors: 3 Exceptions: 4", NULL},
                   {"", NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct hc_str type = hc_cause_type(hc_str_of(samples[i].line));
        if (!hc_str_equal(type, hc_str_of(samples[i].type)))
            fail_msg("%s: \"%.*s\"", samples[i].line, HC_STR_ARG(type));
    }
    assert_true(hc_cause_opens(HC_STR("redis.exceptions.ConnectionError: Error 111 connecting to cache")));
    assert_true(hc_cause_opens(HC_STR("  [cause]: Error: query failed")));
    assert_false(hc_cause_opens(HC_STR("Error: cannot open a file")));
    assert_false(hc_cause_opens(HC_STR("ERROR java.io.IOException: x")));
}

static void values_that_say_that_nothing_failed_say_nothing(void **state)
{
    (void)state;
    assert_false(hc_cause_says(HC_STR("nil")));
    assert_false(hc_cause_says(HC_STR("<nil>")));
    assert_false(hc_cause_says(HC_STR("false")));
    assert_false(hc_cause_says(HC_STR("")));
    assert_true(hc_cause_says(HC_STR("ECONNREFUSED")));
    assert_true(hc_cause_says(HC_STR("no db")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_deepest_cause_that_says_so),
        cmocka_unit_test(else_what_ends_the_last_traceback),
        cmocka_unit_test(else_the_first_type_or_what_frames_follow),
        cmocka_unit_test(other_lines_of_a_record_name_none),
        cmocka_unit_test(knows_types_of_exceptions),
        cmocka_unit_test(values_that_say_that_nothing_failed_say_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
