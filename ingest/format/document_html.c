/* An HTML document: the words a reader of it would see, and its title. */
#include "base/html.h"
#include "ingest/format/format.h"

#define ENTITY_BYTES 12
#define DOCTYPE_BID 95

struct extraction {
    struct hc_buf text;
    struct hc_buf title;
    struct hc_html_shown shown;
    bool in_title;
    bool has_title; /* a title or a first heading is complete */
};

struct entity {
    char name[8];
    const char *text;
};

static const struct entity entities[] = {
    {"amp", "&"},   {"lt", "<"},     {"gt", ">"},    {"quot", "\""}, {"apos", "'"},   {"nbsp", " "},  {"ndash", "–"},
    {"mdash", "—"}, {"hellip", "…"}, {"lsquo", "‘"}, {"rsquo", "’"}, {"ldquo", "“"},  {"rdquo", "”"}, {"copy", "©"},
    {"deg", "°"},   {"times", "×"},  {"rarr", "→"},  {"bull", "•"},  {"middot", "·"}, {"micro", "µ"}};

static void add_code_point(struct hc_buf *out, uint32_t code)
{
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = 0xFFFD;
    char bytes[4];
    size_t n = 0;
    if (code < 0x80) {
        bytes[n++] = (char)code;
    } else if (code < 0x800) {
        bytes[n++] = (char)(0xC0 | code >> 6);
    } else if (code < 0x10000) {
        bytes[n++] = (char)(0xE0 | code >> 12);
        bytes[n++] = (char)(0x80 | (code >> 6 & 0x3F));
    } else {
        bytes[n++] = (char)(0xF0 | code >> 18);
        bytes[n++] = (char)(0x80 | (code >> 12 & 0x3F));
        bytes[n++] = (char)(0x80 | (code >> 6 & 0x3F));
    }
    if (code >= 0x80)
        bytes[n++] = (char)(0x80 | (code & 0x3F));
    hc_buf_add(out, bytes, n);
}

static bool add_numeric(struct hc_buf *out, struct hc_str digits)
{
    bool hex = digits.n > 0 && (digits.p[0] == 'x' || digits.p[0] == 'X');
    uint32_t code = 0;
    size_t i = hex;
    for (; i < digits.n && code <= 0x10FFFF; i++) {
        char c = digits.p[i];
        uint32_t value = c >= '0' && c <= '9'                        ? (uint32_t)(c - '0')
                         : hex && (c | 32) >= 'a' && (c | 32) <= 'f' ? (uint32_t)((c | 32) - 'a' + 10)
                                                                     : 99;
        if (value == 99)
            return false;
        code = code * (hex ? 16 : 10) + value;
    }
    if (i == (size_t)hex)
        return false;
    add_code_point(out, code);
    return true;
}

/* Writes what the entity at the start of `s` stands for; the bytes it takes, 0 for none. */
static size_t add_entity(struct hc_buf *out, struct hc_str s)
{
    size_t reach = s.n < ENTITY_BYTES ? s.n : ENTITY_BYTES;
    const char *semicolon = memchr(s.p, ';', reach);
    if (semicolon == NULL)
        return 0;
    struct hc_str name = {s.p + 1, (size_t)(semicolon - s.p - 1)};
    if (name.n > 1 && name.p[0] == '#')
        return add_numeric(out, (struct hc_str){name.p + 1, name.n - 1}) ? name.n + 2 : 0;
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        if (hc_str_is(name, entities[i].name)) {
            hc_buf_text(out, entities[i].text);
            return name.n + 2;
        }
    }
    return 0;
}

static bool name_is_one_of(struct hc_str name, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (hc_str_equal_nocase(name, hc_str_of(*list)))
            return true;
    }
    return false;
}

static struct hc_str tag_name(struct hc_str tag)
{
    size_t n = 0;
    while (n < tag.n && tag.p[n] != ' ' && tag.p[n] != '\t' && tag.p[n] != '\n' && tag.p[n] != '\r' && tag.p[n] != '/')
        n++;
    return (struct hc_str){tag.p, n};
}

/* Where the element's text ends whose content is no text: after its closing tag, or at the end. */
static const char *skip_raw(struct hc_str name, const char *p, const char *end)
{
    while (p < end) {
        const char *open = memmem(p, (size_t)(end - p), "</", 2);
        if (open == NULL)
            return end;
        struct hc_str here = {open + 2, (size_t)(end - open - 2)};
        here.n = here.n > name.n ? name.n : here.n;
        if (hc_str_equal_nocase(here, name))
            return open;
        p = open + 2;
    }
    return end;
}

