/* Something odd in an input that did not cost the incident: kept with it and shown.
 * Of one code in one member the first HC_WARNINGS_KEPT are kept in full, the rest are counted. */
#ifndef HC_BASE_WARNING_H
#define HC_BASE_WARNING_H

#include <stddef.h>

#include "base/text.h"

#define HC_WARNINGS_KEPT 10

struct hc_warning {
    struct hc_str code;   /* stable word from docs/errors.md */
    struct hc_str member; /* relative to the incident's directory (or the archive's root); absent: the whole */
    long line;            /* 1-based; 0: the whole member */
    struct hc_str message;
    size_t n_more; /* further ones of this code in this member, on the last one kept */
};

struct hc_warning_tally;

struct hc_warnings {
    struct hc_arena *arena;
    struct hc_warning *items;
    size_t n;
    size_t capacity;
    struct hc_names pairs; /* code and member, for the tallies */
    struct hc_warning_tally *tallies;
    size_t tally_capacity;
};

void hc_warnings_init(struct hc_warnings *warnings, struct hc_arena *arena);

/* Copies what it is given into the arena; out of memory drops the warning. */
void hc_warnings_add(struct hc_warnings *warnings, const char *code, struct hc_str member, long line,
                     const char *format, ...) __attribute__((format(printf, 5, 6)));

/* By member, line, code, message: an order that ignores how they came. Ends the collecting. */
void hc_warnings_sort(struct hc_warnings *warnings);

#endif
