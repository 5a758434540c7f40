/* How long incidents last: exceedance curves and medians, never a mean. */
#include <math.h>
#include <stdlib.h>

#include "reports/lengths.h"
#include "reports/trend_parts.h"

static const char *const columns_ns[HC_TREND_MEASURES] = {"detected_at_ns", "mitigated_at_ns", "ended_at_ns"};
static const char *const ids[HC_TREND_MEASURES] = {"detect", "mitigate", "end"};
static const char *const titles[HC_TREND_MEASURES] = {"Until they are detected", "Until they are mitigated",
                                                      "Until they end"};

/* The lengths themselves: of an open incident, up to the corpus's latest time. */
static struct hc_str lengths_sql(struct hc_trend_parts *parts, int measure, int window)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_str within = hc_trend_within(doc, parts->t->windows[window].quarter);
    if (measure == HC_TREND_DETECT)
        return hc_doc_formatted(
            doc,
            "SELECT i.incident, (i.detected_at_ns - i.started_at_ns) / 1e9 AS seconds, 1 AS over FROM "
            "incidents AS i WHERE %.*s AND i.detected_at_ns >= i.started_at_ns ORDER BY 2",
            HC_STR_ARG(within));
    return hc_doc_formatted(
        doc,
        "SELECT incident, (until - started_at_ns) / 1e9 AS seconds, over FROM (SELECT i.incident, i.started_at_ns, "
        "coalesce(i.%s, CASE WHEN i.ended_at_ns IS NULL AND NOT EXISTS (SELECT 1 FROM outcomes AS o WHERE o.incident = "
        "i.incident AND o.ordinal = 0 AND o.status = 'confirmed') THEN %lld END) AS until, i.%s IS NOT NULL AS over FROM incidents AS i WHERE %.*s) WHERE until >= "
        "started_at_ns ORDER BY 2",
        columns_ns[measure], (long long)parts->in->as_of_ns, columns_ns[measure], HC_STR_ARG(within));
}

static void put_curves(struct hc_trend_parts *parts, int measure)
{
    struct hc_doc *doc = parts->doc;
    struct hc_curves *curves = hc_arena_calloc(doc->arena, 1, sizeof *curves);
    if (!curves) {
        doc->failed = true;
        return;
    }
    for (int w = 0; w < HC_TREND_WINDOWS; w++) {
        const struct hc_trend_durations *d = &parts->t->durations[measure][w];
        double *at = hc_arena_calloc(doc->arena, d->curve.n, sizeof *at);
        if (!at) {
            doc->failed = true;
            return;
        }
        for (size_t i = 0; i < d->curve.n; i++)
            at[i] = d->curve.at[i] < 1 ? 1 : d->curve.at[i];
        curves->of[w].name = hc_trend_window(parts, w);
        curves->of[w].at_s = at;
        curves->of[w].share = d->curve.exceeds;
        curves->of[w].n = d->curve.n;
        curves->of[w].end_s = d->n ? d->all[d->n - 1].length : 0;
    }
    hc_doc_curves(doc, hc_doc_formatted(doc, "%s: the share of incidents that takes longer", titles[measure]),
                  HC_STR("Exceedance curves; the tables that follow hold their medians and shares."), curves);
}

