/* The growing buffer of base/text.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"

static bool fail(struct hc_buf *buf)
{
    buf->failed = true;
    buf->capacity = buf->n;
    return false;
}

bool hc_buf_reserve(struct hc_buf *buf, size_t n)
{
    if (buf->failed)
        return false;
    size_t needed;
    if (!hc_size_add(buf->n, n, &needed) || needed > PTRDIFF_MAX)
        return fail(buf);
    if (buf->p && needed <= buf->capacity)
        return true;
    size_t capacity = buf->capacity < 128 ? 256 : buf->capacity * 2;
    if (capacity < needed)
        capacity = needed;
    char *p = realloc(buf->p, capacity);
    if (!p)
        return fail(buf);
    buf->p = p;
    buf->capacity = capacity;
    return true;
}

void hc_buf_add(struct hc_buf *buf, const void *bytes, size_t n)
{
    if (!hc_buf_reserve(buf, n) || n == 0)
        return;
    memcpy(buf->p + buf->n, bytes, n);
    buf->n += n;
}

void hc_buf_str(struct hc_buf *buf, struct hc_str s)
{
    hc_buf_add(buf, s.p, s.n);
}

void hc_buf_text(struct hc_buf *buf, const char *text)
{
    hc_buf_str(buf, hc_str_of(text));
}

void hc_buf_char(struct hc_buf *buf, char c)
{
    if (hc_buf_reserve(buf, 1))
        buf->p[buf->n++] = c;
}

void hc_buf_vformat(struct hc_buf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    if (hc_buf_reserve(buf, 1)) {
        size_t room = buf->capacity - buf->n;
        int n = vsnprintf(buf->p + buf->n, room, format, args);
        if (n < 0)
            fail(buf);
        else if ((size_t)n >= room && hc_buf_reserve(buf, (size_t)n + 1))
            vsnprintf(buf->p + buf->n, (size_t)n + 1, format, again);
        if (!buf->failed)
            buf->n += (size_t)n;
    }
    va_end(again);
}

void hc_buf_format(struct hc_buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    hc_buf_vformat(buf, format, args);
    va_end(args);
}

/* How many bytes one U+FFFD stands for: the longest start of a sequence (Unicode 15, section 3.9).
 * From the third byte on every continuation is as good as another, so one completion tells. */
static size_t broken_length(struct hc_str s)
{
    for (size_t have = s.n < 3 ? s.n : 3; have > 1; have--) {
        char whole[4] = {'\x80', '\x80', '\x80', '\x80'};
        memcpy(whole, s.p, have);
        for (size_t n = have + 1; n <= 4; n++) {
            if (hc_utf8_valid_prefix((struct hc_str){whole, n}) == n)
                return have;
        }
    }
    return 1;
}

void hc_buf_utf8_clean(struct hc_buf *buf, struct hc_str s)
{
    while (s.n > 0 && !buf->failed) {
        size_t valid = hc_utf8_valid_prefix(s);
        const char *nul = valid > 0 ? memchr(s.p, '\0', valid) : NULL;
        size_t good = nul ? (size_t)(nul - s.p) : valid;
        hc_buf_add(buf, s.p, good);
        s.p += good;
        s.n -= good;
        if (s.n == 0)
            return;
        hc_buf_text(buf, "\xef\xbf\xbd");
        size_t bad = nul ? 1 : broken_length(s);
        s.p += bad;
        s.n -= bad;
    }
}

struct hc_str hc_buf_view(const struct hc_buf *buf)
{
    return (struct hc_str){buf->p ? buf->p : "", buf->n};
}

void hc_buf_clear(struct hc_buf *buf)
{
    buf->n = 0;
    buf->failed = false;
}

void hc_buf_free(struct hc_buf *buf)
{
    free(buf->p);
    *buf = (struct hc_buf){0};
}
