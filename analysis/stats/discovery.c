#include "analysis/stats/discovery.h"

void hc_false_discovery(const double *p, size_t n, double *q)
{
    for (size_t i = 0; i < n; i++)
        q[i] = 1;
    for (size_t j = 0; j < n; j++) {
        size_t rank = 0; /* the last of equal ones */
        for (size_t k = 0; k < n; k++)
            rank += p[k] <= p[j];
        const double bound = p[j] * (double)n / (double)rank;
        for (size_t i = 0; i < n; i++)
            if (p[i] <= p[j] && bound < q[i])
                q[i] = bound;
    }
}
