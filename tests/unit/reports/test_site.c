#include "tests/unit/reports/rendered.h"

#include <math.h>

#include "reports/incident.h"

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

static void lists_the_newest_first_in_any_order_of_input(void **state)
{
    (void)state;
    struct hc_site_entry a[3] = {entry("INC-1", "2020-01-01T00:00:00Z", 0.5, false),
                                 entry("INC-3", "2020-03-01T00:00:00Z", NAN, true),
                                 entry("INC-2", "2020-03-01T00:00:00Z", 0.7, false)};
    struct hc_site_entry b[3] = {a[2], a[1], a[0]};
    struct hc_buf first = {0}, second = {0};
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_report_site_markdown(a, 3, &first, &err), HC_OK);
    assert_int_equal(hc_report_site_markdown(b, 3, &second, &err), HC_OK);
    hc_buf_char(&first, '\0');
    hc_buf_char(&second, '\0');
    assert_string_equal(first.p, second.p);
    assert_true(strstr(first.p, "(INC-2.md)") < strstr(first.p, "(INC-3.md)"));
    assert_true(strstr(first.p, "(INC-3.md)") < strstr(first.p, "(INC-1.md)"));
    assert_non_null(strstr(first.p, "3 incidents, newest first; the cause of 1 is confirmed"));
    hc_buf_free(&first);
    hc_buf_free(&second);
}

static void says_what_the_analysis_said_beside_what_is_on_record(void **state)
{
    (void)state;
    struct hc_site_entry entries[5] = {
        entry("INC-1", "2020-01-01T00:00:00Z", 0.394, true), entry("INC-2", "2020-03-31T23:59:59Z", 0.5, true),
        entry("INC-3", "2020-04-01T00:00:00Z", 0.7, true), entry("INC-4", "2020-12-31T00:00:00Z", 0.7, false),
        entry("INC-5", "2020-01-01T00:00:01Z", 0.6, true)};
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    entries[1].found.component = HC_STR("db");
    entries[2].found = (struct hc_site_cause){HC_STR("traffic"), HC_STR("surge"), HC_STR("edge")};
    entries[4].found.cause = HC_STR("infinite-loop");
    assert_int_equal(hc_report_site_markdown(entries, 5, &out, &err), HC_OK);
    hc_buf_char(&out, '\0');
    const char *at = out.p;
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
        "traffic: surge in `edge`",
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
    hc_buf_free(&out);
}

static void treats_hits_and_misses_alike_where_none_stands_out(void **state)
{
    (void)state;
    struct hc_site_entry entries[5] = {
        entry("INC-1", "2020-01-01T00:00:00Z", 0.249, true), entry("INC-2", "2020-01-02T00:00:00Z", 0.1, true),
        entry("INC-3", "2020-01-03T00:00:00Z", 0.2, true), entry("INC-4", "2020-01-04T00:00:00Z", 0.25, true),
        entry("INC-5", "2020-01-05T00:00:00Z", NAN, true)};
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    size_t n = 0;
    entries[1].found = (struct hc_site_cause){HC_STR("traffic"), HC_STR("surge"), HC_STR("edge")};
    entries[2].found.component = HC_STR("db");
    assert_int_equal(hc_report_site_markdown(entries, 5, &out, &err), HC_OK);
    hc_buf_char(&out, '\0');
    for (const char *at = out.p; (at = strstr(at, "| none stood out")) != NULL; at++)
        n++;
    assert_int_equal(n, 3);
    assert_null(strstr(out.p, "category only"));
    assert_non_null(strstr(out.p, "< 25\xC2\xA0%"));
    assert_non_null(strstr(out.p, "Of these 4 were analysed. The leading hypothesis has the category and the component "
                                  "on record in 2 of 4 (50\xC2\xA0%): 1 of 1 (100\xC2\xA0%) where it stands out, "
                                  "1 of 3 (33\xC2\xA0%) where none does; the cause too in 2."));
    hc_buf_free(&out);
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
                                           {"INC-1", "INC-1"}};
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_site_entry one[1] = {entry("index", "2020-01-01T00:00:00Z", 0.5, false)};
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        assert_true(hc_str_is(hc_report_file(hc_str_of(files[i][0]), arena), files[i][1]));
    assert_int_equal(hc_report_site_markdown(one, 1, &out, &err), HC_OK);
    assert_non_null(memmem(out.p, out.n, "[index](_index.md)", 18));
    hc_buf_free(&out);
    hc_arena_free(arena);
}

static void is_well_formed_even_when_it_is_empty(void **state)
{
    (void)state;
    struct hc_site_entry one[1] = {entry("INC:1", "2020-01-01T00:00:00Z", 0.5, false)};
    for (size_t n = 0; n < 2; n++) {
        struct hc_buf out = {0};
        struct hc_err err = HC_ERR_NONE;
        struct hc_arena *arena = hc_arena_new(0);
        const struct hc_xml_node *root = NULL;
        assert_int_equal(hc_report_site_html(one, n, &out, &err), HC_OK);
        size_t first_line = (size_t)((const char *)memchr(out.p, '\n', out.n) - out.p);
        struct hc_str body = {out.p + first_line, out.n - first_line};
        assert_int_equal(hc_xml_parse(&root, body, 0, NULL, arena, &err), HC_OK);
        assert_int_equal(memmem(out.p, out.n, "INC%3A1.html", 12) != NULL, n == 1);
        hc_arena_free(arena);
        hc_buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_the_newest_first_in_any_order_of_input),
        cmocka_unit_test(says_what_the_analysis_said_beside_what_is_on_record),
        cmocka_unit_test(treats_hits_and_misses_alike_where_none_stands_out),
        cmocka_unit_test(no_incident_takes_the_place_of_a_page_of_the_site),
        cmocka_unit_test(is_well_formed_even_when_it_is_empty),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
