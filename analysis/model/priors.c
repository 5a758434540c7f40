#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/model/core.h"

static int by_text(const void *a, const void *b)
{
    return hc_str_compare(*(const struct hc_str *)a, *(const struct hc_str *)b);
}

struct slug {
    struct hc_str category, cause;
};

static int by_slug(const void *a, const void *b)
{
    const struct slug *x = a, *y = b;
    const int c = hc_str_compare(x->category, y->category);
    return c ? c : hc_str_compare(x->cause, y->cause);
}

/* Labels that the catalogue does not know: by category and cause, each once. */
static size_t unknown_slugs(struct slug *out, const struct hc_labelled *const *past, size_t n,
                            const struct hc_catalogue *catalogue)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        const struct hc_str category = past[i]->category, cause = past[i]->cause;
        if (!category.p)
            continue;
        const size_t known = hc_catalogue_category(catalogue, category);
        if (known < catalogue->n_categories &&
            (!cause.p || hc_catalogue_cause(catalogue, known, cause) < catalogue->n_causes))
            continue;
        out[found++] = (struct slug){category, cause};
    }
    qsort(out, found, sizeof *out, by_slug);
    size_t kept = 0;
    for (size_t i = 0; i < found; i++)
        if (!kept || by_slug(&out[kept - 1], &out[i]) != 0)
            out[kept++] = out[i];
    return kept;
}

static void add_types(struct hc_model *m, const struct slug *slugs, size_t n, const struct hc_catalogue *catalogue)
{
    size_t next_category = catalogue->n_categories;
    for (size_t i = 0; i < n; i++) {
        size_t category = hc_model_category(m, slugs[i].category);
        if (category == m->n_categories) {
            category = next_category++;
            m->categories[category] = hc_str_copy(m->arena, slugs[i].category);
        }
        const size_t t = catalogue->n_causes + i;
        m->types[t] = (struct hc_type){.category_id = m->categories[category],
                                       .cause_id = hc_str_copy(m->arena, slugs[i].cause),
                                       .category = (uint32_t)category,
                                       .cause = HC_NONE};
        memcpy(m->specific + t * m->n_columns, m->categorial + category * m->n_columns,
               m->n_columns * sizeof *m->specific);
    }
}

enum hc_status hc_types_learn(struct hc_model **out, const struct hc_labelled *const *past, size_t n,
                              const struct hc_catalogue *catalogue, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    struct slug *slugs = malloc((n + 1) * sizeof *slugs);
    if (!slugs) {
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a model");
        goto done;
    }
    const size_t n_slugs = unknown_slugs(slugs, past, n, catalogue);
    size_t n_new = 0;
    for (size_t i = 0; i < n_slugs; i++) {
        const bool first = i == 0 || !hc_str_equal(slugs[i].category, slugs[i - 1].category);
        n_new += first && hc_catalogue_category(catalogue, slugs[i].category) == catalogue->n_categories;
    }
    status = hc_model_new(out, catalogue, catalogue->n_categories + n_new, catalogue->n_causes + n_slugs, err);
    if (status != HC_OK)
        goto done;
    hc_model_set_expert(*out, catalogue);
    add_types(*out, slugs, n_slugs, catalogue);
    hc_model_arrange(*out);
done:
    free(slugs);
    return status;
}

static void count_labels(struct hc_model *m, const struct hc_labelled *const *past, size_t n,
                         const struct hc_catalogue *catalogue)
{
    for (size_t i = 0; i < n; i++) {
        if (!past[i]->category.p)
            continue;
        const size_t category = hc_model_category(m, past[i]->category);
        if (category < m->n_categories)
            m->category_n[category]++;
        const size_t type = hc_model_type(m, catalogue, past[i]->category, past[i]->cause);
        if (type < m->n_types)
            m->types[type].n++;
    }
}

/* Dirichlet means: the catalogue's shares count as so many incidents, what it does not know as half a one. */
static void share_out(struct hc_model *m, const struct hc_catalogue *catalogue)
{
    double total = 0;
    for (size_t c = 0; c < m->n_categories; c++) {
        const double base =
            c < catalogue->n_categories ? HC_CATEGORY_STRENGTH * catalogue->categories[c].share : HC_NEW_TYPE_INCIDENTS;
        m->category_share[c] = base + m->category_n[c];
        total += m->category_share[c];
    }
    for (size_t c = 0; c < m->n_categories; c++) {
        m->category_share[c] /= total;
        double within = 0;
        for (size_t t = 0; t < m->n_types; t++) {
            if (m->types[t].category != c)
                continue;
            const uint32_t cause = m->types[t].cause;
            const double base =
                cause == HC_NONE ? HC_NEW_TYPE_INCIDENTS : HC_CAUSE_STRENGTH * catalogue->causes[cause].share;
            m->types[t].within = base + m->types[t].n;
            within += m->types[t].within;
        }
        for (size_t t = 0; t < m->n_types && within > 0; t++)
            if (m->types[t].category == c)
                m->types[t].within /= within;
    }
}

