/* incident.xml -> the incident's own words, checked. */
#ifndef HC_INGEST_MANIFEST_H
#define HC_INGEST_MANIFEST_H

#include "base/xml.h"
#include "corpus/record/incident.h"
#include "ingest/format/format.h"

/* The manifest: an incident without what its evidence files say, and the entries that name them. Lists are in
 * the file's order; components are all that are named anywhere in it but in an outcome: what an incident's
 * own outcome says must not show when it is analysed. */
struct hc_manifest {
    struct hc_incident incident;
    struct hc_names components;     /* indices used by `incident` */
    struct hc_str *component_kinds; /* by index; absent: unset */
    struct hc_entry *entries;
    size_t n_entries;
    struct hc_names hrefs; /* of the entries, by the same number */
    struct hc_warnings warnings;
};

/* The RELAX NG schema that is shipped (ingest/format/incident.rng) and built in. */
struct hc_str hc_manifest_schema(void);

/* `schema` NULL: the shipped one is compiled for this call.
 * Errors: HC_FAIL with code "manifest-…" or "xml-…" and the line: this incident is refused. A bad href
 * costs that entry, with a warning. */
enum hc_status hc_manifest_read(struct hc_manifest *manifest, struct hc_str bytes, struct hc_xml_schema *schema,
                                struct hc_arena *arena, struct hc_err *err);

/* The entry that names a file below the incident's directory; NULL: none does. Of several the first in the file. */
const struct hc_entry *hc_manifest_entry(const struct hc_manifest *manifest, struct hc_str member);

#endif
