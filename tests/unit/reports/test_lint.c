/* The rules' own examples, the example post-mortem, and what is left out on request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "base/json.h"
#include "reports/lint/lint.h"

#define MOST_SECONDS 8.0 /* with sanitizers, beside other tests */
#define SEED HC_SOURCE_DIR "/../shared/seed/inc-123-postmortem.md"

static struct hc_lint lint_of(const char *text, const char *template, struct hc_arena *arena)
{
    struct hc_lint lint = {0};
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_lint_run(&lint, hc_str_of(text), template, NULL, arena, &err), HC_OK);
    return lint;
}

/* As the examples of a rule are linted. */
static struct hc_lint example_of(const struct hc_lint_rule *rule, const char *text, struct hc_arena *arena)
{
    struct hc_lint lint = {0};
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_lint_run(&lint, hc_str_of(text), rule->needs_template ? "srebook" : NULL,
                                 rule->needs_bundle ? &hc_lint_example : NULL, arena, &err),
                     HC_OK);
    return lint;
}

static size_t n_of(const struct hc_lint *lint, const char *rule)
{
    size_t n = 0;
    for (size_t i = 0; i < lint->n; i++)
        n += hc_str_is(lint->findings[i].rule, rule);
    return n;
}

static void print(const struct hc_lint *lint)
{
    for (size_t i = 0; i < lint->n; i++)
        print_message("   %u:%u %.*s: %.*s; %.*s\n", lint->findings[i].line, lint->findings[i].column,
                      HC_STR_ARG(lint->findings[i].rule), HC_STR_ARG(lint->findings[i].says),
                      HC_STR_ARG(lint->findings[i].right));
}

static void every_example_fires_its_rule_alone(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    for (size_t i = 0; i < hc_lint_n_rules; i++) {
        const struct hc_lint_rule *rule = &hc_lint_rules[i];
        struct hc_lint lint = example_of(rule, rule->example, arena);
        size_t n = n_of(&lint, rule->code), n_parts = n_of(&lint, "part-missing");
        if (n == 0 || (n != lint.n && n + n_parts != lint.n)) {
            print_message("%s\n", rule->code);
            print(&lint);
        }
        assert_true(n > 0 && (n == lint.n || (rule->needs_template && n + n_parts == lint.n)));
    }
    hc_arena_free(arena);
}

static void every_counter_example_is_silent(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    for (size_t i = 0; i < hc_lint_n_rules; i++) {
        const struct hc_lint_rule *rule = &hc_lint_rules[i];
        if (!rule->counter_example)
            continue;
        struct hc_lint lint = example_of(rule, rule->counter_example, arena);
        if (n_of(&lint, rule->code) != 0 || (!rule->needs_template && lint.n != 0)) {
            print_message("%s\n", rule->code);
            print(&lint);
        }
        assert_int_equal(n_of(&lint, rule->code), 0);
        assert_true(rule->needs_template || lint.n == 0);
    }
    hc_arena_free(arena);
}

/* What is wrong in the example post-mortem: all of it, and nothing else. */
static const struct {
    unsigned line;
    const char *rule, *right;
} WRONG[] = {
    {13, "interval", "88 s"},
    {22, "percent-of-as-increase", "+188 %"},
    {25, "ratio", "38x"},
    {28, "both-sides", "line 21"},
    {31, "missing-as-evidence", ""},
    {34, "status-confidence", "possible"},
    {44, "missing-as-evidence", ""},
    {58, "missing-as-evidence", ""},
    {109, "percent-of-as-increase", "+183 %"},
    {109, "difference", "640 mb"},
    {109, "percent-change", "+188 %"},
    {119, "ruled-out-doubt", "line 51"},
    {127, "missing-as-evidence", ""},
    {132, "two-statuses", "possible"},
    {160, "two-values", "120mb"},
    {170, "interval", "12 s"},
    {194, "done-without-event", ""},
    {195, "done-without-event", ""},
    {200, "alert-too-slow", "88 s"},
    {217, "budget", "5 %"},
    {225, "ruled-out-doubt", "line 51"},
    {253, "two-splits", "15 + 3 + 2"},
    {253, "budget", "5 %"},
};

