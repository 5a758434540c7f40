/* What evidence was there, and what the model learned and was worth. */
#include <math.h>

#include "reports/trend_parts.h"

/* ---- evidence -------------------------------------------------------------------------------------------- */

/* What the absence of a kind costs the leading hypothesis, as the latest calibration learned it. */
static void put_cost(struct hc_trend_parts *parts, const char *kind)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_calibration *c = parts->in->calibration;
    hc_doc_cell(doc);
    for (size_t i = 0; c && i < c->n_penalties; i++) {
        const struct hc_penalty_row *row = &c->penalties[i];
        if (!hc_str_is(row->missing, kind) || !row->n_incidents)
            continue;
        hc_doc_from_sql(
            doc,
            hc_doc_formatted(doc, "%.*s (%.*s)", HC_STR_ARG(hc_trend_points(doc, row->points)),
                             HC_STR_ARG(hc_trend_range(doc, 100 * row->low, 100 * row->high, 0))),
            hc_doc_formatted(
                doc, "SELECT points, low, high, incidents FROM penalties WHERE calibration = %lld AND missing = '%s'",
                (long long)c->number, kind));
        return;
    }
    hc_doc_text(doc, c ? "not learned" : "-");
}

void hc_trend_evidence(struct hc_trend_parts *parts)
{
    static const struct hc_column columns[] = {
        {"Missing", HC_COLUMN_TITLE, true},        {"This quarter", HC_COLUMN_NUMBER, false},
        {"Share", HC_COLUMN_RANGE, false},         {"The quarter before", HC_COLUMN_RANGE, false},
        {"A year before", HC_COLUMN_RANGE, false}, {"What that costs in confidence", HC_COLUMN_RANGE, false}};
    struct hc_doc *doc = parts->doc;
    size_t n_kinds;
    const struct hc_trend_kind *kinds = hc_trend_kinds(&n_kinds);
    hc_doc_section(doc, "evidence", "What evidence was there");
    hc_doc_paragraph(doc);
    hc_doc_text(
        doc,
        "In how many incidents a kind of evidence is missing, and what its absence takes, on average, from the leading hypothesis where incidents had it and it was taken away (percentage points; 95 % interval). Traces stand in no view, and are not counted here. ");
    if (parts->in->calibration)
        hc_doc_format(
            doc, "What it costs is as calibration %lld learned it, the latest promoted one as of the quarter's end.",
            (long long)parts->in->calibration->number);
    else
        hc_doc_text(
            doc,
            "What it costs is not said: no promoted calibration is as of the quarter's end or before. Of a later one the calibration report tells.");
    hc_doc_table(doc, HC_STR("Incidents without a kind of evidence"), HC_COLUMNS(columns));
    for (size_t k = 0; k < n_kinds && k < parts->t->n_kinds; k++) {
        hc_cal_cell(doc, hc_str_of(kinds[k].title));
        for (int w = 0; w < HC_TREND_WINDOWS; w++) {
            const struct hc_trend_window *window = &parts->t->windows[w];
            const uint32_t n = parts->t->missing[k][w];
            struct hc_score share = {window->n ? (double)n / (double)window->n : NAN, 0, 1};
            hc_share_interval(n, (uint32_t)window->n, 0.95, &share.low, &share.high);
            if (w == HC_TREND_NOW)
                hc_cal_cited_cell(
                    doc, hc_doc_formatted(doc, "%u", n),
                    hc_trend_count_sql(doc, window->quarter, hc_doc_formatted(doc, "NOT %s", kinds[k].there)));
            hc_cal_cell(doc, hc_cal_share(doc, share));
        }
        put_cost(parts, kinds[k].id);
    }
}

/* ---- scores ---------------------------------------------------------------------------------------------- */

static void put_scores(struct hc_trend_parts *parts, const struct hc_breakdown_group *g, int question)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_backtest_scores *s = &g->of[question];
    const struct hc_str sql = hc_cal_query(
        doc, "hindcast", question, "printf('%sQ%d', substr(started_at, 1, 4), (substr(started_at, 6, 2) + 2) / 3)");
    hc_cal_cell(doc, g->name);
    hc_cal_cited_cell(doc, hc_doc_formatted(doc, "%u", s->n), sql);
    hc_cal_cell(doc, hc_cal_share(doc, s->top1));
    hc_cal_cell(doc, hc_cal_number(doc, s->log_loss));
    hc_cal_cell(doc, hc_cal_number(doc, s->brier));
    hc_cal_ece_cell(doc, s);
    hc_cal_cell(doc, hc_cal_share(doc, g->over_priors[question]));
}

static void put_figure(struct hc_trend_parts *parts, int question, const char *caption)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_breakdown *by = parts->in->by_quarter;
    hc_doc_intervals(doc, hc_doc_formatted(doc, "%s: how often the first answer was right; from 0 to 100 %%", caption),
                     HC_STR("Shares with their intervals; the table that follows holds them."));
    for (size_t i = 0; i < by->n_groups; i++) {
        const struct hc_score *top1 = &by->groups[i].of[question].top1;
        if (!by->groups[i].of[question].n ||
            hc_str_compare(by->groups[i].name, hc_trend_window(parts, HC_TREND_NOW)) > 0)
            continue;
        hc_doc_mark(doc, (struct hc_mark){.label = by->groups[i].name,
                                          .value = hc_cal_percent(doc, top1->value),
                                          .at = top1->value,
                                          .low = top1->low,
                                          .high = top1->high,
                                          .tone = HC_TONE_INFO});
    }
}

