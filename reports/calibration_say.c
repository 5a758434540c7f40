/* How the calibration report says numbers, and where they come from. */
#include <math.h>

#include "reports/calibration_parts.h"

const char *hc_cal_question(int question)
{
    static const char *const names[HC_QUESTIONS] = {"component", "category", "hypothesis"};
    return names[question];
}

const struct hc_backtest_scores *hc_cal_own(const struct hc_calibration_report *in, int question)
{
    const struct hc_backtest_scores *const own[HC_QUESTIONS] = {&in->backtest->component, &in->backtest->category,
                                                                &in->backtest->hypothesis};
    return own[question];
}

struct hc_str hc_cal_percent(struct hc_doc *doc, double share)
{
    char text[HC_WORD_TEXT];
    if (isnan(share))
        return HC_STR("-");
    hc_word_percent(share, text);
    if (text[0] == '<' || text[0] == '>')
        return hc_doc_formatted(doc, "%c" HC_NO_BREAK_SPACE "%s", text[0], text + 2);
    return hc_doc_formatted(doc, "%s", text);
}

struct hc_str hc_cal_fixed(struct hc_doc *doc, double value, int decimals)
{
    char text[HC_WORD_TEXT];
    if (isnan(value))
        return HC_STR("-");
    hc_word_fixed(value, decimals, text);
    return hc_doc_formatted(doc, "%s", text);
}

/* The interval does not break, and where there is no room stands below the value. */
static struct hc_str with_interval(struct hc_doc *doc, struct hc_str value, struct hc_str low, struct hc_str high)
{
    return hc_doc_formatted(doc, "%.*s (%.*s" HC_NO_BREAK_SPACE "to" HC_NO_BREAK_SPACE "%.*s)", HC_STR_ARG(value),
                            HC_STR_ARG(low), HC_STR_ARG(high));
}

struct hc_str hc_cal_share(struct hc_doc *doc, struct hc_score score)
{
    if (isnan(score.value))
        return HC_STR("-");
    struct hc_str low = hc_cal_percent(doc, score.low);
    if (hc_str_ends(low, HC_STR(" %")))
        low.n -= 2;
    return with_interval(doc, hc_cal_percent(doc, score.value), low, hc_cal_percent(doc, score.high));
}

struct hc_str hc_cal_number(struct hc_doc *doc, struct hc_score score)
{
    if (isnan(score.value))
        return HC_STR("-");
    return with_interval(doc, hc_cal_fixed(doc, score.value, 3), hc_cal_fixed(doc, score.low, 3),
                         hc_cal_fixed(doc, score.high, 3));
}

struct hc_str hc_cal_points(struct hc_doc *doc, double points)
{
    char text[HC_WORD_TEXT];
    if (isnan(points))
        return HC_STR("-");
    hc_word_fixed(100 * points, 1, text);
    return hc_doc_formatted(doc, "%s%s", points > 0 ? "+" : "", text);
}

struct hc_str hc_cal_points_held(struct hc_doc *doc, struct hc_score points)
{
    if (isnan(points.value))
        return HC_STR("-");
    return with_interval(doc, hc_cal_points(doc, points.value), hc_cal_points(doc, points.low),
                         hc_cal_points(doc, points.high));
}

struct hc_str hc_cal_category(const struct hc_catalogue *catalogue, struct hc_str id)
{
    for (size_t i = 0; i < catalogue->n_categories; i++)
        if (id.p && hc_str_equal(catalogue->categories[i].id, id) && catalogue->categories[i].title.n)
            return catalogue->categories[i].title;
    return id;
}

struct hc_str hc_cal_kind(const struct hc_catalogue *catalogue, struct hc_str kind)
{
    for (size_t i = 0; i < catalogue->n_kinds; i++)
        if (hc_str_equal(catalogue->kinds[i].id, kind) && catalogue->kinds[i].title.n)
            return catalogue->kinds[i].title;
    return kind;
}

struct hc_str hc_cal_range(struct hc_doc *doc, const struct hc_stated_range *range)
{
    if (range->to >= 1)
        return hc_doc_formatted(doc, "%.0f" HC_NO_BREAK_SPACE "%% and more", 100 * range->from);
    return hc_doc_formatted(doc, "%.0f to %.0f" HC_NO_BREAK_SPACE "%%", 100 * range->from, 100 * range->to);
}

