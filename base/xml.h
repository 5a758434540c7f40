/* A safe XML reader; the only home of libxml2.
 *
 * Refused, by code: any DOCTYPE, entities beyond the five, a document over HC_XML_BYTES,
 * a tag over HC_XML_TAG_BYTES, depth over HC_XML_DEPTH, more than HC_XML_ELEMENTS elements (the
 * time of a RELAX NG validation grows with their square), encodings other than UTF-8 and ASCII.
 * Never loads anything but the bytes it is given.
 */
#ifndef HC_BASE_XML_H
#define HC_BASE_XML_H

#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

#define HC_XML_BYTES ((size_t)1 << 20)
#define HC_XML_TAG_BYTES ((size_t)64 << 10)
#define HC_XML_DEPTH 32
#define HC_XML_ELEMENTS ((size_t)1 << 15)

struct hc_xml_attribute {
    struct hc_str ns; /* "" without a namespace */
    struct hc_str name;
    struct hc_str value;
};

/* An element: a tree in the arena, in document order. */
struct hc_xml_node {
    struct hc_str ns;
    struct hc_str name;
    struct hc_str text; /* the character data directly inside, joined, as written */
    long line;
    const struct hc_xml_attribute *attributes;
    size_t n_attributes;
    const struct hc_xml_node *first_child;
    const struct hc_xml_node *next;
};

/* Must run once before any thread starts; installs the refusing entity loader. */
void hc_xml_setup(void);
void hc_xml_cleanup(void);

/* A compiled RELAX NG schema (XML syntax). Owns: the caller.
 * Threads: compile one a thread; a schema is not shared. */
struct hc_xml_schema;
enum hc_status hc_xml_schema_new(struct hc_xml_schema **out, struct hc_str rng, struct hc_err *err);
void hc_xml_schema_free(struct hc_xml_schema *schema);

/* Parses, and validates where schema is not NULL.
 * Errors: HC_FAIL with code "xml-syntax", "xml-doctype", "xml-limit", "xml-encoding" or "xml-schema" and the
 *         line; HC_FATAL out of memory. `limit_bytes` 0: HC_XML_BYTES. */
enum hc_status hc_xml_parse(const struct hc_xml_node **root, struct hc_str bytes, size_t limit_bytes,
                            struct hc_xml_schema *schema, struct hc_arena *arena, struct hc_err *err);

/* The value of an attribute without namespace; HC_STR_NONE where it is not there. */
struct hc_str hc_xml_attribute(const struct hc_xml_node *node, const char *name);
/* The first child element of that name in the node's own namespace, NULL where there is none;
 * hc_xml_next goes on from there. */
const struct hc_xml_node *hc_xml_child(const struct hc_xml_node *node, const char *name);
const struct hc_xml_node *hc_xml_next(const struct hc_xml_node *node, const char *name);

#endif
