/* The series of all files, united by component, metric and unit. */
#include "ingest/assemble_parts.h"

#define FEW 32 /* series that are put in order by insertion */

struct ref {
    uint32_t component;
    uint32_t file;
    const struct hc_read_series *series; /* of one file, in their order */
    uint64_t lead;                       /* the first bytes of the metric, in whose order they are */
};

struct point {
    int64_t at_ns;
    double value;
    uint32_t order; /* by path, then line */
    uint32_t file;
};

struct uniter {
    struct hc_assembly *a;
    const struct ref *refs;
    size_t n;
    struct point *points;     /* room for the largest series that is united; NULL: none was yet */
    const int64_t *ascending; /* times that were found to ascend: a table's columns share theirs */
    size_t n_ascending;
    uint64_t *n_equal; /* by file: rows that a later one of equal time replaced */
};

/* A name that ends before is filled up with what is less than any byte of another. */
static uint64_t lead_of(struct hc_str name)
{
    uint64_t lead = 0;
    for (size_t i = 0; i < sizeof lead; i++)
        lead = lead << 8 | (i < name.n ? (unsigned char)name.p[i] : 0);
    return lead;
}

static int compare_key(const struct ref *x, const struct ref *y)
{
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    if (x->lead != y->lead)
        return x->lead < y->lead ? -1 : 1;
    int order = hc_str_compare(x->series->metric, y->series->metric);
    if (order != 0)
        return order;
    bool unit = x->series->unit.n > 0 || y->series->unit.n > 0;
    return unit ? hc_str_compare(x->series->unit, y->series->unit) : 0;
}

static int by_key(const void *a, const void *b)
{
    const struct ref *x = a;
    const struct ref *y = b;
    int order = compare_key(x, y);
    if (order != 0)
        return order;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return (x->series > y->series) - (x->series < y->series);
}

/* Those of one component. */
static void sort_few(struct ref *refs, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct ref ref = refs[i];
        size_t at = i;
        for (; at > 0 && by_key(&refs[at - 1], &ref) > 0; at--)
            refs[at] = refs[at - 1];
        refs[at] = ref;
    }
}

/* By component, by key; NULL: no memory. */
static struct ref *sort_refs(struct hc_assembly *a, const struct ref *refs, size_t n)
{
    struct hc_order order;
    struct ref *sorted = hc_arena_alloc(a->arena, (n + 1) * sizeof *sorted);
    if (sorted == NULL || !hc_order_new(&order, n, a->incident->n_components, a->arena))
        return NULL;
    for (size_t i = 0; i < n; i++)
        order.keys[i] = refs[i].component;
    hc_order_by_keys(&order, a->incident->n_components);
    for (size_t i = 0; i < n; i++)
        sorted[i] = refs[order.items[i]];
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && sorted[to].component == sorted[from].component; to++)
            continue;
        if (to - from > FEW)
            qsort(sorted + from, to - from, sizeof *sorted, by_key);
        else
            sort_few(sorted + from, to - from);
    }
    return sorted;
}

static int by_time(const void *a, const void *b)
{
    const struct point *x = a;
    const struct point *y = b;
    if (x->at_ns != y->at_ns)
        return x->at_ns < y->at_ns ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static bool ascends(struct uniter *u, const struct hc_read_series *series)
{
    if (u->ascending != NULL && series->at_ns == u->ascending && series->n <= u->n_ascending)
        return true;
    for (size_t i = 1; i < series->n; i++) {
        if (series->at_ns[i] <= series->at_ns[i - 1])
            return false;
    }
    u->ascending = series->at_ns;
    u->n_ascending = series->n;
    return true;
}

static size_t largest_group(const struct ref *refs, size_t n)
{
    size_t most = 0;
    size_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum = i > 0 && compare_key(&refs[i - 1], &refs[i]) == 0 ? sum + refs[i].series->n : refs[i].series->n;
        most = sum > most ? sum : most;
    }
    return most;
}

