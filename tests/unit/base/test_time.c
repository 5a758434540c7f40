#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/time.h"

static void assert_rfc3339(const char *text, int64_t ns, int digits)
{
    struct hc_time time = HC_TIME_NONE;
    if (!hc_time_parse_rfc3339(hc_str_of(text), &time))
        fail_msg("refused %s", text);
    assert_int_equal(time.ns, ns);
    assert_int_equal(time.digits, digits);
}

static void assert_no_rfc3339(const char *text)
{
    struct hc_time time = {42, 7};
    if (hc_time_parse_rfc3339(hc_str_of(text), &time))
        fail_msg("accepted %s", text);
    assert_int_equal(time.ns, 42);
    assert_int_equal(time.digits, 7);
}

static void reads_known_times(void **state)
{
    (void)state;
    assert_rfc3339("1970-01-01T00:00:00Z", 0, 0);
    assert_rfc3339("2015-03-16T23:15:00Z", INT64_C(1426547700) * HC_NS_PER_SECOND, 0);
    assert_rfc3339("2015-03-17T07:15:00+08:00", INT64_C(1426547700) * HC_NS_PER_SECOND, 0);
    assert_rfc3339("2015-03-16T17:45:00.5-05:30", INT64_C(1426547700500000000), 1);
    assert_rfc3339("2000-02-29t12:00:00.000000001z", INT64_C(951825600000000001), 9);
    assert_rfc3339("1969-12-31T23:59:59.999999999Z", -1, 9);
    assert_rfc3339("2001-09-09T01:46:40-00:00", INT64_C(1000000000) * HC_NS_PER_SECOND, 0);
}

static void digits_beyond_the_ninth_are_cut(void **state)
{
    (void)state;
    assert_rfc3339("1970-01-01T00:00:00.1234567899Z", 123456789, 9);
    assert_rfc3339("1970-01-01T00:00:00.00000000000000000000009Z", 0, 9);
}

static void refuses_what_is_not_rfc3339(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "2015-03-16",
        "2015-03-16T23:15:00",
        "2015-03-16 23:15:00Z",
        "2015-03-16T23:15Z",
        "2015-03-16T23:15:00.Z",
        "2015-03-16T23:15:00,5Z",
        "2015-03-16T23:15:00+0800",
        "2015-03-16T23:15:00+24:00",
        "2015-03-16T23:15:00+08:60",
        "2015-03-16T23:15:00 Z",
        " 2015-03-16T23:15:00Z",
        "2015-03-16T23:15:00ZZ",
        "2015-3-16T23:15:00Z",
        "15-03-16T23:15:00Z",
        "+2015-03-16T23:15:00Z",
        "2015-00-16T23:15:00Z",
        "2015-13-16T23:15:00Z",
        "2015-03-00T23:15:00Z",
        "2015-03-32T23:15:00Z",
        "2015-04-31T23:15:00Z",
        "2015-02-29T23:15:00Z",
        "1900-02-29T23:15:00Z",
        "2015-03-16T24:00:00Z",
        "2015-03-16T23:60:00Z",
        "2015-03-16T23:15:61Z",
        "2015-03-1aT23:15:00Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_no_rfc3339(texts[i]);
}

static void the_range_ends_where_it_says(void **state)
{
    (void)state;
    assert_rfc3339("1678-01-01T00:00:00Z", INT64_C(-9214560000000000000), 0);
    assert_no_rfc3339("1677-12-31T23:59:59.999999999Z");
    assert_rfc3339("1677-12-31T23:00:00-01:00", INT64_C(-9214560000000000000), 0);
    assert_no_rfc3339("1678-01-01T00:00:00+00:01");
    assert_rfc3339("2262-04-11T23:47:16.854775806Z", INT64_MAX - 1, 9);
    assert_rfc3339("2262-04-11T23:47:16.854775807Z", INT64_MAX, 9);
    assert_no_rfc3339("2262-04-11T23:47:16.854775808Z");
    assert_no_rfc3339("2262-04-11T23:47:17Z");
    assert_no_rfc3339("2262-04-11T23:47:16-00:01");
    assert_no_rfc3339("2263-01-01T00:00:00Z");
}

