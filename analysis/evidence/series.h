/* A metric series cut into a reference that has not drifted and the window. Used inside analysis/evidence. */
#ifndef HC_ANALYSIS_EVIDENCE_SERIES_H
#define HC_ANALYSIS_EVIDENCE_SERIES_H

#include <stdbool.h>

#include "analysis/stats/shift.h"
#include "base/arena.h"
#include "corpus/record/incident.h"

struct hc_series_cut {
    size_t n_window;
    double centre; /* NaN: the reference's own median */
    struct hc_shift shift;
    double worst_up, worst_down;        /* the greatest and the least window row */
    int64_t onset_up_ns, onset_down_ns; /* HC_TIME_NONE_NS: nothing unusual that way */
};

/* When what happened: the window (half-open; end INT64_MAX: open) and the manifest's first symptom or
 * HC_TIME_NONE_NS. */
struct hc_frame {
    int64_t start_ns, end_ns, symptom_ns;
};
struct hc_frame hc_frame_of(const struct hc_incident *incident);

/* Cuts and measures every series by docs/evidence.md.
 * Shapes:  [n_series]; where a series has no reference row or no window row its n_window is 0, and no more is set.
 * Errors:  NULL where the arena refused. */
const struct hc_series_cut *hc_series_cut_all(const struct hc_incident *incident, struct hc_arena *arena);

/* Fills what analysis makes of each series from its cut. */
void hc_series_summarise(struct hc_incident *incident, const struct hc_series_cut *cuts);

/* Where the point of that time stands: its row, where the lines of rows are known, else where the series begins. */
struct hc_source_place hc_series_place_at(const struct hc_series *series, struct hc_time at);

/* A shift of up to one scale is nothing unusual. */
#define HC_METRIC_QUIET 1.0

#endif
