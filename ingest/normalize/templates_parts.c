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

#define WORD(text)             \
    {                          \
        text, sizeof(text) - 1 \
    }

/* Bit n, by first letter: there is a word of n letters in the list below. It rules out nearly every word. */
#define LENGTHS(letter, bits) [(letter) - 'a'] = (bits)

static bool may_be(const uint16_t lengths[26], struct hc_str word, char first)
{
    return word.n < 16 && first >= 'a' && first <= 'z' && (lengths[first - 'a'] >> word.n & 1) != 0;
}

static bool is_closed(struct hc_str word)
{
    static const struct hc_str closed[] = {
        WORD("true"), WORD("false"), WORD("null"),    WORD("none"),     WORD("yes"), WORD("no"),
        WORD("on"),   WORD("off"),   WORD("enabled"), WORD("disabled"), WORD("up"),  WORD("down"),
        WORD("nil"),  WORD("in"),    WORD("out"),     WORD("start"),    WORD("end")};
    static const uint16_t lengths[26] = {LENGTHS('d', 1 << 4 | 1 << 8),
                                         LENGTHS('e', 1 << 3 | 1 << 7),
                                         LENGTHS('f', 1 << 5),
                                         LENGTHS('i', 1 << 2),
                                         LENGTHS('n', 1 << 2 | 1 << 3 | 1 << 4),
                                         LENGTHS('o', 1 << 2 | 1 << 3),
                                         LENGTHS('s', 1 << 5),
                                         LENGTHS('t', 1 << 4),
                                         LENGTHS('u', 1 << 2),
                                         LENGTHS('y', 1 << 3)};
    if (!may_be(lengths, word, (char)(word.p[0] | 0x20)))
        return false;
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
        if (closed[i].n == word.n && hc_str_equal_nocase(word, closed[i]))
            return true;
    return false;
}

/* A word that announces a value. */
static bool is_noun(struct hc_str word)
{
    static const struct hc_str nouns[] = {
        WORD("user"),      WORD("host"),      WORD("domain"),    WORD("device"),    WORD("server"),   WORD("client"),
        WORD("node"),      WORD("block"),     WORD("service"),   WORD("process"),   WORD("task"),     WORD("job"),
        WORD("pod"),       WORD("file"),      WORD("path"),      WORD("volume"),    WORD("type"),     WORD("mode"),
        WORD("method"),    WORD("scheme"),    WORD("protocol"),  WORD("mechanism"), WORD("mailbox"),  WORD("realm"),
        WORD("topic"),     WORD("queue"),     WORD("table"),     WORD("database"),  WORD("schema"),   WORD("index"),
        WORD("zone"),      WORD("column"),    WORD("relation"),  WORD("role"),      WORD("group"),    WORD("module"),
        WORD("plugin"),    WORD("partition"), WORD("namespace"), WORD("signal"),    WORD("variable"), WORD("attribute"),
        WORD("parameter"), WORD("option"),    WORD("named"),     WORD("called")};
    static const uint16_t lengths[26] = {LENGTHS('a', 1 << 9),
                                         LENGTHS('b', 1 << 5),
                                         LENGTHS('c', 1 << 6),
                                         LENGTHS('d', 1 << 6 | 1 << 8),
                                         LENGTHS('f', 1 << 4),
                                         LENGTHS('g', 1 << 5),
                                         LENGTHS('h', 1 << 4),
                                         LENGTHS('i', 1 << 5),
                                         LENGTHS('j', 1 << 3),
                                         LENGTHS('m', 1 << 4 | 1 << 6 | 1 << 7 | 1 << 9),
                                         LENGTHS('n', 1 << 4 | 1 << 5 | 1 << 9),
                                         LENGTHS('o', 1 << 6),
                                         LENGTHS('p', 1 << 3 | 1 << 4 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 9),
                                         LENGTHS('q', 1 << 5),
                                         LENGTHS('r', 1 << 4 | 1 << 5 | 1 << 8),
                                         LENGTHS('s', 1 << 6 | 1 << 7),
                                         LENGTHS('t', 1 << 4 | 1 << 5),
                                         LENGTHS('u', 1 << 4),
                                         LENGTHS('v', 1 << 6 | 1 << 8),
                                         LENGTHS('z', 1 << 4)};
    if (!may_be(lengths, word, word.p[0]))
        return false;
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++)
        if (hc_str_equal(nouns[i], word))
            return true;
    return false;
}

#define BIT(class) (1U << (class))

/* `before`: the classes of its bytes but the last one; `capital`: one of them follows a small letter. */
static uint8_t kind_of(struct hc_str word, unsigned before, bool capital)
{
    uint8_t last = class_of(word.p[word.n - 1]);
    if (word.n == 3 && memcmp(word.p, "<*>", 3) == 0)
        return HC_SLOT_WILD;
    if ((before & (BIT(D) | BIT(W))) != 0 || last == W)
        return HC_SLOT_NUMBERED;
    if (is_closed(word))
        return HC_SLOT_CLOSED;
    return (before & (BIT(S) | BIT(J))) != 0 || capital ? HC_SLOT_IDENTIFIER : HC_SLOT_WORD;
}

