#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No double and no point half-way between two has more significant digits than 767. */
#define DIGITS_THAT_COUNT 768
#define EXPONENT_FAR 100000
#define DIGITS_SURE 19 /* so many fit 64 bits, whatever they are */

const double hc_powers_of_ten[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                     1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

__extension__ typedef unsigned __int128 wide;

static const uint32_t powers_of_ten[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

/* Up to 5^27 a power of five fits 64 bits. Each stands with its highest bit set, and its reciprocal beside it, less 2^64:
 * floor((2^128 - 1) / divisor) - 2^64. */
#define POWER(five, shift)                                                                                      \
    {                                                                                                           \
        (UINT64_C(five) << (shift)),                                                                            \
            (uint64_t)(((wide) ~(UINT64_C(five) << (shift)) << 64 | UINT64_MAX) / (UINT64_C(five) << (shift))), \
            (shift)                                                                                             \
    }

static const struct power {
    uint64_t divisor, reciprocal;
    int shift;
} powers_of_five[] = {
    POWER(1, 63),
    POWER(5, 61),
    POWER(25, 59),
    POWER(125, 57),
    POWER(625, 54),
    POWER(3125, 52),
    POWER(15625, 50),
    POWER(78125, 47),
    POWER(390625, 45),
    POWER(1953125, 43),
    POWER(9765625, 40),
    POWER(48828125, 38),
    POWER(244140625, 36),
    POWER(1220703125, 33),
    POWER(6103515625, 31),
    POWER(30517578125, 29),
    POWER(152587890625, 26),
    POWER(762939453125, 24),
    POWER(3814697265625, 22),
    POWER(19073486328125, 19),
    POWER(95367431640625, 17),
    POWER(476837158203125, 15),
    POWER(2384185791015625, 12),
    POWER(11920928955078125, 10),
    POWER(59604644775390625, 8),
    POWER(298023223876953125, 5),
    POWER(1490116119384765625, 3),
    POWER(7450580596923828125, 1),
};
#define POWER_MOST (int)(sizeof powers_of_five / sizeof *powers_of_five - 1)

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
            if (d->n_significant < DIGITS_SURE)
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
    if (d->n_significant > DIGITS_SURE)
        exponent -= (int64_t)(d->n_significant - DIGITS_SURE);
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

/* 2^exponent, a normal number. */
static double power_of_two(int exponent)
{
    uint64_t bits = (uint64_t)(exponent + 1023) << 52;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* mantissa / 10^k: the quotient has at least 63 bits and the remainder says whether more would follow, so rounding to 53
 * bits, halves to even, is exact. All results are normal numbers.
 * Source: Möller and Granlund, Improved division by invariant integers, 2011, algorithm 4: the quotient by the reciprocal
 * is right or one off, and the remainder tells. */
static double divided_value(uint64_t mantissa, int k)
{
    const struct power *power = &powers_of_five[k];
    uint64_t divisor = power->divisor;
    int up = __builtin_clzll(mantissa);
    wide dividend = (wide)(mantissa << up) << 63;
    wide estimate = (wide)power->reciprocal * (uint64_t)(dividend >> 64) + dividend;
    uint64_t quotient = (uint64_t)(estimate >> 64) + 1;
    uint64_t rest = (uint64_t)dividend - quotient * divisor;
    if (rest > (uint64_t)estimate) {
        quotient--;
        rest += divisor;
    }
    if (rest >= divisor) {
        quotient++;
        rest -= divisor;
    }
    int drop = 11 - __builtin_clzll(quotient);
    uint64_t half = UINT64_C(1) << (drop - 1);
    uint64_t tail = quotient & (2 * half - 1);
    uint64_t kept = quotient >> drop;
    if (tail > half || (tail == half && (rest != 0 || kept % 2 == 1)))
        kept++;
    return (double)(int64_t)kept * power_of_two(drop - 63 + power->shift - up - k);
}

/* Where a power of ten or the mantissa is no double. */
static bool scale_far(uint64_t mantissa, int64_t exponent, double *value)
{
    if (mantissa > 0 && exponent < 0 && exponent >= -POWER_MOST)
        *value = divided_value(mantissa, (int)-exponent);
    else if (exponent == 0)
        *value = (double)mantissa;
    else
        return false;
    return true;
}

/* mantissa x 10^exponent, correctly rounded; false: it takes more than a division to tell, and *value is untouched. */
static inline bool scale(uint64_t mantissa, int64_t exponent, double *value)
{
    if (mantissa > (UINT64_C(1) << 53) || exponent < -22 || exponent > 22)
        return scale_far(mantissa, exponent, value);
    /* Clinger 1990: both factors are exact, so the one rounding is the right one. */
    *value = exponent < 0 ? (double)(int64_t)mantissa / hc_powers_of_ten[-exponent]
                          : (double)(int64_t)mantissa * hc_powers_of_ten[exponent];
    return true;
}

static double decimal_value(const struct decimal *d)
{
    double value;
    if (d->n_significant == 0)
        return 0.0;
    return d->n_significant <= DIGITS_SURE && scale(d->mantissa, d->exponent, &value) ? value : slow_value(d);
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

/* Eight digits at a time while as many bytes can be read; more digits than 19 overflow it. */
static const char *scan_digits(const char *p, const char *end, uint64_t *mantissa)
{
    while (end - p >= 8) {
        uint64_t digits = hc_digit_values(p), others = hc_not_digits(digits);
        unsigned n = others == 0 ? 8 : (unsigned)__builtin_ctzll(others) / 8;
        digits = n == 0 ? 0 : digits << (64 - 8 * n);
        *mantissa = *mantissa * powers_of_ten[n] + hc_value_of_digits(digits);
        p += n;
        if (n < 8)
            return p;
    }
    for (unsigned digit; p < end && (digit = (unsigned)(unsigned char)*p - '0') < 10; p++)
        *mantissa = *mantissa * 10 + digit;
    return p;
}

/* "e+06"; more digits than three, or none, leave it to hc_number_parse. */
const char *hc_number_scan_power(const char *p, const char *end, uint64_t mantissa, int exponent, double *value)
{
    unsigned power = 0, digit;
    p++;
    bool negative = p < end && *p == '-';
    p += negative || (p < end && *p == '+');
    const char *begin = p;
    for (; p < end && (digit = (unsigned)(unsigned char)*p - '0') < 10; p++)
        power = power * 10 + digit;
    if (p == begin || p - begin > 3)
        return NULL;
    return scale(mantissa, exponent + (negative ? -(int)power : (int)power), value) ? p : NULL;
}

static size_t count_leading_zeros(const char *p, const char *end)
{
    size_t n = 0;
    for (; p < end && (*p == '0' || *p == '.'); p++)
        n += *p == '0';
    return n;
}

const char *hc_number_scan_any(const char *p, const char *end, double *value)
{
    uint64_t mantissa = 0;
    double magnitude;
    bool negative = p < end && *p == '-';
    const char *begin = p + negative;
    p = scan_digits(begin, end, &mantissa);
    const char *point = p;
    if (p < end && *p == '.')
        p = scan_digits(p + 1, end, &mantissa);
    size_t n_after = p > point ? (size_t)(p - point) - 1 : 0;
    size_t n_digits = (size_t)(point - begin) + n_after;
    if (n_digits == 0 || (n_digits > DIGITS_SURE && n_digits - count_leading_zeros(begin, p) > DIGITS_SURE))
        return NULL;
    if (p < end && (*p | 0x20) == 'e')
        p = hc_number_scan_power(p, end, mantissa, -(int)n_after, &magnitude);
    else if (!scale(mantissa, -(int64_t)n_after, &magnitude))
        p = NULL;
    if (p != NULL)
        *value = negative ? -magnitude : magnitude;
    return p;
}

bool hc_number_parse(struct hc_str s, double *value)
{
    struct decimal d;
    double scanned;
    if (s.n > 0 && hc_number_scan_any(s.p, s.p + s.n, &scanned) == s.p + s.n) {
        *value = scanned;
        return true;
    }
    s = hc_str_trim(s);
    if (s.n == 0 || !scan_decimal(s, &d)) {
        if (!is_gap(s))
            return false;
        *value = NAN;
        return true;
    }
    double magnitude = decimal_value(&d);
    if (isinf(magnitude))
        *value = NAN;
    else
        *value = d.negative ? -magnitude : magnitude;
    return true;
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
