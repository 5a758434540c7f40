#include "tests/unit/ingest/assembling.h"

#include "ingest/format/logs_steps.h"

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

static bool step_is(const struct hc_incident *i, uint32_t step, const char *text)
{
    if (step >= i->n_flow_steps)
        return hc_str_is(HC_STR("begin"), text) ? step == HC_FLOW_BEGIN
                                                : hc_str_is(HC_STR("end"), text) && step == HC_FLOW_END;
    const struct hc_flow_step *s = &i->flow_steps[step];
    for (size_t t = 0; !s->operation.p && t < i->n_templates; t++) {
        if (i->templates[t].id == s->template_id)
            return hc_str_is(i->templates[t].text, text);
    }
    return hc_str_is(s->operation, text);
}

static const struct hc_flow_count *flow(const struct hc_incident *i, const char *component, const char *within,
                                        const char *after, const char *then)
{
    for (size_t k = 0; k < i->n_flows; k++) {
        const struct hc_flow_count *f = &i->flows[k];
        if (f->component == test_component(i, component) && step_is(i, f->within, within) &&
            step_is(i, f->after, after) && step_is(i, f->then, then))
            return f;
    }
    return NULL;
}

/* The window: an hour from second 100036000. */
#define MANIFEST_1973(body)                                 \
    "<incident xmlns=\"urn:hindcast:incident:1\" id=\"A\">" \
    "<window start=\"1973-03-03T19:46:40Z\" end=\"1973-03-03T20:46:40Z\"/>" body "</incident>"

/* In the window; the client span of the second call stands for the callee's side. */
static const char spans[] = HEADER "t,r,,shop,POST /order,100036000000,100036001000,\n"
                                   "t,2,r,shop,pay,100036000400000000,100036000900000000,\n"
                                   "t,1,r,shop,SELECT,100036000100000000,100036000200000000,\n"
                                   "t,3,2,bank,Pay/Charge,100036000500000000,100036000800000000,\n"
                                   "u,r,,shop,POST /order,100032400000,100032401000,\n";

static void follows_the_children_of_a_span_by_their_start(void **state)
{
    (void)state;
    struct test_file file = {"spans.csv", spans};
    struct hc_incident *i = test_assemble(arena, MANIFEST_1973(""), &file, 1, NULL);
    const struct hc_flow_count *first = flow(i, "shop", "POST /order", "begin", "SELECT");
    assert_non_null(first);
    assert_int_equal(first->n[HC_PHASE_WINDOW], 1);
    assert_int_equal(first->n[HC_PHASE_BASELINE], 0);
    assert_int_equal(first->place.line, 4);
    assert_non_null(flow(i, "shop", "POST /order", "SELECT", "Pay/Charge"));
    assert_non_null(flow(i, "shop", "POST /order", "Pay/Charge", "end"));
    /* without a child in the baseline, where others of its kind have some; a leaf tells nothing */
    assert_int_equal(flow(i, "shop", "POST /order", "begin", "end")->n[HC_PHASE_BASELINE], 1);
    assert_null(flow(i, "shop", "SELECT", "begin", "end"));
    assert_int_equal(i->flows[0].kind, HC_FLOW_SPANS);
}

/* 200 operations follow the start, the first half of them twice: of the start's followers 24 stay, of the 201 steps that
 * something came after 128, and no step that stands in none of these. */
static void keeps_what_came_most_often_and_its_steps(void **state)
{
    (void)state;
    enum { OPERATIONS = 200, TWICE = 100, CONTEXTS = 128, FOLLOWERS = 24 };
    static char text[40000];
    size_t n = (size_t)snprintf(text, sizeof text, HEADER);
    for (int k = 0; k < OPERATIONS + TWICE; k++)
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "t%d,r,,shop,root,100036000000,100036001000,\n"
                              "t%d,1,r,shop,op%03d,100036000000,100036000100,\n",
                              k, k, k % OPERATIONS);
    struct test_file file = {"spans.csv", text};
    struct hc_incident *i = test_assemble(arena, MANIFEST_1973(""), &file, 1, NULL);
    assert_int_equal(i->n_flows, CONTEXTS - 1 + FOLLOWERS + 1);
    assert_int_equal(i->n_flow_steps, CONTEXTS);
    for (size_t k = 0; k + 1 < CONTEXTS; k++) {
        char name[8];
        snprintf(name, sizeof name, "op%03zu", k);
        assert_true(step_is(i, (uint32_t)k, name));
        assert_int_equal(flow(i, "shop", "root", name, "end")->n[HC_PHASE_WINDOW], k < TWICE ? 2 : 1);
        assert_int_equal(flow(i, "shop", "root", "begin", name) != NULL, k < FOLLOWERS);
    }
    assert_true(step_is(i, CONTEXTS - 1, "root"));
    const struct hc_flow_count *others = &i->flows[i->n_flows - 1];
    assert_int_equal(others->then, HC_FLOW_OTHER);
    assert_int_equal(others->n[HC_PHASE_WINDOW], OPERATIONS + TWICE - 2 * FOLLOWERS);
}

