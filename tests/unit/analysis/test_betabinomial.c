#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "analysis/stats/beta.h"
#include "analysis/stats/betabinomial.h"
#include "near.h"

/* tests/reference/betabinomial.py: exact fractions */
static const struct {
    uint32_t k, m;
    double a, b, mean;
    uint32_t low, high;
    double p;
} exact[] = {
    {3, 10, 2.0, 5.0, 2.8571428571428572, 0, 7, 1},
    {9, 10, 2.0, 5.0, 2.8571428571428572, 0, 7, 0.015234765234765234},
    {0, 40, 1.5, 8.5, 6, 0, 18, 0.15193271512343964},
    {30, 40, 30.0, 70.0, 12, 6, 19, 1.7695251374427651e-06},
    {12, 120, 25.0, 175.0, 15, 7, 25, 0.6152362168738269},
    {1, 1, 0.5, 0.5, 0.5, 0, 1, 1},
    {25, 60, 1.75, 8.25, 10.5, 0, 28, 0.10595878530765246},
};

static void agrees_with_exact_fractions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof exact / sizeof *exact; i++) {
        struct hc_expected e;
        hc_expected_count(&e, exact[i].k, exact[i].m, exact[i].a, exact[i].b);
        assert_near(e.mean, exact[i].mean, 1e-12);
        assert_int_equal(e.low, exact[i].low);
        assert_int_equal(e.high, exact[i].high);
        assert_near(e.p, exact[i].p, 1e-12);
    }
}

static void is_the_binomial_where_the_share_is_known(void **state)
{
    (void)state;
    for (uint32_t k = 0; k <= 50; k += 5) {
        struct hc_expected e;
        hc_expected_count(&e, k, 50, 3e6, 7e6);
        assert_near(e.p, hc_share_rarity(k, 50, .3), 1e-5);
    }
}

static void does_not_mind_which_side_is_counted(void **state)
{
    (void)state;
    for (uint32_t k = 0; k <= 30; k++) {
        struct hc_expected one, other;
        hc_expected_count(&one, k, 30, 2.5, 11);
        hc_expected_count(&other, 30 - k, 30, 11, 2.5);
        assert_near(one.p, other.p, 1e-12);
        assert_near(one.mean, 30 - other.mean, 1e-12);
        assert_int_equal(one.low, 30 - other.high);
        assert_int_equal(one.high, 30 - other.low);
    }
}

static void holds_for_many_where_none_is_all_but_impossible(void **state)
{
    (void)state;
    struct hc_expected e;
    hc_expected_count(&e, 50000, 100000, 5000, 5000);
    assert_near(e.mean, 50000, 1e-9);
    assert_true(e.p > .99);
    assert_true(e.low > 48900 && e.low < 49100 && e.high > 50900 &&
                e.high < 51100); /* 1.96 sqrt(.25e10 * 1.1e5 / 1e9 / 1e4) */
}

static void tells_nothing_of_none_and_of_what_is_no_share(void **state)
{
    (void)state;
    struct hc_expected e;
    hc_expected_count(&e, 0, 0, 1, 1);
    assert_true(e.p >= 1 && e.low == 0 && e.high == 0);
    hc_expected_count(&e, 1, 4, 0, 1);
    assert_true(isnan(e.mean) && e.p >= 1);
    hc_expected_count(&e, 5, 4, 1, 1);
    assert_true(isnan(e.mean) && e.p >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_exact_fractions),
        cmocka_unit_test(is_the_binomial_where_the_share_is_known),
        cmocka_unit_test(does_not_mind_which_side_is_counted),
        cmocka_unit_test(holds_for_many_where_none_is_all_but_impossible),
        cmocka_unit_test(tells_nothing_of_none_and_of_what_is_no_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
