/* The metric series that moved most, drawn and in numbers. Their summary is analysis's: nothing is computed here but its
 * ratio, and where the band about the median ends. */
#include <math.h>

#include "analysis/evidence/series.h"
#include "reports/incident_parts.h"

#define SERIES 12
#define CHARTS 6
#define WINDOWS_BEFORE 3 /* a chart begins so many lengths of the window before it */
#define ROWS_BEFORE 12   /* or so many rows */
#define GAP 4            /* the line breaks where so many usual steps have no row */
#define BAND 3           /* of the scaled deviation, on each side */
#define MAD_SCALE 1.4826 /* to the standard deviation of a normal distribution */

static bool has_moved(const struct hc_series *series)
{
    return isfinite(series->score) && series->score >= HC_SEEN_LEAST && isfinite(series->baseline_median) &&
           isfinite(series->peak);
}

/* The indices of the highest scores, of equal ones the earlier. */
static size_t find_moved(const struct hc_incident *incident, size_t moved[SERIES + 1])
{
    size_t n = 0;
    for (size_t i = 0; i < incident->n_series; i++) {
        size_t at = n;
        if (!has_moved(&incident->series[i]))
            continue;
        while (at > 0 && incident->series[moved[at - 1]].score < incident->series[i].score)
            at--;
        if (at == SERIES)
            continue;
        memmove(&moved[at + 1], &moved[at], ((n < SERIES ? n : SERIES - 1) - at) * sizeof moved[0]);
        moved[at] = i;
        n += n < SERIES;
    }
    return n;
}

static void put_row(struct hc_report_parts *parts, const struct hc_series *series)
{
    struct hc_doc *doc = parts->doc;
    char change[HC_WORD_TEXT], score[HC_WORD_TEXT];
    hc_doc_cell(doc);
    hc_put_component(parts, hc_say_component(parts, series->component));
    hc_doc_text(doc, " ");
    hc_doc_code(doc, series->metric);
    hc_doc_cell(doc);
    hc_put_number(parts, series->baseline_median, series->unit, series->place);
    hc_doc_cell(doc);
    hc_put_number(parts, series->peak, series->unit, series->place);
    hc_doc_cell(doc);
    if (hc_word_change(series->baseline_median, series->peak, change) > 0)
        hc_doc_from(doc, hc_doc_formatted(doc, "%s", change), series->place);
    else if (series->baseline_median > 0)
        hc_doc_text(doc, "beyond words");
    else
        hc_doc_text(doc, "from 0 or below");
    hc_doc_cell(doc);
    if (hc_time_known(series->onset_at))
        hc_put_offset(parts, series->onset_at, hc_series_place_at(series, series->onset_at));
    else
        hc_doc_text(doc, "none found");
    hc_doc_cell(doc);
    hc_word_fixed(series->score, 2, score);
    hc_doc_from_sql(
        doc, hc_doc_formatted(doc, "%s", score),
        hc_cite_view(parts, "component, metric, unit, baseline_median, peak, onset_at, score", "metrics", ""));
}

/* ---- charts ---------------------------------------------------------------------------------------------- */

struct extent {
    size_t from, to;
};

/* Some of what was before the window, all of it, and half as much after. */
static struct extent find_extent(const struct hc_incident *incident, const struct hc_series *series)
{
    const int64_t start = hc_time_known(incident->window_start) ? incident->window_start.ns : series->at_ns[0];
    const int64_t end = hc_time_known(incident->window_end) ? incident->window_end.ns : series->at_ns[series->n - 1];
    const int64_t length = end > start ? end - start : 0;
    struct extent extent = {0, series->n};
    size_t first = 0;
    while (first < series->n && series->at_ns[first] < start)
        first++;
    for (size_t i = 0; i < first; i++)
        if ((start - series->at_ns[i]) / WINDOWS_BEFORE > length && first - i > ROWS_BEFORE)
            extent.from = i + 1;
    while (extent.to > first + 2 && series->at_ns[extent.to - 1] - end > length / 2)
        extent.to--;
    return extent;
}

/* Copies the points; a value that is none stands in a gap, and breaks the line. */
static bool take_points(struct hc_report_parts *parts, const struct hc_series *series, struct extent extent,
                        struct hc_chart *chart)
{
    const size_t n = extent.to - extent.from;
    double *at_s = hc_arena_calloc(parts->doc->arena, 2 * n, sizeof *at_s);
    double *values = hc_arena_calloc(parts->doc->arena, 2 * n, sizeof *values);
    const int64_t step = (series->at_ns[extent.to - 1] - series->at_ns[extent.from]) / (int64_t)(n - 1);
    if (!at_s || !values)
        return false;
    for (size_t i = extent.from; i < extent.to; i++) {
        const double here_s = hc_seconds_from_zero(parts, (struct hc_time){series->at_ns[i], 0});
        if (i > extent.from && (series->at_ns[i] - series->at_ns[i - 1]) / GAP > step) {
            at_s[chart->n] = here_s;
            values[chart->n++] = NAN;
        }
        at_s[chart->n] = here_s;
        values[chart->n++] = series->values[i];
        chart->low = fmin(chart->low, series->values[i]);
        chart->high = fmax(chart->high, series->values[i]);
    }
    chart->at_s = at_s;
    chart->values = values;
    return true;
}

