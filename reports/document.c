#include "reports/document.h"

#include <stdarg.h>

#include "reports/words.h"

void hc_document_init(struct hc_doc *doc, struct hc_arena *arena, struct hc_str title, struct hc_str heading)
{
    *doc = (struct hc_doc){.arena = arena, .title = title, .heading = heading};
    doc->target = &doc->badges;
}

/* A number stays with its unit. */
static struct hc_str bind_units(struct hc_doc *doc, struct hc_str text)
{
    struct hc_buf bound = {0};
    size_t from = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (!hc_word_binds(text, i))
            continue;
        hc_buf_str(&bound, (struct hc_str){text.p + from, i - from});
        hc_buf_text(&bound, HC_NO_BREAK_SPACE);
        from = i + 1;
    }
    if (from == 0)
        return text;
    hc_buf_str(&bound, (struct hc_str){text.p + from, text.n - from});
    struct hc_str kept = bound.failed ? HC_STR_NONE : hc_str_copy(doc->arena, hc_buf_view(&bound));
    hc_buf_free(&bound);
    doc->failed |= !kept.p;
    return kept;
}

/* ---- blocks -------------------------------------------------------------------------------------------- */

static struct hc_block *add_block(struct hc_doc *doc, enum hc_block_kind kind)
{
    if (doc->n_blocks == doc->blocks_capacity) {
        struct hc_block *grown = hc_arena_grow(doc->arena, doc->blocks, doc->n_blocks, doc->n_blocks + 1,
                                               &doc->blocks_capacity, sizeof *grown);
        if (!grown) {
            doc->failed = true;
            return NULL;
        }
        doc->blocks = grown;
    }
    struct hc_block *block = &doc->blocks[doc->n_blocks++];
    *block = (struct hc_block){.kind = kind};
    doc->target = NULL;
    return block;
}

static struct hc_block *last_block(struct hc_doc *doc)
{
    return doc->n_blocks > 0 && !doc->failed ? &doc->blocks[doc->n_blocks - 1] : NULL;
}

/* A new line of the last block takes the spans that follow. */
static void add_line(struct hc_doc *doc)
{
    struct hc_block *block = last_block(doc);
    doc->target = NULL;
    if (!block)
        return;
    if (block->n_lines == block->lines_capacity) {
        struct hc_line *grown = hc_arena_grow(doc->arena, block->lines, block->n_lines, block->n_lines + 1,
                                              &block->lines_capacity, sizeof *grown);
        if (!grown) {
            doc->failed = true;
            return;
        }
        block->lines = grown;
    }
    doc->target = &block->lines[block->n_lines++];
    *doc->target = (struct hc_line){0};
}

static void add_heading(struct hc_doc *doc, int level, struct hc_str id, struct hc_str title)
{
    struct hc_block *block = add_block(doc, HC_BLOCK_HEADING);
    if (!block)
        return;
    block->level = level;
    block->id = id;
    add_line(doc);
    hc_doc_str(doc, title);
    doc->target = NULL;
}

void hc_doc_section(struct hc_doc *doc, const char *id, const char *title)
{
    add_heading(doc, 2, hc_str_of(id), hc_str_of(title));
}

void hc_doc_subsection(struct hc_doc *doc, struct hc_str id, struct hc_str title)
{
    add_heading(doc, 3, id, title);
}

void hc_doc_paragraph(struct hc_doc *doc)
{
    add_block(doc, HC_BLOCK_PARAGRAPH);
    add_line(doc);
}

void hc_doc_lead(struct hc_doc *doc)
{
    add_block(doc, HC_BLOCK_LEAD);
    add_line(doc);
}

void hc_doc_note(struct hc_doc *doc)
{
    add_block(doc, HC_BLOCK_NOTE);
    add_line(doc);
}

void hc_doc_list(struct hc_doc *doc)
{
    add_block(doc, HC_BLOCK_LIST);
}

void hc_doc_steps(struct hc_doc *doc)
{
    add_block(doc, HC_BLOCK_STEPS);
}

void hc_doc_item(struct hc_doc *doc)
{
    add_line(doc);
}

void hc_doc_facts(struct hc_doc *doc)
{
    add_block(doc, HC_BLOCK_FACTS);
}

void hc_doc_cards(struct hc_doc *doc)
{
    add_block(doc, HC_BLOCK_CARDS);
}

void hc_doc_term(struct hc_doc *doc, const char *term)
{
    add_line(doc);
    hc_doc_text(doc, term);
    add_line(doc);
}

