/* An incident's blobs: made before its first row is written, so that what cannot be packed costs nothing. */
#include "corpus/store/internal.h"

#define POINTS_BYTES 65536 /* a blob of points takes no further series past it */
#define MINUTES_BYTES 1024 /* a blob of minutes no further template; the checksum shows it: change user_version too */

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
    packed->n_chunks = packed->n_runs = packed->n_run_chunks = 0;
    packed->chunks = hc_arena_alloc(packed->lists, (incident->n_series + 1) * sizeof *packed->chunks);
    packed->runs = hc_arena_alloc(packed->lists, (incident->n_log_counts + 1) * sizeof *packed->runs);
    packed->run_chunks = hc_arena_alloc(packed->lists, (incident->n_log_counts + 1) * sizeof *packed->run_chunks);
    return packed->chunks && packed->runs && packed->run_chunks ? HC_OK : hc_store_no_memory(err);
}

static enum hc_status pack_series(struct hc_packed *packed, const struct hc_incident *incident, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    size_t from = 0;
    for (size_t i = 0; status == HC_OK && i < incident->n_series; i++) {
        if (i == 0 || packed->points.n - from >= POINTS_BYTES) {
            from = packed->points.n;
            packed->chunks[packed->n_chunks++] = (struct hc_packed_points){i, from};
        }
        status = hc_pack_points(&packed->points, &incident->series[i], err);
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

/* Counts of one template stand together. */
static size_t run_end(const struct hc_incident *incident, size_t first)
{
    size_t end = first + 1;
    while (end < incident->n_log_counts &&
           incident->log_counts[end].template_index == incident->log_counts[first].template_index)
        end++;
    return end;
}

static void add_up(struct hc_packed_counts *run, const struct hc_log_count *counts, size_t end)
{
    for (size_t i = run->first; i < end; i++) {
        for (size_t m = 0; m < counts[i].n_minutes; m++)
            run->lines += counts[i].lines[m];
        run->n_minutes += counts[i].n_minutes;
        run->first_at = is_earlier(counts[i].first_at, run->first_at) ? counts[i].first_at : run->first_at;
    }
}

static enum hc_status pack_runs(struct hc_packed *packed, const struct hc_incident *incident, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    size_t end = 0, from = 0;
    for (size_t first = 0; status == HC_OK && first < incident->n_log_counts; first = end) {
        if (first == 0 || packed->minutes.n - from >= MINUTES_BYTES) {
            from = packed->minutes.n;
            packed->run_chunks[packed->n_run_chunks++] =
                (struct hc_packed_minutes){packed->n_runs, from, packed->sources.n};
            hc_pack_counts_begin(&packed->minutes, &packed->sources);
        }
        struct hc_packed_counts *run = &packed->runs[packed->n_runs++];
        *run = (struct hc_packed_counts){.first = first, .first_at = HC_TIME_NONE};
        run->minutes_from = (packed->minutes.n - from) / HC_PACKED_MINUTE_BYTES; /* the layout's byte is none */
        end = run_end(incident, first);
        add_up(run, incident->log_counts, end);
        status = hc_pack_counts(&packed->minutes, &packed->sources, &incident->log_counts[first], end - first, err);
    }
    packed->run_chunks[packed->n_run_chunks] =
        (struct hc_packed_minutes){packed->n_runs, packed->minutes.n, packed->sources.n};
    return status;
}

enum hc_status hc_pack_incident(struct hc_packed *packed, const struct hc_incident *incident, struct hc_err *err)
{
    enum hc_status status = make_room(packed, incident, err);
    if (status == HC_OK)
        status = pack_series(packed, incident, err);
    if (status == HC_OK)
        status = pack_runs(packed, incident, err);
    if (status != HC_OK)
        return status;
    hc_pack_record(&packed->record, incident);
    hc_checksum_incident(packed, incident);
    return packed->record.failed || packed->rows.failed ? hc_store_no_memory(err) : HC_OK;
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
