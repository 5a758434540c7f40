#include "analysis/similar.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/stats/quantile.h"

void hc_evidence_profile(const struct hc_evidence *evidence, const struct hc_catalogue *catalogue, double *profile)
{
    size_t n = catalogue->n_features;
    for (size_t f = 0; f < n; f++)
        profile[f] = 0.0;
    for (size_t c = 0; c < evidence->n_components && evidence->kinds; c++)
        for (size_t f = 0; f < n; f++)
            if (evidence->values[c * n + f] > profile[f])
                profile[f] = evidence->values[c * n + f];
}

bool hc_evidence_signs(struct hc_word_set *out, const struct hc_evidence *evidence,
                       const struct hc_catalogue *catalogue, struct hc_arena *arena)
{
    const size_t n_features = catalogue->n_features;
    struct hc_word_set all = {NULL, 0};
    size_t capacity = 0;
    for (size_t i = 0; i < evidence->n_components * n_features && evidence->kinds; i++) {
        const struct hc_str component = evidence->components[i / n_features].name;
        if (!(evidence->values[i] >= HC_SIGN_VALUE))
            continue;
        all.words = hc_arena_grow(arena, all.words, all.n, all.n + 1, &capacity, sizeof *all.words);
        if (!all.words)
            return false;
        all.words[all.n] = hc_str_format(arena, "%.*s/%.*s", HC_STR_ARG(component),
                                         HC_STR_ARG(catalogue->features[i % n_features].name));
        if (!all.words[all.n++].p)
            return false;
    }
    return hc_word_set_unite(out, &all, &(struct hc_word_set){NULL, 0}, arena);
}

static double cosine_of(double ab, double aa, double bb)
{
    const double cosine = aa > 0.0 && bb > 0.0 ? ab / sqrt(aa * bb) : 0.0;
    return cosine < 1.0 ? cosine : 1.0;
}

double hc_profile_cosine(const double *a, const double *b, size_t n)
{
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (size_t f = 0; f < n; f++) {
        ab += a[f] * b[f];
        aa += a[f] * a[f];
        bb += b[f] * b[f];
    }
    return cosine_of(ab, aa, bb);
}

double hc_similarity(double evidence, double text, bool same_service)
{
    return 0.8 * (evidence + text - evidence * text) + (same_service ? 0.2 : 0.0);
}

static size_t id_of(const struct hc_texts *texts, struct hc_str word)
{
    const struct hc_str *found =
        texts->n_words ? bsearch(&word, texts->words, texts->n_words, sizeof word, hc_str_order) : NULL;
    return found ? (size_t)(found - texts->words) : texts->n_words;
}

bool hc_texts_make(struct hc_texts *out, const struct hc_word_set *sets, size_t n, struct hc_arena *arena)
{
    size_t n_all = 0;
    *out = (struct hc_texts){.n = n};
    for (size_t i = 0; i < n; i++)
        n_all += sets[i].n;
    struct hc_str *words = hc_arena_alloc(arena, n_all * sizeof *words);
    uint32_t *ids = hc_arena_alloc(arena, n_all * sizeof *ids);
    out->ids = hc_arena_alloc(arena, n * sizeof *out->ids);
    out->n_ids = hc_arena_alloc(arena, n * sizeof *out->n_ids);
    if (!words || !ids || !out->ids || !out->n_ids)
        return false;
    n_all = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sets[i].n; k++)
            words[n_all++] = sets[i].words[k];
    if (n_all)
        qsort(words, n_all, sizeof *words, hc_str_order);
    for (size_t i = 0; i < n_all; i++)
        if (i == 0 || !hc_str_equal(words[i], words[out->n_words - 1]))
            words[out->n_words++] = words[i];
    out->words = words;
    for (size_t i = 0; i < n; i++) {
        out->ids[i] = ids;
        out->n_ids[i] = sets[i].n;
        for (size_t k = 0; k < sets[i].n; k++)
            *ids++ = (uint32_t)id_of(out, sets[i].words[k]);
    }
    return true;
}

