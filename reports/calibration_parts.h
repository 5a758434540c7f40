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
void hc_cal_moved(struct hc_calibration_parts *parts);
void hc_cal_learning(struct hc_calibration_parts *parts);
void hc_cal_collect(struct hc_calibration_parts *parts);
/* The same, each in an item of the summary. */
void hc_cal_moved_short(struct hc_calibration_parts *parts);
void hc_cal_learning_short(struct hc_calibration_parts *parts);
void hc_cal_collect_short(struct hc_calibration_parts *parts);

/* ---- how numbers are said -------------------------------------------------------------------------------- */

const char *hc_cal_question(int question); /* "component", as the views name it */
const struct hc_backtest_scores *hc_cal_own(const struct hc_calibration_report *in, int question);

/* "52 % (47 to 57 %)" and "1.727 (1.565 to 1.884)"; "-" where it is not defined. */
struct hc_str hc_cal_share(struct hc_doc *doc, struct hc_score score);
struct hc_str hc_cal_number(struct hc_doc *doc, struct hc_score score);
/* Without the interval. */
struct hc_str hc_cal_percent(struct hc_doc *doc, double share);
struct hc_str hc_cal_fixed(struct hc_doc *doc, double value, int decimals);
/* "+12.5", of a share in percentage points. */
struct hc_str hc_cal_points(struct hc_doc *doc, double points);
struct hc_str hc_cal_points_held(struct hc_doc *doc, struct hc_score points); /* with its interval */
/* "70 to 90 %", "90 % and more" */
struct hc_str hc_cal_range(struct hc_doc *doc, const struct hc_stated_range *range);
/* As the catalogue calls them; else the id. */
struct hc_str hc_cal_category(const struct hc_catalogue *catalogue, struct hc_str id);
struct hc_str hc_cal_kind(const struct hc_catalogue *catalogue, struct hc_str kind);

/* Whether an error of calibration is one that a calibrated model would show. */
enum hc_verdict { HC_VERDICT_FEW, HC_VERDICT_HOLDS, HC_VERDICT_DOUBTFUL, HC_VERDICT_BROKEN };
enum hc_verdict hc_cal_verdict(const struct hc_backtest_scores *scores);
/* What was stated that a calibrated model would hardly be right so seldom, or often, of; NULL: nothing. 70 % and more is what
 * people act on, and is tested alone; of the other ranges the rarest, by its p times how many they are (Bonferroni). So either test fails a
 * calibrated model HC_STATED_RATE of the time at most. Checked: test_calibration.c of reports, by simulation. */
const struct hc_stated_range *hc_cal_off(const struct hc_stated *stated);
const char *hc_cal_errs(const struct hc_stated_range *range); /* "right too seldom" */

/* The query that gives the shares of one method's answers to one question; `by` NULL: of all, else of each value of that
 * column of the view backtests. */
struct hc_str hc_cal_query(struct hc_doc *doc, const char *method, int question, const char *by);

/* The query that gives how many first answers were said to be in a range, and how many of them were right. */
struct hc_str hc_cal_range_query(struct hc_doc *doc, int question, const struct hc_stated_range *range);
/* The rows of a view of what a calibration learned. */
struct hc_str hc_cal_learned_query(struct hc_doc *doc, const struct hc_calibration *c, const char *columns,
                                   const char *view);
struct hc_str hc_cal_quoted(struct hc_doc *doc, struct hc_str text); /* within quotes of SQL */

void hc_cal_ece_cell(struct hc_doc *doc, const struct hc_backtest_scores *s); /* beside a calibrated model's */
void hc_cal_cell(struct hc_doc *doc, struct hc_str text);
void hc_cal_cited_cell(struct hc_doc *doc, struct hc_str text, struct hc_str sql);

#endif
