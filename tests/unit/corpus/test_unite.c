/* Records of other tools say more of an incident: they fill, they never overwrite, in whatever order they come. */
#include "tests/unit/corpus/fixture.h"

#include "corpus/store/internal.h"

static struct hc_incident *blank(struct world *world, const char *id, uint8_t content)
{
    struct hc_incident *incident = hc_arena_calloc(world->arena, 1, sizeof *incident);
    incident->id = hc_str_of(id);
    memset(incident->content, content, sizeof incident->content);
    incident->updated = incident->window_start = incident->detected = HC_TIME_NONE;
    incident->mitigated = incident->window_end = HC_TIME_NONE;
    return incident;
}

static struct hc_outcome *outcome_of(struct world *world, const char *category, struct hc_str given_by,
                                     struct hc_time at)
{
    struct hc_outcome *outcome = hc_arena_calloc(world->arena, 1, sizeof *outcome);
    *outcome = (struct hc_outcome){
        .status = HC_STR("confirmed"), .category = hc_str_of(category), .given_by = given_by, .known_at = at};
    return outcome;
}

static struct hc_incident *bundle(struct world *world)
{
    struct hc_incident *incident = rich_incident(world->arena, "I", 1);
    incident->severity = HC_STR_NONE;
    incident->detected = incident->mitigated = incident->window_end = HC_TIME_NONE;
    incident->outcomes = outcome_of(world, "application", HC_STR("manifest"), TIME(100, 0));
    incident->n_outcomes = 1;
    return incident;
}

/* With an event of a component that nobody else knows, and one of a component that the bundle knows. */
static struct hc_incident *record(struct world *world, const char *origin, uint8_t content, struct hc_time known_at)
{
    struct hc_arena *arena = world->arena;
    struct hc_incident *incident = blank(world, "I", content);
    incident->origin = hc_str_of(origin);
    incident->title = HC_STR("another title");
    incident->severity = hc_str_of(origin);
    incident->window_start = TIME(-500, 0);
    incident->detected = TIME(-400, 0); /* before the bundle's start */
    incident->window_end = TIME(50, 0);
    incident->updated = TIME(content, 0);
    NEW_LIST(components, {.name = {"aardvark", 8}}, {.name = {"api", 3}});
    NEW_LIST(events,
             {.at = {START_NS, 0}, .component = 0, .message = {"of a stranger", 13}, .place = {{"r.json", 6}, 4}},
             {.at = {START_NS + 1, 9}, .component = 1, .message = {"of the api", 10}, .place = {{"r.json", 6}, 5}});
    NEW_LIST(documents, {.kind = {"record", 6}, .text = {"a zebra", 7}, .place = {{"r.json", 6}, 1}});
    incident->tags = hc_arena_calloc(arena, 1, sizeof *incident->tags);
    incident->tags[0] =
        (struct hc_tag){.name = HC_STR("labels"), .text = HC_STR("urgent"), .given_by = incident->origin};
    incident->n_tags = 1;
    incident->outcomes = outcome_of(world, "capacity", incident->origin, known_at);
    incident->n_outcomes = 1;
    return incident;
}

