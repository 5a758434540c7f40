/* What a question may do, and what not; the views as documented; what is packed, unpacked. */
#include "tests/unit/corpus/fixture.h"

static struct hc_store *filled(struct world *world)
{
    world_begin(world);
    struct hc_store *store = open_as(world, HC_STORE_CREATE);
    put_from(world, store, rich_incident(world->arena, "INC-1", 1), 9);
    put_from(world, store, rich_incident(world->arena, "INC-2", 2), 9);
    close_it(world, store);
    return open_as(world, HC_STORE_READ);
}

static void refuse(struct hc_store *store, const char *sql, const char *code)
{
    struct hc_buf out = {0};
    struct hc_err err;
    enum hc_status status = ask(store, sql, &out, &err);
    if (status != HC_FAIL || strcmp(err.code, code) != 0)
        fail_msg("%s: status %d, code %s: %s", sql, (int)status, err.code ? err.code : "none", err.text);
    hc_buf_free(&out);
}

static void refuses_whatever_is_not_a_question(void **state)
{
    (void)state;
    static const char *const statements[] = {
        "ATTACH '/tmp/x.db' AS x",
        "PRAGMA journal_mode = WAL",
        "PRAGMA user_version = 9",
        "PRAGMA data_version",
        "VACUUM INTO '/tmp/x.db'",
        "VACUUM",
        "INSERT INTO name (text) VALUES ('x')",
        "WITH x AS (SELECT 1) INSERT INTO name (text) SELECT 'x' FROM x",
        "UPDATE incident SET conflict = 1",
        "DELETE FROM source",
        "DROP VIEW incidents",
        "CREATE TEMP TABLE x (a)",
        "CREATE TABLE x (a)",
        "BEGIN",
        "REINDEX",
        "ANALYZE",
        "SELECT load_extension('x')",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP VIEW incidents",
        "SELECT * FROM pragma_journal_mode('wal')",
        "SELECT randomblob(8)",
        "SELECT fts3_tokenizer('x')",
        "EXPLAIN DELETE FROM source",
        "",
        "  -- nothing",
        "/* nothing */;",
    };
    struct world world;
    struct hc_store *store = filled(&world);
    for (size_t i = 0; i < COUNT(statements); i++)
        refuse(store, statements[i], "sql-refused");
    close_it(&world, store);
    world_end(&world);
}

static void says_what_is_wrong_with_sql(void **state)
{
    (void)state;
    struct world world;
    struct hc_store *store = filled(&world);
    refuse(store, "SELECT nothing FROM incidents", "sql-error");
    refuse(store, "SELECT writefile('/tmp/x', 'y')", "sql-error");
    refuse(store, "SELECT readfile('/etc/passwd')", "sql-error");
    refuse(store, "SELECT \"no such column\"", "sql-error");
    refuse(store, "SELEC 1", "sql-refused");
    close_it(&world, store);
    world_end(&world);
}

static void stops_at_the_budget_and_leaves_the_corpus_alone(void **state)
{
    (void)state;
    struct world world;
    struct hc_store *store = filled(&world);
    struct hc_check_report before = check_it(&world, store);
    refuse(store, "SELECT zeroblob(1000000000)", "query-budget");
    refuse(store, "SELECT group_concat(hex(zeroblob(30000000))) FROM incidents, incidents", "query-budget");
    refuse(store, "WITH RECURSIVE x (a) AS (SELECT 1 UNION ALL SELECT a || a FROM x) SELECT max(length(a)) FROM x",
           "query-budget");
    refuse(store,
           "WITH RECURSIVE x (a, b) AS (SELECT 0, zeroblob(1000000) UNION SELECT a + 1, b FROM x)"
           " SELECT * FROM x ORDER BY b",
           "query-budget");
    refuse(store, "WITH RECURSIVE x (a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM x) SELECT count(*) FROM x",
           "query-budget");
    assert_string_equal(answer(&world, store, "SELECT count(*) FROM incidents"), "2\n");
    assert_string_equal(check_it(&world, store).digest, before.digest);
    close_it(&world, store);
    world_end(&world);
}

