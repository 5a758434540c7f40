/* What a reader states, taken into a record as the mapping says. */
#include "ingest/record/record.h"

#include "ingest/format/event_text.h"
#include "ingest/record/settle.h"

void hc_record_begin(struct hc_record_builder *b, const struct hc_record_context *context,
                     const struct hc_mapping_tool *tool, uint32_t line)
{
    *b = (struct hc_record_builder){.context = context, .tool = tool};
    struct hc_incident *incident = &b->record.manifest.incident;
    b->record.member = context->member;
    b->record.line = line;
    incident->updated = incident->window_start = incident->detected = HC_TIME_NONE;
    incident->mitigated = incident->window_end = HC_TIME_NONE;
    hc_names_init(&b->record.manifest.components, context->arena);
    hc_warnings_init(&b->record.manifest.warnings, context->arena);
    hc_reading_init(&b->record.reading, context->arena);
}

static void add_one_tag(struct hc_record_builder *b, const struct hc_mapping_field *field, struct hc_str value,
                        uint32_t line)
{
    struct hc_incident *incident = &b->record.manifest.incident;
    struct hc_arena *arena = b->context->arena;
    struct hc_tag *tags =
        hc_arena_grow(arena, incident->tags, incident->n_tags, incident->n_tags + 1, &b->tags_capacity, sizeof *tags);
    struct hc_tag tag = {.name = hc_str_copy(arena, field->from),
                         .text = value,
                         .category =
                             field->to == HC_TO_TAG ? hc_mapping_category(b->context->mapping, value) : HC_STR_NONE,
                         .place = {b->context->member, line}};
    b->failed |= !tags || !tag.name.p;
    if (b->failed)
        return;
    incident->tags = tags;
    tags[incident->n_tags++] = tag;
}

void hc_record_add_detail(struct hc_record_builder *b, const struct hc_mapping_field *field, struct hc_str value,
                          uint32_t line)
{
    struct hc_mapping_field detail = *field;
    detail.to = HC_TO_DETAIL;
    add_one_tag(b, &detail, value, line);
}

static void add_tag(struct hc_record_builder *b, const struct hc_mapping_field *field, struct hc_str value,
                    uint32_t line)
{
    if (b->splits && field->to == HC_TO_TAG && value.n > 1 && *value.p == '[' && value.p[value.n - 1] == ']')
        value = (struct hc_str){value.p + 1, value.n - 2};
    while (b->splits && field->to == HC_TO_TAG && value.p && value.n > 0) {
        const char *comma = memchr(value.p, ',', value.n);
        size_t n = comma ? (size_t)(comma - value.p) : value.n;
        struct hc_str one = hc_str_trim((struct hc_str){value.p, n});
        if (one.n > 0)
            add_one_tag(b, field, one, line);
        value = (struct hc_str){value.p + n + (comma != NULL), value.n - n - (comma != NULL)};
    }
    if (value.n > 0)
        add_one_tag(b, field, value, line);
}

/* A value of words after the first. */
struct hc_stated_more {
    struct hc_str value;
    struct hc_stated_more *next;
};

static bool is_of_words(enum hc_mapping_target to)
{
    return to == HC_TO_TEXT || to == HC_TO_FOUND || to == HC_TO_MESSAGE;
}

static void add_more(struct hc_record_builder *b, struct hc_stated *stated, struct hc_str value)
{
    struct hc_stated_more *more = hc_arena_calloc(b->context->arena, 1, sizeof *more);
    b->failed |= !more;
    if (!more)
        return;
    more->value = value;
    *(stated->last ? &stated->last->next : &stated->more) = more;
    stated->last = more;
    stated->n_more_bytes += 1 + value.n;
}

/* The first field of the mapping that is stated counts, and of one that is stated more than once the first value, or of
 * words all of them. */
static void fill(struct hc_record_builder *b, struct hc_stated *all, const struct hc_stated *value,
                 enum hc_mapping_target to)
{
    struct hc_stated *stated = &all[to];
    if (!stated->value.p || value->rank < stated->rank)
        *stated = *value;
    else if (value->rank == stated->rank && is_of_words(to))
        add_more(b, stated, value->value);
}

void hc_record_join(struct hc_record_builder *b, struct hc_stated *stated)
{
    if (!stated->more)
        return;
    char *text = hc_arena_alloc(b->context->arena, stated->value.n + stated->n_more_bytes);
    size_t n = stated->value.n;
    b->failed |= !text;
    if (!text)
        return;
    memcpy(text, stated->value.p, n);
    for (const struct hc_stated_more *more = stated->more; more; more = more->next) {
        text[n++] = '\n';
        memcpy(text + n, more->value.p, more->value.n);
        n += more->value.n;
    }
    stated->value = (struct hc_str){text, n};
    stated->more = NULL;
}

/* Is it the path, where one of its names may be "*"? */
static bool fits(struct hc_str from, struct hc_str path)
{
    const char *star = memchr(from.p, '*', from.n);
    if (!star)
        return hc_str_equal(from, path);
    struct hc_str head = {from.p, (size_t)(star - from.p)}, tail = {star + 1, from.n - head.n - 1};
    return path.n + 1 >= head.n + tail.n && hc_str_starts(path, head) && hc_str_ends(path, tail);
}

