#include "reports/trend.h"

#include "reports/trend_parts.h"

#define REPORT_BYTES ((size_t)256 << 20)

static void put_badges(struct hc_trend_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_trend *t = parts->t;
    hc_doc_badges(doc);
    if (!hc_trend_compares(t))
        hc_doc_badge(doc, HC_STR("nothing to compare with"), HC_TONE_PLAIN);
    else if (!t->n_shown)
        hc_doc_badge(doc, HC_STR("no change can be told from chance"), HC_TONE_PLAIN);
    else
        hc_doc_badge(doc, hc_doc_formatted(doc, "%zu change%s shown", t->n_shown, t->n_shown == 1 ? "" : "s"),
                     HC_TONE_INFO);
    if (t->windows[HC_TREND_NOW].cut_after) {
        hc_doc_text(doc, " ");
        hc_doc_badge(doc, HC_STR("the quarter is not over in the corpus"), HC_TONE_WARN);
    }
}

static void put_method(struct hc_trend_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_trend *t = parts->t;
    hc_doc_section(doc, "method", "Data and method");
    hc_doc_paragraph(doc);
    hc_doc_format(
        doc,
        "An incident is of the quarter in which it began (UTC). What is covered begins with the corpus's first incident, and anew after more than a year (366 days) without any. Counts are taken as Poisson, with Garwood's exact interval; two rates are compared by the exact "
        "conditional binomial test, two shares by Fisher's, with Newcombe's interval of the difference; the mix is a Dirichlet with Jeffreys's prior. "
        "Durations are Kaplan and Meier's, those still open (no end and no confirmed outcome) censored at the latest time of an incident, %.*s; a median's interval is by "
        "drawing incidents anew, and two curves are compared by Peto and Peto's generalised Wilcoxon test, by permutation. A change of level is the most likely split of "
        "weekly counts into two rates; p is how often counts without a change show one as clear anywhere; its ratio and its week, with their intervals, are posterior, with "
        "all splits weighed.",
        HC_STR_ARG(hc_trend_day(doc, parts->in->as_of_ns)));
    hc_doc_paragraph(doc);
    hc_doc_format(
        doc,
        "The %zu comparisons of the whole (counts, durations, shares, the level) and the %zu of parts (categories, services, causes) are two families. In each the "
        "false-discovery rate is held at %.1f %% (Benjamini and Hochberg): \"adjusted\" is the p-value for that. A change is shown, with an arrow, if it is at most that and the change is no smaller than one that would be "
        "shown half of the time; the smallest changes in the tables are of the p-value that a change needs here (%.*s, %.*s). Tests with fewer than %d incidents in both quarters are not made.",
        t->n_whole, t->n_tests - t->n_whole, 100 * HC_TREND_RATE, HC_STR_ARG(hc_cal_fixed(doc, t->cut[0], 5)),
        HC_STR_ARG(hc_cal_fixed(doc, t->cut[1], 5)), HC_TREND_LEAST);
    hc_doc_paragraph(doc);
    hc_doc_text(
        doc,
        "p-values, intervals and smallest changes follow from the counts and lengths that the queries below give. Incidents that come in clusters scatter more than Poisson's law says: then intervals are too narrow and changes are shown too often.");
    hc_doc_section(doc, "sources", "Where the numbers come from");
    hc_doc_sources(doc);
}

static enum hc_status render(const struct hc_trend_report *report, struct hc_buf *out, struct hc_err *err,
                             enum hc_status (*as)(const struct hc_doc *, struct hc_buf *, struct hc_err *))
{
    struct hc_arena *arena = hc_arena_new(REPORT_BYTES);
    if (!arena)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
    struct hc_doc doc = {.arena = arena};
    struct hc_trend_parts parts = {&doc, report, report->trend};
    const struct hc_str heading =
        hc_doc_formatted(&doc, "Incidents in %.*s", HC_STR_ARG(hc_trend_window(&parts, HC_TREND_NOW)));
    hc_document_init(&doc, arena, heading, heading);
    hc_site_navigate(&doc, report->in_site, "");
    put_badges(&parts);
    hc_trend_summary(&parts);
    hc_trend_counts(&parts);
    hc_trend_lengths(&parts);
    hc_trend_detection(&parts);
    hc_trend_mix(&parts);
    hc_trend_repeats(&parts);
    hc_trend_after_changes(&parts);
    hc_trend_evidence(&parts);
    hc_trend_scores(&parts);
    hc_trend_priors(&parts);
    put_method(&parts);
    const enum hc_status status = as(&doc, out, err);
    hc_arena_free(arena);
    return status;
}

enum hc_status hc_report_trend_html(const struct hc_trend_report *report, struct hc_buf *out, struct hc_err *err)
{
    return render(report, out, err, hc_document_html);
}

enum hc_status hc_report_trend_markdown(const struct hc_trend_report *report, struct hc_buf *out, struct hc_err *err)
{
    return render(report, out, err, hc_document_markdown);
}
