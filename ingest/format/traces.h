/* What readers of traces share: ids, status, and the documents of traces that are written as JSON. */
#ifndef HC_INGEST_FORMAT_TRACES_H
#define HC_INGEST_FORMAT_TRACES_H

#include "ingest/format/format.h"

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

/* The JSON of a file of traces: one document, an array of them, or one a line. */
struct hc_traces {
    struct hc_reading *reading;
    const struct hc_read_context *context;
    /* Reads one; false: it is none of this format. */
    bool (*read)(struct hc_traces *traces, struct hc_str document);
    void *own;     /* of the reader */
    int whole;     /* levels between the outermost object and the arrays whose items a cut leaves whole */
    bool is_array; /* a document is an array itself */
    struct hc_lines lines;
    bool any, damaged, no_memory;
};

/* A document that is cut short gives what came whole before the cut; one that cannot be read costs itself.
 * HC_FAIL: nothing in the file is of this format. */
enum hc_status hc_traces_read(struct hc_traces *traces, struct hc_str bytes, struct hc_err *err);

/* Adds one, or warns of what it lacks; true where it was added. */
bool hc_traces_add(struct hc_traces *traces, const struct hc_trace_span *span);

/* A time or duration, a string or a number of units, in nanoseconds; HC_TIME_NONE_NS where there is none. */
int64_t hc_traces_time(struct hc_traces *traces, struct hc_str value, int64_t unit_ns);
int64_t hc_traces_end(int64_t start_ns, int64_t duration_ns); /* of either unknown, or beyond 2262: unknown */

struct hc_str hc_traces_text(struct hc_traces *traces, struct hc_str value);

/* Does the text begin as JSON, and does its beginning hold the key, quoted? */
bool hc_traces_holds(struct hc_str head, const char *quoted_key);

#endif