static void answers_what_analysts_ask(void **state)
{
    (void)state;
    struct world world;
    struct hc_store *store = filled(&world);
    assert_string_equal(answer(&world, store, "-- a remark\n/* two */ SELECT 1, 'a', NULL, 2.5; -- done\n"),
                        "1|a||2.5\n");
    assert_string_equal(answer(&world, store, "VALUES (1), (2)"), "1\n2\n");
    assert_string_equal(answer(&world, store,
                               "WITH RECURSIVE x (a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM x LIMIT 3)"
                               " SELECT sum(a) FROM x"),
                        "6\n");
    assert_string_equal(
        answer(&world, store, "SELECT incident, rank() OVER (ORDER BY started_at_ns, incident) FROM incidents"),
        "INC-1|1\nINC-2|2\n");
    assert_string_equal(answer(&world, store,
                               "SELECT round(2.345, 2), upper('a'), json_extract('[1,2]', '$[1]'),"
                               " strftime('%Y', 0, 'unixepoch'), 'abc' LIKE 'A%', sqrt(4)"),
                        "2.3500000000000001|A|2|1970|1|2\n");
    assert_string_equal(answer(&world, store, "SELECT count(*) FROM search_title WHERE search_title MATCH 'crashed'"),
                        "2\n");
    close_it(&world, store);
    world_end(&world);
}

static void shows_times_with_the_precision_of_their_source(void **state)
{
    (void)state;
    struct world world;
    struct hc_store *store = filled(&world);
    assert_string_equal(answer(&world, store,
                               "SELECT started_at, started_at_ns, detected_at, mitigated_at, ended_at"
                               " FROM incidents WHERE incident = 'INC-1'"),
                        "2015-03-16T23:15:00Z|1426547700000000000|2015-03-16T23:16:00.500Z||2015-03-16T23:20:00Z\n");
    assert_string_equal(answer(&world, store,
                               "SELECT at, at_ns, kind, component, version, commit_id FROM changes"
                               " WHERE incident = 'INC-1'"),
                        "2015-03-16T23:14:58.5Z|1426547698500000000|deploy|api|v2.8.1|a02622f\n|||||\n");
    close_it(&world, store);
    world_end(&world);
}

/* In SQL as any tool runs it, and by the base's own function: the same for every precision, before and after 1970. */
static void the_text_of_a_time_in_sql_is_that_of_the_base(void **state)
{
    (void)state;
    static const int64_t times[] = {0,
                                    -1,
                                    1,
                                    -1000000000,
                                    -999999999,
                                    999999999,
                                    INT64_C(-9223372036000000000),
                                    INT64_MAX,
                                    INT64_C(1426547700123456789),
                                    INT64_C(-62135596800)};
    struct world world;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    for (size_t i = 0; i < COUNT(times); i++)
        for (int8_t digits = 0; digits <= 9; digits++) {
            struct hc_incident *incident = rich_incident(world.arena, "I", (uint8_t)(10 * i + (size_t)digits));
            incident->detected = (struct hc_time){times[i], digits};
            incident->updated = TIME(10 * (double)i + digits, 0);
            put_from(&world, store, incident, 1);
            char text[HC_TIME_TEXT + 1];
            size_t n = hc_time_format(incident->detected, text);
            memcpy(text + n, "\n", 2);
            assert_string_equal(answer(&world, store, "SELECT detected_at FROM incidents"), text);
        }
    close_it(&world, store);
    world_end(&world);
}

static void unpacks_minutes_in_plain_sql_and_by_function(void **state)
{
    (void)state;
    struct world world;
    struct hc_store *store = filled(&world);
    static const char minutes[] = "0000000000000001|||4\n"
                                  "0000000000000001|1969-12-31T23:57:00Z|-180000000000|1\n"
                                  "0000000000000001|2015-03-16T23:15:00Z|1426547700000000000|4000000000\n"
                                  "0000000000000001|2015-03-16T23:16:00Z|1426547760000000000|17\n";
    assert_string_equal(answer(&world, store,
                               "SELECT template, at, at_ns, lines FROM log_counts"
                               " WHERE incident = 'INC-1' AND component = 'db'"),
                        minutes);
    assert_string_equal(answer(&world, store, "SELECT template, at, at_ns, lines FROM log_minutes('INC-1', 'db')"),
                        minutes);
    assert_string_equal(answer(&world, store, "SELECT level, sum(lines) FROM log_minutes('INC-1') GROUP BY level"),
                        "error|4000000022\nfatal|17\n");
    assert_string_equal(answer(&world, store, "SELECT lines FROM log_minutes('INC-1', 'db', 'f000000000000001')"), "");
    assert_string_equal(answer(&world, store, "SELECT lines FROM log_minutes('INC-1', 'api', 'f000000000000001')"),
                        "17\n");
    assert_string_equal(
        answer(&world, store, "SELECT template, text, first_seen_at, incidents, lines FROM log_templates"),
        "0000000000000001|connection to <*> refused|2015-03-16T23:14:00.000Z|2|8000000044\n"
        "f000000000000001|out of memory|2015-03-16T23:15:00.000000000Z|2|34\n");
    close_it(&world, store);
    world_end(&world);
}

