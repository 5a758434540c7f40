#include "analysis/stats/shift.h"

#include <math.h>
#include <stdbool.h>

#include "analysis/stats/quantile.h"

#define MAD_TO_SIGMA 1.4826
#define RELATIVE_FLOOR 0.05
#define RANGE_FLOOR 0.02
#define CEILING_FLOOR 0.002
#define CEILING_ROWS 8
#define TAIL_ROWS 40
#define TAIL 0.95
#define TAIL_SIGMAS 1.645
#define SURPRISE_CLIP 50

static double greatest(double a, double b)
{
    return a > b ? a : b;
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

static void measure_scales(struct hc_shift *out, const double *ascending, size_t n, double own_median)
{
    double span = greatest(fabs(ascending[0]), fabs(ascending[n - 1]));
    double scatter = MAD_TO_SIGMA * out->mad;
    double scale = greatest(scatter, greatest(RELATIVE_FLOOR * fabs(out->median), RANGE_FLOOR * span));
    int at_ceiling = n >= CEILING_ROWS && own_median >= ascending[n - 1];
    out->scale_up = scale;
    out->scale_down = at_ceiling ? greatest(scatter, CEILING_FLOOR * span) : scale;
    if (n < TAIL_ROWS)
        return;
    double above = (hc_quantile(ascending, n, TAIL) - own_median) / TAIL_SIGMAS;
    double below = (own_median - hc_quantile(ascending, n, 1 - TAIL)) / TAIL_SIGMAS;
    out->scale_up = greatest(out->scale_up, above);
    out->scale_down = greatest(out->scale_down, below);
}

/* The two least and the two greatest, the outermost first; of one value, it twice. */
struct extremes {
    double least[2], greatest[2];
};

static struct extremes extremes_of(const double *values, size_t n)
{
    double low = values[0], high = values[0]; /* no branch: which values are extreme cannot be foretold */
    double next_low = n > 1 ? (double)INFINITY : low, next_high = n > 1 ? -(double)INFINITY : high;
    for (size_t i = 1; i < n; i++) {
        double x = values[i];
        next_low = least(next_low, greatest(x, low));
        next_high = greatest(next_high, least(x, high));
        low = least(x, low);
        high = greatest(x, high);
    }
    return (struct extremes){.least = {low, next_low}, .greatest = {high, next_high}};
}

void hc_shift_measure(struct hc_shift *out, const double *reference, size_t n_reference, const double *window,
                      size_t n_window, double centre)
{
    double own_median = hc_median_of_sorted(reference, n_reference);
    out->median = isnan(centre) ? own_median : centre;
    out->mad = hc_mad(reference, n_reference, own_median);
    measure_scales(out, reference, n_reference, own_median);

    struct extremes e = extremes_of(window, n_window);
    out->least = e.least[0];
    out->greatest = e.greatest[0];
    double low = 0.5 * (e.least[0] + e.least[1]);
    double high = 0.5 * (e.greatest[0] + e.greatest[1]);
    double most = greatest(fabs(e.least[0]), fabs(e.greatest[0]));
    double last_resort = 0.1 * greatest(most, fabs(out->median));
    if (!(out->scale_up > 0))
        out->scale_up = last_resort;
    if (!(out->scale_down > 0))
        out->scale_down = last_resort;
    out->z_up = out->scale_up > 0 ? greatest((high - out->median) / out->scale_up, 0) : 0;
    out->z_down = out->scale_down > 0 ? greatest((out->median - low) / out->scale_down, 0) : 0;
}

double hc_shift_surprise(double z, double quiet)
{
    double over = z - quiet;
    if (!(over > 0))
        return 0;
    return log1p(over < SURPRISE_CLIP ? over : SURPRISE_CLIP);
}

double hc_greatest_of(size_t m)
{
    return m < 2 ? 0 : sqrt(2 * log((double)m));
}

size_t hc_shift_onset(const double *window, size_t n_window, double centre, double scale, int sign)
{
    double farthest = 0;
    for (size_t i = 0; i < n_window; i++) {
        int last = i + 1 == n_window;
        if (sign * (window[i] - centre) > 3 * scale && (last || sign * (window[i + 1] - centre) > 1.5 * scale))
            return i;
    }
    for (size_t i = 0; i < n_window; i++)
        farthest = greatest(farthest, sign * (window[i] - centre));
    for (size_t i = 0; i < n_window; i++) {
        if (sign * (window[i] - centre) >= 0.5 * farthest)
            return i;
    }
    return 0;
}
