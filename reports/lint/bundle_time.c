/* Times and intervals that a document states, against those of the bundle. */
#include <math.h>

#include "reports/lint/bundle.h"
#include "reports/lint/time_fields.h"

#define INCIDENT                                                                                                   \
    "the incident outage disruption it issue this was were is has been had on at of first finally fully then and " \
    "ultimately eventually"
#define INCIDENT_NOUNS "incident outage disruption"

/* Another verb than that it happened: what follows is not when it was. */
#define WEAKENS                                                                                                            \
    "decide* decision deciding start started starts starting begin* began prepar* discuss* ask* request* suspect* "        \
    "approv* merg* built build queue* complet* finish* attempt* try tried confirm* identif* investigat* notic* realiz* "   \
    "link* correlat* suggest* report* announc* because due caus* despite still continu* again ongoing more join* told "    \
    "further another second propos* initiat* after before since until pipeline reach* clear* recover* resolv* stopp* "     \
    "acknowledg* deeper look* see saw think thought responder responders canary staging stage phase found took told went " \
    "came gave met held thread meeting call"
#define OF_DEEDS                                                                                                          \
    "deployed rolled reverted restarted rebooted scaled failed migrated released killed fired triggered performed "       \
    "executed happened occurred applied changed logged crashed exhausted timed turned switched disabled enabled shifted " \
    "redeployed detected oom-killed"
#define OBJECT_OF "on about with from for of into to against during under behind"

/* ---- the incident's own times ---- */

struct own_time {
    struct hc_time at[2]; /* either may be meant */
    const char *name;
};

static struct own_time own_time_of(const struct hc_lint_facts *f, enum hc_time_field field)
{
    if (field == HC_FIELD_START)
        return (struct own_time){{f->start, HC_TIME_NONE}, "the incident starts at "};
    if (field == HC_FIELD_DETECTED)
        return (struct own_time){{f->detected, HC_TIME_NONE}, "it was detected at "};
    if (field == HC_FIELD_RESOLVED)
        return (struct own_time){{f->mitigated, f->end},
                                 hc_time_known(f->mitigated) ? "it was mitigated at " : "it ends at "};
    return (struct own_time){{f->end, f->mitigated}, hc_time_known(f->end) ? "it ends at " : "it was mitigated at "};
}

/* "Start: …" and "it was detected at …" that the bundle dates otherwise. A start at the time of anything is let pass. */
/* The alert may be what detected it, the rollback what ended it. */
static bool is_of_deed(const struct hc_lint_context *c, const struct hc_quantity *q, enum hc_time_field field)
{
    const struct hc_lint_facts *f = c->facts;
    for (size_t i = 0; i < f->n_happenings && field == HC_FIELD_DETECTED; i++)
        if (hc_is_happening_of(&f->happenings[i], HC_DEED_ALERT) && hc_time_known(f->happenings[i].first) &&
            hc_clock_may_be(c, q, f->happenings[i].first.ns))
            return true;
    for (size_t i = 0; i < f->n_changes && field == HC_FIELD_RESOLVED; i++)
        if (hc_is_change_of(&f->changes[i], HC_DEED_ROLLBACK) && hc_time_known(f->changes[i].at) &&
            hc_clock_may_be(c, q, f->changes[i].at.ns))
            return true;
    return false;
}

static void check_own(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *q,
                      enum hc_time_field field, bool by)
{
    struct own_time own = own_time_of(c->facts, field);
    double off = 0;
    int64_t right_ns = HC_TIME_NONE_NS;
    for (int i = 1; i >= 0; i--)
        if (hc_time_known(own.at[i])) {
            if (hc_clock_may_be(c, q, own.at[i].ns) || (by && hc_clock_off(c, q, own.at[i].ns, &off) && off > 0))
                return;
            right_ns = own.at[i].ns;
        }
    if (right_ns == HC_TIME_NONE_NS || !hc_clock_off(c, q, right_ns, &off) ||
        (field == HC_FIELD_START && hc_clock_is_known(c, q)) || is_of_deed(c, q, field))
        return;
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, p, q->begin, q->end);
    hc_buf_text(&right, "in the bundle ");
    hc_buf_text(&right, own.name);
    hc_put_moment(&right, right_ns);
    hc_lint_add_held(c, "bundle-time", p, q, &says, &right, c->facts->place);
}

