#include "analysis/stats/beta.h"

#include <math.h>

/* glibc's lgamma writes a global; the arguments here are above 0, so the sign is of no use. */
static double ln_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

static double away_from_zero(double x)
{
    return fabs(x) < 1e-300 ? 1e-300 : x;
}

static double fraction(double x, double a, double b)
{
    double c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1)), h = d;
    for (int m = 1; m <= 10000; m++) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / away_from_zero(1 + even * d);
        c = away_from_zero(1 + even / c);
        h *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / away_from_zero(1 + odd * d);
        c = away_from_zero(1 + odd / c);
        h *= d * c;
        if (fabs(d * c - 1) < 1e-16)
            break;
    }
    return h;
}

double hc_beta_cdf(double x, double a, double b)
{
    if (!(a > 0) || !(b > 0) || isnan(x))
        return NAN;
    if (x <= 0)
        return 0;
    if (x >= 1)
        return 1;
    const double ln_front = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * log(x) + b * log1p(-x);
    if (x < (a + 1) / (a + b + 2))
        return exp(ln_front) * fraction(x, a, b) / a;
    return 1 - exp(ln_front) * fraction(1 - x, b, a) / b;
}

double hc_beta_quantile(double p, double a, double b)
{
    if (!(a > 0) || !(b > 0) || isnan(p))
        return NAN;
    if (p <= 0)
        return 0;
    if (p >= 1)
        return 1;
    double low = 0, high = 1;
    for (int i = 0; i < 200 && high - low > 1e-16 * high; i++) {
        const double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high)
            break;
        if (hc_beta_cdf(middle, a, b) < p)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

void hc_share_interval(double k, uint32_t n, double level, double *low, double *high)
{
    const double tail = (1 - level) / 2;
    *low = k > 0 && n > 0 ? hc_beta_quantile(tail, k, n - k + 1) : 0;
    *high = k < n ? hc_beta_quantile(1 - tail, k + 1, n - k) : 1;
}

double hc_share_rarity(double k, uint32_t n, double share)
{
    if (!n || isnan(share))
        return 1;
    if (share <= 0 || share >= 1)
        return fabs(k - n * share) < 1 ? 1 : 0;
    const double fewer = ceil(k), more = floor(k);
    const double at_most = fewer < n ? hc_beta_cdf(1 - share, n - fewer, fewer + 1) : 1;
    const double at_least = more > 0 ? hc_beta_cdf(share, more, n - more + 1) : 1;
    return fmin(1, 2 * fmin(at_most, at_least));
}
