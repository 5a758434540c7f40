/* Times that a document states, against those of the bundle. */
#include <math.h>

#include "reports/lint/bundle.h"
#include "reports/lint/time_fields.h"

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
    c->compared.times += hc_time_known(own.at[0]) || hc_time_known(own.at[1]);
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

/* "a global outage beginning at 09:47" */
static bool is_noun_beginning(struct hc_str lead, struct hc_str verb)
{
    return hc_word_in(verb, "beginning starting") && hc_has_word(hc_last_words(lead, 1), HC_INCIDENT_NOUNS);
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
        bool named = hc_has_word(lead, HC_INCIDENT_NOUNS " it this issue"), opens = clause.p == sentence.p;
        bool subject = hc_word_in(verb, "beginning starting") ? is_noun_beginning(lead, verb)
                                                              : hc_only_words(lead, HC_INCIDENT) && (named || opens);
        if (!subject || !hc_only_words(tail, "at on by utc") || tail.n == 0)
            continue;
        check_own(c, p, q, VERBS[i].field, hc_has_word(tail, "by"));
        return true;
    }
    return false;
}

/* "Incident window ends", as an entry of a timeline. */
static bool check_entry_of_own(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *q,
                               struct hc_str clause)
{
    struct hc_str verb = hc_last_words(clause, 1), lead = {clause.p, (size_t)(verb.p - clause.p)};
    bool ends = hc_has_word(verb, "ended ends");
    if (!(ends || hc_has_word(verb, "began started starts begins")) || !hc_only_words(lead, HC_INCIDENT " window") ||
        !hc_has_word(lead, HC_INCIDENT_NOUNS))
        return false;
    check_own(c, p, q, ends ? HC_FIELD_END : HC_FIELD_START, false);
    return true;
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
    c->compared.times += m.n > 0;
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
    if (hc_is_entry(p) && q == p->quantities) {
        struct hc_str clause = clause_of_entry(p);
        if (check_entry_of_own(c, p, q, clause))
            return;
        if (hc_is_told(clause) && !hc_has_word(clause, HC_WEAKENS))
            check_moment(c, p, q, clause);
        return;
    }
    struct hc_str clause = clause_around(p, q, sentence);
    if (p->kind == HC_HEADING || p->kind == HC_ROW || hc_label(p).n > 0 || !is_only_clock(p, q, clause) ||
        !is_when(p, q, clause) || !hc_is_told(sentence) || check_clause_of_own(c, p, q, sentence, clause))
        return;
    struct hc_str before = {clause.p, (size_t)(p->text.p + q->begin - clause.p)}, word;
    bool by = hc_has_word(hc_last_words(before, 1), "by"); /* then it was some time before */
    bool began = hc_has_word(clause, "began") && hc_deed_in(c->facts, clause, &word) == HC_N_DEEDS;
    if (!by && (hc_has_text(clause, "first") || began || !hc_has_word(clause, HC_WEAKENS)))
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
