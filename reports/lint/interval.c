/* Stated intervals against the times of their ends: events of a timeline, or two times of one sentence. */
#include <math.h>

#include "reports/lint/change.h"
#include "reports/lint/time_fields.h"

#define DAY_S 86400.0
#define MOST_PHRASE_BYTES 200
#define MOST_JOINED 2000   /* durations that are held against the entries of a timeline */
#define MOST_SPAN_PARTS 16 /* quantities beside a span in which another is looked for */
#define ENDS_PHRASE                                                                                               \
    "but and while which that because so is was were did does in at with too for when where who has had causing " \
    "indicating insufficient not undetected"

/* ---- is it right? ---- */

bool hc_interval_may_be_said(const struct hc_quantity *said, double seconds, double step_a, double step_b)
{
    double fuzz = (step_a > 1 ? step_a : 0) / 2 + (step_b > 1 ? step_b : 0) / 2, off = fabs(said->value - seconds);
    bool round = said->coarse > 1.5 * said->step;
    if (said->bound == HC_EXACT && said->step <= 1 && fuzz < 1e-9)
        return off < 0.75 || (round && off <= 0.03 * seconds);
    if (said->bound == HC_EXACT && said->step <= fmax(step_a, step_b))
        return off <= fuzz + 1e-6 || (round && off <= 0.05 * seconds + fuzz / 2);
    return off <= fuzz + 1e-6 || hc_may_be_written(said, seconds - fuzz, seconds + fuzz);
}

static void check(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *said,
                  const struct hc_lint_event *from, const struct hc_lint_event *to)
{
    double seconds = 0;
    if (!hc_clock_between(from->clock, to->clock, &seconds) || seconds < 0)
        return;
    bool dated = from->clock->dated && to->clock->dated;
    double days = said->value >= DAY_S && !dated ? DAY_S * floor(said->value / DAY_S) : 0;
    if (hc_interval_may_be_said(said, seconds + days, from->clock->step, to->clock->step))
        return;
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, p, said->begin, said->end);
    hc_put_source(&right, c, from->passage, from->clock->begin, from->clock->end);
    hc_buf_text(&right, " to ");
    hc_put_source(&right, c, to->passage, to->clock->begin, to->clock->end);
    hc_buf_text(&right, " is ");
    hc_put_duration(&right, seconds);
    hc_lint_add(c, "interval", p, said, &says, &right);
}

static void check_events(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *said,
                         const struct hc_lint_event *from, const struct hc_lint_event *to)
{
    double seconds = 0;
    if (from && to && from != to && hc_clock_between(from->clock, to->clock, &seconds) && seconds < DAY_S / 2)
        check(c, p, said, from, to);
}

/* ---- "D after E", "D from E to F" ---- */

/* The words up to what cannot belong to an event's name any more. */
static struct hc_str phrase(struct hc_str text)
{
    text = hc_str_cut(text, MOST_PHRASE_BYTES);
    for (size_t i = 0; i < text.n; i++)
        if (strchr(",.;:()|", text.p[i]) && (text.p[i] != '.' || i + 1 == text.n || text.p[i + 1] == ' '))
            text.n = i;
    struct hc_str end = hc_find_word(text, ENDS_PHRASE);
    if (end.n > 0)
        text.n = (size_t)(end.p - text.p);
    return text;
}

static struct hc_str after_word(struct hc_str text, struct hc_str word)
{
    const char *from = word.p + word.n;
    return (struct hc_str){from, (size_t)(text.p + text.n - from)};
}

/* The event that the sentence is about: that of the entry, or what stands before the interval. */
static const struct hc_lint_event *subject(const struct hc_lint_context *c, const struct hc_passage *p,
                                           const struct hc_quantity *said)
{
    struct hc_str before = hc_before(p, said);
    for (size_t i = 0; i < c->n_events; i++)
        if (c->events[i].passage == p)
            return &c->events[i];
    if (said > p->quantities && !hc_breaks(before)) /* what is before is said of another quantity */
        return NULL;
    for (size_t i = before.n; i > 0; i--)
        if (strchr(".;:,|", before.p[i - 1])) {
            before = (struct hc_str){before.p + i, before.n - i};
            break;
        }
    return hc_has_word(before, "after before since") ? NULL : hc_event_named(c, before);
}

