/* Text from outside, one shown character at a time: nothing that hides, reorders or breaks a document.
 *
 * A run of tab, CR and LF is one space. Other control characters are shown as their pictures (U+2400 …), bidi marks
 * and invisible characters as their number (‹U+202E›), invalid UTF-8 and what XML forbids as U+FFFD.
 */
#ifndef HC_REPORTS_GLYPH_H
#define HC_REPORTS_GLYPH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct hc_glyph {
    char bytes[20]; /* UTF-8 */
    size_t n;
};

struct hc_glyphs {
    struct hc_str rest;
    size_t n_valid; /* bytes at the front of rest known to be valid UTF-8 */
};

struct hc_glyphs hc_glyphs_of(struct hc_str text);
/* False at the end. */
bool hc_glyphs_next(struct hc_glyphs *glyphs, struct hc_glyph *glyph);

/* How many columns the text takes in a fixed-width font, counting each code point as one. */
size_t hc_text_columns(struct hc_str text);

/* Part of a relative link: what is not a letter, a digit, '.', '_' or '-' is percent-encoded, so that no value can
 * become a scheme, a path or a second parameter. */
void hc_url_part(struct hc_buf *out, struct hc_str part);
/* An http or https address, as HTML and Markdown take it; another fails the buffer. */
void hc_url_web(struct hc_buf *out, struct hc_str address);

#endif
