/* A record -> an incident of the corpus, as a bundle with one file becomes one. */
#include "ingest/assemble.h"
#include "ingest/record/record.h"
#include "ingest/redact/bundle.h"

static bool redact(struct hc_record *record, struct hc_redactor *redactor, struct hc_redaction *redaction,
                   struct hc_arena *arena)
{
    return !redactor ||
           (hc_redact_manifest(redaction, redactor, &record->manifest, arena) &&
            hc_redact_reading(redaction, &record->reading, arena) && hc_redact_tell(redaction, &record->manifest));
}

/* After redaction: what is replaced must not lie across a cut. */
static void cut(struct hc_record *record)
{
    record->manifest.incident.title = hc_str_cut(record->manifest.incident.title, HC_TITLE_BYTES);
    for (size_t i = 0; i < record->reading.n_events; i++)
        record->reading.events[i].message = hc_str_cut(record->reading.events[i].message, HC_MESSAGE_BYTES);
}

enum hc_status hc_record_incident(struct hc_incident **out, struct hc_record *record, struct hc_redactor *redactor,
                                  struct hc_redaction *redaction, struct hc_arena *arena, struct hc_err *err)
{
    struct hc_assembly_file file = {.file = {.member = record->member,
                                             .kind = HC_STR("record"),
                                             .format = record->format,
                                             .n_bytes = record->n_bytes,
                                             .n_rows = 1},
                                    .reading = &record->reading};
    memcpy(file.file.sha256, record->content, sizeof file.file.sha256);
    if (!redact(record, redactor, redaction, arena))
        return hc_arena_refused(arena, err);
    cut(record);
    return hc_assemble(out, &record->manifest, &file, 1, arena, err);
}
