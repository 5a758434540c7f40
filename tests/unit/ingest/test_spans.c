/* Random spans, reduced to edges and flows: held against the definitions, each by brute force. */
#include "tests/unit/ingest/assembling.h"

#include <math.h>

#include "ingest/assemble_traces.h"

#define SPANS 500
#define NONE ((size_t)-1)
#define START_MS INT64_C(100032400000) /* of the baseline; the window starts an hour later */
#define HOUR_MS 3600000

static struct hc_arena *arena;

struct drawn {
    size_t trace, parent; /* NONE: no parent, or one that is not there */
    unsigned component, operation;
    int64_t start_ms, end_ms;
    bool error;
};

static struct drawn spans[SPANS];
static const struct hc_incident *incident;

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

static uint32_t draw(uint32_t below)
{
    static uint64_t random = 7;
    random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(random >> 33) % below;
}

/* Every second span hangs on the first of its trace, so that some have many children. */
static void draw_spans(void)
{
    for (size_t i = 0; i < SPANS; i++) {
        struct drawn *s = &spans[i];
        s->trace = i % 5;
        s->parent = i < 5 || draw(6) == 0 ? NONE : i % 2 == 0 ? i % 5 : draw((uint32_t)(i / 5)) * 5 + i % 5;
        s->component = draw(4);
        s->operation = draw(3);
        s->start_ms = START_MS + draw(3) * (int64_t)HOUR_MS + draw(2000);
        s->end_ms = s->start_ms + draw(i < 5 ? 100000 : 800);
        s->error = draw(4) == 0;
    }
}

static void assemble(void)
{
    struct hc_buf text = {0};
    hc_buf_text(&text, "trace_id,span_id,parent_id,component,operation,start,end,status\n");
    for (size_t i = 0; i < SPANS; i++) {
        const struct drawn *s = &spans[i];
        hc_buf_format(&text, "t%zu,s%zu,", s->trace, i);
        if (s->parent != NONE)
            hc_buf_format(&text, "s%zu", s->parent);
        else
            hc_buf_text(&text, i % 2 ? "gone" : "");
        hc_buf_format(&text, ",c%u,o%u,%lld,%lld,%s\n", s->component, s->operation, (long long)s->start_ms,
                      (long long)s->end_ms, s->error ? "error" : "ok");
    }
    hc_buf_char(&text, '\0');
    assert_false(text.failed);
    struct test_file file = {"spans.csv", text.p};
    incident = test_assemble(arena,
                             "<incident xmlns=\"urn:hindcast:incident:1\" id=\"A\">"
                             "<window start=\"1973-03-03T19:46:40Z\" end=\"1973-03-03T20:46:40Z\"/></incident>",
                             &file, 1, NULL);
    hc_buf_free(&text);
}

/* ---- the definitions ---- */

static enum hc_phase phase_of(const struct drawn *s)
{
    int64_t hour = (s->start_ms - START_MS) / HOUR_MS;
    return hour == 0 ? HC_PHASE_BASELINE : hour == 1 ? HC_PHASE_WINDOW : HC_PHASE_OTHER;
}

static size_t n_children(size_t parent)
{
    size_t n = 0;
    for (size_t i = 0; i < SPANS; i++)
        n += spans[i].parent == parent;
    return n;
}

/* The child that comes after `last` by start, then row; NONE: no more. */
static size_t next_child(size_t parent, size_t last)
{
    size_t best = NONE;
    for (size_t i = 0; i < SPANS; i++) {
        bool later = last == NONE || spans[i].start_ms > spans[last].start_ms ||
                     (spans[i].start_ms == spans[last].start_ms && i > last);
        if (spans[i].parent == parent && later && (best == NONE || spans[i].start_ms < spans[best].start_ms))
            best = i;
    }
    return best;
}

static size_t callee_of(size_t span)
{
    for (size_t c = next_child(span, NONE); c != NONE; c = next_child(span, c)) {
        if (spans[c].component != spans[span].component)
            return c;
    }
    return NONE;
}

static bool is_client(size_t i)
{
    size_t callee = callee_of(i);
    if (callee == NONE)
        return false;
    return spans[i].parent != NONE ? spans[spans[i].parent].component == spans[i].component
                                   : n_children(i) == 1 && spans[callee].operation == spans[i].operation;
}

/* Millisecond by millisecond. */
static int64_t covered_ms(size_t parent)
{
    static bool is_covered[100001];
    int64_t n = 0, own = spans[parent].end_ms - spans[parent].start_ms;
    memset(is_covered, 0, sizeof is_covered);
    for (size_t i = 0; i < SPANS; i++) {
        int64_t from = spans[i].start_ms - spans[parent].start_ms, to = spans[i].end_ms - spans[parent].start_ms;
        for (int64_t t = from < 0 ? 0 : from; spans[i].parent == parent && t < to && t < own; t++)
            is_covered[t] = true;
    }
    for (int64_t t = 0; t < own; t++)
        n += is_covered[t];
    return n;
}

static double log_ms(int64_t ms)
{
    return log(ms == 0 ? 1000.0 : (double)ms * 1e6);
}

static uint32_t component(size_t i)
{
    char name[] = {'c', (char)('0' + spans[i].component), '\0'};
    return test_component(incident, name);
}

static bool is_operation(size_t i, struct hc_str name)
{
    return name.n == 2 && name.p[0] == 'o' && name.p[1] == (char)('0' + spans[i].operation);
}

static bool is_of_edge(size_t i, const struct hc_trace_edge *edge)
{
    uint32_t caller = spans[i].parent == NONE ? HC_NO_COMPONENT : component(spans[i].parent);
    return caller == edge->caller && component(i) == edge->callee && is_operation(i, edge->operation);
}

/* ---- edges ---- */

