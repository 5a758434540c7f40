#include "ingest/format/traces.h"

#include "base/number.h"

uint64_t hc_trace_id(struct hc_str id)
{
    if (id.n == 0)
        return 0;
    uint64_t hash = hc_str_hash(id);
    return hash == 0 ? 1 : hash;
}

bool hc_trace_status_is_error(struct hc_str status)
{
    static const char *const well[] = {"ok",   "unset",     "success",          "succeeded",
                                       "true", "none",      "completed",        "status_code_ok",
                                       "null", "cancelled", "status_code_unset"};
    int64_t code;
    if (status.n == 0)
        return false;
    if (hc_int64_parse(status, &code))
        return code >= 100 ? code >= 500 : code > 1 || code < 0;
    for (size_t i = 0; i < sizeof well / sizeof *well; i++) {
        if (hc_str_equal_nocase(status, hc_str_of(well[i])))
            return false;
    }
    return true;
}

/* ---- spans ---- */

int64_t hc_traces_end(int64_t start_ns, int64_t duration_ns)
{
    int64_t end_ns;
    if (start_ns == HC_TIME_NONE_NS || duration_ns == HC_TIME_NONE_NS ||
        __builtin_add_overflow(start_ns, duration_ns, &end_ns))
        return HC_TIME_NONE_NS;
    return end_ns;
}

bool hc_traces_add(struct hc_json_export *t, const struct hc_trace_span *from)
{
    struct hc_reading *reading = t->reading;
    struct hc_str component = from->component;
    if (component.n == 0 && t->context->entry != NULL)
        component = t->context->entry->component;
    reading->n_rows++;
    /* Zero is how these formats say that a time is not known. */
    if (from->start_ns == HC_TIME_NONE_NS || from->start_ns == 0 || from->end_ns == HC_TIME_NONE_NS) {
        hc_json_export_bad(t, "bad-time", from->at, "a span without its start or end");
        return false;
    }
    if (from->end_ns < from->start_ns || from->id.n == 0 || component.n == 0) {
        hc_json_export_bad(t, "trace-span", from->at,
                           from->end_ns < from->start_ns ? "a span that ends before it starts"
                                                         : "a span without an id or a component");
        return false;
    }
    size_t component_number = hc_names_add(&reading->components, component);
    size_t operation_number =
        hc_names_add(&reading->operations, from->operation.p == NULL ? HC_STR("") : from->operation);
    struct hc_read_span *span = hc_reading_add_span(reading);
    t->no_memory |= span == NULL || component_number == HC_NAME_NONE || operation_number == HC_NAME_NONE;
    if (t->no_memory)
        return false;
    *span = (struct hc_read_span){.trace = hc_trace_id(from->trace),
                                  .span = hc_trace_id(from->id),
                                  .parent = hc_trace_id(from->parent),
                                  .component = (uint32_t)component_number,
                                  .operation = (uint32_t)operation_number,
                                  .start_ns = from->start_ns,
                                  .end_ns = from->end_ns,
                                  .line = hc_lines_at(&t->lines, from->at),
                                  .error = from->error};
    return true;
}
