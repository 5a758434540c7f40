#include "ingest/record/mapping.h"

#include "base/arena.h"
#include "base/xml.h"

extern const unsigned char hc_mapping_xml[], hc_mapping_rng[];
extern const size_t hc_mapping_xml_size, hc_mapping_rng_size;

#define FILES 2 /* a team's, then the shipped one */

/* By enum hc_mapping_target. */
static const char *const targets[HC_TO_N] = {
    "id",     "number", "updated",  "title", "service",   "severity", "start",    "detected", "mitigated",
    "end",    "status", "category", "cause", "component", "found",    "found-at", "text",     "tag",
    "detail", "at",     "kind",     "where", "version",   "commit",   "message"};

/* A mapping while it is made of its files. `failed`: no memory. */
struct making {
    struct hc_mapping *mapping;
    const struct hc_xml_node *roots[FILES];
    size_t n_roots;
    bool failed;
};

struct hc_str hc_mapping_shipped(void)
{
    return (struct hc_str){(const char *)hc_mapping_xml, hc_mapping_xml_size};
}

static struct hc_str text(struct making *m, struct hc_str s)
{
    struct hc_str copy = hc_str_copy(m->mapping->arena, s);
    m->failed |= s.p && !copy.p;
    return copy;
}

static struct hc_str attribute(struct making *m, const struct hc_xml_node *node, const char *name)
{
    return text(m, hc_xml_attribute(node, name));
}

static void *room(struct making *m, size_t n, size_t size_bytes)
{
    void *items = hc_arena_calloc(m->mapping->arena, n, size_bytes);
    m->failed |= !items;
    return items;
}

static size_t count(const struct hc_xml_node *parent, const char *name)
{
    size_t n = 0;
    for (const struct hc_xml_node *node = hc_xml_child(parent, name); node; node = hc_xml_next(node, name))
        n++;
    return n;
}

static size_t count_in_roots(const struct making *m, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_roots; i++)
        n += count(m->roots[i], name);
    return n;
}

static enum hc_mapping_target target_of(struct hc_str name)
{
    size_t i = 0;
    while (i < HC_TO_N && !hc_str_is(name, targets[i]))
        i++;
    return (enum hc_mapping_target)i;
}

static bool is_of_documents(const struct hc_xml_node *tool)
{
    return hc_str_is(hc_xml_attribute(tool, "format"), "document");
}

/* A path; of a document folded. */
static struct hc_str path_of(struct making *m, const struct hc_xml_node *node, const char *name, bool folds)
{
    char folded[HC_MAPPING_PATH_BYTES];
    struct hc_str path = hc_xml_attribute(node, name);
    return text(m, folds ? hc_mapping_fold(folded, path) : path);
}

/* The n-th element of that name below the element; those of a tool's later files come after those of its first. */
static size_t add_fields(struct making *m, const struct hc_xml_node *parent, bool folds,
                         struct hc_mapping_field *fields)
{
    size_t n = 0;
    for (const struct hc_xml_node *node = hc_xml_child(parent, "field"); node; node = hc_xml_next(node, "field"))
        fields[n++] = (struct hc_mapping_field){.from = path_of(m, node, "from", folds),
                                                .to = target_of(hc_xml_attribute(node, "to")),
                                                .confirms = hc_xml_attribute(node, "confirms").p != NULL,
                                                .hint = hc_xml_attribute(node, "hint").p != NULL};
    return n;
}

static size_t add_lists(struct making *m, const struct hc_xml_node *tool, const char *name,
                        struct hc_mapping_list *lists)
{
    size_t n = 0;
    for (const struct hc_xml_node *node = hc_xml_child(tool, name); node; node = hc_xml_next(node, name)) {
        struct hc_mapping_field *fields = room(m, count(node, "field"), sizeof *fields);
        if (!fields)
            return n;
        lists[n] = (struct hc_mapping_list){.in = path_of(m, node, "in", is_of_documents(tool)),
                                            .is_changes = hc_str_is(node->name, "changes"),
                                            .fields = fields,
                                            .n_fields = add_fields(m, node, is_of_documents(tool), fields)};
        n++;
    }
    return n;
}

