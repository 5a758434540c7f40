#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/model/core.h"

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

double hc_category_base(const struct hc_catalogue *catalogue, size_t category)
{
    return category < catalogue->n_categories ? HC_CATEGORY_STRENGTH * catalogue->categories[category].share
                                              : HC_NEW_TYPE_INCIDENTS;
}

/* Dirichlet means: the catalogue's shares count as so many incidents, what it does not know as half a one. */
static void share_out(struct hc_model *m, const struct hc_catalogue *catalogue)
{
    double total = 0;
    for (size_t c = 0; c < m->n_categories; c++) {
        m->category_share[c] = hc_category_base(catalogue, c) + m->category_n[c];
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

/* Incidents of one service, or of one kind of component: by category, or by type. */
struct group {
    const uint32_t *counts;
    uint32_t n;
};

/* ln of the Dirichlet-multinomial likelihood of the groups' counts with the shares of all times `strength`. */
static double ln_likelihood(const struct group *groups, size_t n, const double *shares, size_t n_shares,
                            double strength)
{
    double sum = 0;
    int sign;
    for (size_t i = 0; i < n; i++) {
        sum += lgamma_r(strength, &sign) - lgamma_r(strength + groups[i].n, &sign);
        for (size_t c = 0; c < n_shares; c++) {
            const double a = strength * shares[c];
            if (groups[i].counts[c] && a > 0)
                sum += lgamma_r(a + groups[i].counts[c], &sign) - lgamma_r(a, &sign);
        }
    }
    return sum;
}

static double likeliest_strength(const struct group *groups, size_t n, const double *shares, size_t n_shares,
                                 const double *strengths, size_t n_strengths)
{
    if (n < 2) /* all there is: its shares are those of all, and nothing says how far groups differ */
        return strengths[n_strengths - 1];
    double best = strengths[0], best_value = -INFINITY;
    for (size_t i = 0; i < n_strengths; i++) {
        const double value = ln_likelihood(groups, n, shares, n_shares, strengths[i]);
        if (value > best_value)
            best = strengths[i], best_value = value;
    }
    return best;
}

/* A group's share of one category or type: the Dirichlet mean around that of all. */
static double share_in(const struct group *group, size_t i, double of_all, double strength)
{
    return (strength * of_all + group->counts[i]) / (strength + group->n);
}

static enum hc_status share_services(struct hc_model *m)
{
    static const double strengths[] = HC_SERVICE_STRENGTHS;
    struct group *groups = hc_arena_alloc(m->arena, m->n_services * sizeof *groups);
    if (!groups)
        return HC_FATAL;
    for (size_t s = 0; s < m->n_services; s++)
        groups[s] = (struct group){m->services[s].counts, m->services[s].n};
    m->service_strength = likeliest_strength(groups, m->n_services, m->category_share, m->n_categories, strengths,
                                             sizeof strengths / sizeof *strengths);
    for (size_t s = 0; s < m->n_services; s++)
        for (size_t c = 0; c < m->n_categories; c++)
            m->services[s].shares[c] = share_in(&groups[s], c, m->category_share[c], m->service_strength);
    return HC_OK;
}

static enum hc_status count_services(struct hc_model *m, const struct hc_labelled *const *past, size_t n,
                                     struct hc_str *names)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        if (past[i]->evidence->service.p && past[i]->category.p)
            names[found++] = past[i]->evidence->service;
    qsort(names, found, sizeof *names, hc_str_order);
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
    qsort(names, found, sizeof *names, hc_str_order);
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
    qsort(names, n, sizeof *names, hc_str_order);
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

/* The type of a label that names one, of a component whose kind is known; n_types: it tells no kind anything. */
static size_t type_of_culprit(const struct hc_model *m, const struct hc_labelled *label,
                              const struct hc_catalogue *catalogue)
{
    if (!label->category.p || !label->cause.p || !culprit_kind(label).p)
        return m->n_types;
    return hc_model_type(m, catalogue, label->category, label->cause);
}

static enum hc_status tilt_kinds(struct hc_model *m, const struct group *groups)
{
    static const double strengths[] = HC_COMPONENT_KIND_STRENGTHS;
    double *shares = hc_arena_alloc(m->arena, m->n_types * sizeof *shares);
    if (!shares)
        return HC_FATAL;
    for (size_t t = 0; t < m->n_types; t++)
        shares[t] = m->category_share[m->types[t].category] * m->types[t].within;
    const double strength = likeliest_strength(groups, m->n_component_kinds, shares, m->n_types, strengths,
                                               sizeof strengths / sizeof *strengths);
    for (size_t k = 0; k < m->n_component_kinds; k++)
        for (size_t t = 0; t < m->n_types; t++)
            m->component_kinds[k].tilt[t] =
                shares[t] > 0 ? log(share_in(&groups[k], t, shares[t], strength) / shares[t]) : 0;
    return HC_OK;
}

static enum hc_status learn_component_kinds(struct hc_model *m, const struct hc_labelled *const *past, size_t n,
                                            const struct hc_catalogue *catalogue, struct hc_str *names)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        if (type_of_culprit(m, past[i], catalogue) < m->n_types)
            names[found++] = culprit_kind(past[i]);
    if (name_component_kinds(m, names, found) != HC_OK)
        return HC_FATAL;
    uint32_t *counts = hc_arena_calloc(m->arena, m->n_component_kinds * m->n_types, sizeof *counts);
    struct group *groups = hc_arena_calloc(m->arena, m->n_component_kinds, sizeof *groups);
    if (!counts || !groups)
        return HC_FATAL;
    for (size_t i = 0; i < n; i++) {
        const size_t type = type_of_culprit(m, past[i], catalogue);
        if (type == m->n_types)
            continue;
        struct hc_component_kind *kind = hc_model_component_kind(m, culprit_kind(past[i]));
        counts[(size_t)(kind - m->component_kinds) * m->n_types + type]++;
        kind->n++;
    }
    for (size_t k = 0; k < m->n_component_kinds; k++)
        groups[k] = (struct group){counts + k * m->n_types, m->component_kinds[k].n};
    return tilt_kinds(m, groups);
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
        status = share_services(model);
    free(names);
    return status;
}
