/* Events and changes in the shapes that the tools' documentation shows. */
#include "tests/unit/ingest/reading.h"

static struct test_reading t;
static struct hc_names known;

static int fresh(void **state)
{
    (void)state;
    test_reading_open(&t);
    hc_names_init(&known, t.arena);
    hc_names_add(&known, HC_STR("checkout"));
    hc_names_add(&known, HC_STR("payment-db"));
    t.context.known_components = &known;
    return 0;
}

static int spent(void **state)
{
    (void)state;
    test_reading_close(&t);
    return 0;
}

/* The window begins at that time. */
static void read_at(const char *start, const char *text)
{
    assert_true(hc_time_parse_rfc3339(hc_str_of(start), &t.context.window_start));
    hc_reading_init(&t.reading, t.arena);
    assert_int_equal(test_read(&t, text), HC_OK);
    assert_text(t.file.format, "events-json");
    assert_text(t.file.kind, "events");
}

static struct hc_str component(uint32_t number)
{
    return number == HC_NO_COMPONENT ? HC_STR_NONE : t.reading.components.items[number];
}

static void assert_at(struct hc_time at, const char *expected)
{
    char text[HC_TIME_TEXT];
    hc_time_format(at, text);
    assert_string_equal(text, expected);
}

#define K8S_EVENT(reason, type, object, line)                                                                         \
    "{\"apiVersion\":\"v1\",\"count\":1,\"eventTime\":null,\"firstTimestamp\":\"2024-05-01T10:00:00Z\","              \
    "\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"" object "\",\"namespace\":\"shop\"},\"kind\":\"Event\","        \
    "\"lastTimestamp\":\"2024-05-01T10:00:00Z\",\"message\":\"Memory cgroup out of memory\",\"metadata\":{"           \
    "\"creationTimestamp\":\"2024-05-01T10:00:00Z\",\"name\":\"x.17cb\",\"namespace\":\"shop\"},\"reason\":\"" reason \
    "\",\"source\":{\"component\":\"kubelet\",\"host\":\"n1\"},\"type\":\"" type "\"}" line

static void reads_a_list_of_kubernetes_events(void **state)
{
    (void)state;
    read_at("2024-05-01T10:00:00Z",
            "{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n" K8S_EVENT("OOMKilling", "Warning",
                                                                           "checkout-7d9f8b6c5-x2x9z", ",\n")
                K8S_EVENT("Pulled", "Normal", "cart-7d9f8b6c5-x2x9z",
                          "\n") "],\n    \"kind\": \"List\",\n    \"metadata\": {\"resourceVersion\": \"\"}\n}\n");
    assert_int_equal(t.reading.n_events, 2);
    assert_int_equal(t.file.n_rows, 2);
    const struct hc_event *e = t.reading.events;
    assert_text(e[0].kind, "OOMKilling");
    assert_text(e[0].message, "Memory cgroup out of memory");
    assert_text(component(e[0].component), "checkout");
    assert_int_equal(e[0].level, HC_LOG_WARN);
    assert_int_equal(e[0].place.line, 4);
    assert_at(e[0].at, "2024-05-01T10:00:00Z");
    assert_text(component(e[1].component), "cart");
    assert_int_equal(e[1].level, HC_LOG_INFO);
    assert_int_equal(e[1].place.line, 5);
}

