/* The names of the site's pages, and the line that leads from each to the others. */
#ifndef HC_REPORTS_SITE_NAMES_H
#define HC_REPORTS_SITE_NAMES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/text.h"

struct hc_doc;

/* Which of the site's pages there are, beside those that each site has. */
struct hc_site_links {
    bool calibration, trends;
};

/* The name of an incident's report without its ending: the id; led by "_", with which no id begins, where a page of the
 * site is, or on some corpus would be, called so (case ignored, as some file systems do). It lives in the arena, or is the
 * id. */
struct hc_str hc_report_file(struct hc_str id, struct hc_arena *arena);

/* The name of the page of a service, a category …: "service-api". A text from outside that is no safe name as it stands
 * (lower-case letters, digits, '.', '_' and '-', at most 60, the first a letter or digit) gets one of what is safe of it
 * and 12 digits of its SHA-256: "service-~checkout-api~1b4f0e985197". So names differ where texts do, also without regard to
 * case, and hang on nothing else. An absent one is "service-~none". */
struct hc_str hc_site_name(const char *kind, struct hc_str text, struct hc_arena *arena);

/* The line of links under a page's title; `own`, this page's name, is no link. `in` NULL: the page is in no site. */
void hc_site_navigate(struct hc_doc *doc, const struct hc_site_links *in, const char *own);

#endif
