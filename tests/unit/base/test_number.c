#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/number.h"

/* splitmix64 (Steele, Lea and Flood 2014): the same million values in every run. */
static uint64_t next_bits(uint64_t *seed)
{
    uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static double from_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t to_bits(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void assert_reads(const char *text, double expected)
{
    double value = 42;
    assert_true(hc_number_parse(hc_str_of(text), &value));
    if (to_bits(value) != to_bits(expected) && !(isnan(value) && isnan(expected)))
        fail_msg("%s read as %.17g, expected %.17g", text, value, expected);
}

static void reads_like_strtod_on_a_million_bit_patterns(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 1000000; i++) {
        double value = from_bits(next_bits(&seed));
        if (!isfinite(value))
            continue;
        char text[64];
        static const int precisions[] = {17, 15, 21, 3};
        snprintf(text, sizeof text, "%.*g", precisions[i % 4], value);
        double expected = strtod(text, NULL);
        assert_reads(text, isinf(expected) ? NAN : expected);
    }
}

static void reads_like_strtod_on_decimals_as_people_write_them(void **state)
{
    (void)state;
    uint64_t seed = 2;
    for (int i = 0; i < 1000000; i++) {
        uint64_t bits = next_bits(&seed);
        char text[64];
        uint64_t digits = bits >> (bits & 63);
        snprintf(text, sizeof text, "%llu.%0*llu", (unsigned long long)(digits % 100000000), (int)(bits % 12) + 1,
                 (unsigned long long)(digits >> 40));
        assert_reads(text, strtod(text, NULL));
        snprintf(text, sizeof text, "-%llue%d", (unsigned long long)digits, (int)(bits % 80) - 40);
        assert_reads(text, strtod(text, NULL));
    }
}

static void rounds_half_way_cases_and_their_neighbours(void **state)
{
    (void)state;
    assert_reads("9007199254740993", 9007199254740992.0);
    assert_reads("9007199254740993.00000000000000000000000000001", 9007199254740994.0);
    assert_reads("9007199254740995", 9007199254740996.0);
    assert_reads("9007199254740993.0", 9007199254740992.0);
    assert_reads("9007199254740995.00", 9007199254740996.0);
    assert_reads("9007199254740993.01", 9007199254740994.0);
    assert_reads("4503599627370496.5", 4503599627370496.0);
    assert_reads("4503599627370497.5", 4503599627370498.0);
    assert_reads("18014398509481983.9", 18014398509481984.0);
    assert_reads("18446744073709551615e-27", strtod("18446744073709551615e-27", NULL));
    assert_reads("9999999999999999999e-27", strtod("9999999999999999999e-27", NULL));
    assert_reads("0.00012345678901234567", strtod("0.00012345678901234567", NULL));
    assert_reads("18446744073709551615", 18446744073709551616.0);
    assert_reads("1e23", 1e23);
    assert_reads("8.442911973260991817129021e22", strtod("8.442911973260991817129021e22", NULL));
    assert_reads("1.7976931348623158e308", DBL_MAX);
    assert_reads("2.4703282292062327208e-324", 0.0);
    assert_reads("2.4703282292062328e-324", 4.9406564584124654e-324);
    assert_reads("2.2250738585072011e-308", 2.2250738585072011e-308);
}

/* 10^-27 to 10^27 times up to 19 digits, and half-way points as near as 19 digits come to them, on both sides. */
static void reads_like_strtod_where_a_division_decides(void **state)
{
    (void)state;
    uint64_t seed = 8;
    char text[64];
    for (int i = 0; i < 300000; i++) {
        uint64_t digits = next_bits(&seed) >> i % 20, bits = next_bits(&seed);
        int k = (int)(bits % 31);
        snprintf(text, sizeof text, "%llue%d", (unsigned long long)digits, i % 4 == 0 ? k : -k);
        assert_reads(text, strtod(text, NULL));
        long double half = ldexpl((long double)(bits >> 11 | UINT64_C(1) << 52) + 0.5L, (int)(bits % 89) - 82);
        snprintf(text, sizeof text, i % 2 == 0 ? "%.18Le" : "%.17Le", half);
        char *last = strchr(text, 'e') - 1;
        assert_reads(text, strtod(text, NULL));
        *last = *last == '0' ? '1' : (char)(*last - 1);
        assert_reads(text, strtod(text, NULL));
    }
    for (int i = 0; i < 100000; i++) {
        uint64_t odd = (next_bits(&seed) >> 11 | UINT64_C(1) << 52) * 2 + 1;
        int k = i % 3 + 1;
        static const uint64_t fives[] = {1, 5, 25, 125};
        for (uint64_t digits = odd * fives[k] - 1; digits <= odd * fives[k] + 1; digits++) {
            snprintf(text, sizeof text, "%llue-%d", (unsigned long long)digits, k);
            assert_reads(text, strtod(text, NULL));
        }
    }
}

/* Half of the smallest number, written out: 751 digits, so that the last one decides. */
static void the_last_of_many_digits_decides(void **state)
{
    (void)state;
    char text[2000];
    int n = snprintf(text, sizeof text, "%.1100f", DBL_TRUE_MIN);
    double half = 0;
    struct hc_str whole = {text, (size_t)n};
    assert_true(hc_number_parse(whole, &half));
    assert_int_equal(to_bits(half), to_bits(DBL_TRUE_MIN));
    snprintf(text, sizeof text, "%.1100f", DBL_MAX);
    assert_reads(text, DBL_MAX);
    for (size_t zeros = 700; zeros < 1500; zeros += 13) {
        char tie[1700] = "9007199254740993.";
        size_t at = strlen(tie);
        memset(tie + at, '0', zeros);
        tie[at + zeros] = '\0';
        assert_reads(tie, 9007199254740992.0);
        tie[at + zeros] = '1';
        tie[at + zeros + 1] = '\0';
        assert_reads(tie, 9007199254740994.0);
    }
}

static void long_runs_of_zeros_cancel_the_exponent(void **state)
{
    (void)state;
    size_t n = 150000;
    char *text = malloc(n + 32);
    assert_non_null(text);
    memset(text, '0', n);
    text[1] = '.';
    snprintf(text + n, 32, "7e%zu", n - 1);
    assert_reads(text, 7.0);
    text[0] = '7';
    text[1] = '0';
    snprintf(text + n, 32, "e-%zu", n - 1);
    assert_reads(text, 7.0);
    free(text);
    assert_reads("0e999999999999999999999999", 0.0);
    assert_reads("1e-999999999999999999999999", 0.0);
    assert_reads("1e999999999999999999999999", NAN);
}

static void accepts_the_written_forms(void **state)
{
    (void)state;
    assert_reads("0", 0.0);
    assert_reads("-0", -0.0);
    assert_reads("-0.0e5", -0.0);
    assert_reads("+3", 3.0);
    assert_reads(".5", 0.5);
    assert_reads("5.", 5.0);
    assert_reads("1E3", 1000.0);
    assert_reads("1e+3", 1000.0);
    assert_reads("  7\t", 7.0);
    assert_reads("007", 7.0);
}

static void gaps_are_nan_and_numbers(void **state)
{
    (void)state;
    static const char *const gaps[] = {"",     "  ",       "NaN",   "nan",    "-nan",  "inf",      "+Inf",
                                       "-INF", "Infinity", "1e999", "-1e999", "1e309", "-infinity"};
    for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++)
        assert_reads(gaps[i], NAN);
}

