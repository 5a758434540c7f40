#include "ingest/normalize/signature.h"

#include <stdbool.h>

#include "ingest/normalize/letters.h"
#include "ingest/normalize/shape_classes.h"

#define HEX_LEAST 5        /* with two digits it is a value; with one, two bytes longer */
#define HEX_LONG 16        /* is one whatever its digits */
#define HEX_LONG_NUMBER 12 /* is a number to whoever reads columns */
#define SHORT_DIGITS 5
#define UUID_LAST 12    /* digits of a UUID's last group */
#define DATE_DIGITS 4   /* of a year */
#define MINUTE_DIGITS 2 /* of a clock */

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
#define COPIED 32  /* bytes at once: most texts between words are shorter */
#define PADDING 80 /* that is read beyond the end, of no digits */

enum { KEEP, NO_SIGNATURE }; /* besides enum hc_mask_kind */

static uint8_t class_of(char c)
{
    return hc_shape_classes[(unsigned char)c];
}

/* A word of hexadecimal digits, and a bit for each that is a digit. */
struct hex_word {
    size_t end; /* of what is hexadecimal; not looked for beyond 64 bytes */
    uint64_t digits;
};

static struct hex_word read_hex(const char *in, size_t at)
{
    struct hex_word word = {.end = at};
    for (unsigned shift = 0; shift < 64; shift += 16) {
        unsigned others = ~hc_hex_bits(in + word.end) & 0xFFFF, digits = hc_digit_bits(in + word.end);
        unsigned n = others ? (unsigned)__builtin_ctz(others) : 16;
        word.digits |= (uint64_t)(digits & ((1u << n) - 1)) << shift;
        word.end += n;
        if (others)
            break;
    }
    return word;
}

/* What to do with a word of digits. */
static inline int sign_number(const char *in, size_t at, size_t end)
{
    char before = in[at - 1], after = in[end];
    size_t n = end - at;
    if (n <= SHORT_DIGITS && n != DATE_DIGITS && before != ':') /* most of them */
        return HC_MASK_NUMBER;
    if (n == DATE_DIGITS && (after == '-' || after == '/'))
        return NO_SIGNATURE;
    if (n == MINUTE_DIGITS && before == ':' && after == ':')
        return NO_SIGNATURE;
    if ((n == 1 && before == ':') || (n >= UUID_LAST && before == '-'))
        return KEEP;
    if (n > SHORT_DIGITS)
        return HC_MASK_LONG;
    return n == DATE_DIGITS && after == '.' ? HC_MASK_YEAR : HC_MASK_NUMBER;
}

/* What to do with a word of hexadecimal digits. */
static int sign_hex(const char *in, size_t at, const struct hex_word *word)
{
    char before = in[at - 1];
    size_t end = word->end, n = end - at;
    bool plain = word->digits == UINT64_MAX >> (64 - n), one = (word->digits & (word->digits - 1)) == 0;
    if (plain && n < HEX_LONG)
        return sign_number(in, at, end);
    bool is_id = class_of(before) < J && before != ':' && before != '<' && class_of(in[end]) != J;
    if (!is_id || (n < HEX_LONG && n < (one ? HEX_LEAST + 2 : HEX_LEAST)))
        return KEEP;
    if (plain)
        return HC_MASK_LONG;
    if (n < HEX_LONG_NUMBER)
        return HC_MASK_HEX;
    return one ? HC_MASK_ODD_HEX : HC_MASK_LONG_HEX;
}

/* Where the word that is in front of `at` begins. */
static size_t word_begin(const char *in, size_t at)
{
    while (class_of(in[at - 1]) >= L)
        at--;
    return at;
}

static size_t word_end(const char *in, size_t at)
{
    while (class_of(in[at]) >= L)
        at++;
    return at;
}

/* A word that holds a digit, and what to do with it. */
struct word {
    size_t begin, end;
    int kind;
};

/* `digits`: of the sixteen bytes at `at`, one is. Most words are digits alone. */
static struct word sign_word(const char *in, size_t at, unsigned digits)
{
    size_t first = (size_t)__builtin_ctz(digits), n = (size_t)__builtin_ctz(~(digits >> first));
    struct word word = {.begin = at + first, .end = at + first + n};
    if (class_of(in[word.begin - 1]) < L && class_of(in[word.end]) < L && n < HEX_LONG) {
        word.kind = sign_number(in, word.begin, word.end);
        return word;
    }
    word.begin = word_begin(in, word.begin);
    struct hex_word hex = read_hex(in, word.begin);
    word.end = word_end(in, hex.end);
    word.kind = word.end == hex.end ? sign_hex(in, word.begin, &hex) : KEEP;
    return word;
}

/* There is room behind what is written, and something to read behind what is read. */
static char *put_text(char *to, const char *text, size_t n)
{
    size_t i = 0;
    do
        memcpy(to + i, text + i, COPIED);
    while ((i += COPIED) < n);
    return to + n;
}

/* Only words that hold a digit are looked at; what lies between those that are replaced is copied. */
size_t hc_signature_write(struct hc_str text, size_t before, char *bytes, uint16_t ends[HC_SIGNATURE_MASKS],
                          size_t *n_masks)
{
    char in[1 + HC_SIGNATURE_BYTES + PADDING], *to = bytes;
    size_t end = text.n + 1, copied = 1, at = 1, n = 0;
    if (text.n == 0 || text.n > HC_SIGNATURE_BYTES || memchr(text.p, HC_SIGNATURE_MARK, text.n))
        return 0;
    in[0] = ' ';
    memcpy(in + 1, text.p, text.n);
    memset(in + end, 0, PADDING);
    while (at < end) {
        unsigned digits = hc_digit_bits(in + at);
        if (!digits) {
            at += 16;
            continue;
        }
        struct word word = sign_word(in, at, digits);
        at = word.end;
        if (word.kind == KEEP)
            continue;
        if (word.kind == NO_SIGNATURE)
            return 0;
        to = put_text(to, in + copied, word.begin - copied);
        *to++ = HC_SIGNATURE_MARK;
        *to++ = (char)word.kind;
        ends[n++ % HC_SIGNATURE_MASKS] = (uint16_t)(before + word.end - 1);
        copied = word.end;
    }
    to = put_text(to, in + copied, end - copied);
    *n_masks = n;
    return (size_t)(to - bytes);
}

void hc_signature_masks(struct hc_str bytes, size_t before, const uint16_t *ends, struct hc_masked *masks)
{
    size_t at = before;
    for (size_t i = 0; i < bytes.n; i++) {
        if (bytes.p[i] != HC_SIGNATURE_MARK) {
            at++;
            continue;
        }
        *masks++ = (struct hc_masked){(uint16_t)at, *ends, (uint8_t)bytes.p[++i]};
        at = *ends++;
    }
}

void hc_signature_of(struct hc_str text, struct hc_signature *out)
{
    uint16_t ends[HC_SIGNATURE_MASKS] = {0};
    out->n_masks = 0;
    out->n = hc_signature_write(text, 0, out->bytes, ends, &out->n_masks);
    if (out->n_masks <= HC_SIGNATURE_MASKS)
        hc_signature_masks((struct hc_str){out->bytes, out->n}, 0, ends, out->masks);
}
