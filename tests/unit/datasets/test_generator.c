#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "datasets/generator/generator.h"

static const struct gen_settings SETTINGS = {
    .seed = 11, .n_incidents = 4000, .missing_rate = .12, .n_log_lines = 28, .n_points = 400, .n_traces = 70};

static void the_posterior_sums_to_one_over_pairs_that_go_together(void **state)
{
    (void)state;
    struct gen_topology topology;
    double posterior[GEN_COMPONENTS * 64];
    gen_topology_make(&topology, SETTINGS.seed);
    for (size_t i = 0; i < 200; i++) {
        struct gen_incident incident;
        double sum = 0.0;
        gen_incident_draw(&incident, &topology, &SETTINGS, i);
        gen_posterior(&incident, &topology, posterior);
        for (size_t k = 0; k < GEN_COMPONENTS * GEN_CAUSES; k++) {
            size_t component = k / GEN_CAUSES;
            bool fits = GEN_CAUSE_TABLE[k % GEN_CAUSES].kinds >> topology.kinds[component] & 1;
            assert_true(posterior[k] >= 0.0);
            if (!fits)
                assert_true(posterior[k] == 0.0);
            sum += posterior[k];
        }
        assert_true(fabs(sum - 1.0) < 1e-9);
    }
}

/* The definition of calibration: of the answers given at p, a share p is right. Each tenth of the answers is held
 * within 4 standard errors. */
static void the_posterior_is_calibrated_against_the_truth(void **state)
{
    (void)state;
    struct gen_topology topology;
    double posterior[GEN_COMPONENTS * 64], said[10] = {0}, variance[10] = {0};
    size_t right[10] = {0};
    gen_topology_make(&topology, SETTINGS.seed);
    for (size_t i = 0; i < SETTINGS.n_incidents; i++) {
        struct gen_incident incident;
        size_t best = 0;
        gen_incident_draw(&incident, &topology, &SETTINGS, i);
        gen_posterior(&incident, &topology, posterior);
        for (size_t k = 1; k < GEN_COMPONENTS * GEN_CAUSES; k++)
            if (posterior[k] > posterior[best])
                best = k;
        size_t bin = posterior[best] < 1.0 ? (size_t)(posterior[best] * 10.0) : 9;
        said[bin] += posterior[best];
        variance[bin] += posterior[best] * (1.0 - posterior[best]);
        right[bin] += best == incident.component * GEN_CAUSES + incident.cause;
    }
    for (int bin = 0; bin < 10; bin++)
        assert_true(fabs((double)right[bin] - said[bin]) <= 4.0 * sqrt(variance[bin]) + 0.5);
}

static void the_best_possible_top_1_lies_between_65_and_80_percent(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct gen_topology topology;
        struct gen_settings settings = SETTINGS;
        struct gen_optimum optimum = {0};
        double posterior[GEN_COMPONENTS * 64];
        settings.seed = seed;
        settings.n_incidents = 1000;
        gen_topology_make(&topology, seed);
        for (size_t i = 0; i < settings.n_incidents; i++) {
            struct gen_incident incident;
            gen_incident_draw(&incident, &topology, &settings, i);
            gen_posterior(&incident, &topology, posterior);
            gen_optimum_add(&optimum, &incident, posterior);
        }
        assert_true(optimum.component / 1000.0 > .65 && optimum.component / 1000.0 < .80);
        assert_true(fabs(optimum.component_right - optimum.component) < 4.0 * sqrt(1000.0 * .25));
    }
}

static void every_category_is_drawn(void **state)
{
    (void)state;
    static const char *const CATEGORIES[] = {"application", "configuration", "traffic", "infrastructure",
                                             "dependency",  "network",       "data",    "capacity",
                                             "security",    "operations"};
    struct gen_topology topology;
    size_t n[10] = {0};
    gen_topology_make(&topology, SETTINGS.seed);
    for (size_t i = 0; i < 1000; i++) {
        struct gen_incident incident;
        gen_incident_draw(&incident, &topology, &SETTINGS, i);
        for (int c = 0; c < 10; c++)
            n[c] += strcmp(CATEGORIES[c], GEN_CAUSE_TABLE[incident.cause].category) == 0;
    }
    for (int c = 0; c < 10; c++)
        assert_true(n[c] > 5);
}

