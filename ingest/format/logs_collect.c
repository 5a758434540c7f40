#include "ingest/format/logs_collect.h"

#include "ingest/format/logs_causes.h"
#include "ingest/format/logs_steps.h"

/* What each line of a log goes through, and now and then what one names as its cause. */
#define INLINE inline __attribute__((always_inline))

#define ERRORS_OF_SHAPE 20
#define ERRORS_OF_FILE 200
#define FIRSTS_OF_FILE 50
#define SHAPES_OF_FILE 65536 /* from there on a shape is its first word */
#define MINUTES_BACK 4       /* lines of a log come almost in order */
#define MINUTE_NONE INT32_MIN
#define LINES_EXPECTED_MOST 4096 /* room at the start, which a file of a few shapes does not fill */
#define LOGS_EXPECTED_MOST 64

/* What decides on keeping lines, for each of reading->logs. */
struct memory {
    uint64_t hash;
    uint32_t n_errors;
    uint32_t cell; /* its last one + 1; 0: none */
    uint32_t earlier_bytes;
    char *earlier;          /* room for an exemplar that is earlier than the first; NULL: none yet */
    bool before, in_window; /* a line was seen there */
};

/* The lines of one of reading->logs in one minute. They stand in one list for all of the file, each log's own lists being
 * cut from it at the end: none of those has to grow. */
struct cell {
    int32_t minute;
    uint32_t log, n_lines;
    uint32_t back; /* the log's cell before it + 1; 0: none */
};

/* How many lines of a kind are kept of the file: of records, or of the causes that they name. */
struct budget {
    uint32_t n_errors, n_firsts;
};

/* The record that further lines may belong to. */
struct record {
    struct hc_time at;
    uint32_t component;
    uint8_t level;
};

struct hc_log_collector {
    const struct hc_read_context *context;
    struct hc_reading *reading;
    struct memory *memory;
    struct cell *cells; /* in order of first sight */
    size_t n_cells, cells_capacity, memory_capacity, event_logs_capacity;
    uint32_t *slots; /* index into logs + 1; 0: free */
    size_t n_slots;  /* a power of two */
    size_t n_expected;
    uint32_t entry_component;
    struct budget records, of_causes;
    struct record record;
    struct hc_log_causes causes;
    bool small, begins_before, warned;
    struct hc_step_finder steps;
};

struct hc_log_collector *hc_log_collector_new(const struct hc_read_context *context, struct hc_reading *reading,
                                              size_t n_lines)
{
    struct hc_log_collector *c = hc_arena_calloc(reading->arena, 1, sizeof *c);
    if (!c)
        return NULL;
    c->context = context;
    c->reading = reading;
    c->small = n_lines <= HC_LOG_FEW_LINES && !context->in_parts;
    c->n_expected = n_lines < LINES_EXPECTED_MOST ? n_lines : LINES_EXPECTED_MOST;
    c->steps.n_expected = c->n_expected;
    c->n_slots = 256;
    c->slots = hc_arena_calloc(reading->arena, c->n_slots, sizeof *c->slots);
    c->entry_component = HC_NO_COMPONENT;
    if (!c->slots)
        return NULL;
    if (context->entry && context->entry->component.n > 0) {
        size_t name = hc_names_add(&reading->components, context->entry->component);
        if (name == HC_NAME_NONE)
            return NULL;
        c->entry_component = (uint32_t)name;
    }
    return c;
}

/* The component that the manifest states is the lines' own; else a name in the line counts if the manifest knows it. */
static bool component_of(struct hc_log_collector *c, const struct hc_log_line *line, uint32_t *component)
{
    bool stated = c->entry_component != HC_NO_COMPONENT && !c->context->entry->by_place;
    *component = c->entry_component;
    const struct hc_names *known = c->context->known_components;
    if (stated || line->component.n == 0 ||
        (!line->is_component && (!known || hc_names_find(known, line->component) == HC_NAME_NONE)))
        return true;
    size_t index = hc_names_add(&c->reading->components, line->component);
    *component = (uint32_t)index;
    return index != HC_NAME_NONE;
}

