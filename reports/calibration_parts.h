/* Inside of the calibration report: what its parts share. */
#ifndef HC_REPORTS_CALIBRATION_PARTS_H
#define HC_REPORTS_CALIBRATION_PARTS_H

#include "reports/calibration.h"
#include "reports/document.h"
#include "reports/words.h"

#define HC_COLUMNS(columns) (columns), sizeof(columns) / sizeof((columns)[0])
#define HC_LEAST_FOR_ECE 10 /* of fewer answers their calibration error tells nothing */

struct hc_calibration_parts {
    struct hc_doc *doc;
    const struct hc_calibration_report *in;
};

void hc_cal_summary(struct hc_calibration_parts *parts);
void hc_cal_scores(struct hc_calibration_parts *parts);
void hc_cal_reliability(struct hc_calibration_parts *parts);
void hc_cal_breakdowns(struct hc_calibration_parts *parts);
void hc_cal_ablation(struct hc_calibration_parts *parts);
void hc_cal_promise(struct hc_calibration_parts *parts);
void hc_cal_learned(struct hc_calibration_parts *parts);

/* ---- how numbers are said -------------------------------------------------------------------------------- */

const char *hc_cal_question(int question); /* "component", as the views name it */
const struct hc_backtest_scores *hc_cal_own(const struct hc_calibration_report *in, int question);

/* "52 % (47 to 57 %)" and "1.727 (1.565 to 1.884)"; "-" where it is not defined. */
struct hc_str hc_cal_share(struct hc_doc *doc, struct hc_score score);
struct hc_str hc_cal_number(struct hc_doc *doc, struct hc_score score);
/* Without the interval. */
struct hc_str hc_cal_percent(struct hc_doc *doc, double share);
struct hc_str hc_cal_fixed(struct hc_doc *doc, double value, int decimals);

/* Whether an error of calibration is one that a calibrated model would show. */
enum hc_verdict { HC_VERDICT_FEW, HC_VERDICT_HOLDS, HC_VERDICT_DOUBTFUL, HC_VERDICT_BROKEN };
enum hc_verdict hc_cal_verdict(const struct hc_backtest_scores *scores);

/* The query that gives the shares of one method's answers to one question; `by` NULL: of all, else of each value of that
 * column of the view backtests. */
struct hc_str hc_cal_query(struct hc_doc *doc, const char *method, int question, const char *by);

void hc_cal_cell(struct hc_doc *doc, struct hc_str text);
void hc_cal_cited_cell(struct hc_doc *doc, struct hc_str text, struct hc_str sql);

#endif
