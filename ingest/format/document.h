/* What the readers of documents share. */
#ifndef HC_INGEST_FORMAT_DOCUMENT_H
#define HC_INGEST_FORMAT_DOCUMENT_H

#include "ingest/format/format.h"

/* The text after the front matter; `matter` is what stands between its fences, absent without one. */
struct hc_str hc_front_matter_split(struct hc_str text, struct hc_str *matter);

#endif
