#include "ingest/normalize/cause.h"

#define SAYS_LEAST 6 /* bytes of a text of one word */

enum rank { NONE, BEFORE_FRAME, TYPE, ENDS_TRACEBACK, CAUSE };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Of a qualified name, with '.', "::", '\' or '$' between its parts. */
static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '.' || c == ':' ||
           c == '\\' || c == '$';
}

static size_t indent_of(struct hc_str line)
{
    size_t n = 0;
    while (n < line.n && (line.p[n] == ' ' || line.p[n] == '\t'))
        n++;
    return n;
}

static struct hc_str from(struct hc_str text, size_t at)
{
    return (struct hc_str){text.p + at, text.n - at};
}

/* ---- what a line is ---- */

static bool has_digit_at(struct hc_str text, size_t at)
{
    return at < text.n && is_digit(text.p[at]);
}

/* "at " opens prose too, which has no place in code behind it. */
static bool is_at_place(struct hc_str text)
{
    return hc_str_starts(text, HC_STR("at ")) &&
           (memchr(text.p, '(', text.n) || memchr(text.p, ':', text.n) || memchr(text.p, '/', text.n));
}

/* A line of a stack, or one that announces or ends it. */
static bool is_frame(struct hc_str text)
{
    switch (text.p[0]) {
    case 'a':
        return is_at_place(text);
    case 'f':
        return hc_str_starts(text, HC_STR("from ")) && memchr(text.p, ':', text.n) != NULL;
    case 'F':
        return hc_str_starts(text, HC_STR("File \""));
    case '#':
        return has_digit_at(text, 1);
    case '.':
        return hc_str_starts(text, HC_STR("... ")) && has_digit_at(text, 4);
    case 'g':
        return hc_str_starts(text, HC_STR("goroutine ")) && has_digit_at(text, 10);
    case '-':
        return hc_str_starts(text, HC_STR("--- End of "));
    default:
        return hc_str_ends(text, HC_STR("trace:"));
    }
}

/* Behind what says that the rest is the cause of what was said before; absent: nothing does. */
static struct hc_str behind_marker(struct hc_str text)
{
    static const struct hc_str markers[] = {{"Caused by:", 10}, {"Root cause:", 11}, {"--->", 4},
                                            {"[cause]:", 8},    {"[errors]:", 9},    {"what():", 7}};
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++)
        if (hc_str_starts(text, markers[i]))
            return hc_str_trim(from(text, markers[i].n));
    return HC_STR_NONE;
}

/* The name that stands at the beginning, as far as it is one of a type of exceptions: two general words end those. */
static struct hc_str type_at(struct hc_str text)
{
    size_t n = 0;
    while (n < text.n && is_name(text.p[n]) && (text.p[n] != ':' || (n + 1 < text.n && text.p[n + 1] == ':')))
        n += text.p[n] == ':' ? 2 : 1;
    struct hc_str name = {text.p, n};
    bool named = hc_str_ends(name, HC_STR("Exception")) || hc_str_ends(name, HC_STR("Error"));
    return named && !is_digit(name.p[0]) ? name : HC_STR_NONE;
}

/* More than one of the two words, which are levels and prose as well. */
static bool is_own_name(struct hc_str type)
{
    return type.n > 0 && !hc_str_is(type, "Exception") && !hc_str_is(type, "Error");
}

/* A type, and behind it nothing, a colon, or a code or a text in brackets. */
static bool opens_with_type(struct hc_str text)
{
    struct hc_str type = type_at(text);
    struct hc_str rest = from(text, type.n);
    return type.n > 0 &&
           (rest.n == 0 || rest.p[0] == ':' || hc_str_starts(rest, HC_STR(" (")) || hc_str_starts(rest, HC_STR(" [")));
}

struct hc_str hc_cause_type(struct hc_str line)
{
    for (size_t at = 0; at < line.n; at++) {
        struct hc_str type = type_at(from(line, at));
        if (is_own_name(type))
            return type;
        while (at < line.n && is_name(line.p[at]))
            at++;
    }
    return HC_STR_NONE;
}

bool hc_cause_opens(struct hc_str line)
{
    struct hc_str text = hc_str_trim(line);
    return behind_marker(text).p != NULL || (opens_with_type(text) && is_own_name(type_at(text)));
}

bool hc_cause_says(struct hc_str text)
{
    return text.n >= SAYS_LEAST || (text.n > 0 && memchr(text.p, ' ', text.n) != NULL);
}

/* ---- what it is in its record ---- */

static enum hc_cause_verdict better(struct hc_cause_finder *finder, enum rank rank)
{
    finder->rank = (uint8_t)rank;
    finder->may_be = false;
    return HC_CAUSE_IS;
}

static enum hc_cause_verdict look_at_frame(struct hc_cause_finder *finder)
{
    bool was = finder->may_be && finder->rank < BEFORE_FRAME;
    finder->may_be = finder->lists_causes = false;
    if (was)
        finder->rank = BEFORE_FRAME;
    return was ? HC_CAUSE_WAS : HC_CAUSE_NO;
}

/* Is the line of something that was thrown beside the failure, whose causes are none of it? */
static bool is_suppressed(struct hc_cause_finder *finder, struct hc_str text, size_t indent)
{
    bool within = finder->suppressed > 0 && indent + 1 >= finder->suppressed;
    if (!within)
        finder->suppressed = hc_str_starts(text, HC_STR("Suppressed:")) ? indent + 1 : 0;
    return finder->suppressed > 0;
}

/* What stands below a "Caused by:" that has nothing behind it, one cause after another. */
static bool is_listed(struct hc_cause_finder *finder, size_t indent)
{
    finder->lists_causes = finder->lists_causes && indent > 0;
    return finder->lists_causes;
}

static bool ends_traceback(struct hc_cause_finder *finder, size_t indent)
{
    if (!finder->in_traceback || indent > finder->traceback_indent)
        return false;
    finder->in_traceback = false;
    return finder->rank <= ENDS_TRACEBACK;
}

/* What a runtime says between a failure and its frames: "[signal SIGSEGV …]", "note: run with …". */
static bool is_aside(struct hc_str text)
{
    return text.p[0] == '[' || hc_str_starts(text, HC_STR("note: "));
}

static enum hc_cause_verdict look_at_text(struct hc_cause_finder *finder, struct hc_str text)
{
    if (opens_with_type(text) && finder->rank < TYPE)
        return better(finder, TYPE);
    if (finder->rank != NONE || is_aside(text))
        return HC_CAUSE_NO;
    finder->may_be = true;
    return HC_CAUSE_MAY_BE;
}

enum hc_cause_verdict hc_cause_look(struct hc_cause_finder *finder, struct hc_str line)
{
    size_t indent = indent_of(line);
    struct hc_str text = hc_str_trim(line);
    if (text.n == 0) {
        finder->lists_causes = false;
        return HC_CAUSE_NO;
    }
    if (is_frame(text))
        return look_at_frame(finder);
    if (is_suppressed(finder, text, indent))
        return HC_CAUSE_NO;
    struct hc_str behind = behind_marker(text);
    if (behind.n > 0 || is_listed(finder, indent))
        return better(finder, CAUSE);
    if (behind.p) {
        finder->lists_causes = true;
        return HC_CAUSE_NO;
    }
    if (hc_str_starts(text, HC_STR("Traceback ("))) {
        finder->in_traceback = true;
        finder->traceback_indent = indent;
        return HC_CAUSE_NO;
    }
    if (ends_traceback(finder, indent))
        return better(finder, ENDS_TRACEBACK);
    return look_at_text(finder, text);
}
