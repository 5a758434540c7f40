/* What Jaeger's interface and API give for traces: {"data":[{"traceID":…,"spans":[…],"processes":{…}}]}.
 * Source: Jaeger, model/json/model.go. */
#include "base/json.h"
#include "ingest/format/traces.h"

#define US_NS INT64_C(1000)

/* The processes of one trace: those of one key stand at one index. */
struct processes {
    struct hc_names keys;
    struct hc_str *services;
    size_t capacity;
};

static bool read_processes(struct hc_json_export *t, struct hc_str object, struct processes *processes)
{
    struct hc_json_walk walk = hc_json_walk_of(object);
    while (walk.is_object && hc_json_walk_next(&walk)) {
        size_t n = processes->keys.n;
        size_t at = hc_names_add(&processes->keys, walk.key);
        struct hc_str *services =
            hc_arena_grow(t->reading->arena, processes->services, n, n + 1, &processes->capacity, sizeof *services);
        if (at == HC_NAME_NONE || services == NULL)
            return false;
        processes->services = services;
        services[at] = hc_json_export_text(t, hc_json_member(walk.value, "serviceName"));
    }
    return true;
}

/* The parent is the span of the same trace that this one is a child of; else the one that it follows from. */
static struct hc_str parent_of(struct hc_json_export *t, struct hc_str references, struct hc_str trace)
{
    struct hc_str followed = HC_STR_NONE;
    struct hc_json_walk walk = hc_json_walk_of(references);
    while (hc_json_walk_next(&walk)) {
        struct hc_str other = hc_json_export_text(t, hc_json_member(walk.value, "traceID"));
        struct hc_str type = hc_json_export_text(t, hc_json_member(walk.value, "refType"));
        struct hc_str id = hc_json_export_text(t, hc_json_member(walk.value, "spanID"));
        if (other.n > 0 && !hc_str_equal(other, trace))
            continue;
        if (hc_str_is(type, "CHILD_OF"))
            return id;
        if (followed.n == 0 && hc_str_is(type, "FOLLOWS_FROM"))
            followed = id;
    }
    return followed;
}

/* {"key":"error","type":"bool","value":true} */
static bool tags_say_error(struct hc_json_export *t, struct hc_str tags)
{
    struct hc_json_walk walk = hc_json_walk_of(tags);
    while (hc_json_walk_next(&walk)) {
        if (hc_str_is(hc_json_export_text(t, hc_json_member(walk.value, "key")), "error"))
            return hc_str_is(hc_json_export_text(t, hc_json_member(walk.value, "value")), "true");
    }
    return false;
}

static void read_span(struct hc_json_export *t, struct hc_str trace, const struct processes *processes,
                      struct hc_str object)
{
    struct hc_trace_span span = HC_TRACE_SPAN_NONE;
    struct hc_json_walk walk = hc_json_walk_of(object);
    struct hc_str references = HC_STR_NONE;
    int64_t duration_ns = HC_TIME_NONE_NS;
    size_t process = HC_NAME_NONE;
    span.at = object.p;
    span.trace = trace;
    while (hc_json_walk_next(&walk)) {
        if (hc_str_is(walk.key, "traceID"))
            span.trace = hc_json_export_text(t, walk.value);
        else if (hc_str_is(walk.key, "spanID"))
            span.id = hc_json_export_text(t, walk.value);
        else if (hc_str_is(walk.key, "operationName"))
            span.operation = hc_json_export_text(t, walk.value);
        else if (hc_str_is(walk.key, "references"))
            references = walk.value;
        else if (hc_str_is(walk.key, "startTime"))
            span.start_ns = hc_json_export_time(t, walk.value, US_NS);
        else if (hc_str_is(walk.key, "duration"))
            duration_ns = hc_json_export_time(t, walk.value, US_NS);
        else if (hc_str_is(walk.key, "tags"))
            span.error = tags_say_error(t, walk.value);
        else if (hc_str_is(walk.key, "processID"))
            process = hc_names_find(&processes->keys, hc_json_export_text(t, walk.value));
    }
    span.parent = parent_of(t, references, span.trace);
    span.end_ns = hc_traces_end(span.start_ns, duration_ns);
    if (process != HC_NAME_NONE)
        span.component = processes->services[process];
    (void)hc_traces_add(t, &span);
}

static void read_trace(struct hc_json_export *t, struct hc_str object)
{
    struct processes processes = {.services = NULL};
    hc_names_init(&processes.keys, t->reading->arena);
    t->no_memory |= !read_processes(t, hc_json_member(object, "processes"), &processes);
    struct hc_str trace = hc_json_export_text(t, hc_json_member(object, "traceID"));
    struct hc_json_walk walk = hc_json_walk_of(hc_json_member(object, "spans"));
    while (!t->no_memory && hc_json_walk_next(&walk))
        read_span(t, trace, &processes, walk.value);
}

static bool read_document(struct hc_json_export *t, struct hc_str document)
{
    struct hc_str data = hc_json_member(document, "data");
    if (data.n == 0 || *data.p != '[')
        return false;
    struct hc_json_walk walk = hc_json_walk_of(data);
    bool any = false;
    while (!t->no_memory && hc_json_walk_next(&walk)) {
        any |= hc_json_member(walk.value, "spans").n > 0;
        read_trace(t, walk.value);
    }
    return any;
}

static bool holds(struct hc_str head, const char *word)
{
    return memmem(head.p, head.n, word, strlen(word)) != NULL;
}

/* Other answers have "data" too; where processes come first, spans may be far behind. */
static int bid(struct hc_str head, const struct hc_read_context *context)
{
    (void)context;
    bool is = hc_json_export_holds(head, "\"data\"") && holds(head, "\"traceID\"") && holds(head, "\"spanID\"") &&
              holds(head, "\"operationName\"");
    return is ? HC_BID_CERTAIN : 0;
}

static enum hc_status read_jaeger(struct hc_str bytes, const struct hc_read_context *context,
                                  struct hc_reading *reading, struct hc_err *err)
{
    /* Whole traces only: the processes stand behind the spans. */
    struct hc_json_export traces = {
        .reading = reading, .context = context, .read = read_document, .code = "trace-document", .whole = 2};
    return hc_json_export_read(&traces, bytes, err);
}

const struct hc_reader hc_reader_traces_jaeger = {.name = "traces-jaeger",
                                                  .kind = "traces",
                                                  .most = HC_BID_CERTAIN,
                                                  .bid = bid,
                                                  .read = read_jaeger,
                                                  .share = HC_SHARE_TRACES};
