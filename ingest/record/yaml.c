#include "ingest/record/yaml.h"

#include <yaml.h>

#define DEPTH 32
#define ANCHORS 64
#define RESTARTS 16 /* after damage: more is no front matter that somebody wrote */

/* What is open: a mapping waits for a key, or for the value of one. */
struct level {
    bool is_list, has_key;
    bool is_key;        /* it is a key itself, and states nothing */
    size_t path_before; /* the key */
};

/* A text that others refer to. */
struct anchor {
    struct hc_str name, text;
};

struct walk {
    struct hc_record_builder *builder;
    yaml_parser_t parser;
    uint32_t first_line;
    size_t key_line; /* of the key at the top at hand, from 0 */
    struct hc_record_path path;
    struct level levels[DEPTH];
    size_t n_levels;
    struct anchor anchors[ANCHORS];
    size_t n_anchors;
    struct { /* what was met last: it is stated once what follows shows no damage */
        struct hc_record_path path;
        struct hc_str text;
        uint32_t line;
        bool is_item;
    } last;
};

static uint32_t line_of(const struct walk *w, const yaml_mark_t *mark)
{
    return w->first_line + (uint32_t)mark->line;
}

static void warn(struct walk *w, const yaml_mark_t *mark, const char *problem)
{
    hc_warnings_add(&w->builder->record.manifest.warnings, "record-yaml", w->builder->context->member, line_of(w, mark),
                    "the YAML is damaged, what the key says is left out: %s", problem);
}

static struct hc_str keep(struct walk *w, const yaml_char_t *text, size_t n)
{
    struct hc_str copy = hc_str_copy(w->builder->context->arena, (struct hc_str){(const char *)text, n});
    w->builder->failed |= !copy.p;
    return copy;
}

static void state_last(struct walk *w)
{
    w->builder->splits = !w->last.is_item;
    if (w->last.text.p)
        hc_record_state(w->builder, hc_record_path_view(&w->last.path), w->last.text, w->last.line);
    w->last.text = HC_STR_NONE;
}

static void state(struct walk *w, struct hc_str text, const yaml_mark_t *mark)
{
    w->last.path = w->path;
    w->last.text = text;
    w->last.line = line_of(w, mark);
    w->last.is_item = w->n_levels > 0 && w->levels[w->n_levels - 1].is_list;
}

/* A value of the key at hand is over: the mapping waits for its next key. */
static void end_value(struct walk *w)
{
    struct level *top = w->n_levels ? &w->levels[w->n_levels - 1] : NULL;
    if (!top || top->is_list)
        return;
    hc_record_path_up(&w->path, top->path_before);
    top->has_key = false;
}

/* Does the mapping at hand wait for a key? */
static bool awaits_key(const struct walk *w)
{
    return w->n_levels > 0 && !w->levels[w->n_levels - 1].is_list && !w->levels[w->n_levels - 1].has_key;
}

/* A key that is a list, a mapping or an alias has no name: what stands below it is not stated. */
static void take_nameless_key(struct walk *w)
{
    struct level *top = &w->levels[w->n_levels - 1];
    top->path_before = w->path.n;
    top->has_key = true;
    w->path.n = sizeof w->path.bytes + 1;
}

static bool is_nothing(const yaml_event_t *event)
{
    struct hc_str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (text.n == 0 || hc_str_is(text, "~") || hc_str_equal_nocase(text, HC_STR("null")));
}

static void drop_anchor(struct walk *w, const yaml_char_t *name, struct hc_str text)
{
    if (name && w->n_anchors < ANCHORS)
        w->anchors[w->n_anchors++] = (struct anchor){keep(w, name, strlen((const char *)name)), text};
}

static void scalar(struct walk *w, const yaml_event_t *event)
{
    struct level *top = w->n_levels ? &w->levels[w->n_levels - 1] : NULL;
    struct hc_str text = keep(w, event->data.scalar.value, event->data.scalar.length);
    if (w->builder->failed)
        return;
    if (awaits_key(w)) {
        top->path_before = hc_record_path_down(&w->path, text);
        top->has_key = true;
        w->key_line = w->n_levels == 1 ? event->start_mark.line : w->key_line;
        return;
    }
    drop_anchor(w, event->data.scalar.anchor, text);
    if (top && !is_nothing(event))
        state(w, text, &event->start_mark);
    end_value(w);
}

