#include "analysis/evidence/words.h"

#include <stdint.h>
#include <string.h>

/* Where only every third place is looked at, a word of six bytes or more has its first, second or third gram of four bytes at
 * one of them, wherever it stands. Grams are taken by the low five bits of a byte, which a letter has in both cases. */
#define STRIDE ((size_t)3)
#define GRAM_BYTES ((size_t)4)
#define LONG_BYTES (STRIDE + GRAM_BYTES - 1)
#define TAIL_BYTES ((size_t)8)
#define LOW_FIVE UINT64_C(0x1f1f1f1f1f1f1f1f)
#define HASH_BITS 15
#define PLACES 64
#define BUCKETS (UINT32_C(1) << 9)

/* Many words begin alike, few end so. */
struct gram {
    uint64_t tail, mask; /* the low five bits of the word's last bytes, and which of eight it has */
    uint32_t word, offset, tail_offset;
};

/* Bytes are compared with these after a bit is set that a letter has in one case only. */
struct short_word {
    struct hc_str word;
    size_t number;
    char first, second, first_bit, second_bit;
};

struct hc_words {
    uint64_t filter[((size_t)1 << HASH_BITS) / 64]; /* hashes of the grams */
    uint32_t begin[BUCKETS + 1]; /* grams [begin[b], begin[b + 1]) are those of a bucket: next to each other, since */
    struct gram *grams;          /* hardly one of them is still in a cache where the next text is read */
    const struct hc_str *words;
    const struct short_word *short_words;
    size_t n_short;
};

static inline uint32_t hash_at(const char *p)
{
    uint32_t gram;
    memcpy(&gram, p, sizeof gram);
    return ((gram & (uint32_t)LOW_FIVE) * UINT32_C(0x9e3779b1)) >> (32 - HASH_BITS);
}

/* The low five bits of up to eight bytes. */
static uint64_t eight_at(const char *p, size_t n)
{
    uint64_t eight = 0;
    if (n >= TAIL_BYTES)
        memcpy(&eight, p, TAIL_BYTES);
    else
        memcpy(&eight, p, n);
    return eight & LOW_FIVE;
}

static struct gram make_gram(const struct hc_words *w, uint32_t word, uint32_t offset)
{
    struct hc_str text = w->words[word];
    size_t n_tail = text.n < TAIL_BYTES ? text.n : TAIL_BYTES, tail = text.n - n_tail;
    struct gram gram = {
        .tail = eight_at(text.p + tail, n_tail), .word = word, .offset = offset, .tail_offset = (uint32_t)tail};
    memset(&gram.mask, (int)(LOW_FIVE & 0xff), n_tail);
    return gram;
}

/* By bucket: counted, then each from the end of its bucket on. */
static void add_grams(struct hc_words *w, size_t n_words)
{
    for (size_t i = 0; i < n_words; i++) {
        for (uint32_t offset = 0; w->words[i].n >= LONG_BYTES && offset < STRIDE; offset++) {
            uint32_t hash = hash_at(w->words[i].p + offset);
            w->filter[hash / 64] |= UINT64_C(1) << hash % 64;
            w->begin[hash % BUCKETS]++;
        }
    }
    for (size_t b = 1; b <= BUCKETS; b++)
        w->begin[b] += w->begin[b - 1];
    for (size_t i = 0; i < n_words; i++)
        for (uint32_t offset = 0; w->words[i].n >= LONG_BYTES && offset < STRIDE; offset++)
            w->grams[--w->begin[hash_at(w->words[i].p + offset) % BUCKETS]] = make_gram(w, (uint32_t)i, offset);
}

static char case_bit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? 0x20 : 0;
}

static void add_short(struct hc_words *w, struct short_word *s, struct hc_str word, size_t number)
{
    *s = (struct short_word){.word = word, .number = number, .first_bit = case_bit(word.p[0]), .second_bit = ~0};
    if (word.n > 1)
        s->second_bit = case_bit(word.p[1]);
    s->first = (char)(word.p[0] | s->first_bit);
    s->second = (char)(word.n > 1 ? word.p[1] | s->second_bit : ~0); /* any */
    w->n_short++;
}

struct hc_words *hc_words_new(const struct hc_str *words, size_t n, struct hc_arena *arena)
{
    struct hc_words *w = hc_arena_calloc(arena, 1, sizeof *w);
    struct hc_str *copies = hc_arena_calloc(arena, n, sizeof *copies);
    struct short_word *short_words = hc_arena_calloc(arena, n, sizeof *short_words);
    if (!w || !copies || !short_words)
        return NULL;
    w->words = copies;
    w->short_words = short_words;
    w->grams = hc_arena_calloc(arena, n, STRIDE * sizeof *w->grams);
    if (!w->grams)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        copies[i] = words[i];
        if (words[i].n && words[i].n < LONG_BYTES)
            add_short(w, &short_words[w->n_short], words[i], i);
    }
    add_grams(w, n);
    return w;
}

