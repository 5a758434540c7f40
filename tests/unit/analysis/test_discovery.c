#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "analysis/stats/discovery.h"
#include "near.h"

/* Benjamini and Hochberg 1995, section 3.2: 15 comparisons of two treatments; at .05 the first four are found. */
static const double published[15] = {0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                                     0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000};

static void finds_the_four_of_the_published_example(void **state)
{
    (void)state;
    double q[15];
    hc_false_discovery(published, 15, q);
    for (int i = 0; i < 15; i++)
        assert_int_equal(q[i] <= 0.05, i < 4);
    assert_near(q[3], 0.0095 * 15 / 4, 1e-15);
}

/* The step-up rule itself: the greatest k with p(k) <= k rate / n, and all up to it. */
static void is_the_step_up_rule_in_any_order(void **state)
{
    (void)state;
    double p[15], q[15];
    for (int i = 0; i < 15; i++)
        p[i] = published[(i * 7) % 15];
    hc_false_discovery(p, 15, q);
    for (double rate = 0.001; rate < 1; rate *= 1.1) {
        int k = 0;
        for (int i = 0; i < 15; i++)
            k = published[i] <= (i + 1) * rate / 15 ? i + 1 : k;
        for (int i = 0; i < 15; i++)
            assert_int_equal(q[i] <= rate, k > 0 && p[i] <= published[k - 1]);
    }
}

static void one_test_stays_as_it_is(void **state)
{
    (void)state;
    const double p = 0.03;
    double q;
    hc_false_discovery(&p, 1, &q);
    assert_near(q, p, 0);
    const double equal[3] = {0.2, 0.2, 0.2};
    double all[3];
    hc_false_discovery(equal, 3, all);
    for (int i = 0; i < 3; i++)
        assert_near(all[i], 0.2, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_four_of_the_published_example),
        cmocka_unit_test(is_the_step_up_rule_in_any_order),
        cmocka_unit_test(one_test_stays_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
