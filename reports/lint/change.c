/* "from A to B", "A → B", "A vs B", with the percentage, ratio or difference that is said of it. */
#include "reports/lint/change.h"

#include <math.h>

#define COMPARED "higher lower more less above below greater fewer faster slower larger smaller longer shorter up down"
#define VERBS                                                                                                             \
    "rose rise rises rising increas* grew grow* climb* jump* surg* spik* soar* fell fall* drop* decreas* declin* shrank " \
    "shrunk plummet* up down reduc* lower* improv* gain* went"
#define MOST_CHAIN 64
#define OBJECT_OF "over above below under of in on beyond against versus vs than compared"
#define ELSEWHERE "then and while but whereas with although"

/* ---- what rounding allows ---- */

double hc_slack(const struct hc_quantity *q)
{
    double slack = q->step < 0.99 * q->scale ? q->step / 2 : 0;
    if (q->bound != HC_EXACT)
        slack += fmin(q->coarse / 2, 0.1 * q->value) + 0.05 * q->value;
    return slack;
}

bool hc_may_be_written(const struct hc_quantity *q, double low, double high)
{
    double unit = q->step, below = q->value >= 20 * unit ? unit : unit / 2, above = unit;
    if (q->coarse > 1.5 * q->step) {
        below = fmax(below, fmin(q->coarse, 0.05 * q->value));
        above = fmax(above, fmin(q->coarse, 0.05 * q->value));
    }
    if (q->bound == HC_ABOUT)
        below = above = fmax(fmax(below, above), 0.15 * q->value);
    below += 1e-9 * q->value;
    if (q->bound == HC_AT_LEAST)
        return high > q->value - below;
    if (q->bound == HC_AT_MOST)
        return low < q->value + above;
    return high >= q->value - below && low < q->value + above - 1e-9 * q->value;
}

/* ---- what a quantity says ---- */

struct hc_str hc_last_words(struct hc_str text, size_t n_words)
{
    size_t n = hc_count_words(text);
    while (n > n_words) {
        hc_word_take(&text);
        n--;
    }
    return text;
}

struct hc_str hc_first_words(struct hc_str text, size_t n_words)
{
    struct hc_str rest = text, word = {text.p, 0};
    if (text.n == 0)
        return text;
    for (size_t i = 0; i < n_words; i++) {
        struct hc_str next = hc_word_take(&rest);
        word = next.n > 0 ? next : word;
    }
    return (struct hc_str){text.p, (size_t)(word.p + word.n - text.p)};
}

static struct hc_str after_break(struct hc_str text)
{
    for (size_t i = text.n; i > 0; i--)
        if (strchr(";:.|", text.p[i - 1]) && (i == text.n || text.p[i] == ' '))
            return (struct hc_str){text.p + i, text.n - i};
    return text;
}

struct hc_str hc_to_break(struct hc_str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (strchr(";|", text.p[i]) || (strchr(".!?", text.p[i]) && (i + 1 == text.n || text.p[i + 1] == ' ')))
            text.n = i;
    return text;
}

/* The words of a change before a quantity: "increased by", "an increase of". */
static bool follows_change(struct hc_str before)
{
    struct hc_str words = hc_last_words(after_break(before), 5), last = hc_last_words(words, 1),
                  two = hc_last_words(words, 2);
    if (hc_has_word(last, "to at from was is reached than average averaging peak*"))
        return false;
    if (hc_has_text(words, "made up") || hc_has_text(words, "make up") || hc_has_text(words, "makes up"))
        return false;
    if (hc_has_word(last, "of"))
        return hc_has_word(two, HC_CHANGE_NOUNS);
    return hc_has_word(words, VERBS) || hc_has_word(two, HC_CHANGE_NOUNS) || hc_has_word(last, "additional extra");
}

static bool precedes_change(struct hc_str behind)
{
    const char *end = behind.n > 0 ? memchr(behind.p, ',', behind.n) : NULL;
    struct hc_str words = hc_first_words(behind, 2);
    if (end && (size_t)(end - behind.p) < words.n)
        words.n = (size_t)(end - behind.p);
    return !hc_breaks(words) && !hc_has_word(hc_first_words(words, 1), "of to from") &&
           hc_has_word(words, HC_CHANGE_NOUNS " " COMPARED);
}

