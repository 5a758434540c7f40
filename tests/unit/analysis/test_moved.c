/* What moved between two calibrations: planted, nothing, and what cannot be told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/model/constants.h"
#include "analysis/model/moved.h"
#include "analysis/stats/beta.h"
#include "base/random.h"
#include "near.h"

enum { CATEGORIES = 4, WEIGHTS = 200 };

static const char *const names[CATEGORIES] = {"application", "network", "data", "security"};
static const double shares[CATEGORIES] = {.4, .3, .2, .1};

struct pair {
    struct hc_arena *arena;
    struct hc_prior_row priors[2][CATEGORIES];
    struct hc_weight_row weights[2][WEIGHTS];
    struct hc_penalty_row penalties[2][2];
    struct hc_calibration of[2];
    struct hc_moves moves;
};

static void set_priors(struct hc_prior_row *rows, const uint32_t *n)
{
    double total = HC_CATEGORY_STRENGTH;
    for (int c = 0; c < CATEGORIES; c++)
        total += n[c];
    for (int c = 0; c < CATEGORIES; c++) {
        const double a = HC_CATEGORY_STRENGTH * shares[c] + n[c];
        rows[c] = (struct hc_prior_row){HC_STR_NONE, hc_str_of(names[c]), a / total, 0, 0, n[c]};
        rows[c].low = hc_beta_quantile(.025, a, total - a);
        rows[c].high = hc_beta_quantile(.975, a, total - a);
    }
}

/* Both alike: 40, 30, 20, 10 labels, no weight or penalty moved. */
static void begin(struct pair *p)
{
    static const uint32_t n[CATEGORIES] = {40, 30, 20, 10};
    *p = (struct pair){.arena = hc_arena_new(0)};
    for (int i = 0; i < 2; i++) {
        set_priors(p->priors[i], n);
        for (int w = 0; w < WEIGHTS; w++)
            p->weights[i][w] =
                (struct hc_weight_row){hc_str_format(p->arena, "sign-%03d", (w * 7) % WEIGHTS), 1, .8, 1.2, 1};
        for (int k = 0; k < 2; k++)
            p->penalties[i][k] = (struct hc_penalty_row){k ? HC_STR("logs") : HC_STR("metrics"), -.1, -.12, -.08, 50};
        p->of[i] = (struct hc_calibration){.number = 1 + i,
                                           .n_incidents = 100,
                                           .priors = p->priors[i],
                                           .n_priors = CATEGORIES,
                                           .weights = p->weights[i],
                                           .n_weights = WEIGHTS,
                                           .penalties = p->penalties[i],
                                           .n_penalties = 2};
    }
}

static const struct hc_moves *compare(struct pair *p, const struct hc_model *model)
{
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_moves_make(&p->moves, &p->of[0], &p->of[1], model, NULL, p->arena, &err), HC_OK);
    return &p->moves;
}

/* A model whose overall shares count as the labels of `before` do: learned from as many of each category. */
static struct hc_model *model_of(const uint32_t *n, struct hc_arena *arena, const struct hc_catalogue *catalogue)
{
    struct hc_labelled labelled[200];
    struct hc_evidence none = {.incident = HC_STR("X")};
    struct hc_calibration c;
    struct hc_model *model = NULL;
    struct hc_err err = HC_ERR_NONE;
    size_t n_all = 0;
    const struct hc_learning with = {catalogue, 1, arena};
    for (int k = 0; k < CATEGORIES; k++)
        for (uint32_t i = 0; i < n[k]; i++)
            labelled[n_all++] = (struct hc_labelled){.evidence = &none, .category = hc_str_of(names[k])};
    assert_int_equal(hc_model_calibrate(&c, labelled, n_all, HC_TIME_NONE, &with, &err), HC_OK);
    assert_int_equal(hc_model_unpack(&model, c.model, catalogue, &err), HC_OK);
    return model;
}

static struct hc_catalogue *catalogue;
static struct hc_model *hundred; /* of 40, 30, 20, 10 */
static struct hc_arena *kept;

static int make(void **state)
{
    (void)state;
    static const uint32_t n[CATEGORIES] = {40, 30, 20, 10};
    struct hc_err err = HC_ERR_NONE;
    kept = hc_arena_new(0);
    if (hc_catalogue_read(&catalogue, HC_STR_NONE, &err) != HC_OK)
        return -1;
    hundred = model_of(n, kept, catalogue);
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    hc_model_free(hundred);
    hc_catalogue_free(catalogue);
    hc_arena_free(kept);
    return 0;
}

