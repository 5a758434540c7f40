/* PagerDuty: change events as its API lists them, and what is sent to its Events API v2. Routing keys are not looked at. */
#include "ingest/format/events_json.h"

static bool tells_change(struct hc_str record)
{
    if (!hc_tool_has(record, "summary") || !hc_tool_has(record, "timestamp"))
        return false;
    return hc_str_is(hc_json_member(record, "type"), "\"change_event\"") || hc_tool_has(record, "services") ||
           hc_tool_has(record, "integration") || hc_tool_has(record, "custom_details");
}

static bool tells_event(struct hc_str record)
{
    return hc_tool_has(hc_json_member(record, "payload"), "summary") &&
           (hc_tool_has(record, "routing_key") || hc_tool_has(record, "event_action") ||
            hc_tool_has(hc_json_member(record, "payload"), "timestamp"));
}

/* The kind of change stands in no member of its own. */
static struct hc_str kind_of(struct hc_str summary)
{
    static const struct {
        const char *word, *kind;
    } words[] = {{"rollback", "rollback"},   {"roll back", "rollback"},        {"rolled back", "rollback"},
                 {"deploy", "deploy"},       {"feature flag", "feature-flag"}, {"failover", "failover"},
                 {"migration", "migration"}, {"maintenance", "maintenance"},   {"certificate", "certificate"},
                 {"config", "config"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct hc_str word = hc_str_of(words[i].word);
        for (size_t at = 0; at + word.n <= summary.n; at++)
            if (hc_str_equal_nocase((struct hc_str){summary.p + at, word.n}, word))
                return hc_str_of(words[i].kind);
    }
    return HC_STR("other");
}

static void read_change(struct hc_tool_events *t, struct hc_str record)
{
    struct hc_str summary = hc_tool_text(t, record, "summary");
    struct hc_change_text change = {.kind = kind_of(summary), .text = summary};
    if (!hc_tool_time(t, hc_tool_text(t, record, "timestamp"), &change.at)) {
        hc_tool_bad(t, "bad-time", "no time that can be read");
        return;
    }
    struct hc_json_walk services = hc_json_walk_of(hc_json_member(record, "services"));
    size_t n = 0;
    for (; !t->no_memory && hc_json_walk_next(&services); n++) {
        change.component = hc_tool_component(t, hc_tool_text(t, services.value, "summary"));
        hc_tool_add_change(t, &change);
    }
    if (n > 0)
        return;
    change.component = hc_tool_known(t, hc_tool_text(t, record, "source"));
    hc_tool_add_change(t, &change);
}

static struct hc_str kind_of_action(struct hc_str action)
{
    if (hc_str_is(action, "acknowledge"))
        return HC_STR("alert-acknowledged");
    return hc_str_is(action, "resolve") ? HC_STR("alert-resolved") : HC_STR("alert");
}

/* With an event_action it is an alert; a change has none. */
static void read_event(struct hc_tool_events *t, struct hc_str record)
{
    struct hc_str payload = hc_json_member(record, "payload");
    struct hc_str action = hc_tool_text(t, record, "event_action"), named = hc_tool_text(t, payload, "component");
    if (action.n == 0) {
        read_change(t, payload);
        return;
    }
    struct hc_event_text event = {
        .kind = kind_of_action(action),
        .component = named.n > 0 ? hc_tool_component(t, named) : hc_tool_known(t, hc_tool_text(t, payload, "source")),
        .message = hc_tool_text(t, payload, "summary"),
        .level = hc_str_is(action, "trigger") ? hc_tool_text(t, payload, "severity") : HC_STR("info")};
    if (hc_tool_time(t, hc_tool_text(t, payload, "timestamp"), &event.at))
        hc_tool_add_event(t, &event);
    else
        hc_tool_bad(t, "bad-time", "no time that can be read");
}

const struct hc_tool hc_tool_pagerduty_change = {tells_change, read_change};
const struct hc_tool hc_tool_pagerduty_event = {tells_event, read_event};
