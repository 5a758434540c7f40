#include "ingest/format/logs_unwrap.h"

#include "base/number.h"
#include "corpus/record/incident.h"
#include "ingest/format/logs_fields.h"
#include "ingest/format/logs_steps.h"
#include "ingest/normalize/severity.h"

static uint8_t level_of(struct hc_str value)
{
    uint8_t level = hc_severity_of_word(value);
    int64_t number;
    if (level != HC_LOG_NONE || !hc_int64_parse(value, &number))
        return level;
    return number < 8 ? hc_severity_of_syslog(number) : hc_severity_of_number(number);
}

/* Most lines name the level of the line before them. */
static uint8_t recall_level(struct hc_str value, struct hc_unwrap_level *last)
{
    if (value.n == 0 || value.n > sizeof last->word)
        return level_of(value);
    if (value.n != last->n || memcmp(value.p, last->word, value.n) != 0) {
        memcpy(last->word, value.p, value.n);
        last->n = (uint8_t)value.n;
        last->level = level_of(value);
    }
    return last->level;
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

/* What the fields say; false where there is no message to go on with. */
static bool take_fields(const struct hc_log_fields *fields, struct hc_unwrap_room *room, int depth,
                        struct hc_unwrapped *out)
{
    struct hc_buf *text = &room->layers[depth].text;
    if (fields->rank[HC_FIELD_TIME] < HC_FIELD_RANK_NONE)
        take_time(fields->member[HC_FIELD_TIME].value, &room->hour, out);
    if (fields->rank[HC_FIELD_LEVEL] < HC_FIELD_RANK_NONE) {
        uint8_t level = recall_level(fields->member[HC_FIELD_LEVEL].value, &room->level);
        out->level = level != HC_LOG_NONE ? level : out->level;
    }
    if (fields->rank[HC_FIELD_COMPONENT] < HC_FIELD_RANK_NONE && fields->member[HC_FIELD_COMPONENT].string)
        out->component = fields->member[HC_FIELD_COMPONENT].value;
    const struct hc_flat_member *message = &fields->member[HC_FIELD_MESSAGE];
    if (fields->rank[HC_FIELD_MESSAGE] == HC_FIELD_RANK_NONE || !message->string)
        return false;
    if (fields->rank[HC_FIELD_CAUSE] < HC_FIELD_RANK_NONE) {
        out->cause = fields->member[HC_FIELD_CAUSE].value;
        out->cause_escaped = fields->member[HC_FIELD_CAUSE].escaped;
    }
    out->structured = true;
    out->text = message->value;
    if (message->escaped) {
        hc_buf_clear(text);
        hc_flat_unescape(text, message->value);
        out->text = hc_buf_view(text);
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
    for (int tried = 0; tried < layer->n_forms; tried++) {
        const struct hc_unwrap_form *form = &layer->forms[layer->last];
        if (hc_json_form_read(&form->json, text, values, &n))
            return form;
        layer->last = (uint8_t)(layer->last + 1 < layer->n_forms ? layer->last + 1 : 0);
        n = hc_json_forms_share(&form->json, &layer->forms[layer->last].json, n);
    }
    return NULL;
}

/* The trace of a line that is an object of a form; absent: it must be looked for. */
static struct hc_str recall_trace(const struct hc_unwrap_form *form, struct hc_str line, const struct hc_str *values)
{
    if (form->trace == 0)
        return HC_STR_NONE;
    const struct hc_str *trace = &values[form->trace - 1];
    const char *from = form->trace > 1 ? trace[-1].p + trace[-1].n : line.p;
    return hc_trace_is_found(line, (size_t)(from - line.p), *trace) ? *trace : HC_STR_NONE;
}

static void recall_fields(const struct hc_unwrap_form *form, struct hc_log_fields *fields)
{
    for (size_t i = 0; i < form->json.n_values; i++) {
        uint8_t field = form->fields[i];
        if (field == HC_FIELDS)
            continue;
        fields->member[field] = (struct hc_flat_member){.value = fields->values[i], .string = true};
        fields->rank[field] = 0;
    }
}

static void learn_trace(struct hc_unwrap_form *form, struct hc_str text, const struct hc_log_fields *fields)
{
    bool sure;
    struct hc_str trace = hc_trace_by_key(text, &sure);
    form->trace = 0;
    for (size_t i = 0; i < fields->n_values && sure; i++)
        if (fields->values[i].p == trace.p && fields->values[i].n == trace.n)
            form->trace = (uint8_t)(i + 1);
}

static void remember_fields(struct hc_unwrap_layer *layer, struct hc_str text, const struct hc_log_fields *fields)
{
    unsigned next = layer->n_forms < HC_UNWRAP_FORMS ? layer->n_forms : (layer->last + 1U) % HC_UNWRAP_FORMS;
    struct hc_unwrap_form *form = &layer->forms[next];
    if (fields->n_values != fields->n_members ||
        !hc_json_form_learn(&form->json, text, fields->values, fields->n_values))
        return;
    layer->last = (uint8_t)next;
    if (next == layer->n_forms)
        layer->n_forms++;
    for (size_t i = 0; i < fields->n_values; i++) {
        uint8_t field = 0;
        while (field < HC_FIELDS &&
               (fields->rank[field] == HC_FIELD_RANK_NONE || fields->member[field].value.p != fields->values[i].p))
            field++;
        form->fields[i] = field;
    }
    learn_trace(form, text, fields);
}

static bool unwrap_json(struct hc_unwrap_room *room, int depth, struct hc_unwrapped *out)
{
    struct hc_unwrap_layer *layer = &room->layers[depth];
    struct hc_log_fields fields;
    hc_log_fields_clear(&fields);
    const struct hc_unwrap_form *form = find_form(layer, out->text, fields.values);
    if (form) {
        recall_fields(form, &fields);
        out->trace = depth == 0 ? recall_trace(form, out->text, fields.values) : out->trace;
    } else {
        if (!hc_flat_json(out->text, hc_log_fields_take, &fields))
            return false;
        remember_fields(layer, out->text, &fields);
    }
    return take_fields(&fields, room, depth, out);
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
static bool unwrap_logfmt(struct hc_unwrap_room *room, int depth, struct hc_unwrapped *out)
{
    struct hc_log_fields fields;
    size_t at = 0;
    if (!opens_with_key(out->text))
        return false;
    hc_log_fields_clear(&fields);
    while (at < out->text.n) {
        struct hc_flat_member member;
        size_t next = take_pair(out->text, at, &member);
        if (next == 0)
            break;
        hc_log_fields_take(&fields, &member);
        for (at = next; at < out->text.n && out->text.p[at] == ' '; at++)
            ;
    }
    bool header = fields.rank[HC_FIELD_TIME] < HC_FIELD_RANK_NONE || fields.rank[HC_FIELD_LEVEL] < HC_FIELD_RANK_NONE;
    return fields.n_members >= 2 && header && take_fields(&fields, room, depth, out);
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
            unwrapped = unwrap_json(room, depth, out);
        else if (out->text.p[0] == '<')
            unwrapped = unwrap_syslog(&room->hour, out);
        else
            unwrapped = unwrap_cri(&room->hour, out) || unwrap_audit(out) || unwrap_logfmt(room, depth, out);
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

void hc_unwrap_room_init(struct hc_unwrap_room *room)
{
    room->plain = (struct hc_buf){.n = 0};
    room->hour = (struct hc_stamp_hour){.text = ""};
    room->level = (struct hc_unwrap_level){.n = 0};
    for (int depth = 0; depth < HC_UNWRAP_DEPTH; depth++) {
        room->layers[depth].text = (struct hc_buf){.n = 0};
        room->layers[depth].n_forms = room->layers[depth].last = 0;
    }
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