static void a_leap_second_is_the_second_before_it(void **state)
{
    (void)state;
    int64_t before = INT64_C(1483228799) * HC_NS_PER_SECOND;
    assert_rfc3339("2016-12-31T23:59:60Z", before, 0);
    assert_rfc3339("2016-12-31T23:59:60.25Z", before + 250000000, 2);
    assert_rfc3339("2017-01-01T08:59:60+09:00", before, 0);
    assert_no_rfc3339("2016-12-31T23:58:60Z");
    assert_no_rfc3339("2016-12-30T23:59:60Z");
    assert_no_rfc3339("2017-01-01T23:59:60+09:00");
}

static void evidence_may_leave_the_offset_out(void **state)
{
    (void)state;
    struct hc_time time;
    int64_t ns = INT64_C(1426547700) * HC_NS_PER_SECOND;
    assert_true(hc_time_parse_evidence(HC_STR("2015-03-16 23:15:00"), 0, &time) && time.ns == ns);
    assert_true(hc_time_parse_evidence(HC_STR(" 2015-03-17T07:15:00 "), 8 * 3600, &time) && time.ns == ns);
    assert_true(hc_time_parse_evidence(HC_STR("2015-03-16 23:15:00Z"), 8 * 3600, &time) && time.ns == ns);
    assert_true(hc_time_parse_evidence(HC_STR("2015-03-16 23:15:00.120"), 0, &time) && time.digits == 3);
    assert_false(hc_time_parse_evidence(HC_STR("2015-03-16_23:15:00"), 0, &time));
    assert_false(hc_time_parse_evidence(HC_STR("2015-03-16 23:15:00 UTC"), 0, &time));
}

static void assert_number(const char *text, int64_t ns, int digits)
{
    struct hc_time time = HC_TIME_NONE;
    if (!hc_time_parse_evidence(hc_str_of(text), 3600, &time))
        fail_msg("refused %s", text);
    assert_int_equal(time.ns, ns);
    assert_int_equal(time.digits, digits);
}

static void numbers_are_told_by_magnitude(void **state)
{
    (void)state;
    assert_number("0", 0, 0);
    assert_number("-1", -HC_NS_PER_SECOND, 0);
    assert_number("1426547700", INT64_C(1426547700000000000), 0);
    assert_number("1426547700.5", INT64_C(1426547700500000000), 1);
    assert_number("1426547700.1234567891", INT64_C(1426547700123456789), 9);
    assert_number("1426547700123", INT64_C(1426547700123000000), 3);
    assert_number("1426547700123.25", INT64_C(1426547700123250000), 5);
    assert_number("1426547700123456", INT64_C(1426547700123456000), 6);
    assert_number("1426547700123456789", INT64_C(1426547700123456789), 9);
    assert_number("1.4265477e9", INT64_C(1426547700000000000), 0);
    assert_number("1.426547700123E+12", INT64_C(1426547700123000000), 3);
    assert_number("9223372036", INT64_C(9223372036) * HC_NS_PER_SECOND, 0);
    assert_number("100000000000", INT64_C(100000000) * HC_NS_PER_SECOND, 3);
}

static void magnitudes_change_at_their_limits(void **state)
{
    (void)state;
    struct hc_time time;
    /* 1e11 - 1 seconds lies in the year 5138, out of range; 1e11 is milliseconds, in 1973. */
    assert_false(hc_time_parse_evidence(HC_STR("99999999999"), 0, &time));
    assert_number("100000000000", INT64_C(100000000) * HC_NS_PER_SECOND, 3);
    assert_false(hc_time_parse_evidence(HC_STR("99999999999999"), 0, &time));
    assert_number("100000000000000", INT64_C(100000000) * HC_NS_PER_SECOND, 6);
    assert_false(hc_time_parse_evidence(HC_STR("99999999999999999"), 0, &time));
    assert_number("100000000000000000", INT64_C(100000000) * HC_NS_PER_SECOND, 9);
    assert_number("9223372036854775807", INT64_MAX, 9);
    assert_false(hc_time_parse_evidence(HC_STR("9223372036854775808"), 0, &time));
    assert_false(hc_time_parse_evidence(HC_STR("9223372036854775807000"), 0, &time));
    assert_false(hc_time_parse_evidence(HC_STR("-9223372036854775807"), 0, &time));
}

