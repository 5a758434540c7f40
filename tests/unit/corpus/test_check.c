/* Planted damage is found; what is sound is not accused. */
#include "tests/unit/corpus/fixture.h"

static void damage_is_found(const char *sql, const char *says)
{
    struct world world;
    bool found = false;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    put_from(&world, store, rich_incident(world.arena, "INC-1", 1), 9);
    put_from(&world, store, rich_incident(world.arena, "INC-2", 2), 8);
    close_it(&world, store);
    tamper(&world, sql);
    store = open_as(&world, HC_STORE_READ);
    struct hc_check_report report = check_it(&world, store);
    for (size_t i = 0; i < report.n_findings; i++) {
        const char *text = hc_arena_copy(world.arena, report.findings[i].p, report.findings[i].n);
        found = found || strstr(text, says);
    }
    if (!found)
        fail_msg("%s: %zu findings, none says \"%s\"", sql, report.n_findings, says);
    assert_int_equal(strlen(report.digest), 64);
    close_it(&world, store);
    world_end(&world);
}

static void finds_every_kind_of_damage(void **state)
{
    (void)state;
    static const char *const damages[][2] = {
        {"UPDATE outcome SET category = 'network' WHERE version = 1 AND ordinal = 0", "INC-1"},
        {"UPDATE change SET at_ns = at_ns + 1 WHERE version = 2 AND ordinal = 0", "INC-2"},
        {"UPDATE event SET message = 'nothing' WHERE item >> 32 = 1", "INC-1"},
        {"UPDATE component SET kind = 'host' WHERE item = 2 << 32", "INC-2"},
        {"DELETE FROM dependency WHERE version = 2", "INC-2"},
        {"DELETE FROM series_points WHERE item = 1 << 32", "INC-1"},
        {"UPDATE series_points SET points = substr(points, 1, 20) WHERE item = 1 << 32", "INC-1"},
        {"UPDATE series SET baseline_median = 121 WHERE item = 1 << 32", "INC-1"},
        {"UPDATE series SET rows = (rows & ~(33554431 << 4)) | (4 << 4) WHERE item = 1 << 32", "INC-1"},
        {"UPDATE dependency SET edges = '[' WHERE version = 1", "INC-1: the corpus is damaged: a list is no JSON"},
        {"UPDATE log_count SET templates = replace(templates, '[', '[1') WHERE version = 2", "INC-2"},
        {"UPDATE log_count SET minutes = '' WHERE version = 2", "INC-2"},
        {"UPDATE log_count SET minute_n = minute_n + 1 WHERE version = 2", "INC-2"},
        {"UPDATE log_count SET minute_first = minute_first + 1 WHERE version = 2", "INC-2"},
        {"UPDATE log_count SET templates = '{}' WHERE version = 2", "INC-2"},
        {"DELETE FROM log_count WHERE version = 1", "INC-1"},
        {"UPDATE template SET text = 'other' WHERE key = 1", "INC-1"},
        {"UPDATE name SET text = 'other' WHERE text = 'memory'", "INC-1"},
        {"UPDATE record SET packed = substr(packed, 1, 90) WHERE version = 1", "INC-1"},
        {"DELETE FROM record WHERE version = 2", "INC-2"},
        {"UPDATE document SET text = text || '!' WHERE version = 1", "INC-1"},
        {"DELETE FROM warning WHERE version = 1 AND ordinal = 1", "INC-1"},
        {"UPDATE version SET title = 'other' WHERE key = 1", "INC-1"},
        {"UPDATE version SET content = zeroblob(32) WHERE key = 1", "INC-1"},
        {"UPDATE incident SET conflict = 1 WHERE id = 'INC-1'", "INC-1: the conflict mark"},
        {"UPDATE incident SET current = 1 WHERE id = 'INC-2'", "INC-2: the current version"},
        {"PRAGMA foreign_keys = OFF; DELETE FROM version_source WHERE version = 1",
         "INC-1: a version without a source"},
        {"PRAGMA foreign_keys = OFF; DELETE FROM source", "foreign key"},
        {"INSERT INTO template (id, text) SELECT id, text FROM template WHERE key = 1", "kept twice"},
        {"UPDATE event SET item = item + (7 << 32) WHERE item >> 32 = 1", "event: a row of no version"},
        {"UPDATE component SET item = item + 1 WHERE item = (SELECT max(item) FROM component)",
         "component: a row is missing"},
        {"UPDATE series SET item = item + 1 WHERE item = (SELECT max(item) FROM series)", "series: a row is missing"},
        {"UPDATE event SET item = item + 1 WHERE item = (SELECT max(item) FROM event)", "event: a row is missing"},
        {"UPDATE series_points SET item = item + (7 << 32) WHERE item >> 32 = 1", "series_points: a row of no version"},
    };
    for (size_t i = 0; i < COUNT(damages); i++)
        damage_is_found(damages[i][0], damages[i][1]);
}

