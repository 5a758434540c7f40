/* Log lines with their headers, and the templates that are mined from their shapes. */
#include "corpus/record/incident.h"
#include "ingest/format/logs_lines.h"
#include "ingest/format/logs_steps.h"
#include "ingest/format/logs_unwrap.h"
#include "ingest/normalize/line_form.h"
#include "ingest/normalize/templates.h"
#include "tests/fuzz/fuzz.h"

struct lines {
    struct hc_names shapes;
    struct hc_buf shape;
    uint32_t last;
};

static enum hc_status take(void *context, const struct hc_log_line *line, struct hc_err *err)
{
    struct lines *lines = context;
    (void)err;
    HOLDS(line->line == lines->last + 1);
    lines->last = line->line;
    if (line->continues)
        return HC_OK;
    HOLDS(fuzz_is_text(line->shape.text) && line->level <= 6);
    hc_shape_of(line->message, &lines->shape);
    HOLDS(hc_str_equal(line->shape.text, hc_buf_view(&lines->shape)));
    HOLDS(line->shape.hash == hc_str_hash(line->shape.text));
    if (line->trace_told) {
        bool sure;
        struct hc_str trace = hc_trace_by_key(line->whole, &sure);
        HOLDS(trace.p == line->trace.p && trace.n == line->trace.n);
    }
    if (lines->shapes.n < 4096)
        HOLDS(hc_names_add(&lines->shapes, line->shape.text) != HC_NAME_NONE);
    return HC_OK;
}

static void mine(const struct lines *lines, struct hc_arena *arena)
{
    static uint32_t template_of[4096];
    struct hc_err err = HC_ERR_NONE;
    struct hc_template *templates = NULL;
    size_t n = 0;
    enum hc_status status = hc_templates_mine(&(struct hc_mined_shapes){lines->shapes.items, NULL, lines->shapes.n},
                                              template_of, &templates, &n, arena, &err);
    HOLDS(status == HC_OK);
    for (size_t i = 0; i < lines->shapes.n; i++)
        HOLDS(template_of[i] < n);
    for (size_t i = 0; i < n; i++) {
        HOLDS(fuzz_is_text(templates[i].text));
        HOLDS(i == 0 || templates[i - 1].id < templates[i].id);
    }
}

/* A line's columns are the same whatever line it is held against. */
static void read_alike(struct hc_str line, const struct hc_columns *before, struct hc_columns *alone)
{
    struct hc_columns alike;
    hc_columns_open(alone, line, NULL);
    hc_columns_open(&alike, line, before);
    hc_columns_read(alone, HC_HEADER_COLUMNS - 1);
    hc_columns_read(&alike, HC_HEADER_COLUMNS - 1);
    HOLDS(alike.n == alone->n && alike.stamped == alone->stamped && alike.ended == alone->ended);
    for (size_t i = 0; i < alone->n; i++) {
        HOLDS(alike.at[i].begin == alone->at[i].begin && alike.at[i].end == alone->at[i].end);
        HOLDS(alike.at[i].class == alone->at[i].class && alike.at[i].level == alone->at[i].level);
    }
}

/* What is around a line comes off alike whatever lines came before it. */
static void unwrap_alike(struct hc_str line, struct hc_unwrap_room *used)
{
    struct hc_unwrap_room fresh;
    struct hc_unwrapped alone, alike;
    memset(&fresh, 0, sizeof fresh);
    hc_log_unwrap(line, &fresh, &alone);
    hc_log_unwrap(line, used, &alike);
    HOLDS(hc_str_equal(alike.text, alone.text) && hc_str_equal(alike.component, alone.component));
    HOLDS(alike.level == alone.level && alike.structured == alone.structured && alike.in_room == alone.in_room);
    HOLDS(alike.has_stamp == alone.has_stamp);
    if (alike.trace.p) {
        bool sure;
        struct hc_str trace = hc_trace_by_key(line, &sure);
        HOLDS(trace.p == alike.trace.p && trace.n == alike.trace.n);
    }
    if (alone.has_stamp) {
        HOLDS(alike.stamp.epoch_ns == alone.stamp.epoch_ns && alike.stamp.digits == alone.stamp.digits);
        HOLDS(alike.stamp.has_offset == alone.stamp.has_offset && alike.stamp.offset_s == alone.stamp.offset_s);
        HOLDS(alike.stamp.civil.second == alone.stamp.civil.second && alike.stamp.civil.day == alone.stamp.civil.day);
    }
    hc_unwrap_room_free(&fresh);
}

