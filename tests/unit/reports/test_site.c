#include "tests/unit/reports/rendered.h"

#include <math.h>

#include "reports/site.h"

static struct hc_site_entry entry(const char *id, const char *started, double probability, bool known)
{
    struct hc_site_entry made = {.id = hc_str_of(id),
                                 .title = HC_STR("title of <it>"),
                                 .service = HC_STR("api"),
                                 .said = {HC_STR("application"), HC_STR("memory-leak"), HC_STR("api")},
                                 .found = {HC_STR("application"), HC_STR("memory-leak"), HC_STR("api")},
                                 .on_record = known,
                                 .started = HC_TIME_NONE,
                                 .probability = probability,
                                 .known = known};
    hc_time_parse_rfc3339(hc_str_of(started), &made.started);
    return made;
}

/* A page of the site of these entries; the text is the caller's to free. NULL: there is no such page. */
static char *page_of(const struct hc_site_input *in, const char *stem, bool html)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_site *site = NULL;
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    char *text = NULL;
    assert_int_equal(hc_site_make(&site, in, arena, &err), HC_OK);
    for (size_t i = 0; i < hc_site_pages(site); i++)
        if (hc_str_is(hc_site_page(site, i), stem)) {
            assert_null(text);
            assert_int_equal(html ? hc_site_html(site, i, &out, &err) : hc_site_markdown(site, i, &out, &err), HC_OK);
            text = text_of(&out);
            keep(stem, html ? "html" : "md", text);
        }
    hc_arena_free(arena);
    return text;
}

static char *index_of(const struct hc_site_entry *entries, size_t n)
{
    const struct hc_site_input in = {.entries = entries, .n_entries = n};
    return page_of(&in, "index", false);
}

static void lists_the_newest_first_in_any_order_of_input(void **state)
{
    (void)state;
    struct hc_site_entry a[3] = {entry("INC-1", "2020-01-01T00:00:00Z", 0.5, false),
                                 entry("INC-3", "2020-03-01T00:00:00Z", NAN, true),
                                 entry("INC-2", "2020-03-01T00:00:00Z", 0.7, false)};
    struct hc_site_entry b[3] = {a[2], a[1], a[0]};
    char *first = index_of(a, 3), *second = index_of(b, 3);
    assert_string_equal(first, second);
    assert_true(strstr(first, "(INC-2.md)") < strstr(first, "(INC-3.md)"));
    assert_true(strstr(first, "(INC-3.md)") < strstr(first, "(INC-1.md)"));
    finds(first, "3 incidents, newest first; the cause of 1 is confirmed");
    free(first);
    free(second);
}

static void says_what_the_analysis_said_beside_what_is_on_record(void **state)
{
    (void)state;
    struct hc_site_entry entries[5] = {
        entry("INC-1", "2020-01-01T00:00:00Z", 0.394, true), entry("INC-2", "2020-03-31T23:59:59Z", 0.5, true),
        entry("INC-3", "2020-04-01T00:00:00Z", 0.7, true), entry("INC-4", "2020-12-31T00:00:00Z", 0.7, false),
        entry("INC-5", "2020-01-01T00:00:01Z", 0.6, true)};
    entries[1].found.component = HC_STR("db");
    entries[2].found = (struct hc_site_cause){HC_STR("traffic"), HC_STR("surge"), HC_STR("edge")};
    entries[4].found.cause = HC_STR("infinite-loop");
    char *text = index_of(entries, 5);
    const char *at = text;
    static const char *const parts[] = {
        "the cause of 4 is confirmed. The leading hypothesis has the category and the component on "
        "record in 2 of 4 (50\xC2\xA0%); the cause too in 1. ",
        "Below 25\xC2\xA0% no cause stands out",
        "<a id=\"q-2020-q4\"></a>",
        "## 2020 Q4",
        "INC-4",
        "nothing yet",
        "not known yet",
        "## 2020 Q2",
        "INC-3",
        "application: memory-leak in `api`, 70\xC2\xA0%",
        "[traffic](category-traffic.md): surge in `edge`",
        "**differs**",
        "## 2020 Q1",
        "INC-2",
        "**category only**",
        "INC-5",
        "**in part**",
        "INC-1",
        "39\xC2\xA0%",
        "**agrees**"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        at = strstr(at, parts[i]);
        if (!at)
            print_error("not found in order: %s\n", parts[i]);
        assert_non_null(at);
    }
    free(text);
}

