
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
    assert_near(hc_rate_z(20, 40, 0.5, 0.1), 0, 1e-15);
    assert_near(hc_rate_z(0, 0, 3, 0.1), 0, 1e-15);
}

static void the_log_rate_ratio_is_that_worked_by_hand(void **state)
{
    (void)state;
    /* ln(10.5 / 2.5) / sqrt(1/10.5 + 1/2.5) = 1.4350845 / 0.7036875 */
    assert_near(hc_rate_z(10, 2, 1, 0), 1.4350845252893227 / sqrt(1 / 10.5 + 1 / 2.5), 1e-14);
}

static void swapping_the_counts_changes_the_sign_alone(void **state)
{
    (void)state;
    assert_near(hc_rate_z(12, 5, 1, 0.2), -hc_rate_z(5, 12, 1, 0.2), 1e-14);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_expected_count_is_no_surprise),
        cmocka_unit_test(the_log_rate_ratio_is_that_worked_by_hand),
        cmocka_unit_test(swapping_the_counts_changes_the_sign_alone),
        cmocka_unit_test(a_call_that_is_always_made_is_missed_sooner_than_one_of_many),
        cmocka_unit_test(equal_mixes_have_no_distance_and_disjoint_ones_nearly_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
