#include "ingest/format/logs_fields.h"

struct field_name {
    struct hc_str parent, key; /* parent empty: at the top */
    uint8_t field;
    uint8_t rank; /* the lower wins within a field */
};

#define NAME(parent, key, field, rank)                                        \
    {                                                                         \
        {parent, sizeof(parent) - 1}, {key, sizeof(key) - 1}, (field), (rank) \
    }

/* zap, logrus, bunyan, pino, ECS, Serilog, journald, docker, Python, MongoDB, Google Cloud; by the key's length. */
static const struct field_name field_names[] = {NAME("", "s", HC_FIELD_LEVEL, 9),
                                                NAME("", "c", HC_FIELD_COMPONENT, 12),
                                                NAME("", "t", HC_FIELD_TIME, 11),
                                                NAME("", "ts", HC_FIELD_TIME, 3),
                                                NAME("", "@t", HC_FIELD_TIME, 4),
                                                NAME("", "@l", HC_FIELD_LEVEL, 7),
                                                NAME("", "@m", HC_FIELD_MESSAGE, 4),
                                                NAME("", "@x", HC_FIELD_CAUSE, 6),
                                                NAME("", "lvl", HC_FIELD_LEVEL, 2),
                                                NAME("", "msg", HC_FIELD_MESSAGE, 1),
                                                NAME("", "log", HC_FIELD_MESSAGE, 2),
                                                NAME("", "@mt", HC_FIELD_MESSAGE, 5),
                                                NAME("", "app", HC_FIELD_COMPONENT, 5),
                                                NAME("", "err", HC_FIELD_CAUSE, 13),
                                                NAME("", "time", HC_FIELD_TIME, 1),
                                                NAME("", "date", HC_FIELD_TIME, 7),
                                                NAME("", "text", HC_FIELD_MESSAGE, 7),
                                                NAME("service", "name", HC_FIELD_COMPONENT, 2),
                                                NAME("", "name", HC_FIELD_COMPONENT, 10),
                                                NAME("", "level", HC_FIELD_LEVEL, 0),
                                                NAME("log", "level", HC_FIELD_LEVEL, 4),
                                                NAME("", "event", HC_FIELD_MESSAGE, 6),
                                                NAME("t", "$date", HC_FIELD_TIME, 10),
                                                NAME("", "error", HC_FIELD_CAUSE, 12),
                                                NAME("err", "stack", HC_FIELD_CAUSE, 8),
                                                NAME("error", "stack", HC_FIELD_CAUSE, 9),
                                                NAME("", "stack", HC_FIELD_CAUSE, 10),
                                                NAME("", "logger", HC_FIELD_COMPONENT, 7),
                                                NAME("log", "logger", HC_FIELD_COMPONENT, 9),
                                                NAME("", "module", HC_FIELD_COMPONENT, 11),
                                                NAME("", "asctime", HC_FIELD_TIME, 6),
                                                NAME("", "message", HC_FIELD_MESSAGE, 0),
                                                NAME("", "MESSAGE", HC_FIELD_MESSAGE, 3),
                                                NAME("", "service", HC_FIELD_COMPONENT, 1),
                                                NAME("jsonPayload", "message", HC_FIELD_MESSAGE, 9),
                                                NAME("err", "message", HC_FIELD_CAUSE, 16),
                                                NAME("error", "message", HC_FIELD_CAUSE, 15),
                                                NAME("", "datetime", HC_FIELD_TIME, 5),
                                                NAME("", "severity", HC_FIELD_LEVEL, 1),
                                                NAME("", "loglevel", HC_FIELD_LEVEL, 6),
                                                NAME("", "PRIORITY", HC_FIELD_LEVEL, 8),
                                                NAME("", "exc_info", HC_FIELD_CAUSE, 3),
                                                NAME("", "exc_text", HC_FIELD_CAUSE, 4),
                                                NAME("", "timestamp", HC_FIELD_TIME, 0),
                                                NAME("", "eventTime", HC_FIELD_TIME, 8),
                                                NAME("", "log.level", HC_FIELD_LEVEL, 3),
                                                NAME("", "levelname", HC_FIELD_LEVEL, 5),
                                                NAME("", "component", HC_FIELD_COMPONENT, 0),
                                                NAME("", "exception", HC_FIELD_CAUSE, 5),
                                                NAME("", "throwable", HC_FIELD_CAUSE, 7),
                                                NAME("", "@timestamp", HC_FIELD_TIME, 2),
                                                NAME("", "stacktrace", HC_FIELD_CAUSE, 19),
                                                NAME("", "stackTrace", HC_FIELD_CAUSE, 18),
                                                NAME("", "logger_name", HC_FIELD_COMPONENT, 8),
                                                NAME("", "textPayload", HC_FIELD_MESSAGE, 10),
                                                NAME("", "stack_trace", HC_FIELD_CAUSE, 0),
                                                NAME("error", "stack_trace", HC_FIELD_CAUSE, 2),
                                                NAME("", "service.name", HC_FIELD_COMPONENT, 3),
                                                NAME("", "service_name", HC_FIELD_COMPONENT, 4),
                                                NAME("", "short_message", HC_FIELD_MESSAGE, 8),
                                                NAME("", "error.message", HC_FIELD_CAUSE, 14),
                                                NAME("", "SYSLOG_IDENTIFIER", HC_FIELD_COMPONENT, 6),
                                                NAME("", "error.stack_trace", HC_FIELD_CAUSE, 1),
                                                NAME("", "exception.message", HC_FIELD_CAUSE, 17),
                                                NAME("", "__REALTIME_TIMESTAMP", HC_FIELD_TIME, 9),
                                                NAME("", "exception.stacktrace", HC_FIELD_CAUSE, 11)};