/* Copies the points of refs[0..n) in order of time, the last of equal ones. */
static bool unite(struct uniter *u, const struct ref *refs, size_t n, struct hc_series *out)
{
    size_t n_points = 0;
    bool sorted = true;
    if (u->points == NULL)
        u->points = hc_arena_alloc(u->a->arena, largest_group(u->refs, u->n) * sizeof *u->points);
    struct point *points = u->points;
    if (points == NULL)
        return false;
    for (size_t r = 0; r < n; r++) {
        for (size_t i = 0; i < refs[r].series->n; i++) {
            points[n_points] =
                (struct point){refs[r].series->at_ns[i], refs[r].series->values[i], (uint32_t)n_points, refs[r].file};
            sorted &= n_points == 0 || points[n_points - 1].at_ns <= points[n_points].at_ns;
            n_points++;
        }
    }
    if (!sorted)
        qsort(points, n_points, sizeof *points, by_time);
    int64_t *at_ns = hc_arena_alloc(u->a->arena, n_points * sizeof *at_ns);
    double *values = hc_arena_alloc(u->a->arena, n_points * sizeof *values);
    if (at_ns == NULL || values == NULL)
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < n_points; i++) {
        if (i + 1 < n_points && points[i + 1].at_ns == points[i].at_ns) {
            u->n_equal[points[i].file]++;
            continue;
        }
        at_ns[kept] = points[i].at_ns;
        values[kept++] = points[i].value;
    }
    out->at_ns = at_ns;
    out->values = values;
    out->n = kept;
    return true;
}

static bool add_series(struct uniter *u, const struct ref *refs, size_t n)
{
    struct hc_incident *incident = u->a->incident;
    struct hc_series *out = &incident->series[incident->n_series++];
    const struct hc_read_series *first = refs->series;
    *out = (struct hc_series){.component = refs->component,
                              .metric = first->metric,
                              .unit = first->unit.n > 0 ? first->unit : HC_STR_NONE,
                              .n = first->n,
                              .at_ns = first->at_ns,
                              .values = first->values,
                              .place = {u->a->files[refs->file]->file.member, first->line}};
    if (n > 1 || !ascends(u, first))
        return unite(u, refs, n, out);
    out->first_row = first->first_row;
    return true;
}

/* Series with a value and a component; those of no component are counted in a warning. */
static size_t collect(struct hc_assembly *a, struct ref *refs)
{
    size_t n = 0;
    for (size_t f = 0; f < a->n_files; f++) {
        const struct hc_reading *reading = a->files[f]->reading;
        size_t n_nobody = 0;
        for (size_t i = 0; reading != NULL && i < reading->n_series; i++) {
            const struct hc_read_series *series = &reading->series[i];
            if (series->component == HC_NO_COMPONENT)
                n_nobody++;
            else if (series->n > 0)
                refs[n++] = (struct ref){hc_assembly_component(a, f, series->component), (uint32_t)f, series,
                                         lead_of(series->metric)};
        }
        if (n_nobody > 0)
            hc_warnings_add(&a->warnings, "metrics-no-component", a->files[f]->file.member, 0,
                            "%zu series name no component, nor does the entry, nor is there a service: left out",
                            n_nobody);
    }
    return n;
}

static void warn_of_equal_times(const struct uniter *u)
{
    for (size_t f = 0; f < u->a->n_files; f++) {
        if (u->n_equal[f] > 0)
            hc_warnings_add(&u->a->warnings, "metrics-equal-times", u->a->files[f]->file.member, 0,
                            "%llu values were replaced by a later one of the same series and time",
                            (unsigned long long)u->n_equal[f]);
    }
}

enum hc_status hc_assemble_series(struct hc_assembly *a)
{
    size_t n = 0;
    for (size_t f = 0; f < a->n_files; f++)
        n += a->files[f]->reading == NULL ? 0 : a->files[f]->reading->n_series;
    struct uniter u = {.a = a, .n_equal = hc_arena_calloc(a->arena, a->n_files + 1, sizeof *u.n_equal)};
    struct ref *refs = hc_arena_alloc(a->arena, (n + 1) * sizeof *refs);
    a->incident->series = hc_arena_alloc(a->arena, (n + 1) * sizeof *a->incident->series);
    if (refs == NULL || u.n_equal == NULL || a->incident->series == NULL)
        return hc_arena_refused(a->arena, a->err);
    n = collect(a, refs);
    refs = sort_refs(a, refs, n);
    if (refs == NULL)
        return hc_arena_refused(a->arena, a->err);
    u.refs = refs;
    u.n = n;
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && compare_key(&refs[from], &refs[to]) == 0; to++)
            continue;
        if (!add_series(&u, refs + from, to - from))
            return hc_arena_refused(a->arena, a->err);
    }
    warn_of_equal_times(&u);
    return HC_OK;
}
