#include <math.h>
#include <string.h>

#include "analysis/model/parameters.h"

/* What was packed comes back from a store, which may be damaged: every count is checked against what is left. */
struct source {
    const unsigned char *p;
    size_t n;
    bool bad;
    struct hc_arena *arena;
};

static uint64_t get_u64(struct source *s)
{
    uint64_t x = 0;
    if (s->n < 8) {
        s->bad = true;
        return 0;
    }
    for (int i = 0; i < 8; i++)
        x |= (uint64_t)s->p[i] << (8 * i);
    s->p += 8;
    s->n -= 8;
    return x;
}

static uint32_t get_u32(struct source *s)
{
    const uint64_t x = get_u64(s);
    if (x > UINT32_MAX)
        s->bad = true;
    return (uint32_t)x;
}

static double get_f64(struct source *s)
{
    const uint64_t bits = get_u64(s);
    double x;
    memcpy(&x, &bits, sizeof x);
    if (!isfinite(x))
        s->bad = true;
    return x;
}

static struct hc_str get_str(struct source *s)
{
    const uint64_t n = get_u64(s);
    if (n == UINT64_MAX)
        return HC_STR_NONE;
    if (n > s->n) {
        s->bad = true;
        return HC_STR_NONE;
    }
    const struct hc_str text = hc_str_copy(s->arena, (struct hc_str){(const char *)s->p, (size_t)n});
    s->bad = s->bad || !text.p;
    s->p += n;
    s->n -= (size_t)n;
    return text;
}

static void get_sparse(struct source *s, double *x, size_t n)
{
    const uint64_t used = get_u64(s);
    memset(x, 0, n * sizeof *x);
    for (uint64_t i = 0; i < used && !s->bad; i++) {
        const uint64_t at = get_u64(s);
        const double value = get_f64(s);
        if (at < n)
            x[at] = value;
        else
            s->bad = true;
    }
}

static void get_nulls(struct source *s, const struct hc_model *m, struct hc_null *nulls)
{
    for (size_t f = 0; f < m->n_features && !s->bad; f++) {
        nulls[f].n = get_u32(s);
        if (!nulls[f].n)
            continue;
        for (int i = 0; i < HC_SURPRISE_KNOTS; i++)
            nulls[f].knots[i] = get_f64(s);
        nulls[f].tail = get_f64(s);
        s->bad = s->bad || !(nulls[f].tail > 0);
    }
}

static void get_cells(struct source *s, struct hc_model *m)
{
    struct hc_confidence *c = &m->confidence;
    c->has_guarantee = get_u64(s) != 0;
    const uint64_t n = get_u64(s);
    if (n > s->n || (c->has_guarantee && !n))
        s->bad = true;
    c->cells = s->bad ? NULL : hc_arena_calloc(m->arena, (size_t)n, sizeof *c->cells);
    s->bad = s->bad || !c->cells;
    for (c->n_cells = 0; c->n_cells < n && !s->bad; c->n_cells++) {
        struct hc_set_cell *cell = &c->cells[c->n_cells];
        cell->kinds = get_u64(s);
        cell->missing = get_u64(s);
        cell->quantile = get_f64(s);
        cell->n = get_u32(s);
    }
    if (c->n_cells && c->cells[c->n_cells - 1].kinds) /* the last fits all */
        s->bad = true;
}

static void get_confidence(struct source *s, struct hc_model *m)
{
    struct hc_confidence *c = &m->confidence;
    c->log_t = get_f64(s);
    c->wrong_labels = get_f64(s);
    c->bias = get_f64(s);
    c->slope = get_f64(s);
    get_cells(s, m);
    for (size_t k = 0; k < m->n_kinds; k++) {
        c->missing[k] = get_f64(s);
        c->points[k] = get_f64(s);
        c->points_low[k] = get_f64(s);
        c->points_high[k] = get_f64(s);
        c->points_n[k] = get_u32(s);
        c->entropy_ratio[k] = get_f64(s);
        c->doubt_ratio[k] = get_f64(s);
    }
}

static void get_types(struct source *s, struct hc_model *m, const struct hc_catalogue *catalogue)
{
    for (size_t c = 0; c < m->n_categories && !s->bad; c++) {
        m->categories[c] = get_str(s);
        m->category_share[c] = get_f64(s);
        m->category_n[c] = get_u32(s);
    }
    for (size_t t = 0; t < m->n_types && !s->bad; t++) {
        struct hc_type *type = &m->types[t];
        type->category = get_u32(s);
        type->cause_id = get_str(s);
        type->within = get_f64(s);
        type->n = get_u32(s);
        type->cause = t < catalogue->n_causes ? (uint32_t)t : HC_NONE;
        if (type->category >= m->n_categories)
            s->bad = true;
        else
            type->category_id = m->categories[type->category];
    }
}

static void get_services(struct source *s, struct hc_model *m)
{
    m->service_strength = get_f64(s);
    const uint64_t n = get_u64(s);
    if (n > s->n)
        s->bad = true; /* a service takes more than a byte */
    m->services = s->bad ? NULL : hc_arena_calloc(m->arena, (size_t)n, sizeof *m->services);
    s->bad = s->bad || !m->services;
    for (m->n_services = 0; m->n_services < n && !s->bad; m->n_services++) {
        struct hc_service *service = &m->services[m->n_services];
        service->name = get_str(s);
        service->n = get_u32(s);
        service->shares = hc_arena_calloc(m->arena, m->n_categories, sizeof(double));
        service->counts = hc_arena_calloc(m->arena, m->n_categories, sizeof(uint32_t));
        s->bad = s->bad || !service->shares || !service->counts;
        for (size_t c = 0; c < m->n_categories && !s->bad; c++) {
            service->shares[c] = get_f64(s);
            service->counts[c] = get_u32(s);
        }
        if (!get_u64(s))
            continue;
        service->nulls = hc_arena_calloc(m->arena, m->n_features, sizeof *service->nulls);
        if (service->nulls)
            get_nulls(s, m, service->nulls);
        else
            s->bad = true;
    }
}

