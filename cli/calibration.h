/* What the calibration report is made of, from the corpus. */
#ifndef HC_CLI_CALIBRATION_H
#define HC_CLI_CALIBRATION_H

#include "cli/session.h"
#include "reports/calibration.h"

/* From the stored results of backtests, and the latest stored calibration (as of the session's time). It lives in the
 * session's arena. Errors: HC_FATAL "backtest-missing" where no backtest was stored. */
enum hc_status hc_calibration_report_load(struct hc_calibration_report *out, struct hc_session *session,
                                          struct hc_err *err);

#endif
