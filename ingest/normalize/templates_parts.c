#include "ingest/normalize/templates_parts.h"

static bool is_gap(char c)
{
    switch (c) {
    case ' ':
    case ',':
    case ';':
    case '=':
    case '(':
    case ')':
    case '[':
    case ']':
    case '{':
    case '}':
    case '"':
    case '\'':
    case '|':
    case ':':
        return true;
    default:
        return false;
    }
}

static bool joins_names(char c)
{
    switch (c) {
    case '.':
    case '/':
    case '_':
    case '@':
    case '\\':
    case '$':
    case '#':
    case '%':
    case '-':
    case '&':
        return true;
    default:
        return false;
    }
}

static uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

uint64_t hc_part_weight(size_t position, uint64_t hash)
{
    return mix(hash + (uint64_t)(position + 1) * UINT64_C(0xd6e8feb86659fd93));
}

static uint64_t hash_text(const char *p, size_t n)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)p[i]) * UINT64_C(0x100000001b3);
    return mix(h);
}

static bool is_closed(struct hc_str word)
{
    static const char *const closed[] = {"true",     "false", "null", "none", "yes", "no",  "on",    "off", "enabled",
                                         "disabled", "up",    "down", "nil",  "in",  "out", "start", "end"};
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
        if (closed[i][0] == (word.p[0] | 0x20) && hc_str_equal_nocase(word, hc_str_of(closed[i])))
            return true;
    return false;
}

static uint8_t kind_of(struct hc_str word)
{
    if (word.n == 3 && memcmp(word.p, "<*>", 3) == 0)
        return HC_PART_WILD;
    bool joined = false, capital = false;
    for (size_t i = 0; i < word.n; i++) {
        char c = word.p[i];
        bool digit = c >= '0' && c <= '9';
        if (c == '*' || (digit && i + 1 < word.n))
            return HC_PART_NUMBERED;
        joined = joined || (i + 1 < word.n && joins_names(c));
        capital = capital || (i > 0 && c >= 'A' && c <= 'Z' && word.p[i - 1] >= 'a' && word.p[i - 1] <= 'z');
    }
    if (is_closed(word))
        return HC_PART_CLOSED;
    return joined || capital ? HC_PART_IDENTIFIER : HC_PART_WORD;
}

static size_t word_end(struct hc_str shape, size_t at)
{
    size_t end = at;
    while (end < shape.n && !is_gap(shape.p[end]))
        end++;
    /* A full stop or an ellipsis at the end of a sentence is no part of its last word. */
    size_t core = end;
    while (core > at && shape.p[core - 1] == '.')
        core--;
    return core > at ? core : end;
}

static size_t gap_end(struct hc_str shape, size_t at)
{
    while (at < shape.n && (is_gap(shape.p[at]) || shape.p[at] == '.'))
        at++;
    return at;
}

static bool follows_key(struct hc_str shape, size_t at)
{
    if (at == 0)
        return false;
    char before = shape.p[at - 1];
    return before == '=' || before == ':' || before == '"' || before == '\'' || before == '|' ||
           (before == ' ' && at > 1 && (shape.p[at - 2] == '=' || shape.p[at - 2] == ':'));
}

/* Is the word before the gap that ends at `at` one that announces a value? */
static bool follows_noun(struct hc_str shape, size_t at)
{
    static const char *const nouns[] = {"user",    "host",    "domain", "device", "server", "client", "node", "block",
                                        "service", "process", "task",   "job",    "pod",    "file",   "path", "volume"};
    if (at < 2 || shape.p[at - 1] != ' ')
        return false;
    size_t begin = at - 1;
    while (begin > 0 && !is_gap(shape.p[begin - 1]))
        begin--;
    struct hc_str word = {shape.p + begin, at - 1 - begin};
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++) {
        if (word.n > 0 && nouns[i][0] == word.p[0] && hc_str_is(word, nouns[i]))
            return true;
    }
    return false;
}

bool hc_parted_of(struct hc_str shape, struct hc_arena *arena, struct hc_parted *parted)
{
    struct hc_part parts[HC_SHAPE_PARTS];
    size_t n = 0, at = 0;
    *parted = (struct hc_parted){.text = shape};
    while (at < shape.n && n < HC_SHAPE_PARTS) {
        bool gap = gap_end(shape, at) > at;
        size_t end = gap ? gap_end(shape, at) : word_end(shape, at);
        if (n + 1 == HC_SHAPE_PARTS)
            end = shape.n;
        struct hc_part *part = &parts[n];
        struct hc_str text = {shape.p + at, end - at};
        *part = (struct hc_part){.begin = (uint32_t)at, .n = (uint16_t)text.n, .first = n == 0};
        part->kind = gap ? HC_PART_GAP : kind_of(text);
        part->key = !gap && follows_key(shape, at);
        part->noun = !gap && follows_noun(shape, at);
        part->hash = part->kind == HC_PART_WILD ? HC_PART_WILD_HASH : hash_text(text.p, text.n);
        parted->hash += hc_part_weight(n, part->hash);
        at = end;
        n++;
    }
    parted->n_parts = n;
    parted->parts = hc_arena_alloc(arena, n * sizeof *parts);
    if (parted->parts && n)
        memcpy(parted->parts, parts, n * sizeof *parts);
    return parted->parts != NULL;
}

void hc_parted_mask(struct hc_parted *parted, size_t position)
{
    struct hc_part *part = &parted->parts[position];
    parted->hash -= hc_part_weight(position, part->hash);
    part->hash = HC_PART_WILD_HASH;
    part->kind = HC_PART_WILD;
    parted->hash += hc_part_weight(position, part->hash);
}
