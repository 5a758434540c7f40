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
#define SLOTS_LEAST 256
#define BYTES_MOST ((size_t)1 << 20)

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
    for (size_t i = at; i < end; i++)
        n_digits += in[i] <= '9';
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

struct hc_shape_memo_entry {
    struct hc_str signature;
    uint64_t hash; /* of the signature */
    struct hc_shape shape;
};

static void make_shape(struct hc_shape_memo *memo, struct hc_str message, struct hc_shape *shape)
{
    hc_shape_of(message, &memo->room);
    *shape = (struct hc_shape){.text = memo->room.p ? hc_buf_view(&memo->room) : HC_STR("")};
    shape->hash = hc_str_hash(shape->text);
}

/* At most half of the slots are taken. */
static bool grow_slots(struct hc_shape_memo *memo)
{
    size_t n = memo->n_slots ? memo->n_slots * 2 : SLOTS_LEAST;
    uint32_t *slots = hc_arena_calloc(memo->arena, n, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < memo->n; i++) {
        size_t slot = (size_t)memo->entries[i].hash & (n - 1);
        while (slots[slot])
            slot = (slot + 1) & (n - 1);
        slots[slot] = (uint32_t)(i + 1);
    }
    memo->slots = slots;
    memo->n_slots = n;
    return true;
}

/* The slot of a signature, or a free one for it. */
static size_t slot_of(const struct hc_shape_memo *memo, struct hc_str signature, uint64_t hash)
{
    size_t slot = (size_t)hash & (memo->n_slots - 1);
    for (; memo->slots[slot]; slot = (slot + 1) & (memo->n_slots - 1)) {
        const struct hc_shape_memo_entry *entry = &memo->entries[memo->slots[slot] - 1];
        if (entry->hash == hash && hc_str_equal(entry->signature, signature))
            break;
    }
    return slot;
}

/* Both texts in one piece of memory. */
static bool keep(struct hc_shape_memo *memo, size_t slot, struct hc_str signature, uint64_t hash,
                 struct hc_shape *shape)
{
    size_t n = signature.n + shape->text.n;
    struct hc_shape_memo_entry *entries =
        hc_arena_grow(memo->arena, memo->entries, memo->n, memo->n + 1, &memo->capacity, sizeof *entries);
    char *texts = hc_arena_alloc(memo->arena, n);
    if (!entries || !texts)
        return false;
    memcpy(texts, signature.p, signature.n);
    if (shape->text.n)
        memcpy(texts + signature.n, shape->text.p, shape->text.n);
    shape->text.p = texts + signature.n;
    shape->stays = true;
    memo->entries = entries;
    memo->n_bytes += n;
    entries[memo->n++] = (struct hc_shape_memo_entry){{texts, signature.n}, hash, *shape};
    memo->slots[slot] = (uint32_t)memo->n;
    return true;
}

bool hc_shape_memo_find(struct hc_shape_memo *memo, struct hc_str message, struct hc_shape *shape)
{
    char bytes[HC_SIGNATURE_BYTES];
    struct hc_str signature = {bytes, hc_signature_of(message, bytes)};
    if (signature.n == 0) {
        make_shape(memo, message, shape);
        return true;
    }
    if (memo->n * 2 >= memo->n_slots && !grow_slots(memo))
        return false;
    uint64_t hash = hc_str_hash(signature);
    size_t slot = slot_of(memo, signature, hash);
    if (memo->slots[slot]) {
        *shape = memo->entries[memo->slots[slot] - 1].shape;
        return true;
    }
    make_shape(memo, message, shape);
    if (memo->n_bytes >= BYTES_MOST || memo->room.failed)
        return true;
    return keep(memo, slot, signature, hash, shape);
}
