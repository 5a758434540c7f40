#include "analysis/model/moved.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/model/breakdown.h"
#include "analysis/model/parameters.h"
#include "analysis/stats/discovery.h"

#define HC_NORMAL_95 1.959963984540054 /* the 97.5 % quantile of the normal distribution */

/* ---- shares ---------------------------------------------------------------------------------------------- */

/* Absent: over all. */
static bool is_same_service(struct hc_str a, struct hc_str b)
{
    return a.p && b.p ? hc_str_equal(a, b) : a.p == b.p;
}

static const struct hc_prior_row *prior_of(const struct hc_calibration *c, const struct hc_prior_row *like)
{
    for (size_t i = 0; i < c->n_priors; i++)
        if (is_same_service(c->priors[i].service, like->service) && hc_str_equal(c->priors[i].category, like->category))
            return &c->priors[i];
    return NULL;
}

/* The labels of all categories of a row's service. */
static uint32_t labels_of(const struct hc_calibration *c, struct hc_str service)
{
    uint32_t n = 0;
    for (size_t i = 0; i < c->n_priors; i++)
        if (is_same_service(c->priors[i].service, service))
            n += c->priors[i].n_incidents;
    return n;
}

static bool all_grew(const struct hc_calibration *before, const struct hc_calibration *now)
{
    for (size_t i = 0; i < before->n_priors; i++) {
        const struct hc_prior_row *later = prior_of(now, &before->priors[i]);
        if ((later ? later->n_incidents : 0) < before->priors[i].n_incidents)
            return false;
    }
    return true;
}

static void set_share(struct hc_moved_share *s, const struct hc_moves *moves, const struct hc_prior_row *now,
                      const struct hc_model *model_before)
{
    *s = (struct hc_moved_share){.before = prior_of(moves->before, now), .now = now, .q = 1};
    if (!s->before || !moves->grown)
        return;
    s->n_came = labels_of(moves->now, now->service) - labels_of(moves->before, now->service);
    s->n_of = now->n_incidents - s->before->n_incidents;
    const struct hc_service *service =
        model_before && now->service.p ? hc_model_service(model_before, now->service) : NULL;
    if (!model_before || (now->service.p && !service))
        return;
    const double incidents = hc_model_share_incidents(model_before, service);
    const double a = incidents * s->before->probability;
    hc_expected_count(&s->expected, s->n_of, s->n_came, a, incidents - a);
    s->tested = s->n_came > 0 && !isnan(s->expected.mean);
}

/* p and q of those that are tested; adjusted among themselves. */
static void judge_shares(struct hc_moves *moves, int family, double *p, double *q)
{
    size_t n = 0;
    for (size_t i = 0; i < moves->n_shares; i++)
        if (moves->shares[i].tested && (moves->shares[i].now->service.p != NULL) == (family == HC_MOVED_BY_SERVICE))
            p[n++] = moves->shares[i].expected.p;
    hc_false_discovery(p, n, q);
    moves->n_tested[family] = n;
    n = 0;
    for (size_t i = 0; i < moves->n_shares; i++) {
        struct hc_moved_share *s = &moves->shares[i];
        if (!s->tested || (s->now->service.p != NULL) != (family == HC_MOVED_BY_SERVICE))
            continue;
        s->q = q[n++];
        s->moved = s->q <= HC_MOVED_RATE;
        moves->n_moved[family] += s->moved;
    }
}

static bool make_shares(struct hc_moves *moves, const struct hc_model *model_before, struct hc_arena *arena)
{
    const size_t n = moves->now->n_priors;
    double *p = hc_arena_alloc(arena, n * sizeof *p), *q = hc_arena_alloc(arena, n * sizeof *q);
    moves->shares = hc_arena_calloc(arena, n, sizeof *moves->shares);
    if (!p || !q || !moves->shares)
        return false;
    moves->n_shares = n;
    moves->grown = all_grew(moves->before, moves->now);
    for (size_t i = 0; i < n; i++)
        set_share(&moves->shares[i], moves, &moves->now->priors[i], model_before);
    judge_shares(moves, HC_MOVED_OVERALL, p, q);
    judge_shares(moves, HC_MOVED_BY_SERVICE, p, q);
    return true;
}

/* ---- weights and penalties ------------------------------------------------------------------------------- */

struct named {
    struct hc_str name;
    struct hc_score score;
};

