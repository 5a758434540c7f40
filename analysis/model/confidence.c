#include <lbfgs.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/model/confidence.h"
#include "analysis/model/predict.h"
#include "analysis/stats/vector.h"

#define HC_SMALL_FIT_PADDING 16

static double log_t_of(const struct hc_learner *k, const double *x, uint64_t missing)
{
    double log_t = x[0];
    for (size_t m = 0; m < k->model->n_kinds; m++)
        if (missing >> m & 1)
            log_t += x[1 + m];
    return log_t;
}

/* ln sum exp of the first n logits, and the evidence's mean by those weights; `weights` is scratch. */
static double mean_evidence(const struct hc_record *r, const double *logits, uint32_t n, double *weights, double *mean)
{
    const double top = hc_vector_max(logits, n), total = hc_vector_exp(weights, logits, n, top);
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += weights[i] * r->evidence[i];
    *mean = sum / total;
    return top + log(total);
}

/* Minus the log likelihood of labels at ln T = x[0] + sum of x[1 + m], with its ridge around the expert's. */
static double temperature_value(const struct hc_learner *k, const double *x, double *gradient)
{
    const struct hc_model *m = k->model;
    double value = 0;
    memset(gradient, 0, (m->n_kinds + 1) * sizeof *gradient);
    for (size_t s = 0; s < k->n; s++) {
        const struct hc_record *r = k->samples[s].record;
        if (!r->n_allowed)
            continue;
        const double raw = log_t_of(k, x, r->missing);
        const double log_t = fmin(fmax(raw, HC_LOG_TEMPERATURE_FLOOR), HC_LOG_TEMPERATURE_CEILING);
        const double cooled = exp(-log_t);
        for (uint32_t i = 0; i < r->n; i++)
            k->buffer[i] = r->prior[k->variant][i] + r->evidence[i] * cooled;
        double mean, mean_allowed;
        const double all = mean_evidence(r, k->buffer, r->n, k->weights, &mean);
        const double allowed = mean_evidence(r, k->buffer, r->n_allowed, k->weights, &mean_allowed);
        if (isinf(allowed)) /* a cause that the catalogue gives no share */
            continue;
        value += k->samples[s].weight * (all - allowed);
        if (raw < HC_LOG_TEMPERATURE_FLOOR || raw > HC_LOG_TEMPERATURE_CEILING)
            continue;
        const double slope = k->samples[s].weight * cooled * (mean_allowed - mean);
        gradient[0] += slope;
        for (size_t i = 0; i < m->n_kinds; i++)
            if (r->missing >> i & 1)
                gradient[1 + i] += slope;
    }
    const double d = (x[0] - hc_expert_log_temperature(k->catalogue)) / HC_LOG_TEMPERATURE_RIDGE;
    value += d * d / 2;
    gradient[0] += d / HC_LOG_TEMPERATURE_RIDGE;
    for (size_t i = 0; i < m->n_kinds; i++) {
        const double e = (x[1 + i] + HC_MISSING_PER_POINT * k->catalogue->kinds[i].points) / HC_MISSING_RIDGE;
        value += e * e / 2;
        gradient[1 + i] += e / HC_MISSING_RIDGE;
    }
    return value;
}

/* The unexplained: logistic regression of "was not among the hypotheses" on the support, around the expert's. */
static double unexplained_value(const struct hc_learner *k, const double *x, double *gradient)
{
    const double u = k->catalogue->unexplained_share;
    const double bias = log(u > 0 ? u : 1e-9) - log1p(u < 1 ? -u : -1 + 1e-9);
    const double a = (x[0] - bias) / HC_UNEXPLAINED_BIAS_RIDGE;
    const double b = (x[1] - HC_UNEXPLAINED_SLOPE) / HC_UNEXPLAINED_SLOPE_RIDGE;
    double value = (a * a + b * b) / 2;
    gradient[0] = a / HC_UNEXPLAINED_BIAS_RIDGE;
    gradient[1] = b / HC_UNEXPLAINED_SLOPE_RIDGE;
    for (size_t s = 0; s < k->n; s++) {
        if (k->samples[s].record->kind != HC_NONE)
            continue;
        const double logit = x[0] - x[1] * k->support[s];
        const double p = 1 / (1 + exp(-logit)), y = k->samples[s].record->among ? 0 : 1;
        value += (logit > 0 ? logit : 0) + log1p(exp(-fabs(logit))) - y * logit;
        gradient[0] += p - y;
        gradient[1] -= (p - y) * k->support[s];
    }
    return value;
}

typedef double objective(const struct hc_learner *k, const double *x, double *gradient);

struct small_fit {
    objective *value;
    const struct hc_learner *learner;
};

static lbfgsfloatval_t evaluate(void *instance, const lbfgsfloatval_t *x, lbfgsfloatval_t *g, const int n,
                                const lbfgsfloatval_t step)
{
    (void)step;
    const struct small_fit *fit = instance;
    memset(g, 0, (size_t)n * sizeof *g);
    return fit->value(fit->learner, x, g);
}

