#include "base/time.h"

#include <stdio.h>

/* The last `n` digits of a number. */
static char *put_digits(char *out, int n, uint32_t value)
{
    for (int i = n; i-- > 0; value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + n;
}

static char *put_two(char *out, char before, int value)
{
    *out = before;
    return put_digits(out + 1, 2, (uint32_t)value);
}

size_t hc_time_format(struct hc_time time, char out[HC_TIME_TEXT])
{
    out[0] = '\0';
    if (!hc_time_known(time))
        return 0;
    struct hc_civil c;
    hc_civil_from_time(time.ns, &c);
    char *p = put_digits(out, 4, (uint32_t)c.year);
    p = put_two(p, '-', c.month);
    p = put_two(p, '-', c.day);
    p = put_two(p, 'T', c.hour);
    p = put_two(p, ':', c.minute);
    p = put_two(p, ':', c.second);
    if (time.digits > 0) {
        *p++ = '.';
        put_digits(p, 9, (uint32_t)c.nanosecond);
        p += time.digits < 9 ? time.digits : 9;
    }
    *p++ = 'Z';
    *p = '\0';
    return (size_t)(p - out);
}

/* "2.5 s": thousandths, without zeros at the end. */
static int put_thousandths(char *out, size_t size, uint64_t thousandths, const char *unit)
{
    uint64_t rest = thousandths % 1000;
    int width = 3;
    if (rest == 0)
        return snprintf(out, size, "%llu %s", (unsigned long long)(thousandths / 1000), unit);
    for (; rest % 10 == 0; rest /= 10)
        width--;
    return snprintf(out, size, "%llu.%0*llu %s", (unsigned long long)(thousandths / 1000), width,
                    (unsigned long long)rest, unit);
}

static int put_pair(char *out, size_t size, uint64_t large, const char *large_unit, uint64_t small,
                    const char *small_unit)
{
    int n = snprintf(out, size, "%llu %s", (unsigned long long)large, large_unit);
    if (small > 0)
        n += snprintf(out + n, size - (size_t)n, " %llu %s", (unsigned long long)small, small_unit);
    return n;
}

size_t hc_duration_format(int64_t ns, char out[HC_TIME_TEXT])
{
    uint64_t left = ns < 0 ? UINT64_C(0) - (uint64_t)ns : (uint64_t)ns;
    uint64_t seconds = left / (uint64_t)HC_NS_PER_SECOND;
    size_t size = HC_TIME_TEXT;
    size_t sign = 0;
    if (ns < 0)
        out[sign++] = '-';
    char *p = out + sign;
    size -= sign;
    int n;
    if (left > 0 && left < 1000)
        n = snprintf(p, size, "%llu ns", (unsigned long long)left);
    else if (left > 0 && left < 1000000)
        n = put_thousandths(p, size, left, "us");
    else if (left > 0 && seconds == 0)
        n = put_thousandths(p, size, left / 1000, "ms");
    else if (seconds < 120)
        n = put_thousandths(p, size, left / 1000000, "s");
    else if (seconds < 3600)
        n = put_pair(p, size, seconds / 60, "min", seconds % 60, "s");
    else if (seconds < 86400)
        n = put_pair(p, size, seconds / 3600, "h", seconds / 60 % 60, "min");
    else
        n = put_pair(p, size, seconds / 86400, "d", seconds / 3600 % 24, "h");
    return sign + (size_t)n;
}
