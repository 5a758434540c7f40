#include "base/xml.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/tree.h>
#include <libxml/xmlschemastypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/xml_plain.h"
#include "base/xml_scan.h"

/* None of NOENT, DTDLOAD, DTDATTR, XINCLUDE, HUGE and RECOVER, each of which opens a door. */
#define PARSE_OPTIONS (XML_PARSE_NONET | XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC | XML_PARSE_COMPACT)

struct hc_xml_schema {
    xmlRelaxNG *rng;
};

/* The first thing the library complained of. */
struct complaint {
    struct hc_err cause;
    const char *code;
    bool no_memory;
};

/* The library often goes on after a failed allocation, and then misreads; errno remembers. */
static struct complaint listen_for(const char *code)
{
    errno = 0;
    return (struct complaint){.code = code};
}

static xmlParserInput *refuse_entity(const char *url, const char *id, xmlParserCtxt *context)
{
    (void)url;
    (void)id;
    (void)context;
    return NULL;
}

static void say_nothing(void *context, const char *format, ...)
{
    (void)context;
    (void)format;
}

void hc_xml_setup(void)
{
    xmlInitParser();
    xmlSetExternalEntityLoader(refuse_entity);
    /* What has no context of its own to report to (its allocator) would print. */
    xmlThrDefSetGenericErrorFunc(NULL, say_nothing);
    xmlSetGenericErrorFunc(NULL, say_nothing);
    /* Both tables are built on first use, which no two threads may do at once. */
    xmlSchemaInitTypes();
    xmlRelaxNGInitTypes();
}

void hc_xml_cleanup(void)
{
    xmlRelaxNGCleanupTypes();
    xmlCleanupParser();
}

static long line_of(const xmlError *error)
{
    const xmlNode *node = error->node;
    if (error->domain == XML_FROM_RELAXNGV && node) {
        if (node->type == XML_ATTRIBUTE_NODE)
            node = node->parent;
        const struct hc_xml_node *ours = node ? node->_private : NULL;
        if (ours)
            return ours->line;
    }
    return error->line;
}

static void on_error(void *context, xmlError *error)
{
    struct complaint *complaint = context;
    if (error->code == XML_ERR_NO_MEMORY)
        complaint->no_memory = true;
    if (complaint->cause.status != HC_OK || error->level < XML_ERR_ERROR)
        return;
    struct hc_str text = hc_str_trim(hc_str_of(error->message));
    hc_err_set(&complaint->cause, HC_FAIL, complaint->code, "%.*s", HC_STR_ARG(text));
    hc_err_at(&complaint->cause, NULL, NULL, line_of(error));
}

/* The parser hands its own context to the handler. */
static void on_parser_error(void *context, xmlError *error)
{
    xmlParserCtxt *parser = context;
    on_error(parser->_private, error);
}

static enum hc_status no_memory(struct hc_err *err)
{
    return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to read XML");
}

static enum hc_status settle(const struct complaint *complaint, bool is_good, struct hc_err *err)
{
    const struct hc_err *cause = &complaint->cause;
    if (errno == ENOMEM || complaint->no_memory)
        return no_memory(err);
    if (is_good && cause->status == HC_OK)
        return HC_OK;
    const char *text = cause->status != HC_OK ? cause->text : "refused by the XML library";
    hc_err_set(err, HC_FAIL, complaint->code, "%s", text);
    hc_err_at(err, NULL, NULL, cause->line);
    return HC_FAIL;
}

static enum hc_status parse_document(xmlDoc **document, struct hc_str bytes, struct hc_err *err)
{
    struct complaint complaint = listen_for("xml-syntax");
    xmlParserCtxt *parser = xmlNewParserCtxt();
    if (!parser)
        return no_memory(err);
    parser->_private = &complaint;
    parser->sax->serror = on_parser_error;
    xmlDoc *parsed = xmlCtxtReadMemory(parser, bytes.p, (int)bytes.n, NULL, "UTF-8", PARSE_OPTIONS);
    enum hc_status status = settle(&complaint, parsed && parser->wellFormed, err);
    /* The scan has refused these already; the label must not hang on one check. */
    if (parsed && status == HC_OK && (parsed->intSubset || parsed->extSubset))
        status = hc_err_set(err, HC_FAIL, "xml-doctype", "a document type");
    xmlFreeParserCtxt(parser);
    if (status == HC_OK)
        *document = parsed;
    else
        xmlFreeDoc(parsed);
    return status;
}

