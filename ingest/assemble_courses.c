/* The course of each span's children, and of each trace's log lines in a component. */
#include "base/sort.h"
#include "ingest/assemble_flows.h"

#define TIED_MOST 64 /* lines of one time that are compared with each other */

/* ---- spans ---- */

static struct hc_transition begin_at(const struct hc_span *span)
{
    return (struct hc_transition){.within = span->step,
                                  .after = HC_FLOW_BEGIN,
                                  .component = span->component,
                                  .file = span->file,
                                  .line = span->line,
                                  .kind = HC_FLOW_SPANS,
                                  .phase = span->phase};
}

/* The n children of one span. A call's client span stands for the callee's side. */
static bool add_children(struct hc_flow_table *table, const struct hc_span_set *set, const uint32_t *children, size_t n)
{
    struct hc_transition t = begin_at(&set->items[set->items[children[0]].parent]);
    for (size_t i = 0; i < n; i++) {
        const struct hc_span *child = &set->items[children[i]];
        const struct hc_span *span = child->callee == HC_NO_SPAN ? child : &set->items[child->callee];
        t.then = span->step;
        t.file = span->file;
        t.line = span->line;
        if (!hc_flow_table_add(table, &t, 1))
            return false;
        t.after = t.then;
    }
    t.then = HC_FLOW_END;
    return hc_flow_table_add(table, &t, 1);
}

/* Spans of one step that have no child. */
struct childless {
    uint32_t n[HC_PHASES];
    uint32_t first[HC_PHASES]; /* into the spans */
    bool others_have_some;
};

/* A span with no child tells something only where others of its kind have some. */
static bool add_childless(struct hc_assembly *a, struct hc_flow_table *table, const struct hc_span_set *set)
{
    struct childless *by_step = hc_arena_calloc(a->arena, set->n_steps + 1, sizeof *by_step);
    if (by_step == NULL)
        return false;
    for (size_t i = 0; i < set->n; i++) {
        const struct hc_span *span = &set->items[i];
        struct childless *step = &by_step[span->step];
        step->others_have_some |= span->n_children > 0;
        if (span->n_children == 0 && step->n[span->phase]++ == 0)
            step->first[span->phase] = (uint32_t)i;
    }
    for (size_t k = 0; k < set->n_steps * HC_PHASES; k++) {
        const struct childless *step = &by_step[k / HC_PHASES];
        size_t phase = k % HC_PHASES;
        const struct hc_span *span = &set->items[step->first[phase]];
        if (step->n[phase] == 0 || !step->others_have_some || span->component == HC_NO_COMPONENT)
            continue;
        struct hc_transition t = begin_at(span);
        t.then = HC_FLOW_END;
        if (!hc_flow_table_add(table, &t, step->n[phase]))
            return false;
    }
    return true;
}

static bool add_spans(struct hc_assembly *a, struct hc_flow_table *table, const struct hc_span_set *set)
{
    for (size_t at = 0; at < set->n_children;) {
        const struct hc_span *parent = &set->items[set->items[set->children[at]].parent];
        if (parent->component != HC_NO_COMPONENT && !add_children(table, set, set->children + at, parent->n_children))
            return false;
        at += parent->n_children;
    }
    return add_childless(a, table, set);
}

/* ---- log lines ---- */

/* A line with a trace. Those of one trace and component are its course: in a circle, each goes on to the next one and
 * the last to the first. */
struct line {
    const struct hc_read_step *step;
    uint32_t file;
    uint32_t next;
};

/* Courses of a single line, by the count of logs that it is in: most are, and those of one phase tell the same. */
struct lone {
    uint32_t n[HC_PHASES];
    uint32_t first[HC_PHASES]; /* line */
};

struct courses {
    struct line *lines; /* as they stand in their files, those by member */
    size_t n, mask;
    uint32_t *slots;   /* by trace and component: the last line so far, + 1 */
    struct lone *lone; /* by count of logs */
};

static uint32_t count_of(const struct hc_assembly *a, const struct line *line)
{
    return a->count_of[line->file][line->step->log];
}

static uint32_t component_of(const struct hc_assembly *a, const struct line *line)
{
    return a->incident->log_counts[count_of(a, line)].component;
}