/* One count of no minutes, whose component and level are the word: nothing else about it is wrong. */
#define FIRST_KEY "(SELECT key FROM json_each(templates) LIMIT 1)"
#define ONE_COUNT(word)                                                                                  \
    "UPDATE log_count SET minutes = '{\"' || " FIRST_KEY " || '\":[]}', templates = '{\"' || " FIRST_KEY \
    " || '\":[0,null]}', sources = x'0301" word "0000000000000000000000008000"                           \
    "00'"

/* Whoever made the file may have made its checksums too: what is read must still point at what is there. */
static void gives_out_no_record_that_points_outside_itself(void **state)
{
    (void)state;
    static const char *const damages[] = {
        "UPDATE dependency SET edges = json_set(edges, '$[0]', 99 << 1)",
        "UPDATE dependency SET edges = substr(edges, 2)",
        "PRAGMA foreign_keys = OFF; UPDATE change SET component = 99",
        "PRAGMA foreign_keys = OFF; UPDATE event SET component = 2",
        "PRAGMA foreign_keys = OFF; UPDATE series SET component = 4294967294",
        ONE_COUNT("18"),
        ONE_COUNT("07"),
        "UPDATE event SET what = what | 7 << 4",
        "UPDATE log_count SET sources = substr(sources, 1, length(sources) - 1)",
        "UPDATE log_count SET sources = CAST(sources || x'00000000' AS BLOB)",
        "UPDATE log_count SET sources = CAST(x'02' || substr(sources, 2) AS BLOB)",
        "UPDATE log_count SET minutes = substr(minutes, 2)",
        "UPDATE log_count SET minutes = minutes || '}'",
        "UPDATE log_count SET minutes = replace(minutes, ',', ';')",
        "UPDATE log_count SET minutes = replace(minutes, '],\"', ',\"')",
        "UPDATE log_count SET minutes = replace(minutes, '[', '[9223372036854775807,')",
        "UPDATE log_count SET minutes = replace(minutes, '[', '[99999999999999999999,')",
        "UPDATE log_count SET minutes = replace(minutes, '{\"', '{\"9')",
        "UPDATE log_count SET templates = json_set(templates, '$.' || " FIRST_KEY " || '[1]', 1)",
        "UPDATE log_count SET templates = json_remove(templates, '$.' || " FIRST_KEY ")",
        "UPDATE log_count SET templates = '{'",
        "UPDATE log_count SET minute_n = 0",
        "UPDATE log_count SET line_n = -1",
        "UPDATE log_count SET minute_first = 1 << 40",
        "UPDATE series_points SET points = CAST(substr(points, 2) AS BLOB)",
        "UPDATE series_points SET points = CAST(points || zeroblob(8) AS BLOB)",
        "UPDATE series_points SET points = CAST(substr(points, 1, length(points) - 1) AS BLOB)",
        "UPDATE series_points SET points = x''",
        "UPDATE series_points SET item = item + 1",
        "INSERT INTO series_points (item, points) SELECT item + 100, points FROM series_points",
        /* the first symptom's component: after the layout, one baseline and the number of symptoms */
        "UPDATE record SET packed = CAST(substr(packed, 1, 27) || x'02000000' || substr(packed, 32) AS BLOB)",
        "PRAGMA foreign_keys = OFF; DELETE FROM template WHERE key = 1",
    };
    for (size_t i = 0; i < COUNT(damages); i++) {
        struct world world;
        struct hc_incident *incident = NULL;
        world_begin(&world);
        struct hc_store *store = open_as(&world, HC_STORE_CREATE);
        put_from(&world, store, rich_incident(world.arena, "INC-1", 1), 9);
        assert_ok(&world, hc_store_incident_get(store, HC_STR("INC-1"), world.arena, &incident, &world.err));
        close_it(&world, store);
        tamper(&world, damages[i]);
        store = open_as(&world, HC_STORE_READ);
        enum hc_status status = hc_store_incident_get(store, HC_STR("INC-1"), world.arena, &incident, &world.err);
        if (status != HC_FATAL || strcmp(world.err.code, "corpus-corrupt") != 0)
            fail_msg("%s: status %d, %s", damages[i], status, world.err.code ? world.err.code : "no cause");
        close_it(&world, store);
        world_end(&world);
    }
}

