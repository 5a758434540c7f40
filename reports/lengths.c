#include "reports/lengths.h"

#include <math.h>

#define LEAST_LABELS 3

const struct hc_length *hc_lengths(size_t *n)
{
    static const struct hc_length lengths[HC_LENGTHS] = {
        {1, "1 s", 0},          {2, "2 s", 1},          {3, "3 s", 2},          {5, "5 s", 1},
        {7, "7 s", 2},          {10, "10 s", 0},        {15, "15 s", 2},        {20, "20 s", 1},
        {30, "30 s", 1},        {45, "45 s", 2},        {60, "1 min", 0},       {90, "90 s", 2},
        {120, "2 min", 1},      {180, "3 min", 2},      {240, "4 min", 2},      {300, "5 min", 1},
        {420, "7 min", 2},      {600, "10 min", 0},     {900, "15 min", 2},     {1200, "20 min", 1},
        {1800, "30 min", 1},    {2700, "45 min", 2},    {3600, "1 h", 0},       {5400, "90 min", 2},
        {7200, "2 h", 1},       {10800, "3 h", 2},      {14400, "4 h", 2},      {21600, "6 h", 0},
        {28800, "8 h", 2},      {43200, "12 h", 1},     {64800, "18 h", 2},     {86400, "1 d", 0},
        {129600, "36 h", 2},    {172800, "2 d", 1},     {259200, "3 d", 1},     {345600, "4 d", 2},
        {604800, "1 w", 0},     {864000, "10 d", 2},    {1209600, "2 w", 1},    {1814400, "3 w", 2},
        {2592000, "30 d", 0},   {3888000, "45 d", 2},   {5184000, "60 d", 1},   {7776000, "90 d", 1},
        {10368000, "120 d", 2}, {15552000, "180 d", 1}, {23328000, "270 d", 2}, {31536000, "1 y", 0}};
    *n = sizeof lengths / sizeof *lengths;
    return lengths;
}

const struct hc_length *hc_length_near(double seconds)
{
    size_t n;
    const struct hc_length *lengths = hc_lengths(&n), *near = lengths;
    for (size_t i = 1; i < n; i++)
        if (fabs(log(lengths[i].seconds / seconds)) < fabs(log(near->seconds / seconds)))
            near = &lengths[i];
    return near;
}

void hc_lengths_choose(bool chosen[HC_LENGTHS], double first, double last, double apart)
{
    size_t n, n_chosen = 0;
    const struct hc_length *lengths = hc_lengths(&n);
    const double least = apart * log(last / first);
    for (size_t i = 0; i < n; i++)
        chosen[i] = false;
    for (int rank = 0; rank < 2 || (rank == 2 && n_chosen < LEAST_LABELS); rank++)
        for (size_t i = 0; i < n; i++) {
            bool fits = lengths[i].rank == rank && lengths[i].seconds >= first && lengths[i].seconds <= last;
            for (size_t k = 0; fits && k < n; k++)
                fits = !chosen[k] || fabs(log(lengths[i].seconds / lengths[k].seconds)) >= least;
            chosen[i] |= fits;
            n_chosen += fits;
        }
}