/* A text is what it refers to says, the latest of that name; a list or a mapping is not followed, which could grow
 * without bound. */
static void alias(struct walk *w, const yaml_event_t *event)
{
    struct hc_str name = hc_str_of((const char *)event->data.alias.anchor);
    size_t i = w->n_anchors;
    if (awaits_key(w)) {
        take_nameless_key(w);
        return;
    }
    while (i > 0 && !hc_str_equal(w->anchors[i - 1].name, name))
        i--;
    if (i > 0)
        state(w, w->anchors[i - 1].text, &event->start_mark);
    else
        warn(w, &event->start_mark, "it refers to what is no text before it");
    end_value(w);
}

/* False: nested too deeply. */
static bool open_level(struct walk *w, bool is_list)
{
    bool is_key = awaits_key(w);
    if (w->n_levels == DEPTH)
        return false;
    if (is_key)
        take_nameless_key(w);
    if (!is_list && w->n_levels && w->levels[w->n_levels - 1].is_list)
        hc_record_item(w->builder, hc_record_path_view(&w->path));
    w->levels[w->n_levels++] = (struct level){.is_list = is_list, .is_key = is_key, .path_before = w->path.n};
    return true;
}

/* False: the walk is over. */
static bool take(struct walk *w, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        scalar(w, event);
        return true;
    case YAML_ALIAS_EVENT:
        alias(w, event);
        return true;
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        if (open_level(w, event->type == YAML_SEQUENCE_START_EVENT))
            return true;
        warn(w, &event->start_mark, "it is nested too deeply");
        return false;
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        if (!w->levels[--w->n_levels].is_key)
            end_value(w);
        return true;
    case YAML_DOCUMENT_END_EVENT:
    case YAML_STREAM_END_EVENT:
        return false;
    default:
        return true;
    }
}

/* Up to the end, or to damage: false, then. */
static bool walk(struct walk *w, struct hc_str text)
{
    yaml_event_t event;
    bool goes_on = true, whole = true;
    yaml_parser_set_input_string(&w->parser, (const unsigned char *)text.p, text.n);
    yaml_parser_set_encoding(&w->parser, YAML_UTF8_ENCODING);
    while (goes_on && whole && !w->builder->failed) {
        whole = yaml_parser_parse(&w->parser, &event) != 0;
        if (!whole)
            break;
        state_last(w);
        goes_on = take(w, &event);
        yaml_event_delete(&event);
    }
    if (whole)
        return true;
    w->builder->failed |= w->parser.error == YAML_MEMORY_ERROR;
    warn(w, &w->parser.problem_mark, w->parser.problem ? w->parser.problem : "it cannot be read");
    if (w->last.is_item)
        state_last(w);
    w->last.text = HC_STR_NONE; /* what a key says, and the damage stands behind it */
    return false;
}

static bool is_key_line(struct hc_str line)
{
    char c = line.n > 0 ? *line.p : ' ';
    bool plain =
        (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c == '"' || c == '\'';
    return plain && memchr(line.p, ':', line.n) != NULL;
}

/* What begins with the next key at the top after this line, counted in `first_line`; nothing: there is none. */
static struct hc_str after_damage(struct hc_str text, size_t line, uint32_t *first_line)
{
    for (size_t i = 0; text.n > 0; i++, ++*first_line) {
        const char *feed = memchr(text.p, '\n', text.n);
        size_t n = feed ? (size_t)(feed - text.p) : text.n;
        if (i > line && is_key_line((struct hc_str){text.p, n}))
            break;
        text = (struct hc_str){text.p + n + (feed != NULL), text.n - n - (feed != NULL)};
    }
    return text;
}

void hc_record_state_yaml(struct hc_record_builder *b, struct hc_str text, uint32_t first_line)
{
    struct walk w = {.builder = b, .first_line = first_line, .last.text = HC_STR_NONE};
    bool whole = false;
    for (int i = 0; i < RESTARTS && !whole && text.n > 0 && !b->failed; i++) {
        if (!yaml_parser_initialize(&w.parser)) {
            b->failed = true;
            return;
        }
        w.path.n = w.n_levels = w.key_line = 0;
        whole = walk(&w, text);
        yaml_parser_delete(&w.parser);
        if (!whole)
            text = after_damage(text, w.key_line, &w.first_line);
    }
}
