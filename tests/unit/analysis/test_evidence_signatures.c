/* What rows of one class say together: their sums, and which of them is quoted. */
#include "evidence_fixture.h"

enum { N_ROWS = 3 };

struct made {
    struct hc_incident incident;
    struct hc_component shop;
    struct hc_interval baseline;
    struct hc_template templates[N_ROWS];
    struct hc_log_count counts[N_ROWS];
    int64_t minutes[N_ROWS][2];
    uint32_t lines[N_ROWS][2];
};

/* Of each row so many lines in the baseline and in the window; the first says nothing, the others the same. */
static void make(struct made *m, const uint32_t lines[N_ROWS][2])
{
    static const char *const texts[N_ROWS] = {"order read", "read failed: connection refused",
                                              "write failed: connection refused"};
    memset(m, 0, sizeof *m);
    m->shop = (struct hc_component){HC_STR("shop"), HC_STR("service")};
    m->baseline = (struct hc_interval){at_time("2026-03-01T11:00:00Z"), at_time("2026-03-01T12:00:00Z")};
    for (uint32_t i = 0; i < N_ROWS; i++) {
        size_t n = 0;
        for (size_t p = 0; p < 2; p++) {
            m->minutes[i][n] = at_time(p ? "2026-03-01T12:03:00Z" : "2026-03-01T11:30:00Z").ns / HC_NS_PER_MINUTE;
            m->lines[i][n] = lines[i][p];
            n += lines[i][p] > 0;
        }
        m->templates[i] = (struct hc_template){i, hc_str_of(texts[i])};
        m->counts[i] = (struct hc_log_count){.template_index = i,
                                             .level = HC_LOG_ERROR,
                                             .n_minutes = n,
                                             .minute = m->minutes[i],
                                             .lines = m->lines[i],
                                             .first = {HC_STR("shop.log"), i + 1},
                                             .first_at = HC_TIME_NONE,
                                             .exemplar = hc_str_of(texts[i])};
    }
    m->incident = (struct hc_incident){.id = HC_STR("made"),
                                       .window_start = at_time("2026-03-01T12:00:00Z"),
                                       .detected = HC_TIME_NONE,
                                       .mitigated = HC_TIME_NONE,
                                       .window_end = at_time("2026-03-01T12:10:00Z"),
                                       .baselines = &m->baseline,
                                       .n_baselines = 1,
                                       .components = &m->shop,
                                       .n_components = 1,
                                       .templates = m->templates,
                                       .n_templates = N_ROWS,
                                       .log_counts = m->counts,
                                       .n_log_counts = N_ROWS};
}

/* Lines no more than expected are no evidence of their own, but they say it too. */
static void rows_no_more_than_expected_count_beside_one_that_is(void **state)
{
    struct fixture *f = *state;
    struct made m;
    make(&m, (const uint32_t[N_ROWS][2]){{100, 20}, {60, 5}, {0, 30}});
    extract(f, &m.incident);
    says(f, 0, "signature-connection-refused",
         "30 lines 'write failed: connection refused' from shop, 35 that say a connection failed in all, 60 of 160 "
         "lines in the baseline");
    make(&m, (const uint32_t[N_ROWS][2]){{100, 20}, {60, 5}, {0, 0}});
    extract(f, &m.incident);
    assert_near(value_of(f, 0, "signature-connection-refused"), 0, 0);
}

/* Though the others are looked through after those beyond what is expected. */
static void of_rows_alike_loud_the_first_is_quoted(void **state)
{
    struct fixture *f = *state;
    struct made m;
    make(&m, (const uint32_t[N_ROWS][2]){{10, 20}, {600, 30}, {0, 30}});
    extract(f, &m.incident);
    const struct hc_evidence_item *item = item_of(f, 0, "signature-connection-refused");
    assert_int_equal(item->place.line, 2);
    make(&m, (const uint32_t[N_ROWS][2]){{10, 20}, {600, 30}, {0, 31}});
    extract(f, &m.incident);
    item = item_of(f, 0, "signature-connection-refused");
    assert_int_equal(item->place.line, 3);
}

/* What is named as the cause of a record says what a record would, but is none: it counts for nothing else. */
static void causes_of_records_say_it_and_are_no_records(void **state)
{
    struct fixture *f = *state;
    struct made m;
    make(&m, (const uint32_t[N_ROWS][2]){{100, 20}, {60, 5}, {0, 0}});
    extract(f, &m.incident);
    double errors = value_of(f, 0, "log-errors-up"), new_lines = value_of(f, 0, "log-new-template");
    make(&m, (const uint32_t[N_ROWS][2]){{100, 20}, {60, 5}, {0, 30}});
    m.counts[2].level = HC_LOG_CAUSE;
    extract(f, &m.incident);
    says(f, 0, "signature-connection-refused",
         "30 lines 'write failed: connection refused' from shop, 35 that say a connection failed in all, 60 of 160 "
         "lines in the baseline");
    assert_near(value_of(f, 0, "log-errors-up"), errors, 0);
    assert_near(value_of(f, 0, "log-new-template"), new_lines, 0);
    m.lines[2][0] = 7;
    m.minutes[2][0] = m.minutes[0][0];
    m.lines[2][1] = 40;
    m.minutes[2][1] = m.minutes[0][1];
    m.counts[2].n_minutes = 2;
    extract(f, &m.incident);
    says(f, 0, "signature-connection-refused",
         "40 lines 'write failed: connection refused' from shop, 45 that say a connection failed in all, 67 of 167 "
         "lines in the baseline");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_no_more_than_expected_count_beside_one_that_is),
        cmocka_unit_test(of_rows_alike_loud_the_first_is_quoted),
        cmocka_unit_test(causes_of_records_say_it_and_are_no_records),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
