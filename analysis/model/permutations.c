#include "analysis/model/permutations.h"

#include <math.h>

#include "analysis/model/answers.h"
#include "analysis/model/core.h"
#include "analysis/stats/quantile.h"
#include "base/random.h"
#include "base/sort.h"

#define HC_METHOD_POINTS ((size_t)HC_QUESTIONS * HC_POINTS)
#define HC_ORDER_POINTS (HC_METHODS * HC_METHOD_POINTS)

struct permuting {                           /* what all orders share */
    const struct hc_labelled *const *labels; /* by known_at, then incident */
    size_t n;
    const struct hc_backtest_options *options;
    const struct hc_catalogue *catalogue;
    struct hc_answers *by_expert; /* of each label: it learns nothing, so no order changes them */
    double *points;               /* [n_orders][HC_ORDER_POINTS] */
};

struct order {
    const struct permuting *shared;
    struct hc_history history;
    const struct hc_labelled **past;
    uint32_t *from;                           /* of each place in it the label's in `shared` */
    struct hc_answers (*answers)[HC_METHODS]; /* of each place */
    struct hc_arena *work;
};

void hc_permutation_order(uint32_t *order, size_t n, uint64_t seed, uint64_t number)
{
    struct hc_random random = hc_random_new(seed, number);
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    for (size_t i = n; i > 1; i--) {
        const size_t k = hc_random_below(&random, i);
        const uint32_t swapped = order[i - 1];
        order[i - 1] = order[k];
        order[k] = swapped;
    }
}

static bool is_predicted(const struct permuting *p, const struct hc_labelled *label)
{
    return hc_label_choice(label, p->options) == HC_CHOICE_PREDICTED;
}

static enum hc_status answer_by(struct hc_answers *out, const struct hc_model *model, const struct hc_labelled *label,
                                const struct hc_catalogue *catalogue, struct hc_arena *work)
{
    struct hc_answered answered;
    const enum hc_status status = hc_answer_label(&answered, model, catalogue, label, 0, work);
    if (status == HC_OK)
        *out = hc_answers_of(&answered, label);
    hc_arena_reset(work);
    return status;
}

static enum hc_status answer_by_expert(struct permuting *p, struct hc_arena *work, struct hc_err *err)
{
    struct hc_model *expert = NULL;
    enum hc_status status = hc_model_expert(&expert, p->catalogue, err);
    for (size_t i = 0; i < p->n && status == HC_OK; i++)
        if (is_predicted(p, p->labels[i]))
            status = answer_by(&p->by_expert[i], expert, p->labels[i], p->catalogue, work);
    hc_model_free(expert);
    return status;
}

/* A calibration of the first `size` labels, without its tables. */
static enum hc_status learn(struct hc_model **out, const struct order *o, size_t size)
{
    struct hc_err err = HC_ERR_NONE;
    const struct hc_learning with = {o->shared->catalogue, 1, o->work};
    const struct hc_model *before = hc_history_before(&o->history, size);
    enum hc_status status = hc_core_learn(out, before, o->history.past, size, &with, NULL, &err);
    if (status == HC_OK && size)
        status = hc_confidence_learn(*out, &o->history, size, o->shared->catalogue, &err);
    return status;
}

static enum hc_status answer_place(struct order *o, size_t place, const struct hc_model *model)
{
    const struct hc_catalogue *catalogue = o->shared->catalogue;
    const struct hc_labelled *label = o->past[place], *last = place ? o->past[place - 1] : NULL;
    struct hc_answers *answers = o->answers[place];
    enum hc_status status = answer_by(&answers[HC_METHOD_MODEL], model, label, catalogue, o->work);
    answers[HC_METHOD_EXPERT] = o->shared->by_expert[o->from[place]];
    if (status == HC_OK)
        status = hc_answers_without_evidence(answers, label, last, model, catalogue, o->work);
    hc_arena_reset(o->work);
    return status;
}

static enum hc_status answer_all(struct order *o)
{
    struct hc_model *model = NULL;
    enum hc_status status = HC_OK;
    size_t learned = 0;
    for (size_t place = 0; place < o->shared->n && status == HC_OK; place++) {
        if (!is_predicted(o->shared, o->past[place]))
            continue;
        const size_t size = hc_backtest_schedule(place);
        if (!model || size != learned) {
            hc_model_free(model);
            model = NULL;
            learned = size;
            status = learn(&model, o, size);
        }
        if (status == HC_OK)
            status = answer_place(o, place, model);
    }
    hc_model_free(model);
    return status;
}

