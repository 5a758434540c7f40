#include "analysis/model/collect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/model/constants.h"
#include "analysis/stats/beta.h"

#define MOST_LACKING 1000 /* where the search for how many ends */

/* ---- evidence --------------------------------------------------------------------------------------------- */

static struct hc_score scaled(struct hc_score score, double by)
{
    return (struct hc_score){score.value * by, score.low * by, score.high * by};
}

static void set_kind(struct hc_collect_kind *k, const struct hc_collect_from *from, struct hc_str kind)
{
    const struct hc_breakdown *by = &from->breakdowns->by[HC_BY_EVIDENCE];
    const struct hc_calibration *c = from->calibration;
    *k = (struct hc_collect_kind){kind, (uint32_t)from->n_rows, NULL, NULL, {NAN, NAN, NAN}, {NAN, NAN, NAN}};
    for (size_t i = 0; i < by->n_groups; i++)
        if (hc_str_equal(by->groups[i].name, kind))
            k->n_missing -= (uint32_t)by->groups[i].n;
    for (size_t i = 0; c && i < c->n_penalties; i++)
        if (hc_str_equal(c->penalties[i].missing, kind) && c->penalties[i].n_incidents)
            k->penalty = &c->penalties[i];
    for (size_t i = 0; i < from->breakdowns->n_ablations; i++)
        if (hc_str_equal(from->breakdowns->ablations[i].kind, kind))
            k->ablation = &from->breakdowns->ablations[i];
    const double share = from->n_rows ? (double)k->n_missing / (double)from->n_rows : 0;
    if (k->penalty)
        k->points = scaled((struct hc_score){k->penalty->points, k->penalty->low, k->penalty->high}, share);
    if (k->ablation)
        k->nats = scaled(k->ablation->lost[HC_OF_COMPONENT], share);
}

/* Greatest first; what is not known last. */
static int compare_cost(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) - isnan(b);
    return (a < b) - (a > b);
}

static int by_cost(const void *a, const void *b)
{
    const struct hc_collect_kind *x = a, *y = b;
    int c = compare_cost(x->nats.value, y->nats.value);
    if (!c)
        c = compare_cost(-x->points.value, -y->points.value);
    return c ? c : hc_str_compare(x->kind, y->kind);
}

static bool make_kinds(struct hc_collect *out, const struct hc_collect_from *from, struct hc_arena *arena)
{
    out->kinds = hc_arena_calloc(arena, from->catalogue->n_kinds, sizeof *out->kinds);
    if (!out->kinds)
        return false;
    for (size_t i = 0; i < from->catalogue->n_kinds; i++) {
        set_kind(&out->kinds[out->n_kinds], from, from->catalogue->kinds[i].id);
        out->n_kinds += out->kinds[out->n_kinds].n_missing > 0;
    }
    if (out->n_kinds)
        qsort(out->kinds, out->n_kinds, sizeof *out->kinds, by_cost);
    return true;
}

/* ---- labels ----------------------------------------------------------------------------------------------- */

static double factor_of(double a, double b)
{
    return sqrt(hc_beta_quantile(0.975, a, b) / hc_beta_quantile(0.025, a, b));
}

static void set_share(struct hc_collect_share *s, const struct hc_prior_row *row, double incidents)
{
    const double a = incidents * row->probability, b = incidents - a;
    *s = (struct hc_collect_share){row, INFINITY, 0, 0};
    if (!(a > 0) || !(b > 0))
        return;
    s->factor = sqrt(row->high / row->low);
    while (s->lacking < MOST_LACKING && !(factor_of(a + s->lacking, b * (a + s->lacking) / a) <= HC_COLLECT_FACTOR))
        s->lacking++;
    s->lacking_of_all = s->lacking / row->probability;
}

static int by_factor(const void *a, const void *b)
{
    const struct hc_collect_share *x = a, *y = b;
    if (x->factor < y->factor || x->factor > y->factor)
        return x->factor < y->factor ? 1 : -1;
    return hc_str_compare(x->row->category, y->row->category);
}

static bool make_shares(struct hc_collect *out, const struct hc_calibration *c, struct hc_arena *arena)
{
    if (!c)
        return true;
    double incidents = HC_CATEGORY_STRENGTH;
    out->shares = hc_arena_calloc(arena, c->n_priors, sizeof *out->shares);
    if (!out->shares)
        return false;
    for (size_t i = 0; i < c->n_priors; i++)
        incidents += c->priors[i].service.p ? 0 : c->priors[i].n_incidents;
    for (size_t i = 0; i < c->n_priors; i++)
        if (!c->priors[i].service.p) {
            set_share(&out->shares[out->n_shares], &c->priors[i], incidents);
            out->n_shares += out->shares[out->n_shares].lacking > 0;
        }
    if (out->n_shares)
        qsort(out->shares, out->n_shares, sizeof *out->shares, by_factor);
    return true;
}

