#include "analysis/model/permutations.h"

#include <string.h>

#include "tests/unit/analysis/near.h"
#include "tests/unit/analysis/synthetic.h"

#define SEED 7

static struct hc_backtest_options options_of(int n_threads)
{
    return (struct hc_backtest_options){.from = HC_TIME_NONE, .to = HC_TIME_NONE, .n_threads = n_threads, .seed = SEED};
}

static struct hc_permutations permuted(const struct made *m, size_t n_orders, int n_threads)
{
    struct hc_permutations p;
    struct hc_err err = HC_ERR_NONE;
    const struct hc_backtest_options options = options_of(n_threads);
    assert_int_equal(hc_permutations_run(&p, n_orders, m->labelled, m->n, &options, m->catalogue, &err), HC_OK);
    return p;
}

/* Rolling origin over the same incidents, which come to pass in that order. */
static struct hc_backtest rolled(const struct made *m, uint64_t number)
{
    struct hc_backtest b;
    struct hc_err err = HC_ERR_NONE;
    const struct hc_backtest_options options = options_of(2);
    uint32_t *order = hc_arena_alloc(m->arena, m->n * sizeof *order);
    struct hc_labelled *moved = hc_arena_alloc(m->arena, m->n * sizeof *moved);
    hc_permutation_order(order, m->n, SEED, number);
    for (size_t i = 0; i < m->n; i++) {
        moved[i] = m->labelled[order[i]];
        moved[i].started = m->labelled[i].started;
        moved[i].known_at = m->labelled[i].known_at;
    }
    assert_int_equal(hc_backtest_run(&b, moved, m->n, &options, m->catalogue, m->arena, &err), HC_OK);
    return b;
}

static const struct hc_backtest_scores *scores_of(const struct hc_backtest *b, size_t method, int question)
{
    if (method == 0)
        return question == HC_OF_COMPONENT ? &b->component : question == HC_OF_CATEGORY ? &b->category : &b->hypothesis;
    return question == HC_OF_COMPONENT  ? &b->baselines[method - 1].component
           : question == HC_OF_CATEGORY ? &b->baselines[method - 1].category
                                        : &b->baselines[method - 1].hypothesis;
}

static void points_of(double out[HC_POINTS], const struct hc_backtest_scores *s)
{
    const double points[HC_POINTS] = {s->top1.value,  s->top3.value, s->top5.value,       s->log_loss.value,
                                      s->brier.value, s->ece.value,  s->ece_perfect_mean, s->ece_perfect_p95};
    memcpy(out, points, sizeof points);
}

/* Mean, deviation and the ends of three backtests, each of which knows the past in that order and nothing else. With 45
 * labels the culprits' recurrence is learned too. */
static void each_order_is_the_backtest_of_incidents_that_came_in_it(void **state)
{
    (void)state;
    struct made m = make_incidents(45, 4, 3);
    const struct hc_permutations p = permuted(&m, 3, 2);
    const struct hc_backtest b[3] = {rolled(&m, 0), rolled(&m, 1), rolled(&m, 2)};
    assert_int_equal(p.n_incidents, 45);
    for (size_t method = 0; method <= HC_N_BASELINES; method++) {
        if (method)
            assert_string_equal(p.methods[method].method, b[0].baselines[method - 1].name);
        for (int q = 0; q < HC_QUESTIONS; q++) {
            double x[3][HC_POINTS];
            for (int i = 0; i < 3; i++)
                points_of(x[i], scores_of(&b[i], method, q));
            for (int k = 0; k < HC_POINTS; k++) {
                const struct hc_permuted_score *s = &p.methods[method].of[q][k];
                const double mean = (x[0][k] + x[1][k] + x[2][k]) / 3;
                double squares = 0;
                for (int i = 0; i < 3; i++)
                    squares += (x[i][k] - mean) * (x[i][k] - mean);
                const double low = fmin(fmin(x[0][k], x[1][k]), x[2][k]), high = fmax(fmax(x[0][k], x[1][k]), x[2][k]);
                const double middle = x[0][k] + x[1][k] + x[2][k] - low - high;
                assert_near(s->mean, mean, 1e-12);
                assert_near(s->deviation, sqrt(squares / 2), 1e-9);
                assert_near(s->low, low + 0.05 * (middle - low), 1e-12);
                assert_near(s->high, high - 0.05 * (high - middle), 1e-12);
            }
        }
    }
    forget(&m);
}

