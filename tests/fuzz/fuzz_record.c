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
    struct hc_series series = {.n = 0}, again = {.n = 0};
    struct hc_times_kept times = {.n = 0};
    struct hc_buf out = {0};
    enum hc_status status = hc_unpack_points(&series, bytes, arena, err);
    HOLDS(status == HC_OK || err->code != NULL);
    if (status != HC_OK)
        return;
    /* In whichever form they are packed anew, they come back to the bit. */
    HOLDS(hc_pack_points(&out, &series, &times, err) == HC_OK && hc_points_length(hc_buf_view(&out)) == out.n);
    HOLDS(hc_unpack_points(&again, hc_buf_view(&out), arena, err) == HC_OK && again.n == series.n);
    HOLDS(series.n == 0 || memcmp(series.at_ns, again.at_ns, series.n * sizeof *series.at_ns) == 0);
    HOLDS(series.n == 0 || memcmp(series.values, again.values, series.n * sizeof *series.values) == 0);
    hc_buf_free(&out);
}

static enum hc_status sum(void *context, const struct hc_log_count *count, struct hc_err *err)
{
    uint64_t *lines = context;
    (void)err;
    for (size_t i = 0; i < count->n_minutes; i++)
        *lines += count->lines[i];
    return HC_OK;
}

/* A scale, a text and a blob: the first byte says how long the text is. */
static void counts(struct hc_str bytes, struct hc_arena *arena, struct hc_err *err)
{
    static const struct hc_evidence_file files[2];
    const struct hc_incident incident = {.n_components = 3, .files = (struct hc_evidence_file *)files, .n_files = 2};
    struct hc_counts_reader reader = {.incident = &incident, .arena = arena};
    uint32_t scale[3];
    uint64_t lines = 0;
    if (bytes.n < 1 + sizeof scale)
        return;
    size_t n = (unsigned char)bytes.p[0];
    memcpy(scale, bytes.p + 1, sizeof scale);
    bytes = (struct hc_str){bytes.p + 1 + sizeof scale, bytes.n - 1 - sizeof scale};
    n = n < bytes.n ? n : bytes.n;
    const struct hc_minute_scale of = {(int32_t)scale[0], scale[1], scale[2]};
    enum hc_status status =
        hc_counts_begin(&reader, &of, (struct hc_str){bytes.p, n}, (struct hc_str){bytes.p + n, bytes.n - n}, err);
    for (struct hc_counted of_key = {1, HC_STR("up to <*> of <*>")}; status == HC_OK && !hc_counts_at_end(&reader);
         of_key.key++)
        status = hc_counts_next(&reader, &of_key, sum, &lines, err);
    HOLDS(status == HC_OK || err->code != NULL);
    HOLDS(lines <= n * (uint64_t)UINT32_MAX);
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
