/* Numbers as text. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

__extension__ typedef unsigned __int128 wide;

#define FIXED_MOST UINT64_C(1000000000000000000)

/* |value| x 10^decimals, rounded as printf does: exactly, halves to even. FIXED_MOST: it is no less than that. */
static uint64_t scaled_value(double value, int decimals)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int exponent = (int)(bits >> 52 & 0x7ff) - 1075;
    uint64_t mantissa = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
    wide scaled = (wide)mantissa * (uint64_t)hc_powers_of_ten[decimals];
    if (exponent >= 0)
        return exponent < 8 && (scaled << exponent) < FIXED_MOST ? (uint64_t)(scaled << exponent) : FIXED_MOST;
    if (exponent < -90) /* the product has no more than 53 + 30 bits */
        return 0;
    wide kept = scaled >> -exponent;
    wide tail = scaled - (kept << -exponent);
    wide half = (wide)1 << (-exponent - 1);
    if (tail > half || (tail == half && kept % 2 == 1))
        kept++;
    return kept < FIXED_MOST ? (uint64_t)kept : FIXED_MOST;
}

size_t hc_number_fixed(double value, int decimals, char out[HC_NUMBER_TEXT])
{
    char digits[24];
    size_t n = sizeof digits, n_out = 0;
    uint64_t scaled = isfinite(value) ? scaled_value(value, decimals) : FIXED_MOST;
    if (scaled == FIXED_MOST)
        return (size_t)snprintf(out, HC_NUMBER_TEXT, "%.*e", decimals, value);
    for (int i = 0; scaled > 0 || i <= decimals; i++) {
        if (i == decimals && i > 0)
            digits[--n] = '.';
        digits[--n] = (char)('0' + scaled % 10);
        scaled /= 10;
    }
    if (signbit(value))
        out[n_out++] = '-';
    memcpy(out + n_out, digits + n, sizeof digits - n);
    n_out += sizeof digits - n;
    out[n_out] = '\0';
    return n_out;
}

struct shortest {
    char digits[20];
    int n;
    int exponent; /* of the first digit */
};

/* True where `precision` digits read back as `magnitude`. */
static bool try_digits(double magnitude, int precision, struct shortest *out)
{
    char text[40];
    int n = snprintf(text, sizeof text, "%.*e", precision - 1, magnitude);
    out->n = 0;
    int i = 0;
    for (; i < n && text[i] != 'e'; i++) {
        if (text[i] >= '0' && text[i] <= '9')
            out->digits[out->n++] = text[i];
    }
    out->exponent = (int)strtol(text + i + 1, NULL, 10);
    double back = 0;
    struct hc_str whole = {text, (size_t)n};
    return precision == 17 || (hc_number_parse(whole, &back) && back == magnitude);
}

static size_t put_plain(const struct shortest *s, char *out)
{
    size_t n = 0;
    if (s->exponent < 0) {
        out[n++] = '0';
        out[n++] = '.';
        for (int i = -1; i > s->exponent; i--)
            out[n++] = '0';
    }
    for (int i = 0; i < s->n || i <= s->exponent; i++) {
        if (i > 0 && i == s->exponent + 1)
            out[n++] = '.';
        out[n++] = i < s->n ? s->digits[i] : '0';
    }
    return n;
}

static size_t put_scientific(const struct shortest *s, char *out)
{
    size_t n = 0;
    out[n++] = s->digits[0];
    if (s->n > 1) {
        out[n++] = '.';
        memcpy(out + n, s->digits + 1, (size_t)s->n - 1);
        n += (size_t)s->n - 1;
    }
    return n + (size_t)snprintf(out + n, 8, "e%d", s->exponent);
}

size_t hc_number_format(double value, char out[HC_NUMBER_TEXT])
{
    if (!isfinite(value))
        return (size_t)snprintf(out, HC_NUMBER_TEXT, "null");
    if (value == trunc(value) && fabs(value) < 1e15)
        return (size_t)snprintf(out, HC_NUMBER_TEXT, "%.0f", value);
    double magnitude = fabs(value);
    struct shortest s = {.n = 0};
    /* Below the normal range fewer than 15 digits may be the shortest; above, %g's zeros tell. */
    int precision = magnitude < 2.3e-308 ? 1 : 15;
    while (!try_digits(magnitude, precision, &s))
        precision++;
    while (s.n > 1 && s.digits[s.n - 1] == '0')
        s.n--;
    size_t n = 0;
    if (value < 0)
        out[n++] = '-';
    bool plain = s.exponent >= -5 && (s.exponent < 15 || (s.n > s.exponent && s.exponent < 17));
    n += plain ? put_plain(&s, out + n) : put_scientific(&s, out + n);
    out[n] = '\0';
    return n;
}

size_t hc_number_significant(double value, int n_digits, char out[HC_NUMBER_TEXT])
{
    const double size = fabs(value);
    if (!isfinite(value) || size >= 1e15 || (size > 0 && size < 1e-4))
        return (size_t)snprintf(out, HC_NUMBER_TEXT, "%.*g", n_digits, value);
    int decimals = n_digits - 1; /* of a number from 1 to 10 */
    for (double power = 10; size >= power && decimals > 0; power *= 10)
        decimals--;
    for (double scaled = size; scaled < 1 && size > 0; scaled *= 10)
        decimals++;
    size_t n = hc_number_fixed(value, decimals, out);
    while (decimals > 0 && out[n - 1] == '0')
        n--;
    n -= decimals > 0 && out[n - 1] == '.';
    out[n] = '\0';
    return n;
}