static const struct {
    const char *words;
    enum hc_time_field field;
} VERBS[] = {{"detected discovered", HC_FIELD_DETECTED},
             {"mitigated resolved", HC_FIELD_RESOLVED},
             {"ended ends", HC_FIELD_END},
             {"began started starts begins beginning starting", HC_FIELD_START}};

static bool only_words(struct hc_str text, const char *list)
{
    for (struct hc_str word = hc_word_take(&text); word.n > 0; word = hc_word_take(&text))
        if (!hc_word_in(word, list))
            return false;
    return true;
}

/* "a global outage beginning at 09:47" */
static bool is_noun_beginning(struct hc_str lead, struct hc_str verb)
{
    return hc_word_in(verb, "beginning starting") && hc_has_word(hc_last_words(lead, 1), INCIDENT_NOUNS);
}

/* "It was detected at 10:19 UTC", "The incident ended at 10:25", "it was mitigated by 10:41". */
static bool check_clause_of_own(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *q,
                                struct hc_str sentence, struct hc_str clause)
{
    struct hc_str before = {clause.p, (size_t)(p->text.p + q->begin - clause.p)};
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++) {
        struct hc_str verb = hc_find_word(before, VERBS[i].words);
        if (verb.n == 0)
            continue;
        struct hc_str lead = {before.p, (size_t)(verb.p - before.p)};
        struct hc_str tail = {verb.p + verb.n, (size_t)(before.p + before.n - verb.p) - verb.n};
        bool named = hc_has_word(lead, INCIDENT_NOUNS " it this issue"), opens = clause.p == sentence.p;
        bool subject = hc_word_in(verb, "beginning starting") ? is_noun_beginning(lead, verb)
                                                              : only_words(lead, INCIDENT) && (named || opens);
        if (!subject || !only_words(tail, "at on by utc") || tail.n == 0)
            continue;
        check_own(c, p, q, VERBS[i].field, hc_has_word(tail, "by"));
        return true;
    }
    return false;
}

static void check_fields(struct hc_lint_context *c)
{
    struct hc_time_fields fields;
    hc_find_time_fields(c, &fields);
    for (int k = 0; k < HC_FIELD_DURATION; k++)
        if (fields.n[k] == 1 && !hc_has_word(hc_label(fields.passages[k]), "impact outage event"))
            check_own(c, fields.passages[k], fields.quantities[k], (enum hc_time_field)k, false);
}

/* ---- what happened ---- */

/* Does it open with its time, as an entry of a timeline? */
static bool is_entry(const struct hc_passage *p)
{
    return p->n_quantities > 0 && p->quantities->kind == HC_Q_CLOCK && p->kind != HC_HEADING &&
           p->quantities->begin <= (p->kind == HC_ROW ? 3 : 2);
}

static bool is_only_clock(const struct hc_passage *p, const struct hc_quantity *q, struct hc_str sentence)
{
    for (size_t i = 0; i < p->n_quantities; i++) {
        const struct hc_quantity *o = &p->quantities[i];
        const char *at = p->text.p + o->begin;
        if (o != q && (o->kind == HC_Q_CLOCK || o->kind == HC_Q_OFFSET) && at >= sentence.p &&
            at < sentence.p + sentence.n)
            return false;
    }
    return true;
}

/* "at 10:05", "At 10:05,", "(10:05)": it is when the sentence happened. */
static bool is_when(const struct hc_passage *p, const struct hc_quantity *q, struct hc_str sentence)
{
    struct hc_str before = {sentence.p, (size_t)(p->text.p + q->begin - sentence.p)};
    if (before.n == 0 || before.p[before.n - 1] == '(')
        return true;
    return hc_has_word(hc_last_words(before, 1), q->dated ? "at on by" : "at by");
}

