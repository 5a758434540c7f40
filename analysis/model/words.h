/* The words written of incidents as evidence of the category; private to analysis/model. */
#ifndef HC_ANALYSIS_MODEL_WORDS_H
#define HC_ANALYSIS_MODEL_WORDS_H

#include "analysis/model/predict.h"

/* Learns the model's wording from the words of the latest HC_FIT_INCIDENTS labels that name a category. What is tried on them is
 * what may be read when they are analysed; of those of which there is nothing such, all that is told. */
enum hc_status hc_model_words_learn(struct hc_model *model, const struct hc_labelled *const *past, size_t n,
                                    const struct hc_catalogue *catalogue);

/* Moves the prior of each row by what the words say of the categories, and norms it: how well an incident is explained is not
 * for words to say. Sets prediction->words: nats by category; NULL: no word is known. */
enum hc_status hc_predict_words(struct hc_prediction *prediction, const struct hc_model *model,
                                const struct hc_word_set *words, struct hc_arena *arena);

/* The words that speak loudest for a category (nats above 0) or against it, as a sentence; absent: no memory. */
struct hc_str hc_words_sentence(const struct hc_model *model, const struct hc_word_set *words, size_t category,
                                double nats, struct hc_arena *arena);

#endif
