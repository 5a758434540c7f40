#include "analysis/evidence/series.h"

#include <math.h>

#include "analysis/evidence/evidence.h"
#include "analysis/stats/quantile.h"

#define NEAR_NS HC_NS_PER_HOUR
#define NEAR_ROWS 5
#define FAR_NS (12 * HC_NS_PER_HOUR)

struct hc_frame hc_frame_of(const struct hc_incident *incident)
{
    struct hc_frame frame = {incident->window_start.ns, INT64_MAX, HC_TIME_NONE_NS};
    if (hc_time_known(incident->window_end))
        frame.end_ns = incident->window_end.ns;
    if (hc_time_known(incident->detected))
        frame.symptom_ns = incident->detected.ns;
    for (size_t i = 0; i < incident->n_symptoms; i++) {
        struct hc_time at = incident->symptoms[i].at;
        if (hc_time_known(at) && (frame.symptom_ns == HC_TIME_NONE_NS || at.ns < frame.symptom_ns))
            frame.symptom_ns = at.ns;
    }
    return frame;
}

static bool grow_scratch(struct hc_series_scratch *s, size_t n)
{
    if (n <= s->capacity)
        return true;
    size_t capacity = n < 1024 ? 1024 : n + n / 2;
    s->reference = hc_arena_calloc(s->arena, capacity, sizeof *s->reference);
    s->window = hc_arena_calloc(s->arena, capacity, sizeof *s->window);
    s->near = hc_arena_calloc(s->arena, capacity, sizeof *s->near);
    s->window_at = hc_arena_calloc(s->arena, capacity, sizeof *s->window_at);
    if (!s->reference || !s->window || !s->near || !s->window_at)
        return false;
    s->capacity = capacity;
    return true;
}

static bool in_reference(const struct hc_incident *incident, int64_t at_ns)
{
    for (size_t i = 0; i < incident->n_baselines; i++) {
        if (at_ns >= incident->baselines[i].start.ns && at_ns < incident->baselines[i].end.ns)
            return true;
    }
    return false;
}

/* What the rows are used for: counts, and how near in time the reference lies. */
struct rows {
    size_t n_reference, n_window, n_near;
    int64_t nearest_ns;
};

static struct rows sort_rows(const struct hc_series *series, const struct hc_incident *incident,
                             const struct hc_frame *frame, struct hc_series_scratch *s)
{
    struct rows rows = {.nearest_ns = INT64_MAX};
    for (size_t i = 0; i < series->n; i++) {
        int64_t at = series->at_ns[i];
        if (at >= frame->start_ns && at < frame->end_ns) {
            s->window_at[rows.n_window] = at;
            s->window[rows.n_window++] = series->values[i];
            continue;
        }
        bool is_near = at < frame->start_ns && frame->start_ns - at <= NEAR_NS;
        if (is_near)
            s->near[rows.n_near++] = series->values[i];
        if (!is_near && !in_reference(incident, at))
            continue;
        s->reference[rows.n_reference++] = series->values[i];
        int64_t distance = at < frame->start_ns ? frame->start_ns - at : at - frame->end_ns;
        if (distance < rows.nearest_ns)
            rows.nearest_ns = distance;
    }
    return rows;
}

static int64_t row_step(const struct rows *rows, const struct hc_series_scratch *s)
{
    int64_t least = INT64_MAX;
    for (size_t i = 1; i < rows->n_window; i++) {
        int64_t step = s->window_at[i] - s->window_at[i - 1];
        least = step < least ? step : least;
    }
    return rows->n_window > 1 ? least : 0;
}

/* Rows of the window that ended before the first symptom: they have the level of today, and no trouble yet. */
static size_t clean_rows(const struct rows *rows, const struct hc_frame *frame, const struct hc_series_scratch *s)
{
    if (frame->symptom_ns == HC_TIME_NONE_NS || rows->n_window < 2)
        return 0;
    int64_t step = row_step(rows, s);
    size_t n = 0;
    while (n < rows->n_window && s->window_at[n] + step < frame->symptom_ns)
        n++;
    if (n == rows->n_window)
        n = rows->n_window - 1;
    return n > 0 ? n : 1;
}

