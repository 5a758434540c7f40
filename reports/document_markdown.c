#include "reports/document.h"
#include "reports/glyph.h"
#include "reports/markdown.h"

#define PAD_COLUMNS 28 /* a cell wider than this does not widen its column in the source text */

struct text {
    struct hc_markdown md;
    const struct hc_doc *doc;
};

/* ---- spans --------------------------------------------------------------------------------------------- */

static void put_span_text(struct hc_markdown *w, const struct hc_span *span)
{
    switch (span->kind) {
    case HC_SPAN_TEXT:
        hc_markdown_text(w, span->text);
        break;
    case HC_SPAN_CODE:
        hc_markdown_code(w, span->text);
        break;
    case HC_SPAN_STRONG:
    case HC_SPAN_BADGE:
    case HC_SPAN_ABSENT:
        hc_markdown_mark(w, span->kind == HC_SPAN_ABSENT ? "*" : "**");
        hc_markdown_text(w, hc_str_trim(span->text));
        hc_markdown_mark(w, span->kind == HC_SPAN_ABSENT ? "*" : "**");
        break;
    }
}

static void put_span(struct hc_markdown *w, const struct hc_span *span)
{
    if (!span->source && !span->file.p && !span->anchor.p && !span->web.p) {
        put_span_text(w, span);
        return;
    }
    hc_markdown_open_link(w);
    put_span_text(w, span);
    if (span->source) {
        char id[32];
        int n = snprintf(id, sizeof id, "src-%lu", (unsigned long)span->source);
        hc_markdown_close_link_anchor(w, (struct hc_str){id, n > 0 ? (size_t)n : 0});
    } else if (span->file.p) {
        hc_markdown_close_link_file(w, span->file, ".md");
    } else if (span->web.p) {
        hc_markdown_close_link_web(w, span->web);
    } else {
        hc_markdown_close_link_anchor(w, span->anchor);
    }
}

static void put_line(struct hc_markdown *w, const struct hc_line *line)
{
    for (size_t i = 0; i < line->n; i++)
        put_span(w, &line->spans[i]);
}

/* ---- tables -------------------------------------------------------------------------------------------- */

struct grid {
    struct hc_buf *cells; /* row-major, the head first */
    size_t n_rows, n_columns;
    size_t *widths;
    enum hc_column_kind *kinds;
};

static bool is_number(enum hc_column_kind kind)
{
    return kind == HC_COLUMN_NUMBER || kind == HC_COLUMN_RANGE;
}

static void measure(struct grid *grid)
{
    for (size_t column = 0; column < grid->n_columns; column++) {
        grid->widths[column] = 3;
        for (size_t row = 0; row < grid->n_rows; row++) {
            size_t width = hc_text_columns(hc_buf_view(&grid->cells[row * grid->n_columns + column]));
            if (width > grid->widths[column] && width <= PAD_COLUMNS)
                grid->widths[column] = width;
        }
    }
}

static void put_spaces(struct hc_markdown *w, size_t n)
{
    while (n-- > 0)
        hc_markdown_mark(w, " ");
}

static void put_row(struct hc_markdown *w, const struct grid *grid, size_t row)
{
    hc_markdown_mark(w, "|");
    for (size_t column = 0; column < grid->n_columns; column++) {
        struct hc_str cell = hc_buf_view(&grid->cells[row * grid->n_columns + column]);
        size_t width = hc_text_columns(cell);
        size_t pad = width < grid->widths[column] ? grid->widths[column] - width : 0;
        bool right = is_number(grid->kinds[column]);
        put_spaces(w, right ? pad + 1 : 1);
        hc_buf_str(w->out, cell);
        put_spaces(w, right ? 1 : pad + 1);
        hc_markdown_mark(w, "|");
    }
    hc_markdown_mark(w, "\n");
}

static void put_rule(struct hc_markdown *w, const struct grid *grid)
{
    hc_markdown_mark(w, "|");
    for (size_t column = 0; column < grid->n_columns; column++) {
        hc_markdown_mark(w, " ");
        for (size_t i = 1; i < grid->widths[column]; i++)
            hc_markdown_mark(w, "-");
        hc_markdown_mark(w, is_number(grid->kinds[column]) ? ": |" : "- |");
    }
    hc_markdown_mark(w, "\n");
}

static void put_grid(struct text *text, struct grid *grid, struct hc_str caption)
{
    hc_markdown_mark(&text->md, "*");
    hc_markdown_text(&text->md, caption);
    hc_markdown_block(&text->md, "*\n\n");
    measure(grid);
    put_row(&text->md, grid, 0);
    put_rule(&text->md, grid);
    for (size_t row = 1; row < grid->n_rows; row++)
        put_row(&text->md, grid, row);
    hc_markdown_block(&text->md, "\n");
}

