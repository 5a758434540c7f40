/* Records of other tools, and post-mortems: any bytes give records that are whole, or none. */
#include "base/xml.h"
#include "ingest/record/record.h"
#include "tests/fuzz/fuzz.h"

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

static void check_text(struct hc_str text)
{
    HOLDS(hc_utf8_valid_prefix(text) == text.n);
    HOLDS(text.n == 0 || memchr(text.p, 0, text.n) == NULL);
}

static void check_incident(const struct hc_incident *incident)
{
    HOLDS(incident->id.n > 0 && incident->id.n <= 128);
    HOLDS(incident->origin.n > 0);
    check_text(incident->id);
    check_text(incident->title);
    check_text(incident->service);
    for (size_t i = 0; i < incident->n_tags; i++)
        check_text(incident->tags[i].text);
    for (size_t i = 0; i < incident->n_outcomes; i++)
        check_text(incident->outcomes[i].text);
    for (size_t i = 0; i < incident->n_documents; i++)
        check_text(incident->documents[i].text);
    for (size_t i = 0; i < incident->n_events; i++)
        HOLDS(incident->events[i].component == HC_NO_COMPONENT ||
              incident->events[i].component < incident->n_components);
    HOLDS(!hc_time_known(incident->window_start) || !hc_time_known(incident->window_end) ||
          incident->window_end.ns >= incident->window_start.ns);
}

static enum hc_status take(void *context, struct hc_record *record, struct hc_err *err)
{
    struct hc_redaction redaction;
    struct hc_incident *incident = NULL;
    enum hc_status status = hc_record_incident(&incident, record, NULL, &redaction, context, err);
    HOLDS(status == HC_OK);
    check_incident(incident);
    return HC_OK;
}

static enum hc_status refuse(void *context, struct hc_str member, const struct hc_err *why, struct hc_err *err)
{
    (void)context;
    (void)member;
    (void)err;
    HOLDS(why->code != NULL);
    return HC_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_err err = HC_ERR_NONE;
    const struct hc_record_sink sink = {.context = arena, .take = take, .refuse = refuse};
    const struct hc_record_context context = {
        .mapping = mapping, .member = HC_STR("a.md"), .arena = arena, .sink = &sink, .of_file = arena};
    if (!arena)
        return 0;
    enum hc_status status = hc_record_read((struct hc_str){(const char *)data, size}, &context, &err);
    HOLDS(status == HC_OK || status == HC_SKIP || status == HC_FAIL);
    hc_arena_free(arena);
    return 0;
}
