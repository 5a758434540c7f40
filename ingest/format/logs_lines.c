#include "ingest/format/logs_lines.h"

#include "corpus/record/incident.h"
#include "ingest/format/logs_objects.h"
#include "ingest/format/logs_steps.h"
#include "ingest/format/logs_unwrap.h"
#include "ingest/normalize/cause.h"
#include "ingest/normalize/line_form.h"

#define BLOCK_LINES 4096
#define CHECK_LINES 128   /* of a block, before the program of the one before it is used again */
#define MATCHED_LEAST 0.8 /* of those, or it is learned anew */
#define LINE_BYTES ((size_t)1 << 30)
#define ALIKE_SLOTS 64
/* What is found out about a form of objects is worth it where some eight lines of it come; where fewer do, a line now and
 * then tells whether it is still so. */
#define CREDIT_OF_KNOWN 16
#define CREDIT_OF_NEW 128
#define CREDIT_MOST 4096

/* What learning has found out about a line. */
struct looked_at {
    struct hc_unwrapped inner;
    struct hc_columns *columns;   /* of the form, or its own */
    struct hc_formed_line formed; /* its text */
};

/* The line that is looked at after another; none: that is not known. */
struct next {
    struct hc_str whole;
    struct looked_at *line;
};

/* What is remembered of what is around the lines of a form. */
enum { BARE_UNKNOWN, BARE, NOT_BARE };

/* What is remembered of the trace that a form names. */
enum { TRACE_UNKNOWN, TRACE_NONE, TRACE_PLACE, TRACE_UNSURE };

/* What is around the lines, a block of them, and those that were learned from last. */
struct room {
    struct hc_unwrap_room unwrapped;
    int credit;                           /* of objects as they come */
    struct hc_str lines[BLOCK_LINES + 1]; /* and one that is none */
    struct looked_at sample[HC_HEADER_SAMPLE];
    struct hc_columns own[HC_HEADER_SAMPLE]; /* of those that have no form */
};

/* The state of one pass over a log. */
struct hc_log_pass {
    const struct hc_stamp_frame *frame;
    const struct hc_log_lines_sink *sink;
    struct hc_shape_memo *shapes;
    struct hc_line_forms *forms;
    struct hc_buf shape; /* that the memo does not keep */
    struct hc_header_program program;
    uint32_t number; /* of the program */
    struct hc_arena *arena;
    struct room *room;
    size_t n_lines;
    bool looked_at;           /* is each line of the block in the sample that was learned from last? */
    struct looked_at pair[2]; /* else this line and the one before it */
    struct hc_columns pair_own[2];
    uint32_t first_line;
    bool learned, in_record;
    bool in_trace;     /* of Python, which a line that is not indented ends */
    struct hc_time at; /* of the record before */
    uint8_t date;
    bool bare;                     /* there was nothing around the line looked at last */
    const struct hc_sought *ahead; /* the line looked at next, sought while this one is read; NULL: not sought */
};

static void read_block(struct hc_log_pass *pass, struct hc_str *rest)
{
    size_t n = 0;
    for (; n < BLOCK_LINES && rest->n > 0; n++) {
        const char *newline = memchr(rest->p, '\n', rest->n);
        size_t length = newline ? (size_t)(newline - rest->p) : rest->n;
        size_t used = newline ? length + 1 : length;
        size_t kept = length > 0 && rest->p[length - 1] == '\r' ? length - 1 : length;
        pass->room->lines[n] = (struct hc_str){rest->p, kept < LINE_BYTES ? kept : LINE_BYTES};
        *rest = (struct hc_str){rest->p + used, rest->n - used};
    }
    pass->room->lines[n] = HC_STR_NONE;
    pass->n_lines = n;
}

static bool is_blank(struct hc_str text)
{
    return text.n == 0 || (text.p[0] <= ' ' && hc_str_trim(text).n == 0);
}

/* False: no memory. */
static bool find_form(struct hc_log_pass *pass, const struct hc_sought *sought)
{
    return hc_line_forms_find(pass->forms, sought) || hc_shape_memo_is_full(pass->shapes) ||
           hc_line_forms_add(pass->forms, sought);
}

static bool opens_object(struct hc_str whole)
{
    return whole.n > 0 && whole.p[0] == '{';
}

/* Is a line worth to be looked for as it came: an object, where those mostly are of a form that is known, or one of lines
 * that have nothing around them? */
