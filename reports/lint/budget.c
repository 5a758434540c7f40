/* Shares of one whole: in a sentence, a list, and what is left of it; a whole that is split twice. */
#include <math.h>

#include "reports/lint/change.h"

#define MOST_PARTS 64
#define MOST_SPLITS 32     /* lists, and sums that are written out, that are compared with each other */
#define MOST_NAME_BYTES 60 /* of a part's or a whole's name that are compared */
#define MOST_PASSAGES 500  /* of a list, with what is below its items */
#define WHOLES "share shares breakdown split distribution allocation proportion proportions budget"
#define LEFT "remaining unexplained unallocated unassigned uncertainty"

/* ---- "60 % were timeouts and the remaining 40 % were resets" ---- */

static bool in_sentence(const struct hc_passage *p, const struct hc_quantity *a, const struct hc_quantity *b)
{
    return a < b ? !hc_breaks(hc_part(p, a->end, b->begin)) : !hc_breaks(hc_part(p, b->end, a->begin));
}

static void check_rest(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *q)
{
    double others = 0, slack = q->bound == HC_ABOUT ? 3 : q->step / 2;
    size_t n = 0;
    if (q->kind != HC_Q_PERCENT || p->n_quantities > MOST_PARTS ||
        !hc_has_word(hc_last_words(hc_before(p, q), 1), "remaining rest") || memchr(p->text.p, '=', p->text.n))
        return;
    for (const struct hc_quantity *o = p->quantities; o < p->quantities + p->n_quantities; o++) {
        if (o == q || !in_sentence(p, o, q) || (o->kind != HC_Q_PERCENT && o->kind != HC_Q_RANGE))
            continue;
        bool plain = o->kind == HC_Q_PERCENT && o->bound <= HC_ABOUT && o < q &&
                     hc_change_role(p, o, HC_Q_PERCENT) == HC_NO_CHANGE;
        if (!plain)
            return;
        others += o->value;
        slack += o->bound == HC_ABOUT ? 3 : o->step / 2;
        n++;
    }
    if (n == 0 || others >= 100 || fabs(others + q->value - 100) <= slack + 1e-9)
        return;
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, p, q->begin, q->end);
    hc_buf_text(&says, " remain");
    hc_buf_text(&right, "of 100 % the other ");
    hc_put_value(&right, others);
    hc_buf_text(&right, " % leave ");
    hc_put_value(&right, 100 - others);
    hc_buf_text(&right, " %");
    hc_lint_add(c, "budget", p, q, &says, &right);
}

/* ---- lists ---- */

/* The parts of a whole, and the whole where it is stated. */
struct split {
    const struct hc_passage *passage; /* that names the whole */
    const struct hc_quantity *total;  /* may be NULL */
    struct hc_str label;
    size_t n;
    double values[MOST_PARTS];
    double slack;
    struct hc_str names[MOST_PARTS];
    const struct hc_passage *last;
    const struct hc_quantity *last_quantity;
};

static const struct hc_quantity *first_percent(const struct hc_passage *p)
{
    for (size_t i = 0; i < p->n_quantities; i++)
        if (p->quantities[i].kind == HC_Q_PERCENT)
            return &p->quantities[i];
    return NULL;
}

static bool is_total(const struct hc_passage *p)
{
    return hc_has_word(hc_first_words(p->text, 2), "total sum totals");
}

/* The percentages of the list that a passage introduces. False: some item has none, or is not exact. */
static bool read_list(struct split *s, const struct hc_lint_context *c, size_t intro)
{
    const struct hc_passage *p = &c->passages[intro];
    uint32_t group = 0;
    *s = (struct split){.passage = p, .label = p->text};
    for (size_t i = intro + 1; i < c->n && i < intro + MOST_PASSAGES; i++) {
        const struct hc_passage *item = &c->passages[i];
        if (item->kind == HC_HEADING || (group && item->level < c->passages[intro + 1].level))
            break;
        if (item->kind != HC_ITEM || item->label != intro + 1)
            continue;
        const struct hc_quantity *q = first_percent(item);
        group = group ? group : item->group;
        if (!q || q->bound != HC_EXACT || s->n == MOST_PARTS || item->group != group)
            return false;
        if (is_total(item)) {
            s->total = q;
            s->last = item;
            return s->n > 1;
        }
        s->names[s->n] = item->text;
        s->values[s->n++] = q->value;
        s->slack += q->step / 2;
        s->last = item;
        s->last_quantity = q;
    }
    return s->n > 1;
}

static double sum_of(const struct split *s)
{
    double sum = 0;
    for (size_t i = 0; i < s->n; i++)
        sum += s->values[i];
    return sum;
}

