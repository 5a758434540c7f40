#include "analysis/model/documents.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/model/core.h"
#include "analysis/model/scores.h"
#include "analysis/stats/wording.h"

enum { WORDS, WITH_TAGS, PRIORS, METHODS };

struct validation {
    const struct hc_told_incident *incidents;
    size_t n, n_folds;
    struct hc_str *categories; /* the catalogue's, then the incidents' own by name */
    double *base;
    size_t n_categories;
    uint32_t *category; /* by incident */
    struct hc_answer *answers[METHODS];
};

static size_t category_of(const struct validation *v, struct hc_str name)
{
    size_t c = 0;
    while (c < v->n_categories && !hc_str_equal(v->categories[c], name))
        c++;
    return c;
}

static bool name_categories(struct validation *v, const struct hc_catalogue *catalogue, struct hc_arena *arena)
{
    struct hc_str *stated = hc_arena_alloc(arena, v->n * sizeof *stated);
    const size_t most = catalogue->n_categories + v->n;
    v->categories = hc_arena_alloc(arena, most * sizeof *v->categories);
    v->base = hc_arena_alloc(arena, most * sizeof *v->base);
    v->category = hc_arena_alloc(arena, v->n * sizeof *v->category);
    if (!stated || !v->categories || !v->base || !v->category)
        return false;
    for (; v->n_categories < catalogue->n_categories; v->n_categories++)
        v->categories[v->n_categories] = catalogue->categories[v->n_categories].id;
    for (size_t i = 0; i < v->n; i++)
        stated[i] = v->incidents[i].category;
    qsort(stated, v->n, sizeof *stated, hc_str_order);
    for (size_t i = 0; i < v->n; i++)
        if (category_of(v, stated[i]) == v->n_categories)
            v->categories[v->n_categories++] = stated[i];
    for (size_t c = 0; c < v->n_categories; c++)
        v->base[c] = fmax(hc_category_base(catalogue, c), HC_LISTED_PROBABILITY);
    for (size_t i = 0; i < v->n; i++)
        v->category[i] = (uint32_t)category_of(v, v->incidents[i].category);
    return true;
}

/* Shares of the others, moved by nats: normed. */
static void spread(const struct validation *v, size_t fold, const double *nats, struct hc_share *out)
{
    double total = 0;
    for (size_t c = 0; c < v->n_categories; c++)
        out[c] = (struct hc_share){v->categories[c], v->base[c]};
    for (size_t i = 0; i < v->n; i++)
        out[v->category[i]].probability += i % v->n_folds != fold;
    for (size_t c = 0; c < v->n_categories; c++)
        total += out[c].probability *= nats ? exp(nats[c]) : 1;
    for (size_t c = 0; c < v->n_categories; c++)
        out[c].probability /= total;
}

static const struct hc_word_set *words_of(const struct validation *v, size_t i, int method)
{
    return method == WITH_TAGS ? &v->incidents[i].with_tags : &v->incidents[i].words;
}

static bool answer_fold(struct validation *v, size_t fold, int method, struct hc_arena *work)
{
    struct hc_wording wording = {.n_categories = v->n_categories, .strength = 1};
    struct hc_wording_text *texts = hc_arena_alloc(work, v->n * sizeof *texts);
    struct hc_share *shares = hc_arena_alloc(work, v->n_categories * sizeof *shares);
    double *nats = hc_arena_calloc(work, v->n_categories, sizeof *nats);
    size_t n_texts = 0;
    if (!texts || !shares || !nats)
        return false;
    for (size_t i = 0; i < v->n; i++)
        if (i % v->n_folds != fold)
            texts[n_texts++] = (struct hc_wording_text){words_of(v, i, method), words_of(v, i, method), v->category[i]};
    if (method != PRIORS && !hc_wording_learn(&wording, texts, n_texts, v->base, v->n_categories, work))
        return false;
    for (size_t i = fold; i < v->n; i += v->n_folds) {
        if (method != PRIORS)
            hc_wording_nats(&wording, words_of(v, i, method), nats);
        spread(v, fold, nats, shares);
        v->answers[method][i] = hc_answer_at(shares, v->n_categories, 0, v->category[i], 1);
    }
    return true;
}

static bool answer_all(struct validation *v, int n_threads)
{
    int failed = 0;
#pragma omp parallel for schedule(dynamic, 1) num_threads(n_threads) reduction(+ : failed)
    for (size_t job = 0; job < v->n_folds * METHODS; job++) {
        struct hc_arena *work = hc_arena_new(0);
        failed += !work || !answer_fold(v, job / METHODS, (int)(job % METHODS), work);
        hc_arena_free(work);
    }
    return failed == 0;
}

enum hc_status hc_documents_validate(struct hc_documents_scores *out, const struct hc_told_incident *incidents,
                                     size_t n, const struct hc_backtest_options *options,
                                     const struct hc_catalogue *catalogue, struct hc_err *err)
{
    struct validation v = {
        .incidents = incidents, .n = n, .n_folds = n <= HC_DOCUMENTS_ONE_BY_ONE ? n : HC_DOCUMENT_FOLDS};
    struct hc_backtest_scores *scores[METHODS] = {&out->words, &out->with_tags, &out->priors};
    struct hc_arena *arena = hc_arena_new(0);
    bool ok = arena && name_categories(&v, catalogue, arena);
    for (int m = 0; m < METHODS && ok; m++)
        ok = (v.answers[m] = hc_arena_calloc(arena, n, sizeof *v.answers[m])) != NULL;
    ok = ok && answer_all(&v, options->n_threads);
    enum hc_status status = ok ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a cross-validation");
    *out = (struct hc_documents_scores){.n = (uint32_t)n, .n_folds = (uint32_t)v.n_folds};
    for (int m = 0; m < METHODS && status == HC_OK; m++)
        status = hc_scores_of(scores[m], v.answers[m], n, options->seed, err);
    hc_arena_free(arena);
    return status;
}