static bool is_worth(struct hc_log_pass *pass, struct hc_str whole)
{
    struct room *room = pass->room;
    if (!opens_object(whole))
        return pass->bare;
    if (room->credit < CREDIT_OF_NEW)
        room->credit++;
    return room->credit >= CREDIT_OF_NEW;
}

static const struct hc_sought *seek(struct hc_log_pass *pass, struct hc_str whole, struct looked_at *line)
{
    if (!is_worth(pass, whole))
        return NULL;
    if (opens_object(whole))
        return hc_line_forms_seek_object(pass->forms, whole, &line->formed);
    return hc_line_forms_seek(pass->forms, whole, &line->formed);
}

/* Is there nothing around the lines of the form? */
static bool is_bare(struct hc_line_form *form)
{
    if (form->bare == BARE_UNKNOWN)
        form->bare = hc_log_is_bare(form->columns->text, form->timed ? form->masks[0].end : 0) ? BARE : NOT_BARE;
    return form->bare == BARE;
}

/* Does the form of the line as it came tell what is around it? */
static bool takes_off(struct hc_log_pass *pass, struct hc_str whole, struct looked_at *line)
{
    struct hc_unwrapped *inner = &line->inner;
    struct hc_line_form *form = line->formed.form;
    if (opens_object(whole)) {
        bool known = form && form->around.found;
        int credit = pass->room->credit + (known ? CREDIT_OF_KNOWN : -CREDIT_OF_NEW);
        pass->room->credit = credit < CREDIT_MOST ? credit : CREDIT_MOST;
        if (!known && !(form && hc_log_object_learn(form, &pass->room->unwrapped)))
            return false;
        hc_log_object_recall(&line->formed, whole, inner);
        return true;
    }
    if (!form || !is_bare(form))
        return false;
    inner->text = whole;
    inner->component = inner->trace = inner->cause = HC_STR_NONE;
    inner->level = HC_LOG_NONE;
    inner->has_stamp = inner->structured = inner->in_room = false;
    return true;
}

/* Its form, and what is around it, which is not looked for where the form tells; meanwhile the next line is sought. False:
 * no memory. */
static bool unwrap(struct hc_log_pass *pass, struct hc_str whole, struct looked_at *line, const struct next *next)
{
    struct hc_unwrapped *inner = &line->inner;
    const struct hc_sought *sought = pass->ahead ? pass->ahead : seek(pass, whole, line);
    pass->ahead = NULL;
    if (sought) {
        hc_line_forms_fetch(pass->forms, sought);
        pass->ahead = next->line ? seek(pass, next->whole, next->line) : NULL;
        if (!find_form(pass, sought))
            return false;
        if (takes_off(pass, whole, line))
            return true;
    }
    hc_log_unwrap(whole, &pass->room->unwrapped, inner);
    pass->bare = inner->text.p == whole.p && inner->text.n == whole.n;
    if (sought && pass->bare && !opens_object(whole))
        return true;
    pass->ahead = NULL;
    return find_form(pass, hc_line_forms_seek(pass->forms, inner->text, &line->formed));
}

/* `last`: the line looked at before it, if any. `own`: where its columns go if it has no form. False: no memory. */
static bool look_at(struct hc_log_pass *pass, struct hc_str whole, const struct looked_at *last, struct hc_columns *own,
                    struct looked_at *line, const struct next *next)
{
    if (!unwrap(pass, whole, line, next))
        return false;
    if (line->formed.form) {
        line->columns = line->formed.form->columns;
        return true;
    }
    bool alike = last && !last->inner.in_room && !last->formed.form;
    hc_columns_open(own, line->inner.text, alike ? last->columns : NULL);
    line->columns = own;
    return true;
}

/* Returns its stamp, where it has one. */
static const struct hc_stamp *read_header(const struct hc_log_pass *pass, const struct looked_at *line,
                                          struct hc_header *header)
{
    if (!line->formed.form) {
        hc_header_apply(&pass->program, line->columns, header);
        return header->has_stamp ? &header->stamp : NULL;
    }
    hc_formed_header(&pass->program, pass->number, &line->formed, line->inner.text, header);
    return header->has_stamp ? &line->formed.stamp : NULL;
}

