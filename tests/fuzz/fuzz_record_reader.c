/* One reader of incident records, FUZZ_READER, on whatever bytes, bid or no bid, with the mapping that is shipped. */
#include "ingest/manifest_parts.h"
#include "ingest/record/record.h"
#include "tests/fuzz/reading.h"

static struct hc_mapping *mapping;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct hc_err err = HC_ERR_NONE;
    (void)argc;
    (void)argv;
    hc_xml_setup();
    HOLDS(hc_mapping_new(&mapping, HC_STR_NONE, &err) == HC_OK);
    return 0;
}

static enum hc_status take(void *context, struct hc_record *record, struct hc_err *err)
{
    const struct hc_incident *incident = &record->manifest.incident;
    (void)context;
    (void)err;
    HOLDS(hc_manifest_is_id(incident->id) && fuzz_is_text(incident->origin) && incident->origin.n > 0);
    HOLDS(fuzz_is_text(incident->title) && fuzz_is_text(incident->severity) && record->line > 0);
    HOLDS(!hc_time_known(incident->window_start) || !hc_time_known(incident->window_end) ||
          incident->window_end.ns >= incident->window_start.ns);
    for (size_t i = 0; i < incident->n_tags; i++)
        HOLDS(fuzz_is_text(incident->tags[i].name) && fuzz_is_text(incident->tags[i].text));
    fuzz_reading(&record->reading);
    return HC_OK;
}

static enum hc_status refuse(void *context, struct hc_str member, const struct hc_err *why, struct hc_err *err)
{
    (void)context;
    (void)member;
    (void)err;
    HOLDS(why->code[0] != '\0');
    return HC_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct hc_record_sink sink = {.take = take, .refuse = refuse};
    struct hc_arena *arena = fuzz_arena();
    struct hc_err err = HC_ERR_NONE;
    struct hc_str bytes = {(const char *)data, size};
    const struct hc_record_context context = {
        .mapping = mapping, .member = HC_STR("file"), .arena = arena, .of_file = arena, .sink = &sink};
    if (size > 0) {
        int bid = FUZZ_READER.bid(bytes, mapping);
        HOLDS(bid >= 0 && bid <= 100);
        fuzz_status(FUZZ_READER.read(bytes, &context, &err), &err);
    }
    hc_arena_free(arena);
    return 0;
}
