/* How many incidents, the level over two years, and shares of them. */
#include <math.h>

#include "reports/trend_parts.h"

/* ---- counts ---------------------------------------------------------------------------------------------- */

static void put_history_figure(struct hc_trend_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_trend_quarter *h = parts->t->history;
    double most = 1;
    for (int i = 0; i < HC_TREND_HISTORY; i++)
        most = h[i].known && h[i].high > most ? h[i].high : most;
    most = ceil(most);
    hc_doc_intervals(doc,
                     hc_doc_formatted(doc,
                                      "Incidents a quarter, with the 95 %% interval of the rate behind the count; "
                                      "from 0 to %.0f",
                                      most),
                     HC_STR("Counts with their intervals; the table that follows holds them."));
    for (int i = 0; i < HC_TREND_HISTORY; i++)
        if (h[i].known)
            hc_doc_mark(
                doc, (struct hc_mark){.label = hc_trend_quarter(doc, h[i].quarter),
                                      .value = hc_doc_formatted(doc, "%u (%.*s)%s", h[i].n,
                                                                HC_STR_ARG(hc_trend_range(doc, h[i].low, h[i].high, 0)),
                                                                h[i].whole ? "" : ", in part"),
                                      .at = h[i].n / most,
                                      .low = h[i].low / most,
                                      .high = h[i].high / most,
                                      .tone = i == HC_TREND_HISTORY - 1 ? HC_TONE_INFO : HC_TONE_PLAIN});
}

static void put_history(struct hc_trend_parts *parts)
{
    static const struct hc_column columns[] = {{"Quarter", HC_COLUMN_SHORT, true},
                                               {"Incidents", HC_COLUMN_NUMBER, false},
                                               {"95 % interval of the rate", HC_COLUMN_RANGE, false},
                                               {"Covered", HC_COLUMN_TEXT, false}};
    struct hc_doc *doc = parts->doc;
    put_history_figure(parts);
    hc_doc_table(doc, HC_STR("Incidents by the quarter in which they began (UTC)"), HC_COLUMNS(columns));
    for (int i = 0; i < HC_TREND_HISTORY; i++) {
        const struct hc_trend_quarter *q = &parts->t->history[i];
        hc_cal_cell(doc, hc_trend_quarter(doc, q->quarter));
        if (!q->known) {
            hc_cal_cell(doc, HC_STR("-"));
            hc_cal_cell(doc, HC_STR("-"));
            hc_cal_cell(doc, HC_STR("no"));
            continue;
        }
        const int64_t start_ns = hc_quarter_start_ns(q->quarter);
        const struct hc_trend_row *first = parts->t->first;
        const bool opens = first && first->started_ns >= start_ns;
        hc_cal_cited_cell(
            doc, hc_doc_formatted(doc, "%u", q->n),
            hc_trend_count_sql(doc, q->quarter,
                               opens ? hc_doc_formatted(doc, "i.started_at_ns > %lld", (long long)first->started_ns)
                                     : HC_STR_NONE));
        hc_cal_cell(doc, hc_trend_range(doc, q->low, q->high, 1));
        hc_cal_cell(doc, q->whole ? HC_STR("whole")
                         : opens  ? HC_STR("from the first incident, not counted")
                                  : HC_STR("in part"));
    }
}

static void put_comparisons(struct hc_trend_parts *parts, const char *caption, enum hc_trend_subject subject,
                            size_t which, enum hc_trend_unit unit)
{
    static const struct hc_column columns[] = {{"Against", HC_COLUMN_TITLE, true}, HC_TREND_TEST_COLUMNS};
    struct hc_doc *doc = parts->doc;
    hc_doc_table(doc, hc_str_of(caption), HC_COLUMNS(columns));
    for (int against = HC_TREND_BEFORE; against < HC_TREND_WINDOWS; against++) {
        hc_cal_cell(doc, hc_trend_against(parts, against));
        hc_trend_put_test(parts, hc_trend_find(parts->t, subject, which, against), unit);
    }
}

void hc_trend_counts(struct hc_trend_parts *parts)
{
    hc_doc_section(parts->doc, "counts", "How many");
    put_history(parts);
    put_comparisons(parts, "The rate of incidents: this quarter's over the other's", HC_SUBJECT_COUNT, 0,
                    HC_UNIT_RATIO);
    hc_trend_levels(parts);
}

/* ---- levels ---------------------------------------------------------------------------------------------- */

static void put_level(struct hc_trend_parts *parts, size_t from, size_t to)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_trend *t = parts->t;
    const int64_t from_ns = t->first_week_ns + (int64_t)from * HC_TREND_WEEK_NS,
                  to_ns = t->first_week_ns + (int64_t)to * HC_TREND_WEEK_NS;
    uint32_t n = 0;
    double low, high;
    for (size_t i = from; i < to; i++)
        n += t->weeks[i];
    hc_count_interval(n, 0.95, &low, &high);
    hc_cal_cell(doc, hc_trend_day(doc, from_ns));
    hc_cal_cell(doc, hc_trend_day(doc, to_ns));
    hc_cal_cited_cell(
        doc, hc_doc_formatted(doc, "%u", n),
        hc_doc_formatted(
            doc,
            "SELECT count(*) AS n FROM incidents WHERE started_at_ns >= %lld AND started_at_ns < %lld AND started_at_ns > %lld",
            (long long)from_ns, (long long)to_ns, (long long)(t->first ? t->first->started_ns : from_ns)));
    const double weeks = (double)(to - from);
    hc_cal_cell(doc, hc_doc_formatted(doc, "%.*s (%.*s)", HC_STR_ARG(hc_cal_fixed(doc, n / weeks, 2)),
                                      HC_STR_ARG(hc_trend_range(doc, low / weeks, high / weeks, 2))));
}