/* False: no memory. */
static bool still_fits(struct hc_log_pass *pass, bool *fits)
{
    const struct next unknown = {.line = NULL};
    size_t n_seen = 0, n_matched = 0;
    for (size_t i = 0; i < CHECK_LINES; i++) {
        struct looked_at line = {.columns = NULL};
        struct hc_columns own;
        struct hc_header header;
        if (!look_at(pass, pass->room->lines[i * pass->n_lines / CHECK_LINES], NULL, &own, &line, &unknown))
            return false;
        if (is_blank(line.inner.text) || line.columns->continues)
            continue;
        read_header(pass, &line, &header);
        n_seen++;
        n_matched += header.matched;
    }
    *fits = (double)n_matched >= MATCHED_LEAST * (double)n_seen;
    return true;
}

/* The lines that are learned from. */
struct sample {
    struct hc_header_line lines[HC_HEADER_SAMPLE];
    size_t n;
    struct {
        uint64_t classes; /* of columns */
        uint32_t line;    /* one that has them, counted from 1; 0: none */
    } alike[ALIKE_SLOTS];
};

/* Lines that have columns of the same classes are one, which weighs as much as they all: those with no column to be read
 * any more, as far as they are remembered. */
static void add_sampled(struct hc_columns *columns, struct sample *sample)
{
    uint64_t classes = columns->classes << 1 | columns->continues;
    size_t slot = (size_t)(classes * UINT64_C(0x9e3779b97f4a7c15) >> 58) % ALIKE_SLOTS;
    if (columns->ended && sample->alike[slot].line > 0 && sample->alike[slot].classes == classes) {
        sample->lines[sample->alike[slot].line - 1].weight++;
        return;
    }
    sample->lines[sample->n++] = (struct hc_header_line){columns, 1};
    if (columns->ended) {
        sample->alike[slot].classes = classes;
        sample->alike[slot].line = (uint32_t)sample->n;
    }
}

/* False: no memory. */
static bool learn(struct hc_log_pass *pass)
{
    size_t n = pass->n_lines < HC_HEADER_SAMPLE ? pass->n_lines : HC_HEADER_SAMPLE;
    struct hc_header_program program;
    struct sample sample;
    const struct hc_str *lines = pass->room->lines;
    struct next next = {lines[0], NULL};
    sample.n = 0;
    memset(sample.alike, 0, sizeof sample.alike);
    for (size_t i = 0; i < n; i++) {
        struct looked_at *line = &pass->room->sample[i];
        struct hc_str whole = next.whole;
        next.line = i + 1 < n ? line + 1 : NULL;
        next.whole = lines[n == pass->n_lines ? i + 1 : (i + 1) * pass->n_lines / n];
        if (!look_at(pass, whole, i > 0 ? line - 1 : NULL, &pass->room->own[i], line, &next))
            return false;
        if (is_blank(line->inner.text))
            continue;
        if (line->inner.in_room)
            hc_columns_read(line->columns, HC_HEADER_COLUMNS - 1);
        add_sampled(line->columns, &sample);
    }
    hc_header_learn(sample.lines, sample.n, &program);
    /* A block that is one long trace teaches nothing. */
    if (!pass->learned || program.n_steps > 0)
        pass->program = program;
    pass->number = hc_line_forms_program(pass->forms, &pass->program);
    pass->learned = true;
    pass->looked_at = n == pass->n_lines;
    return true;
}

/* "KeyError: 'user'" behind the indented lines of a trace of Python. */
static bool ends_trace(struct hc_str text)
{
    size_t at = 0;
    while (at < text.n && (text.p[at] == '.' || text.p[at] == '_' || (text.p[at] >= '0' && text.p[at] <= '9') ||
                           ((text.p[at] | 0x20) >= 'a' && (text.p[at] | 0x20) <= 'z')))
        at++;
    return at == text.n || text.p[at] == ':';
}

/* Of a log without times. */
static bool continues_untimed(struct hc_log_pass *pass, const struct hc_unwrapped *inner,
                              const struct hc_header *header)
{
    bool continues = hc_line_continues(inner->text);
    bool ended = pass->in_trace && !continues;
    if (ended)
        pass->in_trace = false;
    else if (continues && hc_str_starts(inner->text, HC_STR("Traceback (")))
        pass->in_trace = true;
    return continues || (ended && !header->has_stamp && header->level == HC_LOG_NONE && ends_trace(inner->text));
}

