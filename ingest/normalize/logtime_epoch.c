/* Timestamps that count seconds, or less, since 1970. */
#include "ingest/normalize/logtime.h"

#define TAI64N_BYTES 25 /* '@' and 24 hexadecimal digits */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t count_digits(struct hc_str s)
{
    size_t n = 0;
    while (n < s.n && n < 20 && is_digit(s.p[n]))
        n++;
    return n;
}

size_t hc_stamp_scan_tai64n(struct hc_str s, struct hc_stamp *stamp)
{
    uint64_t label[3] = {0, 0, 0};
    if (s.n < TAI64N_BYTES || s.p[0] != '@')
        return 0;
    for (size_t i = 1; i < TAI64N_BYTES; i++) {
        char c = (char)(s.p[i] | 0x20);
        if (!is_digit(c) && (c < 'a' || c > 'f'))
            return 0;
        label[(i - 1) / 8] = label[(i - 1) / 8] * 16 + (uint64_t)(is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    if (label[0] != 0x40000000 || label[2] > 999999999)
        return 0;
    *stamp = (struct hc_stamp){
        .epoch_ns = ((int64_t)label[1] - 10) * HC_NS_PER_SECOND + (int64_t)label[2], .digits = 9, .has_offset = true};
    return TAI64N_BYTES;
}

size_t hc_stamp_scan_epoch(struct hc_str s, struct hc_stamp *stamp)
{
    size_t n = count_digits(s), whole = n;
    if (n != 10 && n != 13 && n != 16 && n != 19)
        return 0;
    if (n == 10 && n + 1 < s.n && s.p[n] == '.' && is_digit(s.p[n + 1])) {
        whole++;
        while (whole < s.n && is_digit(s.p[whole]))
            whole++;
    }
    if (whole < s.n && is_word(s.p[whole]))
        return 0;
    uint64_t digits = 0;
    int64_t unit = HC_NS_PER_SECOND;
    for (size_t i = 0; i < n; i++)
        digits = digits * 10 + (uint64_t)(s.p[i] - '0');
    if (digits > INT64_MAX)
        return 0;
    int64_t value = (int64_t)digits;
    for (size_t i = n; i > 10; i -= 3)
        unit /= 1000;
    if (value / (HC_NS_PER_SECOND / unit) < 788918400 || value / (HC_NS_PER_SECOND / unit) >= 4102444800)
        return 0;
    *stamp = (struct hc_stamp){.epoch_ns = value * unit, .has_offset = true, .digits = (int8_t)(n - 10)};
    for (size_t i = n + 1; i < whole && stamp->digits < 9; i++) {
        unit /= 10;
        stamp->epoch_ns += (s.p[i] - '0') * unit;
        stamp->digits++;
    }
    return whole;
}
