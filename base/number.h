/* Numbers: read exactly, written shortest, added without overflow. Locale-free. */
#ifndef HC_BASE_NUMBER_H
#define HC_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Reads decimal floating point over the whole slice (spaces around are allowed), correctly rounded.
 * Empty, "NaN", infinities and overflow (1e999) are a gap: *value = NaN and true.
 * Anything else that is not a number: false, *value untouched.
 * Checked: tests/unit/base/test_number.c against strtod on a million values. */
bool hc_number_parse(struct hc_str s, double *value);

/* Reads the number that begins at `p` and gives where it ends; the bytes must go on to one that is no part of a number (a
 * comma, a line feed). NULL: it is none, or not a plain one of few digits: hc_number_parse then tells.
 * Source:  Clinger, How to read floating point numbers accurately, PLDI 1990: both factors are exact.
 * Checked: tests/unit/base/test_number.c, against hc_number_parse. */
static inline const char *hc_number_scan(const char *p, double *value);
const char *hc_number_scan_any(const char *p, double *value); /* the same: signs, exponents, up to 19 digits */

extern const double hc_powers_of_ten[23];

static inline const char *hc_number_scan(const char *p, double *value)
{
    const char *begin = p;
    uint64_t mantissa = 0;
    size_t n_after = 0;
    unsigned digit;
    for (; (digit = (unsigned)(unsigned char)*p - '0') < 10; p++)
        mantissa = mantissa * 10 + digit;
    size_t n_before = (size_t)(p - begin);
    if (*p == '.') {
        const char *point = ++p;
        for (; (digit = (unsigned)(unsigned char)*p - '0') < 10; p++)
            mantissa = mantissa * 10 + digit;
        n_after = (size_t)(p - point);
    }
    if (n_before + n_after - 1 > 14 || (*p | 0x20) == 'e')
        return hc_number_scan_any(begin, value);
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
