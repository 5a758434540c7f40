/* An incident as it is known: what ingest reads, the store keeps, analysis and reports use.
 *
 * Plain data in one arena. Every list is in an order that ignores how the input was packed:
 * the order is said at each list. An absent text is HC_STR_NONE, an absent time
 * HC_TIME_NONE, an absent number NaN. Components are named by index into `components`.
 * Every item says where it stands: `member` (relative to the incident's directory) and `line` (1-based).
 */
#ifndef HC_CORPUS_RECORD_INCIDENT_H
#define HC_CORPUS_RECORD_INCIDENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/text.h"
#include "base/time.h"
#include "base/warning.h"

#define HC_NO_COMPONENT ((uint32_t)-1)

struct hc_source_place {
    struct hc_str member;
    uint32_t line; /* 0: the whole member */
};

struct hc_component {
    struct hc_str name;
    struct hc_str kind; /* absent: unset */
};

/* `from` calls `to`, or runs on it. */
struct hc_dependency {
    uint32_t from, to;
    bool derived; /* seen in traces, not in the manifest */
    struct hc_source_place place;
};

struct hc_interval { /* half-open [start, end) */
    struct hc_time start, end;
};

struct hc_symptom {
    uint32_t component; /* or HC_NO_COMPONENT */
    struct hc_str metric;
    struct hc_time at;
    struct hc_source_place place;
};

struct hc_change {
    struct hc_time at;
    struct hc_str kind; /* as written; a word outside the format counts as "other" */
    uint32_t component; /* or HC_NO_COMPONENT */
    struct hc_str version, commit, text;
    struct hc_source_place place;
};

struct hc_level {
    uint32_t component;
    struct hc_str metric, unit;
    double baseline, before, peak; /* in `unit`; NaN: not stated */
    struct hc_source_place place;
};

struct hc_missing {
    struct hc_str kind, reason;
    struct hc_source_place place;
};

struct hc_outcome {
    uint32_t ordinal;     /* 0: the root cause; others contributed */
    struct hc_str status; /* confirmed, probable, unknown */
    struct hc_str category, cause, metric, text;
    struct hc_str component; /* by name: it need not be in the topology */
    struct hc_time known_at; /* @at, else incident/@updated, else window/@end, else absent */
    struct hc_str given_by;  /* "manifest", a record's origin, "command" */
    struct hc_source_place place;
};

/* A metric series: rows with a value, ascending times, no two equal. */
struct hc_series {
    uint32_t component;
    struct hc_str metric, unit;
    size_t n;
    const int64_t *at_ns;
    const double *values;
    struct hc_source_place place; /* header of the first file (bytewise) it came from */
    uint32_t first_row;           /* point i stands on line first_row + i of that file; 0: not known */
    /* What analysis made of it before it is stored; NaN and absent: not computed, or no baseline. */
    double baseline_median, baseline_mad; /* in unit; the MAD is not scaled */
    double peak;                          /* the value in the window farthest from baseline_median */
    double score;                         /* how unusual: 0 nothing, log scale */
    struct hc_time onset_at;              /* when it left its baseline */
};

enum hc_level_of_log { HC_LOG_NONE, HC_LOG_TRACE, HC_LOG_DEBUG, HC_LOG_INFO, HC_LOG_WARN, HC_LOG_ERROR, HC_LOG_FATAL };

/* In the place of a count's level: lines within records that name the cause of what these tell, and are none themselves. */
#define HC_LOG_CAUSE (HC_LOG_FATAL + 1)

/* A log template; its id depends on nothing but its text. */
struct hc_template {
    uint64_t id;        /* first 8 bytes of SHA-256 of `text`, big-endian */
    struct hc_str text; /* variable parts are <*> */
};

/* How often a template came from a component at a level, by minute. */
struct hc_log_count {
    uint32_t template_index; /* into templates */
    uint32_t component;      /* or HC_NO_COMPONENT */
    uint8_t level;           /* enum hc_level_of_log, or HC_LOG_CAUSE */
    size_t n_minutes;
    const int64_t *minute; /* minutes since 1970, ascending; HC_TIME_NONE_NS for lines without a time */
    const uint32_t *lines;
    struct hc_source_place first; /* the earliest line (by time, member, line) */
    struct hc_time first_at;
    struct hc_str exemplar; /* that line's message, cut to 512 bytes */
};

/* An event, or a log line worth keeping. */
struct hc_event {
    struct hc_time at;
    uint32_t component;
    uint8_t level;
    struct hc_str kind;    /* "log", or the source's own word */
    struct hc_str message; /* cut to 1,024 bytes */
    uint64_t template_id;  /* 0: none */
    struct hc_source_place place;
};

/* Which part of the incident's time a span belongs to, by its start. */
enum hc_phase { HC_PHASE_BASELINE, HC_PHASE_WINDOW, HC_PHASE_OTHER, HC_PHASES };

/* Log-durations of spans: mean, spread and quantiles of ln(nanoseconds), or of a log ratio. */
struct hc_log_duration {
    uint32_t n;
    double median, p90, mean, variance; /* NaN where n is 0 */
};

