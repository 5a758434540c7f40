/* A few lines of each format that logs are known to come in, written for this test in the shape that its own documentation
 * shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "corpus/record/incident.h"
#include "ingest/format/logs_lines.h"

/* What the line `line` of the text must give; an empty time: none. The year of those without one is 2025. */
struct sample {
    const char *format, *text;
    size_t line;
    const char *time;
    uint8_t level;
    const char *component, *message;
};

static const struct sample samples[] = {
    {"syslog, RFC 3164", "<34>Oct 11 22:14:15 box su[231]: refused\n<13>Feb  5 17:32:18 box cron[99]: job started\n", 1,
     "2025-10-11T22:14:15Z", HC_LOG_FATAL, "su", "refused"},
    {"syslog with ISO 8601 times",
     "2025-03-04T10:11:12.5+01:00 web nginx[812]: worker exited\n2025-03-04T10:11:13.5+01:00 web systemd[1]: Started.\n",
     1, "2025-03-04T09:11:12.5Z", HC_LOG_NONE, "nginx", "worker exited"},
    {"syslog, RFC 5424",
     "<165>1 2025-10-11T22:14:15.003Z box app 111 ID47 [x@32473 iut=\"3\"] started\n"
     "<11>1 2025-10-11T22:14:16.003Z box app - - - disk failing\n",
     2, "2025-10-11T22:14:16.003Z", HC_LOG_ERROR, "app", "disk failing"},
    {"journald, JSON",
     "{\"__REALTIME_TIMESTAMP\":\"1423944916375353\",\"PRIORITY\":\"3\",\"SYSLOG_IDENTIFIER\":\"sshd\","
     "\"_PID\":\"2\",\"MESSAGE\":\"kex failed\"}\n",
     1, "2015-02-14T20:15:16.375353Z", HC_LOG_ERROR, "sshd", "kex failed"},
    {"zap, JSON",
     "{\"level\":\"error\",\"ts\":1423944916.375353,\"logger\":\"raft\",\"caller\":\"r.go:1\",\"msg\":\"no peer\"}\n",
     1, "2015-02-14T20:15:16.375353Z", HC_LOG_ERROR, "raft", "no peer"},
    {"zap, console",
     "2025-03-04T10:11:12.123Z\tERROR\traft\tno peer now\n2025-03-04T10:11:13.123Z\tINFO\traft\tleader is here\n"
     "2025-03-04T10:11:14.123Z\tINFO\tstore\topened it\n",
     1, "2025-03-04T10:11:12.123Z", HC_LOG_ERROR, "raft", "no peer now"},
    {"logrus", "time=\"2025-03-04T10:11:12Z\" level=error msg=\"no peer\" component=raft peer=a1\n", 1,
     "2025-03-04T10:11:12Z", HC_LOG_ERROR, "raft", "no peer"},
    {"logrus, terminal", "INFO[0000] A group came  size=10\nWARN[0001] It grew  size=12\n", 2, "", HC_LOG_WARN, "",
     "It grew  size=12"},
    {"bunyan",
     "{\"name\":\"app\",\"hostname\":\"h\",\"pid\":4,\"level\":50,\"msg\":\"lost\",\"time\":\"2013-01-04T18:46:23.851Z\",\"v\":0}\n",
     1, "2013-01-04T18:46:23.851Z", HC_LOG_ERROR, "app", "lost"},
    {"pino", "{\"level\":40,\"time\":1531171082399,\"pid\":6,\"hostname\":\"h\",\"name\":\"api\",\"msg\":\"slow\"}\n",
     1, "2018-07-09T21:18:02.399Z", HC_LOG_WARN, "api", "slow"},
    {"ECS",
     "{\"@timestamp\":\"2025-03-04T10:11:12.123Z\",\"log.level\":\"WARN\",\"message\":\"pool is full\","
     "\"ecs.version\":\"1.2.0\",\"service.name\":\"shop\"}\n",
     1, "2025-03-04T10:11:12.123Z", HC_LOG_WARN, "shop", "pool is full"},
    {"Google Cloud",
     "{\"insertId\":\"1x\",\"jsonPayload\":{\"message\":\"call failed\"},\"severity\":\"WARNING\","
     "\"timestamp\":\"2025-03-04T10:11:13.5Z\"}\n",
     1, "2025-03-04T10:11:13.5Z", HC_LOG_WARN, "", "call failed"},
    {"MongoDB",
     "{\"t\":{\"$date\":\"2025-03-04T10:11:13.123+00:00\"},\"s\":\"E\",\"c\":\"STORAGE\",\"id\":22944,"
     "\"ctx\":\"conn1\",\"msg\":\"Disk full\"}\n",
     1, "2025-03-04T10:11:13.123Z", HC_LOG_ERROR, "STORAGE", "Disk full"},
    {"Serilog", "{\"@t\":\"2025-03-04T10:11:12.12Z\",\"@mt\":\"Lost {Name}\",\"@l\":\"Error\",\"Name\":\"x\"}\n", 1,
     "2025-03-04T10:11:12.12Z", HC_LOG_ERROR, "", "Lost {Name}"},
    {"GELF",
     "{\"version\":\"1.1\",\"host\":\"h\",\"short_message\":\"lost it\",\"timestamp\":1385053862.3072,\"level\":3}\n",
     1, "2013-11-21T17:11:02.3072Z", HC_LOG_ERROR, "", "lost it"},
    {"logfmt", "ts=2025-03-04T10:11:12.123Z caller=m.go:12 level=warn component=tsdb msg=\"slow\" took=3s\n", 1,
     "2025-03-04T10:11:12.123Z", HC_LOG_WARN, "tsdb", "slow"},
    {"logfmt, short keys", "t=2025-03-04T10:11:12+0100 lvl=eror msg=\"no such user\" logger=context\n", 1,
     "2025-03-04T09:11:12Z", HC_LOG_ERROR, "context", "no such user"},
    {"CLF",
     "10.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /a HTTP/1.0\" 200 23\n"
     "10.1.1.1 - - [10/Oct/2000:13:55:37 -0700] \"POST /b HTTP/1.0\" 500 26\n",
     1, "2000-10-10T20:55:36Z", HC_LOG_NONE, "", "\"GET /a HTTP/1.0\" 200 23"},
    {"nginx, errors",
     "2025/03/04 10:11:12 [error] 28#28: *66 connect() failed\n2025/03/04 10:11:13 [warn] 28#28: *67 slow\n", 1,
     "2025-03-04T10:11:12Z", HC_LOG_ERROR, "", "*66 connect() failed"},
    {"Apache, errors",
     "[Tue Mar 04 10:11:12.123456 2025] [proxy:error] [pid 45:tid 14] AH00957: no answer\n"
     "[Tue Mar 04 10:11:13.123456 2025] [mpm_event:notice] [pid 45:tid 14] AH00489: resuming\n",
     1, "2025-03-04T10:11:12.123456Z", HC_LOG_ERROR, "AH00957", "no answer"},
    {"logback",
     "10:11:12.123 [main] ERROR c.a.shop.Cart - cart is empty\n10:11:13.123 [exec-1] INFO  c.a.shop.Cart - opened\n", 1,
     "2025-03-04T10:11:12.123Z", HC_LOG_ERROR, "c.a.shop.Cart", "cart is empty"},
    {"Spring Boot",
     "2025-03-04 10:11:12.123  INFO 12 --- [           main] a.shop.App    : Starting\n"
     "2025-03-04 10:11:13.123 ERROR 12 --- [nio-8080-exec-1] a.shop.Cart    : it failed\n",
     2, "2025-03-04T10:11:13.123Z", HC_LOG_ERROR, "a.shop.Cart", "it failed"},
    {"Tomcat", "04-Mar-2025 10:11:12.123 SEVERE [main] org.a.Service.start Failed to start\n", 1,
     "2025-03-04T10:11:12.123Z", HC_LOG_ERROR, "", "org.a.Service.start Failed to start"},
    {"Python", "2025-03-04 10:11:12,123 - app.db - ERROR - lost\n2025-03-04 10:11:13,123 - app.web - INFO - done\n", 1,
     "2025-03-04T10:11:12.123Z", HC_LOG_ERROR, "app.db", "lost"},
    {"glog", "I20250304 10:11:12.123456  47 c.cc:116] Synced\nE20250304 10:11:13.123456  47 r.cc:12] Failed to list\n",
     2, "2025-03-04T10:11:13.123456Z", HC_LOG_ERROR, "r.cc", "Failed to list"},
    {"PostgreSQL",
     "2025-03-04 10:11:12.123 CET [47] app@shop ERROR:  no relation\n2025-03-04 10:11:13.123 CET [48] app@shop LOG:  took 12 ms\n",
     1, "2025-03-04T10:11:12.123Z", HC_LOG_ERROR, "", "no relation"},
    {"PostgreSQL, what says more",
     "2025-03-04 10:11:12.123 UTC [47] app@shop ERROR:  deadlock\n2025-03-04 10:11:12.123 UTC [47] app@shop DETAIL:  waits\n"
     "2025-03-04 10:11:12.123 UTC [47] app@shop HINT:  See log.\n2025-03-04 10:11:12.123 UTC [47] app@shop STATEMENT:  UPDATE t\n",
     1, "2025-03-04T10:11:12.123Z", HC_LOG_ERROR, "", "deadlock"},
    {"MySQL 8",
     "2025-03-04T10:11:13.123456Z 12 [Warning] [MY-010055] [Server] no address\n"
     "2025-03-04T10:11:14.123456Z 12 [ERROR] [MY-010055] [InnoDB] Cannot open\n",
     2, "2025-03-04T10:11:14.123456Z", HC_LOG_ERROR, "", "Cannot open"},
    {"MariaDB", "2025-03-04 10:11:12 0 [Note] InnoDB: loaded\n2025-03-04 10:11:13 7 [Warning] Aborted connection\n", 2,
     "2025-03-04T10:11:13Z", HC_LOG_WARN, "", "Aborted connection"},
    {"CRI", "2025-03-04T10:11:12.123456789Z stderr F level=error msg=\"x failed\" component=raft\n", 1,
     "2025-03-04T10:11:12.123456789Z", HC_LOG_ERROR, "raft", "x failed"},
    {"docker",
     "{\"log\":\"2025-03-04 10:11:12,123 ERROR [main] a.Cart: failed\\n\",\"stream\":\"stderr\","
     "\"time\":\"2025-03-04T10:11:12.123456789Z\"}\n",
     1, "2025-03-04T10:11:12.123456789Z", HC_LOG_ERROR, "a.Cart", "failed"},
    {"Windows, text of events",
     "Error\t3/4/2025 10:11:12 AM\tEventLog\t6008\tNone\tThe shutdown was unexpected.\n"
     "Information\t3/4/2025 10:11:13 PM\tEventLog\t6013\tNone\tThe system is up.\n",
     1, "2025-03-04T10:11:12Z", HC_LOG_ERROR, NULL, NULL},
    {"AWS ALB",
     "h2 2025-03-04T10:11:12.123456Z app/lb/50dc 10.0.1.2:48160 10.0.0.6:90 0.0 0.002 0.0 502 200 5 257\n"
     "https 2025-03-04T10:11:13.123456Z app/lb/50dc 10.0.1.2:48160 10.0.0.6:90 0.0 0.002 0.0 200 200 5 257\n",
     1, "2025-03-04T10:11:12.123456Z", HC_LOG_NONE, "", NULL},
    {"HAProxy",
     "Mar  4 10:11:12 lb haproxy[14]: 10.0.1.2:3 [04/Mar/2025:10:11:12.655] in s/srv1 10/0/30/69/109 200\n"
     "Mar  4 10:11:13 lb haproxy[14]: Server s/srv1 is DOWN.\n",
     2, "2025-03-04T10:11:13Z", HC_LOG_NONE, "haproxy", "Server s/srv1 is DOWN."},
    {"logcat, brief", "E/AndroidRuntime( 1234): FATAL EXCEPTION: main\nD/dalvikvm(  99): GC freed 12\n", 1, "",
     HC_LOG_ERROR, "AndroidRuntime", "FATAL EXCEPTION: main"},
    {"logcat, time",
     "03-04 10:11:12.123 E/Power( 1234): no battery\n03-04 10:11:13.123 D/dalvikvm(  99): GC freed 12\n", 1,
     "2025-03-04T10:11:12.123Z", HC_LOG_ERROR, "Power", "no battery"},
    {"dmesg -T", "[Tue Mar  4 10:11:12 2025] Linux version 5.10.0\n[Tue Mar  4 10:11:13 2025] usb 1-1: error -110\n", 1,
     "2025-03-04T10:11:12Z", HC_LOG_NONE, "", "Linux version 5.10.0"},
    {"tai64n", "@4000000037c219bf2ef02e94 tcpserver: status: 1/40\n@4000000037c219c02ef02e94 tcpserver: end 12\n", 1,
     "1999-08-24T04:04:05.787492500Z", HC_LOG_NONE, "tcpserver", "status: 1/40"},
    {"W3C, tabs between",
     "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes\n2025-03-04\t10:11:12\tLAX1\t2390\n"
     "2025-03-04\t10:11:13\tLAX1\t2391\n2025-03-04\t10:11:14\tLAX1\t2392\n",
     3, "2025-03-04T10:11:12Z", HC_LOG_NONE, "", "LAX1\t2390"},
    {"audit", "type=SYSCALL msg=audit(1741083072.415:4063): arch=c000003e syscall=2 success=no\n", 1,
     "2025-03-04T10:11:12.415Z", HC_LOG_NONE, "SYSCALL", "arch=c000003e syscall=2 success=no"},
    {"Ruby",
     "E, [2025-03-04T10:11:12.123456 #47] ERROR -- cart: lost\nI, [2025-03-04T10:11:13.123456 #47]  INFO -- cart: done\n",
     1, "2025-03-04T10:11:12.123456Z", HC_LOG_ERROR, NULL, NULL},
    {"env_logger",
     "[2025-03-04T10:11:12Z ERROR acme::cart] it failed\n[2025-03-04T10:11:13Z INFO  acme::till] opened\n", 1,
     "2025-03-04T10:11:12Z", HC_LOG_ERROR, "acme::cart", "it failed"},
    {"Celery",
     "[2025-03-04 10:11:12,123: ERROR/MainProcess] Task cart.pay[6f3cbf05] raised\n"
     "[2025-03-04 10:11:13,123: INFO/ForkPoolWorker-1] Task cart.add[6f3cbf06] done\n",
     1, "2025-03-04T10:11:12.123Z", HC_LOG_ERROR, "", "Task cart.pay[6f3cbf05] raised"},
    {"a clock in a bracket, then a time",
     "[10:10:11 of build] 2025-03-04 10:11:12 INFO step one\n[10:10:12 of build] 2025-03-04 10:11:13 INFO step two\n",
     2, "2025-03-04T10:11:13Z", HC_LOG_INFO, NULL, NULL},
    {"a time in a bracket, then a time",
     "[2025-03-01 10:10:11 of build] 2025-03-04 10:11:12 INFO step one\n"
     "[2025-03-01 10:10:12 of build] 2025-03-04 10:11:13 INFO step two\n",
     2, "2025-03-04T10:11:13Z", HC_LOG_INFO, NULL, NULL},
    {"a time, then one in a bracket",
     "2025-03-04 10:11:12 ERROR [2025-03-01 12:30:45.001 build nr 7 of main] svc: job one\n"
     "2025-03-04 10:11:13 ERROR [2025-03-01 12:30:45.002 build nr 8 of main] svc: job two\n",
     2, "2025-03-04T10:11:13Z", HC_LOG_ERROR, "svc", "job two"},
    {"syslog of config", "Mar  4 10:11:12 box config[12]: read 1\nMar  4 10:11:13 box config[12]: read 2\n", 2,
     "2025-03-04T10:11:13Z", HC_LOG_NONE, "config", "read 2"},
    {"syslog of log", "Mar  4 10:11:12 box log[12]: read 1\nMar  4 10:11:13 box log[12]: read 2\n", 2,
     "2025-03-04T10:11:13Z", HC_LOG_NONE, "log", "read 2"},
    {"syslog of notice", "Mar  4 10:11:12 box notice[12]: read 1\nMar  4 10:11:13 box notice[12]: read 2\n", 2,
     "2025-03-04T10:11:13Z", HC_LOG_NONE, "notice", "read 2"},
    {"syslog of trace", "Mar  4 10:11:12 box trace[12]: read 1\nMar  4 10:11:13 box trace[12]: read 2\n", 2,
     "2025-03-04T10:11:13Z", HC_LOG_NONE, "trace", "read 2"},
    {"messages that begin with fail",
     "Mar  4 10:11:12 box worker[12]: fail to connect 7\nMar  4 10:11:13 box worker[12]: fail to connect 8\n", 2,
     "2025-03-04T10:11:13Z", HC_LOG_NONE, "worker", "fail to connect 8"},
    {"results of tests", "FAIL test_case_12 in 0.1s\nFAIL test_case_13 in 0.1s\nFAIL test_case_14 in 0.1s\n", 2, "",
     HC_LOG_NONE, "", "FAIL test_case_13 in 0.1s"},
    {"an old Asterisk",
     "[2025-03-04 10:11:12] NOTICE[1638]: chan_sip.c: lost\n[2025-03-04 10:11:13] ERROR[1638]: pbx.c: no\n", 2,
     "2025-03-04T10:11:13Z", HC_LOG_ERROR, "pbx.c", "no"},
    {"I/O", "I/O(3): wait\nI/O(4): wait\n", 1, "", HC_LOG_NONE, "", "I/O(3): wait"},
    {"zap, console, no logger",
     "2025-03-04T10:11:12.123Z\tINFO\trequest\t{\"path\": \"/a\"}\n2025-03-04T10:11:13.123Z\tWARN\trequest\t{\"path\": \"/b\"}\n"
     "2025-03-04T10:11:14.123Z\tINFO\trequest\t{\"path\": \"/c\"}\n",
     2, "2025-03-04T10:11:13.123Z", HC_LOG_WARN, "", "request\t{\"path\": \"/b\"}"},
    {"Elasticsearch",
     "[2025-03-04T10:11:12,123][WARN ][o.e.Disk] [node-1] watermark\n[2025-03-04T10:11:13,123][INFO ][o.e.Node] [node-1] up\n",
     1, "2025-03-04T10:11:12.123Z", HC_LOG_WARN, "o.e.Disk", NULL},
    {"Python, as it is set up without a format",
     "WARNING:root:pool is full\nINFO:app.db:opened\nERROR:app.db:lost it\n", 3, "", HC_LOG_ERROR, "app.db", "lost it"},
    {"Monolog",
     "[2025-03-04 10:11:12] app.INFO: opened {\"n\":1} []\n[2025-03-04T10:11:13.123456+01:00] request.WARNING: slow [] []\n",
     2, "2025-03-04T09:11:13.123456Z", HC_LOG_WARN, "request", "slow [] []"},
    {"PostgreSQL, a prefix without spaces",
     "2025-03-04 10:11:12 UTC:10.0.0.1(506):app@shop:[12795]:FATAL:  no entry\n"
     "2025-03-04 10:11:13 UTC:[local]:app@shop:[12796]:LOG:  ready\n",
     1, "2025-03-04T10:11:12Z", HC_LOG_FATAL, "", "no entry"},
    {"Serilog, console", "[10:11:12 WRN] Pool is full\n[10:11:13 INF] It shrank\n", 1, "2025-03-04T10:11:12Z",
     HC_LOG_WARN, "", "Pool is full"},
    {"WildFly",
     "10:11:12,123 WARN  [org.acme.Pool] (pool-1-thread-2) it is full\n10:11:13,123 INFO  [org.acme.Pool] (MSC 1-4) it shrank\n",
     1, "2025-03-04T10:11:12.123Z", HC_LOG_WARN, "org.acme.Pool", NULL},
    {"WebLogic",
     "####<Mar 4, 2025 11:11:12 PM UTC> <Error> <JDBC> <host> <srv> pool is full\n"
     "####<Mar 4, 2025 11:11:13 PM UTC> <Info> <JDBC> <host> <srv> it shrank\n",
     1, "2025-03-04T23:11:12Z", HC_LOG_ERROR, "", NULL},
    {"Mumble", "<W>2025-03-04 10:11:12.123 1 => refused\n<W>2025-03-04 10:11:13.123 1 => closed it\n", 1,
     "2025-03-04T10:11:12.123Z", HC_LOG_WARN, "", NULL},
    {"MySQL, slow queries",
     "# Time: 250304 10:11:12\n# User@Host: app[app] @ web\n# Query_time: 2  Lock_time: 0\nuse shop;\nSELECT 1;\n"
     "# Time: 250304 10:11:13\n# User@Host: app[app] @ web\n# Query_time: 3  Lock_time: 0\nuse shop;\nSELECT 2;\n",
     6, "2025-03-04T10:11:13Z", HC_LOG_NONE, NULL, NULL},
    {"java.util.logging",
     "Mar 04, 2025 10:11:12 AM org.acme.Pool open\nINFO: opened\nMar 04, 2025 10:11:13 AM org.acme.Pool get\n"
     "SEVERE: pool is full\njava.io.IOException: broken pipe\n\tat org.acme.Pool.get(Pool.java:41)\n",
     4, "2025-03-04T10:11:13Z", HC_LOG_ERROR, "", "pool is full"},
    {"Asterisk",
     "[2025-03-04 10:11:12] NOTICE[1638] chan_sip.c: Registration failed\n[2025-03-04 10:11:13] ERROR[1638] pbx.c: no\n",
     2, "2025-03-04T10:11:13Z", HC_LOG_ERROR, "pbx.c", "no"},
    {"uWSGI",
     "[pid: 81|app: 0|req: 1/1] 10.0.0.1 () {38 vars in 696 bytes} [Sun Mar 13 22:49:12 2016] GET /a took 1\n"
     "[pid: 81|app: 0|req: 3/2] 10.0.0.1 () {38 vars in 696 bytes} [Sun Mar 13 22:49:15 2016] GET /b took 2\n",
     1, "2016-03-13T22:49:12Z", HC_LOG_NONE, "", "GET /a took 1"},
    {".NET, console", "fail: Acme.Cart[0]\n      Cart failed\ninfo: Acme.Till[0]\n      Till opened\n", 1, "",
     HC_LOG_ERROR, NULL, NULL},
    {"etcd", "2025-03-04 10:11:12.123456 W | etcdserver: took too long\n2025-03-04 10:11:13.123456 I | raft: elected\n",
     1, "2025-03-04T10:11:12.123456Z", HC_LOG_WARN, "etcdserver", "took too long"},
};

