#include "base/xml_pieces.h"

#include <string.h>

#include "base/xml_scan.h"

#define LEVEL_TAG_BYTES 4096 /* of an element around records: its tag is copied for each of them */

static struct hc_str between(const char *p, const char *end)
{
    return (struct hc_str){p, (size_t)(end - p)};
}

static bool ends_name(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '/' || c == '>' || c == '<';
}

/* With its prefix. */
static struct hc_str name_at(const char *p, const char *end)
{
    const char *from = p;
    while (p < end && !ends_name(*p))
        p++;
    return between(from, p);
}

static struct hc_str without_prefix(struct hc_str name)
{
    const char *colon = name.n > 0 ? memchr(name.p, ':', name.n) : NULL;
    return colon ? between(colon + 1, name.p + name.n) : name;
}

static long line_at(struct hc_xml_pieces *s, const char *to)
{
    while (s->line_at < to) {
        const char *feed = memchr(s->line_at, '\n', (size_t)(to - s->line_at));
        s->line += feed != NULL;
        s->line_at = feed ? feed + 1 : to;
    }
    return s->line;
}

static enum hc_status fail(struct hc_xml_pieces *s, const char *at, const char *code, const char *text,
                           struct hc_err *err)
{
    hc_err_set(err, HC_FAIL, code, "%s", text);
    hc_err_at(err, NULL, NULL, line_at(s, at));
    return HC_FAIL;
}

/* No '<' stands in a tag: one that is not closed must not be looked for up to the end. */
static const char *tag_end(const char *tag, const char *end)
{
    const char *next = tag + 1 < end ? memchr(tag + 1, '<', (size_t)(end - tag - 1)) : NULL;
    return hc_xml_tag_end(tag, next ? next : end);
}

/* ---- the document's own words ---- */

/* The root's start tag, or what must not stand before it; the end where there is neither. */
static const char *first_tag(struct hc_str bytes)
{
    const char *end = bytes.p + bytes.n, *p = bytes.n > 0 ? memchr(bytes.p, '<', bytes.n) : end;
    while (p && p < end) {
        const char *skipped = hc_xml_skip_end(p, end);
        if (!skipped)
            return p;
        p = memchr(skipped, '<', (size_t)(end - skipped));
    }
    return end;
}

enum hc_status hc_xml_pieces_open(struct hc_xml_pieces *pieces, struct hc_str bytes, struct hc_arena *arena,
                                  struct hc_err *err)
{
    const char *end = bytes.p + bytes.n, *root = first_tag(bytes), *behind = hc_xml_tag_end(root, end);
    const struct hc_xml_node *tree;
    *pieces = (struct hc_xml_pieces){
        .p = root, .end = end, .line_at = bytes.p, .line = 1, .context = pieces->context, .wants = pieces->wants};
    struct hc_str name = root < end ? name_at(root + 1, end) : HC_STR("");
    bool is_open = behind - root > 2 && behind[-1] == '>' && behind[-2] != '/';
    struct hc_str alone = is_open
                              ? hc_str_format(arena, "%.*s</%.*s>", (int)(behind - bytes.p), bytes.p, HC_STR_ARG(name))
                              : between(bytes.p, behind);
    return alone.p ? hc_xml_parse(&tree, alone, 0, NULL, arena, err) : hc_xml_no_memory(arena, err);
}

/* ---- an element ---- */

/* The byte behind the name, where it stands at `p`. */
static bool is_named(const char *p, const char *end, struct hc_str name)
{
    return (size_t)(end - p) > name.n && memcmp(p, name.p, name.n) == 0 && ends_name(p[name.n]);
}

static const char *next_opening(const char *p, const char *end, struct hc_str name)
{
    while (p < end && (p = memchr(p, '<', (size_t)(end - p))) != NULL) {
        if (is_named(++p, end, name))
            return p - 1;
    }
    return end;
}

/* Behind the tag that closes an element of this name whose start tag ends at `p`; NULL: none does. Only tags of its name
 * are looked at: what is damaged within it does not count. */
static const char *behind_closing(const char *p, const char *end, struct hc_str name)
{
    size_t n_open = 1;
    while (p < end && (p = memchr(p, '<', (size_t)(end - p))) != NULL) {
        const char *skipped = hc_xml_skip_end(p, end);
        bool closes = !skipped && p + 1 < end && p[1] == '/' && is_named(p + 2, end, name);
        bool opens = !skipped && is_named(p + 1, end, name);
        const char *behind = skipped ? skipped : opens || closes ? tag_end(p, end) : p + 1;
        n_open += opens && behind[-2] != '/';
        n_open -= closes;
        if (n_open == 0)
            return behind;
        p = behind;
    }
    return NULL;
}

/* Once one is not closed, the next of its name ends each: else each would be looked for up to the end. */
static const char *element_end(struct hc_xml_pieces *s, const char *tag, const char *behind, struct hc_str name)
{
    const char *end = behind[-2] == '/' ? behind : NULL;
    if (!end && !s->any_unclosed)
        end = behind_closing(behind, s->end, name);
    if (end)
        return end;
    s->any_unclosed = true;
    const char *next = next_opening(tag + 1, s->end, name);
    end = behind < next ? behind_closing(behind, next, name) : NULL;
    return end ? end : next;
}

/* ---- the walk ---- */

/* Absent: too long for one that is wanted. */
static struct hc_str path_of(struct hc_xml_pieces *s, struct hc_str name)
{
    size_t n = 0;
    for (size_t i = 1; i <= s->n_levels; i++) {
        struct hc_str part = i < s->n_levels ? s->levels[i].name : name;
        if (n + 1 + part.n > sizeof s->path)
            return HC_STR_NONE;
        if (i > 1)
            s->path[n++] = '.';
        memcpy(s->path + n, part.p, part.n);
        n += part.n;
    }
    return (struct hc_str){s->path, n};
}