static void names_the_component_of_an_object(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *name, *component;
    } objects[] = {
        {"Pod", "checkout-7d9f8b6c5-x2x9z", "checkout"},
        {"Pod", "payment-db-0", "payment-db"},
        {"Pod", "cart-7d9f8b6c5-x2x9z", "cart"},
        {"Pod", "node-exporter-x2x9z", "node-exporter"},
        {"Pod", "cart-service-apple", "cart-service-apple"},
        {"ReplicaSet", "cart-7d9f8b6c5", "cart"},
        {"Deployment", "cart-7d9f8b6c5", "cart-7d9f8b6c5"},
        {"Node", "ip-10-0-0-1.ec2.internal", "ip-10-0-0-1.ec2.internal"},
        {"Pod", "checkoutish-7d9f8b6c5-x2x9z", "checkoutish"},
    };
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        struct hc_str text = hc_str_format(t.arena,
                                           "{\"kind\":\"Event\",\"involvedObject\":{\"kind\":\"%s\",\"name\":\"%s\"},"
                                           "\"reason\":\"r\",\"lastTimestamp\":\"2024-05-01T10:00:00Z\"}",
                                           objects[i].kind, objects[i].name);
        read_at("2024-05-01T10:00:00Z", text.p);
        assert_text(component(t.reading.events[0].component), objects[i].component);
    }
}

static void reads_events_of_the_newer_api_and_what_a_watch_writes(void **state)
{
    (void)state;
    read_at("2024-05-01T10:00:00Z",
            "{\"type\":\"ADDED\",\"object\":{\"kind\":\"Event\",\"apiVersion\":\"events.k8s.io/v1\","
            "\"metadata\":{\"name\":\"x\"},\"eventTime\":\"2024-05-01T10:00:00.123456Z\",\"reason\":\"BackOff\","
            "\"regarding\":{\"kind\":\"Pod\",\"name\":\"checkout-1\"},\"note\":\"Back-off restarting\","
            "\"series\":{\"count\":5,\"lastObservedTime\":\"2024-05-01T10:09:00.000000Z\"},\"type\":\"Warning\"}}\n"
            "{\n  \"kind\": \"Event\",\n  \"regarding\": {\"kind\": \"Pod\", \"name\": \"checkout-1\"},\n"
            "  \"eventTime\": null, \"deprecatedLastTimestamp\": \"2024-05-01T10:01:00Z\", \"note\": \"n\"\n}\n");
    const struct hc_event *e = t.reading.events;
    assert_int_equal(t.reading.n_events, 3);
    assert_int_equal(t.file.n_rows, 2);
    assert_at(e[0].at, "2024-05-01T10:00:00.123456Z");
    assert_at(e[1].at, "2024-05-01T10:09:00.000000Z");
    assert_text(e[1].kind, "BackOff");
    assert_text(e[1].message, "Back-off restarting");
    assert_int_equal(e[1].place.line, 1);
    assert_int_equal(e[2].place.line, 2);
    assert_text(e[2].kind, "event");
}

static void takes_an_empty_list_of_events_for_none(void **state)
{
    (void)state;
    read_at("2024-05-01T10:00:00Z", "{\"kind\":\"EventList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[]}");
    assert_int_equal(t.reading.n_events, 0);
    assert_int_equal(t.file.n_rows, 0);
}

static void reads_alerts_that_a_webhook_got(void **state)
{
    (void)state;
    read_at("2023-02-06T13:00:00Z",
            "{\"receiver\":\"sms\",\"status\":\"resolved\",\"alerts\":[{\"status\":\"resolved\",\"labels\":{"
            "\"alertname\":\"HighErrorRate\",\"instance\":\"10.0.0.1:80\",\"pod\":\"checkout-7d9f8b6c5-x2x9z\","
            "\"severity\":\"critical\"},\"annotations\":{\"description\":\"d\",\"summary\":\"5% \\u00fcber\"},"
            "\"startsAt\":\"2023-02-06T13:08:45.828Z\",\"endsAt\":\"2023-02-06T13:18:45.828Z\","
            "\"generatorURL\":\"http://p:9090/graph\",\"fingerprint\":\"1a30ba71cca2921f\"},\n"
            "{\"status\":\"firing\",\"labels\":{\"alertname\":\"A\",\"service\":\"payment-db\"},\"annotations\":{},"
            "\"startsAt\":\"2023-02-06T13:08:45.828Z\",\"endsAt\":\"0001-01-01T00:00:00Z\"}],"
            "\"groupLabels\":{},\"commonLabels\":{},\"version\":\"4\",\"groupKey\":\"{}:{}\",\"truncatedAlerts\":0}");
    const struct hc_event *e = t.reading.events;
    assert_int_equal(t.reading.n_events, 3);
    assert_int_equal(t.file.n_rows, 2);
    assert_text(e[0].kind, "alert");
    assert_text(e[0].message, "HighErrorRate: 5% \xc3\xbc"
                              "ber");
    assert_text(component(e[0].component), "checkout");
    assert_int_equal(e[0].level, HC_LOG_FATAL);
    assert_text(e[1].kind, "alert-resolved");
    assert_at(e[1].at, "2023-02-06T13:18:45.828Z");
    assert_int_equal(e[1].level, HC_LOG_INFO);
    assert_text(e[2].message, "A");
    assert_text(component(e[2].component), "payment-db");
    assert_int_equal(e[2].place.line, 2);
}

