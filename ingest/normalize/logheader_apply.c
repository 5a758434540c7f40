/* What a learned program finds in a line. */
#include "corpus/record/incident.h"
#include "ingest/normalize/logheader.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct hc_str slice(struct hc_str s, size_t begin, size_t end)
{
    return (struct hc_str){s.p + begin, end - begin};
}

static struct hc_stamp stamp_of(const struct hc_columns *columns, size_t i)
{
    struct hc_column column;
    struct hc_stamp stamp = columns->stamp;
    if (i != columns->stamped)
        hc_column_next(columns->text, columns->at[i].begin, true, &column, &stamp);
    return stamp;
}

/* How long "server.go:12" is without its number. */
static size_t without_line(struct hc_str word)
{
    size_t n = word.n;
    while (n > 0 && is_digit(word.p[n - 1]))
        n--;
    return n > 1 && n < word.n && word.p[n - 1] == ':' ? n - 1 : word.n;
}

/* "sshd(pam_unix)[19937]:" names sshd(pam_unix), "[main]" main, "server.go:12]" server.go, "app::db]" app::db. */
static struct hc_str component_of(struct hc_str word)
{
    if (word.n && word.p[word.n - 1] == ':')
        word.n--;
    if (word.n > 2 && word.p[0] == '[' && word.p[word.n - 1] == ']')
        return slice(word, 1, word.n - 1);
    const char *bracket = memchr(word.p, '[', word.n);
    if (bracket && bracket > word.p)
        word.n = (size_t)(bracket - word.p);
    else if (word.n > 1 && word.p[word.n - 1] == ']')
        word.n = without_line(slice(word, 0, word.n - 1));
    return word;
}

/* What stands before the level in "app.INFO:". */
static struct hc_str channel_of(struct hc_str word)
{
    size_t at = word.n - 1;
    while (at > 0 && word.p[at - 1] >= 'A' && word.p[at - 1] <= 'Z')
        at--;
    return is_letter(word.p[0]) && word.p[word.n - 1] == ':' && at > 1 && word.p[at - 1] == '.' ? slice(word, 0, at - 1)
                                                                                                : HC_STR_NONE;
}

/* "E/ActivityManager( 1234):" names ActivityManager, "app.INFO:" app; any other level nothing. */
static struct hc_str level_component(struct hc_str word)
{
    bool parted = word.n > 5 && word.p[0] != '[' && word.p[1] == '/';
    const char *bracket = parted ? memchr(word.p + 2, '(', word.n - 2) : NULL;
    return bracket ? slice(word, 2, (size_t)(bracket - word.p)) : channel_of(word);
}

/* The name in "[o.e.c.Service  ]", with full stops and nothing that stands in no name; else none. */
static struct hc_str bracket_component(struct hc_str word)
{
    struct hc_str name = hc_str_trim(slice(word, 1, word.n - 1 - (word.p[word.n - 1] == ':')));
    bool parted = false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        parted = parted || (c == '.' && i > 0);
        if (!is_letter(c) && c != '.' && (i == 0 || (!is_digit(c) && c != '_' && c != '$')))
            return HC_STR_NONE;
    }
    return parted ? name : HC_STR_NONE;
}

/* What the word in column `first` says, and those behind it that begin with a mark, up to the dash at `dash`: "chrome.exe"
 * or "chrome.exe *64", but "user" of "user alice -". */
static struct hc_str set_apart(const struct hc_columns *columns, size_t first, size_t dash)
{
    size_t last = first;
    for (size_t i = first + 1; i < dash && columns->at[i].class == HC_COLUMN_WORD; i++) {
        const char begins = columns->text.p[columns->at[i].begin];
        if (is_letter(begins) || is_digit(begins))
            break;
        last = i;
    }
    return component_of(slice(columns->text, columns->at[first].begin, columns->at[last].end));
}

/* What the program's name is in the line; none where the line has another column there. */
static struct hc_str named_source(const struct hc_header_program *program, struct hc_columns *columns)
{
    size_t i = program->source_column;
    if (i == 0 || hc_columns_class(columns, i) == HC_COLUMN_NONE || !columns->at[i].name || i >= columns->stamped)
        return HC_STR_NONE;
    return slice(columns->text, columns->at[i].begin, columns->at[i].end);
}

