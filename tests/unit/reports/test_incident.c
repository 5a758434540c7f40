#include "tests/unit/reports/fixture.h"
#include "tests/unit/reports/incident_rendered.h"

static const char *const ten_parts[] = {"Timeline",
                                        "Hypotheses Considered",
                                        "Evidence Evaluation",
                                        "Ruled-Out Hypotheses",
                                        "Primary Root Cause",
                                        "Contributing Factors",
                                        "Detection &amp; Prevention Gaps",
                                        "Remediation &amp; Follow-ups",
                                        "Remaining Uncertainty",
                                        "Confidence Summary"};

#define NBSP "\xC2\xA0"

static void count_elements(const struct hc_xml_node *node, const char *name, size_t *n)
{
    for (; node; node = node->next) {
        *n += hc_str_is(node->name, name);
        count_elements(node->first_child, name, n);
    }
}

static void check_both(const struct fixture *f, const char *name)
{
    struct hc_arena *arena = hc_arena_new(0);
    char *html = html_of(f), *markdown = markdown_of(f);
    const char *at = html;
    size_t n_scripts = 0;
    keep(name, "html", html);
    keep(name, "md", markdown);
    count_elements(parse(html, arena), "script", &n_scripts);
    assert_int_equal(n_scripts, 0);
    at = strstr(html, "<main");
    for (size_t i = 0; i < COUNT(ten_parts); i++) {
        char heading[128];
        snprintf(heading, sizeof heading, ">%s</h2>", ten_parts[i]);
        at = strstr(at, heading);
        assert_non_null(at);
    }
    free(html);
    free(markdown);
    hc_arena_free(arena);
}

static void renders_the_example_with_its_ten_parts_in_order(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    check_both(&f, "full");
}

static void renders_a_confirmed_incident_with_what_was_found_set_apart(void **state)
{
    (void)state;
    struct fixture f;
    fixture_confirmed(&f);
    check_both(&f, "confirmed");
    char *markdown = markdown_of(&f);
    assert_non_null(strstr(markdown, "## What was found"));
    assert_non_null(strstr(markdown, "A cache of v2.8.1 kept every buffer"));
    free(markdown);
}

static void renders_an_incident_that_is_only_a_title(void **state)
{
    (void)state;
    struct fixture f;
    fixture_title_only(&f);
    check_both(&f, "title");
    char *markdown = markdown_of(&f);
    assert_non_null(strstr(markdown, "not in the bundle"));
    assert_null(strstr(markdown, "nan"));
    free(markdown);
}

static size_t run_of_ticks(const char *at)
{
    return strspn(at, "`");
}

/* Cuts code spans and escaped characters out of Markdown: both are text to every reader. */
static void drop_code(char *markdown)
{
    char *out = markdown;
    const char *at = markdown;
    while (*at) {
        if (*at == '\\' && at[1]) {
            at += 2;
            continue;
        }
        size_t ticks = run_of_ticks(at);
        const char *end = at + ticks;
        while (ticks > 0 && *end && run_of_ticks(end) != ticks)
            end += run_of_ticks(end) > 0 ? run_of_ticks(end) : 1;
        if (ticks > 0 && *end) {
            at = end + ticks;
            continue;
        }
        for (size_t i = 0; i < (ticks > 0 ? ticks : 1); i++)
            *out++ = *at++;
    }
    *out = '\0';
}

static void renders_hostile_text_as_text(void **state)
{
    (void)state;
    struct fixture f;
    fixture_hostile(&f);
    check_both(&f, "hostile");
    char *html = html_of(&f), *markdown = markdown_of(&f);
    assert_null(strstr(html, "<script"));
    assert_null(strstr(markdown, "\n# heading"));
    assert_null(strstr(markdown, "\xE2\x80\xAE"));
    drop_code(markdown);
    assert_null(strstr(html, "\x1b"));
    assert_null(strstr(html, "\xE2\x80\xAE"));
    assert_null(strstr(html, "href=\"javascript"));
    assert_null(strstr(markdown, "](javascript"));
    assert_null(strstr(markdown, "](http"));
    assert_null(strstr(markdown, "<script"));
    assert_null(strstr(markdown, "http://"));
    assert_null(strstr(markdown, " www.evil"));
    assert_null(strstr(markdown, "@admin"));
    free(html);
    free(markdown);
}