static void fills_what_a_bundle_leaves_open_and_overwrites_nothing(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    assert_int_equal(put_from(&world, store, bundle(&world), 1), HC_PUT_NEW);
    const char *before = answer(&world, store, "SELECT title, started_at FROM incidents");
    assert_int_equal(put_from(&world, store, record(&world, "pager:1", 2, TIME(90, 0)), 2), HC_PUT_ATTACHED);
    assert_int_equal(put_from(&world, store, record(&world, "pager:1", 2, TIME(90, 0)), 2), HC_PUT_KNOWN);
    assert_string_equal(answer(&world, store, "SELECT title, started_at FROM incidents"), before);
    assert_string_equal(answer(&world, store, "SELECT severity, detected_at, ended_at, conflict FROM incidents"),
                        "pager:1||2015-03-16T23:15:50Z|0\n");
    assert_string_equal(answer(&world, store, "SELECT ordinal, category, given_by FROM outcomes"),
                        "0|application|manifest\n1|capacity|pager:1\n");
    assert_string_equal(answer(&world, store, "SELECT name, tag, given_by FROM tags"), "labels|urgent|pager:1\n");
    assert_string_equal(answer(&world, store, "SELECT component, message FROM events WHERE member = 'r.json'"),
                        "|of a stranger\napi|of the api\n");
    assert_string_equal(answer(&world, store, "SELECT count(*) FROM components WHERE component = 'aardvark'"), "0\n");
    assert_string_equal(answer(&world, store, "SELECT origin, current FROM incident_versions"), "|1\npager:1|1\n");
    assert_int_equal(check_it(&world, store).n_findings, 0);
    struct hc_search found;
    assert_ok(&world, hc_store_search(store, HC_STR("zebra"), 10, world.arena, &found, &world.err));
    assert_int_equal(found.n_all, 1);
    close_it(&world, store);
    world_end(&world);
}

static void the_outcome_known_last_is_the_first_and_both_are_kept(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    put_from(&world, store, bundle(&world), 1);
    put_from(&world, store, record(&world, "pager:1", 2, TIME(101, 0)), 2);
    assert_string_equal(answer(&world, store, "SELECT ordinal, category, given_by FROM outcomes"),
                        "0|capacity|pager:1\n1|application|manifest\n");
    put_from(&world, store, record(&world, "pager:1", 3, HC_TIME_NONE), 3); /* the later of its origin counts */
    assert_string_equal(answer(&world, store, "SELECT ordinal, category, given_by FROM outcomes"),
                        "0|application|manifest\n1|capacity|pager:1\n");
    assert_int_equal(put_from(&world, store, record(&world, "pager:1", 1, TIME(200, 0)), 4), HC_PUT_OLDER);
    assert_string_equal(answer(&world, store, "SELECT count(*), sum(current) FROM incident_versions"), "4|2\n");
    assert_int_equal(check_it(&world, store).n_findings, 0);
    close_it(&world, store);
    world_end(&world);
}

static void what_a_record_found_is_not_known_before_the_incident_begins(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    put_from(&world, store, record(&world, "pager:1", 2, TIME(-86400, 0)), 1);
    struct hc_incident *known = bundle(&world);
    known->n_outcomes = 0;
    put_from(&world, store, known, 2);
    assert_string_equal(answer(&world, store, "SELECT category, known_at FROM outcomes"),
                        "capacity|2015-03-16T23:15:00Z\n");
    assert_int_equal(check_it(&world, store).n_findings, 0);
    close_it(&world, store);
    world_end(&world);
}

static void the_order_in_which_they_come_cannot_show(void **state)
{
    (void)state;
    static const int orders[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2}, {2, 0, 3, 1}};
    char digest[HC_SHA256_HEX] = "";
    for (size_t turn = 0; turn < COUNT(orders); turn++) {
        struct world world;
        world_begin(&world);
        struct hc_store *store = open_as(&world, HC_STORE_CREATE);
        struct hc_incident *all[] = {bundle(&world), record(&world, "pager:1", 2, TIME(90, 0)),
                                     record(&world, "desk:1", 3, TIME(120, 0)),
                                     record(&world, "desk:1", 4, TIME(9, 0))};
        for (size_t i = 0; i < COUNT(all); i++)
            put_from(&world, store, all[orders[turn][i]], 1);
        struct hc_check_report now = check_it(&world, store);
        assert_int_equal(now.n_findings, 0);
        if (turn == 0)
            memcpy(digest, now.digest, sizeof digest);
        assert_string_equal(now.digest, digest);
        close_it(&world, store);
        world_end(&world);
    }
}

