/* What let it happen and what to do about it. Gaps follow from the record; nothing is claimed that it does not show. */
#include "reports/incident_parts.h"

#define HUMAN_NS (5 * HC_NS_PER_MINUTE) /* a shorter warning than this leaves no time for a person */
#define BLIND 10                        /* components named; the others are counted */

/* ---- detection ----------------------------------------------------------------------------------------- */

static bool has_alert(const struct hc_incident *incident)
{
    for (size_t i = 0; i < incident->n_events; i++)
        if (hc_str_starts(incident->events[i].kind, HC_STR("alert")))
            return true;
    return false;
}

static void put_warning_time(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_facts *facts = &parts->facts;
    int64_t apart = hc_moments_apart(&facts->symptom, &facts->fatal);
    if (apart == HC_NO_SPAN_NS || apart < 0 || apart >= HUMAN_NS)
        return;
    hc_doc_item(doc);
    hc_doc_text(doc, "From the first symptom to the ");
    hc_doc_text(doc, facts->crashed ? "crash" : "first fatal line");
    hc_doc_text(doc, " there were ");
    hc_put_apart(parts, &facts->symptom, &facts->fatal);
    hc_doc_text(doc, ": too short for a person. An alert on these symptoms with a longer window could not have fired "
                     "in time; the reaction must be automatic, or the signal earlier.");
}

static void put_detection_gaps(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_facts *facts = &parts->facts;
    int64_t delay = hc_moments_apart(&facts->symptom, &facts->detected);
    hc_doc_subsection(doc, HC_STR("detection-gaps"), HC_STR("Detection"));
    hc_doc_list(doc);
    put_warning_time(parts);
    if (!hc_time_known(facts->detected.at)) {
        hc_doc_item(doc);
        hc_doc_text(doc, "When it was detected: ");
        hc_doc_absent(doc, "not in the bundle");
        hc_doc_text(doc, ". Without it nobody can say how late it was.");
    } else if (delay != HC_NO_SPAN_NS && delay > 0) {
        hc_doc_item(doc);
        hc_doc_text(doc, "It was detected ");
        hc_put_apart(parts, &facts->symptom, &facts->detected);
        hc_doc_text(doc, " after the first symptom in the evidence.");
    }
    if (!has_alert(parts->in->incident)) {
        hc_doc_item(doc);
        hc_doc_text(doc, "An alert event: ");
        hc_doc_absent(doc, "not in the bundle");
        hc_doc_text(doc, ". Nothing shows that a monitor noticed.");
    }
}

/* ---- prevention ---------------------------------------------------------------------------------------- */

static void put_prevention_gaps(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_facts *facts = &parts->facts;
    hc_doc_subsection(doc, HC_STR("prevention-gaps"), HC_STR("Prevention"));
    hc_doc_list(doc);
    if (facts->change) {
        hc_doc_item(doc);
        hc_doc_text(doc, "Whether the change was rolled out in steps, and what was checked before it: ");
        hc_doc_absent(doc, "not in the bundle");
        hc_doc_text(doc, ".");
        hc_doc_item(doc);
        hc_doc_text(doc, hc_time_known(facts->fatal.at) ? "A limit that would have stopped it before the fatal line: "
                                                        : "A check that would have stopped it: ");
        hc_doc_absent(doc, "not in the bundle");
        hc_doc_text(doc, ".");
    } else {
        hc_doc_item(doc);
        hc_doc_text(doc, "The leading hypothesis rests on no change, so no check of a change can be judged.");
    }
}

/* ---- blind spots --------------------------------------------------------------------------------------- */

static bool is_observed(const struct hc_incident *incident, uint32_t component)
{
    for (size_t i = 0; i < incident->n_series; i++)
        if (incident->series[i].component == component)
            return true;
    for (size_t i = 0; i < incident->n_levels; i++)
        if (incident->levels[i].component == component)
            return true;
    for (size_t i = 0; i < incident->n_log_counts; i++)
        if (incident->log_counts[i].component == component)
            return true;
    for (size_t i = 0; i < incident->n_trace_edges; i++)
        if (incident->trace_edges[i].callee == component)
            return true;
    for (size_t i = 0; i < incident->n_events; i++)
        if (incident->events[i].component == component)
            return true;
    return false;
}

static void put_dark_components(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_incident *incident = parts->in->incident;
    size_t n = 0;
    for (uint32_t i = 0; i < incident->n_components; i++) {
        if (is_observed(incident, i))
            continue;
        if (n == 0) {
            hc_doc_item(doc);
            hc_doc_text(doc, "Components without any telemetry in the bundle: ");
        }
        if (n < BLIND) {
            hc_doc_text(doc, n > 0 ? ", " : "");
            hc_doc_code(doc, incident->components[i].name);
        }
        n++;
    }
    if (n > BLIND)
        hc_doc_format(doc, " and %zu more", n - BLIND);
    if (n > 0)
        hc_doc_text(doc, ".");
}

static void put_blind_spots(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_subsection(doc, HC_STR("monitoring-blind-spots"), HC_STR("Monitoring blind spots"));
    hc_doc_list(doc);
    if (parts->facts.n_missing > 0) {
        hc_doc_item(doc);
        hc_doc_format(doc, "%zu %s of evidence %s missing: ", parts->facts.n_missing,
                      parts->facts.n_missing == 1 ? "kind" : "kinds", parts->facts.n_missing == 1 ? "is" : "are");
        hc_doc_link_section(doc, HC_STR("the list"), HC_STR("missing-evidence"));
        hc_doc_text(doc, ".");
    }
    put_dark_components(parts);
}

