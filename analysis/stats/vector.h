/* Inner loops over arrays of doubles: the same bits on every processor, whatever vector unit it has. */
#ifndef HC_ANALYSIS_STATS_VECTOR_H
#define HC_ANALYSIS_STATS_VECTOR_H

#include <stddef.h>
#include <stdint.h>

/* Widths of rows are multiples of this; what pads a row is never looked at. */
#define HC_VECTOR_WIDTH 8

static inline size_t hc_vector_padded(size_t n)
{
    return (n + HC_VECTOR_WIDTH - 1) / HC_VECTOR_WIDTH * HC_VECTOR_WIDTH;
}

/* z[t] += sum over j of value[j] * matrix[column[j]][t].
 * Shapes: z [width]; matrix [columns][width]; column, value [n]. Threads: any. Checked: test_vector.c, by brute force. */
void hc_vector_gather(double *z, const double *matrix, size_t width, const uint32_t *column, const double *value,
                      size_t n);

/* matrix[column[j]][t] += value[j] * r[t], or value[j]^2 * r[t]; no column twice. Shapes, Checked: as above. */
void hc_vector_scatter(double *matrix, size_t width, const uint32_t *column, const double *value, size_t n,
                       const double *r);
void hc_vector_scatter_squared(double *matrix, size_t width, const uint32_t *column, const double *value, size_t n,
                               const double *r);

/* out[i] = a[i] + b[i] + c. Checked: test_vector.c. */
void hc_vector_add_pair(double *out, const double *a, const double *b, double c, size_t n);
void hc_vector_scale(double *x, size_t n, double factor);
/* total[t] += x[t]; the sum of x, and in `size` of its absolute values, added in four lanes. Shapes: [width].
 * Checked: test_vector.c. */
double hc_vector_add_to(double *total, const double *x, size_t width, double *size);

double hc_vector_max(const double *x, size_t n); /* -INFINITY for none */

/* out[i] = exp(x[i] - shift), and their sum, which is added in four lanes; out may be x.
 * Formula: exp x = 2^k exp r, k = round(x / ln 2), r = x - k ln 2 in two parts, exp r by its series to r^13 / 13!.
 * Source: Cody and Waite, Software Manual for the Elementary Functions, 1980, chapter 6.
 * Missing: below -708 it is 0; x - shift must not be above 709, nor NaN. Checked: test_vector.c, against the C library,
 * to 4e-16 of itself. */
double hc_vector_exp(double *out, const double *x, size_t n, double shift);

#endif