/* The first word of the two or three behind an interval that joins it to an event. */
static struct hc_str joint(struct hc_str behind)
{
    struct hc_str rest = behind;
    for (int i = 0; i < 3; i++) {
        struct hc_str word = hc_word_take(&rest);
        if (word.n == 0 || hc_breaks((struct hc_str){behind.p, (size_t)(word.p - behind.p)}))
            break;
        if (hc_word_in(word, "after before from between following post-* post"))
            return word;
        if (hc_word_in(word, "and to or"))
            break;
    }
    return HC_STR_NONE;
}

static void check_joined(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *said)
{
    struct hc_str behind = hc_str_cut(hc_part(p, said->end, p->text.n), MOST_PHRASE_BYTES), word = joint(behind);
    if (word.n == 0)
        return;
    struct hc_str other = phrase(after_word(behind, word));
    struct hc_str to = hc_find_word(other, hc_word_in(word, "between") ? "and" : "to until till");
    if (hc_word_in(word, "between")) { /* its "and" does not end the phrase */
        struct hc_str rest = after_word(behind, word), joined = hc_find_word(rest, "and");
        if (joined.n == 0)
            return;
        check_events(c, p, said, hc_event_named(c, (struct hc_str){rest.p, (size_t)(joined.p - rest.p)}),
                     hc_event_named(c, phrase(after_word(rest, joined))));
        return;
    }
    if (hc_word_in(word, "post-*"))
        other = (struct hc_str){word.p + 5, word.n - 5};
    if (hc_word_in(word, "from") && to.n > 0) {
        check_events(c, p, said, hc_event_named(c, (struct hc_str){other.p, (size_t)(to.p - other.p)}),
                     hc_event_named(c, after_word(other, to)));
        return;
    }
    const struct hc_lint_event *a = subject(c, p, said), *b = hc_event_named(c, other);
    if (hc_word_in(word, "before"))
        check_events(c, p, said, a, b);
    else
        check_events(c, p, said, b, a);
}

/* ---- "from 14:05 to 14:50 (45 minutes)" ---- */

static bool only_words(struct hc_str text, const char *list)
{
    for (struct hc_str word = hc_word_take(&text); word.n > 0; word = hc_word_take(&text))
        if (!hc_word_in(word, list))
            return false;
    return true;
}

static struct hc_str last_word(struct hc_str text)
{
    struct hc_str last = HC_STR_NONE;
    for (struct hc_str word = hc_word_take(&text); word.n > 0; word = hc_word_take(&text))
        last = word;
    return last;
}

#define ZONE_WORDS "utc gmt pst pdt est edt cet cest time"
#define SPAN_WORDS \
    ZONE_WORDS     \
    " lasting lasted for a an the total of over about approximately roughly or i.e duration in all nearly almost just"

static bool is_span(const struct hc_passage *p, const struct hc_quantity *a)
{
    struct hc_str gap = hc_gap(p, a, a + 1), before = hc_before(p, a);
    bool zones = only_words(gap, ZONE_WORDS " to until till through and at on approximately about around");
    if (hc_breaks(gap) || memchr(gap.p, '(', gap.n))
        return false;
    if (zones && hc_has_word(gap, "to until till through"))
        return true;
    if (zones && gap.n > 0 && (memchr(gap.p, '-', gap.n) || memchr(gap.p, HC_ARROW, gap.n)))
        return true;
    if (zones && hc_has_word(gap, "and"))
        return hc_word_in(last_word(before), "between");
    return hc_has_word(before, "began started starting beginning") &&
           hc_has_word(gap, "ended resolved ending restored recovered mitigated") && hc_count_words(gap) <= 8;
}

static bool spans_behind(const struct hc_passage *p, const struct hc_quantity *b, const struct hc_quantity *said)
{
    struct hc_str gap = hc_gap(p, b, said), behind = hc_part(p, said->end, p->text.n);
    bool opens = gap.n > 0 && memchr(gap.p, '(', gap.n), set_off = opens || (gap.n > 0 && memchr(gap.p, ',', gap.n));
    if (hc_breaks(gap) || hc_count_words(gap) > 6 || !set_off || !only_words(gap, SPAN_WORDS))
        return false;
    if (behind.n == 0 || strchr(opens ? ")" : ",.;", behind.p[0]))
        return true;
    return hc_has_word(hc_first_words(behind, 1), "total altogether") ||
           hc_has_word(hc_first_words(behind, 2), "total all downtime");
}

