
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "analysis/stats/poisson.h"
#include "near.h"

static void the_expected_count_is_no_surprise(void **state)
{
    (void)state;
    assert_near(hc_rate_z(20, 40, 0.5, 0.1), 0, 1e-7);
    assert_near(hc_rate_z(0, 0, 3, 0.1), 0, 1e-15);
}

static void the_root_of_the_deviance_is_that_worked_by_hand(void **state)
{
    (void)state;
    /* 0 where 20 of 40 were to come: sqrt(2 * 20 ln 2); 3 against 1 at equal exposure: 2 (3 ln 1.5 + ln 0.5) */
    assert_near(hc_rate_z(0, 20, 1, 0), -sqrt(2 * 20 * 0.69314718055994531), 1e-14);
    assert_near(hc_rate_z(3, 1, 1, 0), sqrt(2 * (3 * 0.40546510810816438 - 0.69314718055994531)), 1e-14);
    /* v = 1/2 + 1/2: a scatter of 1 takes a factor sqrt(1/2) */
    assert_near(hc_rate_z(3, 1, 1, 1), hc_rate_z(3, 1, 1, 0) / sqrt(2), 1e-14);
}

static void swapping_the_counts_changes_the_sign_alone(void **state)
{
    (void)state;
    assert_near(hc_rate_z(12, 5, 1, 0.2), -hc_rate_z(5, 12, 1, 0.2), 1e-12);
}

static void a_call_that_is_always_made_is_missed_sooner_than_one_of_many(void **state)
{
    (void)state;
    double always = hc_ratio_z(3, 7, 10, 11), many = hc_ratio_z(30, 70, 110, 11);
    assert_true(always < -2);
    assert_near(hc_ratio_z(70 * 10.5 / 12, 70, 10, 11), 0, 1e-12);
    assert_true(many < 0);
}

static void equal_mixes_have_no_distance_and_disjoint_ones_nearly_all(void **state)
{
    (void)state;
    const double a[] = {300, 100, 0}, b[] = {150, 50, 0}, c[] = {0, 0, 400};
    assert_near(hc_total_variation(a, b, 3), 0, 0);
    double far = hc_total_variation(a, c, 3);
    assert_true(far > 0.9 && far <= 1);
    assert_true(isnan(hc_total_variation(a, (const double[]){0, 0, 0}, 3)));
}

static void a_share_is_compared_by_the_deviance_worked_by_hand(void **state)
{
    (void)state;
    assert_near(hc_share_z(5, 10, 50, 100, 0), 0, 1e-7);
    assert_near(hc_share_z(0, 7, 0, 9, 0.1), 0, 0);
    assert_near(hc_share_z(7, 7, 9, 9, 0.1), 0, 0);
    /* all of 10 against none of 10, half pooled: sqrt(2 * 20 ln 2) */
    assert_near(hc_share_z(10, 10, 0, 10, 0), sqrt(2 * 20 * 0.69314718055994531), 1e-13);
    assert_near(hc_share_z(3, 12, 20, 25, 0.2), -hc_share_z(20, 25, 3, 12, 0.2), 1e-12);
    assert_near(hc_share_z(3, 12, 20, 25, 0.2), -hc_share_z(9, 12, 5, 25, 0.2), 1e-12);
    /* v = 1/8 + 1/8 = s^2: a factor sqrt(1/2) */
    assert_near(hc_share_z(7, 8, 1, 8, 0.5), hc_share_z(7, 8, 1, 8, 0) / sqrt(2), 1e-13);
}

static void a_share_is_no_farther_than_its_bound(void **state)
{
    (void)state;
    for (int n = 0; n <= 12; n++)
        for (int b = 0; b <= 40; b++)
            for (int s = 0; s < 3; s++) {
                double most = hc_share_z_most(n, 12, b, 40, 0.1 * s), z = fabs(hc_share_z(n, 12, b, 40, 0.1 * s));
                assert_true(isnan(most) ? n + b == 0 || n + b == 52 : z <= most + 1e-7);
                assert_true(isnan(most) || most <= 3 * z + 0.3);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_expected_count_is_no_surprise),
        cmocka_unit_test(the_root_of_the_deviance_is_that_worked_by_hand),
        cmocka_unit_test(swapping_the_counts_changes_the_sign_alone),
        cmocka_unit_test(a_call_that_is_always_made_is_missed_sooner_than_one_of_many),
        cmocka_unit_test(a_share_is_compared_by_the_deviance_worked_by_hand),
        cmocka_unit_test(a_share_is_no_farther_than_its_bound),
        cmocka_unit_test(equal_mixes_have_no_distance_and_disjoint_ones_nearly_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