static void put_medians(struct hc_trend_parts *parts, int measure)
{
    static const struct hc_column columns[] = {{"Quarter", HC_COLUMN_SHORT, true},
                                               {"Incidents", HC_COLUMN_NUMBER, false},
                                               {"of them open", HC_COLUMN_NUMBER, false},
                                               {"Not stated", HC_COLUMN_NUMBER, false},
                                               {"Median (95 % interval)", HC_COLUMN_RANGE, false}};
    struct hc_doc *doc = parts->doc;
    hc_doc_table(doc, hc_doc_formatted(doc, "%s: medians", titles[measure]), HC_COLUMNS(columns));
    for (int w = 0; w < HC_TREND_WINDOWS; w++) {
        const struct hc_trend_durations *d = &parts->t->durations[measure][w];
        const struct hc_str sql = lengths_sql(parts, measure, w);
        hc_cal_cell(doc, hc_trend_window(parts, w));
        hc_cal_cited_cell(
            doc, hc_doc_formatted(doc, "%zu", d->n),
            hc_doc_formatted(doc, "SELECT count(*) AS n, count(*) - coalesce(sum(over), 0) AS open FROM (%.*s)",
                             HC_STR_ARG(sql)));
        hc_cal_cell(doc, hc_doc_formatted(doc, "%zu", d->n_open));
        hc_cal_cell(doc, hc_doc_formatted(doc, "%zu", d->n_unstated));
        hc_doc_cell(doc);
        if (!d->n) {
            hc_doc_absent(doc, "not in the corpus");
            continue;
        }
        hc_doc_from_sql(doc, hc_trend_seconds_held(doc, d->median, d->bounds.low, d->bounds.high), sql);
    }
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

#define ROWS 5

/* Lengths around what was seen, of all the quarters: some of its quantiles, each as the nearest that is good to name. How
 * many. */
static size_t choose_lengths(struct hc_trend_parts *parts, int measure, const struct hc_length *chosen[ROWS])
{
    static const double quantiles[ROWS] = {0.1, 0.25, 0.5, 0.75, 0.9};
    const struct hc_trend_durations *d = parts->t->durations[measure];
    size_t n = 0, n_chosen = 0;
    double *all = hc_arena_alloc(parts->doc->arena,
                                 (d[HC_TREND_NOW].n + d[HC_TREND_BEFORE].n + d[HC_TREND_YEAR].n) * sizeof *all);
    parts->doc->failed |= !all;
    if (!all)
        return 0;
    for (int w = 0; w < HC_TREND_WINDOWS; w++)
        for (size_t i = 0; i < d[w].n; i++)
            all[n++] = d[w].all[i].length < 1 ? 1 : d[w].all[i].length;
    qsort(all, n, sizeof *all, by_size);
    for (size_t i = 0; n > 0 && i < ROWS; i++) {
        const struct hc_length *near = hc_length_near(all[(size_t)(quantiles[i] * (double)(n - 1) + 0.5)]);
        if (n_chosen == 0 || chosen[n_chosen - 1] != near)
            chosen[n_chosen++] = near;
    }
    return n_chosen;
}

static void put_shares(struct hc_trend_parts *parts, int measure)
{
    static const struct hc_column columns[] = {{"Longer than", HC_COLUMN_SHORT, true},
                                               {"This quarter", HC_COLUMN_RANGE, false},
                                               {"The quarter before", HC_COLUMN_RANGE, false},
                                               {"A year before", HC_COLUMN_RANGE, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_length *chosen[ROWS];
    const size_t n = choose_lengths(parts, measure, chosen);
    hc_doc_table(doc, hc_doc_formatted(doc, "%s: the curves at some lengths, with 95 %% intervals", titles[measure]),
                 HC_COLUMNS(columns));
    for (size_t i = 0; i < n; i++) {
        hc_cal_cell(doc, hc_str_of(chosen[i]->says));
        for (int w = 0; w < HC_TREND_WINDOWS; w++) {
            const struct hc_trend_durations *d = &parts->t->durations[measure][w];
            struct hc_score share;
            share.value = hc_survival_at(&d->curve, chosen[i]->seconds, &share.low, &share.high);
            const bool known = d->n && d->all[d->n - 1].length > chosen[i]->seconds;
            const bool all_over = d->n && d->n_open == 0 && !known;
            hc_cal_cell(doc, all_over              ? HC_STR("none")
                             : !known              ? HC_STR("-")
                             : share.value > .9999 ? HC_STR("all")
                                                   : hc_cal_share(doc, share));
        }
    }
}

static void put_tests(struct hc_trend_parts *parts, int measure)
{
    static const struct hc_column columns[] = {{"Against", HC_COLUMN_TITLE, true}, HC_TREND_TEST_COLUMNS};
    struct hc_doc *doc = parts->doc;
    hc_doc_table(doc, hc_doc_formatted(doc, "%s: this quarter's median over the other's", titles[measure]),
                 HC_COLUMNS(columns));
    for (int against = HC_TREND_BEFORE; against < HC_TREND_WINDOWS; against++) {
        hc_cal_cell(doc, hc_trend_against(parts, against));
        hc_trend_put_test(parts, hc_trend_find(parts->t, HC_SUBJECT_DURATION, (size_t)measure, against), HC_UNIT_RATIO);
    }
}

void hc_trend_lengths(struct hc_trend_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_section(doc, "durations", "How long they last");
    hc_doc_paragraph(doc);
    hc_doc_text(
        doc,
        "No means: how long incidents last is so unlike that a mean tells of the one or two longest, and moves where "
        "nothing changed. A curve shows which share takes longer than any length; what is open counts for as long "
        "as it was known to be. The tests compare the curves, whatever their form.");
    for (int measure = 0; measure < HC_TREND_MEASURES; measure++) {
        size_t n = 0;
        for (int w = 0; w < HC_TREND_WINDOWS; w++)
            n += parts->t->durations[measure][w].n;
        hc_doc_subsection(doc, hc_doc_formatted(doc, "duration-%s", ids[measure]), hc_str_of(titles[measure]));
        if (!n) {
            hc_doc_paragraph(doc);
            hc_doc_text(doc, "No incident of these quarters says it.");
            continue;
        }
        put_curves(parts, measure);
        put_medians(parts, measure);
        put_shares(parts, measure);
        put_tests(parts, measure);
    }
}