static void reads_alerts_as_the_api_lists_them(void **state)
{
    (void)state;
    read_at("2023-02-06T13:00:00Z",
            "[\n  {\"annotations\":{\"summary\":\"s\"},\"endsAt\":\"2023-02-06T13:12:45.828Z\",\"fingerprint\":\"1a\","
            "\"receivers\":[{\"name\":\"sms\"}],\"startsAt\":\"2023-02-06T13:08:45.828Z\",\"status\":{"
            "\"inhibitedBy\":[],\"silencedBy\":[],\"state\":\"active\"},\"updatedAt\":\"2023-02-06T13:08:45.830Z\","
            "\"generatorURL\":\"http://p\",\"labels\":{\"alertname\":\"A\",\"job\":\"checkout\","
            "\"severity\":\"warning\"}}\n]\n");
    assert_int_equal(t.reading.n_events, 1);
    assert_int_equal(t.reading.events[0].level, HC_LOG_WARN);
    assert_text(component(t.reading.events[0].component), "checkout");
    assert_int_equal(t.reading.events[0].place.line, 2);
}

#define CDEVENT(type, subject)                                                                                      \
    "{\"context\":{\"version\":\"0.4.0\",\"id\":\"271069a8\",\"source\":\"/event/source/123\",\"type\":"            \
    "\"dev.cdevents." type "\",\"timestamp\":\"2023-03-20T14:27:05.315384Z\"},\"subject\":{\"id\":\"" subject "\"," \
    "\"source\":\"/event/source/123\",\"type\":\"service\",\"content\":{\"environment\":{\"id\":\"test123\"},"      \
    "\"artifactId\":\"pkg:oci/myapp@sha256%3A0b31b1c02ff4?tag=2.1\"}}}"

static void reads_cdevents_bare_and_in_cloudevents(void **state)
{
    (void)state;
    read_at(
        "2023-03-20T14:30:00Z",
        CDEVENT(
            "service.deployed.0.2.0",
            "service/checkout") "\n"
                                "{\"specversion\":\"1.0\",\"id\":\"271069a8\",\"source\":\"/event/source/123\","
                                "\"type\":\"dev.cdevents.service.rolledback.0.2.0\",\"time\":\"2023-03-20T14:27:05.315384Z\","
                                "\"datacontenttype\":\"application/cdevents+json\",\"data\":" CDEVENT(
                                    "service.rolledback.0.2.0", "mySubject123") "}\n" CDEVENT("incident.detected.0.2.0",
                                                                                              "checkout") "\n");
    const struct hc_change *c = t.reading.changes;
    assert_int_equal(t.reading.n_changes, 2);
    assert_int_equal(t.reading.n_events, 1);
    assert_text(c[0].kind, "deploy");
    assert_text(component(c[0].component), "checkout");
    assert_text(c[0].version, "sha256:0b31b1c02ff4");
    assert_text(c[0].text, "pkg:oci/myapp@sha256%3A0b31b1c02ff4?tag=2.1, environment test123");
    assert_at(c[0].at, "2023-03-20T14:27:05.315384Z");
    assert_text(c[1].kind, "rollback");
    assert_text(component(c[1].component), "mySubject123");
    assert_int_equal(c[1].place.line, 2);
    assert_text(t.reading.events[0].kind, "incident.detected");
    assert_text(component(t.reading.events[0].component), "checkout");
}