static size_t add_signs(struct making *m, const struct hc_xml_node *tool, const char *name, struct hc_str *signs)
{
    size_t n = 0;
    for (const struct hc_xml_node *node = hc_xml_child(tool, name); node; node = hc_xml_next(node, name))
        signs[n++] = path_of(m, node, "path", is_of_documents(tool));
    return n;
}

static bool same_attribute(const struct hc_xml_node *a, const struct hc_xml_node *b, const char *name)
{
    return hc_str_equal(hc_xml_attribute(a, name), hc_xml_attribute(b, name));
}

/* What the shipped file says of a tool of the same name and format, if `tool` is of another: of several the one whose
 * records stand at the same path, else the first. */
static const struct hc_xml_node *same_tool(const struct making *m, const struct hc_xml_node *tool, size_t file)
{
    const struct hc_xml_node *first = NULL;
    if (file + 1 == m->n_roots)
        return NULL;
    for (const struct hc_xml_node *node = hc_xml_child(m->roots[m->n_roots - 1], "tool"); node;
         node = hc_xml_next(node, "tool")) {
        if (!same_attribute(node, tool, "name") || !same_attribute(node, tool, "format"))
            continue;
        if (same_attribute(node, tool, "records"))
            return node;
        first = first ? first : node;
    }
    return first;
}

static struct hc_mapping_tool make_tool(struct making *m, const struct hc_xml_node *node, size_t file)
{
    const struct hc_xml_node *nodes[FILES] = {node, same_tool(m, node, file)};
    struct hc_mapping_tool tool = {.name = attribute(m, node, "name"), .format = attribute(m, node, "format")};
    size_t n_fields = 0, n_lists = 0, n_signs = 0, n_others = 0;
    for (size_t i = 0; i < FILES && nodes[i]; i++) {
        n_fields += count(nodes[i], "field");
        n_lists += count(nodes[i], "events") + count(nodes[i], "changes");
        n_signs += count(nodes[i], "sign");
        n_others += count(nodes[i], "other");
    }
    struct hc_mapping_field *fields = room(m, n_fields, sizeof *fields);
    struct hc_mapping_list *lists = room(m, n_lists, sizeof *lists);
    struct hc_str *signs = room(m, n_signs, sizeof *signs), *others = room(m, n_others, sizeof *others);
    for (size_t i = 0; i < FILES && nodes[i] && !m->failed; i++) {
        tool.n_fields += add_fields(m, nodes[i], is_of_documents(node), fields + tool.n_fields);
        tool.n_lists += add_lists(m, nodes[i], "events", lists + tool.n_lists);
        tool.n_lists += add_lists(m, nodes[i], "changes", lists + tool.n_lists);
        if (tool.n_signs == 0) /* a team's signs are instead of those shipped */
            tool.n_signs = add_signs(m, nodes[i], "sign", signs);
        tool.n_others += add_signs(m, nodes[i], "other", others + tool.n_others);
        if (!tool.records.p)
            tool.records = attribute(m, nodes[i], "records");
    }
    tool.records = tool.records.p ? tool.records : HC_STR("");
    tool.fields = fields;
    tool.lists = lists;
    tool.signs = signs;
    tool.others = others;
    return tool;
}

static void make_tools(struct making *m)
{
    size_t n = count_in_roots(m, "tool");
    struct hc_mapping_tool *tools = room(m, n, sizeof *tools);
    n = 0;
    for (size_t i = 0; i < m->n_roots && !m->failed; i++)
        for (const struct hc_xml_node *node = hc_xml_child(m->roots[i], "tool"); node; node = hc_xml_next(node, "tool"))
            tools[n++] = make_tool(m, node, i);
    m->mapping->tools = tools;
    m->mapping->n_tools = n;
}

