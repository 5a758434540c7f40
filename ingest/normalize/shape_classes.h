/* The classes of bytes by which shapes are made. */
#ifndef HC_INGEST_NORMALIZE_SHAPE_CLASSES_H
#define HC_INGEST_NORMALIZE_SHAPE_CLASSES_H

#include <stdint.h>

/* What a byte can be part of: a gap, space, a join of names, a letter, a digit, a hexadecimal letter, a letter beyond
 * ASCII. */
enum { G, S, J, L, D, H, U };

static const uint8_t hc_shape_classes[256] = {
    S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, G, G, G, J,
    G, G, G, G, G, G, G, G, J, J, J, D, D, D, D, D, D, D, D, D, D, G, G, G, G, G, G, G, H, H, H, H, H, H, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, G, G, G, G, L, G, H, H, H, H, H, H, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, L, G, G, G, G, S, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U,
    U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U,
    U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U,
    U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U,
};

#endif