static void refuses_what_is_no_number_and_leaves_the_output_alone(void **state)
{
    (void)state;
    static const char *const texts[] = {"abc",  "1e",     "1e+",  "0x10", "1.2.3", "1 2",   "--1",  "+-1",
                                        "-",    "+",      ".",    "e5",   "1,5",   "1_000", "1e5x", "5%",
                                        "null", "nan(1)", "infi", "+ 1",  "-.",    "1e5.0"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double value = 42;
        if (hc_number_parse(hc_str_of(texts[i]), &value))
            fail_msg("accepted %s", texts[i]);
        assert_true(value == 42);
    }
    double value = 42;
    assert_false(hc_number_parse((struct hc_str){"1\0", 2}, &value));
}

static void reads_no_byte_behind_the_slice(void **state)
{
    (void)state;
    double value = 0;
    assert_true(hc_number_parse((struct hc_str){"12345", 2}, &value));
    assert_true(value == 12);
    assert_true(hc_number_parse((struct hc_str){"1e55", 3}, &value));
    assert_true(value == 1e5);
    for (size_t n = 1; n < 26; n++) { /* of just so many bytes: a sanitizer sees one more */
        char *text = malloc(n);
        assert_non_null(text);
        memcpy(text, "1234567.123456789123e-1234", n);
        assert_int_equal(hc_number_parse((struct hc_str){text, n}, &value), n != 21 && n != 22);
        free(text);
    }
}

