/* A Markdown post-mortem: its front matter, its first heading, its sections and its words. */
#include <cmark.h>

#include "ingest/format/document.h"
#include "ingest/record/document.h"
#include "ingest/record/yaml.h"

#define FRONT_MATTER_BID 90
#define OPENING_BID 60
#define MARKUP_BYTES ((size_t)8 << 20)  /* a larger text is kept as it is written: cmark has no ceiling of its own */
#define HEADING_BYTES ((size_t)1 << 10) /* a longer one opens nothing */

/* ---- the body ---- */

static bool is_block(cmark_node_type type)
{
    return type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING || type == CMARK_NODE_THEMATIC_BREAK;
}

/* The words below a node, a block a line. */
static void add_words(struct hc_buf *out, cmark_node *node)
{
    cmark_iter *iter = cmark_iter_new(node);
    cmark_event_type event;
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *at = cmark_iter_get_node(iter);
        cmark_node_type type = cmark_node_get_type(at);
        const char *literal = event == CMARK_EVENT_ENTER ? cmark_node_get_literal(at) : NULL;
        if (literal)
            hc_buf_text(out, literal);
        else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK ||
                 (event == CMARK_EVENT_EXIT && is_block(type)))
            hc_buf_char(out, '\n');
    }
    cmark_iter_free(iter);
}

/* The first heading, and every section under its heading's name. */
static void state_body(struct hc_record_builder *b, struct hc_str body, uint32_t first_line, struct hc_buf *text)
{
    cmark_node *root = cmark_parse_document(body.p, body.n, CMARK_OPT_VALIDATE_UTF8);
    struct hc_document_outline outline = {.builder = b};
    struct hc_buf heading = {.n = 0}, block = {.n = 0};
    for (cmark_node *node = cmark_node_first_child(root); node; node = cmark_node_next(node)) {
        uint32_t line = first_line + (uint32_t)cmark_node_get_start_line(node) - 1;
        hc_buf_clear(&heading);
        hc_buf_clear(&block);
        if (cmark_node_get_type(node) == CMARK_NODE_HEADING) {
            add_words(&heading, node);
            hc_document_heading(&outline, hc_buf_view(&heading), line);
        }
        add_words(&block, node);
        if (cmark_node_get_type(node) != CMARK_NODE_HEADING)
            hc_document_words(&outline, hc_buf_view(&block), line);
        hc_buf_str(text, hc_buf_view(&block));
        hc_buf_char(text, '\n');
    }
    hc_document_end(&outline);
    b->failed |= heading.failed || block.failed;
    hc_buf_free(&heading);
    hc_buf_free(&block);
    cmark_node_free(root);
}

/* ---- the file ---- */

/* The next key at the top of front matter, folded; absent: there is none. */
static struct hc_str take_key(struct hc_str *matter, char *room)
{
    while (matter->n > 0) {
        const char *feed = memchr(matter->p, '\n', matter->n);
        size_t n = feed ? (size_t)(feed - matter->p) : matter->n;
        const char *colon = memchr(matter->p, ':', n);
        struct hc_str key = {matter->p, colon ? (size_t)(colon - matter->p) : 0};
        *matter = (struct hc_str){matter->p + n + (feed != NULL), matter->n - n - (feed != NULL)};
        bool opens = key.n > 0 && *key.p != ' ' && *key.p != '#' && *key.p != '-';
        key = opens ? hc_mapping_fold(room, key) : HC_STR_NONE;
        if (key.p) /* one that is too long is none of a mapping's */
            return key;
    }
    return HC_STR_NONE;
}

/* Is the path that of the key, or of one below it? */
static bool is_of_key(struct hc_str path, struct hc_str key)
{
    return hc_str_starts(path, key) && (path.n == key.n || path.p[key.n] == '.');
}

/* Does the front matter have this key at its top? */
static bool has_key(const void *record, struct hc_str path)
{
    struct hc_str rest = *(const struct hc_str *)record, key;
    char room[HC_MAPPING_PATH_BYTES];
    while (rest.p && (key = take_key(&rest, room)).p)
        if (is_of_key(path, key))
            return true;
    return false;
}

static uint32_t lines_before(struct hc_str text, const char *at)
{
    return (uint32_t)hc_str_count((struct hc_str){text.p, (size_t)(at - text.p)}, '\n');
}

static struct hc_str first_line(struct hc_str text)
{
    const char *feed = text.n > 0 ? memchr(text.p, '\n', text.n) : NULL;
    return (struct hc_str){text.p, feed ? (size_t)(feed - text.p) : text.n};
}