/* What traces say of one operation of one component as called by another (or by nobody), by phase. */
struct hc_trace_edge {
    uint32_t caller; /* HC_NO_COMPONENT: a root, or an unknown parent */
    uint32_t callee;
    struct hc_str operation; /* the callee's; the same component at both ends: an inner span */
    struct {
        uint32_t n_spans, n_errors;
        struct hc_log_duration server;    /* the callee's own span */
        struct hc_log_duration residual;  /* ln(client span) - ln(server span), where both are there */
        struct hc_log_duration exclusive; /* own time less children's; not of client spans with a child elsewhere */
    } phase[HC_PHASES];
    struct hc_source_place place; /* the slowest span of the window, else the first span */
};

/* What follows what within one trace: how often, in a component's course, one step came next after another. */
enum hc_flow_kind { HC_FLOW_SPANS, HC_FLOW_LOGS };

#define HC_FLOW_BEGIN ((uint32_t)-1) /* before the first step; as `within`: no span */
#define HC_FLOW_END ((uint32_t)-2)   /* nothing more came */
#define HC_FLOW_OTHER ((uint32_t)-3) /* steps too rare to be kept one by one */

/* A child span (of a call: the callee's side of it), or a log line of a template. */
struct hc_flow_step {
    uint32_t component;
    struct hc_str operation; /* absent: a log line */
    uint64_t template_id;    /* 0: a span */
};

struct hc_flow_count {
    uint8_t kind;                 /* enum hc_flow_kind */
    uint32_t component;           /* whose course it is */
    uint32_t within;              /* spans: the step whose children these are */
    uint32_t after, then;         /* into flow_steps, or one of the above */
    uint32_t n[HC_PHASES];        /* by the start of the span, or of the trace's lines in the component */
    struct hc_source_place place; /* of `then` (at the end: of `after`): the first of the window, else the first */
};

struct hc_document {
    struct hc_str kind;  /* postmortem, or as written; absent */
    struct hc_str title; /* first heading */
    struct hc_str text;  /* UTF-8 */
    struct hc_source_place place;
};

/* What a record of another tool says of an incident besides: a tag, a label, a link; one of several values of a field. */
struct hc_tag {
    struct hc_str name;     /* the field's, as the tool names it: "categories", "company", "url" */
    struct hc_str text;     /* its value, whole */
    struct hc_str category; /* that the mapping says it speaks for; absent: none */
    struct hc_str given_by; /* the record's origin */
    struct hc_source_place place;
};

/* A file of evidence: what it was taken for and what came of it. */
struct hc_evidence_file {
    struct hc_str member;
    struct hc_str kind;   /* metrics, logs, events, traces, document; absent: not recognised */
    struct hc_str format; /* the reader's name */
    uint64_t n_bytes;     /* after inner decompression */
    uint64_t n_rows, n_bad_rows;
    uint8_t sha256[HC_SHA256_BYTES];
};

struct hc_incident {
    struct hc_str id;
    uint8_t content[HC_SHA256_BYTES];
    struct hc_str origin; /* absent: a bundle; else whose record it is: "pagerduty:PT4KHLK" */
    struct hc_time updated;
    struct hc_str title, service, severity;
    struct hc_time window_start; /* absent: only records tell of it, and none says when it began */
    struct hc_time detected, mitigated, window_end;
    struct hc_source_place window_place;

    struct hc_interval *baselines; /* united, ascending; the default hour where none was stated */
    size_t n_baselines;
    struct hc_component *components; /* by name, bytewise */
    size_t n_components;
    struct hc_dependency *dependencies; /* by from, to */
    size_t n_dependencies;
    struct hc_symptom *symptoms; /* by at, component, metric */
    size_t n_symptoms;
    struct hc_change *changes; /* by at, then place */
    size_t n_changes;
    struct hc_level *levels; /* by component, metric, place */
    size_t n_levels;
    struct hc_missing *missing; /* by kind, place */
    size_t n_missing;
    struct hc_outcome *outcomes; /* by ordinal */
    size_t n_outcomes;
    struct hc_series *series; /* by component, metric, unit */
    size_t n_series;
    struct hc_template *templates; /* by id */
    size_t n_templates;
    struct hc_log_count *log_counts; /* by template, component, level */
    size_t n_log_counts;
    struct hc_event *events; /* by at, member, line; lifecycle, alerts and the log lines kept */
    size_t n_events;
    struct hc_trace_edge *trace_edges; /* by caller, callee, operation */
    size_t n_trace_edges;
    struct hc_flow_step *flow_steps; /* spans by component, operation; then lines by component, template */
    size_t n_flow_steps;
    struct hc_flow_count *flows; /* by kind, component, within, after, then */
    size_t n_flows;
    struct hc_document *documents; /* by member */
    size_t n_documents;
    struct hc_tag *tags; /* as the record states them, one record after another */
    size_t n_tags;
    struct hc_evidence_file *files; /* by member */
    size_t n_files;
    struct hc_warning *warnings; /* by member, line, code */
    size_t n_warnings;
};

#endif
