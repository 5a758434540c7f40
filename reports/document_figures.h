/* The figures of the HTML reports, as inline SVG that keeps its text's size at any width. */
#ifndef HC_REPORTS_DOCUMENT_FIGURES_H
#define HC_REPORTS_DOCUMENT_FIGURES_H

#include "reports/document.h"
#include "reports/html.h"

/* `number` counts the page's drawings, so that each has names of its own. */
void hc_figure_timeline(struct hc_html *w, const struct hc_block *block, size_t *number);
void hc_figure_bars(struct hc_html *w, const struct hc_block *block, size_t *number);
void hc_figure_reliability(struct hc_html *w, const struct hc_block *block, size_t *number);
void hc_figure_intervals(struct hc_html *w, const struct hc_block *block, size_t *number);
void hc_figure_curves(struct hc_html *w, const struct hc_block *block, size_t *number);
void hc_figure_waterfall(struct hc_html *w, const struct hc_block *block, size_t *number);
void hc_figure_charts(struct hc_html *w, const struct hc_block *block, size_t *number);

#endif
