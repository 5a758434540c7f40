/* Counts of lines and of events that a document states, against those of the bundle. */
#include "reports/lint/bundle.h"

#define MOST_READINGS 64
#define COUNTED "occurrence occurrences times lines entries messages errors warnings failures exceptions"
#define NARROWS \
    "second minute minutes hour hours every per each between until by from during since after before within last at another more"

/* The numbers that a count may mean. */
struct readings {
    uint64_t least[MOST_READINGS], most[MOST_READINGS];
    size_t n;
    struct hc_lint_place place;
    bool overflows;
};

static void add_reading(struct readings *r, uint64_t least, uint64_t most)
{
    if (r->n == MOST_READINGS) {
        r->overflows = true;
        return;
    }
    r->least[r->n] = least;
    r->most[r->n++] = most;
}

/* A word or figure that is a number without a unit. */
struct stated {
    struct hc_quantity q;
    bool times;           /* "3 times", "twice" */
    struct hc_str behind; /* to the end of the sentence */
};

static void check(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *q,
                  const struct readings *r, struct hc_str what)
{
    if (r->n == 0 || r->overflows)
        return;
    c->compared.counts++;
    for (size_t i = 0; i < r->n; i++)
        if (hc_may_be_written(q, (double)r->least[i] - (q->bound == HC_EXACT ? 0.5 : 1), (double)r->most[i]))
            return;
    struct hc_buf says = {0}, right = {0};
    what = hc_str_cut(hc_str_trim(what), 80);
    hc_put_source(&says, c, p, q->begin, q->end);
    hc_buf_format(&says, " of \"%.*s\"", HC_STR_ARG(what));
    hc_buf_format(&right, "the bundle has %llu", (unsigned long long)r->least[0]);
    if (r->most[0] > r->least[0])
        hc_buf_format(&right, " to %llu", (unsigned long long)r->most[0]);
    if (r->n > 1 && r->least[1] != r->least[0])
        hc_buf_format(&right, " (or %llu)", (unsigned long long)r->least[1]);
    hc_lint_add_held(c, "bundle-count", p, q, &says, &right, r->place);
}

/* ---- lines ---- */

static void read_happenings(struct readings *r, const struct hc_lint_context *c, struct hc_str text,
                            bool (*is_meant)(const struct hc_lint_happening *, const struct hc_lint_words *))
{
    struct hc_lint_words words;
    size_t named[HC_MOST_NAMED], n_named = hc_components_in(c->facts, text, named);
    hc_words_of(&words, text);
    struct hc_str word;
    words.deed = hc_deed_in(c->facts, words.text, &word);
    uint64_t n = 0, least = 0, most = 0;
    size_t n_found = 0;
    for (size_t i = 0; i < c->facts->n_happenings; i++) {
        const struct hc_lint_happening *h = &c->facts->happenings[i];
        if (!hc_may_be_of(c->facts, h->component, named, n_named) || !is_meant(h, &words))
            continue;
        r->place = n_found++ == 0 ? h->place : r->place;
        n += h->n;
        least += h->n_least;
        most += h->n_most;
    }
    if (n_found == 0)
        return;
    add_reading(r, n, n);
    add_reading(r, least, most);
    for (size_t i = 0; i < c->facts->n_happenings && n_found > 1; i++) {
        const struct hc_lint_happening *h = &c->facts->happenings[i];
        if (!hc_may_be_of(c->facts, h->component, named, n_named) || !is_meant(h, &words))
            continue;
        add_reading(r, h->n, h->n);
        add_reading(r, h->n_least, h->n_most);
    }
}

static bool tells(const struct hc_lint_happening *h, const struct hc_lint_words *words)
{
    return hc_tells_message(words, h->message);
}

static bool is_error_line(const struct hc_lint_happening *h, const struct hc_lint_words *words)
{
    (void)words;
    return h->level >= HC_LINT_ERRORS && hc_str_is(h->kind, "log");
}

static bool is_plain_error_line(const struct hc_lint_happening *h, const struct hc_lint_words *words)
{
    (void)words;
    return h->level == HC_LINT_ERRORS && hc_str_is(h->kind, "log");
}

/* Is the count one of occurrences: "37 times", "9 occurrences", "142 \"…\" errors"? */
static bool counts_lines(struct hc_str behind)
{
    if (behind.n > 1 && (behind.p[0] == '"' || (behind.p[0] == ' ' && behind.p[1] == '"'))) {
        const char *open = memchr(behind.p, '"', behind.n);
        const char *close = memchr(open + 1, '"', (size_t)(behind.p + behind.n - open) - 1);
        struct hc_str rest = {close ? close + 1 : behind.p, close ? (size_t)(behind.p + behind.n - close) - 1 : 0};
        return hc_has_word(hc_first_words(rest, 1), COUNTED);
    }
    return hc_has_word(hc_first_words(behind, 1), COUNTED);
}

static void check_lines(struct hc_lint_context *c, const struct hc_passage *p, const struct stated *s,
                        struct hc_str sentence)
{
    struct readings r = {.n = 0};
    bool errors = hc_has_text(hc_first_words(s->behind, 2), "error lines") ||
                  hc_has_text(hc_first_words(s->behind, 3), "error log lines");
    if (errors) {
        read_happenings(&r, c, sentence, is_error_line);
        read_happenings(&r, c, sentence, is_plain_error_line);
    } else if (s->times || counts_lines(s->behind)) {
        read_happenings(&r, c, sentence, tells);
    }
    check(c, p, &s->q, &r, sentence);
}

/* ---- deeds ---- */

