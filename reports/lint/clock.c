/* Times of day and dates, in the forms that people write. */
#include "base/number.h"
#include "base/time.h"
#include "reports/lint/parts.h"

#define DAY_S 86400.0

static bool is_digit(char b)
{
    return b >= '0' && b <= '9';
}

static char at(struct hc_str s, size_t i)
{
    return i < s.n ? s.p[i] : '\0';
}

/* Up to `most` digits; how many, and their value. */
static size_t digits_at(struct hc_str s, size_t i, size_t most, int *value)
{
    size_t n = 0;
    *value = 0;
    while (n < most && is_digit(at(s, i + n)))
        *value = 10 * *value + (s.p[i + n++] - '0');
    return is_digit(at(s, i + n)) ? 0 : n;
}

static struct hc_str word_at(struct hc_str s, size_t i)
{
    size_t n = 0;
    while ((at(s, i + n) | 32) >= 'a' && (at(s, i + n) | 32) <= 'z')
        n++;
    return (struct hc_str){s.p + i, n};
}

static size_t skip_spaces(struct hc_str s, size_t i)
{
    while (at(s, i) == ' ')
        i++;
    return i;
}

/* ---- time of day ---- */

/* "am", "p.m.": 0 and 12 hours; -1: none. */
static int half_day_at(struct hc_str s, size_t *i)
{
    size_t k = skip_spaces(s, *i);
    char first = at(s, k) | 32;
    bool dots = at(s, k + 1) == '.';
    if ((first != 'a' && first != 'p') || (at(s, k + 1 + dots) | 32) != 'm')
        return -1;
    k += 2 + (size_t)dots;
    if (dots && at(s, k) == '.')
        k++;
    if ((at(s, k) | 32) >= 'a' && (at(s, k) | 32) <= 'z')
        return -1;
    *i = k;
    return first == 'p' ? 12 : 0;
}

#define ZONES \
    "utc gmt z pst pdt pt mst mdt mt cst cdt ct est edt et cet cest bst ist jst aest aedt kst sgt hkt ust wet eet eest msk"

/* A zone behind a time, by name or as an offset, which is taken off. */
static size_t zone_at(struct hc_str s, size_t i, struct hc_quantity *q)
{
    size_t k = skip_spaces(s, i), hours, minutes = 0;
    int h, m = 0;
    struct hc_str name = word_at(s, k);
    if (name.n == 2 && hc_str_equal_nocase(name, HC_STR("US")) && at(s, k + 2) == '/') {
        struct hc_str place = word_at(s, k + 3);
        q->zone = (uint32_t)hc_str_hash(place) | 2;
        return k + 3 + place.n;
    }
    if (name.n > 0 && name.p[0] < 'a' && hc_word_in(name, ZONES)) {
        bool universal = hc_word_in(name, "utc gmt z");
        q->zone = universal ? 1 : (uint32_t)hc_str_hash(name) | 2;
        k += name.n;
        i = k;
        if (!universal)
            return i;
    }
    if ((at(s, k) != '+' && at(s, k) != '-') || k != i || (q->zone != 1 && q->step >= 60))
        return i; /* 10:12-11:02 are two times */
    hours = digits_at(s, k + 1, 2, &h);
    if (hours != 2 && q->zone != 1)
        return i;
    if (hours > 0 && at(s, k + 1 + hours) == ':')
        minutes = 1 + digits_at(s, k + 2 + hours, 2, &m);
    bool goes_on = at(s, k + 1 + hours + minutes) == ':';
    if (hours == 0 || h > 14 || m % 15 != 0 || goes_on || (minutes != 3 && q->zone != 1))
        return i;
    q->value -= (at(s, k) == '-' ? -1.0 : 1.0) * (3600.0 * h + 60.0 * m);
    q->zone = 1;
    return k + 1 + hours + minutes;
}

static size_t seconds_at(struct hc_str s, size_t i, struct hc_quantity *q)
{
    int second = 0;
    if (at(s, i) != ':' || digits_at(s, i + 1, 2, &second) != 2 || second > 60)
        return i;
    q->value += second;
    q->step = 1;
    i += 3;
    double place = 0.1;
    if ((at(s, i) == '.' || at(s, i) == ',') && is_digit(at(s, i + 1)))
        for (i++; is_digit(at(s, i)) && place > 1e-10; i++, place /= 10) {
            q->value += place * (s.p[i] - '0');
            q->step = place;
        }
    return i;
}

