#include "base/time.h"

#include <string.h>

#include "base/number.h"

#define SECONDS_PER_DAY INT64_C(86400)
#define NS_FIRST INT64_C(-9214560000000000000) /* 1678 begins; 64 bits end in 2262 */

static bool is_leap_year(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days since 1970-01-01, for the years 0 to 9999. Years are counted from March, so that the leap day is the last
 * of its year, and from 400 before, so that none is negative.
 * Source: Howard Hinnant, "chrono-compatible low-level date algorithms", the proleptic calendar in eras
 * of 400 years. */
static int64_t days_from_civil(int year, int month, int day)
{
    static const uint16_t days_before[] = {306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275};
    uint32_t from_march = (uint32_t)(year + 400 - (month <= 2));
    uint32_t era = from_march / 400;
    uint32_t year_of_era = from_march % 400;
    uint32_t day_of_year = days_before[month - 1] + (uint32_t)(day - 1);
    uint32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int64_t)era * 146097 + day_of_era - 719468 - 146097;
}

static void civil_from_days(int64_t days, struct hc_civil *civil)
{
    days += 719468;
    int64_t era = floor_divide(days, 146097);
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    civil->day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    civil->month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    civil->year = (int)(year_of_era + era * 400 + (civil->month <= 2));
}

/* Seconds and nanoseconds to one number; false outside 64 bits. */
static bool join_ns(int64_t seconds, int64_t nanosecond, int64_t *ns)
{
    if (seconds < 0 && nanosecond > 0) {
        seconds++;
        nanosecond -= HC_NS_PER_SECOND;
    }
    int64_t result;
    if (__builtin_mul_overflow(seconds, HC_NS_PER_SECOND, &result) ||
        __builtin_add_overflow(result, nanosecond, &result))
        return false;
    *ns = result;
    return true;
}

static bool civil_is_valid(const struct hc_civil *c)
{
    return c->year >= 0 && c->year <= 9999 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
           c->day <= days_in_month(c->year, c->month) && c->hour >= 0 && c->hour <= 23 && c->minute >= 0 &&
           c->minute <= 59 && c->second >= 0 && c->second <= 59 && c->nanosecond >= 0 &&
           c->nanosecond < HC_NS_PER_SECOND;
}

/* A civil time that is `offset_s` seconds east of UTC. */
static bool from_civil_at(const struct hc_civil *c, int64_t offset_s, int64_t *ns)
{
    if (!civil_is_valid(c))
        return false;
    int64_t days = days_from_civil(c->year, c->month, c->day);
    int64_t seconds = days * SECONDS_PER_DAY + c->hour * INT64_C(3600) + c->minute * INT64_C(60) + c->second - offset_s;
    int64_t result;
    if (!join_ns(seconds, c->nanosecond, &result) || result < NS_FIRST)
        return false;
    *ns = result;
    return true;
}

bool hc_time_from_civil(const struct hc_civil *civil, int64_t *ns)
{
    return from_civil_at(civil, 0, ns);
}

