#include "tests/unit/ingest/assembling.h"

#include <math.h>

#include "ingest/normalize/templates.h"

static struct hc_arena *arena;

static int fresh(void **state)
{
    (void)state;
    hc_xml_setup();
    arena = hc_arena_new(0);
    return arena == NULL;
}

static int spent(void **state)
{
    (void)state;
    hc_arena_free(arena);
    return 0;
}

static const char whole_manifest[] = TEST_MANIFEST(
    "<service>shop</service>"
    "<symptom component=\"z\" at=\"1970-01-01T10:05:00Z\"/><symptom component=\"a\" at=\"1970-01-01T10:01:00Z\"/>"
    "<topology><component name=\"z\" kind=\"client\"/><depends from=\"z\" to=\"shop\"/>"
    "<depends from=\"shop\" to=\"db\"/><depends from=\"z\" to=\"shop\"/></topology>"
    "<changes><change kind=\"deploy\" at=\"1970-01-01T09:59:00Z\" component=\"shop\"/>"
    "<change kind=\"config\" at=\"1970-01-01T09:00:00Z\"/></changes>"
    "<evidence><metrics href=\"m/wide.csv\"/><metrics href=\"gone.csv\"/>"
    "<level component=\"z\" metric=\"m\" peak=\"1\"/><level component=\"a\" metric=\"m\" peak=\"1\"/>"
    "<missing kind=\"traffic\"/><missing kind=\"host\"/></evidence>");

static const struct test_file whole_files[] = {
    {"m/wide.csv", "time,shop/cpu,m/x\n36000,1,2\n36060,3,\n36000,5,6\n"},
    {"m/a-late.csv", "time,component,metric,value\n36120,shop,cpu,9\n36060,shop,cpu,8\n36000,shop,cpu,7\n"},
    {"log/shop.log", "1970-01-01T10:00:00Z ERROR shop connection 17 to 10.0.0.1 refused\n"
                     "1970-01-01T10:00:30Z ERROR shop connection 18 to 10.0.0.2 refused\n"
                     "1970-01-01T10:01:30Z INFO shop started\n"},
    {"log/db.log", "1970-01-01T09:00:00Z ERROR db connection 19 to 10.0.0.3 refused\n"},
    {"events.jsonl",
     "{\"time\":\"1970-01-01T10:02:00Z\",\"kind\":\"restart\",\"component\":\"new\",\"message\":\"m\"}\n"
     "{\"time\":\"1970-01-01T10:01:00Z\",\"kind\":\"alert\",\"message\":\"m\"}\n"},
    {"spans.csv", "trace_id,span_id,parent_id,component,operation,start,end\n"
                  "t,1,,shop,buy,36000,36001\nt,2,1,db,get,36000.1,36000.5\n"},
    {"notes/b.md", "# B\n\ntext\n"},
    {"notes/a.md", "# A\n\ntext\n"},
};
#define N_WHOLE (sizeof whole_files / sizeof *whole_files)

static struct hc_incident *assemble_whole(const size_t *order)
{
    return test_assemble(arena, whole_manifest, whole_files, N_WHOLE, order);
}

static void names_components_bytewise_with_their_kinds(void **state)
{
    (void)state;
    struct hc_incident *i = assemble_whole(NULL);
    static const char *const names[] = {"a", "db", "m", "new", "shop", "z"};
    assert_int_equal(i->n_components, 6);
    for (size_t c = 0; c < 6; c++)
        assert_text(i->components[c].name, names[c]);
    assert_text(i->components[5].kind, "client");
    assert_null(i->components[0].kind.p);
}

static void sorts_the_manifest_s_lists_and_renumbers_them(void **state)
{
    (void)state;
    struct hc_incident *i = assemble_whole(NULL);
    assert_int_equal(i->n_dependencies, 2);
    assert_text(i->components[i->dependencies[0].from].name, "shop");
    assert_text(i->components[i->dependencies[0].to].name, "db");
    assert_text(i->components[i->dependencies[1].from].name, "z");
    assert_false(i->dependencies[0].derived);
    assert_text(i->components[i->symptoms[0].component].name, "a");
    assert_text(i->changes[0].kind, "config");
    assert_int_equal(i->changes[0].component, HC_NO_COMPONENT);
    assert_text(i->components[i->levels[0].component].name, "a");
    assert_text(i->missing[0].kind, "host");
    assert_int_equal(i->n_documents, 2);
    assert_text(i->documents[0].title, "A");
    assert_int_equal(i->n_files, N_WHOLE + 1);
    assert_text(i->files[0].member, "events.jsonl");
    assert_text(i->files[1].member, "incident.xml");
    assert_int_equal(test_incident_warnings(i, "href-missing"), 1);
}

