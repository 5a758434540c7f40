/* The tree of a document that is written plainly, without the XML library, whose tree costs ten times as much.
 * Part of base/xml; nobody else includes it. */
#ifndef HC_BASE_XML_PLAIN_H
#define HC_BASE_XML_PLAIN_H

#include "base/xml.h"

/* Plain: elements without prefixes, attributes in double quotes, no references but to the five characters that have
 * names, at most one namespace, of ours and at the root; no instructions or CDATA. What is plain is well-formed and within the limits, and the
 * library would build the same tree. HC_SKIP: not plain, which says nothing else; ask the library.
 * Errors: as hc_xml_no_memory.
 * Checked: test_xml_plain and fuzz_xml, against the library on samples and on what random changes make of them. */
enum hc_status hc_xml_plain(const struct hc_xml_node **root, struct hc_str bytes, size_t limit_bytes,
                            struct hc_arena *arena, struct hc_err *err);

#endif
