#include "ingest/format/logs_lines.h"

#include "corpus/record/incident.h"
#include "ingest/format/logs_unwrap.h"
#include "ingest/normalize/logheader.h"

#define BLOCK_LINES 4096
#define CHECK_LINES 128   /* of a block, before the program of the one before it is used again */
#define MATCHED_LEAST 0.8 /* of those, or it is learned anew */
#define LINE_BYTES ((size_t)1 << 30)

/* What learning has found out about a line. */
struct looked_at {
    struct hc_unwrapped inner;
    struct hc_columns columns; /* of its text */
};

/* The state of one pass over a log. */
struct pass {
    const struct hc_stamp_frame *frame;
    const struct hc_log_lines_sink *sink;
    struct hc_unwrap_room room;
    struct hc_shape_memo *shapes;
    struct hc_buf shape; /* that the memo does not keep */
    struct hc_header_program program;
    struct hc_arena *arena;
    struct hc_str *lines; /* of the block */
    size_t n_lines, lines_capacity;
    struct looked_at *sample;    /* what was learned from last */
    struct looked_at *looked_at; /* the same, where it is each line of the block; else NULL */
    struct looked_at pair[2];    /* else this line and the one before it */
    uint32_t first_line;
    bool learned, in_record;
};

/* False: no memory. */
static bool read_block(struct pass *pass, struct hc_str *rest)
{
    size_t n = 0;
    for (; n < BLOCK_LINES && rest->n > 0; n++) {
        const char *newline = memchr(rest->p, '\n', rest->n);
        size_t length = newline ? (size_t)(newline - rest->p) : rest->n;
        size_t used = newline ? length + 1 : length;
        size_t kept = length > 0 && rest->p[length - 1] == '\r' ? length - 1 : length;
        if (n == pass->lines_capacity) {
            struct hc_str *lines =
                hc_arena_grow(pass->arena, pass->lines, n, n + 1, &pass->lines_capacity, sizeof *lines);
            if (!lines)
                return false;
            pass->lines = lines;
        }
        pass->lines[n] = (struct hc_str){rest->p, kept < LINE_BYTES ? kept : LINE_BYTES};
        *rest = (struct hc_str){rest->p + used, rest->n - used};
    }
    pass->n_lines = n;
    return true;
}

static bool is_blank(struct hc_str text)
{
    return text.n == 0 || (text.p[0] <= ' ' && hc_str_trim(text).n == 0);
}

/* `last`: the line looked at before it, if any. */
static void look_at(struct pass *pass, size_t i, const struct looked_at *last, struct looked_at *line)
{
    hc_log_unwrap(pass->lines[i], &pass->room, &line->inner);
    hc_columns_open(&line->columns, line->inner.text, last && !last->inner.in_room ? &last->columns : NULL);
}

static bool still_fits(struct pass *pass)
{
    size_t n_seen = 0, n_matched = 0;
    for (size_t i = 0; i < CHECK_LINES; i++) {
        struct looked_at line;
        struct hc_header header;
        look_at(pass, i * pass->n_lines / CHECK_LINES, NULL, &line);
        if (is_blank(line.inner.text) || line.columns.continues)
            continue;
        hc_header_apply(&pass->program, &line.columns, &header);
        n_seen++;
        n_matched += header.matched;
    }
    return (double)n_matched >= MATCHED_LEAST * (double)n_seen;
}

/* False: no memory. */
static bool learn(struct pass *pass)
{
    size_t n = pass->n_lines < HC_HEADER_SAMPLE ? pass->n_lines : HC_HEADER_SAMPLE, n_sampled = 0;
    struct hc_header_program program;
    struct hc_columns *columns[HC_HEADER_SAMPLE];
    /* The first block is the longest: what serves it serves all. */
    if (!pass->sample)
        pass->sample = hc_arena_alloc(pass->arena, n * sizeof *pass->sample);
    if (!pass->sample)
        return false;
    for (size_t i = 0; i < n; i++) {
        struct looked_at *line = &pass->sample[i];
        look_at(pass, i * pass->n_lines / n, i > 0 ? line - 1 : NULL, line);
        if (is_blank(line->inner.text))
            continue;
        if (line->inner.in_room)
            hc_columns_read(&line->columns, HC_HEADER_COLUMNS - 1);
        columns[n_sampled++] = &line->columns;
    }
    hc_header_learn(columns, n_sampled, &program);
    /* A block that is one long trace teaches nothing. */
    if (!pass->learned || program.n_steps > 0)
        pass->program = program;
    pass->learned = true;
    pass->looked_at = n == pass->n_lines ? pass->sample : NULL;
    return true;
}