static void joins_changes_of_files_to_the_manifest_s(void **state)
{
    (void)state;
    static const struct test_file files[] = {
        {"b.json", "[{\"sha\":\"a84d\",\"ref\":\"v2\",\"environment\":\"p\",\"created_at\":\"1970-01-01T09:30:00Z\","
                   "\"repository_url\":\"https://api.github.com/repos/o/shop-web\"}]"},
        {"a.json",
         "{\"change_events\":[\n{\"summary\":\"Deployed\",\"timestamp\":\"1970-01-01T09:30:00Z\",\"services\":[{"
         "\"summary\":\"aa\"}]}]}"},
    };
    static const size_t backwards[] = {1, 0};
    for (int turn = 0; turn < 2; turn++) {
        struct hc_incident *i = test_assemble(arena, whole_manifest, files, 2, turn ? backwards : NULL);
        assert_int_equal(i->n_changes, 4);
        assert_text(i->changes[0].kind, "config");
        assert_text(i->changes[1].place.member, "a.json");
        assert_int_equal(i->changes[1].place.line, 2);
        assert_int_equal(i->changes[1].component, test_component(i, "aa"));
        assert_text(i->changes[2].place.member, "b.json");
        assert_text(i->changes[2].version, "v2");
        assert_int_equal(i->changes[2].component, test_component(i, "shop"));
        assert_text(i->changes[3].place.member, "incident.xml");
    }
}

/* By path m/a-late.csv comes before m/wide.csv, so of equal times the latter's rows win. */
static void unites_series_and_lets_the_last_of_equal_times_win(void **state)
{
    (void)state;
    struct hc_incident *i = assemble_whole(NULL);
    assert_int_equal(i->n_series, 2);
    const struct hc_series *s = &i->series[1];
    assert_text(i->components[s->component].name, "shop");
    assert_text(s->metric, "cpu");
    assert_int_equal(s->n, 3);
    assert_int_equal(s->at_ns[0], 36000 * HC_NS_PER_SECOND);
    assert_true(s->values[0] == 5 && s->values[1] == 3 && s->values[2] == 9);
    assert_text(s->place.member, "m/a-late.csv");
    assert_int_equal(test_incident_warnings(i, "metrics-equal-times"), 2);
}

static void sorts_series_by_the_bytes_of_their_names(void **state)
{
    (void)state;
    static const char *const sorted[] = {"latency",     "latency_",    "latency_ms",
                                         "latency_p50", "latency_p99", "\xC3\xA9t\xC3\xA9"};
    const struct test_file file = {
        "m.csv", "time,a/latency_p99,a/\xC3\xA9t\xC3\xA9,a/latency_ms,a/latency,a/latency_,a/latency_p50\n"
                 "36000,1,2,3,4,5,6\n"};
    struct hc_incident *i = test_assemble(arena, TEST_MANIFEST(""), &file, 1, NULL);
    assert_int_equal(i->n_series, sizeof sorted / sizeof *sorted);
    for (size_t s = 0; s < i->n_series; s++)
        assert_text(i->series[s].metric, sorted[s]);
}

static void counts_log_lines_by_template_component_and_minute(void **state)
{
    (void)state;
    struct hc_incident *i = assemble_whole(NULL);
    uint64_t total = 0;
    for (size_t c = 0; c < i->n_log_counts; c++) {
        const struct hc_log_count *count = &i->log_counts[c];
        assert_true(count->template_index < i->n_templates);
        for (size_t m = 0; m < count->n_minutes; m++) {
            assert_true(m == 0 || count->minute[m] > count->minute[m - 1]);
            total += count->lines[m];
        }
    }
    assert_int_equal(total, 4);
    for (size_t k = 0; k < i->n_templates; k++) {
        assert_true(i->templates[k].id == hc_template_id(i->templates[k].text));
        assert_true(k == 0 || i->templates[k].id > i->templates[k - 1].id);
    }
}