enum hc_status hc_series_cut(struct hc_series_cut *out, const struct hc_series *series,
                             const struct hc_incident *incident, const struct hc_frame *frame,
                             struct hc_series_scratch *s)
{
    if (!grow_scratch(s, series->n))
        return HC_FATAL;
    struct rows rows = sort_rows(series, incident, frame, s);
    if (rows.n_reference == 0 || rows.n_window == 0)
        return HC_SKIP;
    *out = (struct hc_series_cut){.n_reference = rows.n_reference, .centre = (double)NAN};
    size_t skip = 0;
    if (rows.n_near == rows.n_reference) {
        /* Then its centre is the reference's own, which is measured below. */
    } else if (rows.n_near >= NEAR_ROWS) {
        out->centre = hc_median(s->near, rows.n_near);
    } else if (rows.nearest_ns > FAR_NS) {
        skip = clean_rows(&rows, frame, s);
        for (size_t i = 0; i < skip; i++)
            s->near[i] = s->window[i];
        if (skip)
            out->centre = hc_median(s->near, skip);
    }
    const double *window = s->window + skip;
    out->n_window = rows.n_window - skip;
    hc_shift_measure(&out->shift, s->reference, rows.n_reference, window, out->n_window, out->centre);
    out->centre = out->shift.median;
    out->worst_up = out->worst_down = window[0];
    for (size_t i = 1; i < out->n_window; i++) {
        out->worst_up = window[i] > out->worst_up ? window[i] : out->worst_up;
        out->worst_down = window[i] < out->worst_down ? window[i] : out->worst_down;
    }
    size_t up = hc_shift_onset(window, out->n_window, out->centre, out->shift.scale_up, 1);
    size_t down = hc_shift_onset(window, out->n_window, out->centre, out->shift.scale_down, -1);
    out->onset_up_ns = s->window_at[skip + up];
    out->onset_down_ns = s->window_at[skip + down];
    return HC_OK;
}

int hc_series_direction(const struct hc_series_cut *cut)
{
    if (cut->shift.z_up == cut->shift.z_down)
        return cut->worst_up - cut->centre >= cut->centre - cut->worst_down ? 1 : -1;
    return cut->shift.z_up > cut->shift.z_down ? 1 : -1;
}

enum hc_status hc_evidence_summarise(struct hc_incident *incident, struct hc_arena *arena, struct hc_err *err)
{
    struct hc_frame frame = hc_frame_of(incident);
    struct hc_series_scratch scratch = {.arena = arena};
    for (size_t i = 0; i < incident->n_series; i++) {
        struct hc_series *series = &incident->series[i];
        struct hc_series_cut cut;
        series->baseline_median = series->baseline_mad = series->peak = series->score = (double)NAN;
        series->onset_at = HC_TIME_NONE;
        enum hc_status status = hc_series_cut(&cut, series, incident, &frame, &scratch);
        if (status == HC_FATAL)
            return hc_err_set(err, hc_arena_exceeded(arena) ? HC_FAIL : HC_FATAL,
                              hc_arena_exceeded(arena) ? "memory-limit" : "out-of-memory",
                              "no memory to summarise %zu series", incident->n_series);
        if (status != HC_OK)
            continue;
        bool up = hc_series_direction(&cut) > 0;
        series->baseline_median = cut.centre;
        series->baseline_mad = cut.shift.mad;
        series->peak = up ? cut.worst_up : cut.worst_down;
        series->score = hc_shift_surprise(up ? cut.shift.z_up : cut.shift.z_down, HC_METRIC_QUIET);
        if (series->score > 0)
            series->onset_at = (struct hc_time){up ? cut.onset_up_ns : cut.onset_down_ns, 0};
    }
    return HC_OK;
}