static void say_moment(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *q,
                       const struct hc_lint_moments *m)
{
    const struct hc_lint_moment *nearest = NULL;
    double least = 0, off = 0;
    for (size_t i = 0; i < m->n; i++)
        if (hc_clock_off(c, q, m->list[i].at_ns, &off) && (!nearest || fabs(off) < least)) {
            nearest = &m->list[i];
            least = fabs(off);
        }
    if (!nearest)
        return;
    struct hc_buf says = {0}, right = {0};
    struct hc_str name = hc_str_cut(m->name, 100);
    hc_put_source(&says, c, p, q->begin, q->end);
    hc_buf_format(&says, " for \"%.*s\"", HC_STR_ARG(name));
    hc_buf_text(&right, m->n > 1 ? "the bundle has it nearest at " : "the bundle has it at ");
    hc_put_moment(&right, nearest->at_ns);
    hc_lint_add_held(c, "bundle-time", p, q, &says, &right, nearest->place);
}

static bool is_between(const struct hc_lint_context *c, const struct hc_quantity *q, const struct hc_lint_moments *m)
{
    double from, to;
    return m->from_ns <= m->to_ns && hc_clock_off(c, q, m->from_ns, &from) && hc_clock_off(c, q, m->to_ns, &to) &&
           from >= -fmax(q->step, 1) && to <= fmax(q->step, 1);
}

/* Another verb than those of deeds: "we compared the deploy with …". */
static bool holds_other_verb(struct hc_str words)
{
    struct hc_str rest = words;
    for (struct hc_str word = hc_word_take(&rest); word.n > 0; word = hc_word_take(&rest))
        if (word.n > 4 && hc_str_ends(word, HC_STR("ed")) && !hc_word_in(word, OF_DEEDS))
            return true;
    return false;
}

/* "the thread on the v4.7.2 deploy": what happened is the thread. */
static bool is_object(const struct hc_lint_context *c, struct hc_str words, struct hc_str deed)
{
    struct hc_str rest = words, last = HC_STR_NONE;
    size_t named[HC_MOST_NAMED];
    while (rest.p < deed.p) {
        struct hc_str word = hc_word_take(&rest);
        if (word.n == 0 || word.p >= deed.p)
            break;
        bool names = (word.p[0] >= '0' && word.p[0] <= '9') || ((word.p[0] | 32) == 'v' && word.n < 4) ||
                     hc_components_in(c->facts, word, named) > 0;
        last = names || hc_word_in(word, "the a an this that bad new") ? last : word;
    }
    return hc_word_in(last, OBJECT_OF);
}

static void check_moment(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *q,
                         struct hc_str words)
{
    struct hc_lint_moments m;
    hc_moments_named(&m, c, words);
    if (holds_other_verb(words) || (m.word.n > 0 && is_object(c, words, m.word)))
        return;
    for (size_t i = 0; i < m.n; i++)
        if (hc_clock_may_be(c, q, m.list[i].at_ns))
            return;
    if (m.n > 0 && !m.overflows && !is_between(c, q, &m))
        say_moment(c, p, q, &m);
}

/* Of an entry: what happened, up to the end of its first clause. */
static struct hc_str clause_of_entry(const struct hc_passage *p)
{
    const struct hc_quantity *last = p->quantities, *end = last + p->n_quantities;
    while (last + 1 < end && last[1].kind == HC_Q_CLOCK && last[1].begin - last->end <= 4)
        last++;
    size_t from = last->end, to;
    while (from < p->text.n && strchr(" -:;|,.])", p->text.p[from]))
        from++;
    for (to = from; to < p->text.n; to++)
        if (strchr(";|", p->text.p[to]) || (p->text.p[to] == '.' && (to + 1 == p->text.n || p->text.p[to + 1] == ' ')))
            break;
    return hc_part(p, from, to);
}