/* The path below the list at hand; absent: the value is not of its item. */
static struct hc_str below_list(const struct hc_record_builder *b, struct hc_str path)
{
    if (!b->list || !hc_str_starts(path, b->list->in) || path.n <= b->list->in.n || path.p[b->list->in.n] != '.')
        return HC_STR_NONE;
    return (struct hc_str){path.p + b->list->in.n + 1, path.n - b->list->in.n - 1};
}

static void state_of_item(struct hc_record_builder *b, struct hc_str below, struct hc_str value, uint32_t line)
{
    for (size_t i = 0; i < b->list->n_fields; i++)
        if (fits(b->list->fields[i].from, below))
            fill(b, b->item, &(struct hc_stated){.value = value, .line = line, .rank = i}, b->list->fields[i].to);
}

static bool is_of_outcome(enum hc_mapping_target to)
{
    return to == HC_TO_FOUND || to == HC_TO_CAUSE || to == HC_TO_CATEGORY || to == HC_TO_COMPONENT ||
           to == HC_TO_STATUS;
}

/* What a hint means as a word of the outcome; absent: something else. */
static struct hc_str meant(const struct hc_record_builder *b, enum hc_mapping_target to, struct hc_str value)
{
    const struct hc_mapping *mapping = b->context->mapping;
    struct hc_str word = value;
    if (to == HC_TO_CATEGORY || to == HC_TO_STATUS)
        word = hc_mapping_word(mapping, b->tool->name, to, value);
    return !word.p && to == HC_TO_CATEGORY ? hc_mapping_category(mapping, value) : word;
}

static void confirm(struct hc_record_builder *b, const struct hc_mapping_field *field)
{
    b->confirmed |= field->confirms;
    b->confirmed_by_key |= field->confirms && !hc_str_starts(field->from, HC_STR("section."));
}

static bool names_category(const struct hc_record_builder *b, struct hc_str value)
{
    struct hc_str category = hc_mapping_category(b->context->mapping, value);
    return category.p && hc_str_equal_nocase(category, value);
}

/* What the value of a cause's field fills: the name of a category is no cause, and a sentence none beside a word; one that is
 * there already makes way for the word, and states what was found. */
static enum hc_mapping_target place_cause(struct hc_record_builder *b, struct hc_str value)
{
    struct hc_stated *cause = &b->stated[HC_TO_CAUSE], *found = &b->stated[HC_TO_FOUND];
    if (names_category(b, value))
        return HC_TO_CATEGORY;
    if (!cause->value.p || hc_record_is_word(cause->value) == hc_record_is_word(value))
        return HC_TO_CAUSE;
    if (!hc_record_is_word(value))
        return HC_TO_FOUND;
    if (!found->value.p)
        *found = *cause;
    *cause = (struct hc_stated){.value = HC_STR_NONE};
    return HC_TO_CAUSE;
}

static void state_outcome(struct hc_record_builder *b, size_t rank, struct hc_str value, uint32_t line)
{
    const struct hc_mapping_field *field = &b->tool->fields[rank];
    if (hc_mapping_is_nothing(b->context->mapping, value))
        return;
    confirm(b, field);
    if (field->hint)
        value = meant(b, field->to, value);
    if (!value.p)
        return;
    enum hc_mapping_target to = field->to == HC_TO_CAUSE ? place_cause(b, value) : field->to;
    fill(b, b->stated, &(struct hc_stated){.value = value, .line = line, .rank = rank}, to);
}

static void state_of_record(struct hc_record_builder *b, struct hc_str path, struct hc_str value, uint32_t line)
{
    for (size_t i = 0; i < b->tool->n_fields; i++) {
        const struct hc_mapping_field *field = &b->tool->fields[i];
        if (!fits(field->from, path))
            continue;
        if (!is_of_outcome(field->to))
            confirm(b, field);
        if (field->to == HC_TO_TAG || field->to == HC_TO_DETAIL)
            add_tag(b, field, value, line);
        else if (is_of_outcome(field->to))
            state_outcome(b, i, value, line);
        else
            fill(b, b->stated, &(struct hc_stated){.value = value, .line = line, .rank = i}, field->to);
    }
}

/* As the mapping's paths of this tool are. */
static struct hc_str folded(const struct hc_record_builder *b, struct hc_str path, char *room)
{
    return path.p && hc_str_is(b->tool->format, "document") ? hc_mapping_fold(room, path) : path;
}

void hc_record_state(struct hc_record_builder *b, struct hc_str path, struct hc_str value, uint32_t line)
{
    char room[HC_MAPPING_PATH_BYTES];
    struct hc_str trimmed = hc_str_trim(value), name = folded(b, path, room), below = below_list(b, name);
    if (!name.p || trimmed.n == 0 || b->failed || ++b->n_values > HC_RECORD_VALUES)
        return;
    struct hc_str text = hc_text_clean(b->context->arena, trimmed, 0);
    b->failed |= !text.p;
    hc_buf_format(&b->content, "%zu:%zu:", path.n, text.n);
    hc_buf_str(&b->content, path);
    hc_buf_str(&b->content, text);
    if (b->failed)
        return;
    if (below.p)
        state_of_item(b, below, text, line);
    state_of_record(b, name, text, line);
}