/* The word that begins at `at`, and its kind. A full stop or an ellipsis at the end of a sentence is no part of its
 * last word; `whole`: it goes on to the end, whatever comes. */
static size_t take_word(struct hc_str shape, size_t at, bool whole, uint8_t *kind)
{
    unsigned seen = 0, before = 0;
    uint8_t last = O;
    bool capital = false;
    size_t end = at;
    for (size_t i = at; i < shape.n; i++) {
        uint8_t class = class_of(shape.p[i]);
        if (class == G && !whole)
            break;
        if (class != S || whole) {
            before = seen;
            end = i + 1;
        }
        seen |= BIT(class);
        capital |= class == U && last == L;
        last = class;
    }
    *kind = kind_of((struct hc_str){shape.p + at, end - at}, before, capital);
    return end;
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

/* Does the word from `at` to `end` stand alone in brackets? */
static bool is_bracketed(struct hc_str shape, size_t at, size_t end)
{
    if (at == 0 || end == shape.n)
        return false;
    char before = shape.p[at - 1], after = shape.p[end];
    return (before == '(' && after == ')') || (before == '[' && after == ']');
}

/* Does the last word before `at`, with a single space behind it, announce a value? */
static bool follows_noun(struct hc_str shape, const struct hc_slot *word, size_t at)
{
    if (word->begin + word->n + (size_t)1 != at || shape.p[at - 1] != ' ')
        return false;
    return (word->begin == 0 || shape.p[word->begin - 1] != '.') &&
           is_noun((struct hc_str){shape.p + word->begin, word->n});
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

/* Is the last slot's text that of one before it? `seen`: a bit of the hash of each. */
static bool is_repeated(const struct hc_slot *slots, uint32_t n, uint64_t *seen)
{
    uint64_t hash = slots[n - 1].hash, bit = UINT64_C(1) << (hash >> 58);
    bool maybe = (*seen & bit) != 0;
    *seen |= bit;
    for (uint32_t s = 0; maybe && s + 1 < n; s++)
        if (slots[s].hash == hash)
            return true;
    return false;
}

bool hc_parted_of(struct hc_str shape, struct hc_arena *arena, struct hc_parted *parted)
{
    struct hc_slot slots[HC_SHAPE_PARTS];
    uint32_t n_slots = 0, n = 0;
    uint64_t seen = 0;
    *parted = (struct hc_parted){.text = shape};
    for (size_t at = 0, end; at < shape.n && n < HC_SHAPE_PARTS; at = end, n++) {
        bool whole = n + 1 == HC_SHAPE_PARTS;
        uint8_t kind;
        end = gap_end(shape, at);
        if (end > at) {
            end = whole ? shape.n : end;
            parted->frame += hc_part_weight(n, hc_str_hash((struct hc_str){shape.p + at, end - at}));
            continue;
        }
        end = take_word(shape, at, whole, &kind);
        struct hc_str word = {shape.p + at, end - at};
        struct hc_slot *slot = &slots[n_slots];
        *slot = (struct hc_slot){.begin = (uint16_t)at, .n = (uint16_t)word.n, .position = (uint16_t)n, .kind = kind};
        slot->key = follows_key(shape, at) || is_bracketed(shape, at, end);
        slot->member = at > 1 && shape.p[at - 1] == '=' && class_of(shape.p[at - 2]) > S;
        slot->noun = n_slots > 0 && follows_noun(shape, slot - 1, at);
        slot->hash = kind == HC_SLOT_WILD ? HC_SLOT_WILD_HASH : hc_str_hash(word);
        slot->weight = hc_part_weight(n, slot->hash);
        parted->hash += slot->weight;
        n_slots++;
        if (kind != HC_SLOT_WILD && !parted->repeats)
            parted->repeats = is_repeated(slots, n_slots, &seen);
    }
    parted->hash += parted->frame;
    parted->n_parts = n;
    parted->n_slots = n_slots;
    parted->slots = hc_arena_alloc(arena, n_slots * sizeof *slots);
    if (parted->slots && n_slots > 0)
        memcpy(parted->slots, slots, n_slots * sizeof *slots);
    return parted->slots != NULL;
}

void hc_parted_mask(struct hc_parted *parted, size_t slot)
{
    struct hc_slot *masked = &parted->slots[slot];
    parted->own = NULL;
    parted->hash -= masked->weight;
    masked->hash = HC_SLOT_WILD_HASH;
    masked->weight = hc_part_weight(masked->position, masked->hash);
    masked->kind = HC_SLOT_WILD;
    parted->hash += masked->weight;
}

size_t hc_parted_group(const struct hc_parted *shapes, size_t i)
{
    while (shapes[i].same != i)
        i = shapes[i].same;
    return i;
}

void hc_parted_count(const struct hc_parted *shapes, size_t n, uint32_t *n_shapes)
{
    if (n > 0)
        memset(n_shapes, 0, n * sizeof *n_shapes);
    for (size_t i = 0; i < n; i++)
        n_shapes[hc_parted_group(shapes, i)]++;
}

size_t hc_table_size(size_t n)
{
    size_t size = 64;
    while (size < 2 * n)
        size *= 2;
    return size;
}
