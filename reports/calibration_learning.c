/* What more labels brought, and whether they still do. */
#include <math.h>
#include <string.h>

#include "reports/calibration_parts.h"

static const struct hc_breakdown *known(const struct hc_calibration_parts *parts)
{
    return &parts->in->breakdowns->by[HC_BY_KNOWN];
}

static bool is_shown(const struct hc_breakdown_group *g, int question)
{
    return g->of[question].n > 0 && g->priors;
}

/* "10-29", "0" and "10000+" as the condition on the view's column. */
static void put_case(struct hc_buf *out, struct hc_str name)
{
    const char *dash = memchr(name.p, '-', name.n);
    const size_t n = dash ? (size_t)(dash - name.p) : name.n - hc_str_ends(name, HC_STR("+"));
    const struct hc_str from = {name.p, n};
    hc_buf_format(out, " WHEN labels_known >= %.*s THEN '%.*s'", HC_STR_ARG(from), HC_STR_ARG(name));
}

/* The groups as a column: the greatest first, so that the first condition that holds is its own. */
static struct hc_str case_of(struct hc_calibration_parts *parts)
{
    struct hc_buf out = {0};
    hc_buf_text(&out, "CASE");
    for (size_t i = known(parts)->n_groups; i > 0; i--)
        put_case(&out, known(parts)->groups[i - 1].name);
    hc_buf_text(&out, " END");
    const struct hc_str kept = hc_doc_formatted(parts->doc, "%.*s", HC_STR_ARG(hc_buf_view(&out)));
    hc_buf_free(&out);
    return kept;
}

/* ---- whether more still help ------------------------------------------------------------------------------- */

static const char *subject(int question)
{
    static const char *const of[HC_QUESTIONS] = {"components", "categories", "whole causes"};
    return of[question];
}

static struct hc_str say_nats(struct hc_doc *doc, struct hc_score saved)
{
    return hc_doc_formatted(doc, "%.*s nats", HC_STR_ARG(hc_cal_number(doc, saved)));
}

static void put_growth(struct hc_calibration_parts *parts, int question)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_growth *g = &parts->in->growth[question];
    hc_doc_item(doc);
    hc_doc_format(doc, "Of %s ", subject(question));
    if (isnan(g->saved.value)) {
        hc_doc_strong(doc, HC_STR("it cannot be told"));
        hc_doc_format(doc,
                      ": %u answer%s within the last two doublings of the labels are too few, or all knew as many.",
                      g->n, g->n == 1 ? "" : "s");
        return;
    }
    hc_doc_strong(doc, g->saved.low > 0    ? HC_STR("more labels still help")
                       : g->saved.high < 0 ? HC_STR("more labels did not help, they made it worse")
                                           : HC_STR("it cannot be told"));
    hc_doc_format(
        doc,
        ": over %u answers with %u to %u labels known, each doubling took %.*s off the log loss, beside what the expert's "
        "weights lose on the same incidents",
        g->n, g->from, g->to, HC_STR_ARG(say_nats(doc, g->saved)));
    if (g->saved.low > 0 || g->saved.high < 0)
        hc_doc_text(doc, ".");
    else
        hc_doc_format(doc, ", and the interval holds 0; %.*s nats would have been seen 8 times in 10.",
                      HC_STR_ARG(hc_cal_fixed(doc, g->seen, 3)));
}

void hc_cal_learning_short(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    if (!parts->in->growth || isnan(parts->in->growth[HC_OF_COMPONENT].saved.value))
        return;
    const struct hc_score *saved = &parts->in->growth[HC_OF_COMPONENT].saved;
    hc_doc_item(doc);
    hc_doc_text(doc, "Whether more labels still help: ");
    hc_doc_link_section(doc,
                        saved->low > 0    ? HC_STR("they do")
                        : saved->high < 0 ? HC_STR("they do not, it became worse")
                                          : HC_STR("that cannot be told yet"),
                        HC_STR("learning"));
    hc_doc_format(doc, " (each doubling takes %.*s off the log loss of components).",
                  HC_STR_ARG(say_nats(doc, *saved)));
}