void hc_trend_scores(struct hc_trend_parts *parts)
{
    static const struct hc_column columns[] = {
        {"Quarter", HC_COLUMN_SHORT, true},
        {"Answers", HC_COLUMN_NUMBER, false},
        {"First is right", HC_COLUMN_RANGE, false},
        {"Log loss", HC_COLUMN_RANGE, false},
        {"Brier", HC_COLUMN_RANGE, false},
        {"ECE (a calibrated one's: mean, 95th percentile)", HC_COLUMN_RANGE, false},
        {"Saves over priors", HC_COLUMN_RANGE, false}};
    static const char *const captions[] = {"Components", "Categories"};
    struct hc_doc *doc = parts->doc;
    const struct hc_breakdown *by = parts->in->by_quarter;
    const struct hc_str now = hc_trend_window(parts, HC_TREND_NOW);
    hc_doc_section(doc, "calibration", "How far Hindcast could be believed");
    hc_doc_paragraph(doc);
    if (!by) {
        hc_doc_text(doc, "Not known: no backtest is stored. ");
        hc_doc_code(doc, HC_STR("hindcast backtest"));
        hc_doc_text(doc, " makes one; the trend then has its scores by quarter.");
        return;
    }
    hc_doc_text(
        doc,
        "Each confirmed incident was analysed with only what was known when it began. By the quarter in which it did; intervals hold the true value 95 times in 100. Quarters of few answers differ by chance. Reliability diagrams: ");
    hc_doc_code(doc, HC_STR("hindcast report calibration"));
    hc_doc_text(doc, ".");
    for (int question = HC_OF_COMPONENT; question <= HC_OF_CATEGORY; question++) {
        put_figure(parts, question, captions[question]);
        hc_doc_table(doc, hc_doc_formatted(doc, "%s, by quarter", captions[question]), HC_COLUMNS(columns));
        for (size_t i = 0; i < by->n_groups; i++)
            if (by->groups[i].of[question].n && hc_str_compare(by->groups[i].name, now) <= 0)
                put_scores(parts, &by->groups[i], question);
    }
}

/* ---- priors ---------------------------------------------------------------------------------------------- */

static const struct hc_prior_row *prior_of(const struct hc_calibration *c, struct hc_str category)
{
    for (size_t i = 0; i < c->n_priors; i++)
        if (!c->priors[i].service.p && hc_str_equal(c->priors[i].category, category))
            return &c->priors[i];
    return NULL;
}

static void put_prior(struct hc_doc *doc, const struct hc_calibration *c, const struct hc_prior_row *row)
{
    if (!row) {
        hc_cal_cell(doc, HC_STR("-"));
        return;
    }
    hc_cal_cited_cell(
        doc, hc_cal_share(doc, (struct hc_score){row->probability, row->low, row->high}),
        hc_doc_formatted(
            doc,
            "SELECT probability, low, high FROM priors WHERE calibration = %lld AND service IS NULL AND category = '%.*s'",
            (long long)c->number, HC_STR_ARG(hc_cal_quoted(doc, row->category))));
}

void hc_trend_priors(struct hc_trend_parts *parts)
{
    static const struct hc_column columns[] = {{"Category", HC_COLUMN_TITLE, true},
                                               {"As of the quarter's start", HC_COLUMN_RANGE, false},
                                               {"As of its end", HC_COLUMN_RANGE, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_calibration *now = parts->in->calibration, *then = parts->in->earlier;
    hc_doc_section(doc, "priors", "How the priors drifted");
    hc_doc_paragraph(doc);
    if (!now || !then || now->number == then->number) {
        hc_doc_text(
            doc,
            !now
                ? "No promoted calibration was learned from no more than what was known by the quarter's end: "
                : "There are not two promoted calibrations to compare, one as of the quarter's start and one as of its end: ");
        hc_doc_code(doc, HC_STR("hindcast calibrate --as-of TIME"));
        hc_doc_text(doc, " learns one, and promotes it where it is not worse.");
        return;
    }
    hc_doc_format(
        doc,
        "What calibration %lld (%u incidents) and calibration %lld (%u incidents) hold each category to be worth before an incident is looked at. The later one knows all that the earlier did: their intervals are not of different incidents.",
        (long long)then->number, then->n_incidents, (long long)now->number, now->n_incidents);
    hc_doc_table(doc, HC_STR("Priors over all services, with 95 % intervals"), HC_COLUMNS(columns));
    for (size_t i = 0; i < now->n_priors; i++) {
        if (now->priors[i].service.p)
            continue;
        hc_cal_cell(doc, hc_trend_category(parts, now->priors[i].category));
        put_prior(doc, then, prior_of(then, now->priors[i].category));
        put_prior(doc, now, &now->priors[i]);
    }
}
