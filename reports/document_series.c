/* Series over time, in small: one drawing each, all of one size. */
#include <math.h>

#include "reports/document_figures.h"
#include "reports/document_svg.h"
#include "reports/words.h"

#define LEFT 0.2 /* room for a value on the narrowest screen */
#define WIDTH 0.78
#define TOP_PX 8
#define HEIGHT_PX 110
#define VALUE_TICKS 3
#define TIME_TICKS 3
#define BUCKETS ((size_t)120) /* more points than twice that are drawn by the least and the greatest of each */

/* Both ends are ticks. */
struct scale {
    double first_s, span_s;
    double low, step;
    int n_steps;
};

/* The smallest of 1, 2, 5 times a power of ten that covers the values in at most VALUE_TICKS steps. */
static struct scale find_scale(const struct hc_chart *chart)
{
    struct scale scale = {.first_s = chart->at_s[0], .span_s = chart->at_s[chart->n - 1] - chart->at_s[0]};
    static const double factors[] = {1, 2, 2.5, 5, 10, 20, 25, 50};
    const double low = chart->low >= 0 && chart->low < chart->high / 2 ? 0 : chart->low;
    const double power = pow(10, floor(log10((chart->high - low) / VALUE_TICKS)));
    for (size_t i = 0; i < sizeof factors / sizeof factors[0]; i++) {
        scale.step = factors[i] * power;
        scale.low = floor(low / scale.step) * scale.step;
        scale.n_steps = (int)ceil((chart->high - scale.low) / scale.step - 1e-9);
        if (scale.n_steps <= VALUE_TICKS)
            break;
    }
    return scale;
}