static bool overlaps(const struct split *s)
{
    bool overlap = hc_may_overlap(s->label) || hc_may_overlap(s->last->text);
    for (size_t i = 0; i < s->n && !overlap; i++)
        overlap = hc_may_overlap(s->names[i]);
    return overlap;
}

static void check_list(struct hc_lint_context *c, const struct split *s)
{
    const struct hc_quantity *stated = s->total;
    double whole = stated ? stated->value : 100, sum = sum_of(s), slack = s->slack < 1 ? 1 : s->slack;
    if (fabs(sum - whole) <= (stated ? fmin(slack, 0.5 * stated->step) + 1e-9 : slack))
        return;
    struct hc_buf says = {0}, right = {0};
    const struct hc_quantity *at = stated ? stated : s->last_quantity;
    const struct hc_passage *p = s->last;
    hc_buf_format(&says, "%zu shares", s->n);
    hc_buf_text(&says, stated ? " with a total of " : " of one whole");
    if (stated)
        hc_put_source(&says, c, p, at->begin, at->end);
    hc_buf_text(&right, "they add up to ");
    hc_put_value(&right, sum);
    hc_buf_text(&right, " %");
    hc_lint_add(c, "budget", p, at, &says, &right);
}

/* ---- tables ---- */

/* "Share", "Share of all": of one whole. "Share of users affected" may be of those of each row. */
static bool is_share_of_whole(struct hc_str header)
{
    struct hc_str rest = header, word = hc_word_take(&rest);
    if (!hc_word_in(word, "share shares proportion") || hc_count_words(header) > 4)
        return false;
    for (word = hc_word_take(&rest); word.n > 0; word = hc_word_take(&rest))
        if (!hc_word_in(word, "of the all total whole"))
            return false;
    return true;
}

static void check_column(struct hc_lint_context *c, const struct hc_passage *rows, size_t n, size_t column)
{
    struct split s = {.passage = rows, .label = rows->text};
    for (size_t i = 1; i < n; i++) {
        const struct hc_quantity *q = hc_cell_quantity(&rows[i], column);
        if (!q || q->kind != HC_Q_PERCENT || q->sign || s.n == MOST_PARTS || is_total(&rows[i]))
            return;
        s.names[s.n] = rows[i].text;
        s.values[s.n++] = q->value;
        s.slack += q->step / 2;
        s.last = &rows[i];
        s.last_quantity = q;
    }
    if (s.n > 1 && sum_of(&s) > 100 && !overlaps(&s)) /* less than all may be the greatest ones */
        check_list(c, &s);
}

static void check_tables(struct hc_lint_context *c)
{
    for (size_t i = 0, n = 1; i < c->n; i += n) {
        const struct hc_passage *rows = &c->passages[i];
        for (n = 1; rows->is_header && i + n < c->n && rows[n].group == rows->group && rows[n].kind == HC_ROW; n++)
            ;
        bool over_time = hc_has_word(hc_cell(rows, 0), "period time date day week month phase when");
        for (size_t column = 1; n > 2 && !over_time && column < 16 && hc_cell(rows, column).p; column++)
            if (is_share_of_whole(hc_cell(rows, column)))
                check_column(c, rows, n, column);
    }
}

/* ---- what is used, and what is left ---- */

static const struct hc_quantity *last_percent(const struct hc_passage *p)
{
    for (size_t i = p->n_quantities; i > 0; i--)
        if (p->quantities[i - 1].kind == HC_Q_PERCENT)
            return &p->quantities[i - 1];
    return NULL;
}

static void check_left(struct hc_lint_context *c)
{
    const struct hc_passage *used = NULL;
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_passage *p = &c->passages[i];
        bool is_used = hc_has_word(hc_label(p), "total") && hc_has_word(hc_label(p), "used allocated assigned") &&
                       first_percent(p);
        if (is_used && used)
            return;
        used = is_used ? p : used;
    }
    for (size_t i = 0; i < c->n && used; i++) {
        const struct hc_passage *p = &c->passages[i];
        struct hc_str label = hc_label(p);
        const struct hc_quantity *q = last_percent(p), *u = first_percent(used);
        bool is_left = hc_has_word(label, LEFT) && (hc_has_word(p->text, "total") || hc_has_word(label, "remaining"));
        if (p == used || !q || !is_left || fabs(q->value + u->value - 100) <= 0.5 * (q->step + u->step))
            continue;
        struct hc_buf says = {0}, right = {0};
        hc_put_source(&says, c, p, q->begin, q->end);
        hc_buf_text(&says, " left");
        hc_put_source(&right, c, used, u->begin, u->end);
        hc_buf_format(&right, " is used (line %u): ", hc_line_of(c, used, u->begin));
        hc_put_value(&right, 100 - u->value);
        hc_buf_text(&right, " % is left");
        hc_lint_add(c, "budget", p, q, &says, &right);
    }
}

