#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "cli/cli.h"
#include "cli/outcomes.h"

struct checking {
    struct hc_arena *arena;
    struct hc_catalogue *catalogue;
};

static int begin(void **state)
{
    static struct checking c;
    c.arena = hc_arena_new(0);
    *state = &c;
    return c.arena && hc_catalogue_read(&c.catalogue, HC_STR_NONE, NULL) == HC_OK ? 0 : -1;
}

static int end(void **state)
{
    struct checking *c = *state;
    hc_catalogue_free(c->catalogue);
    hc_arena_free(c->arena);
    return 0;
}

/* The warning's text of one outcome; NULL: none. */
static const char *said(struct checking *c, const char *category, const char *cause, const char *code)
{
    struct hc_outcome outcome = {.category = hc_str_of(category),
                                 .cause = cause ? hc_str_of(cause) : HC_STR_NONE,
                                 .place = {.member = HC_STR("incident.xml"), .line = 7}};
    struct hc_incident incident = {.outcomes = &outcome, .n_outcomes = 1};
    assert_int_equal(hc_outcomes_check(&incident, c->catalogue, c->arena, NULL), HC_OK);
    assert_true(hc_str_equal(outcome.category, hc_str_of(category)));
    if (incident.n_warnings == 0)
        return NULL;
    assert_int_equal(incident.n_warnings, 1);
    assert_true(hc_str_is(incident.warnings[0].code, code));
    assert_true(hc_str_is(incident.warnings[0].member, "incident.xml"));
    assert_int_equal(incident.warnings[0].line, 7);
    assert_true(hc_outcomes_is_warning(&incident.warnings[0]));
    return hc_str_format(c->arena, "%.*s", HC_STR_ARG(incident.warnings[0].message)).p;
}

static void words_of_the_catalogue_are_not_warned_of(void **state)
{
    struct checking *c = *state;
    for (size_t i = 0; i < c->catalogue->n_causes; i++) {
        const struct hc_cause *cause = &c->catalogue->causes[i];
        const char *category =
            hc_str_format(c->arena, "%.*s", HC_STR_ARG(c->catalogue->categories[cause->category].id)).p;
        assert_null(said(c, category, hc_str_format(c->arena, "%.*s", HC_STR_ARG(cause->id)).p, ""));
        for (size_t k = 0; k < cause->n_aliases; k++)
            assert_null(said(c, category, hc_str_format(c->arena, "%.*s", HC_STR_ARG(cause->aliases[k])).p, ""));
    }
    assert_null(said(c, "application", NULL, ""));
    assert_null(said(c, "", "memory-leak", ""));
}

static void a_category_of_ones_own_is_warned_of(void **state)
{
    struct checking *c = *state;
    assert_string_equal(said(c, "aplication", "memory-leak", "outcome-category"),
                        "the catalogue has no category \"aplication\": it counts as one of its own; did you mean "
                        "\"application\"?");
    assert_string_equal(said(c, "Network", NULL, "outcome-category"),
                        "the catalogue has no category \"Network\": it counts as one of its own; did you mean "
                        "\"network\"?");
    assert_string_equal(said(c, "weather", NULL, "outcome-category"),
                        "the catalogue has no category \"weather\": it counts as one of its own");
    assert_string_equal(said(c, "config", "bad-value", "outcome-category"),
                        "the catalogue has no category \"config\": it counts as one of its own; did you mean "
                        "\"configuration\"?");
    assert_string_equal(said(c, "dat", NULL, "outcome-category"),
                        "the catalogue has no category \"dat\": it counts as one of its own");
    assert_non_null(
        said(c, "a-word-that-is-longer-than-any-word-of-the-catalogue-can-ever-be-and-more", NULL, "outcome-category"));
}

static void a_cause_is_warned_of_where_it_is_near_one_of_its_category(void **state)
{
    struct checking *c = *state;
    assert_string_equal(said(c, "application", "memory_leak", "outcome-cause"),
                        "the catalogue has no cause \"memory_leak\": it counts as one of its own; did you mean "
                        "\"memory-leak\"?");
    assert_null(said(c, "application", "log4j-lookup", "outcome-cause"));
    assert_null(said(c, "network", "memory_leak", "outcome-cause"));
}

/* Of the category that was perhaps meant, or of any. */
static void a_cause_is_looked_at_where_its_category_is_not_listed(void **state)
{
    struct checking *c = *state;
    static const struct {
        const char *category, *cause, *meant;
    } given[] = {{"aplication", "memory-leek", "memory-leak"},
                 {"network", "memory-leek", NULL},
                 {"weather", "memory-leek", "memory-leak"},
                 {"weather", "memory-leak", NULL},
                 {"weather", "thunder", NULL}};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        struct hc_outcome outcome = {.category = hc_str_of(given[i].category),
                                     .cause = hc_str_of(given[i].cause),
                                     .place = {.member = HC_STR("incident.xml"), .line = 7}};
        struct hc_incident incident = {.outcomes = &outcome, .n_outcomes = 1};
        bool warned = false;
        assert_int_equal(hc_outcomes_check(&incident, c->catalogue, c->arena, NULL), HC_OK);
        for (size_t k = 0; k < incident.n_warnings; k++)
            if (hc_str_is(incident.warnings[k].code, "outcome-cause"))
                warned = memmem(incident.warnings[k].message.p, incident.warnings[k].message.n, "memory-leak",
                                strlen("memory-leak")) != NULL;
        assert_int_equal(warned, given[i].meant != NULL);
    }
}