/* Puts a line of the component at the end of its course. */
static void add_line(const struct hc_assembly *a, struct courses *courses, uint32_t file,
                     const struct hc_read_step *step, uint32_t component)
{
    uint64_t hash = (step->trace ^ component) * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(hash ^ hash >> 32) & courses->mask;
    uint32_t number = (uint32_t)courses->n++, next = number;
    for (; courses->slots[at] != 0; at = (at + 1) & courses->mask) {
        struct line *last = &courses->lines[courses->slots[at] - 1];
        if (last->step->trace != step->trace || component_of(a, last) != component)
            continue;
        next = last->next;
        last->next = number;
        break;
    }
    courses->lines[number] = (struct line){step, file, next};
    courses->slots[at] = number + 1;
}

/* The traces that spans name, in the slots of a set; NULL: no memory. */
static uint64_t *traces_of(struct hc_assembly *a, const struct hc_span_set *set, size_t *mask)
{
    size_t size = 16;
    while (size < 2 * set->n)
        size *= 2;
    *mask = size - 1;
    uint64_t *traces = hc_arena_calloc(a->arena, size, sizeof *traces);
    for (size_t i = 0; traces != NULL && i < set->n; i++) {
        size_t at = (size_t)set->items[i].trace & *mask;
        while (traces[at] != 0 && traces[at] != set->items[i].trace)
            at = (at + 1) & *mask;
        traces[at] = set->items[i].trace;
    }
    return traces;
}

static bool has_trace(const uint64_t *traces, size_t mask, uint64_t trace)
{
    size_t at = (size_t)trace & mask;
    while (traces[at] != 0 && traces[at] != trace)
        at = (at + 1) & mask;
    return trace != 0 && traces[at] == trace;
}

/* `traces`: those that a line may name; NULL: any. */
static void add_file(struct hc_assembly *a, size_t f, struct courses *courses, const uint64_t *traces, size_t mask)
{
    const struct hc_reading *reading = a->files[f]->reading;
    for (size_t i = 0; i < reading->n_steps; i++) {
        const struct hc_read_step *step = &reading->steps[i];
        uint32_t component = a->incident->log_counts[a->count_of[f][step->log]].component;
        if (component != HC_NO_COMPONENT && (traces == NULL || has_trace(traces, mask, step->trace)))
            add_line(a, courses, (uint32_t)f, step, component);
    }
}

/* A line of a course in order of time. */
struct timed {
    int64_t at_ns;
    uint32_t file, line;
    uint32_t step; /* of the flow: in one component, the template */
};

static struct timed timed_of(const struct hc_assembly *a, const struct hc_flow_table *table, const struct line *line)
{
    return (struct timed){.at_ns = line->step->at_ns,
                          .file = line->file,
                          .line = line->step->line,
                          .step = table->steps.of_count[count_of(a, line)]};
}

