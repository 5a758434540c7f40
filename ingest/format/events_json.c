/* Events and changes as the tools that make them export them in JSON: a list, one object, or objects that follow each
 * other, one a line or not. */
#include "ingest/format/events_json.h"

#include <inttypes.h>
#include <stdio.h>

#include "ingest/format/collection.h"
#include "ingest/format/metrics_csv.h"

#define WORD_BYTES 256
#define BEFORE_NS (HC_NS_PER_HOUR * 24 * 7)
#define AFTER_NS (HC_NS_PER_HOUR * 24)
#define LISTS_DEEP 2

static const struct hc_tool *const tools[] = {
    &hc_tool_kubernetes,       &hc_tool_kubernetes_pod,  &hc_tool_kubernetes_replicaset, &hc_tool_kubernetes_node,
    &hc_tool_alertmanager,     &hc_tool_cdevents,        &hc_tool_github_deployment,     &hc_tool_github_release,
    &hc_tool_pagerduty_change, &hc_tool_pagerduty_event,
};

#define N_TOOLS (sizeof tools / sizeof *tools)

/* ---- for the tools ---- */

void hc_tool_bad(struct hc_tool_events *t, const char *code, const char *what)
{
    t->reading->n_bad_rows++;
    hc_warnings_add(&t->reading->warnings, code, t->context->member, (long)t->line, "%s; it is left out", what);
}

struct hc_str hc_tool_text(struct hc_tool_events *t, struct hc_str object, const char *key)
{
    return hc_json_member_text(object, key, t->reading->arena);
}

bool hc_tool_has(struct hc_str object, const char *key)
{
    struct hc_str value = hc_json_member(object, key);
    return value.n > 0 && !hc_str_is(value, "null");
}

bool hc_tool_time(const struct hc_tool_events *t, struct hc_str text, struct hc_time *at)
{
    char colon[HC_TIME_TEXT];
    int offset = t->context->entry == NULL ? 0 : t->context->entry->utc_offset_s;
    text = hc_str_trim(text);
    if (text.n > 19 && text.n < sizeof colon && (text.p[text.n - 5] == '+' || text.p[text.n - 5] == '-')) {
        memcpy(colon, text.p, text.n - 2);
        colon[text.n - 2] = ':';
        memcpy(colon + text.n - 1, text.p + text.n - 2, 2);
        text = (struct hc_str){colon, text.n + 1};
    }
    return text.n > 0 && hc_time_parse_evidence(text, offset, at);
}

struct hc_str hc_tool_known(const struct hc_tool_events *t, struct hc_str name)
{
    return hc_known_component(t->context->known_components, name);
}

struct hc_str hc_tool_component(const struct hc_tool_events *t, struct hc_str name)
{
    struct hc_str known = hc_tool_known(t, name);
    return known.p != NULL ? known : name;
}

static bool is_repeated(struct hc_tool_events *t, struct hc_str said)
{
    size_t n = t->said.n, index = said.p == NULL ? HC_NAME_NONE : hc_names_add(&t->said, said);
    t->no_memory |= index == HC_NAME_NONE;
    return index < n;
}

void hc_tool_add_event(struct hc_tool_events *t, struct hc_event_text *event)
{
    struct hc_str said = hc_str_format(t->reading->arena, "event %" PRId64 " %.*s\n%.*s\n%.*s\n%.*s", event->at.ns,
                                       HC_STR_ARG(event->kind), HC_STR_ARG(event->component),
                                       HC_STR_ARG(event->message), HC_STR_ARG(t->subject));
    if (is_repeated(t, said))
        return;
    event->line = t->line;
    t->no_memory |= !hc_event_text_add(event, t->context, t->reading);
}

static bool is_distant(const struct hc_tool_events *t, struct hc_time at)
{
    struct hc_time start = t->context->window_start, end = t->context->window_end;
    return (hc_time_known(start) && at.ns < start.ns && (uint64_t)start.ns - (uint64_t)at.ns > (uint64_t)BEFORE_NS) ||
           (hc_time_known(end) && at.ns > end.ns && (uint64_t)at.ns - (uint64_t)end.ns > (uint64_t)AFTER_NS);
}

void hc_tool_add_change(struct hc_tool_events *t, const struct hc_change_text *change)
{
    struct hc_arena *arena = t->reading->arena;
    struct hc_str component = change->component;
    uint32_t number = HC_NO_COMPONENT;
    struct hc_str said = hc_str_format(arena, "change %" PRId64 " %.*s\n%.*s\n%.*s\n%.*s\n%.*s", change->at.ns,
                                       HC_STR_ARG(change->kind), HC_STR_ARG(component), HC_STR_ARG(change->version),
                                       HC_STR_ARG(change->commit), HC_STR_ARG(change->text));
    if (is_repeated(t, said))
        return;
    if (is_distant(t, change->at)) {
        t->n_distant++;
        return;
    }
    if (component.n == 0 && t->context->entry != NULL)
        component = t->context->entry->component;
    struct hc_change *added = hc_reading_add_change(t->reading);
    if (added == NULL || !hc_reading_component(t->reading, component, &number)) {
        t->no_memory = true;
        return;
    }
    *added = (struct hc_change){.at = change->at,
                                .kind = hc_text_clean(arena, change->kind, WORD_BYTES),
                                .component = number,
                                .version = hc_text_clean(arena, change->version, WORD_BYTES),
                                .commit = hc_text_clean(arena, change->commit, WORD_BYTES),
                                .text = hc_text_clean(arena, change->text, HC_MESSAGE_BYTES + t->context->n_ahead),
                                .place = {t->context->member, t->line}};
    t->no_memory |= added->kind.p == NULL;
}