static void a_component_is_warned_of_where_it_is_near_one_of_the_incident(void **state)
{
    struct checking *c = *state;
    static const char *const given[] = {"chekout", "checkout", "cart-3", "elsewhere", NULL};
    struct hc_component components[] = {{.name = HC_STR("cart-1")}, {.name = HC_STR("checkout")}};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        struct hc_outcome outcome = {.component = given[i] ? hc_str_of(given[i]) : HC_STR_NONE,
                                     .place = {.member = HC_STR("incident.xml"), .line = 3}};
        struct hc_incident incident = {
            .outcomes = &outcome, .n_outcomes = 1, .components = components, .n_components = 2};
        assert_int_equal(hc_outcomes_check(&incident, c->catalogue, c->arena, NULL), HC_OK);
        assert_int_equal(incident.n_warnings, i == 0);
        if (i == 0)
            assert_true(hc_str_is(incident.warnings->message, "nothing else in the incident is of a component "
                                                              "\"chekout\"; did you mean \"checkout\"?"));
    }
}

static void warnings_stay_in_order_and_the_earlier_ones_are_kept(void **state)
{
    struct checking *c = *state;
    struct hc_warning old[] = {
        {.code = HC_STR("href-missing"), .member = HC_STR("incident.xml"), .line = 9, .n_more = 3},
        {.code = HC_STR("bad-time"), .member = HC_STR("logs/a.log"), .line = 1}};
    struct hc_outcome outcomes[12];
    for (size_t i = 0; i < 12; i++)
        outcomes[i] =
            (struct hc_outcome){.category = HC_STR("weather"),
                                .place = {.member = HC_STR("incident.xml"), .line = 10 - (uint32_t)(i % 2) * 5}};
    struct hc_incident incident = {.outcomes = outcomes, .n_outcomes = 12, .warnings = old, .n_warnings = 2};
    for (size_t i = 0; i < 2; i++)
        old[i].message = HC_STR("said before");
    assert_int_equal(hc_outcomes_check(&incident, c->catalogue, c->arena, NULL), HC_OK);
    assert_int_equal(incident.n_warnings, 2 + HC_WARNINGS_KEPT);
    size_t n_more = 0;
    for (size_t i = 1; i < incident.n_warnings; i++) {
        const struct hc_warning *a = &incident.warnings[i - 1], *b = &incident.warnings[i];
        int order = hc_str_compare(a->member, b->member);
        assert_true(order < 0 || (order == 0 && a->line <= b->line));
    }
    for (size_t i = 0; i < incident.n_warnings; i++)
        n_more += incident.warnings[i].n_more;
    assert_int_equal(n_more, 3 + 2);
}

static void the_list_for_writers_is_the_catalogue(void **state)
{
    struct checking *c = *state;
    struct hc_str page = HC_STR_NONE;
    assert_int_equal(hc_file_slurp(HC_SOURCE_DIR "/docs/bundle-format.md", c->arena, &page, NULL), HC_OK);
    for (size_t i = 0; i < c->catalogue->n_categories; i++) {
        struct hc_buf row = {0};
        hc_buf_format(&row, "\n| `%.*s` |", HC_STR_ARG(c->catalogue->categories[i].id));
        bool first = true;
        for (size_t k = 0; k < c->catalogue->n_causes; k++)
            if (c->catalogue->causes[k].category == i) {
                hc_buf_format(&row, "%s`%.*s`", first ? " " : ", ", HC_STR_ARG(c->catalogue->causes[k].id));
                first = false;
            }
        hc_buf_text(&row, " |\n");
        if (!memmem(page.p, page.n, row.p, row.n))
            fail_msg("docs/bundle-format.md has no row %.*s", (int)row.n, row.p);
        hc_buf_free(&row);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_the_catalogue_are_not_warned_of),
        cmocka_unit_test(a_cause_is_looked_at_where_its_category_is_not_listed),
        cmocka_unit_test(a_category_of_ones_own_is_warned_of),
        cmocka_unit_test(a_cause_is_warned_of_where_it_is_near_one_of_its_category),
        cmocka_unit_test(a_component_is_warned_of_where_it_is_near_one_of_the_incident),
        cmocka_unit_test(the_list_for_writers_is_the_catalogue),
        cmocka_unit_test(warnings_stay_in_order_and_the_earlier_ones_are_kept),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