static double x_of(const struct scale *scale, double at_s)
{
    const double x = (at_s - scale->first_s) / scale->span_s;
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

static double y_of(const struct scale *scale, double value)
{
    return (value - scale->low) / (scale->step * scale->n_steps);
}

static double y_px(double y)
{
    return TOP_PX + HEIGHT_PX * (1 - y);
}

/* ---- line ---------------------------------------------------------------------------------------------- */

static void add_point(struct hc_buf *path, const struct scale *scale, const struct hc_chart *chart, size_t i)
{
    char x[HC_WORD_TEXT], y[HC_WORD_TEXT];
    hc_word_fixed(1000 * x_of(scale, chart->at_s[i]), 0, x);
    hc_word_fixed(1000 * (1 - y_of(scale, chart->values[i])), 0, y);
    hc_buf_format(path, "%s%s %s", i == 0 || isnan(chart->values[i - 1]) || path->n == 0 ? "M" : "L", x, y);
}

/* The least and the greatest of a bucket stand for it, in their order; the line breaks where a value is missing. */
static void put_line(struct hc_html *w, const struct scale *scale, const struct hc_chart *chart)
{
    struct hc_buf path = {0};
    const size_t size = chart->n > 2 * BUCKETS ? (chart->n + BUCKETS - 1) / BUCKETS : 1;
    for (size_t from = 0; from < chart->n; from += size) {
        const size_t to = from + size < chart->n ? from + size : chart->n;
        size_t least = to, most = to;
        for (size_t i = from; i < to; i++) {
            if (isnan(chart->values[i]))
                continue;
            if (least == to || chart->values[i] < chart->values[least])
                least = i;
            if (most == to || chart->values[i] > chart->values[most])
                most = i;
        }
        if (least == to)
            continue;
        add_point(&path, scale, chart, least < most ? least : most);
        if (least != most)
            add_point(&path, scale, chart, least < most ? most : least);
    }
    hc_svg_path(w, "curve thin", &path, false);
    hc_buf_free(&path);
}

/* ---- what lies under and over it ----------------------------------------------------------------------- */

static void put_area(struct hc_html *w, const char *class_name, double x, double width, double top, double bottom)
{
    hc_html_open(w, "rect");
    hc_html_attribute_text(w, "class", class_name);
    hc_svg_share(w, "x", LEFT + WIDTH * x);
    hc_svg_share(w, "width", WIDTH * width);
    hc_svg_px(w, "y", y_px(top));
    hc_svg_px(w, "height", y_px(bottom) - y_px(top));
    hc_html_close(w);
}

static void put_areas(struct hc_html *w, const struct scale *scale, const struct hc_chart *chart)
{
    if (isfinite(chart->window_from_s)) {
        const double from = x_of(scale, chart->window_from_s);
        const double to = isfinite(chart->window_until_s) ? x_of(scale, chart->window_until_s) : 1;
        put_area(w, "window", from, to > from ? to - from : 0, 1, 0);
    }
    if (isfinite(chart->band_low)) {
        const double low = fmax(y_of(scale, chart->band_low), 0), high = fmin(y_of(scale, chart->band_high), 1);
        put_area(w, "usual", 0, 1, high, low);
    }
}

static void put_values(struct hc_html *w, const struct scale *scale)
{
    for (int i = 0; i <= scale->n_steps; i++) {
        char text[HC_WORD_TEXT];
        const double y = (double)i / scale->n_steps;
        hc_word_value(scale->low + scale->step * i, text);
        hc_html_open(w, "line");
        hc_html_attribute_text(w, "class", i == 0 ? "axis" : "stem");
        hc_svg_share(w, "x1", LEFT);
        hc_svg_share(w, "x2", LEFT + WIDTH);
        hc_svg_px(w, "y1", y_px(y));
        hc_svg_px(w, "y2", y_px(y));
        hc_html_close(w);
        hc_svg_text(w, "tick", "end", LEFT - 0.02, y_px(y) + 4, hc_str_of(text));
    }
}

static void put_times(struct hc_html *w, const struct scale *scale)
{
    const double step_s = hc_svg_time_step(scale->span_s, TIME_TICKS);
    const double first_s = ceil(scale->first_s / step_s) * step_s;
    for (size_t i = 0; first_s + (double)i * step_s <= scale->first_s + scale->span_s; i++) {
        const double at_s = first_s + (double)i * step_s;
        char text[HC_WORD_TEXT];
        const double x = x_of(scale, at_s);
        hc_word_offset((int64_t)llround(at_s * 1e9), text);
        hc_svg_line(w, "axis", LEFT + WIDTH * x, y_px(0), y_px(0) + 5);
        hc_svg_text(w, "tick", x > 0.93 ? "end" : "middle", x > 0.93 ? 1 : LEFT + WIDTH * x, y_px(0) + 20,
                    hc_str_of(text));
    }
}

static void put_chart(struct hc_html *w, const struct hc_chart *chart, size_t number)
{
    const struct scale scale = find_scale(chart);
    hc_html_open(w, "li");
    hc_html_open(w, "p");
    hc_html_element(w, "strong", chart->name);
    hc_html_literal(w, chart->unit.n > 0 ? ", " : "");
    hc_html_text(w, chart->unit);
    hc_html_close(w);
    hc_svg_open(w, chart->name, chart->description, number, y_px(0) + 28);
    put_areas(w, &scale, chart);
    put_values(w, &scale);
    put_times(w, &scale);
    hc_svg_open_plot(w, LEFT, WIDTH, TOP_PX, HEIGHT_PX);
    put_line(w, &scale, chart);
    hc_html_close(w);
    if (isfinite(chart->onset_s))
        hc_svg_line(w, "onset", LEFT + WIDTH * x_of(&scale, chart->onset_s), TOP_PX, y_px(0));
    hc_html_close(w);
    hc_html_close(w);
}

void hc_figure_charts(struct hc_html *w, const struct hc_block *block, size_t *number)
{
    if (!block->charts || block->charts->n == 0)
        return;
    hc_html_open(w, "figure");
    hc_html_open(w, "ul");
    hc_html_attribute_text(w, "class", "charts");
    for (size_t i = 0; i < block->charts->n; i++)
        put_chart(w, &block->charts->of[i], ++*number);
    hc_html_close(w);
    hc_html_element(w, "figcaption", block->caption);
    hc_html_close(w);
}
