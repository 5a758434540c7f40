#include "reports/document.h"
#include "reports/document_figures.h"
#include "reports/glyph.h"
#include "reports/html.h"

extern const unsigned char hc_report_css[];
extern const size_t hc_report_css_size;

#define WHOLE_COLUMNS 24

struct page {
    struct hc_html html;
    const struct hc_doc *doc;
    size_t n_figures, n_tables;
    bool in_section;
};

static void put_class(struct page *page, const char *name)
{
    hc_html_attribute_text(&page->html, "class", name);
}

static void put_number(struct page *page, const char *before, size_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%s%zu", before, number);
    hc_html_attribute_text(&page->html, "id", text);
}

/* ---- spans --------------------------------------------------------------------------------------------- */

static const char *badge_class(enum hc_tone tone)
{
    switch (tone) {
    case HC_TONE_GOOD:
        return "badge good";
    case HC_TONE_WARN:
        return "badge warn";
    case HC_TONE_BAD:
        return "badge bad";
    case HC_TONE_INFO:
        return "badge info";
    case HC_TONE_PLAIN:
        break;
    }
    return "badge";
}

/* A name that is not long stays whole; a longer one may break anywhere, or it would widen the page. */
static bool is_kept_whole(struct hc_str name)
{
    return hc_text_columns(name) <= WHOLE_COLUMNS;
}

static bool open_link(struct page *page, const struct hc_span *span)
{
    struct hc_html *w = &page->html;
    if (!span->source && !span->file.p && !span->anchor.p && !span->web.p)
        return false;
    hc_html_open(w, "a");
    if (span->source) {
        char id[32];
        int n = snprintf(id, sizeof id, "src-%lu", (unsigned long)span->source);
        put_class(page, "src");
        hc_html_href_anchor(w, (struct hc_str){id, n > 0 ? (size_t)n : 0});
        if (span->exact.p)
            hc_html_attribute(w, "title", span->exact);
    } else if (span->file.p) {
        if (is_kept_whole(span->text))
            put_class(page, "whole");
        hc_html_href_file(w, span->file, ".html");
    } else if (span->web.p) {
        hc_html_href_web(w, span->web);
    } else {
        hc_html_href_anchor(w, span->anchor);
    }
    return true;
}

static void put_code(struct page *page, struct hc_str text)
{
    hc_html_open(&page->html, "code");
    if (is_kept_whole(text))
        put_class(page, "whole");
    hc_html_text(&page->html, text);
    hc_html_close(&page->html);
}

static void put_span(struct page *page, const struct hc_span *span)
{
    struct hc_html *w = &page->html;
    bool linked = open_link(page, span);
    switch (span->kind) {
    case HC_SPAN_TEXT:
        hc_html_text(w, span->text);
        break;
    case HC_SPAN_STRONG:
        hc_html_element(w, "strong", span->text);
        break;
    case HC_SPAN_CODE:
        put_code(page, span->text);
        break;
    case HC_SPAN_ABSENT:
    case HC_SPAN_BADGE:
        hc_html_open(w, "span");
        put_class(page, span->kind == HC_SPAN_ABSENT ? "absent" : badge_class(span->tone));
        hc_html_text(w, span->text);
        hc_html_close(w);
        break;
    }
    if (linked)
        hc_html_close(w);
}

static void put_line(struct page *page, const struct hc_line *line)
{
    for (size_t i = 0; i < line->n; i++)
        put_span(page, &line->spans[i]);
}

static void put_line_in(struct page *page, const char *element, const struct hc_line *line)
{
    hc_html_open(&page->html, element);
    put_line(page, line);
    hc_html_close(&page->html);
}

/* ---- blocks -------------------------------------------------------------------------------------------- */

static void put_heading(struct page *page, const struct hc_block *block)
{
    struct hc_html *w = &page->html;
    if (block->level == 2) {
        if (page->in_section)
            hc_html_close(w);
        hc_html_open(w, "section");
        page->in_section = true;
    }
    hc_html_open(w, block->level == 2 ? "h2" : "h3");
    if (block->id.p)
        hc_html_attribute(w, "id", block->id);
    if (block->n_lines > 0)
        put_line(page, &block->lines[0]);
    hc_html_close(w);
}

