/* What the words of a text say of its category: naive Bayes, shrunk to what all texts have, and believed as far as it held
 * on texts that it had not seen. */
#ifndef HC_ANALYSIS_STATS_WORDING_H
#define HC_ANALYSIS_STATS_WORDING_H

#include <stdint.h>

#include "analysis/stats/wordset.h"

/* How many texts the shares of all count as, in a category's: chosen by leave-one-out. */
#define HC_WORDING_STRENGTHS            \
    {                                   \
        1.0, 2.0, 5.0, 10.0, 20.0, 50.0 \
    }
#define HC_WORDING_RIDGE 1.0 /* standard deviation of the scale around 0: words have to show that they say something */
#define HC_WORDING_SCALE_MOST 8.0
#define HC_WORDING_CAP 3.0 /* nats: a text alone makes a category at most twenty times as likely, or as unlikely */
#define HC_WORDING_TEXTS_LEAST 2 /* in which a word must stand; and no more than half of all */
#define HC_WORDING_LOUDEST 8
#define HC_WORDING_WORDS_MOST 4096 /* of more, those in most texts; equally many: by bytes */

/* Shapes: n_of [n_words][n_categories]; n_texts [n_categories]. */
struct hc_wording {
    struct hc_str *words; /* in order of their bytes; in two texts and more */
    size_t n_words, n_categories;
    uint32_t *n_of;    /* texts of the category that have the word */
    uint32_t *n_texts; /* of the category */
    double strength, scale;
};

struct hc_wording_text {
    const struct hc_word_set *told; /* all that is known of it: what is learned from */
    const struct hc_word_set *read; /* what of it may be read where the category is asked: a part of `told` */
    uint32_t category;
};

/* Shapes:  texts [n]; base [n_categories], above 0: texts that each category counts as having had before.
 * Formula: of word w and category c, v(w, c) = ln((n_wc + s p_w) / (n_c + s)) - ln p_w, p_w = (n_w + 1/2) / (n + 1); of a text
 *          z(c) = scale * sum v(w, c) / sqrt(m) over its m words that are known. s and the scale (in 0 to
 *          HC_WORDING_SCALE_MOST, ridge around 0) maximise the sum over texts of ln softmax(ln prior + z)[category], each
 *          text's prior and v being those of the others.
 * Source:  Dirichlet smoothing to the collection: Zhai and Lafferty, ACM TOIS 22(2), 2004; words once a text: McCallum and Nigam
 *          1998; overconfident sums of dependent words tempered: Monti and Cooper 1999. The root of m is our own choice
 *          between words that are independent (m) and words that all say the same (1): docs/model.md.
 * Missing: without texts nothing is known, and the scale is 0.
 * Owns:    the arena; the words' bytes are copied. Errors: false where it has no room.
 * Cost:    strengths * categories * words of all texts, and a sort of these.
 * Checked: test_wording.c, against leaving out by brute force, and tests/reference/wording.py (scipy). */
bool hc_wording_learn(struct hc_wording *out, const struct hc_wording_text *texts, size_t n, const double *base,
                      size_t n_categories, struct hc_arena *arena);

/* Nats for each category, between minus and plus HC_WORDING_CAP: out [n_categories]. How many words were known. */
size_t hc_wording_nats(const struct hc_wording *wording, const struct hc_word_set *text, double *out);

/* The words of a text that speak loudest for a category (against it: `sign` -1), loudest first; ties by bytes. How many,
 * HC_WORDING_LOUDEST at most. `scratch`: [n_categories]. */
size_t hc_wording_loudest(const struct hc_wording *wording, const struct hc_word_set *text, size_t category,
                          double sign, struct hc_str *out, size_t limit, double *scratch);

#endif
