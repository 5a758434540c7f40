/* What to collect, against counts and searches made here one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/model/collect.h"
#include "analysis/stats/beta.h"
#include "near.h"

enum { ROWS = 90 };

static struct hc_evidence_kind kinds[] = {
    {.id = {"metrics", 7}}, {.id = {"logs", 4}}, {.id = {"traces", 6}}, {.id = {"heap", 4}}};
static struct hc_category categories[] = {{.id = {"application", 11}}, {.id = {"network", 7}}};
static struct hc_cause causes[] = {{.id = {"leak", 4}}, {.id = {"crash", 5}}, {.id = {"delay", 5}, .category = 1}};
static const struct hc_catalogue catalogue = {
    .kinds = kinds, .n_kinds = 4, .categories = categories, .n_categories = 2, .causes = causes, .n_causes = 3};

/* Logs are missing in every third of 90, traces in every ninth, a heap dump always. */
static const char *evidence_of(size_t i)
{
    return i % 9 == 0 ? "metrics" : i % 3 == 0 ? "metrics traces" : "metrics logs traces";
}

struct made {
    struct hc_arena *arena;
    struct hc_backtest_row rows[ROWS];
    struct hc_breakdown_group groups[3];
    struct hc_ablation ablations[2];
    struct hc_breakdowns breakdowns;
    struct hc_stated stated[HC_QUESTIONS];
    struct hc_prior_row priors[3];
    struct hc_penalty_row penalties[3];
    struct hc_calibration calibration;
    struct hc_labelled labelled[8];
    struct hc_collect out;
};

static void make(struct made *m)
{
    struct hc_err err = HC_ERR_NONE;
    *m = (struct made){.arena = hc_arena_new(0)};
    for (size_t i = 0; i < ROWS; i++)
        m->rows[i] = (struct hc_backtest_row){.evidence = hc_str_of(evidence_of(i))};
    m->groups[0] = (struct hc_breakdown_group){.name = HC_STR("metrics"), .n = 90};
    m->groups[1] = (struct hc_breakdown_group){.name = HC_STR("logs"), .n = 60};
    m->groups[2] = (struct hc_breakdown_group){.name = HC_STR("traces"), .n = 80};
    m->breakdowns.by[HC_BY_EVIDENCE] = (struct hc_breakdown){.groups = m->groups, .n_groups = 3};
    m->ablations[0] = (struct hc_ablation){.kind = HC_STR("logs"), .lost = {{.3, .1, .5}}};
    m->ablations[1] = (struct hc_ablation){.kind = HC_STR("traces"), .lost = {{1.8, .9, 2.7}}};
    m->breakdowns.ablations = m->ablations;
    m->breakdowns.n_ablations = 2;
    m->priors[0] = (struct hc_prior_row){HC_STR_NONE, HC_STR("application"), .9, 0, 0, 83};
    m->priors[1] = (struct hc_prior_row){HC_STR_NONE, HC_STR("network"), .1, 0, 0, 7};
    m->priors[2] = (struct hc_prior_row){HC_STR("shop"), HC_STR("network"), .01, 0, 0, 0};
    for (int i = 0; i < 2; i++) { /* 10 + 90 count */
        m->priors[i].low = hc_beta_quantile(.025, i ? 10 : 90, i ? 90 : 10);
        m->priors[i].high = hc_beta_quantile(.975, i ? 10 : 90, i ? 90 : 10);
    }
    m->penalties[0] = (struct hc_penalty_row){HC_STR("logs"), -.06, -.09, -.03, 50};
    m->penalties[1] = (struct hc_penalty_row){HC_STR("heap"), -.2, -.2, -.2, 0}; /* the expert's */
    m->calibration =
        (struct hc_calibration){.priors = m->priors, .n_priors = 3, .penalties = m->penalties, .n_penalties = 2};
    static const char *const of[8][3] = {{"application", "leak", "api"}, {"application", "leak", "api"},
                                         {"application", "leak", "db"},  {"application", "leak", "api"},
                                         {"application", "leak", "web"}, {"network", "delay", "lb"},
                                         {"network", "own", "lb"},       {"network", NULL, NULL}};
    for (int i = 0; i < 8; i++)
        m->labelled[i] = (struct hc_labelled){.category = hc_str_of(of[i][0]),
                                              .cause = of[i][1] ? hc_str_of(of[i][1]) : HC_STR_NONE,
                                              .component = of[i][2] ? hc_str_of(of[i][2]) : HC_STR_NONE};
    m->stated[0].ranges[3] = (struct hc_stated_range){.7, .9, 31, .84, 21, {21 / 31., 0, 1}, .04};
    m->stated[0].ranges[4] = (struct hc_stated_range){.9, 1, 200, .95, 190, {.95, .9, .97}, 1};
    const struct hc_collect_from from = {m->rows,     ROWS, &m->breakdowns, m->stated, &m->calibration,
                                         m->labelled, 8,    &catalogue};
    assert_int_equal(hc_collect_make(&m->out, &from, m->arena, &err), HC_OK);
}