static enum hc_status score_order(double *points, const struct order *o)
{
    const struct permuting *p = o->shared;
    struct hc_answer *list = hc_arena_alloc(o->work, p->n * sizeof *list);
    enum hc_status status = list ? HC_OK : HC_FATAL;
    for (int i = 0; i < HC_METHODS * HC_QUESTIONS && status == HC_OK; i++) {
        const enum hc_question question = (enum hc_question)(i % HC_QUESTIONS);
        size_t n = 0;
        for (size_t place = 0; place < p->n; place++) {
            const struct hc_answers *a = &o->answers[place][i / HC_QUESTIONS];
            const struct hc_answer *const of[HC_QUESTIONS] = {&a->component, &a->category, &a->hypothesis};
            if (is_predicted(p, o->past[place]) && hc_label_answers(o->past[place], question))
                list[n++] = *of[question];
        }
        status = hc_points_of(points + (size_t)i * HC_POINTS, list, n, p->options->seed);
    }
    return status;
}

static enum hc_status run_order(const struct permuting *p, size_t number)
{
    struct hc_err err = HC_ERR_NONE;
    struct hc_arena *keep = hc_arena_new(0);
    struct order o = {.shared = p, .history = {.arena = keep}, .work = hc_arena_new(0)};
    enum hc_status status = HC_FATAL;
    if (!keep || !o.work)
        goto done;
    o.past = hc_arena_alloc(keep, p->n * sizeof *o.past);
    o.from = hc_arena_alloc(keep, p->n * sizeof *o.from);
    o.answers = hc_arena_calloc(keep, p->n, sizeof *o.answers);
    if (!o.past || !o.from || !o.answers)
        goto done;
    hc_permutation_order(o.from, p->n, p->options->seed, number);
    for (size_t i = 0; i < p->n; i++)
        o.past[i] = p->labels[o.from[i]];
    o.history.past = o.past;
    o.history.n = hc_backtest_schedule(p->n ? p->n - 1 : 0);
    status = hc_history_replay(&o.history, 0, p->catalogue, 1, &err);
    if (status == HC_OK)
        status = answer_all(&o);
    if (status == HC_OK)
        status = score_order(p->points + number * HC_ORDER_POINTS, &o);
done:
    hc_history_free(&o.history);
    hc_arena_free(o.work);
    hc_arena_free(keep);
    return status;
}

/* ---- over the orders -------------------------------------------------------------------------------------- */

/* `values` and `room` have n. */
static struct hc_permuted_score spread_of(double *values, double *room, size_t n)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    const double mean = sum / (double)n;
    if (isnan(mean)) /* a score that is not defined is so in every order */
        return (struct hc_permuted_score){NAN, NAN, NAN, NAN};
    for (size_t i = 0; i < n; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    hc_sort_doubles(values, room, n);
    return (struct hc_permuted_score){mean, n > 1 ? sqrt(squares / (double)(n - 1)) : NAN,
                                      hc_quantile(values, n, 0.025), hc_quantile(values, n, 0.975)};
}

static enum hc_status sum_up(struct hc_permutations *out, const double *points, struct hc_arena *work)
{
    double *values = hc_arena_alloc(work, out->n * sizeof *values), *room = hc_arena_alloc(work, out->n * sizeof *room);
    if (!values || !room)
        return HC_FATAL;
    for (size_t i = 0; i < HC_ORDER_POINTS; i++) {
        struct hc_permuted *of = &out->methods[i / HC_METHOD_POINTS];
        for (size_t order = 0; order < out->n; order++)
            values[order] = points[order * HC_ORDER_POINTS + i];
        of->method = hc_method_names[i / HC_METHOD_POINTS];
        of->of[i % HC_METHOD_POINTS / HC_POINTS][i % HC_POINTS] = spread_of(values, room, out->n);
    }
    return HC_OK;
}

enum hc_status hc_permutations_run(struct hc_permutations *out, size_t n_orders, const struct hc_labelled *labelled,
                                   size_t n, const struct hc_backtest_options *options,
                                   const struct hc_catalogue *catalogue, struct hc_err *err)
{
    *out = (struct hc_permutations){.n = n_orders, .seed = options->seed};
    struct permuting p = {.options = options, .catalogue = catalogue};
    struct hc_arena *keep = hc_arena_new(0), *work = hc_arena_new(0);
    enum hc_status status = HC_FATAL;
    if (!keep || !work)
        goto done;
    p.labels = hc_labels_sorted(labelled, n, HC_TIME_NONE, keep, &p.n);
    p.by_expert = hc_arena_calloc(keep, n, sizeof *p.by_expert);
    p.points = hc_arena_alloc(keep, n_orders * HC_ORDER_POINTS * sizeof *p.points);
    if (!p.labels || !p.by_expert || !p.points)
        goto done;
    for (size_t i = 0; i < p.n; i++)
        out->n_incidents += is_predicted(&p, p.labels[i]);
    status = answer_by_expert(&p, work, err);
    int failed = status != HC_OK;
#pragma omp parallel for schedule(dynamic, 1) num_threads(options->n_threads) reduction(+ : failed)
    for (size_t number = 0; number < n_orders; number++)
        failed += !failed && run_order(&p, number) != HC_OK;
    status = failed ? HC_FATAL : sum_up(out, p.points, work);
done:
    hc_arena_free(work);
    hc_arena_free(keep);
    return status == HC_OK ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for permutations");
}
