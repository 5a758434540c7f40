/* The trend of a quarter: what changed against the quarter before and the same quarter of the year before, and what so few
 * incidents cannot show.
 *
 * Everything that could be called a change is a test, in one of two families: the whole (counts, durations, shares, the
 * level over two years) and the parts (categories, services, causes). In a family the false-discovery rate is held at
 * HC_TREND_RATE, so that a report on two years without a change shows any in at most 2 x HC_TREND_RATE of cases. A change is
 * shown if, besides, it is no smaller than one that data like this would show half of the time.
 */
#ifndef HC_ANALYSIS_TREND_H
#define HC_ANALYSIS_TREND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/stats/bootstrap.h"
#include "analysis/stats/changepoint.h"
#include "analysis/stats/compare.h"
#include "analysis/stats/survival.h"
#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "base/time.h"

#define HC_TREND_RATE 0.025
#define HC_TREND_WEEK_NS (168 * HC_NS_PER_HOUR)
#define HC_TREND_GAP_NS \
    ((int64_t)366 * 24 * HC_NS_PER_HOUR) /* without an incident: what is covered begins anew after it */
#define HC_TREND_WEEKS 104               /* that the change of level is looked for in */
#define HC_TREND_LEVEL 4                 /* weeks that a level must last */
#define HC_TREND_HISTORY 9               /* quarters: this one and two years */
#define HC_TREND_LEAST 6 /* of a category, service or cause in both quarters: fewer cannot show a change */
#define HC_TREND_GROUPS \
    30 /* categories, services and causes that are looked at, the most frequent; the rest are counted */
#define HC_TREND_SAMPLES 19999

struct hc_quarter {
    int year, number; /* 1 to 4 */
};
/* "2026Q3"; false on anything else. */
bool hc_quarter_parse(struct hc_str text, struct hc_quarter *out);
struct hc_quarter hc_quarter_before(struct hc_quarter quarter, int n);
/* Its first instant, UTC. */
int64_t hc_quarter_start_ns(struct hc_quarter quarter);

/* ---- what enters ----------------------------------------------------------------------------------------- */

struct hc_trend_row {
    struct hc_str service, category, cause; /* category, cause: of the root outcome; any may be absent */
    int64_t started_ns;
    int64_t detected_ns, mitigated_ns, ended_ns; /* HC_TIME_NONE_NS: not stated */
    bool judged;                                 /* an outcome is on record; without one and an end it is open */
    bool after_change, alerted;
    uint32_t kinds; /* bit k: evidence of kind k is there */
};

struct hc_trend_input {
    const struct hc_trend_row *rows; /* all of the corpus that began before the quarter's end, by started_ns */
    size_t n_rows;
    struct hc_quarter quarter;
    int64_t as_of_ns; /* the latest time of an incident in the corpus: what is open was open then */
    size_t n_kinds;
    size_t n_samples; /* of chance, where that is sampled; 0: HC_TREND_SAMPLES */
    bool brief;       /* leaves out what only tells how much could have been shown */
};

/* ---- what leaves ----------------------------------------------------------------------------------------- */

enum { HC_TREND_NOW, HC_TREND_BEFORE, HC_TREND_YEAR, HC_TREND_WINDOWS };

/* A quarter as far as the corpus covers it. */
struct hc_trend_window {
    struct hc_quarter quarter;
    int64_t from_ns, to_ns;     /* covered: from hc_trend.first, to the corpus's latest time */
    bool cut_before, cut_after; /* it is not covered from its first day, to its last */
    bool known;                 /* a week of it is, at least */
    double days;
    const struct hc_trend_row *rows;
    size_t n;         /* incidents that began in the quarter */
    uint32_t n_rated; /* in the time covered: its first incident opens that time and is not in it */
    double low, high; /* the mean of such a count */
};

enum hc_trend_measure { HC_TREND_DETECT, HC_TREND_MITIGATE, HC_TREND_END, HC_TREND_MEASURES };
struct hc_trend_durations {
    struct hc_duration *all; /* seconds, sorted; those known */
    size_t n, n_open, n_unstated;
    struct hc_survival curve;
    double median; /* infinite: not reached */
    struct hc_bounds bounds;
};

