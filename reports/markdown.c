#include "reports/markdown.h"

#include "reports/glyph.h"

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

struct around {
    char before, after;
    size_t n_w;    /* of "www" */
    bool at_start; /* of a block: nothing but digits came before */
};

/* An underscore between letters opens nothing and reads better bare. */
static bool must_escape(char c, const struct around *around)
{
    if (c == '_')
        return !(is_alnum(around->before) && is_alnum(around->after));
    if (c == '.' && around->n_w >= 3)
        return true;
    if (c == '.' || c == ')')
        return around->at_start && around->before != '\0';
    if (c == '/')
        return around->before == ':';
    if (c == '+' || c == '-' || c == '=')
        return around->at_start && around->before == '\0';
    return strchr("\\`*{}[]<>#|~$^", c) != NULL;
}

void hc_markdown_text(struct hc_markdown *w, struct hc_str text)
{
    struct hc_glyphs glyphs = hc_glyphs_of(text);
    struct hc_glyph glyph;
    struct around around = {.before = '\0', .at_start = w->at_start};
    while (hc_glyphs_next(&glyphs, &glyph)) {
        char c = glyph.n == 1 ? glyph.bytes[0] : 'x';
        around.after = glyphs.rest.n > 0 ? glyphs.rest.p[0] : '\0';
        if (c == '&' && (is_alnum(around.after) || around.after == '#')) {
            hc_buf_text(w->out, "&amp;");
        } else if (c == '@' && is_alnum(around.after)) {
            /* Sites turn @name and a@b into links after escapes are undone; a comment parts them. */
            hc_buf_text(w->out, "@<!-- -->");
        } else {
            if (glyph.n == 1 && c != '\0' && must_escape(c, &around))
                hc_buf_char(w->out, '\\');
            hc_buf_add(w->out, glyph.bytes, glyph.n);
        }
        around.at_start = around.at_start && c >= '0' && c <= '9';
        around.n_w = c == 'w' || c == 'W' ? around.n_w + 1 : 0;
        around.before = c;
        w->at_start = false;
    }
}

static size_t longest_run(struct hc_str text, char c)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < text.n; i++) {
        run = text.p[i] == c ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

void hc_markdown_code(struct hc_markdown *w, struct hc_str text)
{
    if (!text.p || text.n == 0)
        return;
    w->at_start = false;
    size_t fence = longest_run(text, '`') + 1;
    bool pad = text.p[0] == '`' || text.p[text.n - 1] == '`' || text.p[0] == ' ' || text.p[text.n - 1] == ' ';
    for (size_t i = 0; i < fence; i++)
        hc_buf_char(w->out, '`');
    hc_buf_text(w->out, pad ? " " : "");
    struct hc_glyphs glyphs = hc_glyphs_of(text);
    struct hc_glyph glyph;
    while (hc_glyphs_next(&glyphs, &glyph)) {
        if (w->in_table && glyph.n == 1 && glyph.bytes[0] == '|')
            hc_buf_char(w->out, '\\');
        hc_buf_add(w->out, glyph.bytes, glyph.n);
    }
    hc_buf_text(w->out, pad ? " " : "");
    for (size_t i = 0; i < fence; i++)
        hc_buf_char(w->out, '`');
}

void hc_markdown_anchor(struct hc_markdown *w, struct hc_str id)
{
    hc_buf_text(w->out, "<a id=\"");
    hc_url_part(w->out, id);
    hc_buf_text(w->out, "\"></a>");
}

void hc_markdown_open_link(struct hc_markdown *w)
{
    hc_buf_char(w->out, '[');
}

void hc_markdown_close_link_anchor(struct hc_markdown *w, struct hc_str id)
{
    hc_buf_text(w->out, "](#");
    hc_url_part(w->out, id);
    hc_buf_char(w->out, ')');
}

void hc_markdown_close_link_file(struct hc_markdown *w, struct hc_str stem, const char *ending)
{
    hc_buf_text(w->out, "](");
    hc_url_part(w->out, stem);
    hc_url_part(w->out, hc_str_of(ending));
    hc_buf_char(w->out, ')');
}

void hc_markdown_close_link_web(struct hc_markdown *w, struct hc_str address)
{
    hc_buf_text(w->out, "](");
    hc_url_web(w->out, address);
    hc_buf_char(w->out, ')');
}

void hc_markdown_block(struct hc_markdown *w, const char *mark)
{
    hc_buf_text(w->out, mark);
    w->at_start = true;
}

void hc_markdown_mark(struct hc_markdown *w, const char *mark)
{
    hc_buf_text(w->out, mark);
}
