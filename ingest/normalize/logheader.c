#include "ingest/normalize/logheader.h"

#include "corpus/record/incident.h"
#include "ingest/normalize/letters.h"
#include "ingest/normalize/severity.h"

/* What a byte is or can be part of. */
enum mark {
    ENDS = 1, /* the word before it */
    LETTER = 2,
    DIGIT = 4,
    NUMBER = 8,  /* may stand in one */
    DASH = 16,   /* may stand in one */
    NAME = 32,   /* may stand in a name of parts */
    JOINER = 64, /* may join two parts */

    O = 0,                             /* anything else */
    E = ENDS,                          /* space, tab */
    V = ENDS | DASH,                   /* | */
    N = DIGIT | NUMBER | NAME,         /* 0 to 9 */
    H = LETTER | NUMBER | NAME,        /* a to f */
    L = LETTER | NAME,                 /* g to z */
    J = JOINER | NAME,                 /* $ _ / @ */
    M = JOINER | NAME | NUMBER,        /* # . */
    P = JOINER | NAME | NUMBER | DASH, /* - */
    C = JOINER | NAME | DASH,          /* : */
    B = NUMBER,                        /* ( ) [ ] , < */
    A = NUMBER | DASH,                 /* > */
    D = DASH                           /* = * ~ */
};

static const uint8_t marks[256] = {
    O, O, O, O, O, O, O, O, O, E, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, E, O, O, M, J,
    O, O, O, B, B, D, O, B, P, M, J, N, N, N, N, N, N, N, N, N, N, C, O, B, D, A, O, J, H, H, H, H, H, H, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, B, O, B, O, J, O, H, H, H, H, H, H, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, L, O, V, O, D, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O,
    O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O,
    O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O,
    O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O};

static uint8_t mark_of(char c)
{
    return marks[(unsigned char)c];
}

bool hc_is_number_byte(char c)
{
    return mark_of(c) & NUMBER;
}

static bool is_digit(char c)
{
    return mark_of(c) & DIGIT;
}

static bool is_letter(char c)
{
    return mark_of(c) & LETTER;
}

static struct hc_str slice(struct hc_str s, size_t begin, size_t end)
{
    return (struct hc_str){s.p + begin, end - begin};
}

/* Digits, perhaps with '#', 0x, brackets or a comma around, or a long hexadecimal id. */
static bool is_number(struct hc_str word)
{
    size_t n_digits = 0, n_hex = 0;
    for (size_t i = 0; i < word.n; i++) {
        char c = word.p[i];
        if (is_digit(c))
            n_digits++;
        else if (mark_of(c) == H)
            n_hex++;
        else if (c == 'x' && i == 1)
            n_digits++;
        else if (!(mark_of(c) & NUMBER))
            return false;
    }
    return n_digits > 0 && (n_hex == 0 || (n_digits + n_hex >= 12 && n_digits >= 2));
}

/* A word and the marks that all, and that any, of its bytes have. */
struct word {
    struct hc_str text;
    uint8_t all, any;
};

static bool ends_word(struct hc_str text, size_t at)
{
    return at == text.n || mark_of(text.p[at]) & ENDS;
}

/* Where the letters that begin at `at` end. */
static size_t letters_end(struct hc_str text, size_t at)
{
    size_t n = 8;
    while (n == 8 && text.n - at >= 8) {
        n = hc_count_letters(text.p + at);
        at += n;
    }
    while (n == 8 && at < text.n && is_letter(text.p[at]))
        at++;
    return at;
}

/* Of letters it is enough to know that they are some. */
static struct word read_word(struct hc_str text, size_t from)
{
    struct word word = {.all = 0xFF};
    size_t end = from;
    while (!ends_word(text, end)) {
        size_t begin = end;
        end = letters_end(text, end);
        uint8_t marks_here = end > begin ? L : mark_of(text.p[end++]);
        word.all &= marks_here;
        word.any |= marks_here;
    }
    word.text = slice(text, from, end);
    return word;
}

