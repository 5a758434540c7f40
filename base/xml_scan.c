#include "base/xml_scan.h"

#include <string.h>

#include "base/xml.h"

struct scanner {
    const char *p;
    const char *end;
    const char *line_at; /* lines are counted up to here */
    long line;
    int depth;
    size_t capacity;
    struct hc_xml_scan *scan;
    struct hc_arena *arena;
    struct hc_err *err;
};

enum hc_status hc_xml_no_memory(const struct hc_arena *arena, struct hc_err *err)
{
    if (hc_arena_exceeded(arena))
        return hc_err_set(err, HC_FAIL, "xml-limit", "needs more memory than the limit");
    return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to read XML");
}

static void count_lines(struct scanner *s, const char *to)
{
    while (s->line_at < to) {
        const char *newline = memchr(s->line_at, '\n', (size_t)(to - s->line_at));
        s->line += newline != NULL;
        s->line_at = newline ? newline + 1 : to;
    }
}

static enum hc_status fail_here(struct scanner *s, const char *code, const char *text)
{
    count_lines(s, s->p);
    hc_err_set(s->err, HC_FAIL, code, "%s", text);
    hc_err_at(s->err, NULL, NULL, s->line);
    return HC_FAIL;
}

static enum hc_status fail_limit(struct scanner *s, const char *what, size_t met, size_t limit)
{
    hc_err_set(s->err, HC_FAIL, "xml-limit", "%s: %zu, the limit is %zu", what, met, limit);
    return fail_here(s, "xml-limit", what);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_foreign_start(struct hc_str bytes)
{
    /* UTF-32, UTF-16 and EBCDIC, with a mark or told by the first "<". */
    static const struct hc_str starts[] = {
        {"\xfe\xff", 2}, {"\xff\xfe", 2}, {"\0", 1}, {"<\0", 2}, {"\x4c\x6f\xa7\x94", 4}};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (hc_str_starts(bytes, starts[i]))
            return true;
    }
    return false;
}

/* The value of encoding="…" in the XML declaration, absent where there is none. */
static struct hc_str declared_encoding(struct hc_str bytes)
{
    static const char word[] = "encoding";
    if (!hc_str_starts(bytes, HC_STR("<?xml")) || bytes.n < 6 || !is_space(bytes.p[5]))
        return HC_STR_NONE;
    const char *p = bytes.p + 5;
    const char *end = memmem(p, bytes.n - 5, "?>", 2);
    if (!end)
        end = bytes.p + bytes.n;
    p = memmem(p, (size_t)(end - p), word, sizeof word - 1);
    if (!p)
        return HC_STR_NONE;
    p += sizeof word - 1;
    while (p < end && (is_space(*p) || *p == '='))
        p++;
    if (p == end || (*p != '"' && *p != '\''))
        return HC_STR_NONE;
    const char *close = memchr(p + 1, *p, (size_t)(end - p - 1));
    return close ? (struct hc_str){p + 1, (size_t)(close - p - 1)} : HC_STR_NONE;
}

static size_t ascii_prefix(struct hc_str s)
{
    size_t n = 0;
    while (n < s.n && (unsigned char)s.p[n] < 0x80)
        n++;
    return n;
}

static enum hc_status check_encoding(struct scanner *s)
{
    struct hc_str bytes = s->scan->bytes;
    if (is_foreign_start(bytes))
        return fail_here(s, "xml-encoding", "the encoding is not UTF-8");
    struct hc_str name = declared_encoding(bytes);
    bool is_ascii = hc_str_equal_nocase(name, HC_STR("US-ASCII")) || hc_str_equal_nocase(name, HC_STR("ASCII"));
    if (name.p && !is_ascii && !hc_str_equal_nocase(name, HC_STR("UTF-8"))) {
        hc_err_set(s->err, HC_FAIL, "xml-encoding", "the encoding \"%.*s\" is not UTF-8", HC_STR_ARG(name));
        hc_err_at(s->err, NULL, NULL, 1);
        return HC_FAIL;
    }
    size_t valid = is_ascii ? ascii_prefix(bytes) : hc_utf8_valid_prefix(bytes);
    const char *nul = memchr(bytes.p, '\0', valid);
    if (!nul && valid == bytes.n)
        return HC_OK;
    s->p = nul ? nul : bytes.p + valid;
    return fail_here(s, "xml-encoding", "a byte that is not part of the encoding");
}