/* A record starts with a time where records of the log do; else only what looks like a continuation is one. */
static bool continues_record(struct hc_log_pass *pass, const struct hc_unwrapped *inner, const struct hc_header *header)
{
    if (is_blank(inner->text))
        return true;
    if (!pass->in_record)
        return false;
    if (inner->level != HC_LOG_NONE || inner->component.p)
        return false;
    if (pass->program.has_time)
        return !header->has_stamp && (header->level == HC_LOG_NONE || hc_cause_opens(inner->text));
    return continues_untimed(pass, inner, header);
}

/* The inner time, `stamp`, wins where it has date and offset; else the outer one, which a runtime wrote. A record without one
 * among others that have theirs is of the time of the one before. */
static void choose_time(struct hc_log_pass *pass, const struct hc_unwrapped *inner, const struct hc_stamp *stamp,
                        struct hc_log_line *line)
{
    bool certain = stamp && stamp->has_offset && stamp->date == HC_STAMP_DATE_WHOLE;
    if (inner->has_stamp && !certain)
        stamp = &inner->stamp;
    line->at = HC_TIME_NONE;
    line->date = HC_STAMP_DATE_WHOLE;
    if (stamp && hc_stamp_resolve(stamp, pass->frame, &line->at))
        line->date = stamp->date == HC_STAMP_DATE_NO_YEAR && pass->frame->year ? HC_STAMP_DATE_WHOLE : stamp->date;
    if (stamp || !pass->program.has_time) {
        pass->at = line->at;
        pass->date = line->date;
    } else {
        line->at = pass->at;
        line->date = pass->date;
    }
}

static enum hc_status refused(const struct hc_log_pass *pass, struct hc_err *err)
{
    return hc_arena_exceeded(pass->arena) ? hc_err_set(err, HC_FAIL, "memory-limit", "no memory left to read a log")
                                          : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to read a log");
}

/* The message's, which its form tells where it begins a word of its own. False: no memory. */
static bool find_shape(struct hc_log_pass *pass, const struct looked_at *seen, struct hc_log_line *line)
{
    struct hc_line_form *form = seen->formed.form;
    if (form && form->shape.known) {
        line->shape = form->shape;
        return true;
    }
    if (!hc_shape_memo_find(pass->shapes, line->message, &pass->shape, &line->shape))
        return false;
    if (form && line->shape.known && hc_formed_is_own_text(form, form->message))
        form->shape = line->shape;
    return true;
}

/* What hc_trace_by_key finds in the form, if that hangs on no mask. */
static void learn_trace(struct hc_line_form *form)
{
    bool sure;
    struct hc_str trace = hc_trace_by_key(form->line, &sure);
    form->trace = !sure ? TRACE_UNSURE : trace.p ? TRACE_PLACE : TRACE_NONE;
    if (!trace.p)
        return;
    size_t begin = (size_t)(trace.p - form->line.p);
    form->trace_begin = hc_form_place_of(form, begin);
    form->trace_end = hc_form_place_of(form, begin + trace.n);
}

/* The trace of a line that is an object of a form, or that had nothing around it. */
static void find_trace(const struct looked_at *seen, struct hc_log_line *line)
{
    struct hc_line_form *form = seen->formed.form;
    line->trace = seen->inner.trace;
    line->trace_told = line->trace.p != NULL;
    bool is_whole = seen->inner.text.p == line->whole.p && seen->inner.text.n == line->whole.n;
    if (!form || !(form->object || is_whole))
        return;
    if (form->trace == TRACE_UNKNOWN)
        learn_trace(form);
    line->trace = HC_STR_NONE;
    line->trace_told = form->trace == TRACE_NONE;
    if (form->trace != TRACE_PLACE)
        return;
    size_t begin = hc_formed_place(&seen->formed, form->trace_begin);
    size_t end = hc_formed_place(&seen->formed, form->trace_end);
    line->trace = (struct hc_str){line->whole.p + begin, end - begin};
    line->trace_told = hc_trace_is_id(line->trace);
}

