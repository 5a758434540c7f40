/* The mix: categories, services, and causes that come back. */
#include <math.h>

#include "reports/trend_parts.h"

/* ---- categories and services ----------------------------------------------------------------------------- */

struct grouping {
    const struct hc_trend_groups *groups;
    enum hc_trend_subject subject;
    const char *column; /* of the view; of a category, asked of the outcome */
    const char *what;   /* "categories" */
};

static struct hc_str name_of(struct hc_trend_parts *parts, const struct grouping *by, size_t i)
{
    const struct hc_str name = by->groups->items[i].name;
    return by->subject == HC_SUBJECT_CATEGORY ? hc_trend_category(parts, name) : name;
}

static void put_name(struct hc_trend_parts *parts, const struct grouping *by, size_t i)
{
    const struct hc_str name = name_of(parts, by, i);
    hc_doc_cell(parts->doc);
    if (name.n)
        hc_doc_str(parts->doc, name);
    else
        hc_doc_absent(parts->doc, "not stated");
}

static struct hc_str group_sql(struct hc_trend_parts *parts, const struct grouping *by, int window)
{
    const struct hc_str within = hc_trend_within(parts->doc, parts->t->windows[window].quarter);
    if (by->subject == HC_SUBJECT_CATEGORY)
        return hc_doc_formatted(
            parts->doc,
            "SELECT o.category, count(*) AS n, 1.0 * count(*) / sum(count(*)) OVER () AS share FROM "
            "incidents AS i LEFT JOIN outcomes AS o ON o.incident = i.incident AND o.ordinal = 0 AND o.status = 'confirmed' WHERE "
            "%.*s GROUP BY 1 ORDER BY 2 DESC, 1",
            HC_STR_ARG(within));
    return hc_doc_formatted(
        parts->doc,
        "SELECT i.service, count(*) AS n, 1.0 * count(*) / sum(count(*)) OVER () AS share FROM incidents "
        "AS i WHERE %.*s GROUP BY 1 ORDER BY 2 DESC, 1",
        HC_STR_ARG(within));
}

static void put_mix_figure(struct hc_trend_parts *parts, const struct grouping *by)
{
    struct hc_doc *doc = parts->doc;
    double most = 0.01;
    for (size_t i = 0; i < by->groups->n; i++)
        most = fmax(most, by->groups->items[i].high[HC_TREND_NOW]);
    most = ceil(10 * most) / 10;
    hc_doc_intervals(doc,
                     hc_doc_formatted(doc, "Shares of %s in %.*s, with 95 %% intervals; from 0 to %.0f %%", by->what,
                                      HC_STR_ARG(hc_trend_window(parts, HC_TREND_NOW)), 100 * most),
                     HC_STR("Shares with their intervals; the table that follows holds them."));
    for (size_t i = 0; i < by->groups->n; i++) {
        const struct hc_trend_group *g = &by->groups->items[i];
        const struct hc_str name = name_of(parts, by, i);
        hc_doc_mark(doc, (struct hc_mark){.label = name.n ? name : HC_STR("not stated"),
                                          .value = hc_cal_percent(doc, g->share[HC_TREND_NOW]),
                                          .at = g->share[HC_TREND_NOW] / most,
                                          .low = g->low[HC_TREND_NOW] / most,
                                          .high = g->high[HC_TREND_NOW] / most,
                                          .tone = HC_TONE_INFO});
    }
}

static void put_mix_table(struct hc_trend_parts *parts, const struct grouping *by)
{
    static const struct hc_column columns[] = {
        {"Group", HC_COLUMN_TITLE, true},       {"This quarter", HC_COLUMN_NUMBER, false},
        {"Share", HC_COLUMN_RANGE, false},      {"The quarter before", HC_COLUMN_NUMBER, false},
        {"Share then", HC_COLUMN_RANGE, false}, {"A year before", HC_COLUMN_NUMBER, false},
        {"Share then", HC_COLUMN_RANGE, false}};
    struct hc_doc *doc = parts->doc;
    struct hc_str sql[HC_TREND_WINDOWS];
    for (int w = 0; w < HC_TREND_WINDOWS; w++)
        sql[w] = group_sql(parts, by, w);
    hc_doc_table(doc, hc_doc_formatted(doc, "Incidents by %s", by->column), HC_COLUMNS(columns));
    for (size_t i = 0; i < by->groups->n; i++) {
        const struct hc_trend_group *g = &by->groups->items[i];
        put_name(parts, by, i);
        for (int w = 0; w < HC_TREND_WINDOWS; w++) {
            const struct hc_str n = hc_doc_formatted(doc, "%u", g->n[w]);
            hc_doc_cell(doc);
            if (g->n[w])
                hc_doc_from_sql(doc, n, sql[w]);
            else
                hc_doc_str(doc, n);
            hc_cal_cell(doc, hc_cal_share(doc, (struct hc_score){g->share[w], g->low[w], g->high[w]}));
        }
    }
}