/* There is nothing around a line if its form says so. */
static void bare_alike(const struct hc_line_form *form, struct hc_str line)
{
    struct hc_unwrap_room room;
    struct hc_unwrapped inner;
    if (!hc_log_is_bare(form->columns->text, form->timed ? form->masks[0].end : 0))
        return;
    memset(&room, 0, sizeof room);
    hc_log_unwrap(line, &room, &inner);
    HOLDS(inner.text.p == line.p && inner.text.n == line.n && inner.level == HC_LOG_NONE);
    HOLDS(!inner.has_stamp && !inner.structured && !inner.in_room && !inner.component.p);
    hc_unwrap_room_free(&room);
}

/* False: no memory. */
static bool find_or_add(struct hc_line_forms *forms, const struct hc_sought *sought)
{
    return hc_line_forms_find(forms, sought) || hc_line_forms_add(forms, sought);
}

/* A line's columns, and what a program finds in them, are those of its form. */
static void form_alike(struct hc_line_forms *forms, struct hc_str line, struct hc_columns *alone)
{
    static const struct hc_header_program program = {.steps = {{HC_COLUMN_TIME, 7},
                                                               {HC_COLUMN_LEVEL, 4},
                                                               {HC_COLUMN_BRACKET, 1},
                                                               {HC_COLUMN_TAG, 1},
                                                               {HC_COLUMN_IDENTIFIER, 2},
                                                               {HC_COLUMN_DASH, 2},
                                                               {HC_COLUMN_NUMBER, 1}},
                                                     .n_steps = 7};
    struct hc_formed_line formed;
    struct hc_header header, wanted;
    HOLDS(find_or_add(forms, hc_line_forms_seek(forms, line, &formed)));
    if (!formed.form)
        return;
    bare_alike(formed.form, line);
    const struct hc_columns *columns = formed.form->columns;
    HOLDS(columns->n == alone->n && columns->ended == alone->ended && columns->continues == alone->continues);
    for (size_t i = 0; i < alone->n; i++) {
        HOLDS(columns->at[i].class == alone->at[i].class && columns->at[i].level == alone->at[i].level);
        HOLDS(hc_formed_place(&formed, hc_form_place_of(formed.form, columns->at[i].begin)) == alone->at[i].begin);
        HOLDS(hc_formed_place(&formed, hc_form_place_of(formed.form, columns->at[i].end)) == alone->at[i].end);
    }
    hc_header_apply(&program, alone, &wanted);
    hc_formed_header(&program, 1, &formed, line, &header);
    HOLDS(header.has_stamp == wanted.has_stamp && header.matched == wanted.matched && header.level == wanted.level);
    HOLDS(header.message == wanted.message && header.component.n == wanted.component.n);
    HOLDS(!wanted.component.p || header.component.p == wanted.component.p);
    HOLDS(!wanted.has_stamp || (formed.stamp.civil.second == wanted.stamp.civil.second &&
                                formed.stamp.civil.nanosecond == wanted.stamp.civil.nanosecond));
}

/* Each line by itself and after those before it. */
static void read_again(struct hc_str text, struct hc_line_forms *forms)
{
    static struct hc_unwrap_room room;
    struct hc_columns columns[2];
    for (size_t i = 0; text.n > 0; i++) {
        const char *newline = memchr(text.p, '\n', text.n);
        struct hc_str line = {text.p, newline ? (size_t)(newline - text.p) : text.n};
        read_alike(line, i ? &columns[(i - 1) % 2] : NULL, &columns[i % 2]);
        unwrap_alike(line, &room);
        form_alike(forms, line, &columns[i % 2]);
        text = newline ? (struct hc_str){newline + 1, text.n - line.n - 1} : HC_STR("");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lines lines;
    struct hc_arena *arena = fuzz_arena();
    struct hc_err err = HC_ERR_NONE;
    struct hc_stamp_frame frame = {.window_start = HC_TIME_NONE, .year = 2015};
    struct hc_log_lines_sink sink = {&lines, take};
    memset(&lines, 0, sizeof lines);
    hc_names_init(&lines.shapes, arena);
    HOLDS(hc_log_lines((struct hc_str){(const char *)data, size}, &frame, hc_shape_memo_new(arena, NULL), arena, &sink,
                       &err) == HC_OK);
    read_again((struct hc_str){(const char *)data, size}, hc_line_forms_new(arena));
    mine(&lines, arena);
    hc_buf_free(&lines.shape);
    hc_arena_free(arena);
    return 0;
}