/* ---- from the file to its records ---- */

static const struct hc_tool *tool_of(struct hc_str record)
{
    for (size_t i = 0; i < N_TOOLS; i++)
        if (tools[i]->tells(record))
            return tools[i];
    return NULL;
}

/* The tool whose record it is, or is wrapped in it: a watch's {"type", "object"}, a CloudEvent, a webhook's delivery. */
static const struct hc_tool *find_tool(struct hc_str *record)
{
    static const char *const wrappers[] = {"object", "data", "deployment", "release", "change_event"};
    const struct hc_tool *tool = tool_of(*record);
    for (size_t i = 0; tool == NULL && i < sizeof wrappers / sizeof *wrappers; i++) {
        struct hc_str inner = hc_json_member(*record, wrappers[i]);
        if (inner.n > 0 && *inner.p == '{' && (tool = tool_of(inner)) != NULL)
            *record = inner;
    }
    return tool;
}

/* The records that an object wraps, as an array. Absent: it is a record. */
static struct hc_str list_of(struct hc_str value)
{
    static const char *const lists[] = {"items", "alerts", "change_events"};
    if (*value.p == '[')
        return value;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct hc_str list = hc_json_member(value, lists[i]);
        if (list.n > 0 && *list.p == '[')
            return list;
    }
    return HC_STR_NONE;
}

static bool is_list_of_events(struct hc_str value)
{
    static const char *const kinds[] = {"\"EventList\"", "\"PodList\"", "\"ReplicaSetList\"", "\"NodeList\""};
    struct hc_str kind = hc_json_member(value, "kind");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (hc_str_is(kind, kinds[i]))
            return true;
    return false;
}

/* Is one of the items that the head has a tool's? A list of Kubernetes may begin with objects of other kinds. */
static bool holds_known(struct hc_str list)
{
    struct hc_json_walk walk = hc_json_walk_of(list);
    while (hc_json_walk_next(&walk)) {
        struct hc_str record = walk.value;
        if (*record.p == '{' && find_tool(&record) != NULL)
            return true;
    }
    return false;
}

static int bid(struct hc_str head, const struct hc_read_context *context)
{
    (void)context;
    struct hc_str value = hc_str_trim(head);
    if (value.n == 0 || (*value.p != '{' && *value.p != '['))
        return 0;
    struct hc_json_walk walk = hc_json_walk_values(value);
    value = hc_json_walk_next(&walk) ? walk.value : value;
    for (int deep = 0; deep < LISTS_DEEP; deep++) {
        struct hc_str list = list_of(value);
        if (list.p == NULL)
            break;
        if (holds_known(list))
            return HC_BID_CERTAIN;
        walk = hc_json_walk_of(list);
        if (!hc_json_walk_next(&walk)) /* an export without an event says that there was none */
            return is_list_of_events(value) ? HC_BID_CERTAIN : 0;
        value = walk.value;
    }
    return *value.p == '{' && find_tool(&value) != NULL ? HC_BID_CERTAIN : 0;
}

static bool is_valid(struct hc_tool_events *t, struct hc_str value)
{
    size_t n_valid;
    enum hc_status status = hc_json_check(value, &n_valid, NULL);
    t->no_memory |= status == HC_FATAL;
    t->defect = status == HC_FAIL ? value.p + n_valid : NULL;
    return status == HC_OK;
}

/* A sound object of Kubernetes that tells no past. */
static bool is_other_object(struct hc_str record)
{
    return hc_tool_has(record, "apiVersion") && hc_tool_has(record, "kind") && hc_tool_has(record, "metadata");
}

/* However many defects it has, a record is one row. */
static void read_tool(struct hc_tool_events *t, const struct hc_tool *tool, struct hc_str record)
{
    uint64_t n_bad = t->reading->n_bad_rows;
    tool->read(t, record);
    if (t->reading->n_bad_rows > n_bad)
        t->reading->n_bad_rows = n_bad + 1;
}

/* Tells where it is damaged, if that is known; the line is the record's. */
static void bad_json(struct hc_tool_events *t, const char *what)
{
    char text[128];
    if (t->defect == NULL) {
        hc_tool_bad(t, "json-syntax", what);
        return;
    }
    snprintf(text, sizeof text, "%s: damaged at byte %zu of the file", what,
             (size_t)(t->defect - t->begin) + t->context->n_bom);
    t->defect = NULL;
    hc_tool_bad(t, "json-syntax", text);
}

