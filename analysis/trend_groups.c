/* The parts of a trend: categories, services, causes. */
#include <math.h>
#include <stdlib.h>

#include "analysis/stats/beta.h"
#include "analysis/trend_parts.h"
#include "base/sort.h"

#define LEVEL 0.95
#define SEED 20250101
#define UNLABELLED_APART 0.1 /* a share: with less the labels to come can change no rate by more than about that */
#define LEAST_FOR_LEVEL 8    /* of fewer no split is clear enough to pass among others */

/* ---- categories and services ----------------------------------------------------------------------------- */

static struct hc_str category_of(const struct hc_trend_row *row)
{
    return row->category;
}

static struct hc_str service_of(const struct hc_trend_row *row)
{
    return row->service;
}

static uint32_t all_of(const struct hc_trend_group *g)
{
    return g->n[HC_TREND_NOW] + g->n[HC_TREND_BEFORE] + g->n[HC_TREND_YEAR];
}

static int by_frequency(const void *a, const void *b)
{
    const struct hc_trend_group *x = a, *y = b;
    if (all_of(x) != all_of(y))
        return all_of(x) > all_of(y) ? -1 : 1;
    return hc_str_compare(x->name, y->name);
}

/* Groups by name in the windows, those that are absent as one; false: no memory. */
static bool count_groups(struct hc_trend_making *m, struct hc_trend_groups *out,
                         struct hc_str (*name_of)(const struct hc_trend_row *))
{
    const struct hc_trend_window *w = m->out->windows;
    const size_t most = w[0].n + w[1].n + w[2].n + 1;
    struct hc_trend_group *groups = hc_arena_calloc(m->arena, most, sizeof *groups);
    struct hc_names names;
    hc_names_init(&names, m->arena);
    if (!groups)
        return false;
    for (int window = 0; window < HC_TREND_WINDOWS; window++)
        for (size_t i = 0; i < w[window].n; i++) {
            const struct hc_str name = name_of(&w[window].rows[i]);
            /* no name is empty: that of those without one is */
            const size_t at = hc_names_add(&names, name.n ? name : HC_STR(""));
            if (at == HC_NAME_NONE)
                return false;
            groups[at].name = name.n ? names.items[at] : HC_STR_NONE;
            groups[at].n[window]++;
        }
    out->items = groups;
    out->n = names.n;
    hc_sort(groups, out->n, sizeof *groups, by_frequency);
    return true;
}

/* The marginal of a Dirichlet with Jeffreys's prior, a half for each: a beta. A category that is the only one could have been
 * another. */
static void make_mix(struct hc_trend_groups *groups, const struct hc_trend_window *windows)
{
    for (size_t i = 0; i < groups->n; i++)
        for (int window = 0; window < HC_TREND_WINDOWS; window++) {
            struct hc_trend_group *g = &groups->items[i];
            const double n = (double)windows[window].n, k = g->n[window],
                         rest = groups->n > 1 ? 0.5 * ((double)groups->n - 1) : 0.5;
            g->share[window] = n > 0 ? k / n : NAN;
            g->low[window] = hc_beta_quantile((1 - LEVEL) / 2, k + 0.5, n - k + rest);
            g->high[window] = hc_beta_quantile((1 + LEVEL) / 2, k + 0.5, n - k + rest);
        }
}

/* The first incident opens the time that is covered, and is not in it. */
static uint32_t rated(const struct hc_trend_window *w, const struct hc_trend_group *g, int window,
                      struct hc_str (*name_of)(const struct hc_trend_row *))
{
    const bool opens = w->cut_before && w->n > 0 && hc_str_equal(name_of(&w->rows[0]), g->name);
    return g->n[window] - opens;
}

static double unlabelled_share(const struct hc_trend_row *rows, size_t n)
{
    size_t unlabelled = 0;
    for (size_t i = 0; i < n; i++)
        unlabelled += !rows[i].category.n;
    return n ? (double)unlabelled / (double)n : 0;
}

