#include <math.h>
#include <string.h>

#include "analysis/model/parameters.h"

static const char magic[4] = {'H', 'C', 'M', HC_MODEL_VERSION};

static void put_u64(struct hc_buf *b, uint64_t x)
{
    for (int i = 0; i < 8; i++)
        hc_buf_char(b, (char)(x >> (8 * i) & 0xff));
}

static void put_f64(struct hc_buf *b, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    put_u64(b, bits);
}

static void put_str(struct hc_buf *b, struct hc_str s)
{
    put_u64(b, s.p ? s.n : UINT64_MAX);
    hc_buf_str(b, s);
}

/* Most weights are 0: index and value of the others. */
static void put_sparse(struct hc_buf *b, const double *x, size_t n)
{
    size_t used = 0;
    for (size_t i = 0; i < n; i++)
        used += fabs(x[i]) > 0;
    put_u64(b, used);
    for (size_t i = 0; i < n; i++) {
        if (!(fabs(x[i]) > 0))
            continue;
        put_u64(b, i);
        put_f64(b, x[i]);
    }
}

static void put_nulls(struct hc_buf *b, const struct hc_model *m, const struct hc_null *nulls)
{
    for (size_t f = 0; f < m->n_features; f++) {
        put_u64(b, nulls ? nulls[f].n : 0);
        if (!nulls || !nulls[f].n)
            continue;
        for (int i = 0; i < HC_SURPRISE_KNOTS; i++)
            put_f64(b, nulls[f].knots[i]);
        put_f64(b, nulls[f].tail);
    }
}

static void put_confidence(struct hc_buf *b, const struct hc_model *m)
{
    const struct hc_confidence *c = &m->confidence;
    put_f64(b, c->log_t);
    put_f64(b, c->wrong_labels);
    put_f64(b, c->bias);
    put_f64(b, c->slope);
    put_u64(b, c->has_guarantee);
    put_u64(b, c->n_cells);
    for (size_t i = 0; i < c->n_cells; i++) {
        put_u64(b, c->cells[i].kinds);
        put_u64(b, c->cells[i].missing);
        put_f64(b, c->cells[i].quantile);
        put_u64(b, c->cells[i].n);
    }
    for (size_t k = 0; k < m->n_kinds; k++) {
        put_f64(b, c->missing[k]);
        put_f64(b, c->points[k]);
        put_f64(b, c->points_low[k]);
        put_f64(b, c->points_high[k]);
        put_u64(b, c->points_n[k]);
        put_f64(b, c->entropy_ratio[k]);
        put_f64(b, c->doubt_ratio[k]);
    }
}

static void put_types(struct hc_buf *b, const struct hc_model *m)
{
    for (size_t c = 0; c < m->n_categories; c++) {
        put_str(b, m->categories[c]);
        put_f64(b, m->category_share[c]);
        put_u64(b, m->category_n[c]);
    }
    for (size_t t = 0; t < m->n_types; t++) {
        put_u64(b, m->types[t].category);
        put_str(b, m->types[t].cause_id);
        put_f64(b, m->types[t].within);
        put_u64(b, m->types[t].n);
    }
}

static void put_services(struct hc_buf *b, const struct hc_model *m)
{
    put_f64(b, m->service_strength);
    put_u64(b, m->n_services);
    for (size_t s = 0; s < m->n_services; s++) {
        const struct hc_service *service = &m->services[s];
        put_str(b, service->name);
        put_u64(b, service->n);
        for (size_t c = 0; c < m->n_categories; c++) {
            put_f64(b, service->shares[c]);
            put_u64(b, service->counts[c]);
        }
        put_u64(b, service->nulls != NULL);
        if (service->nulls)
            put_nulls(b, m, service->nulls);
    }
}

static void put_component_kinds(struct hc_buf *b, const struct hc_model *m)
{
    put_u64(b, m->n_component_kinds);
    for (size_t i = 0; i < m->n_component_kinds; i++) {
        put_str(b, m->component_kinds[i].name);
        put_u64(b, m->component_kinds[i].n);
        for (size_t t = 0; t < m->n_types; t++)
            put_f64(b, m->component_kinds[i].tilt[t]);
    }
}

static void put_wording(struct hc_buf *b, const struct hc_model *m)
{
    const struct hc_wording *w = &m->wording;
    const size_t n = w->scale > 0 ? w->n_words : 0; /* words that say nothing need not be kept */
    put_f64(b, w->strength);
    put_f64(b, w->scale);
    for (size_t c = 0; c < m->n_categories; c++)
        put_u64(b, w->n_texts ? w->n_texts[c] : 0);
    put_u64(b, n);
    for (size_t i = 0; i < n; i++) {
        put_str(b, w->words[i]);
        for (size_t c = 0; c < m->n_categories; c++)
            put_u64(b, w->n_of[i * m->n_categories + c]);
    }
}

enum hc_status hc_model_pack(const struct hc_model *model, struct hc_arena *arena, struct hc_str *out,
                             struct hc_err *err)
{
    const struct hc_model *m = model;
    struct hc_buf b = {0};
    hc_buf_add(&b, magic, sizeof magic);
    put_u64(&b, m->catalogue_checksum);
    put_u64(&b, m->n_categories);
    put_u64(&b, m->n_types);
    put_u64(&b, m->n_learned);
    put_u64(&b, m->n_with_culprit);
    put_f64(&b, m->recurrence);
    put_types(&b, m);
    put_sparse(&b, m->general, m->n_general);
    put_sparse(&b, m->categorial, m->n_categories * m->n_columns);
    put_sparse(&b, m->specific, m->n_types * m->n_columns);
    put_nulls(&b, m, m->nulls);
    put_services(&b, m);
    put_u64(&b, m->n_culprits);
    for (size_t i = 0; i < m->n_culprits; i++) {
        put_str(&b, m->culprits[i].name);
        put_u64(&b, m->culprits[i].n);
    }
    put_component_kinds(&b, m);
    put_wording(&b, m);
    put_confidence(&b, m);
    *out = b.failed ? HC_STR_NONE : hc_str_copy(arena, hc_buf_view(&b));
    hc_buf_free(&b);
    return out->p ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to pack a model");
}