static char *slurp(const char *path, struct hc_arena *arena)
{
    FILE *file = fopen(path, "rb");
    char *text = hc_arena_calloc(arena, 1, (size_t)1 << 20);
    if (!file)
        return NULL;
    assert_non_null(text);
    size_t n = fread(text, 1, ((size_t)1 << 20) - 1, file);
    fclose(file);
    text[n] = '\0';
    return text;
}

static void finds_all_that_is_wrong_in_the_example_and_nothing_else(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    const size_t n = sizeof WRONG / sizeof *WRONG;
    char *text = slurp(SEED, arena);
    if (!text) {
        print_message("skipped: there is no ../shared/seed beside the checkout\n");
        hc_arena_free(arena);
        skip();
    }
    struct hc_lint lint = lint_of(text, NULL, arena);
    if (lint.n != n)
        print(&lint);
    assert_int_equal(lint.n, n);
    for (size_t i = 0; i < n; i++) {
        const struct hc_lint_finding *f = &lint.findings[i];
        assert_int_equal(f->line, WRONG[i].line);
        assert_true(hc_str_is(f->rule, WRONG[i].rule));
        assert_non_null(memmem(f->right.p, f->right.n, WRONG[i].right, strlen(WRONG[i].right)));
    }
    hc_arena_free(arena);
}

static void leaves_out_what_a_comment_switches_off(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n;
    } cases[] = {
        {"Up from 1 GB to 3 GB (+300 %).\n", 1},
        {"<!-- hindcast-lint-disable-next-line percent-of-as-increase -->\nUp from 1 GB to 3 GB (+300 %).\n", 0},
        {"<!-- hindcast-lint-disable-next-line ratio -->\nUp from 1 GB to 3 GB (+300 %).\n", 1},
        {"<!-- hindcast-lint-disable-next-line -->\nUp from 1 GB to 3 GB (+300 %).\n", 0},
        {"Up from 1 GB to 3 GB (+300 %). <!-- hindcast-lint-disable-line -->\n", 0},
        {"<!-- hindcast-lint-disable percent-of-as-increase -->\n\nA.\n\nUp from 1 GB to 3 GB (+300 %).\n", 0},
        {"<!-- hindcast-lint-disable -->\n\nA.\n\n<!-- hindcast-lint-enable -->\n\nUp from 1 GB to 3 GB (+300 %).\n",
         1},
        {"Up from 1 GB to 3 GB (+300 %).\n\n<!-- hindcast-lint-disable -->\n", 1},
    };
    struct hc_arena *arena = hc_arena_new(0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (lint_of(cases[i].text, NULL, arena).n != cases[i].n)
            print_message("%s", cases[i].text);
        assert_int_equal(lint_of(cases[i].text, NULL, arena).n, cases[i].n);
    }
    hc_arena_free(arena);
}

static void says_where_by_characters_in_lines_of_any_kind(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_lint lint = lint_of("---\ntitle: x\n---\n\n> - **Größe** grew\n>   19x (0.1 % → 3.8 %)\n", NULL, arena);
    assert_int_equal(lint.n, 1);
    assert_int_equal(lint.findings[0].line, 6);
    assert_int_equal(lint.findings[0].column, 5);
    assert_int_equal(lint.findings[0].end_column, 8);
    lint = lint_of("Größe grew 19x (0.1 % → 3.8 %)\r\n", NULL, arena);
    assert_int_equal(lint.findings[0].column, 12);
    hc_arena_free(arena);
}

static void columns_of_long_lines_count_characters(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_buf text = {0};
    for (int i = 0; i < 200; i++)
        hc_buf_text(&text, "größer, ");
    hc_buf_text(&text, "now 19x (0.1 % → 3.8 %)\n");
    hc_buf_char(&text, '\0');
    struct hc_lint lint = lint_of(text.p, NULL, arena);
    assert_int_equal(lint.n, 1);
    assert_int_equal(lint.findings[0].column, 1605);
    assert_int_equal(lint.findings[0].end_column, 1608);
    hc_buf_free(&text);
    hc_arena_free(arena);
}

