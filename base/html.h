/* HTML as people write it, as a series of events; libxml2's forgiving parser, whatever is wrong with the text.
 *
 * Loads nothing but the bytes it is given; elements nested deeper than libxml2 allows end the walk.
 */
#ifndef HC_BASE_HTML_H
#define HC_BASE_HTML_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* Any function may be NULL. Names are in small letters. Texts live during the call. */
struct hc_html_events {
    void *context;
    /* `attributes`: name, value, name, value …, NULL; a value may be NULL. NULL: none. */
    void (*begin)(void *context, struct hc_str name, const char *const *attributes, uint32_t line);
    void (*end)(void *context, struct hc_str name);
    void (*text)(void *context, struct hc_str text, uint32_t line); /* UTF-8; what is shown */
};

/* What of a page a reader of its text is after: not scripts and styles, not what HTML5 marks as beside the text (<nav>,
 * <aside>, <footer>), of a page's <header> the headings. Zeroed at first; names in any letters. */
struct hc_html_shown {
    unsigned n_left_out, n_articles, n_headers, n_headings; /* that are open */
};
void hc_html_shown_begin(struct hc_html_shown *shown, struct hc_str name);
void hc_html_shown_end(struct hc_html_shown *shown, struct hc_str name);
bool hc_html_is_shown(const struct hc_html_shown *shown);

/* False: out of memory. */
bool hc_html_walk(struct hc_str bytes, const struct hc_html_events *events);

/* The value of an attribute; HC_STR_NONE where it is not there. */
struct hc_str hc_html_attribute_of(const char *const *attributes, const char *name);

#endif