/* "14:05", "14:05:09.5 UTC", "2:05 pm PDT", "3 PM"; where it ends, or `i`. */
static size_t time_at(struct hc_str s, size_t i, struct hc_quantity *q)
{
    int hour = 0, minute = 0;
    size_t n = digits_at(s, i, 2, &hour), k = i + n;
    if (n == 0 || hour > 24)
        return i;
    bool has_minutes = at(s, k) == ':' && digits_at(s, k + 1, 2, &minute) == 2 && minute < 60;
    q->value = 3600.0 * hour + 60.0 * minute;
    q->step = has_minutes ? 60 : 3600;
    if (has_minutes)
        k = seconds_at(s, k + 3, q);
    int half = half_day_at(s, &k);
    if ((half < 0 && !has_minutes) || (half >= 0 && (hour > 12 || hour == 0)))
        return i;
    if (half >= 0)
        q->value += 3600.0 * (half - (hour == 12 ? 12 : 0));
    q->kind = HC_Q_CLOCK;
    return zone_at(s, k, q);
}

/* ---- dates ---- */

static int month_of(struct hc_str word)
{
    static const char *const NAMES[] = {
        "jan january", "feb february", "mar march",          "apr april",   "may",          "jun june",
        "jul july",    "aug august",   "sep sept september", "oct october", "nov november", "dec december"};
    for (int m = 0; m < 12; m++)
        if (word.n > 0 && word.p[0] < 'a' && hc_word_in(word, NAMES[m]))
            return m + 1;
    return 0;
}

static size_t skip_ordinal(struct hc_str s, size_t i)
{
    struct hc_str word = word_at(s, i);
    return hc_word_in(word, "st nd rd th") ? i + word.n : i;
}

/* ", 2015" or " 2015" behind a day and month; else 0, which stands for no year. */
static size_t year_at(struct hc_str s, size_t i, int *year)
{
    size_t k = skip_spaces(s, i + (at(s, i) == ',')), n = digits_at(s, k, 4, year);
    if (n == 4 && at(s, k + 4) != ':' && *year >= 1900 && *year < 2200)
        return k + 4;
    *year = 0;
    return i;
}

static bool set_date(struct hc_quantity *q, int year, int month, int day)
{
    int64_t ns = 0;
    struct hc_civil civil = {.year = year ? year : 2000, .month = month, .day = day};
    if (!hc_time_from_civil(&civil, &ns))
        return false;
    q->kind = HC_Q_DATE;
    const int64_t seconds = ns / HC_NS_PER_SECOND;
    q->value = (double)seconds;
    q->dated = true;
    q->scale = year; /* 0: none stated */
    q->step = DAY_S;
    return true;
}

static size_t date_at(struct hc_str s, size_t i, struct hc_quantity *q)
{
    int year = 0, month = 0, day = 0;
    size_t n = digits_at(s, i, 4, &year), k = i;
    char mark = at(s, i + 4);
    if (n == 4 && (mark == '-' || mark == '/') && digits_at(s, i + 5, 2, &month) == 2 && at(s, i + 7) == mark &&
        digits_at(s, i + 8, 2, &day) == 2)
        return set_date(q, year, month, day) ? i + 10 : i;
    struct hc_str word = word_at(s, i);
    if ((month = month_of(word)) > 0) {
        k = skip_spaces(s, i + word.n + (at(s, i + word.n) == '.'));
        n = digits_at(s, k, 2, &day);
        k = n > 0 ? year_at(s, skip_ordinal(s, k + n), &year) : i;
    } else if ((n = digits_at(s, i, 2, &day)) > 0) {
        k = skip_spaces(s, skip_ordinal(s, i + n));
        if (hc_str_starts((struct hc_str){s.p + k, s.n - k}, HC_STR("of ")))
            k += 3;
        word = word_at(s, k);
        month = month_of(word);
        k = month > 0 ? year_at(s, k + word.n, &year) : i;
    }
    return k > i && set_date(q, year, month, day) ? k : i;
}

size_t hc_clock_scan(struct hc_str s, size_t i, struct hc_quantity *q)
{
    struct hc_quantity date = {.kind = HC_Q_DATE}, time = {.kind = HC_Q_CLOCK};
    size_t end = date_at(s, i, &date), k = end;
    if (end == i) {
        end = time_at(s, i, &time);
        *q = time;
        return end;
    }
    while (at(s, k) == ' ' || at(s, k) == ',')
        k++;
    struct hc_str word = word_at(s, k);
    if (hc_word_in(word, "at t"))
        k = skip_spaces(s, k + word.n);
    size_t time_end = is_digit(at(s, k)) ? time_at(s, k, &time) : k;
    *q = date;
    if (time_end == k)
        return end;
    time.value += date.value;
    time.scale = date.scale;
    time.dated = true;
    *q = time;
    return time_end;
}

bool hc_clock_between(const struct hc_quantity *from, const struct hc_quantity *to, double *seconds)
{
    if (from->zone && to->zone && from->zone != to->zone)
        return false;
    if (from->dated && to->dated && (from->scale > 0) == (to->scale > 0)) {
        *seconds = to->value - from->value;
        return true;
    }
    double between = to->value - from->value;
    *seconds = between - DAY_S * (double)(int64_t)(between / DAY_S);
    if (*seconds < 0)
        *seconds += DAY_S;
    return true;
}
