/* Inside of `report site`: what its parts share. */
#ifndef HC_CLI_SITE_H
#define HC_CLI_SITE_H

#include "cli/report.h"
#include "cli/trend.h"

/* ---- the manifest: which files of the directory are the site's, and what they were made of ------------------- */

struct hc_site_line {
    struct hc_str stem;         /* of its files */
    struct hc_report_said said; /* of an incident; and how long its files are */
    struct hc_str key; /* 64 hex digits over all that an incident's report was made of; absent: it is made anew */
};
struct hc_site_manifest {
    struct hc_arena *arena;
    struct hc_site_line *lines;
    size_t n, capacity;
};
/* Reads what the last run left, by stem. There is none, or it is not whole: no lines. Errors: HC_FATAL "out-of-memory". */
enum hc_status hc_site_manifest_read(struct hc_site_manifest *out, const char *directory, struct hc_arena *arena,
                                     struct hc_err *err);
enum hc_status hc_site_manifest_add(struct hc_site_manifest *manifest, struct hc_site_line line, struct hc_err *err);
const struct hc_site_line *hc_site_manifest_find(const struct hc_site_manifest *manifest, struct hc_str stem);
/* By stem, as it is written and found in. */
void hc_site_manifest_sort(struct hc_site_manifest *manifest);
enum hc_status hc_site_manifest_write(const struct hc_site_manifest *manifest, const char *directory,
                                      struct hc_err *err);
/* Removes the files of `old` that are not in `now`; how many there were. */
size_t hc_site_manifest_sweep(const struct hc_site_manifest *old, const struct hc_site_manifest *now,
                              const char *directory);
/* Are the files of a line there, each as long as it says, of the formats asked for and no other? */
bool hc_site_line_stands(const struct hc_site_line *line, const struct hc_report *report);

/* ---- a run ------------------------------------------------------------------------------------------------- */

struct hc_site_run {
    struct hc_report *report;
    struct hc_arena *arena; /* the session's */
    int lock;               /* on the directory; -1: it is not taken */
    struct hc_site_links links;
    const struct hc_calibration_report *scores; /* NULL: no backtest is stored */
    struct hc_quarter *quarters;                /* of the trends, the latest first */
    size_t n_quarters, n_quarters_left;
    struct hc_str *others; /* the names of the calibration report and the trends */
    size_t n_others;
    struct hc_site_line *incidents; /* [n_briefs] */
    bool *stale;                    /* [n_briefs]: its report is to be made */
    struct hc_site_manifest old, now;
};

/* Gives each incident the key of its report: a digest of all that its bytes hang on. */
enum hc_status hc_site_make_keys(struct hc_site_run *run, struct hc_err *err);
/* Makes the reports of those that are stale, by the threads of -j; then they are not. */
enum hc_status hc_site_put_incidents(struct hc_site_run *run, struct hc_err *err);
/* Finds which trends there are, and loads the calibration report; makes them. */
enum hc_status hc_site_find_trends(struct hc_site_run *run, struct hc_err *err);
enum hc_status hc_site_put_others(struct hc_site_run *run, struct hc_err *err);

/* What each incident is found by; what the page on the data's quality shows. They live in the run's arena. */
enum hc_status hc_site_load_words(struct hc_word_set **out, struct hc_site_run *run, struct hc_err *err);
enum hc_status hc_site_load_quality(struct hc_site_table **out, size_t *n, struct hc_site_run *run, struct hc_err *err);

#endif
