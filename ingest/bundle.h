/* The members of an open source -> its incidents. */
#ifndef HC_INGEST_BUNDLE_H
#define HC_INGEST_BUNDLE_H

#include "base/digest_lanes.h"
#include "base/xml.h"
#include "ingest/container/container.h"
#include "ingest/ingest.h"
#include "ingest/normalize/shape_memo.h"

/* What a thread keeps from one source to the next. */
struct hc_bundle_reader {
    struct hc_container *container;
    struct hc_xml_schema *schema;     /* of the manifest; not shared between threads */
    struct hc_arena *scratch;         /* holds one incident while it is read; its ceiling is the incident's */
    struct hc_arena *records;         /* holds one record of a file that `scratch` holds */
    struct hc_sha256_lanes *digests;  /* of members */
    struct hc_shape_memo *shapes;     /* of log messages of all of them */
    struct hc_redactor *redactor;     /* NULL: nothing is replaced */
    const struct hc_mapping *mapping; /* NULL: no record is read */
    const struct hc_ingest_sink *sink;
};

/* Reads what reader->container has open to its end: fills incidents, derived, refusals and warnings of the source, in
 * its arena. A directory with an incident.xml is an incident, with every file below it. One inside another refuses
 * both; a member that comes twice refuses its incident; any other refused member costs itself. What lies in no incident
 * and is a record of another tool is an incident of its own, or says more of one.
 * Cost:   one pass where the members of an incident come together and not far behind their manifest, as every packer
 *         writes them; else up to two more for the incidents that do not.
 * Errors: HC_FAIL: the source is rejected, nothing of it may be kept ("no-incident" where it holds none);
 *         HC_FATAL. */
enum hc_status hc_bundles_read(struct hc_source *source, const struct hc_bundle_reader *reader, struct hc_err *err);

/* Adds a refusal; line, code and text are why's, the text with its finds replaced (redactor NULL: as it is). Errors: as
 * hc_arena_refused. */
enum hc_status hc_source_refuse(struct hc_source *source, struct hc_redactor *redactor, struct hc_str member,
                                const struct hc_err *why, struct hc_err *err);

#endif
