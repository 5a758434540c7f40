/* What a failure is told with: free text behind a colon. */
#ifndef HC_INGEST_NORMALIZE_TEMPLATES_TAILS_H
#define HC_INGEST_NORMALIZE_TEMPLATES_TAILS_H

#include "ingest/normalize/templates.h"

/* Templates that are the same up to a colon behind a clause which tells of a failure ("Failed to sync pod: ", "exit code
 * 1, reason: ") and differ in what follows become one, a mask for what follows. False out of memory. */
bool hc_templates_cut_tails(struct hc_template **templates, size_t n, struct hc_arena *arena);

#endif
