/* What a backtest over permutations found, for people and as JSON. */
#ifndef HC_CLI_PERMUTATIONS_H
#define HC_CLI_PERMUTATIONS_H

#include "analysis/model/permutations.h"
#include "base/json.h"

/* The value of "permutations": an object; null where none were asked for. */
void hc_permutations_json(struct hc_json_writer *w, const struct hc_permutations *permutations);
/* Three tables, by question; nothing where none were asked for. */
void hc_permutations_text(struct hc_buf *out, const struct hc_permutations *permutations);

#endif
