/* What the site's page on the data's quality shows: each number with a query that gives it. */
#include "base/arena.h"
#include "cli/site.h"
#include "reports/words.h"

#define SHOWN_ROWS 30
/* "pseudonyms in the place of 12 ip, 3 email": a row a kind, "12 ip" */
#define FINDS                                                                                                         \
    " FROM warnings AS w CROSS JOIN json_each('[\"' || replace(substr(w.message, 28), ', ', '\",\"') || '\"]') AS j " \
    "WHERE w.code = 'redacted' AND w.current"
#define KIND "substr(j.value, instr(j.value, ' ') + 1)"

struct table {
    struct hc_site_run *run;
    struct hc_site_table *out;
    const char *const *sql; /* of a row: pieces, the texts of its row in single quotes between them */
    size_t capacity;
};

static enum hc_status no_memory(struct hc_err *err)
{
    return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the site");
}

/* As SQL says it; NULL where there is none. */
static void put_quoted(struct hc_buf *out, const struct hc_cell *cell)
{
    if (cell->type == HC_CELL_NULL) {
        hc_buf_text(out, "NULL");
        return;
    }
    hc_buf_char(out, '\'');
    for (size_t i = 0; i < cell->text.n; i++) {
        hc_buf_char(out, cell->text.p[i]);
        if (cell->text.p[i] == '\'')
            hc_buf_char(out, '\'');
    }
    hc_buf_char(out, '\'');
}

static struct hc_str say_cell(const struct hc_cell *cell, struct hc_arena *arena)
{
    char text[HC_WORD_TEXT];
    if (cell->type == HC_CELL_TEXT)
        return hc_str_copy(arena, cell->text);
    if (cell->type == HC_CELL_REAL)
        hc_word_percent(cell->real, text);
    else
        snprintf(text, sizeof text, "%lld", (long long)cell->integer);
    return hc_str_copy(arena, hc_str_of(text));
}

static enum hc_status take_row(void *context, const struct hc_cell *cells, size_t n, struct hc_err *err)
{
    struct table *table = context;
    struct hc_site_table *out = table->out;
    struct hc_arena *arena = table->run->arena;
    struct hc_buf sql = {0};
    if (out->n_all++ >= SHOWN_ROWS)
        return HC_OK;
    hc_buf_text(&sql, table->sql[0]);
    for (size_t i = 0; i < out->n_texts && table->sql[i + 1]; i++) {
        put_quoted(&sql, &cells[i]);
        hc_buf_text(&sql, table->sql[i + 1]);
    }
    for (size_t i = 0; i < n && i < HC_SITE_CELLS; i++)
        out->cells[out->n_rows][i] = say_cell(&cells[i], arena);
    out->sql[out->n_rows] = sql.failed ? HC_STR_NONE : hc_str_copy(arena, hc_buf_view(&sql));
    hc_buf_free(&sql);
    return out->sql[out->n_rows++].p ? HC_OK : no_memory(err);
}

static enum hc_status load(struct hc_site_table *out, struct hc_site_run *run, const char *all, const char *const *sql,
                           struct hc_err *err)
{
    struct table table = {.run = run, .out = out, .sql = sql};
    out->cells = hc_arena_calloc(run->arena, SHOWN_ROWS, sizeof *out->cells);
    out->sql = hc_arena_calloc(run->arena, SHOWN_ROWS, sizeof *out->sql);
    if (!out->cells || !out->sql)
        return no_memory(err);
    return hc_session_ask(run->report->session, hc_str_of(all), take_row, &table, err);
}

/* Those without logs, as the session knows them: to unpack the lines of each takes long. */
static struct hc_str count_without_logs(const struct hc_site_run *run)
{
    const struct hc_session *session = run->report->session;
    size_t n = 0;
    for (size_t i = 0; i < session->n_briefs; i++)
        n += !session->has_logs[i];
    return hc_str_format(run->arena, "SELECT 'logs', %zu, %zu.0 / %zu", n, n,
                         session->n_briefs ? session->n_briefs : 1);
}

