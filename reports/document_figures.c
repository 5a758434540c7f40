#include "reports/document_figures.h"

#include <math.h>

#include "reports/document_svg.h"
#include "reports/words.h"

/* ---- bars ---------------------------------------------------------------------------------------------- */

static void put_bar_rect(struct hc_html *w, const char *class_name, double share)
{
    hc_html_open(w, "rect");
    hc_html_attribute_text(w, "class", class_name);
    hc_svg_share(w, "width", share);
    hc_html_attribute_text(w, "height", "8");
    hc_html_attribute_text(w, "rx", "4");
    hc_html_close(w);
}

static void put_bar(struct hc_html *w, const struct hc_mark *mark, size_t number)
{
    hc_html_open(w, "li");
    hc_svg_span(w, "bar-label", mark->label);
    hc_svg_span(w, "bar-value", mark->value);
    hc_svg_open(w, mark->value, mark->label, number, 8);
    put_bar_rect(w, "track", 1);
    put_bar_rect(w, hc_svg_tone(mark->tone), mark->at);
    hc_html_close(w);
    hc_html_close(w);
}

void hc_figure_bars(struct hc_html *w, const struct hc_block *block, size_t *number)
{
    hc_svg_list(w, block, number, put_bar);
}

/* ---- waterfall ----------------------------------------------------------------------------------------- */

#define FALL_PX 12

struct fall {
    double least, span; /* of all bars and zero */
};

static double fall_x(const struct fall *fall, double value)
{
    return (value - fall->least) / fall->span;
}

static struct fall find_fall(const struct hc_block *block)
{
    double least = 0, most = 0;
    for (size_t i = 0; i < block->n_marks; i++) {
        least = fmin(least, fmin(block->marks[i].from, block->marks[i].at));
        most = fmax(most, fmax(block->marks[i].from, block->marks[i].at));
    }
    return (struct fall){least, most > least ? most - least : 1};
}

static void put_fall(struct hc_html *w, const struct fall *fall, const struct hc_mark *mark, size_t number)
{
    const double from = fall_x(fall, fmin(mark->from, mark->at)), to = fall_x(fall, fmax(mark->from, mark->at));
    hc_html_open(w, "li");
    hc_svg_span(w, "bar-label", mark->label);
    hc_svg_span(w, "bar-value", mark->value);
    hc_svg_open(w, mark->value, mark->label, number, FALL_PX);
    hc_svg_line(w, "axis", fall_x(fall, 0), 0, FALL_PX);
    hc_html_open(w, "rect");
    hc_html_attribute_text(w, "class", hc_svg_tone(mark->tone));
    hc_svg_share(w, "x", from);
    hc_svg_px(w, "y", 1);
    hc_svg_share(w, "width", to - from);
    hc_svg_px(w, "height", FALL_PX - 2);
    hc_html_close(w);
    hc_html_close(w);
    hc_html_close(w);
}

void hc_figure_waterfall(struct hc_html *w, const struct hc_block *block, size_t *number)
{
    const struct fall fall = find_fall(block);
    if (block->n_marks == 0)
        return;
    hc_svg_open_list(w, block->caption, "bars fall");
    for (size_t i = 0; i < block->n_marks; i++)
        put_fall(w, &fall, &block->marks[i], ++*number);
    hc_html_close(w);
    hc_html_close(w);
}

/* ---- reliability --------------------------------------------------------------------------------------- */

#define PLOT_LEFT 0.15 /* room for "100 %" on the narrowest screen */
#define PLOT_WIDTH 0.82
#define PLOT_TOP_PX 10
#define PLOT_HEIGHT_PX 260
#define PLOT_TICKS 4
#define DOT_PX 3      /* of a bin with next to nothing */
#define DOT_MORE_PX 7 /* more, of one with all */

static double plot_x(double stated)
{
    return PLOT_LEFT + PLOT_WIDTH * stated;
}

static double plot_y_px(double right)
{
    return PLOT_TOP_PX + PLOT_HEIGHT_PX * (1 - right);
}

