/* Log counts of one incident as a table: for each row of log_counts, its lines in the reference, in the window and at
 * any other time; for each component, what of the reference the window has. Used inside analysis/evidence. */
#ifndef HC_ANALYSIS_EVIDENCE_LOGCOUNT_H
#define HC_ANALYSIS_EVIDENCE_LOGCOUNT_H

#include "analysis/evidence/detect.h"

struct hc_log_row {
    uint32_t component; /* the service's where the log names none */
    double reference, window, other;
    int64_t first_window_minute; /* HC_TIME_NONE_NS: no dated line in the window */
};

struct hc_log_component {
    double reference, window; /* lines that are records */
    double causes;            /* lines in the reference that name the cause of one */
    double ratio;             /* typical window / reference of its templates; NaN without both */
};

struct hc_log_table {
    struct hc_log_row *rows; /* one a log count, in its order */
    struct hc_log_component *components;
    size_t *order; /* log counts by component, then as they stand, causes last; those of no component are left out */
    size_t *begin; /* [n_components + 1] where a component's begin in order */
    size_t *end;   /* [n_components] where its records end: behind them are lines within those, which name causes */
    /* The time that each side covers, minutes that have any line of any component: window / reference; 0: there is none. */
    double covered_ratio;
};

/* Needs d->service. NULL: refused. */
const struct hc_log_table *hc_log_table_of(struct hc_detection *d);

/* A template's text or its exemplar, in quotes, cut to a readable length. */
struct hc_str hc_log_quote(struct hc_detection *d, const struct hc_log_count *count);

/* When a row's first line of the window came: the exact time where the row's first line is in the window. */
struct hc_time hc_log_onset(const struct hc_detection *d, const struct hc_log_count *count,
                            const struct hc_log_row *row);

#endif
