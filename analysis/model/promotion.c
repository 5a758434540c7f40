#include "analysis/model/promotion.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/model/answers.h"
#include "analysis/model/backtest.h"

struct trial {
    const struct hc_labelled *label;
    uint32_t size;      /* labels of the schedule's calibration that predicts it; 0: the one in use */
    double log_loss[2]; /* by rolling origin, by the one in use */
};

struct trials {
    const struct hc_catalogue *catalogue;
    struct trial list[HC_PROMOTION_INCIDENTS];
    size_t n;
    struct hc_calibration refits[HC_PROMOTION_INCIDENTS + 1]; /* by labels, the last of all */
    size_t n_refits;
};

/* The latest ones that were not learned, within the last third of all, so that those who learn on have something to
 * learn from; each with the labels known when it began, its own never among them. */
static void choose_trials(struct trials *t, const struct hc_labelled *labelled, size_t n, size_t n_learned)
{
    const size_t third = (n + 2) / 3, most = third < HC_PROMOTION_INCIDENTS ? third : HC_PROMOTION_INCIDENTS;
    for (size_t i = n; i-- > n_learned && t->n < most;) {
        const struct hc_labelled *own = &labelled[i];
        size_t known = 0;
        if (!hc_time_known(own->started))
            continue;
        while (known < i && labelled[known].known_at.ns <= own->started.ns)
            known++;
        const size_t size = hc_backtest_schedule(known);
        t->list[t->n++] = (struct trial){.label = own, .size = size > n_learned ? (uint32_t)size : 0};
    }
}

static int by_size(const void *a, const void *b)
{
    const struct trial *x = a, *y = b;
    if (x->size != y->size)
        return x->size < y->size ? -1 : 1;
    return hc_str_compare(x->label->evidence->incident, y->label->evidence->incident);
}

static void plan_refits(struct trials *t, size_t n)
{
    if (t->n)
        qsort(t->list, t->n, sizeof *t->list, by_size);
    for (size_t i = 0; i < t->n; i++) {
        const uint32_t size = t->list[i].size;
        if (size && (!t->n_refits || t->refits[t->n_refits - 1].n_incidents != size))
            t->refits[t->n_refits++] = (struct hc_calibration){.n_incidents = size};
    }
    if (!t->n_refits || t->refits[t->n_refits - 1].n_incidents != n)
        t->refits[t->n_refits++] = (struct hc_calibration){.n_incidents = (uint32_t)n};
}

/* The contract's, of the component's and the category's marginal: the mean of those that the label names. */
static double log_loss_of(const struct hc_answered *answered, const struct hc_labelled *label)
{
    const struct hc_answers a = hc_answers_of(answered, label);
    const double of_component = -log(fmax(a.component.probability, HC_LOG_LOSS_FLOOR));
    const double of_category = -log(fmax(a.category.probability, HC_LOG_LOSS_FLOOR));
    if (!label->component.p || !label->category.p)
        return label->component.p ? of_component : label->category.p ? of_category : 0;
    return (of_component + of_category) / 2;
}

/* Predicts with one model the trials of this size (HC_NONE: all). */
static enum hc_status predict(struct trials *t, uint32_t size, const struct hc_model *model, int column,
                              struct hc_arena *work)
{
    for (size_t i = 0; i < t->n; i++) {
        struct hc_answered answered;
        if (size != HC_NONE && t->list[i].size != size)
            continue;
        hc_arena_reset(work);
        if (hc_answer_label(&answered, model, t->catalogue, t->list[i].label, 0, work) != HC_OK)
            return HC_FATAL;
        t->list[i].log_loss[column] = log_loss_of(&answered, t->list[i].label);
    }
    return HC_OK;
}

static enum hc_status predict_refits(struct trials *t, struct hc_arena *work, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    for (size_t r = 0; r < t->n_refits && status == HC_OK; r++) {
        struct hc_model *model = NULL;
        status = hc_model_unpack(&model, t->refits[r].model, t->catalogue, err);
        if (status == HC_OK)
            status = predict(t, t->refits[r].n_incidents, model, 0, work);
        hc_model_free(model);
    }
    return status;
}

static void sum_up(struct hc_promotion *out, const struct trials *t)
{
    double sum[2] = {0, 0};
    out->n = (uint32_t)t->n;
    for (size_t i = 0; i < t->n; i++) {
        out->n_refit += t->list[i].size != 0;
        for (int column = 0; column < 2; column++)
            sum[column] += t->list[i].log_loss[column];
    }
    out->log_loss = t->n ? sum[0] / (double)t->n : NAN;
    out->in_use_log_loss = t->n ? sum[1] / (double)t->n : NAN;
    out->promoted = !t->n || sum[0] <= sum[1];
}

enum hc_status hc_promotion_decide(struct hc_promotion *out, struct hc_calibration *learned,
                                   const struct hc_labelled *labelled, size_t n, const struct hc_in_use *in_use,
                                   const struct hc_learning *with, struct hc_err *err)
{
    *out = (struct hc_promotion){.n = 0};
    struct hc_arena *work = hc_arena_new(0);
    struct trials *t = hc_arena_calloc(with->arena, 1, sizeof *t);
    enum hc_status status = work && t ? HC_OK : HC_FATAL;
    if (status != HC_OK)
        goto done;
    t->catalogue = with->catalogue;
    choose_trials(t, labelled, n, in_use->n_learned);
    plan_refits(t, n);
    status = hc_model_calibrate_all(t->refits, t->n_refits, labelled, with, err);
    if (status == HC_OK)
        status = predict(t, HC_NONE, in_use->model, 1, work);
    if (status == HC_OK)
        status = predict(t, 0, in_use->model, 0, work);
    if (status == HC_OK)
        status = predict_refits(t, work, err);
    if (status == HC_OK) {
        sum_up(out, t);
        *learned = t->refits[t->n_refits - 1];
    }
done:
    hc_arena_free(work);
    return status == HC_OK ? HC_OK : hc_err_set(err, status, "out-of-memory", "no memory to compare calibrations");
}
