/* What a document states of its incident's times, as "Start: …". */
#ifndef HC_REPORTS_LINT_TIME_FIELDS_H
#define HC_REPORTS_LINT_TIME_FIELDS_H

#include "reports/lint/parts.h"

enum hc_time_field {
    HC_FIELD_START,
    HC_FIELD_END,
    HC_FIELD_RESOLVED,
    HC_FIELD_DETECTED,
    HC_FIELD_DURATION,
    HC_N_TIME_FIELDS
};

struct hc_time_fields {
    size_t n[HC_N_TIME_FIELDS]; /* how many different values are stated; only one tells something */
    const struct hc_passage *passages[HC_N_TIME_FIELDS];
    const struct hc_quantity *quantities[HC_N_TIME_FIELDS];
};

void hc_find_time_fields(const struct hc_lint_context *c, struct hc_time_fields *fields);
/* From the start to the end; false: not both are known. */
bool hc_fields_length(const struct hc_time_fields *f, double *seconds, enum hc_time_field *end);

/* May an interval be said so, between times that are written to these steps? To the second it is exact. */
bool hc_interval_may_be_said(const struct hc_quantity *said, double seconds, double step_a, double step_b);

#endif