enum hc_change_role hc_change_role(const struct hc_passage *p, const struct hc_quantity *q, enum hc_quantity_kind kind)
{
    struct hc_str before = hc_before(p, q), behind = hc_to_break(hc_behind(p, q));
    bool is_change = follows_change(before) || precedes_change(behind),
         of = hc_has_word(hc_first_words(behind, 1), "of");
    if (q->kind == HC_Q_PERCENT && (q->sign || (is_change && !(of && behind.n > 0 && behind.p[0] == ' '))))
        return HC_CHANGE_BY_PERCENT;
    if (q->kind == HC_Q_PERCENT && hc_str_ends(before, HC_STR("(")) && hc_str_starts(behind, HC_STR(")")))
        return HC_CHANGE_LOOSE;
    if (q->kind == HC_Q_TIMES) {
        bool counts = hc_str_ends(hc_part(p, q->begin, q->end), HC_STR("times"));
        if (hc_has_word(hc_part(p, q->begin, q->end), "twice") && !hc_has_word(hc_first_words(behind, 1), "as"))
            return HC_NO_CHANGE; /* it happened twice */
        return !counts || is_change || hc_has_word(hc_first_words(behind, 1), "as the its") ? HC_CHANGE_RATIO
                                                                                            : HC_NO_CHANGE;
    }
    if (q->kind == HC_Q_NUMBER && hc_str_ends(hc_str_trim(before), HC_STR("factor of")))
        return HC_CHANGE_RATIO;
    if (q->kind == HC_Q_POINTS && kind == HC_Q_PERCENT)
        return HC_CHANGE_DIFFERENCE;
    return q->kind == kind && (is_change || q->sign) ? HC_CHANGE_DIFFERENCE : HC_NO_CHANGE;
}

/* ---- the arithmetic ---- */

static void put_pair(struct hc_buf *out, const struct hc_lint_context *c, const struct hc_change *change)
{
    bool apart = change->from_passage && change->from_passage != change->passage;
    bool lent = !apart && change->to->scale > change->from->scale;
    hc_put_like(out, c, apart ? change->from_passage : change->passage, lent ? change->to : change->from,
                change->from_value);
    hc_buf_text(out, " to ");
    hc_put_like(out, c, change->passage, change->to, change->to_value);
}

static void put_said(struct hc_buf *says, struct hc_lint_context *c, const struct hc_passage *p,
                     const struct hc_quantity *stated)
{
    hc_put_source(says, c, p, stated->begin - (stated->sign ? 1U : 0U), stated->end);
}

static void put_percent(struct hc_buf *out, double percent)
{
    hc_buf_text(out, percent >= 0 ? "+" : "");
    hc_put_value(out, fabs(percent) >= 10 ? round(percent) : percent);
    hc_buf_text(out, " %");
}

/* The least and the most that the one may be of the other; false: it is nothing that can be divided by. */
static bool quotient(const struct hc_change *x, double *low, double *high)
{
    double low_from = x->from_value - x->from_slack, high_from = x->from_value + x->from_slack;
    *low = (x->to_value - x->to_slack) / high_from;
    *high = (x->to_value + x->to_slack) / low_from;
    return low_from > 0 && isfinite(*high);
}

static bool percent_is_so(const struct hc_change *x, const struct hc_quantity *stated)
{
    double low, high;
    bool falls = x->to_value < x->from_value;
    return !quotient(x, &low, &high) || hc_may_be_written(stated, falls ? 100 * (1 - high) : 100 * (low - 1),
                                                          falls ? 100 * (1 - low) : 100 * (high - 1));
}

static void check_percent(struct hc_lint_context *c, const struct hc_change *x, const struct hc_quantity *stated,
                          bool loose, const char *where)
{
    double low, high;
    bool falls = x->to_value < x->from_value;
    if (!quotient(x, &low, &high) || percent_is_so(x, stated))
        return;
    bool is_of = hc_may_be_written(stated, 100 * low, 100 * high);
    if (loose && is_of)
        return;
    bool points =
        x->to->kind == HC_Q_PERCENT && fabs(fabs(x->to_value - x->from_value) - stated->value) <= stated->step / 2;
    struct hc_buf says = {0}, right = {0};
    put_said(&says, c, x->passage, stated);
    put_pair(&right, c, x);
    hc_buf_text(&right, where);
    hc_buf_text(&right, " is ");
    if (points) {
        hc_put_value(&right, fabs(x->to_value - x->from_value));
        hc_buf_text(&right, " percentage points, or ");
    }
    put_percent(&right, 100 * (x->to_value / x->from_value - 1));
    if (is_of && !points) {
        hc_buf_text(&right, " (it is ");
        hc_put_value(&right, round(100 * x->to_value / x->from_value));
        hc_buf_text(&right, " % of what it was)");
    }
    const char *rule = "percent-change";
    if (points)
        rule = "percent-points";
    else if (is_of && !falls)
        rule = "percent-of-as-increase";
    hc_lint_add(c, rule, x->passage, stated, &says, &right);
}

