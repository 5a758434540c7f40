#include "analysis/evidence/series.h"

#include <math.h>
#include <string.h>

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

static bool in_reference(const struct hc_incident *incident, int64_t at_ns)
{
    for (size_t i = 0; i < incident->n_baselines; i++) {
        if (at_ns >= incident->baselines[i].start.ns && at_ns < incident->baselines[i].end.ns)
            return true;
    }
    return false;
}

struct run {
    size_t from, to;
};

/* What the rows of a series are used for, which its times alone tell: of a table's columns one stands for all. */
struct rows {
    const int64_t *at_ns;
    size_t n;
    size_t near, window, after; /* the last hour before the window [near, window), the window [window, after) */
    struct run *reference;      /* of rows, the near ones among them */
    size_t n_runs, n_reference;
    uint64_t nearest_ns; /* how near in time the reference lies */
};

/* Buffers for the longest series. */
struct scratch {
    struct rows rows;
    double *reference, *near, *room;
};

static bool make_scratch(struct scratch *s, const struct hc_incident *incident, struct hc_arena *arena)
{
    size_t n = 1;
    for (size_t i = 0; i < incident->n_series; i++)
        n = incident->series[i].n > n ? incident->series[i].n : n;
    *s = (struct scratch){.rows = {.reference = hc_arena_calloc(arena, n, sizeof *s->rows.reference)},
                          .reference = hc_arena_calloc(arena, n, sizeof *s->reference),
                          .near = hc_arena_calloc(arena, n, sizeof *s->near),
                          .room = hc_arena_calloc(arena, n, sizeof *s->room)};
    return s->rows.reference && s->reference && s->near && s->room;
}

static size_t first_from(const int64_t *at_ns, size_t n, int64_t from_ns)
{
    size_t low = 0;
    while (low < n) {
        size_t middle = low + (n - low) / 2;
        if (at_ns[middle] < from_ns)
            low = middle + 1;
        else
            n = middle;
    }
    return low;
}

/* Rows of one side of the window. */
static void add_reference_rows(struct rows *rows, const struct hc_frame *frame, size_t from, size_t to)
{
    bool before = from < rows->window;
    uint64_t distance = before ? (uint64_t)frame->start_ns - (uint64_t)rows->at_ns[to - 1]
                               : (uint64_t)rows->at_ns[from] - (uint64_t)frame->end_ns;
    rows->nearest_ns = distance < rows->nearest_ns ? distance : rows->nearest_ns;
    rows->n_reference += to - from;
    if (rows->n_runs == 0 || rows->reference[rows->n_runs - 1].to != from)
        rows->reference[rows->n_runs++] = (struct run){from, from};
    rows->reference[rows->n_runs - 1].to = to;
}

static void find_rows(struct rows *rows, const struct hc_series *series, const struct hc_incident *incident,
                      const struct hc_frame *frame)
{
    const int64_t *at = series->at_ns;
    if (series->n == rows->n && (at == rows->at_ns || memcmp(at, rows->at_ns, series->n * sizeof *at) == 0))
        return;
    int64_t near_ns = frame->start_ns < INT64_MIN + NEAR_NS ? INT64_MIN : frame->start_ns - NEAR_NS;
    size_t window = first_from(at, series->n, frame->start_ns);
    *rows = (struct rows){.at_ns = at,
                          .n = series->n,
                          .near = first_from(at, window, near_ns),
                          .window = window,
                          .after = window + first_from(at + window, series->n - window, frame->end_ns),
                          .reference = rows->reference,
                          .nearest_ns = UINT64_MAX};
    for (size_t i = 0; i < rows->near; i++)
        if (in_reference(incident, at[i]))
            add_reference_rows(rows, frame, i, i + 1);
    if (rows->near < rows->window)
        add_reference_rows(rows, frame, rows->near, rows->window);
    for (size_t i = rows->after; i < rows->n; i++)
        if (in_reference(incident, at[i]))
            add_reference_rows(rows, frame, i, i + 1);
}

static int64_t row_step(const int64_t *at_ns, size_t n)
{
    int64_t least = INT64_MAX;
    for (size_t i = 1; i < n; i++)
        least = at_ns[i] - at_ns[i - 1] < least ? at_ns[i] - at_ns[i - 1] : least;
    return n > 1 ? least : 0;
}

