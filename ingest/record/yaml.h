/* YAML into a record: front matter. */
#ifndef HC_INGEST_RECORD_YAML_H
#define HC_INGEST_RECORD_YAML_H

#include "ingest/record/record.h"

/* States every scalar of the first document; anchors are not followed. Where it is damaged, what stands before that
 * counts, with a warning. `first_line`: of the file, where the text begins. */
void hc_record_state_yaml(struct hc_record_builder *b, struct hc_str text, uint32_t first_line);

#endif