void hc_civil_from_time(int64_t ns, struct hc_civil *civil)
{
    int64_t seconds = floor_divide(ns, HC_NS_PER_SECOND);
    int64_t remainder = ns % HC_NS_PER_SECOND;
    civil->nanosecond = (int32_t)(remainder < 0 ? remainder + HC_NS_PER_SECOND : remainder);
    int64_t days = floor_divide(seconds, SECONDS_PER_DAY);
    int second_of_day = (int)(seconds - days * SECONDS_PER_DAY);
    civil_from_days(days, civil);
    civil->hour = second_of_day / 3600;
    civil->minute = second_of_day / 60 % 60;
    civil->second = second_of_day % 60;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The two digits at p; false where there are others. */
static inline bool two_digits(const char *p, int *value)
{
    unsigned tens = (unsigned char)p[0] - (unsigned)'0';
    unsigned ones = (unsigned char)p[1] - (unsigned)'0';
    *value = (int)(tens * 10 + ones);
    return (tens <= 9) & (ones <= 9);
}

/* Digits beyond the ninth are cut: the resolution is a nanosecond. */
static bool take_fraction(struct hc_str *s, int32_t *nanosecond, int8_t *digits)
{
    *nanosecond = 0;
    *digits = 0;
    if (s->n == 0 || s->p[0] != '.')
        return true;
    size_t i = 1;
    for (; i < s->n && is_digit(s->p[i]); i++) {
        if (*digits < 9) {
            *nanosecond = *nanosecond * 10 + (s->p[i] - '0');
            ++*digits;
        }
    }
    for (int8_t place = *digits; place < 9; place++)
        *nanosecond *= 10;
    s->p += i;
    s->n -= i;
    return i > 1;
}

bool hc_utc_offset_parse(struct hc_str s, int *utc_offset_s)
{
    if (s.n == 1 && (s.p[0] == 'Z' || s.p[0] == 'z')) {
        *utc_offset_s = 0;
        return true;
    }
    if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-'))
        return false;
    int hours;
    int minutes;
    if (s.p[3] != ':' || !two_digits(s.p + 1, &hours) || !two_digits(s.p + 4, &minutes) || hours > 23 || minutes > 59)
        return false;
    int seconds = hours * 3600 + minutes * 60;
    *utc_offset_s = s.p[0] == '-' ? -seconds : seconds;
    return true;
}

/* A leap second ends a month in UTC; any other minute has no second 60. */
static bool ends_month(int64_t ns)
{
    struct hc_civil c;
    hc_civil_from_time(ns, &c);
    return c.hour == 23 && c.minute == 59 && c.second == 59 && c.day == days_in_month(c.year, c.month);
}

/* Takes "2015-03-16T23:15:00". */
static bool take_date_time(struct hc_str *s, bool from_evidence, struct hc_civil *c)
{
    const char *p = s->p;
    int century;
    if (s->n < 19 || !(p[10] == 'T' || p[10] == 't' || (from_evidence && p[10] == ' ')))
        return false;
    bool well = (p[4] == '-') & (p[7] == '-') & (p[13] == ':') & (p[16] == ':');
    well &= two_digits(p, &century) & two_digits(p + 2, &c->year) & two_digits(p + 5, &c->month);
    well &= two_digits(p + 8, &c->day) & two_digits(p + 11, &c->hour) & two_digits(p + 14, &c->minute);
    well &= two_digits(p + 17, &c->second);
    c->year += century * 100;
    s->p += 19;
    s->n -= 19;
    return well;
}

static bool parse_date_time(struct hc_str s, bool from_evidence, int utc_offset_s, struct hc_time *time)
{
    struct hc_civil c;
    struct hc_time result;
    if (!take_date_time(&s, from_evidence, &c) || !take_fraction(&s, &c.nanosecond, &result.digits))
        return false;
    if (!(from_evidence && s.n == 0) && !hc_utc_offset_parse(s, &utc_offset_s))
        return false;
    bool leap = c.second == 60;
    if (leap)
        c.second = 59;
    if (!from_civil_at(&c, utc_offset_s, &result.ns) || (leap && !ends_month(result.ns)))
        return false;
    *time = result;
    return true;
}

bool hc_time_parse_rfc3339(struct hc_str s, struct hc_time *time)
{
    return parse_date_time(s, false, 0, time);
}

/* A decimal number as mantissa x 10^exponent, the mantissa cut to 18 significant digits. */
struct scaled {
    bool negative;
    uint64_t mantissa;
    int n_significant;
    int64_t exponent;
};

static bool take_exponent(struct hc_str *s, int64_t *exponent)
{
    bool negative = s->n > 1 && s->p[1] == '-';
    size_t i = negative || (s->n > 1 && s->p[1] == '+') ? 2 : 1;
    size_t first = i;
    int64_t value = 0;
    for (; i < s->n && is_digit(s->p[i]); i++) {
        if (value < 100000)
            value = value * 10 + (s->p[i] - '0');
    }
    *exponent += negative ? -value : value;
    s->p += i;
    s->n -= i;
    return i > first;
}

static bool parse_scaled(struct hc_str s, struct scaled *x)
{
    if (s.n == 0)
        return false;
    *x = (struct scaled){.negative = s.p[0] == '-'};
    size_t i = x->negative || s.p[0] == '+';
    bool any = false;
    bool after_point = false;
    for (; i < s.n && (is_digit(s.p[i]) || (s.p[i] == '.' && !after_point)); i++) {
        if (s.p[i] == '.') {
            after_point = true;
            continue;
        }
        any = true;
        x->exponent -= after_point;
        if (x->n_significant == 19) {
            x->exponent++;
        } else if (x->n_significant > 0 || s.p[i] != '0') {
            x->mantissa = x->mantissa * 10 + (uint64_t)(s.p[i] - '0');
            x->n_significant++;
        }
    }
    struct hc_str rest = {s.p + i, s.n - i};
    if (any && rest.n > 0 && (rest.p[0] == 'e' || rest.p[0] == 'E') && !take_exponent(&rest, &x->exponent))
        return false;
    return any && rest.n == 0;
}

static bool scale_ns(const struct scaled *x, int64_t shift, int64_t *ns)
{
    uint64_t magnitude = x->mantissa;
    for (; shift > 0 && magnitude > 0; shift--) {
        if (__builtin_mul_overflow(magnitude, 10, &magnitude))
            return false;
    }
    for (; shift < 0 && magnitude > 0; shift++)
        magnitude /= 10;
    if (magnitude > (uint64_t)INT64_MAX)
        return false;
    *ns = x->negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return *ns >= NS_FIRST;
}

/* The digits of a second that a whole number since 1970 of so many digits does not tell. */
static int power_of_unit(int64_t n_whole)
{
    return n_whole <= 11 ? 9 : n_whole <= 14 ? 6 : n_whole <= 17 ? 3 : 0;
}

/* Eight digits at p to their value; false where there are others. */
static inline bool eight_digits(const char *p, uint64_t *value)
{
    uint64_t digits = hc_digit_values(p);
    *value = hc_value_of_digits(digits);
    return hc_not_digits(digits) == 0;
}

/* Of a whole number since 1970 of so many digits, as a power of ten. */
static int64_t unit_of(int power)
{
    static const int64_t units[] = {1, 0, 0, 1000, 0, 0, 1000000, 0, 0, HC_NS_PER_SECOND};
    return units[power];
}

/* The common case: digits and nothing else. False: what it is another has to say. */
static inline bool parse_whole(struct hc_str s, struct hc_time *time)
{
    uint64_t value = 0;
    uint64_t eight;
    size_t i = 0;
    if (s.n == 0 || s.n > 19 || s.p[0] == '0' || (s.n == 19 && s.p[0] > '8'))
        return false;
    for (; s.n - i >= 8; i += 8) {
        if (!eight_digits(s.p + i, &eight))
            return false;
        value = value * 100000000 + eight;
    }
    for (; i < s.n; i++) {
        unsigned digit = (unsigned char)s.p[i] - (unsigned)'0';
        if (digit > 9)
            return false;
        value = value * 10 + digit;
    }
    int power = power_of_unit((int64_t)s.n);
    int64_t ns;
    if (__builtin_mul_overflow((int64_t)value, unit_of(power), &ns))
        return false;
    *time = (struct hc_time){ns, (int8_t)(9 - power)};
    return true;
}

static bool parse_since_epoch(struct hc_str s, struct hc_time *time)
{
    struct scaled x;
    if (!parse_scaled(s, &x))
        return false;
    int64_t n_whole = x.n_significant + x.exponent; /* digits before the point */
    int power = x.mantissa == 0 ? 9 : power_of_unit(n_whole);
    struct hc_time result;
    if (!scale_ns(&x, power + x.exponent, &result.ns))
        return false;
    int64_t digits = 9 - power - x.exponent;
    result.digits = (int8_t)(digits < 0 ? 0 : digits > 9 ? 9 : digits);
    *time = result;
    return true;
}

static __attribute__((noinline)) bool parse_any(struct hc_str s, int utc_offset_s, struct hc_time *time)
{
    s = hc_str_trim(s);
    return s.n > 4 && s.p[4] == '-' && is_digit(s.p[0]) && is_digit(s.p[3])
               ? parse_date_time(s, true, utc_offset_s, time)
               : parse_since_epoch(s, time);
}

bool hc_time_parse_evidence(struct hc_str s, int utc_offset_s, struct hc_time *time)
{
    return parse_whole(s, time) || parse_any(s, utc_offset_s, time);
}

/* "14:28:40". */
static bool read_clock(const char *p, int *second_of_day)
{
    uint64_t digits = hc_eight_bytes(p) ^ UINT64_C(0x30303A30303A3030); /* 0 where the colons should be */
    bool well = ((digits | (digits + UINT64_C(0x76767F76767F7676))) & UINT64_C(0x8080808080808080)) == 0;
    digits = digits * 10 + (digits >> 8);
    int hour = (int)(digits & 0xFF), minute = (int)(digits >> 24 & 0xFF), second = (int)(digits >> 48 & 0xFF);
    *second_of_day = hour * 3600 + minute * 60 + second;
    return well & (hour <= 23) & (minute <= 59) & (second <= 59);
}

/* Far enough from the ends of what a time can be for every other time of its day. */
static bool is_inside(int64_t ns)
{
    int64_t day_ns = SECONDS_PER_DAY * HC_NS_PER_SECOND;
    return ns >= NS_FIRST + day_ns && ns <= INT64_MAX - day_ns;
}

/* What comes before the last 16 digits stands for as many times 10^16. */
static bool keep_digits(struct hc_time_column *column, struct hc_str s, struct hc_time time)
{
    int64_t high = 0;
    for (size_t i = 0; i + 16 < s.n; i++)
        high = high * 10 + (s.p[i] - '0');
    column->last = s;
    column->digits = time.digits;
    column->base = high * INT64_C(10000000000000000);
    column->unit_ns = unit_of(power_of_unit((int64_t)s.n));
    return true;
}

bool hc_time_column_parse(struct hc_time_column *column, struct hc_str s, struct hc_time *time)
{
    int second_of_day;
    if (parse_whole(s, time))
        return s.n < 16 || keep_digits(column, s, *time);
    if (!parse_any(s, column->utc_offset_s, time))
        return false;
    bool is_date_time = s.n >= 19 && s.p[4] == '-' && s.p[7] == '-' && is_inside(time->ns);
    if (is_date_time && read_clock(s.p + 11, &second_of_day)) {
        column->last = s;
        column->digits = time->digits;
        column->base = time->ns - second_of_day * HC_NS_PER_SECOND;
        column->unit_ns = 0;
    }
    return true;
}

/* 16 to 19 digits of which the first eight are those of the last. */
static inline bool scan_digits(const struct hc_time_column *column, const char *p, int64_t *ns)
{
    const char *low = p + column->last.n - 16;
    uint64_t upper, lower;
    if (memcmp(p, column->last.p, 8) != 0 || !eight_digits(low, &upper) || !eight_digits(low + 8, &lower))
        return false;
    return !__builtin_mul_overflow(column->base + (int64_t)(upper * 100000000 + lower), column->unit_ns, ns);
}

/* The same day, and the same after the seconds. */
static inline bool scan_clock(const struct hc_time_column *column, const char *p, int64_t *ns)
{
    struct hc_str last = column->last;
    int second_of_day;
    size_t i = 19;
    while (i < last.n && p[i] == last.p[i])
        i++;
    if (i < last.n || memcmp(p, last.p, 8) != 0 || memcmp(p + 3, last.p + 3, 8) != 0 ||
        !read_clock(p + 11, &second_of_day))
        return false;
    *ns = column->base + second_of_day * HC_NS_PER_SECOND;
    return true;
}

const char *hc_time_column_scan(const struct hc_time_column *column, const char *p, const char *end,
                                struct hc_time *time)
{
    size_t n = column->last.n;
    int64_t ns;
    if (n == 0 || end - p < (ptrdiff_t)n ||
        !(column->unit_ns ? scan_digits(column, p, &ns) : scan_clock(column, p, &ns)))
        return NULL;
    *time = (struct hc_time){ns, column->digits};
    return p + n;
}
