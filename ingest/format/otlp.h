/* What OTLP's JSON of traces, metrics and logs has in common.
 * Source: OpenTelemetry, OTLP specification, JSON Protobuf encoding; opentelemetry-proto, common.proto, resource.proto. */
#ifndef HC_INGEST_FORMAT_OTLP_H
#define HC_INGEST_FORMAT_OTLP_H

#include "ingest/format/json_export.h"

#define HC_OTLP_TRACE_ID_BYTES 16
#define HC_OTLP_SPAN_ID_BYTES 8

/* What sends: its service.name, or the best of the names that the platform gives it; and which of several it is. */
struct hc_otlp_resource {
    struct hc_str component, instance; /* absent: not said */
};

/* Which lists a document of one signal has within each other. */
struct hc_otlp_signal {
    const char *resources, *scopes, *scopes_before, *items; /* before version 0.19 of the protocol */
    void (*take)(struct hc_json_export *export, const struct hc_otlp_resource *resource, struct hc_str item);
};

/* What a reader of the signal bids: a file that has several is of the one that comes first. */
int hc_otlp_bid(struct hc_str head, const char *resources);

/* Hands over each item. False: the document is of another signal. */
bool hc_otlp_read_document(struct hc_json_export *export, struct hc_str document, const struct hc_otlp_signal *signal);

/* An AnyValue as text: a list's values follow each other, those of a map are key=value. Absent: there is none, or bytes. */
struct hc_str hc_otlp_value(struct hc_json_export *export, struct hc_str value);

/* The value of a map or of a list of attributes by its key; absent: none. */
struct hc_str hc_otlp_attribute(struct hc_json_export *export, struct hc_str attributes, const char *key);

/* An id as hexadecimal digits in small letters, as logs and other files write the same one; base64 is taken too. One of
 * zeros is none. */
struct hc_str hc_otlp_id(struct hc_json_export *export, struct hc_str value, size_t n_bytes);

#endif