#define DEPLOYMENT(id, created)                                                                                               \
    "{\"url\":\"https://api.github.com/repos/octocat/checkout-service/deployments/" id "\",\"id\":" id                        \
    ",\"sha\":\"a84d88e7554fc1fa21bcbc4efae3c782a70d2b9d\",\"ref\":\"v2.8.1\",\"task\":\"deploy\",\"payload\":{},"            \
    "\"original_environment\":\"staging\",\"environment\":\"production\",\"description\":\"Deploy request from hubot\","      \
    "\"creator\":{\"login\":\"octocat\",\"id\":1,\"url\":\"https://api.github.com/users/octocat\"},\"created_at\":\"" created \
    "\",\"updated_at\":\"" created "\",\"statuses_url\":\"https://api.github.com/s\",\"repository_url\":"                     \
    "\"https://api.github.com/repos/octocat/checkout-service\"}"

/* A subject's id may be anything; the artifact has the name of what runs. */
static void names_the_component_of_a_cdevent_by_its_artifact(void **state)
{
    (void)state;
    read_at(
        "2023-03-20T14:30:00Z",
        "{\"context\":{\"specversion\":\"0.5.0\",\"type\":\"dev.cdevents.service.upgraded.0.3.0\",\"timestamp\":"
        "\"2023-03-20T14:27:05Z\"},\"subject\":{\"id\":\"deploy-b2c3d4e5\",\"content\":{\"environment\":{\"id\":\"prod\"},"
        "\"artifactId\":\"pkg:oci/ghcr.io/shop/checkout@sha256%3A0b?tag=2\"}}}\n"
        "{\"context\":{\"type\":\"dev.cdevents.service.deployed.0.3.0\",\"timestamp\":\"2023-03-20T14:27:05Z\"},"
        "\"subject\":{\"id\":\"service/payment-db\",\"content\":{\"artifactId\":\"pkg:oci/checkout\"}}}\n");
    assert_int_equal(t.reading.n_changes, 2);
    assert_text(component(t.reading.changes[0].component), "checkout");
    assert_text(t.reading.changes[0].version, "sha256:0b");
    assert_text(component(t.reading.changes[1].component), "payment-db");
}

static void reads_deployments_and_releases_of_github(void **state)
{
    (void)state;
    read_at("2012-07-20T02:00:00Z",
            "[\n" DEPLOYMENT("1", "2012-07-20T01:19:13Z") ",\n" DEPLOYMENT("2", "2011-01-01T00:00:00Z") "\n]\n");
    const struct hc_change *c = t.reading.changes;
    assert_int_equal(t.reading.n_changes, 1);
    assert_int_equal(t.file.n_rows, 2);
    assert_int_equal(t.file.n_bad_rows, 0);
    assert_int_equal(test_warnings(&t.reading, "changes-distant"), 1);
    assert_text(c[0].kind, "deploy");
    assert_text(c[0].version, "v2.8.1");
    assert_text(c[0].commit, "a84d88e7554fc1fa21bcbc4efae3c782a70d2b9d");
    assert_text(c[0].text, "Deploy request from hubot, environment production, by octocat");
    assert_text(component(c[0].component), "checkout");
    assert_int_equal(c[0].place.line, 2);
    read_at(
        "2013-02-27T19:35:32Z",
        "[{\"url\":\"https://api.github.com/repos/octocat/Hello-World/releases/1\",\"id\":1,\"tag_name\":\"v1.0.0\","
        "\"target_commitish\":\"master\",\"name\":\"v1.0.0\",\"body\":\"Description of the release\","
        "\"draft\":false,\"prerelease\":false,\"created_at\":\"2013-02-27T19:35:32Z\","
        "\"published_at\":\"2013-02-27T19:35:32Z\",\"author\":{\"login\":\"octocat\"},\"assets\":[]},"
        "{\"tag_name\":\"v1.1.0\",\"name\":null,\"draft\":true,\"published_at\":null},"
        "{\"tagName\":\"v1.2.0\",\"name\":\"\",\"isDraft\":true,\"publishedAt\":\"0001-01-01T00:00:00Z\"},"
        "{\"tagName\":\"v1.3.0\",\"name\":\"\",\"isDraft\":true,\"publishedAt\":\"2013-02-27T19:35:32Z\"}]");
    c = t.reading.changes;
    assert_int_equal(t.reading.n_changes, 1);
    assert_int_equal(t.file.n_bad_rows, 0);
    assert_text(c[0].kind, "release");
    assert_text(c[0].version, "v1.0.0");
    assert_text(c[0].text, "v1.0.0: Description of the release");
    assert_int_equal(c[0].component, HC_NO_COMPONENT);
}