/* Outcomes become known late: where more of one time's are still to come than of another's, the categories and causes of the
 * two are not to be compared. */
static bool labels_differ(double a, double b)
{
    return fabs(a - b) > UNLABELLED_APART;
}

static void test_groups(struct hc_trend_making *m, const struct hc_trend_groups *groups, enum hc_trend_subject subject,
                        struct hc_str (*name_of)(const struct hc_trend_row *))
{
    const struct hc_trend_window *w = m->out->windows;
    for (size_t i = 0; i < groups->n; i++)
        for (int against = HC_TREND_BEFORE; against < HC_TREND_WINDOWS; against++) {
            const struct hc_trend_group *g = &groups->items[i];
            struct hc_trend_test test = {.subject = subject, .which = i, .against = against};
            const uint32_t n = rated(&w[HC_TREND_NOW], g, HC_TREND_NOW, name_of);
            const uint32_t b = rated(&w[against], g, against, name_of);
            if (subject == HC_SUBJECT_CATEGORY &&
                labels_differ(unlabelled_share(w[HC_TREND_NOW].rows, w[HC_TREND_NOW].n),
                              unlabelled_share(w[against].rows, w[against].n)))
                continue;
            if (!g->name.p || !w[HC_TREND_NOW].known || !w[against].known || n + b < HC_TREND_LEAST)
                continue;
            hc_rates_compare(&test.found, n, w[HC_TREND_NOW].days, b, w[against].days);
            hc_trend_add_test(m, test);
        }
}

static void make_groups_of(struct hc_trend_making *m, struct hc_trend_groups *out, enum hc_trend_subject subject,
                           struct hc_str (*name_of)(const struct hc_trend_row *))
{
    if (m->failed || !count_groups(m, out, name_of)) {
        m->failed = true;
        return;
    }
    if (!m->in->brief)
        make_mix(out, m->out->windows);
    out->n_more = out->n > HC_TREND_GROUPS ? out->n - HC_TREND_GROUPS : 0;
    out->n -= out->n_more;
    test_groups(m, out, subject, name_of);
}

void hc_trend_make_groups(struct hc_trend_making *m)
{
    make_groups_of(m, &m->out->categories, HC_SUBJECT_CATEGORY, category_of);
    make_groups_of(m, &m->out->services, HC_SUBJECT_SERVICE, service_of);
}

/* ---- causes ---------------------------------------------------------------------------------------------- */

/* The number of each row's cause; HC_NAME_NONE: none is on record. NULL: no memory. */
static size_t *number_causes(struct hc_trend_making *m, struct hc_names *names)
{
    size_t *of = hc_arena_alloc(m->arena, m->in->n_rows * sizeof *of);
    struct hc_buf key = {0};
    hc_names_init(names, m->arena);
    for (size_t i = 0; of && i < m->in->n_rows; i++) {
        const struct hc_trend_row *row = &m->in->rows[i];
        of[i] = HC_NAME_NONE;
        if (!row->category.n)
            continue;
        hc_buf_clear(&key);
        hc_buf_str(&key, row->service);
        hc_buf_char(&key, '\n');
        hc_buf_str(&key, row->category);
        hc_buf_char(&key, '\n');
        hc_buf_str(&key, row->cause);
        of[i] = key.failed ? HC_NAME_NONE : hc_names_add(names, hc_buf_view(&key));
        if (of[i] == HC_NAME_NONE)
            of = NULL;
    }
    hc_buf_free(&key);
    return of;
}

