/* Values beside each other: a conversion in parentheses, "A of B" with its percentage, sums that are written out. */
#include <math.h>

#include "reports/lint/change.h"

/* ---- "90 minutes (1.5 hours)" ---- */

static bool is_alone_in_parentheses(const struct hc_passage *p, const struct hc_quantity *a)
{
    const struct hc_quantity *b = a + 1;
    struct hc_str gap = hc_gap(p, a, b), lead = hc_str_trim(gap);
    return gap.n >= 1 && lead.n >= 1 && lead.p[0] == '(' && hc_count_words(gap) <= 1 &&
           (hc_count_words(gap) == 0 || hc_has_word(gap, "or about i.e ie approximately roughly ca")) &&
           b->end < p->text.n && p->text.p[b->end] == ')';
}

static void check_conversion(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *a)
{
    const struct hc_quantity *b = a + 1;
    bool same_unit = fabs(a->scale - b->scale) < 1e-9 * a->scale;
    if (a->kind != b->kind || (a->kind != HC_Q_BYTES && a->kind != HC_Q_DURATION) || a->rate || b->rate || same_unit ||
        !is_alone_in_parentheses(p, a))
        return;
    double tolerance = a->kind == HC_Q_BYTES ? 0.11 : 0.0; /* a terabyte of 1000^4 or of 1024^4 bytes */
    double low = a->value * (1 - tolerance) - a->step / 2, high = a->value * (1 + tolerance) + a->step / 2;
    double coarse = fmax(a->coarse, b->coarse) > 0 ? 0.03 * a->value : 0;
    bool rounded =
        hc_may_be_written(b, low - coarse, high + coarse) || hc_may_be_written(a, b->value - coarse, b->value + coarse);
    bool exact =
        a->kind == HC_Q_DURATION && a->bound == HC_EXACT && b->bound == HC_EXACT; /* 90 minutes are not 2 hours */
    if (rounded && !(exact && fabs(a->value - b->value) > 0.2 * fmax(a->value, b->value)))
        return;
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, p, a->begin, b->end + 1);
    hc_put_source(&right, c, p, a->begin, a->end);
    hc_buf_text(&right, " is ");
    hc_put_value(&right, a->value / b->scale);
    hc_buf_char(&right, ' ');
    size_t unit = b->begin;
    while (unit < b->end && (strchr("0123456789., ", p->text.p[unit])))
        unit++;
    hc_put_source(&right, c, p, unit, b->end);
    hc_lint_add(c, "unit", p, b, &says, &right);
}

/* ---- "12 of 48 nodes (25 %)" ---- */

static bool is_count(const struct hc_quantity *q)
{
    return q->kind == HC_Q_NUMBER && !q->sign && q->bound == HC_EXACT;
}

static bool is_out_of(const struct hc_passage *p, const struct hc_quantity *a)
{
    struct hc_str gap = hc_gap(p, a, a + 1);
    if (!is_count(a) || !is_count(a + 1) || a->value > a[1].value)
        return false;
    return hc_str_is(gap, " of ") || hc_str_is(gap, " of the ") || hc_str_is(gap, " out of ") ||
           hc_str_is(gap, " of our ") || hc_str_is(gap, " out of the ");
}

static void put_share(struct hc_buf *out, double share)
{
    hc_buf_text(out, " is ");
    hc_put_value(out, fabs(share) >= 10 ? round(share * 10) / 10 : share);
    hc_buf_text(out, " %");
}

static void check_share(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *a,
                        const struct hc_quantity *percent)
{
    double share = 100 * a->value / a[1].value;
    if (percent->kind != HC_Q_PERCENT || percent->sign || a[1].value <= 0 || hc_may_be_written(percent, share, share))
        return;
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, p, percent->begin, percent->end);
    hc_put_source(&right, c, p, a->begin, a[1].end);
    put_share(&right, share);
    hc_lint_add(c, "share", p, percent, &says, &right);
}

static void check_out_of(struct hc_lint_context *c, const struct hc_passage *p, size_t k)
{
    const struct hc_quantity *a = &p->quantities[k];
    if (!is_out_of(p, a))
        return;
    if (k + 2 < p->n_quantities) {
        struct hc_str gap = hc_gap(p, a + 1, a + 2), behind = hc_part(p, a[2].end, p->text.n);
        const char *open = gap.n > 0 ? memchr(gap.p, '(', gap.n) : NULL;
        struct hc_str inside = {open ? open + 1 : gap.p, open ? (size_t)(gap.p + gap.n - open) - 1 : 0};
        bool plain = hc_count_words(inside) == 0 || (hc_count_words(inside) == 1 && a[2].bound != HC_EXACT);
        if (open && plain && hc_str_starts(behind, HC_STR(")")) && hc_count_words(gap) <= 4 && !hc_breaks(gap))
            check_share(c, p, a, a + 2);
    }
    if (k > 0) {
        struct hc_str gap = hc_gap(p, a - 1, a), behind = hc_part(p, a[1].end, p->text.n);
        if (gap.n > 0 && hc_str_is(hc_str_trim(gap), "(") && (hc_str_starts(behind, HC_STR(")"))))
            check_share(c, p, a, a - 1);
    }
}

