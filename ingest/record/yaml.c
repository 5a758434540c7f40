#include "ingest/record/yaml.h"

#include <yaml.h>

#define DEPTH 32

/* What is open: a mapping waits for a key, or for the value of one. */
struct level {
    bool is_list, has_key;
    bool is_key;        /* it is a key itself, and states nothing */
    size_t path_before; /* the key */
};

struct walk {
    struct hc_record_builder *builder;
    yaml_parser_t parser;
    uint32_t first_line;
    struct hc_record_path path;
    struct level levels[DEPTH];
    size_t n_levels;
};

static uint32_t line_of(const struct walk *w, const yaml_mark_t *mark)
{
    return w->first_line + (uint32_t)mark->line;
}

static void warn(struct walk *w, const yaml_mark_t *mark, const char *problem)
{
    hc_warnings_add(&w->builder->record.manifest.warnings, "record-yaml", w->builder->context->member, line_of(w, mark),
                    "the YAML is damaged, what comes after is left out: %s", problem);
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

static void scalar(struct walk *w, const yaml_event_t *event)
{
    struct level *top = w->n_levels ? &w->levels[w->n_levels - 1] : NULL;
    struct hc_str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    if (awaits_key(w)) {
        top->path_before = hc_record_path_down(&w->path, text);
        top->has_key = true;
        return;
    }
    if (top && !is_nothing(event))
        hc_record_state(w->builder, hc_record_path_view(&w->path), text, line_of(w, &event->start_mark));
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
        if (awaits_key(w))
            take_nameless_key(w);
        else
            end_value(w);
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

void hc_record_state_yaml(struct hc_record_builder *b, struct hc_str text, uint32_t first_line)
{
    struct walk w = {.builder = b, .first_line = first_line};
    yaml_event_t event;
    bool goes_on = true;
    if (!yaml_parser_initialize(&w.parser)) {
        b->failed = true;
        return;
    }
    yaml_parser_set_input_string(&w.parser, (const unsigned char *)text.p, text.n);
    yaml_parser_set_encoding(&w.parser, YAML_UTF8_ENCODING);
    while (goes_on && !b->failed) {
        if (yaml_parser_parse(&w.parser, &event)) {
            goes_on = take(&w, &event);
            yaml_event_delete(&event);
            continue;
        }
        b->failed |= w.parser.error == YAML_MEMORY_ERROR;
        warn(&w, &w.parser.problem_mark, w.parser.problem ? w.parser.problem : "it cannot be read");
        goes_on = false;
    }
    yaml_parser_delete(&w.parser);
}
