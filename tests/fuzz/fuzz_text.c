/* Numbers, times, durations and UTF-8: what is read is written so that it reads back the same. */
#include <math.h>

#include "base/number.h"
#include "base/time.h"
#include "ingest/normalize/logtime.h"
#include "tests/fuzz/fuzz.h"

/* The bytes are a number, and this one. */
static void holds_for_strtod(struct hc_str s, double value)
{
    char text[128], *end = text;
    if (s.n >= sizeof text)
        return;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    double expected = strtod(text, &end);
    HOLDS(hc_str_trim((struct hc_str){end, (size_t)(text + s.n - end)}).n == 0);
    HOLDS(memcmp(&value, &expected, sizeof value) == 0);
}

static void number(struct hc_str s)
{
    double value = 1.0, again = 1.0;
    char text[HC_NUMBER_TEXT];
    if (!hc_number_parse(s, &value) || !isfinite(value))
        return;
    holds_for_strtod(hc_str_trim(s), value);
    size_t n = hc_number_format(value, text);
    HOLDS(n < sizeof text && hc_number_parse((struct hc_str){text, n}, &again));
    HOLDS(memcmp(&value, &again, sizeof value) == 0 || (value <= 0.0 && value >= 0.0));
}

/* A number at the start of something longer. */
static void scanned(struct hc_str s)
{
    char text[128] = {0};
    double value = 1.0;
    memcpy(text, s.p, s.n < sizeof text - 1 ? s.n : sizeof text - 1);
    const char *end = hc_number_scan(text, text + sizeof text, &value);
    HOLDS(end == NULL || end > text);
    if (end != NULL)
        holds_for_strtod((struct hc_str){text, (size_t)(end - text)}, value);
}

static void times(struct hc_str s)
{
    struct hc_time time, again;
    char text[HC_TIME_TEXT];
    if (hc_time_parse_rfc3339(s, &time)) {
        size_t n = hc_time_format(time, text);
        HOLDS(n < sizeof text && hc_time_parse_rfc3339((struct hc_str){text, n}, &again));
        HOLDS(again.ns == time.ns && again.digits == time.digits);
    }
    if (hc_time_parse_evidence(s, -19800, &time)) {
        HOLDS(hc_time_known(time) && time.digits >= 0 && time.digits <= 9);
        HOLDS(hc_duration_format(time.ns, text) < sizeof text);
    }
}

/* A time like one before it; the scan may leave it to the parser, but not differ from it. */
static void times_below(struct hc_str s)
{
    struct hc_time_column column = {.utc_offset_s = -19800};
    struct hc_time time, again;
    size_t half = s.n / 2;
    if (!hc_time_column_parse(&column, (struct hc_str){s.p, half}, &time))
        return;
    const char *end = hc_time_column_scan(&column, s.p + half, s.p + s.n, &time);
    if (end == NULL)
        return;
    struct hc_str read = {s.p + half, (size_t)(end - (s.p + half))};
    HOLDS(hc_time_parse_evidence(read, -19800, &again) && again.ns == time.ns && again.digits == time.digits);
}

/* After itself a stamp reads as it did alone. */
static void stamps_in_an_hour(struct hc_str s, size_t n, const struct hc_stamp *alone)
{
    static const struct hc_stamp_frame frame = {.utc_offset_s = 3600};
    struct hc_stamp_hour last = {.stamp.knows_hour = false};
    for (int i = 0; i < 2; i++) {
        struct hc_stamp stamp;
        struct hc_time time = HC_TIME_NONE, wanted = HC_TIME_NONE;
        HOLDS(hc_stamp_scan_on(s, &last, &stamp) == n);
        if (n == 0)
            continue;
        HOLDS(hc_stamp_resolve(&stamp, &frame, &time) == hc_stamp_resolve(alone, &frame, &wanted));
        HOLDS(time.ns == wanted.ns && time.digits == wanted.digits);
    }
}

static void stamps(struct hc_str s)
{
    struct hc_stamp_frame frame = {.utc_offset_s = 3600, .window_start = {INT64_C(1426547700000000000), 0}};
    struct hc_stamp stamp;
    struct hc_time time;
    size_t n = hc_stamp_scan(s, &stamp);
    HOLDS(n <= s.n);
    if (n > 0 && hc_stamp_resolve(&stamp, &frame, &time))
        HOLDS(hc_time_known(time));
    stamps_in_an_hour(s, n, &stamp);
    n = hc_stamp_scan_epoch(s, &stamp);
    HOLDS(n <= s.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hc_str s = {(const char *)data, size};
    struct hc_buf clean = {0};
    int64_t integer;
    uint64_t natural;
    int offset;
    number(s);
    scanned(s);
    times(s);
    times_below(s);
    stamps(s);
    (void)hc_int64_parse(s, &integer);
    (void)hc_uint64_parse(s, &natural);
    (void)hc_utc_offset_parse(s, &offset);
    hc_buf_utf8_clean(&clean, s);
    HOLDS(fuzz_is_text(hc_buf_view(&clean)));
    hc_buf_free(&clean);
    return 0;
}