/* Documents made to be slow, where all was compared with all. */
static void no_document_takes_seconds(void **state)
{
    (void)state;
    static const struct {
        const char *begin, *again, *middle, *then;
        size_t most;
    } cases[] = {
        {"", "total 20 %:\n\n- 10 %\n- 10 %\n\n", "", "a total 20 %: 5 % + 15 % = 20 %\n\n", SIZE_MAX},
        {"", "from 100 MB to 200 MB (+500 %). ", "\n", "", SIZE_MAX},
        {"", "- 10:00:01 broker restart node\n- 5 minutes after the broker restart\n", "",
         "- 5 minutes after the broker restart\n", SIZE_MAX},
        {"", "2 + ", "\n", "", SIZE_MAX},
        {"", "1 GB -> 9x -> ", "\n", "", SIZE_MAX},
        {"", "9 GB -> ", "9x\n", "", SIZE_MAX},
        {"", "120 mb baseline.\n\n", "", "9 mb, 8x baseline.\n\n", SIZE_MAX},
        {"## H\n\nEvidence for:\n\n",
         "- aaq aeq aiq aoq auq axq ayq azq baq beq biq boq buq bxq byq bzq caq ceq ciq coq cuq cxq cyq czq daq deq diq doq duq dxq dyq dzq eaq eeq eiq eoq euq exq eyq ezq faq feq fiq foq fuq fxq fyq fzq gaq geq giq goq guq gxq gyq gzq haq heq hiq hoq huq hxq hyq hzq\n",
         "\nEvidence against:\n\n",
         "- kaq keq kiq koq kuq kxq kyq kzq laq leq liq loq luq lxq lyq lzq maq meq miq moq muq mxq myq mzq naq neq niq noq nuq nxq nyq nzq oaq oeq oiq ooq ouq oxq oyq ozq paq peq piq poq puq pxq pyq pzq raq req riq roq ruq rxq ryq rzq saq seq siq soq suq sxq syq szq\n",
         60},
        {"", "At 10:03 UTC v4.7.3 of chekout-api was deployed and memory of cart-db peaked at 2 GB, 5 minutes after ",
         "\n", "the deploy. No changes were made before. \"pool exhausted\" was logged 3 times. ", SIZE_MAX},
        {"", "<!-- hindcast-lint-disable-next-line a b c d e f g h i j k l -->\n\n", "",
         "Up from 1 GB to 3 GB (+300 %).\n\n", SIZE_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hc_arena *arena = hc_arena_new(0);
        struct hc_buf text = {0};
        struct hc_lint lint = {0};
        struct hc_err err = HC_ERR_NONE;
        hc_buf_text(&text, cases[i].begin);
        for (size_t k = 0; text.n < (size_t)250 << 10 && k < cases[i].most; k++)
            hc_buf_text(&text, cases[i].again);
        hc_buf_text(&text, cases[i].middle);
        while (*cases[i].then && text.n < (size_t)500 << 10)
            hc_buf_text(&text, cases[i].then);
        hc_buf_char(&text, '\0');
        clock_t begin = clock();
        assert_int_equal(hc_lint_run(&lint, hc_str_of(text.p), NULL, &hc_lint_example, arena, &err), HC_OK);
        double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
        if (seconds >= MOST_SECONDS)
            print_message("%.1f s: %s\n", seconds, cases[i].again);
        assert_true(seconds < MOST_SECONDS);
        hc_buf_free(&text);
        hc_arena_free(arena);
    }
}

static void parts_are_asked_for_with_a_template_only(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    assert_int_equal(lint_of("# A\n\nShort.\n", NULL, arena).n, 0);
    struct hc_lint empty = lint_of("", "srebook", arena);
    assert_int_equal(n_of(&empty, "part-missing"), 9); /* it lacks them all */
    assert_true(empty.findings[0].line == 1 && empty.findings[0].column == 1);
    assert_int_equal(lint_of("", NULL, arena).n, 0);
    struct hc_lint lint = lint_of("# A\n\nShort.\n\n## Timeline\n\nNone.\n", "srebook", arena);
    assert_int_equal(n_of(&lint, "part-missing"), 8);
    assert_true(hc_lint_has_template("coe") && hc_lint_has_template("pagerduty") && hc_lint_has_template("seed"));
    assert_false(hc_lint_has_template("other"));
    hc_arena_free(arena);
}

/* What is right, and what is next to it and is not. */
static void knows_what_rounding_weights_and_rules_allow(void **state)
{
    static const struct {
        const char *text, *rule;
        size_t n;
    } documents[] = {
        {"## Hypothesis 1: leak\n\n- Confidence: 4 %\n\n## Confidence Summary\n\n- H1: 4.5 %\n",
         "hypothesis-confidence", 0},
        {"## Hypothesis 1: leak\n\n- Confidence: 4 %\n\n## Confidence Summary\n\n- H1: 4.6 %\n",
         "hypothesis-confidence", 1},
        {"## Hypothesis 1: leak\n\n- Confidence: 60 %\n\n## Hypothesis 2: disk\n\n- Confidence: 41 %\n", "budget", 0},
        {"## Hypothesis 1: leak\n\n- Confidence: 60 %\n\n## Hypothesis 2: disk\n\n- Confidence: 42 %\n", "budget", 1},
        {"### H1: leak\n\n**Evidence for**\n\n- deploy 73 s before the errors (+0.52)\n\n**Evidence against**\n\n"
         "- deploy 73 s before the errors (-0.40)\n",
         "both-sides", 0},
        {"### H1: leak\n\n**Evidence for**\n\n- deploy 73 s before the errors (+0.52)\n\n**Evidence against**\n\n"
         "- deploy 73 s before the errors\n",
         "both-sides", 1},
        {"## Method\n\nRuled out is what is below a threshold of 5 %.\n\n| Part | Share |\n|---|---|\n| Total | 100 %"
         " |\n\n| File | Size |\n|---|---|\n| `logs/a.log` | 4 KiB |\n",
         "number-without-source", 0},
        {"## Impact\n\nBelow 5 % of requests failed.\n\n| Part | Share |\n|---|---|\n| Search | 40 % |\n",
         "number-without-source", 2},
    };
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        struct hc_lint lint = lint_of(documents[i].text, "seed", arena);
        if (n_of(&lint, documents[i].rule) != documents[i].n) {
            print_message("%s", documents[i].text);
            print(&lint);
        }
        assert_int_equal(n_of(&lint, documents[i].rule), documents[i].n);
    }
    hc_arena_free(arena);
}

