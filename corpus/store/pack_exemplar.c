/* The earliest line of a template: what is at its masks, where the template's text gives all the rest. */
#include "corpus/store/internal.h"
#include "corpus/store/reader.h"

#define PIECES_BYTES 1024 /* an exemplar has no more: an item of a few bytes must not ask for many */
#define DIGITS_LEAST 8    /* hexadecimal digits from which on two take a byte */

enum exemplar { ABSENT, FITS, PLAIN }; /* of a plain one: with its length */

void hc_pieces_of(struct hc_pieces *pieces, struct hc_str template)
{
    pieces->n = 0;
    if (!template.p || template.n > PIECES_BYTES)
        return;
    const char *begin = template.p, *end = template.p + template.n;
    for (const char *at = begin; (at = memchr(at, '<', (size_t)(end - at))) != NULL;) {
        if (end - at < 3 || at[1] != '*' || at[2] != '>') {
            at++;
            continue;
        }
        if (pieces->n + 1 == HC_PIECES_MOST) {
            pieces->n = 0;
            return;
        }
        pieces->items[pieces->n++] = (struct hc_str){begin, (size_t)(at - begin)};
        begin = at += 3;
    }
    pieces->items[pieces->n++] = (struct hc_str){begin, (size_t)(end - begin)};
}

/* Of a digit its value and DIGIT; of any other byte 0. */
#define DIGIT 16
static const uint8_t digits_of[256] = {
    ['0'] = 16, ['1'] = 17, ['2'] = 18, ['3'] = 19, ['4'] = 20, ['5'] = 21, ['6'] = 22, ['7'] = 23,
    ['8'] = 24, ['9'] = 25, ['a'] = 26, ['b'] = 27, ['c'] = 28, ['d'] = 29, ['e'] = 30, ['f'] = 31};

/* False: there is something else among the digits. */
static bool halve(uint8_t *out, struct hc_str digits)
{
    uint8_t all = DIGIT;
    for (size_t i = 0; i < digits.n; i += 2) {
        uint8_t high = digits_of[(unsigned char)digits.p[i]], low = digits_of[(unsigned char)digits.p[i + 1]];
        all &= high & low;
        *out++ = (uint8_t)(high << 4 | (low & 15));
    }
    return all == DIGIT;
}

static void put_filler(struct hc_buf *out, struct hc_str filler)
{
    uint8_t *room = hc_put_room(out, HC_VARINT_BYTES + filler.n);
    if (!room)
        return;
    if (filler.n >= DIGITS_LEAST && filler.n % 2 == 0 && digits_of[(unsigned char)filler.p[0]] != 0) {
        size_t n = hc_varint_write(room, filler.n + 1);
        if (halve(room + n, filler)) {
            out->n += n + filler.n / 2;
            return;
        }
    }
    size_t n = hc_varint_write(room, 2 * filler.n);
    memcpy(room + n, filler.p, filler.n);
    out->n += n + filler.n;
}

/* NULL: nowhere. */
static const char *find(const char *at, const char *end, struct hc_str piece)
{
    if (piece.n == 0)
        return at;
    for (; (size_t)(end - at) >= piece.n; at++) {
        at = memchr(at, piece.p[0], (size_t)(end - at) - piece.n + 1);
        if (!at || hc_bytes_equal(at, piece.p, piece.n))
            return at;
    }
    return NULL;
}

/* False: the exemplar is not of the template's pieces. */
static bool put_fillers(struct hc_buf *out, const struct hc_pieces *pieces, struct hc_str exemplar)
{
    const struct hc_str *piece = pieces->items, *last = piece + pieces->n - 1;
    if (piece == last)
        return hc_str_equal(exemplar, *piece);
    if (exemplar.n < piece->n + last->n || !hc_str_starts(exemplar, *piece) || !hc_str_ends(exemplar, *last))
        return false;
    const char *at = exemplar.p + piece->n, *end = exemplar.p + exemplar.n - last->n;
    while (++piece < last) {
        const char *found = find(at, end, *piece);
        if (!found)
            return false;
        put_filler(out, (struct hc_str){at, (size_t)(found - at)});
        at = found + piece->n;
    }
    put_filler(out, (struct hc_str){at, (size_t)(end - at)});
    return true;
}

void hc_put_exemplar(struct hc_buf *out, const struct hc_pieces *pieces, struct hc_str exemplar)
{
    size_t from = out->n;
    if (exemplar.p && pieces->n > 0) {
        hc_put_varint(out, FITS);
        if (put_fillers(out, pieces, exemplar))
            return;
        out->n = from;
    }
    hc_put_varint(out, exemplar.p ? PLAIN + (uint64_t)exemplar.n : ABSENT);
    if (exemplar.p)
        hc_put_bytes(out, exemplar.p, exemplar.n);
}

/* ---- and back ---- */

/* As it is packed: digits take half the bytes. */
static struct hc_str get_filler(struct reader *r, bool *halved)
{
    uint64_t code = get_varint(r), n = code / 2;
    struct hc_str filler = {r->p, (size_t)n};
    *halved = code % 2 == 1;
    r->bad |= n > (uint64_t)(r->end - r->p);
    r->p += r->bad ? 0 : n;
    filler.n = r->bad ? 0 : filler.n;
    return filler;
}

static char *write_filler(char *out, struct hc_str filler, bool halved)
{
    if (!halved) {
        memcpy(out, filler.p, filler.n);
        return out + filler.n;
    }
    for (size_t i = 0; i < filler.n; i++) {
        uint8_t byte = (uint8_t)filler.p[i];
        *out++ = "0123456789abcdef"[byte >> 4];
        *out++ = "0123456789abcdef"[byte & 15];
    }
    return out;
}

/* Looked through for the length, then written. */
static struct hc_str get_fillers(struct reader *r, const struct hc_pieces *pieces)
{
    struct reader ahead = *r;
    size_t n = pieces->items[0].n;
    bool halved;
    for (size_t i = 1; i < pieces->n; i++) {
        struct hc_str filler = get_filler(&ahead, &halved);
        n += pieces->items[i].n + (halved ? 2 * filler.n : filler.n);
    }
    char *text = ahead.bad ? NULL : hc_arena_alloc(r->arena, n + 1);
    r->no_memory |= !ahead.bad && !text;
    r->bad |= !text;
    if (!text)
        return HC_STR_NONE;
    char *at = write_filler(text, pieces->items[0], false);
    for (size_t i = 1; i < pieces->n; i++) {
        struct hc_str filler = get_filler(r, &halved);
        at = write_filler(write_filler(at, filler, halved), pieces->items[i], false);
    }
    *at = '\0';
    return (struct hc_str){text, n};
}

struct hc_str hc_get_exemplar(struct reader *r, const struct hc_pieces *pieces)
{
    uint64_t form = get_varint(r);
    if (r->bad || form == ABSENT)
        return HC_STR_NONE;
    if (form == FITS) {
        r->bad |= pieces->n == 0;
        return r->bad ? HC_STR_NONE : get_fillers(r, pieces);
    }
    struct hc_str text = {r->p, (size_t)(form - PLAIN)};
    r->bad |= form - PLAIN > (uint64_t)(r->end - r->p);
    r->p += r->bad ? 0 : text.n;
    return r->bad ? HC_STR_NONE : text;
}
