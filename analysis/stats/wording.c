#include "analysis/stats/wording.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/stats/quantile.h"

struct counted {
    struct hc_str word;
    uint32_t n;
};

static int by_count(const void *a, const void *b)
{
    const struct counted *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return hc_str_compare(x->word, y->word);
}

static size_t word_index(const struct hc_wording *w, struct hc_str word)
{
    const struct hc_str *found = w->n_words ? bsearch(&word, w->words, w->n_words, sizeof word, hc_str_order) : NULL;
    return found ? (size_t)(found - w->words) : w->n_words;
}

/* The words that stand in enough texts, those of most texts first where there are too many. */
static bool gather_words(struct hc_wording *out, const struct hc_wording_text *texts, size_t n, struct hc_arena *arena,
                         struct hc_arena *work)
{
    size_t n_all = 0, n_counted = 0;
    for (size_t i = 0; i < n; i++)
        n_all += texts[i].told->n;
    struct hc_str *all = hc_arena_alloc(work, n_all * sizeof *all);
    struct counted *counted = hc_arena_alloc(work, n_all * sizeof *counted);
    if (!all || !counted)
        return false;
    n_all = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < texts[i].told->n; k++)
            all[n_all++] = texts[i].told->words[k];
    if (n_all)
        qsort(all, n_all, sizeof *all, hc_str_order);
    for (size_t i = 0, end; i < n_all; i = end) {
        for (end = i; end < n_all && hc_str_equal(all[end], all[i]);)
            end++;
        if (end - i >= HC_WORDING_TEXTS_LEAST)
            counted[n_counted++] = (struct counted){all[i], (uint32_t)(end - i)};
    }
    if (n_counted > HC_WORDING_WORDS_MOST) {
        qsort(counted, n_counted, sizeof *counted, by_count);
        n_counted = HC_WORDING_WORDS_MOST;
    }
    out->words = hc_arena_alloc(arena, n_counted * sizeof *out->words);
    if (!out->words)
        return false;
    for (; out->n_words < n_counted; out->n_words++)
        if (!(out->words[out->n_words] = hc_str_copy(arena, counted[out->n_words].word)).p)
            return false;
    if (n_counted)
        qsort(out->words, n_counted, sizeof *out->words, hc_str_order);
    return true;
}

static bool count_words(struct hc_wording *out, const struct hc_wording_text *texts, size_t n, struct hc_arena *arena)
{
    out->n_of = hc_arena_calloc(arena, out->n_words * out->n_categories, sizeof *out->n_of);
    out->n_texts = hc_arena_calloc(arena, out->n_categories, sizeof *out->n_texts);
    if (!out->n_of || !out->n_texts)
        return false;
    for (size_t i = 0; i < n; i++) {
        out->n_texts[texts[i].category]++;
        for (size_t k = 0; k < texts[i].told->n; k++) {
            const size_t w = word_index(out, texts[i].told->words[k]);
            if (w < out->n_words)
                out->n_of[w * out->n_categories + texts[i].category]++;
        }
    }
    return true;
}

/* Counts, of which one text of a category is left out (n_categories: none is). */
struct counts {
    const struct hc_wording *wording;
    uint32_t n;     /* texts */
    size_t without; /* the category of the one left out */
    double strength;
};

static struct counts counts_of(const struct hc_wording *w, size_t without, double strength)
{
    struct counts c = {w, 0, without, strength};
    for (size_t k = 0; k < w->n_categories; k++)
        c.n += w->n_texts[k];
    c.n -= without < w->n_categories;
    return c;
}