static void unpacks_points_by_function(void **state)
{
    (void)state;
    struct world world;
    struct hc_store *store = filled(&world);
    assert_string_equal(answer(&world, store,
                               "SELECT component, metric, unit, at, at_ns, value"
                               " FROM metric_points('INC-1', 'api', 'memory')"),
                        "api|memory|MB|2015-03-16T23:15:00Z|1426547700000000000|1.5\n"
                        "api|memory|MB|2015-03-16T23:15:15Z|1426547715000000000|-0.25\n"
                        "api|memory|MB|2015-03-16T23:15:30Z|1426547730000000000|1.0000000000000001e+300\n");
    assert_string_equal(answer(&world, store, "SELECT at FROM metric_points('INC-1', 'db')"),
                        "1969-12-31T23:59:59.999999995Z\n1970-01-01T00:00:00.000000007Z\n2015-03-16T23:15:00Z\n");
    assert_string_equal(answer(&world, store,
                               "SELECT m.incident, m.metric, m.points, count(p.value) FROM metrics AS m"
                               " LEFT JOIN metric_points(m.incident, m.component, m.metric) AS p"
                               " GROUP BY 1, 2"),
                        "INC-1|empty|0|0\nINC-1|memory|3|3\nINC-1|p99|3|3\n"
                        "INC-2|empty|0|0\nINC-2|memory|3|3\nINC-2|p99|3|3\n");
    assert_string_equal(answer(&world, store, "SELECT count(*) FROM metric_points('no such')"), "0\n");
    assert_string_equal(answer(&world, store, "SELECT count(*) FROM metric_points"), "0\n");
    close_it(&world, store);
    world_end(&world);
}

/* Of series that fill several blobs each gives its own points, by function and in the record. */
static void finds_points_in_several_blobs(void **state)
{
    (void)state;
    enum { SERIES = 12, POINTS = 12000 };
    struct world world;
    struct hc_incident *again = NULL;
    char expected[SERIES * 32] = "";
    world_begin(&world);
    struct hc_incident *incident = rich_incident(world.arena, "INC-1", 1);
    struct hc_series *series = hc_arena_calloc(world.arena, SERIES, sizeof *series);
    for (size_t i = 0; i < SERIES; i++) {
        size_t n = i % 4 == 3 ? 0 : POINTS;
        int64_t *at_ns = hc_arena_alloc(world.arena, POINTS * sizeof *at_ns);
        double *values = hc_arena_alloc(world.arena, POINTS * sizeof *values);
        for (size_t k = 0; k < n; k++) {
            at_ns[k] = (int64_t)(k * k * (i % 2) + k); /* every second one is not regular */
            values[k] = (double)i;
        }
        series[i] = incident->series[0];
        series[i].metric = hc_str_format(world.arena, "m%02zu", i);
        series[i].n = n;
        series[i].at_ns = at_ns;
        series[i].values = values;
        if (n)
            snprintf(expected + strlen(expected), 32, "m%02zu|%zu|%zu|%zu\n", i, n, i, i);
    }
    incident->series = series;
    incident->n_series = SERIES;
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    put_from(&world, store, incident, 9);
    assert_string_equal(answer(&world, store, "SELECT count(*) > 2 FROM series_points"), "1\n");
    assert_string_equal(answer(&world, store,
                               "SELECT metric, count(*), min(value), max(value) FROM metric_points('INC-1')"
                               " GROUP BY metric ORDER BY metric"),
                        expected);
    assert_ok(&world, hc_store_incident_get(store, HC_STR("INC-1"), world.arena, &again, &world.err));
    assert_int_equal(again->n_series, SERIES);
    for (size_t i = 0; i < SERIES; i++) {
        assert_int_equal(again->series[i].n, series[i].n);
        assert_memory_equal(again->series[i].at_ns, series[i].at_ns, series[i].n * sizeof(int64_t));
        assert_memory_equal(again->series[i].values, series[i].values, series[i].n * sizeof(double));
    }
    close_it(&world, store);
    world_end(&world);
}

static void shows_metrics_with_what_analysis_made_of_them(void **state)
{
    (void)state;
    struct world world;
    struct hc_store *store = filled(&world);
    assert_string_equal(answer(&world, store,
                               "SELECT component, metric, unit, points, baseline_median, baseline_mad, peak,"
                               " onset_at, score, member, line FROM metrics WHERE incident = 'INC-2'"),
                        "api|memory|MB|3|120.5|2|980|2015-03-16T23:15:00.5Z|3.25|m.csv|1\n"
                        "db|p99||3||||||m.csv|9\n|empty||0|0|0|inf||0||\n");
    close_it(&world, store);
    world_end(&world);
}

