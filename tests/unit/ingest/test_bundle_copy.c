#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/bundle_parts.h"

#define EVENTS 3000

/* Events of a few members and kinds; each text once, or in a place of its own for every event. */
static size_t copied_bytes(bool apart)
{
    struct hc_arena *from = hc_arena_new(0), *to = hc_arena_new(0);
    struct hc_incident incident = {.id = HC_STR("INC-1"), .n_events = EVENTS};
    struct hc_str members[7];
    incident.events = hc_arena_calloc(from, EVENTS, sizeof *incident.events);
    for (size_t i = 0; i < 7; i++)
        members[i] = hc_str_format(from, "logs/%0200zu.log", i);
    for (size_t i = 0; i < EVENTS; i++) {
        struct hc_event *event = &incident.events[i];
        event->place.member = apart ? hc_str_copy(from, members[i % 7]) : members[i % 7];
        event->kind = apart ? hc_str_format(from, "log") : HC_STR("log");
    }
    size_t before = hc_arena_used(to);
    const struct hc_incident *copy = hc_incident_copy(&incident, to);
    assert_non_null(copy);
    for (size_t i = 0; i < EVENTS; i++)
        assert_true(hc_str_equal(copy->events[i].place.member, members[i % 7]));
    size_t used = hc_arena_used(to) - before;
    hc_arena_free(from);
    hc_arena_free(to);
    return used;
}

static void takes_the_same_room_wherever_texts_lie(void **state)
{
    (void)state;
    assert_int_equal(copied_bytes(true), copied_bytes(false));
}

/* Room taken by a copy of ten series with one table's times. */
static size_t copied_series(bool dropped)
{
    struct hc_arena *from = hc_arena_new(0), *to = hc_arena_new(0);
    struct hc_incident incident = {.id = HC_STR("INC-1"), .n_series = 10};
    static const int64_t at_ns[] = {1000, 2000, 3000};
    static const double values[] = {1.5, 2.5, 3.5};
    incident.series = hc_arena_calloc(from, incident.n_series, sizeof *incident.series);
    for (size_t i = 0; i < incident.n_series; i++)
        incident.series[i] = (struct hc_series){
            .metric = HC_STR("cpu"), .n = 3, .at_ns = dropped ? NULL : at_ns, .values = dropped ? NULL : values};
    size_t before = hc_arena_used(to);
    const struct hc_incident *copy = hc_incident_copy(&incident, to);
    assert_non_null(copy);
    for (size_t i = 0; i < incident.n_series; i++) {
        assert_int_equal(copy->series[i].n, 3);
        assert_true(hc_str_is(copy->series[i].metric, "cpu"));
        assert_ptr_equal(copy->series[i].at_ns, dropped ? NULL : copy->series[0].at_ns);
        if (dropped)
            assert_null(copy->series[i].values);
        else
            assert_memory_equal(copy->series[i].values, values, sizeof values);
    }
    size_t used = hc_arena_used(to) - before;
    hc_arena_free(from);
    hc_arena_free(to);
    return used;
}

static void takes_no_room_for_points_that_were_dropped(void **state)
{
    (void)state;
    size_t least = 10 * 3 * sizeof(double) + 3 * sizeof(int64_t);
    assert_true(copied_series(false) >= copied_series(true) + least);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_same_room_wherever_texts_lie),
        cmocka_unit_test(takes_no_room_for_points_that_were_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