/* The part of a sentence that a time stands in: between commas, up to what is joined to it. "At 10:04," is of the next. */
static struct hc_str clause_around(const struct hc_passage *p, const struct hc_quantity *q, struct hc_str sentence)
{
    const char *begin = p->text.p + q->begin, *end = p->text.p + q->end, *last = sentence.p + sentence.n;
    while (begin > sentence.p && !(begin[-1] == ' ' && begin - 1 > sentence.p && begin[-2] == ','))
        begin--;
    bool alone = hc_count_words((struct hc_str){begin, (size_t)(p->text.p + q->begin - begin)}) <= 1;
    if (alone && end < last && *end == ',')
        end++;
    while (end < last && *end != ',')
        end++;
    struct hc_str behind = {p->text.p + q->end, (size_t)(end - p->text.p) - q->end};
    struct hc_str joint = hc_find_word(behind, "and but while whereas when which");
    return (struct hc_str){begin, (size_t)((joint.n > 0 ? joint.p : end) - begin)};
}

static void check_clock(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *q)
{
    struct hc_str sentence = hc_sentence(p, q->begin, q->end);
    if (is_entry(p) && q == p->quantities) {
        struct hc_str clause = clause_of_entry(p);
        if (hc_is_told(clause) && !hc_has_word(clause, WEAKENS))
            check_moment(c, p, q, clause);
        return;
    }
    struct hc_str clause = clause_around(p, q, sentence);
    if (p->kind == HC_HEADING || p->kind == HC_ROW || hc_label(p).n > 0 || !is_only_clock(p, q, clause) ||
        !is_when(p, q, clause) || !hc_is_told(sentence) || check_clause_of_own(c, p, q, sentence, clause))
        return;
    struct hc_str before = {clause.p, (size_t)(p->text.p + q->begin - clause.p)};
    bool by = hc_has_word(hc_last_words(before, 1), "by"); /* then it was some time before */
    if (!by && (hc_has_text(clause, "first") || hc_has_word(clause, "began") || !hc_has_word(clause, WEAKENS)))
        check_moment(c, p, q, clause);
}

void hc_rule_bundle_times(struct hc_lint_context *c)
{
    size_t n = 0, most = hc_most_held(c->facts);
    check_fields(c);
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->passages[i].n_quantities && n < most; k++) {
            const struct hc_quantity *q = &c->passages[i].quantities[k];
            if (q->kind != HC_Q_CLOCK || hc_is_elsewhere(c, &c->passages[i]))
                continue;
            n++;
            check_clock(c, &c->passages[i], q);
        }
}

/* ---- intervals ---- */

/* The ends that an interval may be between; any pair that fits makes it right. */
struct ends {
    int64_t from[HC_MOST_MOMENTS], to[HC_MOST_MOMENTS];
    size_t n_from, n_to;
    struct hc_lint_place place; /* of what the first pair says */
};

static void add_end(int64_t *list, size_t *n, int64_t at_ns)
{
    if (at_ns != HC_TIME_NONE_NS && *n < HC_MOST_MOMENTS)
        list[(*n)++] = at_ns;
}

static void check_ends(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *said,
                       const struct ends *e, const char *what)
{
    if (e->n_from == 0 || e->n_to == 0)
        return;
    for (size_t i = 0; i < e->n_from; i++)
        for (size_t k = 0; k < e->n_to; k++) {
            double seconds = (double)(e->to[k] - e->from[i]) / 1e9;
            if (seconds >= 0 && hc_interval_may_be_said(said, seconds, 1, 1))
                return;
            if (seconds >= 0 && said->step >= 60 && fabs(seconds - said->value) < said->step)
                return;
        }
    double right_s = (double)(e->to[0] - e->from[0]) / 1e9;
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
    add_end(e->from, &e->n_from, f->start.ns);
    for (size_t i = 0; i < f->n_changes; i++)
        add_end(e->from, &e->n_from, f->changes[i].at.ns);
    for (size_t i = 0; i < f->n_symptoms; i++)
        add_end(e->from, &e->n_from, f->symptoms[i].ns);
    for (size_t i = 0; i < f->n_happenings; i++)
        if (f->happenings[i].level >= HC_LINT_ERRORS)
            add_end(e->from, &e->n_from, f->happenings[i].first.ns);
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
    bool plain = hc_has_word(label, "duration") && only_words(rest, "duration incident total the of outage overall");
    return plain ? SPAN_ALL : SPAN_NONE;
}

