/* What the readers of documents share. */
#ifndef HC_INGEST_FORMAT_DOCUMENT_H
#define HC_INGEST_FORMAT_DOCUMENT_H

#include "ingest/format/format.h"

/* The text after the front matter; `matter` is what stands between its fences, absent without one. */
struct hc_str hc_front_matter_split(struct hc_str text, struct hc_str *matter);

/* What is searched and shown begins with the text: what its front matter states follows it,
 * between two lines "---". */
void hc_front_matter_put(struct hc_buf *text, struct hc_str matter);

#endif
