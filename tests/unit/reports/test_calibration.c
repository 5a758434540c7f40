/* The calibration report of backtests made by hand: calibrated, boastful, few, hostile. */
#include "tests/unit/reports/rendered.h"

#include <math.h>

#include "base/random.h"
#include "reports/calibration.h"

enum { MOST = 240 };

static struct hc_evidence_kind kinds[] = {{.id = {"metrics", 7}, .title = {"metrics", 7}, .points = -.1},
                                          {.id = {"logs", 4}, .title = {"logs", 4}, .points = -.08}};
static struct hc_category categories[] = {{.id = {"application", 11}, .title = {"Application", 11}},
                                          {.id = {"network", 7}, .title = {"Network", 7}}};
static const struct hc_catalogue catalogue = {
    .kinds = kinds, .n_kinds = 2, .categories = categories, .n_categories = 2};

struct made {
    struct hc_arena *arena;
    struct hc_backtest backtest;
    struct hc_backtest_row rows[MOST];
    struct hc_breakdowns breakdowns;
    struct hc_stated stated[HC_QUESTIONS];
    struct hc_calibration calibration;
    struct hc_calibration_report report;
};

static struct hc_answer answer(double said, bool right, bool promised)
{
    return (struct hc_answer){.rank = right ? 1 : 2,
                              .n_before = right ? 0 : 1,
                              .n_tied = 1,
                              .probability = right ? said : (1 - said) / 2,
                              .top = said,
                              .brier = right ? (1 - said) * (1 - said) : said * said + 1,
                              .promised = promised,
                              .covered = true,
                              .n_set = 4};
}

/* Says between .2 and 1, and is right as often as it says less `boast`. */
static void make_row(struct made *m, size_t i, double boast, const char *service)
{
    static const char *const methods[] = {"hindcast", "uniform", "priors", "expert", "last-component", "without-logs"};
    struct hc_random random = hc_random_new(11, i);
    const double said = .2 + .8 * hc_random_uniform(&random);
    const bool right = hc_random_uniform(&random) < said - boast, logs = i % 3 != 0;
    const size_t n = logs ? 6 : 5;
    struct hc_backtest_row *row = &m->rows[i];
    *row = (struct hc_backtest_row){.incident = hc_str_format(m->arena, "INC-%03zu", i),
                                    .service = hc_str_of(i % 2 ? service : "shop"),
                                    .evidence = logs ? HC_STR("metrics logs") : HC_STR("metrics"),
                                    .n_known = (uint32_t)i,
                                    .category = i % 4 ? HC_STR("application") : HC_STR("network"),
                                    .component = HC_STR("api"),
                                    .asked = {true, true, i % 5 != 0},
                                    .answers = hc_arena_calloc(m->arena, n, sizeof *row->answers),
                                    .n_answers = n};
    row->started = (struct hc_time){INT64_C(1767225600) * HC_NS_PER_SECOND + (int64_t)i * 24 * HC_NS_PER_HOUR, 0};
    for (size_t k = 0; k < n; k++) {
        const double of = k == 0 ? said : .3;
        const bool hit = k == 0 ? right : i % 3 == 1;
        row->answers[k].method = hc_str_of(methods[k]);
        for (int q = 0; q < HC_QUESTIONS; q++)
            row->answers[k].of[q] = answer(of, hit, k == 0 && i >= 60);
    }
}

static void begin(struct made *m, size_t n, double boast, const char *service)
{
    static struct hc_prior_row priors[] = {{{NULL, 0}, {"application", 11}, .6, .5, .7, 40},
                                           {{"shop", 4}, {"application", 11}, .65, .5, .8, 20}};
    static struct hc_weight_row weights[] = {{{"cpu-up", 6}, 1.25, 1, 1.5, .75}, {{"<log-new>", 9}, .5, .25, .75, .5}};
    static struct hc_penalty_row penalties[] = {{{"logs", 4}, -.125, -.2, -.05, 30},
                                                {{"metrics", 7}, -.1, -.1, -.1, 0}};
    const struct hc_backtest_options options = {.n_threads = 1, .seed = 1};
    struct hc_err err = HC_ERR_NONE;
    *m = (struct made){.arena = hc_arena_new(0)};
    for (size_t i = 0; i < n; i++)
        make_row(m, i, boast, service);
    m->backtest.rows = m->rows;
    m->backtest.n_rows = n;
    m->calibration = (struct hc_calibration){.number = 7,
                                             .as_of = m->rows[n - 1].started,
                                             .n_incidents = (uint32_t)n,
                                             .priors = priors,
                                             .n_priors = 2,
                                             .weights = weights,
                                             .n_weights = 2,
                                             .penalties = penalties,
                                             .n_penalties = 2};
    assert_int_equal(hc_backtest_score(&m->backtest, &options, &err), HC_OK);
    assert_int_equal(hc_breakdowns_make(&m->breakdowns, m->rows, n, &catalogue, &options, m->arena, &err), HC_OK);
    for (int q = 0; q < HC_QUESTIONS; q++)
        assert_int_equal(hc_stated_of(&m->stated[q], m->rows, n, (enum hc_question)q, &options, m->arena, &err), HC_OK);
    m->report = (struct hc_calibration_report){.backtest = &m->backtest,
                                               .breakdowns = &m->breakdowns,
                                               .stated = m->stated,
                                               .catalogue = &catalogue,
                                               .calibration = &m->calibration,
                                               .promised_from = n >= 60 ? (uint32_t)n : 0,
                                               .promise_needs = 60};
}

