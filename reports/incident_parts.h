/* Inside of the incident report: what its parts share. Every derived number is computed here, once. */
#ifndef HC_REPORTS_INCIDENT_PARTS_H
#define HC_REPORTS_INCIDENT_PARTS_H

#include "reports/document.h"
#include "reports/incident.h"
#include "reports/words.h"

#define HC_SHOWN_HYPOTHESES 5 /* with a section of their own; of the others some have a row, the rest a sum */
#define HC_SHOWN_LEAST 0.02   /* a less probable one has none, but the first */
#define HC_STEPS 16
#define HC_NO_SPAN_NS INT64_MIN

struct hc_report_parts;

/* Which reports a part is in. */
enum hc_part_where {
    HC_ALWAYS,
    HC_WHERE_CONFIRMED,     /* an outcome is on record and confirmed */
    HC_WHERE_NOT_CONFIRMED, /* none is, or not confirmed */
    HC_WHERE_RECORDED,      /* one is, not confirmed */
    HC_WHERE_ON_RECORD,     /* one is */
};
/* A part of a report: its heading, and what puts the rest. */
struct hc_part {
    const char *id, *title; /* links within the report go by the id: a part has the same in every template */
    void (*put)(struct hc_report_parts *parts); /* NULL: the heading alone */
    int level;                                  /* of the heading: 2 or 3; 0: none */
    enum hc_part_where where;
};

struct hc_report_template {
    const char *name;
    const struct hc_part *parts;
    size_t n;
};

/* Something that happened at a time and is written somewhere. */
struct hc_moment {
    struct hc_time at; /* absent: not known */
    struct hc_str text;
    struct hc_source_place place;
};

/* Equal lines of one component, as one step of the failure. */
struct hc_step {
    struct hc_moment first;
    struct hc_time last;
    uint32_t component;
    uint8_t level;
    uint64_t template_id;
    uint64_t n;        /* lines counted, or events kept where nothing counted them */
    struct hc_str sql; /* gives n; may be absent */
    struct hc_str kind;
};

/* Entries of the timeline that say the same. */
struct hc_timeline_row {
    const struct hc_timeline_entry *first, *last;
    size_t n;
};
#define HC_TIMELINE_ROWS HC_TIMELINE_MARKS /* shown; the rest are counted */

struct hc_facts {
    const struct hc_change *change; /* the last one before the first symptom that the leading hypothesis rests on */
    const struct hc_change *last_change; /* the last one in the day before the first symptom, whoever rests on it */
    const struct hc_hypothesis *leading; /* may be NULL */
    const struct hc_outcome *found;      /* the root cause on record where it is confirmed; may be NULL */
    struct hc_moment zero;               /* T+0 */
    const char *zero_name;               /* "the deployment" */
    struct hc_moment start, symptom, detected, error, fatal, mitigated, end;
    size_t n_missing;               /* kinds of evidence that the bundle has not */
    bool crashed;                   /* the first fatal step says so */
    bool symptom_is_detection;      /* the evidence shows no other */
    struct hc_step steps[HC_STEPS]; /* by time */
    size_t n_steps;
    size_t n_shown;                  /* hypotheses shown one by one */
    int shares[HC_SHOWN_HYPOTHESES]; /* tenths of a per cent; with the two below they add up to 1000 */
    int share_rest, share_unexplained;
    double p_rest;
    size_t n_rest;
};

struct hc_report_parts {
    struct hc_doc *doc;
    const struct hc_incident_report *in;
    struct hc_facts facts;
};

/* The columns are constant arrays: their length comes with them. */
#define HC_COLUMNS(columns) (columns), sizeof(columns) / sizeof((columns)[0])

void hc_facts_find(struct hc_report_parts *parts);
void hc_put_parts(struct hc_report_parts *parts); /* those of the template, with their headings */

