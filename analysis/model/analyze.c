#include "analysis/model/analyze.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/model/reasons.h"
#include "analysis/model/rival.h"
#include "analysis/model/timeline.h"

struct analyzer {
    const struct hc_model *model;
    const struct hc_catalogue *catalogue;
    const struct hc_incident *incident;
    const struct hc_evidence *evidence;
    struct hc_arena *arena;
    struct hc_analysis *out;
    struct hc_prediction p;
    uint32_t *index_of; /* a listed hypothesis's index into the prediction; HC_NONE: "other" */
    bool unexplained_in_set;
};

static int order_hypotheses(const void *a, const void *b)
{
    const struct hc_hypothesis *x = a, *y = b;
    if (x->probability < y->probability || x->probability > y->probability)
        return x->probability < y->probability ? 1 : -1;
    int c = hc_str_compare(x->category, y->category);
    if (!c)
        c = hc_str_compare(x->cause, y->cause);
    return c ? c : hc_str_compare(x->component, y->component);
}

static struct hc_str component_name(const struct analyzer *k, size_t row)
{
    const uint32_t s = k->p.design.component[row];
    return s == HC_NO_COMPONENT ? HC_STR_NONE : k->evidence->components[s].name;
}

/* `rank` carries the index until the list is sorted. */
static enum hc_status list_hypotheses(struct analyzer *k)
{
    const size_t n_types = k->model->n_types, n = k->p.design.n_rows * n_types;
    struct hc_hypothesis *list = hc_arena_calloc(k->arena, n + 1, sizeof *list);
    k->index_of = hc_arena_alloc(k->arena, (n + 1) * sizeof *k->index_of);
    if (!list || !k->index_of)
        return HC_FATAL;
    size_t used = 0;
    double rest = 0;
    for (size_t i = 0; i < n; i++) {
        const double p = k->p.probability[i];
        if (p < HC_LISTED_PROBABILITY) {
            rest += p;
            continue;
        }
        const struct hc_type *type = &k->model->types[i % n_types];
        list[used++] = (struct hc_hypothesis){.rank = (uint32_t)i,
                                              .category = type->category_id,
                                              .cause = type->cause_id,
                                              .component = component_name(k, i / n_types),
                                              .probability = p};
    }
    if (rest > 0)
        list[used++] = (struct hc_hypothesis){.rank = HC_NONE, .category = HC_STR("other"), .probability = rest};
    qsort(list, used, sizeof *list, order_hypotheses);
    for (size_t i = 0; i < used; i++) {
        k->index_of[i] = list[i].rank;
        list[i].rank = (uint32_t)i + 1;
        list[i].category = hc_str_copy(k->arena, list[i].category);
        if (list[i].cause.p)
            list[i].cause = hc_str_copy(k->arena, list[i].cause);
    }
    k->out->hypotheses = list;
    k->out->n_hypotheses = used;
    k->out->unexplained = k->p.unexplained;
    return HC_OK;
}

static int order_shares(const void *a, const void *b)
{
    const struct hc_share *x = a, *y = b;
    if (x->probability < y->probability || x->probability > y->probability)
        return x->probability < y->probability ? 1 : -1;
    return hc_str_compare(x->name, y->name);
}

static int order_names(const void *a, const void *b)
{
    return hc_str_compare(((const struct hc_share *)a)->name, ((const struct hc_share *)b)->name);
}

static enum hc_status add_marginal(struct analyzer *k, bool of_components, struct hc_share **out, size_t *n_out)
{
    const size_t n = k->out->n_hypotheses;
    struct hc_share *list = hc_arena_alloc(k->arena, (n + 1) * sizeof *list);
    if (!list)
        return HC_FATAL;
    for (size_t i = 0; i < n; i++) {
        const struct hc_hypothesis *h = &k->out->hypotheses[i];
        list[i] = (struct hc_share){of_components ? h->component : h->category, h->probability};
    }
    qsort(list, n, sizeof *list, order_names);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept && hc_str_compare(list[kept - 1].name, list[i].name) == 0)
            list[kept - 1].probability += list[i].probability;
        else
            list[kept++] = list[i];
    }
    qsort(list, kept, sizeof *list, order_shares);
    *out = list;
    *n_out = kept;
    return HC_OK;
}

static bool touches(const struct analyzer *k, struct hc_str a, struct hc_str b)
{
    if (hc_str_compare(a, b) == 0)
        return true;
    const struct hc_incident *in = k->incident;
    for (size_t i = 0; i < in->n_dependencies; i++) {
        const struct hc_str from = in->components[in->dependencies[i].from].name;
        const struct hc_str to = in->components[in->dependencies[i].to].name;
        if ((hc_str_equal(from, a) && hc_str_equal(to, b)) || (hc_str_equal(from, b) && hc_str_equal(to, a)))
            return true;
    }
    return false;
}

