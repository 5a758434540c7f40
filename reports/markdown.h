/* The one writer of Markdown (CommonMark with tables, as GitHub and GitLab render it): text that it is given stays
 * text, whatever it holds. Links go to anchors of the same document and to files beside it, and to http and
 * https addresses that a caller gives as such.
 */
#ifndef HC_REPORTS_MARKDOWN_H
#define HC_REPORTS_MARKDOWN_H

#include <stdbool.h>

#include "base/text.h"

/* A zeroed struct with `out` set starts. */
struct hc_markdown {
    struct hc_buf *out;
    bool in_table; /* the text goes into a table's cell: pipes inside code are escaped too */
    bool at_start; /* of a block, where "1." and "-" would begin a list */
};

void hc_markdown_text(struct hc_markdown *w, struct hc_str text);
/* The same as code; a fence longer than any run of backticks inside. */
void hc_markdown_code(struct hc_markdown *w, struct hc_str text);
void hc_markdown_anchor(struct hc_markdown *w, struct hc_str id);
void hc_markdown_open_link(struct hc_markdown *w);
void hc_markdown_close_link_anchor(struct hc_markdown *w, struct hc_str id);
void hc_markdown_close_link_file(struct hc_markdown *w, struct hc_str stem, const char *ending);
void hc_markdown_close_link_web(struct hc_markdown *w, struct hc_str address); /* http or https */
/* The program's own literals: those that begin or end a block ("## ", "- ", "\n") and those within one ("**"). */
void hc_markdown_block(struct hc_markdown *w, const char *mark);
void hc_markdown_mark(struct hc_markdown *w, const char *mark);

#endif
