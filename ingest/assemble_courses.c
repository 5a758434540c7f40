/* The course of each span's children, and of each trace's log lines in a component. */
#include "base/sort.h"
#include "ingest/assemble_flows.h"

#define TIED_MOST 64 /* lines of one time that are compared with each other */

/* ---- spans ---- */

static struct hc_flow_place place_of(const struct hc_span_set *set, uint32_t span, uint8_t phase)
{
    return hc_flow_place_of(set->file[span], set->line[span], phase);
}

/* The children of one span. A call's client span stands for the callee's side. */
static bool add_children(struct hc_flow_table *table, const struct hc_span_set *set, uint32_t parent)
{
    struct hc_transition t = {.within = set->step[parent], .after = HC_FLOW_BEGIN};
    struct hc_flow_place place = {.phase = set->phase[parent]};
    for (uint32_t i = set->first_child[parent]; i < set->first_child[parent + 1]; i++) {
        uint32_t child = set->children[i];
        uint32_t span = set->callee[child] == HC_NO_SPAN ? child : set->callee[child];
        t.then = set->step[span];
        place = place_of(set, span, place.phase);
        if (!hc_flow_table_add(table, &t, place, 1))
            return false;
        t.after = t.then;
    }
    t.then = HC_FLOW_END;
    return hc_flow_table_add(table, &t, place, 1);
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
    for (uint32_t i = 0; i < set->n; i++) {
        struct childless *step = &by_step[set->step[i]];
        if (hc_span_n_children(set, i) > 0)
            step->others_have_some = true;
        else if (step->n[set->phase[i]]++ == 0)
            step->first[set->phase[i]] = i;
    }
    for (uint32_t k = 0; k < set->n_steps * HC_PHASES; k++) {
        const struct childless *step = &by_step[k / HC_PHASES];
        const struct hc_transition t = {.within = k / HC_PHASES, .after = HC_FLOW_BEGIN, .then = HC_FLOW_END};
        uint8_t phase = (uint8_t)(k % HC_PHASES);
        if (step->n[phase] == 0 || !step->others_have_some || set->steps[t.within].component == HC_NO_COMPONENT)
            continue;
        const struct hc_flow_place place = place_of(set, step->first[phase], phase);
        if (!hc_flow_table_add(table, &t, place, step->n[phase]))
            return false;
    }
    return true;
}

static bool add_spans(struct hc_assembly *a, struct hc_flow_table *table, const struct hc_span_set *set)
{
    for (uint32_t i = 0; i < set->n; i++) {
        if (hc_span_n_children(set, i) > 0 && set->component[i] != HC_NO_COMPONENT && !add_children(table, set, i))
            return false;
    }
    return add_childless(a, table, set);
}

/* ---- log lines ---- */

/* Traces, in the slots of a set. */
struct trace_set {
    uint64_t *slots;
    size_t mask;
};

/* A line whose trace and component others may have too. Those of one trace and component are its course: in a circle,
 * each goes on to the next one and the last to the first. */
struct line {
    const struct hc_read_step *read;
    uint32_t file;
    uint32_t step; /* of the flow */
    uint32_t next;
};

/* What tells a line's course from another's: its step, HC_FLOW_OTHER where it is of none, and a hash of its trace and
 * component. */
struct mark {
    uint32_t step, hash;
};

/* Most lines are alone in their course: how many have a hash tells which surely are. */
struct courses {
    struct hc_assembly *a;
    struct hc_flow_table *table;
    struct trace_set traces; /* that spans name; no slots: no file's are guessed */
    struct mark *marks;      /* of all lines, as they stand in their files, those by member */
    uint8_t *n_seen;         /* by hash: no line has it, one has, or several have */
    size_t seen_mask;
    struct line *lines; /* with a shared hash, in the same order */
    size_t n, mask;
    uint32_t *slots; /* by hash: the last line so far, + 1 */
};

static size_t power_of_two(size_t n_least)
{
    size_t n = 64;
    while (n < n_least)
        n *= 2;
    return n;
}

static void add_traces(struct trace_set *traces, const struct hc_read_span *spans, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = (size_t)spans[i].trace & traces->mask;
        while (traces->slots[at] != 0 && traces->slots[at] != spans[i].trace)
            at = (at + 1) & traces->mask;
        traces->slots[at] = spans[i].trace;
    }
}

