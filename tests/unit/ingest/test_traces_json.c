#include "tests/unit/ingest/assembling.h"

#include <stdio.h>
#include <stdlib.h>

static struct test_reading t;

static const char csv[] =
    "trace_id,span_id,parent_id,component,operation,start,end,status\n"
    "5b8efff798038103d269b633813fc60c,eee19b7ec3c1b173,,front,GET /,1544712660000,1544712661000,ok\n"
    "5b8efff798038103d269b633813fc60c,eee19b7ec3c1b174,eee19b7ec3c1b173,cart,cart/Get,"
    "1544712660200,1544712660700,error\n";

/* The samples of tests/bundles/traces: one call each, the shapes that the tools document. */
static const char *const forms[] = {"otlp", "jaeger", "zipkin"};

static char *sample_of(const char *form)
{
    char path[512];
    (void)snprintf(path, sizeof path, HC_SOURCE_DIR "/tests/bundles/traces/%s.json", form);
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 8192);
    assert_true(file != NULL && text != NULL);
    assert_true(fread(text, 1, 8191, file) > 0);
    (void)fclose(file);
    return text;
}

static int fresh(void **state)
{
    (void)state;
    hc_xml_setup();
    test_reading_open(&t);
    return 0;
}

static int spent(void **state)
{
    (void)state;
    test_reading_close(&t);
    return 0;
}

static void again(void)
{
    test_reading_close(&t);
    test_reading_open(&t);
}

static const char *component_of(const struct hc_reading *reading, size_t span)
{
    return reading->components.items[reading->spans[span].component].p;
}

static void assert_one_call(const struct hc_reading *got)
{
    struct test_reading want;
    test_reading_open(&want);
    assert_int_equal(test_read(&want, csv), HC_OK);
    assert_int_equal(got->n_spans, want.reading.n_spans);
    assert_int_equal(got->n_bad_rows, 0);
    assert_int_equal(got->warnings.n, 0);
    for (size_t i = 0; i < got->n_spans; i++) {
        const struct hc_read_span *a = &got->spans[i], *b = &want.reading.spans[i];
        assert_true(a->trace == b->trace && a->span == b->span && a->parent == b->parent);
        assert_true(a->start_ns == b->start_ns && a->end_ns == b->end_ns && a->error == b->error);
        assert_string_equal(component_of(got, i), component_of(&want.reading, i));
        assert_true(hc_str_equal(got->operations.items[a->operation], want.reading.operations.items[b->operation]));
    }
    test_reading_close(&want);
}

static void gives_the_spans_that_a_csv_of_the_same_call_gives(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char *text = sample_of(forms[i]);
        again();
        assert_int_equal(test_read(&t, text), HC_OK);
        char format[32];
        (void)snprintf(format, sizeof format, "traces-%s", forms[i]);
        assert_text(t.file.format, format);
        assert_text(t.file.kind, "traces");
        assert_int_equal(t.file.n_rows, 2);
        assert_one_call(&t.reading);
        assert_true(t.reading.spans[0].line > 1 && t.reading.spans[1].line > t.reading.spans[0].line);
        free(text);
    }
}

static void derives_the_dependency_that_a_call_shows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char *text = sample_of(forms[i]);
        struct test_file file = {"spans.json", text};
        struct hc_incident *incident = test_assemble(t.arena, TEST_MANIFEST(""), &file, 1, NULL);
        assert_int_equal(incident->n_dependencies, 1);
        assert_true(incident->dependencies[0].derived);
        assert_text(incident->components[incident->dependencies[0].from].name, "front");
        assert_text(incident->components[incident->dependencies[0].to].name, "cart");
        free(text);
    }
}

static void reads_no_other_json_as_traces(void **state)
{
    (void)state;
    static const char *const others[] = {
        "{\"others\":[]}\n",
        "[\n  {\"traceId\": \"a\", \"id\": \"b\"}\n]\n",
        "{\"data\":[{\"traceID\":\"a\"}]}\n",
        "{\"time\":\"2020-01-01T00:00:00Z\",\"message\":\"sent \\\"resourceSpans\\\"\",\"traceId\":\"a\"}\n",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        again();
        (void)test_read(&t, others[i]);
        assert_int_equal(t.reading.n_spans, 0);
        assert_false(hc_str_is(t.file.kind, "traces"));
    }
}

#define OTLP_SPAN(id, end)                                                                                          \
    "{\"traceId\":\"5b8efff798038103d269b633813fc60c\",\"spanId\":\"" id "\",\"name\":\"n\",\"startTimeUnixNano\":" \
    "\"1544712660000000000\",\"endTimeUnixNano\":\"" end "\"}"
