/* Log lines with their headers, and the templates that are mined from their shapes. */
#include "ingest/format/logs_lines.h"
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
    if (lines->shapes.n < 4096)
        HOLDS(hc_names_add(&lines->shapes, line->shape.text) != HC_NAME_NONE);
    return HC_OK;
}

static void mine(const struct lines *lines, struct hc_arena *arena)
{
    static uint32_t template_of[4096];
    struct hc_err err = HC_ERR_NONE;
    struct hc_str *templates = NULL;
    size_t n = 0;
    enum hc_status status =
        hc_templates_mine(lines->shapes.items, NULL, lines->shapes.n, template_of, &templates, &n, arena, &err);
    HOLDS(status == HC_OK);
    for (size_t i = 0; i < lines->shapes.n; i++)
        HOLDS(template_of[i] < n);
    for (size_t i = 0; i < n; i++) {
        HOLDS(fuzz_is_text(templates[i]));
        HOLDS(i == 0 || hc_str_compare(templates[i - 1], templates[i]) < 0);
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
    HOLDS(hc_log_lines((struct hc_str){(const char *)data, size}, &frame, hc_shape_memo_new(arena), arena, &sink,
                       &err) == HC_OK);
    mine(&lines, arena);
    hc_buf_free(&lines.shape);
    hc_arena_free(arena);
    return 0;
}
