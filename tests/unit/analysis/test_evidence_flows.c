/* What follows what within traces, on an incident made for it: front calls shop-service; both write logs. */
#include "evidence_fixture.h"

#include "analysis/evidence/complaints.h"
#include "analysis/stats/poisson.h"
#include "analysis/stats/shift.h"

enum { FRONT, BANK, SHOP, N_COMPONENTS };
enum { PLACE, SELECT, CHARGE, STORE, N_SPAN_STEPS };
enum { READ, STORED, FAILED, N_TEMPLATES };

struct made {
    struct hc_incident incident;
    struct hc_component components[N_COMPONENTS];
    struct hc_interval baseline;
    struct hc_template templates[N_TEMPLATES];
    struct hc_log_count counts[N_TEMPLATES];
    int64_t minutes[2];
    uint32_t lines[N_TEMPLATES][2];
    struct hc_flow_step steps[N_SPAN_STEPS + N_TEMPLATES];
    struct hc_flow_count flows[16];
};

static void make(struct made *m)
{
    static const char *const texts[] = {"order <*> read", "order <*> stored", "cannot reach <*>"};
    memset(m, 0, sizeof *m);
    m->components[FRONT].name = HC_STR("front");
    m->components[BANK].name = HC_STR("bank-service");
    m->components[SHOP].name = HC_STR("shop-service");
    m->baseline = (struct hc_interval){at_time("2026-03-01T11:00:00Z"), at_time("2026-03-01T12:00:00Z")};
    m->minutes[0] = at_time("2026-03-01T11:30:00Z").ns / HC_NS_PER_MINUTE;
    m->minutes[1] = at_time("2026-03-01T12:03:00Z").ns / HC_NS_PER_MINUTE;
    for (uint32_t i = 0; i < N_TEMPLATES; i++) {
        m->templates[i] = (struct hc_template){i + 1, hc_str_of(texts[i])};
        m->steps[N_SPAN_STEPS + i] = (struct hc_flow_step){.component = SHOP, .template_id = i + 1};
        m->counts[i] = (struct hc_log_count){.template_index = i,
                                             .component = SHOP,
                                             .level = i == FAILED ? HC_LOG_ERROR : HC_LOG_INFO,
                                             .n_minutes = 2,
                                             .minute = m->minutes,
                                             .lines = m->lines[i],
                                             .first = {HC_STR("shop.log"), i + 1},
                                             .first_at = HC_TIME_NONE,
                                             .exemplar = hc_str_of(texts[i])};
    }
    m->steps[PLACE] = (struct hc_flow_step){.component = FRONT, .operation = HC_STR("POST /order")};
    m->steps[SELECT] = (struct hc_flow_step){.component = FRONT, .operation = HC_STR("SELECT")};
    m->steps[STORE] = (struct hc_flow_step){.component = SHOP, .operation = HC_STR("Shop/Store")};
    m->steps[CHARGE] = (struct hc_flow_step){.component = BANK, .operation = HC_STR("Bank/Charge")};
    m->incident = (struct hc_incident){.id = HC_STR("made"),
                                       .window_start = at_time("2026-03-01T12:00:00Z"),
                                       .detected = HC_TIME_NONE,
                                       .mitigated = HC_TIME_NONE,
                                       .window_end = at_time("2026-03-01T12:10:00Z"),
                                       .baselines = &m->baseline,
                                       .n_baselines = 1,
                                       .components = m->components,
                                       .n_components = N_COMPONENTS,
                                       .templates = m->templates,
                                       .n_templates = N_TEMPLATES,
                                       .flow_steps = m->steps,
                                       .n_flow_steps = N_SPAN_STEPS + N_TEMPLATES,
                                       .flows = m->flows};
}

static void add(struct made *m, uint32_t component, uint32_t after, uint32_t then, uint32_t before, uint32_t window)
{
    bool spans = component == FRONT;
    m->flows[m->incident.n_flows++] =
        (struct hc_flow_count){.kind = spans ? HC_FLOW_SPANS : HC_FLOW_LOGS,
                               .component = component,
                               .within = spans ? (uint32_t)PLACE : HC_FLOW_BEGIN,
                               .after = after,
                               .then = then,
                               .n = {[HC_PHASE_BASELINE] = before, [HC_PHASE_WINDOW] = window},
                               .place = {spans ? HC_STR("spans.csv") : HC_STR("shop.log"), 3}};
}

static uint32_t line(uint32_t template_index)
{
    return N_SPAN_STEPS + template_index;
}

