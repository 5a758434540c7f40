#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "reports/document.h"
#include "tests/unit/reports/rendered.h"

static struct hc_doc begin(void)
{
    struct hc_doc doc;
    hc_document_init(&doc, hc_arena_new(0), HC_STR("t"), HC_STR("t"));
    hc_doc_section(&doc, "a", "A");
    return doc;
}

/* The page, rendered; it is well-formed. The caller frees it. */
static char *end(struct hc_doc *doc)
{
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_document_html(doc, &out, &err), HC_OK);
    char *html = text_of(&out);
    parse(html, doc->arena);
    hc_arena_free(doc->arena);
    return html;
}

/* The rendered page of one timeline, its marks in turn in two lanes. The caller frees it. */
static char *timeline(const double *at_s, size_t n)
{
    const struct hc_lane of[2] = {{.name = HC_STR("the incident")}, {.name = HC_STR("db"), .strong = true}};
    const struct hc_lanes lanes = {
        .of = of, .n = 2, .times_s = at_s, .n_times = n, .window_from_s = at_s[0], .window_until_s = NAN};
    struct hc_doc doc = begin();
    hc_doc_timeline(&doc, HC_STR("The timeline"), HC_STR("marks"), &lanes);
    for (size_t i = 0; i < n; i++)
        hc_doc_mark(&doc, (struct hc_mark){.label = HC_STR("1"), .at = at_s[i], .lane = i % 2});
    return end(&doc);
}

/* Where the marks stand, in per cent of the width; they are drawn from the last to the first. */
static size_t marks_at(const char *html, double *x)
{
    size_t n = 0;
    for (const char *at = html; (at = strstr(at, "class=\"at\" x=\"")) != NULL; at++)
        x[n++] = strtod(at + 14, NULL);
    return n;
}

static void breaks_the_axis_where_nothing_happened_for_long(void **state)
{
    (void)state;
    const double at_s[] = {-65000, 0, 60, 120, 300, 600};
    double x[8];
    char *html = timeline(at_s, 6);
    assert_int_equal(marks_at(html, x), 6);
    assert_true(x[0] - x[4] > 50); /* what lies within ten minutes has most of the width */
    assert_true(x[5] < x[4]);
    assert_non_null(strstr(html, ">//</text>"));
    assert_non_null(strstr(html, ">T-18 h 3 min</text>"));
    assert_non_null(strstr(html, "the axis is broken"));
    free(html);
}

static void names_zero_wherever_it_lies(void **state)
{
    (void)state;
    const double inside[] = {-30, 0, 10, 90000, 90060}, begins[] = {0, 10, 90000, 90060},
                 behind[] = {-90000, -10, 0, 60, 120};
    const struct {
        const double *at_s;
        size_t n;
    } axes[] = {{inside, 5}, {begins, 4}, {behind, 5}};
    for (size_t i = 0; i < 3; i++) {
        char *html = timeline(axes[i].at_s, axes[i].n);
        const char *at = strstr(html, ">T+0 s</text>");
        assert_non_null(at);
        assert_null(strstr(at + 1, ">T+0 s</text>"));
        free(html);
    }
}

static void keeps_an_axis_whole_that_has_room(void **state)
{
    (void)state;
    const double at_s[] = {-90, 0, 73, 76, 77, 88, 210};
    double x[8];
    char *html = timeline(at_s, 7);
    assert_int_equal(marks_at(html, x), 7);
    assert_null(strstr(html, "//</text>"));
    for (size_t i = 0; i < 7; i++) /* to scale */
        assert_true(fabs((x[6 - i] - x[6]) / (x[0] - x[6]) - (at_s[i] + 90) / 300) < 1e-3);
    free(html);
}

static void draws_two_marks_however_far_apart(void **state)
{
    (void)state;
    const double at_s[] = {-1e7, 5};
    double x[8];
    char *html = timeline(at_s, 2);
    assert_int_equal(marks_at(html, x), 2);
    assert_null(strstr(html, "nan"));
    free(html);
}

static void breaks_it_twice_at_most_and_in_order(void **state)
{
    (void)state;
    const double at_s[] = {-1e7, -1e5, 0, 10, 20, 60};
    double x[8];
    char *html = timeline(at_s, 6);
    size_t n = marks_at(html, x);
    assert_int_equal(n, 6);
    for (size_t i = 1; i < n; i++)
        assert_true(x[i] < x[i - 1]);
    assert_true(x[0] < 100 && x[n - 1] > 0);
    free(html);
}

static void leaves_marks_out_for_which_there_is_no_room(void **state)
{
    (void)state;
    double at_s[40], x[40];
    for (size_t i = 0; i < 40; i++)
        at_s[i] = i < 39 ? 0 : 60;
    char *html = timeline(at_s, 40);
    assert_int_equal(marks_at(html, x), 29); /* 14 of each lane, and the last */
    finds(html, "no room: 11.");
    free(html);
}

static void cuts_a_name_that_is_wider_than_the_screen(void **state)
{
    (void)state;
    const struct hc_lane of[1] = {{.name = HC_STR("a.component.whose.name.is.longer.than.forty.letters")}};
    const double at_s[2] = {0, 1};
    const struct hc_lanes lanes = {
        .of = of, .n = 1, .times_s = at_s, .n_times = 2, .window_from_s = NAN, .window_until_s = NAN};
    struct hc_doc doc = begin();
    hc_doc_timeline(&doc, HC_STR("t"), HC_STR("d"), &lanes);
    for (size_t i = 0; i < 2; i++)
        hc_doc_mark(&doc, (struct hc_mark){.label = HC_STR("1"), .at = at_s[i]});
    char *html = end(&doc);
    finds(html, ">a.component.whose.name.is.longer.than.\xE2\x80\xA6</text>");
    free(html);
}

