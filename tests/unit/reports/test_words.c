#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "reports/words.h"

static const int64_t second = 1000000000;

static void says_a_change_against_what_it_was_before(void **state)
{
    (void)state;
    char text[HC_WORD_TEXT];
    hc_word_change(340, 980, text);
    assert_string_equal(text, "+188 %");
    hc_word_change(120, 980, text);
    assert_string_equal(text, "+717 %");
    hc_word_change(120, 340, text);
    assert_string_equal(text, "+183 %");
    hc_word_change(100, 94.6, text);
    assert_string_equal(text, "-5 %");
    hc_word_change(1000, 1004, text);
    assert_string_equal(text, "+0.4 %");
    assert_int_equal(hc_word_change(0, 5, text), 0);
    assert_int_equal(hc_word_change(NAN, 5, text), 0);
    assert_int_equal(hc_word_change(5, NAN, text), 0);
}

static void says_a_ratio_as_the_evidence_does(void **state)
{
    (void)state;
    char text[HC_WORD_TEXT];
    hc_word_ratio(0.1, 3.8, text);
    assert_string_equal(text, "38 x");
    hc_word_ratio(340, 980, text);
    assert_string_equal(text, "2.9 x");
    hc_word_ratio(1, 1234567, text);
    assert_string_equal(text, "1234567 x");
    hc_word_ratio(1, 0.5, text);
    assert_string_equal(text, "0.5 x");
    assert_int_equal(hc_word_ratio(-1, 5, text), 0);
}

static void says_durations_as_finely_as_they_matter(void **state)
{
    (void)state;
    static const struct {
        int64_t ns;
        const char *says;
    } cases[] = {{0, "0 s"},
                 {73000000000, "73 s"},
                 {1500000000, "1.5 s"},
                 {119999999999, "2 min"},
                 {210000000000, "3 min 30 s"},
                 {300000000000, "5 min"},
                 {10757769670, "10.8 s"},
                 {3708246605, "3.708 s"},
                 {165242230330, "2 min 45 s"},
                 {120, "0.00000012 s"},
                 {7500000000000, "2 h 5 min"},
                 {273600000000000, "3 d 4 h"},
                 {-90000000000, "-90 s"}};
    char text[HC_WORD_TEXT];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hc_word_duration(cases[i].ns, text);
        assert_string_equal(text, cases[i].says);
    }
    hc_word_offset(73 * second, text);
    assert_string_equal(text, "T+73 s");
    hc_word_offset(-90 * second, text);
    assert_string_equal(text, "T-90 s");
    hc_word_duration(INT64_MIN, text);
    assert_string_equal(text, "-106751 d 23 h");
}

static void says_minutes_below_two_hours_and_then_hours_and_days(void **state)
{
    static const struct {
        double minutes;
        const char *says;
    } cases[] = {{0.2, "0 min"},     {53.4, "53 min"},     {119.4, "119 min"},     {119.6, "2 h"},
                 {185, "3 h 5 min"}, {60 * 77, "3 d 5 h"}, {1e9, "1000000000 min"}};
    char text[HC_WORD_TEXT];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hc_word_minutes(cases[i].minutes, text);
        assert_string_equal(text, cases[i].says);
    }
}

static void never_says_certain_or_impossible_of_what_is_neither(void **state)
{
    (void)state;
    char text[HC_WORD_TEXT];
    hc_word_probability(0.62149, text);
    assert_string_equal(text, "0.621");
    hc_word_probability(1e-6, text);
    assert_string_equal(text, "< 0.001");
    hc_word_probability(0.99999, text);
    assert_string_equal(text, "> 0.999");
    hc_word_probability(0, text);
    assert_string_equal(text, "0.000");
    hc_word_share(0, 0.0004, text);
    assert_string_equal(text, "< 0.1 %");
    hc_word_share(0, 0, text);
    assert_string_equal(text, "0.0 %");
    hc_word_percent(0.003, text);
    assert_string_equal(text, "< 1 %");
    hc_word_percent(0, text);
    assert_string_equal(text, "0 %");
    hc_word_percent(0.9951, text);
    assert_string_equal(text, "> 99 %");
    hc_word_percent(1, text);
    assert_string_equal(text, "100 %");
    hc_word_points(-0.09, text);
    assert_string_equal(text, "-9.0 points");
}

static void rounds_a_headline_as_usual_and_a_budget_to_a_tenth(void **state)
{
    (void)state;
    char text[HC_WORD_TEXT];
    hc_word_percent(0.394, text);
    assert_string_equal(text, "39 %");
    hc_word_percent(0.395, text);
    assert_string_equal(text, "40 %");
    hc_word_share(394, 0.3937, text);
    assert_string_equal(text, "39.4 %");
    hc_word_share(3, 0.003, text);
    assert_string_equal(text, "0.3 %");
}

