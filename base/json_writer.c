/* The writer of base/json.h. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/number.h"

/* A level is a bit of has_item: the writer has room for 63 of them. */
static uint64_t level_bit(const struct hc_json_writer *w)
{
    return UINT64_C(1) << (w->depth & 63);
}

static void before_item(struct hc_json_writer *w)
{
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (w->depth > 0 && (w->has_item & level_bit(w)))
        hc_buf_char(w->out, ',');
    w->has_item |= level_bit(w);
}

static void open_level(struct hc_json_writer *w, char bracket)
{
    before_item(w);
    hc_buf_char(w->out, bracket);
    w->depth++;
    w->has_item &= ~level_bit(w);
}

static void close_level(struct hc_json_writer *w, char bracket)
{
    w->depth--;
    hc_buf_char(w->out, bracket);
}

void hc_json_open_object(struct hc_json_writer *w)
{
    open_level(w, '{');
}

void hc_json_close_object(struct hc_json_writer *w)
{
    close_level(w, '}');
}

void hc_json_open_array(struct hc_json_writer *w)
{
    open_level(w, '[');
}

void hc_json_close_array(struct hc_json_writer *w)
{
    close_level(w, ']');
}

static bool is_plain(char c)
{
    return (unsigned char)c >= 0x20 && c != '"' && c != '\\' && c != 0x7f;
}

static void put_escape(struct hc_buf *out, char c)
{
    static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (const char *p = named; *p; p += 2) {
        if (*p == c) {
            hc_buf_char(out, '\\');
            hc_buf_char(out, p[1]);
            return;
        }
    }
    hc_buf_format(out, "\\u%04x", (unsigned)(unsigned char)c);
}

static void put_quoted(struct hc_buf *out, struct hc_str s)
{
    hc_buf_char(out, '"');
    while (s.n > 0 && !out->failed) {
        size_t n = 0;
        while (n < s.n && is_plain(s.p[n]))
            n++;
        hc_buf_utf8_clean(out, (struct hc_str){s.p, n});
        if (n < s.n)
            put_escape(out, s.p[n++]);
        s.p += n;
        s.n -= n;
    }
    hc_buf_char(out, '"');
}

void hc_json_key(struct hc_json_writer *w, const char *key)
{
    before_item(w);
    put_quoted(w->out, hc_str_of(key));
    hc_buf_char(w->out, ':');
    w->after_key = true;
}

void hc_json_string(struct hc_json_writer *w, struct hc_str s)
{
    before_item(w);
    if (s.p)
        put_quoted(w->out, s);
    else
        hc_buf_text(w->out, "null");
}

void hc_json_number(struct hc_json_writer *w, double value)
{
    char text[HC_NUMBER_TEXT];
    before_item(w);
    hc_buf_add(w->out, text, hc_number_format(value, text));
}

void hc_json_int(struct hc_json_writer *w, int64_t value)
{
    before_item(w);
    hc_buf_format(w->out, "%lld", (long long)value);
}

void hc_json_bool(struct hc_json_writer *w, bool value)
{
    before_item(w);
    hc_buf_text(w->out, value ? "true" : "false");
}

void hc_json_null(struct hc_json_writer *w)
{
    before_item(w);
    hc_buf_text(w->out, "null");
}

void hc_json_put_string(struct hc_json_writer *w, const char *key, struct hc_str s)
{
    hc_json_key(w, key);
    hc_json_string(w, s);
}

void hc_json_put_number(struct hc_json_writer *w, const char *key, double value)
{
    hc_json_key(w, key);
    hc_json_number(w, value);
}

void hc_json_put_int(struct hc_json_writer *w, const char *key, int64_t value)
{
    hc_json_key(w, key);
    hc_json_int(w, value);
}
