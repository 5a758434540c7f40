/* Tables whose fields are parted by semicolons or tabs become tables with commas, line by line. */
#include "ingest/format/csv.h"

#include "ingest/format/csv_separator.h"

struct rewriting {
    const char *at, *end;
    char separator;
    bool one_line_fields; /* a quote stayed open to the end of the file: none crosses a line any more */
    char *out;
    size_t n;
};

static bool ends_field(const struct rewriting *r, const char *p)
{
    return p == r->end || *p == r->separator || *p == '\n' || (*p == '\r' && (p + 1 == r->end || p[1] == '\n'));
}

/* Behind the closing quote of the field that begins at r->at; NULL: it has none. */
static const char *quoted_end(struct rewriting *r)
{
    const char *feed = r->one_line_fields ? memchr(r->at, '\n', (size_t)(r->end - r->at)) : NULL;
    const char *limit = feed == NULL ? r->end : feed;
    for (const char *p = r->at + 1; p < limit && (p = memchr(p, '"', (size_t)(limit - p))) != NULL; p += 2)
        if (p + 1 == r->end || p[1] != '"')
            return ends_field(r, p + 1) ? p + 1 : NULL;
    r->one_line_fields = true;
    return NULL;
}

static const char *plain_end(const struct rewriting *r)
{
    const char *p = r->at;
    while (!ends_field(r, p))
        p++;
    return p;
}

static void put(struct rewriting *r, const char *p, size_t n)
{
    if (n > 0)
        memcpy(r->out + r->n, p, n);
    r->n += n;
}

/* A field that holds a comma gets quotes, one that begins with a quote that nothing closes keeps it. */
static void rewrite_field(struct rewriting *r)
{
    const char *stop = r->at < r->end && *r->at == '"' ? quoted_end(r) : NULL;
    bool is_plain = stop == NULL;
    stop = is_plain ? plain_end(r) : stop;
    size_t n = (size_t)(stop - r->at);
    bool quotes = is_plain && n > 0 && *r->at != '"' && memchr(r->at, ',', n) != NULL && !memchr(r->at, '"', n);
    put(r, "\"", quotes);
    put(r, r->at, n);
    put(r, "\"", quotes);
    r->at = stop;
}

/* Room for it: each comma may ask for two quotes. */
static size_t size_with_commas(struct hc_str text)
{
    size_t n = text.n;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == ',' ? 2 : 0;
    return n;
}

static struct hc_str rewrite(struct hc_str text, char separator, char *out)
{
    struct rewriting r = {.at = text.p, .end = text.p + text.n, .separator = separator, .out = out};
    for (rewrite_field(&r); r.at < r.end; rewrite_field(&r)) {
        put(&r, *r.at == separator ? "," : r.at, 1);
        r.at++;
    }
    return (struct hc_str){out, r.n};
}

char hc_csv_separator(struct hc_str text)
{
    struct hc_str line = hc_str_take_line(&text);
    if (line.n == 0 || memchr(line.p, ',', line.n) != NULL)
        return ',';
    if (memchr(line.p, ';', line.n) != NULL)
        return ';';
    return memchr(line.p, '\t', line.n) != NULL ? '\t' : ',';
}

struct hc_str hc_csv_with_commas(struct hc_str text, char separator, struct hc_arena *arena)
{
    char *out = hc_arena_alloc(arena, size_with_commas(text));
    return out == NULL ? HC_STR_NONE : rewrite(text, separator, out);
}