void hc_doc_table(struct hc_doc *doc, struct hc_str caption, const struct hc_column *columns, size_t n)
{
    struct hc_block *block = add_block(doc, HC_BLOCK_TABLE);
    if (!block)
        return;
    block->caption = caption;
    block->columns = columns;
    block->n_columns = n;
}

void hc_doc_cell(struct hc_doc *doc)
{
    add_line(doc);
}

static void add_figure(struct hc_doc *doc, enum hc_block_kind kind, struct hc_str title, struct hc_str description)
{
    struct hc_block *block = add_block(doc, kind);
    if (!block)
        return;
    block->caption = title;
    block->description = description;
}

void hc_doc_timeline(struct hc_doc *doc, struct hc_str title, struct hc_str description, const struct hc_lanes *lanes)
{
    add_figure(doc, HC_BLOCK_TIMELINE, title, description);
    struct hc_block *block = last_block(doc);
    if (block)
        block->lanes = lanes;
}

void hc_doc_bars(struct hc_doc *doc, struct hc_str title, struct hc_str description)
{
    add_figure(doc, HC_BLOCK_BARS, title, description);
}

void hc_doc_reliability(struct hc_doc *doc, struct hc_str title, struct hc_str description, const struct hc_plot *plot)
{
    add_figure(doc, HC_BLOCK_RELIABILITY, title, description);
    struct hc_block *block = last_block(doc);
    if (block)
        block->plot = plot;
}

void hc_doc_intervals(struct hc_doc *doc, struct hc_str title, struct hc_str description)
{
    add_figure(doc, HC_BLOCK_INTERVALS, title, description);
}

void hc_doc_curves(struct hc_doc *doc, struct hc_str title, struct hc_str description, const struct hc_curves *curves)
{
    add_figure(doc, HC_BLOCK_CURVES, title, description);
    struct hc_block *block = last_block(doc);
    if (block)
        block->curves = curves;
}

void hc_doc_waterfall(struct hc_doc *doc, struct hc_str title, struct hc_str description)
{
    add_figure(doc, HC_BLOCK_WATERFALL, title, description);
}

void hc_doc_charts(struct hc_doc *doc, struct hc_str title, const struct hc_charts *charts)
{
    add_figure(doc, HC_BLOCK_CHARTS, title, HC_STR_NONE);
    struct hc_block *block = last_block(doc);
    if (block)
        block->charts = charts;
}

void hc_doc_tree(struct hc_doc *doc, struct hc_str title)
{
    add_figure(doc, HC_BLOCK_TREE, title, HC_STR_NONE);
}

void hc_doc_branch(struct hc_doc *doc, struct hc_branch branch)
{
    struct hc_block *block = last_block(doc);
    if (!block)
        return;
    struct hc_branch *grown = hc_arena_grow(doc->arena, block->branches, block->n_lines, block->n_lines + 1,
                                            &block->branches_capacity, sizeof *grown);
    if (!grown) {
        doc->failed = true;
        return;
    }
    block->branches = grown;
    block->branches[block->n_lines] = branch;
    add_line(doc);
}

void hc_doc_mark(struct hc_doc *doc, struct hc_mark mark)
{
    struct hc_block *block = last_block(doc);
    if (!block)
        return;
    if (block->n_marks == block->marks_capacity) {
        struct hc_mark *grown = hc_arena_grow(doc->arena, block->marks, block->n_marks, block->n_marks + 1,
                                              &block->marks_capacity, sizeof *grown);
        if (!grown) {
            doc->failed = true;
            return;
        }
        block->marks = grown;
    }
    mark.value = bind_units(doc, mark.value);
    block->marks[block->n_marks++] = mark;
}

void hc_doc_sources(struct hc_doc *doc)
{
    add_block(doc, HC_BLOCK_SOURCES);
}

void hc_doc_navigation(struct hc_doc *doc)
{
    doc->target = &doc->navigation;
}

void hc_doc_badges(struct hc_doc *doc)
{
    doc->target = &doc->badges;
}

/* ---- spans --------------------------------------------------------------------------------------------- */

static void add_span(struct hc_doc *doc, struct hc_span span)
{
    struct hc_line *line = doc->target;
    if (span.kind != HC_SPAN_CODE)
        span.text = bind_units(doc, span.text);
    if (doc->failed || !line || !span.text.p || span.text.n == 0)
        return;
    if (line->n == line->capacity) {
        struct hc_span *grown =
            hc_arena_grow(doc->arena, line->spans, line->n, line->n + 1, &line->capacity, sizeof *grown);
        if (!grown) {
            doc->failed = true;
            return;
        }
        line->spans = grown;
    }
    line->spans[line->n++] = span;
}

