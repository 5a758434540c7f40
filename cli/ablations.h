/* Answers without a kind of evidence that an earlier backtest stored and that still hold. */
#ifndef HC_CLI_ABLATIONS_H
#define HC_CLI_ABLATIONS_H

#include "cli/session.h"

/* Adds to each row the stored answers without a kind of evidence, where the stored row is of the same outcome, the same
 * calibration and the same answers with all evidence: then those without a kind are what they would be now. A row that has
 * such answers keeps its own. Memory: the session's arena. Errors: of the store; HC_FATAL out of memory. */
enum hc_status hc_ablations_keep(struct hc_backtest_row *rows, size_t n, const struct hc_session *session,
                                 struct hc_err *err);

#endif