static uint64_t hash_of(const struct hc_shape *shape, uint32_t component, uint8_t level)
{
    return shape->hash ^ ((uint64_t)component * 8 + level + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

static bool grow_slots(struct hc_log_collector *c)
{
    size_t n = c->n_slots * 2;
    uint32_t *slots = hc_arena_calloc(c->reading->arena, n, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < c->reading->n_logs; i++) {
        size_t slot = (size_t)c->memory[i].hash & (n - 1);
        while (slots[slot])
            slot = (slot + 1) & (n - 1);
        slots[slot] = (uint32_t)(i + 1);
    }
    c->slots = slots;
    c->n_slots = n;
    return true;
}

/* Room for what comes first, then for one more. */
static size_t needed(size_t n, size_t n_expected)
{
    return n > 0 || n_expected == 0 ? n + 1 : n_expected;
}

/* False: no memory. */
static bool more_logs(struct hc_log_collector *c)
{
    struct hc_reading *r = c->reading;
    size_t n = needed(r->n_logs, c->n_expected < LOGS_EXPECTED_MOST ? c->n_expected : LOGS_EXPECTED_MOST);
    struct hc_read_log *logs = hc_arena_regrow(r->arena, r->logs, r->n_logs, n, &r->logs_capacity, sizeof *logs);
    if (!logs)
        return false;
    r->logs = logs; /* the old place is gone, also where there is no memory for the other */
    struct memory *memory = hc_arena_regrow(r->arena, c->memory, r->n_logs, n, &c->memory_capacity, sizeof *memory);
    if (!memory)
        return false;
    c->memory = memory;
    return true;
}

static bool add_log(struct hc_log_collector *c, const struct hc_shape *shape, const struct hc_log_line *line,
                    uint32_t component, uint64_t hash)
{
    struct hc_reading *r = c->reading;
    bool full = r->n_logs == r->logs_capacity || r->n_logs == c->memory_capacity;
    /* The text of a shape that the memo keeps stays there; the incident pays for it all the same. */
    if ((full && !more_logs(c)) || (shape->known && !hc_arena_charge_copy(r->arena, shape->text.n)))
        return false;
    c->memory[r->n_logs] = (struct memory){.hash = hash};
    struct hc_read_log *log = &r->logs[r->n_logs++];
    *log = (struct hc_read_log){.shape = shape->known ? shape->text : hc_str_copy(r->arena, shape->text),
                                .known = shape->known,
                                .known_hash = shape->hash,
                                .known_has_finds = shape->has_finds,
                                .component = component,
                                .level = line->level,
                                .clean = line->shape.clean,
                                .first_line = line->line,
                                .first_at = line->at,
                                .exemplar =
                                    hc_text_clean(r->arena, line->message, HC_EXEMPLAR_BYTES + c->context->n_ahead)};
    return log->shape.p != NULL && log->exemplar.p != NULL;
}

/* Of the line's first word. */
static struct hc_shape coarse(struct hc_log_collector *c, const struct hc_log_line *line)
{
    struct hc_str text = line->shape.text;
    const char *space = memchr(text.p, ' ', text.n);
    if (!c->warned)
        hc_warnings_add(&c->reading->warnings, "log-shapes", c->context->member, (long)line->line,
                        "more than %d shapes of lines: from here on new ones count by their first word",
                        SHAPES_OF_FILE);
    c->warned = true;
    text.n = space ? (size_t)(space - text.p) : text.n;
    return (struct hc_shape){text, hc_str_hash(text), NULL, false, false};
}

static bool is_of(const struct hc_read_log *log, const struct hc_shape *shape, uint32_t component, uint8_t level)
{
    return log->component == component && log->level == level &&
           ((shape->known && log->known == shape->known) || hc_str_equal(log->shape, shape->text));
}

/* Where the log of a shape stands among the slots, or is to stand. */
static inline uint32_t *slot_of(const struct hc_log_collector *c, const struct hc_shape *shape, uint32_t component,
                                uint8_t level, uint64_t hash)
{
    size_t slot = (size_t)hash & (c->n_slots - 1);
    for (; c->slots[slot]; slot = (slot + 1) & (c->n_slots - 1)) {
        size_t i = c->slots[slot] - 1;
        if (c->memory[i].hash == hash && is_of(&c->reading->logs[i], shape, component, level))
            break;
    }
    return &c->slots[slot];
}

/* Of a line whose shape is of no log yet: a new one, to stand in `slot`, or that of its first word. */
static __attribute__((noinline)) size_t new_log(struct hc_log_collector *c, const struct hc_log_line *line,
                                                uint32_t component, uint64_t hash, uint32_t *slot)
{
    struct hc_reading *r = c->reading;
    struct hc_shape shape = r->n_logs >= SHAPES_OF_FILE ? coarse(c, line) : line->shape;
    if (shape.text.n < line->shape.text.n) {
        hash = hash_of(&shape, component, line->level);
        slot = slot_of(c, &shape, component, line->level, hash);
        if (*slot)
            return *slot - 1;
    } else {
        shape = line->shape;
    }
    if (!add_log(c, &shape, line, component, hash))
        return HC_NAME_NONE;
    *slot = (uint32_t)r->n_logs;
    return r->n_logs * 2 > c->n_slots && !grow_slots(c) ? HC_NAME_NONE : r->n_logs - 1;
}

/* The index of the line's shape in reading->logs; HC_NAME_NONE out of memory. */
static INLINE size_t find_log(struct hc_log_collector *c, const struct hc_log_line *line, uint32_t component)
{
    uint64_t hash = hash_of(&line->shape, component, line->level);
    uint32_t *slot = slot_of(c, &line->shape, component, line->level, hash);
    return *slot ? *slot - 1 : new_log(c, line, component, hash, slot);
}

/* False: no memory, or more than can be counted. */
static bool more_cells(struct hc_log_collector *c)
{
    struct cell *cells = hc_arena_regrow(c->reading->arena, c->cells, c->n_cells, needed(c->n_cells, c->n_expected),
                                         &c->cells_capacity, sizeof *cells);
    if (!cells || c->cells_capacity > UINT32_MAX)
        return false;
    c->cells = cells;
    return true;
}

/* False: no memory. */
static INLINE bool add_cell(struct hc_log_collector *c, int32_t minute, uint32_t log)
{
    if (c->n_cells == c->cells_capacity && !more_cells(c))
        return false;
    c->cells[c->n_cells++] = (struct cell){minute, log, 1, c->memory[log].cell};
    c->memory[log].cell = (uint32_t)c->n_cells;
    c->reading->logs[log].n_minutes++;
    return true;
}

static INLINE bool count_minute(struct hc_log_collector *c, uint32_t log, struct hc_time at)
{
    int32_t minute = MINUTE_NONE; /* all that a time can be fits */
    uint32_t cell = c->memory[log].cell;
    if (hc_time_known(at))
        minute = (int32_t)(at.ns / HC_NS_PER_MINUTE - (at.ns % HC_NS_PER_MINUTE < 0));
    for (int back = 0; back < MINUTES_BACK && cell > 0; back++) {
        struct cell *counted = &c->cells[cell - 1];
        if (counted->minute == minute) {
            counted->n_lines++;
            return true;
        }
        cell = counted->back;
    }
    return add_cell(c, minute, log);
}

/* Each log's own, one behind the other. False: no memory. */
static bool give_minutes(struct hc_log_collector *c)
{
    struct hc_reading *r = c->reading;
    int64_t *minutes = hc_arena_alloc(r->arena, c->n_cells * sizeof *minutes);
    uint32_t *lines = hc_arena_alloc(r->arena, c->n_cells * sizeof *lines);
    size_t begin = 0;
    if (!minutes || !lines)
        return false;
    for (size_t i = 0; i < r->n_logs; i++) {
        struct hc_read_log *log = &r->logs[i];
        log->minute = minutes + begin;
        log->lines = lines + begin;
        begin += log->n_minutes;
        log->n_minutes = 0;
    }
    for (size_t i = 0; i < c->n_cells; i++) {
        const struct cell *cell = &c->cells[i];
        struct hc_read_log *log = &r->logs[cell->log];
        log->minute[log->n_minutes] = cell->minute == MINUTE_NONE ? HC_TIME_NONE_NS : cell->minute;
        log->lines[log->n_minutes++] = cell->n_lines;
    }
    hc_arena_drop(r->arena, c->cells, c->cells_capacity, sizeof *c->cells);
    return true;
}

/* One that is no longer than the longest so far stands where that did: in a log that runs backwards each is earlier. */
static struct hc_str earlier_exemplar(const struct hc_log_collector *c, struct memory *memory, struct hc_str message)
{
    struct hc_arena *arena = c->reading->arena;
    struct hc_arena_mark mark = hc_arena_mark(arena);
    struct hc_str exemplar = hc_text_clean(arena, message, HC_EXEMPLAR_BYTES + c->context->n_ahead);
    if (!exemplar.p)
        return HC_STR_NONE;
    if (!memory->earlier || exemplar.n > memory->earlier_bytes) {
        memory->earlier = hc_arena_copy(arena, exemplar.p, exemplar.n);
        memory->earlier_bytes = (uint32_t)exemplar.n;
        return (struct hc_str){memory->earlier, exemplar.n};
    }
    memcpy(memory->earlier, exemplar.p, exemplar.n + 1);
    hc_arena_release(arena, &mark);
    return (struct hc_str){memory->earlier, exemplar.n};
}

static INLINE void keep_earliest(const struct hc_log_collector *c, size_t index, const struct hc_log_line *line)
{
    struct hc_read_log *log = &c->reading->logs[index];
    if (!hc_time_known(line->at) || (hc_time_known(log->first_at) && log->first_at.ns <= line->at.ns))
        return;
    struct hc_str exemplar = earlier_exemplar(c, &c->memory[index], line->message);
    log->exemplar = exemplar.p ? exemplar : log->exemplar;
    log->clean = exemplar.p ? line->shape.clean : log->clean;
    log->first_at = line->at;
    log->first_line = line->line;
}

/* `level` is the record's, also of a cause that it names. */
static INLINE bool is_worth_keeping(struct hc_log_collector *c, struct memory *memory, const struct hc_log_line *line,
                                    uint8_t level)
{
    struct budget *budget = line->level == HC_LOG_CAUSE ? &c->of_causes : &c->records;
    const struct hc_read_context *context = c->context;
    bool timed = hc_time_known(line->at), framed = hc_time_known(context->window_start);
    bool before = timed && framed && line->at.ns < context->window_start.ns;
    bool after = timed && hc_time_known(context->window_end) && line->at.ns >= context->window_end.ns;
    bool first = !before && !after && !memory->in_window;
    bool is_new = first && timed && c->begins_before && !memory->before;
    memory->before = memory->before || before;
    memory->in_window = memory->in_window || (!before && !after);
    c->begins_before = c->begins_before || before;
    if (c->small)
        return level >= HC_LOG_WARN;
    if (before || after)
        return false;
    if (level >= HC_LOG_ERROR && memory->n_errors < ERRORS_OF_SHAPE && budget->n_errors < ERRORS_OF_FILE) {
        memory->n_errors++;
        budget->n_errors++;
        return true;
    }
    if ((is_new || (first && level >= HC_LOG_WARN)) && budget->n_firsts < FIRSTS_OF_FILE) {
        budget->n_firsts++;
        return true;
    }
    return false;
}

static INLINE bool keep_event(struct hc_log_collector *c, const struct hc_log_line *line, uint8_t level, size_t log)
{
    struct hc_reading *r = c->reading;
    struct hc_event *event = hc_reading_add_event(r);
    struct hc_event_log *event_logs = hc_arena_regrow(r->arena, r->event_logs, r->n_events - 1, r->n_events,
                                                      &c->event_logs_capacity, sizeof *event_logs);
    if (!event || !event_logs)
        return false;
    r->event_logs = event_logs;
    event->at = line->at;
    event->component = c->record.component;
    event->level = level;
    event->kind = HC_STR("log");
    event_logs[r->n_events - 1] = (struct hc_event_log){(uint32_t)log, line->shape.clean};
    event->message = hc_text_clean(r->arena, line->message, HC_MESSAGE_BYTES + c->context->n_ahead);
    event->place = (struct hc_source_place){c->context->member, line->line};
    return event->message.p != NULL;
}

/* Counts a line of the record; as an event it is of the record's level, or of `least` if that is higher. The log that it is
 * of; HC_NAME_NONE: no memory. */
static INLINE size_t count_line(struct hc_log_collector *c, const struct hc_log_line *line, uint8_t least)
{
    size_t index = find_log(c, line, c->record.component);
    if (index == HC_NAME_NONE || !count_minute(c, (uint32_t)index, line->at))
        return HC_NAME_NONE;
    keep_earliest(c, index, line);
    uint8_t level = c->record.level > least ? c->record.level : least;
    bool kept = !is_worth_keeping(c, &c->memory[index], line, level) || keep_event(c, line, level, index);
    return kept ? index : HC_NAME_NONE;
}

static size_t cause_bytes(const struct hc_log_collector *c)
{
    return HC_MESSAGE_BYTES + c->context->n_ahead;
}

/* A line of the record that names the cause of what it tells. False: no memory. */
static __attribute__((noinline)) bool take_cause(struct hc_log_collector *c, const struct hc_log_cause *cause,
                                                 uint8_t least)
{
    if (cause->text.n == 0)
        return true;
    struct hc_str text = hc_str_cut(cause->text, cause_bytes(c));
    struct hc_log_line line = {.line = cause->line, .at = c->record.at, .level = HC_LOG_CAUSE, .message = text};
    line.shape.text = hc_log_causes_shape(&c->causes, text);
    line.shape.hash = hc_str_hash(line.shape.text);
    return count_line(c, &line, least) != HC_NAME_NONE;
}

/* What a record has named in its lines is known when another begins. A failure is at least a warning, whatever the level of
 * the record that it is told below. */
static bool end_record(struct hc_log_collector *c)
{
    if (!c->causes.any)
        return true;
    struct hc_log_cause cause = hc_log_causes_end(&c->causes);
    return take_cause(c, &cause, HC_LOG_WARN);
}

static bool take_field(struct hc_log_collector *c, const struct hc_log_line *line)
{
    struct hc_log_cause cause = hc_log_causes_of_field(&c->causes, line);
    return take_cause(c, &cause, HC_LOG_NONE);
}

static bool take_record(struct hc_log_collector *c, const struct hc_log_line *line)
{
    struct hc_reading *r = c->reading;
    if (!end_record(c))
        return false;
    r->n_rows++;
    if (!component_of(c, line, &c->record.component))
        return false;
    c->record.at = line->at;
    c->record.level = line->level;
    c->causes.said = line->whole;
    size_t index = count_line(c, line, HC_LOG_NONE);
    if (index == HC_NAME_NONE || !hc_step_finder_take(&c->steps, r, line, (uint32_t)index))
        return false;
    return line->cause.n == 0 || take_field(c, line);
}

enum hc_status hc_log_collector_take(void *collector, const struct hc_log_line *line, struct hc_err *err)
{
    struct hc_log_collector *c = collector;
    struct hc_arena *arena = c->reading->arena;
    bool taken = line->continues ? hc_log_causes_take(&c->causes, line, cause_bytes(c), arena) : take_record(c, line);
    return taken ? HC_OK : hc_arena_refused(arena, err);
}

/* Memory that is not the arena's goes with each part. */
static enum hc_status free_causes(struct hc_log_collector *c, enum hc_status status, struct hc_err *err)
{
    if (status == HC_OK && hc_log_causes_failed(&c->causes))
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while reading a log");
    hc_log_causes_free(&c->causes);
    return status;
}

enum hc_status hc_log_collector_part(struct hc_log_collector *c, enum hc_status status, struct hc_err *err)
{
    struct hc_arena *arena = c->reading->arena;
    if (c->context->in_parts && !hc_log_causes_hold(&c->causes, cause_bytes(c), arena))
        status = hc_arena_refused(arena, err);
    return free_causes(c, status, err);
}

enum hc_status hc_log_collector_close(struct hc_log_collector *c, struct hc_err *err)
{
    bool closed = end_record(c) && give_minutes(c);
    return free_causes(c, closed ? HC_OK : hc_arena_refused(c->reading->arena, err), err);
}