static char *markdown_of(const struct made *m)
{
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_report_calibration_markdown(&m->report, &out, &err), HC_OK);
    return text_of(&out);
}

static char *html_of(const struct made *m, const char *name)
{
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_report_calibration_html(&m->report, &out, &err), HC_OK);
    char *html = text_of(&out);
    keep(name, "html", html);
    parse(html, m->arena);
    return html;
}

/* Counted here over the rows, one by one. */
static void says_what_manager_and_analyst_ask_first(void **state)
{
    (void)state;
    struct made m;
    begin(&m, MOST, 0, "pay");
    size_t n_high = 0, n_right = 0, n_first = 0;
    for (size_t i = 0; i < MOST; i++) {
        const struct hc_answer *a = &m.rows[i].answers[0].of[HC_OF_COMPONENT];
        n_high += a->top >= .7;
        n_right += a->top >= .7 && a->n_before == 0;
        n_first += a->n_before == 0;
    }
    char text[200];
    char *markdown = markdown_of(&m);
    finds(markdown, "240 past incidents, begun 2026-01-01 to 2026-08-28, analysed with only what was known");
    snprintf(text, sizeof text, "the component was right in **%zu of %zu**: %.0f\xC2\xA0%% (", n_right, n_high,
             100 * (double)n_right / (double)n_high);
    finds(markdown, text);
    snprintf(text, sizeof text, "was the one at fault in [%.0f\xC2\xA0%% (", 100 * (double)n_first / MOST);
    finds(markdown, text);
    finds(markdown, "**components: confidence holds**");
    finds(markdown, "no more apart than chance allows");
    assert_null(strstr(markdown, "surer than"));
    finds(markdown, "To 180 of them a set was promised");
    finds(markdown, "So nothing here speaks against taking it at its word.");
    free(markdown);
    hc_arena_free(m.arena);
}

static void says_that_it_boasts_where_it_does(void **state)
{
    (void)state;
    struct made m;
    begin(&m, MOST, .25, "pay");
    char *markdown = markdown_of(&m);
    finds(markdown, "**components: confidence does not hold**");
    finds(markdown, "**categories: confidence does not hold**");
    finds(markdown, "**it is surer than it should be**");
    finds(markdown, "So it is not calibrated here");
    finds(strstr(markdown, "### Which category, cause"), ": **it is surer than it should be**.");
    free(markdown);
    hc_arena_free(m.arena);
    begin(&m, MOST, -.25, "pay");
    markdown = markdown_of(&m);
    finds(markdown, "**it is right more often than it says**");
    free(markdown);
    hc_arena_free(m.arena);
}

static void promises_nothing_where_it_may_not(void **state)
{
    (void)state;
    struct made m;
    begin(&m, 8, 0, "pay");
    char *markdown = markdown_of(&m), *html = html_of(&m, "calibration-few");
    finds(markdown, "**components: too few incidents to tell**");
    finds(markdown, "**promises nothing yet**");
    finds(markdown, "With 8 incidents nothing can be said of how far its confidence holds.");
    finds(markdown,
          "Nothing yet: a promise takes 60 incidents whose cause was confirmed, and the calibration in use has "
          "learned from 8.");
    finds(markdown, "It promised nothing of what it ruled out");
    finds(markdown, "it is 1 in 20 over all incidents together");
    assert_null(strstr(html, "<svg"));
    free(markdown);
    free(html);
    m.report.calibration = NULL;
    markdown = markdown_of(&m);
    finds(markdown, "Nothing: no calibration is stored.");
    finds(markdown, "`hindcast calibrate` learns one.");
    free(markdown);
    hc_arena_free(m.arena);
}

static void has_a_part_for_all_that_was_looked_at(void **state)
{
    (void)state;
    static const char *const parts[] = {"## In short",
                                        "## Whether what it says holds",
                                        "### Which component?",
                                        "| 90\xC2\xA0% and more |",
                                        "The figure's line (component)",
                                        "### Which category?",
                                        "### Which category, cause and component?",
                                        "## Scores beside the baselines",
                                        "| Hindcast ",
                                        "| The same as the last one confirmed |",
                                        "| No learning: the expert's weights |",
                                        "| Priors alone",
                                        "| Uniform",
                                        "## By what incidents were",
                                        "By confirmed category, of the category",
                                        "| Application",
                                        "| Network",
                                        "*By service*",
                                        "| pay ",
                                        "| shop ",
                                        "there or missing",
                                        "| logs: there",
                                        "| logs: missing",
                                        "*By quarter",
                                        "| 2026Q1",
                                        "| 2026Q3",
                                        "## What learning brings",
                                        "| 0 known",
                                        "| 1-9 known",
                                        "| 100-299 known",
                                        "## What each kind of evidence is worth",
                                        "| logs ",
                                        "## What is promised of what it rules out",
                                        "## What was learned",
                                        "Calibration 7",
                                        "| application",
                                        "| shop ",
                                        "`cpu-up`",
                                        "1.250 (1.000\xC2\xA0to\xC2\xA0"
                                        "1.500)",
                                        "0.750",
                                        "0.500",
                                        "-12.5",
                                        "-20.0 to -5.0",
                                        "30",
                                        "-8.0",
                                        "nothing: the expert's",
                                        "## Data and method"};
    struct made m;
    begin(&m, MOST, 0, "pay");
    char *markdown = markdown_of(&m);
    const char *at = markdown;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *found = strstr(at, parts[i]);
        if (!found)
            print_error("not found in order: %s\n", parts[i]);
        assert_non_null(found);
        at = found;
    }
    assert_null(strstr(markdown, "metrics: there")); /* all had them */
    free(markdown);
    hc_arena_free(m.arena);
}

