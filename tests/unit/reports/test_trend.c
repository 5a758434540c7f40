/* The trend report of teams made by hand: with a change, without, few, hostile, none. */
#include "tests/unit/reports/rendered.h"

#include <math.h>

#include "base/random.h"
#include "reports/lengths.h"
#include "reports/trend.h"

#define DAY_NS (24 * HC_NS_PER_HOUR)
enum { MOST = 900 };

static struct hc_category categories[] = {{.id = {"application", 11}, .title = {"Application", 11}},
                                          {.id = {"network", 7}, .title = {"Network", 7}}};
static const struct hc_catalogue catalogue = {.categories = categories, .n_categories = 2};

struct made {
    struct hc_arena *arena;
    struct hc_trend_row rows[MOST];
    size_t n;
    struct hc_trend trend;
    struct hc_calibration then, now;
    struct hc_trend_report report;
};

/* One every `gap` days from 2024 on, three a day in 2025Q4 where `more`; the last one of all is open. */
static void make_rows(struct made *m, double gap, bool more, const char *service)
{
    const int64_t from = hc_quarter_start_ns((struct hc_quarter){2024, 1});
    const int64_t last = hc_quarter_start_ns((struct hc_quarter){2025, 4});
    const int64_t end = hc_quarter_start_ns((struct hc_quarter){2026, 1});
    double step = gap;
    for (int64_t ns = from; ns < end && m->n < MOST; ns += (int64_t)(step * (double)DAY_NS)) {
        struct hc_random random = hc_random_new(3, m->n);
        const int64_t minutes = 5 + (int64_t)hc_random_below(&random, 90);
        struct hc_trend_row *row = &m->rows[m->n++];
        *row = (struct hc_trend_row){.started_ns = ns,
                                     .detected_ns = ns + minutes * HC_NS_PER_MINUTE / 4,
                                     .mitigated_ns = ns + minutes * HC_NS_PER_MINUTE,
                                     .ended_ns = ns + 2 * minutes * HC_NS_PER_MINUTE,
                                     .service = hc_str_of(m->n % 3 ? service : "shop"),
                                     .category = m->n % 4 ? HC_STR("application") : HC_STR("network"),
                                     .cause = HC_STR("memory-leak"),
                                     .judged = true,
                                     .after_change = m->n % 2,
                                     .alerted = m->n % 5,
                                     .kinds = (uint32_t)hc_random_below(&random, 32)};
        step = more && ns >= last ? 0.4 : gap;
    }
    m->rows[m->n - 1].judged = false;
    m->rows[m->n - 1].ended_ns = m->rows[m->n - 1].mitigated_ns = HC_TIME_NONE_NS;
}

static void begin(struct made *m, double gap, bool more, const char *service)
{
    static struct hc_prior_row priors[2][1] = {{{{NULL, 0}, {"application", 11}, .6, .5, .7, 40}},
                                               {{{NULL, 0}, {"application", 11}, .65, .55, .75, 60}}};
    static struct hc_penalty_row penalties[] = {{{"logs", 4}, -.125, -.2, -.05, 30}};
    struct hc_err err = HC_ERR_NONE;
    size_t n_kinds;
    *m = (struct made){.arena = hc_arena_new(0)};
    hc_trend_kinds(&n_kinds);
    if (gap > 0)
        make_rows(m, gap, more, service);
    const struct hc_quarter quarter = {2025, 4};
    const int64_t as_of = hc_quarter_start_ns(hc_quarter_before(quarter, -1));
    const struct hc_trend_input in = {m->rows, m->n, quarter, as_of, n_kinds, 2999, false};
    assert_int_equal(hc_trend_make(&m->trend, &in, m->arena, &err), HC_OK);
    m->then = (struct hc_calibration){.number = 3, .n_incidents = 40, .priors = priors[0], .n_priors = 1};
    m->now = (struct hc_calibration){
        .number = 4, .n_incidents = 60, .priors = priors[1], .n_priors = 1, .penalties = penalties, .n_penalties = 1};
    m->report = (struct hc_trend_report){.trend = &m->trend,
                                         .catalogue = &catalogue,
                                         .as_of_ns = as_of,
                                         .n_undated = 1,
                                         .calibration = &m->now,
                                         .earlier = &m->then};
}

static char *markdown_of(const struct made *m)
{
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_report_trend_markdown(&m->report, &out, &err), HC_OK);
    return text_of(&out);
}

static char *html_of(const struct made *m, const char *name)
{
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_report_trend_html(&m->report, &out, &err), HC_OK);
    char *html = text_of(&out);
    keep(name, "html", html);
    parse(html, m->arena);
    return html;
}

