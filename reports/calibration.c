#include "reports/calibration.h"

#include <math.h>

#include "reports/calibration_parts.h"

#define REPORT_BYTES ((size_t)256 << 20)

/* ---- in short ------------------------------------------------------------------------------------------ */

/* Those whose answer was held against what is no longer confirmed. */
static void put_left_out(struct hc_doc *doc, size_t n)
{
    if (!n)
        return;
    hc_doc_format(doc,
                  " %zu more result%s %s left out: what was confirmed of %s has changed since, or no longer stands; ",
                  n, n == 1 ? "" : "s", n == 1 ? "is" : "are", n == 1 ? "it" : "them");
    hc_doc_code(doc, HC_STR("hindcast backtest"));
    hc_doc_text(doc, " makes them anew.");
}

static void put_lead(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_backtest_scores *own = hc_cal_own(parts->in, HC_OF_COMPONENT);
    char first[HC_TIME_TEXT], last[HC_TIME_TEXT];
    const struct hc_backtest *b = parts->in->backtest;
    hc_time_format(b->rows[0].started, first);
    hc_time_format(b->rows[b->n_rows - 1].started, last);
    hc_doc_lead(doc);
    hc_doc_format(doc, "%zu past incident%s, begun %.10s to %.10s, analysed with only what was known when %s began. ",
                  b->n_rows, b->n_rows == 1 ? "" : "s", first, last, b->n_rows == 1 ? "it" : "each");
    if (!own->n) {
        hc_doc_text(doc, "None of them has a component that was confirmed.");
        put_left_out(doc, parts->in->n_left_out);
        return;
    }
    hc_doc_text(doc, "The component named first was the one at fault in ");
    hc_doc_from_sql(doc, hc_cal_share(doc, own->top1), hc_cal_query(doc, "hindcast", HC_OF_COMPONENT, NULL));
    if (own->n == b->n_rows)
        hc_doc_text(doc, " of them.");
    else
        hc_doc_format(doc, " of the %u whose component was confirmed.", own->n);
    put_left_out(doc, parts->in->n_left_out);
}

/* "Of what it called 70 % and more, … were right." */
static void put_high(struct hc_calibration_parts *parts, int question)
{
    static const char *const subject[HC_QUESTIONS] = {"the component", "the category",
                                                      "the whole cause (category, cause and component)"};
    struct hc_doc *doc = parts->doc;
    const struct hc_stated_range *high = &parts->in->stated[question].high;
    const struct hc_backtest_scores *own = hc_cal_own(parts->in, question);
    if (!own->n)
        return;
    hc_doc_item(doc);
    if (!high->n) {
        hc_doc_format(doc, "It never said that it was 70 %% sure of %s, or more.", subject[question]);
        return;
    }
    hc_doc_format(doc, "Of the answers that it called 70 %% likely or more, %s was right in ", subject[question]);
    hc_doc_strong(doc,
                  hc_doc_formatted(doc, "%.*s of %u",
                                   HC_STR_ARG(hc_cal_fixed(doc, high->n_right, high->n_right > floor(high->n_right))),
                                   high->n));
    hc_doc_text(doc, ": ");
    hc_doc_str(doc, hc_cal_share(doc, high->right));
    hc_doc_format(doc, ", where it had said %.*s on average.", HC_STR_ARG(hc_cal_percent(doc, high->mean)));
}

/* Over all answers: what was said beside what was so. */
static void put_tendency(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_backtest_scores *own = hc_cal_own(parts->in, HC_OF_COMPONENT);
    if (!own->n)
        return;
    const struct hc_str said = hc_cal_percent(doc, own->mean_confidence);
    hc_doc_item(doc);
    hc_doc_format(doc, "On average it said %.*s of the component named first, and that was right in %.*s: ",
                  HC_STR_ARG(said), HC_STR_ARG(hc_cal_percent(doc, own->top1.value)));
    if (own->mean_confidence > own->top1.high)
        hc_doc_strong(doc, HC_STR("it is surer than it should be"));
    else if (own->mean_confidence < own->top1.low)
        hc_doc_strong(doc, HC_STR("it is right more often than it says"));
    else
        hc_doc_text(doc, "no more apart than chance allows");
    hc_doc_text(doc, ".");
}