static void treats_hits_and_misses_alike_where_none_stands_out(void **state)
{
    (void)state;
    struct hc_site_entry entries[5] = {
        entry("INC-1", "2020-01-01T00:00:00Z", 0.249, true), entry("INC-2", "2020-01-02T00:00:00Z", 0.1, true),
        entry("INC-3", "2020-01-03T00:00:00Z", 0.2, true), entry("INC-4", "2020-01-04T00:00:00Z", 0.25, true),
        entry("INC-5", "2020-01-05T00:00:00Z", NAN, true)};
    size_t n = 0;
    entries[1].found = (struct hc_site_cause){HC_STR("traffic"), HC_STR("surge"), HC_STR("edge")};
    entries[2].found.component = HC_STR("db");
    char *text = index_of(entries, 5);
    for (const char *at = text; (at = strstr(at, "| none stood out")) != NULL; at++)
        n++;
    assert_int_equal(n, 3);
    assert_null(strstr(text, "category only"));
    finds(text, "< 25\xC2\xA0%");
    assert_non_null(strstr(text, "Of these 4 were analysed. The leading hypothesis has the category and the component "
                                 "on record in 2 of 4 (50\xC2\xA0%): 1 of 1 (100\xC2\xA0%) where it stands out, "
                                 "1 of 3 (33\xC2\xA0%) where none does; the cause too in 2."));
    free(text);
}

static void no_incident_takes_the_place_of_a_page_of_the_site(void **state)
{
    static const char *const files[][2] = {{"index", "_index"},
                                           {"calibration", "_calibration"},
                                           {"trend-2026Q3", "_trend-2026Q3"},
                                           {"trend-2026Q", "trend-2026Q"},
                                           {"trend-2026-3", "trend-2026-3"},
                                           {"trend-2026Q33", "trend-2026Q33"},
                                           {"index.html", "index.html"},
                                           {"Index", "_Index"},
                                           {"TREND-2026q3", "_TREND-2026q3"},
                                           {"data-quality", "_data-quality"},
                                           {"words", "_words"},
                                           {"words-a", "_words-a"},
                                           {"Service-api", "_Service-api"},
                                           {"category-x", "_category-x"},
                                           {"quarter-2026q3", "_quarter-2026q3"},
                                           {"service", "service"},
                                           {"services-1", "services-1"},
                                           {"INC-1", "INC-1"}};
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_site_entry one[1] = {entry("index", "2020-01-01T00:00:00Z", 0.5, false)};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        assert_true(hc_str_is(hc_report_file(hc_str_of(files[i][0]), arena), files[i][1]));
    char *text = index_of(one, 1);
    finds(text, "[index](_index.md)");
    free(text);
    hc_arena_free(arena);
}

static void names_of_pages_are_safe_and_differ(void **state)
{
    static const char *const names[][2] = {{"api", "service-api"},
                                           {"storage_service", "service-storage_service"},
                                           {"a.b-c", "service-a.b-c"},
                                           {"", "service-~none"},
                                           {"none", "service-none"},
                                           {"API", "service-~api~bd8f9a8e5c5e"},
                                           {"../../etc/passwd", "service-~etc-passwd~"},
                                           {"api~2", "service-~api-2~"},
                                           {"api.", "service-~api-~"},
                                           {"\xE6\x94\xAF\xE6\x89\x95", "service-~~"}};
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_str made[sizeof names / sizeof *names];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const size_t n = strlen(names[i][1]);
        made[i] = hc_site_name("service", hc_str_of(names[i][0]), arena);
        assert_true(names[i][1][n - 1] == '~' ? made[i].n == n + 12 && memcmp(made[i].p, names[i][1], n) == 0
                                              : i == 5 || hc_str_is(made[i], names[i][1]));
        for (size_t k = 0; k < made[i].n; k++)
            assert_non_null(memchr("abcdefghijklmnopqrstuvwxyz0123456789._~-", made[i].p[k], 40));
        for (size_t k = 0; k < i; k++)
            assert_false(hc_str_equal_nocase(made[i], made[k]));
    }
    hc_arena_free(arena);
}

