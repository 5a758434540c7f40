/* The same id again: updates, history, conflicts; and that the order in which contents come cannot show. */
#include "tests/unit/corpus/fixture.h"

static struct hc_incident *version_of(struct world *world, const char *id, uint8_t variant, struct hc_time updated)
{
    struct hc_incident *incident = rich_incident(world->arena, id, variant);
    incident->updated = updated;
    return incident;
}

static struct hc_incident_brief only_brief(struct world *world, struct hc_store *store)
{
    struct hc_incident_brief *briefs;
    size_t n;
    assert_ok(world, hc_store_incident_list(store, world->arena, &briefs, &n, &world->err));
    assert_int_equal(n, 1);
    return briefs[0];
}

static void takes_the_greatest_update_and_keeps_the_history(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    assert_int_equal(put_from(&world, store, version_of(&world, "I", 2, TIME(20, 0)), 1), HC_PUT_NEW);
    assert_int_equal(put_from(&world, store, version_of(&world, "I", 2, TIME(20, 0)), 2), HC_PUT_KNOWN);
    assert_int_equal(put_from(&world, store, version_of(&world, "I", 3, TIME(10, 0)), 3), HC_PUT_OLDER);
    assert_int_equal(put_from(&world, store, version_of(&world, "I", 4, HC_TIME_NONE), 4), HC_PUT_OLDER);
    assert_int_equal(only_brief(&world, store).content[0], 2);
    assert_int_equal(put_from(&world, store, version_of(&world, "I", 5, TIME(20.5, 1)), 5), HC_PUT_UPDATED);
    assert_int_equal(only_brief(&world, store).content[0], 5);
    assert_false(only_brief(&world, store).conflict);
    assert_string_equal(answer(&world, store,
                               "SELECT substr(content, 1, 2), updated_at, current, substr(source, 1, 2)"
                               " FROM incident_versions"),
                        "02|2015-03-16T23:15:20Z|0|01\n03|2015-03-16T23:15:10Z|0|03\n04||0|04\n"
                        "05|2015-03-16T23:15:20.5Z|1|05\n");
    assert_string_equal(answer(&world, store, "SELECT DISTINCT substr(content, 1, 2), current FROM warnings"),
                        "02|0\n03|0\n04|0\n05|1\n");
    close_it(&world, store);
    world_end(&world);
}

static void marks_a_conflict_whichever_came_first_and_never_learns_from_it(void **state)
{
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        struct world world;
        world_begin(&world);
        struct hc_store *store = open_as(&world, HC_STORE_CREATE);
        put_from(&world, store, version_of(&world, "I", turn ? 8 : 7, TIME(20, 0)), 1);
        assert_true(only_brief(&world, store).confirmed);
        assert_int_equal(put_from(&world, store, version_of(&world, "I", turn ? 7 : 8, TIME(20, 3)), 2),
                         HC_PUT_CONFLICT);
        struct hc_incident_brief brief = only_brief(&world, store);
        assert_true(brief.conflict);
        assert_false(brief.confirmed);
        assert_int_equal(brief.content[0], 7);
        assert_int_equal(put_from(&world, store, version_of(&world, "I", 6, TIME(19, 0)), 2), HC_PUT_OLDER);
        assert_true(only_brief(&world, store).conflict);
        assert_int_equal(put_from(&world, store, version_of(&world, "I", 9, TIME(21, 0)), 3), HC_PUT_UPDATED);
        assert_false(only_brief(&world, store).conflict);
        assert_int_equal(check_it(&world, store).n_findings, 0);
        close_it(&world, store);
        world_end(&world);
    }
}

static void two_contents_without_an_update_conflict(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    put_from(&world, store, version_of(&world, "I", 8, HC_TIME_NONE), 1);
    assert_int_equal(put_from(&world, store, version_of(&world, "I", 7, HC_TIME_NONE), 2), HC_PUT_CONFLICT);
    assert_true(only_brief(&world, store).conflict);
    close_it(&world, store);
    world_end(&world);
}

