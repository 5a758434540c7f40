/* What is read first: the answer, what was found, what it cost. */
#include "reports/incident_parts.h"

static void put_unanswered(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_lead(doc);
    hc_doc_text(doc, "Nothing in the bundle points at a cause. ");
    hc_doc_text(doc, "What is missing, and what would help most, is under ");
    hc_doc_link_section(doc, HC_STR("Remaining Uncertainty"), HC_STR("remaining-uncertainty"));
    hc_doc_text(doc, ".");
}

static const char *say_beginning(const struct hc_hypothesis *leading)
{
    if (leading->status == HC_CONFIRMED)
        return "The cause is ";
    return hc_stands_out(leading) ? "Most likely: " : "No cause stands out. The most probable is ";
}

static void put_answer(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_facts *facts = &parts->facts;
    hc_doc_lead(doc);
    hc_doc_text(doc, say_beginning(facts->leading));
    hc_doc_strong(doc, hc_say_hypothesis(parts, facts->leading));
    hc_doc_text(doc, ", ");
    hc_put_confidence(parts, facts->leading->probability);
    hc_doc_text(doc, ". ");
    if (facts->n_shown > 1) {
        hc_doc_text(doc, "Next: ");
        hc_doc_str(doc, hc_say_hypothesis(parts, facts->leading + 1));
        hc_doc_text(doc, ", ");
        hc_put_confidence(parts, facts->leading[1].probability);
        hc_doc_text(doc, ". ");
    }
    hc_doc_text(doc, "A cause that is not in the list: ");
    hc_put_probability(parts, parts->in->analysis->unexplained, hc_cite_unexplained(parts));
    hc_doc_text(doc, ".");
}

static void put_first_card(struct hc_report_parts *parts)
{
    char text[HC_WORD_TEXT];
    if (!parts->facts.leading)
        return;
    hc_doc_term(parts->doc, "Confidence in the leading cause");
    hc_word_percent(parts->facts.leading->probability, text);
    hc_doc_from_sql(parts->doc, hc_doc_formatted(parts->doc, "%s", text), hc_cite_hypotheses(parts));
}

static void put_card(struct hc_report_parts *parts, const char *term, const struct hc_moment *from,
                     const struct hc_moment *to)
{
    if (hc_moments_apart(from, to) == HC_NO_SPAN_NS)
        return;
    hc_doc_term(parts->doc, term);
    hc_put_apart(parts, from, to);
}

static void put_cards(struct hc_report_parts *parts)
{
    const struct hc_facts *facts = &parts->facts;
    struct hc_str change =
        facts->change ? hc_doc_formatted(parts->doc, "%s to first symptom", hc_say_change(facts->change)) : HC_STR("");
    hc_doc_cards(parts->doc);
    put_first_card(parts);
    if (facts->change && change.p)
        put_card(parts, change.p, &facts->zero, &facts->symptom);
    put_card(parts, facts->crashed ? "First symptom to crash" : "First symptom to first fatal line", &facts->symptom,
             &facts->fatal);
    put_card(parts, "First symptom to detection", &facts->symptom, &facts->detected);
    put_card(parts, "Incident window", &facts->start, &facts->end);
}

/* What the one who was paged wants next. */
static void put_next(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_hypothesis *leading = parts->facts.leading;
    const struct hc_analysis *analysis = parts->in->analysis;
    const struct hc_cause *cause = leading ? hc_find_cause(parts, leading->category, leading->cause) : NULL;
    if (cause && cause->n_follow_ups[0] > 0) {
        hc_doc_term(doc, "Do first");
        hc_doc_str(doc, hc_str_trim(cause->follow_ups[0][0]));
        hc_doc_text(doc, " ");
        hc_doc_link_section(doc, HC_STR("All actions"), HC_STR("remediation-and-follow-ups"));
    }
    if (analysis->n_next_evidence > 0) {
        hc_doc_term(doc, "Would tell most");
        hc_doc_link_section(doc, hc_say_kind(parts, analysis->next_evidence[0].kind), HC_STR("value-of-evidence"));
    }
}

static void put_facts(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_incident *incident = parts->in->incident;
    hc_doc_facts(doc);
    hc_doc_term(doc, "Service");
    hc_doc_code(doc, incident->service);
    hc_doc_term(doc, "Severity");
    if (incident->severity.n > 0)
        hc_doc_str(doc, incident->severity);
    else
        hc_doc_absent(doc, "not in the bundle");
    hc_doc_term(doc, "Began");
    hc_put_time(parts, &parts->facts.start);
    hc_doc_term(doc, "Ended");
    if (hc_time_known(incident->window_end))
        hc_put_time(parts, &parts->facts.end);
    else
        hc_doc_text(doc, "open: the bundle states no end");
    if (parts->facts.leading) {
        hc_doc_term(doc, "Leading cause");
        hc_put_status(parts, parts->facts.leading->status);
        hc_doc_text(doc, " ");
        hc_doc_str(doc, hc_say_category(parts, parts->facts.leading->category));
        hc_doc_text(doc, ", component ");
        hc_put_component(parts, parts->facts.leading->component);
    }
    put_next(parts);
}