/* What is put next would take such a row for its own, or its rows would follow the stray one. */
static void nothing_is_put_beside_rows_of_a_version_to_come(void **state)
{
    (void)state;
    static const char *const damages[] = {
        "INSERT INTO component (item, name) VALUES (99 << 32, 1)",
        "INSERT INTO component (item, name) VALUES ((2 << 32) + 1, 1)",
        "UPDATE event SET item = item + (1 << 32) WHERE item = (SELECT max(item) FROM event)",
        "UPDATE series SET item = item + (7 << 32) WHERE item = (SELECT max(item) FROM series)",
        "UPDATE series_points SET item = item + (7 << 32)",
        "INSERT INTO change (version, ordinal, line) VALUES (2, 40, 0)",
        "INSERT INTO warning (version, ordinal, line, code, message, more) VALUES (2, 40, 0, 'a', 'b', 0)",
        "UPDATE dependency SET version = 2",
        "UPDATE document SET version = 2",
    };
    for (size_t i = 0; i < COUNT(damages); i++) {
        struct world world;
        struct hc_store *store;
        world_begin(&world);
        store = open_as(&world, HC_STORE_CREATE);
        put_from(&world, store, rich_incident(world.arena, "INC-1", 1), 9);
        close_it(&world, store);
        tamper(&world, damages[i]);
        enum hc_status status = hc_store_open(&store, world.path, HC_STORE_CREATE, &world.err);
        if (status != HC_FATAL || strcmp(world.err.code, "corpus-corrupt") != 0)
            fail_msg("%s: status %d", damages[i], status);
        close_it(&world, open_as(&world, HC_STORE_READ)); /* so that it can be looked at */
        world_end(&world);
    }
}

static enum hc_status recompute(void *context, const struct hc_incident *incident, struct hc_arena *arena,
                                struct hc_str *evidence, struct hc_err *err)
{
    (void)arena;
    (void)err;
    assert_true(incident->n_series > 0);
    *evidence = *(const struct hc_str *)context;
    return HC_OK;
}

static void compares_the_evidence_when_asked_in_full(void **state)
{
    (void)state;
    struct world world;
    struct hc_check_report report;
    struct hc_str same = HC_STR("packed evidence"), other = HC_STR("other evidence");
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    put_from(&world, store, rich_incident(world.arena, "INC-1", 1), 9);
    assert_ok(&world, hc_store_check(store, true, recompute, &same, world.arena, &report, &world.err));
    assert_int_equal(report.n_findings, 0);
    assert_ok(&world, hc_store_check(store, true, recompute, &other, world.arena, &report, &world.err));
    assert_int_equal(report.n_findings, 1);
    assert_ok(&world, hc_store_check(store, false, recompute, &other, world.arena, &report, &world.err));
    assert_int_equal(report.n_findings, 0);
    close_it(&world, store);
    world_end(&world);
}

static void an_empty_corpus_is_sound(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    assert_int_equal(check_it(&world, store).n_findings, 0);
    close_it(&world, store);
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_every_kind_of_damage),
        cmocka_unit_test(gives_out_no_record_that_points_outside_itself),
        cmocka_unit_test(nothing_is_put_beside_rows_of_a_version_to_come),
        cmocka_unit_test(compares_the_evidence_when_asked_in_full),
        cmocka_unit_test(an_empty_corpus_is_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