static bool ratio_is_so(const struct hc_change *x, const struct hc_quantity *stated)
{
    double low_from = x->from_value - x->from_slack, low_to = x->to_value - x->to_slack;
    double high_from = x->from_value + x->from_slack, high_to = x->to_value + x->to_slack;
    bool more = hc_has_word(hc_behind(x->passage, stated), "more higher increase* greater");
    return low_from <= 0 || low_to <= 0 || hc_may_be_written(stated, low_to / high_from, high_to / low_from) ||
           hc_may_be_written(stated, low_from / high_to, high_from / low_to) ||
           (more && hc_may_be_written(stated, low_to / high_from - 1, high_to / low_from - 1));
}

/* From 99.0 % to 99.9 % is ten times fewer errors. */
static bool is_ratio_of_rests(const struct hc_change *x, const struct hc_quantity *stated)
{
    struct hc_change rests = *x;
    rests.from_value = 100 - x->from_value;
    rests.to_value = 100 - x->to_value;
    return x->from->kind == HC_Q_PERCENT && x->to->kind == HC_Q_PERCENT && rests.from_value > 0 && rests.to_value > 0 &&
           ratio_is_so(&rests, stated);
}

static void check_ratio(struct hc_lint_context *c, const struct hc_change *x, const struct hc_quantity *stated,
                        const char *where)
{
    if (ratio_is_so(x, stated) || is_ratio_of_rests(x, stated))
        return;
    struct hc_buf says = {0}, right = {0};
    put_said(&says, c, x->passage, stated);
    put_pair(&right, c, x);
    hc_buf_text(&right, where);
    hc_buf_text(&right, " is ");
    hc_put_value(&right, round(100 * x->to_value / x->from_value) / 100);
    hc_buf_text(&right, "x");
    hc_lint_add(c, "ratio", x->passage, stated, &says, &right);
}

static bool difference_is_so(const struct hc_change *x, const struct hc_quantity *stated)
{
    double difference = fabs(x->to_value - x->from_value);
    double slack = x->from_slack + x->to_slack + (x->to->step + x->from->step) * (x->to->step < 0.99 * x->to->scale);
    return hc_may_be_written(stated, difference - slack, difference + slack);
}

static void check_difference(struct hc_lint_context *c, const struct hc_change *x, const struct hc_quantity *stated,
                             const char *where)
{
    double difference = fabs(x->to_value - x->from_value);
    if (difference_is_so(x, stated))
        return;
    struct hc_buf says = {0}, right = {0};
    put_said(&says, c, x->passage, stated);
    put_pair(&right, c, x);
    hc_buf_text(&right, where);
    hc_buf_text(&right, " is ");
    if (stated->kind == HC_Q_POINTS) {
        hc_put_value(&right, difference);
        hc_buf_text(&right, " percentage points");
    } else {
        hc_put_like(&right, c, x->passage, x->to->kind == stated->kind ? stated : x->to, difference);
    }
    hc_lint_add(c, "difference", x->passage, stated, &says, &right);
}

void hc_check_change(struct hc_lint_context *c, const struct hc_change *change, const struct hc_quantity *stated,
                     enum hc_change_role role, const char *where)
{
    if (role == HC_CHANGE_BY_PERCENT || role == HC_CHANGE_LOOSE)
        check_percent(c, change, stated, role == HC_CHANGE_LOOSE, where);
    else if (role == HC_CHANGE_RATIO)
        check_ratio(c, change, stated, where);
    else if (role == HC_CHANGE_DIFFERENCE)
        check_difference(c, change, stated, where);
}

/* ---- pairs ---- */

bool hc_measures(const struct hc_quantity *q)
{
    return q->kind == HC_Q_NUMBER || q->kind == HC_Q_PERCENT || q->kind == HC_Q_BYTES || q->kind == HC_Q_BITS ||
           q->kind == HC_Q_DURATION || q->kind == HC_Q_MONEY;
}