static void code_and_front_matter_are_not_read(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    assert_int_equal(
        lint_of("---\nsay: up from 1 GB to 3 GB (+300 %)\n---\n\n```\nup from 1 GB to 3 GB (+300 %)\n```\n", NULL,
                arena)
            .n,
        0);
    hc_arena_free(arena);
}

static void a_sarif_log_has_the_rules_and_the_places(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    const struct hc_json *root = NULL;
    struct hc_lint lint = lint_of("A.\n\nUp from 1 GB to 3 GB (+300 %).\n", NULL, arena);
    hc_lint_put_sarif(&out, &lint, NULL, "a b/ö.md");
    assert_int_equal(hc_json_parse(&root, hc_buf_view(&out), arena, &err), HC_OK);
    assert_true(hc_str_is(hc_json_text(root, "version"), "2.1.0"));
    const struct hc_json *log = hc_json_get(root, "runs")->first_child;
    const struct hc_json *rules = hc_json_get(hc_json_get(hc_json_get(log, "tool"), "driver"), "rules");
    assert_int_equal(rules->n_children, hc_lint_n_rules);
    const struct hc_json *result = hc_json_get(log, "results")->first_child;
    assert_true(hc_str_is(hc_json_text(result, "ruleId"), "percent-of-as-increase"));
    const struct hc_json *place = hc_json_get(hc_json_get(result, "locations")->first_child, "physicalLocation");
    assert_true(hc_str_is(hc_json_text(hc_json_get(place, "artifactLocation"), "uri"), "a%20b/%C3%B6.md"));
    assert_true(hc_str_is(hc_json_text(hc_json_get(place, "region"), "startLine"), "3"));
    hc_buf_free(&out);
    hc_arena_free(arena);
}