static void read_record(struct hc_tool_events *t, struct hc_str record, bool valid)
{
    t->line = hc_lines_at(&t->lines, record.p);
    t->subject = HC_STR_NONE;
    t->reading->n_rows++;
    if (!valid) {
        t->damaged |= *record.p == '{';
        bad_json(t, "not a JSON object");
        return;
    }
    const struct hc_tool *tool = *record.p == '{' ? find_tool(&record) : NULL;
    if (tool == NULL && *record.p == '{' && is_other_object(record))
        return;
    if (tool == NULL)
        hc_tool_bad(t, "event-shape", "not an event of a tool whose events are read");
    else
        read_tool(t, tool, record);
}

static bool opens(const char *p)
{
    return *p == '{' || *p == '[';
}

/* Of a list that is not whole, the records that are. */
static void read_list(struct hc_tool_events *t, struct hc_str list, bool valid)
{
    struct hc_json_walk walk = hc_json_walk_of(list);
    bool told = valid;
    while (!t->no_memory && hc_json_walk_next(&walk) && (valid || opens(walk.value.p))) {
        struct hc_str inner = list_of(walk.value);
        bool item_valid = valid || is_valid(t, walk.value);
        told |= !item_valid;
        if (inner.p == NULL || !item_valid) {
            read_record(t, walk.value, item_valid);
            continue;
        }
        struct hc_json_walk records = hc_json_walk_of(inner);
        while (!t->no_memory && hc_json_walk_next(&records))
            read_record(t, records.value, true);
    }
    if (told)
        return;
    t->line = hc_lines_at(&t->lines, list.p + list.n);
    t->reading->n_rows++;
    t->damaged = true;
    t->defect = list.p + list.n;
    bad_json(t, "the list ends before its end");
}

/* A record that no list holds: where most are of no tool, the file is a log that has such an event in it. */
static void read_lone(struct hc_tool_events *t, struct hc_str record, bool valid)
{
    t->n_lone++;
    t->n_lone_unknown += *record.p != '{' || (valid && find_tool(&record) == NULL);
    read_record(t, record, valid);
}

static const char *next_line(const char *p, const char *end)
{
    const char *feed = memchr(p, '\n', (size_t)(end - p));
    return feed == NULL ? end : feed + 1;
}

/* The value that begins at p, and where to go on. An object that does not end costs its own line: the lines that
 * follow it are then taken one by one, those that begin an object. Behind damage a line of no value is a ruin. */
static const char *read_value(struct hc_tool_events *t, const char *p, const char *end, bool *by_line)
{
    const char *stop = *by_line || !opens(p) ? next_line(p, end) : end;
    struct hc_str text = {p, (size_t)(stop - p)};
    struct hc_json_walk walk = hc_json_walk_values(text);
    if (!opens(p) || !hc_json_walk_next(&walk)) {
        if (!t->damaged)
            read_lone(t, text, false);
        return stop;
    }
    bool valid = is_valid(t, walk.value);
    struct hc_str list = list_of(walk.value);
    if (list.p != NULL)
        read_list(t, list, valid);
    else
        read_lone(t, walk.value, valid);
    if (*by_line)
        return stop;
    if (valid || list.p != NULL || walk.at < end)
        return walk.at;
    *by_line = true;
    return next_line(p, end);
}

static enum hc_status read_events(struct hc_str bytes, const struct hc_read_context *context,
                                  struct hc_reading *reading, struct hc_err *err)
{
    struct hc_tool_events t = {.context = context, .reading = reading, .lines = {bytes.p, 1}, .begin = bytes.p};
    const char *p = bytes.p, *end = bytes.n > 0 ? bytes.p + bytes.n : bytes.p;
    bool by_line = false;
    hc_names_init(&t.said, reading->arena);
    while (p < end && !t.no_memory && !hc_arena_exceeded(reading->arena)) {
        if (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')
            p = by_line && *p != '\n' && *p != '\r' ? next_line(p, end) : p + 1;
        else
            p = read_value(&t, p, end, &by_line);
    }
    if (t.no_memory || hc_arena_exceeded(reading->arena))
        return hc_arena_refused(reading->arena, err);
    bool none = reading->n_rows > 0 && reading->n_bad_rows == reading->n_rows && !t.damaged;
    if (none || t.n_lone_unknown * 2 > t.n_lone)
        return hc_err_set(err, HC_FAIL, "format-mismatch", "its records are no events");
    if (t.n_distant > 0)
        hc_warnings_add(&reading->warnings, "changes-distant", context->member, 0,
                        "changes more than a week before the incident or a day after it are left out: %zu",
                        t.n_distant);
    return HC_OK;
}

const struct hc_reader hc_reader_events_json = {.name = "events-json",
                                                .kind = "events",
                                                .most = HC_BID_CERTAIN,
                                                .bid = bid,
                                                .read = read_events,
                                                .share = HC_SHARE_EVENTS};
