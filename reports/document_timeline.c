/* The timeline to scale: a lane a component, marks by what happened, and the minutes in which much was logged. */
#include <math.h>
#include <stdio.h>

#include "reports/document_figures.h"
#include "reports/document_svg.h"
#include "reports/glyph.h"
#include "reports/words.h"

#define EDGE 0.035  /* left and right of the first and last mark, as a share of the width */
#define APART 0.075 /* two marks nearer than this would touch on the narrowest screen (22 of 300 px) */
#define ROWS 14     /* of marks in a lane; more would be a tower, not a timeline */
#define ROW_PX 24
#define NAME_PX 22
#define NAME_COLUMNS 38
#define BURSTS_PX 18
#define PAD_PX 6
#define TICKS 4
#define FIRST_LINE_PX 22
#define SECOND_LINE_PX 38 /* the offsets before a break stand lower: they have no room of their own */
#define THIRD_LINE_PX 54  /* T+0 among them */
#define BREAKS 2
#define BREAK_FACTOR 2
#define BREAK_WIDTH 0.09 /* as a share of the width */
#define BREAK_GAP 0.02

/* ---- axis ---------------------------------------------------------------------------------------------- */

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

/* The longest gap goes while it is longer than twice all the rest. */
static void break_axis(struct axis *axis, const double *times_s, size_t n)
{
    while (axis->n_breaks < BREAKS) {
        size_t longest = 0;
        double gap_s = 0;
        for (size_t i = 1; i < n; i++) {
            double this_s = times_s[i] - times_s[i - 1], middle_s = (times_s[i] + times_s[i - 1]) / 2;
            if (this_s > gap_s && !is_left_out(axis, middle_s)) {
                gap_s = this_s;
                longest = i;
            }
        }
        if (!(axis->span_s - gap_s > 0) || gap_s <= BREAK_FACTOR * (axis->span_s - gap_s))
            return;
        add_break(axis, times_s[longest - 1], times_s[longest]);
    }
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
    double step = hc_svg_time_step(axis->span_s, TICKS), last_s = axis->first_s + axis->span_s, from_s = axis->first_s;
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

/* ---- lanes --------------------------------------------------------------------------------------------- */

/* Where a lane lies. */
struct place {
    double y_px;
    size_t n_rows;
};

/* Marks are in order of time. The row of each in its lane, ROWS where there is no room; gives how many rows. */
static size_t choose_rows(const struct axis *axis, const struct hc_block *block, size_t lane, size_t *row_of)
{
    double last[ROWS];
    size_t n_rows = 0;
    for (size_t i = 0; i < ROWS; i++)
        last[i] = -1;
    for (size_t i = 0; i < block->n_marks; i++) {
        double x = axis_x(axis, block->marks[i].at);
        size_t row = 0;
        if (block->marks[i].lane != lane)
            continue;
        while (row < ROWS && x - last[row] < APART)
            row++;
        row_of[i] = row;
        if (row == ROWS)
            continue;
        last[row] = x;
        n_rows = row + 1 > n_rows ? row + 1 : n_rows;
    }
    return n_rows;
}

/* Gives the height of all. */
static double place_lanes(const struct axis *axis, const struct hc_block *block, struct place *places, size_t *row_of)
{
    double y_px = 0;
    for (size_t i = 0; i < block->lanes->n; i++) {
        places[i].y_px = y_px;
        places[i].n_rows = choose_rows(axis, block, i, row_of);
        y_px += NAME_PX + ROW_PX * (double)places[i].n_rows + PAD_PX;
        y_px += block->lanes->of[i].n_bursts > 0 ? BURSTS_PX : 0;
    }
    return y_px;
}

static void put_bar(struct hc_html *w, const char *class_name, double from, double to, double y_px, double height_px)
{
    hc_html_open(w, "rect");
    hc_html_attribute_text(w, "class", class_name);
    hc_svg_share(w, "x", from);
    hc_svg_share(w, "width", to - from);
    hc_svg_px(w, "y", y_px);
    hc_svg_px(w, "height", height_px);
    hc_html_close(w);
}

static void put_window(struct hc_html *w, const struct axis *axis, const struct hc_lanes *lanes)
{
    double from = isfinite(lanes->window_from_s) ? axis_x(axis, lanes->window_from_s) : EDGE;
    double to = isfinite(lanes->window_until_s) ? axis_x(axis, lanes->window_until_s) : 1 - EDGE;
    if (isfinite(lanes->window_from_s) && to > from)
        put_bar(w, "window", from, to, 0, axis->y_px);
}

/* What is longer than the narrowest screen is cut: the table has it whole. */
static void put_name(struct hc_html *w, const struct hc_lane *lane, double y_px)
{
    struct hc_glyphs glyphs = hc_glyphs_of(lane->name);
    struct hc_glyph glyph;
    struct hc_buf cut = {0};
    size_t n = 0;
    while (n < NAME_COLUMNS && hc_glyphs_next(&glyphs, &glyph)) {
        n += hc_text_columns((struct hc_str){glyph.bytes, glyph.n});
        hc_buf_add(&cut, glyph.bytes, glyph.n);
    }
    if (glyphs.rest.n > 0)
        hc_buf_text(&cut, "\xE2\x80\xA6");
    hc_svg_text(w, lane->strong ? "lane strong" : "lane", "start", 0, y_px, hc_buf_view(&cut));
    w->out->failed |= cut.failed;
    hc_buf_free(&cut);
}

static void put_lane(struct hc_html *w, const struct axis *axis, const struct hc_lane *lane, const struct place *place)
{
    const double bottom_px =
        place->y_px + NAME_PX + ROW_PX * (double)place->n_rows + PAD_PX + (lane->n_bursts > 0 ? BURSTS_PX : 0);
    if (place->y_px > 0) {
        hc_html_open(w, "line");
        hc_html_attribute_text(w, "class", "stem");
        hc_svg_share(w, "x1", 0);
        hc_svg_share(w, "x2", 1);
        hc_svg_px(w, "y1", place->y_px);
        hc_svg_px(w, "y2", place->y_px);
        hc_html_close(w);
    }
    put_name(w, lane, place->y_px + 15);
    for (size_t i = 0; i < lane->n_bursts; i++) {
        const struct hc_stretch *burst = &lane->bursts[i];
        const double height_px = 2 + (BURSTS_PX - 4) * burst->height;
        put_bar(w, "burst", axis_x(axis, burst->from_s), axis_x(axis, burst->until_s), bottom_px - 2 - height_px,
                height_px);
    }
}

static const char *shape_path(enum hc_shape shape)
{
    switch (shape) {
    case HC_SHAPE_DIAMOND:
        return "M0-13L13 0L0 13L-13 0Z";
    case HC_SHAPE_TRIANGLE:
        return "M0-14L14 10L-14 10Z";
    case HC_SHAPE_SQUARE:
        return "M-10-10H10V10H-10Z";
    case HC_SHAPE_CIRCLE:
        break;
    }
    return "M-10 0A10 10 0 1 1 10 0A10 10 0 1 1-10 0Z";
}

static void put_mark(struct hc_html *w, const struct axis *axis, const struct hc_mark *mark, double y_px)
{
    hc_html_open(w, "svg");
    hc_html_attribute_text(w, "class", "at");
    hc_svg_share(w, "x", axis_x(axis, mark->at));
    hc_svg_px(w, "y", y_px);
    hc_html_open(w, "path");
    hc_html_attribute_text(w, "class", hc_svg_tone(mark->tone));
    hc_html_attribute_text(w, "d", shape_path(mark->shape));
    hc_html_close(w);
    hc_svg_text(w, "mark", "middle", 0, mark->shape == HC_SHAPE_TRIANGLE ? 7 : 4, mark->label);
    hc_html_close(w);
}

static void put_marks(struct hc_html *w, const struct axis *axis, const struct hc_block *block,
                      const struct place *places, const size_t *row_of)
{
    for (size_t i = block->n_marks; i > 0; i--) {
        const struct hc_mark *mark = &block->marks[i - 1];
        if (row_of[i - 1] == ROWS)
            continue;
        put_mark(w, axis, mark, places[mark->lane].y_px + NAME_PX + ROW_PX * ((double)row_of[i - 1] + 0.5));
    }
}

static double lowest_line(const struct axis *axis)
{
    return has_own_zero(axis) ? THIRD_LINE_PX : axis->n_breaks > 0 ? SECOND_LINE_PX : FIRST_LINE_PX;
}

static void put_caption(struct hc_html *w, const struct hc_block *block, const struct axis *axis, size_t n_left_out)
{
    char text[HC_WORD_TEXT];
    hc_html_open(w, "figcaption");
    hc_html_text(w, block->caption);
    hc_html_literal(w, ". \xE2\x97\x8F of the incident, a symptom; \xE2\x97\x86 a change; \xE2\x96\xB2 what left its "
                       "usual state; \xE2\x96\xA0 a log line or event");
    for (size_t i = 0; i < block->lanes->n; i++)
        if (block->lanes->of[i].n_bursts > 0) {
            hc_html_literal(w, "; bars: log lines of level warning and worse, each bar of ");
            hc_word_duration((int64_t)llround(block->lanes->burst_s * 1e9), text);
            hc_html_literal(w, text);
            hc_html_literal(w, ", the highest with the most lines");
            break;
        }
    if (isfinite(block->lanes->window_from_s))
        hc_html_literal(w, "; shaded: the incident's window");
    if (axis->n_breaks > 0)
        hc_html_literal(w, "; // where nothing happened for long, and the axis is broken");
    if (n_left_out > 0) {
        snprintf(text, sizeof text, "; rows for whose marks there is no room: %zu", n_left_out);
        hc_html_literal(w, text);
    }
    hc_html_literal(w, ".");
    hc_html_close(w);
}

void hc_figure_timeline(struct hc_html *w, const struct hc_block *block, size_t *number)
{
    const struct hc_lanes *lanes = block->lanes;
    struct place places[HC_TIMELINE_LANES] = {{0}};
    size_t row_of[HC_TIMELINE_MARKS] = {0};
    if (block->n_marks < 2 || block->n_marks > HC_TIMELINE_MARKS || lanes->n > HC_TIMELINE_LANES || lanes->n_times < 2)
        return;
    struct axis axis = {.first_s = lanes->times_s[0]};
    axis.span_s = lanes->times_s[lanes->n_times - 1] - axis.first_s;
    if (!(axis.span_s > 0) || axis.first_s < -HC_FARTHEST_S || axis.first_s + axis.span_s > HC_FARTHEST_S)
        return;
    break_axis(&axis, lanes->times_s, lanes->n_times);
    axis.y_px = place_lanes(&axis, block, places, row_of);
    hc_html_open(w, "figure");
    hc_svg_open(w, block->caption, block->description, ++*number, axis.y_px + lowest_line(&axis) + 8);
    put_window(w, &axis, lanes);
    for (size_t i = 0; i < block->n_marks; i++)
        if (block->marks[i].lane == 0)
            hc_svg_line(w, "even", axis_x(&axis, block->marks[i].at), NAME_PX, axis.y_px);
    for (size_t i = 0; i < lanes->n; i++)
        put_lane(w, &axis, &lanes->of[i], &places[i]);
    put_axis(w, &axis);
    put_marks(w, &axis, block, places, row_of);
    hc_html_close(w);
    size_t n_left_out = 0;
    for (size_t i = 0; i < block->n_marks; i++)
        n_left_out += row_of[i] == ROWS;
    put_caption(w, block, &axis, n_left_out);
    hc_html_close(w);
}
