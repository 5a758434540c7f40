/* Intervals that a document states, against those of the bundle. */
#include <math.h>

#include "reports/lint/bundle.h"
#include "reports/lint/time_fields.h"

struct end_list {
    int64_t at_ns[HC_MOST_MOMENTS];
    size_t n;
    bool overflows; /* there are more: nothing can be said */
};

/* The ends that an interval may be between; any pair that fits makes it right. */
struct ends {
    struct end_list from, to;
    struct hc_lint_place place; /* of what the first pair says */
};

static void add_end(struct end_list *list, int64_t at_ns)
{
    if (at_ns == HC_TIME_NONE_NS)
        return;
    list->overflows = list->overflows || list->n == HC_MOST_MOMENTS;
    if (list->n < HC_MOST_MOMENTS)
        list->at_ns[list->n++] = at_ns;
}

static void check_ends(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *said,
                       const struct ends *e, const char *what)
{
    if (e->from.n == 0 || e->to.n == 0 || e->from.overflows || e->to.overflows)
        return;
    c->compared.times++;
    for (size_t i = 0; i < e->from.n; i++)
        for (size_t k = 0; k < e->to.n; k++) {
            double seconds = hc_seconds_between(e->from.at_ns[i], e->to.at_ns[k]);
            if (seconds >= 0 && hc_interval_may_be_said(said, seconds, 1, 1))
                return;
            if (seconds >= 0 && said->step >= 60 && fabs(seconds - said->value) < said->step)
                return;
        }
    double right_s = hc_seconds_between(e->from.at_ns[0], e->to.at_ns[0]);
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, p, said->begin, said->end);
    hc_buf_format(&right, "in the bundle %s ", what);
    if (right_s < 0)
        hc_buf_text(&right, "in the other order: by ");
    hc_put_duration(&right, fabs(right_s));
    hc_lint_add_held(c, "bundle-interval", p, said, &says, &right, e->place);
}

/* When it may have been taken to begin: the window, the changes and symptoms and first errors in it. */
static void add_starts(struct ends *e, const struct hc_lint_facts *f)
{
    add_end(&e->from, f->start.ns);
    for (size_t i = 0; i < f->n_changes; i++)
        add_end(&e->from, f->changes[i].at.ns);
    for (size_t i = 0; i < f->n_symptoms; i++)
        add_end(&e->from, f->symptoms[i].ns);
    for (size_t i = 0; i < f->n_happenings; i++)
        if (f->happenings[i].level >= HC_LINT_ERRORS)
            add_end(&e->from, f->happenings[i].first.ns);
}

/* When errors may have been said to begin. */
static void add_errors(struct ends *e, const struct hc_lint_facts *f)
{
    for (size_t i = 0; i < f->n_happenings; i++)
        if (f->happenings[i].level >= HC_LINT_ERRORS)
            add_end(&e->to, f->happenings[i].first.ns);
    for (size_t i = 0; i < f->n_symptoms; i++)
        add_end(&e->to, f->symptoms[i].ns);
    add_end(&e->to, f->start.ns);
    add_end(&e->to, f->detected.ns);
}

enum span { SPAN_NONE, SPAN_ALL, SPAN_DETECT, SPAN_MITIGATE };

static enum span span_of(struct hc_str label)
{
    bool time_to = hc_has_text(label, "time to");
    if (hc_has_word(label, "ttd mttd") || (time_to && hc_has_word(label, "detect detection")))
        return SPAN_DETECT;
    if (hc_has_word(label, "ttm ttr mttr mttm") ||
        (time_to && hc_has_word(label, "mitigate mitigation resolve resolution recover recovery restore")))
        return SPAN_MITIGATE;
    struct hc_str rest = label;
    bool plain = hc_has_word(label, "duration") && hc_only_words(rest, "duration incident total the of outage overall");
    return plain ? SPAN_ALL : SPAN_NONE;
}

static void check_span(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *q,
                       enum span span)
{
    const struct hc_lint_facts *f = c->facts;
    struct ends e = {.place = f->place};
    add_starts(&e, f);
    if (span == SPAN_DETECT) {
        add_end(&e.to, f->detected.ns);
        check_ends(c, p, q, &e, "it was detected after");
        return;
    }
    if (span == SPAN_MITIGATE)
        add_end(&e.to, f->mitigated.ns);
    add_end(&e.to, f->end.ns);
    for (size_t i = 0; i < f->n_changes && e.to.n > 0; i++)
        if (hc_is_change_of(&f->changes[i], HC_DEED_ROLLBACK))
            add_end(&e.to, f->changes[i].at.ns);
    if (span == SPAN_ALL)
        add_end(&e.to, f->mitigated.ns);
    if (hc_time_known(f->detected) && span == SPAN_MITIGATE)
        add_end(&e.from, f->detected.ns);
    check_ends(c, p, q, &e,
               span == SPAN_ALL              ? "it lasted"
               : hc_time_known(f->mitigated) ? "it was mitigated after"
                                             : "it ended after");
}

