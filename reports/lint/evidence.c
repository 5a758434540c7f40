/* What counts as evidence: not what is missing, and no fact for both sides. */
#include <math.h>

#include "reports/lint/change.h"

#define DATA                                                                                                              \
    "metrics metric data telemetry diff diffs dump dumps traces tracing lifecycle monitoring profile profiles profiling " \
    "instrumentation visibility logs logging recordings samples"
#define MISSING "no missing absent lack absence without unavailable"
#define AVAILABLE "provided available collected captured recorded exist exists existed detected supplied retained kept"
#define SPEAKS                                                                                                       \
    "make makes made suggest suggests suggested indicate indicates indicated confirm confirms prove proves support " \
    "supports weaken weakens imply implies show shows rules strengthens strengthen"

#define MOST_FACT_BYTES 1000
#define MOST_INTRO_BYTES 200
#define MOST_COMPARED 4000000 /* pairs of words, in a document; a long post-mortem has a hundredth of them */
#define MOST_APART 100        /* passages between a fact for and one against */

enum side { NEITHER, FOR, AGAINST };

static enum side side_in(struct hc_str text)
{
    text = text.n > MOST_INTRO_BYTES ? HC_STR_NONE : text;
    bool evidence = hc_has_word(text, "evidence facts arguments observations");
    if (text.n == 0 || hc_count_words(text) > 8 || hc_has_word(text, "missing"))
        return NEITHER;
    if ((evidence && hc_has_word(text, "against contradicting refuting")) ||
        hc_has_word(hc_first_words(text, 1), "against"))
        return AGAINST;
    if ((evidence && hc_has_word(text, "for supporting")) || hc_has_word(hc_first_words(text, 1), "supporting"))
        return FOR;
    return NEITHER;
}

/* On which side of its hypothesis an item counts: by what introduces its list. */
static enum side side_of(const struct hc_lint_context *c, const struct hc_passage *p)
{
    enum side side = side_in(hc_intro_of(c, p));
    bool under_heading = p->label == p->heading && p->heading > 0;
    return p->kind != HC_ITEM ? NEITHER : side || !under_heading ? side : side_in(hc_heading_of(c, p));
}

/* The word for data that is said to be missing: "no traffic metrics", "lack of traffic metrics"; absent: none is. */
static struct hc_str missing_data(struct hc_str text, bool *plain_no)
{
    struct hc_str opening = hc_find_word(text, MISSING);
    if (opening.n == 0)
        return HC_STR_NONE;
    struct hc_str rest = {opening.p + opening.n, (size_t)(text.p + text.n - opening.p) - opening.n};
    *plain_no = hc_word_in(opening, "no");
    if (hc_word_in(opening, "lack absence") && !hc_has_word(hc_first_words(rest, 1), "of"))
        return HC_STR_NONE;
    for (int i = 0; i < 5; i++) {
        struct hc_str word = hc_word_take(&rest);
        if (word.n == 0 || hc_breaks((struct hc_str){opening.p, (size_t)(word.p - opening.p)}))
            return HC_STR_NONE;
        if (hc_word_in(word, DATA))
            return word;
        if (hc_word_in(word, "in on from for to with by at and or") || (i > 0 && hc_word_in(word, "of")))
            return HC_STR_NONE;
    }
    return HC_STR_NONE;
}

/* "No metrics were available" says that there are none; "no metrics were abnormal" is a fact. */
static bool says_unavailable(struct hc_str behind)
{
    struct hc_str words = hc_first_words(behind, 4);
    return hc_count_words(behind) == 0 || hc_has_word(words, AVAILABLE) ||
           hc_has_word(hc_first_words(behind, 3), "bundle");
}

static void add_missing(struct hc_lint_context *c, const struct hc_passage *p, struct hc_str data, const char *right)
{
    struct hc_buf says = {0}, is = {0};
    struct hc_quantity place = {.begin = (uint32_t)(data.p - p->text.p),
                                .end = (uint32_t)(data.p + data.n - p->text.p)};
    hc_put_source(&says, c, p, 0, p->text.n);
    hc_buf_text(&is, right);
    hc_lint_add(c, "missing-as-evidence", p, &place, &says, &is);
}

