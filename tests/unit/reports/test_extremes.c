#include <math.h>

#include "tests/unit/reports/fixture.h"
#include "tests/unit/reports/incident_rendered.h"

static void a_rollback_before_the_trouble_did_not_end_it(void **state)
{
    (void)state;
    struct fixture f;
    fixture_full(&f);
    f.incident.changes[0].kind = HC_STR("rollback"); /* at 23:16:30; T+0 is the first symptom then */
    char *markdown = markdown_of(&f);
    assert_non_null(strstr(markdown, "- **Rollback:** *not in the bundle*"));
    assert_null(strstr(markdown, "Done: rollback"));
    free(markdown);
    f.incident.changes[0].at = fixture_time("2015-03-16T23:18:30Z");
    markdown = markdown_of(&f);
    assert_non_null(strstr(markdown, "- **Rollback:** [2015-03-16T23:18:30Z]"));
    assert_non_null(strstr(markdown, "Done: rollback"));
    free(markdown);
}

static void draws_no_series_beyond_all_scales(void **state)
{
    (void)state;
    static const double values[4] = {-1e308, 1e308, -1e308, 1e308};
    static int64_t at_ns[4];
    static struct hc_series series;
    struct fixture f;
    fixture_full(&f);
    for (int i = 0; i < 4; i++)
        at_ns[i] = f.incident.window_start.ns + i * 10 * HC_NS_PER_SECOND;
    series = (struct hc_series){.metric = HC_STR("huge"),
                                .n = 4,
                                .at_ns = at_ns,
                                .values = values,
                                .baseline_median = 1e-300,
                                .peak = 1e308,
                                .score = 3,
                                .onset_at = HC_TIME_NONE,
                                .baseline_mad = NAN};
    f.incident.series = &series;
    f.incident.n_series = 1;
    char *html = html_of(&f);
    assert_null(strstr(html, "class=\"charts\""));
    assert_null(strstr(html, "?L"));
    assert_non_null(strstr(html, "beyond words"));
    free(html);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rollback_before_the_trouble_did_not_end_it),
        cmocka_unit_test(draws_no_series_beyond_all_scales),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
