#include "ingest/normalize/shape_memo.h"

#include "ingest/normalize/letters.h"
#include "ingest/normalize/shape_classes.h"
#include "ingest/normalize/templates.h"

#define MARK '\\'       /* one for a number, two for an id */
#define HEX_LEAST 5     /* with two digits it is a value; with one, two bytes longer */
#define HEX_LONG 16     /* is one whatever its digits */
#define UUID_LAST 12    /* digits of a UUID's last group */
#define DATE_DIGITS 4   /* of a year */
#define MINUTE_DIGITS 2 /* of a clock */
#define SLOTS_LEAST 1024
#define BYTES_MOST ((size_t)4 << 20)

/* Why one signature means one shape. What shape.c does with a message depends on its bytes, on what it has written, and on
 * nothing that differs between two messages of one signature:
 * - Words (bytes of class L and above) are replaced whole or not at all, so that both messages fall into the same words and
 *   gaps. A scan goes on in the middle of a word only behind \042 and behind dates. What holds a backslash has no
 *   signature; nor has what may hold a date: a year before a dash or a slash, or, behind the name of a month or a day, a
 *   clock, that is, two digits between colons.
 * - A word of digits is a mask whatever they are, but for such a year.
 * - A word of hexadecimal digits, of five bytes with two digits, seven with one, or sixteen, and more, that no joiner
 *   follows, is a mask whatever it is: it opens no UUID, no date, no name with dots and is no unit.
 * - What looks at a word from before it: a UUID at the lengths of its groups (one of four digits before a dash has no
 *   signature, a last one of twelve is kept, ids behind joiners are kept); a port at two digits behind a colon (a single
 *   one is kept, ids are); '<' at a digit (ids are kept); a name with dots at capitals (in ids only, which are not behind
 *   joiners). */
enum sign { KEEP, NUMBER, HEX_ID, NO_SIGNATURE };

static uint8_t class_of(char c)
{
    return hc_shape_classes[(unsigned char)c];
}

static size_t hex_end(const char *in, size_t at)
{
    size_t n;
    do {
        n = hc_count_hex(in + at);
        at += n;
    } while (n == 8);
    return at;
}

static enum sign sign_number(const char *in, size_t at, size_t end)
{
    char before = in[at - 1], after = in[end];
    size_t n = end - at;
    if (n == DATE_DIGITS && (after == '-' || after == '/'))
        return NO_SIGNATURE;
    if (n == MINUTE_DIGITS && before == ':' && after == ':')
        return NO_SIGNATURE;
    return (n == 1 && before == ':') || (n >= UUID_LAST && before == '-') ? KEEP : NUMBER;
}

/* What to do with a word of hexadecimal digits. */
static enum sign sign_hex(const char *in, size_t at, size_t end)
{
    char before = in[at - 1];
    size_t n = end - at, n_digits = 0;
    bool is_id = class_of(before) < J && before != ':' && before != '<' && class_of(in[end]) != J;
    if (n >= HEX_LONG)
        return is_id ? HEX_ID : KEEP;
    for (size_t i = 0; i < n; i++)
        n_digits += in[at + i] <= '9';
    if (n_digits == n)
        return sign_number(in, at, end);
    return is_id && n >= (n_digits > 1 ? HEX_LEAST : HEX_LEAST + 2) ? HEX_ID : KEEP;
}

/* The first digit from `at` on, or a place behind the end. */
static size_t next_digit(const char *in, size_t at, size_t end)
{
    size_t n = 8;
    for (; at < end && (n = hc_count_no_digits(in + at)) == 8; at += 8)
        ;
    return at + n;
}

/* Only words that hold a digit are looked at; what lies between those that are replaced is copied. */
size_t hc_signature_of(struct hc_str message, char out[HC_SIGNATURE_BYTES])
{
    char in[1 + HC_SIGNATURE_BYTES + 8];
    size_t end = message.n + 1, copied = 1, used = 0;
    if (message.n == 0 || message.n > HC_SIGNATURE_BYTES || memchr(message.p, MARK, message.n))
        return 0;
    in[0] = ' ';
    memcpy(in + 1, message.p, message.n);
    memset(in + end, 0, 8);
    for (size_t at = next_digit(in, 1, end); at < end; at = next_digit(in, at, end)) {
        size_t begin = at;
        while (class_of(in[begin - 1]) >= L)
            begin--;
        at = hex_end(in, begin);
        enum sign sign = class_of(in[at]) < L ? sign_hex(in, begin, at) : KEEP;
        if (sign == NO_SIGNATURE)
            return 0;
        while (class_of(in[at]) >= L)
            at++;
        if (sign == KEEP)
            continue;
        memcpy(out + used, in + copied, begin - copied);
        used += begin - copied;
        out[used++] = MARK;
        if (sign == HEX_ID)
            out[used++] = MARK;
        copied = at;
    }
    memcpy(out + used, in + copied, end - copied);
    return used + end - copied;
}

/* All that is asked of a signature lies together: in a table of many, memory that is not at hand is what a look costs. */
struct kept {
    uint64_t hash; /* of the signature */
    struct hc_shape shape;
    size_t n;
    char signature[];
};

