/* Looks at a document's bytes before the XML library may: encoding, DOCTYPE and the limits.
 * Part of base/xml; nobody else includes it. */
#ifndef HC_BASE_XML_SCAN_H
#define HC_BASE_XML_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

/* What the scan found. `bytes` has lost its byte-order mark; lines[i] is the line of the i-th start tag. */
struct hc_xml_scan {
    struct hc_str bytes;
    uint32_t *lines;
    size_t n_lines;
};

/* Says nothing of well-formedness: bytes that are not XML pass here and fail in the library.
 * Errors: HC_FAIL with "xml-encoding", "xml-doctype" or "xml-limit"; HC_FATAL out of memory. */
enum hc_status hc_xml_scan(struct hc_xml_scan *scan, struct hc_str bytes, size_t limit_bytes, struct hc_arena *arena,
                           struct hc_err *err);

/* The byte behind the ">" of the tag at `p`, with quotes respected; `end` where it has none. */
const char *hc_xml_tag_end(const char *p, const char *end);

/* The byte behind the comment, CDATA section or instruction at `p`, `end` where nothing closes it; NULL: it is none. */
const char *hc_xml_skip_end(const char *p, const char *end);

/* HC_FAIL where the arena's ceiling refused, HC_FATAL where the machine did. */
enum hc_status hc_xml_no_memory(const struct hc_arena *arena, struct hc_err *err);

#endif
