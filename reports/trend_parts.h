/* Inside of the trend report: what its parts share. */
#ifndef HC_REPORTS_TREND_PARTS_H
#define HC_REPORTS_TREND_PARTS_H

#include "analysis/stats/beta.h"
#include "analysis/stats/gamma.h"
#include "reports/calibration_parts.h"
#include "reports/document.h"
#include "reports/trend.h"
#include "reports/words.h"

struct hc_trend_parts {
    struct hc_doc *doc;
    const struct hc_trend_report *in;
    const struct hc_trend *t;
};

void hc_trend_summary(struct hc_trend_parts *parts);
void hc_trend_counts(struct hc_trend_parts *parts);
void hc_trend_levels(struct hc_trend_parts *parts);
void hc_trend_lengths(struct hc_trend_parts *parts);
void hc_trend_detection(struct hc_trend_parts *parts);
void hc_trend_after_changes(struct hc_trend_parts *parts);
void hc_trend_mix(struct hc_trend_parts *parts);
void hc_trend_repeats(struct hc_trend_parts *parts);
void hc_trend_evidence(struct hc_trend_parts *parts);
void hc_trend_scores(struct hc_trend_parts *parts);
void hc_trend_priors(struct hc_trend_parts *parts);

/* ---- how it is said -------------------------------------------------------------------------------------- */

struct hc_str hc_trend_quarter(struct hc_doc *doc, struct hc_quarter quarter); /* "2026Q3" */
struct hc_str hc_trend_window(struct hc_trend_parts *parts, int window);       /* likewise */
struct hc_str hc_trend_day(struct hc_doc *doc, int64_t ns);                    /* "2026-07-01" */
/* "118 s (104 s to 121 s)": a median and its interval, in one unit; "not reached" */
struct hc_str hc_trend_seconds_held(struct hc_doc *doc, double median, double low, double high);
struct hc_str hc_trend_ratio(struct hc_doc *doc, double ratio);                       /* "1.62 x" */
struct hc_str hc_trend_ratio_held(struct hc_doc *doc, const struct hc_comparison *c); /* with its interval */
struct hc_str hc_trend_points(struct hc_doc *doc, double share);                      /* "+12 points" */
struct hc_str hc_trend_p(struct hc_doc *doc, double p);                               /* "0.012" */
/* "26 to 51", of numbers with so many decimals. */
struct hc_str hc_trend_range(struct hc_doc *doc, double low, double high, int decimals);
/* A name with quotes doubled, for SQL. */
struct hc_str hc_trend_category(const struct hc_trend_parts *parts, struct hc_str id);

/* "i.started_at >= '2026-07-01' AND i.started_at < '2026-10-01'" */
struct hc_str hc_trend_within(struct hc_doc *doc, struct hc_quarter quarter);
/* The query that counts the incidents of a quarter that fulfil `more` (absent: all). */
struct hc_str hc_trend_count_sql(struct hc_doc *doc, struct hc_quarter quarter, struct hc_str more);

/* The row "This quarter against the one before": its cells from the second column on. The test may be NULL. */
enum hc_trend_unit { HC_UNIT_RATIO, HC_UNIT_POINTS };
void hc_trend_put_test(struct hc_trend_parts *parts, const struct hc_trend_test *test, enum hc_trend_unit unit);
#define HC_TREND_TEST_COLUMNS                                                           \
    {"Change (95 % interval)", HC_COLUMN_RANGE, false}, {"p", HC_COLUMN_NUMBER, false}, \
        {"Adjusted", HC_COLUMN_NUMBER, false},                                          \
        {"Rise that would show half of the time (8 in 10)", HC_COLUMN_RANGE, false},    \
        {"Fall that would", HC_COLUMN_RANGE, false},                                    \
    {                                                                                   \
        "Shown", HC_COLUMN_SHORT, false                                                 \
    }
/* "up" and "down" of what is shown. */
void hc_trend_put_arrow(struct hc_trend_parts *parts, const struct hc_trend_test *test, enum hc_trend_unit unit);
/* Against what: "2026Q2, the quarter before". */
struct hc_str hc_trend_against(struct hc_trend_parts *parts, int against);
/* Any incident of the quarters that are compared is so: else nobody keeps it. */
bool hc_trend_is_on_record(const struct hc_trend *trend, enum hc_trend_share share);
/* There is another quarter to compare with, or a change of level was found. */
bool hc_trend_compares(const struct hc_trend *trend);

#endif
