/* Which parts a report has, and in which order: a table a template. A part has one id in all of them, so that what links to
 * it finds it; the other templates' headings are in the words of their houses. */
#include "reports/incident_parts.h"

/* What every report holds. What a template has no place for comes after its own parts, under the usual headings. */
#define PART_WHERE(where, level, id, title, put) \
    {                                            \
        id, title, put, level, where             \
    }
#define PART(level, id, title, put) PART_WHERE(HC_ALWAYS, level, id, title, put)
#define FOUND(where) PART_WHERE(where, 2, "what-was-found", "What was found", hc_part_found)
#define HYPOTHESES PART(2, "hypotheses-considered", "Hypotheses Considered", hc_part_hypotheses)
#define RULED_OUT PART(2, "ruled-out-hypotheses", "Ruled-Out Hypotheses", hc_part_ruled_out)
#define CAUSE(title) PART(2, "primary-root-cause", title, hc_part_root_cause)
#define CONTRIBUTING(level, title) PART(level, "contributing-factors", title, hc_part_contributing)
#define SIMILAR(title) PART(2, "similar-past-incidents", title, hc_part_similar)
#define ACTIONS(title) PART(2, "remediation-and-follow-ups", title, hc_part_action_table)
#define METRICS(level, title) PART(level, "metrics", title, hc_part_metrics)
#define TEMPORAL PART(3, "temporal-correlation", "Temporal correlation", hc_part_temporal)
#define SEQUENCE PART(3, "failure-sequence", "Failure sequence", hc_part_sequence)
#define MISSING PART(3, "missing-evidence", "Missing evidence", hc_part_missing)
#define SUPPORT TEMPORAL, METRICS(3, "Metrics and other findings"), SEQUENCE, MISSING
#define EVIDENCE PART(2, "evidence-evaluation", "Evidence Evaluation", NULL), SUPPORT
#define UNCERTAINTY PART(2, "remaining-uncertainty", "Remaining Uncertainty", hc_part_uncertainty)
#define CONFIDENCE PART(2, "confidence-summary", "Confidence Summary", hc_part_confidence)
#define DATA PART(2, "data-and-method", "Data and method", hc_part_data)
#define SOURCES PART(2, "evidence-sources", "Evidence sources", put_sources)
#define APPENDIX PART(2, "appendix", "Appendix: the analysis", hc_part_appendix)

static void put_sources(struct hc_report_parts *parts)
{
    hc_doc_sources(parts->doc);
}

/* The user's example, and what it lacks. */
static const struct hc_part seed[] = {
    FOUND(HC_WHERE_CONFIRMED),
    PART_WHERE(HC_WHERE_CONFIRMED, 2, "summary", "Summary of the analysis", hc_part_summary),
    PART_WHERE(HC_WHERE_NOT_CONFIRMED, 2, "summary", "Summary", hc_part_summary),
    FOUND(HC_WHERE_RECORDED),
    PART(2, "impact", "Impact in numbers", hc_part_impact),
    PART(2, "timeline", "Timeline", hc_part_timeline),
    PART(2, "detection", "Detection", hc_part_detection),
    PART(2, "resolution", "Resolution", hc_part_resolution),
    HYPOTHESES,
    EVIDENCE,
    RULED_OUT,
    CAUSE("Primary Root Cause"),
    CONTRIBUTING(2, "Contributing Factors"),
    PART(2, "detection-and-prevention-gaps", "Detection & Prevention Gaps", NULL),
    PART(3, "detection-gaps", "Detection", hc_part_detection_gaps),
    PART(3, "prevention-gaps", "Prevention", hc_part_prevention_gaps),
    PART(3, "monitoring-blind-spots", "Monitoring blind spots", hc_part_blind_spots),
    PART(2, "remediation-and-follow-ups", "Remediation & Follow-ups", hc_part_remediation),
    UNCERTAINTY,
    CONFIDENCE,
    SIMILAR("Similar past incidents"),
    DATA,
    SOURCES,
};

/* The example post-mortem of the SRE book (Beyer et al., Site Reliability Engineering, 2016, appendix D). */
static const struct hc_part srebook[] = {
    PART(0, NULL, NULL, hc_part_srebook_head),
    PART(2, "summary", "Summary", hc_part_whole_summary),
    PART(2, "impact", "Impact", hc_part_impact),
    CAUSE("Root Causes"),
    CONTRIBUTING(3, "Contributing factors"),
    PART(2, "trigger", "Trigger", hc_part_trigger),
    PART(2, "resolution", "Resolution", hc_part_resolution),
    PART(2, "detection", "Detection", hc_part_detection),
    ACTIONS("Action Items"),
    PART(2, "lessons-learned", "Lessons Learned", NULL),
    PART(3, "what-went-well", "What went well", hc_part_went_well),
    PART(3, "what-went-wrong", "What went wrong", hc_part_went_wrong),
    PART(3, "where-we-got-lucky", "Where we got lucky", hc_part_to_fill_in),
    PART(2, "timeline", "Timeline", hc_part_srebook_timeline),
    PART(2, "supporting-information", "Supporting information", NULL),
    SUPPORT,
    APPENDIX,
    FOUND(HC_WHERE_ON_RECORD),
    HYPOTHESES,
    RULED_OUT,
    UNCERTAINTY,
    CONFIDENCE,
    SIMILAR("Similar past incidents"),
    DATA,
    SOURCES,
};