static void refuses_numbers_that_are_none(void **state)
{
    (void)state;
    struct hc_time none = {42, 7};
    assert_false(hc_time_parse_evidence(HC_STR_NONE, 0, &none));
    assert_false(hc_time_parse_rfc3339(HC_STR_NONE, &none));
    assert_int_equal(none.ns, 42);
    static const char *const texts[] = {"", "-", "1e", "1e5x", "1.2.3", "0x5", "nan", "inf", "1 2", "1e99999999999999",
                                        "."};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct hc_time time = {42, 7};
        if (hc_time_parse_evidence(hc_str_of(texts[i]), 0, &time))
            fail_msg("accepted %s", texts[i]);
        assert_int_equal(time.ns, 42);
    }
}

static void offsets_are_seconds_east(void **state)
{
    (void)state;
    int s = 42;
    assert_true(hc_utc_offset_parse(HC_STR("+08:00"), &s) && s == 28800);
    assert_true(hc_utc_offset_parse(HC_STR("-05:30"), &s) && s == -19800);
    assert_true(hc_utc_offset_parse(HC_STR("Z"), &s) && s == 0);
    s = 42;
    assert_false(hc_utc_offset_parse(HC_STR("08:00"), &s));
    assert_false(hc_utc_offset_parse(HC_STR("+8:00"), &s));
    assert_false(hc_utc_offset_parse(HC_STR("+08:00 "), &s));
    assert_false(hc_utc_offset_parse(HC_STR(""), &s));
    assert_int_equal(s, 42);
}

/* Day by day with the calendar's rule in its plainest form. */
static void every_day_of_the_range_goes_there_and_back(void **state)
{
    (void)state;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct hc_civil c = {.year = 1678, .month = 1, .day = 1, .hour = 13, .minute = 59, .second = 7, .nanosecond = 1};
    int64_t expected = INT64_C(-9214560000000000000) + (13 * 3600 + 59 * 60 + 7) * HC_NS_PER_SECOND + 1;
    while (c.year < 2262) {
        int64_t ns = 0;
        assert_true(hc_time_from_civil(&c, &ns));
        assert_int_equal(ns, expected);
        struct hc_civil back;
        hc_civil_from_time(ns, &back);
        assert_memory_equal(&back, &c, sizeof c);
        bool leap = (c.year % 4 == 0 && c.year % 100 != 0) || c.year % 400 == 0;
        if (++c.day > lengths[c.month - 1] + (leap && c.month == 2)) {
            c.day = 1;
            c.month = c.month % 12 + 1;
            c.year += c.month == 1;
        }
        expected += 24 * HC_NS_PER_HOUR;
    }
}

static void the_ends_of_64_bits_are_civil_times(void **state)
{
    (void)state;
    struct hc_civil c;
    hc_civil_from_time(INT64_MIN + 1, &c);
    const struct hc_civil first = {1677, 9, 21, 0, 12, 43, 145224193};
    assert_memory_equal(&c, &first, sizeof c);
    hc_civil_from_time(INT64_MAX, &c);
    const struct hc_civil last = {2262, 4, 11, 23, 47, 16, 854775807};
    assert_memory_equal(&c, &last, sizeof c);
}

static void refuses_civil_times_that_are_none(void **state)
{
    (void)state;
    const struct hc_civil good = {2024, 2, 29, 23, 59, 59, 999999999};
    struct hc_civil bad[] = {good, good, good, good, good, good, good, good, good};
    bad[0].day = 30;
    bad[1].year = 2023;
    bad[2].hour = 24;
    bad[3].minute = 60;
    bad[4].second = 60;
    bad[5].nanosecond = 1000000000;
    bad[6].month = 0;
    bad[7].hour = -1;
    bad[8].year = 1677;
    int64_t ns = 42;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(hc_time_from_civil(&bad[i], &ns));
    assert_int_equal(ns, 42);
    assert_true(hc_time_from_civil(&good, &ns));
}