static void a_sarif_log_relates_a_finding_to_its_place_in_the_bundle(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_err err = HC_ERR_NONE;
    for (int directory = 0; directory < 2; directory++) {
        struct hc_lint_facts facts = hc_lint_example;
        struct hc_lint lint = {0};
        struct hc_buf out = {0};
        const struct hc_json *root = NULL;
        facts.is_directory = directory;
        assert_int_equal(
            hc_lint_run(&lint, HC_STR("v4.7.3 was deployed to checkout-api.\n"), NULL, &facts, arena, &err), HC_OK);
        hc_lint_put_sarif(&out, &lint, &facts, "a.md");
        assert_int_equal(hc_json_parse(&root, hc_buf_view(&out), arena, &err), HC_OK);
        const struct hc_json *result = hc_json_get(hc_json_get(root, "runs")->first_child, "results")->first_child;
        const struct hc_json *related = hc_json_get(result, "relatedLocations")->first_child;
        const struct hc_json *place = hc_json_get(related, "physicalLocation");
        assert_true(hc_str_is(hc_json_text(hc_json_get(place, "artifactLocation"), "uri"),
                              directory ? "inc-204.tar.gz/incident.xml" : "inc-204.tar.gz%21incident.xml"));
        assert_true(hc_str_is(hc_json_text(hc_json_get(place, "region"), "startLine"), "6"));
        hc_buf_free(&out);
    }
    hc_arena_free(arena);
}

static void what_the_document_alone_shows_is_not_said_again(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_lint lint = {0};
    struct hc_err err = HC_ERR_NONE;
    struct hc_str text = HC_STR("Memory of checkout-api grew from 900 MB to 2 KB.\n");
    assert_int_equal(hc_lint_run(&lint, text, NULL, &hc_lint_example, arena, &err), HC_OK);
    assert_int_equal(n_of(&lint, "direction"), 1);
    for (size_t i = 1; i < lint.n; i++)
        assert_true(lint.findings[i].column != lint.findings[0].column);
    hc_arena_free(arena);
}

static void times_without_a_zone_are_held_only_where_they_are_in_utc(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n;
    } cases[] = {
        {"v4.7.2 was deployed to checkout-api at 10:14.\n", 0},
        {"All times are UTC.\n\nv4.7.2 was deployed to checkout-api at 10:14.\n", 1},
        {"- 10:06:05 connection pool exhausted\n- 10:09:30 detected\n- 10:14 v4.7.2 deployed\n", 1},
        {"All times are UTC.\n\nv4.7.2 was deployed to checkout-api at 03:04 PDT.\n", 0},
        {"v4.7.2 was deployed to checkout-api at 2024-05-01T12:04:10+02:00.\n", 0},
        {"v4.7.2 was deployed to checkout-api at 2024-05-01T12:14:10+02:00.\n", 1},
        {"v4.7.2 was deployed to checkout-api at 2024-05-02 10:04 UTC.\n", 1},
    };
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_err err = HC_ERR_NONE;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hc_lint lint = {0};
        assert_int_equal(hc_lint_run(&lint, hc_str_of(cases[i].text), NULL, &hc_lint_example, arena, &err), HC_OK);
        if (n_of(&lint, "bundle-time") != cases[i].n) {
            print_message("%s", cases[i].text);
            print(&lint);
        }
        assert_int_equal(n_of(&lint, "bundle-time"), cases[i].n);
    }
    hc_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_fires_its_rule_alone),
        cmocka_unit_test(every_counter_example_is_silent),
        cmocka_unit_test(finds_all_that_is_wrong_in_the_example_and_nothing_else),
        cmocka_unit_test(leaves_out_what_a_comment_switches_off),
        cmocka_unit_test(says_where_by_characters_in_lines_of_any_kind),
        cmocka_unit_test(columns_of_long_lines_count_characters),
        cmocka_unit_test(no_document_takes_seconds),
        cmocka_unit_test(parts_are_asked_for_with_a_template_only),
        cmocka_unit_test(knows_what_rounding_weights_and_rules_allow),
        cmocka_unit_test(code_and_front_matter_are_not_read),
        cmocka_unit_test(a_sarif_log_has_the_rules_and_the_places),
        cmocka_unit_test(a_sarif_log_relates_a_finding_to_its_place_in_the_bundle),
        cmocka_unit_test(what_the_document_alone_shows_is_not_said_again),
        cmocka_unit_test(times_without_a_zone_are_held_only_where_they_are_in_utc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