static void a_change_is_said_first_and_with_its_interval(void **state)
{
    (void)state;
    struct made m;
    begin(&m, 3, true, "api");
    char *markdown = markdown_of(&m), *html = html_of(&m, "trend-full"), text[200];
    finds(markdown, "# Incidents in 2025Q4");
    snprintf(text, sizeof text, "[%zu](#src-1) incidents began in 2025Q4", m.trend.windows[HC_TREND_NOW].n);
    finds(markdown, text);
    finds(markdown, "**\xE2\x86\x91 up** [the number of incidents](#counts): **");
    finds(markdown, "against 2025Q3, the quarter before (p ");
    finds(markdown, "**\xE2\x86\x91 up** [the level of incidents](#levels)");
    assert_true(strstr(markdown, "### What changed") < strstr(markdown, "## How many"));
    assert_null(strstr(html, "nan"));
    finds(html, "<path class=\"curve\" d=\"M");
    finds(html, "<path class=\"curve-3\" d=\"M");
    finds(html, "<line class=\"span\"");
    free(markdown);
    free(html);
    hc_arena_free(m.arena);
}

static void has_a_part_for_all_that_was_looked_at(void **state)
{
    (void)state;
    static const char *const parts[] = {"## In short",
                                        "### What changed",
                                        "### What this many incidents can show",
                                        "### What cannot be said",
                                        "1](#src-",
                                        "## How many",
                                        "| 2023Q4  |",
                                        "| no ",
                                        "| 2025Q4  |",
                                        "### Changes of level",
                                        "## How long they last",
                                        "No means",
                                        "### Until they are detected",
                                        "### Until they are mitigated",
                                        "### Until they end",
                                        "## How they are detected",
                                        "## What they were",
                                        "| Application |",
                                        "| Network ",
                                        "## Where they were",
                                        "| api ",
                                        "| shop ",
                                        "## Causes that come back",
                                        "What was done about a cause, and when, is not in the corpus.",
                                        "## After a change",
                                        "## What evidence was there",
                                        "as calibration 4 learned it, the latest promoted one",
                                        "-13",
                                        "not learned",
                                        "## How far Hindcast could be believed",
                                        "no backtest is stored",
                                        "## How the priors drifted",
                                        "60\xC2\xA0% (50\xC2\xA0to\xC2\xA0"
                                        "70\xC2\xA0%)",
                                        "65\xC2\xA0% (55\xC2\xA0to\xC2\xA0"
                                        "75\xC2\xA0%)",
                                        "## Data and method"};
    struct made m;
    begin(&m, 3, false, "api");
    char *markdown = markdown_of(&m);
    const char *at = markdown;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *found = strstr(at, parts[i]);
        if (!found)
            print_error("not found in order: %s\n", parts[i]);
        assert_non_null(found);
        at = found;
    }
    finds(markdown, "**no change can be told from chance**");
    finds(markdown, "Nothing that can be told from chance, of ");
    assert_null(strstr(markdown, "\xE2\x86\x91"));
    assert_null(strstr(markdown, "\xE2\x86\x93"));
    free(markdown);
    hc_arena_free(m.arena);
}

/* Five a quarter. */
static void a_small_team_is_told_what_it_cannot_see(void **state)
{
    (void)state;
    struct made m;
    begin(&m, 18.3, false, "api");
    char *markdown = markdown_of(&m), *html = html_of(&m, "trend-few");
    finds(markdown, "**no change can be told from chance**");
    finds(markdown, "Of the number of incidents, against 2025Q3: a rise to ");
    finds(markdown, ", no fall.");
    finds(markdown, "cannot be compared: fewer than 6 incidents in both quarters together");
    finds(markdown, "| too few");
    assert_null(strstr(html, "nan"));
    free(markdown);
    free(html);
    hc_arena_free(m.arena);
}

/* Rows of the table of lengths lie around what was seen, and an interval has one unit. */
static void short_lengths_are_told_apart(void **state)
{
    (void)state;
    struct made m;
    struct hc_err err = HC_ERR_NONE;
    begin(&m, 3, false, "api");
    for (size_t i = 0; i < m.n; i++)
        m.rows[i].detected_ns = m.rows[i].started_ns + (int64_t)(100 + i % 41) * HC_NS_PER_SECOND;
    const struct hc_trend_input in = {m.rows, m.n, {2025, 4}, m.report.as_of_ns, 5, 2999, false};
    assert_int_equal(hc_trend_make(&m.trend, &in, m.arena, &err), HC_OK);
    m.report.trend = &m.trend;
    assert_true(m.trend.durations[HC_TREND_DETECT][HC_TREND_NOW].bounds.low < 120);
    assert_true(m.trend.durations[HC_TREND_DETECT][HC_TREND_NOW].bounds.high >= 120);
    char *markdown = markdown_of(&m), text[120];
    const struct hc_trend_durations *d = &m.trend.durations[HC_TREND_DETECT][HC_TREND_NOW];
    snprintf(text, sizeof text, "%.0f\xC2\xA0s (%.0f s\xC2\xA0to\xC2\xA0%.0f\xC2\xA0s)", d->median, d->bounds.low,
             d->bounds.high);
    finds(markdown, text);
    const char *table = strstr(markdown, "Until they are detected: the curves at some lengths");
    assert_non_null(table);
    finds(table, "| 2\xC2\xA0min");
    assert_true(strstr(table, "| 2\xC2\xA0min") < strstr(table, "Until they are detected: this quarter's median"));
    free(markdown);
    hc_arena_free(m.arena);
}

