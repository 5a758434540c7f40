/* Counts against the list that they announce, totals of tables against their rows. */
#include <math.h>
#include <stdlib.h>

#include "reports/lint/change.h"

/* ---- "three causes:" ---- */

static const char *const WORDS[] = {"two",   "three", "four", "five",   "six",   "seven",
                                    "eight", "nine",  "ten",  "eleven", "twelve"};

static int value_of(struct hc_str word)
{
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (hc_str_equal_nocase(word, hc_str_of(WORDS[i])))
            return (int)i + 2;
    if (word.n == 1 && word.p[0] >= '2' && word.p[0] <= '9')
        return word.p[0] - '0';
    return 0;
}

/* The count of "There were three causes:", and its word; 0: none, or more than one. */
static int announced(struct hc_str text, struct hc_str *at)
{
    struct hc_str rest = text, last = HC_STR_NONE;
    int n = 0;
    for (struct hc_str word = hc_word_take(&rest); word.n > 0; word = hc_word_take(&rest)) {
        int value = value_of(word);
        if (value > 0) {
            struct hc_str words = hc_first_words(rest, 3);
            bool plural = false;
            for (struct hc_str noun = hc_word_take(&words); noun.n > 0; noun = hc_word_take(&words))
                plural = plural || (noun.n > 3 && noun.p[noun.n - 1] == 's' && !hc_word_in(noun, "was this across"));
            if (n > 0 || !plural || hc_count_words(rest) > 6 ||
                hc_word_in(last, "least most top first last another than about over under these of or next past the"))
                return 0;
            if (hc_has_word(hc_first_words(rest, 1), "seconds minutes hours days weeks months years times of or"))
                return 0;
            n = value;
            *at = word;
        }
        last = word;
    }
    return n;
}

static void check_count(struct hc_lint_context *c, size_t intro)
{
    const struct hc_passage *p = &c->passages[intro];
    struct hc_str at = HC_STR_NONE;
    if (p->kind == HC_ROW || p->kind == HC_HEADING || !hc_str_ends(p->text, HC_STR(":")))
        return;
    struct hc_str sentence = p->text;
    for (size_t i = 0; i + 2 < p->text.n; i++)
        if (p->text.p[i] == '.' && p->text.p[i + 1] == ' ')
            sentence = (struct hc_str){p->text.p + i + 2, p->text.n - i - 2};
    int said = announced(sentence, &at), n = 0;
    uint32_t group = intro + 1 < c->n ? c->passages[intro + 1].group : 0;
    for (size_t i = intro + 1; i < c->n && said > 0; i++)
        n += c->passages[i].kind == HC_ITEM && c->passages[i].label == intro + 1 && c->passages[i].group == group;
    if (said == 0 || n < 2 || n == said)
        return;
    struct hc_buf says = {0}, right = {0};
    struct hc_quantity place = {.begin = (uint32_t)(at.p - p->text.p), .end = (uint32_t)(at.p + at.n - p->text.p)};
    hc_put_source(&says, c, p, place.begin, p->text.n - 1);
    hc_buf_format(&right, "the list has %d", n);
    hc_lint_add(c, "count", p, &place, &says, &right);
}

void hc_rule_counts(struct hc_lint_context *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (i + 1 < c->n && c->passages[i + 1].kind == HC_ITEM && c->passages[i + 1].label == i + 1)
            check_count(c, i);
}

/* ---- tables ---- */

/* The one quantity that a cell is, with at most a sign or a unit; NULL: it is something else. */
const struct hc_quantity *hc_cell_quantity(const struct hc_passage *row, size_t column)
{
    struct hc_str cell = hc_cell(row, column);
    const struct hc_quantity *found = NULL;
    if (!cell.p)
        return NULL;
    size_t from = (size_t)(cell.p - row->text.p), to = from + cell.n;
    for (size_t i = 0; i < row->n_quantities; i++) {
        const struct hc_quantity *q = &row->quantities[i];
        if (q->begin < from || q->end > to)
            continue;
        if (found || q->begin > from + 1 || q->end + 1 < to)
            return NULL;
        found = q;
    }
    return found && found->bound == HC_EXACT && hc_measures(found) ? found : NULL;
}

#define NO_SUM "average avg mean median max maximum min minimum peak rate latency ratio per p50 p90 p95 p99 p999 time"

static void check_column(struct hc_lint_context *c, const struct hc_passage *rows, size_t n, size_t column)
{
    const struct hc_passage *last = &rows[n - 1];
    const struct hc_quantity *total = hc_cell_quantity(last, column);
    double sum = 0, slack = 0;
    if (!total || hc_has_word(hc_cell(rows, column), NO_SUM))
        return;
    for (size_t i = 1; i + 1 < n; i++) {
        const struct hc_quantity *q = hc_cell_quantity(&rows[i], column);
        if (!q || q->kind != total->kind)
            return;
        sum += q->sign == '-' ? -q->value : q->value;
        slack += q->step < 0.99 * q->scale || q->kind == HC_Q_PERCENT ? q->step / 2 : 0;
    }
    slack += slack > 0 ? total->step / 2 : 0;
    if (fabs(sum - total->value) <= slack + 1e-6 * fabs(sum) ||
        (total->kind == HC_Q_PERCENT && fabs(total->value - 100) > 1e-9))
        return;
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, last, total->begin, total->end);
    hc_buf_text(&says, " in all");
    hc_buf_format(&right, "the %zu rows above add up to ", n - 2);
    hc_put_like(&right, c, last, total, sum);
    hc_lint_add(c, "sum", last, total, &says, &right);
}

void hc_rule_tables(struct hc_lint_context *c)
{
    for (size_t i = 0, n = 1; i < c->n; i += n) {
        const struct hc_passage *rows = &c->passages[i];
        for (n = 1; rows->is_header && i + n < c->n && rows[n].group == rows->group && rows[n].kind == HC_ROW; n++)
            ;
        if (n < 4 || !hc_has_word(hc_first_words(hc_cell(&rows[n - 1], 0), 1), "total totals sum"))
            continue;
        bool overlaps = i > 0 && rows[-1].kind != HC_ROW && hc_may_overlap(rows[-1].text);
        for (size_t k = 0; k < n && !overlaps; k++)
            overlaps = hc_may_overlap(rows[k].text);
        for (size_t column = 1; !overlaps && column < 16 && hc_cell(rows, column).p; column++)
            check_column(c, rows, n, column);
    }
}
