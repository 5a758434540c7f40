/* An incident made ready to be put: what can be wrong with it is looked at, and its blobs are made, before the store is
 * asked, so that it can be done by many threads and what cannot be packed costs nothing. */
#include "corpus/store/internal.h"

#define POINTS_BYTES 65536 /* a blob of points takes no further series past it */
#define ROOM_BYTES 65536   /* that a kind of blobs begins with: few need more, and are moved as they grow */

/* The blobs while they grow. */
struct blobs {
    struct hc_buf points, minutes, sources, record;
};

static void make_room(struct blobs *blobs)
{
    hc_buf_reserve(&blobs->points, ROOM_BYTES);
    hc_buf_reserve(&blobs->minutes, ROOM_BYTES);
    hc_buf_reserve(&blobs->sources, ROOM_BYTES);
    hc_buf_reserve(&blobs->record, ROOM_BYTES);
}

static enum hc_status pack_series(struct hc_packed *packed, struct hc_buf *points, const struct hc_incident *incident,
                                  struct hc_err *err)
{
    enum hc_status status = HC_OK;
    struct hc_times_kept times = {.n = 0};
    size_t from = 0;
    for (size_t i = 0; status == HC_OK && i < incident->n_series; i++) {
        if (i == 0 || points->n - from >= POINTS_BYTES) {
            from = points->n;
            packed->chunks[packed->n_chunks++] = (struct hc_packed_points){i, from};
        }
        status = hc_pack_points(points, &incident->series[i], &times, err);
    }
    packed->chunks[packed->n_chunks] = (struct hc_packed_points){incident->n_series, points->n};
    return status;
}

static bool is_earlier(struct hc_time a, struct hc_time b)
{
    if (!hc_time_known(a) || !hc_time_known(b))
        return hc_time_known(a);
    return a.ns != b.ns ? a.ns < b.ns : a.digits < b.digits;
}

static void add_up(struct hc_packed_counts *run, const struct hc_log_count *count)
{
    for (size_t m = 0; m < count->n_minutes; m++)
        run->lines += count->lines[m];
    run->first_at = is_earlier(count->first_at, run->first_at) ? count->first_at : run->first_at;
}

/* Counts of one template stand together. */
static enum hc_status pack_counts(struct hc_packed *packed, struct blobs *blobs, const struct hc_incident *incident,
                                  struct hc_err *err)
{
    const struct hc_log_count *counts = incident->log_counts;
    enum hc_status status = hc_minute_scale_of(&packed->scale, incident, err);
    for (size_t i = 0; status == HC_OK && i < incident->n_log_counts; i++) {
        uint32_t template = counts[i].template_index;
        if (i == 0 || template != counts[i - 1].template_index)
            packed->runs[packed->n_runs++] =
                (struct hc_packed_counts){.first = i, .template_index = template, .first_at = HC_TIME_NONE};
        add_up(&packed->runs[packed->n_runs - 1], &counts[i]);
    }
    packed->runs[packed->n_runs].first = incident->n_log_counts;
    if (status == HC_OK)
        hc_pack_counts(packed, &blobs->minutes, &blobs->sources, incident);
    return status;
}

static enum hc_status refused(const struct hc_arena *arena, struct hc_err *err)
{
    if (!hc_arena_exceeded(arena))
        return hc_store_no_memory(err);
    return hc_err_set(err, HC_FAIL, "memory-limit", "no room for the packed record of an incident");
}

static enum hc_status keep(struct hc_str *kept, const struct hc_buf *blob, struct hc_arena *arena, struct hc_err *err)
{
    if (blob->failed)
        return hc_store_no_memory(err);
    *kept = hc_str_copy(arena, hc_buf_view(blob));
    return kept->p ? HC_OK : refused(arena, err);
}

static enum hc_status keep_all(struct hc_packed *packed, const struct blobs *blobs, struct hc_arena *arena,
                               struct hc_err *err)
{
    enum hc_status status = keep(&packed->points, &blobs->points, arena, err);
    if (status == HC_OK)
        status = keep(&packed->minutes, &blobs->minutes, arena, err);
    if (status == HC_OK)
        status = keep(&packed->sources, &blobs->sources, arena, err);
    return status == HC_OK ? keep(&packed->record, &blobs->record, arena, err) : status;
}

enum hc_status hc_store_incident_pack(struct hc_packed **out, const struct hc_incident *incident,
                                      struct hc_arena *arena, struct hc_err *err)
{
    struct blobs blobs = {0};
    enum hc_status status = hc_record_validate(incident, err);
    if (status != HC_OK)
        return status;
    struct hc_packed *packed = hc_arena_calloc(arena, 1, sizeof *packed);
    if (!packed)
        return refused(arena, err);
    packed->chunks = hc_arena_alloc(arena, (incident->n_series + 1) * sizeof *packed->chunks);
    packed->runs = hc_arena_alloc(arena, (incident->n_log_counts + 1) * sizeof *packed->runs);
    if (!packed->chunks || !packed->runs)
        return refused(arena, err);
    make_room(&blobs);
    status = pack_series(packed, &blobs.points, incident, err);
    if (status == HC_OK)
        status = pack_counts(packed, &blobs, incident, err);
    if (status == HC_OK) {
        hc_pack_record(&blobs.record, incident);
        status = keep_all(packed, &blobs, arena, err);
    }
    if (status == HC_OK && !hc_checksum_incident(packed, incident))
        status = hc_store_no_memory(err);
    *out = packed;
    hc_buf_free(&blobs.points);
    hc_buf_free(&blobs.minutes);
    hc_buf_free(&blobs.sources);
    hc_buf_free(&blobs.record);
    return status;
}

void hc_store_incident_drop_packed(struct hc_incident *incident)
{
    for (size_t i = 0; i < incident->n_series; i++) {
        incident->series[i].at_ns = NULL;
        incident->series[i].values = NULL;
    }
    incident->n_baselines = incident->n_symptoms = incident->n_levels = incident->n_missing = 0;
    incident->n_log_counts = incident->n_trace_edges = incident->n_flow_steps = incident->n_flows = 0;
    incident->n_files = 0;
}
