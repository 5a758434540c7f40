/* Past incidents as they would have been predicted when fewer were known: what confidence is learned from. */
#ifndef HC_ANALYSIS_MODEL_HISTORY_H
#define HC_ANALYSIS_MODEL_HISTORY_H

#include "analysis/model/core.h"

/* One prediction, whole or with a kind removed. Hypotheses that the label allows come first; on either side the
 * likeliest are kept one by one and the rest in growing lumps (which are exact at the expert's temperature). */
struct hc_record {
    uint32_t kind; /* the kind that was removed; HC_NONE: whole */
    uint64_t missing;
    bool among; /* the confirmed cause was among the hypotheses */
    uint32_t n_allowed, n;
    uint32_t *members; /* how many hypotheses an entry stands for */
    double *prior[2];  /* without and with recurrence */
    double *evidence;
    double ln_label[2]; /* of the label at the expert's temperature, without and with recurrence */
};

/* The incidents from `size` to the next block's, and what was learned from the labels before them. */
struct hc_block {
    size_t size;
    struct hc_model *model;
    struct hc_arena *arena; /* of the records */
};

struct hc_history {
    struct hc_arena *arena;
    const struct hc_labelled *const *past; /* by known_at, then incident */
    size_t n;
    struct hc_record **records; /* of each incident; NULL: not replayed */
    uint32_t *n_records;
    struct hc_block *blocks; /* by size */
    size_t n_blocks;
};
void hc_history_free(struct hc_history *history); /* records and models; `arena` is the caller's */
/* Of the models in a replayed history the largest of fewer than n labels, from which a fit of n starts: which labels it
 * learned from depends on n alone. NULL: none. */
const struct hc_model *hc_history_before(const struct hc_history *history, size_t n);

/* The labels known by `as_of` (absent: all whose time is known), sorted; an array in the arena. */
const struct hc_labelled *const *hc_labels_sorted(const struct hc_labelled *labelled, size_t n, struct hc_time as_of,
                                                  struct hc_arena *arena, size_t *n_out);

/* Replays what models of `least` labels and more learn their confidence from: the latest HC_SET_INCIDENTS, of them the
 * latest HC_CONFIDENCE_INCIDENTS with kinds removed too. Each incident is predicted by a core learned from an earlier
 * prefix, of a size that depends on its place alone, so that any two histories of the same labels hold the same records.
 * The prefixes are learned one after the other, each from the weights of the one before it.
 * Threads: in each fit, then over the prefixes' records; the same records on any number. */
enum hc_status hc_history_replay(struct hc_history *history, size_t least, const struct hc_catalogue *catalogue,
                                 int n_threads, struct hc_err *err);

/* Learns confidence and recurrence of `model`, which was learned from the first n labels, from their records. */
enum hc_status hc_confidence_learn(struct hc_model *model, const struct hc_history *history, size_t n,
                                   const struct hc_catalogue *catalogue, struct hc_err *err);

/* Mass of what is more probable than the label's likeliest hypothesis (or than the unexplained where it is none). */
double hc_mass_before(const double *probability, const bool *allowed, size_t n, double unexplained, bool among);

/* The split conformal quantile: the ceil((n + 1) level)-th smallest of n scores (sorted in place); 1 where there is
 * none. Source: Vovk, Gammerman, Shafer 2005; Romano, Sesia, Candès 2020 for sets by cumulated probability. */
double hc_conformal_quantile(double *scores, size_t n, double level);

#endif