static bool is_underline(struct hc_str line)
{
    line = hc_str_trim(line);
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] != line.p[0] || (line.p[0] != '=' && line.p[0] != '-'))
            return false;
    return line.n > 0;
}

/* The lines up to the first blank one, where they may be a heading; absent: they are none. Every file that has no
 * incident yet is asked, so that most must cost little. */
static struct hc_str heading_block(struct hc_str body)
{
    struct hc_str block = hc_str_trim(body), line = first_line(block);
    bool may_be = line.n > 0 && line.p[0] == '#';
    size_t n = line.n;
    block.n = block.n < HEADING_BYTES ? block.n : HEADING_BYTES;
    while (!may_be && n + 1 < block.n) {
        line = first_line((struct hc_str){block.p + n + 1, block.n - n - 1});
        if (hc_str_trim(line).n == 0)
            break;
        may_be = is_underline(line);
        n += 1 + line.n;
    }
    return may_be ? (struct hc_str){block.p, n < block.n ? n : block.n} : HC_STR_NONE;
}

static bool opens_with_heading(struct hc_str body, const struct hc_mapping *mapping)
{
    body = heading_block(body);
    if (!body.p)
        return false;
    cmark_node *root = cmark_parse_document(body.p, body.n, CMARK_OPT_VALIDATE_UTF8);
    cmark_node *first = cmark_node_first_child(root);
    struct hc_buf heading = {.n = 0};
    if (first && cmark_node_get_type(first) == CMARK_NODE_HEADING)
        add_words(&heading, first);
    bool opens = hc_document_is_opening(mapping, hc_buf_view(&heading));
    hc_buf_free(&heading);
    cmark_node_free(root);
    return opens;
}

/* A page of any kind has a title, tags, a date: an incident's states who it is, when it was or what was found. */
static bool is_of_incident(const struct hc_mapping_field *field)
{
    static const enum hc_mapping_target own[] = {HC_TO_ID,        HC_TO_NUMBER,    HC_TO_START,  HC_TO_DETECTED,
                                                 HC_TO_MITIGATED, HC_TO_END,       HC_TO_STATUS, HC_TO_CATEGORY,
                                                 HC_TO_CAUSE,     HC_TO_COMPONENT, HC_TO_FOUND,  HC_TO_FOUND_AT};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (own[i] == field->to)
            return !field->hint;
    return false;
}

static bool states(const struct hc_mapping_tool *tool, struct hc_str matter)
{
    char room[HC_MAPPING_PATH_BYTES];
    struct hc_str key;
    while (tool && matter.p && (key = take_key(&matter, room)).p)
        for (size_t i = 0; i < tool->n_fields; i++)
            if (is_of_incident(&tool->fields[i]) && is_of_key(tool->fields[i].from, key))
                return true;
    return false;
}

static int bid(struct hc_str head, const struct hc_mapping *mapping)
{
    struct hc_str matter;
    struct hc_str body = hc_front_matter_split(head, &matter);
    const struct hc_mapping_tool *tool = hc_mapping_tool_of(mapping, HC_DOCUMENT_FORMAT, has_key, &matter);
    if (!tool || memchr(head.p, 0, head.n) || head.p[0] == '<')
        return 0;
    if (matter.p && states(tool, matter))
        return FRONT_MATTER_BID;
    return opens_with_heading(body, mapping) ? OPENING_BID : 0;
}

static enum hc_status read_markdown(struct hc_str bytes, const struct hc_record_context *context, struct hc_err *err)
{
    struct hc_record_builder b;
    struct hc_str matter;
    struct hc_str body = hc_front_matter_split(bytes, &matter);
    struct hc_buf text = {.n = 0};
    const struct hc_mapping_tool *tool = hc_mapping_tool_of(context->mapping, HC_DOCUMENT_FORMAT, has_key, &matter);
    if (!tool)
        return HC_SKIP;
    hc_record_begin(&b, context, tool, 1);
    if (matter.p) {
        hc_record_state_yaml(&b, matter, 1 + lines_before(bytes, matter.p));
    }
    uint32_t line = 1 + lines_before(bytes, body.p);
    hc_document_facts(&b, body, line);
    if (body.n <= MARKUP_BYTES)
        state_body(&b, body, line, &text);
    else
        hc_buf_str(&text, body);
    hc_front_matter_put(&text, matter);
    hc_record_state(&b, HC_STR("text"), hc_buf_view(&text), 1);
    b.failed |= text.failed;
    hc_buf_free(&text);
    return hc_record_end(&b, err);
}

const struct hc_record_reader hc_record_reader_markdown = {"markdown", bid, read_markdown, false};