static bool make_causes(struct hc_collect *out, const struct hc_collect_from *from, struct hc_arena *arena)
{
    const struct hc_catalogue *catalogue = from->catalogue;
    out->of_cause = hc_arena_calloc(arena, catalogue->n_causes, sizeof *out->of_cause);
    if (!out->of_cause)
        return false;
    for (size_t i = 0; i < from->n_labelled; i++) {
        const struct hc_labelled *label = &from->labelled[i];
        if (!label->category.p || !label->cause.p)
            continue;
        const size_t c = hc_catalogue_cause(catalogue, hc_catalogue_category(catalogue, label->category), label->cause);
        if (c < catalogue->n_causes)
            out->of_cause[c]++;
    }
    for (size_t c = 0; c < catalogue->n_causes; c++) {
        out->n_causes_none += out->of_cause[c] == 0;
        out->n_causes_few += out->of_cause[c] > 0 && out->of_cause[c] < HC_COLLECT_CAUSE_FEW;
    }
    return true;
}

static bool make_components(struct hc_collect *out, const struct hc_collect_from *from, struct hc_arena *arena)
{
    struct hc_str *names = hc_arena_alloc(arena, from->n_labelled * sizeof *names);
    size_t n = 0;
    if (!names)
        return false;
    for (size_t i = 0; i < from->n_labelled; i++)
        if (from->labelled[i].component.p)
            names[n++] = from->labelled[i].component;
    if (n)
        qsort(names, n, sizeof *names, hc_str_order);
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && hc_str_equal(names[end], names[first]);)
            end++;
        out->n_at_fault++;
        out->n_once += end - first == 1;
    }
    return true;
}

/* ---- the promise, and what was stated ------------------------------------------------------------------------ */

static int by_evidence(const void *a, const void *b)
{
    return hc_str_compare(((const struct hc_collect_set *)a)->evidence, ((const struct hc_collect_set *)b)->evidence);
}

static int by_number(const void *a, const void *b)
{
    const struct hc_collect_set *x = a, *y = b;
    return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : by_evidence(a, b);
}

static bool make_sets(struct hc_collect *out, const struct hc_collect_from *from, struct hc_arena *arena)
{
    struct hc_collect_set *sets = hc_arena_calloc(arena, from->n_rows, sizeof *sets);
    if (!sets)
        return false;
    for (size_t i = 0; i < from->n_rows; i++)
        sets[i] = (struct hc_collect_set){from->rows[i].evidence, 1, 0};
    if (from->n_rows)
        qsort(sets, from->n_rows, sizeof *sets, by_evidence);
    for (size_t i = 0; i < from->n_rows; i++) {
        if (out->n_sets && by_evidence(&sets[out->n_sets - 1], &sets[i]) == 0)
            sets[out->n_sets - 1].n++;
        else
            sets[out->n_sets++] = sets[i];
    }
    const uint32_t needs = hc_promise_needs();
    for (size_t i = 0; i < out->n_sets; i++)
        sets[i].lacking = sets[i].n < needs ? needs - sets[i].n : 0;
    if (out->n_sets)
        qsort(sets, out->n_sets, sizeof *sets, by_number);
    out->sets = sets;
    return true;
}

/* The wider side of the interval. */
static double half_width(double share, uint32_t n)
{
    double low, high;
    hc_share_interval(share * n, n, 0.95, &low, &high);
    return fmax(high - share, share - low);
}

static void set_range(struct hc_collect_range *out, const struct hc_stated_range *range, uint32_t n_answers)
{
    const double said = range->n ? range->mean : (range->from + range->to) / 2;
    const double right = range->n ? range->right.value : said;
    *out = (struct hc_collect_range){range, 0, 0};
    while (out->lacking < MOST_LACKING && fmax(half_width(said, range->n + out->lacking),
                                               half_width(right, range->n + out->lacking)) > HC_COLLECT_HALF_WIDTH)
        out->lacking++;
    if (out->lacking)
        out->lacking_incidents = range->n ? (double)out->lacking * n_answers / range->n : INFINITY;
}

enum hc_status hc_collect_make(struct hc_collect *out, const struct hc_collect_from *from, struct hc_arena *arena,
                               struct hc_err *err)
{
    *out = (struct hc_collect){.n = (uint32_t)from->n_rows};
    if (!make_kinds(out, from, arena) || !make_shares(out, from->calibration, arena) ||
        !make_causes(out, from, arena) || !make_components(out, from, arena) || !make_sets(out, from, arena))
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for what to collect");
    for (int q = 0; q < HC_QUESTIONS; q++) {
        uint32_t n = 0;
        for (size_t i = 0; i < HC_STATED_RANGES; i++)
            n += from->stated[q].ranges[i].n;
        for (size_t i = 0; i < HC_STATED_RANGES; i++)
            set_range(&out->ranges[q][i], &from->stated[q].ranges[i], n);
    }
    return HC_OK;
}
