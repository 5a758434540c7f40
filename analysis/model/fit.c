#include "analysis/model/fit.h"

#include <lbfgs.h>
#include <math.h>
#include <string.h>

#include "analysis/stats/vector.h"

#define HC_FIT_PADDING 16 /* doubles; liblbfgs built for vector units wants a multiple */

struct hc_objective {
    struct hc_model *model;
    const struct hc_example *examples;
    size_t n, n_chunks;
    size_t step; /* each example that is looked at stands for so many */
    int n_threads;
    struct hc_layout layout;
    double *expert_general, *expert_categorial, *expert_specific; /* the last: the cause's own part */
    double *together;  /* [n_columns][n_width]: what a column weighs for a type, in general and of its own */
    double *gradients; /* [chunks][n_general + n_columns * n_width]: by general weight; by column and type */
    double *scores;    /* [chunks][2][n_scores]: of all hypotheses; of those that a label allows */
    size_t n_gradient, n_scores;
};

/* Of n incidents of `total`, how far those of others let it be told what sets these apart; at `half` of them the square
 * is a half. */
static double contrast_of(uint32_t n, uint32_t total, double half)
{
    const double others = total - n;
    return n ? sqrt(others / (others + half)) : 0;
}

enum hc_status hc_layout_make(struct hc_layout *out, const struct hc_model *model, struct hc_arena *arena)
{
    out->category_at = hc_arena_alloc(arena, model->n_categories * sizeof(size_t));
    out->type_at = hc_arena_alloc(arena, model->n_types * sizeof(size_t));
    out->category_contrast = hc_arena_alloc(arena, model->n_categories * sizeof(double));
    out->type_contrast = hc_arena_alloc(arena, model->n_types * sizeof(double));
    if (!out->category_at || !out->type_at || !out->category_contrast || !out->type_contrast)
        return HC_FATAL;
    uint32_t total = 0;
    for (size_t c = 0; c < model->n_categories; c++)
        total += model->category_n[c];
    size_t n = model->n_general;
    for (size_t c = 0; c < model->n_categories; c++) {
        out->category_contrast[c] = contrast_of(model->category_n[c], total, HC_CATEGORY_CONTRAST_INCIDENTS);
        out->category_at[c] = out->category_contrast[c] > 0 ? n : SIZE_MAX;
        if (out->category_contrast[c] > 0)
            n += model->n_columns;
    }
    for (size_t t = 0; t < model->n_types; t++) {
        out->type_contrast[t] = contrast_of(model->types[t].n, total, HC_CAUSE_CONTRAST_INCIDENTS);
        out->type_at[t] = out->type_contrast[t] > 0 ? n : SIZE_MAX;
        if (out->type_contrast[t] > 0)
            n += model->n_columns;
    }
    out->n_free = (n + HC_FIT_PADDING - 1) / HC_FIT_PADDING * HC_FIT_PADDING;
    return HC_OK;
}

double hc_ridge_of(const struct hc_model *model, size_t column, double loud)
{
    if (column < model->n_features)
        return loud;
    if (column < 2 * model->n_features)
        return HC_RIDGE_QUIET;
    if (column < 3 * model->n_features)
        return HC_RIDGE_SHOWN;
    if (column + 1 == model->n_general)
        return HC_RIDGE_RECURRENCE;
    return column < model->n_columns ? HC_RIDGE_BIAS : HC_RIDGE_MISSING;
}

double hc_type_ridge(const struct hc_layout *layout, const struct hc_model *model, size_t type, size_t column)
{
    return layout->type_contrast[type] * hc_ridge_of(model, column, HC_RIDGE_CAUSE);
}

static double category_ridge(const struct hc_layout *layout, const struct hc_model *model, size_t category,
                             size_t column)
{
    return layout->category_contrast[category] * hc_ridge_of(model, column, HC_RIDGE_CATEGORY);
}

static double *copied(struct hc_arena *arena, const double *from, size_t n)
{
    double *to = hc_arena_alloc(arena, n * sizeof *to);
    if (to)
        memcpy(to, from, n * sizeof *to);
    return to;
}