static bool amplifies(const struct analyzer *k, size_t type, size_t leading)
{
    const uint32_t cause = k->model->types[type].cause, of = k->model->types[leading].cause;
    if (cause == HC_NONE || of == HC_NONE)
        return false;
    const struct hc_cause *c = &k->catalogue->causes[cause];
    for (size_t i = 0; i < c->n_amplifies; i++)
        if (c->amplifies[i] == of)
            return true;
    return false;
}

/* The rule of `contributing` (docs/model.md): the catalogue has its cause make the leading one worse, it is at the
 * same component or next to it, and something was seen that speaks for it. */
static bool contributes(const struct analyzer *k, struct hc_explainer *explainer, size_t at)
{
    const uint32_t index = k->index_of[at], lead = k->index_of[0];
    if (!explainer || !at || index == HC_NONE || lead == HC_NONE)
        return false;
    if (!amplifies(k, index % k->model->n_types, lead % k->model->n_types))
        return false;
    if (!touches(k, k->out->hypotheses[at].component, k->out->hypotheses[0].component))
        return false;
    return hc_strongest_feature(explainer, index) < k->model->n_features;
}

/* Whether each hypothesis is in the 95 % set: the mass of what is more probable, the unexplained among it, is at most
 * the quantile. Without a guarantee the stated thresholds take its place. */
static void set_statuses(struct analyzer *k, struct hc_explainer *explainer)
{
    const struct hc_confidence *c = &k->model->confidence;
    struct hc_analysis *a = k->out;
    a->has_guarantee = c->has_guarantee;
    a->guarantee_level = HC_GUARANTEE_LEVEL;
    a->n_learned = k->model->n_learned;
    const struct hc_set_cell *cell = c->has_guarantee ? hc_set_cell_of(k->model, k->p.design.missing) : NULL;
    const double quantile = cell ? cell->quantile : 1;
    a->guarantee_incidents = cell ? cell->n : 0;
    double before = 0, mass = 0;
    size_t in_set = 0;
    double before_unexplained = 0;
    for (size_t i = 0; i < a->n_hypotheses; i++) {
        struct hc_hypothesis *h = &a->hypotheses[i];
        if (i && h->probability < a->hypotheses[i - 1].probability)
            before = mass;
        mass += h->probability;
        if (h->probability > a->unexplained)
            before_unexplained += h->probability;
        const double more = before + (a->unexplained > h->probability ? a->unexplained : 0);
        const bool in = c->has_guarantee ? more <= quantile : h->probability >= HC_RULED_OUT_PROBABILITY;
        in_set += in;
        h->status = in ? HC_POSSIBLE : HC_RULED_OUT;
        if (in && contributes(k, explainer, i))
            h->status = HC_CONTRIBUTING;
    }
    k->unexplained_in_set =
        c->has_guarantee ? before_unexplained <= quantile : a->unexplained >= HC_RULED_OUT_PROBABILITY;
    if (!a->n_hypotheses || k->index_of[0] == HC_NONE)
        return;
    const bool alone = !c->has_guarantee || (in_set == 1 && !k->unexplained_in_set);
    struct hc_hypothesis *lead = &a->hypotheses[0];
    if (lead->status == HC_POSSIBLE && alone && lead->probability >= HC_CONFIRMED_PROBABILITY)
        lead->status = HC_CONFIRMED;
}

static int order_penalties(const void *a, const void *b)
{
    const struct hc_penalty *x = a, *y = b;
    if (x->points < y->points || x->points > y->points)
        return x->points < y->points ? -1 : 1;
    return hc_str_compare(x->missing, y->missing);
}

static int order_next(const void *a, const void *b)
{
    const struct hc_next_evidence *x = a, *y = b;
    if (x->expected_entropy < y->expected_entropy || x->expected_entropy > y->expected_entropy)
        return x->expected_entropy < y->expected_entropy ? -1 : 1;
    return hc_str_compare(x->kind, y->kind);
}

static double leading_at(struct analyzer *k, double log_t, uint32_t index)
{
    hc_predict_probabilities(&k->p, k->model, fmin(fmax(log_t, HC_LOG_TEMPERATURE_FLOOR), HC_LOG_TEMPERATURE_CEILING));
    return k->p.probability[index];
}

/* The entropy of what is predicted now, in nats. */
static double entropy_of(const struct hc_prediction *p)
{
    const size_t n = p->design.n_rows * p->n_types;
    double sum = hc_entropy_part(p->unexplained, 1);
    for (size_t i = 0; i < n; i++)
        sum += hc_entropy_part(p->probability[i], 1);
    return sum;
}

