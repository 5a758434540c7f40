#include "ingest/format/logs_unwrap.h"

#include "base/number.h"
#include "corpus/record/incident.h"
#include "ingest/normalize/severity.h"

enum field { FIELD_TIME, FIELD_LEVEL, FIELD_MESSAGE, FIELD_COMPONENT, FIELDS };

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
static const struct field_name field_names[] = {NAME("", "s", FIELD_LEVEL, 9),
                                                NAME("", "c", FIELD_COMPONENT, 12),
                                                NAME("", "ts", FIELD_TIME, 3),
                                                NAME("", "@t", FIELD_TIME, 4),
                                                NAME("", "@l", FIELD_LEVEL, 7),
                                                NAME("", "@m", FIELD_MESSAGE, 4),
                                                NAME("", "lvl", FIELD_LEVEL, 2),
                                                NAME("", "msg", FIELD_MESSAGE, 1),
                                                NAME("", "log", FIELD_MESSAGE, 2),
                                                NAME("", "@mt", FIELD_MESSAGE, 5),
                                                NAME("", "app", FIELD_COMPONENT, 5),
                                                NAME("", "time", FIELD_TIME, 1),
                                                NAME("", "date", FIELD_TIME, 7),
                                                NAME("", "text", FIELD_MESSAGE, 7),
                                                NAME("service", "name", FIELD_COMPONENT, 2),
                                                NAME("", "name", FIELD_COMPONENT, 10),
                                                NAME("", "level", FIELD_LEVEL, 0),
                                                NAME("log", "level", FIELD_LEVEL, 4),
                                                NAME("", "event", FIELD_MESSAGE, 6),
                                                NAME("t", "$date", FIELD_TIME, 10),
                                                NAME("", "logger", FIELD_COMPONENT, 7),
                                                NAME("log", "logger", FIELD_COMPONENT, 9),
                                                NAME("", "module", FIELD_COMPONENT, 11),
                                                NAME("", "asctime", FIELD_TIME, 6),
                                                NAME("", "message", FIELD_MESSAGE, 0),
                                                NAME("", "MESSAGE", FIELD_MESSAGE, 3),
                                                NAME("", "service", FIELD_COMPONENT, 1),
                                                NAME("jsonPayload", "message", FIELD_MESSAGE, 9),
                                                NAME("", "datetime", FIELD_TIME, 5),
                                                NAME("", "severity", FIELD_LEVEL, 1),
                                                NAME("", "loglevel", FIELD_LEVEL, 6),
                                                NAME("", "PRIORITY", FIELD_LEVEL, 8),
                                                NAME("", "timestamp", FIELD_TIME, 0),
                                                NAME("", "eventTime", FIELD_TIME, 8),
                                                NAME("", "log.level", FIELD_LEVEL, 3),
                                                NAME("", "levelname", FIELD_LEVEL, 5),
                                                NAME("", "component", FIELD_COMPONENT, 0),
                                                NAME("", "@timestamp", FIELD_TIME, 2),
                                                NAME("", "logger_name", FIELD_COMPONENT, 8),
                                                NAME("", "textPayload", FIELD_MESSAGE, 10),
                                                NAME("", "service.name", FIELD_COMPONENT, 3),
                                                NAME("", "service_name", FIELD_COMPONENT, 4),
                                                NAME("", "short_message", FIELD_MESSAGE, 8),
                                                NAME("", "SYSLOG_IDENTIFIER", FIELD_COMPONENT, 6),
                                                NAME("", "__REALTIME_TIMESTAMP", FIELD_TIME, 9)};

#define KEY_MOST 20
#define RANK_NONE UINT8_MAX
/* Where the keys of each length begin. */
static const uint8_t begin_of_length[KEY_MOST + 2] = {0,  0,  2,  6,  11, 16, 20, 23, 28, 32, 37,
                                                      38, 40, 42, 43, 43, 43, 43, 44, 44, 44, 45};

/* The best member so far of each field. */
struct fields {
    struct hc_flat_member member[FIELDS];
    uint8_t rank[FIELDS];
    size_t n_members;
    struct hc_str values[HC_JSON_FORM_VALUES]; /* of members that are strings without escapes */
    size_t n_values;
};

