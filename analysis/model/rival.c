#include "analysis/model/rival.h"

#include <math.h>
#include <stdlib.h>

struct rivalry {
    struct hc_explainer *explainer;
    size_t lead, rival;
    double prior;    /* ln of the leading one's over the rival's */
    double *parts;   /* [n_features]: nats for the leading one less those for the rival */
    double *against; /* [n_features]: nats against the rival, which are among these */
    double apart;    /* of all that was observed */
};

static enum hc_status compare(struct rivalry *r)
{
    struct hc_explainer *k = r->explainer;
    const size_t n = k->model->n_features;
    r->parts = hc_arena_alloc(k->arena, n * sizeof *r->parts);
    r->against = hc_arena_alloc(k->arena, n * sizeof *r->against);
    if (!r->parts || !r->against)
        return HC_FATAL;
    hc_contributions(k, r->rival, k->own);
    for (size_t f = 0; f < n; f++)
        r->against[f] = -k->own[f];
    hc_contributions(k, r->lead, k->own);
    for (size_t f = 0; f < n; f++)
        r->parts[f] = k->own[f] + r->against[f];
    const struct hc_prediction *p = k->prediction;
    r->apart = (p->evidence[r->lead] - p->evidence[r->rival]) * exp(-p->log_t); /* the bias, which is no part, too */
    r->prior = k->prediction->prior[r->lead] - k->prediction->prior[r->rival];
    return HC_OK;
}

static int by_weight(const void *a, const void *b)
{
    const struct hc_reason *x = a, *y = b;
    if (x->weight < y->weight || x->weight > y->weight)
        return x->weight < y->weight ? 1 : -1;
    return hc_str_compare(x->evidence, y->evidence);
}

/* Told of the one that most of it comes from: what is seen of the leading one, or what the rival was looked at for and
 * lacks. */
static struct hc_reason sign_of(const struct rivalry *r, size_t feature)
{
    const double against = r->against[feature], part = r->parts[feature];
    if (against <= part - against)
        return hc_reason_of(r->explainer, r->lead, feature, part);
    struct hc_reason reason = hc_reason_of(r->explainer, r->rival, feature, -against);
    reason.weight = part;
    return reason;
}

/* The fewest features without which the rival leads. The bias, if any, is no evidence and stays. */
static enum hc_status flips_without(const struct rivalry *r, double gap, struct hc_runner_up *out)
{
    struct hc_explainer *k = r->explainer;
    const size_t n = k->model->n_features;
    struct hc_reason *list = hc_arena_alloc(k->arena, n * sizeof *list);
    if (!list)
        return HC_FATAL;
    size_t n_for = 0;
    for (size_t f = 0; f < n; f++)
        if (r->parts[f] > 0)
            list[n_for++] = sign_of(r, f);
    qsort(list, n_for, sizeof *list, by_weight);
    size_t n_taken = 0;
    double left = gap;
    while (n_taken < n_for && left >= 0)
        left -= list[n_taken++].weight;
    out->flips_without = list;
    out->n_flips_without = left < 0 ? n_taken : 0;
    for (size_t i = 0; i < out->n_flips_without; i++)
        if (!list[i].text.p)
            return HC_FATAL;
    return HC_OK;
}

/* What a unit of a column at the rival's component adds to the rival, less what it adds to the leading one there. */
static double unit_gain(const struct rivalry *r, size_t column)
{
    const struct hc_model *m = r->explainer->model;
    const size_t lead_row = r->lead / m->n_types, row = r->rival / m->n_types;
    const double own = m->specific[r->rival % m->n_types * m->n_columns + column];
    if (row == lead_row)
        return own - m->specific[r->lead % m->n_types * m->n_columns + column];
    return m->general[column] + own;
}

/* The least value of a feature that gains so many nats; INFINITY: none does. It adds by its value, and by its value up
 * to 1 once more. */
static double value_needed(const struct rivalry *r, size_t feature, double nats)
{
    const double loud = unit_gain(r, feature), shown = unit_gain(r, 2 * r->explainer->model->n_features + feature);
    if (loud + shown > 0 && nats <= loud + shown)
        return fmax(nats / (loud + shown), 0);
    return loud > 0 ? (nats - shown) / loud : INFINITY;
}

/* Of the signs that a missing kind alone may show, the one that needs the least of what it may come to. */
static struct hc_flip flip_with(const struct rivalry *r, size_t kind)
{
    const struct hc_model *m = r->explainer->model;
    const struct hc_prediction *p = r->explainer->prediction;
    const double before = p->log_t,
                 log_t = hc_log_temperature(m, p->design.missing & ~((uint64_t)1 << kind)); /* with the kind there */
    const double gap = r->prior + r->apart * exp(before - log_t), cooled = exp(-log_t);
    struct hc_flip flip = {.missing = HC_STR_NONE};
    double least = 1;
    for (size_t f = 0; f < m->n_features; f++) {
        if ((m->feature_kinds[f] & p->design.missing) != (uint64_t)1 << kind)
            continue;
        const double most = m->surprising[f] ? HC_SURPRISE_CAP : 1;
        const double share = value_needed(r, f, gap / cooled) / most;
        if (!(share < least))
            continue;
        least = fmax(share, 0);
        flip = (struct hc_flip){r->explainer->catalogue->kinds[kind].id, r->explainer->catalogue->features[f].name,
                                r->explainer->catalogue->features[f].says, least};
    }
    return flip;
}

static int by_needs(const void *a, const void *b)
{
    const struct hc_flip *x = a, *y = b;
    if (x->needs < y->needs || x->needs > y->needs)
        return x->needs < y->needs ? -1 : 1;
    return hc_str_compare(x->missing, y->missing);
}

enum hc_status hc_rival_flips(struct hc_explainer *explainer, size_t lead, size_t rival, struct hc_runner_up *out)
{
    struct rivalry r = {.explainer = explainer, .lead = lead, .rival = rival};
    const struct hc_model *m = explainer->model;
    out->flips_with = hc_arena_alloc(explainer->arena, m->n_kinds * sizeof *out->flips_with);
    if (!out->flips_with || compare(&r) != HC_OK)
        return HC_FATAL;
    out->behind = r.prior + r.apart;
    for (size_t kind = 0; kind < m->n_kinds; kind++) {
        const struct hc_flip flip = flip_with(&r, kind);
        if (flip.missing.p)
            out->flips_with[out->n_flips_with++] = flip;
    }
    qsort(out->flips_with, out->n_flips_with, sizeof *out->flips_with, by_needs);
    return flips_without(&r, out->behind, out);
}