const struct hc_stated_range *hc_cal_off(const struct hc_stated *stated)
{
    const struct hc_stated_range *rarest = &stated->ranges[0];
    for (size_t i = 1; i < HC_STATED_RANGES; i++)
        rarest = stated->ranges[i].p < rarest->p ? &stated->ranges[i] : rarest;
    if (stated->high.p <= HC_STATED_RATE)
        return &stated->high;
    return rarest->p * HC_STATED_RANGES <= HC_STATED_RATE ? rarest : NULL;
}

const char *hc_cal_errs(const struct hc_stated_range *range)
{
    return range->right.value < range->mean ? "right too seldom" : "right too often";
}

enum hc_verdict hc_cal_verdict(const struct hc_backtest_scores *scores)
{
    if (scores->n < HC_LEAST_FOR_ECE)
        return HC_VERDICT_FEW;
    if (scores->ece.value <= scores->ece_perfect_p95)
        return HC_VERDICT_HOLDS;
    return scores->ece.value <= scores->ece_perfect_p9975 ? HC_VERDICT_DOUBTFUL : HC_VERDICT_BROKEN;
}

#define SHARES                                                                                          \
    "count(*) AS n, avg(top1) AS top1, avg(top3) AS top3, avg(top5) AS top5,"                           \
    " avg(-ln(max(probability, 1e-6))) AS log_loss, avg(brier) AS brier, avg(top_probability) AS said," \
    " count(covered) AS promised, avg(covered) AS covered, avg(set_size) AS set_size"

struct hc_str hc_cal_query(struct hc_doc *doc, const char *method, int question, const char *by)
{
    if (!by)
        return hc_doc_formatted(
            doc, "SELECT " SHARES " FROM backtest_answers WHERE current AND method = '%s' AND question = '%s'", method,
            hc_cal_question(question));
    return hc_doc_formatted(
        doc,
        "SELECT %s AS name, " SHARES " FROM backtest_answers JOIN (SELECT incident, category, service,"
        " started_at, evidence, labels_known FROM backtests) USING (incident) WHERE current AND method = '%s' AND"
        " question = '%s' GROUP BY 1",
        by, method, hc_cal_question(question));
}

struct hc_str hc_cal_range_query(struct hc_doc *doc, int question, const struct hc_stated_range *range)
{
    return hc_doc_formatted(
        doc,
        "SELECT count(*), sum(top1), avg(top_probability) FROM backtest_answers WHERE current AND method = "
        "'hindcast' AND question = '%s' AND top_probability >= %.1f AND top_probability %s %.1f",
        hc_cal_question(question), range->from, range->to >= 1 ? "<=" : "<", range->to);
}

struct hc_str hc_cal_quoted(struct hc_doc *doc, struct hc_str text)
{
    struct hc_buf quoted = {0};
    for (size_t i = 0; i < text.n; i++) {
        hc_buf_char(&quoted, text.p[i]);
        if (text.p[i] == '\'')
            hc_buf_char(&quoted, '\'');
    }
    const struct hc_str kept = hc_doc_formatted(doc, "%.*s", HC_STR_ARG(hc_buf_view(&quoted)));
    hc_buf_free(&quoted);
    return kept;
}

struct hc_str hc_cal_learned_query(struct hc_doc *doc, const struct hc_calibration *c, const char *columns,
                                   const char *view)
{
    return hc_doc_formatted(doc, "SELECT %s FROM %s WHERE calibration = %lld", columns, view, (long long)c->number);
}

void hc_cal_cell(struct hc_doc *doc, struct hc_str text)
{
    hc_doc_cell(doc);
    hc_doc_str(doc, text);
}

void hc_cal_cited_cell(struct hc_doc *doc, struct hc_str text, struct hc_str sql)
{
    hc_doc_cell(doc);
    hc_doc_from_sql(doc, text, sql);
}

void hc_cal_ece_cell(struct hc_doc *doc, const struct hc_backtest_scores *s)
{
    hc_doc_cell(doc);
    if (s->n < HC_LEAST_FOR_ECE)
        hc_doc_text(doc, "too few");
    else
        hc_doc_format(doc, "%.*s (%.*s, %.*s)", HC_STR_ARG(hc_cal_fixed(doc, s->ece.value, 3)),
                      HC_STR_ARG(hc_cal_fixed(doc, s->ece_perfect_mean, 3)),
                      HC_STR_ARG(hc_cal_fixed(doc, s->ece_perfect_p95, 3)));
}
