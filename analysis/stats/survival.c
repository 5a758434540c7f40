#include "analysis/stats/survival.h"

#include <math.h>
#include <string.h>

#include "analysis/stats/compare.h"
#include "analysis/stats/quantile.h"
#include "base/random.h"
#include "base/sort.h"

#define LEAST_SECONDS 1

static int by_length(const void *a, const void *b)
{
    const struct hc_duration *x = a, *y = b;
    if (x->length < y->length || x->length > y->length)
        return x->length < y->length ? -1 : 1;
    return (int)y->ended - (int)x->ended;
}

void hc_durations_sort(struct hc_duration *durations, size_t n)
{
    hc_sort(durations, n, sizeof *durations, by_length);
}

/* The end of those as long as the first, and how many of them ended. */
static size_t equals(const struct hc_duration *d, size_t from, size_t n, size_t *n_ended)
{
    size_t i = from;
    for (*n_ended = 0; i < n && !(d[i].length > d[from].length); i++)
        *n_ended += d[i].ended;
    return i;
}

int hc_survival_curve(struct hc_survival *out, const struct hc_duration *durations, size_t n, struct hc_arena *arena)
{
    double *room = hc_arena_alloc(arena, 4 * n * sizeof *room);
    if (!room)
        return -1;
    *out = (struct hc_survival){room, room + n, room + 2 * n, room + 3 * n, 0};
    const double z = hc_normal_quantile(0.975);
    double exceeds = 1, variance = 0;
    for (size_t i = 0, next; i < n; i = next) {
        size_t ended;
        next = equals(durations, i, n, &ended);
        if (ended == 0)
            continue;
        const double risk = (double)(n - i), d = (double)ended;
        exceeds *= 1 - d / risk;
        variance += d < risk ? d / (risk * (risk - d)) : 0;
        const bool none = !(exceeds > 0);
        const double reach = none ? 0 : exp(z * sqrt(variance) / fabs(log(exceeds)));
        out->at[out->n] = durations[i].length;
        out->exceeds[out->n] = none ? 0 : exceeds;
        out->low[out->n] = none ? 0 : pow(exceeds, reach);
        out->high[out->n] = none ? 0 : pow(exceeds, 1 / reach);
        out->n++;
    }
    return 0;
}

double hc_survival_at(const struct hc_survival *curve, double length, double *low, double *high)
{
    size_t i = 0;
    while (i < curve->n && curve->at[i] <= length)
        i++;
    *low = i ? curve->low[i - 1] : 1;
    *high = i ? curve->high[i - 1] : 1;
    return i ? curve->exceeds[i - 1] : 1;
}

/* ---- the median ------------------------------------------------------------------------------------------ */

/* Of durations each of which counts `times` (NULL: once); `n` of them all told. */
static double median_of(const struct hc_duration *d, const uint32_t *times, size_t n_durations, size_t n)
{
    double exceeds = 1;
    size_t risk = n;
    for (size_t i = 0; i < n_durations; i++) {
        const size_t k = times ? times[i] : 1;
        if (d[i].ended && k)
            exceeds *= (double)(risk - k) / (double)risk;
        risk -= k;
        if (exceeds <= 0.5 + 1e-12)
            return d[i].length;
    }
    return n ? INFINITY : NAN;
}

double hc_survival_median(const struct hc_duration *durations, size_t n)
{
    return median_of(durations, NULL, n, n);
}

struct resampled {
    const struct hc_duration *durations;
    uint32_t *times;
};

static double median_of_sample(const void *data, const size_t *pick, size_t n)
{
    const struct resampled *r = data;
    memset(r->times, 0, n * sizeof *r->times);
    for (size_t i = 0; i < n; i++)
        r->times[pick[i]]++;
    const double median = median_of(r->durations, r->times, n, n);
    return isinf(median) ? HUGE_VAL : median;
}

int hc_survival_median_bounds(struct hc_bounds *out, const struct hc_duration *durations, size_t n, size_t n_samples,
                              uint64_t seed, struct hc_arena *arena)
{
    struct resampled r = {durations, hc_arena_alloc(arena, n * sizeof *r.times)};
    if (!r.times || hc_bootstrap(out, median_of_sample, &r, n, n_samples, seed, arena) != 0)
        return -1;
    /* between two infinite ones there is no number */
    if (n && isnan(out->high))
        out->high = INFINITY;
    if (n && isnan(out->low))
        out->low = INFINITY;
    return 0;
}

/* A median of a set drawn anew. */
static double drawn(const struct hc_duration *d, uint32_t *times, size_t n, struct hc_random *random)
{
    memset(times, 0, n * sizeof *times);
    for (size_t i = 0; i < n; i++)
        times[hc_random_below(random, n)]++;
    return median_of(d, times, n, n);
}

