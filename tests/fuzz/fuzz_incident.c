/* One bundle through the whole house: files in, a report out. The input is the bundle's files, each after a line
 * "=== PATH"; what stands before the first such line is its manifest. */
#include <math.h>

#include "analysis/model/model.h"
#include "base/xml.h"
#include "ingest/assemble.h"
#include "reports/incident.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/reading.h"

#define MOST_FILES 8

static struct hc_catalogue *catalogue;
static struct hc_model *model;
static struct hc_xml_schema *schema;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct hc_err err = HC_ERR_NONE;
    (void)argc;
    (void)argv;
    hc_xml_setup();
    HOLDS(hc_catalogue_read(&catalogue, HC_STR_NONE, &err) == HC_OK);
    HOLDS(hc_model_expert(&model, catalogue, &err) == HC_OK);
    HOLDS(hc_xml_schema_new(&schema, hc_manifest_schema(), &err) == HC_OK);
    return 0;
}

/* Cuts the next part off, up to the next line "=== PATH" or the end. */
static struct hc_str next_part(struct hc_str *rest, struct hc_str *path)
{
    struct hc_str part = *rest;
    const char *mark = rest->n > 4 ? memmem(rest->p, rest->n, "\n=== ", 5) : NULL;
    *path = HC_STR_NONE;
    if (!mark) {
        *rest = HC_STR_NONE;
        return part;
    }
    part.n = (size_t)(mark - part.p) + 1;
    struct hc_str after = {mark + 5, rest->n - part.n - 4};
    const char *newline = memchr(after.p, '\n', after.n);
    size_t n = newline ? (size_t)(newline - after.p) : after.n;
    *path = (struct hc_str){after.p, n};
    n += newline ? 1 : 0;
    *rest = (struct hc_str){after.p + n, after.n - n};
    return part;
}

static void add_file(struct hc_assembly_file *to, struct hc_manifest *manifest, struct hc_str path, struct hc_str bytes,
                     struct hc_arena *arena)
{
    struct hc_err err = HC_ERR_NONE;
    struct hc_read_context context = {.member = path,
                                      .entry = hc_manifest_entry(manifest, path),
                                      .service = manifest->incident.service,
                                      .window_start = manifest->incident.window_start,
                                      .window_end = manifest->incident.window_end,
                                      .known_components = &manifest->components};
    *to = (struct hc_assembly_file){.file.member = path, .file.n_bytes = bytes.n};
    hc_sha256_once(bytes.p, bytes.n, to->file.sha256);
    to->reading = hc_arena_calloc(arena, 1, sizeof *to->reading);
    HOLDS(to->reading != NULL);
    hc_reading_init(to->reading, arena);
    enum hc_status status = hc_file_read(bytes, &context, to->reading, &to->file, &err);
    fuzz_status(status, &err);
    if (status == HC_FAIL)
        to->reading = NULL;
}

static struct hc_incident *read_bundle(struct hc_str bytes, struct hc_manifest *manifest, struct hc_arena *arena)
{
    struct hc_err err = HC_ERR_NONE;
    struct hc_assembly_file files[MOST_FILES];
    struct hc_incident *incident = NULL;
    struct hc_str path, next, part = next_part(&bytes, &path);
    size_t n = 0;
    if (hc_manifest_read(manifest, part, schema, arena, &err) != HC_OK)
        return NULL;
    while (path.p && n < MOST_FILES) {
        part = next_part(&bytes, &next);
        if (path.n > 0 && path.n < 256 && fuzz_is_text(path))
            add_file(&files[n++], manifest, path, part, arena);
        path = next;
    }
    enum hc_status status = hc_assemble(&incident, manifest, files, n, arena, &err);
    fuzz_status(status, &err);
    return status == HC_OK ? incident : NULL;
}

static void check(const struct hc_analysis *analysis)
{
    double sum = analysis->unexplained;
    for (size_t i = 0; i < analysis->n_hypotheses; i++) {
        const struct hc_hypothesis *h = &analysis->hypotheses[i];
        HOLDS(h->probability >= 0.0 && h->probability <= 1.0);
        HOLDS(i == 0 || analysis->hypotheses[i - 1].probability >= h->probability);
        sum += h->probability;
    }
    HOLDS(fabs(sum - 1.0) < 1e-9);
}

static void report(const struct hc_incident *incident, const struct hc_evidence *evidence,
                   const struct hc_analysis *analysis)
{
    struct hc_err err = HC_ERR_NONE;
    struct hc_buf html = {0}, markdown = {0};
    struct hc_incident_report parts = {
        .incident = incident, .analysis = analysis, .evidence = evidence, .catalogue = catalogue};
    HOLDS(hc_report_incident_html(&parts, &html, &err) == HC_OK);
    HOLDS(hc_report_incident_markdown(&parts, &markdown, &err) == HC_OK);
    HOLDS(fuzz_is_text(hc_buf_view(&html)) && fuzz_is_text(hc_buf_view(&markdown)));
    HOLDS(!memmem(html.p, html.n, "<script", 7));
    hc_buf_free(&html);
    hc_buf_free(&markdown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hc_arena *arena = fuzz_arena();
    struct hc_err err = HC_ERR_NONE;
    struct hc_evidence evidence;
    struct hc_analysis analysis;
    struct hc_manifest manifest;
    struct hc_incident *incident = read_bundle((struct hc_str){(const char *)data, size}, &manifest, arena);
    if (incident) {
        HOLDS(hc_evidence_derive(incident, catalogue, arena, &evidence, &err) == HC_OK);
        HOLDS(hc_model_analyze(model, catalogue, incident, &evidence, arena, &analysis, &err) == HC_OK);
        check(&analysis);
        report(incident, &evidence, &analysis);
    }
    hc_arena_free(arena);
    return 0;
}