static void put_curves(struct hc_html *w, const struct hc_plot *plot)
{
    struct hc_buf path = {0};
    hc_svg_open_plot(w, PLOT_LEFT, PLOT_WIDTH, PLOT_TOP_PX, PLOT_HEIGHT_PX);
    for (size_t i = 0; i < plot->n_band; i++)
        hc_svg_point(&path, plot->at[i], plot->low[i]);
    for (size_t i = plot->n_band; i > 0; i--)
        hc_svg_point(&path, plot->at[i - 1], plot->high[i - 1]);
    if (plot->n_band > 0)
        hc_svg_path(w, "band", &path, true);
    hc_svg_point(&path, 0, 0);
    hc_svg_point(&path, 1, 1);
    hc_svg_path(w, "even", &path, false);
    for (size_t i = 0; i < plot->n_bins; i++) {
        hc_svg_point(&path, plot->bins[i].low, plot->bins[i].right);
        hc_svg_point(&path, plot->bins[i].high, plot->bins[i].right);
    }
    hc_svg_path(w, "curve", &path, false);
    hc_html_close(w);
    hc_buf_free(&path);
}

static void put_plot_axes(struct hc_html *w)
{
    for (int i = 0; i <= PLOT_TICKS; i++) {
        const double share = (double)i / PLOT_TICKS;
        char text[HC_WORD_TEXT];
        hc_word_percent(share, text);
        hc_svg_line(w, "axis", plot_x(share), plot_y_px(0), plot_y_px(0) + 5);
        hc_svg_text(w, "tick", i == PLOT_TICKS ? "end" : "middle", i == PLOT_TICKS ? 1 : plot_x(share),
                    plot_y_px(0) + 20, hc_str_of(text));
        hc_svg_text(w, "tick", "end", PLOT_LEFT - 0.02, plot_y_px(share) + 4, hc_str_of(text));
    }
    hc_svg_line(w, "axis", PLOT_LEFT, plot_y_px(1), plot_y_px(0));
    hc_html_open(w, "line");
    hc_html_attribute_text(w, "class", "axis");
    hc_svg_share(w, "x1", PLOT_LEFT);
    hc_svg_share(w, "x2", plot_x(1));
    hc_svg_px(w, "y1", plot_y_px(0));
    hc_svg_px(w, "y2", plot_y_px(0));
    hc_html_close(w);
    hc_svg_text(w, "tick", "middle", plot_x(0.5), plot_y_px(0) + 40, HC_STR("how probable it was said to be"));
    hc_svg_text(w, "tick", "start", plot_x(0.02), plot_y_px(1) + 8, HC_STR("how often it was so"));
}

void hc_figure_reliability(struct hc_html *w, const struct hc_block *block, size_t *number)
{
    const struct hc_plot *plot = block->plot;
    if (!plot || plot->n_bins == 0)
        return;
    hc_html_open(w, "figure");
    hc_html_attribute_text(w, "class", "plot");
    hc_svg_open(w, block->caption, block->description, ++*number, plot_y_px(0) + 48);
    put_curves(w, plot);
    put_plot_axes(w);
    for (size_t i = 0; i < plot->n_bins; i++) {
        hc_html_open(w, "circle");
        hc_html_attribute_text(w, "class", "tone-info");
        hc_svg_share(w, "cx", plot_x(plot->bins[i].mean));
        hc_svg_px(w, "cy", plot_y_px(plot->bins[i].right));
        hc_svg_px(w, "r", DOT_PX + DOT_MORE_PX * sqrt(plot->bins[i].share));
        hc_html_close(w);
    }
    hc_html_close(w);
    hc_html_open(w, "figcaption");
    hc_html_text(w, block->caption);
    hc_html_literal(
        w, ". Solid, with dots: how often it was so, a larger dot for more answers. Dashed: as often as it was "
           "said to be. Shaded: where the line of a calibrated model would lie, 95 times in 100.");
    hc_html_close(w);
    hc_html_close(w);
}
