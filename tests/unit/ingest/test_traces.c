#include "tests/unit/ingest/assembling.h"

#include <math.h>

#include "ingest/assemble_traces.h"

#define HEADER "trace_id,span_id,parent_id,component,operation,start,end,status\n"

static struct hc_arena *arena;

static int fresh(void **state)
{
    (void)state;
    hc_xml_setup();
    arena = hc_arena_new(0);
    return arena == NULL;
}

static int spent(void **state)
{
    (void)state;
    hc_arena_free(arena);
    return 0;
}

static struct hc_incident *assemble(const char *manifest, const char *spans)
{
    struct test_file file = {"spans.csv", spans};
    return test_assemble(arena, manifest, &file, 1, NULL);
}

static const struct hc_trace_edge *edge(const struct hc_incident *i, const char *caller, const char *callee,
                                        const char *operation)
{
    uint32_t from = caller == NULL ? HC_NO_COMPONENT : test_component(i, caller);
    for (size_t k = 0; k < i->n_trace_edges; k++) {
        const struct hc_trace_edge *e = &i->trace_edges[k];
        if (e->caller == from && e->callee == test_component(i, callee) && hc_str_is(e->operation, operation))
            return e;
    }
    fail_msg("no edge %s -> %s %s", caller == NULL ? "-" : caller, callee, operation);
    return NULL;
}

#define assert_near(a, b) assert_true(fabs((a) - (b)) < 1e-12)

/* In the window (36000 s on): a request of 1 s; its client span of 800 ms wraps a server span of 500 ms, which
 * works 200 ms in a query. Times in milliseconds. */
static const char one_call[] = HEADER "t,root,,front,GET /,100036000000,100036001000,ok\n"
                                      "t,client,root,front,cart/Get,100036000100,100036000900,ok\n"
                                      "t,server,client,cart,cart/Get,100036000200,100036000700,error\n"
                                      "t,query,server,cart,SELECT,100036000300,100036000500,\n";

/* The window: an hour from second 100036000. */
#define MANIFEST_1973(body)                                 \
    "<incident xmlns=\"urn:hindcast:incident:1\" id=\"A\">" \
    "<window start=\"1973-03-03T19:46:40Z\" end=\"1973-03-03T20:46:40Z\"/>" body "</incident>"

static void pairs_the_two_sides_of_a_call(void **state)
{
    (void)state;
    struct hc_incident *i = assemble(MANIFEST_1973(""), one_call);
    assert_int_equal(i->n_trace_edges, 4);
    const struct hc_trace_edge *call = edge(i, "front", "cart", "cart/Get");
    assert_int_equal(call->phase[HC_PHASE_WINDOW].n_spans, 1);
    assert_int_equal(call->phase[HC_PHASE_WINDOW].n_errors, 1);
    assert_near(call->phase[HC_PHASE_WINDOW].server.median, log(5e8));
    assert_int_equal(call->phase[HC_PHASE_WINDOW].residual.n, 1);
    assert_near(call->phase[HC_PHASE_WINDOW].residual.median, log(8e8) - log(5e8));
    assert_near(call->phase[HC_PHASE_WINDOW].exclusive.median, log(3e8));
    assert_int_equal(call->place.line, 4);
}

static void leaves_client_spans_out_of_exclusive_time(void **state)
{
    (void)state;
    struct hc_incident *i = assemble(MANIFEST_1973(""), one_call);
    const struct hc_trace_edge *client = edge(i, "front", "front", "cart/Get");
    assert_int_equal(client->phase[HC_PHASE_WINDOW].server.n, 1);
    assert_int_equal(client->phase[HC_PHASE_WINDOW].exclusive.n, 0);
    assert_true(isnan(client->phase[HC_PHASE_WINDOW].exclusive.median));
    assert_near(edge(i, NULL, "front", "GET /")->phase[HC_PHASE_WINDOW].exclusive.median, log(2e8));
    assert_near(edge(i, "cart", "cart", "SELECT")->phase[HC_PHASE_WINDOW].exclusive.median, log(2e8));
}

static void counts_parallel_children_once_and_only_within_their_parent(void **state)
{
    (void)state;
    struct hc_incident *i = assemble(MANIFEST_1973(""), HEADER "t,p,,a,p,100036000000,100036001000,\n"
                                                               "t,1,p,a,c,100036000100,100036000500,\n"
                                                               "t,2,p,a,c,100036000200,100036000400,\n"
                                                               "t,3,p,a,c,100036000300,100036000600,\n"
                                                               "t,4,p,a,c,100036000900,100036002000,\n");
    assert_near(edge(i, NULL, "a", "p")->phase[HC_PHASE_WINDOW].exclusive.median, log(4e8));
}