void hc_texts_weights(const struct hc_texts *texts, const bool *chosen, double *weights)
{
    double n = 0;
    for (size_t w = 0; w < texts->n_words; w++)
        weights[w] = 0;
    for (size_t i = 0; i < texts->n; i++) {
        n += chosen[i] && texts->n_ids[i];
        for (size_t k = 0; chosen[i] && k < texts->n_ids[i]; k++)
            weights[texts->ids[i][k]]++;
    }
    for (size_t w = 0; w < texts->n_words; w++)
        weights[w] = log((1 + n) / (1 + weights[w]));
}

static bool has_id(const struct hc_texts *texts, size_t text, size_t id)
{
    size_t low = 0, high = texts->n_ids[text];
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (texts->ids[text][middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < texts->n_ids[text] && texts->ids[text][low] == id;
}

uint32_t *hc_text_number(const struct hc_texts *texts, const struct hc_word_set *words, struct hc_arena *arena)
{
    uint32_t *ids = hc_arena_alloc(arena, words->n * sizeof *ids);
    for (size_t k = 0; ids && k < words->n; k++)
        ids[k] = (uint32_t)id_of(texts, words->words[k]);
    return ids;
}

double hc_text_cosine(const struct hc_texts *texts, size_t text, const uint32_t *ids, size_t n, const double *weights,
                      double rarest, double ballast)
{
    const uint32_t *own = texts->ids[text], *end = own + texts->n_ids[text];
    double ab = 0, aa = ballast * ballast, bb = aa;
    for (const uint32_t *id = own; id < end; id++)
        bb += weights[*id] * weights[*id];
    for (size_t k = 0; k < n; k++) {
        const bool known = ids[k] < texts->n_words;
        const double weight = known ? weights[ids[k]] : rarest;
        aa += weight * weight;
        while (known && own < end && *own < ids[k])
            own++;
        if (known && own < end && *own == ids[k])
            ab += weight * weight;
    }
    return cosine_of(ab, aa, bb);
}

size_t hc_text_shared(const struct hc_texts *texts, size_t text, const struct hc_word_set *words, const double *weights,
                      struct hc_str *shared, size_t limit)
{
    uint32_t list[HC_SHARED_MOST];
    double values[HC_SHARED_MOST];
    size_t n = 0;
    limit = limit < HC_SHARED_MOST ? limit : HC_SHARED_MOST;
    for (size_t k = 0; k < words->n; k++) {
        const size_t id = id_of(texts, words->words[k]);
        if (id < texts->n_words && weights[id] > 0 && has_id(texts, text, id))
            n = hc_keep_greatest(list, values, n, limit, (uint32_t)id, weights[id]);
    }
    for (size_t i = 0; i < n; i++)
        shared[i] = texts->words[list[i]];
    return n;
}

size_t hc_profile_shared(const double *a, const double *b, size_t n, size_t limit, uint32_t *shared)
{
    double values[HC_SHARED_MOST];
    size_t n_shared = 0;
    limit = limit < HC_SHARED_MOST ? limit : HC_SHARED_MOST;
    for (size_t f = 0; f < n; f++)
        if (fmin(a[f], b[f]) > 0.0)
            n_shared = hc_keep_greatest(shared, values, n_shared, limit, (uint32_t)f, fmin(a[f], b[f]));
    return n_shared;
}

size_t hc_profile_missed(const double *a, const double *b, size_t n, size_t limit, uint32_t *missed)
{
    double values[HC_SHARED_MOST];
    size_t n_missed = 0;
    limit = limit < HC_SHARED_MOST ? limit : HC_SHARED_MOST;
    for (size_t f = 0; f < n; f++)
        if (b[f] > 0.0 && !(a[f] > 0.0))
            n_missed = hc_keep_greatest(missed, values, n_missed, limit, (uint32_t)f, b[f]);
    return n_missed;
}
