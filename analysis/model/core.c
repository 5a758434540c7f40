#include "analysis/model/core.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/model/words.h"

struct hc_target hc_target_of(const struct hc_labelled *labelled, const struct hc_model *model,
                              const struct hc_catalogue *catalogue, const struct hc_design *design)
{
    struct hc_target target = {HC_ANY, HC_ANY, HC_ANY, true};
    const struct hc_evidence *e = labelled->evidence;
    for (size_t r = 0; labelled->component.p && r < design->n_rows; r++) {
        const uint32_t s = design->component[r];
        if (s != HC_NO_COMPONENT && hc_str_equal(e->components[s].name, labelled->component))
            target.row = (int64_t)r;
    }
    if (labelled->component.p && target.row == HC_ANY)
        target.among = false;
    if (!labelled->category.p)
        return target;
    const size_t category = hc_model_category(model, labelled->category);
    const size_t type = hc_model_type(model, catalogue, labelled->category, labelled->cause);
    if (category < model->n_categories)
        target.category = (int64_t)category;
    else
        target.among = false;
    if (type < model->n_types && labelled->cause.p)
        target.type = (int64_t)type;
    return target;
}

/* The kind that this incident is shown without: in turn, of the interacting ones that it has. */
static uint64_t removed_in_turn(const struct hc_model *m, const struct hc_evidence *e, size_t turn)
{
    uint64_t there[HC_INTERACTING_KINDS];
    size_t n = 0;
    for (size_t i = 0; i < HC_INTERACTING_KINDS; i++)
        if (m->interacting[i] != HC_NONE && (e->kinds >> m->interacting[i] & 1))
            there[n++] = (uint64_t)1 << m->interacting[i];
    return n > 1 ? there[turn % n] : 0;
}

/* What examples are made with. */
struct maker {
    const struct hc_model *model;
    const struct hc_catalogue *catalogue;
    struct hc_arena *arena;   /* of what is kept of them */
    struct hc_arena *scratch; /* of one example */
    const double *priors;     /* [n_services + 1][n_component_kinds + 1][n_types] */
    uint32_t *times;          /* by culprit: how often before */
    uint32_t n_times;
    size_t n; /* labels there are */
};

static const double *tabulate_priors(const struct hc_model *m, struct hc_arena *arena)
{
    const size_t n_kinds = m->n_component_kinds + 1;
    double *priors = hc_arena_alloc(arena, (m->n_services + 1) * n_kinds * m->n_types * sizeof *priors);
    for (size_t s = 0; priors && s <= m->n_services; s++)
        for (size_t c = 0; c < n_kinds; c++)
            hc_model_type_priors(m, s ? &m->services[s - 1] : NULL, c ? &m->component_kinds[c - 1] : NULL,
                                 priors + (s * n_kinds + c) * m->n_types);
    return priors;
}

static enum hc_status set_priors(struct hc_example *x, const struct hc_design *design, const struct maker *k,
                                 const struct hc_evidence *e)
{
    const struct hc_model *m = k->model;
    const struct hc_service *service = hc_model_service(m, e->service);
    const size_t s = service ? (size_t)(service - m->services) + 1 : 0;
    x->priors = hc_arena_alloc(k->arena, design->n_rows * sizeof *x->priors);
    if (!x->priors)
        return HC_FATAL;
    for (size_t r = 0; r < design->n_rows; r++) {
        const struct hc_component_kind *kind = hc_design_kind(design, r, m, e);
        const size_t c = kind ? (size_t)(kind - m->component_kinds) + 1 : 0;
        x->priors[r] = k->priors + (s * (m->n_component_kinds + 1) + c) * m->n_types;
    }
    return HC_OK;
}

/* Each candidate's share of the culprits that were confirmed before this incident was. */
static enum hc_status append_recurrence(struct hc_design *design, const struct maker *k, const struct hc_evidence *e)
{
    const struct hc_model *m = k->model;
    const size_t n = design->n_rows;
    double *share = hc_arena_calloc(k->scratch, n, sizeof *share);
    if (!share)
        return HC_FATAL;
    for (size_t r = 0; r < n; r++) {
        const uint32_t s = design->component[r];
        const size_t culprit = s == HC_NO_COMPONENT ? m->n_culprits : hc_model_culprit(m, e->components[s].name);
        share[r] = hc_culprit_share(culprit < m->n_culprits ? k->times[culprit] : 0, k->n_times, n);
    }
    return hc_design_append(design, (uint32_t)m->n_general - 1, share, k->scratch);
}

static void count_culprit(struct maker *k, const struct hc_labelled *label)
{
    const size_t culprit = label->component.p ? hc_model_culprit(k->model, label->component) : k->model->n_culprits;
    if (culprit == k->model->n_culprits)
        return;
    k->times[culprit]++;
    k->n_times++;
}

/* What is no candidate teaches nothing about weights: such an example keeps no weight. */
static enum hc_status make_example(struct hc_example *x, struct maker *k, const struct hc_labelled *label,
                                   uint64_t removed)
{
    const struct hc_model *m = k->model;
    struct hc_design design;
    hc_arena_reset(k->scratch);
    if (hc_design_make(&design, m, k->catalogue, label->evidence, removed, k->scratch) != HC_OK)
        return HC_FATAL;
    x->target = hc_target_of(label, m, k->catalogue, &design);
    if (!x->target.among || (x->target.row == HC_ANY && x->target.category == HC_ANY)) {
        x->weight = 0;
        return HC_OK;
    }
    if (k->n >= HC_RECURRENCE_INCIDENTS && append_recurrence(&design, k, label->evidence) != HC_OK)
        return HC_FATAL;
    if (set_priors(x, &design, k, label->evidence) != HC_OK)
        return HC_FATAL;
    return hc_common_make(&x->rows, &design, m, k->arena);
}