static bool has_arrow(struct hc_str gap)
{
    return gap.n > 0 && memchr(gap.p, HC_ARROW, gap.n) != NULL && hc_count_words(gap) <= 3;
}

/* "to", with few words before and behind it. */
static bool leads_to(struct hc_str gap)
{
    struct hc_str to = hc_find_word(gap, "to");
    if (to.n == 0 || hc_breaks(gap) || memchr(gap.p, ',', gap.n) || memchr(gap.p, '(', gap.n))
        return false;
    struct hc_str behind = {to.p + to.n, (size_t)(gap.p + gap.n - to.p) - to.n};
    return hc_count_words((struct hc_str){gap.p, (size_t)(to.p - gap.p)}) <= 3 && hc_count_words(behind) <= 4;
}

static bool leads_back(struct hc_str gap, struct hc_str before)
{
    struct hc_str words = hc_first_words(gap, 2);
    if (hc_breaks(gap) || hc_count_words(gap) > 5 || hc_has_word(gap, "to and") != hc_has_text(gap, "compared to"))
        return false;
    if (hc_has_text(words, "up from") || hc_has_text(words, "down from") || hc_has_text(gap, "compared to") ||
        hc_has_text(gap, "compared with") || hc_has_word(words, "vs vs. versus"))
        return true;
    return hc_has_word(hc_first_words(gap, 1), "from") && hc_has_word(hc_last_words(before, 2), "to");
}

/* Is there a pair in these two neighbours? */
static bool find_change(const struct hc_passage *p, const struct hc_quantity *a, struct hc_change *x)
{
    const struct hc_quantity *b = a + 1;
    struct hc_str gap = hc_gap(p, a, b), before = hc_before(p, a);
    bool same = a->kind == b->kind && a->rate == b->rate, lends = a->kind == HC_Q_NUMBER && a->bound == HC_EXACT;
    bool from = hc_has_word(hc_last_words(after_break(before), 5), "from");
    bool forth = has_arrow(gap) || (from && leads_to(gap)), back = !forth && leads_back(gap, before);
    lends = lends && forth && hc_count_words(gap) <= 1 && b->kind != HC_Q_NUMBER;
    if (!hc_measures(a) || !hc_measures(b) || a->sign || b->sign || !(same || lends || (a->kind == b->kind && forth)) ||
        !(forth || back))
        return false;
    *x = (struct hc_change){.passage = p, .a = a, .b = b, .from = forth ? a : b, .to = forth ? b : a};
    x->from_value = x->from->value * (lends ? b->scale : 1);
    x->to_value = x->to->value;
    x->from_slack = hc_slack(x->from) * (lends ? b->scale : 1);
    x->to_slack = hc_slack(x->to);
    return true;
}

/* ---- what belongs to which pair ---- */

static bool belongs(struct hc_str gap, bool is_before)
{
    const char *comma = gap.n > 0 ? memchr(gap.p, ',', gap.n) : NULL;
    if (hc_breaks(gap) || hc_has_word(gap, ELSEWHERE) || hc_count_words(gap) > (is_before ? 8 : 6))
        return false;
    if (comma && is_before)
        return hc_has_word(hc_first_words((struct hc_str){comma, (size_t)(gap.p + gap.n - comma)}, 1), "from");
    return true;
}

/* "in an hour", "within 20 minutes": how long it took, and no object. */
static bool says_how_long(const struct hc_change *x, const struct hc_quantity *stated, struct hc_str behind)
{
    struct hc_str word = hc_find_word(hc_first_words(behind, 4), "in over within");
    const struct hc_quantity *next = stated + 1, *end = x->passage->quantities + x->passage->n_quantities;
    if (word.n == 0)
        return false;
    struct hc_str rest = {word.p + word.n, (size_t)(behind.p + behind.n - word.p) - word.n};
    struct hc_str then = hc_word_take(&rest);
    while (hc_word_in(then, "a an the about just only less than half"))
        then = hc_word_take(&rest);
    if (then.n > 0)
        return hc_word_in(then, "second minute hour day night week month year");
    return next < end && next->kind == HC_Q_DURATION && hc_part(x->passage, stated->end, next->begin).n == behind.n;
}