/* Of a figure: from T+0; NaN where either is unknown. */
double hc_seconds_from_zero(const struct hc_report_parts *parts, struct hc_time at);
/* Whether the change is a rollback that can have been one of this incident: it came after T+0. */
bool hc_is_undoing(const struct hc_report_parts *parts, const struct hc_change *change);

/* to - from; HC_NO_SPAN_NS where either is unknown. */
int64_t hc_moments_apart(const struct hc_moment *from, const struct hc_moment *to);
bool hc_place_equal(struct hc_source_place a, struct hc_source_place b);

/* ---- how things are said ------------------------------------------------------------------------------- */

struct hc_str hc_say_component(const struct hc_report_parts *parts, uint32_t component); /* may be absent */
struct hc_str hc_say_hypothesis(struct hc_report_parts *parts, const struct hc_hypothesis *hypothesis);
struct hc_str hc_say_category(const struct hc_report_parts *parts, struct hc_str id);
struct hc_str hc_say_kind(const struct hc_report_parts *parts, struct hc_str id);
/* What a sentence about the leading hypothesis begins with: a flat list has no winner. */
bool hc_stands_out(const struct hc_hypothesis *leading);
/* Where nothing is promised a status is no more than the probability it follows from, and is said so. */
const char *hc_say_status(const struct hc_report_parts *parts, enum hc_hypothesis_status status);
enum hc_tone hc_status_tone(const struct hc_report_parts *parts, enum hc_hypothesis_status status);
/* Does the guarantee say so, and not a probability alone? */
bool hc_is_confirmed(const struct hc_report_parts *parts, const struct hc_hypothesis *hypothesis);
/* "Deployment of v2.8.1" */
struct hc_str hc_say_change_fully(struct hc_report_parts *parts, const struct hc_change *change);
/* "Deployment"; of a kind that the format does not know "Change (firmware)". */
const char *hc_say_change(struct hc_report_parts *parts, const struct hc_change *change);
const struct hc_cause *hc_find_cause(const struct hc_report_parts *parts, struct hc_str category, struct hc_str cause);

/* Whether a reason before it on the same side has the same sentence: two features may point at one event. */
bool hc_is_said_before(const struct hc_hypothesis *hypothesis, size_t at);

/* Spans. An unknown time or span of time is "not in the bundle". */
void hc_put_time(struct hc_report_parts *parts, const struct hc_moment *moment);

/* When the incident ended. One without an end is open, if it is known when it began. */
void hc_put_end(struct hc_report_parts *parts);
void hc_put_offset(struct hc_report_parts *parts, struct hc_time at, struct hc_source_place place);
void hc_put_apart(struct hc_report_parts *parts, const struct hc_moment *from, const struct hc_moment *to);
void hc_put_component(struct hc_report_parts *parts, struct hc_str name);
void hc_put_status(struct hc_report_parts *parts, enum hc_hypothesis_status status);
/* What only people know. */
void hc_put_blank(struct hc_report_parts *parts);
/* "62 % (0.621)" with what gives it: of a hypothesis; of anything else. */
/* Of the few past incidents that the leading confidence rests on, where they are fewer than a promise needs. */
void hc_put_caveat(struct hc_report_parts *parts);
void hc_put_confidence(struct hc_report_parts *parts, double p);
void hc_put_probability(struct hc_report_parts *parts, double p, struct hc_str sql);
void hc_put_number(struct hc_report_parts *parts, double value, struct hc_str unit, struct hc_source_place place);

/* ---- where a number comes from --------------------------------------------------------------------------- */