/* ---- paths ---- */

size_t hc_record_path_down(struct hc_record_path *path, struct hc_str name)
{
    size_t before = path->n, dot = before > 0;
    path->n += dot + name.n; /* counted where it has no room, so that the way back is known */
    if (path->n > sizeof path->bytes)
        return before;
    if (dot)
        path->bytes[before] = '.';
    if (name.n)
        memcpy(path->bytes + before + dot, name.p, name.n);
    return before;
}

void hc_record_path_up(struct hc_record_path *path, size_t before)
{
    path->n = before;
}

struct hc_str hc_record_path_view(const struct hc_record_path *path)
{
    return path->n <= sizeof path->bytes ? (struct hc_str){path->bytes, path->n} : HC_STR_NONE;
}

/* ---- items of lists ---- */

static uint32_t component_of(struct hc_record_builder *b, struct hc_str name)
{
    size_t index = name.p ? hc_names_add(&b->record.reading.components, name) : HC_NAME_NONE;
    b->failed |= name.p && index == HC_NAME_NONE;
    return index == HC_NAME_NONE ? HC_NO_COMPONENT : (uint32_t)index;
}

static void end_change(struct hc_record_builder *b, struct hc_source_place place)
{
    struct hc_change *change = hc_reading_add_change(&b->record.reading);
    b->failed |= !change;
    if (!change)
        return;
    change->at = hc_record_time_of(b, &b->item[HC_TO_AT]);
    change->kind = b->item[HC_TO_KIND].value.p ? b->item[HC_TO_KIND].value : HC_STR("other");
    change->component = component_of(b, b->item[HC_TO_WHERE].value);
    change->version = b->item[HC_TO_VERSION].value;
    change->commit = b->item[HC_TO_COMMIT].value;
    change->text = b->item[HC_TO_MESSAGE].value;
    change->place = place;
}

static void end_event(struct hc_record_builder *b, struct hc_source_place place)
{
    struct hc_event *event = hc_reading_add_event(&b->record.reading);
    b->failed |= !event;
    if (!event)
        return;
    event->at = hc_record_time_of(b, &b->item[HC_TO_AT]);
    event->kind = b->item[HC_TO_KIND].value.p ? b->item[HC_TO_KIND].value : b->tool->name;
    event->component = component_of(b, b->item[HC_TO_WHERE].value);
    event->message = hc_text_clean(b->context->arena, b->item[HC_TO_MESSAGE].value, 0);
    event->place = place;
}

static void end_item(struct hc_record_builder *b)
{
    uint32_t line = 0;
    for (size_t i = HC_TO_AT; i < HC_TO_N && !line; i++)
        line = b->item[i].value.p ? b->item[i].line : 0;
    bool any = b->item[HC_TO_AT].value.p || b->item[HC_TO_MESSAGE].value.p;
    hc_record_join(b, &b->item[HC_TO_MESSAGE]);
    if (b->list && any && b->list->is_changes)
        end_change(b, (struct hc_source_place){b->context->member, line});
    else if (b->list && any)
        end_event(b, (struct hc_source_place){b->context->member, line});
    for (size_t i = 0; i < HC_TO_N; i++)
        b->item[i] = (struct hc_stated){.value = HC_STR_NONE};
}

void hc_record_item(struct hc_record_builder *b, struct hc_str path)
{
    char room[HC_MAPPING_PATH_BYTES];
    struct hc_str name = folded(b, path, room);
    for (size_t i = 0; i < b->tool->n_lists; i++)
        if (hc_str_equal(b->tool->lists[i].in, name)) {
            end_item(b);
            b->list = &b->tool->lists[i];
        }
}

/* ---- the end ---- */

enum hc_status hc_record_pass(const struct hc_record_context *context)
{
    if (context->sink->pass)
        context->sink->pass(context->sink->context);
    return HC_OK;
}

enum hc_status hc_record_end(struct hc_record_builder *b, struct hc_err *err)
{
    const struct hc_record_sink *sink = b->context->sink;
    struct hc_err why = HC_ERR_NONE;
    end_item(b);
    enum hc_status status = hc_record_settle(b, &why);
    b->failed |= b->content.failed;
    hc_buf_free(&b->content);
    if (b->failed)
        return hc_arena_refused(b->context->arena, err);
    if (status == HC_SKIP)
        return sink->refuse(sink->context, b->context->member, &why, err);
    return sink->take(sink->context, &b->record, err);
}

enum hc_status hc_record_drop(struct hc_record_builder *b, uint32_t line, const char *code, const char *text,
                              struct hc_err *err)
{
    struct hc_err why = HC_ERR_NONE;
    hc_buf_free(&b->content);
    hc_err_set(&why, HC_SKIP, code, "%s", text);
    hc_err_at(&why, NULL, NULL, line);
    return b->context->sink->refuse(b->context->sink->context, b->context->member, &why, err);
}
