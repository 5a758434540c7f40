#include "base/status.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

static void copy_cut(char *out, size_t size, const char *text)
{
    size_t n = strnlen(text, size - 1);
    memcpy(out, text, n);
    out[n] = '\0';
}

enum hc_status hc_err_set(struct hc_err *err, enum hc_status status, const char *code, const char *format, ...)
{
    if (!err || err->status != HC_OK)
        return status;
    err->status = status;
    err->code = code;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    struct hc_str text = {err->text, n < 0 ? 0 : (size_t)n};
    err->text[hc_str_quotable(text, sizeof err->text - 1).n] = '\0';
    return status;
}

void hc_err_at(struct hc_err *err, const char *archive, const char *member, long line)
{
    if (!err)
        return;
    if (archive && err->archive[0] == '\0')
        copy_cut(err->archive, sizeof err->archive, archive);
    if (member && err->member[0] == '\0')
        copy_cut(err->member, sizeof err->member, member);
    if (line > 0 && err->line == 0)
        err->line = line;
}

struct line_out {
    char *p;
    size_t n;
    size_t size;
};

/* All or nothing, so that the cut never halves an escape or a UTF-8 sequence. */
static void put(struct line_out *out, const char *bytes, size_t n)
{
    if (n >= out->size - out->n) {
        out->size = out->n + 1;
        return;
    }
    memcpy(out->p + out->n, bytes, n);
    out->n += n;
    out->p[out->n] = '\0';
}

static size_t sequence_length(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

static bool is_control(const unsigned char *p, size_t n)
{
    if (n == 1)
        return *p < 0x20 || *p == 0x7f;
    if (n == 2)
        return p[0] == 0xc2 && p[1] < 0xa0;
    /* U+200E, U+200F, U+2028 to U+202E and U+2066 to U+2069 reorder or break a terminal's line. */
    if (n != 3 || p[0] != 0xe2)
        return false;
    return (p[1] == 0x80 && (p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xa8 && p[2] <= 0xae))) ||
           (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
}

static void put_escaped(struct line_out *out, const char *text)
{
    struct hc_str rest = hc_str_of(text);
    size_t valid = hc_utf8_valid_prefix(rest);
    while (rest.n > 0) {
        const unsigned char *p = (const unsigned char *)rest.p;
        size_t n = valid > 0 ? sequence_length(*p) : 1;
        if (valid > 0 && !is_control(p, n)) {
            put(out, rest.p, n);
        } else {
            for (size_t i = 0; i < n; i++) {
                char escape[5];
                snprintf(escape, sizeof escape, "\\x%02x", (unsigned)p[i]);
                put(out, escape, 4);
            }
        }
        rest.p += n;
        rest.n -= n;
        valid = valid > n ? valid - n : hc_utf8_valid_prefix(rest);
    }
}

void hc_err_format(const struct hc_err *err, char *out, unsigned long size)
{
    if (size == 0)
        return;
    struct line_out line = {.p = out, .n = 0, .size = size};
    out[0] = '\0';
    put_escaped(&line, err->archive);
    if (err->archive[0] && err->member[0])
        put(&line, "!", 1);
    put_escaped(&line, err->member);
    if (err->line > 0) {
        char number[32];
        int n = snprintf(number, sizeof number, line.n > 0 ? ":%ld" : "line %ld", err->line);
        put(&line, number, (size_t)n);
    }
    if (line.n > 0)
        put(&line, ": ", 2);
    put_escaped(&line, err->text);
    if (err->code) {
        put(&line, " [", 2);
        put_escaped(&line, err->code);
        put(&line, "]", 1);
    }
}