/* Why a badge is no good one. */
static void put_doubt(struct hc_calibration_parts *parts, int question, const char *of)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_backtest_scores *own = hc_cal_own(parts->in, question);
    const enum hc_verdict verdict = hc_cal_verdict(own);
    const bool broken = verdict == HC_VERDICT_BROKEN;
    if (!broken && verdict != HC_VERDICT_DOUBTFUL)
        return;
    hc_doc_item(doc);
    hc_doc_strong(
        doc,
        hc_doc_formatted(doc, broken ? "The confidence in %s does not hold" : "The confidence in %s is in doubt", of));
    hc_doc_text(doc, ": range by range, what was said and what was so are ");
    hc_doc_link_section(
        doc, hc_doc_formatted(doc, "%.*s apart on average", HC_STR_ARG(hc_cal_fixed(doc, own->ece.value, 3))),
        hc_doc_formatted(doc, "reliability-%s", hc_cal_question(question)));
    hc_doc_format(doc, ", and a calibrated model would stay below %.*s %s.",
                  HC_STR_ARG(hc_cal_fixed(doc, broken ? own->ece_perfect_p9975 : own->ece_perfect_p95, 3)),
                  broken ? "in all but 1 of 400 reports" : "95 times in 100");
}

static void put_skill(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_breakdown_group *all = &parts->in->breakdowns->all;
    const struct hc_score *learned = &all->over_expert[HC_OF_COMPONENT], *priors = &all->over_priors[HC_OF_COMPONENT];
    if (isnan(priors->value))
        return;
    hc_doc_item(doc);
    hc_doc_text(doc, "Looking at the evidence takes ");
    hc_doc_str(doc, hc_cal_share(doc, *priors));
    hc_doc_text(
        doc,
        " off the log loss of one that knows only how usual each cause is; having learned from past incidents takes ");
    hc_doc_str(doc, hc_cal_share(doc, *learned));
    hc_doc_text(doc, " off that of the expert's weights alone");
    hc_doc_text(doc, learned->low > 0    ? "."
                     : learned->high < 0 ? ": it makes things worse here."
                                         : ": so little may be chance.");
}

static void put_coverage(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_backtest_scores *own = hc_cal_own(parts->in, HC_OF_COMPONENT);
    hc_doc_item(doc);
    if (!own->n_promised) {
        hc_doc_format(
            doc,
            "It promised nothing of what it ruled out: that takes %u incidents whose cause was confirmed before, and none "
            "of these had them.",
            parts->in->promise_needs);
        return;
    }
    hc_doc_format(doc,
                  "To %u of them a set was promised that holds the cause in 95 %% of incidents, and it held it in ",
                  own->n_promised);
    hc_doc_strong(doc, hc_cal_share(doc, own->coverage));
    hc_doc_text(doc, own->coverage.high < 0.95 ? ": less than was promised." : ".");
}

static void put_warning(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_backtest_scores *own = hc_cal_own(parts->in, HC_OF_COMPONENT);
    if (own->n >= 100)
        return;
    hc_doc_note(doc);
    if (own->n < HC_LEAST_FOR_ECE)
        hc_doc_format(doc, "With %u incident%s nothing can be said of how far its confidence holds.", own->n,
                      own->n == 1 ? "" : "s");
    else
        hc_doc_format(
            doc,
            "%u incidents are few: look at the intervals, in which the true value lies 95 times in 100, before "
            "the values.",
            own->n);
}

void hc_cal_summary(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_section(doc, "summary", "In short");
    put_lead(parts);
    put_warning(parts);
    hc_doc_list(doc);
    for (int question = 0; question < HC_QUESTIONS; question++)
        put_high(parts, question);
    put_tendency(parts);
    put_doubt(parts, HC_OF_COMPONENT, "components");
    put_doubt(parts, HC_OF_CATEGORY, "categories");
    put_coverage(parts);
    put_skill(parts);
    hc_cal_learning_short(parts);
    hc_cal_moved_short(parts);
    hc_cal_collect_short(parts);
}

/* ---- the page ------------------------------------------------------------------------------------------ */