static const char log_a[] = "1973-03-03T19:47:01Z INFO trace_id=aaaa0001 order read\n"
                            "1973-03-03T19:47:02Z INFO trace_id=bbbb0002 order read\n"
                            "1973-03-03T19:47:03Z INFO trace_id=aaaa0001 order stored\n"
                            "1973-03-03T19:47:01Z INFO trace_id=aaaa0001 order read\n"
                            "1973-03-03T19:17:00Z INFO trace_id=cccc0003 order read\n"
                            "1973-03-03T19:17:01Z INFO trace_id=cccc0003 order stored\n"
                            "1973-03-03T19:47:04Z INFO no trace here\n";

static size_t n_flows_of_logs(const struct hc_incident *i)
{
    size_t n = 0;
    for (size_t k = 0; k < i->n_flows; k++)
        n += i->flows[k].kind == HC_FLOW_LOGS;
    return n;
}

/* How often, in the window, a course of three lines goes on as it does: counts are told from the kinds of ends. */
static void follows_the_lines_of_a_trace_and_takes_a_repeated_one_once(void **state)
{
    (void)state;
    struct test_file file = {"a.log", log_a};
    struct hc_incident *i = test_assemble(
        arena, MANIFEST_1973("<evidence><logs href=\"a.log\" component=\"shop\"/></evidence>"), &file, 1, NULL);
    assert_int_equal(n_flows_of_logs(i), 4); /* begin-read, read-stored, read-end, stored-end */
    uint32_t n_window = 0, n_other = 0;
    for (size_t k = 0; k < i->n_flows; k++) {
        n_window += i->flows[k].n[HC_PHASE_WINDOW];
        n_other += i->flows[k].n[HC_PHASE_BASELINE];
    }
    assert_int_equal(n_window, 5);
    assert_int_equal(n_other, 3);
}

static bool flows_begin_and_end_with(const struct hc_incident *i, const char *text, struct hc_source_place place,
                                     const uint32_t n[HC_PHASES])
{
    const struct hc_flow_count *both[] = {flow(i, "shop", "begin", "begin", text),
                                          flow(i, "shop", "begin", text, "end")};
    for (size_t k = 0; k < 2; k++) {
        if (both[k] == NULL || memcmp(both[k]->n, n, sizeof both[k]->n) != 0 || both[k]->place.line != place.line ||
            !hc_str_equal(both[k]->place.member, place.member))
            return false;
    }
    return true;
}

#define LONE_B                                                   \
    "1973-03-03T19:17:00Z INFO trace_id=aaaa0001 order read\n"   \
    "1973-03-03T19:17:00Z INFO trace_id=aaaa0009 card charged\n" \
    "1973-03-03T19:17:01Z WARN trace_id=aaaa0002 order read\n"   \
    "1973-03-03T19:47:00Z INFO trace_id=aaaa0003 order read\n"
#define LONE_C                                                   \
    "1973-03-03T19:47:01Z INFO trace_id=aaaa0004 order read\n"   \
    "1973-03-03T19:17:00Z INFO trace_id=aaaa0005 card charged\n" \
    "1973-03-03T12:00:00Z INFO trace_id=aaaa0006 order read\n"   \
    "1973-03-03T19:47:02Z WARN trace_id=aaaa0007 order read\n"

static void assert_same_flows(const struct hc_incident *a, const struct hc_incident *b)
{
    assert_int_equal(a->n_flows, b->n_flows);
    for (size_t k = 0; k < a->n_flows; k++) {
        const struct hc_flow_count *x = &a->flows[k], *y = &b->flows[k];
        assert_true(x->kind == y->kind && x->component == y->component && x->within == y->within &&
                    x->after == y->after && x->then == y->then);
        assert_memory_equal(x->n, y->n, sizeof x->n);
        assert_true(hc_str_equal(x->place.member, y->place.member) && x->place.line == y->place.line);
    }
}

/* By phase, whatever the level and the file, with the place of the window's first where there is one. Lines that come
 * twice are taken once, but their courses have two. */