/* ---- one whole, split twice ---- */

/* "5 % (base) + 15 % (penalty) = 20 %" */
static bool read_sum(struct split *s, const struct hc_passage *p)
{
    *s = (struct split){.passage = p, .label = hc_label(p)};
    const struct hc_quantity *q = p->quantities;
    if (s->label.n == 0 || p->n_quantities < 3 || p->n_quantities > MOST_PARTS)
        return false;
    for (size_t i = 0; i + 1 < p->n_quantities; i++) {
        struct hc_str gap = hc_gap(p, &q[i], &q[i + 1]);
        bool last = i + 2 == p->n_quantities;
        if (q[i].kind != HC_Q_PERCENT || gap.n == 0 || !memchr(gap.p, last ? '=' : '+', gap.n))
            return false;
        s->names[s->n] = gap;
        s->values[s->n++] = q[i].value;
    }
    s->total = &q[p->n_quantities - 1];
    s->last = p;
    return s->total->kind == HC_Q_PERCENT && fabs(sum_of(s) - s->total->value) < 1e-6;
}

static bool shares_words(struct hc_str a, struct hc_str b)
{
    size_t n_words;
    return hc_shared_words(hc_str_cut(a, MOST_NAME_BYTES), hc_str_cut(b, MOST_NAME_BYTES), &n_words) > 0;
}

/* Has every part of `a` one of its size in `b`, that may be the same? */
static bool agrees(const struct split *a, const struct split *b)
{
    for (size_t i = 0; i < a->n; i++) {
        bool met = false;
        for (size_t k = 0; k < b->n && !met; k++)
            met = fabs(a->values[i] - b->values[k]) < 1e-6 && (a->n == b->n || shares_words(a->names[i], b->names[k]));
        if (!met)
            return false;
    }
    return true;
}

static void check_twice(struct hc_lint_context *c, const struct split *a, const struct split *b)
{
    if (fabs(a->total->value - b->total->value) > 1e-6 || !shares_words(b->label, a->label) || agrees(a, b) ||
        agrees(b, a))
        return;
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, b->passage, b->passage->quantities[0].begin, b->total->end);
    hc_buf_format(&right, "line %u splits the same ", hc_line_of(c, a->passage, a->total->begin));
    hc_put_value(&right, a->total->value);
    hc_buf_text(&right, " % into");
    for (size_t i = 0; i < a->n; i++) {
        hc_buf_text(&right, i ? " + " : " ");
        hc_put_value(&right, a->values[i]);
    }
    hc_buf_text(&right, " %");
    hc_lint_add(c, "two-splits", b->passage, b->passage->quantities, &says, &right);
}

/* The wholes that are written out as sums. */
struct sums {
    size_t n;
    struct split list[MOST_SPLITS];
};

static struct sums *read_sums(struct hc_lint_context *c)
{
    struct sums *sums = hc_arena_calloc(c->arena, 1, sizeof *sums);
    c->failed |= !sums;
    for (size_t i = 0; i < c->n && sums && sums->n < MOST_SPLITS; i++)
        sums->n += read_sum(&sums->list[sums->n], &c->passages[i]);
    return sums;
}

void hc_rule_budgets(struct hc_lint_context *c)
{
    const struct sums *sums = read_sums(c);
    size_t n_lists = 0;
    if (!sums)
        return;
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_passage *p = &c->passages[i];
        struct split s;
        for (size_t k = 0; k < p->n_quantities; k++)
            check_rest(c, p, &p->quantities[k]);
        bool opens = i + 1 < c->n && c->passages[i + 1].kind == HC_ITEM && c->passages[i + 1].label == i + 1;
        if (!opens || !read_list(&s, c, i) || overlaps(&s))
            continue;
        const struct hc_quantity *stated = first_percent(p);
        if (s.total || (hc_has_word(p->text, WHOLES) && !stated))
            check_list(c, &s);
        if (stated && !s.total && hc_has_word(p->text, "total budget")) {
            s.total = stated;
            if (fabs(sum_of(&s) - stated->value) <= 0.5 * stated->step) {
                for (size_t k = 0; k < sums->n && n_lists < MOST_SPLITS; k++)
                    check_twice(c, &s, &sums->list[k]);
                n_lists++;
                continue;
            }
            s.last = p;
            check_list(c, &s);
        }
    }
    check_tables(c);
    check_left(c);
}
