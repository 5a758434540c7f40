#include "base/arena.h"
#include "base/number.h"
#include "cli/cli.h"

static const struct hc_option OPTIONS[] = {
    {"format", 0, "table|csv|json|md", "how rows are printed (default: table)"},
    {NULL, 0, NULL, NULL},
};

enum format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON, FORMAT_MD };

/* A table's columns are as wide as their widest cell, so its cells are kept until the end. */
struct query {
    enum format format;
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

/* One line of text for a terminal or a Markdown table: control bytes become spaces, '|' is escaped for Markdown. */
static void line_cell(struct hc_buf *out, struct hc_str text, bool markdown)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (markdown && strchr("|\\`*_[]<>", c) && c)
            hc_buf_char(out, '\\');
        hc_buf_char(out, c < 0x20 || c == 0x7f ? ' ' : (char)c);
    }
}

static enum hc_status on_columns(void *context, const struct hc_str *names, size_t n, struct hc_err *err)
{
    struct query *q = context;
    q->n_columns = n;
    q->names = hc_arena_calloc(q->arena, n, sizeof *q->names);
    if (!q->names)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the columns");
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
    if (!grown)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the rows");
    q->cells = grown;
    for (size_t i = 0; i < n; i++) {
        hc_buf_clear(&text);
        hc_buf_clear(&line);
        cell_text(&text, &cells[i]);
        line_cell(&line, hc_buf_view(&text), q->format == FORMAT_MD);
        q->cells[q->n_cells++] = hc_str_copy(q->arena, line.n ? hc_buf_view(&line) : HC_STR(""));
    }
    hc_buf_free(&text);
    hc_buf_free(&line);
    return HC_OK;
}

static enum hc_status on_row(void *context, const struct hc_cell *cells, size_t n, struct hc_err *err)
{
    struct query *q = context;
    struct hc_buf text = {0};
    q->n_rows++;
    if (q->format == FORMAT_TABLE || q->format == FORMAT_MD)
        return table_row(q, cells, n, err);
    if (q->format == FORMAT_JSON) {
        json_row(q, cells, n);
        return HC_OK;
    }
    for (size_t i = 0; i < n; i++) {
        hc_buf_clear(&text);
        cell_text(&text, &cells[i]);
        hc_buf_text(q->out, i ? "," : "");
        csv_cell(q->out, text.n ? hc_buf_view(&text) : HC_STR(""), cells[i].type == HC_CELL_TEXT);
    }
    hc_buf_text(q->out, "\r\n");
    hc_buf_free(&text);
    return HC_OK;
}

/* Columns on a terminal: code points, near enough. */
static size_t width(struct hc_str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += ((unsigned char)text.p[i] & 0xC0) != 0x80;
    return n;
}

static void table_line(struct query *q, const struct hc_str *cells, const size_t *widths)
{
    bool md = q->format == FORMAT_MD;
    hc_buf_text(q->out, md ? "| " : "");
    for (size_t i = 0; i < q->n_columns; i++) {
        bool last = i + 1 == q->n_columns;
        hc_buf_text(q->out, i ? (md ? " | " : "  ") : "");
        hc_buf_str(q->out, cells[i]);
        for (size_t pad = width(cells[i]); pad < widths[i] && !(last && !md); pad++)
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
        widths[i] = width(q->names[i]) > 3 ? width(q->names[i]) : 3;
    for (size_t i = 0; i < q->n_cells; i++)
        if (width(q->cells[i]) > widths[i % q->n_columns])
            widths[i % q->n_columns] = width(q->cells[i]);
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

static bool read_format(const struct hc_cli *cli, enum format *format)
{
    static const char *const WORDS[] = {"table", "csv", "json", "md"};
    const char *given = hc_cli_option(cli, "format");
    *format = cli->json ? FORMAT_JSON : FORMAT_TABLE;
    for (size_t i = 0; given && i < 4; i++) {
        if (strcmp(given, WORDS[i]) == 0) {
            *format = (enum format)i;
            return true;
        }
    }
    if (given)
        hc_say(cli, "--format takes table, csv, json or md, not '%s'", given);
    return !given;
}

static enum hc_status query(struct hc_cli *cli, struct query *q, struct hc_err *err)
{
    struct hc_store *store = NULL;
    struct hc_query_sink sink = {.context = q, .columns = on_columns, .row = on_row};
    enum hc_status status = hc_store_open(&store, cli->corpus, HC_STORE_READ, err);
    if (status != HC_OK)
        return status;
    if (q->format == FORMAT_JSON)
        hc_json_open_array(&q->json);
    status = hc_store_query(store, hc_str_of(cli->arguments[0]), &sink, err);
    if (q->format == FORMAT_JSON) {
        hc_json_close_array(&q->json);
        hc_buf_char(q->out, '\n');
    } else if (status == HC_OK && q->format != FORMAT_CSV && q->n_columns) {
        print_table(q);
    }
    hc_store_close(store, NULL);
    return status;
}

static enum hc_exit run(struct hc_cli *cli)
{
    struct hc_err err = HC_ERR_NONE;
    struct hc_buf out = {0};
    struct query q = {.out = &out, .json = {.out = &out}, .arena = hc_arena_new(0)};
    enum hc_exit exit_status = HC_EXIT_DONE;

    if (!read_format(cli, &q.format)) {
        exit_status = HC_EXIT_USAGE;
        goto done;
    }
    if (!q.arena) {
        hc_err_set(&err, HC_FATAL, "out-of-memory", "no memory for a query");
        exit_status = hc_exit_of(cli, &err);
        goto done;
    }
    if (query(cli, &q, &err) != HC_OK)
        exit_status = hc_exit_of(cli, &err);
    else if (!hc_print(cli, &out))
        exit_status = HC_EXIT_MACHINE;
done:
    hc_buf_free(&out);
    hc_arena_free(q.arena);
    return exit_status;
}

const struct hc_command hc_command_query = {
    .name = "query",
    .arguments = "SQL",
    .says = "runs one read-only statement over the views",
    .options = OPTIONS,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
