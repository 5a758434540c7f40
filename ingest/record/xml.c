/* Records as XML: unloads, feeds and views of tools, read record by record. Names are taken without their namespaces; what
 * an element holds that is written as HTML counts by its words. */
#include <stdio.h>

#include "base/html.h"
#include "base/xml_pieces.h"
#include "ingest/record/signs.h"

#define FORMAT "xml"
#define XML_BID 95
#define BYTES ((size_t)64 << 20) /* as many as a file may have; elements of a record are limited by hc_xml_parse */

struct reading {
    const struct hc_record_context *context;
    const struct hc_mapping_tool *tool; /* NULL: not known yet */
    struct hc_record_builder builder;
    struct hc_record_path path; /* of the element at hand */
    struct hc_buf words;
};

/* ---- which tool ---- */

static const struct hc_xml_node *next_named(const struct hc_xml_node *node, struct hc_str name)
{
    while (node && !hc_str_equal(node->name, name))
        node = node->next;
    return node;
}

static struct hc_str attribute_of(const struct hc_xml_node *node, struct hc_str name)
{
    for (size_t i = 0; i < node->n_attributes; i++)
        if (hc_str_equal(node->attributes[i].name, name))
            return node->attributes[i].value;
    return HC_STR_NONE;
}

/* The text of the first element at a path below a record, or of its attribute. */
static struct hc_str shown_at(const void *record, struct hc_str path)
{
    const struct hc_xml_node *node = record;
    while (node && path.n > 0 && *path.p != '@')
        node = next_named(node->first_child, hc_record_path_take(&path));
    if (!node)
        return HC_STR_NONE;
    return path.n > 0 ? attribute_of(node, (struct hc_str){path.p + 1, path.n - 1}) : hc_str_trim(node->text);
}

static bool is_records_path(const struct hc_mapping_tool *tool, struct hc_str path)
{
    struct hc_str paths = tool->records, one;
    while (hc_record_paths_take(&paths, &one))
        if (hc_str_equal(one, path))
            return true;
    return false;
}

/* The path at which the record stands says of which tools it may be. */
static const struct hc_mapping_tool *tool_of(const struct hc_mapping *mapping, struct hc_str path,
                                             const struct hc_xml_node *record)
{
    for (size_t i = 0; i < mapping->n_tools; i++) {
        const struct hc_mapping_tool *tool = &mapping->tools[i];
        if (hc_str_is(tool->format, FORMAT) && is_records_path(tool, path) &&
            hc_record_has_signs(tool, shown_at, record))
            return tool;
    }
    return NULL;
}

/* ---- a record ---- */

static void add_words(void *context, struct hc_str text, uint32_t line)
{
    struct hc_buf *words = context;
    (void)line;
    hc_buf_str(words, text);
}

static void add_break(void *context, struct hc_str name)
{
    static const char *const blocks[] = {"p", "br", "li", "div", "h1", "h2", "h3", "h4", "tr", "td"};
    struct hc_buf *words = context;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if (hc_str_is(name, blocks[i]))
            hc_buf_char(words, '\n');
}

static bool has(struct hc_str text, const char *what)
{
    return memmem(text.p, text.n, what, strlen(what)) != NULL;
}

/* "&amp;", "&#39;": what was written as HTML and then as XML. */
static bool has_reference(struct hc_str text)
{
    const char *end = text.p + text.n, *p = text.p;
    while ((p = memchr(p, '&', (size_t)(end - p))) != NULL) {
        const char *q = ++p;
        while (q < end && (*q == '#' || (*q >= '0' && *q <= '9') || ((*q | 0x20) >= 'a' && (*q | 0x20) <= 'z')))
            q++;
        if (q > p && q < end && *q == ';')
            return true;
    }
    return false;
}

/* In the reading, until the next one. */
static struct hc_str without_markup(struct reading *r, struct hc_str text)
{
    const struct hc_html_events events = {.context = &r->words, .end = add_break, .text = add_words};
    if (!has(text, "</") && !has(text, "<br") && !has_reference(text))
        return text;
    hc_buf_clear(&r->words);
    r->builder.failed |= !hc_html_walk(text, &events) || r->words.failed;
    return hc_str_trim(hc_buf_view(&r->words));
}

static bool is_list(const struct hc_mapping_tool *tool, struct hc_str path)
{
    for (size_t i = 0; i < tool->n_lists; i++)
        if (hc_str_equal(tool->lists[i].in, path))
            return true;
    return false;
}

static void state_at(struct reading *r, struct hc_str name, struct hc_str value, uint32_t line)
{
    size_t before = hc_record_path_down(&r->path, name);
    hc_record_state(&r->builder, hc_record_path_view(&r->path), value, line);
    hc_record_path_up(&r->path, before);
}

static void state_attributes(struct reading *r, const struct hc_xml_node *node)
{
    char name[HC_RECORD_PATH_BYTES] = {'@'};
    for (size_t i = 0; i < node->n_attributes; i++) {
        struct hc_str of = node->attributes[i].name;
        if (of.n >= sizeof name)
            continue;
        memcpy(name + 1, of.p, of.n);
        state_at(r, (struct hc_str){name, of.n + 1}, node->attributes[i].value, (uint32_t)node->line);
    }
}

