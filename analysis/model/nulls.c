/* The nulls of features: what they show at candidates that were not the culprit, over all services and at each. */
#include <math.h>

#include "analysis/model/core.h"

/* A value above 0 of a candidate that was not the culprit. */
struct seen {
    uint32_t service, feature;
    double value;
};

/* What candidates that were not the culprit show, by service (the last: of none that the model knows) and feature: how
 * often nothing, not above 0 being that too; and whatever is more. */
struct innocents {
    const struct hc_model *model;
    uint32_t *n_quiet, *n_loud; /* [n_services + 1][n_features] */
    struct seen *loud;
    size_t n, capacity;
    struct hc_arena *arena, *scratch;
};

static bool see(struct innocents *k, uint32_t service, size_t feature, double value)
{
    const size_t at = service * k->model->n_features + feature;
    if (!(value > 0)) {
        k->n_quiet[at]++;
        return true;
    }
    struct seen *grown = hc_arena_grow(k->arena, k->loud, k->n, k->n + 1, &k->capacity, sizeof *grown);
    if (!grown)
        return false;
    k->loud = grown;
    grown[k->n++] = (struct seen){service, (uint32_t)feature, value};
    k->n_loud[at]++;
    return true;
}

static bool see_incident(struct innocents *k, const struct hc_labelled *label)
{
    const struct hc_model *m = k->model;
    const struct hc_evidence *e = label->evidence;
    const struct hc_service *service = hc_model_service(m, e->service);
    const uint32_t s = (uint32_t)(service ? (size_t)(service - m->services) : m->n_services);
    hc_arena_reset(k->scratch);
    const double *values = hc_evidence_values(e, m->n_features, k->scratch);
    bool ok = values != NULL;
    for (size_t c = 0; c < e->n_components && ok; c++) {
        if (!e->components[c].candidate || hc_str_equal(e->components[c].name, label->component))
            continue;
        for (size_t f = 0; f < m->n_features && ok; f++)
            if (m->surprising[f] && !isnan(values[c * m->n_features + f]))
                ok = see(k, s, f, values[c * m->n_features + f]);
    }
    return ok;
}

/* What is more than nothing, in order of feature and service, with where each service's begins; and the most values that
 * a feature has, quiet ones too. */
struct arranged {
    double *loud;
    size_t *start; /* [n_features * (n_services + 1) + 1] */
    size_t most;
};

static bool arrange_seen(struct arranged *out, const struct innocents *k)
{
    const size_t n_features = k->model->n_features, n_services = k->model->n_services + 1;
    size_t *next = hc_arena_alloc(k->arena, n_features * n_services * sizeof *next);
    *out = (struct arranged){hc_arena_alloc(k->arena, k->n * sizeof *out->loud),
                             hc_arena_alloc(k->arena, (n_features * n_services + 1) * sizeof *out->start), 0};
    if (!next || !out->loud || !out->start)
        return false;
    out->start[0] = 0;
    for (size_t f = 0; f < n_features; f++) {
        size_t n = 0;
        for (size_t s = 0; s < n_services; s++) {
            const size_t at = f * n_services + s, n_loud = k->n_loud[s * n_features + f];
            next[at] = out->start[at];
            out->start[at + 1] = out->start[at] + n_loud;
            n += n_loud + k->n_quiet[s * n_features + f];
        }
        out->most = n > out->most ? n : out->most;
    }
    for (size_t i = 0; i < k->n; i++)
        out->loud[next[k->loud[i].feature * n_services + k->loud[i].service]++] = k->loud[i].value;
    return true;
}

/* The null of a feature at the services from `first` to before `end`; `room` is for as many values as there may be. */
static void learn_null(struct hc_null *out, const struct innocents *k, const struct arranged *arranged, size_t feature,
                       size_t first, size_t end, double *room)
{
    const size_t *start = arranged->start + feature * (k->model->n_services + 1);
    size_t n = 0;
    for (size_t s = first; s < end; s++)
        for (uint32_t i = 0; i < k->n_quiet[s * k->model->n_features + feature]; i++)
            room[n++] = 0;
    for (size_t i = start[first]; i < start[end]; i++)
        room[n++] = arranged->loud[i];
    hc_null_learn(out, room, n);
}

static enum hc_status learn_nulls(struct hc_model *m, struct innocents *k)
{
    struct arranged arranged;
    double *room = arrange_seen(&arranged, k) ? hc_arena_alloc(k->arena, arranged.most * sizeof *room) : NULL;
    if (!room)
        return HC_FATAL;
    for (size_t f = 0; f < m->n_features; f++)
        if (m->surprising[f])
            learn_null(&m->nulls[f], k, &arranged, f, 0, m->n_services + 1, room);
    for (size_t s = 0; s < m->n_services; s++) {
        struct hc_service *service = &m->services[s];
        if (service->n < HC_SURPRISE_SERVICE_INCIDENTS || m->n_services == 1)
            continue;
        service->nulls = hc_arena_calloc(m->arena, m->n_features, sizeof *service->nulls);
        if (!service->nulls)
            return HC_FATAL;
        for (size_t f = 0; f < m->n_features; f++)
            if (m->surprising[f])
                learn_null(&service->nulls[f], k, &arranged, f, s, s + 1, room);
    }
    return HC_OK;
}

enum hc_status hc_nulls_learn(struct hc_model *model, const struct hc_labelled *const *past, size_t n)
{
    const size_t n_cells = (model->n_services + 1) * model->n_features;
    struct innocents k = {.model = model, .arena = hc_arena_new(0), .scratch = hc_arena_new(0)};
    bool ok = k.arena && k.scratch;
    k.n_quiet = ok ? hc_arena_calloc(k.arena, n_cells, sizeof *k.n_quiet) : NULL;
    k.n_loud = ok ? hc_arena_calloc(k.arena, n_cells, sizeof *k.n_loud) : NULL;
    ok = k.n_quiet && k.n_loud;
    for (size_t i = n > HC_FIT_INCIDENTS ? n - HC_FIT_INCIDENTS : 0; i < n && ok; i++)
        ok = !past[i]->component.p || see_incident(&k, past[i]);
    const enum hc_status status = ok ? learn_nulls(model, &k) : HC_FATAL;
    hc_arena_free(k.scratch);
    hc_arena_free(k.arena);
    return status;
}