#define OTLP(spans)                                                                                            \
    "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":" \
    "\"front\"}}]},\"scopeSpans\":[{\"spans\":[" spans "]}]}]}"
#define GOOD "1544712661000000000"
#define A "aaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbb"

static void reads_otlp_one_document_a_line_and_in_an_array(void **state)
{
    (void)state;
    const char *lines = OTLP(OTLP_SPAN(A, GOOD)) "\n\n" OTLP(OTLP_SPAN(B, GOOD)) "\n";
    assert_int_equal(test_read(&t, lines), HC_OK);
    assert_int_equal(t.reading.n_spans, 2);
    assert_int_equal(t.reading.spans[0].line, 1);
    assert_int_equal(t.reading.spans[1].line, 3);
    again();
    assert_int_equal(test_read(&t, "[" OTLP(OTLP_SPAN(A, GOOD)) ",\n" OTLP(OTLP_SPAN(B, GOOD)) "]"), HC_OK);
    assert_int_equal(t.reading.n_spans, 2);
    assert_int_equal(t.reading.spans[1].line, 2);
}

/* Both sides of a call, as version 1 has them in one span, below a server's. */
static void reads_version_1_of_zipkin(void **state)
{
    (void)state;
    static const char text[] =
        "[{\"traceId\":\"a\",\"id\":\"1\",\"name\":\"get\",\"timestamp\":1544712660000000,\"duration\":1000,\"annotations\":[{"
        "\"timestamp\":1544712660000000,\"value\":\"sr\",\"endpoint\":{\"serviceName\":\"checkout\"}}]},\n"
        "{\"traceId\":\"a\",\"parentId\":\"1\",\"id\":\"2\",\"name\":\"add\",\"annotations\":["
        "{\"timestamp\":1544712660000010,\"value\":\"cs\",\"endpoint\":{\"serviceName\":\"checkout\"}},"
        "{\"timestamp\":1544712660000020,\"value\":\"sr\",\"endpoint\":{\"serviceName\":\"cart\"}},"
        "{\"timestamp\":1544712660000400,\"value\":\"ss\",\"endpoint\":{\"serviceName\":\"cart\"}},"
        "{\"timestamp\":1544712660000500,\"value\":\"cr\",\"endpoint\":{\"serviceName\":\"checkout\"}}],"
        "\"binaryAnnotations\":[{\"key\":\"error\",\"value\":\"boom\",\"endpoint\":{\"serviceName\":\"cart\"}}]},\n"
        "{\"traceId\":\"a\",\"parentId\":\"1\",\"id\":\"3\",\"timestamp\":1544712660000000,\"duration\":5,\"annotations\":[],"
        "\"binaryAnnotations\":[{\"key\":\"lc\",\"value\":\"\",\"endpoint\":{\"serviceName\":\"checkout\"}}]}]";
    assert_int_equal(test_read(&t, text), HC_OK);
    assert_text(t.file.format, "traces-zipkin");
    assert_int_equal(t.reading.n_spans, 4);
    assert_int_equal(t.file.n_bad_rows, 0);
    const struct hc_read_span *spans = t.reading.spans;
    assert_true(spans[1].span == spans[2].parent);
    assert_true(spans[0].span == spans[1].parent && spans[0].span == spans[3].parent);
    assert_text(t.reading.components.items[spans[1].component], "checkout");
    assert_text(t.reading.components.items[spans[2].component], "cart");
    assert_text(t.reading.components.items[spans[3].component], "checkout");
    assert_int_equal(spans[1].end_ns - spans[1].start_ns, 490000);
    assert_int_equal(spans[2].end_ns - spans[2].start_ns, 380000);
    assert_true(spans[2].error && !spans[0].error);
}

static void a_line_that_is_damaged_costs_itself(void **state)
{
    (void)state;
    const char *lines =
        OTLP(OTLP_SPAN(A, GOOD)) "\n{\"resourceSpans\":[}\n" OTLP(OTLP_SPAN(B, GOOD)) "\n"
                                                                                      "{\"others\":[]}\n";
    assert_int_equal(test_read(&t, lines), HC_OK);
    assert_int_equal(t.reading.n_spans, 2);
    assert_int_equal(t.reading.n_bad_rows, 2);
    assert_int_equal(test_warnings(&t.reading, "json-syntax"), 1);
    assert_int_equal(test_warnings(&t.reading, "trace-document"), 1);
    assert_int_equal(t.reading.warnings.items[0].line, 2);
}

