/* What the readers of the tools' events in JSON share. A record is one valid JSON object, as it is written. */
#ifndef HC_INGEST_FORMAT_EVENTS_JSON_H
#define HC_INGEST_FORMAT_EVENTS_JSON_H

#include "base/json.h"
#include "ingest/format/event_text.h"

struct hc_tool_events {
    const struct hc_read_context *context;
    struct hc_reading *reading;
    struct hc_lines lines;
    uint32_t line;                 /* of the record at hand */
    struct hc_str subject;         /* of the record at hand, as it is written: what tells its events from others' */
    struct hc_names said;          /* the events and changes that were added */
    size_t n_distant;              /* changes too far from the incident */
    size_t n_lone, n_lone_unknown; /* records that no list holds, and those of no tool */
    const char *begin, *defect;    /* of the file; where the value looked at last is damaged, NULL: not known */
    bool damaged;                  /* a record or a list is not whole */
    bool no_memory;
};

/* A tool's records. */
struct hc_tool {
    bool (*tells)(struct hc_str record); /* by its members; of any bytes */
    void (*read)(struct hc_tool_events *t, struct hc_str record);
};

extern const struct hc_tool
    hc_tool_kubernetes; /* what its Events say; the others, what the state of its objects tells */
extern const struct hc_tool hc_tool_kubernetes_pod;
extern const struct hc_tool hc_tool_kubernetes_replicaset;
extern const struct hc_tool hc_tool_kubernetes_node;
extern const struct hc_tool hc_tool_alertmanager;
extern const struct hc_tool hc_tool_cdevents;
extern const struct hc_tool hc_tool_github_deployment;
extern const struct hc_tool hc_tool_github_release;
extern const struct hc_tool hc_tool_pagerduty_change;
extern const struct hc_tool hc_tool_pagerduty_event;

/* A change as a reader found it; absent where not stated. */
struct hc_change_text {
    struct hc_time at;
    struct hc_str kind, component, version, commit, text;
};

/* The record is left out, counted, with a warning. */
void hc_tool_bad(struct hc_tool_events *t, const char *code, const char *what);

struct hc_str hc_tool_text(struct hc_tool_events *t, struct hc_str object, const char *key);
/* As hc_time_parse_evidence, and "+0000" for an offset. */
bool hc_tool_time(const struct hc_tool_events *t, struct hc_str text, struct hc_time *at);
bool hc_tool_has(struct hc_str object, const char *key); /* a member of that name that is not null */

/* The known component that the name of one of its instances is or, up to a '-', begins with; absent: none. */
struct hc_str hc_tool_known(const struct hc_tool_events *t, struct hc_str name);
/* That, else the name itself. */
struct hc_str hc_tool_component(const struct hc_tool_events *t, struct hc_str name);

/* Each adds one, of the record at hand, unless it was added before: tools say a thing again as long as it lasts. A
 * change more than a week before the incident's window or a day after it is only counted: an export holds a history.
 * Without a component it is the entry's. */
void hc_tool_add_event(struct hc_tool_events *t, struct hc_event_text *event);
void hc_tool_add_change(struct hc_tool_events *t, const struct hc_change_text *change);

#endif
