#include "cli/trend.h"

#include "cli/calibration.h"

struct rows {
    struct hc_arena *arena;
    const struct hc_session *session;
    struct hc_trend_row *items;
    size_t n, capacity;
    size_t n_kinds;
    bool
        knows_logs; /* the session does, which saves to unpack the lines of each; it is kind `logs`, looked at from then on */
    size_t logs;
    int64_t from_ns;
    int64_t count; /* of a query that counts */
};

static int64_t time_of(const struct hc_cell *cell)
{
    return cell->type == HC_CELL_INTEGER ? cell->integer : HC_TIME_NONE_NS;
}

static struct hc_str text_of(struct rows *rows, const struct hc_cell *cell)
{
    return cell->type == HC_CELL_TEXT && cell->text.n ? hc_str_copy(rows->arena, cell->text) : HC_STR_NONE;
}

/* service, category, cause, started, detected, mitigated, ended, judged, after a change, alerted, then the kinds and the id */
enum { N_CELLS = 10 };

static enum hc_status take_row(void *context, const struct hc_cell *cells, size_t n, struct hc_err *err)
{
    struct rows *rows = context;
    struct hc_trend_row *grown =
        hc_arena_grow(rows->arena, rows->items, rows->n, rows->n + 1, &rows->capacity, sizeof *grown);
    if (!grown)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
    rows->items = grown;
    struct hc_trend_row *row = &rows->items[rows->n++];
    *row = (struct hc_trend_row){.service = text_of(rows, &cells[0]),
                                 .category = text_of(rows, &cells[1]),
                                 .cause = text_of(rows, &cells[2]),
                                 .started_ns = time_of(&cells[3]),
                                 .detected_ns = time_of(&cells[4]),
                                 .mitigated_ns = time_of(&cells[5]),
                                 .ended_ns = time_of(&cells[6]),
                                 .judged = cells[7].integer != 0,
                                 .after_change = cells[8].integer != 0,
                                 .alerted = cells[9].integer != 0};
    for (size_t k = 0; k < rows->n_kinds && N_CELLS + k < n; k++)
        row->kinds |= (uint32_t)(cells[N_CELLS + k].integer != 0) << k;
    const struct hc_incident_brief *brief = hc_session_brief(rows->session, cells[n - 1].text);
    if (rows->knows_logs && brief && rows->session->has_logs[brief - rows->session->briefs])
        row->kinds |= (uint32_t)(row->started_ns >= rows->from_ns) << rows->logs;
    return HC_OK;
}

static enum hc_status take_count(void *context, const struct hc_cell *cells, size_t n, struct hc_err *err)
{
    struct rows *rows = context;
    (void)n, (void)err;
    rows->count = time_of(&cells[0]);
    return HC_OK;
}

static enum hc_status ask(struct hc_session *session, struct rows *rows, struct hc_buf *sql,
                          enum hc_status (*row)(void *, const struct hc_cell *, size_t, struct hc_err *),
                          struct hc_err *err)
{
    const enum hc_status status = sql->failed ? hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report")
                                              : hc_session_ask(session, hc_buf_view(sql), row, rows, err);
    hc_buf_free(sql);
    return status;
}

/* All that began before the quarter's end; what costs a look at their evidence, of those that are compared alone. */
static enum hc_status load_rows(struct rows *rows, struct hc_session *session, struct hc_quarter quarter,
                                struct hc_err *err)
{
    const struct hc_trend_kind *kinds = hc_trend_kinds(&rows->n_kinds);
    const long long from = (long long)hc_quarter_start_ns(hc_quarter_before(quarter, 4));
    struct hc_buf sql = {0};
    hc_buf_text(&sql, "SELECT i.service, o.category, o.cause, i.started_at_ns, i.detected_at_ns, i.mitigated_at_ns, "
                      "i.ended_at_ns, o.incident IS NOT NULL");
    for (int share = 0; share < HC_TREND_SHARES; share++)
        hc_buf_format(&sql, ", i.started_at_ns >= %lld AND %s", from, hc_trend_asks((enum hc_trend_share)share));
    for (size_t k = 0; k < rows->n_kinds; k++) {
        const bool known = session->has_logs && strcmp(kinds[k].id, "logs") == 0;
        if (known)
            rows->logs = k;
        rows->knows_logs |= known;
        if (known)
            hc_buf_text(&sql, ", 0");
        else
            hc_buf_format(&sql, ", i.started_at_ns >= %lld AND %s", from, kinds[k].there);
    }
    rows->from_ns = from;
    hc_buf_format(
        &sql,
        ", i.incident FROM incidents AS i LEFT JOIN outcomes AS o ON o.incident = i.incident AND o.ordinal = 0 AND "
        "o.status = 'confirmed' WHERE i.started_at_ns < %lld ORDER BY i.started_at_ns, i.incident",
        (long long)hc_quarter_start_ns(hc_quarter_before(quarter, -1)));
    return ask(session, rows, &sql, take_row, err);
}

