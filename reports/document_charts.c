/* Figures of many numbers: intervals below one another, and exceedance curves. */
#include <math.h>

#include "reports/document_figures.h"
#include "reports/document_svg.h"
#include "reports/lengths.h"
#include "reports/words.h"

/* ---- intervals ------------------------------------------------------------------------------------------- */

#define ROW_PX 14
#define DOT_PX 5
#define INSET 0.02 /* so that no dot is cut at an end */

static double inset(double share)
{
    const double held = share < 0 ? 0 : share > 1 ? 1 : share;
    return INSET + (1 - 2 * INSET) * held;
}

static void put_span(struct hc_html *w, const char *class_name, double from, double to, double y_px)
{
    hc_html_open(w, "line");
    hc_html_attribute_text(w, "class", class_name);
    hc_svg_share(w, "x1", from);
    hc_svg_share(w, "x2", to);
    hc_svg_px(w, "y1", y_px);
    hc_svg_px(w, "y2", y_px);
    hc_html_close(w);
}

static void put_value(struct hc_html *w, const struct hc_mark *mark, const char *span, const char *dot, double y_px)
{
    put_span(w, span, inset(mark->low), inset(mark->high), y_px);
    hc_html_open(w, "circle");
    hc_html_attribute_text(w, "class", dot);
    hc_svg_share(w, "cx", inset(mark->at));
    hc_svg_px(w, "cy", y_px);
    hc_svg_px(w, "r", DOT_PX);
    hc_html_close(w);
}

static void put_interval(struct hc_html *w, const struct hc_mark *mark, size_t number)
{
    hc_html_open(w, "li");
    hc_svg_span(w, "bar-label", mark->label);
    hc_svg_span(w, "bar-value", mark->value);
    hc_svg_open(w, mark->value, mark->label, number, mark->before ? 2 * ROW_PX : ROW_PX);
    put_span(w, "stem", 0, 1, ROW_PX / 2.0);
    put_value(w, mark, "span", hc_svg_tone(mark->tone), ROW_PX / 2.0);
    if (mark->before)
        put_value(w, mark->before, "span-before", "dot-before", 1.5 * ROW_PX);
    hc_html_close(w);
    hc_html_close(w);
}

void hc_figure_intervals(struct hc_html *w, const struct hc_block *block, size_t *number)
{
    hc_svg_list(w, block, number, put_interval);
}

/* ---- curves ---------------------------------------------------------------------------------------------- */

#define LEFT 0.15
#define WIDTH 0.82
#define TOP_PX 12
#define HEIGHT_PX 240
#define APART 0.15 /* of the width, between labels of the axis on the narrowest screen */

struct scale {
    double first_s, last_s; /* logarithmic */
};

static double x_of(const struct scale *scale, double at_s)
{
    const double x = log(at_s / scale->first_s) / log(scale->last_s / scale->first_s);
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

static double y_px(double share)
{
    return TOP_PX + HEIGHT_PX * (1 - share);
}

static void put_steps(struct hc_html *w, const struct hc_curves *curves, const struct scale *scale)
{
    static const char *const classes[HC_CURVES] = {"curve", "curve-2", "curve-3"};
    struct hc_buf path = {0};
    /* the first, which is spoken of, above the others */
    for (size_t c = HC_CURVES; c > 0; c--) {
        double share = 1;
        if (curves->of[c - 1].n == 0)
            continue;
        hc_svg_point(&path, 0, share);
        for (size_t i = 0; i < curves->of[c - 1].n; i++) {
            const double x = x_of(scale, curves->of[c - 1].at_s[i]);
            hc_svg_point(&path, x, share);
            share = curves->of[c - 1].share[i];
            hc_svg_point(&path, x, share);
        }
        hc_svg_point(&path, x_of(scale, curves->of[c - 1].end_s), share);
        hc_svg_path(w, classes[c - 1], &path, false);
    }
    hc_buf_free(&path);
}

static void put_scale(struct hc_html *w, const struct scale *scale)
{
    size_t n;
    const struct hc_length *lengths = hc_lengths(&n);
    bool chosen[HC_LENGTHS];
    hc_lengths_choose(chosen, scale->first_s, scale->last_s, APART / WIDTH);
    for (size_t i = 0; i < n; i++) {
        const double x = x_of(scale, lengths[i].seconds);
        if (!chosen[i])
            continue;
        hc_svg_line(w, "axis", LEFT + WIDTH * x, y_px(0), y_px(0) + 5);
        hc_svg_text(w, "tick", x > 0.95 ? "end" : "middle", x > 0.95 ? 1 : LEFT + WIDTH * x, y_px(0) + 20,
                    hc_str_of(lengths[i].says));
    }
    for (int i = 0; i <= 4; i++) {
        char text[HC_WORD_TEXT];
        hc_word_percent(i / 4.0, text);
        hc_svg_text(w, "tick", "end", LEFT - 0.02, y_px(i / 4.0) + 4, hc_str_of(text));
    }
    hc_svg_line(w, "axis", LEFT, y_px(1), y_px(0));
    hc_html_open(w, "line");
    hc_html_attribute_text(w, "class", "axis");
    hc_svg_share(w, "x1", LEFT);
    hc_svg_share(w, "x2", LEFT + WIDTH);
    hc_svg_px(w, "y1", y_px(0));
    hc_svg_px(w, "y2", y_px(0));
    hc_html_close(w);
    hc_svg_text(w, "tick", "middle", LEFT + WIDTH / 2, y_px(0) + 40,
                HC_STR("lasted longer than (each step the same factor)"));
}

static bool find_scale(const struct hc_curves *curves, struct scale *scale)
{
    *scale = (struct scale){INFINITY, 0};
    for (size_t c = 0; c < HC_CURVES; c++) {
        if (curves->of[c].n == 0)
            continue;
        scale->first_s = fmin(scale->first_s, curves->of[c].at_s[0]);
        scale->last_s = fmax(scale->last_s, fmax(curves->of[c].at_s[curves->of[c].n - 1], curves->of[c].end_s));
    }
    scale->first_s /= 1.5;
    return scale->last_s > 0;
}

void hc_figure_curves(struct hc_html *w, const struct hc_block *block, size_t *number)
{
    static const char *const drawn[HC_CURVES] = {"Solid: ", " Dashed: ", " Dotted: "};
    const struct hc_curves *curves = block->curves;
    struct scale scale;
    if (!curves || !find_scale(curves, &scale))
        return;
    hc_html_open(w, "figure");
    hc_html_attribute_text(w, "class", "plot");
    hc_svg_open(w, block->caption, block->description, ++*number, y_px(0) + 48);
    hc_svg_open_plot(w, LEFT, WIDTH, TOP_PX, HEIGHT_PX);
    put_steps(w, curves, &scale);
    hc_html_close(w);
    put_scale(w, &scale);
    hc_html_close(w);
    hc_html_open(w, "figcaption");
    hc_html_text(w, block->caption);
    hc_html_literal(w, ". ");
    for (size_t c = 0; c < HC_CURVES; c++)
        if (curves->of[c].n) {
            hc_html_literal(w, drawn[c]);
            hc_html_text(w, curves->of[c].name);
            hc_html_literal(w, ".");
        }
    hc_html_close(w);
    hc_html_close(w);
}
