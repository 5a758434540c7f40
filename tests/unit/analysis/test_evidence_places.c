/* Which line of a metric's file a finding cites. */
#include "analysis/evidence/series.h"
#include "evidence_fixture.h"

#define WINDOW_NS (INT64_C(1772366400) * HC_NS_PER_SECOND)

static void a_point_is_at_its_row_and_any_other_time_where_the_series_begins(void **state)
{
    (void)state;
    struct made_series made;
    const double window[] = {10, 11};
    struct hc_series series = make_series(&made, 0, "cpu_usage", WINDOW_NS, window, 2);
    series.first_row = 7;
    assert_int_equal(hc_series_place_at(&series, (struct hc_time){made.at_ns[0], 0}).line, 7);
    assert_int_equal(hc_series_place_at(&series, (struct hc_time){made.at_ns[61], 0}).line, 7 + 61);
    assert_int_equal(hc_series_place_at(&series, (struct hc_time){made.at_ns[61] + 1, 0}).line, 1);
    assert_int_equal(hc_series_place_at(&series, (struct hc_time){made.at_ns[0] - 1, 0}).line, 1);
    assert_int_equal(hc_series_place_at(&series, HC_TIME_NONE).line, 1);
    series.first_row = 0;
    assert_int_equal(hc_series_place_at(&series, (struct hc_time){made.at_ns[0], 0}).line, 1);
}

/* Where the lines of rows are not known it is where the series begins. */
static void a_metric_is_cited_at_the_row_where_it_left_its_level(void **state)
{
    struct fixture *f = *state;
    struct made_series made;
    const double window[] = {10, 10, 25, 30, 28};
    struct hc_component components[] = {{.name = HC_STR("shop")}};
    struct hc_series series = make_series(&made, 0, "cpu_usage", WINDOW_NS, window, 5);
    const struct hc_incident incident = {.id = HC_STR("X"),
                                         .service = HC_STR("shop"),
                                         .window_start = {WINDOW_NS, 0},
                                         .window_end = {WINDOW_NS + HC_NS_PER_HOUR, 0},
                                         .components = components,
                                         .n_components = 1,
                                         .series = &series,
                                         .n_series = 1};
    for (uint32_t first_row = 0; first_row <= 2; first_row += 2) {
        struct hc_incident whole = incident;
        series.first_row = first_row;
        extract(f, &whole);
        const struct hc_evidence_item *item = item_of(f, 0, "cpu-up");
        assert_non_null(item);
        assert_int_equal(item->place.line, first_row ? 2 + 62 : 1); /* the third row of the window */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_point_is_at_its_row_and_any_other_time_where_the_series_begins),
        cmocka_unit_test(a_metric_is_cited_at_the_row_where_it_left_its_level),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
