/* Templates that one log statement may have written. Used inside analysis/evidence.
 *
 * A statement that prints a list gives a template for each length of it; as the system's data grow, one template of
 * it stops and another begins, and nothing has happened. */
#ifndef HC_ANALYSIS_EVIDENCE_STATEMENTS_H
#define HC_ANALYSIS_EVIDENCE_STATEMENTS_H

#include "analysis/evidence/detect.h"

/* By log count: the first template whose first ten words (between spaces) are those of its own template. Lines of level warn
 * and higher keep their own: what an exception says comes last. NULL: refused. */
const uint32_t *hc_statements_of(struct hc_detection *d);

#endif
