#include "analysis/trend.h"

#include <math.h>

#include "analysis/stats/beta.h"
#include "analysis/stats/gamma.h"
#include "analysis/trend_parts.h"

#define LEVEL 0.95
#define SEED 20240101
#define DAY_NS (24 * HC_NS_PER_HOUR)
#define BOOTSTRAP_SAMPLES 999

/* ---- quarters -------------------------------------------------------------------------------------------- */

bool hc_quarter_parse(struct hc_str text, struct hc_quarter *out)
{
    *out = (struct hc_quarter){0, 0};
    if (text.n != 6 || text.p[4] != 'Q' || text.p[5] < '1' || text.p[5] > '4')
        return false;
    for (size_t i = 0; i < 4; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        out->year = 10 * out->year + (text.p[i] - '0');
    }
    out->number = text.p[5] - '0';
    return out->year >= 1700 && out->year < 2260;
}

struct hc_quarter hc_quarter_before(struct hc_quarter quarter, int n)
{
    const int all = 4 * quarter.year + quarter.number - 1 - n;
    return (struct hc_quarter){all / 4, all % 4 + 1};
}

int64_t hc_quarter_start_ns(struct hc_quarter quarter)
{
    const struct hc_civil civil = {.year = quarter.year, .month = 3 * quarter.number - 2, .day = 1};
    int64_t ns = 0;
    hc_time_from_civil(&civil, &ns);
    return ns;
}

/* ---- windows --------------------------------------------------------------------------------------------- */

