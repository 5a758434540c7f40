#include "reports/document_figures.h"

#include <math.h>

#include "reports/document_svg.h"
#include "reports/words.h"

#define EDGE 0.035  /* left and right of the first and last mark, as a share of the width */
#define APART 0.075 /* two marks nearer than this would touch on the narrowest screen (22 of 300 px) */
#define LANES 14    /* more would be a tower, not a timeline */
#define LANE_PX 24
#define TICKS 4
#define FIRST_LINE_PX 22
#define SECOND_LINE_PX 38 /* the offsets before a break stand lower: they have no room of their own */
#define THIRD_LINE_PX 54  /* T+0 among them */
#define BREAKS 2
#define BREAK_FACTOR 2
#define BREAK_WIDTH 0.09 /* as a share of the width */
#define BREAK_GAP 0.02

/* ---- timeline ------------------------------------------------------------------------------------------ */

/* Where nothing happened for long the axis is broken, so that the rest has room. */
struct axis {
    double first_s, span_s; /* span: without what is left out */
    double y_px;
    double from_s[BREAKS], to_s[BREAKS]; /* left out, ascending */
    size_t n_breaks;
};

static double axis_x(const struct axis *axis, double at_s)
{
    double width = 1 - 2 * EDGE - BREAK_WIDTH * (double)axis->n_breaks, shown_s = at_s - axis->first_s, breaks = 0;
    for (size_t i = 0; i < axis->n_breaks; i++) {
        double left_out_s = axis->to_s[i] - axis->from_s[i];
        double passed = at_s <= axis->from_s[i] ? 0 : at_s >= axis->to_s[i] ? 1 : (at_s - axis->from_s[i]) / left_out_s;
        shown_s -= passed * left_out_s;
        breaks += passed;
    }
    return EDGE + width * shown_s / axis->span_s + BREAK_WIDTH * breaks;
}

static bool is_left_out(const struct axis *axis, double at_s)
{
    for (size_t i = 0; i < axis->n_breaks; i++)
        if (at_s > axis->from_s[i] && at_s < axis->to_s[i])
            return true;
    return false;
}

static void add_break(struct axis *axis, double from_s, double to_s)
{
    size_t at = axis->n_breaks++;
    for (; at > 0 && axis->from_s[at - 1] > from_s; at--) {
        axis->from_s[at] = axis->from_s[at - 1];
        axis->to_s[at] = axis->to_s[at - 1];
    }
    axis->from_s[at] = from_s;
    axis->to_s[at] = to_s;
    axis->span_s -= to_s - from_s;
}

/* Marks are in order of time. The longest gap goes while it is longer than twice all the rest. */
static void break_axis(struct axis *axis, const struct hc_block *block)
{
    while (axis->n_breaks < BREAKS) {
        size_t longest = 0;
        double gap_s = 0;
        for (size_t i = 1; i < block->n_marks; i++) {
            double this_s = block->marks[i].at - block->marks[i - 1].at;
            double middle_s = (block->marks[i].at + block->marks[i - 1].at) / 2;
            if (this_s > gap_s && !is_left_out(axis, middle_s)) {
                gap_s = this_s;
                longest = i;
            }
        }
        if (!(axis->span_s - gap_s > 0) || gap_s <= BREAK_FACTOR * (axis->span_s - gap_s))
            return;
        add_break(axis, block->marks[longest - 1].at, block->marks[longest].at);
    }
}

/* The smallest round step that gives at most TICKS steps. */
static double tick_step(double span_s)
{
    static const double steps[] = {0.001,  0.01,    0.1,     0.5,      1,         2,           5,      10,
                                   15,     30,      60,      120,      300,       600,         900,    1800,
                                   3600,   7200,    10800,   21600,    43200,     86400,       172800, 432000,
                                   864000, 2592000, 8640000, 31536000, 315360000, 3153600000.0};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (span_s / steps[i] <= TICKS)
            return steps[i];
    return span_s;
}

static void put_tick(struct hc_html *w, const struct axis *axis, double at_s, double label_px)
{
    char text[HC_WORD_TEXT];
    double x = axis_x(axis, at_s);
    hc_word_offset((int64_t)llround(at_s * 1e9), text);
    hc_svg_line(w, "axis", x, axis->y_px, axis->y_px + 6);
    hc_svg_text(w, "tick",
                x < 0.1   ? "start"
                : x > 0.9 ? "end"
                          : "middle",
                x < 0.1   ? EDGE / 2
                : x > 0.9 ? 1 - EDGE / 2
                          : x,
                axis->y_px + label_px, hc_str_of(text));
}

/* Zero is a mark of the scale behind the last break, and may be where a piece begins. Else it has a line of its own. */
static bool has_own_zero(const struct axis *axis)
{
    double from_s = axis->first_s;
    for (size_t i = 0; i < axis->n_breaks; i++) {
        if (0 > from_s && 0 <= axis->from_s[i])
            return true;
        from_s = axis->to_s[i];
    }
    return false;
}

