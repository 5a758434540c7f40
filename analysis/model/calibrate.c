#include "analysis/model/calibrate.h"

#include <math.h>
#include <string.h>

#include "analysis/stats/beta.h"

#define HC_NORMAL_95 1.959963984540054 /* the 97.5 % quantile of the normal distribution */

static enum hc_status table_priors(struct hc_calibration *out, const struct hc_model *m, struct hc_arena *arena)
{
    out->priors = hc_arena_calloc(arena, (m->n_services + 1) * m->n_categories, sizeof *out->priors);
    if (!out->priors)
        return HC_FATAL;
    for (size_t s = 0; s <= m->n_services; s++) {
        const struct hc_service *service = s ? &m->services[s - 1] : NULL;
        const double total = hc_model_share_incidents(m, service);
        for (size_t c = 0; c < m->n_categories; c++) {
            struct hc_prior_row *row = &out->priors[out->n_priors++];
            row->service = service ? hc_str_copy(arena, service->name) : HC_STR_NONE;
            row->category = hc_str_copy(arena, m->categories[c]);
            row->probability = service ? service->shares[c] : m->category_share[c];
            row->n_incidents = service ? service->counts[c] : m->category_n[c];
            /* the marginal of a Dirichlet is a beta */
            const double a = total * row->probability;
            row->low = a > 0 && total > a ? hc_beta_quantile(0.025, a, total - a) : row->probability;
            row->high = a > 0 && total > a ? hc_beta_quantile(0.975, a, total - a) : row->probability;
            if (!row->category.p)
                return HC_FATAL;
        }
    }
    return HC_OK;
}

struct weights {
    struct hc_calibration *out;
    const struct hc_model *model, *expert;
    const struct hc_catalogue *catalogue;
    const struct hc_weight_interval *intervals;
    struct hc_arena *arena;
};

static void add_weight(struct weights *k, struct hc_str name, double weight, double expert, double deviation)
{
    k->out->weights[k->out->n_weights++] = (struct hc_weight_row){name, weight, weight - HC_NORMAL_95 * deviation,
                                                                  weight + HC_NORMAL_95 * deviation, expert};
}

static struct hc_str weight_name(struct weights *k, size_t column, const struct hc_type *type)
{
    const size_t n = k->model->n_features;
    static const char *const parts[] = {"", " quiet", " shown"};
    const struct hc_str feature = k->catalogue->features[column % n].name;
    const char *part = parts[column / n];
    if (!type)
        return hc_str_format(k->arena, "%.*s%s", HC_STR_ARG(feature), part);
    return hc_str_format(k->arena, "%.*s%s @ %.*s/%.*s", HC_STR_ARG(feature), part, HC_STR_ARG(type->category_id),
                         HC_STR_ARG(type->cause_id));
}

/* General weights of every feature, and what each confirmed cause adds to them. */
static enum hc_status table_weights(struct weights *k)
{
    const struct hc_model *m = k->model, *e = k->expert;
    const size_t n_columns = 3 * m->n_features;
    size_t most = n_columns;
    for (size_t t = 0; t < m->n_types; t++)
        most += m->types[t].n ? n_columns : 0;
    k->out->weights = hc_arena_alloc(k->arena, most * sizeof *k->out->weights);
    if (!k->out->weights)
        return HC_FATAL;
    const double *deviations = k->intervals->deviations;
    for (size_t j = 0; j < n_columns; j++) {
        if (j / m->n_features == 1 && !m->quiet_counts[j - m->n_features])
            continue;
        const double ridge = hc_ridge_of(m, j, HC_RIDGE_GENERAL);
        add_weight(k, weight_name(k, j, NULL), m->general[j], e->general[j], ridge * deviations[j]);
    }
    for (size_t t = 0; t < m->n_types; t++) {
        const size_t at = k->intervals->layout.type_at[t];
        if (at == SIZE_MAX)
            continue;
        for (size_t j = 0; j < n_columns; j++) {
            const double weight = m->specific[t * m->n_columns + j];
            const double before = t < e->n_types ? e->specific[t * m->n_columns + j] : 0;
            if (fabs(weight - before) < 1e-3)
                continue;
            const double ridge = hc_type_ridge(&k->intervals->layout, m, t, j);
            add_weight(k, weight_name(k, j, &m->types[t]), weight, before, ridge * deviations[at + j]);
        }
    }
    for (size_t i = 0; i < k->out->n_weights; i++)
        if (!k->out->weights[i].evidence.p)
            return HC_FATAL;
    return HC_OK;
}

static enum hc_status table_penalties(struct hc_calibration *out, const struct hc_model *m,
                                      const struct hc_catalogue *catalogue, struct hc_arena *arena)
{
    out->penalties = hc_arena_alloc(arena, m->n_kinds * sizeof *out->penalties);
    if (!out->penalties)
        return HC_FATAL;
    for (size_t k = 0; k < m->n_kinds; k++)
        out->penalties[out->n_penalties++] = (struct hc_penalty_row){
            hc_str_copy(arena, catalogue->kinds[k].id), m->confidence.points[k], m->confidence.points_low[k],
            m->confidence.points_high[k], m->confidence.points_n[k]};
    return HC_OK;
}