static enum hc_status minimise(objective *value, const struct hc_learner *k, double *x, size_t n)
{
    const size_t padded = (n + HC_SMALL_FIT_PADDING - 1) / HC_SMALL_FIT_PADDING * HC_SMALL_FIT_PADDING;
    double *u = lbfgs_malloc((int)padded);
    if (!u)
        return HC_FATAL;
    memset(u, 0, padded * sizeof *u);
    memcpy(u, x, n * sizeof *x);
    lbfgs_parameter_t how;
    lbfgs_parameter_init(&how);
    how.max_iterations = HC_FIT_ITERATIONS;
    struct small_fit fit = {value, k};
    lbfgs((int)padded, u, NULL, evaluate, NULL, &fit, &how);
    memcpy(x, u, n * sizeof *x);
    lbfgs_free(u);
    return HC_OK;
}

static void choose_recurrence(struct hc_learner *k)
{
    double gain = 0;
    size_t n = 0;
    for (size_t s = 0; s < k->n; s++) {
        const struct hc_record *r = k->samples[s].record;
        if (r->kind != HC_NONE || !r->n_allowed)
            continue;
        gain += r->ln_label[1] - r->ln_label[0];
        n++;
    }
    k->variant = n >= HC_RECURRENCE_INCIDENTS && gain > HC_RECURRENCE_GAIN_NATS * (double)n;
    k->model->recurrence = k->variant ? hc_model_recurrence(k->model) : 0;
}

double hc_record_probabilities(const struct hc_learner *learner, const struct hc_record *record, double *p,
                               double *support)
{
    const struct hc_learner *k = learner;
    const struct hc_record *r = record;
    const double cooled = exp(-hc_log_temperature(k->model, r->missing));
    for (uint32_t i = 0; i < r->n; i++)
        p[i] = r->prior[k->variant][i] + r->evidence[i] * cooled;
    const double top = hc_vector_max(p, r->n), sum = hc_vector_exp(p, p, r->n, top);
    *support = top + log(sum);
    const double logit = k->model->confidence.bias - k->model->confidence.slope * *support;
    const double scale = 1 / (sum * (1 + exp(logit)));
    for (uint32_t i = 0; i < r->n; i++)
        p[i] *= scale;
    return 1 / (1 + exp(-logit));
}

static enum hc_status gather_samples(struct hc_learner *k, const struct hc_history *h, size_t n, struct hc_arena *work)
{
    const size_t first = n > HC_CONFIDENCE_INCIDENTS ? n - HC_CONFIDENCE_INCIDENTS : 0;
    size_t total = 0;
    for (size_t i = first; i < n; i++)
        total += h->n_records[i];
    k->samples = hc_arena_alloc(work, total * sizeof *k->samples);
    k->buffer = hc_arena_alloc(work, (size_t)2 * HC_RECORD_SIDE * sizeof *k->buffer);
    k->weights = hc_arena_alloc(work, (size_t)2 * HC_RECORD_SIDE * sizeof *k->weights);
    k->support = hc_arena_alloc(work, total * sizeof *k->support);
    if (!k->samples || !k->buffer || !k->weights || !k->support)
        return HC_FATAL;
    for (size_t i = first; i < n; i++) {
        const uint32_t others = h->n_records[i] - 1;
        for (uint32_t j = 0; j < h->n_records[i]; j++) {
            const double weight = !others ? 1 : j ? 0.5 / others : 0.5;
            k->samples[k->n++] = (struct hc_sample){&h->records[i][j], weight, i};
        }
    }
    return HC_OK;
}

enum hc_status hc_confidence_learn(struct hc_model *model, const struct hc_history *history, size_t n,
                                   const struct hc_catalogue *catalogue, struct hc_err *err)
{
    struct hc_learner k = {.model = model, .catalogue = catalogue, .history = history, .n_known = n};
    struct hc_arena *work = hc_arena_new(0);
    enum hc_status status = work ? gather_samples(&k, history, n, work) : HC_FATAL;
    double *x = work ? hc_arena_calloc(work, model->n_kinds + 1, sizeof *x) : NULL;
    if (status != HC_OK || !x) {
        status = HC_FATAL;
        goto done;
    }
    struct hc_confidence *c = &model->confidence;
    choose_recurrence(&k);
    x[0] = c->log_t;
    memcpy(x + 1, c->missing, model->n_kinds * sizeof *x);
    status = minimise(temperature_value, &k, x, model->n_kinds + 1);
    c->log_t = x[0];
    memcpy(c->missing, x + 1, model->n_kinds * sizeof *x);
    for (size_t s = 0; s < k.n; s++)
        hc_record_probabilities(&k, k.samples[s].record, k.buffer, &k.support[s]);
    double u[2] = {c->bias, c->slope};
    if (status == HC_OK)
        status = minimise(unexplained_value, &k, u, 2);
    c->bias = u[0];
    c->slope = u[1] > 0 ? u[1] : 0;
    if (status == HC_OK)
        status = hc_sets_learn(&k, work);
    if (status == HC_OK)
        status = hc_values_learn(&k, work);
done:
    hc_arena_free(work);
    return status == HC_OK ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to learn confidence");
}
