/* The course of each span's children, and of each trace's log lines in a component. */
#include "ingest/assemble_flows.h"

#define TIED_MOST 64 /* lines of one time that are compared with each other */

/* ---- spans ---- */

static hc_course_step step_of(const struct hc_span *span)
{
    return hc_course_step_of(span->component, span->operation);
}

static struct hc_transition begin_at(const struct hc_span *span)
{
    return (struct hc_transition){.within = step_of(span),
                                  .after = HC_COURSE_BEGIN,
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
        t.then = step_of(span);
        t.file = span->file;
        t.line = span->line;
        if (!hc_flow_table_add(table, &t, 1))
            return false;
        t.after = t.then;
    }
    t.then = HC_COURSE_END;
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
        t.then = HC_COURSE_END;
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

struct line {
    int64_t at_ns;
    uint32_t file, line;
    uint32_t template_index;
    uint32_t log;  /* into the ends */
    uint32_t next; /* of its course, + 1 */
};

/* Where courses are counted that begin and end with a line of one log. */
struct ends {
    uint32_t begin, end;
};

/* A trace's lines in one component. */
struct course {
    uint64_t trace;
    uint32_t component;
    uint32_t first, last, n; /* lines + 1 */
};

struct courses {
    struct line *lines;
    struct course *items;
    uint32_t *slots;   /* index into items + 1 */
    struct ends *ends; /* by file and log of its reading */
    size_t n_lines, n, mask, n_logs;
};

static struct course *course_of(struct courses *courses, uint64_t trace, uint32_t component)
{
    uint64_t hash = (trace ^ component) * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(hash ^ hash >> 32) & courses->mask;
    for (; courses->slots[at] != 0; at = (at + 1) & courses->mask) {
        struct course *course = &courses->items[courses->slots[at] - 1];
        if (course->trace == trace && course->component == component)
            return course;
    }
    struct course *course = &courses->items[courses->n++];
    *course = (struct course){.trace = trace, .component = component};
    courses->slots[at] = (uint32_t)courses->n;
    return course;
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

static void add_file(struct hc_assembly *a, size_t f, struct courses *courses, const uint64_t *traces, size_t mask)
{
    const struct hc_reading *reading = a->files[f]->reading;
    for (size_t i = 0; i < reading->n_steps; i++) {
        const struct hc_read_step *step = &reading->steps[i];
        uint32_t component = hc_assembly_component(a, f, reading->logs[step->log].component);
        if (component == HC_NO_COMPONENT || (reading->steps_guessed && !has_trace(traces, mask, step->trace)))
            continue;
        struct course *course = course_of(courses, step->trace, component);
        courses->lines[courses->n_lines++] = (struct line){.at_ns = step->at_ns,
                                                           .file = (uint32_t)f,
                                                           .line = step->line,
                                                           .template_index = a->template_of[f][step->log],
                                                           .log = (uint32_t)courses->n_logs + step->log};
        if (course->n++ == 0)
            course->first = (uint32_t)courses->n_lines;
        else
            courses->lines[course->last - 1].next = (uint32_t)courses->n_lines;
        course->last = (uint32_t)courses->n_lines;
    }
    courses->n_logs += reading->n_logs;
}

static int by_time(const void *a, const void *b)
{
    const struct line *x = a;
    const struct line *y = b;
    if (x->at_ns != y->at_ns)
        return x->at_ns < y->at_ns ? -1 : 1;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

/* A line of the same time and template as one before it is the same line, collected twice. */
static bool repeats(const struct line *lines, size_t i)
{
    for (size_t k = i; k > 0 && i - k < TIED_MOST && lines[k - 1].at_ns == lines[i].at_ns; k--) {
        if (lines[k - 1].template_index == lines[i].template_index)
            return true;
    }
    return false;
}

static bool add_course(struct hc_assembly *a, struct hc_flow_table *table, const struct courses *courses,
                       const struct course *course, struct line *room)
{
    size_t n = 0;
    bool sorted = true;
    for (uint32_t at = course->first; at != 0; at = courses->lines[at - 1].next) {
        room[n++] = courses->lines[at - 1];
        sorted = sorted && (n < 2 || by_time(&room[n - 2], &room[n - 1]) <= 0);
    }
    if (!sorted)
        qsort(room, n, sizeof *room, by_time);
    struct hc_transition t = {.within = HC_COURSE_BEGIN,
                              .after = HC_COURSE_BEGIN,
                              .component = course->component,
                              .kind = HC_FLOW_LOGS,
                              .phase = (uint8_t)hc_phase_of(a->incident, room[0].at_ns)};
    uint32_t last = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (repeats(room, i))
            continue;
        t.then = hc_course_step_of(course->component, room[i].template_index);
        t.file = room[i].file;
        t.line = room[i].line;
        uint32_t unknown = 0;
        if (!hc_flow_table_add_at(table, i == 0 ? &courses->ends[room->log].begin : &unknown, &t, 1))
            return false;
        t.after = t.then;
        last = room[i].log;
    }
    t.then = HC_COURSE_END;
    return hc_flow_table_add_at(table, &courses->ends[last].end, &t, 1);
}

static bool add_logs(struct hc_assembly *a, struct hc_flow_table *table, const struct hc_span_set *set)
{
    size_t n = 0;
    size_t n_logs = 0;
    size_t size = 16;
    size_t mask = 0;
    for (size_t f = 0; f < a->n_files; f++) {
        n += a->files[f]->reading == NULL ? 0 : a->files[f]->reading->n_steps;
        n_logs += a->files[f]->reading == NULL ? 0 : a->files[f]->reading->n_logs;
    }
    if (n == 0)
        return true;
    while (size < 2 * n)
        size *= 2;
    uint64_t *traces = traces_of(a, set, &mask);
    struct courses courses = {.mask = size - 1};
    courses.lines = hc_arena_alloc(a->arena, n * sizeof *courses.lines);
    courses.items = hc_arena_alloc(a->arena, n * sizeof *courses.items);
    courses.slots = hc_arena_calloc(a->arena, size, sizeof *courses.slots);
    courses.ends = hc_arena_calloc(a->arena, n_logs, sizeof *courses.ends);
    struct line *room = hc_arena_alloc(a->arena, n * sizeof *room);
    if (traces == NULL || courses.lines == NULL || courses.items == NULL || courses.slots == NULL ||
        courses.ends == NULL || room == NULL)
        return false;
    for (size_t f = 0; f < a->n_files; f++) {
        if (a->files[f]->reading != NULL)
            add_file(a, f, &courses, traces, mask);
    }
    for (size_t i = 0; i < courses.n; i++) {
        if (!add_course(a, table, &courses, &courses.items[i], room))
            return false;
    }
    return true;
}

enum hc_status hc_assemble_flows(struct hc_assembly *a, const struct hc_span_set *set)
{
    struct hc_flow_table table = {.arena = a->arena};
    if (!add_spans(a, &table, set) || !add_logs(a, &table, set) || !hc_flow_table_finish(&table, a, set))
        return hc_arena_refused(a->arena, a->err);
    return HC_OK;
}
