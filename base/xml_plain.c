#include "base/xml_plain.h"

#include <string.h>

#include "base/xml_scan.h"

#define ATTRIBUTES 16 /* of one tag; two with one name are not well-formed, and each is held against each */
#define NAME_BYTES 256
#define TAG_BYTES ((ptrdiff_t)HC_XML_TAG_BYTES) /* with its brackets */
#define COMMENT_BYTES ((ptrdiff_t)1 << 20)      /* far below what the library takes */
#define NAMESPACES "urn:hindcast:"              /* any other the library may have something to say about */

/* An element that is open. */
struct level {
    struct hc_xml_node *node, *last_child;
    size_t first_segment;
};

struct plain {
    char *p;         /* in a copy, in which references are undone */
    const char *end; /* there stands a NUL, which stands for itself nowhere */
    struct hc_arena *arena;
    long line;
    struct hc_str ns;
    size_t n_elements;
    int depth;
    struct level levels[HC_XML_DEPTH + 1]; /* [0]: the document */
    struct hc_str *segments;               /* text of the elements that are open: of the innermost ones last */
    size_t n_segments, capacity;
    bool no_memory;
};

/* Where a byte may stand for itself; none of those that say more: "&", what may end CDATA, and 0xEF, which begins U+FFFE
 * and U+FFFF too, which no character is. */
enum { NAME_START = 1, NAME = 2, VALUE = 4, TEXT = 8 };

static const uint8_t classes[256] = {
    0,  0,  0,  0,  0,  0,  0,  0,  0,  8,  8,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
    0,  0,  0,  12, 12, 8,  12, 12, 12, 0,  12, 12, 12, 12, 12, 12, 14, 14, 12, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14,
    12, 12, 0,  12, 12, 12, 12, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
    15, 15, 15, 15, 12, 12, 0,  12, 15, 12, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
    15, 15, 15, 15, 15, 15, 15, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
    12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
    12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
    12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
    12, 12, 12, 12, 12, 12, 12, 0,  12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12};

static inline bool is_in(char c, unsigned class)
{
    return (classes[(unsigned char)c] & class) != 0;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

static void skip_space(struct plain *d)
{
    for (; is_space(*d->p); d->p++)
        d->line += *d->p == '\n';
}

static bool skip(struct plain *d, struct hc_str word)
{
    if ((size_t)(d->end - d->p) < word.n || memcmp(d->p, word.p, word.n) != 0)
        return false;
    d->p += word.n;
    return true;
}

/* An empty one: there is none. */
static struct hc_str take_name(struct plain *d)
{
    const char *from = d->p;
    if (is_in(*d->p, NAME_START))
        while (is_in(*d->p, NAME))
            d->p++;
    return (struct hc_str){from, (size_t)(d->p - from)};
}

/* "&lt;" and its like: a character that has a name. */
static bool take_named(struct plain *d, char *c)
{
    static const struct {
        struct hc_str name;
        char c;
    } named[] = {
        {{"&lt;", 4}, '<'}, {{"&gt;", 4}, '>'}, {{"&amp;", 5}, '&'}, {{"&quot;", 6}, '"'}, {{"&apos;", 6}, '\''}};
    for (size_t i = 0; *d->p == '&' && i < sizeof named / sizeof *named; i++) {
        *c = named[i].c;
        if (skip(d, named[i].name))
            return true;
    }
    return false;
}

/* "]", which in a text may end CDATA. */
static bool take_bracket(struct plain *d, char *c)
{
    *c = ']';
    if (*d->p != ']' || (d->p[1] == ']' && d->p[2] == '>'))
        return false;
    d->p++;
    return true;
}

/* Goes on with characters that began at `from`, where one stands that has a name. The names are undone in place. */
static __attribute__((noinline)) struct hc_str take_more(struct plain *d, char *from, unsigned class)
{
    char *to = d->p, c;
    while (take_named(d, &c) || (class == TEXT && take_bracket(d, &c))) {
        char *run = d->p;
        *to++ = c;
        for (; is_in(*d->p, class); d->p++)
            d->line += *d->p == '\n';
        size_t n = (size_t)(d->p - run);
        memmove(to, run, n);
        to += n;
    }
    return (struct hc_str){from, (size_t)(to - from)};
}

static bool take_value(struct plain *d, struct hc_str *value)
{
    char *from = d->p, *p = from;
    while (is_in(*p, VALUE))
        p++;
    d->p = p;
    *value = *p == '"' ? (struct hc_str){from, (size_t)(p - from)} : take_more(d, from, VALUE);
    return skip(d, HC_STR("\""));
}

/* The declaration of the namespace is no attribute. */
static bool take_ns(struct plain *d)
{
    struct hc_str value;
    if (d->depth > 0 || d->ns.n > 0 || !take_value(d, &value) || !hc_str_starts(value, HC_STR(NAMESPACES)))
        return false;
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] != ':' && !is_in(value.p[i], NAME))
            return false;
    d->ns = value;
    return true;
}