/* A record starts with a time where records of the log do; else only what looks like a continuation is one. */
static bool continues_record(const struct pass *pass, const struct hc_unwrapped *inner, const struct hc_header *header)
{
    if (!pass->in_record)
        return false;
    if (is_blank(inner->text))
        return true;
    if (inner->level != HC_LOG_NONE || inner->component.p)
        return false;
    if (pass->program.has_time)
        return !header->has_stamp && header->level == HC_LOG_NONE;
    return hc_line_continues(inner->text);
}

/* The inner time wins where it has date and offset; else the outer one, which a runtime wrote. */
static void choose_time(const struct pass *pass, const struct hc_unwrapped *inner, const struct hc_header *header,
                        struct hc_log_line *line)
{
    const struct hc_stamp *stamp = header->has_stamp ? &header->stamp : NULL;
    bool certain = stamp && stamp->has_offset && stamp->date == HC_STAMP_DATE_WHOLE;
    if (inner->has_stamp && !certain)
        stamp = &inner->stamp;
    line->at = HC_TIME_NONE;
    line->date = HC_STAMP_DATE_WHOLE;
    if (stamp && hc_stamp_resolve(stamp, pass->frame, &line->at))
        line->date = stamp->date == HC_STAMP_DATE_NO_YEAR && pass->frame->year ? HC_STAMP_DATE_WHOLE : stamp->date;
}

static enum hc_status refused(const struct pass *pass, struct hc_err *err)
{
    return hc_arena_exceeded(pass->arena) ? hc_err_set(err, HC_FAIL, "memory-limit", "no memory left to read a log")
                                          : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to read a log");
}

static enum hc_status take_line(struct pass *pass, size_t i, struct hc_err *err)
{
    struct looked_at *seen = pass->looked_at ? &pass->looked_at[i] : &pass->pair[i % 2];
    struct hc_header header;
    struct hc_log_line line = {.line = pass->first_line + (uint32_t)i, .whole = pass->lines[i]};
    if (!pass->looked_at)
        look_at(pass, i, i > 0 ? &pass->pair[(i - 1) % 2] : NULL, seen);
    else if (seen->inner.in_room)
        look_at(pass, i, NULL, seen);
    const struct hc_unwrapped *inner = &seen->inner;
    hc_header_apply(&pass->program, &seen->columns, &header);
    line.message = inner->text;
    line.at = HC_TIME_NONE;
    line.continues = continues_record(pass, inner, &header) || is_blank(inner->text);
    if (line.continues)
        return pass->sink->take(pass->sink->context, &line, err);
    pass->in_record = true;
    choose_time(pass, inner, &header, &line);
    line.level = header.level != HC_LOG_NONE ? header.level : inner->level;
    line.component = inner->component.p ? inner->component : header.component;
    line.message = (struct hc_str){inner->text.p + header.message, inner->text.n - header.message};
    if (!hc_shape_memo_find(pass->shapes, line.message, &pass->shape, &line.shape))
        return refused(pass, err);
    return pass->sink->take(pass->sink->context, &line, err);
}

static enum hc_status take_block(struct pass *pass, struct hc_err *err)
{
    pass->looked_at = NULL;
    if ((!pass->learned || !still_fits(pass)) && !learn(pass))
        return refused(pass, err);
    for (size_t i = 0; i < pass->n_lines; i++) {
        enum hc_status status = take_line(pass, i, err);
        if (status != HC_OK)
            return status;
    }
    pass->first_line += (uint32_t)pass->n_lines;
    return HC_OK;
}

enum hc_status hc_log_lines(struct hc_str bytes, const struct hc_stamp_frame *frame, struct hc_shape_memo *shapes,
                            struct hc_arena *arena, const struct hc_log_lines_sink *sink, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    struct pass pass = {.frame = frame, .sink = sink, .arena = arena, .shapes = shapes, .first_line = 1};
    if (hc_str_starts(bytes, HC_STR("\xEF\xBB\xBF")))
        bytes = (struct hc_str){bytes.p + 3, bytes.n - 3};
    while (status == HC_OK && bytes.n > 0)
        status = read_block(&pass, &bytes) ? take_block(&pass, err) : refused(&pass, err);
    if (status == HC_OK && (pass.shape.failed || hc_unwrap_room_failed(&pass.room)))
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while reading a log");
    hc_buf_free(&pass.shape);
    hc_unwrap_room_free(&pass.room);
    return status;
}