static void put_group_tests(struct hc_trend_parts *parts, const struct grouping *by)
{
    static const struct hc_column columns[] = {
        {"Group", HC_COLUMN_TITLE, true}, {"Against", HC_COLUMN_SHORT, false}, HC_TREND_TEST_COLUMNS};
    struct hc_doc *doc = parts->doc;
    size_t n_few = 0, n_tests = 0;
    for (size_t i = 0; i < by->groups->n; i++)
        n_tests += hc_trend_find(parts->t, by->subject, i, HC_TREND_BEFORE) ||
                   hc_trend_find(parts->t, by->subject, i, HC_TREND_YEAR);
    n_few = by->groups->n - n_tests + by->groups->n_more;
    if (n_tests)
        hc_doc_table(doc, hc_doc_formatted(doc, "Rates of %s: this quarter's over the other's", by->what),
                     HC_COLUMNS(columns));
    for (size_t i = 0; i < by->groups->n; i++)
        for (int against = HC_TREND_BEFORE; against < HC_TREND_WINDOWS; against++) {
            const struct hc_trend_test *test = hc_trend_find(parts->t, by->subject, i, against);
            if (!test)
                continue;
            put_name(parts, by, i);
            hc_cal_cell(doc, hc_trend_window(parts, against));
            hc_trend_put_test(parts, test, HC_UNIT_RATIO);
        }
    if (!n_few)
        return;
    hc_doc_paragraph(doc);
    hc_doc_format(
        doc,
        "%zu of the %zu %s cannot be compared: fewer than %d incidents in both quarters together, no name, or "
        "beyond the %d most frequent.",
        n_few, by->groups->n + by->groups->n_more, by->what, HC_TREND_LEAST, HC_TREND_GROUPS);
}

static void put_grouping(struct hc_trend_parts *parts, const struct grouping *by)
{
    if (!by->groups->n) {
        hc_doc_paragraph(parts->doc);
        hc_doc_text(parts->doc, "No incident began in these quarters.");
        return;
    }
    put_mix_figure(parts, by);
    put_mix_table(parts, by);
    put_group_tests(parts, by);
}

void hc_trend_mix(struct hc_trend_parts *parts)
{
    const struct grouping categories = {&parts->t->categories, HC_SUBJECT_CATEGORY, "category", "categories"};
    const struct grouping services = {&parts->t->services, HC_SUBJECT_SERVICE, "service", "services"};
    hc_doc_section(parts->doc, "categories", "What they were");
    hc_doc_paragraph(parts->doc);
    hc_doc_text(parts->doc,
                "By the category of the root outcome, confirmed or not; \"not stated\" has none yet, and the last "
                "quarters have more of those.");
    put_grouping(parts, &categories);
    hc_doc_section(parts->doc, "services", "Where they were");
    put_grouping(parts, &services);
}

/* ---- causes ---------------------------------------------------------------------------------------------- */

/* What the level of a cause did, where that is shown. */
static void put_level(struct hc_trend_parts *parts, const struct hc_trend_cause *cause,
                      const struct hc_trend_test *test)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_cell(doc);
    hc_trend_put_arrow(parts, test, HC_UNIT_RATIO);
    if (!test || !test->shown)
        return;
    hc_doc_format(doc, " about %.*s: %u in %zu weeks before, %u in %zu since; %.*s",
                  HC_STR_ARG(hc_trend_day(doc, parts->t->first_week_ns + (int64_t)cause->level.at * HC_TREND_WEEK_NS)),
                  cause->n_before, cause->level.at, cause->n_after, parts->t->n_weeks - cause->level.at,
                  HC_STR_ARG(hc_trend_ratio_held(doc, &test->found)));
}