static void reads_what_pagerduty_lists_and_takes(void **state)
{
    (void)state;
    read_at("2020-07-17T09:00:00Z",
            "{\"change_events\":[{\"id\":\"01BB\",\"type\":\"change_event\",\"summary\":\"Deployed checkout 2.8\","
            "\"timestamp\":\"2020-07-17T08:42:58Z\",\"source\":\"pipeline\",\"services\":[{\"id\":\"P1\",\"type\":"
            "\"service_reference\",\"summary\":\"checkout\"},{\"id\":\"P2\",\"summary\":\"Billing\"}],"
            "\"custom_details\":{\"build\":\"2\"}}],\"limit\":25,\"offset\":0,\"total\":null,\"more\":false}\n"
            "{\"routing_key\":\"samplekeyhere\",\"payload\":{\"summary\":\"Build Success: timeout raised\","
            "\"timestamp\":\"2020-07-17T08:42:58.315+0000\",\"source\":\"acme-build\",\"custom_details\":{}},"
            "\"links\":[]}\n"
            "{\"routing_key\":\"samplekeyhere\",\"event_action\":\"trigger\",\"dedup_key\":\"k\",\"payload\":{"
            "\"summary\":\"DISK at 99%\",\"timestamp\":\"2020-07-17T08:43:00Z\",\"source\":\"payment-db-0\","
            "\"severity\":\"error\"}}\n"
            "{\"routing_key\":\"samplekeyhere\",\"event_action\":\"acknowledge\",\"dedup_key\":\"k\",\"payload\":{"
            "\"summary\":\"DISK at 99%\",\"timestamp\":\"2020-07-17T08:44:00Z\",\"source\":\"payment-db-0\","
            "\"severity\":\"error\"}}\n"
            "{\"routing_key\":\"samplekeyhere\",\"event_action\":\"resolve\",\"dedup_key\":\"k\",\"payload\":{"
            "\"summary\":\"DISK at 99%\",\"timestamp\":\"2020-07-17T08:45:00Z\",\"source\":\"payment-db-0\","
            "\"severity\":\"error\"}}\n");
    const struct hc_change *c = t.reading.changes;
    assert_int_equal(t.reading.n_changes, 3);
    assert_int_equal(t.reading.n_events, 3);
    assert_text(t.reading.events[1].kind, "alert-acknowledged");
    assert_int_equal(t.reading.events[1].level, HC_LOG_INFO);
    assert_text(t.reading.events[2].kind, "alert-resolved");
    assert_int_equal(t.reading.events[2].level, HC_LOG_INFO);
    assert_text(c[0].kind, "deploy");
    assert_text(component(c[0].component), "checkout");
    assert_text(component(c[1].component), "Billing");
    assert_text(c[2].kind, "other");
    assert_at(c[2].at, "2020-07-17T08:42:58.315Z");
    assert_int_equal(c[2].component, HC_NO_COMPONENT);
    assert_text(t.reading.events[0].kind, "alert");
    assert_int_equal(t.reading.events[0].level, HC_LOG_ERROR);
    assert_text(component(t.reading.events[0].component), "payment-db");
    for (size_t i = 0; i < t.reading.n_changes; i++)
        assert_null(memmem(c[i].text.p, c[i].text.n, "samplekey", 9));
}