static size_t add_words(struct making *m, const struct hc_xml_node *parent, struct hc_mapping_word *words)
{
    struct hc_str tool = hc_str_is(parent->name, "tool") ? attribute(m, parent, "name") : HC_STR_NONE;
    size_t n = 0;
    for (const struct hc_xml_node *node = hc_xml_child(parent, "word"); node; node = hc_xml_next(node, "word"))
        words[n++] = (struct hc_mapping_word){.tool = tool,
                                              .of = target_of(hc_xml_attribute(node, "of")),
                                              .from = attribute(m, node, "from"),
                                              .to = attribute(m, node, "to")};
    return n;
}

static void make_words(struct making *m)
{
    size_t n = count_in_roots(m, "word");
    for (size_t i = 0; i < m->n_roots; i++)
        for (const struct hc_xml_node *t = hc_xml_child(m->roots[i], "tool"); t; t = hc_xml_next(t, "tool"))
            n += count(t, "word");
    struct hc_mapping_word *words = room(m, n, sizeof *words);
    n = 0;
    for (size_t i = 0; i < m->n_roots && !m->failed; i++) {
        n += add_words(m, m->roots[i], words + n);
        for (const struct hc_xml_node *t = hc_xml_child(m->roots[i], "tool"); t; t = hc_xml_next(t, "tool"))
            n += add_words(m, t, words + n);
    }
    m->mapping->words = words;
    m->mapping->n_words = n;
}

static void make_tags(struct making *m)
{
    size_t n = count_in_roots(m, "tag");
    struct hc_mapping_tag *tags = room(m, n, sizeof *tags);
    n = 0;
    for (size_t i = 0; i < m->n_roots && !m->failed; i++)
        for (const struct hc_xml_node *node = hc_xml_child(m->roots[i], "tag"); node; node = hc_xml_next(node, "tag"))
            tags[n++] = (struct hc_mapping_tag){attribute(m, node, "name"), attribute(m, node, "category")};
    m->mapping->tags = tags;
    m->mapping->n_tags = n;
}

/* The texts of all elements of that name. */
static size_t make_texts(struct making *m, const char *name, const struct hc_str **out)
{
    size_t n = count_in_roots(m, name);
    struct hc_str *texts = room(m, n, sizeof *texts);
    n = 0;
    for (size_t i = 0; i < m->n_roots && !m->failed; i++)
        for (const struct hc_xml_node *node = hc_xml_child(m->roots[i], name); node; node = hc_xml_next(node, name))
            texts[n++] = text(m, hc_str_trim(node->text));
    *out = texts;
    return n;
}

/* A team's own is held to the schema; of ours a test has said that it keeps to it, once for all runs. */
static enum hc_status parse(struct making *m, struct hc_str own, struct hc_arena *scratch, struct hc_err *err)
{
    const struct hc_str files[FILES] = {own, hc_mapping_shipped()};
    struct hc_xml_schema *schema = NULL;
    const struct hc_str rng = {(const char *)hc_mapping_rng, hc_mapping_rng_size};
    enum hc_status status = own.p ? hc_xml_schema_new(&schema, rng, err) : HC_OK;
    for (size_t i = 0; i < FILES && status == HC_OK; i++)
        if (files[i].p)
            status = hc_xml_parse(&m->roots[m->n_roots++], files[i], 0, i == 0 ? schema : NULL, scratch, err);
    hc_xml_schema_free(schema);
    return status;
}

enum hc_status hc_mapping_new(struct hc_mapping **out, struct hc_str own, struct hc_err *err)
{
    struct hc_arena *arena = hc_arena_new(0), *scratch = hc_arena_new(0);
    struct making m = {.mapping = arena ? hc_arena_calloc(arena, 1, sizeof *m.mapping) : NULL};
    enum hc_status status = HC_FATAL;
    *out = NULL;
    m.failed = !m.mapping || !scratch;
    if (!m.failed) {
        m.mapping->arena = arena;
        status = parse(&m, own, scratch, err);
    }
    if (status == HC_OK) {
        make_tools(&m);
        make_words(&m);
        make_tags(&m);
        m.mapping->n_openings = make_texts(&m, "opening", &m.mapping->openings);
        m.mapping->n_nothings = make_texts(&m, "nothing", &m.mapping->nothings);
    }
    if (m.failed)
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the mapping of records");
    hc_arena_free(scratch);
    if (status == HC_OK)
        *out = m.mapping;
    else
        hc_arena_free(arena);
    return status;
}

