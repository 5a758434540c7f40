/* A record -> an incident of the corpus, as a bundle with one file becomes one. */
#include "ingest/assemble.h"
#include "ingest/record/record.h"
#include "ingest/redact/bundle.h"

/* Words that a manifest chooses from a list, and a record from none. */
static bool redact_words(struct hc_redaction *redaction, struct hc_incident *incident, struct hc_arena *arena)
{
    for (size_t i = 0; i < incident->n_outcomes; i++) {
        struct hc_str *words[] = {&incident->outcomes[i].category, &incident->outcomes[i].cause};
        for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
            struct hc_str out = words[k]->n ? hc_redact(redaction, *words[k], arena) : *words[k];
            if (words[k]->n && !out.p)
                return false;
            *words[k] = out;
        }
    }
    return true;
}

static bool redact(struct hc_record *record, struct hc_redactor *redactor, struct hc_redaction *redaction,
                   struct hc_arena *arena)
{
    return !redactor ||
           (hc_redact_manifest(redaction, redactor, &record->manifest, arena) &&
            redact_words(redaction, &record->manifest.incident, arena) &&
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
    struct hc_assembly_file file = {.file = {.member = record->format, /* a file of another name says the same */
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
