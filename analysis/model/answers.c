#include "analysis/model/answers.h"

#include <math.h>
#include <stdlib.h>

const char *const hc_method_names[HC_METHODS] = {"hindcast", "uniform", "priors", "expert", "last-component"};

static uint32_t unlisted(const struct hc_evidence *e)
{
    uint32_t n = 0;
    for (size_t s = 0; s < e->n_components; s++)
        n += !e->components[s].candidate;
    return n;
}

struct hc_answers hc_answers_of(const struct hc_answered *answered, const struct hc_labelled *label)
{
    const struct hc_analysis *x = &answered->analysis;
    struct hc_answers a = {
        hc_answer_of(x->components, x->n_components, x->unexplained, label->component, unlisted(label->evidence)),
        hc_answer_of(x->categories, x->n_categories, x->unexplained, label->category, 1), answered->hypothesis};
    struct hc_answer *const all[3] = {&a.component, &a.category, &a.hypothesis};
    for (int i = 0; i < 3; i++) {
        all[i]->promised = x->has_guarantee;
        all[i]->covered = answered->covered;
        all[i]->n_set = answered->n_set;
    }
    return a;
}

static int order_shares(const void *a, const void *b)
{
    const struct hc_share *x = a, *y = b;
    if (x->probability < y->probability || x->probability > y->probability)
        return x->probability < y->probability ? 1 : -1;
    return hc_str_compare(x->name, y->name);
}

static enum hc_status blind_component(struct hc_answer *out, const struct hc_labelled *label,
                                      const struct hc_blind *with, struct hc_arena *work, size_t *n_candidates)
{
    const struct hc_evidence *e = label->evidence;
    struct hc_share *components = hc_arena_calloc(work, e->n_components + 1, sizeof *components);
    if (!components)
        return HC_FATAL;
    size_t n = 0;
    for (size_t s = 0; s < e->n_components; s++)
        if (e->components[s].candidate)
            components[n++].name = e->components[s].name;
    if (!n)
        components[n++].name = HC_STR_NONE;
    for (size_t i = 0; i < n; i++)
        components[i].probability = (1 - with->unexplained) / (double)n;
    qsort(components, n, sizeof *components, order_shares);
    *out = hc_answer_of(components, n, with->unexplained, label->component, unlisted(e));
    *n_candidates = n;
    return HC_OK;
}

static enum hc_status blind_category(struct hc_answer *out, const struct hc_labelled *label,
                                     const struct hc_blind *with, struct hc_arena *work)
{
    const struct hc_model *m = with->priors;
    struct hc_share *categories = hc_arena_calloc(work, m->n_categories + 1, sizeof *categories);
    if (!categories)
        return HC_FATAL;
    const struct hc_service *service = hc_model_service(m, label->evidence->service);
    const double *shares = service ? service->shares : m->category_share;
    for (size_t c = 0; c < m->n_categories; c++) {
        const double p = with->uniform ? 1 / (double)m->n_categories : shares[c];
        categories[c] = (struct hc_share){m->categories[c], (1 - with->unexplained) * p};
    }
    qsort(categories, m->n_categories, sizeof *categories, order_shares);
    *out = hc_answer_of(categories, m->n_categories, with->unexplained, label->category, 1);
    return HC_OK;
}

/* Candidates are alike, so that the confirmed one may stand first among them. */
static enum hc_status blind_hypothesis(struct hc_answer *out, const struct hc_labelled *label,
                                       const struct hc_blind *with, size_t n_candidates, bool is_candidate,
                                       struct hc_arena *work)
{
    const struct hc_model *m = with->priors;
    struct hc_share *shares = hc_arena_calloc(work, m->n_types * n_candidates, sizeof *shares);
    double *ln_share = hc_arena_alloc(work, m->n_types * sizeof *ln_share);
    if (!shares || !ln_share)
        return HC_FATAL;
    hc_model_type_priors(m, hc_model_service(m, label->evidence->service), NULL, ln_share);
    for (size_t i = 0; i < m->n_types * n_candidates; i++) {
        const double of_type = with->uniform ? 1 / (double)m->n_types : exp(ln_share[i / n_candidates]);
        shares[i].probability = (1 - with->unexplained) * of_type / (double)n_candidates;
    }
    const size_t type = hc_model_type(m, with->catalogue, label->category, label->cause);
    const size_t truth = (is_candidate ? type : m->n_types) * n_candidates;
    *out = hc_answer_at(shares, m->n_types * n_candidates, with->unexplained, truth, 1);
    return HC_OK;
}

enum hc_status hc_answers_blind(struct hc_answers *out, const struct hc_labelled *label, const struct hc_blind *with,
                                struct hc_arena *work)
{
    size_t n_candidates;
    enum hc_status status = blind_component(&out->component, label, with, work, &n_candidates);
    if (status == HC_OK)
        status = blind_category(&out->category, label, with, work);
    if (status == HC_OK)
        status = blind_hypothesis(&out->hypothesis, label, with, n_candidates, out->component.rank != 0, work);
    return status;
}

struct hc_answers hc_answers_last(const struct hc_labelled *label, const struct hc_labelled *last)
{
    const struct hc_share component = {last->component, 1}, category = {last->category, 1};
    const struct hc_share hypothesis = {last->cause, 1};
    const bool named = last->category.p && last->cause.p && last->component.p;
    const bool same = named && hc_str_equal(last->category, label->category) &&
                      hc_str_equal(last->cause, label->cause) && hc_str_equal(last->component, label->component);
    return (struct hc_answers){
        hc_answer_of(&component, last->component.p != NULL, 0, label->component, unlisted(label->evidence)),
        hc_answer_of(&category, last->category.p != NULL, 0, label->category, 1),
        hc_answer_at(&hypothesis, named, 0, same ? 0 : 1, 1)};
}

enum hc_status hc_answers_without_evidence(struct hc_answers out[HC_METHODS], const struct hc_labelled *label,
                                           const struct hc_labelled *last, const struct hc_model *priors,
                                           const struct hc_catalogue *catalogue, struct hc_arena *work)
{
    struct hc_blind blind = {priors, catalogue, true, 1 / (1 + exp(-priors->confidence.bias))};
    if (hc_answers_blind(&out[HC_METHOD_UNIFORM], label, &blind, work) != HC_OK)
        return HC_FATAL;
    blind.uniform = false;
    if (hc_answers_blind(&out[HC_METHOD_PRIORS], label, &blind, work) != HC_OK)
        return HC_FATAL;
    out[HC_METHOD_LAST] = last ? hc_answers_last(label, last) : out[HC_METHOD_UNIFORM];
    return HC_OK;
}

bool hc_label_answers(const struct hc_labelled *label, enum hc_question question)
{
    if (question == HC_OF_COMPONENT)
        return label->component.p != NULL;
    if (question == HC_OF_CATEGORY)
        return label->category.p != NULL;
    return label->category.p && label->cause.p && label->component.p;
}

enum hc_choice hc_label_choice(const struct hc_labelled *label, const struct hc_backtest_options *options)
{
    if (!label->component.p && !label->category.p)
        return HC_CHOICE_NO_CAUSE;
    if (!hc_time_known(label->started))
        return HC_CHOICE_NO_START;
    const bool early = hc_time_known(options->from) && label->started.ns < options->from.ns;
    const bool late = hc_time_known(options->to) && label->started.ns >= options->to.ns;
    return early || late ? HC_CHOICE_OTHER_TIME : HC_CHOICE_PREDICTED;
}
