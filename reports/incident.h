/* The incident report: a pure function of what it is given; the same bytes for the same input. */
#ifndef HC_REPORTS_INCIDENT_H
#define HC_REPORTS_INCIDENT_H

#include "analysis/evidence/evidence.h"
#include "analysis/model/catalogue.h"
#include "analysis/model/follow_ups.h"
#include "base/status.h"
#include "base/text.h"
#include "corpus/record/analysis.h"
#include "corpus/record/calibration.h"
#include "corpus/record/incident.h"
#include "reports/site_names.h"

struct hc_similar_incident {
    struct hc_str id, title, service, category, cause, component;
    struct hc_str *shared, *missed, *words; /* evidence both have; that the past one alone has; rare words of both */
    size_t n_shared, n_missed, n_words;
    double mitigated_minutes; /* from its beginning; NaN: not known */
    bool mitigated;           /* it says when that was; else the minutes are to its end */
    struct hc_str mended_by;  /* the last change before that; absent: not known */
    double similarity;        /* 0 to 1 */
    bool has_report;          /* link to it */
};

struct hc_report_template; /* which parts a report has, and in which order they come */

struct hc_incident_report {
    const struct hc_incident *incident;
    const struct hc_analysis *analysis;
    const struct hc_evidence *evidence;
    const struct hc_catalogue *catalogue;
    const struct hc_calibration *calibration; /* NULL: none, the expert prior */
    const struct hc_similar_incident *similar;
    size_t n_similar;
    size_t n_before, n_later; /* other incidents of the corpus: that began before this one; that did not */
    struct hc_str source;     /* the archive's SHA-256 in hex, or its path; may be absent */
    bool outside;             /* this content is not in the corpus: no query answers */
    bool stored;              /* the corpus keeps this analysis: queries of it answer, else the command does */
    const struct hc_site_links *in_site; /* the site's pages beside it; NULL: it stands alone */
    bool conflict; /* another content claims as well to be the latest: its outcome is not confirmed */
    const struct hc_follow_ups *follow_ups;    /* the team's own; NULL: none */
    const struct hc_report_template *template; /* NULL: "seed" */
};

/* The template of that name: seed, srebook, pagerduty, coe; NULL: there is none. */
const struct hc_report_template *hc_report_template_named(const char *name);

enum hc_status hc_report_incident_html(const struct hc_incident_report *report, struct hc_buf *out, struct hc_err *err);
enum hc_status hc_report_incident_markdown(const struct hc_incident_report *report, struct hc_buf *out,
                                           struct hc_err *err);

#endif