#define KEY_MOST 20
/* Where the keys of each length begin. */
static const uint8_t begin_of_length[KEY_MOST + 2] = {0,  0,  3,  8,  14, 19, 27, 30, 37, 43, 50,
                                                      53, 57, 59, 61, 61, 61, 61, 64, 64, 64, 66};

void hc_log_fields_clear(struct hc_log_fields *fields)
{
    fields->n_members = fields->n_values = 0;
    for (int f = 0; f < HC_FIELDS; f++)
        fields->rank[f] = HC_FIELD_RANK_NONE;
}

/* Of causes one with a text goes before one without, and what is no text is none. */
static bool is_better(const struct hc_log_fields *fields, const struct field_name *name,
                      const struct hc_flat_member *member)
{
    bool better = fields->rank[name->field] > name->rank;
    if (name->field != HC_FIELD_CAUSE || fields->rank[HC_FIELD_CAUSE] == HC_FIELD_RANK_NONE)
        return better && (name->field != HC_FIELD_CAUSE || member->string);
    bool empty = fields->member[HC_FIELD_CAUSE].value.n == 0;
    return member->string && (empty || (better && member->value.n > 0));
}

void hc_log_fields_take(void *context, const struct hc_flat_member *member)
{
    struct hc_log_fields *fields = context;
    struct hc_str key = member->key;
    if (fields->n_members++ < HC_JSON_FORM_VALUES && member->string && !member->escaped)
        fields->values[fields->n_values++] = member->value;
    if (key.n == 0 || key.n > KEY_MOST)
        return;
    for (size_t i = begin_of_length[key.n]; i < begin_of_length[key.n + 1]; i++) {
        const struct field_name *name = &field_names[i];
        if (name->key.p[0] != key.p[0] || memcmp(name->key.p, key.p, key.n) != 0 ||
            (name->parent.n > 0 ? !hc_str_equal(name->parent, member->parent) : member->parent.p != NULL))
            continue;
        if (is_better(fields, name, member)) {
            fields->rank[name->field] = name->rank;
            fields->member[name->field] = *member;
        }
        return;
    }
}
