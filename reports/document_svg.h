/* Inside of the HTML renderer: the pieces of which figures are drawn. Places are shares of the width, so that a figure is as wide
 * as its page, and pixels of the height. */
#ifndef HC_REPORTS_DOCUMENT_SVG_H
#define HC_REPORTS_DOCUMENT_SVG_H

#include "reports/document.h"
#include "reports/html.h"

void hc_svg_px(struct hc_html *w, const char *name, double value);    /* an attribute */
void hc_svg_share(struct hc_html *w, const char *name, double share); /* an attribute, in per cent */
const char *hc_svg_tone(enum hc_tone tone);                           /* its class */

/* Opens an svg with its name and description; `number` tells those of a page apart. */
void hc_svg_open(struct hc_html *w, struct hc_str title, struct hc_str description, size_t number, double height_px);
/* Beside the svg: text of a class. */
void hc_svg_span(struct hc_html *w, const char *class_name, struct hc_str text);
/* In it: text, an upright line, and a path, whose buffer is emptied. */
void hc_svg_text(struct hc_html *w, const char *class_name, const char *anchor, double x, double y_px,
                 struct hc_str text);
void hc_svg_line(struct hc_html *w, const char *class_name, double x, double y1_px, double y2_px);
/* Opens the plot's place in an svg: a square of 1000 that is stretched over it. */
void hc_svg_open_plot(struct hc_html *w, double left, double width, double top_px, double height_px);
/* Adds a point to a path; both from 0 to 1, y upwards, in a square of 1000 that is stretched over the plot's place. */
void hc_svg_point(struct hc_buf *path, double x, double y);
void hc_svg_path(struct hc_html *w, const char *class_name, struct hc_buf *path, bool closed);

/* The smallest round step, in seconds, that gives at most so many steps. */
double hc_svg_time_step(double span_s, int ticks);

/* Opens a figure that is a list, and the list in it: two to close. */
void hc_svg_open_list(struct hc_html *w, struct hc_str caption, const char *class_name);
/* A figure that is a list, an item for each of the block's marks; nothing where it has none. */
void hc_svg_list(struct hc_html *w, const struct hc_block *block, size_t *number,
                 void (*put)(struct hc_html *, const struct hc_mark *, size_t));

#endif
