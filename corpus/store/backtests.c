/* Results of backtests. */
#include "corpus/store/internal.h"

static void bind_flag(struct hc_binder *b, bool known, bool value)
{
    if (known)
        hc_bind_int(b, value);
    else
        hc_bind_key(b, 0);
}

static enum hc_status put_answer(struct hc_store *store, const struct hc_backtest_row *row, size_t i, int question,
                                 struct hc_err *err)
{
    const struct hc_answer *answer = &row->answers[i].of[question];
    struct hc_binder b = {hc_store_statement(store, HC_SQL_BACKTEST_ANSWER_INSERT, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, row->incident);
    hc_bind_int(&b, (int64_t)i);
    hc_bind_int(&b, question);
    hc_bind_text(&b, row->answers[i].method);
    hc_bind_int(&b, answer->rank);
    hc_bind_int(&b, answer->n_before);
    hc_bind_int(&b, answer->n_tied);
    hc_bind_real(&b, answer->probability);
    hc_bind_real(&b, answer->top);
    hc_bind_real(&b, answer->brier);
    bind_flag(&b, answer->promised, answer->covered);
    if (answer->promised)
        hc_bind_int(&b, answer->n_set);
    else
        hc_bind_key(&b, 0);
    return hc_store_run(store, b.statement, err);
}

static enum hc_status put_answers(struct hc_store *store, const struct hc_backtest_row *row, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    for (size_t i = 0; i < row->n_answers; i++)
        for (int question = 0; question < HC_QUESTIONS && status == HC_OK; question++)
            if (row->asked[question])
                status = put_answer(store, row, i, question, err);
    return status;
}

static enum hc_status delete_answers(struct hc_store *store, struct hc_str incident, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_BACKTEST_ANSWERS_DELETE, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, incident);
    return hc_store_run(store, b.statement, err);
}

static enum hc_status put_row(struct hc_store *store, const struct hc_backtest_row *row, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_BACKTEST_INSERT, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, row->incident);
    hc_bind_time(&b, row->as_of);
    hc_bind_text(&b, row->category);
    hc_bind_text(&b, row->cause);
    hc_bind_text(&b, row->component);
    hc_bind_real(&b, row->probability);
    hc_bind_real(&b, row->category_probability);
    hc_bind_real(&b, row->hypothesis_probability);
    hc_bind_int(&b, row->rank);
    hc_bind_text(&b, row->top_category);
    hc_bind_text(&b, row->top_component);
    hc_bind_real(&b, row->top_probability);
    hc_bind_real(&b, row->unexplained);
    hc_bind_int(&b, row->n_candidates);
    bind_flag(&b, row->promised, row->covered);
    hc_bind_int(&b, row->calibration);
    hc_bind_text(&b, row->service);
    hc_bind_time(&b, row->started);
    hc_bind_text(&b, row->evidence);
    hc_bind_int(&b, row->n_known);
    return hc_store_run(store, b.statement, err);
}

static enum hc_status put_backtest(struct hc_store *store, const struct hc_backtest_row *row, struct hc_err *err)
{
    enum hc_status status = delete_answers(store, row->incident, err);
    if (status == HC_OK)
        status = put_row(store, row, err);
    if (status == HC_OK)
        status = put_answers(store, row, err);
    return status;
}

enum hc_status hc_store_backtest_put(struct hc_store *store, const struct hc_backtest_row *rows, size_t n,
                                     struct hc_err *err)
{
    enum hc_status status = hc_store_enter(store, err);
    if (status != HC_OK)
        return status;
    for (size_t i = 0; status == HC_OK && i < n; i++)
        status = hc_store_incident_exists(store, rows[i].incident, err);
    for (size_t i = 0; status == HC_OK && i < n; i++)
        status = put_backtest(store, &rows[i], err);
    return hc_store_leave(store, status, err);
}

/* ---- and back ---- */

static bool get_flag(struct hc_columns *c, bool *known)
{
    *known = sqlite3_column_type(c->statement, c->n) != SQLITE_NULL;
    return hc_column_int(c) != 0;
}

