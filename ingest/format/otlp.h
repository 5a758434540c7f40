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

/* A signal: which lists its documents have within each other, and what becomes of their items. */
struct hc_otlp_signal {
    const char *resources, *scopes, *scopes_before, *items; /* before version 0.19 of the protocol */
    const char *code;                                       /* of the warning where a document holds no signal */
    void (*take)(struct hc_json_export *export, const struct hc_otlp_resource *resource, struct hc_str item);
    /* Both may be NULL. Before the first item: export->own becomes what `take` has; false: no memory. */
    bool (*open)(struct hc_json_export *export, struct hc_str bytes);
    /* After the last one, and after an error too: frees what `open` made. */
    enum hc_status (*close)(struct hc_json_export *export, struct hc_err *err);
};

extern const struct hc_otlp_signal hc_otlp_spans;
extern const struct hc_otlp_signal hc_otlp_metrics;
extern const struct hc_otlp_signal hc_otlp_logs;

/* What a reader of the signal bids: a file that has several is of the one that comes first, unless the entry says
 * another. */
int hc_otlp_bid(struct hc_str head, const struct hc_otlp_signal *signal);

/* Reads a file that has something of the signal, whatever others are in it too. */
enum hc_status hc_otlp_read(struct hc_str bytes, const struct hc_read_context *context, struct hc_reading *reading,
                            const struct hc_otlp_signal *signal, struct hc_err *err);

/* An AnyValue as text: a list's values follow each other, those of a map are key=value. Absent: there is none, or bytes. */
struct hc_str hc_otlp_value(struct hc_json_export *export, struct hc_str value);

/* The value of a map or of a list of attributes by its key; absent: none. */
struct hc_str hc_otlp_attribute(struct hc_json_export *export, struct hc_str attributes, const char *key);

/* An id as hexadecimal digits in small letters, as logs and other files write the same one; base64 is taken too. One of
 * zeros is none. */
struct hc_str hc_otlp_id(struct hc_json_export *export, struct hc_str value, size_t n_bytes);

#endif
