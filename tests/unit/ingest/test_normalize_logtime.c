#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "corpus/record/incident.h"
#include "ingest/normalize/logtime.h"

/* Expected values by `date -u -d … +%s` (coreutils). */
#define MARCH_16_2015 INT64_C(1426547863) /* 2015-03-16T23:17:43Z */

static struct hc_stamp_frame frame_of(int64_t start_s)
{
    return (struct hc_stamp_frame){.window_start = {start_s * HC_NS_PER_SECOND, 0}};
}

static void expect(const char *text, size_t taken, int64_t seconds, int32_t nanoseconds, int digits)
{
    struct hc_stamp stamp;
    struct hc_time time = HC_TIME_NONE;
    struct hc_stamp_frame frame = frame_of(MARCH_16_2015 - 163);
    size_t n = hc_stamp_scan(hc_str_of(text), &stamp);
    if (n != taken)
        fail_msg("\"%s\": took %zu bytes, not %zu", text, n, taken);
    assert_true(hc_stamp_resolve(&stamp, &frame, &time));
    if (time.ns != seconds * HC_NS_PER_SECOND + nanoseconds)
        fail_msg("\"%s\": %lld", text, (long long)time.ns);
    if (time.digits != digits)
        fail_msg("\"%s\": %d digits", text, time.digits);
}

static void reads_each_common_form(void **state)
{
    (void)state;
    expect("2015-03-16T23:17:43Z x", 20, MARCH_16_2015, 0, 0);
    expect("2015-03-17T01:17:43.5+02:00", 27, MARCH_16_2015, 500000000, 1);
    expect("2015-03-16 23:17:43,123 INFO", 23, MARCH_16_2015, 123000000, 3);
    expect("2015-03-16 23:17:43 +0000 x", 25, MARCH_16_2015, 0, 0);
    expect("2015/03/16 23:17:43 [error]", 19, MARCH_16_2015, 0, 0);
    expect("2015-03-16-23.17.43.675872 x", 26, MARCH_16_2015, 675872000, 6);
    expect("2015-03-16_23:17:43", 19, MARCH_16_2015, 0, 0);
    expect("Mar 16 23:17:43 host", 15, MARCH_16_2015, 0, 0);
    expect("Mar 16 2015 23:17:43 host", 20, MARCH_16_2015, 0, 0);
    expect("Mon Mar 16 23:17:43 2015] x", 24, MARCH_16_2015, 0, 0);
    expect("Mon, 16 Mar 2015 23:17:43 GMT", 29, MARCH_16_2015, 0, 0);
    expect("16/Mar/2015:23:17:43 +0000] x", 26, MARCH_16_2015, 0, 0);
    expect("16-Mar-2015 23:17:43.250 x", 24, MARCH_16_2015, 250000000, 3);
    expect("16 Mar 23:17:43.123 # x", 19, MARCH_16_2015, 123000000, 3);
    expect("I0316 23:17:43.123456 7 x.cc:1]", 21, MARCH_16_2015, 123456000, 6);
    expect("I20150316 23:17:43.123456 7 x.cc:1]", 25, MARCH_16_2015, 123456000, 6);
    expect("2015-03-16\t23:17:43\tLAX1", 19, MARCH_16_2015, 0, 0);
    expect("Mar-16-15 23:17:43 [x]", 18, MARCH_16_2015, 0, 0);
    expect("Mar/16/2015 23:17:43", 20, MARCH_16_2015, 0, 0);
    expect("16/March/2015:23:17:43 +0000] x", 28, MARCH_16_2015, 0, 0);
    expect("16/mar./2015:23:17:43 +0000] x", 27, MARCH_16_2015, 0, 0);
    expect("20150316-23:17:43:606|x", 21, MARCH_16_2015, 606000000, 3);
    expect("03/16-23:17:43.123456 [**]", 21, MARCH_16_2015, 123456000, 6);
    expect("16-Mar-2015::23:17:43 ===", 21, MARCH_16_2015, 0, 0);
    expect("03/16/2015 - 23:17:43: x", 21, MARCH_16_2015, 0, 0);
    expect("2015-03-16 - 23:17:43 - x", 21, MARCH_16_2015, 0, 0);
    expect("20150316T231743 x", 15, MARCH_16_2015, 0, 0);
    expect("20150316231743", 14, MARCH_16_2015, 0, 0);
    expect("150316 231743 148 INFO", 13, MARCH_16_2015, 0, 0);
    expect("150316 23:17:43 [Note]", 15, MARCH_16_2015, 0, 0);
    expect("15/03/16 23:17:43 INFO", 17, MARCH_16_2015, 0, 0);
    expect("3/16/2015 11:17:43 PM x", 21, MARCH_16_2015, 0, 0);
    expect("16.03.2015 23:17:43", 19, MARCH_16_2015, 0, 0);
    expect("03-16 23:17:43.811  1702", 18, MARCH_16_2015, 811000000, 3);
    expect("03.16 23:17:43] x", 14, MARCH_16_2015, 0, 0);
    expect("23:17:43.811 INFO", 12, MARCH_16_2015, 811000000, 3);
}