static void takes_no_residual_where_a_span_wraps_more_than_one_call(void **state)
{
    (void)state;
    struct hc_incident *i = assemble(MANIFEST_1973(""), HEADER "t,r,,a,r,100036000000,100036001000,\n"
                                                               "t,c,r,a,c,100036000000,100036000900,\n"
                                                               "t,1,c,b,x,100036000100,100036000500,\n"
                                                               "t,2,c,b,x,100036000500,100036000800,\n");
    assert_int_equal(edge(i, "a", "b", "x")->phase[HC_PHASE_WINDOW].residual.n, 0);
    assert_int_equal(edge(i, "a", "b", "x")->phase[HC_PHASE_WINDOW].n_spans, 2);
}

/* Without client spans the caller's span holds its own work too: no residual can be told. */
static void takes_no_residual_from_a_server_span(void **state)
{
    (void)state;
    struct hc_incident *i = assemble(MANIFEST_1973(""), HEADER "t,r,,a,r,100036000000,100036001000,\n"
                                                               "t,s,r,b,s,100036000000,100036000900,\n"
                                                               "t,1,s,c,x,100036000100,100036000500,\n");
    assert_int_equal(edge(i, "b", "c", "x")->phase[HC_PHASE_WINDOW].residual.n, 0);
    assert_int_equal(edge(i, "a", "b", "s")->phase[HC_PHASE_WINDOW].residual.n, 0);
    assert_int_equal(edge(i, "b", "c", "x")->phase[HC_PHASE_WINDOW].exclusive.n, 1);
}

static void sorts_spans_into_phases_by_their_start(void **state)
{
    (void)state;
    struct hc_incident *i = assemble(MANIFEST_1973("<baseline start=\"1973-03-03T18:46:40Z\" "
                                                   "end=\"1973-03-03T20:00:00Z\"/>"),
                                     HEADER "t,1,,a,x,100031999999,100040000000,\n"
                                            "t,2,,a,x,100032400000,100032400010,\n"
                                            "t,3,,a,x,100035999999,100036000010,\n"
                                            "t,4,,a,x,100036000000,100036000010,\n"
                                            "t,5,,a,x,100039599999,100039600010,\n"
                                            "t,6,,a,x,100039600000,100039600010,\n");
    const struct hc_trace_edge *e = edge(i, NULL, "a", "x");
    assert_int_equal(e->phase[HC_PHASE_OTHER].n_spans, 2);
    assert_int_equal(e->phase[HC_PHASE_BASELINE].n_spans, 2);
    assert_int_equal(e->phase[HC_PHASE_WINDOW].n_spans, 2);
}

static void takes_an_unknown_parent_for_none(void **state)
{
    (void)state;
    struct hc_incident *i = assemble(MANIFEST_1973(""), HEADER "t,1,gone,a,x,100036000000,100036001000,\n"
                                                               "u,2,1,b,y,100036000000,100036001000,\n"
                                                               "t,3,3,c,z,100036000000,100036001000,\n");
    assert_int_equal(edge(i, NULL, "a", "x")->phase[HC_PHASE_WINDOW].n_spans, 1);
    assert_int_equal(edge(i, NULL, "b", "y")->phase[HC_PHASE_WINDOW].n_spans, 1);
    assert_int_equal(edge(i, NULL, "c", "z")->phase[HC_PHASE_WINDOW].n_spans, 1);
    assert_int_equal(i->n_dependencies, 0);
}

static void leaves_out_rows_that_repeat_a_span(void **state)
{
    (void)state;
    struct hc_incident *i = assemble(MANIFEST_1973(""), HEADER "t,1,,a,x,100036000000,100036001000,\n"
                                                               "t,1,,a,x,100036000000,100036001000,\n"
                                                               "t,1,,b,x,100036000000,100036001000,\n");
    assert_int_equal(edge(i, NULL, "a", "x")->phase[HC_PHASE_WINDOW].n_spans, 1);
    assert_int_equal(edge(i, NULL, "b", "x")->phase[HC_PHASE_WINDOW].n_spans, 1);
    assert_int_equal(test_incident_warnings(i, "trace-repeated"), 1);
}

