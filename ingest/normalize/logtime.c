#include "ingest/normalize/logtime.h"

#include "corpus/record/incident.h"
#include "ingest/normalize/logtime_names.h"
#include "ingest/normalize/severity.h"

#define USUAL_BYTES 19 /* "2015-03-16T23:17:43" */

struct cursor {
    const char *p, *end;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t left(const struct cursor *at)
{
    return (size_t)(at->end - at->p);
}

static bool take(struct cursor *at, char c)
{
    if (at->p < at->end && *at->p == c) {
        at->p++;
        return true;
    }
    return false;
}

/* Between `least` and `most` digits. */
static bool take_number(struct cursor *at, int least, int most, int *value)
{
    int n = 0, sum = 0;
    while (n < most && at->p + n < at->end && is_digit(at->p[n])) {
        sum = sum * 10 + (at->p[n] - '0');
        n++;
    }
    if (n < least)
        return false;
    at->p += n;
    *value = sum;
    return true;
}

static size_t count_digits(const struct cursor *at)
{
    size_t n = 0;
    for (; n < left(at) && n < 20 && is_digit(at->p[n]); n++)
        ;
    return n;
}

static const char *const month_rests[] = {"uary", "ruary", "ch",     "il",   "",      "e",
                                          "y",    "ust",   "tember", "ober", "ember", "ember"};

/* "Mar", "March", "Sept", each perhaps with a full stop. What opens with a month is looked at only if it is "Mar". */
static bool take_month(struct cursor *at, int *month)
{
    int found = left(at) < 3 ? 0 : hc_month_named(at->p);
    if (found == 0)
        return false;
    at->p += 3;
    for (const char *rest = month_rests[found - 1]; *rest && at->p < at->end && (*at->p | 0x20) == *rest; rest++)
        at->p++;
    take(at, '.');
    *month = found;
    return true;
}

static bool take_weekday(struct cursor *at)
{
    if (left(at) < 5 || (at->p[3] != ' ' && at->p[3] != ',') || !hc_weekday_named(at->p))
        return false;
    at->p += 4;
    while (take(at, ' '))
        ;
    return true;
}

/* Where one may begin: "Z", "+08:00", "+0800", each perhaps after a space; "UTC" and "GMT" after one. */
static void take_zone(struct cursor *at, struct hc_stamp *stamp)
{
    struct cursor zone = *at;
    if (*zone.p == 'Z') {
        stamp->has_offset = left(at) == 1 || !is_word(zone.p[1]);
        at->p += stamp->has_offset;
        return;
    }
    bool space = take(&zone, ' ');
    if (space && left(&zone) >= 3 && (memcmp(zone.p, "UTC", 3) == 0 || memcmp(zone.p, "GMT", 3) == 0)) {
        zone.p += 3;
    } else if (zone.p < zone.end && (*zone.p == '+' || *zone.p == '-')) {
        int sign = *zone.p++ == '-' ? -1 : 1, hours = 0, minutes = 0;
        if (!take_number(&zone, 2, 2, &hours))
            return;
        bool colon = take(&zone, ':');
        if (!take_number(&zone, 2, 2, &minutes) && (colon || space))
            return;
        if (hours > 23 || minutes > 59)
            return;
        stamp->offset_s = sign * (hours * 3600 + minutes * 60);
    } else {
        return;
    }
    if (zone.p < zone.end && is_word(*zone.p))
        return;
    stamp->has_offset = true;
    *at = zone;
}

static void take_fraction(struct cursor *at, struct hc_stamp *stamp)
{
    if (left(at) < 2 || !is_digit(at->p[1]) || (*at->p != '.' && *at->p != ',' && *at->p != ':'))
        return;
    static const int32_t scales[] = {1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
    const char *fraction = at->p + 1;
    size_t n = 0, n_kept;
    int32_t ns = 0;
    for (; n < 20 && fraction + n < at->end && is_digit(fraction[n]); n++)
        ns = n < 9 ? ns * 10 + (fraction[n] - '0') : ns;
    if (*at->p == ':' && n != 3)
        return;
    n_kept = n < 9 ? n : 9;
    stamp->civil.nanosecond = ns * scales[n_kept];
    stamp->digits = (int8_t)n_kept;
    at->p = fraction + n;
}

static void take_half(struct cursor *at, struct hc_stamp *stamp)
{
    if (left(at) < 3 || *at->p != ' ' || (at->p[2] | 0x20) != 'm')
        return;
    char half = (char)(at->p[1] | 0x20);
    if ((half != 'a' && half != 'p') || (left(at) > 3 && is_word(at->p[3])))
        return;
    if (stamp->civil.hour > 12 || stamp->civil.hour == 0)
        return;
    stamp->civil.hour = stamp->civil.hour % 12 + (half == 'p' ? 12 : 0);
    stamp->knows_hour = false;
    at->p += 3;
}

/* May AM, PM or a zone stand there? After most times a word does, or nothing. */
static bool goes_on(const struct cursor *at)
{
    if (left(at) < 2 || *at->p != ' ')
        return at->p < at->end && (*at->p == 'Z' || *at->p == '+' || *at->p == '-');
    switch (at->p[1]) {
    case '+':
    case '-':
    case 'A':
    case 'G':
    case 'P':
    case 'U':
    case 'a':
    case 'p':
        return true;
    default:
        return false;
    }
}

/* What follows the seconds: fraction, AM or PM, zone, and no part of a word. */
static bool take_clock_end(struct cursor *at, struct hc_stamp *stamp)
{
    take_fraction(at, stamp);
    if (goes_on(at)) {
        take_half(at, stamp);
        if (at->p < at->end)
            take_zone(at, stamp);
    }
    return at->p == at->end || !is_word(*at->p);
}

/* hh:mm:ss with fraction, AM or PM, and zone. */
static bool take_clock(struct cursor *at, char separator, struct hc_stamp *stamp)
{
    struct hc_civil *c = &stamp->civil;
    struct cursor clock = *at;
    if (!take_number(&clock, 1, 2, &c->hour) || (separator && !take(&clock, separator)) ||
        !take_number(&clock, 2, 2, &c->minute) || (separator && !take(&clock, separator)) ||
        !take_number(&clock, 2, 2, &c->second))
        return false;
    if (c->hour > 23 || c->minute > 59 || c->second > 60)
        return false;
    if (!take_clock_end(&clock, stamp))
        return false;
    *at = clock;
    return true;
}

/* Spaces, a comma or " - ". */
static bool take_gap(struct cursor *at)
{
    const char *start = at->p;
    for (; at->p < at->end && (*at->p == ' ' || *at->p == ',' || *at->p == '\t'); at->p++)
        ;
    if (at->p > start && left(at) >= 2 && at->p[0] == '-' && at->p[1] == ' ')
        at->p += 2;
    return at->p > start;
}

static bool valid_day(const struct hc_civil *c)
{
    return c->month >= 1 && c->month <= 12 && c->day >= 1 && c->day <= 31;
}

/* 2015-03-16 23:17:43,123; 2015/03/16; 2015.03.16; T, space, '_' or '-' between; 2005-06-03-15.42.50.675872 */
static bool scan_year_first(struct cursor *at, struct hc_stamp *stamp)
{
    struct hc_civil *c = &stamp->civil;
    if (!take_number(at, 4, 4, &c->year) || at->p == at->end)
        return false;
    char separator = *at->p;
    if ((separator != '-' && separator != '/' && separator != '.') || !take(at, separator) ||
        !take_number(at, 1, 2, &c->month) || !take(at, separator) || !take_number(at, 1, 2, &c->day) || !valid_day(c))
        return false;
    if (take(at, '-'))
        return take_clock(at, '.', stamp) || take_clock(at, ':', stamp);
    if (!take(at, 'T') && !take(at, '_') && !take(at, ':') && !take_gap(at))
        return false;
    return take_clock(at, ':', stamp);
}

/* Beyond 99: these are no two digits. */
static int two_digits(const char *p)
{
    unsigned tens = (unsigned char)p[0] - (unsigned)'0', ones = (unsigned char)p[1] - (unsigned)'0';
    return tens > 9 || ones > 9 ? 100 : (int)(tens * 10 + ones);
}

/* The common case of scan_year_first, each part as wide as it can be: "2015-03-16T23:17:43", 'T' or a space between. */
static bool take_usual(struct cursor *at, struct hc_civil *c)
{
    const char *p = at->p;
    if (left(at) < USUAL_BYTES || p[4] != '-' || p[7] != '-' || (p[10] != 'T' && p[10] != ' ') || p[13] != ':' ||
        p[16] != ':')
        return false;
    int century = two_digits(p), year = two_digits(p + 2);
    struct hc_civil usual = {.year = century * 100 + year,
                             .month = two_digits(p + 5),
                             .day = two_digits(p + 8),
                             .hour = two_digits(p + 11),
                             .minute = two_digits(p + 14),
                             .second = two_digits(p + 17)};
    if (century > 99 || year > 99 || !valid_day(&usual) || usual.hour > 23 || usual.minute > 59 || usual.second > 60)
        return false;
    *c = usual;
    at->p += USUAL_BYTES;
    return true;
}

/* 16/Mar/2015:23:17:43 +0000, 16-Mar-2015 23:17:43, 16-Mar-2015::23:17:43, 16 Mar 2015 23:17:43, 16 Mar 23:17:43 */
static bool scan_day_month_name(struct cursor *at, struct hc_stamp *stamp)
{
    struct hc_civil *c = &stamp->civil;
    if (!take_number(at, 1, 2, &c->day) || at->p == at->end)
        return false;
    char separator = *at->p;
    if ((separator != '/' && separator != '-' && separator != ' ') || !take(at, separator) ||
        !take_month(at, &c->month) || !take(at, separator) || !valid_day(c))
        return false;
    struct cursor year = *at;
    stamp->date = HC_STAMP_DATE_NO_YEAR;
    if (take_number(&year, 4, 4, &c->year) && (take(&year, ':') || take_gap(&year))) {
        take(&year, ':');
        stamp->date = HC_STAMP_DATE_WHOLE;
        *at = year;
    }
    return take_clock(at, ':', stamp);
}

/* Three numbers: which is the year, and whether the month comes first. */
static bool order_parts(const int part[3], size_t last_digits, char separator, struct hc_civil *c)
{
    if (last_digits == 4) {
        bool month_first = separator == '/' ? part[0] <= 12 : part[1] > 12;
        *c = (struct hc_civil){.year = part[2], .month = part[month_first ? 0 : 1], .day = part[month_first ? 1 : 0]};
    } else if (part[1] <= 12 && part[2] <= 31 && part[1] > 0) {
        *c = (struct hc_civil){.year = 2000 + part[0], .month = part[1], .day = part[2]};
    } else {
        *c = (struct hc_civil){.year = 2000 + part[2], .month = part[0], .day = part[1]};
    }
    return valid_day(c);
}

/* 17/06/09 20:10:40, 3/16/2015 11:17:43 PM, 16.03.2015 23:17:43, 03-17 16:13:38.811, 03/16-23:17:43.123456 */
static bool scan_short_parts(struct cursor *at, struct hc_stamp *stamp)
{
    int part[3] = {0, 0, 0};
    if (!take_number(at, 1, 2, &part[0]) || at->p == at->end)
        return false;
    char separator = *at->p;
    if ((separator != '/' && separator != '-' && separator != '.') || !take(at, separator) ||
        !take_number(at, 1, 2, &part[1]))
        return false;
    if (take(at, separator)) {
        size_t last_digits = count_digits(at);
        if ((last_digits != 2 && last_digits != 4) || !take_number(at, 2, 4, &part[2]) ||
            !order_parts(part, last_digits, separator, &stamp->civil))
            return false;
        return (take(at, 'T') || take(at, '-') || take(at, ':') || take_gap(at)) && take_clock(at, ':', stamp);
    }
    stamp->civil.month = part[0];
    stamp->civil.day = part[1];
    stamp->date = HC_STAMP_DATE_NO_YEAR;
    return valid_day(&stamp->civil) && (take_gap(at) || take(at, '-')) && take_clock(at, ':', stamp);
}

/* 20150316-23:17:43:123, 20150316T231743, 20150316231743, 081109 203615, 150316 23:17:43 */
static bool scan_compact(struct cursor *at, size_t n_digits, struct hc_stamp *stamp)
{
    struct hc_civil *c = &stamp->civil;
    int year_digits = n_digits == 6 ? 2 : 4;
    if (!take_number(at, year_digits, year_digits, &c->year) || !take_number(at, 2, 2, &c->month) ||
        !take_number(at, 2, 2, &c->day) || !valid_day(c))
        return false;
    if (year_digits == 2)
        c->year += c->year < 70 ? 2000 : 1900;
    if (c->year < 1970 || c->year > 2100)
        return false;
    if (n_digits == 14)
        return take_clock(at, 0, stamp);
    if (n_digits == 6 ? !take_gap(at) : !(take(at, '-') || take(at, 'T') || take(at, '_') || take_gap(at)))
        return false;
    size_t clock_digits = count_digits(at);
    return clock_digits == 6 ? take_clock(at, 0, stamp) : take_clock(at, ':', stamp);
}

/* Mar-16-15 23:17:43, Mar/16/2015 23:17:43 */
static bool scan_month_first(struct cursor *at, struct hc_stamp *stamp)
{
    struct hc_civil *c = &stamp->civil;
    if (!take_month(at, &c->month) || at->p == at->end)
        return false;
    char separator = *at->p;
    if (!take(at, separator) || !take_number(at, 1, 2, &c->day) || !take(at, separator) || !valid_day(c))
        return false;
    size_t year_digits = count_digits(at);
    if ((year_digits != 2 && year_digits != 4) || !take_number(at, 2, 4, &c->year))
        return false;
    c->year += year_digits == 2 ? 2000 : 0;
    return take_gap(at) && take_clock(at, ':', stamp);
}

/* Mar 16 23:17:43, Mar 16 2015 23:17:43, Mar 16 23:17:43 2015, a weekday perhaps before it */
static bool scan_month_name(struct cursor *at, struct hc_stamp *stamp)
{
    struct hc_civil *c = &stamp->civil;
    if (!take_month(at, &c->month) || !take_gap(at) || !take_number(at, 1, 2, &c->day) || !take_gap(at) ||
        !valid_day(c))
        return false;
    struct cursor year = *at;
    if (take_number(&year, 4, 4, &c->year) && take_gap(&year)) {
        *at = year;
        return take_clock(at, ':', stamp);
    }
    if (!take_clock(at, ':', stamp))
        return false;
    year = *at;
    if (take(&year, ' ') && take_number(&year, 4, 4, &c->year) && c->year >= 1970 && c->year <= 2100 &&
        (year.p == year.end || !is_word(*year.p))) {
        *at = year;
    } else {
        c->year = 0;
        stamp->date = HC_STAMP_DATE_NO_YEAR;
    }
    return true;
}

/* I0316 23:17:43.123456, I20150316 23:17:43.123456 */
static bool scan_glog(struct cursor *at, struct hc_stamp *stamp)
{
    stamp->level = hc_severity_of_word((struct hc_str){at->p, 1});
    at->p++;
    if (count_digits(at) == 8)
        return scan_compact(at, 8, stamp);
    stamp->date = HC_STAMP_DATE_NO_YEAR;
    return take_number(at, 2, 2, &stamp->civil.month) && take_number(at, 2, 2, &stamp->civil.day) &&
           valid_day(&stamp->civil) && take(at, ' ') && take_clock(at, ':', stamp);
}

static bool scan_digits(struct cursor *at, struct hc_stamp *stamp)
{
    if (take_usual(at, &stamp->civil))
        return take_clock_end(at, stamp);
    size_t n = count_digits(at);
    if (n >= left(at))
        return n == 14 && scan_compact(at, n, stamp);
    char next = at->p[n];
    if (n == 4)
        return scan_year_first(at, stamp);
    if (n == 6 || n == 8 || n == 14)
        return scan_compact(at, n, stamp);
    if (n > 2)
        return false;
    if (next == ':') {
        stamp->date = HC_STAMP_DATE_NONE;
        return n == 2 && take_clock(at, ':', stamp);
    }
    if (next == ' ' || (n + 1 < left(at) && !is_digit(at->p[n + 1])))
        return scan_day_month_name(at, stamp);
    return scan_short_parts(at, stamp);
}

size_t hc_stamp_scan(struct hc_str s, struct hc_stamp *stamp)
{
    if (s.n < 8)
        return 0;
    struct cursor at = {s.p, s.p + s.n};
    bool found;
    char first = s.p[0];
    /* Most words end here: before digits stand a level's letter or the name of a day or a month. */
    if (first != '@' && !is_digit(first) && !is_digit(s.p[1]) &&
        ((s.p[3] != ' ' && s.p[3] != ',' && s.p[3] != '-' && s.p[3] != '/') ||
         (!hc_month_named(s.p) && !hc_weekday_named(s.p))))
        return 0;
    *stamp = (struct hc_stamp){.epoch_ns = HC_TIME_NONE_NS};
    if (is_digit(first))
        found = scan_digits(&at, stamp);
    else if (first == '@')
        return hc_stamp_scan_tai64n(s, stamp);
    else if (!is_word(first))
        return 0;
    else if (is_digit(s.p[1]))
        found = is_digit(s.p[4]) && hc_severity_of_word((struct hc_str){s.p, 1}) && scan_glog(&at, stamp);
    else if (take_weekday(&at))
        found = at.p < at.end && (is_digit(*at.p) ? scan_day_month_name(&at, stamp) : scan_month_name(&at, stamp));
    else if (s.p[3] == '-' || s.p[3] == '/')
        found = scan_month_first(&at, stamp);
    else
        found = s.p[3] == ' ' && scan_month_name(&at, stamp);
    return found ? (size_t)(at.p - s.p) : 0;
}

/* Where a stamp ends as most do: behind three digits of a second or none, in 'Z', or before a space and a word. NULL: it may
 * be another. */
static inline const char *usual_end(const char *p, const char *end, struct hc_stamp *stamp)
{
    if (end - p > 4 && (*p == '.' || *p == ',')) {
        unsigned a = (unsigned char)p[1] - 48u, b = (unsigned char)p[2] - 48u, c = (unsigned char)p[3] - 48u;
        if (a > 9 || b > 9 || c > 9)
            return NULL;
        stamp->civil.nanosecond = (int)(a * 100 + b * 10 + c) * 1000000;
        stamp->digits = 3;
        p += 4;
    }
    const struct cursor at = {p, end};
    stamp->has_offset = p < end && *p == 'Z' && (p + 1 == end || !is_word(p[1]));
    if (stamp->has_offset)
        return p + 1;
    return p < end && *p == ' ' && !goes_on(&at) ? p : NULL;
}

static bool is_same_hour(const char *a, const char *b)
{
    return memcmp(a, b, 8) == 0 && memcmp(a + 6, b + 6, 8) == 0;
}

static void remember_hour(struct hc_str s, struct hc_stamp_hour *last)
{
    struct cursor at = {s.p, s.p + s.n};
    struct hc_civil hour;
    int64_t ns;
    if (!take_usual(&at, &hour) || hour.year < HC_STAMP_YEAR_FIRST || hour.year > HC_STAMP_YEAR_LAST)
        return;
    hour.minute = hour.second = 0;
    if (!hc_time_from_civil(&hour, &ns))
        return;
    memcpy(last->text, s.p, sizeof last->text);
    last->stamp = (struct hc_stamp){.civil = hour, .epoch_ns = HC_TIME_NONE_NS, .hour_ns = ns, .knows_hour = true};
}

size_t hc_stamp_scan_on(struct hc_str s, struct hc_stamp_hour *last, struct hc_stamp *stamp)
{
    if (s.n >= USUAL_BYTES && last->stamp.knows_hour && is_same_hour(s.p, last->text) && s.p[16] == ':') {
        struct cursor at = {s.p + USUAL_BYTES, s.p + s.n};
        int minute = two_digits(s.p + 14), second = two_digits(s.p + 17);
        if (minute <= 59 && second <= 60) {
            *stamp = last->stamp;
            stamp->civil.minute = minute;
            stamp->civil.second = second;
            const char *end = usual_end(at.p, at.end, stamp);
            if (end)
                return (size_t)(end - s.p);
            return take_clock_end(&at, stamp) ? (size_t)(at.p - s.p) : 0;
        }
    }
    size_t taken = hc_stamp_scan(s, stamp);
    if (taken)
        remember_hour(s, last);
    return taken;
}
