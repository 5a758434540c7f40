/* Events as JSON Lines with time, kind, component and message. */
#include "base/json.h"
#include "ingest/format/event_text.h"

#define LINE_BYTES ((size_t)1 << 20)
#define LINE_TREE_BYTES (16 * LINE_BYTES) /* of what a line says, once it is parsed */

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

struct event_reader {
    const struct hc_read_context *context;
    struct hc_reading *reading;
    struct hc_arena *parsed; /* the line at hand */
    uint32_t line;
};

static enum hc_status count_bad(const struct event_reader *r, const char *code, const char *what, const char *why)
{
    r->reading->n_bad_rows++;
    hc_warnings_add(&r->reading->warnings, code, r->context->member, (long)r->line, "%s%s%s; the line is left out",
                    what, why[0] ? ": " : "", why);
    return HC_SKIP;
}

/* HC_SKIP: the line is no event, and counted. */
static enum hc_status read_line(const struct event_reader *r, struct hc_str line)
{
    const struct hc_json *root;
    struct hc_err why = HC_ERR_NONE;
    if (line.n > LINE_BYTES)
        return count_bad(r, "line-too-long", "a line of more than 1 MiB", "");
    enum hc_status status = hc_json_parse(&root, line, r->parsed, &why);
    if (hc_arena_exceeded(r->parsed))
        return count_bad(r, "line-too-long", "a line of too many values", "");
    if (status == HC_FATAL)
        return HC_FATAL;
    if (status != HC_OK || root->type != HC_JSON_OBJECT)
        return count_bad(r, "json-syntax", "not a JSON object", why.text);
    struct hc_event_text event = {.kind = hc_json_text(root, "kind"),
                                  .component = first_text(root, component_keys),
                                  .message = hc_json_text(root, "message"),
                                  .level = first_text(root, level_keys),
                                  .line = r->line};
    int offset = r->context->entry == NULL ? 0 : r->context->entry->utc_offset_s;
    if (!hc_time_parse_evidence(hc_str_trim(first_text(root, time_keys)), offset, &event.at))
        return count_bad(r, "bad-time", "no time that can be read", "");
    if (event.kind.p == NULL && event.message.p == NULL)
        return count_bad(r, "event-empty", "neither kind nor message", "");
    return hc_event_text_add(&event, r->context, r->reading) ? HC_OK : HC_FATAL;
}

static enum hc_status open_events(void **state, struct hc_str *bytes, const struct hc_read_context *context,
                                  struct hc_reading *reading, struct hc_err *err)
{
    struct event_reader *r = hc_arena_alloc(reading->arena, sizeof *r);
    (void)bytes;
    *state = r;
    if (r == NULL)
        return hc_arena_refused(reading->arena, err);
    *r = (struct event_reader){.context = context, .reading = reading};
    return HC_OK;
}

static enum hc_status take_events(void *state, struct hc_str bytes, struct hc_err *err)
{
    struct event_reader *r = state;
    struct hc_reading *reading = r->reading;
    enum hc_status status = HC_OK;
    r->parsed = hc_arena_new(LINE_TREE_BYTES);
    while (r->parsed != NULL && bytes.n > 0 && status != HC_FATAL) {
        struct hc_str line = hc_str_take_line(&bytes);
        r->line++;
        if (line.n == 0)
            continue;
        reading->n_rows++;
        hc_arena_reset(r->parsed);
        status = read_line(r, line);
    }
    bool failed = r->parsed == NULL || status == HC_FATAL;
    hc_arena_free(r->parsed);
    r->parsed = NULL;
    if (failed)
        return hc_arena_refused(reading->arena, err);
    if (reading->n_rows > 0 && reading->n_bad_rows == reading->n_rows)
        return hc_err_set(err, HC_FAIL, "format-mismatch", "none of its lines is an event");
    return HC_OK;
}

const struct hc_reader hc_reader_events_jsonl = {.name = "events-jsonl",
                                                 .kind = "events",
                                                 .most = HC_BID_EVENTS,
                                                 .bid = bid,
                                                 .open = open_events,
                                                 .take = take_events,
                                                 .share = HC_SHARE_EVENTS};
