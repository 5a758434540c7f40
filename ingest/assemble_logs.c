/* Log lines of all files: shapes -> templates, and their counts by component, level and minute. */
#include "base/sort.h"
#include "ingest/assemble_parts.h"
#include "ingest/normalize/templates.h"

#define LEVELS (HC_LOG_CAUSE + 1)

/* The distinct shapes of all files, by first sight. */
struct shapes {
    struct hc_str *texts;
    const struct hc_known_shape **known; /* NULL: no memo keeps it */
    const struct hc_parted **cut;        /* its parts; NULL: not cut yet */
    uint32_t *template_of;               /* once mined: into incident->templates */
    uint32_t *slots;                     /* by hash: index + 1; 0: free */
    size_t n, mask;
};

struct ref {
    uint32_t template_index; /* of its shape, until the templates are known */
    uint32_t component;
    uint32_t file;
    uint8_t level; /* the log's */
    const struct hc_read_log *log;
};

struct minute {
    int64_t at;
    uint32_t lines;
};

struct counter {
    struct hc_assembly *a;
    const struct ref *refs;
    const uint32_t *order;  /* the refs by template, component, level */
    struct minute *minutes; /* room for the largest group */
};

static bool shapes_new(struct shapes *shapes, size_t n_most, struct hc_arena *arena)
{
    size_t size = 16;
    while (size < 2 * n_most)
        size *= 2;
    *shapes = (struct shapes){.mask = size - 1};
    shapes->texts = hc_arena_alloc(arena, n_most * sizeof *shapes->texts);
    shapes->known = hc_arena_alloc(arena, n_most * sizeof(const void *));
    shapes->cut = hc_arena_alloc(arena, n_most * sizeof(const void *));
    shapes->template_of = hc_arena_alloc(arena, n_most * sizeof *shapes->template_of);
    shapes->slots = hc_arena_calloc(arena, size, sizeof *shapes->slots);
    return shapes->texts != NULL && shapes->known != NULL && shapes->cut != NULL && shapes->template_of != NULL &&
           shapes->slots != NULL;
}

/* What a memo knows is told by where it is kept; its text is hashed and compared only where it is not. */
static size_t shape_of(struct shapes *shapes, const struct hc_read_log *log)
{
    size_t at = (size_t)(log->known == NULL ? hc_str_hash(log->shape) : log->known_hash) & shapes->mask;
    for (; shapes->slots[at] != 0; at = (at + 1) & shapes->mask) {
        size_t i = shapes->slots[at] - 1;
        if ((log->known != NULL && shapes->known[i] == log->known) || hc_str_equal(shapes->texts[i], log->shape))
            return i;
    }
    shapes->texts[shapes->n] = log->shape;
    shapes->known[shapes->n] = log->known;
    shapes->cut[shapes->n] = log->known == NULL ? NULL : &log->known->parted;
    shapes->slots[at] = (uint32_t)++shapes->n;
    return shapes->n - 1;
}

static void collect_shapes(const struct hc_assembly *a, struct shapes *shapes, struct ref *refs)
{
    for (size_t f = 0; f < a->n_files; f++) {
        const struct hc_reading *reading = a->files[f]->reading;
        for (size_t i = 0; reading != NULL && i < reading->n_logs; i++) {
            const struct hc_read_log *log = &reading->logs[i];
            *refs++ = (struct ref){(uint32_t)shape_of(shapes, log), hc_assembly_component(a, f, log->component),
                                   (uint32_t)f, log->level, log};
        }
    }
}

static enum hc_status mine(struct hc_assembly *a, struct shapes *shapes)
{
    return hc_templates_mine(&(struct hc_mined_shapes){shapes->texts, shapes->cut, shapes->n}, shapes->template_of,
                             &a->incident->templates, &a->incident->n_templates, a->arena, a->err);
}

/* Where the count of each log is to stand, and `count_of` of the assembly into it: the refs stand as the files' logs do.
 * NULL: no memory. */
static uint32_t *map_logs(struct hc_assembly *a, size_t n_refs)
{
    uint32_t *counts = hc_arena_alloc(a->arena, n_refs * sizeof *counts);
    a->count_of = hc_arena_calloc(a->arena, a->n_files, sizeof *a->count_of);
    if (counts == NULL || a->count_of == NULL)
        return NULL;
    uint32_t *of_file = counts;
    for (size_t f = 0; f < a->n_files; f++) {
        a->count_of[f] = of_file;
        of_file += a->files[f]->reading == NULL ? 0 : a->files[f]->reading->n_logs;
    }
    return counts;
}

/* By template, component, level. */
static bool order_refs(struct hc_assembly *a, const struct ref *refs, size_t n, struct hc_order *order)
{
    size_t n_templates = a->incident->n_templates, n_components = a->incident->n_components;
    size_t n_own = (n_components + 1) * LEVELS;
    if (!hc_order_new(order, n, n_templates > n_own ? n_templates : n_own, a->arena))
        return false;
    for (size_t i = 0; i < n; i++)
        order->keys[i] = hc_component_key(refs[i].component, n_components) * LEVELS + refs[i].level;
    hc_order_by_keys(order, n_own);
    for (size_t i = 0; i < n; i++)
        order->keys[i] = refs[i].template_index;
    hc_order_by_keys(order, n_templates);
    return true;
}

static bool is_same_count(const struct ref *x, const struct ref *y)
{
    return x->template_index == y->template_index && x->component == y->component && x->level == y->level;
}

