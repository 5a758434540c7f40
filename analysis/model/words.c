#include "analysis/model/words.h"

#include <math.h>

#include "analysis/model/core.h"

#define BASE_LEAST 1e-3 /* texts: a category that the catalogue gives no share may have words all the same */
#define SHOWN_WORDS 5

/* A label whose words count; false: it names no category, or none of the model's, or has no words. */
static bool text_of_label(struct hc_wording_text *out, const struct hc_model *m, const struct hc_labelled *label)
{
    const struct hc_word_set *read = &label->evidence->words, *told = label->told.n ? &label->told : read;
    const size_t category = label->category.p ? hc_model_category(m, label->category) : m->n_categories;
    *out = (struct hc_wording_text){told, read->n ? read : told, (uint32_t)category};
    return told->n && category < m->n_categories;
}

enum hc_status hc_model_words_learn(struct hc_model *model, const struct hc_labelled *const *past, size_t n,
                                    const struct hc_catalogue *catalogue)
{
    struct hc_arena *work = hc_arena_new(0);
    const size_t first = n > HC_FIT_INCIDENTS ? n - HC_FIT_INCIDENTS : 0;
    struct hc_wording_text *texts = work ? hc_arena_alloc(work, (n - first) * sizeof *texts) : NULL;
    double *base = work ? hc_arena_alloc(work, model->n_categories * sizeof *base) : NULL;
    size_t n_texts = 0;
    bool ok = texts && base;
    for (size_t i = first; ok && i < n; i++)
        n_texts += text_of_label(&texts[n_texts], model, past[i]);
    for (size_t c = 0; ok && c < model->n_categories; c++)
        base[c] = fmax(hc_category_base(catalogue, c), BASE_LEAST);
    ok = ok && hc_wording_learn(&model->wording, texts, n_texts, base, model->n_categories, model->arena);
    hc_arena_free(work);
    return ok ? HC_OK : HC_FATAL;
}

enum hc_status hc_predict_words(struct hc_prediction *prediction, const struct hc_model *model,
                                const struct hc_word_set *words, struct hc_arena *arena)
{
    const size_t n_types = model->n_types;
    prediction->words = NULL;
    if (!words->n || !(model->wording.scale > 0))
        return HC_OK;
    double *nats = hc_arena_alloc(arena, model->n_categories * sizeof *nats);
    prediction->words_norm = hc_arena_alloc(arena, prediction->design.n_rows * sizeof *nats);
    if (!nats || !prediction->words_norm)
        return HC_FATAL;
    if (!hc_wording_nats(&model->wording, words, nats))
        return HC_OK;
    prediction->words = nats;
    for (size_t r = 0; r < prediction->design.n_rows; r++) {
        double *prior = prediction->prior + r * n_types;
        double norm = hc_log_sum_exp(prior, n_types);
        for (size_t t = 0; t < n_types; t++)
            prior[t] += nats[model->types[t].category];
        norm -= hc_log_sum_exp(prior, n_types);
        for (size_t t = 0; t < n_types; t++)
            prior[t] += norm;
        prediction->words_norm[r] = norm;
    }
    return HC_OK;
}

struct hc_str hc_words_sentence(const struct hc_model *model, const struct hc_word_set *words, size_t category,
                                double nats, struct hc_arena *arena)
{
    const struct hc_wording *w = &model->wording;
    struct hc_str loudest[SHOWN_WORDS], text;
    double *scratch = hc_arena_alloc(arena, w->n_categories * sizeof *scratch);
    if (!scratch)
        return HC_STR_NONE;
    const size_t n = hc_wording_loudest(w, words, category, nats < 0 ? -1 : 1, loudest, SHOWN_WORDS, scratch);
    uint32_t n_texts = 0;
    struct hc_buf b = {0};
    for (size_t c = 0; c < w->n_categories; c++)
        n_texts += w->n_texts[c];
    hc_buf_text(&b, n ? n == 1 ? "The word " : "The words " : "All words together");
    for (size_t i = 0; i < n; i++)
        hc_buf_format(&b, "%s\"%.*s\"", i ? ", " : "", HC_STR_ARG(loudest[i]));
    hc_buf_format(&b, " of what was written of it %s %s %.*s, as in the texts of %u confirmed incident%s.",
                  n == 1 ? "speaks" : "speak", nats < 0 ? "against" : "for", HC_STR_ARG(model->categories[category]),
                  n_texts, n_texts == 1 ? "" : "s");
    text = b.failed ? HC_STR_NONE : hc_str_copy(arena, hc_buf_view(&b));
    hc_buf_free(&b);
    return text;
}