/* The counts of all causes that came more than once. */
static struct hc_str causes_sql(struct hc_trend_parts *parts)
{
    const struct hc_quarter quarter = parts->t->windows[HC_TREND_NOW].quarter;
    const struct hc_str start = hc_trend_day(parts->doc, hc_quarter_start_ns(quarter)),
                        end = hc_trend_day(parts->doc, hc_quarter_start_ns(hc_quarter_before(quarter, -1)));
    return hc_doc_formatted(
        parts->doc,
        "SELECT i.service, o.category, o.cause, sum(i.started_at >= '%.*s') AS now, "
        "sum(i.started_at < '%.*s') AS before FROM incidents AS i JOIN outcomes AS o ON o.incident = "
        "i.incident AND o.ordinal = 0 AND o.status = 'confirmed' WHERE i.started_at < '%.*s' AND o.category IS NOT NULL GROUP BY "
        "1, 2, 3 HAVING count(*) > 1 ORDER BY count(*) DESC, 1, 2, 3",
        HC_STR_ARG(start), HC_STR_ARG(start), HC_STR_ARG(end));
}

static void put_cause(struct hc_trend_parts *parts, size_t i, struct hc_str sql)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_trend_cause *cause = &parts->t->causes[i];
    const struct hc_str name[3] = {cause->service, hc_trend_category(parts, cause->category), cause->cause};
    for (int k = 0; k < 3; k++) {
        hc_doc_cell(doc);
        if (name[k].n)
            hc_doc_str(doc, name[k]);
        else
            hc_doc_absent(doc, "not stated");
    }
    hc_cal_cited_cell(doc, hc_doc_formatted(doc, "%u", cause->n_now), sql);
    hc_cal_cited_cell(doc, hc_doc_formatted(doc, "%u", cause->n_past), sql);
    hc_cal_cell(doc, hc_trend_day(doc, cause->first_ns));
    put_level(parts, cause, hc_trend_find(parts->t, HC_SUBJECT_CAUSE, i, 0));
}

void hc_trend_repeats(struct hc_trend_parts *parts)
{
    static const struct hc_column columns[] = {{"Service", HC_COLUMN_TEXT, true},
                                               {"Category", HC_COLUMN_TEXT, false},
                                               {"Cause", HC_COLUMN_TEXT, false},
                                               {"This quarter", HC_COLUMN_NUMBER, false},
                                               {"Before it", HC_COLUMN_NUMBER, false},
                                               {"First", HC_COLUMN_SHORT, false},
                                               {"Change of its level", HC_COLUMN_TITLE, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_trend *t = parts->t;
    hc_doc_section(doc, "repeats", "Causes that come back");
    hc_doc_paragraph(doc);
    if (!t->n_with_cause) {
        hc_doc_text(doc, "No incident of the quarter has a category on record, so it cannot be said what came back.");
    } else {
        double low, high;
        hc_share_interval(t->n_repeated, t->n_with_cause, 0.95, &low, &high);
        hc_doc_format(
            doc,
            "Of the %u incidents of the quarter whose category is on record, %u (%.*s, 95 %% interval %.*s to %.*s) are of a service, category and cause that the corpus had seen before.",
            t->n_with_cause, t->n_repeated, HC_STR_ARG(hc_cal_percent(doc, (double)t->n_repeated / t->n_with_cause)),
            HC_STR_ARG(hc_cal_percent(doc, low)), HC_STR_ARG(hc_cal_percent(doc, high)));
    }
    hc_doc_text(
        doc,
        " What was done about a cause, and when, is not in the corpus. Whether a follow-up worked shows as a fall of the cause's own level, looked for over the last two years of those with 8 incidents and more, without being told when; fewer cannot show it.");
    if (!t->n_causes)
        return;
    hc_doc_table(
        doc,
        hc_doc_formatted(
            doc,
            "Causes of the quarter that had been seen, and those whose level was looked at; the %d most frequent of two years at most",
            HC_TREND_GROUPS),
        HC_COLUMNS(columns));
    const struct hc_str sql = causes_sql(parts);
    for (size_t i = 0; i < t->n_causes; i++)
        put_cause(parts, i, sql);
}
