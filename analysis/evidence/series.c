#include "analysis/evidence/series.h"

#include <math.h>
#include <string.h>

#include "analysis/stats/quantile.h"
#include "base/sort.h"

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
    size_t n_runs_most;  /* where times ascend */
    uint64_t nearest_ns; /* how near in time the reference lies */
};

/* Up to so many rows, references are sorted as the columns of one table. */
#define TABLE_ROWS_MOST 256

/* Series that are cut together: one whose reference has more rows than that is cut alone. */
struct batch {
    size_t n;
    size_t series[HC_SORT_COLUMNS]; /* the incident's */
    struct rows rows[HC_SORT_COLUMNS];
};

/* Buffers; those for the longest series count where memory is short. */
struct scratch {
    size_t n_short;   /* rows of a reference that is sorted with others, at most */
    struct rows rows; /* of the last series */
    struct batch batch;
    double *references; /* [HC_SORT_COLUMNS][n_short] of the batch */
    double *table;      /* [n_short][HC_SORT_COLUMNS] */
    double *alone, *near, *room;
};

static bool make_scratch(struct scratch *s, const struct hc_incident *incident, struct hc_arena *arena)
{
    size_t n = 1;
    for (size_t i = 0; i < incident->n_series; i++)
        n = incident->series[i].n > n ? incident->series[i].n : n;
    size_t n_short = n < TABLE_ROWS_MOST ? n : TABLE_ROWS_MOST, n_table = n_short * HC_SORT_COLUMNS;
    size_t n_runs = 2 * incident->n_baselines + 2; /* a baseline may lie on both sides of the window */
    *s = (struct scratch){
        .n_short = n_short,
        .rows = {.reference = hc_arena_alloc(arena, n_runs * sizeof *s->rows.reference), .n_runs_most = n_runs},
        .references = hc_arena_alloc(arena, n_table * sizeof *s->references),
        .table = hc_arena_alloc(arena, n_table * sizeof *s->table),
        .alone = hc_arena_alloc(arena, n * sizeof *s->alone),
        .near = hc_arena_alloc(arena, n * sizeof *s->near),
        .room = hc_arena_alloc(arena, n * sizeof *s->room)};
    return s->rows.reference && s->references && s->table && s->alone && s->near && s->room;
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
    bool goes_on = rows->n_runs > 0 && rows->reference[rows->n_runs - 1].to == from;
    if (!goes_on && rows->n_runs == rows->n_runs_most)
        return;
    uint64_t distance = before ? (uint64_t)frame->start_ns - (uint64_t)rows->at_ns[to - 1]
                               : (uint64_t)rows->at_ns[from] - (uint64_t)frame->end_ns;
    rows->nearest_ns = distance < rows->nearest_ns ? distance : rows->nearest_ns;
    rows->n_reference += to - from;
    if (!goes_on)
        rows->reference[rows->n_runs++] = (struct run){from, from};
    rows->reference[rows->n_runs - 1].to = to;
}

static bool has_rows(const struct hc_series *series, const struct rows *rows)
{
    const int64_t *at = series->at_ns;
    return series->n == rows->n && (at == rows->at_ns || memcmp(at, rows->at_ns, series->n * sizeof *at) == 0);
}

