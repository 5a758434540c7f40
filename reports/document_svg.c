/* The pieces of which figures are drawn. */
#include "reports/document_svg.h"

#include <stdio.h>

#include "reports/words.h"

void hc_svg_px(struct hc_html *w, const char *name, double value)
{
    char text[HC_WORD_TEXT];
    hc_word_fixed(value, 1, text);
    hc_html_attribute_text(w, name, text);
}

void hc_svg_share(struct hc_html *w, const char *name, double share)
{
    char text[HC_WORD_TEXT + 1];
    size_t n = hc_word_fixed(100 * share, 2, text);
    text[n] = '%';
    text[n + 1] = '\0';
    hc_html_attribute_text(w, name, text);
}

const char *hc_svg_tone(enum hc_tone tone)
{
    switch (tone) {
    case HC_TONE_GOOD:
        return "tone-good";
    case HC_TONE_WARN:
        return "tone-warn";
    case HC_TONE_BAD:
        return "tone-bad";
    case HC_TONE_INFO:
        return "tone-info";
    case HC_TONE_PLAIN:
        break;
    }
    return "tone-plain";
}

static void put_named(struct hc_html *w, const char *element, const char *id, struct hc_str text)
{
    hc_html_open(w, element);
    hc_html_attribute_text(w, "id", id);
    hc_html_text(w, text);
    hc_html_close(w);
}

void hc_svg_open(struct hc_html *w, struct hc_str title, struct hc_str description, size_t number, double height_px)
{
    char title_id[32], desc_id[32], both[64];
    snprintf(title_id, sizeof title_id, "fig-%zu-title", number);
    snprintf(desc_id, sizeof desc_id, "fig-%zu-desc", number);
    snprintf(both, sizeof both, "%s %s", title_id, desc_id);
    hc_html_open(w, "svg");
    hc_html_attribute_text(w, "xmlns", "http://www.w3.org/2000/svg");
    hc_html_attribute_text(w, "role", "img");
    hc_html_attribute_text(w, "width", "100%");
    hc_svg_px(w, "height", height_px);
    hc_html_attribute_text(w, "aria-labelledby", both);
    put_named(w, "title", title_id, title);
    put_named(w, "desc", desc_id, description);
}

void hc_svg_span(struct hc_html *w, const char *class_name, struct hc_str text)
{
    hc_html_open(w, "span");
    hc_html_attribute_text(w, "class", class_name);
    hc_html_text(w, text);
    hc_html_close(w);
}

void hc_svg_text(struct hc_html *w, const char *class_name, const char *anchor, double x, double y_px,
                 struct hc_str text)
{
    hc_html_open(w, "text");
    hc_html_attribute_text(w, "class", class_name);
    hc_html_attribute_text(w, "text-anchor", anchor);
    hc_svg_share(w, "x", x);
    hc_svg_px(w, "y", y_px);
    hc_html_text(w, text);
    hc_html_close(w);
}

void hc_svg_line(struct hc_html *w, const char *class_name, double x, double y1_px, double y2_px)
{
    hc_html_open(w, "line");
    hc_html_attribute_text(w, "class", class_name);
    hc_svg_share(w, "x1", x);
    hc_svg_share(w, "x2", x);
    hc_svg_px(w, "y1", y1_px);
    hc_svg_px(w, "y2", y2_px);
    hc_html_close(w);
}

void hc_svg_path(struct hc_html *w, const char *class_name, struct hc_buf *path, bool closed)
{
    if (closed)
        hc_buf_char(path, 'Z');
    if (path->failed)
        w->out->failed = true;
    hc_html_open(w, "path");
    hc_html_attribute_text(w, "class", class_name);
    hc_html_attribute(w, "d", hc_buf_view(path));
    hc_html_close(w);
    hc_buf_clear(path);
}

void hc_svg_open_plot(struct hc_html *w, double left, double width, double top_px, double height_px)
{
    hc_html_open(w, "svg");
    hc_svg_share(w, "x", left);
    hc_svg_px(w, "y", top_px);
    hc_svg_share(w, "width", width);
    hc_svg_px(w, "height", height_px);
    hc_html_attribute_text(w, "viewBox", "0 0 1000 1000");
    hc_html_attribute_text(w, "preserveAspectRatio", "none");
}

void hc_svg_point(struct hc_buf *path, double x, double y)
{
    char text[2][HC_WORD_TEXT];
    hc_word_fixed(1000 * x, 1, text[0]);
    hc_word_fixed(1000 * (1 - y), 1, text[1]);
    hc_buf_format(path, "%s%s %s", path->n ? "L" : "M", text[0], text[1]);
}

double hc_svg_time_step(double span_s, int ticks)
{
    static const double steps[] = {0.001,  0.01,    0.1,     0.5,      1,         2,           5,      10,
                                   15,     30,      60,      120,      300,       600,         900,    1800,
                                   3600,   7200,    10800,   21600,    43200,     86400,       172800, 432000,
                                   864000, 2592000, 8640000, 31536000, 315360000, 3153600000.0};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (span_s / steps[i] <= ticks)
            return steps[i];
    return span_s;
}

void hc_svg_open_list(struct hc_html *w, struct hc_str caption, const char *class_name)
{
    hc_html_open(w, "figure");
    hc_html_element(w, "figcaption", caption);
    hc_html_open(w, "ul");
    hc_html_attribute_text(w, "class", class_name);
}

void hc_svg_list(struct hc_html *w, const struct hc_block *block, size_t *number,
                 void (*put)(struct hc_html *, const struct hc_mark *, size_t))
{
    if (block->n_marks == 0)
        return;
    hc_svg_open_list(w, block->caption, "bars");
    for (size_t i = 0; i < block->n_marks; i++)
        put(w, &block->marks[i], ++*number);
    hc_html_close(w);
    hc_html_close(w);
}