enum hc_status hc_objective_new(struct hc_objective **out, struct hc_model *model, const struct hc_example *examples,
                                size_t n, int n_threads, struct hc_arena *arena)
{
    struct hc_objective *o = hc_arena_calloc(arena, 1, sizeof *o);
    if (!o || hc_layout_make(&o->layout, model, arena) != HC_OK)
        return HC_FATAL;
    o->model = model;
    o->examples = examples;
    o->n = n;
    o->step = 1;
    o->n_threads = n_threads;
    for (size_t i = 0; i < n; i++)
        if (examples[i].rows.n_rows > o->n_scores)
            o->n_scores = examples[i].rows.n_rows;
    o->n_scores = o->n_scores * model->n_width + HC_VECTOR_WIDTH;
    o->n_chunks = n / HC_FIT_CHUNK + 1 < HC_FIT_CHUNKS ? n / HC_FIT_CHUNK + 1 : HC_FIT_CHUNKS;
    o->n_gradient = model->n_general + model->n_columns * model->n_width;
    o->expert_general = copied(arena, model->general, model->n_general);
    o->expert_categorial = copied(arena, model->categorial, model->n_categories * model->n_columns);
    o->expert_specific = copied(arena, model->specific, model->n_types * model->n_columns);
    o->together = hc_arena_alloc(arena, model->n_columns * model->n_width * sizeof(double));
    o->gradients = hc_arena_alloc(arena, o->n_chunks * o->n_gradient * sizeof(double));
    o->scores = hc_arena_alloc(arena, o->n_chunks * 2 * o->n_scores * sizeof(double));
    if (!o->expert_general || !o->expert_categorial || !o->expert_specific || !o->together || !o->gradients ||
        !o->scores)
        return HC_FATAL;
    for (size_t t = 0; t < model->n_types; t++)
        for (size_t j = 0; j < model->n_columns; j++)
            o->expert_specific[t * model->n_columns + j] -=
                model->categorial[model->types[t].category * model->n_columns + j];
    *out = o;
    return HC_OK;
}

const struct hc_layout *hc_objective_layout(const struct hc_objective *objective)
{
    return &objective->layout;
}

void hc_objective_apply(struct hc_objective *objective, const double *u)
{
    const struct hc_objective *o = objective;
    struct hc_model *m = o->model;
    const size_t n_columns = m->n_columns;
    for (size_t j = 0; j < m->n_general; j++)
        m->general[j] = o->expert_general[j] + hc_ridge_of(m, j, HC_RIDGE_GENERAL) * u[j];
    for (size_t c = 0; c < m->n_categories; c++) {
        const size_t at = o->layout.category_at[c];
        for (size_t j = 0; j < n_columns; j++) {
            const double moved = at == SIZE_MAX ? 0 : category_ridge(&o->layout, m, c, j) * u[at + j];
            m->categorial[c * n_columns + j] = o->expert_categorial[c * n_columns + j] + moved;
        }
    }
    for (size_t t = 0; t < m->n_types; t++) {
        const size_t at = o->layout.type_at[t];
        const double *category = m->categorial + m->types[t].category * n_columns;
        for (size_t j = 0; j < n_columns; j++) {
            const double moved = at == SIZE_MAX ? 0 : hc_type_ridge(&o->layout, m, t, j) * u[at + j];
            m->specific[t * n_columns + j] = category[j] + o->expert_specific[t * n_columns + j] + moved;
        }
    }
    hc_model_arrange(m);
}

bool hc_target_allows(const struct hc_target *target, const struct hc_model *model, size_t row, size_t type)
{
    if (target->row != HC_ANY && (size_t)target->row != row)
        return false;
    if (target->type != HC_ANY)
        return (size_t)target->type == type;
    return target->category == HC_ANY || (size_t)target->category == model->types[type].category;
}

/* Scores of what the label allows, in `z`, one after the other; how many there are. */
static size_t allowed_scores(const struct hc_model *m, const struct hc_example *e, const double *z, double *out)
{
    const size_t first = e->target.row == HC_ANY ? 0 : (size_t)e->target.row;
    const size_t end = e->target.row == HC_ANY ? e->rows.n_rows : first + 1;
    size_t n = 0;
    for (size_t r = first; r < end; r++)
        for (size_t t = 0; t < m->n_types; t++)
            if (hc_target_allows(&e->target, m, r, t))
                out[n++] = z[r * m->n_width + t];
    return n;
}

/* Takes what the label says, in the order of allowed_scores, from the residuals. */
static void take_allowed(const struct hc_model *m, const struct hc_example *e, const double *share, double *residual)
{
    const size_t first = e->target.row == HC_ANY ? 0 : (size_t)e->target.row;
    const size_t end = e->target.row == HC_ANY ? e->rows.n_rows : first + 1;
    for (size_t r = first; r < end; r++)
        for (size_t t = 0; t < m->n_types; t++)
            if (hc_target_allows(&e->target, m, r, t))
                residual[r * m->n_width + t] -= *share++;
}

