/* The one writer of HTML: what it is given as text or as an attribute's value is escaped, there is no other way in.
 *
 * Writes HTML5 that is well-formed XML too: void elements and SVG shapes are self-closed, every attribute is quoted,
 * no named entity but XML's five is used. Names of elements and attributes are the program's own literals.
 */
#ifndef HC_REPORTS_HTML_H
#define HC_REPORTS_HTML_H

#include <stdbool.h>

#include "base/text.h"

#define HC_HTML_DEPTH 32

/* A zeroed struct with `out` set starts. Elements still open at the end are the caller's bug: see `depth`. */
struct hc_html {
    struct hc_buf *out;
    const char *open[HC_HTML_DEPTH];
    int depth;
    bool in_tag; /* the start tag of open[depth - 1] still takes attributes */
};

/* The document's first line. */
void hc_html_doctype(struct hc_html *w);
void hc_html_open(struct hc_html *w, const char *element);
/* Only directly after hc_html_open, each name once. */
void hc_html_attribute(struct hc_html *w, const char *name, struct hc_str value);
void hc_html_attribute_text(struct hc_html *w, const char *name, const char *value);
/* A link to a place in this document ("src-", 12) or to a file beside it; what is not a letter, a digit, '.', '_' or
 * '-' is percent-encoded, so that no value can become a scheme or a path. */
void hc_html_href_anchor(struct hc_html *w, struct hc_str id);
void hc_html_href_file(struct hc_html *w, struct hc_str stem, const char *ending);
/* A link to an http or https address elsewhere; what ends an attribute or an address is percent-encoded. */
void hc_html_href_web(struct hc_html *w, struct hc_str address);
void hc_html_text(struct hc_html *w, struct hc_str text);
void hc_html_literal(struct hc_html *w, const char *text); /* escaped all the same */
/* A style element; the text is the program's own and holds neither '<' nor '&'. */
void hc_html_style(struct hc_html *w, struct hc_str css);
void hc_html_close(struct hc_html *w);
/* The head of a page. Only this one style sheet may run: nothing is loaded, nothing is executed, whatever slips into the
 * text. */
void hc_html_head(struct hc_html *w, struct hc_str title, struct hc_str css);
/* open, text, close */
void hc_html_element(struct hc_html *w, const char *element, struct hc_str text);

#endif
