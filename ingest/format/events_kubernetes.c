/* Events of Kubernetes: core/v1 and events.k8s.io/v1; and as controllers that send them on write them, with a time and a
 * severity (Flux: fluxcd/pkg, apis/event/v1beta1). */
#include "ingest/format/collection.h"
#include "ingest/format/events_json.h"

static struct hc_str object_of(struct hc_str record)
{
    struct hc_str object = hc_json_member(record, "involvedObject");
    return object.n > 0 ? object : hc_json_member(record, "regarding");
}

/* The items of what the API server answers may lack their kind. */
static bool tells(struct hc_str record)
{
    struct hc_str kind = hc_json_member(record, "kind"), object = object_of(record);
    return object.n > 0 && *object.p == '{' && (kind.n == 0 || hc_str_is(kind, "\"Event\""));
}

/* Of the members that state it the first that can be read. */
static bool time_of(struct hc_tool_events *t, struct hc_str record, const char *const *keys, struct hc_time *at)
{
    for (; *keys != NULL; keys++)
        if (hc_tool_time(t, hc_tool_text(t, record, *keys), at))
            return true;
    return false;
}

/* Of an event that was seen more than once, the first time and the last. */
static void read(struct hc_tool_events *t, struct hc_str record)
{
    static const char *const first_keys[] = {"firstTimestamp", "deprecatedFirstTimestamp", "eventTime", "timestamp",
                                             NULL};
    static const char *const last_keys[] = {"lastTimestamp", "deprecatedLastTimestamp", "eventTime", NULL};
    struct hc_str object = object_of(record), message = hc_tool_text(t, record, "message");
    struct hc_time first = HC_TIME_NONE, last = HC_TIME_NONE;
    struct hc_event_text event = {
        .kind = hc_tool_text(t, record, "reason"),
        .component = hc_kubernetes_component(t->context->known_components, hc_tool_text(t, object, "name"),
                                             hc_tool_text(t, object, "kind")),
        .message = message.p != NULL ? message : hc_tool_text(t, record, "note"),
        .level = hc_str_is(hc_json_member(record, "type"), "\"Warning\"") ? HC_STR("warn")
                                                                          : hc_tool_text(t, record, "severity")};
    event.level = event.level.n > 0 ? event.level : HC_STR("info");
    t->subject = object;
    struct hc_str observed = hc_tool_text(t, hc_json_member(record, "series"), "lastObservedTime");
    bool has_last = hc_tool_time(t, observed, &last) || time_of(t, record, last_keys, &last);
    bool has_first = time_of(t, record, first_keys, &first);
    struct hc_str created = hc_tool_text(t, hc_json_member(record, "metadata"), "creationTimestamp");
    if (!has_first && !has_last && !hc_tool_time(t, created, &last)) {
        hc_tool_bad(t, "bad-time", "no time that can be read");
        return;
    }
    if (event.kind.n == 0 && event.message.n == 0) {
        hc_tool_bad(t, "event-empty", "neither reason nor message");
        return;
    }
    if (has_first) {
        event.at = first;
        hc_tool_add_event(t, &event);
    }
    if (!has_first || (has_last && last.ns > first.ns)) {
        event.at = last;
        hc_tool_add_event(t, &event);
    }
}

const struct hc_tool hc_tool_kubernetes = {tells, read};
