/* Changes against a base that stands behind them ("300 % above the usual 150 ms"), or is only named ("from the baseline"). */
#include <math.h>

#include "reports/lint/change.h"

#define BASES "baseline pre-incident normal typical usual pre-deploy* pre-deployment steady-state"
#define MOST_BASES 256

/* A value that the document gives a base's name. */
struct base {
    struct hc_str term;
    const struct hc_passage *passage;
    const struct hc_quantity *q;
    size_t n_like; /* how many give that name that value, itself among them */
};

struct bases {
    struct base list[MOST_BASES];
    size_t n;
};

static bool same_term(struct hc_str a, struct hc_str b)
{
    return hc_words_alike(a, b);
}

static bool is_close(double a, double b)
{
    return fabs(a - b) <= 0.005 * fabs(a);
}

/* ---- which base has which value ---- */

/* "120mb baseline", "baseline (120mb)", "pre-incident memory (340mb)": the base's word, absent where there is none. */
static struct hc_str term_of(const struct hc_passage *p, const struct hc_quantity *q)
{
    struct hc_str before = hc_last_words(hc_before(p, q), 3), behind = hc_first_words(hc_behind(p, q), 1);
    struct hc_str ahead = hc_find_word(behind, BASES), back = hc_find_word(before, BASES);
    if (ahead.n > 0 && hc_str_is((struct hc_str){behind.p, (size_t)(ahead.p - behind.p)}, " "))
        return ahead;
    if (back.n == 0 || hc_breaks(before) || memchr(before.p, ',', before.n) ||
        hc_has_word(before, "from than above over below vs") || hc_has_word(before, "to and or"))
        return HC_STR_NONE;
    return back;
}

static void find_bases(struct bases *bases, const struct hc_lint_context *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_passage *p = &c->passages[i];
        for (size_t k = 0; k < p->n_quantities && bases->n < MOST_BASES; k++) {
            const struct hc_quantity *q = &p->quantities[k];
            bool measured = (q->kind == HC_Q_BYTES || q->kind == HC_Q_DURATION || q->kind == HC_Q_PERCENT) && !q->sign;
            struct hc_str term = measured ? term_of(p, q) : HC_STR_NONE;
            if (term.n > 0 && hc_change_role(p, q, q->kind) == HC_NO_CHANGE)
                bases->list[bases->n++] = (struct base){term, p, q, 0};
        }
    }
    for (struct base *b = bases->list; b < bases->list + bases->n; b++)
        for (size_t k = 0; k < bases->n; k++)
            b->n_like += same_term(bases->list[k].term, b->term) && bases->list[k].q->kind == b->q->kind &&
                         is_close(bases->list[k].q->value, b->q->value);
}

static const struct base *named_base(const struct bases *bases, struct hc_str term, const struct hc_passage *p,
                                     const struct hc_quantity *value)
{
    const struct base *found = NULL, *near = NULL;
    size_t n = 0, n_same = 0;
    for (size_t i = 0; i < bases->n; i++) {
        const struct base *b = &bases->list[i];
        if (!same_term(b->term, term) || b->q->kind != value->kind || b->q == value)
            continue;
        n++;
        if (b->passage == p)
            near = b;
        if (b->n_like > n_same) {
            n_same = b->n_like;
            found = b;
        }
    }
    return near ? near : 3 * n_same >= 2 * n ? found : NULL;
}

/* ---- a base that is only named ---- */

/* The base's word in "increase from the baseline", "8x baseline"; absent: none, or its value follows. */
static struct hc_str base_behind(const struct hc_passage *p, const struct hc_quantity *q)
{
    struct hc_str behind = hc_behind(p, q), words = hc_first_words(behind, 5), term = hc_find_word(words, BASES);
    size_t n = term.n > 0 ? (size_t)(term.p - words.p) : 0;
    struct hc_str lead = {words.p, n};
    bool valued = term.n > 0 && term.p + term.n + 24 > behind.p + behind.n && q + 1 < p->quantities + p->n_quantities &&
                  !hc_breaks((struct hc_str){term.p, (size_t)(behind.p + behind.n - term.p)});
    if (term.n == 0 || hc_breaks(lead) || valued || (n > 0 && memchr(lead.p, ',', n)))
        return HC_STR_NONE;
    if (q->kind == HC_Q_TIMES ? hc_count_words(lead) <= 3 : hc_has_word(lead, "from above below over than against to"))
        return term;
    return HC_STR_NONE;
}

/* The value that is compared: the last one before, of the base's kind, that is no change itself. */
static const struct hc_quantity *compared(const struct hc_passage *p, const struct hc_quantity *q,
                                          enum hc_quantity_kind kind)
{
    for (const struct hc_quantity *a = q; a-- > p->quantities && q - a <= 3;) {
        if (hc_breaks(hc_part(p, a->end, q->begin)))
            return NULL;
        if (a->kind == kind && !a->sign && hc_change_role(p, a, kind) == HC_NO_CHANGE)
            return a;
    }
    return NULL;
}

