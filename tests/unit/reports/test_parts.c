#include <math.h>
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

static void says_that_an_outcome_in_conflict_is_not_confirmed(void **state)
{
    (void)state;
    struct fixture f;
    fixture_confirmed(&f);
    char *markdown = render(&f, hc_report_incident_markdown);
    assert_non_null(strstr(markdown, "cause confirmed"));
    free(markdown);
    f.report.conflict = true;
    markdown = render(&f, hc_report_incident_markdown);
    assert_null(strstr(markdown, "cause confirmed"));
    assert_non_null(strstr(markdown, "in conflict"));
    assert_non_null(strstr(markdown, "On record, not confirmed: "));
    free(markdown);
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

static double number_after(const char **at, const char *words)
{
    *at = strstr(*at, words);
    assert_non_null(*at);
    *at += strlen(words);
    return strtod(*at, NULL);
}

/* As a reader would check it: the numbers that are shown, to their last digit. */
static void the_nats_of_a_hypothesis_add_up_to_its_log_odds(void **state)
{
    (void)state;
    struct fixture f;
    struct hc_reason reasons[10];
    char texts[10][16];
    double left = log(0.62 / 0.38);
    fixture_full(&f);
    for (size_t i = 0; i < COUNT(reasons); i++) {
        const double nats = i == 9 ? left : (i % 2 ? -0.1149 : 0.2349) * (double)(i + 1);
        left -= nats;
        reasons[i] = (struct hc_reason){HC_STR("sign"), nats, HC_STR_NONE, {HC_STR_NONE, 0}};
        snprintf(texts[i], sizeof texts[i], "sign %zu.", i);
        reasons[i].text = hc_str_of(texts[i]);
    }
    reasons[9].evidence = HC_STR("prior");
    f.analysis.hypotheses[0].probability = 0.62;
    f.analysis.hypotheses[0].reasons = reasons;
    f.analysis.hypotheses[0].n_reasons = COUNT(reasons);
    char *markdown = render(&f, hc_report_incident_markdown);
    const char *at = strstr(markdown, "**In all**");
    assert_non_null(at);
    double sum = number_after(&at, "prior ");
    sum += number_after(&at, "evidence for ");
    sum += number_after(&at, "against ");
    if (strstr(at, "lost in rounding ") && strstr(at, "lost in rounding ") < strchr(at, '\n'))
        sum += number_after(&at, "lost in rounding ");
    assert_true(fabs(sum - number_after(&at, ": ")) < 1e-9);
    assert_true(fabs(sum - 0.49) < 1e-9); /* ln(.62 / .38), to two digits */
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
    assert_non_null(strstr(markdown, "a heap dump, average gain seen [+12\xC2\xA0points](#src-"));
    assert_null(strstr(markdown, "0.99"));
    free(markdown);
    f.analysis.next_evidence[0].learned_from = 0;
    markdown = render(&f, hc_report_incident_markdown);
    assert_non_null(strstr(markdown, "a heap dump, expected gain by the expert's penalty [+12\xC2\xA0points](#src-"));
    assert_null(strstr(markdown, ", average gain seen"));
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

static void makes_the_case_for_the_runner_up_and_says_what_would_put_it_first(void **state)
{
    (void)state;
    struct fixture f;
    struct hc_reason sign = {HC_STR("sign"), 0.8, HC_STR("what the leader had"), {HC_STR_NONE, 0}};
    struct hc_flip flip = {HC_STR("heap-dump"), HC_STR("other-sign"), HC_STR("a heap that grows"), 0.305};
    struct hc_runner_up runner_up = {0.75, &sign, 1, &flip, 1};
    fixture_full(&f);
    char *markdown = render(&f, hc_report_incident_markdown);
    assert_null(strstr(markdown, "The case for the second hypothesis"));
    free(markdown);
    f.analysis.runner_up = &runner_up;
    markdown = render(&f, hc_report_incident_markdown);
    const char *at = strstr(markdown, "### The case for the second hypothesis");
    assert_non_null(at);
    assert_non_null(strstr(at, "is [0.75\xC2\xA0nats](#src-1) behind the leading one"));
    assert_non_null(strstr(at, "It would lead without one sign"));
    assert_non_null(strstr(at, "what the leader had ([+0.80](#src-1))"));
    assert_non_null(strstr(at, "a heap that grows, at [31\xC2\xA0%](#src-1) of the strongest such sign"));
    free(markdown);
    runner_up.n_flips_without = runner_up.n_flips_with = 0;
    markdown = render(&f, hc_report_incident_markdown);
    assert_non_null(strstr(markdown, "No evidence, taken away, would put it first"));
    assert_non_null(strstr(markdown, "No sign in a missing kind of evidence would be enough"));
    free(markdown);
}

static void says_beside_the_confidence_how_few_incidents_back_it(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    char *markdown = render(&f, hc_report_incident_markdown);
    assert_null(strstr(markdown, "that a promise needs"));
    free(markdown);
    f.analysis.has_guarantee = false;
    f.analysis.n_learned = 2;
    f.analysis.hypotheses[0].status = HC_CONFIRMED;
    markdown = render(&f, hc_report_incident_markdown);
    assert_int_equal(count(markdown, ", which rests on 2 past incidents, of 60 that a promise needs"), 2);
    assert_non_null(strstr(markdown, "confirmed as 90\xC2\xA0% and more, not promised"));
    assert_non_null(strstr(markdown, "Nothing is promised"));
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
                                 "484\xE2\x80\xAF"
                                 "500\xC2\xA0MB</a>"));
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
    const struct hc_site_links links = {.calibration = true};
    struct fixture f;
    fixture_full(&f);
    char *html = render(&f, hc_report_incident_html);
    assert_null(strstr(html, "index.html"));
    free(html);
    f.report.in_site = &links;
    html = render(&f, hc_report_incident_html);
    assert_non_null(strstr(html, "<a class=\"whole\" href=\"index.html\">All incidents</a>"));
    assert_non_null(strstr(html, "href=\"calibration.html\""));
    assert_null(strstr(html, "href=\"trends.html\""));
    free(html);
}