void hc_mapping_free(struct hc_mapping *mapping)
{
    if (mapping)
        hc_arena_free(mapping->arena);
}

/* ---- what it says ---- */

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

struct hc_str hc_mapping_fold(char *out, struct hc_str path)
{
    size_t n = 0;
    char before = '.';
    for (size_t i = 0; i < path.n && n + 2 < HC_MAPPING_PATH_BYTES; i++) {
        char c = path.p[i];
        bool capital = c >= 'A' && c <= 'Z', plain = capital || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        bool begins = capital && before >= 'a' && before <= 'z'; /* "rootCause" */
        before = c;
        if (c == '.')
            n -= n > 0 && out[n - 1] == '_';
        if ((begins || (!plain && c != '.' && c != '*' && !(c & 0x80))) && n > 0 && out[n - 1] != '_' &&
            out[n - 1] != '.')
            out[n++] = '_';
        if (plain || c == '.' || c == '*' || (c & 0x80))
            out[n++] = small(c);
    }
    n -= n > 0 && out[n - 1] == '_';
    return n + 2 < HC_MAPPING_PATH_BYTES ? (struct hc_str){out, n} : HC_STR_NONE;
}

static bool next_of_word(struct hc_str *word, char *c)
{
    while (word->n > 0 && strchr(" -_:", *word->p))
        *word = (struct hc_str){word->p + 1, word->n - 1};
    if (word->n == 0)
        return false;
    *c = small(*word->p);
    *word = (struct hc_str){word->p + 1, word->n - 1};
    return true;
}

static bool same_word(struct hc_str a, struct hc_str b)
{
    char x, y;
    while (next_of_word(&a, &x)) {
        if (!next_of_word(&b, &y) || x != y)
            return false;
    }
    return !next_of_word(&b, &y);
}

struct hc_str hc_mapping_word(const struct hc_mapping *mapping, struct hc_str tool, enum hc_mapping_target of,
                              struct hc_str word)
{
    const struct hc_mapping_word *any = NULL;
    for (size_t i = 0; i < mapping->n_words; i++) {
        const struct hc_mapping_word *w = &mapping->words[i];
        if (w->of != of || !same_word(w->from, word))
            continue;
        if (w->tool.p && hc_str_equal(w->tool, tool))
            return w->to;
        if (!w->tool.p && !any)
            any = w;
    }
    return any ? any->to : HC_STR_NONE;
}

bool hc_mapping_is_nothing(const struct hc_mapping *mapping, struct hc_str text)
{
    struct hc_str s = hc_str_trim(text);
    while (s.n > 0 && (s.p[s.n - 1] == '.' || s.p[s.n - 1] == '?'))
        s.n--;
    for (size_t i = 0; i < mapping->n_nothings; i++)
        if (same_word(mapping->nothings[i], s))
            return true;
    return s.n == 0;
}

const struct hc_mapping_tool *hc_mapping_tool_of(const struct hc_mapping *mapping, const char *format,
                                                 bool (*has)(const void *record, struct hc_str path),
                                                 const void *record)
{
    for (size_t i = 0; i < mapping->n_tools; i++) {
        const struct hc_mapping_tool *tool = &mapping->tools[i];
        size_t n = 0;
        while (n < tool->n_signs && has(record, tool->signs[n]))
            n++;
        if (n == tool->n_signs && hc_str_is(tool->format, format))
            return tool;
    }
    return NULL;
}

struct hc_str hc_mapping_category(const struct hc_mapping *mapping, struct hc_str tag)
{
    for (size_t i = 0; i < mapping->n_tags; i++)
        if (hc_str_equal_nocase(mapping->tags[i].name, tag))
            return mapping->tags[i].category;
    return HC_STR_NONE;
}
