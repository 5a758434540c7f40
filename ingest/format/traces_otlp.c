/* OTLP as JSON: {"resourceSpans":[{"resource":…,"scopeSpans":[{"spans":[…]}]}]}, as exporters and the collector's file
 * exporter (one a line) write it.
 * Source: OpenTelemetry, OTLP specification, JSON Protobuf encoding; opentelemetry-proto, trace.proto. */
#include "base/json.h"
#include "ingest/format/otlp.h"
#include "ingest/format/traces.h"

static void read_span(struct hc_json_export *t, const struct hc_otlp_resource *resource, struct hc_str object)
{
    struct hc_trace_span span = HC_TRACE_SPAN_NONE;
    struct hc_json_walk walk = hc_json_walk_of(object);
    span.at = object.p;
    span.component = resource->component;
    while (hc_json_walk_next(&walk)) {
        if (hc_str_is(walk.key, "traceId"))
            span.trace = hc_otlp_id(t, walk.value, HC_OTLP_TRACE_ID_BYTES);
        else if (hc_str_is(walk.key, "spanId"))
            span.id = hc_otlp_id(t, walk.value, HC_OTLP_SPAN_ID_BYTES);
        else if (hc_str_is(walk.key, "parentSpanId"))
            span.parent = hc_otlp_id(t, walk.value, HC_OTLP_SPAN_ID_BYTES);
        else if (hc_str_is(walk.key, "name"))
            span.operation = hc_json_export_text(t, walk.value);
        else if (hc_str_is(walk.key, "startTimeUnixNano"))
            span.start_ns = hc_json_export_time(t, walk.value, 1);
        else if (hc_str_is(walk.key, "endTimeUnixNano"))
            span.end_ns = hc_json_export_time(t, walk.value, 1);
        else if (hc_str_is(walk.key, "status"))
            span.error = hc_trace_status_is_error(hc_json_export_text(t, hc_json_member(walk.value, "code")));
    }
    (void)hc_traces_add(t, &span);
}

const struct hc_otlp_signal hc_otlp_spans = {
    "resourceSpans", "scopeSpans", "instrumentationLibrarySpans", "spans", "trace-document", read_span, NULL, NULL};

static int bid(struct hc_str head, const struct hc_read_context *context)
{
    (void)context;
    return hc_otlp_bid(head, &hc_otlp_spans);
}

static enum hc_status read_otlp(struct hc_str bytes, const struct hc_read_context *context, struct hc_reading *reading,
                                struct hc_err *err)
{
    return hc_otlp_read(bytes, context, reading, &hc_otlp_spans, err);
}

const struct hc_reader hc_reader_traces_otlp = {.name = "traces-otlp",
                                                .kind = "traces",
                                                .most = HC_BID_CERTAIN,
                                                .bid = bid,
                                                .read = read_otlp,
                                                .share = HC_SHARE_TRACES};
