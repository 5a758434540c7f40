/* The loops of vector.c, which includes this once for any processor and once for wider vectors: a compiler splits
 * vectors before it inlines, so that each needs a text of its own. Private to vector.c; no guard, it is read twice. */
#include "analysis/stats/vector.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef HC_LOOP
#define HC_LOOP(name) name##_plain
#define HC_LOOP_TARGET
#endif

#ifndef HC_ROUNDING
#define HC_ROUNDING 0x1.8p52 /* added and taken away, rounds to a whole number, which its low bits hold */
#define HC_INVERSE_LN2 0x1.71547652b82fep+0
#define HC_LN2_HIGH 0x1.62e42fee00000p-1
#define HC_LN2_LOW 0x1.a39ef35793c76p-33
#define HC_EXP_LEAST (-708.0)
#define HC_LOAD(to, from) memcpy(&(to), (from), sizeof(to))
#define HC_STORE(to, from) memcpy((to), &(from), sizeof(from))

/* Four at a time, in the compiler's own vectors, which it maps to whatever the processor has. */
typedef double hc_four __attribute__((vector_size(32)));
typedef uint64_t hc_four_bits __attribute__((vector_size(32)));
typedef int64_t hc_four_choices __attribute__((vector_size(32)));
#endif

/* Sixteen of a row at a time: enough sums that they do not wait for each other. */
HC_LOOP_TARGET static inline void HC_LOOP(gather)(double *z, const double *matrix, size_t width,
                                                  const uint32_t *column, const double *value, size_t n)
{
    size_t t = 0;
    for (; t + 16 <= width; t += 16) {
        hc_four s0, s1, s2, s3, a, b, c, d;
        HC_LOAD(s0, z + t);
        HC_LOAD(s1, z + t + 4);
        HC_LOAD(s2, z + t + 8);
        HC_LOAD(s3, z + t + 12);
        for (size_t j = 0; j < n; j++) {
            const double *row = matrix + column[j] * width + t, v = value[j];
            HC_LOAD(a, row);
            HC_LOAD(b, row + 4);
            HC_LOAD(c, row + 8);
            HC_LOAD(d, row + 12);
            s0 += v * a;
            s1 += v * b;
            s2 += v * c;
            s3 += v * d;
        }
        HC_STORE(z + t, s0);
        HC_STORE(z + t + 4, s1);
        HC_STORE(z + t + 8, s2);
        HC_STORE(z + t + 12, s3);
    }
    for (; t < width; t += 4) {
        hc_four sum, a;
        HC_LOAD(sum, z + t);
        for (size_t j = 0; j < n; j++) {
            HC_LOAD(a, matrix + column[j] * width + t);
            sum += value[j] * a;
        }
        HC_STORE(z + t, sum);
    }
}

HC_LOOP_TARGET static inline void HC_LOOP(scatter)(double *matrix, size_t width, const uint32_t *column,
                                                   const double *value, size_t n, const double *r, int squared)
{
    for (size_t j = 0; j < n; j++) {
        double *row = matrix + column[j] * width;
        const double v = squared ? value[j] * value[j] : value[j];
        for (size_t t = 0; t < width; t += HC_VECTOR_WIDTH) {
            hc_four a, b, x, y;
            HC_LOAD(a, row + t);
            HC_LOAD(b, row + t + 4);
            HC_LOAD(x, r + t);
            HC_LOAD(y, r + t + 4);
            a += v * x;
            b += v * y;
            HC_STORE(row + t, a);
            HC_STORE(row + t + 4, b);
        }
    }
}

/* Of four numbers of which none is above 709 or NaN; returns nothing by value, since wide vectors have no agreed way
 * of being returned. */
HC_LOOP_TARGET static inline void HC_LOOP(exp_four)(double *out, const double *x, double shift, hc_four *sum)
{
    hc_four at;
    HC_LOAD(at, x);
    at -= shift;
    const hc_four_choices there = at > HC_EXP_LEAST;
    const hc_four kept = (hc_four)((hc_four_choices)at & there);
    const hc_four rounded = kept * HC_INVERSE_LN2 + HC_ROUNDING, k = rounded - HC_ROUNDING;
    const hc_four r = (kept - k * HC_LN2_HIGH) - k * HC_LN2_LOW, rr = r * r, r4 = rr * rr;
    const hc_four low = (1 + r) + rr * (1.0 / 2 + r * (1.0 / 6));
    const hc_four middle = (1.0 / 24 + r * (1.0 / 120)) + rr * (1.0 / 720 + r * (1.0 / 5040));
    const hc_four high = (1.0 / 40320 + r * (1.0 / 362880)) + rr * (1.0 / 3628800 + r * (1.0 / 39916800));
    const hc_four series = low + r4 * (middle + r4 * (high + r4 * (1.0 / 479001600 + r * (1.0 / 6227020800))));
    const hc_four_bits scale = ((hc_four_bits)rounded + 1023) << 52;
    const hc_four e = (hc_four)((hc_four_choices)(series * (hc_four)scale) & there);
    HC_STORE(out, e);
    *sum += e;
}

HC_LOOP_TARGET static inline double HC_LOOP(exp_all)(double *out, const double *x, size_t n, double shift)
{
    hc_four sum = {0, 0, 0, 0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        HC_LOOP(exp_four)(out + i, x + i, shift, &sum);
    if (i < n) {
        double rest[4] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY};
        for (size_t k = 0; i + k < n; k++)
            rest[k] = x[i + k];
        HC_LOOP(exp_four)(rest, rest, shift, &sum);
        for (size_t k = 0; i + k < n; k++)
            out[i + k] = rest[k];
    }
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

HC_LOOP_TARGET static inline double HC_LOOP(greatest)(const double *x, size_t n)
{
    hc_four most = {-INFINITY, -INFINITY, -INFINITY, -INFINITY}, a;
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        HC_LOAD(a, x + i);
        const hc_four_choices more = a > most;
        most = (hc_four)(((hc_four_choices)a & more) | ((hc_four_choices)most & ~more));
    }
    double top = most[0];
    for (size_t k = 1; k < 4; k++)
        top = most[k] > top ? most[k] : top;
    for (; i < n; i++)
        top = x[i] > top ? x[i] : top;
    return top;
}

#undef HC_LOOP
#undef HC_LOOP_TARGET
