#include "ingest/normalize/shape_values.h"

#include <string.h>

#include "ingest/normalize/shape_classes.h"

#define UUID_BYTES 36

/* None of these asks what a word is made of, or how long it is: messages of one signature have the same values. */

static unsigned class_at(struct hc_value_text text, size_t at)
{
    return hc_shape_classes[(unsigned char)text.p[at]];
}

static bool is_one_of(char c, const char *list)
{
    return c != '\0' && strchr(list, c) != NULL;
}

/* Up to white space or one of `ends`, without the punctuation of the sentence around it. */
static size_t run_end(struct hc_value_text text, size_t at, const char *ends)
{
    size_t end = at;
    while (end < text.n && class_at(text, end) != S && !is_one_of(text.p[end], ends))
        end++;
    while (end > at && is_one_of(text.p[end - 1], ".,;:)]}"))
        end--;
    return end;
}

size_t hc_value_url(struct hc_value_text text, size_t at)
{
    size_t end = at;
    while (class_at(text, end) >= L)
        end++;
    if (text.n - end < 4 || text.p[end] != ':' || text.p[end + 1] != '/' ||
        (text.p[end + 2] != '/' && class_at(text, end + 2) < L))
        return 0;
    return run_end(text, end + 2, "\"'<>`|\\");
}

size_t hc_value_address(struct hc_value_text text, size_t at)
{
    size_t end = at;
    while (class_at(text, end) >= J || text.p[end] == '+')
        end++;
    if (text.p[end] != '@' || class_at(text, end + 1) < L || class_at(text, end - 1) < L)
        return 0;
    for (end++; class_at(text, end) >= J; end++)
        ;
    while (class_at(text, end - 1) < L)
        end--;
    return end;
}

size_t hc_value_address_v6(struct hc_value_text text, size_t at)
{
    size_t end = at;
    bool digit = false, gap = false;
    for (; class_at(text, end) == D || class_at(text, end) == H || text.p[end] == ':'; end++) {
        digit = digit || class_at(text, end) == D;
        gap = gap || (text.p[end] == ':' && end > at && text.p[end - 1] == ':');
    }
    while (end > at && text.p[end - 1] == ':')
        end--;
    return digit && gap && class_at(text, end) < L ? end : 0;
}

size_t hc_value_path(struct hc_value_text text, size_t at)
{
    if (at > 0 && class_at(text, at - 1) != S && !is_one_of(text.p[at - 1], "\"'`=([<{,:|"))
        return 0;
    if (class_at(text, at + 1) < L && text.p[at + 1] != '.')
        return 0;
    return run_end(text, at, "\"'`<>,;()[]{}|\\");
}

static size_t closing_quote(struct hc_value_text text, size_t at)
{
    char quote = text.p[at];
    for (size_t end = at + 1; end < text.n; end++) {
        if (text.p[end] == '\\')
            end++;
        else if (text.p[end] == quote && (quote == '"' || class_at(text, end + 1) < L))
            return end;
    }
    return 0;
}

size_t hc_value_quoted(struct hc_value_text text, size_t at)
{
    char before = at > 0 ? text.p[at - 1] : '\0';
    if (before == '\0' || (class_at(text, at - 1) != S && !is_one_of(before, "([{<,:=")))
        return 0;
    size_t close = closing_quote(text, at);
    if (close == 0 || class_at(text, close + 1) >= L)
        return 0;
    if (text.p[close + 1] == ':' && (before != ' ' || at < 2 || is_one_of(text.p[at - 2], ",{[")))
        return 0;
    return close;
}

size_t hc_value_list(struct hc_value_text text, size_t at)
{
    if (at > 0 && class_at(text, at - 1) != S && !is_one_of(text.p[at - 1], "=:("))
        return 0;
    bool several = false;
    size_t end = at + 1, n_open = 0;
    for (; end < text.n && (text.p[end] != ']' || n_open > 0); end++) {
        char c = text.p[end];
        several = several || c == ',' || c == '[';
        n_open += c == '[';
        n_open -= c == ']';
        if (class_at(text, end) == S && text.p[end - 1] != ',')
            return 0;
    }
    return end < text.n && (several || end == at + 1) ? end : 0;
}

size_t hc_value_tag(struct hc_value_text text, size_t at)
{
    if (at > 0 && class_at(text, at - 1) != S && !is_one_of(text.p[at - 1], "=:(>),["))
        return 0;
    size_t end = at + 1;
    while (end < text.n && class_at(text, end) != S && !is_one_of(text.p[end], "<>*"))
        end++;
    return end < text.n && text.p[end] == '>' ? end : 0;
}

bool hc_value_is_uuid(struct hc_value_text text, size_t at)
{
    if (text.n - at < UUID_BYTES)
        return false;
    for (size_t i = 0; i < UUID_BYTES; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        unsigned c = class_at(text, at + i);
        if (dash ? text.p[at + i] != '-' : c != D && c != H)
            return false;
    }
    return text.n - at == UUID_BYTES || class_at(text, at + UUID_BYTES) < L;
}

bool hc_value_is_unit(struct hc_value_text word)
{
    static const char units[][8] = {"B",   "KB",   "kB",     "MB",      "GB",  "TB",   "KiB",    "MiB",
                                    "GiB", "TiB",  "byte",   "bytes",   "ns",  "us",   "ms",     "s",
                                    "sec", "secs", "second", "seconds", "min", "mins", "minute", "minutes",
                                    "hr",  "hrs",  "hour",   "hours",   "day", "days"};
    for (size_t i = 0; i < sizeof units / sizeof units[0] && word.n < sizeof units[0]; i++)
        if (units[i][0] == *word.p && strlen(units[i]) == word.n && memcmp(units[i], word.p, word.n) == 0)
            return true;
    return false;
}

bool hc_value_is_empty(struct hc_value_text text, size_t at)
{
    size_t end = at + 1;
    if (at < 2 || class_at(text, at - 2) < L || text.p[at] != ' ')
        return false;
    while (class_at(text, end) >= J)
        end++;
    return end > at + 1 && text.p[end] == '=' && text.p[end + 1] != '=' && text.p[end + 1] != ' ';
}
