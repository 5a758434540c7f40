#include "analysis/model/common.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/stats/vector.h"

struct majority { /* of one column's values over the rows, by the vote of Boyer and Moore, then counted */
    double value;
    uint32_t lead, n;
};

static bool same(double a, double b)
{
    return a <= b && a >= b;
}

static void vote(struct majority *m, const struct hc_design *d, uint32_t n_columns)
{
    const uint32_t n = d->start[d->n_rows];
    for (uint32_t j = 0; j < n; j++) {
        if (d->column[j] >= n_columns)
            continue;
        struct majority *of = &m[d->column[j]];
        if (!of->lead)
            of->value = d->value[j];
        of->lead = same(of->value, d->value[j]) ? of->lead + 1 : of->lead - 1;
    }
    for (uint32_t j = 0; j < n; j++)
        if (d->column[j] < n_columns && same(m[d->column[j]].value, d->value[j]))
            m[d->column[j]].n++;
}

struct writer {
    struct hc_common *out;
    uint32_t used;
};

static void put(struct writer *w, uint32_t column, double value)
{
    w->out->column[w->used] = column;
    w->out->value[w->used++] = value;
}

/* Both lists ascend: entries of the row less the shared ones. */
static void make_row(struct writer *w, const struct hc_design *d, size_t row, uint32_t n_columns)
{
    struct hc_common *c = w->out;
    uint32_t s = 0, j = d->start[row];
    const uint32_t end = d->start[row + 1];
    c->start[row] = w->used;
    while (s < c->n_shared || (j < end && d->column[j] < n_columns)) {
        const uint32_t mine = j < end && d->column[j] < n_columns ? d->column[j] : HC_NONE;
        const uint32_t shared = s < c->n_shared ? c->shared_column[s] : HC_NONE;
        if (mine < shared) {
            put(w, mine, d->value[j]);
        } else if (shared < mine) {
            put(w, shared, -c->shared_value[s]);
        } else if (!same(d->value[j], c->shared_value[s])) {
            put(w, mine, d->value[j] - c->shared_value[s]);
        }
        j += mine <= shared;
        s += shared <= mine;
    }
    c->own_end[row] = w->used;
    for (; j < end; j++)
        put(w, d->column[j], d->value[j]);
    c->start[row + 1] = w->used;
}

static enum hc_status make(struct hc_common *out, const struct majority *m, const struct hc_design *design,
                           uint32_t n_columns, struct hc_arena *arena)
{
    const size_t n_rows = design->n_rows;
    size_t n = design->start[n_rows], n_shared = 0;
    for (uint32_t j = 0; j < n_columns; j++)
        n_shared += 2 * (size_t)m[j].n > n_rows;
    *out = (struct hc_common){.n_rows = n_rows,
                              .shared_column = hc_arena_alloc(arena, n_shared * sizeof(uint32_t)),
                              .shared_value = hc_arena_alloc(arena, n_shared * sizeof(double)),
                              .start = hc_arena_alloc(arena, (n_rows + 1) * sizeof(uint32_t)),
                              .own_end = hc_arena_alloc(arena, n_rows * sizeof(uint32_t))};
    if (!out->shared_column || !out->shared_value || !out->start || !out->own_end)
        return HC_FATAL;
    for (uint32_t j = 0; j < n_columns; j++) {
        if (2 * (size_t)m[j].n <= n_rows)
            continue;
        out->shared_column[out->n_shared] = j;
        out->shared_value[out->n_shared++] = m[j].value;
        n = n + n_rows - 2 * (size_t)m[j].n; /* a bound: rows without it get an entry, those with it lose one */
    }
    out->column = hc_arena_alloc(arena, (n + 1) * sizeof *out->column);
    out->value = hc_arena_alloc(arena, (n + 1) * sizeof *out->value);
    if (!out->column || !out->value)
        return HC_FATAL;
    struct writer w = {out, 0};
    for (size_t r = 0; r < n_rows; r++)
        make_row(&w, design, r, n_columns);
    return HC_OK;
}