/* The rows that began from then on: rows are by started. */
static size_t first_from(const struct hc_trend_input *in, int64_t ns)
{
    size_t low = 0, high = in->n_rows;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (in->rows[middle].started_ns < ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The incident that opens what is covered: after a gap it begins anew, or one old example would vouch for empty years. */
static const struct hc_trend_row *find_first(const struct hc_trend_input *in)
{
    const int64_t end = hc_quarter_start_ns(hc_quarter_before(in->quarter, -1));
    int64_t next = in->as_of_ns < end ? in->as_of_ns : end;
    size_t i = in->n_rows;
    for (; i > 0 && next - in->rows[i - 1].started_ns <= HC_TREND_GAP_NS; i--)
        next = in->rows[i - 1].started_ns;
    return i < in->n_rows ? &in->rows[i] : NULL;
}

static void make_window(struct hc_trend_window *w, const struct hc_trend_making *m, struct hc_quarter quarter)
{
    const struct hc_trend_input *in = m->in;
    const int64_t start = hc_quarter_start_ns(quarter), end = hc_quarter_start_ns(hc_quarter_before(quarter, -1));
    const int64_t first = m->out->first ? m->out->first->started_ns : end;
    const size_t from = first_from(in, start);
    *w = (struct hc_trend_window){.quarter = quarter, .rows = in->rows + from, .n = first_from(in, end) - from};
    w->cut_before = first >= start;
    w->cut_after = in->as_of_ns < end;
    w->from_ns = first > start ? first : start;
    w->to_ns = w->cut_after ? in->as_of_ns : end;
    w->n_rated = (uint32_t)(w->n - (w->cut_before && w->n > 0));
    w->known = w->to_ns - w->from_ns >= HC_TREND_WEEK_NS;
    w->days = w->known ? (double)(w->to_ns - w->from_ns) / (double)DAY_NS : 0;
    hc_count_interval(w->n_rated, LEVEL, &w->low, &w->high);
}

static void make_history(struct hc_trend_making *m)
{
    for (int i = 0; i < HC_TREND_HISTORY; i++) {
        struct hc_trend_quarter *q = &m->out->history[i];
        struct hc_trend_window w;
        make_window(&w, m, hc_quarter_before(m->in->quarter, HC_TREND_HISTORY - 1 - i));
        *q = (struct hc_trend_quarter){w.quarter, w.known, !w.cut_before && !w.cut_after, w.n_rated, w.low, w.high};
    }
}

/* ---- tests ----------------------------------------------------------------------------------------------- */

void hc_trend_add_test(struct hc_trend_making *m, struct hc_trend_test test)
{
    struct hc_trend *t = m->out;
    struct hc_trend_test *grown =
        hc_arena_grow(m->arena, t->tests, t->n_tests, t->n_tests + 1, &m->tests_capacity, sizeof *grown);
    if (!grown) {
        m->failed = true;
        return;
    }
    t->tests = grown;
    for (int i = 0; i < 2; i++)
        test.up[i] = test.down[i] = NAN;
    t->tests[t->n_tests++] = test;
}

size_t hc_trend_samples(const struct hc_trend_making *m)
{
    return m->in->n_samples ? m->in->n_samples : HC_TREND_SAMPLES;
}

static void make_counts(struct hc_trend_making *m)
{
    const struct hc_trend_window *w = m->out->windows;
    for (int against = HC_TREND_BEFORE; against < HC_TREND_WINDOWS; against++) {
        struct hc_trend_test test = {.subject = HC_SUBJECT_COUNT, .against = against};
        if (!w[HC_TREND_NOW].known || !w[against].known)
            continue;
        hc_rates_compare(&test.found, w[HC_TREND_NOW].n_rated, w[HC_TREND_NOW].days, w[against].n_rated,
                         w[against].days);
        if (w[HC_TREND_NOW].n_rated + w[against].n_rated > 0)
            hc_trend_add_test(m, test);
    }
}

static void add_duration(struct hc_trend_durations *d, const struct hc_trend_row *row, int64_t end_ns, int64_t as_of_ns)
{
    const bool open = end_ns == HC_TIME_NONE_NS && row->ended_ns == HC_TIME_NONE_NS && !row->judged;
    const int64_t until_ns = open ? as_of_ns : end_ns;
    if (until_ns == HC_TIME_NONE_NS || until_ns < row->started_ns) {
        d->n_unstated++;
        return;
    }
    d->all[d->n++] = (struct hc_duration){(double)(until_ns - row->started_ns) / (double)HC_NS_PER_SECOND, !open};
    d->n_open += open;
}

/* When it was not detected is not known: an open incident has been. */
static void make_duration(struct hc_trend_making *m, int measure, int window)
{
    const struct hc_trend_window *w = &m->out->windows[window];
    struct hc_trend_durations *d = &m->out->durations[measure][window];
    d->median = d->bounds.low = d->bounds.high = NAN;
    d->all = hc_arena_alloc(m->arena, w->n * sizeof *d->all);
    if (!d->all) {
        m->failed = true;
        return;
    }
    for (size_t i = 0; i < w->n; i++) {
        const struct hc_trend_row *row = &w->rows[i];
        if (measure == HC_TREND_DETECT && row->detected_ns == HC_TIME_NONE_NS)
            d->n_unstated++;
        else
            add_duration(d, row,
                         measure == HC_TREND_DETECT     ? row->detected_ns
                         : measure == HC_TREND_MITIGATE ? row->mitigated_ns
                                                        : row->ended_ns,
                         m->in->as_of_ns);
    }
    hc_durations_sort(d->all, d->n);
    d->median = hc_survival_median(d->all, d->n);
    const uint64_t seed = SEED + (uint64_t)(10 * measure + window);
    if (hc_survival_curve(&d->curve, d->all, d->n, m->arena) != 0 ||
        (!m->in->brief && hc_survival_median_bounds(&d->bounds, d->all, d->n, BOOTSTRAP_SAMPLES, seed, m->arena) != 0))
        m->failed = true;
}

struct hc_durations hc_trend_set(const struct hc_trend_durations *durations)
{
    return (struct hc_durations){durations->all, durations->n};
}

static void compare_medians(struct hc_trend_making *m, struct hc_trend_test *test, const struct hc_trend_durations *now,
                            const struct hc_trend_durations *then)
{
    struct hc_bounds bounds;
    if (m->failed || m->in->brief || !now->n || !then->n)
        return;
    m->failed = hc_survival_ratio_bounds(&bounds, hc_trend_set(now), hc_trend_set(then), BOOTSTRAP_SAMPLES,
                                         SEED + 10 * test->which + (uint64_t)test->against, m->arena) != 0;
    test->found.low = bounds.low;
    test->found.high = bounds.high;
}

static void make_durations(struct hc_trend_making *m)
{
    for (int measure = 0; measure < HC_TREND_MEASURES; measure++) {
        struct hc_trend_durations *d = m->out->durations[measure];
        for (int window = 0; window < HC_TREND_WINDOWS && !m->failed; window++)
            make_duration(m, measure, window);
        for (int against = HC_TREND_BEFORE; against < HC_TREND_WINDOWS && !m->failed; against++) {
            struct hc_trend_test test = {.subject = HC_SUBJECT_DURATION, .which = (size_t)measure, .against = against};
            test.found = (struct hc_comparison){d[HC_TREND_NOW].median / d[against].median, NAN, NAN, 1};
            m->failed =
                hc_survival_compare(&test.found.p, hc_trend_set(&d[HC_TREND_NOW]), hc_trend_set(&d[against]),
                                    hc_trend_samples(m), SEED + (uint64_t)(100 * measure + against), m->arena) != 0;
            compare_medians(m, &test, &d[HC_TREND_NOW], &d[against]);
            if (d[HC_TREND_NOW].n && d[against].n)
                hc_trend_add_test(m, test);
        }
    }
}

static void make_shares(struct hc_trend_making *m)
{
    for (int share = 0; share < HC_TREND_SHARES; share++) {
        struct hc_trend_shared *s = m->out->shares[share];
        for (int window = 0; window < HC_TREND_WINDOWS; window++) {
            const struct hc_trend_window *w = &m->out->windows[window];
            for (size_t i = 0; i < w->n; i++) {
                const struct hc_trend_row *row = &w->rows[i];
                s[window].k += share == HC_TREND_AFTER_CHANGE ? row->after_change : row->alerted;
                s[window].n += share == HC_TREND_AFTER_CHANGE || row->detected_ns != HC_TIME_NONE_NS;
            }
            hc_share_interval(s[window].k, s[window].n, LEVEL, &s[window].low, &s[window].high);
        }
        for (int against = HC_TREND_BEFORE; against < HC_TREND_WINDOWS; against++) {
            struct hc_trend_test test = {.subject = HC_SUBJECT_SHARE, .which = (size_t)share, .against = against};
            const uint32_t k = s[HC_TREND_NOW].k + s[against].k, n = s[HC_TREND_NOW].n + s[against].n;
            hc_shares_compare(&test.found, s[HC_TREND_NOW].k, s[HC_TREND_NOW].n, s[against].k, s[against].n);
            if (s[HC_TREND_NOW].n && s[against].n && k > 0 && k < n)
                hc_trend_add_test(m, test);
        }
    }
}

/* ---- weeks ----------------------------------------------------------------------------------------------- */

bool hc_trend_week(const struct hc_trend *trend, int64_t ns, size_t *week)
{
    if (ns < trend->first_week_ns)
        return false;
    *week = (size_t)((ns - trend->first_week_ns) / HC_TREND_WEEK_NS);
    return *week < trend->n_weeks;
}

void hc_trend_add_level(struct hc_trend_making *m, struct hc_trend_test test, const uint32_t *weeks,
                        const struct hc_change_point *point)
{
    const size_t n = m->out->n_weeks;
    struct hc_change_size size;
    uint32_t n_before = 0, n_after = 0;
    for (size_t i = 0; i < n; i++)
        *(i < point->at ? &n_before : &n_after) += weeks[i];
    hc_rates_compare(&test.found, n_after, (double)(n - point->at), n_before, (double)point->at);
    test.found.p = point->p;
    test.week_low = test.week_high = point->at;
    if (!m->in->brief) {
        m->failed |= hc_change_point_size(&size, weeks, n, HC_TREND_LEVEL, m->arena) != 0;
        test.found.value = size.ratio;
        test.found.low = size.low;
        test.found.high = size.high;
        test.week_low = size.first_low;
        test.week_high = size.first_high;
    }
    hc_trend_add_test(m, test);
}

static void make_weeks(struct hc_trend_making *m)
{
    struct hc_trend *t = m->out;
    const struct hc_change_scan by = {HC_TREND_LEVEL, HC_TREND_RATE, hc_trend_samples(m), SEED};
    const int64_t end = t->windows[HC_TREND_NOW].to_ns, first = t->first ? t->first->started_ns : end;
    const int64_t covered = end > first ? (end - first) / HC_TREND_WEEK_NS : 0;
    size_t week;
    t->n_weeks = covered < HC_TREND_WEEKS ? (size_t)covered : HC_TREND_WEEKS;
    t->first_week_ns = end - (int64_t)t->n_weeks * HC_TREND_WEEK_NS;
    t->weeks = hc_arena_calloc(m->arena, t->n_weeks, sizeof *t->weeks);
    t->levels = hc_arena_calloc(m->arena, t->n_weeks, sizeof *t->levels);
    if (!t->weeks || !t->levels) {
        m->failed = true;
        return;
    }
    /* the first incident opens the time that is covered, and is not in it */
    for (const struct hc_trend_row *row = t->first; row && ++row < m->in->rows + m->in->n_rows;)
        if (hc_trend_week(t, row->started_ns, &week))
            t->weeks[week]++;
    m->failed = hc_change_point_find(&t->split, t->weeks, t->n_weeks, &by, m->arena) != 0 ||
                (!m->in->brief &&
                 hc_change_points(t->levels, &t->n_levels, t->n_weeks, t->weeks, t->n_weeks, &by, m->arena) != 0);
    if (m->failed || t->split.at == 0)
        return;
    hc_trend_add_level(m, (struct hc_trend_test){.subject = HC_SUBJECT_LEVEL}, t->weeks, &t->split);
}

static void make_missing(struct hc_trend_making *m)
{
    struct hc_trend *t = m->out;
    t->n_kinds = m->in->n_kinds;
    t->missing = hc_arena_calloc(m->arena, t->n_kinds, sizeof *t->missing);
    if (!t->missing) {
        m->failed = true;
        return;
    }
    for (int window = 0; window < HC_TREND_WINDOWS; window++)
        for (size_t i = 0; i < t->windows[window].n; i++)
            for (size_t k = 0; k < t->n_kinds; k++)
                t->missing[k][window] += !(t->windows[window].rows[i].kinds >> k & 1);
}

/* ---- all of it ------------------------------------------------------------------------------------------- */

enum hc_status hc_trend_make(struct hc_trend *out, const struct hc_trend_input *in, struct hc_arena *arena,
                             struct hc_err *err)
{
    static const int back[HC_TREND_WINDOWS] = {0, 1, 4};
    static void (*const parts[])(struct hc_trend_making *) = {make_history, make_counts, make_durations,
                                                              make_shares,  make_weeks,  make_missing};
    struct hc_trend_making m = {.out = out, .in = in, .arena = arena};
    *out = (struct hc_trend){.first = find_first(in)};
    for (int window = 0; window < HC_TREND_WINDOWS; window++)
        make_window(&out->windows[window], &m, hc_quarter_before(in->quarter, back[window]));
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !m.failed; i++)
        parts[i](&m);
    out->n_whole = out->n_tests;
    if (!m.failed)
        hc_trend_make_groups(&m);
    if (!m.failed)
        hc_trend_make_causes(&m);
    if (!m.failed)
        hc_trend_judge(&m);
    return m.failed ? hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the trend") : HC_OK;
}

const struct hc_trend_test *hc_trend_find(const struct hc_trend *trend, enum hc_trend_subject subject, size_t which,
                                          int against)
{
    for (size_t i = 0; i < trend->n_tests; i++) {
        const struct hc_trend_test *test = &trend->tests[i];
        if (test->subject == subject && test->which == which && test->against == against)
            return test;
    }
    return NULL;
}
