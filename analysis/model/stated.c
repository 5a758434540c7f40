/* How far what was stated holds: ranges, the reliability diagram, and what is promised. */
#include <math.h>
#include <stdlib.h>

#include "analysis/model/breakdown.h"
#include "analysis/model/parameters.h"
#include "analysis/model/scores.h"
#include "analysis/stats/beta.h"

struct first {
    double stated, right;
};

static int by_stated(const void *a, const void *b)
{
    const struct first *x = a, *y = b;
    if (x->stated < y->stated || x->stated > y->stated)
        return x->stated < y->stated ? -1 : 1;
    return (x->right > y->right) - (x->right < y->right);
}

static void set_range(struct hc_stated_range *range, double from, double to, const double *stated, const double *right,
                      size_t n)
{
    double sum = 0;
    *range = (struct hc_stated_range){.from = from, .to = to};
    for (size_t i = 0; i < n; i++)
        if (stated[i] >= from && (stated[i] < to || to >= 1)) {
            range->n++;
            range->n_right += right[i];
            sum += stated[i];
        }
    range->mean = range->n ? sum / range->n : NAN;
    range->right.value = range->n ? range->n_right / range->n : NAN;
    hc_share_interval(range->n_right, range->n, HC_GUARANTEE_LEVEL, &range->right.low, &range->right.high);
    range->p = hc_share_rarity(range->n_right, range->n, range->mean);
}

static size_t first_answers(double *stated, double *right, const struct hc_backtest_row *rows, size_t n,
                            enum hc_question question, struct first *list)
{
    size_t used = 0;
    for (size_t i = 0; i < n; i++)
        if (rows[i].asked[question] && rows[i].n_answers) {
            const struct hc_answer *a = &rows[i].answers[0].of[question];
            list[used++] = (struct first){a->top, hc_answer_hit(a, 1)};
        }
    qsort(list, used, sizeof *list, by_stated);
    for (size_t i = 0; i < used; i++) {
        stated[i] = list[i].stated;
        right[i] = list[i].right;
    }
    return used;
}

enum hc_status hc_stated_of(struct hc_stated *out, const struct hc_backtest_row *rows, size_t n,
                            enum hc_question question, const struct hc_backtest_options *options,
                            struct hc_arena *arena, struct hc_err *err)
{
    static const double edges[HC_STATED_RANGES + 1] = {0, 0.3, 0.5, 0.7, 0.9, 1};
    const struct hc_resampling by = {HC_BOOTSTRAP_REPLICATES, options->seed, options->n_threads};
    double *stated = hc_arena_alloc(arena, n * sizeof *stated), *right = hc_arena_alloc(arena, n * sizeof *right);
    struct first *list = hc_arena_alloc(arena, n * sizeof *list);
    if (!stated || !right || !list)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for scores");
    const size_t used = first_answers(stated, right, rows, n, question, list);
    for (size_t i = 0; i < HC_STATED_RANGES; i++)
        set_range(&out->ranges[i], edges[i], edges[i + 1], stated, right, used);
    set_range(&out->high, 0.7, 1, stated, right, used);
    if (hc_reliability_diagram(&out->diagram, stated, right, used, arena) != 0 ||
        hc_reliability_consistency(&out->band, stated, used, HC_BAND_PLACES, &by, arena) != 0)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for scores");
    return HC_OK;
}

uint32_t hc_model_promised_from(const struct hc_model *model)
{
    if (!model->confidence.has_guarantee)
        return 0;
    return model->n_learned < HC_SET_INCIDENTS ? model->n_learned : HC_SET_INCIDENTS;
}

uint32_t hc_promise_needs(void)
{
    return HC_GUARANTEE_INCIDENTS;
}