/* A name made of parts: letters first, joined by one of . # $ _ - / @ */
static bool is_identifier(const struct word *word)
{
    struct hc_str text = word->text;
    return text.n >= 3 && word->all & NAME && word->any & JOINER && is_letter(text.p[0]) &&
           mark_of(text.p[text.n - 1]) & (LETTER | DIGIT);
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* "NOTICE[1638]" is a level, as is "INFO[0042]"; "notice[12]:" is a program. */
static struct hc_str without_number(struct hc_str word)
{
    const char *bracket = word.p[word.n - 1] == ']' ? memchr(word.p, '[', word.n) : NULL;
    size_t n = bracket ? (size_t)(bracket - word.p) : word.n;
    if (n < 3 || (bracket && (!is_capital(word.p[0]) || !is_capital(word.p[1]))))
        return word;
    for (size_t i = n + 1; i + 1 < word.n; i++)
        if (!is_digit(word.p[i]))
            return word;
    return slice(word, 0, n);
}

/* "ERROR/MainProcess]", the end of a bracket that a time begins, says how bad it is and which process says so, or "ERR]"
 * the former alone. */
static struct hc_str without_process(struct hc_str word)
{
    if (word.p[word.n - 1] != ']' || memchr(word.p, '[', word.n))
        return word;
    const char *slash = memchr(word.p, '/', word.n);
    size_t n = slash ? (size_t)(slash - word.p) : word.n - 1;
    return n >= 3 ? slice(word, 0, n) : word;
}

/* What "app.INFO" and "[1234]:LOG" end in, capitals behind a full stop or a colon. */
static struct hc_str last_part(struct hc_str word)
{
    size_t at = word.n;
    while (at > 0 && is_capital(word.p[at - 1]))
        at--;
    bool parted = at > 1 && word.n - at >= 3 && (word.p[at - 1] == '.' || word.p[at - 1] == ':');
    return parted ? slice(word, at, word.n) : HC_STR_NONE;
}

/* "=INFO", "*ERROR*" and "(WARN)" are levels too. */
static struct hc_str without_marks(struct hc_str word)
{
    char first = word.p[0], last = word.p[word.n - 1];
    if (word.n < 4 || (first != '=' && first != '*' && first != '('))
        return word;
    return slice(word, 1, word.n - (last == '*' || last == ')'));
}

/* "fail" is a level in "fail: " alone: "fail to connect" and "FAIL test_case_12" are messages. */
static uint8_t level_of_untagged(struct hc_str word)
{
    return hc_str_equal_nocase(word, HC_STR("fail")) ? (uint8_t)HC_LOG_NONE : hc_severity_of_word(word);
}

static void class_word(const struct word *word, struct hc_column *column)
{
    struct hc_str text = word->text, core = text;
    char last = text.p[text.n - 1];
    bool tagged = text.n > 1 && last == ':' && text.p[0] != '{'; /* a key of JSON tags nothing */
    if (tagged || (text.n > 2 && last == ','))
        core.n--;
    struct hc_str level = without_process(without_number(without_marks(core)));
    column->level = tagged ? hc_severity_of_word(level) : level_of_untagged(level);
    if (tagged && column->level == HC_LOG_NONE)
        column->level = hc_severity_of_word(last_part(core));
    if (column->level != HC_LOG_NONE)
        column->class = HC_COLUMN_LEVEL;
    else if (word->all & DASH && text.n <= 4)
        column->class = HC_COLUMN_DASH;
    else if (!tagged && is_number(core))
        column->class = HC_COLUMN_NUMBER;
    else if ((tagged || (last == ']' && is_letter(text.p[0]) && !memchr(text.p, '[', text.n))) &&
             text.n <= HC_COLUMN_TAG_BYTES)
        column->class = HC_COLUMN_TAG;
    else
        column->class = is_identifier(word) ? HC_COLUMN_IDENTIFIER : HC_COLUMN_WORD;
    column->id = word->all & DIGIT;
    column->name = (column->class == HC_COLUMN_WORD || column->class == HC_COLUMN_IDENTIFIER) && word->all & NAME &&
                   !(word->any & DIGIT) && is_letter(text.p[0]);
}

/* Is it the line's own time that begins a bracket: with a date, and no other before it or right behind the bracket? */
static bool is_own_time(const struct hc_stamp *stamp, struct hc_str behind, bool timed)
{
    struct hc_stamp next;
    return !timed && stamp->date != HC_STAMP_DATE_NONE && hc_stamp_scan(hc_str_trim(behind), &next) == 0;
}

/* The level in "[error]" or "[core:error]", and a time that fills the brackets. `end`: where they close; returned: where the
 * column ends, of "[2015-03-16T23:17:43Z ERROR app] " behind the time. */
static size_t class_bracket(struct hc_str text, size_t end, bool timed, struct hc_column *column,
                            struct hc_stamp *stamp)
{
    struct hc_str inner = slice(text, column->begin + 1, end);
    size_t taken = hc_stamp_scan(inner, stamp);
    bool whole = taken && inner.n - taken <= 8;
    column->class = HC_COLUMN_BRACKET;
    column->fixed = !taken;
    if (whole || (taken && is_own_time(stamp, slice(text, end + 1, text.n), timed))) {
        column->class = HC_COLUMN_TIME;
        struct hc_str rest = hc_str_trim(slice(inner, taken, inner.n));
        bool level = rest.n >= 3 && hc_severity_of_word(rest) != HC_LOG_NONE;
        return whole && !level ? end + 1 : column->begin + 1 + taken;
    }
    const char *colon = memchr(inner.p, ':', inner.n);
    struct hc_str word = colon ? slice(inner, (size_t)(colon + 1 - inner.p), inner.n) : inner;
    column->level = hc_severity_of_word(hc_str_trim(word));
    if (column->level != HC_LOG_NONE)
        column->class = HC_COLUMN_LEVEL;
    return end + 1;
}

static bool read_bracket(struct hc_str text, bool timed, struct hc_column *column, struct hc_stamp *stamp)
{
    size_t at = column->begin, limit = text.n - at > HC_COLUMN_BRACKET_BYTES ? at + HC_COLUMN_BRACKET_BYTES : text.n;
    int depth = 1;
    for (size_t i = letters_end(text, at + 1); i < limit; i++) {
        depth += (text.p[i] == '[') - (text.p[i] == ']');
        if (depth > 0)
            continue;
        size_t end = class_bracket(text, i, timed, column, stamp);
        column->end = (uint32_t)(end + (end < text.n && text.p[end] == ':'));
        return true;
    }
    return false;
}

static size_t scan_time(struct hc_str rest, struct hc_column *column, struct hc_stamp *stamp)
{
    size_t taken = hc_stamp_scan(rest, stamp);
    column->class = HC_COLUMN_TIME;
    if (!taken && is_digit(rest.p[0])) {
        taken = hc_stamp_scan_epoch(rest, stamp);
        column->class = HC_COLUMN_EPOCH;
    }
    while (taken && taken < rest.n && (rest.p[taken] == ',' || rest.p[taken] == ':' || rest.p[taken] == ']'))
        taken++;
    return taken;
}

/* The common case: a word of letters alone, which opens no time; those of three letters may. */
static bool read_letters(struct hc_str text, size_t from, struct hc_column *column)
{
    size_t end = letters_end(text, from);
    if (end == from || end - from == 3 || !ends_word(text, end))
        return false;
    column->end = (uint32_t)end;
    column->level = level_of_untagged(slice(text, from, end));
    bool field = end < text.n && text.p[end] == '\t' && column->level == HC_LOG_NONE;
    bool named = field && (end + 1 == text.n || text.p[end + 1] != '{'); /* before JSON stands the message */
    column->class = column->level != HC_LOG_NONE ? HC_COLUMN_LEVEL : named ? HC_COLUMN_IDENTIFIER : HC_COLUMN_WORD;
    column->name = column->level == HC_LOG_NONE;
    column->fixed = !field;
    return true;
}

/* "E/ActivityManager( 1234):", a level and the name of the source, of two letters or more, unlike "I/O(3):": where it
 * ends, 0 where none begins. */
static size_t logcat_end(struct hc_str text, size_t from)
{
    size_t at = from + 2;
    if (text.n - from < 6 || text.p[from + 1] != '/' || hc_severity_of_word(slice(text, from, from + 1)) == HC_LOG_NONE)
        return 0;
    while (at < text.n && at - from < HC_COLUMN_TAG_BYTES && text.p[at] != '(' && text.p[at] != ' ')
        at++;
    if (at < from + 4 || at == text.n || text.p[at++] != '(')
        return 0;
    while (at < text.n && (text.p[at] == ' ' || is_digit(text.p[at])))
        at++;
    return hc_str_starts(slice(text, at, text.n), HC_STR("):")) ? at + 2 : 0;
}

static bool read_logcat(struct hc_str text, size_t from, struct hc_column *column)
{
    size_t end = logcat_end(text, from);
    if (end == 0)
        return false;
    column->class = HC_COLUMN_LEVEL;
    column->level = hc_severity_of_word(slice(text, from, from + 1));
    column->end = (uint32_t)end;
    return true;
}

/* A word that can open no time, which could go on behind it. */
static bool is_fixed(struct hc_str text, const struct hc_column *column)
{
    const char *p = text.p + column->begin;
    if (column->end == text.n || is_digit(p[0]) || p[0] == '@' || is_digit(p[1]))
        return false;
    if (!is_letter(p[0]))
        return true;
    return column->end - column->begin >= 3 && p[3] != ' ' && p[3] != ',' && p[3] != '-' && p[3] != '/';
}

bool hc_column_next(struct hc_str text, size_t from, bool timed, struct hc_column *column, struct hc_stamp *stamp)
{
    while (from < text.n && (text.p[from] == ' ' || text.p[from] == '\t'))
        from++;
    if (from >= text.n || from > UINT32_MAX / 2)
        return false;
    column->begin = (uint32_t)from;
    column->level = HC_LOG_NONE;
    column->fixed = column->id = column->name = false;
    if (text.p[from] == '|') {
        column->class = HC_COLUMN_DASH;
        column->end = column->begin + 1;
        return true;
    }
    if (text.p[from] == '[' ? read_bracket(text, timed, column, stamp) : read_letters(text, from, column)) {
        column->fixed = column->fixed && column->end < text.n;
        return true;
    }
    if (read_logcat(text, from, column) || hc_column_glued(text, column, stamp))
        return true;
    size_t taken = scan_time(slice(text, from, text.n), column, stamp);
    if (!taken) {
        struct word word = read_word(text, from);
        taken = word.text.n;
        class_word(&word, column);
    }
    column->end = (uint32_t)(from + taken);
    column->fixed = column->class != HC_COLUMN_TIME && text.p[from] != '[' && is_fixed(text, column);
    return true;
}

void hc_columns_open(struct hc_columns *columns, struct hc_str text, const struct hc_columns *like)
{
    columns->like = like;
    columns->text = text;
    columns->stamped = HC_HEADER_COLUMNS;
    columns->classes = 0;
    columns->n = 0;
    columns->ended = false;
    columns->continues = hc_line_continues(text);
}

/* Column `i`, which begins at or after `from`, from the line that this one is like. */
static bool take_over(const struct hc_columns *columns, size_t i, size_t from, struct hc_column *column)
{
    const struct hc_columns *like = columns->like;
    struct hc_str text = columns->text;
    if (!like || i >= like->n || !like->at[i].fixed)
        return false;
    while (from < text.n && (text.p[from] == ' ' || text.p[from] == '\t'))
        from++;
    size_t n = like->at[i].end - like->at[i].begin;
    if (text.n - from <= n || from > UINT32_MAX / 2 ||
        memcmp(text.p + from, like->text.p + like->at[i].begin, n + 1) != 0)
        return false;
    *column = like->at[i];
    column->begin = (uint32_t)from;
    column->end = (uint32_t)(from + n);
    return true;
}

void hc_columns_read(struct hc_columns *columns, size_t i)
{
    struct hc_stamp later;
    size_t end = columns->n > 0 ? columns->at[columns->n - 1].end : 0;
    while (columns->n <= i && !columns->ended) {
        struct hc_column *column = &columns->at[columns->n];
        bool first = columns->stamped == HC_HEADER_COLUMNS;
        columns->ended = !take_over(columns, columns->n, end, column) &&
                         !hc_column_next(columns->text, end, !first, column, first ? &columns->stamp : &later);
        if (columns->ended)
            return;
        if (first && (column->class == HC_COLUMN_TIME || column->class == HC_COLUMN_EPOCH))
            columns->stamped = columns->n;
        columns->classes |= (uint64_t)column->class << 4 * columns->n;
        columns->ended = ++columns->n == HC_HEADER_COLUMNS;
        end = column->end;
    }
}
