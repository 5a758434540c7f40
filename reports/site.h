/* The pages of the site that are made of rows: the index, those of a quarter, a service, a category, words, trends and the
 * data's quality. Pure functions of what they are given; the same bytes for the same input, in whatever order it comes. */
#ifndef HC_REPORTS_SITE_H
#define HC_REPORTS_SITE_H

#include "analysis/stats/wordset.h"
#include "analysis/trend.h"
#include "base/status.h"
#include "base/text.h"
#include "base/time.h"
#include "reports/site_names.h"

struct hc_site_cause {
    struct hc_str category, cause, component; /* each may be absent */
};
/* An incident that has a report. */
struct hc_site_entry {
    struct hc_str id, title, service;
    struct hc_time started;
    struct hc_site_cause said; /* the leading hypothesis */
    double probability;        /* its; NaN: not analysed */
    struct hc_site_cause found;
    bool on_record; /* there is an outcome: `found` */
    bool known;     /* and it is confirmed */
};

/* A table of the page on the data's quality: what a query gives, each row with the query that counts it. */
#define HC_SITE_CELLS 5
struct hc_site_table {
    const char *id, *title, *says;      /* of its section */
    const char *columns[HC_SITE_CELLS]; /* the first names the row; those from `n_texts` on are numbers */
    size_t n_columns, n_texts;
    struct hc_str (*cells)[HC_SITE_CELLS];
    struct hc_str *sql;   /* that gives a row's numbers */
    size_t n_rows, n_all; /* how many there are: the first of them are shown */
};

struct hc_site_input {
    const struct hc_site_entry *entries;
    size_t n_entries;
    const struct hc_word_set *words; /* of each entry: what it is found by */
    const struct hc_quarter *trends; /* of which there is a report, the latest first */
    size_t n_trends, n_trends_left;  /* and of how many earlier ones there is none */
    const struct hc_site_table *quality;
    size_t n_quality;
    struct hc_site_links links;
};

struct hc_site;
/* Sorts and groups the entries, which must live as long, and lists the pages.
 * Owns: the arena. Errors: HC_FATAL "out-of-memory". */
enum hc_status hc_site_make(struct hc_site **out, const struct hc_site_input *in, struct hc_arena *arena,
                            struct hc_err *err);
size_t hc_site_pages(const struct hc_site *site);
struct hc_str hc_site_page(const struct hc_site *site, size_t page); /* its name without an ending */
enum hc_status hc_site_html(const struct hc_site *site, size_t page, struct hc_buf *out, struct hc_err *err);
enum hc_status hc_site_markdown(const struct hc_site *site, size_t page, struct hc_buf *out, struct hc_err *err);

#endif