/* A query of this incident with that after its condition; absent where the corpus does not hold the incident. */
struct hc_str hc_cite_view(struct hc_report_parts *parts, const char *columns, const char *view, const char *rest);
/* The same of a view that has rows for each calibration; the command where the analysis is not stored. */
struct hc_str hc_cite_analysis(struct hc_report_parts *parts, const char *columns, const char *view, const char *rest);
struct hc_str hc_cite_command(struct hc_report_parts *parts);
struct hc_str hc_cite_similar(struct hc_report_parts *parts);   /* the command */
struct hc_str hc_cite_penalties(struct hc_report_parts *parts); /* of the calibration; absent: it is the expert's */
struct hc_str hc_cite_hypotheses(struct hc_report_parts *parts);
struct hc_str hc_cite_sum(struct hc_report_parts *parts, const char *condition); /* of probabilities */
struct hc_str hc_cite_rest(struct hc_report_parts *parts);                       /* of those not shown */
struct hc_str hc_cite_unexplained(struct hc_report_parts *parts);
struct hc_str hc_cite_weights(struct hc_report_parts *parts);
/* The sum over what shares that much with the leading hypothesis. */
struct hc_str hc_cite_doubt(struct hc_report_parts *parts, bool same_component, bool same_category, bool same_cause);
/* Log lines in the minutes that the window touches: of a step's template from its first line on, or (of NULL) from a
 * level on, HC_LOG_NONE or HC_LOG_ERROR. */
struct hc_line_count {
    uint64_t n;
    struct hc_str sql;            /* absent: the corpus does not hold it */
    struct hc_source_place place; /* a file that lines came from */
};
struct hc_line_count hc_count_lines(struct hc_report_parts *parts, const struct hc_step *of, uint8_t least_level);
int64_t hc_minute_of(int64_t at_ns);
/* How often an event without a template came in the window; absent where its text makes no condition. */
struct hc_str hc_cite_events(struct hc_report_parts *parts, const struct hc_step *step);
/* The changes of another incident. */
struct hc_str hc_cite_past(struct hc_report_parts *parts, struct hc_str id);
/* With the query, or the place where there is none. */
void hc_put_cited(struct hc_report_parts *parts, struct hc_str text, struct hc_str sql, struct hc_source_place place);
/* Where a sentence of the evidence comes from. */
struct hc_source_place hc_place_of(const struct hc_report_parts *parts, struct hc_source_place place);

/* What having a missing kind of evidence gained past incidents on average, as a probability; 0: nothing worth saying. */
double hc_gain_of(const struct hc_report_parts *parts, struct hc_str kind);

/* ---- what was found -------------------------------------------------------------------------------------- */

struct hc_hypothesis hc_found_hypothesis(const struct hc_outcome *outcome);
/* What remedies follow: the cause on record where it is confirmed and known, else the leading one; may be NULL. */
const struct hc_cause *hc_remedy_cause(const struct hc_report_parts *parts);
/* A paragraph: does the analysis agree with it? */
void hc_put_agreement(struct hc_report_parts *parts, const struct hc_outcome *found);

void hc_put_found_lead(struct hc_report_parts *parts); /* of an incident with an outcome: what it is */

/* ---- the chain ------------------------------------------------------------------------------------------- */

/* HC_NO_COMPONENT: the topology has none of that name; where nothing tells of a symptom's component. */
uint32_t hc_find_component(const struct hc_incident *incident, struct hc_str name);
uint32_t hc_symptom_component(const struct hc_incident *incident);
/* Whether the leading component calls that one, on any way, or is it. */
bool hc_is_upstream(struct hc_report_parts *parts, uint32_t component);
/* A finding about a moment of the window, not about a change, from that value on. */
bool hc_is_onset(const struct hc_report_parts *parts, const struct hc_evidence_item *item, double least);

/* Something that was observed on the way from the leading component to the symptom. */
struct hc_link {
    struct hc_moment moment;
    struct hc_str component;
    uint64_t n;
    bool is_end;      /* the crash or fatal line: it is never the one left out */
    bool is_sentence; /* of a detector, which names the component */
};
struct hc_chain {
    struct hc_link *links; /* by time */
    size_t n;
    bool *on_path; /* by component */
};
bool hc_find_chain(struct hc_report_parts *parts, struct hc_chain *chain); /* false: no memory */
void hc_put_chain(struct hc_report_parts *parts);
void hc_put_change_facts(struct hc_report_parts *parts); /* terms */

