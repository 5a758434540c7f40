/* What is promised, and what was learned: priors, weights, penalties. */
#include <math.h>
#include <stdlib.h>

#include "reports/calibration_parts.h"

#define PRIORS 100 /* rows by service */
#define WEIGHTS 40 /* in the table: those that moved most */

/* ---- the promise ------------------------------------------------------------------------------------------ */

static void put_promise_kept(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_backtest_scores *own = hc_cal_own(parts->in, HC_OF_COMPONENT);
    if (!own->n_promised)
        return;
    hc_doc_paragraph(doc);
    hc_doc_format(doc, "In the backtest it was promised to %u incidents, and kept in ", own->n_promised);
    hc_doc_from_sql(doc, hc_cal_share(doc, own->coverage), hc_cal_query(doc, "hindcast", HC_OF_COMPONENT, NULL));
    hc_doc_format(doc, "; a set held %.*s hypotheses on average.", HC_STR_ARG(hc_cal_fixed(doc, own->mean_set, 1)));
    if (own->coverage.high < 0.95)
        hc_doc_text(
            doc,
            " That is less than was promised: the incidents changed faster than it learned. Do not rely on what it rules out.");
}

void hc_cal_promise(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const uint32_t n = parts->in->promised_from, needs = parts->in->promise_needs;
    hc_doc_section(doc, "promise", "What is promised of what it rules out");
    hc_doc_paragraph(doc);
    if (!parts->in->calibration)
        hc_doc_format(doc, "Nothing: no calibration was promoted. A promise takes %u confirmed incidents.", needs);
    else if (!n)
        hc_doc_format(
            doc,
            "Nothing yet: a promise takes %u incidents whose cause was confirmed, and the calibration in use has learned "
            "from %u. Until then a cause is called ruled out below 5 %% and confirmed from 90 %%, and neither is a promise.",
            needs, parts->in->calibration->n_incidents);
    else
        hc_doc_format(
            doc,
            "Of incidents like the past ones, in the long run at most 1 in 20 has its confirmed cause among those that were ruled "
            "out. That rests on %u past incidents, each answered with what was known before it.",
            n);
    put_promise_kept(parts);
    hc_doc_paragraph(doc);
    hc_doc_text(
        doc,
        "What is not promised: it is 1 in 20 over all incidents together, not for each service or category (but the sets go by "
        "which kinds of evidence are missing, where enough past incidents missed the same); a group may do worse while "
        "others do better. And it holds as long as incidents that come are exchangeable with the past "
        "ones: had they been shuffled, nobody could tell which came last. A new system, a reorganised team or a changed "
        "collector breaks that; the tables by quarter and service show where.");
}

/* ---- what was learned --------------------------------------------------------------------------------------- */

