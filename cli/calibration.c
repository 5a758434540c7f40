#include "cli/calibration.h"

/* Leaves out those that were scored by what is no longer confirmed; returns how many. */
static size_t leave_out_past(struct hc_backtest *b)
{
    const size_t n = b->n_rows;
    b->n_rows = 0;
    for (size_t i = 0; i < n; i++)
        if (b->rows[i].current)
            b->rows[b->n_rows++] = b->rows[i];
    return n - b->n_rows;
}

static enum hc_status load_rows(struct hc_backtest *b, size_t *n_left_out, struct hc_session *session,
                                const struct hc_backtest_options *options, struct hc_err *err)
{
    enum hc_status status = hc_store_backtest_list(session->store, session->arena, &b->rows, &b->n_rows, err);
    *n_left_out = leave_out_past(b);
    if (status == HC_OK && b->n_rows == 0)
        return hc_err_set(
            err, HC_FATAL, "backtest-missing",
            *n_left_out
                ? "the outcomes of all that was backtested have changed since: run 'hindcast backtest' again"
                : "no backtest is stored: run 'hindcast backtest' first (it needs incidents with a confirmed outcome)");
    return status == HC_OK ? hc_backtest_score(b, options, err) : status;
}

/* Absent where none is stored. */
static enum hc_status load_calibration(struct hc_calibration_report *out, struct hc_session *session,
                                       struct hc_err *err)
{
    struct hc_calibration *c = hc_arena_calloc(session->arena, 1, sizeof *c);
    struct hc_model *model = NULL;
    if (!c)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
    enum hc_status status = hc_store_calibration_latest(session->store, session->as_of, session->arena, c, err);
    if (status == HC_SKIP)
        return HC_OK;
    if (status == HC_OK)
        status = hc_model_unpack(&model, c->model, session->catalogue, err);
    if (status != HC_OK)
        return status;
    out->calibration = c;
    out->promised_from = hc_model_promised_from(model);
    hc_model_free(model);
    return HC_OK;
}

enum hc_status hc_calibration_report_load(struct hc_calibration_report *out, struct hc_session *session,
                                          struct hc_err *err)
{
    const struct hc_backtest_options options = {.n_threads = session->cli->n_threads, .seed = HC_BOOTSTRAP_SEED};
    struct hc_backtest *b = hc_arena_calloc(session->arena, 1, sizeof *b);
    struct hc_breakdowns *breakdowns = hc_arena_calloc(session->arena, 1, sizeof *breakdowns);
    struct hc_stated *stated = hc_arena_calloc(session->arena, HC_QUESTIONS, sizeof *stated);
    *out = (struct hc_calibration_report){.backtest = b,
                                          .breakdowns = breakdowns,
                                          .stated = stated,
                                          .catalogue = session->catalogue,
                                          .promise_needs = hc_promise_needs()};
    if (!b || !breakdowns || !stated)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
    enum hc_status status = load_rows(b, &out->n_left_out, session, &options, err);
    if (status == HC_OK)
        status = hc_breakdowns_make(breakdowns, b->rows, b->n_rows, session->catalogue, &options, session->arena, err);
    for (int q = 0; q < HC_QUESTIONS && status == HC_OK; q++)
        status = hc_stated_of(&stated[q], b->rows, b->n_rows, (enum hc_question)q, &options, session->arena, err);
    return status == HC_OK ? load_calibration(out, session, err) : status;
}
