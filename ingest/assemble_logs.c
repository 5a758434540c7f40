/* Log lines of all files: shapes -> templates, and their counts by component, level and minute. */
#include "base/sort.h"
#include "ingest/assemble_parts.h"
#include "ingest/normalize/templates.h"

struct shapes {
    struct hc_names names;
    const struct hc_parted **cut; /* by name; NULL: not yet */
    uint32_t *template_of;        /* by name, once mined: into incident->templates */
};

struct ref {
    uint32_t template_index;
    uint32_t component;
    uint32_t file;
    const struct hc_read_log *log;
};

struct minute {
    int64_t at;
    uint32_t lines;
};

struct counter {
    struct hc_assembly *a;
    struct minute *minutes; /* room for the largest group */
};

static bool collect_shapes(struct hc_assembly *a, struct shapes *shapes, struct ref *refs, size_t n_most,
                           size_t *n_refs)
{
    size_t n_cut = 0;
    hc_names_init(&shapes->names, a->arena);
    shapes->cut = hc_arena_alloc(a->arena, n_most * sizeof(const void *));
    if (shapes->cut == NULL)
        return false;
    for (size_t f = 0; f < a->n_files; f++) {
        const struct hc_reading *reading = a->files[f]->reading;
        for (size_t i = 0; reading != NULL && i < reading->n_logs; i++) {
            const struct hc_read_log *log = &reading->logs[i];
            size_t name = hc_names_add(&shapes->names, log->shape);
            if (name == HC_NAME_NONE)
                return false;
            if (name == n_cut)
                shapes->cut[n_cut++] = log->known == NULL ? NULL : &log->known->parted;
            refs[(*n_refs)++] =
                (struct ref){(uint32_t)name, hc_assembly_component(a, f, log->component), (uint32_t)f, log};
        }
    }
    shapes->template_of = hc_arena_calloc(a->arena, shapes->names.n + 1, sizeof *shapes->template_of);
    return shapes->template_of != NULL;
}

/* A template on its way to its place in the incident. */
struct placed {
    struct hc_template template;
    uint32_t mined; /* its number with the miner */
};

static int by_id(const void *a, const void *b)
{
    const struct hc_template *x = &((const struct placed *)a)->template;
    const struct hc_template *y = &((const struct placed *)b)->template;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return hc_str_compare(x->text, y->text);
}

