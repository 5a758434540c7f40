#include "base/arena.h"
#include "base/number.h"
#include "cli/cli.h"
#include "cli/query_advice.h"
#include "reports/glyph.h"
#include "reports/markdown.h"

static const struct hc_option OPTIONS[] = {
    {"format", 0, "table|csv|json|md", "how rows are printed (default: table)"},
    {"limit-seconds", 0, "N", "stop a query that runs longer (default: 5)"},
    {"limit-bytes", 0, HC_SIZE, "stop one that takes or gives more (default: 134217728)"},
    {NULL, 0, NULL, NULL},
};

#define LEAST_BYTES (2 << 20) /* a value may take half of it */

enum format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON, FORMAT_MD };

/* A table's columns are as wide as their widest cell, so its cells are kept until the end. */
struct query {
    enum format format;
    struct hc_query_budget budget; /* its bytes hold for the result too */
    struct hc_buf *out;
    struct hc_json_writer json;
    struct hc_str *names;
    size_t n_columns, n_rows;
    struct hc_arena *arena;
    struct hc_str *cells; /* [n_rows][n_columns], for tables */
    size_t n_cells, cells_capacity;
};

static void put_bytes(struct hc_buf *out, struct hc_str blob)
{
    for (size_t i = 0; i < blob.n; i++)
        hc_buf_format(out, "%02x", (unsigned char)blob.p[i]);
}

/* The cell's plain text: numbers shortest, blobs in hex, nothing for null. */
static void cell_text(struct hc_buf *out, const struct hc_cell *cell)
{
    char number[HC_NUMBER_TEXT];
    if (cell->type == HC_CELL_INTEGER)
        hc_buf_format(out, "%lld", (long long)cell->integer);
    else if (cell->type == HC_CELL_REAL)
        hc_buf_add(out, number, hc_number_format(cell->real, number));
    else if (cell->type == HC_CELL_TEXT)
        hc_buf_utf8_clean(out, cell->text);
    else if (cell->type == HC_CELL_BLOB)
        put_bytes(out, cell->text);
}

/* Text that a spreadsheet would take for a formula is led by an apostrophe. */
static void csv_cell(struct hc_buf *out, struct hc_str text, bool is_text)
{
    bool formula = is_text && text.n && strchr("=+-@\t\r", text.p[0]);
    bool quoted = formula;
    for (size_t i = 0; !quoted && i < text.n; i++)
        quoted = strchr(",\"\r\n", text.p[i]) != NULL;
    if (quoted)
        hc_buf_char(out, '"');
    if (formula)
        hc_buf_char(out, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            hc_buf_char(out, '"');
        hc_buf_char(out, text.p[i]);
    }
    if (quoted)
        hc_buf_char(out, '"');
}

/* One line of text for a terminal or a Markdown table. */
static void line_cell(struct hc_buf *out, struct hc_str text, bool markdown)
{
    struct hc_markdown w = {.out = out, .in_table = true};
    if (markdown)
        hc_markdown_text(&w, text);
    else
        hc_put_shown(out, text);
}

static enum hc_status too_large(const struct query *q, struct hc_err *err)
{
    return hc_err_set(err, HC_FAIL, "query-budget", "the result is larger than %lld MiB",
                      (long long)q->budget.bytes >> 20);
}

/* The arena has the result's bound: where it refuses, the result is too large or the machine has no more. */
static enum hc_status refused(const struct query *q, struct hc_err *err)
{
    return hc_arena_exceeded(q->arena) ? too_large(q, err)
                                       : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the rows");
}

static enum hc_status on_columns(void *context, const struct hc_str *names, size_t n, struct hc_err *err)
{
    struct query *q = context;
    q->n_columns = n;
    q->names = hc_arena_calloc(q->arena, n, sizeof *q->names);
    if (!q->names)
        return refused(q, err);
    for (size_t i = 0; i < n; i++) {
        q->names[i] = hc_str_copy(q->arena, names[i]);
        if (q->format == FORMAT_CSV) {
            hc_buf_text(q->out, i ? "," : "");
            csv_cell(q->out, names[i], false);
        }
    }
    if (q->format == FORMAT_CSV)
        hc_buf_text(q->out, "\r\n");
    return HC_OK;
}

