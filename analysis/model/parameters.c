#include "analysis/model/parameters.h"

#include <math.h>
#include <string.h>

#include "analysis/evidence/features.h"
#include "analysis/stats/vector.h"

static uint32_t kind_named(const struct hc_catalogue *c, struct hc_str id)
{
    for (size_t i = 0; i < c->n_kinds; i++)
        if (hc_str_equal(c->kinds[i].id, id))
            return (uint32_t)i;
    return HC_NONE;
}

static bool allocate(struct hc_model *m)
{
    struct hc_arena *a = m->arena;
    m->feature_kinds = hc_arena_calloc(a, m->n_features, sizeof *m->feature_kinds);
    m->quiet_counts = hc_arena_calloc(a, m->n_features, sizeof *m->quiet_counts);
    m->surprising = hc_arena_calloc(a, m->n_features, sizeof *m->surprising);
    m->categories = hc_arena_calloc(a, m->n_categories, sizeof *m->categories);
    m->category_share = hc_arena_calloc(a, m->n_categories, sizeof *m->category_share);
    m->category_n = hc_arena_calloc(a, m->n_categories, sizeof *m->category_n);
    m->types = hc_arena_calloc(a, m->n_types, sizeof *m->types);
    m->general = hc_arena_calloc(a, m->n_general, sizeof *m->general);
    m->categorial = hc_arena_calloc(a, m->n_categories * m->n_columns, sizeof *m->categorial);
    m->specific = hc_arena_calloc(a, m->n_types * m->n_columns, sizeof *m->specific);
    m->n_width = hc_vector_padded(m->n_types);
    m->by_column = hc_arena_calloc(a, m->n_columns * m->n_width, sizeof *m->by_column);
    m->nulls = hc_arena_calloc(a, m->n_features, sizeof *m->nulls);
    m->confidence.missing = hc_arena_calloc(a, m->n_kinds, sizeof(double));
    m->confidence.points = hc_arena_calloc(a, m->n_kinds, sizeof(double));
    m->confidence.points_low = hc_arena_calloc(a, m->n_kinds, sizeof(double));
    m->confidence.points_high = hc_arena_calloc(a, m->n_kinds, sizeof(double));
    m->confidence.points_n = hc_arena_calloc(a, m->n_kinds, sizeof(uint32_t));
    m->confidence.entropy_ratio = hc_arena_calloc(a, m->n_kinds, sizeof(double));
    m->confidence.doubt_ratio = hc_arena_calloc(a, m->n_kinds, sizeof(double));
    return m->feature_kinds && m->quiet_counts && m->surprising && m->categories && m->category_share &&
           m->category_n && m->types && m->general && m->categorial && m->specific && m->by_column && m->nulls &&
           m->confidence.missing && m->confidence.points && m->confidence.points_low && m->confidence.points_high &&
           m->confidence.points_n && m->confidence.entropy_ratio && m->confidence.doubt_ratio;
}

/* A kind that is told by a class of metrics ("metric:traffic") takes those features with it. */
static void blank_metric_classes(struct hc_model *m, const struct hc_catalogue *c, size_t kind)
{
    static const char rule[] = "metric:";
    const struct hc_str text = c->kinds[kind].counts_as;
    const uint64_t bit = (uint64_t)1 << kind;
    for (size_t i = 0; i < c->n_metric_classes; i++) {
        const struct hc_str id = c->metric_classes[i].id;
        const size_t n = sizeof rule - 1 + id.n;
        for (size_t at = 0; at + n <= text.n; at++) {
            const bool ends = at + n == text.n || text.p[at + n] == ' ' || text.p[at + n] == '\n';
            if (!ends || memcmp(text.p + at, rule, sizeof rule - 1) != 0)
                continue;
            if (memcmp(text.p + at + sizeof rule - 1, id.p, id.n) != 0)
                continue;
            m->feature_kinds[c->first_metric_feature + 2 * i] |= bit;
            m->feature_kinds[c->first_metric_feature + 2 * i + 1] |= bit;
        }
    }
    if (hc_str_is(c->kinds[kind].id, "traffic"))
        m->feature_kinds[HC_FEATURE_CALLS_UP] |= bit;
}

/* Continuous scores are measured against their null; places in a list, changes and counts of lines are not: their
 * unit is the catalogue's. */
