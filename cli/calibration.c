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

static struct hc_calibration *calibration_new(struct hc_session *session, struct hc_err *err)
{
    struct hc_calibration *c = hc_arena_calloc(session->arena, 1, sizeof *c);
    if (!c)
        hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
    return c;
}

/* Both absent where none is stored. Owns: the model is the caller's. */
static enum hc_status load_calibration(struct hc_calibration_report *out, struct hc_model **model,
                                       struct hc_session *session, struct hc_err *err)
{
    struct hc_calibration *c = calibration_new(session, err);
    if (!c)
        return HC_FATAL;
    enum hc_status status = hc_store_calibration_latest(session->store, session->as_of, session->arena, c, err);
    if (status == HC_SKIP)
        return HC_OK;
    if (status == HC_OK)
        status = hc_model_unpack(model, c->model, session->catalogue, err);
    if (status != HC_OK)
        return status;
    out->calibration = c;
    out->promised_from = hc_model_promised_from(*model);
    return HC_OK;
}

/* What both calibrations have learned, and what came between. */
static enum hc_status explain(struct hc_calibration_report *out, struct hc_moves *moves,
                              const struct hc_session *session, const struct hc_labels *labels, struct hc_err *err)
{
    bool before_stands, now_stands;
    const size_t n_before = hc_labels_learned(labels, moves->before, &before_stands);
    const size_t n = hc_labels_learned(labels, moves->now, &now_stands);
    out->labels_stand = before_stands && now_stands;
    out->came = labels->items + n_before;
    out->n_came = n > n_before ? n - n_before : 0;
    return hc_moves_explain(moves, labels->items, n_before, n, session->catalogue, err);
}

/* Absent where none was promoted before. One of another version or catalogue cannot be read whole. */
static enum hc_status load_moves(struct hc_calibration_report *out, const struct hc_model *now,
                                 struct hc_session *session, const struct hc_labels *labels, struct hc_err *err)
{
    struct hc_calibration *before = calibration_new(session, err);
    struct hc_moves *moves = hc_arena_calloc(session->arena, 1, sizeof *moves);
    struct hc_model *model = NULL;
    struct hc_err unfit = HC_ERR_NONE;
    if (!before || !moves)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
    enum hc_status status =
        hc_store_calibration_compared(session->store, out->calibration, session->arena, before, err);
    if (status == HC_SKIP)
        return HC_OK;
    if (status == HC_OK && hc_model_unpack(&model, before->model, session->catalogue, &unfit) == HC_FATAL) {
        *err = unfit;
        status = HC_FATAL;
    }
    if (status == HC_OK)
        status = hc_moves_make(moves, before, out->calibration, model, now, session->arena, err);
    if (status == HC_OK)
        status = explain(out, moves, session, labels, err);
    hc_model_free(model);
    out->moves = moves;
    return status;
}

/* Those of the session that were known as of its time. */
static struct hc_labels labels_known(const struct hc_session *session)
{
    struct hc_labels labels = session->labels;
    while (labels.n && hc_time_known(session->as_of) && labels.items[labels.n - 1].known_at.ns > session->as_of.ns)
        labels.n--;
    return labels;
}

static enum hc_status load_learned(struct hc_calibration_report *out, struct hc_session *session, struct hc_err *err)
{
    struct hc_model *model = NULL;
    struct hc_collect *collect = hc_arena_calloc(session->arena, 1, sizeof *collect);
    struct hc_growth *growth = hc_arena_calloc(session->arena, HC_QUESTIONS, sizeof *growth);
    if (!collect || !growth)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
    enum hc_status status = hc_session_labels(session, err);
    const struct hc_labels labels = labels_known(session);
    if (status == HC_OK)
        status = load_calibration(out, &model, session, err);
    if (status == HC_OK && out->calibration)
        status = load_moves(out, model, session, &labels, err);
    hc_model_free(model);
    if (status == HC_OK)
        status = hc_growth_of(growth, out->backtest->rows, out->backtest->n_rows, HC_BOOTSTRAP_SEED, err);
    const struct hc_collect_from from = {
        out->backtest->rows, out->backtest->n_rows, out->breakdowns, out->stated,
        out->calibration,    labels.items,          labels.n,        session->catalogue};
    if (status == HC_OK)
        status = hc_collect_make(collect, &from, session->arena, err);
    out->growth = growth;
    out->collect = collect;
    out->known_by = session->as_of;
    return status;
}

enum hc_status hc_calibration_scores_load(struct hc_calibration_report *out, struct hc_session *session,
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
    return status;
}

enum hc_status hc_calibration_report_load(struct hc_calibration_report *out, struct hc_session *session,
                                          struct hc_err *err)
{
    const enum hc_status status = hc_calibration_scores_load(out, session, err);
    return status == HC_OK ? load_learned(out, session, err) : status;
}
