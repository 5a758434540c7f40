/* Zipkin's list of spans, version 2: [{"traceId":…,"id":…,"localEndpoint":{"serviceName":…}}], and what its API gives for
 * several traces: a list of such lists. Version 1 says whose a span is, and on which side, by its annotations.
 * Source: openzipkin/zipkin-api, zipkin2-api.yaml and zipkin-api.yaml. */
#include "base/json.h"
#include "ingest/format/traces.h"
#include <stdlib.h>

#define US_NS INT64_C(1000)

enum side { SIDE_NONE, SIDE_CLIENT, SIDE_SERVER };

struct sides {
    uint8_t *items; /* of each span of the reading */
    size_t capacity;
};

static uint8_t side_of(struct hc_str kind)
{
    if (hc_str_is(kind, "CLIENT"))
        return SIDE_CLIENT;
    return hc_str_is(kind, "SERVER") ? SIDE_SERVER : SIDE_NONE;
}

/* An "error" tag says so by being there, whatever its text; some write that it was none. */
static bool tags_say_error(struct hc_json_export *t, struct hc_str tags)
{
    struct hc_str error = hc_json_member(tags, "error");
    return error.n > 0 && !hc_str_is(hc_json_export_text(t, error), "false");
}

static void add_side(struct hc_json_export *t, uint8_t side)
{
    struct sides *sides = t->own;
    size_t n = t->reading->n_spans;
    uint8_t *items = hc_arena_grow(t->reading->arena, sides->items, n - 1, n, &sides->capacity, sizeof *items);
    t->no_memory |= items == NULL;
    if (items == NULL)
        return;
    sides->items = items;
    items[n - 1] = side;
}

/* One side of a call, as annotations tell it: {"timestamp":…,"value":"sr","endpoint":{"serviceName":…}}. */
struct told {
    struct hc_str component;
    int64_t begin_ns, end_ns;
};

/* By side; what is of none is by SIDE_NONE. */
struct annotations {
    struct told sides[3];
    bool error;
};

static uint8_t side_of_annotation(struct hc_str value, bool *begins)
{
    *begins = hc_str_is(value, "cs") || hc_str_is(value, "sr");
    if (hc_str_is(value, "cs") || hc_str_is(value, "cr"))
        return SIDE_CLIENT;
    return *begins || hc_str_is(value, "ss") ? SIDE_SERVER : SIDE_NONE;
}

static void read_annotations(struct hc_json_export *t, struct hc_str list, struct annotations *a)
{
    struct hc_json_walk walk = hc_json_walk_of(list);
    while (hc_json_walk_next(&walk)) {
        bool begins;
        uint8_t side = side_of_annotation(hc_json_export_text(t, hc_json_member(walk.value, "value")), &begins);
        struct told *told = &a->sides[side];
        int64_t at_ns = hc_json_export_time(t, hc_json_member(walk.value, "timestamp"), US_NS);
        struct hc_str endpoint = hc_json_member(walk.value, "endpoint");
        a->error |= hc_str_is(hc_json_member(walk.value, "key"), "\"error\"");
        told->component =
            told->component.n > 0 ? told->component : hc_json_export_text(t, hc_json_member(endpoint, "serviceName"));
        *(begins ? &told->begin_ns : &told->end_ns) = at_ns;
    }
}

static void add_span(struct hc_json_export *t, const struct hc_trace_span *span, uint8_t side)
{
    if (hc_traces_add(t, span))
        add_side(t, side);
}

/* A span of version 1 may hold both sides: it becomes two, in times of their own. */
static void add_told(struct hc_json_export *t, const struct hc_trace_span *whole, const struct annotations *a)
{
    bool both = a->sides[SIDE_CLIENT].component.n > 0 && a->sides[SIDE_SERVER].component.n > 0;
    bool any = false;
    for (int side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        const struct told *told = &a->sides[side];
        struct hc_trace_span span = *whole;
        if (told->component.n == 0)
            continue;
        span.component = told->component;
        span.start_ns = both || span.start_ns == HC_TIME_NONE_NS ? told->begin_ns : span.start_ns;
        span.end_ns = both || span.end_ns == HC_TIME_NONE_NS ? told->end_ns : span.end_ns;
        add_span(t, &span, (uint8_t)side);
        any = true;
    }
    struct hc_trace_span local = *whole;
    local.component = a->sides[SIDE_NONE].component;
    if (!any)
        add_span(t, &local, SIDE_NONE);
}