/* Adds what one word says of each category; false: it stands in too few texts or too many, and says nothing. */
static bool add_word(const struct counts *c, size_t word, double *out)
{
    const struct hc_wording *w = c->wording;
    const uint32_t *n_of = w->n_of + word * w->n_categories;
    uint32_t n = 0;
    for (size_t k = 0; k < w->n_categories; k++)
        n += n_of[k] - (k == c->without);
    if (n < HC_WORDING_TEXTS_LEAST || 2 * n > c->n)
        return false;
    const double p = (n + 0.5) / (c->n + 1.0);
    for (size_t k = 0; k < w->n_categories; k++) {
        const double n_wc = n_of[k] - (k == c->without), n_c = w->n_texts[k] - (k == c->without);
        out[k] += log((n_wc + c->strength * p) / ((n_c + c->strength) * p));
    }
    return true;
}

/* The sum over a text's words, by the root of how many; before the scale. */
static size_t score(const struct counts *c, const uint32_t *words, size_t n, double *out)
{
    size_t n_known = 0;
    for (size_t k = 0; k < c->wording->n_categories; k++)
        out[k] = 0;
    for (size_t i = 0; i < n; i++)
        n_known += add_word(c, words[i], out);
    for (size_t k = 0; k < c->wording->n_categories && n_known; k++)
        out[k] /= sqrt((double)n_known);
    return n_known;
}

/* What leaving out is done with: of each text its known words, ln of the prior that the others give, and its score. */
struct trial {
    const struct hc_wording *wording;
    const struct hc_wording_text *texts;
    size_t n;
    uint32_t **words, *n_words;
    double *log_prior, *scores; /* [n][n_categories] */
};

static bool prepare(struct trial *t, const double *base, struct hc_arena *work)
{
    const struct hc_wording *w = t->wording;
    double total = 0;
    t->words = hc_arena_alloc(work, t->n * sizeof *t->words);
    t->n_words = hc_arena_calloc(work, t->n, sizeof *t->n_words);
    t->log_prior = hc_arena_alloc(work, t->n * w->n_categories * sizeof *t->log_prior);
    t->scores = hc_arena_alloc(work, t->n * w->n_categories * sizeof *t->scores);
    if (!t->words || !t->n_words || !t->log_prior || !t->scores)
        return false;
    for (size_t k = 0; k < w->n_categories; k++)
        total += base[k] + w->n_texts[k];
    for (size_t i = 0; i < t->n; i++) {
        const struct hc_word_set *read = t->texts[i].read;
        t->words[i] = hc_arena_alloc(work, read->n * sizeof **t->words);
        if (!t->words[i])
            return false;
        for (size_t j = 0; j < read->n; j++) {
            const size_t word = word_index(w, read->words[j]);
            if (word < w->n_words)
                t->words[i][t->n_words[i]++] = (uint32_t)word;
        }
        for (size_t k = 0; k < w->n_categories; k++)
            t->log_prior[i * w->n_categories + k] =
                log((base[k] + w->n_texts[k] - (k == t->texts[i].category)) / (total - 1));
    }
    return true;
}

static bool score_left_out(const struct trial *t, double strength)
{
    bool any = false;
    for (size_t i = 0; i < t->n; i++) {
        const struct counts counts = counts_of(t->wording, t->texts[i].category, strength);
        any |= score(&counts, t->words[i], t->n_words[i], t->scores + i * t->wording->n_categories) > 0;
    }
    return any;
}

/* The log likelihood of the categories less the ridge, and its slope. */
static double likelihood(const struct trial *t, double scale, double *slope)
{
    const size_t n_categories = t->wording->n_categories;
    double value = -scale * scale / (2 * HC_WORDING_RIDGE * HC_WORDING_RIDGE);
    *slope = -scale / (HC_WORDING_RIDGE * HC_WORDING_RIDGE);
    for (size_t i = 0; i < t->n; i++) {
        const double *prior = t->log_prior + i * n_categories, *z = t->scores + i * n_categories;
        double most = -INFINITY, sum = 0, mean = 0;
        for (size_t k = 0; k < n_categories; k++)
            most = fmax(most, prior[k] + scale * z[k]);
        for (size_t k = 0; k < n_categories; k++) {
            const double e = exp(prior[k] + scale * z[k] - most);
            sum += e;
            mean += e * z[k];
        }
        const uint32_t own = t->texts[i].category;
        value += prior[own] + scale * z[own] - most - log(sum);
        *slope += z[own] - mean / sum;
    }
    return value;
}