/* ln of the Dirichlet-multinomial likelihood of the services' counts with the overall shares times `strength`. */
static double ln_likelihood(const struct hc_model *m, double strength)
{
    double sum = 0;
    int sign;
    for (size_t s = 0; s < m->n_services; s++) {
        sum += lgamma_r(strength, &sign) - lgamma_r(strength + m->services[s].n, &sign);
        for (size_t c = 0; c < m->n_categories; c++) {
            const double a = strength * m->category_share[c];
            if (m->services[s].counts[c])
                sum += lgamma_r(a + m->services[s].counts[c], &sign) - lgamma_r(a, &sign);
        }
    }
    return sum;
}

static void share_services(struct hc_model *m)
{
    static const double strengths[] = HC_SERVICE_STRENGTHS;
    double best = strengths[0], best_value = -INFINITY;
    for (size_t i = 0; i < sizeof strengths / sizeof *strengths; i++) {
        const double value = ln_likelihood(m, strengths[i]);
        if (value > best_value)
            best = strengths[i], best_value = value;
    }
    m->service_strength = best;
    for (size_t s = 0; s < m->n_services; s++)
        for (size_t c = 0; c < m->n_categories; c++)
            m->services[s].shares[c] =
                (best * m->category_share[c] + m->services[s].counts[c]) / (best + m->services[s].n);
}

static enum hc_status count_services(struct hc_model *m, const struct hc_labelled *const *past, size_t n,
                                     struct hc_str *names)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        if (past[i]->evidence->service.p && past[i]->category.p)
            names[found++] = past[i]->evidence->service;
    qsort(names, found, sizeof *names, by_text);
    size_t kept = 0;
    for (size_t i = 0; i < found; i++)
        if (!kept || !hc_str_equal(names[kept - 1], names[i]))
            names[kept++] = names[i];
    m->services = hc_arena_calloc(m->arena, kept, sizeof *m->services);
    if (!m->services)
        return HC_FATAL;
    m->n_services = kept;
    for (size_t s = 0; s < kept; s++) {
        m->services[s].name = hc_str_copy(m->arena, names[s]);
        m->services[s].shares = hc_arena_calloc(m->arena, m->n_categories, sizeof(double));
        m->services[s].counts = hc_arena_calloc(m->arena, m->n_categories, sizeof(uint32_t));
        if (!m->services[s].name.p || !m->services[s].shares || !m->services[s].counts)
            return HC_FATAL;
    }
    for (size_t i = 0; i < n; i++) {
        if (!past[i]->category.p)
            continue;
        const size_t category = hc_model_category(m, past[i]->category);
        struct hc_service *service = (struct hc_service *)hc_model_service(m, past[i]->evidence->service);
        if (!service || category == m->n_categories)
            continue;
        service->n++;
        service->counts[category]++;
    }
    return HC_OK;
}

static enum hc_status count_culprits(struct hc_model *m, const struct hc_labelled *const *past, size_t n,
                                     struct hc_str *names)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        if (past[i]->component.p)
            names[found++] = past[i]->component;
    qsort(names, found, sizeof *names, by_text);
    m->culprits = hc_arena_calloc(m->arena, found, sizeof *m->culprits);
    if (!m->culprits)
        return HC_FATAL;
    m->n_with_culprit = (uint32_t)found;
    for (size_t i = 0; i < found; i++) {
        const bool same = m->n_culprits && hc_str_equal(m->culprits[m->n_culprits - 1].name, names[i]);
        if (!same)
            m->culprits[m->n_culprits++].name = hc_str_copy(m->arena, names[i]);
        m->culprits[m->n_culprits - 1].n++;
    }
    return HC_OK;
}

/* The kind of a label's component, as its incident says. */
static struct hc_str culprit_kind(const struct hc_labelled *label)
{
    const struct hc_evidence *e = label->evidence;
    for (size_t s = 0; s < e->n_components && label->component.p; s++)
        if (hc_str_equal(e->components[s].name, label->component))
            return e->components[s].kind;
    return HC_STR_NONE;
}