static void reads_tai64n(void **state)
{
    (void)state;
    /* 1426547863 + 10 = 0x550764A1, 500000000 = 0x1DCD6500; TAI is ten seconds ahead by its definition's origin. */
    expect("@40000000550764a11dcd6500 x", 25, MARCH_16_2015, 500000000, 9);
}

static void takes_what_is_no_time_for_none(void **state)
{
    static const char *const texts[] = {"",
                                        "2015",
                                        "2015-13-16 23:17:43",
                                        "2015-03-16 24:17:43",
                                        "2015-03-16 23:60:43",
                                        "23:17",
                                        "10.251.73.220",
                                        "2015-03-16",
                                        "Mar 16",
                                        "Mars 16 23:17:43",
                                        "blk_123456",
                                        "192.168.0.12 x",
                                        "12:34:56abc",
                                        "1702  2395 D",
                                        "x0316 23:17:43.123456",
                                        "@4000000",
                                        "0316-23:17:43"};
    struct hc_stamp stamp;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (hc_stamp_scan(hc_str_of(texts[i]), &stamp) != 0)
            fail_msg("\"%s\" passed for a time", texts[i]);
}

static void applies_the_entrys_offset_only_where_the_time_has_none(void **state)
{
    struct hc_stamp stamp;
    struct hc_time time;
    struct hc_stamp_frame frame = frame_of(MARCH_16_2015);
    (void)state;
    frame.utc_offset_s = 8 * 3600;
    assert_true(hc_stamp_scan(HC_STR("2015-03-17 07:17:43"), &stamp));
    assert_true(hc_stamp_resolve(&stamp, &frame, &time));
    assert_int_equal(time.ns, MARCH_16_2015 * HC_NS_PER_SECOND);
    assert_true(hc_stamp_scan(HC_STR("07:17:43"), &stamp));
    assert_true(hc_stamp_resolve(&stamp, &frame, &time));
    assert_int_equal(time.ns, MARCH_16_2015 * HC_NS_PER_SECOND);
    assert_true(hc_stamp_scan(HC_STR("2015-03-16T23:17:43Z"), &stamp));
    assert_true(hc_stamp_resolve(&stamp, &frame, &time));
    assert_int_equal(time.ns, MARCH_16_2015 * HC_NS_PER_SECOND);
}

static void a_missing_year_is_the_one_nearest_to_the_window(void **state)
{
    struct hc_stamp stamp;
    struct hc_time time;
    struct hc_stamp_frame frame = frame_of(INT64_C(1420070700)); /* 2015-01-01T00:05:00Z */
    (void)state;
    assert_true(hc_stamp_scan(HC_STR("Dec 31 23:59:00"), &stamp));
    assert_int_equal(stamp.date, HC_STAMP_DATE_NO_YEAR);
    assert_true(hc_stamp_resolve(&stamp, &frame, &time));
    assert_int_equal(time.ns, INT64_C(1420070340) * HC_NS_PER_SECOND);
    frame.year = 2011;
    assert_true(hc_stamp_resolve(&stamp, &frame, &time));
    assert_int_equal(time.ns, INT64_C(1325375940) * HC_NS_PER_SECOND);
}

static void a_day_that_does_not_exist_has_no_time(void **state)
{
    struct hc_stamp stamp;
    struct hc_time time = HC_TIME_NONE;
    struct hc_stamp_frame frame = frame_of(MARCH_16_2015);
    (void)state;
    assert_true(hc_stamp_scan(HC_STR("2015-02-30 10:00:00"), &stamp));
    assert_false(hc_stamp_resolve(&stamp, &frame, &time));
    assert_false(hc_time_known(time));
}

static void reads_epochs_by_their_length(void **state)
{
    static const char *const texts[] = {"1426547863 x", "1426547863000", "1426547863000000", "1426547863000000000"};
    struct hc_stamp stamp;
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_true(hc_stamp_scan_epoch(hc_str_of(texts[i]), &stamp) > 0);
        assert_int_equal(stamp.epoch_ns, MARCH_16_2015 * HC_NS_PER_SECOND);
    }
    assert_int_equal(hc_stamp_scan_epoch(HC_STR("1426547863.25,"), &stamp), 13);
    assert_int_equal(stamp.epoch_ns, MARCH_16_2015 * HC_NS_PER_SECOND + 250000000);
    assert_int_equal(hc_stamp_scan_epoch(HC_STR("9999999999999999999"), &stamp), 0);
    assert_int_equal(hc_stamp_scan_epoch(HC_STR("0000000001"), &stamp), 0);
    assert_int_equal(hc_stamp_scan_epoch(HC_STR("142654786"), &stamp), 0);
}

