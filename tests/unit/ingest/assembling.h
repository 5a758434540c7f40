/* What tests of the assembly share: an incident from a manifest and files given as text. */
#ifndef HC_TESTS_UNIT_INGEST_ASSEMBLING_H
#define HC_TESTS_UNIT_INGEST_ASSEMBLING_H

#include "tests/unit/ingest/reading.h"

#include "ingest/assemble.h"

#define TEST_FILES 16

struct test_file {
    const char *member, *text;
};

/* start 10:00, end 11:00, baseline 09:00 to 10:00 of 1970-01-01, in seconds 36000 and 39600 and from 32400 */
#define TEST_MANIFEST(body)                                 \
    "<incident xmlns=\"urn:hindcast:incident:1\" id=\"A\">" \
    "<window start=\"1970-01-01T10:00:00Z\" end=\"1970-01-01T11:00:00Z\"/>" body "</incident>"

/* Reads the manifest and the files, handed over in the order of `order` (NULL: as they stand). */
static inline struct hc_incident *test_assemble(struct hc_arena *arena, const char *manifest_text,
                                                const struct test_file *files, size_t n, const size_t *order)
{
    struct hc_err err = HC_ERR_NONE;
    struct hc_manifest *manifest = hc_arena_calloc(arena, 1, sizeof *manifest);
    struct hc_assembly_file *list = hc_arena_calloc(arena, n + 1, sizeof *list);
    assert_true(manifest != NULL && list != NULL);
    if (hc_manifest_read(manifest, hc_str_of(manifest_text), NULL, arena, &err) != HC_OK)
        fail_msg("%s", err.text);
    list[n].file.member = HC_STR("incident.xml");
    hc_sha256_once(manifest_text, strlen(manifest_text), list[n].file.sha256);
    for (size_t i = 0; i < n; i++) {
        const struct test_file *from = &files[order == NULL ? i : order[i]];
        list[i].file.member = hc_str_of(from->member);
        hc_sha256_once(from->text, strlen(from->text), list[i].file.sha256);
        list[i].reading = hc_arena_calloc(arena, 1, sizeof *list[i].reading);
        hc_reading_init(list[i].reading, arena);
        struct hc_read_context context = {.member = list[i].file.member,
                                          .entry = hc_manifest_entry(manifest, list[i].file.member),
                                          .service = manifest->incident.service,
                                          .window_start = manifest->incident.window_start,
                                          .window_end = manifest->incident.window_end,
                                          .known_components = &manifest->components};
        enum hc_status status = hc_file_read(hc_str_of(from->text), &context, list[i].reading, &list[i].file, &err);
        assert_true(status == HC_OK || status == HC_SKIP);
    }
    struct hc_incident *incident = NULL;
    if (hc_assemble(&incident, manifest, list, n + 1, arena, &err) != HC_OK)
        fail_msg("%s", err.text);
    return incident;
}

static inline uint32_t test_component(const struct hc_incident *incident, const char *name)
{
    for (size_t i = 0; i < incident->n_components; i++) {
        if (hc_str_is(incident->components[i].name, name))
            return (uint32_t)i;
    }
    return HC_NO_COMPONENT;
}

static inline size_t test_incident_warnings(const struct hc_incident *incident, const char *code)
{
    size_t n = 0;
    for (size_t i = 0; i < incident->n_warnings; i++)
        n += hc_str_is(incident->warnings[i].code, code);
    return n;
}

#endif
