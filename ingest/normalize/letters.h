/* Eight or sixteen bytes at once: how far a word of letters or of hexadecimal digits goes, how many digits a text has. */
#ifndef HC_INGEST_NORMALIZE_LETTERS_H
#define HC_INGEST_NORMALIZE_LETTERS_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/text.h"

#define HC_EACH_BYTE(x) (UINT64_C(0x0101010101010101) * (x))

/* How many of the eight bytes at `p` are ASCII letters before the first that is none.
 * Formula: with bit 5 set and bit 7 clear no sum carries into the next byte; 0x80 - 'a' brings letters and what is
 * above them to bit 7, 0x80 - '{' only what is above.
 * Checked: tests/unit/ingest/test_templates_shape.c, each byte at each place. */
static inline size_t hc_count_letters(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    word = le64toh(word);
    uint64_t low = (word | HC_EACH_BYTE(0x20)) & HC_EACH_BYTE(0x7F);
    uint64_t letters = (low + HC_EACH_BYTE(0x80 - 'a')) & ~(low + HC_EACH_BYTE(0x80 - '{')) & ~word;
    uint64_t others = ~letters & HC_EACH_BYTE(0x80);
    return others == 0 ? 8 : (size_t)__builtin_ctzll(others) / 8;
}

/* How many of the eight bytes at `p` are hexadecimal digits before the first that is none.
 * Formula: as above, for what lies between '0' and '9' and between 'a' and 'f'.
 * Checked: tests/unit/ingest/test_templates_shape.c, each byte at each place. */
static inline size_t hc_count_hex(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    word = le64toh(word);
    uint64_t plain = word & HC_EACH_BYTE(0x7F), low = plain | HC_EACH_BYTE(0x20);
    uint64_t letters = (low + HC_EACH_BYTE(0x80 - 'a')) & ~(low + HC_EACH_BYTE(0x80 - 'g'));
    uint64_t digits = (plain + HC_EACH_BYTE(0x80 - '0')) & ~(plain + HC_EACH_BYTE(0x80 - ':'));
    uint64_t others = (~(letters | digits) | word) & HC_EACH_BYTE(0x80);
    return others == 0 ? 8 : (size_t)__builtin_ctzll(others) / 8;
}

/* A bit for each of sixteen bytes at `p`: it is a digit, it is a hexadecimal one.
 * Formula: a byte less the first of a range is no more than the range is long, or it wraps round.
 * Checked: tests/unit/ingest/test_templates_shape.c, each byte at each place. */
static inline unsigned hc_digit_bits(const char *p)
{
#ifdef __SSE2__
    __m128i digit = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)p), _mm_set1_epi8('0'));
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(9)), digit));
#else
    unsigned bits = 0;
    for (unsigned i = 0; i < 16; i++)
        bits |= (unsigned)(p[i] >= '0' && p[i] <= '9') << i;
    return bits;
#endif
}

static inline unsigned hc_hex_bits(const char *p)
{
#ifdef __SSE2__
    __m128i lower = _mm_or_si128(_mm_loadu_si128((const __m128i *)p), _mm_set1_epi8(0x20));
    __m128i letter = _mm_sub_epi8(lower, _mm_set1_epi8('a'));
    unsigned letters = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(5)), letter));
#else
    unsigned letters = 0;
    for (unsigned i = 0; i < 16; i++)
        letters |= (unsigned)((p[i] >= 'a' && p[i] <= 'f') || (p[i] >= 'A' && p[i] <= 'F')) << i;
#endif
    return letters | hc_digit_bits(p);
}

/* A bit for each of sixteen bytes at `p` that is the small letter `first`, of any case, before `second`: of seventeen.
 * Checked: tests/unit/ingest/test_templates_shape.c, each byte at each place. */
static inline unsigned hc_pair_bits(const char *p, char first, char second)
{
#ifdef __SSE2__
    __m128i lower = _mm_or_si128(_mm_loadu_si128((const __m128i *)p), _mm_set1_epi8(0x20));
    __m128i behind = _mm_or_si128(_mm_loadu_si128((const __m128i *)(p + 1)), _mm_set1_epi8(0x20));
    return (unsigned)_mm_movemask_epi8(
        _mm_and_si128(_mm_cmpeq_epi8(lower, _mm_set1_epi8(first)), _mm_cmpeq_epi8(behind, _mm_set1_epi8(second))));
#else
    unsigned bits = 0;
    for (unsigned i = 0; i < 16; i++)
        bits |= (unsigned)((p[i] | 0x20) == first && (p[i + 1] | 0x20) == second) << i;
    return bits;
#endif
}

/* Does a text have `least` digits and more?
 * Formula: a digit less '0' is below 10, so that 0x76 does not bring it to bit 7.
 * Checked: tests/unit/ingest/test_templates_shape.c, against counting one by one. */
static inline bool hc_has_digits(struct hc_str text, unsigned least)
{
    unsigned n = 0;
    for (size_t i = 0; i < text.n && n < least; i += 8) {
        uint64_t word = 0;
        memcpy(&word, text.p + i, text.n - i < 8 ? text.n - i : 8);
        uint64_t off = word ^ HC_EACH_BYTE('0');
        uint64_t digits = ~(((off & HC_EACH_BYTE(0x7F)) + HC_EACH_BYTE(0x76)) | off) & HC_EACH_BYTE(0x80);
        n += (unsigned)((digits >> 7) * HC_EACH_BYTE(1) >> 56);
    }
    return n >= least;
}

#endif
