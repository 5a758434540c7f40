/* The end of a record: what was stated becomes the fields of an incident. */
#ifndef HC_INGEST_RECORD_SETTLE_H
#define HC_INGEST_RECORD_SETTLE_H

#include "ingest/record/record.h"

/* The stated time; absent, with a warning, where it is none. */
struct hc_time hc_record_time_of(struct hc_record_builder *b, const struct hc_stated *stated);

/* All its values as one, a line each. */
void hc_record_join(struct hc_record_builder *b, struct hc_stated *stated);

/* Fills the record. HC_SKIP "record-empty": it states nothing that an incident is known by. */
enum hc_status hc_record_settle(struct hc_record_builder *b, struct hc_err *why);

#endif