static void an_axis_of_lengths_has_three_labels_apart(void **state)
{
    (void)state;
    static const struct {
        double first, last;
    } axes[] = {{60, 240}, {200, 700}, {100, 3600}, {5, 30}, {1, 3e7}, {3000, 12000}, {400, 2000}, {70000, 400000}};
    size_t n;
    const struct hc_length *lengths = hc_lengths(&n);
    assert_int_equal(n, HC_LENGTHS);
    for (size_t i = 1; i < n; i++)
        assert_true(lengths[i].seconds > lengths[i - 1].seconds);
    for (size_t a = 0; a < sizeof axes / sizeof *axes; a++) {
        bool chosen[HC_LENGTHS];
        double last = 0;
        size_t n_chosen = 0;
        hc_lengths_choose(chosen, axes[a].first, axes[a].last, 0.18);
        for (size_t i = 0; i < n; i++) {
            if (!chosen[i])
                continue;
            assert_true(lengths[i].seconds >= axes[a].first && lengths[i].seconds <= axes[a].last);
            assert_true(n_chosen == 0 || log(lengths[i].seconds / last) / log(axes[a].last / axes[a].first) >= 0.18);
            last = lengths[i].seconds;
            n_chosen++;
        }
        if (n_chosen < 3)
            print_error("%g to %g s: %zu labels\n", axes[a].first, axes[a].last, n_chosen);
        assert_true(n_chosen >= 3);
    }
    assert_string_equal(hc_length_near(118)->says, "2 min");
    assert_string_equal(hc_length_near(0.2)->says, "1 s");
    assert_string_equal(hc_length_near(1e9)->says, "1 y");
}

static void an_empty_corpus_has_nothing_to_compare(void **state)
{
    (void)state;
    struct made m;
    begin(&m, 0, false, "api");
    m.report.calibration = m.report.earlier = NULL;
    char *markdown = markdown_of(&m), *html = html_of(&m, "trend-none");
    finds(markdown, "**nothing to compare with**");
    finds(markdown, "That cannot be said: there is nothing to compare with.");
    finds(markdown, "Nothing is compared with 2025Q3: the corpus does not cover a week of it.");
    finds(markdown, "No incident began in these quarters.");
    finds(markdown, "No promoted calibration was learned from no more than what was known by the quarter's end");
    finds(markdown, "What it costs is not said: no promoted calibration");
    assert_null(strstr(markdown, "not learned"));
    assert_null(strstr(html, "nan"));
    free(markdown);
    free(html);
    hc_arena_free(m.arena);
}

static void names_cannot_leave_their_place(void **state)
{
    (void)state;
    struct made m;
    begin(&m, 3, false, "<script>alert(1)</script>| x `y` \"z\" 'q' & \xE2\x80\xAE");
    char *html = html_of(&m, "trend-hostile"), *markdown = markdown_of(&m);
    assert_null(strstr(html, "<script"));
    for (const char *at = markdown; (at = strstr(at, "<script")) != NULL; at++)
        assert_int_equal(at[-1], '\\');
    assert_null(strstr(markdown, "\xE2\x80\xAE"));
    assert_null(strstr(html, "\xE2\x80\xAE"));
    free(html);
    free(markdown);
    hc_arena_free(m.arena);
}

static void the_same_input_gives_the_same_bytes(void **state)
{
    (void)state;
    struct made m;
    begin(&m, 3, true, "api");
    char *one = markdown_of(&m), *two = markdown_of(&m);
    assert_string_equal(one, two);
    free(one);
    free(two);
    hc_arena_free(m.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_said_first_and_with_its_interval),
        cmocka_unit_test(has_a_part_for_all_that_was_looked_at),
        cmocka_unit_test(a_small_team_is_told_what_it_cannot_see),
        cmocka_unit_test(short_lengths_are_told_apart),
        cmocka_unit_test(an_axis_of_lengths_has_three_labels_apart),
        cmocka_unit_test(an_empty_corpus_has_nothing_to_compare),
        cmocka_unit_test(names_cannot_leave_their_place),
        cmocka_unit_test(the_same_input_gives_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
