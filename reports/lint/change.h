/* Two values and what is said of the way from one to the other. */
#ifndef HC_REPORTS_LINT_CHANGE_H
#define HC_REPORTS_LINT_CHANGE_H

#include "reports/lint/parts.h"

#define HC_CHANGE_NOUNS                                                                                            \
    "increase* rise* growth jump* surge* spike* drop* decrease* decline* reduction* fall* delta difference gain* " \
    "improvement* slowdown* degradation"

/* From one value to another, in the base unit of both. */
struct hc_change {
    const struct hc_passage *passage;
    const struct hc_passage *from_passage; /* of a base that stands elsewhere; NULL: the same */
    const struct hc_quantity *a, *b;       /* as they stand in the text */
    const struct hc_quantity *from, *to;   /* one of them each */
    double from_value, to_value;
    double from_slack, to_slack; /* what rounding may have taken */
};

enum hc_change_role { HC_NO_CHANGE, HC_CHANGE_BY_PERCENT, HC_CHANGE_LOOSE, HC_CHANGE_RATIO, HC_CHANGE_DIFFERENCE };

/* What a quantity says of a change, by the words at it. */
enum hc_change_role hc_change_role(const struct hc_passage *p, const struct hc_quantity *q, enum hc_quantity_kind kind);
/* Adds a finding where what `stated` says is not so. `where` says where the base stands, "" where it needs no words. */
void hc_check_change(struct hc_lint_context *c, const struct hc_change *change, const struct hc_quantity *stated,
                     enum hc_change_role role, const char *where);
/* What rounding may have taken from a value that is written so. */
double hc_slack(const struct hc_quantity *q);
/* Can a value between the two have been written so, rounded or cut? */
bool hc_may_be_written(const struct hc_quantity *q, double low, double high);

/* Is it a value that can change: no time, no range? */
bool hc_measures(const struct hc_quantity *q);
struct hc_str hc_to_break(struct hc_str text); /* up to where a sentence or clause ends */
struct hc_str hc_first_words(struct hc_str text, size_t n_words);
struct hc_str hc_last_words(struct hc_str text, size_t n_words);

#endif
