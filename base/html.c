#include "base/html.h"

#include <libxml/HTMLparser.h>
#include <limits.h>

#define PIECE_BYTES 65536 /* that the parser is given at a time: its lengths are ints */

struct walk {
    const struct hc_html_events *events;
    htmlParserCtxtPtr parser;
    unsigned n_raw; /* elements open whose content is no text */
};

static uint32_t line_of(const struct walk *w)
{
    int line = w->parser->input ? w->parser->input->line : 0;
    return line > 0 ? (uint32_t)line : 0;
}

static bool is_raw(struct hc_str name)
{
    return hc_str_is(name, "script") || hc_str_is(name, "style") || hc_str_is(name, "template") ||
           hc_str_is(name, "noscript") || hc_str_is(name, "nav") || hc_str_is(name, "footer");
}

static void begin(void *context, const xmlChar *name, const xmlChar **attributes)
{
    struct walk *w = context;
    struct hc_str element = hc_str_of((const char *)name);
    w->n_raw += is_raw(element);
    if (w->events->begin)
        w->events->begin(w->events->context, element, (const char *const *)(const void *)attributes, line_of(w));
}

static void end(void *context, const xmlChar *name)
{
    struct walk *w = context;
    struct hc_str element = hc_str_of((const char *)name);
    if (w->n_raw && is_raw(element))
        w->n_raw--;
    if (w->events->end)
        w->events->end(w->events->context, element);
}

static void characters(void *context, const xmlChar *text, int n)
{
    struct walk *w = context;
    if (!w->n_raw && w->events->text && n > 0)
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
