/* Calibrations, stored analyses, backtests, search. */
#include "tests/unit/corpus/fixture.h"

static struct hc_prior_row priors[] = {
    {.service = {NULL, 0},
     .category = {"application", 11},
     .probability = 0.4,
     .low = 0.3,
     .high = 0.5,
     .n_incidents = 12},
    {.service = {"api", 3}, .category = {"network", 7}, .probability = 0.1, .low = NAN, .high = NAN, .n_incidents = 0}};
static struct hc_weight_row weights[] = {
    {.evidence = {"deploy-before-onset", 19}, .weight = 1.25, .low = 0.5, .high = 2, .expert_weight = 1}};
static struct hc_penalty_row penalties[] = {
    {.missing = {"lifecycle", 9}, .points = -0.09, .low = -0.2, .high = 0.01, .n_incidents = 41}};

static struct hc_calibration calibration_of(struct hc_time as_of, const char *model, bool promoted)
{
    return (struct hc_calibration){.as_of = as_of,
                                   .n_incidents = 12,
                                   .wrong_labels = 0.0625,
                                   .promoted = promoted,
                                   .reason = HC_STR("log loss not worse"),
                                   .purpose = HC_STR("calibrate"),
                                   .priors = priors,
                                   .n_priors = 2,
                                   .weights = weights,
                                   .n_weights = 1,
                                   .penalties = penalties,
                                   .n_penalties = 1,
                                   .model = hc_str_of(model)};
}

static void gives_back_a_calibration_and_keeps_equal_ones_once(void **state)
{
    (void)state;
    struct world world;
    struct hc_calibration put = calibration_of(TIME(5, 0), "model one", false), got;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    assert_ok(&world, hc_store_calibration_put(store, &put, &world.err));
    int64_t number = put.number;
    assert_true(number > 0);
    assert_ok(&world, hc_store_calibration_get(store, number, world.arena, &got, &world.err));
    assert_true(got.as_of.ns == put.as_of.ns && got.n_incidents == 12 && !got.promoted);
    assert_true(got.wrong_labels == 0.0625);
    assert_string_equal(answer(&world, store, "SELECT wrong_labels FROM calibrations"), "0.0625\n");
    assert_true(hc_str_equal(got.model, put.model) && hc_str_equal(got.reason, put.reason));
    assert_int_equal(got.n_priors, 2);
    assert_null(got.priors[0].service.p);
    assert_true(hc_str_is(got.priors[1].service, "api") && isnan(got.priors[1].low));
    assert_int_equal(got.n_weights, 1);
    assert_true(got.weights[0].weight == 1.25 && got.weights[0].expert_weight == 1);
    assert_int_equal(got.n_penalties, 1);
    assert_true(got.penalties[0].points == -0.09 && got.penalties[0].n_incidents == 41);
    put = calibration_of(TIME(5, 0), "model one", true);
    assert_ok(&world, hc_store_calibration_put(store, &put, &world.err));
    assert_true(put.number == number);
    assert_ok(&world, hc_store_calibration_get(store, number, world.arena, &got, &world.err));
    assert_true(got.promoted);
    put = calibration_of(TIME(5, 0), "model two", true);
    assert_ok(&world, hc_store_calibration_put(store, &put, &world.err));
    assert_true(put.number != number);
    put.labels = HC_STR("labels");
    number = put.number;
    assert_ok(&world, hc_store_calibration_put(store, &put, &world.err));
    assert_true(put.number != number); /* the same of other labels is another */
    assert_ok(&world, hc_store_calibration_number_of_labels(store, put.purpose, put.labels, &number, &world.err));
    assert_true(number == put.number);
    assert_ok(&world, hc_store_calibration_get(store, number, world.arena, &got, &world.err));
    assert_true(hc_str_is(got.labels, "labels"));
    assert_int_equal(
        hc_store_calibration_number_of_labels(store, HC_STR("rolling-origin"), put.labels, &number, &world.err),
        HC_SKIP);
    assert_int_equal(hc_store_calibration_number_of_labels(store, put.purpose, HC_STR("label"), &number, &world.err),
                     HC_SKIP);
    assert_int_equal(hc_store_calibration_get(store, 99, world.arena, &got, &world.err), HC_SKIP);
    assert_int_equal(check_it(&world, store).n_findings, 0);
    close_it(&world, store);
    world_end(&world);
}