static void check_missing(struct hc_lint_context *c, const struct hc_passage *p, enum side side)
{
    bool plain_no = false;
    struct hc_str data = missing_data(p->text, &plain_no);
    if (data.n == 0)
        return;
    struct hc_str behind = {data.p + data.n, (size_t)(p->text.p + p->text.n - data.p) - data.n};
    if (side != NEITHER) {
        struct hc_str opening = hc_first_words(p->text, hc_has_word(hc_first_words(p->text, 1), "we there") ? 3 : 2);
        if (!hc_has_word(opening, MISSING))
            return;
        if (hc_str_starts(behind, HC_STR(" of ")) || (plain_no && !says_unavailable(behind)))
            return;
        add_missing(c, p, data,
                    side == FOR
                        ? "data that is missing is no evidence for anything: it belongs to what is missing"
                        : "data that is missing is no evidence against anything: it belongs to what is missing");
    } else if (!plain_no && hc_has_word(hc_first_words(behind, 2), SPEAKS)) {
        add_missing(c, p, data, "data that is missing shows nothing: it belongs to what is missing");
    }
}

/* ---- both sides ---- */

static bool has_value(const struct hc_passage *p, const struct hc_quantity *q)
{
    for (size_t i = 0; i < p->n_quantities; i++)
        if (p->quantities[i].kind == q->kind && fabs(p->quantities[i].value - q->value) < 1e-9 * fabs(q->value))
            return true;
    return false;
}

#define UP "rose rises increased grew up above higher more faster"
#define DOWN "fell falls dropped decreased shrank down below lower less fewer slower"

/* "CPU, above its baseline" and "CPU, below its baseline" */
static bool are_opposite(struct hc_str a, struct hc_str b)
{
    bool a_up = hc_has_word(a, UP), a_down = hc_has_word(a, DOWN), b_up = hc_has_word(b, UP),
         b_down = hc_has_word(b, DOWN);
    return (a_up && !a_down && b_down && !b_up) || (a_down && !a_up && b_up && !b_down);
}

static bool is_same_fact(const struct hc_passage *a, const struct hc_passage *b, size_t *n_compared)
{
    if (a->text.n > MOST_FACT_BYTES || b->text.n > MOST_FACT_BYTES || *n_compared > MOST_COMPARED ||
        are_opposite(a->text, b->text))
        return false;
    *n_compared += hc_count_words(a->text) * hc_count_words(b->text);
    size_t n_a, n_b, n_shared = hc_shared_words(a->text, b->text, &n_a);
    hc_shared_words(b->text, a->text, &n_b);
    for (size_t i = 0; i < b->n_quantities && i < 16; i++) {
        enum hc_quantity_kind kind = b->quantities[i].kind;
        if ((kind == HC_Q_DURATION || kind == HC_Q_PERCENT || kind == HC_Q_BYTES) && b->quantities[i].value > 0 &&
            has_value(a, &b->quantities[i]) && n_shared >= 2)
            return true;
    }
    return n_shared >= 4 && 10 * n_shared >= 8 * n_a && 10 * n_shared >= 8 * n_b;
}

/* "(+0.52": what it weighs is said, so that a fact with two sides is counted net. */
static bool is_weighed(const struct hc_passage *p)
{
    for (size_t i = 0; i + 2 < p->text.n; i++)
        if (p->text.p[i] == '(' && (p->text.p[i + 1] == '+' || p->text.p[i + 1] == '-') && p->text.p[i + 2] >= '0' &&
            p->text.p[i + 2] <= '9')
            return true;
    return false;
}

static void check_both_sides(struct hc_lint_context *c, size_t against, size_t *n_compared)
{
    const struct hc_passage *p = &c->passages[against];
    for (size_t i = against; i > 0 && against - i < MOST_APART; i--) {
        const struct hc_passage *other = &c->passages[i - 1];
        if (other->kind == HC_HEADING && other->level < 3 + (p->heading == 0))
            return;
        if (other->heading != p->heading || side_of(c, other) != FOR || (is_weighed(other) && is_weighed(p)) ||
            !is_same_fact(other, p, n_compared))
            continue;
        struct hc_buf says = {0}, right = {0};
        hc_put_source(&says, c, p, 0, p->text.n);
        hc_buf_format(&right, "line %u counts the same fact for it: it can be on one side", hc_line_of(c, other, 0));
        hc_lint_add(c, "both-sides", p, NULL, &says, &right);
        return;
    }
}

void hc_rule_evidence(struct hc_lint_context *c)
{
    size_t n_compared = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_passage *p = &c->passages[i];
        enum side side = p->kind == HC_HEADING ? NEITHER : side_of(c, p);
        if (p->kind != HC_HEADING)
            check_missing(c, p, side);
        if (side == AGAINST)
            check_both_sides(c, i, &n_compared);
    }
}