static void take_member(void *context, const struct hc_flat_member *member)
{
    struct fields *fields = context;
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
        if (fields->rank[name->field] > name->rank) {
            fields->rank[name->field] = name->rank;
            fields->member[name->field] = *member;
        }
        return;
    }
}

static uint8_t level_of(const struct hc_flat_member *member)
{
    uint8_t level = hc_severity_of_word(member->value);
    int64_t number;
    if (level != HC_LOG_NONE || !hc_int64_parse(member->value, &number))
        return level;
    return number < 8 ? hc_severity_of_syslog(number) : hc_severity_of_number(number);
}

static void keep_stamp(const struct hc_stamp *stamp, struct hc_unwrapped *out)
{
    bool certain = stamp->has_offset && stamp->date == HC_STAMP_DATE_WHOLE;
    if (!out->has_stamp || certain)
        out->stamp = *stamp;
    out->has_stamp = true;
}

static void take_time(struct hc_str value, struct hc_stamp_hour *hour, struct hc_unwrapped *out)
{
    struct hc_stamp stamp;
    size_t taken = hc_stamp_scan_on(value, hour, &stamp);
    if (!taken)
        taken = hc_stamp_scan_epoch(value, &stamp);
    if (taken)
        keep_stamp(&stamp, out);
}

static void clear_fields(struct fields *fields)
{
    fields->n_members = fields->n_values = 0;
    for (int f = 0; f < FIELDS; f++)
        fields->rank[f] = RANK_NONE;
}

/* What the fields say; false where there is no message to go on with. */
static bool take_fields(const struct fields *fields, struct hc_buf *room, struct hc_stamp_hour *hour,
                        struct hc_unwrapped *out)
{
    if (fields->rank[FIELD_TIME] < RANK_NONE)
        take_time(fields->member[FIELD_TIME].value, hour, out);
    if (fields->rank[FIELD_LEVEL] < RANK_NONE) {
        uint8_t level = level_of(&fields->member[FIELD_LEVEL]);
        out->level = level != HC_LOG_NONE ? level : out->level;
    }
    if (fields->rank[FIELD_COMPONENT] < RANK_NONE && fields->member[FIELD_COMPONENT].string)
        out->component = fields->member[FIELD_COMPONENT].value;
    const struct hc_flat_member *message = &fields->member[FIELD_MESSAGE];
    if (fields->rank[FIELD_MESSAGE] == RANK_NONE || !message->string)
        return false;
    out->structured = true;
    out->text = message->value;
    if (message->escaped) {
        hc_buf_clear(room);
        hc_flat_unescape(room, message->value);
        out->text = hc_buf_view(room);
        out->in_room = true;
    }
    while (out->text.n > 0 && (out->text.p[out->text.n - 1] == '\n' || out->text.p[out->text.n - 1] == '\r'))
        out->text.n--;
    return true;
}

/* The form of an object that is built as one before it, the last one first, and its values; NULL: a new one. */
static const struct hc_unwrap_form *find_form(struct hc_unwrap_layer *layer, struct hc_str text, struct hc_str *values)
{
    size_t n = 0;
    if (memchr(text.p, '\\', text.n))
        return NULL;
    for (int tried = 0; tried < HC_UNWRAP_FORMS; tried++) {
        const struct hc_unwrap_form *form = &layer->forms[layer->last];
        if (hc_json_form_read(&form->json, text, values, &n))
            return form;
        layer->last = (uint8_t)((layer->last + 1) % HC_UNWRAP_FORMS);
        n = hc_json_forms_share(&form->json, &layer->forms[layer->last].json, n);
    }
    return NULL;
}

static bool recall_fields(struct hc_unwrap_layer *layer, struct hc_str text, struct fields *fields)
{
    const struct hc_unwrap_form *form = find_form(layer, text, fields->values);
    if (!form)
        return false;
    for (size_t i = 0; i < form->json.n_values; i++) {
        uint8_t field = form->fields[i];
        if (field == FIELDS)
            continue;
        fields->member[field] = (struct hc_flat_member){.value = fields->values[i], .string = true};
        fields->rank[field] = 0;
    }
    return true;
}