/* An item of a list may be a text: it then stands at "text" below it. Depth is limited by hc_xml_parse. */
static void state_element(struct reading *r, const struct hc_xml_node *node)
{
    struct hc_str path = hc_record_path_view(&r->path), text = hc_str_trim(node->text);
    state_attributes(r, node);
    text = text.n > 0 ? without_markup(r, text) : text;
    if (is_list(r->builder.tool, path))
        state_at(r, HC_STR("text"), text, (uint32_t)node->line);
    else
        hc_record_state(&r->builder, path, text, (uint32_t)node->line);
    for (const struct hc_xml_node *child = node->first_child; child; child = child->next) {
        size_t before = hc_record_path_down(&r->path, child->name);
        hc_record_item(&r->builder, hc_record_path_view(&r->path));
        state_element(r, child);
        hc_record_path_up(&r->path, before);
    }
}

static enum hc_status read_record(struct reading *r, const struct hc_xml_node *node, struct hc_err *err)
{
    r->path.n = 0;
    if (hc_record_has_signs(r->tool, shown_at, node) && hc_record_is_other(r->tool, shown_at, node))
        return hc_record_pass(r->context);
    hc_record_begin(&r->builder, r->context, r->tool, (uint32_t)node->line);
    if (!hc_record_has_signs(r->tool, shown_at, node))
        return hc_record_drop(&r->builder, (uint32_t)node->line, "record-shape", "not a record as those before it",
                              err);
    state_element(r, node);
    return hc_record_end(&r->builder, err);
}

/* ---- the file ---- */

static bool holds(struct hc_str head, const char *before, struct hc_str name)
{
    char text[HC_RECORD_PATH_BYTES];
    int n = snprintf(text, sizeof text, "%s%.*s", before, HC_STR_ARG(name));
    return n > 0 && (size_t)n < sizeof text && memmem(head.p, head.n, text, (size_t)n) != NULL;
}

/* The last name of a path somewhere in the head: what that says, the tree will show. */
static struct hc_str named_in(const void *record, struct hc_str path)
{
    const struct hc_str *head = record;
    struct hc_str name = HC_STR("");
    while (path.n > 0)
        name = hc_record_path_take(&path);
    bool is = name.n > 0 && *name.p == '@' ? holds(*head, " ", (struct hc_str){name.p + 1, name.n - 1})
                                           : holds(*head, "<", name);
    return is ? *head : HC_STR_NONE;
}

static int bid(struct hc_str head, const struct hc_mapping *mapping)
{
    struct hc_str text = hc_str_trim(head);
    if (text.n == 0 || *text.p != '<')
        return 0;
    for (size_t i = 0; i < mapping->n_tools; i++) {
        const struct hc_mapping_tool *tool = &mapping->tools[i];
        struct hc_str paths = tool->records, path;
        while (hc_str_is(tool->format, FORMAT) && hc_record_paths_take(&paths, &path))
            if (named_in(&text, path).n > 0 && hc_record_has_signs(tool, named_in, &text))
                return XML_BID;
    }
    return 0;
}

/* Of a tool that is known its records, else what may be one of any. */
static bool wants(void *context, struct hc_str path)
{
    struct reading *r = context;
    const struct hc_mapping *mapping = r->context->mapping;
    if (r->tool)
        return is_records_path(r->tool, path);
    for (size_t i = 0; i < mapping->n_tools; i++)
        if (hc_str_is(mapping->tools[i].format, FORMAT) && is_records_path(&mapping->tools[i], path))
            return true;
    return false;
}

/* A record that is damaged costs itself alone. */
static enum hc_status read_piece(struct reading *r, const struct hc_xml_piece *piece, struct hc_err *err)
{
    struct hc_err why = HC_ERR_NONE;
    const struct hc_xml_node *node = NULL;
    const struct hc_record_context *context = r->context;
    enum hc_status status = hc_xml_piece_parse(&node, piece, BYTES, context->arena, &why);
    if (status == HC_FATAL)
        return hc_err_set(err, HC_FATAL, why.code, "%s", why.text);
    if (status != HC_OK)
        return context->sink->refuse(context->sink->context, context->member, &why, err);
    if (r->tool == NULL)
        r->tool = tool_of(context->mapping, piece->path, node);
    if (r->tool == NULL)
        return hc_err_set(err, HC_FAIL, "record-shape", "a document of no tool that is known");
    return read_record(r, node, err);
}

static enum hc_status read_xml(struct hc_str bytes, const struct hc_record_context *context, struct hc_err *err)
{
    struct reading r = {.context = context, .words = {.n = 0}};
    struct hc_xml_pieces pieces = {.context = &r, .wants = wants};
    struct hc_xml_piece piece;
    enum hc_status status = hc_xml_pieces_open(&pieces, bytes, context->of_file, err);
    while (status == HC_OK && (status = hc_xml_pieces_next(&pieces, &piece, err)) == HC_OK)
        status = read_piece(&r, &piece, err);
    hc_buf_free(&r.words);
    if (status == HC_END && r.tool == NULL)
        return hc_err_set(err, HC_FAIL, "record-shape", "there is no record in it");
    return status == HC_END ? HC_OK : status;
}

const struct hc_record_reader hc_record_reader_xml = {FORMAT, bid, read_xml, false};
