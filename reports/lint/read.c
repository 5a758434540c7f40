/* Markdown into passages: cmark tells the blocks and where they stand; what is within a line is read from the source, so
 * that each byte keeps its place. */
#include <cmark.h>

#include "reports/lint/parts.h"

/* Signs that typography has several of, as the rules read them. */
static const struct {
    const char *sign, *plain;
} SIGNS[] = {
    {"→", "\x01"},   {"⇒", "\x01"},   {"➜", "\x01"},   {"->", "\x01"},  {"-->", "\x01"}, {"=>", "\x01"}, {"×", "x"},
    {"≈", "~"},      {"–", "-"},      {"—", ";"},      {"−", "-"},      {"’", "'"},      {"µ", "u"},     {"μ", "u"},
    {"\u00A0", " "}, {"\u202F", " "}, {"\u2009", " "}, {"&nbsp;", " "}, {"&gt;", ">"},   {"&lt;", "<"},  {"&amp;", "&"},
};

struct reading {
    struct hc_lint_context *c;
    uint32_t heading, label, group, n_groups;
    uint8_t depth;
    bool in_item, item_begins;
    char *text; /* of the passage at hand, with room for all of the source */
    uint32_t *at;
    size_t n;
};

static bool is_space(char b)
{
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
}

static bool is_letter(char b)
{
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || (unsigned char)b >= 128;
}

static void put(struct reading *r, char byte, size_t at)
{
    if (is_space(byte) && (r->n == 0 || r->text[r->n - 1] == ' '))
        return;
    r->text[r->n] = is_space(byte) ? ' ' : byte;
    r->at[r->n++] = (uint32_t)at;
}

/* ---- what is within a line ---- */

static size_t sign_at(struct hc_str s, size_t i, const char **plain)
{
    size_t best = 0;
    for (size_t k = 0; k < sizeof SIGNS / sizeof *SIGNS; k++) {
        struct hc_str sign = hc_str_of(SIGNS[k].sign);
        if (sign.n > best && hc_str_starts((struct hc_str){s.p + i, s.n - i}, sign)) {
            best = sign.n;
            *plain = SIGNS[k].plain;
        }
    }
    return best;
}

/* The length of "](…)", of an HTML tag or of a comment at `i`; 0: it is none. */
static size_t markup_at(struct hc_str s, size_t i)
{
    const char *end = NULL;
    struct hc_str rest = {s.p + i, s.n - i};
    if (hc_str_starts(rest, HC_STR("](")))
        end = memchr(rest.p, ')', rest.n);
    else if (hc_str_starts(rest, HC_STR("<!--")))
        end =
            memmem(rest.p, rest.n, "-->", 3) ? (const char *)memmem(rest.p, rest.n, "-->", 3) + 2 : rest.p + rest.n - 1;
    else if (rest.n > 1 && rest.p[0] == '<' && ((rest.p[1] | 32) >= 'a' && (rest.p[1] | 32) <= 'z'))
        end = memchr(rest.p, '>', rest.n);
    else if (rest.n > 1 && hc_str_starts(rest, HC_STR("</")))
        end = memchr(rest.p, '>', rest.n);
    return end ? (size_t)(end - rest.p) + 1 : 0;
}

static size_t url_at(struct hc_str s, size_t i)
{
    struct hc_str rest = {s.p + i, s.n - i};
    size_t n = 0;
    if (!hc_str_starts(rest, HC_STR("http://")) && !hc_str_starts(rest, HC_STR("https://")))
        return 0;
    while (n < rest.n && !is_space(rest.p[n]) && rest.p[n] != ')' && rest.p[n] != '>' && rest.p[n] != ']')
        n++;
    return n;
}

/* Emphasis marks, code marks and brackets of links are no text; an underscore or star between words is. */
static bool is_mark(struct hc_str s, size_t i)
{
    char before = i > 0 ? s.p[i - 1] : ' ', after = i + 1 < s.n ? s.p[i + 1] : ' ';
    if (s.p[i] == '`' || (s.p[i] == '~' && (before == '~' || after == '~')))
        return true;
    if (s.p[i] == '[')
        return after != ' ' && !(after == 'x' && i + 2 < s.n && s.p[i + 2] == ']');
    if (s.p[i] == '*')
        return !(is_space(before) && is_space(after)) &&
               !(before >= '0' && before <= '9' && after >= '0' && after <= '9');
    return s.p[i] == '_' && !(is_letter(before) && is_letter(after)) && !(is_space(before) && is_space(after));
}