struct hc_shape_memo {
    struct hc_arena *arena;
    struct kept **slots; /* open addressing by hash, at most half of them taken */
    size_t n_slots, n_kept;
    struct hc_names texts;                /* of the shapes: one may have several signatures */
    const struct hc_known_shape **shapes; /* by text */
    size_t shapes_capacity, n_bytes;
};

struct hc_shape_memo *hc_shape_memo_new(struct hc_arena *arena)
{
    struct hc_shape_memo *memo = hc_arena_calloc(arena, 1, sizeof *memo);
    if (!memo)
        return NULL;
    memo->arena = arena;
    hc_names_init(&memo->texts, arena);
    return memo;
}

bool hc_shape_memo_is_full(const struct hc_shape_memo *memo)
{
    return memo->n_bytes >= BYTES_MOST;
}

static void make_shape(struct hc_str message, struct hc_buf *room, struct hc_shape *shape)
{
    hc_shape_of(message, room);
    *shape = (struct hc_shape){.text = room->p ? hc_buf_view(room) : HC_STR("")};
    shape->hash = hc_str_hash(shape->text);
}

/* NULL: no memory. */
static const struct hc_known_shape *know_shape(struct hc_shape_memo *memo, const struct hc_shape *shape)
{
    size_t number = hc_names_find(&memo->texts, shape->text), n = memo->texts.n;
    if (number != HC_NAME_NONE)
        return memo->shapes[number];
    struct hc_known_shape *known = hc_arena_alloc(memo->arena, sizeof *known);
    const struct hc_known_shape **shapes =
        hc_arena_grow(memo->arena, (void *)memo->shapes, n, n + 1, &memo->shapes_capacity, sizeof(const void *));
    if (!known || !shapes)
        return NULL;
    *known = (struct hc_known_shape){.text = hc_str_copy(memo->arena, shape->text), .hash = shape->hash};
    memo->shapes = shapes;
    shapes[n] = known;
    if (!known->text.p || !hc_parted_of(known->text, memo->arena, &known->parted) ||
        hc_names_add(&memo->texts, known->text) == HC_NAME_NONE)
        return NULL; /* nothing refers to it */
    memo->n_bytes += sizeof *known + known->text.n + known->parted.n_parts * sizeof *known->parted.parts;
    return known;
}

/* The slot of a signature, or the free one where it would go. */
static struct kept **slot_of(const struct hc_shape_memo *memo, struct hc_str signature, uint64_t hash)
{
    size_t slot = (size_t)hash & (memo->n_slots - 1);
    for (; memo->slots[slot]; slot = (slot + 1) & (memo->n_slots - 1)) {
        const struct kept *kept = memo->slots[slot];
        if (kept->hash == hash && kept->n == signature.n && memcmp(kept->signature, signature.p, signature.n) == 0)
            break;
    }
    return &memo->slots[slot];
}

static bool grow_slots(struct hc_shape_memo *memo)
{
    size_t n_slots = memo->n_slots ? memo->n_slots * 2 : SLOTS_LEAST;
    struct kept **slots = hc_arena_calloc(memo->arena, n_slots, sizeof(struct kept *));
    if (!slots)
        return false;
    for (size_t i = 0; i < memo->n_slots; i++) {
        if (!memo->slots[i])
            continue;
        size_t slot = (size_t)memo->slots[i]->hash & (n_slots - 1);
        while (slots[slot])
            slot = (slot + 1) & (n_slots - 1);
        slots[slot] = memo->slots[i];
    }
    memo->slots = slots;
    memo->n_slots = n_slots;
    return true;
}

static bool keep(struct hc_shape_memo *memo, struct hc_str signature, uint64_t hash, struct hc_shape *shape)
{
    const struct hc_known_shape *known = know_shape(memo, shape);
    struct kept *kept = hc_arena_alloc(memo->arena, sizeof *kept + signature.n);
    if (!known || !kept)
        return false;
    *shape = (struct hc_shape){known->text, known->hash, known};
    *kept = (struct kept){.hash = hash, .shape = *shape, .n = signature.n};
    memcpy(kept->signature, signature.p, signature.n);
    *slot_of(memo, signature, hash) = kept;
    memo->n_kept++;
    memo->n_bytes += sizeof *kept + signature.n;
    return true;
}

bool hc_shape_memo_find(struct hc_shape_memo *memo, struct hc_str message, struct hc_buf *room, struct hc_shape *shape)
{
    char bytes[HC_SIGNATURE_BYTES];
    struct hc_str signature = {bytes, hc_signature_of(message, bytes)};
    uint64_t hash = hc_str_hash(signature);
    if (memo->n_kept * 2 >= memo->n_slots && !grow_slots(memo))
        return false;
    const struct kept *kept = signature.n ? *slot_of(memo, signature, hash) : NULL;
    if (kept) {
        *shape = kept->shape;
        return true;
    }
    make_shape(message, room, shape);
    return signature.n == 0 || hc_shape_memo_is_full(memo) || room->failed || keep(memo, signature, hash, shape);
}