enum hc_trend_share { HC_TREND_AFTER_CHANGE, HC_TREND_BY_ALERT, HC_TREND_SHARES };
struct hc_trend_shared {
    uint32_t k, n;
    double low, high;
};

struct hc_trend_group {
    struct hc_str name; /* absent: not stated */
    uint32_t n[HC_TREND_WINDOWS];
    double share[HC_TREND_WINDOWS], low[HC_TREND_WINDOWS], high[HC_TREND_WINDOWS]; /* of the mix */
};
struct hc_trend_groups {
    struct hc_trend_group *items; /* the most frequent first */
    size_t n, n_more;
};

/* Incidents of one cause on one service. */
struct hc_trend_cause {
    struct hc_str service, category, cause;
    uint32_t n_now, n_past, n_weeks; /* in the quarter, before it, in the weeks looked at */
    int64_t first_ns, last_past_ns;
    struct hc_change_point level; /* of the weeks; p 1 where there are too few */
    uint32_t n_before, n_after;   /* the level's counts */
};

enum hc_trend_subject {
    HC_SUBJECT_COUNT,
    HC_SUBJECT_DURATION,
    HC_SUBJECT_SHARE,
    HC_SUBJECT_LEVEL,
    HC_SUBJECT_CATEGORY,
    HC_SUBJECT_SERVICE,
    HC_SUBJECT_CAUSE,
};
struct hc_trend_test {
    enum hc_trend_subject subject;
    size_t which;               /* of durations, shares, groups, causes */
    int against;                /* a window; 0 for changes of level */
    size_t week_low, week_high; /* of a change of level: its first week lies there, at 95 % */
    struct hc_comparison found; /* ratio of rates or medians; difference of shares */
    double q;                   /* p adjusted within its family */
    double up[2], down[2];      /* the smallest change seen half of the time, in 8 of 10; NaN: none, or left out */
    bool shown;
};

struct hc_trend_quarter {
    struct hc_quarter quarter;
    bool known, whole;
    uint32_t n;
    double low, high;
};

struct hc_trend {
    struct hc_trend_window windows[HC_TREND_WINDOWS];
    const struct hc_trend_row *first; /* that opens what is covered: of the corpus, or after the last gap; NULL: none */
    struct hc_trend_quarter history[HC_TREND_HISTORY]; /* ascending */
    struct hc_trend_durations durations[HC_TREND_MEASURES][HC_TREND_WINDOWS];
    struct hc_trend_shared shares[HC_TREND_SHARES][HC_TREND_WINDOWS];
    struct hc_trend_groups categories, services;
    struct hc_trend_cause
        *causes; /* seen in the quarter and before, or of a level that changed; the most frequent first */
    size_t n_causes;
    uint32_t n_repeated, n_with_cause;     /* incidents of the quarter */
    uint32_t (*missing)[HC_TREND_WINDOWS]; /* [n_kinds]: incidents without */
    size_t n_kinds;
    uint32_t *weeks; /* counts, ascending, the last one up to windows[0].to_ns */
    size_t n_weeks;
    int64_t first_week_ns;
    struct hc_change_point split; /* the clearest one, which is tested; at 0: too few weeks */
    struct hc_change_point *levels;
    size_t n_levels;
    struct hc_trend_test *tests; /* the family of the whole first */
    size_t n_tests, n_whole;
    double cut[2]; /* of each family: the p up to which a change counts */
    size_t n_shown;
};

/* Errors: HC_FATAL out of memory.
 * Cost:   some hundredths of a second for hundreds of incidents a quarter; the same bytes on any machine of one family.
 * Checked: tests/unit/analysis/test_trend.c: 200 made teams without a change, and with one planted. */
enum hc_status hc_trend_make(struct hc_trend *out, const struct hc_trend_input *in, struct hc_arena *arena,
                             struct hc_err *err);

/* NULL: there was nothing to test. */
const struct hc_trend_test *hc_trend_find(const struct hc_trend *trend, enum hc_trend_subject subject, size_t which,
                                          int against);

#endif
