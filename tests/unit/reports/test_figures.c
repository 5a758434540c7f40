#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "reports/document.h"

/* The rendered page of one timeline. The caller frees it. */
static char *timeline(const double *at_s, size_t n)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_doc doc;
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    hc_document_init(&doc, arena, HC_STR("t"), HC_STR("t"));
    hc_doc_section(&doc, "a", "A");
    hc_doc_timeline(&doc, HC_STR("The timeline"), HC_STR("marks"));
    for (size_t i = 0; i < n; i++)
        hc_doc_mark(&doc, (struct hc_mark){.label = HC_STR("1"), .at = at_s[i]});
    assert_int_equal(hc_document_html(&doc, &out, &err), HC_OK);
    hc_buf_char(&out, '\0');
    assert_false(out.failed);
    hc_arena_free(arena);
    return out.p;
}

/* Where the marks stand, in per cent of the width; they are drawn from the last to the first. */
static size_t marks_at(const char *html, double *x)
{
    size_t n = 0;
    for (const char *at = html; (at = strstr(at, " cx=\"")) != NULL; at++)
        x[n++] = strtod(at + 5, NULL);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(breaks_the_axis_where_nothing_happened_for_long),
        cmocka_unit_test(names_zero_wherever_it_lies),
        cmocka_unit_test(keeps_an_axis_whole_that_has_room),
        cmocka_unit_test(draws_two_marks_however_far_apart),
        cmocka_unit_test(breaks_it_twice_at_most_and_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
