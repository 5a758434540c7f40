#include "reports/html.h"

#include "base/digest.h"

#include "reports/glyph.h"

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool is_self_closed(const char *element)
{
    static const char *const names[] = {"meta", "link", "br", "hr", "img", "wbr", "rect", "circle", "line", "path"};
    return is_one_of(element, names, sizeof names / sizeof names[0]);
}

/* After these a line break changes nothing that is shown. */
static bool ends_line(const char *element)
{
    static const char *const names[] = {"html", "head", "body",  "title",   "meta",    "style",  "main",
                                        "nav",  "p",    "li",    "ul",      "ol",      "dl",     "dt",
                                        "dd",   "div",  "table", "caption", "thead",   "tbody",  "tr",
                                        "th",   "td",   "h1",    "h2",      "h3",      "header", "footer",
                                        "svg",  "rect", "line",  "circle",  "section", "figure", "figcaption"};
    return is_one_of(element, names, sizeof names / sizeof names[0]);
}

static void end_start_tag(struct hc_html *w)
{
    if (w->in_tag)
        hc_buf_char(w->out, '>');
    w->in_tag = false;
}

static void put_escaped(struct hc_html *w, struct hc_str text)
{
    struct hc_glyphs glyphs = hc_glyphs_of(text);
    struct hc_glyph glyph;
    while (hc_glyphs_next(&glyphs, &glyph)) {
        char c = glyph.n == 1 ? glyph.bytes[0] : '\0';
        if (c == '&')
            hc_buf_text(w->out, "&amp;");
        else if (c == '<')
            hc_buf_text(w->out, "&lt;");
        else if (c == '>')
            hc_buf_text(w->out, "&gt;");
        else if (c == '"')
            hc_buf_text(w->out, "&quot;");
        else if (c == '\'')
            hc_buf_text(w->out, "&#39;");
        else
            hc_buf_add(w->out, glyph.bytes, glyph.n);
    }
}

void hc_html_doctype(struct hc_html *w)
{
    hc_buf_text(w->out, "<!DOCTYPE html>\n");
}

void hc_html_open(struct hc_html *w, const char *element)
{
    end_start_tag(w);
    if (w->depth == HC_HTML_DEPTH) {
        w->out->failed = true;
        return;
    }
    w->open[w->depth++] = element;
    hc_buf_char(w->out, '<');
    hc_buf_text(w->out, element);
    w->in_tag = true;
}

void hc_html_attribute(struct hc_html *w, const char *name, struct hc_str value)
{
    if (!w->in_tag) {
        w->out->failed = true;
        return;
    }
    hc_buf_char(w->out, ' ');
    hc_buf_text(w->out, name);
    hc_buf_text(w->out, "=\"");
    put_escaped(w, value);
    hc_buf_char(w->out, '"');
}

void hc_html_attribute_text(struct hc_html *w, const char *name, const char *value)
{
    hc_html_attribute(w, name, hc_str_of(value));
}

static void open_href(struct hc_html *w)
{
    if (w->in_tag)
        hc_buf_text(w->out, " href=\"");
    else
        w->out->failed = true;
}

void hc_html_href_anchor(struct hc_html *w, struct hc_str id)
{
    open_href(w);
    hc_buf_char(w->out, '#');
    hc_url_part(w->out, id);
    hc_buf_char(w->out, '"');
}

void hc_html_href_file(struct hc_html *w, struct hc_str stem, const char *ending)
{
    open_href(w);
    hc_url_part(w->out, stem);
    hc_url_part(w->out, hc_str_of(ending));
    hc_buf_char(w->out, '"');
}

void hc_html_href_web(struct hc_html *w, struct hc_str address)
{
    open_href(w);
    hc_url_web(w->out, address);
    hc_buf_text(w->out, "\" rel=\"noreferrer\"");
}

void hc_html_text(struct hc_html *w, struct hc_str text)
{
    end_start_tag(w);
    put_escaped(w, text);
}

void hc_html_literal(struct hc_html *w, const char *text)
{
    hc_html_text(w, hc_str_of(text));
}

void hc_html_style(struct hc_html *w, struct hc_str css)
{
    hc_html_open(w, "style");
    end_start_tag(w);
    if (memchr(css.p, '<', css.n) || memchr(css.p, '&', css.n))
        w->out->failed = true;
    hc_buf_str(w->out, css);
    hc_html_close(w);
}

void hc_html_close(struct hc_html *w)
{
    if (w->depth == 0) {
        w->out->failed = true;
        return;
    }
    const char *element = w->open[--w->depth];
    if (w->in_tag && is_self_closed(element)) {
        hc_buf_text(w->out, "/>");
        w->in_tag = false;
    } else {
        end_start_tag(w);
        hc_buf_text(w->out, "</");
        hc_buf_text(w->out, element);
        hc_buf_char(w->out, '>');
    }
    if (ends_line(element))
        hc_buf_char(w->out, '\n');
}

void hc_html_element(struct hc_html *w, const char *element, struct hc_str text)
{
    hc_html_open(w, element);
    hc_html_text(w, text);
    hc_html_close(w);
}

/* ---- head ---------------------------------------------------------------------------------------------- */

static void add_base64(struct hc_buf *out, const uint8_t *bytes, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t group = (uint32_t)bytes[i] << 16;
        group |= i + 1 < n ? (uint32_t)bytes[i + 1] << 8 : 0;
        group |= i + 2 < n ? bytes[i + 2] : 0;
        hc_buf_char(out, digits[group >> 18]);
        hc_buf_char(out, digits[group >> 12 & 63]);
        hc_buf_char(out, i + 1 < n ? digits[group >> 6 & 63] : '=');
        hc_buf_char(out, i + 2 < n ? digits[group & 63] : '=');
    }
}

static void put_meta(struct hc_html *w, const char *key, const char *name, struct hc_str content)
{
    hc_html_open(w, "meta");
    hc_html_attribute_text(w, key, name);
    hc_html_attribute(w, "content", content);
    hc_html_close(w);
}

static void put_policy(struct hc_html *w, struct hc_str css)
{
    struct hc_buf policy = {0};
    uint8_t digest[HC_SHA256_BYTES];
    hc_sha256_once(css.p, css.n, digest);
    hc_buf_text(&policy, "default-src 'none'; style-src 'sha256-");
    add_base64(&policy, digest, sizeof digest);
    hc_buf_text(&policy, "'; base-uri 'none'; form-action 'none'");
    w->out->failed |= policy.failed;
    put_meta(w, "http-equiv", "Content-Security-Policy", hc_buf_view(&policy));
    hc_buf_free(&policy);
}

void hc_html_head(struct hc_html *w, struct hc_str title, struct hc_str css)
{
    hc_html_open(w, "head");
    hc_html_open(w, "meta");
    hc_html_attribute_text(w, "charset", "utf-8");
    hc_html_close(w);
    put_meta(w, "name", "viewport", HC_STR("width=device-width, initial-scale=1"));
    put_policy(w, css);
    put_meta(w, "name", "color-scheme", HC_STR("light dark"));
    hc_html_element(w, "title", title);
    hc_html_style(w, css);
    hc_html_close(w);
}