static void find_rows(struct rows *rows, const struct hc_series *series, const struct hc_incident *incident,
                      const struct hc_frame *frame)
{
    const int64_t *at = series->at_ns;
    int64_t near_ns = frame->start_ns < INT64_MIN + NEAR_NS ? INT64_MIN : frame->start_ns - NEAR_NS;
    size_t window = first_from(at, series->n, frame->start_ns);
    *rows = (struct rows){.at_ns = at,
                          .n = series->n,
                          .near = first_from(at, window, near_ns),
                          .window = window,
                          .after = window + first_from(at + window, series->n - window, frame->end_ns),
                          .reference = rows->reference,
                          .n_runs_most = rows->n_runs_most,
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

static void copy_reference(const struct scratch *s, const struct hc_series *series, double *end)
{
    for (size_t i = 0; i < s->rows.n_runs; i++) {
        struct run run = s->rows.reference[i];
        memcpy(end, series->values + run.from, (run.to - run.from) * sizeof *end);
        end += run.to - run.from;
    }
}

static void add_to_batch(struct scratch *s, size_t at, const struct hc_series *series)
{
    copy_reference(s, series, s->references + s->batch.n * s->n_short);
    s->batch.rows[s->batch.n] = s->rows;
    s->batch.series[s->batch.n++] = at;
}

/* Sorts the references of a batch as the columns of one table. Infinity fills up those that are shorter. */
static void sort_together(struct scratch *s, size_t n_rows)
{
    double *row = s->table;
    for (size_t c = 0; c < HC_SORT_COLUMNS; c++) {
        double *reference = s->references + c * s->n_short;
        for (size_t i = c < s->batch.n ? s->batch.rows[c].n_reference : 0; i < n_rows; i++)
            reference[i] = (double)INFINITY;
    }
    for (size_t i = 0; i < n_rows; i++, row += HC_SORT_COLUMNS)
        for (size_t c = 0; c < HC_SORT_COLUMNS; c++)
            row[c] = s->references[c * s->n_short + i];
    hc_sort_columns(s->table, n_rows);
    row = s->table;
    for (size_t i = 0; i < n_rows; i++, row += HC_SORT_COLUMNS)
        for (size_t c = 0; c < HC_SORT_COLUMNS; c++)
            s->references[c * s->n_short + i] = row[c];
}

/* A table costs the same however little of it is filled. */
static void sort_references(struct scratch *s)
{
    size_t most = 0, sum = 0;
    for (size_t c = 0; c < s->batch.n; c++) {
        sum += s->batch.rows[c].n_reference;
        most = s->batch.rows[c].n_reference > most ? s->batch.rows[c].n_reference : most;
    }
    if (2 * sum > most * HC_SORT_COLUMNS) {
        sort_together(s, most);
        return;
    }
    for (size_t c = 0; c < s->batch.n; c++)
        hc_sort_doubles(s->references + c * s->n_short, s->room, s->batch.rows[c].n_reference);
}

/* What today's usual is, where the reference as a whole does not tell: NaN where it does. The first `skip` rows of the
 * window tell it too, and are not measured. */
static double centre_of(const struct hc_series *series, const struct rows *rows, const struct hc_frame *frame,
                        struct scratch *s, size_t *skip)
{
    size_t n_near = rows->window - rows->near;
    *skip = 0;
    if (n_near == rows->n_reference)
        return (double)NAN; /* the reference's own, which is measured below */
    if (n_near >= NEAR_ROWS)
        return median_of(series->values + rows->near, n_near, s);
    if (rows->nearest_ns > FAR_NS)
        *skip = clean_rows(rows, frame);
    return *skip ? median_of(series->values + rows->window, *skip, s) : (double)NAN;
}

/* `reference`: sorted. */
static void cut_series(struct hc_series_cut *out, const struct hc_series *series, const struct rows *rows,
                       const double *reference, const struct hc_frame *frame, struct scratch *s)
{
    size_t skip;
    double centre = centre_of(series, rows, frame, s, &skip);
    const double *window = series->values + rows->window + skip;
    const int64_t *window_at = series->at_ns + rows->window + skip;
    const struct hc_shift *shift = &out->shift;
    out->n_window = rows->after - rows->window - skip;
    hc_shift_measure(&out->shift, reference, rows->n_reference, window, out->n_window, centre);
    out->centre = shift->median;
    out->worst_up = shift->greatest;
    out->worst_down = shift->least;
    out->onset_up_ns = out->onset_down_ns = HC_TIME_NONE_NS;
    if (shift->z_up > HC_METRIC_QUIET)
        out->onset_up_ns = window_at[hc_shift_onset(window, out->n_window, out->centre, shift->scale_up, 1)];
    if (shift->z_down > HC_METRIC_QUIET)
        out->onset_down_ns = window_at[hc_shift_onset(window, out->n_window, out->centre, shift->scale_down, -1)];
}

static void cut_batch(struct hc_series_cut *cuts, const struct hc_incident *incident, const struct hc_frame *frame,
                      struct scratch *s)
{
    sort_references(s);
    for (size_t c = 0; c < s->batch.n; c++) {
        size_t i = s->batch.series[c];
        cut_series(&cuts[i], &incident->series[i], &s->batch.rows[c], s->references + c * s->n_short, frame, s);
    }
    s->batch.n = 0;
}

static void cut_alone(struct hc_series_cut *cut, const struct hc_series *series, const struct hc_frame *frame,
                      struct scratch *s)
{
    copy_reference(s, series, s->alone);
    hc_sort_doubles(s->alone, s->room, s->rows.n_reference);
    cut_series(cut, series, &s->rows, s->alone, frame, s);
}

const struct hc_series_cut *hc_series_cut_all(const struct hc_incident *incident, struct hc_arena *arena)
{
    struct hc_frame frame = hc_frame_of(incident);
    struct scratch s;
    struct hc_series_cut *cuts = hc_arena_calloc(arena, incident->n_series, sizeof *cuts);
    if (!cuts || !make_scratch(&s, incident, arena))
        return NULL;
    for (size_t i = 0; i < incident->n_series; i++) {
        const struct hc_series *series = &incident->series[i];
        if (series->n > 0 && !has_rows(series, &s.rows))
            find_rows(&s.rows, series, incident, &frame);
        if (series->n == 0 || s.rows.n_reference == 0 || s.rows.after == s.rows.window)
            continue;
        if (s.rows.n_reference > s.n_short)
            cut_alone(&cuts[i], series, &frame, &s);
        else
            add_to_batch(&s, i, series);
        if (s.batch.n == HC_SORT_COLUMNS)
            cut_batch(cuts, incident, &frame, &s);
    }
    cut_batch(cuts, incident, &frame, &s);
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

struct hc_source_place hc_series_place_at(const struct hc_series *series, struct hc_time at)
{
    struct hc_source_place place = series->place;
    size_t low = 0, high = series->n;
    if (!series->first_row || !hc_time_known(at))
        return place;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (series->at_ns[middle] < at.ns)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < series->n && series->at_ns[low] == at.ns)
        place.line = series->first_row + (uint32_t)low;
    return place;
}