static void read_span(struct hc_json_export *t, struct hc_str object)
{
    static const struct told none = {{NULL, 0}, HC_TIME_NONE_NS, HC_TIME_NONE_NS};
    struct annotations annotations = {.sides = {none, none, none}};
    struct hc_trace_span span = HC_TRACE_SPAN_NONE;
    struct hc_json_walk walk = hc_json_walk_of(object);
    int64_t duration_ns = HC_TIME_NONE_NS;
    uint8_t side = SIDE_NONE;
    span.at = object.p;
    while (hc_json_walk_next(&walk)) {
        if (hc_str_is(walk.key, "traceId"))
            span.trace = hc_json_export_text(t, walk.value);
        else if (hc_str_is(walk.key, "id"))
            span.id = hc_json_export_text(t, walk.value);
        else if (hc_str_is(walk.key, "parentId"))
            span.parent = hc_json_export_text(t, walk.value);
        else if (hc_str_is(walk.key, "kind"))
            side = side_of(hc_json_export_text(t, walk.value));
        else if (hc_str_is(walk.key, "name"))
            span.operation = hc_json_export_text(t, walk.value);
        else if (hc_str_is(walk.key, "timestamp"))
            span.start_ns = hc_json_export_time(t, walk.value, US_NS);
        else if (hc_str_is(walk.key, "duration"))
            duration_ns = hc_json_export_time(t, walk.value, US_NS);
        else if (hc_str_is(walk.key, "localEndpoint"))
            span.component = hc_json_export_text(t, hc_json_member(walk.value, "serviceName"));
        else if (hc_str_is(walk.key, "tags"))
            span.error = tags_say_error(t, walk.value);
        else if (hc_str_is(walk.key, "annotations") || hc_str_is(walk.key, "binaryAnnotations"))
            read_annotations(t, walk.value, &annotations);
    }
    span.end_ns = hc_traces_end(span.start_ns, duration_ns);
    span.error |= annotations.error;
    if (span.component.n > 0)
        add_span(t, &span, side);
    else
        add_told(t, &span, &annotations);
}

/* A list of spans, or of such lists. */
static bool read_list(struct hc_json_export *t, struct hc_str list)
{
    bool any = false;
    struct hc_json_walk walk = hc_json_walk_of(list);
    while (!walk.is_object && !t->no_memory && hc_json_walk_next(&walk)) {
        if (*walk.value.p == '[') {
            struct hc_json_walk spans = hc_json_walk_of(walk.value);
            while (!t->no_memory && hc_json_walk_next(&spans))
                read_span(t, spans.value);
            any = true;
        } else if (*walk.value.p == '{') {
            any |= hc_json_member(walk.value, "traceId").n > 0;
            read_span(t, walk.value);
        }
    }
    return any;
}

/* ---- both sides of a call under one id ---- */

struct call {
    uint64_t trace, id;
    uint32_t server, client; /* spans; client HC_NO_CALL: none */
};
#define HC_NO_CALL UINT32_MAX

static int by_id(const void *a, const void *b)
{
    const struct call *x = a, *y = b;
    if (x->trace != y->trace)
        return x->trace < y->trace ? -1 : 1;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return (x->server > y->server) - (x->server < y->server);
}

/* The first of those of that id; NULL: none. */
static struct call *find_call(struct call *calls, size_t n, uint64_t trace, uint64_t id)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        bool before = calls[middle].trace != trace ? calls[middle].trace < trace : calls[middle].id < id;
        low = before ? middle + 1 : low;
        high = before ? high : middle;
    }
    return low < n && calls[low].trace == trace && calls[low].id == id ? &calls[low] : NULL;
}