/* ---- the curve ----------------------------------------------------------------------------------------------- */

static struct hc_mark mark_of(struct hc_score score, double top)
{
    return (struct hc_mark){.at = score.value / top, .low = score.low / top, .high = score.high / top};
}

/* `of_loss`: of the log loss, which has no greatest value; else of the share right. */
static void put_figure(struct hc_calibration_parts *parts, int question, bool of_loss)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_breakdown *by = known(parts);
    double top = of_loss ? 0 : 1;
    for (size_t i = 0; of_loss && i < by->n_groups; i++)
        if (is_shown(&by->groups[i], question))
            top =
                fmax(top, fmax(by->groups[i].of[question].log_loss.high, by->groups[i].priors[question].log_loss.high));
    if (!(top > 0))
        return;
    const struct hc_str scale =
        of_loss ? hc_doc_formatted(doc, "%.*s nats", HC_STR_ARG(hc_cal_fixed(doc, top, 2))) : hc_cal_percent(doc, top);
    hc_doc_intervals(
        doc,
        hc_doc_formatted(doc,
                         "%s of %s by labels known, with 95 %% intervals, from 0 to %.*s; below, dashed: priors alone",
                         of_loss ? "Log loss" : "First answer right", subject(question), HC_STR_ARG(scale)),
        HC_STR("Scores with their intervals; the table that follows holds them."));
    for (size_t i = 0; i < by->n_groups; i++) {
        const struct hc_breakdown_group *g = &by->groups[i];
        struct hc_mark *priors = hc_arena_alloc(doc->arena, sizeof *priors);
        if (!is_shown(g, question) || !priors)
            continue;
        const struct hc_score own = of_loss ? g->of[question].log_loss : g->of[question].top1;
        const struct hc_score base = of_loss ? g->priors[question].log_loss : g->priors[question].top1;
        struct hc_mark mark = mark_of(own, top);
        *priors = mark_of(base, top);
        mark.before = priors;
        mark.label = hc_doc_formatted(doc, "%.*s labels", HC_STR_ARG(g->name));
        mark.value = of_loss ? hc_doc_formatted(doc, "%.*s, priors %.*s", HC_STR_ARG(hc_cal_fixed(doc, own.value, 3)),
                                                HC_STR_ARG(hc_cal_fixed(doc, base.value, 3)))
                             : hc_doc_formatted(doc, "%.*s, priors %.*s", HC_STR_ARG(hc_cal_percent(doc, own.value)),
                                                HC_STR_ARG(hc_cal_percent(doc, base.value)));
        mark.tone = HC_TONE_INFO;
        hc_doc_mark(doc, mark);
    }
}

static void put_right(struct hc_calibration_parts *parts, int question, struct hc_str by)
{
    static const struct hc_column columns[] = {
        {"Labels known", HC_COLUMN_SHORT, true},    {"Answers", HC_COLUMN_NUMBER, false},
        {"First is right", HC_COLUMN_RANGE, false}, {"Priors alone: first is right", HC_COLUMN_RANGE, false},
        {"Log loss", HC_COLUMN_RANGE, false},       {"Priors alone: log loss", HC_COLUMN_RANGE, false}};
    struct hc_doc *doc = parts->doc;
    hc_doc_table(doc, hc_doc_formatted(doc, "Learning curve of %s, beside the priors alone", subject(question)),
                 HC_COLUMNS(columns));
    for (size_t i = 0; i < known(parts)->n_groups; i++) {
        const struct hc_breakdown_group *g = &known(parts)->groups[i];
        if (!is_shown(g, question))
            continue;
        hc_cal_cell(doc, hc_doc_formatted(doc, "%.*s known", HC_STR_ARG(g->name)));
        hc_cal_cited_cell(doc, hc_doc_formatted(doc, "%u", g->of[question].n),
                          by.p ? hc_cal_query(doc, "hindcast", question, by.p) : HC_STR_NONE);
        hc_cal_cell(doc, hc_cal_share(doc, g->of[question].top1));
        hc_cal_cited_cell(doc, hc_cal_share(doc, g->priors[question].top1),
                          by.p ? hc_cal_query(doc, "priors", question, by.p) : HC_STR_NONE);
        hc_cal_cell(doc, hc_cal_number(doc, g->of[question].log_loss));
        hc_cal_cell(doc, hc_cal_number(doc, g->priors[question].log_loss));
    }
}