/* Takes the tag, comment or declaration at `p`; returns what follows it. */
static const char *take_tag(struct extraction *x, const char *p, const char *end)
{
    static const char *const raw[] = {"script", "style", "template", "noscript", NULL};
    static const char *const blocks[] = {"p",  "div", "br", "li",  "tr", "h1", "h2",    "h3",         "h4",      "h5",
                                         "h6", "ul",  "ol", "pre", "td", "th", "title", "blockquote", "section", NULL};
    static const char *const titles[] = {"title", "h1", NULL};
    bool comment = end - p >= 4 && memcmp(p, "<!--", 4) == 0;
    const char *close = comment ? memmem(p + 4, (size_t)(end - p - 4), "-->", 3) : memchr(p, '>', (size_t)(end - p));
    if (close == NULL)
        return end;
    if (comment)
        return close + 3;
    bool closing = p + 1 < close && p[1] == '/';
    struct hc_str tag = {p + 1 + closing, (size_t)(close - p) - 1 - closing};
    struct hc_str name = tag_name(tag);
    if (name_is_one_of(name, blocks) && hc_html_is_shown(&x->shown))
        hc_buf_char(&x->text, '\n');
    if (name_is_one_of(name, titles)) {
        x->has_title |= closing && x->in_title;
        x->in_title = !closing && !x->has_title;
    }
    if (!closing && name_is_one_of(name, raw))
        return skip_raw(name, close + 1, end);
    (closing ? hc_html_shown_end : hc_html_shown_begin)(&x->shown, name);
    return close + 1;
}

static void add_text(struct extraction *x, const char *p, size_t n)
{
    if (!hc_html_is_shown(&x->shown))
        return;
    hc_buf_add(&x->text, p, n);
    if (x->in_title)
        hc_buf_add(&x->title, p, n);
}

static void extract(struct extraction *x, struct hc_str bytes)
{
    const char *p = bytes.p;
    const char *end = p + bytes.n;
    while (p < end) {
        const char *stop = p;
        while (stop < end && *stop != '<' && *stop != '&')
            stop++;
        add_text(x, p, (size_t)(stop - p));
        p = stop;
        if (p == end)
            break;
        if (*p == '<') {
            p = take_tag(x, p, end);
            continue;
        }
        size_t from = x->text.n;
        size_t used = add_entity(&x->text, (struct hc_str){p, (size_t)(end - p)});
        if (used == 0)
            hc_buf_char(&x->text, '&');
        if (!hc_html_is_shown(&x->shown))
            x->text.n = from;
        else if (x->in_title && !x->text.failed)
            hc_buf_add(&x->title, x->text.p + from, x->text.n - from);
        p += used == 0 ? 1 : used;
    }
}

/* Blanks in a row become one, blank lines in a row one. */
static void tidy(struct hc_str in, struct hc_buf *out)
{
    size_t n_feeds = 2;
    bool blank = false;
    for (size_t i = 0; i < in.n; i++) {
        char c = in.p[i];
        if (c == ' ' || c == '\t' || c == '\r') {
            blank = true;
        } else if (c == '\n') {
            if (n_feeds++ < 2)
                hc_buf_char(out, '\n');
            blank = false;
        } else {
            if (blank && n_feeds == 0)
                hc_buf_char(out, ' ');
            hc_buf_char(out, c);
            blank = false;
            n_feeds = 0;
        }
    }
}

static bool opens_with(struct hc_str head, const char *tag)
{
    struct hc_str word = hc_str_of(tag);
    struct hc_str start = hc_str_trim(head);
    start.n = start.n > word.n ? word.n : start.n;
    return hc_str_equal_nocase(start, word);
}

static int bid(struct hc_str head, const struct hc_read_context *context)
{
    (void)context;
    if (opens_with(head, "<!doctype html") || opens_with(head, "<html"))
        return DOCTYPE_BID;
    return opens_with(head, "<") && !opens_with(head, "<?xml") ? HC_BID_IF_NAMED + 1 : 0;
}

static enum hc_status read_html(struct hc_str bytes, const struct hc_read_context *context, struct hc_reading *reading,
                                struct hc_err *err)
{
    struct extraction x = {0};
    struct hc_buf text = {0};
    struct hc_buf title = {0};
    struct hc_document *document = hc_reading_add_document(reading);
    enum hc_status status = HC_OK;
    if (document == NULL) {
        status = hc_arena_refused(reading->arena, err);
        goto done;
    }
    extract(&x, bytes);
    tidy(hc_buf_view(&x.text), &text);
    tidy(hc_buf_view(&x.title), &title);
    struct hc_str name = hc_str_trim(hc_buf_view(&title));
    document->text = hc_text_clean(reading->arena, text.n == 0 ? HC_STR("") : hc_buf_view(&text), 0);
    document->title =
        hc_text_clean(reading->arena, name.n == 0 ? HC_STR_NONE : name, HC_TITLE_BYTES + context->n_ahead);
    document->kind = context->entry == NULL ? HC_STR_NONE : context->entry->document_kind;
    document->place = (struct hc_source_place){context->member, 0};
    reading->n_rows = 1;
    if (document->text.p == NULL || x.text.failed || x.title.failed || text.failed || title.failed)
        status = hc_arena_refused(reading->arena, err);
done:
    hc_buf_free(&x.text);
    hc_buf_free(&x.title);
    hc_buf_free(&text);
    hc_buf_free(&title);
    return status;
}

const struct hc_reader hc_reader_document_html = {.name = "document-html",
                                                  .kind = "document",
                                                  .most = DOCTYPE_BID,
                                                  .bid = bid,
                                                  .read = read_html,
                                                  .share = HC_SHARE_DOCUMENT};