static void sorts_events_by_time(void **state)
{
    (void)state;
    struct hc_incident *i = assemble_whole(NULL);
    size_t n_own = 0;
    for (size_t e = 0; e < i->n_events; e++) {
        assert_true(e == 0 || i->events[e].at.ns >= i->events[e - 1].at.ns);
        n_own += hc_str_is(i->events[e].place.member, "events.jsonl");
    }
    assert_int_equal(n_own, 2);
}

/* python3: sha256 over path, NUL and digest of "b.txt" holding "two\n" and of incident.xml, by path. */
static void digests_content_as_documented(void **state)
{
    (void)state;
    static const char manifest[] = TEST_MANIFEST("");
    const struct test_file file = {"b.txt", "two\n"};
    struct hc_incident *i = test_assemble(arena, manifest, &file, 1, NULL);
    char hex[HC_SHA256_HEX];
    hc_sha256_hex(i->content, hex);
    assert_string_equal(hex, "635c69f5996795c651ef89a8f82c3e3f403e9d173ab4abc2d4b78736299ae780");
}

static void changes_content_with_a_path_or_a_byte(void **state)
{
    (void)state;
    static const char manifest[] = TEST_MANIFEST("");
    const struct test_file files[] = {{"b.txt", "two\n"}, {"c.txt", "two\n"}, {"b.txt", "twO\n"}};
    uint8_t digests[3][HC_SHA256_BYTES];
    for (size_t k = 0; k < 3; k++)
        memcpy(digests[k], test_assemble(arena, manifest, &files[k], 1, NULL)->content, HC_SHA256_BYTES);
    assert_memory_not_equal(digests[0], digests[1], HC_SHA256_BYTES);
    assert_memory_not_equal(digests[0], digests[2], HC_SHA256_BYTES);
}

/* ---- invariance: everything that an incident holds, as text ---- */

static void put(struct hc_buf *out, struct hc_str s)
{
    hc_buf_format(out, "%.*s|", HC_STR_ARG(s));
}

static void put_place(struct hc_buf *out, struct hc_source_place place)
{
    hc_buf_format(out, "%.*s:%u|", HC_STR_ARG(place.member), place.line);
}

static void put_duration(struct hc_buf *out, const struct hc_log_duration *d)
{
    hc_buf_format(out, "%u %a %a %a %a|", d->n, d->median, d->p90, d->mean, d->variance);
}

static void dump_evidence(const struct hc_incident *i, struct hc_buf *out)
{
    for (size_t k = 0; k < i->n_series; k++) {
        const struct hc_series *s = &i->series[k];
        hc_buf_format(out, "series %u ", s->component);
        put(out, s->metric);
        put_place(out, s->place);
        for (size_t p = 0; p < s->n; p++)
            hc_buf_format(out, "%lld=%a ", (long long)s->at_ns[p], s->values[p]);
    }
    for (size_t k = 0; k < i->n_templates; k++)
        put(out, i->templates[k].text);
    for (size_t k = 0; k < i->n_log_counts; k++) {
        const struct hc_log_count *c = &i->log_counts[k];
        hc_buf_format(out, "count %u %u %u ", c->template_index, c->component, c->level);
        put_place(out, c->first);
        put(out, c->exemplar);
        for (size_t m = 0; m < c->n_minutes; m++)
            hc_buf_format(out, "%lld=%u ", (long long)c->minute[m], c->lines[m]);
    }
    for (size_t k = 0; k < i->n_events; k++) {
        const struct hc_event *e = &i->events[k];
        hc_buf_format(out, "event %lld %u %u %llx ", (long long)e->at.ns, e->component, e->level,
                      (unsigned long long)e->template_id);
        put(out, e->message);
        put_place(out, e->place);
    }
    for (size_t k = 0; k < i->n_trace_edges; k++) {
        const struct hc_trace_edge *e = &i->trace_edges[k];
        hc_buf_format(out, "edge %u %u ", e->caller, e->callee);
        put(out, e->operation);
        put_place(out, e->place);
        for (int phase = 0; phase < HC_PHASES; phase++) {
            put_duration(out, &e->phase[phase].server);
            put_duration(out, &e->phase[phase].residual);
            put_duration(out, &e->phase[phase].exclusive);
        }
    }
}

