/* Calibrations of prefixes of the labels; private to analysis/model. */
#ifndef HC_ANALYSIS_MODEL_CALIBRATE_H
#define HC_ANALYSIS_MODEL_CALIBRATE_H

#include "analysis/model/history.h"

/* Learns from the first n of the history's labels (replayed up to there) and fills the tables. `model`, where not
 * NULL, is given the model too. */
enum hc_status hc_calibrate_prefix(struct hc_calibration *out, struct hc_model **model,
                                   const struct hc_history *history, size_t n, const struct hc_learning *with,
                                   struct hc_err *err);

/* A copy that shares nothing with its source. HC_FATAL: no memory. */
enum hc_status hc_calibration_copy(struct hc_calibration *out, const struct hc_calibration *from,
                                   struct hc_arena *arena);

#endif