static void integers_are_exact_up_to_their_limits(void **state)
{
    (void)state;
    int64_t i = 42;
    uint64_t u = 42;
    assert_true(hc_int64_parse(HC_STR("9223372036854775807"), &i) && i == INT64_MAX);
    assert_true(hc_int64_parse(HC_STR("-9223372036854775808"), &i) && i == INT64_MIN);
    assert_true(hc_int64_parse(HC_STR("+7"), &i) && i == 7);
    assert_true(hc_int64_parse(HC_STR("-0"), &i) && i == 0);
    i = 42;
    assert_false(hc_int64_parse(HC_STR("9223372036854775808"), &i));
    assert_false(hc_int64_parse(HC_STR("-9223372036854775809"), &i));
    assert_false(hc_int64_parse(HC_STR("1.0"), &i));
    assert_false(hc_int64_parse(HC_STR(""), &i));
    assert_false(hc_int64_parse(HC_STR("-"), &i));
    assert_int_equal(i, 42);
    assert_true(hc_uint64_parse(HC_STR("18446744073709551615"), &u) && u == UINT64_MAX);
    u = 42;
    assert_false(hc_uint64_parse(HC_STR("18446744073709551616"), &u));
    assert_false(hc_uint64_parse(HC_STR("99999999999999999999999"), &u));
    assert_false(hc_uint64_parse(HC_STR("-1"), &u));
    assert_int_equal(u, 42);
}

static void assert_writes(double value, const char *expected)
{
    char text[HC_NUMBER_TEXT];
    assert_int_equal(hc_number_format(value, text), strlen(expected));
    assert_string_equal(text, expected);
}

static void writes_the_text_that_people_expect(void **state)
{
    (void)state;
    assert_writes(0, "0");
    assert_writes(-0.0, "-0");
    assert_writes(0.1, "0.1");
    assert_writes(-2.5, "-2.5");
    assert_writes(100, "100");
    assert_writes(999999999999999, "999999999999999");
    assert_writes(1e15, "1e15");
    assert_writes(1234567890123456, "1234567890123456");
    assert_writes(0.00001, "0.00001");
    assert_writes(0.000001, "1e-6");
    assert_writes(1.0 / 3, "0.3333333333333333");
    assert_writes(0.1 + 0.2, "0.30000000000000004");
    assert_writes(1e23, "1e23");
    assert_writes(DBL_MAX, "1.7976931348623157e308");
    assert_writes(-DBL_MIN, "-2.2250738585072014e-308");
    assert_writes(DBL_TRUE_MIN, "5e-324");
    assert_writes(NAN, "null");
    assert_writes(INFINITY, "null");
    assert_writes(-INFINITY, "null");
}

static size_t count_significant(const char *text)
{
    size_t n = 0;
    size_t trailing = 0;
    for (; *text && *text != 'e'; text++) {
        if (*text < '0' || *text > '9' || (n == 0 && *text == '0'))
            continue;
        n++;
        trailing = *text == '0' ? trailing + 1 : 0;
    }
    return n - trailing;
}

/* Shortest by definition: no text with a digit less reads back the same. */
static void assert_shortest(double value)
{
    char text[HC_NUMBER_TEXT];
    size_t n = hc_number_format(value, text);
    assert_true(n < HC_NUMBER_TEXT);
    assert_int_equal(to_bits(strtod(text, NULL)), to_bits(value));
    size_t digits = count_significant(text);
    for (int precision = (int)digits - 1; precision > 0 && precision > (int)digits - 3; precision--) {
        char shorter[40];
        snprintf(shorter, sizeof shorter, "%.*e", precision - 1, value);
        if (strtod(shorter, NULL) == value)
            fail_msg("%s is shorter than %s", shorter, text);
    }
}

static void a_million_bit_patterns_read_back_the_same(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (int i = 0; i < 300000; i++) {
        double value = from_bits(next_bits(&seed));
        if (isfinite(value))
            assert_shortest(value);
    }
    for (int i = 0; i < 300000; i++)
        assert_shortest((double)(int64_t)next_bits(&seed) / 1e6);
    for (int i = 0; i < 300000; i++)
        assert_shortest((double)(next_bits(&seed) % 1000000) / 1000.0);
    for (int exponent = -1074; exponent < 1024; exponent++)
        assert_shortest(ldexp(1.0, exponent));
    for (uint64_t bits = 0; bits < 10000; bits++)
        assert_shortest(from_bits(bits));
}

static void what_it_writes_is_json(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    uint64_t seed = 4;
    for (int i = 0; i < 20000; i++) {
        char text[HC_NUMBER_TEXT];
        size_t n = hc_number_format(from_bits(next_bits(&seed)), text);
        const struct hc_json *root = NULL;
        assert_int_equal(hc_json_parse(&root, (struct hc_str){text, n}, arena, NULL), HC_OK);
        assert_true(root->type == HC_JSON_NUMBER || root->type == HC_JSON_NULL);
        hc_arena_reset(arena);
    }
    hc_arena_free(arena);
}

static void checked_sums_and_products_leave_the_result_alone(void **state)
{
    (void)state;
    size_t result = 42;
    assert_false(hc_size_add(SIZE_MAX, 1, &result));
    assert_false(hc_size_multiply(SIZE_MAX / 2 + 1, 2, &result));
    assert_int_equal(result, 42);
    assert_true(hc_size_add(SIZE_MAX - 1, 1, &result));
    assert_int_equal(result, SIZE_MAX);
    assert_true(hc_size_multiply(SIZE_MAX, 1, &result));
    assert_int_equal(result, SIZE_MAX);
    assert_true(hc_size_multiply(0, SIZE_MAX, &result));
    assert_int_equal(result, 0);
}