static const struct {
    const char *nouns, *verbs;
    enum hc_deed deed;
} COUNTS[] = {
    {"restarts", "restarted rebooted", HC_DEED_RESTART},
    {"rollbacks", "", HC_DEED_ROLLBACK},
    {"deploys deployments rollouts", "deployed", HC_DEED_DEPLOY},
    {"failovers", "", HC_DEED_FAILOVER},
    {"migrations", "", HC_DEED_MIGRATION},
};

static void read_deed(struct readings *r, const struct hc_lint_context *c, struct hc_str words, enum hc_deed deed)
{
    size_t named[HC_MOST_NAMED], n_named = hc_components_in(c->facts, words, named);
    uint64_t n = 0, n_window = 0, n_before = 0;
    bool any = false;
    for (size_t i = 0; i < c->facts->n_changes; i++) {
        const struct hc_lint_change *change = &c->facts->changes[i];
        if (!hc_is_change_of(change, deed) || !hc_may_be_of(c->facts, change->component, named, n_named))
            continue;
        r->place = any ? r->place : change->place;
        any = true;
        n++;
        n_window += hc_time_known(change->at) && hc_time_known(c->facts->start) && change->at.ns >= c->facts->start.ns;
        n_before = n - n_window;
    }
    if (!any)
        return;
    add_reading(r, n, n);
    add_reading(r, n_window, n_window);
    add_reading(r, n_before, n_before);
}

static bool shows_deed(const struct hc_lint_happening *h, const struct hc_lint_words *words)
{
    return words->deed < HC_N_DEEDS && hc_is_happening_of(h, words->deed);
}

static void check_deeds(struct hc_lint_context *c, const struct hc_passage *p, const struct stated *s,
                        struct hc_str sentence)
{
    struct hc_str before = {sentence.p, (size_t)(p->text.p + s->q.begin - sentence.p)}, word = HC_STR_NONE;
    struct hc_str noun = hc_first_words(s->behind, 1), verb = hc_last_words(before, 1);
    for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++) {
        struct readings r = {.n = 0};
        if (!hc_has_word(noun, COUNTS[i].nouns) && !(s->times && hc_has_word(verb, COUNTS[i].verbs)))
            continue;
        read_deed(&r, c, sentence, COUNTS[i].deed);
        if (hc_deed_in(c->facts, sentence, &word) == COUNTS[i].deed)
            read_happenings(&r, c, sentence, shows_deed);
        check(c, p, &s->q, &r, sentence);
        return;
    }
}

/* ---- the whole ---- */

static bool holds_other_number(const struct hc_passage *p, struct hc_str sentence, const struct hc_quantity *q)
{
    for (size_t i = 0; i < p->n_quantities; i++) {
        const struct hc_quantity *o = &p->quantities[i];
        bool same = o->begin < q->end && q->begin < o->end;
        const char *at = p->text.p + o->begin;
        if (!same && at >= sentence.p && at < sentence.p + sentence.n)
            return true;
    }
    return false;
}

static void check_stated(struct hc_lint_context *c, const struct hc_passage *p, struct hc_quantity q)
{
    struct hc_str sentence = hc_sentence(p, q.begin, q.end);
    struct stated s = {.q = q,
                       .times = q.kind == HC_Q_TIMES,
                       .behind = hc_part(p, q.end, (size_t)(sentence.p + sentence.n - p->text.p))};
    s.q.kind = HC_Q_NUMBER;
    if (s.times && hc_has_word(hc_first_words(s.behind, 1), "as the its more less higher lower faster slower larger"))
        return;
    struct hc_str without =
        hc_find_word(sentence, "without"); /* "crashed without clean shutdown": a message may hold it */
    struct hc_str lead = {sentence.p, without.n > 0 ? (size_t)(without.p - sentence.p) : sentence.n};
    struct hc_str tail = {lead.p + lead.n + without.n, sentence.n - lead.n - without.n};
    if (!hc_is_told(lead) || !hc_is_told(tail) || hc_has_word(sentence, NARROWS) || holds_other_number(p, sentence, &q))
        return;
    check_lines(c, p, &s, sentence);
    if (without.n == 0)
        check_deeds(c, p, &s, sentence);
}

static bool is_counted(const struct hc_passage *p, const struct hc_quantity *q)
{
    struct hc_str text = hc_part(p, q->begin, q->end);
    return (q->kind == HC_Q_NUMBER || (q->kind == HC_Q_TIMES && hc_has_word(text, "times twice"))) && !q->sign &&
           !q->rate;
}

/* "two", where it is no part of a quantity. */
static size_t check_words(struct hc_lint_context *c, const struct hc_passage *p, size_t most)
{
    struct hc_str rest = p->text;
    size_t n = 0;
    for (struct hc_str word = hc_word_take(&rest); word.n > 0 && n < most; word = hc_word_take(&rest)) {
        struct hc_quantity q = hc_place_of_text(p, word);
        bool known = false;
        if (!hc_number_word(word, &q.value) || q.value < 2)
            continue;
        for (size_t k = 0; k < p->n_quantities; k++)
            known = known || (p->quantities[k].begin <= q.begin && p->quantities[k].end >= q.end);
        q.scale = q.step = q.coarse = 1;
        n += !known;
        if (!known)
            check_stated(c, p, q);
    }
    return n;
}

void hc_rule_bundle_counts(struct hc_lint_context *c)
{
    size_t n = 0, most = hc_most_held(c->facts);
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_passage *p = &c->passages[i];
        if (p->kind == HC_HEADING || p->kind == HC_ROW || hc_is_elsewhere(c, p) || n >= most)
            continue;
        for (size_t k = 0; k < p->n_quantities && n < most; k++)
            if (is_counted(p, &p->quantities[k])) {
                n++;
                check_stated(c, p, p->quantities[k]);
            }
        n += check_words(c, p, most - n);
    }
}