static const struct base *base_for(const struct bases *bases, const struct hc_passage *p, const struct hc_quantity *q,
                                   struct hc_str term, const struct hc_quantity **value)
{
    static const enum hc_quantity_kind KINDS[] = {HC_Q_BYTES, HC_Q_DURATION, HC_Q_PERCENT};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        *value = compared(p, q, KINDS[i]);
        const struct base *base = *value ? named_base(bases, term, p, *value) : NULL;
        if (base && base->q != *value)
            return base;
    }
    return NULL;
}

static void check_named(struct hc_lint_context *c, const struct bases *bases, const struct hc_passage *p,
                        const struct hc_quantity *q, struct hc_str term)
{
    const struct hc_quantity *value = NULL;
    const struct base *base = base_for(bases, p, q, term, &value);
    enum hc_change_role role = base ? hc_change_role(p, q, value->kind) : HC_NO_CHANGE;
    char where[96];
    if (role == HC_NO_CHANGE || role == HC_CHANGE_LOOSE)
        return;
    struct hc_change x = {
        .passage = p, .from_passage = base->passage, .a = base->q, .b = value, .from = base->q, .to = value};
    x.from_value = base->q->value;
    x.to_value = value->value;
    x.from_slack = hc_slack(base->q);
    x.to_slack = hc_slack(value);
    snprintf(where, sizeof where, " (%.*s: line %u)", (int)(term.n < 40 ? term.n : 40), term.p,
             hc_line_of(c, base->passage, base->q->begin));
    hc_check_change(c, &x, q, role, where);
}

/* ---- a base behind the change ---- */

static void check_behind(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *q)
{
    const struct hc_quantity *a = q - 1, *b = q + 1;
    struct hc_str gap = hc_gap(p, q, b), lead = hc_gap(p, a, q);
    enum hc_change_role role = hc_change_role(p, q, b->kind);
    bool over =
        hc_has_word(gap, "over") && (b->kind != HC_Q_DURATION || hc_has_word(gap, BASES)); /* not "over 10 min" */
    bool compares = over || hc_has_word(gap, "above below than from") ||
                    (q->kind == HC_Q_TIMES && hc_has_word(gap, "the its baseline usual normal typical"));
    if (!hc_measures(a) || a->kind != b->kind || a->kind == HC_Q_NUMBER || a->sign || b->sign || a->rate != b->rate ||
        role == HC_NO_CHANGE || role == HC_CHANGE_LOOSE || !compares)
        return;
    if (hc_breaks(gap) || hc_breaks(lead) || hc_count_words(gap) > 6 || hc_count_words(lead) > 8 ||
        hc_has_word(gap, "to and") || hc_has_word(lead, "and while but from whereas") || memchr(gap.p, ',', gap.n) ||
        hc_change_role(p, a, a->kind) == HC_CHANGE_DIFFERENCE)
        return;
    struct hc_change x = {.passage = p, .a = b, .b = a, .from = b, .to = a};
    x.from_value = b->value;
    x.to_value = a->value;
    x.from_slack = hc_slack(b);
    x.to_slack = hc_slack(a);
    hc_check_change(c, &x, q, role, "");
}

/* ---- one base with two values ---- */

static void check_terms(struct hc_lint_context *c, const struct bases *bases)
{
    for (size_t i = 0; i < bases->n; i++) {
        const struct base *b = &bases->list[i], *other = NULL;
        size_t n = 0, n_other = 0;
        for (size_t k = 0; k < bases->n; k++) {
            const struct base *o = &bases->list[k];
            if (!same_term(o->term, b->term) || o->q->kind != b->q->kind)
                continue;
            bool like = is_close(o->q->value, b->q->value);
            n += like;
            n_other += !like;
            other = like || other ? other : o;
        }
        if (!other || n_other < 2 * n || !hc_words_alike(b->term, HC_STR("baseline")) || b->q->kind == HC_Q_PERCENT)
            continue;
        struct hc_buf says = {0}, right = {0};
        hc_put_source(&says, c, b->passage, b->q->begin, b->q->end);
        hc_buf_format(&says, " is the %.*s", HC_STR_ARG(b->term));
        hc_buf_format(&right, "line %u", hc_line_of(c, other->passage, other->q->begin));
        hc_buf_text(&right, " says ");
        hc_put_source(&right, c, other->passage, other->q->begin, other->q->end);
        hc_lint_add(c, "two-values", b->passage, b->q, &says, &right);
    }
}

void hc_rule_bases(struct hc_lint_context *c)
{
    struct bases bases = {.n = 0};
    find_bases(&bases, c);
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_passage *p = &c->passages[i];
        for (size_t k = 1; k < p->n_quantities; k++) {
            const struct hc_quantity *q = &p->quantities[k];
            struct hc_str term = base_behind(p, q);
            bool more = k + 1 < p->n_quantities;
            if (term.n == 0 && more && hc_count_words(hc_gap(p, q, q + 1)) <= 3 && !hc_breaks(hc_gap(p, q, q + 1)))
                term = base_behind(p, q + 1); /* "a 640 MB delta, or 188 % increase from …" */
            if (term.n > 0)
                check_named(c, &bases, p, q, term);
            else if (more)
                check_behind(c, p, q);
        }
    }
    check_terms(c, &bases);
}
