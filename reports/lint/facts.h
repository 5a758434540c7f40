/* What a bundle says of its incident, as far as a post-mortem can be held against it. Plain data, filled by the caller. */
#ifndef HC_REPORTS_LINT_FACTS_H
#define HC_REPORTS_LINT_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "base/time.h"

/* A line of a bundle's member; absent: nowhere. */
struct hc_lint_place {
    struct hc_str member; /* its path in the bundle */
    uint32_t line;        /* 0: the whole member */
};

struct hc_lint_change {
    struct hc_time at;
    struct hc_str kind, component, version, commit, text; /* each may be absent */
    struct hc_lint_place place;
};

enum hc_lint_level { HC_LINT_OTHER, HC_LINT_WARN, HC_LINT_ERRORS, HC_LINT_FATAL };

/* Lines of one form, or events of one kind, of one component. */
struct hc_lint_happening {
    struct hc_str kind; /* "log", or the source's own word */
    struct hc_str component, message;
    enum hc_lint_level level;
    const int64_t *at_ns;       /* those that are kept, ascending */
    size_t n_at;                /* fewer than n: others lie between the first and the last */
    struct hc_time first;       /* within the window where there is one, else of all */
    struct hc_time last;        /* of all; as late as it can be */
    uint64_t n;                 /* of all */
    uint64_t n_least, n_most;   /* in the window: minutes at its ends count in part */
    struct hc_lint_place place; /* of the first */
};

/* A metric's points, ascending, or the levels that a manifest states (then without times). */
struct hc_lint_series {
    struct hc_str component, metric, unit;
    size_t n;
    const int64_t *at_ns; /* NULL: `values` are what it was before (two) and its peak */
    const double *values;
    struct hc_lint_place place; /* of the series; of its first point where `first_row` is known */
    uint32_t first_row;         /* point i stands on line first_row + i; 0: not known */
};

struct hc_lint_facts {
    struct hc_str path; /* of the bundle, as it was given */
    bool is_directory;  /* members are files below it */
    struct hc_str id, service, severity;
    struct hc_time start, detected, mitigated, end;
    struct hc_lint_place place; /* of its window */
    const struct hc_str *components;
    size_t n_components;
    const struct hc_lint_names *names;    /* of these, to be found in texts; made by hc_lint_run */
    const struct hc_lint_change *changes; /* by time */
    size_t n_changes;
    const struct hc_time *symptoms;
    size_t n_symptoms;
    const struct hc_lint_happening *happenings;
    size_t n_happenings;
    const struct hc_lint_series *series;
    size_t n_series;
    const struct hc_str *cause_components; /* of a confirmed outcome, the root cause first; none: not known */
    size_t n_cause_components;
    struct hc_lint_place cause_place;
    bool has_logs, has_metrics, has_traces, has_heap_dump;
};

#endif
