/* How well the words of documents tell the category: cross-validation over incidents that are nothing but documents. */
#ifndef HC_ANALYSIS_MODEL_DOCUMENTS_H
#define HC_ANALYSIS_MODEL_DOCUMENTS_H

#include "analysis/model/backtest.h"

#define HC_DOCUMENT_FOLDS 10 /* of more than HC_DOCUMENTS_ONE_BY_ONE; else each is left out alone */
#define HC_DOCUMENTS_ONE_BY_ONE 200

struct hc_told_incident {
    struct hc_str category;       /* stated */
    struct hc_word_set words;     /* of its documents, without front matter */
    struct hc_word_set with_tags; /* and those of its tags, but for those of fields that state categories */
};

struct hc_documents_scores {
    uint32_t n, n_folds;
    struct hc_backtest_scores words, with_tags, priors; /* of the category */
};

/* Each incident's category from what the others teach, all of it learned without the incident's fold, the wording's strength and
 * scale too; beside the categories' shares of the others alone. Categories are the catalogue's and the incidents' own. In folds
 * the i-th incident is in fold i mod HC_DOCUMENT_FOLDS.
 * Threads: over folds, the same bytes on any number. Checked: test_documents.c. */
enum hc_status hc_documents_validate(struct hc_documents_scores *out, const struct hc_told_incident *incidents,
                                     size_t n, const struct hc_backtest_options *options,
                                     const struct hc_catalogue *catalogue, struct hc_err *err);

#endif