static bool is_surprising(const struct hc_catalogue *c, size_t feature)
{
    if (feature >= c->first_metric_feature)
        return feature < c->first_signature_feature;
    const struct hc_str kind = c->features[feature].kind;
    if (feature == HC_FEATURE_FIRST_ONSET)
        return false;
    return hc_str_is(kind, "metrics") || hc_str_is(kind, "logs") || hc_str_is(kind, "traces") ||
           feature == HC_FEATURE_PATH_TO_SYMPTOM;
}

static void mark_quiet(struct hc_model *m, const struct hc_expectation *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fabs(list[i].quiet) > 0)
            m->quiet_counts[list[i].feature] = true;
}

static void describe_features(struct hc_model *m, const struct hc_catalogue *c)
{
    static const char *const interacting[HC_INTERACTING_KINDS] = {"metrics", "logs", "traces", "topology"};
    for (size_t f = 0; f < m->n_features; f++) {
        const uint32_t kind = kind_named(c, c->features[f].kind);
        if (kind != HC_NONE)
            m->feature_kinds[f] |= (uint64_t)1 << kind;
        m->surprising[f] = is_surprising(c, f);
    }
    for (size_t k = 0; k < c->n_kinds; k++)
        blank_metric_classes(m, c, k);
    const uint32_t events = kind_named(c, HC_STR("events"));
    if (events != HC_NONE) /* what tells them */
        m->feature_kinds[HC_FEATURE_LIFECYCLE_EVENT] |= UINT64_C(1) << events;
    if (events != HC_NONE)
        m->feature_kinds[HC_FEATURE_FAILOVER_EVENT] |= UINT64_C(1) << events;
    for (int i = 0; i < HC_INTERACTING_KINDS; i++)
        m->interacting[i] = kind_named(c, hc_str_of(interacting[i]));
    mark_quiet(m, c->general, c->n_general);
    for (size_t i = 0; i < c->n_categories; i++)
        mark_quiet(m, c->categories[i].expectations, c->categories[i].n_expectations);
    for (size_t i = 0; i < c->n_causes; i++)
        mark_quiet(m, c->causes[i].expectations, c->causes[i].n_expectations);
}

enum hc_status hc_model_new(struct hc_model **out, const struct hc_catalogue *catalogue, size_t n_categories,
                            size_t n_types, struct hc_err *err)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_model *m = arena ? hc_arena_calloc(arena, 1, sizeof *m) : NULL;
    if (!m)
        goto done;
    m->arena = arena;
    m->catalogue_checksum = catalogue->checksum;
    m->n_features = catalogue->n_features;
    m->n_kinds = catalogue->n_kinds;
    m->n_columns = 3 * m->n_features + 1;
    m->n_general = m->n_columns + HC_INTERACTING_KINDS * m->n_features + 1;
    m->n_categories = n_categories;
    m->n_types = n_types;
    if (!allocate(m))
        m = NULL;
done:
    if (!m) {
        hc_arena_free(arena);
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a model");
    }
    describe_features(m, catalogue);
    *out = m;
    return HC_OK;
}

void hc_model_arrange(struct hc_model *model)
{
    const size_t n_columns = model->n_columns, width = model->n_width;
    for (size_t t = 0; t < model->n_types; t++)
        for (size_t j = 0; j < n_columns; j++)
            model->by_column[j * width + t] = model->specific[t * n_columns + j];
}

static void add_expectations(double *row, size_t n_features, const struct hc_expectation *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        row[list[i].feature] += list[i].weight;
        row[n_features + list[i].feature] += list[i].quiet;
    }
}

double hc_expert_log_temperature(const struct hc_catalogue *catalogue)
{
    double log_t = HC_LOG_TEMPERATURE;
    for (size_t k = 0; k < catalogue->n_kinds; k++)
        log_t += HC_MISSING_PER_POINT * catalogue->kinds[k].points * (1 - catalogue->kinds[k].had);
    return log_t;
}

static void set_expert_confidence(struct hc_model *m, const struct hc_catalogue *c)
{
    struct hc_confidence *q = &m->confidence;
    q->log_t = hc_expert_log_temperature(c);
    for (size_t k = 0; k < m->n_kinds; k++) {
        q->missing[k] = -HC_MISSING_PER_POINT * c->kinds[k].points;
        q->points[k] = q->points_low[k] = q->points_high[k] = c->kinds[k].points;
        q->points_n[k] = 0;
    }
    const double u = c->unexplained_share;
    q->bias = log(u > 0 ? u : 1e-9) - log1p(u < 1 ? -u : -1 + 1e-9);
    q->slope = HC_UNEXPLAINED_SLOPE;
}