static void check_span(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *q,
                       enum span span)
{
    const struct hc_lint_facts *f = c->facts;
    struct ends e = {.place = f->place};
    add_starts(&e, f);
    if (span == SPAN_DETECT) {
        add_end(e.to, &e.n_to, f->detected.ns);
        check_ends(c, p, q, &e, "it was detected after");
        return;
    }
    if (span == SPAN_MITIGATE)
        add_end(e.to, &e.n_to, f->mitigated.ns);
    add_end(e.to, &e.n_to, f->end.ns);
    for (size_t i = 0; i < f->n_changes && e.n_to > 0; i++)
        if (hc_is_change_of(&f->changes[i], HC_DEED_ROLLBACK))
            add_end(e.to, &e.n_to, f->changes[i].at.ns);
    if (span == SPAN_ALL)
        add_end(e.to, &e.n_to, f->mitigated.ns);
    if (hc_time_known(f->detected) && span == SPAN_MITIGATE)
        add_end(e.from, &e.n_from, f->detected.ns);
    check_ends(c, p, q, &e,
               span == SPAN_ALL              ? "it lasted"
               : hc_time_known(f->mitigated) ? "it was mitigated after"
                                             : "it ended after");
}

/* "Duration: …", "Time to detect: …", "The incident lasted …". */
static bool check_stated(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *q)
{
    struct hc_str label = hc_label(p), before = hc_part(p, q->begin > 60 ? q->begin - 60 : 0, q->begin),
                  behind = hc_behind(p, q);
    enum span span = label.n > 0 ? span_of(label) : SPAN_NONE;
    size_t value_at = label.n > 0 ? (size_t)(label.p + label.n - p->text.p) : 0;
    if (span != SPAN_NONE && q->begin >= value_at && hc_count_words(hc_part(p, value_at, q->begin)) <= 1) {
        if (!hc_has_word(hc_first_words(behind, 1), "of for") && !hc_has_word(behind, "from to after before"))
            check_span(c, p, q, span);
        return true;
    }
    struct hc_str words = hc_last_words(before, 4);
    struct hc_str verb = hc_last_words(words, 1), noun = hc_first_words(hc_last_words(words, 2), 1);
    bool lasted = hc_has_word(verb, "lasted lasting") && hc_has_word(noun, INCIDENT_NOUNS) && !hc_breaks(words);
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
    if (is_entry(p) || !hc_word_in(joint, "after before") || !hc_is_told(sentence) || memchr(before.p, ',', before.n))
        return;
    hc_moments_named(&a, c, up_to_break(rest));
    hc_moments_named(&b, c, before);
    struct ends e = {.n_from = 0};
    for (size_t i = 0; i < a.n; i++)
        add_end(e.from, &e.n_from, a.list[i].at_ns);
    for (size_t i = 0; i < b.n; i++)
        add_end(e.to, &e.n_to, b.list[i].at_ns);
    if (b.n == 0 && hc_has_word(before, "detected") && only_words(before, INCIDENT " detected only"))
        add_end(e.to, &e.n_to, c->facts->detected.ns);
    if (a.overflows || b.overflows || a.from_ns <= a.to_ns || b.from_ns <= b.to_ns ||
        hc_has_word(before, WEAKENS) != hc_has_word(before, "first"))
        return;
    e.place = b.n > 0 ? b.list[0].place : c->facts->place;
    if (hc_word_in(joint, "before")) {
        struct ends back = {.n_from = e.n_to, .n_to = e.n_from, .place = e.place};
        memcpy(back.from, e.to, sizeof back.from);
        memcpy(back.to, e.from, sizeof back.to);
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