static int by_name(const void *a, const void *b)
{
    return hc_str_compare(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static double deviation(const struct hc_score *score)
{
    return (score->high - score->low) / (2 * HC_NORMAL_95);
}

static int by_rarity(const void *a, const void *b)
{
    const struct hc_moved_value *x = a, *y = b;
    if (x->deviations < y->deviations || x->deviations > y->deviations)
        return x->deviations < y->deviations ? 1 : -1;
    return hc_str_compare(x->name, y->name);
}

/* `nested`: the one before was learned from part of what the one now was, of the same quantity. */
/* How two lists are held against each other: the later one learned what the earlier had; or from others; or not at all. */
enum relation { NESTED, APART, UNTESTED };

static void set_value(struct hc_moved_value *v, const struct named *before, const struct named *now,
                      enum relation relation)
{
    const double from = deviation(&before->score), to = deviation(&now->score);
    *v = (struct hc_moved_value){.name = now->name, .before = before->score, .now = now->score, .q = 1};
    v->tested = relation != UNTESTED && from > 0 && !isnan(now->score.value);
    v->deviations =
        v->tested ? fabs(now->score.value - before->score.value) / (relation == NESTED ? from : hypot(from, to)) : 0;
    v->outside = v->tested && (now->score.value < before->score.low || now->score.value > before->score.high);
}

static bool judge_values(struct hc_moved_values *out, struct hc_arena *arena)
{
    double *p = hc_arena_alloc(arena, out->n * sizeof *p), *q = hc_arena_alloc(arena, out->n * sizeof *q);
    if (!p || !q)
        return false;
    if (out->n)
        qsort(out->items, out->n, sizeof *out->items, by_rarity);
    for (size_t i = 0; i < out->n; i++)
        if (out->items[i].tested)
            p[out->n_tested++] = erfc(out->items[i].deviations / sqrt(2));
    hc_false_discovery(p, out->n_tested, q);
    for (size_t i = 0, at = 0; i < out->n; i++) {
        struct hc_moved_value *v = &out->items[i];
        v->q = v->tested ? q[at++] : 1;
        v->moved = v->q <= HC_MOVED_RATE;
        out->n_outside += v->outside;
        out->n_moved += v->moved;
    }
    return true;
}

/* A list of one calibration. */
struct list {
    struct named *items;
    size_t n;
};

static bool compare_values(struct hc_moved_values *out, struct list before, struct list now, enum relation relation,
                           struct hc_arena *arena)
{
    *out = (struct hc_moved_values){.items = hc_arena_calloc(arena, now.n, sizeof *out->items)};
    if (!before.items || !now.items || !out->items)
        return false;
    if (before.n)
        qsort(before.items, before.n, sizeof *before.items, by_name);
    if (now.n)
        qsort(now.items, now.n, sizeof *now.items, by_name);
    for (size_t i = 0, j = 0; i < before.n || j < now.n;) {
        const int c = i == before.n ? 1 : j == now.n ? -1 : by_name(&before.items[i], &now.items[j]);
        if (c == 0)
            set_value(&out->items[out->n++], &before.items[i], &now.items[j], relation);
        out->n_gone += c < 0;
        out->n_new += c > 0;
        i += c <= 0;
        j += c >= 0;
    }
    return judge_values(out, arena);
}

static struct list weights_of(const struct hc_calibration *c, struct hc_arena *arena)
{
    struct list list = {hc_arena_alloc(arena, c->n_weights * sizeof *list.items), 0};
    for (size_t i = 0; list.items && i < c->n_weights; i++)
        list.items[list.n++] =
            (struct named){c->weights[i].evidence, {c->weights[i].weight, c->weights[i].low, c->weights[i].high}};
    return list;
}

/* Those that were learned. */
static struct list penalties_of(const struct hc_calibration *c, struct hc_arena *arena)
{
    struct list list = {hc_arena_alloc(arena, c->n_penalties * sizeof *list.items), 0};
    for (size_t i = 0; list.items && i < c->n_penalties; i++)
        if (c->penalties[i].n_incidents)
            list.items[list.n++] = (struct named){c->penalties[i].missing,
                                                  {c->penalties[i].points, c->penalties[i].low, c->penalties[i].high}};
    return list;
}

/* ---- all -------------------------------------------------------------------------------------------------- */

static void set_confidence(struct hc_moved_confidence *out, const struct hc_model *m)
{
    *out = (struct hc_moved_confidence){.known = m != NULL, .mass = NAN};
    if (!m)
        return;
    const struct hc_confidence *c = &m->confidence;
    out->temperature = exp(c->log_t);
    out->unexplained = 1 / (1 + exp(-c->bias));
    out->promised_from = hc_model_promised_from(m);
    if (c->has_guarantee && c->n_cells)
        out->mass = c->cells[c->n_cells - 1].quantile;
}

enum hc_status hc_moves_make(struct hc_moves *out, const struct hc_calibration *before,
                             const struct hc_calibration *now, const struct hc_model *model_before,
                             const struct hc_model *model_now, struct hc_arena *arena, struct hc_err *err)
{
    *out = (struct hc_moves){.before = before, .now = now};
    set_confidence(&out->confidence[HC_MOVED_BEFORE], model_before);
    set_confidence(&out->confidence[HC_MOVED_SINCE], model_now);
    if (!make_shares(out, model_before, arena) ||
        !compare_values(&out->weights, weights_of(before, arena), weights_of(now, arena),
                        out->grown ? NESTED : UNTESTED, arena) ||
        !compare_values(&out->penalties, penalties_of(before, arena), penalties_of(now, arena), APART, arena))
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to compare calibrations");
    return HC_OK;
}
