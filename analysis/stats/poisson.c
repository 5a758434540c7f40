#include "analysis/stats/poisson.h"

#include <math.h>

#define TWO_OVER_PI 0.63661977236758134

static double entropy_term(double observed, double expected)
{
    return observed > 0 ? observed * log(observed / expected) : 0;
}

double hc_rate_z(double n, double b, double ratio, double scatter)
{
    double total = n + b;
    if (!(total > 0) || !(ratio > 0))
        return 0;
    double expected = total * ratio / (1 + ratio);
    double rest = total / (1 + ratio);
    double deviance = 2 * (entropy_term(n, expected) + entropy_term(b, rest));
    double v = 1 / expected + 1 / rest;
    double z = deviance > 0 ? sqrt(deviance * v / (v + scatter * scatter)) : 0;
    return n < expected ? -z : z;
}

double hc_ratio_z(double n, double n_calls, double b, double b_calls)
{
    double r = (b + 0.5) / (b_calls + 1);
    double expected = r * n_calls;
    double variance = expected * (r < 1 ? 1 - r : 1) * (1 + n_calls / b_calls);
    variance += 0.01 * expected * expected + 0.25;
    return (n - expected) / sqrt(variance);
}

double hc_share_z(double n, double n_all, double b, double b_all, double scatter)
{
    double p = (n + b) / (n_all + b_all);
    if (!(p > 0) || !(p < 1))
        return 0;
    double deviance = 2 * (entropy_term(n, n_all * p) + entropy_term(n_all - n, n_all * (1 - p)) +
                           entropy_term(b, b_all * p) + entropy_term(b_all - b, b_all * (1 - p)));
    double v = 1 / n_all + 1 / b_all;
    double z = deviance > 0 ? sqrt(deviance * v / (v + scatter * scatter)) : 0;
    return n / n_all < b / b_all ? -z : z;
}

double hc_share_z_most(double n, double n_all, double b, double b_all, double scatter)
{
    double p = (n + b) / (n_all + b_all);
    double apart = n / n_all - b / b_all;
    return sqrt(2 * apart * apart / (p * (1 - p) * (1 / n_all + 1 / b_all + scatter * scatter)));
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
