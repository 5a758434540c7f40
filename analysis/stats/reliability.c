#include "analysis/stats/reliability.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/stats/isotonic.h"
#include "analysis/stats/quantile.h"
#include "base/random.h"
#include "base/sort.h"

/* Equal forecasts are one: no order may part them. */
struct groups {
    size_t n;
    double *forecast, *right, *size; /* right: the share */
};

static int group(struct groups *g, const double *forecast, const double *outcome, size_t n, struct hc_arena *arena)
{
    *g = (struct groups){0, hc_arena_alloc(arena, n * sizeof *g->forecast), hc_arena_alloc(arena, n * sizeof *g->right),
                         hc_arena_alloc(arena, n * sizeof *g->size)};
    if (!g->forecast || !g->right || !g->size)
        return -1;
    for (size_t first = 0, end; first < n; first = end) {
        double right = 0;
        for (end = first; end < n && forecast[end] <= forecast[first]; end++)
            right += outcome ? outcome[end] : 0;
        g->forecast[g->n] = forecast[first];
        g->size[g->n] = (double)(end - first);
        g->right[g->n++] = right / (double)(end - first);
    }
    return 0;
}

static void set_bins(struct hc_reliability *out, const struct groups *g, const struct hc_isotonic_block *blocks)
{
    for (size_t b = 0, first = 0; b < out->n_bins; first = blocks[b++].end) {
        struct hc_reliability_bin *bin = &out->bins[b];
        double sum = 0;
        for (size_t i = first; i < blocks[b].end; i++)
            sum += g->size[i] * g->forecast[i];
        *bin = (struct hc_reliability_bin){g->forecast[first], g->forecast[blocks[b].end - 1], sum / blocks[b].weight,
                                           blocks[b].sum / blocks[b].weight, (size_t)blocks[b].weight};
    }
}

static void decompose(struct hc_reliability *out, const double *forecast, const double *outcome)
{
    double base = 0, stated = 0, fitted = 0, even = 0;
    for (size_t i = 0; i < out->n; i++)
        base += outcome[i];
    base /= (double)out->n;
    for (size_t b = 0, i = 0; b < out->n_bins; b++)
        for (const size_t end = i + out->bins[b].n; i < end; i++) {
            stated += (forecast[i] - outcome[i]) * (forecast[i] - outcome[i]);
            fitted += (out->bins[b].right - outcome[i]) * (out->bins[b].right - outcome[i]);
            even += (base - outcome[i]) * (base - outcome[i]);
        }
    const double n = (double)out->n;
    out->brier = stated / n;
    out->miscalibration = fmax(stated - fitted, 0) / n;
    out->discrimination = fmax(even - fitted, 0) / n;
    out->uncertainty = even / n;
}

int hc_reliability_diagram(struct hc_reliability *out, const double *forecast, const double *outcome, size_t n,
                           struct hc_arena *arena)
{
    *out =
        (struct hc_reliability){.n = n, .brier = NAN, .miscalibration = NAN, .discrimination = NAN, .uncertainty = NAN};
    struct groups g;
    struct hc_isotonic_block *blocks = hc_arena_alloc(arena, n * sizeof *blocks);
    out->bins = hc_arena_alloc(arena, n * sizeof *out->bins);
    if (!blocks || !out->bins || group(&g, forecast, outcome, n, arena) != 0)
        return -1;
    if (!n)
        return 0;
    out->n_bins = hc_isotonic_fit(blocks, g.right, g.size, g.n);
    set_bins(out, &g, blocks);
    decompose(out, forecast, outcome);
    return 0;
}

/* ---- the band ------------------------------------------------------------------------------------------ */

struct resampled {
    const struct groups *groups;
    const size_t *place; /* [n_places], groups at which it is looked at */
    size_t n_places, n_samples;
    double *values; /* [n_places][n_samples] */
};

static int sample(const struct resampled *k, size_t r, uint64_t seed)
{
    const struct groups *g = k->groups;
    struct hc_random random = hc_random_new(seed, r);
    double *right = malloc(g->n * sizeof *right);
    struct hc_isotonic_block *blocks = malloc(g->n * sizeof *blocks);
    if (right && blocks) {
        for (size_t i = 0; i < g->n; i++) {
            size_t came = 0;
            for (size_t j = 0; j < (size_t)g->size[i]; j++)
                came += hc_random_uniform(&random) < g->forecast[i];
            right[i] = (double)came / g->size[i];
        }
        hc_isotonic_fit(blocks, right, g->size, g->n);
        for (size_t p = 0, b = 0; p < k->n_places; p++) {
            while (blocks[b].end <= k->place[p])
                b++;
            k->values[p * k->n_samples + r] = blocks[b].sum / blocks[b].weight;
        }
    }
    const int failed = right && blocks ? 0 : -1;
    free(right);
    free(blocks);
    return failed;
}

static int set_band(struct hc_reliability_band *out, const struct resampled *k, struct hc_arena *arena)
{
    out->at = hc_arena_alloc(arena, k->n_places * sizeof *out->at);
    out->low = hc_arena_alloc(arena, k->n_places * sizeof *out->low);
    out->high = hc_arena_alloc(arena, k->n_places * sizeof *out->high);
    double *room = malloc(k->n_samples * sizeof *room);
    if (!out->at || !out->low || !out->high || !room) {
        free(room);
        return -1;
    }
    for (size_t p = 0; p < k->n_places; p++) {
        double *values = k->values + p * k->n_samples;
        hc_sort_doubles(values, room, k->n_samples);
        out->at[p] = k->groups->forecast[k->place[p]];
        out->low[p] = hc_quantile(values, k->n_samples, 0.025);
        out->high[p] = hc_quantile(values, k->n_samples, 0.975);
    }
    out->n = k->n_places;
    free(room);
    return 0;
}

int hc_reliability_consistency(struct hc_reliability_band *out, const double *forecast, size_t n, size_t most,
                               const struct hc_resampling *by, struct hc_arena *arena)
{
    *out = (struct hc_reliability_band){.n = 0};
    struct groups g;
    if (group(&g, forecast, NULL, n, arena) != 0)
        return -1;
    if (!n || !most || !by->n_samples)
        return 0;
    const size_t n_places = g.n < most ? g.n : most;
    size_t *place = hc_arena_alloc(arena, n_places * sizeof *place);
    double *values = malloc(n_places * by->n_samples * sizeof *values);
    int failed = place && values ? 0 : -1;
    for (size_t p = 0; p < n_places && !failed; p++)
        place[p] = n_places == 1 ? g.n - 1 : p * (g.n - 1) / (n_places - 1);
    const struct resampled k = {&g, place, n_places, by->n_samples, values};
    if (!failed) {
#pragma omp parallel for schedule(static) num_threads(by->n_threads) reduction(+ : failed)
        for (size_t r = 0; r < by->n_samples; r++)
            failed += sample(&k, r, by->seed);
    }
    if (!failed)
        failed = set_band(out, &k, arena);
    free(values);
    return failed ? -1 : 0;
}