static void orders_missing_kinds_by_what_they_cost_all_incidents(void **state)
{
    (void)state;
    struct made m;
    make(&m);
    assert_int_equal(m.out.n_kinds, 3); /* metrics are never missing */
    assert_true(hc_str_is(m.out.kinds[0].kind, "traces"));
    assert_int_equal(m.out.kinds[0].n_missing, 10);
    assert_near(m.out.kinds[0].nats.value, 1.8 * 10 / 90, 1e-12);
    assert_near(m.out.kinds[0].nats.low, .9 * 10 / 90, 1e-12);
    assert_true(isnan(m.out.kinds[0].points.value));
    assert_true(hc_str_is(m.out.kinds[1].kind, "logs"));
    assert_near(m.out.kinds[1].nats.value, .3 * 30 / 90, 1e-12);
    assert_near(m.out.kinds[1].points.high, -.03 * 30 / 90, 1e-12);
    assert_true(hc_str_is(m.out.kinds[2].kind, "heap")); /* known by the expert alone */
    assert_true(isnan(m.out.kinds[2].nats.value) && !m.out.kinds[2].penalty);
    hc_arena_free(m.arena);
}

static void says_how_many_labels_a_share_lacks(void **state)
{
    (void)state;
    struct made m;
    make(&m);
    assert_int_equal(m.out.n_shares, 0); /* 10 of 100: 5 to 17 %, a factor of 1.8 */
    m.priors[1].n_incidents = 0;
    m.priors[1].probability = .05;
    m.priors[0].probability = .95;
    m.priors[0].n_incidents = 90;
    m.priors[1].low = hc_beta_quantile(.025, 5, 95);
    m.priors[1].high = hc_beta_quantile(.975, 5, 95);
    struct hc_err err = HC_ERR_NONE;
    const struct hc_collect_from from = {m.rows,     ROWS, &m.breakdowns, m.stated, &m.calibration,
                                         m.labelled, 8,    &catalogue};
    assert_int_equal(hc_collect_make(&m.out, &from, m.arena, &err), HC_OK);
    assert_int_equal(m.out.n_shares, 1);
    const struct hc_collect_share *s = &m.out.shares[0];
    assert_ptr_equal(s->row, &m.priors[1]);
    assert_true(s->factor > 2 && s->lacking > 0);
    for (uint32_t k = s->lacking - 1; k <= s->lacking; k++) {
        const double a = 5 + k, b = 95 * a / 5;
        assert_int_equal(hc_beta_quantile(.975, a, b) / hc_beta_quantile(.025, a, b) <= 4, k == s->lacking);
    }
    assert_near(s->lacking_of_all, s->lacking / .05, 1e-9);
    hc_arena_free(m.arena);
}

static void counts_causes_components_and_who_misses_the_same(void **state)
{
    (void)state;
    struct made m;
    make(&m);
    assert_int_equal(m.out.of_cause[0], 5);
    assert_int_equal(m.out.n_causes_none, 1); /* crash */
    assert_int_equal(m.out.n_causes_few, 1);  /* delay */
    assert_int_equal(m.out.n_at_fault, 4);
    assert_int_equal(m.out.n_once, 2); /* db and web */
    assert_int_equal(m.out.n_sets, 3);
    assert_true(hc_str_is(m.out.sets[0].evidence, "metrics logs traces"));
    assert_int_equal(m.out.sets[0].n, 60);
    assert_int_equal(m.out.sets[0].lacking, 0);
    assert_int_equal(m.out.sets[1].n, 20);
    assert_int_equal(m.out.sets[1].lacking, 40);
    hc_arena_free(m.arena);
}

static void says_how_many_answers_a_range_lacks(void **state)
{
    (void)state;
    struct made m;
    make(&m);
    const struct hc_collect_range *r = &m.out.ranges[HC_OF_COMPONENT][3];
    double low, high;
    assert_true(r->lacking > 0);
    for (uint32_t n = 31 + r->lacking - 1; n <= 31 + r->lacking; n++) {
        hc_share_interval(21 / 31. * n, n, .95, &low, &high);
        assert_int_equal(high - 21 / 31. <= .1 && 21 / 31. - low <= .1, n == 31 + r->lacking);
    }
    assert_near(r->lacking_incidents, r->lacking * 231 / 31., 1e-9);
    assert_int_equal(m.out.ranges[HC_OF_COMPONENT][4].lacking, 0);
    assert_true(isinf(m.out.ranges[HC_OF_COMPONENT][0].lacking_incidents)); /* nothing was said there */
    hc_arena_free(m.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_missing_kinds_by_what_they_cost_all_incidents),
        cmocka_unit_test(says_how_many_labels_a_share_lacks),
        cmocka_unit_test(counts_causes_components_and_who_misses_the_same),
        cmocka_unit_test(says_how_many_answers_a_range_lacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