static int by_time(const void *a, const void *b)
{
    const struct timed *x = a;
    const struct timed *y = b;
    if (x->at_ns != y->at_ns)
        return x->at_ns < y->at_ns ? -1 : 1;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

/* A line of the same time and template as one before it is the same line, collected twice. */
static bool repeats(const struct timed *lines, size_t i)
{
    for (size_t k = i; k > 0 && i - k < TIED_MOST && lines[k - 1].at_ns == lines[i].at_ns; k--) {
        if (lines[k - 1].step == lines[i].step)
            return true;
    }
    return false;
}

/* The course that ends with line `last`. */
static bool add_course(struct hc_assembly *a, struct hc_flow_table *table, const struct courses *courses, uint32_t last,
                       struct timed *room)
{
    size_t n = 0;
    uint32_t at = last;
    do {
        at = courses->lines[at].next;
        room[n++] = timed_of(a, table, &courses->lines[at]);
    } while (at != last);
    hc_sort(room, n, sizeof *room, by_time);
    struct hc_transition t = {.within = HC_FLOW_BEGIN,
                              .after = HC_FLOW_BEGIN,
                              .component = component_of(a, &courses->lines[last]),
                              .kind = HC_FLOW_LOGS,
                              .phase = (uint8_t)hc_phase_of(a->incident, room[0].at_ns)};
    for (size_t i = 0; i < n; i++) {
        if (repeats(room, i))
            continue;
        t.then = room[i].step;
        t.file = room[i].file;
        t.line = room[i].line;
        if (!hc_flow_table_add(table, &t, 1))
            return false;
        t.after = t.then;
    }
    t.then = HC_FLOW_END;
    return hc_flow_table_add(table, &t, 1);
}

/* The lines come by file, and there as they stand. */
static void count_lone(const struct hc_assembly *a, const struct courses *courses, uint32_t number)
{
    const struct line *line = &courses->lines[number];
    struct lone *lone = &courses->lone[count_of(a, line)];
    size_t phase = hc_phase_of(a->incident, line->step->at_ns);
    const struct line *first = &courses->lines[lone->first[phase]];
    if (lone->n[phase]++ == 0 || (first->file == line->file && line->step->line < first->step->line))
        lone->first[phase] = number;
}

/* The n courses of one count and phase that consist of one line each. */
static bool add_lone(struct hc_assembly *a, struct hc_flow_table *table, const struct line *first, uint32_t n)
{
    const struct timed line = timed_of(a, table, first);
    struct hc_transition t = {.within = HC_FLOW_BEGIN,
                              .after = HC_FLOW_BEGIN,
                              .then = line.step,
                              .component = component_of(a, first),
                              .file = line.file,
                              .line = line.line,
                              .kind = HC_FLOW_LOGS,
                              .phase = (uint8_t)hc_phase_of(a->incident, line.at_ns)};
    if (!hc_flow_table_add(table, &t, n))
        return false;
    t.after = t.then;
    t.then = HC_FLOW_END;
    return hc_flow_table_add(table, &t, n);
}

static bool add_courses(struct hc_assembly *a, struct hc_flow_table *table, const struct courses *courses)
{
    struct timed *room = hc_arena_alloc(a->arena, courses->n * sizeof *room);
    if (room == NULL)
        return false;
    for (uint32_t i = 0; i < courses->n; i++) {
        uint32_t first = courses->lines[i].next;
        if (first == i)
            count_lone(a, courses, i);
        else if (first < i && !add_course(a, table, courses, i, room))
            return false;
    }
    for (size_t i = 0; i < a->incident->n_log_counts * HC_PHASES; i++) {
        const struct lone *lone = &courses->lone[i / HC_PHASES];
        size_t phase = i % HC_PHASES;
        if (lone->n[phase] > 0 && !add_lone(a, table, &courses->lines[lone->first[phase]], lone->n[phase]))
            return false;
    }
    return true;
}

/* Room for n lines with a trace. */
static bool courses_new(struct courses *courses, size_t n, const struct hc_assembly *a)
{
    size_t size = 16;
    while (size < 2 * n)
        size *= 2;
    *courses = (struct courses){.mask = size - 1};
    courses->lines = hc_arena_alloc(a->arena, n * sizeof *courses->lines);
    courses->slots = hc_arena_calloc(a->arena, size, sizeof *courses->slots);
    courses->lone = hc_arena_calloc(a->arena, a->incident->n_log_counts, sizeof *courses->lone);
    return courses->lines != NULL && courses->slots != NULL && courses->lone != NULL;
}

/* The n lines with a trace. */
static bool add_logs(struct hc_assembly *a, struct hc_flow_table *table, const struct hc_span_set *set, size_t n)
{
    struct courses courses;
    size_t mask = 0;
    bool guessed = false;
    for (size_t f = 0; f < a->n_files; f++)
        guessed |= a->files[f]->reading != NULL && a->files[f]->reading->steps_guessed;
    const uint64_t *traces = guessed ? traces_of(a, set, &mask) : NULL;
    if ((guessed && traces == NULL) || !courses_new(&courses, n, a))
        return false;
    for (size_t f = 0; f < a->n_files; f++) {
        if (a->files[f]->reading != NULL)
            add_file(a, f, &courses, a->files[f]->reading->steps_guessed ? traces : NULL, mask);
    }
    return add_courses(a, table, &courses);
}

enum hc_status hc_assemble_flows(struct hc_assembly *a, const struct hc_span_set *set)
{
    struct hc_flow_table table;
    size_t n_lines = 0;
    for (size_t f = 0; f < a->n_files; f++)
        n_lines += a->files[f]->reading == NULL ? 0 : a->files[f]->reading->n_steps;
    if (set->n == 0 && n_lines == 0)
        return HC_OK;
    if (!hc_flow_table_new(&table, a, set) || !add_spans(a, &table, set) || !add_logs(a, &table, set, n_lines) ||
        !hc_flow_table_finish(&table, a))
        return hc_arena_refused(a->arena, a->err);
    return HC_OK;
}