/* Behind the last break the scale is marked; before it, where each piece begins. */
static void put_ticks(struct hc_html *w, const struct axis *axis)
{
    double step = tick_step(axis->span_s), last_s = axis->first_s + axis->span_s, from_s = axis->first_s;
    for (size_t i = 0; i < axis->n_breaks; i++) {
        put_tick(w, axis, from_s, SECOND_LINE_PX);
        last_s += axis->to_s[i] - axis->from_s[i];
        from_s = axis->to_s[i];
    }
    if (has_own_zero(axis))
        put_tick(w, axis, 0, THIRD_LINE_PX);
    const double first_s = ceil(from_s / step) * step;
    for (size_t i = 0; first_s + (double)i * step <= last_s; i++)
        put_tick(w, axis, first_s + (double)i * step, FIRST_LINE_PX);
}

static void put_piece(struct hc_html *w, const struct axis *axis, double from, double to)
{
    hc_html_open(w, "line");
    hc_html_attribute_text(w, "class", "axis");
    hc_svg_share(w, "x1", from);
    hc_svg_share(w, "x2", to);
    hc_svg_px(w, "y1", axis->y_px);
    hc_svg_px(w, "y2", axis->y_px);
    hc_html_close(w);
}

static void put_axis(struct hc_html *w, const struct axis *axis)
{
    double from = EDGE / 2;
    for (size_t i = 0; i < axis->n_breaks; i++) {
        double middle = axis_x(axis, (axis->from_s[i] + axis->to_s[i]) / 2);
        put_piece(w, axis, from, middle - BREAK_GAP);
        hc_svg_text(w, "tick", "middle", middle, axis->y_px + 4, HC_STR("//"));
        from = middle + BREAK_GAP;
    }
    put_piece(w, axis, from, 1 - EDGE / 2);
    put_ticks(w, axis);
}

/* Marks are in order of time. Gives the lanes used; 0: they do not fit. */
static size_t choose_lanes(const struct axis *axis, const struct hc_block *block, size_t *lane_of)
{
    double last[LANES];
    size_t n_lanes = 1;
    for (size_t i = 0; i < LANES; i++)
        last[i] = -1;
    for (size_t i = 0; i < block->n_marks; i++) {
        double x = axis_x(axis, block->marks[i].at);
        size_t lane = 0;
        while (lane < LANES && x - last[lane] < APART)
            lane++;
        if (lane == LANES)
            return 0;
        last[lane] = x;
        lane_of[i] = lane;
        n_lanes = lane + 1 > n_lanes ? lane + 1 : n_lanes;
    }
    return n_lanes;
}

static void put_mark(struct hc_html *w, const struct axis *axis, const struct hc_mark *mark, size_t lane)
{
    double x = axis_x(axis, mark->at);
    double y = axis->y_px - 18 - LANE_PX * (double)lane;
    hc_svg_line(w, "stem", x, y, axis->y_px);
    hc_html_open(w, "circle");
    hc_html_attribute_text(w, "class", hc_svg_tone(mark->tone));
    hc_svg_share(w, "cx", x);
    hc_svg_px(w, "cy", y);
    hc_html_attribute_text(w, "r", "10");
    hc_html_close(w);
    hc_svg_text(w, "mark", "middle", x, y + 4, mark->label);
}

static double lowest_line(const struct axis *axis)
{
    return has_own_zero(axis) ? THIRD_LINE_PX : axis->n_breaks > 0 ? SECOND_LINE_PX : FIRST_LINE_PX;
}

void hc_figure_timeline(struct hc_html *w, const struct hc_block *block, size_t *number)
{
    size_t lane_of[HC_TIMELINE_MARKS];
    if (block->n_marks < 2 || block->n_marks > HC_TIMELINE_MARKS)
        return;
    struct axis axis = {.first_s = block->marks[0].at};
    axis.span_s = block->marks[block->n_marks - 1].at - axis.first_s;
    if (!(axis.span_s > 0))
        return;
    break_axis(&axis, block);
    size_t n_lanes = choose_lanes(&axis, block, lane_of);
    if (n_lanes == 0)
        return;
    axis.y_px = 12 + LANE_PX * (double)n_lanes;
    hc_html_open(w, "figure");
    hc_svg_open(w, block->caption, block->description, ++*number, axis.y_px + lowest_line(&axis) + 8);
    put_axis(w, &axis);
    for (size_t i = block->n_marks; i > 0; i--)
        put_mark(w, &axis, &block->marks[i - 1], lane_of[i - 1]);
    hc_html_close(w);
    hc_html_open(w, "figcaption");
    hc_html_text(w, block->caption);
    if (axis.n_breaks > 0)
        hc_html_literal(w, "; // where nothing happened for long, and the axis is broken");
    hc_html_close(w);
    hc_html_close(w);
}

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
    hc_html_open(w, "svg");
    hc_svg_share(w, "x", PLOT_LEFT);
    hc_svg_px(w, "y", PLOT_TOP_PX);
    hc_svg_share(w, "width", PLOT_WIDTH);
    hc_svg_px(w, "height", PLOT_HEIGHT_PX);
    hc_html_attribute_text(w, "viewBox", "0 0 1000 1000");
    hc_html_attribute_text(w, "preserveAspectRatio", "none");
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