int hc_survival_ratio_bounds(struct hc_bounds *out, struct hc_durations a, struct hc_durations b, size_t n_samples,
                             uint64_t seed, struct hc_arena *arena)
{
    uint32_t *times = hc_arena_alloc(arena, (a.n > b.n ? a.n : b.n) * sizeof *times);
    double *ratios = hc_arena_alloc(arena, n_samples * sizeof *ratios);
    double *room = hc_arena_alloc(arena, n_samples * sizeof *room);
    size_t n = 0;
    if (!times || !ratios || !room)
        return -1;
    for (size_t r = 0; r < n_samples; r++) {
        struct hc_random random = hc_random_new(seed, r);
        const double over = drawn(a.of, times, a.n, &random), under = drawn(b.of, times, b.n, &random);
        if (!isnan(over / under))
            ratios[n++] = over / under;
    }
    hc_sort_doubles(ratios, room, n);
    *out = (struct hc_bounds){hc_quantile(ratios, n, 0.025), hc_quantile(ratios, n, 0.975)};
    if (n && isnan(out->high))
        out->high = INFINITY;
    return 0;
}

/* ---- two sets -------------------------------------------------------------------------------------------- */

struct scored {
    struct hc_duration of;
    bool first;
};

static int scored_by_length(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    const int order = by_length(&x->of, &y->of);
    return order ? order : (int)y->first - (int)x->first;
}

/* Fills the scores of all, and gives the sum of the first set's. */
static double score(double *scores, struct scored *all, size_t n)
{
    double exceeds = 1, sum = 0;
    hc_sort(all, n, sizeof *all, scored_by_length);
    for (size_t i = 0, next; i < n; i = next) {
        size_t ended = 0;
        for (next = i; next < n && !(all[next].of.length > all[i].of.length); next++)
            ended += all[next].of.ended;
        const double before = exceeds;
        exceeds *= 1 - (double)ended / (double)(n - i);
        for (size_t k = i; k < next; k++) {
            scores[k] = (all[k].of.ended ? before + exceeds : exceeds) - 1;
            sum += all[k].first ? scores[k] : 0;
        }
    }
    return sum;
}

int hc_survival_compare(double *p, struct hc_durations a, struct hc_durations b, size_t n_samples, uint64_t seed,
                        struct hc_arena *arena)
{
    const size_t n = a.n + b.n, few = a.n < b.n ? a.n : b.n;
    struct scored *all = hc_arena_alloc(arena, n * sizeof *all);
    double *scores = hc_arena_alloc(arena, n * sizeof *scores);
    *p = 1;
    if (!all || !scores)
        return -1;
    if (few == 0)
        return 0;
    for (size_t i = 0; i < n; i++)
        all[i] = (struct scored){i < a.n ? a.of[i] : b.of[i - a.n], i < a.n};
    /* all scores sum to 0, so either set's sum is as far from it */
    const double seen = fabs(score(scores, all, n)) - 1e-9;
    struct hc_random random = hc_random_new(seed, 0);
    size_t n_extreme = 0;
    for (size_t r = 0; r < n_samples; r++) {
        double sum = 0;
        for (size_t i = 0; i < few; i++) {
            const size_t k = i + hc_random_below(&random, n - i);
            const double picked = scores[k];
            scores[k] = scores[i];
            scores[i] = picked;
            sum += picked;
        }
        n_extreme += fabs(sum) >= seen;
        if (n_extreme == HC_ENOUGH_AS_GREAT) {
            *p = (double)n_extreme / (double)(r + 1);
            return 0;
        }
    }
    *p = (1 + (double)n_extreme) / (1 + (double)n_samples);
    return 0;
}

/* Of ln length, among those that ended. NaN: fewer than three. */
static int scatter(double *s, const struct hc_duration *d, size_t n, struct hc_arena *arena)
{
    double *ln = hc_arena_alloc(arena, n * sizeof *ln);
    size_t n_ended = 0;
    *s = NAN;
    if (!ln)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (d[i].ended)
            ln[n_ended++] = log(d[i].length > LEAST_SECONDS ? d[i].length : LEAST_SECONDS);
    if (n_ended >= 3)
        *s = (hc_quantile(ln, n_ended, 0.75) - hc_quantile(ln, n_ended, 0.25)) / 1.349;
    return 0;
}

int hc_survival_smallest(double *factor, struct hc_durations a, struct hc_durations b, double alpha, double power,
                         struct hc_arena *arena)
{
    double s_a, s_b;
    if (scatter(&s_a, a.of, a.n, arena) != 0 || scatter(&s_b, b.of, b.n, arena) != 0)
        return -1;
    const double z = hc_normal_quantile(1 - alpha / 2) + hc_normal_quantile(power);
    *factor = s_a + s_b > 0 ? exp(z * (s_a + s_b) / 2 * sqrt(acos(-1) / 3 * (1 / (double)a.n + 1 / (double)b.n))) : NAN;
    return 0;
}