static enum hc_status open_tag(struct hc_xml_pieces *s, const char *tag, struct hc_xml_piece *piece, struct hc_err *err)
{
    struct hc_str name = name_at(tag + 1, s->end), own = without_prefix(name), path = path_of(s, own);
    const char *behind = tag_end(tag, s->end);
    if (s->n_levels == 0 && s->any_root)
        return fail(s, tag, "xml-syntax", "a second root", err);
    s->any_root = true;
    s->p = behind;
    if (path.p && s->wants(s->context, path)) {
        s->p = element_end(s, tag, behind, name);
        *piece = (struct hc_xml_piece){path, between(tag, s->p), line_at(s, tag), s->levels, s->n_levels};
        return HC_OK;
    }
    if (behind[-2] == '/')
        return HC_SKIP;
    if (s->n_levels == HC_XML_DEPTH)
        return fail(s, tag, "xml-limit", "levels of elements", err);
    if (behind - tag > LEVEL_TAG_BYTES)
        return fail(s, tag, "xml-limit", "a tag around records is too long", err);
    s->levels[s->n_levels++] = (struct hc_xml_level){own, between(tag, behind)};
    return HC_SKIP;
}

/* Closes what is open up to the element of this name; nothing, where none is. Anything but the last one is damage. */
static void close_tag(struct hc_xml_pieces *s, const char *tag)
{
    struct hc_str name = without_prefix(name_at(tag + 2, s->end));
    size_t n = s->n_levels;
    while (n > 0 && !hc_str_equal(s->levels[n - 1].name, name))
        n--;
    if ((n == 0 || n < s->n_levels) && !s->damage)
        s->damage = tag;
    s->n_levels = n > 0 ? n - 1 : s->n_levels;
}

/* HC_SKIP: nothing that is wanted. */
static enum hc_status step(struct hc_xml_pieces *s, struct hc_xml_piece *piece, struct hc_err *err)
{
    const char *tag = s->p, *skipped = hc_xml_skip_end(tag, s->end);
    char next = tag + 1 < s->end ? tag[1] : '\0';
    if (!skipped && next == '!')
        return fail(s, tag, "xml-doctype", "a document type or another declaration", err);
    if (!skipped && next != '/')
        return open_tag(s, tag, piece, err);
    if (!skipped)
        close_tag(s, tag);
    s->p = skipped ? skipped : tag_end(tag, s->end);
    return HC_SKIP;
}

enum hc_status hc_xml_pieces_next(struct hc_xml_pieces *pieces, struct hc_xml_piece *piece, struct hc_err *err)
{
    enum hc_status status = HC_SKIP;
    while (status == HC_SKIP && pieces->p < pieces->end) {
        pieces->p = memchr(pieces->p, '<', (size_t)(pieces->end - pieces->p));
        if (!pieces->p)
            pieces->p = pieces->end;
        else
            status = step(pieces, piece, err);
    }
    if (status != HC_SKIP)
        return status;
    if (pieces->n_levels == 0 && pieces->damage)
        return fail(pieces, pieces->damage, "xml-syntax", "an end tag of what is not open; what could be told is read",
                    err);
    if (pieces->n_levels == 0)
        return HC_END;
    return fail(pieces, pieces->end, "xml-syntax", "the document is cut short; what comes before is read", err);
}

/* ---- a piece ---- */

/* On one line, so that the piece begins on the first. */
static void put_tag(struct hc_buf *out, struct hc_str tag)
{
    for (size_t i = 0; i < tag.n; i++)
        hc_buf_char(out, tag.p[i] == '\n' ? ' ' : tag.p[i]);
}

static void put_document(struct hc_buf *out, const struct hc_xml_piece *piece)
{
    for (size_t i = 0; i < piece->n_above; i++)
        put_tag(out, piece->above[i].tag);
    hc_buf_str(out, piece->bytes);
    for (size_t i = piece->n_above; i > 0; i--) {
        struct hc_str tag = piece->above[i - 1].tag;
        hc_buf_text(out, "</");
        hc_buf_str(out, name_at(tag.p + 1, tag.p + tag.n));
        hc_buf_char(out, '>');
    }
}

static void move(const struct hc_xml_node *first, long n_lines)
{
    for (const struct hc_xml_node *node = first; node; node = node->next) {
        ((struct hc_xml_node *)node)->line += n_lines; /* made here: nobody else has seen it */
        move(node->first_child, n_lines);
    }
}

enum hc_status hc_xml_piece_parse(const struct hc_xml_node **node, const struct hc_xml_piece *piece, size_t limit_bytes,
                                  struct hc_arena *arena, struct hc_err *err)
{
    struct hc_buf document = {.n = 0};
    struct hc_err why = HC_ERR_NONE;
    const struct hc_xml_node *root = NULL;
    put_document(&document, piece);
    enum hc_status status = document.failed
                                ? hc_xml_no_memory(arena, &why)
                                : hc_xml_parse(&root, hc_buf_view(&document), limit_bytes, NULL, arena, &why);
    hc_buf_free(&document);
    if (status != HC_OK) {
        hc_err_set(err, status, why.code, "%s", why.text);
        hc_err_at(err, NULL, NULL, why.line > 0 ? why.line + piece->line - 1 : piece->line);
        return status;
    }
    for (size_t i = 0; root && i < piece->n_above; i++)
        root = root->first_child;
    move(root, piece->line - 1);
    *node = root;
    return HC_OK;
}
