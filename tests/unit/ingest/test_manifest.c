#include "tests/unit/ingest/reading.h"

#include <dirent.h>
#include <math.h>
#include <sys/wait.h>

#include "ingest/manifest_parts.h"

#define SAMPLES HC_SOURCE_DIR "/tests/bundles/manifests/"
#define RNG HC_SOURCE_DIR "/ingest/format/incident.rng"

static struct hc_arena *arena;
static struct hc_xml_schema *schema;
static struct hc_manifest manifest;
static struct hc_err err;

static int set_up(void **state)
{
    (void)state;
    hc_xml_setup();
    err = HC_ERR_NONE;
    return hc_xml_schema_new(&schema, hc_manifest_schema(), &err) != HC_OK;
}

static int tear_down(void **state)
{
    (void)state;
    hc_xml_schema_free(schema);
    hc_xml_cleanup();
    return 0;
}

static int fresh(void **state)
{
    (void)state;
    arena = hc_arena_new(0);
    err = HC_ERR_NONE;
    return arena == NULL;
}

static int spent(void **state)
{
    (void)state;
    hc_arena_free(arena);
    return 0;
}

static struct hc_str load(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = (size_t)1 << 21;
    char *bytes = hc_arena_alloc(arena, size);
    assert_non_null(bytes);
    size_t n = fread(bytes, 1, size, file);
    (void)fclose(file);
    return (struct hc_str){bytes, n};
}

static enum hc_status read_sample(const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, SAMPLES "%s.xml", name);
    return hc_manifest_read(&manifest, load(path), schema, arena, &err);
}

static enum hc_status read_text(const char *text)
{
    err = HC_ERR_NONE;
    return hc_manifest_read(&manifest, hc_str_of(text), schema, arena, &err);
}

#define HEAD "<incident xmlns=\"urn:hindcast:incident:1\" id=\"A\">"
#define WINDOW "<window start=\"1970-01-01T10:00:00Z\" end=\"1970-01-01T11:00:00Z\"/>"

static int64_t hours(int64_t n)
{
    return n * HC_NS_PER_HOUR;
}

static size_t n_warnings(const char *code)
{
    size_t n = 0;
    for (size_t i = 0; i < manifest.warnings.n; i++)
        n += hc_str_is(manifest.warnings.items[i].code, code);
    return n;
}

static const struct hc_str *component(uint32_t number)
{
    assert_true(number < manifest.components.n);
    return &manifest.components.items[number];
}

static void reads_every_word_of_the_whole_example(void **state)
{
    (void)state;
    assert_int_equal(read_sample("good/whole"), HC_OK);
    const struct hc_incident *i = &manifest.incident;
    assert_text(i->id, "INC-123");
    assert_text(i->title, "storage_service crash after v2.8.1");
    assert_text(i->service, "storage_service");
    assert_text(i->severity, "sev1");
    assert_int_equal(i->window_end.ns - i->window_start.ns, 5 * HC_NS_PER_MINUTE);
    assert_int_equal(i->detected.ns - i->window_start.ns, 163 * HC_NS_PER_SECOND);
    assert_int_equal(i->n_baselines, 1);
    assert_int_equal(i->n_symptoms, 1);
    assert_text(i->symptoms[0].metric, "error_rate");
    assert_int_equal(i->n_dependencies, 1);
    assert_text(*component(i->dependencies[0].from), "api");
    assert_int_equal(i->n_changes, 1);
    assert_text(i->changes[0].version, "v2.8.1");
    assert_text(i->changes[0].commit, "a02622fb2800f89c322bfe51359fe8f3d590e17f");
    assert_text(i->changes[0].text, "free text");
    assert_int_equal(i->changes[0].place.line, 15);
    assert_int_equal(manifest.n_entries, 5);
    assert_text(manifest.entries[1].href, "logs/storage_service.log.gz");
    assert_int_equal(manifest.entries[1].utc_offset_s, 8 * 3600);
    assert_text(manifest.entries[4].document_kind, "postmortem");
    assert_int_equal(i->n_levels, 1);
    assert_true(i->levels[0].baseline == 120 && i->levels[0].before == 340 && i->levels[0].peak == 980);
    assert_text(i->levels[0].unit, "MB");
    assert_text(i->missing[0].kind, "traffic");
    assert_text(i->missing[0].reason, "no request metrics were collected");
    assert_int_equal(i->n_outcomes, 1);
    assert_text(i->outcomes[0].cause, "memory-leak");
    assert_text(i->outcomes[0].text, "what was found");
    assert_text(i->outcomes[0].given_by, "manifest");
    assert_int_equal(manifest.warnings.n, 0);
}