static void remember_fields(struct hc_unwrap_layer *layer, struct hc_str text, const struct fields *fields)
{
    uint8_t next = (uint8_t)((layer->last + 1) % HC_UNWRAP_FORMS);
    struct hc_unwrap_form *form = &layer->forms[next];
    if (fields->n_values != fields->n_members ||
        !hc_json_form_learn(&form->json, text, fields->values, fields->n_values))
        return;
    layer->last = next;
    for (size_t i = 0; i < fields->n_values; i++) {
        uint8_t field = 0;
        while (field < FIELDS &&
               (fields->rank[field] == RANK_NONE || fields->member[field].value.p != fields->values[i].p))
            field++;
        form->fields[i] = field;
    }
}

static bool unwrap_json(struct hc_unwrap_layer *layer, struct hc_stamp_hour *hour, struct hc_unwrapped *out)
{
    struct fields fields;
    clear_fields(&fields);
    if (!recall_fields(layer, out->text, &fields)) {
        if (!hc_flat_json(out->text, take_member, &fields))
            return false;
        remember_fields(layer, out->text, &fields);
    }
    return take_fields(&fields, &layer->text, hour, out);
}

/* Letters, digits and _ . - @ / */
static const bool keys[256] = {
    ['-'] = true, ['.'] = true, ['/'] = true, ['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true,
    ['5'] = true, ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true, ['@'] = true, ['A'] = true, ['B'] = true,
    ['C'] = true, ['D'] = true, ['E'] = true, ['F'] = true, ['G'] = true, ['H'] = true, ['I'] = true, ['J'] = true,
    ['K'] = true, ['L'] = true, ['M'] = true, ['N'] = true, ['O'] = true, ['P'] = true, ['Q'] = true, ['R'] = true,
    ['S'] = true, ['T'] = true, ['U'] = true, ['V'] = true, ['W'] = true, ['X'] = true, ['Y'] = true, ['Z'] = true,
    ['_'] = true, ['a'] = true, ['b'] = true, ['c'] = true, ['d'] = true, ['e'] = true, ['f'] = true, ['g'] = true,
    ['h'] = true, ['i'] = true, ['j'] = true, ['k'] = true, ['l'] = true, ['m'] = true, ['n'] = true, ['o'] = true,
    ['p'] = true, ['q'] = true, ['r'] = true, ['s'] = true, ['t'] = true, ['u'] = true, ['v'] = true, ['w'] = true,
    ['x'] = true, ['y'] = true, ['z'] = true};

static bool is_key(char c)
{
    return keys[(unsigned char)c];
}

/* One key=value at `at`; the place after it, 0 where there is none. */
static size_t take_pair(struct hc_str text, size_t at, struct hc_flat_member *member)
{
    size_t key = at;
    *member = (struct hc_flat_member){.string = true};
    while (at < text.n && is_key(text.p[at]))
        at++;
    if (at == key || at == text.n || text.p[at] != '=')
        return 0;
    member->key = (struct hc_str){text.p + key, at - key};
    size_t value = ++at;
    if (at < text.n && text.p[at] == '"') {
        value = ++at;
        while (at < text.n && text.p[at] != '"') {
            member->escaped = member->escaped || text.p[at] == '\\';
            at += text.p[at] == '\\' && at + 1 < text.n ? 2 : 1;
        }
        member->value = (struct hc_str){text.p + value, (at < text.n ? at : text.n) - value};
        return at + 1;
    }
    while (at < text.n && text.p[at] != ' ')
        at++;
    member->value = (struct hc_str){text.p + value, at - value};
    return at;
}

/* Most lines end here: no key and '=' open them. */
static bool opens_with_key(struct hc_str text)
{
    size_t at = 0;
    while (at < text.n && is_key(text.p[at]))
        at++;
    return at > 0 && at < text.n && text.p[at] == '=';
}

/* logfmt: pairs from the first byte on, a message among them. */
static bool unwrap_logfmt(struct hc_buf *room, struct hc_stamp_hour *hour, struct hc_unwrapped *out)
{
    struct fields fields;
    size_t at = 0;
    if (!opens_with_key(out->text))
        return false;
    clear_fields(&fields);
    while (at < out->text.n) {
        struct hc_flat_member member;
        size_t next = take_pair(out->text, at, &member);
        if (next == 0)
            break;
        take_member(&fields, &member);
        for (at = next; at < out->text.n && out->text.p[at] == ' '; at++)
            ;
    }
    bool header = fields.rank[FIELD_TIME] < RANK_NONE || fields.rank[FIELD_LEVEL] < RANK_NONE;
    return fields.n_members >= 2 && header && take_fields(&fields, room, hour, out);
}

/* "type=SYSCALL msg=audit(1364481363.243:24287): message": the kernel's audit, the type for a component. */
static bool unwrap_audit(struct hc_unwrapped *out)
{
    const struct hc_str begins = HC_STR(" msg=audit(");
    struct hc_str text = out->text;
    struct hc_stamp stamp;
    if (!hc_str_starts(text, HC_STR("type=")))
        return false;
    const char *space = memchr(text.p, ' ', text.n);
    struct hc_str rest = {space, space ? (size_t)(text.p + text.n - space) : 0};
    if (!space || !hc_str_starts(rest, begins))
        return false;
    rest = (struct hc_str){rest.p + begins.n, rest.n - begins.n};
    const char *close = memchr(rest.p, ')', rest.n);
    size_t taken = hc_stamp_scan_epoch(rest, &stamp);
    if (!close || taken == 0 || rest.p[taken] != ':')
        return false;
    keep_stamp(&stamp, out);
    out->component = (struct hc_str){text.p + 5, (size_t)(space - text.p) - 5};
    size_t begin = (size_t)(close + 1 - rest.p);
    while (begin < rest.n && (rest.p[begin] == ':' || rest.p[begin] == ' '))
        begin++;
    out->text = (struct hc_str){rest.p + begin, rest.n - begin};
    out->structured = true;
    return true;
}

/* "2016-10-06T00:17:09.669794202Z stdout F message" */
static bool unwrap_cri(struct hc_stamp_hour *hour, struct hc_unwrapped *out)
{
    struct hc_str text = out->text;
    if (text.n < 30 || text.p[0] < '0' || text.p[0] > '9' || text.p[4] != '-' || text.p[10] != 'T')
        return false;
    const char *space = memchr(text.p, ' ', text.n < 40 ? text.n : 40);
    size_t at = space ? (size_t)(space - text.p) : text.n;
    if (text.n < at + 9 || memcmp(text.p + at, " std", 4) != 0 || text.p[at + 7] != ' ' ||
        (text.p[at + 8] != 'F' && text.p[at + 8] != 'P') || (text.n > at + 9 && text.p[at + 9] != ' '))
        return false;
    take_time((struct hc_str){text.p, at}, hour, out);
    size_t begin = text.n > at + 10 ? at + 10 : text.n;
    out->text = (struct hc_str){text.p + begin, text.n - begin};
    out->structured = true;
    return true;
}

/* The next word of an RFC 5424 header; "-" is none. */
static struct hc_str take_word(struct hc_str *text)
{
    const char *space = memchr(text->p, ' ', text->n);
    struct hc_str word = {text->p, space ? (size_t)(space - text->p) : text->n};
    size_t used = word.n + (space ? 1 : 0);
    *text = (struct hc_str){text->p + used, text->n - used};
    return hc_str_is(word, "-") ? HC_STR_NONE : word;
}

/* After "<34>1 ": time, host, application, process, message id, structured data. */
static void take_rfc5424(struct hc_stamp_hour *hour, struct hc_unwrapped *out)
{
    struct hc_str text = out->text;
    take_time(take_word(&text), hour, out);
    take_word(&text);
    struct hc_str app = take_word(&text);
    take_word(&text);
    take_word(&text);
    if (text.n > 1 && text.p[0] == '-' && text.p[1] == ' ') {
        take_word(&text);
    } else if (text.n > 0 && text.p[0] == '[') {
        size_t end = 1;
        bool quoted = false;
        for (; end < text.n && (quoted || text.p[end] != ']' || (end + 1 < text.n && text.p[end + 1] == '[')); end++)
            quoted ^= text.p[end] == '"' && text.p[end - 1] != '\\';
        end = end + 2 < text.n ? end + 2 : text.n;
        text = (struct hc_str){text.p + end, text.n - end};
    }
    if (hc_str_starts(text, HC_STR("\xEF\xBB\xBF")))
        text = (struct hc_str){text.p + 3, text.n - 3};
    out->component = app.p ? app : out->component;
    out->text = text;
    out->structured = true;
}

/* "<34>Oct 11 22:14:15 host app: message" and RFC 5424. */
static bool unwrap_syslog(struct hc_stamp_hour *hour, struct hc_unwrapped *out)
{
    struct hc_str text = out->text;
    int64_t priority;
    if (text.n < 5 || text.p[0] != '<')
        return false;
    const char *close = memchr(text.p, '>', 5);
    if (!close || !hc_int64_parse((struct hc_str){text.p + 1, (size_t)(close - text.p - 1)}, &priority) ||
        priority < 0 || priority > 191)
        return false;
    size_t at = (size_t)(close + 1 - text.p);
    out->level = hc_severity_of_syslog(priority % 8);
    out->text = (struct hc_str){text.p + at, text.n - at};
    if (hc_str_starts(out->text, HC_STR("1 "))) {
        out->text = (struct hc_str){out->text.p + 2, out->text.n - 2};
        take_rfc5424(hour, out);
    }
    return true;
}

/* Colour and cursor sequences: ESC [ … letter. */
static void strip_colours(struct hc_buf *room, struct hc_unwrapped *out)
{
    struct hc_str line = out->text;
    if (!memchr(line.p, 0x1b, line.n))
        return;
    hc_buf_clear(room);
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] != 0x1b) {
            hc_buf_char(room, line.p[i]);
            continue;
        }
        if (i + 1 >= line.n || line.p[i + 1] != '[')
            continue;
        for (i += 2; i < line.n && (line.p[i] < '@' || line.p[i] > '~'); i++)
            ;
    }
    if (room->failed)
        return;
    out->text = hc_buf_view(room);
    out->in_room = true;
}

