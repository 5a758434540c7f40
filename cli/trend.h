/* What the trend report is made of, from the corpus. */
#ifndef HC_CLI_TREND_H
#define HC_CLI_TREND_H

#include "cli/session.h"
#include "reports/calibration.h"
#include "reports/trend.h"

/* `scores`: of the stored backtest, where they are loaded already; NULL: they are, if there is one. It lives in the
 * session's arena. Errors: HC_FAIL "usage" where the corpus knows of nothing as late as the quarter. */
enum hc_status hc_trend_report_load(struct hc_trend_report *out, struct hc_session *session, struct hc_quarter quarter,
                                    const struct hc_calibration_report *scores, struct hc_err *err);

#endif
