/* Lengths of time that are good to name: the labels of a logarithmic axis, the rows of a table. */
#ifndef HC_REPORTS_LENGTHS_H
#define HC_REPORTS_LENGTHS_H

#include <stdbool.h>
#include <stddef.h>

#define HC_LENGTHS 48

struct hc_length {
    double seconds;
    const char *says; /* "10 min" */
    int rank;         /* 0: named first; 1: where there is room; 2: where too few are named else */
};

/* Ascending, from 1 s to 1 y. */
const struct hc_length *hc_lengths(size_t *n);
/* The nearest by factor. */
const struct hc_length *hc_length_near(double seconds);

/* Which of them label an axis from `first` to `last` seconds, if two labels must be `apart` (a share of the axis) from one
 * another: chosen[i] of hc_lengths. */
void hc_lengths_choose(bool chosen[HC_LENGTHS], double first, double last, double apart);

#endif