/* With two spaces between date and clock the same time goes the general way. */
static void the_usual_form_reads_as_the_general_one(void **state)
{
    static const char *const ends[] = {"", "Z", ",123", ".5+02:00", " PM", " 08", "x", ".1234567890", ":123", " UTC y"};
    (void)state;
    for (unsigned seed = 1; seed < 20000; seed++) {
        char usual[64], general[80];
        unsigned x = seed * 2654435761u;
        const char *end = ends[(x >> 8) % (sizeof ends / sizeof ends[0])];
        struct hc_stamp one, two;
        snprintf(usual, sizeof usual, "%04u-%02u-%02u %02u:%02u:%02u%s", (x >> 3) % 9999, (x >> 5) % 14, (x >> 7) % 33,
                 (x >> 9) % 25, (x >> 11) % 61, (x >> 13) % 62, end);
        if (seed % 5 == 0)
            usual[(x >> 15) % 19] = "0:-xT/ "[(x >> 20) % 7];
        snprintf(general, sizeof general, "%.10s  %s", usual, usual + 11);
        size_t n = hc_stamp_scan(hc_str_of(usual), &one), m = hc_stamp_scan(hc_str_of(general), &two);
        if (usual[10] != ' ')
            continue;
        assert_int_equal(n, m > 0 ? m - 1 : 0);
        if (n > 0)
            assert_memory_equal(&one.civil, &two.civil, sizeof one.civil);
        assert_true(n == 0 || (one.has_offset == two.has_offset && one.digits == two.digits));
    }
}

static void a_stamp_reads_alike_whatever_hour_came_before_it(void **state)
{
    static const char *const ends[] = {"", "Z", ",123 x", ".5+02:00", " PM", " 08", "x", " -0530 y", "+25:00", ":123"};
    static const struct hc_stamp_frame frame = {.utc_offset_s = -19800};
    struct hc_stamp_hour last = {.stamp.knows_hour = false};
    unsigned n_known = 0;
    (void)state;
    for (unsigned seed = 1; seed < 100000; seed++) {
        char text[64];
        unsigned x = seed * 2654435761u, y = seed / 8 * 2246822519u; /* some of an hour, one behind the other */
        struct hc_stamp one, two;
        struct hc_time at = HC_TIME_NONE, also_at = HC_TIME_NONE;
        snprintf(text, sizeof text, "%04u-%02u-%02u%c%02u:%02u:%02u%s", y % 8 ? 1900 + (y >> 3) % 200 : (y >> 3) % 2400,
                 (y >> 5) % 13, (y >> 7) % 32, y & 16 ? 'T' : ' ', (y >> 9) % 25, (x >> 11) % 61, (x >> 13) % 62,
                 ends[(x >> 8) % (sizeof ends / sizeof ends[0])]);
        if (seed % 5 == 0)
            text[(x >> 15) % 19] = "0:-xT/ "[(x >> 20) % 7];
        size_t n = hc_stamp_scan_on(hc_str_of(text), &last, &one);
        assert_int_equal(n, hc_stamp_scan(hc_str_of(text), &two));
        if (n == 0)
            continue;
        n_known += one.knows_hour;
        assert_memory_equal(&one.civil, &two.civil, sizeof one.civil);
        assert_true(one.epoch_ns == two.epoch_ns && one.has_offset == two.has_offset && one.date == two.date);
        assert_true(one.offset_s == two.offset_s && one.digits == two.digits && one.level == two.level);
        assert_int_equal(hc_stamp_resolve(&one, &frame, &at), hc_stamp_resolve(&two, &frame, &also_at));
        assert_true(at.ns == also_at.ns && at.digits == also_at.digits);
    }
    assert_true(n_known > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_common_form),
        cmocka_unit_test(the_usual_form_reads_as_the_general_one),
        cmocka_unit_test(a_stamp_reads_alike_whatever_hour_came_before_it),
        cmocka_unit_test(reads_tai64n),
        cmocka_unit_test(takes_what_is_no_time_for_none),
        cmocka_unit_test(applies_the_entrys_offset_only_where_the_time_has_none),
        cmocka_unit_test(a_missing_year_is_the_one_nearest_to_the_window),
        cmocka_unit_test(a_day_that_does_not_exist_has_no_time),
        cmocka_unit_test(reads_epochs_by_their_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
