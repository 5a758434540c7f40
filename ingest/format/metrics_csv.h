/* What the two CSV shapes of metrics share. */
#ifndef HC_INGEST_FORMAT_METRICS_CSV_H
#define HC_INGEST_FORMAT_METRICS_CSV_H

#include "ingest/format/csv.h"

/* The component of a series that names none: the entry's, else the incident's service; may be absent. */
struct hc_str hc_metrics_default_component(const struct hc_read_context *context);

/* Its index in the reading; HC_NO_COMPONENT for an absent name. False: no memory. */
bool hc_reading_component(struct hc_reading *reading, struct hc_str name, uint32_t *component);

#endif