static void put_paragraph(struct page *page, const struct hc_block *block)
{
    if (block->n_lines == 0 || block->lines[0].n == 0)
        return;
    hc_html_open(&page->html, "p");
    if (block->kind != HC_BLOCK_PARAGRAPH)
        put_class(page, block->kind == HC_BLOCK_LEAD ? "lead" : "note");
    put_line(page, &block->lines[0]);
    hc_html_close(&page->html);
}

static void put_list(struct page *page, const struct hc_block *block)
{
    if (block->n_lines == 0)
        return;
    hc_html_open(&page->html, block->kind == HC_BLOCK_STEPS ? "ol" : "ul");
    for (size_t i = 0; i < block->n_lines; i++)
        put_line_in(page, "li", &block->lines[i]);
    hc_html_close(&page->html);
}

/* Lists in lists: a branch's own list opens with the first that is deeper, and closes with the next that is not. */
static void put_tree(struct page *page, const struct hc_block *block)
{
    struct hc_html *w = &page->html;
    unsigned depth = 0;
    if (block->n_lines == 0)
        return;
    hc_html_open(w, "figure");
    hc_html_open(w, "ul");
    put_class(page, "tree");
    for (size_t i = 0; i < block->n_lines; i++) {
        const struct hc_branch *branch = &block->branches[i];
        if (i > 0 && branch->depth > depth)
            hc_html_open(w, "ul");
        else if (i > 0)
            hc_html_close(w);
        for (; branch->depth < depth; depth--) {
            hc_html_close(w);
            hc_html_close(w);
        }
        depth = branch->depth;
        hc_html_open(w, "li");
        if (branch->is_strong)
            put_class(page, "way");
        put_line(page, &block->lines[i]);
    }
    for (; depth > 0; depth--) {
        hc_html_close(w);
        hc_html_close(w);
    }
    hc_html_close(w);
    hc_html_close(w);
    hc_html_element(w, "figcaption", block->caption);
    hc_html_close(w);
}

static void put_facts(struct page *page, const struct hc_block *block)
{
    if (block->n_lines < 2)
        return;
    hc_html_open(&page->html, "dl");
    put_class(page, block->kind == HC_BLOCK_CARDS ? "cards" : "facts");
    for (size_t i = 0; i + 1 < block->n_lines; i += 2) {
        hc_html_open(&page->html, "div");
        put_line_in(page, "dt", &block->lines[i]);
        put_line_in(page, "dd", &block->lines[i + 1]);
        hc_html_close(&page->html);
    }
    hc_html_close(&page->html);
}

/* On a narrow screen its cells stand below one another: of many columns, or where lists stand beside two that do not wrap. */
static bool stacks(const struct hc_column *columns, size_t n)
{
    return n > 3 || (n == 3 && columns[0].kind == HC_COLUMN_SHORT && columns[2].kind == HC_COLUMN_TEXT);
}

/* A wide table scrolls in its own frame, which takes the focus so that the keyboard can scroll it. */
static void open_table(struct page *page, bool stacked, struct hc_str caption)
{
    char id[32];
    int n = snprintf(id, sizeof id, "table-%zu", ++page->n_tables);
    struct hc_str name = {id, n > 0 ? (size_t)n : 0};
    struct hc_html *w = &page->html;
    hc_html_open(w, "section");
    put_class(page, stacked ? "scroll wide" : "scroll");
    hc_html_attribute(w, "aria-labelledby", name);
    hc_html_attribute_text(w, "tabindex", "0");
    hc_html_open(w, "table");
    hc_html_open(w, "caption");
    hc_html_attribute(w, "id", name);
    hc_html_text(w, caption);
    hc_html_close(w);
}

static void close_table(struct page *page)
{
    hc_html_close(&page->html);
    hc_html_close(&page->html);
}

static void put_column_head(struct page *page, const char *title, enum hc_column_kind kind)
{
    hc_html_open(&page->html, "th");
    hc_html_attribute_text(&page->html, "scope", "col");
    if (kind == HC_COLUMN_NUMBER || kind == HC_COLUMN_RANGE)
        put_class(page, "num");
    hc_html_literal(&page->html, title);
    hc_html_close(&page->html);
}