enum hc_status hc_common_make(struct hc_common *out, const struct hc_design *design, const struct hc_model *model,
                              struct hc_arena *arena)
{
    struct majority *m = calloc(model->n_columns, sizeof *m);
    if (!m)
        return HC_FATAL;
    vote(m, design, (uint32_t)model->n_columns);
    const enum hc_status status = make(out, m, design, (uint32_t)model->n_columns, arena);
    free(m);
    return status;
}

void hc_common_scores(const struct hc_common *common, const struct hc_model *model, const double *together,
                      const double *const *priors, double *out)
{
    const struct hc_common *c = common;
    const size_t width = model->n_width;
    memset(out, 0, width * sizeof *out);
    hc_vector_gather(out, together, width, c->shared_column, c->shared_value, c->n_shared);
    for (size_t r = c->n_rows; r-- > 0;) { /* the first row, where the shared part stands, last */
        double general = 0, *row = out + r * width;
        const uint32_t first = c->start[r];
        for (uint32_t j = c->own_end[r]; j < c->start[r + 1]; j++)
            general += model->general[c->column[j]] * c->value[j];
        hc_vector_add_pair(row, out, priors[r], general, model->n_types);
        hc_vector_gather(row, together, width, c->column + first, c->value + first, c->own_end[r] - first);
        for (size_t t = model->n_types; t < width; t++)
            row[t] = -INFINITY;
    }
}

void hc_common_gradient(const struct hc_common *common, const struct hc_model *model, const double *residual,
                        double *total, double *gradient)
{
    const struct hc_common *c = common;
    const size_t width = model->n_width;
    double *own = gradient + model->n_general;
    memset(total, 0, width * sizeof *total);
    for (size_t r = 0; r < c->n_rows; r++) {
        const double *row = residual + r * width;
        const uint32_t first = c->start[r], end = c->start[r + 1];
        double size;
        const double sum = hc_vector_add_to(total, row, width, &size);
        if (size < HC_FIT_NEGLIGIBLE)
            continue;
        hc_vector_scatter(own, width, c->column + first, c->value + first, c->own_end[r] - first, row);
        for (uint32_t j = c->own_end[r]; j < end; j++)
            gradient[c->column[j]] += sum * c->value[j];
    }
    hc_vector_scatter(own, width, c->shared_column, c->shared_value, c->n_shared, total);
}

/* What row r's entries add to what the shared values alone would have given: (s + v)^2 - s^2 each. */
static void add_own_information(const struct hc_common *c, size_t r, const struct hc_model *m, double of_row,
                                const double *of_types, double *gradient)
{
    uint32_t s = 0;
    for (uint32_t j = c->start[r]; j < c->own_end[r]; j++) {
        while (s < c->n_shared && c->shared_column[s] < c->column[j])
            s++;
        const double shared = s < c->n_shared && c->shared_column[s] == c->column[j] ? c->shared_value[s] : 0;
        const double more = (2 * shared + c->value[j]) * c->value[j];
        gradient[c->column[j]] += of_row * more;
        hc_vector_scatter(gradient + m->n_general, m->n_width, &c->column[j], &more, 1, of_types);
    }
    for (uint32_t j = c->own_end[r]; j < c->start[r + 1]; j++)
        gradient[c->column[j]] += of_row * c->value[j] * c->value[j];
}

void hc_common_information(const struct hc_common *common, const struct hc_model *model, double weight, double *p,
                           double *total, double *gradient)
{
    const struct hc_common *c = common;
    const size_t width = model->n_width;
    double of_rows = 0, size;
    memset(total, 0, width * sizeof *total);
    for (size_t r = 0; r < c->n_rows; r++) {
        double *row = p + r * width, sum = 0;
        for (size_t t = 0; t < width; t++) {
            sum += row[t];
            row[t] = weight * row[t] * (1 - row[t]);
        }
        const double of_row = weight * sum * fmax(1 - sum, 0);
        of_rows += of_row;
        hc_vector_add_to(total, row, width, &size);
        add_own_information(c, r, model, of_row, row, gradient);
    }
    for (uint32_t j = 0; j < c->n_shared; j++)
        gradient[c->shared_column[j]] += of_rows * c->shared_value[j] * c->shared_value[j];
    hc_vector_scatter_squared(gradient + model->n_general, width, c->shared_column, c->shared_value, c->n_shared,
                              total);
}
