/* When the trouble began: the manifest's first symptom or detection, or a strong signal before it. */
#include "analysis/evidence/detect.h"
#include "analysis/evidence/series.h"

#define STRONG 2.4 /* ln 11: ten scales away */

void hc_detect_onset(struct hc_detection *d)
{
    const struct hc_incident *incident = d->incident;
    struct hc_time onset = incident->detected;
    for (size_t i = 0; i < incident->n_symptoms; i++) {
        struct hc_time at = incident->symptoms[i].at;
        if (hc_time_known(at) && (!hc_time_known(onset) || at.ns < onset.ns))
            onset = at;
    }
    d->onset_stated = hc_time_known(onset);
    for (size_t i = 0; i < d->out->n_items; i++) {
        const struct hc_evidence_item *item = &d->out->items[i];
        if (item->value < STRONG || !hc_time_known(item->onset) || !hc_detect_in_window(d, item->onset.ns))
            continue;
        if (!hc_time_known(onset) || item->onset.ns < onset.ns) {
            onset = item->onset;
            d->onset_stated = false;
        }
    }
    d->onset = hc_time_known(onset) ? onset : incident->window_start;
}