static void put_trust(struct hc_calibration_parts *parts, int question)
{
    static const struct hc_column columns[] = {{"Labels known", HC_COLUMN_SHORT, true},
                                               {"ECE (95 % interval)", HC_COLUMN_RANGE, false},
                                               {"A calibrated one's: mean, 95th percentile", HC_COLUMN_NUMBER, false},
                                               {"Priors alone: ECE", HC_COLUMN_RANGE, false},
                                               {"Saves over priors", HC_COLUMN_RANGE, false},
                                               {"Saves over no learning", HC_COLUMN_RANGE, false}};
    struct hc_doc *doc = parts->doc;
    hc_doc_table(
        doc, hc_doc_formatted(doc, "The same of %s: how far it can be believed, and what it saves", subject(question)),
        HC_COLUMNS(columns));
    for (size_t i = 0; i < known(parts)->n_groups; i++) {
        const struct hc_breakdown_group *g = &known(parts)->groups[i];
        const struct hc_backtest_scores *own = &g->of[question];
        if (!is_shown(g, question))
            continue;
        const bool few = own->n < HC_LEAST_FOR_ECE;
        hc_cal_cell(doc, hc_doc_formatted(doc, "%.*s known", HC_STR_ARG(g->name)));
        hc_cal_cell(doc, few ? HC_STR("too few") : hc_cal_number(doc, own->ece));
        hc_cal_cell(doc,
                    few ? HC_STR("-")
                        : hc_doc_formatted(doc, "%.*s, %.*s", HC_STR_ARG(hc_cal_fixed(doc, own->ece_perfect_mean, 3)),
                                           HC_STR_ARG(hc_cal_fixed(doc, own->ece_perfect_p95, 3))));
        hc_cal_cell(doc, few ? HC_STR("too few") : hc_cal_number(doc, g->priors[question].ece));
        hc_cal_cell(doc, hc_cal_share(doc, g->over_priors[question]));
        hc_cal_cell(doc, hc_cal_share(doc, g->over_expert[question]));
    }
}

void hc_cal_learning(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_section(doc, "learning", "What learning brings");
    hc_doc_paragraph(doc);
    hc_doc_text(
        doc,
        "Whether more labels still help, each incident held against the expert's answer to it, so that hard and easy times do "
        "not tell:");
    if (parts->in->growth) {
        hc_doc_list(doc);
        for (int question = 0; question < HC_QUESTIONS; question++)
            if (hc_cal_own(parts->in, question)->n)
                put_growth(parts, question);
    }
    hc_doc_paragraph(doc);
    hc_doc_text(
        doc,
        "Labels come with time, and the system changes with it: what is due to the one and what to the other this cannot tell "
        "apart.");
    const struct hc_str by = case_of(parts);
    for (int question = HC_OF_COMPONENT; question <= HC_OF_CATEGORY; question++) {
        if (!hc_cal_own(parts->in, question)->n)
            continue;
        if (hc_cal_own(parts->in, question)->n >= HC_LEAST_FOR_ECE) {
            put_figure(parts, question, false);
            put_figure(parts, question, true);
        }
        put_right(parts, question, by);
        put_trust(parts, question);
    }
}
