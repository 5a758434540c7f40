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
};

/* Where a line of a course is found. */
struct link {
    uint32_t file, step;
    uint32_t next; /* of its course, + 1 */
};

/* Courses of a single line, by the count of logs that it is in: most are, and those of one phase tell the same. */
struct lone {
    uint32_t n[HC_PHASES];
    struct link first[HC_PHASES];
};

/* A trace's lines in one component. */
struct course {
    uint64_t trace;
    uint32_t component;
    uint32_t first, last, n; /* links + 1 */
};

struct courses {
    struct link *links;
    struct course *items;
    uint32_t *slots;   /* index into items + 1 */
    struct lone *lone; /* by count of logs */
    size_t n_links, n, mask;
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
        courses->links[courses->n_links++] = (struct link){.file = (uint32_t)f, .step = (uint32_t)i};
        if (course->n++ == 0)
            course->first = (uint32_t)courses->n_links;
        else
            courses->links[course->last - 1].next = (uint32_t)courses->n_links;
        course->last = (uint32_t)courses->n_links;
    }
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

static const struct hc_read_step *step_at(const struct hc_assembly *a, const struct link *link)
{
    return &a->files[link->file]->reading->steps[link->step];
}

static const struct hc_log_count *count_of(const struct hc_assembly *a, const struct link *link)
{
    return &a->incident->log_counts[a->count_of[link->file][step_at(a, link)->log]];
}

static struct line line_of(const struct hc_assembly *a, const struct link *link)
{
    const struct hc_read_step *step = step_at(a, link);
    return (struct line){.at_ns = step->at_ns,
                         .file = link->file,
                         .line = step->line,
                         .template_index = count_of(a, link)->template_index};
}

static bool add_course(struct hc_assembly *a, struct hc_flow_table *table, const struct courses *courses,
                       const struct course *course, struct line *room)
{
    size_t n = 0;
    bool sorted = true;
    for (uint32_t at = course->first; at != 0; at = courses->links[at - 1].next) {
        room[n++] = line_of(a, &courses->links[at - 1]);
        sorted = sorted && (n < 2 || by_time(&room[n - 2], &room[n - 1]) <= 0);
    }
    if (!sorted)
        qsort(room, n, sizeof *room, by_time);
    struct hc_transition t = {.within = HC_COURSE_BEGIN,
                              .after = HC_COURSE_BEGIN,
                              .component = course->component,
                              .kind = HC_FLOW_LOGS,
                              .phase = (uint8_t)hc_phase_of(a->incident, room[0].at_ns)};
    for (uint32_t i = 0; i < n; i++) {
        if (repeats(room, i))
            continue;
        t.then = hc_course_step_of(course->component, room[i].template_index);
        t.file = room[i].file;
        t.line = room[i].line;
        if (!hc_flow_table_add(table, &t, 1))
            return false;
        t.after = t.then;
    }
    t.then = HC_COURSE_END;
    return hc_flow_table_add(table, &t, 1);
}

/* Courses come in the order of their first lines: by file, and there as it stands. */
static void count_lone(const struct hc_assembly *a, const struct courses *courses, const struct course *course)
{
    const struct link *link = &courses->links[course->first - 1];
    const struct hc_read_step *step = step_at(a, link);
    struct lone *lone = &courses->lone[a->count_of[link->file][step->log]];
    size_t phase = hc_phase_of(a->incident, step->at_ns);
    const struct link *first = &lone->first[phase];
    if (lone->n[phase]++ == 0 || (first->file == link->file && step->line < step_at(a, first)->line))
        lone->first[phase] = *link;
}

/* The n courses of one count and phase that consist of one line each. */
static bool add_lone(struct hc_assembly *a, struct hc_flow_table *table, const struct link *first, uint32_t n)
{
    const struct hc_read_step *step = step_at(a, first);
    const struct hc_log_count *count = count_of(a, first);
    struct hc_transition t = {.within = HC_COURSE_BEGIN,
                              .after = HC_COURSE_BEGIN,
                              .then = hc_course_step_of(count->component, count->template_index),
                              .component = count->component,
                              .file = first->file,
                              .line = step->line,
                              .kind = HC_FLOW_LOGS,
                              .phase = (uint8_t)hc_phase_of(a->incident, step->at_ns)};
    if (!hc_flow_table_add(table, &t, n))
        return false;
    t.after = t.then;
    t.then = HC_COURSE_END;
    return hc_flow_table_add(table, &t, n);
}

static bool add_courses(struct hc_assembly *a, struct hc_flow_table *table, const struct courses *courses)
{
    struct line *room = hc_arena_alloc(a->arena, courses->n_links * sizeof *room);
    if (room == NULL)
        return false;
    for (size_t i = 0; i < courses->n; i++) {
        if (courses->items[i].n == 1)
            count_lone(a, courses, &courses->items[i]);
        else if (!add_course(a, table, courses, &courses->items[i], room))
            return false;
    }
    for (size_t i = 0; i < a->incident->n_log_counts * HC_PHASES; i++) {
        const struct lone *lone = &courses->lone[i / HC_PHASES];
        size_t phase = i % HC_PHASES;
        if (lone->n[phase] > 0 && !add_lone(a, table, &lone->first[phase], lone->n[phase]))
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
    courses->links = hc_arena_alloc(a->arena, n * sizeof *courses->links);
    courses->items = hc_arena_alloc(a->arena, n * sizeof *courses->items);
    courses->slots = hc_arena_calloc(a->arena, size, sizeof *courses->slots);
    courses->lone = hc_arena_calloc(a->arena, a->incident->n_log_counts, sizeof *courses->lone);
    return courses->links != NULL && courses->items != NULL && courses->slots != NULL && courses->lone != NULL;
}

static bool add_logs(struct hc_assembly *a, struct hc_flow_table *table, const struct hc_span_set *set)
{
    struct courses courses;
    size_t n = 0;
    size_t mask = 0;
    for (size_t f = 0; f < a->n_files; f++)
        n += a->files[f]->reading == NULL ? 0 : a->files[f]->reading->n_steps;
    if (n == 0)
        return true;
    const uint64_t *traces = traces_of(a, set, &mask);
    if (traces == NULL || !courses_new(&courses, n, a))
        return false;
    for (size_t f = 0; f < a->n_files; f++) {
        if (a->files[f]->reading != NULL)
            add_file(a, f, &courses, traces, mask);
    }
    return add_courses(a, table, &courses);
}

enum hc_status hc_assemble_flows(struct hc_assembly *a, const struct hc_span_set *set)
{
    struct hc_flow_table table = {.arena = a->arena};
    if (!add_spans(a, &table, set) || !add_logs(a, &table, set) || !hc_flow_table_finish(&table, a, set))
        return hc_arena_refused(a->arena, a->err);
    return HC_OK;
}