void hc_part_summary(struct hc_report_parts *parts)
{
    hc_doc_section(parts->doc, "summary", "Summary");
    if (parts->facts.leading)
        put_answer(parts);
    else
        put_unanswered(parts);
    put_cards(parts);
    put_facts(parts);
}

/* ---- what was found ------------------------------------------------------------------------------------ */

static void put_outcome(struct hc_report_parts *parts, const struct hc_outcome *outcome)
{
    struct hc_doc *doc = parts->doc;
    bool confirmed = hc_str_is(outcome->status, "confirmed");
    hc_doc_cell(doc);
    hc_doc_text(doc, outcome->ordinal == 0 ? "Root cause" : "Contributed");
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

static bool same_part(struct hc_str found, struct hc_str said)
{
    return found.n > 0 && hc_str_equal(found, said);
}

static void put_comparison(struct hc_report_parts *parts, const struct hc_outcome *root)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_hypothesis *leading = parts->facts.leading;
    hc_doc_paragraph(doc);
    if (!leading) {
        hc_doc_text(doc, "The analysis names no leading cause to compare it with.");
        return;
    }
    hc_doc_text(doc, "The leading hypothesis of the analysis ");
    hc_doc_text(doc, same_part(root->category, leading->category) ? "has this category" : "has another category");
    hc_doc_text(doc,
                same_part(root->component, leading->component) ? " and this component. " : " and another component. ");
    hc_doc_text(doc, parts->in->analysis->label_seen
                         ? "The calibration it used had learned from this outcome: this agreement proves nothing."
                         : "The calibration it used had not seen this outcome.");
}

void hc_part_found(struct hc_report_parts *parts)
{
    static const struct hc_column columns[] = {
        {"Role", HC_COLUMN_SHORT, true},         {"Status", HC_COLUMN_SHORT, false},
        {"Cause", HC_COLUMN_TEXT, false},        {"Component", HC_COLUMN_TEXT, false},
        {"Known since", HC_COLUMN_SHORT, false}, {"In the words given", HC_COLUMN_TEXT, false},
    };
    const struct hc_incident *incident = parts->in->incident;
    if (incident->n_outcomes == 0)
        return;
    hc_doc_section(parts->doc, "what-was-found", "What was found");
    hc_doc_note(parts->doc);
    hc_doc_text(parts->doc, "This is the outcome that people recorded. The analysis below did not read it.");
    hc_doc_table(parts->doc, HC_STR("Outcome on record"), HC_COLUMNS(columns));
    for (size_t i = 0; i < incident->n_outcomes; i++)
        put_outcome(parts, &incident->outcomes[i]);
    put_comparison(parts, &incident->outcomes[0]);
}

/* ---- impact -------------------------------------------------------------------------------------------- */

static void put_level_impact(struct hc_report_parts *parts, const struct hc_level *level)
{
    struct hc_doc *doc = parts->doc;
    double from = level->before == level->before ? level->before : level->baseline;
    char change[HC_WORD_TEXT], ratio[HC_WORD_TEXT];
    if (hc_word_change(from, level->peak, change) == 0 || hc_word_ratio(from, level->peak, ratio) == 0)
        return;
    hc_doc_item(doc);
    hc_doc_code(doc, level->metric);
    hc_doc_text(doc, " of ");
    hc_put_component(parts, hc_say_component(parts, level->component));
    hc_doc_text(doc, ": from ");
    hc_put_number(parts, from, level->unit, level->place);
    hc_doc_text(doc, " to ");
    hc_put_number(parts, level->peak, level->unit, level->place);
    hc_doc_text(doc, ", ");
    hc_doc_from(doc, hc_doc_formatted(doc, "%s, %s", change, ratio), level->place);
    hc_doc_text(doc, ".");
}

static void put_lines(struct hc_report_parts *parts, const struct hc_line_count *lines)
{
    hc_put_cited(parts, hc_doc_formatted(parts->doc, "%llu", (unsigned long long)lines->n), lines->sql, lines->place);
}

static void put_log_impact(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    if (parts->in->incident->n_log_counts == 0)
        return;
    struct hc_line_count errors = hc_count_lines(parts, NULL, HC_LOG_ERROR);
    struct hc_line_count all = hc_count_lines(parts, NULL, HC_LOG_NONE);
    hc_doc_item(doc);
    put_lines(parts, &errors);
    hc_doc_text(doc, errors.n == 1 ? " log line" : " log lines");
    hc_doc_text(doc, " of level error or fatal within the minutes of the window, of ");
    put_lines(parts, &all);
    hc_doc_text(doc, all.n == 1 ? " line of any level." : " lines of any level.");
}

void hc_part_impact(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_incident *incident = parts->in->incident;
    hc_doc_section(doc, "impact", "Impact in numbers");
    hc_doc_list(doc);
    hc_doc_item(doc);
    hc_doc_text(doc, "Length of the window: ");
    hc_put_apart(parts, &parts->facts.start, &parts->facts.end);
    hc_doc_text(doc, ".");
    for (size_t i = 0; i < incident->n_levels; i++)
        put_level_impact(parts, &incident->levels[i]);
    put_log_impact(parts);
    hc_doc_item(doc);
    hc_doc_text(doc, "Users affected, requests failed, money lost: ");
    hc_doc_absent(doc, "not in the bundle");
    hc_doc_text(doc, ".");
}