void hc_doc_str(struct hc_doc *doc, struct hc_str text)
{
    add_span(doc, (struct hc_span){.kind = HC_SPAN_TEXT, .text = text});
}

void hc_doc_text(struct hc_doc *doc, const char *literal)
{
    hc_doc_str(doc, hc_str_of(literal));
}

__attribute__((format(printf, 2, 0))) static struct hc_str format_text(struct hc_doc *doc, const char *format,
                                                                       va_list args)
{
    struct hc_buf buf = {0};
    hc_buf_vformat(&buf, format, args);
    struct hc_str text = buf.failed ? HC_STR_NONE : hc_str_copy(doc->arena, hc_buf_view(&buf));
    hc_buf_free(&buf);
    if (!text.p)
        doc->failed = true;
    return text;
}

struct hc_str hc_doc_formatted(struct hc_doc *doc, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct hc_str text = format_text(doc, format, args);
    va_end(args);
    return text;
}

void hc_doc_format(struct hc_doc *doc, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    hc_doc_str(doc, format_text(doc, format, args));
    va_end(args);
}

void hc_doc_strong(struct hc_doc *doc, struct hc_str text)
{
    add_span(doc, (struct hc_span){.kind = HC_SPAN_STRONG, .text = text});
}

void hc_doc_absent(struct hc_doc *doc, const char *literal)
{
    add_span(doc, (struct hc_span){.kind = HC_SPAN_ABSENT, .text = hc_str_of(literal)});
}

void hc_doc_code(struct hc_doc *doc, struct hc_str text)
{
    if (text.p && text.n > 0)
        add_span(doc, (struct hc_span){.kind = HC_SPAN_CODE, .text = text});
    else
        hc_doc_absent(doc, "not in the bundle");
}

void hc_doc_badge(struct hc_doc *doc, struct hc_str text, enum hc_tone tone)
{
    add_span(doc, (struct hc_span){.kind = HC_SPAN_BADGE, .text = text, .tone = tone});
}

/* ---- sources ------------------------------------------------------------------------------------------- */

static bool same_source(const struct hc_doc_source *a, const struct hc_doc_source *b)
{
    return hc_str_equal(a->sql, b->sql) && hc_str_equal(a->place.member, b->place.member) &&
           a->place.line == b->place.line;
}

static uint32_t source_number(struct hc_doc *doc, struct hc_doc_source source)
{
    for (size_t i = 0; i < doc->n_sources; i++)
        if (same_source(&doc->sources[i], &source))
            return (uint32_t)(i + 1);
    if (doc->n_sources == doc->sources_capacity) {
        struct hc_doc_source *grown = hc_arena_grow(doc->arena, doc->sources, doc->n_sources, doc->n_sources + 1,
                                                    &doc->sources_capacity, sizeof *grown);
        if (!grown) {
            doc->failed = true;
            return 0;
        }
        doc->sources = grown;
    }
    doc->sources[doc->n_sources++] = source;
    return (uint32_t)doc->n_sources;
}

void hc_doc_from(struct hc_doc *doc, struct hc_str text, struct hc_source_place place)
{
    hc_doc_from_exact(doc, text, HC_STR_NONE, place);
}

void hc_doc_from_exact(struct hc_doc *doc, struct hc_str text, struct hc_str exact, struct hc_source_place place)
{
    uint32_t number = place.member.p ? source_number(doc, (struct hc_doc_source){.place = place}) : 0;
    add_span(doc, (struct hc_span){.kind = HC_SPAN_TEXT, .text = text, .source = number, .exact = exact});
}

void hc_doc_from_sql(struct hc_doc *doc, struct hc_str text, struct hc_str sql)
{
    uint32_t number = sql.p ? source_number(doc, (struct hc_doc_source){.sql = sql}) : 0;
    add_span(doc, (struct hc_span){.kind = HC_SPAN_TEXT, .text = text, .source = number});
}

void hc_doc_link_report(struct hc_doc *doc, struct hc_str text, struct hc_str file)
{
    add_span(doc, (struct hc_span){.kind = HC_SPAN_TEXT, .text = text, .file = file});
}

void hc_doc_link_section(struct hc_doc *doc, struct hc_str text, struct hc_str id)
{
    add_span(doc, (struct hc_span){.kind = HC_SPAN_TEXT, .text = text, .anchor = id});
}

void hc_doc_link_web(struct hc_doc *doc, struct hc_str text, struct hc_str address)
{
    bool is_web = hc_str_starts(address, HC_STR("https://")) || hc_str_starts(address, HC_STR("http://"));
    add_span(doc, (struct hc_span){.kind = HC_SPAN_TEXT, .text = text, .web = is_web ? address : HC_STR_NONE});
}
