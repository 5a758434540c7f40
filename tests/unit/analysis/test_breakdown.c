#include "tests/unit/analysis/synthetic.h"

#include "analysis/model/breakdown.h"
#include "analysis/model/scores.h"

static const struct hc_backtest_options ONE = {{HC_TIME_NONE_NS, 0}, {HC_TIME_NONE_NS, 0}, 1, 1, true};

static struct hc_backtest backtest_of(struct made *m, int n_threads)
{
    struct hc_backtest b;
    struct hc_err err = HC_ERR_NONE;
    struct hc_backtest_options options = ONE;
    options.n_threads = n_threads;
    assert_int_equal(hc_backtest_run(&b, m->labelled, m->n, &options, m->catalogue, m->arena, &err), HC_OK);
    return b;
}

static struct hc_breakdowns breakdowns_of(struct made *m, const struct hc_backtest_row *rows, size_t n, int n_threads)
{
    struct hc_breakdowns x;
    struct hc_err err = HC_ERR_NONE;
    struct hc_backtest_options options = ONE;
    options.n_threads = n_threads;
    assert_int_equal(hc_breakdowns_make(&x, rows, n, m->catalogue, &options, m->arena, &err), HC_OK);
    return x;
}

/* The scores of the rows that a group is of, gathered one by one. */
static struct hc_backtest_scores scores_where(const struct hc_backtest *b, bool (*in)(const struct hc_backtest_row *),
                                              int question)
{
    struct hc_answer list[200];
    struct hc_backtest_scores scores;
    struct hc_err err = HC_ERR_NONE;
    size_t n = 0;
    for (size_t i = 0; i < b->n_rows; i++)
        if (in(&b->rows[i]) && b->rows[i].asked[question])
            list[n++] = b->rows[i].answers[0].of[question];
    assert_int_equal(hc_scores_of(&scores, list, n, 1, &err), HC_OK);
    return scores;
}

static const struct hc_breakdown_group *group(const struct hc_breakdown *by, const char *name)
{
    for (size_t i = 0; i < by->n_groups; i++)
        if (hc_str_is(by->groups[i].name, name))
            return &by->groups[i];
    fail_msg("no group %s of %s", name, by->by);
    return NULL;
}

static bool of_application(const struct hc_backtest_row *row)
{
    return hc_str_is(row->category, "application");
}
static bool of_few(const struct hc_backtest_row *row)
{
    return row->n_known >= 1 && row->n_known <= 9;
}
static bool of_any(const struct hc_backtest_row *row)
{
    (void)row;
    return true;
}
static bool of_logs(const struct hc_backtest_row *row)
{
    return row->evidence.n && memmem(row->evidence.p, row->evidence.n, "logs", 4);
}

static void check_group(const struct hc_breakdown_group *g, const struct hc_backtest *b,
                        bool (*in)(const struct hc_backtest_row *))
{
    for (int q = 0; q < HC_QUESTIONS; q++) {
        const struct hc_backtest_scores expected = scores_where(b, in, q);
        assert_memory_equal(&g->of[q], &expected, sizeof expected);
    }
}

/* The learning curve has the priors alone beside each group. */
static void check_priors(const struct hc_breakdown_group *g, const struct hc_backtest *b,
                         bool (*in)(const struct hc_backtest_row *))
{
    struct hc_backtest_row rows[200];
    struct hc_backtest only = {.rows = rows};
    for (size_t i = 0; i < b->n_rows; i++) {
        struct hc_backtest_row *row = &rows[only.n_rows++];
        *row = b->rows[i];
        while (!hc_str_is(row->answers[0].method, "priors"))
            row->answers++;
    }
    for (int q = 0; q < HC_QUESTIONS; q++) {
        const struct hc_backtest_scores expected = scores_where(&only, in, q);
        assert_memory_equal(&g->priors[q], &expected, sizeof expected);
    }
}

static void a_group_scores_what_its_rows_score_alone(void **state)
{
    (void)state;
    struct made m = make_incidents(60, 4, 5);
    m.labelled[7].component = HC_STR_NONE;
    const struct hc_backtest b = backtest_of(&m, 1);
    const struct hc_breakdowns x = breakdowns_of(&m, b.rows, b.n_rows, 1);
    check_group(&x.all, &b, of_any);
    assert_memory_equal(&x.all.of[HC_OF_COMPONENT], &b.component, sizeof b.component);
    check_group(group(&x.by[HC_BY_KNOWN], "1-9"), &b, of_few);
    check_priors(group(&x.by[HC_BY_KNOWN], "1-9"), &b, of_few);
    assert_null(x.all.priors);
    check_group(group(&x.by[HC_BY_EVIDENCE], "logs"), &b, of_logs);
    if (scores_where(&b, of_application, HC_OF_CATEGORY).n)
        check_group(group(&x.by[HC_BY_CATEGORY], "application"), &b, of_application);
    forget(&m);
}

