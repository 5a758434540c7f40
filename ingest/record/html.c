/* An HTML post-mortem: its <meta> elements, its title or first heading, its sections and its words. */
#include "base/html.h"

#include "ingest/record/document.h"

#define OPENING_BID 60

enum part { PART_BODY, PART_TITLE, PART_HEADING };

struct page {
    struct hc_record_builder *builder; /* NULL: only looked at */
    struct hc_document_outline outline;
    struct hc_buf text, words, title, heading; /* words: since the last block began */
    struct hc_buf first;                       /* heading */
    enum part part;
    uint32_t line; /* of the heading or block at hand */
    bool has_title;
};

static bool is_heading(struct hc_str name)
{
    return name.n == 2 && name.p[0] == 'h' && name.p[1] >= '1' && name.p[1] <= '6';
}

static bool is_block(struct hc_str name)
{
    static const char *const blocks[] = {"p",  "div",        "br",      "li",      "tr", "ul", "ol",    "pre", "td",
                                         "th", "blockquote", "section", "article", "dt", "dd", "table", "hr"};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if (hc_str_is(name, blocks[i]))
            return true;
    return is_heading(name);
}

static void end_block(struct page *page)
{
    struct hc_str words = hc_str_trim(hc_buf_view(&page->words));
    if (words.n) {
        hc_buf_str(&page->text, words);
        hc_buf_char(&page->text, '\n');
        hc_buf_char(&page->words, '\n');
        if (page->builder)
            hc_document_words(&page->outline, hc_buf_view(&page->words), page->line);
    }
    hc_buf_clear(&page->words);
    page->line = 0;
}

static void begin(void *context, struct hc_str name, const char *const *attributes, uint32_t line)
{
    struct page *page = context;
    if (hc_str_is(name, "meta") && page->builder) {
        struct hc_str key = hc_html_attribute_of(attributes, "name");
        hc_record_state(page->builder, key.p ? key : hc_html_attribute_of(attributes, "property"),
                        hc_html_attribute_of(attributes, "content"), line);
    }
    if (is_block(name))
        end_block(page);
    if (hc_str_is(name, "title") && !page->has_title)
        page->part = PART_TITLE;
    else if (is_heading(name))
        page->part = PART_HEADING;
}

static void end_heading(struct page *page)
{
    struct hc_str heading = hc_str_trim(hc_buf_view(&page->heading));
    hc_buf_str(&page->text, heading);
    hc_buf_char(&page->text, '\n');
    if (page->builder)
        hc_document_heading(&page->outline, heading, page->line);
    if (!page->first.n)
        hc_buf_str(&page->first, heading);
    page->line = 0;
}

static void end(void *context, struct hc_str name)
{
    struct page *page = context;
    if (page->part == PART_TITLE && hc_str_is(name, "title")) {
        page->has_title = true;
        page->part = PART_BODY;
    } else if (page->part == PART_HEADING && is_heading(name)) {
        end_heading(page);
        hc_buf_clear(&page->heading);
        page->part = PART_BODY;
    } else if (is_block(name)) {
        end_block(page);
    }
}

/* Blanks in a row count as one. */
static void add_words(struct hc_buf *out, struct hc_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        bool blank = (unsigned char)text.p[i] <= ' ';
        if (!blank)
            hc_buf_char(out, text.p[i]);
        else if (out->n && out->p[out->n - 1] != ' ')
            hc_buf_char(out, ' ');
    }
}

static void text(void *context, struct hc_str words, uint32_t line)
{
    struct page *page = context;
    struct hc_buf *const parts[] = {&page->words, &page->title, &page->heading};
    page->line = page->line ? page->line : line;
    add_words(parts[page->part], words);
}

/* False: no memory. */
static bool walk(struct page *page, struct hc_str bytes)
{
    const struct hc_html_events events = {.context = page, .begin = begin, .end = end, .text = text};
    bool whole = hc_html_walk(bytes, &events);
    end_block(page);
    return whole && !page->text.failed && !page->words.failed && !page->title.failed && !page->heading.failed &&
           !page->first.failed;
}

static void free_page(struct page *page)
{
    hc_buf_free(&page->text);
    hc_buf_free(&page->words);
    hc_buf_free(&page->title);
    hc_buf_free(&page->heading);
    hc_buf_free(&page->first);
}

static bool opens_with(struct hc_str head, struct hc_str tag)
{
    struct hc_str start = hc_str_trim(head);
    start.n = start.n > tag.n ? tag.n : start.n;
    return hc_str_equal_nocase(start, tag);
}

static int bid(struct hc_str head, const struct hc_mapping *mapping)
{
    struct page page = {.part = PART_BODY};
    if (!opens_with(head, HC_STR("<!doctype html")) && !opens_with(head, HC_STR("<html")))
        return 0;
    bool opens = walk(&page, head) && (hc_document_is_opening(mapping, hc_buf_view(&page.title)) ||
                                       hc_document_is_opening(mapping, hc_buf_view(&page.first)));
    free_page(&page);
    return opens ? OPENING_BID : 0;
}

/* Its <meta> elements are met on the way: no sign can be asked for beforehand. */
static bool has_nothing(const void *record, struct hc_str path)
{
    (void)record;
    (void)path;
    return false;
}

static enum hc_status read_html(struct hc_str bytes, const struct hc_record_context *context, struct hc_err *err)
{
    struct hc_record_builder b;
    struct page page = {.builder = &b, .outline.builder = &b};
    const struct hc_mapping_tool *tool = hc_mapping_tool_of(context->mapping, HC_DOCUMENT_FORMAT, has_nothing, NULL);
    if (!tool)
        return HC_SKIP;
    hc_record_begin(&b, context, tool, 1);
    b.splits = true;
    b.failed |= !walk(&page, bytes);
    hc_document_end(&page.outline);
    hc_document_title(&b, hc_buf_view(&page.title), 1);
    hc_record_state(&b, HC_STR("text"), hc_buf_view(&page.text), 1);
    free_page(&page);
    return hc_record_end(&b, err);
}

const struct hc_record_reader hc_record_reader_html = {"html", bid, read_html, false};