/* A webhook is called again as long as an alert fires, a watch shows an event at each new count, a deployment comes with
 * each of its states. */
static void takes_what_is_said_again_once(void **state)
{
    (void)state;
    static const char alert[] = "{\"version\":\"4\",\"alerts\":[{\"status\":\"firing\",\"labels\":{\"alertname\":\"A\","
                                "\"service\":\"checkout\"},\"startsAt\":\"2024-05-01T10:00:00Z\",\"endsAt\":"
                                "\"0001-01-01T00:00:00Z\"}]}\n";
    read_at("2024-05-01T10:00:00Z", hc_str_format(t.arena, "%s%s", alert, alert).p);
    assert_int_equal(t.reading.n_events, 1);
    assert_int_equal(t.file.n_rows, 2);
    assert_int_equal(t.file.n_bad_rows, 0);
    static const char deployment[] =
        "{\"action\":\"created\",\"deployment_status\":{\"state\":\"%s\"},\"deployment\":{\"sha\":\"a84d\",\"ref\":\"v2\","
        "\"environment\":\"p\",\"created_at\":\"2024-05-01T10:00:00Z\",\"updated_at\":\"2024-05-01T10:0%d:00Z\"}}\n";
    struct hc_str queued = hc_str_format(t.arena, deployment, "queued", 1);
    struct hc_str done = hc_str_format(t.arena, deployment, "success", 2);
    read_at("2024-05-01T10:00:00Z", hc_str_format(t.arena, "%s%s", queued.p, done.p).p);
    assert_int_equal(t.reading.n_changes, 1);
    static const char watched[] =
        "{\"type\":\"MODIFIED\",\"object\":{\"kind\":\"Event\",\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"checkout-1\"},"
        "\"reason\":\"BackOff\",\"firstTimestamp\":\"2024-05-01T10:00:00Z\",\"lastTimestamp\":\"2024-05-01T10:0%d:00Z\"}}\n";
    struct hc_str second = hc_str_format(t.arena, watched, 2), third = hc_str_format(t.arena, watched, 3);
    read_at("2024-05-01T10:00:00Z", hc_str_format(t.arena, "%s%s", second.p, third.p).p);
    assert_int_equal(t.reading.n_events, 3);
}

static void a_defective_record_costs_itself(void **state)
{
    (void)state;
    read_at("2024-05-01T10:00:00Z",
            K8S_EVENT("A", "Normal", "checkout-1",
                      "\n") "{\"kind\":\"Event\",\"involvedObject\":{},\"reason\":\"r\"}\n"
                            "{\"kind\":\"Event\",\"involvedObject\":{},\"lastTimestamp\":\"2024-05-01T10:00:00Z\"}\n"
                            "{\"kind\":\"Pod\"}\nno json\n"
                            "{\"kind\":\"Event\",\"involvedObject\":{\"name\":\"cut\n" K8S_EVENT("B", "Normal",
                                                                                                 "checkout-1", "\n"));
    assert_int_equal(t.reading.n_events, 2);
    assert_text(t.reading.events[1].kind, "B");
    assert_int_equal(t.reading.events[1].place.line, 7);
    assert_int_equal(t.file.n_rows, 7);
    assert_int_equal(t.file.n_bad_rows, 5);
    assert_int_equal(test_warnings(&t.reading, "bad-time"), 1);
    assert_int_equal(test_warnings(&t.reading, "event-empty"), 1);
    assert_int_equal(test_warnings(&t.reading, "event-shape"), 1);
    assert_int_equal(test_warnings(&t.reading, "json-syntax"), 2);
}

