/* Past incidents nearest to one, by what their evidence shows and what was written of them. */
#ifndef HC_ANALYSIS_SIMILAR_H
#define HC_ANALYSIS_SIMILAR_H

#include "analysis/evidence/evidence.h"
#include "analysis/model/catalogue.h"
#include "analysis/stats/wordset.h"

#define HC_SHARED_MOST 8 /* no list of what is shared is longer */

/* The loudest value of each feature over an incident's components: what is compared.
 * Shapes: profile[catalogue->n_features]; unobserved and quiet are 0, and all of it where no kind of evidence is there. */
void hc_evidence_profile(const struct hc_evidence *evidence, const struct hc_catalogue *catalogue, double *profile);

#define HC_SIGN_VALUE \
    1.0 /* a feature of that value and more is a sign: as the model has "seen at all" (docs/model.md) */

/* The signs of an incident, each a word "component/feature", so that signs are compared as texts are: where a component
 * of one name shows the same, and the rarer that is the more.
 * Owns: the arena. Errors: false where it has no room. */
bool hc_evidence_signs(struct hc_word_set *out, const struct hc_evidence *evidence,
                       const struct hc_catalogue *catalogue, struct hc_arena *arena);

/* Cosine of two profiles; with a silent one 0. */
double hc_profile_cosine(const double *a, const double *b, size_t n);

/* Formula: .8 (1 - (1 - e) (1 - t)) + .2 where the incidents are of one service; e is the mean of the cosines of profiles and of signs, t
 *          the cosine of texts, with ballast: what
 *          is missing adds nothing, and takes nothing from the other.
 * Units:   0 (nothing in common) to 1. */
double hc_similarity(double evidence, double text, bool same_service);

/* Texts as numbered words. */
struct hc_texts {
    struct hc_str *words; /* of all texts, in order of their bytes */
    size_t n_words, n;
    uint32_t **ids; /* by text: its words, ascending */
    size_t *n_ids;
};
/* Owns: the arena; the words' bytes stay those of the sets. False: no memory. */
bool hc_texts_make(struct hc_texts *out, const struct hc_word_set *sets, size_t n, struct hc_arena *arena);

/* How rare each word is among the texts that are chosen and the one that is compared with them.
 * Formula: ln((1 + n) / (1 + n_w)), n the chosen texts that have words, n_w of them those with the word (Sparck Jones 1972, with
 *          the compared text counted in).
 * Shapes:  chosen [texts->n], weights [texts->n_words]. */
void hc_texts_weights(const struct hc_texts *texts, const bool *chosen, double *weights);
/* The numbers of a set's words, once for all the texts that it is compared with; texts->n_words and above: of no text.
 * Shapes: [words->n], ascending but for those. Owns: the arena. NULL: no memory. */
uint32_t *hc_text_number(const struct hc_texts *texts, const struct hc_word_set *words, struct hc_arena *arena);
/* Cosine of a text with a set of words, as numbers, each word once, by weight; a word that no text has counts ln(1 + n), its rarest.
 * A cosine knows no scale: of texts that have but one word, and that one worthless, it would be 1. So each of the two can
 * be given a word of its own that the other lacks, of weight `ballast`: they are near by as much as they say.
 * Formula: sum of w^2 of shared words / sqrt((sum of w^2 of these + ballast^2) (sum of w^2 of those + ballast^2)).
 * Missing: 0 where either has no word of weight. */
double hc_text_cosine(const struct hc_texts *texts, size_t text, const uint32_t *ids, size_t n, const double *weights,
                      double rarest, double ballast);
/* The words that both have, rarest first; ties by bytes. How many. */
size_t hc_text_shared(const struct hc_texts *texts, size_t text, const struct hc_word_set *words, const double *weights,
                      struct hc_str *shared, size_t limit);

/* The features that both show, most shared first (smaller of the two values; ties by index).
 * Shapes: shared[at most `limit`]; returns how many. */
size_t hc_profile_shared(const double *a, const double *b, size_t n, size_t limit, uint32_t *shared);
/* The features that b shows and a does not, loudest first; ties by index. */
size_t hc_profile_missed(const double *a, const double *b, size_t n, size_t limit, uint32_t *missed);

#endif
