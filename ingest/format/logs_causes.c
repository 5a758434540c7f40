#include "ingest/format/logs_causes.h"

#include "ingest/format/logs_json.h"
#include "ingest/normalize/templates.h"

#define SAID_BYTES ((size_t)1 << 16) /* of a record's first line, what is looked at and kept from part to part */

enum { BEST, MAY_BE };

static bool lies_in(struct hc_str text, struct hc_str whole)
{
    return whole.p && text.p >= whole.p && text.p + text.n <= whole.p + whole.n;
}

/* Moves the text, of no more than `most` bytes, into the room, which is made once. False: no memory. */
static bool hold(struct hc_str *text, char **room, size_t most, struct hc_arena *arena)
{
    if (text->n == 0 || text->p == *room)
        return true;
    if (!*room && !(*room = hc_arena_alloc(arena, most)))
        return false;
    memcpy(*room, text->p, text->n);
    text->p = *room;
    return true;
}

/* Where the text is part of the line as it came, it stays as long as the file does. */
static bool keep(struct hc_log_causes *causes, int which, const struct hc_log_line *line, size_t most,
                 struct hc_arena *arena)
{
    struct hc_log_cause *cause = which == BEST ? &causes->best : &causes->may_be;
    struct hc_str text = hc_str_cut(hc_str_trim(line->message), most);
    *cause = (struct hc_log_cause){text, line->line};
    return lies_in(text, line->whole) || hold(&cause->text, &causes->room[which], most, arena);
}

/* What may be it has proved to be: the rooms change places with it. */
static void promote(struct hc_log_causes *causes)
{
    char *room = causes->room[BEST];
    causes->best = causes->may_be;
    causes->room[BEST] = causes->room[MAY_BE];
    causes->room[MAY_BE] = room;
}

static struct hc_str said_of(const struct hc_log_causes *causes)
{
    return hc_str_cut(causes->said, SAID_BYTES);
}

/* The first line may open what the others end. */
static void open_lines(struct hc_log_causes *causes)
{
    static const struct hc_str opens = {"Traceback (", 11};
    struct hc_str said = said_of(causes);
    causes->any = true;
    causes->finder.in_traceback = said.n > 0 && memmem(said.p, said.n, opens.p, opens.n) != NULL;
}

bool hc_log_causes_take(struct hc_log_causes *causes, const struct hc_log_line *line, size_t most,
                        struct hc_arena *arena)
{
    if (!causes->any)
        open_lines(causes);
    switch (hc_cause_look(&causes->finder, line->message)) {
    case HC_CAUSE_MAY_BE:
        return keep(causes, MAY_BE, line, most, arena);
    case HC_CAUSE_IS:
        return keep(causes, BEST, line, most, arena);
    case HC_CAUSE_WAS:
        promote(causes);
        return true;
    default:
        return true;
    }
}

bool hc_log_causes_hold(struct hc_log_causes *causes, size_t most, struct hc_arena *arena)
{
    causes->said = said_of(causes);
    return hold(&causes->best.text, &causes->room[BEST], most, arena) &&
           hold(&causes->may_be.text, &causes->room[MAY_BE], most, arena) &&
           hold(&causes->said, &causes->said_room, SAID_BYTES, arena);
}

/* Says the record's own line so, as far as the text is told without the word that announces it? */
static bool is_said(struct hc_str text, struct hc_str said)
{
    struct hc_str type = hc_cause_type(text);
    struct hc_str told = type.p ? (struct hc_str){type.p, (size_t)(text.p + text.n - type.p)} : text;
    return said.n > 0 && memmem(said.p, said.n, told.p, told.n) != NULL;
}

static struct hc_log_cause unless_said(struct hc_log_cause cause, struct hc_str said)
{
    return cause.text.n > 0 && !is_said(cause.text, said) ? cause : (struct hc_log_cause){HC_STR_NONE, 0};
}

static void begin(struct hc_log_causes *causes)
{
    causes->finder = (struct hc_cause_finder){.rank = 0};
    causes->best = causes->may_be = (struct hc_log_cause){HC_STR_NONE, 0};
    causes->any = false;
}

struct hc_log_cause hc_log_causes_end(struct hc_log_causes *causes)
{
    struct hc_log_cause cause = unless_said(causes->best, said_of(causes));
    begin(causes);
    return cause;
}

static struct hc_str find_in_lines(struct hc_str rest)
{
    struct hc_cause_finder finder = {.rank = 0};
    struct hc_str best = HC_STR_NONE, may_be = HC_STR_NONE;
    while (rest.n > 0) {
        const char *begin = rest.p;
        struct hc_str trimmed = hc_str_take_line(&rest);
        struct hc_str line = {begin, (size_t)(rest.p - begin)}; /* indents tell */
        enum hc_cause_verdict verdict = hc_cause_look(&finder, line);
        if (verdict == HC_CAUSE_MAY_BE)
            may_be = trimmed;
        else if (verdict != HC_CAUSE_NO)
            best = verdict == HC_CAUSE_IS ? trimmed : may_be;
    }
    return best;
}

struct hc_log_cause hc_log_causes_of_field(struct hc_log_causes *causes, const struct hc_log_line *line)
{
    struct hc_str text = line->cause;
    if (line->cause_escaped) {
        hc_buf_clear(&causes->unescaped);
        hc_flat_unescape(&causes->unescaped, text);
        text = hc_buf_view(&causes->unescaped);
    }
    while (text.n > 0 && (unsigned char)text.p[text.n - 1] <= ' ')
        text.n--;
    if (text.n > 0 && memchr(text.p, '\n', text.n))
        text = find_in_lines(text);
    if (!hc_cause_says(text))
        text = HC_STR_NONE;
    return unless_said((struct hc_log_cause){text, line->line}, line->message);
}

static void add_shape(struct hc_log_causes *causes, struct hc_str text)
{
    if (text.n == 0)
        return;
    hc_shape_of(text, &causes->part);
    if (causes->shape.n > 0 && text.p[0] == ' ')
        hc_buf_char(&causes->shape, ' ');
    hc_buf_str(&causes->shape, hc_buf_view(&causes->part));
}

struct hc_str hc_log_causes_shape(struct hc_log_causes *causes, struct hc_str text)
{
    struct hc_str type = hc_cause_type(text);
    hc_buf_clear(&causes->shape);
    if (!type.p)
        type = (struct hc_str){text.p, 0};
    struct hc_str before = {text.p, (size_t)(type.p - text.p)};
    add_shape(causes, before);
    if (before.n > 0 && before.p[before.n - 1] == ' ')
        hc_buf_char(&causes->shape, ' ');
    hc_buf_str(&causes->shape, type);
    add_shape(causes, (struct hc_str){type.p + type.n, text.n - before.n - type.n});
    return hc_buf_view(&causes->shape);
}

bool hc_log_causes_failed(const struct hc_log_causes *causes)
{
    return causes->unescaped.failed || causes->shape.failed || causes->part.failed;
}

void hc_log_causes_free(struct hc_log_causes *causes)
{
    hc_buf_free(&causes->unescaped);
    hc_buf_free(&causes->shape);
    hc_buf_free(&causes->part);
}
