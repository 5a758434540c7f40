/* The leading cause: its chain, why it leads, and what made it worse. */
#include "reports/incident_parts.h"

#define CONTRIBUTING_LEAST 0.05 /* a less probable amplifier is no factor to name */
#define ELEVATED_RATIO 1.5      /* a level this far above its baseline before the incident is called elevated */

static void put_lead_over_next(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_facts *facts = &parts->facts;
    char text[HC_WORD_TEXT];
    if (facts->n_shown < 2 || parts->in->analysis->n_tied > 1 ||
        hc_word_ratio(facts->leading[1].probability, facts->leading->probability, text) == 0)
        return;
    hc_doc_item(doc);
    hc_doc_text(doc, "It is ");
    hc_doc_from_sql(
        doc, hc_doc_formatted(doc, "%s", text),
        hc_cite_analysis(parts, "max(probability) FILTER (WHERE rank = 1) / max(probability) FILTER (WHERE rank = 2)",
                         "hypotheses", ""));
    hc_doc_text(doc, " as probable as the next, ");
    hc_doc_str(doc, hc_say_hypothesis(parts, facts->leading + 1));
    hc_doc_text(doc, ".");
}

static void put_why(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_hypothesis *leading = parts->facts.leading;
    char weight[HC_WORD_TEXT];
    size_t n = 0;
    hc_doc_subsection(doc, HC_STR("why-it-prevailed"), HC_STR("Why it prevailed"));
    hc_doc_list(doc);
    for (size_t i = 0; i < leading->n_reasons && n < 5; i++) {
        const struct hc_reason *reason = &leading->reasons[i];
        if (!(reason->weight >= HC_SEEN_LEAST) || hc_str_is(reason->evidence, "prior") || hc_is_said_before(leading, i))
            continue;
        n++;
        hc_word_signed(reason->weight, 2, weight);
        hc_doc_item(doc);
        hc_doc_from(doc, hc_str_trim(reason->text.n > 0 ? reason->text : reason->evidence),
                    hc_place_of(parts, reason->place));
        hc_doc_text(doc, " (");
        hc_doc_from_sql(doc, hc_doc_formatted(doc, "%s", weight), hc_cite_weights(parts));
        hc_doc_text(doc, ")");
    }
    if (n == 0) {
        hc_doc_item(doc);
        hc_doc_text(doc, "No observed evidence speaks for it: it leads by what is known of past incidents alone.");
    }
    put_lead_over_next(parts);
}

/* What is on record goes before any analysis. */
static void put_found(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_outcome *found = parts->facts.found;
    struct hc_hypothesis said = hc_found_hypothesis(found);
    hc_doc_lead(doc);
    hc_doc_text(doc, "Confirmed on record: ");
    hc_doc_strong(doc, hc_say_hypothesis(parts, &said));
    hc_doc_text(doc, ".");
    hc_put_agreement(parts, found);
    hc_doc_subsection(doc, HC_STR("what-the-analysis-says"), HC_STR("What the analysis says"));
}

/* Others that are as likely as the one that stands first. */
static void put_tied(struct hc_doc *doc, size_t n_tied)
{
    if (n_tied > 1)
        hc_doc_format(doc, " %zu more %s as likely: which of them stands first follows from their names alone.",
                      n_tied - 1, n_tied == 2 ? "is" : "are");
}

void hc_part_root_cause(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_hypothesis *leading = parts->facts.leading;
    if (parts->facts.found)
        put_found(parts);
    if (!leading) {
        hc_doc_paragraph(doc);
        hc_doc_text(doc, "The analysis names none.");
        return;
    }
    hc_doc_lead(doc);
    hc_doc_text(doc, hc_is_confirmed(parts, leading) ? "Confirmed by the analysis: "
                     : hc_stands_out(leading)        ? "Leading, not confirmed by the analysis: "
                                                     : "None stands out. The most probable: ");
    hc_doc_strong(doc, hc_say_hypothesis(parts, leading));
    hc_doc_text(doc, ".");
    put_tied(doc, parts->in->analysis->n_tied);
    hc_doc_facts(doc);
    hc_doc_term(doc, "Category");
    hc_doc_str(doc, hc_say_category(parts, leading->category));
    hc_doc_term(doc, "Component");
    hc_put_component(parts, leading->component);
    hc_doc_term(doc, "Confidence");
    hc_put_confidence(parts, leading->probability);
    hc_doc_term(doc, "Status");
    hc_put_status(parts, leading->status);
    hc_put_change_facts(parts);
    hc_put_chain(parts);
    hc_put_topology(parts);
    put_why(parts);
}

/* ---- contributing -------------------------------------------------------------------------------------- */

static size_t put_contributing_hypotheses(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_analysis *analysis = parts->in->analysis;
    size_t n = 0;
    for (size_t i = 0; i < analysis->n_hypotheses; i++) {
        const struct hc_hypothesis *hypothesis = &analysis->hypotheses[i];
        if (hypothesis->status != HC_CONTRIBUTING || hypothesis->probability < CONTRIBUTING_LEAST ||
            n == HC_SHOWN_HYPOTHESES)
            continue;
        n++;
        hc_doc_item(doc);
        hc_doc_strong(doc, hc_say_hypothesis(parts, hypothesis));
        hc_doc_text(doc, ", ");
        hc_put_confidence(parts, hypothesis->probability);
        hc_doc_text(doc, ": a rule of the catalogue makes it an amplifier of the leading cause. ");
        if (hypothesis->n_reasons > 0 && hypothesis->reasons[0].weight > 0)
            hc_doc_from(doc, hc_str_trim(hypothesis->reasons[0].text),
                        hc_place_of(parts, hypothesis->reasons[0].place));
    }
    return n;
}

static size_t put_elevated_levels(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_incident *incident = parts->in->incident;
    char change[HC_WORD_TEXT];
    size_t n = 0;
    for (size_t i = 0; i < incident->n_levels; i++) {
        const struct hc_level *level = &incident->levels[i];
        if (!(level->baseline > 0) || !(level->before >= ELEVATED_RATIO * level->baseline))
            continue;
        n++;
        hc_word_change(level->baseline, level->before, change);
        hc_doc_item(doc);
        hc_doc_code(doc, level->metric);
        hc_doc_text(doc, " of ");
        hc_put_component(parts, hc_say_component(parts, level->component));
        hc_doc_text(doc, " was elevated before the incident: ");
        hc_put_number(parts, level->before, level->unit, level->place);
        hc_doc_text(doc, " against a baseline of ");
        hc_put_number(parts, level->baseline, level->unit, level->place);
        hc_doc_text(doc, ", ");
        hc_doc_from(doc, hc_doc_formatted(doc, "%s", change), level->place);
        hc_doc_text(doc, ". It left less room; why it was so is a question below.");
    }
    return n;
}

void hc_part_contributing(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_list(doc);
    size_t n = put_contributing_hypotheses(parts);
    n += put_elevated_levels(parts);
    if (n > 0)
        return;
    hc_doc_paragraph(doc);
    hc_doc_text(doc, "No rule names one of 5 % and more, and no level that the bundle states was elevated beforehand.");
}