/* As the exports of two days do, or two files of one archive. */
static void a_record_that_stands_in_several_places_is_told_of_the_same_one_in_any_order(void **state)
{
    (void)state;
    static const struct {
        const char *member;
        uint32_t line;
        uint8_t source;
    } places[] = {{"z.json", 9, 2}, {"y.json", 9, 1}, {"x.json", 9, 1}, {"x.json", 4, 1}, {"a.json", 1, 3}};
    char digest[HC_SHA256_HEX] = "";
    for (int with_bundle = 0; with_bundle < 2; with_bundle++)
        for (size_t first = 0; first < COUNT(places); first++) {
            struct world world;
            world_begin(&world);
            struct hc_store *store = open_as(&world, HC_STORE_CREATE);
            for (size_t i = 0; i < COUNT(places); i++) {
                size_t at = (i * 2 + first) % COUNT(places);
                struct hc_incident *one = record(&world, places[at].member, 2, TIME(90, 0));
                one->window_place = (struct hc_source_place){hc_str_of(places[at].member), places[at].line};
                one->documents[0].place = one->window_place;
                assert_int_equal(put_from(&world, store, one, places[at].source), i ? HC_PUT_KNOWN : HC_PUT_NEW);
                if (with_bundle && i == first)
                    put_from(&world, store, bundle(&world), 4);
            }
            assert_string_equal(answer(&world, store, "SELECT member, line FROM documents WHERE kind = 'record'"),
                                "x.json|4\n");
            assert_string_equal(answer(&world, store, "SELECT DISTINCT given_by FROM tags"), "x.json\n");
            struct hc_search found;
            assert_ok(&world, hc_store_search(store, HC_STR("zebra"), 10, world.arena, &found, &world.err));
            assert_int_equal(found.n_all, 1);
            struct hc_check_report now = check_it(&world, store);
            assert_int_equal(now.n_findings, 0);
            if (first > 0)
                assert_string_equal(now.digest, digest);
            memcpy(digest, now.digest, sizeof digest);
            close_it(&world, store);
            world_end(&world);
        }
}

static void records_alone_are_an_incident_that_may_have_no_start(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    struct hc_incident *untimed = record(&world, "wiki:1", 2, HC_TIME_NONE);
    untimed->window_start = untimed->detected = untimed->window_end = HC_TIME_NONE;
    assert_int_equal(put_from(&world, store, untimed, 1), HC_PUT_NEW);
    assert_string_equal(answer(&world, store, "SELECT started_at, conflict FROM incidents"), "|0\n");
    assert_int_equal(put_from(&world, store, record(&world, "pager:1", 3, HC_TIME_NONE), 2), HC_PUT_ATTACHED);
    assert_string_equal(answer(&world, store, "SELECT started_at, conflict FROM incidents"),
                        "2015-03-16T23:06:40Z|0\n");
    assert_string_equal(answer(&world, store, "SELECT component FROM components"), "aardvark\napi\n");
    assert_string_equal(answer(&world, store, "SELECT count(*) FROM events WHERE component = 'aardvark'"), "2\n");
    assert_int_equal(check_it(&world, store).n_findings, 0);
    close_it(&world, store);
    world_end(&world);
}

static void the_evidence_stays_that_of_the_bundle(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    struct hc_incident_brief *briefs;
    size_t n;
    struct hc_str evidence;
    put_from(&world, store, bundle(&world), 1);
    assert_ok(&world, hc_store_incident_list(store, world.arena, &briefs, &n, &world.err));
    assert_ok(&world, hc_store_evidence_put(store, briefs[0].key, HC_STR("packed"), &world.err));
    put_from(&world, store, record(&world, "pager:1", 2, HC_TIME_NONE), 2);
    assert_ok(&world, hc_store_incident_list(store, world.arena, &briefs, &n, &world.err));
    assert_ok(&world, hc_store_evidence_get(store, briefs[0].key, world.arena, &evidence, &world.err));
    assert_true(hc_str_is(evidence, "packed"));
    close_it(&world, store);
    world_end(&world);
}

static int greatest_version(const struct world *world)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(world->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT max(key) FROM version", -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int key = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return key;
}

