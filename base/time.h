/* Time as nanoseconds since 1970 UTC in 64 bits: 1678 to 2262. */
#ifndef HC_BASE_TIME_H
#define HC_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define HC_NS_PER_SECOND INT64_C(1000000000)
#define HC_NS_PER_MINUTE (60 * HC_NS_PER_SECOND)
#define HC_NS_PER_HOUR (3600 * HC_NS_PER_SECOND)
#define HC_TIME_NONE_NS INT64_MIN

/* A time with the precision its source wrote it in (digits of a second, 0 to 9). */
struct hc_time {
    int64_t ns; /* HC_TIME_NONE_NS: absent */
    int8_t digits;
};

#define HC_TIME_NONE ((struct hc_time){HC_TIME_NONE_NS, 0})
static inline bool hc_time_known(struct hc_time t)
{
    return t.ns != HC_TIME_NONE_NS;
}

/* RFC 3339 over the whole slice, an offset required ("Z", "+08:00"); a leap second :60 counts
 * as the second before plus its fraction. False on anything else or out of range. */
bool hc_time_parse_rfc3339(struct hc_str s, struct hc_time *time);

/* Times inside evidence: RFC 3339 with or without offset ('T' or space between date and time; without
 * one `utc_offset_s` is subtracted), or a number since 1970 told by magnitude: |x| below 1e11 seconds,
 * 1e14 milliseconds, 1e17 microseconds, else nanoseconds; fractions allowed. */
bool hc_time_parse_evidence(struct hc_str s, int utc_offset_s, struct hc_time *time);

/* Times of evidence that stand one below another: most are of the same day and written alike, which is then found out
 * once. Zero but for the offset: none was read yet. */
struct hc_time_column {
    int utc_offset_s;   /* of times that say none */
    int8_t digits;      /* of a second, that the last one tells */
    struct hc_str last; /* a date and time, or 16 digits and more; its text must live as long */
    int64_t base;       /* the midnight before a date and time; of digits, what those before the last 16 stand for */
    int64_t unit_ns;    /* of digits; 0: a date and time */
};

/* As hc_time_parse_evidence. */
bool hc_time_column_parse(struct hc_time_column *column, struct hc_str s, struct hc_time *time);

/* Reads the time that begins at `p`, as long as the last one, and gives where it ends. NULL: it is of another day or
 * written otherwise, or goes beyond `end`; hc_time_column_parse then tells.
 * Checked: tests/unit/base/test_time.c, against hc_time_parse_evidence. */
const char *hc_time_column_scan(const struct hc_time_column *column, const char *p, const char *end,
                                struct hc_time *time);

/* "+08:00", "-05:30", "Z" as seconds east of UTC. */
bool hc_utc_offset_parse(struct hc_str s, int *utc_offset_s);

/* Proleptic Gregorian calendar; month 1..12, day checked against the month. False out of range. */
struct hc_civil {
    int year, month, day, hour, minute, second;
    int32_t nanosecond;
};
bool hc_time_from_civil(const struct hc_civil *civil, int64_t *ns);
void hc_civil_from_time(int64_t ns, struct hc_civil *civil);

/* "2015-03-16T23:15:00Z" with time.digits digits; `out` holds HC_TIME_TEXT bytes. Absent gives "". */
#define HC_TIME_TEXT 40
size_t hc_time_format(struct hc_time time, char out[HC_TIME_TEXT]);

/* "1 h 5 min", "88 s", "2.5 s", "3 d 4 h": for people, exact to the units shown. `out` holds 40 bytes. */
size_t hc_duration_format(int64_t ns, char out[HC_TIME_TEXT]);

#endif