static void a_step_that_no_longer_follows_is_said_with_its_shares(void **state)
{
    struct fixture *f = *state;
    struct made m;
    make(&m);
    m.incident.log_counts = m.counts;
    m.incident.n_log_counts = N_TEMPLATES;
    add(&m, SHOP, HC_FLOW_BEGIN, line(READ), 100, 40);
    add(&m, SHOP, line(READ), HC_FLOW_END, 2, 38);
    add(&m, SHOP, line(READ), line(STORED), 98, 2);
    add(&m, SHOP, line(STORED), HC_FLOW_END, 98, 2);
    extract(f, &m.incident);
    says(f, SHOP, "log-flow-shift",
         "in shop-service, after 'order <*> read', the end followed in 2 % of 100 times before, in 95 % of 40 in the "
         "window");
    /* four tests: begin-read, read-end, read-stored; stored has but two in the window */
    assert_near(value_of(f, SHOP, "log-flow-shift"),
                hc_shift_surprise(hc_share_z(38, 40, 2, 100, 0.1), hc_greatest_of(3)), 1e-12);
    assert_true(isnan(value_of(f, FRONT, "log-flow-shift")));
    assert_true(isnan(value_of(f, SHOP, "path-flow-shift")));
}

static void a_caller_that_stops_after_a_call_speaks_against_the_callee(void **state)
{
    struct fixture *f = *state;
    struct made m;
    make(&m);
    add(&m, FRONT, HC_FLOW_BEGIN, CHARGE, 50, 20);
    add(&m, FRONT, CHARGE, STORE, 50, 4);
    add(&m, FRONT, CHARGE, HC_FLOW_END, 0, 16);
    extract(f, &m.incident);
    says(
        f, BANK, "callers-stop",
        "in front, after 'Bank/Charge' of bank-service within 'POST /order', the end followed in 0 % of 50 times before, "
        "in 80 % of 20 in the window");
    assert_true(value_of(f, BANK, "callers-stop") > 1.5);
    /* where it goes on, it goes on as ever */
    assert_near(value_of(f, FRONT, "path-flow-shift"), 0, 0);
    assert_true(isnan(value_of(f, SHOP, "callers-stop")));
}

static void another_way_on_after_a_call_is_the_callers_own(void **state)
{
    struct fixture *f = *state;
    struct made m;
    make(&m);
    add(&m, FRONT, HC_FLOW_BEGIN, CHARGE, 50, 20);
    add(&m, FRONT, CHARGE, SELECT, 0, 20);
    add(&m, FRONT, CHARGE, STORE, 50, 0);
    extract(f, &m.incident);
    assert_true(value_of(f, FRONT, "path-flow-shift") > 1.5);
    assert_true(isnan(value_of(f, BANK, "callers-stop")));
}

/* Of two that are as far off, the one is told that comes first by its step, in whatever order the incident has them. */
static void which_of_equal_shifts_is_told_hangs_on_no_order(void **state)
{
    struct fixture *f = *state;
    for (int turned = 0; turned < 2; turned++) {
        struct made m;
        make(&m);
        m.incident.log_counts = m.counts;
        m.incident.n_log_counts = N_TEMPLATES;
        add(&m, SHOP, HC_FLOW_BEGIN, line(READ), 100, 40);
        for (uint32_t next = READ; next <= FAILED; next++)
            add(&m, SHOP, line(READ), line(next), 32, 4);
        add(&m, SHOP, line(READ), turned ? HC_FLOW_END : HC_FLOW_OTHER, 2, 14);
        add(&m, SHOP, line(READ), turned ? HC_FLOW_OTHER : HC_FLOW_END, 2, 14);
        extract(f, &m.incident);
        says(
            f, SHOP, "log-flow-shift",
            "in shop-service, after 'order <*> read', something rarer followed in 2 % of 100 times before, in 35 % of 40 "
            "in the window");
    }
}

/* 20 courses end in a line that names the bank, kept as an event: those are not the shop's own. */
static void a_complaint_about_another_component_is_left_out(void **state)
{
    struct fixture *f = *state;
    struct made m;
    make(&m);
    m.incident.log_counts = m.counts;
    m.incident.n_log_counts = N_TEMPLATES;
    for (uint32_t i = 0; i < N_TEMPLATES; i++) {
        m.lines[i][0] = i == FAILED ? 0 : 60;
        m.lines[i][1] = 20;
    }
    struct hc_event event = {.at = at_time("2026-03-01T12:03:00Z"),
                             .component = SHOP,
                             .level = HC_LOG_ERROR,
                             .kind = HC_STR("log"),
                             .message = HC_STR("cannot reach bank-service"),
                             .template_id = FAILED + 1,
                             .place = {HC_STR("shop.log"), 9}};
    m.incident.events = &event;
    m.incident.n_events = 1;
    add(&m, SHOP, line(READ), line(STORED), 60, 20);
    add(&m, SHOP, line(READ), line(FAILED), 0, 20);
    extract(f, &m.incident);
    assert_near(value_of(f, SHOP, "log-flow-shift"), 0, 0);
    assert_near(value_of(f, SHOP, "log-errors-up"), 0, 0);
    assert_near(value_of(f, SHOP, "log-new-template"), 0, 0);
    event.message = HC_STR("cannot reach 10.0.0.7");
    extract(f, &m.incident);
    assert_true(value_of(f, SHOP, "log-flow-shift") > 1);
    assert_true(value_of(f, SHOP, "log-errors-up") > 1);
    assert_true(value_of(f, SHOP, "log-new-template") > 1);
}

