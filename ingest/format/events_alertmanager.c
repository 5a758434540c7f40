/* Alerts of Prometheus's Alertmanager: a webhook's payload, and the list that its API v2 answers. */
#include "ingest/format/events_json.h"
#include "ingest/format/metrics_labels.h"

static bool tells(struct hc_str record)
{
    struct hc_str labels = hc_json_member(record, "labels"), start = hc_json_member(record, "startsAt");
    return labels.n > 0 && *labels.p == '{' && start.n > 0 && *start.p == '"';
}

static struct hc_str component_of(struct hc_tool_events *t, struct hc_str object)
{
    struct hc_label labels[HC_LABELS_MOST];
    size_t n = 0;
    struct hc_json_walk walk = hc_json_walk_of(object);
    while (n < HC_LABELS_MOST && hc_json_walk_next(&walk))
        labels[n++] = (struct hc_label){walk.key, hc_json_plain(walk.value, t->reading->arena)};
    size_t best = hc_labels_component(t->context->known_components, labels, n);
    return best < n ? hc_tool_component(t, labels[best].value) : HC_STR_NONE;
}

/* "HighErrorRate: what its annotations say of it" */
static struct hc_str message_of(struct hc_tool_events *t, struct hc_str record)
{
    static const char *const keys[] = {"summary", "description", "message"};
    struct hc_str name = hc_tool_text(t, hc_json_member(record, "labels"), "alertname");
    struct hc_str notes = hc_json_member(record, "annotations"), said = HC_STR_NONE;
    for (size_t i = 0; i < sizeof keys / sizeof *keys && said.n == 0; i++)
        said = hc_tool_text(t, notes, keys[i]);
    if (name.n == 0 || said.n == 0)
        return name.n > 0 ? name : said;
    return hc_str_format(t->reading->arena, "%.*s: %.*s", HC_STR_ARG(name), HC_STR_ARG(said));
}

/* The end of an alert that still fires is when it would be given up: it says nothing. */
static void read(struct hc_tool_events *t, struct hc_str record)
{
    struct hc_str labels = hc_json_member(record, "labels");
    struct hc_event_text event = {.kind = HC_STR("alert"),
                                  .component = component_of(t, labels),
                                  .message = message_of(t, record),
                                  .level = hc_tool_text(t, labels, "severity")};
    t->subject = labels;
    if (!hc_tool_time(t, hc_tool_text(t, record, "startsAt"), &event.at)) {
        hc_tool_bad(t, "bad-time", "no time that can be read");
        return;
    }
    hc_tool_add_event(t, &event);
    if (!hc_str_is(hc_json_member(record, "status"), "\"resolved\"") ||
        !hc_tool_time(t, hc_tool_text(t, record, "endsAt"), &event.at))
        return;
    event.kind = HC_STR("alert-resolved");
    event.level = HC_STR("info");
    hc_tool_add_event(t, &event);
}

const struct hc_tool hc_tool_alertmanager = {tells, read};
