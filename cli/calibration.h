/* What the calibration report is made of, from the corpus. */
#ifndef HC_CLI_CALIBRATION_H
#define HC_CLI_CALIBRATION_H

#include "cli/session.h"
#include "reports/calibration.h"

/* The scores alone: what is known of them from the stored results of backtests. Errors as below. */
enum hc_status hc_calibration_scores_load(struct hc_calibration_report *out, struct hc_session *session,
                                          struct hc_err *err);
/* All: from the stored results of backtests, the latest stored calibration (as of the session's time), the one
 * promoted before it, and the labels. It lives in the
 * session's arena. Errors: HC_FATAL "backtest-missing" where no backtest was stored. */
enum hc_status hc_calibration_report_load(struct hc_calibration_report *out, struct hc_session *session,
                                          struct hc_err *err);

#endif
