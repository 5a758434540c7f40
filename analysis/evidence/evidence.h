/* What an incident's record says for and against each component: features, and sentences.
 *
 * A detector looks at the record and adds items; an item is one named feature of one component
 * with a value on a log scale where 0 means nothing unusual, and the sentence that says it. Features are named in the catalogue (the fixed ones in features.h), and weighed
 * by the catalogue and the calibration, which know them by name.
 */
#ifndef HC_ANALYSIS_EVIDENCE_EVIDENCE_H
#define HC_ANALYSIS_EVIDENCE_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/stats/wordset.h"
#include "base/arena.h"
#include "base/status.h"
#include "corpus/record/analysis.h"
#include "corpus/record/incident.h"

struct hc_catalogue;

#define HC_EVIDENCE_VERSION 5 /* raised when the same record would give other evidence */

struct hc_evidence_item {
    uint32_t feature;   /* into the catalogue's */
    uint32_t component; /* index into components */
    double value;       /* the feature's; what the model multiplies its weight with */
    struct hc_str text; /* a sentence with numbers and units */
    struct hc_time onset;
    struct hc_source_place place;
};

struct hc_evidence_component {
    struct hc_str name;
    struct hc_str kind;
    bool candidate; /* may be a culprit: not an observation point */
};

struct hc_evidence {
    struct hc_str incident, service;
    struct hc_time window_start, known_at; /* of the root outcome; absent: no label */
    struct hc_evidence_component *components;
    size_t n_components;
    /* Row-major [n_components][catalogue->n_features]. NaN: not observed (no such evidence for it); 0: observed
     * and nothing unusual. NULL where they are folded: hc_evidence_values gives them. */
    double *values;
    struct hc_str folded;
    uint64_t kinds;                 /* bit i: the catalogue's evidence kind i is there */
    struct hc_evidence_item *items; /* by component, feature */
    size_t n_items;
    struct hc_word_set words; /* of what was written before the cause was known (texts.h) */
};

/* Shapes: fills *out in the arena. Reads neither outcomes nor post-mortems.
 * Errors: HC_FAIL over the arena's ceiling; HC_FATAL out of memory.
 * Threads: any, on different arenas. */
enum hc_status hc_evidence_extract(const struct hc_incident *incident, const struct hc_catalogue *catalogue,
                                   struct hc_arena *arena, struct hc_evidence *out, struct hc_err *err);

/* The same, and fills what analysis makes of each series: baseline_median, baseline_mad, peak, score, onset_at. For an
 * incident that is about to be stored or reported.
 * Units:   the series' own; the score is a surprise on the log scale (docs/evidence.md), 0 to 3.93.
 * Missing: NaN and an absent time where there is no reference row or no window row. */
enum hc_status hc_evidence_derive(struct hc_incident *incident, const struct hc_catalogue *catalogue,
                                  struct hc_arena *arena, struct hc_evidence *out, struct hc_err *err);

/* Fills each kind's `sources`, for whoever has read a catalogue. */
void hc_kinds_find_sources(struct hc_catalogue *catalogue);

/* The kinds that go where those in `removed` are taken from an incident that has `kinds`: they, and each that it has all of
 * whose sources are gone, as traffic without metrics and traces. Which source told it in this incident is not known. */
uint64_t hc_kinds_gone(const struct hc_catalogue *catalogue, uint64_t kinds, uint64_t removed);

/* Exchanges the values for a tenth of their bytes, in the arena: for those of many incidents. False: no memory, and
 * nothing was changed. */
bool hc_evidence_fold(struct hc_evidence *evidence, size_t n_features, struct hc_arena *arena);
/* The values, unfolded into the arena where they are folded. NULL: no memory. Checked: test_evidence_example.c. */
const double *hc_evidence_values(const struct hc_evidence *evidence, size_t n_features, struct hc_arena *arena);

/* As bytes for the store (little-endian, versioned, with a checksum of the catalogue's evidence part) and back.
 * Unpacking what another version or catalogue packed gives HC_SKIP: extract it again. */
enum hc_status hc_evidence_pack(const struct hc_evidence *evidence, const struct hc_catalogue *catalogue,
                                struct hc_arena *arena, struct hc_str *bytes, struct hc_err *err);
enum hc_status hc_evidence_unpack(struct hc_str bytes, const struct hc_catalogue *catalogue, struct hc_arena *arena,
                                  struct hc_evidence *out, struct hc_err *err);

#endif
