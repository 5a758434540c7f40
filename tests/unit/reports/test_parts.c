#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/reports/fixture.h"

typedef enum hc_status (*render_fn)(const struct hc_incident_report *, struct hc_buf *, struct hc_err *);

static char *render(const struct fixture *f, render_fn as)
{
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(as(&f->report, &out, &err), HC_OK);
    hc_buf_char(&out, '\0');
    assert_false(out.failed);
    return out.p;
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        n++;
    return n;
}

static void never_says_one_in_the_plural(void **state)
{
    (void)state;
    struct fixture f;
    void (*const make[])(struct fixture *) = {fixture_full, fixture_confirmed, fixture_title_only, fixture_large,
                                              fixture_hostile};
    static const char *const wrong[] = {"1 candidates",   "1 confirmed incidents", "1 lines", "1 incidents", "1 events",
                                        "1 dependencies", "1 documents",           "1 kinds", "1 more are"};
    for (size_t i = 0; i < COUNT(make); i++) {
        make[i](&f);
        f.calibration.n_incidents = 1;
        char *markdown = render(&f, hc_report_incident_markdown);
        for (size_t k = 0; k < COUNT(wrong); k++)
            for (const char *at = markdown; (at = strstr(at, wrong[k])) != NULL; at++)
                assert_true(at > markdown && at[-1] >= '0' && at[-1] <= '9');
        free(markdown);
    }
}

static void shows_five_hypotheses_in_full_with_three_reasons_a_side(void **state)
{
    (void)state;
    struct fixture f;
    struct hc_reason many[9];
    fixture_full(&f);
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = (struct hc_reason){HC_STR("sign"), i % 2 ? -0.5 : 0.5, HC_STR("a sign."), {HC_STR_NONE, 0}};
    f.analysis.hypotheses[1].reasons = many;
    f.analysis.hypotheses[1].n_reasons = COUNT(many);
    char *markdown = render(&f, hc_report_incident_markdown);
    assert_int_equal(count(markdown, "### Hypothesis "), 5);
    assert_int_equal(count(markdown, "- a sign. ("), 6);
    assert_non_null(strstr(markdown, "2 more, together +1.00"));
    assert_non_null(strstr(markdown, "### Further hypotheses"));
    free(markdown);
    f.analysis.hypotheses[1].probability = 0.019; /* and all after it */
    f.analysis.hypotheses[2].probability = f.analysis.hypotheses[3].probability = 0.01;
    f.analysis.hypotheses[4].probability = 0.01;
    markdown = render(&f, hc_report_incident_markdown);
    assert_int_equal(count(markdown, "### Hypothesis "), 1);
    free(markdown);
}

static void says_that_a_component_is_unknown_in_good_english(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    f.analysis.hypotheses[0].component = f.analysis.hypotheses[3].component = HC_STR_NONE;
    char *markdown = render(&f, hc_report_incident_markdown);
    assert_non_null(strstr(markdown, "**a memory leak (component unknown)**"));
    assert_null(strstr(markdown, "a component that is not named"));
    free(markdown);
}

static void promises_no_gain_that_was_not_seen(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    f.analysis.penalties[0] = (struct hc_penalty){{"heap-dump", 9}, -0.09, -0.12, -0.05, 41};
    f.analysis.next_evidence[0].expected_confidence = 0.99; /* +37 points, where 12 were the most that was seen */
    f.analysis.next_evidence[1].expected_confidence = f.analysis.hypotheses[0].probability;
    char *markdown = render(&f, hc_report_incident_markdown);
    assert_non_null(strstr(markdown, "a heap dump, average gain seen +12\xC2\xA0points"));
    assert_null(strstr(markdown, "0.99"));
    free(markdown);
    f.analysis.n_penalties = 0;
    f.analysis.next_evidence[0].expected_confidence = f.analysis.hypotheses[0].probability;
    markdown = render(&f, hc_report_incident_markdown);
    assert_non_null(strstr(markdown, "- **Would tell most:** no kind of evidence stands out"));
    free(markdown);
    f.evidence.kinds = 0;
    markdown = render(&f, hc_report_incident_markdown);
    assert_non_null(strstr(markdown, "- **Would tell most:** any evidence: the bundle holds none at all"));
    assert_non_null(strstr(markdown, "The bundle holds no evidence at all"));
    free(markdown);
}

static void lists_what_is_missing_once(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    f.analysis.n_penalties = f.analysis.n_next_evidence = 0;
    char *markdown = render(&f, hc_report_incident_markdown);
    assert_int_equal(count(markdown, "- lifecycle events"), 1);
    assert_non_null(strstr(markdown, "4 kinds of evidence are missing: [the list](#missing-evidence)"));
    free(markdown);
}

static void shows_a_rounded_level_with_the_exact_one_behind_it(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    f.incident.levels[1].peak = 4484500.25;
    char *html = render(&f, hc_report_incident_html);
    assert_non_null(strstr(html, "title=\"4484500.25\">4\xE2\x80\xAF"
                                 "485\xE2\x80\xAF"
                                 "000\xC2\xA0MB</a>"));
    assert_null(strstr(html, "title=\"340\""));
    free(html);
}

static void says_a_sentence_once_for_each_hypothesis(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    struct hc_reason twice[] = {f.analysis.hypotheses[1].reasons[0], f.analysis.hypotheses[1].reasons[0]};
    twice[1].evidence = HC_STR("change-deploy");
    twice[1].weight = 0.5;
    f.analysis.hypotheses[1].reasons = twice;
    f.analysis.hypotheses[1].n_reasons = 2;
    char *markdown = render(&f, hc_report_incident_markdown);
    const char *at = strstr(markdown, "### Hypothesis 2"), *end = strstr(markdown, "### Hypothesis 3");
    assert_non_null(at);
    assert_non_null(end);
    markdown[end - markdown] = '\0';
    assert_int_equal(count(at, "came 73"), 1);
    assert_non_null(strstr(at, "1 more, together +0.50"));
    free(markdown);
}

static void says_plainly_that_there_is_no_evidence(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    f.evidence.kinds = 0;
    char *markdown = render(&f, hc_report_incident_markdown);
    assert_non_null(strstr(markdown, "The bundle holds no evidence: what follows is how usual each cause is."));
    assert_int_equal(count(markdown, "### Hypothesis "), 1);
    free(markdown);
}

static void links_to_the_index_only_where_there_is_one(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    char *html = render(&f, hc_report_incident_html);
    assert_null(strstr(html, "index.html"));
    free(html);
    f.report.in_site = true;
    html = render(&f, hc_report_incident_html);
    assert_non_null(strstr(html, "<a href=\"index.html\">All incidents</a>"));
    free(html);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_says_one_in_the_plural),
        cmocka_unit_test(shows_five_hypotheses_in_full_with_three_reasons_a_side),
        cmocka_unit_test(says_that_a_component_is_unknown_in_good_english),
        cmocka_unit_test(promises_no_gain_that_was_not_seen),
        cmocka_unit_test(lists_what_is_missing_once),
        cmocka_unit_test(shows_a_rounded_level_with_the_exact_one_behind_it),
        cmocka_unit_test(says_a_sentence_once_for_each_hypothesis),
        cmocka_unit_test(says_plainly_that_there_is_no_evidence),
        cmocka_unit_test(links_to_the_index_only_where_there_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
