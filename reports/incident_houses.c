/* Parts that templates of other houses have and ours has not. What only people know is left to fill in, never made up. */
#include "reports/incident_parts.h"

/* A term of facts that only people know. */
static void put_blank_term(struct hc_report_parts *parts, const char *term)
{
    hc_doc_term(parts->doc, term);
    hc_put_blank(parts);
}

static void put_blank_terms(struct hc_report_parts *parts, const char *const *terms, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put_blank_term(parts, terms[i]);
}

#define TERMS(terms) (terms), sizeof(terms) / sizeof *(terms)

void hc_part_to_fill_in(struct hc_report_parts *parts)
{
    hc_doc_paragraph(parts->doc);
    hc_put_blank(parts);
}

/* ---- what stands first --------------------------------------------------------------------------------- */

void hc_part_srebook_head(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_facts(doc);
    hc_doc_term(doc, "Date");
    hc_put_time(parts, &parts->facts.start);
    put_blank_term(parts, "Authors");
    hc_doc_term(doc, "Status");
    hc_doc_text(doc, "draft, made from the bundle; ");
    hc_doc_text(doc, parts->facts.found                    ? "the cause is confirmed on record; reviewed by: "
                     : parts->in->incident->n_outcomes > 0 ? "a cause is on record, not confirmed; reviewed by: "
                                                           : "no cause is on record; reviewed by: ");
    hc_put_blank(parts);
}

void hc_part_pagerduty_head(struct hc_report_parts *parts)
{
    static const char *const terms[] = {"Owner of the post-mortem", "Review meeting", "Call recording"};
    hc_doc_facts(parts->doc);
    put_blank_terms(parts, TERMS(terms));
}

void hc_part_whole_summary(struct hc_report_parts *parts)
{
    if (parts->in->incident->n_outcomes > 0)
        hc_put_found_lead(parts);
    hc_part_summary(parts);
}

/* ---- what happened ------------------------------------------------------------------------------------- */

void hc_part_trigger(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_facts *facts = &parts->facts;
    hc_doc_facts(doc);
    hc_put_change_facts(parts);
    if (facts->change) {
        hc_doc_term(doc, "From it to the first symptom");
        hc_put_apart(parts, &facts->zero, &facts->symptom);
    }
    hc_doc_paragraph(doc);
    hc_doc_text(doc, facts->change ? "That it set the trouble off is the leading hypothesis, not an observation."
                                   : "What set the trouble off: ");
    if (!facts->change)
        hc_put_blank(parts);
}

struct named_moment {
    const struct hc_moment *moment;
    struct hc_str name;
    bool with_text;
};

static size_t add_moment(struct named_moment *list, size_t n, struct named_moment next)
{
    size_t at = n;
    if (!hc_time_known(next.moment->at))
        return n;
    for (; at > 0 && list[at - 1].moment->at.ns > next.moment->at.ns; at--)
        list[at] = list[at - 1];
    list[at] = next;
    return n + 1;
}

void hc_part_what_happened(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_facts *facts = &parts->facts;
    struct named_moment list[8];
    size_t n = add_moment(list, 0, (struct named_moment){&facts->start, HC_STR("the window begins"), false});
    struct hc_moment change = facts->zero;
    if (facts->change) {
        change.text = hc_say_change_fully(parts, facts->change);
        n = add_moment(list, n, (struct named_moment){&change, HC_STR("the change before it"), true});
    }
    n = add_moment(list, n, (struct named_moment){&facts->symptom, HC_STR("first symptom"), true});
    n = add_moment(list, n, (struct named_moment){&facts->detected, HC_STR("detected"), false});
    n = add_moment(list, n, (struct named_moment){&facts->error, HC_STR("first error"), true});
    n = add_moment(
        list, n,
        (struct named_moment){&facts->fatal, facts->crashed ? HC_STR("crash") : HC_STR("first fatal line"), true});
    n = add_moment(list, n, (struct named_moment){&facts->mitigated, HC_STR("mitigated"), false});
    n = add_moment(list, n, (struct named_moment){&facts->end, HC_STR("the window ends"), false});
    hc_doc_list(doc);
    for (size_t i = 0; i < n; i++) {
        hc_doc_item(doc);
        hc_put_time(parts, list[i].moment);
        hc_doc_text(doc, ": ");
        hc_doc_str(doc, list[i].name);
        if (list[i].with_text && list[i].moment->text.n > 0) {
            hc_doc_text(doc, ": ");
            hc_doc_str(doc, list[i].moment->text);
        }
    }
    hc_doc_paragraph(doc);
    hc_doc_text(doc, "What people did meanwhile: ");
    hc_put_blank(parts);
}

void hc_part_pagerduty_impact(struct hc_report_parts *parts)
{
    static const char *const terms[] = {"Requests or notifications out of SLA", "Events dropped or not accepted",
                                        "Accounts affected", "Users affected", "Support requests raised"};
    struct hc_doc *doc = parts->doc;
    struct hc_str severity = parts->in->incident->severity;
    struct hc_str time = severity.n > 0 ? hc_doc_formatted(doc, "Time in %.*s", HC_STR_ARG(severity))
                                        : HC_STR("Duration of the incident");
    hc_part_impact(parts);
    hc_doc_facts(doc);
    hc_doc_term(doc, time.p ? time.p : "");
    hc_put_apart(parts, &parts->facts.start, &parts->facts.end);
    put_blank_terms(parts, TERMS(terms));
}