/* The traces that spans name; false: no memory. */
static bool find_traces(struct hc_assembly *a, struct trace_set *traces)
{
    size_t n = 0;
    for (size_t f = 0; f < a->n_files; f++)
        n += a->files[f]->reading == NULL ? 0 : a->files[f]->reading->n_spans;
    size_t n_slots = power_of_two(2 * n);
    traces->mask = n_slots - 1;
    traces->slots = hc_arena_calloc(a->arena, n_slots, sizeof *traces->slots);
    for (size_t f = 0; traces->slots != NULL && f < a->n_files; f++) {
        if (a->files[f]->reading != NULL)
            add_traces(traces, a->files[f]->reading->spans, a->files[f]->reading->n_spans);
    }
    return traces->slots != NULL;
}

static bool has_trace(const struct trace_set *traces, uint64_t trace)
{
    size_t at = (size_t)trace & traces->mask;
    while (traces->slots[at] != 0 && traces->slots[at] != trace)
        at = (at + 1) & traces->mask;
    return trace != 0 && traces->slots[at] == trace;
}

/* Gives the file's lines their marks; how many have a hash that an earlier one has. */
static size_t mark_file(struct courses *c, size_t f, struct mark *marks)
{
    const struct hc_reading *reading = c->a->files[f]->reading;
    const struct hc_read_step *reads = reading->steps;
    const struct trace_set *traces = reading->steps_guessed ? &c->traces : NULL;
    const uint32_t *count_of = c->a->count_of[f], *step_of = c->table->steps.of_count;
    const uint32_t *component_of = c->table->steps.component;
    uint8_t *n_seen = c->n_seen;
    size_t n = reading->n_steps, seen_mask = c->seen_mask, n_again = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t step = step_of[count_of[reads[i].log]], component = component_of[step];
        if (component == HC_NO_COMPONENT || (traces != NULL && !has_trace(traces, reads[i].trace))) {
            marks[i].step = HC_FLOW_OTHER;
            continue;
        }
        uint32_t hash = (uint32_t)((reads[i].trace ^ component) * UINT64_C(0x9e3779b97f4a7c15) >> 32);
        uint8_t before = n_seen[hash & seen_mask];
        marks[i] = (struct mark){step, hash};
        n_seen[hash & seen_mask] = (uint8_t)(before + (before < 2));
        n_again += before > 0;
    }
    return n_again;
}

/* Puts a line at the end of its course. */
static void add_line(struct courses *c, const struct line *line, uint32_t hash)
{
    const uint32_t *component = c->table->steps.component;
    size_t at = hash & c->mask;
    uint32_t number = (uint32_t)c->n++, next = number;
    for (; c->slots[at] != 0; at = (at + 1) & c->mask) {
        struct line *last = &c->lines[c->slots[at] - 1];
        if (last->read->trace != line->read->trace || component[last->step] != component[line->step])
            continue;
        next = last->next;
        last->next = number;
        break;
    }
    c->lines[number] = *line;
    c->lines[number].next = next;
    c->slots[at] = number + 1;
}

/* A line that is alone begins its course; as it ends it too, ends are taken from there. */
static void add_file(struct courses *c, size_t f, const struct mark *marks)
{
    const struct hc_reading *reading = c->a->files[f]->reading;
    const struct hc_read_step *reads = reading->steps;
    struct hc_flow_tally *begins = c->table->begins;
    size_t n = reading->n_steps;
    for (size_t i = 0; i < n; i++) {
        if (marks[i].step == HC_FLOW_OTHER)
            continue;
        if (c->n_seen[marks[i].hash & c->seen_mask] > 1) {
            add_line(c, &(struct line){&reads[i], (uint32_t)f, marks[i].step, 0}, marks[i].hash);
            continue;
        }
        uint8_t phase = (uint8_t)hc_phase_of(c->a->incident, reads[i].at_ns);
        hc_flow_tally_add(&begins[marks[i].step], hc_flow_place_of((uint32_t)f, reads[i].line, phase), 1);
    }
}

