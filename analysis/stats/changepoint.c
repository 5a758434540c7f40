#include "analysis/stats/changepoint.h"

#include <math.h>
#include <string.h>

#include "analysis/stats/beta.h"
#include "analysis/stats/bootstrap.h"
#include "analysis/stats/gamma.h"
#include "base/random.h"

/* The greatest likelihood ratio of a split, but for what all splits share; `ln` of whole numbers up to all counts. */
static double greatest(const uint32_t *counts, size_t n, size_t least, const double *ln, size_t *at)
{
    uint32_t total = 0, before = 0;
    double most = -INFINITY;
    for (size_t i = 0; i < n; i++)
        total += counts[i];
    for (size_t k = 1; k + least <= n; k++) {
        before += counts[k - 1];
        if (k < least)
            continue;
        const uint32_t after = total - before;
        const double ratio = before * (ln[before] - ln[k]) + after * (ln[after] - ln[n - k]);
        if (ratio > most + 1e-9) {
            most = ratio;
            *at = k;
        }
    }
    return most;
}

int hc_change_point_find(struct hc_change_point *out, const uint32_t *counts, size_t n, const struct hc_change_scan *by,
                         struct hc_arena *arena)
{
    size_t total = 0, n_as_great = 0, elsewhere;
    *out = (struct hc_change_point){0, 1};
    for (size_t i = 0; i < n; i++)
        total += counts[i];
    if (n < 2 * by->least || by->least == 0 || total == 0)
        return 0;
    const size_t n_ln = (total > n ? total : n) + 1;
    double *ln = hc_arena_alloc(arena, n_ln * sizeof *ln);
    uint32_t *drawn = hc_arena_alloc(arena, n * sizeof *drawn);
    if (!ln || !drawn)
        return -1;
    ln[0] = 0;
    for (size_t i = 1; i < n_ln; i++)
        ln[i] = log((double)i);
    const double seen = greatest(counts, n, by->least, ln, &out->at) - 1e-9;
    for (size_t r = 0; r < by->n_samples; r++) {
        struct hc_random random = hc_random_new(by->seed, r);
        memset(drawn, 0, n * sizeof *drawn);
        for (size_t i = 0; i < total; i++)
            drawn[hc_random_below(&random, n)]++;
        n_as_great += greatest(drawn, n, by->least, ln, &elsewhere) >= seen;
        if (n_as_great == HC_ENOUGH_AS_GREAT) {
            out->p = (double)n_as_great / (double)(r + 1);
            return 0;
        }
    }
    out->p = (1 + (double)n_as_great) / (1 + (double)by->n_samples);
    return 0;
}

/* ---- how large ------------------------------------------------------------------------------------------- */

#define NEGLIGIBLE 1e-9 /* weights of splits that are left out */
#define HALVINGS 60

struct splits {
    size_t n; /* periods */
    uint32_t total;
    uint32_t *before; /* by split: what was counted before it */
    double *weight;   /* by split; they add up to 1 */
};

static void weigh(struct splits *s, const uint32_t *counts, size_t least)
{
    double most = -INFINITY, sum = 0;
    for (size_t k = 0; k < s->n; k++) {
        s->before[k] = s->total;
        s->total += counts[k];
    }
    for (size_t k = least; k + least <= s->n; k++) {
        const double a = s->before[k] + 0.5, b = s->total - s->before[k] + 0.5;
        s->weight[k] = hc_ln_gamma(a) + hc_ln_gamma(b) - a * log((double)k) - b * log((double)(s->n - k));
        most = fmax(most, s->weight[k]);
    }
    for (size_t k = 0; k < s->n; k++) {
        s->weight[k] = k < least || k + least > s->n ? 0 : exp(s->weight[k] - most);
        sum += s->weight[k];
    }
    for (size_t k = 0; k < s->n; k++)
        s->weight[k] /= sum;
}

/* How probable it is that the ratio is at most that. */
static double ratio_cdf(const struct splits *s, double ratio)
{
    double sum = 0;
    for (size_t k = 0; k < s->n; k++) {
        const double after = ratio * (double)(s->n - k);
        if (s->weight[k] > NEGLIGIBLE)
            sum += s->weight[k] *
                   hc_beta_cdf(after / (after + (double)k), s->total - s->before[k] + 0.5, s->before[k] + 0.5);
    }
    return sum;
}

static double ratio_quantile(const struct splits *s, double p)
{
    double low = -30, high = 30; /* logarithms */
    for (int i = 0; i < HALVINGS; i++) {
        const double middle = (low + high) / 2;
        *(ratio_cdf(s, exp(middle)) < p ? &low : &high) = middle;
    }
    return exp((low + high) / 2);
}

static size_t split_quantile(const struct splits *s, double p)
{
    double sum = 0;
    size_t k = 0;
    while (k + 1 < s->n && (sum += s->weight[k]) < p)
        k++;
    return k;
}

int hc_change_point_size(struct hc_change_size *out, const uint32_t *counts, size_t n, size_t least,
                         struct hc_arena *arena)
{
    struct splits s = {.n = n};
    *out = (struct hc_change_size){NAN, NAN, NAN, 0, 0};
    if (n < 2 * least || least == 0)
        return 0;
    s.before = hc_arena_calloc(arena, n, sizeof *s.before);
    s.weight = hc_arena_calloc(arena, n, sizeof *s.weight);
    if (!s.before || !s.weight)
        return -1;
    weigh(&s, counts, least);
    if (s.total == 0)
        return 0;
    *out = (struct hc_change_size){ratio_quantile(&s, 0.5), ratio_quantile(&s, 0.025), ratio_quantile(&s, 0.975),
                                   split_quantile(&s, 0.025), split_quantile(&s, 0.975)};
    return 0;
}

/* ---- all of them ----------------------------------------------------------------------------------------- */

static void insert(struct hc_change_point *list, size_t *n, struct hc_change_point point)
{
    size_t i = (*n)++;
    for (; i > 0 && list[i - 1].at > point.at; i--)
        list[i] = list[i - 1];
    list[i] = point;
}

/* Between the changes found so far, the first part that was not looked at yet begins at *from. */
int hc_change_points(struct hc_change_point *out, size_t *n_out, size_t most, const uint32_t *counts, size_t n,
                     const struct hc_change_scan *by, struct hc_arena *arena)
{
    size_t from = 0;
    *n_out = 0;
    while (from < n) {
        size_t to = n;
        for (size_t i = *n_out; i > 0; i--)
            to = out[i - 1].at > from ? out[i - 1].at : to;
        struct hc_change_point point;
        if (hc_change_point_find(&point, counts + from, to - from, by, arena) != 0)
            return -1;
        if (point.p > by->alpha || *n_out == most) {
            from = to;
            continue;
        }
        point.at += from;
        insert(out, n_out, point);
    }
    return 0;
}