static void reads_the_older_name_of_a_scope_ids_in_base64_and_named_codes(void **state)
{
    (void)state;
    static const char text[] =
        "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":"
        "\"cart\"}}]},\"instrumentationLibrarySpans\":[{\"instrumentationLibrary\":{},\"spans\":[{"
        "\"traceId\":\"W47/95gDgQPSabYzgT/GDA==\",\"spanId\":\"7uGbfsPBsXQ=\",\"parentSpanId\":\"7uGbfsPBsXM=\","
        "\"name\":\"cart/Get\",\"startTimeUnixNano\":\"1544712660200000000\",\"endTimeUnixNano\":"
        "\"1544712660700000000\",\"status\":{\"code\":\"STATUS_CODE_ERROR\"}}]}]}]}";
    assert_int_equal(test_read(&t, text), HC_OK);
    assert_int_equal(t.reading.n_spans, 1);
    const struct hc_read_span *span = &t.reading.spans[0];
    assert_true(span->trace == hc_str_hash(HC_STR("5b8efff798038103d269b633813fc60c")));
    assert_true(span->span == hc_str_hash(HC_STR("eee19b7ec3c1b174")));
    assert_true(span->parent == hc_str_hash(HC_STR("eee19b7ec3c1b173")));
    assert_true(span->error);
}

static void a_defect_of_one_span_costs_that_span(void **state)
{
    (void)state;
    const char *text = OTLP(OTLP_SPAN(A, GOOD) ",\n" OTLP_SPAN(B, "1") ",\n" OTLP_SPAN(
        "0000000000000000", GOOD) ",\n"
                                  "17,\n" OTLP_SPAN("cccccccccccccccc", "soon") ",\n" OTLP_SPAN("dddddddddddddddd",
                                                                                                GOOD));
    assert_int_equal(test_read(&t, text), HC_OK);
    assert_int_equal(t.reading.n_spans, 2);
    assert_int_equal(t.reading.n_rows, 6);
    assert_int_equal(t.reading.n_bad_rows, 4);
    assert_int_equal(test_warnings(&t.reading, "trace-span"), 2);
    assert_int_equal(test_warnings(&t.reading, "bad-time"), 2);
    assert_int_equal(t.reading.warnings.items[0].line, 2);
    assert_text(t.reading.warnings.items[0].member, "file");
}

static void a_span_without_a_service_is_of_its_entry(void **state)
{
    (void)state;
    const char *text = "[{\"traceId\":\"1\",\"id\":\"2\",\"timestamp\":1544712660000000,\"duration\":1}]";
    assert_int_equal(test_read(&t, text), HC_OK);
    assert_int_equal(t.reading.n_spans, 0);
    assert_int_equal(test_warnings(&t.reading, "trace-span"), 1);
    again();
    t.entry = (struct hc_entry){.kind = HC_STR("traces"), .component = HC_STR("db")};
    assert_int_equal(test_read(&t, text), HC_OK);
    assert_int_equal(t.reading.n_spans, 1);
    assert_string_equal(component_of(&t.reading, 0), "db");
}

/* Every cut of every sample: what is read is a beginning of the whole, and the cut is said. */
static void a_document_cut_short_gives_what_came_before(void **state)
{
    (void)state;
    size_t most[3] = {0};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char *text = sample_of(forms[i]);
        for (size_t n = strlen(text) - 2; n > 1000 - 600 * (i == 2); n--) {
            text[n] = '\0';
            again();
            assert_int_equal(test_read(&t, text), HC_OK);
            assert_true(t.reading.n_spans <= 2);
            assert_int_equal(test_warnings(&t.reading, "json-syntax"), 1);
            assert_int_equal(t.reading.warnings.n, 1);
            most[i] = t.reading.n_spans > most[i] ? t.reading.n_spans : most[i];
        }
        free(text);
    }
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(most[i], 2);
}

static void a_document_that_is_no_json_is_said_to_be_none(void **state)
{
    (void)state;
    assert_int_equal(test_read(&t, "{\"resourceSpans\":[{]}"), HC_OK);
    assert_text(t.file.format, "traces-otlp");
    assert_int_equal(t.reading.n_spans, 0);
    assert_int_equal(t.reading.n_bad_rows, 1);
    assert_int_equal(test_warnings(&t.reading, "json-syntax"), 1);
}

