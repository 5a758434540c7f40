/* The timestamps that log lines begin with. */
#ifndef HC_INGEST_NORMALIZE_LOGTIME_H
#define HC_INGEST_NORMALIZE_LOGTIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "base/time.h"

enum hc_stamp_date { HC_STAMP_DATE_WHOLE, HC_STAMP_DATE_NO_YEAR, HC_STAMP_DATE_NONE };

/* Near 1678 and 2262 an offset alone would leave the range of a time. */
#define HC_STAMP_YEAR_FIRST 1679
#define HC_STAMP_YEAR_LAST 2261

/* A timestamp as it is written; what it leaves out comes from the frame. */
struct hc_stamp {
    struct hc_civil civil;
    int offset_s;     /* east of UTC, where has_offset */
    int64_t epoch_ns; /* HC_TIME_NONE_NS: written as a date or a clock */
    int64_t hour_ns;  /* of the civil hour as if it were UTC, where knows_hour: its date then exists */
    bool has_offset, knows_hour;
    int8_t digits;
    uint8_t date;  /* enum hc_stamp_date */
    uint8_t level; /* glog's letter before the date; HC_LOG_NONE where there is none */
};

/* The hour of the stamp "2015-03-16T23:17:43" that was read last, which most lines of a log share with the one before. A
 * zeroed one is none. */
struct hc_stamp_hour {
    char text[14]; /* up to the minute */
    struct hc_stamp stamp;
};

/* What fills in offset, year and day. */
struct hc_stamp_frame {
    int utc_offset_s;
    struct hc_time window_start; /* HC_TIME_NONE: nothing is known */
    int year;                    /* of dates that leave it out, before what the window says; 0: not stated */
};

/* Reads a timestamp at the start of `s`: RFC 3339 and its kin, syslog, CLF, asctime, RFC 2822, glog, Android, compact
 * (20150316-23:17:43, 081109 203615), two-digit years, AM and PM, clock only, tai64n.
 * Returns how many bytes it takes, 0 where none starts here.
 * Checked: tests/unit/ingest/test_normalize_logtime.c, a line of each form. */
size_t hc_stamp_scan(struct hc_str s, struct hc_stamp *stamp);

/* As hc_stamp_scan, but for knows_hour, which makes hc_stamp_resolve sooner done, never differently.
 * Checked: tests/unit/ingest/test_normalize_logtime.c and fuzz_text, against hc_stamp_scan. */
size_t hc_stamp_scan_on(struct hc_str s, struct hc_stamp_hour *last, struct hc_stamp *stamp);

/* A bare number of seconds, milli-, micro- or nanoseconds since 1970 between 1995 and 2100: only where a column
 * holds one in every line is it a time. */
size_t hc_stamp_scan_epoch(struct hc_str s, struct hc_stamp *stamp);

/* "@400000005506e7b7" and eight more digits of nanoseconds; the label counts TAI, ten seconds ahead in 1970. */
size_t hc_stamp_scan_tai64n(struct hc_str s, struct hc_stamp *stamp);

/* Of a stamp whose hour is not known. */
bool hc_stamp_resolve_any(const struct hc_stamp *stamp, const struct hc_stamp_frame *frame, struct hc_time *time);

/* Absent parts are those that bring the time nearest to the window's start; without a window the year is 1972 and
 * the day its first: the caller looks at stamp->date. False where the date does not exist. */
static inline bool hc_stamp_resolve(const struct hc_stamp *stamp, const struct hc_stamp_frame *frame,
                                    struct hc_time *time)
{
    const struct hc_civil *c = &stamp->civil;
    if (!stamp->knows_hour)
        return hc_stamp_resolve_any(stamp, frame, time);
    int second = c->minute * 60 + (c->second == 60 ? 59 : c->second);
    second -= stamp->has_offset ? stamp->offset_s : frame->utc_offset_s;
    *time = (struct hc_time){stamp->hour_ns + second * HC_NS_PER_SECOND + c->nanosecond, stamp->digits};
    return true;
}

#endif