static int64_t latest(struct world *world, struct hc_store *store, struct hc_time as_of)
{
    struct hc_calibration got;
    enum hc_status status = hc_store_calibration_latest(store, as_of, world->arena, &got, &world->err);
    if (status == HC_SKIP)
        return 0;
    assert_ok(world, status);
    return got.number;
}

static void the_latest_is_the_promoted_one_of_then(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    assert_int_equal(latest(&world, store, HC_TIME_NONE), 0);
    struct hc_calibration late = calibration_of(TIME(20, 0), "late", true),
                          early = calibration_of(TIME(10, 0), "early", true),
                          worse = calibration_of(TIME(30, 0), "worse", false),
                          schedule = calibration_of(TIME(40, 0), "schedule", true);
    schedule.purpose = HC_STR("rolling-origin");
    assert_ok(&world, hc_store_calibration_put(store, &schedule, &world.err));
    assert_int_equal(latest(&world, store, HC_TIME_NONE), 0);
    assert_ok(&world, hc_store_calibration_put(store, &late, &world.err));
    assert_ok(&world, hc_store_calibration_put(store, &early, &world.err));
    assert_ok(&world, hc_store_calibration_put(store, &worse, &world.err));
    assert_int_equal(latest(&world, store, HC_TIME_NONE), late.number);
    assert_int_equal(latest(&world, store, TIME(20, 0)), late.number);
    assert_int_equal(latest(&world, store, TIME(19.999, 3)), early.number);
    assert_int_equal(latest(&world, store, TIME(9, 0)), 0);
    assert_string_equal(answer(&world, store, "SELECT calibration, as_of, promoted, purpose FROM calibrations"),
                        "1|2015-03-16T23:15:40Z|1|rolling-origin\n2|2015-03-16T23:15:20Z|1|calibrate\n"
                        "3|2015-03-16T23:15:10Z|1|calibrate\n4|2015-03-16T23:15:30Z|0|calibrate\n");
    close_it(&world, store);
    world_end(&world);
}

static int64_t compared(struct world *world, struct hc_store *store, const struct hc_calibration *with)
{
    struct hc_calibration got;
    const enum hc_status status = hc_store_calibration_compared(store, with, world->arena, &got, &world->err);
    return status == HC_SKIP ? 0 : got.number;
}

static void a_calibration_is_compared_with_one_of_a_tenth_fewer_labels(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    struct hc_calibration nights[4];
    static const uint32_t labels[4] = {80, 95, 99, 99};
    static const char *const of[4] = {"a", "b", "c", "c"}; /* the last night brought none */
    for (int i = 0; i < 4; i++) {
        nights[i] = calibration_of(TIME(10 * (i + 1), 0), "night", true);
        nights[i].n_incidents = labels[i];
        nights[i].labels = hc_str_of(of[i]);
        assert_ok(&world, hc_store_calibration_put(store, &nights[i], &world.err));
    }
    assert_int_equal(compared(&world, store, &nights[3]), nights[0].number);
    assert_int_equal(compared(&world, store, &nights[2]), nights[0].number);
    assert_int_equal(compared(&world, store, &nights[0]), 0);
    nights[3].n_incidents = 85; /* of a tenth fewer there is none */
    assert_int_equal(compared(&world, store, &nights[3]), nights[1].number);
    close_it(&world, store);
    world_end(&world);
}

static struct hc_reason reasons[] = {
    {.evidence = {"deploy-before-onset", 19},
     .weight = 1.5,
     .text = {"deployed 73 s before", 20},
     .place = {{"incident.xml", 12}, 7}},
    {.evidence = {"log-quiet", 9}, .weight = -0.5, .text = {"no errors", 9}, .place = {{NULL, 0}, 0}}};
static struct hc_hypothesis hypotheses[] = {{.rank = 1,
                                             .category = {"application", 11},
                                             .cause = {"memory-leak", 11},
                                             .component = {"api", 3},
                                             .probability = 0.75,
                                             .status = HC_CONFIRMED,
                                             .reasons = reasons,
                                             .n_reasons = 2},
                                            {.rank = 2,
                                             .category = {"other", 5},
                                             .cause = {NULL, 0},
                                             .component = {NULL, 0},
                                             .probability = 0.2,
                                             .status = HC_RULED_OUT}};