static void says_a_value_to_four_digits_with_its_thousands_apart(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *says;
    } cases[] = {{38, "38"},
                 {0, "0"},
                 {2.8812, "2.881"},
                 {0.012345, "0.01235"},
                 {0.24375, "0.2437"},
                 {4484, "4484"},
                 {4484500, "4\xE2\x80\xAF"
                           "484\xE2\x80\xAF"
                           "500"},
                 {12345, "12\xE2\x80\xAF"
                         "345"},
                 {-98765.4, "-98\xE2\x80\xAF"
                            "765"},
                 {9999.9, "10\xE2\x80\xAF"
                          "000"},
                 {1e308, "1e+308"},
                 {NAN, "?"}};
    char text[HC_WORD_TEXT];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hc_word_value(cases[i].value, text);
        assert_string_equal(text, cases[i].says);
    }
}

static void binds_a_number_to_its_unit_and_nothing_else(void **state)
{
    (void)state;
    assert_true(hc_word_binds(HC_STR("62 %"), 2));
    assert_true(hc_word_binds(HC_STR("(2.9 x)"), 4));
    assert_true(hc_word_binds(HC_STR("340 MB to"), 3));
    assert_false(hc_word_binds(HC_STR("340 MB to"), 6));
    assert_false(hc_word_binds(HC_STR("12 error lines"), 2));
    assert_false(hc_word_binds(HC_STR("a % b"), 1));
    assert_false(hc_word_binds(HC_STR("7 steps"), 1));
    assert_false(hc_word_binds(HC_STR("7 "), 1));
}

static void shares_add_up_whatever_is_shared_out(void **state)
{
    (void)state;
    uint64_t seed = 7;
    double p[40];
    int shares[40];
    for (int round = 0; round < 2000; round++) {
        size_t n = 1 + (size_t)round % 40;
        double sum = 0;
        for (size_t i = 0; i < n; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            p[i] = pow((double)(seed >> 40), 3) + 1e-9;
            sum += p[i];
        }
        hc_shares(p, n, 100, shares);
        int total = 0;
        for (size_t i = 0; i < n; i++) {
            total += shares[i];
            assert_true(fabs(shares[i] - 100 * p[i] / sum) < 1);
        }
        assert_int_equal(total, 100);
    }
}

static void shares_of_nothing_are_nothing(void **state)
{
    (void)state;
    double p[3] = {0, NAN, -1};
    int shares[3] = {9, 9, 9};
    hc_shares(p, 3, 100, shares);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(shares[i], 0);
}

static void gives_a_remainder_to_the_largest_first(void **state)
{
    (void)state;
    double p[3] = {0.625, 0.295, 0.08};
    int shares[3];
    hc_shares(p, 3, 100, shares);
    assert_int_equal(shares[0], 63);
    assert_int_equal(shares[1], 29);
    assert_int_equal(shares[2], 8);
}

static void says_unknown_numbers_as_a_question_mark(void **state)
{
    (void)state;
    char text[HC_WORD_TEXT];
    hc_word_fixed(NAN, 2, text);
    assert_string_equal(text, "?");
    hc_word_fixed(1e300, 2, text);
    assert_string_equal(text, "?");
    hc_word_fixed(-0.004, 2, text);
    assert_string_equal(text, "0.00");
    hc_word_fixed(-12.345, 1, text);
    assert_string_equal(text, "-12.3");
    hc_word_bytes(942, text);
    assert_string_equal(text, "942 B");
    hc_word_bytes(1536, text);
    assert_string_equal(text, "1.5 KiB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_a_change_against_what_it_was_before),
        cmocka_unit_test(says_a_ratio_as_the_evidence_does),
        cmocka_unit_test(says_durations_as_finely_as_they_matter),
        cmocka_unit_test(says_minutes_below_two_hours_and_then_hours_and_days),
        cmocka_unit_test(never_says_certain_or_impossible_of_what_is_neither),
        cmocka_unit_test(rounds_a_headline_as_usual_and_a_budget_to_a_tenth),
        cmocka_unit_test(says_a_value_to_four_digits_with_its_thousands_apart),
        cmocka_unit_test(binds_a_number_to_its_unit_and_nothing_else),
        cmocka_unit_test(shares_add_up_whatever_is_shared_out),
        cmocka_unit_test(shares_of_nothing_are_nothing),
        cmocka_unit_test(gives_a_remainder_to_the_largest_first),
        cmocka_unit_test(says_unknown_numbers_as_a_question_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