static void writes_the_digits_its_source_had(void **state)
{
    (void)state;
    char text[HC_TIME_TEXT];
    struct hc_time time = {INT64_C(1426547700123456789), 0};
    static const char *const expected[] = {"2015-03-16T23:15:00Z", "2015-03-16T23:15:00.1Z", "2015-03-16T23:15:00.12Z",
                                           "2015-03-16T23:15:00.123Z"};
    for (int8_t digits = 0; digits < 4; digits++) {
        time.digits = digits;
        assert_int_equal(hc_time_format(time, text), strlen(expected[digits]));
        assert_string_equal(text, expected[digits]);
    }
    time.digits = 9;
    hc_time_format(time, text);
    assert_string_equal(text, "2015-03-16T23:15:00.123456789Z");
    hc_time_format((struct hc_time){-1, 9}, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999999999Z");
    hc_time_format((struct hc_time){INT64_MAX, 9}, text);
    assert_string_equal(text, "2262-04-11T23:47:16.854775807Z");
    assert_int_equal(hc_time_format(HC_TIME_NONE, text), 0);
    assert_string_equal(text, "");
    assert_false(hc_time_known(HC_TIME_NONE));
}

static void what_it_writes_reads_back_the_same(void **state)
{
    (void)state;
    char text[HC_TIME_TEXT];
    for (int64_t ns = INT64_C(-9214560000000000000); ns < INT64_MAX - INT64_C(98765432109876543);
         ns += INT64_C(98765432109876543)) {
        size_t n = hc_time_format((struct hc_time){ns, 9}, text);
        struct hc_time back;
        assert_true(hc_time_parse_rfc3339((struct hc_str){text, n}, &back));
        assert_int_equal(back.ns, ns);
    }
}

static void assert_duration(int64_t ns, const char *expected)
{
    char text[HC_TIME_TEXT];
    assert_int_equal(hc_duration_format(ns, text), strlen(expected));
    assert_string_equal(text, expected);
}

static void durations_read_as_people_say_them(void **state)
{
    (void)state;
    assert_duration(0, "0 s");
    assert_duration(1, "1 ns");
    assert_duration(1500, "1.5 us");
    assert_duration(2 * 1000000, "2 ms");
    assert_duration(73 * HC_NS_PER_SECOND, "73 s");
    assert_duration(88 * HC_NS_PER_SECOND, "88 s");
    assert_duration(5 * HC_NS_PER_SECOND / 2, "2.5 s");
    assert_duration(1050 * INT64_C(1000000), "1.05 s");
    assert_duration(119 * HC_NS_PER_SECOND, "119 s");
    assert_duration(120 * HC_NS_PER_SECOND, "2 min");
    assert_duration(163 * HC_NS_PER_SECOND, "2 min 43 s");
    assert_duration(HC_NS_PER_HOUR, "1 h");
    assert_duration(65 * HC_NS_PER_MINUTE, "1 h 5 min");
    assert_duration(76 * HC_NS_PER_HOUR, "3 d 4 h");
    assert_duration(-90 * HC_NS_PER_SECOND, "-90 s");
    assert_duration(INT64_MIN, "-106751 d 23 h");
    assert_duration(INT64_MAX, "106751 d 23 h");
}

/* Held against the way that takes a number digit by digit, which a point at its end asks for. */
static void whole_numbers_read_as_those_with_a_point(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int round = 0; round < 200000; round++) {
        char text[32];
        size_t n = 1 + (size_t)round % 21;
        for (size_t i = 0; i < n; i++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
            text[i] = (char)('0' + (random >> 33) % 10);
        }
        text[n] = '.';
        struct hc_time whole = {1, 1};
        struct hc_time pointed = {1, 1};
        bool reads = hc_time_parse_evidence((struct hc_str){text, n}, 0, &whole);
        assert_int_equal(reads, hc_time_parse_evidence((struct hc_str){text, n + 1}, 0, &pointed));
        assert_true(whole.ns == pointed.ns && whole.digits == pointed.digits);
        text[random % n] = (char)(round % 2 ? ':' : '/'); /* the neighbours of digits */
        assert_false(hc_time_parse_evidence((struct hc_str){text, n}, 0, &whole));
    }
}

/* One byte of a time is replaced by each other one: what the form allows there reads as its own number. */
static void every_byte_of_a_date_time_counts(void **state)
{
    (void)state;
    static const char form[] = "2000-02-12T12:12:12Z";
    static const char digit_at[] = "1111011011011011011";
    for (size_t at = 0; at < 19; at++) {
        for (int byte = 0; byte < 256; byte++) {
            char text[sizeof form];
            memcpy(text, form, sizeof form);
            text[at] = (char)byte;
            int d[19];
            for (size_t i = 0; i < 19; i++)
                d[i] = text[i] - '0';
            struct hc_civil civil = {.year = d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3],
                                     .month = d[5] * 10 + d[6],
                                     .day = d[8] * 10 + d[9],
                                     .hour = d[11] * 10 + d[12],
                                     .minute = d[14] * 10 + d[15],
                                     .second = d[17] * 10 + d[18]};
            int64_t ns = 0;
            bool allowed = digit_at[at] == '1' ? byte >= '0' && byte <= '9' : byte == form[at] || byte == 't';
            bool expected = allowed && (byte != 't' || at == 10) && hc_time_from_civil(&civil, &ns);
            struct hc_time time = {0, 0};
            assert_int_equal(hc_time_parse_rfc3339((struct hc_str){text, 20}, &time), expected);
            if (expected)
                assert_int_equal(time.ns, ns);
        }
    }
}