void hc_part_responders(struct hc_report_parts *parts)
{
    static const char *const terms[] = {"Incident commander", "Scribe", "Others who responded"};
    hc_doc_facts(parts->doc);
    put_blank_terms(parts, TERMS(terms));
}

/* ---- the timeline, with the marks of the house ---------------------------------------------------------- */

static void put_mark(struct hc_report_parts *parts, const char *mark, const struct hc_moment *moment, const char *is)
{
    hc_doc_term(parts->doc, mark);
    hc_put_time(parts, moment);
    if (hc_time_known(moment->at))
        hc_doc_format(parts->doc, " (%s)", is);
}

void hc_part_srebook_timeline(struct hc_report_parts *parts)
{
    const struct hc_facts *facts = &parts->facts;
    hc_doc_facts(parts->doc);
    put_mark(parts, "OUTAGE BEGINS", &facts->symptom, "the first symptom in the evidence");
    put_mark(parts, "INCIDENT BEGINS", &facts->detected, "it was detected");
    put_mark(parts, "OUTAGE MITIGATED", &facts->mitigated, "as the bundle states");
    put_mark(parts, "OUTAGE ENDS, INCIDENT ENDS", &facts->end, "the end of the window");
    hc_part_timeline(parts);
}

void hc_part_pagerduty_timeline(struct hc_report_parts *parts)
{
    const struct hc_facts *facts = &parts->facts;
    const struct hc_event *alert = hc_find_alert(parts->in->incident);
    struct hc_moment page = {.at = HC_TIME_NONE};
    if (alert)
        page = (struct hc_moment){alert->at, alert->message, alert->place};
    hc_doc_facts(parts->doc);
    put_mark(parts, "The trouble began", &facts->symptom, "the first symptom in the evidence");
    put_mark(parts, "Page", &page, "the first alert");
    put_blank_term(parts, "Status page updated");
    put_mark(parts, "Incident over", &facts->end, "the end of the window");
    hc_part_timeline(parts);
}

/* ---- lessons ------------------------------------------------------------------------------------------- */

static void put_rollback(struct hc_report_parts *parts)
{
    const struct hc_incident *incident = parts->in->incident;
    for (size_t i = 0; i < incident->n_changes; i++) {
        const struct hc_change *change = &incident->changes[i];
        struct hc_moment moment = {change->at, HC_STR_NONE, change->place};
        if (!hc_is_undoing(parts, change))
            continue;
        hc_doc_item(parts->doc);
        hc_doc_text(parts->doc, "A rollback of ");
        hc_put_component(parts, hc_say_component(parts, change->component));
        hc_doc_text(parts->doc, " is on record, at ");
        hc_put_time(parts, &moment);
        hc_doc_text(parts->doc, ".");
    }
}

void hc_part_went_well(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_event *alert = hc_find_alert(parts->in->incident);
    hc_doc_list(doc);
    if (alert) {
        struct hc_moment moment = {alert->at, alert->message, alert->place};
        hc_doc_item(doc);
        hc_doc_text(doc, "An alert came at ");
        hc_put_time(parts, &moment);
        hc_doc_text(doc, ": ");
        hc_doc_str(doc, alert->message);
    }
    put_rollback(parts);
    if (hc_moments_apart(&parts->facts.detected, &parts->facts.mitigated) >= 0) {
        hc_doc_item(doc);
        hc_doc_text(doc, "It was mitigated ");
        hc_put_apart(parts, &parts->facts.detected, &parts->facts.mitigated);
        hc_doc_text(doc, " after it was detected.");
    }
    hc_doc_item(doc);
    hc_doc_text(doc, "What people found to go well: ");
    hc_put_blank(parts);
}

/* A list under a name, where it has items. */
static void put_gaps(struct hc_report_parts *parts, struct hc_str name, void (*put)(struct hc_report_parts *))
{
    struct hc_doc *doc = parts->doc;
    size_t before = doc->n_blocks;
    hc_doc_paragraph(doc);
    hc_doc_strong(doc, name);
    put(parts);
    if (!doc->failed && doc->blocks[doc->n_blocks - 1].n_lines == 0)
        doc->n_blocks = before;
}

void hc_part_went_wrong(struct hc_report_parts *parts)
{
    put_gaps(parts, HC_STR("Detection"), hc_part_detection_gaps);
    put_gaps(parts, HC_STR("Prevention"), hc_part_prevention_gaps);
    put_gaps(parts, HC_STR("Monitoring blind spots"), hc_part_blind_spots);
    hc_doc_paragraph(parts->doc);
    hc_doc_text(parts->doc, "What people found to go wrong: ");
    hc_put_blank(parts);
}

void hc_part_appendix(struct hc_report_parts *parts)
{
    hc_doc_paragraph(parts->doc);
    hc_doc_text(parts->doc,
                "What the template has no place for follows: what was weighed and ruled out, how far it can "
                "be believed, what it stands on, and the sources of what is linked above.");
}
