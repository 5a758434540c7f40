/* Scores by what incidents were, and what each kind of evidence is worth. */
#include <math.h>

#include "reports/calibration_parts.h"

#define GROUPS 40 /* in a table; of more the smaller are counted */

static const struct hc_column right_columns[] = {
    {"Group", HC_COLUMN_TITLE, true},           {"Answers", HC_COLUMN_NUMBER, false},
    {"First is right", HC_COLUMN_RANGE, false}, {"Among three", HC_COLUMN_NUMBER, false},
    {"Among five", HC_COLUMN_NUMBER, false},    {"Log loss", HC_COLUMN_RANGE, false},
    {"Brier", HC_COLUMN_NUMBER, false}};

static const struct hc_column trust_columns[] = {
    {"Group", HC_COLUMN_TITLE, true},
    {"ECE (a calibrated one's: mean, 95th percentile)", HC_COLUMN_RANGE, false},
    {"Set held it", HC_COLUMN_RANGE, false},
    {"Mean set", HC_COLUMN_NUMBER, false},
    {"Saves over priors", HC_COLUMN_RANGE, false},
    {"Saves over no learning", HC_COLUMN_RANGE, false}};

static void put_name(struct hc_doc *doc, struct hc_str name)
{
    hc_doc_cell(doc);
    if (name.n)
        hc_doc_str(doc, name);
    else
        hc_doc_absent(doc, "not stated");
}

static void put_right(struct hc_doc *doc, const struct hc_breakdown_group *g, int question, struct hc_str sql)
{
    const struct hc_backtest_scores *s = &g->of[question];
    hc_cal_cited_cell(doc, hc_doc_formatted(doc, "%u", s->n), sql);
    hc_cal_cell(doc, hc_cal_share(doc, s->top1));
    hc_cal_cell(doc, hc_cal_percent(doc, s->top3.value));
    hc_cal_cell(doc, hc_cal_percent(doc, s->top5.value));
    hc_cal_cell(doc, hc_cal_number(doc, s->log_loss));
    hc_cal_cell(doc, hc_cal_fixed(doc, s->brier.value, 3));
}

static void put_trust(struct hc_doc *doc, const struct hc_breakdown_group *g, int question)
{
    const struct hc_backtest_scores *s = &g->of[question];
    hc_cal_ece_cell(doc, s);
    hc_cal_cell(doc, hc_cal_share(doc, s->coverage));
    hc_cal_cell(doc, hc_cal_fixed(doc, s->mean_set, 1));
    hc_cal_cell(doc, hc_cal_share(doc, g->over_priors[question]));
    hc_cal_cell(doc, hc_cal_share(doc, g->over_expert[question]));
}

/* "logs: there" of logs, "logs: missing" of no-logs. */
static struct hc_str say_kind(struct hc_calibration_parts *parts, struct hc_str name)
{
    const struct hc_str no = HC_STR("no-");
    const bool missing = hc_str_starts(name, no);
    const struct hc_str kind = missing ? (struct hc_str){name.p + no.n, name.n - no.n} : name;
    return hc_doc_formatted(parts->doc, "%.*s: %s", HC_STR_ARG(hc_cal_kind(parts->in->catalogue, kind)),
                            missing ? "missing" : "there");
}

static struct hc_str say_group(struct hc_calibration_parts *parts, int by, struct hc_str name)
{
    if (by == HC_BY_EVIDENCE)
        return say_kind(parts, name);
    if (by == HC_BY_CATEGORY)
        return hc_cal_category(parts->in->catalogue, name);
    return name;
}

/* The query of a table whose groups the views hold; absent of others. */
static struct hc_str query_of(struct hc_calibration_parts *parts, int by, int question)
{
    static const char *const columns[HC_BREAKDOWNS] = {
        [HC_BY_CATEGORY] = "category",
        [HC_BY_SERVICE] = "service",
        [HC_BY_QUARTER] = "printf('%sQ%d', substr(started_at, 1, 4), (substr(started_at, 6, 2) + 2) / 3)"};
    return columns[by] ? hc_cal_query(parts->doc, "hindcast", question, columns[by]) : HC_STR_NONE;
}

/* What all have, or none has, tells nothing. */
static bool is_shown(const struct hc_calibration_parts *parts, int by, const struct hc_breakdown_group *g, int question)
{
    return g->of[question].n && !(by == HC_BY_EVIDENCE && g->n == parts->in->breakdowns->all.n);
}

