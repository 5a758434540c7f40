/* Events as JSON Lines with time, kind, component and message. */
#include "base/json.h"
#include "ingest/format/event_text.h"

#define LINE_BYTES ((size_t)1 << 20)

static const char *const time_keys[] = {"time", "timestamp", NULL};
static const char *const component_keys[] = {"component", "service", NULL};
static const char *const level_keys[] = {"level", "severity", NULL};

static struct hc_str first_text(const struct hc_json *object, const char *const *keys)
{
    struct hc_str text = HC_STR_NONE;
    for (; *keys != NULL && text.p == NULL; keys++)
        text = hc_json_text(object, *keys);
    return text;
}

static bool has_key(struct hc_str line, const char *key)
{
    struct hc_str word = hc_str_of(key);
    const char *p = memmem(line.p, line.n, word.p, word.n);
    return p != NULL;
}

/* By the keys that the first line shows: the whole parse is the reader's. */
static int bid(struct hc_str head, const struct hc_read_context *context)
{
    (void)context;
    struct hc_str line = HC_STR_NONE;
    while (head.n > 0 && line.n == 0)
        line = hc_str_take_line(&head);
    if (line.n < 2 || line.p[0] != '{')
        return 0;
    bool timed = has_key(line, "\"time\"") || has_key(line, "\"timestamp\"");
    if (timed && has_key(line, "\"kind\"") && has_key(line, "\"message\""))
        return HC_BID_EVENTS;
    return HC_BID_IF_NAMED;
}

static void count_bad(struct hc_reading *reading, const struct hc_read_context *context, uint32_t line,
                      const char *code, const char *what, const char *why)
{
    reading->n_bad_rows++;
    hc_warnings_add(&reading->warnings, code, context->member, (long)line, "%s%s%s; the line is left out", what,
                    why[0] ? ": " : "", why);
}

/* HC_SKIP: the line is no event, and counted. */
static enum hc_status read_line(struct hc_str line, uint32_t number, const struct hc_read_context *context,
                                struct hc_reading *reading)
{
    const struct hc_json *root;
    struct hc_err why = HC_ERR_NONE;
    if (line.n > LINE_BYTES) {
        count_bad(reading, context, number, "line-too-long", "a line of more than 1 MiB", "");
        return HC_SKIP;
    }
    enum hc_status status = hc_json_parse(&root, line, reading->arena, &why);
    if (status == HC_FATAL || hc_arena_exceeded(reading->arena))
        return HC_FATAL;
    if (status != HC_OK || root->type != HC_JSON_OBJECT) {
        count_bad(reading, context, number, "json-syntax", "not a JSON object", why.text);
        return HC_SKIP;
    }
    struct hc_event_text event = {.kind = hc_json_text(root, "kind"),
                                  .component = first_text(root, component_keys),
                                  .message = hc_json_text(root, "message"),
                                  .level = first_text(root, level_keys),
                                  .line = number};
    int offset = context->entry == NULL ? 0 : context->entry->utc_offset_s;
    if (!hc_time_parse_evidence(hc_str_trim(first_text(root, time_keys)), offset, &event.at)) {
        count_bad(reading, context, number, "bad-time", "no time that can be read", "");
        return HC_SKIP;
    }
    if (event.kind.p == NULL && event.message.p == NULL) {
        count_bad(reading, context, number, "event-empty", "neither kind nor message", "");
        return HC_SKIP;
    }
    return hc_event_text_add(&event, context, reading) ? HC_OK : HC_FATAL;
}

static enum hc_status read_events(struct hc_str bytes, const struct hc_read_context *context,
                                  struct hc_reading *reading, struct hc_err *err)
{
    struct hc_str rest = bytes;
    for (uint32_t number = 1; rest.n > 0; number++) {
        struct hc_str line = hc_str_take_line(&rest);
        if (line.n == 0)
            continue;
        reading->n_rows++;
        if (read_line(line, number, context, reading) == HC_FATAL)
            return hc_arena_refused(reading->arena, err);
    }
    if (reading->n_rows > 0 && reading->n_bad_rows == reading->n_rows)
        return hc_err_set(err, HC_FAIL, "format-mismatch", "none of its lines is an event");
    return HC_OK;
}

const struct hc_reader hc_reader_events_jsonl = {"events-jsonl", "events",      HC_BID_EVENTS, bid,
                                                 read_events,    HC_READS_LINES};
