/* A manifest and the readings of its files -> one incident, every list in its order. */
#ifndef HC_INGEST_ASSEMBLE_H
#define HC_INGEST_ASSEMBLE_H

#include "ingest/format/format.h"
#include "ingest/manifest.h"

/* One file below the incident's directory: its record, and its reading where there is one. */
struct hc_assembly_file {
    struct hc_evidence_file file;
    struct hc_reading *reading; /* NULL: not read */
    uint8_t *sha256;            /* of its bytes, on its way into `file` while others are read */
    struct hc_str postmortem;   /* the text that is asked what a post-mortem states; absent: it is none */
};

/* Computes the content digest (the manifest's own file is among `files`), unites series (rows with equal times:
 * the last by path, then line, wins), mines templates, reduces spans, adds derived
 * dependencies where the manifest has none, sorts. Independent of the order of `files`.
 * Errors: HC_FAIL over the arena's ceiling, HC_FATAL out of memory. */
enum hc_status hc_assemble(struct hc_incident **out, struct hc_manifest *manifest, struct hc_assembly_file *files,
                           size_t n_files, struct hc_arena *arena, struct hc_err *err);

#endif