static void leaves_absent_what_is_absent(void **state)
{
    (void)state;
    assert_int_equal(read_sample("good/smallest"), HC_OK);
    const struct hc_incident *i = &manifest.incident;
    assert_null(i->title.p);
    assert_null(i->service.p);
    assert_false(hc_time_known(i->updated));
    assert_false(hc_time_known(i->detected));
    assert_false(hc_time_known(i->mitigated));
    assert_false(hc_time_known(i->window_end));
    assert_int_equal(manifest.components.n + i->n_outcomes + i->n_changes, 0);
}

static void takes_the_hour_before_the_window_as_baseline(void **state)
{
    (void)state;
    assert_int_equal(read_text(HEAD WINDOW "</incident>"), HC_OK);
    assert_int_equal(manifest.incident.n_baselines, 1);
    assert_int_equal(manifest.incident.baselines[0].start.ns, hours(9));
    assert_int_equal(manifest.incident.baselines[0].end.ns, hours(10));
}

static void unites_overlapping_baselines_only(void **state)
{
    (void)state;
    assert_int_equal(read_text(HEAD WINDOW
                               "<baseline start=\"1970-01-01T05:00:00Z\" end=\"1970-01-01T06:00:00Z\"/>"
                               "<baseline start=\"1970-01-01T01:00:00Z\" end=\"1970-01-01T03:00:00Z\"/>"
                               "<baseline start=\"1970-01-01T02:00:00Z\" end=\"1970-01-01T02:30:00Z\"/>"
                               "<baseline start=\"1970-01-01T02:00:00Z\" end=\"1970-01-01T04:00:00Z\"/>"
                               "<baseline start=\"1970-01-01T06:00:00Z\" end=\"1970-01-01T07:00:00Z\"/></incident>"),
                     HC_OK);
    const struct hc_incident *i = &manifest.incident;
    assert_int_equal(i->n_baselines, 3);
    assert_int_equal(i->baselines[0].start.ns, hours(1));
    assert_int_equal(i->baselines[0].end.ns, hours(4));
    assert_int_equal(i->baselines[1].end.ns, hours(6));
    assert_int_equal(i->baselines[2].start.ns, hours(6));
}

static void makes_times_before_the_start_gaps_with_warnings(void **state)
{
    (void)state;
    assert_int_equal(read_sample("good/times-out-of-order"), HC_OK);
    const struct hc_incident *i = &manifest.incident;
    assert_false(hc_time_known(i->detected));
    assert_false(hc_time_known(i->mitigated));
    assert_false(hc_time_known(i->window_end));
    assert_int_equal(n_warnings("window-order"), 3);
    assert_int_equal(n_warnings("baseline-empty"), 1);
    assert_int_equal(i->n_baselines, 1);
}

static void knows_an_outcome_at_its_time_or_the_next_best(void **state)
{
    (void)state;
    assert_int_equal(read_text(HEAD WINDOW "<outcome at=\"1970-01-02T00:00:00Z\"/><outcome/></incident>"), HC_OK);
    assert_int_equal(manifest.incident.outcomes[0].known_at.ns, hours(24));
    assert_int_equal(manifest.incident.outcomes[1].known_at.ns, hours(11));
    assert_int_equal(manifest.incident.outcomes[1].ordinal, 1);
    assert_text(manifest.incident.outcomes[1].status, "unknown");
    assert_int_equal(read_text("<incident xmlns=\"urn:hindcast:incident:1\" id=\"A\" "
                               "updated=\"1970-01-01T20:00:00Z\">" WINDOW "<outcome/></incident>"),
                     HC_OK);
    assert_int_equal(manifest.incident.outcomes[0].known_at.ns, hours(20));
    assert_int_equal(read_text(HEAD "<window start=\"1970-01-01T10:00:00Z\"/><outcome/></incident>"), HC_OK);
    assert_false(hc_time_known(manifest.incident.outcomes[0].known_at));
}

static void keeps_words_outside_the_format_with_a_warning(void **state)
{
    (void)state;
    assert_int_equal(read_sample("good/own-words"), HC_OK);
    assert_text(manifest.incident.changes[0].kind, "reboot");
    assert_text(manifest.component_kinds[0], "mainframe");
    assert_text(manifest.incident.outcomes[0].category, "gremlins");
    assert_text(manifest.incident.outcomes[0].status, "unknown");
    assert_int_equal(n_warnings("change-kind"), 1);
    assert_int_equal(n_warnings("outcome-status"), 1);
}

