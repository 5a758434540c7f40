/* Statements held against the facts of a bundle: what is missed of those that are wrong, and what is said of true ones. */
#ifndef HC_TESTS_UNIT_REPORTS_LINT_HELD_H
#define HC_TESTS_UNIT_REPORTS_LINT_HELD_H

#include "reports/lint/lint.h"
#include "tests/unit/reports/lint_bundle.h"

#define N(list) (sizeof(list) / sizeof *(list))

/* A document, and a rule that fires with what is in its `right`. */
struct planted {
    const char *text, *rule, *right;
};

static inline size_t n_missed(const struct hc_lint_facts *facts, const struct planted *planted, size_t n)
{
    size_t n_missed = 0;
    for (size_t i = 0; i < n; i++) {
        struct hc_arena *arena = hc_arena_new(0);
        struct hc_lint lint = {0};
        struct hc_err err = HC_ERR_NONE;
        bool met = false;
        assert_int_equal(hc_lint_run(&lint, hc_str_of(planted[i].text), NULL, facts, arena, &err), HC_OK);
        for (size_t k = 0; k < lint.n; k++)
            met = met || (hc_str_is(lint.findings[k].rule, planted[i].rule) &&
                          memmem(lint.findings[k].right.p, lint.findings[k].right.n, planted[i].right,
                                 strlen(planted[i].right)));
        if (!met || lint.n != 1) {
            print_message("%s %zu findings, %s with \"%s\":\n%s\n", met ? "found, but" : "MISSED:", lint.n,
                          planted[i].rule, planted[i].right, planted[i].text);
            for (size_t k = 0; k < lint.n; k++)
                print_message("   %.*s: %.*s; %.*s\n", HC_STR_ARG(lint.findings[k].rule),
                              HC_STR_ARG(lint.findings[k].says), HC_STR_ARG(lint.findings[k].right));
        }
        n_missed += !met || lint.n != 1;
        hc_arena_free(arena);
    }
    return n_missed;
}

static inline size_t n_false(const struct hc_lint_facts *facts, const char *const *texts, size_t n)
{
    size_t n_false = 0;
    for (size_t i = 0; i < n; i++) {
        struct hc_arena *arena = hc_arena_new(0);
        struct hc_lint lint = {0};
        struct hc_err err = HC_ERR_NONE;
        assert_int_equal(hc_lint_run(&lint, hc_str_of(texts[i]), NULL, facts, arena, &err), HC_OK);
        for (size_t k = 0; k < lint.n; k++, n_false++)
            print_message("FALSE: %s\n   %.*s: %.*s; %.*s\n", texts[i], HC_STR_ARG(lint.findings[k].rule),
                          HC_STR_ARG(lint.findings[k].says), HC_STR_ARG(lint.findings[k].right));
        hc_arena_free(arena);
    }
    return n_false;
}

#endif