#define MANY 1300

/* So many that the index shows the latest quarters only, and a service's page has parts. */
static void splits_what_thousands_would_make_long(void **state)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_site_entry *entries = hc_arena_calloc(arena, MANY, sizeof *entries);
    struct hc_word_set *words = hc_arena_calloc(arena, MANY, sizeof *words);
    static struct hc_str everywhere[] = {{"common", 6}, {"rare", 4}}, usual[] = {{"common", 6}};
    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        const struct hc_str id = hc_str_format(arena, "INC-%04zu%c", i, '\0');
        const struct hc_str at = hc_str_format(arena, "2024-%02zu-01T00:00:%02zuZ%c", i % 12 + 1, i % 60, '\0');
        entries[i] = entry(id.p, at.p, 0.5, true);
        words[i] = i == 7 || i == 9 ? (struct hc_word_set){everywhere, 2} : (struct hc_word_set){usual, 1};
    }
    const struct hc_site_input in = {
        .entries = entries, .n_entries = MANY, .words = words, .links = {.calibration = true}};
    char *index = page_of(&in, "index", false), *second = page_of(&in, "service-api~2", false),
         *third = page_of(&in, "service-api~3", true), *letter = page_of(&in, "words-r", false),
         *list = page_of(&in, "words", false), *quarter = page_of(&in, "quarter-2024q1", false);
    finds(index, "## 2024 Q4");
    assert_null(strstr(index, "## 2024 Q2"));
    finds(index, "[2024 Q1](quarter-2024q1.md): 327");
    finds(index, "[Calibration](calibration.md)");
    assert_null(strstr(index, "[Trends]"));
    assert_null(strstr(index, "hindcast backtest"));
    finds(quarter, "(INC-0000.md)");
    finds(second, "[1](service-api.md), 2, [3](service-api%7E3.md)");
    finds(third, "part 3 of 3");
    assert_null(page_of(&in, "service-api~4", false));
    finds(letter, "| rare |         2 | [INC-0009](INC-0009.md), [INC-0007](INC-0007.md) |");
    finds(list, "common (1300)");
    assert_null(page_of(&in, "words-c", false));
    free(index), free(second), free(third), free(letter), free(list), free(quarter);
    hc_arena_free(arena);
}

static void is_well_formed_even_when_it_is_empty(void **state)
{
    (void)state;
    struct hc_site_entry one[1] = {entry("INC:1", "2020-01-01T00:00:00Z", 0.5, false)};
    static const char *const pages[] = {"index", "quarters", "services", "categories", "words", "data-quality"};
    for (size_t n = 0; n < 2; n++)
        for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
            const struct hc_site_input in = {.entries = one, .n_entries = n};
            struct hc_arena *arena = hc_arena_new(0);
            char *html = page_of(&in, pages[i], true);
            parse(html, arena);
            assert_true(i > 0 || (strstr(html, "INC%3A1.html") != NULL) == (n == 1));
            assert_true(i > 0 || strstr(html, "hindcast backtest"));
            free(html);
            hc_arena_free(arena);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_the_newest_first_in_any_order_of_input),
        cmocka_unit_test(says_what_the_analysis_said_beside_what_is_on_record),
        cmocka_unit_test(treats_hits_and_misses_alike_where_none_stands_out),
        cmocka_unit_test(no_incident_takes_the_place_of_a_page_of_the_site),
        cmocka_unit_test(names_of_pages_are_safe_and_differ),
        cmocka_unit_test(splits_what_thousands_would_make_long),
        cmocka_unit_test(is_well_formed_even_when_it_is_empty),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
