/* Checks the arithmetic, the times and the consistency of a post-mortem written by hand, in Markdown. */
#ifndef HC_REPORTS_LINT_LINT_H
#define HC_REPORTS_LINT_LINT_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "reports/lint/facts.h"

enum hc_lint_severity { HC_LINT_ERROR, HC_LINT_WARNING };

/* A rule. Checked: tests/unit/reports/test_lint.c, which runs every example and every counter-example. */
struct hc_lint_rule {
    const char *code;
    const char *says;               /* what the rule is about, a sentence */
    const char *example;            /* a document in which this rule alone fires */
    const char *counter_example;    /* one that is right, in which none does */
    enum hc_lint_severity severity; /* error: it cannot be right; warning: it contradicts itself or promises too much */
    bool needs_template;            /* off unless a template is named */
    bool needs_bundle;              /* and unless there is one; its examples are held against hc_lint_example */
};
extern const struct hc_lint_rule hc_lint_rules[];
extern const size_t hc_lint_n_rules;
extern const struct hc_lint_facts hc_lint_example;              /* a small bundle, for the examples */
const struct hc_lint_rule *hc_lint_rule_of(struct hc_str code); /* NULL: there is none */

struct hc_lint_finding {
    uint32_t line, column; /* 1-based; the column counts characters */
    uint32_t end_line, end_column;
    struct hc_str rule;
    struct hc_str says, right; /* what the document says, and what is right */
    enum hc_lint_severity severity;
    struct hc_lint_place place; /* in the bundle; absent: the document alone is wrong */
};

/* How many statements of a document could be held against a bundle: none is no agreement. */
struct hc_lint_compared {
    size_t times; /* and intervals */
    size_t values, counts;
    size_t names; /* of components; versions, commits, fields */
};

/* What was found, by line, column and rule. */
struct hc_lint {
    struct hc_lint_finding *findings;
    size_t n;
    struct hc_lint_compared compared;
};

/* Is there a template of that name: seed, srebook, pagerduty, coe? */
bool hc_lint_has_template(const char *name);

/* Lints a document. `template` names the parts that it must have; NULL: the rules about parts are off. `facts` is what its
 * bundle says; NULL: the rules about the bundle are.
 * Memory:  in the arena.
 * Errors:  HC_FAIL "lint-too-large": beyond 512 KiB; HC_FATAL "out-of-memory".
 * Cost:    linear in the text, but for its intervals by the entries of its timeline. Some ten milliseconds for a long document,
 *          some two seconds at most for one that is made to be slow: lists that are compared are cut short.
 * Checked: tests/unit/reports/test_lint_planted.c, on errors and true statements written before the rules. */
enum hc_status hc_lint_run(struct hc_lint *out, struct hc_str bytes, const char *template,
                           const struct hc_lint_facts *facts, struct hc_arena *arena, struct hc_err *err);

/* The findings of a file: a line each; a SARIF 2.1.0 log, with the rules. */
void hc_lint_put_text(struct hc_buf *out, const struct hc_lint *lint, const char *file);
/* `facts`: NULL where there was no bundle. */
void hc_lint_put_sarif(struct hc_buf *out, const struct hc_lint *lint, const struct hc_lint_facts *facts,
                       const char *file);
const char *hc_lint_severity_name(enum hc_lint_severity severity);

#endif