static void read_inline(struct reading *r, struct hc_str source, size_t from, size_t to)
{
    struct hc_str s = {source.p, to};
    for (size_t i = from; i < to;) {
        const char *plain = NULL;
        size_t n = url_at(s, i);
        if (n == 0)
            n = sign_at(s, i, &plain);
        if (n > 0) {
            put(r, plain ? *plain : ' ', i);
        } else if ((n = markup_at(s, i)) > 0) {
            ;
        } else if (s.p[i] == '\\' && i + 1 < to && !is_letter(s.p[i + 1])) {
            put(r, s.p[i + 1], i + 1);
            n = 2;
        } else {
            n = 1;
            if (!is_mark(s, i))
                put(r, s.p[i], i);
        }
        i += n;
    }
}

/* ---- passages ---- */

static struct hc_passage *add_passage(struct reading *r, enum hc_passage_kind kind, size_t end)
{
    struct hc_lint_context *c = r->c;
    while (r->n > 0 && r->text[r->n - 1] == ' ')
        r->n--;
    if (r->n == 0 || c->failed)
        return NULL;
    c->passages = hc_arena_grow(c->arena, c->passages, c->n, c->n + 1, &c->capacity, sizeof *c->passages);
    char *text = hc_arena_copy(c->arena, r->text, r->n);
    uint32_t *at = hc_arena_alloc(c->arena, (r->n + 1) * sizeof *at);
    if (!c->passages || !text || !at) {
        c->failed = true;
        return NULL;
    }
    memcpy(at, r->at, r->n * sizeof *at);
    at[r->n] = (uint32_t)end;
    struct hc_passage *p = &c->passages[c->n++];
    *p = (struct hc_passage){.kind = kind,
                             .text = {text, r->n},
                             .at = at,
                             .heading = r->heading,
                             .label = r->label,
                             .group = r->group,
                             .level = r->depth};
    r->n = 0;
    return p;
}

static size_t line_start(const struct hc_lint_context *c, int line)
{
    return line > 0 && (size_t)line <= c->n_lines ? c->line_starts[line - 1] : c->source.n;
}

/* A line of a block: without what nests it, and without its line end. */
static void line_bounds(const struct hc_lint_context *c, int line, int column, size_t *from, size_t *to)
{
    *from = line_start(c, line);
    *to = line_start(c, line + 1);
    while (*to > *from && (c->source.p[*to - 1] == '\n' || c->source.p[*to - 1] == '\r'))
        --*to;
    size_t skipped = column > 0 ? (size_t)column - 1 : 0;
    *from = *to - *from < skipped ? *to : *from + skipped;
    while (*from < *to && (is_space(c->source.p[*from]) || (column == 0 && c->source.p[*from] == '>')))
        ++*from;
}

static bool is_delimiter_row(struct hc_str line)
{
    bool dashes = false, bars = false;
    for (size_t i = 0; i < line.n; i++) {
        dashes |= line.p[i] == '-';
        bars |= line.p[i] == '|';
        if (!strchr("-|: \t", line.p[i]))
            return false;
    }
    return dashes && bars;
}

static bool breaks_line(struct hc_str line)
{
    return hc_str_ends(line, HC_STR("  ")) || hc_str_ends(line, HC_STR("\\")) || hc_str_ends(line, HC_STR("<br>")) ||
           hc_str_ends(line, HC_STR("<br/>")) || hc_str_ends(line, HC_STR("<br />"));
}

static bool is_figure(char b)
{
    return b >= '0' && b <= '9';
}

/* "14:05 …", "**14:05:09** …", "2024-05-01 …" */
static bool opens_with_time(struct hc_str line)
{
    while (line.n > 0 && (*line.p == '*' || *line.p == '`' || *line.p == '['))
        line = (struct hc_str){line.p + 1, line.n - 1};
    if (line.n < 10 || !is_figure(line.p[0]))
        return false;
    size_t hours = is_figure(line.p[1]) ? 2 : 1;
    bool clock = line.p[hours] == ':' && is_figure(line.p[hours + 1]) && is_figure(line.p[hours + 2]);
    return clock || (is_figure(line.p[3]) && line.p[4] == '-' && line.p[7] == '-');
}

