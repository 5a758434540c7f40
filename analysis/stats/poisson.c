#include "analysis/stats/poisson.h"

#include <math.h>

#define TWO_OVER_PI 0.63661977236758134

double hc_rate_z(double n, double b, double ratio, double scatter)
{
    double expected = b * ratio;
    double error = sqrt(1 / (n + 0.5) + 1 / (b + 0.5) + scatter * scatter);
    return log((n + 0.5) / (expected + 0.5)) / error;
}

double hc_ratio_z(double n, double n_calls, double b, double b_calls)
{
    double r = (b + 0.5) / (b_calls + 1);
    double expected = r * n_calls;
    double variance = expected * (r < 1 ? 1 - r : 1) * (1 + n_calls / b_calls);
    variance += 0.01 * expected * expected + 0.25;
    return (n - expected) / sqrt(variance);
}

double hc_total_variation(const double *b, const double *n, size_t m)
{
    double total_b = 0, total_n = 0;
    for (size_t i = 0; i < m; i++) {
        total_b += b[i];
        total_n += n[i];
    }
    if (!(total_b > 0) || !(total_n > 0))
        return (double)NAN;
    double distance = 0;
    for (size_t i = 0; i < m; i++) {
        double p = (b[i] + n[i]) / (total_b + total_n);
        distance += 0.5 * fabs(b[i] / total_b - n[i] / total_n);
        distance -= 0.5 * sqrt(TWO_OVER_PI * p * (1 - p) * (1 / total_b + 1 / total_n));
    }
    return distance > 0 ? distance : 0;
}
