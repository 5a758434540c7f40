/* Numbers: read exactly, written shortest, added without overflow. Locale-free. */
#ifndef HC_BASE_NUMBER_H
#define HC_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

/* Reads decimal floating point over the whole slice (spaces around are allowed), correctly rounded.
 * Empty, "NaN", infinities and overflow (1e999) are a gap: *value = NaN and true.
 * Anything else that is not a number: false, *value untouched.
 * Checked: tests/unit/base/test_number.c against strtod on a million values. */
bool hc_number_parse(struct hc_str s, double *value);

/* Reads the number that begins at `p` and gives where it ends, `end` at the latest. NULL: it is none, or not a plain one of
 * few digits: hc_number_parse then tells.
 * Source:  Clinger, How to read floating point numbers accurately, PLDI 1990: both factors are exact. Of more digits, an
 *          exact division by a reciprocal (number.c).
 * Cost:    of up to seven digits, the same however many there are.
 * Checked: tests/unit/base/test_number.c, against strtod. */
static inline const char *hc_number_scan(const char *p, const char *end, double *value);
/* The same: of any length up to 19 significant digits, with a sign. */
const char *hc_number_scan_any(const char *p, const char *end, double *value);
/* The rest of one, from its 'e' on: mantissa x 10^exponent and what that says. */
const char *hc_number_scan_power(const char *p, const char *end, uint64_t mantissa, int exponent, double *value);

extern const double hc_powers_of_ten[23];

/* The value of eight decimal digits, the first in the lowest byte.
 * Source: Daniel Lemire, "Quickly parsing eight digits", 2018: pairs, then fours, then the eight are joined by a
 * multiplication each. */
static inline uint64_t hc_value_of_digits(uint64_t digits)
{
    digits = digits * 2561 >> 8;
    digits = (digits & UINT64_C(0x00FF00FF00FF00FF)) * 6553601 >> 16;
    return (digits & UINT64_C(0x0000FFFF0000FFFF)) * UINT64_C(42949672960001) >> 32;
}

/* The eight bytes at `p`, the first in the lowest byte. */
static inline uint64_t hc_eight_bytes(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(word) : word;
}

/* The values of the eight digits at `p`; other bytes are above 9. */
static inline uint64_t hc_digit_values(const char *p)
{
    return hc_eight_bytes(p) ^ UINT64_C(0x3030303030303030);
}

/* The highest bit of each byte above 9; what goes over from one byte to the next comes after a byte that is marked. */
static inline uint64_t hc_not_digits(uint64_t values)
{
    return ((values + UINT64_C(0x7676767676767676)) | values) & UINT64_C(0x8080808080808080);
}

static inline const char *hc_number_scan(const char *p, const char *end, double *value)
{
    if (end - p < 8)
        return hc_number_scan_any(p, end, value);
    uint64_t digits = hc_digit_values(p), others = hc_not_digits(digits);
    if (others == 0)
        return hc_number_scan_any(p, end, value);
    unsigned n_digits = (unsigned)__builtin_ctzll(others) / 8, n_after = 0, n = n_digits;
    if (p[n] == '.') {
        uint64_t before = (others ^ (others - 1)) >> 8, closed = digits >> 8;
        others &= others - 1;
        n = others == 0 ? 0 : (unsigned)__builtin_ctzll(others) / 8;
        digits = ((digits ^ closed) & before) ^ closed;
        n_after = n - n_digits - 1;
        n_digits = n - 1;
    }
    if (n_digits - 1 >= 8)
        return hc_number_scan_any(p, end, value);
    uint64_t mantissa = hc_value_of_digits(digits << (64 - 8 * n_digits));
    p += n;
    if ((*p | 0x20) == 'e')
        return hc_number_scan_power(p, end, mantissa, -(int)n_after, value);
    *value = (double)(int64_t)mantissa / hc_powers_of_ten[n_after];
    return p;
}

/* Whole-slice decimal integers; false on overflow. */
bool hc_int64_parse(struct hc_str s, int64_t *value);
bool hc_uint64_parse(struct hc_str s, uint64_t *value);

/* The shortest text that reads back the same; NaN and infinities give "null".
 * `out` holds at least HC_NUMBER_TEXT bytes. Returns the length. */
#define HC_NUMBER_TEXT 32
size_t hc_number_format(double value, char out[HC_NUMBER_TEXT]);

/* As printf's "%.*f" in the C locale while |value| x 10^decimals is below 10^18, else as "%.*e". `decimals` is 0 to 9.
 * `out` holds at least HC_NUMBER_TEXT bytes. Returns the length.
 * Cost:    a tenth of printf's.
 * Checked: tests/unit/base/test_number.c, against printf. */
size_t hc_number_fixed(double value, int decimals, char out[HC_NUMBER_TEXT]);

/* As people say a measured value: so many significant digits, more where the whole part has more, trailing zeros dropped; no
 * exponent between 1e-4 and 1e15. `n_digits` is 1 to 6. `out` holds at least HC_NUMBER_TEXT bytes. Returns the length. */
size_t hc_number_significant(double value, int n_digits, char out[HC_NUMBER_TEXT]);

/* Checked arithmetic on sizes: false on overflow, *result untouched. */
static inline bool hc_size_add(size_t a, size_t b, size_t *result)
{
    size_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *result = sum;
    return true;
}

static inline bool hc_size_multiply(size_t a, size_t b, size_t *result)
{
    size_t product;
    if (__builtin_mul_overflow(a, b, &product))
        return false;
    *result = product;
    return true;
}

#endif