/* Gives false where there is nothing to draw: one row, no time to count from, values or times beyond all scales. */
static bool make_chart(struct hc_report_parts *parts, const struct hc_series *series, struct hc_chart *chart)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_incident *incident = parts->in->incident;
    const struct extent extent = series->n > 0 ? find_extent(incident, series) : (struct extent){0, 0};
    const double half = BAND * MAD_SCALE * series->baseline_mad;
    const struct hc_str name = hc_say_component(parts, series->component);
    char median[HC_WORD_TEXT], peak[HC_WORD_TEXT];
    if (extent.to < extent.from + 2 || !hc_time_known(parts->facts.zero.at))
        return false;
    hc_word_value(series->baseline_median, median);
    hc_word_value(series->peak, peak);
    *chart = (struct hc_chart){
        .name = hc_doc_formatted(doc, "%.*s%s%.*s", HC_STR_ARG(name), name.n ? " " : "", HC_STR_ARG(series->metric)),
        .unit = series->unit,
        .description = hc_doc_formatted(doc, "Baseline median %s, farthest value in the window %s.", median, peak),
        .low = INFINITY,
        .high = -INFINITY,
        .band_low = isfinite(half) ? series->baseline_median - half : NAN,
        .band_high = series->baseline_median + half,
        .window_from_s = hc_seconds_from_zero(parts, incident->window_start),
        .window_until_s = hc_seconds_from_zero(parts, incident->window_end),
        .onset_s = hc_seconds_from_zero(parts, series->onset_at)};
    if (!take_points(parts, series, extent, chart)) {
        doc->failed = true;
        return false;
    }
    /* what is never below 0 has no room there */
    if (chart->low >= 0 && chart->band_low < 0)
        chart->band_low = 0;
    if (isfinite(half)) {
        chart->low = fmin(chart->low, chart->band_low);
        chart->high = fmax(chart->high, chart->band_high);
    }
    if (!(chart->high > chart->low))
        chart->high = chart->low + fmax(1, fabs(chart->low));
    return isfinite(chart->high - chart->low) && fabs(chart->at_s[0]) < HC_FARTHEST_S &&
           fabs(chart->at_s[chart->n - 1]) < HC_FARTHEST_S;
}

static void put_charts(struct hc_report_parts *parts, const size_t *moved, size_t n)
{
    struct hc_chart *drawn = hc_arena_calloc(parts->doc->arena, CHARTS, sizeof *drawn);
    struct hc_charts *charts = hc_arena_calloc(parts->doc->arena, 1, sizeof *charts);
    if (!drawn || !charts) {
        parts->doc->failed = true;
        return;
    }
    charts->of = drawn;
    for (size_t i = 0; i < n && charts->n < CHARTS; i++)
        charts->n += make_chart(parts, &parts->in->incident->series[moved[i]], &drawn[charts->n]);
    hc_doc_charts(parts->doc,
                  hc_doc_formatted(parts->doc,
                                   "The series that moved most, over the time from T+0 (%s). Shaded in grey: the "
                                   "incident's window; in blue, with a line about it: three scaled median absolute "
                                   "deviations about the baseline's median. Upright, dashed: when the series left it.",
                                   parts->facts.zero_name),
                  charts);
}

void hc_put_series(struct hc_report_parts *parts)
{
    static const struct hc_column columns[] = {
        {"Series", HC_COLUMN_TEXT, true},
        {"Baseline median", HC_COLUMN_NUMBER, false},
        {"Farthest value", HC_COLUMN_NUMBER, false},
        {"Change", HC_COLUMN_NUMBER, false},
        {"Left its baseline", HC_COLUMN_NUMBER, false},
        {"Score", HC_COLUMN_NUMBER, false},
    };
    const struct hc_incident *incident = parts->in->incident;
    size_t moved[SERIES + 1];
    size_t n = find_moved(incident, moved);
    if (n == 0)
        return;
    put_charts(parts, moved, n);
    hc_doc_table(parts->doc,
                 hc_doc_formatted(parts->doc, "Metric series that moved most, %zu of %zu", n, incident->n_series),
                 HC_COLUMNS(columns));
    for (size_t i = 0; i < n; i++)
        put_row(parts, &incident->series[moved[i]]);
}
