/* What texts that differ in their numbers alone have in common. */
#ifndef HC_INGEST_NORMALIZE_SIGNATURE_H
#define HC_INGEST_NORMALIZE_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define HC_SIGNATURE_BYTES 1024 /* of a text */
#define HC_SIGNATURE_MASKS 32
#define HC_SIGNATURE_ROOM (2 * HC_SIGNATURE_BYTES + 32) /* for its bytes, and for one behind them */
#define HC_SIGNATURE_MARK '\\' /* opens a mask, its kind follows; a text that holds one has no signature */

/* What stands in the place of a word. */
enum hc_mask_kind {
    HC_MASK_NUMBER = 'n',   /* up to five digits */
    HC_MASK_YEAR = 'y',     /* four, a dot behind them */
    HC_MASK_LONG = 'l',     /* more */
    HC_MASK_HEX = 'h',      /* a hexadecimal id of less than twelve digits, a letter and a digit among them */
    HC_MASK_LONG_HEX = 'i', /* more, two digits among them */
    HC_MASK_ODD_HEX = 'o'   /* more, one digit among them */
};
#define HC_MASK_BYTES_MOST 64 /* a longer word is kept */

struct hc_masked {
    uint16_t begin, end; /* in the text */
    uint8_t kind;
};

struct hc_signature {
    size_t n;       /* bytes; 0: none is given (an empty or long text, one that may hold a date or a backslash) */
    size_t n_masks; /* where there are more than HC_SIGNATURE_MASKS, none is told */
    struct hc_masked masks[HC_SIGNATURE_MASKS];
    char bytes[HC_SIGNATURE_ROOM]; /* each plain number and each hexadecimal id as the mark and its kind */
};

/* Texts of one signature have one shape (see hc_shape_of).
 * Checked: tests/unit/ingest/test_templates_shape.c, against hc_shape_of of texts made alike. */
void hc_signature_of(struct hc_str text, struct hc_signature *out);

/* Its bytes alone, in HC_SIGNATURE_ROOM, how many masks it has, and where those end, `before` bytes standing before the text.
 * Returns how many bytes; 0: none is given. */
size_t hc_signature_write(struct hc_str text, size_t before, char *bytes, uint16_t ends[HC_SIGNATURE_MASKS],
                          size_t *n_masks);

/* The masks, no more than HC_SIGNATURE_MASKS, of what hc_signature_write has given. */
void hc_signature_masks(struct hc_str bytes, size_t before, const uint16_t *ends, struct hc_masked *masks);

#endif
