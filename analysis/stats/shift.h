/* How far a window lies from its reference, in units of the reference's own scatter. */
#ifndef HC_ANALYSIS_STATS_SHIFT_H
#define HC_ANALYSIS_STATS_SHIFT_H

#include <stddef.h>

struct hc_shift {
    double median;               /* of the reference: its centre after the drift was taken out */
    double mad;                  /* of the reference about its own median, not scaled */
    double scale_up, scale_down; /* one unit of scatter above and below the centre */
    double z_up, z_down;         /* the two worst window rows above and below; never negative */
    double least, greatest;      /* of the window */
};

/* Measures a window against a reference, which is ascending.
 * Formula: z_up = (mean of the two greatest of the window - centre) / scale_up, z_down alike, at least 0;
 *          scale = max(1.4826 MAD, 0.05 |median|, 0.02 max|reference|) and, from 40 rows on, the distance of the
 *          5 % or 95 % quantile over 1.645; below a reference whose median is its greatest value (8 rows and more: a
 *          share at its ceiling) max(1.4826 MAD, 0.002 max|reference|) and the same tail; where all that is 0, a
 *          tenth of the greatest of |window| and |centre|, so z is at most 10.
 * Units:   none: multiplying both arrays and the centre by one positive number changes no z.
 * Missing: `centre` NaN is the reference's median. n_reference and n_window are at least 1; no NaN in either.
 * Checked: tests/unit/analysis/test_shift.c by hand and by invariance. */
void hc_shift_measure(struct hc_shift *out, const double *reference, size_t n_reference, const double *window,
                      size_t n_window, double centre);

/* ln(1 + min(max(z - quiet, 0), 50)): surprise on the log scale; 0 up to `quiet`, 3.93 at most. */
double hc_shift_surprise(double z, double quiet);
#define HC_SURPRISE_MOST 3.9318256327243257 /* ln 51 */

/* What the greatest of m standard normal scores is expected to be about: sqrt(2 ln m); 0 for m < 2.
 * Source: Embrechts, Klueppelberg and Mikosch, Modelling Extremal Events, 1997, example 3.3.29 (leading term). */
double hc_greatest_of(size_t m);

/* The index of the row at which a window left its centre: the first row that is more than 3 scales away in that
 * direction (sign 1: above, -1: below) and is followed by one more than 1.5 away, or is the last; else the first
 * that is at least half as far as the farthest. n_window is at least 1. */
size_t hc_shift_onset(const double *window, size_t n_window, double centre, double scale, int sign);

#endif
