/* How findings are put: values in the unit of what they stand against, places in the source. */
#include <math.h>

#include "base/number.h"
#include "base/time.h"
#include "reports/lint/parts.h"

void hc_put_value(struct hc_buf *out, double value)
{
    char text[HC_NUMBER_TEXT];
    double size = fabs(value);
    int decimals = size < 1e-9 ? 0 : 3 - (int)floor(log10(size));
    decimals = decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
    size_t n = hc_number_fixed(value, decimals, text);
    if (memchr(text, '.', n) && !memchr(text, 'e', n)) {
        while (text[n - 1] == '0')
            n--;
        n -= text[n - 1] == '.';
    }
    hc_buf_add(out, text, n);
}

void hc_put_duration(struct hc_buf *out, double seconds)
{
    char text[HC_TIME_TEXT];
    if (fabs(seconds) < 9e9)
        hc_buf_add(out, text, hc_duration_format((int64_t)llround(seconds * 1e9), text));
    else
        hc_buf_format(out, "%.0f d", seconds / 86400); /* beyond what a time holds */
}

void hc_put_source(struct hc_buf *out, const struct hc_lint_context *c, const struct hc_passage *p, size_t from,
                   size_t to)
{
    if (from >= to || to > p->text.n)
        return;
    size_t begin = p->at[from], end = p->at[to - 1] + 1;
    while (end < c->source.n && ((unsigned char)c->source.p[end] & 0xC0) == 0x80) /* the rest of a character */
        end++;
    struct hc_str quoted = hc_str_cut((struct hc_str){c->source.p + begin, end - begin}, 120);
    for (size_t i = 0; i < quoted.n; i++)
        hc_buf_char(out, (unsigned char)quoted.p[i] < ' ' ? ' ' : quoted.p[i]);
    if (quoted.n < end - begin)
        hc_buf_text(out, "…");
}

void hc_put_like(struct hc_buf *out, const struct hc_lint_context *c, const struct hc_passage *p,
                 const struct hc_quantity *like, double value)
{
    if (like->kind == HC_Q_DURATION) {
        hc_put_duration(out, value);
        return;
    }
    hc_put_value(out, like->kind == HC_Q_NUMBER || like->kind == HC_Q_MONEY ? value : value / like->scale);
    if (like->kind == HC_Q_PERCENT)
        hc_buf_text(out, " %");
    else if (like->kind == HC_Q_BYTES || like->kind == HC_Q_BITS) {
        size_t at = like->end;
        while (at > like->begin && ((p->text.p[at - 1] | 32) >= 'a' && (p->text.p[at - 1] | 32) <= 'z'))
            at--;
        hc_buf_char(out, ' ');
        hc_put_source(out, c, p, at, like->end);
    }
}

uint32_t hc_line_of(const struct hc_lint_context *c, const struct hc_passage *p, size_t at)
{
    uint32_t place = p->at[at];
    size_t low = 0, high = c->n_lines;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (c->line_starts[middle] <= place)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low + 1;
}

static struct hc_str keep(struct hc_lint_context *c, struct hc_buf *buf)
{
    struct hc_str text = hc_buf_view(buf);
    char *copy = buf->failed ? NULL : hc_arena_copy(c->arena, text.n > 0 ? text.p : "", text.n);
    hc_buf_free(buf);
    c->failed |= !copy;
    return copy ? (struct hc_str){copy, text.n} : HC_STR_NONE;
}

static uint32_t characters_before(const struct hc_lint_context *c, uint32_t place)
{
    uint32_t n = c->n_characters[place / HC_LINT_MARK];
    for (uint32_t i = place - place % HC_LINT_MARK; i < place; i++)
        n += ((unsigned char)c->source.p[i] & 0xC0) != 0x80;
    return n;
}

static uint32_t column_of(const struct hc_lint_context *c, uint32_t line, uint32_t place)
{
    return characters_before(c, place) - characters_before(c, c->line_starts[line - 1]) + 1;
}

void hc_lint_add(struct hc_lint_context *c, const char *rule, const struct hc_passage *p, const struct hc_quantity *at,
                 struct hc_buf *says, struct hc_buf *right)
{
    size_t from = at ? at->begin : 0, to = at ? at->end : p->text.n;
    const struct hc_lint_rule *known = hc_lint_rule_of(hc_str_of(rule));
    struct hc_str said = keep(c, says), is = keep(c, right);
    c->findings = hc_arena_grow(c->arena, c->findings, c->n_findings, c->n_findings + 1, &c->finding_capacity,
                                sizeof *c->findings);
    c->failed |= !c->findings || !known;
    if (c->failed || (known->needs_template && !c->template))
        return;
    uint32_t line = hc_line_of(c, p, from), end_line = hc_line_of(c, p, to - 1);
    c->findings[c->n_findings++] = (struct hc_lint_finding){.line = line,
                                                            .column = column_of(c, line, p->at[from]),
                                                            .end_line = end_line,
                                                            .end_column = column_of(c, end_line, p->at[to - 1]) + 1,
                                                            .rule = hc_str_of(known->code),
                                                            .says = said,
                                                            .right = is,
                                                            .severity = known->severity};
}

void hc_lint_add_said(struct hc_lint_context *c, const char *rule, const struct hc_passage *p,
                      const struct hc_quantity *at, const char *says, const char *right)
{
    struct hc_buf said = {0}, is = {0};
    hc_buf_text(&said, says);
    hc_buf_text(&is, right);
    hc_lint_add(c, rule, p, at, &said, &is);
}
