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

/* ln P(label) of a record: what the evidence says, but a share `wrong` of labels is drawn as the priors have it. */
struct likelihood {
    double ln;
    double by_log_t, by_wrong; /* its slopes; the latter in the share's log odds */
};

static struct likelihood label_likelihood(const struct hc_learner *k, const struct hc_sample *s, double raw,
                                          double wrong)
{
    const struct hc_record *r = s->record;
    const double log_t = fmin(fmax(raw, HC_LOG_TEMPERATURE_FLOOR), HC_LOG_TEMPERATURE_CEILING);
    const double cooled = exp(-log_t);
    for (uint32_t i = 0; i < r->n; i++)
        k->buffer[i] = r->prior[k->variant][i] + r->evidence[i] * cooled;
    double mean, mean_allowed;
    const double all = mean_evidence(r, k->buffer, r->n, k->weights, &mean);
    const double allowed = mean_evidence(r, k->buffer, r->n_allowed, k->weights, &mean_allowed);
    if (isinf(allowed)) /* a cause that the catalogue gives no share */
        return (struct likelihood){0};
    const double of_right = log1p(-wrong) + allowed - all, of_wrong = log(wrong) + s->ln_prior;
    const double ln = fmax(of_right, of_wrong) + log1p(exp(-fabs(of_right - of_wrong)));
    const double right = exp(of_right - ln);
    return (struct likelihood){ln, raw == log_t ? right * cooled * (mean - mean_allowed) : 0, 1 - right - wrong};
}

/* Minus the log likelihood of labels at ln T = x[0] + sum of x[1 + m] and that share of wrong labels, with the ridge of
 * ln T around the expert's; by_wrong: its slope in the share's log odds. */
static double labels_value(const struct hc_learner *k, const double *x, double wrong, double *gradient,
                           double *by_wrong)
{
    const struct hc_model *m = k->model;
    double value = 0;
    memset(gradient, 0, (m->n_kinds + 1) * sizeof *gradient);
    *by_wrong = 0;
    for (size_t s = 0; s < k->n; s++) {
        const struct hc_sample *sample = &k->samples[s];
        if (!sample->record->n_allowed)
            continue;
        const uint64_t missing = sample->record->missing;
        const struct likelihood p = label_likelihood(k, sample, log_t_of(k, x, missing), wrong);
        value -= sample->weight * p.ln;
        *by_wrong -= sample->weight * p.by_wrong;
        gradient[0] -= sample->weight * p.by_log_t;
        for (size_t i = 0; i < m->n_kinds; i++)
            if (missing >> i & 1)
                gradient[1 + i] -= sample->weight * p.by_log_t;
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

static double temperature_value(const struct hc_learner *k, const double *x, double *gradient)
{
    double by_wrong;
    return labels_value(k, x, k->wrong, gradient, &by_wrong);
}

/* The same, with the log odds of the share of wrong labels behind ln T's terms, around what is expected of it. */
static double outliers_value(const struct hc_learner *k, const double *x, double *gradient)
{
    const size_t at = k->model->n_kinds + 1;
    const double share = 1 / (1 + exp(-x[at])), expected = HC_OUTLIERS * HC_OUTLIERS_INCIDENTS;
    const double value = labels_value(k, x, share, gradient, &gradient[at]);
    gradient[at] += HC_OUTLIERS_INCIDENTS * share - expected;
    return value - expected * log(share) - (HC_OUTLIERS_INCIDENTS - expected) * log1p(-share);
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

static void set_label_priors(struct hc_learner *k)
{
    for (size_t s = 0; s < k->n; s++) {
        const struct hc_record *r = k->samples[s].record;
        const double *prior = r->prior[k->variant];
        double mean;
        if (r->n_allowed)
            k->samples[s].ln_prior = mean_evidence(r, prior, r->n_allowed, k->weights, &mean) -
                                     mean_evidence(r, prior, r->n, k->weights, &mean);
    }
}

/* The temperature, and before it how many labels are wrong: the outliers beyond those that the model's own faults may be. */
static enum hc_status learn_temperature(struct hc_learner *k, struct hc_arena *work)
{
    struct hc_confidence *c = &k->model->confidence;
    const size_t n = k->model->n_kinds;
    double *x = hc_arena_calloc(work, n + 2, sizeof *x);
    if (!x)
        return HC_FATAL;
    x[0] = c->log_t;
    memcpy(x + 1, c->missing, n * sizeof *x);
    x[n + 1] = log(HC_OUTLIERS) - log1p(-HC_OUTLIERS);
    set_label_priors(k);
    enum hc_status status = minimise(outliers_value, k, x, n + 2);
    k->wrong = fmax(0, 1 / (1 + exp(-x[n + 1])) - HC_OUTLIERS_OF_MODEL);
    x[0] = c->log_t;
    memcpy(x + 1, c->missing, n * sizeof *x);
    if (status == HC_OK)
        status = minimise(temperature_value, k, x, n + 1);
    c->log_t = x[0];
    memcpy(c->missing, x + 1, n * sizeof *x);
    c->wrong_labels = k->wrong;
    return status;
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
            k->samples[k->n++] = (struct hc_sample){&h->records[i][j], weight, 0, i};
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
    if (status != HC_OK)
        goto done;
    struct hc_confidence *c = &model->confidence;
    choose_recurrence(&k);
    status = learn_temperature(&k, work);
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