static void the_figure_has_a_name_and_its_numbers_a_table(void **state)
{
    (void)state;
    struct made m;
    begin(&m, MOST, 0, "pay");
    char *html = html_of(&m, "calibration-full");
    size_t n_circles = 0, n_bins = 0;
    for (const char *at = html; (at = strstr(at, "<circle")) != NULL; at++)
        n_circles++;
    for (int q = 0; q < HC_QUESTIONS; q++)
        n_bins += m.stated[q].diagram.n_bins;
    assert_int_equal(n_circles, n_bins);
    finds(html, "<title id=\"fig-1-title\">Reliability of the component named first</title>");
    finds(html, "<path class=\"band\" d=\"M");
    finds(html, "<path class=\"even\" d=\"M0.0 1000.0L1000.0 0.0\"/>");
    finds(html, "<path class=\"curve\" d=\"M");
    assert_null(strstr(html, "nan"));
    free(html);
    hc_arena_free(m.arena);
}

static void names_cannot_leave_their_place(void **state)
{
    (void)state;
    struct made m;
    begin(&m, MOST, 0, "<script>alert(1)</script>| x `y` \"z\" & \xE2\x80\xAE");
    char *html = html_of(&m, "calibration-hostile"), *markdown = markdown_of(&m);
    assert_null(strstr(html, "<script"));
    for (const char *at = markdown; (at = strstr(at, "<script")) != NULL; at++)
        assert_int_equal(at[-1], '\\');
    assert_null(strstr(markdown, "\xE2\x80\xAE"));
    assert_null(strstr(html, "\xE2\x80\xAE"));
    free(html);
    free(markdown);
    hc_arena_free(m.arena);
}

static void says_where_labels_look_wrong_what_that_does_to_the_diagrams(void **state)
{
    (void)state;
    static const char says[] = " of the labels look wrong, since";
    struct made m;
    begin(&m, MOST, 0, "pay");
    char *few = markdown_of(&m);
    m.calibration.wrong_labels = 0.0049;
    char *still_few = markdown_of(&m);
    assert_string_equal(few, still_few);
    assert_null(strstr(few, says));
    m.calibration.wrong_labels = 0.0625;
    char *many = markdown_of(&m);
    finds(strstr(many, "## Whether what it says holds"), "Some [6\xC2\xA0%](#src-");
    finds(many, says);
    finds(many, "SELECT wrong_labels FROM calibrations WHERE calibration = 7");
    m.calibration.wrong_labels = HC_WRONG_LABELS_SAID;
    char *least = markdown_of(&m);
    finds(least, "Some [1\xC2\xA0%](#src-");
    m.report.calibration = NULL;
    char *none = markdown_of(&m);
    assert_null(strstr(none, says));
    free(few);
    free(still_few);
    free(many);
    free(least);
    free(none);
    hc_arena_free(m.arena);
}

static void without_ablation_it_says_how_to_get_it(void **state)
{
    (void)state;
    struct made m;
    begin(&m, MOST, 0, "pay");
    m.breakdowns.n_ablations = 0;
    char *markdown = markdown_of(&m);
    finds(markdown, "`hindcast backtest --ablation` answers each incident again");
    free(markdown);
    hc_arena_free(m.arena);
}

static void the_same_input_gives_the_same_bytes(void **state)
{
    (void)state;
    struct made m;
    begin(&m, MOST, 0, "pay");
    char *one = markdown_of(&m), *two = markdown_of(&m);
    assert_string_equal(one, two);
    free(one);
    free(two);
    hc_arena_free(m.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_manager_and_analyst_ask_first),
        cmocka_unit_test(says_that_it_boasts_where_it_does),
        cmocka_unit_test(promises_nothing_where_it_may_not),
        cmocka_unit_test(has_a_part_for_all_that_was_looked_at),
        cmocka_unit_test(the_figure_has_a_name_and_its_numbers_a_table),
        cmocka_unit_test(names_cannot_leave_their_place),
        cmocka_unit_test(says_where_labels_look_wrong_what_that_does_to_the_diagrams),
        cmocka_unit_test(without_ablation_it_says_how_to_get_it),
        cmocka_unit_test(the_same_input_gives_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
