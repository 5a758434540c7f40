#include "base/text.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"

struct hc_str hc_str_copy(struct hc_arena *arena, struct hc_str s)
{
    if (!s.p)
        return HC_STR_NONE;
    char *p = hc_arena_copy(arena, s.p, s.n);
    return p ? (struct hc_str){p, s.n} : HC_STR_NONE;
}

static unsigned char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : (unsigned char)c;
}

bool hc_str_equal_nocase(struct hc_str a, struct hc_str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++) {
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    }
    return true;
}

int hc_str_compare(struct hc_str a, struct hc_str b)
{
    if (!a.p || !b.p)
        return (a.p != NULL) - (b.p != NULL);
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n > 0 ? memcmp(a.p, b.p, n) : 0;
    if (order != 0)
        return order < 0 ? -1 : 1;
    return (a.n > b.n) - (a.n < b.n);
}

int hc_str_order(const void *a, const void *b)
{
    return hc_str_compare(*(const struct hc_str *)a, *(const struct hc_str *)b);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct hc_str hc_str_trim_spaces(struct hc_str s)
{
    while (s.n > 0 && is_space(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

/* Length of the valid multi-byte sequence at p, 0 where it is none (Unicode 15, table 3-7). */
static size_t utf8_sequence(const unsigned char *p, size_t n)
{
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    size_t length;
    if (p[0] >= 0xc2 && p[0] <= 0xdf) {
        length = 2;
    } else if (p[0] >= 0xe0 && p[0] <= 0xef) {
        length = 3;
        low = p[0] == 0xe0 ? 0xa0 : low;
        high = p[0] == 0xed ? 0x9f : high;
    } else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        length = 4;
        low = p[0] == 0xf0 ? 0x90 : low;
        high = p[0] == 0xf4 ? 0x8f : high;
    } else {
        return 0;
    }
    if (n < length || p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    }
    return length;
}

size_t hc_utf8_valid_prefix(struct hc_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t i = 0;
    while (i < s.n) {
        if (s.n - i >= 8) {
            uint64_t word;
            memcpy(&word, p + i, 8);
            if (!(word & UINT64_C(0x8080808080808080))) {
                i += 8;
                continue;
            }
        }
        size_t n = p[i] < 0x80 ? 1 : utf8_sequence(p + i, s.n - i);
        if (n == 0)
            return i;
        i += n;
    }
    return i;
}

size_t hc_str_count(struct hc_str s, char byte)
{
    size_t n = 0;
    const char *end = s.p + s.n;
    for (const char *p = s.p; p < end && (p = memchr(p, byte, (size_t)(end - p))) != NULL; p++)
        n++;
    return n;
}

struct hc_str hc_str_cut(struct hc_str s, size_t most)
{
    if (s.n <= most)
        return s;
    while (most > 0 && ((unsigned char)s.p[most] & 0xC0) == 0x80)
        most--;
    return (struct hc_str){s.p, most};
}

static bool is_in_number(char c)
{
    return (c >= '0' && c <= '9') || (c >= '(' && c <= '.' && c != '*' && c != ','); /* and one of ()+-. */
}

struct hc_str hc_str_quotable(struct hc_str s, size_t most)
{
    if (s.n <= most)
        return s;
    s.n = most;
    while (s.n > 0 && !is_space(s.p[s.n - 1]))
        s.n--;
    while (s.n > 0 && (is_space(s.p[s.n - 1]) || is_in_number(s.p[s.n - 1])))
        s.n--;
    return s;
}

struct hc_str hc_str_format(struct hc_arena *arena, const char *format, ...)
{
    char small[256];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n < 0)
        return HC_STR_NONE;
    if ((size_t)n < sizeof small)
        return hc_str_copy(arena, (struct hc_str){small, (size_t)n});
    char *p = hc_arena_alloc(arena, (size_t)n + 1);
    if (!p)
        return HC_STR_NONE;
    va_start(args, format);
    vsnprintf(p, (size_t)n + 1, format, args);
    va_end(args);
    return (struct hc_str){p, (size_t)n};
}

bool hc_str_has_word(struct hc_str words, struct hc_str word)
{
    while (words.n) {
        const char *space = memchr(words.p, ' ', words.n);
        const size_t n = space ? (size_t)(space - words.p) : words.n;
        if (hc_str_equal((struct hc_str){words.p, n}, word))
            return true;
        words = (struct hc_str){words.p + n + (space != NULL), words.n - n - (space != NULL)};
    }
    return false;
}
