/* The calibration report of backtests made by hand: calibrated, boastful, few, hostile. */
#include "tests/unit/reports/calibrations.h"

#include "analysis/stats/beta.h"

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
    finds(markdown,
          "**The confidence in components does not hold**: range by range, what was said and what was so are ");
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
    finds(markdown, "Nothing: no calibration was promoted.");
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
    for (size_t i = 0; i < m.breakdowns.by[HC_BY_KNOWN].n_groups;
         i++) /* two questions, right and loss, own and priors */
        n_bins += 8;
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

static void a_badge_does_not_say_that_it_holds_where_a_range_does_not(void **state)
{
    (void)state;
    struct made m;
    begin(&m, MOST, 0, "pay");
    struct hc_stated *stated = &m.stated[HC_OF_CATEGORY];
    char *before = markdown_of(&m);
    finds(before, "**categories: confidence holds**");
    finds(before, "Nor is any range of what it said right so seldom");
    stated->high = (struct hc_stated_range){.7, 1, 31, .84, 21, {21 / 31., .49, .83}, 0};
    stated->high.p = hc_share_rarity(21, 31, .84);
    char *high = markdown_of(&m);
    finds(high, "**categories: holds on the whole; 70\xC2\xA0% and more: right too seldom**");
    finds(high, "**components: confidence holds**");
    finds(high,
          "**Where it said 70\xC2\xA0% and more, it was right too seldom**: 21 of 31, where 26.0 were to be expected");
    stated->high.p = 1;
    for (size_t i = 0; i < HC_STATED_RANGES; i++)
        stated->ranges[i].p = .02; /* of five ranges one so rare is nothing */
    assert_null(hc_cal_off(stated));
    stated->ranges[1].p = .01;
    stated->ranges[1].mean = .4;
    stated->ranges[1].right.value = .6;
    char *range = markdown_of(&m);
    finds(range, "**categories: holds on the whole; 30 to 50\xC2\xA0%: right too often**");
    free(before);
    free(high);
    free(range);
    hc_arena_free(m.arena);
}

/* Of a calibrated model, 150 answers at a time: either test fails it in at most 5 of 100. */
static void few_calibrated_models_are_told_that_a_range_is_off(void **state)
{
    (void)state;
    enum { TIMES = 2000, N = 150 };
    static const double edges[HC_STATED_RANGES + 1] = {0, .3, .5, .7, .9, 1};
    size_t n_high = 0, n_range = 0;
    for (uint64_t r = 0; r < TIMES; r++) {
        struct hc_random random = hc_random_new(8, r);
        struct hc_stated stated = {.high = {.from = .7, .to = 1}};
        for (size_t i = 0; i < N; i++) {
            const double said = .1 + .9 * hc_random_uniform(&random);
            const bool right = hc_random_uniform(&random) < said;
            struct hc_stated_range *in[2] = {&stated.ranges[0], said >= .7 ? &stated.high : NULL};
            for (size_t k = 0; k < HC_STATED_RANGES && said >= edges[k]; k++)
                in[0] = &stated.ranges[k];
            for (int k = 0; k < 2 && in[k]; k++) {
                in[k]->n++;
                in[k]->n_right += right;
                in[k]->mean += said;
            }
        }
        for (size_t k = 0; k <= HC_STATED_RANGES; k++) {
            struct hc_stated_range *range = k < HC_STATED_RANGES ? &stated.ranges[k] : &stated.high;
            range->mean = range->n ? range->mean / range->n : NAN;
            range->p = hc_share_rarity(range->n_right, range->n, range->mean);
        }
        n_high += stated.high.p <= HC_STATED_RATE;
        stated.high.p = 1;
        n_range += hc_cal_off(&stated) != NULL;
    }
    assert_true(n_high <= TIMES / 20 && n_high > 0);
    assert_true(n_range <= TIMES / 20 && n_range > 0);
    print_message("a calibrated model fails: 70 %% and more %.3f, a range %.3f\n", (double)n_high / TIMES,
                  (double)n_range / TIMES);
}

static void the_baselines_are_explained_before_they_are_named(void **state)
{
    (void)state;
    struct made m;
    begin(&m, MOST, 0, "pay");
    char *markdown = markdown_of(&m);
    const char *part = strstr(markdown, "## Scores beside the baselines");
    assert_non_null(part);
    assert_true(strstr(part, "**Priors alone**: looks at no evidence") < strstr(part, "| Answered by"));
    finds(part, "**Uniform**: ");
    finds(part, "**No learning: the expert's weights**: ");
    finds(part, "**The same as the last one confirmed**: ");
    free(markdown);
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
        cmocka_unit_test(a_badge_does_not_say_that_it_holds_where_a_range_does_not),
        cmocka_unit_test(few_calibrated_models_are_told_that_a_range_is_off),
        cmocka_unit_test(the_baselines_are_explained_before_they_are_named),
        cmocka_unit_test(without_ablation_it_says_how_to_get_it),
        cmocka_unit_test(the_same_input_gives_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