static void a_quarter_has_a_second_cause_where_that_is_asked(void **state)
{
    (void)state;
    struct gen_topology topology;
    struct gen_settings settings = SETTINGS;
    size_t n = 0, told = 0;
    gen_topology_make(&topology, settings.seed);
    for (size_t i = 0; i < 1000; i++) {
        struct gen_incident one, two;
        settings.scenario = GEN_STANDARD;
        gen_incident_draw(&one, &topology, &settings, i);
        assert_false(one.twofold);
        settings.scenario = GEN_TWOFOLD;
        gen_incident_draw(&two, &topology, &settings, i);
        n += two.twofold;
        if (!two.twofold)
            continue;
        assert_true(two.second_component != two.component);
        assert_true(GEN_CAUSE_TABLE[two.second_cause].kinds >> topology.kinds[two.second_component] & 1);
        for (int c = 0; c < GEN_CHANNELS; c++)
            told += two.level[two.second_component][c] > 0;
        for (int c = 0; c < GEN_CHANNELS; c++)
            told -= one.level[two.second_component][c] > 0;
    }
    assert_true(n > 200 && n < 300);
    assert_true(told > n && told < 35 * n); /* a sign more each, at least, than where nothing is wrong */
}

static void render(size_t number, struct hc_buf *tar)
{
    struct gen_topology topology;
    struct gen_incident incident;
    struct gen_bundle bundle = {0};
    struct gen_view view = {.settings = &SETTINGS, .topology = &topology, .incident = &incident};
    gen_topology_make(&topology, SETTINGS.seed);
    gen_incident_draw(&incident, &topology, &SETTINGS, number);
    gen_random_seed(&view.random, SETTINGS.seed, number);
    gen_render_metrics(&view, &bundle);
    gen_render_logs(&view, &bundle);
    gen_render_traces(&view, &bundle);
    gen_render_events(&view, &bundle);
    gen_render_manifest(&view, &bundle);
    assert_false(bundle.failed);
    assert_true(gen_tar(&bundle, incident.id, tar));
    gen_bundle_free(&bundle);
}

static void the_same_arguments_give_the_same_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct hc_buf a = {0}, b = {0};
        render(i, &a);
        render(i, &b);
        assert_true(a.n > 1024 && a.n == b.n && memcmp(a.p, b.p, a.n) == 0);
        hc_buf_free(&a);
        hc_buf_free(&b);
    }
}

static void renders_lines_as_long_as_asked_and_metrics_a_value_a_line(void **state)
{
    (void)state;
    struct gen_settings settings = SETTINGS;
    struct gen_topology topology;
    struct gen_incident incident;
    struct gen_bundle bundle = {0};
    struct gen_view view = {.settings = &settings, .topology = &topology, .incident = &incident};
    size_t n_long = 0;
    settings.missing_rate = 0.0;
    settings.log_line_bytes = 155;
    settings.long_metrics = true;
    gen_topology_make(&topology, settings.seed);
    gen_incident_draw(&incident, &topology, &settings, 0);
    gen_render_metrics(&view, &bundle);
    gen_render_logs(&view, &bundle);
    for (size_t i = 0; i < bundle.n; i++) {
        struct hc_str bytes = hc_buf_view(&bundle.files[i].bytes);
        n_long += hc_str_starts(bytes, HC_STR("time,component,metric,value\n"));
        while (strncmp(bundle.files[i].path, "logs/", 5) == 0 && bytes.n) {
            size_t length = (size_t)((const char *)memchr(bytes.p, '\n', bytes.n) - bytes.p);
            assert_in_range(length, 120, 190);
            bytes = (struct hc_str){bytes.p + length + 1, bytes.n - length - 1};
        }
    }
    assert_true(n_long > 4);
    gen_bundle_free(&bundle);
}

static void removing_a_kind_forgets_its_levels_only(void **state)
{
    (void)state;
    struct gen_topology topology;
    struct gen_incident incident;
    double before[GEN_COMPONENTS * 64], after[GEN_COMPONENTS * 64];
    gen_topology_make(&topology, SETTINGS.seed);
    gen_incident_draw(&incident, &topology, &SETTINGS, 1);
    incident.missing[GEN_LOGS] = true;
    gen_posterior(&incident, &topology, before);
    for (size_t v = 0; v < GEN_COMPONENTS; v++)
        for (int c = GEN_LOG_MEMORY; c <= GEN_LOG_INTRUSION; c++)
            incident.level[v][c] = incident.level[v][c] < 0 ? -1 : 2 - incident.level[v][c];
    gen_posterior(&incident, &topology, after);
    assert_memory_equal(before, after, GEN_COMPONENTS * GEN_CAUSES * sizeof *before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_posterior_sums_to_one_over_pairs_that_go_together),
        cmocka_unit_test(the_posterior_is_calibrated_against_the_truth),
        cmocka_unit_test(the_best_possible_top_1_lies_between_65_and_80_percent),
        cmocka_unit_test(every_category_is_drawn),
        cmocka_unit_test(a_quarter_has_a_second_cause_where_that_is_asked),
        cmocka_unit_test(the_same_arguments_give_the_same_bytes),
        cmocka_unit_test(renders_lines_as_long_as_asked_and_metrics_a_value_a_line),
        cmocka_unit_test(removing_a_kind_forgets_its_levels_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