static struct hc_penalty missing[] = {{.missing = {"traffic", 7}, .points = -0.05, .low = NAN, .high = NAN}};

/* Of another share it is another, and a share that was changed in the file is found. */
static void the_share_of_wrong_labels_is_a_part_of_a_calibration(void **state)
{
    (void)state;
    struct world world;
    struct hc_calibration one = calibration_of(TIME(5, 0), "model", true), other = one, beyond = one;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    other.wrong_labels = 0;
    beyond.wrong_labels = 1.5;
    assert_ok(&world, hc_store_calibration_put(store, &one, &world.err));
    assert_ok(&world, hc_store_calibration_put(store, &other, &world.err));
    assert_true(one.number != other.number);
    assert_int_equal(check_it(&world, store).n_findings, 0);
    assert_int_not_equal(hc_store_calibration_put(store, &beyond, &world.err), HC_OK);
    world.err = HC_ERR_NONE;
    close_it(&world, store);
    tamper(&world, "UPDATE calibration SET wrong_labels = 0.5 WHERE number = 1");
    store = open_as(&world, HC_STORE_READ);
    assert_int_equal(check_it(&world, store).n_findings, 1);
    close_it(&world, store);
    world_end(&world);
}

static void a_stored_analysis_is_replaced_and_shown(void **state)
{
    (void)state;
    struct world world;
    struct hc_analysis analysis = {.incident = HC_STR("INC-1"),
                                   .hypotheses = hypotheses,
                                   .n_hypotheses = 2,
                                   .unexplained = 0.05,
                                   .penalties = missing,
                                   .n_penalties = 1};
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    assert_int_equal(hc_store_analysis_put(store, &analysis, &world.err), HC_FAIL);
    assert_string_equal(world.err.code, "incident-unknown");
    world.err = HC_ERR_NONE;
    put_from(&world, store, rich_incident(world.arena, "INC-1", 1), 9);
    assert_ok(&world, hc_store_analysis_put(store, &analysis, &world.err));
    struct hc_check_report first = check_it(&world, store);
    assert_ok(&world, hc_store_analysis_put(store, &analysis, &world.err));
    assert_string_equal(check_it(&world, store).derived, first.derived);
    assert_string_equal(
        answer(&world, store,
               "SELECT incident, calibration, length(hypothesis), rank, category, cause,"
               " component, probability, status FROM hypotheses"),
        "INC-1||16|1|application|memory-leak|api|0.75|confirmed\nINC-1||16|2|other|||0.20000000000000001|ruled-out\n");
    assert_string_equal(
        answer(&world, store,
               "SELECT e.evidence, direction, weight, text, member, line, rank FROM evidence"
               " AS e JOIN hypotheses USING (incident, hypothesis)"),
        "deploy-before-onset|for|1.5|deployed 73 s before|incident.xml|7|1\nlog-quiet|against|-0.5|no errors|||1\n");
    hypotheses[0].probability = 0.5;
    assert_ok(&world, hc_store_analysis_put(store, &analysis, &world.err));
    hypotheses[0].probability = 0.75;
    struct hc_check_report second = check_it(&world, store);
    assert_string_not_equal(second.derived, first.derived);
    assert_string_equal(second.digest, first.digest);
    assert_int_equal(second.n_findings, 0);
    close_it(&world, store);
    world_end(&world);
}