/* PagerDuty's (response.pagerduty.com, post-mortem template). */
static const struct hc_part pagerduty[] = {
    PART(0, NULL, NULL, hc_part_pagerduty_head),
    PART(2, "summary", "Overview", hc_part_whole_summary),
    PART(2, "what-happened", "What Happened", hc_part_what_happened),
    CAUSE("Root Cause and Contributing Factors"),
    CONTRIBUTING(3, "Contributing factors"),
    PART(2, "resolution", "Resolution", hc_part_resolution),
    PART(2, "impact", "Impact", hc_part_pagerduty_impact),
    PART(2, "responders", "Responders", hc_part_responders),
    PART(2, "timeline", "Timeline", hc_part_pagerduty_timeline),
    PART(3, "detection", "Detection", hc_part_detection),
    PART(2, "how-d-we-do", "How'd We Do?", NULL),
    PART(3, "what-went-well", "What Went Well?", hc_part_went_well),
    PART(3, "what-went-wrong", "What Didn't Go So Well?", hc_part_went_wrong),
    ACTIONS("Action Items"),
    PART(2, "messaging", "Messaging", NULL),
    PART(3, "internal-email", "Internal Email", hc_part_to_fill_in),
    PART(3, "external-message", "External Message", hc_part_to_fill_in),
    APPENDIX,
    FOUND(HC_WHERE_ON_RECORD),
    HYPOTHESES,
    EVIDENCE,
    RULED_OUT,
    UNCERTAINTY,
    CONFIDENCE,
    SIMILAR("Similar past incidents"),
    DATA,
    SOURCES,
};

/* The Correction of Error of AWS (its blog, "Creating a correction of errors document"). */
static const struct hc_part coe[] = {
    PART(2, "summary", "Summary", hc_part_whole_summary),
    PART(2, "impact", "Impact", hc_part_impact),
    PART(2, "timeline", "Timeline", hc_part_timeline),
    METRICS(2, "Metrics and supporting data"),
    TEMPORAL,
    SEQUENCE,
    MISSING,
    PART(2, "incident-questions", "Incident Questions", NULL),
    PART(3, "detection", "Detection", hc_part_coe_detection),
    PART(3, "diagnosis", "Diagnosis", hc_part_coe_diagnosis),
    PART(3, "resolution", "Mitigation", hc_part_coe_mitigation),
    PART(2, "five-whys", "5 Whys", hc_part_whys),
    SIMILAR("Related Items"),
    ACTIONS("Action Items"),
    PART(2, "lessons-learned", "Lessons Learned", NULL),
    PART(3, "what-went-well", "What went well", hc_part_went_well),
    PART(3, "what-went-wrong", "What went wrong", hc_part_went_wrong),
    APPENDIX,
    FOUND(HC_WHERE_ON_RECORD),
    CAUSE("Primary Root Cause"),
    CONTRIBUTING(2, "Contributing Factors"),
    HYPOTHESES,
    RULED_OUT,
    UNCERTAINTY,
    CONFIDENCE,
    DATA,
    SOURCES,
};

#define ROWS(parts) (parts), sizeof(parts) / sizeof *(parts)

static const struct hc_report_template templates[] = {
    {"seed", ROWS(seed)}, {"srebook", ROWS(srebook)}, {"pagerduty", ROWS(pagerduty)}, {"coe", ROWS(coe)}};

const struct hc_report_template *hc_report_template_named(const char *name)
{
    for (size_t i = 0; i < sizeof templates / sizeof *templates; i++)
        if (strcmp(templates[i].name, name) == 0)
            return &templates[i];
    return NULL;
}

static bool is_here(const struct hc_report_parts *parts, enum hc_part_where where)
{
    const bool found = parts->facts.found != NULL, on_record = parts->in->incident->n_outcomes > 0;
    switch (where) {
    case HC_WHERE_CONFIRMED:
        return found;
    case HC_WHERE_NOT_CONFIRMED:
        return !found;
    case HC_WHERE_RECORDED:
        return on_record && !found;
    case HC_WHERE_ON_RECORD:
        return on_record;
    case HC_ALWAYS:
        break;
    }
    return true;
}

void hc_put_parts(struct hc_report_parts *parts)
{
    const struct hc_report_template *template = parts->in->template ? parts->in->template : &templates[0];
    for (size_t i = 0; i < template->n; i++) {
        const struct hc_part *part = &template->parts[i];
        if (!is_here(parts, part->where))
            continue;
        if (part->level == 2)
            hc_doc_section(parts->doc, part->id, part->title);
        else if (part->level == 3)
            hc_doc_subsection(parts->doc, hc_str_of(part->id), hc_str_of(part->title));
        if (part->put)
            part->put(parts);
    }
}