/* Of all incidents, those that have none of a kind of evidence: a row a kind. */
static enum hc_status load_missing(struct hc_site_table *out, struct hc_site_run *run, struct hc_err *err)
{
    size_t n;
    const struct hc_trend_kind *kinds = hc_trend_kinds(&n);
    enum hc_status status = HC_OK;
    out->cells = hc_arena_calloc(run->arena, SHOWN_ROWS, sizeof *out->cells);
    out->sql = hc_arena_calloc(run->arena, SHOWN_ROWS, sizeof *out->sql);
    if (!out->cells || !out->sql)
        return no_memory(err);
    for (size_t k = 0; status == HC_OK && k < n && k < SHOWN_ROWS; k++) {
        const struct hc_str sql =
            hc_str_format(run->arena,
                          "SELECT '%s', count(*), 1.0 * count(*) / max(1, (SELECT count(*) FROM incidents)) "
                          "FROM incidents AS i WHERE NOT %s",
                          kinds[k].title, kinds[k].there);
        const char *const pieces[] = {sql.p, NULL};
        struct table table = {.run = run, .out = out, .sql = pieces};
        const bool known = run->report->session->has_logs && strcmp(kinds[k].id, "logs") == 0;
        const struct hc_str asked = known ? count_without_logs(run) : sql;
        status = sql.p && asked.p ? hc_session_ask(run->report->session, asked, take_row, &table, err) : no_memory(err);
    }
    return status;
}

#define WARNED \
    "SELECT count(*) + sum(coalesce(more, 0)), count(DISTINCT incident) FROM warnings WHERE current AND code = "
#define REPLACED "SELECT sum(CAST(j.value AS INTEGER)), count(DISTINCT w.incident)" FINDS " AND " KIND " = "

/* What each table shows, the query that gives its rows (NULL: those of evidence that is missing), and that of a row. */
static const struct {
    struct hc_site_table table;
    const char *all, *sql[4];
} TABLES[] = {
    {{.id = "sources",
      .title = "Sources",
      .says = "Archives, directories and files that were offered, by what became of them.",
      .columns = {"Status", "Sources", "Bytes"},
      .n_columns = 3,
      .n_texts = 1},
     "SELECT status, count(*), sum(bytes) FROM sources GROUP BY status ORDER BY status",
     {"SELECT count(*), sum(bytes) FROM sources WHERE status = ", "", NULL, NULL}},
    {{.id = "refused",
      .title = "Rejected, or taken in part",
      .says = "Why, the most frequent reason first.",
      .columns = {"Reason", "Status", "Sources"},
      .n_columns = 3,
      .n_texts = 2},
     "SELECT reason, status, count(*) AS n FROM sources WHERE status <> 'accepted' GROUP BY reason, status "
     "ORDER BY n DESC, reason, status",
     {"SELECT count(*) FROM sources WHERE reason IS ", " AND status = ", "", NULL}},
    {{.id = "warnings",
      .title = "Warnings",
      .says =
          "What was odd in what was taken, by code, those that were only counted included; what each code means, and "
          "what to do, is in Hindcast's documentation (docs/errors.md). Those of code redacted, what was replaced in "
          "the texts of a member, are told by kind at this page's end.",
      .columns = {"Code", "Warnings", "Incidents"},
      .n_columns = 3,
      .n_texts = 1},
     "SELECT code, count(*) + sum(coalesce(more, 0)) AS n, count(DISTINCT incident) FROM warnings "
     "WHERE current GROUP BY code ORDER BY n DESC, code",
     {WARNED, "", NULL, NULL}},
    {{.id = "missing",
      .title = "Evidence that is missing",
      .says =
          "Of all incidents those that hold none of a kind. What each costs in confidence: see the calibration report. "
          "Traces are not in the table: they stand in no view, so a query cannot count them.",
      .columns = {"Kind", "Incidents without", "Share"},
      .n_columns = 3,
      .n_texts = 1},
     NULL,
     {NULL, NULL, NULL, NULL}},
    {{.id = "replaced",
      .title = "Replaced by pseudonyms",
      .says =
          "Secrets and personal data that were found in texts before these were kept, the most frequent kind first, as "
          "the warnings of code redacted say it.",
      .columns = {"Kind", "Finds", "Incidents"},
      .n_columns = 3,
      .n_texts = 1},
     "SELECT " KIND " AS kind, sum(CAST(j.value AS INTEGER)) AS n, count(DISTINCT w.incident)" FINDS
     " GROUP BY kind ORDER BY n DESC, kind",
     {REPLACED, "", NULL, NULL}},
};

enum hc_status hc_site_load_quality(struct hc_site_table **out, size_t *n, struct hc_site_run *run, struct hc_err *err)
{
    struct hc_site_table *tables = hc_arena_calloc(run->arena, sizeof TABLES / sizeof *TABLES, sizeof *tables);
    enum hc_status status = HC_OK;
    if (!tables)
        return no_memory(err);
    *out = tables;
    *n = sizeof TABLES / sizeof *TABLES;
    for (size_t i = 0; status == HC_OK && i < *n; i++) {
        tables[i] = TABLES[i].table;
        status = TABLES[i].all ? load(&tables[i], run, TABLES[i].all, TABLES[i].sql, err)
                               : load_missing(&tables[i], run, err);
    }
    return status;
}