static void renders_two_hundred_components_in_a_readable_size(void **state)
{
    (void)state;
    struct fixture f;
    fixture_large(&f);
    check_both(&f, "large");
    char *html = html_of(&f);
    assert_true(strlen(html) < 200000);
    free(html);
}

static void gives_the_right_numbers_of_the_example(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    char *markdown = markdown_of(&f);
    static const char *const right[] = {"+188" NBSP "%",  "2.9" NBSP "x",  "+717" NBSP "%", "38" NBSP "x",
                                        "+3700" NBSP "%", "T+73" NBSP "s", "T+76" NBSP "s", "T+77" NBSP "s",
                                        "T+88" NBSP "s",  "T-90" NBSP "s", "[73" NBSP "s]", "[15" NBSP "s]",
                                        "[12" NBSP "s]",  "[11" NBSP "s]", "62" NBSP "%](", "(0.621)"};
    for (size_t i = 0; i < COUNT(right); i++) {
        if (!strstr(markdown, right[i]))
            print_error("not found: %s\n", right[i]);
        assert_non_null(strstr(markdown, right[i]));
    }
    static const char *const wrong[] = {"+288" NBSP "%", "19" NBSP "x", "nan", "inf", "T+-", "-0 ", " %"};
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_null(strstr(markdown, wrong[i]));
    free(markdown);
}

static void links_every_source_it_names(void **state)
{
    (void)state;
    struct fixture f;
    fixture_confirmed(&f);
    char *html = html_of(&f);
    for (const char *at = html; (at = strstr(at, "href=\"#src-")) != NULL; at++) {
        char id[64];
        size_t n = strcspn(at + 7, "\"");
        snprintf(id, sizeof id, "id=\"%.*s\"", (int)n, at + 7);
        assert_non_null(strstr(html, id));
    }
    free(html);
}

/* The share column of the budget that begins after `caption`, in tenths; "< 0.1 %" counts as 0. */
static int sum_budget(const char *markdown, const char *caption)
{
    int sum = 0;
    const char *at = strstr(markdown, caption);
    assert_non_null(at);
    const char *end = strstr(at, "| **Total**");
    assert_non_null(end);
    while ((at = strstr(at, NBSP "%](#src-")) != NULL && at < end) {
        const char *digits = at;
        while ((digits[-1] >= '0' && digits[-1] <= '9') || digits[-1] == '.')
            digits--;
        sum += digits[-1] == '[' ? (int)lround(10 * strtod(digits, NULL)) : 0;
        at++;
    }
    return sum;
}

static void closes_every_budget_at_a_hundred(void **state)
{
    (void)state;
    struct fixture f;
    void (*const make[])(struct fixture *) = {fixture_full, fixture_confirmed, fixture_large};
    static const char *const captions[] = {"*Where the doubt lies", "*Budget by hypothesis", "*Budget by category",
                                           "*Budget by component"};
    for (size_t i = 0; i < COUNT(make); i++) {
        make[i](&f);
        char *markdown = markdown_of(&f);
        for (size_t k = 0; k < COUNT(captions); k++)
            assert_int_equal(sum_budget(markdown, captions[k]), 1000);
        free(markdown);
    }
}

static void gives_the_same_bytes_twice(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    char *first = html_of(&f), *second = html_of(&f);
    assert_string_equal(first, second);
    free(first);
    free(second);
}

static void says_who_noticed_only_what_the_bundle_holds(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    char *markdown = markdown_of(&f);
    assert_null(strstr(markdown, "Done:")); /* no rollback is in the bundle */
    assert_non_null(strstr(markdown, "- **Rollback:** *not in the bundle*"));
    free(markdown);
}