static void derives_dependencies_only_without_a_topology(void **state)
{
    (void)state;
    struct hc_incident *i = assemble(MANIFEST_1973(""), one_call);
    assert_int_equal(i->n_dependencies, 1);
    assert_true(i->dependencies[0].derived);
    assert_text(i->components[i->dependencies[0].from].name, "front");
    assert_text(i->components[i->dependencies[0].to].name, "cart");
    assert_text(i->dependencies[0].place.member, "spans.csv");
    assert_int_equal(i->dependencies[0].place.line, 4);
    i = assemble(MANIFEST_1973("<topology><depends from=\"x\" to=\"y\"/></topology>"), one_call);
    assert_int_equal(i->n_dependencies, 1);
    assert_false(i->dependencies[0].derived);
}

static void counts_spans_that_cannot_be_read(void **state)
{
    (void)state;
    struct hc_incident *i = assemble(MANIFEST_1973(""), HEADER "t,1,,a,x,100036000000,100036001000,\n"
                                                               "t,2,,a,x,100036001000,100036000000,\n"
                                                               "t,,,a,x,100036001000,100036002000,\n"
                                                               "t,4,,,x,100036001000,100036002000,\n"
                                                               "t,5,,a,x,soon,100036002000,\n");
    assert_int_equal(i->files[1].n_bad_rows, 4);
    assert_int_equal(edge(i, NULL, "a", "x")->phase[HC_PHASE_WINDOW].n_spans, 1);
}

static void tells_errors_from_the_status(void **state)
{
    (void)state;
    static const struct {
        const char *status;
        uint32_t n_errors;
    } cases[] = {{"", 0},    {"ok", 0},  {"OK", 0},  {"UNSET", 0}, {"STATUS_CODE_OK", 0}, {"0", 0},       {"1", 0},
                 {"200", 0}, {"404", 0}, {"500", 1}, {"2", 1},     {"error", 1},          {"DEADLINE", 1}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char text[256];
        (void)snprintf(text, sizeof text, HEADER "t,1,,a,x,100036000000,100036001000,%s\n", cases[k].status);
        struct hc_incident *i = assemble(MANIFEST_1973(""), text);
        if (edge(i, NULL, "a", "x")->phase[HC_PHASE_WINDOW].n_errors != cases[k].n_errors)
            fail_msg("status \"%s\"", cases[k].status);
    }
}

/* Published: numpy.median, numpy.percentile(…, 90) and numpy.var(ddof=1) of 1, 2, 4, 8, 16. */
static void computes_statistics_by_their_definitions(void **state)
{
    (void)state;
    double odd[] = {16, 1, 8, 2, 4}, room[5];
    struct hc_log_duration d = hc_log_duration_of(odd, room, 5);
    assert_true(d.n == 5 && d.median == 4);
    assert_near(d.p90, 12.8);
    assert_near(d.mean, 6.2);
    assert_near(d.variance, 37.2);
    double even[] = {4, 1, 3, 2};
    assert_true(hc_log_duration_of(even, room, 4).median == 2.5);
    double one[] = {7};
    d = hc_log_duration_of(one, room, 1);
    assert_true(d.median == 7 && d.p90 == 7 && d.variance == 0);
    d = hc_log_duration_of(one, room, 0);
    assert_true(d.n == 0 && isnan(d.median) && isnan(d.variance));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pairs_the_two_sides_of_a_call, fresh, spent),
        cmocka_unit_test_setup_teardown(leaves_client_spans_out_of_exclusive_time, fresh, spent),
        cmocka_unit_test_setup_teardown(counts_parallel_children_once_and_only_within_their_parent, fresh, spent),
        cmocka_unit_test_setup_teardown(takes_no_residual_where_a_span_wraps_more_than_one_call, fresh, spent),
        cmocka_unit_test_setup_teardown(takes_no_residual_from_a_server_span, fresh, spent),
        cmocka_unit_test_setup_teardown(sorts_spans_into_phases_by_their_start, fresh, spent),
        cmocka_unit_test_setup_teardown(takes_an_unknown_parent_for_none, fresh, spent),
        cmocka_unit_test_setup_teardown(leaves_out_rows_that_repeat_a_span, fresh, spent),
        cmocka_unit_test_setup_teardown(derives_dependencies_only_without_a_topology, fresh, spent),
        cmocka_unit_test_setup_teardown(counts_spans_that_cannot_be_read, fresh, spent),
        cmocka_unit_test_setup_teardown(tells_errors_from_the_status, fresh, spent),
        cmocka_unit_test_setup_teardown(computes_statistics_by_their_definitions, fresh, spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
