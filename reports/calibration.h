/* The calibration report: whether what Hindcast says of causes can be taken at its word, and what it has learned. A pure
 * function of what it is given; the same bytes for the same input. */
#ifndef HC_REPORTS_CALIBRATION_H
#define HC_REPORTS_CALIBRATION_H

#include "analysis/model/breakdown.h"
#include "analysis/model/catalogue.h"
#include "analysis/model/collect.h"
#include "analysis/model/growth.h"
#include "analysis/model/moved.h"
#include "base/status.h"
#include "base/text.h"
#include "corpus/record/calibration.h"
#include "reports/site_names.h"

struct hc_calibration_report {
    const struct hc_backtest
        *backtest;     /* scored; its rows by started, incident: at least one, each by what is confirmed now */
    size_t n_left_out; /* stored rows that are not: what was confirmed of them has changed since */
    const struct hc_breakdowns *breakdowns;
    const struct hc_stated *stated; /* [HC_QUESTIONS] */
    const struct hc_catalogue *catalogue;
    const struct hc_calibration *calibration; /* the latest stored one; NULL: none */
    uint32_t promised_from;                   /* replayed incidents that its sets rest on; 0: it promises nothing */
    uint32_t promise_needs;                   /* how many that takes */
    const struct hc_moves
        *moves; /* from one promoted before that (hc_store_calibration_compared); NULL: there is none */
    const struct hc_labelled *came; /* the labels that came between, in their order */
    size_t n_came;
    bool labels_stand;              /* what both learned from is still in the corpus as it was then */
    const struct hc_growth *growth; /* [HC_QUESTIONS] */
    const struct hc_collect *collect;
    struct hc_time known_by;             /* what `collect` counts was known by then; absent: all of the corpus */
    const struct hc_site_links *in_site; /* the site's pages beside it; NULL: it stands alone */
};

enum hc_status hc_report_calibration_html(const struct hc_calibration_report *report, struct hc_buf *out,
                                          struct hc_err *err);
enum hc_status hc_report_calibration_markdown(const struct hc_calibration_report *report, struct hc_buf *out,
                                              struct hc_err *err);

#endif