static void put_verdict(struct hc_calibration_parts *parts, int question, struct hc_str of)
{
    static const struct {
        const char *says;
        enum hc_tone tone;
    } BADGES[] = {[HC_VERDICT_FEW] = {"too few incidents to tell", HC_TONE_INFO},
                  [HC_VERDICT_HOLDS] = {"confidence holds", HC_TONE_GOOD},
                  [HC_VERDICT_DOUBTFUL] = {"confidence in doubt", HC_TONE_WARN},
                  [HC_VERDICT_BROKEN] = {"confidence does not hold", HC_TONE_BAD}};
    const enum hc_verdict verdict = hc_cal_verdict(hc_cal_own(parts->in, question));
    const struct hc_stated_range *off = verdict == HC_VERDICT_HOLDS ? hc_cal_off(&parts->in->stated[question]) : NULL;
    if (off)
        hc_doc_badge(parts->doc,
                     hc_doc_formatted(parts->doc, "%.*s: holds on the whole; %.*s: %s", HC_STR_ARG(of),
                                      HC_STR_ARG(hc_cal_range(parts->doc, off)), hc_cal_errs(off)),
                     HC_TONE_WARN);
    else
        hc_doc_badge(parts->doc, hc_doc_formatted(parts->doc, "%.*s: %s", HC_STR_ARG(of), BADGES[verdict].says),
                     BADGES[verdict].tone);
    hc_doc_text(parts->doc, " ");
}

static void put_badges(struct hc_calibration_parts *parts)
{
    hc_doc_badges(parts->doc);
    put_verdict(parts, HC_OF_COMPONENT, HC_STR("components"));
    put_verdict(parts, HC_OF_CATEGORY, HC_STR("categories"));
    hc_doc_badge(parts->doc,
                 parts->in->promised_from ? HC_STR("promises what it rules out") : HC_STR("promises nothing yet"),
                 HC_TONE_INFO);
}

static void put_method(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_section(doc, "method", "Data and method");
    hc_doc_paragraph(doc);
    hc_doc_text(
        doc,
        "Each incident is analysed with a calibration of the outcomes known when it began, never its own; a new one is made "
        "whenever the outcomes known grew by 5 %. A right answer is the confirmed one; equal answers share what their "
        "places are worth. Log loss is in nats, and a probability below 0.000001 counts as that; the Brier score runs from 0 to 2. "
        "ECE is the mean distance between what was said and how often it was so, in bins of equal mass. Intervals hold the true "
        "value 95 times in 100: exact ones (Clopper and Pearson) for shares, by drawing incidents anew for the rest.");
    hc_doc_paragraph(doc);
    hc_doc_text(doc, "These are results of the incidents that the last backtest of each was stored for; ");
    hc_doc_code(doc, HC_STR("hindcast backtest"));
    hc_doc_text(doc, " makes them anew, and ");
    hc_doc_code(doc, HC_STR("--json"));
    hc_doc_text(
        doc,
        " gives the scores here with their intervals. Incidents that come are like these only as long as the system, the "
        "teams and what is collected stay as they were.");
    hc_doc_section(doc, "sources", "Where the numbers come from");
    hc_doc_sources(doc);
}

static enum hc_status render(const struct hc_calibration_report *report, struct hc_buf *out, struct hc_err *err,
                             enum hc_status (*as)(const struct hc_doc *, struct hc_buf *, struct hc_err *))
{
    struct hc_arena *arena = hc_arena_new(REPORT_BYTES);
    if (!arena)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
    struct hc_doc doc;
    struct hc_calibration_parts parts = {&doc, report};
    const struct hc_str heading = HC_STR("How far Hindcast can be believed");
    hc_document_init(&doc, arena, heading, heading);
    hc_site_navigate(&doc, report->in_site, "calibration");
    put_badges(&parts);
    hc_cal_summary(&parts);
    hc_cal_moved(&parts);
    hc_cal_reliability(&parts);
    hc_cal_scores(&parts);
    hc_cal_breakdowns(&parts);
    hc_cal_learning(&parts);
    hc_cal_ablation(&parts);
    hc_cal_promise(&parts);
    hc_cal_learned(&parts);
    hc_cal_collect(&parts);
    put_method(&parts);
    const enum hc_status status = as(&doc, out, err);
    hc_arena_free(arena);
    return status;
}

enum hc_status hc_report_calibration_html(const struct hc_calibration_report *report, struct hc_buf *out,
                                          struct hc_err *err)
{
    return render(report, out, err, hc_document_html);
}

enum hc_status hc_report_calibration_markdown(const struct hc_calibration_report *report, struct hc_buf *out,
                                              struct hc_err *err)
{
    return render(report, out, err, hc_document_markdown);
}
