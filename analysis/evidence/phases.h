/* Which spans stand for the usual. Used inside analysis/evidence. */
#ifndef HC_ANALYSIS_EVIDENCE_PHASES_H
#define HC_ANALYSIS_EVIDENCE_PHASES_H

#include "corpus/record/incident.h"

struct hc_trace_phases {
    double n_baseline, n_window, n_other; /* spans */
    enum hc_phase reference;              /* the baseline; the other times where that has too few; HC_PHASES: neither */
};

struct hc_trace_phases hc_trace_phases_of(const struct hc_incident *incident);

#endif