/* "Of 200 hosts, 50 (25 %)" */
static void check_of(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *whole)
{
    const struct hc_quantity *a = whole + 1, *percent = whole + 2;
    struct hc_str before = hc_before(p, whole), gap = hc_gap(p, whole, a), open = hc_str_trim(hc_gap(p, a, percent));
    bool of = hc_has_word(hc_last_words(before, 1), "of") || hc_has_text(hc_last_words(before, 2), "of the");
    bool opens =
        open.n > 0 && open.p[0] == '(' && (open.n == 1 || percent->bound != HC_EXACT) && hc_count_words(open) <= 1;
    if (!of || !opens || !is_count(whole) || !is_count(a) || a->value > whole->value || hc_count_words(gap) > 3 ||
        hc_breaks(gap) || !hc_str_ends(hc_str_trim(gap), HC_STR(",")) ||
        !hc_str_starts(hc_part(p, percent->end, p->text.n), HC_STR(")")))
        return;
    struct hc_buf says = {0}, right = {0};
    double share = 100 * a->value / whole->value;
    if (percent->kind != HC_Q_PERCENT || percent->sign || hc_may_be_written(percent, share, share))
        return;
    hc_put_source(&says, c, p, percent->begin, percent->end);
    hc_put_source(&right, c, p, a->begin, a->end);
    hc_buf_text(&right, " of ");
    hc_put_source(&right, c, p, whole->begin, whole->end);
    put_share(&right, share);
    hc_lint_add(c, "share", p, percent, &says, &right);
}

/* ---- "5 min + 20 min = 25 min" ---- */

static bool multiplies(struct hc_str gap)
{
    return hc_count_words(gap) <= 6 && !hc_breaks(gap) &&
           (hc_has_word(gap, "x times by \xC3\x97") || hc_has_text(gap, " / ") || hc_has_text(gap, "*") ||
            hc_has_text(gap, "\xC3\x97") || hc_has_text(gap, "\xC3\xB7"));
}

/* The sign that alone joins two quantities, but for words in parentheses or names; 0: none. */
static char joint(struct hc_str gap)
{
    char found = 0;
    for (size_t i = 0; i < gap.n; i++)
        if (gap.p[i] == '+' || gap.p[i] == '=') {
            if (found)
                return 0;
            found = gap.p[i];
        }
    return hc_count_words(gap) <= 4 && !hc_breaks(gap) ? found : 0;
}

/* "3 pods x 2 GB + 4 GB": is the quantity a part of a product, or taken off? */
static bool is_operand(const struct hc_passage *p, const struct hc_quantity *q)
{
    bool first = q == p->quantities, last = q + 1 == p->quantities + p->n_quantities;
    struct hc_str before = hc_before(p, q), behind = hc_behind(p, q);
    if (!first && q[-1].kind == HC_Q_TIMES && hc_count_words(before) == 0)
        return true;
    if (!first && hc_str_starts(hc_str_trim(before), HC_STR("-")) && hc_count_words(before) == 0)
        return true;
    return (!first && multiplies(before)) || (!last && multiplies(behind));
}

static size_t check_sum(struct hc_lint_context *c, const struct hc_passage *p, size_t first)
{
    const struct hc_quantity *q = p->quantities;
    double sum = q[first].value, slack = hc_slack(&q[first]) + q[first].step / 2;
    size_t k = first;
    while (k + 1 < p->n_quantities && q[k + 1].kind == q[first].kind && joint(hc_gap(p, &q[k], &q[k + 1])) == '+') {
        k++;
        sum += q[k].value;
        slack += hc_slack(&q[k]) + q[k].step / 2;
    }
    if (k == first || k + 1 >= p->n_quantities || q[k + 1].kind != q[first].kind ||
        joint(hc_gap(p, &q[k], &q[k + 1])) != '=')
        return k + 1;
    const struct hc_quantity *total = &q[k + 1];
    for (size_t i = first; i <= k + 1; i++)
        if (is_operand(p, &q[i]))
            return k + 2;
    bool whole = q[first].step > 0.99 * q[first].scale && total->step > 0.99 * total->scale;
    if (hc_may_be_written(total, sum - (whole ? 0 : slack), sum + (whole ? 0 : slack)) &&
        (!whole || fabs(total->value - sum) < 0.5 * fmin(total->scale, q[first].scale)))
        return k + 2;
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, p, q[first].begin, total->end);
    hc_buf_text(&right, "the sum is ");
    hc_put_like(&right, c, p, total, sum);
    hc_lint_add(c, "sum", p, total, &says, &right);
    return k + 2;
}

void hc_rule_shares(struct hc_lint_context *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_passage *p = &c->passages[i];
        for (size_t k = 0; k + 1 < p->n_quantities; k++) {
            check_conversion(c, p, &p->quantities[k]);
            check_out_of(c, p, k);
            if (k + 2 < p->n_quantities)
                check_of(c, p, &p->quantities[k]);
        }
        for (size_t k = 0; k + 2 < p->n_quantities;)
            k = check_sum(c, p, k);
    }
}
