/* The devil's advocate: the strongest case for the second hypothesis, and what would put it first. */
#include <math.h>

#include "reports/incident_parts.h"

#define CASE 3  /* reasons on each side */
#define FLIPS 3 /* missing kinds */

static bool speaks(const struct hc_reason *reason, bool against)
{
    return (reason->weight < 0) == against && fabs(reason->weight) >= HC_SEEN_LEAST &&
           !hc_str_is(reason->evidence, "prior") && !hc_str_is(reason->evidence, "small-signs");
}

/* `sql`: what gives the weight. */
static void put_reason(struct hc_report_parts *parts, const struct hc_reason *reason, struct hc_str sql)
{
    struct hc_doc *doc = parts->doc;
    char weight[HC_WORD_TEXT];
    hc_word_signed(reason->weight, 2, weight);
    hc_doc_item(doc);
    hc_doc_from(doc, hc_str_trim(reason->text.n > 0 ? reason->text : reason->evidence),
                hc_place_of(parts, reason->place));
    hc_doc_text(doc, " (");
    hc_doc_from_sql(doc, hc_doc_formatted(doc, "%s", weight), sql);
    hc_doc_text(doc, ")");
}

static void put_case(struct hc_report_parts *parts, const struct hc_hypothesis *hypothesis, bool against)
{
    struct hc_doc *doc = parts->doc;
    size_t n = 0;
    for (size_t i = 0; i < hypothesis->n_reasons && n < CASE; i++) {
        if (!speaks(&hypothesis->reasons[i], against) || hc_is_said_before(hypothesis, i))
            continue;
        if (n++ == 0) {
            hc_doc_paragraph(doc);
            hc_doc_strong(doc, against ? HC_STR("Against the leading one") : HC_STR("For it"));
            hc_doc_list(doc);
        }
        put_reason(parts, &hypothesis->reasons[i], hc_cite_weights(parts));
    }
    if (n > 0)
        return;
    hc_doc_paragraph(doc);
    hc_doc_text(doc, against ? "Nothing that was observed speaks against the leading one."
                             : "Nothing that was observed speaks for it: it stands where it stands by what is usual.");
}

static void put_absences(struct hc_report_parts *parts, const struct hc_runner_up *runner_up)
{
    struct hc_doc *doc = parts->doc;
    const size_t n = runner_up->n_flips_without;
    hc_doc_paragraph(doc);
    if (n == 0) {
        hc_doc_text(doc, "No evidence, taken away, would put it first: what is usual here decides.");
        return;
    }
    hc_doc_format(doc, "It would lead without %s, which %s for the leading one rather than for it:",
                  n == 1 ? "one sign" : "these signs together", n == 1 ? "speaks" : "speak");
    hc_doc_list(doc);
    for (size_t i = 0; i < n; i++)
        put_reason(parts, &runner_up->flips_without[i], hc_cite_command(parts));
}

static void put_presences(struct hc_report_parts *parts, const struct hc_runner_up *runner_up)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_paragraph(doc);
    if (runner_up->n_flips_with == 0) {
        hc_doc_text(doc, "No sign in a missing kind of evidence would be enough by itself to put it first.");
        return;
    }
    hc_doc_text(doc, "What is missing might put it first, if it showed this of it and not of the leading one:");
    hc_doc_list(doc);
    for (size_t i = 0; i < runner_up->n_flips_with && i < FLIPS; i++) {
        const struct hc_flip *flip = &runner_up->flips_with[i];
        hc_doc_item(doc);
        hc_doc_strong(doc, hc_say_kind(parts, flip->missing));
        hc_doc_format(doc, ": %.*s, at ", HC_STR_ARG(flip->text));
        hc_doc_from_sql(doc, hc_doc_formatted(doc, "%.0f %%", ceil(100 * flip->needs)), hc_cite_command(parts));
        hc_doc_text(doc, " of the strongest such sign");
    }
}

void hc_put_runner_up(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_analysis *analysis = parts->in->analysis;
    char behind[HC_WORD_TEXT];
    if (!analysis->runner_up)
        return;
    hc_word_fixed(analysis->runner_up->behind, 2, behind);
    hc_doc_subsection(doc, HC_STR("case-for-the-runner-up"), HC_STR("The case for the second hypothesis"));
    hc_doc_paragraph(doc);
    hc_doc_strong(doc, hc_say_hypothesis(parts, &analysis->hypotheses[1]));
    hc_doc_text(doc, ", at ");
    hc_put_confidence(parts, analysis->hypotheses[1].probability);
    if (analysis->n_tied > 1) {
        hc_doc_text(doc, ", is as likely as the leading one, which stands before it by name alone.");
    } else {
        hc_doc_text(doc, ", is ");
        hc_doc_from_sql(doc, hc_doc_formatted(doc, "%s nats", behind), hc_cite_command(parts));
        hc_doc_text(doc, " behind the leading one.");
    }
    put_case(parts, &analysis->hypotheses[1], false);
    put_case(parts, &analysis->hypotheses[0], true);
    put_absences(parts, analysis->runner_up);
    put_presences(parts, analysis->runner_up);
}