/* A label must not make its component a candidate when the incident is analysed. */
static void does_not_learn_a_component_from_the_outcome(void **state)
{
    (void)state;
    assert_int_equal(read_text(HEAD WINDOW "<service>api</service><evidence><logs href=\"a\" component=\"db\"/>"
                                           "</evidence><outcome component=\"secret\"/></incident>"),
                     HC_OK);
    assert_int_equal(manifest.components.n, 2);
    assert_true(hc_names_find(&manifest.components, HC_STR("db")) != HC_NAME_NONE);
    assert_true(hc_names_find(&manifest.components, HC_STR("secret")) == HC_NAME_NONE);
    assert_text(manifest.incident.outcomes[0].component, "secret");
}

static void ignores_what_stands_in_other_namespaces(void **state)
{
    (void)state;
    assert_int_equal(read_sample("good/foreign"), HC_OK);
    assert_int_equal(manifest.components.n, 1);
    assert_int_equal(manifest.incident.n_changes, 1);
    assert_int_equal(manifest.n_entries, 1);
    assert_text(manifest.incident.outcomes[0].text, "found");
    assert_int_equal(manifest.warnings.n, 0);
}

static void refuses_each_bad_href_for_that_file_alone(void **state)
{
    (void)state;
    assert_int_equal(read_sample("good/bad-hrefs"), HC_OK);
    assert_int_equal(n_warnings("href-refused"), 9);
    assert_int_equal(n_warnings("href-repeated"), 1);
    assert_int_equal(manifest.n_entries, 2);
    assert_text(manifest.entries[0].href, "ok/a.log");
    assert_text(manifest.entries[1].href, "ok/23:15.log");
    assert_ptr_equal(hc_manifest_entry(&manifest, HC_STR("ok/a.log")), &manifest.entries[0]);
    assert_null(hc_manifest_entry(&manifest, HC_STR("a.log")));
}

static void makes_a_level_that_is_no_number_a_gap(void **state)
{
    (void)state;
    assert_int_equal(read_text(HEAD WINDOW "<service>s</service><evidence><level metric=\"m\" before=\"1e3\" "
                                           "peak=\"high\"/><level component=\"c\"/></evidence></incident>"),
                     HC_OK);
    assert_int_equal(manifest.incident.n_levels, 1);
    assert_text(*component(manifest.incident.levels[0].component), "s");
    assert_true(manifest.incident.levels[0].before == 1000);
    assert_true(isnan(manifest.incident.levels[0].peak));
    assert_true(isnan(manifest.incident.levels[0].baseline));
    assert_int_equal(n_warnings("bad-number"), 1);
    assert_int_equal(n_warnings("level-no-metric"), 1);
}

struct refusal {
    const char *sample, *code;
    long line;
};

static const struct refusal refusals[] = {
    {"bad/no-id", "manifest-id", 1},
    {"bad/bad-id-slash", "manifest-id", 1},
    {"bad/id-too-long", "manifest-id", 1},
    {"bad/no-window", "manifest-window", 1},
    {"bad/no-start", "manifest-window", 3},
    {"bad/two-windows", "manifest-repeated", 3},
    {"bad/unknown-element", "manifest-unknown", 3},
    {"bad/unknown-attribute", "manifest-unknown", 3},
    {"bad/unknown-evidence", "manifest-unknown", 4},
    {"bad/unknown-in-topology", "manifest-unknown", 3},
    {"bad/our-attribute-qualified", "manifest-unknown", 1},
    {"bad/other-namespace", "manifest-root", 1},
    {"bad/other-root", "manifest-root", 1},
    {"bad/time-without-offset", "manifest-time", 2},
    {"bad/time-february-30", "manifest-time", 2},
    {"bad/bad-change-at", "manifest-time", 4},
    {"bad/bad-outcome-at", "manifest-time", 3},
    {"bad/bad-utc-offset", "manifest-time", 3},
    {"bad/text-in-window", "manifest-text", 2},
    {"bad/not-closed", "xml-syntax", 3},
    {"bad-beyond-schema/doctype", "xml-doctype", 1},
    {"bad-beyond-schema/leap-second-within-a-month", "manifest-time", 2},
};

static void says_why_and_where_it_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        err = HC_ERR_NONE;
        assert_int_equal(read_sample(refusals[i].sample), HC_FAIL);
        if (strcmp(err.code, refusals[i].code) != 0 || err.line != refusals[i].line)
            fail_msg("%s: %s at line %ld", refusals[i].sample, err.code, err.line);
    }
}

