#include "analysis/model/words.h"

#include <math.h>

#include "analysis/stats/vector.h"

void hc_design_scores(const struct hc_design *design, const struct hc_model *model, size_t stride, double *out)
{
    const uint32_t n_columns = (uint32_t)model->n_columns;
    for (size_t r = 0; r < design->n_rows; r++) {
        const uint32_t first = design->start[r], end = design->start[r + 1];
        double general = 0;
        uint32_t own = first; /* columns that types have weights of their own for */
        for (uint32_t j = first; j < end; j++) {
            general += model->general[design->column[j]] * design->value[j];
            own += design->column[j] < n_columns;
        }
        double *row = out + r * stride;
        for (size_t t = 0; t < model->n_width; t++)
            row[t] = general;
        hc_vector_gather(row, model->by_column, model->n_width, design->column + first, design->value + first,
                         own - first);
    }
}

size_t hc_model_culprit(const struct hc_model *model, struct hc_str name)
{
    size_t low = 0, high = model->n_culprits;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (hc_str_compare(model->culprits[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < model->n_culprits && hc_str_equal(model->culprits[low].name, name) ? low : model->n_culprits;
}

const struct hc_component_kind *hc_design_kind(const struct hc_design *design, size_t row, const struct hc_model *model,
                                               const struct hc_evidence *evidence)
{
    const uint32_t s = design->component[row];
    return s == HC_NO_COMPONENT ? NULL : hc_model_component_kind(model, evidence->components[s].kind);
}

double hc_culprit_share(uint32_t times, uint32_t n_times, size_t n_rows)
{
    return log((times + HC_RECURRENCE_ALPHA) / (n_times + HC_RECURRENCE_ALPHA * (double)n_rows));
}

void hc_component_priors(const struct hc_model *model, const struct hc_design *design,
                         const struct hc_evidence *evidence, double recurrence, double *out)
{
    const size_t n = design->n_rows;
    for (size_t r = 0; r < n; r++) {
        out[r] = 0;
        if (!(recurrence > 0) || design->component[r] == HC_NO_COMPONENT)
            continue;
        const size_t culprit = hc_model_culprit(model, evidence->components[design->component[r]].name);
        const uint32_t times = culprit < model->n_culprits ? model->culprits[culprit].n : 0;
        out[r] = recurrence * hc_culprit_share(times, model->n_with_culprit, n);
    }
    const double norm = hc_log_sum_exp(out, n);
    for (size_t r = 0; r < n; r++)
        out[r] -= norm;
}

enum hc_status hc_predict_scores(struct hc_prediction *out, const struct hc_model *model,
                                 const struct hc_catalogue *catalogue, const struct hc_evidence *evidence,
                                 uint64_t removed, struct hc_arena *arena)
{
    *out = (struct hc_prediction){.n_types = model->n_types};
    if (hc_design_make(&out->design, model, catalogue, evidence, removed, arena) != HC_OK)
        return HC_FATAL;
    const size_t rows = out->design.n_rows, n = rows * model->n_types;
    out->prior = hc_arena_alloc(arena, n * sizeof(double));
    out->evidence = hc_arena_alloc(arena, (n + HC_VECTOR_WIDTH) * sizeof(double));
    out->probability = hc_arena_alloc(arena, n * sizeof(double));
    double *types = hc_arena_alloc(arena, model->n_types * sizeof(double));
    double *components = hc_arena_alloc(arena, rows * sizeof(double));
    if (!out->prior || !out->evidence || !out->probability || !types || !components)
        return HC_FATAL;
    const struct hc_service *service = hc_model_service(model, evidence->service);
    hc_component_priors(model, &out->design, evidence, model->recurrence, components);
    for (size_t r = 0; r < rows; r++) {
        hc_model_type_priors(model, service, hc_design_kind(&out->design, r, model, evidence), types);
        for (size_t t = 0; t < model->n_types; t++)
            out->prior[r * model->n_types + t] = types[t] + components[r];
    }
    hc_design_scores(&out->design, model, model->n_types, out->evidence);
    return hc_predict_words(out, model, &evidence->words, arena);
}

double hc_log_temperature(const struct hc_model *model, uint64_t missing)
{
    double log_t = model->confidence.log_t;
    for (size_t k = 0; k < model->n_kinds; k++)
        if (missing >> k & 1)
            log_t += model->confidence.missing[k];
    return fmin(fmax(log_t, HC_LOG_TEMPERATURE_FLOOR), HC_LOG_TEMPERATURE_CEILING);
}

void hc_predict_probabilities(struct hc_prediction *prediction, const struct hc_model *model, double log_t)
{
    const size_t n = prediction->design.n_rows * prediction->n_types;
    const double cooled = exp(-log_t);
    double *p = prediction->probability;
    for (size_t i = 0; i < n; i++)
        p[i] = prediction->prior[i] + prediction->evidence[i] * cooled;
    const double total = hc_log_sum_exp(p, n);
    prediction->log_t = log_t;
    prediction->support = total;
    const double logit = model->confidence.bias - model->confidence.slope * total;
    prediction->unexplained = 1 / (1 + exp(-logit));
    const double explained = 1 / (1 + exp(logit));
    hc_vector_exp(p, p, n, total);
    for (size_t i = 0; i < n; i++)
        p[i] *= explained;
}