static enum hc_status load_undated(size_t *n, struct hc_session *session, struct rows *rows, struct hc_err *err)
{
    struct hc_buf sql = {0};
    hc_buf_text(&sql, "SELECT count(*) FROM incidents WHERE started_at_ns IS NULL");
    const enum hc_status status = ask(session, rows, &sql, take_count, err);
    *n = (size_t)rows->count;
    return status;
}

/* The latest time of an incident, until which the corpus tells of them: when an outcome became known, which may be long after, says
 * nothing of what else happened. HC_TIME_NONE: there is none. */
static enum hc_status load_latest(struct hc_time *out, struct hc_session *session, struct rows *rows,
                                  struct hc_err *err)
{
    struct hc_buf sql = {0};
    hc_buf_text(&sql,
                "SELECT max(max(started_at_ns, coalesce(detected_at_ns, started_at_ns), coalesce(mitigated_at_ns, "
                "started_at_ns), coalesce(ended_at_ns, started_at_ns))) FROM incidents");
    rows->count = HC_TIME_NONE_NS;
    const enum hc_status status = ask(session, rows, &sql, take_count, err);
    *out = (struct hc_time){rows->count, 0};
    return status;
}

/* The latest one that was learned from what was known by then; *out NULL: none. */
static enum hc_status load_calibration(const struct hc_calibration **out, struct hc_session *session, int64_t as_of_ns,
                                       struct hc_err *err)
{
    struct hc_calibration *c = hc_arena_calloc(session->arena, 1, sizeof *c);
    if (!c)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
    hc_session_lock(session);
    const enum hc_status status =
        hc_store_calibration_latest(session->store, (struct hc_time){as_of_ns, 0}, session->arena, c, err);
    hc_session_unlock(session);
    *out = status == HC_OK ? c : NULL;
    return status == HC_SKIP ? HC_OK : status;
}

/* Where no backtest is stored there are no scores, and the report says so. */
static enum hc_status load_scores(struct hc_trend_report *out, struct hc_session *session, struct hc_err *err)
{
    struct hc_backtest_row *rows;
    struct hc_calibration_report scores;
    size_t n;
    hc_session_lock(session);
    enum hc_status status = hc_store_backtest_list(session->store, session->arena, &rows, &n, err);
    hc_session_unlock(session);
    bool any = false;
    for (size_t i = 0; status == HC_OK && i < n; i++)
        any |= rows[i].current;
    if (status != HC_OK || !any)
        return status;
    status = hc_calibration_scores_load(&scores, session, err);
    if (status == HC_OK)
        out->by_quarter = &scores.breakdowns->by[HC_BY_QUARTER];
    return status;
}

static enum hc_status check_quarter(struct hc_quarter quarter, struct hc_time latest, struct hc_err *err)
{
    char text[HC_TIME_TEXT];
    if (hc_time_known(latest) && latest.ns >= hc_quarter_start_ns(quarter))
        return HC_OK;
    hc_time_format(latest, text);
    return hc_err_set(err, HC_FAIL, "usage", "nothing in the corpus is of %04dQ%d: %s%.10s", quarter.year,
                      quarter.number,
                      hc_time_known(latest) ? "the latest time of its incidents is " : "none of them has a time", text);
}

enum hc_status hc_trend_report_load(struct hc_trend_report *out, struct hc_session *session, struct hc_quarter quarter,
                                    const struct hc_calibration_report *scores, struct hc_err *err)
{
    struct rows rows = {.arena = session->arena, .session = session};
    struct hc_trend *trend = hc_arena_calloc(session->arena, 1, sizeof *trend);
    struct hc_time latest = HC_TIME_NONE;
    const int64_t start_ns = hc_quarter_start_ns(quarter), end_ns = hc_quarter_start_ns(hc_quarter_before(quarter, -1));
    *out = (struct hc_trend_report){.trend = trend, .catalogue = session->catalogue};
    if (!trend)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
    enum hc_status status = load_latest(&latest, session, &rows, err);
    if (status == HC_OK)
        status = check_quarter(quarter, latest, err);
    if (status == HC_OK)
        status = load_rows(&rows, session, quarter, err);
    if (status == HC_OK)
        status = load_undated(&out->n_undated, session, &rows, err);
    if (status == HC_OK && scores)
        out->by_quarter = &scores->breakdowns->by[HC_BY_QUARTER];
    else if (status == HC_OK)
        status = load_scores(out, session, err);
    if (status == HC_OK)
        status = load_calibration(&out->calibration, session, end_ns, err);
    if (status == HC_OK)
        status = load_calibration(&out->earlier, session, start_ns, err);
    if (status != HC_OK)
        return status;
    out->as_of_ns = latest.ns;
    const struct hc_trend_input in = {
        .rows = rows.items, .n_rows = rows.n, .quarter = quarter, .as_of_ns = latest.ns, .n_kinds = rows.n_kinds};
    return hc_trend_make(trend, &in, session->arena, err);
}