static uint64_t client_id(uint64_t id)
{
    uint64_t other = id ^ UINT64_C(0x9E3779B97F4A7C15);
    return other == 0 ? 1 : other;
}

/* What a span's parent is where both sides of a call have the parent's id: the side that is of its own component, else the
 * server's. The server's own parent is its client. */
static void part_span(struct hc_reading *reading, uint32_t at, uint8_t side, struct call *calls, size_t n)
{
    struct hc_read_span *span = &reading->spans[at];
    struct call *own = side == SIDE_NONE ? NULL : find_call(calls, n, span->trace, span->span);
    struct call *above = span->parent == 0 ? NULL : find_call(calls, n, span->trace, span->parent);
    if (own != NULL && own->client != HC_NO_CALL && side == SIDE_SERVER)
        span->parent = client_id(span->span);
    else if (above != NULL && above->client != HC_NO_CALL &&
             span->component == reading->spans[above->client].component &&
             span->component != reading->spans[above->server].component)
        span->parent = client_id(span->parent);
}

/* A server may go on under its client's id: the client's span gets an id of its own, and the server's is its child, so that
 * neither is lost and what the server did is found below the server. */
static bool part_sides(struct hc_reading *reading, const struct sides *sides)
{
    size_t n = 0;
    struct call *calls = hc_arena_alloc(reading->arena, (reading->n_spans + 1) * sizeof *calls);
    if (calls == NULL)
        return false;
    for (size_t i = 0; i < reading->n_spans; i++) {
        const struct hc_read_span *span = &reading->spans[i];
        if (sides->items[i] == SIDE_SERVER)
            calls[n++] = (struct call){span->trace, span->span, (uint32_t)i, HC_NO_CALL};
    }
    qsort(calls, n, sizeof *calls, by_id);
    for (size_t i = 0; i < reading->n_spans && n > 0; i++) {
        const struct hc_read_span *span = &reading->spans[i];
        struct call *call = sides->items[i] == SIDE_CLIENT ? find_call(calls, n, span->trace, span->span) : NULL;
        if (call != NULL && call->client == HC_NO_CALL)
            call->client = (uint32_t)i;
    }
    for (size_t i = 0; i < reading->n_spans && n > 0; i++)
        part_span(reading, (uint32_t)i, sides->items[i], calls, n);
    for (size_t i = 0; i < n; i++) {
        if (calls[i].client != HC_NO_CALL)
            reading->spans[calls[i].client].span = client_id(calls[i].id);
    }
    return true;
}

static int bid(struct hc_str head, const struct hc_read_context *context)
{
    (void)context;
    struct hc_str text = hc_str_trim(head);
    if (text.n == 0 || *text.p != '[')
        return 0;
    while (text.n > 0 && *text.p == '[')
        text = hc_str_trim((struct hc_str){text.p + 1, text.n - 1});
    bool is = text.n > 0 && *text.p == '{' && hc_json_export_holds(text, "\"traceId\"") &&
              hc_json_export_holds(text, "\"id\"") &&
              (hc_json_export_holds(text, "\"localEndpoint\"") || hc_json_export_holds(text, "\"timestamp\""));
    return is ? HC_BID_CERTAIN : 0;
}

static enum hc_status read_zipkin(struct hc_str bytes, const struct hc_read_context *context,
                                  struct hc_reading *reading, struct hc_err *err)
{
    struct sides sides = {.items = NULL};
    struct hc_json_export traces = {.reading = reading,
                                    .context = context,
                                    .read = read_list,
                                    .code = "trace-document",
                                    .own = &sides,
                                    .is_array = true};
    enum hc_status status = hc_json_export_read(&traces, bytes, err);
    if (status == HC_OK && reading->n_spans > 0 && !part_sides(reading, &sides))
        return hc_arena_refused(reading->arena, err);
    return status;
}

const struct hc_reader hc_reader_traces_zipkin = {.name = "traces-zipkin",
                                                  .kind = "traces",
                                                  .most = HC_BID_CERTAIN,
                                                  .bid = bid,
                                                  .read = read_zipkin,
                                                  .share = HC_SHARE_TRACES};
