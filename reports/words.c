#include "reports/words.h"

#include <math.h>

#include "base/number.h"

static size_t put_after(char out[HC_WORD_TEXT], size_t n, const char *text)
{
    size_t more = strlen(text);
    if (more > HC_WORD_TEXT - 1 - n)
        more = HC_WORD_TEXT - 1 - n;
    memcpy(out + n, text, more);
    out[n + more] = '\0';
    return n + more;
}

static size_t put(char out[HC_WORD_TEXT], const char *text)
{
    return put_after(out, 0, text);
}

size_t hc_word_fixed(double value, int decimals, char out[HC_WORD_TEXT])
{
    double scale = pow(10, decimals);
    if (!isfinite(value) || fabs(value) * scale > 9e17)
        return put(out, "?");
    long long scaled = llround(value * scale);
    unsigned long long size = (unsigned long long)llabs(scaled);
    unsigned long long unit = (unsigned long long)llround(scale);
    int n = decimals > 0 ? snprintf(out, HC_WORD_TEXT, "%s%llu.%0*llu", scaled < 0 ? "-" : "", size / unit, decimals,
                                    size % unit)
                         : snprintf(out, HC_WORD_TEXT, "%s%llu", scaled < 0 ? "-" : "", size);
    return n > 0 ? (size_t)n : 0;
}

#define NARROW_SPACE "\xE2\x80\xAF" /* U+202F, does not break */
#define UNGROUPED 4

/* Sets the thousands of the digits before the point apart. */
static size_t group_digits(const char *plain, char out[HC_WORD_TEXT])
{
    size_t sign = plain[0] == '-', whole = strcspn(plain + sign, "."), n = 0;
    char text[2 * HC_WORD_TEXT];
    for (size_t i = 0; plain[i]; i++) {
        if (whole > UNGROUPED && i > sign && i < sign + whole && (sign + whole - i) % 3 == 0)
            for (size_t k = 0; k < sizeof NARROW_SPACE - 1; k++)
                text[n++] = NARROW_SPACE[k];
        text[n++] = plain[i];
    }
    text[n] = '\0';
    return put(out, text);
}

size_t hc_word_value(double value, char out[HC_WORD_TEXT])
{
    char plain[HC_NUMBER_TEXT];
    if (!isfinite(value))
        return put(out, "?");
    hc_number_significant(value, 4, plain);
    return strchr(plain, 'e') ? put(out, plain) : group_digits(plain, out);
}

size_t hc_word_exact(double value, char out[HC_WORD_TEXT])
{
    char text[HC_NUMBER_TEXT];
    if (!isfinite(value))
        return put(out, "?");
    hc_number_format(value, text);
    return put(out, text);
}

size_t hc_word_change(double from, double to, char out[HC_WORD_TEXT])
{
    if (!(from > 0) || !isfinite(to) || !isfinite(from))
        return put(out, "");
    double percent = 100 * (to - from) / from;
    if (!(fabs(percent) < 1e15))
        return put(out, "");
    size_t n = hc_word_signed(percent, fabs(percent) < 1 ? 1 : 0, out);
    return put_after(out, n, " %");
}

size_t hc_word_ratio(double from, double to, char out[HC_WORD_TEXT])
{
    if (!(from > 0) || !isfinite(to) || !isfinite(from))
        return put(out, "");
    return put_after(out, hc_word_fixed(to / from, to / from < 9.95 ? 1 : 0, out), " x");
}

size_t hc_word_probability(double p, char out[HC_WORD_TEXT])
{
    if (p > 0 && p < 0.0005)
        return put(out, "< 0.001");
    if (p < 1 && p >= 0.9995)
        return put(out, "> 0.999");
    return hc_word_fixed(p, 3, out);
}

size_t hc_word_percent(double p, char out[HC_WORD_TEXT])
{
    if (p > 0 && p < 0.005)
        return put(out, "< 1 %");
    if (p < 1 && p >= 0.995)
        return put(out, "> 99 %");
    return put_after(out, hc_word_fixed(100 * p, 0, out), " %");
}

size_t hc_word_share(int tenths, double p, char out[HC_WORD_TEXT])
{
    if (tenths == 0 && p > 0)
        return put(out, "< 0.1 %");
    return put_after(out, hc_word_fixed(tenths / 10.0, 1, out), " %");
}

size_t hc_word_signed(double value, int decimals, char out[HC_WORD_TEXT])
{
    char text[HC_WORD_TEXT];
    hc_word_fixed(value, decimals, text);
    size_t n = put(out, text[0] == '-' || text[0] == '?' ? "" : "+");
    return put_after(out, n, text);
}

size_t hc_word_points(double points, char out[HC_WORD_TEXT])
{
    size_t n = hc_word_signed(100 * points, fabs(points) < 0.0995 ? 1 : 0, out);
    return put_after(out, n, " points");
}

/* ---- durations ----------------------------------------------------------------------------------------- */

