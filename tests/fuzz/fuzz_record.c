/* What the corpus packs: the lists of an incident, a series' points and a template's counts, as a damaged file may hold
 * them. The first byte chooses. */
#include "corpus/store/internal.h"
#include "tests/fuzz/fuzz.h"

static void record(struct hc_str bytes, struct hc_arena *arena, struct hc_err *err)
{
    struct hc_incident incident = {.n_warnings = 0}, again = {.n_warnings = 0};
    struct hc_buf out = {0};
    enum hc_status status = hc_unpack_record(&incident, bytes, arena, err);
    HOLDS(status == HC_OK || err->code != NULL);
    if (status == HC_OK) {
        hc_pack_record(&out, &incident);
        HOLDS(!out.failed && hc_unpack_record(&again, hc_buf_view(&out), arena, err) == HC_OK);
        HOLDS(again.n_files == incident.n_files && again.n_levels == incident.n_levels);
        hc_buf_free(&out);
    }
}

static void points(struct hc_str bytes, struct hc_arena *arena, struct hc_err *err)
{
    struct hc_series series = {.n = 0};
    enum hc_status status = hc_unpack_points(&series, bytes, arena, err);
    HOLDS(status == HC_OK || err->code != NULL);
}

static enum hc_status sum(void *context, const struct hc_log_count *count, struct hc_err *err)
{
    uint64_t *lines = context;
    (void)err;
    for (size_t i = 0; i < count->n_minutes; i++)
        *lines += count->lines[i];
    return HC_OK;
}

/* Two blobs: the first byte says how many entries the first has. */
static void counts(struct hc_str bytes, struct hc_arena *arena, struct hc_err *err)
{
    size_t n = bytes.n ? 1 + 12 * (size_t)(unsigned char)bytes.p[0] : 0;
    n = n < bytes.n ? n : 0;
    struct hc_str minutes = {bytes.p + 1, n};
    struct hc_str sources = {bytes.p + 1 + n, n ? bytes.n - 1 - n : 0};
    uint64_t lines = 0, expected = 0;
    struct hc_counts_reader reader;
    enum hc_status status = hc_counts_begin(&reader, minutes, sources, arena, err);
    while (status == HC_OK && !hc_counts_at_end(&reader))
        status = hc_counts_next(&reader, sum, &lines, err);
    HOLDS(status == HC_OK || err->code != NULL);
    for (size_t i = 0; status == HC_OK && 12 * i + 1 < n; i++)
        expected += hc_minutes_get(minutes, i).lines;
    HOLDS(status != HC_OK || lines == expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hc_arena *arena = fuzz_arena();
    struct hc_err err = HC_ERR_NONE;
    if (size > 0) {
        struct hc_str bytes = {(const char *)data + 1, size - 1};
        if (data[0] % 3 == 0)
            record(bytes, arena, &err);
        else if (data[0] % 3 == 1)
            points(bytes, arena, &err);
        else
            counts(bytes, arena, &err);
    }
    hc_arena_free(arena);
    return 0;
}