static int by_minute(const void *a, const void *b)
{
    const struct minute *x = a;
    const struct minute *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* A line with a time comes before one without; then by time, member, line. */
static bool is_earlier(const struct ref *x, const struct ref *than)
{
    bool known = hc_time_known(x->log->first_at);
    if (known != hc_time_known(than->log->first_at))
        return known;
    if (known && x->log->first_at.ns != than->log->first_at.ns)
        return x->log->first_at.ns < than->log->first_at.ns;
    if (x->file != than->file)
        return x->file < than->file;
    return x->log->first_line < than->log->first_line;
}

static uint32_t add_saturating(uint32_t a, uint32_t b)
{
    return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

static bool ascends(const struct hc_read_log *log)
{
    for (size_t i = 1; i < log->n_minutes; i++) {
        if (log->minute[i] <= log->minute[i - 1])
            return false;
    }
    return true;
}

/* Of refs [from, to) in their order: one that ascends is taken as it stands. */
static bool add_minutes(struct counter *c, size_t from, size_t to, struct hc_log_count *out)
{
    size_t n_minutes = 0;
    const struct hc_read_log *first = c->refs[c->order[from]].log;
    if (to - from == 1 && ascends(first)) {
        out->minute = first->minute;
        out->lines = first->lines;
        out->n_minutes = first->n_minutes;
        return true;
    }
    for (size_t r = from; r < to; r++) {
        const struct hc_read_log *log = c->refs[c->order[r]].log;
        for (size_t i = 0; i < log->n_minutes; i++)
            c->minutes[n_minutes++] = (struct minute){log->minute[i], log->lines[i]};
    }
    hc_sort(c->minutes, n_minutes, sizeof *c->minutes, by_minute);
    int64_t *at = hc_arena_alloc(c->a->arena, n_minutes * sizeof *at);
    uint32_t *lines = hc_arena_alloc(c->a->arena, n_minutes * sizeof *lines);
    if (at == NULL || lines == NULL)
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < n_minutes; i++) {
        if (kept > 0 && at[kept - 1] == c->minutes[i].at) {
            lines[kept - 1] = add_saturating(lines[kept - 1], c->minutes[i].lines);
            continue;
        }
        at[kept] = c->minutes[i].at;
        lines[kept++] = c->minutes[i].lines;
    }
    out->minute = at;
    out->lines = lines;
    out->n_minutes = kept;
    return true;
}

static bool add_count(struct counter *c, size_t from, size_t to)
{
    struct hc_incident *incident = c->a->incident;
    const struct ref *first = &c->refs[c->order[from]];
    for (size_t r = from + 1; r < to; r++) {
        if (is_earlier(&c->refs[c->order[r]], first))
            first = &c->refs[c->order[r]];
    }
    struct hc_log_count *out = &incident->log_counts[incident->n_log_counts++];
    *out = (struct hc_log_count){.template_index = first->template_index,
                                 .component = first->component,
                                 .level = first->level,
                                 .first = {c->a->files[first->file]->file.member, first->log->first_line},
                                 .first_at = first->log->first_at,
                                 .exemplar = first->log->exemplar};
    return add_minutes(c, from, to, out);
}

/* Of refs in that order: those of the group that has most. */
static size_t most_minutes(const struct ref *refs, const uint32_t *order, size_t n)
{
    size_t most = 0, sum = 0;
    for (size_t r = 0; r < n; r++) {
        const struct ref *ref = &refs[order[r]];
        sum = r > 0 && is_same_count(&refs[order[r - 1]], ref) ? sum + ref->log->n_minutes : ref->log->n_minutes;
        most = sum > most ? sum : most;
    }
    return most;
}

static enum hc_status count_lines(struct hc_assembly *a, const struct ref *refs, size_t n)
{
    struct hc_order order;
    uint32_t *counts = map_logs(a, n);
    if (counts == NULL || !order_refs(a, refs, n, &order))
        return hc_arena_refused(a->arena, a->err);
    struct counter c = {.a = a, .refs = refs, .order = order.items};
    c.minutes = hc_arena_alloc(a->arena, most_minutes(refs, order.items, n) * sizeof *c.minutes);
    a->incident->log_counts = hc_arena_alloc(a->arena, n * sizeof *a->incident->log_counts);
    if (c.minutes == NULL || a->incident->log_counts == NULL)
        return hc_arena_refused(a->arena, a->err);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from; to < n && is_same_count(&refs[c.order[from]], &refs[c.order[to]]); to++)
            counts[c.order[to]] = (uint32_t)a->incident->n_log_counts;
        if (!add_count(&c, from, to))
            return hc_arena_refused(a->arena, a->err);
    }
    return HC_OK;
}

enum hc_status hc_assemble_logs(struct hc_assembly *a)
{
    struct shapes shapes;
    size_t n = 0;
    for (size_t f = 0; f < a->n_files; f++)
        n += a->files[f]->reading == NULL ? 0 : a->files[f]->reading->n_logs;
    if (n == 0)
        return HC_OK;
    struct ref *refs = hc_arena_alloc(a->arena, n * sizeof *refs);
    if (refs == NULL || !shapes_new(&shapes, n, a->arena))
        return hc_arena_refused(a->arena, a->err);
    collect_shapes(a, &shapes, refs);
    enum hc_status status = mine(a, &shapes);
    if (status != HC_OK)
        return status;
    for (size_t r = 0; r < n; r++)
        refs[r].template_index = shapes.template_of[refs[r].template_index];
    return count_lines(a, refs, n);
}