/* 0: xmllint takes it, 1: it refuses, -1: there is no xmllint. */
static int ask_xmllint(const char *path)
{
    char command[2048];
    if (system("command -v xmllint >/dev/null 2>&1") != 0)
        return -1;
    (void)snprintf(command, sizeof command, "xmllint --noout --nonet --relaxng '%s' '%s' >/dev/null 2>&1", RNG, path);
    int status = system(command);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 127);
    return WEXITSTATUS(status) != 0;
}

/* Reads every sample of a folder, and has xmllint read it too where there is one. */
static void check_folder(const char *folder, bool reader_takes_it, int xmllint_refuses)
{
    char path[1024];
    (void)snprintf(path, sizeof path, SAMPLES "%s", folder);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    size_t n = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, SAMPLES "%s/%s", folder, entry->d_name);
        err = HC_ERR_NONE;
        enum hc_status status = hc_manifest_read(&manifest, load(path), schema, arena, &err);
        int answer = ask_xmllint(path);
        if ((status == HC_OK) != reader_takes_it || (status != HC_OK && (err.line < 1 || err.code == NULL)))
            fail_msg("%s: status %d, %s at line %ld", entry->d_name, (int)status, err.text, err.line);
        if (answer >= 0 && answer != xmllint_refuses)
            fail_msg("%s: xmllint says %d", entry->d_name, answer);
        n++;
    }
    (void)closedir(dir);
    assert_true(n >= 3);
}

static void agrees_with_xmllint_on_every_sample(void **state)
{
    (void)state;
    check_folder("good", true, 0);
    check_folder("bad", false, 1);
    check_folder("bad-beyond-schema", false, 0);
}

static uint64_t seed = 1;

static size_t below(size_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(seed >> 33) % n;
}

/* Drops, doubles or swaps a piece of it, or puts in another one: mostly still XML, and often still a manifest. */
static struct hc_str change_at_random(struct hc_str text, struct hc_buf *out)
{
    static const char *const pieces[] = {" at=\"2015-03-16T23:15:00Z\"",
                                         " at=\"2015-03-16T23:15:60Z\"",
                                         " end=\"1500-01-01T00:00:00Z\"",
                                         " id=\"-\"",
                                         " x:y=\"1\"",
                                         " xml:lang=\"en\"",
                                         " kind=\"a\"",
                                         " utc-offset=\"z\"",
                                         "<title/>",
                                         "<baseline/>",
                                         "<topology/>",
                                         "<changes><change/></changes>",
                                         "<evidence/>",
                                         "<outcome/>",
                                         "<missing/>",
                                         "<logs href=\"a\"/>",
                                         "word",
                                         "<!-- -->",
                                         "<x xmlns=\"urn:x\"/>",
                                         "&amp;",
                                         "+15:00",
                                         "24",
                                         "0",
                                         "T",
                                         "t",
                                         "Z",
                                         "z",
                                         ".5",
                                         " "};
    size_t at = below(text.n + 1), n = below(4) == 0 ? below(text.n + 1 - at) : 0;
    while (below(8) != 0 && at < text.n && text.p[at] != '"' && text.p[at] != '>' && text.p[at] != ' ' &&
           text.p[at] != 'Z')
        at++;
    if (at < text.n && text.p[at] == 'Z')
        n = below(2);
    n = n > text.n - at ? text.n - at : n;
    hc_buf_clear(out);
    hc_buf_add(out, text.p, at);
    if (below(3) != 0)
        hc_buf_text(out, pieces[below(sizeof pieces / sizeof *pieces)]);
    hc_buf_add(out, text.p + at + n, text.n - at - n);
    return hc_buf_view(out);
}

