/* What an outcome's words are to the catalogue: kept as they stand, and warned of where they are none of its own. */
#ifndef HC_CLI_OUTCOMES_H
#define HC_CLI_OUTCOMES_H

#include "analysis/model/catalogue.h"
#include "corpus/record/incident.h"

/* Adds to the incident's warnings, by the arena's memory, one for each outcome
 * - "outcome-category": whose category the catalogue does not list;
 * - "outcome-cause": whose cause is so near a listed one of its category (of that which was perhaps meant; of any, where
 *   none was) that it may be a slip. Any other cause is fine.
 * Errors: HC_FATAL "out-of-memory". Checked: tests/unit/cli/test_outcomes.c. */
enum hc_status hc_outcomes_check(struct hc_incident *incident, const struct hc_catalogue *catalogue,
                                 struct hc_arena *arena, struct hc_err *err);

/* Is the warning one of the above? */
bool hc_outcomes_is_warning(const struct hc_warning *warning);

#endif
