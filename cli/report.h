/* What the kinds of `report` share: where files go, and how an incident's is made. */
#ifndef HC_CLI_REPORT_H
#define HC_CLI_REPORT_H

#include "cli/session.h"
#include "reports/incident.h"
#include "reports/site.h"

/* Threads: each has a copy with a session of its own. */
struct hc_report {
    struct hc_session *session;
    const char *directory;
    bool html, markdown, made;           /* made: the directory, once there is something to put in it */
    bool renews;                         /* a file that holds the same bytes is left as it is */
    const struct hc_site_links *in_site; /* the site's pages beside; NULL: none */
    const struct hc_report_template *template;
    const struct hc_follow_ups *follow_ups; /* the team's own; NULL: none */
    size_t n_written, n_kept, n_removed;    /* files: kept are those that were as they are, in a site */
};

#define HC_REPORT_NO_FILE UINT64_MAX
/* How long a report's files are, by format; HC_REPORT_NO_FILE: not made. */
enum hc_report_format { HC_REPORT_HTML, HC_REPORT_MARKDOWN, HC_REPORT_FORMATS };
struct hc_report_sizes {
    uint64_t bytes[HC_REPORT_FORMATS];
};
const char *hc_report_ending(enum hc_report_format format); /* "html", "md" */
bool hc_report_has(const struct hc_report *report, enum hc_report_format format);

/* Renders `what` in each format that was asked for, and writes it to `stem` with its ending. */
typedef enum hc_status (*hc_render_fn)(const void *what, enum hc_report_format format, struct hc_buf *out,
                                       struct hc_err *err);
enum hc_status hc_report_put(struct hc_report *report, struct hc_str stem, hc_render_fn render, const void *what,
                             struct hc_report_sizes *sizes, struct hc_err *err);

/* Analyses an incident and writes its report. *said: the leading hypothesis, its texts in the arena. */
struct hc_report_said {
    struct hc_site_cause cause;
    double probability; /* NaN: there is none */
    struct hc_report_sizes sizes;
};
enum hc_status hc_report_incident(struct hc_report *report, const struct hc_subject *subject, struct hc_arena *arena,
                                  struct hc_report_said *said, struct hc_err *err);

/* `report calibration` and `report trend`, of what was loaded. */
struct hc_calibration_report;
struct hc_trend_report;
enum hc_status hc_report_calibration(struct hc_report *report, const struct hc_calibration_report *what,
                                     struct hc_report_sizes *sizes, struct hc_err *err);
enum hc_status hc_report_trend(struct hc_report *report, const struct hc_trend_report *what,
                               struct hc_report_sizes *sizes, struct hc_err *err);

/* `report site`. */
enum hc_status hc_report_site(struct hc_report *report, struct hc_err *err);

#endif