static void take_step(const struct hc_columns *columns, size_t i, struct hc_header *header)
{
    switch (columns->at[i].class) {
    case HC_COLUMN_TIME:
    case HC_COLUMN_EPOCH:
        if (!header->has_stamp) {
            header->stamp = stamp_of(columns, i);
            header->has_stamp = true;
            if (header->stamp.level != HC_LOG_NONE)
                header->level = header->stamp.level;
        }
        break;
    case HC_COLUMN_LEVEL:
        if (header->level == HC_LOG_NONE)
            header->level = columns->at[i].level;
        if (!header->component.p)
            header->component = level_component(slice(columns->text, columns->at[i].begin, columns->at[i].end));
        break;
    case HC_COLUMN_BRACKET:
        if (header->level != HC_LOG_NONE && !header->component.p)
            header->component = bracket_component(slice(columns->text, columns->at[i].begin, columns->at[i].end));
        break;
    case HC_COLUMN_TAG:
    case HC_COLUMN_IDENTIFIER:
        if (is_letter(columns->text.p[columns->at[i].begin]))
            header->component = component_of(slice(columns->text, columns->at[i].begin, columns->at[i].end));
        break;
    default:
        break;
    }
}

/* "INFO: ", the second line of a record of which the first one ends in its source, but not "Error: ", which goes on. */
static bool opens_with_level(struct hc_str text)
{
    size_t at = 0;
    while (at < text.n && text.p[at] >= 'A' && text.p[at] <= 'Z')
        at++;
    return at > 2 && text.n - at > 2 && text.p[at] == ':' && text.p[at + 1] == ' ';
}

/* "ERROR:" and "[warn]" open a message only as its level, however few lines have one. */
static void take_stray_level(struct hc_str text, bool has_time, struct hc_header *header)
{
    struct hc_column column;
    struct hc_stamp stamp;
    if (header->level != HC_LOG_NONE || !(header->has_stamp || (has_time && opens_with_level(text))) ||
        !hc_column_next(text, header->message, true, &column, &stamp) || column.class != HC_COLUMN_LEVEL ||
        column.end - column.begin < 4)
        return;
    char last = text.p[column.end - 1];
    if (last != ':' && last != ']')
        return;
    header->level = column.level;
    header->message = column.end;
}

static void pass_space(struct hc_str text, struct hc_header *header)
{
    while (header->message < text.n && (text.p[header->message] == ' ' || text.p[header->message] == '\t'))
        header->message++;
}

void hc_header_apply(const struct hc_header_program *program, struct hc_columns *columns, struct hc_header *header)
{
    size_t at = 0;
    bool doubtful = false; /* in "Stack trace:" there is no level */
    *header = (struct hc_header){.matched = true};
    for (size_t s = 0; s < program->n_steps; s++) {
        size_t i = hc_columns_find(columns, program->steps[s].class, at, program->steps[s].reach);
        if (i == HC_HEADER_COLUMNS) {
            header->matched = false;
            continue;
        }
        take_step(columns, i, header);
        char first = columns->text.p[columns->at[i].begin];
        doubtful = doubtful || (columns->at[i].class == HC_COLUMN_LEVEL && i > 0 && first >= 'a' && first <= 'z');
        /* "chrome.exe - opened", "app.db - ERROR - lost": what a dash sets apart names the source. */
        if (columns->at[i].class == HC_COLUMN_DASH && i > at && !header->component.p)
            header->component = set_apart(columns, at, i);
        header->message = columns->at[i].end;
        at = i + 1;
    }
    if (program->has_time && !header->has_stamp && doubtful)
        header->level = HC_LOG_NONE;
    if (program->sparse && !header->has_stamp) {
        *header = (struct hc_header){.matched = true};
        return;
    }
    if (header->has_stamp && !header->component.p)
        header->component = named_source(program, columns);
    take_stray_level(columns->text, program->has_time, header);
    pass_space(columns->text, header);
}