/* Rows of the window that ended before the first symptom: they have the level of today, and no trouble yet. */
static size_t clean_rows(const struct rows *rows, const struct hc_frame *frame)
{
    const int64_t *at_ns = rows->at_ns + rows->window;
    size_t n_window = rows->after - rows->window;
    if (frame->symptom_ns == HC_TIME_NONE_NS || n_window < 2)
        return 0;
    int64_t step = row_step(at_ns, n_window);
    size_t n = 0;
    while (n < n_window && at_ns[n] + step < frame->symptom_ns)
        n++;
    if (n == n_window)
        n = n_window - 1;
    return n > 0 ? n : 1;
}

static double median_of(const double *values, size_t n, struct scratch *s)
{
    memcpy(s->near, values, n * sizeof *values);
    return hc_median(s->near, s->room, n);
}

static void cut_series(struct hc_series_cut *out, const struct hc_series *series, const struct hc_frame *frame,
                       struct scratch *s)
{
    const struct rows *rows = &s->rows;
    size_t skip = 0, n_near = rows->window - rows->near;
    if (rows->n_reference == 0 || rows->after == rows->window)
        return;
    out->centre = (double)NAN;
    if (n_near == rows->n_reference) {
        /* Then its centre is the reference's own, which is measured below. */
    } else if (n_near >= NEAR_ROWS) {
        out->centre = median_of(series->values + rows->near, n_near, s);
    } else if (rows->nearest_ns > FAR_NS) {
        skip = clean_rows(rows, frame);
        if (skip)
            out->centre = median_of(series->values + rows->window, skip, s);
    }
    size_t n_reference = 0;
    for (size_t i = 0; i < rows->n_runs; i++) {
        struct run run = rows->reference[i];
        memcpy(s->reference + n_reference, series->values + run.from, (run.to - run.from) * sizeof *s->reference);
        n_reference += run.to - run.from;
    }
    const double *window = series->values + rows->window + skip;
    const int64_t *window_at = series->at_ns + rows->window + skip;
    out->n_window = rows->after - rows->window - skip;
    hc_shift_measure(&out->shift, s->reference, s->room, n_reference, window, out->n_window, out->centre);
    out->centre = out->shift.median;
    out->worst_up = out->worst_down = window[0];
    for (size_t i = 1; i < out->n_window; i++) {
        out->worst_up = window[i] > out->worst_up ? window[i] : out->worst_up;
        out->worst_down = window[i] < out->worst_down ? window[i] : out->worst_down;
    }
    out->onset_up_ns = window_at[hc_shift_onset(window, out->n_window, out->centre, out->shift.scale_up, 1)];
    out->onset_down_ns = window_at[hc_shift_onset(window, out->n_window, out->centre, out->shift.scale_down, -1)];
}

const struct hc_series_cut *hc_series_cut_all(const struct hc_incident *incident, struct hc_arena *arena)
{
    struct hc_frame frame = hc_frame_of(incident);
    struct scratch s;
    struct hc_series_cut *cuts = hc_arena_calloc(arena, incident->n_series, sizeof *cuts);
    if (!cuts || !make_scratch(&s, incident, arena))
        return NULL;
    for (size_t i = 0; i < incident->n_series; i++) {
        if (incident->series[i].n == 0)
            continue;
        find_rows(&s.rows, &incident->series[i], incident, &frame);
        cut_series(&cuts[i], &incident->series[i], &frame, &s);
    }
    return cuts;
}

/* The sign of the greater shift. */
static bool goes_up(const struct hc_series_cut *cut)
{
    if (cut->shift.z_up == cut->shift.z_down)
        return cut->worst_up - cut->centre >= cut->centre - cut->worst_down;
    return cut->shift.z_up > cut->shift.z_down;
}

void hc_series_summarise(struct hc_incident *incident, const struct hc_series_cut *cuts)
{
    for (size_t i = 0; i < incident->n_series; i++) {
        struct hc_series *series = &incident->series[i];
        const struct hc_series_cut *cut = &cuts[i];
        series->baseline_median = series->baseline_mad = series->peak = series->score = (double)NAN;
        series->onset_at = HC_TIME_NONE;
        if (cut->n_window == 0)
            continue;
        bool up = goes_up(cut);
        series->baseline_median = cut->centre;
        series->baseline_mad = cut->shift.mad;
        series->peak = up ? cut->worst_up : cut->worst_down;
        series->score = hc_shift_surprise(up ? cut->shift.z_up : cut->shift.z_down, HC_METRIC_QUIET);
        if (series->score > 0)
            series->onset_at = (struct hc_time){up ? cut->onset_up_ns : cut->onset_down_ns, 0};
    }
}
