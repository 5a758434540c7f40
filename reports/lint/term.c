/* One term, as "peak memory", with two values. */
#include <math.h>

#include "reports/lint/change.h"

#define QUALIFIERS "peak maximum minimum max min average median mean p50 p90 p95 p99 p999 total"
#define MOST_TERMS 256

struct term {
    const struct hc_passage *passage;
    const struct hc_quantity *q;
    struct hc_str words;  /* from the qualifier on */
    struct hc_str before; /* of the sentence */
};

/* "peak memory" in "peak memory was 890 MB", "Peak memory: 980 MB"; absent: no such term stands before it. */
static struct hc_str term_before(const struct hc_passage *p, const struct hc_quantity *q)
{
    struct hc_str before = hc_before(p, q), words = hc_last_words(before, 5);
    struct hc_str qualifier = hc_find_word(words, QUALIFIERS);
    if (qualifier.n == 0 || hc_breaks(words) || memchr(words.p, ',', words.n))
        return HC_STR_NONE;
    struct hc_str rest = {qualifier.p + qualifier.n, (size_t)(before.p + before.n - qualifier.p) - qualifier.n};
    struct hc_str term = {qualifier.p, qualifier.n};
    size_t n_nouns = 0;
    bool verb = false;
    for (struct hc_str word = hc_word_take(&rest); word.n > 0; word = hc_word_take(&rest)) {
        if (hc_word_in(word, "was is were are of reached hit at")) {
            verb = true;
            continue;
        }
        if (verb || !hc_word_says(word))
            return HC_STR_NONE;
        term.n = (size_t)(word.p + word.n - term.p);
        n_nouns++;
    }
    struct hc_str gap = hc_str_trim((struct hc_str){term.p + term.n, (size_t)(before.p + before.n - term.p) - term.n});
    bool joined = verb || hc_str_is(gap, ":") || hc_str_is(gap, "=") || hc_str_is(gap, "(") || hc_str_is(gap, "|");
    return n_nouns >= 1 && n_nouns <= 2 && joined ? term : HC_STR_NONE;
}

/* What follows may say that it is of another place or time. */
static bool is_general(const struct hc_passage *p, const struct hc_quantity *q)
{
    struct hc_str behind = hc_first_words(hc_behind(p, q), 1);
    return q->bound == HC_EXACT && !q->sign &&
           !hc_has_word(behind, "on for in during at before after per to from of by") && q->kind != HC_Q_NUMBER &&
           hc_measures(q);
}

static bool same_words(struct hc_str a, struct hc_str b)
{
    for (;;) {
        struct hc_str x = hc_word_take(&a), y = hc_word_take(&b);
        if (x.n == 0 || y.n == 0)
            return x.n == y.n;
        if (!hc_str_equal_nocase(x, y))
            return false;
    }
}

/* What stands before a term in its sentence. */
static struct hc_str lead(const struct hc_passage *p, const struct hc_quantity *q, struct hc_str words)
{
    struct hc_str before = hc_before(p, q), found = {before.p, (size_t)(words.p - before.p)};
    for (size_t i = found.n; i > 1; i--)
        if (strchr(".!?;", found.p[i - 2]) && found.p[i - 1] == ' ')
            return (struct hc_str){found.p + i, found.n - i};
    return found;
}

static struct hc_str take_telling(struct hc_str *rest)
{
    struct hc_str word = hc_word_take(rest);
    while (word.n > 0 && (!hc_word_says(word) || hc_word_in(word, "saw found show* report* measured note* said says")))
        word = hc_word_take(rest);
    return word;
}

/* "Peak memory" and "Later we saw that peak memory", but not "the api's peak memory". */
static bool same_lead(struct hc_str a, struct hc_str b)
{
    for (;;) {
        struct hc_str x = take_telling(&a), y = take_telling(&b);
        if (x.n == 0 || y.n == 0)
            return x.n == y.n;
        if (!hc_str_equal_nocase(x, y))
            return false;
    }
}

void hc_rule_terms(struct hc_lint_context *c)
{
    struct term terms[MOST_TERMS];
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->passages[i].n_quantities && n < MOST_TERMS; k++) {
            const struct hc_passage *p = &c->passages[i];
            const struct hc_quantity *q = &p->quantities[k];
            struct hc_str words = is_general(p, q) ? term_before(p, q) : HC_STR_NONE;
            if (words.n == 0)
                continue;
            terms[n++] = (struct term){p, q, words, lead(p, q, words)};
            for (size_t t = 0; t + 1 < n; t++) {
                const struct term *o = &terms[t];
                bool differ = o->q->kind == q->kind && fabs(o->q->value - q->value) > fmax(o->q->coarse, q->coarse);
                if (!differ || !same_words(o->words, words) || o->passage->group == p->group ||
                    o->passage->heading != p->heading || !same_lead(o->before, terms[n - 1].before))
                    continue;
                struct hc_buf says = {0}, right = {0};
                hc_put_source(&says, c, p, (size_t)(words.p - p->text.p), q->end);
                hc_buf_format(&right, "line %u says ", hc_line_of(c, o->passage, o->q->begin));
                hc_put_source(&right, c, o->passage, o->q->begin, o->q->end);
                hc_lint_add(c, "two-values", p, q, &says, &right);
                break;
            }
        }
}
