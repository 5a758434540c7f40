#include "tests/unit/reports/fixture.h"
#include "tests/unit/reports/rendered.h"

enum { WEB, CART, CHECKOUT, DB, N };

/* The topology's part of the report, in Markdown. The caller frees it. */
static char *topology(const struct hc_dependency *calls, size_t n, const char *cause)
{
    static struct hc_component components[N] = {
        {{"web", 3}, {0}}, {{"cart", 4}, {0}}, {{"checkout", 8}, {0}}, {{"db", 2}, {0}}};
    struct fixture f;
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    fixture_full(&f);
    f.incident.components = components;
    f.incident.n_components = N;
    f.incident.dependencies = (struct hc_dependency *)calls;
    f.incident.n_dependencies = n;
    f.incident.n_symptoms = f.incident.n_changes = f.incident.n_levels = f.incident.n_events = 0;
    f.incident.service = components[WEB].name;
    f.analysis.hypotheses[0].component = hc_str_of(cause);
    assert_int_equal(hc_report_incident_markdown(&f.report, &out, &err), HC_OK);
    char *markdown = text_of(&out), *from = strstr(markdown, "### Topology"), *to = strstr(from, "<a id=");
    *to = '\0';
    char *part = strdup(from);
    free(markdown);
    return part;
}

static struct hc_dependency call(uint32_t from, uint32_t to)
{
    return (struct hc_dependency){from, to, false, fixture_place("incident.xml", 10 + to)};
}

static void shows_the_shortest_way_from_the_symptom_first(void **state)
{
    (void)state;
    const struct hc_dependency calls[] = {call(WEB, CART), call(WEB, CHECKOUT), call(CART, CHECKOUT),
                                          call(CHECKOUT, DB)};
    char *part = topology(calls, 4, "db");
    finds(part, "- `web` **symptom**\n  - `checkout`, also called by [cart](#src-");
    finds(part, "    - `db` **leading hypothesis**\n  - `cart`\n");
    finds(part, " dependencies in all.");
    assert_null(strstr(part, "No way is known"));
    free(part);
}

static void goes_round_no_circle_twice(void **state)
{
    (void)state;
    const struct hc_dependency calls[] = {call(CART, DB), call(DB, CART), call(WEB, WEB)};
    char *part = topology(calls, 3, "db");
    finds(part, "- `web` **symptom**\n- `cart`, called by [db](#src-");
    finds(part, "  - `db` **leading hypothesis**\n- `checkout`\n");
    finds(part, "No way is known from the symptom to the leading hypothesis.");
    free(part);
}

static void says_where_nothing_tells_who_calls_whom(void **state)
{
    (void)state;
    char *part = topology(NULL, 0, "db");
    finds(part, "Which component calls which: *not in the bundle*");
    free(part);
}

static void draws_what_lies_about_the_way_of_two_hundred(void **state)
{
    (void)state;
    struct fixture f;
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    fixture_large(&f);
    assert_int_equal(hc_report_incident_markdown(&f.report, &out, &err), HC_OK);
    char *markdown = text_of(&out);
    /* 150 is below 75, 37, 18, 9, 4, 2, 1 and 0 */
    finds(markdown,
          "- `component-000` **symptom**\n  - `component-001`\n    - `component-002`\n      - `component-004`\n");
    finds(markdown, "`component-075`\n                - `component-150` **leading hypothesis**\n");
    finds(markdown, "176 components are not drawn.");
    free(markdown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_the_shortest_way_from_the_symptom_first),
        cmocka_unit_test(goes_round_no_circle_twice),
        cmocka_unit_test(says_where_nothing_tells_who_calls_whom),
        cmocka_unit_test(draws_what_lies_about_the_way_of_two_hundred),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