static enum hc_status name_component_kinds(struct hc_model *m, struct hc_str *names, size_t n)
{
    qsort(names, n, sizeof *names, by_text);
    m->component_kinds = hc_arena_calloc(m->arena, n, sizeof *m->component_kinds);
    if (!m->component_kinds)
        return HC_FATAL;
    for (size_t i = 0; i < n; i++) {
        if (m->n_component_kinds && hc_str_equal(m->component_kinds[m->n_component_kinds - 1].name, names[i]))
            continue;
        struct hc_component_kind *kind = &m->component_kinds[m->n_component_kinds++];
        kind->name = hc_str_copy(m->arena, names[i]);
        kind->tilt = hc_arena_calloc(m->arena, m->n_types, sizeof *kind->tilt);
        if (!kind->name.p || !kind->tilt)
            return HC_FATAL;
    }
    return HC_OK;
}

/* ln of the Dirichlet-multinomial likelihood of the kinds' counts (in `tilt`) with the overall shares times `strength`. */
static double ln_likelihood_of_kinds(const struct hc_model *m, const double *shares, double strength)
{
    double sum = 0;
    int sign;
    for (size_t i = 0; i < m->n_component_kinds; i++) {
        const struct hc_component_kind *kind = &m->component_kinds[i];
        sum += lgamma_r(strength, &sign) - lgamma_r(strength + kind->n, &sign);
        for (size_t t = 0; t < m->n_types; t++) {
            const double a = strength * shares[t];
            if (kind->tilt[t] > 0 && a > 0)
                sum += lgamma_r(a + kind->tilt[t], &sign) - lgamma_r(a, &sign);
        }
    }
    return sum;
}

/* From counts to tilts. */
static void tilt_kinds(struct hc_model *m, const double *shares)
{
    static const double strengths[] = HC_SERVICE_STRENGTHS;
    double best = strengths[0], best_value = -INFINITY;
    for (size_t i = 0; i < sizeof strengths / sizeof *strengths; i++) {
        const double value = ln_likelihood_of_kinds(m, shares, strengths[i]);
        if (value > best_value)
            best = strengths[i], best_value = value;
    }
    for (size_t i = 0; i < m->n_component_kinds; i++) {
        struct hc_component_kind *kind = &m->component_kinds[i];
        for (size_t t = 0; t < m->n_types; t++) {
            const double share = (best * shares[t] + kind->tilt[t]) / (best + kind->n);
            kind->tilt[t] = shares[t] > 0 ? log(share / shares[t]) : 0;
        }
    }
}

static enum hc_status learn_component_kinds(struct hc_model *m, const struct hc_labelled *const *past, size_t n,
                                            const struct hc_catalogue *catalogue, struct hc_str *names)
{
    double *shares = hc_arena_alloc(m->arena, m->n_types * sizeof *shares);
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        const struct hc_str kind = culprit_kind(past[i]);
        if (kind.p && past[i]->category.p && past[i]->cause.p)
            names[found++] = kind;
    }
    if (!shares || name_component_kinds(m, names, found) != HC_OK)
        return HC_FATAL;
    for (size_t t = 0; t < m->n_types; t++)
        shares[t] = m->category_share[m->types[t].category] * m->types[t].within;
    for (size_t i = 0; i < n; i++) {
        const struct hc_str name = culprit_kind(past[i]);
        const size_t type = hc_model_type(m, catalogue, past[i]->category, past[i]->cause);
        if (!name.p || !past[i]->category.p || !past[i]->cause.p || type == m->n_types)
            continue;
        for (size_t k = 0; k < m->n_component_kinds; k++) {
            if (!hc_str_equal(m->component_kinds[k].name, name))
                continue;
            m->component_kinds[k].tilt[type]++;
            m->component_kinds[k].n++;
        }
    }
    tilt_kinds(m, shares);
    return HC_OK;
}

enum hc_status hc_priors_learn(struct hc_model *model, const struct hc_labelled *const *past, size_t n,
                               const struct hc_catalogue *catalogue)
{
    model->n_learned = (uint32_t)n;
    count_labels(model, past, n, catalogue);
    share_out(model, catalogue);
    struct hc_str *names = malloc((n + 1) * sizeof *names);
    enum hc_status status = names ? HC_OK : HC_FATAL;
    if (status == HC_OK)
        status = count_services(model, past, n, names);
    if (status == HC_OK)
        status = count_culprits(model, past, n, names);
    if (status == HC_OK)
        status = learn_component_kinds(model, past, n, catalogue, names);
    if (status == HC_OK)
        share_services(model);
    free(names);
    return status;
}