static void the_derived_digest_ignores_the_numbers_of_calibrations(void **state)
{
    (void)state;
    char derived[2][HC_SHA256_HEX];
    for (int turn = 0; turn < 2; turn++) {
        struct world world;
        struct hc_analysis analysis = {.incident = HC_STR("INC-1"), .hypotheses = hypotheses, .n_hypotheses = 2};
        struct hc_backtest_row row = {.incident = HC_STR("INC-1"), .as_of = TIME(0, 0), .probability = 0.5, .rank = 1};
        world_begin(&world);
        struct hc_store *store = open_as(&world, HC_STORE_CREATE);
        put_from(&world, store, rich_incident(world.arena, "INC-1", 1), 9);
        struct hc_calibration a = calibration_of(TIME(1, 0), "a", true), b = calibration_of(TIME(2, 0), "b", true);
        assert_ok(&world, hc_store_calibration_put(store, turn ? &a : &b, &world.err));
        assert_ok(&world, hc_store_calibration_put(store, turn ? &b : &a, &world.err));
        analysis.calibration = row.calibration = a.number;
        assert_ok(&world, hc_store_analysis_put(store, &analysis, &world.err));
        assert_ok(&world, hc_store_backtest_put(store, &row, 1, &world.err));
        memcpy(derived[turn], check_it(&world, store).derived, HC_SHA256_HEX);
        close_it(&world, store);
        world_end(&world);
    }
    assert_string_equal(derived[0], derived[1]);
}

static void a_backtest_is_replaced_incident_by_incident(void **state)
{
    (void)state;
    struct world world;
    struct hc_backtest_row row = {.incident = HC_STR("INC-1"),
                                  .as_of = TIME(0, 0),
                                  .category = HC_STR("application"),
                                  .component = HC_STR("api"),
                                  .probability = 0.5,
                                  .category_probability = 0.75,
                                  .hypothesis_probability = 0.25,
                                  .rank = 2,
                                  .top_category = HC_STR("network"),
                                  .top_probability = 0.5,
                                  .unexplained = 0.125,
                                  .n_candidates = 4,
                                  .promised = true,
                                  .covered = true};
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    put_from(&world, store, rich_incident(world.arena, "INC-1", 1), 9);
    assert_ok(&world, hc_store_backtest_put(store, &row, 1, &world.err));
    row.rank = 1;
    assert_ok(&world, hc_store_backtest_put(store, &row, 1, &world.err));
    assert_string_equal(answer(&world, store,
                               "SELECT incident, as_of, category, component, probability, rank, top_category,"
                               " top_component, top_probability, covered FROM backtests"),
                        "INC-1|2015-03-16T23:15:00Z|application|api|0.5|1|network||0.5|1\n");
    row.promised = false;
    assert_ok(&world, hc_store_backtest_put(store, &row, 1, &world.err));
    assert_string_equal(answer(&world, store, "SELECT covered IS NULL FROM backtests"), "1\n");
    close_it(&world, store);
    world_end(&world);
}

/* What was put comes back, in order of when incidents began; what is put again leaves no answer of before. */
static void answers_of_a_backtest_come_back_as_they_were_put(void **state)
{
    (void)state;
    struct world world;
    struct hc_backtest_answer answers[2] = {
        {HC_STR("hindcast"), {{2, 1, 1, .25, .5, .75, true, true, 3}, {0, 0, 0, .125, .5, 1, true, true, 3}}},
        {HC_STR("without-logs"),
         {{1, 0, 2, .375, .375, .5, false, false, 0}, {0, 0, 0, .125, .5, 1, false, false, 0}}}};
    struct hc_backtest_row rows[2] = {{.incident = HC_STR("INC-1"),
                                       .as_of = TIME(0, 0),
                                       .service = HC_STR("shop"),
                                       .started = TIME(2, 0),
                                       .evidence = HC_STR("metrics logs"),
                                       .n_known = 7,
                                       .asked = {true, true, false},
                                       .answers = answers,
                                       .n_answers = 2},
                                      {.incident = HC_STR("INC-2"), .started = TIME(1, 0)}};
    struct hc_backtest_row *back;
    size_t n;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    put_from(&world, store, rich_incident(world.arena, "INC-1", 1), 9);
    put_from(&world, store, rich_incident(world.arena, "INC-2", 1), 8);
    assert_ok(&world, hc_store_backtest_put(store, rows, 2, &world.err));
    assert_ok(&world, hc_store_backtest_list(store, world.arena, &back, &n, &world.err));
    assert_int_equal(n, 2);
    assert_true(hc_str_is(back[0].incident, "INC-2") && back[0].n_answers == 0);
    assert_true(hc_str_is(back[1].service, "shop") && hc_str_is(back[1].evidence, "metrics logs"));
    assert_true(back[1].n_known == 7 && back[1].started.ns == rows[0].started.ns);
    assert_int_equal(back[1].n_answers, 2);
    assert_true(back[1].asked[0] && back[1].asked[1] && !back[1].asked[2]);
    for (size_t i = 0; i < 2; i++) {
        assert_true(hc_str_equal(back[1].answers[i].method, answers[i].method));
        for (int q = 0; q < 2; q++) {
            const struct hc_answer *a = &answers[i].of[q], *b = &back[1].answers[i].of[q];
            assert_true(a->rank == b->rank && a->n_before == b->n_before && a->n_tied == b->n_tied);
            assert_memory_equal(&a->probability, &b->probability, 3 * sizeof(double));
            assert_true(a->promised == b->promised && a->covered == b->covered && a->n_set == b->n_set);
        }
    }
    assert_string_equal(answer(&world, store,
                               "SELECT method, question, top1, top3, covered, set_size FROM backtest_answers"
                               " WHERE question = 'component'"),
                        "hindcast|component|0|1|1|3\nwithout-logs|component|0.5|1||\n");
    rows[0].n_answers = 1;
    assert_ok(&world, hc_store_backtest_put(store, rows, 1, &world.err));
    assert_string_equal(answer(&world, store, "SELECT count(*) FROM backtest_answers"), "2\n");
    close_it(&world, store);
    world_end(&world);
}