static bool take_attribute(struct plain *d, struct hc_xml_attribute *attributes, size_t *n)
{
    struct hc_xml_attribute *attribute = &attributes[*n];
    *attribute = (struct hc_xml_attribute){.ns = HC_STR(""), .name = take_name(d)};
    if (attribute->name.n == 0 || attribute->name.n > NAME_BYTES || !skip(d, HC_STR("=\"")))
        return false;
    if (hc_str_is(attribute->name, "xmlns"))
        return take_ns(d);
    for (size_t i = 0; i < *n; i++)
        if (hc_str_equal(attributes[i].name, attribute->name))
            return false;
    (*n)++;
    return take_value(d, &attribute->value);
}

/* From behind "<" to behind ">". */
static bool take_tag(struct plain *d, struct hc_xml_node *node, bool *is_empty)
{
    struct hc_xml_attribute attributes[ATTRIBUTES];
    size_t n = 0;
    node->name = take_name(d);
    if (node->name.n == 0 || node->name.n > NAME_BYTES)
        return false;
    for (;;) {
        const char *before = d->p;
        skip_space(d);
        *is_empty = skip(d, HC_STR("/>"));
        if (*is_empty || skip(d, HC_STR(">")))
            break;
        if (d->p == before || n == ATTRIBUTES || !take_attribute(d, attributes, &n))
            return false;
    }
    node->ns = d->ns.n > 0 ? d->ns : HC_STR("");
    node->text = HC_STR("");
    if (n == 0)
        return true;
    node->attributes = hc_arena_alloc(d->arena, n * sizeof *attributes);
    d->no_memory |= !node->attributes;
    if (!node->attributes)
        return false;
    memcpy((void *)node->attributes, attributes, n * sizeof *attributes);
    node->n_attributes = n;
    return true;
}

static bool open_element(struct plain *d)
{
    struct level *above = &d->levels[d->depth];
    struct hc_xml_node *node = hc_arena_calloc(d->arena, 1, sizeof *node);
    const char *from = d->p;
    const long line = d->line;
    bool is_empty;
    d->no_memory |= !node;
    if (!node || d->depth == HC_XML_DEPTH || d->n_elements++ == HC_XML_ELEMENTS || !take_tag(d, node, &is_empty) ||
        d->p - from >= TAG_BYTES)
        return false;
    node->line = line;
    if (above->last_child)
        above->last_child->next = node;
    else if (above->node)
        above->node->first_child = node;
    above->last_child = node;
    if (!is_empty)
        d->levels[++d->depth] = (struct level){.node = node, .first_segment = d->n_segments};
    return true;
}

/* What stands between the element's children, as one text. */
static struct hc_str join(struct plain *d, size_t first)
{
    size_t n = 0;
    if (d->n_segments - first <= 1)
        return d->n_segments > first ? d->segments[first] : HC_STR("");
    for (size_t i = first; i < d->n_segments; i++)
        n += d->segments[i].n;
    char *text = hc_arena_alloc(d->arena, n);
    d->no_memory |= !text;
    n = 0;
    for (size_t i = first; text && i < d->n_segments; i++) {
        memcpy(text + n, d->segments[i].p, d->segments[i].n);
        n += d->segments[i].n;
    }
    return (struct hc_str){text, n};
}