static void keeps_one_content_under_two_ids_and_finds_the_smaller(void **state)
{
    (void)state;
    struct world world;
    struct hc_str id = HC_STR_NONE;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    struct hc_incident *b = version_of(&world, "B", 1, TIME(0, 0)), *a = version_of(&world, "A", 1, TIME(0, 0));
    assert_int_equal(put_from(&world, store, b, 1), HC_PUT_NEW);
    assert_int_equal(put_from(&world, store, a, 1), HC_PUT_NEW);
    assert_ok(&world, hc_store_incident_find_content(store, a->content, world.arena, &id, &world.err));
    assert_true(hc_str_is(id, "A"));
    a->content[0] = 77;
    assert_int_equal(hc_store_incident_find_content(store, a->content, world.arena, &id, &world.err), HC_SKIP);
    close_it(&world, store);
    world_end(&world);
}

static const char *const views[] = {"incidents",    "incident_versions", "warnings",   "changes",
                                    "events",       "log_templates",     "log_counts", "metrics",
                                    "dependencies", "components",        "documents",  "outcomes"};

/* Everything the views say, but for where a source lay and when it came. */
static const char *all_rows(struct world *world, struct hc_store *store)
{
    struct hc_buf all = {0};
    for (size_t i = 0; i < COUNT(views); i++) {
        struct hc_str sql = hc_str_format(world->arena, "SELECT * FROM %s", views[i]);
        hc_buf_text(&all, answer(world, store, sql.p));
        /* A join and a sum must not show it either. */
        sql = hc_str_format(world->arena, "SELECT a.*, b.* FROM %s AS a, incidents AS b WHERE b.incident = a.incident",
                            views[i]);
        if (strcmp(views[i], "log_templates") != 0)
            hc_buf_text(&all, answer(world, store, sql.p));
    }
    hc_buf_text(&all, answer(world, store, "SELECT sum(baseline_median), group_concat(incident) FROM metrics"));
    hc_buf_char(&all, '\0');
    const char *text = hc_arena_copy(world->arena, all.p, all.n);
    hc_buf_free(&all);
    return text;
}

/* Five contents of three ids, in one of the 120 orders. */
static void put_in_order(struct world *world, struct hc_store *store, int order)
{
    static const struct {
        const char *id;
        uint8_t variant;
        int updated; /* 0: none */
        uint8_t source;
    } puts[] = {{"INC-2", 1, 10, 1}, {"INC-2", 2, 10, 2}, {"INC-10", 3, 0, 3}, {"INC-2", 4, 5, 4}, {"INC-1", 5, 7, 5}};
    size_t left[] = {0, 1, 2, 3, 4};
    for (size_t n = COUNT(left); n > 0; n--) {
        size_t at = (size_t)order % n;
        order /= (int)n;
        size_t pick = left[at];
        left[at] = left[n - 1];
        struct hc_incident *incident = version_of(world, puts[pick].id, puts[pick].variant,
                                                  puts[pick].updated ? TIME(puts[pick].updated, 0) : HC_TIME_NONE);
        incident->series[0].baseline_median = 0.1 * puts[pick].variant;
        incident->templates[0].text = puts[pick].variant % 2 ? HC_STR("odd <*>") : HC_STR("even <*>");
        incident->templates[0].id = puts[pick].variant % 2;
        put_from(world, store, incident, puts[pick].source);
        put_from(world, store, incident, 6);
    }
}

static void gives_the_same_rows_and_digest_in_any_order_of_ingest(void **state)
{
    (void)state;
    struct world first;
    const char *rows = NULL;
    struct hc_check_report report = {0};
    world_begin(&first);
    for (int order = 0; order < 120; order += 7) {
        struct world world;
        world_begin(&world);
        struct hc_store *store = open_as(&world, HC_STORE_CREATE);
        assert_ok(&world, hc_store_begin(store, &world.err));
        put_in_order(&world, store, order);
        assert_ok(&world, hc_store_commit(store, &world.err));
        struct hc_check_report now = check_it(&world, store);
        assert_int_equal(now.n_findings, 0);
        const char *text = all_rows(&world, store);
        if (!rows) {
            rows = hc_arena_copy(first.arena, text, strlen(text));
            report = now;
        }
        assert_string_equal(text, rows);
        assert_string_equal(now.digest, report.digest);
        assert_string_equal(now.derived, report.derived);
        close_it(&world, store);
        world_end(&world);
    }
    world_end(&first);
}