static void what_is_plain_the_schema_takes(void **state)
{
    static const char sample[] =
        HEAD "<title>t</title><window start=\"2015-03-16T23:15:00Z\" end=\"2015-03-16T23:20:00.5Z\"/>"
             "<baseline start=\"2015-03-16T22:15:00Z\" end=\"2015-03-16T23:15:00Z\"/>"
             "<symptom component=\"a\" metric=\"m\" at=\"2015-03-16T23:15:00Z\"/>"
             "<topology><component name=\"a\" kind=\"service\"/><depends from=\"a\" to=\"b\"/></topology>"
             "<changes><change kind=\"deploy\" at=\"2015-03-16T23:16:30Z\" component=\"a\">why</change></changes>"
             "<evidence><metrics href=\"m.csv\"/><missing kind=\"traffic\">none</missing></evidence>"
             "<outcome status=\"confirmed\" at=\"2015-03-20T12:00:00Z\">found</outcome></incident>";
    struct hc_buf text = {0}, next = {0};
    size_t n_plain = 0, n_other = 0;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        const struct hc_xml_node *root;
        struct hc_err why = HC_ERR_NONE;
        hc_arena_reset(arena);
        struct hc_str changed = change_at_random(HC_STR(sample), &text);
        if (below(2))
            changed = change_at_random(changed, &next);
        if (hc_xml_parse(&root, changed, 0, NULL, arena, &why) != HC_OK)
            continue;
        bool plain = hc_manifest_is_plain(root);
        n_plain += plain;
        n_other += !plain;
        if (plain && hc_xml_parse(&root, changed, 0, schema, arena, &why) != HC_OK)
            fail_msg("%s: %.*s", why.text, HC_STR_ARG(changed));
    }
    assert_true(n_plain > 200 && n_other > 200);
    hc_buf_free(&text);
    hc_buf_free(&next);
}

static void compiles_the_schema_itself_when_it_is_given_none(void **state)
{
    (void)state;
    assert_int_equal(hc_manifest_read(&manifest, HC_STR(HEAD WINDOW "</incident>"), NULL, arena, &err), HC_OK);
    assert_int_equal(hc_manifest_read(&manifest, HC_STR(HEAD WINDOW "<x/></incident>"), NULL, arena, &err), HC_FAIL);
}

static void reads_ten_thousand_changes_in_seconds(void **state)
{
    (void)state;
    struct hc_buf text = {0};
    hc_buf_text(&text, HEAD WINDOW "<changes>");
    for (int i = 0; i < 10000; i++)
        hc_buf_text(&text, "<change kind=\"deploy\" at=\"1970-01-01T10:00:00Z\" component=\"a\" version=\"v1\"/>");
    hc_buf_text(&text, "</changes></incident>");
    clock_t start = clock();
    assert_int_equal(hc_manifest_read(&manifest, hc_buf_view(&text), schema, arena, &err), HC_OK);
    assert_int_equal(manifest.incident.n_changes, 10000);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 30);
    hc_buf_free(&text);
}

static void fails_over_the_ceiling_without_a_crash(void **state)
{
    (void)state;
    struct hc_str text = load(SAMPLES "good/whole.xml");
    for (size_t ceiling = 64; ceiling < 40000; ceiling += 611) {
        struct hc_arena *small = hc_arena_new(ceiling);
        struct hc_err why = HC_ERR_NONE;
        enum hc_status status = hc_manifest_read(&manifest, text, schema, small, &why);
        assert_true(status == HC_OK || status == HC_FAIL || status == HC_FATAL);
        assert_true(status == HC_OK || why.code != NULL);
        hc_arena_free(small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_every_word_of_the_whole_example, fresh, spent),
        cmocka_unit_test_setup_teardown(leaves_absent_what_is_absent, fresh, spent),
        cmocka_unit_test_setup_teardown(takes_the_hour_before_the_window_as_baseline, fresh, spent),
        cmocka_unit_test_setup_teardown(unites_overlapping_baselines_only, fresh, spent),
        cmocka_unit_test_setup_teardown(makes_times_before_the_start_gaps_with_warnings, fresh, spent),
        cmocka_unit_test_setup_teardown(knows_an_outcome_at_its_time_or_the_next_best, fresh, spent),
        cmocka_unit_test_setup_teardown(keeps_words_outside_the_format_with_a_warning, fresh, spent),
        cmocka_unit_test_setup_teardown(does_not_learn_a_component_from_the_outcome, fresh, spent),
        cmocka_unit_test_setup_teardown(ignores_what_stands_in_other_namespaces, fresh, spent),
        cmocka_unit_test_setup_teardown(refuses_each_bad_href_for_that_file_alone, fresh, spent),
        cmocka_unit_test_setup_teardown(makes_a_level_that_is_no_number_a_gap, fresh, spent),
        cmocka_unit_test_setup_teardown(says_why_and_where_it_refuses, fresh, spent),
        cmocka_unit_test_setup_teardown(agrees_with_xmllint_on_every_sample, fresh, spent),
        cmocka_unit_test_setup_teardown(what_is_plain_the_schema_takes, fresh, spent),
        cmocka_unit_test_setup_teardown(compiles_the_schema_itself_when_it_is_given_none, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_ten_thousand_changes_in_seconds, fresh, spent),
        cmocka_unit_test_setup_teardown(fails_over_the_ceiling_without_a_crash, fresh, spent),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