struct builder {
    struct hc_arena *arena;
    const struct hc_xml_scan *scan;
    size_t n_elements;
    struct hc_str ns; /* of the node before: most nodes share one */
    bool failed;
};

static struct hc_str keep_str(struct builder *b, struct hc_str s)
{
    if (s.n == 0)
        return HC_STR("");
    struct hc_str copy = hc_str_copy(b->arena, s);
    b->failed = b->failed || !copy.p;
    return copy;
}

static struct hc_str keep(struct builder *b, const xmlChar *text)
{
    return keep_str(b, hc_str_of((const char *)text));
}

static struct hc_str keep_ns(struct builder *b, const xmlNs *ns)
{
    if (!ns || !ns->href)
        return HC_STR("");
    if (!hc_str_is(b->ns, (const char *)ns->href))
        b->ns = keep(b, ns->href);
    return b->ns;
}

static bool is_text(const xmlNode *node)
{
    return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

static struct hc_str keep_text(struct builder *b, const xmlNode *first)
{
    const xmlNode *only = NULL;
    size_t n_parts = 0;
    size_t n_bytes = 0;
    for (const xmlNode *node = first; node; node = node->next) {
        if (!is_text(node) || !node->content)
            continue;
        only = node;
        n_parts++;
        n_bytes += strlen((const char *)node->content);
    }
    if (n_parts <= 1)
        return keep(b, only ? only->content : NULL);
    char *text = hc_arena_alloc(b->arena, n_bytes);
    size_t n = 0;
    for (const xmlNode *node = first; node && text; node = node->next) {
        if (!is_text(node) || !node->content)
            continue;
        size_t part = strlen((const char *)node->content);
        memcpy(text + n, node->content, part);
        n += part;
    }
    b->failed = b->failed || !text;
    return (struct hc_str){text, n};
}

static void build_attributes(struct builder *b, struct hc_xml_node *out, const xmlNode *node)
{
    size_t n = 0;
    for (const xmlAttr *attribute = node->properties; attribute; attribute = attribute->next)
        n++;
    if (n == 0)
        return;
    struct hc_xml_attribute *attributes = hc_arena_calloc(b->arena, n, sizeof *attributes);
    if (!attributes) {
        b->failed = true;
        return;
    }
    for (const xmlAttr *attribute = node->properties; attribute; attribute = attribute->next) {
        struct hc_xml_attribute *ours = &attributes[out->n_attributes++];
        ours->ns = keep_ns(b, attribute->ns);
        ours->name = keep(b, attribute->name);
        ours->value = keep_text(b, attribute->children);
    }
    out->attributes = attributes;
}

static struct hc_xml_node *build_element(struct builder *b, xmlNode *node)
{
    struct hc_xml_node *out = hc_arena_calloc(b->arena, 1, sizeof *out);
    if (!out) {
        b->failed = true;
        return NULL;
    }
    node->_private = out;
    out->ns = keep_ns(b, node->ns);
    out->name = keep(b, node->name);
    out->line = b->n_elements < b->scan->n_lines ? (long)b->scan->lines[b->n_elements] : xmlGetLineNo(node);
    b->n_elements++;
    build_attributes(b, out, node);
    out->text = keep_text(b, node->children);
    return out;
}

/* In document order, without recursion. */
static struct hc_xml_node *build_tree(struct builder *b, xmlNode *root)
{
    struct hc_xml_node *last[HC_XML_DEPTH + 1] = {0};
    struct hc_xml_node *parents[HC_XML_DEPTH + 1] = {0};
    int depth = 0;
    xmlNode *node = root;
    while (node && !b->failed) {
        if (node->type == XML_ELEMENT_NODE) {
            struct hc_xml_node *out = build_element(b, node);
            if (last[depth])
                last[depth]->next = out;
            else if (depth > 0)
                parents[depth]->first_child = out;
            last[depth] = out;
        }
        if (node->type == XML_ELEMENT_NODE && node->children && depth < HC_XML_DEPTH) {
            parents[++depth] = node->_private;
            last[depth] = NULL;
            node = node->children;
            continue;
        }
        while (node != root && !node->next) {
            node = node->parent;
            depth--;
        }
        node = node == root ? NULL : node->next;
    }
    return b->failed || !root ? NULL : root->_private;
}

static enum hc_status validate(xmlDoc *document, const struct hc_xml_schema *schema, struct hc_err *err)
{
    struct complaint complaint = listen_for("xml-schema");
    xmlRelaxNGValidCtxt *context = xmlRelaxNGNewValidCtxt(schema->rng);
    if (!context)
        return no_memory(err);
    xmlRelaxNGSetValidStructuredErrors(context, on_error, &complaint);
    int result = xmlRelaxNGValidateDoc(context, document);
    xmlRelaxNGFreeValidCtxt(context);
    return settle(&complaint, result == 0, err);
}

enum hc_status hc_xml_parse(const struct hc_xml_node **root, struct hc_str bytes, size_t limit_bytes,
                            struct hc_xml_schema *schema, struct hc_arena *arena, struct hc_err *err)
{
    struct hc_xml_scan scan;
    xmlDoc *document = NULL;
    size_t limit = limit_bytes ? limit_bytes : HC_XML_BYTES;
    limit = limit < INT_MAX ? limit : INT_MAX;
    enum hc_status status = schema ? HC_SKIP : hc_xml_plain(root, bytes, limit, arena, err);
    if (status != HC_SKIP)
        return status;
    status = hc_xml_scan(&scan, bytes, limit, arena, err);
    if (status == HC_OK && hc_str_trim(scan.bytes).n == 0)
        status = hc_err_set(err, HC_FAIL, "xml-syntax", "no document");
    if (status == HC_OK)
        status = parse_document(&document, scan.bytes, err);
    if (status != HC_OK)
        return status;
    struct builder builder = {.arena = arena, .scan = &scan};
    struct hc_xml_node *tree = build_tree(&builder, xmlDocGetRootElement(document));
    if (!tree)
        status = hc_xml_no_memory(arena, err);
    if (status == HC_OK && schema)
        status = validate(document, schema, err);
    xmlFreeDoc(document);
    if (status == HC_OK)
        *root = tree;
    return status;
}

enum hc_status hc_xml_schema_new(struct hc_xml_schema **out, struct hc_str rng, struct hc_err *err)
{
    if (rng.n == 0 || rng.n > INT_MAX)
        return hc_err_set(err, HC_FAIL, "xml-schema", "a schema of %zu bytes", rng.n);
    struct complaint complaint = listen_for("xml-schema");
    struct hc_xml_schema *schema = calloc(1, sizeof *schema);
    xmlRelaxNGParserCtxt *context = xmlRelaxNGNewMemParserCtxt(rng.p, (int)rng.n);
    if (schema && context) {
        xmlRelaxNGSetParserStructuredErrors(context, on_error, &complaint);
        schema->rng = xmlRelaxNGParse(context);
    }
    enum hc_status status = settle(&complaint, schema && schema->rng, err);
    xmlRelaxNGFreeParserCtxt(context);
    if (status == HC_OK)
        *out = schema;
    else
        hc_xml_schema_free(schema);
    return status;
}

void hc_xml_schema_free(struct hc_xml_schema *schema)
{
    if (!schema)
        return;
    xmlRelaxNGFree(schema->rng);
    free(schema);
}

struct hc_str hc_xml_attribute(const struct hc_xml_node *node, const char *name)
{
    for (size_t i = 0; i < node->n_attributes; i++) {
        const struct hc_xml_attribute *attribute = &node->attributes[i];
        if (attribute->ns.n == 0 && hc_str_is(attribute->name, name))
            return attribute->value;
    }
    return HC_STR_NONE;
}

static const struct hc_xml_node *find(const struct hc_xml_node *from, struct hc_str ns, const char *name)
{
    for (const struct hc_xml_node *node = from; node; node = node->next) {
        if (hc_str_is(node->name, name) && hc_str_equal(node->ns, ns))
            return node;
    }
    return NULL;
}

const struct hc_xml_node *hc_xml_child(const struct hc_xml_node *node, const char *name)
{
    return find(node->first_child, node->ns, name);
}

const struct hc_xml_node *hc_xml_next(const struct hc_xml_node *node, const char *name)
{
    return find(node->next, node->ns, name);
}
