/* Inside of the calibration report's part on what moved: what its own parts share. */
#ifndef HC_REPORTS_CALIBRATION_MOVED_H
#define HC_REPORTS_CALIBRATION_MOVED_H

#include "reports/calibration_parts.h"

void hc_moved_shares(struct hc_calibration_parts *parts);
void hc_moved_weights(struct hc_calibration_parts *parts);
void hc_moved_penalties(struct hc_calibration_parts *parts);

struct hc_str hc_moved_name(struct hc_calibration_parts *parts, const struct hc_moved_share *s);
bool hc_moved_is_in(const struct hc_moved_share *s, int family);
bool hc_moved_came_of(const struct hc_labelled *label,
                      const struct hc_prior_row *row); /* its category, and service where it has one */
struct hc_str hc_moved_change(struct hc_doc *doc, double before, double now); /* in points */
void hc_moved_judged(struct hc_doc *doc, bool tested, bool moved, double q);  /* a cell */

/* On a scale from `low` to `high`. */
struct hc_mark hc_moved_mark_of(struct hc_score score, double low, double high);
/* `before` may be NULL. */
void hc_moved_mark(struct hc_calibration_parts *parts, struct hc_mark mark, const struct hc_mark *before, bool moved);

/* The labels that became known between the two, those of a row's category; of NULL all, grouped by the first column. */
struct hc_str hc_moved_came_query(struct hc_calibration_parts *parts, const char *columns,
                                  const struct hc_prior_row *of);
/* Rows of a view of both calibrations; `where` begins with " AND", or is empty. */
struct hc_str hc_moved_query(struct hc_calibration_parts *parts, const char *columns, const char *view,
                             struct hc_str where);

#endif