static double normal(struct hc_random *random)
{
    const double u = 1 - hc_random_uniform(random), v = hc_random_uniform(random);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static void finds_the_share_that_moved_and_says_what_was_to_be_expected(void **state)
{
    (void)state;
    static const uint32_t now[CATEGORIES] = {48, 36, 24,
                                             32}; /* 22 of the 40 that came are of the last, which had a tenth */
    struct pair p;
    begin(&p);
    set_priors(p.priors[1], now);
    const struct hc_moves *m = compare(&p, hundred);
    assert_true(m->grown);
    assert_int_equal(m->n_tested[HC_MOVED_OVERALL], CATEGORIES);
    assert_int_equal(m->n_moved[HC_MOVED_OVERALL], 1);
    const struct hc_moved_share *s = &m->shares[3];
    assert_true(s->moved);
    assert_int_equal(s->n_came, 40);
    assert_int_equal(s->n_of, 22);
    assert_near(s->expected.mean, 40 * .1, 1e-9);
    assert_true(s->expected.high < 22);
    assert_int_equal(m->weights.n_moved + m->penalties.n_moved, 0);
    hc_arena_free(p.arena);
}

/* The shares are drawn from what was held before, the labels from them: at most 5 of 100 comparisons show any as moved. */
static void calls_a_share_moved_in_few_cases_where_none_did(void **state)
{
    (void)state;
    enum { TIMES = 2000, CAME = 60 };
    size_t n_any = 0;
    for (uint64_t r = 0; r < TIMES; r++) {
        struct hc_random random = hc_random_new(5, r);
        uint32_t urn[CATEGORIES], now[CATEGORIES], total = 110;
        struct pair p;
        begin(&p);
        for (int c = 0; c < CATEGORIES; c++) {
            now[c] = p.priors[0][c].n_incidents;
            urn[c] = (uint32_t)lround(HC_CATEGORY_STRENGTH * shares[c]) + now[c];
        }
        for (int i = 0; i < CAME; i++, total++) { /* Polya's urn draws both at once */
            double at = hc_random_uniform(&random) * total;
            int c = 0;
            while (c < CATEGORIES - 1 && at >= urn[c])
                at -= urn[c++];
            urn[c]++;
            now[c]++;
        }
        set_priors(p.priors[1], now);
        n_any += compare(&p, hundred)->n_moved[HC_MOVED_OVERALL] > 0;
        hc_arena_free(p.arena);
    }
    assert_true(n_any <= TIMES * 5 / 100);
    assert_true(n_any > TIMES / 500); /* and in some */
}

/* Of the deviation .102 before, .05 after: the mean moves by what is between. */
static void calls_a_weight_moved_in_few_cases_where_none_did(void **state)
{
    (void)state;
    enum { TIMES = 500 };
    const double before = .2 / 1.959963984540054, after = .05;
    size_t n_any = 0, n_outside = 0;
    for (uint64_t r = 0; r < TIMES; r++) {
        struct hc_random random = hc_random_new(6, r);
        struct pair p;
        begin(&p);
        for (int w = 0; w < WEIGHTS; w++)
            p.weights[1][w].weight += sqrt(before * before - after * after) * normal(&random);
        const struct hc_moves *m = compare(&p, hundred);
        n_any += m->weights.n_moved > 0;
        n_outside += m->weights.n_outside;
        hc_arena_free(p.arena);
    }
    assert_true(n_any <= TIMES * 5 / 100);
    assert_true(n_outside > 0 && n_outside < TIMES * WEIGHTS / 20);
}

static void finds_the_weight_and_the_penalty_that_moved(void **state)
{
    (void)state;
    struct pair p;
    begin(&p);
    p.weights[1][10].weight = 1.6; /* by 5.9 deviations */
    p.weights[1][20].weight = 1.25;
    p.weights[1][30].evidence = HC_STR("sign-new");
    p.penalties[1][1].points = -.2;
    const struct hc_moves *m = compare(&p, NULL);
    assert_int_equal(m->weights.n, WEIGHTS - 1);
    assert_int_equal(m->weights.n_new, 1);
    assert_int_equal(m->weights.n_gone, 1);
    assert_int_equal(m->weights.n_outside, 2);
    assert_int_equal(m->weights.n_moved, 1);
    assert_true(hc_str_equal(m->weights.items[0].name, p.weights[1][10].evidence));
    assert_true(m->weights.items[0].moved && m->weights.items[1].outside && !m->weights.items[1].moved);
    assert_near(m->weights.items[0].deviations, .6 / (.2 / 1.959963984540054), 1e-9);
    assert_int_equal(m->penalties.n_moved, 1);
    assert_true(hc_str_is(m->penalties.items[0].name, "logs"));
    assert_near(m->penalties.items[0].deviations, .1 / (sqrt(2) * .02 / 1.959963984540054), 1e-9);
    hc_arena_free(p.arena);
}

static void tells_nothing_of_shares_where_labels_were_taken_back_or_the_model_is_unknown(void **state)
{
    (void)state;
    static const uint32_t fewer[CATEGORIES] = {39, 36, 24, 40}, more[CATEGORIES] = {40, 30, 20, 70};
    struct pair p;
    begin(&p);
    set_priors(p.priors[1], fewer);
    assert_false(compare(&p, hundred)->grown);
    assert_int_equal(p.moves.n_tested[HC_MOVED_OVERALL], 0);
    assert_int_equal(p.moves.weights.n_tested, 0); /* which rest on the earlier labels being part of the later */
    set_priors(p.priors[1], more);
    assert_int_equal(compare(&p, NULL)->n_tested[HC_MOVED_OVERALL], 0);
    assert_false(p.moves.confidence[HC_MOVED_BEFORE].known);
    assert_int_equal(compare(&p, hundred)->n_tested[HC_MOVED_OVERALL], CATEGORIES);
    assert_true(p.moves.confidence[HC_MOVED_BEFORE].known);
    assert_true(p.moves.confidence[HC_MOVED_BEFORE].temperature > 0);
    p.of[0].n_priors = CATEGORIES - 1; /* the last was not known */
    assert_null(compare(&p, hundred)->shares[3].before);
    assert_false(p.moves.shares[3].tested);
    hc_arena_free(p.arena);
}

static void a_weights_name_says_what_it_is_of(void **state)
{
    (void)state;
    const struct hc_weight_name plain = hc_weight_name_of(HC_STR("log-errors-up")),
                                of_cause = hc_weight_name_of(HC_STR("cpu-up quiet @ application/memory-leak")),
                                shown = hc_weight_name_of(HC_STR("cpu-up shown"));
    assert_true(hc_str_is(plain.feature, "log-errors-up") && !plain.type.p && !plain.quiet);
    assert_true(hc_str_is(of_cause.feature, "cpu-up") && of_cause.quiet);
    assert_true(hc_str_is(of_cause.type, "application/memory-leak"));
    assert_true(hc_str_is(shown.feature, "cpu-up") && !shown.quiet);
}

/* Two components, api at fault: the sign at it alone, at the other alone, at neither, or not to be seen. */
static void counts_where_the_sign_was_seen(void **state)
{
    (void)state;
    static struct hc_evidence_component both[] = {{{"api", 3}, {NULL, 0}, true}, {{"db", 2}, {NULL, 0}, true}};
    static const double seen[5][2] = {{2, 0}, {0, 1}, {0, 0}, {NAN, 0}, {1, 1}};
    struct hc_labelled labelled[5];
    struct hc_evidence evidence[5];
    struct hc_err err = HC_ERR_NONE;
    struct pair p;
    begin(&p);
    const size_t feature = hc_catalogue_feature(catalogue, HC_STR("log-errors-up")), n = catalogue->n_features;
    assert_true(feature < n);
    for (int i = 0; i < 5; i++) {
        double *values = hc_arena_calloc(p.arena, 2 * n, sizeof *values);
        values[feature] = seen[i][0];
        values[n + feature] = seen[i][1];
        evidence[i] = (struct hc_evidence){.components = both, .n_components = 2, .values = values};
        labelled[i] = (struct hc_labelled){.evidence = &evidence[i],
                                           .category = HC_STR("application"),
                                           .cause = i == 4 ? HC_STR("crash") : HC_STR("memory-leak"),
                                           .component = HC_STR("api")};
    }
    for (int i = 0; i < 2; i++) {
        p.weights[i][0] = (struct hc_weight_row){HC_STR("log-errors-up"), 1 + i, .8, 1.2, 1};
        p.weights[i][1] =
            (struct hc_weight_row){HC_STR("log-errors-up quiet @ application/memory-leak"), 1 - i, .8, 1.2, 1};
    }
    compare(&p, NULL);
    assert_int_equal(hc_moves_explain(&p.moves, labelled, 2, 5, catalogue, &err), HC_OK);
    for (size_t i = 0; i < 2; i++) {
        const struct hc_moved_value *v = &p.moves.weights.items[i];
        const bool quiet = hc_weight_name_of(v->name).quiet;
        assert_true(v->outside && v->explained);
        assert_int_equal(v->at_fault[HC_MOVED_BEFORE].n, 2);
        assert_int_equal(v->at_fault[HC_MOVED_BEFORE].k, 1);
        assert_int_equal(v->at_fault[HC_MOVED_SINCE].n,
                         quiet ? 1 : 2); /* not where it could not be seen; a crash is no leak */
        assert_int_equal(v->at_fault[HC_MOVED_SINCE].k, 1);
        assert_int_equal(v->elsewhere[HC_MOVED_SINCE].n, quiet ? 2 : 3);
        assert_int_equal(v->elsewhere[HC_MOVED_SINCE].k, quiet ? 2 : 1);
    }
    hc_arena_free(p.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_share_that_moved_and_says_what_was_to_be_expected),
        cmocka_unit_test(calls_a_share_moved_in_few_cases_where_none_did),
        cmocka_unit_test(calls_a_weight_moved_in_few_cases_where_none_did),
        cmocka_unit_test(finds_the_weight_and_the_penalty_that_moved),
        cmocka_unit_test(tells_nothing_of_shares_where_labels_were_taken_back_or_the_model_is_unknown),
        cmocka_unit_test(a_weights_name_says_what_it_is_of),
        cmocka_unit_test(counts_where_the_sign_was_seen),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
