/* Whether more labels help: a slope that was planted, none, and too few. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/model/growth.h"
#include "base/random.h"
#include "near.h"

enum { MOST = 400 };

struct made {
    struct hc_backtest_row rows[MOST];
    struct hc_backtest_answer answers[MOST][2];
};

/* Incidents as hard as chance has it, of which learning saves `each` nats a doubling, and noise. */
static void make(struct made *m, size_t n, double each, double noise)
{
    for (size_t i = 0; i < n; i++) {
        struct hc_random random = hc_random_new(3, i);
        const double hard = .5 + 2 * hc_random_uniform(&random), other = noise * (hc_random_uniform(&random) - .5);
        const double saved = .1 + each * (i ? log2((double)i) : 0) + other;
        m->rows[i] = (struct hc_backtest_row){
            .n_known = (uint32_t)i, .asked = {true, i % 2 == 0, false}, .answers = m->answers[i], .n_answers = 2};
        m->answers[i][0].method = HC_STR("hindcast");
        m->answers[i][1].method = HC_STR("expert");
        for (int q = 0; q < HC_QUESTIONS; q++) {
            m->answers[i][0].of[q].probability = exp(-hard - 1 + saved - 1);
            m->answers[i][1].of[q].probability = exp(-hard - 2);
        }
    }
}

static struct hc_growth grown(struct made *m, size_t n, int question)
{
    struct hc_growth out[HC_QUESTIONS];
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_growth_of(out, m->rows, n, 1, &err), HC_OK);
    return out[question];
}

static void finds_what_a_doubling_brings_whatever_the_incidents(void **state)
{
    (void)state;
    static struct made m;
    make(&m, MOST, .2, 0);
    const struct hc_growth g = grown(&m, MOST, HC_OF_COMPONENT);
    assert_near(g.saved.value, .2, 1e-9);
    assert_near(g.saved.low, .2, 1e-9);
    assert_int_equal(g.to, MOST - 1);
    assert_int_equal(g.from, 100); /* a quarter of 399, and more */
    assert_int_equal(g.n, 300);
    assert_int_equal(grown(&m, MOST, HC_OF_CATEGORY).n, 150);
}

/* Least squares by its normal equations, over all the same answers. */
static void is_the_least_squares_slope(void **state)
{
    (void)state;
    static struct made m;
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    make(&m, MOST, .2, 1);
    for (size_t i = 100; i < MOST; i++) {
        const double at = log2((double)i),
                     saved = log(m.answers[i][0].of[0].probability) - log(m.answers[i][1].of[0].probability);
        n++, x += at, y += saved, xx += at * at, xy += at * saved;
    }
    const struct hc_growth g = grown(&m, MOST, HC_OF_COMPONENT);
    assert_near(g.saved.value, (n * xy - x * y) / (n * xx - x * x), 1e-9);
    assert_true(g.saved.low < .2 && g.saved.high > .2);
    assert_near(g.seen, 2.8016 * (g.saved.high - g.saved.low) / 3.92, 1e-3);
}

static void holds_nothing_to_be_told_where_nothing_grows_or_too_few_are_there(void **state)
{
    (void)state;
    static struct made m;
    make(&m, MOST, 0, 1);
    const struct hc_growth flat = grown(&m, MOST, HC_OF_COMPONENT);
    assert_true(flat.saved.low < 0 && flat.saved.high > 0);
    make(&m, 39, .2, 1);
    const struct hc_growth few = grown(&m, 39, HC_OF_COMPONENT); /* 10 to 38: 29 answers */
    assert_int_equal(few.n, 29);
    assert_true(isnan(few.saved.value) && isnan(few.seen));
    make(&m, MOST, .2, 1);
    for (size_t i = 0; i < MOST; i++)
        m.rows[i].n_known = 50;
    assert_true(isnan(grown(&m, MOST, HC_OF_COMPONENT).saved.value)); /* all knew as many */
    assert_true(isnan(grown(&m, MOST, HC_OF_HYPOTHESIS).saved.value));
    assert_int_equal(grown(&m, MOST, HC_OF_HYPOTHESIS).n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_a_doubling_brings_whatever_the_incidents),
        cmocka_unit_test(is_the_least_squares_slope),
        cmocka_unit_test(holds_nothing_to_be_told_where_nothing_grows_or_too_few_are_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