static void scans_as_strtod_reads(void **state)
{
    (void)state;
    uint64_t seed = 5;
    size_t n_scanned = 0;
    for (int i = 0; i < 600000; i++) {
        char text[64];
        uint64_t bits = next_bits(&seed);
        size_t length = 1 + bits % 12;
        static const int precisions[] = {4, 8, 15, 17};
        if (i % 2 == 0) {
            for (size_t k = 0; k < length; k++)
                text[k] = "0123456789.-+eE,1"[(bits >> (8 + 4 * k)) % 17];
            text[length] = ',';
            text[length + 1] = '\0';
        } else {
            double value = ((double)(bits >> 20) - 1e12) / (double)(UINT64_C(1) << bits % 60);
            int precision = precisions[bits >> 62];
            if (i % 3 == 0)
                snprintf(text, sizeof text - 1, "%.*e", precision, value);
            else
                snprintf(text, sizeof text - 1, i % 3 == 1 ? "%.*g" : "%.*f", precision, value);
            size_t n = strlen(text);
            memcpy(text + n, ",", 2);
        }
        double scanned = 42;
        const char *end = hc_number_scan(text, text + (i % 7 ? sizeof text : strlen(text)), &scanned);
        if (!end) {
            assert_true(scanned == 42);
            continue;
        }
        n_scanned++;
        char *expected_end;
        double expected = strtod(text, &expected_end);
        if (end != expected_end || to_bits(expected) != to_bits(scanned))
            fail_msg("%s scanned as %.17g, strtod says %.17g", text, scanned, expected);
    }
    assert_true(n_scanned > 200000);
}

static void assert_fixed(double value, int decimals)
{
    char expected[400], text[HC_NUMBER_TEXT];
    snprintf(expected, sizeof expected, "%.*f", decimals, value);
    size_t n = hc_number_fixed(value, decimals, text);
    assert_int_equal(n, strlen(text));
    assert_string_equal(text, expected);
}

static void writes_fixed_decimals_as_printf_does(void **state)
{
    (void)state;
    uint64_t seed = 7;
    static const double edges[] = {0,      -0.0,   0.5,      1.5,     2.5,        0.125,     0.375, 999.5, 0.0625,
                                   1e-300, 5e-324, 9.999995, 1023.75, 0.99999999, 8388607.5, 4.5,   1e8,   DBL_EPSILON};
    for (int decimals = 0; decimals <= 9; decimals++) {
        for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
            assert_fixed(edges[i], decimals);
            assert_fixed(-edges[i], decimals);
        }
        for (int i = 0; i < 30000; i++) {
            uint64_t bits = next_bits(&seed);
            double any = from_bits((bits & UINT64_C(0x800fffffffffffff)) | ((bits >> 52) % 90 + 962) << 52);
            double half = ((double)(bits >> 44) + 0.5) / (double)(1 << i % 20);
            if (fabs(any) * pow(10, decimals) < 9e17)
                assert_fixed(any, decimals);
            assert_fixed(half, decimals);
        }
    }
    char text[HC_NUMBER_TEXT];
    hc_number_fixed(1e18, 0, text);
    assert_string_equal(text, "1e+18");
    hc_number_fixed(-1e300, 2, text);
    assert_string_equal(text, "-1.00e+300");
    hc_number_fixed((double)NAN, 2, text);
    assert_non_null(strstr(text, "nan"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_like_strtod_on_a_million_bit_patterns),
        cmocka_unit_test(scans_as_strtod_reads),
        cmocka_unit_test(writes_fixed_decimals_as_printf_does),
        cmocka_unit_test(reads_like_strtod_on_decimals_as_people_write_them),
        cmocka_unit_test(reads_like_strtod_where_a_division_decides),
        cmocka_unit_test(rounds_half_way_cases_and_their_neighbours),
        cmocka_unit_test(the_last_of_many_digits_decides),
        cmocka_unit_test(long_runs_of_zeros_cancel_the_exponent),
        cmocka_unit_test(accepts_the_written_forms),
        cmocka_unit_test(gaps_are_nan_and_numbers),
        cmocka_unit_test(refuses_what_is_no_number_and_leaves_the_output_alone),
        cmocka_unit_test(reads_no_byte_behind_the_slice),
        cmocka_unit_test(integers_are_exact_up_to_their_limits),
        cmocka_unit_test(writes_the_text_that_people_expect),
        cmocka_unit_test(a_million_bit_patterns_read_back_the_same),
        cmocka_unit_test(what_it_writes_is_json),
        cmocka_unit_test(checked_sums_and_products_leave_the_result_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
