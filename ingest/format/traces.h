/* What readers of traces share: ids, status, spans. */
#ifndef HC_INGEST_FORMAT_TRACES_H
#define HC_INGEST_FORMAT_TRACES_H

#include "ingest/format/json_export.h"

/* 0: no id. */
uint64_t hc_trace_id(struct hc_str id);

/* A number is a code of OpenTelemetry or gRPC below 100 (0 and 1 are well), of HTTP from there (5xx is an
 * error); a word is an error unless it says that all was well. */
bool hc_trace_status_is_error(struct hc_str status);

/* A span as a document says it. Times that it does not say are HC_TIME_NONE_NS. */
struct hc_trace_span {
    const char *at; /* where it begins */
    struct hc_str trace, id, parent, component, operation;
    int64_t start_ns, end_ns;
    bool error;
};
#define HC_TRACE_SPAN_NONE ((struct hc_trace_span){.start_ns = HC_TIME_NONE_NS, .end_ns = HC_TIME_NONE_NS})

/* Adds one, or warns of what it lacks; true where it was added. */
bool hc_traces_add(struct hc_json_export *export, const struct hc_trace_span *span);

int64_t hc_traces_end(int64_t start_ns, int64_t duration_ns); /* of either unknown, or beyond 2262: unknown */

#endif
