/* What people found in the end: the outcome on record, and how the analysis compares with it. */
#include "reports/incident_parts.h"

struct hc_hypothesis hc_found_hypothesis(const struct hc_outcome *outcome)
{
    return (struct hc_hypothesis){
        .category = outcome->category, .cause = outcome->cause, .component = outcome->component};
}

const struct hc_cause *hc_remedy_cause(const struct hc_report_parts *parts)
{
    const struct hc_outcome *found = parts->facts.found;
    const struct hc_hypothesis *leading = parts->facts.leading;
    const struct hc_cause *cause = found ? hc_find_cause(parts, found->category, found->cause) : NULL;
    if (cause || !leading)
        return cause;
    return hc_find_cause(parts, leading->category, leading->cause);
}

/* ---- against the analysis -------------------------------------------------------------------------------- */

static bool same_part(struct hc_str found, struct hc_str said)
{
    return found.n > 0 && hc_str_equal(found, said);
}

static bool is_found(const struct hc_outcome *found, const struct hc_hypothesis *said)
{
    return same_part(found->category, said->category) && hc_str_equal(found->component, said->component) &&
           (found->cause.n == 0 || hc_str_equal(found->cause, said->cause));
}

static void put_verdict(struct hc_report_parts *parts, const struct hc_outcome *found)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_hypothesis *leading = parts->facts.leading;
    bool component = hc_str_equal(found->component, leading->component);
    bool category = same_part(found->category, leading->category);
    if (is_found(found, leading)) {
        hc_doc_strong(doc, HC_STR("The analysis agrees"));
        hc_doc_text(doc, ": this is its leading hypothesis, ");
        hc_put_confidence(parts, leading->probability);
        hc_doc_text(doc, ".");
        return;
    }
    hc_doc_strong(doc, component && category ? HC_STR("The analysis agrees in part")
                       : component           ? HC_STR("The analysis agrees on the component only")
                       : category            ? HC_STR("The analysis agrees on the category only")
                                             : HC_STR("The analysis disagrees"));
    hc_doc_text(doc, ": its leading hypothesis is ");
    hc_doc_str(doc, hc_say_hypothesis(parts, leading));
    hc_doc_text(doc, ", ");
    hc_put_confidence(parts, leading->probability);
    hc_doc_text(doc, ".");
}

static void put_rank(struct hc_report_parts *parts, const struct hc_outcome *found)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_analysis *analysis = parts->in->analysis;
    for (size_t i = 1; i < analysis->n_hypotheses; i++) {
        if (!is_found(found, &analysis->hypotheses[i]))
            continue;
        hc_doc_text(doc, " To the cause on record it gives ");
        hc_put_confidence(parts, analysis->hypotheses[i].probability);
        hc_doc_text(doc, ", rank ");
        hc_doc_from_sql(
            doc,
            hc_doc_formatted(doc, "%lu of %zu", (unsigned long)analysis->hypotheses[i].rank, analysis->n_hypotheses),
            hc_cite_hypotheses(parts));
        hc_doc_text(doc, ".");
        return;
    }
    hc_doc_text(doc, " The cause on record is not one of its hypotheses.");
}

void hc_put_agreement(struct hc_report_parts *parts, const struct hc_outcome *found)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_paragraph(doc);
    if (!parts->facts.leading) {
        hc_doc_text(doc, "The analysis names no cause to compare it with.");
        return;
    }
    put_verdict(parts, found);
    if (!hc_stands_out(parts->facts.leading))
        hc_doc_text(doc, " None stands out.");
    if (!is_found(found, parts->facts.leading))
        put_rank(parts, found);
    hc_doc_text(doc, parts->in->analysis->label_seen
                         ? " The calibration it used had learned from this outcome: that they agree proves nothing."
                         : " The calibration it used had not seen this outcome.");
}

/* ---- the part -------------------------------------------------------------------------------------------- */

/* Who says what the root cause is. */
static struct hc_str root_given_by(const struct hc_report_parts *parts)
{
    return parts->in->incident->outcomes[0].given_by;
}

static void put_outcome(struct hc_report_parts *parts, const struct hc_outcome *outcome)
{
    struct hc_doc *doc = parts->doc;
    bool confirmed = hc_str_is(outcome->status, "confirmed");
    hc_doc_cell(doc);
    hc_doc_text(doc, outcome->ordinal == 0                                   ? "Root cause"
                     : hc_str_equal(outcome->given_by, root_given_by(parts)) ? "Contributed"
                                                                             : "Said before"); /* by another source */
    hc_doc_cell(doc);
    hc_doc_badge(doc, outcome->status.n > 0 ? outcome->status : HC_STR("unknown"),
                 confirmed ? HC_TONE_GOOD : HC_TONE_WARN);
    hc_doc_cell(doc);
    hc_doc_str(doc, hc_say_category(parts, outcome->category));
    if (outcome->cause.n > 0) {
        const struct hc_cause *cause = hc_find_cause(parts, outcome->category, outcome->cause);
        hc_doc_text(doc, ": ");
        hc_doc_str(doc, cause && cause->title.n > 0 ? cause->title : outcome->cause);
    }
    hc_doc_cell(doc);
    hc_doc_code(doc, outcome->component);
    hc_doc_cell(doc);
    struct hc_moment known = {outcome->known_at, HC_STR_NONE, outcome->place};
    hc_put_time(parts, &known);
    hc_doc_cell(doc);
    if (outcome->text.n > 0)
        hc_doc_from(doc, hc_str_trim(outcome->text), outcome->place);
    else
        hc_doc_absent(doc, "no words were given");
}

void hc_put_found_lead(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    struct hc_hypothesis found = hc_found_hypothesis(&parts->in->incident->outcomes[0]);
    hc_doc_lead(doc);
    hc_doc_text(doc, parts->facts.found ? "Confirmed: " : "On record, not confirmed: ");
    hc_doc_strong(doc, hc_say_hypothesis(parts, &found));
    hc_doc_text(doc, ".");
    if (parts->in->conflict)
        hc_doc_text(doc, " Another content of this incident claims to be the latest as well: which is right, a newer "
                         "one must say, and until then nothing is learned from either.");
}

void hc_part_found(struct hc_report_parts *parts)
{
    static const struct hc_column columns[] = {
        {"Role", HC_COLUMN_SHORT, true},         {"Status", HC_COLUMN_SHORT, false},
        {"Cause", HC_COLUMN_TEXT, false},        {"Component", HC_COLUMN_TEXT, false},
        {"Known since", HC_COLUMN_SHORT, false}, {"In the words given", HC_COLUMN_TEXT, false},
    };
    struct hc_doc *doc = parts->doc;
    const struct hc_incident *incident = parts->in->incident;
    hc_put_found_lead(parts);
    hc_put_agreement(parts, &incident->outcomes[0]);
    hc_doc_table(doc, HC_STR("Outcome on record"), HC_COLUMNS(columns));
    for (size_t i = 0; i < incident->n_outcomes; i++)
        put_outcome(parts, &incident->outcomes[i]);
    hc_doc_note(doc);
    hc_doc_text(doc,
                "This is what people recorded. The rest of this report is what the analysis says from the evidence "
                "alone: it did not read this.");
}