void hc_log_unwrap(struct hc_str line, struct hc_unwrap_room *room, struct hc_unwrapped *out)
{
    static const struct hc_unwrapped nothing; /* a copy is cheaper than a long row of zeros */
    *out = nothing;
    out->text = line;
    for (int depth = 0; depth < HC_UNWRAP_DEPTH && out->text.n > 0; depth++) {
        bool unwrapped;
        if (out->text.p[0] == '{')
            unwrapped = unwrap_json(&room->layers[depth], &room->hour, out);
        else if (out->text.p[0] == '<')
            unwrapped = unwrap_syslog(&room->hour, out);
        else
            unwrapped = unwrap_cri(&room->hour, out) || unwrap_audit(out) ||
                        unwrap_logfmt(&room->layers[depth].text, &room->hour, out);
        if (!unwrapped)
            break;
    }
    strip_colours(&room->plain, out);
}

/* Such words are part of a key or none is, and hold no space, as they hold no ESC; no time holds '=', nor " std". */
bool hc_log_is_bare(struct hc_str line, size_t n_time)
{
    struct hc_str behind = {line.p + n_time, line.n - n_time};
    if (line.n == 0 || line.p[0] == '{' || line.p[0] == '<' || memchr(line.p, 0x1b, line.n))
        return false;
    const char *space = memchr(behind.p, ' ', behind.n);
    if (space && hc_str_starts((struct hc_str){space, (size_t)(line.p + line.n - space)}, HC_STR(" std")))
        return false;
    return n_time > 0 || !opens_with_key(line);
}

bool hc_unwrap_room_failed(const struct hc_unwrap_room *room)
{
    bool failed = room->plain.failed;
    for (int depth = 0; depth < HC_UNWRAP_DEPTH; depth++)
        failed = failed || room->layers[depth].text.failed;
    return failed;
}

void hc_unwrap_room_free(struct hc_unwrap_room *room)
{
    for (int depth = 0; depth < HC_UNWRAP_DEPTH; depth++)
        hc_buf_free(&room->layers[depth].text);
    hc_buf_free(&room->plain);
}
