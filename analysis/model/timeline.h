/* What happened when, as far as the record says; private to analysis/model. */
#ifndef HC_ANALYSIS_MODEL_TIMELINE_H
#define HC_ANALYSIS_MODEL_TIMELINE_H

#include "analysis/evidence/evidence.h"

/* Fills timeline, n_timeline: the window's times, changes, symptoms, onsets of the loudest evidence, notable events
 * (each template once, with its count). By time, then place. */
enum hc_status hc_timeline_make(struct hc_analysis *out, const struct hc_incident *incident,
                                const struct hc_evidence *evidence, struct hc_arena *arena);

/* Where what an item's onset names is written: of log lines the item's sentence quotes the most frequent, and its onset
 * may be that of another. Missing: the item's own place. */
struct hc_source_place hc_onset_place(const struct hc_incident *incident, const struct hc_evidence *evidence,
                                      const struct hc_evidence_item *item);

#endif
