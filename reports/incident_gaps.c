/* What let it happen. Gaps follow from the record; nothing is claimed that it does not show. */
#include "reports/incident_parts.h"

#define HUMAN_NS (5 * HC_NS_PER_MINUTE) /* a shorter warning than this leaves no time for a person */
#define BLIND 10                        /* components named; the others are counted */

/* ---- which are met ------------------------------------------------------------------------------------- */

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

bool hc_is_gap_met(const struct hc_report_parts *parts, enum hc_gap gap)
{
    const struct hc_incident *incident = parts->in->incident;
    const struct hc_facts *facts = &parts->facts;
    int64_t late = hc_moments_apart(&facts->symptom, &facts->detected);
    int64_t warning = hc_moments_apart(&facts->symptom, &facts->fatal);
    switch (gap) {
    case HC_GAP_DETECTION_UNKNOWN:
        return !hc_time_known(facts->detected.at);
    case HC_GAP_DETECTION_LATE:
        return late != HC_NO_SPAN_NS && late > 0;
    case HC_GAP_NO_ALERT:
        return !hc_find_alert(incident);
    case HC_GAP_SHORT_WARNING:
        return warning != HC_NO_SPAN_NS && warning >= 0 && warning < HUMAN_NS;
    case HC_GAP_EVIDENCE_MISSING:
        return parts->in->analysis->n_next_evidence > 0;
    case HC_GAP_NO_TELEMETRY:
        for (uint32_t i = 0; i < incident->n_components; i++)
            if (!is_observed(incident, i))
                return true;
        return false;
    case HC_GAPS:
        break;
    }
    return false;
}

/* ---- detection ----------------------------------------------------------------------------------------- */

static void put_warning_time(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_facts *facts = &parts->facts;
    if (!hc_is_gap_met(parts, HC_GAP_SHORT_WARNING))
        return;
    hc_doc_item(doc);
    hc_doc_text(doc, "From the first symptom to the ");
    hc_doc_text(doc, facts->crashed ? "crash" : "first fatal line");
    hc_doc_text(doc, " there were ");
    hc_put_apart(parts, &facts->symptom, &facts->fatal);
    hc_doc_text(doc, ": too short for a person. An alert on these symptoms with a longer window could not have fired "
                     "in time; the reaction must be automatic, or the signal earlier.");
}

void hc_part_detection_gaps(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_facts *facts = &parts->facts;
    hc_doc_list(doc);
    put_warning_time(parts);
    if (hc_is_gap_met(parts, HC_GAP_DETECTION_UNKNOWN)) {
        hc_doc_item(doc);
        hc_doc_text(doc, "When it was detected: ");
        hc_doc_absent(doc, "not in the bundle");
        hc_doc_text(doc, ". Without it nobody can say how late it was.");
    } else if (hc_is_gap_met(parts, HC_GAP_DETECTION_LATE)) {
        hc_doc_item(doc);
        hc_doc_text(doc, "It was detected ");
        hc_put_apart(parts, &facts->symptom, &facts->detected);
        hc_doc_text(doc, " after the first symptom in the evidence.");
    }
    if (hc_is_gap_met(parts, HC_GAP_NO_ALERT)) {
        hc_doc_item(doc);
        hc_doc_text(doc, "An alert event: ");
        hc_doc_absent(doc, "not in the bundle");
        hc_doc_text(doc, ". Nothing shows that a monitor noticed.");
    }
}

/* ---- prevention ---------------------------------------------------------------------------------------- */

void hc_part_prevention_gaps(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_facts *facts = &parts->facts;
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

void hc_part_blind_spots(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
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