/* Puts the templates into the incident, by id; `place` is where each of the miner's went. */
static bool keep_templates(struct hc_assembly *a, const struct hc_str *texts, size_t n, uint32_t *place)
{
    struct hc_template *templates = hc_arena_alloc(a->arena, (n + 1) * sizeof *templates);
    struct placed *placed = hc_arena_alloc(a->arena, (n + 1) * sizeof *placed);
    if (templates == NULL || placed == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        placed[i] = (struct placed){{hc_template_id(texts[i]), texts[i]}, (uint32_t)i};
    if (n > 1)
        qsort(placed, n, sizeof *placed, by_id);
    for (size_t i = 0; i < n; i++) {
        templates[i] = placed[i].template;
        place[placed[i].mined] = (uint32_t)i;
    }
    a->incident->templates = templates;
    a->incident->n_templates = n;
    return true;
}

/* The miner sees the shapes sorted: what it gives is a function of their set. */
static enum hc_status mine(struct hc_assembly *a, struct shapes *shapes)
{
    size_t n = shapes->names.n;
    uint32_t *rank = hc_names_rank(&shapes->names, a->arena);
    struct hc_str *sorted = hc_arena_calloc(a->arena, n + 1, sizeof *sorted);
    const struct hc_parted **cut = hc_arena_calloc(a->arena, n + 1, sizeof(const void *));
    uint32_t *mined = hc_arena_calloc(a->arena, n + 1, sizeof *mined);
    if (rank == NULL || sorted == NULL || cut == NULL || mined == NULL)
        return hc_arena_refused(a->arena, a->err);
    for (size_t i = 0; i < n; i++) {
        sorted[rank[i]] = shapes->names.items[i];
        cut[rank[i]] = shapes->cut[i];
    }
    struct hc_str *texts = NULL;
    size_t n_texts = 0;
    enum hc_status status =
        hc_templates_mine(&(struct hc_mined_shapes){sorted, cut, n}, mined, &texts, &n_texts, a->arena, a->err);
    if (status != HC_OK)
        return status;
    uint32_t *place = hc_arena_calloc(a->arena, n_texts + 1, sizeof *place);
    if (place == NULL || !keep_templates(a, texts, n_texts, place))
        return hc_arena_refused(a->arena, a->err);
    for (size_t i = 0; i < n; i++)
        shapes->template_of[i] = place[mined[rank[i]]];
    return HC_OK;
}

/* Before the refs are sorted they stand as the files' logs do. */
static bool map_logs(struct hc_assembly *a, const struct ref *refs)
{
    a->template_of = hc_arena_calloc(a->arena, a->n_files + 1, sizeof *a->template_of);
    for (size_t f = 0; a->template_of != NULL && f < a->n_files; f++) {
        const struct hc_reading *reading = a->files[f]->reading;
        size_t n = reading == NULL ? 0 : reading->n_logs;
        a->template_of[f] = hc_arena_alloc(a->arena, (n + 1) * sizeof **a->template_of);
        if (a->template_of[f] == NULL)
            return false;
        for (size_t i = 0; i < n; i++)
            a->template_of[f][i] = (refs++)->template_index;
    }
    return a->template_of != NULL;
}

static int compare_number(uint64_t x, uint64_t y)
{
    return (x > y) - (x < y);
}

static bool is_same_count(const struct ref *x, const struct ref *y)
{
    return x->template_index == y->template_index && x->component == y->component && x->log->level == y->log->level;
}

/* Of one template. */
static int by_key(const void *a, const void *b)
{
    const struct ref *x = a;
    const struct ref *y = b;
    int order = compare_number(x->component, y->component);
    order = order != 0 ? order : compare_number(x->log->level, y->log->level);
    order = order != 0 ? order : compare_number(x->file, y->file);
    return order != 0 ? order : compare_number(x->log->first_line, y->log->first_line);
}

/* By template, which are few, then by key. NULL: no memory. */
static struct ref *sort_refs(struct hc_assembly *a, const struct ref *refs, size_t n)
{
    size_t n_templates = a->incident->n_templates;
    struct ref *sorted = hc_arena_alloc(a->arena, (n + 1) * sizeof *sorted);
    size_t *ends = hc_arena_calloc(a->arena, n_templates + 1, sizeof *ends);
    if (sorted == NULL || ends == NULL)
        return NULL;
    for (size_t r = 0; r < n; r++)
        ends[refs[r].template_index + 1]++;
    for (size_t t = 0; t < n_templates; t++)
        ends[t + 1] += ends[t];
    for (size_t r = 0; r < n; r++)
        sorted[ends[refs[r].template_index]++] = refs[r];
    for (size_t t = 0, begin = 0; t < n_templates; begin = ends[t++])
        hc_sort(sorted + begin, ends[t] - begin, sizeof *sorted, by_key);
    return sorted;
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

static bool add_minutes(struct counter *c, const struct ref *refs, size_t n, struct hc_log_count *out)
{
    size_t n_minutes = 0;
    for (size_t r = 0; r < n; r++) {
        for (size_t i = 0; i < refs[r].log->n_minutes; i++)
            c->minutes[n_minutes++] = (struct minute){refs[r].log->minute[i], refs[r].log->lines[i]};
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

static bool add_count(struct counter *c, const struct ref *refs, size_t n)
{
    struct hc_incident *incident = c->a->incident;
    const struct ref *first = refs;
    for (size_t r = 1; r < n; r++) {
        if (is_earlier(&refs[r], first))
            first = &refs[r];
    }
    struct hc_log_count *out = &incident->log_counts[incident->n_log_counts++];
    *out = (struct hc_log_count){.template_index = refs->template_index,
                                 .component = refs->component,
                                 .level = refs->log->level,
                                 .first = {c->a->files[first->file]->file.member, first->log->first_line},
                                 .first_at = first->log->first_at,
                                 .exemplar = first->log->exemplar};
    return add_minutes(c, refs, n, out);
}

static enum hc_status count_lines(struct hc_assembly *a, const struct ref *unsorted, size_t n)
{
    struct counter c = {.a = a};
    const struct ref *refs = sort_refs(a, unsorted, n);
    size_t n_minutes = 0;
    for (size_t r = 0; r < n; r++)
        n_minutes += unsorted[r].log->n_minutes;
    c.minutes = hc_arena_alloc(a->arena, (n_minutes + 1) * sizeof *c.minutes);
    a->incident->log_counts = hc_arena_alloc(a->arena, (n + 1) * sizeof *a->incident->log_counts);
    if (refs == NULL || c.minutes == NULL || a->incident->log_counts == NULL)
        return hc_arena_refused(a->arena, a->err);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && is_same_count(&refs[from], &refs[to]); to++)
            continue;
        if (!add_count(&c, refs + from, to - from))
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
    size_t n_refs = 0;
    if (refs == NULL || !collect_shapes(a, &shapes, refs, n, &n_refs))
        return hc_arena_refused(a->arena, a->err);
    enum hc_status status = mine(a, &shapes);
    if (status != HC_OK)
        return status;
    for (size_t r = 0; r < n_refs; r++)
        refs[r].template_index = shapes.template_of[refs[r].template_index];
    if (!map_logs(a, refs))
        return hc_arena_refused(a->arena, a->err);
    return count_lines(a, refs, n_refs);
}