static void a_batch_unites_an_incident_once_however_many_records_come(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    assert_ok(&world, hc_store_begin(store, &world.err));
    put_from(&world, store, bundle(&world), 1);
    for (int i = 2; i < 42; i++) {
        char origin[24];
        snprintf(origin, sizeof origin, "pager:%d", i);
        assert_int_equal(put_from(&world, store, record(&world, origin, (uint8_t)i, TIME(i, 0)), 2), HC_PUT_ATTACHED);
    }
    assert_int_equal(put_from(&world, store, record(&world, "pager:41", 1, TIME(9, 0)), 2), HC_PUT_OLDER);
    assert_ok(&world, hc_store_commit(store, &world.err));
    assert_string_equal(answer(&world, store, "SELECT count(*), sum(current) FROM incident_versions"), "42|41\n");
    assert_string_equal(answer(&world, store, "SELECT count(*) FROM tags"), "40\n");
    assert_int_equal(check_it(&world, store).n_findings, 0);
    close_it(&world, store);
    assert_int_equal(greatest_version(&world), 43); /* those of the bundle and the records, and the united one */
    world_end(&world);
}

/* One that nobody confirmed, known at no time or at that of what was. */
static void a_guess_stands_behind_what_was_confirmed(void **state)
{
    (void)state;
    static const char *const statuses[] = {"unknown", "probable", "confirmed"};
    for (int equal = 0; equal < 2; equal++) {
        struct world world;
        world_begin(&world);
        struct hc_time known_at = equal ? TIME(100, 0) : HC_TIME_NONE;
        struct hc_store *store = open_as(&world, HC_STORE_CREATE);
        for (size_t i = 0; i < COUNT(statuses); i++) { /* the later `updated`, the earlier part */
            char origin[16];
            snprintf(origin, sizeof origin, "pager:%zu", i);
            struct hc_incident *one = record(&world, origin, (uint8_t)(9 - i), known_at);
            one->outcomes[0].status = hc_str_of(statuses[i]);
            put_from(&world, store, one, 1);
        }
        assert_string_equal(answer(&world, store, "SELECT status FROM outcomes ORDER BY ordinal LIMIT 1"),
                            "confirmed\n");
        assert_int_equal(check_it(&world, store).n_findings, 0);
        close_it(&world, store);
        world_end(&world);
    }
}

static void of_records_without_updated_the_one_that_states_the_latest_time_counts(void **state)
{
    (void)state;
    for (uint8_t content = 2; content < 6; content++) {
        struct world world;
        world_begin(&world);
        struct hc_store *store = open_as(&world, HC_STORE_CREATE);
        struct hc_incident *open = record(&world, "desk:1", content, HC_TIME_NONE);
        struct hc_incident *resolved = record(&world, "desk:1", (uint8_t)(7 - content), HC_TIME_NONE);
        open->updated = resolved->updated = open->window_end = HC_TIME_NONE;
        assert_int_equal(put_from(&world, store, open, 1), HC_PUT_NEW);
        assert_int_equal(put_from(&world, store, resolved, 2), HC_PUT_ATTACHED);
        assert_string_equal(answer(&world, store, "SELECT ended_at FROM incidents"), "2015-03-16T23:15:50Z\n");
        assert_int_equal(check_it(&world, store).n_findings, 0);
        close_it(&world, store);
        world_end(&world);
    }
}

static void the_warnings_of_parts_are_current(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    put_from(&world, store, bundle(&world), 1);
    put_from(&world, store, record(&world, "pager:1", 2, HC_TIME_NONE), 2);
    assert_string_equal(answer(&world, store, "SELECT count(*), sum(current) FROM warnings"), "2|2\n");
    close_it(&world, store);
    world_end(&world);
}