static void assert_same(const struct hc_log_duration *got, double *values, size_t n)
{
    double room[SPANS];
    struct hc_log_duration want = hc_log_duration_of(values, room, n);
    assert_int_equal(got->n, n);
    for (size_t i = 1; i < n; i++)
        assert_true(values[i - 1] <= values[i]);
    if (n > 0)
        assert_true(got->median == want.median && got->p90 == want.p90 && got->mean == want.mean &&
                    got->variance == want.variance);
}

static size_t check_phase(const struct hc_trace_edge *edge, enum hc_phase phase)
{
    double server[SPANS], residual[SPANS], exclusive[SPANS];
    size_t n_server = 0, n_residual = 0, n_exclusive = 0;
    uint32_t n_errors = 0;
    for (size_t i = 0; i < SPANS; i++) {
        size_t parent = spans[i].parent;
        int64_t own_ms = spans[i].end_ms - spans[i].start_ms;
        if (!is_of_edge(i, edge) || phase_of(&spans[i]) != phase)
            continue;
        n_errors += spans[i].error;
        server[n_server++] = log_ms(own_ms);
        if (parent != NONE && spans[parent].component != spans[i].component && n_children(parent) == 1 &&
            is_client(parent))
            residual[n_residual++] = log_ms(spans[parent].end_ms - spans[parent].start_ms) - log_ms(own_ms);
        if (!is_client(i))
            exclusive[n_exclusive++] = log_ms(own_ms - covered_ms(i));
    }
    assert_int_equal(edge->phase[phase].n_spans, n_server);
    assert_int_equal(edge->phase[phase].n_errors, n_errors);
    assert_same(&edge->phase[phase].server, server, n_server);
    assert_same(&edge->phase[phase].residual, residual, n_residual);
    assert_same(&edge->phase[phase].exclusive, exclusive, n_exclusive);
    return n_server;
}

static size_t telling_row(const struct hc_trace_edge *edge)
{
    size_t first = NONE, slowest = NONE;
    for (size_t i = SPANS; i-- > 0;) {
        int64_t own_ms = spans[i].end_ms - spans[i].start_ms;
        if (!is_of_edge(i, edge))
            continue;
        first = i;
        if (phase_of(&spans[i]) == HC_PHASE_WINDOW &&
            (slowest == NONE || own_ms >= spans[slowest].end_ms - spans[slowest].start_ms))
            slowest = i;
    }
    return slowest == NONE ? first : slowest;
}

static void edges_are_what_their_definitions_say(void **state)
{
    (void)state;
    for (int round = 0; round < 3; round++) {
        size_t n = 0;
        draw_spans();
        assemble();
        for (size_t k = 0; k < incident->n_trace_edges; k++) {
            const struct hc_trace_edge *edge = &incident->trace_edges[k];
            for (int phase = 0; phase < HC_PHASES; phase++)
                n += check_phase(edge, (enum hc_phase)phase);
            assert_int_equal(edge->place.line, telling_row(edge) + 2);
            if (k == 0)
                continue;
            const struct hc_trace_edge *last = edge - 1;
            assert_true(last->caller < edge->caller ||
                        (last->caller == edge->caller &&
                         (last->callee < edge->callee ||
                          (last->callee == edge->callee && hc_str_compare(last->operation, edge->operation) < 0))));
        }
        assert_int_equal(n, SPANS);
    }
}

/* ---- flows ---- */

static bool is_step(uint32_t step, size_t span)
{
    return step < incident->n_flow_steps && incident->flow_steps[step].component == component(span) &&
           is_operation(span, incident->flow_steps[step].operation);
}

static bool is_step_or(uint32_t step, size_t span, uint32_t none)
{
    return span == NONE ? step == none : is_step(step, span);
}

/* Whether a span with children is of the step. */
static bool has_children_somewhere(size_t like)
{
    for (size_t i = 0; i < SPANS; i++) {
        if (spans[i].component == spans[like].component && spans[i].operation == spans[like].operation &&
            n_children(i) > 0)
            return true;
    }
    return false;
}

/* How often, below one span, the flow's transition occurs. */
static uint32_t n_below(size_t parent, const struct hc_flow_count *flow)
{
    uint32_t n = 0;
    size_t after = NONE;
    if (!is_step(flow->within, parent) || (n_children(parent) == 0 && !has_children_somewhere(parent)))
        return 0;
    for (size_t c = next_child(parent, NONE); c != NONE; c = next_child(parent, c)) {
        size_t callee = callee_of(c);
        size_t then = callee == NONE ? c : callee;
        n += is_step_or(flow->after, after, HC_FLOW_BEGIN) && is_step(flow->then, then);
        after = then;
    }
    return n + (is_step_or(flow->after, after, HC_FLOW_BEGIN) && flow->then == HC_FLOW_END);
}

static void flows_are_what_their_definitions_say(void **state)
{
    (void)state;
    draw_spans();
    assemble();
    size_t n = 0, n_want = 0;
    for (size_t k = 0; k < incident->n_flows; k++) {
        const struct hc_flow_count *flow = &incident->flows[k];
        uint32_t count[HC_PHASES] = {0};
        for (size_t i = 0; i < SPANS; i++)
            count[phase_of(&spans[i])] += n_below(i, flow);
        assert_memory_equal(flow->n, count, sizeof count);
        for (int phase = 0; phase < HC_PHASES; phase++)
            n += flow->n[phase];
    }
    for (size_t i = 0; i < SPANS; i++)
        n_want += n_children(i) > 0 || has_children_somewhere(i) ? n_children(i) + 1 : 0;
    assert_int_equal(n, n_want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(edges_are_what_their_definitions_say, fresh, spent),
        cmocka_unit_test_setup_teardown(flows_are_what_their_definitions_say, fresh, spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