static void counts_courses_of_one_line_like_any_other(void **state)
{
    (void)state;
    const struct test_file files[] = {{"b.log", LONE_B}, {"c.log", LONE_C}};
    const struct test_file twice[] = {{"b.log", LONE_B LONE_B}, {"c.log", LONE_C LONE_C}};
    const char *manifest = MANIFEST_1973("<evidence><logs href=\"b.log\" component=\"shop\"/>"
                                         "<logs href=\"c.log\" component=\"shop\"/></evidence>");
    struct hc_incident *i = test_assemble(arena, manifest, files, 2, NULL);
    assert_int_equal(n_flows_of_logs(i), 4);
    const uint32_t read[HC_PHASES] = {[HC_PHASE_BASELINE] = 2, [HC_PHASE_WINDOW] = 3, [HC_PHASE_OTHER] = 1};
    const uint32_t charged[HC_PHASES] = {[HC_PHASE_BASELINE] = 2};
    assert_true(
        flows_begin_and_end_with(i, "trace_id=<*> order read", (struct hc_source_place){HC_STR("b.log"), 4}, read));
    assert_true(flows_begin_and_end_with(i, "trace_id=<*> card charged", (struct hc_source_place){HC_STR("b.log"), 2},
                                         charged));
    assert_same_flows(i, test_assemble(arena, manifest, twice, 2, NULL));
}

static void the_order_of_files_changes_no_flow(void **state)
{
    (void)state;
    static const char log_b[] = "1973-03-03T19:47:02Z INFO trace_id=aaaa0001 card charged\n";
    const struct test_file files[] = {{"a.log", log_a}, {"b.log", log_b}, {"spans.csv", spans}};
    const size_t turned[] = {2, 1, 0};
    const char *manifest = MANIFEST_1973("<evidence><logs href=\"a.log\" component=\"shop\"/>"
                                         "<logs href=\"b.log\" component=\"shop\"/></evidence>");
    struct hc_incident *a = test_assemble(arena, manifest, files, 3, NULL);
    struct hc_incident *b = test_assemble(arena, manifest, files, 3, turned);
    assert_true(a->n_flows > 8);
    assert_same_flows(a, b);
}

/* Nothing says which word is the trace: it is one where a span has it. */
static void believes_a_word_that_looks_like_a_trace_only_if_spans_name_it(void **state)
{
    (void)state;
    static const char log[] = "1973-03-03T19:47:01Z INFO [shop,0123456789abcdef0123456789abcdef] order read\n"
                              "1973-03-03T19:47:02Z INFO [shop,fedcba9876543210fedcba9876543210] order read\n";
    static const char trace[] = HEADER "0123456789abcdef0123456789abcdef,r,,shop,GET /,100036000000,100036001000,\n";
    const struct test_file files[] = {{"a.log", log}, {"spans.csv", trace}};
    const char *manifest = MANIFEST_1973("<evidence><logs href=\"a.log\" component=\"shop\"/></evidence>");
    assert_int_equal(n_flows_of_logs(test_assemble(arena, manifest, files, 1, NULL)), 0);
    struct hc_incident *i = test_assemble(arena, manifest, files, 2, NULL);
    assert_int_equal(n_flows_of_logs(i), 2);
    assert_int_equal(i->flows[i->n_flows - 1].n[HC_PHASE_WINDOW], 1);
}

