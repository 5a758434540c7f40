/* An incident's blobs: made before its first row is written, so that what cannot be packed costs nothing. */
#include "corpus/store/internal.h"

#define POINTS_BYTES 65536 /* a blob of points takes no further series past it */

static enum hc_status make_room(struct hc_packed *packed, const struct hc_incident *incident, struct hc_err *err)
{
    if (!packed->lists)
        packed->lists = hc_arena_new(0);
    if (!packed->lists)
        return hc_store_no_memory(err);
    hc_arena_reset(packed->lists);
    hc_buf_clear(&packed->points);
    hc_buf_clear(&packed->minutes);
    hc_buf_clear(&packed->sources);
    hc_buf_clear(&packed->record);
    packed->n_chunks = packed->n_runs = 0;
    packed->chunks = hc_arena_alloc(packed->lists, (incident->n_series + 1) * sizeof *packed->chunks);
    packed->runs = hc_arena_alloc(packed->lists, (incident->n_log_counts + 1) * sizeof *packed->runs);
    return packed->chunks && packed->runs ? HC_OK : hc_store_no_memory(err);
}

static enum hc_status pack_series(struct hc_packed *packed, const struct hc_incident *incident, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    struct hc_times_kept times = {.n = 0};
    size_t from = 0;
    for (size_t i = 0; status == HC_OK && i < incident->n_series; i++) {
        if (i == 0 || packed->points.n - from >= POINTS_BYTES) {
            from = packed->points.n;
            packed->chunks[packed->n_chunks++] = (struct hc_packed_points){i, from};
        }
        status = hc_pack_points(&packed->points, &incident->series[i], &times, err);
    }
    packed->chunks[packed->n_chunks] = (struct hc_packed_points){incident->n_series, packed->points.n};
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
static enum hc_status pack_counts(struct hc_packed *packed, const struct hc_incident *incident, struct hc_err *err)
{
    const struct hc_log_count *counts = incident->log_counts;
    enum hc_status status = hc_minute_scale_of(&packed->scale, incident, err);
    for (size_t i = 0; status == HC_OK && i < incident->n_log_counts; i++) {
        if (i == 0 || counts[i].template_index != counts[i - 1].template_index)
            packed->runs[packed->n_runs++] = (struct hc_packed_counts){.first = i, .first_at = HC_TIME_NONE};
        add_up(&packed->runs[packed->n_runs - 1], &counts[i]);
    }
    packed->runs[packed->n_runs].first = incident->n_log_counts;
    if (status == HC_OK)
        hc_pack_counts(packed, incident);
    return status;
}

enum hc_status hc_pack_incident(struct hc_packed *packed, const struct hc_incident *incident, struct hc_err *err)
{
    enum hc_status status = make_room(packed, incident, err);
    if (status == HC_OK)
        status = pack_series(packed, incident, err);
    if (status == HC_OK)
        status = pack_counts(packed, incident, err);
    if (status != HC_OK)
        return status;
    hc_pack_record(&packed->record, incident);
    hc_checksum_incident(packed, incident);
    const struct hc_buf *const made[] = {&packed->points, &packed->minutes, &packed->sources, &packed->record,
                                         &packed->rows};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        if (made[i]->failed)
            return hc_store_no_memory(err);
    return HC_OK;
}

void hc_packed_free(struct hc_packed *packed)
{
    hc_arena_free(packed->lists);
    hc_buf_free(&packed->points);
    hc_buf_free(&packed->minutes);
    hc_buf_free(&packed->sources);
    hc_buf_free(&packed->record);
    hc_buf_free(&packed->rows);
}