static void keeps_the_whole_records_of_a_list_that_is_cut(void **state)
{
    (void)state;
    static const char whole[] = "{\"kind\":\"List\",\"items\":[" K8S_EVENT("A", "Normal", "checkout-1", ",\n")
        K8S_EVENT("B", "Normal", "checkout-1", "\n") "]}";
    for (size_t n = sizeof whole - 2; n > 700; n--) {
        read_at("2024-05-01T10:00:00Z", hc_arena_copy(t.arena, whole, n));
        assert_int_equal(t.reading.n_events + t.file.n_bad_rows, t.file.n_rows);
        assert_true(t.reading.n_events >= 1 && t.file.n_bad_rows == 1);
        assert_int_equal(test_warnings(&t.reading, "json-syntax"), 1);
    }
}

static void tells_a_cut_apart_from_a_record_that_is_bad(void **state)
{
    (void)state;
    read_at("2024-05-01T10:00:00Z", "[" K8S_EVENT("A", "Normal", "checkout-1",
                                                  ",\n") "{\"kind\":\"Event\",\"involvedObject\":{},\"reason\":\"r\"}");
    assert_int_equal(t.reading.n_events, 1);
    assert_int_equal(t.file.n_bad_rows, 2);
    assert_int_equal(test_warnings(&t.reading, "bad-time"), 1);
    assert_int_equal(test_warnings(&t.reading, "json-syntax"), 1);
}

/* It passes for no log: what is cut in its first record is still the tool's. */
static void says_where_the_only_record_is_damaged(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"kind\":\"List\",\"items\":[\n{\"kind\":\"Event\",\"involvedObject\":{\"kind\":\"Pod\"},\"reason\":\"r",
        "[\n{\"sha\":\"a\",\"environment\":\"p\",\"created_at\":\"2024-05-01T10:00:00Z\", \"x\": ,}\n]\n",
        "\n{\"context\":{\"type\":\"dev.cdevents.service.deployed.0.2.0\",\"timestamp\":\"2024-05-01T10:00:00Z\"},\"sub",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        read_at("2024-05-01T10:00:00Z", texts[i]);
        assert_int_equal(t.reading.n_events + t.reading.n_changes, 0);
        assert_int_equal(t.file.n_bad_rows, 1);
        assert_int_equal(t.reading.warnings.n, 1);
        assert_text(t.reading.warnings.items[0].code, "json-syntax");
        assert_int_equal(t.reading.warnings.items[0].line, 2);
    }
}

/* What is left of a list or an object whose brackets do not match says nothing more. */
static void is_silent_about_the_ruins_behind_the_damage(void **state)
{
    (void)state;
    static const char *const tails[] = {
        "{\"kind\":\"Event\",\"a\":{\n\"b\": 1\n,\n\"c\": {}\n},\n{\"d\": 1}\n],\n\"kind\":\n\"List\"\n}\n",
        "{\"kind\":\"Event\",\n\"a\":}\n\"b\": 1\n},\n\"c\": {}\n},\n\"d\": 1}\n],\n\"kind\":\n\"List\"\n}\n",
    };
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        read_at(
            "2024-05-01T10:00:00Z",
            hc_str_format(t.arena, "{\"items\":[\n%s%s", K8S_EVENT("A", "Normal", "checkout-1", ",\n"), tails[i]).p);
        assert_int_equal(t.reading.n_events, 1);
        assert_int_equal(t.reading.warnings.n, 1);
        assert_text(t.reading.warnings.items[0].code, "json-syntax");
        assert_int_equal(t.reading.warnings.items[0].line, 3);
    }
}