static void the_digest_ignores_sources_and_tells_contents_apart(void **state)
{
    (void)state;
    char digests[4][HC_SHA256_HEX];
    for (int turn = 0; turn < 4; turn++) {
        struct world world;
        world_begin(&world);
        struct hc_store *store = open_as(&world, HC_STORE_CREATE);
        struct hc_incident *incident = rich_incident(world.arena, "I", 1);
        if (turn == 2)
            incident->series = NULL, incident->n_series = 0;
        if (turn == 3)
            incident->outcomes[0].cause = HC_STR("other");
        put_from(&world, store, incident, (uint8_t)(10 + turn));
        struct hc_check_report report = check_it(&world, store);
        memcpy(digests[turn], report.digest, sizeof digests[turn]);
        close_it(&world, store);
        world_end(&world);
    }
    assert_string_equal(digests[0], digests[1]);
    assert_string_not_equal(digests[0], digests[2]);
    assert_string_not_equal(digests[0], digests[3]);
    assert_string_not_equal(digests[2], digests[3]);
}

static void shows_the_smallest_source_of_several(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    struct hc_incident *incident = rich_incident(world.arena, "I", 1);
    assert_int_equal(put_from(&world, store, incident, 0xbb), HC_PUT_NEW);
    assert_int_equal(put_from(&world, store, incident, 0xaa), HC_PUT_KNOWN);
    assert_string_equal(answer(&world, store, "SELECT substr(source, 1, 4) FROM incidents"), "aaaa\n");
    assert_string_equal(answer(&world, store, "SELECT count(*), count(DISTINCT source) FROM sources"), "2|2\n");
    close_it(&world, store);
    world_end(&world);
}

static void takes_a_source_again_only_where_its_status_changed(void **state)
{
    (void)state;
    struct world world;
    struct hc_warning warnings[] = {
        {.code = HC_STR("bomb"), .member = HC_STR("a/b.log"), .line = 0, .message = HC_STR("too large")}};
    struct hc_source_record source = {.path = HC_STR("a.zip"),
                                      .status = HC_STR("rejected"),
                                      .n_bytes = 5,
                                      .reason = HC_STR("bomb"),
                                      .warnings = warnings,
                                      .n_warnings = 1};
    bool known;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    assert_ok(&world, hc_store_source_known(store, source.sha256, &known, &world.err));
    assert_false(known);
    assert_ok(&world, hc_store_source_put(store, &source, &known, &world.err));
    assert_false(known);
    assert_ok(&world, hc_store_source_put(store, &source, &known, &world.err));
    assert_true(known);
    assert_string_equal(answer(&world, store, "SELECT incident, member, code, current FROM warnings"),
                        "|a/b.log|bomb|1\n");
    source = (struct hc_source_record){.path = HC_STR("a.zip"), .status = HC_STR("accepted"), .n_bytes = 5};
    assert_ok(&world, hc_store_source_put(store, &source, &known, &world.err));
    assert_false(known);
    assert_string_equal(answer(&world, store, "SELECT path, status, reason FROM sources"), "a.zip|accepted|\n");
    assert_string_equal(answer(&world, store, "SELECT count(*) FROM warnings"), "0\n");
    close_it(&world, store);
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_greatest_update_and_keeps_the_history),
        cmocka_unit_test(marks_a_conflict_whichever_came_first_and_never_learns_from_it),
        cmocka_unit_test(two_contents_without_an_update_conflict),
        cmocka_unit_test(keeps_one_content_under_two_ids_and_finds_the_smaller),
        cmocka_unit_test(gives_the_same_rows_and_digest_in_any_order_of_ingest),
        cmocka_unit_test(the_digest_ignores_sources_and_tells_contents_apart),
        cmocka_unit_test(shows_the_smallest_source_of_several),
        cmocka_unit_test(takes_a_source_again_only_where_its_status_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