static enum hc_status take_line(struct hc_log_pass *pass, size_t i, struct hc_err *err)
{
    struct looked_at *seen = pass->looked_at ? &pass->room->sample[i] : &pass->pair[i % 2];
    struct hc_columns *own = pass->looked_at ? &pass->room->own[i] : &pass->pair_own[i % 2];
    struct hc_header header;
    const struct looked_at *last = !pass->looked_at && i > 0 ? &pass->pair[(i - 1) % 2] : NULL;
    bool more = !pass->looked_at && i + 1 < pass->n_lines;
    const struct next next = {pass->room->lines[i + 1], more ? &pass->pair[(i + 1) % 2] : NULL};
    if ((!pass->looked_at || seen->inner.in_room) && !look_at(pass, pass->room->lines[i], last, own, seen, &next))
        return refused(pass, err);
    const struct hc_unwrapped *inner = &seen->inner;
    const struct hc_stamp *stamp = read_header(pass, seen, &header);
    struct hc_log_line line = {.line = pass->first_line + (uint32_t)i,
                               .continues = continues_record(pass, inner, &header),
                               .at = HC_TIME_NONE,
                               .whole = pass->room->lines[i],
                               .message = inner->text};
    if (line.continues)
        return pass->sink->take(pass->sink->context, &line, err);
    pass->in_record = true;
    choose_time(pass, inner, stamp, &line);
    line.level = header.level != HC_LOG_NONE ? header.level : inner->level;
    line.component = inner->component.p ? inner->component : header.component;
    line.message = (struct hc_str){inner->text.p + header.message, inner->text.n - header.message};
    line.cause = inner->cause;
    line.cause_escaped = inner->cause_escaped;
    find_trace(seen, &line);
    if (!find_shape(pass, seen, &line))
        return refused(pass, err);
    return pass->sink->take(pass->sink->context, &line, err);
}

static enum hc_status take_block(struct hc_log_pass *pass, struct hc_err *err)
{
    bool fits = false;
    pass->looked_at = false;
    pass->ahead = NULL;
    if (pass->learned && !still_fits(pass, &fits))
        return refused(pass, err);
    if (!fits && !learn(pass))
        return refused(pass, err);
    enum hc_status status = HC_OK;
    for (size_t i = 0; status == HC_OK && i < pass->n_lines; i++)
        status = take_line(pass, i, err);
    pass->first_line += (uint32_t)pass->n_lines;
    return status;
}

/* False: no memory. */
static bool open_pass(struct hc_log_pass *pass, const struct hc_stamp_frame *frame, struct hc_shape_memo *shapes,
                      struct hc_arena *arena, const struct hc_log_lines_sink *sink)
{
    struct hc_line_forms *forms = hc_shape_memo_forms(shapes);
    bool fresh;
    *pass = (struct hc_log_pass){.frame = frame,
                                 .sink = sink,
                                 .arena = arena,
                                 .shapes = shapes,
                                 .forms = forms,
                                 .at = HC_TIME_NONE,
                                 .room = hc_line_forms_room(forms, sizeof(struct room), &fresh),
                                 .first_line = 1};
    if (pass->room && fresh) {
        hc_unwrap_room_init(&pass->room->unwrapped);
        pass->room->credit = CREDIT_MOST;
    }
    return pass->room != NULL;
}

struct hc_log_pass *hc_log_pass_new(const struct hc_stamp_frame *frame, struct hc_shape_memo *shapes,
                                    struct hc_arena *arena, const struct hc_log_lines_sink *sink)
{
    struct hc_log_pass *pass = hc_arena_alloc(arena, sizeof *pass);
    return pass && open_pass(pass, frame, shapes, arena, sink) ? pass : NULL;
}

enum hc_status hc_log_pass_take(struct hc_log_pass *pass, struct hc_str bytes, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    if (pass->first_line == 1 && hc_str_starts(bytes, HC_STR("\xEF\xBB\xBF")))
        bytes = (struct hc_str){bytes.p + 3, bytes.n - 3};
    while (status == HC_OK && bytes.n > 0) {
        read_block(pass, &bytes);
        status = take_block(pass, err);
    }
    if (status == HC_OK && (pass->shape.failed || hc_unwrap_room_failed(&pass->room->unwrapped)))
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while reading a log");
    hc_buf_free(&pass->shape);
    hc_unwrap_room_free(&pass->room->unwrapped);
    return status;
}

enum hc_status hc_log_lines(struct hc_str bytes, const struct hc_stamp_frame *frame, struct hc_shape_memo *shapes,
                            struct hc_arena *arena, const struct hc_log_lines_sink *sink, struct hc_err *err)
{
    struct hc_log_pass pass;
    return open_pass(&pass, frame, shapes, arena, sink) ? hc_log_pass_take(&pass, bytes, err) : refused(&pass, err);
}
