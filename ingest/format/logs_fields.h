/* Which members of an object are the time, the level, the message, the component and the cause of a log line. */
#ifndef HC_INGEST_FORMAT_LOGS_FIELDS_H
#define HC_INGEST_FORMAT_LOGS_FIELDS_H

#include <stdint.h>

#include "ingest/format/logs_json.h"

enum hc_log_field { HC_FIELD_TIME, HC_FIELD_LEVEL, HC_FIELD_MESSAGE, HC_FIELD_COMPONENT, HC_FIELD_CAUSE, HC_FIELDS };

#define HC_FIELD_RANK_NONE UINT8_MAX

/* The best member so far of each field. */
struct hc_log_fields {
    struct hc_flat_member member[HC_FIELDS];
    uint8_t rank[HC_FIELDS]; /* HC_FIELD_RANK_NONE: no member is that field */
    size_t n_members;
    struct hc_str values[HC_JSON_FORM_VALUES]; /* of members that are strings without escapes */
    size_t n_values;
};

void hc_log_fields_clear(struct hc_log_fields *fields);

/* Takes a member of the object; `context` is a struct hc_log_fields, as hc_flat_json hands it over. */
void hc_log_fields_take(void *context, const struct hc_flat_member *member);

#endif
