/* The joint model over component and cause, and the confidence that is put on it.
 *
 * P(component s, cause t) is proportional to exp((w0 + d_t) . x_s + b_t + rho ln((n_s + a) / (n + a N))), with the
 * unexplained as a hypothesis of its own; what the evidence adds is divided by a temperature, ln T = t0 + sum of t_m over
 * missing kinds m, so that without evidence the answer is the prior.
 * Learned by MAP around the catalogue's expert means (docs/model.md).
 */
#ifndef HC_ANALYSIS_MODEL_MODEL_H
#define HC_ANALYSIS_MODEL_MODEL_H

#include "analysis/evidence/evidence.h"
#include "analysis/model/catalogue.h"
#include "corpus/record/calibration.h"

struct hc_model; /* parameters; read-only once made, any thread may use it */

/* One past incident to learn from: its evidence and what was confirmed. */
struct hc_labelled {
    const struct hc_evidence *evidence;
    struct hc_word_set
        told; /* words written of it, those of after its end among them: they teach, and are never read of itself */
    struct hc_str category, cause, component; /* cause and component may be absent */
    struct hc_time started, known_at;
};

/* The expert's model: nothing learned. Owns: the caller. */
enum hc_status hc_model_expert(struct hc_model **out, const struct hc_catalogue *catalogue, struct hc_err *err);

/* What is learned with. */
struct hc_learning {
    const struct hc_catalogue *catalogue;
    int n_threads;
    struct hc_arena *arena; /* of what is handed out */
};

/* Learns from `labelled`, in order of known_at then id. Fills the calibration's tables (texts in the arena) and its
 * packed model. Threads: OpenMP inside, the same bytes on any number. */
enum hc_status hc_model_calibrate(struct hc_calibration *out, const struct hc_labelled *labelled, size_t n,
                                  struct hc_time as_of, const struct hc_learning *with, struct hc_err *err);
/* Many of the same labels at once: list[i] learns from the first list[i].n_incidents (more than 0, ascending), as
 * hc_model_calibrate does, but the past is replayed once for all. Threads: over calibrations; the same bytes on any
 * number. Checked: test_calibration.c, against each alone. */
enum hc_status hc_model_calibrate_all(struct hc_calibration *list, size_t n, const struct hc_labelled *labelled,
                                      const struct hc_learning *with, struct hc_err *err);
/* HC_FAIL: packed for another catalogue or version. */
enum hc_status hc_model_unpack(struct hc_model **out, struct hc_str packed, const struct hc_catalogue *catalogue,
                               struct hc_err *err);
void hc_model_free(struct hc_model *model);

/* Analyses one incident. The result's texts live in the arena or in the evidence. The timeline and `incident` are
 * filled too; `calibration`, `label_seen` are the caller's. */
enum hc_status hc_model_analyze(const struct hc_model *model, const struct hc_catalogue *catalogue,
                                const struct hc_incident *incident, const struct hc_evidence *evidence,
                                struct hc_arena *arena, struct hc_analysis *out, struct hc_err *err);

#endif
