#include "reports/glyph.h"

#include <stdint.h>

struct range {
    uint32_t first, last;
};

/* Characters that are not seen, or that change how others are seen. U+200C and U+200D stay: scripts need them. */
static const struct range hidden[] = {
    {0x00AD, 0x00AD}, {0x034F, 0x034F}, {0x061C, 0x061C}, {0x115F, 0x1160},   {0x180E, 0x180E},
    {0x200B, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},   {0x3164, 0x3164},
    {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF9, 0xFFFB}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

struct hc_glyphs hc_glyphs_of(struct hc_str text)
{
    return (struct hc_glyphs){.rest = text, .n_valid = 0};
}

static bool is_hidden(uint32_t code)
{
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        if (code >= hidden[i].first && code <= hidden[i].last)
            return true;
    return false;
}

/* The bytes are valid UTF-8: only their length must be told. */
static size_t decode(const unsigned char *p, uint32_t *code)
{
    if (p[0] < 0x80) {
        *code = p[0];
        return 1;
    }
    if (p[0] < 0xE0) {
        *code = (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3Fu);
        return 2;
    }
    if (p[0] < 0xF0) {
        *code = (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3Fu);
        return 3;
    }
    *code =
        (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 | (uint32_t)(p[2] & 0x3F) << 6 | (p[3] & 0x3Fu);
    return 4;
}

static void put(struct hc_glyph *glyph, const char *bytes, size_t n)
{
    memcpy(glyph->bytes, bytes, n);
    glyph->n = n;
}

static void put_picture(struct hc_glyph *glyph, uint32_t code)
{
    uint32_t low = code == 0x7F ? 0x21 : code;
    const char bytes[3] = {(char)0xE2, (char)0x90, (char)(0x80 + low)};
    put(glyph, bytes, sizeof bytes);
}

static void put_code_number(struct hc_glyph *glyph, uint32_t code)
{
    int n = snprintf(glyph->bytes, sizeof glyph->bytes, "\xE2\x80\xB9U+%04X\xE2\x80\xBA", (unsigned)code);
    glyph->n = n > 0 && (size_t)n < sizeof glyph->bytes ? (size_t)n : 0;
}

static bool is_break(char c)
{
    return c == '\t' || c == '\n' || c == '\r';
}

static void skip(struct hc_glyphs *glyphs, size_t n)
{
    glyphs->rest.p += n;
    glyphs->rest.n -= n;
    glyphs->n_valid = glyphs->n_valid > n ? glyphs->n_valid - n : 0;
}

bool hc_glyphs_next(struct hc_glyphs *glyphs, struct hc_glyph *glyph)
{
    if (!glyphs->rest.p || glyphs->rest.n == 0)
        return false;
    if (is_break(glyphs->rest.p[0])) {
        while (glyphs->rest.n > 0 && is_break(glyphs->rest.p[0]))
            skip(glyphs, 1);
        put(glyph, " ", 1);
        return true;
    }
    if (glyphs->n_valid == 0)
        glyphs->n_valid = hc_utf8_valid_prefix(glyphs->rest);
    if (glyphs->n_valid == 0) {
        skip(glyphs, 1);
        put(glyph, "\xEF\xBF\xBD", 3);
        return true;
    }
    uint32_t code;
    size_t n = decode((const unsigned char *)glyphs->rest.p, &code);
    if (code < 0x20 || code == 0x7F)
        put_picture(glyph, code);
    else if ((code >= 0x80 && code < 0xA0) || (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF))
        put(glyph, "\xEF\xBF\xBD", 3);
    else if (is_hidden(code))
        put_code_number(glyph, code);
    else
        put(glyph, glyphs->rest.p, n);
    skip(glyphs, n);
    return true;
}

size_t hc_text_columns(struct hc_str text)
{
    size_t columns = 0;
    for (size_t i = 0; i < text.n; i++)
        columns += ((unsigned char)text.p[i] & 0xC0) != 0x80;
    return columns;
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

static void put_coded(struct hc_buf *out, unsigned char c)
{
    static const char hex[] = "0123456789ABCDEF";
    const char coded[3] = {'%', hex[c >> 4], hex[c & 15]};
    hc_buf_add(out, coded, sizeof coded);
}

void hc_url_part(struct hc_buf *out, struct hc_str part)
{
    for (size_t i = 0; i < part.n; i++) {
        if (is_plain(part.p[i]))
            hc_buf_char(out, part.p[i]);
        else
            put_coded(out, (unsigned char)part.p[i]);
    }
}

void hc_url_web(struct hc_buf *out, struct hc_str address)
{
    if (!hc_str_starts(address, HC_STR("https://")) && !hc_str_starts(address, HC_STR("http://")))
        out->failed = true;
    for (size_t i = 0; i < address.n && !out->failed; i++) {
        const char c = address.p[i];
        if (c == '&')
            hc_buf_text(out, "&amp;");
        else if (is_plain(c) || (c && strchr("~:/?#@!$*+,;=%", c)))
            hc_buf_char(out, c);
        else
            put_coded(out, (unsigned char)c);
    }
}
