/* The quarterly trend report: what changed, with what certainty, and what so few incidents cannot show. A pure function of
 * what it is given; the same bytes for the same input. */
#ifndef HC_REPORTS_TREND_H
#define HC_REPORTS_TREND_H

#include "analysis/model/breakdown.h"
#include "analysis/model/catalogue.h"
#include "analysis/trend.h"
#include "base/status.h"
#include "base/text.h"
#include "corpus/record/calibration.h"
#include "reports/site_names.h"

struct hc_trend_report {
    const struct hc_trend *trend; /* of the kinds of hc_trend_kinds */
    const struct hc_catalogue *catalogue;
    int64_t as_of_ns;                      /* the latest time of an incident in the corpus */
    size_t n_undated;                      /* incidents that do not say when they began */
    const struct hc_breakdown *by_quarter; /* of the stored backtest; NULL: none */
    const struct hc_calibration *calibration,
        *earlier;                        /* promoted, as of the quarter's end and its start; NULL: none */
    const struct hc_site_links *in_site; /* the site's pages beside it; NULL: it stands alone */
};

enum hc_status hc_report_trend_html(const struct hc_trend_report *report, struct hc_buf *out, struct hc_err *err);
enum hc_status hc_report_trend_markdown(const struct hc_trend_report *report, struct hc_buf *out, struct hc_err *err);

/* What is asked of an incident `i` of the view incidents: who loads the rows asks it in these words, and the report cites
 * them. */
struct hc_trend_kind {
    const char *id, *title; /* the catalogue's kind; what it is */
    const char *there;      /* SQL: it is there */
};
const struct hc_trend_kind *hc_trend_kinds(size_t *n);
const char *hc_trend_asks(enum hc_trend_share share); /* SQL: it is so */

#endif
