#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No double and no point half-way between two has more significant digits than 767. */
#define DIGITS_THAT_COUNT 768
#define EXPONENT_FAR 100000

const double hc_powers_of_ten[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                     1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* Up to 5^27 a power of five fits 64 bits. */
static const uint64_t powers_of_five[] = {
    UINT64_C(1),
    UINT64_C(5),
    UINT64_C(25),
    UINT64_C(125),
    UINT64_C(625),
    UINT64_C(3125),
    UINT64_C(15625),
    UINT64_C(78125),
    UINT64_C(390625),
    UINT64_C(1953125),
    UINT64_C(9765625),
    UINT64_C(48828125),
    UINT64_C(244140625),
    UINT64_C(1220703125),
    UINT64_C(6103515625),
    UINT64_C(30517578125),
    UINT64_C(152587890625),
    UINT64_C(762939453125),
    UINT64_C(3814697265625),
    UINT64_C(19073486328125),
    UINT64_C(95367431640625),
    UINT64_C(476837158203125),
    UINT64_C(2384185791015625),
    UINT64_C(11920928955078125),
    UINT64_C(59604644775390625),
    UINT64_C(298023223876953125),
    UINT64_C(1490116119384765625),
    UINT64_C(7450580596923828125),
};

__extension__ typedef unsigned __int128 wide;

/* A decimal number taken apart: mantissa x 10^exponent holds its first 19 significant digits. */
struct decimal {
    bool negative;
    uint64_t mantissa;
    int64_t exponent;
    size_t n_significant;
    const char *digits; /* from the first digit that is not 0 */
    const char *end;
    int64_t exponent_written;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool scan_exponent(const char **at, const char *end, int64_t *exponent)
{
    const char *p = *at + 1;
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    if (p == end || !is_digit(*p))
        return false;
    int64_t value = 0;
    for (; p < end && is_digit(*p); p++) {
        if (value < INT64_C(1000000000000000))
            value = value * 10 + (*p - '0');
    }
    *exponent = negative ? -value : value;
    *at = p;
    return true;
}

static bool scan_decimal(struct hc_str s, struct decimal *d)
{
    const char *p = s.p;
    const char *end = s.p + s.n;
    bool any = false;
    bool after_point = false;
    *d = (struct decimal){.negative = *p == '-'};
    if (*p == '-' || *p == '+')
        p++;
    for (; p < end; p++) {
        if (*p == '.' && !after_point) {
            after_point = true;
            continue;
        }
        if (!is_digit(*p))
            break;
        any = true;
        if (d->n_significant > 0 || *p != '0') {
            if (d->n_significant == 0)
                d->digits = p;
            if (d->n_significant < 19)
                d->mantissa = d->mantissa * 10 + (uint64_t)(*p - '0');
            else
                d->exponent++;
            d->n_significant++;
        }
        d->exponent -= after_point;
    }
    d->end = p;
    if (any && p < end && (*p == 'e' || *p == 'E') && !scan_exponent(&p, end, &d->exponent_written))
        return false;
    d->exponent += d->exponent_written;
    return any && p == end;
}

/* Writes the number without a decimal point, so that no locale can matter to strtod. */
static double slow_value(const struct decimal *d)
{
    char text[DIGITS_THAT_COUNT + 32];
    size_t n = 0;
    size_t n_dropped = 0;
    bool sticky = false;
    for (const char *p = d->digits; p < d->end; p++) {
        if (*p == '.')
            continue;
        if (n < DIGITS_THAT_COUNT) {
            text[n++] = *p;
        } else {
            n_dropped++;
            sticky = sticky || *p != '0';
        }
    }
    int64_t exponent = d->exponent;
    if (d->n_significant > 19)
        exponent -= (int64_t)(d->n_significant - 19);
    exponent += (int64_t)n_dropped;
    if (sticky) {
        text[n++] = '1';
        exponent--;
    }
    if (exponent > EXPONENT_FAR)
        exponent = EXPONENT_FAR;
    if (exponent < -EXPONENT_FAR)
        exponent = -EXPONENT_FAR;
    snprintf(text + n, sizeof text - n, "e%d", (int)exponent);
    return strtod(text, NULL);
}

/* mantissa / 10^k by one long division: the quotient has at least 63 bits and the remainder says whether
 * more would follow, so rounding to 53 bits, halves to even, is exact. All results are normal numbers. */
static double divided_value(uint64_t mantissa, int k)
{
    int up = __builtin_clzll(mantissa);
    int up_divisor = __builtin_clzll(powers_of_five[k]);
    wide dividend = (wide)(mantissa << up) << 63;
    uint64_t divisor = powers_of_five[k] << up_divisor;
    uint64_t quotient = (uint64_t)(dividend / divisor);
    bool more = dividend % divisor != 0;
    int drop = 11 - __builtin_clzll(quotient);
    uint64_t half = UINT64_C(1) << (drop - 1);
    uint64_t tail = quotient & (2 * half - 1);
    uint64_t kept = quotient >> drop;
    if (tail > half || (tail == half && (more || kept % 2 == 1)))
        kept++;
    return ldexp((double)kept, drop - 63 + up_divisor - up - k);
}

static double decimal_value(const struct decimal *d)
{
    if (d->n_significant == 0)
        return 0.0;
    /* Clinger 1990: both factors are exact, so the one rounding is the right one. */
    if (d->n_significant <= 19 && d->mantissa <= (UINT64_C(1) << 53) && d->exponent >= -22 && d->exponent <= 22) {
        double mantissa = (double)d->mantissa;
        return d->exponent < 0 ? mantissa / hc_powers_of_ten[-d->exponent] : mantissa * hc_powers_of_ten[d->exponent];
    }
    if (d->n_significant <= 19 && d->exponent < 0 && d->exponent >= -27)
        return divided_value(d->mantissa, (int)-d->exponent);
    return slow_value(d);
}

static bool is_gap(struct hc_str s)
{
    if (s.n > 0 && (s.p[0] == '+' || s.p[0] == '-')) {
        s.p++;
        s.n--;
        if (s.n == 0)
            return false;
    }
    return s.n == 0 || hc_str_equal_nocase(s, HC_STR("nan")) || hc_str_equal_nocase(s, HC_STR("inf")) ||
           hc_str_equal_nocase(s, HC_STR("infinity"));
}

/* Digits and perhaps a point, fifteen bytes at most: both factors are exact here too. */
static bool parse_short(struct hc_str s, double *value)
{
    uint64_t mantissa = 0;
    size_t n_after = 0;
    bool after_point = false;
    for (size_t i = 0; i < s.n; i++) {
        if (is_digit(s.p[i])) {
            mantissa = mantissa * 10 + (uint64_t)(s.p[i] - '0');
            n_after += after_point;
        } else if (s.p[i] == '.' && !after_point) {
            after_point = true;
        } else {
            return false;
        }
    }
    *value = (double)mantissa / hc_powers_of_ten[n_after];
    return s.n > after_point;
}

bool hc_number_parse(struct hc_str s, double *value)
{
    struct decimal d;
    double magnitude;
    if (s.n <= 15 && parse_short(s, &magnitude)) {
        *value = magnitude;
        return true;
    }
    s = hc_str_trim(s);
    if (s.n == 0 || !scan_decimal(s, &d)) {
        if (!is_gap(s))
            return false;
        *value = NAN;
        return true;
    }
    magnitude = decimal_value(&d);
    if (isinf(magnitude))
        *value = NAN;
    else
        *value = d.negative ? -magnitude : magnitude;
    return true;
}

static const char *scan_digits(const char *p, uint64_t *mantissa)
{
    for (unsigned digit; (digit = (unsigned)(unsigned char)*p - '0') < 10; p++)
        *mantissa = *mantissa * 10 + digit;
    return p;
}

static const char *scale(const char *end, uint64_t mantissa, int exponent, double *value)
{
    if (mantissa > (UINT64_C(1) << 53) || exponent < -22 || exponent > 22)
        return NULL;
    *value = exponent < 0 ? (double)(int64_t)mantissa / hc_powers_of_ten[-exponent]
                          : (double)(int64_t)mantissa * hc_powers_of_ten[exponent];
    return end;
}

/* "e+06"; more digits than three, or none, leave it to hc_number_parse. */
const char *hc_number_scan_power(const char *p, uint64_t mantissa, int exponent, double *value)
{
    uint64_t power = 0;
    bool negative = *++p == '-';
    if (*p == '-' || *p == '+')
        p++;
    const char *end = scan_digits(p, &power);
    if (end == p || end > p + 3)
        return NULL;
    return scale(end, mantissa, exponent + (negative ? -(int)power : (int)power), value);
}

const char *hc_number_scan_any(const char *p, double *value)
{
    uint64_t mantissa = 0;
    double magnitude;
    bool negative = *p == '-';
    const char *begin = p + negative;
    p = scan_digits(begin, &mantissa);
    const char *point = p;
    if (*p == '.')
        p = scan_digits(p + 1, &mantissa);
    size_t n_after = p > point ? (size_t)(p - point) - 1 : 0;
    size_t n_digits = (size_t)(point - begin) + n_after;
    if (n_digits == 0 || n_digits > 19)
        return NULL;
    p = (*p | 0x20) == 'e' ? hc_number_scan_power(p, mantissa, -(int)n_after, &magnitude)
                           : scale(p, mantissa, -(int)n_after, &magnitude);
    if (p != NULL)
        *value = negative ? -magnitude : magnitude;
    return p;
}

bool hc_uint64_parse(struct hc_str s, uint64_t *value)
{
    uint64_t result = 0;
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit(s.p[i]) || __builtin_mul_overflow(result, 10, &result) ||
            __builtin_add_overflow(result, (uint64_t)(s.p[i] - '0'), &result))
            return false;
    }
    *value = result;
    return true;
}

bool hc_int64_parse(struct hc_str s, int64_t *value)
{
    bool negative = s.n > 0 && s.p[0] == '-';
    if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+')) {
        s.p++;
        s.n--;
    }
    uint64_t magnitude;
    if (!hc_uint64_parse(s, &magnitude) || magnitude > (uint64_t)INT64_MAX + negative)
        return false;
    if (negative)
        *value = magnitude > (uint64_t)INT64_MAX ? INT64_MIN : -(int64_t)magnitude;
    else
        *value = (int64_t)magnitude;
    return true;
}

#define FIXED_MOST UINT64_C(1000000000000000000)

/* |value| x 10^decimals, rounded as printf does: exactly, halves to even. FIXED_MOST: it is no less than that. */
static uint64_t scaled_value(double value, int decimals)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int exponent = (int)(bits >> 52 & 0x7ff) - 1075;
    uint64_t mantissa = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
    wide scaled = (wide)mantissa * (powers_of_five[decimals] << decimals);
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
        if (is_digit(text[i]))
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