static bool grid_new(struct text *text, struct grid *grid, size_t n_rows, size_t n_columns)
{
    struct hc_arena *arena = text->doc->arena;
    *grid = (struct grid){.n_rows = n_rows, .n_columns = n_columns};
    grid->kinds = hc_arena_calloc(arena, n_columns, sizeof *grid->kinds);
    grid->cells = hc_arena_calloc(arena, n_rows * n_columns, sizeof *grid->cells);
    grid->widths = hc_arena_calloc(arena, n_columns, sizeof *grid->widths);
    if (!grid->cells || !grid->widths || !grid->kinds)
        text->md.out->failed = true;
    return !text->md.out->failed;
}

static void grid_free(struct text *text, struct grid *grid)
{
    for (size_t i = 0; grid->cells && i < grid->n_rows * grid->n_columns; i++) {
        text->md.out->failed |= grid->cells[i].failed;
        hc_buf_free(&grid->cells[i]);
    }
}

static struct hc_markdown cell_writer(struct grid *grid, size_t row, size_t column)
{
    return (struct hc_markdown){.out = &grid->cells[row * grid->n_columns + column], .in_table = true};
}

static void put_table(struct text *text, const struct hc_block *block)
{
    struct grid grid;
    if (block->n_columns == 0 || block->n_lines < block->n_columns)
        return;
    if (!grid_new(text, &grid, 1 + block->n_lines / block->n_columns, block->n_columns))
        return;
    for (size_t column = 0; column < block->n_columns; column++) {
        struct hc_markdown w = cell_writer(&grid, 0, column);
        hc_markdown_text(&w, hc_str_of(block->columns[column].title));
        grid.kinds[column] = block->columns[column].kind;
        for (size_t row = 1; row < grid.n_rows; row++) {
            w = cell_writer(&grid, row, column);
            put_line(&w, &block->lines[(row - 1) * block->n_columns + column]);
        }
    }
    put_grid(text, &grid, block->caption);
    grid_free(text, &grid);
}

static void put_source(struct grid *grid, const struct hc_doc_source *source, size_t row)
{
    char id[32];
    struct hc_markdown w = cell_writer(grid, row, 0);
    int n = snprintf(id, sizeof id, "src-%zu", row);
    hc_markdown_anchor(&w, (struct hc_str){id, n > 0 ? (size_t)n : 0});
    hc_markdown_text(&w, hc_str_of(id + 4));
    w = cell_writer(grid, row, 1);
    hc_markdown_code(&w, source->sql.p ? source->sql : source->place.member);
    w = cell_writer(grid, row, 2);
    if (source->sql.p || source->place.line == 0)
        hc_markdown_text(&w, !source->sql.p                                 ? HC_STR("whole")
                             : hc_str_starts(source->sql, HC_STR("SELECT")) ? HC_STR("SQL")
                                                                            : HC_STR("command"));
    else
        hc_buf_format(w.out, "%lu", (unsigned long)source->place.line);
    if (source->note)
        hc_buf_format(w.out, ", %s", source->note);
}

static void put_sources(struct text *text)
{
    static const char *const titles[3] = {"No", "File in the bundle, or query", "Line"};
    static const enum hc_column_kind kinds[3] = {HC_COLUMN_NUMBER, HC_COLUMN_TEXT, HC_COLUMN_NUMBER};
    struct grid grid;
    if (text->doc->n_sources == 0 || !grid_new(text, &grid, text->doc->n_sources + 1, 3))
        return;
    for (size_t column = 0; column < 3; column++) {
        struct hc_markdown w = cell_writer(&grid, 0, column);
        hc_markdown_text(&w, hc_str_of(titles[column]));
        grid.kinds[column] = kinds[column];
    }
    for (size_t i = 0; i < text->doc->n_sources; i++)
        put_source(&grid, &text->doc->sources[i], i + 1);
    put_grid(text, &grid, HC_STR("Where each linked number and sentence comes from"));
    grid_free(text, &grid);
}

/* ---- blocks -------------------------------------------------------------------------------------------- */

static void put_paragraph(struct text *text, const struct hc_block *block)
{
    if (block->n_lines == 0 || block->lines[0].n == 0)
        return;
    hc_markdown_block(&text->md, block->kind == HC_BLOCK_NOTE ? "> " : "");
    put_line(&text->md, &block->lines[0]);
    hc_markdown_block(&text->md, "\n\n");
}

