/* Runs the rules over a document, and leaves out what the document says is to be left out. */
#include "reports/lint/lint.h"

#include "base/sort.h"
#include "reports/lint/bundle.h"

#define MOST_BYTES ((size_t)512 << 10)

static void (*const RULES[])(struct hc_lint_context *) = {
    hc_rule_changes, hc_rule_bases,      hc_rule_shares,   hc_rule_budgets,   hc_rule_tables,
    hc_rule_counts,  hc_rule_intervals,  hc_rule_offsets,  hc_rule_durations, hc_rule_order,
    hc_rule_terms,   hc_rule_hypotheses, hc_rule_evidence, hc_rule_actions,   hc_rule_parts,
};
static void (*const BUNDLE_RULES[])(struct hc_lint_context *) = {
    hc_rule_bundle_times,  hc_rule_bundle_intervals, hc_rule_bundle_values,
    hc_rule_bundle_counts, hc_rule_bundle_names,     hc_rule_bundle_claims,
};

/* ---- suppression ---- */

enum scope { SCOPE_NONE, SCOPE_FROM_HERE, SCOPE_NEXT_LINE, SCOPE_LINE, SCOPE_END };

/* A comment that switches rules off or on: <!-- hindcast-lint-disable-next-line RULE… --> */
struct directive {
    enum scope scope;
    struct hc_str rules; /* empty: all */
    uint32_t line, end_line;
};

static struct directive directive_of(struct hc_str text)
{
    static const struct {
        const char *word;
        enum scope scope;
    } WORDS[] = {{"hindcast-lint-disable-next-line", SCOPE_NEXT_LINE},
                 {"hindcast-lint-disable-line", SCOPE_LINE},
                 {"hindcast-lint-disable", SCOPE_FROM_HERE},
                 {"hindcast-lint-enable", SCOPE_END}};
    text = hc_str_trim(text);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        struct hc_str word = hc_str_of(WORDS[i].word);
        if (hc_str_starts(text, word) && (text.n == word.n || text.p[word.n] == ' '))
            return (struct directive){.scope = WORDS[i].scope,
                                      .rules = hc_str_trim((struct hc_str){text.p + word.n, text.n - word.n})};
    }
    return (struct directive){.scope = SCOPE_NONE};
}

static bool names_rule(struct hc_str rules, struct hc_str rule)
{
    if (rules.n == 0)
        return true;
    for (struct hc_str word = hc_word_take(&rules); word.n > 0; word = hc_word_take(&rules))
        if (hc_str_equal(word, rule))
            return true;
    return false;
}

struct directives {
    struct directive *list;
    size_t n, capacity;
};

static void find_directives(struct directives *all, struct hc_lint_context *c)
{
    struct hc_str rest = c->source;
    uint32_t line = 1;
    for (;;) {
        const char *open = rest.n > 0 ? memmem(rest.p, rest.n, "<!--", 4) : NULL;
        const char *close = open ? memmem(open, (size_t)(rest.p + rest.n - open), "-->", 3) : NULL;
        if (!close)
            return;
        struct directive d = directive_of((struct hc_str){open + 4, (size_t)(close - open) - 4});
        d.line = line + (uint32_t)hc_str_count((struct hc_str){rest.p, (size_t)(open - rest.p)}, '\n');
        d.end_line = d.line + (uint32_t)hc_str_count((struct hc_str){open, (size_t)(close - open)}, '\n');
        line = d.end_line;
        rest = (struct hc_str){close, (size_t)(rest.p + rest.n - close)};
        if (d.scope == SCOPE_NONE)
            continue;
        all->list = hc_arena_grow(c->arena, all->list, all->n, all->n + 1, &all->capacity, sizeof *all->list);
        c->failed |= !all->list;
        if (c->failed)
            return;
        all->list[all->n++] = d;
    }
}

static bool is_suppressed(const struct directives *all, const struct hc_lint_finding *f)
{
    bool off = false;
    for (size_t i = 0; i < all->n && all->list[i].line <= f->line; i++) {
        const struct directive *d = &all->list[i];
        bool of_line = d->scope == SCOPE_NEXT_LINE || d->scope == SCOPE_LINE;
        bool at_line = f->line == (d->scope == SCOPE_NEXT_LINE ? d->end_line + 1 : d->line);
        if ((of_line && !at_line) || !names_rule(d->rules, f->rule))
            continue;
        if (of_line)
            return true;
        off = d->scope == SCOPE_FROM_HERE;
    }
    return off;
}

