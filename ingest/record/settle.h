/* The end of a record: what was stated becomes the fields of an incident. */
#ifndef HC_INGEST_RECORD_SETTLE_H
#define HC_INGEST_RECORD_SETTLE_H

#include "ingest/record/record.h"

/* The stated time; absent, with a warning, where it is none. */
struct hc_time hc_record_time_of(struct hc_record_builder *b, const struct hc_stated *stated);

/* The time by which it was so for sure: of a date alone, the day's end. */
struct hc_time hc_record_time_by(struct hc_record_builder *b, enum hc_mapping_target which);

/* Keeps a value beside what it was taken for. */
void hc_record_add_detail(struct hc_record_builder *b, const struct hc_mapping_field *field, struct hc_str value,
                          uint32_t line);

/* May it be a category or a cause? Those are never redacted: only a word is one. */
bool hc_record_is_word(struct hc_str s);

/* What was found, once times and tags are settled. */
void hc_record_settle_outcome(struct hc_record_builder *b);

/* All its values as one, a line each. */
void hc_record_join(struct hc_record_builder *b, struct hc_stated *stated);

/* Fills the record. HC_SKIP "record-empty": it states nothing that an incident is known by. */
enum hc_status hc_record_settle(struct hc_record_builder *b, struct hc_err *why);

#endif
