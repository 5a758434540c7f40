#include "analysis/stats/vector.h"

/* Each loop is compiled twice: for any processor, and for wider vectors. Neither fuses a product with a sum, and each
 * element is worked out in the same order, so that both give the same bits. */
#include "analysis/stats/vector_loops.inc"

#if defined(__x86_64__)
#define HC_LOOP(name) name##_wide
#define HC_LOOP_TARGET __attribute__((target("avx2")))
#include "analysis/stats/vector_loops.inc"
#define HC_CHOOSE(name, ...) (__builtin_cpu_supports("avx2") ? name##_wide(__VA_ARGS__) : name##_plain(__VA_ARGS__))
#else
#define HC_CHOOSE(name, ...) name##_plain(__VA_ARGS__)
#endif

void hc_vector_gather(double *z, const double *matrix, size_t width, const uint32_t *column, const double *value,
                      size_t n)
{
    HC_CHOOSE(gather, z, matrix, width, column, value, n);
}

void hc_vector_scatter(double *matrix, size_t width, const uint32_t *column, const double *value, size_t n,
                       const double *r)
{
    HC_CHOOSE(scatter, matrix, width, column, value, n, r, 0);
}

void hc_vector_scatter_squared(double *matrix, size_t width, const uint32_t *column, const double *value, size_t n,
                               const double *r)
{
    HC_CHOOSE(scatter, matrix, width, column, value, n, r, 1);
}

double hc_vector_exp(double *out, const double *x, size_t n, double shift)
{
    return HC_CHOOSE(exp_all, out, x, n, shift);
}

void hc_vector_add_pair(double *out, const double *a, const double *b, double c, size_t n)
{
    HC_CHOOSE(add_pair, out, a, b, c, n);
}

void hc_vector_scale(double *x, size_t n, double factor)
{
    HC_CHOOSE(scale_all, x, n, factor);
}

double hc_vector_add_to(double *total, const double *x, size_t width, double *size)
{
    return HC_CHOOSE(add_to, total, x, width, size);
}

double hc_vector_max(const double *x, size_t n)
{
    return HC_CHOOSE(greatest, x, n);
}