/* From behind "</". */
static bool close_element(struct plain *d)
{
    const struct level *level = &d->levels[d->depth];
    const char *from = d->p;
    struct hc_str name = take_name(d);
    skip_space(d);
    if (d->depth == 0 || !hc_str_equal(name, level->node->name) || !skip(d, HC_STR(">")) ||
        d->p - from >= TAG_BYTES - 1)
        return false;
    level->node->text = join(d, level->first_segment);
    d->n_segments = level->first_segment;
    d->depth--;
    return !d->no_memory;
}

static bool take_text(struct plain *d)
{
    char *from = d->p;
    for (; is_in(*d->p, TEXT); d->p++)
        d->line += *d->p == '\n';
    struct hc_str text = *d->p == '<' ? (struct hc_str){from, (size_t)(d->p - from)} : take_more(d, from, TEXT);
    struct hc_str *segments =
        hc_arena_grow(d->arena, d->segments, d->n_segments, d->n_segments + 1, &d->capacity, sizeof *segments);
    d->no_memory |= !segments;
    if (!segments)
        return false;
    d->segments = segments;
    segments[d->n_segments++] = text;
    return *d->p == '<';
}

/* From behind "<!--" to behind "-->". */
static bool pass_comment(struct plain *d)
{
    const char *from = d->p;
    for (; *d->p != '-' || d->p[1] != '-'; d->p++) {
        if (!is_in(*d->p, TEXT) && *d->p != '<' && *d->p != '&' && *d->p != ']')
            return false;
        d->line += *d->p == '\n';
    }
    return skip(d, HC_STR("-->")) && d->p - from < COMMENT_BYTES;
}

/* What may stand before the root and behind it. */
static bool pass_misc(struct plain *d)
{
    for (skip_space(d); skip(d, HC_STR("<!--")); skip_space(d))
        if (!pass_comment(d))
            return false;
    return true;
}

static bool take_markup(struct plain *d)
{
    if (skip(d, HC_STR("</")))
        return close_element(d);
    if (skip(d, HC_STR("<!--")))
        return pass_comment(d);
    return skip(d, HC_STR("<")) && open_element(d);
}

static bool take_document(struct plain *d)
{
    if (!skip(d, HC_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")))
        skip(d, HC_STR("<?xml version=\"1.0\"?>"));
    if (!pass_misc(d) || !skip(d, HC_STR("<")) || !open_element(d))
        return false;
    while (d->depth > 0)
        if ((*d->p != '<' && !take_text(d)) || !take_markup(d))
            return false;
    return pass_misc(d) && d->p == d->end;
}

enum hc_status hc_xml_plain(const struct hc_xml_node **root, struct hc_str bytes, size_t limit_bytes,
                            struct hc_arena *arena, struct hc_err *err)
{
    if (bytes.n > limit_bytes)
        return HC_SKIP;
    if (hc_str_starts(bytes, HC_STR("\xef\xbb\xbf")))
        bytes = (struct hc_str){bytes.p + 3, bytes.n - 3};
    if (bytes.n == 0 || hc_utf8_valid_prefix(bytes) < bytes.n)
        return HC_SKIP;
    /* The tree is of the arena, and so are the bytes that it points into. */
    char *copy = hc_arena_copy(arena, bytes.p, bytes.n);
    struct plain d = {.p = copy, .arena = arena, .line = 1};
    if (!copy)
        return hc_xml_no_memory(arena, err);
    d.end = copy + bytes.n;
    bool plain = take_document(&d);
    if (d.no_memory)
        return hc_xml_no_memory(arena, err);
    if (plain)
        *root = d.levels[0].last_child;
    return plain ? HC_OK : HC_SKIP;
}