void hc_part_gaps(struct hc_report_parts *parts)
{
    hc_doc_section(parts->doc, "detection-and-prevention-gaps", "Detection & Prevention Gaps");
    put_detection_gaps(parts);
    put_prevention_gaps(parts);
    put_blind_spots(parts);
}

/* ---- remediation --------------------------------------------------------------------------------------- */

static void put_done(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_incident *incident = parts->in->incident;
    for (size_t i = 0; i < incident->n_changes; i++) {
        const struct hc_change *change = &incident->changes[i];
        struct hc_moment moment = {change->at, HC_STR_NONE, change->place};
        if (!hc_str_is(change->kind, "rollback"))
            continue;
        hc_doc_item(doc);
        hc_doc_text(doc, "Done: rollback of ");
        hc_put_component(parts, hc_say_component(parts, change->component));
        hc_doc_text(doc, " at ");
        hc_put_time(parts, &moment);
        hc_doc_text(doc, ".");
    }
}

static void put_follow_ups(struct hc_report_parts *parts, size_t term)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_cause *cause = hc_remedy_cause(parts);
    for (size_t i = 0; cause && i < cause->n_follow_ups[term]; i++) {
        hc_doc_item(doc);
        hc_doc_str(doc, hc_str_trim(cause->follow_ups[term][i]));
    }
}

static void put_basis(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_outcome *found = parts->facts.found;
    const struct hc_cause *cause = hc_remedy_cause(parts);
    hc_doc_note(doc);
    hc_doc_text(doc, "These are proposals. None has an owner or a date yet: give each both, or strike it. Only what "
                     "the bundle shows as done is called done. ");
    if (!cause)
        return;
    bool recorded = found && cause == hc_find_cause(parts, found->category, found->cause);
    hc_doc_text(doc, recorded ? "They follow from the cause on record, " : "They follow from the leading hypothesis, ");
    hc_doc_strong(doc, cause->title.n > 0 ? cause->title : cause->id);
    hc_doc_text(doc, ", by the catalogue, but where one is marked as met by a gap.");
}

static void put_from_gap(struct hc_report_parts *parts, struct hc_str action)
{
    hc_doc_item(parts->doc);
    hc_doc_str(parts->doc, action);
    hc_doc_text(parts->doc, " ");
    hc_doc_absent(parts->doc, "From a gap met here.");
}

static void put_short_gaps(struct hc_report_parts *parts)
{
    const struct hc_facts *facts = &parts->facts;
    int64_t apart = hc_moments_apart(&facts->symptom, &facts->fatal);
    if (!hc_time_known(facts->detected.at))
        put_from_gap(parts, HC_STR("Record when an incident is detected, and by whom or what."));
    if (apart != HC_NO_SPAN_NS && apart >= 0 && apart < HUMAN_NS) {
        char text[HC_WORD_TEXT];
        hc_word_duration(apart, text);
        put_from_gap(parts, hc_doc_formatted(parts->doc,
                                             "Put the warning time of %s into the runbook: only an automatic reaction "
                                             "can be faster.",
                                             text));
    }
}

static void put_medium_gaps(struct hc_report_parts *parts)
{
    const struct hc_analysis *analysis = parts->in->analysis;
    struct hc_str kinds = HC_STR("");
    for (size_t i = 0; i < analysis->n_next_evidence && i < 3; i++) {
        struct hc_str kind = hc_say_kind(parts, analysis->next_evidence[i].kind);
        kinds = hc_doc_formatted(parts->doc, "%.*s%s%.*s", HC_STR_ARG(kinds), i > 0 ? ", " : "", HC_STR_ARG(kind));
    }
    if (kinds.n > 0)
        put_from_gap(parts, hc_doc_formatted(parts->doc, "Collect what was missing: %.*s.", HC_STR_ARG(kinds)));
}

void hc_part_remediation(struct hc_report_parts *parts)
{
    static const struct {
        const char *id, *title;
    } terms[4] = {{"immediate", "Immediate"},
                  {"short-term", "Short term (0 to 7 days)"},
                  {"medium-term", "Medium term (1 to 4 weeks)"},
                  {"long-term", "Long term (1 to 3 months)"}};
    struct hc_doc *doc = parts->doc;
    hc_doc_section(doc, "remediation-and-follow-ups", "Remediation & Follow-ups");
    put_basis(parts);
    for (size_t term = 0; term < 4; term++) {
        hc_doc_subsection(doc, hc_str_of(terms[term].id), hc_str_of(terms[term].title));
        hc_doc_list(doc);
        size_t list = doc->n_blocks;
        if (term == 0)
            put_done(parts);
        put_follow_ups(parts, term);
        if (term == 1)
            put_short_gaps(parts);
        if (term == 2)
            put_medium_gaps(parts);
        if (!doc->failed && doc->blocks[list - 1].n_lines == 0) {
            hc_doc_paragraph(doc);
            hc_doc_text(doc, "The catalogue and the gaps give none.");
        }
    }
}
