/* What is read first: the answer, what was found, what it cost. */
#include "reports/incident_parts.h"

#define IMPACT_VALUE 1 /* on the detectors' log scale: what is weaker is no impact to name */

static void put_unanswered(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_lead(doc);
    hc_doc_text(doc, "Nothing in the bundle points at a cause. ");
    hc_doc_text(doc, "What is missing, and what would help most, is under ");
    hc_doc_link_section(doc, HC_STR("Remaining Uncertainty"), HC_STR("remaining-uncertainty"));
    hc_doc_text(doc, ".");
}

static const char *say_beginning(const struct hc_report_parts *parts, const struct hc_hypothesis *leading)
{
    if (hc_is_confirmed(parts, leading))
        return "Confirmed by the analysis: ";
    return hc_stands_out(leading) ? "Most likely: " : "No cause stands out. The most probable is ";
}

static void put_answer(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_facts *facts = &parts->facts;
    hc_doc_lead(doc);
    if (facts->found)
        hc_doc_text(doc, "From the evidence alone, without the outcome on record. ");
    if (parts->in->evidence->kinds == 0)
        hc_doc_text(doc, "The bundle holds no evidence: what follows is how usual each cause is. ");
    hc_doc_text(doc, say_beginning(parts, facts->leading));
    hc_doc_strong(doc, hc_say_hypothesis(parts, facts->leading));
    hc_doc_text(doc, ", ");
    hc_put_confidence(parts, facts->leading->probability);
    hc_put_caveat(parts);
    hc_doc_text(doc, ". ");
    if (parts->in->analysis->n_hypotheses > 1 && !hc_str_is(facts->leading[1].category, "other")) {
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
    hc_doc_term(parts->doc, "Confidence in the leading hypothesis");
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

/* The change that the leading hypothesis rests on; else the last one before the first symptom, for the reader to judge. */
static void put_change_card(struct hc_report_parts *parts)
{
    const struct hc_facts *facts = &parts->facts;
    const struct hc_change *change = facts->change ? facts->change : facts->last_change;
    if (!change)
        return;
    struct hc_moment moment = {change->at, HC_STR_NONE, change->place};
    struct hc_str term = hc_doc_formatted(parts->doc, "%s to first symptom", hc_say_change(parts, change));
    if (term.p)
        put_card(parts, term.p, &moment, &facts->symptom);
}

static void put_cards(struct hc_report_parts *parts)
{
    const struct hc_facts *facts = &parts->facts;
    hc_doc_cards(parts->doc);
    put_first_card(parts);
    put_change_card(parts);
    put_card(parts, facts->crashed ? "First symptom to crash" : "First symptom to first fatal line", &facts->symptom,
             &facts->fatal);
    if (!facts->symptom_is_detection && hc_moments_apart(&facts->symptom, &facts->detected) >= 0)
        put_card(parts, "First symptom to detection", &facts->symptom, &facts->detected);
    put_card(parts, "Incident window", &facts->start, &facts->end);
}

/* They come by what they are expected to tell. */
const struct hc_next_evidence *hc_best_evidence(const struct hc_report_parts *parts)
{
    const struct hc_analysis *analysis = parts->in->analysis;
    const struct hc_next_evidence *best = NULL;
    for (size_t i = 0; i < analysis->n_next_evidence; i++) {
        const struct hc_next_evidence *next = &analysis->next_evidence[i];
        if (!best && hc_gain_of(parts, next->kind) > 0)
            best = next;
    }
    return best;
}

static void put_gain(struct hc_report_parts *parts, const struct hc_next_evidence *best)
{
    struct hc_doc *doc = parts->doc;
    char gain[HC_WORD_TEXT];
    hc_word_points(hc_gain_of(parts, best->kind), gain);
    hc_doc_format(doc, "%.*s, %s ", HC_STR_ARG(hc_say_kind(parts, best->kind)),
                  best->learned_from ? "average gain seen" : "expected gain by the expert's penalty");
    hc_doc_from_sql(doc, hc_doc_formatted(doc, "%s", gain), hc_cite_command(parts));
    hc_doc_text(doc, ". ");
}

/* What the one who was paged wants next. */
static void put_next(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_outcome *found = parts->facts.found;
    const struct hc_cause *cause = hc_remedy_cause(parts);
    const struct hc_next_evidence *best = hc_best_evidence(parts);
    struct hc_str first = hc_first_action(parts);
    if (first.n > 0) {
        hc_doc_term(doc, "Do first");
        hc_doc_str(doc, first);
        hc_doc_text(doc, found && cause && cause == hc_find_cause(parts, found->category, found->cause)
                             ? " (for the cause on record) "
                             : " ");
        hc_doc_link_section(doc, HC_STR("All actions"), HC_STR("remediation-and-follow-ups"));
    }
    hc_doc_term(doc, "Would tell most");
    if (parts->in->evidence->kinds == 0)
        hc_doc_text(doc, "any evidence: the bundle holds none at all. ");
    else if (best)
        put_gain(parts, best);
    else
        hc_doc_text(doc, "no kind of evidence stands out. ");
    hc_doc_link_section(doc, HC_STR("What is missing"), HC_STR("missing-evidence"));
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
    hc_put_end(parts);
    if (parts->facts.leading) {
        const bool stands_out = parts->facts.leading->status != HC_RULED_OUT;
        hc_doc_term(doc, stands_out ? "Leading hypothesis" : "Most probable, though none stands out");
        if (stands_out)
            hc_put_status(parts, parts->facts.leading->status);
        hc_doc_text(doc, stands_out ? " " : "");
        hc_doc_str(doc, hc_say_hypothesis(parts, parts->facts.leading));
        hc_doc_text(doc, "; category: ");
        hc_doc_str(doc, hc_say_category(parts, parts->facts.leading->category));
        hc_doc_text(doc, ", component: ");
        hc_put_component(parts, parts->facts.leading->component);
    }
    put_next(parts);
}

void hc_part_summary(struct hc_report_parts *parts)
{
    if (parts->facts.leading)
        put_answer(parts);
    else
        put_unanswered(parts);
    put_cards(parts);
    put_facts(parts);
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

/* What users feel, as the names of features say it: each the strongest of its row. */
static const char *const felt[][3] = {
    {"errors-up", NULL, NULL}, {"latency-up", "latency-tail-up", NULL}, {"traffic-up", "traffic-down", NULL}};

static bool is_felt(const struct hc_report_parts *parts, const struct hc_evidence_item *item, size_t row)
{
    const struct hc_catalogue *catalogue = parts->in->catalogue;
    for (size_t i = 0; i < 3 && felt[row][i] && item->feature < catalogue->n_features; i++)
        if (hc_str_is(catalogue->features[item->feature].name, felt[row][i]))
            return true;
    return false;
}

/* A level has its item already. */
static bool is_of_level(const struct hc_incident *incident, const struct hc_evidence_item *item)
{
    for (size_t i = 0; i < incident->n_levels; i++)
        if (hc_place_equal(incident->levels[i].place, item->place))
            return true;
    return false;
}

static void put_series_impact(struct hc_report_parts *parts, size_t row)
{
    const struct hc_evidence *evidence = parts->in->evidence;
    const struct hc_evidence_item *best = NULL;
    for (size_t i = 0; i < evidence->n_items; i++) {
        const struct hc_evidence_item *item = &evidence->items[i];
        if (item->component < evidence->n_components && item->value >= IMPACT_VALUE && is_felt(parts, item, row) &&
            hc_str_equal(evidence->components[item->component].name, parts->in->incident->service) &&
            !is_of_level(parts->in->incident, item) && (!best || item->value > best->value))
            best = item;
    }
    if (!best)
        return;
    hc_doc_item(parts->doc);
    hc_doc_from(parts->doc, hc_str_trim(best->text), best->place);
    hc_doc_text(parts->doc, ".");
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
    hc_doc_list(doc);
    hc_doc_item(doc);
    hc_doc_text(doc, "Length of the window: ");
    hc_put_apart(parts, &parts->facts.start, &parts->facts.end);
    hc_doc_text(doc, ".");
    for (size_t i = 0; i < incident->n_levels; i++)
        put_level_impact(parts, &incident->levels[i]);
    for (size_t row = 0; row < sizeof felt / sizeof felt[0]; row++)
        put_series_impact(parts, row);
    put_log_impact(parts);
    hc_doc_item(doc);
    hc_doc_text(doc, "Users affected, requests failed, money lost: ");
    hc_doc_absent(doc, "not in the bundle");
    hc_doc_text(doc, ".");
}