static void each_incident_is_in_one_group_and_on_one_side_of_each_kind(void **state)
{
    (void)state;
    struct made m = make_incidents(60, 4, 5);
    const struct hc_backtest b = backtest_of(&m, 1);
    const struct hc_breakdowns x = breakdowns_of(&m, b.rows, b.n_rows, 1);
    for (int by = 0; by < HC_BREAKDOWNS; by++) {
        size_t n = 0;
        for (size_t i = 0; i < x.by[by].n_groups; i++)
            n += x.by[by].groups[i].n;
        assert_int_equal(n, by == HC_BY_EVIDENCE ? 60 * m.catalogue->n_kinds : 60);
    }
    forget(&m);
}

static void breakdowns_are_the_same_on_any_number_of_threads_and_in_any_order(void **state)
{
    (void)state;
    struct made m = make_incidents(60, 4, 5);
    const struct hc_backtest b = backtest_of(&m, 1), two = backtest_of(&m, 2);
    struct hc_backtest_row turned[60];
    for (size_t i = 0; i < 60; i++)
        turned[i] = two.rows[59 - i];
    const struct hc_breakdowns x = breakdowns_of(&m, b.rows, 60, 1), y = breakdowns_of(&m, two.rows, 60, 8),
                               z = breakdowns_of(&m, turned, 60, 2);
    for (int by = 0; by < HC_BREAKDOWNS; by++) {
        assert_int_equal(x.by[by].n_groups, y.by[by].n_groups);
        for (size_t i = 0; i < x.by[by].n_groups; i++) {
            const struct hc_breakdown_group *g = &x.by[by].groups[i], *h = &y.by[by].groups[i];
            assert_true(hc_str_compare(g->name, h->name) == 0);
            assert_memory_equal(g->of, h->of, sizeof g->of);
            assert_memory_equal(g->over_expert, h->over_expert, sizeof g->over_expert);
            assert_true(hc_str_compare(g->name, z.by[by].groups[i].name) == 0);
            assert_true(fabs(g->of[0].log_loss.value - z.by[by].groups[i].of[0].log_loss.value) < 1e-12);
        }
    }
    forget(&m);
}

static void the_learning_curve_goes_by_the_labels_known(void **state)
{
    (void)state;
    static const struct {
        uint32_t n_known;
        const char *name;
    } expected[] = {{0, "0"},         {1, "1-9"},          {9, "1-9"},          {10, "10-29"},       {29, "10-29"},
                    {30, "30-99"},    {99, "30-99"},       {100, "100-299"},    {299, "100-299"},    {300, "300-999"},
                    {999, "300-999"}, {1000, "1000-2999"}, {3000, "3000-9999"}, {9999, "3000-9999"}, {10000, "10000+"}};
    struct made m = make_incidents(1, 4, 5);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const struct hc_backtest_row row = {.incident = HC_STR("A"), .n_known = expected[i].n_known};
        const struct hc_breakdowns x = breakdowns_of(&m, &row, 1, 1);
        assert_int_equal(x.by[HC_BY_KNOWN].n_groups, 1);
        assert_int_equal(group(&x.by[HC_BY_KNOWN], expected[i].name)->n, 1);
    }
    forget(&m);
}

static void a_quarter_is_by_when_an_incident_began_in_utc(void **state)
{
    (void)state;
    static const struct {
        const char *at, *quarter;
    } expected[] = {{"2025-12-31T23:59:59Z", "2025Q4"},
                    {"2026-01-01T00:00:00Z", "2026Q1"},
                    {"2026-04-01T01:00:00+02:00", "2026Q1"},
                    {"2026-09-30T23:59:59Z", "2026Q3"}};
    struct made m = make_incidents(1, 4, 5);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct hc_backtest_row row = {.incident = HC_STR("A")};
        assert_true(hc_time_parse_rfc3339(hc_str_of(expected[i].at), &row.started));
        const struct hc_breakdowns x = breakdowns_of(&m, &row, 1, 1);
        assert_int_equal(group(&x.by[HC_BY_QUARTER], expected[i].quarter)->n, 1);
    }
    forget(&m);
}

/* A made component is known by its metrics: without them little is left to tell it by. */
static void what_tells_causes_apart_is_what_costs_where_it_is_removed(void **state)
{
    (void)state;
    struct made m = make_incidents(120, 5, 9);
    const struct hc_backtest b = backtest_of(&m, 2);
    const struct hc_breakdowns x = breakdowns_of(&m, b.rows, b.n_rows, 2);
    assert_true(x.n_ablations > 0);
    double most = -INFINITY;
    for (size_t i = 0; i < x.n_ablations; i++) {
        const struct hc_ablation *a = &x.ablations[i];
        const struct hc_score *lost = &a->lost[HC_OF_COMPONENT];
        assert_int_equal(a->whole[0].n, a->without[0].n);
        assert_true(fabs(a->without[0].log_loss.value - a->whole[0].log_loss.value - lost->value) < 1e-9);
        assert_true(lost->low <= lost->value && lost->value <= lost->high);
        most = fmax(most, lost->value);
    }
    assert_true(most > 0.1);
    forget(&m);
}