static void cites_a_query_only_where_the_corpus_can_answer_it(void **state)
{
    (void)state;
    struct fixture f;
    fixture_confirmed(&f);
    char *markdown = markdown_of(&f);
    assert_null(strstr(markdown, "FROM hypotheses"));
    assert_null(strstr(markdown, "FROM evidence"));
    assert_non_null(strstr(markdown, "`hindcast analyze --json --calibration 7 INC-123`"));
    free(markdown);
    f.analysis.calibration = 0; /* without a time the command would take a calibration that there is by now */
    markdown = markdown_of(&f);
    assert_non_null(strstr(markdown, "`hindcast analyze --json --as-of 1970-01-01 INC-123`"));
    free(markdown);
    f.analysis.calibration = 7;
    f.report.stored = true;
    markdown = markdown_of(&f);
    assert_non_null(strstr(markdown, "FROM hypotheses WHERE incident = 'INC-123' AND calibration = 7 ORDER BY rank"));
    assert_non_null(strstr(markdown, "FROM penalties WHERE calibration = 7")); /* how wide an interval is */
    assert_non_null(strstr(markdown, "`SELECT count(*) FROM components WHERE incident = 'INC-123'`"));
    free(markdown);
    f.report.outside = true;
    markdown = markdown_of(&f);
    assert_null(strstr(markdown, "WHERE incident = "));
    free(markdown);
}

/* Sixty lines, twenty of them kept as events. */
static void counts_lines_where_only_some_are_kept(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    const int64_t minute = f.incident.window_start.ns / HC_NS_PER_MINUTE;
    const int64_t minutes[] = {minute + 2, minute + 4};
    const uint32_t lines[] = {40, 20};
    struct hc_template template = {.id = 7, .text = HC_STR("resource allocation failed")};
    struct hc_log_count count = {.level = HC_LOG_ERROR,
                                 .n_minutes = 2,
                                 .minute = minutes,
                                 .lines = lines,
                                 .first = {HC_STR("logs/storage_service.log"), 3},
                                 .first_at = f.incident.events[2].at};
    for (size_t i = 2; i < 11; i++)
        f.incident.events[i].template_id = 7;
    f.incident.templates = &template;
    f.incident.n_templates = 1;
    f.incident.log_counts = &count;
    f.incident.n_log_counts = 1;
    char *markdown = markdown_of(&f);
    assert_non_null(strstr(markdown, "resource allocation failed (60 times)"));
    assert_null(strstr(markdown, "(9 times)"));
    assert_non_null(strstr(markdown, "log_minutes('INC-123', 'storage_service', '0000000000000007')"));
    free(markdown);
}

static void names_no_line_for_what_the_whole_manifest_says(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    f.analysis.hypotheses[0].reasons[0].text = HC_STR("the incident was opened for storage_service");
    f.analysis.hypotheses[0].reasons[0].place = f.incident.window_place;
    char *markdown = markdown_of(&f);
    assert_non_null(strstr(markdown, " whole |"));
    free(markdown);
}

/* Where each part of the text stands, one after the other. */
static void check_order(const char *markdown, const char *const *parts, size_t n)
{
    const char *at = markdown;
    for (size_t i = 0; i < n && at; i++) {
        at = strstr(at, parts[i]);
        if (!at)
            print_error("not found in order: %s\n", parts[i]);
        assert_non_null(at);
    }
}

static void says_what_was_found_before_any_analysis(void **state)
{
    (void)state;
    struct fixture f;
    fixture_confirmed(&f);
    f.incident.outcomes[0].category = HC_STR("configuration");
    f.incident.outcomes[0].cause = HC_STR("bad-configuration");
    static struct hc_str first[] = {{"Put the old setting back.", 25}};
    f.catalogue.causes[1].follow_ups[0] = first;
    f.catalogue.causes[1].n_follow_ups[0] = 1;
    char *markdown = markdown_of(&f);
    static const char *const parts[] = {"## What was found",
                                        "Confirmed: **a wrong configuration of storage_service**",
                                        "**The analysis agrees on the component only**",
                                        "rank [2 of 6](#src-",
                                        "## Summary of the analysis",
                                        "Put the old setting back",
                                        "## Primary Root Cause",
                                        "Confirmed on record: **a wrong configuration of storage_service**",
                                        "**The analysis agrees on the component only**",
                                        "## Remediation",
                                        "cause on record, **Bad configuration**",
                                        "Put the old setting back"};
    check_order(markdown, parts, COUNT(parts));
    free(markdown);
    f.incident.outcomes[0].status = HC_STR("probable");
    markdown = markdown_of(&f);
    static const char *const later[] = {"## Summary\n", "## What was found", "On record, not confirmed: "};
    check_order(markdown, later, COUNT(later));
    f.catalogue.causes[1].n_follow_ups[0] = 0; /* the fixture's causes are shared */
    free(markdown);
}