/* One byte of a time is replaced by each other one, and read below the time itself. */
static void a_time_below_another_reads_as_by_itself(void **state)
{
    (void)state;
    static const char *const forms[] = {"2024-02-17T14:28:40Z", "2024-02-17 23:59:59", "1969-12-31T00:00:01.250+05:30",
                                        "2016-12-31T23:59:60Z", "1708184072",          "1708184072013904946",
                                        "8999999999999999",     "170818407201390449",  "2262-04-11T23:47:16Z"};
    size_t n_scanned = 0;
    for (size_t form = 0; form < sizeof forms / sizeof *forms; form++) {
        struct hc_time_column column = {.utc_offset_s = 3600};
        struct hc_time time;
        struct hc_str first = hc_str_of(forms[form]);
        assert_true(hc_time_column_parse(&column, first, &time));
        for (size_t at = 0; at < first.n; at++) {
            for (int byte = 0; byte < 256; byte++) {
                char text[40];
                struct hc_time scanned = {1, 1}, parsed = {1, 1};
                memcpy(text, first.p, first.n);
                text[at] = (char)byte;
                assert_null(hc_time_column_scan(&column, text, text + first.n - 1, &scanned));
                const char *end = hc_time_column_scan(&column, text, text + first.n, &scanned);
                if (end == NULL)
                    continue;
                n_scanned++;
                assert_ptr_equal(end, text + first.n);
                assert_true(hc_time_parse_evidence((struct hc_str){text, first.n}, 3600, &parsed));
                assert_true(scanned.ns == parsed.ns && scanned.digits == parsed.digits);
            }
        }
    }
    assert_true(n_scanned > 100);
}

/* Every day of the range at changing times of the day, with any number of digits, held against printf. */
static void writes_what_printf_would(void **state)
{
    (void)state;
    const int64_t step_ns = INT64_C(86399) * HC_NS_PER_SECOND + 123456789;
    int digits = 0;
    for (int64_t ns = INT64_MIN + 1; ns < INT64_MAX - step_ns; ns += step_ns, digits = (digits + 1) % 11) {
        struct hc_civil c;
        char text[HC_TIME_TEXT], expected[2 * HC_TIME_TEXT];
        hc_civil_from_time(ns, &c);
        int n = snprintf(expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day, c.hour,
                         c.minute, c.second);
        if (digits > 0) {
            snprintf(expected + n, sizeof expected - (size_t)n, ".%09d", (int)c.nanosecond);
            n += 1 + (digits < 9 ? digits : 9);
        }
        snprintf(expected + n, sizeof expected - (size_t)n, "Z");
        assert_int_equal(hc_time_format((struct hc_time){ns, (int8_t)digits}, text), n + 1);
        assert_string_equal(text, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_known_times),
        cmocka_unit_test(digits_beyond_the_ninth_are_cut),
        cmocka_unit_test(refuses_what_is_not_rfc3339),
        cmocka_unit_test(the_range_ends_where_it_says),
        cmocka_unit_test(a_leap_second_is_the_second_before_it),
        cmocka_unit_test(evidence_may_leave_the_offset_out),
        cmocka_unit_test(numbers_are_told_by_magnitude),
        cmocka_unit_test(magnitudes_change_at_their_limits),
        cmocka_unit_test(refuses_numbers_that_are_none),
        cmocka_unit_test(whole_numbers_read_as_those_with_a_point),
        cmocka_unit_test(a_time_below_another_reads_as_by_itself),
        cmocka_unit_test(every_byte_of_a_date_time_counts),
        cmocka_unit_test(offsets_are_seconds_east),
        cmocka_unit_test(every_day_of_the_range_goes_there_and_back),
        cmocka_unit_test(the_ends_of_64_bits_are_civil_times),
        cmocka_unit_test(refuses_civil_times_that_are_none),
        cmocka_unit_test(writes_the_digits_its_source_had),
        cmocka_unit_test(what_it_writes_reads_back_the_same),
        cmocka_unit_test(writes_what_printf_would),
        cmocka_unit_test(durations_read_as_people_say_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