/* The end of a construct that ends with `close`, or the end of all. */
static const char *after(const char *p, const char *end, const char *close)
{
    size_t n = strlen(close);
    const char *found = memmem(p, (size_t)(end - p), close, n);
    return found ? found + n : end;
}

const char *hc_xml_tag_end(const char *p, const char *end)
{
    while (p < end && *p != '>') {
        if (*p == '"' || *p == '\'') {
            p = memchr(p + 1, *p, (size_t)(end - p - 1));
            if (!p)
                return end;
        }
        p++;
    }
    return p < end ? p + 1 : end;
}

const char *hc_xml_skip_end(const char *p, const char *end)
{
    struct hc_str rest = {p, (size_t)(end - p)};
    if (hc_str_starts(rest, HC_STR("<!--")))
        return after(p + 4, end, "-->");
    if (hc_str_starts(rest, HC_STR("<![CDATA[")))
        return after(p, end, "]]>");
    return hc_str_starts(rest, HC_STR("<?")) ? after(p, end, "?>") : NULL;
}

static enum hc_status open_tag(struct scanner *s, const char *end)
{
    bool is_empty = end - s->p >= 3 && end[-2] == '/';
    if (s->depth == HC_XML_DEPTH)
        return fail_limit(s, "levels of elements", HC_XML_DEPTH + 1, HC_XML_DEPTH);
    struct hc_xml_scan *scan = s->scan;
    if (scan->n_lines == HC_XML_ELEMENTS)
        return fail_limit(s, "elements", HC_XML_ELEMENTS + 1, HC_XML_ELEMENTS);
    s->depth += !is_empty;
    count_lines(s, s->p);
    uint32_t *lines =
        hc_arena_grow(s->arena, scan->lines, scan->n_lines, scan->n_lines + 1, &s->capacity, sizeof *lines);
    if (!lines)
        return hc_xml_no_memory(s->arena, s->err);
    scan->lines = lines;
    lines[scan->n_lines++] = (uint32_t)s->line;
    return HC_OK;
}

static enum hc_status scan_tag(struct scanner *s)
{
    const char *end = hc_xml_tag_end(s->p, s->end);
    size_t n = (size_t)(end - s->p);
    if (n > HC_XML_TAG_BYTES)
        return fail_limit(s, "bytes in a tag", n, HC_XML_TAG_BYTES);
    enum hc_status status = HC_OK;
    if (s->p + 1 < s->end && s->p[1] == '/')
        s->depth -= s->depth > 0;
    else
        status = open_tag(s, end);
    s->p = end;
    return status;
}

static enum hc_status scan_markup(struct scanner *s)
{
    const char *skipped = hc_xml_skip_end(s->p, s->end);
    if (!skipped && s->p + 1 < s->end && s->p[1] == '!')
        return fail_here(s, "xml-doctype", "a document type or another declaration");
    if (!skipped)
        return scan_tag(s);
    s->p = skipped;
    return HC_OK;
}

enum hc_status hc_xml_scan(struct hc_xml_scan *scan, struct hc_str bytes, size_t limit_bytes, struct hc_arena *arena,
                           struct hc_err *err)
{
    if (bytes.n == 0)
        bytes = HC_STR("");
    *scan = (struct hc_xml_scan){.bytes = bytes};
    struct scanner s = {.p = bytes.p, .line_at = bytes.p, .line = 1, .scan = scan, .arena = arena, .err = err};
    if (bytes.n > limit_bytes)
        return fail_limit(&s, "bytes", bytes.n, limit_bytes);
    if (hc_str_starts(bytes, HC_STR("\xef\xbb\xbf")))
        scan->bytes = (struct hc_str){bytes.p + 3, bytes.n - 3};
    s.p = s.line_at = scan->bytes.p;
    s.end = scan->bytes.p + scan->bytes.n;
    enum hc_status status = bytes.n > 0 ? check_encoding(&s) : HC_OK;
    s.p = s.line_at = scan->bytes.p;
    s.line = 1;
    while (status == HC_OK && s.p < s.end) {
        const char *next = memchr(s.p, '<', (size_t)(s.end - s.p));
        s.p = next ? next : s.end;
        if (next)
            status = scan_markup(&s);
    }
    return status;
}
