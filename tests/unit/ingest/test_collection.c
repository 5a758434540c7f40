/* What the place of a file tells, in the layouts that the tools document. */
#include "ingest/format/collection.h"

#include "tests/unit/ingest/reading.h"

static struct test_reading t;
static struct hc_names known;

static int fresh(void **state)
{
    (void)state;
    test_reading_open(&t);
    hc_names_init(&known, t.arena);
    hc_names_add(&known, HC_STR("checkout"));
    hc_names_add(&known, HC_STR("db-1"));
    t.context.known_components = &known;
    return 0;
}

static int spent(void **state)
{
    (void)state;
    test_reading_close(&t);
    return 0;
}

static void tells_files_by_their_places(void **state)
{
    (void)state;
    static const struct {
        const char *member;
        enum hc_collected collected;
        const char *component;
    } files[] = {
        {"metrics/checkout.csv", HC_COLLECTED_NOT, ""},
        {"logs/app/web-0/web.log", HC_COLLECTED_NOT, ""},
        {"cluster-resources/pods/logs/shop/checkout-7d9f8b6c5-x2x9z/app.log", HC_COLLECTED_EVIDENCE, "checkout"},
        {"a/b/cluster-resources/pods/logs/shop/cart-7d9f8b6c5-x2x9z/app-previous.log", HC_COLLECTED_EVIDENCE, "cart"},
        {"a/cluster-resources/pods/logs/shop/checkout-7d9f8b6c5-x2x9z/app.log.gz", HC_COLLECTED_EVIDENCE, "checkout"},
        {"a/cluster-resources/pods/logs/shop/checkout-7d9f8b6c5-x2x9z/app.log.1", HC_COLLECTED_EVIDENCE, "checkout"},
        {"a/cluster-resources/pods/shop.json.zst", HC_COLLECTED_EVIDENCE, ""},
        {"a/cluster-resources/pods/shop.json", HC_COLLECTED_EVIDENCE, ""},
        {"a/cluster-resources/events/shop.json", HC_COLLECTED_EVIDENCE, ""},
        {"a/cluster-resources/nodes.json", HC_COLLECTED_EVIDENCE, ""},
        {"a/cluster-resources/services/shop.json", HC_COLLECTED_BYSTANDER, ""},
        {"a/cluster-resources", HC_COLLECTED_NOT, ""},
        {"my-cluster-resources/nodes.json", HC_COLLECTED_NOT, ""},
        {"support-bundle-2024/shop-logs/kafka-0/kafka.log", HC_COLLECTED_EVIDENCE, "kafka-0"},
        {"support-bundle-2024/version.yaml", HC_COLLECTED_BYSTANDER, ""},
        {"support-bundle-2024/redis/info.txt", HC_COLLECTED_NOT, ""},
        {"sosreport-db-1-2024-05-01-qxjwvbz/var/log/messages", HC_COLLECTED_EVIDENCE, "db-1"},
        {"sosreport-db-1-03812-2024-05-01-qxjwvbz/var/log/a/b.log", HC_COLLECTED_EVIDENCE, "db-1"},
        {"x/sosreport-web.example.org-2024-05-01-qx/var/log/messages", HC_COLLECTED_EVIDENCE, "web.example.org"},
        {"sosreport-undated/sos_commands/logs/journalctl_--no-pager", HC_COLLECTED_EVIDENCE, "undated"},
        {"sosreport-db-1-2024-05-01-q/var/log/journal/1f/system.journal", HC_COLLECTED_BYSTANDER, ""},
        {"sosreport-db-1-2024-05-01-q/etc/fstab", HC_COLLECTED_BYSTANDER, ""},
        {"sosreport-/var/log/messages", HC_COLLECTED_EVIDENCE, ""},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct hc_str component = HC_STR_NONE;
        enum hc_collected collected = hc_collection_tells(hc_str_of(files[i].member), &known, &component);
        if (collected != files[i].collected)
            fail_msg("%s: %d", files[i].member, (int)collected);
        if (collected == HC_COLLECTED_EVIDENCE)
            assert_text(component, files[i].component);
    }
}

static void a_path_of_markers_alone_is_in_none(void **state)
{
    (void)state;
    char path[1024];
    struct hc_str component;
    for (size_t i = 0; i < sizeof path; i++)
        path[i] = "support-bundle-/"[i % 16];
    assert_int_equal(hc_collection_tells((struct hc_str){path, sizeof path}, &known, &component), HC_COLLECTED_NOT);
}

static struct hc_str component_of_first_log(void)
{
    uint32_t number = t.reading.n_logs > 0 ? t.reading.logs[0].component : HC_NO_COMPONENT;
    return number == HC_NO_COMPONENT ? HC_STR_NONE : t.reading.components.items[number];
}

static void a_component_that_a_line_names_comes_before_the_host(void **state)
{
    (void)state;
    t.context.member = HC_STR("sosreport-web-2024-05-01-q/var/log/messages");
    assert_int_equal(test_read(&t, "May  1 10:24:57 web checkout[7]: one\nMay  1 10:24:58 web checkout[7]: two\n"),
                     HC_OK);
    assert_text(component_of_first_log(), "checkout");
    hc_reading_init(&t.reading, t.arena);
    assert_int_equal(test_read(&t, "May  1 10:24:57 web cron[7]: one\nMay  1 10:24:58 web cron[7]: two\n"), HC_OK);
    assert_text(component_of_first_log(), "web");
}

static void a_bystander_is_not_read(void **state)
{
    (void)state;
    t.context.member = HC_STR("sosreport-web-2024-05-01-q/etc/hosts");
    assert_int_equal(test_read(&t, "May  1 10:24:57 web cron[7]: one\nMay  1 10:24:58 web cron[7]: two\n"), HC_SKIP);
    assert_int_equal(t.reading.n_logs, 0);
    assert_int_equal(t.reading.warnings.n, 0);
}

static void a_bystander_that_is_surely_evidence_is_read(void **state)
{
    (void)state;
    t.context.member = HC_STR("sosreport-web/metrics/cpu.csv");
    assert_int_equal(test_read(&t, "time,component,metric,value\n2024-05-01T10:00:00Z,web,cpu,1\n"), HC_OK);
    assert_int_equal(t.reading.n_series, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tells_files_by_their_places, fresh, spent),
        cmocka_unit_test_setup_teardown(a_path_of_markers_alone_is_in_none, fresh, spent),
        cmocka_unit_test_setup_teardown(a_component_that_a_line_names_comes_before_the_host, fresh, spent),
        cmocka_unit_test_setup_teardown(a_bystander_is_not_read, fresh, spent),
        cmocka_unit_test_setup_teardown(a_bystander_that_is_surely_evidence_is_read, fresh, spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