static bool spans_before(const struct hc_passage *p, const struct hc_quantity *said, const struct hc_quantity *a)
{
    struct hc_str gap = hc_gap(p, said, a), before = hc_before(p, said), last = last_word(before);
    bool lasts = hc_has_word(before, "lasted lasting") &&
                 hc_word_in(last, "lasted lasting for about approximately roughly nearly over almost around");
    bool named = hc_has_word(gap, "period window outage incident disruption downtime");
    if (hc_breaks(gap) || hc_has_word(hc_first_words(gap, 1), "of") || /* "45 minutes of user impact" */
        !only_words(gap, ZONE_WORDS " period window outage incident disruption downtime of from between on"))
        return false;
    if (hc_str_is(hc_str_trim(gap), "(")) /* "15 minutes (10:12 → 10:27)" */
        return a[1].end < p->text.n && p->text.p[a[1].end] == ')';
    if (hc_has_word(gap, "between"))
        return lasts || (named && p->text.p[said->end - 1] != ' ' &&
                         memchr(p->text.p + said->begin, '-', said->end - said->begin));
    return hc_has_word(gap, "from") && (lasts || named || hc_word_in(last, "for"));
}

/* Two spans of one sentence: a duration beside them may be their sum. */
static bool has_other_span(const struct hc_passage *p, const struct hc_quantity *a)
{
    const struct hc_quantity *end = p->quantities + p->n_quantities;
    bool before = false, behind = false;
    for (const struct hc_quantity *q = a;
         q > p->quantities && a - q < MOST_SPAN_PARTS && !hc_breaks(hc_gap(p, q - 1, q));)
        if ((--q)->kind == HC_Q_CLOCK && q[1].kind == HC_Q_CLOCK && q + 1 < a)
            before = before || is_span(p, q);
    for (const struct hc_quantity *q = a + 1;
         q + 1 < end && q - a < MOST_SPAN_PARTS && !hc_breaks(hc_gap(p, q, q + 1));)
        if ((++q)->kind == HC_Q_CLOCK && q + 1 < end && q[1].kind == HC_Q_CLOCK)
            behind = behind || is_span(p, q);
    return before || behind;
}

/* "55 minutes in total", "a total of 55 minutes", or right behind two spans. */
static bool may_be_sum(const struct hc_passage *p, const struct hc_quantity *a, const struct hc_quantity *said)
{
    struct hc_str before = hc_last_words(hc_before(p, said), 3), behind = hc_first_words(hc_behind(p, said), 2);
    bool totals = hc_has_word(before, "total all") || hc_has_word(behind, "total all altogether");
    bool joined = said > a ? a > p->quantities && a[-1].kind == HC_Q_CLOCK
                           : a + 2 < p->quantities + p->n_quantities && a[2].kind == HC_Q_CLOCK;
    return (totals || joined) && has_other_span(p, a);
}

static void check_span(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *a)
{
    const struct hc_quantity *end = p->quantities + p->n_quantities, *said = NULL;
    const struct hc_lint_event from = {.passage = p, .clock = a}, to = {.passage = p, .clock = a + 1};
    if (a[1].kind != HC_Q_CLOCK || !is_span(p, a))
        return;
    if (a + 2 < end && a[2].kind == HC_Q_DURATION && !a[2].rate && spans_behind(p, a + 1, a + 2))
        said = a + 2;
    else if (a > p->quantities && a[-1].kind == HC_Q_DURATION && spans_before(p, a - 1, a))
        said = a - 1;
    if (said && !may_be_sum(p, a, said))
        check(c, p, said, &from, &to);
}

void hc_rule_intervals(struct hc_lint_context *c)
{
    size_t n_joined = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_passage *p = &c->passages[i];
        for (size_t k = 0; k < p->n_quantities; k++) {
            const struct hc_quantity *q = &p->quantities[k];
            if (q->kind == HC_Q_DURATION && !q->rate && c->n_events > 0 && n_joined++ < MOST_JOINED)
                check_joined(c, p, q);
            else if (q->kind == HC_Q_CLOCK && k + 1 < p->n_quantities)
                check_span(c, p, q);
        }
    }
}