static void get_culprits(struct source *s, struct hc_model *m)
{
    const uint64_t n = get_u64(s);
    if (n > s->n)
        s->bad = true;
    m->culprits = s->bad ? NULL : hc_arena_calloc(m->arena, (size_t)n, sizeof *m->culprits);
    s->bad = s->bad || !m->culprits;
    for (m->n_culprits = 0; m->n_culprits < n && !s->bad; m->n_culprits++) {
        m->culprits[m->n_culprits].name = get_str(s);
        m->culprits[m->n_culprits].n = get_u32(s);
    }
}

static void get_component_kinds(struct source *s, struct hc_model *m)
{
    const uint64_t n = get_u64(s);
    if (n > s->n)
        s->bad = true;
    m->component_kinds = s->bad ? NULL : hc_arena_calloc(m->arena, (size_t)n, sizeof *m->component_kinds);
    s->bad = s->bad || !m->component_kinds;
    for (m->n_component_kinds = 0; m->n_component_kinds < n && !s->bad; m->n_component_kinds++) {
        struct hc_component_kind *kind = &m->component_kinds[m->n_component_kinds];
        kind->name = get_str(s);
        kind->n = get_u32(s);
        kind->tilt = hc_arena_calloc(m->arena, m->n_types, sizeof *kind->tilt);
        s->bad = s->bad || !kind->tilt;
        for (size_t t = 0; t < m->n_types && !s->bad; t++)
            kind->tilt[t] = get_f64(s);
    }
}

static void get_wording(struct source *s, struct hc_model *m)
{
    struct hc_wording *w = &m->wording;
    w->n_categories = m->n_categories;
    w->strength = get_f64(s);
    w->scale = get_f64(s);
    w->n_texts = hc_arena_calloc(m->arena, m->n_categories, sizeof *w->n_texts);
    s->bad = s->bad || !w->n_texts || !(w->strength > 0) || w->scale < 0;
    for (size_t c = 0; c < m->n_categories && !s->bad; c++)
        w->n_texts[c] = get_u32(s);
    const uint64_t n = get_u64(s);
    if (n > s->n / 8 / (1 + m->n_categories))
        s->bad = true;
    w->words = s->bad ? NULL : hc_arena_calloc(m->arena, (size_t)n, sizeof *w->words);
    w->n_of = s->bad ? NULL : hc_arena_calloc(m->arena, (size_t)n * m->n_categories, sizeof *w->n_of);
    s->bad = s->bad || !w->words || !w->n_of;
    for (; w->n_words < n && !s->bad; w->n_words++) {
        w->words[w->n_words] = get_str(s);
        s->bad = s->bad || (w->n_words && hc_str_compare(w->words[w->n_words - 1], w->words[w->n_words]) >= 0);
        for (size_t c = 0; c < m->n_categories && !s->bad; c++)
            w->n_of[w->n_words * m->n_categories + c] = get_u32(s);
    }
}

enum hc_status hc_model_unpack(struct hc_model **out, struct hc_str packed, const struct hc_catalogue *catalogue,
                               struct hc_err *err)
{
    static const char magic[4] = {'H', 'C', 'M', HC_MODEL_VERSION};
    struct source s = {(const unsigned char *)packed.p, packed.n, false, NULL};
    if (packed.n < sizeof magic || memcmp(packed.p, magic, sizeof magic) != 0)
        return hc_err_set(err, HC_FAIL, "model-version", "the calibration is of another version of the model");
    s.p += sizeof magic;
    s.n -= sizeof magic;
    if (get_u64(&s) != catalogue->checksum)
        return hc_err_set(err, HC_FAIL, "model-catalogue", "the calibration was made with another catalogue");
    const uint64_t n_categories = get_u64(&s), n_types = get_u64(&s);
    if (s.bad || n_categories < catalogue->n_categories || n_types < catalogue->n_causes || n_categories > s.n ||
        n_types > s.n)
        return hc_err_set(err, HC_FAIL, "model-damaged", "the calibration's model cannot be read");
    struct hc_model *m = NULL;
    const enum hc_status status = hc_model_new(&m, catalogue, (size_t)n_categories, (size_t)n_types, err);
    if (status != HC_OK)
        return status;
    s.arena = m->arena;
    m->n_learned = get_u32(&s);
    m->n_with_culprit = get_u32(&s);
    m->recurrence = get_f64(&s);
    get_types(&s, m, catalogue);
    get_sparse(&s, m->general, m->n_general);
    get_sparse(&s, m->categorial, m->n_categories * m->n_columns);
    get_sparse(&s, m->specific, m->n_types * m->n_columns);
    hc_model_arrange(m);
    get_nulls(&s, m, m->nulls);
    get_services(&s, m);
    get_culprits(&s, m);
    get_component_kinds(&s, m);
    get_wording(&s, m);
    get_confidence(&s, m);
    if (!s.bad && s.n == 0) {
        *out = m;
        return HC_OK;
    }
    hc_model_free(m);
    return hc_err_set(err, HC_FAIL, "model-damaged", "the calibration's model cannot be read");
}