void hc_model_set_expert(struct hc_model *model, const struct hc_catalogue *catalogue)
{
    struct hc_model *m = model;
    const struct hc_catalogue *c = catalogue;
    add_expectations(m->general, m->n_features, c->general, c->n_general);
    for (size_t i = 0; i < m->n_categories; i++) {
        const size_t at = i < c->n_categories ? i : c->n_categories;
        if (at == c->n_categories)
            continue;
        m->categories[i] = c->categories[at].id;
        m->category_share[i] = c->categories[at].share;
        add_expectations(m->categorial + i * m->n_columns, m->n_features, c->categories[at].expectations,
                         c->categories[at].n_expectations);
    }
    for (size_t t = 0; t < m->n_types && t < c->n_causes; t++) {
        const struct hc_cause *cause = &c->causes[t];
        m->types[t] = (struct hc_type){.category_id = c->categories[cause->category].id,
                                       .cause_id = cause->id,
                                       .category = cause->category,
                                       .cause = (uint32_t)t,
                                       .within = cause->share};
        double *row = m->specific + t * m->n_columns;
        memcpy(row, m->categorial + cause->category * m->n_columns, m->n_columns * sizeof *row);
        add_expectations(row, m->n_features, cause->expectations, cause->n_expectations);
    }
    hc_model_arrange(m);
    set_expert_confidence(m, c);
}

enum hc_status hc_model_expert(struct hc_model **out, const struct hc_catalogue *catalogue, struct hc_err *err)
{
    const enum hc_status status = hc_model_new(out, catalogue, catalogue->n_categories, catalogue->n_causes, err);
    if (status == HC_OK)
        hc_model_set_expert(*out, catalogue);
    return status;
}

void hc_model_free(struct hc_model *model)
{
    if (model)
        hc_arena_free(model->arena);
}

double hc_model_share_incidents(const struct hc_model *model, const struct hc_service *service)
{
    double n = HC_CATEGORY_STRENGTH;
    if (service)
        return model->service_strength + service->n;
    for (size_t c = 0; c < model->n_categories; c++)
        n += model->category_n[c];
    return n;
}

const struct hc_service *hc_model_service(const struct hc_model *model, struct hc_str name)
{
    size_t low = 0, high = model->n_services;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (hc_str_compare(model->services[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    const bool found = low < model->n_services && hc_str_equal(model->services[low].name, name);
    return found ? &model->services[low] : NULL;
}

size_t hc_model_category(const struct hc_model *model, struct hc_str id)
{
    size_t i = 0;
    while (i < model->n_categories && !hc_str_equal(model->categories[i], id))
        i++;
    return i;
}

size_t hc_model_type(const struct hc_model *model, const struct hc_catalogue *catalogue, struct hc_str category,
                     struct hc_str cause)
{
    const size_t known = hc_catalogue_category(catalogue, category);
    if (known < catalogue->n_categories && cause.p) {
        const size_t i = hc_catalogue_cause(catalogue, known, cause);
        if (i < catalogue->n_causes)
            return i;
    }
    for (size_t t = catalogue->n_causes; t < model->n_types; t++)
        if (hc_str_equal(model->types[t].category_id, category) && hc_str_compare(model->types[t].cause_id, cause) == 0)
            return t;
    return model->n_types;
}

struct hc_component_kind *hc_model_component_kind(const struct hc_model *model, struct hc_str name)
{
    for (size_t i = 0; i < model->n_component_kinds; i++)
        if (hc_str_equal(model->component_kinds[i].name, name))
            return &model->component_kinds[i];
    return NULL;
}

void hc_model_type_priors(const struct hc_model *model, const struct hc_service *service,
                          const struct hc_component_kind *kind, double *out)
{
    const double *shares = service ? service->shares : model->category_share;
    for (size_t t = 0; t < model->n_types; t++) {
        const double p = shares[model->types[t].category] * model->types[t].within;
        out[t] = p > 0 ? log(p) + (kind ? kind->tilt[t] : 0) : -INFINITY;
    }
    const double total = kind ? hc_log_sum_exp(out, model->n_types) : 0;
    for (size_t t = 0; t < model->n_types; t++)
        out[t] -= total;
}

double hc_model_recurrence(const struct hc_model *model)
{
    return model->general[model->n_general - 1];
}

double hc_log_sum_exp(const double *x, size_t n)
{
    double top = -INFINITY, sum = 0;
    for (size_t i = 0; i < n; i++)
        if (x[i] > top)
            top = x[i];
    if (isinf(top))
        return top;
    for (size_t i = 0; i < n; i++)
        sum += exp(x[i] - top);
    return top + log(sum);
}