static void leaves_what_is_of_no_tool_to_other_readers(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"time\":\"1970-01-01T00:01:00Z\",\"kind\":\"restart\",\"message\":\"m\"}\n",
        "{\"level\":\"info\",\"ts\":1700000000,\"msg\":\"regarding startsAt labels\"}\n",
        "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[{\"kind\":\"Pod\"}]}",
        "[]",
        "{}",
        "[",
        "{\"items\":",
        "[[[[{\"kind\":\"Event\",\"involvedObject\":{}}]]]]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(hc_reader_events_json.bid(hc_str_of(texts[i]), &t.context), 0);
    hc_reading_init(&t.reading, t.arena);
    assert_int_equal(
        test_read(&t, K8S_EVENT("A", "Normal", "checkout-1",
                                "\n") "{\"time\":\"2024-05-01T10:00:00Z\",\"level\":\"info\",\"message\":\"a\"}\n"
                                      "{\"time\":\"2024-05-01T10:00:00Z\",\"level\":\"info\",\"message\":\"b\"}\n"
                                      "{\"time\":\"2024-05-01T10:00:00Z\",\"level\":\"info\",\"message\":\"c\"}\n"),
        HC_OK);
    assert_text(t.file.format, "logs-jsonl");
    hc_reading_init(&t.reading, t.arena);
    assert_int_equal(test_read(&t, K8S_EVENT("A", "Normal", "checkout-1",
                                             "\n") "2024-05-01T10:00:00Z INFO a\n2024-05-01T10:00:01Z INFO b\n"),
                     HC_OK);
    assert_text(t.file.format, "logs-text");
}

static void takes_the_entry_s_component_where_none_is_named(void **state)
{
    (void)state;
    t.entry = (struct hc_entry){.kind = HC_STR("events"), .component = HC_STR("db")};
    read_at("2013-02-27T19:35:32Z", "[{\"tagName\":\"v1\",\"name\":\"One\",\"publishedAt\":\"2013-02-27T19:35:32Z\"}]");
    assert_text(component(t.reading.changes[0].component), "db");
    assert_text(t.reading.changes[0].text, "One");
}

static void passes_over_kubernetes_objects_of_other_kinds(void **state)
{
    (void)state;
    static const char service[] = "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"a\"}}";
    char text[2048];
    snprintf(text, sizeof text, "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[%s,%s]}", service,
             K8S_EVENT("OOMKilling", "Warning", "checkout-7d9f8b6c5-x2x9z", ""));
    read_at("2024-05-01T10:00:00Z", text);
    assert_int_equal(t.reading.n_events, 1);
    assert_int_equal(t.reading.n_bad_rows, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_a_list_of_kubernetes_events, fresh, spent),
        cmocka_unit_test_setup_teardown(names_the_component_of_an_object, fresh, spent),
        cmocka_unit_test_setup_teardown(passes_over_kubernetes_objects_of_other_kinds, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_events_of_the_newer_api_and_what_a_watch_writes, fresh, spent),
        cmocka_unit_test_setup_teardown(takes_an_empty_list_of_events_for_none, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_alerts_that_a_webhook_got, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_alerts_as_the_api_lists_them, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_cdevents_bare_and_in_cloudevents, fresh, spent),
        cmocka_unit_test_setup_teardown(names_the_component_of_a_cdevent_by_its_artifact, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_deployments_and_releases_of_github, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_what_pagerduty_lists_and_takes, fresh, spent),
        cmocka_unit_test_setup_teardown(takes_what_is_said_again_once, fresh, spent),
        cmocka_unit_test_setup_teardown(a_defective_record_costs_itself, fresh, spent),
        cmocka_unit_test_setup_teardown(keeps_the_whole_records_of_a_list_that_is_cut, fresh, spent),
        cmocka_unit_test_setup_teardown(tells_a_cut_apart_from_a_record_that_is_bad, fresh, spent),
        cmocka_unit_test_setup_teardown(says_where_the_only_record_is_damaged, fresh, spent),
        cmocka_unit_test_setup_teardown(is_silent_about_the_ruins_behind_the_damage, fresh, spent),
        cmocka_unit_test_setup_teardown(leaves_what_is_of_no_tool_to_other_readers, fresh, spent),
        cmocka_unit_test_setup_teardown(takes_the_entry_s_component_where_none_is_named, fresh, spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
