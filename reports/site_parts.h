/* Inside of the site's pages: what they share. */
#ifndef HC_REPORTS_SITE_PARTS_H
#define HC_REPORTS_SITE_PARTS_H

#include "reports/document.h"
#include "reports/site.h"
#include "reports/words.h"

#define HC_SITE_ROWS 500 /* a page has no more; what is beyond stands on the next */

/* Rows that have something in common, newest first. */
struct hc_site_group {
    struct hc_str name; /* absent: not stated */
    struct hc_str stem; /* of its page */
    const struct hc_site_entry *const *rows;
    size_t n;
};
struct hc_site_groups {
    struct hc_site_group *items;
    size_t n;
};

/* A word and the rows that have it, as numbers of theirs, newest first. */
struct hc_site_word {
    struct hc_str word;
    const uint32_t *rows;
    size_t n;
};

enum hc_site_kind {
    HC_SITE_INDEX,
    HC_SITE_QUARTERS,
    HC_SITE_SERVICES,
    HC_SITE_CATEGORIES,
    HC_SITE_WORDS,
    HC_SITE_LETTER,
    HC_SITE_TRENDS,
    HC_SITE_QUALITY,
    HC_SITE_QUARTER,
    HC_SITE_SERVICE,
    HC_SITE_CATEGORY,
};
struct hc_site_page {
    enum hc_site_kind kind;
    struct hc_str stem;
    const struct hc_site_group *group; /* of a quarter, service or category */
    size_t part, n_parts;              /* the rows from part * HC_SITE_ROWS on; of a letter: its words from `from` on */
    char letter;                       /* 'a' to 'z'; '-': what begins with none of these */
    size_t from, n;
};

struct hc_site {
    const struct hc_site_input *in;
    struct hc_arena *arena;
    const struct hc_site_entry **rows; /* newest first */
    size_t n_rows;
    struct hc_site_groups quarters, services, categories;
    struct hc_site_word *words; /* those that are not everywhere, in order of their bytes */
    size_t n_words;
    struct hc_site_word *everywhere; /* the most frequent first */
    size_t n_everywhere;
    struct hc_site_page *pages;
    size_t n_pages, pages_capacity;
};

/* One more page. False: no memory. */
bool hc_site_add_page(struct hc_site *site, struct hc_site_page page);
/* "quarter-2024q3", from the second part on "quarter-2024q3~2". */
struct hc_str hc_site_part_stem(struct hc_str stem, size_t part, struct hc_arena *arena);

/* Sorts the rows into groups. False: no memory. */
bool hc_site_group_rows(struct hc_site *site);
/* Which rows have which words, and the pages of these. False: no memory. */
bool hc_site_make_words(struct hc_site *site);

/* ---- rows ------------------------------------------------------------------------------------------------ */

void hc_site_begin_rows(struct hc_doc *doc, struct hc_str caption);
void hc_site_put_row(struct hc_doc *doc, const struct hc_site_entry *entry);
/* "12 incidents; the cause of 9 is confirmed. …": how often the leading answer was what was confirmed. */
void hc_site_put_score(struct hc_doc *doc, const struct hc_site_entry *const *rows, size_t n);
/* That the cause was confirmed, and how often the analysis had category and component. */
struct hc_site_tally {
    size_t n_known, n_analysed, n_agree, n_whole; /* analysed: of those that are known; whole: with the cause too */
};
struct hc_site_tally hc_site_count(const struct hc_site_entry *const *rows, size_t n);
/* "89 of 291 (31 %)"; "none" where none was analysed. */
void hc_site_put_hits(struct hc_doc *doc, const struct hc_site_tally *tally);
/* The category a row counts for: that on record, else that of the leading hypothesis. */
struct hc_str hc_site_category(const struct hc_site_entry *entry);

/* ---- pages ----------------------------------------------------------------------------------------------- */

void hc_site_put_index(struct hc_doc *doc, const struct hc_site *site);
void hc_site_put_list(struct hc_doc *doc, const struct hc_site *site, enum hc_site_kind kind);
void hc_site_put_group(struct hc_doc *doc, const struct hc_site *site, const struct hc_site_page *page);
void hc_site_put_words(struct hc_doc *doc, const struct hc_site *site);
void hc_site_put_letter(struct hc_doc *doc, const struct hc_site *site, const struct hc_site_page *page);
void hc_site_put_trends(struct hc_doc *doc, const struct hc_site *site);
void hc_site_put_quality(struct hc_doc *doc, const struct hc_site *site);

/* A link to a group's page; "not stated" where it has no name. */
void hc_site_link_group(struct hc_doc *doc, const struct hc_site_group *group);

#endif
