#include "analysis/model/design.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/evidence/features.h"

static double share_at_or_above(const struct hc_null *null, double v)
{
    const double *q = null->knots;
    const int last = HC_SURPRISE_KNOTS - 1;
    const double step = 1.0 / HC_SURPRISE_KNOTS;
    if (v <= q[0])
        return 1;
    if (v > q[last])
        return step * exp(-(v - q[last]) / null->tail);
    int i = last;
    while (i > 0 && q[i - 1] >= v)
        i--;
    const double part = q[i] > q[i - 1] ? (v - q[i - 1]) / (q[i] - q[i - 1]) : 1;
    return 1 - step * ((double)(i - 1) + part);
}

double hc_surprise(const struct hc_model *model, const struct hc_service *service, size_t feature, double value)
{
    if (!(value > 0) || !model->surprising[feature])
        return value;
    double p = exp(-value);
    const struct hc_null *global = &model->nulls[feature];
    if (global->n) {
        const double n = global->n;
        p = (HC_SURPRISE_VALUES * p + n * share_at_or_above(global, value)) / (HC_SURPRISE_VALUES + n);
    }
    const struct hc_null *own = service && service->nulls ? &service->nulls[feature] : NULL;
    if (own && own->n) {
        const double n = own->n;
        p = (HC_SURPRISE_SERVICE_VALUES * p + n * share_at_or_above(own, value)) / (HC_SURPRISE_SERVICE_VALUES + n);
    }
    const double s = global->n || own ? -log(p) : value;
    return s < HC_SURPRISE_CAP ? s : HC_SURPRISE_CAP;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Most values are nought: only the others are worth sorting. */
static void sort_values(double *values, size_t n)
{
    size_t n_nought = 0;
    for (size_t i = 0; i < n; i++) {
        if (values[i] > 0 || values[i] < 0)
            continue;
        values[i] = values[n_nought];
        values[n_nought++] = 0;
    }
    size_t below = n_nought;
    for (size_t i = n_nought; i < n && below == n_nought; i++)
        below += values[i] < 0;
    if (below > n_nought) /* nought does not come first */
        qsort(values, n, sizeof *values, by_value);
    else
        qsort(values + n_nought, n - n_nought, sizeof *values, by_value);
}

void hc_null_learn(struct hc_null *null, double *values, size_t n)
{
    *null = (struct hc_null){.n = (uint32_t)n, .tail = HC_SURPRISE_TAIL_FLOOR};
    if (!n)
        return;
    sort_values(values, n);
    for (size_t i = 0; i < HC_SURPRISE_KNOTS; i++) {
        const double at = (double)i / HC_SURPRISE_KNOTS * (double)(n - 1);
        const size_t low = (size_t)at;
        const double next = values[low + 1 < n ? low + 1 : low];
        null->knots[i] = values[low] + (at - (double)low) * (next - values[low]);
    }
    const double last = null->knots[HC_SURPRISE_KNOTS - 1];
    double excess = 0;
    size_t beyond = 0;
    for (size_t i = n; i > 0 && values[i - 1] > last; i--, beyond++)
        excess += values[i - 1] - last;
    if (beyond && excess / (double)beyond > null->tail)
        null->tail = excess / (double)beyond;
}

struct maker {
    const struct hc_model *model;
    const struct hc_catalogue *catalogue;
    const struct hc_service *service;
    uint64_t missing, removed;
    struct hc_design *out;
    uint32_t used;
};

/* Without a topology nothing is explained away: a component's anomaly is then simply its loudest metric, its latency
 * and its errors are what is measured. */
static double loudest_metric(const struct maker *k, const double *values)
{
    double loudest = NAN;
    for (size_t f = k->catalogue->first_metric_feature; f < k->catalogue->first_signature_feature; f++)
        if (!(loudest >= values[f]) && !(k->model->feature_kinds[f] & k->removed))
            loudest = values[f];
    return loudest;
}

static double value_named(const struct maker *k, const double *values, const char *feature)
{
    const size_t f = hc_catalogue_feature(k->catalogue, hc_str_of(feature));
    return f < k->catalogue->n_features ? values[f] : NAN;
}

static double without_topology(const struct maker *k, const double *values, size_t f)
{
    if (f == HC_FEATURE_OWN_ANOMALY)
        return loudest_metric(k, values);
    if (f == HC_FEATURE_OWN_ERRORS_UP)
        return value_named(k, values, "errors-up");
    if (f != HC_FEATURE_OWN_LATENCY_UP)
        return values[f];
    const double latency = value_named(k, values, "latency-up");
    return isnan(latency) ? value_named(k, values, "latency-tail-up") : latency;
}

static double value_of(const struct maker *k, const double *values, size_t f)
{
    const struct hc_model *m = k->model;
    if (m->feature_kinds[f] & k->removed)
        return NAN;
    double v = values ? values[f] : NAN;
    const uint32_t topology = m->interacting[3];
    if (values && !isnan(v) && topology != HC_NONE && (k->removed >> topology & 1))
        v = without_topology(k, values, f);
    return v;
}

static void put(struct maker *k, size_t column, double value)
{
    k->out->column[k->used] = (uint32_t)column;
    k->out->value[k->used++] = value;
}

static void make_row(struct maker *k, size_t row, const double *values)
{
    const struct hc_model *m = k->model;
    const uint32_t first = k->used;
    k->out->start[row] = first;
    bool any = false;
    for (size_t f = 0; f < m->n_features; f++) {
        const double v = value_of(k, values, f);
        any = any || !isnan(v);
        if (v > 0 || v < 0)
            put(k, f, hc_surprise(m, k->service, f, v));
    }
    const uint32_t loud_end = k->used;
    for (size_t f = 0; f < m->n_features; f++)
        if (m->quiet_counts[f] && fabs(value_of(k, values, f)) <= 0)
            put(k, m->n_features + f, 1);
    for (uint32_t j = first; j < loud_end; j++)
        put(k, 2 * m->n_features + k->out->column[j], fmin(k->out->value[j], 1));
    if (any)
        put(k, m->n_columns - 1, 1);
    for (size_t i = 0; i < HC_INTERACTING_KINDS; i++) {
        if (m->interacting[i] == HC_NONE || !(k->missing >> m->interacting[i] & 1))
            continue;
        for (uint32_t j = first; j < loud_end; j++)
            put(k, m->n_columns + i * m->n_features + k->out->column[j], k->out->value[j]);
    }
    k->out->start[row + 1] = k->used;
}

/* An upper bound of the entries that make_row will put. */
static size_t entries_of(const struct maker *k, const double *values)
{
    const struct hc_model *m = k->model;
    size_t n_copies = 2, n = 1;
    for (size_t i = 0; i < HC_INTERACTING_KINDS; i++)
        n_copies += m->interacting[i] != HC_NONE && (k->missing >> m->interacting[i] & 1);
    for (size_t f = 0; f < m->n_features; f++) {
        const double v = value_of(k, values, f);
        n += v > 0 || v < 0 ? n_copies : m->quiet_counts[f];
    }
    return n;
}

enum hc_status hc_design_make(struct hc_design *out, const struct hc_model *model, const struct hc_catalogue *catalogue,
                              const struct hc_evidence *evidence, uint64_t removed, struct hc_arena *arena)
{
    size_t n = 0;
    for (size_t s = 0; s < evidence->n_components; s++)
        n += evidence->components[s].candidate;
    const size_t n_rows = n ? n : 1;
    const uint64_t all = model->n_kinds < 64 ? ((uint64_t)1 << model->n_kinds) - 1 : ~(uint64_t)0;
    removed = hc_kinds_gone(catalogue, evidence->kinds, removed);
    *out = (struct hc_design){.n_rows = n_rows, .missing = (~evidence->kinds | removed) & all};
    const double *values = hc_evidence_values(evidence, model->n_features, arena);
    out->component = hc_arena_alloc(arena, n_rows * sizeof *out->component);
    out->start = hc_arena_alloc(arena, (n_rows + 1) * sizeof *out->start);
    if (!out->component || !out->start || !values)
        return HC_FATAL;
    struct maker k = {model, catalogue, hc_model_service(model, evidence->service), out->missing, removed, out, 0};
    size_t width = n ? 0 : entries_of(&k, NULL);
    for (size_t s = 0; s < evidence->n_components; s++)
        if (evidence->components[s].candidate)
            width += entries_of(&k, values + s * model->n_features);
    out->column = hc_arena_alloc(arena, width * sizeof *out->column);
    out->value = hc_arena_alloc(arena, width * sizeof *out->value);
    if (!out->column || !out->value)
        return HC_FATAL;
    size_t row = 0;
    for (size_t s = 0; s < evidence->n_components; s++) {
        if (!evidence->components[s].candidate)
            continue;
        out->component[row] = (uint32_t)s;
        make_row(&k, row++, values + s * model->n_features);
    }
    if (!n) {
        out->component[0] = HC_NO_COMPONENT;
        make_row(&k, 0, NULL);
    }
    return HC_OK;
}

enum hc_status hc_design_append(struct hc_design *design, uint32_t column, const double *value, struct hc_arena *arena)
{
    struct hc_design *d = design;
    const size_t n = d->start[d->n_rows] + d->n_rows;
    uint32_t *columns = hc_arena_alloc(arena, n * sizeof *columns);
    double *values = hc_arena_alloc(arena, n * sizeof *values);
    if (!columns || !values)
        return HC_FATAL;
    uint32_t used = 0, next = d->start[0];
    for (size_t r = 0; r < d->n_rows; r++) {
        const uint32_t end = d->start[r + 1];
        for (uint32_t j = next; j < end; j++) {
            columns[used] = d->column[j];
            values[used++] = d->value[j];
        }
        columns[used] = column;
        values[used++] = value[r];
        next = end;
        d->start[r + 1] = used;
    }
    d->column = columns;
    d->value = values;
    return HC_OK;
}