static void a_jaeger_span_follows_where_it_is_no_child(void **state)
{
    (void)state;
    static const char text[] =
        "{\"data\":[{\"traceID\":\"a\",\"spans\":[{\"traceID\":\"a\",\"spanID\":\"1\",\"operationName\":\"o\",\"references\":["
        "{\"refType\":\"CHILD_OF\",\"traceID\":\"other\",\"spanID\":\"8\"},"
        "{\"refType\":\"FOLLOWS_FROM\",\"traceID\":\"a\",\"spanID\":\"9\"}],"
        "\"startTime\":1544712660000000,\"duration\":0,\"processID\":\"p1\"},"
        "{\"traceID\":\"a\",\"spanID\":\"2\",\"operationName\":\"o\",\"startTime\":1544712660000000,\"duration\":1,"
        "\"processID\":\"p7\"}],\"processes\":{\"p1\":{\"serviceName\":\"s\"}}}]}";
    assert_int_equal(test_read(&t, text), HC_OK);
    assert_int_equal(t.reading.n_spans, 1);
    assert_true(t.reading.spans[0].parent == hc_str_hash(HC_STR("9")));
    assert_int_equal(test_warnings(&t.reading, "trace-span"), 1);
}

#define ZIPKIN(id, parent, kind, service, name, start, more)                                                  \
    "{\"traceId\":\"t\",\"id\":\"" id "\",\"parentId\":\"" parent "\",\"kind\":\"" kind "\",\"name\":\"" name \
    "\",\"timestamp\":" start ",\"duration\":100,\"localEndpoint\":{\"serviceName\":\"" service "\"}" more "}"

/* As B3 propagation does it: the server goes on under the client's id, and what it calls has that id for a parent. */
static void both_sides_of_a_call_under_one_id_are_two_spans(void **state)
{
    (void)state;
    static const char *const orders[] = {
        "[[" ZIPKIN("c", "r", "CLIENT", "front", "get", "1544712660000100", "") "," ZIPKIN(
            "c", "r", "SERVER", "cart", "get", "1544712660000110",
            ",\"shared\":true") "," ZIPKIN("d", "c", "CLIENT", "cart", "select", "1544712660000120",
                                           "") "," ZIPKIN("e", "c", "", "front", "connect", "1544712660000101",
                                                          "") "]]",
        "[" ZIPKIN("e", "c", "", "front", "connect", "1544712660000101",
                   "") "," ZIPKIN("d", "c", "CLIENT", "cart", "select", "1544712660000120",
                                  "") "," ZIPKIN("c", "r", "SERVER", "cart", "get", "1544712660000110",
                                                 ",\"shared\":true") "," ZIPKIN("c", "r", "CLIENT", "front", "get",
                                                                                "1544712660000100", "") "]",
    };
    for (size_t i = 0; i < 2; i++) {
        struct test_file file = {"spans.json", orders[i]};
        struct hc_incident *incident = test_assemble(t.arena, TEST_MANIFEST(""), &file, 1, NULL);
        uint32_t front = test_component(incident, "front"), cart = test_component(incident, "cart");
        assert_int_equal(incident->n_trace_edges, 4);
        assert_int_equal(test_incident_warnings(incident, "trace-repeated"), 0);
        for (size_t k = 0; k < incident->n_trace_edges; k++) {
            const struct hc_trace_edge *edge = &incident->trace_edges[k];
            uint32_t caller = hc_str_is(edge->operation, "connect") ? front
                              : edge->callee == front               ? HC_NO_COMPONENT
                              : hc_str_is(edge->operation, "get")   ? front
                                                                    : cart;
            assert_int_equal(edge->caller, caller);
        }
        assert_int_equal(incident->n_dependencies, 1);
        assert_int_equal(incident->dependencies[0].from, front);
        assert_int_equal(incident->dependencies[0].to, cart);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gives_the_spans_that_a_csv_of_the_same_call_gives, fresh, spent),
        cmocka_unit_test_setup_teardown(derives_the_dependency_that_a_call_shows, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_no_other_json_as_traces, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_otlp_one_document_a_line_and_in_an_array, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_version_1_of_zipkin, fresh, spent),
        cmocka_unit_test_setup_teardown(a_line_that_is_damaged_costs_itself, fresh, spent),
        cmocka_unit_test_setup_teardown(reads_the_older_name_of_a_scope_ids_in_base64_and_named_codes, fresh, spent),
        cmocka_unit_test_setup_teardown(a_defect_of_one_span_costs_that_span, fresh, spent),
        cmocka_unit_test_setup_teardown(a_span_without_a_service_is_of_its_entry, fresh, spent),
        cmocka_unit_test_setup_teardown(a_document_cut_short_gives_what_came_before, fresh, spent),
        cmocka_unit_test_setup_teardown(a_document_that_is_no_json_is_said_to_be_none, fresh, spent),
        cmocka_unit_test_setup_teardown(a_jaeger_span_follows_where_it_is_no_child, fresh, spent),
        cmocka_unit_test_setup_teardown(both_sides_of_a_call_under_one_id_are_two_spans, fresh, spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
