#include "cli/ablations.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/model/backtest.h"

static bool is_ablation(const struct hc_backtest_answer *answer)
{
    const size_t n = strlen(HC_METHOD_WITHOUT);
    return answer->method.n > n && memcmp(answer->method.p, HC_METHOD_WITHOUT, n) == 0;
}

static bool same_number(double a, double b)
{
    return a <= b && a >= b;
}

static bool same_answer(const struct hc_answer *a, const struct hc_answer *b)
{
    return a->rank == b->rank && a->n_before == b->n_before && a->n_tied == b->n_tied &&
           same_number(a->probability, b->probability) && same_number(a->top, b->top) &&
           same_number(a->brier, b->brier) && a->promised == b->promised && (!a->promised || a->n_set == b->n_set);
}

static bool holds(const struct hc_backtest_row *old, const struct hc_backtest_row *row)
{
    bool same = old->calibration == row->calibration && hc_str_equal(old->category, row->category) &&
                hc_str_equal(old->cause, row->cause) && hc_str_equal(old->component, row->component) &&
                hc_str_equal(old->evidence, row->evidence) && old->n_answers && row->n_answers;
    for (int q = 0; same && q < HC_QUESTIONS; q++)
        same = old->asked[q] == row->asked[q] &&
               (!row->asked[q] || same_answer(&old->answers[0].of[q], &row->answers[0].of[q]));
    return same;
}

static enum hc_status keep(struct hc_backtest_row *row, const struct hc_backtest_row *old, struct hc_arena *arena)
{
    size_t n = row->n_answers;
    for (size_t i = 0; i < row->n_answers; i++)
        if (is_ablation(&row->answers[i]))
            return HC_OK;
    struct hc_backtest_answer *answers = hc_arena_alloc(arena, (n + old->n_answers) * sizeof *answers);
    if (!answers)
        return HC_FATAL;
    memcpy(answers, row->answers, n * sizeof *answers);
    for (size_t i = 0; i < old->n_answers; i++)
        if (is_ablation(&old->answers[i]))
            answers[n++] = old->answers[i];
    row->answers = answers;
    row->n_answers = n;
    return HC_OK;
}

static int by_incident(const void *a, const void *b)
{
    const struct hc_backtest_row *x = a, *y = b;
    return hc_str_compare(x->incident, y->incident);
}

enum hc_status hc_ablations_keep(struct hc_backtest_row *rows, size_t n, const struct hc_session *session,
                                 struct hc_err *err)
{
    struct hc_backtest_row *stored = NULL;
    size_t n_stored = 0;
    enum hc_status status = hc_store_backtest_list(session->store, session->arena, &stored, &n_stored, err);
    if (status != HC_OK || !n_stored)
        return status;
    qsort(stored, n_stored, sizeof *stored, by_incident);
    for (size_t i = 0; i < n && status == HC_OK; i++) {
        const struct hc_backtest_row *old = bsearch(&rows[i], stored, n_stored, sizeof *stored, by_incident);
        if (old && holds(old, &rows[i]))
            status = keep(&rows[i], old, session->arena);
    }
    return status == HC_OK ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a backtest");
}