/* What one may expect were a kind there: as of past incidents that had it, the same share of doubt and of entropy goes.
 * Where too few had it, what its term in the temperature takes (`without` it the leading one has that probability, and
 * the prediction is made so). */
static struct hc_next_evidence expected_with(const struct analyzer *k, size_t m, double without)
{
    const struct hc_confidence *c = &k->model->confidence;
    const double lead = k->out->hypotheses[0].probability, now = k->out->entropy;
    struct hc_next_evidence next = {k->catalogue->kinds[m].id, without, entropy_of(&k->p), 0, c->points_n[m]};
    if (c->points_n[m]) {
        next.expected_confidence = 1 - (1 - lead) * c->doubt_ratio[m];
        next.expected_entropy = now * c->entropy_ratio[m];
    }
    next.expected_confidence = fmin(fmax(next.expected_confidence, 0), 0.999);
    next.entropy_change = next.expected_entropy - now;
    return next;
}

/* For each missing kind: the leading probability with its term in the temperature and without. */
static enum hc_status add_penalties(struct analyzer *k)
{
    const struct hc_confidence *c = &k->model->confidence;
    struct hc_analysis *a = k->out;
    a->penalties = hc_arena_alloc(k->arena, k->model->n_kinds * sizeof *a->penalties);
    a->next_evidence = hc_arena_alloc(k->arena, k->model->n_kinds * sizeof *a->next_evidence);
    if (!a->penalties || !a->next_evidence)
        return HC_FATAL;
    a->entropy = entropy_of(&k->p);
    if (!a->n_hypotheses || k->index_of[0] == HC_NONE)
        return HC_OK;
    const double log_t = k->p.log_t, lead = a->hypotheses[0].probability;
    for (size_t m = 0; m < k->model->n_kinds; m++) {
        if (!(k->p.design.missing >> m & 1))
            continue;
        const double without = leading_at(k, log_t - c->missing[m], k->index_of[0]);
        const double points = lead - without;
        const struct hc_str kind = k->catalogue->kinds[m].id;
        struct hc_penalty *penalty = &a->penalties[a->n_penalties++];
        *penalty = (struct hc_penalty){kind, points, points, points, c->points_n[m]};
        a->next_evidence[a->n_next_evidence++] = expected_with(k, m, without);
        if (!c->points_n[m])
            continue;
        penalty->low = points + c->points_low[m] - c->points[m];
        penalty->high = points + c->points_high[m] - c->points[m];
    }
    hc_predict_probabilities(&k->p, k->model, log_t);
    qsort(a->penalties, a->n_penalties, sizeof *a->penalties, order_penalties);
    qsort(a->next_evidence, a->n_next_evidence, sizeof *a->next_evidence, order_next);
    return HC_OK;
}

static void count_tied(struct hc_analysis *a)
{
    while (a->n_tied < a->n_hypotheses &&
           hc_equally_probable(a->hypotheses[a->n_tied].probability, a->hypotheses[0].probability))
        a->n_tied++;
}

static enum hc_status explain_leading(struct analyzer *k, struct hc_explainer *explainer)
{
    for (size_t i = 0; i < k->out->n_hypotheses && i < HC_REASONED_HYPOTHESES; i++) {
        struct hc_hypothesis *h = &k->out->hypotheses[i];
        if (h->probability < HC_REASONED_PROBABILITY)
            break;
        if (k->index_of[i] != HC_NONE && hc_explain(explainer, k->index_of[i], h) != HC_OK)
            return HC_FATAL;
    }
    return HC_OK;
}

/* Where the second has reasons that were worked out. */
static enum hc_status add_runner_up(struct analyzer *k, struct hc_explainer *explainer)
{
    struct hc_analysis *a = k->out;
    if (a->n_hypotheses < 2 || k->index_of[0] == HC_NONE || k->index_of[1] == HC_NONE || !a->hypotheses[1].n_reasons)
        return HC_OK;
    a->runner_up = hc_arena_calloc(k->arena, 1, sizeof *a->runner_up);
    return a->runner_up ? hc_rival_flips(explainer, k->index_of[0], k->index_of[1], a->runner_up) : HC_FATAL;
}

static enum hc_status predict_and_list(struct analyzer *k, uint64_t removed)
{
    enum hc_status status = hc_predict_scores(&k->p, k->model, k->catalogue, k->evidence, removed, k->arena);
    if (status != HC_OK)
        return status;
    hc_predict_probabilities(&k->p, k->model, hc_log_temperature(k->model, k->p.design.missing));
    status = list_hypotheses(k);
    if (status == HC_OK)
        status = add_marginal(k, false, &k->out->categories, &k->out->n_categories);
    if (status == HC_OK)
        status = add_marginal(k, true, &k->out->components, &k->out->n_components);
    return status;
}

