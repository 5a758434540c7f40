/* Log lines of one component that complain about another. Used inside analysis/evidence. */
#ifndef HC_ANALYSIS_EVIDENCE_COMPLAINTS_H
#define HC_ANALYSIS_EVIDENCE_COMPLAINTS_H

#include "analysis/evidence/detect.h"

/* By log count: whether it is of lines of level warn or higher most of whose known messages name another component: what
 * they tell is not about their own. Messages known are the lines kept as events; where none was kept, the exemplar.
 * NULL: refused. */
const bool *hc_complaints_of(struct hc_detection *d);

/* Whether a name is hardly a word of prose: it holds a separator or a digit, or ends in what services end in ("service",
 * "db", "gateway" …). "store" or "checkout" in a line need not mean the component. */
bool hc_name_is_telling(struct hc_str name);

/* Whether a text names a component as a word of its own, whatever the case. */
bool hc_text_names(struct hc_str text, struct hc_str name);

/* Looks for the telling names of an incident's components in many texts.
 * Owns:   the arena. NULL where it refused. */
struct hc_name_finder;
struct hc_name_finder *hc_name_finder_new(const struct hc_incident *incident, struct hc_arena *arena);

/* Whether a text names another component than this one by a telling name; false for HC_NO_COMPONENT.
 * Cost:    a step a byte, and a comparison a name where a word begins as one does.
 * Checked: test_evidence_flows, against hc_text_names name by name. */
bool hc_name_finder_another(const struct hc_name_finder *finder, uint32_t component, struct hc_str text);

/* The log counts of a template in a component: [from, to), one a level; empty where there is none. */
void hc_log_counts_of(const struct hc_incident *incident, uint64_t template_id, uint32_t component, size_t *from,
                      size_t *to);

#endif
