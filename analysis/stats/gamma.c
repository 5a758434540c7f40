#include "analysis/stats/gamma.h"

#include <math.h>

#define MOST_TERMS 1000000

double hc_ln_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

static double by_series(double x, double a)
{
    double term = 1 / a, sum = term;
    for (int n = 1; n < MOST_TERMS && term > 1e-17 * sum; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return sum * exp(a * log(x) - x - hc_ln_gamma(a));
}

static double by_fraction(double x, double a)
{
    double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
    for (int n = 1; n < MOST_TERMS; n++) {
        const double an = -n * (n - a);
        b += 2;
        d = an * d + b;
        d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
        c = b + an / c;
        c = fabs(c) < 1e-300 ? 1e-300 : c;
        h *= d * c;
        if (fabs(d * c - 1) < 1e-16)
            break;
    }
    return 1 - h * exp(a * log(x) - x - hc_ln_gamma(a));
}

double hc_gamma_cdf(double x, double a)
{
    if (!(a > 0) || isnan(x))
        return NAN;
    if (x <= 0)
        return 0;
    return x < a + 1 ? by_series(x, a) : by_fraction(x, a);
}

double hc_gamma_quantile(double p, double a)
{
    if (!(a > 0) || isnan(p))
        return NAN;
    if (p <= 0)
        return 0;
    if (p >= 1)
        return INFINITY;
    double low = 0, high = a + 1;
    while (hc_gamma_cdf(high, a) < p)
        high *= 2;
    for (int i = 0; i < 200 && high - low > 1e-16 * high; i++) {
        const double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high)
            break;
        if (hc_gamma_cdf(middle, a) < p)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

void hc_count_interval(double k, double level, double *low, double *high)
{
    const double tail = (1 - level) / 2;
    *low = k > 0 ? hc_gamma_quantile(tail, k) : 0;
    *high = hc_gamma_quantile(1 - tail, k + 1);
}