/* -ln P(label) of one example times its weight; its gradient (or information) is added. */
static double add_example(const struct hc_objective *o, const struct hc_example *e, double *z, bool information,
                          double *gradient)
{
    const struct hc_model *m = o->model;
    const size_t n = e->rows.n_rows * m->n_width;
    const double weight = e->weight * (double)o->step;
    double *allowed = z + o->n_scores;
    hc_common_scores(&e->rows, m, o->together, e->priors, z);
    const size_t n_allowed = allowed_scores(m, e, z, allowed);
    const double top = hc_vector_max(z, n), top_allowed = hc_vector_max(allowed, n_allowed);
    const double all = hc_vector_exp(z, z, n, top), in = hc_vector_exp(allowed, allowed, n_allowed, top_allowed);
    const double scale = (information ? 1 : weight) / all;
    hc_vector_scale(z, n, scale);
    hc_vector_scale(allowed, n_allowed, weight / in);
    if (information) {
        hc_common_information(&e->rows, m, weight, z, allowed, gradient);
    } else {
        take_allowed(m, e, allowed, z);
        hc_common_gradient(&e->rows, m, z, allowed, gradient);
    }
    return weight * (top + log(all) - top_allowed - log(in));
}

static double sum_chunks(struct hc_objective *o, bool information)
{
    const struct hc_model *m = o->model;
    double value[HC_FIT_CHUNKS] = {0};
    for (size_t i = 0; i < m->n_columns * m->n_width; i++)
        o->together[i] = m->by_column[i] + m->general[i / m->n_width];
#pragma omp parallel for schedule(dynamic) num_threads(o->n_threads) if (o->n_threads > 1 && o->n_chunks > 1)
    for (size_t c = 0; c < o->n_chunks; c++) {
        double *gradient = o->gradients + c * o->n_gradient, *z = o->scores + c * 2 * o->n_scores;
        memset(gradient, 0, o->n_gradient * sizeof *gradient);
        for (size_t i = o->n * c / o->n_chunks; i < o->n * (c + 1) / o->n_chunks; i += o->step)
            value[c] += add_example(o, &o->examples[i], z, information, gradient);
    }
    double sum = 0;
    for (size_t c = 0; c < o->n_chunks; c++) {
        sum += value[c];
        for (size_t j = 0; c && j < o->n_gradient; j++)
            o->gradients[j] += o->gradients[c * o->n_gradient + j];
    }
    for (size_t j = 0; !information && j < m->n_columns; j++)
        for (size_t t = 0; t < m->n_types; t++)
            o->gradients[j] += o->gradients[m->n_general + j * m->n_width + t];
    return sum;
}

/* From the gradient by weight to that by free parameter; `square` for information, which scales by the square. */
static void gather(const struct hc_objective *o, bool square, double *out)
{
    const struct hc_model *m = o->model;
    const double *general = o->gradients, *specific = general + m->n_general;
    memset(out, 0, o->layout.n_free * sizeof *out);
    for (size_t j = 0; j < m->n_general; j++) {
        const double s = hc_ridge_of(m, j, HC_RIDGE_GENERAL);
        out[j] = general[j] * (square ? s * s : s);
    }
    for (size_t t = 0; t < m->n_types; t++) {
        const size_t category = m->types[t].category;
        const size_t at = o->layout.type_at[t], category_at = o->layout.category_at[category];
        for (size_t j = 0; j < m->n_columns; j++) {
            const double g = specific[j * m->n_width + t];
            const double s = hc_type_ridge(&o->layout, m, t, j), c = category_ridge(&o->layout, m, category, j);
            if (at != SIZE_MAX)
                out[at + j] += g * (square ? s * s : s);
            if (category_at != SIZE_MAX)
                out[category_at + j] += g * (square ? c * c : c);
        }
    }
}

double hc_objective_value(struct hc_objective *objective, const double *u, double *gradient)
{
    struct hc_objective *o = objective;
    hc_objective_apply(o, u);
    double value = sum_chunks(o, false);
    gather(o, false, gradient);
    for (size_t j = 0; j < o->layout.n_free; j++) {
        value += u[j] * u[j] / 2;
        gradient[j] += u[j];
    }
    return value;
}

void hc_objective_deviations(struct hc_objective *objective, double *out)
{
    sum_chunks(objective, true);
    gather(objective, true, out);
    for (size_t j = 0; j < objective->layout.n_free; j++)
        out[j] = 1 / sqrt(1 + fmax(out[j], 0));
}

/* A type of another model by its names; n_types: none. */
static size_t same_type(const struct hc_model *m, const struct hc_type *type)
{
    size_t t = 0;
    while (t < m->n_types && !(hc_str_equal(m->types[t].category_id, type->category_id) &&
                               hc_str_equal(m->types[t].cause_id, type->cause_id)))
        t++;
    return t;
}