static const char *column_class(enum hc_column_kind kind)
{
    return kind == HC_COLUMN_NUMBER  ? "num"
           : kind == HC_COLUMN_RANGE ? "num range"
           : kind == HC_COLUMN_SHORT ? "short"
                                     : "title";
}

static void put_cell(struct page *page, const struct hc_column *column, const struct hc_line *line)
{
    hc_html_open(&page->html, column->names_row ? "th" : "td");
    if (column->names_row)
        hc_html_attribute_text(&page->html, "scope", "row");
    if (column->kind != HC_COLUMN_TEXT)
        put_class(page, column_class(column->kind));
    hc_html_attribute_text(&page->html, "data-label", column->title);
    put_line(page, line);
    hc_html_close(&page->html);
}

static void put_table(struct page *page, const struct hc_block *block)
{
    struct hc_html *w = &page->html;
    if (block->n_columns == 0 || block->n_lines < block->n_columns)
        return;
    open_table(page, stacks(block->columns, block->n_columns), block->caption);
    hc_html_open(w, "thead");
    hc_html_open(w, "tr");
    for (size_t i = 0; i < block->n_columns; i++)
        put_column_head(page, block->columns[i].title, block->columns[i].kind);
    hc_html_close(w);
    hc_html_close(w);
    hc_html_open(w, "tbody");
    for (size_t row = 0; row + block->n_columns <= block->n_lines; row += block->n_columns) {
        hc_html_open(w, "tr");
        for (size_t i = 0; i < block->n_columns; i++)
            put_cell(page, &block->columns[i], &block->lines[row + i]);
        hc_html_close(w);
    }
    hc_html_close(w);
    close_table(page);
}

static const char *say_query(const struct hc_doc_source *source)
{
    return hc_str_starts(source->sql, HC_STR("SELECT")) ? "SQL" : "command";
}

static void put_source(struct page *page, const struct hc_doc_source *source, size_t number)
{
    struct hc_html *w = &page->html;
    char text[32];
    hc_html_open(w, "tr");
    put_number(page, "src-", number);
    snprintf(text, sizeof text, "%zu", number);
    hc_html_open(w, "th");
    hc_html_attribute_text(w, "scope", "row");
    put_class(page, "num");
    hc_html_literal(w, text);
    hc_html_close(w);
    hc_html_open(w, "td");
    hc_html_element(w, "code", source->sql.p ? source->sql : source->place.member);
    hc_html_close(w);
    hc_html_open(w, "td");
    put_class(page, "num");
    snprintf(text, sizeof text, "%lu", (unsigned long)source->place.line);
    hc_html_literal(w, source->sql.p ? say_query(source) : source->place.line ? text : "whole");
    if (source->note) {
        hc_html_literal(w, ", ");
        hc_html_literal(w, source->note);
    }
    hc_html_close(w);
    hc_html_close(w);
}

static void put_sources(struct page *page)
{
    struct hc_html *w = &page->html;
    if (page->doc->n_sources == 0)
        return;
    open_table(page, false, HC_STR("Where each linked number and sentence comes from"));
    hc_html_open(w, "thead");
    hc_html_open(w, "tr");
    put_column_head(page, "No", HC_COLUMN_NUMBER);
    put_column_head(page, "File in the bundle, or query", HC_COLUMN_TEXT);
    put_column_head(page, "Line", HC_COLUMN_NUMBER);
    hc_html_close(w);
    hc_html_close(w);
    hc_html_open(w, "tbody");
    for (size_t i = 0; i < page->doc->n_sources; i++)
        put_source(page, &page->doc->sources[i], i + 1);
    hc_html_close(w);
    close_table(page);
}

