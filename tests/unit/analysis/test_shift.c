
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "analysis/stats/shift.h"
#include "base/sort.h"
#include "near.h"

static struct hc_shift measure(const double *reference, size_t n, const double *window, size_t m, double centre)
{
    struct hc_shift out;
    double copy[256], room[256];
    memcpy(copy, reference, n * sizeof *copy);
    hc_sort_doubles(copy, room, n);
    hc_shift_measure(&out, copy, n, window, m, centre);
    return out;
}

static void counts_scales_from_the_median_to_the_two_worst_rows(void **state)
{
    (void)state;
    /* median 10, deviations 2 1 0 1 2: MAD 1, scale 1.4826; the two greatest 20 and 30: mean 25 */
    const double reference[] = {8, 9, 10, 11, 12}, window[] = {20, 10, 30, 9};
    struct hc_shift s = measure(reference, 5, window, 4, NAN);
    assert_near(s.median, 10, 0);
    assert_near(s.mad, 1, 0);
    assert_near(s.z_up, 15 / 1.4826, 1e-12);
    assert_near(s.z_down, 0.5 / 1.4826, 1e-12);
}

static void scaling_a_metric_by_a_thousand_changes_nothing(void **state)
{
    (void)state;
    double a[60], b[60], window[] = {3, 9, 8.5, 2}, scaled[4];
    for (int i = 0; i < 60; i++) {
        a[i] = 5 + sin(i * 1.7);
        b[i] = 1000 * a[i];
    }
    for (int i = 0; i < 4; i++)
        scaled[i] = 1000 * window[i];
    struct hc_shift x = measure(a, 60, window, 4, NAN), y = measure(b, 60, scaled, 4, NAN);
    assert_near(x.z_up, y.z_up, 1e-12);
    assert_near(x.z_down, y.z_down, 1e-12);
    assert_true(x.z_up > 1);
}

static void the_order_of_rows_changes_nothing(void **state)
{
    (void)state;
    const double a[] = {1, 5, 2, 4, 3}, b[] = {5, 4, 3, 2, 1}, w[] = {7, 9, 8}, v[] = {9, 8, 7};
    struct hc_shift x = measure(a, 5, w, 3, NAN), y = measure(b, 5, v, 3, NAN);
    assert_memory_equal(&x, &y, sizeof x);
}

static void a_drifted_centre_replaces_the_reference_median(void **state)
{
    (void)state;
    const double reference[] = {8, 9, 10, 11, 12}, window[] = {110, 110};
    struct hc_shift s = measure(reference, 5, window, 2, 110);
    assert_near(s.z_up, 0, 0);
    assert_near(s.z_down, 0, 0);
    assert_near(s.mad, 1, 0);
}

static void a_share_at_its_ceiling_is_sensitive_below(void **state)
{
    (void)state;
    double reference[50];
    const double window[] = {97, 97, 100};
    for (int i = 0; i < 50; i++)
        reference[i] = 100;
    struct hc_shift s = measure(reference, 50, window, 3, NAN);
    assert_near(s.scale_down, 0.2, 1e-12);
    assert_near(s.z_down, 15, 1e-9);
}

static void a_heavy_tail_widens_the_scale_of_its_side_alone(void **state)
{
    (void)state;
    double reference[100];
    const double window[] = {0, 3};
    for (int i = 0; i < 100; i++)
        reference[i] = 10 + 0.1 * (i % 5) + (i % 10 == 0 ? 20 : 0);
    struct hc_shift s = measure(reference, 100, window, 2, NAN);
    assert_true(s.scale_up > 10);
    assert_true(s.scale_down < 1);
}

static void zero_against_zero_is_quiet_and_against_more_is_bounded(void **state)
{
    (void)state;
    const double zeros[] = {0, 0, 0, 0}, quiet[] = {0, 0}, loud[] = {4, 4};
    assert_near(measure(zeros, 4, quiet, 2, NAN).z_up, 0, 0);
    assert_near(measure(zeros, 4, loud, 2, NAN).z_up, 10, 1e-12);
}

static void surprise_is_zero_up_to_quiet_and_clipped(void **state)
{
    (void)state;
    assert_near(hc_shift_surprise(1, 1), 0, 0);
    assert_near(hc_shift_surprise(NAN, 0), 0, 0);
    assert_near(hc_shift_surprise(3, 1), log(3), 1e-15);
    assert_near(hc_shift_surprise(1e9, 0), HC_SURPRISE_MOST, 1e-15);
}

static void the_greatest_of_many_is_expected_to_be_far_out(void **state)
{
    (void)state;
    assert_near(hc_greatest_of(0), 0, 0);
    assert_near(hc_greatest_of(1), 0, 0);
    assert_near(hc_greatest_of(100), 3.0348542587702925, 1e-14);
}

static void the_onset_is_the_first_row_that_stays_away(void **state)
{
    (void)state;
    const double window[] = {10, 14, 10, 15, 16, 10}, slow[] = {10, 10.5, 11, 12};
    assert_int_equal(hc_shift_onset(window, 6, 10, 1, 1), 3);
    assert_int_equal(hc_shift_onset(slow, 4, 10, 1, 1), 2);
    assert_int_equal(hc_shift_onset(slow, 1, 10, 1, -1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_scales_from_the_median_to_the_two_worst_rows),
        cmocka_unit_test(scaling_a_metric_by_a_thousand_changes_nothing),
        cmocka_unit_test(the_order_of_rows_changes_nothing),
        cmocka_unit_test(a_drifted_centre_replaces_the_reference_median),
        cmocka_unit_test(a_share_at_its_ceiling_is_sensitive_below),
        cmocka_unit_test(a_heavy_tail_widens_the_scale_of_its_side_alone),
        cmocka_unit_test(zero_against_zero_is_quiet_and_against_more_is_bounded),
        cmocka_unit_test(surprise_is_zero_up_to_quiet_and_clipped),
        cmocka_unit_test(the_greatest_of_many_is_expected_to_be_far_out),
        cmocka_unit_test(the_onset_is_the_first_row_that_stays_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
