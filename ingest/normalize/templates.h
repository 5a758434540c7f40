/* The template miner: shapes of log lines -> templates. A function of the set of shapes alone. */
#ifndef HC_INGEST_NORMALIZE_TEMPLATES_H
#define HC_INGEST_NORMALIZE_TEMPLATES_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "ingest/normalize/templates_parts.h"

/* Masks the obviously variable tokens of a message (numbers, hex, ids, addresses, paths, quoted …) as <*>.
 * `out` is cleared first. */
void hc_shape_of(struct hc_str message, struct hc_buf *out);

/* Shapes [n] (unique) -> for each the index of its template; templates are
 * unique and sorted bytewise. `cut` [n]: the parts of those that have been cut already, else NULL; NULL: of none.
 * Cost: linear in n but for sorting. Errors: HC_FAIL over the ceiling, HC_FATAL out of memory. */
enum hc_status hc_templates_mine(const struct hc_str *shapes, const struct hc_parted *const *cut, size_t n,
                                 uint32_t *template_of, struct hc_str **templates, size_t *n_templates,
                                 struct hc_arena *arena, struct hc_err *err);

uint64_t hc_template_id(struct hc_str text);

#endif
