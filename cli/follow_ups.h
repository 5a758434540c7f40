/* --follow-ups: a team's own follow-ups, held against the catalogue. */
#ifndef HC_CLI_FOLLOW_UPS_H
#define HC_CLI_FOLLOW_UPS_H

#include "analysis/model/follow_ups.h"
#include "cli/cli.h"

/* Those of the file; NULL without one. Categories and causes become the catalogue's own words, for a cause may have others.
 * Memory: in the arena.
 * Errors: HC_FAIL with file and line: "follow-ups" for a category or cause that the catalogue has not, with the nearest. */
enum hc_status hc_cli_follow_ups(const struct hc_cli *cli, const struct hc_catalogue *catalogue, struct hc_arena *arena,
                                 const struct hc_follow_ups **out, struct hc_err *err);

#endif