static size_t put_seconds(uint64_t ns, char out[HC_WORD_TEXT])
{
    char fraction[HC_WORD_TEXT];
    int n = snprintf(out, HC_WORD_TEXT, "%llu", (unsigned long long)(ns / 1000000000u));
    snprintf(fraction, sizeof fraction, ".%09llu", (unsigned long long)(ns % 1000000000u));
    size_t used = 10;
    while (used > 1 && fraction[used - 1] == '0')
        used--;
    fraction[used > 1 ? used : 0] = '\0';
    return put_after(out, put_after(out, n > 0 ? (size_t)n : 0, fraction), " s");
}

static size_t put_two_units(uint64_t large, const char *large_unit, uint64_t small, const char *small_unit,
                            char out[HC_WORD_TEXT])
{
    int n = small > 0 ? snprintf(out, HC_WORD_TEXT, "%llu %s %llu %s", (unsigned long long)large, large_unit,
                                 (unsigned long long)small, small_unit)
                      : snprintf(out, HC_WORD_TEXT, "%llu %s", (unsigned long long)large, large_unit);
    return n > 0 ? (size_t)n : 0;
}

size_t hc_word_duration(int64_t ns, char out[HC_WORD_TEXT])
{
    const uint64_t second = 1000000000u, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
    uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    uint64_t step = size < 10 * second ? second / 1000 : size < 2 * minute ? second / 10 : second;
    char text[HC_WORD_TEXT];
    size = size < step ? size : (size + step / 2) / step * step; /* what is below a step stays exact */
    if (size < 2 * minute) {
        put_seconds(size, text);
    } else if (size < 2 * hour) {
        char rest[HC_WORD_TEXT];
        size_t n = put_two_units(size / minute, "min", 0, "", text);
        if (size % minute > 0) {
            put_seconds(size % minute, rest);
            put_after(text, put_after(text, n, " "), rest);
        }
    } else if (size < 2 * day) {
        put_two_units(size / hour, "h", size % hour / minute, "min", text);
    } else {
        put_two_units(size / day, "d", size % day / hour, "h", text);
    }
    return put_after(out, put(out, ns < 0 ? "-" : ""), text);
}

size_t hc_word_minutes(double minutes, char out[HC_WORD_TEXT])
{
    const double minute_ns = 60e9, most = 1e8; /* 190 years, which 64 bits of nanoseconds hold */
    const double whole = round(minutes);
    if (fabs(whole) < 120 || !(fabs(whole) < most))
        return put_after(out, hc_word_fixed(whole, 0, out), " min");
    return hc_word_duration((int64_t)(whole * minute_ns), out);
}

size_t hc_word_offset(int64_t ns, char out[HC_WORD_TEXT])
{
    char text[HC_WORD_TEXT];
    hc_word_duration(ns, text);
    return put_after(out, put(out, ns < 0 ? "T" : "T+"), text);
}

size_t hc_word_bytes(uint64_t n_bytes, char out[HC_WORD_TEXT])
{
    static const char *const units[] = {" B", " KiB", " MiB", " GiB", " TiB"};
    double value = (double)n_bytes;
    size_t unit = 0;
    while (value >= 1024 && unit + 1 < sizeof units / sizeof units[0]) {
        value /= 1024;
        unit++;
    }
    size_t n = unit == 0 || value >= 99.95 ? hc_word_fixed(value, 0, out) : hc_word_fixed(value, 1, out);
    return put_after(out, n, units[unit]);
}

/* ---- units --------------------------------------------------------------------------------------------- */

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80);
}

bool hc_word_binds(struct hc_str text, size_t at)
{
    static const char *const units[] = {"s",  "ms", "min", "h",   "d",   "B",   "kB", "KB",     "MB",
                                        "GB", "TB", "KiB", "MiB", "GiB", "TiB", "x",  "points", "nats"};
    if (at == 0 || at + 1 >= text.n || text.p[at] != ' ' || text.p[at - 1] < '0' || text.p[at - 1] > '9')
        return false;
    size_t n = 0;
    while (at + 1 + n < text.n && is_word(text.p[at + 1 + n]))
        n++;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strlen(units[i]) == n && memcmp(units[i], text.p + at + 1, n) == 0)
            return true;
    return text.p[at + 1] == '%';
}

/* ---- shares -------------------------------------------------------------------------------------------- */

static double part(double p)
{
    return isfinite(p) && p > 0 ? p : 0;
}

void hc_shares(const double *p, size_t n, int total, int *shares)
{
    double sum = 0;
    int left = total;
    for (size_t i = 0; i < n; i++)
        sum += part(p[i]);
    for (size_t i = 0; i < n; i++) {
        /* A hair is added so that 0.29 * 100 is 29, not 28 and a large remainder. */
        shares[i] = sum > 0 ? (int)floor(part(p[i]) / sum * total + 1e-9) : 0;
        left -= shares[i];
    }
    for (; left > 0 && sum > 0; left--) {
        size_t best = 0;
        double most = -1;
        for (size_t i = 0; i < n; i++) {
            double remainder = part(p[i]) / sum * total - shares[i];
            if (remainder > most + 1e-9) {
                most = remainder;
                best = i;
            }
        }
        shares[best]++;
    }
}