/* Concave in the scale: by bisection of the slope. */
static double best_scale(const struct trial *t, double *value)
{
    double low = 0, high = HC_WORDING_SCALE_MOST, slope;
    for (int i = 0; i < 50; i++) {
        const double middle = (low + high) / 2;
        likelihood(t, middle, &slope);
        *(slope > 0 ? &low : &high) = middle;
    }
    likelihood(t, 0, &slope);
    const double scale = slope > 0 ? (low + high) / 2 : 0;
    *value = likelihood(t, scale, &slope);
    return scale;
}

static bool choose(struct hc_wording *out, const struct hc_wording_text *texts, size_t n, const double *base,
                   struct hc_arena *work)
{
    static const double strengths[] = HC_WORDING_STRENGTHS;
    struct trial t = {.wording = out, .texts = texts, .n = n};
    double best = -INFINITY;
    if (!prepare(&t, base, work))
        return false;
    for (size_t i = 0; i < sizeof strengths / sizeof *strengths; i++) {
        double value;
        if (!score_left_out(&t, strengths[i])) /* of no text a word is known: nor will it be at another strength */
            return true;
        const double scale = best_scale(&t, &value);
        if (value > best) {
            best = value;
            out->strength = strengths[i];
            out->scale = scale;
        }
    }
    return true;
}

bool hc_wording_learn(struct hc_wording *out, const struct hc_wording_text *texts, size_t n, const double *base,
                      size_t n_categories, struct hc_arena *arena)
{
    struct hc_arena *work = hc_arena_new(0);
    *out = (struct hc_wording){.n_categories = n_categories, .strength = 1};
    const bool ok = work && gather_words(out, texts, n, arena, work) && count_words(out, texts, n, arena) &&
                    choose(out, texts, n, base, work);
    hc_arena_free(work);
    return ok;
}

size_t hc_wording_nats(const struct hc_wording *wording, const struct hc_word_set *text, double *out)
{
    const struct counts counts = counts_of(wording, wording->n_categories, wording->strength);
    size_t n_known = 0;
    for (size_t k = 0; k < wording->n_categories; k++)
        out[k] = 0;
    for (size_t i = 0; i < text->n && wording->scale > 0; i++) {
        const size_t word = word_index(wording, text->words[i]);
        n_known += word < wording->n_words && add_word(&counts, word, out);
    }
    for (size_t k = 0; k < wording->n_categories && n_known; k++)
        out[k] = fmin(fmax(wording->scale * out[k] / sqrt((double)n_known), -HC_WORDING_CAP), HC_WORDING_CAP);
    return n_known;
}

size_t hc_wording_loudest(const struct hc_wording *wording, const struct hc_word_set *text, size_t category,
                          double sign, struct hc_str *out, size_t limit, double *scratch)
{
    const struct counts counts = counts_of(wording, wording->n_categories, wording->strength);
    uint32_t list[HC_WORDING_LOUDEST];
    double loudness[HC_WORDING_LOUDEST];
    size_t n = 0;
    limit = limit < HC_WORDING_LOUDEST ? limit : HC_WORDING_LOUDEST;
    for (size_t i = 0; i < text->n; i++) {
        const size_t word = word_index(wording, text->words[i]);
        memset(scratch, 0, wording->n_categories * sizeof *scratch);
        if (word < wording->n_words && add_word(&counts, word, scratch) && sign * scratch[category] > 0)
            n = hc_keep_greatest(list, loudness, n, limit, (uint32_t)word, sign * scratch[category]);
    }
    for (size_t i = 0; i < n; i++)
        out[i] = wording->words[list[i]];
    return n;
}