static void put_priors(struct hc_calibration_parts *parts, bool of_services)
{
    static const struct hc_column columns[] = {{"Category", HC_COLUMN_TEXT, true},
                                               {"Service", HC_COLUMN_TEXT, false},
                                               {"Share (95 % interval)", HC_COLUMN_RANGE, false},
                                               {"Confirmed incidents", HC_COLUMN_NUMBER, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_calibration *c = parts->in->calibration;
    const struct hc_str sql = hc_cal_learned_query(parts->doc, parts->in->calibration,
                                                   "service, category, probability, low, high, incidents", "priors");
    size_t n = 0;
    hc_doc_table(doc,
                 of_services ? HC_STR("How usual each category is, by service, where at least one was confirmed")
                             : HC_STR("How usual each category is, over all services"),
                 HC_COLUMNS(columns));
    for (size_t i = 0; i < c->n_priors; i++) {
        const struct hc_prior_row *row = &c->priors[i];
        if ((row->service.p != NULL) != of_services || (of_services && !row->n_incidents))
            continue;
        if (++n > PRIORS)
            continue;
        hc_cal_cell(doc, row->category);
        hc_cal_cell(doc, of_services ? row->service : HC_STR("all"));
        hc_cal_cited_cell(doc, hc_cal_share(doc, (struct hc_score){row->probability, row->low, row->high}), sql);
        hc_doc_cell(doc);
        hc_doc_format(doc, "%u", row->n_incidents);
    }
    if (n > PRIORS) {
        hc_doc_paragraph(doc);
        hc_doc_format(doc, "%zu more rows are in the view priors.", n - PRIORS);
    }
}

static int by_change(const void *a, const void *b)
{
    const struct hc_weight_row *x = *(const struct hc_weight_row *const *)a,
                               *y = *(const struct hc_weight_row *const *)b;
    const double p = fabs(x->weight - x->expert_weight), q = fabs(y->weight - y->expert_weight);
    if (p < q || p > q)
        return p < q ? 1 : -1;
    return hc_str_compare(x->evidence, y->evidence);
}

static void put_weight_rows(struct hc_calibration_parts *parts, const struct hc_weight_row *const *rows, size_t n)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_str sql = hc_cal_learned_query(parts->doc, parts->in->calibration,
                                                   "evidence, weight, low, high, expert_weight", "weights");
    for (size_t i = 0; i < n && i < WEIGHTS; i++) {
        const struct hc_weight_row *row = rows[i];
        hc_doc_cell(doc);
        hc_doc_code(doc, row->evidence);
        hc_cal_cited_cell(doc, hc_cal_number(doc, (struct hc_score){row->weight, row->low, row->high}), sql);
        hc_cal_cell(doc, hc_cal_fixed(doc, row->expert_weight, 3));
        hc_cal_cell(doc, hc_cal_fixed(doc, row->weight - row->expert_weight, 3));
    }
}

static void put_weights(struct hc_calibration_parts *parts)
{
    static const struct hc_column columns[] = {{"Evidence", HC_COLUMN_TEXT, true},
                                               {"Learned (95 % interval)", HC_COLUMN_RANGE, false},
                                               {"The expert's", HC_COLUMN_NUMBER, false},
                                               {"Moved by", HC_COLUMN_NUMBER, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_calibration *c = parts->in->calibration;
    const struct hc_weight_row **rows = hc_arena_calloc(doc->arena, c->n_weights, sizeof *rows);
    if (!rows) {
        doc->failed = true;
        return;
    }
    for (size_t i = 0; i < c->n_weights; i++)
        rows[i] = &c->weights[i];
    qsort(rows, c->n_weights, sizeof *rows, by_change);
    hc_doc_table(doc,
                 hc_doc_formatted(doc, "Weights of evidence in nats a unit, those first that learning moved most%s",
                                  c->n_weights > WEIGHTS ? "; the view weights has all" : ""),
                 HC_COLUMNS(columns));
    put_weight_rows(parts, rows, c->n_weights);
}

static void put_penalties(struct hc_calibration_parts *parts)
{
    static const struct hc_column columns[] = {{"Missing", HC_COLUMN_TEXT, true},
                                               {"Points of confidence", HC_COLUMN_NUMBER, false},
                                               {"95 % interval", HC_COLUMN_NUMBER, false},
                                               {"Learned from", HC_COLUMN_NUMBER, false},
                                               {"The expert's", HC_COLUMN_NUMBER, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_calibration *c = parts->in->calibration;
    const struct hc_str sql =
        hc_cal_learned_query(parts->doc, parts->in->calibration, "missing, points, low, high, incidents", "penalties");
    hc_doc_table(doc, HC_STR("What missing evidence costs the first probability, in percentage points"),
                 HC_COLUMNS(columns));
    for (size_t i = 0; i < c->n_penalties; i++) {
        const struct hc_penalty_row *row = &c->penalties[i];
        double expert = NAN;
        for (size_t k = 0; k < parts->in->catalogue->n_kinds; k++)
            if (hc_str_equal(parts->in->catalogue->kinds[k].id, row->missing))
                expert = parts->in->catalogue->kinds[k].points;
        hc_cal_cell(doc, row->missing);
        hc_cal_cited_cell(doc, hc_cal_points(doc, row->points), sql);
        hc_doc_cell(doc);
        if (row->n_incidents)
            hc_doc_format(doc, "%.*s to %.*s", HC_STR_ARG(hc_cal_points(doc, row->low)),
                          HC_STR_ARG(hc_cal_points(doc, row->high)));
        else
            hc_doc_text(doc, "-");
        hc_doc_cell(doc);
        if (row->n_incidents)
            hc_doc_format(doc, "%u", row->n_incidents);
        else
            hc_doc_text(doc, "nothing: the expert's");
        hc_cal_cell(doc, hc_cal_points(doc, expert));
    }
}

void hc_cal_learned(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_calibration *c = parts->in->calibration;
    char as_of[HC_TIME_TEXT];
    hc_doc_section(doc, "learned", "What was learned");
    hc_doc_paragraph(doc);
    if (!c) {
        hc_doc_text(doc, "No calibration was promoted, so that new incidents are analysed with the expert's weights: ");
        hc_doc_code(doc, HC_STR("hindcast calibrate"));
        hc_doc_text(doc, " learns one.");
        return;
    }
    hc_time_format(c->as_of, as_of);
    hc_doc_format(
        doc,
        "Calibration %lld, as of %s, of %u confirmed incident%s: the latest, with which new incidents are analysed.",
        (long long)c->number, as_of, c->n_incidents, c->n_incidents == 1 ? "" : "s");
    put_priors(parts, false);
    put_priors(parts, true);
    put_weights(parts);
    put_penalties(parts);
}
