/* Backtests made by hand, and the calibration report of them. */
#ifndef HC_TESTS_UNIT_REPORTS_CALIBRATIONS_H
#define HC_TESTS_UNIT_REPORTS_CALIBRATIONS_H

#include "tests/unit/reports/rendered.h"

#include <math.h>

#include "analysis/stats/beta.h"
#include "base/random.h"
#include "reports/calibration_parts.h"

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
    struct hc_growth growth[HC_QUESTIONS];
    struct hc_collect collect;
    struct hc_calibration before;
    struct hc_prior_row priors[2][3];
    struct hc_weight_row weights[2][2];
    struct hc_moves moves;
    struct hc_evidence evidence[12];
    struct hc_labelled came[12];
};

static inline struct hc_answer answer(double said, bool right, bool promised)
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
static inline void make_row(struct made *m, size_t i, double boast, const char *service)
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

static inline void begin(struct made *m, size_t n, double boast, const char *service)
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
                                               .promise_needs = 60,
                                               .growth = m->growth,
                                               .collect = &m->collect,
                                               .known_by = HC_TIME_NONE};
    const struct hc_collect_from from = {m->rows, n, &m->breakdowns, m->stated, &m->calibration, NULL, 0, &catalogue};
    assert_int_equal(hc_growth_of(m->growth, m->rows, n, 1, &err), HC_OK);
    assert_int_equal(hc_collect_make(&m->collect, &from, m->arena, &err), HC_OK);
}

static inline char *markdown_of(const struct made *m)
{
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_report_calibration_markdown(&m->report, &out, &err), HC_OK);
    return text_of(&out);
}

static inline char *html_of(const struct made *m, const char *name)
{
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_report_calibration_html(&m->report, &out, &err), HC_OK);
    char *html = text_of(&out);
    keep(name, "html", html);
    parse(html, m->arena);
    return html;
}

#endif