/* ---- figures that take more than a few lines ------------------------------------------------------------- */

/* The timeline's rows to scale, each with its number, in a lane of its component. */
void hc_put_lanes(struct hc_report_parts *parts, const struct hc_timeline_row *rows, size_t n);
/* Which component calls which, and the way from the symptom to the leading hypothesis. */
void hc_put_topology(struct hc_report_parts *parts);
/* The series that moved most, as analysis summarised them. */
void hc_put_series(struct hc_report_parts *parts);

/* ---- actions and gaps ------------------------------------------------------------------------------------ */

bool hc_is_gap_met(const struct hc_report_parts *parts, enum hc_gap gap);
/* Of the immediate ones the first that follows from the cause; absent: none does. */
struct hc_str hc_first_action(struct hc_report_parts *parts);
/* The missing kind that is expected to tell most; NULL: none tells anything. */
const struct hc_next_evidence *hc_best_evidence(const struct hc_report_parts *parts);
const struct hc_event *hc_find_alert(const struct hc_incident *incident); /* the first; NULL: none */

/* ---- the parts, without their headings: reports/incident_template.c puts them in order --------------------------------------------------------------------------------- */

void hc_part_summary(struct hc_report_parts *parts);
void hc_part_found(struct hc_report_parts *parts);
void hc_part_impact(struct hc_report_parts *parts);
void hc_part_timeline(struct hc_report_parts *parts);
void hc_part_detection(struct hc_report_parts *parts);
void hc_part_resolution(struct hc_report_parts *parts);
void hc_part_hypotheses(struct hc_report_parts *parts);
void hc_part_temporal(struct hc_report_parts *parts);
void hc_part_metrics(struct hc_report_parts *parts);
void hc_part_sequence(struct hc_report_parts *parts);
void hc_part_missing(struct hc_report_parts *parts);
void hc_put_runner_up(struct hc_report_parts *parts); /* a subsection, where there is a case */
void hc_part_ruled_out(struct hc_report_parts *parts);
void hc_part_root_cause(struct hc_report_parts *parts);
void hc_part_contributing(struct hc_report_parts *parts);
void hc_part_detection_gaps(struct hc_report_parts *parts);
void hc_part_prevention_gaps(struct hc_report_parts *parts);
void hc_part_blind_spots(struct hc_report_parts *parts);
void hc_part_remediation(struct hc_report_parts *parts);  /* a list by horizon */
void hc_part_action_table(struct hc_report_parts *parts); /* the same as a table */
void hc_part_uncertainty(struct hc_report_parts *parts);
void hc_part_confidence(struct hc_report_parts *parts);
void hc_part_similar(struct hc_report_parts *parts);
void hc_part_data(struct hc_report_parts *parts);

/* ---- parts of other templates: what only people know is left to fill in ---------------------------------- */

void hc_part_srebook_head(struct hc_report_parts *parts);
void hc_part_pagerduty_head(struct hc_report_parts *parts);
void hc_part_whole_summary(struct hc_report_parts *parts); /* what is on record, then the summary */
void hc_part_trigger(struct hc_report_parts *parts);
void hc_part_what_happened(struct hc_report_parts *parts);
void hc_part_pagerduty_impact(struct hc_report_parts *parts);
void hc_part_responders(struct hc_report_parts *parts);
void hc_part_srebook_timeline(struct hc_report_parts *parts);
void hc_part_pagerduty_timeline(struct hc_report_parts *parts);
void hc_part_went_well(struct hc_report_parts *parts);
void hc_part_went_wrong(struct hc_report_parts *parts);
void hc_part_to_fill_in(struct hc_report_parts *parts);
void hc_part_coe_detection(struct hc_report_parts *parts);
void hc_part_coe_diagnosis(struct hc_report_parts *parts);
void hc_part_coe_mitigation(struct hc_report_parts *parts);
void hc_part_whys(struct hc_report_parts *parts);
void hc_part_appendix(struct hc_report_parts *parts);

#endif
