/* Redaction of a bundle: of its manifest's free text, and of what its files said. */
#ifndef HC_INGEST_REDACT_BUNDLE_H
#define HC_INGEST_REDACT_BUNDLE_H

#include "ingest/manifest.h"
#include "ingest/redact/redact.h"

/* Each replaces in place; new texts go into the arena. False: no memory.
 *
 * Kept as they are: ids, the names that the manifest gives (of components, metrics, kinds, members), what changes are (kind, version, commit) and times; text that
 * repeats one of those names keeps it. */

/* Begins a bundle: its own words. */
bool hc_redact_manifest(struct hc_redaction *redaction, struct hc_redactor *redactor, struct hc_manifest *manifest,
                        struct hc_arena *arena);

/* What one of its files said. */
bool hc_redact_reading(struct hc_redaction *redaction, struct hc_reading *reading, struct hc_arena *arena);

/* What the assembly quoted: the hrefs of files that are not there. They are not in what is told. */
bool hc_redact_absent_files(struct hc_redaction *redaction, struct hc_incident *incident, struct hc_arena *arena);

/* Once all files are read: a warning of the manifest's tells how much was replaced, if anything was. */
bool hc_redact_tell(const struct hc_redaction *redaction, struct hc_manifest *manifest);

/* Is it that warning? */
bool hc_redact_is_told(const struct hc_warning *warning);

#endif