/* A line that opens with a bold label stands for itself, even where no break is written. */
static bool opens_line(struct hc_str line)
{
    const char *colon = hc_str_starts(line, HC_STR("**")) ? memmem(line.p, line.n, ":**", 3) : NULL;
    if (!colon && hc_str_starts(line, HC_STR("**")))
        colon = memmem(line.p, line.n, "**:", 3);
    return colon != NULL && colon - line.p < 60;
}

static enum hc_passage_kind text_kind(struct reading *r)
{
    bool first = r->item_begins;
    r->item_begins = false;
    return first ? HC_ITEM : HC_TEXT;
}

static void take_task_mark(struct hc_passage *p)
{
    if (!p || p->text.n < 3 || p->text.p[0] != '[' || p->text.p[2] != ']')
        return;
    p->checked = (p->text.p[1] | 32) == 'x';
    p->text = (struct hc_str){p->text.p + 3, p->text.n - 3};
    p->at += 3;
    while (p->text.n > 0 && p->text.p[0] == ' ') {
        p->text = (struct hc_str){p->text.p + 1, p->text.n - 1};
        p->at++;
    }
}

static void read_table(struct reading *r, cmark_node *node)
{
    int first = cmark_node_get_start_line(node), last = cmark_node_get_end_line(node);
    size_t from, to;
    uint32_t label = r->label;
    r->group = ++r->n_groups;
    for (int line = first; line <= last; line++) {
        if (line == first + 1)
            continue;
        line_bounds(r->c, line, line == first ? cmark_node_get_start_column(node) : 0, &from, &to);
        read_inline(r, r->c->source, from, to);
        struct hc_passage *p = add_passage(r, HC_ROW, to);
        if (p && line == first) {
            p->is_header = true;
            r->label = (uint32_t)r->c->n;
        }
    }
    r->label = label;
}

static void read_paragraph(struct reading *r, cmark_node *node)
{
    int first = cmark_node_get_start_line(node), last = cmark_node_get_end_line(node);
    size_t from, to;
    line_bounds(r->c, first + 1, 0, &from, &to);
    if (last > first && is_delimiter_row((struct hc_str){r->c->source.p + from, to - from})) {
        read_table(r, node);
        return;
    }
    if (!r->in_item)
        r->group = ++r->n_groups;
    size_t end = 0;
    line_bounds(r->c, first, cmark_node_get_start_column(node), &from, &to);
    bool timed = opens_with_time((struct hc_str){r->c->source.p + from, to - from}); /* then so may the others */
    for (int line = first; line <= last; line++) {
        line_bounds(r->c, line, line == first ? cmark_node_get_start_column(node) : 0, &from, &to);
        struct hc_str text = {r->c->source.p + from, to - from};
        if (r->n > 0 && (opens_line(text) || (timed && opens_with_time(text))))
            take_task_mark(add_passage(r, text_kind(r), end));
        bool breaks = breaks_line(text);
        if (breaks && hc_str_ends(text, HC_STR("\\")))
            to--;
        read_inline(r, r->c->source, from, to);
        put(r, ' ', to);
        end = to;
        if (breaks || line == last)
            take_task_mark(add_passage(r, text_kind(r), end));
    }
}

static void read_heading(struct reading *r, cmark_node *node)
{
    size_t from, to;
    line_bounds(r->c, cmark_node_get_start_line(node), cmark_node_get_start_column(node), &from, &to);
    while (from < to && (r->c->source.p[from] == '#' || is_space(r->c->source.p[from])))
        from++;
    while (to > from && (r->c->source.p[to - 1] == '#' || is_space(r->c->source.p[to - 1])))
        to--;
    read_inline(r, r->c->source, from, to);
    int level = cmark_node_get_heading_level(node);
    uint32_t above = r->heading;
    while (above > 0 && r->c->passages[above - 1].level >= level)
        above = r->c->passages[above - 1].heading;
    r->heading = above;
    r->group = ++r->n_groups;
    struct hc_passage *p = add_passage(r, HC_HEADING, to);
    if (p) {
        p->level = (uint8_t)level;
        r->heading = (uint32_t)r->c->n;
    }
}

static void read_blocks(struct reading *r, cmark_node *parent);

