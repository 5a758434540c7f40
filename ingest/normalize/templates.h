/* The template miner: shapes of log lines -> templates. A function of the set of shapes alone. */
#ifndef HC_INGEST_NORMALIZE_TEMPLATES_H
#define HC_INGEST_NORMALIZE_TEMPLATES_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "corpus/record/incident.h"
#include "ingest/normalize/templates_parts.h"

/* Masks the obviously variable tokens of a message (numbers, hex, ids, addresses, paths, quoted …) as <*>.
 * `out` is cleared first. */
void hc_shape_of(struct hc_str message, struct hc_buf *out);

/* Unique shapes to be mined together. */
struct hc_mined_shapes {
    const struct hc_str *texts;
    const struct hc_parted *const *cut; /* the parts of each that has been cut already, else NULL; NULL: none has */
    size_t n;
};

/* Shapes -> for each the index of its template, template_of [n]; templates are unique, by id and then by text.
 * Cost: linear in n but for sorting. Errors: HC_FAIL over the ceiling, HC_FATAL out of memory. */
enum hc_status hc_templates_mine(const struct hc_mined_shapes *shapes, uint32_t *template_of,
                                 struct hc_template **templates, size_t *n_templates, struct hc_arena *arena,
                                 struct hc_err *err);

uint64_t hc_template_id(struct hc_str text);

/* The template of a shape alone, for its `own`: that of a shape which many incidents share is made once. NULL: no memory. */
const struct hc_template *hc_template_of(const struct hc_parted *shape, struct hc_arena *arena);

#endif