static bool covers(const struct analyzer *k, const struct hc_labelled *label)
{
    const struct hc_target target = hc_target_of(label, k->model, k->catalogue, &k->p.design);
    if (!target.among)
        return k->unexplained_in_set;
    const size_t n_types = k->model->n_types;
    for (size_t i = 0; i < k->out->n_hypotheses; i++) {
        const uint32_t index = k->index_of[i];
        if (k->out->hypotheses[i].status == HC_RULED_OUT || index == HC_NONE)
            continue;
        if (hc_target_allows(&target, k->model, index / n_types, index % n_types))
            return true;
    }
    return false;
}

/* A label that leaves the cause or the component open, or names one that the model does not know, is none of those
 * listed. */
static enum hc_status answer_hypothesis(struct hc_answer *out, const struct analyzer *k,
                                        const struct hc_labelled *label)
{
    const struct hc_target target = hc_target_of(label, k->model, k->catalogue, &k->p.design);
    const size_t n_types = k->model->n_types, n = k->p.design.n_rows * n_types;
    struct hc_share *shares = hc_arena_calloc(k->arena, n, sizeof *shares);
    if (!shares)
        return HC_FATAL;
    for (size_t i = 0; i < n; i++)
        shares[i].probability = k->p.probability[i];
    const bool listed = target.among && target.row != HC_ANY && target.type != HC_ANY;
    *out =
        hc_answer_at(shares, n, k->p.unexplained, listed ? (size_t)target.row * n_types + (size_t)target.type : n, 1);
    return HC_OK;
}

static double mass_of(const struct analyzer *k, const struct hc_labelled *label)
{
    const struct hc_target target = hc_target_of(label, k->model, k->catalogue, &k->p.design);
    const size_t n_types = k->model->n_types, n = k->p.design.n_rows * n_types;
    double sum = 0;
    for (size_t i = 0; i < n && target.among; i++)
        if (hc_target_allows(&target, k->model, i / n_types, i % n_types))
            sum += k->p.probability[i];
    return target.among ? sum : k->p.unexplained;
}

enum hc_status hc_answer_label(struct hc_answered *out, const struct hc_model *model,
                               const struct hc_catalogue *catalogue, const struct hc_labelled *label, uint64_t removed,
                               struct hc_arena *arena)
{
    *out = (struct hc_answered){.covered = false};
    struct analyzer k = {
        .model = model, .catalogue = catalogue, .evidence = label->evidence, .arena = arena, .out = &out->analysis};
    if (predict_and_list(&k, removed) != HC_OK)
        return HC_FATAL;
    set_statuses(&k, NULL);
    out->covered = covers(&k, label);
    out->n_set = k.unexplained_in_set;
    for (size_t i = 0; i < k.out->n_hypotheses; i++)
        out->n_set += k.out->hypotheses[i].status != HC_RULED_OUT;
    out->label_probability = mass_of(&k, label);
    out->n_candidates = (uint32_t)k.p.design.n_rows;
    return answer_hypothesis(&out->hypothesis, &k, label);
}

enum hc_status hc_model_analyze(const struct hc_model *model, const struct hc_catalogue *catalogue,
                                const struct hc_incident *incident, const struct hc_evidence *evidence,
                                struct hc_arena *arena, struct hc_analysis *out, struct hc_err *err)
{
    struct analyzer k = {
        .model = model, .catalogue = catalogue, .incident = incident, .evidence = evidence, .arena = arena, .out = out};
    struct hc_explainer explainer;
    *out = (struct hc_analysis){.incident = incident->id};
    enum hc_status status = predict_and_list(&k, 0);
    count_tied(out);
    if (status == HC_OK)
        status = hc_explainer_init(&explainer, model, catalogue, evidence, &k.p, arena);
    if (status == HC_OK)
        status = explain_leading(&k, &explainer);
    if (status == HC_OK)
        set_statuses(&k, &explainer);
    if (status == HC_OK)
        status = add_runner_up(&k, &explainer);
    if (status == HC_OK)
        status = add_penalties(&k);
    if (status == HC_OK)
        status = hc_timeline_make(out, incident, evidence, arena);
    if (status == HC_OK)
        return HC_OK;
    return hc_arena_exceeded(arena)
               ? hc_err_set(err, HC_FAIL, "memory-limit", "the analysis is over its memory ceiling")
               : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for an analysis");
}