static void put_list(struct text *text, const struct hc_block *block)
{
    char mark[32];
    for (size_t i = 0; i < block->n_lines; i++) {
        snprintf(mark, sizeof mark, "%zu. ", i + 1);
        hc_markdown_block(&text->md, block->kind == HC_BLOCK_STEPS ? mark : "- ");
        put_line(&text->md, &block->lines[i]);
        hc_markdown_block(&text->md, "\n");
    }
    if (block->n_lines > 0)
        hc_markdown_block(&text->md, "\n");
}

static void put_tree(struct text *text, const struct hc_block *block)
{
    if (block->n_lines == 0)
        return;
    hc_markdown_block(&text->md, "*");
    hc_markdown_text(&text->md, block->caption);
    hc_markdown_mark(&text->md, "*\n\n");
    for (size_t i = 0; i < block->n_lines; i++) {
        for (unsigned depth = 0; depth < block->branches[i].depth; depth++)
            hc_markdown_block(&text->md, "  ");
        hc_markdown_block(&text->md, "- ");
        put_line(&text->md, &block->lines[i]);
        hc_markdown_block(&text->md, "\n");
    }
    hc_markdown_block(&text->md, "\n");
}

static bool is_question(const struct hc_line *term)
{
    const struct hc_span *last = term->n > 0 ? &term->spans[term->n - 1] : NULL;
    return last && last->text.n > 0 && last->text.p[last->text.n - 1] == '?';
}

static void put_facts(struct text *text, const struct hc_block *block)
{
    for (size_t i = 0; i + 1 < block->n_lines; i += 2) {
        hc_markdown_block(&text->md, "- **");
        put_line(&text->md, &block->lines[i]);
        hc_markdown_mark(&text->md, is_question(&block->lines[i]) ? "** " : ":** ");
        put_line(&text->md, &block->lines[i + 1]);
        hc_markdown_block(&text->md, "\n");
    }
    if (block->n_lines > 1)
        hc_markdown_block(&text->md, "\n");
}

static void put_heading(struct text *text, const struct hc_block *block)
{
    if (block->id.p) {
        hc_markdown_anchor(&text->md, block->id);
        hc_markdown_block(&text->md, "\n\n");
    }
    hc_markdown_block(&text->md, block->level == 2 ? "## " : "### ");
    if (block->n_lines > 0)
        put_line(&text->md, &block->lines[0]);
    hc_markdown_block(&text->md, "\n\n");
}

static void put_block(struct text *text, const struct hc_block *block)
{
    switch (block->kind) {
    case HC_BLOCK_HEADING:
        put_heading(text, block);
        break;
    case HC_BLOCK_PARAGRAPH:
    case HC_BLOCK_LEAD:
    case HC_BLOCK_NOTE:
        put_paragraph(text, block);
        break;
    case HC_BLOCK_LIST:
    case HC_BLOCK_STEPS:
        put_list(text, block);
        break;
    case HC_BLOCK_TABLE:
        put_table(text, block);
        break;
    case HC_BLOCK_FACTS:
    case HC_BLOCK_CARDS:
        put_facts(text, block);
        break;
    case HC_BLOCK_TREE:
        put_tree(text, block);
        break;
    case HC_BLOCK_SOURCES:
        put_sources(text);
        break;
    case HC_BLOCK_TIMELINE:
    case HC_BLOCK_BARS:
    case HC_BLOCK_RELIABILITY:
    case HC_BLOCK_INTERVALS:
    case HC_BLOCK_CURVES:
    case HC_BLOCK_WATERFALL:
    case HC_BLOCK_CHARTS:
        break;
    }
}

/* Under the heading, where there is something. */
static void put_head_line(struct hc_markdown *md, const struct hc_line *line, const char *between)
{
    for (size_t i = 0; i < line->n; i++) {
        hc_markdown_mark(md, i > 0 ? between : "");
        put_span(md, &line->spans[i]);
    }
    if (line->n > 0)
        hc_markdown_block(md, "\n\n");
}

enum hc_status hc_document_markdown(const struct hc_doc *doc, struct hc_buf *out, struct hc_err *err)
{
    struct text text = {.md = {.out = out}, .doc = doc};
    hc_markdown_block(&text.md, "# ");
    hc_markdown_text(&text.md, doc->heading);
    hc_markdown_block(&text.md, "\n\n");
    put_head_line(&text.md, &doc->badges, " ");
    put_head_line(&text.md, &doc->navigation, "");
    for (size_t i = 0; i < doc->n_blocks; i++)
        put_block(&text, &doc->blocks[i]);
    if (doc->failed || out->failed)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
    return HC_OK;
}
