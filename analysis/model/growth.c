#include "analysis/model/growth.h"

#include <math.h>

#include "analysis/model/answers.h"
#include "analysis/model/constants.h"
#include "analysis/model/scores.h"
#include "analysis/stats/bootstrap.h"

#define HC_SEEN_DEVIATIONS 2.801585218 /* 97.5 % and 80 % quantiles of the normal distribution, together */
#define HC_NORMAL_BOTH 3.919927969     /* the width of a 95 % interval in deviations */

struct point {
    double doublings, saved;
};

static double slope(const void *data, const size_t *pick, size_t n)
{
    const struct point *points = data;
    double x = 0, y = 0, xx = 0, xy = 0;
    for (size_t i = 0; i < n; i++) {
        x += points[pick[i]].doublings / (double)n;
        y += points[pick[i]].saved / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        const double dx = points[pick[i]].doublings - x;
        xx += dx * dx;
        xy += dx * (points[pick[i]].saved - y);
    }
    return xx > 1e-24 * (double)n ? xy / xx : NAN; /* below: rounding of one number of labels */
}

static double saved_of(const struct hc_backtest_row *row, int question)
{
    double own = NAN, expert = NAN;
    for (size_t i = 0; i < row->n_answers; i++) {
        const double loss = hc_answer_loss(&row->answers[i].of[question]);
        if (hc_str_is(row->answers[i].method, hc_method_names[HC_METHOD_MODEL]))
            own = loss;
        else if (hc_str_is(row->answers[i].method, hc_method_names[HC_METHOD_EXPERT]))
            expert = loss;
    }
    return expert - own;
}

static size_t points_of(struct point *out, struct hc_growth *growth, const struct hc_backtest_row *rows, size_t n,
                        int question)
{
    const double least = fmax(1, growth->to / exp2(HC_GROWTH_DOUBLINGS));
    size_t used = 0;
    growth->from = growth->to;
    for (size_t i = 0; i < n; i++) {
        const double saved = saved_of(&rows[i], question);
        if (!rows[i].asked[question] || rows[i].n_known < least || isnan(saved))
            continue;
        out[used++] = (struct point){log2(rows[i].n_known), saved};
        growth->from = rows[i].n_known < growth->from ? rows[i].n_known : growth->from;
    }
    return used;
}

static bool measure(struct hc_growth *out, const struct hc_backtest_row *rows, size_t n, int question, uint64_t seed,
                    struct hc_arena *work)
{
    struct hc_bounds bounds;
    struct point *points = hc_arena_alloc(work, n * sizeof *points);
    size_t *all = hc_arena_alloc(work, n * sizeof *all);
    *out = (struct hc_growth){.saved = {NAN, NAN, NAN}, .seen = NAN};
    for (size_t i = 0; i < n; i++)
        if (rows[i].asked[question] && rows[i].n_known > out->to)
            out->to = rows[i].n_known;
    if (!points || !all)
        return false;
    const size_t used = points_of(points, out, rows, n, question);
    out->n = (uint32_t)used;
    if (used < HC_GROWTH_LEAST)
        return true;
    for (size_t i = 0; i < used; i++)
        all[i] = i;
    const double value = slope(points, all, used);
    if (isnan(value))
        return true;
    if (hc_bootstrap(&bounds, slope, points, used, HC_BOOTSTRAP_REPLICATES, seed, work) != 0)
        return false;
    out->saved = (struct hc_score){value, bounds.low, bounds.high};
    out->seen = HC_SEEN_DEVIATIONS * (bounds.high - bounds.low) / HC_NORMAL_BOTH;
    return true;
}

enum hc_status hc_growth_of(struct hc_growth out[HC_QUESTIONS], const struct hc_backtest_row *rows, size_t n,
                            uint64_t seed, struct hc_err *err)
{
    struct hc_arena *work = hc_arena_new(0);
    bool ok = work != NULL;
    for (int question = 0; question < HC_QUESTIONS && ok; question++)
        ok = measure(&out[question], rows, n, question, seed, work);
    hc_arena_free(work);
    return ok ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for scores");
}
