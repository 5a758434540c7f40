#include "ingest/format/logs_json.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define DEPTH 64

struct scan {
    const char *p, *end;
    bool escapes; /* there is a backslash somewhere */
};

static void skip_space(struct scan *at)
{
    while (at->p < at->end && *at->p <= ' ' && (*at->p == ' ' || *at->p == '\t' || *at->p == '\n' || *at->p == '\r'))
        at->p++;
}

static bool take_char(struct scan *at, char c)
{
    skip_space(at);
    if (at->p == at->end || *at->p != c)
        return false;
    at->p++;
    return true;
}

/* After the opening quote. */
static bool take_string(struct scan *at, struct hc_str *out, bool *escaped)
{
    const char *start = at->p;
    *escaped = false;
    for (;;) {
        const char *quote = memchr(at->p, '"', (size_t)(at->end - at->p));
        if (!quote)
            return false;
        const char *slash = quote;
        while (slash > start && slash[-1] == '\\')
            slash--;
        at->p = quote + 1;
        if ((quote - slash) % 2 == 0) {
            *out = (struct hc_str){start, (size_t)(quote - start)};
            *escaped = at->escapes && memchr(start, '\\', out->n) != NULL;
            return true;
        }
    }
}

/* A value that is not looked into: brackets are counted, strings passed over. */
static bool pass_nested(struct scan *at)
{
    int depth = 0;
    do {
        if (at->p == at->end)
            return false;
        char c = *at->p++;
        bool escaped;
        struct hc_str ignored;
        if (c == '"' && !take_string(at, &ignored, &escaped))
            return false;
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
    } while (depth > 0 && depth < DEPTH);
    return depth == 0;
}

static bool take_bare(struct scan *at, struct hc_str *out)
{
    const char *start = at->p;
    while (at->p < at->end && *at->p != ',' && *at->p != '}' && *at->p != ' ' && *at->p != '\t')
        at->p++;
    *out = (struct hc_str){start, (size_t)(at->p - start)};
    return out->n > 0 && (strchr("-0123456789tfn", *start) != NULL);
}

static bool take_object(struct scan *at, struct hc_str parent,
                        void (*take)(void *context, const struct hc_flat_member *member), void *context);

static bool take_value(struct scan *at, struct hc_flat_member *member,
                       void (*take)(void *context, const struct hc_flat_member *member), void *context)
{
    skip_space(at);
    if (at->p == at->end)
        return false;
    const char *start = at->p;
    member->string = *start == '"';
    member->escaped = false;
    if (*start == '{' && !member->parent.p) {
        at->p++;
        return take_object(at, member->key, take, context);
    }
    if (*start == '{' || *start == '[') {
        if (!pass_nested(at))
            return false;
        return true;
    }
    if (member->string) {
        at->p++;
        if (!take_string(at, &member->value, &member->escaped))
            return false;
    } else if (!take_bare(at, &member->value)) {
        return false;
    }
    take(context, member);
    return true;
}

/* After the opening brace. */
static bool take_object(struct scan *at, struct hc_str parent,
                        void (*take)(void *context, const struct hc_flat_member *member), void *context)
{
    if (take_char(at, '}'))
        return true;
    do {
        struct hc_flat_member member = {.parent = parent};
        bool escaped;
        if (!take_char(at, '"') || !take_string(at, &member.key, &escaped) || !take_char(at, ':') ||
            !take_value(at, &member, take, context))
            return false;
    } while (take_char(at, ','));
    return take_char(at, '}');
}

bool hc_flat_json(struct hc_str text, void (*take)(void *context, const struct hc_flat_member *member), void *context)
{
    struct scan at = {text.p, text.p + text.n, text.n > 0 && memchr(text.p, '\\', text.n) != NULL};
    if (!take_char(&at, '{') || !take_object(&at, HC_STR_NONE, take, context))
        return false;
    skip_space(&at);
    return at.p == at.end;
}

bool hc_json_form_learn(struct hc_json_form *form, struct hc_str text, const struct hc_str *values, size_t n)
{
    size_t n_around = text.n;
    for (size_t i = 0; i < n; i++)
        n_around -= values[i].n;
    if (n == 0 || n > HC_JSON_FORM_VALUES || n_around > HC_JSON_FORM_BYTES)
        return false;
    const char *from = text.p;
    size_t end = 0;
    for (size_t i = 0; i <= n; i++) {
        const char *to = i < n ? values[i].p : text.p + text.n;
        memcpy(form->around + end, from, (size_t)(to - from));
        end += (size_t)(to - from);
        form->ends[i] = end;
        from = i < n ? to + values[i].n : to;
    }
    form->n_values = n;
    return true;
}