static void the_same_bytes_on_any_number_of_threads_and_in_any_order_of_input(void **state)
{
    (void)state;
    struct made m = make_incidents(20, 4, 1);
    const struct hc_permutations one = permuted(&m, 5, 1), two = permuted(&m, 5, 2), eight = permuted(&m, 5, 8);
    assert_memory_equal(&one, &two, sizeof one);
    assert_memory_equal(&one, &eight, sizeof one);
    for (size_t i = 0; i < m.n / 2; i++) {
        const struct hc_labelled swapped = m.labelled[i];
        m.labelled[i] = m.labelled[m.n - 1 - i];
        m.labelled[m.n - 1 - i] = swapped;
    }
    const struct hc_permutations turned = permuted(&m, 5, 2);
    assert_memory_equal(&one, &turned, sizeof one);
    forget(&m);
}

/* The same culprit all day, then another all day: as it came the last one is nearly always right, shuffled it is right
 * about every fourth time. */
static void a_schedule_of_faults_helps_no_baseline_once_it_is_shuffled(void **state)
{
    (void)state;
    struct made m = make_incidents(40, 4, 2);
    for (size_t i = 0; i < m.n; i++)
        m.labelled[i].component = m.evidence[i].components[i / 10].name;
    struct hc_backtest b;
    struct hc_err err = HC_ERR_NONE;
    const struct hc_backtest_options options = options_of(2);
    assert_int_equal(hc_backtest_run(&b, m.labelled, m.n, &options, m.catalogue, m.arena, &err), HC_OK);
    const struct hc_permutations p = permuted(&m, 10, 2);
    const struct hc_permuted_score *last = &p.methods[HC_N_BASELINES].of[HC_OF_COMPONENT][HC_POINT_TOP1];
    assert_string_equal(p.methods[HC_N_BASELINES].method, "last-component");
    assert_true(b.baselines[3].component.top1.value > 0.85);
    assert_true(last->mean > 0.1 && last->mean < 0.4);
    forget(&m);
}

/* 4,000 orders of six: each of the 36 pairs of thing and place about 667 times, within five deviations of 23.6. */
static void orders_are_permutations_and_all_as_likely(void **state)
{
    (void)state;
    uint32_t at[6][6] = {{0}}, order[6], other[6];
    for (uint64_t number = 0; number < 4000; number++) {
        uint32_t seen = 0;
        hc_permutation_order(order, 6, SEED, number);
        for (size_t i = 0; i < 6; i++) {
            at[order[i]][i]++;
            seen |= 1u << order[i];
        }
        assert_int_equal(seen, 63);
    }
    for (size_t i = 0; i < 36; i++)
        assert_true(at[i / 6][i % 6] > 549 && at[i / 6][i % 6] < 785);
    hc_permutation_order(order, 6, SEED, 1);
    hc_permutation_order(other, 6, SEED, 1);
    assert_memory_equal(order, other, sizeof order);
    hc_permutation_order(other, 6, SEED + 1, 1);
    assert_memory_not_equal(order, other, sizeof order);
}

static void one_order_has_no_deviation_and_no_labels_have_no_scores(void **state)
{
    (void)state;
    struct made m = make_incidents(6, 3, 1);
    const struct hc_permutations one = permuted(&m, 1, 1);
    assert_true(isnan(one.methods[0].of[0][HC_POINT_TOP1].deviation));
    assert_true(!isnan(one.methods[0].of[0][HC_POINT_TOP1].mean));
    m.n = 0;
    const struct hc_permutations none = permuted(&m, 4, 2);
    assert_int_equal(none.n_incidents, 0);
    assert_true(isnan(none.methods[0].of[0][HC_POINT_TOP1].mean));
    assert_true(isnan(none.methods[0].of[0][HC_POINT_ECE].low));
    forget(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_order_is_the_backtest_of_incidents_that_came_in_it),
        cmocka_unit_test(the_same_bytes_on_any_number_of_threads_and_in_any_order_of_input),
        cmocka_unit_test(a_schedule_of_faults_helps_no_baseline_once_it_is_shuffled),
        cmocka_unit_test(orders_are_permutations_and_all_as_likely),
        cmocka_unit_test(one_order_has_no_deviation_and_no_labels_have_no_scores),
    };
    return cmocka_run_group_tests(tests, set_up_xml, NULL);
}
