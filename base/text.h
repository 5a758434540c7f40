/* Slices of bytes, a growing buffer, and the few questions asked of text. */
#ifndef HC_BASE_TEXT_H
#define HC_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

struct hc_arena;

/* A slice of bytes that somebody else owns. p == NULL: absent; n == 0 with p: empty. */
struct hc_str {
    const char *p;
    size_t n;
};

#define HC_STR(literal) ((struct hc_str){(literal), sizeof(literal) - 1})
#define HC_STR_NONE ((struct hc_str){NULL, 0})
#define HC_STR_ARG(s) ((int)(s).n), ((s).p ? (s).p : "") /* for "%.*s" */

struct hc_str hc_str_copy(struct hc_arena *arena, struct hc_str s); /* p == NULL: out of memory or absent */
bool hc_str_equal_nocase(struct hc_str a, struct hc_str b);         /* ASCII only */
int hc_str_compare(struct hc_str a, struct hc_str b);               /* bytewise; absent before empty */
int hc_str_order(const void *a, const void *b);                     /* the same of two of them, for qsort and bsearch */
struct hc_str hc_str_trim_spaces(struct hc_str s);                  /* as hc_str_trim, where there may be some */
uint64_t hc_str_hash(struct hc_str s);                              /* for tables only: stored nowhere */

/* Here, so that a literal's length and bytes are known where it is compared. */

static inline struct hc_str hc_str_of(const char *text) /* NULL gives HC_STR_NONE */
{
    return text ? (struct hc_str){text, strlen(text)} : HC_STR_NONE;
}

/* What memcmp says; without a call where there are 8 to 32 bytes: the first and the last of them may overlap. */
static inline bool hc_bytes_equal(const char *a, const char *b, size_t n)
{
#ifdef __SSE2__
    if (n - 16 <= 16) {
        const char *a_last = a + n - 16, *b_last = b + n - 16;
        __m128i first = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)a),
                                       _mm_loadu_si128((const __m128i *)(const void *)b));
        __m128i last = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)a_last),
                                      _mm_loadu_si128((const __m128i *)(const void *)b_last));
        return _mm_movemask_epi8(_mm_and_si128(first, last)) == 0xFFFF;
    }
#endif
    if (n - 8 < 8)
        return memcmp(a, b, 8) == 0 && memcmp(a + n - 8, b + n - 8, 8) == 0;
    return memcmp(a, b, n) == 0;
}

static inline bool hc_str_equal(struct hc_str a, struct hc_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool hc_str_is(struct hc_str a, const char *b)
{
    return hc_str_equal(a, hc_str_of(b));
}

static inline bool hc_str_starts(struct hc_str a, struct hc_str prefix)
{
    return a.n >= prefix.n && (prefix.n == 0 || memcmp(a.p, prefix.p, prefix.n) == 0);
}

/* What follows the last `c`; all of it where there is none. */
static inline struct hc_str hc_str_after_last(struct hc_str s, char c)
{
    size_t at = s.n;
    while (at > 0 && s.p[at - 1] != c)
        at--;
    return (struct hc_str){s.p + at, s.n - at};
}

static inline bool hc_str_ends(struct hc_str a, struct hc_str suffix)
{
    return a.n >= suffix.n && (suffix.n == 0 || memcmp(a.p + (a.n - suffix.n), suffix.p, suffix.n) == 0);
}

/* Without the ASCII white space at both ends. */
static inline struct hc_str hc_str_trim(struct hc_str s)
{
    bool bare = s.n == 0 || ((unsigned char)s.p[0] > ' ' && (unsigned char)s.p[s.n - 1] > ' ');
    return bare ? s : hc_str_trim_spaces(s);
}

/* Takes the first line off, and gives it without the white space at both ends. */
static inline struct hc_str hc_str_take_line(struct hc_str *rest)
{
    const char *feed = rest->n ? (const char *)memchr(rest->p, '\n', rest->n) : NULL;
    struct hc_str line = {rest->p, feed == NULL ? rest->n : (size_t)(feed - rest->p)};
    size_t used = line.n + (feed != NULL);
    *rest = (struct hc_str){rest->p + used, rest->n - used};
    return hc_str_trim(line);
}

/* How often a byte is in it. */
size_t hc_str_count(struct hc_str s, char byte);

/* Whether a word is among those that single spaces part. */
bool hc_str_has_word(struct hc_str words, struct hc_str word);

/* At most so many bytes of it, cut between characters of UTF-8. */
struct hc_str hc_str_cut(struct hc_str s, size_t most);

/* What may be quoted of a text: all of it, or where it has more than so many bytes its beginning, without the word that
 * the cut would halve and without words of digits right before that, so that no number, name or key stays in part. */
struct hc_str hc_str_quotable(struct hc_str s, size_t most);

/* Length of the valid UTF-8 prefix: overlong forms, surrogates and > U+10FFFF are invalid. */
size_t hc_utf8_valid_prefix(struct hc_str s);

/* A growing byte buffer on malloc. A request that fails sets `failed`, and every
 * later call does nothing: check it once, at the end. A failed one has no room left, nor has one
 * without memory: capacity - n alone tells whether there is some.
 * Owns: the caller; hc_buf_free. A zeroed struct is an empty buffer. */
struct hc_buf {
    char *p;
    size_t n;
    size_t capacity;
    bool failed;
};

void hc_buf_add(struct hc_buf *buf, const void *bytes, size_t n);
bool hc_buf_reserve(struct hc_buf *buf, size_t n); /* room for so many bytes more at buf->p + buf->n; false: failed */
void hc_buf_str(struct hc_buf *buf, struct hc_str s);
void hc_buf_text(struct hc_buf *buf, const char *text);
void hc_buf_char(struct hc_buf *buf, char c);
void hc_buf_format(struct hc_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void hc_buf_vformat(struct hc_buf *buf, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
void hc_buf_utf8_clean(struct hc_buf *buf, struct hc_str s); /* invalid sequences and NUL become U+FFFD */
struct hc_str hc_buf_view(const struct hc_buf *buf);
void hc_buf_clear(struct hc_buf *buf); /* keeps the memory */
void hc_buf_free(struct hc_buf *buf);

/* Formats into the arena; HC_STR_NONE where memory is refused. */
struct hc_str hc_str_format(struct hc_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A set of strings numbered 0, 1, 2 … in order of first sight (component names, members).
 * Memory: in the arena, the strings copied. */
struct hc_names {
    struct hc_arena *arena;
    struct hc_str *items;
    size_t n;
    size_t capacity;
    uint32_t *slots;
    size_t n_slots;
};

#define HC_NAME_NONE ((size_t)-1)
void hc_names_init(struct hc_names *names, struct hc_arena *arena);
size_t hc_names_add(struct hc_names *names, struct hc_str s);        /* HC_NAME_NONE: no memory */
size_t hc_names_find(const struct hc_names *names, struct hc_str s); /* HC_NAME_NONE: not there */

#endif