/* Values are short: a few bytes are looked through sooner than memchr is called. `p` is in the text. NULL: none. */
static const char *find_quote(struct hc_str text, const char *p)
{
    const char *end = text.p + text.n;
#ifdef __SSE2__
    for (; end - p >= 16; p += 16) {
        __m128i quotes = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)p), _mm_set1_epi8('"'));
        unsigned bits = (unsigned)_mm_movemask_epi8(quotes);
        if (bits)
            return p + __builtin_ctz(bits);
    }
    if (text.n >= 16) { /* the last bytes, those before `p` let go */
        __m128i quotes = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(end - 16)), _mm_set1_epi8('"'));
        unsigned bits = (unsigned)_mm_movemask_epi8(quotes) >> (16 - (end - p));
        return bits ? p + __builtin_ctz(bits) : NULL;
    }
#endif
    for (; p < end; p++)
        if (*p == '"')
            return p;
    return NULL;
}

bool hc_json_form_read(const struct hc_json_form *form, struct hc_str text, struct hc_str values[HC_JSON_FORM_VALUES],
                       size_t *n)
{
    const char *p = *n > 0 ? values[*n - 1].p + values[*n - 1].n : text.p, *end = text.p + text.n;
    size_t begin = *n > 0 ? form->ends[*n - 1] : 0;
    while (form->n_values > 0) {
        size_t n_around = form->ends[*n] - begin;
        if ((size_t)(end - p) < n_around || !hc_bytes_equal(p, form->around + begin, n_around))
            return false;
        p += n_around;
        begin = form->ends[*n];
        if (*n == form->n_values)
            return p == end;
        const char *quote = find_quote(text, p);
        if (!quote)
            return false;
        values[(*n)++] = (struct hc_str){p, (size_t)(quote - p)};
        p = quote;
    }
    return false;
}

size_t hc_json_forms_share(const struct hc_json_form *a, const struct hc_json_form *b, size_t most)
{
    size_t n = 0;
    most = most < a->n_values ? most : a->n_values;
    most = most < b->n_values ? most : b->n_values;
    while (n < most && a->ends[n] == b->ends[n])
        n++;
    while (n > 0 && memcmp(a->around, b->around, a->ends[n - 1]) != 0)
        n--;
    return n;
}

static bool take_hex4(const char **p, const char *end, uint32_t *value)
{
    if (end - *p < 4)
        return false;
    *value = 0;
    for (int i = 0; i < 4; i++) {
        char c = (*p)[i], lower = (char)(c | 0x20);
        if (c >= '0' && c <= '9')
            *value = *value * 16 + (uint32_t)(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            *value = *value * 16 + (uint32_t)(lower - 'a' + 10);
        else
            return false;
    }
    *p += 4;
    return true;
}

static void add_code_point(struct hc_buf *out, uint32_t c)
{
    char text[4];
    size_t n = 0;
    if (c < 0x80) {
        text[n++] = (char)c;
    } else if (c < 0x800) {
        text[n++] = (char)(0xC0 | c >> 6);
    } else if (c < 0x10000) {
        text[n++] = (char)(0xE0 | c >> 12);
        text[n++] = (char)(0x80 | (c >> 6 & 0x3F));
    } else {
        text[n++] = (char)(0xF0 | c >> 18);
        text[n++] = (char)(0x80 | (c >> 12 & 0x3F));
        text[n++] = (char)(0x80 | (c >> 6 & 0x3F));
    }
    if (c >= 0x80)
        text[n++] = (char)(0x80 | (c & 0x3F));
    hc_buf_add(out, text, n);
}

/* After "\u". */
static void unescape_unicode(struct hc_buf *out, const char **p, const char *end)
{
    uint32_t high = 0xFFFD, low;
    if (!take_hex4(p, end, &high) || (high >= 0xDC00 && high < 0xE000)) {
        high = 0xFFFD;
    } else if (high >= 0xD800 && high < 0xDC00) {
        const char *next = *p + 2;
        bool paired = end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u' && take_hex4(&next, end, &low) &&
                      low >= 0xDC00 && low < 0xE000;
        high = paired ? 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00) : 0xFFFD;
        *p = paired ? next : *p;
    }
    add_code_point(out, high);
}

void hc_flat_unescape(struct hc_buf *out, struct hc_str escaped)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char *p = escaped.p, *end = escaped.p + escaped.n;
    while (p < end) {
        const char *slash = memchr(p, '\\', (size_t)(end - p));
        if (!slash || slash + 1 == end) {
            hc_buf_add(out, p, (size_t)(end - p));
            return;
        }
        hc_buf_add(out, p, (size_t)(slash - p));
        char c = slash[1];
        p = slash + 2;
        const char *known = c ? strchr(from, c) : NULL;
        if (c == 'u')
            unescape_unicode(out, &p, end);
        else
            hc_buf_char(out, known ? to[known - from] : c);
    }
}