/* The documented columns are there, and each time has its twin. */
static void every_view_has_the_columns_that_are_documented(void **state)
{
    (void)state;
    static const struct {
        const char *view, *columns;
    } documented[] = {
        {"incidents", "incident, title, service, severity, started_at, started_at_ns, detected_at, detected_at_ns,"
                      " mitigated_at, mitigated_at_ns, ended_at, ended_at_ns, source, conflict"},
        {"incident_versions", "incident, content, updated_at, updated_at_ns, source, current"},
        {"sources", "source, path, sha256, bytes, status, reason, ingested_at, ingested_at_ns"},
        {"warnings", "source, incident, member, line, code, message, current"},
        {"changes", "incident, at, at_ns, kind, component, version, commit_id, text"},
        {"events", "incident, at, at_ns, component, level, kind, message, template, member, line"},
        {"log_templates", "template, text, first_seen_at, first_seen_at_ns, incidents, lines"},
        {"log_counts", "incident, component, template, at, at_ns, lines"},
        {"metrics", "incident, component, metric, unit, points, baseline_median, baseline_mad, peak, onset_at,"
                    " onset_at_ns, score"},
        {"dependencies", "incident, from_component, to_component"},
        {"tags", "incident, name, tag, category, given_by, member, line"},
        {"outcomes", "incident, ordinal, status, category, component, cause, metric, known_at, known_at_ns, given_by"},
        {"calibrations", "calibration, as_of, as_of_ns, incidents, created_at, created_at_ns, promoted, reason,"
                         " purpose, wrong_labels"},
        {"priors", "calibration, service, category, probability, low, high, incidents"},
        {"weights", "calibration, evidence, weight, low, high, expert_weight"},
        {"penalties", "calibration, missing, points, low, high, incidents"},
        {"hypotheses", "incident, calibration, hypothesis, rank, category, cause, component, probability, status"},
        {"evidence", "incident, calibration, hypothesis, evidence, direction, weight, text, member, line"},
        {"backtests", "incident, as_of, as_of_ns, category, component, probability, rank, top_category, top_component,"
                      " top_probability, covered, service, started_at, started_at_ns, evidence, labels_known"},
        {"backtest_answers",
         "incident, method, question, probability, top_probability, brier, top1, top3, top5, covered,"
         " set_size"},
    };
    struct world world;
    struct hc_store *store = filled(&world);
    struct hc_str schema = hc_store_schema();
    char *text = hc_arena_copy(world.arena, schema.p, schema.n);
    for (size_t i = 0; i < COUNT(documented); i++) {
        struct hc_str sql = hc_str_format(world.arena, "SELECT %s FROM %s", documented[i].columns, documented[i].view);
        answer(&world, store, sql.p);
        sql = hc_str_format(world.arena, "-- %s ", documented[i].view);
        assert_non_null(strstr(text, sql.p));
    }
    assert_true(hc_str_starts(schema, HC_STR("-- Times")) && hc_str_ends(schema, HC_STR("lines\n")));
    close_it(&world, store);
    world_end(&world);
}

/* A tool that knows nothing of ours reads every view. */
static void any_sqlite_reads_every_view(void **state)
{
    (void)state;
    struct world world;
    sqlite3 *db;
    sqlite3_stmt *names, *rows;
    close_it(&world, filled(&world));
    assert_int_equal(sqlite3_open_v2(world.path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT 'SELECT * FROM ' || name FROM sqlite_schema WHERE type = 'view'",
                                        -1, &names, NULL),
                     SQLITE_OK);
    int n_views = 0;
    for (; sqlite3_step(names) == SQLITE_ROW; n_views++) {
        int rc = sqlite3_prepare_v2(db, (const char *)sqlite3_column_text(names, 0), -1, &rows, NULL);
        assert_int_equal(rc, SQLITE_OK);
        while ((rc = sqlite3_step(rows)) == SQLITE_ROW)
            ;
        assert_int_equal(rc, SQLITE_DONE);
        sqlite3_finalize(rows);
    }
    assert_int_equal(n_views, 22);
    sqlite3_finalize(names);
    sqlite3_close(db);
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_whatever_is_not_a_question),
        cmocka_unit_test(says_what_is_wrong_with_sql),
        cmocka_unit_test(stops_at_the_budget_and_leaves_the_corpus_alone),
        cmocka_unit_test(answers_what_analysts_ask),
        cmocka_unit_test(shows_times_with_the_precision_of_their_source),
        cmocka_unit_test(the_text_of_a_time_in_sql_is_that_of_the_base),
        cmocka_unit_test(unpacks_minutes_in_plain_sql_and_by_function),
        cmocka_unit_test(unpacks_points_by_function),
        cmocka_unit_test(finds_points_in_several_blobs),
        cmocka_unit_test(shows_metrics_with_what_analysis_made_of_them),
        cmocka_unit_test(every_view_has_the_columns_that_are_documented),
        cmocka_unit_test(any_sqlite_reads_every_view),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