static bool stands_at(struct hc_str text, size_t at, struct hc_str word)
{
    return word.n <= text.n - at && hc_str_equal_nocase((struct hc_str){text.p + at, word.n}, word);
}

static void take_place(const struct hc_words *w, struct hc_str text, size_t place, hc_word_met met, void *context)
{
    uint32_t bucket = hash_at(text.p + place) % BUCKETS;
    for (uint32_t i = w->begin[bucket]; i < w->begin[bucket + 1]; i++) {
        const struct gram *gram = &w->grams[i];
        size_t at = place - gram->offset, tail = at + gram->tail_offset;
        if (gram->offset <= place && tail < text.n &&
            (eight_at(text.p + tail, text.n - tail) & gram->mask) == gram->tail &&
            stands_at(text, at, w->words[gram->word]))
            met(context, gram->word, at);
    }
}

/* Some places are looked at, without a branch on what stands there, before a word is compared at any of them. */
static void find_long_words(const struct hc_words *w, struct hc_str text, hc_word_met met, void *context)
{
    size_t places[PLACES] = {0}, end = text.n < GRAM_BYTES ? 0 : text.n - GRAM_BYTES + 1;
    for (size_t i = 0; i < end;) {
        size_t n = 0, stop = end - i > PLACES * STRIDE ? i + PLACES * STRIDE : end;
        for (; i < stop; i += STRIDE) {
            uint32_t hash = hash_at(text.p + i);
            places[n] = i;
            n += w->filter[hash / 64] >> hash % 64 & 1;
        }
        for (size_t k = 0; k < n; k++)
            take_place(w, text, places[k], met, context);
    }
}

#ifdef __SSE2__
#define BLOCK_BYTES ((size_t)16)

/* The places of `text`; `room` has at least BLOCK_BYTES + 1 bytes of which the first are the text's. The last block may
 * overlap the one before it. */
static void find_short(const struct short_word *s, struct hc_str text, struct hc_str room, hc_word_met met,
                       void *context)
{
    size_t last = room.n - BLOCK_BYTES - 1;
    const __m128i first = _mm_set1_epi8(s->first), first_bit = _mm_set1_epi8(s->first_bit);
    const __m128i second = _mm_set1_epi8(s->second), second_bit = _mm_set1_epi8(s->second_bit);
    for (size_t from = 0;; from = from + BLOCK_BYTES < last ? from + BLOCK_BYTES : last) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(room.p + from));
        __m128i next = _mm_loadu_si128((const __m128i *)(const void *)(room.p + from + 1));
        bytes = _mm_cmpeq_epi8(_mm_or_si128(bytes, first_bit), first);
        next = _mm_cmpeq_epi8(_mm_or_si128(next, second_bit), second);
        unsigned may = (unsigned)_mm_movemask_epi8(_mm_and_si128(bytes, next));
        for (; may; may &= may - 1) {
            size_t at = from + (size_t)__builtin_ctz(may);
            if (at + 1 < text.n && stands_at(text, at, s->word))
                met(context, s->number, at);
        }
        if (from == last)
            break;
    }
    if (text.n && stands_at(text, text.n - 1, s->word))
        met(context, s->number, text.n - 1);
}

static void find_short_words(const struct hc_words *w, struct hc_str text, hc_word_met met, void *context)
{
    char padded[BLOCK_BYTES + 1] = {0};
    struct hc_str room = text;
    if (w->n_short && text.n <= BLOCK_BYTES) {
        memcpy(padded, text.n ? text.p : "", text.n);
        room = (struct hc_str){padded, sizeof padded};
    }
    for (size_t i = 0; i < w->n_short; i++)
        find_short(&w->short_words[i], text, room, met, context);
}
#else
static void find_short_words(const struct hc_words *w, struct hc_str text, hc_word_met met, void *context)
{
    for (size_t i = 0; i < w->n_short; i++)
        for (size_t at = 0; at < text.n; at++)
            if (stands_at(text, at, w->short_words[i].word))
                met(context, w->short_words[i].number, at);
}
#endif

void hc_words_find(const struct hc_words *words, struct hc_str text, hc_word_met met, void *context)
{
    find_short_words(words, text, met, context);
    find_long_words(words, text, met, context);
}