static void search(struct world *world, struct hc_store *store, const char *words, const char *expected)
{
    struct hc_search found, cut;
    struct hc_buf text = {0};
    assert_ok(world, hc_store_search(store, hc_str_of(words), 10, world->arena, &found, &world->err));
    for (size_t i = 0; i < found.n; i++)
        hc_buf_format(&text, "%.*s %.*s: %.*s\n", HC_STR_ARG(found.hits[i].incident), HC_STR_ARG(found.hits[i].where),
                      HC_STR_ARG(found.hits[i].snippet));
    hc_buf_char(&text, '\0');
    assert_string_equal(text.p, expected);
    assert_int_equal(found.n_all, found.n);
    for (size_t limit = 1; limit <= found.n; limit++) {
        assert_ok(world, hc_store_search(store, hc_str_of(words), limit, world->arena, &cut, &world->err));
        assert_int_equal(cut.n, limit);
        assert_int_equal(cut.n_all, found.n);
    }
    hc_buf_free(&text);
}

static void finds_words_in_titles_postmortems_and_templates(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    put_from(&world, store, rich_incident(world.arena, "INC-2", 1), 9);
    struct hc_incident *old = rich_incident(world.arena, "INC-1", 2);
    put_from(&world, store, old, 9);
    struct hc_incident *new = rich_incident(world.arena, "INC-1", 3);
    new->updated = TIME(1, 0);
    new->title = HC_STR("Checkout ran slow");
    put_from(&world, store, new, 9);
    close_it(&world, store);
    store = open_as(&world, HC_STORE_READ);
    search(&world, store, "CRASHED", "INC-2 title: INC-2 crashed, take 1\n");
    search(&world, store, "ran",
           "INC-1 title: Checkout ran slow\n"
           "INC-1 postmortem: # What happened\nThe cache ran full.\n\n"
           "INC-2 postmortem: # What happened\nThe cache ran full.\n\n");
    search(&world, store, "memory out", "INC-1 template: out of memory\nINC-2 template: out of memory\n");
    search(&world, store, "ran memory", "");
    search(&world, store, "\"ran* OR NEAR( -^:{}", "");
    search(&world, store, "  ", "");
    close_it(&world, store);
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_a_calibration_and_keeps_equal_ones_once),
        cmocka_unit_test(the_latest_is_the_promoted_one_of_then),
        cmocka_unit_test(a_calibration_is_compared_with_one_of_a_tenth_fewer_labels),
        cmocka_unit_test(the_share_of_wrong_labels_is_a_part_of_a_calibration),
        cmocka_unit_test(a_stored_analysis_is_replaced_and_shown),
        cmocka_unit_test(the_derived_digest_ignores_the_numbers_of_calibrations),
        cmocka_unit_test(a_backtest_is_replaced_incident_by_incident),
        cmocka_unit_test(answers_of_a_backtest_come_back_as_they_were_put),
        cmocka_unit_test(finds_words_in_titles_postmortems_and_templates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
