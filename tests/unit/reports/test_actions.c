/* What a report proposes: the team's own follow-ups beside or instead of the catalogue's, and what past incidents did. */
#include "tests/unit/reports/fixture.h"
#include "tests/unit/reports/rendered.h"

#define BUILT_IN "Roll back the last release of the component, or restart it."

static char *render(struct fixture *f, const char *name,
                    enum hc_status (*as)(const struct hc_incident_report *, struct hc_buf *, struct hc_err *))
{
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    f->report.template = hc_report_template_named(name);
    assert_int_equal(as(&f->report, &out, &err), HC_OK);
    return text_of(&out);
}

static char *list_of(struct fixture *f)
{
    return render(f, "seed", hc_report_incident_markdown);
}

static void give(struct fixture *f, struct hc_follow_ups *own, struct hc_follow_up *items, size_t n, bool replaces)
{
    *own = (struct hc_follow_ups){.items = items, .n = n, .replaces = replaces};
    f->report.follow_ups = own;
}

static void misses(const char *text, const char *part)
{
    if (strstr(text, part))
        print_error("found: %s\n", part);
    assert_null(strstr(text, part));
}

/* Wherever it stands in Markdown, a backslash is before it. */
static void is_escaped(const char *markdown, const char *part)
{
    for (const char *at = markdown; (at = strstr(at, part)) != NULL; at++)
        assert_int_equal(at[-1], '\\');
}

static void own_follow_ups_stand_before_those_of_the_catalogue(void **state)
{
    struct hc_follow_up items[] = {{.text = HC_STR("Page the storage team."),
                                    .category = HC_STR("application"),
                                    .cause = HC_STR("memory-leak"),
                                    .owner = HC_STR("@storage"),
                                    .ticket = HC_STR("OPS-12"),
                                    .link = HC_STR("https://tickets.example/OPS-12?a=1&b=(2)"),
                                    .priority = HC_STR("P1"),
                                    .due_days = 7}};
    (void)state;
    struct fixture f;
    struct hc_follow_ups own;
    fixture_full(&f);
    give(&f, &own, items, 1, false);
    char *markdown = list_of(&f);
    finds(markdown, "- **Do first:** Page the storage team. [All actions]");
    const char *at = strstr(markdown, "### Immediate");
    finds(at, "- Page the storage team. Owner: @<!-- -->storage; ticket: "
              "[OPS-12](https://tickets.example/OPS-12?a=1&amp;b=%282%29); priority: P1; due within 7 "
              "days of the "
              "end, by 2015-03-23. *From the team's own.*");
    assert_true(strstr(at, "- Page the storage team.") < strstr(at, "- " BUILT_IN));
    finds(at - 1500, "Those of the team's own say what its file says");
    free(markdown);
    char *html = render(&f, "srebook", hc_report_incident_html);
    finds(html, "<a href=\"https://tickets.example/OPS-12?a=1&amp;b=%282%29\" rel=\"noreferrer\">OPS-12</a>");
    free(html);
    char *table = render(&f, "srebook", hc_report_incident_markdown);
    finds(table, "| Page the storage team. | *to fill in* | @<!-- -->storage | P1, [OPS-12](https://");
    free(table);
}

static void own_follow_ups_may_stand_instead_of_those_of_the_catalogue(void **state)
{
    struct hc_follow_up items[] = {
        {.text = HC_STR("Ours."), .category = HC_STR("application"), .horizon = 3},
        {.text = HC_STR("Ours of another cause."), .category = HC_STR("application"), .cause = HC_STR("deadlock")},
        {.text = HC_STR("Ours of another category."), .category = HC_STR("traffic")}};
    (void)state;
    struct fixture f;
    struct hc_follow_ups own;
    fixture_full(&f);
    give(&f, &own, items, 3, true);
    char *markdown = list_of(&f);
    finds(markdown, "- Ours. Owner: *none yet*. *From the team's own.*");
    misses(markdown, "Ours of another");
    misses(markdown, BUILT_IN);
    misses(markdown, "Do first");
    finds(markdown, "Put the warning time of"); /* of gaps it says nothing */
    free(markdown);
    give(&f, &own, items + 1, 2, true); /* nothing for this cause: what is built in stays */
    markdown = list_of(&f);
    finds(markdown, "- " BUILT_IN);
    free(markdown);
}