static void count_cause(struct hc_trend_making *m, struct hc_trend_cause *cause, const struct hc_trend_row *row)
{
    size_t week;
    if (cause->n_now + cause->n_past == 0)
        *cause = (struct hc_trend_cause){.service = row->service,
                                         .category = row->category,
                                         .cause = row->cause,
                                         .first_ns = row->started_ns,
                                         .last_past_ns = HC_TIME_NONE_NS,
                                         .level = {0, 1}};
    if (row >= m->out->windows[HC_TREND_NOW].rows) {
        m->out->n_repeated += cause->n_now + cause->n_past > 0;
        m->out->n_with_cause++;
        cause->n_now++;
    } else {
        cause->n_past++;
        cause->last_past_ns = row->started_ns;
    }
    cause->n_weeks += row != m->out->first && hc_trend_week(m->out, row->started_ns, &week);
}

static void find_level(struct hc_trend_making *m, struct hc_trend_cause *cause, const size_t *of, size_t number)
{
    struct hc_trend *t = m->out;
    const struct hc_change_scan by = {HC_TREND_LEVEL, HC_TREND_RATE, hc_trend_samples(m), SEED};
    uint32_t *weeks = hc_arena_calloc(m->arena, t->n_weeks, sizeof *weeks);
    size_t week;
    if (!weeks) {
        m->failed = true;
        return;
    }
    for (size_t i = 1; i < m->in->n_rows; i++)
        if (of[i] == number && hc_trend_week(t, m->in->rows[i].started_ns, &week))
            weeks[week]++;
    const struct hc_trend_window *now = &t->windows[HC_TREND_NOW];
    const size_t n_before = (size_t)(now->rows - m->in->rows);
    if (!labels_differ(unlabelled_share(now->rows, now->n), unlabelled_share(m->in->rows, n_before)))
        m->failed = hc_change_point_find(&cause->level, weeks, t->n_weeks, &by, m->arena) != 0;
    for (size_t i = 0; i < t->n_weeks; i++)
        *(i < cause->level.at ? &cause->n_before : &cause->n_after) += weeks[i];
    if (m->failed || cause->level.at == 0)
        return;
    hc_trend_add_level(m, (struct hc_trend_test){.subject = HC_SUBJECT_CAUSE, .which = (size_t)(cause - t->causes)},
                       weeks, &cause->level);
}

struct ranked {
    size_t number;
    uint32_t n_weeks, n;
};

static int by_weeks(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->n_weeks != y->n_weeks)
        return x->n_weeks > y->n_weeks ? -1 : 1;
    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

void hc_trend_make_causes(struct hc_trend_making *m)
{
    struct hc_trend *t = m->out;
    struct hc_names names;
    size_t *of = number_causes(m, &names);
    struct hc_trend_cause *all = hc_arena_calloc(m->arena, names.n, sizeof *all);
    struct ranked *ranked = hc_arena_calloc(m->arena, names.n, sizeof *ranked);
    if (!of || !all || !ranked) {
        m->failed = true;
        return;
    }
    for (size_t i = 0; i < m->in->n_rows; i++)
        if (of[i] != HC_NAME_NONE)
            count_cause(m, &all[of[i]], &m->in->rows[i]);
    for (size_t i = 0; i < names.n; i++)
        ranked[i] = (struct ranked){i, all[i].n_weeks, all[i].n_now + all[i].n_past};
    hc_sort(ranked, names.n, sizeof *ranked, by_weeks);
    t->causes = hc_arena_calloc(m->arena, HC_TREND_GROUPS, sizeof *t->causes);
    m->failed = !t->causes;
    for (size_t i = 0; i < names.n && t->n_causes < HC_TREND_GROUPS && !m->failed; i++) {
        struct hc_trend_cause *cause = &all[ranked[i].number];
        const bool repeated = cause->n_now && cause->n_now + cause->n_past > 1;
        if (!repeated && cause->n_weeks < LEAST_FOR_LEVEL)
            continue;
        t->causes[t->n_causes] = *cause;
        if (cause->n_weeks >= LEAST_FOR_LEVEL)
            find_level(m, &t->causes[t->n_causes], of, ranked[i].number);
        t->n_causes++;
    }
}