struct wanted {
    const struct sample *sample;
    bool seen;
};

static bool is(struct hc_str got, const char *wanted)
{
    return !wanted || hc_str_is(got, wanted);
}

static enum hc_status take(void *context, const struct hc_log_line *line, struct hc_err *err)
{
    struct wanted *wanted = context;
    const struct sample *sample = wanted->sample;
    char time[HC_TIME_TEXT];
    (void)err;
    if (line->line != sample->line)
        return HC_OK;
    wanted->seen = true;
    hc_time_format(line->at, time);
    if (line->continues)
        fail_msg("%s: is no record", sample->format);
    if (strcmp(time, sample->time) != 0)
        fail_msg("%s: time '%s'", sample->format, time);
    if (line->level != sample->level)
        fail_msg("%s: level %d", sample->format, line->level);
    if (!is(line->component, sample->component))
        fail_msg("%s: component '%.*s'", sample->format, (int)line->component.n, line->component.p);
    if (!is(line->message, sample->message))
        fail_msg("%s: message '%.*s'", sample->format, (int)line->message.n, line->message.p);
    return HC_OK;
}

static void each_format_gives_its_time_level_component_and_message(void **state)
{
    /* 2025-03-04T10:00:00Z */
    const struct hc_stamp_frame frame = {.window_start = {INT64_C(1741082400) * HC_NS_PER_SECOND, 0}, .year = 2025};
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct wanted wanted = {&samples[i], false};
        struct hc_log_lines_sink sink = {&wanted, take};
        struct hc_err err = HC_ERR_NONE;
        struct hc_arena *arena = hc_arena_new(0);
        assert_int_equal(
            hc_log_lines(hc_str_of(samples[i].text), &frame, hc_shape_memo_new(arena, NULL), arena, &sink, &err),
            HC_OK);
        assert_true(wanted.seen);
        hc_arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_format_gives_its_time_level_component_and_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
