/* Conformal sets: how much mass may lie before a hypothesis that is not ruled out, by which kinds are missing. */
#include <math.h>
#include <stdlib.h>

#include "analysis/model/confidence.h"

double hc_mass_before(const double *probability, const bool *allowed, size_t n, double unexplained, bool among)
{
    double best = among ? -1 : unexplained, mass = 0;
    for (size_t i = 0; i < n && among; i++)
        if (allowed[i] && probability[i] > best)
            best = probability[i];
    for (size_t i = 0; i < n; i++)
        if (probability[i] > best)
            mass += probability[i];
    return mass + (among && unexplained > best ? unexplained : 0);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double hc_conformal_quantile(double *scores, size_t n, double level)
{
    if (n)
        qsort(scores, n, sizeof *scores, by_value);
    const size_t rank = (size_t)ceil(((double)n + 1) * level);
    return rank > n ? 1 : scores[rank - 1];
}

/* A lump stands for hypotheses each of which is less probable than the lump: unless they would go before the label one
 * by one (at their mean), it is taken out. */
static void set_lumps_aside(const struct hc_record *r, double *p, double unexplained)
{
    double best = r->n_allowed ? 0 : unexplained;
    for (uint32_t i = 0; i < r->n_allowed; i++)
        best = fmax(best, p[i] / r->members[i]);
    for (uint32_t i = 0; i < r->n; i++)
        if (r->members[i] > 1 && p[i] / r->members[i] <= best)
            p[i] = 0;
}

struct scored {
    uint64_t missing;
    double score;
    bool placed; /* it counts for a cell */
};

struct scores {
    struct scored *list;
    size_t n;
    double *buffer; /* [n] */
};

static enum hc_status gather_scores(struct scores *out, const struct hc_learner *k, struct hc_arena *work)
{
    const size_t first = k->n_known > HC_SET_INCIDENTS ? k->n_known - HC_SET_INCIDENTS : 0;
    bool *allowed = hc_arena_alloc(work, (size_t)2 * HC_RECORD_SIDE * sizeof *allowed);
    double support;
    *out = (struct scores){.list = hc_arena_calloc(work, k->n_known - first + 1, sizeof *out->list),
                           .buffer = hc_arena_alloc(work, (k->n_known - first + 1) * sizeof *out->buffer)};
    if (!out->list || !out->buffer || !allowed)
        return HC_FATAL;
    for (size_t i = first; i < k->n_known; i++) {
        const struct hc_record *r = k->history->records[i]; /* the whole one comes first */
        const double u = hc_record_probabilities(k, r, k->buffer, &support);
        for (uint32_t h = 0; h < r->n; h++)
            allowed[h] = h < r->n_allowed;
        set_lumps_aside(r, k->buffer, u);
        const double score = hc_mass_before(k->buffer, allowed, r->n, u, r->n_allowed > 0);
        out->list[out->n++] = (struct scored){r->missing, score, false};
    }
    return HC_OK;
}

/* Makes a cell of the scores that have no place yet and miss these of the kinds; HC_NONE as `least`: of all scores. */
static void add_cell(struct hc_confidence *c, struct scores *scores, uint64_t kinds, uint64_t missing, size_t least)
{
    const bool of_all = least == HC_NONE;
    size_t n = 0;
    for (size_t i = 0; i < scores->n; i++)
        if (of_all || (!scores->list[i].placed && (scores->list[i].missing & kinds) == missing))
            scores->buffer[n++] = scores->list[i].score;
    if (!of_all && n < least)
        return;
    for (size_t i = 0; i < scores->n; i++)
        scores->list[i].placed = scores->list[i].placed || (scores->list[i].missing & kinds) == missing;
    c->cells[c->n_cells++] =
        (struct hc_set_cell){kinds, missing, hc_conformal_quantile(scores->buffer, n, HC_GUARANTEE_LEVEL), (uint32_t)n};
}

static int by_missing(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    return (x->missing > y->missing) - (x->missing < y->missing);
}

/* Of scores in order of `missing`; a set of kinds whose bits do not stand together is met more than once, but only
 * once with enough that have no place. */
static void add_cells(struct hc_confidence *c, struct scores *scores, uint64_t kinds)
{
    for (size_t i = 0; i < scores->n; i++)
        if (!scores->list[i].placed && (!i || scores->list[i].missing != scores->list[i - 1].missing))
            add_cell(c, scores, kinds, scores->list[i].missing & kinds, HC_GUARANTEE_INCIDENTS);
}

enum hc_status hc_sets_learn(struct hc_learner *learner, struct hc_arena *work)
{
    struct hc_model *m = learner->model;
    struct hc_confidence *c = &m->confidence;
    struct scores scores;
    if (gather_scores(&scores, learner, work) != HC_OK)
        return HC_FATAL;
    c->has_guarantee = scores.n >= HC_GUARANTEE_INCIDENTS;
    c->cells = hc_arena_calloc(m->arena, scores.n / HC_GUARANTEE_INCIDENTS + 1, sizeof *c->cells);
    if (!c->cells)
        return HC_FATAL;
    c->n_cells = 0;
    uint64_t main_kinds = 0;
    for (size_t i = 0; i < HC_INTERACTING_KINDS; i++)
        main_kinds |= m->interacting[i] == HC_NONE ? 0 : (uint64_t)1 << m->interacting[i];
    if (scores.n)
        qsort(scores.list, scores.n, sizeof *scores.list, by_missing);
    add_cells(c, &scores, UINT64_MAX);
    add_cells(c, &scores, main_kinds);
    add_cell(c, &scores, 0, 0, HC_GUARANTEE_INCIDENTS);
    if (!c->n_cells || c->cells[c->n_cells - 1].kinds)
        add_cell(c, &scores, 0, 0, HC_NONE);
    return HC_OK;
}

const struct hc_set_cell *hc_set_cell_of(const struct hc_model *model, uint64_t missing)
{
    const struct hc_confidence *c = &model->confidence;
    for (size_t i = 0; i < c->n_cells; i++)
        if ((missing & c->cells[i].kinds) == c->cells[i].missing)
            return &c->cells[i];
    return NULL;
}
