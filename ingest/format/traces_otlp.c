/* OTLP as JSON: {"resourceSpans":[{"resource":…,"scopeSpans":[{"spans":[…]}]}]}, as exporters and the collector's file
 * exporter (one a line) write it.
 * Source: OpenTelemetry, OTLP specification, JSON Protobuf encoding; opentelemetry-proto, trace.proto. */
#include "base/json.h"
#include "ingest/format/traces.h"

#define TRACE_ID_BYTES 16
#define SPAN_ID_BYTES 8

static int sextet_of(char c)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c == '\0' ? NULL : strchr(letters, c == '-' ? '+' : c == '_' ? '/' : c);
    return at == NULL ? -1 : (int)(at - letters);
}

/* Base64 of n_bytes, as hexadecimal digits in `hex`; false: it is none. */
static bool base64_to_hex(struct hc_str text, size_t n_bytes, char *hex)
{
    unsigned bits = 0, n_bits = 0;
    size_t n = 0;
    while (text.n > 0 && text.p[text.n - 1] == '=')
        text.n--;
    if (text.n != (n_bytes * 8 + 5) / 6)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        int sextet = sextet_of(text.p[i]);
        if (sextet < 0)
            return false;
        bits = (bits << 6 | (unsigned)sextet) & 0xFFFF;
        for (n_bits += 6; n_bits >= 4 && n < 2 * n_bytes; n_bits -= 4)
            hex[n++] = "0123456789abcdef"[bits >> (n_bits - 4) & 15];
    }
    return n == 2 * n_bytes;
}

/* Hexadecimal digits in small letters, as logs and other files write the same id. An id of zeros is none. */
static struct hc_str read_id(struct hc_traces *t, struct hc_str value, size_t n_bytes)
{
    struct hc_str text = hc_traces_text(t, value);
    if (text.n == 0)
        return HC_STR_NONE;
    size_t n = text.n > 2 * n_bytes ? text.n : 2 * n_bytes;
    char *id = hc_arena_alloc(t->reading->arena, n);
    t->no_memory |= id == NULL;
    if (id == NULL)
        return HC_STR_NONE;
    if (base64_to_hex(text, n_bytes, id)) {
        n = 2 * n_bytes;
    } else {
        n = text.n;
        for (size_t i = 0; i < n; i++)
            id[i] = text.p[i] >= 'A' && text.p[i] <= 'F' ? (char)(text.p[i] + ('a' - 'A')) : text.p[i];
    }
    for (size_t i = 0; i < n; i++) {
        if (id[i] != '0')
            return (struct hc_str){id, n};
    }
    return HC_STR_NONE;
}

static void read_span(struct hc_traces *t, struct hc_str service, struct hc_str object)
{
    struct hc_trace_span span = HC_TRACE_SPAN_NONE;
    struct hc_json_walk walk = hc_json_walk_of(object);
    span.at = object.p;
    span.component = service;
    while (hc_json_walk_next(&walk)) {
        if (hc_str_is(walk.key, "traceId"))
            span.trace = read_id(t, walk.value, TRACE_ID_BYTES);
        else if (hc_str_is(walk.key, "spanId"))
            span.id = read_id(t, walk.value, SPAN_ID_BYTES);
        else if (hc_str_is(walk.key, "parentSpanId"))
            span.parent = read_id(t, walk.value, SPAN_ID_BYTES);
        else if (hc_str_is(walk.key, "name"))
            span.operation = hc_traces_text(t, walk.value);
        else if (hc_str_is(walk.key, "startTimeUnixNano"))
            span.start_ns = hc_traces_time(t, walk.value, 1);
        else if (hc_str_is(walk.key, "endTimeUnixNano"))
            span.end_ns = hc_traces_time(t, walk.value, 1);
        else if (hc_str_is(walk.key, "status"))
            span.error = hc_trace_status_is_error(hc_traces_text(t, hc_json_member(walk.value, "code")));
    }
    (void)hc_traces_add(t, &span);
}

/* The resource's attribute service.name. */
static struct hc_str service_of(struct hc_traces *t, struct hc_str resource)
{
    struct hc_json_walk walk = hc_json_walk_of(hc_json_member(resource, "attributes"));
    while (hc_json_walk_next(&walk)) {
        if (hc_str_is(hc_traces_text(t, hc_json_member(walk.value, "key")), "service.name"))
            return hc_traces_text(t, hc_json_member(hc_json_member(walk.value, "value"), "stringValue"));
    }
    return HC_STR_NONE;
}

static void read_resource(struct hc_traces *t, struct hc_str resource_spans)
{
    struct hc_str service = service_of(t, hc_json_member(resource_spans, "resource"));
    struct hc_str list = hc_json_member(resource_spans, "scopeSpans");
    if (list.n == 0) /* until version 0.19 of the protocol */
        list = hc_json_member(resource_spans, "instrumentationLibrarySpans");
    struct hc_json_walk scopes = hc_json_walk_of(list);
    while (!t->no_memory && hc_json_walk_next(&scopes)) {
        struct hc_json_walk spans = hc_json_walk_of(hc_json_member(scopes.value, "spans"));
        while (!t->no_memory && hc_json_walk_next(&spans))
            read_span(t, service, spans.value);
    }
}

static bool read_document(struct hc_traces *t, struct hc_str document)
{
    struct hc_str list = hc_json_member(document, "resourceSpans");
    if (list.n == 0)
        return false;
    struct hc_json_walk walk = hc_json_walk_of(list);
    while (!t->no_memory && hc_json_walk_next(&walk))
        read_resource(t, walk.value);
    return true;
}

static int bid(struct hc_str head, const struct hc_read_context *context)
{
    (void)context;
    return hc_traces_holds(head, "\"resourceSpans\"") ? HC_BID_CERTAIN : 0;
}

static enum hc_status read_otlp(struct hc_str bytes, const struct hc_read_context *context, struct hc_reading *reading,
                                struct hc_err *err)
{
    struct hc_traces traces = {.reading = reading, .context = context, .read = read_document, .whole = 6};
    return hc_traces_read(&traces, bytes, err);
}

const struct hc_reader hc_reader_traces_otlp = {"traces-otlp", "traces", HC_BID_CERTAIN, bid, read_otlp};