static void says_that_a_place_of_a_series_is_where_it_begins(void **state)
{
    (void)state;
    struct fixture f;
    struct hc_series series = {.metric = HC_STR("heap"),
                               .baseline_median = 340,
                               .peak = 980,
                               .score = 3,
                               .onset_at = HC_TIME_NONE,
                               .place = fixture_place("metrics/heap.csv", 2)};
    fixture_full(&f);
    f.incident.series = &series;
    f.incident.n_series = 1;
    char *markdown = render(&f, hc_report_incident_markdown), *html = render(&f, hc_report_incident_html);
    const char *row = strstr(markdown, "| `metrics/heap.csv`");
    assert_non_null(row);
    assert_non_null(strstr(row, "2, where the series begins |"));
    assert_non_null(strstr(html, ">2, where the series begins</td>"));
    assert_int_equal(count(markdown, "where the series begins"), 1);
    free(markdown);
    free(html);
}

static void counts_what_the_service_s_series_show_as_impact(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    struct hc_feature features[] = {{.name = HC_STR("latency-up")}, {.name = HC_STR("latency-tail-up")}};
    struct hc_evidence_item items[] = {
        {.feature = 0, .value = 2, .text = HC_STR("latency rose"), .place = fixture_place("metrics/a.csv", 1)},
        {.feature = 1, .value = 3, .text = HC_STR("p99 rose"), .place = fixture_place("metrics/b.csv", 1)}};
    items[0].onset = items[1].onset = HC_TIME_NONE;
    f.catalogue.features = features;
    f.catalogue.n_features = 2;
    f.evidence.items = items;
    f.evidence.n_items = 2;
    char *markdown = render(&f, hc_report_incident_markdown);
    const char *section = strstr(markdown, "## Impact in numbers"), *end = strstr(markdown, "## Timeline");
    assert_true(section && end && section < end);
    markdown[end - markdown] = '\0';
    assert_int_equal(count(section, "- [p99 rose](#src-"), 1);
    assert_null(strstr(section, "latency rose"));
    free(markdown);
    items[0].value = 0.9; /* too little, and said of a level */
    items[1].place = f.incident.levels[1].place;
    markdown = render(&f, hc_report_incident_markdown);
    section = strstr(markdown, "## Impact in numbers");
    end = strstr(markdown, "## Timeline");
    assert_true(section && end && section < end);
    markdown[end - markdown] = '\0';
    assert_null(strstr(section, " rose"));
    free(markdown);
}

static void leaves_out_what_prints_as_nothing(void **state)
{
    (void)state;
    struct fixture f;
    struct hc_reason reasons[] = {{HC_STR("sign"), 0.5, HC_STR("a sign."), {HC_STR_NONE, 0}},
                                  {HC_STR("sign"), 0.004, HC_STR("a whisper."), {HC_STR_NONE, 0}},
                                  {HC_STR("sign"), -0.004, HC_STR("a breath."), {HC_STR_NONE, 0}}};
    fixture_full(&f);
    f.analysis.hypotheses[0].reasons = reasons;
    f.analysis.hypotheses[0].n_reasons = COUNT(reasons);
    f.evidence.items[0].value = 0.004;
    f.evidence.items[0].text = HC_STR("a murmur.");
    char *markdown = render(&f, hc_report_incident_markdown);
    assert_non_null(strstr(markdown, "a sign."));
    assert_null(strstr(markdown, "a whisper."));
    assert_null(strstr(markdown, "a breath."));
    assert_null(strstr(markdown, "a murmur."));
    assert_null(strstr(markdown, "0.00 |"));
    free(markdown);
}