/* The weights of a model that was learned before, as free parameters; what it does not know is the expert's: 0. */
static void parameters_of(const struct hc_objective *o, const struct hc_model *before, double *u)
{
    const struct hc_model *m = o->model;
    const size_t n_columns = m->n_columns;
    for (size_t j = 0; j < m->n_general; j++)
        u[j] = (before->general[j] - o->expert_general[j]) / hc_ridge_of(m, j, HC_RIDGE_GENERAL);
    for (size_t c = 0; c < m->n_categories; c++) {
        const size_t at = o->layout.category_at[c], b = hc_model_category(before, m->categories[c]);
        const double *expert = o->expert_categorial + c * n_columns;
        for (size_t j = 0; at != SIZE_MAX && b < before->n_categories && j < n_columns; j++)
            u[at + j] = (before->categorial[b * n_columns + j] - expert[j]) / category_ridge(&o->layout, m, c, j);
    }
    for (size_t t = 0; t < m->n_types; t++) {
        const size_t at = o->layout.type_at[t], b = same_type(before, &m->types[t]);
        if (at == SIZE_MAX || b == before->n_types)
            continue;
        const double *expert = o->expert_specific + t * n_columns, *own = before->specific + b * n_columns;
        const double *category = before->categorial + before->types[b].category * n_columns;
        for (size_t j = 0; j < n_columns; j++)
            u[at + j] = (own[j] - category[j] - expert[j]) / hc_type_ridge(&o->layout, m, t, j);
    }
}

/* The optimiser sees free parameters in units of the roots of their posterior deviations, in which what many incidents
 * speak of and what few do are nearer to one size: a third fewer steps from a start nearby (whole deviations: more). */
struct search {
    struct hc_objective *objective;
    double *scale, *u; /* u: free parameters, as the objective takes them */
};

static lbfgsfloatval_t evaluate(void *instance, const lbfgsfloatval_t *x, lbfgsfloatval_t *g, const int n,
                                const lbfgsfloatval_t step)
{
    (void)step;
    struct search *s = instance;
    for (int j = 0; j < n; j++)
        s->u[j] = x[j] * s->scale[j];
    const double value = hc_objective_value(s->objective, s->u, g);
    for (int j = 0; j < n; j++)
        g[j] *= s->scale[j];
    return value;
}

/* Moves x from where the search starts to the least that is found. */
static void search(struct search *s, double *x)
{
    struct hc_objective *o = s->objective;
    const size_t n_free = o->layout.n_free;
    lbfgs_parameter_t how;
    hc_objective_apply(o, x);
    o->step = o->n / HC_FIT_SAMPLED + 1;
    hc_objective_deviations(o, s->scale);
    for (size_t j = 0; j < n_free; j++) {
        s->scale[j] = sqrt(s->scale[j]);
        x[j] /= s->scale[j];
    }
    o->step = 1;
    lbfgs_parameter_init(&how);
    how.max_iterations = HC_FIT_ITERATIONS;
    how.past = 5;
    how.delta = HC_FIT_DECREASE;
    how.epsilon = 1e-4;
    /* Stopping early leaves the best point so far in x; the ridge makes every point a sound one. */
    lbfgs((int)n_free, x, NULL, evaluate, NULL, s, &how);
    for (size_t j = 0; j < n_free; j++)
        x[j] *= s->scale[j];
}

enum hc_status hc_fit(struct hc_model *model, const struct hc_example *examples, size_t n,
                      const struct hc_fitting *with, struct hc_weight_interval *intervals, struct hc_err *err)
{
    struct hc_arena *const arena = with->arena;
    struct hc_objective *o = NULL;
    double *u = NULL;
    enum hc_status status = hc_objective_new(&o, model, examples, n, with->n_threads, arena);
    if (status != HC_OK)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to fit %zu incidents", n);
    struct search s = {.objective = o,
                       .scale = hc_arena_alloc(arena, o->layout.n_free * sizeof(double)),
                       .u = hc_arena_alloc(arena, o->layout.n_free * sizeof(double))};
    u = lbfgs_malloc((int)o->layout.n_free);
    if (!u || !s.scale || !s.u) {
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to fit %zu incidents", n);
        goto done;
    }
    memset(u, 0, o->layout.n_free * sizeof *u);
    if (with->before)
        parameters_of(o, with->before, u);
    search(&s, u);
    hc_objective_apply(o, u);
    if (intervals) {
        *intervals = (struct hc_weight_interval){o->layout, hc_arena_alloc(arena, o->layout.n_free * sizeof(double))};
        if (intervals->deviations)
            hc_objective_deviations(o, intervals->deviations);
        else
            status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the weights' intervals");
    }
done:
    lbfgs_free(u);
    return status;
}