/* Two of each incident from `first` to `end`: whole, and without a kind. */
static enum hc_status make_some(struct hc_example *out, struct maker *k, const struct hc_labelled *const *past,
                                size_t first, size_t end)
{
    enum hc_status status = HC_OK;
    for (size_t i = 0; i < first; i++)
        count_culprit(k, past[i]);
    for (size_t i = first; i < end && status == HC_OK; count_culprit(k, past[i]), i++, out += 2) {
        const uint64_t removed = removed_in_turn(k->model, past[i]->evidence, i);
        out[0].weight = removed ? 1 - HC_REPLAY_WEIGHT : 1;
        out[1].weight = removed ? HC_REPLAY_WEIGHT : 0;
        status = make_example(&out[0], k, past[i], 0);
        if (status == HC_OK && removed)
            status = make_example(&out[1], k, past[i], removed);
    }
    return status;
}

/* The examples of the latest incidents, and the arenas that they live in: one a chunk, since threads must not share. */
struct examples {
    struct hc_example *list; /* by incident */
    size_t n;
    struct hc_arena *arenas[HC_FIT_CHUNKS];
};

static enum hc_status make_chunk(struct examples *x, struct maker k, const struct hc_labelled *const *past, size_t c,
                                 size_t n_chunks)
{
    const size_t before = k.n > HC_FIT_INCIDENTS ? k.n - HC_FIT_INCIDENTS : 0, n = k.n - before;
    const size_t first = n * c / n_chunks, end = n * (c + 1) / n_chunks;
    enum hc_status status = HC_FATAL;
    k.arena = x->arenas[c] = hc_arena_new(0);
    k.scratch = hc_arena_new(0);
    k.times = k.arena ? hc_arena_calloc(k.arena, k.model->n_culprits, sizeof *k.times) : NULL;
    if (k.scratch && k.times)
        status = make_some(x->list + 2 * first, &k, past, before + first, before + end);
    hc_arena_free(k.scratch);
    return status;
}

static enum hc_status make_examples(struct examples *x, const struct maker *k, const struct hc_labelled *const *past,
                                    int n_threads)
{
    const size_t n = k->n < HC_FIT_INCIDENTS ? k->n : HC_FIT_INCIDENTS;
    const size_t n_chunks = n / HC_FIT_CHUNK + 1 < HC_FIT_CHUNKS ? n / HC_FIT_CHUNK + 1 : HC_FIT_CHUNKS;
    int failed = 0;
#pragma omp parallel for schedule(dynamic, 1) num_threads(n_threads) reduction(+ : failed)
    for (size_t c = 0; c < n_chunks; c++)
        failed += make_chunk(x, *k, past, c, n_chunks) != HC_OK;
    for (size_t i = 0; i < 2 * n && !failed; i++)
        if (x->list[i].weight > 0)
            x->list[x->n++] = x->list[i];
    return failed ? HC_FATAL : HC_OK;
}

/* What was fitted lives in the work arena. */
static enum hc_status hand_over(struct hc_weight_interval *out, const struct hc_weight_interval *fitted,
                                const struct hc_model *m, struct hc_arena *arena, struct hc_err *err)
{
    const size_t n_bytes = fitted->layout.n_free * sizeof *out->deviations;
    out->deviations = hc_arena_alloc(arena, n_bytes);
    if (!out->deviations || hc_layout_make(&out->layout, m, arena) != HC_OK)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the weights' intervals");
    memcpy(out->deviations, fitted->deviations, n_bytes);
    return HC_OK;
}

enum hc_status hc_core_learn(struct hc_model **out, const struct hc_model *before,
                             const struct hc_labelled *const *past, size_t n, const struct hc_learning *with,
                             struct hc_weight_interval *intervals, struct hc_err *err)
{
    const struct hc_catalogue *catalogue = with->catalogue;
    struct hc_model *m = NULL;
    enum hc_status status = hc_types_learn(&m, past, n, catalogue, err);
    if (status != HC_OK)
        return status;
    struct hc_arena *work = hc_arena_new(0);
    const size_t n_recent = n < HC_FIT_INCIDENTS ? n : HC_FIT_INCIDENTS;
    struct examples x = {.list = work ? hc_arena_alloc(work, (2 * n_recent + 1) * sizeof *x.list) : NULL};
    struct maker k = {.model = m, .catalogue = catalogue, .n = n};
    if (!x.list || hc_priors_learn(m, past, n, catalogue) != HC_OK || hc_nulls_learn(m, past, n) != HC_OK ||
        hc_model_words_learn(m, past, n, catalogue) != HC_OK || !(k.priors = tabulate_priors(m, work)) ||
        make_examples(&x, &k, past, with->n_threads) != HC_OK) {
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to learn from %zu incidents", n);
        goto done;
    }
    struct hc_weight_interval fitted = {0};
    const struct hc_fitting fitting = {before, with->n_threads, work};
    if (x.n || intervals)
        status = hc_fit(m, x.list, x.n, &fitting, intervals ? &fitted : NULL, err);
    if (status == HC_OK && intervals)
        status = hand_over(intervals, &fitted, m, with->arena, err);
done:
    for (size_t c = 0; c < HC_FIT_CHUNKS; c++)
        hc_arena_free(x.arenas[c]);
    hc_arena_free(work);
    if (status == HC_OK)
        *out = m;
    else
        hc_model_free(m);
    return status;
}