/* Two bundles, each from two archives, and a record. */
static void another_source_of_a_part_is_one_of_the_incident(void **state)
{
    (void)state;
    static const int orders[][5] = {{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 4, 0, 3, 1}, {1, 3, 4, 2, 0}};
    const char *first = NULL;
    struct world kept;
    world_begin(&kept);
    for (size_t turn = 0; turn < 2 * COUNT(orders); turn++) {
        struct world world;
        world_begin(&world);
        struct hc_store *store = open_as(&world, HC_STORE_CREATE);
        struct hc_incident *older = bundle(&world), *later = rich_incident(world.arena, "I", 8);
        later->updated = TIME(99, 0);
        struct hc_incident *all[] = {later, later, older, older, record(&world, "pager:1", 2, HC_TIME_NONE)};
        static const uint8_t sources[] = {5, 3, 2, 1, 4};
        for (size_t i = 0; i < COUNT(all); i++) {
            int which = orders[turn / 2][i];
            if (turn % 2 && i == 0)
                assert_ok(&world, hc_store_begin(store, &world.err));
            put_from(&world, store, all[which], sources[which]);
        }
        if (turn % 2)
            assert_ok(&world, hc_store_commit(store, &world.err));
        const char *rows = answer(&world, store, "SELECT * FROM incidents");
        if (!first)
            first = hc_arena_copy(kept.arena, rows, strlen(rows));
        assert_string_equal(rows, first);
        assert_non_null(strstr(rows, "|0303"));
        close_it(&world, store);
        world_end(&world);
    }
    world_end(&kept);
}

static void check_makes_a_united_version_again(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    struct hc_incident *altered, *ours = record(&world, "pager:1", 2, TIME(90, 0));
    struct hc_packed *packed;
    put_from(&world, store, bundle(&world), 1);
    put_from(&world, store, ours, 2);
    /* A united version whose rows and checksum agree, but that its parts do not give. */
    assert_ok(&world, hc_store_incident_get(store, HC_STR("I"), world.arena, &altered, &world.err));
    altered->severity = HC_STR("sev9");
    assert_ok(&world, hc_store_incident_pack(&packed, altered, world.arena, &world.err));
    close_it(&world, store);
    char sql[160];
    snprintf(sql, sizeof sql, "UPDATE version SET severity = 'sev9', checksum = %lld WHERE origin = ''",
             (long long)packed->checksum);
    tamper(&world, sql);
    store = open_as(&world, HC_STORE_READ);
    struct hc_check_report report = check_it(&world, store);
    assert_int_equal(report.n_findings, 1);
    assert_non_null(strstr(report.findings[0].p, "what is known of it is not what its parts say together"));
    close_it(&world, store);
    world_end(&world);
}

static void check_finds_a_united_version_that_is_not_what_its_parts_say(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    put_from(&world, store, bundle(&world), 1);
    put_from(&world, store, record(&world, "pager:1", 2, TIME(90, 0)), 2);
    close_it(&world, store);
    tamper(&world, "UPDATE incident SET current = (SELECT min(key) FROM version)");
    store = open_as(&world, HC_STORE_READ);
    struct hc_check_report report = check_it(&world, store);
    assert_int_equal(report.n_findings, 1);
    assert_non_null(strstr(report.findings[0].p, "current version"));
    close_it(&world, store);
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_what_a_bundle_leaves_open_and_overwrites_nothing),
        cmocka_unit_test(the_outcome_known_last_is_the_first_and_both_are_kept),
        cmocka_unit_test(what_a_record_found_is_not_known_before_the_incident_begins),
        cmocka_unit_test(the_order_in_which_they_come_cannot_show),
        cmocka_unit_test(a_record_that_stands_in_several_places_is_told_of_the_same_one_in_any_order),
        cmocka_unit_test(records_alone_are_an_incident_that_may_have_no_start),
        cmocka_unit_test(the_evidence_stays_that_of_the_bundle),
        cmocka_unit_test(a_batch_unites_an_incident_once_however_many_records_come),
        cmocka_unit_test(a_guess_stands_behind_what_was_confirmed),
        cmocka_unit_test(of_records_without_updated_the_one_that_states_the_latest_time_counts),
        cmocka_unit_test(the_warnings_of_parts_are_current),
        cmocka_unit_test(another_source_of_a_part_is_one_of_the_incident),
        cmocka_unit_test(check_makes_a_united_version_again),
        cmocka_unit_test(check_finds_a_united_version_that_is_not_what_its_parts_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
