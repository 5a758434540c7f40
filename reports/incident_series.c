/* The metric series that moved most. Their summary is analysis's: nothing is computed here but its ratio. */
#include <math.h>

#include "analysis/evidence/series.h"
#include "reports/incident_parts.h"

#define SERIES 12

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
    hc_doc_table(parts->doc,
                 hc_doc_formatted(parts->doc, "Metric series that moved most, %zu of %zu", n, incident->n_series),
                 HC_COLUMNS(columns));
    for (size_t i = 0; i < n; i++)
        put_row(parts, &incident->series[moved[i]]);
}
