#include "analysis/stats/compare.h"

#include <math.h>

#include "analysis/stats/beta.h"

#define LEVEL 0.95
#define MOST_RATIO 100

static double ln_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

static double smaller_tail_twice(double a, double b)
{
    const double p = 2 * (a < b ? a : b);
    return p < 1 ? p : 1;
}

/* ---- rates ----------------------------------------------------------------------------------------------- */

void hc_rates_compare(struct hc_comparison *out, uint32_t n, double t, uint32_t b, double s)
{
    *out = (struct hc_comparison){NAN, NAN, NAN, 1};
    if (n + b == 0 || !(t > 0) || !(s > 0))
        return;
    const double q = t / (t + s), odds = s / t;
    const double above = n > 0 ? hc_beta_cdf(q, n, b + 1.0) : 1, below = b > 0 ? hc_beta_cdf(1 - q, b, n + 1.0) : 1;
    double low, high;
    hc_share_interval(n, n + b, LEVEL, &low, &high);
    out->value = b > 0 ? n / t / (b / s) : INFINITY;
    out->low = low / (1 - low) * odds;
    out->high = high < 1 ? high / (1 - high) * odds : INFINITY;
    out->p = smaller_tail_twice(above, below);
}

uint32_t hc_rate_test_most(double mean)
{
    return (uint32_t)(mean + 9 * sqrt(mean) + 20);
}

int hc_rate_test_make(struct hc_rate_test *out, double t, double s, double alpha, uint32_t most, struct hc_arena *arena)
{
    const size_t n = (size_t)most + 1;
    const double q = t / (t + s), tail = alpha / 2;
    *out = (struct hc_rate_test){t, s, hc_arena_alloc(arena, n * sizeof *out->high),
                                 hc_arena_alloc(arena, n * sizeof *out->low), n};
    if (!out->high || !out->low)
        return -1;
    uint32_t high = 1, low = 0; /* both grow with the reference's count */
    for (uint32_t b = 0; b <= most; b++) {
        while (hc_beta_cdf(q, high, b + 1.0) > tail)
            high++;
        while (b > 0 && hc_beta_cdf(1 - q, b, low + 1.0) <= tail)
            low++;
        out->high[b] = high;
        out->low[b] = low;
    }
    return 0;
}

static double poisson(uint32_t k, double mean)
{
    return mean > 0 ? exp(k * log(mean) - mean - ln_gamma(k + 1.0)) : k == 0;
}

/* The chance of a count below `end`, `sum` being that of one below *at. */
static double below(double sum, uint32_t *at, uint32_t end, double mean)
{
    for (; *at < end; (*at)++)
        sum += poisson(*at, mean);
    return sum;
}

double hc_rate_test_power(const struct hc_rate_test *test, double mean, double ratio)
{
    const double other = mean * ratio * test->t / test->s;
    const double least = mean - 9 * sqrt(mean) - 20, other_least = other - 9 * sqrt(other) - 20;
    const uint32_t from = other_least > 0 ? (uint32_t)other_least : 0;
    uint32_t at_low = from, at_high = from;
    double sum_low = 0, sum_high = 0, power = 0;
    for (size_t b = least > 0 ? (size_t)least : 0; b < test->n && (double)b <= mean + 9 * sqrt(mean) + 20; b++) {
        sum_low = below(sum_low, &at_low, test->low[b], other);
        sum_high = below(sum_high, &at_high, test->high[b], other);
        const double seen = 1 - sum_high + sum_low;
        power += poisson((uint32_t)b, mean) * (seen < 0 ? 0 : seen);
    }
    return power;
}

double hc_rate_test_smallest(const struct hc_rate_test *test, double mean, double power, int sign)
{
    double near = 0, far = sign > 0 ? log(MOST_RATIO) : -log(MOST_RATIO);
    if (!(mean > 0) || hc_rate_test_power(test, mean, exp(far)) < power)
        return NAN;
    for (int i = 0; i < 25; i++) {
        const double middle = (near + far) / 2;
        if (hc_rate_test_power(test, mean, exp(middle)) < power)
            near = middle;
        else
            far = middle;
    }
    return exp(far);
}

/* ---- shares ---------------------------------------------------------------------------------------------- */

static double ln_choose(uint32_t n, uint32_t k)
{
    return ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
}

/* Wilson, Journal of the American Statistical Association 22, 1927. */
static void wilson(double k, double n, double *low, double *high)
{
    const double z = hc_normal_quantile(1 - (1 - LEVEL) / 2), p = k / n, w = 1 + z * z / n;
    const double middle = (p + z * z / (2 * n)) / w, reach = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / w;
    *low = middle - reach;
    *high = middle + reach;
}

void hc_shares_compare(struct hc_comparison *out, uint32_t k, uint32_t n, uint32_t j, uint32_t m)
{
    *out = (struct hc_comparison){NAN, NAN, NAN, 1};
    if (n == 0 || m == 0)
        return;
    const uint32_t total = k + j, least = total > m ? total - m : 0, most = total < n ? total : n;
    const double ln_all = ln_choose(n + m, total);
    double above = 0, up_to = 0, low[2], high[2];
    for (uint32_t i = least; i <= most; i++) {
        const double chance = exp(ln_choose(n, i) + ln_choose(m, total - i) - ln_all);
        above += i >= k ? chance : 0;
        up_to += i <= k ? chance : 0;
    }
    const double a = (double)k / n, b = (double)j / m;
    wilson(k, n, &low[0], &high[0]);
    wilson(j, m, &low[1], &high[1]);
    out->value = a - b;
    out->low = a - b - hypot(a - low[0], high[1] - b);
    out->high = a - b + hypot(high[0] - a, b - low[1]);
    out->p = smaller_tail_twice(above, up_to);
}

double hc_shares_smallest(double share, uint32_t n, uint32_t m, double alpha, double power, int sign)
{
    if (n == 0 || m == 0)
        return NAN;
    const double h = (hc_normal_quantile(1 - alpha / 2) + hc_normal_quantile(power)) * sqrt(1.0 / n + 1.0 / m);
    const double to = asin(sqrt(share)) + sign * h / 2;
    return to >= 0 && to <= asin(1) ? sin(to) * sin(to) - share : NAN;
}

double hc_normal_quantile(double p)
{
    if (isnan(p) || p < 0 || p > 1)
        return NAN;
    double low = -40, high = 40;
    for (int i = 0; i < 100; i++) {
        const double middle = (low + high) / 2;
        if (erfc(-middle / sqrt(2)) / 2 < p)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}
