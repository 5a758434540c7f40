/* Which changes of a trend are shown, and how large they must be for that. */
#include <math.h>

#include "analysis/stats/discovery.h"
#include "analysis/trend_parts.h"

static const double powers[2] = {0.5, 0.8};

/* Fills q of a family, and gives the p up to which a change counts: that of the last one found, or that by which a lone one
 * would be. */
static double adjust(struct hc_trend_making *m, struct hc_trend_test *tests, size_t n)
{
    double *p = hc_arena_alloc(m->arena, n * sizeof *p), *q = hc_arena_alloc(m->arena, n * sizeof *q);
    if (!p || !q) {
        m->failed = true;
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        p[i] = tests[i].found.p;
    hc_false_discovery(p, n, q);
    double cut = n ? HC_TREND_RATE / (double)n : HC_TREND_RATE;
    for (size_t i = 0; i < n; i++) {
        tests[i].q = q[i];
        if (q[i] <= HC_TREND_RATE && p[i] > cut)
            cut = p[i];
    }
    return cut;
}

static bool is_rate(const struct hc_trend_test *test)
{
    return test->subject == HC_SUBJECT_COUNT || test->subject == HC_SUBJECT_CATEGORY ||
           test->subject == HC_SUBJECT_SERVICE;
}

static uint32_t count_in(const struct hc_trend *t, const struct hc_trend_test *test, int window)
{
    if (test->subject == HC_SUBJECT_COUNT)
        return t->windows[window].n_rated;
    return (test->subject == HC_SUBJECT_CATEGORY ? &t->categories : &t->services)->items[test->which].n[window];
}

/* The mean that a reference's count stands for: of none, a half. */
static double mean_of(uint32_t count)
{
    return count ? count : 0.5;
}

static void measure_rate(const struct hc_trend *t, struct hc_trend_test *test, const struct hc_rate_test *by)
{
    const double mean = mean_of(count_in(t, test, test->against));
    for (int i = 0; i < 2; i++) {
        test->up[i] = hc_rate_test_smallest(by, mean, powers[i], 1);
        test->down[i] = hc_rate_test_smallest(by, mean, powers[i], -1);
    }
}

static void measure_duration(struct hc_trend_making *m, struct hc_trend_test *test, double cut)
{
    const struct hc_trend_durations *d = m->out->durations[test->which];
    for (int i = 0; i < 2; i++) {
        double factor = NAN;
        if (hc_survival_smallest(&factor, hc_trend_set(&d[HC_TREND_NOW]), hc_trend_set(&d[test->against]), cut,
                                 powers[i], m->arena) != 0)
            m->failed = true;
        test->up[i] = factor;
        test->down[i] = 1 / factor;
    }
}

static void measure_share(const struct hc_trend *t, struct hc_trend_test *test, double cut)
{
    const struct hc_trend_shared *s = t->shares[test->which];
    const double share = (double)s[test->against].k / s[test->against].n;
    for (int i = 0; i < 2; i++) {
        test->up[i] = hc_shares_smallest(share, s[HC_TREND_NOW].n, s[test->against].n, cut, powers[i], 1);
        test->down[i] = hc_shares_smallest(share, s[HC_TREND_NOW].n, s[test->against].n, cut, powers[i], -1);
    }
}

/* A split that is clear has, at its size, been clear more often than not: the likelihood ratio that was seen is about the
 * median of what its two levels would show. */
static bool is_large_enough(const struct hc_trend *t, const struct hc_trend_test *test)
{
    const struct hc_trend_window *w = t->windows;
    double seen = test->found.value;
    if (test->subject == HC_SUBJECT_LEVEL || test->subject == HC_SUBJECT_CAUSE)
        return true;
    if (is_rate(test) && isinf(seen))
        seen = count_in(t, test, HC_TREND_NOW) / mean_of(0) * w[test->against].days / w[HC_TREND_NOW].days;
    return seen >= test->up[0] || seen <= test->down[0];
}

/* The curves are tested, the medians are said: an arrow needs both to point one way. A brief trend has no intervals. */
static bool is_one_way(const struct hc_trend_test *test)
{
    const struct hc_comparison *c = &test->found;
    return test->subject != HC_SUBJECT_DURATION || (c->value > 1 ? !(c->low <= 1) : !(c->high >= 1));
}

static void judge_family(struct hc_trend_making *m, size_t from, size_t to, double *cut)
{
    struct hc_trend *t = m->out;
    struct hc_rate_test by[HC_TREND_WINDOWS] = {0};
    *cut = adjust(m, t->tests + from, to - from);
    for (size_t i = from; i < to && !m->failed; i++) {
        struct hc_trend_test *test = &t->tests[i];
        struct hc_rate_test *rate = &by[test->against];
        const struct hc_trend_window *w = t->windows;
        if (m->in->brief && test->q > HC_TREND_RATE)
            continue;
        if (is_rate(test) && !rate->n)
            m->failed = hc_rate_test_make(rate, w[HC_TREND_NOW].days, w[test->against].days, *cut,
                                          hc_rate_test_most(w[test->against].n_rated), m->arena) != 0;
        if (m->failed)
            return;
        if (is_rate(test))
            measure_rate(t, test, rate);
        else if (test->subject == HC_SUBJECT_DURATION)
            measure_duration(m, test, *cut);
        else if (test->subject == HC_SUBJECT_SHARE)
            measure_share(t, test, *cut);
        test->shown = test->q <= HC_TREND_RATE && is_large_enough(t, test) && is_one_way(test);
        t->n_shown += test->shown;
    }
}

void hc_trend_judge(struct hc_trend_making *m)
{
    judge_family(m, 0, m->out->n_whole, &m->out->cut[0]);
    if (!m->failed)
        judge_family(m, m->out->n_whole, m->out->n_tests, &m->out->cut[1]);
}
