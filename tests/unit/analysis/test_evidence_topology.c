/* The topology: whose anomaly is its own. */
#include "shop.h"

static void a_caller_is_explained_by_its_callee(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    const double window[] = {10, 10, 40, 40}, worse[] = {10, 10, 60, 60};
    add_series(&s, FRONT, "latency", window, 4);
    add_series(&s, SHOP, "latency", window, 4);
    add_series(&s, STORE, "latency", worse, 4);
    extract(f, &s.incident);
    assert_near(value_of(f, FRONT, "own-anomaly"), 0, 0);
    assert_near(value_of(f, SHOP, "own-anomaly"), 0, 0);
    assert_true(value_of(f, STORE, "own-anomaly") > 3);
    assert_near(value_of(f, STORE, "path-to-symptom"), value_of(f, FRONT, "latency-up"), 1e-12);
    says(f, STORE, "own-anomaly", "store is off its baseline, and no other component that it calls is known");
    assert_false(f->evidence.components[STORE_CLIENT].candidate);
    assert_true(f->evidence.components[STORE].candidate);
    assert_near(value_of(f, STORE_CLIENT, "unobserved"), 1, 0);
    assert_near(value_of(f, STORE, "isolated"), 0, 0);
    assert_near(value_of(f, FRONT, "is-service"), 1, 0);
}

static void latency_and_errors_are_explained_each_by_its_own_kind(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    const double slow[] = {10, 10, 40, 40}, failing[] = {0, 0, 5, 5};
    add_series(&s, SHOP, "latency", slow, 4);
    add_series(&s, SHOP, "error_rate", failing, 4);
    add_series(&s, STORE, "latency", slow, 4);
    for (int i = 0; i < 60; i++)
        s.made[1].values[i] = 0;
    extract(f, &s.incident);
    assert_near(value_of(f, SHOP, "own-latency-up"), 0, 0);
    assert_near(value_of(f, SHOP, "own-errors-up"), value_of(f, SHOP, "errors-up"), 0);
    assert_near(value_of(f, STORE, "own-latency-up"), value_of(f, STORE, "latency-up"), 0);
    assert_true(value_of(f, STORE, "latency-up") > 2);
    assert_true(isnan(value_of(f, STORE, "own-errors-up")));
    says(f, STORE, "own-latency-up", "store is slower than usual; the bundle has no latency of anything that it calls");
}

static void what_callees_do_not_explain_is_said_where_they_are_measured(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    const double failing[] = {0, 0, 5, 5}, sound[] = {0, 0, 0, 0};
    add_series(&s, SHOP, "error_rate", failing, 4);
    add_series(&s, STORE, "error_rate", sound, 4);
    for (int i = 0; i < 60; i++)
        s.made[0].values[i] = s.made[1].values[i] = 0;
    extract(f, &s.incident);
    says(f, SHOP, "own-errors-up", "shop has more errors than usual, which nothing that it calls explains");
    s.incident.n_series = 1;
    extract(f, &s.incident);
    says(f, SHOP, "own-errors-up",
         "shop has more errors than usual; the bundle has no errors of anything that it calls");
}

static void what_has_no_latency_explains_by_its_loudest_metric(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    const double slow[] = {10, 10, 40, 40}, busy[] = {10, 10, 90, 90};
    add_series(&s, SHOP, "latency", slow, 4);
    add_series(&s, STORE, "cpu", busy, 4);
    extract(f, &s.incident);
    assert_true(value_of(f, SHOP, "latency-up") > 2);
    assert_near(value_of(f, SHOP, "own-latency-up"),
                fmax(0, value_of(f, SHOP, "latency-up") - value_of(f, STORE, "cpu-up")), 1e-12);
}

static void only_the_symptoms_class_is_followed_to_its_origin(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    const double slow[] = {10, 10, 40, 40}, failing[] = {0, 0, 5, 5};
    s.symptom.metric = HC_STR("availability_Average");
    add_series(&s, STORE, "latency", slow, 4);
    add_series(&s, SHOP, "error_rate", failing, 4);
    add_series(&s, FRONT, "error_rate", failing, 4);
    for (int i = 0; i < 60; i++)
        s.made[1].values[i] = s.made[2].values[i] = 0;
    extract(f, &s.incident);
    assert_true(value_of(f, STORE, "latency-up") > 3);
    assert_true(isnan(value_of(f, STORE, "own-anomaly")));
    assert_true(value_of(f, SHOP, "own-anomaly") > 2);
    assert_true(value_of(f, SHOP, "path-to-symptom") > 2);
}

/* Its time is to the digits of that finding's source. */
static void the_first_to_leave_its_level_is_cited_where_its_own_finding_is(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    const double slow[] = {10, 10, 40, 40};
    struct hc_event events[4];
    add_series(&s, STORE, "latency", slow, 4);
    for (uint32_t i = 0; i < 4; i++)
        events[i] = (struct hc_event){.at = {s.incident.window_start.ns + (961 + i) * INT64_C(1000000), 3},
                                      .component = SHOP,
                                      .kind = HC_STR("restart"),
                                      .message = HC_STR("shop restarted"),
                                      .place = {HC_STR("events.jsonl"), i + 1}};
    s.incident.events = events;
    s.incident.n_events = 4;
    extract(f, &s.incident);
    const struct hc_evidence_item *first = item_of(f, SHOP, "first-onset"), *next = item_of(f, STORE, "first-onset");
    assert_non_null(first);
    assert_true(first->onset.ns == events[0].at.ns && first->onset.digits == 3);
    assert_true(hc_str_is(first->place.member, "events.jsonl") && first->place.line == 1);
    assert_non_null(next);
    assert_true(hc_str_equal(next->place.member, item_of(f, STORE, "latency-up")->place.member));
}

static void the_order_of_components_changes_no_value(void **state)
{
    struct fixture *f = *state;
    struct shop s;
    make_shop(&s);
    const double window[] = {10, 10, 40, 40}, worse[] = {10, 10, 60, 60};
    add_series(&s, SHOP, "latency", window, 4);
    add_series(&s, STORE, "latency", worse, 4);
    extract(f, &s.incident);
    double own = value_of(f, STORE, "own-anomaly"), path = value_of(f, STORE, "path-to-symptom");
    /* the same with store first: 0 and 2 swapped everywhere */
    struct hc_component kept = s.components[0];
    s.components[0] = s.components[2];
    s.components[2] = kept;
    for (size_t i = 0; i < 3; i++) {
        struct hc_dependency *e = &s.dependencies[i];
        e->from = e->from == 0 ? 2 : e->from == 2 ? 0 : e->from;
        e->to = e->to == 0 ? 2 : e->to == 2 ? 0 : e->to;
    }
    s.series[1].component = 0;
    s.symptom.component = 2;
    extract(f, &s.incident);
    assert_near(value_of(f, 0, "own-anomaly"), own, 0);
    assert_near(value_of(f, 0, "path-to-symptom"), path, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_caller_is_explained_by_its_callee),
        TEST(latency_and_errors_are_explained_each_by_its_own_kind),
        TEST(what_callees_do_not_explain_is_said_where_they_are_measured),
        TEST(what_has_no_latency_explains_by_its_loudest_metric),
        TEST(only_the_symptoms_class_is_followed_to_its_origin),
        TEST(the_first_to_leave_its_level_is_cited_where_its_own_finding_is),
        TEST(the_order_of_components_changes_no_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
