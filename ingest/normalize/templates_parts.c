#include "ingest/normalize/templates_parts.h"

/* What a byte is to a part: a gap, a full stop (which joins names within a word and belongs to the gap after one), a join
 * of names, a mask's star, a digit, a capital, a small letter, anything else. */
enum { G, S, J, W, D, U, L, O };

static const uint8_t classes[256] = {
    O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, G, O, G, J, J,
    J, J, G, G, G, W, O, G, J, S, J, D, D, D, D, D, D, D, D, D, D, G, G, O, G, O, O, J, U, U, U, U, U, U, U, U, U,
    U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, G, J, G, O, J, O, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, L, G, G, G, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O,
    O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O,
    O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O,
    O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O};

static uint8_t class_of(char c)
{
    return classes[(unsigned char)c];
}

static bool is_gap(char c)
{
    return class_of(c) == G;
}

#define WORD(text)             \
    {                          \
        text, sizeof(text) - 1 \
    }

static bool is_closed(struct hc_str word)
{
    static const struct hc_str closed[] = {
        WORD("true"), WORD("false"), WORD("null"),    WORD("none"),     WORD("yes"), WORD("no"),
        WORD("on"),   WORD("off"),   WORD("enabled"), WORD("disabled"), WORD("up"),  WORD("down"),
        WORD("nil"),  WORD("in"),    WORD("out"),     WORD("start"),    WORD("end")};
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
        if (closed[i].n == word.n && closed[i].p[0] == (word.p[0] | 0x20) && hc_str_equal_nocase(word, closed[i]))
            return true;
    return false;
}

/* A word that announces a value. */
static bool is_noun(struct hc_str word)
{
    static const struct hc_str nouns[] = {WORD("user"),    WORD("host"),    WORD("domain"), WORD("device"),
                                          WORD("server"),  WORD("client"),  WORD("node"),   WORD("block"),
                                          WORD("service"), WORD("process"), WORD("task"),   WORD("job"),
                                          WORD("pod"),     WORD("file"),    WORD("path"),   WORD("volume")};
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++)
        if (nouns[i].n == word.n && nouns[i].p[0] == word.p[0] && memcmp(nouns[i].p, word.p, word.n) == 0)
            return true;
    return false;
}

static uint8_t kind_of(struct hc_str word)
{
    if (word.n == 3 && memcmp(word.p, "<*>", 3) == 0)
        return HC_PART_WILD;
    bool joined = false, capital = false;
    uint8_t before = O;
    for (size_t i = 0; i < word.n; i++) {
        uint8_t class = class_of(word.p[i]);
        bool last = i + 1 == word.n;
        if (class == W || (class == D && !last))
            return HC_PART_NUMBERED;
        joined = joined || (!last && (class == S || class == J));
        capital = capital || (class == U && before == L);
        before = class;
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
    while (at < shape.n && class_of(shape.p[at]) <= S)
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
    if (at < 2 || shape.p[at - 1] != ' ')
        return false;
    size_t begin = at - 1;
    while (begin > 0 && !is_gap(shape.p[begin - 1]))
        begin--;
    return begin < at - 1 && is_noun((struct hc_str){shape.p + begin, at - 1 - begin});
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

bool hc_parted_of(struct hc_str shape, struct hc_arena *arena, struct hc_parted *parted)
{
    struct hc_part parts[HC_SHAPE_PARTS];
    size_t n = 0, at = 0;
    *parted = (struct hc_parted){.text = shape};
    while (at < shape.n && n < HC_SHAPE_PARTS) {
        size_t end = gap_end(shape, at);
        bool gap = end > at;
        if (!gap)
            end = word_end(shape, at);
        if (n + 1 == HC_SHAPE_PARTS)
            end = shape.n;
        struct hc_part *part = &parts[n];
        struct hc_str text = {shape.p + at, end - at};
        *part = (struct hc_part){.begin = (uint32_t)at, .n = (uint16_t)text.n, .first = n == 0};
        part->kind = gap ? HC_PART_GAP : kind_of(text);
        part->key = !gap && follows_key(shape, at);
        part->noun = !gap && follows_noun(shape, at);
        part->hash = part->kind == HC_PART_WILD ? HC_PART_WILD_HASH : hc_str_hash(text);
        part->weight = hc_part_weight(n, part->hash);
        parted->hash += part->weight;
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
    parted->hash -= part->weight;
    part->hash = HC_PART_WILD_HASH;
    part->weight = hc_part_weight(position, part->hash);
    part->kind = HC_PART_WILD;
    parted->hash += part->weight;
}