static void without_the_option_nothing_is_removed(void **state)
{
    (void)state;
    struct made m = make_incidents(12, 4, 5);
    struct hc_backtest b;
    struct hc_err err = HC_ERR_NONE;
    struct hc_backtest_options options = ONE;
    options.ablation = false;
    assert_int_equal(hc_backtest_run(&b, m.labelled, m.n, &options, m.catalogue, m.arena, &err), HC_OK);
    for (size_t i = 0; i < b.n_rows; i++)
        assert_int_equal(b.rows[i].n_answers, HC_N_BASELINES + 1);
    assert_int_equal(breakdowns_of(&m, b.rows, b.n_rows, 1).n_ablations, 0);
    forget(&m);
}

static void skill_is_the_share_of_the_loss_that_is_saved(void **state)
{
    (void)state;
    struct made m = make_incidents(60, 4, 5);
    const struct hc_backtest b = backtest_of(&m, 1);
    const struct hc_breakdowns x = breakdowns_of(&m, b.rows, b.n_rows, 1);
    for (int q = 0; q < HC_QUESTIONS; q++) {
        const struct hc_backtest_scores *own = &x.all.of[q];
        const struct hc_backtest_scores *expert = q == HC_OF_COMPONENT  ? &b.baselines[2].component
                                                  : q == HC_OF_CATEGORY ? &b.baselines[2].category
                                                                        : &b.baselines[2].hypothesis;
        const struct hc_score *skill = &x.all.over_expert[q];
        assert_true(fabs(skill->value - (1 - own->log_loss.value / expert->log_loss.value)) < 1e-12);
        assert_true(skill->low <= skill->value && skill->value <= skill->high);
    }
    forget(&m);
}

static void ranges_hold_every_first_answer_once(void **state)
{
    (void)state;
    struct made m = make_incidents(120, 5, 9);
    const struct hc_backtest b = backtest_of(&m, 2);
    struct hc_stated s;
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_stated_of(&s, b.rows, b.n_rows, HC_OF_COMPONENT, &ONE, m.arena, &err), HC_OK);
    uint32_t n = 0;
    double right = 0;
    for (size_t i = 0; i < HC_STATED_RANGES; i++) {
        const struct hc_stated_range *range = &s.ranges[i];
        n += range->n;
        right += range->n_right;
        assert_true(!range->n || (range->mean >= range->from && range->mean <= range->to));
        assert_true(!range->n || (range->right.low <= range->right.value && range->right.value <= range->right.high));
    }
    assert_int_equal(n, b.component.n);
    assert_true(fabs(right / n - b.component.top1.value) < 1e-12);
    assert_int_equal(s.high.n, s.ranges[3].n + s.ranges[4].n);
    assert_int_equal(s.diagram.n, n);
    assert_true(s.band.n > 1);
    forget(&m);
}

static void nothing_breaks_down_into_nothing(void **state)
{
    (void)state;
    struct made m = make_incidents(0, 4, 5);
    struct hc_stated s;
    struct hc_err err = HC_ERR_NONE;
    const struct hc_breakdowns x = breakdowns_of(&m, NULL, 0, 1);
    for (int by = 0; by < HC_BREAKDOWNS; by++)
        assert_int_equal(x.by[by].n_groups, 0);
    assert_true(isnan(x.all.over_priors[0].value));
    assert_int_equal(hc_stated_of(&s, NULL, 0, HC_OF_COMPONENT, &ONE, m.arena, &err), HC_OK);
    assert_true(s.diagram.n_bins == 0 && isnan(s.high.mean));
    forget(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_group_scores_what_its_rows_score_alone),
        cmocka_unit_test(each_incident_is_in_one_group_and_on_one_side_of_each_kind),
        cmocka_unit_test(breakdowns_are_the_same_on_any_number_of_threads_and_in_any_order),
        cmocka_unit_test(the_learning_curve_goes_by_the_labels_known),
        cmocka_unit_test(a_quarter_is_by_when_an_incident_began_in_utc),
        cmocka_unit_test(what_tells_causes_apart_is_what_costs_where_it_is_removed),
        cmocka_unit_test(without_the_option_nothing_is_removed),
        cmocka_unit_test(skill_is_the_share_of_the_loss_that_is_saved),
        cmocka_unit_test(ranges_hold_every_first_answer_once),
        cmocka_unit_test(nothing_breaks_down_into_nothing),
    };
    return cmocka_run_group_tests(tests, set_up_xml, NULL);
}