/* "Duration: …", "Time to detect: …", "The incident lasted …". */
static bool check_stated(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *q)
{
    struct hc_str label = hc_label(p), words = hc_part(p, q->begin > 60 ? q->begin - 60 : 0, q->begin),
                  behind = hc_behind(p, q);
    enum span span = label.n > 0 ? span_of(label) : SPAN_NONE;
    size_t value_at = label.n > 0 ? (size_t)(label.p + label.n - p->text.p) : 0;
    if (span != SPAN_NONE && q->begin >= value_at && hc_count_words(hc_part(p, value_at, q->begin)) <= 1) {
        if (!hc_has_word(hc_first_words(behind, 1), "of for") && !hc_has_word(behind, "from to after before"))
            check_span(c, p, q, span);
        return true;
    }
    struct hc_str both = hc_last_words(words, 2), verb = hc_last_words(both, 1), noun = hc_first_words(both, 1);
    bool lasted = hc_has_word(verb, "lasted lasting") && hc_has_word(noun, HC_INCIDENT_NOUNS) && !hc_breaks(both);
    if (lasted && !hc_has_word(hc_first_words(behind, 1), "of for"))
        check_span(c, p, q, SPAN_ALL);
    return lasted;
}

static struct hc_str up_to_break(struct hc_str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (strchr(",;:()|", text.p[i]) || (text.p[i] == '.' && (i + 1 == text.n || text.p[i + 1] == ' ')))
            text.n = i;
    return text;
}

/* "5 minutes after the deploy", with what happened then before it. */
static void check_after(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *q)
{
    struct hc_str sentence = hc_sentence(p, q->begin, q->end);
    struct hc_str behind = hc_part(p, q->end, (size_t)(sentence.p + sentence.n - p->text.p));
    struct hc_str before = {sentence.p, (size_t)(p->text.p + q->begin - sentence.p)}, rest = behind;
    struct hc_str joint = hc_word_take(&rest);
    struct hc_lint_moments a, b;
    if (hc_is_entry(p) || !hc_word_in(joint, "after before") || !hc_is_told(sentence) ||
        memchr(before.p, ',', before.n))
        return;
    hc_moments_named(&a, c, up_to_break(rest));
    hc_moments_named(&b, c, before);
    struct ends e = {.from = {.n = 0}};
    for (size_t i = 0; i < a.n; i++)
        add_end(&e.from, a.list[i].at_ns);
    for (size_t i = 0; i < b.n; i++)
        add_end(&e.to, b.list[i].at_ns);
    if (b.n == 0 && hc_has_word(before, "detected") && hc_only_words(before, HC_INCIDENT " detected only"))
        add_end(&e.to, c->facts->detected.ns);
    bool errors = b.n == 0 && hc_has_word(before, "errors") && hc_only_words(before, "the errors first began started");
    if (errors) {
        add_errors(&e, c->facts);
        e.place = c->facts->place;
    }
    if (a.overflows || b.overflows || a.from_ns <= a.to_ns || b.from_ns <= b.to_ns ||
        (!errors && hc_has_word(before, HC_WEAKENS) != hc_has_word(before, "first")))
        return;
    e.place = b.n > 0 ? b.list[0].place : c->facts->place;
    if (hc_word_in(joint, "before")) {
        struct ends back = {.from = e.to, .to = e.from, .place = e.place};
        check_ends(c, p, q, &back, "it is");
        return;
    }
    check_ends(c, p, q, &e, "it is");
}

void hc_rule_bundle_intervals(struct hc_lint_context *c)
{
    size_t n = 0, most = hc_most_held(c->facts);
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->passages[i].n_quantities && n < most; k++) {
            const struct hc_passage *p = &c->passages[i];
            const struct hc_quantity *q = &p->quantities[k];
            if (q->kind != HC_Q_DURATION || q->rate || q->bound > HC_ABOUT || p->kind == HC_HEADING ||
                hc_is_elsewhere(c, p))
                continue;
            n++;
            if (!check_stated(c, p, q))
                check_after(c, p, q);
        }
}