static void takes_an_alert_and_a_strong_onset_for_the_first_symptom(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    struct hc_evidence_item *item = &f.evidence.items[0];
    item->onset = fixture_time("2015-03-16T23:17:20Z");
    item->value = 2;
    char *markdown = markdown_of(&f);
    assert_non_null(strstr(markdown, "- **First symptom:** [2015-03-16T23:17:43Z]"));
    free(markdown);
    item->value = 2.5;
    markdown = markdown_of(&f);
    assert_non_null(strstr(markdown, "- **First symptom:** [2015-03-16T23:17:20Z]"));
    static const char *const chain[] = {"### Causal chain", "T+50" NBSP "s", "memory rose from 340" NBSP "MB"};
    check_order(markdown, chain, COUNT(chain));
    free(markdown);
    f.incident.events[0].at = fixture_time("2015-03-16T23:17:10Z");
    f.incident.events[0].kind = HC_STR("alert");
    f.incident.events[0].level = HC_LOG_NONE;
    markdown = markdown_of(&f);
    assert_non_null(strstr(markdown, "- **First symptom:** [2015-03-16T23:17:10Z]"));
    free(markdown);
}

static void counts_from_a_change_only_where_the_leading_hypothesis_rests_on_it(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    static struct hc_component two[] = {{.name = {"other", 5}}, {.name = {"storage_service", 15}}};
    static struct hc_dependency edge = {.from = 1, .to = 0};
    for (size_t i = 0; i < f.incident.n_events; i++)
        f.incident.events[i].component = 1;
    f.incident.components = two;
    f.incident.n_components = 2;
    char *markdown = markdown_of(&f); /* the change is of `other`, which nothing ties to the leading component */
    assert_non_null(strstr(markdown, "T+0 is the first symptom"));
    assert_non_null(strstr(markdown, "none that the leading hypothesis rests on"));
    free(markdown);
    f.incident.dependencies = &edge;
    f.incident.n_dependencies = 1;
    markdown = markdown_of(&f);
    assert_non_null(strstr(markdown, "T+0 is the deployment"));
    free(markdown);
    f.analysis.hypotheses[0].reasons[0].weight = -1;
    markdown = markdown_of(&f);
    assert_non_null(strstr(markdown, "T+0 is the first symptom"));
    free(markdown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renders_the_example_with_its_ten_parts_in_order),
        cmocka_unit_test(renders_a_confirmed_incident_with_what_was_found_set_apart),
        cmocka_unit_test(renders_an_incident_that_is_only_a_title),
        cmocka_unit_test(renders_hostile_text_as_text),
        cmocka_unit_test(renders_two_hundred_components_in_a_readable_size),
        cmocka_unit_test(gives_the_right_numbers_of_the_example),
        cmocka_unit_test(links_every_source_it_names),
        cmocka_unit_test(closes_every_budget_at_a_hundred),
        cmocka_unit_test(gives_the_same_bytes_twice),
        cmocka_unit_test(cites_a_query_only_where_the_corpus_can_answer_it),
        cmocka_unit_test(counts_lines_where_only_some_are_kept),
        cmocka_unit_test(names_no_line_for_what_the_whole_manifest_says),
        cmocka_unit_test(says_what_was_found_before_any_analysis),
        cmocka_unit_test(takes_an_alert_and_a_strong_onset_for_the_first_symptom),
        cmocka_unit_test(counts_from_a_change_only_where_the_leading_hypothesis_rests_on_it),
        cmocka_unit_test(says_who_noticed_only_what_the_bundle_holds),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
