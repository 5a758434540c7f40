/* A metric series cut into a reference that has not drifted and the window. Used inside analysis/evidence. */
#ifndef HC_ANALYSIS_EVIDENCE_SERIES_H
#define HC_ANALYSIS_EVIDENCE_SERIES_H

#include <stdbool.h>

#include "analysis/stats/shift.h"
#include "base/status.h"
#include "corpus/record/incident.h"

/* Buffers of one extraction, grown to the longest series. */
struct hc_series_scratch {
    struct hc_arena *arena;
    double *reference, *window, *near;
    int64_t *window_at;
    size_t capacity;
};

struct hc_series_cut {
    size_t n_reference, n_window;
    double centre; /* NaN: the reference's own median */
    struct hc_shift shift;
    double worst_up, worst_down; /* the greatest and the least window row */
    int64_t onset_up_ns, onset_down_ns;
};

/* When what happened: the window (half-open; end INT64_MAX: open) and the manifest's first symptom or
 * HC_TIME_NONE_NS. */
struct hc_frame {
    int64_t start_ns, end_ns, symptom_ns;
};
struct hc_frame hc_frame_of(const struct hc_incident *incident);

/* Cuts and measures by docs/evidence.md. HC_SKIP: no reference row or no window row. HC_FATAL: the arena refused. */
enum hc_status hc_series_cut(struct hc_series_cut *out, const struct hc_series *series,
                             const struct hc_incident *incident, const struct hc_frame *frame,
                             struct hc_series_scratch *scratch);

/* A shift of up to one scale is nothing unusual. */
#define HC_METRIC_QUIET 1.0

/* The sign of the greater shift (1 up, -1 down), its z and its row; used for summaries. */
int hc_series_direction(const struct hc_series_cut *cut);

#endif
