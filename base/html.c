#include "base/html.h"

#include <libxml/HTMLparser.h>
#include <limits.h>

#define PIECE_BYTES 65536 /* that the parser is given at a time: its lengths are ints */

struct walk {
    const struct hc_html_events *events;
    htmlParserCtxtPtr parser;
    struct hc_html_shown shown;
};

static uint32_t line_of(const struct walk *w)
{
    int line = w->parser->input ? w->parser->input->line : 0;
    return line > 0 ? (uint32_t)line : 0;
}

static bool is_one_of(struct hc_str name, const char *const *list)
{
    while (*list && !hc_str_equal_nocase(name, hc_str_of(*list)))
        list++;
    return *list != NULL;
}

/* The count that an element is one of; NULL: none. */
static unsigned *count_of(struct hc_html_shown *shown, struct hc_str name)
{
    static const char *const left_out[] = {"script", "style", "template", "noscript", "nav", "aside", "footer", NULL};
    static const char *const headings[] = {"h1", "h2", "h3", "h4", "h5", "h6", NULL};
    static const char *const articles[] = {"article", "main", NULL};
    if (name.n < 2)
        return NULL;
    if (is_one_of(name, left_out))
        return &shown->n_left_out;
    if (is_one_of(name, headings))
        return &shown->n_headings;
    if (is_one_of(name, articles))
        return &shown->n_articles;
    /* That of an article is of its text. */
    return hc_str_equal_nocase(name, HC_STR("header")) && !shown->n_articles ? &shown->n_headers : NULL;
}

void hc_html_shown_begin(struct hc_html_shown *shown, struct hc_str name)
{
    unsigned *count = count_of(shown, name);
    if (hc_str_equal_nocase(name, HC_STR("main"))) /* whatever was not closed before it */
        *shown = (struct hc_html_shown){0};
    if (count)
        (*count)++;
}

void hc_html_shown_end(struct hc_html_shown *shown, struct hc_str name)
{
    unsigned *count = count_of(shown, name);
    if (count && *count)
        (*count)--;
}

bool hc_html_is_shown(const struct hc_html_shown *shown)
{
    return !shown->n_left_out && (!shown->n_headers || shown->n_headings);
}

static void begin(void *context, const xmlChar *name, const xmlChar **attributes)
{
    struct walk *w = context;
    struct hc_str element = hc_str_of((const char *)name);
    hc_html_shown_begin(&w->shown, element);
    if (w->events->begin)
        w->events->begin(w->events->context, element, (const char *const *)(const void *)attributes, line_of(w));
}

static void end(void *context, const xmlChar *name)
{
    struct walk *w = context;
    struct hc_str element = hc_str_of((const char *)name);
    hc_html_shown_end(&w->shown, element);
    if (w->events->end)
        w->events->end(w->events->context, element);
}

static void characters(void *context, const xmlChar *text, int n)
{
    struct walk *w = context;
    if (hc_html_is_shown(&w->shown) && w->events->text && n > 0)
        w->events->text(w->events->context, (struct hc_str){(const char *)text, (size_t)n}, line_of(w));
}

bool hc_html_walk(struct hc_str bytes, const struct hc_html_events *events)
{
    struct walk w = {.events = events};
    htmlSAXHandler sax = {
        .startElement = begin, .endElement = end, .characters = characters, .ignorableWhitespace = characters};
    w.parser = htmlCreatePushParserCtxt(&sax, &w, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (!w.parser)
        return false;
    htmlCtxtUseOptions(w.parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
    for (size_t at = 0; at < bytes.n; at += PIECE_BYTES) {
        size_t n = bytes.n - at < PIECE_BYTES ? bytes.n - at : PIECE_BYTES;
        htmlParseChunk(w.parser, bytes.p + at, (int)n, at + n == bytes.n);
    }
    bool whole = w.parser->errNo != XML_ERR_NO_MEMORY;
    htmlFreeParserCtxt(w.parser);
    return whole;
}

struct hc_str hc_html_attribute_of(const char *const *attributes, const char *name)
{
    for (; attributes && attributes[0]; attributes += 2)
        if (hc_str_is(hc_str_of(attributes[0]), name))
            return hc_str_of(attributes[1]);
    return HC_STR_NONE;
}