static void json_row(struct query *q, const struct hc_cell *cells, size_t n)
{
    struct hc_buf key = {0};
    hc_json_open_object(&q->json);
    for (size_t i = 0; i < n; i++) {
        hc_buf_clear(&key);
        hc_buf_str(&key, q->names[i]);
        hc_buf_char(&key, '\0');
        hc_json_key(&q->json, key.p ? key.p : "");
        if (cells[i].type == HC_CELL_INTEGER)
            hc_json_int(&q->json, cells[i].integer);
        else if (cells[i].type == HC_CELL_REAL)
            hc_json_number(&q->json, cells[i].real);
        else if (cells[i].type == HC_CELL_NULL)
            hc_json_null(&q->json);
        else {
            hc_buf_clear(&key);
            cell_text(&key, &cells[i]);
            hc_json_string(&q->json, hc_buf_view(&key));
        }
    }
    hc_json_close_object(&q->json);
    hc_buf_free(&key);
}

static enum hc_status table_row(struct query *q, const struct hc_cell *cells, size_t n, struct hc_err *err)
{
    struct hc_str *grown =
        hc_arena_grow(q->arena, q->cells, q->n_cells, q->n_cells + n, &q->cells_capacity, sizeof *grown);
    struct hc_buf text = {0}, line = {0};
    bool kept = grown != NULL;
    q->cells = kept ? grown : q->cells;
    for (size_t i = 0; kept && i < n; i++) {
        hc_buf_clear(&text);
        hc_buf_clear(&line);
        cell_text(&text, &cells[i]);
        line_cell(&line, hc_buf_view(&text), q->format == FORMAT_MD);
        struct hc_str cell = hc_str_copy(q->arena, hc_buf_view(&line));
        kept = cell.p && !text.failed && !line.failed;
        q->cells[q->n_cells++] = cell;
    }
    hc_buf_free(&text);
    hc_buf_free(&line);
    return kept ? HC_OK : refused(q, err);
}

static void csv_row(struct query *q, const struct hc_cell *cells, size_t n)
{
    struct hc_buf text = {0};
    for (size_t i = 0; i < n; i++) {
        hc_buf_clear(&text);
        cell_text(&text, &cells[i]);
        hc_buf_text(q->out, i ? "," : "");
        csv_cell(q->out, hc_buf_view(&text), cells[i].type == HC_CELL_TEXT);
    }
    hc_buf_text(q->out, "\r\n");
    hc_buf_free(&text);
}

static enum hc_status on_row(void *context, const struct hc_cell *cells, size_t n, struct hc_err *err)
{
    struct query *q = context;
    q->n_rows++;
    if (q->format == FORMAT_TABLE || q->format == FORMAT_MD)
        return table_row(q, cells, n, err);
    if (q->format == FORMAT_JSON)
        json_row(q, cells, n);
    else
        csv_row(q, cells, n);
    return q->out->n > (size_t)q->budget.bytes ? too_large(q, err) : HC_OK;
}

static void table_line(struct query *q, const struct hc_str *cells, const size_t *widths)
{
    bool md = q->format == FORMAT_MD;
    hc_buf_text(q->out, md ? "| " : "");
    for (size_t i = 0; i < q->n_columns; i++) {
        bool last = i + 1 == q->n_columns;
        hc_buf_text(q->out, i ? (md ? " | " : "  ") : "");
        hc_buf_str(q->out, cells[i]);
        for (size_t pad = hc_text_columns(cells[i]); pad < widths[i] && !(last && !md); pad++)
            hc_buf_char(q->out, ' ');
    }
    hc_buf_text(q->out, md ? " |\n" : "\n");
}