/* "3x the limit", "a 50 % increase over the forecast", "causing 3x": what is said is of something else. */
static bool has_own_object(const struct hc_change *x, const struct hc_quantity *stated)
{
    struct hc_str gap = hc_gap(x->passage, x->b, stated), behind = hc_to_break(hc_behind(x->passage, stated));
    for (size_t i = 0; i < behind.n; i++)
        if (strchr(",:()", behind.p[i]))
            behind.n = i;
    if (hc_has_word(hc_first_words(behind, 1), "the our its their your this that these those a an last what") ||
        (hc_has_word(hc_first_words(behind, 4), OBJECT_OF) && !says_how_long(x, stated, behind)))
        return true;
    struct hc_str which = hc_find_word(gap, "which that"), rest = gap;
    if (which.n > 0 &&
        !hc_has_word(hc_first_words((struct hc_str){which.p + which.n, (size_t)(gap.p + gap.n - which.p) - which.n}, 1),
                     "is was are were equals means represents makes"))
        return true;
    for (struct hc_str word = hc_word_take(&rest); word.n > 0; word = hc_word_take(&rest))
        if (word.n > 4 && hc_str_ends(word, HC_STR("ing")) && !hc_word_in(word, "during being meaning representing"))
            return true;
    return hc_has_word(gap, "so because when after since");
}

/* "1.5 GB -> 3 GB -> 6 GB (4x)": from the first to the last. */
static bool is_so_of_chain(const struct hc_change *x, const struct hc_quantity *stated, enum hc_change_role role)
{
    struct hc_change before, all = *x;
    for (const struct hc_quantity *a = x->a; a > x->passage->quantities && x->from == x->a && x->a - a < MOST_CHAIN;
         a--) {
        if (!find_change(x->passage, a - 1, &before) || before.from != a - 1)
            break;
        all.from = before.from;
        all.from_value = before.from_value;
        all.from_slack = before.from_slack;
    }
    if (role == HC_CHANGE_RATIO)
        return ratio_is_so(&all, stated);
    return role == HC_CHANGE_DIFFERENCE ? difference_is_so(&all, stated) : percent_is_so(&all, stated);
}

static void check_at(struct hc_lint_context *c, const struct hc_change *x, const struct hc_quantity *stated)
{
    enum hc_change_role role = hc_change_role(x->passage, stated, x->to->kind);
    if (role == HC_NO_CHANGE || (stated > x->b && (has_own_object(x, stated) || is_so_of_chain(x, stated, role))))
        return;
    if (role != HC_CHANGE_LOOSE && stated->rate && !x->to->rate)
        return;
    hc_check_change(c, x, stated, role, "");
}

static void check_direction(struct hc_lint_context *c, const struct hc_change *x)
{
    struct hc_str before = after_break(hc_before(x->passage, x->a)), words = hc_last_words(before, 4);
    bool rises =
        hc_has_word(words, "rose rise rises increased increases grew grows climbed jumped surged spiked soared");
    bool falls = hc_has_word(words, "fell falls dropped drops decreased decreases declined shrank plummeted");
    bool is_plain = x->from->kind == HC_Q_NUMBER && (x->from_value < 10 || x->to_value < 10);
    if (rises == falls || is_plain || x->from != x->a || !hc_has_word(words, "from"))
        return;
    double change = x->to_value - x->from_value;
    if ((rises && change >= 0) || (falls && change <= 0))
        return;
    struct hc_buf says = {0}, right = {0};
    size_t from = x->a->begin - words.n;
    while (x->passage->text.p[from] == ' ')
        from++;
    hc_put_source(&says, c, x->passage, from, x->b->end);
    put_pair(&right, c, x);
    hc_buf_text(&right,
                rises ? ": it fell, or the unit is not the one meant" : ": it rose, or the unit is not the one meant");
    hc_lint_add(c, "direction", x->passage, x->a, &says, &right);
}

void hc_rule_changes(struct hc_lint_context *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_passage *p = &c->passages[i];
        for (size_t k = 0; k + 1 < p->n_quantities; k++) {
            const struct hc_quantity *a = &p->quantities[k];
            struct hc_change x, next;
            if (!find_change(p, a, &x))
                continue;
            check_direction(c, &x);
            if (k > 0 && belongs(hc_gap(p, a - 1, a), true))
                check_at(c, &x, a - 1);
            if (k + 2 < p->n_quantities && belongs(hc_gap(p, a + 1, a + 2), false) &&
                !hc_has_word(hc_first_words(hc_to_break(hc_behind(p, a + 2)), 1), "to") &&
                !(k + 4 < p->n_quantities && find_change(p, a + 3, &next) && belongs(hc_gap(p, a + 2, a + 3), true)))
                check_at(c, &x, a + 2);
        }
    }
}