static void templates_of_one_statement_are_one_step(void **state)
{
    struct fixture *f = *state;
    struct made m;
    make(&m);
    m.incident.log_counts = m.counts;
    m.incident.n_log_counts = N_TEMPLATES;
    m.templates[READ].text = HC_STR("the list of all the orders that are open is [ <*> ]");
    m.templates[STORED].text = HC_STR("the list of all the orders that are open is [ <*> , <*> ]");
    m.lines[READ][0] = m.lines[STORED][1] = 60;
    add(&m, SHOP, HC_FLOW_BEGIN, line(READ), 60, 0);
    add(&m, SHOP, HC_FLOW_BEGIN, line(STORED), 0, 60);
    extract(f, &m.incident);
    assert_near(value_of(f, SHOP, "log-flow-shift"), 0, 0);
    assert_near(value_of(f, SHOP, "log-new-template"), 0, 0);
    assert_near(value_of(f, SHOP, "log-gone-template"), 0, 0);
}

static void the_end_of_another_trouble_is_none(void **state)
{
    struct fixture *f = *state;
    struct made m;
    make(&m);
    m.incident.log_counts = m.counts;
    m.incident.n_log_counts = N_TEMPLATES;
    m.lines[READ][0] = m.lines[READ][1] = 60;
    m.lines[FAILED][0] = 50; /* failed before, is stored now */
    m.lines[STORED][1] = 60;
    extract(f, &m.incident);
    assert_near(value_of(f, SHOP, "log-gone-template"), 0, 0);
    assert_near(value_of(f, SHOP, "log-new-template"), 0, 0);
}

static void a_name_counts_as_a_word_of_its_own(void **state)
{
    (void)state;
    assert_true(hc_text_names(HC_STR("no route to Bank-Service:80"), HC_STR("bank-service")));
    assert_false(hc_text_names(HC_STR("no route to bank-service2"), HC_STR("bank-service")));
    assert_false(hc_text_names(HC_STR("no route to my-bank-service"), HC_STR("bank-service")));
    assert_false(hc_text_names(HC_STR_NONE, HC_STR("bank-service")));
    assert_true(hc_name_is_telling(HC_STR("cartservice")));
    assert_true(hc_name_is_telling(HC_STR("db_1")));
    assert_false(hc_name_is_telling(HC_STR("checkout")));
    assert_false(hc_name_is_telling(HC_STR("service")));
}

static void the_finder_of_names_agrees_with_name_by_name(void **state)
{
    const struct fixture *f = *state;
    static const char *const names[] = {"a-b", "B.c", "db", "checkout", "my_db", "9-a", "-a-b", "api1", "a-b.c"};
    static const char *const pieces[] = {"A-b", "b.C", "My_db", "9-a", "aPi1", "-", "_", " ", "x", ".", "Db", "a-B.c"};
    enum { N = sizeof names / sizeof *names };
    struct hc_component components[N] = {0};
    for (size_t i = 0; i < N; i++)
        components[i].name = hc_str_of(names[i]);
    struct hc_incident incident = {.components = components, .n_components = N};
    const struct hc_name_finder *finder = hc_name_finder_new(&incident, f->arena);
    uint32_t random = 1;
    size_t n_found = 0;
    for (int round = 0; round < 20000; round++) {
        char bytes[40];
        struct hc_str text = {bytes, 0};
        for (int piece = 0; piece < 5; piece++) {
            random = random * 1664525u + 1013904223u;
            const char *word = pieces[(random >> 16) % (sizeof pieces / sizeof *pieces)];
            memcpy(bytes + text.n, word, strlen(word));
            text.n += strlen(word);
        }
        uint32_t own = random >> 8 & 7;
        bool expected = false;
        for (uint32_t c = 0; c < N; c++)
            expected |= c != own && hc_name_is_telling(components[c].name) && hc_text_names(text, components[c].name);
        n_found += expected;
        assert_int_equal(hc_name_finder_another(finder, own, text), expected);
    }
    assert_in_range(n_found, 1000, 19000);
    assert_false(hc_name_finder_another(finder, HC_NO_COMPONENT, HC_STR("a-b")));
    assert_false(hc_name_finder_another(finder, 3, HC_STR_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_step_that_no_longer_follows_is_said_with_its_shares),
        TEST(a_caller_that_stops_after_a_call_speaks_against_the_callee),
        TEST(another_way_on_after_a_call_is_the_callers_own),
        TEST(which_of_equal_shifts_is_told_hangs_on_no_order),
        TEST(a_complaint_about_another_component_is_left_out),
        TEST(templates_of_one_statement_are_one_step),
        TEST(the_end_of_another_trouble_is_none),
        cmocka_unit_test(a_name_counts_as_a_word_of_its_own),
        TEST(the_finder_of_names_agrees_with_name_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