static void get_row(struct hc_columns *c, struct hc_backtest_row *row)
{
    *row = (struct hc_backtest_row){.incident = hc_column_text(c)};
    row->as_of = hc_column_time(c);
    row->category = hc_column_text(c);
    row->cause = hc_column_text(c);
    row->component = hc_column_text(c);
    row->probability = hc_column_real(c);
    row->category_probability = hc_column_real(c);
    row->hypothesis_probability = hc_column_real(c);
    row->rank = (uint32_t)hc_column_int(c);
    row->top_category = hc_column_text(c);
    row->top_component = hc_column_text(c);
    row->top_probability = hc_column_real(c);
    row->unexplained = hc_column_real(c);
    row->n_candidates = (uint32_t)hc_column_int(c);
    row->covered = get_flag(c, &row->promised);
    row->calibration = hc_column_int(c);
    row->service = hc_column_text(c);
    row->started = hc_column_time(c);
    row->evidence = hc_column_text(c);
    row->n_known = (uint32_t)hc_column_int(c);
    row->current = hc_column_int(c) != 0;
}

/* Answers come method by method. */
static enum hc_status get_answer(struct hc_backtest_row *row, size_t *capacity, struct hc_columns *c)
{
    const size_t question = (size_t)hc_column_int(c);
    const struct hc_str method = hc_column_text(c);
    if (!row->n_answers || !hc_str_equal(row->answers[row->n_answers - 1].method, method)) {
        struct hc_backtest_answer *grown =
            hc_arena_grow(c->arena, row->answers, row->n_answers, row->n_answers + 1, capacity, sizeof *row->answers);
        if (!grown || !method.p)
            return HC_FATAL;
        row->answers = grown;
        grown[row->n_answers++] = (struct hc_backtest_answer){.method = method};
    }
    struct hc_answer *answer = &row->answers[row->n_answers - 1].of[question % HC_QUESTIONS];
    row->asked[question % HC_QUESTIONS] = true;
    answer->rank = (uint32_t)hc_column_int(c);
    answer->n_before = (uint32_t)hc_column_int(c);
    answer->n_tied = (uint32_t)hc_column_int(c);
    answer->probability = hc_column_real(c);
    answer->top = hc_column_real(c);
    answer->brier = hc_column_real(c);
    answer->covered = get_flag(c, &answer->promised);
    answer->n_set = (uint32_t)hc_column_int(c);
    return HC_OK;
}

static enum hc_status get_answers(struct hc_store *store, struct hc_backtest_row *row, struct hc_arena *arena,
                                  struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_BACKTEST_ANSWERS, err), 0};
    size_t capacity = 0;
    enum hc_status status = b.statement ? HC_OK : HC_FATAL;
    if (status == HC_OK)
        hc_bind_text(&b, row->incident);
    while (status == HC_OK && (status = hc_store_step(store, b.statement, err)) == HC_OK) {
        struct hc_columns c = {b.statement, arena, 0, false};
        if (get_answer(row, &capacity, &c) != HC_OK || c.no_memory)
            status = hc_store_no_memory(err);
    }
    sqlite3_reset(b.statement);
    return status == HC_END ? HC_OK : status;
}

enum hc_status hc_store_backtest_list(struct hc_store *store, struct hc_arena *arena, struct hc_backtest_row **out,
                                      size_t *n, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_BACKTEST_LIST, err), 0};
    size_t capacity = 0;
    enum hc_status status = b.statement ? HC_OK : HC_FATAL;
    *out = NULL;
    *n = 0;
    while (status == HC_OK && (status = hc_store_step(store, b.statement, err)) == HC_OK) {
        struct hc_backtest_row *grown = hc_arena_grow(arena, *out, *n, *n + 1, &capacity, sizeof *grown);
        struct hc_columns c = {b.statement, arena, 0, grown == NULL};
        if (grown) {
            *out = grown;
            get_row(&c, &grown[(*n)++]);
        }
        if (c.no_memory)
            status = hc_store_no_memory(err);
    }
    if (b.statement)
        sqlite3_reset(b.statement);
    status = status == HC_END ? HC_OK : status;
    for (size_t i = 0; status == HC_OK && i < *n; i++)
        status = get_answers(store, &(*out)[i], arena, err);
    return status;
}