/* A line of a course in order of time. */
struct timed {
    int64_t at_ns;
    uint32_t file, line;
    uint32_t step; /* of the flow: in one component, the template */
};

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
static bool add_course(struct courses *c, uint32_t last, struct timed *room)
{
    size_t n = 0;
    uint32_t at = last;
    do {
        at = c->lines[at].next;
        const struct line *line = &c->lines[at];
        room[n++] = (struct timed){line->read->at_ns, line->file, line->read->line, line->step};
    } while (at != last);
    hc_sort(room, n, sizeof *room, by_time);
    struct hc_transition t = {.within = HC_FLOW_BEGIN, .after = HC_FLOW_BEGIN};
    struct hc_flow_place place = {.phase = (uint8_t)hc_phase_of(c->a->incident, room[0].at_ns)};
    for (size_t i = 0; i < n; i++) {
        if (repeats(room, i))
            continue;
        t.then = room[i].step;
        place = hc_flow_place_of(room[i].file, room[i].line, place.phase);
        if (t.after == HC_FLOW_BEGIN)
            hc_flow_tally_add(&c->table->begins[t.then], place, 1);
        else if (!hc_flow_table_add(c->table, &t, place, 1))
            return false;
        t.after = t.then;
    }
    hc_flow_tally_add(&c->table->ends[t.after], place, 1);
    return true;
}

static bool add_courses(struct courses *c)
{
    struct timed *room = hc_arena_alloc(c->a->arena, c->n * sizeof *room);
    if (room == NULL)
        return false;
    for (uint32_t i = 0; i < c->n; i++) {
        if (c->lines[i].next <= i && !add_course(c, i, room))
            return false;
    }
    return true;
}

/* Room for the marks of n lines. */
static bool courses_new(struct courses *c, size_t n)
{
    size_t n_hashes = power_of_two(8 * n);
    c->seen_mask = n_hashes - 1;
    c->marks = hc_arena_alloc(c->a->arena, n * sizeof *c->marks);
    c->n_seen = hc_arena_calloc(c->a->arena, n_hashes, sizeof *c->n_seen);
    return c->marks != NULL && c->n_seen != NULL;
}

/* Room for the lines of a shared hash, of which so many are not the first of theirs. */
static bool make_room(struct courses *c, size_t n_again)
{
    size_t n_most = 2 * n_again, n_slots = power_of_two(2 * n_most);
    c->mask = n_slots - 1;
    c->lines = hc_arena_alloc(c->a->arena, n_most * sizeof *c->lines);
    c->slots = hc_arena_calloc(c->a->arena, n_slots, sizeof *c->slots);
    return c->lines != NULL && c->slots != NULL;
}

static size_t n_lines_of(const struct hc_assembly *a, size_t f)
{
    return a->files[f]->reading == NULL ? 0 : a->files[f]->reading->n_steps;
}

/* The n lines with a trace. */
static bool add_logs(struct hc_assembly *a, struct hc_flow_table *table, size_t n)
{
    struct courses c = {.a = a, .table = table};
    size_t n_again = 0;
    bool guessed = false;
    for (size_t f = 0; f < a->n_files; f++)
        guessed |= n_lines_of(a, f) > 0 && a->files[f]->reading->steps_guessed;
    if ((guessed && !find_traces(a, &c.traces)) || !courses_new(&c, n))
        return false;
    for (size_t f = 0, at = 0; f < a->n_files; at += n_lines_of(a, f++))
        n_again += n_lines_of(a, f) == 0 ? 0 : mark_file(&c, f, c.marks + at);
    if (!make_room(&c, n_again))
        return false;
    for (size_t f = 0, at = 0; f < a->n_files; at += n_lines_of(a, f++)) {
        if (n_lines_of(a, f) > 0)
            add_file(&c, f, c.marks + at);
    }
    memcpy(table->ends, table->begins, table->steps.n * sizeof *table->ends);
    return add_courses(&c);
}

enum hc_status hc_assemble_flows(struct hc_assembly *a, const struct hc_span_set *set)
{
    struct hc_flow_table table;
    size_t n_lines = 0;
    for (size_t f = 0; f < a->n_files; f++)
        n_lines += n_lines_of(a, f);
    if (set->n == 0 && n_lines == 0)
        return HC_OK;
    if (!hc_flow_table_new(&table, a, set) || !add_spans(a, &table, set) || !add_logs(a, &table, n_lines) ||
        !hc_flow_table_finish(&table, a))
        return hc_arena_refused(a->arena, a->err);
    return HC_OK;
}