static void dump(const struct hc_incident *i, struct hc_buf *out)
{
    char hex[HC_SHA256_HEX];
    hc_sha256_hex(i->content, hex);
    hc_buf_text(out, hex);
    for (size_t k = 0; k < i->n_components; k++)
        put(out, i->components[k].name);
    for (size_t k = 0; k < i->n_dependencies; k++) {
        hc_buf_format(out, "dep %u %u %d ", i->dependencies[k].from, i->dependencies[k].to, i->dependencies[k].derived);
        put_place(out, i->dependencies[k].place);
    }
    dump_evidence(i, out);
    for (size_t k = 0; k < i->n_documents; k++)
        put(out, i->documents[k].title);
    for (size_t k = 0; k < i->n_files; k++)
        put(out, i->files[k].member);
    for (size_t k = 0; k < i->n_warnings; k++) {
        put(out, i->warnings[k].member);
        hc_buf_format(out, "%ld %zu ", i->warnings[k].line, i->warnings[k].n_more);
        put(out, i->warnings[k].message);
    }
}

static void gives_the_same_incident_whatever_the_order_of_files(void **state)
{
    (void)state;
    struct hc_buf first = {0};
    struct hc_buf other = {0};
    size_t order[N_WHOLE];
    uint32_t seed = 7;
    for (size_t i = 0; i < N_WHOLE; i++)
        order[i] = i;
    dump(assemble_whole(order), &first);
    assert_true(first.n > 500);
    for (int round = 0; round < 20; round++) {
        for (size_t i = N_WHOLE - 1; i > 0; i--) {
            seed = seed * 1664525u + 1013904223u;
            size_t j = (seed >> 16) % (i + 1);
            size_t kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
        hc_buf_clear(&other);
        dump(assemble_whole(order), &other);
        assert_int_equal(first.n, other.n);
        assert_memory_equal(first.p, other.p, first.n);
    }
    hc_buf_free(&first);
    hc_buf_free(&other);
}

static void leaves_out_series_that_belong_to_nobody(void **state)
{
    (void)state;
    const struct test_file file = {"m.csv", "time,cpu,a/b\n36000,1,2\n"};
    struct hc_incident *i = test_assemble(arena, TEST_MANIFEST(""), &file, 1, NULL);
    assert_int_equal(i->n_series, 1);
    assert_text(i->series[0].metric, "b");
    assert_int_equal(test_incident_warnings(i, "metrics-no-component"), 1);
}

static void assembles_an_incident_of_a_manifest_alone(void **state)
{
    (void)state;
    struct hc_incident *i = test_assemble(arena, TEST_MANIFEST(""), NULL, 0, NULL);
    assert_text(i->id, "A");
    assert_int_equal(i->n_files, 1);
    assert_int_equal(i->n_components + i->n_series + i->n_templates + i->n_events + i->n_trace_edges + i->n_warnings,
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_components_bytewise_with_their_kinds, fresh, spent),
        cmocka_unit_test_setup_teardown(sorts_the_manifest_s_lists_and_renumbers_them, fresh, spent),
        cmocka_unit_test_setup_teardown(joins_changes_of_files_to_the_manifest_s, fresh, spent),
        cmocka_unit_test_setup_teardown(unites_series_and_lets_the_last_of_equal_times_win, fresh, spent),
        cmocka_unit_test_setup_teardown(sorts_series_by_the_bytes_of_their_names, fresh, spent),
        cmocka_unit_test_setup_teardown(counts_log_lines_by_template_component_and_minute, fresh, spent),
        cmocka_unit_test_setup_teardown(sorts_events_by_time, fresh, spent),
        cmocka_unit_test_setup_teardown(digests_content_as_documented, fresh, spent),
        cmocka_unit_test_setup_teardown(changes_content_with_a_path_or_a_byte, fresh, spent),
        cmocka_unit_test_setup_teardown(gives_the_same_incident_whatever_the_order_of_files, fresh, spent),
        cmocka_unit_test_setup_teardown(leaves_out_series_that_belong_to_nobody, fresh, spent),
        cmocka_unit_test_setup_teardown(assembles_an_incident_of_a_manifest_alone, fresh, spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