enum hc_status hc_calibrate_prefix(struct hc_calibration *out, struct hc_model **model,
                                   const struct hc_history *history, size_t n, const struct hc_learning *with,
                                   struct hc_err *err)
{
    const struct hc_catalogue *catalogue = with->catalogue;
    struct hc_arena *arena = with->arena;
    struct hc_model *m = NULL, *expert = NULL;
    struct hc_weight_interval intervals;
    *out = (struct hc_calibration){.n_incidents = (uint32_t)n, .as_of = HC_TIME_NONE};
    if (n)
        out->as_of = history->past[n - 1]->known_at;
    enum hc_status status = hc_core_learn(&m, hc_history_before(history, n), history->past, n, with, &intervals, err);
    if (status == HC_OK)
        status = hc_model_expert(&expert, catalogue, err);
    if (status == HC_OK && n)
        status = hc_confidence_learn(m, history, n, catalogue, err);
    if (status == HC_OK)
        out->wrong_labels = m->confidence.wrong_labels;
    if (status == HC_OK)
        status = hc_model_pack(m, arena, &out->model, err);
    if (status != HC_OK)
        goto done;
    struct weights k = {out, m, expert, catalogue, &intervals, arena};
    if (table_priors(out, m, arena) != HC_OK || table_weights(&k) != HC_OK ||
        table_penalties(out, m, catalogue, arena) != HC_OK)
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a calibration's tables");
done:
    hc_model_free(expert);
    if (model && status == HC_OK)
        *model = m;
    else
        hc_model_free(m);
    return status;
}

static bool copy_text(struct hc_str *text, struct hc_arena *arena)
{
    if (!text->p)
        return true;
    *text = hc_str_copy(arena, *text);
    return text->p != NULL;
}

static void *copy_rows(const void *rows, size_t n, size_t size, struct hc_arena *arena)
{
    void *copy = hc_arena_alloc(arena, n * size);
    if (copy && n)
        memcpy(copy, rows, n * size);
    return copy;
}

enum hc_status hc_calibration_copy(struct hc_calibration *out, const struct hc_calibration *from,
                                   struct hc_arena *arena)
{
    *out = *from;
    out->priors = copy_rows(from->priors, from->n_priors, sizeof *out->priors, arena);
    out->weights = copy_rows(from->weights, from->n_weights, sizeof *out->weights, arena);
    out->penalties = copy_rows(from->penalties, from->n_penalties, sizeof *out->penalties, arena);
    bool ok = out->priors && out->weights && out->penalties && copy_text(&out->model, arena);
    for (size_t i = 0; ok && i < out->n_priors; i++)
        ok = copy_text(&out->priors[i].service, arena) && copy_text(&out->priors[i].category, arena);
    for (size_t i = 0; ok && i < out->n_weights; i++)
        ok = copy_text(&out->weights[i].evidence, arena);
    for (size_t i = 0; ok && i < out->n_penalties; i++)
        ok = copy_text(&out->penalties[i].missing, arena);
    return ok && copy_text(&out->reason, arena) && copy_text(&out->purpose, arena) && copy_text(&out->labels, arena)
               ? HC_OK
               : HC_FATAL;
}

enum hc_status hc_model_calibrate(struct hc_calibration *out, const struct hc_labelled *labelled, size_t n,
                                  struct hc_time as_of, const struct hc_learning *with, struct hc_err *err)
{
    struct hc_history history = {.arena = hc_arena_new(0)};
    enum hc_status status = HC_OK;
    if (history.arena)
        history.past = hc_labels_sorted(labelled, n, as_of, history.arena, &history.n);
    if (!history.past) {
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to calibrate");
        goto done;
    }
    status = hc_history_replay(&history, history.n, with->catalogue, with->n_threads, err);
    if (status == HC_OK)
        status = hc_calibrate_prefix(out, NULL, &history, history.n, with, err);
    if (status == HC_OK) {
        if (hc_time_known(as_of))
            out->as_of = as_of;
        out->purpose = HC_STR("calibrate");
    }
done:
    hc_history_free(&history);
    hc_arena_free(history.arena);
    return status;
}

/* Each in an arena of its own, since threads must not share one; the largest first. */
static bool calibrate_each(struct hc_calibration *list, size_t n, const struct hc_history *history,
                           struct hc_arena **arenas, const struct hc_learning *with)
{
    const bool few = n < 2 * (size_t)with->n_threads; /* then the threads go to the fits */
    int failed = 0;
#pragma omp parallel for schedule(dynamic, 1) num_threads(few ? 1 : with->n_threads) reduction(+ : failed)
    for (size_t k = 0; k < n; k++) {
        const size_t i = n - 1 - k;
        struct hc_err own = HC_ERR_NONE;
        arenas[i] = hc_arena_new(0);
        const struct hc_learning each = {with->catalogue, few ? with->n_threads : 1, arenas[i]};
        failed += !arenas[i] || hc_calibrate_prefix(&list[i], NULL, history, list[i].n_incidents, &each, &own) != HC_OK;
    }
    return failed == 0;
}

enum hc_status hc_model_calibrate_all(struct hc_calibration *list, size_t n, const struct hc_labelled *labelled,
                                      const struct hc_learning *with, struct hc_err *err)
{
    if (!n)
        return HC_OK;
    struct hc_history history = {.arena = hc_arena_new(0)};
    struct hc_arena **arenas = NULL;
    bool ok = history.arena != NULL;
    if (ok) {
        history.past = hc_labels_sorted(labelled, list[n - 1].n_incidents, HC_TIME_NONE, history.arena, &history.n);
        arenas = hc_arena_calloc(history.arena, n, sizeof *arenas);
        ok = history.past && arenas;
    }
    ok = ok && hc_history_replay(&history, list[0].n_incidents, with->catalogue, with->n_threads, err) == HC_OK;
    ok = ok && calibrate_each(list, n, &history, arenas, with);
    for (size_t i = 0; ok && i < n; i++) {
        const struct hc_calibration own = list[i];
        ok = hc_calibration_copy(&list[i], &own, with->arena) == HC_OK;
    }
    for (size_t i = 0; arenas && i < n; i++)
        hc_arena_free(arenas[i]);
    hc_history_free(&history);
    hc_arena_free(history.arena);
    return ok ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to calibrate");
}