void hc_trend_levels(struct hc_trend_parts *parts)
{
    static const struct hc_column columns[] = {{"From", HC_COLUMN_SHORT, true},
                                               {"to", HC_COLUMN_SHORT, false},
                                               {"Incidents", HC_COLUMN_NUMBER, false},
                                               {"A week (95 % interval)", HC_COLUMN_RANGE, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_trend *t = parts->t;
    const struct hc_trend_test *test = hc_trend_find(t, HC_SUBJECT_LEVEL, 0, 0);
    hc_doc_subsection(doc, HC_STR("levels"), HC_STR("Changes of level"));
    hc_doc_paragraph(doc);
    if (!test) {
        hc_doc_format(doc, "Too few weeks to look for one: a level must last %d, and there are %zu.", HC_TREND_LEVEL,
                      t->n_weeks);
        return;
    }
    hc_doc_format(doc, "Over the %zu weeks up to the quarter's end, or to where the corpus ends, ", t->n_weeks);
    if (!test->shown)
        hc_doc_format(doc, "no change of level can be told from chance (the clearest split: p %.*s).",
                      HC_STR_ARG(hc_trend_p(doc, test->found.p)));
    else
        hc_doc_format(doc, "the level changed (p %.*s).", HC_STR_ARG(hc_trend_p(doc, test->found.p)));
    hc_doc_text(doc, " Weeks without a change would show one in at most 1 report of 40.");
    hc_doc_table(doc, HC_STR("Levels: weeks of one rate"), HC_COLUMNS(columns));
    size_t from = 0;
    for (size_t i = 0; test->shown && i < t->n_levels; i++) {
        put_level(parts, from, t->levels[i].at);
        from = t->levels[i].at;
    }
    put_level(parts, from, t->n_weeks);
}

/* ---- shares ---------------------------------------------------------------------------------------------- */

static void put_share(struct hc_trend_parts *parts, enum hc_trend_share share, const char *caption, const char *tests)
{
    static const struct hc_column columns[] = {{"Quarter", HC_COLUMN_SHORT, true},
                                               {"So", HC_COLUMN_NUMBER, false},
                                               {"of", HC_COLUMN_NUMBER, false},
                                               {"Share (95 % interval)", HC_COLUMN_RANGE, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_trend_shared *s = parts->t->shares[share];
    if (!hc_trend_is_on_record(parts->t, share)) {
        hc_doc_paragraph(doc);
        hc_doc_text(doc, "None is on record in these quarters, so it cannot be said.");
        return;
    }
    hc_doc_intervals(doc, hc_doc_formatted(doc, "%s, with the 95 %% interval; from 0 to 100 %%", caption),
                     HC_STR("Shares with their intervals; the table that follows holds them."));
    for (int w = 0; w < HC_TREND_WINDOWS; w++)
        if (s[w].n)
            hc_doc_mark(doc, (struct hc_mark){.label = hc_trend_window(parts, w),
                                              .value = hc_cal_percent(doc, (double)s[w].k / s[w].n),
                                              .at = (double)s[w].k / s[w].n,
                                              .low = s[w].low,
                                              .high = s[w].high,
                                              .tone = w == HC_TREND_NOW ? HC_TONE_INFO : HC_TONE_PLAIN});
    hc_doc_table(doc, hc_str_of(caption), HC_COLUMNS(columns));
    for (int w = 0; w < HC_TREND_WINDOWS; w++) {
        const struct hc_quarter quarter = parts->t->windows[w].quarter;
        const struct hc_str stated = share == HC_TREND_BY_ALERT ? HC_STR("i.detected_at IS NOT NULL") : HC_STR_NONE;
        hc_cal_cell(doc, hc_trend_quarter(doc, quarter));
        hc_cal_cited_cell(doc, hc_doc_formatted(doc, "%u", s[w].k),
                          hc_trend_count_sql(doc, quarter, hc_str_of(hc_trend_asks(share))));
        hc_cal_cited_cell(doc, hc_doc_formatted(doc, "%u", s[w].n), hc_trend_count_sql(doc, quarter, stated));
        hc_cal_cell(doc, s[w].n ? hc_cal_share(doc, (struct hc_score){(double)s[w].k / s[w].n, s[w].low, s[w].high})
                                : HC_STR("-"));
    }
    put_comparisons(parts, tests, HC_SUBJECT_SHARE, share, HC_UNIT_POINTS);
}

void hc_trend_detection(struct hc_trend_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_section(doc, "detection", "How they are detected");
    hc_doc_paragraph(doc);
    hc_doc_text(doc,
                "By an alert: the corpus has an alert at or before the time at which the incident was detected. Of the "
                "rest somebody noticed, or the alert is not in the bundle. How long it took is under ");
    hc_doc_link_section(doc, HC_STR("How long they last"), HC_STR("durations"));
    hc_doc_text(doc, ".");
    put_share(parts, HC_TREND_BY_ALERT, "Incidents that an alert told of, of those that say when they were detected",
              "The share that an alert told of: this quarter's less the other's");
}

void hc_trend_after_changes(struct hc_trend_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_section(doc, "changes", "After a change");
    hc_doc_paragraph(doc);
    hc_doc_text(
        doc, "A change on record within the 24 hours before the incident was detected (before it began, where that is "
             "not stated). After is not because of; and a change that is not in the bundle is not counted: see ");
    hc_doc_link_section(doc, HC_STR("What evidence was there"), HC_STR("evidence"));
    hc_doc_text(doc, ".");
    put_share(parts, HC_TREND_AFTER_CHANGE, "Incidents after a change",
              "The share after a change: this quarter's less the other's");
}