static void lets_each_bar_of_a_waterfall_begin_where_the_last_one_ended(void **state)
{
    (void)state;
    const double reached[] = {0, -1, 2, 1.5};
    struct hc_doc doc = begin();
    hc_doc_waterfall(&doc, HC_STR("w"), HC_STR_NONE);
    for (size_t i = 1; i < 4; i++)
        hc_doc_mark(&doc, (struct hc_mark){
                              .label = HC_STR("a"), .value = HC_STR("b"), .from = reached[i - 1], .at = reached[i]});
    hc_doc_mark(&doc, (struct hc_mark){.label = HC_STR("sum"), .value = HC_STR("b"), .at = 1.5});
    char *html = end(&doc);
    /* of three nats: one below zero, two above */
    finds(html, "x=\"0.00%\" y=\"1.0\" width=\"33.33%\"");
    finds(html, "x=\"0.00%\" y=\"1.0\" width=\"100.00%\"");
    finds(html, "x=\"83.33%\" y=\"1.0\" width=\"16.67%\"");
    finds(html, "x=\"33.33%\" y=\"1.0\" width=\"50.00%\"");
    free(html);
}

/* The line of a chart of these values, a second apart. The caller frees it. */
static char *chart(const double *values, size_t n, double low, double high)
{
    double at_s[1000];
    for (size_t i = 0; i < n; i++)
        at_s[i] = (double)i;
    const struct hc_chart of[1] = {{.name = HC_STR("db cpu"),
                                    .description = HC_STR("d"),
                                    .at_s = at_s,
                                    .values = values,
                                    .n = n,
                                    .low = low,
                                    .high = high,
                                    .band_low = NAN,
                                    .band_high = NAN,
                                    .window_from_s = NAN,
                                    .window_until_s = NAN,
                                    .onset_s = NAN}};
    const struct hc_charts charts = {.of = of, .n = 1};
    struct hc_doc doc = begin();
    hc_doc_charts(&doc, HC_STR("c"), &charts);
    return end(&doc);
}

static void draws_a_series_on_a_scale_of_round_values(void **state)
{
    (void)state;
    const double values[] = {0, 3, NAN, 7, 3};
    char *html = chart(values, 5, 0, 7);
    finds(html, "d=\"M0 1000L250 600M750 67L1000 600\""); /* 0 to 7.5, and no line over the gap */
    finds(html, ">7.5</text>");
    finds(html, ">2.5</text>");
    free(html);
}

static void draws_no_time_that_cannot_be_said(void **state)
{
    (void)state;
    const double at_s[] = {0, 1.1e10}; /* 350 years: more than 63 bits of nanoseconds */
    char *html = timeline(at_s, 2);
    assert_null(strstr(html, "<figure"));
    free(html);
}

static void begins_a_scale_at_0_only_where_that_is_near(void **state)
{
    (void)state;
    const double values[] = {1000, 1003};
    char *html = chart(values, 2, 1000, 1003);
    finds(html, ">1000</text>");
    finds(html, ">1003</text>");
    assert_null(strstr(html, ">0</text>"));
    free(html);
}

static void keeps_the_peak_of_a_long_series(void **state)
{
    (void)state;
    double values[1000];
    for (size_t i = 0; i < 1000; i++)
        values[i] = i == 777 ? 10 : 1;
    char *html = chart(values, 1000, 1, 10);
    const char *line = strstr(html, " d=\"M");
    size_t n = 0;
    for (const char *at = line; *at && *at != '>'; at++)
        n += *at == 'L';
    assert_true(n < 250);
    finds(line, "L778 0L");
    free(html);
}

static void hangs_branches_below_one_another(void **state)
{
    (void)state;
    const unsigned depths[] = {0, 1, 2, 1, 0};
    struct hc_doc doc = begin();
    hc_doc_tree(&doc, HC_STR("who calls whom"));
    for (size_t i = 0; i < 5; i++) {
        hc_doc_branch(&doc, (struct hc_branch){depths[i], i < 2});
        hc_doc_format(&doc, "c%zu", i);
    }
    struct hc_buf markdown = {0};
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_document_markdown(&doc, &markdown, &err), HC_OK);
    finds(text_of(&markdown), "*who calls whom*\n\n- c0\n  - c1\n    - c2\n  - c3\n- c4\n\n");
    char *html = end(&doc), *to = html;
    for (const char *at = html; *at; at++) /* however its lines are broken */
        if (*at != '\n')
            *to++ = *at;
    *to = '\0';
    finds(html, "<ul class=\"tree\"><li class=\"way\">c0<ul><li class=\"way\">c1<ul><li>c2</li></ul></li>"
                "<li>c3</li></ul></li><li>c4</li></ul>");
    free(html);
    hc_buf_free(&markdown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_marks_out_for_which_there_is_no_room),
        cmocka_unit_test(cuts_a_name_that_is_wider_than_the_screen),
        cmocka_unit_test(lets_each_bar_of_a_waterfall_begin_where_the_last_one_ended),
        cmocka_unit_test(draws_a_series_on_a_scale_of_round_values),
        cmocka_unit_test(draws_no_time_that_cannot_be_said),
        cmocka_unit_test(begins_a_scale_at_0_only_where_that_is_near),
        cmocka_unit_test(keeps_the_peak_of_a_long_series),
        cmocka_unit_test(hangs_branches_below_one_another),
        cmocka_unit_test(breaks_the_axis_where_nothing_happened_for_long),
        cmocka_unit_test(names_zero_wherever_it_lies),
        cmocka_unit_test(keeps_an_axis_whole_that_has_room),
        cmocka_unit_test(draws_two_marks_however_far_apart),
        cmocka_unit_test(breaks_it_twice_at_most_and_in_order),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