static void put_block(struct page *page, const struct hc_block *block)
{
    switch (block->kind) {
    case HC_BLOCK_HEADING:
        put_heading(page, block);
        break;
    case HC_BLOCK_PARAGRAPH:
    case HC_BLOCK_LEAD:
    case HC_BLOCK_NOTE:
        put_paragraph(page, block);
        break;
    case HC_BLOCK_LIST:
    case HC_BLOCK_STEPS:
        put_list(page, block);
        break;
    case HC_BLOCK_TABLE:
        put_table(page, block);
        break;
    case HC_BLOCK_FACTS:
    case HC_BLOCK_CARDS:
        put_facts(page, block);
        break;
    case HC_BLOCK_TIMELINE:
        hc_figure_timeline(&page->html, block, &page->n_figures);
        break;
    case HC_BLOCK_BARS:
        hc_figure_bars(&page->html, block, &page->n_figures);
        break;
    case HC_BLOCK_RELIABILITY:
        hc_figure_reliability(&page->html, block, &page->n_figures);
        break;
    case HC_BLOCK_INTERVALS:
        hc_figure_intervals(&page->html, block, &page->n_figures);
        break;
    case HC_BLOCK_CURVES:
        hc_figure_curves(&page->html, block, &page->n_figures);
        break;
    case HC_BLOCK_WATERFALL:
        hc_figure_waterfall(&page->html, block, &page->n_figures);
        break;
    case HC_BLOCK_CHARTS:
        hc_figure_charts(&page->html, block, &page->n_figures);
        break;
    case HC_BLOCK_TREE:
        put_tree(page, block);
        break;
    case HC_BLOCK_SOURCES:
        put_sources(page);
        break;
    }
}

/* ---- page ---------------------------------------------------------------------------------------------- */

static void put_contents(struct page *page)
{
    struct hc_html *w = &page->html;
    hc_html_open(w, "nav");
    hc_html_attribute_text(w, "aria-label", "Contents");
    hc_html_open(w, "ol");
    for (size_t i = 0; i < page->doc->n_blocks; i++) {
        const struct hc_block *block = &page->doc->blocks[i];
        if (block->kind != HC_BLOCK_HEADING || block->level != 2 || block->n_lines == 0)
            continue;
        hc_html_open(w, "li");
        hc_html_open(w, "a");
        hc_html_href_anchor(w, block->id);
        put_line(page, &block->lines[0]);
        hc_html_close(w);
        hc_html_close(w);
    }
    hc_html_close(w);
    hc_html_close(w);
}

static void put_body(struct page *page)
{
    struct hc_html *w = &page->html;
    hc_html_open(w, "body");
    hc_html_open(w, "a");
    put_class(page, "skip");
    hc_html_href_anchor(w, HC_STR("main"));
    hc_html_literal(w, "Skip to the report");
    hc_html_close(w);
    hc_html_open(w, "header");
    if (page->doc->navigation.n > 0) {
        hc_html_open(w, "nav");
        hc_html_attribute_text(w, "aria-label", "Site");
        put_line_in(page, "p", &page->doc->navigation);
        hc_html_close(w);
    }
    hc_html_element(w, "h1", page->doc->heading);
    if (page->doc->badges.n > 0)
        put_line_in(page, "p", &page->doc->badges);
    hc_html_close(w);
    hc_html_open(w, "div");
    put_class(page, "layout");
    put_contents(page);
    hc_html_open(w, "main");
    hc_html_attribute_text(w, "id", "main");
    for (size_t i = 0; i < page->doc->n_blocks; i++)
        put_block(page, &page->doc->blocks[i]);
    if (page->in_section)
        hc_html_close(w);
    hc_html_close(w);
    hc_html_close(w);
    hc_html_close(w);
}

enum hc_status hc_document_html(const struct hc_doc *doc, struct hc_buf *out, struct hc_err *err)
{
    struct page page = {.html = {.out = out}, .doc = doc};
    hc_html_doctype(&page.html);
    hc_html_open(&page.html, "html");
    hc_html_attribute_text(&page.html, "xmlns", "http://www.w3.org/1999/xhtml");
    hc_html_attribute_text(&page.html, "lang", "en");
    hc_html_head(&page.html, doc->title, (struct hc_str){(const char *)hc_report_css, hc_report_css_size});
    put_body(&page);
    hc_html_close(&page.html);
    if (doc->failed || out->failed)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
    return HC_OK;
}
