/* What a kind of evidence is worth: incidents that had it, predicted whole and with it removed. */
#include <math.h>

#include "analysis/model/confidence.h"
#include "analysis/stats/bootstrap.h"

#define HC_PENALTY_SEED 1

struct answer {     /* one record's */
    double top;     /* probability of what leads */
    double entropy; /* nats */
};

double hc_entropy_part(double p, double members)
{
    return p > 0 ? -p * log(p / members) : 0;
}

static struct answer answer_of(struct hc_learner *k, const struct hc_record *r)
{
    double support;
    const double u = hc_record_probabilities(k, r, k->buffer, &support);
    struct answer a = {0, hc_entropy_part(u, 1)};
    for (uint32_t i = 0; i < r->n; i++) {
        a.top = fmax(a.top, k->buffer[i] / r->members[i]);
        a.entropy += hc_entropy_part(k->buffer[i], r->members[i]);
    }
    return a;
}

struct gains { /* of one kind, over the incidents that had it */
    double *change;
    size_t n;
    double entropy[2], doubt[2]; /* sums: with the kind, without */
};

static void gather_gains(struct gains *g, const struct hc_learner *k, const struct answer *answers, uint32_t kind)
{
    struct answer whole = {0, 0};
    g->n = 0;
    g->entropy[0] = g->entropy[1] = g->doubt[0] = g->doubt[1] = 0;
    for (size_t s = 0; s < k->n; s++) {
        const uint32_t removed = k->samples[s].record->kind;
        if (removed == HC_NONE)
            whole = answers[s];
        if (removed != kind)
            continue;
        g->change[g->n++] = answers[s].top - whole.top;
        g->entropy[0] += whole.entropy;
        g->entropy[1] += answers[s].entropy;
        g->doubt[0] += 1 - whole.top;
        g->doubt[1] += 1 - answers[s].top;
    }
}

enum hc_status hc_values_learn(struct hc_learner *learner, struct hc_arena *work)
{
    struct hc_learner *k = learner;
    struct hc_confidence *c = &k->model->confidence;
    struct answer *answers = hc_arena_alloc(work, (k->n + 1) * sizeof *answers);
    struct gains g = {.change = hc_arena_alloc(work, (k->n + 1) * sizeof *g.change)};
    if (!answers || !g.change)
        return HC_FATAL;
    for (size_t s = 0; s < k->n; s++)
        answers[s] = answer_of(k, k->samples[s].record);
    for (uint32_t kind = 0; kind < k->model->n_kinds; kind++) {
        gather_gains(&g, k, answers, kind);
        if (g.n < HC_PENALTY_LEARNED)
            continue;
        double sum = 0;
        for (size_t i = 0; i < g.n; i++)
            sum += g.change[i];
        c->points[kind] = sum / (double)g.n;
        c->points_n[kind] = (uint32_t)g.n;
        c->entropy_ratio[kind] = g.entropy[1] > 0 ? g.entropy[0] / g.entropy[1] : 1;
        c->doubt_ratio[kind] = g.doubt[1] > 0 ? g.doubt[0] / g.doubt[1] : 1;
        struct hc_bounds interval;
        if (hc_bootstrap(&interval, hc_statistic_mean, g.change, g.n, HC_BOOTSTRAP_REPLICATES, HC_PENALTY_SEED + kind,
                         work) != 0)
            return HC_FATAL;
        c->points_low[kind] = interval.low;
        c->points_high[kind] = interval.high;
    }
    return HC_OK;
}