static void finds_the_id_behind_the_keys_in_use(void **state)
{
    bool sure;
    (void)state;
    static const char *const lines[] = {
        "TraceID: 0af7651916cd43dd8448eb211c80319c SpanID: b7ad6b7169203331 read",
        "{\"msg\":\"read\",\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\"}",
        "{\"log\":\"{\\\"traceId\\\":\\\"0af7651916cd43dd8448eb211c80319c\\\"}\"}",
        "read trace.id=0af7651916cd43dd8448eb211c80319c",
        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "stack trace follows; TRACE_ID=0af7651916cd43dd8448eb211c80319c",
        "TRACE_ID=b7ad6b7169203331 trace of trace_id=0af7651916cd43dd8448eb211c80319c",
        "brace race trace traceid: TRace 1 TRACE:0af7651916cd43dd8448eb211c80319c TRACE:b7ad6b7169203331",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct hc_str id = hc_trace_by_key(hc_str_of(lines[i]), &sure);
        assert_true(hc_str_is(id, "0af7651916cd43dd8448eb211c80319c"));
    }
    static const char *const none[] = {
        "", "race", "trace", "trace id: missing", "traced 12 of 13", "a trace: on", "traceparent: 00-short-01"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_null(hc_trace_by_key(hc_str_of(none[i]), &sure).p);
    assert_null(hc_trace_by_look(HC_STR("0123456789 deadbeef 00000000000000000000000000000000")).p);
}

/* As hc_trace_by_key by its definition, of keys that an id follows. */
static struct hc_str trace_byte_by_byte(struct hc_str line)
{
    struct hc_str capital = HC_STR_NONE;
    for (size_t i = 0; i + 5 < line.n; i++) {
        bool t = line.p[i] == 't' || line.p[i] == 'T';
        struct hc_str value = {line.p + i + 6, 8};
        if (!t || line.p[i + 5] != '=' || line.n - i < 14)
            continue;
        if (memcmp(line.p + i + 1, "race", 4) == 0)
            return value;
        if (!capital.p && memcmp(line.p + i + 1, "RACE", 4) == 0)
            capital = value;
    }
    return capital;
}

static void finds_a_key_wherever_it_stands(void **state)
{
    static const char *const words[] = {
        "trace=", "TRACE=", "Trace=", "tRACE=", "TraCe=", "race=", "rate ", "ra", "r", "t"};
    unsigned x = 1;
    bool sure;
    (void)state;
    for (size_t round = 0; round < 20000; round++) {
        char line[160];
        size_t n = 0;
        while (n < round % 100) {
            const char *word = words[(x = x * 1664525u + 1013904223u) >> 16 & 0xF ? (x >> 20) % 10 : 0];
            size_t n_word = strlen(word), n_gap = (x >> 24) % 12;
            memcpy(line + n, word, n_word);
            memset(line + n + n_word, '.', n_gap);
            n += n_word + n_gap;
            if (word[n_word - 1] == '=' && x >> 31) {
                memcpy(line + n - n_gap, "0123abcd.", 9);
                n = n - n_gap + 9;
            }
        }
        struct hc_str text = {line, n}, wanted = trace_byte_by_byte(text), found = hc_trace_by_key(text, &sure);
        if (wanted.p != NULL && wanted.p[0] == '0')
            assert_ptr_equal(found.p, wanted.p);
    }
}

static void takes_ids_to_their_end_whatever_they_are_made_of(void **state)
{
    static const char alphabet[] = "abcdefabcdefABCDEF-0gz";
    unsigned x = 1;
    bool sure;
    (void)state;
    for (size_t round = 0; round < 20000; round++) {
        char line[128] = "trace_id=";
        size_t begin = strlen(line), n = round % 80, n_letters = round % 3 == 0 ? 18 : sizeof alphabet - 1;
        bool has_digit = false;
        for (size_t i = 0; i < n; i++) {
            x = x * 1664525u + 1013904223u;
            char c = alphabet[(x >> 16) % n_letters];
            line[begin + i] = c;
            has_digit = has_digit || c == '0';
        }
        line[begin + n] = "\" ;_"[round % 4];
        struct hc_str id = hc_trace_by_key((struct hc_str){line, begin + n + round % 2}, &sure);
        bool wanted = n >= 8 && n <= 64 && has_digit;
        assert_int_equal(id.n, wanted ? n : 0);
        assert_true(!wanted || id.p == line + begin);
    }
}

static void lets_traces_go_by_their_hash_where_there_are_too_many(void **state)
{
    (void)state;
    struct hc_reading reading;
    struct hc_step_finder finder = {0};
    hc_reading_init(&reading, arena);
    for (uint32_t n = 0; n < 300000; n++) {
        struct hc_str text = hc_str_format(arena, "trace_id=%08x line", n / 2);
        struct hc_log_line line = {.line = n + 1, .at = {n, 0}, .message = text};
        assert_true(hc_step_finder_take(&finder, &reading, &line, 0));
    }
    assert_true(reading.n_steps > 30000 && reading.n_steps < 131072);
    for (size_t i = 0; i + 1 < reading.n_steps; i += 2) /* a trace stays whole */
        assert_true(reading.steps[i].trace == reading.steps[i + 1].trace);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, spent)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(follows_the_children_of_a_span_by_their_start),
        TEST(keeps_what_came_most_often_and_its_steps),
        TEST(follows_the_lines_of_a_trace_and_takes_a_repeated_one_once),
        TEST(counts_courses_of_one_line_like_any_other),
        TEST(the_order_of_files_changes_no_flow),
        TEST(believes_a_word_that_looks_like_a_trace_only_if_spans_name_it),
        TEST(finds_the_id_behind_the_keys_in_use),
        TEST(finds_a_key_wherever_it_stands),
        TEST(takes_ids_to_their_end_whatever_they_are_made_of),
        TEST(lets_traces_go_by_their_hash_where_there_are_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