static size_t put_table(struct hc_calibration_parts *parts, int by, int question, bool trust)
{
    const struct hc_breakdown *x = &parts->in->breakdowns->by[by];
    const struct hc_str sql = query_of(parts, by, question);
    size_t n = 0;
    for (size_t i = 0; i < x->n_groups; i++) {
        if (!is_shown(parts, by, &x->groups[i], question) || n++ >= GROUPS)
            continue;
        put_name(parts->doc, say_group(parts, by, x->groups[i].name));
        if (trust)
            put_trust(parts->doc, &x->groups[i], question);
        else
            put_right(parts->doc, &x->groups[i], question, sql);
    }
    return n;
}

static void put_breakdown(struct hc_calibration_parts *parts, int by, int question, const char *caption)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_table(doc, hc_str_of(caption), HC_COLUMNS(right_columns));
    const size_t n = put_table(parts, by, question, false);
    hc_doc_table(doc, hc_doc_formatted(doc, "The same: how far it can be believed, and what it saves (%s)", caption),
                 HC_COLUMNS(trust_columns));
    put_table(parts, by, question, true);
    if (n <= GROUPS)
        return;
    hc_doc_paragraph(doc);
    hc_doc_format(doc, "%zu smaller one%s: ", n - GROUPS, n - GROUPS == 1 ? "" : "s");
    hc_doc_code(doc, HC_STR("hindcast backtest --json"));
}

void hc_cal_breakdowns(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_section(doc, "breakdowns", "By what incidents were");
    hc_doc_paragraph(doc);
    hc_doc_text(
        doc,
        "Of components, but the first table of categories. \"Saves\" is the share of the log loss that is saved; below 0 it is "
        "lost. Small groups differ by chance: look at the intervals.");
    put_breakdown(parts, HC_BY_CATEGORY, HC_OF_CATEGORY, "By confirmed category, of the category");
    put_breakdown(parts, HC_BY_CATEGORY, HC_OF_COMPONENT, "By confirmed category, of the component");
    put_breakdown(parts, HC_BY_SERVICE, HC_OF_COMPONENT, "By service");
    put_breakdown(parts, HC_BY_EVIDENCE, HC_OF_COMPONENT,
                  "By kind of evidence, there or missing, where some had it and some had not");
    put_breakdown(parts, HC_BY_QUARTER, HC_OF_COMPONENT, "By quarter in which they began (UTC)");
}

/* ---- what a kind is worth --------------------------------------------------------------------------------- */

void hc_cal_ablation(struct hc_calibration_parts *parts)
{
    static const struct hc_column columns[] = {
        {"Removed", HC_COLUMN_TITLE, true},
        {"Answers", HC_COLUMN_NUMBER, false},
        {"First right with it", HC_COLUMN_RANGE, false},
        {"Without it", HC_COLUMN_RANGE, false},
        {"Log loss it saves", HC_COLUMN_RANGE, false},
        {"ECE without it (a calibrated one's: mean, 95th percentile)", HC_COLUMN_RANGE, false},
        {"Set held it", HC_COLUMN_RANGE, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_breakdowns *x = parts->in->breakdowns;
    hc_doc_section(doc, "ablation", "What each kind of evidence is worth");
    hc_doc_paragraph(doc);
    if (!x->n_ablations) {
        hc_doc_text(doc, "Not looked at: ");
        hc_doc_code(doc, HC_STR("hindcast backtest --ablation"));
        hc_doc_text(doc, " answers each incident again with each kind removed.");
        return;
    }
    hc_doc_text(
        doc,
        "The same incidents answered with a kind of evidence and without, where they had it and something else. The model was not "
        "learned anew: this is what an incident loses where the kind is not collected, not what a team would lose that never had it.");
    hc_doc_table(doc, HC_STR("Components, with each kind of evidence removed in turn"), HC_COLUMNS(columns));
    for (size_t i = 0; i < x->n_ablations; i++) {
        const struct hc_ablation *a = &x->ablations[i];
        const struct hc_backtest_scores *without = &a->without[HC_OF_COMPONENT];
        const struct hc_str method = hc_doc_formatted(doc, "without-%.*s", HC_STR_ARG(a->kind));
        hc_cal_cell(doc, hc_cal_kind(parts->in->catalogue, a->kind));
        hc_doc_cell(doc);
        hc_doc_format(doc, "%u", without->n);
        hc_cal_cell(doc, hc_cal_share(doc, a->whole[HC_OF_COMPONENT].top1));
        hc_cal_cited_cell(doc, hc_cal_share(doc, without->top1),
                          method.p ? hc_cal_query(doc, method.p, HC_OF_COMPONENT, NULL) : HC_STR_NONE);
        hc_cal_cell(doc, hc_cal_number(doc, a->lost[HC_OF_COMPONENT]));
        hc_cal_ece_cell(doc, without);
        hc_cal_cell(doc, hc_cal_share(doc, without->coverage));
    }
}
