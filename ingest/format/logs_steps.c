#include "ingest/format/logs_steps.h"

#include <string.h>

#include "ingest/normalize/letters.h"

#define LOOKED_AT_BYTES 1024
#define TRIED_LINES 256
#define TRIED_STRIDE 64
#define STEPS_MOST ((size_t)1 << 17)
#define ID_LEAST 8
#define ID_MOST 64
#define ID_SHORT 16 /* hexadecimal digits of a short trace id; a long one has twice as many */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A byte may be asked for many times a line. */
static const bool hexadecimal[256] = {
    ['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true, ['7'] = true,
    ['8'] = true, ['9'] = true, ['a'] = true, ['b'] = true, ['c'] = true, ['d'] = true, ['e'] = true, ['f'] = true,
    ['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true, ['F'] = true};

static bool is_hex(char c)
{
    return hexadecimal[(unsigned char)c];
}

/* What stands between a key and its value, in JSON within JSON too. */
static bool is_separator(char c)
{
    static const bool separates[256] = {[':'] = true,  ['='] = true,  [' '] = true, ['"'] = true,
                                        ['\\'] = true, ['\''] = true, ['['] = true, ['('] = true};
    return separates[(unsigned char)c];
}

/* "00-<trace>-<span>-01": the trace. */
static struct hc_str of_parent(struct hc_str value)
{
    if (value.n < 36 || value.p[2] != '-' || value.p[35] != '-')
        return HC_STR_NONE;
    return (struct hc_str){value.p + 3, 32};
}

/* Where the letters, digits and dashes from `at` on end; most are hexadecimal digits. */
static size_t id_end(struct hc_str line, size_t at)
{
    for (; line.n - at >= 16 && hc_hex_bits(line.p + at) == 0xFFFF; at += 16)
        ;
    while (at < line.n && (is_digit(line.p[at]) || is_letter(line.p[at]) || line.p[at] == '-'))
        at++;
    return at;
}

static bool is_parent(struct hc_str line, size_t at)
{
    return line.n - at >= 6 && memcmp(line.p + at, "parent", 6) == 0;
}

bool hc_trace_is_id(struct hc_str value)
{
    return value.n >= ID_LEAST && value.n <= ID_MOST &&
           ((value.n >= 16 && hc_digit_bits(value.p) != 0) || hc_has_digits(value, 1));
}

/* The value that stands behind "trace" at `at`; absent where that is no key. */
static struct hc_str value_at(struct hc_str line, size_t at)
{
    bool parent = is_parent(line, at);
    if (parent)
        at += 6;
    else if (at < line.n && (line.p[at] == '_' || line.p[at] == '-' || line.p[at] == '.'))
        at++;
    if (!parent && line.n - at >= 2 && (line.p[at] == 'i' || line.p[at] == 'I') &&
        (line.p[at + 1] == 'd' || line.p[at + 1] == 'D'))
        at += 2;
    size_t begin = at;
    while (begin < line.n && is_separator(line.p[begin]))
        begin++;
    struct hc_str value = {line.p + begin, id_end(line, begin) - begin};
    if (begin == at || !hc_trace_is_id(value))
        return HC_STR_NONE;
    return parent ? of_parent(value) : value;
}

static bool is_race(const char *p)
{
    static const char race[] = "race";
    uint32_t word, wanted;
    memcpy(&word, p, sizeof word);
    memcpy(&wanted, race, sizeof wanted);
    return (word | UINT32_C(0x20202020)) == wanted;
}

/* Where "ra" stands from `at` on, in letters of any case; the line's end: nowhere. */
static size_t next_ra(struct hc_str line, size_t at)
{
    for (; line.n - at > 16; at += 16) {
        unsigned pairs = hc_pair_bits(line.p + at, 'r', 'a');
        if (pairs != 0)
            return at + (size_t)__builtin_ctz(pairs);
    }
    while (at < line.n && (line.p[at] | 0x20) != 'r')
        at++;
    return at;
}

/* A key in small letters goes before one in capitals. */
struct hc_str hc_trace_by_key(struct hc_str line, bool *sure)
{
    struct hc_str capital = HC_STR_NONE;
    *sure = line.n <= LOOKED_AT_BYTES;
    line.n = line.n < LOOKED_AT_BYTES ? line.n : LOOKED_AT_BYTES;
    for (size_t at = line.n > 0; (at = next_ra(line, at)) + 4 <= line.n; at++) {
        if (!is_race(line.p + at) || (line.p[at - 1] | 0x20) != 't')
            continue;
        bool small = memcmp(line.p + at, "race", 4) == 0;
        if (!small && (capital.p != NULL || memcmp(line.p + at, "RACE", 4) != 0))
            continue;
        struct hc_str value = value_at(line, at + 4);
        *sure = *sure && value.p != NULL && small && !is_parent(line, at + 4);
        if (value.p != NULL && small)
            return value;
        capital = small ? capital : value;
    }
    return capital;
}

bool hc_trace_is_found(struct hc_str line, size_t from, struct hc_str value)
{
    if (line.n > LOOKED_AT_BYTES || !hc_trace_is_id(value) || id_end(value, 0) < value.n)
        return false;
    for (size_t at = line.n > 0; (at = next_ra(line, at)) < from && at + 4 <= line.n; at++) {
        if (is_race(line.p + at) && (line.p[at - 1] | 0x20) == 't')
            return false;
    }
    return true;
}

/* The whole word of letters and digits around `at`. */
static struct hc_str word_around(struct hc_str line, size_t at)
{
    size_t begin = at, end = at;
    while (begin > 0 && (is_letter(line.p[begin - 1]) || is_digit(line.p[begin - 1])))
        begin--;
    while (end < line.n && (is_letter(line.p[end]) || is_digit(line.p[end])))
        end++;
    return (struct hc_str){line.p + begin, end - begin};
}

static bool looks_like_id(struct hc_str word)
{
    size_t n_digits = 0;
    if (word.n != ID_SHORT && word.n != (size_t)2 * ID_SHORT)
        return false;
    for (size_t i = 0; i < word.n; i++) {
        if (!is_hex(word.p[i]))
            return false;
        n_digits += is_digit(word.p[i]);
    }
    return n_digits > 0 && n_digits < word.n;
}

/* Sixteen digits around `at` reach eight to one side of it, four to one side and one to one side. */
static bool may_stand_in_id(struct hc_str line, size_t at)
{
    const char *p = line.p + at;
    if (!is_hex(*p))
        return false;
    if (line.n - at <= 8)
        return is_hex(p[-8]) && is_hex(p[-4]);
    return (is_hex(p[-8]) || is_hex(p[8])) && (is_hex(p[-4]) || is_hex(p[4])) && (is_hex(p[-1]) || is_hex(p[1]));
}

/* A word of sixteen bytes covers one of every sixteen. */
struct hc_str hc_trace_by_look(struct hc_str line)
{
    line.n = line.n < LOOKED_AT_BYTES ? line.n : LOOKED_AT_BYTES;
    for (size_t at = ID_SHORT - 1; at < line.n; at += ID_SHORT) {
        if (!may_stand_in_id(line, at))
            continue;
        struct hc_str word = word_around(line, at);
        if (looks_like_id(word))
            return word;
        at = (size_t)(word.p - line.p) + word.n - 1;
    }
    return HC_STR_NONE;
}

static struct hc_str by_key(const struct hc_log_line *line, struct hc_str text)
{
    bool sure;
    return line->trace_told ? line->trace : hc_trace_by_key(text, &sure);
}

/* What is asked of a line depends on what the lines before it have shown: a key rules out guesses. */
static __attribute__((noinline)) struct hc_str find(struct hc_step_finder *finder, struct hc_reading *reading,
                                                    const struct hc_log_line *line)
{
    struct hc_str text = line->whole.p != NULL ? line->whole : line->message;
    if (finder->by_key)
        return by_key(line, text);
    uint32_t number = finder->n_lines++;
    if (!finder->by_look && number >= TRIED_LINES && number % TRIED_STRIDE != 0)
        return HC_STR_NONE;
    if (!finder->by_look || number < TRIED_LINES) {
        struct hc_str value = by_key(line, text);
        if (value.p != NULL) {
            reading->n_steps = 0;
            reading->steps_guessed = false;
            finder->by_key = true;
            finder->by_look = false;
            return value;
        }
    }
    struct hc_str value = hc_trace_by_look(text);
    finder->by_look |= value.p != NULL;
    reading->steps_guessed = finder->by_look;
    return value;
}

/* Multiplied so that the top bits, by which traces are let go, depend on all of the hash. */
static bool is_kept(const struct hc_step_finder *finder, uint64_t trace)
{
    return finder->shift == 0 || (trace * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - finder->shift) == 0;
}

static void thin_out(struct hc_step_finder *finder, struct hc_reading *reading)
{
    size_t n = 0;
    finder->shift++;
    for (size_t i = 0; i < reading->n_steps; i++) {
        if (is_kept(finder, reading->steps[i].trace))
            reading->steps[n++] = reading->steps[i];
    }
    reading->n_steps = n;
}

static bool more_steps(const struct hc_step_finder *finder, struct hc_reading *reading)
{
    size_t n_needed = reading->n_steps < finder->n_expected ? finder->n_expected : reading->n_steps + 1;
    struct hc_read_step *steps = hc_arena_regrow(reading->arena, reading->steps, reading->n_steps, n_needed,
                                                 &reading->steps_capacity, sizeof *steps);
    if (steps == NULL)
        return false;
    reading->steps = steps;
    return true;
}

static bool add_step(struct hc_step_finder *finder, struct hc_reading *reading, const struct hc_read_step *step)
{
    while (reading->n_steps >= STEPS_MOST && finder->shift < 63)
        thin_out(finder, reading);
    if (!is_kept(finder, step->trace) || reading->n_steps >= STEPS_MOST)
        return true;
    if (reading->n_steps == reading->steps_capacity && !more_steps(finder, reading))
        return false;
    reading->steps[reading->n_steps++] = *step;
    return true;
}

bool hc_step_finder_take(struct hc_step_finder *finder, struct hc_reading *reading, const struct hc_log_line *line,
                         uint32_t log)
{
    if (!hc_time_known(line->at))
        return true;
    /* Most lines are of a file that has shown a key, and what stands behind it has been found before. */
    struct hc_str id = finder->by_key && line->trace_told ? line->trace : find(finder, reading, line);
    if (id.p == NULL)
        return true;
    struct hc_read_step step = {hc_str_hash(id), line->at.ns, log, line->line};
    return !is_kept(finder, step.trace) || add_step(finder, reading, &step);
}