static void print_table(struct query *q)
{
    size_t *widths = hc_arena_calloc(q->arena, q->n_columns, sizeof *widths);
    struct hc_str *rules = hc_arena_calloc(q->arena, q->n_columns, sizeof *rules);
    if (!widths || !rules) {
        q->out->failed = true;
        return;
    }
    for (size_t i = 0; i < q->n_columns; i++)
        widths[i] = hc_text_columns(q->names[i]) > 3 ? hc_text_columns(q->names[i]) : 3;
    for (size_t i = 0; i < q->n_cells; i++)
        if (hc_text_columns(q->cells[i]) > widths[i % q->n_columns])
            widths[i % q->n_columns] = hc_text_columns(q->cells[i]);
    for (size_t i = 0; i < q->n_columns; i++) {
        char *rule = hc_arena_alloc(q->arena, widths[i] + 1);
        if (rule)
            memset(rule, '-', widths[i]);
        rules[i] = (struct hc_str){rule, rule ? widths[i] : 0};
    }
    table_line(q, q->names, widths);
    table_line(q, rules, widths);
    for (size_t row = 0; row < q->n_rows; row++)
        table_line(q, q->cells + row * q->n_columns, widths);
}

static enum hc_status read_format(const struct hc_cli *cli, enum format *format, struct hc_err *err)
{
    static const char *const WORDS[] = {"table", "csv", "json", "md"};
    const char *given = hc_cli_option(cli, "format");
    *format = cli->json ? FORMAT_JSON : FORMAT_TABLE;
    for (size_t i = 0; given && i < 4; i++) {
        if (strcmp(given, WORDS[i]) == 0) {
            *format = (enum format)i;
            return HC_OK;
        }
    }
    return given ? hc_err_set(err, HC_FAIL, "usage", "--format takes table, csv, json or md, not '%s'", given) : HC_OK;
}

static enum hc_status read_budget(const struct hc_cli *cli, struct hc_query_budget *budget, struct hc_err *err)
{
    *budget = (struct hc_query_budget){HC_QUERY_SECONDS, HC_QUERY_BYTES};
    enum hc_status status = hc_cli_number("limit-seconds", hc_cli_option(cli, "limit-seconds"), 1,
                                          HC_QUERY_SECONDS_MOST, &budget->seconds, err);
    if (status == HC_OK)
        status =
            hc_cli_bytes("limit-bytes", hc_cli_option(cli, "limit-bytes"), LEAST_BYTES, INT64_MAX, &budget->bytes, err);
    return status;
}

static enum hc_status query(const struct hc_cli *cli, struct query *q, struct hc_err *err)
{
    struct hc_store *store = NULL;
    const struct hc_str sql = hc_str_of(cli->arguments[0]);
    struct hc_query_sink sink = {.context = q, .columns = on_columns, .row = on_row};
    enum hc_status status = hc_store_open(&store, cli->corpus, HC_STORE_READ, err);
    if (status != HC_OK)
        return status;
    if (q->format == FORMAT_JSON)
        hc_json_open_array(&q->json);
    status = hc_store_query(store, sql, q->budget, &sink, err);
    if (status == HC_FAIL)
        hc_query_advise(store, sql, err);
    if (q->format == FORMAT_JSON) {
        hc_json_close_array(&q->json);
        hc_buf_char(q->out, '\n');
    } else if (status == HC_OK && q->format != FORMAT_CSV && q->n_columns) {
        print_table(q);
    }
    hc_store_close(store, NULL);
    return status;
}

static enum hc_status run(struct hc_cli *cli, struct hc_buf *out, struct hc_err *err)
{
    struct query q = {.out = out, .json = {.out = out}};
    if (cli->n_arguments > 1)
        return hc_err_set(err, HC_FAIL, "usage", "the SQL is one argument: quote it, as in hindcast query '%s …'",
                          cli->arguments[0]);
    enum hc_status status = read_format(cli, &q.format, err);
    if (status == HC_OK)
        status = read_budget(cli, &q.budget, err);
    if (status != HC_OK)
        return status;
    q.arena = hc_arena_new((size_t)q.budget.bytes);
    if (!q.arena)
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a query");
    if (status == HC_OK)
        status = query(cli, &q, err);
    hc_arena_free(q.arena);
    return status;
}

const struct hc_command hc_command_query = {
    .name = "query",
    .arguments = "SQL",
    .says = "runs one read-only statement over the views",
    .example = "hindcast query --format csv 'select incident, category, cause from outcomes'",
    .options = OPTIONS,
    .min_arguments = 1,
    .max_arguments = -1, /* and then it says what is wrong */
    .run = run,
};