static void own_follow_ups_of_a_gap_stand_where_it_is_met(void **state)
{
    struct hc_follow_up items[] = {
        {.text = HC_STR("Shorten the scrape."), .gap = HC_GAP_SHORT_WARNING, .horizon = 1},
        {.text = HC_STR("Add an alert."), .gap = HC_GAP_NO_ALERT, .horizon = 1},
        {.text = HC_STR("Write the time down."), .gap = HC_GAP_DETECTION_UNKNOWN, .horizon = 1},
        {.text = HC_STR("Alert sooner."), .gap = HC_GAP_DETECTION_LATE, .horizon = 1},
        {.text = HC_STR("Take dumps."), .gap = HC_GAP_EVIDENCE_MISSING, .horizon = 2},
        {.text = HC_STR("Export metrics."), .gap = HC_GAP_NO_TELEMETRY, .horizon = 2}};
    (void)state;
    struct fixture f;
    struct hc_follow_ups own;
    fixture_full(&f);
    give(&f, &own, items, 6, false);
    char *markdown = list_of(&f);
    finds(markdown, "- Shorten the scrape.");
    finds(markdown, "- Add an alert.");
    finds(markdown, "- Take dumps.");
    misses(markdown, "Write the time down.");
    misses(markdown, "Alert sooner.");
    misses(markdown, "Export metrics.");
    finds(markdown, "Put the warning time of");
    free(markdown);
    give(&f, &own, items, 6, true);
    markdown = list_of(&f);
    misses(markdown, "Put the warning time of");
    misses(markdown, "Collect what was missing");
    finds(markdown, "- " BUILT_IN);
    free(markdown);
    f.incident.detected = HC_TIME_NONE;
    markdown = list_of(&f);
    finds(markdown, "- Write the time down.");
    misses(markdown, "Record when an incident is detected");
    free(markdown);
    f.incident.detected = f.incident.window_end;
    struct hc_component dark[] = {{.name = HC_STR("storage_service")}, {.name = HC_STR("cache")}};
    f.incident.components = dark;
    f.incident.n_components = 2;
    markdown = list_of(&f);
    finds(markdown, "- Alert sooner.");
    finds(markdown, "- Export metrics.");
    free(markdown);
}

static void texts_from_outside_stay_texts(void **state)
{
    struct hc_str bad = HC_STR(HOSTILE);
    struct hc_follow_up items[] = {{.text = bad,
                                    .category = HC_STR("application"),
                                    .owner = bad,
                                    .ticket = bad,
                                    .link = HC_STR("javascript:alert(1)"),
                                    .priority = bad,
                                    .type = bad},
                                   {.text = HC_STR("Look."),
                                    .category = HC_STR("application"),
                                    .ticket = bad,
                                    .link = HC_STR("https://x.example/\"><script>")}};
    (void)state;
    struct fixture f;
    struct hc_follow_ups own;
    static const char *const templates[] = {"seed", "srebook"};
    for (size_t i = 0; i < COUNT(templates); i++) {
        struct hc_arena *arena = hc_arena_new(0);
        fixture_full(&f);
        give(&f, &own, items, 2, false);
        char *html = render(&f, templates[i], hc_report_incident_html);
        char *markdown = render(&f, templates[i], hc_report_incident_markdown);
        keep(i ? "own-srebook" : "own-seed", "html", html);
        parse(html, arena);
        misses(html, "<script");
        misses(html, "href=\"javascript");
        is_escaped(markdown, "](javascript");
        is_escaped(markdown, "<script");
        finds(html, "href=\"https://x.example/%22%3E%3Cscript%3E\"");
        finds(markdown, "](https://x.example/%22%3E%3Cscript%3E)");
        free(html);
        free(markdown);
        hc_arena_free(arena);
    }
}

static void proposes_what_ended_past_incidents_of_the_same_cause(void **state)
{
    (void)state;
    struct fixture f;
    struct hc_similar_incident past[3];
    fixture_full(&f);
    past[0] = past[1] = past[2] = f.report.similar[0];
    past[0].mended_by = HC_STR("rollback of thumbnailer to v1");
    past[1].id = HC_STR("INC-'78");
    past[1].mended_by = HC_STR("scale of thumbnailer");
    past[1].has_report = past[1].mitigated = false;
    past[2].id = HC_STR("INC-79");
    past[2].mended_by = HC_STR("config of thumbnailer");
    past[2].cause = HC_STR("deadlock");
    f.report.similar = past;
    f.report.n_similar = 3;
    char *markdown = list_of(&f);
    const char *at = strstr(markdown, "### Immediate"), *end = strstr(markdown, "### Short term");
    assert_true(at && end);
    markdown[end - markdown] = '\0';
    finds(at, "- Consider what came last before [INC-77](INC-77.md), of the same cause, was mitigated: rollback of "
              "thumbnailer to v1.");
    finds(at, "- Consider what came last before [INC-'78](#src-");
    finds(at, ", of the same cause, ended: scale of thumbnailer.");
    misses(at, "INC-79");
    free(markdown);
    markdown = list_of(&f);
    finds(markdown, "SELECT at, kind, component, version FROM changes WHERE incident = 'INC-''78' ORDER BY at_ns");
    free(markdown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_follow_ups_stand_before_those_of_the_catalogue),
        cmocka_unit_test(own_follow_ups_may_stand_instead_of_those_of_the_catalogue),
        cmocka_unit_test(own_follow_ups_of_a_gap_stand_where_it_is_met),
        cmocka_unit_test(texts_from_outside_stay_texts),
        cmocka_unit_test(proposes_what_ended_past_incidents_of_the_same_cause),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