static void says_how_long_a_change_came_before_the_symptom_whoever_rests_on_it(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    f.analysis.hypotheses[0].reasons += 1; /* those of the change */
    f.analysis.hypotheses[0].n_reasons -= 1;
    char *markdown = render(&f, hc_report_incident_markdown);
    assert_non_null(strstr(markdown, "- **Deployment to first symptom:** [73"));
    assert_non_null(strstr(markdown, "none that the leading hypothesis rests on; the last before the first symptom: "
                                     "Deployment of v2.8.1 of `storage_service` at "));
    assert_null(strstr(markdown, "T+0 is the deployment"));
    free(markdown);
    f.incident.changes[0].at = fixture_time("2015-03-15T23:16:30Z"); /* more than a day before */
    markdown = render(&f, hc_report_incident_markdown);
    assert_null(strstr(markdown, "Deployment to first symptom"));
    assert_null(strstr(markdown, "the last before the first symptom"));
    free(markdown);
}

static void names_no_improbable_factor(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    char *markdown = render(&f, hc_report_incident_markdown);
    const char *section = strstr(markdown, "## Contributing Factors");
    assert_non_null(section);
    assert_non_null(strstr(section, "a rule of the catalogue makes it an amplifier"));
    assert_non_null(strstr(section, "10\xC2\xA0%"));
    free(markdown);
    f.analysis.hypotheses[2].probability = 0.049;
    markdown = render(&f, hc_report_incident_markdown);
    assert_null(strstr(markdown, "a rule of the catalogue makes it an amplifier"));
    free(markdown);
}

static void tells_later_incidents_from_none(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    f.report.n_similar = 0;
    char *markdown = render(&f, hc_report_incident_markdown);
    assert_non_null(strstr(markdown, "None in the corpus at hand."));
    free(markdown);
    f.report.n_later = 300;
    markdown = render(&f, hc_report_incident_markdown);
    assert_non_null(strstr(markdown, "None began before this one; 300 in the corpus at hand began later."));
    free(markdown);
    f.report.n_before = 2;
    markdown = render(&f, hc_report_incident_markdown);
    assert_null(strstr(markdown, "None began before this one"));
    assert_non_null(strstr(markdown, "Of the 2 in the corpus at hand that began before this one, none is like it."));
    free(markdown);
}

static void tells_a_mitigation_from_an_end(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    char *markdown = render(&f, hc_report_incident_markdown);
    assert_non_null(strstr(markdown, "; mitigated after 53"));
    assert_non_null(strstr(markdown, "; ended after 3"));
    assert_null(strstr(markdown, "after 4620"));
    free(markdown);
}

static void keeps_short_names_whole(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    char *html = render(&f, hc_report_incident_html);
    assert_non_null(strstr(html, "<code class=\"whole\">storage_service</code>"));
    assert_non_null(strstr(html, "<code>a02622fb2800f89c322bfe51359fe8f3d590e17f</code>"));
    assert_non_null(strstr(html, "<a class=\"whole\" href=\"INC-77.html\">INC-77</a>"));
    free(html);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_says_one_in_the_plural),
        cmocka_unit_test(says_that_an_outcome_in_conflict_is_not_confirmed),
        cmocka_unit_test(shows_five_hypotheses_in_full_with_three_reasons_a_side),
        cmocka_unit_test(the_nats_of_a_hypothesis_add_up_to_its_log_odds),
        cmocka_unit_test(says_that_a_component_is_unknown_in_good_english),
        cmocka_unit_test(promises_no_gain_that_was_not_seen),
        cmocka_unit_test(makes_the_case_for_the_runner_up_and_says_what_would_put_it_first),
        cmocka_unit_test(says_beside_the_confidence_how_few_incidents_back_it),
        cmocka_unit_test(lists_what_is_missing_once),
        cmocka_unit_test(shows_a_rounded_level_with_the_exact_one_behind_it),
        cmocka_unit_test(says_a_sentence_once_for_each_hypothesis),
        cmocka_unit_test(says_plainly_that_there_is_no_evidence),
        cmocka_unit_test(says_that_a_place_of_a_series_is_where_it_begins),
        cmocka_unit_test(counts_what_the_service_s_series_show_as_impact),
        cmocka_unit_test(leaves_out_what_prints_as_nothing),
        cmocka_unit_test(says_how_long_a_change_came_before_the_symptom_whoever_rests_on_it),
        cmocka_unit_test(names_no_improbable_factor),
        cmocka_unit_test(tells_later_incidents_from_none),
        cmocka_unit_test(tells_a_mitigation_from_an_end),
        cmocka_unit_test(keeps_short_names_whole),
        cmocka_unit_test(links_to_the_index_only_where_there_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
