#include "analysis/stats/betabinomial.h"

#include <math.h>
#include <stdbool.h>

#define TAIL 0.025

/* The logarithm, since P(0) of many may be too small for a double. */
static double ln_none(uint32_t m, double a, double b)
{
    int sign;
    return lgamma_r(b + m, &sign) - lgamma_r(b, &sign) + lgamma_r(a + b, &sign) - lgamma_r(a + b + m, &sign);
}

void hc_expected_count(struct hc_expected *out, uint32_t k, uint32_t m, double a, double b)
{
    *out = (struct hc_expected){NAN, 0, m, 1};
    if (!(a > 0) || !(b > 0) || k > m)
        return;
    double ln_p = ln_none(m, a, b), up_to = 0, below = 0, at_most = 0;
    bool has_low = false, has_high = false;
    out->mean = m * a / (a + b);
    for (uint32_t j = 0; j <= m; j++) {
        const double p = exp(ln_p);
        below = j == k ? up_to : below;
        up_to += p;
        at_most = j == k ? up_to : at_most;
        if (!has_low && up_to > TAIL) {
            out->low = j;
            has_low = true;
        }
        if (!has_high && up_to >= 1 - TAIL) {
            out->high = j;
            has_high = true;
        }
        if (j < m)
            ln_p += log((m - j) / (j + 1.0) * (a + j) / (b + m - j - 1));
    }
    out->p = fmin(1, 2 * fmin(at_most, 1 - below));
}