static void read_list(struct reading *r, cmark_node *list)
{
    struct reading outer = *r;
    const struct hc_passage *last = r->c->n > 0 ? &r->c->passages[r->c->n - 1] : NULL;
    uint32_t label = last && last->kind != HC_ROW ? (uint32_t)r->c->n : 0;
    uint32_t group = ++r->n_groups;
    if (r->depth >= 16)
        return;
    for (cmark_node *item = cmark_node_first_child(list); item; item = cmark_node_next(item)) {
        r->label = label;
        r->group = group;
        r->depth = (uint8_t)(outer.depth + 1);
        r->in_item = r->item_begins = true;
        read_blocks(r, item);
    }
    r->label = outer.label;
    r->group = outer.group;
    r->depth = outer.depth;
    r->in_item = outer.in_item;
    r->item_begins = false;
}

static void read_blocks(struct reading *r, cmark_node *parent)
{
    for (cmark_node *node = cmark_node_first_child(parent); node; node = cmark_node_next(node)) {
        cmark_node_type type = cmark_node_get_type(node);
        if (type == CMARK_NODE_HEADING)
            read_heading(r, node);
        else if (type == CMARK_NODE_PARAGRAPH)
            read_paragraph(r, node);
        else if (type == CMARK_NODE_LIST)
            read_list(r, node);
        else if (type == CMARK_NODE_BLOCK_QUOTE && r->depth < 16) {
            r->depth++;
            read_blocks(r, node);
            r->depth--;
        }
    }
}

static void find_lines(struct hc_lint_context *c)
{
    size_t n = hc_str_count(c->source, '\n') + 1;
    uint32_t *starts = hc_arena_alloc(c->arena, n * sizeof *starts);
    c->failed |= !starts;
    if (!starts)
        return;
    c->line_starts = starts;
    starts[c->n_lines++] = 0;
    for (size_t i = 0; i < c->source.n; i++)
        if (c->source.p[i] == '\n')
            starts[c->n_lines++] = (uint32_t)i + 1;
}

/* A line may be as long as the document: its columns are counted from the next mark. */
static void count_characters(struct hc_lint_context *c)
{
    uint32_t *marks = hc_arena_alloc(c->arena, (c->source.n / HC_LINT_MARK + 1) * sizeof *marks), n = 0;
    c->failed |= !marks;
    c->n_characters = marks;
    for (size_t i = 0; i <= c->source.n && marks; i++) {
        if (i % HC_LINT_MARK == 0)
            marks[i / HC_LINT_MARK] = n;
        n += i < c->source.n && ((unsigned char)c->source.p[i] & 0xC0) != 0x80;
    }
}

/* Lines of front matter are data of another kind: the Markdown begins behind them. */
static int front_matter_lines(const struct hc_lint_context *c)
{
    size_t from, to;
    if (!hc_str_starts(c->source, HC_STR("---\n")) && !hc_str_starts(c->source, HC_STR("---\r\n")))
        return 0;
    for (int line = 2; (size_t)line <= c->n_lines; line++) {
        line_bounds(c, line, 1, &from, &to);
        if (hc_str_is(hc_str_trim((struct hc_str){c->source.p + from, to - from}), "---"))
            return line;
    }
    return 0;
}

void hc_lint_read(struct hc_lint_context *c)
{
    find_lines(c);
    count_characters(c);
    struct reading r = {.c = c};
    r.text = hc_arena_alloc(c->arena, c->source.n + 2);
    r.at = hc_arena_alloc(c->arena, (c->source.n + 2) * sizeof *r.at);
    if (c->failed || !r.text || !r.at) {
        c->failed = true;
        return;
    }
    int skipped = front_matter_lines(c);
    size_t body = line_start(c, skipped + 1);
    const uint32_t *starts = c->line_starts;
    c->line_starts += skipped; /* cmark counts from the body */
    c->n_lines -= (size_t)skipped;
    cmark_node *root = cmark_parse_document(c->source.p + body, c->source.n - body, CMARK_OPT_DEFAULT);
    read_blocks(&r, root);
    cmark_node_free(root);
    c->n_lines += (size_t)skipped;
    c->line_starts = starts;
    for (size_t i = 0; i < c->n && !c->failed; i++)
        hc_lint_quantities(&c->passages[i], c);
}