static bool same_place(const struct hc_lint_finding *a, const struct hc_lint_finding *b)
{
    return a->line == b->line && a->column == b->column;
}

/* What the document alone shows to be wrong need not be held against the bundle. `n` are kept so far of those before `i`. */
static bool is_known(const struct hc_lint_context *c, size_t n, size_t i)
{
    const struct hc_lint_finding *f = &c->findings[i];
    if (!hc_lint_rule_of(f->rule)->needs_bundle)
        return false;
    for (size_t k = n; k > 0 && same_place(&c->findings[k - 1], f); k--)
        if (!hc_lint_rule_of(c->findings[k - 1].rule)->needs_bundle)
            return true;
    for (size_t k = i + 1; k < c->n_findings && same_place(&c->findings[k], f); k++)
        if (!hc_lint_rule_of(c->findings[k].rule)->needs_bundle)
            return true;
    return false;
}

static bool is_repeated(const struct hc_lint_context *c, size_t n, const struct hc_lint_finding *f)
{
    const struct hc_lint_finding *last = n > 0 ? &c->findings[n - 1] : NULL;
    return last && same_place(last, f) && hc_str_equal(last->rule, f->rule) &&
           (hc_str_equal(last->says, f->says) || !hc_lint_rule_of(f->rule)->needs_template);
}

/* ---- the whole ---- */

static int by_place(const void *a, const void *b)
{
    const struct hc_lint_finding *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    int by_rule = hc_str_compare(x->rule, y->rule);
    int by_says = by_rule ? by_rule : hc_str_compare(x->says, y->says);
    return by_says ? by_says : hc_str_compare(x->right, y->right);
}

/* By place, each once, without those that the document switches off. */
static void settle(struct hc_lint *out, struct hc_lint_context *c)
{
    struct directives all = {0};
    find_directives(&all, c);
    if (c->n_findings > 0)
        hc_sort(c->findings, c->n_findings, sizeof *c->findings, by_place);
    for (size_t i = 0; i < c->n_findings && !c->failed; i++)
        if (!is_known(c, out->n, i) && !is_repeated(c, out->n, &c->findings[i]) &&
            !is_suppressed(&all, &c->findings[i]))
            c->findings[out->n++] = c->findings[i];
    out->findings = c->findings;
    out->compared = c->compared;
}

enum hc_status hc_lint_run(struct hc_lint *out, struct hc_str bytes, const char *template,
                           const struct hc_lint_facts *facts, struct hc_arena *arena, struct hc_err *err)
{
    struct hc_lint_context c = {.arena = arena, .template = template, .facts = facts};
    struct hc_buf clean = {0};
    struct hc_lint_facts held = facts ? *facts : (struct hc_lint_facts){.n_components = 0};
    *out = (struct hc_lint){0};
    if (bytes.n > MOST_BYTES)
        return hc_err_set(err, HC_FAIL, "lint-too-large", "%zu bytes; a document of up to %zu is linted", bytes.n,
                          MOST_BYTES);
    hc_buf_utf8_clean(&clean, bytes);
    c.source = hc_str_copy(arena, hc_buf_view(&clean));
    c.failed = clean.failed || (bytes.n > 0 && !c.source.p);
    hc_buf_free(&clean);
    if (!c.source.p)
        c.source = HC_STR("");
    if (!c.failed)
        hc_lint_read(&c);
    if (!c.failed)
        hc_lint_events(&c);
    for (size_t i = 0; i < sizeof RULES / sizeof *RULES && !c.failed; i++)
        RULES[i](&c);
    if (facts && !c.failed) {
        held.names = hc_lint_names_of(facts, arena);
        c.facts = &held;
        c.failed = !held.names;
    }
    if (facts && !c.failed)
        hc_lint_zones(&c);
    for (size_t i = 0; i < sizeof BUNDLE_RULES / sizeof *BUNDLE_RULES && facts && !c.failed; i++)
        BUNDLE_RULES[i](&c);
    if (!c.failed)
        settle(out, &c);
    return c.failed ? hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to lint") : HC_OK;
}
